/*
 * endpoint_deliver: an endpoint's mailbox, and what goes there.
 *
 * Guarantees
 *  - messages go to the mailbox while the active mode says so, and wait in
 *    the endpoint while it does not: none is in between;
 *  - every change of hands keeps their order and loses none;
 *  - a mailbox that an endpoint has exists: it is freed under the stack's
 *    lock, with gs_delivery_disown() before.
 *
 * Locking: the stack's lock.  Layer 4.
 */

#ifndef GS_ENDPOINT_DELIVER_H
#define GS_ENDPOINT_DELIVER_H

#include <gsctp/gsctp.h>

#include "deliver.h"
#include "msg.h"

struct gs_endpoint;

struct gs_delivery {
	uint64_t mbox;			/* 0: none, and passive */
	struct gs_deliver mode;
	uint32_t activations;		/* for who waits to read meanwhile */
	struct gs_msg *passive;		/* for when the count is at 0 */
	struct gs_msgq queue;		/* comes before what is ready */
};

/* 0, -EINVAL or -ENOMEM; what may go then has gone. */
int gs_delivery_set(struct gs_endpoint *ep, int32_t mode);

/* What the mode allows goes to the mailbox. */
void gs_delivery_run(struct gs_endpoint *ep);

/* From one mailbox to another; 0 is none.  0, -EPERM or -EINVAL. */
int gs_delivery_give(struct gs_endpoint *ep, uint64_t from, uint64_t to);

/* Its mailbox goes away, and left is what was in there: take back one's
 * own. */
void gs_delivery_disown(struct gs_endpoint *ep, struct gs_msgq *left);

/* A new endpoint has another's mailbox and mode.  0 or -ENOMEM. */
int gs_delivery_inherit(struct gs_endpoint *ep,
    const struct gs_endpoint *from);

/* An association has moved to another endpoint: its messages follow. */
void gs_delivery_follow(struct gs_endpoint *from, struct gs_endpoint *to,
    gsctp_assoc_id id);

void gs_delivery_fini(struct gs_delivery *d);

#endif
