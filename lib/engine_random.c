/*
 * engine_random: the engine's random numbers, a few hundred bytes at a time.
 *
 * Each endpoint asks the system for some, several times, and stretches them by
 * an HMAC, compiled without optimisation; and each association is an endpoint:
 * that was an eighth of what setting one up cost.  All of it comes from the
 * system, at once for many.  The stack's lock is held.  Layer 3.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getrandom() */
#endif

#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

#include "engine_abi.h"

/* getrandom() is neither cut short nor interrupted up to this many. */
#define STORE 256

#define HMAC_SHA1 1
#define SHA1_LEN 20

static uint8_t store[STORE];
static size_t left;

static bool
draw(uint8_t *out, size_t len)
{
	if (left < len) {
		left = 0;
		if (getrandom(store, STORE, 0) != STORE)
			return false;
		left = STORE;
	}
	left -= len;
	memcpy(out, store + left, len);
	/* What was given out is nobody else's to find. */
	memset(store + left, 0, len);
	return true;
}

/* It asks for a few bytes at a time, five times an association. */
void
__wrap_read_random(void *out, size_t len)
{
	if (len > STORE || !draw(out, len))
		__real_read_random(out, len);
}

/* From another object it is called for those numbers alone. */
uint32_t
__wrap_sctp_hmac(uint16_t algo, uint8_t *key, uint32_t key_len, uint8_t *text,
    uint32_t text_len, uint8_t *digest)
{
	if (algo == HMAC_SHA1 && draw(digest, SHA1_LEN))
		return SHA1_LEN;
	return __real_sctp_hmac(algo, key, key_len, text, text_len, digest);
}
