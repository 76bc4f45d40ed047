/*
 * cat: what the files of "gsctp cat" share.
 *
 *	cat.c		the command line
 *	cat_run.c	start, the loop, the end
 *	cat_listen.c	the listening socket
 *	cat_peer.c	one association: its messages, its end
 *	cat_send.c	a source's messages go to the peers
 *	cat_show.c	a message as it is written
 *	cat_exec.c	a child at each association
 *	cat_frame, cat_hex, cat_out	bytes; they know no more
 *
 * One thread.  Each association has a socket of its own (one-to-one), so that
 * one which has nowhere to go waits in the library, and its peer with it,
 * while others are read.
 */

#ifndef GSCTP_CAT_H
#define GSCTP_CAT_H

#include <gsctp/gsctp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cat_frame.h"
#include "cat_out.h"
#include "net.h"

/* Time that is not limited. */
#define CAT_NEVER (-1)

struct cat_options {
	struct net net;
	bool listens, keeps;
	bool is_json, shows_events, is_verbose;
	struct cat_framing framing;
	bool has_stream;
	uint16_t stream;
	uint32_t ppid;
	bool is_unordered;
	uint32_t ttl_ms;		  /* 0: none */
	uint32_t out_streams, in_streams; /* 0: as ever */
	int connect_ms, idle_ms;
	int wait_ms;	/* after the end of the input */
	uint64_t count; /* 0: no limit */
	size_t max_peers;
	const char *exec;
	char **hosts;
	size_t nhosts;
	const char *port;
};

/* Where messages come from: standard input, or a child. */
struct cat_source {
	int fd; /* -1: closed */
	int at; /* in poll()'s array; 0: not there */
	struct cat_frame *frame;
	struct cat_part part; /* the one that is being sent */
	uint64_t number;      /* of that part; 0: none yet */
	bool has_part;
	bool is_readable;
	bool has_ended;
	bool is_bad; /* it ended within a message, or so */
	uint64_t ended_at;
	bool is_taken; /* some peer has got the part */
};

enum cat_state {
	CAT_CONNECTING,
	CAT_UP,
	CAT_ENDING, /* gsctp_eof(), or the peer's */
	CAT_ENDED,
};

struct cat_peer {
	struct cat_peer *next;
	gsctp_sock sock;
	bool is_open;
	int fd;
	int at, out_at, child_at; /* in poll()'s array; 0: not there */
	enum cat_state state;
	char name[64];
	struct cat_source *source;
	struct cat_out *out;

	/* Sending. */
	uint64_t sent;	/* number of the last part */
	bool is_mid;	/* a message has begun and not ended */
	bool is_full;	/* no room for the part */
	bool wants_eof; /* after this message */
	bool is_short;	/* the peer ended before all was sent */

	/* Receiving. */
	bool is_within; /* a part was written, and more comes */
	uint16_t within_stream;
	uint64_t lost;	       /* messages that were not delivered */
	char why[256];	       /* what the end's message said */
	bool is_shut;	       /* the peer has got all, and ends it */
	bool is_aborted;       /* here, and it was said why */
	bool is_unheard;       /* what it sends is not written any more */
	uint64_t last_traffic; /* ms */
	uint64_t end_by;       /* ms; 0: no limit */

	/* --exec. */
	struct cat_source own_source;
	struct cat_out own_out;
	pid_t pid; /* 0: none, or it has ended */
	int pidfd;
	bool has_child;
};

struct cat {
	const struct cat_options *opts;
	int signals;
	gsctp_sock listener;
	int listener_fd; /* -1: none */
	struct cat_peer *peers;
	size_t npeers;
	struct cat_peer *writer; /* its message is half written to out */
	struct cat_source in;
	struct cat_out out;
	struct cat_framing framing;
	uint64_t received; /* whole messages */
	uint64_t received_bytes, sent, sent_bytes;
	uint64_t last_traffic; /* ms */
	uint64_t started_at;
	bool had_peer;
	bool is_over; /* no new messages, no new peers */
	int signal;
	uint64_t stop_at; /* 0: no limit */
	int code;	  /* the first that is not 0 */
};

uint64_t cat_now_ms(void);

/* cat_run.c */
int cat_run(const struct cat_options *opts, struct sockaddr_storage *addrs,
    size_t naddrs);
/* The first code that is not 0 is the program's. */
void cat_set_code(struct cat *c, int code);
/* Nothing new; what has begun is finished.  Within ms, but for CAT_NEVER. */
void cat_finish(struct cat *c, int within_ms);
/* Standard output is of no use any more: every association is aborted. */
void cat_output_failed(struct cat *c, int err);

/* Write what waits for the peer's data to go to. */
void cat_flush(struct cat *c, struct cat_peer *p);

/* cat_listen.c */
int cat_open_options(const struct cat_options *o, struct gsctp_opt *out);
int cat_listen(struct cat *c);
void cat_accept(struct cat *c);
void cat_stop_listening(struct cat *c);

/* cat_peer.c */
int cat_connect(struct cat *c, const struct sockaddr_storage *addrs,
    size_t naddrs);
struct cat_peer *cat_peer_new(struct cat *c, gsctp_sock s);
void cat_peer_free(struct cat *c, struct cat_peer *p);
/* Take what has arrived, as far as there is room for it. */
void cat_peer_receive(struct cat *c, struct cat_peer *p);
bool cat_peer_may_receive(const struct cat *c, const struct cat_peer *p);
void cat_peer_eof(struct cat *c, struct cat_peer *p);
void cat_peer_abort(struct cat *c, struct cat_peer *p, const char *reason);
/* Its end has taken too long. */
void cat_peer_late(struct cat *c, struct cat_peer *p);

/* cat_send.c */
int cat_source_open(struct cat *c, struct cat_source *s, int fd);
void cat_source_close(struct cat_source *s);
/* Read and send as far as it goes; true: more can be done at once. */
bool cat_source_run(struct cat *c, struct cat_source *s);
/* Is there something to read for? */
bool cat_source_wants_read(const struct cat *c, const struct cat_source *s);

/* cat_show.c: m is taken.  0, or -errno; -EMSGSIZE: a message of --length-
 * prefix came in parts. */
int cat_show_data(struct cat *c, struct cat_peer *p, struct gsctp_msg *m);
int cat_show_event(struct cat *c, const struct gsctp_msg *m);
int cat_show_listening(struct cat *c);

/* cat_exec.c */
int cat_exec_start(struct cat *c, struct cat_peer *p);
/* Its input has come to its end. */
void cat_exec_end_input(struct cat_peer *p);
/* It has ended: say how. */
void cat_exec_reap(struct cat *c, struct cat_peer *p);
void cat_exec_kill(struct cat_peer *p);

#endif
