/*
 * psock: an SCTP socket of the program.
 *
 * It is what the program's descriptors stand for: they are copies of one end
 * of a pair (lib/ready.h), so O_NONBLOCK, poll, select, epoll and dup are
 * the kernel's own; what waits is shown in it.  Behind it is a socket of
 * gsctp, which is opened when the first call needs it, as that is bound from
 * its beginning: ps_open().
 *
 * Guarantees
 *  - a psock lives while a descriptor or a call has it (table.h);
 *  - no call of the program waits with a lock of a psock held: it tries, and
 *    where that must wait polls the descriptor (wait.h), so that signals,
 *    time limits and other threads behave as with the kernel.
 *
 * Every ps_ function returns 0 or a count, or a negative errno of Linux.
 *
 * Locking: p->lock guards the fields that are not const after ps_socket().
 * It comes before the locks of lib/, and may be held around its calls that
 * do not block.
 */

#ifndef PS_PSOCK_H
#define PS_PSOCK_H

#include <gsctp/gsctp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>

struct gs_ready;

/* Ancillary data and notifications that the program has asked for, by the
 * options that set them (RFC 6458 5 and 6). */
struct ps_wants {
	bool sndrcv;		/* SCTP_SNDRCV: sctp_data_io_event */
	bool rcvinfo;		/* SCTP_RCVINFO: SCTP_RECVRCVINFO */
	bool nxtinfo;		/* SCTP_NXTINFO: SCTP_RECVNXTINFO */
	uint32_t events;	/* bit 1 << (type - 0x8000), type of Linux */
};

struct psock {
	atomic_uint refs;	/* descriptors, and calls under way */
	atomic_uint fds;	/* descriptors */
	atomic_uint waiting;	/* calls that wait in the kernel: wait.h */
	int family;		/* AF_INET or AF_INET6; const */
	bool is_stream;		/* one-to-one; const */
	bool is_peeled;		/* off a one-to-many one; const */
	struct gs_ready *ready;	/* const */

	/* One thread at a time takes a message and puts back what is left
	 * of it.  Comes before lock. */
	pthread_mutex_t reading;

	pthread_mutex_t lock;
	gsctp_sock s;
	bool is_open;		/* s is a socket */
	bool is_bound;		/* the program has seen its port, or may */
	bool is_closed;		/* its last descriptor has gone */
	bool is_listening;
	bool was_connected;	/* one-to-one: is or was */
	bool is_read_shut, is_write_shut;
	int error;		/* SO_ERROR that the psock knows, >= 0 */

	/* What was set before it was bound, in order, to be set again. */
	struct gsctp_opt *journal;
	size_t njournal;

	/* Options that are the face's own. */
	struct timeval rcvtimeo, sndtimeo;
	struct ps_wants wants;
	bool reuseaddr, reuseport, v6only;
	int sndbuf, rcvbuf;	/* as getsockopt() shows them; 0: not set */
	void *opts;		/* more of them: opt.c */
};

/* -- psock.c -- */

/* socket(2): a new descriptor.  flags are SOCK_CLOEXEC and SOCK_NONBLOCK. */
int ps_socket(int family, bool is_stream, int flags);

/* A descriptor for a socket that was accepted or peeled off from p; p's
 * options that Linux hands on are copied.  s is taken, or, where there is
 * none, still the caller's. */
int ps_wrap(struct psock *p, gsctp_sock s, int flags);

/* The last descriptor has gone. */
void ps_close(struct psock *p);
void ps_free(struct psock *p);

/* -- open.c; p->lock is held -- */

/* Have a socket of gsctp, bound to any address and port if it is not yet;
 * bind() may still choose another. */
int ps_open(struct psock *p);

/* The same, and its port is settled: connect, listen, a send. */
int ps_autobind(struct psock *p);

/* bind(2), and the first addresses of bindx; ports are equal. */
int ps_open_at(struct psock *p, const struct sockaddr_storage *addrs,
    size_t n);

/* Set an option of gsctp, and remember it until p is bound; a key is
 * copied. */
int ps_set(struct psock *p, const struct gsctp_opt *o);
int ps_get(struct psock *p, struct gsctp_opt *o);

/* Nothing will be set again. */
void ps_forget_journal(struct psock *p);

/* -- name.c -- */
int ps_bind(struct psock *p, const struct sockaddr *a, socklen_t len);
int ps_connect(struct psock *p, const struct sockaddr *a,
    socklen_t len);
int ps_listen(struct psock *p, int backlog);
int ps_accept4(struct psock *p, struct sockaddr *a, socklen_t *len,
    int flags);
int ps_getsockname(struct psock *p, struct sockaddr *a, socklen_t *len);
int ps_getpeername(struct psock *p, struct sockaddr *a, socklen_t *len);
int ps_shutdown(struct psock *p, int how);

/* -- multi.c: what libsctp asks for by options (opt.c calls these) -- */

/* SCTP_SOCKOPT_BINDX_ADD, _REM: addresses packed one after another. */
int ps_bindx(struct psock *p, const void *addrs, size_t size, bool must_add);

/* SCTP_SOCKOPT_CONNECTX and its elder forms; the association's id in *id,
 * also with -EINPROGRESS. */
int ps_connectx(struct psock *p, const void *addrs, size_t size,
    int32_t *id);

/* SCTP_SOCKOPT_PEELOFF, _PEELOFF_FLAGS: a new descriptor. */
int ps_peeloff(struct psock *p, int32_t assoc, int flags);

/* SCTP_GET_LOCAL_ADDRS, SCTP_GET_PEER_ADDRS: packed into buf; *size is its
 * room, and then what was used.  Returns how many. */
int ps_getaddrs(struct psock *p, int32_t assoc, bool of_peer, void *buf,
    size_t *size);

/* -- send.c, recv.c -- */
ssize_t ps_sendmsg(struct psock *p, const struct msghdr *msg,
    int flags);
ssize_t ps_recvmsg(struct psock *p, struct msghdr *msg, int flags);

/* FIONREAD: bytes of the next message or notification; -ENOTCONN of a
 * one-to-one socket that listens. */
ssize_t ps_pending(struct psock *p);

/* -- opt.c -- */
int ps_setsockopt(struct psock *p, int level, int name,
    const void *value, socklen_t len);
int ps_getsockopt(struct psock *p, int level, int name, void *value,
    socklen_t *len);

#endif
