/* wire_msg: packets to and from the messages of recvmmsg() and sendmmsg().
 * See wire_impl.h. */

#include "wire_impl.h"

#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>

/* ---- in ---- */

/*
 * ipi_addr is the header's destination.  ipi_spec_dst is a local address,
 * and differs for broadcast and multicast, which are not SCTP (RFC 9260
 * 8.4 (1)).
 */
static bool
take_pktinfo_v4(const struct cmsghdr *cmsg, struct gs_packet *pkt)
{
	struct in_pktinfo info;

	memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
	pkt->dst.v4.sin_family = AF_INET;
	pkt->dst.v4.sin_addr = info.ipi_addr;
	return info.ipi_addr.s_addr == info.ipi_spec_dst.s_addr;
}

static bool
take_pktinfo_v6(const struct cmsghdr *cmsg, struct gs_packet *pkt)
{
	struct in6_pktinfo info;

	memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
	/* An IPv4 packet on an IPv6 socket has an in_pktinfo too. */
	if (IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr))
		return false;
	pkt->dst.v6.sin6_family = AF_INET6;
	pkt->dst.v6.sin6_addr = info.ipi6_addr;
	if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
		pkt->dst.v6.sin6_scope_id = (uint32_t)info.ipi6_ifindex;
	return !IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
}

/* What stands in the control messages, in any order: false where the
 * destination does not.  *each is not set where that of a packet does not. */
static bool
take_control(struct msghdr *hdr, struct gs_packet *pkt, int *each)
{
	bool has_dst = false;
	struct cmsghdr *cmsg;
	int value;

	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg != NULL;
	     cmsg = CMSG_NXTHDR(hdr, cmsg)) {
		if (cmsg->cmsg_level == IPPROTO_IP &&
		    cmsg->cmsg_type == IP_PKTINFO) {
			has_dst |= take_pktinfo_v4(cmsg, pkt);
		} else if (cmsg->cmsg_level == IPPROTO_IPV6 &&
		    cmsg->cmsg_type == IPV6_PKTINFO) {
			has_dst |= take_pktinfo_v6(cmsg, pkt);
		} else if (cmsg->cmsg_level == IPPROTO_IP &&
		    cmsg->cmsg_type == IP_TOS) {
			pkt->tos = *CMSG_DATA(cmsg);
		} else if (cmsg->cmsg_level == IPPROTO_IPV6 &&
		    cmsg->cmsg_type == IPV6_TCLASS) {
			memcpy(&value, CMSG_DATA(cmsg), sizeof(value));
			pkt->tos = (uint8_t)value;
		} else if ((cmsg->cmsg_level == IPPROTO_IP &&
		    cmsg->cmsg_type == IP_TTL) ||
		    (cmsg->cmsg_level == IPPROTO_IPV6 &&
		    cmsg->cmsg_type == IPV6_HOPLIMIT)) {
			memcpy(&value, CMSG_DATA(cmsg), sizeof(value));
			pkt->ttl = (uint8_t)value;
		} else if (cmsg->cmsg_level == IPPROTO_UDP &&
		    cmsg->cmsg_type == UDP_GRO) {
			memcpy(each, CMSG_DATA(cmsg), sizeof(*each));
		}
	}
	return has_dst;
}

void
gs_wire_take(const struct gs_wire *w, struct mmsghdr *msg,
    struct gs_wire_datagram *d)
{
	struct msghdr *hdr = &msg->msg_hdr;
	struct gs_packet *pkt = &d->pkt;
	int each = 0;

	memset(d, 0, sizeof(*d));
	if ((hdr->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		return;
	if (gs_addr_from(&pkt->src, hdr->msg_name, hdr->msg_namelen) != 0)
		return;
	gs_addr_unmap(&pkt->src);
	pkt->data = hdr->msg_iov->iov_base;
	pkt->len = msg->msg_len;
	d->is_good = take_control(hdr, pkt, &each);
	d->each = each > 0 ? (size_t)each : pkt->len;
	gs_addr_set_port(&pkt->dst, w->port);
}

/* ---- out ---- */

void
gs_wire_put_control(struct msghdr *hdr, union gs_wire_out_control *ctl,
    int level, int type, const void *value, size_t len)
{
	struct cmsghdr *cmsg =
	    (struct cmsghdr *)(void *)(ctl->room + hdr->msg_controllen);

	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), value, len);
	hdr->msg_control = ctl;
	hdr->msg_controllen += CMSG_SPACE(len);
}

/* The source address, where the socket has none of its own, and the TOS. */
static void
put_controls(struct msghdr *hdr, union gs_wire_out_control *ctl,
    const struct gs_wire_sock *s, const struct gs_packet *pkt)
{
	bool is_v4 = pkt->src.sa.sa_family == AF_INET;
	struct in6_pktinfo info6;
	struct in_pktinfo info4;
	int tos = pkt->tos;

	if (s->is_wildcard && is_v4) {
		memset(&info4, 0, sizeof(info4));
		info4.ipi_spec_dst = pkt->src.v4.sin_addr;
		gs_wire_put_control(hdr, ctl, IPPROTO_IP, IP_PKTINFO, &info4,
		    sizeof(info4));
	} else if (s->is_wildcard) {
		memset(&info6, 0, sizeof(info6));
		info6.ipi6_addr = pkt->src.v6.sin6_addr;
		info6.ipi6_ifindex = pkt->src.v6.sin6_scope_id;
		gs_wire_put_control(hdr, ctl, IPPROTO_IPV6, IPV6_PKTINFO,
		    &info6, sizeof(info6));
	}
	if (tos != 0 && is_v4)
		gs_wire_put_control(hdr, ctl, IPPROTO_IP, IP_TOS, &tos,
		    sizeof(tos));
	else if (tos != 0)
		gs_wire_put_control(hdr, ctl, IPPROTO_IPV6, IPV6_TCLASS, &tos,
		    sizeof(tos));
}

void
gs_wire_add_out(struct gs_wire_out *o, const struct gs_packet *pkt)
{
	o->iov[o->npkts].iov_base = pkt->data;
	o->iov[o->npkts].iov_len = pkt->len;
	o->pkt[o->npkts++] = pkt;
	o->msg[o->nmsgs - 1].msg_hdr.msg_iovlen++;
}

void
gs_wire_prepare_out(struct gs_wire_out *o, const struct gs_packet *pkt)
{
	size_t i = o->nmsgs++;
	struct msghdr *hdr = &o->msg[i].msg_hdr;

	o->name[i] = pkt->dst;
	if (o->sock->takes_v4)
		gs_addr_map(&o->name[i]);
	memset(&o->msg[i], 0, sizeof(o->msg[i]));
	memset(&o->ctl[i], 0, sizeof(o->ctl[i]));
	hdr->msg_name = &o->name[i];
	hdr->msg_namelen = gs_addr_len(&o->name[i]);
	hdr->msg_iov = &o->iov[o->npkts];
	put_controls(hdr, &o->ctl[i], o->sock, pkt);
	gs_wire_add_out(o, pkt);
}
