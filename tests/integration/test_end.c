/* test_end: associations ended, by either side and in every way. */

#include <errno.h>

#include "check_main.h"
#include "side.h"
#include "traffic.h"

#define CAUSE_USER_ABORT 12

static uint32_t
associations(void)
{
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	return info.associations;
}

/* The next message of s that is not about a path. */
static struct gsctp_msg *
next(gsctp_sock s)
{
	struct gsctp_msg *m = loop_recv(s);

	while (m->type == GSCTP_MSG_PADDR_CHANGE) {
		gsctp_msg_free(m);
		m = loop_recv(s);
	}
	return m;
}

static void
next_is(gsctp_sock s, gsctp_assoc_id id, uint32_t type)
{
	struct gsctp_msg *m = next(s);

	ck_assert_str_eq(gsctp_msg_type_name(m->type),
	    gsctp_msg_type_name(type));
	ck_assert_uint_eq(m->assoc_id, id);
	gsctp_msg_free(m);
}

/* The next message is the end of id, and how; its cause. */
static uint16_t
next_is_end(gsctp_sock s, gsctp_assoc_id id, uint32_t state)
{
	struct gsctp_msg *m = next(s);
	uint16_t cause;

	ck_assert_str_eq(gsctp_msg_type_name(m->type), "assoc_change");
	ck_assert_str_eq(gsctp_assoc_change_name(m->u.assoc_change.state),
	    gsctp_assoc_change_name(state));
	ck_assert_uint_eq(m->assoc_id, id);
	cause = m->u.assoc_change.error;
	gsctp_msg_free(m);
	return cause;
}

/* A third socket with an association of its own with the server. */
static gsctp_assoc_id
add_other(gsctp_sock server, gsctp_sock *other, gsctp_assoc_id *at_server)
{
	gsctp_assoc_id id;

	*other = loop_open(NULL, 0);
	id = loop_connect(*other, server);
	*at_server = loop_recv_state(server, GSCTP_COMM_UP);
	return id;
}

/*
 * eof
 */

START_TEST(eof_delivers_what_is_queued_and_then_ends_both_sides)
{
	struct loop_pair p = loop_pair(NULL, 0);
	uint8_t *bytes = traffic_bytes(1000, 1);
	struct gsctp_msg *m;
	int i;

	for (i = 0; i < 50; i++)
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
				     1000),
		    0);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	for (i = 0; i < 50; i++) {
		m = next(p.server);
		ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
		ck_assert_mem_eq(m->u.data.data, bytes, 1000);
		gsctp_msg_free(m);
	}
	next_is(p.server, p.at_server, GSCTP_MSG_SHUTDOWN_EVENT);
	ck_assert_uint_eq(next_is_end(p.server, p.at_server,
			      GSCTP_SHUTDOWN_COMP),
	    0);
	ck_assert_uint_eq(next_is_end(p.client, p.at_client,
			      GSCTP_SHUTDOWN_COMP),
	    0);
	traffic_nothing_waits(p.server);
	traffic_nothing_waits(p.client);
	ck_assert_int_eq(gsctp_assocs(p.client, NULL, 0), 0);
	ck_assert_int_eq(gsctp_assocs(p.server, NULL, 0), 0);
	free(bytes);
}
END_TEST

START_TEST(after_eof_the_socket_is_still_good)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_assoc_id again;

	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
	(void)loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP);
	again = loop_connect(p.client, p.server);
	ck_assert_uint_ne(again, p.at_client);
	traffic_both_ways(p.client, again, p.server,
	    loop_recv_state(p.server, GSCTP_COMM_UP));
}
END_TEST

START_TEST(eof_leaves_other_associations_alone)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_assoc_id at_other, at_server;
	gsctp_sock other;

	at_other = add_other(p.server, &other, &at_server);
	ck_assert_int_eq(gsctp_eof(p.server, p.at_server), 0);
	ck_assert_uint_eq(loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP),
	    p.at_server);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
	traffic_both_ways(other, at_other, p.server, at_server);
	ck_assert_int_eq(gsctp_assocs(p.server, NULL, 0), 1);
}
END_TEST

START_TEST(after_eof_nothing_more_is_sent)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), -EPIPE);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), -EPIPE);
}
END_TEST

START_TEST(both_sides_may_end_it_at_once)
{
	int i;

	for (i = 0; i < 50; i++) {
		struct loop_pair p = loop_pair(NULL, 0);

		traffic_send(p.client, p.at_client, 0, "one");
		traffic_send(p.server, p.at_server, 0, "two");
		ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
		(void)gsctp_eof(p.server, p.at_server);
		traffic_expect(p.server, p.at_server, "one");
		traffic_expect(p.client, p.at_client, "two");
		(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
		(void)loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP);
		ck_assert_int_eq(gsctp_close(p.client), 0);
		ck_assert_int_eq(gsctp_close(p.server), 0);
	}
}
END_TEST

START_TEST(eof_waits_for_the_peers_unread_data)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	int n = traffic_stuff(p.client, p.at_client, 5000);

	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	traffic_unstuff(p.server, n, 5000);
	next_is(p.server, p.at_server, GSCTP_MSG_SHUTDOWN_EVENT);
	(void)next_is_end(p.server, p.at_server, GSCTP_SHUTDOWN_COMP);
	(void)next_is_end(p.client, p.at_client, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(an_unknown_association_cannot_be_ended)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock never = { 0 };
	char long_reason[1025] = "";

	ck_assert_int_eq(gsctp_eof(p.client, 0), -EPIPE);
	ck_assert_int_eq(gsctp_eof(p.client, 987654), -EPIPE);
	ck_assert_int_eq(gsctp_abort(p.client, 987654, NULL, 0), -EPIPE);
	/* Another socket's. */
	ck_assert_int_eq(gsctp_eof(p.client, p.at_server), -EPIPE);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_server, NULL, 0), -EPIPE);
	ck_assert_int_eq(gsctp_eof(never, p.at_client), -EBADF);
	ck_assert_int_eq(gsctp_abort(never, p.at_client, NULL, 0), -EBADF);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, long_reason,
			     sizeof(long_reason)),
	    -EMSGSIZE);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

/*
 * abort
 */

static void
expect_abort(gsctp_sock s, gsctp_assoc_id id, const char *reason)
{
	struct gsctp_msg *m = next(s);
	const struct gsctp_assoc_change *c = &m->u.assoc_change;
	size_t len = strlen(reason);

	ck_assert_str_eq(gsctp_msg_type_name(m->type), "assoc_change");
	ck_assert_str_eq(gsctp_assoc_change_name(c->state), "comm_lost");
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(c->error, CAUSE_USER_ABORT);
	ck_assert_str_eq(gsctp_error_string(c->error), "User Initiated Abort");
	/* RFC 9260 3.3.10.12: code, length, reason. */
	ck_assert_uint_ge(c->causes_len, 4 + len);
	ck_assert_uint_eq(c->causes[0], 0);
	ck_assert_uint_eq(c->causes[1], CAUSE_USER_ABORT);
	ck_assert_uint_eq(c->causes[2], (4 + len) >> 8);
	ck_assert_uint_eq(c->causes[3], (4 + len) & 0xff);
	ck_assert_mem_eq(c->causes + 4, reason, len);
	gsctp_msg_free(m);
	traffic_nothing_waits(s);
}

START_TEST(abort_tells_the_peer_why)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, "no more", 7), 0);
	expect_abort(p.server, p.at_server, "no more");
	ck_assert_uint_eq(next_is_end(p.client, p.at_client, GSCTP_COMM_LOST),
	    CAUSE_USER_ABORT);
	traffic_nothing_waits(p.client);
	ck_assert_int_eq(gsctp_assocs(p.client, NULL, 0), 0);
	ck_assert_int_eq(gsctp_assocs(p.server, NULL, 0), 0);
}
END_TEST

START_TEST(abort_needs_no_reason)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_int_eq(gsctp_abort(p.server, p.at_server, NULL, 0), 0);
	expect_abort(p.client, p.at_client, "");
	ck_assert_uint_eq(next_is_end(p.server, p.at_server, GSCTP_COMM_LOST),
	    CAUSE_USER_ABORT);
}
END_TEST

/* What the engine hands up of the ABORT ends after 512 bytes. */
START_TEST(a_reason_of_1024_bytes_is_sent)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;
	char reason[1024];

	memset(reason, 'r', sizeof(reason));
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, reason,
			     sizeof(reason)),
	    0);
	m = next(p.server);
	ck_assert_uint_eq(m->u.assoc_change.error, CAUSE_USER_ABORT);
	ck_assert_uint_ge(m->u.assoc_change.causes_len, 500);
	ck_assert_mem_eq(m->u.assoc_change.causes + 4, reason, 400);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(abort_leaves_other_associations_and_the_socket_alone)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_assoc_id at_other, at_server, again;
	gsctp_sock other;

	at_other = add_other(p.server, &other, &at_server);
	ck_assert_int_eq(gsctp_abort(p.server, p.at_server, "x", 1), 0);
	(void)loop_recv_state(p.server, GSCTP_COMM_LOST);
	(void)loop_recv_state(p.client, GSCTP_COMM_LOST);
	traffic_both_ways(other, at_other, p.server, at_server);
	again = loop_connect(p.client, p.server);
	traffic_both_ways(p.client, again, p.server,
	    loop_recv_state(p.server, GSCTP_COMM_UP));
}
END_TEST

START_TEST(an_aborted_association_is_gone)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), 0);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), -EPIPE);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), -EPIPE);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), -EPIPE);
	(void)loop_recv_state(p.client, GSCTP_COMM_LOST);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), -EPIPE);
}
END_TEST

START_TEST(an_association_that_is_ending_can_be_aborted)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);

	(void)traffic_stuff(p.client, p.at_client, 5000);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, "late", 4), 0);
	ck_assert_uint_eq(loop_recv_state(p.client, GSCTP_COMM_LOST),
	    p.at_client);
	ck_assert_uint_eq(loop_recv_state(p.server, GSCTP_COMM_LOST),
	    p.at_server);
}
END_TEST

START_TEST(data_that_came_before_an_abort_is_still_read)
{
	struct loop_pair p = loop_pair(NULL, 0);

	traffic_send(p.client, p.at_client, 0, "last words");
	traffic_arrived(p.client, p.at_client);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), 0);
	traffic_expect(p.server, p.at_server, "last words");
	expect_abort(p.server, p.at_server, "");
}
END_TEST

START_TEST(an_abort_after_the_end_loses_no_data)
{
	struct loop_pair p = loop_pair(NULL, 0);

	traffic_send(p.client, p.at_client, 0, "one");
	traffic_send(p.client, p.at_client, 0, "two");
	traffic_arrived(p.client, p.at_client);
	ck_assert_int_eq(gsctp_abort(p.server, p.at_server, NULL, 0), 0);
	ck_assert_int_eq(gsctp_abort(p.server, p.at_server, NULL, 0), -EPIPE);
	traffic_expect(p.server, p.at_server, "one");
	traffic_expect(p.server, p.at_server, "two");
	ck_assert_uint_eq(loop_recv_state(p.server, GSCTP_COMM_LOST),
	    p.at_server);
}
END_TEST

START_TEST(a_small_rto_does_not_cut_off_what_is_still_sent)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct gsctp_msg *m;
	int n;

	traffic_set(p.client, (struct gsctp_opt)GSCTP_RTOINFO(
	    .assoc_id = p.at_client, .initial = gsctp_def(50),
	    .min = gsctp_def(50), .max = gsctp_def(50)));
	n = traffic_stuff(p.client, p.at_client, 8000);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	/* Five times the largest RTO. */
	ck_assert_int_eq(gsctp_recv(p.client, 1000, &m), -ETIMEDOUT);
	traffic_unstuff(p.server, n, 8000);
	ck_assert_uint_eq(loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP),
	    p.at_client);
}
END_TEST

/*
 * The handshake.
 */

static gsctp_sock
into_the_void(int *fd, struct sockaddr_storage *to)
{
	uint16_t port;
	struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
		    .max = gsctp_def(50)),
		GSCTP_INITMSG(.max_attempts = gsctp_def(2),
		    .max_init_timeo = gsctp_def(50)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0),
	};

	*fd = traffic_blackhole("127.0.0.1", &port);
	opts[2].u.udp_encaps.port = port;
	*to = loop_addr("127.0.0.1", 5000);
	return loop_open(opts, 3);
}

START_TEST(eof_during_the_handshake_ends_the_association_when_it_is_up)
{
	gsctp_sock server = loop_open(NULL, 0), client = loop_open(NULL, 0);
	struct sockaddr_storage to = traffic_name(server);
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(gsctp_connect_init(client, traffic_sa(&to), sizeof(to),
			     NULL, 0, &id),
	    0);
	ck_assert_int_eq(gsctp_eof(client, id), 0);
	(void)next_is_end(client, id, GSCTP_COMM_UP);
	(void)next_is_end(client, id, GSCTP_SHUTDOWN_COMP);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	(void)loop_recv_state(server, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(eof_of_an_attempt_that_nobody_answers_ends_with_it)
{
	struct sockaddr_storage to;
	gsctp_assoc_id id;
	gsctp_sock s;
	int fd;

	s = into_the_void(&fd, &to);
	ck_assert_int_eq(gsctp_connect_init(s, traffic_sa(&to), sizeof(to),
			     NULL, 0, &id),
	    0);
	ck_assert_int_eq(gsctp_eof(s, id), 0);
	ck_assert_int_eq(gsctp_eof(s, id), -EPIPE);
	(void)next_is_end(s, id, GSCTP_CANT_ASSOC);
	ck_assert_int_eq(gsctp_eof(s, id), -EPIPE);
	close(fd);
}
END_TEST

START_TEST(abort_during_the_handshake_cannot_assoc)
{
	struct sockaddr_storage to;
	gsctp_assoc_id id;
	gsctp_sock s;
	int fd;

	s = into_the_void(&fd, &to);
	ck_assert_int_eq(gsctp_connect_init(s, traffic_sa(&to), sizeof(to),
			     NULL, 0, &id),
	    0);
	ck_assert_int_eq(gsctp_abort(s, id, "never mind", 10), 0);
	ck_assert_uint_eq(next_is_end(s, id, GSCTP_CANT_ASSOC),
	    CAUSE_USER_ABORT);
	ck_assert_int_eq(gsctp_assocs(s, NULL, 0), 0);
	ck_assert_int_eq(gsctp_abort(s, id, NULL, 0), -EPIPE);
	/* Nothing comes after it. */
	ck_assert_int_eq(gsctp_connect_init(s, traffic_sa(&to), sizeof(to),
			     NULL, 0, &id),
	    0);
	(void)next_is_end(s, id, GSCTP_CANT_ASSOC);
	close(fd);
}
END_TEST

START_TEST(abort_during_a_good_handshake_ends_both_sides)
{
	gsctp_sock server = loop_open(NULL, 0), client = loop_open(NULL, 0);
	struct sockaddr_storage to = traffic_name(server);
	gsctp_assoc_id id;
	int i, j;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	for (i = 0; i < 50; i++) {
		struct gsctp_msg *m;

		ck_assert_int_eq(gsctp_connect_init(client, traffic_sa(&to),
				     sizeof(to), NULL, 0, &id),
		    0);
		for (j = 0; j < i; j++)
			(void)gsctp_assocs(server, NULL, 0);
		ck_assert_int_eq(gsctp_abort(client, id, NULL, 0), 0);
		/* cant_assoc, or up and then lost. */
		do {
			m = next(client);
			ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
			ck_assert_uint_eq(m->assoc_id, id);
			if (m->u.assoc_change.state != GSCTP_COMM_UP)
				id = 0;
			gsctp_msg_free(m);
		} while (id != 0);
	}
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 0);
}
END_TEST

/*
 * close
 */

START_TEST(close_sends_what_is_queued_first)
{
	const size_t len = 65536, n = 16;
	struct gsctp_opt big = GSCTP_SNDBUF(2 * 1024 * 1024);
	struct loop_pair p = loop_pair(&big, 1);
	uint8_t *bytes = traffic_bytes(len, 1);
	size_t i;

	for (i = 0; i < n; i++)
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
				     len),
		    0);
	ck_assert_int_eq(gsctp_close(p.client), 0);
	traffic_unstuff(p.server, (int)n, len);
	next_is(p.server, p.at_server, GSCTP_MSG_SHUTDOWN_EVENT);
	(void)next_is_end(p.server, p.at_server, GSCTP_SHUTDOWN_COMP);
	free(bytes);
}
END_TEST

START_TEST(close_ends_every_association_gracefully)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_assoc_id at_other, at_server;
	gsctp_sock other;

	at_other = add_other(p.server, &other, &at_server);
	(void)loop_drain(p.server);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	ck_assert_uint_eq(loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP),
	    p.at_client);
	ck_assert_uint_eq(loop_recv_state(other, GSCTP_SHUTDOWN_COMP),
	    at_other);
}
END_TEST

START_TEST(unread_events_do_not_make_close_an_abort)
{
	gsctp_sock server = loop_open(NULL, 0), client = loop_open(NULL, 0);
	gsctp_assoc_id id;

	/* The listener has not read its comm_up. */
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	id = loop_connect(client, server);
	ck_assert_int_ne(loop_poll(gsctp_fd(server), POLLIN, LOOP_MS), 0);
	ck_assert_int_eq(gsctp_close(server), 0);
	next_is(client, id, GSCTP_MSG_SHUTDOWN_EVENT);
	(void)next_is_end(client, id, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(close_with_unread_data_aborts)
{
	struct loop_pair p = loop_pair(NULL, 0);

	traffic_send(p.client, p.at_client, 0, "never read");
	traffic_arrived(p.client, p.at_client);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	(void)next_is_end(p.client, p.at_client, GSCTP_COMM_LOST);
}
END_TEST

START_TEST(linger_for_0_seconds_aborts)
{
	struct gsctp_opt linger = GSCTP_LINGER(true, 0);
	struct loop_pair p = loop_pair(NULL, 0);

	traffic_set(p.server, linger);
	(void)loop_drain(p.server);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	ck_assert_uint_eq(next_is_end(p.client, p.at_client, GSCTP_COMM_LOST),
	    CAUSE_USER_ABORT);
}
END_TEST

struct reader {
	gsctp_sock s;
	size_t bytes;
	uint32_t end; /* state of the last assoc_change */
};

static void *
read_to_the_end(void *arg)
{
	struct reader *r = arg;
	struct gsctp_msg *m;

	while (r->end == 0 && gsctp_recv(r->s, LOOP_MS, &m) == 0) {
		if (m->type == GSCTP_MSG_DATA)
			r->bytes += m->u.data.len;
		if (m->type == GSCTP_MSG_ASSOC_CHANGE)
			r->end = m->u.assoc_change.state;
		gsctp_msg_free(m);
	}
	return NULL;
}

START_TEST(linger_waits_until_all_is_delivered)
{
	struct gsctp_opt opts[] = {
		GSCTP_SNDBUF(2 * 1024 * 1024),
		GSCTP_LINGER(true, 60),
	};
	struct loop_pair p = loop_pair(opts, 2);
	struct reader r = { .s = p.server };
	uint8_t *bytes = traffic_bytes(65536, 1);
	pthread_t t;
	int i;

	for (i = 0; i < 16; i++)
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
				     65536),
		    0);
	traffic_start(&t, read_to_the_end, &r);
	ck_assert_int_eq(gsctp_close(p.client), 0);
	/* Of the two at most the server's half is left. */
	ck_assert_uint_le(associations(), 1);
	traffic_join(t);
	ck_assert_uint_eq(r.bytes, 16 * 65536);
	ck_assert_uint_eq(r.end, GSCTP_SHUTDOWN_COMP);
	free(bytes);
}
END_TEST

START_TEST(linger_waits_no_longer_than_it_says)
{
	struct gsctp_opt linger = GSCTP_LINGER(true, 1);
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	int n = traffic_stuff(p.client, p.at_client, 5000);
	uint64_t start = loop_now_ms(), took;

	traffic_set(p.client, linger);
	ck_assert_int_eq(gsctp_close(p.client), 0);
	took = loop_now_ms() - start;
	ck_assert_uint_ge(took, 1000);
	ck_assert_uint_lt(took, 4000);
	/* And the rest is still delivered. */
	traffic_unstuff(p.server, n, 5000);
	next_is(p.server, p.at_server, GSCTP_MSG_SHUTDOWN_EVENT);
	(void)next_is_end(p.server, p.at_server, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(a_closed_socket_is_bad_for_every_call)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_close(p.client), 0);
	ck_assert_int_eq(gsctp_close(p.client), -EBADF);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), -EBADF);
	ck_assert_int_eq(gsctp_recv(p.client, 0, &m), -EBADF);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), -EBADF);
	ck_assert_int_eq(gsctp_listen(p.client, GSCTP_BACKLOG), -EBADF);
}
END_TEST

START_TEST(close_during_the_handshake_leaves_nothing)
{
	gsctp_sock server = loop_open(NULL, 0);
	struct sockaddr_storage to = traffic_name(server);
	gsctp_assoc_id id;
	gsctp_sock s;
	int i;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	for (i = 0; i < 100; i++) {
		s = loop_open(NULL, 0);
		ck_assert_int_eq(gsctp_connect_init(s, traffic_sa(&to),
				     sizeof(to), NULL, 0, &id),
		    0);
		if (i % 2 == 0)
			(void)gsctp_assocs(server, NULL, 0);
		ck_assert_int_eq(gsctp_close(s), 0);
	}
	/* The server is as good as before. */
	s = loop_open(NULL, 0);
	id = loop_connect(s, server);
	traffic_send(s, id, 0, "fine");
	gsctp_msg_free(loop_recv_type(server, GSCTP_MSG_DATA));
}
END_TEST

/*
 * Ends that this side did not ask for.
 */

START_TEST(autoclose_ends_an_idle_association)
{
	struct gsctp_opt autoclose = GSCTP_AUTOCLOSE(1);
	struct loop_pair p = loop_pair(NULL, 0);
	uint64_t start, took;

	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	start = loop_now_ms();
	traffic_set(p.server, autoclose);
	(void)loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP);
	took = loop_now_ms() - start;
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
	ck_assert_uint_ge(took, 800);
	ck_assert_uint_lt(took, 4000);
}
END_TEST

START_TEST(traffic_holds_autoclose_off)
{
	/* A sanitizer may take a second for an exchange. */
	const unsigned int s = SIDE_SLOW > 1 ? 4 : 1;
	struct gsctp_opt autoclose = GSCTP_AUTOCLOSE(s);
	struct loop_pair p = loop_pair(&autoclose, 1);
	uint64_t start = loop_now_ms();
	struct gsctp_msg *m;

	while (loop_now_ms() - start < s * 2500) {
		traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
		/* Nothing comes: this waits. */
		ck_assert_int_eq(gsctp_recv(p.client, 100, &m), -ETIMEDOUT);
	}
	ck_assert_int_eq(gsctp_assocs(p.server, NULL, 0), 1);
}
END_TEST

struct sender {
	gsctp_sock s;
	gsctp_assoc_id id;
	int err;
};

static void *
send_for_ever(void *arg)
{
	struct sender *w = arg;
	uint8_t bytes[5000] = { 0 };

	do
		w->err = gsctp_send(w->s, w->id, 0, bytes, sizeof(bytes));
	while (w->err == 0);
	return NULL;
}

/* Until the sender's socket has no room: it waits. */
static void
until_full(gsctp_sock s)
{
	while (loop_poll(gsctp_fd(s), POLLOUT, 0) & POLLOUT)
		loop_nap();
}

START_TEST(a_sender_that_waits_hears_of_the_peers_close)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct sender w = { .s = p.client, .id = p.at_client };
	pthread_t t;

	traffic_send(p.client, p.at_client, 0, "unread");
	traffic_arrived(p.client, p.at_client);
	traffic_start(&t, send_for_ever, &w);
	until_full(p.client);
	/* It has unread data: an ABORT. */
	ck_assert_int_eq(gsctp_close(p.server), 0);
	traffic_join(t);
	ck_assert_int_eq(w.err, -EPIPE);
	(void)loop_recv_state(p.client, GSCTP_COMM_LOST);
}
END_TEST

START_TEST(a_sender_that_waits_hears_of_the_peers_eof)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct sender w = { .s = p.client, .id = p.at_client };
	struct reader r = { .s = p.server };
	pthread_t t;

	traffic_start(&t, send_for_ever, &w);
	until_full(p.client);
	ck_assert_int_eq(gsctp_eof(p.server, p.at_server), 0);
	(void)read_to_the_end(&r);
	traffic_join(t);
	ck_assert_int_eq(w.err, -EPIPE);
	ck_assert_uint_eq(r.end, GSCTP_SHUTDOWN_COMP);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(a_sender_that_waits_hears_of_its_own_sockets_close)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct sender w = { .s = p.client, .id = p.at_client };
	pthread_t t;

	traffic_start(&t, send_for_ever, &w);
	until_full(p.client);
	ck_assert_int_eq(gsctp_close(p.client), 0);
	traffic_join(t);
	ck_assert_int_eq(w.err, -EBADF);
}
END_TEST

START_TEST(a_sender_that_waits_hears_of_an_abort_here)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct sender w = { .s = p.client, .id = p.at_client };
	pthread_t t;

	traffic_start(&t, send_for_ever, &w);
	until_full(p.client);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), 0);
	traffic_join(t);
	ck_assert_int_eq(w.err, -EPIPE);
	(void)loop_recv_state(p.client, GSCTP_COMM_LOST);
}
END_TEST

START_TEST(a_peer_that_falls_silent_is_lost)
{
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);
	struct gsctp_opt soon[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
		    .max = gsctp_def(50)),
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(2)),
	};
	struct gsctp_opt away = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = port);
	struct loop_pair p = loop_pair(soon, 2);
	struct gsctp_msg *m;
	int failed = 0;

	(void)loop_drain(p.client);
	away.u.udp_encaps.assoc_id = p.at_client;
	traffic_set(p.client, away);
	traffic_send(p.client, p.at_client, 0, "lost");
	for (;;) {
		m = next(p.client);
		if (m->type != GSCTP_MSG_SEND_FAILED)
			break;
		ck_assert(gsctp_msg_is_error(m));
		ck_assert_mem_eq(m->u.send_failed.data, "lost", 4);
		failed++;
		gsctp_msg_free(m);
	}
	ck_assert_int_eq(failed, 1);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_LOST);
	gsctp_msg_free(m);
	close(fd);
}
END_TEST

START_TEST(associations_come_and_go_a_hundred_times)
{
	gsctp_sock server = loop_open(NULL, 0), client = loop_open(NULL, 0);
	gsctp_assoc_id id, at_server;
	int i;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	for (i = 0; i < 100; i++) {
		id = loop_connect(client, server);
		at_server = loop_recv_state(server, GSCTP_COMM_UP);
		traffic_send(client, id, 0, "hello");
		traffic_expect(server, at_server, "hello");
		if (i % 2 == 0) {
			ck_assert_int_eq(gsctp_eof(server, at_server), 0);
			(void)loop_recv_state(client, GSCTP_SHUTDOWN_COMP);
			(void)loop_recv_state(server, GSCTP_SHUTDOWN_COMP);
		} else {
			ck_assert_int_eq(gsctp_abort(server, at_server, NULL,
					     0),
			    0);
			(void)loop_recv_state(client, GSCTP_COMM_LOST);
			(void)loop_recv_state(server, GSCTP_COMM_LOST);
		}
	}
	ck_assert_uint_eq(associations(), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc,
	    eof_delivers_what_is_queued_and_then_ends_both_sides);
	tcase_add_test(tc, after_eof_the_socket_is_still_good);
	tcase_add_test(tc, eof_leaves_other_associations_alone);
	tcase_add_test(tc, after_eof_nothing_more_is_sent);
	tcase_add_test(tc, both_sides_may_end_it_at_once);
	tcase_add_test(tc, eof_waits_for_the_peers_unread_data);
	tcase_add_test(tc, an_unknown_association_cannot_be_ended);
	tcase_add_test(tc, abort_tells_the_peer_why);
	tcase_add_test(tc, abort_needs_no_reason);
	tcase_add_test(tc, a_reason_of_1024_bytes_is_sent);
	tcase_add_test(tc,
	    abort_leaves_other_associations_and_the_socket_alone);
	tcase_add_test(tc, an_aborted_association_is_gone);
	tcase_add_test(tc, an_association_that_is_ending_can_be_aborted);
	tcase_add_test(tc, data_that_came_before_an_abort_is_still_read);
	tcase_add_test(tc, an_abort_after_the_end_loses_no_data);
	tcase_add_test(tc, a_small_rto_does_not_cut_off_what_is_still_sent);
	tcase_add_test(tc,
	    eof_during_the_handshake_ends_the_association_when_it_is_up);
	tcase_add_test(tc, eof_of_an_attempt_that_nobody_answers_ends_with_it);
	tcase_add_test(tc, abort_during_the_handshake_cannot_assoc);
	tcase_add_test(tc, abort_during_a_good_handshake_ends_both_sides);
	tcase_add_test(tc, close_sends_what_is_queued_first);
	tcase_add_test(tc, close_ends_every_association_gracefully);
	tcase_add_test(tc, unread_events_do_not_make_close_an_abort);
	tcase_add_test(tc, close_with_unread_data_aborts);
	tcase_add_test(tc, linger_for_0_seconds_aborts);
	tcase_add_test(tc, linger_waits_until_all_is_delivered);
	tcase_add_test(tc, linger_waits_no_longer_than_it_says);
	tcase_add_test(tc, a_closed_socket_is_bad_for_every_call);
	tcase_add_test(tc, close_during_the_handshake_leaves_nothing);
	tcase_add_test(tc, autoclose_ends_an_idle_association);
	tcase_add_test(tc, traffic_holds_autoclose_off);
	tcase_add_test(tc, a_sender_that_waits_hears_of_the_peers_close);
	tcase_add_test(tc, a_sender_that_waits_hears_of_the_peers_eof);
	tcase_add_test(tc, a_sender_that_waits_hears_of_its_own_sockets_close);
	tcase_add_test(tc, a_sender_that_waits_hears_of_an_abort_here);
	tcase_add_test(tc, a_peer_that_falls_silent_is_lost);
	tcase_add_test(tc, associations_come_and_go_a_hundred_times);
}

int
main(void)
{
	return traffic_run("end", add);
}
