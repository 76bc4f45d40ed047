/*
 * perf_hist: how often each value came, in buckets that grow with it.
 *
 * Guarantees: any uint64_t has a bucket; a bucket is at most 1/32 of its
 * values wide (below 64 each value has its own), so that a percentile is
 * at most 3.2 % above what it stands for, and never above the largest or
 * below the smallest value that came; adding takes no memory.  No I/O.
 */

#ifndef GSCTP_PERF_HIST_H
#define GSCTP_PERF_HIST_H

#include <stddef.h>
#include <stdint.h>

#define PERF_HIST_SUB 32 /* buckets for each doubling */
#define PERF_HIST_BUCKETS (2 * PERF_HIST_SUB + 58 * PERF_HIST_SUB)

struct perf_hist {
	uint64_t count[PERF_HIST_BUCKETS];
	uint64_t total;
	uint64_t min, max; /* of the values; 0 where total is */
	double sum;
};

void perf_hist_clear(struct perf_hist *h);
void perf_hist_add(struct perf_hist *h, uint64_t value);

/* The value that percent (0 to 100) of the values are not above; 0 where
 * there is none. */
uint64_t perf_hist_percentile(const struct perf_hist *h, double percent);

double perf_hist_mean(const struct perf_hist *h);

/* The bucket of a value; the first and the last value of a bucket. */
size_t perf_hist_bucket(uint64_t value);
uint64_t perf_hist_first(size_t bucket);
uint64_t perf_hist_last(size_t bucket);

#endif
