/*
 * mbox: mailboxes: their order, their descriptor, who waits in them, and what
 * is moved between them, by one thread and by several.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include "check_main.h"
#include "clock.h"
#include "mbox.h"

/* Longer than anything takes that works. */
#define LONG_MS 20000

static uint64_t box;

static void
up(void)
{
	ck_assert_int_eq(gs_mbox_new(&box), 0);
}

static void
down(void)
{
	struct gs_msgq left = { NULL, NULL, 0 };

	(void)gs_mbox_free(box, &left); /* a test may have */
	gs_msgq_clear(&left);
}

static struct gs_msg *
make(uint64_t sock, uint32_t n)
{
	struct gs_msg *m = gs_msg_new(GSCTP_MSG_DATA, n, 0);

	if (m != NULL)
		m->pub.sock.id = sock;
	return m;
}

static void
put(uint64_t id, uint64_t sock, uint32_t n)
{
	struct gs_msg *m = make(sock, n);

	ck_assert_ptr_nonnull(m);
	gs_mbox_put(id, m);
}

/* The next message is number n of sock. */
static void
expect(uint64_t id, uint64_t sock, uint32_t n)
{
	struct gs_msg *m = NULL;

	ck_assert_int_eq(gs_mbox_get(id, 0, &m), 0);
	ck_assert_uint_eq(m->pub.sock.id, sock);
	ck_assert_uint_eq(m->pub.assoc_id, n);
	gs_msg_free(m);
}

static void
expect_empty(uint64_t id)
{
	struct gs_msg *m = NULL;

	ck_assert_int_eq(gs_mbox_get(id, 0, &m), -ETIMEDOUT);
	ck_assert_ptr_null(m);
}

/* The same for a queue. */
static void
expect_in(struct gs_msgq *q, uint64_t sock, uint32_t n)
{
	struct gs_msg *m = gs_msgq_get(q);

	ck_assert_ptr_nonnull(m);
	ck_assert_uint_eq(m->pub.sock.id, sock);
	ck_assert_uint_eq(m->pub.assoc_id, n);
	gs_msg_free(m);
}

START_TEST(messages_leave_in_the_order_they_were_put)
{
	uint32_t i;

	for (i = 0; i < 1000; i++)
		put(box, i % 3, i);
	for (i = 0; i < 1000; i++)
		expect(box, i % 3, i);
	expect_empty(box);
}
END_TEST

START_TEST(several_at_once_leave_in_their_order_behind_the_others)
{
	struct gs_msgq q = { NULL, NULL, 0 };
	uint32_t i;

	put(box, 1, 0);
	for (i = 1; i < 5; i++)
		gs_msgq_put(&q, make(1, i));
	gs_mbox_put_all(box, &q);
	ck_assert_uint_eq(q.count, 0);
	put(box, 1, 5);
	for (i = 0; i < 6; i++)
		expect(box, 1, i);
	expect_empty(box);
}
END_TEST

START_TEST(a_get_waits_as_long_as_it_says)
{
	uint64_t from = gs_now_ms(), took;
	struct gs_msg *m = NULL;

	ck_assert_int_eq(gs_mbox_get(box, gs_deadline_ms(50), &m), -ETIMEDOUT);
	took = gs_now_ms() - from;
	ck_assert_uint_ge(took, 50);
	ck_assert_uint_lt(took, LONG_MS);
	ck_assert_ptr_null(m);
}
END_TEST

/*
 * The descriptor.
 */

static int
polled(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	ck_assert_int_ge(poll(&p, 1, 0), 0);
	return (p.revents & POLLIN) != 0;
}

static int
selected(int fd)
{
	struct timeval zero = { 0, 0 };
	fd_set in;

	FD_ZERO(&in);
	FD_SET(fd, &in);
	ck_assert_int_ge(select(fd + 1, &in, NULL, NULL, &zero), 0);
	return FD_ISSET(fd, &in) != 0;
}

static int
epolled(int ep)
{
	struct epoll_event ev = { 0 };

	ck_assert_int_ge(epoll_wait(ep, &ev, 1, 0), 0);
	return (ev.events & EPOLLIN) != 0;
}

START_TEST(fd_is_readable_exactly_while_a_message_waits)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fd = gs_mbox_fd(box), ep = epoll_create1(EPOLL_CLOEXEC);
	uint32_t i, round, n = 0, taken = 0;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(ep, 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	for (round = 0; round < 5; round++) {
		for (i = 0; i <= round; i++)
			put(box, 1, n++);
		for (; taken < n; taken++) {
			/* Level triggered: as often as one asks. */
			for (i = 0; i < 3; i++) {
				ck_assert_int_eq(polled(fd), 1);
				ck_assert_int_eq(selected(fd), 1);
				ck_assert_int_eq(epolled(ep), 1);
			}
			expect(box, 1, taken);
		}
		for (i = 0; i < 3; i++) {
			ck_assert_int_eq(polled(fd), 0);
			ck_assert_int_eq(selected(fd), 0);
			ck_assert_int_eq(epolled(ep), 0);
		}
	}
	(void)close(ep);
}
END_TEST

START_TEST(fd_that_is_asked_for_late_shows_what_waits)
{
	put(box, 1, 1);
	ck_assert_int_eq(polled(gs_mbox_fd(box)), 1);
	expect(box, 1, 1);
	ck_assert_int_eq(polled(gs_mbox_fd(box)), 0);
}
END_TEST

START_TEST(fd_is_the_same_each_time_and_closed_by_free)
{
	struct gs_msgq left = { NULL, NULL, 0 };
	int fd = gs_mbox_fd(box);

	ck_assert_int_eq(gs_mbox_fd(box), fd);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(gs_mbox_free(box, &left), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

START_TEST(fd_follows_what_is_moved_and_taken)
{
	struct gs_msgq out = { NULL, NULL, 0 };
	uint64_t other;
	int fd, other_fd;

	ck_assert_int_eq(gs_mbox_new(&other), 0);
	fd = gs_mbox_fd(box);
	other_fd = gs_mbox_fd(other);
	put(box, 1, 1);
	gs_mbox_move(box, other, 1);
	ck_assert_int_eq(polled(fd), 0);
	ck_assert_int_eq(polled(other_fd), 1);
	put(other, 2, 1);
	gs_mbox_move(other, box, 1);
	ck_assert_int_eq(polled(fd), 1);
	ck_assert_int_eq(polled(other_fd), 1);
	gs_mbox_take_sock(other, 2, &out);
	ck_assert_int_eq(polled(other_fd), 0);
	gs_mbox_take_sock(box, 2, &out);
	ck_assert_int_eq(polled(fd), 1);
	gs_msgq_clear(&out);
	ck_assert_int_eq(gs_mbox_free(other, &out), 0);
}
END_TEST

/*
 * Names.
 */

START_TEST(an_id_that_is_freed_is_never_found_again)
{
	struct gs_msgq left = { NULL, NULL, 0 };
	uint64_t stale = box, other;
	struct gs_msg *m = NULL;
	int i;

	ck_assert(gs_mbox_exists(stale));
	ck_assert_int_eq(gs_mbox_free(stale, &left), 0);
	/* The place is taken again, by another name. */
	for (i = 0; i < 1000; i++) {
		ck_assert_int_eq(gs_mbox_new(&other), 0);
		ck_assert_uint_ne(other, stale);
		ck_assert_uint_ne(other, 0);
		ck_assert(!gs_mbox_exists(stale));
		ck_assert_int_eq(gs_mbox_get(stale, 0, &m), -EBADF);
		ck_assert_int_eq(gs_mbox_fd(stale), -EBADF);
		ck_assert_int_eq(gs_mbox_free(stale, &left), -EBADF);
		ck_assert_int_eq(gs_mbox_free(other, &left), 0);
	}
	ck_assert(!gs_mbox_exists(0));
	ck_assert_int_eq(gs_mbox_get(0, 0, &m), -EBADF);
	ck_assert_ptr_null(m);
}
END_TEST

START_TEST(free_hands_over_what_was_left_in_order)
{
	struct gs_msgq left = { NULL, NULL, 0 };
	uint32_t i;

	for (i = 0; i < 5; i++)
		put(box, i % 2, i);
	ck_assert_int_eq(gs_mbox_free(box, &left), 0);
	ck_assert_uint_eq(left.count, 5);
	for (i = 0; i < 5; i++)
		expect_in(&left, i % 2, i);
	ck_assert_uint_eq(left.count, 0);
}
END_TEST

/*
 * One socket's messages.
 */

START_TEST(move_takes_one_sockets_messages_behind_the_others)
{
	struct gs_msgq left = { NULL, NULL, 0 };
	uint64_t other;
	uint32_t i;

	ck_assert_int_eq(gs_mbox_new(&other), 0);
	put(other, 3, 100);
	for (i = 0; i < 6; i++)
		put(box, 1 + i % 2, i);
	gs_mbox_move(box, other, 1);
	put(other, 1, 6);
	for (i = 1; i < 6; i += 2)
		expect(box, 2, i);
	expect_empty(box);
	expect(other, 3, 100);
	for (i = 0; i <= 6; i += 2)
		expect(other, 1, i);
	expect_empty(other);
	ck_assert_int_eq(gs_mbox_free(other, &left), 0);
}
END_TEST

START_TEST(move_to_the_same_one_changes_nothing)
{
	put(box, 1, 1);
	put(box, 2, 2);
	put(box, 1, 3);
	gs_mbox_move(box, box, 1);
	expect(box, 1, 1);
	expect(box, 2, 2);
	expect(box, 1, 3);
}
END_TEST

START_TEST(take_sock_takes_one_sockets_messages_in_order)
{
	struct gs_msgq out = { NULL, NULL, 0 };
	uint32_t i;

	for (i = 0; i < 6; i++)
		put(box, 1 + i % 2, i);
	gs_mbox_take_sock(box, 2, &out);
	for (i = 1; i < 6; i += 2)
		expect_in(&out, 2, i);
	ck_assert_uint_eq(out.count, 0);
	for (i = 0; i < 6; i += 2)
		expect(box, 1, i);
	expect_empty(box);
}
END_TEST

/* assoc is the number here. */
START_TEST(retag_renames_one_association_of_one_socket_in_its_place)
{
	put(box, 1, 7);
	put(box, 1, 8);
	put(box, 2, 7);
	put(box, 1, 7);
	gs_mbox_retag(box, 1, 7, 9);
	expect(box, 9, 7);
	expect(box, 1, 8);
	expect(box, 2, 7);
	expect(box, 9, 7);
}
END_TEST

/*
 * Threads.
 */

struct reader {
	pthread_t thread;
	uint64_t box;
	int err;
	uint32_t n;
	uint32_t last[4]; /* of each socket, the number after it */
	int out_of_order;
	atomic_int *started;
};

/* Until the mailbox is freed, or a message is of socket 0. */
static void *
read_all(void *arg)
{
	struct reader *r = arg;
	struct gs_msg *m;

	atomic_fetch_add(r->started, 1);
	while (
	    (r->err = gs_mbox_get(r->box, gs_deadline_ms(LONG_MS), &m)) == 0) {
		uint64_t sock = m->pub.sock.id;

		if (sock > 0 && m->pub.assoc_id < r->last[sock])
			r->out_of_order++;
		if (sock > 0)
			r->last[sock] = m->pub.assoc_id + 1;
		gs_msg_free(m);
		if (sock == 0)
			break;
		r->n++;
	}
	return NULL;
}

static void
start_readers(struct reader *r, int n, uint64_t id, atomic_int *started)
{
	int i;

	atomic_store(started, 0);
	for (i = 0; i < n; i++) {
		r[i] = (struct reader){ .box = id, .started = started };
		ck_assert_int_eq(pthread_create(&r[i].thread, NULL, read_all,
				     &r[i]),
		    0);
	}
	while (atomic_load(started) < n)
		sched_yield();
}

static void
join_readers(struct reader *r, int n)
{
	int i;

	for (i = 0; i < n; i++)
		ck_assert_int_eq(pthread_join(r[i].thread, NULL), 0);
}

#define READERS 4
#define MANY 20000u

/* What stays while others move is looked at each time. */
#define FEW 100u

struct writer {
	pthread_t thread;
	uint64_t box;
	uint64_t sock;
	uint32_t n;
};

static void *
write_all(void *arg)
{
	struct writer *w = arg;
	uint32_t i;

	for (i = 0; i < w->n; i++)
		gs_mbox_put(w->box, make(w->sock, i));
	return NULL;
}

START_TEST(several_readers_get_each_message_once_and_in_order)
{
	struct reader r[READERS];
	struct writer w[3];
	atomic_int started;
	uint32_t n = 0;
	int i;

	start_readers(r, READERS, box, &started);
	for (i = 0; i < 3; i++) {
		w[i].box = box;
		w[i].sock = (uint64_t)i + 1;
		w[i].n = MANY;
		ck_assert_int_eq(pthread_create(&w[i].thread, NULL, write_all,
				     &w[i]),
		    0);
	}
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_join(w[i].thread, NULL), 0);
	for (i = 0; i < READERS; i++)
		put(box, 0, 0);
	join_readers(r, READERS);
	for (i = 0; i < READERS; i++) {
		ck_assert_int_eq(r[i].err, 0);
		ck_assert_int_eq(r[i].out_of_order, 0);
		n += r[i].n;
	}
	ck_assert_uint_eq(n, 3 * MANY);
	expect_empty(box);
}
END_TEST

START_TEST(free_answers_ebadf_to_all_that_wait)
{
	struct gs_msgq left = { NULL, NULL, 0 };
	struct reader r[READERS];
	atomic_int started;
	int i, round;

	for (round = 0; round < 200; round++) {
		uint64_t id;

		ck_assert_int_eq(gs_mbox_new(&id), 0);
		start_readers(r, READERS, id, &started);
		ck_assert_int_eq(gs_mbox_free(id, &left), 0);
		join_readers(r, READERS);
		for (i = 0; i < READERS; i++)
			ck_assert_int_eq(r[i].err, -EBADF);
	}
}
END_TEST

/* Back and forth, while it is filled and one reads at one end. */
START_TEST(move_loses_and_turns_round_nothing_while_others_put_and_get)
{
	struct gs_msgq left = { NULL, NULL, 0 };
	struct reader r;
	struct writer w[2];
	atomic_int started;
	uint64_t other;
	uint32_t i;

	ck_assert_int_eq(gs_mbox_new(&other), 0);
	start_readers(&r, 1, other, &started);
	for (i = 0; i < 2; i++) {
		w[i].box = box;
		w[i].sock = i + 1;
		w[i].n = i == 0 ? MANY : FEW;
		ck_assert_int_eq(pthread_create(&w[i].thread, NULL, write_all,
				     &w[i]),
		    0);
	}
	for (i = 0; i < 20000; i++)
		gs_mbox_move(box, other, 1);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_join(w[i].thread, NULL), 0);
	gs_mbox_move(box, other, 1);
	put(other, 0, 0);
	join_readers(&r, 1);
	ck_assert_uint_eq(r.n, MANY);
	ck_assert_int_eq(r.out_of_order, 0);
	for (i = 0; i < FEW; i++)
		expect(box, 2, i);
	expect_empty(box);
	ck_assert_int_eq(gs_mbox_free(other, &left), 0);
}
END_TEST

static void *
move_round(void *arg)
{
	const uint64_t *ids = arg;
	int i;

	for (i = 0; i < 20000; i++) {
		gs_mbox_move(ids[0], ids[1], 1);
		gs_mbox_move(ids[1], ids[0], 1);
	}
	return NULL;
}

/* Two threads, each in its own direction. */
START_TEST(moves_in_both_directions_neither_hang_nor_lose)
{
	struct gs_msgq left = { NULL, NULL, 0 };
	uint64_t there[2], back[2], other;
	pthread_t t[2];
	uint32_t i;

	ck_assert_int_eq(gs_mbox_new(&other), 0);
	for (i = 0; i < 10; i++)
		put(box, 1, i);
	there[0] = back[1] = box;
	there[1] = back[0] = other;
	ck_assert_int_eq(pthread_create(&t[0], NULL, move_round, there), 0);
	ck_assert_int_eq(pthread_create(&t[1], NULL, move_round, back), 0);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_join(t[i], NULL), 0);
	gs_mbox_move(other, box, 1);
	for (i = 0; i < 10; i++)
		expect(box, 1, i);
	expect_empty(box);
	ck_assert_int_eq(gs_mbox_free(other, &left), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("mbox");
	TCase *tc = tcase_create("mailbox");

	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, messages_leave_in_the_order_they_were_put);
	tcase_add_test(tc,
	    several_at_once_leave_in_their_order_behind_the_others);
	tcase_add_test(tc, a_get_waits_as_long_as_it_says);
	tcase_add_test(tc, fd_is_readable_exactly_while_a_message_waits);
	tcase_add_test(tc, fd_that_is_asked_for_late_shows_what_waits);
	tcase_add_test(tc, fd_is_the_same_each_time_and_closed_by_free);
	tcase_add_test(tc, fd_follows_what_is_moved_and_taken);
	tcase_add_test(tc, an_id_that_is_freed_is_never_found_again);
	tcase_add_test(tc, free_hands_over_what_was_left_in_order);
	tcase_add_test(tc, move_takes_one_sockets_messages_behind_the_others);
	tcase_add_test(tc, move_to_the_same_one_changes_nothing);
	tcase_add_test(tc, take_sock_takes_one_sockets_messages_in_order);
	tcase_add_test(tc,
	    retag_renames_one_association_of_one_socket_in_its_place);
	tcase_add_test(tc, several_readers_get_each_message_once_and_in_order);
	tcase_add_test(tc, free_answers_ebadf_to_all_that_wait);
	tcase_add_test(tc,
	    move_loses_and_turns_round_nothing_while_others_put_and_get);
	tcase_add_test(tc, moves_in_both_directions_neither_hang_nor_lose);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
