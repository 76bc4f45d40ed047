/* One-to-one sockets: what their options do, and that all of them answer at
 * every moment of a socket's life. */

#include "check_main.h"
#include "opts.h"
#include "stream.h"

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
		o = opts_of(id, STREAM_BOGUS);
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

/* Sends until there is no room; the error that said so. */
static int
fill(gsctp_sock s)
{
	static const char block[8000];
	int err;

	do
		err = gsctp_send(s, 0, 0, block, sizeof(block));
	while (err == 0);
	return err;
}

START_TEST(a_send_that_times_out_leaves_the_association)
{
	struct gsctp_opt opts[] = { GSCTP_SEND_TIMEOUT_MS(20),
		GSCTP_RECBUF(8192), GSCTP_SNDBUF(16384) };
	struct stream_pair p = stream_pair(opts, 3);

	ck_assert_int_eq(fill(p.client), -ETIMEDOUT);
	ck_assert_uint_eq(opts_get_id(p.client, GSCTP_OPT_STATUS, 0)
	    .u.status.state, GSCTP_ESTABLISHED);
}
END_TEST

START_TEST(a_send_that_times_out_ends_it_with_send_timeout_close)
{
	struct gsctp_opt opts[] = { GSCTP_SEND_TIMEOUT_MS(20),
		GSCTP_RECBUF(8192), GSCTP_SNDBUF(16384),
		GSCTP_SEND_TIMEOUT_CLOSE(true) };
	struct stream_pair p = stream_pair(opts, 4);

	ck_assert_int_eq(fill(p.client), -ETIMEDOUT);
	stream_ends(p.client, GSCTP_COMM_LOST, -ECONNABORTED);
	ck_assert_int_eq(fill(p.client), -ENOTCONN);
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

static Suite *
suite(void)
{
	Suite *s = suite_create("stream_opts");
	TCase *tc = tcase_create("stream_opts");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_test(tc, every_option_answers_before_an_association);
	tcase_add_test(tc, every_option_answers_on_an_association);
	tcase_add_test(tc, every_option_answers_after_the_end);
	tcase_add_test(tc, a_send_that_times_out_leaves_the_association);
	tcase_add_test(tc,
	    a_send_that_times_out_ends_it_with_send_timeout_close);
	tcase_add_test(tc,
	    shutdown_read_throws_away_what_is_behind_an_unread_event);
	tcase_add_test(tc,
	    an_accepted_socket_sends_with_the_listeners_parameters);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
