/*
 * engine_opt: gsctp's options on one engine socket.
 *
 * Guarantees
 *  - fields left undefined are read from the socket first and merged;
 *  - a value the engine would take wrongly is refused before it sees it;
 *  - an error leaves the option as it was.
 *
 * Every engine socket is one-to-one: it is an endpoint's listener, and then
 * these are the values for future associations, or an association.
 *
 * The caller holds the stack's lock.  Layer 3.
 */

#ifndef GS_ENGINE_OPT_H
#define GS_ENGINE_OPT_H

#include <gsctp/gsctp.h>
#include <stdbool.h>

struct socket;

/* Is it an option that the engine keeps (the others are the endpoint's)? */
bool gs_eopt_is_known(uint32_t id);

/*
 * Set or get one option.  is_assoc: so is an association that exists, so
 * that per-path and per-association parts can be reached.  assoc_id fields
 * are not looked at, and are left as the caller set them.
 * 0 or -errno as gsctp_setopts() says, and
 *   -EOPNOTSUPP  what the engine, or the peer, cannot do
 *   -EALREADY    a change of streams that is not answered yet
 */
int gs_eopt_set(struct socket *so, bool is_assoc, const struct gsctp_opt *opt);
int gs_eopt_get(struct socket *so, bool is_assoc, struct gsctp_opt *opt);

/*
 * Give to, which is fresh, what the endpoint's from has: every option that a
 * new association starts with, but events (gs_eopt_subscribe()) and keys.
 * The engine does not tell keys: who set AUTH_KEY or AUTH_ACTIVE_KEY on the
 * endpoint sets them on each new socket too.
 */
int gs_eopt_copy(struct socket *from, struct socket *to);

/* Does this association interleave messages (RFC 8260)?  It is made ready to
 * deliver them then. */
bool gs_eopt_interleaves(struct socket *so);

/* The notifications the engine makes: GS_EV_... */
#define GS_EV_ASSOC 0x0001u
#define GS_EV_PADDR 0x0002u
#define GS_EV_REMOTE_ERROR 0x0004u
#define GS_EV_SEND_FAILED 0x0008u
#define GS_EV_SHUTDOWN 0x0010u
#define GS_EV_ADAPTATION 0x0020u
#define GS_EV_PDAPI 0x0040u
#define GS_EV_AUTH 0x0080u
#define GS_EV_SENDER_DRY 0x0100u
#define GS_EV_STREAM_RESET 0x0200u
#define GS_EV_ASSOC_RESET 0x0400u
#define GS_EV_STREAM_CHANGE 0x0800u

/*
 * Of the notifications that differ between the masks, switch on those of
 * mask.  On an association with nothing to send, SENDER_DRY comes at once.
 * On an error some may have changed already.
 */
int gs_eopt_subscribe(struct socket *so, uint32_t old_mask, uint32_t mask);

#endif
