/* perf_hist: see perf_hist.h. */

#include "perf_hist.h"

#include <string.h>

void
perf_hist_clear(struct perf_hist *h)
{
	memset(h, 0, sizeof(*h));
}

/*
 * Below 64 a value is its bucket.  Above, a value is shifted until 6 bits are
 * left, of which the first is 1: 32 buckets for each number of shifts.
 */
size_t
perf_hist_bucket(uint64_t value)
{
	unsigned int shift;

	if (value < (uint64_t)2 * PERF_HIST_SUB)
		return (size_t)value;
	shift = 63u - (unsigned int)__builtin_clzll(value) - 5u;
	return (size_t)(shift * PERF_HIST_SUB + (value >> shift));
}

uint64_t
perf_hist_first(size_t bucket)
{
	size_t shift;

	if (bucket < (size_t)2 * PERF_HIST_SUB)
		return bucket;
	shift = bucket / PERF_HIST_SUB - 1;
	return (uint64_t)(bucket % PERF_HIST_SUB + PERF_HIST_SUB) << shift;
}

uint64_t
perf_hist_last(size_t bucket)
{
	if (bucket + 1 >= PERF_HIST_BUCKETS)
		return UINT64_MAX;
	return perf_hist_first(bucket + 1) - 1;
}

void
perf_hist_add(struct perf_hist *h, uint64_t value)
{
	h->count[perf_hist_bucket(value)]++;
	if (h->total == 0 || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->total++;
	h->sum += (double)value;
}

uint64_t
perf_hist_percentile(const struct perf_hist *h, double percent)
{
	uint64_t rank, seen = 0, v;
	double exact;
	size_t i;

	if (h->total == 0)
		return 0;
	exact = (double)h->total * percent / 100.0;
	rank = (uint64_t)exact;
	if (rank == 0 || (double)rank < exact)
		rank++;
	if (rank >= h->total)
		return h->max;
	for (i = 0; i < PERF_HIST_BUCKETS; i++) {
		seen += h->count[i];
		if (seen >= rank)
			break;
	}
	v = perf_hist_last(i);
	if (v > h->max)
		v = h->max;
	return v < h->min ? h->min : v;
}

double
perf_hist_mean(const struct perf_hist *h)
{
	return h->total == 0 ? 0.0 : h->sum / (double)h->total;
}
