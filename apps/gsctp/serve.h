/*
 * serve: the small servers of RFC 862 (echo), 863 (discard), 864 (chargen)
 * and 867 (daytime), on SCTP messages.
 *
 * Guarantees
 *  - every association is a one-to-one socket of its own, read passively: a
 *    peer that does not read, or is over its rate, is held back by its own
 *    window, and stops nobody else;
 *  - of an association there is at most one message in this process, besides
 *    its buffers in the library: that which waits for room to be echoed;
 *  - nothing blocks but the wait for descriptors, and the output.
 *
 * serve.c is the command line, serve_loop.c the server, serve_assoc.c one
 * association, serve_service.c what each service does, serve_stats.c what
 * is told.
 */

#ifndef GSCTP_SERVE_H
#define GSCTP_SERVE_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "net.h"

struct serve;
struct serve_assoc;

/* What a service does; each may be NULL. */
struct serve_service {
	const char *name;
	uint16_t port;
	/* The association is up. */
	void (*start)(struct serve *sv, struct serve_assoc *a);
	/* A message came: taken. */
	void (*take)(struct serve *sv, struct serve_assoc *a,
	    struct gsctp_msg *msg);
	/* There may be room to send. */
	void (*send)(struct serve *sv, struct serve_assoc *a);
};

/* The service of that name, or NULL. */
const struct serve_service *serve_service_find(const char *name);

struct serve_options {
	struct net net;
	uint16_t port;
	uint64_t max_assocs;
	uint64_t max_message; /* bytes */
	uint64_t rate;	      /* bytes a second of each; 0: no limit */
	int idle_ms;	      /* 0: no limit */
	int grace_ms;	      /* for what ends */
	bool is_json;
	bool has_events;
};

/* What an association has done, or all of them. */
struct serve_counts {
	uint64_t messages_in, bytes_in;
	uint64_t messages_out, bytes_out;
	uint64_t dropped;      /* came, and could not be echoed any more */
	uint64_t held_back;    /* times that there was no room to send */
	uint64_t rate_limited; /* times that the rate made it wait */
};

struct serve_assoc {
	TAILQ_ENTRY(serve_assoc) link;
	gsctp_sock sock;
	int fd;
	uint32_t watched;  /* the events that epoll knows */
	gsctp_assoc_id id; /* 0: not up yet */
	struct sockaddr_storage peer;
	uint64_t since_ms;
	uint64_t active_ms;	/* something moved */
	struct gsctp_msg *held; /* echo: waits for room */
	unsigned int line;	/* chargen: the next one */
	int64_t credit;		/* what the rate allows: bytes * 1000 */
	uint64_t credit_ms;	/* as of when */
	uint64_t wait_until_ms; /* for credit; 0: need not */
	uint64_t end_by_ms;	/* it is ending; 0: it is not */
	bool is_full;		/* no room to send */
	bool is_mute;		/* it shuts down: nothing can be sent */
	bool is_gone;		/* it has ended: its rate is no matter */
	bool is_over;		/* its end is counted */
	bool is_done;		/* to be freed */
	struct serve_counts counts;
};

TAILQ_HEAD(serve_assocs, serve_assoc);

struct serve {
	const struct serve_service *service;
	struct serve_options opt;
	gsctp_sock listener;
	bool is_listening;
	int epoll_fd;
	int signal_fd;
	uint64_t start_ms;
	uint64_t now_ms;
	uint64_t check_ms;  /* nothing runs out before; UINT64_MAX */
	uint64_t end_by_ms; /* of the server; 0: it runs */
	int signal;	    /* a second one came: the end at once */
	int code;	    /* the output fails: the exit code */
	struct serve_assocs assocs;
	size_t nassocs;
	uint64_t most; /* associations at once */
	uint64_t accepted;
	uint64_t refused; /* past max_assocs, or no descriptor */
	uint64_t ended;	  /* gracefully */
	uint64_t lost;	  /* abort, restart or silence of the peer */
	uint64_t aborted; /* by the server */
	struct serve_counts counts;
};

/* Serve until a signal ends it.  The exit code. */
int serve_run(struct serve *sv);

/* Look at the timers again by then. */
void serve_check_by(struct serve *sv, uint64_t ms);

/*
 * One association
 */

/* Of an accepted socket, which is taken.  NULL: no memory or descriptor, and
 * it is refused. */
struct serve_assoc *serve_assoc_new(struct serve *sv, gsctp_sock sock);
void serve_assoc_free(struct serve *sv, struct serve_assoc *a);

/* Its descriptor is readable or writable: epoll's events. */
void serve_assoc_ready(struct serve *sv, struct serve_assoc *a,
    uint32_t events);
/* What may have run out: the rate's wait, idle, the end. */
void serve_assoc_check(struct serve *sv, struct serve_assoc *a);
/* What epoll shall tell, and when to look at it. */
void serve_assoc_watch(struct serve *sv, struct serve_assoc *a);

/* Send one message; it counts.  0; -EAGAIN: no room, and it is full until
 * there is; else the association is no more, or has been ended. */
int serve_assoc_send(struct serve *sv, struct serve_assoc *a,
    const struct gsctp_sndrcvinfo *info, const void *data, size_t len);
/* Bytes that go against the rate. */
void serve_assoc_spend(struct serve *sv, struct serve_assoc *a, size_t len);
/* May it go on, or must it wait: for room, its rate, its end? */
bool serve_assoc_may(const struct serve_assoc *a);

/* Its place is wanted: where it has ended behind messages that wait for its
 * rate, they are read, and it is done. */
void serve_assoc_hurry(struct serve *sv, struct serve_assoc *a);

/* End it gracefully; what it sends is not looked at. */
void serve_assoc_finish(struct serve *sv, struct serve_assoc *a);
/* Abort it, and say why: to the peer and here. */
void serve_assoc_cut(struct serve *sv, struct serve_assoc *a, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/*
 * What is told
 */

void serve_say_listening(struct serve *sv);
void serve_say_statistics(struct serve *sv, bool with_assocs);
/* --events: a message of the library. */
void serve_say_message(struct serve *sv, const struct gsctp_msg *msg);
/* The server ends, or refuses, an association. */
void serve_say_cut(struct serve *sv, gsctp_assoc_id id,
    const struct sockaddr_storage *peer, const char *why);

#endif
