/*
 * name: what name.c and multi.c share.
 */

#ifndef PS_NAME_H
#define PS_NAME_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct psock;

/* Bind p, which is not bound yet, to n addresses of one port; p->lock is
 * held. */
int ps_bind_first(struct psock *p, const struct sockaddr_storage *addrs,
    size_t n);

/* connect(), to a peer with n addresses; the association's id in *id, also
 * with -EINPROGRESS. */
int ps_connect_to(struct psock *p,
    const struct sockaddr_storage *addrs, size_t n, int32_t *id);

#endif
