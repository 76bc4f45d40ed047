/*
 * pmtu: which packets a path takes, found out by packets that are sent for
 * that alone (RFC 8899).
 *
 * Guarantees
 *  - a path gets no more than what has been answered, but for what it began
 *    with;
 *  - whoever does not answer is asked GS_PMTU_TRIES times for one size, at
 *    least GS_PMTU_WAIT_MS apart, and then not for long: a search ends;
 *  - what is in use is lowered only where the base is answered and it is
 *    not, or where the system says that it takes no more: a path that is
 *    down keeps its MTU.
 *
 * Only decisions: it sends nothing, and its clock is the caller's.  Sizes are
 * the caller's too, as long as they are all of one kind.
 *
 * Locking: the caller's.  Layer 2.
 */

#ifndef GS_PMTU_H
#define GS_PMTU_H

#include <stdbool.h>
#include <stdint.h>

#define GS_PMTU_TRIES 3
#define GS_PMTU_WAIT_MS 1000
#define GS_PMTU_RAISE_MS 600000 /* RFC 8899 5.1.1: PMTU_RAISE_TIMER */

/* Timeouts of data after which what is in use is doubted. */
#define GS_PMTU_TIMEOUTS 2

enum gs_pmtu_phase {
	GS_PMTU_REST,	/* until due_ms; then a search may begin */
	GS_PMTU_SEARCH, /* for more than what is in use */
	GS_PMTU_ASK,	/* is the base answered? */
	GS_PMTU_CHECK,	/* it is: is what is in use answered? */
};

struct gs_pmtu {
	enum gs_pmtu_phase phase;
	uint16_t head;	   /* IP's and others' headers, not in the sizes */
	uint16_t base;	   /* is taken everywhere */
	uint16_t most;	   /* the interface takes no more */
	uint16_t now;	   /* in use */
	uint16_t bad;	   /* was not answered; 0: none */
	uint16_t probe;	   /* is asked for; 0: none */
	uint8_t tries;	   /* of it so far */
	uint8_t timeouts;  /* of data since anything was answered */
	bool has_answered; /* in this search */
	uint64_t due_ms;
};

/* head: what comes to a size in IP; first: what is in use already. */
void gs_pmtu_init(struct gs_pmtu *p, uint16_t head, uint16_t base,
    uint16_t first, uint16_t most);

/* At rest, and the time has come?  A search begins with gs_pmtu_begin(). */
bool gs_pmtu_may_begin(const struct gs_pmtu *p, uint64_t now_ms);
void gs_pmtu_begin(struct gs_pmtu *p, uint64_t now_ms);

/* The size of a packet that is to be sent now; 0 where there is none. */
uint16_t gs_pmtu_next(struct gs_pmtu *p, uint64_t now_ms);

/* When gs_pmtu_next() wants to be called; UINT64_MAX at rest. */
uint64_t gs_pmtu_due(const struct gs_pmtu *p);

/* One of this size was answered. */
void gs_pmtu_answered(struct gs_pmtu *p, uint16_t size, uint64_t now_ms);

/* The system takes no more than this, or more again: at rest, a search may
 * begin then. */
void gs_pmtu_limit(struct gs_pmtu *p, uint16_t most);

/* Data was not acknowledged in time. */
void gs_pmtu_timeout(struct gs_pmtu *p, uint64_t now_ms);

#endif
