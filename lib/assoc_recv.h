/*
 * assoc_recv: what an association receives.  See assoc.h.  Layer 4.
 */

#ifndef GS_ASSOC_RECV_H
#define GS_ASSOC_RECV_H

#include "assoc.h"

/* RFC 9260 3.3.10.11 */
#define GS_CAUSE_NEW_ADDRESSES 11

/* RFC 9260 3.3.10.12 */
#define GS_CAUSE_USER_ABORT 12

/* Take what the engine has until a message waits in a->head; an orphan's
 * is thrown away. */
void gs_assoc_pump(struct gs_assoc *a);

/* Is it time to show the peer's SHUTDOWN as the end of a socket?  posix.h */
void gs_assoc_check_end(struct gs_assoc *a);

/* Data that waits is not wanted any more. */
void gs_assoc_drop_data(struct gs_assoc *a);

/*
 * It ended, or never began, and the engine does not say so: make the
 * assoc_change ourselves and let go of the engine's socket.  With
 * GSCTP_CANT_ASSOC outcome is not 0.
 */
void gs_assoc_fail(struct gs_assoc *a, uint32_t state, uint16_t cause,
    int outcome);

/* That assoc_change, once all before it has been read; where there is no memory
 * for it, a little later. */
void gs_assoc_tell_end(struct gs_assoc *a);

/* Let go of the engine's socket; what is still up there is aborted. */
void gs_assoc_close_socket(struct gs_assoc *a);

/* The application may have set the primary path: the engine does not say. */
void gs_assoc_check_primary(struct gs_assoc *a);

/* The notifications the engine makes for an endpoint: those delivered, and
 * those that this layer needs. */
uint32_t gs_engine_events(const struct gs_endpoint *ep);

/* The next message that was sent before it was up will not leave: true, and it
 * has become an event; false: nobody wants to know, or there is none. */
bool gs_assoc_tell_unsent(struct gs_assoc *a);

#endif
