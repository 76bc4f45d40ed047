/* counter: see counter.h. */

#include "counter.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "chunk.h"
#include "cursor.h"

#define CHUNK_SACK    3
#define CHUNK_NR_SACK 16

/* Guarded by the stack's lock.  There is a table while something counts. */
static struct gs_htab by_tag;
static size_t nstarted;
static uint64_t key[2];

/* Of data that nothing counts yet: it came with the end of a handshake, or
 * between that and its association's start. */
static struct gs_arrivals early;

#define FROM_NODE(n, member)                                                 \
	((struct gs_counter *)(void *)((char *)(n) -                         \
	    offsetof(struct gs_counter, member)))

/* is_peer keeps the two ends of an association within one stack apart. */
static uint64_t
hash_of(uint16_t local_port, uint16_t peer_port, uint32_t tag, bool is_peer)
{
	const uint32_t v[3] = { (uint32_t)local_port << 16 | peer_port, tag,
		is_peer };

	return gs_htab_hash(key, v, sizeof(v));
}

static bool
have_table(void)
{
	if (nstarted > 0)
		return true;
	/* A key that can be guessed costs time, and only that. */
	if (getrandom(key, sizeof(key), GRND_NONBLOCK) !=
	    (ssize_t)sizeof(key))
		key[0] = (uint64_t)(uintptr_t)&by_tag;
	return gs_htab_init(&by_tag) == 0;
}

void
gs_counter_stop(struct gs_counter *c)
{
	if (!c->is_started)
		return;
	gs_htab_remove(&by_tag, &c->by_local);
	gs_htab_remove(&by_tag, &c->by_peer);
	c->is_started = false;
	if (--nstarted == 0)
		gs_htab_fini(&by_tag);
}

void
gs_counter_start(struct gs_counter *c, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, uint32_t peer_tag)
{
	gs_counter_stop(c);
	if (!have_table())
		return;
	nstarted++;
	c->is_started = true;
	c->has_tsn = false;
	c->local_port = local_port;
	c->peer_port = peer_port;
	c->local_tag = local_tag;
	c->peer_tag = peer_tag;
	gs_htab_add(&by_tag, &c->by_local,
	    hash_of(local_port, peer_port, local_tag, false));
	gs_htab_add(&by_tag, &c->by_peer,
	    hash_of(local_port, peer_port, peer_tag, true));
}

static struct gs_counter *
find(uint16_t local_port, uint16_t peer_port, uint32_t tag, bool is_peer)
{
	struct gs_htab_node *n;
	struct gs_counter *c;

	if (nstarted == 0)
		return NULL;
	n = gs_htab_first(&by_tag,
	    hash_of(local_port, peer_port, tag, is_peer));
	for (; n != NULL; n = gs_htab_next(n)) {
		c = is_peer ? FROM_NODE(n, by_peer) : FROM_NODE(n, by_local);
		if (c->local_port == local_port &&
		    c->peer_port == peer_port &&
		    (is_peer ? c->peer_tag : c->local_tag) == tag)
			return c;
	}
	return NULL;
}

/* A TSN that is not past the last one has been sent before. */
static void
on_data_out(struct gs_counter *c, struct gs_cursor value)
{
	uint32_t tsn = gs_cursor_be32(&value);

	if (c->has_tsn && (int32_t)(tsn - c->tsn) <= 0) {
		c->again++;
		return;
	}
	c->has_tsn = true;
	c->tsn = tsn;
}

static void
on_sack_out(struct gs_counter *c, uint8_t type, struct gs_cursor value)
{
	/* Behind the TSN and the window are the counts of gaps. */
	gs_cursor_skip(&value, type == CHUNK_NR_SACK ? 12 : 10);
	c->duplicates += gs_cursor_be16(&value);
}

static void
count(struct gs_counter *c, struct gs_counts *n, struct gs_cursor chunks,
    size_t len)
{
	bool is_out = n == &c->out;
	struct gs_chunk chunk;

	n->packets++;
	n->bytes += len;
	while (gs_chunk_next(&chunks, &chunk)) {
		switch (chunk.type) {
		case GS_CHUNK_DATA:
		case GS_CHUNK_I_DATA:
			n->data++;
			if (is_out)
				on_data_out(c, chunk.value);
			break;
		case CHUNK_SACK:
		case CHUNK_NR_SACK:
			n->sacks++;
			if (is_out)
				on_sack_out(c, chunk.type, chunk.value);
			break;
		default:
			n->control++;
			break;
		}
	}
}

int
gs_counter_watch(struct gs_counter *c, bool on)
{
	if (!on) {
		free(c->arrivals);
		c->arrivals = NULL;
	} else if (c->arrivals == NULL) {
		c->arrivals = calloc(1, sizeof(*c->arrivals));
		if (c->arrivals == NULL)
			return -ENOMEM;
	}
	return 0;
}

struct gs_arrival
gs_counter_arrival(const struct gs_counter *c, uint32_t tsn)
{
	struct gs_arrival a = { 0 };

	if (c->arrivals == NULL || !c->is_started)
		return a;
	a = gs_arrivals_find(c->arrivals, c->local_tag, tsn);
	return a.is_known ? a : gs_arrivals_find(&early, c->local_tag, tsn);
}

static void
note_arrivals(struct gs_arrivals *to, uint32_t tag, struct gs_cursor chunks,
    const struct gs_packet *pkt)
{
	struct gs_chunk chunk;

	while (gs_chunk_next(&chunks, &chunk))
		if (chunk.type == GS_CHUNK_DATA ||
		    chunk.type == GS_CHUNK_I_DATA)
			gs_arrivals_put(to, tag,
			    gs_cursor_be32(&chunk.value), pkt->tos, pkt->ttl);
}

void
gs_counter_in(const struct gs_packet *pkt)
{
	struct gs_common_header h;
	struct gs_counter *c;
	struct gs_cursor cur;

	gs_cursor_init(&cur, pkt->data, pkt->len);
	h = gs_common_header_read(&cur);
	c = find(h.dst_port, h.src_port, h.tag, false);
	if (c == NULL)
		note_arrivals(&early, h.tag, cur, pkt);
	else if (c->arrivals != NULL)
		note_arrivals(c->arrivals, h.tag, cur, pkt);
	if (c != NULL)
		count(c, &c->in, cur, pkt->len);
}

void
gs_counter_out(const struct gs_packet *pkt)
{
	struct gs_common_header h;
	struct gs_counter *c;
	struct gs_cursor cur;

	gs_cursor_init(&cur, pkt->data, pkt->len);
	h = gs_common_header_read(&cur);
	c = find(h.src_port, h.dst_port, h.tag, true);
	if (c != NULL)
		count(c, &c->out, cur, pkt->len);
}
