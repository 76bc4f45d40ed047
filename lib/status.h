/*
 * status: what the stack says of itself, as JSON text.
 *
 * Guarantees
 *  - field names are those of gsctp_stack_status(3), and stay;
 *  - the stack's lock is let go after every few associations: however many
 *    there are, packets and timers wait for a bounded time;
 *  - the text is no longer than GS_STATUS_BYTES: what there is no room for
 *    is counted in it.
 *
 * Locking: takes the stack's lock.  Layer 5.
 */

#ifndef GS_STATUS_H
#define GS_STATUS_H

#include <stddef.h>

#define GS_STATUS_BYTES (16u * 1024 * 1024)

/* A malloc'd text.  0, -ESRCH where the stack does not run, -ESTALE or
 * -ENOMEM. */
int gs_status_make(char **text, size_t *len);

#endif
