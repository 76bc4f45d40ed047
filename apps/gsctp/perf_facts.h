/*
 * perf_facts: what the library tells of an association that has to do with
 * how fast it is.
 */

#ifndef GSCTP_PERF_FACTS_H
#define GSCTP_PERF_FACTS_H

#include "perf_link.h"

/* Of several links: sums, and the mean of the round-trip times. */
struct perf_paths {
	bool is_known; /* every link could be asked */
	uint64_t rtx;  /* chunks of data sent again, so far */
	double rtt_ms;
	uint64_t cwnd;
};
void perf_paths_ask(struct perf_link *const *links, unsigned int n,
    struct perf_paths *out);

/* Messages that were given up by partial reliability. */
bool perf_abandoned(struct perf_link *const *links, unsigned int n,
    uint64_t *out);

/* Path MTU, buffers, delayed SACK, encapsulation, versions: an object. */
json_t *perf_facts(const struct perf_link *l);

/* Seconds of CPU time that this process has used. */
double perf_cpu(void);

#endif
