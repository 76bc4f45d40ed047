#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* le64toh() */
#endif

#include "htab.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS_MIN 64

int
gs_htab_init(struct gs_htab *t)
{
	t->buckets = calloc(BUCKETS_MIN, sizeof(struct gs_htab_node *));
	if (t->buckets == NULL)
		return -ENOMEM;
	t->nbuckets = BUCKETS_MIN;
	t->count = 0;
	return 0;
}

void
gs_htab_fini(struct gs_htab *t)
{
	free(t->buckets);
	memset(t, 0, sizeof(*t));
}

static struct gs_htab_node **
bucket(const struct gs_htab *t, uint64_t hash)
{
	return &t->buckets[hash & (t->nbuckets - 1)];
}

static void
grow(struct gs_htab *t)
{
	struct gs_htab bigger = *t;
	size_t i;

	if (t->nbuckets > SIZE_MAX / 2 / sizeof(*t->buckets))
		return;
	bigger.nbuckets = t->nbuckets * 2;
	bigger.buckets = calloc(bigger.nbuckets, sizeof(*bigger.buckets));
	if (bigger.buckets == NULL)
		return;
	for (i = 0; i < t->nbuckets; i++) {
		struct gs_htab_node *n = t->buckets[i];

		while (n != NULL) {
			struct gs_htab_node *next = n->next;
			struct gs_htab_node **head = bucket(&bigger, n->hash);

			n->next = *head;
			*head = n;
			n = next;
		}
	}
	free(t->buckets);
	*t = bigger;
}

void
gs_htab_add(struct gs_htab *t, struct gs_htab_node *n, uint64_t hash)
{
	struct gs_htab_node **head;

	if (t->count >= t->nbuckets)
		grow(t);
	head = bucket(t, hash);
	n->hash = hash;
	n->next = *head;
	*head = n;
	t->count++;
}

void
gs_htab_remove(struct gs_htab *t, struct gs_htab_node *n)
{
	struct gs_htab_node **at = bucket(t, n->hash);

	while (*at != NULL && *at != n)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = n->next;
	n->next = NULL;
	t->count--;
}

static struct gs_htab_node *
skip_others(struct gs_htab_node *n, uint64_t hash)
{
	while (n != NULL && n->hash != hash)
		n = n->next;
	return n;
}

struct gs_htab_node *
gs_htab_first(const struct gs_htab *t, uint64_t hash)
{
	return skip_others(*bucket(t, hash), hash);
}

struct gs_htab_node *
gs_htab_next(const struct gs_htab_node *n)
{
	return skip_others(n->next, n->hash);
}

static uint64_t
rotl(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static inline void
sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

/* The last word: the bytes that are left, and the length on top. */
static uint64_t
sip_tail(const uint8_t *p, size_t left, size_t len)
{
	uint64_t word = (uint64_t)len << 56;

	while (left > 0) {
		left--;
		word |= (uint64_t)p[left] << (8 * left);
	}
	return word;
}

uint64_t
gs_htab_hash(const uint64_t key[2], const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	size_t left = len;
	uint64_t v[4], word;
	int i;

	v[0] = key[0] ^ 0x736f6d6570736575u;
	v[1] = key[1] ^ 0x646f72616e646f6du;
	v[2] = key[0] ^ 0x6c7967656e657261u;
	v[3] = key[1] ^ 0x7465646279746573u;
	for (; left >= 8; p += 8, left -= 8) {
		memcpy(&word, p, sizeof(word));
		sip_word(v, le64toh(word));
	}
	sip_word(v, sip_tail(p, left, len));
	v[2] ^= 0xff;
	for (i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
