/*
 * net: what the measures ask of a library, in net_gsctp.c and net_usrsctp.c.
 *
 * Each is what a simple program on that library would do.  A call that fails
 * ends the process (bench_die()).  NET_* hold for both.
 */

#ifndef BENCH_NET_H
#define BENCH_NET_H

#include "bench.h"

#define NET_BUFFER (4 * 1024 * 1024) /* send and receive, bytes */
#define NET_UDP_IP 28		     /* headers of IPv4 and UDP */
#define NET_WAIT_MS 20000	     /* for what must come */

extern const char net_name[];

/* Where a process can be reached, on 127.0.0.1. */
struct net_at {
	uint16_t udp_port;
	uint16_t port;
};

/* Start the library, with one socket; with a listener: who may connect. */
void net_start(const struct bench_args *a, bool is_listener, struct net_at *at);

/* Have an association: until it is up. */
void net_connect(const struct net_at *to);
void net_accept(void);

/* The largest message that goes into one packet; of the association. */
uint32_t net_fragment(void);

/* Send a message, once there is room. */
void net_send(const void *data, size_t len);

/* The next message, up to the next call; false: the association ended. */
bool net_recv(const uint8_t **data, size_t *len);

/* End the association at once, and the library. */
void net_stop(void);

#endif
