/*
 * perf_link: one association of a test, at either end.
 *
 * Guarantees: nothing here waits; control messages leave in the order they
 * were given, when there is room, and before further data; what a peer sends
 * is a control message that could be parsed, data, or an error that ends the
 * link.
 */

#ifndef GSCTP_PERF_LINK_H
#define GSCTP_PERF_LINK_H

#include <gsctp/gsctp.h>
#include <poll.h>

#include "perf.h"

#define PERF_QUEUE_MAX 32

/* How far one direction of the association has come. */
enum perf_tx {
	PERF_TX_NONE,  /* nothing is to be sent, or not yet */
	PERF_TX_DATA,  /* data is sent */
	PERF_TX_DRAIN, /* all is sent, and not acknowledged */
	PERF_TX_ENDED, /* "end" has been sent */
};

struct perf_link {
	gsctp_sock s;
	int fd;
	bool is_open;	 /* s is a socket */
	bool is_up;	 /* comm_up came, and no end */
	bool is_blocked; /* the last send was refused for want of room */
	bool is_paused;	 /* do not read: an echo waits, or "go" */
	struct gsctp_assoc_change up;
	struct sockaddr_storage peer;
	/* How it has ended: enum gsctp_assoc_change_state, the cause, and the
	 * text of the peer's ABORT, printable. */
	uint32_t end_state;
	uint16_t end_cause;
	char reason[64];

	char *queue[PERF_QUEUE_MAX]; /* control messages that wait */
	size_t nqueue;
	struct gsctp_msg *echo; /* data that waits to be sent back */

	enum perf_tx tx;
	uint64_t tx_bytes, tx_messages;
	uint16_t stream; /* of the last data message */

	bool rx_ended; /* the peer's "end" came */
	uint64_t rx_bytes, rx_messages;
	uint64_t rx_ns;	  /* when the last data came */
	uint64_t ping_ns; /* when the last question was asked */
};

/* Make the socket s a link. */
int perf_link_init(struct perf_link *l, gsctp_sock s);
/* Close the socket; what was sent is delivered first. */
void perf_link_close(struct perf_link *l);
/* End it at once, with a reason that the peer sees. */
void perf_link_abort(struct perf_link *l, const char *reason);

/* What to poll() for. */
short perf_link_events(const struct perf_link *l);

/* Send a control message; type alone where more is NULL.  more is taken. */
int perf_link_control(struct perf_link *l, const char *type, json_t *more);

/* Send what waits for room.  0, -EAGAIN, or what broke the link. */
int perf_link_flush(struct perf_link *l);

/* Send one message of data on the next stream.  0, -EAGAIN, or an error. */
int perf_link_data(struct perf_link *l, const struct perf_params *p,
    const void *data, size_t len);

/* All data is sent: "end" follows when it is acknowledged. */
int perf_link_drain(struct perf_link *l);

/*
 * What a link tells whoever reads it.  Each may be called several times in
 * one perf_link_read().  A control message is borrowed; data may be kept by
 * taking *msg and setting it to NULL.  An answer other than 0 stops the
 * reading, and is the answer of perf_link_read().
 */
struct perf_reader {
	int (*on_up)(void *arg, struct perf_link *l);
	int (*on_control)(void *arg, struct perf_link *l, const char *type,
	    json_t *o);
	int (*on_data)(void *arg, struct perf_link *l, struct gsctp_msg **msg);
	/* error is that of the message closed; -ECONNREFUSED: it never came
	 * up, for before INITs run out a step has. */
	int (*on_down)(void *arg, struct perf_link *l, int error);
};

/* Read what is there, up to a number of messages.  0, an answer of the
 * reader, or -EBADMSG: what came is not this protocol. */
int perf_link_read(struct perf_link *l, const struct perf_reader *r, void *arg);

#endif
