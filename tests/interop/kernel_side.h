/*
 * kernel_side: what the rows of the table share.  A link is this library's
 * socket, the kernel's peer in its process, and the association between them.
 */

#ifndef GS_TEST_KERNEL_SIDE_H
#define GS_TEST_KERNEL_SIDE_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel_peer.h"

/* What must come comes within this. */
#define LINK_MS 20000

/* Of this library's; the kernel's are PEER_OSTREAMS and PEER_INSTREAMS. */
#define LINK_OSTREAMS 10

/* RFC 9260 3.3.10.12 and .13. */
#define USER_INITIATED_ABORT 12
#define PROTOCOL_VIOLATION 13

/* Ends the row, which has failed. */
#define must(what)                                            \
	do {                                                  \
		if (!(what))                                  \
			link_fail(__FILE__, __LINE__, #what); \
	} while (0)

/* The same for what should be equal; says what it is instead. */
#define must_be(what, value)                                       \
	link_must_be(__FILE__, __LINE__, #what, (long long)(what), \
	    (long long)(value))

void link_fail(const char *file, int line, const char *what)
    __attribute__((noreturn));
void link_must_be(const char *file, int line, const char *what, long long is,
    long long should);

struct link {
	/* How: told by the table. */
	int family;
	bool kernel_connects;
	size_t npaths;
	size_t addrs_here, addrs_there; /* at first; 0: one a path */

	/* Addresses of both ends, one a path; the kernel's with its port. */
	struct sockaddr_storage ours[PEER_ADDRS];
	struct sockaddr_storage theirs[PEER_ADDRS];

	pid_t peer;
	int to_peer, from_peer;

	/* How the row wants its ends, before link_open(). */
	bool peer_is_one_to_one;
	uint32_t peer_buffer; /* bytes; 0: some MiB */
	uint16_t port;

	gsctp_sock s;
	gsctp_assoc_id id;
	struct gsctp_assoc_change up; /* ours; without causes */
	struct peer_reply peer_up;

	/* What either end was told of the other's addresses: by path, bits
	 * of gsctp's and of the kernel's states. */
	uint32_t seen[PEER_ADDRS], peer_seen[PEER_ADDRS];
};

/*
 * The peer
 */

/* Have it do something; its answer, whatever that is. */
struct peer_reply link_ask(struct link *l, const struct peer_cmd *cmd);
#define ask(l, ...) link_ask((l), &(const struct peer_cmd){ __VA_ARGS__ })

/* The same for what cannot fail. */
#define order(l, ...) must_be(ask((l), __VA_ARGS__).err, 0)

/* The next that it gets is this, but for changes of addresses. */
struct peer_reply link_peer_next(struct link *l, uint32_t what);

/* An option of level IPPROTO_SCTP; of_assoc: it begins with an id, which is to
 * be the association's. */
int link_peer_try(struct link *l, uint32_t option, const void *value,
    size_t len, bool of_assoc);
void link_peer_set(struct link *l, uint32_t option, const void *value,
    size_t len, bool of_assoc);
/* Of the association; value begins with room for its id. */
void link_peer_get(struct link *l, uint32_t option, void *value, size_t len);

/*
 * This library's socket
 */

/* The next message is of this type, but for changes of addresses. */
struct gsctp_msg *link_next(struct link *l, uint32_t type);

/* It is an assoc_change to this state; its cause. */
uint16_t link_next_state(struct link *l, uint32_t state);

/* Nothing is left, but for changes of addresses. */
void link_nothing_waits(struct link *l);

/* This end, or the kernel's, is told that this state of a path was reached;
 * or was already, since the last cut. */
void link_await(struct link *l, size_t path, uint32_t state);
void link_peer_await(struct link *l, size_t path, uint32_t state);

void link_set(struct link *l, struct gsctp_opt opt);

/*
 * Both
 */

/* Open sockets at both ends, and listen at one: no association yet.  opts are
 * this library's. */
void link_open(struct link *l, const struct gsctp_opt *opts, size_t n);

/* The kernel's end alone, at the port of l->theirs; it has none now. */
void link_open_peer(struct link *l);

/* gsctp's end alone; it has none now.  The stack starts with it. */
void link_open_here(struct link *l, const struct gsctp_opt *opts, size_t n);

/* The kernel begins to connect; nothing waits for what comes of it. */
void link_peer_connect(struct link *l);

/* Set up the association, from the side that connects. */
void link_connect(struct link *l);

/* Both, with nothing special. */
void link_start(struct link *l);

/* End it gracefully; nothing is left in either queue. */
void link_finish(struct link *l);

/* A message each way arrives. */
void link_echo(struct link *l, uint32_t ppid);

/* Send the message that ppid tells, of len bytes. */
void link_send(struct link *l, uint16_t stream, uint32_t ppid, uint32_t len,
    bool unordered);
void link_peer_send(struct link *l, uint16_t stream, uint32_t ppid,
    uint32_t len, bool unordered);

/* What comes next is that message. */
void link_take(struct link *l, uint16_t stream, uint32_t ppid, uint32_t len);
void link_peer_take(struct link *l, uint16_t stream, uint32_t ppid,
    uint32_t len);

/* From now on all that is sent on a path, by either end, is lost; or nothing
 * any more. */
void link_cut(struct link *l, size_t path);
void link_heal(void);

/*
 * The rows, by file
 */

/* kernel_rows.c */
void row_set_up(struct link *l);
void row_data(struct link *l);
void row_unordered(struct link *l);
void row_fragmented(struct link *l);
void row_eof_here(struct link *l);
void row_eof_there(struct link *l);
void row_abort_here(struct link *l);
void row_abort_there(struct link *l);
void row_one_to_one(struct link *l);

/* kernel_rows_open.c */
void row_refused(struct link *l);
void row_udp_port(struct link *l);
void row_collision(struct link *l);
void row_restart_here(struct link *l);
void row_restart_there(struct link *l);

/* kernel_rows_flow.c */
void row_window_here(struct link *l);
void row_window_there(struct link *l);
void row_interleaving(struct link *l);
void row_interleaving_long(struct link *l);

/* kernel_rows_path.c */
void row_two_paths(struct link *l);
void row_cut_path(struct link *l);
void row_readdress_here(struct link *l);
void row_readdress_there(struct link *l);
void row_primary_here(struct link *l);
void row_primary_there(struct link *l);

/* kernel_rows_ext.c */
void row_expired_here(struct link *l);
void row_expired_there(struct link *l);
void row_limited_here(struct link *l);
void row_limited_there(struct link *l);
void row_reset_here(struct link *l);
void row_reset_there(struct link *l);
void row_reset_asked_here(struct link *l);
void row_reset_asked_there(struct link *l);
void row_add_here(struct link *l);
void row_add_there(struct link *l);
void row_adaptation(struct link *l);
void row_auth(struct link *l);
void row_wrong_key_here(struct link *l);
void row_wrong_key_there(struct link *l);

#endif
