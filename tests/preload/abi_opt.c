/*
 * abi_opt: options: what they are by default, which lengths are taken, and
 * what becomes of values (abi.h).
 */

#include "abi.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	NO_ID = -1,
	MASK = 0x100,		/* what is in it varies */
};

struct option {
	const char *name;
	int level, number;
	socklen_t size;
	int id_at;		/* where its association id is */
};

#define S(name, size, id) { #name, IPPROTO_SCTP, name, size, id }
#define K(name, size) { #name, SOL_SOCKET, name, size, NO_ID }
#define I4(name) { #name, IPPROTO_IP, name, 4, NO_ID }
#define I6(name) { #name, IPPROTO_IPV6, name, 4, NO_ID }

static const struct option options[] = {
	S(SCTP_RTOINFO, 16, 0),
	S(SCTP_ASSOCINFO, 20, 0 | MASK),
	S(SCTP_INITMSG, 8, NO_ID),
	S(SCTP_NODELAY, 4, NO_ID),
	S(SCTP_AUTOCLOSE, 4, NO_ID),
	S(SCTP_SET_PEER_PRIMARY_ADDR, 132, 0),
	S(SCTP_PRIMARY_ADDR, 132, 0 | MASK),
	S(SCTP_ADAPTATION_LAYER, 4, NO_ID),
	S(SCTP_DISABLE_FRAGMENTS, 4, NO_ID),
	S(SCTP_PEER_ADDR_PARAMS, 156, 0 | MASK),
	S(SCTP_DEFAULT_SEND_PARAM, 32, 28),
	S(SCTP_EVENTS, 14, NO_ID),
	S(SCTP_I_WANT_MAPPED_V4_ADDR, 4, NO_ID),
	S(SCTP_MAXSEG, 8, 0 | MASK),
	S(SCTP_STATUS, sizeof(struct sctp_status), 0 | MASK),
	S(SCTP_GET_PEER_ADDR_INFO, sizeof(struct sctp_paddrinfo), 0 | MASK),
	S(SCTP_DELAYED_SACK, 12, 0),
	S(SCTP_CONTEXT, 8, 0),
	S(SCTP_FRAGMENT_INTERLEAVE, 4, NO_ID),
	S(SCTP_PARTIAL_DELIVERY_POINT, 4, NO_ID),
	S(SCTP_MAX_BURST, 8, 0),
	S(SCTP_AUTH_CHUNK, 1, NO_ID),
	S(SCTP_HMAC_IDENT, 8, NO_ID),
	S(SCTP_AUTH_KEY, 8, 0),
	S(SCTP_AUTH_ACTIVE_KEY, 8, 0),
	S(SCTP_AUTH_DELETE_KEY, 8, 0),
	S(SCTP_PEER_AUTH_CHUNKS, 16, 0),
	S(SCTP_LOCAL_AUTH_CHUNKS, 16, 0),
	S(SCTP_GET_ASSOC_NUMBER, 4, NO_ID),
	S(SCTP_GET_ASSOC_ID_LIST, 16, 4 | MASK),
	S(SCTP_AUTO_ASCONF, 4, NO_ID),
	S(SCTP_PEER_ADDR_THLDS, 144, 0 | MASK),
	S(SCTP_RECVRCVINFO, 4, NO_ID),
	S(SCTP_RECVNXTINFO, 4, NO_ID),
	S(SCTP_DEFAULT_SNDINFO, 16, 12),
	S(SCTP_AUTH_DEACTIVATE_KEY, 8, 0),
	S(SCTP_REUSE_PORT, 4, NO_ID),
	S(SCTP_PEER_ADDR_THLDS_V2, 144, 0 | MASK),
	S(SCTP_GET_ASSOC_STATS, 256, 0 | MASK),
	S(SCTP_PR_SUPPORTED, 8, 0),
	S(SCTP_DEFAULT_PRINFO, 12, 4),
	S(SCTP_PR_ASSOC_STATUS, 24, 0),
	S(SCTP_PR_STREAM_STATUS, 24, 0),
	S(SCTP_RECONFIG_SUPPORTED, 8, 0),
	S(SCTP_ENABLE_STREAM_RESET, 8, 0),
	S(SCTP_RESET_STREAMS, 8, 0),
	S(SCTP_RESET_ASSOC, 4, 0),
	S(SCTP_ADD_STREAMS, 8, 0),
	S(SCTP_STREAM_SCHEDULER, 8, 0),
	S(SCTP_STREAM_SCHEDULER_VALUE, 8, 0),
	S(SCTP_INTERLEAVING_SUPPORTED, 8, 0),
	S(SCTP_EVENT, 8, 0),
	S(SCTP_ASCONF_SUPPORTED, 8, 0),
	S(SCTP_AUTH_SUPPORTED, 8, 0),
	S(SCTP_ECN_SUPPORTED, 8, 0),
	S(SCTP_EXPOSE_POTENTIALLY_FAILED_STATE, 8, 0),
	S(SCTP_REMOTE_UDP_ENCAPS_PORT, 144, 0),
	{ "option 38", IPPROTO_SCTP, 38, 4, NO_ID },
	{ "option 140", IPPROTO_SCTP, 140, 4, NO_ID },
	{ "option -1", IPPROTO_SCTP, -1, 4, NO_ID },
	K(SO_DEBUG, 4), K(SO_REUSEADDR, 4), K(SO_TYPE, 4), K(SO_ERROR, 4),
	K(SO_DONTROUTE, 4), K(SO_BROADCAST, 4), K(SO_SNDBUF, 4),
	K(SO_RCVBUF, 4), K(SO_KEEPALIVE, 4), K(SO_OOBINLINE, 4),
	K(SO_PRIORITY, 4), K(SO_LINGER, 8), K(SO_REUSEPORT, 4),
	K(SO_PASSCRED, 4), K(SO_PEERCRED, 12), K(SO_RCVLOWAT, 4),
	K(SO_SNDLOWAT, 4), K(SO_RCVTIMEO, 16), K(SO_SNDTIMEO, 16),
	K(SO_TIMESTAMP, 4), K(SO_ACCEPTCONN, 4), K(SO_PROTOCOL, 4),
	K(SO_DOMAIN, 4), K(SO_MARK, 4), K(SO_RXQ_OVFL, 4),
	K(SO_BUSY_POLL, 4), K(SO_ZEROCOPY, 4),
	{ "SO option 200", SOL_SOCKET, 200, 4, NO_ID },
	I4(IP_TOS), I4(IP_TTL), I4(IP_MTU_DISCOVER), I4(IP_RECVERR),
	I4(IP_FREEBIND), I4(IP_TRANSPARENT), I4(IP_PKTINFO), I4(IP_MTU),
	I4(IP_OPTIONS), I4(IP_MULTICAST_TTL), I4(IP_RECVTOS),
	I6(IPV6_V6ONLY), I6(IPV6_UNICAST_HOPS), I6(IPV6_TCLASS),
	I6(IPV6_MTU_DISCOVER), I6(IPV6_RECVPKTINFO), I6(IPV6_MTU),
	I6(IPV6_RECVERR),
	{ "TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, 4, NO_ID },
	{ "UDP level", IPPROTO_UDP, 1, 4, NO_ID },
};

static unsigned char value[2048];

static long
get(const struct option *o, int fd, socklen_t *len, int32_t id)
{
	int at = o->id_at < 0 ? NO_ID : o->id_at & ~MASK;

	memset(value, 0, sizeof(value));
	if (at >= 0 && o->id_at != (NO_ID | MASK))
		memcpy(value + at, &id, sizeof(id));
	abi_before();
	return getsockopt(fd, o->level, o->number, value, len);
}

/* With the association's id taken out. */
static const char *
shown(const struct option *o, socklen_t len, int32_t id)
{
	int at = (o->id_at < 0 ? NO_ID : o->id_at & ~MASK);

	if (o->id_at != NO_ID && id != 0 && at >= 0 &&
	    (socklen_t)at + 4 <= len && memcmp(value + at, &id, 4) == 0)
		memset(value + at, 0xaa, 4);
	return hex(value, len < 200 ? len : 200);
}

static bool
varies(const struct option *o)
{
	return o->id_at != NO_ID && (o->id_at & MASK) != 0;
}

static void
defaults(const struct option *o, const char *state, int fd, int32_t id)
{
	socklen_t len = sizeof(value) / 2;
	long r = get(o, fd, &len, id);

	if (r < 0)
		say("%s %s get: %s", state, o->name, result(r));
	else if (id != 0 && varies(o))
		say("%s %s get: len %u", state, o->name, len);
	else
		say("%s %s get: len %u %s", state, o->name, len,
		    shown(o, len, id));
}

static void
append(char *text, size_t room, const char *word)
{
	size_t n = strlen(text);

	(void)snprintf(text + n, room - n, " %s", word);
}

static void
lengths(const struct option *o, const char *state, int fd, int32_t id)
{
	const socklen_t lens[] = { 0, 1, 3, 4, 7, 8, o->size - 1, o->size,
		o->size + 1, o->size + 40 };
	char gets[400] = "", sets[400] = "", word[80];
	socklen_t len, all = o->size;
	size_t i;
	long r;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		len = lens[i];
		r = get(o, fd, &len, id);
		(void)snprintf(word, sizeof(word), "%u:%s", lens[i],
		    result(r));
		if (r >= 0)
			(void)snprintf(word, sizeof(word), "%u:%u", lens[i],
			    len);
		append(gets, sizeof(gets), word);
	}
	say("%s %s get lengths:%s", state, o->name, gets);
	/* Nothing new is set, in each case. */
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		len = all;
		(void)get(o, fd, &len, id);
		if (o->number == SO_SNDBUF || o->number == SO_RCVBUF)
			memset(value, 1, 4);
		abi_before();
		r = setsockopt(fd, o->level, o->number, value, lens[i]);
		(void)snprintf(word, sizeof(word), "%u:%s", lens[i],
		    result(r));
		append(sets, sizeof(sets), word);
	}
	say("%s %s set lengths:%s", state, o->name, sets);
}

static void
nulls(const struct option *o, int fd)
{
	socklen_t len = o->size, huge = (socklen_t)-1;
	const char *a = RESULT(setsockopt(fd, o->level, o->number, NULL,
	    o->size));
	const char *b = RESULT(setsockopt(fd, o->level, o->number, value,
	    huge));
	const char *c = RESULT(getsockopt(fd, o->level, o->number, NULL,
	    &len));
	const char *d = RESULT(getsockopt(fd, o->level, o->number, value,
	    NULL));
	const char *e = RESULT(getsockopt(fd, o->level, o->number, value,
	    &huge));

	say("%s NULL: set %s, length -1 %s; get %s, length NULL %s, -1 %s",
	    o->name, a, b, c, d, e);
}

/* Ids of associations that are none. */
static void
ids(const struct option *o, const char *state, int fd)
{
	static const int32_t odd[] = { 0, 1, 2, 99, -1 };
	char text[200] = "", word[80];
	socklen_t len;
	size_t i;

	if (o->id_at == NO_ID || o->id_at == (NO_ID | MASK))
		return;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		len = o->size;
		(void)snprintf(word, sizeof(word), "%d:%s", odd[i],
		    result(get(o, fd, &len, odd[i])));
		append(text, sizeof(text), word);
	}
	say("%s %s get ids:%s", state, o->name, text);
}

void
abi_options(void)
{
	const struct option *o;
	struct ends e;
	int fd;

	for (o = options; o < options + sizeof(options) / sizeof(options[0]);
	    o++) {
		if (o->level == IPPROTO_IP && abi_family != AF_INET)
			continue;
		if (o->level == IPPROTO_IPV6 && abi_family != AF_INET6)
			continue;
		fd = new_socket();
		defaults(o, "fresh", fd, 0);
		nulls(o, fd);
		lengths(o, "fresh", fd, 0);
		ids(o, "fresh", fd);
		(void)close(fd);
		e = new_ends();
		defaults(o, "up", e.fd, assoc_of(e.fd));
		lengths(o, "up", e.fd, assoc_of(e.fd));
		ids(o, "up", e.fd);
		close_ends(&e);
	}
}

/* -- values -- */

static const struct option *
option(int level, int number)
{
	const struct option *o = options;

	while (o->level != level || o->number != number)
		o++;
	return o;
}

/* Set this, and see what is there then. */
static void
set_and_get(const char *state, int fd, int32_t id, int level, int number,
    const void *data, socklen_t size)
{
	const struct option *o = option(level, number);
	int at = (o->id_at < 0 ? NO_ID : o->id_at & ~MASK);
	unsigned char v[200] = { 0 };
	char set[64];
	socklen_t len = o->size;
	long r;

	memcpy(v, data, size);
	if (o->id_at != NO_ID && id != 0)
		memcpy(v + at, &id, sizeof(id));
	abi_before();
	r = setsockopt(fd, level, number, v, size);
	(void)snprintf(set, sizeof(set), "%s", result(r));
	r = get(o, fd, &len, id);
	say("%s %s = %s: %s, %s", state, o->name, hex(data, size), set,
	    r < 0 ? result(r) : shown(o, len, id));
}

#define SET(level, name, ...)                                                \
	do {                                                                 \
		const uint32_t v_[] = { __VA_ARGS__ };                       \
		set_and_get(state, fd, id, level, name, v_, sizeof(v_));     \
	} while (0)
#define SET16(level, name, ...)                                              \
	do {                                                                 \
		const uint16_t v_[] = { __VA_ARGS__ };                       \
		set_and_get(state, fd, id, level, name, v_, sizeof(v_));     \
	} while (0)

static void
numbers(const char *state, int fd, int32_t id)
{
	static const int plain[] = { SCTP_NODELAY, SCTP_AUTOCLOSE,
		SCTP_ADAPTATION_LAYER, SCTP_DISABLE_FRAGMENTS,
		SCTP_I_WANT_MAPPED_V4_ADDR, SCTP_FRAGMENT_INTERLEAVE,
		SCTP_PARTIAL_DELIVERY_POINT, SCTP_AUTO_ASCONF,
		SCTP_RECVRCVINFO, SCTP_RECVNXTINFO, SCTP_REUSE_PORT };
	static const int of_assoc[] = { SCTP_MAXSEG, SCTP_CONTEXT,
		SCTP_MAX_BURST, SCTP_PR_SUPPORTED, SCTP_RECONFIG_SUPPORTED,
		SCTP_ENABLE_STREAM_RESET, SCTP_STREAM_SCHEDULER,
		SCTP_ASCONF_SUPPORTED, SCTP_AUTH_SUPPORTED,
		SCTP_ECN_SUPPORTED, SCTP_EXPOSE_POTENTIALLY_FAILED_STATE };
	static const int sock[] = { SO_REUSEADDR, SO_REUSEPORT, SO_KEEPALIVE,
		SO_SNDBUF, SO_RCVBUF, SO_PRIORITY, SO_OOBINLINE,
		SO_BROADCAST, SO_RCVLOWAT, SO_TYPE, SO_ERROR };
	static const uint32_t values[] = { 1, 2, 3, 10, 600, 2000, 70000,
		0x10000000, 0xffffffff, 0 };
	size_t i, k;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		for (k = 0; k < sizeof(plain) / sizeof(plain[0]); k++)
			SET(IPPROTO_SCTP, plain[k], values[i]);
		for (k = 0; k < sizeof(of_assoc) / sizeof(of_assoc[0]); k++)
			SET(IPPROTO_SCTP, of_assoc[k], 0, values[i]);
		for (k = 0; k < sizeof(sock) / sizeof(sock[0]); k++)
			SET(SOL_SOCKET, sock[k], values[i]);
		if (abi_family == AF_INET) {
			SET(IPPROTO_IP, IP_TOS, values[i]);
			SET(IPPROTO_IP, IP_TTL, values[i]);
		} else {
			SET(IPPROTO_IPV6, IPV6_V6ONLY, values[i]);
			SET(IPPROTO_IPV6, IPV6_TCLASS, values[i]);
			SET(IPPROTO_IPV6, IPV6_UNICAST_HOPS, values[i]);
		}
	}
}

static void
structs(const char *state, int fd, int32_t id)
{
	unsigned char events[14];

	SET(IPPROTO_SCTP, SCTP_RTOINFO, 0, 200, 400, 100);
	SET(IPPROTO_SCTP, SCTP_RTOINFO, 0, 0, 0, 0);
	SET(IPPROTO_SCTP, SCTP_RTOINFO, 0, 0, 300, 0);
	SET(IPPROTO_SCTP, SCTP_RTOINFO, 0, 50, 0, 0);
	SET(IPPROTO_SCTP, SCTP_RTOINFO, 0, 500, 0, 0);
	SET(IPPROTO_SCTP, SCTP_RTOINFO, 0, 0, 0, 1000);
	SET(IPPROTO_SCTP, SCTP_RTOINFO, 0, 5, 100000, 1);
	SET(IPPROTO_SCTP, SCTP_ASSOCINFO, 0, 5, 0, 0, 1000);
	SET(IPPROTO_SCTP, SCTP_ASSOCINFO, 0, 0, 0, 0, 0);
	SET(IPPROTO_SCTP, SCTP_ASSOCINFO, 0, 60, 0, 0, 0);
	SET(IPPROTO_SCTP, SCTP_ASSOCINFO, 0, 0, 0, 0, 5);
	SET16(IPPROTO_SCTP, SCTP_INITMSG, 5, 6, 7, 8);
	SET16(IPPROTO_SCTP, SCTP_INITMSG, 0, 0, 0, 0);
	SET16(IPPROTO_SCTP, SCTP_INITMSG, 65535, 65535, 1, 1);
	SET(IPPROTO_SCTP, SCTP_DELAYED_SACK, 0, 100, 3);
	SET(IPPROTO_SCTP, SCTP_DELAYED_SACK, 0, 0, 0);
	SET(IPPROTO_SCTP, SCTP_DELAYED_SACK, 0, 500, 0);
	SET(IPPROTO_SCTP, SCTP_DELAYED_SACK, 0, 501, 0);
	SET(IPPROTO_SCTP, SCTP_DELAYED_SACK, 0, 0, 1);
	SET(IPPROTO_SCTP, SCTP_DEFAULT_SNDINFO, 0x00010003, 8, 9, 0);
	SET(IPPROTO_SCTP, SCTP_DEFAULT_SNDINFO, 0xffff0003, 8, 9, 0);
	SET(IPPROTO_SCTP, SCTP_DEFAULT_SEND_PARAM, 3, 1, 8, 9, 10, 0, 0, 0);
	SET(IPPROTO_SCTP, SCTP_DEFAULT_SEND_PARAM, 3, 0x80, 8, 9, 10, 0, 0,
	    0);
	SET(IPPROTO_SCTP, SCTP_DEFAULT_PRINFO, 0x10, 0, 500);
	SET(IPPROTO_SCTP, SCTP_DEFAULT_PRINFO, 0x20, 0, 5);
	SET(IPPROTO_SCTP, SCTP_DEFAULT_PRINFO, 0x30, 0, 5);
	SET(IPPROTO_SCTP, SCTP_DEFAULT_PRINFO, 0x40, 0, 5);
	SET(IPPROTO_SCTP, SCTP_DEFAULT_PRINFO, 0, 0, 5);
	SET(SOL_SOCKET, SO_LINGER, 1, 5);
	SET(SOL_SOCKET, SO_LINGER, 7, 0);
	SET(SOL_SOCKET, SO_LINGER, 1, 0xffffffff);
	SET(SOL_SOCKET, SO_LINGER, 0, 3);
	SET(SOL_SOCKET, SO_RCVTIMEO, 1, 0, 500, 0);
	SET(SOL_SOCKET, SO_RCVTIMEO, 0, 0, 2000000, 0);
	SET(SOL_SOCKET, SO_RCVTIMEO, 0xffffffff, 0xffffffff, 0, 0);
	SET(SOL_SOCKET, SO_RCVTIMEO, 0, 0, 1, 0);
	SET(SOL_SOCKET, SO_RCVTIMEO, 0, 0, 0, 0);
	memset(events, 1, sizeof(events));
	set_and_get(state, fd, id, IPPROTO_SCTP, SCTP_EVENTS, events, 8);
	set_and_get(state, fd, id, IPPROTO_SCTP, SCTP_EVENTS, events, 14);
	memset(events, 0, sizeof(events));
	set_and_get(state, fd, id, IPPROTO_SCTP, SCTP_EVENTS, events, 2);
	set_and_get(state, fd, id, IPPROTO_SCTP, SCTP_EVENTS, events, 14);
}

static void
event_options(const char *state, int fd, int32_t id)
{
	struct sctp_event ev = { 0 };
	const char *set, *got;
	uint16_t type;

	for (type = 0x7fff; type < 0x8011; type++) {
		memset(&ev, 0, sizeof(ev));
		ev.se_assoc_id = id;
		ev.se_type = type;
		ev.se_on = 7;
		set = RESULT(opt_set(fd, SCTP_EVENT, &ev, sizeof(ev)));
		got = RESULT(opt_get(fd, SCTP_EVENT, &ev, sizeof(ev)));
		say("%s SCTP_EVENT %x: %s %s %u", state, type, set, got,
		    ev.se_on);
	}
}

static void
path_params(const char *state, int fd, int32_t id)
{
	static const struct {
		uint32_t hb;
		uint16_t maxrxt;
		uint32_t mtu, sack, flags;
	} tries[] = {
		{ 5000, 3, 0, 0, 0 },
		{ 5000, 3, 0, 0, SPP_HB_ENABLE },
		{ 0, 0, 0, 0, SPP_HB_DISABLE },
		{ 0, 0, 0, 0, SPP_HB_ENABLE | SPP_HB_DISABLE },
		{ 0, 0, 0, 0, SPP_HB_TIME_IS_ZERO | SPP_HB_ENABLE },
		{ 0, 0, 1400, 0, SPP_PMTUD_DISABLE },
		{ 0, 0, 100, 0, SPP_PMTUD_DISABLE },
		{ 0, 0, 0, 0, SPP_PMTUD_ENABLE | SPP_PMTUD_DISABLE },
		{ 0, 0, 0, 0, SPP_PMTUD_ENABLE },
		{ 0, 0, 0, 100, SPP_SACKDELAY_ENABLE },
		{ 0, 0, 0, 600, SPP_SACKDELAY_ENABLE },
		{ 0, 0, 0, 0, SPP_SACKDELAY_DISABLE },
		{ 0, 0, 0, 0, SPP_HB_DEMAND },
		{ 0, 0, 0, 0, 0x8000 },
	};
	struct sctp_paddrparams p;
	const char *set, *got;
	size_t i;

	for (i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		memset(&p, 0, sizeof(p));
		p.spp_assoc_id = id;
		p.spp_hbinterval = tries[i].hb;
		p.spp_pathmaxrxt = tries[i].maxrxt;
		p.spp_pathmtu = tries[i].mtu;
		p.spp_sackdelay = tries[i].sack;
		p.spp_flags = tries[i].flags;
		set = RESULT(opt_set(fd, SCTP_PEER_ADDR_PARAMS, &p,
		    sizeof(p)));
		memset(&p, 0, sizeof(p));
		p.spp_assoc_id = id;
		got = RESULT(opt_get(fd, SCTP_PEER_ADDR_PARAMS, &p,
		    sizeof(p)));
		say("%s params %zu: %s %s hb %u rxt %u sack %u flags %x "
		    "mtu %s", state, i, set, got, p.spp_hbinterval,
		    p.spp_pathmaxrxt, p.spp_sackdelay, p.spp_flags,
		    p.spp_pathmtu ? "some" : "0");
	}
}

/* What is asked of an association that is up. */
static void
asked(void)
{
	struct ends e = new_ends();
	struct sctp_status st = { .sstat_assoc_id = assoc_of(e.fd) };
	struct sctp_paddrinfo pi = { .spinfo_assoc_id = assoc_of(e.fd) };
	struct sctp_assocparams ap = { .sasoc_assoc_id = assoc_of(e.fd) };
	struct sctp_prim pr = { .ssp_assoc_id = assoc_of(e.fd) };
	struct sctp_assoc_value av = { .assoc_id = assoc_of(e.fd) };

	struct sockaddr_storage addr;

	(void)opt_get(e.fd, SCTP_STATUS, &st, sizeof(st));
	say("status: state %d unack %u pend %u in %u out %u frag %s rwnd %s",
	    st.sstat_state, st.sstat_unackdata, st.sstat_penddata,
	    st.sstat_instrms, st.sstat_outstrms,
	    st.sstat_fragmentation_point ? "some" : "0",
	    st.sstat_rwnd ? "some" : "0");
	addr = st.sstat_primary.spinfo_address;
	say("status, primary: %s state %d cwnd %s srtt %s rto %s mtu %s id %s",
	    text_of(&addr),
	    st.sstat_primary.spinfo_state,
	    st.sstat_primary.spinfo_cwnd ? "some" : "0",
	    st.sstat_primary.spinfo_srtt < 1000 ? "some" : "long",
	    st.sstat_primary.spinfo_rto ? "some" : "0",
	    st.sstat_primary.spinfo_mtu ? "some" : "0",
	    st.sstat_primary.spinfo_assoc_id ? "some" : "0");
	pi.spinfo_address = e.to;
	SAY("peer info", opt_get(e.fd, SCTP_GET_PEER_ADDR_INFO, &pi,
	    sizeof(pi)));
	say("peer info: state %d cwnd %s rto %s mtu %s", pi.spinfo_state,
	    pi.spinfo_cwnd ? "some" : "0", pi.spinfo_rto ? "some" : "0",
	    pi.spinfo_mtu ? "some" : "0");
	pi.spinfo_address = local(9);
	SAY("peer info of another", opt_get(e.fd, SCTP_GET_PEER_ADDR_INFO,
	    &pi, sizeof(pi)));
	SAY("associnfo", opt_get(e.fd, SCTP_ASSOCINFO, &ap, sizeof(ap)));
	say("associnfo: rxt %u dests %u peer rwnd %s local rwnd %s life %u",
	    ap.sasoc_asocmaxrxt, ap.sasoc_number_peer_destinations,
	    ap.sasoc_peer_rwnd ? "some" : "0",
	    ap.sasoc_local_rwnd ? "some" : "0", ap.sasoc_cookie_life);
	SAY("primary", opt_get(e.fd, SCTP_PRIMARY_ADDR, &pr, sizeof(pr)));
	addr = pr.ssp_addr;
	say("primary: %s", text_of(&addr));
	pr.ssp_addr = local(9);
	SAY("set primary to another", opt_set(e.fd, SCTP_PRIMARY_ADDR, &pr,
	    sizeof(pr)));
	pr.ssp_addr = e.to;
	SAY("set primary", opt_set(e.fd, SCTP_PRIMARY_ADDR, &pr, sizeof(pr)));
	SAY("maxseg", opt_get(e.fd, SCTP_MAXSEG, &av, sizeof(av)));
	close_ends(&e);
}

void
abi_values(void)
{
	struct ends e;
	int fd = new_socket();

	numbers("fresh", fd, 0);
	(void)close(fd);
	fd = new_socket();
	structs("fresh", fd, 0);
	event_options("fresh", fd, 0);
	path_params("fresh", fd, 0);
	(void)close(fd);
	e = new_ends();
	numbers("up", e.fd, assoc_of(e.fd));
	close_ends(&e);
	e = new_ends();
	structs("up", e.fd, assoc_of(e.fd));
	event_options("up", e.fd, assoc_of(e.fd));
	path_params("up", e.fd, assoc_of(e.fd));
	close_ends(&e);
	asked();
}
