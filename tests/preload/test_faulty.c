/*
 * Threads that close what others wait in, signals, and numbers of descriptors
 * that are used again: of a program that calls libc's sockets.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/time.h>

#include "beside.h"
#include "check_main.h"
#include "plain.h"
#include "preload.h"
#include "tmp.h"

#ifdef __SANITIZE_THREAD__
/* Descriptors are closed while others use them: that is what is tested. */
__attribute__((visibility("default"))) const char *
__tsan_default_suppressions(void);

const char *
__tsan_default_suppressions(void)
{
	return "race_top:close\nrace_top:dup\n"
	       "race:^beside_is_asleep$\n"
	       "race:^use_stale$\n";
}
#endif

static struct pair p;

static void
up(void)
{
	p = new_pair("127.0.0.1");
}

static void
down(void)
{
	if (p.client != -1)
		close(p.client);
	if (p.server != -1)
		close(p.server);
	close(p.listener);
}

static int
do_recv(int fd)
{
	char buf[64];

	return (int)recv(fd, buf, sizeof(buf), 0);
}

static int
do_accept(int fd)
{
	return accept(fd, NULL, NULL);
}

static int
do_send(int fd)
{
	static const char large[60000];
	ssize_t n;

	do
		n = send(fd, large, sizeof(large), MSG_NOSIGNAL);
	while (n > 0);
	return (int)n;
}

/* A listener that does not answer: its process is stopped. */
static struct role deaf;
static int deaf_port;

static int
do_connect(int fd)
{
	return connect_to(fd, "127.0.0.1", deaf_port);
}

static void
role_deaf(void)
{
	role_write(role_listen(NULL));
	role_wait();
}

static void
up_deaf(void)
{
	int status;

	deaf = role_start("deaf", 0);
	deaf_port = role_read(&deaf);
	ck_assert_int_eq(kill(deaf.pid, SIGSTOP), 0);
	ck_assert_int_eq(waitpid(deaf.pid, &status, WUNTRACED), deaf.pid);
	ck_assert(WIFSTOPPED(status));
}

static void
down_deaf(void)
{
	char said[512];

	ck_assert_int_eq(kill(deaf.pid, SIGKILL), 0);
	(void)role_end(&deaf, said, sizeof(said));
}

/*
 * Closed by another thread
 */

START_TEST(recv_ends_where_its_descriptor_is_closed)
{
	struct beside b;

	beside_begin(&b, do_recv, p.server);
	ck_assert_int_eq(close(p.server), 0);
	beside_fails(&b, EBADF);
	p.server = -1;
	/* And the peer hears of it. */
	ck_assert_int_eq(do_recv(p.client), 0);
}
END_TEST

START_TEST(accept_ends_where_its_descriptor_is_closed)
{
	struct beside b;
	int fd = listener_at("127.0.0.1", ONE_TO_ONE);

	beside_begin(&b, do_accept, fd);
	ck_assert_int_eq(close(fd), 0);
	beside_fails(&b, EBADF);
}
END_TEST

START_TEST(send_ends_where_its_descriptor_is_closed)
{
	struct beside b;

	beside_begin(&b, do_send, p.client);
	ck_assert_int_eq(close(p.client), 0);
	p.client = -1;
	beside_fails(&b, EBADF);
}
END_TEST

START_TEST(connect_ends_where_its_descriptor_is_closed)
{
	struct beside b;
	int fd = new_socket(AF_INET, ONE_TO_ONE);

	beside_begin(&b, do_connect, fd);
	ck_assert_int_eq(close(fd), 0);
	beside_fails(&b, EBADF);
}
END_TEST

START_TEST(several_that_wait_all_end)
{
	struct beside b[4];
	int i;

	for (i = 0; i < 4; i++)
		beside_begin(&b[i], do_recv, p.server);
	ck_assert_int_eq(close(p.server), 0);
	p.server = -1;
	for (i = 0; i < 4; i++)
		beside_fails(&b[i], EBADF);
}
END_TEST

/* As Java closes a channel that others may wait in. */
START_TEST(recv_ends_where_something_else_is_put_in_its_place)
{
	struct beside b;
	int ends[2];
	char c;

	ck_assert_int_eq(pipe(ends), 0);
	beside_begin(&b, do_recv, p.server);
	ck_assert_int_eq(dup2(ends[0], p.server), p.server);
	beside_fails(&b, EBADF);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(read(p.server, &c, 1), 1);
	ck_assert_int_eq(c, 'x');
	ck_fails(do_recv(p.server), ENOTSOCK);
	ck_assert_int_eq(do_recv(p.client), 0);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(a_copy_keeps_what_waits)
{
	struct beside b;
	int copy = dup(p.server);

	beside_begin(&b, do_recv, p.server);
	ck_assert_int_eq(close(p.server), 0);
	ck_assert_int_eq(send(p.client, "one", 3, 0), 3);
	ck_assert_int_eq(beside_join(&b), 3);
	p.server = copy;
	beside_begin(&b, do_recv, p.server);
	ck_assert_int_eq(send(p.client, "three", 5, 0), 5);
	ck_assert_int_eq(beside_join(&b), 5);
}
END_TEST

START_TEST(epoll_is_told_nothing_of_a_close)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	int ep = epoll_create1(0);
	struct beside b;
	int i, fd;

	ev.data.fd = p.server;
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, p.server, &ev), 0);
	ck_assert_int_eq(epoll_wait(ep, &ev, 1, LONG_MS), 1);
	ck_assert_int_eq(close(p.server), 0);
	ck_assert_int_eq(epoll_wait(ep, &ev, 1, 0), 0);
	/* The same number, where a call waits. */
	for (i = 0; i < 3; i++) {
		fd = listener_at("127.0.0.1", ONE_TO_ONE);
		ck_assert_int_eq(fd, p.server);
		ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
		beside_begin(&b, do_accept, fd);
		ck_assert_int_eq(close(fd), 0);
		beside_fails(&b, EBADF);
		ck_assert_int_eq(epoll_wait(ep, &ev, 1, 0), 0);
	}
	p.server = -1;
	close(ep);
}
END_TEST

/*
 * Signals
 */

static atomic_int nsignals;

static void
on_signal(int sig)
{
	(void)sig;
	atomic_fetch_add(&nsignals, 1);
}

static void
catch_signal(int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sa.sa_flags = flags;
	ck_assert_int_eq(sigaction(SIGUSR1, &sa, NULL), 0);
}

/* Signals, until one ends the call: it may be that it just looks again. */
static void
hit_until_ended(struct beside *b)
{
	uint64_t end = beside_now_ms() + BESIDE_MS;

	while (!atomic_load(&b->has_ended)) {
		ck_assert(beside_now_ms() < end);
		ck_assert_int_eq(pthread_kill(b->thread, SIGUSR1), 0);
		(void)poll(NULL, 0, 10);
	}
}

static void
limit(int fd, int option, int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, option, &tv, sizeof(tv)),
	    0);
}

/* The calls that wait, and on what. */
static int (*const calls[])(int) = { do_recv, do_accept, do_send,
	do_connect };
static const int limits[] = { SO_RCVTIMEO, SO_RCVTIMEO, SO_SNDTIMEO,
	SO_SNDTIMEO };

static int
fd_for(int i)
{
	const int fds[] = { p.server, p.listener, p.client };

	return i < 3 ? fds[i] : new_socket(AF_INET, ONE_TO_ONE);
}

START_TEST(a_signal_ends_what_waits)
{
	struct beside b;
	int fd = fd_for(_i);

	catch_signal(0);
	beside_begin(&b, calls[_i], fd);
	hit_until_ended(&b);
	beside_fails(&b, EINTR);
	if (_i == 3)
		close(fd);
}
END_TEST

/* The sanitizer keeps a signal back from a thread whose call it does not
 * know of, until that has returned: which it does not. */
#ifndef __SANITIZE_THREAD__
/* One signal, that was handled. */
static void
hit(struct beside *b)
{
	uint64_t end = beside_now_ms() + BESIDE_MS;
	int before = atomic_load(&nsignals);

	ck_assert_int_eq(pthread_kill(b->thread, SIGUSR1), 0);
	while (atomic_load(&nsignals) == before) {
		ck_assert(beside_now_ms() < end);
		sched_yield();
	}
}

START_TEST(a_signal_that_restarts_ends_nothing)
{
	struct beside b;
	int i, fd = fd_for(_i);

	catch_signal(SA_RESTART);
	beside_begin(&b, calls[_i], fd);
	for (i = 0; i < 5; i++) {
		hit(&b);
		beside_await_sleep(&b);
		ck_assert(!atomic_load(&b.has_ended));
	}
	ck_assert_int_eq(close(fd), 0);
	beside_fails(&b, EBADF);
	if (_i == 0)
		p.server = -1;
	else if (_i == 2)
		p.client = -1;
	else if (_i == 1)
		p.listener = new_socket(AF_INET, ONE_TO_ONE);
}
END_TEST
#endif

START_TEST(a_signal_ends_what_waits_for_a_time)
{
	struct beside b;
	int fd = fd_for(_i);

	catch_signal(SA_RESTART);
	limit(fd, limits[_i], LONG_MS);
	beside_begin(&b, calls[_i], fd);
	hit_until_ended(&b);
	beside_fails(&b, EINTR);
	if (_i == 3)
		close(fd);
}
END_TEST

START_TEST(time_ends_what_waits)
{
	/* connect() says another: it goes on. */
	const int errors[] = { EAGAIN, EAGAIN, EAGAIN, EINPROGRESS };
	struct beside b;
	uint64_t began = beside_now_ms();
	int fd = fd_for(_i);

	limit(fd, limits[_i], 200);
	beside_start(&b, calls[_i], fd);
	beside_fails(&b, errors[_i]);
	ck_assert_uint_ge(beside_now_ms() - began, 199);
	if (_i == 3)
		close(fd);
}
END_TEST

/*
 * Numbers that are used again
 */

#define STALE_FROM 20
#define STALE_TO 60
#define STALE_USERS 2
#define OWNERS 3
#define ROUNDS (600 / BESIDE_SLOW)

static atomic_bool must_stop;
static atomic_int wrong;

/* What may be in a message: who sent it.  Never a zero. */
static bool
is_known(const char *buf, ssize_t n, int owner)
{
	ssize_t i;

	for (i = 0; i < n; i++)
		if (buf[i] != 's' && buf[i] != 'f' &&
		    (owner < 0 ? buf[i] < 'A' || buf[i] >= 'A' + OWNERS :
				 buf[i] != 'A' + owner))
			return false;
	return true;
}

/* Somebody who has the numbers of others, and believes in them. */
static void *
use_stale(void *arg)
{
	struct pollfd pfd = { .events = POLLIN | POLLOUT };
	struct sockaddr_storage ss;
	socklen_t len;
	char buf[64];
	ssize_t n;
	int fd;

	(void)arg;
	for (fd = STALE_FROM; !atomic_load(&must_stop);
	     fd = fd < STALE_TO ? fd + 1 : STALE_FROM) {
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n > 0 && !is_known(buf, n, -1))
			atomic_fetch_add(&wrong, 1);
		(void)send(fd, "s", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
		len = sizeof(ss);
		(void)getsockname(fd, (struct sockaddr *)&ss, &len);
		pfd.fd = fd;
		(void)poll(&pfd, 1, 0);
		/* A copy is this thread's own. */
		close(dup(fd));
	}
	return NULL;
}

/* Numbers among those: taken from the range, and given back. */
static int
into_range(int fd)
{
	int to = fcntl(fd, F_DUPFD, STALE_FROM);

	if (to == -1)
		atomic_fetch_add(&wrong, 1);
	(void)close(fd);
	return to;
}

/* A pair of its own: what comes is its own, or of one who is mistaken. */
static void
one_round(int owner, int listener, const struct at *a)
{
	const char tag = (char)('A' + owner);
	char buf[64];
	int client, server, i;
	ssize_t n;

	client = into_range(socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP));
	if (connect(client, &a->sa, a->len) != 0)
		atomic_fetch_add(&wrong, 1);
	server = into_range(accept(listener, NULL, NULL));
	for (i = 0; i < 10; i++) {
		(void)send(client, &tag, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
		n = recv(server, buf, sizeof(buf), MSG_DONTWAIT);
		if (n > 0 && !is_known(buf, n, owner))
			atomic_fetch_add(&wrong, 1);
	}
	(void)close(client);
	(void)close(server);
}

static void *
own(void *arg)
{
	int owner = (int)(intptr_t)arg;
	int listener = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	struct at a = at("127.0.0.1", 0);
	int i;

	/* Not in the range: nobody else takes its associations. */
	if (fcntl(listener, F_DUPFD, 100 + owner) == -1)
		atomic_fetch_add(&wrong, 1);
	(void)close(listener);
	listener = 100 + owner;
	if (bind(listener, &a.sa, a.len) != 0 || listen(listener, 5) != 0 ||
	    getsockname(listener, &a.sa, &a.len) != 0)
		atomic_fetch_add(&wrong, 1);
	for (i = 0; i < ROUNDS; i++)
		one_round(owner, listener, &a);
	(void)close(listener);
	return NULL;
}

/* Files, in numbers that were sockets': each has what is in it. */
static void *
own_files(void *arg)
{
	const char *path = arg;
	char buf[64];
	int fd;

	while (!atomic_load(&must_stop)) {
		fd = into_range(open(path, O_RDWR));
		if (pread(fd, buf, sizeof(buf), 0) != 4 ||
		    lseek(fd, 0, SEEK_SET) != 0 ||
		    read(fd, buf, sizeof(buf)) != 4 ||
		    memcmp(buf, "file", 4) != 0)
			atomic_fetch_add(&wrong, 1);
		(void)close(fd);
	}
	return NULL;
}

START_TEST(a_number_is_what_it_stands_for_now)
{
	pthread_t owners[OWNERS], users[STALE_USERS], files;
	char path[TMP_PATH];
	intptr_t i;
	int fd = tmp_file(path, "test_faulty");

	ck_assert_int_eq(write(fd, "file", 4), 4);
	close(fd);
	atomic_store(&must_stop, false);
	atomic_store(&wrong, 0);
	for (i = 0; i < STALE_USERS; i++)
		ck_assert_int_eq(pthread_create(&users[i], NULL, use_stale,
		    NULL), 0);
	ck_assert_int_eq(pthread_create(&files, NULL, own_files, path), 0);
	for (i = 0; i < OWNERS; i++)
		ck_assert_int_eq(pthread_create(&owners[i], NULL, own,
		    (void *)i), 0);
	for (i = 0; i < OWNERS; i++)
		ck_assert_int_eq(pthread_join(owners[i], NULL), 0);
	atomic_store(&must_stop, true);
	for (i = 0; i < STALE_USERS; i++)
		ck_assert_int_eq(pthread_join(users[i], NULL), 0);
	ck_assert_int_eq(pthread_join(files, NULL), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(atomic_load(&wrong), 0);
}
END_TEST

/*
 * Copies
 */

START_TEST(dup2_puts_a_socket_over_a_file)
{
	int fd = open("/dev/null", O_RDONLY);
	char buf[8];

	ck_assert_int_eq(dup2(p.server, fd), fd);
	ck_assert_int_eq(send(p.client, "hello", 5, 0), 5);
	ck_assert_int_eq(read(fd, buf, sizeof(buf)), 5);
	ck_assert_int_eq(dup2(fd, fd), fd);
	ck_assert_int_eq(close(p.server), 0);
	ck_assert_int_eq(write(fd, "bye", 3), 3);
	ck_assert_int_eq(do_recv(p.client), 3);
	p.server = fd;
}
END_TEST

START_TEST(dup2_puts_a_file_over_a_socket)
{
	int fd = open("/dev/zero", O_RDONLY);
	char c = 'x';

	ck_assert_int_eq(dup2(fd, p.server), p.server);
	ck_assert_int_eq(read(p.server, &c, 1), 1);
	ck_assert_int_eq(c, 0);
	/* It was the last one. */
	ck_assert_int_eq(do_recv(p.client), 0);
	close(fd);
}
END_TEST

START_TEST(dup2_puts_a_socket_over_a_socket)
{
	struct pair q = new_pair("127.0.0.1");

	ck_assert_int_eq(dup2(q.server, p.server), p.server);
	ck_assert_int_eq(do_recv(p.client), 0);
	ck_assert_int_eq(send(q.client, "hello", 5, 0), 5);
	ck_assert_int_eq(do_recv(p.server), 5);
	close_pair(&q);
	ck_assert_int_eq(do_recv(p.server), 0);
}
END_TEST

START_TEST(copies_have_the_flags_that_are_asked_for)
{
	int fd;

	fd = dup3(p.server, 200, O_CLOEXEC);
	ck_assert_int_eq(fd, 200);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_fails(dup3(p.server, p.server, 0), EINVAL);
	ck_fails(dup3(p.server, 201, O_NONBLOCK), EINVAL);
	ck_assert_int_eq(dup2(p.server, 200), 200);
	ck_assert_int_eq(fcntl(200, F_GETFD), 0);
	fd = fcntl(p.server, F_DUPFD, 200);
	ck_assert_int_eq(fd, 201);
	ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
	close(fd);
	fd = fcntl(p.server, F_DUPFD_CLOEXEC, 200);
	ck_assert_int_eq(fd, 201);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	/* O_NONBLOCK is all of theirs. */
	set_nonblocking(fd);
	ck_fails(do_recv(200), EAGAIN);
	ck_fails(fcntl(p.server, F_DUPFD, -1), EINVAL);
	ck_fails(dup2(p.server, -1), EBADF);
	ck_fails(dup2(p.server, 1 << 28), EBADF);
	ck_fails(dup2(300, p.server), EBADF);
	close(fd);
	ck_assert_int_eq(send(p.client, "hello", 5, 0), 5);
	ck_assert_int_eq(poll_for(200, POLLIN, LONG_MS), POLLIN);
	ck_assert_int_eq(do_recv(200), 5);
	close(200);
}
END_TEST

START_TEST(a_socket_has_the_lowest_number)
{
	int fd = open("/dev/null", O_RDONLY);
	int a, b;

	ck_assert_int_eq(close(fd), 0);
	a = new_socket(AF_INET, ONE_TO_ONE);
	ck_assert_int_eq(a, fd);
	b = new_socket(AF_INET, ONE_TO_MANY);
	ck_assert_int_gt(b, a);
	ck_assert_int_eq(close(a), 0);
	ck_assert_int_eq(dup(b), a);
	close(a);
	close(b);
	ck_fails(close(b), EBADF);
	ck_fails(do_recv(b), EBADF);
}
END_TEST

START_TEST(a_range_is_closed)
{
	struct pair q = new_pair("127.0.0.1");
	char c;
	int fd;

	q.server = dup2(q.server, 300);
	ck_assert_int_eq(dup2(p.server, 301), 301);
	ck_assert_int_eq(close_range(300, 310, 0), 0);
	ck_fails(do_recv(300), EBADF);
	ck_fails(do_recv(301), EBADF);
	/* 301 was a copy. */
	ck_assert_int_eq(send(p.client, "hello", 5, 0), 5);
	ck_assert_int_eq(do_recv(p.server), 5);
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(dup2(fd, 300), 300);
	ck_assert_int_eq(read(300, &c, 1), 1);
	close(300);
	close(fd);
	close(q.client);
	close(q.listener);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("faulty");
	TCase *tc = tcase_create("close");

	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, recv_ends_where_its_descriptor_is_closed);
	tcase_add_test(tc, accept_ends_where_its_descriptor_is_closed);
	tcase_add_test(tc, send_ends_where_its_descriptor_is_closed);
	tcase_add_test(tc, several_that_wait_all_end);
	tcase_add_test(tc,
	    recv_ends_where_something_else_is_put_in_its_place);
	tcase_add_test(tc, a_copy_keeps_what_waits);
	tcase_add_test(tc, epoll_is_told_nothing_of_a_close);
	suite_add_tcase(s, tc);

	tc = tcase_create("deaf");
	tcase_add_checked_fixture(tc, up_deaf, down_deaf);
	tcase_add_test(tc, connect_ends_where_its_descriptor_is_closed);
	suite_add_tcase(s, tc);

	tc = tcase_create("signals");
	tcase_add_checked_fixture(tc, up, down);
	tcase_add_checked_fixture(tc, up_deaf, down_deaf);
	tcase_add_loop_test(tc, a_signal_ends_what_waits, 0, 4);
#ifndef __SANITIZE_THREAD__
	tcase_add_loop_test(tc, a_signal_that_restarts_ends_nothing, 0, 4);
#endif
	tcase_add_loop_test(tc, a_signal_ends_what_waits_for_a_time, 0, 4);
	tcase_add_loop_test(tc, time_ends_what_waits, 0, 4);
	suite_add_tcase(s, tc);

	tc = tcase_create("numbers");
	tcase_set_timeout(tc, 240);
	tcase_add_test(tc, a_number_is_what_it_stands_for_now);
	suite_add_tcase(s, tc);

	tc = tcase_create("copies");
	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, dup2_puts_a_socket_over_a_file);
	tcase_add_test(tc, dup2_puts_a_file_over_a_socket);
	tcase_add_test(tc, dup2_puts_a_socket_over_a_socket);
	tcase_add_test(tc, copies_have_the_flags_that_are_asked_for);
	tcase_add_test(tc, a_socket_has_the_lowest_number);
	tcase_add_test(tc, a_range_is_closed);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	if (argc > 1 && strcmp(argv[1], "deaf") == 0) {
		role_deaf();
		return 0;
	}
	return gs_test_main(suite());
}
