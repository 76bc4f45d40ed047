/* engine_input: a packet of the wire becomes the engine's.  See engine.h. */

#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "engine.h"
#include "engine_abi.h"
#include "engine_impl.h"
#include "filter_addrs.h"

/* SCTP's common header, and the header of the first chunk. */
#define COMMON_LEN 12
#define HEADERS_LEN 16

/* The engine wants SCTP's ports in the addresses. */
static void
with_sctp_port(union gs_addr *a, const uint8_t *port)
{
	uint16_t p = (uint16_t)(port[0] << 8 | port[1]);

	gs_addr_set_port(a, p);
}

/* Most packets fit in one cluster, and are one piece of memory then. */
static struct mbuf *
copy_in(uint8_t *bytes, size_t len)
{
	struct iovec iov = { .iov_base = bytes, .iov_len = len };
	struct gs_uio uio = {
		.iov = &iov,
		.iovcnt = 1,
		.resid = (ssize_t)len,
		.segflg = GS_UIO_SYSSPACE,
		.rw = GS_UIO_WRITE,
	};

	return m_uiotombuf(&uio, 0, (int)len, 0, GS_M_PKTHDR);
}

void
gs_engine_feed(const struct gs_packet *pkt)
{
	union gs_addr src = pkt->src;
	union gs_addr dst = pkt->dst;
	uint8_t room[HEADERS_LEN];
	uint16_t udp_port;
	struct mbuf *m;
	char *headers;

	/* Whoever asks for 127.0.0.2 goes on to send there, where an
	 * association of the wildcard's would not be found. */
	if (pkt->data[COMMON_LEN] == GS_CHUNK_INIT &&
	    gs_addr_is_loopback(&dst))
		gs_engine_ask_addr_locked(&dst);
	if (!gs_filter_redirect(gs_engine_filter_locked(), pkt, &dst))
		return;
	m = copy_in(pkt->data, pkt->len);
	if (m == NULL)
		return;			/* as if it were lost */
	headers = sctp_m_getptr(m, 0, HEADERS_LEN, room);
	if (headers == NULL) {
		m_freem(m);
		return;
	}
	with_sctp_port(&src, pkt->data);
	with_sctp_port(&dst, pkt->data + 2);
	udp_port = htons(gs_addr_port(&pkt->src));

	gs_asconf_packet(pkt);
	gs_lookup_begin(pkt);
	/* The filter has checked the checksum. */
	sctp_common_input_processing(&m, 0, COMMON_LEN, (int)pkt->len,
	    &src.sa, &dst.sa, (struct sctphdr *)(void *)headers,
	    (struct sctp_chunkhdr *)(void *)(headers + COMMON_LEN), 0,
	    pkt->tos & 3, 0, udp_port);
	gs_lookup_end();
	gs_asconf_packet(NULL);
	if (m != NULL)
		m_freem(m);
}
