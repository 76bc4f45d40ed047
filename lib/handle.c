#include "handle.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_SLOTS 64u
#define MAX_SLOTS (1u << 24)

/* An id is gen << 32 | index; gen is never 0, so no id is. */
struct gs_handle_slot {
	void *obj;    /* NULL while it is free */
	uint32_t gen; /* of this use, or of the next if free */
	uint32_t next_free;
};

static void
put_free(struct gs_handles *t, uint32_t i)
{
	t->slots[i].next_free = GS_HANDLE_NONE;
	if (t->free_head == GS_HANDLE_NONE)
		t->free_head = i;
	else
		t->slots[t->free_tail].next_free = i;
	t->free_tail = i;
}

static int
grow(struct gs_handles *t)
{
	struct gs_handle_slot *bigger;
	uint32_t i, n;

	n = t->nslots == 0 ? FIRST_SLOTS : t->nslots * 2;
	if (n > MAX_SLOTS)
		return -EMFILE;
	bigger = realloc(t->slots, n * sizeof(*bigger));
	if (bigger == NULL)
		return -ENOMEM;
	t->slots = bigger;
	for (i = t->nslots; i < n; i++) {
		t->slots[i].obj = NULL;
		t->slots[i].gen = 1;
		put_free(t, i);
	}
	t->nslots = n;
	return 0;
}

int
gs_handle_new(struct gs_handles *t, void *obj, uint64_t *id)
{
	uint32_t i;
	int err;

	if (obj == NULL)
		return -EINVAL;
	if (t->free_head == GS_HANDLE_NONE) {
		err = grow(t);
		if (err != 0)
			return err;
	}
	i = t->free_head;
	t->free_head = t->slots[i].next_free;
	if (t->free_head == GS_HANDLE_NONE)
		t->free_tail = GS_HANDLE_NONE;
	t->slots[i].obj = obj;
	t->nlive++;
	*id = (uint64_t)t->slots[i].gen << 32 | i;
	return 0;
}

/* The slot of a live id, or NULL. */
static struct gs_handle_slot *
find(const struct gs_handles *t, uint64_t id)
{
	uint32_t i = (uint32_t)(id & UINT32_MAX);
	struct gs_handle_slot *slot;

	if (i >= t->nslots)
		return NULL;
	slot = &t->slots[i];
	if (slot->obj == NULL || slot->gen != (uint32_t)(id >> 32))
		return NULL;
	return slot;
}

void *
gs_handle_get(const struct gs_handles *t, uint64_t id)
{
	const struct gs_handle_slot *slot = find(t, id);

	return slot != NULL ? slot->obj : NULL;
}

void *
gs_handle_del(struct gs_handles *t, uint64_t id)
{
	struct gs_handle_slot *slot = find(t, id);
	void *obj;

	if (slot == NULL)
		return NULL;
	obj = slot->obj;
	slot->obj = NULL;
	slot->gen = gs_handle_gen_after(slot->gen);
	put_free(t, (uint32_t)(slot - t->slots));
	t->nlive--;
	return obj;
}

size_t
gs_handle_count(const struct gs_handles *t)
{
	return t->nlive;
}
