/*
 * wire_run: packets that leave as one message, which the kernel, or the
 * device, cuts (UDP_SEGMENT).  See wire_impl.h.
 *
 * A run is packets that differ in their bytes alone, all of one length but
 * for the last, which may be shorter.  Where the system refuses one, its
 * packets leave one by one.  Why it did is a matter of the way to that peer (a
 * route with a smaller MTU, a device that does not compute checksums, IPsec),
 * and may change, so it is remembered for each peer, and for a while.
 *
 * A run that stays on this machine is not cut on its way, and the SCTP in UDP
 * of a kernel cannot take one: Linux 6.1 panics.  So there are none where this
 * kernel has SCTP; in which namespace it may use it is not known.
 */

#include "wire_impl.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

#include "clock.h"
#include "kernel_sctp.h"

/* The kernel's UDP_MAX_SEGMENTS, which is more in newer ones; and what an
 * IPv6 packet without a jumbogram has left, which IPv4's has too. */
#define SEGMENTS_MAX GS_WIRE_RUN
#define BYTES_MAX (65535 - 40 - 8)

/* How long no run of that kind is tried. */
#define REFUSED_MS 10000

/* How often it is looked whether the kernel has SCTP by now. */
#define LOOK_MS 1000

bool
gs_wire_can_segment(int fd)
{
	socklen_t len = sizeof(int);
	int value;

	/* One that does not know it would send a run as one datagram. */
	return getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &value, &len) == 0;
}

/* Where that cannot be read, it may have it. */
static bool
is_safe(struct gs_wire_out *o)
{
	uint64_t now_ms = gs_now_ms();

	if (now_ms >= o->look_ms) {
		o->is_safe = gs_kernel_has_sctp(GS_PROTOCOLS) == 0;
		o->look_ms = now_ms + LOOK_MS;
	}
	return o->is_safe;
}

static struct gs_wire_refusal *
refusal_of(struct gs_wire_out *o, const union gs_addr *dst)
{
	const uint8_t *p = dst->sa.sa_family == AF_INET ?
	    (const uint8_t *)&dst->v4.sin_addr :
	    dst->v6.sin6_addr.s6_addr + 12;

	return &o->refused[(p[0] * 7 + p[1] * 5 + p[2] * 3 + p[3]) %
	    GS_WIRE_REFUSALS];
}

static bool
is_refused(struct gs_wire_out *o, const union gs_addr *dst, size_t len)
{
	const struct gs_wire_refusal *r = refusal_of(o, dst);

	return r->len != 0 && len >= r->len && gs_addr_same_ip(&r->dst, dst) &&
	    gs_now_ms() < r->until_ms;
}

void
gs_wire_refuse(struct gs_wire_out *o, const struct mmsghdr *msg, int error)
{
	const struct msghdr *hdr = &msg->msg_hdr;
	const union gs_addr *dst = &o->pkt[hdr->msg_iov - o->iov]->dst;
	struct gs_wire_refusal *r = refusal_of(o, dst);
	size_t len;

	switch (error) {
	case EINVAL:
	case EMSGSIZE:
		/* Shorter ones may do: not longer than the route's MTU. */
		len = hdr->msg_iov[0].iov_len;
		break;
	case EIO:
	case ENOPROTOOPT:
	case EOPNOTSUPP:
		len = 1;
		break;
	default:
		return; /* it is not for being a run */
	}
	if (r->len < len && r->len != 0 && gs_addr_same_ip(&r->dst, dst) &&
	    gs_now_ms() < r->until_ms)
		len = r->len;
	r->dst = *dst;
	r->len = len;
	r->until_ms = gs_now_ms() + REFUSED_MS;
}

static bool
is_same(const union gs_addr *a, const union gs_addr *b)
{
	return gs_addr_equal(a, b) &&
	    (a->sa.sa_family != AF_INET6 ||
		a->v6.sin6_scope_id == b->v6.sin6_scope_id);
}

bool
gs_wire_join(struct gs_wire_out *o, const struct gs_packet *pkt)
{
	struct msghdr *hdr;
	const struct gs_packet *first;
	uint16_t each;
	size_t n;

	if (o->nmsgs == 0 || !o->sock->can_segment ||
	    o->npkts == GS_WIRE_PACKETS)
		return false;
	hdr = &o->msg[o->nmsgs - 1].msg_hdr;
	n = hdr->msg_iovlen;
	first = o->pkt[o->npkts - n];
	if (n == SEGMENTS_MAX || pkt->len == 0 || pkt->len > first->len ||
	    o->pkt[o->npkts - 1]->len != first->len ||
	    n * first->len + pkt->len > BYTES_MAX ||
	    pkt->tos != first->tos || pkt->df != first->df ||
	    !is_same(&pkt->dst, &first->dst) ||
	    !is_same(&pkt->src, &first->src))
		return false;
	if (n == 1) {
		if (!is_safe(o) || is_refused(o, &first->dst, first->len))
			return false;
		each = (uint16_t)first->len;
		gs_wire_put_control(hdr, &o->ctl[o->nmsgs - 1], IPPROTO_UDP,
		    UDP_SEGMENT, &each, sizeof(each));
	}
	gs_wire_add_out(o, pkt);
	return true;
}

size_t
gs_wire_take_apart(struct gs_wire_out *o, const struct mmsghdr *msg)
{
	size_t n = msg->msg_hdr.msg_iovlen;
	size_t i;

	for (i = 0; i < n; i++) {
		struct msghdr *hdr = &o->apart[i].msg_hdr;

		o->apart[i] = *msg;
		hdr->msg_iov = &msg->msg_hdr.msg_iov[i];
		hdr->msg_iovlen = 1;
		/* That of the segments came last. */
		hdr->msg_controllen -= CMSG_SPACE(sizeof(uint16_t));
		if (hdr->msg_controllen == 0)
			hdr->msg_control = NULL;
	}
	return n;
}
