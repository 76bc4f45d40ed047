/*
 * engine_output: a packet of the engine becomes the wire's.
 *
 * The engine hands over a packet with the IP and UDP headers it has built
 * (over raw IP, without the latter); they say where from, where to, and with
 * which type of service.  The source is the engine's guess: engine.c has the
 * last word.  The checksum is filled in here, by the processor's instruction
 * where there is one.  Layer 3.
 */

#include <errno.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "engine_abi.h"
#include "engine_impl.h"
#include "engine_mtu.h"
#include "engine.h"

#define CHECKSUM_OFFSET 8
#define COMMON_LEN 12

static void
parse_v4(const uint8_t *h, struct gs_packet *pkt, uint8_t *proto)
{
	struct ip ip;

	memcpy(&ip, h, sizeof(ip));
	pkt->src.v4.sin_family = AF_INET;
	pkt->src.v4.sin_addr = ip.ip_src;
	pkt->dst.v4.sin_family = AF_INET;
	pkt->dst.v4.sin_addr = ip.ip_dst;
	pkt->tos = ip.ip_tos;
	*proto = ip.ip_p;
}

static void
parse_v6(const uint8_t *h, struct gs_packet *pkt, uint8_t *proto)
{
	struct ip6_hdr ip6;

	memcpy(&ip6, h, sizeof(ip6));
	pkt->src.v6.sin6_family = AF_INET6;
	pkt->src.v6.sin6_addr = ip6.ip6_src;
	pkt->dst.v6.sin6_family = AF_INET6;
	pkt->dst.v6.sin6_addr = ip6.ip6_dst;
	pkt->tos = (uint8_t)(ntohl(ip6.ip6_flow) >> 20);
	*proto = ip6.ip6_nxt;
}

/* 0, or an errno that the engine understands. */
static int
emit(struct mbuf *m, bool v6, void *stcb)
{
	uint8_t head[sizeof(struct ip6_hdr) + sizeof(struct udphdr)];
	size_t ip_len = v6 ? sizeof(struct ip6_hdr) : sizeof(struct ip);
	bool is_raw = gs_engine_is_raw();
	size_t head_len = ip_len + (is_raw ? 0 : sizeof(struct udphdr));
	size_t total = m_length(m, NULL);
	struct gs_packet pkt;
	struct udphdr udp;
	uint8_t proto;
	uint32_t crc;

	if (total < head_len + COMMON_LEN)
		return EINVAL;
	memset(&pkt, 0, sizeof(pkt));
	m_copydata(m, 0, (int)head_len, (char *)head);
	if (v6)
		parse_v6(head, &pkt, &proto);
	else
		parse_v4(head, &pkt, &proto);
	/* Of a peer with a UDP port over raw IP, or without one over UDP. */
	if (proto != (is_raw ? IPPROTO_SCTP : IPPROTO_UDP))
		return EHOSTUNREACH;
	if (!is_raw) {
		memcpy(&udp, head + ip_len, sizeof(udp));
		gs_addr_set_port(&pkt.src, gs_engine_udp_port());
		gs_addr_set_port(&pkt.dst, ntohs(udp.uh_dport));
	}

	pkt.len = total - head_len;
	pkt.data = malloc(pkt.len);
	if (pkt.data == NULL)
		return ENOBUFS;
	m_copydata(m, (int)head_len, (int)pkt.len, (char *)pkt.data);
	crc = gs_crc32c_packet(pkt.data, pkt.len);
	memcpy(pkt.data + CHECKSUM_OFFSET, &crc, sizeof(crc));
	if (stcb != NULL)
		gs_mtu_saw(stcb, &pkt);
	gs_engine_emit(&pkt, stcb != NULL);
	return 0;
}

void
__wrap_sctp_userspace_ip_output(int *result, struct mbuf *m, void *ro,
    void *stcb, uint32_t vrf_id)
{
	(void)ro;
	(void)vrf_id;
	*result = emit(m, false, stcb);
	m_freem(m);
}

void
__wrap_sctp_userspace_ip6_output(int *result, struct mbuf *m, void *ro,
    void *stcb, uint32_t vrf_id)
{
	(void)ro;
	(void)vrf_id;
	*result = emit(m, true, stcb);
	m_freem(m);
}

/* emit() fills it in; what comes in was checked by the filter. */
uint32_t
__wrap_sctp_calculate_cksum(struct mbuf *m, uint32_t offset)
{
	(void)m;
	(void)offset;
	return 0;
}
