/* ppid: see ppid.h. */

#include "ppid.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* IANA's "SCTP Payload Protocol Identifiers", shortened, in their order.  The
 * second of two names of a number is understood, and not shown. */
static const struct {
	uint32_t ppid;
	const char *name;
	const char *meaning;
} names[] = {
	{ 0, "unspecified", "no protocol is named" },
	{ 1, "iua", "ISDN Q.921 user adaptation" },
	{ 2, "m2ua", "MTP2 user adaptation" },
	{ 3, "m3ua", "MTP3 user adaptation" },
	{ 4, "sua", "SCCP user adaptation" },
	{ 5, "m2pa", "MTP2 user peer-to-peer adaptation" },
	{ 6, "v5ua", "V5.2 user adaptation" },
	{ 7, "h248", "H.248, Megaco" },
	{ 8, "bicc", "BICC, Q.2150.3" },
	{ 9, "tali", "transport adapter layer interface" },
	{ 10, "dua", "DPNSS/DASS 2 user adaptation" },
	{ 11, "asap", "aggregate server access" },
	{ 12, "enrp", "endpoint handlespace redundancy" },
	{ 13, "h323", "H.323" },
	{ 14, "qipc", "Q.IPC, Q.2150.3" },
	{ 15, "simco", "middlebox configuration" },
	{ 16, "ddp-segment", "DDP segment chunk" },
	{ 17, "ddp-stream", "DDP stream session control" },
	{ 18, "s1ap", "3GPP S1" },
	{ 19, "rua", "3GPP RANAP user adaptation" },
	{ 20, "hnbap", "3GPP home node B" },
	{ 21, "forces-hp", "ForCES, high priority" },
	{ 22, "forces-mp", "ForCES, middle priority" },
	{ 23, "forces-lp", "ForCES, low priority" },
	{ 24, "sbc-ap", "3GPP SBc" },
	{ 25, "nbap", "3GPP node B" },
	{ 27, "x2ap", "3GPP X2" },
	{ 28, "ircp", "inter router capability protocol" },
	{ 29, "lcs-ap", "3GPP LCS" },
	{ 30, "mpich2", "MPICH2" },
	{ 31, "sabp", "3GPP service area broadcast" },
	{ 32, "fgp", "fractal generator" },
	{ 33, "ppp", "ping pong" },
	{ 34, "calcapp", "CalcApp" },
	{ 35, "ssp", "scripting service" },
	{ 36, "npmp-control", "NetPerfMeter, control" },
	{ 37, "npmp-data", "NetPerfMeter, data" },
	{ 38, "echo", "echo" },
	{ 39, "discard", "discard" },
	{ 40, "daytime", "daytime" },
	{ 41, "chargen", "character generator" },
	{ 42, "rna", "3GPP RNA" },
	{ 43, "m2ap", "3GPP M2" },
	{ 44, "m3ap", "3GPP M3" },
	{ 45, "ssh", "SSH" },
	{ 46, "diameter", "Diameter" },
	{ 47, "diameter-dtls", "Diameter over DTLS" },
	{ 48, "r14p", "R14P, BER encoded ASN.1" },
	{ 49, "gdt", "generic data transfer" },
	{ 50, "webrtc-dcep", "WebRTC data channel establishment" },
	{ 51, "webrtc-string", "WebRTC text" },
	{ 52, "webrtc-binary-partial", "WebRTC bytes, a part (deprecated)" },
	{ 53, "webrtc-binary", "WebRTC bytes" },
	{ 54, "webrtc-string-partial", "WebRTC text, a part (deprecated)" },
	{ 55, "pua", "3GPP PUA" },
	{ 56, "webrtc-string-empty", "WebRTC text of no length" },
	{ 57, "webrtc-binary-empty", "WebRTC bytes of no length" },
	{ 58, "xwap", "3GPP Xw" },
	{ 59, "xw-control", "3GPP Xw control plane" },
	{ 60, "ngap", "3GPP NG" },
	{ 61, "xnap", "3GPP Xn" },
	{ 62, "f1ap", "3GPP F1" },
	{ 63, "http", "HTTP" },
	{ 64, "e1ap", "3GPP E1" },
	{ 65, "ele2", "ELE2 lawful interception" },
	{ 66, "ngap-dtls", "3GPP NG over DTLS" },
	{ 67, "xnap-dtls", "3GPP Xn over DTLS" },
	{ 68, "f1ap-dtls", "3GPP F1 over DTLS" },
	{ 69, "e1ap-dtls", "3GPP E1 over DTLS" },
	{ 70, "e2-cp", "O-RAN E2, control plane" },
	{ 71, "oran-d2", "O-RAN D2" },
	{ 71, "e2-up", "O-RAN E2, user plane: the old name" },
	{ 72, "e2-du", "O-RAN E2, distributed unit" },
	{ 73, "w1ap", "3GPP W1" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

int
ppid_parse(const char *text, uint32_t *out)
{
	unsigned long long v;
	size_t i;
	char *end;

	for (i = 0; i < COUNT(names); i++) {
		if (strcasecmp(text, names[i].name) == 0) {
			*out = names[i].ppid;
			return 0;
		}
	}
	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	v = strtoull(text, &end, strncasecmp(text, "0x", 2) == 0 ? 16 : 10);
	if (*end != '\0' || errno != 0 || v > UINT32_MAX)
		return -1;
	*out = (uint32_t)v;
	return 0;
}

const char *
ppid_name(uint32_t ppid)
{
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (names[i].ppid == ppid)
			return names[i].name;
	return NULL;
}

void
ppid_list(FILE *to)
{
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		fprintf(to, "%3u  %-22s %s\n", names[i].ppid, names[i].name,
		    names[i].meaning);
}
