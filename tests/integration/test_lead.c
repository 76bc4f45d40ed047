/*
 * test_lead: threads that do the driver's work while they wait.
 *
 * A thread leads where its waits follow one another quickly: a clock that
 * goes a microsecond a look makes them quick on any machine, and turns that a
 * thread makes in the driver's place are counted.
 */

#include <stdatomic.h>
#include <sys/timerfd.h>

#include "check_main.h"
#include "side.h"
#include "traffic.h"
#include "wire.h"

/* Waits enough for a thread to lead, with some to spare. */
#define WAITS 40

/* How much later than it should be a call may return. */
#define LATE_MS (2000 * SIDE_SLOW)

size_t __real_gs_driver_lead(uint64_t until_ms, bool awaits_answer,
    struct gs_packet *pkts, size_t n);
size_t __wrap_gs_driver_lead(uint64_t until_ms, bool awaits_answer,
    struct gs_packet *pkts, size_t n);
uint64_t __wrap_gs_now_us(void);
int __real_timerfd_settime(int fd, int flags, const struct itimerspec *to,
    struct itimerspec *was);
void __real_gs_enter(void);
void __wrap_gs_enter(void);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *to,
    struct itimerspec *was);

static atomic_int turns;
static atomic_uint_least64_t clock_us = 1000000;

/* Who has set a timer is held up behind that for so long; the driver then, before
 * it takes the lock; and a thread that leads, without the lock, for longer: the
 * driver finds that it does. */
static atomic_int held_up_ms;
static _Atomic pthread_t tester;

static void
hold_up(int times)
{
	int ms = atomic_load(&held_up_ms);

	if (ms > 0)
		(void)poll(NULL, 0, times * ms);
}

size_t
__wrap_gs_driver_lead(uint64_t until_ms, bool awaits_answer,
    struct gs_packet *pkts, size_t n)
{
	atomic_fetch_add(&turns, 1);
	hold_up(6);
	return __real_gs_driver_lead(until_ms, awaits_answer, pkts, n);
}

uint64_t
__wrap_gs_now_us(void)
{
	return atomic_fetch_add(&clock_us, 1);
}

int
__wrap_timerfd_settime(int fd, int flags, const struct itimerspec *to,
    struct itimerspec *was)
{
	int err = __real_timerfd_settime(fd, flags, to, was);

	hold_up(1);
	return err;
}

void
__wrap_gs_enter(void)
{
	if (!pthread_equal(pthread_self(), tester))
		hold_up(2);
	__real_gs_enter();
}

/* A message to the own stack, which this thread has to bring in itself. */
static void
there(const struct loop_pair *p, uint32_t n)
{
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p->client, p->at_client, 0, &n, sizeof(n)),
	    0);
	m = loop_recv_type(p->server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.len, sizeof(n));
	ck_assert_mem_eq(m->u.data.data, &n, sizeof(n));
	gsctp_msg_free(m);
}

/* A pair whose next wait leads, as the last ones did. */
static struct loop_pair
led_pair(void)
{
	const struct gsctp_opt at_once[] = { GSCTP_NODELAY(true) };
	struct loop_pair p = loop_pair(at_once, 1);
	uint32_t n;

	atomic_store(&turns, 0);
	for (n = 0; n < 100 * WAITS && atomic_load(&turns) < WAITS; n++)
		there(&p, n);
	ck_assert_int_ge(atomic_load(&turns), WAITS);
	return p;
}

static void
await_turn(int before)
{
	uint64_t until = loop_now_ms() + LOOP_MS;

	while (atomic_load(&turns) == before)
		ck_assert_uint_lt(loop_now_ms(), until);
}

START_TEST(who_waits_brings_packets_in)
{
	struct loop_pair p = led_pair();
	uint32_t n;

	for (n = 0; n < 1000; n++)
		there(&p, n);
}
END_TEST

START_TEST(a_time_limit_holds)
{
	struct loop_pair p = led_pair();
	struct gsctp_msg *m = NULL;
	uint64_t start = loop_now_ms();
	int before = atomic_load(&turns);

	ck_assert_int_eq(gsctp_recv(p.server, 100, &m), -ETIMEDOUT);
	ck_assert_uint_ge(loop_now_ms() - start, 100);
	ck_assert_uint_le(loop_now_ms() - start, 100 + LATE_MS);
	ck_assert_int_gt(atomic_load(&turns), before);
}
END_TEST

/* Nobody calls any more: packets are answered all the same. */
START_TEST(the_driver_takes_over_again)
{
	struct loop_pair p = led_pair();

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	traffic_arrived(p.client, p.at_client);
	traffic_expect(p.server, p.at_server, "x");
}
END_TEST

/* The timer that is to tell it may be over before who leads goes on. */
START_TEST(the_driver_takes_over_from_who_was_held_up)
{
	struct loop_pair p;
	uint32_t n;
	int i;

	tester = pthread_self();
	p = led_pair();
	for (i = 0; i < 3; i++) {
		atomic_store(&held_up_ms, 5);
		for (n = 0; n < 5; n++)
			there(&p, n);
		atomic_store(&held_up_ms, 0);
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1),
		    0);
		traffic_arrived(p.client, p.at_client);
		traffic_expect(p.server, p.at_server, "x");
	}
}
END_TEST

struct reader {
	struct loop_pair p;
	struct gsctp_msg *m;
};

static int
lead_and_read(void *arg)
{
	struct reader *r = arg;
	uint32_t n;

	for (n = 0; n < WAITS; n++)
		there(&r->p, n);
	/* This wait is the one that the test is about. */
	return gsctp_recv(r->p.server, LOOP_MS, &r->m);
}

/* A thread that leads, and waits for what does not come. */
static void
start_reader(struct side *side, struct reader *r)
{
	memset(r, 0, sizeof(*r));
	r->p = led_pair();
	side_start(side, lead_and_read, r);
	side_await_sleep(side);
}

START_TEST(close_wakes_who_leads)
{
	struct reader r;
	struct side side;
	uint64_t start;

	start_reader(&side, &r);
	start = loop_now_ms();
	ck_assert_int_eq(gsctp_close(r.p.server), 0);
	ck_assert_int_eq(side_join(&side), -EBADF);
	ck_assert_uint_le(side.ended_ms - start, LATE_MS);
}
END_TEST

START_TEST(another_threads_wait_is_served_as_well)
{
	struct reader r;
	struct side side;

	start_reader(&side, &r);
	traffic_send(r.p.server, r.p.at_server, 0, "to the other");
	traffic_expect(r.p.client, r.p.at_client, "to the other");
	traffic_send(r.p.client, r.p.at_client, 0, "to who leads");
	ck_assert_int_eq(side_join(&side), 0);
	ck_assert_mem_eq(r.m->u.data.data, "to who leads", 12);
	gsctp_msg_free(r.m);
}
END_TEST

/* A timer of another association's, which is due while a thread leads. */
START_TEST(timers_are_on_time)
{
	const struct gsctp_opt nobody[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 9),
		GSCTP_INITMSG(.max_init_timeo = gsctp_def(50),
		    .max_attempts = gsctp_def(2)),
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
		    .max = gsctp_def(100)),
	};
	struct sockaddr_storage to = loop_addr("127.0.0.1", 1);
	struct gsctp_msg *m = NULL;
	struct reader r;
	struct side side;
	gsctp_assoc_id id;
	gsctp_sock s;
	uint64_t start;

	start_reader(&side, &r);
	s = loop_open(nobody, 3);
	start = loop_now_ms();
	ck_assert_int_eq(gsctp_connect_init(s, traffic_sa(&to), sizeof(to),
	    NULL, 0, &id), 0);
	ck_assert_int_eq(gsctp_recv(s, LOOP_MS, &m), 0);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_le(loop_now_ms() - start, 1000 + LATE_MS);
	gsctp_msg_free(m);
	traffic_send(r.p.client, r.p.at_client, 0, "end");
	ck_assert_int_eq(side_join(&side), 0);
	gsctp_msg_free(r.m);
}
END_TEST

START_TEST(stop_ends_it)
{
	struct reader r;
	struct side side;
	int before;

	start_reader(&side, &r);
	before = atomic_load(&turns);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(side_join(&side), -EBADF);
	/* And a new stack has a driver. */
	loop_setup();
	r.p = led_pair();
	there(&r.p, 1);
	await_turn(before);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("lead");
	TCase *t = tcase_create("lead");

	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_add_test(t, who_waits_brings_packets_in);
	tcase_add_test(t, a_time_limit_holds);
	tcase_add_test(t, the_driver_takes_over_again);
	tcase_add_test(t, the_driver_takes_over_from_who_was_held_up);
	tcase_add_test(t, close_wakes_who_leads);
	tcase_add_test(t, another_threads_wait_is_served_as_well);
	tcase_add_test(t, timers_are_on_time);
	tcase_add_test(t, stop_ends_it);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
