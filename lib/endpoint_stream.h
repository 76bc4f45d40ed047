/*
 * endpoint_stream: one-to-one endpoints.
 *
 * Guarantees
 *  - a listener's associations wait, each in an endpoint of its own, at most
 *    as many as its backlog says; the next peer gets an ABORT;
 *  - who waits to accept is served in the order they came;
 *  - "closed" comes once, after the last message of the association, whatever
 *    memory there is then;
 *  - an association moves to another endpoint with all that is queued of it.
 *
 * Locking: the stack's lock.  Layer 4.
 */

#ifndef GS_ENDPOINT_STREAM_H
#define GS_ENDPOINT_STREAM_H

#include <gsctp/gsctp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "addr.h"

struct gs_assoc;
struct gs_endpoint;
struct gs_msg;
struct socket;

/* A thread that waits to accept. */
struct gs_acceptor {
	TAILQ_ENTRY(gs_acceptor) link;
	pthread_cond_t cond;
	uint64_t got;			/* an endpoint's id */
	bool is_refused;		/* the listener listens no more */
};

TAILQ_HEAD(gs_pending, gs_endpoint);
TAILQ_HEAD(gs_acceptors, gs_acceptor);

struct gs_stream {
	bool is_on;			/* one-to-one */
	bool has_ended;			/* had an association */
	bool has_closed;		/* which ended in peace */
	bool is_read_shut;
	struct gs_msg *closed;		/* for its end */
	union gs_addr peer;		/* as its association began */

	/* Of a listener. */
	unsigned int backlog;		/* 0: does not listen */
	unsigned int npending;
	struct gs_pending pending;
	struct gs_acceptors acceptors;

	/* Of one that waits to be accepted. */
	struct gs_endpoint *listener;
	TAILQ_ENTRY(gs_endpoint) link;
};

/* Make a fresh endpoint one-to-one.  0 or -ENOMEM. */
int gs_stream_init(struct gs_endpoint *ep);
void gs_stream_fini(struct gs_endpoint *ep);

/* May it begin an association?  0, or why not. */
int gs_stream_check_connect(struct gs_endpoint *ep);

int gs_stream_listen(struct gs_endpoint *ep, unsigned int backlog);

/* The listener ep is being closed: nobody waits for it any more. */
void gs_stream_close(struct gs_endpoint *ep);

/* The engine's listener of ep has accepted so.  0 or -errno: so is still the
 * caller's. */
int gs_stream_arrive(struct gs_endpoint *ep, struct socket *so);

/* The first that waits, with what it has from its listener; or NULL. */
struct gs_endpoint *gs_stream_take(struct gs_endpoint *ep);

/* It is not to be had after all: the next to accept gets it. */
void gs_stream_put_back(struct gs_endpoint *ep, struct gs_endpoint *child);

/* What an accepted endpoint has from its listener at this moment. */
int gs_stream_inherit(struct gs_endpoint *child, struct gs_endpoint *ep);

/* Around a wait on w->cond, in order. */
void gs_stream_queue(struct gs_endpoint *ep, struct gs_acceptor *w);
void gs_stream_unqueue(struct gs_endpoint *ep, struct gs_acceptor *w);

/* Move an association of ep that is, or was, up to an endpoint of its own. */
int gs_stream_peel(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gs_endpoint **out);

/* Its association has ended, and was up; error as in struct gsctp_closed. */
void gs_stream_ended(struct gs_endpoint *ep, gsctp_assoc_id id, int error);

/* Data is not wanted any more. */
void gs_stream_shut_read(struct gs_endpoint *ep);

#endif
