/*
 * posix: a socket behind a descriptor of the program.
 *
 * What a face of plain descriptors needs and the public header has not:
 * readiness that is shown in a descriptor of the caller's, as poll() shows
 * that of a socket of the kernel; data that is given to an association
 * before it is up; a message that is put back.
 *
 * Guarantees
 *  - a socket is readable exactly while gsctp_recv() with a time limit of 0
 *    would give a message, or gsctp_accept() a socket, or an error waits;
 *  - a one-to-one socket is writable only while its association is up and
 *    has room, or where an error waits, or after its end;
 *  - each message that comes is an edge, for who waits for edges.
 *
 * Threads: any, as with the public calls; none of these blocks.  Layer 5.
 */

#ifndef GS_POSIX_H
#define GS_POSIX_H

#include <gsctp/gsctp.h>
#include <stdbool.h>

struct gs_ready;
struct gs_waiter;

/*
 * From now on r shows when s is readable and writable; gsctp_fd() is not to
 * be used.  r is the caller's, and outlives s: see gs_posix_detach().  Sends
 * to an association that is not up yet wait in it, within sndbuf.
 *
 * 0, -EBADF or -ESTALE.
 */
int gs_posix_attach(gsctp_sock s, struct gs_ready *r);

/* Let go of r: it may be freed, or show another socket, then.  Nothing but
 * gsctp_close() is to be done with s.  0, -EBADF or -ESTALE. */
int gs_posix_detach(gsctp_sock s);

/* Both: gs_posix_detach(), and gsctp_close(), which may wait. */
int gs_posix_close(gsctp_sock s);

/* fn is called when the process exits, before its sockets are closed. */
void gs_posix_before_exit(void (*fn)(void));

/* s was accepted from listener, and shall wait there again: there is no
 * descriptor for it.  0, -EBADF or -ESTALE. */
int gs_posix_unaccept(gsctp_sock listener, gsctp_sock s);

enum gs_posix_phase {
	GS_POSIX_NONE,		/* no association yet */
	GS_POSIX_CONNECTING,
	GS_POSIX_UP,		/* ending, too */
	GS_POSIX_ENDED,		/* it was up; what came may wait to be read */
};

/* Of a one-to-one socket, but for is_listening. */
struct gs_posix_state {
	enum gs_posix_phase phase;
	gsctp_assoc_id assoc;	/* 0: none */
	bool is_listening;
	bool has_closed;	/* GS_POSIX_ENDED, and nobody has aborted it */
	/* The peer's address as the association began: GS_POSIX_UP, _ENDED.
	 * As the application wants it. */
	struct sockaddr_storage peer;
};

/* 0, -EBADF or -ESTALE. */
int gs_posix_state(gsctp_sock s, struct gs_posix_state *out);

/*
 * Begin an association as gsctp_connectx_init(), and watch how it comes out.
 * gs_posix_outcome_fd() is readable when that is known, or s is closed; it is
 * not O_NONBLOCK.
 *
 * 0, and *out is the caller's, for gs_posix_outcome(); or as
 * gsctp_connectx_init(), -EMFILE, -ENFILE.
 */
struct gs_posix_attempt;
int gs_posix_connect(gsctp_sock s, const struct sockaddr_storage *addrs,
    size_t n, gsctp_assoc_id *assoc, struct gs_posix_attempt **out);
int gs_posix_outcome_fd(const struct gs_posix_attempt *t);

/* As gs_ready_move(); before anybody waits. */
void gs_posix_outcome_move(struct gs_posix_attempt *t, int (*move)(int fd));

/* 0: it is, or was, up; -EINPROGRESS: not known yet; -EBADF: s was closed;
 * else why it failed.  t is freed. */
int gs_posix_outcome(struct gs_posix_attempt *t);

/* Has another program of this user on this host these addresses, with their
 * port, as a kernel would say?  Starts the stack.  0, -EADDRINUSE, or as
 * gsctp_stack_start(). */
int gs_posix_check_port(const struct sockaddr_storage *addrs, size_t n,
    bool v6only);

/* s has the port that it got to itself, as a kernel has it: no other program of
 * this user gets it, and no connect exchanges it.  0, -EBADF or -ESTALE. */
int gs_posix_keep_port(gsctp_sock s);

/* As gsctp_assocs(), but for those that have ended, of which something waits
 * to be read. */
int gs_posix_assocs(gsctp_sock s, gsctp_assoc_id *ids, size_t max);

/* What s is bound to: one wildcard address, or all; or, with the wildcard,
 * every address of the stack.  How many, of which addrs gets up to max; or
 * -EBADF, -ESTALE. */
int gs_posix_bound(gsctp_sock s, struct sockaddr_storage *addrs, size_t max);
int gs_posix_addrs(gsctp_sock s, struct sockaddr_storage *addrs, size_t max);

/* s is at its end from now on: what has come is still to be had, what comes
 * is thrown away, but for events.  0, -EBADF or -ESTALE. */
int gs_posix_shut_read(gsctp_sock s);

/*
 * SO_ERROR of a one-to-one socket: why its attempt failed (-ECONNREFUSED,
 * -ETIMEDOUT ...), or its association ended if that was not graceful
 * (-ECONNRESET, -ETIMEDOUT ...).  It is told once, and is 0 then.
 */
int gs_posix_take_error(gsctp_sock s);

/*
 * The next message: 1, and it is the caller's.  0: it is the end, as the peer
 * has shut down, the association has ended, or reading was shut; and what
 * gs_posix_take_error() would tell, -EAGAIN, -ENOTCONN (a one-to-one socket
 * that listens), -EBADF, -ESTALE.
 *
 * Where the peer has shut down, nothing waits to be sent, and assoc_change is
 * subscribed to, the end comes after that, but at most two seconds late.
 */
int gs_posix_recv(gsctp_sock s, struct gsctp_msg **msg);

/*
 * Put m back, to be the next message of s; it was the last that was taken.
 * What the application has had of its data is gone from the front of
 * m->u.data.  m is the socket's again, or freed where s is closed.
 */
void gs_posix_unread(gsctp_sock s, struct gsctp_msg *m);

/*
 * A message to send.  Not looked at here: that a flag goes with data.
 *
 * to, if it is not NULL, says whose association it is, in place of
 * info.assoc_id, and which of the peer's addresses shall have it where that
 * is a one-to-one socket's or info.flags say GSCTP_ADDR_OVER.
 */
struct gs_posix_out {
	struct gsctp_sndrcvinfo info;
	bool takes_defaults;	/* stream, ppid, context, flags: those of the
				 * association's default_send_param */
	bool takes_policy;	/* timetolive, and what it is, from there */
	const void *data;
	size_t len;
	const struct sockaddr *to;
	socklen_t tolen;
};

/*
 * Send it; does not block.  0, or
 *   -EAGAIN     no room; w, if it is not NULL, is woken by a change
 *   -EPIPE      no such association, and no error that waits
 *   -ENOENT     no association with to
 *   -EADDRNOTAVAIL  to is not an address of a one-to-one socket's peer
 *   -ESHUTDOWN  it is ending
 *   -EINVAL, -EMSGSIZE, -EBUSY, -EOPNOTSUPP  as gsctp_sendmsg()
 *   -ECONNRESET ...  of a one-to-one socket: gs_posix_take_error()
 *   -ENOMEM, -EBADF, -ESTALE
 */
int gs_posix_send(gsctp_sock s, const struct gs_posix_out *o,
    struct gs_waiter *w);

/* Is the association with to on its way up?  Then 1, and w is woken by a
 * change; 0, -EBADF, -ESTALE. */
int gs_posix_wait_up(gsctp_sock s, const struct sockaddr *to, socklen_t tolen,
    struct gs_waiter *w);

/* Before w goes, whether it was woken or not. */
void gs_posix_unwait(struct gs_waiter *w);

/* The association with this peer, or -ENOENT, -EBADF, -ESTALE. */
int gs_posix_peer(gsctp_sock s, const struct sockaddr *to, socklen_t tolen,
    gsctp_assoc_id *id);

#endif
