/* test_stream: one-to-one sockets, connected, used and ended. */

#include "check_main.h"
#include "side.h"
#include "stream.h"

static const char *const ips[] = { "127.0.0.1", "::1" };

/* GSCTP_IP of 127.0.0.1 (0) or ::1 (1). */
static struct gsctp_opt
ip_opt(int i)
{
	struct gsctp_opt o = GSCTP_IP(loop_addr(ips[i], 0));

	return o;
}

static bool
lacks_ipv6(int i)
{
	if (i == 0 || loop_has_ipv6())
		return false;
	printf("no ::1 here: IPv6 is left out\n");
	return true;
}

/* An end that comes soon where the peer is silent. */
static const struct gsctp_opt brisk[] = {
	GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
	    .max = gsctp_def(100)),
	GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(2)),
	GSCTP_INITMSG(.max_attempts = gsctp_def(1)),
};
#define NBRISK 3

/*
 * Use
 */

START_TEST(a_pair_carries_messages_both_ways)
{
	struct gsctp_opt o;
	struct stream_pair p;

	if (lacks_ipv6(_i))
		return;
	o = ip_opt(_i);
	p = stream_pair(&o, 1);
	stream_echo(p.client, p.server);
	stream_echo(p.server, p.client);
	stream_close(&p);
}
END_TEST

START_TEST(connect_tells_the_association_and_queues_no_comm_up)
{
	gsctp_sock listener = stream_listen(5, NULL, 0);
	gsctp_sock client = stream_open(NULL, 0);
	struct sockaddr_storage to = traffic_name(listener);
	struct gsctp_assoc_change up;
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&to), sizeof(to),
	    NULL, 0, LOOP_MS, &up), 0);
	ck_assert_uint_eq(up.state, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_assocs(client, &id, 1), 1);
	ck_assert_uint_eq(id, up.assoc_id);
	traffic_send(stream_accept(listener), 0, 0, "first");
	stream_expect(client, "first");
}
END_TEST

START_TEST(an_assoc_id_is_not_looked_at)
{
	struct stream_pair p = stream_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = { .assoc_id = STREAM_BOGUS };
	char text[] = "iov";
	struct iovec iov = { text, 3 };

	ck_assert_int_eq(gsctp_send(p.client, STREAM_BOGUS, 0, "a", 1), 0);
	ck_assert_int_eq(gsctp_send(p.client, 0, 0, "b", 1), 0);
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0), 0);
	stream_expect(p.server, "a");
	stream_expect(p.server, "b");
	stream_expect(p.server, "iov");
	ck_assert_int_eq(gsctp_eof(p.client, STREAM_BOGUS), 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

static void
has_address(const struct sockaddr_storage *ss, const char *ip, int port)
{
	struct sockaddr_storage want = loop_addr(ip, (uint16_t)port);

	ck_assert_uint_eq(ss->ss_family, want.ss_family);
	if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *a = (const void *)ss;
		const struct sockaddr_in6 *b = (const void *)&want;

		ck_assert_mem_eq(&a->sin6_addr, &b->sin6_addr, 16);
		ck_assert_uint_eq(a->sin6_port, b->sin6_port);
	} else {
		const struct sockaddr_in *a = (const void *)ss;
		const struct sockaddr_in *b = (const void *)&want;

		ck_assert_mem_eq(&a->sin_addr, &b->sin_addr, 4);
		ck_assert_uint_eq(a->sin_port, b->sin_port);
	}
}

static void
names_are(gsctp_sock s, gsctp_sock peer, gsctp_assoc_id id, const char *ip)
{
	struct sockaddr_storage ss[2];

	ck_assert_int_eq(gsctp_socknames(s, id, ss, 2), 1);
	has_address(&ss[0], ip, gsctp_port(s));
	ck_assert_int_eq(gsctp_peernames(s, id, ss, 2), 1);
	has_address(&ss[0], ip, gsctp_port(peer));
}

START_TEST(names_are_those_of_the_one_association)
{
	struct sockaddr_storage ss[2];
	struct gsctp_opt o;
	struct stream_pair p;

	if (lacks_ipv6(_i))
		return;
	o = ip_opt(_i);
	p = stream_pair(&o, 1);
	names_are(p.client, p.server, 0, ips[_i]);
	names_are(p.client, p.server, STREAM_BOGUS, ips[_i]);
	names_are(p.server, p.client, 0, ips[_i]);
	ck_assert_int_eq(gsctp_port(p.server), gsctp_port(p.listener));
	ss[0] = traffic_name(p.server);
	has_address(&ss[0], ips[_i], gsctp_port(p.listener));
	ck_assert_int_eq(gsctp_peernames(p.listener, 0, ss, 2), -ENOTCONN);
	ck_assert_int_eq(gsctp_socknames(p.listener, STREAM_BOGUS, ss, 2), 1);
	has_address(&ss[0], ips[_i], gsctp_port(p.listener));
}
END_TEST

START_TEST(a_wildcard_pair_has_every_address_of_the_stack)
{
	const struct gsctp_opt opts[] = { GSCTP_TYPE(GSCTP_STREAM) };
	struct sockaddr_storage ss[4], to;
	gsctp_sock listener, client, server;

	ck_assert_int_eq(loop_try_open(0, opts, 1, &listener), 0);
	ck_assert_int_eq(loop_try_open(0, opts, 1, &client), 0);
	ck_assert_int_eq(gsctp_listen(listener, 5), 0);
	to = loop_addr("127.0.0.2", (uint16_t)gsctp_port(listener));
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&to), sizeof(to),
	    NULL, 0, LOOP_MS, NULL), 0);
	server = stream_accept(listener);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	stream_echo(client, server);
	ck_assert_int_eq(gsctp_socknames(server, 0, ss, 4), 2);
	ck_assert_int_eq(gsctp_peernames(server, 0, ss, 4), 2);
	ck_assert_int_eq(gsctp_peernames(client, 0, ss, 4), 2);
}
END_TEST

START_TEST(getstat_counts_each_socket_for_itself)
{
	struct stream_pair p = stream_pair(NULL, 0);
	struct gsctp_stat before, after;

	(void)loop_drain(p.server);
	ck_assert_int_eq(gsctp_getstat(p.server, &before), 0);
	traffic_send(p.client, 0, 0, "1234");
	traffic_send(p.client, 0, 0, "56");
	stream_expect(p.server, "1234");
	stream_expect(p.server, "56");
	ck_assert_int_eq(gsctp_getstat(p.server, &after), 0);
	ck_assert_uint_eq(after.recv_cnt - before.recv_cnt, 2);
	ck_assert_uint_eq(after.recv_oct - before.recv_oct, 6);
	ck_assert_uint_eq(after.send_cnt, 0);
	ck_assert_int_eq(gsctp_getstat(p.client, &after), 0);
	ck_assert_uint_eq(after.send_cnt, 2);
	ck_assert_uint_eq(after.send_oct, 6);
	ck_assert_uint_eq(after.send_max, 4);
	ck_assert_int_eq(gsctp_getstat(p.listener, &after), 0);
	ck_assert_uint_eq(after.recv_cnt, 0);
}
END_TEST

START_TEST(fd_is_readable_for_a_message_and_for_an_association_to_accept)
{
	gsctp_sock listener = stream_listen(5, NULL, 0);
	gsctp_sock client = stream_open(NULL, 0), server;
	int fd = gsctp_fd(listener);

	ck_assert_int_eq(loop_poll(fd, POLLIN, 0), 0);
	stream_connect(client, listener);
	ck_assert_int_eq(loop_poll(fd, POLLIN, LOOP_MS), POLLIN);
	server = stream_accept(listener);
	ck_assert_int_eq(loop_poll(fd, POLLIN, 0), 0);

	fd = gsctp_fd(server);
	ck_assert_int_eq(loop_poll(fd, POLLIN, LOOP_MS), POLLIN);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	traffic_send(client, 0, 0, "x");
	traffic_arrived(client, 0);
	gsctp_msg_free(loop_recv_type(server, GSCTP_MSG_DATA));
	ck_assert_int_eq(loop_poll(fd, POLLIN, 0), 0);
	ck_assert_int_eq(gsctp_abort(client, 0, NULL, 0), 0);
	ck_assert_int_eq(loop_poll(fd, POLLIN, LOOP_MS), POLLIN);
	(void)loop_recv_state(server, GSCTP_COMM_LOST);
	ck_assert_int_eq(loop_poll(fd, POLLIN, 0), POLLIN);
	stream_is_closed(server, -ECONNRESET);
	ck_assert_int_eq(loop_poll(fd, POLLIN, 0), 0);
}
END_TEST

/*
 * Without an association
 */

static void
has_no_association(gsctp_sock s)
{
	struct gsctp_opt status = GSCTP_STATUS(STREAM_BOGUS);
	struct gsctp_sndrcvinfo info = { 0 };
	char x = 'x';
	struct iovec iov = { &x, 1 };

	stream_is_over(s);
	ck_assert_int_eq(gsctp_sendmsg(s, &info, &iov, 1, NULL, 0), -ENOTCONN);
	ck_assert_int_eq(gsctp_peernames(s, 0, NULL, 0), -ENOTCONN);
	ck_assert_int_eq(gsctp_getopts(s, &status, 1, NULL), -ENOTCONN);
	ck_assert_int_eq(gsctp_shutdown(s, GSCTP_SHUT_READ), -ENOTCONN);
	ck_assert_int_eq(gsctp_shutdown(s, GSCTP_SHUT_BOTH), -ENOTCONN);
}

START_TEST(an_unconnected_socket_is_not_connected_for_every_call)
{
	has_no_association(stream_open(NULL, 0));
}
END_TEST

START_TEST(a_listening_socket_is_good_for_accepting_alone)
{
	gsctp_sock listener = stream_listen(5, NULL, 0);
	gsctp_sock other = stream_listen(5, NULL, 0);

	has_no_association(listener);
	ck_assert_int_eq(stream_try_connect(listener, other, LOOP_MS),
	    -EINVAL);
	ck_assert_int_eq(gsctp_listen(listener, 0), 0);
	stream_connect(listener, other);
}
END_TEST

START_TEST(a_connected_socket_neither_listens_nor_connects)
{
	struct stream_pair p = stream_pair(NULL, 0);
	gsctp_sock other = stream_listen(5, NULL, 0);

	ck_assert_int_eq(gsctp_listen(p.client, 5), -EINVAL);
	ck_assert_int_eq(gsctp_listen(p.server, 5), -EINVAL);
	ck_assert_int_eq(gsctp_listen(p.server, 0), -EINVAL);
	ck_assert_int_eq(stream_try_connect(p.client, other, 0), -EISCONN);
	ck_assert_int_eq(stream_try_connect(p.client, p.listener, 0),
	    -EISCONN);
	ck_assert_int_eq(stream_try_connect(p.server, other, 0), -EISCONN);
	stream_echo(p.client, p.server);
}
END_TEST

/*
 * Attempts that fail
 */

/* Connect to a UDP port where nobody answers. */
static int
connect_to_nobody(gsctp_sock s, int timeout_ms)
{
	struct sockaddr_storage to = loop_addr("127.0.0.1", 5);
	struct gsctp_opt encaps = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0);
	uint16_t port;
	int err, fd = traffic_blackhole("127.0.0.1", &port);

	encaps.u.udp_encaps.port = port;
	err = gsctp_connect(s, traffic_sa(&to), sizeof(to), &encaps, 1,
	    timeout_ms, NULL);
	close(fd);
	encaps.u.udp_encaps.port = loop_udp_port();
	ck_assert_int_eq(gsctp_setopts(s, &encaps, 1, NULL), 0);
	return err;
}

START_TEST(each_failed_attempt_has_its_error_and_leaves_the_socket_good)
{
	gsctp_sock deaf = stream_open(NULL, 0);
	gsctp_sock listener = stream_listen(5, NULL, 0);
	gsctp_sock client = stream_open(brisk, NBRISK), server;
	struct sockaddr_storage v6 = loop_addr("::1", 5);
	uint64_t start = loop_now_ms();

	ck_assert_int_eq(stream_try_connect(client, deaf, LOOP_MS),
	    -ECONNREFUSED);
	ck_assert_uint_lt(loop_now_ms() - start, 2000 * SIDE_SLOW);
	stream_is_over(client);
	/* By the call's limit, and by that of the INITs. */
	ck_assert_int_eq(connect_to_nobody(client, 20), -ETIMEDOUT);
	stream_is_over(client);
	ck_assert_int_eq(connect_to_nobody(client, LOOP_MS), -ETIMEDOUT);
	stream_is_over(client);
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&v6), sizeof(v6),
	    NULL, 0, 0, NULL), -EAFNOSUPPORT);
	stream_connect(client, listener);
	server = stream_accept(listener);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	stream_echo(client, server);
}
END_TEST

START_TEST(an_attempt_that_nobody_waits_for_ends_without_closed)
{
	gsctp_sock deaf = stream_open(NULL, 0);
	gsctp_sock listener = stream_listen(5, NULL, 0);
	gsctp_sock client = stream_open(NULL, 0);
	struct sockaddr_storage to = traffic_name(deaf);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_connect_init(client, traffic_sa(&to),
	    sizeof(to), NULL, 0, &id), 0);
	ck_assert_int_eq(stream_try_connect(client, listener, 0), -EALREADY);
	ck_assert_int_eq(gsctp_listen(client, 5), -EINVAL);
	/* It has failed, and nobody has read that yet. */
	ck_assert_int_eq(loop_poll(gsctp_fd(client), POLLIN, LOOP_MS), POLLIN);
	ck_assert_int_eq(stream_try_connect(client, listener, 0), -EALREADY);
	m = stream_next(client);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_CANT_ASSOC);
	ck_assert_uint_eq(m->assoc_id, id);
	gsctp_msg_free(m);
	stream_is_over(client);

	to = traffic_name(listener);
	ck_assert_int_eq(gsctp_connect_init(client, traffic_sa(&to),
	    sizeof(to), NULL, 0, &id), 0);
	m = stream_next(client);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
	ck_assert_uint_eq(m->assoc_id, id);
	gsctp_msg_free(m);
}
END_TEST

static int
connect_waits(void *arg)
{
	struct sockaddr_storage to = side_addr("127.0.0.1", 5);

	return gsctp_connect(*(gsctp_sock *)arg, traffic_sa(&to), sizeof(to),
	    NULL, 0, -1, NULL);
}

START_TEST(an_attempt_that_is_aborted_leaves_the_socket_good)
{
	struct gsctp_opt encaps = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0);
	gsctp_sock listener = stream_listen(5, NULL, 0);
	gsctp_sock client = stream_open(NULL, 0);
	struct side waiter;
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	encaps.u.udp_encaps.port = port;
	ck_assert_int_eq(gsctp_setopts(client, &encaps, 1, NULL), 0);
	side_start(&waiter, connect_waits, &client);
	side_await_sleep(&waiter);
	ck_assert_int_eq(stream_try_connect(client, listener, 0), -EALREADY);
	ck_assert_int_eq(gsctp_abort(client, 0, NULL, 0), 0);
	ck_assert_int_eq(side_join(&waiter), -ECONNABORTED);
	stream_is_over(client);
	encaps.u.udp_encaps.port = loop_udp_port();
	ck_assert_int_eq(gsctp_setopts(client, &encaps, 1, NULL), 0);
	stream_connect(client, listener);
	close(fd);
}
END_TEST

/*
 * The end
 */

START_TEST(a_graceful_end_is_told_and_then_closed_once)
{
	struct stream_pair p = stream_pair(NULL, 0);
	gsctp_sock one = _i == 0 ? p.client : p.server;
	gsctp_sock other = _i == 0 ? p.server : p.client;

	traffic_send(one, 0, 0, "last words");
	ck_assert_int_eq(gsctp_eof(one, 0), 0);
	stream_expect(other, "last words");
	stream_ends(other, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(one, GSCTP_SHUTDOWN_COMP, 0);
	has_no_association(one);
}
END_TEST

START_TEST(an_abort_is_told_and_then_closed_once)
{
	struct stream_pair p = stream_pair(NULL, 0);
	gsctp_sock one = _i == 0 ? p.client : p.server;
	gsctp_sock other = _i == 0 ? p.server : p.client;

	ck_assert_int_eq(gsctp_abort(one, STREAM_BOGUS, "why", 3), 0);
	stream_ends(one, GSCTP_COMM_LOST, -ECONNABORTED);
	stream_ends(other, GSCTP_COMM_LOST, -ECONNRESET);
	has_no_association(other);
}
END_TEST

START_TEST(a_peer_that_closes_is_told_and_then_closed_once)
{
	struct stream_pair p = stream_pair(NULL, 0);

	traffic_send(p.client, 0, 0, "last words");
	ck_assert_int_eq(gsctp_close(p.client), 0);
	stream_expect(p.server, "last words");
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

START_TEST(the_end_is_closed_once_without_association_events_too)
{
	const struct gsctp_opt quiet = GSCTP_EVENTS(
	    .association = gsctp_def(false), .address = gsctp_def(false),
	    .shutdown = gsctp_def(false));
	gsctp_sock listener = stream_listen(5, &quiet, 1);
	gsctp_sock client = stream_client(listener, &quiet, 1);
	gsctp_sock server = stream_accept(listener);

	traffic_send(client, 0, 0, "x");
	stream_expect(server, "x");
	ck_assert_int_eq(gsctp_eof(client, 0), 0);
	stream_is_closed(client, 0);
	stream_is_over(client);
	stream_is_closed(server, 0);
	stream_is_over(server);
}
END_TEST

static int
recv_one(void *arg)
{
	struct gsctp_msg *m = NULL;
	int err = gsctp_recv(*(gsctp_sock *)arg, -1, &m);
	int type = err == 0 ? (int)m->type : err;

	gsctp_msg_free(m);
	return type;
}

START_TEST(who_waits_to_read_is_told_of_the_end)
{
	struct stream_pair p = stream_pair(NULL, 0);
	struct side waiters[4];
	int i, n[3] = { 0 }, r;

	(void)loop_drain(p.client);
	for (i = 0; i < 4; i++)
		side_start(&waiters[i], recv_one, &p.client);
	for (i = 0; i < 4; i++)
		side_await_sleep(&waiters[i]);
	ck_assert_int_eq(gsctp_abort(p.server, 0, NULL, 0), 0);
	for (i = 0; i < 4; i++) {
		r = side_join(&waiters[i]);
		if (r == GSCTP_MSG_ASSOC_CHANGE)
			n[0]++;
		else if (r == GSCTP_MSG_CLOSED)
			n[1]++;
		else if (r == -ENOTCONN)
			n[2]++;
	}
	ck_assert_int_eq(n[0], 1);
	ck_assert_int_eq(n[1], 1);
	ck_assert_int_eq(n[2], 2);
}
END_TEST

START_TEST(with_exit_on_close_the_port_is_free_after_the_end)
{
	struct stream_pair p = stream_pair(NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(p.client);
	const struct gsctp_opt ip = ip_opt(0);
	gsctp_sock again;

	ck_assert_int_eq(loop_try_open(port, &ip, 1, &again), -EADDRINUSE);
	ck_assert_int_eq(gsctp_eof(p.client, 0), 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
	ck_assert_int_eq(stream_try_connect(p.client, p.listener, 0),
	    -ENOTCONN);
	ck_assert_int_eq(gsctp_listen(p.client, 5), -EINVAL);
	ck_assert_int_eq(gsctp_port(p.client), port);
	ck_assert_int_eq(loop_try_open(port, &ip, 1, &again), 0);
	ck_assert_int_eq(gsctp_close(p.client), 0);
	ck_assert_int_eq(gsctp_close(p.client), -EBADF);
	ck_assert_int_eq(loop_try_open(port, &ip, 1, &p.client), -EADDRINUSE);
}
END_TEST

START_TEST(without_exit_on_close_the_socket_connects_again)
{
	const struct gsctp_opt opts[] = { GSCTP_EXIT_ON_CLOSE(false) };
	struct stream_pair p = stream_pair(opts, 1);
	uint16_t port = (uint16_t)gsctp_port(p.client);
	const struct gsctp_opt ip = ip_opt(0);
	gsctp_sock again;
	int i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(gsctp_eof(i == 1 ? p.server : p.client, 0),
		    0);
		stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
		stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
		ck_assert_int_eq(loop_try_open(port, &ip, 1, &again),
		    -EADDRINUSE);
		/* What was accepted has no port of its own. */
		ck_assert_int_eq(stream_try_connect(p.server, p.listener, 0),
		    -ENOTCONN);
		ck_assert_int_eq(gsctp_close(p.server), 0);
		stream_connect(p.client, p.listener);
		ck_assert_int_eq(gsctp_port(p.client), port);
		p.server = stream_accept(p.listener);
		(void)loop_recv_state(p.server, GSCTP_COMM_UP);
		stream_echo(p.client, p.server);
	}
}
END_TEST

/*
 * shutdown
 */

START_TEST(shutdown_write_delivers_what_was_sent_and_ends)
{
	struct stream_pair p = stream_pair(NULL, 0);

	traffic_send(p.server, 0, 0, "on its way");
	traffic_arrived(p.server, 0);
	traffic_send(p.client, 0, 0, "last words");
	ck_assert_int_eq(gsctp_shutdown(p.client, GSCTP_SHUT_WRITE), 0);
	ck_assert_int_eq(gsctp_send(p.client, 0, 0, "x", 1), -EPIPE);
	ck_assert_int_eq(gsctp_shutdown(p.client, GSCTP_SHUT_WRITE),
	    -ENOTCONN);
	stream_expect(p.server, "last words");
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
	stream_expect(p.client, "on its way");
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

START_TEST(shutdown_read_throws_data_away_and_keeps_events)
{
	const struct gsctp_opt small = GSCTP_RECBUF(16384);
	struct stream_pair p = stream_pair(&small, 1);
	char block[1000] = "";
	int i;

	traffic_send(p.client, 0, 0, "one");
	traffic_send(p.client, 0, 0, "two");
	traffic_arrived(p.client, 0);
	ck_assert_int_eq(gsctp_shutdown(p.server, GSCTP_SHUT_READ), 0);
	/* The window stays open although nobody reads. */
	(void)loop_drain(p.server);
	for (i = 0; i < 2000; i++)
		ck_assert_int_eq(gsctp_send(p.client, 0, 0, block,
		    sizeof(block)), 0);
	traffic_send(p.server, 0, 0, "still");
	stream_expect(p.client, "still");
	ck_assert_int_eq(gsctp_eof(p.client, 0), 0);
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

START_TEST(shutdown_both_ends_it_and_throws_data_away)
{
	struct stream_pair p = stream_pair(NULL, 0);

	traffic_send(p.client, 0, 0, "unheard");
	traffic_arrived(p.client, 0);
	traffic_send(p.server, 0, 0, "last words");
	ck_assert_int_eq(gsctp_shutdown(p.server, GSCTP_SHUT_BOTH), 0);
	ck_assert_int_eq(gsctp_send(p.server, 0, 0, "x", 1), -EPIPE);
	stream_expect(p.client, "last words");
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

START_TEST(after_shutdown_read_a_close_is_graceful)
{
	struct stream_pair p = stream_pair(NULL, 0);

	ck_assert_int_eq(gsctp_shutdown(p.server, GSCTP_SHUT_READ), 0);
	traffic_send(p.client, 0, 0, "unheard");
	traffic_arrived(p.client, 0);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

START_TEST(a_socket_that_connects_again_reads_again)
{
	const struct gsctp_opt stays = GSCTP_EXIT_ON_CLOSE(false);
	struct stream_pair p = stream_pair(&stays, 1);

	ck_assert_int_eq(gsctp_shutdown(p.client, GSCTP_SHUT_BOTH), 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
	stream_connect(p.client, p.listener);
	p.server = stream_accept(p.listener);
	traffic_send(p.server, 0, 0, "heard");
	stream_expect(p.client, "heard");
}
END_TEST

START_TEST(shutdown_refuses_what_makes_no_sense)
{
	struct stream_pair p = stream_pair(NULL, 0);
	gsctp_sock many = loop_open(NULL, 0), never = { 0 };

	ck_assert_int_eq(gsctp_shutdown(p.client,
	    (enum gsctp_shutdown_how)0), -EINVAL);
	ck_assert_int_eq(gsctp_shutdown(p.client,
	    (enum gsctp_shutdown_how)4), -EINVAL);
	ck_assert_int_eq(gsctp_shutdown(many, GSCTP_SHUT_READ), -EOPNOTSUPP);
	ck_assert_int_eq(gsctp_shutdown(many, GSCTP_SHUT_WRITE), -EOPNOTSUPP);
	ck_assert_int_eq(gsctp_shutdown(never, GSCTP_SHUT_WRITE), -EBADF);
	ck_assert_int_eq(gsctp_shutdown(p.listener, GSCTP_SHUT_WRITE),
	    -ENOTCONN);
	stream_echo(p.client, p.server);
}
END_TEST

/*
 * Two that have not met
 */

/* Has it come up, or been refused? */
static bool
comes_up(gsctp_sock s)
{
	struct gsctp_msg *m = stream_next(s);
	uint32_t state = m->u.assoc_change.state;

	ck_assert_str_eq(gsctp_msg_type_name(m->type), "assoc_change");
	ck_assert(state == GSCTP_COMM_UP || state == GSCTP_CANT_ASSOC);
	gsctp_msg_free(m);
	return state == GSCTP_COMM_UP;
}

/* The first INIT is refused where it comes before the other side connects:
 * then they have to try again. */
START_TEST(two_that_connect_at_once_share_one_association_if_they_listen_not)
{
	gsctp_sock a = stream_open(NULL, 0), b = stream_open(NULL, 0);
	struct sockaddr_storage to_a = traffic_name(a), to_b = traffic_name(b);
	gsctp_assoc_id id;
	bool is_up;
	int tries = 0;

	do {
		ck_assert_int_lt(tries++, 100);
		ck_assert_int_eq(gsctp_connect_init(a, traffic_sa(&to_b),
		    sizeof(to_b), NULL, 0, &id), 0);
		ck_assert_int_eq(gsctp_connect_init(b, traffic_sa(&to_a),
		    sizeof(to_a), NULL, 0, &id), 0);
		is_up = comes_up(a);
		ck_assert(comes_up(b) == is_up);
	} while (!is_up);
	stream_echo(a, b);
	ck_assert_int_eq(gsctp_eof(a, 0), 0);
	stream_ends(a, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(b, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, a_pair_carries_messages_both_ways, 0, 2);
	tcase_add_test(tc,
	    connect_tells_the_association_and_queues_no_comm_up);
	tcase_add_test(tc, an_assoc_id_is_not_looked_at);
	tcase_add_loop_test(tc, names_are_those_of_the_one_association, 0, 2);
	tcase_add_test(tc, a_wildcard_pair_has_every_address_of_the_stack);
	tcase_add_test(tc, getstat_counts_each_socket_for_itself);
	tcase_add_test(tc,
	    fd_is_readable_for_a_message_and_for_an_association_to_accept);
	tcase_add_test(tc,
	    an_unconnected_socket_is_not_connected_for_every_call);
	tcase_add_test(tc, a_listening_socket_is_good_for_accepting_alone);
	tcase_add_test(tc, a_connected_socket_neither_listens_nor_connects);
	tcase_add_test(tc,
	    each_failed_attempt_has_its_error_and_leaves_the_socket_good);
	tcase_add_test(tc,
	    an_attempt_that_nobody_waits_for_ends_without_closed);
	tcase_add_test(tc, an_attempt_that_is_aborted_leaves_the_socket_good);
	tcase_add_loop_test(tc, a_graceful_end_is_told_and_then_closed_once,
	    0, 2);
	tcase_add_loop_test(tc, an_abort_is_told_and_then_closed_once, 0, 2);
	tcase_add_test(tc, a_peer_that_closes_is_told_and_then_closed_once);
	tcase_add_test(tc,
	    the_end_is_closed_once_without_association_events_too);
	tcase_add_test(tc, who_waits_to_read_is_told_of_the_end);
	tcase_add_test(tc, with_exit_on_close_the_port_is_free_after_the_end);
	tcase_add_test(tc, without_exit_on_close_the_socket_connects_again);
	tcase_add_test(tc, shutdown_write_delivers_what_was_sent_and_ends);
	tcase_add_test(tc, shutdown_read_throws_data_away_and_keeps_events);
	tcase_add_test(tc, shutdown_both_ends_it_and_throws_data_away);
	tcase_add_test(tc, after_shutdown_read_a_close_is_graceful);
	tcase_add_test(tc, a_socket_that_connects_again_reads_again);
	tcase_add_test(tc, shutdown_refuses_what_makes_no_sense);
	tcase_add_test(tc,
	    two_that_connect_at_once_share_one_association_if_they_listen_not);
}

int
main(void)
{
	return traffic_run("stream", add);
}
