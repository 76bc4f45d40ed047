/* faults: see faults.h. */

#include "faults.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/random.h>

#include <gsctp/gsctp.h>

#include "faults_impl.h"
#include "log.h"

/* What is held back in a direction, the structs included. */
#define HELD_MAX ((size_t)32 << 20)

/* What is to be overtaken waits no longer, if nothing comes. */
#define ASIDE_US 50000

#define UDP_HEADER 8
#define IPV4_HEADER 20
#define IPV6_HEADER 40

/* The numbers that are drawn for a packet, whatever is asked for. */
enum draw {
	DRAW_LOSS,
	DRAW_BURST,
	DRAW_DUPLICATE,
	DRAW_CORRUPT,
	DRAW_BIT,
	DRAW_REORDER,
	DRAW_OVERTAKERS,
	DRAW_JITTER,
	DRAWS,
};

struct held {
	TAILQ_ENTRY(held) entry;
	uint64_t due_us;
	uint32_t overtakers; /* that go first; 0: keeps its place */
	struct gs_packet pkt;
};

TAILQ_HEAD(queue, held);

struct direction {
	struct gs_faults_spec spec;
	struct gs_faults_count count;
	uint64_t rng;
	bool in_burst;
	uint64_t free_us;	/* the link has sent what came before */
	struct queue line;	/* in the order in which they came */
	struct queue aside;	/* taken out of the line, to be overtaken */
	struct queue overtaken; /* by enough: due at once */
	size_t nheld;
	size_t bytes;
};

struct gs_faults {
	uint64_t seed;
	struct direction dir[GS_FAULTS_DIRECTIONS];
};

/* splitmix64 */
static uint64_t
draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* From 0 to n - 1. */
static uint32_t
below(uint64_t drawn, uint32_t n)
{
	return (uint32_t)(((drawn >> 32) * n) >> 32);
}

static bool
happens(uint64_t drawn, uint32_t chance)
{
	return below(drawn, GS_FAULTS_CERTAIN) < chance;
}

/*
 * New and free
 */

static uint64_t
new_seed(void)
{
	uint32_t seed = 1;

	/* Short enough to be typed.  It cannot fail once the system is up. */
	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		seed = 1;
	return seed;
}

static void
init_direction(struct direction *d, const struct gs_faults_spec *spec,
    uint64_t *rng)
{
	d->spec = *spec;
	d->rng = draw(rng);
	TAILQ_INIT(&d->line);
	TAILQ_INIT(&d->aside);
	TAILQ_INIT(&d->overtaken);
}

int
gs_faults_new(const char *text, struct gs_faults **out)
{
	struct gs_faults_specs specs;
	struct gs_faults *f;
	uint64_t rng;
	int d, err;

	err = gs_faults_parse(text, &specs);
	if (err != 0)
		return err;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return -ENOMEM;
	f->seed = specs.has_seed ? specs.seed : new_seed();
	rng = f->seed;
	for (d = 0; d < GS_FAULTS_DIRECTIONS; d++)
		init_direction(&f->dir[d], &specs.dir[d], &rng);
	if (specs.has_seed)
		gs_logf(GSCTP_LOG_INFO, "faults on the wire: %s", text);
	else
		gs_logf(GSCTP_LOG_INFO, "faults on the wire: %s,seed=%" PRIu64,
		    text, f->seed);
	*out = f;
	return 0;
}

static void
free_queue(struct queue *q)
{
	struct held *h;

	while ((h = TAILQ_FIRST(q)) != NULL) {
		TAILQ_REMOVE(q, h, entry);
		free(h->pkt.data);
		free(h);
	}
}

void
gs_faults_free(struct gs_faults *f)
{
	int d;

	if (f == NULL)
		return;
	for (d = 0; d < GS_FAULTS_DIRECTIONS; d++) {
		free_queue(&f->dir[d].line);
		free_queue(&f->dir[d].aside);
		free_queue(&f->dir[d].overtaken);
	}
	free(f);
}

/*
 * A packet comes
 */

/* A burst begins with a packet that is lost; that of its end is not. */
static bool
is_in_burst(struct direction *d, uint64_t drawn)
{
	d->in_burst = happens(drawn,
	    d->in_burst ? GS_FAULTS_CERTAIN - d->spec.burst_end :
			  d->spec.burst);
	return d->in_burst;
}

static bool
is_blackholed(const struct gs_faults_spec *s, const struct gs_packet *pkt)
{
	return gs_addr_is_in(&pkt->src, s->holes, s->nholes) ||
	    gs_addr_is_in(&pkt->dst, s->holes, s->nholes);
}

/* Its bytes with the headers that carry it. */
static size_t
length_in_ip(const struct gs_packet *pkt)
{
	size_t ip =
	    pkt->src.sa.sa_family == AF_INET6 ? IPV6_HEADER : IPV4_HEADER;

	return pkt->len + ip + (gs_addr_port(&pkt->dst) != 0 ? UDP_HEADER : 0);
}

/* Is there a way on for it?  What there is not is counted. */
static bool
survives(struct direction *d, const struct gs_packet *pkt,
    const uint64_t *drawn)
{
	bool burst = is_in_burst(d, drawn[DRAW_BURST]);

	if (is_blackholed(&d->spec, pkt))
		d->count.blackholed++;
	else if (d->spec.mtu != 0 && length_in_ip(pkt) > d->spec.mtu)
		d->count.too_long++;
	else if (burst || happens(drawn[DRAW_LOSS], d->spec.loss))
		d->count.lost++;
	else
		return true;
	return false;
}

/* One bit, which the checksum always tells. */
static void
corrupt(struct direction *d, struct gs_packet *pkt, uint64_t drawn)
{
	uint32_t bit = below(drawn, (uint32_t)pkt->len * 8);

	if (pkt->len == 0)
		return;
	pkt->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	d->count.corrupted++;
}

/* A link that takes its time for each bit, and has so much room before it. */
static bool
wait_for_link(struct direction *d, const struct gs_packet *pkt, uint64_t *at_us)
{
	uint64_t begin = d->free_us > *at_us ? d->free_us : *at_us;

	if (d->spec.rate_bps == 0)
		return true;
	if (begin - *at_us > d->spec.rate_wait_us) {
		d->count.rate_dropped++;
		return false;
	}
	*at_us = d->free_us = begin +
	    (uint64_t)length_in_ip(pkt) * 8 * 1000000 / d->spec.rate_bps;
	return true;
}

static uint64_t
delay(const struct gs_faults_spec *s, uint64_t drawn)
{
	return s->delay_us - s->jitter_us +
	    below(drawn, (uint32_t)(2 * s->jitter_us + 1));
}

/* Into the line, where none overtakes another; takes pkt->data. */
static struct held *
hold(struct direction *d, const struct gs_packet *pkt, uint64_t now_us,
    uint64_t drawn_jitter)
{
	uint64_t at = now_us;
	struct held *h;

	if (!wait_for_link(d, pkt, &at)) {
		free(pkt->data);
		return NULL;
	}
	h = d->bytes + sizeof(*h) + pkt->len <= HELD_MAX ?
	    calloc(1, sizeof(*h)) :
	    NULL;
	if (h == NULL) {
		d->count.no_room++;
		free(pkt->data);
		return NULL;
	}
	at += delay(&d->spec, drawn_jitter);
	if (at > now_us)
		d->count.delayed++;
	h->due_us = at;
	h->pkt = *pkt;
	d->nheld++;
	d->bytes += sizeof(*h) + pkt->len;
	TAILQ_INSERT_TAIL(&d->line, h, entry);
	return h;
}

/* Another packet just like it; data is NULL where there is no memory. */
static struct gs_packet
copy(const struct gs_packet *pkt)
{
	struct gs_packet twin = *pkt;

	twin.data = malloc(pkt->len);
	if (twin.data != NULL)
		memcpy(twin.data, pkt->data, pkt->len);
	return twin;
}

static void
put(struct direction *d, struct gs_packet *pkt, uint64_t now_us,
    const uint64_t *drawn)
{
	struct gs_packet twin = { .data = NULL };
	struct held *h;

	if (happens(drawn[DRAW_DUPLICATE], d->spec.duplicate))
		twin = copy(pkt);
	if (happens(drawn[DRAW_CORRUPT], d->spec.corrupt))
		corrupt(d, pkt, drawn[DRAW_BIT]);
	h = hold(d, pkt, now_us, drawn[DRAW_JITTER]);
	if (h != NULL && happens(drawn[DRAW_REORDER], d->spec.reorder)) {
		h->overtakers =
		    1 + below(drawn[DRAW_OVERTAKERS], d->spec.overtakers);
		d->count.reordered++;
	}
	if (twin.data != NULL &&
	    hold(d, &twin, now_us, drawn[DRAW_JITTER]) != NULL)
		d->count.duplicated++;
}

void
gs_faults_put(struct gs_faults *f, enum gs_faults_direction dir,
    const struct gs_packet *pkt, uint64_t now_us)
{
	struct direction *d = &f->dir[dir];
	struct gs_packet mine = *pkt;
	uint64_t drawn[DRAWS];
	int i;

	for (i = 0; i < DRAWS; i++)
		drawn[i] = draw(&d->rng);
	d->count.packets++;
	if (survives(d, &mine, drawn))
		put(d, &mine, now_us, drawn);
	else
		free(mine.data);
}

/*
 * A packet leaves
 */

static void
let_go(struct direction *d, struct queue *q, struct held *h,
    struct gs_packet *out)
{
	TAILQ_REMOVE(q, h, entry);
	d->nheld--;
	d->bytes -= sizeof(*h) + h->pkt.len;
	*out = h->pkt;
	free(h);
}

/* One of the line leaves: those that stand aside have waited for it. */
static void
overtake(struct direction *d)
{
	struct held *h, *next;

	for (h = TAILQ_FIRST(&d->aside); h != NULL; h = next) {
		next = TAILQ_NEXT(h, entry);
		if (--h->overtakers > 0)
			continue;
		TAILQ_REMOVE(&d->aside, h, entry);
		TAILQ_INSERT_TAIL(&d->overtaken, h, entry);
	}
}

bool
gs_faults_take(struct gs_faults *f, enum gs_faults_direction dir,
    uint64_t now_us, struct gs_packet *out)
{
	struct direction *d = &f->dir[dir];
	struct held *h;

	for (;;) {
		h = TAILQ_FIRST(&d->overtaken);
		if (h != NULL) {
			let_go(d, &d->overtaken, h, out);
			return true;
		}
		h = TAILQ_FIRST(&d->aside);
		if (h != NULL && h->due_us <= now_us) {
			let_go(d, &d->aside, h, out);
			return true;
		}
		h = TAILQ_FIRST(&d->line);
		if (h == NULL || h->due_us > now_us)
			return false;
		if (h->overtakers == 0) {
			let_go(d, &d->line, h, out);
			overtake(d);
			return true;
		}
		TAILQ_REMOVE(&d->line, h, entry);
		h->due_us += ASIDE_US;
		TAILQ_INSERT_TAIL(&d->aside, h, entry);
	}
}

static uint64_t
due_us(const struct direction *d)
{
	const struct held *aside = TAILQ_FIRST(&d->aside);
	const struct held *next = TAILQ_FIRST(&d->line);
	uint64_t due = UINT64_MAX;

	if (!TAILQ_EMPTY(&d->overtaken))
		return 0;
	if (aside != NULL)
		due = aside->due_us;
	if (next != NULL && next->due_us < due)
		due = next->due_us;
	return due;
}

uint64_t
gs_faults_due_us(const struct gs_faults *f)
{
	uint64_t out = due_us(&f->dir[GS_FAULTS_OUT]);
	uint64_t in = due_us(&f->dir[GS_FAULTS_IN]);

	return out < in ? out : in;
}

void
gs_faults_get_stats(const struct gs_faults *f, struct gs_faults_stats *out)
{
	int d;

	memset(out, 0, sizeof(*out));
	out->seed = f->seed;
	for (d = 0; d < GS_FAULTS_DIRECTIONS; d++) {
		out->count[d] = f->dir[d].count;
		out->held += f->dir[d].nheld;
	}
}
