/*
 * engine_sock: one-to-one engine sockets, made safe to use.
 *
 * Guarantees
 *  - no call blocks, and each says what went wrong as a negative errno;
 *  - a socket shares its port with the others of its endpoint;
 *  - gs_esock_close() never leaves an association without its socket: what
 *    is still up is aborted.  Finish it first to end it gracefully.
 *
 * The caller holds the stack's lock.  Layer 3.
 */

#ifndef GS_ENGINE_SOCK_H
#define GS_ENGINE_SOCK_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

struct mbuf;
struct socket;

/*
 * Before the first socket: the UDP port of peers not heard from yet, and
 * the upcall of every socket.  upcall runs within gs_engine_input_locked()
 * and gs_engine_tick_locked(), and may only take note of its arg.
 */
void gs_esock_init(uint16_t peer_udp_port, void (*upcall)(void *arg));

/* v6: also IPv4, as the engine has it. */
int gs_esock_new(bool v6, struct socket **out);
void gs_esock_close(struct socket *so);

/* All addresses have the same port; n is at least 1.  share: another
 * socket of the endpoint has these addresses already. */
int gs_esock_bind(struct socket *so, const union gs_addr *addrs, size_t n,
    bool share);

/*
 * One more address, or one less, of the same port.  Where so is an
 * association and its peer knows RFC 5061 (see GSCTP_OPT_ASCONF_SUPPORTED),
 * the peer is told; an address that is added leaves packets only when the
 * peer has agreed, and only then does gs_esock_addrs() say so.
 */
int gs_esock_bindx(struct socket *so, const union gs_addr *addr, bool add);

/* Associations that may come up until they are accepted; 0: listen no more.
 * Who comes when it is full gets an ABORT. */
int gs_esock_listen(struct socket *so, int backlog);

/* An association that has come up on a listener, or NULL. */
struct socket *gs_esock_accept(struct socket *listener);

/* Start the handshake with the peer that has these addresses. */
int gs_esock_connect(struct socket *so, const union gs_addr *addrs, size_t n);

#define GS_READABLE 1
#define GS_WRITABLE 2
#define GS_FAILED 4
int gs_esock_events(struct socket *so);

/* The upcall's arg for this socket. */
void gs_esock_set_owner(struct socket *so, void *arg);

/* A piece of data, or of a notification: its bytes, and what comes with
 * them. */
struct gs_esock_piece {
	bool is_note;		/* a notification, for gs_note_decode() */
	bool is_last;		/* of its message */
	struct gsctp_sndrcvinfo info;
	union gs_addr from;
	const uint8_t *flat;	/* the bytes, */
	struct mbuf *blocks;	/* where they are not in the engine's own */
};

/* Bytes read into buf, 0 at the end of the association, -EAGAIN, or -errno. */
ssize_t gs_esock_recv(struct socket *so, void *buf, size_t len,
    struct gs_esock_piece *piece);

/* The same of all that the engine has of the message, which is as much as its
 * receive buffer holds, where it lies: exactly so much memory is needed for
 * it, and one copy.  Give it back, whatever the result. */
ssize_t gs_esock_take(struct socket *so, struct gs_esock_piece *piece);
void gs_esock_give_back(struct gs_esock_piece *piece);

/* The first len of its bytes, which it must have. */
void gs_esock_copy(const struct gs_esock_piece *piece, void *to, size_t len);

/*
 * Was the message cut off whose last piece gs_esock_recv() has just given?
 * The engine calls the last piece that it has of one the last piece, and
 * puts the partial delivery's end, which must be subscribed, behind it.
 * stream: the one of the message, or -1 for any.
 */
bool gs_esock_is_cut(struct socket *so, int stream);

/*
 * What each message would have to ask the engine: the options that it depends
 * on, remembered until one is set anywhere.  All zero: nothing is known yet,
 * as it must be where the socket is another one.
 */
struct gs_esock_traits {
	unsigned int seen;	/* gs_engine_opts_set, then */
	uint32_t sndbuf;
	uint32_t rcvbuf;
	bool has_nodelay;
	bool is_whole;		/* disable_fragments */
};
void gs_esock_refresh(struct socket *so, struct gs_esock_traits *t);

/* One whole message.  0, or -EAGAIN, -EMSGSIZE, -EINVAL, -EPIPE ... */
int gs_esock_send(struct socket *so, struct gs_esock_traits *t,
    const struct gsctp_sndrcvinfo *info, const void *data, size_t len,
    const union gs_addr *to);

int gs_esock_shutdown(struct socket *so);
int gs_esock_abort(struct socket *so, const void *reason, size_t len);

/* Of the association; GSCTP_CLOSED where there is none (any more). */
enum gsctp_assoc_state gs_esock_state(struct socket *so);

/* Associations of all sockets that have ended so far: where it is what it was,
 * none has. */
unsigned int gs_esock_ends(void);
void gs_esock_streams(struct socket *so, uint16_t *in, uint16_t *out);

/* Verification tags, ours and the peer's; -ENOTCONN. */
int gs_esock_tags(struct socket *so, uint32_t *local, uint32_t *peer);

/* How the association ended: -ECONNREFUSED, -ETIMEDOUT ... or 0. */
int gs_esock_error(struct socket *so);

/* Addresses of the association, local or of the peer; of a listener, what
 * it is bound to.  Their number, or -errno; addrs gets up to max. */
int gs_esock_addrs(struct socket *so, bool peer, union gs_addr *addrs,
    size_t max);

/* Can a message of so many bytes be sent: is it no longer than the send
 * buffer, nor than a packet where disable_fragments is on? */
bool gs_esock_fits(struct socket *so, struct gs_esock_traits *t, size_t len);

/* Is a message of so many bytes certainly sent as one fragment? */
bool gs_esock_is_one_fragment(struct socket *so, size_t len);

/* Has the send buffer room for all of them now? */
bool gs_esock_has_room(struct socket *so, size_t len);

/* Is nothing on its way, whatever waits to be sent? */
bool gs_esock_is_idle(struct socket *so);

/* As gs_esock_send(), whether there is room or not. */
int gs_esock_send_over(struct socket *so, struct gs_esock_traits *t,
    const struct gsctp_sndrcvinfo *info, const void *data, size_t len,
    const union gs_addr *to);

/* Bytes that were sent and are not acknowledged, with some for headers. */
size_t gs_esock_queued(struct socket *so);

/* Bytes received that are not complete, or not next in their stream. */
size_t gs_esock_incomplete(struct socket *so);

/*
 * engine_failover.c: paths, of all associations, that have failed so far; and
 * whether every path of this one has.  0: no; else its RTO, in ms, and if
 * must_ask a heartbeat has left.
 */
unsigned int gs_path_failures(void);
uint32_t gs_path_probe(struct socket *so, bool must_ask);

#endif
