/*
 * mailbox: what the tests of mailboxes and active modes say of them.
 *
 * A numbered message is its number and bytes that follow from it, of a length
 * that does as well, so that one that is lost, doubled, or not itself is seen.
 */

#ifndef GS_TEST_MAILBOX_H
#define GS_TEST_MAILBOX_H

#include <errno.h>

#include "side.h"
#include "traffic.h"

static inline gsctp_mbox
box_new(void)
{
	gsctp_mbox mb = { 0 };

	ck_assert_int_eq(gsctp_mbox_new(&mb), 0);
	ck_assert_uint_ne(mb.id, 0);
	return mb;
}

static inline void
box_free(gsctp_mbox mb)
{
	ck_assert_int_eq(gsctp_mbox_free(mb), 0);
}

/* The next message; it must come. */
static inline struct gsctp_msg *
box_recv(gsctp_mbox mb)
{
	struct gsctp_msg *m = NULL;

	ck_assert_int_eq(gsctp_mbox_recv(mb, LOOP_MS, &m), 0);
	ck_assert_ptr_nonnull(m);
	return m;
}

static inline void
box_expect_empty(gsctp_mbox mb)
{
	struct gsctp_msg *m = NULL;
	int err = gsctp_mbox_recv(mb, 0, &m);

	ck_assert_msg(err == -ETIMEDOUT, "%s waits",
	    err == 0 ? gsctp_msg_type_name(m->type) : gsctp_strerror(err));
}

/* m is of s and of this type; it is freed. */
static inline void
msg_is(struct gsctp_msg *m, gsctp_sock s, uint32_t type)
{
	ck_assert_str_eq(gsctp_msg_type_name(m->type),
	    gsctp_msg_type_name(type));
	ck_assert_uint_eq(m->sock.id, s.id);
	gsctp_msg_free(m);
}

/* m is an assoc_change of s to this state; it is freed. */
static inline void
msg_is_state(struct gsctp_msg *m, gsctp_sock s, uint32_t state)
{
	ck_assert_str_eq(gsctp_msg_type_name(m->type), "assoc_change");
	ck_assert_str_eq(gsctp_assoc_change_name(m->u.assoc_change.state),
	    gsctp_assoc_change_name(state));
	ck_assert_uint_eq(m->sock.id, s.id);
	gsctp_msg_free(m);
}

#define NUMBER_MAX 1200

static inline size_t
number_len(uint32_t n)
{
	return sizeof(n) + n * 37 % 101;
}

/* -EAGAIN and the like as gsctp_send() says. */
static inline int
number_try_send(gsctp_sock s, gsctp_assoc_id id, uint32_t n, size_t len)
{
	uint8_t bytes[NUMBER_MAX];

	memcpy(bytes, &n, sizeof(n));
	traffic_fill(bytes + sizeof(n), len - sizeof(n), n);
	return gsctp_send(s, id, 0, bytes, len);
}

static inline void
number_send(gsctp_sock s, gsctp_assoc_id id, uint32_t n)
{
	ck_assert_int_eq(number_try_send(s, id, n, number_len(n)), 0);
}

/* The number in m, if it is all of one; else -1. */
static inline int64_t
number_in(const struct gsctp_msg *m, size_t len)
{
	uint8_t bytes[NUMBER_MAX];
	uint32_t n;

	if (m->type != GSCTP_MSG_DATA || !m->u.data.complete ||
	    m->u.data.len < sizeof(n))
		return -1;
	memcpy(&n, m->u.data.data, sizeof(n));
	if (len == 0)
		len = number_len(n);
	traffic_fill(bytes, len - sizeof(n), n);
	if (m->u.data.len != len ||
	    memcmp(m->u.data.data + sizeof(n), bytes, len - sizeof(n)) != 0)
		return -1;
	return n;
}

/* m is number n, of s; it is freed. */
static inline void
msg_is_number(struct gsctp_msg *m, gsctp_sock s, uint32_t n)
{
	ck_assert_str_eq(gsctp_msg_type_name(m->type), "data");
	ck_assert_int_eq(number_in(m, 0), n);
	ck_assert_uint_eq(m->sock.id, s.id);
	gsctp_msg_free(m);
}

static inline void
active_set(gsctp_sock s, int32_t mode)
{
	ck_assert_int_eq(gsctp_set_active(s, mode), 0);
}

/* What reads back. */
static inline int32_t
active_of(gsctp_sock s)
{
	struct gsctp_opt o = GSCTP_ACTIVE(0);

	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o.u.active;
}

static inline gsctp_mbox
box_of(gsctp_sock s)
{
	gsctp_mbox none = { 0 };
	struct gsctp_opt o = GSCTP_MBOX(none);

	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o.u.mbox;
}

/* addr_confirmed comes when it likes: nobody counts on it. */
#define QUIET GSCTP_EVENTS(.address = gsctp_def(0))

/*
 * A server with a mailbox, passive, and a client without one; the server's
 * comm_up is read.  They acknowledge soon, so that traffic_arrived() does not
 * take 200 ms.  opts, up to 8 of them, are for both.
 */
static inline struct loop_pair
box_pair(gsctp_mbox mb, const struct gsctp_opt *opts, size_t n)
{
	struct gsctp_opt all[11] = { QUIET, GSCTP_MBOX(mb),
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 10) };
	struct loop_pair p;

	ck_assert(n <= 8);
	if (n > 0)
		memcpy(&all[3], opts, n * sizeof(*opts));
	p.server = loop_open(all, n + 3);
	all[1] = all[0];
	p.client = loop_open(all, n + 3);
	ck_assert_int_eq(gsctp_listen(p.server, GSCTP_BACKLOG), 0);
	p.at_client = loop_connect(p.client, p.server);
	p.at_server = loop_recv_state(p.server, GSCTP_COMM_UP);
	return p;
}

/*
 * A message of s that its peer does not get, and the end of the association:
 * send_failed and comm_lost.
 */
static inline void
box_fail_a_send(gsctp_sock s, gsctp_assoc_id id)
{
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);
	struct gsctp_opt away =
	    GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id, .port = port);

	traffic_set(s, away);
	traffic_send(s, id, 0, "lost");
	ck_assert_int_eq(gsctp_abort(s, id, NULL, 0), 0);
	close(fd);
}

#endif
