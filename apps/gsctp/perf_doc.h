/*
 * perf_doc: the result of a test as one JSON document, put together from the
 * samples and totals of both ends.
 *
 * Guarantees: a figure of the receiver is the receiver's, a figure of the
 * sender the sender's; what an end did not tell is null.  What the server
 * sent is copied number by number, so nothing else of it gets in.
 */

#ifndef GSCTP_PERF_DOC_H
#define GSCTP_PERF_DOC_H

#include "perf.h"

struct perf_doc {
	struct perf_params p;
	json_t *own, *theirs; /* samples; arrays */
	size_t iown, itheirs; /* those that are merged */
	json_t *intervals;    /* merged */
	size_t ntheirs;	      /* samples that the server has sent */
};

int perf_doc_init(struct perf_doc *d, const struct perf_params *p);
void perf_doc_fini(struct perf_doc *d);

/* A sample of this end; taken, NULL is none. */
void perf_doc_own(struct perf_doc *d, json_t *sample);
/* One of the server; borrowed.  0, or -EBADMSG: there are too many. */
int perf_doc_theirs(struct perf_doc *d, const json_t *sample);

/*
 * The next interval that is complete; or, where the server is late by more
 * than two of them or is_end is set, the next one as it is: what comes late
 * has one of its own.  perf_doc_make() puts them together anew.  NULL: none.
 * Borrowed.
 */
const json_t *perf_doc_next(struct perf_doc *d, bool is_end);

/* What the totals are made of. */
struct perf_totals {
	const json_t *own;    /* perf_run_result() of the client */
	const json_t *theirs; /* the server's, or NULL */
	json_t *times;	      /* perf_times_json() or NULL; taken */
	uint64_t failures;    /* of set-ups */
	double seconds;	      /* that the test took; 0: it did not begin */
	const char *problem;  /* why it is not complete, or NULL */
};

/* The whole document; where is "127.0.0.1:5201". */
json_t *perf_doc_make(struct perf_doc *d, const struct perf_totals *t,
    const char *where);

#endif
