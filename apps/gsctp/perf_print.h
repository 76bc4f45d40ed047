/*
 * perf_print: a test for a person: what is to be done, a line each interval,
 * the summary.  All of it from the JSON that --json prints, so that both say
 * the same.
 */

#ifndef GSCTP_PERF_PRINT_H
#define GSCTP_PERF_PRINT_H

#include <stdio.h>

#include "perf.h"

/* "812.3 Mbit/s", "1.2 GB"; "-" where v is no number.  buf has 32 bytes. */
const char *perf_text_rate(const json_t *v, char *buf);
const char *perf_text_bytes(const json_t *v, char *buf);

/* "throughput, to the server, 10 s, messages of ...".  buf has len bytes. */
const char *perf_text_params(const struct perf_params *p, char *buf,
    size_t len);

void perf_print_start(FILE *to, const struct perf_params *p, const char *where);
/* done: how much of the test has passed, 0 to 1. */
void perf_print_interval(FILE *to, const struct perf_params *p,
    const json_t *interval, double done);
void perf_print_end(FILE *to, const struct perf_params *p, const json_t *doc);

#endif
