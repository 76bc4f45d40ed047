/* assoc_attempt: see assoc_attempt.h. */

#include "assoc_attempt.h"

#include <errno.h>
#include <stdlib.h>

#include "assoc.h"
#include "assoc_recv.h"
#include "clock.h"
#include "endpoint.h"
#include "engine_opt.h"
#include "hub.h"
#include "hub_alarm.h"
#include "hub_find.h"

/* How long the peer has to bring up the association we yielded to, and how
 * often we believe it. */
#define YIELD_MS 5000
#define YIELDS_MAX 4

/* An address that is named twice is one target. */
static struct gs_attempt *
attempt_new(struct gs_assoc *a, const union gs_addr *addrs, size_t n)
{
	struct gs_attempt *t;
	size_t i;

	t = calloc(1, sizeof(*t) + n * sizeof(t->targets[0]));
	if (t == NULL)
		return NULL;
	for (i = 0; i < n; i++) {
		if (gs_addr_is_in(&addrs[i], addrs, i))
			continue;
		t->targets[t->ntargets].assoc = a;
		t->targets[t->ntargets++].addr = addrs[i];
	}
	return t;
}

static int
set_udp_port(struct socket *so, uint16_t port)
{
	const struct gsctp_opt o = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = port);

	return gs_eopt_set(so, false, &o);
}

/* Send the INIT. */
static int
start(struct gs_assoc *a, const union gs_addr *addrs, size_t n)
{
	struct gs_attempt *t = a->attempt;
	int err;

	a->traits.seen = 0;
	err = gs_assoc_new_socket(a->ep, &a->so);
	if (err != 0) {
		a->so = NULL;
		return err;
	}
	gs_esock_set_owner(a->so, a);
	if (t->peer_udp_port != 0)
		err = set_udp_port(a->so, t->peer_udp_port);
	if (err == 0)
		err = gs_esock_connect(a->so, addrs, n);
	if (err != 0) {
		gs_esock_close(a->so);
		a->so = NULL;
		return err;
	}
	a->phase = GS_CONNECTING;
	gs_hub_mark(&a->owner);
	return 0;
}

int
gs_attempt_start(struct gs_assoc *a)
{
	union gs_addr addrs[GS_PEER_ADDRS_MAX];
	size_t n = gs_attempt_addrs(a, addrs);

	a->attempt->waits_for_orphan =
	    gs_hub_find_orphan(a->local_port, addrs, n) != NULL;
	if (!a->attempt->waits_for_orphan)
		return start(a, addrs, n);
	gs_hub_await_orphan();
	/* It ends by itself; its guard is a timer of the engine. */
	a->phase = GS_YIELDED;
	return 0;
}

int
gs_attempt_begin(struct gs_endpoint *ep, const union gs_addr *addrs, size_t n,
    uint16_t udp_port, struct gs_assoc **out)
{
	struct gs_assoc *a;
	int err;

	a = gs_assoc_new(ep, GS_CONNECTING);
	if (a == NULL)
		return -ENOMEM;
	a->attempt = attempt_new(a, addrs, n);
	if (a->attempt == NULL) {
		gs_assoc_destroy(a);
		return -ENOMEM;
	}
	a->attempt->peer_udp_port = udp_port;
	a->primary = addrs[0];
	ep->stream.peer = addrs[0];
	gs_find_add_targets(a);
	err = gs_attempt_start(a);
	if (err != 0) {
		gs_assoc_destroy(a);
		return err;
	}
	*out = a;
	return 0;
}

void
gs_attempt_yield(struct gs_assoc *a)
{
	struct gs_attempt *t = a->attempt;

	gs_assoc_close_socket(a);
	a->phase = GS_YIELDED;
	t->waits_for_orphan = false;
	t->yield_until_ms = gs_now_ms() + YIELD_MS;
	gs_alarm_set(a, t->yield_until_ms);
}

/* The peer's attempt did not come up, or the old association may have ended:
 * ours starts anew. */
static void
retry(struct gs_assoc *a)
{
	int err = -ETIMEDOUT;

	if (a->attempt->waits_for_orphan ||
	    ++a->attempt->yields < YIELDS_MAX)
		err = gs_attempt_start(a);
	if (err != 0)
		gs_assoc_fail(a, GSCTP_CANT_ASSOC, 0, err);
}

void
gs_attempt_check(struct gs_assoc *a, uint64_t now)
{
	struct gs_attempt *t = a->attempt;

	if (t->waits_for_orphan || now >= t->yield_until_ms)
		retry(a);
	else
		gs_alarm_set(a, t->yield_until_ms);
}

bool
gs_attempt_tell(struct gs_assoc *a, const struct gsctp_assoc_change *c,
    int outcome)
{
	struct gs_attempt *t = a->attempt;

	if (t == NULL || !t->has_waiter || t->outcome_known)
		return false;
	t->outcome_known = true;
	t->outcome = outcome;
	t->change = *c;
	/* They point into a message that nobody keeps. */
	t->change.causes = NULL;
	t->change.causes_len = 0;
	gs_assoc_wake(a);
	return true;
}

struct gs_target *
gs_attempt_target(const struct gs_assoc *a, const union gs_addr *addr)
{
	struct gs_attempt *t = a->attempt;
	size_t i;

	for (i = 0; t != NULL && i < t->ntargets; i++)
		if (gs_addr_equal(&t->targets[i].addr, addr))
			return &t->targets[i];
	return NULL;
}

size_t
gs_attempt_addrs(const struct gs_assoc *a, union gs_addr *addrs)
{
	const struct gs_attempt *t = a->attempt;
	size_t i;

	for (i = 0; t != NULL && i < t->ntargets && i < GS_PEER_ADDRS_MAX; i++)
		addrs[i] = t->targets[i].addr;
	return i;
}
