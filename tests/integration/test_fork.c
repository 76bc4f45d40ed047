/* fork(), exec() and exit(). */

#include <errno.h>

#include "calls.h"
#include "check_main.h"
#include "loop.h"
#include "side.h"

/*
 * In a child of fork()
 */

/* 0, or which call did not say -ESTALE: 1 and up. */
static int
first_not_stale(gsctp_sock s)
{
	struct gsctp_stack_config cfg;
	struct gsctp_stack_info info;
	gsctp_sock other;
	size_t i;

	for (i = 0; i < GS_NCALLS; i++)
		if (gs_calls[i].fn(s) != -ESTALE)
			return 1 + (int)i;
	loop_config(&cfg);
	if (gsctp_stack_start(&cfg) != -ESTALE)
		return 1 + (int)GS_NCALLS;
	if (gsctp_stack_start(NULL) != -ESTALE)
		return 2 + (int)GS_NCALLS;
	if (gsctp_stack_stop(0) != -ESTALE)
		return 3 + (int)GS_NCALLS;
	if (gsctp_stack_info(&info) != -ESTALE)
		return 4 + (int)GS_NCALLS;
	if (gsctp_open(0, NULL, 0, &other) != -ESTALE)
		return 5 + (int)GS_NCALLS;
	if (gsctp_stack_capture(NULL) != -ESTALE)
		return 6 + (int)GS_NCALLS;
	if (gsctp_stack_set_faults(NULL) != -ESTALE)
		return 7 + (int)GS_NCALLS;
	return 0;
}

/* A child that makes every call; how it ended. */
static int
fork_and_call(gsctp_sock s, bool quick)
{
	pid_t pid;
	int odd;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(30);
		odd = first_not_stale(s);
		if (quick)
			_exit(odd);
		exit(odd);
	}
	return side_wait(pid);
}

static void
exchange(const struct loop_pair *p)
{
	ck_assert_int_eq(gsctp_send(p->client, p->at_client, 0, "a", 1), 0);
	gsctp_msg_free(loop_recv_type(p->server, GSCTP_MSG_DATA));
	ck_assert_int_eq(gsctp_send(p->server, p->at_server, 0, "b", 1), 0);
	gsctp_msg_free(loop_recv_type(p->client, GSCTP_MSG_DATA));
}

START_TEST(every_call_in_a_child_is_estale_and_its_exit_disturbs_nobody)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	exchange(&p);
	ck_assert_int_eq(fork_and_call(p.client, false), 0);
	exchange(&p);
	/* Nothing was sent on behalf of the child. */
	ck_assert_int_eq(gsctp_recv(p.server, 200, &m), -ETIMEDOUT);
	ck_assert_int_eq(fork_and_call(p.server, false), 0);
	exchange(&p);
}
END_TEST

START_TEST(child_of_a_child_is_stale_too)
{
	struct loop_pair p = loop_pair(NULL, 0);
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(30);
		pid = fork();
		if (pid == 0) {
			alarm(30);
			_exit(first_not_stale(p.client));
		}
		_exit(waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1);
	}
	ck_assert_int_eq(side_wait(pid), 0);
	exchange(&p);
}
END_TEST

START_TEST(text_and_messages_work_in_a_child)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;
	pid_t pid;
	bool is_fine;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "a", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(30);
		is_fine = gsctp_strerror(-ESTALE) != NULL &&
		    gsctp_version() != NULL && m->u.data.len == 1 &&
		    !gsctp_msg_is_error(m);
		gsctp_msg_free(m);
		_exit(is_fine ? 0 : 1);
	}
	ck_assert_int_eq(side_wait(pid), 0);
	gsctp_msg_free(m);
}
END_TEST

static atomic_bool busy_done;

/* Send and take what comes, always inside the library. */
static int
be_busy(void *arg)
{
	const struct loop_pair *p = arg;
	struct gsctp_msg *m;
	int err = 0;

	while (err == 0 && !atomic_load(&busy_done)) {
		err = gsctp_send(p->client, p->at_client, 0, "a", 1);
		while (err == 0 && gsctp_recv(p->server, 0, &m) == 0)
			gsctp_msg_free(m);
	}
	return err;
}

START_TEST(child_of_a_fork_amid_calls_of_other_threads_is_stale_and_ends)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct side busy[2];
	int i;

	atomic_store(&busy_done, false);
	for (i = 0; i < 2; i++)
		side_start(&busy[i], be_busy, &p);
	for (i = 0; i < 30; i++)
		ck_assert_int_eq(fork_and_call(p.client, true), 0);
	atomic_store(&busy_done, true);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(side_join(&busy[i]), 0);
	exchange(&p);
}
END_TEST

START_TEST(udp_port_of_a_stopped_parent_is_free_while_its_child_lives)
{
	uint16_t port = loop_udp_port();
	int begin[2], end[2];
	char byte = 0;
	pid_t pid;

	ck_assert_int_eq(pipe(begin), 0);
	ck_assert_int_eq(pipe(end), 0);
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(60);
		close(end[1]);
		_exit(write(begin[1], &byte, 1) == 1 &&
		    read(end[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(end[0]);
	close(begin[1]);
	/* What fork() does in the child is done when the child goes on. */
	ck_assert_int_eq(read(begin[0], &byte, 1), 1);
	close(begin[0]);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	close(side_udp(&port));
	close(end[1]);
	ck_assert_int_eq(side_wait(pid), 0);
	loop_setup();
}
END_TEST

/*
 * Other programs
 */

static gsctp_sock
must_open(uint16_t peer_udp_port)
{
	const struct gsctp_opt opts[] = {
		GSCTP_IP(side_addr("127.0.0.1", 0)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = peer_udp_port),
	};
	gsctp_sock s;

	side_must(gsctp_open(0, opts, 2, &s) == 0);
	side_must(gsctp_listen(s, GSCTP_BACKLOG) == 0);
	return s;
}

static uint16_t
must_start(void)
{
	struct gsctp_stack_config cfg;
	struct gsctp_stack_info info;

	loop_config(&cfg);
	side_must(gsctp_stack_start(&cfg) == 0);
	side_must(gsctp_stack_info(&info) == 0);
	return info.udp_port;
}

static void
must_connect(gsctp_sock s, uint16_t port, struct gsctp_assoc_change *up)
{
	struct sockaddr_storage to = side_addr("127.0.0.1", port);

	side_must(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to), NULL,
	    0, LOOP_MS, up) == 0);
}

/* Take messages until one of data. */
static void
must_get_data(gsctp_sock s)
{
	struct gsctp_msg *m;
	uint32_t type;

	do {
		side_must(gsctp_recv(s, LOOP_MS, &m) == 0);
		type = m->type;
		gsctp_msg_free(m);
	} while (type != GSCTP_MSG_DATA);
}

/* "alone": a stack of its own, and an exchange within it. */
static int
alone(void)
{
	uint16_t udp_port = must_start();
	gsctp_sock a = must_open(udp_port), b = must_open(udp_port);
	struct gsctp_assoc_change up;

	must_connect(a, (uint16_t)gsctp_port(b), &up);
	side_must(gsctp_send(a, up.assoc_id, 0, "a", 1) == 0);
	must_get_data(b);
	return 0;
}

/* "leave": take one message, and exit without closing anything. */
static int
leave(void)
{
	uint16_t udp_port = must_start();
	gsctp_sock s = must_open(udp_port);

	side_must(side_write(1, udp_port));
	side_must(side_write(1, (uint16_t)gsctp_port(s)));
	must_get_data(s);
	exit(0);
}

/* More than a peer that does not read has room for; and what it takes of it
 * at a time. */
#define POURED 60
#define POUR_LEN 8000
#define SIP_NAPS 80

/* "pour": take one message, send much, and exit. */
static int
pour(void)
{
	static const uint8_t block[POUR_LEN];
	const struct gsctp_opt room = GSCTP_SNDBUF(POURED * POUR_LEN * 2);
	uint16_t udp_port = must_start();
	gsctp_sock s = must_open(udp_port);
	gsctp_assoc_id ids[1];
	int i;

	side_must(gsctp_setopts(s, &room, 1, NULL) == 0);
	side_must(side_write(1, udp_port));
	side_must(side_write(1, (uint16_t)gsctp_port(s)));
	must_get_data(s);
	side_must(gsctp_assocs(s, ids, 1) == 1);
	for (i = 0; i < POURED; i++)
		side_must(gsctp_send(s, ids[0], 0, block, sizeof(block)) == 0);
	exit(0);
}

/* "both": fork before any start, and talk with the child. */
static int
both(void)
{
	uint16_t udp_port, peer_udp_port = 0, port = 0;
	struct gsctp_assoc_change up;
	int to_parent[2], status;
	gsctp_sock s;
	pid_t pid;

	side_must(pipe(to_parent) == 0);
	pid = fork();
	side_must(pid >= 0);
	udp_port = must_start();
	if (pid == 0) {
		alarm(60);
		s = must_open(udp_port);
		side_must(side_write(to_parent[1], udp_port));
		side_must(side_write(to_parent[1], (uint16_t)gsctp_port(s)));
		must_get_data(s);
		exit(0);
	}
	side_must(side_read(to_parent[0], &peer_udp_port));
	side_must(side_read(to_parent[0], &port));
	side_must(peer_udp_port != udp_port);
	s = must_open(peer_udp_port);
	must_connect(s, port, &up);
	side_must(gsctp_send(s, up.assoc_id, 0, "a", 1) == 0);
	side_must(waitpid(pid, &status, 0) == pid && status == 0);
	return 0;
}

START_TEST(program_that_a_child_executes_has_a_stack_of_its_own)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct side_process other;

	side_spawn(&other, "alone");
	ck_assert_int_eq(side_end(&other), 0);
	exchange(&p);
}
END_TEST

START_TEST(child_of_a_fork_before_the_first_start_has_a_stack_of_its_own)
{
	struct side_process other;

	side_spawn(&other, "both");
	ck_assert_int_eq(side_end(&other), 0);
}
END_TEST

/* The second process in this mode, and an association with it. */
static gsctp_sock
meet(struct side_process *other, const char *mode)
{
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.address = gsctp_def(false)),
		GSCTP_RECBUF(65536),
	};
	struct gsctp_opt encaps = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0);
	struct sockaddr_storage to;
	struct gsctp_assoc_change up;
	gsctp_sock s = loop_open(opts, 2);
	uint16_t udp_port, port;

	side_spawn(other, mode);
	ck_assert(side_read(other->from, &udp_port));
	ck_assert(side_read(other->from, &port));
	encaps.u.udp_encaps.port = udp_port;
	to = loop_addr("127.0.0.1", port);
	ck_assert_int_eq(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to),
	    &encaps, 1, LOOP_MS, &up), 0);
	ck_assert_int_eq(gsctp_send(s, up.assoc_id, 0, "a", 1), 0);
	return s;
}

static void
expect_shutdown(gsctp_sock s)
{
	struct gsctp_msg *m = loop_recv(s);

	ck_assert_uint_eq(m->type, GSCTP_MSG_SHUTDOWN_EVENT);
	gsctp_msg_free(m);
	m = loop_recv(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_SHUTDOWN_COMP);
	gsctp_msg_free(m);
}

START_TEST(peer_of_a_program_that_exits_sees_a_shutdown)
{
	struct side_process other;
	gsctp_sock s = meet(&other, "leave");
	uint64_t start = loop_now_ms();

	expect_shutdown(s);
	ck_assert_uint_le(loop_now_ms() - start, 5000 * SIDE_SLOW);
	ck_assert_int_eq(side_end(&other), 0);
}
END_TEST

START_TEST(a_program_that_exits_waits_while_its_peer_takes_what_was_sent)
{
	struct side_process other;
	gsctp_sock s = meet(&other, "pour");
	uint64_t start = loop_now_ms();
	struct gsctp_msg *m;
	int i, n;

	for (i = 0; i < POURED; i++) {
		m = loop_recv(s);
		ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
		ck_assert_uint_eq(m->u.data.len, POUR_LEN);
		gsctp_msg_free(m);
		for (n = 0; n < SIP_NAPS; n++)
			loop_nap();
	}
	expect_shutdown(s);
	/* Longer than it waits where nothing moves. */
	ck_assert_uint_gt(loop_now_ms() - start, 4000);
	ck_assert_int_eq(side_end(&other), 0);
}
END_TEST

START_TEST(a_program_that_exits_does_not_wait_for_a_peer_that_takes_nothing)
{
	struct side_process other;
	gsctp_sock s = meet(&other, "pour");
	uint64_t start = loop_now_ms();
	struct gsctp_msg *m;
	uint32_t type;

	ck_assert_int_eq(side_end(&other), 0);
	ck_assert_uint_ge(loop_now_ms() - start, 2000);
	ck_assert_uint_le(loop_now_ms() - start, 10000 * SIDE_SLOW);
	/* It hears of it behind what had room. */
	do {
		m = loop_recv(s);
		type = m->type;
		if (type == GSCTP_MSG_ASSOC_CHANGE)
			ck_assert_uint_eq(m->u.assoc_change.state,
			    GSCTP_COMM_LOST);
		gsctp_msg_free(m);
	} while (type != GSCTP_MSG_ASSOC_CHANGE);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("fork");
	TCase *tc = tcase_create("fork");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_test(tc,
	    every_call_in_a_child_is_estale_and_its_exit_disturbs_nobody);
	tcase_add_test(tc, child_of_a_child_is_stale_too);
	tcase_add_test(tc, text_and_messages_work_in_a_child);
	tcase_add_test(tc,
	    child_of_a_fork_amid_calls_of_other_threads_is_stale_and_ends);
	tcase_add_test(tc,
	    udp_port_of_a_stopped_parent_is_free_while_its_child_lives);
	tcase_add_test(tc,
	    program_that_a_child_executes_has_a_stack_of_its_own);
	tcase_add_test(tc,
	    child_of_a_fork_before_the_first_start_has_a_stack_of_its_own);
	tcase_add_test(tc, peer_of_a_program_that_exits_sees_a_shutdown);
	tcase_add_test(tc,
	    a_program_that_exits_waits_while_its_peer_takes_what_was_sent);
	tcase_add_test(tc,
	    a_program_that_exits_does_not_wait_for_a_peer_that_takes_nothing);
	suite_add_tcase(s, tc);
	return s;
}

/* As the second process: what it is to do is its argument. */
static int
second_process(const char *mode)
{
	alarm(60);
	if (strcmp(mode, "alone") == 0)
		return alone();
	if (strcmp(mode, "leave") == 0)
		return leave();
	if (strcmp(mode, "pour") == 0)
		return pour();
	if (strcmp(mode, "both") == 0)
		return both();
	return 125;
}

int
main(int argc, char **argv)
{
	return argc > 1 ? second_process(argv[1]) : gs_test_main(suite());
}
