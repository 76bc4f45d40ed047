/*
 * test_usrsctp_peer: this library and libusrsctp, as Debian has it, in two
 * processes: what one sends, the other gets.
 *
 * GSCTP_TEST_ROUNDS is how often both connect at once.
 */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "side.h"
#include "traffic.h"
#include "usrsctp_peer.h"

#define OSTREAMS 10
#define MESSAGES 60
#define BIG (100 * 1024)
#define PPID 1000

struct peer {
	struct side_process process;
	uint16_t udp_port;
	uint16_t port;
};

/* gsctp's end. */
struct end {
	gsctp_sock s;
	gsctp_assoc_id id;
};

/*
 * The peer
 */

static void
tell(struct peer *p, const struct peer_cmd *cmd)
{
	ck_assert_int_eq(write(p->process.to, cmd, sizeof(*cmd)),
	    sizeof(*cmd));
}

static struct peer_reply
hear(struct peer *p)
{
	struct peer_reply reply;

	ck_assert_msg(read(p->process.from, &reply, sizeof(reply)) ==
	    (ssize_t)sizeof(reply), "the peer has gone");
	return reply;
}

#define ask(p, ...)                                                          \
	(tell((p), &(const struct peer_cmd){ __VA_ARGS__ }), hear(p))

static void
order(struct peer *p, uint32_t op)
{
	ck_assert_int_eq(ask(p, .op = op).err, 0);
}

/* On these ports; 0 for any. */
static struct peer
peer_start_at(bool listens, uint16_t udp_port, uint16_t port)
{
	struct peer_reply reply;
	struct peer p;

	memset(&p, 0, sizeof(p));
	side_spawn(&p.process, "peer");
	reply = ask(&p, .op = PEER_START, .flags = listens,
	    .udp_port = udp_port, .port = port);
	p.udp_port = reply.udp_port;
	p.port = reply.port;
	return p;
}

static struct peer
peer_start(bool listens)
{
	return peer_start_at(listens, 0, 0);
}

/* It must end well. */
static void
peer_end(struct peer *p)
{
	ck_assert_int_eq(side_end(&p->process), 0);
}

/* The very next thing that it hears of. */
static struct peer_reply
peer_expect(struct peer *p, uint32_t what)
{
	struct peer_reply reply = ask(p, .op = PEER_NEXT);

	ck_assert_uint_eq(reply.what, what);
	return reply;
}

static void
peer_connect(struct peer *p, gsctp_sock s)
{
	struct peer_reply reply;

	reply = ask(p, .op = PEER_CONNECT, .udp_port = loop_udp_port(),
	    .port = (uint16_t)gsctp_port(s));
	ck_assert_int_eq(reply.err, 0);
}

/*
 * This library
 */

static gsctp_sock
open_to(const struct peer *p, bool listens)
{
	const struct gsctp_opt opts[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = p->udp_port),
		GSCTP_INITMSG(.num_ostreams = gsctp_def(OSTREAMS)),
		GSCTP_EVENTS(.address = gsctp_def(false)),
	};
	gsctp_sock s = loop_open(opts, 3);

	ck_assert_int_eq(gsctp_listen(s, listens), 0);
	return s;
}

static int
connect_to(gsctp_sock s, const struct peer *p, struct gsctp_assoc_change *up)
{
	struct sockaddr_storage to = loop_addr("127.0.0.1", p->port);

	return gsctp_connect(s, traffic_sa(&to), sizeof(to), NULL, 0, LOOP_MS,
	    up);
}

/* An association with p that this side, or the peer, asked for. */
static struct end
set_up(struct peer *p, bool peer_connects)
{
	struct end e = { .s = open_to(p, true) };
	struct gsctp_assoc_change up;
	struct peer_reply reply;
	struct gsctp_msg *m;

	if (peer_connects) {
		peer_connect(p, e.s);
		m = loop_recv(e.s);
		ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
		up = m->u.assoc_change;
		gsctp_msg_free(m);
	} else {
		ck_assert_int_eq(connect_to(e.s, p, &up), 0);
	}
	ck_assert_uint_eq(up.state, GSCTP_COMM_UP);
	ck_assert_uint_eq(up.outbound_streams, PEER_INSTREAMS);
	ck_assert_uint_eq(up.inbound_streams, PEER_OSTREAMS);
	reply = peer_expect(p, PEER_COMM_UP);
	ck_assert_uint_eq(reply.outbound, PEER_OSTREAMS);
	ck_assert_uint_eq(reply.inbound, PEER_INSTREAMS);
	ck_assert_uint_eq(reply.assocs, 1);
	e.id = up.assoc_id;
	return e;
}

/*
 * Message i of an exchange; its ppid tells which it is
 */

static uint32_t
length_of(uint32_t i)
{
	return i == 5 ? BIG : 1 + i * 37;
}

static bool
is_unordered(uint32_t i)
{
	return i % 3 == 0;
}

static void
send_one(struct end e, uint32_t i)
{
	static uint8_t bytes[PEER_MESSAGE_MAX];
	const struct gsctp_sndrcvinfo info = {
		.assoc_id = e.id,
		.stream = (uint16_t)(i % PEER_INSTREAMS),
		.flags = is_unordered(i) ? GSCTP_UNORDERED : 0,
		.ppid = PPID + i,
	};
	const struct iovec iov = { bytes, length_of(i) };

	peer_fill(bytes, length_of(i), i);
	ck_assert_int_eq(gsctp_sendmsg(e.s, &info, &iov, 1, NULL, 0), 0);
}

static void
peer_send_one(struct peer *p, uint32_t i)
{
	struct peer_reply reply;

	reply = ask(p, .op = PEER_SEND,
	    .stream = (uint16_t)(i % PEER_OSTREAMS), .flags = is_unordered(i),
	    .ppid = PPID + i, .len = length_of(i), .seed = i);
	ck_assert_int_eq(reply.err, 0);
}

/* What has arrived of an exchange. */
struct arrived {
	bool has[MESSAGES];
	uint32_t last[OSTREAMS];	/* ordered ones, by stream: i + 1 */
};

/* Is it message i, as sent, once, and in its stream's order? */
static void
check_one(struct arrived *a, uint32_t streams, uint32_t ppid, uint32_t stream,
    bool unordered, uint32_t len, uint32_t sum)
{
	static uint8_t bytes[PEER_MESSAGE_MAX];
	uint32_t i = ppid - PPID;

	ck_assert_uint_lt(i, MESSAGES);
	ck_assert(!a->has[i]);
	a->has[i] = true;
	ck_assert_uint_eq(stream, i % streams);
	ck_assert_int_eq(unordered, is_unordered(i));
	ck_assert_uint_eq(len, length_of(i));
	peer_fill(bytes, len, i);
	ck_assert_uint_eq(sum, peer_sum(bytes, len));
	if (unordered)
		return;
	ck_assert_uint_lt(a->last[stream], i + 1);
	a->last[stream] = i + 1;
}

static void
peer_take_all(struct peer *p)
{
	struct arrived a = { .has = { false } };
	struct peer_reply r;
	int i;

	for (i = 0; i < MESSAGES; i++) {
		r = peer_expect(p, PEER_DATA);
		check_one(&a, PEER_INSTREAMS, r.ppid, r.stream,
		    r.is_unordered, r.len, r.sum);
	}
}

static void
take_all(struct end e)
{
	struct arrived a = { .has = { false } };
	const struct gsctp_data *d;
	struct gsctp_msg *m;
	int i;

	for (i = 0; i < MESSAGES; i++) {
		m = loop_recv(e.s);
		ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
		ck_assert_uint_eq(m->assoc_id, e.id);
		d = &m->u.data;
		ck_assert(d->complete);
		check_one(&a, PEER_OSTREAMS, d->info.ppid, d->info.stream,
		    (d->info.flags & GSCTP_UNORDERED) != 0, (uint32_t)d->len,
		    peer_sum(d->data, d->len));
		gsctp_msg_free(m);
	}
}

START_TEST(messages_go_both_ways_whoever_connects)
{
	struct peer p = peer_start(true);
	struct end e = set_up(&p, _i == 1);
	uint32_t i;

	for (i = 0; i < MESSAGES; i++)
		send_one(e, i);
	peer_take_all(&p);
	for (i = 0; i < MESSAGES; i++)
		peer_send_one(&p, i);
	take_all(e);
	/* And at once. */
	for (i = 0; i < MESSAGES; i++) {
		send_one(e, i);
		peer_send_one(&p, i);
	}
	peer_take_all(&p);
	take_all(e);
	peer_end(&p);
	ck_assert_uint_eq(loop_recv_state(e.s, GSCTP_SHUTDOWN_COMP), e.id);
}
END_TEST

START_TEST(eof_here_delivers_everything_and_ends_both)
{
	struct peer p = peer_start(true);
	struct end e = set_up(&p, _i == 1);
	uint32_t i;

	for (i = 0; i < MESSAGES; i++)
		send_one(e, i);
	ck_assert_int_eq(gsctp_eof(e.s, e.id), 0);
	peer_take_all(&p);
	(void)peer_expect(&p, PEER_SHUTDOWN_EVENT);
	ck_assert_uint_eq(peer_expect(&p, PEER_SHUTDOWN_COMP).error, 0);
	ck_assert_uint_eq(traffic_next_state(e.s, e.id, GSCTP_SHUTDOWN_COMP),
	    0);
	ck_assert_int_eq(gsctp_assocs(e.s, NULL, 0), 0);
	peer_end(&p);
	traffic_nothing_waits(e.s);
}
END_TEST

START_TEST(eof_of_the_peer_delivers_everything_and_ends_both)
{
	struct peer p = peer_start(true);
	struct end e = set_up(&p, _i == 1);
	struct gsctp_msg *m;
	uint32_t i;

	for (i = 0; i < MESSAGES; i++)
		peer_send_one(&p, i);
	order(&p, PEER_EOF);
	take_all(e);
	m = loop_recv(e.s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_SHUTDOWN_EVENT);
	ck_assert_uint_eq(m->assoc_id, e.id);
	gsctp_msg_free(m);
	ck_assert_uint_eq(traffic_next_state(e.s, e.id, GSCTP_SHUTDOWN_COMP),
	    0);
	ck_assert_uint_eq(peer_expect(&p, PEER_SHUTDOWN_COMP).error, 0);
	peer_end(&p);
	traffic_nothing_waits(e.s);
}
END_TEST

/* RFC 9260 3.3.10.12. */
#define USER_INITIATED_ABORT 12

START_TEST(abort_here_tells_the_peer_why)
{
	struct peer p = peer_start(true);
	struct end e = set_up(&p, _i == 1);
	struct peer_reply reply;

	ck_assert_int_eq(gsctp_abort(e.s, e.id, PEER_REASON,
	    strlen(PEER_REASON)), 0);
	(void)traffic_next_state(e.s, e.id, GSCTP_COMM_LOST);
	reply = peer_expect(&p, PEER_COMM_LOST);
	ck_assert_uint_eq(reply.error, USER_INITIATED_ABORT);
	ck_assert(reply.has_reason);
	peer_end(&p);
	traffic_nothing_waits(e.s);
}
END_TEST

START_TEST(abort_of_the_peer_tells_us_why)
{
	struct peer p = peer_start(true);
	struct end e = set_up(&p, _i == 1);
	const struct gsctp_assoc_change *c;
	struct gsctp_msg *m;

	order(&p, PEER_ABORT);
	m = loop_recv(e.s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->assoc_id, e.id);
	c = &m->u.assoc_change;
	ck_assert_uint_eq(c->state, GSCTP_COMM_LOST);
	ck_assert_uint_eq(c->error, USER_INITIATED_ABORT);
	ck_assert_uint_eq(c->causes_len, 4 + strlen(PEER_REASON));
	ck_assert_mem_eq(c->causes + 4, PEER_REASON, strlen(PEER_REASON));
	gsctp_msg_free(m);
	(void)peer_expect(&p, PEER_COMM_LOST);
	peer_end(&p);
	traffic_nothing_waits(e.s);
}
END_TEST

START_TEST(a_peer_that_does_not_listen_refuses_and_is_refused)
{
	struct peer p = peer_start(false);
	gsctp_sock s = open_to(&p, false);
	struct gsctp_assoc_change up;

	ck_assert_int_eq(connect_to(s, &p, &up), -ECONNREFUSED);
	peer_connect(&p, s);
	(void)peer_expect(&p, PEER_CANT_ASSOC);
	peer_end(&p);
	traffic_nothing_waits(s);
}
END_TEST

/* RFC 9260 5.2.2: it has forgotten all, and comes from the same ports. */
START_TEST(a_peer_that_was_killed_comes_back_as_a_restart)
{
	struct peer p = peer_start(true), again;
	struct end e = set_up(&p, false);

	ck_assert_int_eq(kill(p.process.pid, SIGKILL), 0);
	ck_assert_int_eq(side_end(&p.process), 128 + SIGKILL);
	again = peer_start_at(true, p.udp_port, p.port);
	ck_assert_uint_eq(again.udp_port, p.udp_port);
	ck_assert_uint_eq(again.port, p.port);
	peer_connect(&again, e.s);
	(void)peer_expect(&again, PEER_COMM_UP);
	(void)traffic_next_state(e.s, e.id, GSCTP_RESTART);
	ck_assert_int_eq(gsctp_assocs(e.s, NULL, 0), 1);
	send_one(e, 1);
	ck_assert_uint_eq(peer_expect(&again, PEER_DATA).ppid, PPID + 1);
	peer_end(&again);
	ck_assert_uint_eq(loop_recv_state(e.s, GSCTP_SHUTDOWN_COMP), e.id);
}
END_TEST

/*
 * Both connect at once
 */

static int
rounds(void)
{
	const char *n = getenv("GSCTP_TEST_ROUNDS");

	return n != NULL ? atoi(n) : 100;
}

/* Let about n packets' worth of the stack's work go by. */
static void
let_by(int n)
{
	struct gsctp_stack_info info;

	while (n-- > 0)
		(void)gsctp_stack_info(&info);
}

/*
 * connect_init here and connect there, in either order and n apart; the
 * result of ours.
 */
static int
begin_both(struct peer *p, gsctp_sock s, bool peer_first, int n,
    gsctp_assoc_id *id)
{
	struct sockaddr_storage to = loop_addr("127.0.0.1", p->port);
	const struct peer_cmd cmd = {
		.op = PEER_CONNECT,
		.udp_port = loop_udp_port(),
		.port = (uint16_t)gsctp_port(s),
	};
	struct peer_reply reply;
	int err;

	if (peer_first) {
		tell(p, &cmd);
		let_by(n);
	}
	err = gsctp_connect_init(s, traffic_sa(&to), sizeof(to), NULL, 0, id);
	if (!peer_first)
		tell(p, &cmd);
	reply = hear(p);
	ck_assert_msg(reply.err == 0 || reply.err == EISCONN ||
	    reply.err == EALREADY || reply.err == EADDRINUSE,
	    "the peer's connect: %s", strerror(reply.err));
	return err;
}

/* One association each, with nothing said of any other; the collisions that
 * the peer has seen in its life. */
static uint32_t
check_one_association(struct peer *p, struct end e)
{
	uint64_t until = loop_now_ms() + LOOP_MS;
	uint32_t collisions;
	struct peer_reply reply;
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	send_one(e, 1);
	reply = peer_expect(p, PEER_DATA);
	ck_assert_uint_eq(reply.ppid, PPID + 1);
	collisions = reply.collisions;
	/* It counts the last round's until its threads have let go of it. */
	while (reply.assocs != 1) {
		ck_assert_uint_lt(loop_now_ms(), until);
		reply = ask(p, .op = PEER_COUNT);
	}
	peer_send_one(p, 2);
	m = loop_recv(e.s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->assoc_id, e.id);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_assocs(e.s, &id, 1), 1);
	ck_assert_uint_eq(id, e.id);
	return collisions;
}

static void
end_round(struct peer *p, struct end e, bool peer_aborts)
{
	if (peer_aborts)
		order(p, PEER_ABORT);
	else
		ck_assert_int_eq(gsctp_abort(e.s, e.id, NULL, 0), 0);
	(void)peer_expect(p, PEER_COMM_LOST);
	(void)traffic_next_state(e.s, e.id, GSCTP_COMM_LOST);
	traffic_nothing_waits(e.s);
}

/*
 * The peer listens as well, or it has but its own attempt to take ours for.
 * Then our INIT is refused where it arrives before that attempt, and the
 * peer's own goes to our listener.
 */
START_TEST(both_connecting_at_once_is_one_association)
{
	bool peer_listens = _i == 0, peer_first;
	struct peer p = peer_start(peer_listens);
	struct end e = { .s = open_to(&p, true) };
	int err, late = 0, n, refused = 0;
	uint32_t collisions = 0;
	gsctp_assoc_id id = 0;
	struct gsctp_msg *m;

	for (n = 0; n < rounds(); n++) {
		peer_first = !peer_listens || n % 2 == 0;
		err = begin_both(&p, e.s, peer_first, n % 50 * 4, &id);
		ck_assert(err == 0 || err == -EISCONN || err == -EALREADY);
		late += err != 0;
		m = loop_recv(e.s);
		ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
		if (!peer_listens && err == 0 &&
		    m->u.assoc_change.state == GSCTP_CANT_ASSOC) {
			refused++;
			gsctp_msg_free(m);
			m = loop_recv(e.s);
			ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
		} else if (err == 0) {
			ck_assert_uint_eq(m->assoc_id, id);
		}
		ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
		e.id = m->assoc_id;
		gsctp_msg_free(m);
		(void)peer_expect(&p, PEER_COMM_UP);
		collisions = check_one_association(&p, e);
		end_round(&p, e, n % 4 < 2);
	}
	printf("%d rounds, the peer %s: %u collisions at the peer, %d calls "
	    "came too late, %d were refused\n", n, peer_listens ? "listens" :
	    "does not listen", collisions, late, refused);
	/*
	 * Seen in one run of ten or so: no association is left, and still
	 * usrsctp_finish() never succeeds.  Both have said by now that all is
	 * over, so that is not for this test to judge.
	 */
	err = side_end(&p.process);
	ck_assert(err == 0 || err == PEER_UNFINISHED);
	if (err != 0)
		printf("libusrsctp does not finish\n");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("usrsctp_peer");
	TCase *tc = tcase_create("usrsctp_peer");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_loop_test(tc, messages_go_both_ways_whoever_connects, 0, 2);
	tcase_add_loop_test(tc, eof_here_delivers_everything_and_ends_both, 0,
	    2);
	tcase_add_loop_test(tc,
	    eof_of_the_peer_delivers_everything_and_ends_both, 0, 2);
	tcase_add_loop_test(tc, abort_here_tells_the_peer_why, 0, 2);
	tcase_add_loop_test(tc, abort_of_the_peer_tells_us_why, 0, 2);
	tcase_add_test(tc,
	    a_peer_that_does_not_listen_refuses_and_is_refused);
	tcase_add_test(tc, a_peer_that_was_killed_comes_back_as_a_restart);
	tcase_add_loop_test(tc, both_connecting_at_once_is_one_association, 0,
	    2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "peer") == 0)
		return peer_main();
	return gs_test_main(suite());
}
