/*
 * source: which local address the system sends from to a destination, and
 * how long a packet it takes for the way there.
 *
 * Guarantees
 *  - what is told is not older than GS_SOURCE_MS, but where the system has
 *    no route any more: then it is the last that it had, as the path has
 *    not changed but failed;
 *  - the system is asked once in that time, however many packets leave, and
 *    GS_SOURCE_PER_MS times a millisecond for all destinations: where these
 *    are too many, what is told is older, or there is nothing to tell;
 *  - of a loopback destination no source is told: there each is as good.
 *
 * Locking: the caller's.  Layer 2.
 */

#ifndef GS_SOURCE_H
#define GS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

#define GS_SOURCE_MS 200
#define GS_SOURCE_DSTS 1024
#define GS_SOURCE_PER_MS 10	/* a tenth of the time */
#define GS_SOURCE_BURST 100

struct gs_source {
	/* The system's routes; a test has its own.  *mtu as below. */
	bool (*ask)(const union gs_addr *dst, union gs_addr *src,
	    uint32_t *mtu);
	struct gs_source_dst {
		union gs_addr dst, src;
		bool has_src;
		uint32_t mtu;
		uint64_t asked_ms;
	} dsts[GS_SOURCE_DSTS];	/* by a hash of dst; the later one stays */
	uint64_t counted_ms;	/* left grows since then */
	uint64_t left;		/* times that the system may be asked */
};

void gs_source_init(struct gs_source *s);

/* The source for dst in *src, port 0; false where there is none to tell. */
bool gs_source_find(struct gs_source *s, const union gs_addr *dst,
    uint64_t now_ms, union gs_addr *src);

/*
 * The longest IP packet that the system would send to dst in one piece: its
 * interface's MTU, or less where a router has said so; 0 where there is none
 * to tell.  *is_local: dst is an address of this host.
 */
uint32_t gs_source_mtu(struct gs_source *s, const union gs_addr *dst,
    uint64_t now_ms, bool *is_local);

#endif
