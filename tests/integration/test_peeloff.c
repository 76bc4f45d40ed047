/* test_peeloff: associations that become sockets of their own. */

#include "check_main.h"
#include "side.h"
#include "stream.h"

static gsctp_sock
peel(gsctp_sock s, gsctp_assoc_id id)
{
	gsctp_sock peeled = { 0 };

	ck_assert_int_eq(gsctp_peeloff(s, id, &peeled), 0);
	ck_assert_uint_ne(peeled.id, 0);
	ck_assert_uint_ne(peeled.id, s.id);
	return peeled;
}

static struct gsctp_opt
get(gsctp_sock s, uint32_t id)
{
	struct gsctp_opt o;

	memset(&o, 0, sizeof(o));
	o.id = id;
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o;
}

START_TEST(a_peeled_association_goes_on_in_its_own_socket)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock one = peel(p.server, p.at_server), other;
	gsctp_assoc_id id;

	ck_assert_uint_eq(get(one, GSCTP_OPT_TYPE).u.value, GSCTP_STREAM);
	ck_assert_int_eq(gsctp_assocs(one, &id, 1), 1);
	ck_assert_uint_eq(id, p.at_server);
	ck_assert_int_eq(gsctp_assocs(p.server, NULL, 0), 0);
	ck_assert_int_eq(gsctp_port(one), gsctp_port(p.server));
	(void)loop_drain(one);
	(void)loop_drain(p.client);
	traffic_both_ways(p.client, p.at_client, one, p.at_server);
	other = peel(p.client, p.at_client);
	stream_echo(one, other);
	stream_echo(other, one);
}
END_TEST

START_TEST(the_id_may_come_from_an_assoc_change)
{
	gsctp_sock server = loop_open(NULL, 0), client = loop_open(NULL, 0);
	gsctp_sock one, other;
	struct gsctp_assoc_change up;
	struct sockaddr_storage to = traffic_name(server);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_listen(server, 5), 0);
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&to), sizeof(to),
	    NULL, 0, LOOP_MS, &up), 0);
	m = loop_recv_type(server, GSCTP_MSG_ASSOC_CHANGE);
	one = peel(server, m->u.assoc_change.assoc_id);
	gsctp_msg_free(m);
	other = peel(client, up.assoc_id);
	stream_echo(one, other);
}
END_TEST

START_TEST(the_old_socket_has_it_no_more)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct sockaddr_storage to = traffic_name(p.server), ss;
	struct gsctp_opt status = GSCTP_STATUS(p.at_client);
	gsctp_sock one = peel(p.client, p.at_client), again;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), -EPIPE);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), -EPIPE);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), -EPIPE);
	ck_assert_int_eq(gsctp_peeloff(p.client, p.at_client, &again),
	    -EINVAL);
	ck_assert_int_eq(gsctp_getopts(p.client, &status, 1, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_peernames(p.client, p.at_client, &ss, 1),
	    -EINVAL);
	ck_assert_int_eq(gsctp_connect(p.client, traffic_sa(&to), sizeof(to),
	    NULL, 0, LOOP_MS, NULL), -EISCONN);
	ck_assert_int_eq(gsctp_connect(one, traffic_sa(&to), sizeof(to), NULL,
	    0, LOOP_MS, NULL), -EISCONN);
	ck_assert_int_eq(gsctp_listen(one, 5), -EINVAL);
	ck_assert_int_eq(gsctp_getopts(one, &status, 1, NULL), 0);
	traffic_send(one, 0, 0, "x");
	traffic_expect(p.server, p.at_server, "x");
	/* When it has ended the old socket may connect again. */
	ck_assert_int_eq(gsctp_eof(one, 0), 0);
	(void)loop_recv_state(one, GSCTP_SHUTDOWN_COMP);
	stream_is_closed(one, 0);
	(void)loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP);
	(void)loop_connect(p.client, p.server);
}
END_TEST

START_TEST(peeloff_refuses_what_makes_no_sense)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct stream_pair one = stream_pair(NULL, 0);
	struct sockaddr_storage to = loop_addr("127.0.0.1", 5);
	struct gsctp_opt encaps = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0);
	gsctp_sock s = { 77 }, never = { 0 };
	gsctp_assoc_id id;
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	ck_assert_int_eq(gsctp_peeloff(p.server, 0, &s), -EINVAL);
	ck_assert_int_eq(gsctp_peeloff(p.server, STREAM_BOGUS, &s), -EINVAL);
	ck_assert_int_eq(gsctp_peeloff(p.server, p.at_client, &s), -EINVAL);
	ck_assert_int_eq(gsctp_peeloff(p.server, p.at_server, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_peeloff(never, p.at_server, &s), -EBADF);
	ck_assert_int_eq(gsctp_assocs(one.client, &id, 1), 1);
	ck_assert_int_eq(gsctp_peeloff(one.client, id, &s), -EINVAL);
	ck_assert_int_eq(gsctp_peeloff(one.server, 0, &s), -EINVAL);
	/* Not up yet. */
	encaps.u.udp_encaps.port = port;
	ck_assert_int_eq(gsctp_connect_init(p.client, traffic_sa(&to),
	    sizeof(to), &encaps, 1, &id), 0);
	ck_assert_int_eq(gsctp_peeloff(p.client, id, &s), -EINVAL);
	ck_assert_uint_eq(s.id, 77);
	close(fd);
}
END_TEST

/*
 * What is queued
 */

START_TEST(what_is_queued_moves_along_in_order)
{
	gsctp_sock server = loop_open(NULL, 0), clients[2], one;
	gsctp_assoc_id at[2], at_server[2];
	char text[16];
	int i;

	ck_assert_int_eq(gsctp_listen(server, 5), 0);
	for (i = 0; i < 2; i++) {
		clients[i] = loop_open(NULL, 0);
		at[i] = loop_connect(clients[i], server);
	}
	for (i = 0; i < 40; i++) {
		(void)snprintf(text, sizeof(text), "message %d", i);
		traffic_send(clients[i % 2], at[i % 2], 0, text);
	}
	for (i = 0; i < 2; i++)
		traffic_arrived(clients[i], at[i]);
	ck_assert_int_eq(gsctp_eof(clients[0], at[0]), 0);
	ck_assert_int_eq(gsctp_assocs(server, at_server, 2), 2);
	/* The first to come up is the first of the list. */
	one = peel(server, at_server[0]);
	(void)loop_recv_state(one, GSCTP_COMM_UP);
	for (i = 0; i < 40; i += 2) {
		(void)snprintf(text, sizeof(text), "message %d", i);
		stream_expect(one, text);
	}
	stream_ends(one, GSCTP_SHUTDOWN_COMP, 0);
	ck_assert_uint_eq(loop_recv_state(server, GSCTP_COMM_UP),
	    at_server[1]);
	for (i = 1; i < 40; i += 2) {
		(void)snprintf(text, sizeof(text), "message %d", i);
		traffic_expect(server, at_server[1], text);
	}
	traffic_nothing_waits(server);
}
END_TEST

/* The mailbox has messages of both; the one's are the new socket's then. */
START_TEST(what_waits_in_the_mailbox_is_the_new_sockets_then)
{
	gsctp_sock server, clients[2], one = { 0 };
	gsctp_assoc_id at[2], at_server[2] = { 0 };
	struct gsctp_opt opts[2];
	struct gsctp_msg *m;
	gsctp_mbox mb;
	int i, next[2] = { 0, 0 }, which;

	ck_assert_int_eq(gsctp_mbox_new(&mb), 0);
	opts[0] = (struct gsctp_opt)GSCTP_MBOX(mb);
	opts[1] = (struct gsctp_opt)GSCTP_ACTIVE(GSCTP_ACTIVE_TRUE);
	server = loop_open(opts, 2);
	ck_assert_int_eq(gsctp_listen(server, 5), 0);
	for (i = 0; i < 2; i++) {
		clients[i] = loop_open(NULL, 0);
		at[i] = loop_connect(clients[i], server);
	}
	for (i = 0; i < 60; i++) {
		if (i == 30) {
			traffic_arrived(clients[0], at[0]);
			traffic_arrived(clients[1], at[1]);
			ck_assert_int_eq(gsctp_assocs(server, at_server, 2),
			    2);
			one = peel(server, at_server[0]);
		}
		ck_assert_int_eq(gsctp_send(clients[i % 2], at[i % 2], 0, &i,
		    sizeof(i)), 0);
	}
	while (next[0] + next[1] < 60) {
		m = stream_mbox_next(mb);
		which = m->assoc_id == at_server[0] ? 0 : 1;
		ck_assert_uint_eq(m->assoc_id, at_server[which]);
		ck_assert_uint_eq(m->sock.id, which == 0 ? one.id : server.id);
		if (m->type == GSCTP_MSG_DATA) {
			memcpy(&i, m->u.data.data, sizeof(i));
			ck_assert_int_eq(i, 2 * next[which] + which);
			next[which]++;
		}
		gsctp_msg_free(m);
	}
	ck_assert_int_eq(next[0], 30);
	ck_assert_int_eq(gsctp_mbox_recv(mb, 0, &m), -ETIMEDOUT);
}
END_TEST

/* Whole (_i 0), or in pieces of which one was read (1). */
START_TEST(a_message_that_is_half_there_moves_along)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RECBUF(16384),
		GSCTP_BUFFER(_i == 0 ? 1 << 20 : 4096),
	};
	const size_t len = 200000;
	struct loop_pair p = loop_pair(opts, 2);
	uint8_t *bytes = traffic_bytes(len, 3);
	struct gsctp_msg *m = NULL;
	gsctp_sock one;
	size_t at = 0;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, len), 0);
	if (_i == 1) {
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		ck_assert(!m->u.data.complete);
		ck_assert_mem_eq(m->u.data.data, bytes, m->u.data.len);
		at = m->u.data.len;
		gsctp_msg_free(m);
	}
	(void)loop_poll(gsctp_fd(p.server), POLLIN, 20);
	one = peel(p.server, p.at_server);
	do {
		m = loop_recv_type(one, GSCTP_MSG_DATA);
		ck_assert_uint_le(at + m->u.data.len, len);
		ck_assert(memcmp(m->u.data.data, bytes + at,
		    m->u.data.len) == 0);
		at += m->u.data.len;
		ck_assert(m->u.data.complete == (at == len));
		gsctp_msg_free(m);
	} while (at < len);
	free(bytes);
}
END_TEST

START_TEST(an_association_that_has_ended_unread_can_be_peeled)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock one;

	traffic_send(p.client, p.at_client, 0, "last words");
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
	one = peel(p.server, p.at_server);
	stream_expect(one, "last words");
	stream_ends(one, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

/*
 * What it has from the old one
 */

START_TEST(a_peeled_socket_has_the_old_ones_options)
{
	const struct gsctp_opt opts[] = {
		GSCTP_NODELAY(true),
		GSCTP_LINGER(true, 3),
		GSCTP_REUSEADDR(true),
		GSCTP_TOS(0x28),
		GSCTP_PRIORITY(2),
		GSCTP_BUFFER(12345),
		GSCTP_SEND_TIMEOUT_MS(77),
		GSCTP_EVENTS(.sender_dry = gsctp_def(true),
		    .address = gsctp_def(false)),
	};
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock s;

	ck_assert_int_eq(gsctp_setopts(p.server, opts, 8, NULL), 0);
	s = peel(p.server, p.at_server);
	ck_assert(get(s, GSCTP_OPT_NODELAY).u.flag);
	ck_assert(get(s, GSCTP_OPT_LINGER).u.linger.on);
	ck_assert_uint_eq(get(s, GSCTP_OPT_LINGER).u.linger.seconds, 3);
	ck_assert(get(s, GSCTP_OPT_REUSEADDR).u.flag);
	ck_assert_uint_eq(get(s, GSCTP_OPT_TOS).u.value, 0x28);
	ck_assert_uint_eq(get(s, GSCTP_OPT_PRIORITY).u.value, 2);
	ck_assert_uint_eq(get(s, GSCTP_OPT_BUFFER).u.value, 12345);
	ck_assert_int_eq(get(s, GSCTP_OPT_SEND_TIMEOUT_MS).u.timeout_ms, 77);
	ck_assert_uint_eq(get(s, GSCTP_OPT_EVENTS).u.events.sender_dry.v, 1);
	ck_assert_uint_eq(get(s, GSCTP_OPT_EVENTS).u.events.address.v, 0);
	traffic_send(s, 0, 0, "y");
	traffic_expect(p.client, p.at_client, "y");
	gsctp_msg_free(loop_recv_type(s, GSCTP_MSG_SENDER_DRY));
	/* From here on each goes its own way. */
	traffic_set(s, (struct gsctp_opt)GSCTP_NODELAY(false));
	traffic_set(p.server, (struct gsctp_opt)GSCTP_LINGER(false, 0));
	ck_assert(get(p.server, GSCTP_OPT_NODELAY).u.flag);
	ck_assert(get(s, GSCTP_OPT_LINGER).u.linger.on);
}
END_TEST

START_TEST(a_peeled_socket_has_the_old_ones_mailbox_and_active_mode)
{
	static const int32_t modes[] = { GSCTP_ACTIVE_FALSE, GSCTP_ACTIVE_TRUE,
		GSCTP_ACTIVE_ONCE, 5 };
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;
	gsctp_mbox none = { 0 }, mb;
	gsctp_sock s;
	int i;

	(void)loop_drain(p.server);
	ck_assert_int_eq(gsctp_mbox_new(&mb), 0);
	ck_assert_int_eq(gsctp_controlling_process(p.server, none, mb), 0);
	ck_assert_int_eq(gsctp_set_active(p.server, modes[_i]), 0);
	s = peel(p.server, p.at_server);
	ck_assert_uint_eq(get(s, GSCTP_OPT_MBOX).u.mbox.id, mb.id);
	ck_assert_int_eq(get(s, GSCTP_OPT_ACTIVE).u.active, modes[_i]);
	ck_assert_int_eq(get(p.server, GSCTP_OPT_ACTIVE).u.active, modes[_i]);
	if (modes[_i] != 5)
		return;
	/* Both keep N: five of its own, and passive after them. */
	for (i = 0; i < 6; i++)
		traffic_send(p.client, p.at_client, 0, "x");
	for (i = 0; i < 5; i++)
		stream_mbox_expect(mb, s, "x");
	m = stream_mbox_next(mb);
	ck_assert_str_eq(gsctp_msg_type_name(m->type), "passive");
	ck_assert_uint_eq(m->sock.id, s.id);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_mbox_recv(mb, 0, &m), -ETIMEDOUT);
	stream_expect(s, "x");
	ck_assert_int_eq(get(p.server, GSCTP_OPT_ACTIVE).u.active, 5);
}
END_TEST

/*
 * Its end
 */

START_TEST(a_peeled_socket_is_closed_at_the_end)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock one = peel(p.server, p.at_server);
	gsctp_sock other = peel(p.client, p.at_client);

	traffic_send(one, 0, 0, "last words");
	if (_i == 0)
		ck_assert_int_eq(gsctp_eof(one, 0), 0);
	else
		ck_assert_int_eq(gsctp_close(one), 0);
	stream_expect(other, "last words");
	stream_ends(other, GSCTP_SHUTDOWN_COMP, 0);
	if (_i == 0)
		stream_ends(one, GSCTP_SHUTDOWN_COMP, 0);
	ck_assert_int_eq(gsctp_listen(p.client, 5), 0);
}
END_TEST

START_TEST(closing_the_old_socket_leaves_the_new_one_alive)
{
	struct loop_pair p = loop_pair(NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(p.server);
	const struct gsctp_opt ip = GSCTP_IP(loop_addr("127.0.0.1", 0));
	gsctp_sock one = peel(p.server, p.at_server), again, other;
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_close(p.server), 0);
	traffic_send(p.client, p.at_client, 0, "still");
	stream_expect(one, "still");
	/* Its port is to be had beside it. */
	ck_assert_int_eq(loop_try_open(port, &ip, 1, &again), 0);
	ck_assert_int_eq(gsctp_listen(again, 5), 0);
	other = loop_open(NULL, 0);
	id = loop_connect(other, again);
	traffic_both_ways(other, id, again,
	    loop_recv_state(again, GSCTP_COMM_UP));
	traffic_send(one, 0, 0, "still");
	traffic_expect(p.client, p.at_client, "still");
}
END_TEST

/*
 * While others are at it
 */

/* A message is this many numbers; the first of them counts. */
#define NUMBERS 250

/* Send numbers until the association is not there any more; how many were
 * taken, or the error if it is another one. */
static int
send_numbers(void *arg)
{
	struct loop_pair *p = arg;
	uint32_t block[NUMBERS] = { 0 };
	int err;

	while ((err = gsctp_send(p->client, p->at_client, 0, block,
	    sizeof(block))) == 0)
		block[0]++;
	return err == -EPIPE ? (int)block[0] : err;
}

static void
expect_number(gsctp_sock s, uint32_t n)
{
	struct gsctp_msg *m = loop_recv_type(s, GSCTP_MSG_DATA);
	uint32_t got;

	ck_assert_uint_eq(m->u.data.len, NUMBERS * sizeof(got));
	memcpy(&got, m->u.data.data, sizeof(got));
	gsctp_msg_free(m);
	ck_assert_uint_eq(got, n);
}

/* The sender runs (_i 0), or waits for room (1). */
START_TEST(who_sends_meanwhile_gets_epipe_and_nothing_is_lost_or_doubled)
{
	const struct gsctp_opt small[] = {
		GSCTP_SNDBUF(16384),
		GSCTP_RECBUF(16384),
	};
	struct loop_pair p = traffic_brisk_pair(small, 2);
	uint32_t n = 0, block[NUMBERS] = { 0 };
	struct gsctp_msg *m;
	struct side sender;
	gsctp_sock one;
	int sent;

	side_start(&sender, send_numbers, &p);
	while (n < 50)
		expect_number(p.server, n++);
	if (_i == 1)
		side_await_sleep(&sender);
	one = peel(p.client, p.at_client);
	sent = side_join(&sender);
	ck_assert_int_ge(sent, 50);
	while (n < (uint32_t)sent)
		expect_number(p.server, n++);
	for (; n < (uint32_t)sent + 100; n++) {
		block[0] = n;
		ck_assert_int_eq(gsctp_send(one, 0, 0, block, sizeof(block)),
		    0);
		expect_number(p.server, n);
	}
	ck_assert_int_eq(gsctp_eof(one, 0), 0);
	m = stream_next(p.server);
	ck_assert_uint_ne(m->type, GSCTP_MSG_DATA);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(a_blocked_sender_gets_epipe)
{
	struct loop_pair p = side_pair();
	struct side sender;
	gsctp_sock one;

	side_fill(p.client, p.at_client);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_SEND_TIMEOUT_MS(-1));
	side_start(&sender, send_numbers, &p);
	side_await_sleep(&sender);
	one = peel(p.client, p.at_client);
	(void)side_join(&sender);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), -EPIPE);
	ck_assert_int_eq(loop_poll(gsctp_fd(p.client), POLLOUT, 0), POLLOUT);
	/* The new one is as full as it was, and has room again later. */
	traffic_set(one, (struct gsctp_opt)GSCTP_SEND_TIMEOUT_MS(0));
	ck_assert_int_eq(loop_poll(gsctp_fd(one), POLLOUT, 0), 0);
	while (loop_poll(gsctp_fd(one), POLLOUT, 0) == 0)
		gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
}
END_TEST

START_TEST(a_listening_socket_goes_on_listening)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock peeled[20], client, clients[20];
	gsctp_assoc_id id;
	int i;

	for (i = 0; i < 20; i++) {
		clients[i] = client = loop_open(NULL, 0);
		(void)loop_connect(client, p.server);
		id = loop_recv_state(p.server, GSCTP_COMM_UP);
		peeled[i] = peel(p.server, id);
		ck_assert_int_eq(gsctp_assocs(client, &id, 1), 1);
		traffic_send(client, id, 0, "x");
	}
	for (i = 0; i < 20; i++) {
		stream_expect(peeled[i], "x");
		ck_assert_int_eq(gsctp_close(clients[i]), 0);
		stream_ends(peeled[i], GSCTP_SHUTDOWN_COMP, 0);
	}
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

/* A peer that leaves, now gracefully, now not. */
struct leaver {
	gsctp_sock s;
	gsctp_assoc_id id;
	int round;
};

static int
leave(void *arg)
{
	struct leaver *l = arg;
	int i;

	for (i = 0; i < l->round % 7 * 50; i++)
		sched_yield();
	if (l->round % 3 == 0)
		return gsctp_abort(l->s, l->id, NULL, 0);
	return l->round % 3 == 1 ? gsctp_eof(l->s, l->id) :
				   gsctp_close(l->s);
}

/* What is read of one association, from the old socket or the new one. */
static void
read_to_the_end(gsctp_sock s, bool is_graceful)
{
	struct gsctp_msg *m = stream_next(s);
	int texts = 0;

	while (m->type != GSCTP_MSG_CLOSED) {
		texts += m->type == GSCTP_MSG_DATA;
		gsctp_msg_free(m);
		m = stream_next(s);
	}
	ck_assert(is_graceful ? m->u.closed.error == 0 :
				m->u.closed.error == -ECONNRESET);
	ck_assert_int_eq(texts, 2);
	gsctp_msg_free(m);
	stream_is_over(s);
}

START_TEST(the_peer_may_leave_at_that_moment)
{
	int rounds = 3000 / SIDE_SLOW, peeled = 0, i;
	const struct gsctp_opt at_once[] = {
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 0),
		GSCTP_NODELAY(true),
	};
	gsctp_sock server = loop_open(at_once, 2), one;
	struct leaver l;
	struct side side;
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_listen(server, 5), 0);
	for (i = 0; i < rounds; i++) {
		l.s = loop_open(at_once, 2);
		l.id = loop_connect(l.s, server);
		l.round = i;
		id = loop_recv_state(server, GSCTP_COMM_UP);
		traffic_send(l.s, l.id, 0, "one");
		traffic_send(l.s, l.id, 0, "two");
		traffic_arrived(l.s, l.id);
		side_start(&side, leave, &l);
		/* The data that waits keeps it there. */
		one = peel(server, id);
		peeled++;
		ck_assert_int_eq(side_join(&side), 0);
		read_to_the_end(one, i % 3 != 0);
		ck_assert_int_eq(gsctp_close(one), 0);
		if (i % 3 != 2)
			ck_assert_int_eq(gsctp_close(l.s), 0);
	}
	ck_assert_int_eq(gsctp_assocs(server, NULL, 0), 0);
	printf("peeled %d associations whose peer left\n", peeled);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_peeled_association_goes_on_in_its_own_socket);
	tcase_add_test(tc, the_id_may_come_from_an_assoc_change);
	tcase_add_test(tc, the_old_socket_has_it_no_more);
	tcase_add_test(tc, peeloff_refuses_what_makes_no_sense);
	tcase_add_test(tc, what_is_queued_moves_along_in_order);
	tcase_add_test(tc,
	    what_waits_in_the_mailbox_is_the_new_sockets_then);
	tcase_add_loop_test(tc, a_message_that_is_half_there_moves_along, 0,
	    2);
	tcase_add_test(tc, an_association_that_has_ended_unread_can_be_peeled);
	tcase_add_test(tc, a_peeled_socket_has_the_old_ones_options);
	tcase_add_loop_test(tc,
	    a_peeled_socket_has_the_old_ones_mailbox_and_active_mode, 0, 4);
	tcase_add_loop_test(tc, a_peeled_socket_is_closed_at_the_end, 0, 2);
	tcase_add_test(tc, closing_the_old_socket_leaves_the_new_one_alive);
	tcase_add_loop_test(tc,
	    who_sends_meanwhile_gets_epipe_and_nothing_is_lost_or_doubled, 0,
	    2);
	tcase_add_test(tc, a_blocked_sender_gets_epipe);
	tcase_add_test(tc, a_listening_socket_goes_on_listening);
	tcase_add_test(tc, the_peer_may_leave_at_that_moment);
}

int
main(void)
{
	return traffic_run("peeloff", add);
}
