/* pmtu: see pmtu.h. */

#include "pmtu.h"

#include <stddef.h>
#include <string.h>

/* How near to what is not answered a search goes. */
#define NEAR 32

/* MTUs that links have: with jumbo frames, of FDDI, Ethernet, its tunnels,
 * and the least of IPv6. */
static const uint16_t usual[] = { 9000, 4352, 1500, 1400, 1280 };

static void
ask_for(struct gs_pmtu *p, enum gs_pmtu_phase phase, uint16_t size,
    uint64_t now_ms)
{
	p->phase = phase;
	p->probe = size;
	p->tries = 0;
	p->due_ms = now_ms;
}

void
gs_pmtu_init(struct gs_pmtu *p, uint16_t head, uint16_t base, uint16_t first,
    uint16_t most)
{
	memset(p, 0, sizeof(*p));
	p->head = head;
	p->base = base;
	p->now = first;
	gs_pmtu_limit(p, most);
}

bool
gs_pmtu_may_begin(const struct gs_pmtu *p, uint64_t now_ms)
{
	return p->phase == GS_PMTU_REST && now_ms >= p->due_ms;
}

static void
rest(struct gs_pmtu *p, uint64_t now_ms)
{
	p->phase = GS_PMTU_REST;
	p->probe = 0;
	p->due_ms = now_ms + GS_PMTU_RAISE_MS;
}

/* The whole first, as most paths take it; then what is usual; then between
 * what is answered and what is not. */
static uint16_t
candidate(const struct gs_pmtu *p)
{
	uint16_t size;
	size_t i;

	if (p->bad == 0 || p->bad > p->most)
		return p->most > p->now ? p->most : 0;
	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		size = (uint16_t)((usual[i] - p->head) & ~3);
		if (size > p->now && size < p->bad)
			return size;
	}
	if (p->bad - p->now <= NEAR)
		return 0;
	return (uint16_t)((p->now + (p->bad - p->now) / 2) & ~3);
}

static void
search(struct gs_pmtu *p, uint64_t now_ms)
{
	uint16_t size = candidate(p);

	if (size == 0)
		rest(p, now_ms);
	else
		ask_for(p, GS_PMTU_SEARCH, size, now_ms);
}

/* What is in use may have become too much meanwhile. */
void
gs_pmtu_begin(struct gs_pmtu *p, uint64_t now_ms)
{
	p->bad = 0;
	p->has_answered = false;
	if (p->now > p->base)
		ask_for(p, GS_PMTU_ASK, p->base, now_ms);
	else
		search(p, now_ms);
}

/* It was asked for often enough, and is not answered. */
static void
give_up(struct gs_pmtu *p, uint64_t now_ms)
{
	switch (p->phase) {
	case GS_PMTU_SEARCH:
		p->bad = p->probe;
		/* Does anybody answer? */
		if (!p->has_answered)
			ask_for(p, GS_PMTU_ASK, p->base, now_ms);
		else
			search(p, now_ms);
		break;
	case GS_PMTU_CHECK:
		p->bad = p->now;
		p->now = p->base;
		search(p, now_ms);
		break;
	default:
		rest(p, now_ms);
		break;
	}
}

uint16_t
gs_pmtu_next(struct gs_pmtu *p, uint64_t now_ms)
{
	while (p->probe != 0 && now_ms >= p->due_ms) {
		if (p->tries < GS_PMTU_TRIES) {
			p->tries++;
			p->due_ms = now_ms + GS_PMTU_WAIT_MS;
			return p->probe;
		}
		give_up(p, now_ms);
	}
	return 0;
}

uint64_t
gs_pmtu_due(const struct gs_pmtu *p)
{
	return p->probe != 0 ? p->due_ms : UINT64_MAX;
}

void
gs_pmtu_answered(struct gs_pmtu *p, uint16_t size, uint64_t now_ms)
{
	p->has_answered = true;
	/* Late, or not what is asked for now: the next search may. */
	if (size != p->probe)
		return;
	switch (p->phase) {
	case GS_PMTU_ASK:
		if (p->now > p->base)
			ask_for(p, GS_PMTU_CHECK, p->now, now_ms);
		else
			search(p, now_ms);
		break;
	default:
		p->timeouts = 0;
		p->now = size;
		search(p, now_ms);
		break;
	}
}

void
gs_pmtu_limit(struct gs_pmtu *p, uint16_t most)
{
	if (most > p->most && p->phase == GS_PMTU_REST)
		p->due_ms = 0;
	if (most < p->base)
		p->base = most;
	p->most = most;
	if (p->now > most)
		p->now = most;
	if (p->probe <= most)
		return;
	/* It could not leave: the next one, or what is in use now. */
	p->tries = GS_PMTU_TRIES;
	p->due_ms = 0;
	if (p->phase == GS_PMTU_CHECK)
		ask_for(p, GS_PMTU_CHECK, p->now, 0);
}

void
gs_pmtu_timeout(struct gs_pmtu *p, uint64_t now_ms)
{
	if (p->now <= p->base || p->phase == GS_PMTU_ASK ||
	    p->phase == GS_PMTU_CHECK || ++p->timeouts < GS_PMTU_TIMEOUTS)
		return;
	p->timeouts = 0;
	p->bad = 0;
	ask_for(p, GS_PMTU_ASK, p->base, now_ms);
}
