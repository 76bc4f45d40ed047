/* wire_in: packets from the sockets.  See wire_impl.h. */

#include "wire_impl.h"

#include <errno.h>

#define ERROR_MAX 16 /* asynchronous errors skipped a call */

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
	gs_wire_count(&w->in_packets, kept);
	gs_wire_count(&w->in_bytes, bytes);
	gs_wire_count(&w->in_dropped, n - kept);
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
