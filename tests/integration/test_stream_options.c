/* test_stream_options: options of one-to-one sockets, whatever the id. */

#include "check_main.h"
#include "opts.h"
#include "stream.h"

/* In each, the id makes no difference: none, the right one, nobody's. */
static gsctp_assoc_id
some_id(gsctp_sock s, int i)
{
	gsctp_assoc_id id = 0;

	if (i == 1)
		(void)gsctp_assocs(s, &id, 1);
	return i == 2 ? STREAM_BOGUS : id;
}

static int
set(gsctp_sock s, struct gsctp_opt o)
{
	return gsctp_setopts(s, &o, 1, NULL);
}

static int
try_get(gsctp_sock s, uint32_t id)
{
	struct gsctp_opt o;

	memset(&o, 0, sizeof(o));
	o.id = id;
	return gsctp_getopts(s, &o, 1, NULL);
}

/* rto.max of a socket, by each kind of id. */
static void
rto_max_is(gsctp_sock s, uint32_t ms)
{
	struct gsctp_opt o;
	int i;

	for (i = 0; i < 3; i++) {
		o = (struct gsctp_opt)GSCTP_RTOINFO(.assoc_id = some_id(s, i));
		ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
		ck_assert_uint_eq(o.u.rtoinfo.max.v, ms);
	}
}

START_TEST(a_connected_sockets_options_are_its_associations)
{
	struct stream_pair p = stream_pair(NULL, 0);
	gsctp_sock all[2] = { p.client, p.server };
	gsctp_sock s = all[_i];
	struct gsctp_opt o;
	int i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(set(s, (struct gsctp_opt)GSCTP_RTOINFO(
		    .assoc_id = some_id(s, i),
		    .max = gsctp_def(20000 + i))), 0);
		rto_max_is(s, 20000u + (uint32_t)i);
		o = (struct gsctp_opt)GSCTP_STATUS(some_id(s, i));
		ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
		ck_assert_uint_eq(o.u.status.state, GSCTP_ESTABLISHED);
		ck_assert_int_eq(set(s, (struct gsctp_opt)
		    GSCTP_DEFAULT_SEND_PARAM(.assoc_id = some_id(s, i),
		    .ppid = gsctp_def(40 + i))), 0);
		traffic_send(s, some_id(s, i), 0, "x");
	}
	rto_max_is(all[1 - _i], 60000);
	for (i = 0; i < 3; i++) {
		struct gsctp_msg *m = loop_recv_type(all[1 - _i],
		    GSCTP_MSG_DATA);

		ck_assert_uint_eq(m->u.data.info.ppid, 40u + (uint32_t)i);
		gsctp_msg_free(m);
	}
}
END_TEST

START_TEST(what_is_set_before_is_what_an_association_begins_with)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.assoc_id = STREAM_BOGUS,
		    .max = gsctp_def(12345)),
		GSCTP_NODELAY(true),
		GSCTP_SNDBUF(20000),
		GSCTP_INITMSG(.num_ostreams = gsctp_def(3)),
	};
	gsctp_sock listener = stream_listen(5, opts, 4), server;
	gsctp_sock client = stream_open(NULL, 0);
	struct sockaddr_storage to = traffic_name(listener);
	struct gsctp_assoc_change up;
	struct gsctp_opt o = GSCTP_SNDBUF(0);

	rto_max_is(client, 60000);
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&to), sizeof(to),
	    opts, 4, LOOP_MS, &up), 0);
	ck_assert_uint_eq(up.outbound_streams, 3);
	server = stream_accept(listener);
	rto_max_is(client, 12345);
	rto_max_is(server, 12345);
	ck_assert_int_eq(gsctp_getopts(server, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.value, 20000);
	ck_assert_int_eq(gsctp_send(client, 0, 3, "x", 1), -EINVAL);
	ck_assert_int_eq(gsctp_send(client, 0, 2, "x", 1), 0);
}
END_TEST

START_TEST(an_accepted_sockets_options_are_its_own)
{
	struct stream_pair p = stream_pair(NULL, 0);
	struct gsctp_opt o = GSCTP_NODELAY(false);

	ck_assert_int_eq(set(p.server,
	    (struct gsctp_opt)GSCTP_NODELAY(true)), 0);
	ck_assert_int_eq(set(p.server,
	    (struct gsctp_opt)GSCTP_SNDBUF(20000)), 0);
	ck_assert_int_eq(set(p.listener,
	    (struct gsctp_opt)GSCTP_SNDBUF(30000)), 0);
	ck_assert_int_eq(gsctp_getopts(p.listener, &o, 1, NULL), 0);
	ck_assert(!o.u.flag);
	ck_assert_int_eq(gsctp_getopts(p.server, &o, 1, NULL), 0);
	ck_assert(o.u.flag);
	o = (struct gsctp_opt)GSCTP_SNDBUF(0);
	ck_assert_int_eq(gsctp_getopts(p.server, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.value, 20000);
}
END_TEST

/* Options of the engine: some of the socket, some of an association. */
static const uint32_t engine_ids[] = { GSCTP_OPT_RTOINFO,
	GSCTP_OPT_ASSOCINFO, GSCTP_OPT_INITMSG, GSCTP_OPT_NODELAY,
	GSCTP_OPT_MAXSEG, GSCTP_OPT_DELAYED_ACK_TIME, GSCTP_OPT_RECBUF,
	GSCTP_OPT_SNDBUF, GSCTP_OPT_TOS, GSCTP_OPT_CONTEXT };
#define NENGINE (sizeof(engine_ids) / sizeof(engine_ids[0]))

/* Those that the socket itself keeps. */
static const uint32_t own_ids[] = { GSCTP_OPT_LINGER, GSCTP_OPT_BUFFER,
	GSCTP_OPT_EVENTS, GSCTP_OPT_ACTIVE, GSCTP_OPT_EXIT_ON_CLOSE,
	GSCTP_OPT_SEND_TIMEOUT_MS, GSCTP_OPT_TYPE, GSCTP_OPT_MBOX,
	GSCTP_OPT_FAMILY, GSCTP_OPT_IP, GSCTP_OPT_REUSEADDR };
#define NOWN (sizeof(own_ids) / sizeof(own_ids[0]))

static void
all_are(gsctp_sock s, int engines)
{
	size_t i;

	for (i = 0; i < NENGINE; i++)
		ck_assert_msg(try_get(s, engine_ids[i]) == engines,
		    "option %u", engine_ids[i]);
	for (i = 0; i < NOWN; i++)
		ck_assert_msg(try_get(s, own_ids[i]) == 0, "option %u",
		    own_ids[i]);
}

/* A client (_i 0), or what was accepted (1). */
START_TEST(a_socket_that_has_ended_has_its_own_options_alone)
{
	struct stream_pair p = stream_pair(NULL, 0);
	gsctp_sock s = _i == 0 ? p.client : p.server;

	all_are(s, 0);
	ck_assert_int_eq(gsctp_abort(s, 0, NULL, 0), 0);
	stream_ends(s, GSCTP_COMM_LOST, -ECONNABORTED);
	all_are(s, -ENOTCONN);
	ck_assert_int_eq(set(s, (struct gsctp_opt)GSCTP_NODELAY(true)),
	    -ENOTCONN);
	ck_assert_int_eq(set(s, (struct gsctp_opt)GSCTP_RTOINFO(
	    .max = gsctp_def(3000))), -ENOTCONN);
	ck_assert_int_eq(try_get(s, GSCTP_OPT_STATUS), -ENOTCONN);
	ck_assert_int_eq(set(s, (struct gsctp_opt)GSCTP_LINGER(true, 0)), 0);
	ck_assert_int_eq(set(s, (struct gsctp_opt)GSCTP_EVENTS(
	    .sender_dry = gsctp_def(true))), 0);
	ck_assert_int_eq(gsctp_close(s), 0);
}
END_TEST

/* While the end waits to be read it is the same. */
START_TEST(a_socket_whose_end_is_not_read_answers_too)
{
	struct stream_pair p = stream_pair(NULL, 0);
	int fd = gsctp_fd(p.client);
	size_t i;
	int err;

	(void)loop_drain(p.client);
	ck_assert_int_eq(gsctp_abort(p.server, 0, NULL, 0), 0);
	ck_assert_int_eq(loop_poll(fd, POLLIN, LOOP_MS), POLLIN);
	for (i = 0; i < NENGINE; i++) {
		err = try_get(p.client, engine_ids[i]);
		ck_assert_msg(err == 0 || err == -ENOTCONN, "option %u: %d",
		    engine_ids[i], err);
	}
	ck_assert_int_eq(gsctp_send(p.client, 0, 0, "x", 1), -EPIPE);
	ck_assert_int_eq(gsctp_eof(p.client, 0), -EPIPE);
	ck_assert_int_eq(gsctp_abort(p.client, 0, NULL, 0), -EPIPE);
	ck_assert_int_eq(gsctp_shutdown(p.client, GSCTP_SHUT_WRITE),
	    -ENOTCONN);
	stream_ends(p.client, GSCTP_COMM_LOST, -ECONNRESET);
}
END_TEST

START_TEST(a_socket_that_connects_again_has_the_options_of_before)
{
	const struct gsctp_opt opts[] = {
		GSCTP_EXIT_ON_CLOSE(false),
		GSCTP_RTOINFO(.max = gsctp_def(12345)),
	};
	struct stream_pair p = stream_pair(opts, 2);

	ck_assert_int_eq(set(p.client, (struct gsctp_opt)GSCTP_RTOINFO(
	    .max = gsctp_def(23456))), 0);
	rto_max_is(p.client, 23456);
	ck_assert_int_eq(gsctp_eof(p.client, 0), 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
	/* That was the association's. */
	rto_max_is(p.client, 12345);
	stream_connect(p.client, p.listener);
	rto_max_is(p.client, 12345);
	all_are(p.client, 0);
}
END_TEST

START_TEST(type_is_read_back_and_cannot_change)
{
	gsctp_sock s = stream_open(NULL, 0);
	struct gsctp_opt o = GSCTP_TYPE(0);
	struct gsctp_opt bad = GSCTP_TYPE(2);
	gsctp_sock none = { 77 };

	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.value, GSCTP_STREAM);
	ck_assert_int_eq(set(s, o), -ENOPROTOOPT);
	ck_assert_int_eq(loop_try_open(0, &bad, 1, &none), -EINVAL);
	ck_assert_uint_eq(none.id, 77);
}
END_TEST

/* More than there are options. */
#define IDS 200

/* Each option, read and, where it can be, set again. */
static void
check_every_option(gsctp_sock s)
{
	unsigned int known = 0;
	struct gsctp_opt o;
	uint32_t id;
	int err;

	for (id = 0; id < IDS; id++) {
		o = opts_of(id, 0);
		err = gsctp_getopts(s, &o, 1, NULL);
		known += err != -ENOPROTOOPT;
		ck_assert_msg(err == 0 || err == -ENOPROTOOPT ||
		    err == -ENOTCONN || err == -EINVAL || err == -EOPNOTSUPP,
		    "read %u: %d", id, err);
		/* Zeroes where it could not be read. */
		err = gsctp_setopts(s, &o, 1, NULL);
		known += err != -ENOPROTOOPT;
		ck_assert_msg(err != -EBADF && err != -ESTALE, "set %u: %d",
		    id, err);
	}
	ck_assert_uint_gt(known, 50);
}

START_TEST(every_option_answers_before_an_association)
{
	check_every_option(stream_open(NULL, 0));
	check_every_option(stream_listen(GSCTP_BACKLOG, NULL, 0));
}
END_TEST

START_TEST(every_option_answers_on_an_association)
{
	struct stream_pair p = stream_pair(NULL, 0);

	check_every_option(p.server);
	check_every_option(p.client);
}
END_TEST

START_TEST(every_option_answers_after_the_end)
{
	struct stream_pair p = stream_pair(NULL, 0);
	struct gsctp_opt status = GSCTP_STATUS(0);

	ck_assert_int_eq(gsctp_eof(p.client, 0), 0);
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
	check_every_option(p.server);
	check_every_option(p.client);
	ck_assert_int_eq(gsctp_getopts(p.server, &status, 1, NULL), -ENOTCONN);
	ck_assert_int_eq(opts_try(p.server,
	    (struct gsctp_opt)GSCTP_NODELAY(true)), -ENOTCONN);
	ck_assert_int_eq(opts_try(p.server,
	    (struct gsctp_opt)GSCTP_BUFFER(4096)), 0);
}
END_TEST

START_TEST(shutdown_read_throws_away_what_is_behind_an_unread_event)
{
	struct gsctp_opt opts[] = { GSCTP_SEND_TIMEOUT_MS(LOOP_MS),
		GSCTP_RECBUF(8192), GSCTP_SNDBUF(16384) };
	static const char block[8000];
	gsctp_sock listener, client, server;
	int i;

	listener = stream_listen(GSCTP_BACKLOG, opts, 3);
	client = stream_client(listener, opts, 3);
	server = stream_accept(listener);
	/* Its comm_up is not read, and its window would close for good. */
	ck_assert_int_eq(gsctp_shutdown(server, GSCTP_SHUT_READ), 0);
	for (i = 0; i < 50; i++)
		ck_assert_int_eq(gsctp_send(client, 0, 0, block,
		    sizeof(block)), 0);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_eof(client, 0), 0);
	stream_ends(server, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

START_TEST(an_accepted_socket_sends_with_the_listeners_parameters)
{
	gsctp_sock listener = stream_listen(GSCTP_BACKLOG, NULL, 0);
	gsctp_sock client = stream_client(listener, NULL, 0);
	struct gsctp_opt o = GSCTP_DEFAULT_SEND_PARAM(.ppid = gsctp_def(46));
	struct gsctp_msg *m;
	gsctp_sock server;

	/* The association waits already; it is accepted later. */
	ck_assert_int_eq(opts_try(listener, o), 0);
	server = stream_accept(listener);
	ck_assert_int_eq(gsctp_send(server, 0, 0, "x", 1), 0);
	m = stream_next(client);
	ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.ppid, 46);
	gsctp_msg_free(m);
}
END_TEST

/* Whole messages, whatever the listener has become since it arrived: each
 * part of one that is sent in parts, and nothing of one that has no room. */
START_TEST(what_waits_to_be_accepted_follows_the_listeners_explicit_eor)
{
	const bool on = _i != 0;
	struct gsctp_opt eor = GSCTP_EXPLICIT_EOR(!on);
	gsctp_sock listener = stream_listen(5, &eor, 1), client, server;
	struct gsctp_sndrcvinfo info = { .flags = GSCTP_MORE };
	char in[] = "in ";
	struct iovec part = { .iov_base = in, .iov_len = 3 };

	client = stream_client(listener, NULL, 0);
	ck_assert_int_ne(loop_poll(gsctp_fd(listener), POLLIN, LOOP_MS), 0);
	ck_assert_int_eq(set(listener, (struct gsctp_opt)
	    GSCTP_EXPLICIT_EOR(on)), 0);
	server = stream_accept(listener);
	eor = (struct gsctp_opt)GSCTP_EXPLICIT_EOR(!on);
	ck_assert_int_eq(gsctp_getopts(server, &eor, 1, NULL), 0);
	ck_assert(eor.u.flag == on);
	ck_assert_int_eq(gsctp_sendmsg(server, &info, &part, 1, NULL, 0),
	    on ? 0 : -EINVAL);
	traffic_send(server, 0, 0, "two");
	stream_expect(client, on ? "in two" : "two");
}
END_TEST

START_TEST(shutdown_of_writing_waits_for_the_rest_of_a_message)
{
	const struct gsctp_opt eor = GSCTP_EXPLICIT_EOR(true);
	struct stream_pair p = stream_pair(&eor, 1);
	struct gsctp_sndrcvinfo info = { .flags = GSCTP_MORE };
	char in[] = "in ";
	struct iovec part = { .iov_base = in, .iov_len = 3 };

	ck_assert_int_eq(gsctp_sendmsg(p.server, &info, &part, 1, NULL, 0), 0);
	ck_assert_int_eq(gsctp_shutdown(p.server, GSCTP_SHUT_WRITE), -EBUSY);
	ck_assert_int_eq(gsctp_shutdown(p.server, GSCTP_SHUT_BOTH), -EBUSY);
	traffic_send(p.client, 0, 0, "still read");
	stream_expect(p.server, "still read");
	traffic_send(p.server, 0, 0, "two");
	ck_assert_int_eq(gsctp_shutdown(p.server, GSCTP_SHUT_WRITE), 0);
	ck_assert_int_eq(gsctp_shutdown(p.server, GSCTP_SHUT_WRITE),
	    -ENOTCONN);
	stream_expect(p.client, "in two");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc,
	    a_connected_sockets_options_are_its_associations, 0, 2);
	tcase_add_test(tc,
	    what_is_set_before_is_what_an_association_begins_with);
	tcase_add_test(tc, an_accepted_sockets_options_are_its_own);
	tcase_add_loop_test(tc,
	    a_socket_that_has_ended_has_its_own_options_alone, 0, 2);
	tcase_add_test(tc, a_socket_whose_end_is_not_read_answers_too);
	tcase_add_test(tc,
	    a_socket_that_connects_again_has_the_options_of_before);
	tcase_add_test(tc, type_is_read_back_and_cannot_change);
	tcase_add_test(tc, every_option_answers_before_an_association);
	tcase_add_test(tc, every_option_answers_on_an_association);
	tcase_add_test(tc, every_option_answers_after_the_end);
	tcase_add_test(tc,
	    shutdown_read_throws_away_what_is_behind_an_unread_event);
	tcase_add_test(tc,
	    an_accepted_socket_sends_with_the_listeners_parameters);
	tcase_add_loop_test(tc,
	    what_waits_to_be_accepted_follows_the_listeners_explicit_eor, 0,
	    2);
	tcase_add_test(tc,
	    shutdown_of_writing_waits_for_the_rest_of_a_message);
}

int
main(void)
{
	return traffic_run("stream_options", add);
}
