/* Messages that interleave (RFC 8260), and the order in which streams send. */

#include "opts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* In this order: the first allows the second. */
#define INTERLEAVE                                                           \
	GSCTP_FRAGMENT_INTERLEAVE(2),                                        \
	    GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = 1)

#define BIG 200000

START_TEST(interleaving_needs_fragment_interleave)
{
	gsctp_sock s = loop_open(NULL, 0);

	ck_assert_uint_eq(opts_get_id(s, GSCTP_OPT_FRAGMENT_INTERLEAVE,
	    0).u.value, 1);
	ck_assert_uint_eq(opts_value(s, GSCTP_OPT_INTERLEAVING_SUPPORTED, 0),
	    0);
	ck_assert_int_eq(opts_try_value(s, GSCTP_OPT_INTERLEAVING_SUPPORTED,
	    0, 1), -EINVAL);
	ck_assert_int_eq(opts_try(s, (struct gsctp_opt)
	    GSCTP_FRAGMENT_INTERLEAVE(0)), -EOPNOTSUPP);
	ck_assert_int_eq(opts_try(s, (struct gsctp_opt)
	    GSCTP_FRAGMENT_INTERLEAVE(3)), -EINVAL);
	ck_assert_int_eq(opts_try(s, (struct gsctp_opt)
	    GSCTP_FRAGMENT_INTERLEAVE(UINT32_MAX)), -EINVAL);
	ck_assert_int_eq(opts_try(s, (struct gsctp_opt)
	    GSCTP_FRAGMENT_INTERLEAVE(2)), 0);
	ck_assert_uint_eq(opts_get_id(s, GSCTP_OPT_FRAGMENT_INTERLEAVE,
	    0).u.value, 2);
	ck_assert_int_eq(opts_try_value(s, GSCTP_OPT_INTERLEAVING_SUPPORTED,
	    0, 2), -EINVAL);
	ck_assert_int_eq(opts_try_value(s, GSCTP_OPT_INTERLEAVING_SUPPORTED,
	    0, 1), 0);
	ck_assert_uint_eq(opts_value(s, GSCTP_OPT_INTERLEAVING_SUPPORTED, 0),
	    1);
	ck_assert_int_eq(opts_try(s, (struct gsctp_opt)
	    GSCTP_FRAGMENT_INTERLEAVE(1)), -EINVAL);
	ck_assert_int_eq(opts_try_value(s, GSCTP_OPT_INTERLEAVING_SUPPORTED,
	    0, 0), 0);
	ck_assert_int_eq(opts_try(s, (struct gsctp_opt)
	    GSCTP_FRAGMENT_INTERLEAVE(1)), 0);
}
END_TEST

START_TEST(interleaving_is_negotiated)
{
	const struct gsctp_opt on[] = { INTERLEAVE };
	gsctp_sock client, server;
	gsctp_assoc_id id, at_server;
	uint32_t i, both;

	for (i = 0; i < 4; i++) {
		client = loop_open(on, i & 1 ? 2 : 0);
		server = opts_listener(on, i & 2 ? 2 : 0);
		id = opts_join(client, server, &at_server);
		both = i == 3;
		ck_assert_uint_eq(opts_value(client,
		    GSCTP_OPT_INTERLEAVING_SUPPORTED, id), both);
		ck_assert_uint_eq(opts_value(server,
		    GSCTP_OPT_INTERLEAVING_SUPPORTED, at_server), both);
		ck_assert_int_eq(opts_try_value(client,
		    GSCTP_OPT_INTERLEAVING_SUPPORTED, id, both), 0);
		ck_assert_int_eq(opts_try_value(client,
		    GSCTP_OPT_INTERLEAVING_SUPPORTED, id, !both),
		    -ENOPROTOOPT);
		traffic_both_ways(client, id, server, at_server);
	}
}
END_TEST

/* A long message, and a short one behind it: which arrives first? */
static bool
short_one_overtakes(const struct gsctp_opt *opts, size_t n)
{
	struct loop_pair p = loop_pair(opts, n);
	uint8_t *big = traffic_bytes(BIG, 1);
	struct gsctp_msg *m;
	bool overtakes;
	int i;

	/* The second is sent while the first is on its way, however slow we
	 * are. */
	ck_assert_int_eq(gsctp_stack_set_faults("out.delay=20ms"), 0);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, big, BIG), 0);
	traffic_send(p.client, p.at_client, 1, "short");
	for (i = 0; i < 2; i++) {
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		ck_assert(m->u.data.complete);
		if (i == 0)
			overtakes = m->u.data.len == 5;
		if (m->u.data.len == BIG)
			ck_assert_mem_eq(m->u.data.data, big, BIG);
		else
			ck_assert_mem_eq(m->u.data.data, "short", 5);
		gsctp_msg_free(m);
	}
	ck_assert_int_eq(gsctp_stack_set_faults(NULL), 0);
	free(big);
	return overtakes;
}

START_TEST(with_interleaving_a_short_message_overtakes_a_long_one)
{
	const struct gsctp_opt on[] = { INTERLEAVE };

	ck_assert(!short_one_overtakes(NULL, 0));
	ck_assert(short_one_overtakes(on, COUNT(on)));
}
END_TEST

/*
 * Messages on all streams at once, longer than the receive buffer, so that
 * their pieces come mixed: each arrives whole.
 */
static void
exchange_mixed(const struct gsctp_opt *opts, size_t n, uint32_t flags)
{
	struct loop_pair p = traffic_brisk_pair(opts, n);
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client };
	uint8_t *bytes[5];
	struct iovec iov = { .iov_len = 40000 };
	struct gsctp_msg *m;
	int i, got[5] = { 0 };

	for (i = 0; i < 5; i++) {
		bytes[i] = traffic_bytes(iov.iov_len, (uint32_t)i);
		iov.iov_base = bytes[i];
		info.stream = (uint16_t)i;
		info.flags = i % 2 ? flags : 0;
		ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1,
		    NULL, 0), 0);
	}
	for (i = 0; i < 5; i++) {
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		ck_assert(m->u.data.complete);
		ck_assert_uint_eq(m->u.data.len, iov.iov_len);
		ck_assert_uint_lt(m->u.data.info.stream, 5);
		ck_assert_mem_eq(m->u.data.data,
		    bytes[m->u.data.info.stream], iov.iov_len);
		ck_assert_int_eq(got[m->u.data.info.stream]++, 0);
		gsctp_msg_free(m);
	}
	for (i = 0; i < 5; i++)
		free(bytes[i]);
}

START_TEST(mixed_pieces_are_put_to_their_own_messages)
{
	const struct gsctp_opt opts[] = { INTERLEAVE, GSCTP_RECBUF(16384) };

	exchange_mixed(opts, COUNT(opts), 0);
}
END_TEST

START_TEST(what_the_engine_would_keep_back_is_refused)
{
	const struct gsctp_opt on[] = { INTERLEAVE, GSCTP_EXPLICIT_EOR(true) };
	struct loop_pair p = loop_pair(on, COUNT(on));
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client,
		.flags = GSCTP_UNORDERED };
	uint8_t *bytes = traffic_bytes(3000, 1);
	struct iovec iov = { .iov_base = bytes, .iov_len = 3000 };

	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0),
	    -EOPNOTSUPP);
	iov.iov_len = 1400;
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0), 0);
	traffic_unstuff(p.server, 1, 1400);
	info.flags |= GSCTP_MORE;
	ck_assert_int_eq(opts_send(p.client, &info, "x"), -EOPNOTSUPP);
	info.flags = GSCTP_PR_RTX;
	ck_assert_int_eq(opts_send(p.client, &info, "x"), -EOPNOTSUPP);
	info.flags = 0;
	info.timetolive = 1000;
	ck_assert_int_eq(opts_send(p.client, &info, "x"), -EOPNOTSUPP);
	info.timetolive = 0;
	ck_assert_int_eq(opts_send(p.client, &info, "x"), 0);
	traffic_expect(p.server, p.at_server, "x");
	free(bytes);
}
END_TEST

/* Past the bound each message comes in pieces, mixed, and none is lost. */
START_TEST(past_the_bound_pieces_of_streams_come_mixed)
{
	const struct gsctp_opt opts[] = { INTERLEAVE, GSCTP_RECBUF(16384),
		GSCTP_BUFFER(8192) };
	struct loop_pair p = traffic_brisk_pair(opts, COUNT(opts));
	const size_t len = 60000;
	uint8_t *bytes[3];
	size_t got[3] = { 0 };
	struct gsctp_msg *m;
	int i, done = 0, turns = 0;
	uint16_t last = 0;

	for (i = 0; i < 3; i++) {
		bytes[i] = traffic_bytes(len, (uint32_t)i);
		ck_assert_int_eq(gsctp_send(p.client, p.at_client,
		    (uint16_t)i, bytes[i], len), 0);
	}
	while (done < 3) {
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		i = m->u.data.info.stream;
		ck_assert_int_lt(i, 3);
		ck_assert_uint_le(m->u.data.len, len - got[i]);
		ck_assert_mem_eq(m->u.data.data, bytes[i] + got[i],
		    m->u.data.len);
		got[i] += m->u.data.len;
		ck_assert_int_eq(m->u.data.complete, got[i] == len);
		done += m->u.data.complete;
		turns += last != i;
		last = (uint16_t)i;
		gsctp_msg_free(m);
	}
	ck_assert_int_gt(turns, 2);
	for (i = 0; i < 3; i++)
		free(bytes[i]);
}
END_TEST

START_TEST(an_abort_ends_every_message_that_was_begun)
{
	const struct gsctp_opt opts[] = { INTERLEAVE, GSCTP_RECBUF(16384) };
	struct loop_pair p = traffic_brisk_pair(opts, COUNT(opts));
	uint8_t *big = traffic_bytes(60000, 1);
	struct gsctp_msg *m;
	uint16_t i;

	for (i = 0; i < 3; i++)
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, i, big,
		    60000), 0);
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), 0);
	do {
		m = loop_recv(p.server);
		if (m->type == GSCTP_MSG_ASSOC_CHANGE)
			break;
		if (m->type == GSCTP_MSG_DATA) {
			ck_assert(!m->u.data.complete ||
			    m->u.data.len == 60000);
		}
		gsctp_msg_free(m);
	} while (true);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_LOST);
	gsctp_msg_free(m);
	free(big);
}
END_TEST

START_TEST(schedulers_read_back_and_some_are_refused)
{
	static const struct {
		uint32_t v;
		int err;
	} rows[] = {
		{ GSCTP_SS_RR, 0 },
		{ GSCTP_SS_PRIO, 0 },
		{ GSCTP_SS_FB, 0 },
		{ GSCTP_SS_FCFS, -EOPNOTSUPP },
		{ GSCTP_SS_RR_PKT, -EOPNOTSUPP },
		{ GSCTP_SS_WFQ, -EOPNOTSUPP },
		{ GSCTP_SS_WFQ + 1, -EINVAL },
		{ UINT32_MAX, -EINVAL },
		{ GSCTP_SS_DEFAULT, 0 },
	};
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_assoc_id ids[] = { 0, p.at_client };
	uint32_t now;
	size_t i, j;

	for (j = 0; j < 2; j++) {
		now = GSCTP_SS_DEFAULT;
		ck_assert_uint_eq(opts_value(p.client,
		    GSCTP_OPT_STREAM_SCHEDULER, ids[j]), now);
		for (i = 0; i < COUNT(rows); i++) {
			ck_assert_int_eq(opts_try_value(p.client,
			    GSCTP_OPT_STREAM_SCHEDULER, ids[j], rows[i].v),
			    rows[i].err);
			if (rows[i].err == 0)
				now = rows[i].v;
			ck_assert_uint_eq(opts_value(p.client,
			    GSCTP_OPT_STREAM_SCHEDULER, ids[j]), now);
		}
	}
}
END_TEST

START_TEST(values_are_of_prio_alone_and_of_streams_that_there_are)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt o = GSCTP_STREAM_SCHEDULER_VALUE(
	    .assoc_id = p.at_client, .stream = 9, .value = 7);

	ck_assert_int_eq(opts_try(p.client, o), -EINVAL);
	ck_assert_uint_eq(opts_get(p.client, o).u.stream_value.value, 0);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_STREAM_SCHEDULER,
	    p.at_client, GSCTP_SS_PRIO), 0);
	ck_assert_int_eq(opts_try(p.client, o), 0);
	ck_assert_uint_eq(opts_get(p.client, o).u.stream_value.value, 7);
	o.u.stream_value.value = 65535;
	ck_assert_int_eq(opts_try(p.client, o), 0);
	ck_assert_uint_eq(opts_get(p.client, o).u.stream_value.value, 65535);
	o.u.stream_value.stream = 10;
	ck_assert_int_eq(opts_try(p.client, o), -EINVAL);
	ck_assert_int_eq(opts_try_get(p.client, o), -EINVAL);
	o.u.stream_value.stream = 65535;
	ck_assert_int_eq(opts_try(p.client, o), -EINVAL);
}
END_TEST

/*
 * A pair with this scheduler, whose client has sent to a peer that does not
 * answer, so that what it sends now waits.
 */
static struct loop_pair
stalled_pair(uint32_t scheduler, int *hole)
{
	const struct gsctp_opt opts[] = {
		GSCTP_STREAM_SCHEDULER(.assoc_value = scheduler),
		GSCTP_NODELAY(true),
		GSCTP_DISABLE_FRAGMENTS(true),
	};
	struct loop_pair p = traffic_brisk_pair(opts, COUNT(opts));
	uint8_t *fill = traffic_bytes(1400, 1);
	uint16_t port;
	int i;

	*hole = traffic_blackhole("127.0.0.1", &port);
	ck_assert_uint_eq(opts_value(p.client, GSCTP_OPT_STREAM_SCHEDULER,
	    p.at_client), scheduler);
	opts_settle(&p);
	opts_send_by(p.client, p.at_client, port);
	/* More than a first window. */
	for (i = 0; i < 8; i++)
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 9, fill,
		    1400), 0);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_STREAM_SCHEDULER,
	    p.at_client, scheduler == GSCTP_SS_RR ? GSCTP_SS_FB : GSCTP_SS_RR),
	    -EBUSY);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_ADD_STREAMS(.assoc_id = p.at_client, .outstrms = 1)),
	    -EBUSY);
	free(fill);
	return p;
}

/* The peer answers again: the streams of what came, but for the filling. */
static void
resume(struct loop_pair *p, int hole, uint16_t *streams, size_t n)
{
	struct gsctp_msg *m;
	size_t i = 0;

	opts_send_by(p->client, p->at_client, loop_udp_port());
	while (i < n) {
		m = loop_recv_type(p->server, GSCTP_MSG_DATA);
		if (m->u.data.info.stream != 9)
			streams[i++] = m->u.data.info.stream;
		gsctp_msg_free(m);
	}
	close(hole);
}

static void
send_n(struct loop_pair *p, uint16_t stream, int n, size_t len)
{
	uint8_t *bytes = traffic_bytes(len, stream);

	while (n-- > 0)
		ck_assert_int_eq(gsctp_send(p->client, p->at_client, stream,
		    bytes, len), 0);
	free(bytes);
}

START_TEST(prio_sends_lower_values_first)
{
	uint16_t got[9], want[9] = { 2, 2, 2, 1, 1, 1, 0, 0, 0 };
	struct loop_pair p;
	uint16_t i;
	int hole;

	p = stalled_pair(GSCTP_SS_PRIO, &hole);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
		    GSCTP_STREAM_SCHEDULER_VALUE(.assoc_id = p.at_client,
		    .stream = i, .value = (uint16_t)(10 - i))), 0);
	for (i = 0; i < 3; i++)
		send_n(&p, i, 3, 1000);
	resume(&p, hole, got, 9);
	ck_assert_mem_eq(got, want, sizeof(want));
}
END_TEST

START_TEST(rr_sends_streams_in_turn_by_their_numbers)
{
	uint16_t got[6], want[6] = { 1, 2, 3, 1, 2, 3 };
	struct loop_pair p;
	int hole;

	p = stalled_pair(GSCTP_SS_RR, &hole);
	send_n(&p, 3, 2, 1000);
	send_n(&p, 1, 2, 1000);
	send_n(&p, 2, 2, 1000);
	resume(&p, hole, got, 6);
	ck_assert_mem_eq(got, want, sizeof(want));
}
END_TEST

/* Short messages of one stream for each long one of the other. */
START_TEST(fb_gives_each_stream_the_same_bandwidth)
{
	uint16_t got[20];
	struct loop_pair p;
	int i, hole, shorts = 0;

	p = stalled_pair(GSCTP_SS_FB, &hole);
	send_n(&p, 1, 8, 1200);
	send_n(&p, 2, 12, 200);
	resume(&p, hole, got, 20);
	for (i = 0; i < 14; i++)
		shorts += got[i] == 2;
	ck_assert_int_ge(shorts, 10);

	p = stalled_pair(GSCTP_SS_DEFAULT, &hole);
	send_n(&p, 1, 8, 1200);
	send_n(&p, 2, 12, 200);
	resume(&p, hole, got, 20);
	for (shorts = i = 0; i < 14; i++)
		shorts += got[i] == 2;
	ck_assert_int_le(shorts, 8);
}
END_TEST

/* Every scheduler, with and without interleaving, and added streams. */
START_TEST(every_scheduler_delivers_everything)
{
	static const uint32_t all[] = { GSCTP_SS_DEFAULT, GSCTP_SS_RR,
		GSCTP_SS_PRIO, GSCTP_SS_FB };
	struct gsctp_opt opts[] = { INTERLEAVE,
		GSCTP_STREAM_SCHEDULER(.assoc_value = 0) };
	size_t i;

	for (i = 0; i < COUNT(all); i++) {
		opts[2].u.assoc_value.assoc_value = all[i];
		exchange_mixed(opts, 3, 0);
		exchange_mixed(&opts[2], 1, GSCTP_UNORDERED);
	}
}
END_TEST

START_TEST(streams_can_be_added_under_every_scheduler)
{
	static const uint32_t all[] = { GSCTP_SS_RR, GSCTP_SS_PRIO,
		GSCTP_SS_FB };
	struct gsctp_opt opts[] = {
		GSCTP_STREAM_SCHEDULER(.assoc_value = 0),
		GSCTP_ENABLE_STREAM_RESET(.assoc_value = 5),
		GSCTP_EVENTS(.stream_change = gsctp_def(1)),
	};
	struct loop_pair p;
	size_t i, n;

	for (i = 0; i < COUNT(all); i++) {
		opts[0].u.assoc_value.assoc_value = all[i];
		p = loop_pair(opts, COUNT(opts));
		send_n(&p, 3, 10, 5000);
		traffic_arrived(p.client, p.at_client);
		ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
		    GSCTP_ADD_STREAMS(.assoc_id = p.at_client,
		    .outstrms = 5)), 0);
		send_n(&p, 4, 10, 5000);
		gsctp_msg_free(loop_recv_type(p.client,
		    GSCTP_MSG_STREAM_CHANGE));
		send_n(&p, 14, 1, 7);
		for (n = 0; n < 21; n++)
			gsctp_msg_free(loop_recv_type(p.server,
			    GSCTP_MSG_DATA));
		traffic_arrived(p.client, p.at_client);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, interleaving_needs_fragment_interleave);
	tcase_add_test(tc, interleaving_is_negotiated);
	tcase_add_test(tc,
	    with_interleaving_a_short_message_overtakes_a_long_one);
	tcase_add_test(tc, mixed_pieces_are_put_to_their_own_messages);
	tcase_add_test(tc, what_the_engine_would_keep_back_is_refused);
	tcase_add_test(tc, past_the_bound_pieces_of_streams_come_mixed);
	tcase_add_test(tc, an_abort_ends_every_message_that_was_begun);
	tcase_add_test(tc, schedulers_read_back_and_some_are_refused);
	tcase_add_test(tc,
	    values_are_of_prio_alone_and_of_streams_that_there_are);
	tcase_add_test(tc, prio_sends_lower_values_first);
	tcase_add_test(tc, rr_sends_streams_in_turn_by_their_numbers);
	tcase_add_test(tc, fb_gives_each_stream_the_same_bandwidth);
	tcase_add_test(tc, every_scheduler_delivers_everything);
	tcase_add_test(tc, streams_can_be_added_under_every_scheduler);
}

int
main(void)
{
	return traffic_run("interleave", add_tests);
}
