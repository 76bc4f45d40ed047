/*
 * perf_client: a test, as the client sees it; see perf.h for the protocol.
 */

#ifndef GSCTP_PERF_CLIENT_H
#define GSCTP_PERF_CLIENT_H

#include "perf_cli.h"
#include "perf_doc.h"
#include "perf_run.h"
#include "perf_setup.h"

enum perf_step {
	PERF_CONNECTING, /* the control association */
	PERF_ASKING,	 /* "start" is sent */
	PERF_JOINING,	 /* the other associations */
	PERF_RUNNING,
	PERF_FINISHING, /* "finish" is sent */
	PERF_OVER,
};

struct perf_client {
	const struct perf_cli *cli;
	enum perf_step step;
	char where[80]; /* the server, as text */
	struct sockaddr_storage peers[NET_ADDRS];
	size_t npeers;
	char token[40];

	struct perf_link links[PERF_ASSOCS_MAX];
	unsigned int nlinks;
	unsigned int njoined;
	struct perf_run run;
	struct perf_doc doc;
	struct perf_setup setup;
	json_t *theirs; /* the server's result, or NULL */

	uint64_t heard_ns; /* the server's last message */
	uint64_t step_ns;  /* when the step began */
	uint64_t alive_ns; /* when the server is told of us next */
	uint64_t over_ns;  /* when the test was over here */
	int signal;	   /* that asked for the end, or 0 */
	uint64_t signal_ns;
	int code; /* exit code, once PERF_OVER */
	char problem[200];
};

/* perf_talk.c: what the server says, and what it is told. */
extern const struct perf_reader perf_client_reader;
/* Go on to the next step where it is time to. */
int perf_client_advance(struct perf_client *c, uint64_t now);
/* The test is over, with an exit code and why. */
void perf_client_over(struct perf_client *c, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Open link number i and begin to connect it.  0 or an exit code. */
int perf_client_connect(struct perf_client *c, unsigned int i);

#endif
