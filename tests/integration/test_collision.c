/*
 * test_collision: both sides connect to each other at once.
 *
 * Who is first differs from round to round: threads that leave a barrier
 * together, and one thread that lets a number of packets go by between its two
 * calls.  GSCTP_TEST_ROUNDS is how many rounds there are.
 */

#include <errno.h>

#include "check_main.h"
#include "traffic.h"

#define SIDES 2

static int
rounds(void)
{
	const char *n = getenv("GSCTP_TEST_ROUNDS");

	return n != NULL ? atoi(n) : 300;
}

struct side {
	gsctp_sock s;
	struct sockaddr_storage peer;
	pthread_barrier_t *barrier;
	int err; /* of the connect */
	struct gsctp_assoc_change up;
	gsctp_assoc_id id;
};

static void
open_sides(struct side *side, bool listen)
{
	int i;

	for (i = 0; i < SIDES; i++) {
		memset(&side[i], 0, sizeof(side[i]));
		side[i].s = loop_open(NULL, 0);
		if (listen)
			ck_assert_int_eq(gsctp_listen(side[i].s, GSCTP_BACKLOG), 0);
	}
	side[0].peer = traffic_name(side[1].s);
	side[1].peer = traffic_name(side[0].s);
}

static void
close_sides(struct side *side)
{
	int i;

	for (i = 0; i < SIDES; i++)
		ck_assert_int_eq(gsctp_close(side[i].s), 0);
}

static uint32_t
associations(void)
{
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	return info.associations;
}

/* One association each, which carries data both ways, and nothing else of
 * associations was ever said. */
static void
check_one_association(struct side *side)
{
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	int i;

	for (i = 0; i < SIDES; i++)
		traffic_send(side[i].s, side[i].id, 0, "hello");
	for (i = 0; i < SIDES; i++) {
		m = loop_recv(side[i].s);
		while (m->type != GSCTP_MSG_DATA) {
			ck_assert_msg(m->type == GSCTP_MSG_PADDR_CHANGE,
			    "an event %s, %s", gsctp_msg_type_name(m->type),
			    m->type == GSCTP_MSG_ASSOC_CHANGE ?
				gsctp_assoc_change_name(
				    m->u.assoc_change.state) :
				"");
			gsctp_msg_free(m);
			m = loop_recv(side[i].s);
		}
		ck_assert_uint_eq(m->assoc_id, side[i].id);
		ck_assert_mem_eq(m->u.data.data, "hello", 5);
		gsctp_msg_free(m);
		ck_assert_int_eq(gsctp_assocs(side[i].s, &id, 1), 1);
		ck_assert_uint_eq(id, side[i].id);
	}
}

static void *
connect_at_once(void *arg)
{
	struct side *side = arg;

	pthread_barrier_wait(side->barrier);
	side->err = gsctp_connect(side->s, (const struct sockaddr *)&side->peer,
	    sizeof(side->peer), NULL, 0, LOOP_MS, &side->up);
	return NULL;
}

/*
 * Where one side's association was up before the other's call began, that
 * call has found it there; its comm_up waits.
 */
static void
settle_blocking(struct side *side)
{
	if (side->err == -EISCONN) {
		side->id = loop_recv_state(side->s, GSCTP_COMM_UP);
		return;
	}
	ck_assert_int_eq(side->err, 0);
	ck_assert_uint_eq(side->up.state, GSCTP_COMM_UP);
	ck_assert_uint_ne(side->up.outbound_streams, 0);
	side->id = side->up.assoc_id;
}

static void
both_connect(void)
{
	struct side side[SIDES];
	pthread_barrier_t barrier;
	pthread_t t[SIDES];
	int i, n, late = 0;

	ck_assert_int_eq(pthread_barrier_init(&barrier, NULL, SIDES), 0);
	for (n = rounds(); n > 0; n--) {
		open_sides(side, true);
		for (i = 0; i < SIDES; i++) {
			side[i].barrier = &barrier;
			traffic_start(&t[i], connect_at_once, &side[i]);
		}
		for (i = 0; i < SIDES; i++)
			traffic_join(t[i]);
		ck_assert_msg(side[0].err == 0 || side[1].err == 0,
		    "round %d: %d and %d", n, side[0].err, side[1].err);
		for (i = 0; i < SIDES; i++) {
			late += side[i].err != 0;
			settle_blocking(&side[i]);
		}
		check_one_association(side);
		close_sides(side);
	}
	pthread_barrier_destroy(&barrier);
	if (getenv("GSCTP_TEST_LOG") != NULL)
		fprintf(stderr, "%d calls came too late to collide\n", late);
}

START_TEST(two_blocking_connects_that_meet_return_one_association)
{
	both_connect();
}
END_TEST

/* The side with a message. */
static int
first_to_hear(struct side *side)
{
	struct pollfd p[SIDES];
	int i;

	for (i = 0; i < SIDES; i++) {
		p[i].fd = gsctp_fd(side[i].s);
		p[i].events = POLLIN;
		p[i].revents = 0;
	}
	ck_assert_int_gt(poll(p, SIDES, LOOP_MS), 0);
	return p[0].revents != 0 ? 0 : 1;
}

/*
 * RFC 9260 5.2.1 alone: no listener takes part.  Where the first INIT arrives
 * before the second call, it is refused, and then the second one may be too,
 * or not be answered at all: such a round says nothing.
 */
START_TEST(two_attempts_can_meet_without_anybody_listening)
{
	struct side side[SIDES];
	struct gsctp_msg *m;
	int first, i, n, met = 0;

	for (n = rounds() / 3; n > 0; n--) {
		open_sides(side, false);
		for (i = 0; i < SIDES; i++)
			ck_assert_int_eq(gsctp_connect_init(side[i].s,
					     traffic_sa(&side[i].peer),
					     sizeof(side[i].peer), NULL, 0,
					     &side[i].id),
			    0);
		first = first_to_hear(side);
		m = loop_recv(side[first].s);
		ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
		ck_assert_uint_eq(m->assoc_id, side[first].id);
		if (m->u.assoc_change.state == GSCTP_COMM_UP) {
			(void)traffic_next_state(side[!first].s,
			    side[!first].id, GSCTP_COMM_UP);
			check_one_association(side);
			met++;
		}
		gsctp_msg_free(m);
		close_sides(side);
	}
	if (getenv("GSCTP_TEST_LOG") != NULL)
		fprintf(stderr, "%d met\n", met);
}
END_TEST

/* Let about n packets' worth of the stack's work go by. */
static void
let_by(int n)
{
	struct gsctp_stack_info info;

	while (n-- > 0)
		(void)gsctp_stack_info(&info);
}

/* connect_init on both; the second side's may come too late. */
static void
begin_both(struct side *side, int gap, int first)
{
	int i, k;

	for (k = 0; k < SIDES; k++) {
		i = k == 0 ? first : !first;
		side[i].err =
		    gsctp_connect_init(side[i].s, traffic_sa(&side[i].peer),
			sizeof(side[i].peer), NULL, 0, &side[i].id);
		if (k == 0)
			let_by(gap);
	}
}

START_TEST(two_attempts_of_one_thread_come_up_once_with_their_own_ids)
{
	struct side side[SIDES];
	gsctp_assoc_id up;
	int i, n, late = 0;

	for (n = 0; n < rounds(); n++) {
		open_sides(side, true);
		begin_both(side, n % 60 * (n % 3 == 0 ? 50 : 1), n & 1);
		for (i = 0; i < SIDES; i++) {
			up = loop_recv_state(side[i].s, GSCTP_COMM_UP);
			if (side[i].err == 0) {
				ck_assert_uint_eq(up, side[i].id);
			} else {
				ck_assert_int_eq(side[i].err, -EISCONN);
				late++;
			}
			side[i].id = up;
		}
		check_one_association(side);
		close_sides(side);
	}
	if (getenv("GSCTP_TEST_LOG") != NULL)
		fprintf(stderr, "%d calls came too late to collide\n", late);
}
END_TEST

START_TEST(sockets_with_two_addresses_collide_into_one_association)
{
	struct gsctp_opt two[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("127.0.0.2", 0)),
	};
	struct side side[SIDES];
	uint16_t port[SIDES];
	struct sockaddr_storage to[2];
	int i, n;

	for (n = 0; n < rounds() / 3; n++) {
		for (i = 0; i < SIDES; i++) {
			memset(&side[i], 0, sizeof(side[i]));
			side[i].s = loop_open(two, 2);
			port[i] = (uint16_t)gsctp_port(side[i].s);
			ck_assert_int_eq(gsctp_listen(side[i].s, GSCTP_BACKLOG), 0);
		}
		/* One asks at one address, the other at the other. */
		side[0].peer = loop_addr("127.0.0.2", port[1]);
		side[1].peer = loop_addr("127.0.0.1", port[0]);
		if (n % 2 == 0) {
			begin_both(side, n % 20, n / 2 % 2);
		} else {
			to[0] = side[0].peer;
			to[1] = loop_addr("127.0.0.1", port[1]);
			side[0].err = gsctp_connectx_init(side[0].s, to, 2,
			    NULL, 0, &side[0].id);
			to[0] = side[1].peer;
			to[1] = loop_addr("127.0.0.2", port[0]);
			side[1].err = gsctp_connectx_init(side[1].s, to, 2,
			    NULL, 0, &side[1].id);
		}
		for (i = 0; i < SIDES; i++) {
			ck_assert(side[i].err == 0 || side[i].err == -EISCONN);
			side[i].id = loop_recv_state(side[i].s, GSCTP_COMM_UP);
		}
		check_one_association(side);
		close_sides(side);
	}
}
END_TEST

/* A triangle: each connects to both of the others, all at once. */
#define CORNERS 3

START_TEST(three_sockets_that_all_connect_have_one_association_a_pair)
{
	gsctp_sock s[CORNERS];
	struct sockaddr_storage name[CORNERS];
	gsctp_assoc_id id;
	int err, i, j, n;

	for (n = 0; n < rounds() / 3; n++) {
		for (i = 0; i < CORNERS; i++) {
			s[i] = loop_open(NULL, 0);
			name[i] = traffic_name(s[i]);
			ck_assert_int_eq(gsctp_listen(s[i], GSCTP_BACKLOG), 0);
		}
		for (i = 0; i < CORNERS; i++) {
			for (j = 0; j < CORNERS; j++) {
				if (i == j)
					continue;
				err = gsctp_connect_init(s[i],
				    traffic_sa(&name[j]), sizeof(name[j]), NULL,
				    0, &id);
				ck_assert(err == 0 || err == -EISCONN);
			}
		}
		for (i = 0; i < CORNERS; i++)
			for (j = 0; j < CORNERS - 1; j++)
				(void)loop_recv_state(s[i], GSCTP_COMM_UP);
		for (i = 0; i < CORNERS; i++) {
			ck_assert_int_eq(gsctp_assocs(s[i], NULL, 0),
			    CORNERS - 1);
			ck_assert_int_eq(gsctp_close(s[i]), 0);
		}
	}
}
END_TEST

START_TEST(a_collision_leaves_no_association_behind)
{
	struct gsctp_opt at_once = GSCTP_LINGER(true, 0);
	struct side side[SIDES];
	int i, n;

	for (n = 0; n < rounds() / 10; n++) {
		open_sides(side, true);
		begin_both(side, 0, n & 1);
		for (i = 0; i < SIDES; i++) {
			ck_assert(side[i].err == 0 || side[i].err == -EISCONN);
			(void)loop_recv_state(side[i].s, GSCTP_COMM_UP);
		}
		ck_assert_uint_eq(associations(), 2);
		for (i = 0; i < SIDES; i++)
			traffic_set(side[i].s, at_once);
		close_sides(side);
		ck_assert_uint_eq(associations(), 0);
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc,
	    two_blocking_connects_that_meet_return_one_association);
	tcase_add_test(tc, two_attempts_can_meet_without_anybody_listening);
	tcase_add_test(tc,
	    two_attempts_of_one_thread_come_up_once_with_their_own_ids);
	tcase_add_test(tc,
	    sockets_with_two_addresses_collide_into_one_association);
	tcase_add_test(tc,
	    three_sockets_that_all_connect_have_one_association_a_pair);
	tcase_add_test(tc, a_collision_leaves_no_association_behind);
}

int
main(void)
{
	return traffic_run("collision", add);
}
