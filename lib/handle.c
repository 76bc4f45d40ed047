#include "handle.h"

#include <errno.h>
#include <stdlib.h>

/* The end of the free list, and so no slot's index. */
#define NONE UINT32_MAX

#define FIRST_SLOTS 64u
#define MAX_SLOTS (1u << 24)

/* An id is gen << 32 | index; gen is never 0, so no id is. */
struct slot {
	void *obj;    /* NULL while it is free */
	uint32_t gen; /* of this use, or of the next if free */
	uint32_t next_free;
};

/* Guarded by the stack lock. */
static struct slot *slots;
static uint32_t nslots;
static uint32_t free_head = NONE;
static uint32_t free_tail = NONE;
static size_t nlive;

static void
put_free(uint32_t i)
{
	slots[i].next_free = NONE;
	if (free_head == NONE)
		free_head = i;
	else
		slots[free_tail].next_free = i;
	free_tail = i;
}

static int
grow(void)
{
	struct slot *bigger;
	uint32_t i, n;

	n = nslots == 0 ? FIRST_SLOTS : nslots * 2;
	if (n > MAX_SLOTS)
		return -EMFILE;
	bigger = realloc(slots, n * sizeof(*bigger));
	if (bigger == NULL)
		return -ENOMEM;
	slots = bigger;
	for (i = nslots; i < n; i++) {
		slots[i].obj = NULL;
		slots[i].gen = 1;
		put_free(i);
	}
	nslots = n;
	return 0;
}

int
gs_handle_new(void *obj, uint64_t *id)
{
	uint32_t i;
	int err;

	if (obj == NULL)
		return -EINVAL;
	if (free_head == NONE) {
		err = grow();
		if (err != 0)
			return err;
	}
	i = free_head;
	free_head = slots[i].next_free;
	if (free_head == NONE)
		free_tail = NONE;
	slots[i].obj = obj;
	nlive++;
	*id = (uint64_t)slots[i].gen << 32 | i;
	return 0;
}

/* The slot of a live id, or NULL. */
static struct slot *
find(uint64_t id)
{
	uint32_t i = (uint32_t)(id & UINT32_MAX);
	struct slot *slot;

	if (i >= nslots)
		return NULL;
	slot = &slots[i];
	if (slot->obj == NULL || slot->gen != (uint32_t)(id >> 32))
		return NULL;
	return slot;
}

void *
gs_handle_get(uint64_t id)
{
	const struct slot *slot = find(id);

	return slot != NULL ? slot->obj : NULL;
}

void *
gs_handle_del(uint64_t id)
{
	struct slot *slot = find(id);
	void *obj;

	if (slot == NULL)
		return NULL;
	obj = slot->obj;
	slot->obj = NULL;
	slot->gen = gs_handle_gen_after(slot->gen);
	put_free((uint32_t)(slot - slots));
	nlive--;
	return obj;
}

size_t
gs_handle_count(void)
{
	return nlive;
}
