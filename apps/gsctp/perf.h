/*
 * perf: what the files of `gsctp perf' share: the parameters of a test, the
 * protocol between client and server, and the clock.
 *
 * The protocol.  A test has one association or more.  The first is its
 * control association; all of them carry control messages on stream 0, JSON
 * objects of PERF_PPID_CONTROL with a member "type", and data on the streams
 * from 1 on, of PERF_PPID_DATA.
 *
 *	client				server
 *	start (version, parameters) ->
 *				      <-	ready (token, what it is), or
 *						error (message)
 *	on each further association:
 *	join (token) ->
 *				      <-	joined
 *	then, on the control association:
 *	go ->				both clocks start
 *	data ->			      <->	data
 *	alive, from time to time ->   <-	interval, each second
 *	stop: send no more ->
 *	end, on each association, when all that was sent there is
 *	acknowledged ->		      <-	the same
 *	finish, when both directions have ended ->
 *				      <-	result
 *	and the client ends the associations.
 *
 * A test of set-ups has associations of its own beside that one: each says
 *	bye ->
 * and the server ends it.
 *
 * Whoever gets "end" has had all data of that association before it.
 */

#ifndef GSCTP_PERF_H
#define GSCTP_PERF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define PERF_VERSION 1
#define PERF_PORT 5201
#define PERF_PPID_CONTROL 0x67706643u
#define PERF_PPID_DATA 0x67706644u

/* Limits of what a client may ask for, and of what either side reads. */
#define PERF_ASSOCS_MAX 128
#define PERF_STREAMS_MAX 256
#define PERF_LENGTH_MAX (1024 * 1024)
#define PERF_TIME_MAX_MS (24 * 3600 * 1000)
#define PERF_INTERVAL_MIN_MS 100
#define PERF_INTERVALS_MAX 100000
#define PERF_CONTROL_MAX 65536

/* Until a test runs, each step has this long. */
#define PERF_STEP_NS UINT64_C(10000000000)

enum perf_mode {
	PERF_THROUGHPUT,
	PERF_LATENCY,
	PERF_SETUP,
};

struct perf_params {
	uint32_t mode; /* enum perf_mode */
	bool to_server, to_client;
	uint32_t length; /* of a message, bytes */
	uint16_t streams;
	uint16_t assocs;
	uint32_t time_ms; /* 0: until bytes are sent */
	uint64_t bytes;	  /* of each direction; 0: until the time is up */
	uint64_t rate;	  /* bits a second, of each direction; 0: none */
	bool unordered;
	uint32_t pr_flag; /* GSCTP_PR_..., or 0 */
	uint32_t pr_value;
	uint32_t interval_ms;
};

/* "throughput", "latency", "setup"; "ttl", "rtx", "prio" or NULL. */
const char *perf_mode_name(uint32_t mode);
const char *perf_pr_name(uint32_t flag);

/* As they are sent, and are in the report. */
json_t *perf_params_json(const struct perf_params *p);

/* Read and check them.  NULL, or what is wrong with them; static. */
const char *perf_params_read(const json_t *o, struct perf_params *p);
const char *perf_params_check(const struct perf_params *p);

/*
 * Reading what a peer sent: a number that is not there, or is none, is the
 * fallback.
 */
uint64_t perf_get(const json_t *o, const char *name, uint64_t fallback);
const char *perf_text(const json_t *o, const char *name);

/* value, or null where !is_known. */
json_t *perf_number(bool is_known, double value);
json_t *perf_integer(bool is_known, uint64_t value);
/* A copy of the numbers of o, an object, that are named; what is missing is
 * null.  names ends with NULL. */
json_t *perf_pick(const json_t *o, const char *const *names);
/* Set a member; json_object_set_new() whose result is of no use: without
 * memory the member is missing. */
void perf_put(json_t *o, const char *name, json_t *taken);

static inline uint64_t
perf_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static inline double
perf_seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

/* Bits a second, or 0 where no time has passed. */
static inline double
perf_bits(uint64_t bytes, double seconds)
{
	return seconds > 0 ? (double)bytes * 8 / seconds : 0.0;
}

#endif
