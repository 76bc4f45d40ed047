/*
 * deliver: active modes, a pure state machine.
 *
 * Guarantees
 *  - a number is added to the count there is, in 16 bits: a sum outside is
 *    refused and changes nothing; true, once and false forget the count;
 *  - each item that goes out counts as one, whatever it is;
 *  - the socket is passive when the count is at 0, and says so once each
 *    time it gets there, or is set there.
 *
 * gen_sctp: inet:setopts/2, active.  Not locked.  Layer 1.
 */

#ifndef GS_DELIVER_H
#define GS_DELIVER_H

#include <gsctp/gsctp.h>

/* All zero is passive. */
struct gs_deliver {
	enum { GS_PASSIVE, GS_ACTIVE, GS_ONCE, GS_COUNTED } mode;
	int32_t left;		/* items, while it counts */
};

/*
 * A mode: GSCTP_ACTIVE_FALSE, _TRUE, _ONCE, or a number to add.  0, with
 * *says_passive true where a passive message follows; or -EINVAL.
 */
int gs_deliver_set(struct gs_deliver *d, int32_t mode, bool *says_passive);

/* What reads back: the mode, or how many are left. */
int32_t gs_deliver_get(const struct gs_deliver *d);

bool gs_deliver_is_active(const struct gs_deliver *d);

/* An item goes out, while active.  True: a passive message comes after it. */
bool gs_deliver_item(struct gs_deliver *d);

#endif
