/*
 * assoc_port: an attempt whose port the peer knows as somebody else's.
 *
 * Programs of one host choose their ephemeral ports each by itself.  Where
 * two have chosen the same one for the same peer, that peer refuses the
 * second one's attempt with cause 11 (RFC 9260 5.2.2).
 *
 * Guarantees
 *  - a socket whose port nobody has named, that does not listen and has but
 *    this attempt, gets another port, and the attempt goes on from there, a
 *    few times at most; the application sees one attempt;
 *  - the port of every other socket stays.
 *
 * Locking: the stack's lock.  Layer 4.
 */

#ifndef GS_ASSOC_PORT_H
#define GS_ASSOC_PORT_H

#include <stdbool.h>

struct gs_assoc;

/*
 * a's attempt was refused with cause 11.  True: it goes on, from another
 * port, or has failed on its own.  False: nothing has changed.
 */
bool gs_assoc_change_port(struct gs_assoc *a);

#endif
