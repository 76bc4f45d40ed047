/*
 * htab: a hash table of nodes that live inside the caller's structs.
 *
 * Guarantees
 *  - it never fails and holds any number of nodes: where memory to grow is
 *    short the chains get longer;
 *  - nodes of one hash are found in one chain, the newest first;
 *  - with a random key, who chooses the input cannot choose the chain.
 *
 * Locking: the caller's.  Layer 0.
 */

#ifndef GS_HTAB_H
#define GS_HTAB_H

#include <stddef.h>
#include <stdint.h>

struct gs_htab_node {
	struct gs_htab_node *next;
	uint64_t hash;
};

struct gs_htab {
	struct gs_htab_node **buckets;
	size_t nbuckets; /* a power of two */
	size_t count;
};

/* 0 or -ENOMEM. */
int gs_htab_init(struct gs_htab *t);

/* The nodes are the caller's, and stay. */
void gs_htab_fini(struct gs_htab *t);

void gs_htab_add(struct gs_htab *t, struct gs_htab_node *n, uint64_t hash);
void gs_htab_remove(struct gs_htab *t, struct gs_htab_node *n);

/* The first node of this hash, and the next one after n; or NULL. */
struct gs_htab_node *gs_htab_first(const struct gs_htab *t, uint64_t hash);
struct gs_htab_node *gs_htab_next(const struct gs_htab_node *n);

/* SipHash-2-4 of len bytes. */
uint64_t gs_htab_hash(const uint64_t key[2], const void *bytes, size_t len);

#endif
