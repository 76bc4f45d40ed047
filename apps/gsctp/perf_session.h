/*
 * perf_session: the server's side of tests: its peers, and the sessions
 * that they are in.
 *
 * Guarantees: what a peer sends that is not the protocol, or too much of
 * it, costs the peer its association and nobody else anything; a session
 * whose client vanishes is freed; there are limits on everything that a
 * peer can make the server keep.
 */

#ifndef GSCTP_PERF_SESSION_H
#define GSCTP_PERF_SESSION_H

#include "perf_cli.h"
#include "perf_run.h"

#define PERF_PEERS_MAX 1024
#define PERF_SESSIONS_MAX 64

struct perf_session;

struct perf_peer {
	struct perf_link link;	      /* first */
	struct perf_session *session; /* or NULL */
	uint64_t since_ns;	      /* that it is in none */
	bool is_dead;		      /* to be freed */
};

struct perf_session {
	struct perf_run run;
	char token[40];
	unsigned int number;
	bool is_going; /* "go" came, or data */
	bool has_go;
	bool is_asked;	/* "finish" came */
	bool is_shared; /* another one went at the same time */
	uint64_t since_ns, heard_ns, alive_ns;
};

struct perf_host {
	const struct perf_cli *cli;
	gsctp_sock listener;
	struct perf_peer *peers[PERF_PEERS_MAX];
	size_t npeers;
	struct perf_session *sessions[PERF_SESSIONS_MAX];
	size_t nsessions;
	unsigned int ntests;	/* begun */
	unsigned int nfinished; /* well, or not */
	int code;		/* the output fails: the exit code */
};

/* Something was printed: CLI_OK, or CLI_FAILED, which ends the server. */
void perf_host_printed(struct perf_host *h, int code);

/* Take an association. */
void perf_host_accept(struct perf_host *h, gsctp_sock s, uint64_t now);

/* It can be read, or written. */
void perf_host_ready(struct perf_host *h, struct perf_peer *peer,
    bool is_writable);

/* What is due.  In *wait, nanoseconds until something else is. */
void perf_host_work(struct perf_host *h, uint64_t now, uint64_t *wait);

/* End everything. */
void perf_host_fini(struct perf_host *h);

#endif
