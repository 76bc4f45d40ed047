/*
 * An SCTP port of this host that no program has, as far as the run directory
 * tells: who is asked for it at UDP port 9899?  In a network namespace of the
 * test's own, as that port must be free.
 */

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "check_main.h"
#include "loop.h"
#include "netns.h"
#include "side.h"
#include "tmp.h"

#define USUAL 9899

static char run_dir[TMP_PATH];

static void
setup(void)
{
	tmp_dir(run_dir, "test_usual_port");
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", run_dir, 1), 0);
	loop_setup();
	ck_assert_uint_ne(loop_udp_port(), USUAL);
}

static void
teardown(void)
{
	loop_teardown();
	tmp_remove(run_dir);
}

/* A socket that is told of no UDP port. */
static gsctp_sock
open_socket(const char *ip)
{
	const struct gsctp_opt opts[] = {
		GSCTP_FAMILY(strchr(ip, ':') ? GSCTP_INET6 : GSCTP_INET),
	};
	gsctp_sock s;

	ck_assert_int_eq(gsctp_open(0, opts, 1, &s), 0);
	return s;
}

static int
try_connect(const char *ip)
{
	struct sockaddr_storage to = loop_addr(ip, 5000);

	return gsctp_connect(open_socket(ip), (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, LOOP_MS, NULL);
}

static const char *const ips[] = { "127.0.0.1", "127.0.0.2", "::1" };

START_TEST(where_nobody_is_it_is_refused_at_once)
{
	if (_i == 2 && !loop_has_ipv6()) {
		printf("no ::1 here: IPv6 is left out\n");
		return;
	}
	ck_assert_int_eq(try_connect(ips[_i]), -ECONNREFUSED);
}
END_TEST

/* Another program, whose stack has the usual port. */
static int
second_process(void)
{
	const struct gsctp_stack_config cfg = {
		.port_mode = GSCTP_PORT_FIXED,
		.udp_port = USUAL,
	};
	char byte;

	alarm(120);
	side_must(gsctp_stack_start(&cfg) == 0);
	side_must(side_write(1, USUAL));
	side_must(read(0, &byte, 1) == 0);
	side_must(gsctp_stack_stop(0) == 0);
	return 0;
}

START_TEST(a_program_of_ours_that_sleeps_holds_nobody_up)
{
	struct side_process p;
	uint16_t port;
	int status;

	side_spawn(&p, "usual");
	ck_assert(side_read(p.from, &port));
	ck_assert_int_eq(kill(p.pid, SIGSTOP), 0);
	ck_assert_int_eq(waitpid(p.pid, &status, WUNTRACED), p.pid);
	ck_assert(WIFSTOPPED(status));
	ck_assert_int_eq(try_connect("127.0.0.1"), -ECONNREFUSED);
	ck_assert_int_eq(kill(p.pid, SIGCONT), 0);
	ck_assert_int_eq(try_connect("127.0.0.1"), -ECONNREFUSED);
	ck_assert_int_eq(side_end(&p), 0);
	ck_assert_int_eq(try_connect("127.0.0.1"), -ECONNREFUSED);
}
END_TEST

START_TEST(a_stranger_is_asked)
{
	struct sockaddr_storage to = loop_addr("127.0.0.1", 5000);
	uint16_t port = USUAL;
	int fd = side_udp(&port);
	uint8_t packet[2048];
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_connect_init(open_socket("127.0.0.1"),
	    (struct sockaddr *)&to, sizeof(to), NULL, 0, &id), 0);
	ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
	ck_assert_int_gt(recv(fd, packet, sizeof(packet), MSG_DONTWAIT), 12);
	ck_assert_uint_eq(packet[12], 1);	/* an INIT */
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("usual_port");
	TCase *t = tcase_create("usual_port");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, where_nobody_is_it_is_refused_at_once, 0, 3);
	tcase_add_test(t, a_program_of_ours_that_sleeps_holds_nobody_up);
	tcase_add_test(t, a_stranger_is_asked);
	suite_add_tcase(s, t);
	return s;
}

int
main(int argc, char **argv)
{
	int err;

	(void)argv;
	if (argc > 1)
		return second_process();
	err = netns_enter("test_usual_port", NULL, 0);
	return err != 0 ? err : gs_test_main(suite());
}
