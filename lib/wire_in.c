/* wire_in: packets from the sockets.  See wire_impl.h. */

#include "wire_impl.h"

#include <errno.h>
#include <stdlib.h>

#define ERROR_MAX 16 /* asynchronous errors skipped a call */

/*
 * Datagrams to ask for: few, as a rule, so that the same memory is used
 * again and again; many while more wait than that, and are SMALL.
 */
#define FEW 4
#define MANY GS_WIRE_SLOTS
#define SMALL 4096

/* What does not change from one call to the next. */
static void
prepare(struct gs_wire_in *in)
{
	size_t i;

	for (i = 0; i < GS_WIRE_SLOTS; i++) {
		struct msghdr *hdr = &in->msg[i].msg_hdr;

		in->iov[i].iov_base = in->room + i * GS_PACKET_MAX;
		in->iov[i].iov_len = GS_PACKET_MAX;
		hdr->msg_name = &in->name[i];
		hdr->msg_iov = &in->iov[i];
		hdr->msg_iovlen = 1;
		hdr->msg_control = &in->ctl[i];
	}
	in->want = FEW;
}

int
gs_wire_in_init(struct gs_wire_in *in)
{
	in->room = malloc((size_t)GS_WIRE_SLOTS * GS_PACKET_MAX);
	if (in->room == NULL)
		return -ENOMEM;
	prepare(in);
	return 0;
}

void
gs_wire_in_fini(struct gs_wire_in *in)
{
	free(in->room);
}

struct gs_packet
gs_wire_cut(const struct gs_wire_datagram *d, size_t *offset)
{
	struct gs_packet pkt = d->pkt;

	pkt.data += *offset;
	pkt.len -= *offset;
	if (pkt.len > d->each)
		pkt.len = d->each;
	*offset += pkt.len;
	return pkt;
}

static size_t
packets_of(const struct gs_wire_datagram *d)
{
	if (d->pkt.len == 0)
		return 1;
	return (d->pkt.len + d->each - 1) / d->each;
}

/* Keep the good ones of the n datagrams just read, in order. */
static void
keep_good(struct gs_wire *w, size_t n)
{
	struct gs_wire_in *in = &w->in;
	uint64_t packets = 0, bytes = 0, dropped = 0;
	size_t i;

	in->n = in->at = in->offset = 0;
	for (i = 0; i < n; i++) {
		struct gs_wire_datagram d = in->datagram[i];

		if (!d.is_good ||
		    (w->ops->unwrap != NULL && !w->ops->unwrap(&d))) {
			dropped += packets_of(&d);
			continue;
		}
		in->datagram[in->n++] = d;
		packets += packets_of(&d);
		bytes += d.pkt.len;
	}
	gs_wire_count(&w->in_packets, packets);
	gs_wire_count(&w->in_bytes, bytes);
	gs_wire_count(&w->in_dropped, dropped);
}

/* Read what waits on the socket: 0, or -errno. */
static int
fill(struct gs_wire *w, int fd)
{
	struct gs_wire_in *in = &w->in;
	size_t bytes = 0;
	size_t i, n;
	int got;

	for (i = 0; i < in->want; i++) {
		in->msg[i].msg_hdr.msg_namelen = sizeof(in->name[i]);
		in->msg[i].msg_hdr.msg_controllen = sizeof(in->ctl[i]);
	}
	got = recvmmsg(fd, in->msg, (unsigned int)in->want, MSG_DONTWAIT,
	    NULL);
	if (got == -1)
		return -errno;
	n = (size_t)got;
	for (i = 0; i < n; i++) {
		gs_wire_take(w, &in->msg[i], &in->datagram[i]);
		bytes += in->msg[i].msg_len;
	}
	gs_wire_tap_in(w, fd, n);
	keep_good(w, n);
	in->want = n == in->want && bytes <= n * SMALL ? MANY : FEW;
	return 0;
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

bool
gs_wire_is_pending(const struct gs_wire *w)
{
	return w->in.at < w->in.n;
}

static int
hand_up(struct gs_wire_in *in, struct gs_packet *pkts, size_t n)
{
	size_t done = 0;

	while (done < n && in->at < in->n) {
		const struct gs_wire_datagram *d = &in->datagram[in->at];

		pkts[done++] = gs_wire_cut(d, &in->offset);
		if (in->offset < d->pkt.len)
			continue;
		in->offset = 0;
		in->at++;
	}
	return (int)done;
}

int
gs_wire_recv(struct gs_wire *w, int fd, struct gs_packet *pkts, size_t n)
{
	int errors = 0;
	int err;

	while (n > 0 && !gs_wire_is_pending(w) && errors < ERROR_MAX) {
		err = fill(w, fd);
		if (err == -EAGAIN || err == -EWOULDBLOCK)
			break;
		if (err != 0 && !is_passing(-err))
			return err;
		/* A flood of bad datagrams must not hold us here either. */
		errors++;
	}
	return hand_up(&w->in, pkts, n);
}
