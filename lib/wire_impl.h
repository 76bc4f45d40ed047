/*
 * wire_impl: what the wire's files share among themselves.
 *
 *	wire.c		opening; packets in and out, in batches
 *	wire_sock.c	a socket, and what is set on it
 *	wire_msg.c	a packet and the message of a system call, both ways
 *	wire_udp.c	UDP sockets and their port
 *	wire_given.c	UDP sockets that the caller has bound
 *
 * Layer 2.
 */

#ifndef GS_WIRE_IMPL_H
#define GS_WIRE_IMPL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* recvmmsg(), struct in6_pktinfo */
#endif

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "wire.h"

#define GS_WIRE_SOCKETS 64 /* addresses that a caller may name */
#define GS_WIRE_BATCH 64   /* packets a system call */

/* Room for the ancillary data of one datagram, either way. */
union gs_wire_control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
	    CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(int))];
};

struct gs_wire_batch {
	struct mmsghdr msg[GS_WIRE_BATCH];
	struct iovec iov[GS_WIRE_BATCH];
	union gs_addr name[GS_WIRE_BATCH];
	union gs_wire_control ctl[GS_WIRE_BATCH];
};

struct gs_wire_sock {
	int fd;
	union gs_addr addr; /* bound to; its port is not looked at */
	bool is_wildcard;
	bool takes_v4; /* of IPv6, and has IPv4's packets as well */
};

struct gs_wire {
	/* Fixed once gs_wire_open() has returned. */
	struct gs_wire_sock socks[GS_WIRE_SOCKETS];
	size_t nsocks;
	uint16_t port;

	struct gs_wire_batch in;  /* of the thread in gs_wire_recv() */
	struct gs_wire_batch out; /* of the thread in gs_wire_send() */

	/* Counters, read by any thread. */
	atomic_uint_least64_t in_packets, in_bytes, in_dropped;
	atomic_uint_least64_t out_packets, out_bytes, out_dropped;
};

/* wire_sock.c */

/* A socket of the family of addr, bound to it, with everything set that the
 * wire needs; the port of addr is not looked at. */
int gs_wire_sock_open(int type, int protocol, const union gs_addr *addr,
    uint16_t port, struct gs_wire_sock *out);
void gs_wire_close_sockets(struct gs_wire *w);

/* Set it on a socket that is bound already. */
int gs_wire_sock_prepare(const struct gs_wire_sock *s);

/* A machine without one of the families is served by the other. */
bool gs_wire_is_family_missing(int err);

/* wire_msg.c */

void gs_wire_prepare_in(struct gs_wire_batch *b, struct gs_packet *pkts,
    size_t n);

/* What was read becomes a packet; false where it is none. */
bool gs_wire_take(const struct gs_wire *w, struct mmsghdr *msg,
    struct gs_packet *pkt);

void gs_wire_prepare_out(struct gs_wire_batch *b, size_t i,
    const struct gs_wire_sock *s, const struct gs_packet *pkt);

/* wire_udp.c: a socket an address, all on one port.  may_miss: one of a
 * family that the machine does not have may be left out. */
int gs_wire_open_udp(struct gs_wire *w, const struct gs_wire_config *cfg,
    const union gs_addr *addrs, size_t n, bool may_miss);

/* wire_given.c: cfg->fds, duplicated. */
int gs_wire_adopt(struct gs_wire *w, const struct gs_wire_config *cfg);

#endif
