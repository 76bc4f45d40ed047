/*
 * arrival: with which TOS and TTL a chunk of data came, by its TSN.
 *
 * The engine does not say in which packet a message came, but its TSN.
 *
 * Guarantees
 *  - what is found is of the very packet that brought the chunk, the first
 *    one where it came more than once;
 *  - the last GS_ARRIVALS chunks of a tag in a row are there, where the table
 *    has but that tag's.
 *
 * Locking: the stack's lock guards all of it.  Layer 2.
 */

#ifndef GS_ARRIVAL_H
#define GS_ARRIVAL_H

#include <stdbool.h>
#include <stdint.h>

/* The small messages that wait in a receive buffer of the default size. */
#define GS_ARRIVALS 1024

struct gs_arrival {
	uint64_t key;
	bool is_known;
	uint8_t tos;
	uint8_t ttl;
};

/* Zeroed, it is empty. */
struct gs_arrivals {
	struct gs_arrival of[GS_ARRIVALS];
};

void gs_arrivals_put(struct gs_arrivals *t, uint32_t tag, uint32_t tsn,
    uint8_t tos, uint8_t ttl);

/* With is_known false where it is not known. */
struct gs_arrival gs_arrivals_find(const struct gs_arrivals *t, uint32_t tag,
    uint32_t tsn);

#endif
