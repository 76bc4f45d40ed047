/* wire: see wire.h. */

#include "wire_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ERROR_MAX 16 /* asynchronous errors skipped a call */

/* A counter orders nothing else, so relaxed is enough. */
static void
count(atomic_uint_least64_t *counter, uint64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static uint64_t
counted(const atomic_uint_least64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* ---- opening ---- */

/* The addresses to bind: the caller's, or each family's wildcard. */
static int
list_addrs(const struct gs_wire_config *cfg, union gs_addr *addrs, size_t *n)
{
	size_t i;

	memset(addrs, 0, GS_WIRE_SOCKETS * sizeof(*addrs));
	if (cfg->naddrs == 0) {
		addrs[0].sa.sa_family = AF_INET;
		addrs[1].sa.sa_family = AF_INET6;
		*n = 2;
		return 0;
	}
	if (cfg->naddrs > GS_WIRE_SOCKETS)
		return -E2BIG;
	for (i = 0; i < cfg->naddrs; i++) {
		addrs[i] = cfg->addrs[i];
		gs_addr_unmap(&addrs[i]);
		if (gs_addr_len(&addrs[i]) == 0)
			return -EAFNOSUPPORT;
	}
	*n = cfg->naddrs;
	return 0;
}

static const struct gs_wire_ops *
choose_ops(const struct gs_wire_config *cfg)
{
	if (cfg->is_raw)
		return &gs_wire_raw_ops;
	return cfg->nfds > 0 ? &gs_wire_given_ops : &gs_wire_udp_ops;
}

int
gs_wire_open(const struct gs_wire_config *cfg, struct gs_wire **out)
{
	union gs_addr addrs[GS_WIRE_SOCKETS];
	struct gs_wire *w;
	size_t n;
	int err;

	err = list_addrs(cfg, addrs, &n);
	if (err != 0)
		return err;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return -ENOMEM;
	w->ops = choose_ops(cfg);
	err = w->ops->open(w, cfg, addrs, n, cfg->naddrs == 0);
	if (err != 0)
		goto free_w;
	gs_tap_init(&w->tap);
	*out = w;
	return 0;

free_w:
	free(w);
	return err;
}

void
gs_wire_close(struct gs_wire *w)
{
	if (w == NULL)
		return;
	gs_wire_close_sockets(w);
	gs_tap_fini(&w->tap);
	free(w);
}

uint16_t
gs_wire_port(const struct gs_wire *w)
{
	return w->port;
}

bool
gs_wire_is_raw(const struct gs_wire *w)
{
	return !w->ops->has_ports;
}

size_t
gs_wire_fds(const struct gs_wire *w, int *fds, size_t max)
{
	size_t i;

	for (i = 0; i < w->nsocks && i < max; i++)
		fds[i] = w->socks[i].fd;
	return w->nsocks;
}

size_t
gs_wire_addrs(const struct gs_wire *w, union gs_addr *out, size_t max)
{
	size_t i;

	for (i = 0; i < w->nsocks; i++)
		if (w->socks[i].is_wildcard)
			return 0;
	for (i = 0; i < w->nsocks && i < max; i++)
		out[i] = w->socks[i].addr;
	return w->nsocks;
}

/* ---- receiving ---- */

/*
 * Keep the good ones of the n datagrams just read, at the front of pkts and
 * in order; a buffer whose datagram is dropped is swapped behind them.
 */
static size_t
keep_good(struct gs_wire *w, struct gs_packet *pkts, size_t n)
{
	uint64_t bytes = 0;
	size_t kept = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		struct gs_packet pkt = pkts[i];

		if (!gs_wire_take(w, &w->in.msg[i], &pkt))
			continue;
		if (w->ops->unwrap != NULL && !w->ops->unwrap(&pkt))
			continue;
		pkts[i] = pkts[kept];
		pkts[kept++] = pkt;
		bytes += pkt.len;
	}
	count(&w->in_packets, kept);
	count(&w->in_bytes, bytes);
	count(&w->in_dropped, n - kept);
	return kept;
}

/*
 * What an ICMP message or a shortage of memory makes a call on a good
 * socket return: it says nothing of the datagrams to come.
 */
static bool
is_passing(int error)
{
	switch (error) {
	case EINTR:
	case ECONNREFUSED:
	case ECONNRESET:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENETUNREACH:
	case ENETDOWN:
	case EPROTO:
	case ENOPROTOOPT:
	case EOPNOTSUPP:
	case EACCES:
	case EPERM:
	case EMSGSIZE:
	case ENOBUFS:
	case ENOMEM:
		return true;
	default:
		return false;
	}
}

int
gs_wire_recv(struct gs_wire *w, int fd, struct gs_packet *pkts, size_t n)
{
	size_t done = 0;
	int errors = 0;

	while (done < n && errors < ERROR_MAX) {
		size_t want =
		    n - done < GS_WIRE_BATCH ? n - done : GS_WIRE_BATCH;
		size_t kept;
		int got;

		gs_wire_prepare_in(&w->in, pkts + done, want);
		got = recvmmsg(fd, w->in.msg, (unsigned int)want, MSG_DONTWAIT,
		    NULL);
		if (got == -1) {
			if (errno == EAGAIN || errno == EWOULDBLOCK)
				break;
			if (!is_passing(errno))
				return done > 0 ? (int)done : -errno;
			errors++;
			continue;
		}
		gs_wire_tap_in(w, fd, pkts + done, (size_t)got);
		kept = keep_good(w, pkts + done, (size_t)got);
		done += kept;
		if ((size_t)got < want)
			break;
		/* A flood of bad datagrams must not hold us here. */
		if (kept == 0)
			errors++;
	}
	return (int)done;
}

/* ---- sending ---- */

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
	count(&w->out_packets, n);
	count(&w->out_bytes, bytes);
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
			count(&w->out_dropped, 1);
			done++;
			retried = false;
		}
	}
	count(&w->out_dropped, n - done);
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
			count(&w->out_dropped, 1);
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

void
gs_wire_get_stats(const struct gs_wire *w, struct gs_wire_stats *out)
{
	out->in_packets = counted(&w->in_packets);
	out->in_bytes = counted(&w->in_bytes);
	out->in_dropped = counted(&w->in_dropped);
	out->out_packets = counted(&w->out_packets);
	out->out_bytes = counted(&w->out_bytes);
	out->out_dropped = counted(&w->out_dropped);
}
