/* assoc: an association's life.  See assoc.h; receiving is in assoc_recv.c. */

#include "assoc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assoc_attempt.h"
#include "assoc_early.h"
#include "assoc_part.h"
#include "assoc_recv.h"
#include "assoc_watch.h"
#include "clock.h"
#include "endpoint.h"
#include "endpoint_addr.h"
#include "engine.h"
#include "engine_opt.h"
#include "hub.h"
#include "hub_alarm.h"
#include "hub_find.h"
#include "log.h"

/* Who is refused although there is room tries again after so long, whatever
 * came. */
#define RETRY_MS 5000

/* How long a little room waits for more. */
#define ROOM_MS 5

/* A path that has failed, and is alive, is asked so often at least. */
#define PROBE_MS 1000

/* Every bit of GS_EV_. */
#define EV_ALL 0x0fffu

struct gs_assoc *
gs_assoc_new(struct gs_endpoint *ep, enum gs_assoc_phase phase)
{
	struct gs_assoc *a;

	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return NULL;
	if (gs_counter_watch(&a->counter, gs_endpoint_watches(ep)) != 0) {
		free(a);
		return NULL;
	}
	a->owner.kind = GS_OWNER_ASSOC;
	a->phase = phase;
	a->ep = ep;
	a->local_port = ep->port;
	a->default_send = ep->opts.default_send;
	a->born_ms = a->last_traffic_ms = gs_now_ms();
	gs_hub_add_assoc(a);
	TAILQ_INSERT_TAIL(&ep->assocs, a, in_ep);
	ep->nassocs++;
	return a;
}

static void
assoc_free(struct gs_assoc *a)
{
	free(a->attempt);
	gs_assoc_bound(a);
	gs_msg_free(a->data.msg);
	gs_part_clear_others(a);
	gs_early_clear(a);
	gs_msg_free(a->note.msg);
	gs_msg_free(a->head);
	gs_msgq_clear(&a->made);
	free(a);
}

void
gs_assoc_wake(struct gs_assoc *a)
{
	struct gs_sleeper *s;

	LIST_FOREACH(s, &a->sleepers, link)
		gs_wake_locked(&s->cond);
	gs_waiter_wake(&a->waiters);
}

int
gs_assoc_wait(struct gs_assoc *a, uint64_t deadline_ms)
{
	struct gs_sleeper me;
	int err;

	err = gs_cond_init(&me.cond);
	if (err != 0)
		return err;
	LIST_INSERT_HEAD(&a->sleepers, &me, link);
	err = gs_wait_locked(&me.cond, deadline_ms);
	LIST_REMOVE(&me, link);
	pthread_cond_destroy(&me.cond);
	return err;
}

void
gs_assoc_hold(struct gs_assoc *a)
{
	a->nholds++;
}

void
gs_assoc_unhold(struct gs_assoc *a)
{
	if (--a->nholds == 0 && a->is_dead)
		assoc_free(a);
}

int
gs_assoc_new_socket(struct gs_endpoint *ep, struct socket **out)
{
	struct socket *so;
	int err;

	err = gs_esock_new(ep->v6, &so);
	if (err != 0)
		return err;
	err = gs_eopt_copy(ep->so, so);
	if (err == 0)
		err = gs_auth_apply(&ep->auth, so);
	if (err == 0)
		err = gs_eopt_subscribe(so, ~gs_engine_events(ep) & EV_ALL,
		    gs_engine_events(ep));
	if (err == 0)
		err = gs_esock_bind(so, ep->addrs, ep->naddrs, true);
	if (err != 0) {
		gs_esock_close(so);
		return err;
	}
	*out = so;
	return 0;
}

bool
gs_assoc_has_peer(const struct gs_assoc *a, const union gs_addr *peer)
{
	union gs_addr addrs[GS_PEER_ADDRS_MAX];
	size_t i;
	int n;

	if (gs_attempt_target(a, peer) != NULL)
		return true;
	if (a->so == NULL)
		return false;
	n = gs_esock_addrs(a->so, true, addrs, GS_PEER_ADDRS_MAX);
	for (i = 0; n > 0 && i < (size_t)n && i < GS_PEER_ADDRS_MAX; i++)
		if (gs_addr_equal(&addrs[i], peer))
			return true;
	return false;
}

/*
 * Has it yielded?  Where the peer's COOKIE ECHO came from another of its
 * addresses than the one we asked for, nobody knew that it should.  Then the
 * engine has given it up by itself, to make the association that comes.
 */
static bool
can_be_answered(const struct gs_assoc *a)
{
	if (a->phase != GS_CONNECTING)
		return a->phase == GS_YIELDED;
	return gs_esock_state(a->so) < GSCTP_ESTABLISHED;
}

/* Whose attempt does an association with this peer answer? */
static struct gs_assoc *
find_attempt(struct gs_endpoint *ep, const union gs_addr *peers, int n)
{
	struct gs_assoc *a;
	int i;

	for (i = 0; i < n; i++) {
		a = gs_find_target(ep->port, &peers[i]);
		for (; a != NULL; a = gs_find_next_target(a, &peers[i]))
			if (a->ep == ep && can_be_answered(a))
				return a;
	}
	return NULL;
}

int
gs_assoc_adopt(struct gs_endpoint *ep, struct socket *so,
    struct gs_assoc **out)
{
	union gs_addr peers[GS_PEER_ADDRS_MAX];
	struct gs_assoc *a;
	int n;

	n = gs_esock_addrs(so, true, peers, GS_PEER_ADDRS_MAX);
	if (n > GS_PEER_ADDRS_MAX)
		n = GS_PEER_ADDRS_MAX;
	a = n > 0 ? find_attempt(ep, peers, n) : NULL;
	if (a == NULL) {
		a = gs_assoc_new(ep, GS_ARRIVING);
		if (a == NULL)
			return -ENOMEM;
	} else {
		gs_assoc_close_socket(a);	/* nothing if it has yielded */
	}
	if (n > 0)
		a->primary = peers[0];
	a->phase = GS_ARRIVING;
	a->so = so;
	a->traits.seen = 0;
	gs_esock_set_owner(so, a);
	gs_hub_mark(&a->owner);
	*out = a;
	return 0;
}

bool
gs_assoc_is_alive(const struct gs_assoc *a)
{
	if (a->phase == GS_YIELDED)
		return true;
	return a->phase != GS_ENDED && a->so != NULL &&
	    gs_esock_state(a->so) != GSCTP_CLOSED;
}

/* The filter need not know its tag any more. */
static void
forget_tag(struct gs_assoc *a)
{
	uint32_t local = a->local_tag;
	uint32_t peer;

	if (local == 0 && (a->so == NULL ||
	    gs_esock_tags(a->so, &local, &peer) != 0))
		return;
	gs_filter_forget(gs_engine_filter_locked(), a->local_port,
	    gs_addr_port(&a->primary), local);
	a->local_tag = 0;
}

void
gs_assoc_close_socket(struct gs_assoc *a)
{
	if (a->so == NULL)
		return;
	forget_tag(a);
	gs_assoc_bound(a);
	gs_esock_close(a->so);
	a->so = NULL;
}

void
gs_assoc_destroy(struct gs_assoc *a)
{
	struct gs_endpoint *ep = a->ep;

	gs_watch_tell(a, -EBADF);
	gs_assoc_close_socket(a);
	gs_counter_stop(&a->counter);
	(void)gs_counter_watch(&a->counter, false);	/* cannot fail */
	gs_hub_unmark(&a->owner);
	gs_hub_remove_assoc(a);
	if (ep != NULL) {
		if (a->head != NULL)
			TAILQ_REMOVE(&a->ep->ready, a, ready);
		if (a->is_full)
			a->ep->nfull--;
		TAILQ_REMOVE(&a->ep->assocs, a, in_ep);
		a->ep->nassocs--;
		a->ep = NULL;
		if (ep->stream.is_on && a->was_up)
			gs_stream_ended(ep, a->id, a->end_error);
		else
			gs_endpoint_wake(ep);
	} else {
		gs_hub_remove_orphan(a);
	}
	a->phase = GS_ENDED;
	a->is_dead = true;
	gs_assoc_wake(a);
	if (a->nholds == 0)
		assoc_free(a);
}

static void
restamp(struct gs_msg *m, uint64_t sock)
{
	for (; m != NULL; m = m->next)
		m->pub.sock.id = sock;
}

void
gs_assoc_move(struct gs_assoc *a, struct gs_endpoint *to)
{
	struct gs_endpoint *from = a->ep;

	if (a->head != NULL) {
		TAILQ_REMOVE(&from->ready, a, ready);
		TAILQ_INSERT_TAIL(&to->ready, a, ready);
	}
	if (a->is_full) {
		from->nfull--;
		to->nfull++;
	}
	TAILQ_REMOVE(&from->assocs, a, in_ep);
	from->nassocs--;
	TAILQ_INSERT_TAIL(&to->assocs, a, in_ep);
	to->nassocs++;
	a->ep = to;
	restamp(a->head, to->id);
	restamp(a->made.head, to->id);
	/* Senders find out that it is not here any more. */
	gs_assoc_wake(a);
	gs_hub_mark(&a->owner);
}

/* Where there is room the stream is being reset.  The event that tells of
 * the end may not be read, or be lost: the chunk is what is waited for. */
static void
set_full(struct gs_assoc *a, size_t len)
{
	a->full_at = gs_esock_queued(a->so);
	a->retry_at_ms = 0;
	a->room_at_ms = 0;
	if (gs_esock_has_room(a->so, len)) {
		a->retry_at_ms = gs_now_ms() + RETRY_MS;
		gs_hub_await_reset();
	}
	if (!a->is_full || len < a->full_len)
		a->full_len = len;
	if (a->is_full)
		return;
	a->is_full = true;
	a->ep->nfull++;
	gs_endpoint_update(a->ep);
}

/* The same before it is up. */
static void
set_full_early(struct gs_assoc *a)
{
	if (a->is_full)
		return;
	a->is_full = true;
	a->full_at = SIZE_MAX;
	a->ep->nfull++;
	gs_endpoint_update(a->ep);
}

/*
 * A sender that is woken for each packet that is acknowledged does little else
 * than wake up: a third of the queue is to have left, or what has left is all
 * for some time.
 */
static bool
is_much_room(struct gs_assoc *a, size_t queued)
{
	uint64_t now = gs_now_ms();

	if (queued <= a->full_at - a->full_at / 3)
		return true;
	if (a->room_at_ms == 0)
		a->room_at_ms = now + ROOM_MS;
	if (now >= a->room_at_ms)
		return true;
	gs_alarm_set(a, a->room_at_ms);
	return false;
}

/*
 * Something has left the queue since.  The engine says that it is writable
 * as soon as there is room for anything, which a large message finds too
 * little for ever, and a limit on chunks not at all.
 */
static bool
has_drained(struct gs_assoc *a)
{
	size_t queued;

	if (a->phase < GS_UP)
		return false;
	if (a->phase != GS_UP)
		return true;
	queued = gs_esock_queued(a->so);
	/* A face of descriptors is asked again each time: rather once. */
	if (a->ep->is_posix && a->retry_at_ms == 0 && a->full_at != SIZE_MAX)
		return gs_esock_has_room(a->so, a->full_len);
	if (a->full_at == SIZE_MAX || (queued < a->full_at &&
	    is_much_room(a, queued)))
		return true;
	if (a->retry_at_ms == 0)
		return queued == 0;
	if (gs_now_ms() >= a->retry_at_ms)
		return true;
	gs_alarm_set(a, a->retry_at_ms);
	return false;
}

void
gs_assoc_more_room(struct gs_assoc *a)
{
	a->full_at = SIZE_MAX;
	gs_hub_mark(&a->owner);
}

/* What the engine does about a message that it takes, it tells; then only
 * these want to be looked at. */
static bool
must_look_after(const struct gs_assoc *a)
{
	return a->is_full || a->probe_at_ms != 0 ||
	    a->failures != gs_path_failures() ||
	    a->ep->opts.autoclose_s != 0;
}

int
gs_assoc_send(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info,
    const void *data, size_t len, const union gs_addr *to)
{
	int err;

	switch (a->phase) {
	case GS_CONNECTING:
	case GS_YIELDED:
	case GS_ARRIVING:
		if (!a->ep->is_posix)
			return -ENOTCONN;
		if (a->eof_wanted)
			return -EPIPE;
		err = gs_early_put(a, info, data, len, to);
		if (err == -EAGAIN)
			set_full_early(a);
		return err;
	case GS_ENDING:
	case GS_ENDED:
		return -EPIPE;
	case GS_UP:
		break;
	}
	if (a->eof_wanted)
		return -EPIPE;
	if (len == 0 || info->stream >= a->out_streams)
		return -EINVAL;
	if (!gs_esock_fits(a->so, &a->traits, len))
		return -EMSGSIZE;
	if (a->early != NULL)
		gs_early_run(a);
	if (a->early != NULL) {
		set_full(a, len);
		return -EAGAIN;
	}
	err = gs_part_send(a, info, data, len, to);
	if (err == 0) {
		a->last_traffic_ms = gs_engine_now_ms_locked();
		gs_burst_send(a);
	}
	if (err == -EAGAIN)
		set_full(a, len);
	if (err != 0 || must_look_after(a))
		gs_hub_mark(&a->owner);
	return err;
}

int
gs_assoc_eof(struct gs_assoc *a)
{
	int err;

	if (a->phase == GS_ENDING || a->phase == GS_ENDED || a->eof_wanted)
		return -EPIPE;
	if (a->phase == GS_UP && a->more_comes)
		return -EBUSY;
	if (a->phase != GS_UP || a->early != NULL) {
		/* The engine would hang in the handshake, and takes nothing
		 * after the end. */
		a->eof_wanted = true;
		return 0;
	}
	err = gs_esock_shutdown(a->so);
	if (err != 0)
		return -EPIPE;
	a->phase = GS_ENDING;
	gs_hub_mark(&a->owner);
	return 0;
}

/* What was sent before it came up, and the end that was asked for then. */
static void
run_early(struct gs_assoc *a)
{
	if (a->phase != GS_UP)
		return;
	if (a->early != NULL)
		gs_early_run(a);
	if (a->eof_wanted && a->early == NULL && gs_esock_shutdown(a->so) == 0)
		a->phase = GS_ENDING;
}

int
gs_assoc_abort(struct gs_assoc *a, const void *reason, size_t len)
{
	int err;

	if (a->phase == GS_ENDED)
		return -EPIPE;
	if (a->phase != GS_UP && a->phase != GS_ENDING) {
		a->aborted_here = true;
		gs_assoc_fail(a, GSCTP_CANT_ASSOC, GS_CAUSE_USER_ABORT,
		    -ECONNABORTED);
		return 0;
	}
	err = gs_esock_abort(a->so, reason, len);
	/* What came before its end may wait to be read. */
	if (err == -EPIPE && gs_esock_state(a->so) == GSCTP_CLOSED)
		return -EPIPE;
	if (err == -EPIPE || err == -EAGAIN) {
		/* It is shutting down, or its streams are being reset:
		 * closing the socket sends the ABORT, without the reason. */
		gs_assoc_fail(a, GSCTP_COMM_LOST, GS_CAUSE_USER_ABORT,
		    -ECONNABORTED);
		return 0;
	}
	if (err == 0)
		a->aborted_here = true;
	gs_hub_mark(&a->owner);
	return err;
}

void
gs_assoc_orphan(struct gs_assoc *a, bool must_abort)
{
	struct gs_endpoint *ep = a->ep;

	if (a->head != NULL && a->head->pub.type == GSCTP_MSG_DATA)
		must_abort = true;
	if (a->data.len > 0 || a->in_parts || gs_part_has_others(a) ||
	    a->more_comes)
		must_abort = true;
	gs_watch_tell(a, -EBADF);
	if (a->head != NULL)
		TAILQ_REMOVE(&ep->ready, a, ready);
	if (a->is_full)
		ep->nfull--;
	a->is_full = false;
	TAILQ_REMOVE(&ep->assocs, a, in_ep);
	ep->nassocs--;
	a->ep = NULL;
	gs_msg_free(a->head);
	a->head = NULL;
	gs_msgq_clear(&a->made);
	a->owes_end = false;
	gs_hub_add_orphan(a);
	gs_assoc_wake(a);

	if (!must_abort && (a->phase == GS_UP || a->phase == GS_ENDING)) {
		/* Unread events would turn the close into an ABORT. */
		(void)gs_eopt_subscribe(a->so, EV_ALL & ~GS_EV_ASSOC,
		    GS_EV_ASSOC);
		a->saw_data = false;
		gs_assoc_pump(a);
		must_abort = a->saw_data && !ep->stream.is_read_shut &&
		    !ep->is_read_shut;
	}
	if (!must_abort && a->phase == GS_UP && a->early != NULL) {
		a->eof_wanted = true;
		gs_hub_mark(&a->owner);
		return;
	}
	if (must_abort || (a->phase != GS_UP && a->phase != GS_ENDING) ||
	    (a->phase == GS_UP && gs_esock_shutdown(a->so) != 0)) {
		gs_assoc_destroy(a);
		return;
	}
	a->phase = GS_ENDING;
	gs_hub_mark(&a->owner);
}

/* Idle for as long as the endpoint's autoclose says? */
static void
check_autoclose(struct gs_assoc *a, uint64_t now)
{
	uint64_t at;

	if (a->ep->opts.autoclose_s == 0 || a->phase != GS_UP)
		return;
	at = a->last_traffic_ms + (uint64_t)a->ep->opts.autoclose_s * 1000;
	if (now >= at)
		(void)gs_assoc_eof(a);	/* it is up */
	else
		gs_alarm_set(a, at);
}

/*
 * With data to send and no path that works, ask the path after each RTO; and
 * soon, where what was sent has arrived although the path has failed.
 */
static void
check_path(struct gs_assoc *a, uint64_t now)
{
	size_t queued;
	uint32_t rto_ms;

	if (a->failures == gs_path_failures() && a->probe_at_ms == 0)
		return;
	queued = gs_esock_queued(a->so);
	if (a->failures != gs_path_failures()) {
		/* Perhaps another association's: then its time stays. */
		a->failures = gs_path_failures();
		if (a->probe_at_ms == 0) {
			rto_ms = gs_path_probe(a->so, false);
			if (rto_ms == 0)
				return;
			a->probe_at_ms =
			    now + (rto_ms < PROBE_MS ? rto_ms : PROBE_MS);
			a->probe_queued = 0;
		}
	}
	if (queued < a->probe_queued) {
		a->has_life = true;
		a->probe_at_ms = now;
	}
	a->probe_queued = queued;
	if (now < a->probe_at_ms) {
		gs_alarm_set(a, a->probe_at_ms);
		return;
	}
	rto_ms = gs_path_probe(a->so, queued > 0);
	a->probe_at_ms = 0;
	a->has_life = a->has_life && rto_ms != 0;
	if (rto_ms == 0)
		return;
	if (a->has_life && rto_ms > PROBE_MS)
		rto_ms = PROBE_MS;
	a->probe_at_ms = now + rto_ms;
	gs_alarm_set(a, a->probe_at_ms);
}

/* Its socket is closed. */
static void
touch_orphan(struct gs_assoc *a)
{
	run_early(a);
	if (a->phase == GS_UP && a->early == NULL)
		gs_assoc_destroy(a);	/* it cannot be shut down */
	else if (a->so != NULL)
		check_path(a, gs_now_ms());	/* data is not there yet */
}

static void
check_clock(struct gs_assoc *a)
{
	uint64_t now = gs_engine_now_ms_locked();

	if (a->phase == GS_YIELDED) {
		gs_attempt_check(a, now);
	} else {
		check_autoclose(a, now);
		gs_assoc_check_end(a);
		if (a->so != NULL &&
		    (a->phase == GS_UP || a->phase == GS_ENDING))
			check_path(a, now);
	}
}

/* What is not read yet keeps the rest in the engine. */
static void
tell_of_more(struct gs_assoc *a)
{
	if (a->owner.has_news && a->head != NULL && a->ep != NULL &&
	    a->so != NULL && (gs_esock_events(a->so) & GS_READABLE))
		gs_endpoint_edge(a->ep);
	a->owner.has_news = false;
}

/* It may have ended behind a message that is not read: its peer may begin
 * anew. */
static void
forget_ended(struct gs_assoc *a)
{
	if (a->head == NULL || a->local_tag == 0 || a->so == NULL ||
	    a->ends == gs_esock_ends())
		return;
	a->ends = gs_esock_ends();
	if (gs_esock_state(a->so) == GSCTP_CLOSED)
		forget_tag(a);
}

void
gs_assoc_touch(struct gs_assoc *a)
{
	tell_of_more(a);
	gs_assoc_pump(a);
	gs_assoc_tell_end(a);
	if (a->ep != NULL)
		gs_delivery_run(a->ep);
	if (a->phase == GS_ENDED && a->head == NULL && !a->owes_end) {
		gs_assoc_destroy(a);
		return;
	}
	forget_ended(a);
	if (a->ep == NULL) {
		touch_orphan(a);
		return;
	}
	gs_assoc_rebind(a);
	check_clock(a);
	run_early(a);
	if (a->is_full && has_drained(a)) {
		a->is_full = false;
		a->ep->nfull--;
		gs_endpoint_update(a->ep);
		gs_assoc_wake(a);
	}
}
