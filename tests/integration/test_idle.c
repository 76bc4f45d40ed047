/* An idle stack sleeps.  What is tested is time itself: this one takes some. */

#include "check_main.h"
#include "loop.h"
#include "side.h"
#include "traffic.h"

/* How long the idle stack is watched. */
#define WATCH_MS 2500

/* Nothing happens for this long: it has settled. */
#define QUIET_MS 700

static uint64_t
wakeups(void)
{
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	return info.wakeups;
}

/* Wake-ups while nothing comes for s in ms. */
static uint64_t
count_for(gsctp_sock s, int ms)
{
	uint64_t before = wakeups();

	ck_assert_int_eq(loop_poll(gsctp_fd(s), POLLIN, ms), 0);
	return wakeups() - before;
}

static void
settle(gsctp_sock s)
{
	uint64_t end = loop_now_ms() + 30000;

	do {
		ck_assert_msg(loop_now_ms() < end, "it never settles");
		(void)loop_drain(s);
	} while (count_for(s, QUIET_MS) > 0);
}

START_TEST(stack_with_an_idle_association_wakes_up_ten_times_a_second_at_most)
{
	struct loop_pair p = loop_pair(NULL, 0);
	uint64_t n;

	(void)loop_drain(p.client);
	(void)loop_drain(p.server);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "a", 1), 0);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	/* The events of the set-up come within this. */
	(void)loop_poll(gsctp_fd(p.server), POLLIN, QUIET_MS);
	(void)loop_drain(p.server);
	(void)loop_drain(p.client);
	n = count_for(p.server, WATCH_MS);
	printf("one association: %llu wake-ups in %d ms\n",
	    (unsigned long long)n, WATCH_MS);
	ck_assert_uint_le(n, 10 * WATCH_MS / 1000);
}
END_TEST

START_TEST(stack_without_an_association_does_not_wake_up)
{
	gsctp_sock s = loop_open(NULL, 0);
	uint64_t n;

	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	settle(s);
	n = count_for(s, WATCH_MS);
	printf("no association: %llu wake-ups in %d ms\n",
	    (unsigned long long)n, WATCH_MS);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(stack_whose_associations_have_ended_does_not_wake_up)
{
	struct loop_pair p = loop_pair(NULL, 0);
	uint64_t n, start = loop_now_ms();

	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
	(void)loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP);
	settle(p.server);
	printf("associations ended: settled after %llu ms\n",
	    (unsigned long long)(loop_now_ms() - start));
	n = count_for(p.server, WATCH_MS);
	printf("associations ended: %llu wake-ups in %d ms\n",
	    (unsigned long long)n, WATCH_MS);
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* Much less than after which it tries again without being told. */
#define SOON_MS 3000

static int
send_on_1(void *arg)
{
	const struct loop_pair *p = arg;

	return gsctp_send(p->client, p->at_client, 1, "after", 5);
}

START_TEST(a_thread_that_waits_for_a_stream_to_be_reset_wakes_for_the_answer)
{
	static const uint16_t one[] = { 1 };
	const struct gsctp_opt opts[] = {
		GSCTP_ENABLE_STREAM_RESET(.assoc_value = 1),
		GSCTP_SEND_TIMEOUT_MS(-1),
		GSCTP_RTOINFO(.initial = gsctp_def(500), .min = gsctp_def(500),
		    .max = gsctp_def(500)),
	};
	struct loop_pair p = loop_pair(opts, 3);
	struct side side;
	uint64_t n, from;
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	traffic_set(p.client, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = p.at_client, .port = port));
	traffic_set(p.client, (struct gsctp_opt)GSCTP_RESET_STREAMS(
	    .assoc_id = p.at_client, .flags = GSCTP_RESET_OUTGOING,
	    .streams = one, .nstreams = 1));
	side_start(&side, send_on_1, &p);
	side_await_sleep(&side);
	(void)loop_drain(p.client);
	n = count_for(p.client, QUIET_MS);
	printf("a reset without an answer: %llu wake-ups in %d ms\n",
	    (unsigned long long)n, QUIET_MS);
	ck_assert_uint_le(n, 10);
	/* An event that is not read is in nobody's way. */
	traffic_send(p.server, p.at_server, 0, "not read");
	ck_assert_int_ne(loop_poll(gsctp_fd(p.client), POLLIN, LOOP_MS), 0);
	from = loop_now_ms();
	traffic_set(p.client, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = p.at_client, .port = loop_udp_port()));
	ck_assert_int_eq(side_join(&side), 0);
	ck_assert_uint_lt(loop_now_ms() - from, SOON_MS);
	traffic_expect(p.server, p.at_server, "after");
	close(fd);
}
END_TEST

struct call {
	gsctp_sock s;
	gsctp_assoc_id assoc;
};

static int
wait_send(void *arg)
{
	static const char block[SIDE_BLOCK];
	struct call *c = arg;

	return gsctp_send(c->s, c->assoc, 0, block, sizeof(block));
}

static uint64_t
cpu_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

START_TEST(threads_that_wait_for_room_take_little_of_the_processor)
{
	const struct gsctp_opt wait[] = { GSCTP_SEND_TIMEOUT_MS(-1) };
	struct loop_pair p = side_pair();
	struct call c = { .s = p.client, .assoc = p.at_client };
	struct side sides[4];
	uint64_t n, cpu;
	int i;

	side_fill(p.client, p.at_client);
	ck_assert_int_eq(gsctp_setopts(p.client, wait, 1, NULL), 0);
	for (i = 0; i < 4; i++)
		side_start(&sides[i], wait_send, &c);
	for (i = 0; i < 4; i++)
		side_await_sleep(&sides[i]);
	(void)loop_drain(p.client);
	cpu = cpu_ms();
	n = count_for(p.client, WATCH_MS);
	cpu = cpu_ms() - cpu;
	printf("blocked senders: %llu wake-ups, %llu ms of the processor in "
	    "%d ms\n", (unsigned long long)n, (unsigned long long)cpu,
	    WATCH_MS);
	ck_assert_uint_le(n, 10 * WATCH_MS / 1000);
	ck_assert_uint_le(cpu, WATCH_MS / 20);
	ck_assert_int_eq(gsctp_close(p.client), 0);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(side_join(&sides[i]), -EBADF);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("idle");
	TCase *tc = tcase_create("idle");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_test(tc,
	    stack_with_an_idle_association_wakes_up_ten_times_a_second_at_most);
	tcase_add_test(tc, stack_without_an_association_does_not_wake_up);
	tcase_add_test(tc,
	    stack_whose_associations_have_ended_does_not_wake_up);
	tcase_add_test(tc,
	    a_thread_that_waits_for_a_stream_to_be_reset_wakes_for_the_answer);
	tcase_add_test(tc,
	    threads_that_wait_for_room_take_little_of_the_processor);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
