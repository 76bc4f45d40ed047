/* Handles: stale, shared between threads, closed under whoever waits. */

#include <errno.h>
#include <semaphore.h>
#include <sys/resource.h>

#include "calls.h"
#include "check_main.h"
#include "loop.h"
#include "rng.h"
#include "side.h"

/* Who waits hears of a close within this. */
#define WAKE_MS (100 * SIDE_SLOW)

/*
 * Stale handles
 */

static void
check_all_ebadf(gsctp_sock s)
{
	size_t i;
	int err;

	for (i = 0; i < GS_NCALLS; i++) {
		err = gs_calls[i].fn(s);
		ck_assert_msg(err == -EBADF, "%s: %d", gs_calls[i].name, err);
	}
}

START_TEST(every_call_on_a_closed_handle_is_ebadf)
{
	gsctp_sock s = loop_open(NULL, 0);

	ck_assert_int_eq(gsctp_close(s), 0);
	check_all_ebadf(s);
	/* And stays so when its slot is in use again. */
	(void)loop_open(NULL, 0);
	check_all_ebadf(s);
}
END_TEST

START_TEST(every_call_on_a_handle_closed_with_an_association_is_ebadf)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_int_eq(gsctp_close(p.client), 0);
	check_all_ebadf(p.client);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	check_all_ebadf(p.server);
}
END_TEST

START_TEST(every_call_on_the_zero_handle_is_ebadf)
{
	const gsctp_sock zero = { 0 };

	check_all_ebadf(zero);
	(void)loop_open(NULL, 0);
	check_all_ebadf(zero);
}
END_TEST

START_TEST(handle_of_a_stopped_stack_is_ebadf_before_and_after_a_restart)
{
	struct loop_pair p = loop_pair(NULL, 0);
	int i;

	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	check_all_ebadf(p.client);
	loop_setup();
	check_all_ebadf(p.client);
	check_all_ebadf(p.server);
	for (i = 0; i < 100; i++)
		(void)loop_open(NULL, 0);
	check_all_ebadf(p.client);
	check_all_ebadf(p.server);
}
END_TEST

START_TEST(every_call_on_an_id_that_was_never_given_is_ebadf)
{
	gsctp_sock live = loop_open(NULL, 0);
	uint64_t state = rng_seed();
	gsctp_sock s;
	int i;

	for (i = 0; i < 64; i++) {
		s.id = live.id ^ UINT64_C(1) << i;
		check_all_ebadf(s);
	}
	for (i = 0; i < 2000; i++) {
		s.id = rng_next(&state);
		if (i % 2 == 0)
			s.id &= UINT64_C(0x3ff000000ff);
		if (s.id != live.id)
			check_all_ebadf(s);
	}
	ck_assert_int_gt(gsctp_port(live), 0);
}
END_TEST

/*
 * Close under whoever waits
 */

struct call {
	gsctp_sock s;
	gsctp_assoc_id assoc;
};

static int
wait_recv(void *arg)
{
	struct call *c = arg;
	struct gsctp_msg *m;

	return gsctp_recv(c->s, -1, &m);
}

static int
wait_connect(void *arg)
{
	struct sockaddr_storage addr = loop_addr("127.0.0.1", 5);
	struct call *c = arg;

	return gsctp_connect(c->s, (struct sockaddr *)&addr, sizeof(addr),
	    NULL, 0, -1, NULL);
}

static int
wait_send(void *arg)
{
	static const char block[SIDE_BLOCK];
	struct call *c = arg;

	return gsctp_send(c->s, c->assoc, 0, block, sizeof(block));
}

/* n threads wait in fn; a close sends them back. */
static void
check_close_wakes(int (*fn)(void *arg), struct call *c, int n)
{
	struct side sides[4];
	uint64_t start;
	int i;

	for (i = 0; i < n; i++)
		side_start(&sides[i], fn, c);
	for (i = 0; i < n; i++)
		side_await_sleep(&sides[i]);
	start = loop_now_ms();
	ck_assert_int_eq(gsctp_close(c->s), 0);
	for (i = 0; i < n; i++) {
		ck_assert_int_eq(side_join(&sides[i]), -EBADF);
		ck_assert_uint_le(sides[i].ended_ms - start, WAKE_MS);
	}
}

START_TEST(close_wakes_receivers_with_ebadf)
{
	struct call c = { .s = loop_open(NULL, 0) };

	check_close_wakes(wait_recv, &c, 4);
}
END_TEST

START_TEST(close_wakes_a_connect_that_nobody_answers_with_ebadf)
{
	uint16_t port = 0;
	int hole = side_udp(&port);
	const struct gsctp_opt opts[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = port),
	};
	struct call c = { .s = loop_open(opts, 1) };

	check_close_wakes(wait_connect, &c, 1);
	close(hole);
}
END_TEST

START_TEST(close_wakes_blocked_senders_with_ebadf)
{
	const struct gsctp_opt wait[] = { GSCTP_SEND_TIMEOUT_MS(-1) };
	struct loop_pair p = side_pair();
	struct call c = { .s = p.client, .assoc = p.at_client };

	side_fill(p.client, p.at_client);
	ck_assert_int_eq(gsctp_setopts(p.client, wait, 1, NULL), 0);
	check_close_wakes(wait_send, &c, 4);
}
END_TEST

START_TEST(abort_wakes_blocked_senders_with_epipe)
{
	const struct gsctp_opt wait[] = { GSCTP_SEND_TIMEOUT_MS(-1) };
	struct loop_pair p = side_pair();
	struct call c = { .s = p.client, .assoc = p.at_client };
	struct side sides[2];
	int i;

	side_fill(p.client, p.at_client);
	ck_assert_int_eq(gsctp_setopts(p.client, wait, 1, NULL), 0);
	for (i = 0; i < 2; i++)
		side_start(&sides[i], wait_send, &c);
	for (i = 0; i < 2; i++)
		side_await_sleep(&sides[i]);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), 0);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(side_join(&sides[i]), -EPIPE);
}
END_TEST

/*
 * Several readers
 */

#define READERS 4
#define MESSAGES 1000

struct readers {
	gsctp_sock s;
	atomic_int got[MESSAGES];
	atomic_int total;
	sem_t *done;
};

/* Count what comes until the socket is closed. */
static int
read_messages(void *arg)
{
	struct readers *r = arg;
	struct gsctp_msg *m;
	uint32_t i;
	int err;

	while ((err = gsctp_recv(r->s, -1, &m)) == 0) {
		if (m->type == GSCTP_MSG_DATA &&
		    m->u.data.len == sizeof(i)) {
			memcpy(&i, m->u.data.data, sizeof(i));
			if (i < MESSAGES)
				atomic_fetch_add(&r->got[i], 1);
			if (atomic_fetch_add(&r->total, 1) == MESSAGES - 1)
				sem_post(r->done);
		}
		gsctp_msg_free(m);
	}
	return err;
}

START_TEST(each_message_goes_to_one_of_several_readers)
{
	struct loop_pair p = loop_pair(NULL, 0);
	static struct readers r;
	struct side sides[READERS];
	struct timespec end;
	sem_t done;
	uint32_t i;

	memset(&r, 0, sizeof(r));
	ck_assert_int_eq(sem_init(&done, 0, 0), 0);
	r.s = p.server;
	r.done = &done;
	for (i = 0; i < READERS; i++)
		side_start(&sides[i], read_messages, &r);
	for (i = 0; i < MESSAGES; i++)
		ck_assert_int_eq(gsctp_send(p.client, p.at_client,
		    (uint16_t)(i % 3), &i, sizeof(i)), 0);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += LOOP_MS / 1000;
	ck_assert_int_eq(sem_timedwait(&done, &end), 0);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	for (i = 0; i < READERS; i++)
		ck_assert_int_eq(side_join(&sides[i]), -EBADF);
	for (i = 0; i < MESSAGES; i++)
		ck_assert_int_eq(atomic_load(&r.got[i]), 1);
	sem_destroy(&done);
}
END_TEST

/* The stack starts and stops in between, by itself too. */
START_TEST(errno_is_left_alone)
{
	struct sockaddr_storage a[2];
	struct gsctp_stack_config cfg;
	struct rlimit was, none;
	gsctp_mbox mb;
	gsctp_sock s;

	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	loop_config(&cfg);
	errno = 12345;
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	ck_assert_int_eq(errno, 12345);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), 0);
	ck_assert_int_gt(gsctp_fd(s), 0);
	ck_assert_int_eq(gsctp_mbox_new(&mb), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &was), 0);
	none = was;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(gsctp_mbox_fd(mb), -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &was), 0);
	ck_assert_int_eq(gsctp_mbox_free(mb), 0);
	ck_assert_int_eq(errno, 12345);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(errno, 12345);
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	cfg.addrs = (const char *const[]){ "198.51.100.1" };
	cfg.naddrs = 1;
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(gsctp_stack_start(&cfg), -EADDRNOTAVAIL);
	ck_assert_int_eq(errno, 12345);
	ck_assert_int_eq(gsctp_resolve("127.0.0.1", 1, AF_UNSPEC, a, 2), 1);
	ck_assert_int_lt(gsctp_resolve("127.0.0.1", 1, AF_INET6, a, 2), 0);
	ck_assert_int_eq(errno, 12345);
	loop_setup();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("handles");
	TCase *tc = tcase_create("handles");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_test(tc, every_call_on_a_closed_handle_is_ebadf);
	tcase_add_test(tc,
	    every_call_on_a_handle_closed_with_an_association_is_ebadf);
	tcase_add_test(tc, every_call_on_the_zero_handle_is_ebadf);
	tcase_add_test(tc,
	    handle_of_a_stopped_stack_is_ebadf_before_and_after_a_restart);
	tcase_add_test(tc, every_call_on_an_id_that_was_never_given_is_ebadf);
	tcase_add_test(tc, close_wakes_receivers_with_ebadf);
	tcase_add_test(tc,
	    close_wakes_a_connect_that_nobody_answers_with_ebadf);
	tcase_add_test(tc, close_wakes_blocked_senders_with_ebadf);
	tcase_add_test(tc, abort_wakes_blocked_senders_with_epipe);
	tcase_add_test(tc, each_message_goes_to_one_of_several_readers);
	tcase_add_test(tc, errno_is_left_alone);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
