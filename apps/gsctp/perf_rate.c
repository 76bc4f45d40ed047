/* perf_rate: see perf_rate.h. */

#include "perf_rate.h"

#define NS UINT64_C(1000000000)

void
perf_rate_init(struct perf_rate *r, uint64_t bits, uint64_t now_ns)
{
	r->bits = bits;
	r->next_ns = now_ns;
	r->rest = 0;
}

uint64_t
perf_rate_wait(const struct perf_rate *r, uint64_t now_ns)
{
	if (r->bits == 0 || r->next_ns <= now_ns)
		return 0;
	return r->next_ns - now_ns;
}

void
perf_rate_sent(struct perf_rate *r, uint64_t bytes, uint64_t now_ns)
{
	uint64_t cost;

	if (r->bits == 0)
		return;
	if (now_ns > PERF_RATE_DEBT_NS &&
	    r->next_ns < now_ns - PERF_RATE_DEBT_NS)
		r->next_ns = now_ns - PERF_RATE_DEBT_NS;
	/* 2^31 bytes are 2^34 bits: 2^64 with a second's nanoseconds. */
	cost = bytes * 8 * NS + r->rest;
	r->next_ns += cost / r->bits;
	r->rest = cost % r->bits;
}
