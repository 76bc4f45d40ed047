/*
 * Names, and the life of associations, of a program that calls libc's
 * sockets: bind, connect, listen, accept, shutdown, with the kernel's errno.
 * With PRELOAD_KERNEL=1, where the kernel has SCTP, the same is the kernel's.
 */

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "check_main.h"
#include "plain.h"
#include "preload.h"

/*
 * Binding
 */

START_TEST(a_socket_that_is_not_bound_has_no_name)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int fd6 = new_socket(AF_INET6, ONE_TO_MANY);

	ck_assert_str_eq(name_of(fd), "0.0.0.0");
	ck_assert_int_eq(port_of(fd), 0);
	ck_assert_str_eq(name_of(fd6), "::");
	ck_assert_int_eq(port_of(fd6), 0);
	close(fd);
	close(fd6);
}
END_TEST

START_TEST(bind_gives_the_address_and_a_port)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);

	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 0), 0);
	ck_assert_str_eq(name_of(fd), "127.0.0.1");
	ck_assert_int_gt(port_of(fd), 0);
	ck_fails(bind_to(fd, "127.0.0.1", 0), EINVAL);
	close(fd);
}
END_TEST

START_TEST(bind_to_the_wildcard_keeps_it_as_the_name)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	int fd6 = new_socket(AF_INET6, ONE_TO_ONE);

	ck_assert_int_eq(bind_to(fd, "0.0.0.0", 0), 0);
	ck_assert_str_eq(name_of(fd), "0.0.0.0");
	ck_assert_int_gt(port_of(fd), 0);
	ck_assert_int_eq(bind_to(fd6, "::", 0), 0);
	ck_assert_str_eq(name_of(fd6), "::");
	close(fd);
	close(fd6);
}
END_TEST

START_TEST(bind_refuses_what_is_no_address)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int fd6 = new_socket(AF_INET6, ONE_TO_ONE);
	struct at a = at("127.0.0.1", 0);
	struct at a6 = at("::1", 0);
	char large[256] = { AF_INET };

	ck_fails(bind(fd, NULL, sizeof(a.v4)), EFAULT);
	ck_fails(bind(fd, &a.sa, sizeof(a.v4) - 1), EINVAL);
	ck_fails(bind(fd, &a.sa, 0), EINVAL);
	ck_fails(bind(fd, (struct sockaddr *)large, sizeof(large)), EINVAL);
	ck_fails(bind(fd, &a6.sa, a6.len), EINVAL);
	ck_fails(bind(fd6, &a6.sa, a6.len - 1), EINVAL);
	a.sa.sa_family = AF_UNIX;
	ck_assert_int_eq(bind(fd, &a.sa, a.len), -1);
	a.sa.sa_family = AF_UNSPEC;
	ck_assert_int_eq(bind(fd, &a.sa, a.len), -1);
	/* A kernel's security modules have another one. */
	if (!gs_test_on_kernel())
		ck_fails(bind(fd, &a.sa, a.len), EINVAL);
	/* And it can be bound still. */
	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 0), 0);
	close(fd);
	close(fd6);
}
END_TEST

START_TEST(bind_refuses_what_is_not_to_be_had)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int other = new_socket(AF_INET, ONE_TO_ONE);

	ck_fails(bind_to(fd, "192.0.2.1", 0), EADDRNOTAVAIL);
	ck_assert_int_eq(bind_to(other, "127.0.0.1", 0), 0);
	ck_fails(bind_to(fd, "127.0.0.1", port_of(other)), EADDRINUSE);
	ck_fails(bind_to(fd, "0.0.0.0", port_of(other)), EADDRINUSE);
	close(other);
	close(fd);
}
END_TEST

/* Another program does one thing with this address. */
static pid_t
start_elsewhere(const char *what, const char *host, int port)
{
	char text[16];
	pid_t child;

	(void)snprintf(text, sizeof(text), "%d", port);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		(void)execl("/proc/self/exe", what, host, text,
		    (char *)NULL);
		_exit(127);
	}
	return child;
}

static int
end_elsewhere(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
try_elsewhere(const char *host, int port)
{
	return end_elsewhere(start_elsewhere("bind", host, port));
}

/* That other program: there is no test in it.  Its exit status. */
static int
be_elsewhere(char **argv)
{
	int fd = socket(AF_INET, ONE_TO_ONE, IPPROTO_SCTP);
	struct sockaddr_in a;
	char word[8];

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons((uint16_t)atoi(argv[2]));
	a.sin_addr.s_addr = inet_addr(argv[1]);
	if (strcmp(argv[0], "bind") == 0)
		return bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 ?
		    0 : errno;
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    send(fd, "ping", 4, 0) != 4 ||
	    recv(fd, word, sizeof(word), 0) != 4)
		return errno;
	return memcmp(word, "pong", 4) == 0 ? 0 : 255;
}

START_TEST(a_port_is_taken_for_other_programs_too)
{
	int fd = listener_at("127.0.0.1", ONE_TO_ONE);
	int port = port_of(fd);

	ck_assert_int_eq(try_elsewhere("127.0.0.1", port), EADDRINUSE);
	ck_assert_int_eq(try_elsewhere("0.0.0.0", port), EADDRINUSE);
	ck_assert_int_eq(try_elsewhere("127.0.0.2", port), 0);
	close(fd);
	ck_assert_int_eq(try_elsewhere("127.0.0.1", port), 0);
}
END_TEST

START_TEST(a_port_below_1024_can_be_bound)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);

	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 7), 0);
	ck_assert_int_eq(port_of(fd), 7);
	close(fd);
}
END_TEST

START_TEST(any_address_of_127_is_local)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int listener = listener_at("127.0.0.9", ONE_TO_ONE);
	int server;

	ck_assert_int_eq(bind_to(fd, "127.0.0.5", 0), 0);
	ck_assert_str_eq(name_of(fd), "127.0.0.5");
	ck_assert_int_eq(connect_to(fd, "127.0.0.9", port_of(listener)), 0);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	ck_assert_str_eq(peer_of(server), "127.0.0.5");
	ck_assert_str_eq(peer_of(fd), "127.0.0.9");
	close(fd);
	close(server);
	close(listener);
}
END_TEST

/* Linux 6.1 has it no more than INITs that nobody answers. */
START_TEST(a_wildcard_listener_has_any_address_of_127)
{
	int listener = listener_at("0.0.0.0", ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int server;

	if (gs_test_on_kernel())
		return;
	ck_assert_int_eq(connect_to(fd, "127.0.0.2", port_of(listener)), 0);
	ck_assert_str_eq(peer_of(fd), "127.0.0.2");
	ck_assert_str_eq(name_of(fd), "127.0.0.1");
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	ck_assert_str_eq(name_of(listener), "0.0.0.0");
	ck_assert_str_eq(name_of(server), "127.0.0.1");
	close(fd);
	close(server);
	close(listener);
}
END_TEST

/* Connects to it from another program, which says a word and hears one. */
static void
ck_talk_from_elsewhere(int listener, const char *host)
{
	char word[8];
	pid_t child;
	int server;

	child = start_elsewhere("connect", host, port_of(listener));
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(recv(server, word, sizeof(word), 0), 4);
	ck_assert_mem_eq(word, "ping", 4);
	ck_assert_int_eq(send(server, "pong", 4, 0), 4);
	ck_assert_int_eq(end_elsewhere(child), 0);
	close(server);
}

START_TEST(programs_talk_over_any_address_of_127)
{
	int all = listener_at("0.0.0.0", ONE_TO_ONE);
	int one = listener_at("127.0.0.8", ONE_TO_ONE);

	ck_talk_from_elsewhere(all, "127.0.0.1");
	ck_talk_from_elsewhere(one, "127.0.0.8");
	if (!gs_test_on_kernel())
		ck_talk_from_elsewhere(all, "127.0.0.2");
	close(all);
	close(one);
}
END_TEST

START_TEST(an_ipv4_address_is_mapped_on_an_ipv6_socket)
{
	int listener = new_socket(AF_INET6, ONE_TO_ONE);
	int fd = new_socket(AF_INET6, ONE_TO_ONE);
	struct at a;
	int server;

	ck_assert_int_eq(bind_to(listener, "127.0.0.1", 0), 0);
	ck_assert_str_eq(name_of(listener), "::ffff:127.0.0.1");
	ck_assert_int_eq(listen(listener, 5), 0);
	ck_assert_int_eq(connect_to(fd, "::ffff:127.0.0.1",
	    port_of(listener)), 0);
	ck_assert_str_eq(peer_of(fd), "::ffff:127.0.0.1");
	a.len = sizeof(a.v6);
	server = accept(listener, &a.sa, &a.len);
	ck_assert_int_ge(server, 0);
	ck_assert_str_eq(host_of(&a), "::ffff:127.0.0.1");
	close(fd);
	close(server);
	close(listener);
}
END_TEST

/*
 * Names
 */

START_TEST(a_name_is_cut_to_its_room)
{
	struct pair p = new_pair("127.0.0.1");
	struct at a, cut;

	a.len = sizeof(a.v6);
	ck_assert_int_eq(getpeername(p.client, &a.sa, &a.len), 0);
	ck_assert_int_eq(a.len, sizeof(a.v4));
	memset(&cut, 0x55, sizeof(cut));
	cut.len = 4;
	ck_assert_int_eq(getpeername(p.client, &cut.sa, &cut.len), 0);
	ck_assert_int_eq(cut.len, sizeof(a.v4));
	ck_assert_mem_eq(&cut, &a, 4);
	ck_assert_int_eq(((char *)&cut)[4], 0x55);
	a.len = 0;
	ck_assert_int_eq(getsockname(p.client, NULL, &a.len), 0);
	ck_assert_int_eq(a.len, sizeof(a.v4));
	a.len = (socklen_t)-1;
	ck_fails(getsockname(p.client, &a.sa, &a.len), EINVAL);
	a.len = sizeof(a.v4);
	ck_fails(getsockname(p.client, NULL, &a.len), EFAULT);
	ck_fails(getsockname(p.client, &a.sa, NULL), EFAULT);
	close_pair(&p);
}
END_TEST

START_TEST(both_sides_know_their_names)
{
	struct pair p = new_pair("127.0.0.1");
	struct at a;

	ck_assert_str_eq(peer_of(p.client), "127.0.0.1");
	ck_assert_str_eq(peer_of(p.server), "127.0.0.1");
	ck_assert_str_eq(name_of(p.server), "127.0.0.1");
	ck_assert_str_eq(name_of(p.client), "127.0.0.1");
	ck_assert_int_eq(port_of(p.server), port_of(p.listener));
	a.len = sizeof(a.v6);
	ck_assert_int_eq(getpeername(p.server, &a.sa, &a.len), 0);
	ck_assert_int_eq(ntohs(a.v4.sin_port), port_of(p.client));
	close_pair(&p);
}
END_TEST

START_TEST(what_has_no_peer_says_so)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int many = new_socket(AF_INET, ONE_TO_MANY);
	struct at a;

	a.len = sizeof(a.v6);
	ck_fails(getpeername(fd, &a.sa, &a.len), ENOTCONN);
	ck_fails(getpeername(many, &a.sa, &a.len), ENOTCONN);
	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 0), 0);
	ck_fails(getpeername(fd, &a.sa, &a.len), ENOTCONN);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_fails(getpeername(fd, &a.sa, &a.len), ENOTCONN);
	close(fd);
	close(many);
}
END_TEST

/*
 * Connecting
 */

START_TEST(connect_refuses_what_is_no_address)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	struct at a = at("127.0.0.1", 9);
	struct at a6 = at("::1", 9);

	ck_fails(connect(fd, NULL, sizeof(a.v4)), EFAULT);
	ck_fails(connect(fd, &a.sa, sizeof(a.v4) - 1), EINVAL);
	ck_fails(connect(fd, &a.sa, 1), EINVAL);
	ck_fails(connect(fd, &a.sa, 1000), EINVAL);
	ck_fails(connect(fd, &a6.sa, a6.len), EINVAL);
	ck_fails(connect_to(fd, "0.0.0.0", 9), EINVAL);
	a.sa.sa_family = AF_UNSPEC;
	ck_fails(connect(fd, &a.sa, a.len), EOPNOTSUPP);
	a.sa.sa_family = AF_UNIX;
	ck_fails(connect(fd, &a.sa, a.len), EINVAL);
	close(fd);
}
END_TEST

START_TEST(connect_waits_until_it_is_up)
{
	struct pair p = new_pair("127.0.0.1");

	ck_assert_int_eq(is_writable(p.client), 1);
	ck_assert_int_eq(is_writable(p.server), 1);
	ck_assert_int_eq(is_readable(p.client), 0);
	ck_fails(connect_to(p.client, "127.0.0.1", port_of(p.listener)),
	    EISCONN);
	ck_fails(connect_to(p.server, "127.0.0.1", port_of(p.listener)),
	    EISCONN);
	ck_fails(connect_to(p.listener, "127.0.0.1", port_of(p.client)),
	    EISCONN);
	ck_fails(listen(p.client, 5), EINVAL);
	close_pair(&p);
}
END_TEST

START_TEST(connect_does_not_wait_where_it_shall_not)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int server;

	set_nonblocking(fd);
	ck_assert_int_eq(is_writable(fd), 0);
	ck_assert_int_eq(is_readable(fd), 0);
	ck_fails(connect_to(fd, "127.0.0.1", port_of(listener)), EINPROGRESS);
	ck_assert_int_eq(poll_for(fd, POLLOUT | POLLIN, LONG_MS), POLLOUT);
	ck_fails(connect_to(fd, "127.0.0.1", port_of(listener)), EISCONN);
	ck_assert_str_eq(peer_of(fd), "127.0.0.1");
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	close(fd);
	close(server);
	close(listener);
}
END_TEST

/* A port that nobody has. */
static int
free_port(void)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int port;

	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 0), 0);
	port = port_of(fd);
	close(fd);
	return port;
}

START_TEST(connect_is_refused_where_nobody_listens)
{
	int bound = new_socket(AF_INET, ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int many = new_socket(AF_INET, ONE_TO_MANY);
	struct at a;

	ck_assert_int_eq(bind_to(bound, "127.0.0.1", 0), 0);
	ck_fails(connect_to(fd, "127.0.0.1", free_port()), ECONNREFUSED);
	ck_fails(connect_to(fd, "127.0.0.1", port_of(bound)), ECONNREFUSED);
	ck_fails(connect_to(many, "127.0.0.1", free_port()), ECONNREFUSED);
	ck_fails(connect_to(many, "127.0.0.1", port_of(bound)),
	    ECONNREFUSED);
	a.len = sizeof(a.v6);
	ck_fails(getpeername(fd, &a.sa, &a.len), ENOTCONN);
	/* Another attempt may do better. */
	ck_assert_int_eq(listen(bound, 5), 0);
	ck_assert_int_eq(connect_to(fd, "127.0.0.1", port_of(bound)), 0);
	ck_assert_int_eq(connect_to(many, "127.0.0.1", port_of(bound)), 0);
	close(fd);
	close(many);
	close(bound);
}
END_TEST

START_TEST(a_refusal_is_shown_to_who_does_not_wait)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);

	set_nonblocking(fd);
	ck_fails(connect_to(fd, "127.0.0.1", free_port()), EINPROGRESS);
	/* POLLERR alone, of the kernel's. */
	ck_assert_int_ne(poll_for(fd, POLLOUT | POLLIN, LONG_MS), 0);
	ck_fails(connect_to(fd, "127.0.0.1", port_of(listener)), EINPROGRESS);
	ck_assert_int_eq(poll_for(fd, POLLOUT | POLLIN, LONG_MS), POLLOUT);
	close(fd);
	close(listener);
}
END_TEST

static int
so_error(int fd)
{
	socklen_t len = sizeof(int);
	int error = -1;

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len),
	    0);
	return error;
}

/* The state of the next notification, a struct sctp_assoc_change. */
static int
next_change(int fd)
{
	struct {
		uint16_t type, flags;
		uint32_t length;
		uint16_t state;
		char rest[100];
	} n;
	struct iovec iov = { .iov_base = &n, .iov_len = sizeof(n) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	ck_assert_int_eq(poll_for(fd, POLLIN, LONG_MS) & POLLIN, POLLIN);
	ck_assert_int_gt(recvmsg(fd, &m, 0), 8);
	ck_assert_int_ne(m.msg_flags & 0x8000, 0);	/* MSG_NOTIFICATION */
	ck_assert_uint_eq(n.type, 0x8001);	/* SCTP_ASSOC_CHANGE */
	return n.state;
}

START_TEST(a_notification_that_nobody_reads_does_not_hinder_a_connect)
{
	const uint8_t events[8] = { 0, 1 };	/* of associations */
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_ONE);

	ck_assert_int_eq(setsockopt(fd, IPPROTO_SCTP, 11, events,
	    sizeof(events)), 0);
	ck_fails(connect_to(fd, "127.0.0.1", free_port()), ECONNREFUSED);
	ck_assert_int_eq(so_error(fd), ECONNREFUSED);
	ck_assert_int_eq(is_writable(fd), 0);
	ck_assert_int_eq(connect_to(fd, "127.0.0.1", port_of(listener)), 0);
	ck_assert_int_eq(next_change(fd), 4);	/* SCTP_CANT_STR_ASSOC */
	ck_assert_int_eq(next_change(fd), 0);	/* SCTP_COMM_UP */
	ck_assert_int_eq(is_readable(fd), 0);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(a_one_to_many_socket_connects_too)
{
	int listener = listener_at("127.0.0.1", ONE_TO_MANY);
	int one = listener_at("127.0.0.1", ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct at a;

	ck_assert_int_eq(connect_to(fd, "127.0.0.1", port_of(listener)), 0);
	ck_fails(connect_to(fd, "127.0.0.1", port_of(listener)), EISCONN);
	ck_assert_int_eq(connect_to(fd, "127.0.0.1", port_of(one)), 0);
	ck_assert_int_gt(port_of(fd), 0);
	a.len = sizeof(a.v6);
	ck_fails(getpeername(fd, &a.sa, &a.len), ENOTCONN);
	ck_assert_int_eq(is_writable(fd), 1);
	close(fd);
	close(listener);
	close(one);
}
END_TEST

/*
 * A peer that does not answer: a wildcard listener's at 127.0.0.77, where the
 * kernel has none, and the stack's faults lose all packets.
 */

#define SILENT "127.0.0.77"

static void
set_time(int fd, int name, int ms)
{
	const struct timeval tv = { .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, name, &tv, sizeof(tv)),
	    0);
}

START_TEST(connect_waits_as_long_as_it_may)
{
	int listener = listener_at("0.0.0.0", ONE_TO_ONE);
	int port = port_of(listener);
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int many = new_socket(AF_INET, ONE_TO_MANY);

	set_time(fd, SO_SNDTIMEO, 100);
	ck_fails(connect_to(fd, SILENT, port), EINPROGRESS);
	ck_fails(connect_to(fd, SILENT, port), EALREADY);
	ck_assert_int_eq(is_writable(fd), 0);
	ck_assert_int_eq(so_error(fd), 0);
	set_time(many, SO_SNDTIMEO, 100);
	ck_fails(connect_to(many, SILENT, port), EINPROGRESS);
	ck_fails(connect_to(many, SILENT, port), EALREADY);
	close(fd);
	close(many);
	close(listener);
}
END_TEST

START_TEST(an_attempt_that_nobody_answers_times_out)
{
	/* struct sctp_initmsg, sctp_rtoinfo. */
	const uint16_t init[4] = { 1, 1, 1, 100 };
	const uint32_t rto[4] = { 0, 100, 100, 100 };
	int listener = listener_at("0.0.0.0", ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_ONE);

	ck_assert_int_eq(setsockopt(fd, IPPROTO_SCTP, 0, rto, sizeof(rto)),
	    0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_SCTP, 2, init, sizeof(init)),
	    0);
	ck_fails(connect_to(fd, SILENT, port_of(listener)), ETIMEDOUT);
	ck_assert_int_eq(so_error(fd), ETIMEDOUT);
	ck_assert_int_eq(so_error(fd), 0);
	ck_assert_int_eq(connect_to(fd, "127.0.0.1", port_of(listener)), 0);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(so_error_tells_of_a_refusal_once)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int waits = new_socket(AF_INET, ONE_TO_ONE);

	set_nonblocking(fd);
	ck_fails(connect_to(fd, "127.0.0.1", free_port()), EINPROGRESS);
	ck_assert_int_ne(poll_for(fd, POLLOUT | POLLIN, LONG_MS), 0);
	ck_assert_int_eq(so_error(fd), ECONNREFUSED);
	ck_assert_int_eq(so_error(fd), 0);
	ck_assert_int_eq(poll_for(fd, POLLOUT | POLLIN, 0), 0);
	/* Who has waited may ask, too. */
	ck_fails(connect_to(waits, "127.0.0.1", free_port()), ECONNREFUSED);
	ck_assert_int_eq(so_error(waits), ECONNREFUSED);
	ck_assert_int_eq(so_error(waits), 0);
	close(fd);
	close(waits);
}
END_TEST

/*
 * Listening and accepting
 */

START_TEST(listen_binds_and_counts)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);

	ck_fails(listen(fd, 0), EINVAL);
	ck_assert_int_eq(port_of(fd), 0);
	ck_assert_int_eq(listen(fd, -1), 0);
	ck_assert_int_gt(port_of(fd), 0);
	ck_assert_int_eq(listen(fd, 1000000), 0);
	ck_assert_int_eq(listen(fd, 0), 0);
	ck_fails(accept(fd, NULL, NULL), EINVAL);
	ck_assert_int_eq(listen(fd, 3), 0);
	close(fd);
}
END_TEST

START_TEST(a_one_to_many_socket_listens_or_not)
{
	int fd = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_ONE);

	ck_assert_int_eq(listen(fd, 0), 0);
	ck_fails(connect_to(client, "127.0.0.1", port_of(fd)), ECONNREFUSED);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(connect_to(client, "127.0.0.1", port_of(fd)), 0);
	close(fd);
	close(client);
}
END_TEST

START_TEST(more_peers_than_the_backlog_are_refused)
{
	int listener = new_socket(AF_INET, ONE_TO_ONE);
	int fds[3];
	int i;

	ck_assert_int_eq(bind_to(listener, "127.0.0.1", 0), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	for (i = 0; i < 3; i++)
		fds[i] = new_socket(AF_INET, ONE_TO_ONE);
	/* One more than it says, as ever. */
	ck_assert_int_eq(connect_to(fds[0], "127.0.0.1", port_of(listener)),
	    0);
	ck_assert_int_eq(connect_to(fds[1], "127.0.0.1", port_of(listener)),
	    0);
	ck_fails(connect_to(fds[2], "127.0.0.1", port_of(listener)),
	    ECONNREFUSED);
	close(accept(listener, NULL, NULL));
	ck_assert_int_eq(connect_to(fds[2], "127.0.0.1", port_of(listener)),
	    0);
	for (i = 0; i < 3; i++)
		close(fds[i]);
	close(listener);
}
END_TEST

START_TEST(accept_says_who_it_is)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	struct at a;
	int server;

	ck_assert_int_eq(is_readable(listener), 0);
	ck_assert_int_eq(connect_to(fd, "127.0.0.1", port_of(listener)), 0);
	ck_assert_int_eq(poll_for(listener, POLLIN, LONG_MS), POLLIN);
	a.len = sizeof(a.v6);
	server = accept4(listener, &a.sa, &a.len,
	    SOCK_CLOEXEC | SOCK_NONBLOCK);
	ck_assert_int_ge(server, 0);
	ck_assert_str_eq(host_of(&a), "127.0.0.1");
	ck_assert_int_eq(ntohs(a.v4.sin_port), port_of(fd));
	ck_assert_int_eq(fcntl(server, F_GETFD), FD_CLOEXEC);
	ck_assert_int_ne(fcntl(server, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(is_readable(listener), 0);
	close(server);

	ck_assert_int_eq(connect_to(new_socket(AF_INET, ONE_TO_ONE),
	    "127.0.0.1", port_of(listener)), 0);
	server = accept(listener, NULL, NULL);
	ck_assert_int_eq(fcntl(server, F_GETFD), 0);
	ck_assert_int_eq(fcntl(server, F_GETFL) & O_NONBLOCK, 0);
	close(server);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(accept_refuses_what_cannot_be)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	int many = listener_at("127.0.0.1", ONE_TO_MANY);
	int fd = new_socket(AF_INET, ONE_TO_ONE);

	ck_fails(accept(fd, NULL, NULL), EINVAL);
	ck_fails(accept(many, NULL, NULL), EOPNOTSUPP);
	ck_fails(accept4(listener, NULL, NULL, 1), EINVAL);
	set_nonblocking(listener);
	ck_fails(accept(listener, NULL, NULL), EAGAIN);
	close(fd);
	close(many);
	close(listener);
}
END_TEST

static void
on_signal(int sig)
{
	(void)sig;
}

/* Until the thread sleeps in its call, it is hit again. */
static void *
hit(void *arg)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	pthread_t *victim = arg;
	int i;

	for (i = 0; i < 20; i++) {
		(void)pthread_kill(*victim, SIGUSR1);
		(void)nanosleep(&pause, NULL);
	}
	return NULL;
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

START_TEST(a_signal_ends_accept)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	pthread_t self = pthread_self(), thread;

	catch_signal(0);
	ck_assert_int_eq(pthread_create(&thread, NULL, hit, &self), 0);
	ck_fails(accept(listener, NULL, NULL), EINTR);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	close(listener);
}
END_TEST

struct later {
	int fd, port;
	pthread_t victim;
};

static void *
hit_and_connect(void *arg)
{
	struct later *l = arg;

	(void)hit(&l->victim);
	(void)connect_to(l->fd, "127.0.0.1", l->port);
	return NULL;
}

START_TEST(accept_goes_on_after_a_signal_that_says_so)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	struct later l = { .port = port_of(listener),
		.victim = pthread_self() };
	pthread_t thread;
	int server;

	l.fd = new_socket(AF_INET, ONE_TO_ONE);
	catch_signal(SA_RESTART);
	ck_assert_int_eq(pthread_create(&thread, NULL, hit_and_connect, &l),
	    0);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	close(server);
	close(l.fd);
	close(listener);
}
END_TEST

START_TEST(a_signal_ends_connect)
{
	int listener = listener_at("0.0.0.0", ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	pthread_t self = pthread_self(), thread;

	catch_signal(0);
	ck_assert_int_eq(pthread_create(&thread, NULL, hit, &self), 0);
	ck_fails(connect_to(fd, SILENT, port_of(listener)), EINTR);
	ck_fails(connect_to(fd, SILENT, port_of(listener)), EALREADY);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	close(fd);
	close(listener);
}
END_TEST

static atomic_int waiter;	/* its thread's id */

static void *
accept_there(void *arg)
{
	int r;

	atomic_store(&waiter, gettid());
	r = accept(*(int *)arg, NULL, NULL);
	return r == -1 ? (void *)(intptr_t)errno : NULL;
}

static void *
connect_there(void *arg)
{
	struct later *l = arg;
	int r;

	atomic_store(&waiter, gettid());
	r = connect_to(l->fd, SILENT, l->port);
	return r == -1 ? (void *)(intptr_t)errno : NULL;
}

static bool
is_asleep(int tid)
{
	char path[64], state = '?';
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%*d (%*[^)]) %c", &state), 1);
	(void)fclose(f);
	return state == 'S';
}

/* fd is closed while another thread waits on it; and its number is, as a
 * rule, another file's at once. */
static void
ck_close_ends(int fd, void *(*call)(void *), void *arg)
{
	pthread_t thread;
	void *error;
	int null;

	atomic_store(&waiter, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, call, arg), 0);
	while (atomic_load(&waiter) == 0 || !is_asleep(atomic_load(&waiter)))
		(void)sched_yield();
	ck_assert_int_eq(close(fd), 0);
	null = open("/dev/null", O_RDONLY);
	ck_assert_int_eq(pthread_join(thread, &error), 0);
	ck_assert_int_eq((intptr_t)error, EBADF);
	close(null);
}

/* A kernel's waits on: whoever wants to end it there, shuts it down first. */
START_TEST(close_in_another_thread_ends_what_waits)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	int wild = listener_at("0.0.0.0", ONE_TO_ONE);
	struct later l = { .port = port_of(wild) };

	if (gs_test_on_kernel())
		return;
	ck_close_ends(listener, accept_there, &listener);
	l.fd = new_socket(AF_INET, ONE_TO_ONE);
	ck_close_ends(l.fd, connect_there, &l);
	l.fd = new_socket(AF_INET, ONE_TO_MANY);
	ck_close_ends(l.fd, connect_there, &l);
	close(wild);
}
END_TEST

START_TEST(without_a_descriptor_the_peer_waits_on)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	struct rlimit was, none;
	int server;

	ck_assert_int_eq(connect_to(fd, "127.0.0.1", port_of(listener)), 0);
	ck_assert_int_eq(poll_for(listener, POLLIN, LONG_MS), POLLIN);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &was), 0);
	none = was;
	none.rlim_cur = 3;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_fails(accept(listener, NULL, NULL), EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &was), 0);
	ck_assert_int_eq(is_readable(listener), 1);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(is_writable(server), 1);
	ck_assert_int_eq(is_readable(server), 0);
	close(fd);
	close(server);
	close(listener);
}
END_TEST

START_TEST(accept_waits_as_long_as_it_may)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);

	set_time(listener, SO_RCVTIMEO, 100);
	ck_fails(accept(listener, NULL, NULL), EAGAIN);
	close(listener);
}
END_TEST

/*
 * The end
 */

START_TEST(shutdown_refuses_what_cannot_be)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int many = new_socket(AF_INET, ONE_TO_MANY);

	ck_fails(shutdown(fd, 3), EINVAL);
	ck_fails(shutdown(fd, -1), EINVAL);
	ck_fails(shutdown(fd, SHUT_WR), ENOTCONN);
	ck_fails(shutdown(fd, SHUT_RD), ENOTCONN);
	ck_fails(shutdown(many, SHUT_WR), ENOTCONN);
	close(fd);
	close(many);
	many = listener_at("127.0.0.1", ONE_TO_MANY);
	ck_assert_int_eq(shutdown(many, SHUT_WR), 0);
	ck_fails(shutdown(many, SHUT_RD), EOPNOTSUPP);
	close(many);
	fd = listener_at("127.0.0.1", ONE_TO_ONE);
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	ck_fails(shutdown(fd, SHUT_RDWR), EOPNOTSUPP);
	close(fd);
}
END_TEST

START_TEST(shutdown_of_writing_ends_the_association)
{
	struct pair p = new_pair("127.0.0.1");

	ck_assert_int_eq(shutdown(p.client, SHUT_WR), 0);
	ck_assert_int_eq(poll_for(p.server, POLLIN, LONG_MS), POLLIN);
	ck_assert_int_eq(shutdown(p.client, SHUT_WR), 0);
	ck_assert_str_eq(peer_of(p.server), "127.0.0.1");
	ck_assert_str_eq(peer_of(p.client), "127.0.0.1");
	close_pair(&p);
}
END_TEST

START_TEST(shutdown_of_reading_makes_it_readable)
{
	struct pair p = new_pair("127.0.0.1");

	ck_assert_int_eq(shutdown(p.client, SHUT_RD), 0);
	ck_assert_int_eq(is_readable(p.client), 1);
	ck_assert_int_eq(is_writable(p.client), 1);
	ck_assert_int_eq(is_readable(p.server), 0);
	close_pair(&p);
}
END_TEST

START_TEST(the_end_of_the_peer_is_shown)
{
	struct pair p = new_pair("127.0.0.1");

	ck_assert_int_eq(is_readable(p.server), 0);
	ck_assert_int_eq(close(p.client), 0);
	ck_assert_int_ne(poll_for(p.server, POLLIN, LONG_MS) & POLLIN, 0);
	p.client = new_socket(AF_INET, ONE_TO_ONE);
	close_pair(&p);
}
END_TEST

START_TEST(what_had_its_association_does_not_connect_again)
{
	struct pair p = new_pair("127.0.0.1");

	ck_assert_int_eq(close(p.server), 0);
	ck_assert_int_ne(poll_for(p.client, POLLIN, LONG_MS), 0);
	ck_fails(connect_to(p.client, "127.0.0.1", port_of(p.listener)),
	    EISCONN);
	p.server = new_socket(AF_INET, ONE_TO_ONE);
	close_pair(&p);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("names");
	TCase *tc;

	tc = tcase_create("binding");
	tcase_add_test(tc, a_socket_that_is_not_bound_has_no_name);
	tcase_add_test(tc, bind_gives_the_address_and_a_port);
	tcase_add_test(tc, bind_to_the_wildcard_keeps_it_as_the_name);
	tcase_add_test(tc, bind_refuses_what_is_no_address);
	tcase_add_test(tc, bind_refuses_what_is_not_to_be_had);
	tcase_add_test(tc, a_port_is_taken_for_other_programs_too);
	tcase_add_test(tc, a_port_below_1024_can_be_bound);
	tcase_add_test(tc, any_address_of_127_is_local);
	tcase_add_test(tc, a_wildcard_listener_has_any_address_of_127);
	tcase_add_test(tc, programs_talk_over_any_address_of_127);
	tcase_add_test(tc, an_ipv4_address_is_mapped_on_an_ipv6_socket);
	suite_add_tcase(s, tc);

	tc = tcase_create("names");
	tcase_add_test(tc, a_name_is_cut_to_its_room);
	tcase_add_test(tc, both_sides_know_their_names);
	tcase_add_test(tc, what_has_no_peer_says_so);
	suite_add_tcase(s, tc);

	tc = tcase_create("connecting");
	tcase_add_test(tc, connect_refuses_what_is_no_address);
	tcase_add_test(tc, connect_waits_until_it_is_up);
	tcase_add_test(tc, connect_does_not_wait_where_it_shall_not);
	tcase_add_test(tc, connect_is_refused_where_nobody_listens);
	tcase_add_test(tc, a_refusal_is_shown_to_who_does_not_wait);
	tcase_add_test(tc,
	    a_notification_that_nobody_reads_does_not_hinder_a_connect);
	tcase_add_test(tc, a_one_to_many_socket_connects_too);
	tcase_add_test(tc, connect_waits_as_long_as_it_may);
	tcase_add_test(tc, an_attempt_that_nobody_answers_times_out);
	tcase_add_test(tc, so_error_tells_of_a_refusal_once);
	tcase_add_test(tc, a_signal_ends_connect);
	suite_add_tcase(s, tc);

	tc = tcase_create("listening");
	tcase_add_test(tc, listen_binds_and_counts);
	tcase_add_test(tc, a_one_to_many_socket_listens_or_not);
	tcase_add_test(tc, more_peers_than_the_backlog_are_refused);
	tcase_add_test(tc, accept_says_who_it_is);
	tcase_add_test(tc, accept_refuses_what_cannot_be);
	tcase_add_test(tc, a_signal_ends_accept);
	tcase_add_test(tc, close_in_another_thread_ends_what_waits);
	tcase_add_test(tc, without_a_descriptor_the_peer_waits_on);
	tcase_add_test(tc, accept_waits_as_long_as_it_may);
	tcase_add_test(tc, accept_goes_on_after_a_signal_that_says_so);
	suite_add_tcase(s, tc);

	tc = tcase_create("the end");
	tcase_add_test(tc, shutdown_refuses_what_cannot_be);
	tcase_add_test(tc, shutdown_of_writing_ends_the_association);
	tcase_add_test(tc, shutdown_of_reading_makes_it_readable);
	tcase_add_test(tc, the_end_of_the_peer_is_shown);
	tcase_add_test(tc, what_had_its_association_does_not_connect_again);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	(void)setenv("GSCTP_FAULTS", "blackhole=" SILENT, 1);
	gs_test_preload(argc, argv);
	if (argc == 3)
		return be_elsewhere(argv);
	return gs_test_main(suite());
}
