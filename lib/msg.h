/*
 * msg: a message for the application, in one block.
 *
 * Guarantees
 *  - gs_msg_new() gives a zeroed message with room for len payload bytes,
 *    and one free() gives all of it back; gs_msg_new_data() the same, but
 *    for the payload, which is to be filled;
 *  - the payload begins at an address aligned for any type.
 *
 * Not locked: a message has one owner at a time.  Layer 1.
 */

#ifndef GS_MSG_H
#define GS_MSG_H

#include <gsctp/gsctp.h>

struct gs_msg {
	struct gs_msg *next;		/* for the queue that holds it */
	size_t payload_len;
	struct gsctp_msg pub;		/* what the application sees */
};

/* NULL where there is no memory. */
struct gs_msg *gs_msg_new(uint32_t type, gsctp_assoc_id assoc, size_t len);
struct gs_msg *gs_msg_new_data(gsctp_assoc_id assoc, size_t len);
void gs_msg_free(struct gs_msg *m);

/* Room for len bytes of payload; those that it has stay.  NULL where there is
 * no memory: then m is as it was. */
struct gs_msg *gs_msg_resize(struct gs_msg *m, size_t len);

uint8_t *gs_msg_payload(struct gs_msg *m);

/* The block around what gsctp_recv() handed out. */
struct gs_msg *gs_msg_of(struct gsctp_msg *pub);

/* A first in, first out queue of messages. */
struct gs_msgq {
	struct gs_msg *head;
	struct gs_msg *tail;
	size_t count;
};
void gs_msgq_put(struct gs_msgq *q, struct gs_msg *m);
struct gs_msg *gs_msgq_get(struct gs_msgq *q);	/* NULL if empty */
void gs_msgq_unget(struct gs_msgq *q, struct gs_msg *m);	/* the next */
void gs_msgq_clear(struct gs_msgq *q);		/* frees all */

/* All of from goes behind what q has. */
void gs_msgq_append(struct gs_msgq *q, struct gs_msgq *from);

/* All of from goes before what q has. */
void gs_msgq_prepend(struct gs_msgq *q, struct gs_msgq *from);

/* The messages of the socket sock leave q and go behind what out has. */
void gs_msgq_split(struct gs_msgq *q, uint64_t sock, struct gs_msgq *out);

#endif
