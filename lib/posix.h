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

struct gs_ready;

/*
 * From now on r shows when s is readable and writable; gsctp_fd() is not to
 * be used.  r is the caller's, and outlives s: see gs_posix_detach().  Sends
 * to an association that is not up yet wait in it, within sndbuf.
 *
 * 0, -EBADF or -ESTALE.
 */
int gs_posix_attach(gsctp_sock s, struct gs_ready *r);

/* Close s, and let go of its r.  As gsctp_close(); r may be freed, or shown
 * to another socket, then. */
int gs_posix_close(gsctp_sock s);

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
};

/* 0, -EBADF or -ESTALE. */
int gs_posix_state(gsctp_sock s, struct gs_posix_state *out);

/*
 * SO_ERROR of a one-to-one socket: why its attempt failed (-ECONNREFUSED,
 * -ETIMEDOUT ...), or its association ended if that was not graceful
 * (-ECONNRESET, -ETIMEDOUT ...).  It is told once, and is 0 then.
 */
int gs_posix_take_error(gsctp_sock s);

/*
 * Put m back, to be the next message of s; it was the last that was taken.
 * What the application has had of its data is gone from the front of
 * m->u.data.  m is the socket's again, or freed where s is closed.
 */
void gs_posix_unread(gsctp_sock s, struct gsctp_msg *m);

/* Bytes of user data in the next message, 0 for an event or none. */
size_t gs_posix_pending(gsctp_sock s);

#endif
