/*
 * sock: what sock.c has for others of its layer.  Layer 5.
 */

#ifndef GS_SOCK_H
#define GS_SOCK_H

#include <stddef.h>
#include <sys/socket.h>

struct gs_endpoint;

/* The endpoint's own addresses, each of the stack's for the wildcard: how
 * many, of which to gets up to max.  The stack's lock is held. */
int gs_sock_addrs(const struct gs_endpoint *ep, struct sockaddr_storage *to,
    size_t max);

#endif
