/* The descriptor of gsctp_fd() with poll, select and epoll. */

#include <errno.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>

#include "check_main.h"
#include "loop.h"
#include "side.h"

enum how { BY_POLL, BY_SELECT, BY_EPOLL, HOWS };

static int
by_select(int fd, bool out, int timeout_ms)
{
	struct timeval tv = { .tv_sec = timeout_ms / 1000,
		.tv_usec = timeout_ms % 1000 * 1000 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, out ? NULL : &set, out ? &set : NULL, NULL, &tv);
}

static int
by_epoll(int fd, bool out, int timeout_ms)
{
	struct epoll_event ev = { .events = out ? EPOLLOUT : EPOLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC);
	int n;

	ck_assert_int_ge(ep, 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	n = epoll_wait(ep, &ev, 1, timeout_ms);
	close(ep);
	return n;
}

static bool
is_ready(int how, int fd, bool out, int timeout_ms)
{
	int n;

	if (how == BY_SELECT)
		n = by_select(fd, out, timeout_ms);
	else if (how == BY_EPOLL)
		n = by_epoll(fd, out, timeout_ms);
	else
		n = loop_poll(fd, out ? POLLOUT : POLLIN, timeout_ms) != 0;
	ck_assert_int_ge(n, 0);
	return n > 0;
}

START_TEST(fd_is_readable_only_while_a_message_waits)
{
	struct loop_pair p = side_pair();
	int fd = gsctp_fd(p.server);

	ck_assert_int_ge(fd, 0);
	ck_assert(!is_ready(_i, fd, false, 0));
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "a", 1), 0);
	ck_assert(is_ready(_i, fd, false, LOOP_MS));
	ck_assert(is_ready(_i, fd, false, 0));
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	ck_assert(!is_ready(_i, fd, false, 0));
}
END_TEST

/* Send n messages, and wait until they have arrived. */
static void
send_and_await(const struct loop_pair *p, int n)
{
	struct gsctp_opt status[] = { GSCTP_STATUS(p->at_client) };
	uint64_t end = loop_now_ms() + LOOP_MS;

	while (n-- > 0)
		ck_assert_int_eq(gsctp_send(p->client, p->at_client, 0, "a",
		    1), 0);
	do {
		ck_assert(loop_now_ms() < end);
		ck_assert_int_eq(gsctp_getopts(p->client, status, 1, NULL),
		    0);
		loop_nap();
	} while (status[0].u.status.unackdata > 0 ||
	    status[0].u.status.penddata > 0);
}

START_TEST(fd_made_while_a_message_waits_is_readable)
{
	struct loop_pair p = side_pair();

	send_and_await(&p, 1);
	ck_assert(is_ready(_i, gsctp_fd(p.server), false, 0));
}
END_TEST

START_TEST(fd_stays_readable_when_one_of_two_messages_is_read)
{
	struct loop_pair p = side_pair();
	int fd = gsctp_fd(p.server);

	send_and_await(&p, 2);
	ck_assert(is_ready(_i, fd, false, 0));
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	ck_assert(is_ready(_i, fd, false, 0));
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	ck_assert(!is_ready(_i, fd, false, 0));
}
END_TEST

START_TEST(fd_is_not_writable_while_a_send_buffer_is_full)
{
	struct loop_pair p = side_pair();
	int fd = gsctp_fd(p.client);
	uint64_t end = loop_now_ms() + LOOP_MS;

	ck_assert(is_ready(_i, fd, true, 0));
	side_fill(p.client, p.at_client);
	ck_assert(!is_ready(_i, fd, true, 0));
	while (!is_ready(_i, fd, true, 0)) {
		ck_assert(loop_now_ms() < end);
		(void)loop_poll(gsctp_fd(p.server), POLLIN, 100);
		(void)loop_drain(p.server);
	}
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "a", 1), 0);
}
END_TEST

START_TEST(fd_can_be_neither_readable_nor_writable)
{
	struct loop_pair p = side_pair();
	int fd = gsctp_fd(p.client);

	side_fill(p.client, p.at_client);
	(void)loop_drain(p.client);
	ck_assert(!is_ready(_i, fd, false, 0));
	ck_assert(!is_ready(_i, fd, true, 0));
}
END_TEST

START_TEST(fd_can_be_readable_and_not_writable)
{
	struct loop_pair p = side_pair();
	int fd = gsctp_fd(p.client);

	side_fill(p.client, p.at_client);
	ck_assert_int_eq(gsctp_send(p.server, p.at_server, 0, "a", 1), 0);
	ck_assert(is_ready(_i, fd, false, LOOP_MS));
	ck_assert(!is_ready(_i, fd, true, 0));
	gsctp_msg_free(loop_recv_type(p.client, GSCTP_MSG_DATA));
	ck_assert(!is_ready(_i, fd, false, 0));
	ck_assert(!is_ready(_i, fd, true, 0));
}
END_TEST

START_TEST(fd_is_writable_again_when_the_full_association_has_ended)
{
	struct loop_pair p = side_pair();
	int fd = gsctp_fd(p.client);

	side_fill(p.client, p.at_client);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), 0);
	ck_assert(is_ready(_i, fd, true, LOOP_MS));
}
END_TEST

START_TEST(fd_is_made_only_when_it_is_asked_for)
{
	int before = side_count_fds();
	gsctp_sock s = loop_open(NULL, 0);
	int fd, with;

	ck_assert_int_eq(side_count_fds(), before);
	fd = gsctp_fd(s);
	ck_assert_int_ge(fd, 0);
	with = side_count_fds();
	ck_assert_int_gt(with, before);
	ck_assert_int_eq(gsctp_fd(s), fd);
	ck_assert_int_eq(side_count_fds(), with);
	ck_assert_int_eq(gsctp_close(s), 0);
	ck_assert_int_eq(side_count_fds(), before);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

START_TEST(fd_does_not_outlive_an_exec)
{
	int fd = gsctp_fd(loop_open(NULL, 0));

	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}
END_TEST

START_TEST(fd_without_a_descriptor_left_is_emfile_and_can_be_asked_for_again)
{
	gsctp_sock s = loop_open(NULL, 0);
	struct rlimit old, none;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 3;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(gsctp_fd(s), -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	ck_assert_int_ge(gsctp_fd(s), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("fd");
	TCase *tc = tcase_create("fd");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_loop_test(tc, fd_is_readable_only_while_a_message_waits, 0,
	    HOWS);
	tcase_add_loop_test(tc, fd_made_while_a_message_waits_is_readable, 0,
	    HOWS);
	tcase_add_loop_test(tc,
	    fd_stays_readable_when_one_of_two_messages_is_read, 0, HOWS);
	tcase_add_loop_test(tc, fd_is_not_writable_while_a_send_buffer_is_full,
	    0, HOWS);
	tcase_add_loop_test(tc, fd_can_be_neither_readable_nor_writable, 0,
	    HOWS);
	tcase_add_loop_test(tc, fd_can_be_readable_and_not_writable, 0, HOWS);
	tcase_add_loop_test(tc,
	    fd_is_writable_again_when_the_full_association_has_ended, 0, HOWS);
	tcase_add_test(tc, fd_is_made_only_when_it_is_asked_for);
	tcase_add_test(tc, fd_does_not_outlive_an_exec);
	tcase_add_test(tc,
	    fd_without_a_descriptor_left_is_emfile_and_can_be_asked_for_again);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
