/* note: see note.h. */

#include "note.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "cursor.h"

/* RFC 9260 3.3.10: type and length of a cause. */
#define CAUSE_HEAD 4

static void
begin(struct ps_note *n, uint16_t type, size_t len)
{
	n->u.head.type = type;
	n->len = len;
}

static bool
assoc_change(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_assoc_change *c = &m->u.assoc_change;
	struct lx_assoc_change *o = &n->u.assoc_change;

	begin(n, LX_NOTE_ASSOC_CHANGE, sizeof(*o));
	/* The states are the same ones, counted from 0. */
	o->state = (uint16_t)(c->state - GSCTP_COMM_UP + LX_COMM_UP);
	o->error = htons(c->error);
	o->assoc_id = (int32_t)c->assoc_id;
	if (c->state == GSCTP_COMM_UP || c->state == GSCTP_RESTART) {
		o->outbound_streams = c->outbound_streams;
		o->inbound_streams = c->inbound_streams;
	}
	if (c->state == GSCTP_COMM_LOST) {
		n->tail = c->causes;
		n->tail_len = c->causes_len;
	}
	return true;
}

static bool
paddr_change(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_paddr_change *c = &m->u.paddr_change;
	struct lx_paddr_change *o = &n->u.paddr_change;

	begin(n, LX_NOTE_PADDR_CHANGE, sizeof(*o));
	memcpy(&o->addr, &c->addr, sizeof(o->addr));
	o->state = (int32_t)(c->state - GSCTP_ADDR_AVAILABLE +
	    LX_ADDR_AVAILABLE);
	if (c->state == GSCTP_ADDR_AVAILABLE ||
	    c->state == GSCTP_ADDR_CONFIRMED)
		o->error = LX_WHY_HEARTBEAT_SUCCESS;
	o->assoc_id = (int32_t)c->assoc_id;
	return true;
}

/* The flags of the DATA chunk that it would have been. */
static uint16_t
chunk_flags(const struct gsctp_send_failed *f)
{
	unsigned int flags = 0;

	if (f->last)
		flags |= LX_DATA_LAST;
	if (f->first)
		flags |= LX_DATA_FIRST;
	if (f->info.flags & GSCTP_UNORDERED)
		flags |= LX_DATA_UNORDERED;
	return (uint16_t)flags;
}

static bool
send_failed(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_send_failed *f = &m->u.send_failed;
	struct lx_send_failed *o = &n->u.send_failed;

	begin(n, LX_NOTE_SEND_FAILED, sizeof(*o));
	o->head.flags = f->sent ? LX_DATA_SENT : LX_DATA_UNSENT;
	o->error = htons((uint16_t)f->error);
	o->stream = f->info.stream;
	o->ssn = f->info.ssn;
	o->flags = chunk_flags(f);
	o->ppid = htonl(f->info.ppid);
	o->context = f->info.context;
	o->timetolive = f->info.timetolive;
	o->tsn = f->info.tsn;
	o->cumtsn = f->info.cumtsn;
	o->info_assoc_id = (int32_t)f->assoc_id;
	o->assoc_id = (int32_t)f->assoc_id;
	n->tail = f->data;
	n->tail_len = f->len;
	return true;
}

static bool
send_failed_event(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_send_failed *f = &m->u.send_failed;
	struct lx_send_failed_event *o = &n->u.send_failed_event;

	begin(n, LX_NOTE_SEND_FAILED_EVENT, sizeof(*o));
	o->head.flags = f->sent ? LX_DATA_SENT : LX_DATA_UNSENT;
	o->error = htons((uint16_t)f->error);
	o->sid = f->info.stream;
	o->flags = chunk_flags(f);
	o->ppid = htonl(f->info.ppid);
	o->context = f->info.context;
	o->info_assoc_id = (int32_t)f->assoc_id;
	o->assoc_id = (int32_t)f->assoc_id;
	n->tail = f->data;
	n->tail_len = f->len;
	return true;
}

/* Which form, or both, one after the other. */
static bool
send_failed_of(const struct gsctp_msg *m, uint32_t events, unsigned int i,
    struct ps_note *n)
{
	const uint32_t old = LX_NOTE_BIT(LX_NOTE_SEND_FAILED);
	const uint32_t new = LX_NOTE_BIT(LX_NOTE_SEND_FAILED_EVENT);
	bool has_both = (events & old) && (events & new);

	if (i > (has_both ? 1 : 0))
		return false;
	if ((events & new) && (i == 1 || !has_both))
		return send_failed_event(m, n);
	return send_failed(m, n);
}

/* The i-th cause: its code, and what is in it with its padding. */
static bool
find_cause(const struct gsctp_remote_error *e, unsigned int i, uint16_t *code,
    struct ps_note *n)
{
	struct gs_cursor c;
	size_t len;

	gs_cursor_init(&c, e->data, e->len);
	do {
		*code = gs_cursor_be16(&c);
		len = gs_cursor_be16(&c);
		if (gs_cursor_is_bad(&c) || len < CAUSE_HEAD)
			return false;
		len = ((len + 3) & ~(size_t)3) - CAUSE_HEAD;
		if (len > gs_cursor_left(&c))
			len = gs_cursor_left(&c);
		n->tail = gs_cursor_bytes(&c, len);
		n->tail_len = len;
	} while (i-- > 0);
	return true;
}

static bool
remote_error(const struct gsctp_msg *m, unsigned int i, struct ps_note *n)
{
	const struct gsctp_remote_error *e = &m->u.remote_error;
	struct lx_remote_error *o = &n->u.remote_error;
	uint16_t code;

	if (!find_cause(e, i, &code, n)) {
		/* An ERROR without causes is told of all the same. */
		if (i > 0)
			return false;
		code = e->error;
		n->tail_len = 0;
	}
	begin(n, LX_NOTE_REMOTE_ERROR, sizeof(*o));
	o->error = htons(code);
	o->assoc_id = (int32_t)e->assoc_id;
	return true;
}

static bool
plain(const struct gsctp_msg *m, uint16_t type, struct ps_note *n)
{
	begin(n, type, sizeof(n->u.plain));
	n->u.plain.assoc_id = (int32_t)m->assoc_id;
	return true;
}

static bool
pdapi(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_pdapi_event *e = &m->u.pdapi_event;
	struct lx_pdapi *o = &n->u.pdapi;

	begin(n, LX_NOTE_PDAPI, sizeof(*o));
	o->indication = LX_PDAPI_ABORTED;
	o->assoc_id = (int32_t)e->assoc_id;
	o->stream = e->stream;
	o->seq = e->seq;
	return true;
}

static bool
adaptation(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_adaptation_event *e = &m->u.adaptation_event;
	struct lx_adaptation *o = &n->u.adaptation;

	begin(n, LX_NOTE_ADAPTATION, sizeof(*o));
	o->ind = e->adaptation_ind;
	o->assoc_id = (int32_t)e->assoc_id;
	return true;
}

static bool
authentication(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_authentication_event *e =
	    &m->u.authentication_event;
	struct lx_auth *o = &n->u.auth;

	begin(n, LX_NOTE_AUTH, sizeof(*o));
	o->keynumber = e->keynumber;
	switch (e->indication) {
	case GSCTP_AUTH_NEW_KEY:
		o->indication = LX_AUTH_NEW_KEY;
		break;
	case GSCTP_AUTH_FREE_KEY:
		o->indication = LX_AUTH_FREE_KEY;
		break;
	default:
		o->indication = LX_AUTH_NO_AUTH;
		break;
	}
	o->assoc_id = (int32_t)e->assoc_id;
	return true;
}

/* The flags of these three are the same numbers in both. */
static bool
stream_reset(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_stream_reset_event *e = &m->u.stream_reset;
	struct lx_stream_reset *o = &n->u.stream_reset;

	/* The list begins where the record has room left at its end. */
	begin(n, LX_NOTE_STREAM_RESET, offsetof(struct lx_stream_reset,
	    streams));
	o->head.flags = (uint16_t)e->flags;
	o->assoc_id = (int32_t)e->assoc_id;
	n->tail = e->streams;
	n->tail_len = e->nstreams * sizeof(*e->streams);
	return true;
}

static bool
assoc_reset(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_assoc_reset_event *e = &m->u.assoc_reset;
	struct lx_assoc_reset *o = &n->u.assoc_reset;

	begin(n, LX_NOTE_ASSOC_RESET, sizeof(*o));
	o->head.flags = (uint16_t)e->flags;
	o->assoc_id = (int32_t)e->assoc_id;
	o->local_tsn = e->local_tsn;
	o->remote_tsn = e->remote_tsn;
	return true;
}

static bool
stream_change(const struct gsctp_msg *m, struct ps_note *n)
{
	const struct gsctp_stream_change_event *e = &m->u.stream_change;
	struct lx_stream_change *o = &n->u.stream_change;

	begin(n, LX_NOTE_STREAM_CHANGE, sizeof(*o));
	o->head.flags = (uint16_t)e->flags;
	o->assoc_id = (int32_t)e->assoc_id;
	o->instrms = e->instrms;
	o->outstrms = e->outstrms;
	return true;
}

static bool
make_first(const struct gsctp_msg *m, struct ps_note *n)
{
	switch (m->type) {
	case GSCTP_MSG_ASSOC_CHANGE:
		return assoc_change(m, n);
	case GSCTP_MSG_PADDR_CHANGE:
		return paddr_change(m, n);
	case GSCTP_MSG_SHUTDOWN_EVENT:
		return plain(m, LX_NOTE_SHUTDOWN, n);
	case GSCTP_MSG_PDAPI_EVENT:
		return pdapi(m, n);
	case GSCTP_MSG_ADAPTATION_EVENT:
		return adaptation(m, n);
	case GSCTP_MSG_AUTHENTICATION_EVENT:
		return authentication(m, n);
	case GSCTP_MSG_SENDER_DRY:
		return plain(m, LX_NOTE_SENDER_DRY, n);
	case GSCTP_MSG_STREAM_RESET:
		return stream_reset(m, n);
	case GSCTP_MSG_ASSOC_RESET:
		return assoc_reset(m, n);
	case GSCTP_MSG_STREAM_CHANGE:
		return stream_change(m, n);
	default:
		return false;	/* Linux has none like it */
	}
}

bool
ps_note_make(const struct gsctp_msg *m, uint32_t events, unsigned int i,
    struct ps_note *n)
{
	bool is_one;

	memset(n, 0, sizeof(*n));
	if (m->type == GSCTP_MSG_SEND_FAILED)
		is_one = send_failed_of(m, events, i, n);
	else if (m->type == GSCTP_MSG_REMOTE_ERROR)
		is_one = remote_error(m, i, n);
	else
		is_one = i == 0 && make_first(m, n);
	if (!is_one)
		return false;
	n->u.head.length = (uint32_t)(n->len + n->tail_len);
	return true;
}
