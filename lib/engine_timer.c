/*
 * engine_timer: a mirror of the engine's timers.
 *
 * The engine keeps its timers in an unsorted list that nobody can ask.  Each
 * start and stop passes here, so that the driver knows when the next one is
 * due and may sleep until then.  The engine still runs them itself.
 *
 * Guarantees: gs_timers_next() is never later than the engine's own next
 * timer; where memory was short, by BLIND_TICKS at most.  A heap by time, and
 * a hash from the timer to its place in it; both guarded by the stack's lock.
 * Layer 3.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "engine_abi.h"
#include "engine_impl.h"

#define BLIND_TICKS 10

struct slot {
	void *timer;
	uint32_t due;		/* ticks */
};

static struct {
	struct slot *heap;
	size_t n, cap;
	/* Open addressing, a power of two; 0 is empty, else heap index + 1. */
	uint32_t *hash;
	size_t hash_cap;
	uint32_t now;
	/* No memory for a timer: say "soon" until the last such is due. */
	bool is_blind;
	uint32_t blind_until;
} tm;

void
gs_timers_reset(void)
{
	free(tm.heap);
	free(tm.hash);
	tm.heap = NULL;
	tm.hash = NULL;
	tm.n = tm.cap = tm.hash_cap = 0;
	tm.now = 0;
	tm.is_blind = false;
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

static size_t
hash_of(const void *timer)
{
	uint64_t x = (uint64_t)(uintptr_t)timer;

	x ^= x >> 33;
	x *= UINT64_C(0xff51afd7ed558ccd);
	x ^= x >> 29;
	return (size_t)x & (tm.hash_cap - 1);
}

/* The hash slot that holds timer, or the empty one where it would be. */
static size_t
find(const void *timer)
{
	size_t i = hash_of(timer);

	while (tm.hash[i] != 0 && tm.heap[tm.hash[i] - 1].timer != timer)
		i = (i + 1) & (tm.hash_cap - 1);
	return i;
}

static void
unhash(const void *timer)
{
	size_t hole = find(timer);
	size_t i = hole;
	size_t home;

	/* Close the gap, so that later entries are still found. */
	for (;;) {
		i = (i + 1) & (tm.hash_cap - 1);
		if (tm.hash[i] == 0)
			break;
		home = hash_of(tm.heap[tm.hash[i] - 1].timer);
		if (((i - home) & (tm.hash_cap - 1)) >=
		    ((i - hole) & (tm.hash_cap - 1))) {
			tm.hash[hole] = tm.hash[i];
			hole = i;
		}
	}
	tm.hash[hole] = 0;
}

static void
swap(size_t a, size_t b)
{
	size_t ha = find(tm.heap[a].timer);
	size_t hb = find(tm.heap[b].timer);
	struct slot s = tm.heap[a];

	tm.heap[a] = tm.heap[b];
	tm.heap[b] = s;
	tm.hash[ha] = (uint32_t)b + 1;
	tm.hash[hb] = (uint32_t)a + 1;
}

static void
sift(size_t i)
{
	size_t child;

	while (i > 0 && is_before(tm.heap[i].due, tm.heap[(i - 1) / 2].due)) {
		swap(i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
	for (;;) {
		child = 2 * i + 1;
		if (child >= tm.n)
			return;
		if (child + 1 < tm.n &&
		    is_before(tm.heap[child + 1].due, tm.heap[child].due))
			child++;
		if (!is_before(tm.heap[child].due, tm.heap[i].due))
			return;
		swap(i, child);
		i = child;
	}
}

static void
remove_at(size_t i)
{
	size_t last = tm.n - 1;

	if (i != last)
		swap(i, last);
	unhash(tm.heap[last].timer);
	tm.n--;
	if (i < tm.n)
		sift(i);
}

static bool
grow(void)
{
	size_t cap = tm.cap == 0 ? 256 : tm.cap * 2;
	struct slot *heap;
	uint32_t *hash;
	size_t i;

	hash = calloc(cap * 2, sizeof(*hash));
	if (hash == NULL)
		return false;
	heap = realloc(tm.heap, cap * sizeof(*heap));
	if (heap == NULL) {
		free(hash);
		return false;
	}
	free(tm.hash);
	tm.heap = heap;
	tm.cap = cap;
	tm.hash = hash;
	tm.hash_cap = cap * 2;
	for (i = 0; i < tm.n; i++)
		tm.hash[find(tm.heap[i].timer)] = (uint32_t)i + 1;
	return true;
}

static void
note_start(void *timer, uint32_t due)
{
	size_t at;

	if (tm.n == tm.cap && !grow()) {
		if (!tm.is_blind || is_before(tm.blind_until, due))
			tm.blind_until = due;
		tm.is_blind = true;
		return;
	}
	at = find(timer);
	if (tm.hash[at] == 0) {
		tm.heap[tm.n].timer = timer;
		tm.hash[at] = (uint32_t)++tm.n;
	}
	tm.heap[tm.hash[at] - 1].due = due;
	sift(tm.hash[at] - 1);
}

static void
note_stop(void *timer)
{
	size_t at;

	if (tm.n == 0)
		return;
	at = find(timer);
	if (tm.hash[at] != 0)
		remove_at(tm.hash[at] - 1);
}

bool
gs_timers_is_pending(const void *timer)
{
	size_t at;

	if (tm.n == 0)
		return false;
	at = find(timer);
	/* What is due now may have run already. */
	return tm.hash[at] != 0 &&
	    is_before(tm.now, tm.heap[tm.hash[at] - 1].due);
}

void *
gs_timers_find_within(const void *bytes, size_t len)
{
	uintptr_t first = (uintptr_t)bytes;
	size_t i;

	for (i = 0; i < tm.n; i++)
		if ((uintptr_t)tm.heap[i].timer - first < len &&
		    is_before(tm.now, tm.heap[i].due))
			return tm.heap[i].timer;
	return NULL;
}

/* The engine has run what was due; what it started again lies ahead. */
void
gs_timers_expire(uint32_t ticks)
{
	while (tm.n > 0 && !is_before(ticks, tm.heap[0].due)) {
		gs_asconf_timer_ended(tm.heap[0].timer);
		remove_at(0);
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

int
__wrap_sctp_os_timer_start(void *timer, uint32_t ticks, void (*fn)(void *),
    void *arg)
{
	gs_asconf_timer_ended(timer);
	if (timer != NULL && fn != NULL)
		note_start(timer, tm.now + (ticks == 0 ? 1 : ticks));
	return __real_sctp_os_timer_start(timer, ticks, fn, arg);
}

int
__wrap_sctp_os_timer_stop(void *timer)
{
	gs_asconf_timer_ended(timer);
	note_stop(timer);
	return __real_sctp_os_timer_stop(timer);
}
