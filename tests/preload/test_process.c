/*
 * Processes that have SCTP sockets: their children, what they execute, how
 * they end and what their peers hear of it; and that sockets which come and
 * go leave nothing behind.
 */

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include "beside.h"
#include "check_main.h"
#include "plain.h"
#include "preload.h"

static struct pair p;

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

static void
works(void)
{
	char c = 0;

	ck_assert_int_eq(send(p.client, "x", 1, 0), 1);
	ck_assert_int_eq(recv(p.server, &c, 1, 0), 1);
	ck_assert_int_eq(c, 'x');
	ck_assert_int_eq(send(p.server, "y", 1, 0), 1);
	ck_assert_int_eq(recv(p.client, &c, 1, 0), 1);
	ck_assert_int_eq(c, 'y');
}

/* Runs fn in a child; its exit status, and what it wrote to standard error. */
static char said[4096];

static int
in_child(void (*fn)(void))
{
	int ends[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (dup2(ends[1], STDERR_FILENO) != STDERR_FILENO)
			_exit(99);
		fn();
		_exit(0);
	}
	ck_assert_int_gt(pid, 0);
	close(ends[1]);
	while ((n = read(ends[0], said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   1000 + WTERMSIG(status);
}

/*
 * fork()
 */

#define LINE "gsctp: SCTP sockets cannot be used by the child of a fork\n"

#define child_fails(call) role_must((call) == -1 && errno == EBADF)

static void
try_everything(void)
{
	struct sockaddr_storage ss;
	struct at a = { .len = sizeof(ss) };
	struct iovec iov = { &ss, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	int v;

	a.sa.sa_family = AF_INET;
	child_fails(send(p.client, "x", 1, 0));
	child_fails(write(p.client, "x", 1));
	child_fails(recv(p.client, &v, 1, 0));
	child_fails(read(p.client, &v, 1));
	child_fails(recvmsg(p.client, &m, 0));
	child_fails(sendmsg(p.client, &m, 0));
	child_fails(accept(p.listener, NULL, NULL));
	child_fails(listen(p.listener, 5));
	child_fails(bind(p.listener, &a.sa, sizeof(a.v4)));
	child_fails(connect(p.client, &a.sa, sizeof(a.v4)));
	child_fails(shutdown(p.client, SHUT_WR));
	child_fails(getsockname(p.client, &a.sa, &a.len));
	child_fails(getpeername(p.client, &a.sa, &a.len));
	child_fails(setsockopt(p.client, SOL_SOCKET, SO_REUSEADDR, &v, 4));
	child_fails(getsockopt(p.client, SOL_SOCKET, SO_ERROR, &v, &a.len));
	child_fails(ioctl(p.client, FIONREAD, &v));
	child_fails(socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP));
	v = dup(p.client);
	role_must(v >= 0);
	child_fails(recv(v, &v, 1, 0));
}

START_TEST(a_child_has_one_error_and_one_line)
{
	ck_assert_int_eq(in_child(try_everything), 0);
	ck_assert_str_eq(said, LINE);
	works();
}
END_TEST

static int ends[2];

static void
use_others(void)
{
	char c;
	int fd;

	role_must(close(p.client) == 0);
	role_must(close(p.server) == 0);
	child_fails(close(p.server));
	role_must(write(ends[1], "z", 1) == 1);
	role_must(read(ends[0], &c, 1) == 1 && c == 'z');
	/* A number that was a socket's is a file's. */
	fd = open("/dev/zero", O_RDONLY);
	role_must(dup2(fd, p.client) == p.client);
	role_must(read(p.client, &c, 1) == 1 && c == 0);
	role_must(dup2(fd, p.listener) == p.listener);
	role_must(read(p.listener, &c, 1) == 1 && c == 0);
	role_must(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) >= 0);
}

START_TEST(a_child_closes_them_and_uses_others)
{
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(in_child(use_others), 0);
	ck_assert_str_eq(said, "");
	works();
	close(ends[0]);
	close(ends[1]);
}
END_TEST

static int way;

static void
close_all(void)
{
	char c;
	int fd;

	if (way == 0)
		closefrom(3);
	else if (way == 1)
		(void)close_range(3, ~0U, 0);
	else
		for (fd = 3; fd < 1 << 16; fd++)
			(void)close(fd);
	for (fd = 0; fd < 300; fd = open("/dev/zero", O_RDONLY))
		role_must(fd == 0 || (read(fd, &c, 1) == 1 && c == 0));
}

START_TEST(a_child_closes_all_and_begins_anew)
{
	way = _i;
	ck_assert_int_eq(in_child(close_all), 0);
	ck_assert_str_eq(said, "");
	works();
}
END_TEST

#ifndef __SANITIZE_THREAD__
static void
be_killed(void)
{
	(void)raise(SIGTERM);
}

START_TEST(a_signal_for_the_child_is_the_childs)
{
	/* Check has handlers of its own. */
	ck_assert_ptr_ne(signal(SIGTERM, SIG_DFL), SIG_ERR);
	up();
	ck_assert_int_eq(in_child(be_killed), 1000 + SIGTERM);
	ck_assert_str_eq(said, "");
	works();
	down();
}
END_TEST
#endif

static void
copy_and_close(void)
{
	role_must(close(dup(p.client)) == 0);
	role_must(close(p.client) == 0);
}

static atomic_bool must_stop;

static void *
open_and_close(void *arg)
{
	(void)arg;
	while (!atomic_load(&must_stop))
		close(dup(p.client));
	return NULL;
}

START_TEST(a_child_is_not_left_with_a_lock)
{
	pthread_t t;
	int i;

	atomic_store(&must_stop, false);
	ck_assert_int_eq(pthread_create(&t, NULL, open_and_close, NULL), 0);
	for (i = 0; i < 200 / BESIDE_SLOW; i++)
		ck_assert_int_eq(in_child(copy_and_close), 0);
	atomic_store(&must_stop, true);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	works();
}
END_TEST

/*
 * Programs that are executed
 */

/* It shares the memory of its parent until it has executed something. */
START_TEST(a_child_of_vfork_harms_nobody)
{
	int copy = dup(p.server), status;
	int null = open("/dev/null", O_RDWR);
	pid_t pid = vfork();

	if (pid == 0) {
		(void)close(p.client);
		(void)dup2(null, p.server);
		(void)close(dup(copy));
		(void)close_range(3, ~0U, 0);
		(void)execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	works();
	close(copy);
	close(null);
}
END_TEST

START_TEST(other_programs_run_as_ever)
{
	char line[64];
	FILE *f;
	int i;

	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(system("exit 3"), 3 << 8);
		f = popen("echo hello", "r");
		ck_assert_ptr_nonnull(f);
		ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
		ck_assert_str_eq(line, "hello\n");
		ck_assert_int_eq(pclose(f), 0);
		works();
	}
}
END_TEST

static ssize_t
await_end(int fd)
{
	struct timeval tv = { .tv_sec = LONG_MS / 1000 };
	char c;

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv,
	    sizeof(tv)), 0);
	return recv(fd, &c, 1, 0);
}

static void
expect_end(int fd)
{
	ck_assert_int_eq(await_end(fd), 0);
}

/* Where all is slow, what is not finished in a second is aborted. */
static void
expect_end_in_time(int fd)
{
	ssize_t n = await_end(fd);

	ck_assert(n == 0 ||
	    (n == -1 && errno == ECONNRESET && BESIDE_SLOW > 1));
}

/* The program again, by fork and exec, and its peer is this one. */
static struct role r;
static int listener, fd;

static void
begin_role(const char *name)
{
	listener = listener_at("127.0.0.1", ONE_TO_ONE);
	r = role_start(name, port_of(listener));
	fd = accept(listener, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(role_read(&r), 1);
}

static void
end_role(int status)
{
	ck_assert_int_eq(role_end(&r, said, sizeof(said)), status);
	ck_assert_str_eq(said, "");
	close(fd);
	close(listener);
}

START_TEST(what_is_executed_has_the_library)
{
	begin_role("exit");
	role_go(&r);
	expect_end(fd);
	end_role(0);
}
END_TEST

/*
 * Ends
 */

static int
report(int s)
{
	char c;

	role_must(recv(s, &c, 1, 0) == 1);
	return 0;
}

static int
report_accept(int s)
{
	role_must(accept(s, NULL, NULL) >= 0);
	return 0;
}

/* Some tens of these are in the buffers of both sides. */
#define POUR_LEN 8000

/* Threads that would say so if their calls failed, and one that polls. */
static struct beside threads[2];

static void
wait_in_calls(int s)
{
	int l;

	(void)role_listen(&l);
	memset(threads, 0, sizeof(threads));
	threads[0].fn = report;
	threads[0].fd = s;
	threads[1].fn = report_accept;
	threads[1].fd = l;
	role_must(pthread_create(&threads[0].thread, NULL, beside_run,
	    &threads[0]) == 0);
	role_must(pthread_create(&threads[1].thread, NULL, beside_run,
	    &threads[1]) == 0);
	while (!beside_is_asleep(&threads[0]) ||
	    !beside_is_asleep(&threads[1]))
		(void)sched_yield();
}

/* As much as there is room for. */
static void
pour(int s)
{
	static const char block[POUR_LEN];

	while (send(s, block, sizeof(block), MSG_DONTWAIT) == POUR_LEN)
		continue;
	role_must(errno == EAGAIN);
}

static int
be_role(const char *name, int port)
{
	struct pollfd pfd = { .events = POLLIN };

	/* Check has handlers of its own, and may ignore some. */
	(void)signal(SIGHUP, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	pfd.fd = role_connect(port);
	wait_in_calls(pfd.fd);
	role_write(1);
	if (strcmp(name, "poll") == 0) {
		while (poll(&pfd, 1, -1) == -1)
			role_must(errno == EINTR);
		return report(pfd.fd);
	}
	role_wait();
	if (strcmp(name, "pour") == 0)
		pour(pfd.fd);
	if (strcmp(name, "_exit") == 0)
		_exit(0);
	exit(0);
}

START_TEST(a_signal_that_ends_it_is_heard_of)
{
	const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	uint64_t began;

	begin_role("poll");
	began = beside_now_ms();
	ck_assert_int_eq(kill(r.pid, signals[_i]), 0);
	expect_end_in_time(fd);
	ck_assert_uint_lt(beside_now_ms() - began, 10000);
	end_role(signals[_i]);
}
END_TEST

static void
sip(int n)
{
	char block[POUR_LEN];

	while (n-- > 0) {
		(void)recv(fd, block, sizeof(block), MSG_DONTWAIT);
		(void)poll(NULL, 0, 300);
	}
}

/* It would wait for as long as its peer takes what was sent. */
START_TEST(a_signal_ends_one_that_is_exiting)
{
	begin_role("pour");
	role_go(&r);
	sip(4);
	ck_assert_int_eq(kill(r.pid, SIGTERM), 0);
	sip(10);
	end_role(SIGTERM);
}
END_TEST

/* Nobody hears of these, until a heartbeat is not answered. */
START_TEST(a_sudden_end_is_not_heard_of)
{
	struct timeval tv = { .tv_usec = 300 * 1000 };
	char c;

	begin_role("_exit");
	if (_i == 0)
		role_go(&r);
	else
		ck_assert_int_eq(kill(r.pid, SIGKILL), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv,
	    sizeof(tv)), 0);
	ck_fails(recv(fd, &c, 1, 0), EAGAIN);
	end_role(_i == 0 ? 0 : SIGKILL);
}
END_TEST

/*
 * As it begins: a process of its own, where there was no stack yet.
 */

static void
serve(void)
{
	int l, port = role_listen(&l), s = role_connect(port);
	char c;

	role_must(send(s, "x", 1, 0) == 1);
	s = accept(l, NULL, NULL);
	role_must(recv(s, &c, 1, 0) == 1 && c == 'x');
}

/* Its child serves, and then it does. */
static void
role_ask(void)
{
	int s = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP), status;
	pid_t pid;

	role_must(close(s) == 0);
	pid = fork();
	if (pid == 0) {
		serve();
		_exit(0);
	}
	role_must(waitpid(pid, &status, 0) == pid && status == 0);
	serve();
}

START_TEST(a_child_of_one_that_only_asked_has_its_own)
{
	r = role_start("ask", 0);
	ck_assert_int_eq(role_end(&r, said, sizeof(said)), 0);
	ck_assert_str_eq(said, "");
}
END_TEST

static void
on_signal(int sig)
{
	(void)sig;
}

static bool
is_handler(int sig, void (*handler)(int))
{
	struct sigaction sa;

	return sigaction(sig, NULL, &sa) == 0 && sa.sa_handler == handler;
}

static void
role_signals(void)
{
	void (*old)(int);
	int s;

	role_must(signal(SIGHUP, SIG_DFL) != SIG_ERR);
	role_must(signal(SIGINT, SIG_IGN) != SIG_ERR);
	role_must(signal(SIGTERM, on_signal) != SIG_ERR);
	s = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	/* Nothing to end yet. */
	role_must(is_handler(SIGHUP, SIG_DFL));
	serve();
	role_must(is_handler(SIGINT, SIG_IGN));
	role_must(is_handler(SIGTERM, on_signal));
	role_must(raise(SIGINT) == 0 && raise(SIGTERM) == 0);
	/* Set, and put back. */
	old = signal(SIGHUP, SIG_IGN);
	role_must(raise(SIGHUP) == 0);
	role_must(signal(SIGHUP, old) == SIG_IGN);
	serve();
	role_must(close(s) == 0);
}

START_TEST(what_the_program_says_of_signals_holds)
{
	r = role_start("signals", 0);
	ck_assert_int_eq(role_end(&r, said, sizeof(said)), 0);
	ck_assert_str_eq(said, "");
}
END_TEST

/*
 * Nothing is left
 */

static int
nfds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static size_t
used(void)
{
	return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static long
resident_kib(void)
{
	long size, pages;
	FILE *f = fopen("/proc/self/statm", "r");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%ld %ld", &size, &pages), 2);
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void
only_open(void)
{
	close(new_socket(AF_INET, ONE_TO_ONE));
}

static void
open_and_bind(void)
{
	int s = new_socket(AF_INET, ONE_TO_MANY);

	ck_assert_int_eq(bind_to(s, "127.0.0.1", 0), 0);
	close(s);
}

static void
connect_and_accept(void)
{
	int s = new_socket(AF_INET, ONE_TO_ONE), a;

	ck_assert_int_eq(connect_to(s, "127.0.0.1", port_of(p.listener)), 0);
	a = accept(p.listener, NULL, NULL);
	ck_assert_int_ge(a, 0);
	close(s);
	close(a);
}

#define CYCLES (10000 / BESIDE_SLOW)

/* What the allocator may say.  The engine remembers the tags of associations
 * for a minute after their end, some 20 bytes each. */
static const size_t left[] = { 64 * 1024, 64 * 1024,
	64 * 1024 + CYCLES * 40 };

START_TEST(sockets_that_come_and_go_leave_nothing)
{
	void (*const cycles[])(void) = { only_open, open_and_bind,
		connect_and_accept };
	int i, fds;
	size_t memory;
	long kib;

	for (i = 0; i < CYCLES / 5; i++)
		cycles[_i]();
	fds = nfds();
	memory = used();
	kib = resident_kib();
	for (i = 0; i < CYCLES; i++)
		cycles[_i]();
	ck_assert_int_eq(nfds(), fds);
	ck_assert_uint_le(used(), memory + left[_i]);
	/* A sanitizer keeps what is freed for a while. */
	if (BESIDE_SLOW == 1)
		ck_assert_int_le(resident_kib(),
		    kib + (long)(left[_i] / 1024) + 1024);
	works();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("process");
	TCase *tc = tcase_create("fork");

	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, a_child_has_one_error_and_one_line);
	tcase_add_test(tc, a_child_closes_them_and_uses_others);
	tcase_add_loop_test(tc, a_child_closes_all_and_begins_anew, 0, 3);
	tcase_add_test(tc, a_child_is_not_left_with_a_lock);
	tcase_add_test(tc, a_child_of_vfork_harms_nobody);
	tcase_add_test(tc, other_programs_run_as_ever);
	suite_add_tcase(s, tc);

	tc = tcase_create("first");
	tcase_add_test(tc, a_child_of_one_that_only_asked_has_its_own);
#ifndef __SANITIZE_THREAD__
	/* It keeps the signals of a child of threads to itself. */
	tcase_add_test(tc, a_signal_for_the_child_is_the_childs);
#endif
	tcase_add_test(tc, what_the_program_says_of_signals_holds);
	suite_add_tcase(s, tc);

	tc = tcase_create("ends");
	tcase_add_test(tc, what_is_executed_has_the_library);
	tcase_add_loop_test(tc, a_signal_that_ends_it_is_heard_of, 0, 3);
	tcase_add_test(tc, a_signal_ends_one_that_is_exiting);
	tcase_add_loop_test(tc, a_sudden_end_is_not_heard_of, 0, 2);
	suite_add_tcase(s, tc);

	tc = tcase_create("leaks");
	tcase_set_timeout(tc, 240);
	tcase_add_checked_fixture(tc, up, down);
	tcase_add_loop_test(tc, sockets_that_come_and_go_leave_nothing, 0, 3);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	if (argc == 3 && strcmp(argv[1], "ask") == 0) {
		role_ask();
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "signals") == 0) {
		role_signals();
		return 0;
	}
	if (argc == 3)
		return be_role(argv[1], atoi(argv[2]));
	return gs_test_main(suite());
}
