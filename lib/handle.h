/*
 * handle: 64-bit ids for objects, which answer "gone" where a pointer would
 * dangle.
 *
 * Guarantees
 *  - an id is never 0, and never that of another live object;
 *  - a stale id finds nothing until its slot has been used again 2^32 - 1
 *    times, also over a stop and a new start of the stack: the table never
 *    forgets a generation;
 *  - freed slots are used again oldest first, so that generations spread;
 *  - any 64-bit value may be looked up.
 *
 * Locking: none of its own.  There is one table a kind of object, for the
 * life of the process, and the caller holds the lock that guards it.
 *
 * Layer 0; knows nothing of the objects.
 */

#ifndef GS_HANDLE_H
#define GS_HANDLE_H

#include <stddef.h>
#include <stdint.h>

struct gs_handle_slot;

/* A table; begins as GS_HANDLES_INIT. */
struct gs_handles {
	struct gs_handle_slot *slots;
	uint32_t nslots;
	uint32_t free_head, free_tail;	/* of the free slots' list */
	size_t nlive;
};

/* The end of the free list, and so no slot's index. */
#define GS_HANDLE_NONE UINT32_MAX

#define GS_HANDLES_INIT                                                      \
	{                                                                    \
		NULL, 0, GS_HANDLE_NONE, GS_HANDLE_NONE, 0                   \
	}

/* An id for obj (borrowed, not NULL).  0, -EINVAL, -EMFILE or -ENOMEM. */
int gs_handle_new(struct gs_handles *t, void *obj, uint64_t *id);

/* The object, or NULL if id is stale or was never one. */
void *gs_handle_get(const struct gs_handles *t, uint64_t id);

/* Make id stale.  Returns the object, or NULL as gs_handle_get(). */
void *gs_handle_del(struct gs_handles *t, uint64_t id);

/* Live ids. */
size_t gs_handle_count(const struct gs_handles *t);

/* The generation of a slot's next use. */
static inline uint32_t
gs_handle_gen_after(uint32_t gen)
{
	return gen == UINT32_MAX ? 1 : gen + 1;
}

#endif
