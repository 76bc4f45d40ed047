/*
 * perf_cli: the command line of `gsctp perf', read.
 */

#ifndef GSCTP_PERF_CLI_H
#define GSCTP_PERF_CLI_H

#include "net.h"
#include "perf.h"

#define PERF_SERVER_PORT_TEXT "5201"

struct perf_cli {
	bool is_server;
	char *const *hosts; /* of the client: the addresses of one server */
	size_t nhosts;
	const char *port;
	bool is_one_off; /* the server ends after one test */
	bool is_json;
	const char *report; /* a file, or NULL */
	uint64_t idle_ns;   /* silence of the peer that ends a test */
	struct perf_params p;
	struct net net;
};

/* Each runs until the end, and returns the exit code. */
int perf_client(const struct perf_cli *cli);
int perf_server(const struct perf_cli *cli);

/* The socket options that a test wants, before those of -o; at most 8.
 * Returns how many. */
size_t perf_socket_opts(const struct perf_params *p, struct gsctp_opt *opts);

#endif
