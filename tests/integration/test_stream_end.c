/* test_stream_end: one-to-one sockets whose peer is silent, full or anew. */

#include "check_main.h"
#include "rawpeer.h"
#include "side.h"
#include "stream.h"

/* A socket that gives a silent peer up soon. */
static gsctp_sock
open_brisk(const struct raw_peer *r)
{
	const struct gsctp_opt opts[] = {
		GSCTP_TYPE(GSCTP_STREAM),
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
		    .max = gsctp_def(100)),
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(2)),
	};

	return raw_open_sock(r, opts, 3);
}

/* The peer's socket, accepted and comm_up read. */
static gsctp_sock
accept_raw(struct raw_peer *r, gsctp_sock listener)
{
	gsctp_sock s;

	raw_connect(r, (uint16_t)gsctp_port(listener));
	s = stream_accept(listener);
	(void)loop_recv_state(s, GSCTP_COMM_UP);
	return s;
}

/*
 * Silence
 */

START_TEST(a_peer_that_dies_silently_is_closed_with_etimedout)
{
	static struct raw_peer peer;
	gsctp_sock s, other;

	raw_open(&peer, "127.0.0.1");
	s = open_brisk(&peer);
	if (_i == 0) {
		(void)raw_accept_from(&peer, s);
	} else {
		ck_assert_int_eq(gsctp_listen(s, 5), 0);
		s = accept_raw(&peer, s);
	}
	traffic_send(s, 0, 0, "hello?");
	stream_ends(s, GSCTP_COMM_LOST, -ETIMEDOUT);
	/* Others are not concerned. */
	other = stream_open(NULL, 0);
	stream_connect(other, stream_listen(5, NULL, 0));
	raw_close(&peer);
}
END_TEST

START_TEST(an_abort_of_the_peers_is_closed_with_econnreset)
{
	static struct raw_peer peer;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = open_brisk(&peer);
	(void)raw_accept_from(&peer, s);
	/* Even where it comes on top of a timeout. */
	traffic_send(s, 0, 0, "x");
	(void)raw_wait(&peer, RAW_DATA);
	raw_abort(&peer, NULL, 0);
	stream_ends(s, GSCTP_COMM_LOST, -ECONNRESET);
	raw_close(&peer);
}
END_TEST

/* It acknowledges what was never sent. */
START_TEST(a_peer_that_makes_no_sense_is_closed_with_econnaborted)
{
	static struct raw_peer peer;
	const struct gsctp_opt opts[] = {
		GSCTP_TYPE(GSCTP_STREAM),
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50)),
	};
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, opts, 2);
	(void)raw_accept_from(&peer, s);
	/* A timer has been at work: what was sent comes again. */
	peer.is_mute[0] = true;
	traffic_send(s, 0, 0, "x");
	(void)raw_wait(&peer, RAW_DATA);
	(void)raw_wait(&peer, RAW_DATA);
	peer.cum += 1000;
	raw_sack(&peer);
	stream_ends(s, GSCTP_COMM_LOST, -ECONNABORTED);
	raw_close(&peer);
}
END_TEST

START_TEST(a_shutdown_of_the_peers_is_closed_without_an_error)
{
	static struct raw_peer peer;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = open_brisk(&peer);
	(void)raw_accept_from(&peer, s);
	raw_shutdown(&peer);
	stream_ends(s, GSCTP_SHUTDOWN_COMP, 0);
	raw_close(&peer);
}
END_TEST

/* The last bytes were a probe of a closed window, and the SHUTDOWN that
 * follows them is lost. */
START_TEST(a_shutdown_after_a_closed_window_is_sent_again)
{
	static struct raw_peer peer;
	struct raw_chunk c;
	gsctp_assoc_id id;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = open_brisk(&peer);
	id = raw_accept_from(&peer, s);
	peer.rwnd = 0;
	traffic_send(s, 0, 0, "it has no room for more");
	c = raw_wait(&peer, RAW_DATA);
	raw_answer(&peer, &c);
	while (traffic_peer_window(s, id) > 0)
		loop_nap();
	traffic_send(s, 0, 0, "so this is a probe");
	ck_assert_int_eq(gsctp_shutdown(s, GSCTP_SHUT_WRITE), 0);
	c = raw_wait(&peer, RAW_DATA);
	raw_answer(&peer, &c);
	(void)raw_wait(&peer, RAW_SHUTDOWN);
	/* An echo of the last one, as a reader sends that takes a byte. */
	raw_sack(&peer);
	(void)raw_wait(&peer, RAW_SHUTDOWN);
	raw_send_chunk(&peer, peer.peer_tag, RAW_SHUTDOWN_ACK, 0, NULL, 0);
	stream_ends(s, GSCTP_SHUTDOWN_COMP, 0);
	raw_close(&peer);
}
END_TEST

/* RFC 9260 9.2: a peer that does not finish is aborted in the end. */
START_TEST(a_shutdown_that_nobody_answers_is_closed_with_etimedout)
{
	static struct raw_peer peer;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = open_brisk(&peer);
	(void)raw_accept_from(&peer, s);
	ck_assert_int_eq(gsctp_shutdown(s, GSCTP_SHUT_WRITE), 0);
	stream_ends(s, GSCTP_COMM_LOST, -ETIMEDOUT);
	raw_close(&peer);
}
END_TEST

START_TEST(an_abort_during_the_shutdown_is_this_sides)
{
	static struct raw_peer peer;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = open_brisk(&peer);
	(void)raw_accept_from(&peer, s);
	ck_assert_int_eq(gsctp_shutdown(s, GSCTP_SHUT_WRITE), 0);
	ck_assert_int_eq(gsctp_abort(s, 0, NULL, 0), 0);
	stream_ends(s, GSCTP_COMM_LOST, -ECONNABORTED);
	(void)raw_wait(&peer, RAW_ABORT);
	raw_close(&peer);
}
END_TEST

/*
 * A peer that begins anew
 */

START_TEST(a_restart_stays_in_the_socket)
{
	static struct raw_peer peer;
	gsctp_sock listener, s, none;
	struct gsctp_msg *m;

	raw_open(&peer, "127.0.0.1");
	listener = open_brisk(&peer);
	ck_assert_int_eq(gsctp_listen(listener, 1), 0);
	if (_i == 0) {
		/* It waits to be accepted, and takes one place. */
		raw_connect(&peer, (uint16_t)gsctp_port(listener));
		raw_connect(&peer, (uint16_t)gsctp_port(listener));
		s = stream_accept(listener);
		(void)loop_recv_state(s, GSCTP_COMM_UP);
	} else {
		s = accept_raw(&peer, listener);
		raw_connect(&peer, (uint16_t)gsctp_port(listener));
	}
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_RESTART);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_accept(listener, 0, &none), -ETIMEDOUT);
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 0, "anew", 4);
	stream_expect(s, "anew");
	raw_close(&peer);
}
END_TEST

/*
 * Full
 */

static struct stream_pair
small_pair(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RECBUF(16384),
		GSCTP_SNDBUF(32768),
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 10),
		GSCTP_EVENTS(.address = gsctp_def(false)),
	};

	return stream_pair(opts, 4);
}

static void
set_timeout(gsctp_sock s, int32_t ms)
{
	traffic_set(s, (struct gsctp_opt)GSCTP_SEND_TIMEOUT_MS(ms));
}

START_TEST(a_full_socket_refuses_after_send_timeout)
{
	static const char block[SIDE_BLOCK];
	struct stream_pair p = small_pair();
	uint64_t start;

	side_fill(p.client, 0);
	ck_assert_int_eq(gsctp_send(p.client, 0, 0, block, sizeof(block)),
	    -EAGAIN);
	set_timeout(p.client, 300);
	start = loop_now_ms();
	ck_assert_int_eq(gsctp_send(p.client, 0, 0, block, sizeof(block)),
	    -ETIMEDOUT);
	ck_assert_uint_ge(loop_now_ms() - start, 300);
	ck_assert_uint_lt(loop_now_ms() - start, 300 + 2000 * SIDE_SLOW);
	/* Nothing has happened to it. */
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	traffic_send(p.server, 0, 0, "still");
	stream_expect(p.client, "still");
}
END_TEST

START_TEST(with_send_timeout_close_a_send_that_times_out_ends_it)
{
	static const char block[SIDE_BLOCK];
	struct stream_pair p = small_pair();

	side_fill(p.client, 0);
	traffic_set(p.client,
	    (struct gsctp_opt)GSCTP_SEND_TIMEOUT_CLOSE(true));
	/* One that does not wait is not a timeout. */
	ck_assert_int_eq(gsctp_send(p.client, 0, 0, block, sizeof(block)),
	    -EAGAIN);
	set_timeout(p.client, 100);
	ck_assert_int_eq(gsctp_send(p.client, 0, 0, block, sizeof(block)),
	    -ETIMEDOUT);
	stream_ends(p.client, GSCTP_COMM_LOST, -ECONNABORTED);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	(void)loop_recv_state(p.server, GSCTP_COMM_LOST);
	stream_is_closed(p.server, -ECONNRESET);
}
END_TEST

static int
send_block(void *arg)
{
	static const char block[SIDE_BLOCK];
	int err;

	while ((err = gsctp_send(*(gsctp_sock *)arg, 0, 0, block,
	    sizeof(block))) == 0)
		continue;
	return err;
}

/* Its peer aborts it (0), this side does (1), or closes the socket (2). */
START_TEST(a_blocked_sender_is_told_of_the_end)
{
	struct stream_pair p = small_pair();
	struct side sender;
	int err;

	side_fill(p.client, 0);
	set_timeout(p.client, -1);
	side_start(&sender, send_block, &p.client);
	side_await_sleep(&sender);
	if (_i == 0)
		ck_assert_int_eq(gsctp_abort(p.server, 0, NULL, 0), 0);
	else if (_i == 1)
		ck_assert_int_eq(gsctp_abort(p.client, 0, NULL, 0), 0);
	else
		ck_assert_int_eq(gsctp_close(p.client), 0);
	err = side_join(&sender);
	if (_i == 2)
		ck_assert_int_eq(err, -EBADF);
	else
		ck_assert(err == -EPIPE || err == -ENOTCONN);
	if (_i < 2)
		stream_ends(p.client, GSCTP_COMM_LOST,
		    _i == 0 ? -ECONNRESET : -ECONNABORTED);
}
END_TEST

static int
connect_again(void *arg)
{
	gsctp_sock *s = arg;		/* from, to */
	struct gsctp_msg *m;
	int err;

	/* As soon as the end is read. */
	while ((err = gsctp_recv(s[0], LOOP_MS, &m)) == 0)
		gsctp_msg_free(m);
	return err == -ENOTCONN ? stream_try_connect(s[0], s[1], LOOP_MS) :
				  err;
}

/* Many threads wait, and the socket has another association at once. */
START_TEST(a_blocked_sender_does_not_send_on_the_next_association)
{
	struct stream_pair p = small_pair();
	struct side senders[4], again;
	gsctp_sock both[2] = { p.client, p.listener };
	gsctp_sock server;
	int i, err;

	traffic_set(p.client, (struct gsctp_opt)GSCTP_EXIT_ON_CLOSE(false));
	side_fill(p.client, 0);
	set_timeout(p.client, -1);
	for (i = 0; i < 4; i++) {
		side_start(&senders[i], send_block, &p.client);
		side_await_sleep(&senders[i]);
	}
	ck_assert_int_eq(gsctp_abort(p.server, 0, NULL, 0), 0);
	side_start(&again, connect_again, both);
	for (i = 0; i < 4; i++) {
		err = side_join(&senders[i]);
		ck_assert(err == -EPIPE || err == -ENOTCONN);
	}
	ck_assert_int_eq(side_join(&again), 0);
	server = stream_accept(p.listener);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	traffic_send(p.client, 0, 0, "new");
	stream_expect(server, "new");
}
END_TEST

START_TEST(a_full_socket_has_room_again_when_the_peer_reads)
{
	struct stream_pair p = small_pair();
	struct side sender;
	int i;

	side_fill(p.client, 0);
	set_timeout(p.client, -1);
	side_start(&sender, send_block, &p.client);
	side_await_sleep(&sender);
	for (i = 0; i < 200; i++)
		gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	ck_assert_int_eq(gsctp_close(p.client), 0);
	ck_assert_int_eq(side_join(&sender), -EBADF);
}
END_TEST

/* shutdown(write) while the peer's window is closed. */
START_TEST(shutdown_write_delivers_all_that_is_queued)
{
	struct stream_pair p = small_pair();
	struct gsctp_stat stat;
	struct gsctp_msg *m;
	uint64_t n = 0;

	side_fill(p.client, 0);
	ck_assert_int_eq(gsctp_getstat(p.client, &stat), 0);
	ck_assert_int_eq(gsctp_shutdown(p.client, GSCTP_SHUT_WRITE), 0);
	ck_assert_int_eq(gsctp_send(p.client, 0, 0, "x", 1), -EPIPE);
	while ((m = stream_next(p.server))->type == GSCTP_MSG_DATA) {
		n += m->u.data.len;
		gsctp_msg_free(m);
	}
	ck_assert_uint_eq(m->type, GSCTP_MSG_SHUTDOWN_EVENT);
	gsctp_msg_free(m);
	ck_assert_uint_eq(n, stat.send_oct);
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

/* By shutdown, or by close: the end's event is never left out. */
START_TEST(each_of_many_ends_is_told_whole)
{
	gsctp_sock listener = stream_listen(5, NULL, 0);
	gsctp_sock client, server;
	int i;

	for (i = 0; i < 300; i++) {
		client = stream_client(listener, NULL, 0);
		server = stream_accept(listener);
		(void)loop_recv_state(server, GSCTP_COMM_UP);
		if (_i == 0)
			ck_assert_int_eq(gsctp_shutdown(client,
			    GSCTP_SHUT_WRITE), 0);
		else
			ck_assert_int_eq(gsctp_close(client), 0);
		gsctp_msg_free(loop_recv_type(server,
		    GSCTP_MSG_SHUTDOWN_EVENT));
		stream_ends(server, GSCTP_SHUTDOWN_COMP, 0);
		ck_assert_int_eq(gsctp_close(server), 0);
		if (_i == 0)
			ck_assert_int_eq(gsctp_close(client), 0);
	}
}
END_TEST

/* shutdown(read) opens a window that was closed. */
START_TEST(shutdown_read_makes_room_for_a_blocked_peer)
{
	struct stream_pair p = small_pair();

	side_fill(p.client, 0);
	ck_assert_int_eq(gsctp_shutdown(p.server, GSCTP_SHUT_READ), 0);
	set_timeout(p.client, LOOP_MS);
	traffic_send(p.client, 0, 0, "x");
	ck_assert_int_eq(gsctp_eof(p.client, 0), 0);
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc,
	    a_peer_that_dies_silently_is_closed_with_etimedout, 0, 2);
	tcase_add_test(tc, an_abort_of_the_peers_is_closed_with_econnreset);
	tcase_add_test(tc,
	    a_peer_that_makes_no_sense_is_closed_with_econnaborted);
	tcase_add_test(tc, a_shutdown_of_the_peers_is_closed_without_an_error);
	tcase_add_loop_test(tc, each_of_many_ends_is_told_whole, 0, 2);
	tcase_add_test(tc, a_shutdown_after_a_closed_window_is_sent_again);
	tcase_add_test(tc,
	    a_shutdown_that_nobody_answers_is_closed_with_etimedout);
	tcase_add_test(tc, an_abort_during_the_shutdown_is_this_sides);
	tcase_add_loop_test(tc, a_restart_stays_in_the_socket, 0, 2);
	tcase_add_test(tc, a_full_socket_refuses_after_send_timeout);
	tcase_add_test(tc,
	    with_send_timeout_close_a_send_that_times_out_ends_it);
	tcase_add_loop_test(tc, a_blocked_sender_is_told_of_the_end, 0, 3);
	tcase_add_test(tc,
	    a_blocked_sender_does_not_send_on_the_next_association);
	tcase_add_test(tc, a_full_socket_has_room_again_when_the_peer_reads);
	tcase_add_test(tc, shutdown_write_delivers_all_that_is_queued);
	tcase_add_test(tc, shutdown_read_makes_room_for_a_blocked_peer);
}

int
main(void)
{
	return traffic_run("stream_end", add);
}
