/*
 * Options of SOL_SOCKET, IPPROTO_IP and IPPROTO_IPV6 on sockets of SCTP.
 * With PRELOAD_KERNEL=1, where the kernel has SCTP, the same is the kernel's.
 */

#include <net/if.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "check_main.h"
#include "plain.h"
#include "preload.h"

static int
get_int(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int v = -1;

	ck_assert_msg(getsockopt(fd, level, name, &v, &len) == 0,
	    "get %d %d: %s", level, name, strerror(errno));
	ck_assert_uint_eq(len, sizeof(v));
	return v;
}

static void
set_int(int fd, int level, int name, int v)
{
	ck_assert_msg(setsockopt(fd, level, name, &v, sizeof(v)) == 0,
	    "set %d %d: %s", level, name, strerror(errno));
}

static int
try_int(int fd, int level, int name, int v)
{
	return setsockopt(fd, level, name, &v, sizeof(v));
}

START_TEST(a_socket_says_what_it_is)
{
	int one = new_socket(AF_INET, ONE_TO_ONE);
	int many = new_socket(AF_INET6, ONE_TO_MANY);

	ck_assert_int_eq(get_int(one, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	ck_assert_int_eq(get_int(many, SOL_SOCKET, SO_TYPE), SOCK_SEQPACKET);
	ck_assert_int_eq(get_int(one, SOL_SOCKET, SO_PROTOCOL), IPPROTO_SCTP);
	ck_assert_int_eq(get_int(one, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ck_assert_int_eq(get_int(many, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_fails(try_int(one, SOL_SOCKET, SO_TYPE, 1), ENOPROTOOPT);
	ck_fails(try_int(one, SOL_SOCKET, SO_ERROR, 1), ENOPROTOOPT);
	ck_assert_int_eq(get_int(one, SOL_SOCKET, SO_ACCEPTCONN), 0);
	ck_assert_int_eq(bind_to(one, "127.0.0.1", 0), 0);
	ck_assert_int_eq(listen(one, 1), 0);
	ck_assert_int_eq(get_int(one, SOL_SOCKET, SO_ACCEPTCONN), 1);
	close(one);
	close(many);
}
END_TEST

START_TEST(a_peers_name_is_an_option_too)
{
	struct pair p = new_pair("127.0.0.1");
	struct at a = at("127.0.0.9", 9);
	socklen_t len = sizeof(a.v4);

	ck_assert_int_eq(getsockopt(p.client, SOL_SOCKET, SO_PEERNAME, &a.sa,
			     &len),
	    0);
	ck_assert_uint_eq(len, sizeof(a.v4));
	ck_assert_str_eq(host_of(&a), "127.0.0.1");
	ck_assert_int_eq(ntohs(a.v4.sin_port), port_of(p.listener));
	ck_fails(getsockopt(p.listener, SOL_SOCKET, SO_PEERNAME, &a.sa, &len),
	    ENOTCONN);
	len = sizeof(a.v6);
	ck_fails(getsockopt(p.client, SOL_SOCKET, SO_PEERNAME, &a.sa, &len),
	    EINVAL);
	close_pair(&p);
}
END_TEST

START_TEST(an_error_is_told_once)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int port = port_of(listener);

	ck_assert_int_eq(get_int(fd, SOL_SOCKET, SO_ERROR), 0);
	close(listener);
	set_nonblocking(fd);
	ck_fails(connect_to(fd, "127.0.0.1", port), EINPROGRESS);
	(void)poll_for(fd, POLLOUT, LONG_MS);
	ck_assert_int_eq(get_int(fd, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
	ck_assert_int_eq(get_int(fd, SOL_SOCKET, SO_ERROR), 0);
	close(fd);
}
END_TEST

/* The library's stack is its parent's; a kernel's socket is both's. */
START_TEST(the_child_of_a_fork_has_no_options)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int error = gs_test_on_kernel() ? 0 : EBADF;
	int v = 0, status;
	socklen_t len = sizeof(v);
	pid_t child;

	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 0), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &v, &len) == 0)
			errno = 0;
		if (errno != error)
			_exit(1);
		if (setsockopt(fd, IPPROTO_SCTP, 3, &v, sizeof(v)) == 0)
			errno = 0;
		_exit(errno == error ? 0 : 2);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(get_int(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	close(fd);
}
END_TEST

START_TEST(a_buffer_is_shown_as_twice_what_was_set)
{
	static const int names[] = { SO_SNDBUF, SO_RCVBUF };
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	size_t i;

	for (i = 0; i < 2; i++) {
		ck_assert_int_gt(get_int(fd, SOL_SOCKET, names[i]), 4096);
		set_int(fd, SOL_SOCKET, names[i], 10000);
		ck_assert_int_eq(get_int(fd, SOL_SOCKET, names[i]), 20000);
		/* Neither too little nor too much is an error. */
		set_int(fd, SOL_SOCKET, names[i], 1);
		ck_assert_int_gt(get_int(fd, SOL_SOCKET, names[i]), 2);
		set_int(fd, SOL_SOCKET, names[i], 0x7fffffff);
		ck_assert_int_lt(get_int(fd, SOL_SOCKET, names[i]), 0x7fffffff);
	}
	close(fd);
}
END_TEST

START_TEST(a_small_buffer_carries_data_still)
{
	int listener = new_socket(AF_INET, ONE_TO_ONE);
	int client = new_socket(AF_INET, ONE_TO_ONE);
	int server, i;
	char bytes[500];

	set_int(listener, SOL_SOCKET, SO_RCVBUF, 2048);
	set_int(client, SOL_SOCKET, SO_SNDBUF, 2048);
	ck_assert_int_eq(bind_to(listener, "127.0.0.1", 0), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(connect_to(client, "127.0.0.1", port_of(listener)), 0);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(get_int(server, SOL_SOCKET, SO_RCVBUF),
	    get_int(listener, SOL_SOCKET, SO_RCVBUF));
	memset(bytes, 'x', sizeof(bytes));
	for (i = 0; i < 20; i++) {
		ck_assert_int_eq(send(client, bytes, sizeof(bytes), 0),
		    sizeof(bytes));
		ck_assert_int_eq(recv(server, bytes, sizeof(bytes), 0),
		    sizeof(bytes));
	}
	close(client);
	close(server);
	close(listener);
}
END_TEST

START_TEST(flags_are_kept)
{
	static const int names[] = { SO_REUSEADDR, SO_REUSEPORT, SO_KEEPALIVE,
		SO_BROADCAST, SO_DONTROUTE, SO_OOBINLINE, SO_TIMESTAMP };
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_int_eq(get_int(fd, SOL_SOCKET, names[i]), 0);
		set_int(fd, SOL_SOCKET, names[i], 7);
	}
	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 0), 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_int_eq(get_int(fd, SOL_SOCKET, names[i]), 1);
		set_int(fd, SOL_SOCKET, names[i], 0);
		ck_assert_int_eq(get_int(fd, SOL_SOCKET, names[i]), 0);
	}
	set_int(fd, SOL_SOCKET, SO_PRIORITY, 6);
	ck_assert_int_eq(get_int(fd, SOL_SOCKET, SO_PRIORITY), 6);
	close(fd);
}
END_TEST

START_TEST(linger_and_limits_of_time_are_kept)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct linger l = { .l_onoff = 5, .l_linger = 3 };
	struct timeval tv = { .tv_sec = 2, .tv_usec = 500000 };
	socklen_t len = sizeof(l);

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)),
	    0);
	l.l_linger = 0;
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_LINGER, &l, &len), 0);
	ck_assert_int_eq(l.l_onoff, 1);
	ck_assert_int_eq(l.l_linger, 3);
	ck_fails(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l) - 1),
	    EINVAL);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv,
			     sizeof(tv)),
	    0);
	memset(&tv, 0, sizeof(tv));
	len = sizeof(tv);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, &len), 0);
	ck_assert_int_eq(tv.tv_sec, 2);
	tv.tv_usec = 1000000;
	ck_fails(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)),
	    EDOM);
	ck_fails(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, 4), EINVAL);
	close(fd);
}
END_TEST

static long
ms_since(const struct timespec *then)
{
	struct timespec now;

	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (now.tv_sec - then->tv_sec) * 1000 +
	    (now.tv_nsec - then->tv_nsec) / 1000000;
}

START_TEST(a_limit_of_time_ends_a_wait)
{
	int listener = listener_at("127.0.0.1", ONE_TO_ONE);
	struct timeval tv = { .tv_sec = 0, .tv_usec = 200000 };
	struct timespec then;

	ck_assert_int_eq(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &tv,
			     sizeof(tv)),
	    0);
	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &then), 0);
	ck_fails(accept(listener, NULL, NULL), EAGAIN);
	ck_assert_int_ge(ms_since(&then), 199);
	close(listener);
}
END_TEST

START_TEST(a_device_is_one_that_there_is)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	char name[IFNAMSIZ] = "";
	socklen_t len = sizeof(name);

	ck_fails(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "none-such", 9),
	    ENODEV);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
			     &len),
	    0);
	ck_assert_uint_eq(len, 0);
	close(fd);
}
END_TEST

START_TEST(what_sctp_has_not_is_refused)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int v = 1;
	socklen_t len = sizeof(v);

	ck_fails(try_int(fd, SOL_SOCKET, SO_PEEK_OFF, 1), EOPNOTSUPP);
	ck_fails(try_int(fd, SOL_SOCKET, SO_ZEROCOPY, 1), EOPNOTSUPP);
	ck_fails(try_int(fd, SOL_SOCKET, 1000, 1), ENOPROTOOPT);
	ck_fails(try_int(fd, IPPROTO_TCP, 1, 1), ENOPROTOOPT);
	ck_fails(getsockopt(fd, IPPROTO_TCP, 1, &v, &len), EOPNOTSUPP);
	ck_fails(try_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), ENOPROTOOPT);
	ck_fails(getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v, &len),
	    EOPNOTSUPP);
	ck_fails(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, NULL, 4), EFAULT);
	ck_fails(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &v, 3), EINVAL);
	ck_fails(getsockopt(fd, SOL_SOCKET, SO_TYPE, NULL, &len), EFAULT);
	ck_fails(getsockopt(fd, SOL_SOCKET, SO_TYPE, &v, NULL), EFAULT);
	/* Less room is given less. */
	len = 1;
	v = 0;
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_TYPE, &v, &len), 0);
	ck_assert_uint_eq(len, 1);
	close(fd);
}
END_TEST

START_TEST(options_of_ip_are_kept)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct pair p = new_pair("127.0.0.1");

	ck_assert_int_eq(get_int(fd, IPPROTO_IP, IP_TOS), 0);
	set_int(fd, IPPROTO_IP, IP_TOS, 0x28);
	ck_assert_int_eq(get_int(fd, IPPROTO_IP, IP_TOS), 0x28);
	set_int(fd, IPPROTO_IP, IP_TTL, 9);
	ck_assert_int_eq(get_int(fd, IPPROTO_IP, IP_TTL), 9);
	ck_fails(try_int(fd, IPPROTO_IP, IP_TTL, 256), EINVAL);
	set_int(fd, IPPROTO_IP, IP_TTL, -1);
	set_int(fd, IPPROTO_IP, IP_RECVTOS, 1);
	ck_assert_int_eq(get_int(fd, IPPROTO_IP, IP_RECVTOS), 1);
	set_int(fd, IPPROTO_IP, IP_RECVTTL, 1);
	ck_assert_int_eq(get_int(fd, IPPROTO_IP, IP_RECVTTL), 1);
	set_int(fd, IPPROTO_IP, IP_FREEBIND, 1);
	ck_assert_int_eq(get_int(fd, IPPROTO_IP, IP_FREEBIND), 1);
	set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	ck_assert_int_eq(get_int(fd, IPPROTO_IP, IP_MTU_DISCOVER),
	    IP_PMTUDISC_DO);
	ck_fails(try_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, 77), EINVAL);
	ck_fails(try_int(fd, IPPROTO_IP, 999, 1), ENOPROTOOPT);
	ck_assert_int_gt(get_int(p.client, IPPROTO_IP, IP_MTU), 500);
	close_pair(&p);
	close(fd);
}
END_TEST

START_TEST(options_of_ipv6_are_kept)
{
	int fd = new_socket(AF_INET6, ONE_TO_ONE);

	ck_assert_int_eq(get_int(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	ck_assert_int_eq(get_int(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	set_int(fd, IPPROTO_IPV6, IPV6_TCLASS, 0x28);
	ck_assert_int_eq(get_int(fd, IPPROTO_IPV6, IPV6_TCLASS), 0x28);
	set_int(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 12);
	ck_assert_int_eq(get_int(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 12);
	ck_fails(try_int(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 256), EINVAL);
	set_int(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1);
	set_int(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	ck_assert_int_eq(get_int(fd, IPPROTO_IPV6, IPV6_RECVTCLASS), 1);
	set_int(fd, IPPROTO_IP, IP_TOS, 8);
	ck_assert_int_eq(get_int(fd, IPPROTO_IP, IP_TOS), 8);
	ck_assert_int_eq(bind_to(fd, "::1", 0), 0);
	ck_fails(try_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0), EINVAL);
	close(fd);
}
END_TEST

START_TEST(v6only_is_what_bind_and_connect_see)
{
	int fd = new_socket(AF_INET6, ONE_TO_MANY);

	set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	ck_fails(bind_to(fd, "::ffff:127.0.0.1", 0), EINVAL);
	ck_assert_int_eq(bind_to(fd, "::1", 0), 0);
	close(fd);
}
END_TEST

START_TEST(an_accepted_socket_has_what_linux_hands_on)
{
	static const struct {
		int level, name, set, accepted;
	} rows[] = {
		{ IPPROTO_IP, IP_TOS, 0x28, 0 },
		{ IPPROTO_IP, IP_TTL, 9, 9 },
		{ IPPROTO_IP, IP_RECVTOS, 1, 0 },
		{ IPPROTO_IP, IP_RECVTTL, 1, 0 },
		{ IPPROTO_IP, IP_FREEBIND, 1, 0 },
		{ IPPROTO_IP, IP_MTU_DISCOVER, 2, 2 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1, 1 },
		{ SOL_SOCKET, SO_PRIORITY, 6, 0 },
		{ SOL_SOCKET, SO_REUSEADDR, 1, 1 },
		{ SOL_SOCKET, SO_REUSEPORT, 1, 0 },
		{ SOL_SOCKET, SO_RCVLOWAT, 5, 1 },
		{ SOL_SOCKET, SO_SNDBUF, 30000, 60000 },
		{ SOL_SOCKET, SO_RCVBUF, 30000, 60000 },
	};
	int listener = new_socket(AF_INET, ONE_TO_ONE);
	int client = new_socket(AF_INET, ONE_TO_ONE);
	int server;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		set_int(listener, rows[i].level, rows[i].name, rows[i].set);
	ck_assert_int_eq(bind_to(listener, "127.0.0.1", 0), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(connect_to(client, "127.0.0.1", port_of(listener)), 0);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(get_int(server, rows[i].level, rows[i].name) ==
			rows[i].accepted,
		    "%d %d", rows[i].level, rows[i].name);
	set_int(listener, IPPROTO_IP, IP_TTL, -1);
	close(client);
	close(server);
	close(listener);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("opts_socket");
	TCase *tc = tcase_create("socket");

	tcase_add_test(tc, a_socket_says_what_it_is);
	tcase_add_test(tc, a_peers_name_is_an_option_too);
	tcase_add_test(tc, an_error_is_told_once);
	tcase_add_test(tc, the_child_of_a_fork_has_no_options);
	tcase_add_test(tc, a_buffer_is_shown_as_twice_what_was_set);
	tcase_add_test(tc, a_small_buffer_carries_data_still);
	tcase_add_test(tc, flags_are_kept);
	tcase_add_test(tc, linger_and_limits_of_time_are_kept);
	tcase_add_test(tc, a_limit_of_time_ends_a_wait);
	tcase_add_test(tc, a_device_is_one_that_there_is);
	tcase_add_test(tc, what_sctp_has_not_is_refused);
	suite_add_tcase(s, tc);

	tc = tcase_create("ip");
	tcase_add_test(tc, options_of_ip_are_kept);
	tcase_add_test(tc, options_of_ipv6_are_kept);
	tcase_add_test(tc, v6only_is_what_bind_and_connect_see);
	tcase_add_test(tc, an_accepted_socket_has_what_linux_hands_on);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
