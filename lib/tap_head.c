/* tap_head: the IP and UDP headers of a packet.  See tap_impl.h. */

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>

#include "tap_impl.h"

/* What the system begins with, where nothing is known. */
#define TTL 64

/* The Internet checksum (RFC 1071), begun and added to. */
static uint64_t
sum(uint64_t so_far, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	uint16_t word;

	for (; len >= 2; len -= 2, p += 2) {
		memcpy(&word, p, sizeof(word));
		so_far += word;
	}
	if (len > 0) {
		word = 0;
		memcpy(&word, p, 1);
		so_far += word;
	}
	return so_far;
}

/* In network order, as its words were. */
static uint16_t
fold(uint64_t so_far)
{
	while (so_far > 0xffff)
		so_far = (so_far & 0xffff) + (so_far >> 16);
	return (uint16_t)~so_far;
}

/* Addresses, protocol and length, then header and data (RFC 768, RFC 8200
 * 8.1). */
static uint16_t
udp_checksum(const struct gs_tap_packet *pkt, const struct udphdr *udp)
{
	uint16_t protocol = htons(IPPROTO_UDP);
	uint64_t so_far = 0;
	uint16_t folded;

	if (pkt->src.sa.sa_family == AF_INET) {
		so_far = sum(so_far, &pkt->src.v4.sin_addr, 4);
		so_far = sum(so_far, &pkt->dst.v4.sin_addr, 4);
	} else {
		so_far = sum(so_far, &pkt->src.v6.sin6_addr, 16);
		so_far = sum(so_far, &pkt->dst.v6.sin6_addr, 16);
	}
	so_far = sum(so_far, &protocol, sizeof(protocol));
	so_far = sum(so_far, &udp->uh_ulen, sizeof(udp->uh_ulen));
	so_far = sum(so_far, udp, sizeof(*udp));
	folded = fold(sum(so_far, pkt->data, pkt->len));
	return folded != 0 ? folded : 0xffff;
}

static size_t
udp_head(uint8_t *head, const struct gs_tap_packet *pkt)
{
	struct udphdr udp;

	memset(&udp, 0, sizeof(udp));
	udp.uh_sport = htons(gs_addr_port(&pkt->src));
	udp.uh_dport = htons(gs_addr_port(&pkt->dst));
	udp.uh_ulen = htons((uint16_t)(sizeof(udp) + pkt->len));
	udp.uh_sum = udp_checksum(pkt, &udp);
	memcpy(head, &udp, sizeof(udp));
	return sizeof(udp);
}

/* The identification is not known; packets may be fragmented. */
static void
ip4_head(uint8_t *head, const struct gs_tap_packet *pkt, uint8_t protocol,
    size_t payload)
{
	struct ip ip;

	memset(&ip, 0, sizeof(ip));
	ip.ip_v = 4;
	ip.ip_hl = sizeof(ip) / 4;
	ip.ip_tos = pkt->tos;
	ip.ip_len = htons((uint16_t)(sizeof(ip) + payload));
	ip.ip_ttl = pkt->ttl != 0 ? pkt->ttl : TTL;
	ip.ip_p = protocol;
	ip.ip_src = pkt->src.v4.sin_addr;
	ip.ip_dst = pkt->dst.v4.sin_addr;
	ip.ip_sum = fold(sum(0, &ip, sizeof(ip)));
	memcpy(head, &ip, sizeof(ip));
}

/* Nor is the flow label. */
static void
ip6_head(uint8_t *head, const struct gs_tap_packet *pkt, uint8_t protocol,
    size_t payload)
{
	struct ip6_hdr ip;

	memset(&ip, 0, sizeof(ip));
	ip.ip6_flow = htonl((uint32_t)6 << 28 | (uint32_t)pkt->tos << 20);
	ip.ip6_plen = htons((uint16_t)payload);
	ip.ip6_nxt = protocol;
	ip.ip6_hlim = pkt->ttl != 0 ? pkt->ttl : TTL;
	ip.ip6_src = pkt->src.v6.sin6_addr;
	ip.ip6_dst = pkt->dst.v6.sin6_addr;
	memcpy(head, &ip, sizeof(ip));
}

size_t
gs_tap_head(uint8_t head[GS_TAP_HEAD_MAX], const struct gs_tap_packet *pkt)
{
	uint8_t protocol = pkt->has_udp ? IPPROTO_UDP : IPPROTO_SCTP;
	bool is_v4 = pkt->src.sa.sa_family == AF_INET;
	size_t len = is_v4 ? sizeof(struct ip) : sizeof(struct ip6_hdr);
	size_t more = 0;

	if (pkt->has_header)
		return 0;
	if (pkt->has_udp)
		more = udp_head(head + len, pkt);
	if (is_v4)
		ip4_head(head, pkt, protocol, more + pkt->len);
	else
		ip6_head(head, pkt, protocol, more + pkt->len);
	return len + more;
}
