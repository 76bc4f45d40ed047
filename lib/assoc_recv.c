/* assoc_recv: see assoc_recv.h and assoc.h. */

#include "assoc_recv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assoc_attempt.h"
#include "assoc_early.h"
#include "assoc_part.h"
#include "assoc_port.h"
#include "assoc_watch.h"
#include "clock.h"
#include "endpoint.h"
#include "engine.h"
#include "engine_note.h"
#include "engine_opt.h"
#include "filter_owner.h"
#include "hub.h"
#include "hub_alarm.h"
#include "log.h"

/* Read from the engine at most this much at a time, where the bound is near;
 * and its receive buffer may hold so much more than it should. */
#define PIECE_MAX 65536

/* The engine gives a message away in pieces from half of the receive buffer
 * on, which is 4096 at least. */
#define PARTIAL_MIN 2048

/* Events that may wait in front of data that is thrown away. */
#define EVENTS_MAX 64

/* How long the peer may take for the last word of a shutdown; it is lost once,
 * perhaps. */
#define LAST_WORD_MS 2000

/* When what had no memory is tried again. */
#define NO_MEMORY_MS 10

/* RFC 9260 3.3.10.4 */
#define CAUSE_OUT_OF_RESOURCE 4

/* Guarded by the stack's lock. */
static uint8_t piece_bytes[PIECE_MAX];

uint32_t
gs_engine_events(const struct gs_endpoint *ep)
{
	return ep->opts.events | GS_EV_ASSOC | GS_EV_SHUTDOWN | GS_EV_PDAPI;
}

static int
part_reserve(struct gs_part *p, size_t len)
{
	size_t cap;
	struct gs_msg *m;

	if (p->msg == NULL) {
		p->msg = gs_msg_new_data(0, len);
		return p->msg != NULL ? 0 : -ENOMEM;
	}
	cap = p->msg->payload_len;
	if (cap - p->len >= len)
		return 0;
	if (cap > SIZE_MAX / 2 || len > SIZE_MAX - p->len)
		return -ENOMEM;
	cap *= 2;
	if (cap < p->len + len)
		cap = p->len + len;
	m = gs_msg_resize(p->msg, cap);
	if (m == NULL)
		return -ENOMEM;
	p->msg = m;
	return 0;
}

static int
part_add(struct gs_part *p, const struct gs_esock_piece *piece, size_t len)
{
	int err = part_reserve(p, len);

	if (err != 0)
		return err;
	gs_esock_copy(piece, gs_msg_payload(p->msg) + p->len, len);
	p->len += len;
	return 0;
}

static void
part_clear(struct gs_part *p)
{
	gs_msg_free(p->msg);
	p->msg = NULL;
	p->len = 0;
}

/* What there is, in a block of its size. */
static struct gs_msg *
part_take(struct gs_part *p)
{
	struct gs_msg *m = p->msg;
	struct gs_msg *cut = NULL;

	if (m->payload_len > p->len)
		cut = gs_msg_resize(m, p->len);
	p->msg = NULL;
	p->len = 0;
	return cut != NULL ? cut : m;
}

/* An address as the application wants it on this endpoint. */
static void
to_user_addr(const struct gs_endpoint *ep, const union gs_addr *a,
    struct sockaddr_storage *ss, socklen_t *len)
{
	gs_endpoint_give_addr(ep, a, ss);
	if (len != NULL)
		*len = gs_addr_len((const union gs_addr *)(const void *)ss);
}

static void
deliver(struct gs_assoc *a, struct gs_msg *m, const union gs_addr *from)
{
	struct gs_endpoint *ep = a->ep;

	m->pub.sock.id = ep->id;
	m->pub.assoc_id = a->id;
	to_user_addr(ep, from, &m->pub.from, &m->pub.fromlen);
	if (a->head != NULL) {
		gs_msgq_put(&a->made, m);
		return;
	}
	a->head = m;
	TAILQ_INSERT_TAIL(&ep->ready, a, ready);
	gs_endpoint_arrived(ep);
}

/* Is this event one that the application has asked for? */
static bool
is_subscribed(const struct gs_endpoint *ep, uint32_t type)
{
	static const uint32_t bits[] = {
		[GSCTP_MSG_ASSOC_CHANGE] = GS_EV_ASSOC,
		[GSCTP_MSG_PADDR_CHANGE] = GS_EV_PADDR,
		[GSCTP_MSG_SEND_FAILED] = GS_EV_SEND_FAILED,
		[GSCTP_MSG_REMOTE_ERROR] = GS_EV_REMOTE_ERROR,
		[GSCTP_MSG_SHUTDOWN_EVENT] = GS_EV_SHUTDOWN,
		[GSCTP_MSG_PDAPI_EVENT] = GS_EV_PDAPI,
		[GSCTP_MSG_ADAPTATION_EVENT] = GS_EV_ADAPTATION,
		[GSCTP_MSG_AUTHENTICATION_EVENT] = GS_EV_AUTH,
		[GSCTP_MSG_SENDER_DRY] = GS_EV_SENDER_DRY,
		[GSCTP_MSG_STREAM_RESET] = GS_EV_STREAM_RESET,
		[GSCTP_MSG_ASSOC_RESET] = GS_EV_ASSOC_RESET,
		[GSCTP_MSG_STREAM_CHANGE] = GS_EV_STREAM_CHANGE,
	};

	if (type >= sizeof(bits) / sizeof(bits[0]) || bits[type] == 0)
		return true;
	return (ep->opts.events & bits[type]) != 0;
}

/* Up, or up again: tell the filter which tags are right from now on. */
static void
learn(struct gs_assoc *a)
{
	struct gs_filter *f = gs_engine_filter_locked();
	union gs_addr peer;
	uint32_t local, remote;

	if (gs_esock_addrs(a->so, true, &peer, 1) > 0)
		a->primary = peer;
	if (gs_esock_tags(a->so, &local, &remote) != 0)
		return;
	if (a->local_tag != 0 && a->local_tag != local)
		gs_filter_forget(f, a->local_port, gs_addr_port(&a->primary),
		    a->local_tag);
	gs_filter_confirm(f, a->local_port, gs_addr_port(&a->primary), local,
	    remote);
	gs_filter_set_owner(f, a->local_port, gs_addr_port(&a->primary),
	    local, a->id);
	a->local_tag = local;
	gs_counter_start(&a->counter, a->local_port, gs_addr_port(&a->primary),
	    local, remote);
}

/* The way an attempt failed, from what the engine left. */
static int
failure_of(const struct gs_assoc *a, uint16_t cause)
{
	int err = gs_esock_error(a->so);

	if (a->aborted_here)
		return -ECONNABORTED;
	if (cause == GS_CAUSE_NEW_ADDRESSES)
		return -EADDRINUSE;
	if (err == -ECONNREFUSED || err == -ETIMEDOUT)
		return err;
	return err == -ECONNRESET ? -ECONNREFUSED : -ETIMEDOUT;
}

/* How an association that was up ended. */
static int
end_error(const struct gs_assoc *a, const struct gsctp_assoc_change *c)
{
	int err;

	if (c->state == GSCTP_SHUTDOWN_COMP)
		return 0;
	if (a->aborted_here)
		return -ECONNABORTED;
	err = gs_esock_error(a->so);
	if (err != -ETIMEDOUT && err != -ECONNABORTED)
		return -ECONNRESET;
	/* The engine calls both by one name: a peer that it gives up as it
	 * does not answer, and one whose packets make no sense. */
	return a->owner.by_timer ? -ETIMEDOUT : -ECONNABORTED;
}

/* True where a blocking connect has taken it, or it is no end after all. */
static bool
on_assoc_change(struct gs_assoc *a, struct gsctp_assoc_change *c)
{
	int outcome;

	gs_waiter_wake(&a->waiters);
	switch (c->state) {
	case GSCTP_COMM_UP:
		a->phase = GS_UP;
		a->was_up = true;
		gs_watch_tell(a, 0);
		a->out_streams = c->outbound_streams;
		a->first_out_streams = c->outbound_streams;
		a->in_streams = c->inbound_streams;
		a->last_traffic_ms = gs_now_ms();
		learn(a);
		gs_part_learn(a);
		/* What was sent, and asked for, before leaves now. */
		gs_hub_mark(&a->owner);
		if (a->ep != NULL)
			gs_endpoint_update(a->ep);
		return gs_attempt_tell(a, c, 0);
	case GSCTP_RESTART:
		a->out_streams = c->outbound_streams;
		a->in_streams = c->inbound_streams;
		learn(a);
		return false;
	case GSCTP_COMM_LOST:
		/* An attempt that has not come up cannot be lost. */
		if (a->phase == GS_CONNECTING)
			c->state = GSCTP_CANT_ASSOC;
		break;
	default:
		break;
	}
	if (a->phase == GS_CONNECTING && c->error == GS_CAUSE_NEW_ADDRESSES &&
	    gs_assoc_change_port(a))
		return true;
	if (a->aborted_here && c->error == 0)
		c->error = GS_CAUSE_USER_ABORT;
	a->end_error = end_error(a, c);
	if (a->phase == GS_CONNECTING || a->phase == GS_ARRIVING) {
		outcome = failure_of(a, c->error);
		a->phase = GS_ENDED;
		if (c->state == GSCTP_CANT_ASSOC)
			c->failure = outcome;
		gs_watch_tell(a, outcome);
		if (a->ep != NULL)
			gs_endpoint_fail(a->ep, outcome);
		return gs_attempt_tell(a, c, outcome);
	}
	a->phase = GS_ENDED;
	return false;
}

/* The peer may have moved its primary address; what it has said of it comes
 * without its port. */
static void
on_paddr_change(struct gs_assoc *a, struct gsctp_paddr_change *c)
{
	uint16_t port = gs_addr_port(&a->primary);
	union gs_addr addr;

	if ((c->state == GSCTP_ADDR_MADE_PRIM ||
	    c->state == GSCTP_ADDR_REMOVED) &&
	    gs_esock_addrs(a->so, true, &addr, 1) > 0)
		a->primary = addr;
	if (a->ep == NULL || gs_addr_from(&addr,
	    (struct sockaddr *)&c->addr, sizeof(c->addr)) != 0)
		return;
	gs_addr_set_port(&addr, port);
	to_user_addr(a->ep, &addr, &c->addr, NULL);
}

void
gs_assoc_check_end(struct gs_assoc *a)
{
	if (a->end_at_ms == 0 || a->ep == NULL || !a->ep->is_posix)
		return;
	if (gs_now_ms() < a->end_at_ms) {
		gs_alarm_set(a, a->end_at_ms);
		return;
	}
	a->end_at_ms = 0;
	a->ep->is_read_shut = true;
	gs_endpoint_update(a->ep);
}

/*
 * The peer sends no more: that is the end of what there is to read, also
 * where data of this side is not acknowledged yet.  Where all is, only the
 * peer's SHUTDOWN COMPLETE is missing; a kernel has it before a program on the
 * same host looks, so who wants to be told of it is shown the end after it.
 */
static void
on_shutdown(struct gs_assoc *a)
{
	a->phase = GS_ENDING;
	if (a->ep == NULL || !a->ep->stream.is_on)
		return;
	a->end_at_ms = gs_now_ms();
	if (is_subscribed(a->ep, GSCTP_MSG_ASSOC_CHANGE) &&
	    gs_esock_state(a->so) != GSCTP_SHUTDOWN_RECEIVED)
		a->end_at_ms += LAST_WORD_MS;
	gs_assoc_check_end(a);
}

/* The message in delivery will not be complete; was there one?  A FORWARD
 * TSN makes the engine say so of its own notifications too. */
static bool
end_message(struct gs_assoc *a, const struct gsctp_pdapi_event *e)
{
	bool was_there;

	gs_part_turn_to_ended(a, e);
	was_there = a->data.len > 0 || a->in_parts;
	part_clear(&a->data);
	a->in_parts = false;
	return was_there;
}

bool
gs_assoc_tell_unsent(struct gs_assoc *a)
{
	struct gs_msg *m;

	if (a->ep == NULL || !is_subscribed(a->ep, GSCTP_MSG_SEND_FAILED))
		return false;
	m = gs_early_fail(a);
	if (m != NULL)
		deliver(a, m, &a->primary);
	return m != NULL;
}

/* What was to leave when it is up never will. */
static void
fail_early(struct gs_assoc *a)
{
	while (gs_assoc_tell_unsent(a))
		continue;
	gs_early_clear(a);
}

/* Linux does not say of the address that the association came up with that
 * it works. */
static bool
is_untold(const struct gs_assoc *a, const struct gs_msg *m)
{
	const struct gsctp_paddr_change *c = &m->pub.u.paddr_change;
	union gs_addr addr;

	if (!a->ep->is_posix || m->pub.type != GSCTP_MSG_PADDR_CHANGE ||
	    c->state != GSCTP_ADDR_CONFIRMED ||
	    gs_addr_from(&addr, (const struct sockaddr *)&c->addr,
		sizeof(c->addr)) != 0)
		return false;
	gs_addr_unmap(&addr);
	return gs_addr_same_ip(&addr, &a->primary);
}

static bool
is_restart(const struct gs_msg *m)
{
	return m->pub.type == GSCTP_MSG_ASSOC_CHANGE &&
	    m->pub.u.assoc_change.state == GSCTP_RESTART;
}

static int
on_note(struct gs_assoc *a, const uint8_t *bytes, size_t len)
{
	struct gs_msg *m;
	bool taken = false;
	int err;

	err = gs_note_decode(bytes, len, a->id, &m);
	if (err == -ENOMEM)
		return err;
	if (err != 0) {
		gs_logf(GSCTP_LOG_WARN,
		    "association %u: a notification of %zu bytes: %s", a->id,
		    len, gsctp_strerror(err));
		return 0;
	}
	if (m->pub.type == GSCTP_MSG_ASSOC_CHANGE)
		taken = on_assoc_change(a, &m->pub.u.assoc_change);
	else if (m->pub.type == GSCTP_MSG_SHUTDOWN_EVENT)
		on_shutdown(a);
	else if (m->pub.type == GSCTP_MSG_PDAPI_EVENT)
		taken = !end_message(a, &m->pub.u.pdapi_event);
	else if (m->pub.type == GSCTP_MSG_STREAM_CHANGE)
		gs_esock_streams(a->so, &a->in_streams, &a->out_streams);
	else if (m->pub.type == GSCTP_MSG_PADDR_CHANGE)
		on_paddr_change(a, &m->pub.u.paddr_change);

	if (a->more_comes && (a->phase == GS_ENDING || is_restart(m))) {
		/* The rest of a message cannot be sent any more, and the
		 * engine would wait for it. */
		gs_msg_free(m);
		a->more_comes = false;
		gs_assoc_fail(a, GSCTP_COMM_LOST, GS_CAUSE_USER_ABORT, -EPIPE);
		return 0;
	}
	if (a->ep == NULL || taken || !is_subscribed(a->ep, m->pub.type) ||
	    is_untold(a, m))
		gs_msg_free(m);
	else
		deliver(a, m, &a->primary);
	if (a->phase == GS_ENDED)
		fail_early(a);
	return 0;
}

/* The message, or as much of it as the bound allows, goes to the reader: len
 * bytes of m's payload. */
static void
emit_data(struct gs_assoc *a, struct gs_msg *m, size_t len,
    const struct gs_esock_piece *piece)
{
	struct gsctp_data *d = &m->pub.u.data;

	m->pub.assoc_id = a->id;
	d->data = gs_msg_payload(m);
	d->len = len;
	d->complete = piece->is_last;
	a->in_parts = !piece->is_last;
	a->in_messages += piece->is_last;
	a->in_octets += len;
	d->has_tos = a->ep->opts.recv_tos && a->arrival.is_known;
	if (d->has_tos)
		d->tos = a->arrival.tos;
	d->has_ttl = a->ep->opts.recv_ttl && a->arrival.is_known;
	if (d->has_ttl)
		d->ttl = a->arrival.ttl;
	d->has_info = a->ep->opts.data_io;
	if (d->has_info) {
		d->info = piece->info;
		d->info.assoc_id = a->id;
		/* See engine_unordered.c. */
		if (!a->interleaves && (d->info.flags & GSCTP_UNORDERED) != 0)
			d->info.ssn = 0;
	}
	deliver(a, m, gs_addr_len(&piece->from) > 0 ? &piece->from :
						      &a->primary);
}

/* The last piece of a message that was cut off looks like any other; what
 * comes after it tells. */
static bool
is_cut(const struct gs_assoc *a, size_t len, uint16_t stream)
{
	if (!a->interleaves && !a->in_parts &&
	    a->data.len + len < PARTIAL_MIN)
		return false;
	return gs_esock_is_cut(a->so, a->interleaves ? stream : -1);
}

static bool
is_read_shut(const struct gs_endpoint *ep)
{
	return ep->stream.is_read_shut || ep->is_read_shut;
}

static int
on_data(struct gs_assoc *a, const struct gs_esock_piece *piece, size_t len)
{
	size_t had;
	int err;

	a->last_traffic_ms = gs_engine_now_ms_locked();
	a->saw_data = true;
	gs_burst_end(a);
	if (a->ep == NULL || is_read_shut(a->ep))
		return 0;
	err = gs_part_turn_to(a, &piece->info);
	if (err != 0)
		return err;
	if (a->data.len == 0 && !a->in_parts)
		a->arrival = gs_counter_arrival(&a->counter,
		    piece->info.tsn);
	if (piece->is_last && is_cut(a, len, piece->info.stream)) {
		a->in_parts = true;	/* a pdapi_event comes next */
		return 0;
	}
	err = part_add(&a->data, piece, len);
	if (err != 0)
		return err;
	had = a->data.len;
	if (piece->is_last || gs_part_len(a) >= a->ep->opts.buffer)
		emit_data(a, part_take(&a->data), had, piece);
	return 0;
}

/* Most notifications are short, and whole: they need no memory. */
static int
on_note_piece(struct gs_assoc *a, const struct gs_esock_piece *piece,
    size_t len)
{
	int err;

	if (a->note.len == 0 && piece->is_last && len <= PIECE_MAX) {
		if (piece->blocks != NULL)
			gs_esock_copy(piece, piece_bytes, len);
		return on_note(a, piece_bytes, len);
	}
	err = part_add(&a->note, piece, len);
	if (err == 0 && piece->is_last) {
		err = on_note(a, gs_msg_payload(a->note.msg), a->note.len);
		part_clear(&a->note);
	}
	return err;
}

/* How much may still be read towards the bound of a message. */
static size_t
piece_room(const struct gs_assoc *a)
{
	if (a->ep == NULL || a->ep->opts.buffer <= a->data.len)
		return SIZE_MAX;
	return a->ep->opts.buffer - a->data.len;
}

/*
 * All that the engine has of a message, or a piece of it: what is taken gives
 * the peer its window back, so it must not be more than the bound allows.
 */
static ssize_t
read_piece(struct gs_assoc *a, struct gs_esock_piece *piece)
{
	size_t room = piece_room(a);

	gs_esock_refresh(a->so, &a->traits);
	if (room >= a->traits.rcvbuf + PIECE_MAX)
		return gs_esock_take(a->so, piece);
	return gs_esock_recv(a->so, piece_bytes,
	    room < PIECE_MAX ? room : PIECE_MAX, piece);
}

/*
 * No memory for a message: rather no association than one that has lost
 * some of its data.
 */
static void
give_up(struct gs_assoc *a)
{
	gs_logf(GSCTP_LOG_ERROR, "association %u: out of memory, aborted",
	    a->id);
	gs_assoc_fail(a, GSCTP_COMM_LOST, CAUSE_OUT_OF_RESOURCE, -ENOMEM);
}

/*
 * A restart of the peer's in the middle of a message that is delivered in
 * pieces: the engine waits for the rest of it for ever, and hands over
 * nothing of what comes behind it, not even the restart.
 */
static void
check_stuck(struct gs_assoc *a)
{
	uint32_t local, peer;

	if (a->local_tag == 0 || gs_esock_tags(a->so, &local, &peer) != 0 ||
	    local == a->local_tag)
		return;
	gs_logf(GSCTP_LOG_WARN, "association %u: its peer has begun anew in "
	    "the middle of a message, aborted", a->id);
	gs_assoc_fail(a, GSCTP_COMM_LOST, CAUSE_OUT_OF_RESOURCE, -EPIPE);
}

static bool
pump_one(struct gs_assoc *a)
{
	struct gs_esock_piece piece;
	ssize_t n;
	int err;

	if ((gs_esock_events(a->so) & GS_READABLE) == 0)
		return false;
	n = read_piece(a, &piece);
	if (n == -EAGAIN) {
		check_stuck(a);
		return false;
	}
	if (n <= 0) {
		/* The end, and its notification was not seen. */
		if (a->phase != GS_ENDED)
			gs_assoc_fail(a, a->phase == GS_CONNECTING ?
			    GSCTP_CANT_ASSOC : GSCTP_COMM_LOST, 0,
			    failure_of(a, 0));
		return false;
	}
	if (piece.is_note)
		err = on_note_piece(a, &piece, (size_t)n);
	else
		err = on_data(a, &piece, (size_t)n);
	gs_esock_give_back(&piece);
	if (err != 0)
		give_up(a);
	return err == 0;
}

/* Data that nobody wants must not wait behind an event that is not read, nor
 * the end behind the peer's SHUTDOWN, nor what an attempt came to behind a
 * path of it that does not work. */
static bool
wants_more(const struct gs_assoc *a)
{
	if (a->head == NULL)
		return true;
	return a->ep != NULL && a->made.count < EVENTS_MAX &&
	    (a->phase < GS_UP || is_read_shut(a->ep) ||
	    (a->ep->is_posix && a->end_at_ms != 0));
}

void
gs_assoc_pump(struct gs_assoc *a)
{
	while (wants_more(a) && a->so != NULL && a->phase != GS_ENDED)
		if (!pump_one(a))
			return;
}

/* What gs_assoc_fail() has to say. */
static struct gsctp_assoc_change
end_change(const struct gs_assoc *a)
{
	return (struct gsctp_assoc_change){
		.state = a->end_failure != 0 ? GSCTP_CANT_ASSOC :
					      GSCTP_COMM_LOST,
		.error = a->end_cause,
		.assoc_id = a->id,
		.failure = a->end_failure,
	};
}

void
gs_assoc_tell_end(struct gs_assoc *a)
{
	struct gs_msg *m;

	if (!a->owes_end || a->head != NULL)
		return;
	m = gs_msg_new(GSCTP_MSG_ASSOC_CHANGE, a->id, 0);
	if (m == NULL) {
		gs_alarm_set(a, gs_now_ms() + NO_MEMORY_MS);
		return;
	}
	a->owes_end = false;
	m->pub.u.assoc_change = end_change(a);
	deliver(a, m, &a->primary);
}

void
gs_assoc_fail(struct gs_assoc *a, uint32_t state, uint16_t cause, int outcome)
{
	bool has_ended = a->phase == GS_ENDED;
	struct gsctp_assoc_change c;

	if (!a->owes_end) {
		a->end_cause = cause;
		a->end_failure = state == GSCTP_CANT_ASSOC ? outcome : 0;
	}
	c = end_change(a);
	gs_watch_tell(a, outcome);
	if (a->phase < GS_UP && a->ep != NULL)
		gs_endpoint_fail(a->ep, outcome);
	a->phase = GS_ENDED;
	gs_waiter_wake(&a->waiters);
	a->end_error = outcome == -ECONNREFUSED ? -ECONNRESET : outcome;
	fail_early(a);
	gs_hub_mark(&a->owner);
	gs_assoc_close_socket(a);
	if (gs_attempt_tell(a, &c, outcome) || has_ended || a->ep == NULL ||
	    !is_subscribed(a->ep, GSCTP_MSG_ASSOC_CHANGE))
		return;
	a->owes_end = true;
	gs_assoc_tell_end(a);
}

void
gs_assoc_drop_data(struct gs_assoc *a)
{
	part_clear(&a->data);
	gs_part_clear_others(a);
	a->in_parts = false;
	if (a->head != NULL && a->head->pub.type == GSCTP_MSG_DATA)
		gs_msg_free(gs_assoc_take(a));
	gs_hub_mark(&a->owner);
}

struct gs_msg *
gs_assoc_take(struct gs_assoc *a)
{
	struct gs_msg *m = a->head;
	struct gs_msg *next;

	a->head = NULL;
	TAILQ_REMOVE(&a->ep->ready, a, ready);
	gs_hub_mark(&a->owner);
	next = gs_msgq_get(&a->made);
	if (next != NULL)
		deliver(a, next, &a->primary);
	else
		gs_assoc_tell_end(a);
	return m;
}

/* gen_sctp: addr_made_prim, which this engine keeps for the peer's wish. */
void
gs_assoc_check_primary(struct gs_assoc *a)
{
	union gs_addr peer;
	struct gs_msg *m;

	if (gs_esock_addrs(a->so, true, &peer, 1) < 1 ||
	    gs_addr_equal(&peer, &a->primary))
		return;
	a->primary = peer;
	if (!is_subscribed(a->ep, GSCTP_MSG_PADDR_CHANGE))
		return;
	m = gs_msg_new(GSCTP_MSG_PADDR_CHANGE, a->id, 0);
	if (m == NULL)
		return;			/* it is set all the same */
	m->pub.u.paddr_change.state = GSCTP_ADDR_MADE_PRIM;
	m->pub.u.paddr_change.assoc_id = a->id;
	to_user_addr(a->ep, &peer, &m->pub.u.paddr_change.addr, NULL);
	deliver(a, m, &a->primary);
}
