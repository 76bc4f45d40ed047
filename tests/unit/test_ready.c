#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check_main.h"
#include "ready.h"

static struct gs_ready *r;
static int fd;

static void
up(void)
{
	ck_assert_int_eq(gs_ready_new(&r), 0);
	fd = gs_ready_fd(r);
}

static void
down(void)
{
	gs_ready_free(r);
}

static int
polled(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };

	ck_assert_int_ge(poll(&p, 1, 0), 0);
	return p.revents;
}

static int
selected(void)
{
	struct timeval zero = { 0, 0 };
	fd_set in, out, ex;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&ex);
	FD_SET(fd, &in);
	FD_SET(fd, &out);
	FD_SET(fd, &ex);
	ck_assert_int_ge(select(fd + 1, &in, &out, &ex, &zero), 0);
	return (FD_ISSET(fd, &in) ? POLLIN : 0) |
	    (FD_ISSET(fd, &out) ? POLLOUT : 0) |
	    (FD_ISSET(fd, &ex) ? POLLPRI : 0);
}

static int
epolled(int ep)
{
	struct epoll_event ev = { 0 };

	ck_assert_int_ge(epoll_wait(ep, &ev, 1, 0), 0);
	return ((ev.events & EPOLLIN) != 0 ? POLLIN : 0) |
	    ((ev.events & EPOLLOUT) != 0 ? POLLOUT : 0) |
	    ((ev.events & ~(unsigned int)(EPOLLIN | EPOLLOUT)) != 0 ? POLLERR :
								      0);
}

START_TEST(a_new_one_is_writable_and_not_readable)
{
	ck_assert_int_eq(polled(), POLLOUT);
}
END_TEST

START_TEST(poll_select_and_epoll_show_the_two_states_as_set)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT };
	int ep, i, want;

	ep = epoll_create1(EPOLL_CLOEXEC);
	ck_assert_int_ne(ep, -1);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	/* From each of the four states to each. */
	for (i = 0; i < 32; i++) {
		int state = i % 2 == 0 ? i / 2 % 4 : i / 8;
		bool in = (state & 1) != 0, out = (state & 2) != 0;

		ck_assert_int_eq(gs_ready_set_readable(r, in), 0);
		ck_assert_int_eq(gs_ready_set_writable(r, out), 0);
		want = (in ? POLLIN : 0) | (out ? POLLOUT : 0);
		ck_assert_int_eq(polled(), want);
		ck_assert_int_eq(selected(), want);
		ck_assert_int_eq(epolled(ep), want);
	}
	(void)close(ep);
}
END_TEST

START_TEST(a_state_lasts_however_often_it_is_looked_at)
{
	int i;

	ck_assert_int_eq(gs_ready_set_readable(r, true), 0);
	ck_assert_int_eq(gs_ready_set_writable(r, false), 0);
	for (i = 0; i < 100; i++)
		ck_assert_int_eq(polled(), POLLIN);
}
END_TEST

/* Were a byte written each time, as many would have to be read. */
START_TEST(hung_up_it_stays_readable_and_says_why)
{
	struct pollfd p = { .fd = fd,
		.events = POLLIN | POLLOUT | POLLRDHUP };

	gs_ready_hang_up(r, false);
	(void)gs_ready_set_readable(r, true);
	(void)gs_ready_set_readable(r, false);
	ck_assert_int_eq(poll(&p, 1, 0), 1);
	ck_assert_int_eq(p.revents, POLLIN | POLLOUT | POLLRDHUP);
	ck_assert_int_eq(gs_ready_set_writable(r, false), 0);
	ck_assert_int_eq(poll(&p, 1, 0), 1);
	ck_assert_int_eq(p.revents, POLLIN | POLLRDHUP);
	ck_assert_int_eq(gs_ready_set_writable(r, true), 0);
	gs_ready_hang_up(r, true);
	ck_assert_int_eq(poll(&p, 1, 0), 1);
	ck_assert_int_eq(p.revents, POLLIN | POLLOUT | POLLRDHUP | POLLHUP);
}
END_TEST
START_TEST(setting_the_same_state_again_adds_nothing)
{
	char c[8];
	int i;

	for (i = 0; i < 10000; i++)
		ck_assert_int_eq(gs_ready_set_readable(r, true), 0);
	ck_assert_int_eq(recv(fd, c, sizeof(c), MSG_PEEK), 1);
	ck_assert_int_eq(gs_ready_set_readable(r, false), 0);
	ck_assert_int_eq(polled(), POLLOUT);
	for (i = 0; i < 10000; i++)
		ck_assert_int_eq(gs_ready_set_readable(r, false), 0);
	ck_assert_int_eq(polled(), POLLOUT);
}
END_TEST

START_TEST(reading_from_it_spoils_only_the_state_of_the_moment)
{
	char c[8];

	ck_assert_int_eq(gs_ready_set_readable(r, true), 0);
	ck_assert_int_eq(read(fd, c, sizeof(c)), 1);
	ck_assert_int_eq(gs_ready_set_readable(r, false), 0);
	ck_assert_int_eq(polled(), POLLOUT);
	ck_assert_int_eq(gs_ready_set_readable(r, true), 0);
	ck_assert_int_eq(polled(), POLLIN | POLLOUT);
}
END_TEST

START_TEST(writing_to_it_spoils_only_the_state_of_the_moment)
{
	char junk[3000];

	memset(junk, 'x', sizeof(junk));
	while (send(fd, junk, sizeof(junk), MSG_DONTWAIT) > 0)
		;
	ck_assert_int_eq(polled(), 0);
	ck_assert_int_eq(gs_ready_set_readable(r, true), 0);
	ck_assert_int_eq(gs_ready_set_writable(r, false), 0);
	ck_assert_int_eq(polled(), POLLIN);
	ck_assert_int_eq(gs_ready_set_writable(r, true), 0);
	ck_assert_int_eq(polled(), POLLIN | POLLOUT);
}
END_TEST

START_TEST(a_larger_send_buffer_is_filled_too)
{
	int size = 100000;

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
			     sizeof(size)),
	    0);
	ck_assert_int_eq(gs_ready_set_writable(r, false), 0);
	ck_assert_int_eq(polled(), 0);
	ck_assert_int_eq(gs_ready_set_writable(r, true), 0);
	ck_assert_int_eq(polled(), POLLOUT);
}
END_TEST

/* It would hang, and Check's limit end it, if a call blocked. */
START_TEST(nothing_blocks_after_the_application_made_it_blocking)
{
	int i;

	ck_assert_int_eq(fcntl(fd, F_SETFL, 0), 0);
	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(gs_ready_set_readable(r, i % 2 == 0), 0);
		ck_assert_int_eq(gs_ready_set_writable(r, i % 2 != 0), 0);
	}
	ck_assert_int_eq(polled(), POLLOUT);
}
END_TEST

START_TEST(it_is_nonblocking_and_closed_on_exec)
{
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}
END_TEST

START_TEST(a_change_wakes_edge_triggered_epoll_as_well)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	int ep;

	ep = epoll_create1(EPOLL_CLOEXEC);
	ck_assert_int_ne(ep, -1);
	ck_assert_int_eq(gs_ready_set_writable(r, false), 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	ck_assert_int_eq(epolled(ep), 0);
	ck_assert_int_eq(gs_ready_set_readable(r, true), 0);
	ck_assert_int_eq(epolled(ep), POLLIN);
	ck_assert_int_eq(epolled(ep), 0);
	ck_assert_int_eq(gs_ready_set_readable(r, false), 0);
	ck_assert_int_eq(gs_ready_set_readable(r, true), 0);
	ck_assert_int_eq(epolled(ep), POLLIN);
	ck_assert_int_eq(gs_ready_set_writable(r, true), 0);
	ck_assert_int_eq(epolled(ep) & POLLOUT, POLLOUT);
	(void)close(ep);
}
END_TEST

START_TEST(free_closes_both_ends_and_takes_null)
{
	struct gs_ready *other;
	int before, after, other_fd;

	before = dup(0);
	ck_assert_int_ne(before, -1);
	(void)close(before);
	ck_assert_int_eq(gs_ready_new(&other), 0);
	other_fd = gs_ready_fd(other);
	gs_ready_free(other);
	ck_assert_int_eq(fcntl(other_fd, F_GETFD), -1);
	after = dup(0);
	ck_assert_int_eq(after, before);
	(void)close(after);
	gs_ready_free(NULL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ready");
	TCase *tc = tcase_create("descriptor");

	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, a_new_one_is_writable_and_not_readable);
	tcase_add_test(tc, poll_select_and_epoll_show_the_two_states_as_set);
	tcase_add_test(tc, a_state_lasts_however_often_it_is_looked_at);
	tcase_add_test(tc, hung_up_it_stays_readable_and_says_why);
	tcase_add_test(tc, setting_the_same_state_again_adds_nothing);
	tcase_add_test(tc, reading_from_it_spoils_only_the_state_of_the_moment);
	tcase_add_test(tc, writing_to_it_spoils_only_the_state_of_the_moment);
	tcase_add_test(tc, a_larger_send_buffer_is_filled_too);
	tcase_add_test(tc,
	    nothing_blocks_after_the_application_made_it_blocking);
	tcase_add_test(tc, it_is_nonblocking_and_closed_on_exec);
	tcase_add_test(tc, a_change_wakes_edge_triggered_epoll_as_well);
	tcase_add_test(tc, free_closes_both_ends_and_takes_null);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
