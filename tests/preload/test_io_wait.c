/*
 * How messages of a program that calls libc's sockets wait: limits, signals,
 * edges, ends; and files and pipes.  With PRELOAD_KERNEL=1, where the kernel
 * has SCTP, the same is the kernel's.
 */

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/time.h>

#include "check_main.h"
#include "plain_io.h"
#include "preload.h"

static struct pair p;
static char buf[300000];

static void
up(void)
{
	p = new_pair("127.0.0.1");
}

static void
down(void)
{
	close_pair(&p);
}

/* Both ends blocking, and the next call of fd waits at most so long. */
static void
limit(int fd, int option, int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, option, &tv, sizeof(tv)),
	    0);
}

static atomic_int signals;

static void
on_signal(int sig)
{
	(void)sig;
	(void)atomic_fetch_add(&signals, 1);
}

static void
handle(int sig, int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sa.sa_flags = flags;
	ck_assert_int_eq(sigaction(sig, &sa, NULL), 0);
	atomic_store(&signals, 0);
}

/*
 * Waiting
 */

START_TEST(a_call_that_shall_not_wait_does_not)
{
	ck_fails(recv(p.server, buf, 1, MSG_DONTWAIT), EAGAIN);
	set_nonblocking(p.server);
	ck_fails(recv(p.server, buf, 1, 0), EAGAIN);
	ck_fails(read(p.server, buf, 1), EAGAIN);
}
END_TEST

START_TEST(a_receive_that_is_limited_ends)
{
	limit(p.server, SO_RCVTIMEO, 50);
	ck_fails(recv(p.server, buf, 1, 0), EAGAIN);
	ck_assert_int_eq(send(p.client, "x", 1, 0), 1);
	expect(p.server, "x");
}
END_TEST

/* How long the peer's side may take what is on its way to it: more than it
 * keeps an acknowledgement back. */
#define SETTLE_MS 300

/* Until it takes no more. */
static size_t
fill_once(int fd)
{
	size_t n = 0;

	while (send(fd, buf, 10000, MSG_DONTWAIT) == 10000)
		n++;
	ck_assert_int_eq(errno, EAGAIN);
	return n;
}

/* And has no room soon after that either. */
static size_t
fill(int fd)
{
	size_t before, n = 0;

	do {
		before = n;
		n += fill_once(fd);
	} while (n > before && poll_for(fd, POLLOUT, SETTLE_MS) != 0);
	ck_assert_uint_gt(n, 0);
	return n;
}

START_TEST(a_send_that_is_limited_ends)
{
	(void)fill(p.client);
	limit(p.client, SO_SNDTIMEO, 50);
	/* Some room may come: as long as the peer's side takes it. */
	while (send(p.client, buf, 10000, 0) == 10000)
		;
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

static void *
drain(void *arg)
{
	size_t left = *(size_t *)arg;
	char got[4096];
	ssize_t n;

	while (left > 0) {
		n = recv(p.server, got, sizeof(got), 0);
		if (n <= 0)
			break;
		left -= (size_t)n;
	}
	*(size_t *)arg = left;
	return NULL;
}

START_TEST(a_send_waits_for_room_and_a_writable_socket_has_some)
{
	size_t left = (fill(p.client) + 1) * 10000;
	pthread_t t;

	ck_assert(!is_writable(p.client));
	ck_assert_int_eq(pthread_create(&t, NULL, drain, &left), 0);
	ck_assert_int_eq(send(p.client, buf, 10000, 0), 10000);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	ck_assert_uint_eq(left, 0);
	ck_assert(poll_for(p.client, POLLOUT, LONG_MS) & POLLOUT);
}
END_TEST

/* Interrupts its maker again and again; or three times, and then sends. */
struct interrupter {
	pthread_t maker;
	int send_to;		/* or -1 */
	atomic_bool is_over;
};

static void *
interrupt(void *arg)
{
	struct interrupter *i = arg;
	int n;

	for (n = 0; !atomic_load(&i->is_over); n++) {
		if (i->send_to >= 0 && n == 3)
			break;
		(void)usleep(5000);
		(void)pthread_kill(i->maker, SIGUSR1);
	}
	if (i->send_to >= 0)
		(void)send(i->send_to, "after", 5, 0);
	return NULL;
}

START_TEST(a_signal_ends_a_wait)
{
	struct interrupter i = { .maker = pthread_self(), .send_to = -1 };
	pthread_t t;

	handle(SIGUSR1, 0);
	ck_assert_int_eq(pthread_create(&t, NULL, interrupt, &i), 0);
	ck_fails(recv(p.server, buf, 1, 0), EINTR);
	atomic_store(&i.is_over, true);
	ck_assert_int_eq(pthread_join(t, NULL), 0);

	(void)fill(p.client);
	atomic_store(&i.is_over, false);
	handle(SIGUSR1, 0);
	ck_assert_int_eq(pthread_create(&t, NULL, interrupt, &i), 0);
	while (send(p.client, buf, 10000, 0) == 10000)
		;
	ck_assert_int_eq(errno, EINTR);
	atomic_store(&i.is_over, true);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
}
END_TEST

START_TEST(a_signal_with_sa_restart_does_not_end_a_wait)
{
	struct interrupter i = { .maker = pthread_self(),
		.send_to = p.client };
	pthread_t t;

	handle(SIGUSR1, SA_RESTART);
	ck_assert_int_eq(pthread_create(&t, NULL, interrupt, &i), 0);
	expect(p.server, "after");
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	ck_assert_int_ge(atomic_load(&signals), 1);
}
END_TEST

START_TEST(a_limited_wait_ends_with_any_signal)
{
	struct interrupter i = { .maker = pthread_self(), .send_to = -1 };
	pthread_t t;

	handle(SIGUSR1, SA_RESTART);
	limit(p.server, SO_RCVTIMEO, LONG_MS);
	ck_assert_int_eq(pthread_create(&t, NULL, interrupt, &i), 0);
	ck_fails(recv(p.server, buf, 1, 0), EINTR);
	atomic_store(&i.is_over, true);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
}
END_TEST

static int
watch_edges(int fd)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };
	int ep = epoll_create1(0);

	ck_assert_int_ge(ep, 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e), 0);
	return ep;
}

static int
edges(int ep, int ms)
{
	struct epoll_event e;
	int n = epoll_wait(ep, &e, 1, ms);

	ck_assert_int_ge(n, 0);
	return n;
}

START_TEST(what_comes_behind_an_unread_message_is_an_edge)
{
	int ep = watch_edges(p.server);

	ck_assert_int_eq(send(p.client, "one", 3, 0), 3);
	ck_assert_int_eq(edges(ep, LONG_MS), 1);
	ck_assert_int_eq(edges(ep, 0), 0);
	ck_assert_int_eq(send(p.client, "two", 3, 0), 3);
	ck_assert_int_eq(edges(ep, LONG_MS), 1);
	expect(p.server, "one");
	expect(p.server, "two");
	ck_assert(!is_readable(p.server));
	ck_assert_int_eq(send(p.client, "three", 5, 0), 5);
	ck_assert_int_eq(edges(ep, LONG_MS), 1);
	expect(p.server, "three");
	close(ep);
}
END_TEST

#define MANY 20000

static void *
send_many(void *arg)
{
	int fd = *(int *)arg;

	for (uint32_t i = 0; i < MANY; i++)
		if (send(fd, &i, sizeof(i), 0) != sizeof(i))
			break;
	return NULL;
}

START_TEST(no_message_is_missed_by_who_waits_for_edges)
{
	int ep = watch_edges(p.server);
	uint32_t i, n = 0;
	pthread_t t;

	ck_assert_int_eq(pthread_create(&t, NULL, send_many, &p.client), 0);
	while (n < MANY) {
		ck_assert_int_eq(edges(ep, LONG_MS), 1);
		while (recv(p.server, &i, sizeof(i), MSG_DONTWAIT) ==
		    sizeof(i))
			ck_assert_uint_eq(i, n++);
		ck_assert_int_eq(errno, EAGAIN);
	}
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	close(ep);
}
END_TEST

/*
 * The end
 */

START_TEST(the_end_comes_after_the_last_message_and_stays)
{
	struct at from = { .len = sizeof(from.v6) };
	struct at to;
	struct iovec iov = { buf, 9 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	ck_assert_int_eq(send(p.client, "last", 4, 0), 4);
	ck_assert_int_eq(close(p.client), 0);
	expect(p.server, "last");
	m.msg_name = &from.sa;
	m.msg_namelen = from.len;
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 0);
	ck_assert_int_eq(m.msg_flags, 0);
	ck_assert_int_eq(m.msg_namelen, 0);
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
	ck_assert_int_eq(read(p.server, buf, 9), 0);
	ck_assert(is_readable(p.server));
	/* And this socket has had its association. */
	to = at("127.0.0.1", port_of(p.listener));
	ck_fails(sendto(p.server, "x", 1, MSG_NOSIGNAL, &to.sa, to.len),
	    EADDRNOTAVAIL);
	p.client = dup(p.listener);
}
END_TEST

START_TEST(an_abort_is_told_once)
{
	struct linger hard = { .l_onoff = 1 };

	ck_assert_int_eq(setsockopt(p.client, SOL_SOCKET, SO_LINGER, &hard,
	    sizeof(hard)), 0);
	ck_assert_int_eq(close(p.client), 0);
	ck_fails(recv(p.server, buf, 9, 0), ECONNRESET);
	ck_fails(send(p.server, "x", 1, MSG_NOSIGNAL), EPIPE);
	p.client = dup(p.listener);
}
END_TEST

START_TEST(an_abort_is_told_to_who_sends_first)
{
	struct linger hard = { .l_onoff = 1 };

	ck_assert_int_eq(setsockopt(p.client, SOL_SOCKET, SO_LINGER, &hard,
	    sizeof(hard)), 0);
	ck_assert_int_eq(close(p.client), 0);
	ck_assert(poll_for(p.server, POLLIN, LONG_MS) != 0);
	ck_fails(send(p.server, "x", 1, MSG_NOSIGNAL), ECONNRESET);
	ck_fails(send(p.server, "x", 1, MSG_NOSIGNAL), EPIPE);
	p.client = dup(p.listener);
}
END_TEST

START_TEST(the_peers_shutdown_is_the_end_although_data_waits_for_it)
{
	/* There is room for a byte: the error is of the shutdown. */
	(void)fill_once(p.server);
	ck_assert_int_eq(shutdown(p.client, SHUT_WR), 0);
	ck_assert(poll_for(p.server, POLLIN, LONG_MS) & POLLIN);
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
	ck_fails(send(p.server, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT),
	    ESHUTDOWN);
	ck_fails(send(p.client, "x", 1, MSG_NOSIGNAL), ESHUTDOWN);
	ck_assert_int_gt(recv(p.client, buf, sizeof(buf), 0), 0);
}
END_TEST

START_TEST(reading_that_is_shut_has_what_came_before)
{
	ck_assert_int_eq(send(p.client, "one", 3, 0), 3);
	ck_assert_int_eq(send(p.client, "two", 3, 0), 3);
	expect(p.server, "one");
	ck_assert_int_eq(recv(p.server, buf, 9, MSG_PEEK), 3);
	ck_assert_int_eq(shutdown(p.server, SHUT_RD), 0);
	expect(p.server, "two");
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
	ck_assert_int_eq(send(p.client, "three", 5, 0), 5);
	ck_assert_int_eq(send(p.server, "back", 4, 0), 4);
	expect(p.client, "back");
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
}
END_TEST

static void *
close_later(void *arg)
{
	(void)usleep(30000);
	(void)close(*(int *)arg);
	return NULL;
}

START_TEST(a_close_by_the_peer_ends_a_wait)
{
	pthread_t t;

	ck_assert_int_eq(pthread_create(&t, NULL, close_later, &p.client), 0);
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	p.client = dup(p.listener);
}
END_TEST

START_TEST(a_broken_pipe_is_a_signal_unless_it_shall_not_be)
{
	int one = new_socket(AF_INET, ONE_TO_ONE);

	handle(SIGPIPE, 0);
	ck_fails(send(one, "x", 1, MSG_NOSIGNAL), EPIPE);
	ck_assert_int_eq(atomic_load(&signals), 0);
	ck_fails(send(one, "x", 1, 0), EPIPE);
	ck_assert_int_eq(atomic_load(&signals), 1);
	ck_fails(write(one, "x", 1), EPIPE);
	ck_assert_int_eq(atomic_load(&signals), 2);
	close(one);
}
END_TEST

/*
 * Files and pipes
 */

START_TEST(sendfile_moves_the_file_and_its_offset)
{
	FILE *f = tmpfile();
	off_t at = 2;
	size_t done = 0;
	ssize_t n;

	ck_assert_ptr_nonnull(f);
	for (size_t i = 0; i < 10000; i++)
		ck_assert_int_ne(fputc((int)(i % 251), f), EOF);
	ck_assert_int_eq(fflush(f), 0);
	ck_assert_int_eq(lseek(fileno(f), 0, SEEK_SET), 0);
	ck_assert_int_eq(sendfile(p.client, fileno(f), &at, 3), 3);
	ck_assert_int_eq(at, 5);
	ck_assert_int_eq(lseek(fileno(f), 0, SEEK_CUR), 0);
	ck_assert_int_eq(recv(p.server, buf, sizeof(buf), 0), 3);
	ck_assert_int_eq(buf[0], 2);
	n = sendfile(p.client, fileno(f), NULL, 20000);
	ck_assert_int_eq(n, 10000);
	ck_assert_int_eq(lseek(fileno(f), 0, SEEK_CUR), 10000);
	while (done < 10000) {
		n = recv(p.server, buf + done, sizeof(buf) - done, 0);
		ck_assert_int_gt(n, 0);
		done += (size_t)n;
	}
	for (size_t i = 0; i < 10000; i++)
		ck_assert_int_eq((unsigned char)buf[i], (int)(i % 251));
	ck_assert_int_eq(sendfile(p.client, fileno(f), NULL, 1), 0);
	ck_assert_int_eq(fclose(f), 0);
}
END_TEST

START_TEST(splice_moves_a_pipe_into_a_socket_and_out_of_one)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], "through", 7), 7);
	ck_assert_int_eq(splice(fds[0], NULL, p.client, NULL, 100, 0), 7);
	expect(p.server, "through");
	ck_fails(splice(fds[0], NULL, p.client, NULL, 100,
	    SPLICE_F_NONBLOCK), EAGAIN);
	ck_assert_int_eq(send(p.client, "back", 4, 0), 4);
	ck_assert_int_eq(splice(p.server, NULL, fds[1], NULL, 100, 0), 4);
	ck_assert_int_eq(read(fds[0], buf, 9), 4);
	ck_assert_mem_eq(buf, "back", 4);
	close(fds[1]);
	ck_assert_int_eq(splice(fds[0], NULL, p.client, NULL, 100, 0), 0);
	close(fds[0]);
}
END_TEST

START_TEST(what_a_full_socket_does_not_take_stays_in_the_pipe)
{
	int fds[2], n = -1;
	ssize_t went;

	(void)fill(p.client);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], buf, 3000), 3000);
	set_nonblocking(p.client);
	/* Some room comes yet, as long as the peer's side takes it. */
	while ((went = splice(fds[0], NULL, p.client, NULL, 3000, 0)) > 0)
		ck_assert_int_eq(write(fds[1], buf, (size_t)went), went);
	ck_assert_int_eq(went, -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(ioctl(fds[0], FIONREAD, &n), 0);
	ck_assert_int_eq(n, 3000);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("preload_io_wait");
	TCase *tc = tcase_create("waiting");

	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_call_that_shall_not_wait_does_not);
	tcase_add_test(tc, a_receive_that_is_limited_ends);
	tcase_add_test(tc, a_send_that_is_limited_ends);
	tcase_add_test(tc,
	    a_send_waits_for_room_and_a_writable_socket_has_some);
	tcase_add_test(tc, a_signal_ends_a_wait);
	tcase_add_test(tc, a_signal_with_sa_restart_does_not_end_a_wait);
	tcase_add_test(tc, a_limited_wait_ends_with_any_signal);
	tcase_add_test(tc,
	    what_comes_behind_an_unread_message_is_an_edge);
	tcase_add_test(tc, no_message_is_missed_by_who_waits_for_edges);
	suite_add_tcase(s, tc);

	tc = tcase_create("the end");
	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc,
	    the_end_comes_after_the_last_message_and_stays);
	tcase_add_test(tc,
	    the_peers_shutdown_is_the_end_although_data_waits_for_it);
	tcase_add_test(tc, reading_that_is_shut_has_what_came_before);
	tcase_add_test(tc, an_abort_is_told_once);
	tcase_add_test(tc, an_abort_is_told_to_who_sends_first);
	tcase_add_test(tc, a_close_by_the_peer_ends_a_wait);
	tcase_add_test(tc,
	    a_broken_pipe_is_a_signal_unless_it_shall_not_be);
	suite_add_tcase(s, tc);

	tc = tcase_create("files");
	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, sendfile_moves_the_file_and_its_offset);
	tcase_add_test(tc,
	    splice_moves_a_pipe_into_a_socket_and_out_of_one);
	tcase_add_test(tc,
	    what_a_full_socket_does_not_take_stays_in_the_pipe);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
