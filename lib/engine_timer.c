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
 * and which number it has, in the links that the list does not need.  Where it
 * stands in the heap is in a table by number: a heap that wrote it into the
 * timers would fetch the memory of a dozen other associations for each start.
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

/* Of a slot's children in the heap. */
#define WAYS 4

struct slot {
	uint32_t due;		/* ticks */
	uint32_t order;		/* of the starts */
	uint32_t number;
};

/* By number; one that is free: the next such, and NULL. */
struct numbered {
	struct gs_engine_timer *timer;
	uint32_t at;		/* in the heap */
};

static struct {
	struct slot *heap;
	struct numbered *numbered;
	uint32_t n, cap;	/* in the heap; of both tables */
	uint32_t numbers;	/* given so far */
	uint32_t free;		/* the first such, and 1; 0: none */
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
	free(tm.numbered);
	tm.heap = NULL;
	tm.numbered = NULL;
	tm.n = tm.cap = tm.numbers = tm.free = 0;
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
find(const struct gs_engine_timer *t, uint32_t *at)
{
	uintptr_t number = (uintptr_t)t->link;

	if ((t->flags & PENDING) == 0 || t->link_at != mark ||
	    number >= tm.numbers || tm.numbered[number].timer != t)
		return false;
	*at = tm.numbered[number].at;
	return true;
}

/* There is room for one more. */
static uint32_t
number(struct gs_engine_timer *t)
{
	uint32_t i = tm.free;

	if (i == 0) {
		i = tm.numbers++;
	} else {
		i--;
		tm.free = tm.numbered[i].at;
	}
	tm.numbered[i].timer = t;
	t->link = (void *)(uintptr_t)i;
	t->link_at = mark;
	return i;
}

static void
unnumber(uint32_t i)
{
	tm.numbered[i].timer = NULL;
	tm.numbered[i].at = tm.free;
	tm.free = i + 1;
}

static void
put_at(uint32_t i, struct slot s)
{
	tm.heap[i] = s;
	tm.numbered[s.number].at = i;
}

/* The first of a slot's children to run; tm.n where it has none. */
static uint32_t
first_child(uint32_t i)
{
	uint32_t child = WAYS * i + 1, last = child + WAYS, first = child;

	if (child >= tm.n)
		return tm.n;
	while (++child < last && child < tm.n)
		if (runs_before(&tm.heap[child], &tm.heap[first]))
			first = child;
	return first;
}

/* The slot at i has changed: up or down, to where it belongs. */
static void
sift(uint32_t i)
{
	const struct slot s = tm.heap[i];
	uint32_t child;

	while (i > 0 && runs_before(&s, &tm.heap[(i - 1) / WAYS])) {
		put_at(i, tm.heap[(i - 1) / WAYS]);
		i = (i - 1) / WAYS;
	}
	while ((child = first_child(i)) < tm.n &&
	    runs_before(&tm.heap[child], &s)) {
		put_at(i, tm.heap[child]);
		i = child;
	}
	put_at(i, s);
}

static void
remove_at(uint32_t i)
{
	unnumber(tm.heap[i].number);
	tm.n--;
	if (i == tm.n)
		return;
	tm.heap[i] = tm.heap[tm.n];
	sift(i);
}

/* Room for one more. */
static bool
grow(void)
{
	uint32_t cap = tm.cap == 0 ? 256 : tm.cap * 2;
	struct numbered *numbered;
	struct slot *heap;

	if (tm.n < tm.cap)
		return true;
	heap = realloc(tm.heap, cap * sizeof(*heap));
	if (heap == NULL)
		return false;
	tm.heap = heap;
	numbered = realloc(tm.numbered, cap * sizeof(*numbered));
	if (numbered == NULL)
		return false;
	tm.numbered = numbered;
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
	uint32_t at;

	return tm.is_known && find(timer, &at);
}

void *
gs_timers_find_within(const void *bytes, size_t len)
{
	uintptr_t first = (uintptr_t)bytes;
	uint32_t i;

	for (i = 0; i < tm.numbers; i++)
		if (tm.numbered[i].timer != NULL &&
		    (uintptr_t)tm.numbered[i].timer - first < len)
			return tm.numbered[i].timer;
	return NULL;
}

void
gs_timers_run(uint32_t ticks)
{
	struct gs_engine_timer *t;

	while (tm.n > 0 && !is_before(ticks, tm.heap[0].due)) {
		t = tm.numbered[tm.heap[0].number].timer;
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

/* It is in the heap, or there is room. */
static int
start(struct gs_engine_timer *t, uint32_t due, void (*fn)(void *), void *arg)
{
	int was_pending = (t->flags & PENDING) != 0;
	uint32_t at;

	if (!find(t, &at)) {
		at = tm.n++;
		tm.heap[at].number = number(t);
	}
	t->time = due;
	t->fn = fn;
	t->arg = arg;
	t->flags = ACTIVE | PENDING;
	tm.heap[at].due = due;
	tm.heap[at].order = tm.starts++;
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
	if (tm.is_known && !is_theirs(timer) && grow())
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
	uint32_t at;

	gs_asconf_timer_ended(timer);
	if (!tm.is_known || !find(t, &at))
		return __real_sctp_os_timer_stop(timer);
	remove_at(at);
	t->flags = 0;
	return 1;
}
