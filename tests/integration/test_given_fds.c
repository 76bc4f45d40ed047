/* test_given_fds: a stack on UDP sockets that the program has bound. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "check_main.h"
#include "loop.h"
#include "side.h"

static char refusal[512];

static void
keep_errors(void *arg, int level, const char *line)
{
	if (level == GSCTP_LOG_ERROR)
		(void)snprintf(refusal, sizeof(refusal), "%s", line);
	loop_log(arg, level, line);
}

static void
teardown(void)
{
	while (gsctp_stack_stop(0) == 0)
		continue;
}

/* No addresses named: the sockets' own. */
static int
start_with(const int *fds, size_t n, uint32_t mode, uint16_t port)
{
	struct gsctp_stack_config cfg;

	memset(&cfg, 0, sizeof(cfg));
	cfg.port_mode = mode;
	cfg.udp_port = port;
	cfg.udp_fds = fds;
	cfg.nudp_fds = n;
	cfg.log = keep_errors;
	cfg.log_level = GSCTP_LOG_DEBUG;
	return gsctp_stack_start(&cfg);
}

static int
count_udp_sockets(void)
{
	int fd, n = 0, domain, type;
	socklen_t len = sizeof(int);

	for (fd = 0; fd < 1024; fd++)
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
		    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
		    domain != AF_UNIX)
			n++;
	return n;
}

static void
say_hello(struct loop_pair *p)
{
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p->client, p->at_client, 0, "hello", 5), 0);
	m = loop_recv_type(p->server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.len, 5);
	gsctp_msg_free(m);
}

START_TEST(an_association_comes_up_on_a_socket_handed_in)
{
	uint16_t port = 0;
	int fd = side_udp(&port);
	int before = count_udp_sockets();
	struct loop_pair p;

	ck_assert_int_eq(start_with(&fd, 1, GSCTP_PORT_AUTO, 0), 0);
	ck_assert_uint_eq(loop_udp_port(), port);
	p = loop_pair(NULL, 0);
	say_hello(&p);
	/* The duplicate, and no other. */
	ck_assert_int_eq(count_udp_sockets(), before + 1);
	close(fd);
}
END_TEST

START_TEST(the_callers_socket_outlives_the_stack)
{
	uint16_t port = 0, other = 0;
	int fd = side_udp(&port), from = side_udp(&other);
	struct sockaddr_storage to = loop_addr("127.0.0.1", port);
	char c;

	ck_assert_int_eq(start_with(&fd, 1, GSCTP_PORT_AUTO, 0), 0);
	(void)loop_pair(NULL, 0);
	ck_assert_int_eq(gsctp_stack_stop(LOOP_MS), 0);
	/* What came late for the stack is in it, and nobody's. */
	while (recv(fd, &c, 1, MSG_DONTWAIT) >= 0)
		continue;
	ck_assert_int_eq(sendto(from, "x", 1, 0, (struct sockaddr *)&to,
			     sizeof(struct sockaddr_in)), 1);
	ck_assert_int_eq(loop_poll(fd, POLLIN, LOOP_MS), POLLIN);
	ck_assert_int_eq(recv(fd, &c, 1, 0), 1);
	ck_assert_int_eq(c, 'x');
	close(from);
	close(fd);
}
END_TEST

START_TEST(the_stack_outlives_the_callers_socket)
{
	uint16_t port = 0;
	int fd = side_udp(&port);
	struct loop_pair p;

	ck_assert_int_eq(start_with(&fd, 1, GSCTP_PORT_AUTO, 0), 0);
	close(fd);
	p = loop_pair(NULL, 0);
	say_hello(&p);
}
END_TEST

START_TEST(the_addresses_used_are_those_of_the_sockets)
{
	struct sockaddr_storage a[8];
	uint16_t port = 0;
	int fd = side_udp(&port);
	gsctp_sock s;

	ck_assert_int_eq(start_with(&fd, 1, GSCTP_PORT_AUTO, 0), 0);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), 0);
	ck_assert_int_eq(gsctp_socknames(s, 0, a, 8), 1);
	ck_assert_uint_eq(((struct sockaddr_in *)&a[0])->sin_addr.s_addr,
	    htonl(INADDR_LOOPBACK));
	close(fd);
}
END_TEST

START_TEST(an_address_that_no_socket_can_send_from_is_not_available)
{
	static const char *const addrs[] = { "127.0.0.2" };
	uint16_t port = 0;
	int fd = side_udp(&port);
	struct gsctp_stack_config cfg;

	loop_config(&cfg);
	cfg.port_mode = GSCTP_PORT_AUTO;
	cfg.addrs = addrs;
	cfg.naddrs = 1;
	cfg.udp_fds = &fd;
	cfg.nudp_fds = 1;
	ck_assert_int_eq(gsctp_stack_start(&cfg), -EADDRNOTAVAIL);
	close(fd);
}
END_TEST

START_TEST(udp_port_must_be_that_of_the_sockets)
{
	uint16_t port = 0;
	int fd = side_udp(&port);

	ck_assert_int_eq(start_with(&fd, 1, GSCTP_PORT_FIXED,
			     (uint16_t)(port ^ 1)), -EINVAL);
	ck_assert_str_eq(refusal, "udp_fds[0] is not bound to udp_port");
	ck_assert_int_eq(start_with(&fd, 1, GSCTP_PORT_EPHEMERAL, 0), -EINVAL);
	ck_assert_int_eq(start_with(NULL, 1, GSCTP_PORT_AUTO, 0), -EINVAL);
	ck_assert_int_eq(start_with(&fd, 1, GSCTP_PORT_FIXED, port), 0);
	ck_assert_uint_eq(loop_udp_port(), port);
	close(fd);
}
END_TEST

START_TEST(a_descriptor_that_will_not_do_leaves_none_behind)
{
	uint16_t port = 0;
	int fds[2] = { side_udp(&port), -1 };
	int before;

	fds[1] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	before = side_count_fds();
	ck_assert_int_eq(start_with(fds, 2, GSCTP_PORT_AUTO, 0), -EINVAL);
	ck_assert_str_eq(refusal, "udp_fds[1] is not a UDP socket");
	ck_assert_int_eq(side_count_fds(), before);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(more_than_64_are_too_many)
{
	static int fds[65];

	ck_assert_int_eq(start_with(fds, 65, GSCTP_PORT_AUTO, 0), -E2BIG);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("given_fds");
	TCase *t = tcase_create("given_fds");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, an_association_comes_up_on_a_socket_handed_in);
	tcase_add_test(t, the_callers_socket_outlives_the_stack);
	tcase_add_test(t, the_stack_outlives_the_callers_socket);
	tcase_add_test(t, the_addresses_used_are_those_of_the_sockets);
	tcase_add_test(t,
	    an_address_that_no_socket_can_send_from_is_not_available);
	tcase_add_test(t, udp_port_must_be_that_of_the_sockets);
	tcase_add_test(t, a_descriptor_that_will_not_do_leaves_none_behind);
	tcase_add_test(t, more_than_64_are_too_many);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
