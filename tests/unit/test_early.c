/* Messages that are given to an association before it is up: all of them
 * leave, in order, whatever its socket does next. */

#include <errno.h>
#include <string.h>

#include "check_main.h"
#include "loop.h"
#include "posix.h"
#include "ready.h"

/* More than both sides' buffers take as long as nobody reads. */
#define MESSAGES 200
#define LEN 1000
#define BUFFER 16384

static struct gs_ready *ready;
static gsctp_sock server, client;
static gsctp_assoc_id id;
static uint32_t taken;

static int
put(uint32_t n)
{
	char data[LEN] = { 0 };
	struct gs_posix_out o = { .data = data, .len = sizeof(data) };

	memcpy(data, &n, sizeof(n));
	o.info.assoc_id = id;
	return gs_posix_send(client, &o, NULL);
}

static void
up(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RECBUF(BUFFER),
		GSCTP_SNDBUF(BUFFER),
	};
	struct sockaddr_storage to;
	int err = 0;

	loop_setup();
	server = loop_open(opts, 2);
	client = loop_open(opts, 2);
	ck_assert_int_eq(gs_ready_new(&ready), 0);
	ck_assert_int_eq(gs_posix_attach(client, ready), 0);
	ck_assert_int_eq(gsctp_listen(server, 1), 0);
	to = loop_addr("127.0.0.1", (uint16_t)gsctp_port(server));
	ck_assert_int_eq(gsctp_connect_init(client, (struct sockaddr *)&to,
			     sizeof(to), NULL, 0, &id),
	    0);
	/* On a slow machine it comes up meanwhile, and is full then. */
	for (taken = 0; taken < MESSAGES; taken++)
		if ((err = put(taken)) != 0)
			break;
	ck_assert(err == 0 || err == -EAGAIN);
}

static void
down(void)
{
	loop_teardown();
	gs_ready_free(ready);
}

static void
wait_up(void)
{
	struct gsctp_msg *m;

	while (gs_posix_recv(client, &m) != 1)
		ck_assert_int_ne(loop_poll(gs_ready_fd(ready), POLLIN,
				     LOOP_MS),
		    0);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
	gsctp_msg_free(m);
}

static void
expect_all(void)
{
	struct gsctp_msg *m;
	uint32_t i, n;

	for (i = 0; i < taken; i++) {
		m = loop_recv_type(server, GSCTP_MSG_DATA);
		ck_assert_uint_eq(m->u.data.len, LEN);
		memcpy(&n, m->u.data.data, sizeof(n));
		ck_assert_uint_eq(n, i);
		gsctp_msg_free(m);
	}
}

START_TEST(they_leave_before_the_end_that_was_asked_for_with_them)
{
	ck_assert_int_eq(gsctp_eof(client, id), 0);
	ck_assert_int_eq(put(taken), -ESHUTDOWN);
	expect_all();
	(void)loop_recv_state(server, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(they_leave_before_an_end_that_comes_when_it_is_up)
{
	wait_up();
	ck_assert_int_eq(gsctp_eof(client, id), 0);
	ck_assert_int_eq(gsctp_eof(client, id), -EPIPE);
	expect_all();
	(void)loop_recv_state(server, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(they_leave_although_the_socket_is_closed)
{
	wait_up();
	ck_assert_int_eq(gs_posix_close(client), 0);
	expect_all();
	(void)loop_recv_state(server, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(one_that_never_fits_is_refused_at_once)
{
	static const char large[2 * BUFFER];
	struct gs_posix_out o = { .data = large, .len = sizeof(large) };

	o.info.assoc_id = id;
	ck_assert_int_eq(gs_posix_send(client, &o, NULL), -EMSGSIZE);
}
END_TEST

START_TEST(one_for_a_stream_that_there_is_not_comes_back)
{
	struct gs_posix_out o = { .data = "x", .len = 1 };
	struct gsctp_msg *m = NULL;
	int err;

	o.info.assoc_id = id;
	o.info.stream = 60000;
	err = gs_posix_send(client, &o, NULL);
	if (err != 0) {
		/* It is up already, and known. */
		ck_assert_int_eq(err, -EINVAL);
		return;
	}
	wait_up();
	expect_all();
	while (gs_posix_recv(client, &m) != 1)
		ck_assert_int_ne(loop_poll(gs_ready_fd(ready), POLLIN,
				     LOOP_MS),
		    0);
	ck_assert_uint_eq(m->type, GSCTP_MSG_SEND_FAILED);
	ck_assert_uint_eq(m->u.send_failed.info.stream, 60000);
	ck_assert_uint_eq(m->u.send_failed.len, 1);
	gsctp_msg_free(m);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("early");
	TCase *tc = tcase_create("early");

	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc,
	    they_leave_before_the_end_that_was_asked_for_with_them);
	tcase_add_test(tc, they_leave_before_an_end_that_comes_when_it_is_up);
	tcase_add_test(tc, they_leave_although_the_socket_is_closed);
	tcase_add_test(tc, one_that_never_fits_is_refused_at_once);
	tcase_add_test(tc, one_for_a_stream_that_there_is_not_comes_back);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
