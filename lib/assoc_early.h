/*
 * assoc_early: messages that are sent before their association is up.
 *
 * Guarantees
 *  - they leave when it is, in order, before what is sent then;
 *  - they outlive an attempt that yields to the peer's (collision.h), and,
 *    once it is up, a socket that is closed: its end comes behind them;
 *  - what waits is bounded, as by a send buffer.
 *
 * For sockets behind a descriptor alone (posix.h): a send to an association
 * that is not up is -ENOTCONN for the others.
 *
 * The stack's lock is held.  Layer 4.
 */

#ifndef GS_ASSOC_EARLY_H
#define GS_ASSOC_EARLY_H

#include "assoc.h"

/* 0, -EAGAIN where too much waits, -EMSGSIZE, -EINVAL or -ENOMEM. */
int gs_early_put(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info,
    const void *data, size_t len, const union gs_addr *to);

/* It may be up: send what there is room for.  What cannot be sent is told of
 * as gs_assoc_tell_unsent() does. */
void gs_early_run(struct gs_assoc *a);

/* It will not: the next of them as an event that tells so, or NULL. */
struct gs_msg *gs_early_fail(struct gs_assoc *a);

void gs_early_clear(struct gs_assoc *a);

#endif
