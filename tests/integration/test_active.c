/* test_active: the active modes: what goes to the mailbox and what waits, and
 * what is counted. */

#include "check_main.h"
#include "mailbox.h"

#define F GSCTP_ACTIVE_FALSE
#define T GSCTP_ACTIVE_TRUE
#define ONCE GSCTP_ACTIVE_ONCE

/* Numbers from first up to last have been sent, and have arrived. */
static void
send_numbers(const struct loop_pair *p, uint32_t first, uint32_t last)
{
	for (; first <= last; first++)
		number_send(p->client, p->at_client, first);
	traffic_arrived(p->client, p->at_client);
}

static void
expect_numbers(gsctp_mbox mb, gsctp_sock s, uint32_t first, uint32_t last)
{
	for (; first <= last; first++)
		msg_is_number(box_recv(mb), s, first);
}

static void
recv_numbers(gsctp_sock s, uint32_t first, uint32_t last)
{
	for (; first <= last; first++)
		msg_is_number(loop_recv(s), s, first);
}

/*
 * false, true, once.
 */

START_TEST(a_new_socket_is_passive)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	ck_assert_int_eq(active_of(p.server), F);
	ck_assert_uint_eq(box_of(p.server).id, mb.id);
	ck_assert_int_eq(active_of(p.client), F);
	ck_assert_uint_eq(box_of(p.client).id, 0);
	send_numbers(&p, 1, 3);
	box_expect_empty(mb);
	recv_numbers(p.server, 1, 3);
}
END_TEST

START_TEST(true_puts_everything_into_the_mailbox)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct gsctp_msg *m;

	active_set(p.server, T);
	send_numbers(&p, 1, 50);
	m = box_recv(mb);
	ck_assert_uint_eq(m->assoc_id, p.at_server);
	ck_assert_uint_eq(m->u.data.info.assoc_id, p.at_server);
	msg_is_number(m, p.server, 1);
	expect_numbers(mb, p.server, 2, 50);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_SHUTDOWN_EVENT);
	msg_is_state(box_recv(mb), p.server, GSCTP_SHUTDOWN_COMP);
	ck_assert_int_eq(active_of(p.server), T);
	box_expect_empty(mb);
}
END_TEST

START_TEST(once_delivers_one_message_each_time)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	uint32_t i;

	active_set(p.server, ONCE);
	ck_assert_int_eq(active_of(p.server), ONCE);
	send_numbers(&p, 1, 20);
	for (i = 1; i <= 10; i++) {
		msg_is_number(box_recv(mb), p.server, i);
		ck_assert_int_eq(active_of(p.server), F);
		box_expect_empty(mb); /* nor a message passive */
		active_set(p.server, ONCE);
	}
	msg_is_number(box_recv(mb), p.server, 11);
	recv_numbers(p.server, 12, 20);
}
END_TEST

START_TEST(once_counts_an_event)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	active_set(p.server, ONCE);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_SHUTDOWN_EVENT);
	msg_is_state(loop_recv(p.server), p.server, GSCTP_SHUTDOWN_COMP);
	box_expect_empty(mb);
}
END_TEST

START_TEST(what_waits_goes_first_when_the_socket_becomes_active)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	int fd = gsctp_fd(p.server);

	send_numbers(&p, 1, 30);
	ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
	active_set(p.server, T);
	send_numbers(&p, 31, 60);
	expect_numbers(mb, p.server, 1, 60);
	ck_assert_int_eq(loop_poll(fd, POLLIN, 0), 0);
	box_expect_empty(mb);
}
END_TEST

START_TEST(false_leaves_in_the_mailbox_what_is_there)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	active_set(p.server, T);
	send_numbers(&p, 1, 5);
	active_set(p.server, F);
	send_numbers(&p, 6, 10);
	recv_numbers(p.server, 6, 10);
	expect_numbers(mb, p.server, 1, 5);
	box_expect_empty(mb);
}
END_TEST

START_TEST(true_has_no_flow_control)
{
	const struct gsctp_opt small[] = { GSCTP_RECBUF(8192) };
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, small, 1);

	active_set(p.server, T);
	/* Some 100 kB, and nobody reads. */
	send_numbers(&p, 1, 2000);
	expect_numbers(mb, p.server, 1, 2000);
}
END_TEST

/*
 * Numbers.
 */

START_TEST(n_counts_data_and_events_alike_and_then_says_passive)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	gsctp_sock other = loop_open(NULL, 0);
	gsctp_assoc_id id;

	active_set(p.server, 5);
	send_numbers(&p, 1, 1);
	msg_is_number(box_recv(mb), p.server, 1);
	ck_assert_int_eq(active_of(p.server), 4);
	id = loop_connect(other, p.server);
	msg_is_state(box_recv(mb), p.server, GSCTP_COMM_UP);
	ck_assert_int_eq(active_of(p.server), 3);
	send_numbers(&p, 2, 2);
	msg_is_number(box_recv(mb), p.server, 2);
	ck_assert_int_eq(active_of(p.server), 2);
	ck_assert_int_eq(gsctp_eof(other, id), 0);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_SHUTDOWN_EVENT);
	msg_is_state(box_recv(mb), p.server, GSCTP_SHUTDOWN_COMP);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
	ck_assert_int_eq(active_of(p.server), F);
	send_numbers(&p, 3, 3);
	box_expect_empty(mb);
	recv_numbers(p.server, 3, 3);
}
END_TEST

START_TEST(n_counts_an_error_too)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct gsctp_msg *m;

	active_set(p.server, 2);
	box_fail_a_send(p.server, p.at_server);
	m = box_recv(mb);
	ck_assert(gsctp_msg_is_error(m));
	msg_is(m, p.server, GSCTP_MSG_SEND_FAILED);
	msg_is_state(box_recv(mb), p.server, GSCTP_COMM_LOST);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
}
END_TEST

START_TEST(passive_comes_after_the_last_of_what_waited_already)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	send_numbers(&p, 1, 10);
	active_set(p.server, 3);
	expect_numbers(mb, p.server, 1, 3);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
	active_set(p.server, 7);
	expect_numbers(mb, p.server, 4, 10);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
}
END_TEST

START_TEST(passive_is_of_the_socket_alone)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct gsctp_msg *m;

	active_set(p.server, 0);
	m = box_recv(mb);
	ck_assert_uint_eq(m->assoc_id, 0);
	ck_assert_uint_eq(m->fromlen, 0);
	ck_assert(!gsctp_msg_is_error(m));
	msg_is(m, p.server, GSCTP_MSG_PASSIVE);
}
END_TEST

START_TEST(numbers_are_added)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	active_set(p.server, 3);
	active_set(p.server, 4);
	ck_assert_int_eq(active_of(p.server), 7);
	send_numbers(&p, 1, 2);
	ck_assert_int_eq(active_of(p.server), 5);
	active_set(p.server, -4);
	ck_assert_int_eq(active_of(p.server), 1);
	send_numbers(&p, 3, 4);
	expect_numbers(mb, p.server, 1, 3);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
	recv_numbers(p.server, 4, 4);
	box_expect_empty(mb);
}
END_TEST

START_TEST(a_sum_of_0_or_below_is_passive_and_says_so)
{
	static const int32_t down[] = { -5, -6, INT16_MIN };
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	size_t i;

	for (i = 0; i < sizeof(down) / sizeof(down[0]); i++) {
		active_set(p.server, 5);
		box_expect_empty(mb);
		active_set(p.server, down[i]);
		ck_assert_int_eq(active_of(p.server), F);
		msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
		/* As often as one says it to a passive socket. */
		active_set(p.server, 0);
		msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
		active_set(p.server, down[i]);
		msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
		box_expect_empty(mb);
	}
	send_numbers(&p, 1, 1);
	recv_numbers(p.server, 1, 1);
}
END_TEST

START_TEST(a_sum_out_of_16_bits_leaves_the_count)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct gsctp_opt opts[] = { GSCTP_NODELAY(true), GSCTP_ACTIVE(1) };
	size_t bad = 9;

	active_set(p.server, INT16_MAX);
	ck_assert_int_eq(gsctp_set_active(p.server, 1), -EINVAL);
	ck_assert_int_eq(gsctp_setopts(p.server, opts, 2, &bad), -EINVAL);
	ck_assert_uint_eq(bad, 1);
	ck_assert_int_eq(gsctp_set_active(p.server, INT16_MAX + 1), -EINVAL);
	ck_assert_int_eq(gsctp_set_active(p.server, INT16_MIN - 1), -EINVAL);
	ck_assert_int_eq(gsctp_set_active(p.server, ONCE + 1), -EINVAL);
	ck_assert_int_eq(active_of(p.server), INT16_MAX);
	send_numbers(&p, 1, 1);
	ck_assert_int_eq(active_of(p.server), INT16_MAX - 1);
	expect_numbers(mb, p.server, 1, 1);
	box_expect_empty(mb);
	/* Nor is it passive's message that is lost. */
	active_set(p.server, -(INT16_MAX - 1) + 1);
	ck_assert_int_eq(gsctp_set_active(p.server, INT16_MAX), -EINVAL);
	send_numbers(&p, 2, 2);
	expect_numbers(mb, p.server, 2, 2);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
}
END_TEST

START_TEST(true_once_and_false_clear_the_count_and_say_nothing)
{
	static const int32_t modes[] = { F, T, ONCE };
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		active_set(p.server, 30000);
		active_set(p.server, modes[i]);
		ck_assert_int_eq(active_of(p.server), modes[i]);
		active_set(p.server, 30000);
		ck_assert_int_eq(active_of(p.server), 30000);
		active_set(p.server, F);
	}
	box_expect_empty(mb);
}
END_TEST

/*
 * At open.
 */

START_TEST(active_at_open_delivers_from_the_first_message_on)
{
	gsctp_mbox mb = box_new();
	const struct gsctp_opt opts[] = { QUIET, GSCTP_ACTIVE(2),
		GSCTP_MBOX(mb) };
	gsctp_sock server = loop_open(opts, 3), client = loop_open(NULL, 0);
	gsctp_assoc_id id;

	ck_assert_int_eq(active_of(server), 2);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	id = loop_connect(client, server);
	number_send(client, id, 1);
	msg_is_state(box_recv(mb), server, GSCTP_COMM_UP);
	msg_is_number(box_recv(mb), server, 1);
	msg_is(box_recv(mb), server, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
}
END_TEST

START_TEST(active_0_at_open_is_passive_and_says_so)
{
	gsctp_mbox mb = box_new();
	const struct gsctp_opt opts[] = { GSCTP_MBOX(mb), GSCTP_ACTIVE(0) };
	gsctp_sock s = loop_open(opts, 2);

	ck_assert_int_eq(active_of(s), F);
	msg_is(box_recv(mb), s, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
}
END_TEST

START_TEST(an_open_that_fails_leaves_nothing_in_the_mailbox)
{
	gsctp_mbox mb = box_new();
	const struct gsctp_opt opts[] = { GSCTP_MBOX(mb), GSCTP_ACTIVE(0),
		GSCTP_ACTIVE(INT16_MAX + 1) };
	gsctp_sock s = { 0 };

	ck_assert_int_eq(loop_try_open(0, opts, 3, &s), -EINVAL);
	ck_assert_uint_eq(s.id, 0);
	box_expect_empty(mb);
}
END_TEST

START_TEST(without_a_mailbox_a_socket_stays_passive)
{
	static const int32_t modes[] = { T, ONCE, 1, 0, -1 };
	struct gsctp_opt opt = GSCTP_ACTIVE(F);
	gsctp_sock s = loop_open(&opt, 1), none = { 0 };
	gsctp_mbox mb = box_new();
	const struct gsctp_opt stale[] = { GSCTP_MBOX(mb) };
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ck_assert_int_eq(gsctp_set_active(s, modes[i]), -EINVAL);
		opt.u.active = modes[i];
		ck_assert_int_eq(loop_try_open(0, &opt, 1, &none), -EINVAL);
	}
	active_set(s, F);
	ck_assert_int_eq(active_of(s), F);
	/* A mailbox comes with open, or gsctp_controlling_process(). */
	ck_assert_int_eq(gsctp_setopts(s, stale, 1, NULL), -ENOPROTOOPT);
	box_free(mb);
	ck_assert_int_eq(loop_try_open(0, stale, 1, &none), -EINVAL);
	ck_assert_int_eq(gsctp_set_active(none, F), -EBADF);
}
END_TEST

/*
 * Who reads from the socket.
 */

START_TEST(recv_on_an_active_socket_is_refused_and_takes_nothing)
{
	static const int32_t modes[] = { T, ONCE, 2 };
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct gsctp_msg *m = NULL;
	uint32_t i;

	for (i = 0; i < 3; i++) {
		active_set(p.server, modes[i]);
		ck_assert_int_eq(gsctp_recv(p.server, 0, &m), -EINVAL);
		ck_assert_int_eq(gsctp_recv(p.server, -1, &m), -EINVAL);
		send_numbers(&p, i, i);
		expect_numbers(mb, p.server, i, i);
	}
	ck_assert_ptr_null(m);
}
END_TEST

static int
recv_for_ever(void *arg)
{
	const gsctp_sock *s = arg;
	struct gsctp_msg *m;
	int err = gsctp_recv(*s, -1, &m);

	if (err == 0)
		gsctp_msg_free(m);
	return err;
}

START_TEST(who_waits_in_recv_hears_that_the_socket_becomes_active)
{
	static const int32_t modes[] = { T, ONCE, 1 };
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct side waits[3];
	int i, j;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < 3; j++)
			side_start(&waits[j], recv_for_ever, &p.server);
		for (j = 0; j < 3; j++)
			side_await_sleep(&waits[j]);
		active_set(p.server, modes[i]);
		for (j = 0; j < 3; j++)
			ck_assert_int_eq(side_join(&waits[j]), -EINVAL);
		active_set(p.server, F);
	}
}
END_TEST

/* Active for a moment is active. */
START_TEST(who_waits_in_recv_hears_of_it_if_it_is_over_at_once)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct side waits;
	int i;

	for (i = 0; i < 20; i++) {
		side_start(&waits, recv_for_ever, &p.server);
		side_await_sleep(&waits);
		active_set(p.server, ONCE);
		active_set(p.server, F);
		ck_assert_int_eq(side_join(&waits), -EINVAL);
	}
}
END_TEST

/*
 * The window.
 */

#define BIG 1000

/* The client hears of its window a little later. */
static void
await_open_window(const struct loop_pair *p)
{
	uint64_t until = loop_now_ms() + LOOP_MS;

	while (traffic_peer_window(p->client, p->at_client) <= 8 * BIG) {
		ck_assert_uint_lt(loop_now_ms(), until);
		loop_nap();
	}
}

/* A client that soon finds out that the server's small window is closed. */
static struct loop_pair
small_pair(gsctp_mbox mb)
{
	const struct gsctp_opt small[] = {
		GSCTP_RECBUF(16384),
		GSCTP_SNDBUF(16384),
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
		    .max = gsctp_def(100)),
		GSCTP_SEND_TIMEOUT_MS(500),
	};

	return box_pair(mb, small, sizeof(small) / sizeof(small[0]));
}

/* Numbers from 0 on, until there is no room; how many were taken. */
static uint32_t
fill(const struct loop_pair *p)
{
	struct gsctp_opt at_once = GSCTP_SEND_TIMEOUT_MS(0);
	uint32_t n = 0;
	int err;

	while ((err = number_try_send(p->client, p->at_client, n, BIG)) == 0)
		n++;
	ck_assert_int_eq(err, -ETIMEDOUT);
	traffic_set(p->client, at_once);
	/* Some room has come since, perhaps, on a busy machine. */
	while ((err = number_try_send(p->client, p->at_client, n, BIG)) == 0)
		n++;
	ck_assert_int_eq(err, -EAGAIN);
	return n;
}

static void
check_big(struct gsctp_msg *m, uint32_t n)
{
	ck_assert_str_eq(gsctp_msg_type_name(m->type), "data");
	ck_assert_int_eq(number_in(m, BIG), n);
	gsctp_msg_free(m);
}

START_TEST(passive_closes_the_peers_window_and_active_opens_it)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = small_pair(mb);
	uint32_t i, n = fill(&p);

	ck_assert_uint_lt(traffic_peer_window(p.client, p.at_client), BIG);
	/* Not more than both buffers hold. */
	ck_assert_uint_lt(n, 64);
	box_expect_empty(mb);
	active_set(p.server, T);
	for (i = 0; i < n; i++)
		check_big(box_recv(mb), i);
	await_open_window(&p);
	ck_assert_int_eq(number_try_send(p.client, p.at_client, n, BIG), 0);
	check_big(box_recv(mb), n);
	box_expect_empty(mb);
}
END_TEST

START_TEST(a_count_that_is_over_closes_the_window_again)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = small_pair(mb);
	uint32_t i, n;

	active_set(p.server, 5);
	n = fill(&p);
	ck_assert_uint_lt(traffic_peer_window(p.client, p.at_client), BIG);
	for (i = 0; i < 5; i++)
		check_big(box_recv(mb), i);
	msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
	/* One after the other, by every way there is. */
	for (; i < n; i += 3) {
		check_big(loop_recv(p.server), i);
		if (i + 1 == n)
			break;
		active_set(p.server, ONCE);
		check_big(box_recv(mb), i + 1);
		if (i + 2 == n)
			break;
		active_set(p.server, 1);
		check_big(box_recv(mb), i + 2);
		msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
	}
	traffic_nothing_waits(p.server);
	box_expect_empty(mb);
	await_open_window(&p);
}
END_TEST

/*
 * Connecting.
 */

static gsctp_sock
active_client(gsctp_mbox mb)
{
	const struct gsctp_opt opts[] = { QUIET, GSCTP_MBOX(mb),
		GSCTP_ACTIVE(10) };

	return loop_open(opts, 3);
}

START_TEST(a_blocking_connect_gets_its_outcome_itself_and_uncounted)
{
	gsctp_mbox mb = box_new();
	gsctp_sock client = active_client(mb), server = loop_open(NULL, 0);
	struct sockaddr_storage to = traffic_name(server);
	struct gsctp_assoc_change up;

	/* Nobody listens. */
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&to), sizeof(to),
			     NULL, 0, LOOP_MS, &up),
	    -ECONNREFUSED);
	ck_assert_int_eq(active_of(client), 10);
	box_expect_empty(mb);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	(void)loop_connect(client, server);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	ck_assert_int_eq(active_of(client), 10);
	box_expect_empty(mb);
}
END_TEST

START_TEST(the_outcome_of_connect_init_goes_to_the_mailbox)
{
	gsctp_mbox mb = box_new();
	gsctp_sock client = active_client(mb), server = loop_open(NULL, 0);
	struct sockaddr_storage to = traffic_name(server);
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_connect_init(client, traffic_sa(&to), sizeof(to),
			     NULL, 0, &id),
	    0);
	msg_is_state(box_recv(mb), client, GSCTP_CANT_ASSOC);
	ck_assert_int_eq(active_of(client), 9);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(gsctp_connect_init(client, traffic_sa(&to), sizeof(to),
			     NULL, 0, &id),
	    0);
	msg_is_state(box_recv(mb), client, GSCTP_COMM_UP);
	ck_assert_int_eq(active_of(client), 8);
	box_expect_empty(mb);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_new_socket_is_passive);
	tcase_add_test(tc, true_puts_everything_into_the_mailbox);
	tcase_add_test(tc, once_delivers_one_message_each_time);
	tcase_add_test(tc, once_counts_an_event);
	tcase_add_test(tc,
	    what_waits_goes_first_when_the_socket_becomes_active);
	tcase_add_test(tc, false_leaves_in_the_mailbox_what_is_there);
	tcase_add_test(tc, true_has_no_flow_control);
	tcase_add_test(tc,
	    n_counts_data_and_events_alike_and_then_says_passive);
	tcase_add_test(tc, n_counts_an_error_too);
	tcase_add_test(tc, passive_comes_after_the_last_of_what_waited_already);
	tcase_add_test(tc, passive_is_of_the_socket_alone);
	tcase_add_test(tc, numbers_are_added);
	tcase_add_test(tc, a_sum_of_0_or_below_is_passive_and_says_so);
	tcase_add_test(tc, a_sum_out_of_16_bits_leaves_the_count);
	tcase_add_test(tc, true_once_and_false_clear_the_count_and_say_nothing);
	tcase_add_test(tc, active_at_open_delivers_from_the_first_message_on);
	tcase_add_test(tc, active_0_at_open_is_passive_and_says_so);
	tcase_add_test(tc, an_open_that_fails_leaves_nothing_in_the_mailbox);
	tcase_add_test(tc, without_a_mailbox_a_socket_stays_passive);
	tcase_add_test(tc,
	    recv_on_an_active_socket_is_refused_and_takes_nothing);
	tcase_add_test(tc,
	    who_waits_in_recv_hears_that_the_socket_becomes_active);
	tcase_add_test(tc, who_waits_in_recv_hears_of_it_if_it_is_over_at_once);
	tcase_add_test(tc, passive_closes_the_peers_window_and_active_opens_it);
	tcase_add_test(tc, a_count_that_is_over_closes_the_window_again);
	tcase_add_test(tc,
	    a_blocking_connect_gets_its_outcome_itself_and_uncounted);
	tcase_add_test(tc, the_outcome_of_connect_init_goes_to_the_mailbox);
}

int
main(void)
{
	return traffic_run("active", add);
}
