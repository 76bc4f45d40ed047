/*
 * test_burst: when packets leave.
 *
 * gs_wire_send() is wrapped, and counted where the test's own thread calls it;
 * so is the clock, so that sends are as far apart as a test wants.
 */

#include <stdatomic.h>

#include "check_main.h"
#include "opts.h"
#include "wire.h"

#define FIRST_ONES 4	/* of a burst, which leave at once */
#define ROW 8		/* messages: the congestion window has room */
/* Bytes of a message that fills two packets: Nagle's algorithm keeps none. */
#define FULL 2888

/* They are called through the linker's --wrap. */
void __real_gs_wire_send(struct gs_wire *w, const struct gs_packet *pkts,
    size_t n);
void __wrap_gs_wire_send(struct gs_wire *w, const struct gs_packet *pkts,
    size_t n);
uint64_t __wrap_gs_now_us(void);

static _Thread_local bool is_mine;
static int calls;
static atomic_uint_least64_t clock_us = 1000000;

void
__wrap_gs_wire_send(struct gs_wire *w, const struct gs_packet *pkts, size_t n)
{
	if (is_mine)
		calls++;
	__real_gs_wire_send(w, pkts, n);
}

uint64_t
__wrap_gs_now_us(void)
{
	return atomic_load(&clock_us);
}

/* A pair whose congestion window has room for all that a test sends. */
static struct loop_pair
open_pair(bool nodelay)
{
	const struct gsctp_opt opts[] = {
		GSCTP_NODELAY(nodelay),
		/* Else the congestion window is small after each pause. */
		GSCTP_MAX_BURST(.assoc_value = 0),
		GSCTP_PEER_ADDR_PARAMS(
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE),
		    .pathmtu = gsctp_def(FULL / 2 + 28)),
	};
	struct loop_pair p = loop_pair(opts, 3);
	uint8_t *bytes = traffic_bytes(100000, 2);
	struct gsctp_msg *m;
	int i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
		    100000), 0);
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		gsctp_msg_free(m);
	}
	traffic_arrived(p.client, p.at_client);
	free(bytes);
	/* Those were no burst of the test's. */
	atomic_fetch_add(&clock_us, 1000);
	is_mine = true;
	calls = 0;
	return p;
}

/* n messages, each so long after the one before it. */
static void
send_row(const struct loop_pair *p, uint32_t n, unsigned int apart_us)
{
	uint8_t *bytes;
	uint32_t i;

	for (i = 0; i < n; i++) {
		atomic_fetch_add(&clock_us, apart_us);
		bytes = traffic_bytes(FULL, i);
		ck_assert_int_eq(gsctp_send(p->client, p->at_client, 0, bytes,
		    FULL), 0);
		free(bytes);
	}
}

static void
expect_row(const struct loop_pair *p, uint32_t n)
{
	struct gsctp_msg *m;
	uint8_t *bytes;
	uint32_t i;

	for (i = 0; i < n; i++) {
		bytes = traffic_bytes(FULL, i);
		m = loop_recv_type(p->server, GSCTP_MSG_DATA);
		ck_assert_uint_eq(m->u.data.len, FULL);
		ck_assert_mem_eq(m->u.data.data, bytes, FULL);
		gsctp_msg_free(m);
		free(bytes);
	}
}

START_TEST(sends_far_apart_leave_at_once)
{
	struct loop_pair p = open_pair(false);

	send_row(&p, ROW, 1000);
	ck_assert_int_eq(calls, ROW);
	expect_row(&p, ROW);
}
END_TEST

START_TEST(a_burst_leaves_in_few_calls)
{
	struct loop_pair p = open_pair(false);

	send_row(&p, ROW, 1);
	ck_assert_int_eq(calls, FIRST_ONES);
	/* The driver sends the rest, though nobody calls. */
	is_mine = false;
	traffic_arrived(p.client, p.at_client);
	expect_row(&p, ROW);
}
END_TEST

START_TEST(the_first_of_a_burst_leave_at_once)
{
	struct loop_pair p = open_pair(false);

	send_row(&p, FIRST_ONES, 1);
	ck_assert_int_eq(calls, FIRST_ONES);
	expect_row(&p, FIRST_ONES);
}
END_TEST

START_TEST(with_nodelay_each_leaves_at_once)
{
	struct loop_pair p = open_pair(true);

	send_row(&p, ROW, 1);
	ck_assert_int_eq(calls, ROW);
	expect_row(&p, ROW);
}
END_TEST

START_TEST(nodelay_ends_a_burst)
{
	struct loop_pair p = open_pair(false);

	send_row(&p, ROW / 2, 1);
	traffic_arrived(p.client, p.at_client);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_NODELAY(true));
	calls = 0;
	send_row(&p, ROW, 1);
	ck_assert_int_eq(calls, ROW);
	expect_row(&p, ROW / 2);
	expect_row(&p, ROW);
}
END_TEST

START_TEST(who_gets_answers_sends_at_once)
{
	struct loop_pair p = open_pair(false);
	int i;

	for (i = 0; i < ROW; i++) {
		calls = 0;
		atomic_fetch_add(&clock_us, 1);
		traffic_send(p.client, p.at_client, 0, "question");
		ck_assert_int_eq(calls, 1);
		traffic_expect(p.server, p.at_server, "question");
		traffic_send(p.server, p.at_server, 0, "answer");
		traffic_expect(p.client, p.at_client, "answer");
	}
}
END_TEST

START_TEST(the_end_takes_a_burst_along)
{
	struct loop_pair p = open_pair(false);

	send_row(&p, 10, 1);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	expect_row(&p, 10);
	loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("burst");
	TCase *t = tcase_create("burst");

	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_add_test(t, sends_far_apart_leave_at_once);
	tcase_add_test(t, a_burst_leaves_in_few_calls);
	tcase_add_test(t, the_first_of_a_burst_leave_at_once);
	tcase_add_test(t, with_nodelay_each_leaves_at_once);
	tcase_add_test(t, nodelay_ends_a_burst);
	tcase_add_test(t, who_gets_answers_sends_at_once);
	tcase_add_test(t, the_end_takes_a_burst_along);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
