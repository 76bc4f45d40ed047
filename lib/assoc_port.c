/* assoc_port: see assoc_port.h. */

#include "assoc_port.h"

#include "assoc_attempt.h"
#include "assoc_recv.h"
#include "endpoint.h"
#include "hub_find.h"
#include "log.h"

/* With a quarter of all ports taken at one peer, one connect in a million
 * finds none in so many. */
#define CHANGES_MAX 10

/* Another association, or attempt, has its port too. */
static bool
has_others(const struct gs_endpoint *ep, const struct gs_assoc *but)
{
	const struct gs_assoc *a;

	TAILQ_FOREACH(a, &ep->assocs, in_ep)
		if (a != but && gs_assoc_is_alive(a))
			return true;
	return false;
}

static bool
may_change(const struct gs_assoc *a)
{
	const struct gs_endpoint *ep = a->ep;

	return ep != NULL && ep->so != NULL && !ep->has_chosen_port &&
	    !ep->is_listening && !has_others(ep, a) &&
	    a->attempt->port_changes < CHANGES_MAX;
}

bool
gs_assoc_change_port(struct gs_assoc *a)
{
	uint16_t old = a->local_port;
	int err;

	if (!may_change(a) || gs_endpoint_change_port(a->ep) != 0)
		return false;
	a->attempt->port_changes++;
	gs_assoc_close_socket(a);
	a->local_port = a->ep->port;
	gs_find_add_targets(a);
	gs_logf(GSCTP_LOG_INFO,
	    "association %u: its peer has one with another program's port "
	    "%u: once more from %u",
	    a->id, old, a->local_port);
	err = gs_attempt_start(a);
	if (err != 0)
		gs_assoc_fail(a, GSCTP_CANT_ASSOC, 0, err);
	return true;
}
