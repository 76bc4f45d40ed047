/*
 * check: messages that say what they are, so that one that is lost, comes
 * twice, out of order or with other bytes is noticed, at little cost.
 *
 * Every CHECK_STEP bytes, and at its end, a message has a word made of its
 * number and the place: each packet of a long one has at least one.  The
 * rest is the same in all messages, and looked at in one of CHECK_EVERY.
 */

#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECK_STEP 512
#define CHECK_EVERY 64
#define CHECK_MIN 16 /* bytes of the shortest message */

/* Make data, len bytes, ready for check_stamp(). */
void check_fill(uint8_t *data, size_t len);

/* Make it message number, and the last one or not. */
void check_stamp(uint8_t *data, size_t len, uint64_t number, bool is_last);

/* What a receiver knows. */
struct check {
	uint64_t next; /* number */
	size_t len;    /* of each message */
	bool may_lose; /* not: may come twice, or out of order */
	uint64_t lost;
	bool is_last; /* it was seen */
	char why[128];
};

/* The next message has come: is it that?  If not, why says what is wrong. */
bool check_take(struct check *c, const uint8_t *data, size_t len);

#endif
