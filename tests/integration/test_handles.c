/* Handles: stale, shared between threads, closed under whoever waits. */

#include <errno.h>
#include <semaphore.h>

#include "calls.h"
#include "check_main.h"
#include "loop.h"
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

/* From the environment, or new; printed, to run the same again. */
static uint64_t
seed(void)
{
	const char *text = getenv("GSCTP_TEST_SEED");
	uint64_t v;

	v = text != NULL ? strtoull(text, NULL, 10) :
			   (uint64_t)getpid() * 1000003 + loop_now_ms();
	printf("GSCTP_TEST_SEED=%llu\n", (unsigned long long)v);
	return v | 1;
}

/* xorshift64* */
static uint64_t
next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

START_TEST(every_call_on_an_id_that_was_never_given_is_ebadf)
{
	gsctp_sock live = loop_open(NULL, 0);
	uint64_t state = seed();
	gsctp_sock s;
	int i;

	for (i = 0; i < 64; i++) {
		s.id = live.id ^ UINT64_C(1) << i;
		check_all_ebadf(s);
	}
	for (i = 0; i < 2000; i++) {
		s.id = next(&state);
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

/*
 * Everything at once
 */

#define HAMMERS 8
#define HANDLES 8
#define HAMMER_MS 2000

struct hammer {
	atomic_uint_fast64_t handles[HANDLES];
	atomic_int ports[HANDLES];
	uint16_t udp_port;
	uint64_t end_ms;
	atomic_ulong calls, ups, messages;
	/* The first result that no contract has. */
	atomic_int odd_what, odd_err;
};

struct hammerer {
	struct hammer *h;
	uint64_t state;
};

enum what {
	DO_REPLACE,
	DO_CLOSE,
	DO_SEND,
	DO_RECV,
	DO_SETOPTS,
	DO_GETOPTS,
	DO_CONNECT,
	DO_CONNECT_INIT,
	DO_EOF,
	DO_ABORT,
	DO_LISTEN,
	DO_NAMES,
	DO_FD,
	DO_INFO,
	DOINGS
};

static gsctp_sock
any_handle(struct hammerer *me)
{
	gsctp_sock s;

	s.id = atomic_load(&me->h->handles[next(&me->state) % HANDLES]);
	return s;
}

/* One of the associations that it has now; 0 for none. */
static gsctp_assoc_id
any_assoc(struct hammerer *me, gsctp_sock s)
{
	gsctp_assoc_id ids[16];
	int n = gsctp_assocs(s, ids, 16);

	if (n <= 0)
		return 0;
	return ids[next(&me->state) % (uint64_t)(n < 16 ? n : 16)];
}

/* A new socket in the place of another, which is closed. */
static int
do_replace(struct hammerer *me)
{
	const struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = me->h->udp_port),
		GSCTP_SEND_TIMEOUT_MS(20),
	};
	size_t i = next(&me->state) % HANDLES;
	gsctp_sock s, old;
	int err;

	err = gsctp_open(0, opts, 3, &s);
	if (err != 0)
		return err;
	(void)gsctp_listen(s, GSCTP_BACKLOG);
	atomic_store(&me->h->ports[i], gsctp_port(s));
	old.id = atomic_exchange(&me->h->handles[i], s.id);
	err = gsctp_close(old);
	return err == -EBADF ? 0 : err;
}

static int
do_connect(struct hammerer *me, gsctp_sock s, bool init)
{
	int port = atomic_load(&me->h->ports[next(&me->state) % HANDLES]);
	struct sockaddr_storage to;
	gsctp_assoc_id id;
	int err;

	if (port <= 0)
		return 0;
	to = loop_addr("127.0.0.1", (uint16_t)port);
	if (init)
		return gsctp_connect_init(s, (struct sockaddr *)&to,
		    sizeof(to), NULL, 0, &id);
	err = gsctp_connect(s, (struct sockaddr *)&to, sizeof(to), NULL, 0, 50,
	    NULL);
	if (err == 0)
		atomic_fetch_add(&me->h->ups, 1);
	return err;
}

static int
do_send(struct hammerer *me, gsctp_sock s)
{
	static const char block[70000];
	uint64_t r = next(&me->state);

	return gsctp_send(s, any_assoc(me, s), (uint16_t)(r % 10), block,
	    r % 8 == 0 ? sizeof(block) : 1 + r % 3000);
}

static int
do_recv(struct hammerer *me, gsctp_sock s)
{
	struct gsctp_msg *m;
	int err;

	err = gsctp_recv(s, (int)(next(&me->state) % 3), &m);
	if (err != 0)
		return err;
	atomic_fetch_add(&me->h->messages, 1);
	gsctp_msg_free(m);
	return 0;
}

static int
do_opts(struct hammerer *me, gsctp_sock s, bool set)
{
	gsctp_assoc_id id = any_assoc(me, s);
	struct gsctp_opt opts[] = {
		GSCTP_NODELAY(next(&me->state) % 2 == 0),
		GSCTP_RTOINFO(.assoc_id = id, .min = gsctp_def(100)),
		GSCTP_EVENTS(.sender_dry = gsctp_def(1)),
		GSCTP_DEFAULT_SEND_PARAM(.assoc_id = id,
		    .ppid = gsctp_def(7)),
	};
	struct gsctp_opt ask[] = {
		GSCTP_STATUS(id),
		GSCTP_RTOINFO(.assoc_id = id),
		GSCTP_EVENTS(.sender_dry = { 0, 0 }),
	};

	return set ? gsctp_setopts(s, opts, 4, NULL) :
		     gsctp_getopts(s, ask, 3, NULL);
}

static int
do_names(struct hammerer *me, gsctp_sock s)
{
	struct sockaddr_storage a[4];
	gsctp_assoc_id id = any_assoc(me, s);
	struct gsctp_stat stat;
	int err;

	(void)gsctp_getstat(s, &stat);
	(void)gsctp_sockname(s, &a[0]);
	err = gsctp_socknames(s, id, a, 4);
	if (err >= 0)
		err = gsctp_peernames(s, id, a, 4);
	return err > 0 ? 0 : err;
}

static int
hammer_once(struct hammerer *me, enum what what)
{
	gsctp_sock s = any_handle(me);
	struct gsctp_stack_info info;
	int err;

	switch (what) {
	case DO_REPLACE:
		return do_replace(me);
	case DO_CLOSE:
		return next(&me->state) % 8 == 0 ? gsctp_close(s) : 0;
	case DO_SEND:
		return do_send(me, s);
	case DO_RECV:
		return do_recv(me, s);
	case DO_SETOPTS:
		return do_opts(me, s, true);
	case DO_GETOPTS:
		return do_opts(me, s, false);
	case DO_CONNECT:
		return do_connect(me, s, false);
	case DO_CONNECT_INIT:
		return do_connect(me, s, true);
	case DO_EOF:
		return gsctp_eof(s, any_assoc(me, s));
	case DO_ABORT:
		return gsctp_abort(s, any_assoc(me, s), "why", 3);
	case DO_LISTEN:
		return gsctp_listen(s, next(&me->state) % 4 != 0);
	case DO_NAMES:
		return do_names(me, s);
	case DO_FD:
		err = gsctp_fd(s);
		return err > 0 ? 0 : err;
	default:
		return gsctp_stack_info(&info);
	}
}

/* Is this a result that such a call may have, on a handle that anybody may
 * close at any time? */
static bool
is_expected(enum what what, int err)
{
	if (err == 0 || err == -EBADF)
		return true;
	switch (what) {
	case DO_SEND:
		return err == -ETIMEDOUT || err == -EPIPE ||
		    err == -ENOTCONN || err == -EINVAL;
	case DO_RECV:
		return err == -ETIMEDOUT;
	case DO_SETOPTS:
	case DO_GETOPTS:
	case DO_NAMES:
		return err == -EINVAL;
	case DO_CONNECT:
	case DO_CONNECT_INIT:
		return err == -ECONNREFUSED || err == -ETIMEDOUT ||
		    err == -EISCONN || err == -EALREADY ||
		    err == -ECONNABORTED;
	case DO_EOF:
	case DO_ABORT:
		return err == -EPIPE;
	default:
		return false;
	}
}

static int
hammer_on(void *arg)
{
	struct hammerer *me = arg;
	enum what what;
	int err, none = 0;

	while (loop_now_ms() < me->h->end_ms) {
		what = (enum what)(next(&me->state) % DOINGS);
		err = hammer_once(me, what);
		atomic_fetch_add(&me->h->calls, 1);
		if (!is_expected(what, err) &&
		    atomic_compare_exchange_strong(&me->h->odd_err, &none,
		    err))
			atomic_store(&me->h->odd_what, (int)what);
	}
	return 0;
}

START_TEST(eight_threads_may_do_anything_on_the_same_handles)
{
	static struct hammer h;
	struct hammerer hammerers[HAMMERS];
	struct side sides[HAMMERS];
	uint64_t state = seed();
	int i;

	memset(&h, 0, sizeof(h));
	h.udp_port = loop_udp_port();
	h.end_ms = loop_now_ms() + HAMMER_MS;
	for (i = 0; i < HAMMERS; i++) {
		hammerers[i].h = &h;
		hammerers[i].state = next(&state) | 1;
		side_start(&sides[i], hammer_on, &hammerers[i]);
	}
	for (i = 0; i < HAMMERS; i++)
		(void)side_join(&sides[i]);
	printf("%lu calls, %lu associations, %lu messages\n",
	    atomic_load(&h.calls), atomic_load(&h.ups),
	    atomic_load(&h.messages));
	ck_assert_msg(atomic_load(&h.odd_err) == 0, "call %d: %s",
	    atomic_load(&h.odd_what),
	    gsctp_strerror(atomic_load(&h.odd_err)));
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
	tcase_add_test(tc, eight_threads_may_do_anything_on_the_same_handles);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
