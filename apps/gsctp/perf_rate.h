/*
 * perf_rate: when the next message may leave, for a target rate.
 *
 * Guarantees: what is sent keeps to the rate on average, whatever the sizes
 * of messages; whoever was held up may catch up on PERF_RATE_DEBT_NS, no
 * more.  No clock of its own: times are the caller's, in nanoseconds.
 */

#ifndef GSCTP_PERF_RATE_H
#define GSCTP_PERF_RATE_H

#include <stdint.h>

#define PERF_RATE_DEBT_NS UINT64_C(1000000000)

struct perf_rate {
	uint64_t bits;	  /* a second; 0: no limit */
	uint64_t next_ns; /* the next message may leave then */
	uint64_t rest;	  /* of the last division */
};

void perf_rate_init(struct perf_rate *r, uint64_t bits, uint64_t now_ns);

/* Nanoseconds until the next message may leave; 0: now. */
uint64_t perf_rate_wait(const struct perf_rate *r, uint64_t now_ns);

/* A message of that many bytes (less than 2 GB) has left. */
void perf_rate_sent(struct perf_rate *r, uint64_t bytes, uint64_t now_ns);

#endif
