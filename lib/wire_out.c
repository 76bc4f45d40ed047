/* wire_out: packets to the sockets.  See wire_impl.h. */

#include "wire_impl.h"

#include <errno.h>

static const struct gs_wire_sock *
find_socket(const struct gs_wire *w, const union gs_addr *src)
{
	const struct gs_wire_sock *wildcard = NULL;
	size_t i;

	for (i = 0; i < w->nsocks; i++) {
		const struct gs_wire_sock *s = &w->socks[i];

		if (s->takes_v4 && src->sa.sa_family == AF_INET)
			wildcard = s;
		if (s->addr.sa.sa_family != src->sa.sa_family)
			continue;
		if (s->is_wildcard)
			wildcard = s;
		else if (gs_addr_same_ip(&s->addr, src))
			return s;
	}
	return wildcard;
}

bool
gs_wire_has_source(const struct gs_wire *w, const union gs_addr *a)
{
	return find_socket(w, a) != NULL;
}

static bool
is_sendable(const struct gs_wire *w, const struct gs_packet *pkt)
{
	return pkt->dst.sa.sa_family == pkt->src.sa.sa_family &&
	    gs_addr_len(&pkt->dst) != 0 &&
	    (gs_addr_port(&pkt->dst) != 0) == w->ops->has_ports &&
	    !gs_addr_is_any(&pkt->dst) && pkt->len > 0;
}

static size_t
packets_of(const struct mmsghdr *msg, size_t n)
{
	size_t sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += msg[i].msg_hdr.msg_iovlen;
	return sum;
}

/*
 * Send some of n messages; their number, or -1 and errno.  What is sent is
 * captured before anybody can capture an answer.
 */
static int
send_some(struct gs_wire *w, struct mmsghdr *msg, size_t n)
{
	size_t first = (size_t)(msg->msg_hdr.msg_iov - w->out.iov);
	const struct gs_wire_sock *s = w->out.sock;
	uint64_t bytes = 0;
	uint64_t now_ns;
	size_t i, npkts = 0;
	bool is_tapped = gs_tap_begin(&w->tap, &now_ns);
	int sent = sendmmsg(s->fd, msg, (unsigned int)n, MSG_DONTWAIT);

	if (sent > 0)
		npkts = packets_of(msg, (size_t)sent);
	if (is_tapped)
		gs_wire_tap_out(w, s, first, npkts, now_ns);
	if (npkts == 0)
		return sent;
	for (i = first; i < first + npkts; i++)
		bytes += w->out.iov[i].iov_len;
	gs_wire_count(&w->out_packets, npkts);
	gs_wire_count(&w->out_bytes, bytes);
	return sent;
}

static void send_all(struct gs_wire *w, struct mmsghdr *msg, size_t n);

/* The system does not take this message: but perhaps its packets, where it
 * has several. */
static void
give_up(struct gs_wire *w, const struct mmsghdr *msg, int error)
{
	if (msg->msg_hdr.msg_iovlen == 1) {
		gs_wire_count(&w->out_dropped, 1);
		return;
	}
	gs_wire_refuse(&w->out, msg, error);
	send_all(w, w->out.apart, gs_wire_take_apart(&w->out, msg));
}

/*
 * Send n messages.  One that fails is tried once more, as the error may be an
 * older datagram's (an ICMP message), then given up; a full socket loses the
 * rest.
 */
static void
send_all(struct gs_wire *w, struct mmsghdr *msg, size_t n)
{
	bool retried = false;

	while (n > 0) {
		int sent = send_some(w, msg, n);

		if (sent > 0) {
			msg += sent;
			n -= (size_t)sent;
			retried = false;
		} else if (sent == -1 && errno == EINTR) {
			continue;
		} else if (sent == -1 &&
		    (errno == EAGAIN || errno == EWOULDBLOCK)) {
			break;
		} else if (!retried) {
			retried = true;
		} else {
			give_up(w, msg++, errno);
			n--;
			retried = false;
		}
	}
	gs_wire_count(&w->out_dropped, packets_of(msg, n));
}

static void
flush(struct gs_wire *w)
{
	send_all(w, w->out.msg, w->out.nmsgs);
	w->out.nmsgs = 0;
	w->out.npkts = 0;
}

void
gs_wire_send(struct gs_wire *w, const struct gs_packet *pkts, size_t n)
{
	struct gs_wire_out *o = &w->out;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct gs_wire_sock *s;

		if (gs_wire_join(o, &pkts[i]))
			continue;
		s = find_socket(w, &pkts[i].src);
		if (s == NULL || !is_sendable(w, &pkts[i])) {
			gs_wire_count(&w->out_dropped, 1);
			continue;
		}
		if (o->nmsgs > 0 &&
		    (s != o->sock || o->nmsgs == GS_WIRE_BATCH ||
			o->npkts == GS_WIRE_PACKETS || pkts[i].df))
			flush(w);
		o->sock = s;
		gs_wire_prepare_out(o, &pkts[i]);
		if (pkts[i].df) {
			gs_wire_set_df(s, true);
			flush(w);
			gs_wire_set_df(s, false);
		}
	}
	if (o->nmsgs > 0)
		flush(w);
}
