/*
 * endpoint_auth: an endpoint's shared keys (RFC 4895), for the associations
 * it will have.
 *
 * Guarantees: the engine keeps keys and never tells them, so a copy is kept
 * for each outgoing association's socket; it is wiped when it goes.
 *
 * Locking: the stack's lock.  Layer 4.
 */

#ifndef GS_ENDPOINT_AUTH_H
#define GS_ENDPOINT_AUTH_H

#include <gsctp/gsctp.h>

struct gs_endpoint;
struct socket;
struct gs_auth_key;

struct gs_endpoint_auth {
	struct gs_auth_key *keys;
	bool has_active;
	uint16_t active;
	bool no_key_0;		/* the empty key was deleted */
};

/* opt is an AUTH_KEY, AUTH_ACTIVE_KEY, AUTH_DEACTIVATE_KEY or AUTH_DELETE_KEY
 * that the endpoint's listener has taken.  0 or -ENOMEM. */
int gs_auth_remember(struct gs_endpoint_auth *auth,
    const struct gsctp_opt *opt);

/* Give all of it to a fresh socket. */
int gs_auth_apply(const struct gs_endpoint_auth *auth, struct socket *so);

void gs_auth_fini(struct gs_endpoint_auth *auth);

#endif
