/* sock_mbox: mailboxes, and the sockets that deliver to them.  Layer 5. */

#include <errno.h>

#include <gsctp/gsctp.h>

#include "clock.h"
#include "endpoint.h"
#include "engine.h"
#include "hub.h"
#include "mbox.h"
#include "stack.h"

int
gsctp_mbox_new(gsctp_mbox *mb)
{
	int err;

	if (mb == NULL)
		return -EINVAL;
	err = gs_api_enter();
	if (err != 0)
		return err;
	err = gs_mbox_new(&mb->id);
	gs_leave();
	return err;
}

int
gsctp_mbox_free(gsctp_mbox mb)
{
	struct gs_msgq left = { NULL, NULL, 0 };
	struct gs_endpoint *ep;
	int err;

	err = gs_api_enter();
	if (err != 0)
		return err;
	err = gs_mbox_free(mb.id, &left);
	if (err == 0)
		TAILQ_FOREACH(ep, gs_hub_endpoints(), in_hub)
			if (ep->delivery.mbox == mb.id)
				gs_delivery_disown(ep, &left);
	gs_leave();
	gs_msgq_clear(&left);
	return err;
}

int
gsctp_mbox_fd(gsctp_mbox mb)
{
	int callers_errno = errno;
	int err = gs_stack_check();

	if (err == 0)
		err = gs_mbox_fd(mb.id);
	errno = callers_errno;
	return err;
}

int
gsctp_mbox_recv(gsctp_mbox mb, int timeout_ms, struct gsctp_msg **msg)
{
	struct gs_msg *m;
	int err;

	if (timeout_ms < -1 || msg == NULL)
		return -EINVAL;
	err = gs_stack_check();
	if (err == 0)
		err = gs_mbox_get(mb.id, gs_deadline_ms(timeout_ms), &m);
	if (err == 0)
		*msg = &m->pub;
	return err;
}

int
gsctp_mbox_dispatch(gsctp_mbox mb,
    void (*fn)(void *arg, struct gsctp_msg *msg), void *arg, int max)
{
	struct gs_msg *m;
	int err, n = 0;

	if (fn == NULL || max < 1)
		return -EINVAL;
	err = gs_stack_check();
	while (err == 0 && n < max) {
		err = gs_mbox_get(mb.id, 0, &m);
		if (err == 0) {
			fn(arg, &m->pub);
			n++;
		}
	}
	/* fn may have freed the mailbox. */
	return n > 0 || err == -ETIMEDOUT ? n : err;
}

int
gsctp_set_active(gsctp_sock s, int32_t mode)
{
	struct gs_endpoint *ep;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = gs_delivery_set(ep, mode);
	gs_leave();
	return err;
}

int
gsctp_controlling_process(gsctp_sock s, gsctp_mbox from, gsctp_mbox to)
{
	struct gs_endpoint *ep;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = gs_delivery_give(ep, from.id, to.id);
	gs_leave();
	return err;
}
