/* Messages that are sent in parts, and acknowledgements at once. */

#include "opts.h"
#include "rawpeer.h"
#include "side.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char abort_fill[1000];
static struct raw_peer peer;	/* of the test that runs */

static struct loop_pair
eor_pair(const struct gsctp_opt *more, size_t n)
{
	struct gsctp_opt opts[8] = { GSCTP_EXPLICIT_EOR(true) };

	ck_assert(n < 8);
	if (n > 0)
		memcpy(&opts[1], more, n * sizeof(*more));
	return traffic_brisk_pair(opts, n + 1);
}

static int
send_part(gsctp_sock s, gsctp_assoc_id id, uint16_t stream, bool more,
    const char *text)
{
	struct gsctp_sndrcvinfo info = {
		.assoc_id = id,
		.stream = stream,
		.ppid = 7,
		.flags = more ? GSCTP_MORE : 0,
	};

	return opts_send(s, &info, text);
}

START_TEST(explicit_eor_reads_back_and_is_needed)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert(!opts_get_id(p.client, GSCTP_OPT_EXPLICIT_EOR, 0).u.flag);
	ck_assert_int_eq(send_part(p.client, p.at_client, 0, true, "x"),
	    -EINVAL);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_EXPLICIT_EOR(true));
	ck_assert(opts_get_id(p.client, GSCTP_OPT_EXPLICIT_EOR, 0).u.flag);
	/* It reaches the association that is up. */
	ck_assert_int_eq(send_part(p.client, p.at_client, 0, true, "in "), 0);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_EXPLICIT_EOR(false)), -EBUSY);
	ck_assert_int_eq(send_part(p.client, p.at_client, 0, false, "two"), 0);
	traffic_expect(p.server, p.at_server, "in two");
	traffic_set(p.client, (struct gsctp_opt)GSCTP_EXPLICIT_EOR(false));
	ck_assert_int_eq(send_part(p.client, p.at_client, 0, true, "x"),
	    -EINVAL);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(parts_arrive_as_one_message)
{
	struct loop_pair p = eor_pair(NULL, 0);
	struct gsctp_msg *m;

	ck_assert_int_eq(send_part(p.client, p.at_client, 3, true, "one, "),
	    0);
	ck_assert_int_eq(send_part(p.client, p.at_client, 3, true, "two, "),
	    0);
	traffic_arrived(p.client, p.at_client);
	while (gsctp_recv(p.server, 0, &m) == 0) {
		ck_assert_uint_ne(m->type, GSCTP_MSG_DATA);
		gsctp_msg_free(m);
	}
	traffic_send(p.client, p.at_client, 3, "three");
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert(m->u.data.complete);
	ck_assert_uint_eq(m->u.data.len, 15);
	ck_assert_mem_eq(m->u.data.data, "one, two, three", 15);
	ck_assert_uint_eq(m->u.data.info.stream, 3);
	ck_assert_uint_eq(m->u.data.info.ppid, 7);
	gsctp_msg_free(m);
	/* Whole messages are as they were. */
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

/* Far longer than the send buffer, which no message can be else. */
static void
send_long(const struct gsctp_opt *opts, size_t n)
{
	const size_t part = 10000, parts = 60;
	struct loop_pair p = eor_pair(opts, n);
	uint8_t *all = traffic_bytes(part * parts, 1);
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client };
	struct gsctp_msg *m = NULL;
	struct iovec iov;
	size_t i = 0, got = 0;
	int err;

	while (got < part * parts) {
		iov.iov_base = all + i * part;
		iov.iov_len = part;
		info.flags = i + 1 < parts ? GSCTP_MORE : 0;
		err = i < parts ? gsctp_sendmsg(p.client, &info, &iov, 1,
		    NULL, 0) : -EAGAIN;
		i += err == 0;
		if (err != 0)
			ck_assert_int_eq(err, -EAGAIN);
		err = gsctp_recv(p.server, err == 0 ? 0 : 20, &m);
		if (err == -ETIMEDOUT)
			continue;
		ck_assert_int_eq(err, 0);
		if (m->type == GSCTP_MSG_DATA) {
			ck_assert_mem_eq(m->u.data.data, all + got,
			    m->u.data.len);
			got += m->u.data.len;
			ck_assert_int_eq(m->u.data.complete,
			    got == part * parts);
		}
		gsctp_msg_free(m);
	}
	ck_assert_uint_eq(i, parts);
	free(all);
}

START_TEST(a_message_in_parts_can_be_longer_than_sndbuf)
{
	const struct gsctp_opt opts[] = {
		GSCTP_SNDBUF(30000),
		GSCTP_RECBUF(16384),
		GSCTP_BUFFER(50000),
		GSCTP_SEND_TIMEOUT_MS(0),
		GSCTP_FRAGMENT_INTERLEAVE(2),
		GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = 1),
	};

	send_long(opts, 4);
	send_long(opts, 6);
}
END_TEST

/* All of a part is taken or nothing, so that nothing is there twice. */
/* No acknowledgement comes so late. */
#define STEADY_MS (600 * SIDE_SLOW)

static bool
is_writable(gsctp_sock s, int timeout_ms)
{
	struct pollfd p = { .fd = gsctp_fd(s), .events = POLLOUT };

	return poll(&p, 1, timeout_ms) == 1;
}

START_TEST(a_part_without_room_is_refused_whole)
{
	const struct gsctp_opt opts[] = { GSCTP_SNDBUF(20000),
		GSCTP_RECBUF(8192), GSCTP_SEND_TIMEOUT_MS(0) };
	struct loop_pair p = eor_pair(opts, COUNT(opts));
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client };
	uint8_t *bytes = traffic_bytes(7000, 1);
	struct iovec iov = { .iov_base = bytes, .iov_len = 7000 };
	int n = 0;

	/* Until what the peer's window takes is acknowledged, too. */
	do
		while (n < 100 && gsctp_sendmsg(p.client, &info, &iov, 1,
		    NULL, 0) == 0)
			n++;
	while (n < 100 && is_writable(p.client, STEADY_MS));
	ck_assert_int_gt(n, 1);
	ck_assert_int_lt(n, 100);
	info.flags = GSCTP_MORE;
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0),
	    -EAGAIN);
	/* Nothing is begun. */
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_EXPLICIT_EOR(true)), 0);
	traffic_unstuff(p.server, n, 7000);
	iov.iov_len = 20001;
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0),
	    -EMSGSIZE);
	free(bytes);
}
END_TEST

/* What waits is of a stream that comes later, and leaves no room. */
START_TEST(the_rest_of_a_message_gets_past_what_waits)
{
	const struct gsctp_opt opts[] = {
		GSCTP_SNDBUF(32768),
		GSCTP_SEND_TIMEOUT_MS(0),
		GSCTP_STREAM_SCHEDULER(.assoc_value = GSCTP_SS_PRIO),
	};
	struct loop_pair p = eor_pair(opts, COUNT(opts));
	uint64_t until = loop_now_ms() + LOOP_MS;
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client,
		.stream = 1 };
	uint8_t *bytes = traffic_bytes(8000, 1);
	struct iovec iov = { .iov_base = bytes, .iov_len = 8000 };
	struct gsctp_msg *m;
	uint16_t port;
	int err, fd = traffic_blackhole("127.0.0.1", &port);

	traffic_set(p.client, (struct gsctp_opt)GSCTP_STREAM_SCHEDULER_VALUE(
	    .assoc_id = p.at_client, .stream = 0, .value = 1));
	opts_settle(&p);
	opts_send_by(p.client, p.at_client, port);
	while ((err = gsctp_send(p.client, p.at_client, 0, bytes, 1400)) == 0)
		continue;
	ck_assert_int_eq(err, -EAGAIN);
	ck_assert_int_eq(send_part(p.client, p.at_client, 1, true, "x"), 0);
	opts_send_by(p.client, p.at_client, loop_udp_port());
	while ((err = gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0)) ==
	    -EAGAIN) {
		ck_assert_uint_lt(loop_now_ms(), until);
		if (gsctp_recv(p.client, 20, &m) == 0)
			gsctp_msg_free(m);
	}
	ck_assert_int_eq(err, 0);
	do {
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		ck_assert(m->u.data.complete);
		err = m->u.data.info.stream == 1;
		ck_assert_uint_eq(m->u.data.len, err ? 8001 : 1400);
		gsctp_msg_free(m);
	} while (!err);
	free(bytes);
	close(fd);
}
END_TEST

START_TEST(amid_a_message_other_streams_and_changes_wait)
{
	static const uint16_t one[] = { 1 };
	struct loop_pair p = eor_pair(NULL, 0);

	ck_assert_int_eq(send_part(p.client, p.at_client, 1, true, "be"), 0);
	ck_assert_int_eq(send_part(p.client, p.at_client, 2, false, "x"),
	    -EBUSY);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1),
	    -EBUSY);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), -EBUSY);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_RESET_STREAMS(.assoc_id = p.at_client,
	    .flags = GSCTP_RESET_OUTGOING, .streams = one, .nstreams = 1)),
	    -EBUSY);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_ADD_STREAMS(.assoc_id = p.at_client, .outstrms = 1)),
	    -EBUSY);
	traffic_arrived(p.client, p.at_client);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_STREAM_SCHEDULER,
	    p.at_client, GSCTP_SS_RR), -EBUSY);
	ck_assert_int_eq(send_part(p.client, p.at_client, 1, false, "gun"), 0);
	traffic_expect(p.server, p.at_server, "begun");
	traffic_send(p.client, p.at_client, 2, "other");
	traffic_expect(p.server, p.at_server, "other");
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(what_is_given_up_or_ends_takes_no_more)
{
	struct loop_pair p = eor_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client };
	static const uint32_t flags[] = { GSCTP_EOF, GSCTP_ABORT,
		GSCTP_PR_RTX };
	size_t i;

	for (i = 0; i < COUNT(flags); i++) {
		info.flags = GSCTP_MORE | flags[i];
		ck_assert_int_eq(opts_send(p.client, &info, "x"), -EINVAL);
	}
	info.flags = GSCTP_MORE;
	info.timetolive = 1;
	ck_assert_int_eq(opts_send(p.client, &info, "x"), -EINVAL);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(close_amid_a_message_aborts)
{
	struct loop_pair p = eor_pair(NULL, 0);

	ck_assert_int_eq(send_part(p.client, p.at_client, 1, true, "be"), 0);
	ck_assert_int_eq(gsctp_close(p.client), 0);
	(void)loop_recv_state(p.server, GSCTP_COMM_LOST);
}
END_TEST

/* The peer may not wait for the rest of it for ever. */
START_TEST(an_end_by_the_peer_amid_a_message_is_an_abort)
{
	struct loop_pair p = eor_pair(NULL, 0);

	ck_assert_int_eq(send_part(p.client, p.at_client, 1, true, "be"), 0);
	traffic_arrived(p.client, p.at_client);
	ck_assert_int_eq(gsctp_eof(p.server, p.at_server), 0);
	(void)loop_recv_state(p.client, GSCTP_COMM_LOST);
	(void)loop_recv_state(p.server, GSCTP_COMM_LOST);
}
END_TEST

START_TEST(sack_immediately_sets_the_bit_of_its_data)
{
	gsctp_sock s = opts_listener(NULL, 0);
	struct gsctp_sndrcvinfo info = { .flags = 0 };
	struct gsctp_msg *m;
	struct raw_chunk c;
	int i;

	raw_open(&peer, "127.0.0.1");
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	info.assoc_id = m->assoc_id;
	gsctp_msg_free(m);
	for (i = 0; i < 4; i++) {
		info.flags = i % 2 ? GSCTP_SACK_IMMEDIATELY : 0;
		ck_assert_int_eq(opts_send(s, &info, "x"), 0);
		c = raw_wait(&peer, RAW_DATA);
		ck_assert_int_eq((c.flags & 8) != 0, i % 2);
		raw_answer(&peer, &c);
	}
	raw_close(&peer);
}
END_TEST

START_TEST(sack_immediately_does_not_wait_for_the_delay)
{
	const struct gsctp_opt opts[] = {
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 500),
	};
	struct loop_pair p = loop_pair(opts, 1);
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client,
		.flags = GSCTP_SACK_IMMEDIATELY };
	uint64_t begin, at_once, delayed;

	traffic_send(p.client, p.at_client, 0, "first");
	traffic_arrived(p.client, p.at_client);
	begin = loop_now_ms();
	ck_assert_int_eq(opts_send(p.client, &info, "at once"), 0);
	traffic_arrived(p.client, p.at_client);
	at_once = loop_now_ms() - begin;
	begin = loop_now_ms();
	traffic_send(p.client, p.at_client, 0, "delayed");
	traffic_arrived(p.client, p.at_client);
	delayed = loop_now_ms() - begin;
	ck_assert_uint_ge(delayed, 400);
	ck_assert_uint_lt(at_once, delayed);
	/* As a default, too. */
	traffic_set(p.client, (struct gsctp_opt)GSCTP_DEFAULT_SEND_PARAM(
	    .assoc_id = p.at_client,
	    .flags = gsctp_def(GSCTP_SACK_IMMEDIATELY)));
	begin = loop_now_ms();
	traffic_send(p.client, p.at_client, 0, "at once");
	traffic_arrived(p.client, p.at_client);
	ck_assert_uint_lt(loop_now_ms() - begin, delayed);
}
END_TEST

/* With or without EXPLICIT_EOR, which has the last byte of it used. */
START_TEST(a_full_send_buffer_does_not_keep_an_abort_back)
{
	const struct gsctp_opt opts[] = { GSCTP_SNDBUF(20000),
		GSCTP_SEND_TIMEOUT_MS(0), GSCTP_EXPLICIT_EOR(_i != 0) };
	struct loop_pair p = loop_pair(opts, 3);
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);
	struct gsctp_msg *m;
	size_t len;

	/* Its acknowledgements get there, our packets do not: but an ABORT
	 * would, later. */
	traffic_set(p.client, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = p.at_client, .port = port));
	for (len = 1000; len > 0; len /= 10)
		while (gsctp_send(p.client, p.at_client, 0, abort_fill,
		    len) == 0)
			;
	traffic_set(p.client, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = p.at_client, .port = loop_udp_port()));
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, "why", 3), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_LOST);
	ck_assert_uint_eq(m->u.assoc_change.error, 12);
	gsctp_msg_free(m);
	(void)loop_recv_state(p.client, GSCTP_COMM_LOST);
	close(fd);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, explicit_eor_reads_back_and_is_needed);
	tcase_add_test(tc, parts_arrive_as_one_message);
	tcase_add_test(tc, a_message_in_parts_can_be_longer_than_sndbuf);
	tcase_add_test(tc, a_part_without_room_is_refused_whole);
	tcase_add_test(tc, the_rest_of_a_message_gets_past_what_waits);
	tcase_add_test(tc, amid_a_message_other_streams_and_changes_wait);
	tcase_add_test(tc, what_is_given_up_or_ends_takes_no_more);
	tcase_add_test(tc, close_amid_a_message_aborts);
	tcase_add_test(tc, an_end_by_the_peer_amid_a_message_is_an_abort);
	tcase_add_test(tc, sack_immediately_sets_the_bit_of_its_data);
	tcase_add_test(tc, sack_immediately_does_not_wait_for_the_delay);
	tcase_add_loop_test(tc,
	    a_full_send_buffer_does_not_keep_an_abort_back, 0, 2);
}

int
main(void)
{
	return traffic_run("eor", add_tests);
}
