/*
 * endpoint: a socket of gsctp, made of associations.
 *
 * Guarantees
 *  - the one layer under every face: what is readable, writable and ended
 *    is known here, for all that the engine forgets to tell;
 *  - its port belongs to it alone, from open to close;
 *  - an endpoint that is closed is never found again by its handle, and is
 *    freed when the last thread that waits on it has left.
 *
 * Locking: the stack's lock guards every field.  Layer 4.
 */

#ifndef GS_ENDPOINT_H
#define GS_ENDPOINT_H

#include <gsctp/gsctp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "addr.h"
#include "assoc.h"
#include "endpoint_auth.h"
#include "endpoint_deliver.h"
#include "endpoint_stream.h"
#include "htab.h"
#include "msg.h"
#include "port_set.h"

struct gs_ready;

/* Options that the engine does not keep. */
struct gs_endpoint_opts {
	uint32_t buffer;		/* bound of a whole message, bytes */
	struct gsctp_linger linger;
	bool reuseaddr;
	bool v6only;
	bool mapped_v4;
	int32_t send_timeout_ms;
	bool send_timeout_close;
	bool exit_on_close;
	uint32_t autoclose_s;
	uint32_t events;		/* GS_EV_..., what is delivered */
	bool data_io;
	bool explicit_eor;
	bool recv_tos, recv_ttl;
	bool has_encaps;		/* REMOTE_UDP_ENCAPS_PORT was set */
	struct gs_send_defaults default_send;
};

struct gs_endpoint {
	struct gs_owner owner;		/* first: the upcall's arg */
	uint64_t id;
	bool v6;
	bool is_listening;
	bool is_closed;
	/*
	 * The listener, which holds the port and the options for what is to
	 * come.  NULL: what was accepted or peeled off, and a one-to-one
	 * endpoint that has had its association.
	 */
	struct socket *so;
	bool is_child;			/* accepted or peeled off */
	bool has_chosen_port;		/* by the application, or bind() of
					 * posix.h: it stays */
	uint16_t port;
	union gs_addr *addrs;		/* bound to, at least one */
	size_t naddrs;
	bool is_wildcard;
	struct gs_endpoint_opts opts;
	struct gs_endpoint_auth auth;
	struct gs_delivery delivery;
	struct gs_stream stream;
	struct gsctp_stat stat;		/* without averages */
	uint64_t recv_deviation;	/* sum of all messages' */

	struct gs_assoc_list assocs;
	size_t nassocs;
	struct gs_assoc_list ready;
	size_t nfull;			/* associations with is_full */
	bool is_taking;			/* in gs_endpoint_take() */

	pthread_cond_t cond;		/* receivers */
	unsigned int nwaiting;
	struct gs_ready *fd;		/* NULL until asked for */
	bool is_posix;			/* fd is another's: posix.h */
	int error;			/* which it has not been told */
	bool is_read_shut;		/* the end is shown: posix.h */
	TAILQ_ENTRY(gs_endpoint) in_hub;
	struct gs_htab_node by_port;	/* hub_find.h */
};
TAILQ_HEAD(gs_endpoint_list, gs_endpoint);

struct gs_endpoint_config {
	bool v6;
	bool v6only;
	bool reuseaddr;
	bool is_stream;
	uint64_t mbox;			/* 0: none */
	uint16_t port;			/* 0: ephemeral, and none of */
	const struct gs_port_set *taken; /* these, unless it is NULL */
	union gs_addr *addrs;		/* none: every address */
	size_t naddrs;
};

int gs_endpoint_open(const struct gs_endpoint_config *cfg,
    struct gs_endpoint **out);

/* One-to-one, with parent's port, addresses and options, and without an
 * association yet.  0, -EMFILE or -ENOMEM. */
int gs_endpoint_new_child(struct gs_endpoint *parent,
    struct gs_endpoint **out);

/* The associations become orphans; must_abort: none is ended gracefully.
 * The handle is gone already, or goes with this. */
void gs_endpoint_close(struct gs_endpoint *ep, bool must_abort);

/* NULL for a stale handle. */
struct gs_endpoint *gs_endpoint_find(gsctp_sock s);

/* How many are open. */
size_t gs_endpoint_count(void);

/* backlog 0: not any more.  0 or -EINVAL. */
int gs_endpoint_listen(struct gs_endpoint *ep, unsigned int backlog);

/* Nothing more is to come from this port. */
void gs_endpoint_release_port(struct gs_endpoint *ep);

/* Another ephemeral port, for an endpoint that has its listener and does not
 * listen; its associations stay as they are.  0, -EADDRINUSE or -ENOMEM: then
 * it has the old one. */
int gs_endpoint_change_port(struct gs_endpoint *ep);

/* Is it to be known how the data of its associations came? */
bool gs_endpoint_watches(const struct gs_endpoint *ep);

/* Options of what the engine tells the associations of ep; where it fails
 * they stay as they were. */
int gs_endpoint_set_events(struct gs_endpoint *ep, uint32_t events);

/* Associations that came up on the listener. */
void gs_endpoint_accept(struct gs_endpoint *ep);

/* An association of ep by id, which may be ending, or NULL.  A one-to-one
 * endpoint's, whatever the id. */
struct gs_assoc *gs_endpoint_assoc(struct gs_endpoint *ep, gsctp_assoc_id id);

/* The association in the engine, or the attempt, with this peer. */
struct gs_assoc *gs_endpoint_peer(struct gs_endpoint *ep,
    const union gs_addr *peer);

/* The next message, or NULL. */
struct gs_msg *gs_endpoint_take(struct gs_endpoint *ep);
bool gs_endpoint_is_readable(const struct gs_endpoint *ep);

/* A message of it was sent: inet:getstat/1. */
void gs_endpoint_count_sent(struct gs_endpoint *ep, size_t len);

/* Readable, writable or closed may have changed: wake and tell. */
void gs_endpoint_update(struct gs_endpoint *ep);

/* The same, as a message or a peer has come: an edge, too. */
void gs_endpoint_arrived(struct gs_endpoint *ep);

/* More has come behind what waits already. */
void gs_endpoint_edge(struct gs_endpoint *ep);

/* The same, and receivers must look again even if nothing is there. */
void gs_endpoint_wake(struct gs_endpoint *ep);

/* Around a wait on ep->cond. */
void gs_endpoint_hold(struct gs_endpoint *ep);
void gs_endpoint_unhold(struct gs_endpoint *ep);

int gs_endpoint_fd(struct gs_endpoint *ep);

/* An address, with its port, as the application wants it on this endpoint;
 * all zero where it is none. */
void gs_endpoint_give_addr(const struct gs_endpoint *ep,
    const union gs_addr *a, struct sockaddr_storage *out);

/*
 * Readiness is shown in r, which is another's, as poll() shows it of a socket
 * of the kernel; NULL: no more.  See posix.h.
 */
void gs_endpoint_show_in(struct gs_endpoint *ep, struct gs_ready *r);

/* For whoever asks with gs_posix_take_error(). */
void gs_endpoint_fail(struct gs_endpoint *ep, int err);

#endif
