/* test_mailbox: mailboxes: who reads from them and how, and what becomes of
 * their messages when a socket, or the mailbox itself, goes away. */

#include <sys/epoll.h>

#include "check_main.h"
#include "mailbox.h"

#define F GSCTP_ACTIVE_FALSE
#define T GSCTP_ACTIVE_TRUE

static const gsctp_mbox none = { 0 };

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

/*
 * Reading.
 */

START_TEST(nonsense_is_refused)
{
	gsctp_mbox mb = box_new(), stale = box_new();
	struct gsctp_msg *m = NULL;

	box_free(stale);
	ck_assert_int_eq(gsctp_mbox_new(NULL), -EINVAL);
	ck_assert_int_eq(gsctp_mbox_recv(mb, -2, &m), -EINVAL);
	ck_assert_int_eq(gsctp_mbox_recv(mb, 0, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_mbox_recv(stale, -1, &m), -EBADF);
	ck_assert_int_eq(gsctp_mbox_recv(none, -1, &m), -EBADF);
	ck_assert_int_eq(gsctp_mbox_fd(stale), -EBADF);
	ck_assert_int_eq(gsctp_mbox_fd(none), -EBADF);
	ck_assert_int_eq(gsctp_mbox_free(stale), -EBADF);
	ck_assert_int_eq(gsctp_mbox_free(none), -EBADF);
	ck_assert_ptr_null(m);
}
END_TEST

START_TEST(recv_waits_as_long_as_it_says)
{
	gsctp_mbox mb = box_new();
	uint64_t from = loop_now_ms(), took;
	struct gsctp_msg *m = NULL;

	ck_assert_int_eq(gsctp_mbox_recv(mb, 50, &m), -ETIMEDOUT);
	took = loop_now_ms() - from;
	ck_assert_uint_ge(took, 50);
	ck_assert_uint_lt(took, LOOP_MS);
}
END_TEST

static int
recv_for_ever(void *arg)
{
	const gsctp_mbox *mb = arg;
	struct gsctp_msg *m;
	int err = gsctp_mbox_recv(*mb, -1, &m);

	if (err == 0)
		gsctp_msg_free(m);
	return err;
}

START_TEST(a_message_wakes_one_that_waits_and_free_the_others)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct side waits[3];
	int i, got = 0;

	active_set(p.server, T);
	for (i = 0; i < 3; i++)
		side_start(&waits[i], recv_for_ever, &mb);
	for (i = 0; i < 3; i++)
		side_await_sleep(&waits[i]);
	send_numbers(&p, 1, 1);
	box_free(mb);
	for (i = 0; i < 3; i++) {
		int err = side_join(&waits[i]);

		ck_assert(err == 0 || err == -EBADF);
		got += err == 0;
	}
	/* It may have come back before one was awake. */
	got += loop_drain(p.server);
	ck_assert_int_eq(got, 1);
}
END_TEST

START_TEST(fd_is_readable_exactly_while_a_message_waits)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct epoll_event ev = { .events = EPOLLIN };
	int fd = gsctp_mbox_fd(mb), ep = epoll_create1(EPOLL_CLOEXEC);
	uint32_t i, n;

	ck_assert_int_ge(ep, 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	active_set(p.server, T);
	for (i = 0; i < 20; i++) {
		ck_assert_int_eq(loop_poll(fd, POLLIN, 0), 0);
		ck_assert_int_eq(epoll_wait(ep, &ev, 1, 0), 0);
		send_numbers(&p, 0, i % 3);
		ck_assert_int_eq(loop_poll(fd, POLLIN, LOOP_MS), POLLIN);
		ck_assert_int_eq(epoll_wait(ep, &ev, 1, LOOP_MS), 1);
		for (n = 0; n <= i % 3; n++) {
			ck_assert_int_eq(epoll_wait(ep, &ev, 1, 0), 1);
			msg_is_number(box_recv(mb), p.server, n);
		}
	}
	close(ep);
}
END_TEST

/*
 * Many sockets, many readers.
 */

#define SOCKS 6
#define READERS 4
#define EACH 500u

struct crowd {
	gsctp_mbox mb;
	struct loop_pair p[SOCKS];
	atomic_uint left;
	atomic_uint seen[SOCKS][EACH]; /* how often */
	atomic_int nwrong;
};

static void
count_one(struct crowd *c, const struct gsctp_msg *m)
{
	int64_t n = number_in(m, 0);
	int i;

	for (i = 0; i < SOCKS; i++)
		if (m->sock.id == c->p[i].server.id)
			break;
	if (i == SOCKS || n < 0 || n >= EACH)
		atomic_fetch_add(&c->nwrong, 1);
	else
		atomic_fetch_add(&c->seen[i][n], 1);
}

static int
read_crowd(void *arg)
{
	struct crowd *c = arg;
	struct gsctp_msg *m;
	int err;

	while (atomic_load(&c->left) > 0) {
		err = gsctp_mbox_recv(c->mb, 10, &m);
		if (err == -ETIMEDOUT)
			continue;
		if (err != 0)
			return err;
		count_one(c, m);
		gsctp_msg_free(m);
		atomic_fetch_sub(&c->left, 1);
	}
	return 0;
}

START_TEST(many_readers_of_many_sockets_get_each_message_once)
{
	static struct crowd c;
	struct side readers[READERS];
	uint32_t i, n, bad = 0;

	memset(&c, 0, sizeof(c));
	c.mb = box_new();
	atomic_store(&c.left, SOCKS * EACH);
	for (i = 0; i < SOCKS; i++) {
		c.p[i] = box_pair(c.mb, NULL, 0);
		active_set(c.p[i].server, T);
	}
	for (i = 0; i < READERS; i++)
		side_start(&readers[i], read_crowd, &c);
	for (n = 0; n < EACH; n++)
		for (i = 0; i < SOCKS; i++)
			number_send(c.p[i].client, c.p[i].at_client, n);
	for (i = 0; i < READERS; i++)
		ck_assert_int_eq(side_join(&readers[i]), 0);
	for (n = 0; n < EACH; n++)
		for (i = 0; i < SOCKS; i++)
			bad += atomic_load(&c.seen[i][n]) != 1;
	ck_assert_uint_eq(bad, 0);
	ck_assert_int_eq(atomic_load(&c.nwrong), 0);
	box_expect_empty(c.mb);
}
END_TEST

START_TEST(one_reader_sees_each_sockets_messages_in_order)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p[SOCKS];
	uint32_t next[SOCKS] = { 0 };
	uint32_t i, n;

	for (i = 0; i < SOCKS; i++) {
		p[i] = box_pair(mb, NULL, 0);
		active_set(p[i].server, T);
	}
	for (n = 0; n < 50; n++)
		for (i = 0; i < SOCKS; i++)
			number_send(p[i].client, p[i].at_client, n);
	for (n = 0; n < 50 * SOCKS; n++) {
		struct gsctp_msg *m = box_recv(mb);

		for (i = 0; i < SOCKS - 1; i++)
			if (m->sock.id == p[i].server.id)
				break;
		msg_is_number(m, p[i].server, next[i]++);
	}
	box_expect_empty(mb);
}
END_TEST

/*
 * Dispatch.
 */

struct called {
	gsctp_mbox mb, other;
	gsctp_sock s;
	gsctp_assoc_id id;
	uint32_t next;
	int calls;
};

static void
count_in_order(void *arg, struct gsctp_msg *m)
{
	struct called *c = arg;

	msg_is_number(m, c->s, c->next++);
	c->calls++;
}

START_TEST(dispatch_hands_over_what_waits_up_to_max)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct called c = { .s = p.server, .next = 1 };

	ck_assert_int_eq(gsctp_mbox_dispatch(mb, count_in_order, &c, 10), 0);
	active_set(p.server, T);
	send_numbers(&p, 1, 10);
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, count_in_order, &c, 1), 1);
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, count_in_order, &c, 4), 4);
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, count_in_order, &c, 1000), 5);
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, count_in_order, &c, 1000), 0);
	ck_assert_int_eq(c.calls, 10);
}
END_TEST

START_TEST(dispatch_refuses_nonsense_and_takes_nothing)
{
	gsctp_mbox mb = box_new(), stale = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct called c = { .s = p.server };

	box_free(stale);
	active_set(p.server, T);
	send_numbers(&p, 1, 1);
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, NULL, &c, 1), -EINVAL);
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, count_in_order, &c, 0),
	    -EINVAL);
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, count_in_order, &c, -1),
	    -EINVAL);
	ck_assert_int_eq(gsctp_mbox_dispatch(stale, count_in_order, &c, 1),
	    -EBADF);
	ck_assert_int_eq(c.calls, 0);
	expect_numbers(mb, p.server, 1, 1);
}
END_TEST

/* Every kind of call there is, with the messages that still wait. */
static void
call_everything(void *arg, struct gsctp_msg *m)
{
	struct called *c = arg;

	if (c->calls++ > 0) {
		gsctp_msg_free(m);
		return;
	}
	ck_assert_int_eq(gsctp_send(m->sock, m->assoc_id, 0, m->u.data.data,
			     m->u.data.len),
	    0);
	msg_is_number(m, c->s, 1);
	expect_numbers(c->mb, c->s, 2, 2);
	c->next = 3;
	ck_assert_int_eq(gsctp_mbox_dispatch(c->mb, count_in_order, c, 1), 1);
	ck_assert_int_ge(gsctp_mbox_fd(c->mb), 0);
	active_set(c->s, F);
	active_set(c->s, 0);
	ck_assert_int_eq(gsctp_controlling_process(c->s, c->mb, c->other), 0);
	ck_assert_int_eq(gsctp_controlling_process(c->s, c->other, c->mb), 0);
	ck_assert_int_eq(gsctp_close(c->s), 0);
	box_free(c->other);
}

START_TEST(dispatch_holds_no_lock)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct called c = { .mb = mb, .other = box_new(), .s = p.server };

	active_set(p.server, T);
	send_numbers(&p, 1, 6);
	/* 1, and then 4, 5, 6 and passive; 2 and 3 went to the function. */
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, call_everything, &c, 100), 5);
	msg_is_number(loop_recv(p.client), p.client, 1);
	box_expect_empty(mb);
}
END_TEST

static void
free_it(void *arg, struct gsctp_msg *m)
{
	struct called *c = arg;

	c->calls++;
	gsctp_msg_free(m);
	box_free(c->mb);
}

START_TEST(dispatch_ends_where_its_function_frees_the_mailbox)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct called c = { .mb = mb };

	active_set(p.server, T);
	send_numbers(&p, 1, 3);
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, free_it, &c, 100), 1);
	ck_assert_int_eq(c.calls, 1);
	ck_assert_int_eq(gsctp_mbox_dispatch(mb, free_it, &c, 100), -EBADF);
	msg_is_number(loop_recv(p.server), p.server, 2);
	msg_is_number(loop_recv(p.server), p.server, 3);
}
END_TEST

/*
 * Ends.
 */

START_TEST(messages_outlive_their_socket)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct gsctp_msg *m;
	uint32_t i;

	active_set(p.server, 4);
	send_numbers(&p, 1, 4);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	for (i = 1; i <= 4; i++) {
		m = box_recv(mb);
		ck_assert_int_eq(gsctp_port(m->sock), -EBADF);
		ck_assert_int_eq(gsctp_send(m->sock, m->assoc_id, 0, "x", 1),
		    -EBADF);
		msg_is_number(m, p.server, i);
	}
	msg_is(box_recv(mb), p.server, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
}
END_TEST

/* What is in a mailbox was read: nothing is lost by close. */
START_TEST(close_of_a_socket_that_has_delivered_is_graceful)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	active_set(p.server, T);
	send_numbers(&p, 1, 3);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
	expect_numbers(mb, p.server, 1, 3);
}
END_TEST

START_TEST(free_returns_the_messages_to_their_sockets)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0), q = box_pair(mb, NULL, 0);
	gsctp_sock second = loop_open(NULL, 0);
	gsctp_assoc_id ids[2], id;

	active_set(p.server, 5);
	active_set(q.server, T);
	send_numbers(&p, 1, 1);
	send_numbers(&q, 101, 101);
	id = loop_connect(second, p.server);
	number_send(second, id, 2);
	traffic_arrived(second, id);
	send_numbers(&q, 102, 103);
	ck_assert_int_eq(gsctp_assocs(p.server, ids, 2), 2);
	box_fail_a_send(p.server, ids[0] == p.at_server ? ids[1] : ids[0]);
	while (active_of(p.server) != F)
		loop_nap();	/* the end of it is at hand */
	send_numbers(&p, 3, 3); /* it waits: passive comes before it */
	box_free(mb);

	ck_assert_int_eq(active_of(p.server), F);
	ck_assert_int_eq(active_of(q.server), F);
	ck_assert_uint_eq(box_of(p.server).id, 0);
	send_numbers(&p, 4, 5);
	send_numbers(&q, 104, 104);
	msg_is_number(loop_recv(p.server), p.server, 1);
	msg_is_state(loop_recv(p.server), p.server, GSCTP_COMM_UP);
	msg_is_number(loop_recv(p.server), p.server, 2);
	msg_is(loop_recv(p.server), p.server, GSCTP_MSG_SEND_FAILED);
	msg_is_state(loop_recv(p.server), p.server, GSCTP_COMM_LOST);
	msg_is(loop_recv(p.server), p.server, GSCTP_MSG_PASSIVE);
	for (id = 3; id <= 5; id++)
		msg_is_number(loop_recv(p.server), p.server, id);
	for (id = 101; id <= 104; id++)
		msg_is_number(loop_recv(q.server), q.server, id);
	traffic_nothing_waits(p.server);
	traffic_nothing_waits(q.server);
}
END_TEST

START_TEST(a_socket_whose_mailbox_was_freed_can_have_another)
{
	gsctp_mbox mb = box_new(), other = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	active_set(p.server, 100);
	send_numbers(&p, 1, 3);
	box_free(mb);
	ck_assert_int_eq(gsctp_set_active(p.server, T), -EINVAL);
	ck_assert_int_eq(gsctp_controlling_process(p.server, mb, other),
	    -EPERM);
	ck_assert_int_eq(gsctp_controlling_process(p.server, none, other), 0);
	active_set(p.server, 5);
	ck_assert_int_eq(active_of(p.server), 2);
	send_numbers(&p, 4, 5);
	expect_numbers(other, p.server, 1, 5);
	msg_is(box_recv(other), p.server, GSCTP_MSG_PASSIVE);
}
END_TEST

START_TEST(free_frees_what_is_of_closed_sockets)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0), q = box_pair(mb, NULL, 0);

	active_set(p.server, T);
	active_set(q.server, T);
	send_numbers(&p, 1, 3);
	send_numbers(&q, 1, 3);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	box_free(mb);
	ck_assert_int_eq(loop_drain(q.server), 3);
}
END_TEST

/* It is between its readers and its socket that nothing may be lost. */
START_TEST(free_while_others_read_and_send_loses_nothing)
{
	const int rounds = 200;
	uint32_t sent = 0, got = 0;
	struct loop_pair p;
	gsctp_mbox mb = box_new();
	struct side waits[2];
	int i, j;

	p = box_pair(mb, NULL, 0);
	for (i = 0; i < rounds; i++) {
		active_set(p.server, T);
		for (j = 0; j < 2; j++)
			side_start(&waits[j], recv_for_ever, &mb);
		for (j = 0; j < 5; j++)
			number_send(p.client, p.at_client, sent++);
		box_free(mb);
		for (j = 0; j < 2; j++)
			got += side_join(&waits[j]) == 0;
		traffic_arrived(p.client, p.at_client);
		got += (uint32_t)loop_drain(p.server);
		ck_assert_uint_eq(got, sent);
		mb = box_new();
		ck_assert_int_eq(gsctp_controlling_process(p.server, none, mb),
		    0);
	}
}
END_TEST

/* The mailbox is of the program, not of the stack. */
START_TEST(a_mailbox_outlives_the_stack)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	active_set(p.server, T);
	send_numbers(&p, 1, 2);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	expect_numbers(mb, p.server, 1, 2);
	box_expect_empty(mb);
	loop_setup();
	p = box_pair(mb, NULL, 0);
	active_set(p.server, T);
	send_numbers(&p, 3, 3);
	expect_numbers(mb, p.server, 3, 3);
	box_free(mb);
}
END_TEST

/* As those that no mailbox had. */
START_TEST(unread_messages_that_came_back_abort_their_association_alone)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	gsctp_sock other = loop_open(NULL, 0);
	gsctp_assoc_id id = loop_connect(other, p.server);

	(void)loop_recv_state(p.server, GSCTP_COMM_UP);
	active_set(p.server, T);
	send_numbers(&p, 1, 1);
	box_free(mb);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	ck_assert_uint_eq(loop_recv_state(p.client, GSCTP_COMM_LOST),
	    p.at_client);
	ck_assert_uint_eq(loop_recv_state(other, GSCTP_SHUTDOWN_COMP), id);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, nonsense_is_refused);
	tcase_add_test(tc, recv_waits_as_long_as_it_says);
	tcase_add_test(tc, a_message_wakes_one_that_waits_and_free_the_others);
	tcase_add_test(tc, fd_is_readable_exactly_while_a_message_waits);
	tcase_add_test(tc, many_readers_of_many_sockets_get_each_message_once);
	tcase_add_test(tc, one_reader_sees_each_sockets_messages_in_order);
	tcase_add_test(tc, dispatch_hands_over_what_waits_up_to_max);
	tcase_add_test(tc, dispatch_refuses_nonsense_and_takes_nothing);
	tcase_add_test(tc, dispatch_holds_no_lock);
	tcase_add_test(tc, dispatch_ends_where_its_function_frees_the_mailbox);
	tcase_add_test(tc, messages_outlive_their_socket);
	tcase_add_test(tc, close_of_a_socket_that_has_delivered_is_graceful);
	tcase_add_test(tc, free_returns_the_messages_to_their_sockets);
	tcase_add_test(tc, a_socket_whose_mailbox_was_freed_can_have_another);
	tcase_add_test(tc,
	    unread_messages_that_came_back_abort_their_association_alone);
	tcase_add_test(tc, free_frees_what_is_of_closed_sockets);
	tcase_add_test(tc, free_while_others_read_and_send_loses_nothing);
	tcase_add_test(tc, a_mailbox_outlives_the_stack);
}

int
main(void)
{
	return traffic_run("mailbox", add);
}
