/* assoc_early: see assoc_early.h. */

#include "assoc_early.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assoc_part.h"
#include "assoc_recv.h"
#include "endpoint.h"

/* Linux's default of a send buffer. */
#define EARLY_MAX 212992

struct early_msg {
	STAILQ_ENTRY(early_msg) link;
	struct gsctp_sndrcvinfo info;
	union gs_addr to;
	bool has_to;
	size_t len;
	uint8_t data[];
};

struct gs_early {
	STAILQ_HEAD(, early_msg) queue;
	size_t bytes;
};

static struct gs_early *
early_of(struct gs_assoc *a)
{
	if (a->early != NULL)
		return a->early;
	a->early = calloc(1, sizeof(*a->early));
	if (a->early != NULL)
		STAILQ_INIT(&a->early->queue);
	return a->early;
}

int
gs_early_put(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info,
    const void *data, size_t len, const union gs_addr *to)
{
	struct gs_early *e = early_of(a);
	struct early_msg *m;

	if (len == 0)
		return -EINVAL;
	if (len > EARLY_MAX ||
	    (a->so != NULL && !gs_esock_fits(a->so, &a->traits, len)))
		return -EMSGSIZE;
	if (e == NULL)
		return -ENOMEM;
	if (len > EARLY_MAX - e->bytes)
		return -EAGAIN;
	m = malloc(sizeof(*m) + len);
	if (m == NULL)
		return -ENOMEM;
	m->info = *info;
	m->has_to = to != NULL;
	if (to != NULL)
		m->to = *to;
	m->len = len;
	memcpy(m->data, data, len);
	STAILQ_INSERT_TAIL(&e->queue, m, link);
	e->bytes += len;
	return 0;
}

void
gs_early_run(struct gs_assoc *a)
{
	struct gs_early *e = a->early;
	struct early_msg *m;
	int err;

	if (a->phase != GS_UP)
		return;
	while ((m = STAILQ_FIRST(&e->queue)) != NULL) {
		err = -EINVAL;
		if (m->info.stream < a->out_streams)
			err = gs_part_send(a, &m->info, m->data, m->len,
			    m->has_to ? &m->to : NULL);
		if (err == -EAGAIN)
			return;
		/* A stream that the peer does not have, or the like, is
		 * known only now. */
		if (err != 0 && gs_assoc_tell_unsent(a))
			continue;
		STAILQ_REMOVE_HEAD(&e->queue, link);
		e->bytes -= m->len;
		free(m);
	}
	gs_early_clear(a);
}

struct gs_msg *
gs_early_fail(struct gs_assoc *a)
{
	struct gsctp_send_failed *f;
	struct early_msg *e;
	struct gs_msg *m;

	if (a->early == NULL || (e = STAILQ_FIRST(&a->early->queue)) == NULL)
		return NULL;
	m = gs_msg_new(GSCTP_MSG_SEND_FAILED, a->id, e->len);
	if (m == NULL)
		return NULL;
	memcpy(gs_msg_payload(m), e->data, e->len);
	f = &m->pub.u.send_failed;
	f->info = e->info;
	f->info.assoc_id = a->id;
	f->assoc_id = a->id;
	f->data = gs_msg_payload(m);
	f->len = e->len;
	f->first = f->last = true;
	STAILQ_REMOVE_HEAD(&a->early->queue, link);
	a->early->bytes -= e->len;
	free(e);
	return m;
}

void
gs_early_clear(struct gs_assoc *a)
{
	struct early_msg *m;

	if (a->early == NULL)
		return;
	while ((m = STAILQ_FIRST(&a->early->queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&a->early->queue, link);
		free(m);
	}
	free(a->early);
	a->early = NULL;
}
