/*
 * perf_run: a test that runs, at either end: what is sent and when, what is
 * counted, and the samples of each interval.
 *
 * Guarantees: nothing here waits; payload is counted where it is received;
 * the samples of a run add up to its totals; what could not be measured is
 * null, not 0.  Times are of the monotonic clock.
 */

#ifndef GSCTP_PERF_RUN_H
#define GSCTP_PERF_RUN_H

#include "perf_facts.h"
#include "perf_hist.h"
#include "perf_link.h"
#include "perf_rate.h"

struct perf_run {
	struct perf_params p;
	bool sends, receives; /* does this end? */
	bool asks;	      /* it is the client of a latency test */
	struct perf_link *links[PERF_ASSOCS_MAX];
	unsigned int nlinks;

	bool is_running;
	bool is_stopped; /* nothing more is to be sent */
	uint64_t began_ns;
	uint64_t left; /* bytes to send */
	struct perf_rate rate;
	unsigned int turn; /* the link that sends next */
	unsigned char *payload;
	double cpu_began;

	/* What there was at the end of the last interval. */
	uint64_t cut_ns, next_cut_ns;
	uint64_t rx_bytes, rx_messages, tx_bytes, tx_messages, rtx;
	bool is_rtx_known;

	/* Nanoseconds: round trips, or set-ups; all, and of this interval. */
	struct perf_hist *times, *times_now;
	uint64_t times_ns; /* when the last one was added */
	uint64_t failures; /* set-ups that failed */

	/* When the last was sent: later the engine only waits for SACKs. */
	struct perf_paths paths;
	json_t *facts; /* of the beginning: an end may be too late to ask */
};

/* 0 or -ENOMEM. */
int perf_run_init(struct perf_run *r, const struct perf_params *p,
    bool is_server);
void perf_run_fini(struct perf_run *r);

/* The clock starts; nlinks and links are set. */
void perf_run_go(struct perf_run *r, uint64_t now);

/*
 * Send what may leave now.  In *wait, how long until there is more to do:
 * 0, at once; UINT64_MAX, not before something happens.  0 or an error.
 */
int perf_run_send(struct perf_run *r, uint64_t now, uint64_t *wait);

/* Send no more; "end" follows. */
int perf_run_stop(struct perf_run *r);

/* A message of data has arrived on l. */
int perf_run_data(struct perf_run *r, struct perf_link *l,
    struct gsctp_msg **msg);

void perf_run_time(struct perf_run *r, uint64_t ns, uint64_t now);

/* "end" was sent everywhere; "end" came from everywhere. */
bool perf_run_has_sent(const struct perf_run *r);
bool perf_run_has_received(const struct perf_run *r);

/* Bytes and messages received, or sent, so far. */
uint64_t perf_run_rx(const struct perf_run *r);
uint64_t perf_run_tx(const struct perf_run *r);

/* Nanoseconds until the interval is over; UINT64_MAX: nothing runs. */
uint64_t perf_run_until_cut(const struct perf_run *r, uint64_t now);
/* The sample of the interval that is over, or, if is_last, of what is left;
 * NULL where there is none. */
json_t *perf_run_cut(struct perf_run *r, uint64_t now, bool is_last);

/* The totals of this end, and what it is. */
json_t *perf_run_result(const struct perf_run *r);

/* p50, p90, p99, p99.9, max, mean in microseconds, and the buckets. */
json_t *perf_times_json(const struct perf_hist *h, bool with_buckets);

#endif
