/* arrival: see arrival.h. */

#include "arrival.h"

static uint64_t
key_of(uint32_t tag, uint32_t tsn)
{
	return (uint64_t)tag << 32 | tsn;
}

/* TSNs in a row have slots in a row. */
static uint32_t
slot_of(uint32_t tag, uint32_t tsn)
{
	return (tag + tsn) % GS_ARRIVALS;
}

void
gs_arrivals_put(struct gs_arrivals *t, uint32_t tag, uint32_t tsn,
    uint8_t tos, uint8_t ttl)
{
	struct gs_arrival *a = &t->of[slot_of(tag, tsn)];

	if (a->is_known && a->key == key_of(tag, tsn))
		return;
	a->key = key_of(tag, tsn);
	a->is_known = true;
	a->tos = tos;
	a->ttl = ttl;
}

struct gs_arrival
gs_arrivals_find(const struct gs_arrivals *t, uint32_t tag, uint32_t tsn)
{
	static const struct gs_arrival none;
	const struct gs_arrival *a = &t->of[slot_of(tag, tsn)];

	return a->is_known && a->key == key_of(tag, tsn) ? *a : none;
}
