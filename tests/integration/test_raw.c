/* test_raw: the stack over raw IP, in a network namespace of its own. */

#include <errno.h>
#include <sys/wait.h>

#include "check_main.h"
#include "loop.h"
#include "netns.h"
#include "rawpeer.h"
#include "side.h"
#include "traffic.h"

/* Nobody waits this long for an answer on loopback. */
#define SILENCE_MS 300

static void
raw_setup(void)
{
	struct gsctp_stack_config cfg;

	loop_engine_left = 0;
	loop_config(&cfg);
	cfg.port_mode = GSCTP_PORT_AUTO;
	cfg.encapsulation = GSCTP_ENCAPS_RAW;
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
}

static void
stop(void)
{
	while (gsctp_stack_stop(0) == 0)
		continue;
	unsetenv("GSCTP_ENCAPSULATION");
	unsetenv("GSCTP_ADDRS");
}

static int
start_with(struct gsctp_stack_config cfg)
{
	cfg.encapsulation = GSCTP_ENCAPS_RAW;
	return gsctp_stack_start(&cfg);
}

static struct gsctp_stack_info
info_now(void)
{
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	return info;
}

static int
try_connect(gsctp_sock s, const char *ip, uint16_t port, int timeout_ms)
{
	struct sockaddr_storage to = loop_addr(ip, port);

	return gsctp_connect(s, (struct sockaddr *)&to, sizeof(to), NULL, 0,
	    timeout_ms, NULL);
}

START_TEST(data_flows_and_the_end_is_graceful)
{
	static uint8_t bytes[20000];
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
			     sizeof(bytes)), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.len, sizeof(bytes));
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_send(p.server, p.at_server, 0, "x", 1), 0);
	m = loop_recv_type(p.client, GSCTP_MSG_DATA);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	(void)loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(info_tells_the_encapsulation)
{
	ck_assert_uint_eq(info_now().encapsulation, GSCTP_ENCAPS_RAW);
	ck_assert_uint_eq(info_now().udp_port, 0);
	ck_assert_uint_eq(info_now().peer_udp_port, 0);
	stop();
	ck_assert_uint_eq(info_now().encapsulation, GSCTP_ENCAPS_UDP);
	loop_setup();
	ck_assert_uint_eq(info_now().encapsulation, GSCTP_ENCAPS_UDP);
}
END_TEST

static void
check_marks(const char *ip)
{
	const struct gsctp_opt opts[] = {
		GSCTP_FAMILY(strchr(ip, ':') != NULL ? GSCTP_INET6 :
						       GSCTP_INET),
		GSCTP_IP(loop_addr(ip, 0)),
		GSCTP_TTL(31),
		GSCTP_TOS(0x88),
		GSCTP_RECVTOS(true),
		GSCTP_RECVTTL(true),
	};
	struct loop_pair p = loop_pair(opts, 6);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert(m->u.data.has_tos && m->u.data.has_ttl);
	ck_assert_uint_eq(m->u.data.tos, 0x88);
	ck_assert_uint_eq(m->u.data.ttl, 31);
	gsctp_msg_free(m);
}

START_TEST(a_message_has_the_tos_and_ttl_it_came_with)
{
	check_marks("127.0.0.1");
	if (loop_has_ipv6())
		check_marks("::1");
}
END_TEST

START_TEST(a_peers_udp_port_is_0_and_stays_so)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt o = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 9);
	gsctp_assoc_id ids[2] = { 0, p.at_client };
	size_t i;

	for (i = 0; i < 2; i++) {
		o.u.udp_encaps.assoc_id = ids[i];
		o.u.udp_encaps.port = 9899;
		ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL),
		    -EOPNOTSUPP);
		ck_assert_int_eq(gsctp_getopts(p.client, &o, 1, NULL), 0);
		ck_assert_uint_eq(o.u.udp_encaps.port, 0);
		ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), 0);
	}
}
END_TEST

START_TEST(a_socket_that_does_not_listen_refuses)
{
	gsctp_sock a = loop_open(NULL, 0), b = loop_open(NULL, 0);

	ck_assert_int_eq(try_connect(a, "127.0.0.1",
			     (uint16_t)gsctp_port(b), LOOP_MS), -ECONNREFUSED);
}
END_TEST

START_TEST(a_port_that_no_socket_has_is_silent)
{
	gsctp_sock a = loop_open(NULL, 0), b = loop_open(NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(b);
	struct gsctp_stack_info before;

	ck_assert_int_eq(gsctp_close(b), 0);
	before = info_now();
	ck_assert_int_eq(try_connect(a, "127.0.0.1", port, SILENCE_MS),
	    -ETIMEDOUT);
	/* The INIT, and the ABORT of the attempt, which gets no answer. */
	ck_assert_uint_le(info_now().out_packets - before.out_packets, 2);
}
END_TEST

START_TEST(a_port_of_another_address_is_silent)
{
	const struct gsctp_opt ip[] = { GSCTP_IP(loop_addr("127.0.0.2", 0)) };
	gsctp_sock a = loop_open(NULL, 0), b = loop_open(ip, 1);
	uint16_t port = (uint16_t)gsctp_port(b);

	ck_assert_int_eq(try_connect(a, "127.0.0.2", port, LOOP_MS),
	    -ECONNREFUSED);
	ck_assert_int_eq(try_connect(a, "127.0.0.1", port, SILENCE_MS),
	    -ETIMEDOUT);
}
END_TEST

/* On 127.0.0.3, with everything that comes there. */
static int
open_stranger(void)
{
	struct sockaddr_storage ss = loop_addr("127.0.0.3", 0);
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_SCTP);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&ss,
			     sizeof(struct sockaddr_in)), 0);
	return fd;
}

/* A chunk of len bytes of 0, to a port on 127.0.0.1 that nobody has. */
static void
send_stray(int fd, uint8_t type, size_t len, uint32_t tag)
{
	static const uint8_t zeros[16];
	static struct raw_packet p;
	struct sockaddr_storage to = loop_addr("127.0.0.1", 0);

	raw_begin_as(&p, 4711, 4712, tag);
	raw_add(&p, type, 0, zeros, len);
	raw_checksum(&p);
	ck_assert_int_eq(sendto(fd, p.b, p.len, 0, (struct sockaddr *)&to,
			     sizeof(struct sockaddr_in)), (ssize_t)p.len);
}

START_TEST(a_late_shutdown_ack_is_answered_and_nothing_else_is)
{
	uint8_t b[128];
	int fd = open_stranger();

	/* In order: what answers the first would come before the second. */
	send_stray(fd, RAW_SACK, 12, 0x11111111);
	send_stray(fd, RAW_SHUTDOWN_ACK, 0, 0x22222222);
	ck_assert_int_eq(loop_poll(fd, POLLIN, LOOP_MS), POLLIN);
	ck_assert_int_ge(recv(fd, b, sizeof(b), 0), 20 + 16);
	ck_assert_uint_eq(b[20 + 12], RAW_SHUTDOWN_COMPLETE);
	ck_assert_uint_eq(b[20 + 13], 1);	/* the T bit */
	ck_assert_uint_eq(raw_get32(b + 20 + 4), 0x22222222);
	close(fd);
}
END_TEST

static void
expect_change(const struct loop_pair *p, uint32_t state)
{
	struct gsctp_msg *m;
	uint32_t got;

	do {
		m = loop_recv_type(p->server, GSCTP_MSG_PADDR_CHANGE);
		got = m->u.paddr_change.state;
		gsctp_msg_free(m);
	} while (got == GSCTP_ADDR_CONFIRMED || got == GSCTP_ADDR_AVAILABLE);
	ck_assert_str_eq(gsctp_paddr_change_name(got),
	    gsctp_paddr_change_name(state));
}

/* Until the peer has agreed it is there that the association gets packets. */
START_TEST(an_address_takes_the_place_of_the_only_one)
{
	const struct gsctp_opt opts[] = {
		GSCTP_ASCONF_SUPPORTED(.assoc_value = true),
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
	};
	struct sockaddr_storage one = loop_addr("127.0.0.1", 0);
	struct sockaddr_storage two = loop_addr("127.0.0.2", 0);
	struct loop_pair p = loop_pair(opts, 2);

	ck_assert_int_eq(gsctp_bindx(p.client, &two, 1, GSCTP_BINDX_ADD), 0);
	ck_assert_int_eq(gsctp_bindx(p.client, &one, 1, GSCTP_BINDX_REM), 0);
	expect_change(&p, GSCTP_ADDR_ADDED);
	expect_change(&p, GSCTP_ADDR_REMOVED);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(an_association_of_a_closed_socket_ends_gracefully)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "last", 4), 0);
	ck_assert_int_eq(gsctp_close(p.client), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	gsctp_msg_free(m);
	ck_assert_uint_eq(loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP),
	    p.at_server);
}
END_TEST

START_TEST(what_has_to_do_with_udp_is_refused)
{
	uint16_t port = 0;
	int fd = side_udp(&port);

	ck_assert_int_eq(start_with((struct gsctp_stack_config) {
			     .port_mode = GSCTP_PORT_EPHEMERAL }), -EINVAL);
	ck_assert_int_eq(start_with((struct gsctp_stack_config) {
			     .udp_port = 9899 }), -EINVAL);
	ck_assert_int_eq(start_with((struct gsctp_stack_config) {
			     .peer_udp_port = 9899 }), -EINVAL);
	ck_assert_int_eq(start_with((struct gsctp_stack_config) {
			     .udp_fds = &fd, .nudp_fds = 1 }), -EINVAL);
	close(fd);
}
END_TEST

START_TEST(the_environment_may_say_it)
{
	struct gsctp_stack_config cfg;
	gsctp_sock s;

	setenv("GSCTP_ADDRS", "127.0.0.1", 1);
	setenv("GSCTP_ENCAPSULATION", "raw", 1);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), 0);
	ck_assert_uint_eq(info_now().encapsulation, GSCTP_ENCAPS_RAW);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);

	/* What the program says of UDP comes first. */
	loop_config(&cfg);
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	ck_assert_uint_eq(info_now().encapsulation, GSCTP_ENCAPS_UDP);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);

	setenv("GSCTP_ENCAPSULATION", "tcp", 1);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), -EINVAL);
	setenv("GSCTP_ENCAPSULATION", "udp", 1);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), 0);
	ck_assert_uint_eq(info_now().encapsulation, GSCTP_ENCAPS_UDP);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("raw");
	TCase *t = tcase_create("raw"), *starts = tcase_create("starts");

	tcase_add_checked_fixture(t, raw_setup, stop);
	tcase_add_test(t, data_flows_and_the_end_is_graceful);
	tcase_add_test(t, info_tells_the_encapsulation);
	tcase_add_test(t, a_message_has_the_tos_and_ttl_it_came_with);
	tcase_add_test(t, a_peers_udp_port_is_0_and_stays_so);
	tcase_add_test(t, a_socket_that_does_not_listen_refuses);
	tcase_add_test(t, a_port_that_no_socket_has_is_silent);
	tcase_add_test(t, a_port_of_another_address_is_silent);
	tcase_add_test(t,
	    a_late_shutdown_ack_is_answered_and_nothing_else_is);
	tcase_add_test(t, an_address_takes_the_place_of_the_only_one);
	tcase_add_test(t, an_association_of_a_closed_socket_ends_gracefully);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(starts, NULL, stop);
	tcase_add_test(starts, what_has_to_do_with_udp_is_refused);
	tcase_add_test(starts, the_environment_may_say_it);
	suite_add_tcase(s, starts);
	return s;
}

/* In a child, as a process that has had a stack cannot fork. */
static int
try_raw(void)
{
	struct gsctp_stack_config cfg = { .encapsulation = GSCTP_ENCAPS_RAW };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(-gsctp_stack_start(&cfg));
	if (pid == -1 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

int
main(void)
{
	int err = netns_enter("test_raw", NULL, 0);

	if (err != 0)
		return err;
	err = try_raw();
	if (err == -EPERM || err == -EADDRINUSE) {
		printf("test_raw: no raw IP here: %s: skipped\n",
		    gsctp_strerror(err));
		return NETNS_SKIPPED;
	}
	return gs_test_main(suite());
}
