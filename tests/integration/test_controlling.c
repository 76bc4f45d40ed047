/* test_controlling: gsctp_controlling_process(): a socket that goes from one
 * mailbox to another, with its messages. */

#include "check_main.h"
#include "mailbox.h"

#define F GSCTP_ACTIVE_FALSE
#define T GSCTP_ACTIVE_TRUE

static const gsctp_mbox none = { 0 };

static void
give(gsctp_sock s, gsctp_mbox from, gsctp_mbox to)
{
	ck_assert_int_eq(gsctp_controlling_process(s, from, to), 0);
	ck_assert_uint_eq(box_of(s).id, to.id);
}

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

START_TEST(only_the_sockets_mailbox_can_give_it_away)
{
	gsctp_mbox mb = box_new(), other = box_new(), stale = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	const gsctp_mbox wrong[] = { other, stale, none };
	size_t i;

	box_free(stale);
	active_set(p.server, T);
	send_numbers(&p, 1, 2);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_int_eq(gsctp_controlling_process(p.server, wrong[i],
				     other),
		    -EPERM);
		ck_assert_int_eq(gsctp_controlling_process(p.server, wrong[i],
				     none),
		    -EPERM);
		ck_assert_int_eq(gsctp_controlling_process(p.server, wrong[i],
				     wrong[i]),
		    -EPERM);
	}
	ck_assert_uint_eq(box_of(p.server).id, mb.id);
	box_expect_empty(other);
	expect_numbers(mb, p.server, 1, 2);
	give(p.server, mb, other);
	/* It has lost it. */
	ck_assert_int_eq(gsctp_controlling_process(p.server, mb, other),
	    -EPERM);
}
END_TEST

START_TEST(giving_it_to_whom_it_belongs_changes_nothing)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	active_set(p.server, 5);
	send_numbers(&p, 1, 3);
	give(p.server, mb, mb);
	ck_assert_int_eq(active_of(p.server), 2);
	expect_numbers(mb, p.server, 1, 3);
	give(p.client, none, none);
	box_expect_empty(mb);
}
END_TEST

START_TEST(a_closed_socket_is_ebadf_and_its_messages_stay)
{
	gsctp_mbox mb = box_new(), other = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	active_set(p.server, T);
	send_numbers(&p, 1, 3);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	ck_assert_int_eq(gsctp_controlling_process(p.server, mb, other),
	    -EBADF);
	ck_assert_int_eq(gsctp_controlling_process(p.server, mb, none), -EBADF);
	box_expect_empty(other);
	expect_numbers(mb, p.server, 1, 3);
}
END_TEST

START_TEST(a_freed_receiver_is_einval_and_nothing_moves)
{
	gsctp_mbox mb = box_new(), freed = box_new(), never = { 12345 };
	struct loop_pair p = box_pair(mb, NULL, 0);

	box_free(freed);
	active_set(p.server, 10);
	send_numbers(&p, 1, 3);
	ck_assert_int_eq(gsctp_controlling_process(p.server, mb, freed),
	    -EINVAL);
	ck_assert_int_eq(gsctp_controlling_process(p.server, mb, never),
	    -EINVAL);
	ck_assert_uint_eq(box_of(p.server).id, mb.id);
	ck_assert_int_eq(active_of(p.server), 7);
	send_numbers(&p, 4, 5);
	expect_numbers(mb, p.server, 1, 5);
	box_expect_empty(mb);
	ck_assert_int_eq(gsctp_controlling_process(p.client, none, freed),
	    -EINVAL);
}
END_TEST

/*
 * What moves.
 */

/*
 * Everything that a socket says, and beside it what another one says: comm_up
 * and 1 of the second peer, 2 of the first, send_failed and comm_lost of the
 * second, 3, passive.
 */
static gsctp_sock
say_everything(const struct loop_pair *p, gsctp_mbox mb)
{
	struct loop_pair beside = box_pair(mb, NULL, 0);
	gsctp_sock second = loop_open(NULL, 0);
	gsctp_assoc_id ids[2], id;

	active_set(p->server, 7);
	active_set(beside.server, 5);
	send_numbers(&beside, 100, 100);
	id = loop_connect(second, p->server);
	send_numbers(&beside, 101, 101);
	number_send(second, id, 1);
	traffic_arrived(second, id);
	send_numbers(p, 2, 2);
	ck_assert_int_eq(gsctp_assocs(p->server, ids, 2), 2);
	box_fail_a_send(p->server, ids[0] == p->at_server ? ids[1] : ids[0]);
	send_numbers(&beside, 102, 103);
	while (active_of(p->server) > 2)
		loop_nap(); /* the end of the second one is at hand */
	send_numbers(p, 3, 4);
	send_numbers(&beside, 104, 105);
	return beside.server;
}

/* The next message of s, from wherever this says. */
struct source {
	gsctp_mbox mb; /* {0}: the socket itself */
	gsctp_sock s;
};

static struct gsctp_msg *
from_source(const struct source *src)
{
	return src->mb.id != 0 ? box_recv(src->mb) : loop_recv(src->s);
}

static void
expect_everything(gsctp_mbox mb, gsctp_sock s)
{
	const struct source src = { mb, s };

	msg_is_state(from_source(&src), s, GSCTP_COMM_UP);
	msg_is_number(from_source(&src), s, 1);
	msg_is_number(from_source(&src), s, 2);
	msg_is(from_source(&src), s, GSCTP_MSG_SEND_FAILED);
	msg_is_state(from_source(&src), s, GSCTP_COMM_LOST);
	msg_is_number(from_source(&src), s, 3);
	msg_is_number(from_source(&src), s, 4);
	msg_is(from_source(&src), s, GSCTP_MSG_PASSIVE);
}

static void
expect_beside(gsctp_mbox mb, gsctp_sock s)
{
	expect_numbers(mb, s, 100, 104);
	msg_is(box_recv(mb), s, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
	msg_is_number(loop_recv(s), s, 105);
}

START_TEST(all_of_the_sockets_messages_move_and_no_others)
{
	gsctp_mbox mb = box_new(), to = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	gsctp_sock beside = say_everything(&p, mb);

	give(p.server, mb, to);
	expect_everything(to, p.server);
	box_expect_empty(to);
	expect_beside(mb, beside);
	/* And those to come. */
	active_set(p.server, 1);
	send_numbers(&p, 5, 5);
	expect_numbers(to, p.server, 5, 5);
	msg_is(box_recv(to), p.server, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
}
END_TEST

START_TEST(to_no_mailbox_and_back_keeps_all_in_order)
{
	gsctp_mbox mb = box_new(), to = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	gsctp_sock beside = say_everything(&p, mb);
	int i;

	for (i = 0; i < 3; i++) {
		give(p.server, mb, none);
		give(p.server, none, mb);
	}
	give(p.server, mb, none);
	expect_everything(none, p.server);
	traffic_nothing_waits(p.server);
	expect_beside(mb, beside);
	ck_assert_int_eq(gsctp_set_active(p.server, T), -EINVAL);
	send_numbers(&p, 5, 6);
	give(p.server, none, to);
	ck_assert_int_eq(active_of(p.server), F);
	msg_is_number(loop_recv(p.server), p.server, 5);
	active_set(p.server, T);
	expect_numbers(to, p.server, 6, 6);
}
END_TEST

START_TEST(what_came_back_goes_out_again_first)
{
	gsctp_mbox mb = box_new(), to = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);

	(void)say_everything(&p, mb);
	give(p.server, mb, none);
	send_numbers(&p, 5, 9);
	give(p.server, none, to);
	active_set(p.server, T);
	send_numbers(&p, 10, 12);
	expect_everything(to, p.server);
	expect_numbers(to, p.server, 5, 12);
	box_expect_empty(to);
}
END_TEST

START_TEST(what_came_back_makes_the_descriptor_readable)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	int fd = gsctp_fd(p.server), mb_fd = gsctp_mbox_fd(mb);

	active_set(p.server, T);
	send_numbers(&p, 1, 2);
	ck_assert_int_eq(loop_poll(fd, POLLIN, 0), 0);
	ck_assert_int_ne(loop_poll(mb_fd, POLLIN, 0), 0);
	give(p.server, mb, none);
	ck_assert_int_ne(loop_poll(fd, POLLIN, 0), 0);
	ck_assert_int_eq(loop_poll(mb_fd, POLLIN, 0), 0);
	msg_is_number(loop_recv(p.server), p.server, 1);
	msg_is_number(loop_recv(p.server), p.server, 2);
	ck_assert_int_eq(loop_poll(fd, POLLIN, 0), 0);
}
END_TEST

static int
recv_number(void *arg)
{
	const gsctp_sock *s = arg;
	struct gsctp_msg *m;
	int err = gsctp_recv(*s, LOOP_MS, &m);

	if (err == 0) {
		err = (int)number_in(m, 0);
		gsctp_msg_free(m);
	}
	return err;
}

/* It is passive, with an empty mailbox: it waits for what comes. */
START_TEST(who_waits_in_recv_waits_on_while_it_changes_hands)
{
	gsctp_mbox mb = box_new(), to = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct side waits;

	side_start(&waits, recv_number, &p.server);
	side_await_sleep(&waits);
	give(p.server, mb, to);
	give(p.server, to, none);
	give(p.server, none, mb);
	number_send(p.client, p.at_client, 77);
	ck_assert_int_eq(side_join(&waits), 77);
}
END_TEST

START_TEST(the_mode_and_the_count_go_with_it)
{
	static const int32_t modes[] = { F, T, GSCTP_ACTIVE_ONCE, 3 };
	gsctp_mbox mb = box_new(), to = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		active_set(p.server, modes[i]);
		give(p.server, mb, to);
		ck_assert_int_eq(active_of(p.server), modes[i]);
		give(p.server, to, mb);
		ck_assert_int_eq(active_of(p.server), modes[i]);
	}
	send_numbers(&p, 1, 2);
	give(p.server, mb, to);
	send_numbers(&p, 3, 4);
	expect_numbers(to, p.server, 1, 3);
	msg_is(box_recv(to), p.server, GSCTP_MSG_PASSIVE);
	box_expect_empty(mb);
}
END_TEST

/*
 * Threads.
 */

/* Numbers from 0 on, until it is told to stop; how many there were. */
struct flow {
	const struct loop_pair *p;
	atomic_bool must_stop;
	atomic_uint limit; /* not further than this */
};

static int
send_flow(void *arg)
{
	struct flow *f = arg;
	uint32_t n = 0;

	while (!atomic_load(&f->must_stop)) {
		if (n >= atomic_load(&f->limit)) {
			loop_nap();
			continue;
		}
		if (number_try_send(f->p->client, f->p->at_client, n,
			number_len(n)) != 0)
			return -1;
		n++;
	}
	return (int)n;
}

#define ROUNDS 3000

struct freer {
	pthread_barrier_t barrier;
	gsctp_mbox mb;
	int nfailed;
};

static int
free_each(void *arg)
{
	struct freer *f = arg;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		(void)pthread_barrier_wait(&f->barrier);
		f->nfailed += gsctp_mbox_free(f->mb) != 0;
		(void)pthread_barrier_wait(&f->barrier);
	}
	return 0;
}

/* Read all that is in mb; the number after the last. */
static uint32_t
read_numbers(gsctp_mbox mb, gsctp_sock s, uint32_t next)
{
	struct gsctp_msg *m;

	while (gsctp_mbox_recv(mb, 0, &m) == 0)
		msg_is_number(m, s, next++);
	return next;
}

/* Whether the mailbox is freed before it gets the socket, or has it. */
START_TEST(a_receiver_that_is_freed_meanwhile_loses_and_doubles_nothing)
{
	gsctp_mbox mb = box_new();
	struct loop_pair p = box_pair(mb, NULL, 0);
	struct flow flow = { .p = &p, .limit = 50 };
	struct freer freer = { .nfailed = 0 };
	struct side sender, frees;
	uint32_t next = 0, total;
	int i, err, had = 0;

	active_set(p.server, T);
	ck_assert_int_eq(pthread_barrier_init(&freer.barrier, NULL, 2), 0);
	side_start(&sender, send_flow, &flow);
	side_start(&frees, free_each, &freer);
	for (i = 0; i < ROUNDS; i++) {
		freer.mb = box_new();
		(void)pthread_barrier_wait(&freer.barrier);
		err = gsctp_controlling_process(p.server, mb, freer.mb);
		(void)pthread_barrier_wait(&freer.barrier);
		ck_assert(err == 0 || err == -EINVAL);
		if (err == 0) {
			had++;
			give(p.server, none, mb);
			ck_assert_int_eq(active_of(p.server), F);
			active_set(p.server, T);
		}
		if (i % 4 == 0)
			next = read_numbers(mb, p.server, next);
		atomic_store(&flow.limit, next + 50);
	}
	(void)side_join(&frees);
	ck_assert_int_eq(freer.nfailed, 0);
	atomic_store(&flow.must_stop, true);
	ck_assert_int_ge(side_join(&sender), 0);
	total = (uint32_t)sender.result;
	while (next < total)
		msg_is_number(box_recv(mb), p.server, next++);
	box_expect_empty(mb);
	ck_assert_uint_gt(total, 0);
	(void)printf("%d of %d got the socket, %u messages\n", had, ROUNDS,
	    total);
	pthread_barrier_destroy(&freer.barrier);
}
END_TEST

#define HANDS 4
#define TOTAL (20000u / SIDE_SLOW)

struct hand {
	struct side side;
	gsctp_sock s;
	gsctp_mbox mine, next;
	atomic_uint *expected;
	unsigned int rng;
	uint32_t nread, ngiven;
	int nwrong;
};

/* Read a few, and hand the socket on. */
static int
read_and_pass(void *arg)
{
	struct hand *h = arg;
	struct gsctp_msg *m;
	uint32_t few = 1;
	int err;

	while (atomic_load(h->expected) < TOTAL) {
		err = gsctp_mbox_recv(h->mine, 10, &m);
		if (err == -ETIMEDOUT)
			continue;
		if (err != 0)
			return err;
		/* None but who has the socket counts. */
		h->nwrong += number_in(m, 0) != atomic_load(h->expected);
		atomic_fetch_add(h->expected, 1);
		gsctp_msg_free(m);
		h->nread++;
		if (--few > 0)
			continue;
		err = gsctp_controlling_process(h->s, h->mine, h->next);
		if (err != 0)
			return err;
		h->ngiven++;
		few = 1 + (uint32_t)rand_r(&h->rng) % 20;
	}
	return 0;
}

START_TEST(threads_that_hand_it_round_and_read_see_one_order)
{
	struct hand hands[HANDS];
	struct loop_pair p;
	gsctp_mbox boxes[HANDS];
	atomic_uint expected = 0;
	uint32_t i, nread = 0;

	for (i = 0; i < HANDS; i++)
		boxes[i] = box_new();
	p = box_pair(boxes[0], NULL, 0);
	active_set(p.server, T);
	for (i = 0; i < HANDS; i++) {
		hands[i] = (struct hand){ .s = p.server,
			.mine = boxes[i],
			.next = boxes[(i + 1) % HANDS],
			.rng = i + 1,
			.expected = &expected };
		side_start(&hands[i].side, read_and_pass, &hands[i]);
	}
	for (i = 0; i < TOTAL; i++)
		number_send(p.client, p.at_client, i);
	for (i = 0; i < HANDS; i++) {
		ck_assert_int_eq(side_join(&hands[i].side), 0);
		ck_assert_int_eq(hands[i].nwrong, 0);
		ck_assert_uint_gt(hands[i].ngiven, 0);
		nread += hands[i].nread;
	}
	ck_assert_uint_eq(nread, TOTAL);
	for (i = 0; i < HANDS; i++)
		box_expect_empty(boxes[i]);
}
END_TEST

struct thief {
	struct side side;
	gsctp_sock s;
	const gsctp_mbox *boxes;
	unsigned int rng;
	atomic_bool *must_stop;
	atomic_uint ngiven;
};

/* From any mailbox to any other, right or not. */
static int
give_wildly(void *arg)
{
	struct thief *t = arg;
	int err;

	while (!atomic_load(t->must_stop)) {
		unsigned int from = (unsigned int)rand_r(&t->rng) % (HANDS + 1);
		unsigned int to = (unsigned int)rand_r(&t->rng) % (HANDS + 1);

		err = gsctp_controlling_process(t->s, t->boxes[from],
		    t->boxes[to]);
		if (err == 0 && from != to) {
			atomic_fetch_add(&t->ngiven, 1);
			/* Where it was in no mailbox it is passive. */
			err = gsctp_set_active(t->s, T);
			if (err == -EINVAL)
				err = 0;
		}
		if (err != 0 && err != -EPERM)
			return err;
	}
	return 0;
}

/* Has each had it? */
static bool
all_have_given(struct thief *t)
{
	int i;

	for (i = 0; i < HANDS; i++)
		if (atomic_load(&t[i].ngiven) < 20)
			return false;
	return true;
}

START_TEST(threads_that_take_it_from_each_other_keep_its_order)
{
	struct thief thieves[HANDS];
	struct loop_pair p;
	gsctp_mbox boxes[HANDS + 1], owner;
	atomic_bool must_stop = false;
	uint32_t i, n;

	boxes[HANDS] = none;
	for (i = 0; i < HANDS; i++)
		boxes[i] = box_new();
	p = box_pair(boxes[0], NULL, 0);
	active_set(p.server, T);
	for (i = 0; i < HANDS; i++) {
		thieves[i] = (struct thief){ .s = p.server,
			.boxes = boxes,
			.rng = i + 1,
			.must_stop = &must_stop };
		side_start(&thieves[i].side, give_wildly, &thieves[i]);
	}
	for (n = 0; n < 1000 || !all_have_given(thieves); n++)
		number_send(p.client, p.at_client, n);
	atomic_store(&must_stop, true);
	for (i = 0; i < HANDS; i++)
		ck_assert_int_eq(side_join(&thieves[i].side), 0);
	owner = box_of(p.server);
	if (owner.id == 0)
		give(p.server, owner, boxes[0]);
	owner = box_of(p.server);
	active_set(p.server, T);
	expect_numbers(owner, p.server, 0, n - 1);
	for (i = 0; i < HANDS; i++)
		box_expect_empty(boxes[i]);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, only_the_sockets_mailbox_can_give_it_away);
	tcase_add_test(tc, giving_it_to_whom_it_belongs_changes_nothing);
	tcase_add_test(tc, a_closed_socket_is_ebadf_and_its_messages_stay);
	tcase_add_test(tc, a_freed_receiver_is_einval_and_nothing_moves);
	tcase_add_test(tc, all_of_the_sockets_messages_move_and_no_others);
	tcase_add_test(tc, to_no_mailbox_and_back_keeps_all_in_order);
	tcase_add_test(tc, what_came_back_goes_out_again_first);
	tcase_add_test(tc, what_came_back_makes_the_descriptor_readable);
	tcase_add_test(tc, who_waits_in_recv_waits_on_while_it_changes_hands);
	tcase_add_test(tc, the_mode_and_the_count_go_with_it);
	tcase_add_test(tc,
	    a_receiver_that_is_freed_meanwhile_loses_and_doubles_nothing);
	tcase_add_test(tc, threads_that_hand_it_round_and_read_see_one_order);
	tcase_add_test(tc, threads_that_take_it_from_each_other_keep_its_order);
}

int
main(void)
{
	return traffic_run("controlling", add);
}
