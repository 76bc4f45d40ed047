/*
 * tags: the associations and handshakes that the filter knows.
 *
 * Guarantees
 *  - a look-up by ports and tag, or by ports and peer address, costs the
 *    same however many records there are;
 *  - what is not confirmed is bounded and expires, the oldest first; our own
 *    attempts and those of others have a bound each, so a flood of INITs
 *    cannot drive out an attempt of ours;
 *  - a handshake that others began is found by a peer's address only once
 *    its cookie has come back: a forged INIT binds nobody's address.
 *
 * Locking: the filter's.  Layer 2.
 */

#ifndef GS_TAGS_H
#define GS_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "htab.h"

#define GS_TAGS_ADDRS_MAX 32

/* In the order of a handshake; from GS_TAG_OURS on there is an association
 * in the engine. */
enum gs_tag_state {
	GS_TAG_OFFERED,	 /* an INIT came in; our tag is not known yet */
	GS_TAG_ANSWERED, /* an INIT ACK went out */
	GS_TAG_OURS,	 /* an INIT of ours went out */
	GS_TAG_ECHOED,	 /* the cookie of our INIT ACK came back */
	GS_TAG_CONFIRMED,
};

struct gs_tag_record;

/* An address that our side has given up, and what it stands for. */
struct gs_tag_retired {
	struct gs_tag_retired *next;
	union gs_addr from, to;
};

/* One address of a record's peer; its port is the UDP port last proven. */
struct gs_tag_addr {
	struct gs_htab_node by_addr;
	struct gs_tag_addr *next;
	struct gs_tag_record *rec;
	union gs_addr addr;
};

struct gs_tag_record {
	struct gs_htab_node by_tag;
	struct gs_tag_record *older, *newer; /* in its state's queue */
	struct gs_tag_addr *addrs;
	struct gs_tag_retired *retired;
	uint64_t locals;     /* the filter's: our addresses that it knows */
	uint64_t seen_ms;
	uint32_t owner;	     /* filter_owner.h; 0: none */
	uint32_t local_tag, peer_tag;
	uint16_t local_port, peer_port;
	uint8_t state;	     /* enum gs_tag_state */
	uint8_t naddrs;
	bool has_more_addrs; /* than are kept: the set is not known */
	bool is_indexed;     /* its addresses are in by_addr */
	bool has_lost;	     /* its peer an address (RFC 5061) */
	bool has_asked;	     /* our side for streams (RFC 6525) */
	bool has_first;	     /* the memory below is in use */
	struct gs_tag_addr first; /* an address; most have no other */
};

struct gs_tag_queue {
	struct gs_tag_record *oldest, *newest;
	size_t count, naddrs;
};

struct gs_tags {
	uint64_t key[2];
	struct gs_htab by_tag;
	struct gs_htab by_addr;
	struct gs_tag_queue ours, theirs; /* bounded; they expire */
	struct gs_tag_queue confirmed;
	size_t half_open_max;	/* records, and their addresses */
	size_t nretired;	/* of all records */
	bool is_partial;	/* an association, or an address of one, has
				 * been left out: for good */
};

int gs_tags_init(struct gs_tags *t, size_t half_open_max);
void gs_tags_fini(struct gs_tags *t);

/* Forget handshakes last seen before this. */
void gs_tags_expire(struct gs_tags *t, uint64_t before_ms);

/* A record in GS_TAG_OFFERED is found by the peer's tag and address. */
struct gs_tag_record *gs_tags_find(const struct gs_tags *t, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag);
struct gs_tag_record *gs_tags_find_offer(const struct gs_tags *t,
    uint16_t local_port, uint16_t peer_port, uint32_t peer_tag,
    const union gs_addr *src);

/*
 * The addresses equal to addr of associations with these ports.  AF_UNSPEC
 * finds the associations of which no address is known.
 */
struct gs_tag_addr *gs_tags_first_addr(const struct gs_tags *t,
    uint16_t local_port, uint16_t peer_port, const union gs_addr *addr);
struct gs_tag_addr *gs_tags_next_addr(const struct gs_tag_addr *a);

/* r's own address equal to addr, or NULL. */
struct gs_tag_addr *gs_tag_addr_find(const struct gs_tag_record *r,
    const union gs_addr *addr);

/*
 * A new record, which evicts the oldest of its queue where that is full;
 * NULL where memory is short.  For GS_TAG_OFFERED tag is the peer's, and
 * first the address that it came from; else tag is our own.  first may be
 * AF_UNSPEC.
 */
struct gs_tag_record *gs_tags_add(struct gs_tags *t, enum gs_tag_state state,
    uint16_t local_port, uint16_t peer_port, uint32_t tag,
    const union gs_addr *first, uint64_t now_ms);
void gs_tags_remove(struct gs_tags *t, struct gs_tag_record *r);

/* An offer has been answered with this tag of ours. */
void gs_tags_answer(struct gs_tags *t, struct gs_tag_record *r,
    uint32_t local_tag);

/* On to ECHOED or CONFIRMED. */
void gs_tags_promote(struct gs_tags *t, struct gs_tag_record *r,
    enum gs_tag_state state);

/* It is alive: to the young end of its queue. */
void gs_tags_refresh(struct gs_tags *t, struct gs_tag_record *r,
    uint64_t now_ms);

/* Known addresses are not added twice.  Where memory is short or the record
 * full, has_more_addrs says so. */
void gs_tags_add_addr(struct gs_tags *t, struct gs_tag_record *r,
    const union gs_addr *addr);
void gs_tags_remove_addr(struct gs_tags *t, struct gs_tag_record *r,
    const union gs_addr *addr);
void gs_tags_clear_addrs(struct gs_tags *t, struct gs_tag_record *r);

#endif
