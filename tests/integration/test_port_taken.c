/*
 * Two programs of one host with the same SCTP port, and one peer: the second
 * one looks to it like the first, begun anew from another UDP port.
 *
 * Three processes: a server, the first program, and this one, the second.
 */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "rawpeer.h"
#include "side.h"

#define IP "127.0.0.1"

/* As many as lib/assoc_port.c tries. */
#define ATTEMPTS 11

/*
 * The other two
 */

static void
start_stack(uint16_t *udp_port)
{
	struct gsctp_stack_config cfg;
	struct gsctp_stack_info info;

	alarm(60);
	loop_config(&cfg);
	side_must(gsctp_stack_start(&cfg) == 0);
	side_must(gsctp_stack_info(&info) == 0);
	*udp_port = info.udp_port;
}

/* On IP, with peers at a UDP port if it is not 0. */
static gsctp_sock
open_at(uint16_t port, uint16_t udp_port)
{
	const struct gsctp_opt opts[] = {
		GSCTP_IP(side_addr(IP, 0)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = udp_port),
	};
	gsctp_sock s;

	side_must(gsctp_open(port, opts, udp_port != 0 ? 2 : 1, &s) == 0);
	return s;
}

/* Send everything back until as many associations have ended. */
static int
serve(void)
{
	uint16_t udp_port, left;
	struct gsctp_msg *m;
	gsctp_sock s;

	side_must(side_read(0, &left));
	start_stack(&udp_port);
	s = open_at(0, 0);
	side_must(gsctp_listen(s, GSCTP_BACKLOG) == 0);
	side_must(side_write(1, udp_port));
	side_must(side_write(1, (uint16_t)gsctp_port(s)));
	while (left > 0) {
		side_must(gsctp_recv(s, LOOP_MS, &m) == 0);
		if (m->type == GSCTP_MSG_DATA)
			side_must(gsctp_send(s, m->assoc_id, 0,
			    m->u.data.data, m->u.data.len) == 0);
		else if (m->type == GSCTP_MSG_ASSOC_CHANGE) {
			side_must(m->u.assoc_change.state != GSCTP_COMM_LOST);
			side_must(m->u.assoc_change.state != GSCTP_RESTART);
			if (m->u.assoc_change.state == GSCTP_SHUTDOWN_COMP)
				left--;
		}
		gsctp_msg_free(m);
	}
	side_must(gsctp_stack_stop(1000) == 0);
	return 0;
}

/* "x" there and back. */
static bool
echoes(gsctp_sock s, gsctp_assoc_id id)
{
	struct gsctp_msg *m;
	bool is_right;

	if (gsctp_send(s, id, 0, "x", 1) != 0)
		return false;
	while (gsctp_recv(s, LOOP_MS, &m) == 0) {
		if (m->type != GSCTP_MSG_DATA) {
			gsctp_msg_free(m);
			continue;
		}
		is_right = m->assoc_id == id && m->u.data.len == 1 &&
		    memcmp(m->u.data.data, "x", 1) == 0;
		gsctp_msg_free(m);
		return is_right;
	}
	return false;
}

static bool
ends(gsctp_sock s, gsctp_assoc_id id)
{
	struct gsctp_msg *m;
	bool is_over = false;

	if (gsctp_eof(s, id) != 0)
		return false;
	while (!is_over && gsctp_recv(s, LOOP_MS, &m) == 0) {
		is_over = m->type == GSCTP_MSG_ASSOC_CHANGE &&
		    m->u.assoc_change.state == GSCTP_SHUTDOWN_COMP;
		gsctp_msg_free(m);
	}
	return is_over;
}

/* Its port is the one that it is told; it lives until it is told to end. */
static int
go_first(void)
{
	struct sockaddr_storage to;
	uint16_t own_udp, udp_port, port, own;
	struct gsctp_assoc_change up;
	gsctp_sock s;

	start_stack(&own_udp);
	side_must(side_read(0, &udp_port) && side_read(0, &port));
	side_must(side_read(0, &own));
	s = open_at(own, udp_port);
	to = side_addr(IP, port);
	side_must(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to), NULL,
	    0, LOOP_MS, &up) == 0);
	side_must(echoes(s, up.assoc_id));
	side_must(side_write(1, own_udp));
	side_must(side_read(0, &own));
	side_must(echoes(s, up.assoc_id));
	side_must(ends(s, up.assoc_id));
	side_must(gsctp_stack_stop(1000) == 0);
	return 0;
}

/*
 * This one
 */

static struct side_process server, first;
static uint16_t server_udp;
static struct sockaddr_storage server_addr;

/* The server ends after n associations. */
static void
setup(uint16_t n)
{
	uint16_t port;

	side_spawn(&server, "server");
	ck_assert(side_write(server.to, n));
	side_spawn(&first, "first");
	loop_setup();
	ck_assert(side_read(server.from, &server_udp));
	ck_assert(side_read(server.from, &port));
	server_addr = loop_addr(IP, port);
}

/* The first program has this port, and is connected. */
static void
let_first_have(uint16_t port)
{
	uint16_t udp;

	ck_assert(side_write(first.to, server_udp));
	ck_assert(side_write(first.to,
	    ntohs(((struct sockaddr_in *)&server_addr)->sin_port)));
	ck_assert(side_write(first.to, port));
	ck_assert(side_read(first.from, &udp));
	ck_assert_uint_ne(udp, loop_udp_port());
}

/* The first one's association works; then all is over. */
static void
end_all(void)
{
	ck_assert(side_write(first.to, 0));
	ck_assert_int_eq(side_end(&first), 0);
	ck_assert_int_eq(side_end(&server), 0);
	loop_teardown();
}

static int
try_connect(gsctp_sock s, struct gsctp_assoc_change *up)
{
	return gsctp_connect(s, (struct sockaddr *)&server_addr,
	    sizeof(server_addr), NULL, 0, LOOP_MS, up);
}

/* The outcome, an assoc_change with this id. */
static struct gsctp_assoc_change
outcome_of(gsctp_sock s, gsctp_assoc_id id)
{
	struct gsctp_msg *m = loop_recv_type(s, GSCTP_MSG_ASSOC_CHANGE);
	struct gsctp_assoc_change c = m->u.assoc_change;

	ck_assert_uint_eq(c.assoc_id, id);
	gsctp_msg_free(m);
	return c;
}

static gsctp_assoc_id
init_connect(gsctp_sock s)
{
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&server_addr,
	    sizeof(server_addr), NULL, 0, &id), 0);
	return id;
}

static void
check_sockname(gsctp_sock s)
{
	struct sockaddr_storage name;

	ck_assert_int_eq(gsctp_sockname(s, &name), 0);
	ck_assert_int_eq(ntohs(((struct sockaddr_in *)&name)->sin_port),
	    gsctp_port(s));
}

START_TEST(a_port_that_was_named_is_in_use)
{
	struct gsctp_assoc_change c;
	gsctp_assoc_id id;
	gsctp_sock s;
	uint16_t port;

	setup(1);
	s = open_at(0, server_udp);
	port = (uint16_t)gsctp_port(s);
	ck_assert_int_eq(gsctp_close(s), 0);
	let_first_have(port);
	s = open_at(port, server_udp);
	ck_assert_int_eq(try_connect(s, NULL), -EADDRINUSE);
	ck_assert_int_eq(loop_drain(s), 0);

	id = init_connect(s);
	c = outcome_of(s, id);
	ck_assert_uint_eq(c.state, GSCTP_CANT_ASSOC);
	ck_assert_uint_eq(c.error, 11);
	ck_assert_int_eq(gsctp_port(s), port);
	end_all();
}
END_TEST

START_TEST(an_ephemeral_port_is_exchanged)
{
	const struct gsctp_opt opts[] = {
		GSCTP_INITMSG(.num_ostreams = gsctp_def(5)),
	};
	struct gsctp_assoc_change up;
	gsctp_sock s;
	int port;

	setup(3);
	s = open_at(0, server_udp);
	ck_assert_int_eq(gsctp_setopts(s, opts, 1, NULL), 0);
	port = gsctp_port(s);
	let_first_have((uint16_t)port);
	ck_assert_int_eq(try_connect(s, &up), 0);
	ck_assert_int_ne(gsctp_port(s), port);
	check_sockname(s);
	ck_assert_uint_eq(up.outbound_streams, 5);
	ck_assert(echoes(s, up.assoc_id));
	ck_assert(ends(s, up.assoc_id));

	/* It serves another association as well as the first port did. */
	ck_assert_int_eq(try_connect(s, &up), 0);
	ck_assert_uint_eq(up.outbound_streams, 5);
	ck_assert(echoes(s, up.assoc_id));
	ck_assert(ends(s, up.assoc_id));
	end_all();
}
END_TEST

START_TEST(it_is_exchanged_behind_connect_init_and_of_one_to_one_sockets)
{
	const struct gsctp_opt opts[] = {
		GSCTP_TYPE(_i == 0 ? GSCTP_SEQPACKET : GSCTP_STREAM),
		GSCTP_IP(loop_addr(IP, 0)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 9899),	/* not it */
	};
	struct gsctp_opt all[3];
	struct gsctp_assoc_change c;
	gsctp_assoc_id id;
	gsctp_sock s;
	int port;

	setup(2);
	memcpy(all, opts, sizeof(all));
	all[2].u.udp_encaps.port = server_udp;
	ck_assert_int_eq(gsctp_open(0, all, 3, &s), 0);
	port = gsctp_port(s);
	let_first_have((uint16_t)port);
	id = init_connect(s);
	c = outcome_of(s, id);
	ck_assert_uint_eq(c.state, GSCTP_COMM_UP);
	ck_assert_int_ne(gsctp_port(s), port);
	check_sockname(s);
	ck_assert(echoes(s, id));
	ck_assert(ends(s, id));
	end_all();
}
END_TEST

/* Its other association has that port, and its peers may know it. */
START_TEST(a_socket_with_others_keeps_its_port)
{
	struct gsctp_opt encaps = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0);
	gsctp_sock s, own;
	int port;

	setup(1);
	s = loop_open(NULL, 0);
	port = gsctp_port(s);
	let_first_have((uint16_t)port);
	if (_i == 0) {
		own = loop_open(NULL, 0);
		ck_assert_int_eq(gsctp_listen(own, GSCTP_BACKLOG), 0);
		(void)loop_connect(s, own);
	} else {
		ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	}
	encaps.u.udp_encaps.port = server_udp;
	ck_assert_int_eq(gsctp_setopts(s, &encaps, 1, NULL), 0);
	ck_assert_int_eq(try_connect(s, NULL), -EADDRINUSE);
	ck_assert_int_eq(gsctp_port(s), port);
	end_all();
}
END_TEST

/*
 * A peer that refuses every port
 */

static void
refuse(struct raw_peer *r)
{
	static const uint8_t cause[] = { 0, 11, 0, 4 };

	raw_send_chunk(r, r->peer_tag, RAW_ABORT, 0, cause, sizeof(cause));
}

START_TEST(ports_are_tried_a_bounded_number_of_times)
{
	struct sockaddr_storage to;
	uint16_t ports[ATTEMPTS];
	struct raw_peer peer;
	struct gsctp_assoc_change c;
	gsctp_assoc_id id;
	gsctp_sock s;
	size_t i, j;

	loop_setup();
	raw_open(&peer, IP);
	s = raw_open_sock(&peer, NULL, 0);
	to = loop_addr(IP, peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, &id), 0);
	for (i = 0; i < ATTEMPTS; i++) {
		/* Not one that is sent again meanwhile. */
		do {
			raw_wait_init(&peer);
			ports[i] = peer.to_port;
		} while (i > 0 && ports[i] == ports[i - 1]);
		for (j = 0; j < i; j++)
			ck_assert_uint_ne(ports[i], ports[j]);
		refuse(&peer);
	}
	c = outcome_of(s, id);
	ck_assert_uint_eq(c.state, GSCTP_CANT_ASSOC);
	ck_assert_uint_eq(c.error, 11);
	ck_assert_int_eq(gsctp_port(s), ports[ATTEMPTS - 1]);
	raw_close(&peer);
	loop_teardown();
}
END_TEST

struct call {
	gsctp_sock s;
	struct sockaddr_storage to;
};

static int
connect_soon(void *arg)
{
	struct call *c = arg;

	return gsctp_connect(c->s, (struct sockaddr *)&c->to, sizeof(c->to),
	    NULL, 0, 1000 * SIDE_SLOW, NULL);
}

/* The first port is refused; at the second one nobody answers. */
START_TEST(another_port_does_not_begin_the_time_anew)
{
	uint64_t began = loop_now_ms();
	struct raw_peer peer;
	struct side side;
	struct call call;
	uint16_t port;

	loop_setup();
	raw_open(&peer, IP);
	call.s = raw_open_sock(&peer, NULL, 0);
	call.to = loop_addr(IP, peer.port);
	side_start(&side, connect_soon, &call);
	raw_wait_init(&peer);
	port = peer.to_port;
	refuse(&peer);
	do
		raw_wait_init(&peer);
	while (peer.to_port == port);
	ck_assert_int_eq(side_join(&side), -ETIMEDOUT);
	ck_assert_uint_ge(side.ended_ms - began, 1000 * SIDE_SLOW);
	ck_assert_int_eq(gsctp_port(call.s), peer.to_port);
	ck_assert_int_eq(loop_drain(call.s), 0);
	ck_assert_int_eq(gsctp_assocs(call.s, NULL, 0), 0);
	raw_close(&peer);
	loop_teardown();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("port_taken");
	TCase *tc = tcase_create("port_taken");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_port_that_was_named_is_in_use);
	tcase_add_test(tc, an_ephemeral_port_is_exchanged);
	tcase_add_loop_test(tc,
	    it_is_exchanged_behind_connect_init_and_of_one_to_one_sockets, 0,
	    2);
	tcase_add_loop_test(tc, a_socket_with_others_keeps_its_port, 0, 2);
	tcase_add_test(tc, ports_are_tried_a_bounded_number_of_times);
	tcase_add_test(tc, another_port_does_not_begin_the_time_anew);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "server") == 0 ? serve() : go_first();
	return gs_test_main(suite());
}
