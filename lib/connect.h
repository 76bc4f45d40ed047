/*
 * connect: an attempt whose outcome somebody watches (posix.h).  Layer 5.
 */

#ifndef GS_CONNECT_H
#define GS_CONNECT_H

#include <gsctp/gsctp.h>
#include <stddef.h>

struct gs_watch;

/* As gsctp_connectx_init(), without options; w is begun on 0, unless it is
 * NULL. */
int gs_connect_begin(gsctp_sock s, const struct sockaddr_storage *addrs,
    size_t naddrs, gsctp_assoc_id *assoc, struct gs_watch *w);

#endif
