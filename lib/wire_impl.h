/*
 * wire_impl: what the wire's files share among themselves.
 *
 *	wire.c		opening, closing, what there is
 *	wire_in.c	packets in, in batches
 *	wire_out.c	packets out, in batches
 *	wire_sock.c	a socket, and what is set on it
 *	wire_msg.c	a packet and the message of a system call, both ways
 *	wire_run.c	packets that leave as one message
 *	wire_udp.c	UDP sockets and their port
 *	wire_given.c	UDP sockets that the caller has bound
 *	wire_raw.c	raw sockets
 *	wire_tap.c	what passes, told to the tap
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

#include "tap.h"
#include "wire.h"

#define GS_WIRE_SOCKETS 64 /* addresses that a caller may name */
#define GS_WIRE_BATCH 64    /* messages a system call, out */
#define GS_WIRE_PACKETS 256 /* packets in them */
#define GS_WIRE_RUN 64	    /* packets in one of them */
#define GS_WIRE_SLOTS 16    /* datagrams a system call, in */

/* Room for the ancillary data of one datagram, either way; and for what a
 * caller has asked for on a socket of his, which comes along. */
#define GS_WIRE_CONTROL                                                      \
	(CMSG_SPACE(sizeof(struct in6_pktinfo)) +                            \
	    CMSG_SPACE(sizeof(struct in_pktinfo)) +                          \
	    3 * CMSG_SPACE(sizeof(int))) /* TOS, TTL, size of a packet */
#define GS_WIRE_MORE_CONTROL 512

#define GS_WIRE_REFUSALS 32 /* peers that take no runs */

union gs_wire_in_control {
	struct cmsghdr align;
	char room[GS_WIRE_CONTROL + GS_WIRE_MORE_CONTROL];
};

union gs_wire_out_control {
	struct cmsghdr align;
	char room[GS_WIRE_CONTROL];
};

/* Packets of this length, or longer, do not leave for dst as a run. */
struct gs_wire_refusal {
	union gs_addr dst; /* its port not looked at */
	size_t len;	   /* 0: there is none */
	uint64_t until_ms; /* of gs_now_ms() */
};

/*
 * What is on its way to sendmmsg(): messages of one packet, or of a run of
 * them (wire_run.c), all from one socket.  A message's packets stand one
 * behind the other in iov and pkt.
 */
struct gs_wire_out {
	const struct gs_wire_sock *sock;
	struct mmsghdr msg[GS_WIRE_BATCH];
	union gs_addr name[GS_WIRE_BATCH];
	union gs_wire_out_control ctl[GS_WIRE_BATCH];
	size_t nmsgs;
	struct iovec iov[GS_WIRE_PACKETS];
	const struct gs_packet *pkt[GS_WIRE_PACKETS];
	size_t npkts;
	struct mmsghdr apart[GS_WIRE_RUN]; /* a run that was refused */
	struct gs_wire_refusal refused[GS_WIRE_REFUSALS];
	bool is_safe;	  /* this kernel has no SCTP */
	uint64_t look_ms; /* whether that is so still */
};

/* What recvmmsg() gave: a packet, or many of one flow, one behind the other,
 * that the kernel has put together (UDP_GRO). */
struct gs_wire_datagram {
	struct gs_packet pkt; /* all of it */
	size_t each;	      /* length of a packet; the last may be shorter */
	bool is_good;
};

/* What was read last, and not all handed up yet.  Each slot has room for the
 * longest datagram; memory that no datagram has reached is never touched. */
struct gs_wire_in {
	uint8_t *room; /* GS_WIRE_SLOTS times GS_PACKET_MAX */
	struct mmsghdr msg[GS_WIRE_SLOTS];
	struct iovec iov[GS_WIRE_SLOTS];
	union gs_addr name[GS_WIRE_SLOTS];
	union gs_wire_in_control ctl[GS_WIRE_SLOTS];
	struct gs_wire_datagram datagram[GS_WIRE_SLOTS];
	size_t n, at;  /* good datagrams, and the one to hand up from */
	size_t offset; /* of the next packet in that one */
	size_t want;   /* how many the next call asks for */
};

struct gs_wire_sock {
	int fd;
	union gs_addr addr; /* bound to; its port is not looked at */
	bool is_wildcard;
	bool takes_v4; /* of IPv6, and has IPv4's packets as well */
	bool can_segment; /* a run of packets may leave as one message */
};

/* What the kinds of wires do in their own way. */
struct gs_wire_ops {
	/*
	 * Open w->socks, one an address, or all that cfg names, and set
	 * w->port.  may_miss: one of a family that the machine does not have
	 * may be left out.
	 */
	int (*open)(struct gs_wire *w, const struct gs_wire_config *cfg,
	    const union gs_addr *addrs, size_t n, bool may_miss);
	/* Leave SCTP's bytes in what was read, or false.  NULL: they are. */
	bool (*unwrap)(struct gs_wire_datagram *d);
	bool has_ports; /* a peer is an address and a port */
};

extern const struct gs_wire_ops gs_wire_udp_ops;   /* wire_udp.c */
extern const struct gs_wire_ops gs_wire_given_ops; /* wire_given.c */
extern const struct gs_wire_ops gs_wire_raw_ops;   /* wire_raw.c */

struct gs_wire {
	/* Fixed once gs_wire_open() has returned. */
	const struct gs_wire_ops *ops;
	struct gs_wire_sock socks[GS_WIRE_SOCKETS];
	size_t nsocks;
	uint16_t port;

	struct gs_wire_in in;	/* of the thread in gs_wire_recv() */
	struct gs_wire_out out; /* of the thread in gs_wire_send() */

	struct gs_tap tap;

	/* Counters, read by any thread. */
	atomic_uint_least64_t in_packets, in_bytes, in_dropped;
	atomic_uint_least64_t out_packets, out_bytes, out_dropped;
};

/* A counter orders nothing else, so relaxed is enough. */
static inline void
gs_wire_count(atomic_uint_least64_t *counter, uint64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

/* wire_in.c */

/* The packet at *offset of d, and *offset is behind it.  d has more as long
 * as *offset is less than its length. */
struct gs_packet gs_wire_cut(const struct gs_wire_datagram *d,
    size_t *offset);

int gs_wire_in_init(struct gs_wire_in *in);
void gs_wire_in_fini(struct gs_wire_in *in);

/* wire_sock.c */

/* A socket of the family of addr, bound to it, with everything set that the
 * wire needs; the port of addr is not looked at. */
int gs_wire_sock_open(int type, int protocol, const union gs_addr *addr,
    uint16_t port, struct gs_wire_sock *out);
void gs_wire_close_sockets(struct gs_wire *w);

/* Set it on a socket that is bound already. */
int gs_wire_sock_prepare(const struct gs_wire_sock *s);

/* What it sends from now on may, or may not, be fragmented. */
void gs_wire_set_df(const struct gs_wire_sock *s, bool is_on);

/* A machine without one of the families is served by the other. */
bool gs_wire_is_family_missing(int err);

/* wire_msg.c */

/* What was read, and where from and to. */
void gs_wire_take(const struct gs_wire *w, struct mmsghdr *msg,
    struct gs_wire_datagram *d);

/* A new message of o, from its socket; there is room for it. */
void gs_wire_prepare_out(struct gs_wire_out *o, const struct gs_packet *pkt);

/* One packet more in the last message. */
void gs_wire_add_out(struct gs_wire_out *o, const struct gs_packet *pkt);

/* Behind what hdr has of ctl already. */
void gs_wire_put_control(struct msghdr *hdr, union gs_wire_out_control *ctl,
    int level, int type, const void *value, size_t len);

/* wire_run.c */

/* Does the kernel know how to cut a message into packets? */
bool gs_wire_can_segment(int fd);

/* The packet joins the last message, where that makes a run, or begins one;
 * or false. */
bool gs_wire_join(struct gs_wire_out *o, const struct gs_packet *pkt);

/* The run was refused with this error: others like it are not tried. */
void gs_wire_refuse(struct gs_wire_out *o, const struct mmsghdr *msg,
    int error);

/* The run becomes a message a packet, in o->apart: their number. */
size_t gs_wire_take_apart(struct gs_wire_out *o, const struct mmsghdr *msg);

/* wire_tap.c: the first n of w->in, which were just read, as they came. */
void gs_wire_tap_in(struct gs_wire *w, int fd, size_t n);

/* The n packets of w->out from first on that have left; the tap is locked
 * (gs_tap_begin()), and is not any more. */
void gs_wire_tap_out(struct gs_wire *w, const struct gs_wire_sock *s,
    size_t first, size_t n, uint64_t now_ns);

/* wire_raw.c: 0, or -EADDRINUSE and a line in the log where the file says
 * that the kernel has SCTP; it is GS_PROTOCOLS. */
int gs_wire_raw_check(const char *protocols);

#endif
