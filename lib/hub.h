/*
 * hub: all endpoints and associations of the stack.
 *
 * Guarantees
 *  - association ids are unique among all that live, and are not used again
 *    until the count has gone round; they are positive as an int32_t, and
 *    above 2: 0, 1 and 2 have meanings of their own (RFC 6458 7.1);
 *  - what packets and timers touched is pumped before the lock is let go.
 *
 * Locking: the stack's lock guards everything here.  Layer 4.
 */

#ifndef GS_HUB_H
#define GS_HUB_H

#include <stdbool.h>

#include "assoc.h"
#include "endpoint.h"

/* Whenever the stack starts.  0 or -ENOMEM. */
int gs_hub_init(void);

/* Wire the engine's hooks to this layer. */
struct gs_engine_hooks;
void gs_hub_hooks(struct gs_engine_hooks *hooks, uint16_t peer_udp_port);

void gs_hub_add_assoc(struct gs_assoc *a);	/* gives it its id */
void gs_hub_remove_assoc(struct gs_assoc *a);
struct gs_assoc *gs_hub_find_assoc(gsctp_assoc_id id);

/* All of them, in no order. */
struct gs_assoc *gs_hub_first(void);
struct gs_assoc *gs_hub_next(const struct gs_assoc *a);

void gs_hub_add_endpoint(struct gs_endpoint *ep);
void gs_hub_remove_endpoint(struct gs_endpoint *ep);
void gs_hub_port_changed(struct gs_endpoint *ep);
struct gs_endpoint_list *gs_hub_endpoints(void);

void gs_hub_add_orphan(struct gs_assoc *a);
void gs_hub_remove_orphan(struct gs_assoc *a);
struct gs_assoc_list *gs_hub_orphans(void);
size_t gs_hub_norphans(void);

/* One that still has this port and one of these peers, or NULL: the engine
 * must not have two associations between the same addresses and ports. */
struct gs_assoc *gs_hub_find_orphan(uint16_t local_port,
    const union gs_addr *peers, size_t n);
size_t gs_hub_nassocs(void);

/* Signalled whenever an orphan has ended. */
pthread_cond_t *gs_hub_orphan_cond(void);

/* Look at it when the locked section ends. */
void gs_hub_mark(struct gs_owner *o);
void gs_hub_unmark(struct gs_owner *o);

/* An association that is full has room, and waits for its streams: it is to
 * try again when a chunk about these comes (RFC 6525). */
void gs_hub_await_reset(void);

/* An attempt waits for the end of an orphan, which may come. */
void gs_hub_await_orphan(void);

/* One accepted or peeled off from an endpoint with these addresses, which
 * has this peer: a second one is not possible. */
bool gs_hub_child_has_peer(const struct gs_endpoint *like,
    const union gs_addr *peer);

/* Does another endpoint than ep have this address of its port? */
bool gs_hub_has_other(const struct gs_endpoint *ep,
    const union gs_addr *addr);

/* Are all open endpoints' ports but ep's clear of this one's? */
bool gs_hub_port_is_free(const struct gs_endpoint_config *cfg, uint16_t port);

#endif
