/*
 * stream: one-to-one sockets of loop.h's stack, connected, accepted and ended.
 */

#ifndef GS_TEST_STREAM_H
#define GS_TEST_STREAM_H

#include <errno.h>

#include "traffic.h"

/* What nobody has as an id. */
#define STREAM_BOGUS 987654321u

/* One-to-one, on 127.0.0.1 unless opts say otherwise. */
static inline gsctp_sock
stream_open(const struct gsctp_opt *opts, size_t n)
{
	struct gsctp_opt all[24];
	struct gsctp_opt type = GSCTP_TYPE(GSCTP_STREAM);

	ck_assert(n < 24);
	if (n > 0)
		memcpy(all, opts, n * sizeof(*opts));
	all[n] = type;
	return loop_open(all, n + 1);
}

static inline gsctp_sock
stream_listen(int backlog, const struct gsctp_opt *opts, size_t n)
{
	gsctp_sock s = stream_open(opts, n);

	ck_assert_int_eq(gsctp_listen(s, backlog), 0);
	return s;
}

static inline int
stream_try_connect(gsctp_sock from, gsctp_sock to, int timeout_ms)
{
	struct sockaddr_storage addr = traffic_name(to);

	return gsctp_connect(from, traffic_sa(&addr), sizeof(addr), NULL, 0,
	    timeout_ms, NULL);
}

static inline void
stream_connect(gsctp_sock from, gsctp_sock to)
{
	ck_assert_int_eq(stream_try_connect(from, to, LOOP_MS), 0);
}

/* A client of its own, connected. */
static inline gsctp_sock
stream_client(gsctp_sock to, const struct gsctp_opt *opts, size_t n)
{
	gsctp_sock s = stream_open(opts, n);

	stream_connect(s, to);
	return s;
}

static inline gsctp_sock
stream_accept(gsctp_sock listener)
{
	gsctp_sock s = { 0 };

	ck_assert_int_eq(gsctp_accept(listener, LOOP_MS, &s), 0);
	ck_assert_uint_ne(s.id, 0);
	return s;
}

struct stream_pair {
	gsctp_sock listener, server, client;
};

/* Connected and accepted, and its comm_up read. */
static inline struct stream_pair
stream_pair(const struct gsctp_opt *opts, size_t n)
{
	struct stream_pair p;

	p.listener = stream_listen(GSCTP_BACKLOG, opts, n);
	p.client = stream_client(p.listener, opts, n);
	p.server = stream_accept(p.listener);
	(void)loop_recv_state(p.server, GSCTP_COMM_UP);
	return p;
}

static inline void
stream_close(const struct stream_pair *p)
{
	ck_assert_int_eq(gsctp_close(p->client), 0);
	ck_assert_int_eq(gsctp_close(p->server), 0);
	ck_assert_int_eq(gsctp_close(p->listener), 0);
}

/* The next message that is not about a path. */
static inline struct gsctp_msg *
stream_next(gsctp_sock s)
{
	struct gsctp_msg *m = loop_recv(s);

	while (m->type == GSCTP_MSG_PADDR_CHANGE) {
		gsctp_msg_free(m);
		m = loop_recv(s);
	}
	ck_assert_uint_eq(m->sock.id, s.id);
	return m;
}

/* The next one is this text. */
static inline void
stream_expect(gsctp_sock s, const char *text)
{
	struct gsctp_msg *m = stream_next(s);

	ck_assert_str_eq(gsctp_msg_type_name(m->type), "data");
	ck_assert_uint_eq(m->u.data.len, strlen(text));
	ck_assert_mem_eq(m->u.data.data, text, strlen(text));
	gsctp_msg_free(m);
}

static inline void
stream_echo(gsctp_sock a, gsctp_sock b)
{
	traffic_send(a, 0, 0, "there");
	stream_expect(b, "there");
	traffic_send(b, STREAM_BOGUS, 0, "and back");
	stream_expect(a, "and back");
}

/* The next one is closed, with this error. */
static inline void
stream_is_closed(gsctp_sock s, int error)
{
	struct gsctp_msg *m = stream_next(s);

	ck_assert_str_eq(gsctp_msg_type_name(m->type), "closed");
	ck_assert_int_eq(m->u.closed.error, error);
	gsctp_msg_free(m);
}

/* Nothing is to be had from it any more. */
static inline void
stream_is_over(gsctp_sock s)
{
	struct gsctp_msg *m = NULL;

	ck_assert_int_eq(gsctp_recv(s, 0, &m), -ENOTCONN);
	ck_assert_int_eq(gsctp_recv(s, -1, &m), -ENOTCONN);
	ck_assert_int_eq(gsctp_send(s, 0, 0, "x", 1), -ENOTCONN);
	ck_assert_int_eq(gsctp_eof(s, 0), -ENOTCONN);
	ck_assert_int_eq(gsctp_abort(s, 0, NULL, 0), -ENOTCONN);
	ck_assert_int_eq(gsctp_shutdown(s, GSCTP_SHUT_WRITE), -ENOTCONN);
	ck_assert_int_eq(gsctp_assocs(s, NULL, 0), 0);
}

/*
 * What comes now is the end of its association, in this state, perhaps with
 * a shutdown_event before; then closed, once, with this error; then nothing.
 */
static inline void
stream_ends(gsctp_sock s, uint32_t state, int error)
{
	struct gsctp_msg *m = stream_next(s);

	while (m->type == GSCTP_MSG_SHUTDOWN_EVENT ||
	    m->type == GSCTP_MSG_SEND_FAILED) {
		gsctp_msg_free(m);
		m = stream_next(s);
	}
	ck_assert_str_eq(gsctp_msg_type_name(m->type), "assoc_change");
	ck_assert_str_eq(gsctp_assoc_change_name(m->u.assoc_change.state),
	    gsctp_assoc_change_name(state));
	gsctp_msg_free(m);
	stream_is_closed(s, error);
	stream_is_over(s);
}

/* The same of a mailbox: its next message, which must come. */
static inline struct gsctp_msg *
stream_mbox_next(gsctp_mbox mb)
{
	struct gsctp_msg *m = NULL;

	do {
		gsctp_msg_free(m);
		m = NULL;
		ck_assert_int_eq(gsctp_mbox_recv(mb, LOOP_MS, &m), 0);
	} while (m->type == GSCTP_MSG_PADDR_CHANGE);
	return m;
}

static inline void
stream_mbox_expect(gsctp_mbox mb, gsctp_sock s, const char *text)
{
	struct gsctp_msg *m = stream_mbox_next(mb);

	ck_assert_str_eq(gsctp_msg_type_name(m->type), "data");
	ck_assert_uint_eq(m->sock.id, s.id);
	ck_assert_uint_eq(m->u.data.len, strlen(text));
	ck_assert_mem_eq(m->u.data.data, text, strlen(text));
	gsctp_msg_free(m);
}

#endif
