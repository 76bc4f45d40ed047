/*
 * The end of a one-to-one association, as a program is told of it that asks
 * for notifications.  With PRELOAD_KERNEL=1, where the kernel has SCTP, the
 * same is the kernel's.
 */

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "check_main.h"
#include "plain_io.h"
#include "preload.h"

/* As <netinet/sctp.h> has them. */
enum {
	NOTIFICATION = 0x8000,
	ASSOC_CHANGE = 0x8001,
	SHUTDOWN_EVENT = 0x8005,
	COMM_UP = 0,
	SHUTDOWN_COMP = 3,
};

/* The beginning of each, and of ASSOC_CHANGE. */
struct note {
	uint16_t type, flags;
	uint32_t length;
	uint16_t state;
};

/* An end that is told in the wrong order is rare. */
#define ENDS 300

/* How often a stopped peer is tried. */
#define STOPS 2

static void
ask_for_ends(int fd)
{
	unsigned char events[8] = { [1] = 1, [5] = 1 };

	ck_assert_int_eq(setsockopt(fd, IPPROTO_SCTP, OPT_EVENTS, events,
	    sizeof(events)), 0);
}

/* The next notification's type; 0: the end. */
static int
next_note(int fd, int *state)
{
	union {
		struct note n;
		char bytes[512];
	} in;
	struct iovec iov = { &in, sizeof(in) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	memset(&in, 0, sizeof(in));
	do {
		ck_assert(poll_for(fd, POLLIN, LONG_MS) & POLLIN);
		n = recvmsg(fd, &m, 0);
	} while (n == -1 && errno == EAGAIN);
	ck_assert_int_ge(n, 0);
	if (n == 0)
		return 0;
	ck_assert_int_eq(m.msg_flags, NOTIFICATION | MSG_EOR);
	*state = in.n.type == ASSOC_CHANGE ? in.n.state : -1;
	return in.n.type;
}

/* server's, whose peer does not send any more. */
static void
expect_ends(int server)
{
	int state;

	ck_assert_int_eq(next_note(server, &state), SHUTDOWN_EVENT);
	ck_assert_int_eq(next_note(server, &state), ASSOC_CHANGE);
	ck_assert_int_eq(state, SHUTDOWN_COMP);
	ck_assert_int_eq(next_note(server, &state), 0);
}

/* By shutdown() or close(), to a socket that waits or one that polls. */
START_TEST(a_shutdown_is_told_whole_before_the_end)
{
	struct pair p;
	int i;

	p.listener = listener_at("127.0.0.1", ONE_TO_ONE);
	for (i = 0; i < ENDS; i++) {
		p.client = new_socket(AF_INET, ONE_TO_ONE);
		ck_assert_int_eq(connect_to(p.client, "127.0.0.1",
		    port_of(p.listener)), 0);
		p.server = accept(p.listener, NULL, NULL);
		ck_assert_int_ge(p.server, 0);
		ask_for_ends(p.server);
		if (_i & 1)
			set_nonblocking(p.server);
		if (_i & 2)
			ck_assert_int_eq(close(p.client), 0);
		else
			ck_assert_int_eq(shutdown(p.client, SHUT_WR), 0);
		expect_ends(p.server);
		ck_assert_int_eq(close(p.server), 0);
		if (!(_i & 2))
			ck_assert_int_eq(close(p.client), 0);
	}
	ck_assert_int_eq(close(p.listener), 0);
}
END_TEST

/* Nobody waits in poll() here: recv() is what waits. */
START_TEST(a_receive_that_waits_is_told_whole_before_the_end)
{
	static const int types[] = { SHUTDOWN_EVENT, ASSOC_CHANGE, 0 };
	struct note note;
	struct pair p;
	char buf[512];
	ssize_t n;
	int i, j;

	p.listener = listener_at("127.0.0.1", ONE_TO_ONE);
	for (i = 0; i < ENDS; i++) {
		p.client = new_socket(AF_INET, ONE_TO_ONE);
		ck_assert_int_eq(connect_to(p.client, "127.0.0.1",
		    port_of(p.listener)), 0);
		p.server = accept(p.listener, NULL, NULL);
		ck_assert_int_ge(p.server, 0);
		ask_for_ends(p.server);
		ck_assert_int_eq(close(p.client), 0);
		for (j = 0; j < 3; j++) {
			n = recv(p.server, buf, sizeof(buf), 0);
			memset(&note, 0, sizeof(note));
			if (types[j] != 0) {
				ck_assert_int_ge(n, (ssize_t)sizeof(note));
				memcpy(&note, buf, sizeof(note));
			} else {
				ck_assert_int_eq(n, 0);
			}
			ck_assert_int_eq(note.type, types[j]);
		}
		ck_assert_int_eq(close(p.server), 0);
	}
	ck_assert_int_eq(close(p.listener), 0);
}
END_TEST

/* It shuts down, and is stopped before it can say the last word, perhaps. */
static int
be_peer(int port)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, ONE_TO_ONE, IPPROTO_SCTP);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 &&
	    shutdown(fd, SHUT_WR) == 0)
		(void)raise(SIGSTOP);
	perror("peer");
	return EXIT_FAILURE;
}

/* A program of its own: the child of a fork has no sockets. */
static pid_t
start_peer(int port)
{
	char text[16];
	pid_t pid;

	(void)snprintf(text, sizeof(text), "%d", port);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)execl("/proc/self/exe", "test_end", text, (char *)NULL);
		_exit(EXIT_FAILURE);
	}
	return pid;
}

/* The first time it may go on until it is accepted, then it has stopped. */
static int
accept_stopped(int listener, int i, pid_t *pid)
{
	int server;

	*pid = start_peer(port_of(listener));
	if (i > 0)
		ck_assert_int_eq(waitpid(*pid, NULL, WUNTRACED), *pid);
	ck_assert(poll_for(listener, POLLIN, LONG_MS) & POLLIN);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	return server;
}

static void
end_stopped(int server, pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(close(server), 0);
}

START_TEST(the_end_does_not_wait_for_the_last_word_for_ever)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	int i, server, state, type;
	pid_t pid;

	ask_for_ends(listener);
	for (i = 0; i < STOPS; i++) {
		server = accept_stopped(listener, i, &pid);
		ck_assert_int_eq(next_note(server, &state), ASSOC_CHANGE);
		ck_assert_int_eq(state, COMM_UP);
		ck_assert_int_eq(next_note(server, &state), SHUTDOWN_EVENT);
		type = next_note(server, &state);
		if (type != 0) {
			ck_assert_int_eq(type, ASSOC_CHANGE);
			ck_assert_int_eq(state, SHUTDOWN_COMP);
			type = next_note(server, &state);
		}
		ck_assert_int_eq(type, 0);
		end_stopped(server, pid);
	}
	ck_assert_int_eq(close(listener), 0);
}
END_TEST

START_TEST(a_shutdown_before_the_accept_is_the_end_too)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	int i, server;
	char c;
	pid_t pid;

	for (i = 0; i < STOPS; i++) {
		server = accept_stopped(listener, i, &pid);
		ck_assert(poll_for(server, POLLIN, LONG_MS) & POLLIN);
		ck_assert_int_eq(recv(server, &c, 1, 0), 0);
		end_stopped(server, pid);
	}
	ck_assert_int_eq(close(listener), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("preload_end");
	TCase *tc = tcase_create("end");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, a_shutdown_is_told_whole_before_the_end, 0,
	    4);
	tcase_add_test(tc, a_receive_that_waits_is_told_whole_before_the_end);
	suite_add_tcase(s, tc);

	tc = tcase_create("stopped");
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, the_end_does_not_wait_for_the_last_word_for_ever);
	tcase_add_test(tc, a_shutdown_before_the_accept_is_the_end_too);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	if (argc == 2)
		return be_peer(atoi(argv[1]));
	return gs_test_main(suite());
}
