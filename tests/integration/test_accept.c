/* test_accept: one-to-one listeners, their backlog, and who accepts. */

#include "check_main.h"
#include "rawpeer.h"
#include "side.h"
#include "stream.h"

/* A refusal is an answer: it comes at once. */
#define AT_ONCE_MS (2000 * SIDE_SLOW)

static void
is_refused(gsctp_sock client, gsctp_sock listener)
{
	uint64_t start = loop_now_ms();

	ck_assert_int_eq(stream_try_connect(client, listener, LOOP_MS),
	    -ECONNREFUSED);
	ck_assert_uint_lt(loop_now_ms() - start, AT_ONCE_MS);
}

/*
 * The backlog
 */

static void
holds_exactly(gsctp_sock listener, int n)
{
	gsctp_sock extra = stream_open(NULL, 0), accepted;
	int i;

	for (i = 0; i < n; i++)
		(void)stream_client(listener, NULL, 0);
	is_refused(extra, listener);
	is_refused(extra, listener);
	for (i = 0; i < n + 3; i++) {
		accepted = stream_accept(listener);
		(void)loop_recv_state(accepted, GSCTP_COMM_UP);
		stream_connect(extra, listener);
		is_refused(stream_open(NULL, 0), listener);
		extra = stream_open(NULL, 0);
	}
	for (i = 0; i < n; i++)
		(void)stream_accept(listener);
	ck_assert_int_eq(gsctp_accept(listener, 0, &accepted), -ETIMEDOUT);
}

START_TEST(a_backlog_holds_exactly_as_many_as_it_says)
{
	static const int backlogs[] = { GSCTP_BACKLOG, 1, 2, 17 };

	ck_assert_int_eq(GSCTP_BACKLOG, 5);
	holds_exactly(stream_listen(backlogs[_i], NULL, 0), backlogs[_i]);
}
END_TEST

/* The state cookie of an INIT ACK, kept. */
struct cookie {
	uint8_t bytes[1024];
	size_t len;
};

static void
ask_for_cookie(struct raw_peer *r, uint16_t port, struct cookie *c)
{
	const uint8_t *bytes = NULL;
	struct raw_chunk chunk;

	r->to_port = port;
	raw_new_tag(r);
	raw_send_init(r);
	chunk = raw_wait(r, RAW_INIT_ACK);
	raw_learn(r, &chunk);
	raw_find_cookie(&chunk, &bytes, &c->len);
	ck_assert_uint_le(c->len, sizeof(c->bytes));
	memcpy(c->bytes, bytes, c->len);
}

/* Everybody has been promised a place: only so many have one. */
START_TEST(a_backlog_is_exact_for_peers_that_come_at_once)
{
	static struct raw_peer peers[12];
	static struct cookie cookies[12];
	gsctp_sock listener, s;
	struct raw_chunk c;
	int i, up = 0, refused = 0;

	listener = stream_listen(5, NULL, 0);
	for (i = 0; i < 12; i++) {
		raw_open(&peers[i], "127.0.0.1");
		peers[i].port = (uint16_t)(5001 + i);
		ask_for_cookie(&peers[i], (uint16_t)gsctp_port(listener),
		    &cookies[i]);
	}
	for (i = 0; i < 12; i++)
		raw_send_chunk(&peers[i], peers[i].peer_tag, RAW_COOKIE_ECHO,
		    0, cookies[i].bytes, cookies[i].len);
	for (i = 0; i < 12; i++) {
		ck_assert(raw_next(&peers[i], LOOP_MS, &c));
		up += c.type == RAW_COOKIE_ACK;
		refused += c.type == RAW_ABORT;
	}
	ck_assert_int_eq(up, 5);
	ck_assert_int_eq(refused, 7);
	for (i = 0; i < 5; i++)
		(void)stream_accept(listener);
	ck_assert_int_eq(gsctp_accept(listener, 0, &s), -ETIMEDOUT);
	for (i = 0; i < 12; i++)
		raw_close(&peers[i]);
}
END_TEST

/* CVE-2014-4667: those that never came up counted for ever. */
START_TEST(half_open_attempts_take_no_room)
{
	static struct raw_peer peer;
	static struct cookie cookie;
	gsctp_sock listener = stream_listen(1, NULL, 0), s;
	int i;

	raw_open(&peer, "127.0.0.1");
	for (i = 0; i < 300; i++) {
		ask_for_cookie(&peer, (uint16_t)gsctp_port(listener), &cookie);
		if (i % 3 != 0)
			continue;
		/* Up, and gone before anybody accepts. */
		raw_send_chunk(&peer, peer.peer_tag, RAW_COOKIE_ECHO, 0,
		    cookie.bytes, cookie.len);
		(void)raw_wait(&peer, RAW_COOKIE_ACK);
		raw_abort(&peer, NULL, 0);
		s = stream_accept(listener);
		(void)loop_recv_state(s, GSCTP_COMM_UP);
		stream_ends(s, GSCTP_COMM_LOST, -ECONNRESET);
		ck_assert_int_eq(gsctp_close(s), 0);
	}
	raw_close(&peer);
	(void)stream_client(listener, NULL, 0);
	(void)stream_accept(listener);
}
END_TEST

START_TEST(a_smaller_backlog_keeps_those_that_wait)
{
	gsctp_sock listener = stream_listen(3, NULL, 0), s;
	gsctp_sock late = stream_open(NULL, 0);
	int i;

	for (i = 0; i < 3; i++)
		(void)stream_client(listener, NULL, 0);
	ck_assert_int_eq(gsctp_listen(listener, 1), 0);
	is_refused(late, listener);
	(void)stream_accept(listener);
	is_refused(late, listener);
	(void)stream_accept(listener);
	is_refused(late, listener);
	(void)stream_accept(listener);
	stream_connect(late, listener);
	ck_assert_int_eq(gsctp_listen(listener, 0), 0);
	/* Those that are up stay. */
	(void)stream_accept(listener);
	ck_assert_int_eq(gsctp_accept(listener, 0, &s), -EINVAL);
	is_refused(stream_open(NULL, 0), listener);
	ck_assert_int_eq(gsctp_listen(listener, -1), -EINVAL);
	ck_assert_int_eq(gsctp_listen(listener, 2), 0);
	(void)stream_client(listener, NULL, 0);
}
END_TEST

/*
 * Who accepts
 */

struct acceptor {
	gsctp_sock listener;
	int timeout_ms;
	gsctp_sock got;
};

static int
accept_one(void *arg)
{
	struct acceptor *a = arg;

	return gsctp_accept(a->listener, a->timeout_ms, &a->got);
}

static void
start_acceptor(struct side *side, struct acceptor *a, gsctp_sock listener,
    int timeout_ms)
{
	memset(a, 0, sizeof(*a));
	a->listener = listener;
	a->timeout_ms = timeout_ms;
	side_start(side, accept_one, a);
	side_await_sleep(side);
}

static void
is_peer_of(gsctp_sock server, gsctp_sock client)
{
	struct sockaddr_storage ss;

	ck_assert_int_eq(gsctp_peernames(server, 0, &ss, 1), 1);
	ck_assert_uint_eq(ntohs(((struct sockaddr_in *)&ss)->sin_port),
	    (uint16_t)gsctp_port(client));
}

START_TEST(acceptors_are_served_in_the_order_they_came)
{
	gsctp_sock listener = stream_listen(5, NULL, 0), client;
	struct side sides[8];
	struct acceptor a[8];
	int i;

	for (i = 0; i < 8; i++)
		start_acceptor(&sides[i], &a[i], listener, -1);
	for (i = 0; i < 8; i++) {
		client = stream_client(listener, NULL, 0);
		ck_assert_int_eq(side_join(&sides[i]), 0);
		is_peer_of(a[i].got, client);
	}
}
END_TEST

START_TEST(peers_are_accepted_in_the_order_they_came)
{
	gsctp_sock listener = stream_listen(5, NULL, 0), clients[5];
	int i;

	for (i = 0; i < 5; i++)
		clients[i] = stream_client(listener, NULL, 0);
	for (i = 0; i < 5; i++)
		is_peer_of(stream_accept(listener), clients[i]);
}
END_TEST

START_TEST(each_acceptor_has_its_own_limit)
{
	gsctp_sock listener = stream_listen(5, NULL, 0), client;
	uint64_t start = loop_now_ms(), last_start;
	struct side sides[4];
	struct acceptor a[4];

	start_acceptor(&sides[0], &a[0], listener, 1500);
	start_acceptor(&sides[1], &a[1], listener, -1);
	last_start = loop_now_ms();
	start_acceptor(&sides[2], &a[2], listener, 300);
	start_acceptor(&sides[3], &a[3], listener, LOOP_MS);
	ck_assert_int_eq(side_join(&sides[2]), -ETIMEDOUT);
	ck_assert_uint_ge(sides[2].ended_ms - last_start, 300);
	ck_assert_int_eq(side_join(&sides[0]), -ETIMEDOUT);
	ck_assert_uint_ge(sides[0].ended_ms - start, 1500);
	/* Those whose time is over are not served. */
	client = stream_client(listener, NULL, 0);
	ck_assert_int_eq(side_join(&sides[1]), 0);
	is_peer_of(a[1].got, client);
	client = stream_client(listener, NULL, 0);
	ck_assert_int_eq(side_join(&sides[3]), 0);
	is_peer_of(a[3].got, client);
}
END_TEST

START_TEST(accept_with_a_timeout_of_0_polls)
{
	gsctp_sock listener = stream_listen(5, NULL, 0), s = { 77 };
	uint64_t start = loop_now_ms();

	ck_assert_int_eq(gsctp_accept(listener, 0, &s), -ETIMEDOUT);
	ck_assert_uint_lt(loop_now_ms() - start, AT_ONCE_MS);
	ck_assert_uint_eq(s.id, 77);
	ck_assert_int_eq(gsctp_accept(listener, 50, &s), -ETIMEDOUT);
	ck_assert_int_eq(gsctp_accept(listener, -2, &s), -EINVAL);
	ck_assert_int_eq(gsctp_accept(listener, 0, NULL), -EINVAL);
	(void)stream_client(listener, NULL, 0);
	ck_assert_int_eq(loop_poll(gsctp_fd(listener), POLLIN, LOOP_MS),
	    POLLIN);
	ck_assert_int_eq(gsctp_accept(listener, 0, &s), 0);
}
END_TEST

START_TEST(only_a_listening_one_to_one_socket_accepts)
{
	gsctp_sock many = loop_open(NULL, 0), one = stream_open(NULL, 0), s;
	struct stream_pair p = stream_pair(NULL, 0);

	ck_assert_int_eq(gsctp_listen(many, 5), 0);
	ck_assert_int_eq(gsctp_accept(many, 0, &s), -EINVAL);
	ck_assert_int_eq(gsctp_accept(one, -1, &s), -EINVAL);
	ck_assert_int_eq(gsctp_accept(p.client, -1, &s), -EINVAL);
	ck_assert_int_eq(gsctp_accept(p.server, -1, &s), -EINVAL);
	ck_assert_int_eq(gsctp_close(one), 0);
	ck_assert_int_eq(gsctp_accept(one, 0, &s), -EBADF);
}
END_TEST

START_TEST(acceptors_are_told_that_the_listener_is_closed_or_listens_no_more)
{
	gsctp_sock listener = stream_listen(5, NULL, 0);
	struct side sides[6];
	struct acceptor a[6];
	int i;

	for (i = 0; i < 6; i++)
		start_acceptor(&sides[i], &a[i], listener,
		    i < 3 ? -1 : LOOP_MS);
	if (_i == 0)
		ck_assert_int_eq(gsctp_close(listener), 0);
	else
		ck_assert_int_eq(gsctp_listen(listener, 0), 0);
	for (i = 0; i < 6; i++) {
		ck_assert_int_eq(side_join(&sides[i]),
		    _i == 0 ? -EBADF : -EINVAL);
		ck_assert_uint_eq(a[i].got.id, 0);
	}
}
END_TEST

START_TEST(acceptors_are_told_that_the_stack_stops)
{
	gsctp_sock listener = stream_listen(5, NULL, 0);
	gsctp_sock full = stream_listen(5, NULL, 0);
	struct side sides[3];
	struct acceptor a[3];
	int i;

	for (i = 0; i < 5; i++)
		(void)stream_client(full, NULL, 0);
	for (i = 0; i < 3; i++)
		start_acceptor(&sides[i], &a[i], listener, -1);
	ck_assert_int_eq(gsctp_stack_stop(_i == 0 ? 0 : 1000), 0);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(side_join(&sides[i]), -EBADF);
	ck_assert_int_eq(loop_engine_left, 0);
	loop_setup();
}
END_TEST

/* Clients come while the listener is closed under those who accept. */
static int
accept_all(void *arg)
{
	gsctp_sock s;
	int err;

	while ((err = gsctp_accept(*(gsctp_sock *)arg, -1, &s)) == 0)
		(void)gsctp_close(s);
	return err;
}

START_TEST(a_listener_may_be_closed_at_any_moment)
{
	gsctp_sock listener, clients[6];
	struct sockaddr_storage to;
	struct side sides[3];
	gsctp_assoc_id id;
	int i, round;

	for (round = 0; round < 200 / SIDE_SLOW + 20; round++) {
		listener = stream_listen(2, NULL, 0);
		to = traffic_name(listener);
		for (i = 0; i < 3; i++)
			side_start(&sides[i], accept_all, &listener);
		for (i = 0; i < 6; i++) {
			clients[i] = stream_open(NULL, 0);
			ck_assert_int_eq(gsctp_connect_init(clients[i],
			    traffic_sa(&to), sizeof(to), NULL, 0, &id), 0);
		}
		if (round % 2 == 0)
			gsctp_msg_free(loop_recv(clients[round % 6]));
		ck_assert_int_eq(gsctp_close(listener), 0);
		for (i = 0; i < 3; i++)
			ck_assert_int_eq(side_join(&sides[i]), -EBADF);
		for (i = 0; i < 6; i++)
			ck_assert_int_eq(gsctp_close(clients[i]), 0);
	}
}
END_TEST

/*
 * What is accepted
 */

START_TEST(comm_up_is_the_first_message_of_an_accepted_socket)
{
	gsctp_sock listener = stream_listen(5, NULL, 0), server;
	gsctp_sock client = stream_client(listener, NULL, 0);
	struct gsctp_msg *m;

	traffic_send(client, 0, 0, "early");
	traffic_arrived(client, 0);
	server = stream_accept(listener);
	m = loop_recv(server);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
	ck_assert_uint_eq(m->sock.id, server.id);
	gsctp_msg_free(m);
	stream_expect(server, "early");
}
END_TEST

START_TEST(a_peer_that_left_before_is_read_from_the_accepted_socket)
{
	gsctp_sock listener = stream_listen(5, NULL, 0), server;
	gsctp_sock client = stream_client(listener, NULL, 0);

	traffic_send(client, 0, 0, "one");
	traffic_send(client, 0, 0, "two");
	if (_i == 0) {
		ck_assert_int_eq(gsctp_close(client), 0);
	} else {
		traffic_arrived(client, 0);
		ck_assert_int_eq(gsctp_abort(client, 0, NULL, 0), 0);
		stream_ends(client, GSCTP_COMM_LOST, -ECONNABORTED);
	}
	server = stream_accept(listener);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	stream_expect(server, "one");
	stream_expect(server, "two");
	if (_i == 0)
		stream_ends(server, GSCTP_SHUTDOWN_COMP, 0);
	else
		stream_ends(server, GSCTP_COMM_LOST, -ECONNRESET);
}
END_TEST

START_TEST(closing_the_listener_aborts_those_that_wait_alone)
{
	struct stream_pair p = stream_pair(NULL, 0);
	gsctp_sock waits = stream_client(p.listener, NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(p.listener);
	const struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_TYPE(GSCTP_STREAM),
	};
	gsctp_sock again, client;

	ck_assert_int_eq(gsctp_close(p.listener), 0);
	stream_ends(waits, GSCTP_COMM_LOST, -ECONNRESET);
	stream_echo(p.client, p.server);
	/* Its port is to be had, beside what was accepted on it. */
	ck_assert_int_eq(loop_try_open(port, opts, 2, &again), 0);
	ck_assert_int_eq(gsctp_listen(again, 5), 0);
	client = stream_client(again, NULL, 0);
	is_peer_of(stream_accept(again), client);
	stream_echo(p.client, p.server);
	ck_assert_int_eq(gsctp_eof(p.server, 0), 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

static struct gsctp_opt
get(gsctp_sock s, uint32_t id)
{
	struct gsctp_opt o;

	memset(&o, 0, sizeof(o));
	o.id = id;
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o;
}

/* Set before anybody came (_i 0), or while he waited (1). */
START_TEST(an_accepted_socket_has_the_listeners_options)
{
	const struct gsctp_opt opts[] = {
		GSCTP_NODELAY(true),
		GSCTP_LINGER(true, 3),
		GSCTP_REUSEADDR(true),
		GSCTP_TOS(0x28),
		GSCTP_RECBUF(50000),
		GSCTP_SNDBUF(60000),
		GSCTP_DISABLE_FRAGMENTS(true),
		GSCTP_BUFFER(12345),
		GSCTP_SEND_TIMEOUT_MS(77),
		GSCTP_SEND_TIMEOUT_CLOSE(true),
		GSCTP_EXIT_ON_CLOSE(false),
		GSCTP_EVENTS(.address = gsctp_def(false),
		    .sender_dry = gsctp_def(true),
		    .data_io = gsctp_def(false)),
	};
	const size_t n = sizeof(opts) / sizeof(opts[0]);
	gsctp_sock listener = stream_listen(5, NULL, 0), s, client;

	if (_i == 0)
		ck_assert_int_eq(gsctp_setopts(listener, opts, n, NULL), 0);
	client = stream_client(listener, NULL, 0);
	traffic_send(client, 0, 0, "x");
	traffic_arrived(client, 0);
	if (_i == 1)
		ck_assert_int_eq(gsctp_setopts(listener, opts, n, NULL), 0);
	s = stream_accept(listener);
	ck_assert(get(s, GSCTP_OPT_NODELAY).u.flag);
	ck_assert(get(s, GSCTP_OPT_LINGER).u.linger.on);
	ck_assert_uint_eq(get(s, GSCTP_OPT_LINGER).u.linger.seconds, 3);
	ck_assert(get(s, GSCTP_OPT_REUSEADDR).u.flag);
	ck_assert_uint_eq(get(s, GSCTP_OPT_TOS).u.value, 0x28);
	ck_assert_uint_eq(get(s, GSCTP_OPT_RECBUF).u.value, 50000);
	ck_assert_uint_eq(get(s, GSCTP_OPT_SNDBUF).u.value, 60000);
	ck_assert(get(s, GSCTP_OPT_DISABLE_FRAGMENTS).u.flag);
	ck_assert_uint_eq(get(s, GSCTP_OPT_BUFFER).u.value, 12345);
	ck_assert_int_eq(get(s, GSCTP_OPT_SEND_TIMEOUT_MS).u.timeout_ms, 77);
	ck_assert(get(s, GSCTP_OPT_SEND_TIMEOUT_CLOSE).u.flag);
	ck_assert(!get(s, GSCTP_OPT_EXIT_ON_CLOSE).u.flag);
	ck_assert_uint_eq(get(s, GSCTP_OPT_EVENTS).u.events.address.v, 0);
	ck_assert_uint_eq(get(s, GSCTP_OPT_EVENTS).u.events.sender_dry.v, 1);
	ck_assert_uint_eq(get(s, GSCTP_OPT_EVENTS).u.events.data_io.v, 0);
	ck_assert_uint_eq(get(s, GSCTP_OPT_TYPE).u.value, GSCTP_STREAM);
	/* It does what it says. */
	ck_assert_int_eq(gsctp_send(s, 0, 0, "y", 1), 0);
	stream_expect(client, "y");
	gsctp_msg_free(loop_recv_type(s, GSCTP_MSG_SENDER_DRY));
}
END_TEST

START_TEST(an_accepted_socket_has_the_listeners_mailbox_and_active_mode)
{
	static const int32_t modes[] = { GSCTP_ACTIVE_FALSE, GSCTP_ACTIVE_TRUE,
		GSCTP_ACTIVE_ONCE, 2, 300 };
	struct gsctp_opt opts[2];
	gsctp_sock listener, client, s;
	struct gsctp_msg *m = NULL;
	gsctp_mbox mb;
	int32_t left;

	ck_assert_int_eq(gsctp_mbox_new(&mb), 0);
	opts[0] = (struct gsctp_opt)GSCTP_MBOX(mb);
	opts[1] = (struct gsctp_opt)GSCTP_ACTIVE(modes[_i]);
	listener = stream_listen(5, opts, 2);
	client = stream_client(listener, NULL, 0);
	traffic_send(client, 0, 0, "early");
	traffic_arrived(client, 0);
	/* Nothing is told of who is not accepted. */
	ck_assert_int_eq(gsctp_mbox_recv(mb, 0, &m), -ETIMEDOUT);
	s = stream_accept(listener);
	ck_assert_uint_eq(get(s, GSCTP_OPT_MBOX).u.mbox.id, mb.id);
	ck_assert_int_eq(get(listener, GSCTP_OPT_ACTIVE).u.active, modes[_i]);
	if (modes[_i] != GSCTP_ACTIVE_FALSE) {
		m = stream_mbox_next(mb);
		ck_assert_uint_eq(m->sock.id, s.id);
		ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
		gsctp_msg_free(m);
	}
	left = get(s, GSCTP_OPT_ACTIVE).u.active;
	if (modes[_i] == 300) {
		/* comm_up, "early", and perhaps addr_confirmed. */
		ck_assert(left == 298 || left == 297);
		stream_mbox_expect(mb, s, "early");
	} else if (modes[_i] == GSCTP_ACTIVE_TRUE) {
		stream_mbox_expect(mb, s, "early");
		ck_assert_int_eq(gsctp_abort(client, 0, NULL, 0), 0);
		gsctp_msg_free(stream_mbox_next(mb));
		m = stream_mbox_next(mb);
		ck_assert_str_eq(gsctp_msg_type_name(m->type), "closed");
		ck_assert_int_eq(m->u.closed.error, -ECONNRESET);
		gsctp_msg_free(m);
	} else {
		ck_assert_int_eq(left, GSCTP_ACTIVE_FALSE);
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, a_backlog_holds_exactly_as_many_as_it_says, 0,
	    4);
	tcase_add_test(tc, a_backlog_is_exact_for_peers_that_come_at_once);
	tcase_add_test(tc, half_open_attempts_take_no_room);
	tcase_add_test(tc, a_smaller_backlog_keeps_those_that_wait);
	tcase_add_test(tc, acceptors_are_served_in_the_order_they_came);
	tcase_add_test(tc, peers_are_accepted_in_the_order_they_came);
	tcase_add_test(tc, each_acceptor_has_its_own_limit);
	tcase_add_test(tc, accept_with_a_timeout_of_0_polls);
	tcase_add_test(tc, only_a_listening_one_to_one_socket_accepts);
	tcase_add_loop_test(tc,
	    acceptors_are_told_that_the_listener_is_closed_or_listens_no_more,
	    0, 2);
	tcase_add_loop_test(tc, acceptors_are_told_that_the_stack_stops, 0, 2);
	tcase_add_test(tc, a_listener_may_be_closed_at_any_moment);
	tcase_add_test(tc,
	    comm_up_is_the_first_message_of_an_accepted_socket);
	tcase_add_loop_test(tc,
	    a_peer_that_left_before_is_read_from_the_accepted_socket, 0, 2);
	tcase_add_test(tc, closing_the_listener_aborts_those_that_wait_alone);
	tcase_add_loop_test(tc, an_accepted_socket_has_the_listeners_options,
	    0, 2);
	tcase_add_loop_test(tc,
	    an_accepted_socket_has_the_listeners_mailbox_and_active_mode, 0,
	    5);
}

int
main(void)
{
	return traffic_run("accept", add);
}
