/* test_connect: associations begun by the application. */

#include <errno.h>
#include <stdatomic.h>

#include "check_main.h"
#include "traffic.h"

/* gsctp_connect() to the listening socket to, with one option or none. */
static int
try_connect(gsctp_sock from, gsctp_sock to, const struct gsctp_opt *opt,
    int timeout_ms, struct gsctp_assoc_change *out)
{
	struct sockaddr_storage addr = traffic_name(to);

	return gsctp_connect(from, traffic_sa(&addr), sizeof(addr), opt,
	    opt != NULL ? 1 : 0, timeout_ms, out);
}

static gsctp_assoc_id
begin(gsctp_sock from, gsctp_sock to, const struct gsctp_opt *opt)
{
	struct sockaddr_storage addr = traffic_name(to);
	gsctp_assoc_id id = 0;

	ck_assert_int_eq(gsctp_connect_init(from, traffic_sa(&addr),
			     sizeof(addr), opt, opt != NULL ? 1 : 0, &id),
	    0);
	ck_assert_uint_ne(id, 0);
	return id;
}

static gsctp_sock
open_listening(void)
{
	gsctp_sock s = loop_open(NULL, 0);

	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	return s;
}

/* Peers are asked for behind a UDP port where nobody answers. */
static struct gsctp_opt
into_the_void(int *fd)
{
	uint16_t port;
	struct gsctp_opt opt = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0);

	*fd = traffic_blackhole("127.0.0.1", &port);
	opt.u.udp_encaps.port = port;
	return opt;
}

static struct gsctp_opt
back_again(void)
{
	struct gsctp_opt opt =
	    GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = loop_udp_port());

	return opt;
}

START_TEST(connect_returns_an_association_that_is_up)
{
	gsctp_sock server = open_listening(), client = loop_open(NULL, 0);
	struct gsctp_assoc_change up;
	gsctp_assoc_id id = 0;

	ck_assert_int_eq(try_connect(client, server, NULL, LOOP_MS, &up), 0);
	ck_assert_uint_eq(up.state, GSCTP_COMM_UP);
	ck_assert_uint_eq(up.error, 0);
	ck_assert_uint_eq(up.outbound_streams, 10);
	ck_assert_uint_eq(up.inbound_streams, 10);
	ck_assert_uint_ne(up.assoc_id, 0);
	ck_assert_int_eq(gsctp_assocs(client, &id, 1), 1);
	ck_assert_uint_eq(id, up.assoc_id);
	traffic_both_ways(client, id, server,
	    loop_recv_state(server, GSCTP_COMM_UP));
}
END_TEST

START_TEST(connect_leaves_no_comm_up_in_the_queue)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	traffic_send(p.server, p.at_server, 0, "mark");
	m = loop_recv(p.client);
	while (m->type != GSCTP_MSG_DATA) {
		ck_assert_uint_ne(m->type, GSCTP_MSG_ASSOC_CHANGE);
		gsctp_msg_free(m);
		m = loop_recv(p.client);
	}
	gsctp_msg_free(m);
}
END_TEST

START_TEST(the_streams_are_what_both_sides_agree_on)
{
	struct gsctp_opt few = GSCTP_INITMSG(.num_ostreams = gsctp_def(3),
	    .max_instreams = gsctp_def(4));
	struct gsctp_opt many = GSCTP_INITMSG(.num_ostreams = gsctp_def(64));
	gsctp_sock server = loop_open(&few, 1), client = loop_open(&many, 1);
	struct gsctp_assoc_change up;
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(try_connect(client, server, NULL, LOOP_MS, &up), 0);
	ck_assert_uint_eq(up.outbound_streams, 4);
	ck_assert_uint_eq(up.inbound_streams, 3);
	m = loop_recv_type(server, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.outbound_streams, 3);
	ck_assert_uint_eq(m->u.assoc_change.inbound_streams, 4);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(a_peer_that_does_not_listen_refuses_at_once)
{
	gsctp_sock server = loop_open(NULL, 0), client = loop_open(NULL, 0);
	uint64_t start = loop_now_ms();

	ck_assert_int_eq(try_connect(client, server, NULL, LOOP_MS, NULL),
	    -ECONNREFUSED);
	ck_assert_uint_lt(loop_now_ms() - start, 5000);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 0);
	traffic_nothing_waits(client);
	traffic_nothing_waits(server);
}
END_TEST

START_TEST(a_port_that_nobody_has_refuses_at_once)
{
	gsctp_sock gone = open_listening(), client = loop_open(NULL, 0);
	struct sockaddr_storage addr = traffic_name(gone);
	uint64_t start = loop_now_ms();

	ck_assert_int_eq(gsctp_close(gone), 0);
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&addr), sizeof(addr),
			     NULL, 0, LOOP_MS, NULL),
	    -ECONNREFUSED);
	ck_assert_uint_lt(loop_now_ms() - start, 5000);
	traffic_nothing_waits(client);
}
END_TEST

START_TEST(a_peer_that_does_not_answer_times_out_in_time)
{
	gsctp_sock server = open_listening(), client = loop_open(NULL, 0);
	struct gsctp_opt away, back = back_again();
	struct gsctp_assoc_change up = { .assoc_id = 4711 };
	struct gsctp_msg *m;
	uint64_t start, took;
	int fd;

	away = into_the_void(&fd);
	start = loop_now_ms();
	ck_assert_int_eq(try_connect(client, server, &away, 300, &up),
	    -ETIMEDOUT);
	took = loop_now_ms() - start;
	ck_assert_uint_ge(took, 300);
	ck_assert_uint_lt(took, 2000);
	ck_assert_uint_eq(up.assoc_id, 4711);
	/* It did ask. */
	ck_assert_int_ne(loop_poll(fd, POLLIN, 0), 0);

	/* Neither an association nor an event is left, then or later. */
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 0);
	ck_assert_int_eq(gsctp_recv(client, 100, &m), -ETIMEDOUT);

	/* And the same peer can be connected to. */
	ck_assert_int_eq(try_connect(client, server, &back, LOOP_MS, &up), 0);
	traffic_both_ways(client, up.assoc_id, server,
	    loop_recv_state(server, GSCTP_COMM_UP));
	close(fd);
}
END_TEST

START_TEST(a_timeout_of_0_asks_and_does_not_wait)
{
	gsctp_sock server = open_listening(), client = loop_open(NULL, 0);
	struct gsctp_opt away;
	uint64_t start;
	int fd;

	away = into_the_void(&fd);
	start = loop_now_ms();
	ck_assert_int_eq(try_connect(client, server, &away, 0, NULL),
	    -ETIMEDOUT);
	ck_assert_uint_lt(loop_now_ms() - start, 1000);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 0);
	close(fd);
}
END_TEST

/* Few INITs, soon after each other: an attempt fails within 200 ms. */
static gsctp_sock
open_impatient(void)
{
	struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
		    .max = gsctp_def(50)),
		GSCTP_INITMSG(.max_attempts = gsctp_def(1),
		    .max_init_timeo = gsctp_def(50)),
	};

	return loop_open(opts, 2);
}

START_TEST(no_answer_to_any_init_times_out_before_the_call_does)
{
	gsctp_sock server = open_listening(), client = open_impatient();
	struct gsctp_opt away;
	uint64_t start;
	int fd;

	away = into_the_void(&fd);
	start = loop_now_ms();
	ck_assert_int_eq(try_connect(client, server, &away, LOOP_MS, NULL),
	    -ETIMEDOUT);
	ck_assert_uint_lt(loop_now_ms() - start, 5000);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 0);
	traffic_nothing_waits(client);
	close(fd);
}
END_TEST

START_TEST(an_attempt_that_nobody_answers_cannot_assoc)
{
	gsctp_sock server = open_listening(), client = open_impatient();
	struct gsctp_opt away;
	gsctp_assoc_id id;
	int fd;

	away = into_the_void(&fd);
	id = begin(client, server, &away);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 1);
	(void)traffic_next_state(client, id, GSCTP_CANT_ASSOC);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 0);
	close(fd);
}
END_TEST

/*
 * Others talk while one connects.
 */

#define TALKERS 3
#define LINES 400

struct talk {
	gsctp_sock s[TALKERS];
	gsctp_assoc_id id[TALKERS];
	int err;
};

static void *
talk(void *arg)
{
	struct talk *t = arg;
	char text[32];
	int i, j;

	for (i = 0; t->err == 0 && i < LINES; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		for (j = 0; t->err == 0 && j < TALKERS; j++)
			t->err = gsctp_send(t->s[j], t->id[j], 0, text,
			    strlen(text) + 1);
	}
	return NULL;
}

START_TEST(others_messages_stay_queued_in_order_while_connect_waits)
{
	gsctp_sock hub = open_listening(), server = open_listening();
	struct gsctp_opt away, back = back_again();
	struct talk t = { .err = 0 };
	gsctp_assoc_id at_hub[TALKERS];
	int next[TALKERS] = { 0 };
	struct gsctp_msg *m;
	pthread_t thread;
	int fd, i, j;

	for (j = 0; j < TALKERS; j++) {
		t.s[j] = loop_open(NULL, 0);
		t.id[j] = loop_connect(t.s[j], hub);
		at_hub[j] = loop_recv_state(hub, GSCTP_COMM_UP);
	}
	away = into_the_void(&fd);
	traffic_start(&thread, talk, &t);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(try_connect(hub, server, &away, 50, NULL),
		    -ETIMEDOUT);
		ck_assert_int_eq(try_connect(hub, server, &back, LOOP_MS, NULL),
		    0);
		server = open_listening();
	}
	traffic_join(thread);
	ck_assert_int_eq(t.err, 0);
	for (i = 0; i < TALKERS * LINES; i++) {
		m = loop_recv_type(hub, GSCTP_MSG_DATA);
		for (j = 0; m->assoc_id != at_hub[j]; j++)
			ck_assert_int_lt(j, TALKERS - 1);
		ck_assert_int_eq(atoi((const char *)m->u.data.data), next[j]);
		next[j]++;
		gsctp_msg_free(m);
	}
	close(fd);
}
END_TEST

START_TEST(events_of_others_stay_queued_while_connect_waits)
{
	gsctp_sock hub = open_listening(), server = open_listening();
	gsctp_sock other = loop_open(NULL, 0);
	struct gsctp_opt away;
	gsctp_assoc_id at_other, id;
	struct gsctp_msg *m;
	uint32_t states[3];
	int fd, n = 0;

	away = into_the_void(&fd);
	at_other = loop_connect(other, hub);
	traffic_send(other, at_other, 0, "first");
	ck_assert_int_eq(gsctp_eof(other, at_other), 0);
	ck_assert_int_eq(try_connect(hub, server, &away, 200, NULL),
	    -ETIMEDOUT);

	m = loop_recv(hub);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
	id = m->assoc_id;
	do {
		gsctp_msg_free(m);
		m = loop_recv(hub);
		ck_assert_uint_eq(m->assoc_id, id);
		if (m->type == GSCTP_MSG_PADDR_CHANGE)
			continue;
		ck_assert_int_lt(n, 3);
		states[n++] = m->type;
	} while (m->type != GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_SHUTDOWN_COMP);
	gsctp_msg_free(m);
	ck_assert_int_eq(n, 3);
	ck_assert_uint_eq(states[0], GSCTP_MSG_DATA);
	ck_assert_uint_eq(states[1], GSCTP_MSG_SHUTDOWN_EVENT);
	close(fd);
}
END_TEST

/*
 * What is refused.
 */

START_TEST(a_second_association_with_a_peer_is_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_int_eq(try_connect(p.client, p.server, NULL, LOOP_MS, NULL),
	    -EISCONN);
	/* From the other side too. */
	ck_assert_int_eq(try_connect(p.server, p.client, NULL, LOOP_MS, NULL),
	    -EISCONN);
	ck_assert_int_eq(gsctp_assocs(p.client, NULL, 0), 1);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(a_second_attempt_with_a_peer_is_refused)
{
	gsctp_sock server = open_listening(), client = loop_open(NULL, 0);
	struct gsctp_opt away;
	int fd;

	away = into_the_void(&fd);
	(void)begin(client, server, &away);
	ck_assert_int_eq(try_connect(client, server, NULL, LOOP_MS, NULL),
	    -EALREADY);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 1);
	close(fd);
}
END_TEST

START_TEST(an_address_to_nowhere_is_refused)
{
	gsctp_sock client = loop_open(NULL, 0);
	struct sockaddr_storage port_0 = loop_addr("127.0.0.1", 0);
	struct sockaddr_storage any = loop_addr("0.0.0.0", 5000);
	struct sockaddr_storage good = loop_addr("127.0.0.1", 5000);
	struct sockaddr_storage v6 = loop_addr("::1", 5000);
	struct sockaddr_storage alien = good;
	gsctp_sock never = { 0 };
	gsctp_assoc_id id = 99;

	alien.ss_family = AF_UNIX;
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&port_0),
			     sizeof(port_0), NULL, 0, 0, NULL),
	    -EINVAL);
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&any), sizeof(any),
			     NULL, 0, 0, NULL),
	    -EINVAL);
	ck_assert_int_eq(gsctp_connect(client, NULL, 0, NULL, 0, 0, NULL),
	    -EINVAL);
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&good), 4, NULL, 0, 0,
			     NULL),
	    -EINVAL);
	ck_assert_int_lt(gsctp_connect(client, traffic_sa(&alien),
			     sizeof(alien), NULL, 0, 0, NULL),
	    0);
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&v6), sizeof(v6),
			     NULL, 0, 0, NULL),
	    -EAFNOSUPPORT);
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&good), sizeof(good),
			     NULL, 0, -2, NULL),
	    -EINVAL);
	ck_assert_int_eq(gsctp_connect(never, traffic_sa(&good), sizeof(good),
			     NULL, 0, 0, NULL),
	    -EBADF);
	ck_assert_int_eq(gsctp_connect_init(client, traffic_sa(&port_0),
			     sizeof(port_0), NULL, 0, &id),
	    -EINVAL);
	ck_assert_int_eq(gsctp_connectx_init(client, &good, 0, NULL, 0, &id),
	    -EINVAL);
	ck_assert_int_eq(gsctp_connectx_init(client, NULL, 1, NULL, 0, &id),
	    -EINVAL);
	ck_assert_uint_eq(id, 99);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 0);
}
END_TEST

/*
 * Attempts that do not wait.
 */

START_TEST(connect_init_returns_the_id_that_comm_up_carries)
{
	gsctp_sock server = open_listening(), client = loop_open(NULL, 0);
	gsctp_assoc_id id = begin(client, server, NULL);

	(void)traffic_next_state(client, id, GSCTP_COMM_UP);
	traffic_both_ways(client, id, server,
	    loop_recv_state(server, GSCTP_COMM_UP));
}
END_TEST

START_TEST(a_refused_attempt_cannot_assoc_with_the_same_id)
{
	gsctp_sock server = loop_open(NULL, 0), client = loop_open(NULL, 0);
	gsctp_assoc_id id = begin(client, server, NULL);

	(void)traffic_next_state(client, id, GSCTP_CANT_ASSOC);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 0);
	ck_assert_int_eq(gsctp_eof(client, id), -EPIPE);
	traffic_nothing_waits(client);
}
END_TEST

START_TEST(nothing_is_sent_before_an_association_is_up)
{
	gsctp_sock server = open_listening(), client = loop_open(NULL, 0);
	struct gsctp_opt away;
	gsctp_assoc_id id;
	int fd;

	away = into_the_void(&fd);
	id = begin(client, server, &away);
	ck_assert_int_eq(gsctp_send(client, id, 0, "x", 1), -ENOTCONN);
	close(fd);
}
END_TEST

static gsctp_sock
open_listening_at_two(void)
{
	struct gsctp_opt two[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("127.0.0.2", 0)),
	};
	gsctp_sock s = loop_open(two, 2);

	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	return s;
}

START_TEST(connectx_init_takes_two_addresses_of_one_peer)
{
	gsctp_sock server = open_listening_at_two();
	gsctp_sock client = loop_open(NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(server);
	/* One of the ports says it for both. */
	struct sockaddr_storage to[] = {
		loop_addr("127.0.0.1", 0),
		loop_addr("127.0.0.2", port),
	};
	gsctp_assoc_id id = 0;

	ck_assert_int_eq(gsctp_connectx_init(client, to, 2, NULL, 0, &id), 0);
	(void)traffic_next_state(client, id, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_peernames(client, id, NULL, 0), 2);
	traffic_both_ways(client, id, server,
	    loop_recv_state(server, GSCTP_COMM_UP));
	/* The peer is known by either address. */
	to[1] = loop_addr("127.0.0.2", port);
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&to[1]),
			     sizeof(to[1]), NULL, 0, LOOP_MS, NULL),
	    -EISCONN);
}
END_TEST

START_TEST(addresses_of_one_peer_have_one_port)
{
	gsctp_sock client = loop_open(NULL, 0);
	struct sockaddr_storage to[] = {
		loop_addr("127.0.0.1", 5000),
		loop_addr("127.0.0.2", 5001),
	};
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_connectx_init(client, to, 2, NULL, 0, &id),
	    -EINVAL);
	to[0] = loop_addr("127.0.0.1", 0);
	to[1] = loop_addr("127.0.0.2", 0);
	ck_assert_int_eq(gsctp_connectx_init(client, to, 2, NULL, 0, &id),
	    -EINVAL);
}
END_TEST

START_TEST(an_event_of_an_attempt_says_which_peer)
{
	gsctp_sock server = loop_open(NULL, 0), client = loop_open(NULL, 0);
	struct sockaddr_in *from;
	struct gsctp_msg *m;

	(void)begin(client, server, NULL);
	m = loop_recv(client);
	from = (struct sockaddr_in *)&m->from;
	ck_assert_int_eq(from->sin_family, AF_INET);
	ck_assert_int_eq(ntohs(from->sin_port), gsctp_port(server));
	ck_assert_uint_eq(m->fromlen, sizeof(*from));
	ck_assert_uint_eq(m->sock.id, client.id);
	gsctp_msg_free(m);
}
END_TEST

/*
 * Options of a connect.
 */

START_TEST(options_are_set_first_and_stay)
{
	gsctp_sock server = open_listening(), client = loop_open(NULL, 0);
	struct gsctp_opt opt = GSCTP_RTOINFO(.max = gsctp_def(3000));
	struct gsctp_opt before = { .id = GSCTP_OPT_RTOINFO };
	struct gsctp_opt after[2] = {
		{ .id = GSCTP_OPT_RTOINFO },
		{ .id = GSCTP_OPT_RTOINFO },
	};
	struct gsctp_assoc_change up;
	int i;

	ck_assert_int_eq(gsctp_getopts(client, &before, 1, NULL), 0);
	ck_assert_uint_ne(before.u.rtoinfo.max.v, 3000);
	ck_assert_int_eq(try_connect(client, server, &opt, LOOP_MS, &up), 0);
	after[1].u.rtoinfo.assoc_id = up.assoc_id;
	ck_assert_int_eq(gsctp_getopts(client, after, 2, NULL), 0);
	for (i = 0; i < 2; i++) {
		ck_assert_uint_eq(after[i].u.rtoinfo.max.v, 3000);
		ck_assert_uint_eq(after[i].u.rtoinfo.min.v,
		    before.u.rtoinfo.min.v);
		ck_assert_uint_eq(after[i].u.rtoinfo.initial.v,
		    before.u.rtoinfo.initial.v);
	}
}
END_TEST

START_TEST(a_bad_option_connects_nothing)
{
	gsctp_sock server = open_listening(), client = loop_open(NULL, 0);
	struct gsctp_opt bad =
	    GSCTP_RTOINFO(.min = gsctp_def(5000), .max = gsctp_def(4000));
	struct gsctp_opt unknown = { .id = 12345 };
	struct gsctp_opt open_only = GSCTP_FAMILY(GSCTP_INET);

	ck_assert_int_eq(try_connect(client, server, &bad, LOOP_MS, NULL),
	    -EINVAL);
	ck_assert_int_eq(try_connect(client, server, &unknown, LOOP_MS, NULL),
	    -ENOPROTOOPT);
	ck_assert_int_eq(try_connect(client, server, &open_only, LOOP_MS, NULL),
	    -ENOPROTOOPT);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 0);
	traffic_nothing_waits(client);
	(void)loop_connect(client, server);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_assocs(server, NULL, 0), 1);
}
END_TEST

START_TEST(connect_reaches_an_ipv6_peer)
{
	struct gsctp_opt ip = GSCTP_IP(loop_addr("::1", 0));
	gsctp_sock server = loop_open(&ip, 1), client = loop_open(&ip, 1);
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	id = loop_connect(client, server);
	traffic_both_ways(client, id, server,
	    loop_recv_state(server, GSCTP_COMM_UP));
}
END_TEST

/*
 * Listening.
 */

START_TEST(a_socket_that_stops_listening_keeps_its_associations)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock other = loop_open(NULL, 0);

	ck_assert_int_eq(gsctp_listen(p.server, 0), 0);
	ck_assert_int_eq(try_connect(other, p.server, NULL, LOOP_MS, NULL),
	    -ECONNREFUSED);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	ck_assert_int_eq(gsctp_assocs(p.server, NULL, 0), 1);

	ck_assert_int_eq(gsctp_listen(p.server, GSCTP_BACKLOG), 0);
	(void)loop_connect(other, p.server);
	(void)loop_recv_state(p.server, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_assocs(p.server, NULL, 0), 2);
}
END_TEST

START_TEST(a_listening_socket_connects_too)
{
	gsctp_sock a = open_listening(), b = open_listening();
	gsctp_sock c = loop_open(NULL, 0);
	gsctp_assoc_id at_a = loop_connect(a, b);

	traffic_both_ways(a, at_a, b, loop_recv_state(b, GSCTP_COMM_UP));
	/* And still takes others. */
	(void)loop_connect(c, a);
	(void)loop_recv_state(a, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_assocs(a, NULL, 0), 2);
}
END_TEST

/*
 * Many.
 */

#define MANY 100

static void
exchange_with_all(gsctp_sock hub, gsctp_sock *others, gsctp_assoc_id *ids)
{
	char text[16];
	struct gsctp_msg *m;
	int i;

	for (i = 0; i < MANY; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		traffic_send(others[i], ids[i], 0, text);
	}
	/* Each text comes back to whom it came from. */
	for (i = 0; i < MANY; i++) {
		m = loop_recv_type(hub, GSCTP_MSG_DATA);
		ck_assert_int_eq(gsctp_send(hub, m->assoc_id, 0, m->u.data.data,
				     m->u.data.len),
		    0);
		gsctp_msg_free(m);
	}
	for (i = 0; i < MANY; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		traffic_expect(others[i], ids[i], text);
	}
}

START_TEST(one_socket_takes_a_hundred_associations)
{
	gsctp_sock hub = open_listening();
	gsctp_sock others[MANY];
	gsctp_assoc_id ids[MANY];
	int i;

	for (i = 0; i < MANY; i++) {
		others[i] = loop_open(NULL, 0);
		ids[i] = loop_connect(others[i], hub);
	}
	exchange_with_all(hub, others, ids);
	ck_assert_int_eq(gsctp_assocs(hub, NULL, 0), MANY);
}
END_TEST

START_TEST(one_socket_begins_a_hundred_associations)
{
	gsctp_sock hub = loop_open(NULL, 0);
	gsctp_sock others[MANY];
	gsctp_assoc_id ids[MANY];
	int i;

	for (i = 0; i < MANY; i++) {
		others[i] = open_listening();
		(void)begin(hub, others[i], NULL);
	}
	for (i = 0; i < MANY; i++)
		ids[i] = loop_recv_state(others[i], GSCTP_COMM_UP);
	for (i = 0; i < MANY; i++)
		(void)loop_recv_state(hub, GSCTP_COMM_UP);
	exchange_with_all(hub, others, ids);
	ck_assert_int_eq(gsctp_assocs(hub, NULL, 0), MANY);
}
END_TEST

START_TEST(a_socket_connects_to_itself_with_an_error_or_not_at_all)
{
	gsctp_sock s = open_listening();
	int err = try_connect(s, s, NULL, 500, NULL);

	/* It need not work; it must not harm. */
	(void)err;
	(void)loop_drain(s);
	ck_assert_int_eq(gsctp_close(s), 0);
}
END_TEST

/*
 * Closed while it waits.
 */

struct waiter {
	gsctp_sock s;
	struct sockaddr_storage to;
	struct gsctp_opt opt;
	int err;
};

static void *
wait_for_ever(void *arg)
{
	struct waiter *w = arg;

	w->err = gsctp_connect(w->s, traffic_sa(&w->to), sizeof(w->to), &w->opt,
	    1, -1, NULL);
	return NULL;
}

START_TEST(close_ends_a_connect_that_waits)
{
	gsctp_sock server = open_listening(), client = loop_open(NULL, 0);
	struct waiter w = { .s = client, .to = traffic_name(server) };
	pthread_t t;
	int fd;

	w.opt = into_the_void(&fd);
	traffic_start(&t, wait_for_ever, &w);
	while (gsctp_assocs(client, NULL, 0) == 0)
		loop_nap();
	ck_assert_int_eq(gsctp_close(client), 0);
	traffic_join(t);
	ck_assert_int_eq(w.err, -EBADF);
	close(fd);
}
END_TEST

START_TEST(two_threads_connect_one_socket_to_two_peers)
{
	gsctp_sock client = loop_open(NULL, 0);
	gsctp_sock a = open_listening(), b = open_listening();
	struct gsctp_opt back = back_again();
	struct waiter w = { .s = client, .to = traffic_name(a), .opt = back };
	pthread_t t;

	traffic_start(&t, wait_for_ever, &w);
	(void)loop_connect(client, b);
	traffic_join(t);
	ck_assert_int_eq(w.err, 0);
	ck_assert_int_eq(gsctp_assocs(client, NULL, 0), 2);
	(void)loop_recv_state(a, GSCTP_COMM_UP);
	(void)loop_recv_state(b, GSCTP_COMM_UP);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, connect_returns_an_association_that_is_up);
	tcase_add_test(tc, connect_leaves_no_comm_up_in_the_queue);
	tcase_add_test(tc, the_streams_are_what_both_sides_agree_on);
	tcase_add_test(tc, a_peer_that_does_not_listen_refuses_at_once);
	tcase_add_test(tc, a_port_that_nobody_has_refuses_at_once);
	tcase_add_test(tc, a_peer_that_does_not_answer_times_out_in_time);
	tcase_add_test(tc, a_timeout_of_0_asks_and_does_not_wait);
	tcase_add_test(tc,
	    no_answer_to_any_init_times_out_before_the_call_does);
	tcase_add_test(tc, an_attempt_that_nobody_answers_cannot_assoc);
	tcase_add_test(tc,
	    others_messages_stay_queued_in_order_while_connect_waits);
	tcase_add_test(tc, events_of_others_stay_queued_while_connect_waits);
	tcase_add_test(tc, a_second_association_with_a_peer_is_refused);
	tcase_add_test(tc, a_second_attempt_with_a_peer_is_refused);
	tcase_add_test(tc, an_address_to_nowhere_is_refused);
	tcase_add_test(tc, connect_init_returns_the_id_that_comm_up_carries);
	tcase_add_test(tc, a_refused_attempt_cannot_assoc_with_the_same_id);
	tcase_add_test(tc, nothing_is_sent_before_an_association_is_up);
	tcase_add_test(tc, connectx_init_takes_two_addresses_of_one_peer);
	tcase_add_test(tc, addresses_of_one_peer_have_one_port);
	tcase_add_test(tc, an_event_of_an_attempt_says_which_peer);
	tcase_add_test(tc, options_are_set_first_and_stay);
	tcase_add_test(tc, a_bad_option_connects_nothing);
	if (loop_has_ipv6())
		tcase_add_test(tc, connect_reaches_an_ipv6_peer);
	tcase_add_test(tc,
	    a_socket_that_stops_listening_keeps_its_associations);
	tcase_add_test(tc, a_listening_socket_connects_too);
	tcase_add_test(tc, one_socket_takes_a_hundred_associations);
	tcase_add_test(tc, one_socket_begins_a_hundred_associations);
	tcase_add_test(tc,
	    a_socket_connects_to_itself_with_an_error_or_not_at_all);
	tcase_add_test(tc, close_ends_a_connect_that_waits);
	tcase_add_test(tc, two_threads_connect_one_socket_to_two_peers);
}

int
main(void)
{
	return traffic_run("connect", add);
}
