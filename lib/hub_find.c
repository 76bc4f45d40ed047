/* hub_find: see hub_find.h. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getrandom() */
#endif

#include "hub_find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "assoc_attempt.h"
#include "engine.h"
#include "filter_owner.h"
#include "hub.h"

static struct {
	struct gs_htab by_id;		/* the id is the hash */
	struct gs_htab by_target;
	struct gs_htab by_port;		/* the port is */
	uint64_t key[2];
} find;

int
gs_find_init(void)
{
	if (gs_htab_init(&find.by_id) != 0)
		return -ENOMEM;
	if (gs_htab_init(&find.by_target) != 0)
		goto fini_ids;
	if (gs_htab_init(&find.by_port) != 0)
		goto fini_targets;
	/* Targets are the application's own choice; a weak key will do. */
	if (getrandom(find.key, sizeof(find.key), GRND_NONBLOCK) == -1)
		find.key[0] = (uint64_t)(uintptr_t)&find;
	return 0;

fini_targets:
	gs_htab_fini(&find.by_target);
fini_ids:
	gs_htab_fini(&find.by_id);
	return -ENOMEM;
}

/*
 * By id
 */

static struct gs_assoc *
assoc_of(struct gs_htab_node *by_id)
{
	return by_id == NULL ? NULL : (struct gs_assoc *)(void *)
	    ((char *)by_id - offsetof(struct gs_assoc, by_id));
}

void
gs_find_add_id(struct gs_assoc *a)
{
	gs_htab_add(&find.by_id, &a->by_id, a->id);
}

void
gs_find_remove_id(struct gs_assoc *a)
{
	gs_htab_remove(&find.by_id, &a->by_id);
}

struct gs_assoc *
gs_find_id(gsctp_assoc_id id)
{
	return assoc_of(gs_htab_first(&find.by_id, id));
}

/*
 * By target
 */

static uint64_t
hash_of(uint16_t local_port, const union gs_addr *target)
{
	struct {
		uint8_t ip[16];
		uint32_t family;
		uint16_t local_port, port;
	} in;

	memset(&in, 0, sizeof(in));
	in.family = target->sa.sa_family;
	in.local_port = local_port;
	in.port = gs_addr_port(target);
	if (target->sa.sa_family == AF_INET)
		memcpy(in.ip, &target->v4.sin_addr, 4);
	else
		memcpy(in.ip, &target->v6.sin6_addr, 16);
	return gs_htab_hash(find.key, &in, sizeof(in));
}

void
gs_find_add_targets(struct gs_assoc *a)
{
	struct gs_attempt *t = a->attempt;
	size_t i;

	gs_find_remove_targets(a);
	for (i = 0; i < t->ntargets; i++)
		gs_htab_add(&find.by_target, &t->targets[i].by_addr,
		    hash_of(a->local_port, &t->targets[i].addr));
	t->is_found = true;
}

void
gs_find_remove_targets(struct gs_assoc *a)
{
	struct gs_attempt *t = a->attempt;
	size_t i;

	if (t == NULL || !t->is_found)
		return;
	for (i = 0; i < t->ntargets; i++)
		gs_htab_remove(&find.by_target, &t->targets[i].by_addr);
	t->is_found = false;
}

static struct gs_assoc *
first_with(struct gs_htab_node *n, uint16_t local_port,
    const union gs_addr *target)
{
	struct gs_assoc *a;

	_Static_assert(offsetof(struct gs_target, by_addr) == 0, "first");
	for (; n != NULL; n = gs_htab_next(n)) {
		a = ((struct gs_target *)(void *)n)->assoc;
		if (a->local_port == local_port &&
		    gs_attempt_target(a, target) != NULL)
			return a;
	}
	return NULL;
}

struct gs_assoc *
gs_find_target(uint16_t local_port, const union gs_addr *target)
{
	return first_with(gs_htab_first(&find.by_target,
	    hash_of(local_port, target)), local_port, target);
}

struct gs_assoc *
gs_find_next_target(const struct gs_assoc *a, const union gs_addr *target)
{
	struct gs_target *t = gs_attempt_target(a, target);

	return first_with(gs_htab_next(&t->by_addr), a->local_port, target);
}

/*
 * By peer
 */

void
gs_peer_walk(struct gs_peer_walk *w, uint16_t local_port,
    const union gs_addr *peer)
{
	memset(w, 0, sizeof(*w));
	w->port = local_port;
	w->peer = *peer;
	w->nids = gs_filter_owners(gs_engine_filter_locked(), local_port,
	    peer, w->ids, GS_PEERS_MAX);
	w->is_of_all = w->nids < 0;
	w->next = w->is_of_all ? gs_hub_first() :
				 gs_find_target(local_port, peer);
}

static struct gs_assoc *
next_owner(struct gs_peer_walk *w)
{
	struct gs_assoc *a;

	while (w->nids > 0) {
		a = gs_find_id(w->ids[--w->nids]);
		if (a != NULL)
			return a;
	}
	return NULL;
}

struct gs_assoc *
gs_peer_walk_next(struct gs_peer_walk *w)
{
	struct gs_assoc *a = w->next;

	if (!w->is_of_all) {
		if (a == NULL)
			return next_owner(w);
		w->next = gs_find_next_target(a, &w->peer);
		return a;
	}
	while (a != NULL && a->local_port != w->port)
		a = gs_hub_next(a);
	w->next = a != NULL ? gs_hub_next(a) : NULL;
	return a;
}

/*
 * By port
 */

static struct gs_endpoint *
endpoint_of(struct gs_htab_node *by_port)
{
	return by_port == NULL ? NULL : (struct gs_endpoint *)(void *)
	    ((char *)by_port - offsetof(struct gs_endpoint, by_port));
}

void
gs_find_add_port(struct gs_endpoint *ep)
{
	if (!ep->is_child)
		gs_htab_add(&find.by_port, &ep->by_port, ep->port);
}

void
gs_find_remove_port(struct gs_endpoint *ep)
{
	if (!ep->is_child)
		gs_htab_remove(&find.by_port, &ep->by_port);
}

struct gs_endpoint *
gs_find_port(uint16_t port)
{
	return endpoint_of(gs_htab_first(&find.by_port, port));
}

struct gs_endpoint *
gs_find_next_port(const struct gs_endpoint *ep)
{
	return endpoint_of(gs_htab_next(&ep->by_port));
}
