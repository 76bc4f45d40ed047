/*
 * net: what the measures ask of a library, in net_gsctp.c and net_usrsctp.c.
 *
 * Each is what a simple program on that library would do, and of the ways to
 * receive the faster one; the other is taken where bench_args.other_way is
 * set.  A call that fails ends the process (bench_die()).
 */

#ifndef BENCH_NET_H
#define BENCH_NET_H

#include "bench.h"

#define NET_BUFFER (4 * 1024 * 1024) /* send and receive, bytes */
#define NET_UDP_IP 28		     /* headers of IPv4 and UDP */
#define NET_WAIT_MS 20000	     /* for what must come */
#define NET_AT_ONCE 64		     /* associations that net_hold() begins */
#define NET_FIRST_PORT 10000	     /* of many sockets; UDP's is its own */

extern const char net_name[];

/* UDP alone: then only what arrives counts. */
extern const bool net_may_lose;

/* Where a process can be reached, on 127.0.0.1. */
struct net_at {
	uint16_t udp_port;
	uint16_t port;
};

/* Start the library.  Returns its UDP port. */
uint16_t net_start(const struct bench_args *a);

/*
 * One socket, with one association
 */

/* Open it, for what it will do.  Returns its port. */
#define NET_LISTENS 1u
#define NET_RECEIVES 2u
#define NET_ACCEPTS 4u /* each association gets a socket of its own */
uint16_t net_open(unsigned int does);

/* Have an association: wait until it is up. */
void net_connect(const struct net_at *to);
void net_accept(void);

/* The largest message that goes into one packet. */
uint32_t net_fragment(void);

/* Send a message, once there is room. */
void net_send(const void *data, size_t len);

/*
 * Give each message that comes to take, until that returns false.  It may
 * send, which goes where the message came from unless net_choose() says
 * otherwise, and is called by this thread or another one; the data is there
 * until it returns.
 */
void net_each(bool (*take)(void *arg, const uint8_t *data, size_t len),
    void *arg);

/* End the association at once, and the library. */
void net_stop(void);

/*
 * Many associations
 */

/* Count those that come up on the socket that listens, until they are as
 * many as *want says then. */
void net_count_up(const atomic_uint *want);

/* Up to seconds from now, on n sockets: set up an association, and abort it
 * when it is up.  Returns how many there were. */
uint32_t net_churn(const struct net_at *to, uint32_t n, double seconds);

/* Set up n associations, each from a socket of its own, and keep them. */
void net_hold(const struct net_at *to, uint32_t n);

/* Of those: net_send() is on number i from now on. */
void net_choose(uint32_t i);

#endif
