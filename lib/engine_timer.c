/*
 * engine_timer: the engine's timers, run by us.
 *
 * The engine keeps its timers in an unsorted list, which it walks at every
 * tick and which nobody can ask; with thousands of associations that is most
 * of what an idle stack does.  Each start and stop passes here, and the timer
 * goes into a heap by time instead of the list: the driver knows when the
 * next one is due and may sleep until then, and what is not due costs nothing.
 *
 * A timer's own memory says that it is pending, as the engine looks there,
 * and where it stands in the heap, in the links that the list does not need.
 * Where memory is short, or the engine's struct is not as we know it, the
 * engine keeps and runs the timer itself.
 *
 * Guarantees: gs_timers_next() is never later than the next timer; where the
 * engine keeps one, by BLIND_TICKS at most.  Timers run in the order of their
 * times, and of their starts where these are the same.  All guarded by the
 * stack's lock.  Layer 3.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine_abi.h"
#include "engine_impl.h"

#define BLIND_TICKS 10

/* The engine's own. */
#define ACTIVE 0x2
#define PENDING 0x4

struct slot {
	struct gs_engine_timer *timer;
	uint32_t due;		/* ticks */
	uint32_t order;		/* of the starts */
};

static struct {
	struct slot *heap;
	size_t n, cap;
	uint32_t now;
	uint32_t starts;
	bool is_known;		/* what a timer looks like */
	/* The engine has a timer: say "soon" until the last such is due. */
	bool is_blind;
	uint32_t blind_until;
} tm;

/* In the place of a timer's link: it is in the heap. */
static void *const mark = &tm;

void
gs_timers_reset(void)
{
	free(tm.heap);
	tm.heap = NULL;
	tm.n = tm.cap = 0;
	tm.now = 0;
	tm.starts = 0;
	tm.is_known = false;
	tm.is_blind = false;
}

static void
never(void *arg)
{
	(void)arg;
}

void
gs_timers_look(void)
{
	union {
		struct gs_engine_timer timer;
		uint8_t room[256];	/* if it is larger than we know */
	} t;
	bool is_right;

	memset(&t, 0, sizeof(t));
	(void)__real_sctp_os_timer_start(&t, 1000, never, &t);
	is_right = t.timer.fn == never && t.timer.arg == &t &&
	    t.timer.flags == (ACTIVE | PENDING);
	tm.is_known = __real_sctp_os_timer_stop(&t) == 1 && is_right &&
	    t.timer.flags == 0;
}

void
gs_timers_set_now(uint32_t ticks)
{
	tm.now = ticks;
}

static bool
is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static bool
runs_before(const struct slot *a, const struct slot *b)
{
	if (a->due != b->due)
		return is_before(a->due, b->due);
	return is_before(a->order, b->order);
}

/* Is it in the heap?  Then *at is where. */
static bool
find(const struct gs_engine_timer *t, size_t *at)
{
	if ((t->flags & PENDING) == 0 || t->link_at != mark)
		return false;
	*at = (size_t)(uintptr_t)t->link;
	return *at < tm.n && tm.heap[*at].timer == t;
}

static void
put_at(size_t i, struct slot s)
{
	tm.heap[i] = s;
	s.timer->link = (void *)(uintptr_t)i;
}

/* The slot at i has changed: up or down, to where it belongs. */
static void
sift(size_t i)
{
	const struct slot s = tm.heap[i];
	size_t child;

	while (i > 0 && runs_before(&s, &tm.heap[(i - 1) / 2])) {
		put_at(i, tm.heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (;;) {
		child = 2 * i + 1;
		if (child + 1 < tm.n &&
		    runs_before(&tm.heap[child + 1], &tm.heap[child]))
			child++;
		if (child >= tm.n || !runs_before(&tm.heap[child], &s))
			break;
		put_at(i, tm.heap[child]);
		i = child;
	}
	put_at(i, s);
}

static void
remove_at(size_t i)
{
	tm.n--;
	if (i == tm.n)
		return;
	tm.heap[i] = tm.heap[tm.n];
	sift(i);
}

static bool
grow(void)
{
	size_t cap = tm.cap == 0 ? 256 : tm.cap + tm.cap / 2;
	struct slot *heap;

	heap = realloc(tm.heap, cap * sizeof(*heap));
	if (heap == NULL)
		return false;
	tm.heap = heap;
	tm.cap = cap;
	return true;
}

/* The engine has it, and does not say when it is due. */
static void
go_blind(uint32_t due)
{
	if (!tm.is_blind || is_before(tm.blind_until, due))
		tm.blind_until = due;
	tm.is_blind = true;
}

bool
gs_timers_is_pending(const void *timer)
{
	size_t at;

	return tm.is_known && find(timer, &at);
}

void *
gs_timers_find_within(const void *bytes, size_t len)
{
	uintptr_t first = (uintptr_t)bytes;
	size_t i;

	for (i = 0; i < tm.n; i++)
		if ((uintptr_t)tm.heap[i].timer - first < len)
			return tm.heap[i].timer;
	return NULL;
}

void
gs_timers_run(uint32_t ticks)
{
	struct gs_engine_timer *t;

	while (tm.n > 0 && !is_before(ticks, tm.heap[0].due)) {
		t = tm.heap[0].timer;
		remove_at(0);
		t->flags &= ~PENDING;
		gs_asconf_timer_ended(t);
		t->fn(t->arg);	/* which may free it */
	}
	if (tm.is_blind && !is_before(ticks, tm.blind_until))
		tm.is_blind = false;
}

bool
gs_timers_next(uint32_t *ticks)
{
	uint32_t soon = tm.now + BLIND_TICKS;

	if (tm.n > 0 && !(tm.is_blind && is_before(soon, tm.heap[0].due))) {
		*ticks = tm.heap[0].due;
		return true;
	}
	if (tm.is_blind)
		*ticks = soon;
	return tm.is_blind;
}

static int
start(struct gs_engine_timer *t, uint32_t due, void (*fn)(void *), void *arg)
{
	const struct slot s = { .timer = t, .due = due,
		.order = tm.starts++ };
	int was_pending = (t->flags & PENDING) != 0;
	size_t at;

	if (!find(t, &at))
		at = tm.n++;
	t->link_at = mark;
	t->time = due;
	t->fn = fn;
	t->arg = arg;
	t->flags = ACTIVE | PENDING;
	tm.heap[at] = s;
	sift(at);
	return was_pending;
}

/* In the engine's own list? */
static bool
is_theirs(const struct gs_engine_timer *t)
{
	return (t->flags & PENDING) != 0 && t->link_at != mark;
}

int
__wrap_sctp_os_timer_start(void *timer, uint32_t ticks, void (*fn)(void *),
    void *arg)
{
	uint32_t due = tm.now + (ticks == 0 ? 1 : ticks);

	gs_asconf_timer_ended(timer);
	if (timer == NULL || fn == NULL)
		return 0;
	if (tm.is_known && !is_theirs(timer) && (tm.n < tm.cap || grow()))
		return start(timer, due, fn, arg);
	if (gs_timers_is_pending(timer))
		return start(timer, due, fn, arg);
	go_blind(due);
	return __real_sctp_os_timer_start(timer, ticks, fn, arg);
}

int
__wrap_sctp_os_timer_stop(void *timer)
{
	struct gs_engine_timer *t = timer;
	size_t at;

	gs_asconf_timer_ended(timer);
	if (!tm.is_known || !find(t, &at))
		return __real_sctp_os_timer_stop(timer);
	remove_at(at);
	t->flags = 0;
	return 1;
}
