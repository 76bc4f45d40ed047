/* hub: see hub.h. */

#include "hub.h"

#include <string.h>

#include "assoc_attempt.h"
#include "chunk.h"
#include "clock.h"
#include "collision.h"
#include "driver.h"
#include "engine.h"
#include "engine_sock.h"
#include "hub_alarm.h"
#include "hub_find.h"

/* The future, the current and all associations. */
#define LAST_RESERVED 2

/* Looked at whenever a timer ran, one after the other. */
#define SWEEP 16

TAILQ_HEAD(owners, gs_owner);

static struct {
	struct gs_assoc_list assocs;	/* all */
	gsctp_assoc_id last_id;
	size_t nassocs;
	struct gs_endpoint_list endpoints;
	struct gs_assoc_list orphans;
	size_t norphans;
	pthread_cond_t orphan_cond;
	struct owners dirty;
	bool awaits_reset; /* some association does, to send */
	bool awaits_orphan;	/* and one for that, to begin */
	bool is_ready;
} hub;

int
gs_hub_init(void)
{
	int err;

	if (hub.is_ready)
		return 0;
	err = gs_find_init();
	if (err != 0)
		return err;
	TAILQ_INIT(&hub.assocs);
	TAILQ_INIT(&hub.endpoints);
	TAILQ_INIT(&hub.orphans);
	TAILQ_INIT(&hub.dirty);
	(void)gs_cond_init(&hub.orphan_cond);	/* cannot fail on Linux */
	hub.is_ready = true;
	return 0;
}

struct gs_assoc *
gs_hub_find_assoc(gsctp_assoc_id id)
{
	return hub.is_ready ? gs_find_id(id) : NULL;
}

void
gs_hub_add_assoc(struct gs_assoc *a)
{
	do {
		if (hub.last_id < LAST_RESERVED || hub.last_id >= INT32_MAX)
			hub.last_id = LAST_RESERVED;
		hub.last_id++;
	} while (gs_find_id(hub.last_id) != NULL);
	a->id = hub.last_id;
	gs_find_add_id(a);
	TAILQ_INSERT_TAIL(&hub.assocs, a, in_hub);
	hub.nassocs++;
}

void
gs_hub_remove_assoc(struct gs_assoc *a)
{
	gs_alarm_clear(a);
	gs_find_remove_id(a);
	gs_find_remove_targets(a);
	TAILQ_REMOVE(&hub.assocs, a, in_hub);
	hub.nassocs--;
}

struct gs_assoc *
gs_hub_first(void)
{
	return TAILQ_FIRST(&hub.assocs);
}

struct gs_assoc *
gs_hub_next(const struct gs_assoc *a)
{
	return TAILQ_NEXT(a, in_hub);
}

void
gs_hub_add_endpoint(struct gs_endpoint *ep)
{
	TAILQ_INSERT_TAIL(&hub.endpoints, ep, in_hub);
	gs_find_add_port(ep);
}

void
gs_hub_remove_endpoint(struct gs_endpoint *ep)
{
	TAILQ_REMOVE(&hub.endpoints, ep, in_hub);
	gs_find_remove_port(ep);
}

void
gs_hub_port_changed(struct gs_endpoint *ep)
{
	gs_find_remove_port(ep);
	gs_find_add_port(ep);
}

struct gs_endpoint_list *
gs_hub_endpoints(void)
{
	return &hub.endpoints;
}

void
gs_hub_add_orphan(struct gs_assoc *a)
{
	TAILQ_INSERT_TAIL(&hub.orphans, a, in_ep);
	hub.norphans++;
}

/* An attempt may wait for just this end, and says so again if not. */
static void
wake_who_waits(void)
{
	struct gs_assoc *a;

	hub.awaits_orphan = false;
	TAILQ_FOREACH(a, &hub.assocs, in_hub)
		if (a->phase == GS_YIELDED && a->attempt->waits_for_orphan)
			gs_hub_mark(&a->owner);
}

void
gs_hub_await_orphan(void)
{
	hub.awaits_orphan = true;
}

void
gs_hub_remove_orphan(struct gs_assoc *a)
{
	TAILQ_REMOVE(&hub.orphans, a, in_ep);
	hub.norphans--;
	gs_wake_locked(&hub.orphan_cond);
	if (hub.awaits_orphan)
		wake_who_waits();
}

struct gs_assoc *
gs_hub_find_orphan(uint16_t local_port, const union gs_addr *peers, size_t n)
{
	struct gs_peer_walk w;
	struct gs_assoc *a;
	size_t i;

	for (i = 0; hub.norphans > 0 && i < n; i++) {
		gs_peer_walk(&w, local_port, &peers[i]);
		while ((a = gs_peer_walk_next(&w)) != NULL)
			if (a->ep == NULL && gs_assoc_has_peer(a, &peers[i]))
				return a;
	}
	return NULL;
}

struct gs_assoc_list *
gs_hub_orphans(void)
{
	return &hub.orphans;
}

size_t
gs_hub_norphans(void)
{
	return hub.norphans;
}

size_t
gs_hub_nassocs(void)
{
	return hub.nassocs;
}

pthread_cond_t *
gs_hub_orphan_cond(void)
{
	return &hub.orphan_cond;
}

void
gs_hub_mark(struct gs_owner *o)
{
	if (o->is_dirty)
		return;
	o->is_dirty = true;
	/* What a listener has accepted may answer an attempt of ours, which
	 * must not say before that it has failed. */
	if (o->kind == GS_OWNER_ENDPOINT)
		TAILQ_INSERT_HEAD(&hub.dirty, o, dirty);
	else
		TAILQ_INSERT_TAIL(&hub.dirty, o, dirty);
}

void
gs_hub_unmark(struct gs_owner *o)
{
	if (!o->is_dirty)
		return;
	o->is_dirty = false;
	TAILQ_REMOVE(&hub.dirty, o, dirty);
}

void
gs_hub_await_reset(void)
{
	hub.awaits_reset = true;
}

static bool
has_reconfig(const struct gs_packet *pkt)
{
	struct gs_chunk chunk;
	struct gs_cursor c;

	gs_cursor_init(&c, pkt->data, pkt->len);
	(void)gs_common_header_read(&c);
	while (gs_chunk_next(&c, &chunk))
		if (chunk.type == GS_CHUNK_RE_CONFIG)
			return true;
	return false;
}

/*
 * The filter lets it pass: the tag is that of an association, and the engine
 * gets it next, before the marks are looked at.  Whoever still waits then
 * says so again.
 */
static bool
admit(const struct gs_packet *pkt)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;

	if (!gs_collision_admit(pkt))
		return false;
	if (!hub.awaits_reset || !has_reconfig(pkt))
		return true;
	hub.awaits_reset = false;
	TAILQ_FOREACH(ep, &hub.endpoints, in_hub)
	{
		if (ep->nfull == 0)
			continue;
		TAILQ_FOREACH(a, &ep->assocs, in_ep)
			if (a->is_full && a->retry_at_ms != 0)
				gs_assoc_more_room(a);
	}
	return true;
}

static bool
overlaps(const struct gs_endpoint *ep, const struct gs_endpoint_config *cfg)
{
	size_t i, j;

	if (ep->v6 != cfg->v6 && (ep->v6 ? ep->opts.v6only : cfg->v6only))
		return false;
	if (ep->is_wildcard || cfg->naddrs == 0)
		return true;
	for (i = 0; i < ep->naddrs; i++)
		for (j = 0; j < cfg->naddrs; j++)
			if (gs_addr_same_ip(&ep->addrs[i], &cfg->addrs[j]))
				return true;
	return false;
}

static bool
shares_addr(const struct gs_endpoint *a, const struct gs_endpoint *b)
{
	size_t i, j;

	for (i = 0; i < a->naddrs; i++)
		for (j = 0; j < b->naddrs; j++)
			if (gs_addr_same_ip(&a->addrs[i], &b->addrs[j]))
				return true;
	return false;
}

bool
gs_hub_child_has_peer(const struct gs_endpoint *like,
    const union gs_addr *peer)
{
	struct gs_peer_walk w;
	struct gs_assoc *a;

	gs_peer_walk(&w, like->port, peer);
	while ((a = gs_peer_walk_next(&w)) != NULL)
		if (a->ep != NULL && a->ep->is_child &&
		    shares_addr(a->ep, like) && gs_assoc_is_alive(a) &&
		    gs_assoc_has_peer(a, peer))
			return true;
	return false;
}

bool
gs_hub_port_is_free(const struct gs_endpoint_config *cfg, uint16_t port)
{
	struct gs_endpoint *ep;

	for (ep = gs_find_port(port); ep != NULL; ep = gs_find_next_port(ep))
		if (ep->so != NULL && overlaps(ep, cfg))
			return false;
	return true;
}

bool
gs_hub_has_other(const struct gs_endpoint *ep, const union gs_addr *addr)
{
	const struct gs_endpoint_config cfg = {
		.v6 = ep->v6,
		.v6only = ep->opts.v6only,
		.addrs = (union gs_addr[]){ *addr },
		.naddrs = 1,
	};
	struct gs_endpoint *other;

	other = gs_find_port(ep->port);
	for (; other != NULL; other = gs_find_next_port(other))
		if (other != ep && other->so != NULL && overlaps(other, &cfg))
			return true;
	return false;
}

static void
settle_dirty(void)
{
	struct gs_owner *o;

	while ((o = TAILQ_FIRST(&hub.dirty)) != NULL) {
		gs_hub_unmark(o);
		if (o->kind == GS_OWNER_ENDPOINT)
			gs_endpoint_accept((struct gs_endpoint *)(void *)o);
		else
			gs_assoc_touch((struct gs_assoc *)(void *)o);
	}
}

/* Somebody has changed, and it is not known who. */
static void
mark_all(void)
{
	struct gs_assoc *a;

	TAILQ_FOREACH(a, &hub.assocs, in_hub)
		gs_hub_mark(&a->owner);
}

/*
 * What timers change is told: the end of an association by its upcall, all
 * else by the engine's notifications, without a name.  Whoever was missed
 * all the same is found in time.
 */
static void
mark_some(void)
{
	struct gs_assoc *a;
	unsigned int i;

	for (i = 0; i < SWEEP && i < hub.nassocs; i++) {
		a = TAILQ_FIRST(&hub.assocs);
		TAILQ_REMOVE(&hub.assocs, a, in_hub);
		TAILQ_INSERT_TAIL(&hub.assocs, a, in_hub);
		gs_hub_mark(&a->owner);
	}
}

static void
settle(bool timers_ran, bool has_news)
{
	settle_dirty();
	if (!timers_ran)
		return;
	if (!gs_alarm_run() || has_news)
		mark_all();
	else
		mark_some();
	settle_dirty();
}

static void
on_upcall(void *arg)
{
	struct gs_owner *o = arg;

	o->by_timer = gs_engine_is_ticking_locked();
	o->has_news = true;
	gs_hub_mark(o);
}

void
gs_hub_hooks(struct gs_engine_hooks *hooks, uint16_t peer_udp_port)
{
	hooks->admit = admit;
	hooks->settle = settle;
	hooks->wake = gs_driver_wake;
	hooks->wake_in = gs_driver_wake_in;
	hooks->lead_begin = gs_driver_lead_begin;
	hooks->lead_cancel = gs_driver_lead_cancel;
	hooks->lead = gs_driver_lead;
	hooks->lead_has_more = gs_driver_lead_has_more;
	hooks->lead_end = gs_driver_lead_end;
	gs_esock_init(peer_udp_port, on_upcall);
}
