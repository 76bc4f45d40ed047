/* endpoint_deliver: see endpoint_deliver.h. */

#include "endpoint_deliver.h"

#include <errno.h>

#include "endpoint.h"
#include "mbox.h"

static struct gs_msg *
new_passive(const struct gs_endpoint *ep)
{
	struct gs_msg *m = gs_msg_new(GSCTP_MSG_PASSIVE, 0, 0);

	if (m != NULL)
		m->pub.sock.id = ep->id;
	return m;
}

/* The message that says passive is made while there is somebody to tell that
 * there is no memory. */
int
gs_delivery_set(struct gs_endpoint *ep, int32_t mode)
{
	struct gs_delivery *d = &ep->delivery;
	struct gs_msg *passive = NULL;
	bool says_passive;
	int err;

	if (d->mbox == 0)
		return mode == GSCTP_ACTIVE_FALSE ? 0 : -EINVAL;
	if (mode < GSCTP_ACTIVE_FALSE) {
		passive = new_passive(ep);
		if (passive == NULL)
			return -ENOMEM;
	}
	err = gs_deliver_set(&d->mode, mode, &says_passive);
	if (err != 0) {
		gs_msg_free(passive);
		return err;
	}
	gs_msg_free(d->passive);
	d->passive = NULL;
	if (gs_deliver_is_active(&d->mode))
		d->activations++;
	if (says_passive)
		gs_mbox_put(d->mbox, passive);
	else
		d->passive = passive;
	gs_delivery_run(ep);
	gs_endpoint_wake(ep);
	return 0;
}

void
gs_delivery_run(struct gs_endpoint *ep)
{
	struct gs_delivery *d = &ep->delivery;
	struct gs_msgq q = { NULL, NULL, 0 };
	struct gs_msg *m;

	while (gs_deliver_is_active(&d->mode) &&
	    (m = gs_endpoint_take(ep)) != NULL) {
		gs_msgq_put(&q, m);
		if (gs_deliver_item(&d->mode)) {
			gs_msgq_put(&q, d->passive);
			d->passive = NULL;
		}
	}
	/* One reader, who wakes once. */
	if (q.count > 0)
		gs_mbox_put_all(d->mbox, &q);
}

static void
make_passive(struct gs_delivery *d)
{
	bool says_passive;

	/* Nothing to add, nothing to refuse. */
	(void)gs_deliver_set(&d->mode, GSCTP_ACTIVE_FALSE, &says_passive);
	gs_msg_free(d->passive);
	d->passive = NULL;
}

int
gs_delivery_give(struct gs_endpoint *ep, uint64_t from, uint64_t to)
{
	struct gs_delivery *d = &ep->delivery;
	struct gs_msgq back = { NULL, NULL, 0 };

	if (from != d->mbox)
		return -EPERM;
	if (to == from)
		return 0;
	if (to != 0 && !gs_mbox_exists(to))
		return -EINVAL;
	if (from != 0 && to != 0)
		gs_mbox_move(from, to, ep->id);
	if (to == 0) {
		gs_mbox_take_sock(from, ep->id, &back);
		make_passive(d);
	}
	d->mbox = to;
	gs_msgq_prepend(&d->queue, &back);
	gs_endpoint_wake(ep);
	return 0;
}

void
gs_delivery_disown(struct gs_endpoint *ep, struct gs_msgq *left)
{
	struct gs_msgq mine = { NULL, NULL, 0 };

	gs_msgq_split(left, ep->id, &mine);
	gs_msgq_prepend(&ep->delivery.queue, &mine);
	ep->delivery.mbox = 0;
	make_passive(&ep->delivery);
	gs_endpoint_wake(ep);
}

int
gs_delivery_inherit(struct gs_endpoint *ep, const struct gs_endpoint *from)
{
	if (from->delivery.mode.mode == GS_COUNTED) {
		ep->delivery.passive = new_passive(ep);
		if (ep->delivery.passive == NULL)
			return -ENOMEM;
	}
	ep->delivery.mbox = from->delivery.mbox;
	ep->delivery.mode = from->delivery.mode;
	return 0;
}

void
gs_delivery_follow(struct gs_endpoint *from, struct gs_endpoint *to,
    gsctp_assoc_id id)
{
	struct gs_msgq all = from->delivery.queue;
	struct gs_msg *m;

	if (from->delivery.mbox != 0)
		gs_mbox_retag(from->delivery.mbox, from->id, id, to->id);
	from->delivery.queue = (struct gs_msgq){ NULL, NULL, 0 };
	while ((m = gs_msgq_get(&all)) != NULL) {
		if (m->pub.assoc_id == id) {
			m->pub.sock.id = to->id;
			gs_msgq_put(&to->delivery.queue, m);
		} else {
			gs_msgq_put(&from->delivery.queue, m);
		}
	}
}

void
gs_delivery_fini(struct gs_delivery *d)
{
	gs_msg_free(d->passive);
	gs_msgq_clear(&d->queue);
}
