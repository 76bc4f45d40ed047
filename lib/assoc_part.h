/*
 * assoc_part: the messages of an association that are not complete, received
 * or sent.
 *
 * Guarantees
 *  - without interleaving there is one, a->data, and nothing here is done;
 *  - with it (RFC 8260) pieces of several messages come in any order, and a
 *    piece is put to those of its own message: a->data is made that one, and
 *    what it was waits in a->mixed, which there is from the first piece on.
 *
 * The stack's lock is held.  Layer 4.
 */

#ifndef GS_ASSOC_PART_H
#define GS_ASSOC_PART_H

#include "assoc.h"

/* It has come up: does it interleave messages? */
void gs_part_learn(struct gs_assoc *a);

/* The message that a piece with this info is of.  0 or -ENOMEM. */
int gs_part_turn_to(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info);

/* The message, if it is there, that will never be complete. */
void gs_part_turn_to_ended(struct gs_assoc *a,
    const struct gsctp_pdapi_event *e);

/* Send a message, or a part of one (GSCTP_MORE): all of it, or nothing.  As
 * gs_assoc_send(), which has checked the rest. */
int gs_part_send(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info,
    const void *data, size_t len, const union gs_addr *to);

/* Are there messages that have begun besides a->data? */
bool gs_part_has_others(const struct gs_assoc *a);

/* Bytes of all that are not complete. */
size_t gs_part_len(const struct gs_assoc *a);

void gs_part_clear_others(struct gs_assoc *a);

#endif
