/* msg: see msg.h.  Layer 1. */

#include "msg.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Where the payload begins: the first offset aligned for anything. */
#define ALIGN alignof(max_align_t)
#define PAYLOAD_OFFSET ((sizeof(struct gs_msg) + ALIGN - 1) / ALIGN * ALIGN)

struct gs_msg *
gs_msg_new(uint32_t type, gsctp_assoc_id assoc, size_t len)
{
	struct gs_msg *m;

	if (len > SIZE_MAX - PAYLOAD_OFFSET)
		return NULL;
	m = calloc(1, PAYLOAD_OFFSET + len);
	if (m == NULL)
		return NULL;
	m->payload_len = len;
	m->pub.type = type;
	m->pub.assoc_id = assoc;
	return m;
}

struct gs_msg *
gs_msg_new_data(gsctp_assoc_id assoc, size_t len)
{
	struct gs_msg *m;

	if (len > SIZE_MAX - PAYLOAD_OFFSET)
		return NULL;
	m = malloc(PAYLOAD_OFFSET + len);
	if (m == NULL)
		return NULL;
	memset(m, 0, sizeof(*m));
	m->payload_len = len;
	m->pub.type = GSCTP_MSG_DATA;
	m->pub.assoc_id = assoc;
	return m;
}

struct gs_msg *
gs_msg_resize(struct gs_msg *m, size_t len)
{
	if (len > SIZE_MAX - PAYLOAD_OFFSET)
		return NULL;
	m = realloc(m, PAYLOAD_OFFSET + len);
	if (m != NULL)
		m->payload_len = len;
	return m;
}

void
gs_msg_free(struct gs_msg *m)
{
	free(m);
}

uint8_t *
gs_msg_payload(struct gs_msg *m)
{
	return (uint8_t *)m + PAYLOAD_OFFSET;
}

struct gs_msg *
gs_msg_of(struct gsctp_msg *pub)
{
	char *block = (char *)pub - offsetof(struct gs_msg, pub);

	return (struct gs_msg *)(void *)block;
}

void
gs_msgq_put(struct gs_msgq *q, struct gs_msg *m)
{
	m->next = NULL;
	if (q->tail != NULL)
		q->tail->next = m;
	else
		q->head = m;
	q->tail = m;
	q->count++;
}

struct gs_msg *
gs_msgq_get(struct gs_msgq *q)
{
	struct gs_msg *m = q->head;

	if (m == NULL)
		return NULL;
	q->head = m->next;
	if (q->head == NULL)
		q->tail = NULL;
	q->count--;
	m->next = NULL;
	return m;
}

void
gs_msgq_unget(struct gs_msgq *q, struct gs_msg *m)
{
	m->next = q->head;
	q->head = m;
	if (q->tail == NULL)
		q->tail = m;
	q->count++;
}

void
gs_msgq_clear(struct gs_msgq *q)
{
	struct gs_msg *m;

	while ((m = gs_msgq_get(q)) != NULL)
		gs_msg_free(m);
}

void
gs_msgq_append(struct gs_msgq *q, struct gs_msgq *from)
{
	if (from->head == NULL)
		return;
	if (q->tail != NULL)
		q->tail->next = from->head;
	else
		q->head = from->head;
	q->tail = from->tail;
	q->count += from->count;
	*from = (struct gs_msgq){ NULL, NULL, 0 };
}

void
gs_msgq_prepend(struct gs_msgq *q, struct gs_msgq *from)
{
	if (from->head == NULL)
		return;
	from->tail->next = q->head;
	q->head = from->head;
	if (q->tail == NULL)
		q->tail = from->tail;
	q->count += from->count;
	*from = (struct gs_msgq){ NULL, NULL, 0 };
}

void
gs_msgq_split(struct gs_msgq *q, uint64_t sock, struct gs_msgq *out)
{
	struct gs_msgq all = *q;
	struct gs_msg *m;

	*q = (struct gs_msgq){ NULL, NULL, 0 };
	while ((m = gs_msgq_get(&all)) != NULL)
		gs_msgq_put(m->pub.sock.id == sock ? out : q, m);
}

void
gsctp_msg_free(struct gsctp_msg *msg)
{
	if (msg != NULL)
		gs_msg_free(gs_msg_of(msg));
}

bool
gsctp_msg_is_error(const struct gsctp_msg *msg)
{
	switch (msg->type) {
	case GSCTP_MSG_SEND_FAILED:
	case GSCTP_MSG_REMOTE_ERROR:
	case GSCTP_MSG_PDAPI_EVENT:
		return true;
	default:
		return false;
	}
}
