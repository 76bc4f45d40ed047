/*
 * wire: SCTP packets between the engine and the sockets that carry them.
 *
 * Guarantees
 *  - packets in, packets out: nothing here knows the engine;
 *  - a packet leaves from the source address it names, or is not sent;
 *  - a UDP port that is taken is -EADDRINUSE from gs_wire_open(), never a
 *    silent loss;
 *  - a raw socket is opened where that was asked for, and only there;
 *  - all sockets are close-on-exec, and none is waited for;
 *  - sockets that are handed in are duplicated: the caller keeps his own.
 *
 * This is the one place where batching belongs: every packet in passes
 * gs_wire_recv(), every packet out gs_wire_send().  What is captured is what
 * the sockets gave and took: next to the system calls.  Faults lie above: what
 * they drop is never here.
 *
 * Locking: gs_wire_recv() is for one thread at a time, gs_wire_send() for
 * one at a time; the two may run together.  Layer 2.
 */

#ifndef GS_WIRE_H
#define GS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

#define GS_PACKET_MAX 65536

/*
 * One SCTP packet, from its common header on.  The addresses carry the
 * UDP ports, 0 over raw IP; SCTP's own ports are in the bytes.
 */
struct gs_packet {
	union gs_addr src;
	union gs_addr dst;
	uint8_t tos; /* in: DSCP and ECN as received; out: to set */
	uint8_t ttl; /* in: or the hop limit; out: the socket's, this not */
	bool df;     /* out: do not fragment */
	size_t len;
	uint8_t *data;
};

enum gs_port_mode {
	GS_PORT_FIXED, /* this port, or -EADDRINUSE; 0 is ephemeral */
	GS_PORT_AUTO,  /* this port if it is free, else ephemeral */
};

struct gs_wire_config {
	/*
	 * SCTP as IP's protocol 132: no port, no descriptors.  -EPERM without
	 * CAP_NET_RAW, -EADDRINUSE where the kernel has SCTP, each with a
	 * line in the log.
	 */
	bool is_raw;
	enum gs_port_mode port_mode;
	uint16_t port; /* host order */
	/*
	 * The local addresses to use, ports ignored, 64 at most.  None: one
	 * socket a family on the wildcard, without a family that the machine
	 * does not have; else one socket an address.
	 */
	const union gs_addr *addrs;
	size_t naddrs;
	/*
	 * Or nfds UDP sockets that are bound, 64 at most, all to one port,
	 * and to port if that is not 0; addrs and port_mode are not looked at
	 * then.  -EINVAL, and a line in the log, where one is not so.
	 */
	const int *fds;
	size_t nfds;
	/* Every packet is a datagram of its own, in and out, to the kernel
	 * too: for comparison. */
	bool is_plain;
};

struct gs_wire_stats {
	uint64_t in_packets, in_bytes;
	uint64_t in_dropped; /* cut short, or not to one address */
	uint64_t out_packets, out_bytes;
	uint64_t out_dropped; /* the socket did not take them */
};

struct gs_wire;

int gs_wire_open(const struct gs_wire_config *cfg, struct gs_wire **out);
void gs_wire_close(struct gs_wire *w);

/* The UDP port, host order, the same for all its sockets; 0 over raw IP. */
uint16_t gs_wire_port(const struct gs_wire *w);
bool gs_wire_is_raw(const struct gs_wire *w);

/* The addresses of its sockets, ports not looked at: their number; out gets
 * up to max.  0 where one of them is bound to a wildcard. */
size_t gs_wire_addrs(const struct gs_wire *w, union gs_addr *out, size_t max);

/* Is there a socket that could send from this address? */
bool gs_wire_has_source(const struct gs_wire *w, const union gs_addr *a);

/* The descriptors to poll for reading: their number; fds gets up to max. */
size_t gs_wire_fds(const struct gs_wire *w, int *fds, size_t max);

/*
 * Read packets that wait on the socket fd, without blocking: up to n of them
 * into pkts, in order.  Their data is the wire's, until the next call.  What
 * one call to the system gave may be more than n: the rest is handed up by
 * the calls that follow, before anything is read, and whatever their fd.  The
 * number, 0 where no good one waits, or -errno.  A datagram that is cut short
 * is dropped and counted, never handed up; errors that ICMP messages leave on
 * the socket are skipped.
 */
int gs_wire_recv(struct gs_wire *w, int fd, struct gs_packet *pkts, size_t n);

/* Has more been read than was handed up?  No descriptor tells of that. */
bool gs_wire_is_pending(const struct gs_wire *w);

/* Send n packets in order, without blocking.  What a socket does not take
 * is lost as on any network, and counted. */
void gs_wire_send(struct gs_wire *w, const struct gs_packet *pkts, size_t n);

/* The TTL, or hop limit, of all that leaves from now on, 1 to 255.  0 or
 * -errno. */
int gs_wire_set_ttl(const struct gs_wire *w, int ttl);
int gs_wire_get_ttl(const struct gs_wire *w, int *ttl);

/*
 * Capture all that passes to the file path (tap.h); NULL ends that.  One
 * thread at a time; it waits for the file.  gs_wire_close() ends it too.
 */
int gs_wire_capture(struct gs_wire *w, const char *path);

/* In a child of fork(): what is captured is the parent's affair. */
void gs_wire_in_child(struct gs_wire *w);

void gs_wire_get_stats(const struct gs_wire *w, struct gs_wire_stats *out);

#endif
