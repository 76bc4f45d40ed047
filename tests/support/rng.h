/* rng: numbers that a run repeats: the seed is printed, and taken from
 * GSCTP_TEST_SEED. */

#ifndef GS_TEST_RNG_H
#define GS_TEST_RNG_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static inline uint64_t
rng_seed(void)
{
	const char *text = getenv("GSCTP_TEST_SEED");
	struct timespec ts;
	uint64_t v;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	v = text != NULL ? strtoull(text, NULL, 10) :
			   (uint64_t)getpid() * 1000003 + (uint64_t)ts.tv_nsec;
	printf("GSCTP_TEST_SEED=%llu\n", (unsigned long long)v);
	return v | 1;
}

/* xorshift64* */
static inline uint64_t
rng_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

#endif
