/* hub_alarm: see hub_alarm.h.  A heap, whose places the associations know. */

#include "hub_alarm.h"

#include <stdlib.h>

#include "assoc.h"
#include "clock.h"
#include "engine.h"
#include "hub.h"

/* Places that stay. */
#define FIRST 64

static struct {
	struct gs_assoc **heap;
	size_t n, cap;
	uint64_t blind_ms;	/* somebody's who found no memory; 0 none */
} alarms;

static void
put_at(size_t i, struct gs_assoc *a)
{
	alarms.heap[i] = a;
	a->alarm.place = i + 1;
}

/* a stands at i: up or down, to where it belongs. */
static void
sift(size_t i, struct gs_assoc *a)
{
	struct gs_assoc **h = alarms.heap;
	size_t child;

	while (i > 0 && a->alarm.at_ms < h[(i - 1) / 2]->alarm.at_ms) {
		put_at(i, h[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (;;) {
		child = 2 * i + 1;
		if (child + 1 < alarms.n &&
		    h[child + 1]->alarm.at_ms < h[child]->alarm.at_ms)
			child++;
		if (child >= alarms.n ||
		    a->alarm.at_ms <= h[child]->alarm.at_ms)
			break;
		put_at(i, h[child]);
		i = child;
	}
	put_at(i, a);
}

static bool
grow(void)
{
	size_t cap = alarms.cap == 0 ? FIRST : alarms.cap * 2;
	struct gs_assoc **heap;

	heap = realloc(alarms.heap, cap * sizeof(struct gs_assoc *));
	if (heap == NULL)
		return false;
	alarms.heap = heap;
	alarms.cap = cap;
	return true;
}

void
gs_alarm_set(struct gs_assoc *a, uint64_t at_ms)
{
	gs_engine_alarm_locked(at_ms);
	if (a->alarm.place != 0) {
		if (at_ms < a->alarm.at_ms) {
			a->alarm.at_ms = at_ms;
			sift(a->alarm.place - 1, a);
		}
		return;
	}
	if (alarms.n == alarms.cap && !grow()) {
		if (alarms.blind_ms == 0 || at_ms < alarms.blind_ms)
			alarms.blind_ms = at_ms > 0 ? at_ms : 1;
		return;
	}
	a->alarm.at_ms = at_ms;
	alarms.n++;
	sift(alarms.n - 1, a);
}

void
gs_alarm_clear(struct gs_assoc *a)
{
	size_t i = a->alarm.place;
	struct gs_assoc *last;

	if (i == 0)
		return;
	a->alarm.place = 0;
	last = alarms.heap[--alarms.n];
	if (last != a)
		sift(i - 1, last);
	if (alarms.n == 0 && alarms.cap > FIRST) {
		free(alarms.heap);
		alarms.heap = NULL;
		alarms.cap = 0;
	}
}

bool
gs_alarm_run(void)
{
	uint64_t now = gs_engine_now_ms_locked();
	struct gs_assoc *a;
	bool is_known = true;

	while (alarms.n > 0 && alarms.heap[0]->alarm.at_ms <= now) {
		a = alarms.heap[0];
		gs_alarm_clear(a);
		gs_hub_mark(&a->owner);
	}
	if (alarms.n > 0)
		gs_engine_alarm_locked(alarms.heap[0]->alarm.at_ms);
	if (alarms.blind_ms != 0 && alarms.blind_ms <= now) {
		alarms.blind_ms = 0;
		is_known = false;
	}
	if (alarms.blind_ms != 0)
		gs_engine_alarm_locked(alarms.blind_ms);
	return is_known;
}
