/*
 * engine_note: the engine's notifications, as messages.
 *
 * Guarantees
 *  - no byte past the len given is read, whatever the bytes say;
 *  - what cannot be decoded is -EINVAL and makes no message;
 *  - every length that a peer controls is bounded.
 *
 * Pure: no lock, no engine call.  Layer 3.
 */

#ifndef GS_ENGINE_NOTE_H
#define GS_ENGINE_NOTE_H

#include "msg.h"

/*
 * Decode one whole notification (union sctp_notification of <usrsctp.h>) of
 * the association assoc.  from and sock are left for the caller.
 * 0, -EINVAL, -ENOMEM, or -EOPNOTSUPP for a type that is not known.
 */
int gs_note_decode(const void *bytes, size_t len, gsctp_assoc_id assoc,
    struct gs_msg **out);

#endif
