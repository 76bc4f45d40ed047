#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* recvmmsg(), struct in6_pktinfo */
#endif

#include "wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKETS_MAX 64	 /* addresses that a caller may name */
#define BATCH 64	 /* packets a system call */
#define PORT_ATTEMPTS 32 /* ephemeral ports tried for all sockets */
#define ERROR_MAX 16	 /* asynchronous errors skipped a call */
#define SOCKET_BUFFER (4 * 1024 * 1024)

/* Room for the ancillary data of one datagram, either way. */
union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
	    CMSG_SPACE(sizeof(int))];
};

struct batch {
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	union gs_addr name[BATCH];
	union control ctl[BATCH];
};

struct udp_sock {
	int fd;
	union gs_addr addr;
	bool is_wildcard;
};

struct gs_wire {
	/* Fixed once gs_wire_open() has returned. */
	struct udp_sock socks[SOCKETS_MAX];
	size_t nsocks;
	uint16_t port;

	struct batch in;  /* of the thread in gs_wire_recv() */
	struct batch out; /* of the thread in gs_wire_send() */

	/* Counters, read by any thread. */
	atomic_uint_least64_t in_packets, in_bytes, in_dropped;
	atomic_uint_least64_t out_packets, out_bytes, out_dropped;
};

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

static int
set_int(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) == -1)
		return -errno;
	return 0;
}

/*
 * As large as the machine lets us: past the limit with CAP_NET_ADMIN, else
 * up to it.  A smaller buffer only loses more under load, so it is no error.
 */
static void
set_buffers(int fd)
{
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BUFFER) != 0)
		(void)set_int(fd, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER);
	if (set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, SOCKET_BUFFER) != 0)
		(void)set_int(fd, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER);
}

/*
 * The engine sizes its packets itself and does no path MTU discovery over
 * UDP, so a datagram that is too long for a hop must be fragmented, not
 * refused: gs_packet.df is not looked at yet.
 */
static int
set_options_v4(int fd)
{
	int err;

	err = set_int(fd, IPPROTO_IP, IP_PKTINFO, 1);
	if (err == 0)
		err = set_int(fd, IPPROTO_IP, IP_RECVTOS, 1);
	if (err == 0)
		err =
		    set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	return err;
}

static int
set_options_v6(int fd)
{
	int err;

	err = set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (err == 0)
		err = set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	if (err == 0)
		err = set_int(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	if (err == 0)
		err = set_int(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
		    IPV6_PMTUDISC_DONT);
	return err;
}

static int
open_socket(const union gs_addr *addr, uint16_t port, struct udp_sock *out)
{
	union gs_addr bound = *addr;
	int fd;
	int err;

	fd = socket(addr->sa.sa_family,
	    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
	if (fd == -1)
		return -errno;

	err = addr->sa.sa_family == AF_INET ? set_options_v4(fd) :
					      set_options_v6(fd);
	if (err != 0)
		goto close_fd;
	set_buffers(fd);

	gs_addr_set_port(&bound, port);
	if (bind(fd, &bound.sa, gs_addr_len(&bound)) == -1) {
		err = -errno;
		goto close_fd;
	}
	out->fd = fd;
	out->addr = *addr;
	out->is_wildcard = gs_addr_is_any(addr);
	return 0;

close_fd:
	(void)close(fd); /* nothing was sent or received on it */
	return err;
}

static int
bound_port(int fd, uint16_t *out)
{
	union gs_addr name;
	socklen_t len = sizeof(name);

	memset(&name, 0, sizeof(name));
	if (getsockname(fd, &name.sa, &len) == -1)
		return -errno;
	*out = gs_addr_port(&name);
	return 0;
}

static void
close_sockets(struct gs_wire *w)
{
	while (w->nsocks > 0)
		/* Datagrams are not flushed by a close: nothing to learn. */
		(void)close(w->socks[--w->nsocks].fd);
}

/* A machine without one of the families is served by the other. */
static bool
is_family_missing(int err)
{
	return err == -EAFNOSUPPORT || err == -EADDRNOTAVAIL ||
	    err == -EPROTONOSUPPORT;
}

/* Open a socket an address, all on one port; 0 is any port they all get. */
static int
open_sockets(struct gs_wire *w, const union gs_addr *addrs, size_t n,
    uint16_t port, bool may_miss)
{
	int missing = 0;
	int err;
	size_t i;

	for (i = 0; i < n; i++) {
		err = open_socket(&addrs[i], port, &w->socks[w->nsocks]);
		if (err != 0 && may_miss && is_family_missing(err)) {
			missing = err;
			continue;
		}
		if (err != 0)
			goto close_all;
		w->nsocks++;
		if (port == 0) {
			err = bound_port(w->socks[0].fd, &port);
			if (err != 0)
				goto close_all;
		}
	}
	w->port = port;
	return w->nsocks > 0 ? 0 : missing;

close_all:
	close_sockets(w);
	return err;
}

/* The kernel picks the first socket's port; the others may find it taken. */
static int
open_ephemeral(struct gs_wire *w, const union gs_addr *addrs, size_t n,
    bool may_miss)
{
	int err = -EADDRINUSE;
	int i;

	for (i = 0; i < PORT_ATTEMPTS && err == -EADDRINUSE; i++)
		err = open_sockets(w, addrs, n, 0, may_miss);
	return err;
}

static int
open_all(struct gs_wire *w, const struct gs_wire_config *cfg,
    const union gs_addr *addrs, size_t n, bool may_miss)
{
	int err;

	if (cfg->port == 0)
		return open_ephemeral(w, addrs, n, may_miss);
	err = open_sockets(w, addrs, n, cfg->port, may_miss);
	if (err == -EADDRINUSE && cfg->port_mode == GS_PORT_AUTO)
		err = open_ephemeral(w, addrs, n, may_miss);
	return err;
}

/* The addresses to bind: the caller's, or each family's wildcard. */
static int
list_addrs(const struct gs_wire_config *cfg, union gs_addr *addrs, size_t *n)
{
	size_t i;

	memset(addrs, 0, SOCKETS_MAX * sizeof(*addrs));
	if (cfg->naddrs == 0) {
		addrs[0].sa.sa_family = AF_INET;
		addrs[1].sa.sa_family = AF_INET6;
		*n = 2;
		return 0;
	}
	if (cfg->naddrs > SOCKETS_MAX)
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

int
gs_wire_open(const struct gs_wire_config *cfg, struct gs_wire **out)
{
	union gs_addr addrs[SOCKETS_MAX];
	struct gs_wire *w;
	size_t n;
	int err;

	err = list_addrs(cfg, addrs, &n);
	if (err != 0)
		return err;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return -ENOMEM;
	err = open_all(w, cfg, addrs, n, cfg->naddrs == 0);
	if (err != 0)
		goto free_w;
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
	close_sockets(w);
	free(w);
}

uint16_t
gs_wire_port(const struct gs_wire *w)
{
	return w->port;
}

size_t
gs_wire_fds(const struct gs_wire *w, int *fds, size_t max)
{
	size_t i;

	for (i = 0; i < w->nsocks && i < max; i++)
		fds[i] = w->socks[i].fd;
	return w->nsocks;
}

/* ---- receiving ---- */

static void
prepare_in(struct batch *b, struct gs_packet *pkts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct msghdr *hdr = &b->msg[i].msg_hdr;

		memset(&b->name[i], 0, sizeof(b->name[i]));
		b->iov[i].iov_base = pkts[i].data;
		b->iov[i].iov_len = pkts[i].len;
		memset(&b->msg[i], 0, sizeof(b->msg[i]));
		hdr->msg_name = &b->name[i];
		hdr->msg_namelen = sizeof(b->name[i]);
		hdr->msg_iov = &b->iov[i];
		hdr->msg_iovlen = 1;
		hdr->msg_control = &b->ctl[i];
		hdr->msg_controllen = sizeof(b->ctl[i]);
	}
}

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
	pkt->dst.v6.sin6_family = AF_INET6;
	pkt->dst.v6.sin6_addr = info.ipi6_addr;
	if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
		pkt->dst.v6.sin6_scope_id = (uint32_t)info.ipi6_ifindex;
	return !IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
}

static bool
take_control(struct msghdr *hdr, struct gs_packet *pkt)
{
	bool has_dst = false;
	struct cmsghdr *cmsg;
	int value;

	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg != NULL;
	     cmsg = CMSG_NXTHDR(hdr, cmsg)) {
		if (cmsg->cmsg_level == IPPROTO_IP &&
		    cmsg->cmsg_type == IP_PKTINFO) {
			has_dst = take_pktinfo_v4(cmsg, pkt);
		} else if (cmsg->cmsg_level == IPPROTO_IPV6 &&
		    cmsg->cmsg_type == IPV6_PKTINFO) {
			has_dst = take_pktinfo_v6(cmsg, pkt);
		} else if (cmsg->cmsg_level == IPPROTO_IP &&
		    cmsg->cmsg_type == IP_TOS) {
			pkt->tos = *CMSG_DATA(cmsg);
		} else if (cmsg->cmsg_level == IPPROTO_IPV6 &&
		    cmsg->cmsg_type == IPV6_TCLASS) {
			memcpy(&value, CMSG_DATA(cmsg), sizeof(value));
			pkt->tos = (uint8_t)value;
		}
	}
	return has_dst;
}

static bool
take_datagram(const struct gs_wire *w, struct mmsghdr *msg,
    struct gs_packet *pkt)
{
	struct msghdr *hdr = &msg->msg_hdr;

	if ((hdr->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		return false;
	memset(&pkt->dst, 0, sizeof(pkt->dst));
	pkt->tos = 0;
	pkt->df = false;
	if (gs_addr_from(&pkt->src, hdr->msg_name, hdr->msg_namelen) != 0)
		return false;
	if (!take_control(hdr, pkt))
		return false;
	gs_addr_set_port(&pkt->dst, w->port);
	pkt->len = msg->msg_len;
	return true;
}

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

		if (!take_datagram(w, &w->in.msg[i], &pkt))
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
		size_t want = n - done < BATCH ? n - done : BATCH;
		size_t kept;
		int got;

		prepare_in(&w->in, pkts + done, want);
		got = recvmmsg(fd, w->in.msg, (unsigned int)want, 0, NULL);
		if (got == -1) {
			if (errno == EAGAIN || errno == EWOULDBLOCK)
				break;
			if (!is_passing(errno))
				return done > 0 ? (int)done : -errno;
			errors++;
			continue;
		}
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

static const struct udp_sock *
find_socket(const struct gs_wire *w, const union gs_addr *src)
{
	const struct udp_sock *wildcard = NULL;
	size_t i;

	for (i = 0; i < w->nsocks; i++) {
		const struct udp_sock *s = &w->socks[i];

		if (s->addr.sa.sa_family != src->sa.sa_family)
			continue;
		if (s->is_wildcard)
			wildcard = s;
		else if (gs_addr_same_ip(&s->addr, src))
			return s;
	}
	return wildcard;
}

static void
put_control(struct msghdr *hdr, size_t *used, int level, int type,
    const void *value, size_t len)
{
	char *room = hdr->msg_control;
	struct cmsghdr *cmsg = (struct cmsghdr *)(void *)(room + *used);

	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), value, len);
	*used += CMSG_SPACE(len);
	hdr->msg_controllen = *used;
}

/* The source address, where the socket has none of its own, and the TOS. */
static void
put_controls(struct msghdr *hdr, const struct udp_sock *s,
    const struct gs_packet *pkt)
{
	bool is_v4 = pkt->src.sa.sa_family == AF_INET;
	struct in6_pktinfo info6;
	struct in_pktinfo info4;
	int tos = pkt->tos;
	size_t used = 0;

	if (s->is_wildcard && is_v4) {
		memset(&info4, 0, sizeof(info4));
		info4.ipi_spec_dst = pkt->src.v4.sin_addr;
		put_control(hdr, &used, IPPROTO_IP, IP_PKTINFO, &info4,
		    sizeof(info4));
	} else if (s->is_wildcard) {
		memset(&info6, 0, sizeof(info6));
		info6.ipi6_addr = pkt->src.v6.sin6_addr;
		info6.ipi6_ifindex = pkt->src.v6.sin6_scope_id;
		put_control(hdr, &used, IPPROTO_IPV6, IPV6_PKTINFO, &info6,
		    sizeof(info6));
	}
	if (tos != 0 && is_v4)
		put_control(hdr, &used, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	else if (tos != 0)
		put_control(hdr, &used, IPPROTO_IPV6, IPV6_TCLASS, &tos,
		    sizeof(tos));
	if (used == 0)
		hdr->msg_control = NULL;
}

static void
prepare_out(struct batch *b, size_t i, const struct udp_sock *s,
    const struct gs_packet *pkt)
{
	struct msghdr *hdr = &b->msg[i].msg_hdr;

	b->name[i] = pkt->dst;
	b->iov[i].iov_base = pkt->data;
	b->iov[i].iov_len = pkt->len;
	memset(&b->msg[i], 0, sizeof(b->msg[i]));
	memset(&b->ctl[i], 0, sizeof(b->ctl[i]));
	hdr->msg_name = &b->name[i];
	hdr->msg_namelen = gs_addr_len(&pkt->dst);
	hdr->msg_iov = &b->iov[i];
	hdr->msg_iovlen = 1;
	hdr->msg_control = &b->ctl[i];
	put_controls(hdr, s, pkt);
}

static bool
is_sendable(const struct gs_packet *pkt)
{
	return pkt->dst.sa.sa_family == pkt->src.sa.sa_family &&
	    gs_addr_len(&pkt->dst) != 0 && gs_addr_port(&pkt->dst) != 0 &&
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

/*
 * Send the first n messages of w->out.  One that fails is tried once more,
 * as the error may be an older datagram's (an ICMP message), then lost; a
 * full socket loses the rest.
 */
static void
flush(struct gs_wire *w, const struct udp_sock *s, size_t n)
{
	bool retried = false;
	size_t done = 0;

	while (done < n) {
		int sent = sendmmsg(s->fd, w->out.msg + done,
		    (unsigned int)(n - done), 0);

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
	const struct udp_sock *run = NULL;
	size_t len = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct udp_sock *s = find_socket(w, &pkts[i].src);

		if (s == NULL || !is_sendable(&pkts[i])) {
			count(&w->out_dropped, 1);
			continue;
		}
		if (len > 0 && (s != run || len == BATCH)) {
			flush(w, run, len);
			len = 0;
		}
		run = s;
		prepare_out(&w->out, len++, s, &pkts[i]);
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
