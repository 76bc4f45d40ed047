/* test_gen_sctp: what gen_sctp says of its calls, events and options, where no
 * other test has room for it. */

#include <errno.h>

#include "check_main.h"
#include "mailbox.h"
#include "rawpeer.h"
#include "stream.h"

static struct raw_peer peer; /* of the test that runs */

/* A silent peer is given up within a second. */
#define QUICK_RTO                                                      \
	GSCTP_RTOINFO(.initial = gsctp_def(50), .max = gsctp_def(100), \
	    .min = gsctp_def(50))

/* A listening socket, connected to by the raw peer; comm_up was read. */
static gsctp_assoc_id
join_raw(gsctp_sock s)
{
	gsctp_assoc_id id;
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
	id = m->assoc_id;
	gsctp_msg_free(m);
	return id;
}

/* The next message that is not about a path. */
static struct gsctp_msg *
next(gsctp_sock s)
{
	struct gsctp_msg *m = raw_recv(&peer, s);

	while (m->type == GSCTP_MSG_PADDR_CHANGE) {
		gsctp_msg_free(m);
		m = raw_recv(&peer, s);
	}
	return m;
}

static struct gsctp_opt
get(gsctp_sock s, uint32_t id)
{
	struct gsctp_opt o;

	memset(&o, 0, sizeof(o));
	o.id = id;
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o;
}

/*
 * Defaults, and what is refused.
 */

START_TEST(the_buffers_have_the_defaults_of_the_manual)
{
	gsctp_sock s = loop_open(NULL, 0);

	ck_assert_uint_eq(get(s, GSCTP_OPT_RECBUF).u.value, 131072);
	ck_assert_uint_eq(get(s, GSCTP_OPT_SNDBUF).u.value, 262144);
	ck_assert_uint_eq(get(s, GSCTP_OPT_BUFFER).u.value, 16 << 20);
	/* One does not change with the other. */
	traffic_set(s, (struct gsctp_opt)GSCTP_BUFFER(5000));
	traffic_set(s, (struct gsctp_opt)GSCTP_RECBUF(50000));
	ck_assert_uint_eq(get(s, GSCTP_OPT_BUFFER).u.value, 5000);
}
END_TEST

START_TEST(any_backlog_but_a_negative_one_will_do)
{
	gsctp_sock s = loop_open(NULL, 0);

	ck_assert_int_eq(gsctp_listen(s, -1), -EINVAL);
	ck_assert_int_eq(gsctp_listen(s, INT32_MIN), -EINVAL);
	ck_assert_int_eq(gsctp_listen(s, 100000), 0);
	(void)loop_connect(loop_open(NULL, 0), s);
	ck_assert_int_eq(gsctp_listen(s, 1), 0);
	/* One-to-many: nothing waits to be accepted. */
	(void)loop_connect(loop_open(NULL, 0), s);
	(void)loop_connect(loop_open(NULL, 0), s);
	ck_assert_int_eq(gsctp_assocs(s, NULL, 0), 3);
}
END_TEST

/*
 * Setting up
 */

START_TEST(connectx_init_takes_64_addresses_of_its_family_at_most)
{
	struct sockaddr_storage to[65];
	gsctp_sock s = loop_open(NULL, 0);
	gsctp_assoc_id id = 99;
	char ip[32];
	int i;

	for (i = 0; i < 65; i++) {
		(void)snprintf(ip, sizeof(ip), "127.0.1.%d", i + 1);
		to[i] = loop_addr(ip, 5000);
	}
	ck_assert_int_eq(gsctp_connectx_init(s, to, 65, NULL, 0, &id), -EINVAL);
	to[63] = loop_addr("::1", 5000);
	ck_assert_int_eq(gsctp_connectx_init(s, to, 64, NULL, 0, &id),
	    -EAFNOSUPPORT);
	ck_assert_uint_eq(id, 99);
	ck_assert_int_eq(gsctp_assocs(s, NULL, 0), 0);
	to[63] = to[0];
	ck_assert_int_eq(gsctp_connectx_init(s, to, 64, NULL, 0, &id), 0);
	ck_assert_uint_ne(id, 99);
}
END_TEST

START_TEST(connectx_init_goes_on_to_the_next_address)
{
	const struct gsctp_opt opts[] = { QUICK_RTO };
	struct sockaddr_storage to[2];
	struct raw_chunk c;
	gsctp_assoc_id id;
	gsctp_sock s;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	s = raw_open_sock(&peer, opts, 1);
	to[0] = loop_addr("127.0.0.1", peer.port);
	to[1] = loop_addr("127.0.0.3", peer.port);
	ck_assert_int_eq(gsctp_connectx_init(s, to, 2, NULL, 0, &id), 0);
	/* The first is asked first, and does not answer. */
	c = raw_wait(&peer, RAW_INIT);
	ck_assert_int_eq(c.fd, 0);
	do
		c = raw_wait(&peer, RAW_INIT);
	while (c.fd == 0);
	peer.to_port = raw_get16(peer.in.b);
	raw_learn(&peer, &c);
	raw_accept(&peer);
	ck_assert_uint_eq(traffic_next_state(s, id, GSCTP_COMM_UP), 0);
	raw_close(&peer);
}
END_TEST

/* When the next INIT comes. */
static uint64_t
next_init_ms(void)
{
	(void)raw_wait(&peer, RAW_INIT);
	return loop_now_ms();
}

START_TEST(max_init_timeo_bounds_the_timeouts_of_an_init_but_the_first)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(600), .min = gsctp_def(10)),
		GSCTP_INITMSG(.max_attempts = gsctp_def(2),
		    .max_init_timeo = gsctp_def(100)),
	};
	struct sockaddr_storage to;
	uint64_t first, second;
	gsctp_assoc_id id;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, opts, 2);
	to = loop_addr("127.0.0.1", peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, traffic_sa(&to), sizeof(to),
			     NULL, 0, &id),
	    0);
	first = next_init_ms();
	second = next_init_ms();
	ck_assert_uint_ge(second - first, 300);
	(void)next_init_ms();
	ck_assert_uint_eq(traffic_next_state(s, id, GSCTP_CANT_ASSOC), 0);
	/* Else it would be 1200 ms and 2400 ms. */
	ck_assert_uint_lt(loop_now_ms() - second, 2500);
	raw_close(&peer);
}
END_TEST

struct attempt {
	gsctp_sock s;
	struct sockaddr_storage to;
	int err;
};

static void *
connect_for_a_while(void *arg)
{
	struct attempt *a = arg;

	a->err = gsctp_connect(a->s, traffic_sa(&a->to), sizeof(a->to), NULL, 0,
	    500, NULL);
	return NULL;
}

/* It waits for the COOKIE ACK: the peer has an association already. */
START_TEST(a_connect_that_times_out_is_aborted_at_the_peer)
{
	static const uint8_t cookie[8] = { 0, 7, 0, 8, 'r', 'a', 'w', '!' };
	struct attempt a = { .err = 1 };
	struct raw_chunk c;
	uint8_t v[2048];
	pthread_t t;
	size_t len;

	raw_open(&peer, "127.0.0.1");
	a.s = raw_open_sock(&peer, NULL, 0);
	a.to = loop_addr("127.0.0.1", peer.port);
	traffic_start(&t, connect_for_a_while, &a);
	raw_wait_init(&peer);
	raw_new_tag(&peer);
	len = raw_init_value(&peer, v);
	memcpy(v + len, cookie, sizeof(cookie));
	raw_send_chunk(&peer, peer.peer_tag, RAW_INIT_ACK, 0, v,
	    len + sizeof(cookie));
	(void)raw_wait(&peer, RAW_COOKIE_ECHO);
	c = raw_wait(&peer, RAW_ABORT);
	ck_assert_uint_eq(c.tag, peer.tag);
	traffic_join(t);
	ck_assert_int_eq(a.err, -ETIMEDOUT);
	traffic_nothing_waits(a.s);
	raw_close(&peer);
}
END_TEST

START_TEST(once_is_once_still_after_a_blocking_connect)
{
	gsctp_mbox mb = box_new();
	const struct gsctp_opt opts[] = { QUIET, GSCTP_MBOX(mb),
		GSCTP_ACTIVE(GSCTP_ACTIVE_ONCE) };
	gsctp_sock client = loop_open(opts, 3), server = loop_open(NULL, 0);

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	(void)loop_connect(client, server);
	ck_assert_int_eq(active_of(client), GSCTP_ACTIVE_ONCE);
	box_expect_empty(mb);
	traffic_send(server, loop_recv_state(server, GSCTP_COMM_UP), 0, "x");
	msg_is(box_recv(mb), client, GSCTP_MSG_DATA);
	ck_assert_int_eq(active_of(client), GSCTP_ACTIVE_FALSE);
}
END_TEST

/* gen_sctp once copied the options of IPv4 there. */
START_TEST(a_peeled_socket_of_ipv6_has_the_old_ones_options)
{
	const struct gsctp_opt ip = GSCTP_IP(loop_addr("::1", 0));
	struct sockaddr_storage names[2];
	gsctp_sock peeled = { 0 };
	struct loop_pair p;

	if (!loop_has_ipv6()) {
		printf("no ::1 here: IPv6 is left out\n");
		return;
	}
	p = loop_pair(&ip, 1);
	traffic_set(p.server, (struct gsctp_opt)GSCTP_TOS(0x28));
	traffic_set(p.server, (struct gsctp_opt)GSCTP_NODELAY(true));
	ck_assert_int_eq(gsctp_peeloff(p.server, p.at_server, &peeled), 0);
	ck_assert_uint_eq(get(peeled, GSCTP_OPT_TOS).u.value, 0x28);
	ck_assert(get(peeled, GSCTP_OPT_NODELAY).u.flag);
	ck_assert_uint_eq(get(peeled, GSCTP_OPT_FAMILY).u.value, GSCTP_INET6);
	ck_assert_int_eq(gsctp_peernames(peeled, STREAM_BOGUS, names, 2), 1);
	ck_assert_uint_eq(names[0].ss_family, AF_INET6);
	ck_assert_int_eq(gsctp_socknames(peeled, 0, names, 2), 1);
	(void)loop_drain(peeled);
	traffic_send(p.client, p.at_client, 0, "there");
	stream_expect(peeled, "there");
	traffic_send(peeled, 0, 0, "and back");
	traffic_expect(p.client, p.at_client, "and back");
}
END_TEST

/*
 * Data
 */

struct job {
	gsctp_sock s;
	gsctp_assoc_id id;
	int err;
};

static int
send_one(void *arg)
{
	static const char block[8000];
	struct job *j = arg;

	return gsctp_send(j->s, j->id, 0, block, sizeof(block));
}

START_TEST(who_waits_to_send_does_not_hold_up_recv_and_getopts)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct job j = { .s = p.client, .id = p.at_client };
	struct side sender;
	int n = traffic_stuff(p.client, p.at_client, 8000);

	traffic_set(p.client, (struct gsctp_opt)GSCTP_SEND_TIMEOUT_MS(-1));
	side_start(&sender, send_one, &j);
	side_await_sleep(&sender);
	traffic_send(p.server, p.at_server, 0, "meanwhile");
	traffic_expect(p.client, p.at_client, "meanwhile");
	ck_assert_int_eq(get(p.client, GSCTP_OPT_SEND_TIMEOUT_MS).u.timeout_ms,
	    -1);
	ck_assert_int_eq(loop_poll(gsctp_fd(p.client), POLLOUT, 0), 0);
	while (n-- >= 0)
		gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	ck_assert_int_eq(side_join(&sender), 0);
}
END_TEST

START_TEST(a_message_that_was_never_sent_does_not_expire)
{
	static const char block[1400];
	struct gsctp_sndrcvinfo info = { .timetolive = 20 };
	struct iovec iov = { (void *)(uintptr_t) "late", 4 };
	struct gsctp_msg *m;
	struct raw_chunk c;
	gsctp_sock s = loop_open(NULL, 0);

	raw_open(&peer, "127.0.0.1");
	peer.rwnd = 1500;
	peer.never_sacks = true;
	info.assoc_id = join_raw(s);
	ck_assert_int_eq(gsctp_send(s, info.assoc_id, 0, block, sizeof(block)),
	    0);
	c = raw_wait(&peer, RAW_DATA);
	raw_answer(&peer, &c);
	ck_assert_int_eq(gsctp_send(s, info.assoc_id, 0, block, sizeof(block)),
	    0);
	ck_assert_int_eq(gsctp_sendmsg(s, &info, &iov, 1, NULL, 0), 0);
	while (gsctp_recv(s, 200, &m) == 0) {
		ck_assert_uint_ne(m->type, GSCTP_MSG_SEND_FAILED);
		gsctp_msg_free(m);
	}
	peer.rwnd = 100000;
	peer.never_sacks = false;
	raw_sack(&peer);
	do {
		c = raw_wait(&peer, RAW_DATA);
		raw_answer(&peer, &c);
	} while (c.len != 12 + 4);
	ck_assert_mem_eq(c.value + 12, "late", 4);
	raw_close(&peer);
}
END_TEST

START_TEST(cumtsn_tells_up_to_where_all_has_arrived)
{
	const uint8_t flags = RAW_FIRST | RAW_LAST | RAW_UNORDERED;
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_msg *m;
	uint32_t first;

	raw_open(&peer, "127.0.0.1");
	(void)join_raw(s);
	first = peer.tsn;
	raw_data(&peer, flags, 0, 0, "a", 1);
	peer.tsn++; /* one is missing */
	m = next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.tsn, first);
	ck_assert_uint_eq(m->u.data.info.cumtsn, first);
	gsctp_msg_free(m);
	raw_data(&peer, flags, 0, 0, "c", 1);
	m = next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.tsn, first + 2);
	ck_assert_uint_eq(m->u.data.info.cumtsn, first);
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

/*
 * Events amid a message
 */

#define PIECE 1000
#define NPIECES 8

static void
send_pieces(int from, int to)
{
	uint8_t data[PIECE];
	uint8_t flags;

	for (; from < to; from++) {
		memset(data, 'a' + from, sizeof(data));
		flags = from == 0 ? RAW_FIRST : 0;
		if (from == NPIECES - 1)
			flags |= RAW_LAST;
		raw_data(&peer, flags, 0, 0, data, sizeof(data));
	}
}

/* What has come of the message so far, of which m is the next; the length. */
static size_t
check_piece(const struct gsctp_msg *m, size_t at)
{
	size_t i;

	ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
	ck_assert_uint_le(at + m->u.data.len, PIECE * NPIECES);
	for (i = 0; i < m->u.data.len; i++)
		ck_assert_uint_eq(m->u.data.data[i], 'a' + (at + i) / PIECE);
	ck_assert(
	    m->u.data.complete == (at + m->u.data.len == PIECE * NPIECES));
	return at + m->u.data.len;
}

/* It is put together (_i 0), or comes in pieces (1). */
START_TEST(an_event_amid_a_message_leaves_it_right)
{
	static const uint8_t causes[] = { 0, 1, 0, 8, 0, 9, 0, 0 };
	const struct gsctp_opt opts[] = {
		GSCTP_RECBUF(8192),
		GSCTP_BUFFER(_i == 0 ? 1 << 20 : 1024),
	};
	gsctp_sock s = loop_open(opts, 2);
	struct gsctp_msg *m;
	int events = 0, pieces = 0;
	size_t at = 0;

	raw_open(&peer, "127.0.0.1");
	(void)join_raw(s);
	/* More than half of the buffer: its delivery begins. */
	send_pieces(0, 6);
	raw_pump(&peer);
	raw_error(&peer, causes, sizeof(causes));
	while (_i == 1 && at < 2048) {
		m = next(s);
		at = check_piece(m, at);
		pieces++;
		gsctp_msg_free(m);
	}
	send_pieces(6, NPIECES);
	while (at < PIECE * NPIECES || events == 0) {
		m = next(s);
		if (m->type == GSCTP_MSG_REMOTE_ERROR) {
			events++;
		} else {
			at = check_piece(m, at);
			pieces++;
		}
		gsctp_msg_free(m);
	}
	ck_assert_int_eq(events, 1);
	if (_i == 0)
		ck_assert_int_eq(pieces, 1);
	else
		ck_assert_int_ge(pieces, NPIECES);
	ck_assert_int_eq(loop_drain(s), 0);
	raw_close(&peer);
}
END_TEST

/*
 * The end
 */

START_TEST(the_end_of_a_silent_peer_is_told_in_order)
{
	const struct gsctp_opt opts[] = {
		QUICK_RTO,
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(3)),
		GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt = gsctp_def(1)),
	};
	gsctp_sock s = loop_open(opts, 3);
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	int i;

	raw_open(&peer, "127.0.0.1");
	id = join_raw(s);
	peer.is_mute[0] = true;
	traffic_send(s, id, 0, "one");
	traffic_send(s, id, 0, "two");
	do {
		m = loop_recv_type(s, GSCTP_MSG_PADDR_CHANGE);
		i = (int)m->u.paddr_change.state;
		gsctp_msg_free(m);
	} while (i == GSCTP_ADDR_CONFIRMED);
	ck_assert_int_eq(i, GSCTP_ADDR_UNREACHABLE);
	/* Then each message, and at last the end. */
	for (i = 0; i < 2; i++) {
		m = loop_recv(s);
		ck_assert_uint_eq(m->type, GSCTP_MSG_SEND_FAILED);
		ck_assert_mem_eq(m->u.send_failed.data, i == 0 ? "one" : "two",
		    3);
		gsctp_msg_free(m);
	}
	ck_assert_uint_eq(traffic_next_state(s, id, GSCTP_COMM_LOST), 0);
	ck_assert_int_eq(loop_drain(s), 0);
	raw_close(&peer);
}
END_TEST

START_TEST(a_message_that_was_partly_sent_comes_back_in_fragments)
{
	const size_t len = 20000;
	uint8_t *bytes = traffic_bytes(len, 9);
	gsctp_sock s = loop_open(NULL, 0);
	const struct gsctp_send_failed *f;
	int n = 0, nsent = 0;
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	size_t at = 0;

	raw_open(&peer, "127.0.0.1");
	peer.rwnd = 1500;
	peer.never_sacks = true;
	id = join_raw(s);
	ck_assert_int_eq(gsctp_send(s, id, 0, bytes, len), 0);
	(void)raw_wait(&peer, RAW_DATA);
	raw_abort(&peer, NULL, 0);
	while ((m = next(s))->type == GSCTP_MSG_SEND_FAILED) {
		f = &m->u.send_failed;
		ck_assert_uint_le(at + f->len, len);
		ck_assert_mem_eq(f->data, bytes + at, f->len);
		ck_assert(f->first == (at == 0));
		at += f->len;
		ck_assert(f->last == (at == len));
		nsent += f->sent;
		n++;
		gsctp_msg_free(m);
	}
	ck_assert_uint_eq(at, len);
	ck_assert_int_ge(n, 2);
	ck_assert_int_ge(nsent, 1);
	ck_assert_int_lt(nsent, n);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	gsctp_msg_free(m);
	raw_close(&peer);
	free(bytes);
}
END_TEST

START_TEST(autoclose_ends_a_one_to_one_socket_too)
{
	struct stream_pair p = stream_pair(NULL, 0);

	traffic_set(p.client, (struct gsctp_opt)GSCTP_AUTOCLOSE(1));
	stream_ends(p.client, GSCTP_SHUTDOWN_COMP, 0);
	stream_ends(p.server, GSCTP_SHUTDOWN_COMP, 0);
}
END_TEST

/* Told once, in whichever mode: what comes first is that mode's. */
START_TEST(closed_comes_once_to_a_mailbox_too)
{
	const gsctp_mbox none = { 0 };
	gsctp_mbox mb = box_new();
	struct stream_pair p = stream_pair(NULL, 0);
	struct gsctp_msg *m;

	(void)loop_drain(p.server);
	ck_assert_int_eq(gsctp_controlling_process(p.server, none, mb), 0);
	active_set(p.server, 3);
	ck_assert_int_eq(gsctp_abort(p.client, 0, NULL, 0), 0);
	msg_is_state(box_recv(mb), p.server, GSCTP_COMM_LOST);
	m = box_recv(mb);
	ck_assert_int_eq(m->u.closed.error, -ECONNRESET);
	msg_is(m, p.server, GSCTP_MSG_CLOSED);
	/* It was counted like any other. */
	ck_assert_int_eq(active_of(p.server), 1);
	active_set(p.server, GSCTP_ACTIVE_FALSE);
	ck_assert_int_eq(gsctp_recv(p.server, 0, &m), -ENOTCONN);
	active_set(p.server, GSCTP_ACTIVE_TRUE);
	box_expect_empty(mb);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, the_buffers_have_the_defaults_of_the_manual);
	tcase_add_test(tc, any_backlog_but_a_negative_one_will_do);
	tcase_add_test(tc,
	    connectx_init_takes_64_addresses_of_its_family_at_most);
	tcase_add_test(tc, connectx_init_goes_on_to_the_next_address);
	tcase_add_test(tc,
	    max_init_timeo_bounds_the_timeouts_of_an_init_but_the_first);
	tcase_add_test(tc, a_connect_that_times_out_is_aborted_at_the_peer);
	tcase_add_test(tc, once_is_once_still_after_a_blocking_connect);
	tcase_add_test(tc, a_peeled_socket_of_ipv6_has_the_old_ones_options);
	tcase_add_test(tc, who_waits_to_send_does_not_hold_up_recv_and_getopts);
	tcase_add_test(tc, a_message_that_was_never_sent_does_not_expire);
	tcase_add_test(tc, cumtsn_tells_up_to_where_all_has_arrived);
	tcase_add_loop_test(tc, an_event_amid_a_message_leaves_it_right, 0, 2);
	tcase_add_test(tc, the_end_of_a_silent_peer_is_told_in_order);
	tcase_add_test(tc,
	    a_message_that_was_partly_sent_comes_back_in_fragments);
	tcase_add_test(tc, autoclose_ends_a_one_to_one_socket_too);
	tcase_add_test(tc, closed_comes_once_to_a_mailbox_too);
}

int
main(void)
{
	return traffic_run("gen_sctp", add);
}
