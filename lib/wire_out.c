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

static void
count_sent(struct gs_wire *w, size_t first, size_t n)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = first; i < first + n; i++)
		bytes += w->out.iov[i].iov_len;
	gs_wire_count(&w->out_packets, n);
	gs_wire_count(&w->out_bytes, bytes);
}

/* What is sent is captured before anybody can capture an answer. */
static int
send_some(struct gs_wire *w, const struct gs_wire_sock *s, size_t first,
    size_t n)
{
	uint64_t now_ns;
	bool is_tapped = gs_tap_begin(&w->tap, &now_ns);
	int sent = sendmmsg(s->fd, w->out.msg + first, (unsigned int)n,
	    MSG_DONTWAIT);

	if (is_tapped)
		gs_wire_tap_out(w, s, first, sent > 0 ? (size_t)sent : 0,
		    now_ns);
	return sent;
}

/*
 * Send the first n messages of w->out.  One that fails is tried once more,
 * as the error may be an older datagram's (an ICMP message), then lost; a
 * full socket loses the rest.
 */
static void
flush(struct gs_wire *w, const struct gs_wire_sock *s, size_t n)
{
	bool retried = false;
	size_t done = 0;

	while (done < n) {
		int sent = send_some(w, s, done, n - done);

		if (sent > 0) {
			count_sent(w, done, (size_t)sent);
			done += (size_t)sent;
			retried = false;
		} else if (sent == -1 && errno == EINTR) {
			continue;
		} else if (sent == -1 &&
		    (errno == EAGAIN || errno == EWOULDBLOCK)) {
			break;
		} else if (!retried) {
			retried = true;
		} else {
			gs_wire_count(&w->out_dropped, 1);
			done++;
			retried = false;
		}
	}
	gs_wire_count(&w->out_dropped, n - done);
}

void
gs_wire_send(struct gs_wire *w, const struct gs_packet *pkts, size_t n)
{
	const struct gs_wire_sock *run = NULL;
	size_t len = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct gs_wire_sock *s = find_socket(w, &pkts[i].src);

		if (s == NULL || !is_sendable(w, &pkts[i])) {
			gs_wire_count(&w->out_dropped, 1);
			continue;
		}
		if (len > 0 && (s != run || len == GS_WIRE_BATCH)) {
			flush(w, run, len);
			len = 0;
		}
		run = s;
		w->out.pkt[len] = &pkts[i];
		gs_wire_prepare_out(&w->out, len++, s, &pkts[i]);
	}
	if (len > 0)
		flush(w, run, len);
}
