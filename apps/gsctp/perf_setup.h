/*
 * perf_setup: associations that are set up and ended, one after the other,
 * on several sockets at once.
 */

#ifndef GSCTP_PERF_SETUP_H
#define GSCTP_PERF_SETUP_H

#include "perf_cli.h"
#include "perf_run.h"

struct perf_slot {
	gsctp_sock s;
	int fd;
	bool is_busy; /* an association is there, or on its way */
	uint64_t began_ns;
};

struct perf_setup {
	struct perf_slot slots[PERF_ASSOCS_MAX];
	unsigned int n;
	const struct sockaddr_storage *peers;
	size_t npeers;
};

/* Open n sockets.  0 or an exit code and a line. */
int perf_setup_init(struct perf_setup *u, const struct perf_cli *cli,
    unsigned int n);
void perf_setup_fini(struct perf_setup *u);

/* Begin an association on each socket that has none.  0 or an error. */
int perf_setup_begin(struct perf_setup *u, uint64_t now);

/* Read what slot i has to tell; times go to the run. */
int perf_setup_read(struct perf_setup *u, unsigned int i, struct perf_run *r);

bool perf_setup_is_idle(const struct perf_setup *u);

#endif
