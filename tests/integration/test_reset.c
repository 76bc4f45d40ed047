/* Streams that begin anew, and new ones (RFC 6525), asked for by either side:
 * granted, denied, and what the events tell. */

#include "opts.h"
#include "side.h"

#define BOTH (GSCTP_RESET_INCOMING | GSCTP_RESET_OUTGOING)
#define REFUSED (GSCTP_RESET_DENIED | GSCTP_RESET_FAILED)

/* The client may ask the server for what allow says, and the other way. */
static struct loop_pair
reset_pair(uint32_t allow)
{
	const struct gsctp_opt opts[] = {
		GSCTP_ENABLE_STREAM_RESET(.assoc_value = allow),
		GSCTP_EVENTS(.stream_reset = gsctp_def(1),
		    .stream_change = gsctp_def(1)),
	};

	return loop_pair(opts, 2);
}

static int
ask(const struct loop_pair *p, uint32_t flags, const uint16_t *streams,
    size_t n)
{
	return opts_try(p->client, (struct gsctp_opt)GSCTP_RESET_STREAMS(
	    .assoc_id = p->at_client, .flags = flags, .streams = streams,
	    .nstreams = n));
}

/* The next message on the stream has this number. */
static void
expect_ssn(gsctp_sock from, gsctp_assoc_id id, gsctp_sock to, uint16_t stream,
    uint16_t ssn)
{
	struct gsctp_msg *m;

	traffic_send(from, id, stream, "x");
	m = loop_recv_type(to, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.stream, stream);
	ck_assert_uint_eq(m->u.data.info.ssn, ssn);
	gsctp_msg_free(m);
}

/* One message each way on streams 0 and 1, acknowledged. */
static void
use_streams(const struct loop_pair *p)
{
	uint16_t i;

	for (i = 0; i < 2; i++) {
		expect_ssn(p->client, p->at_client, p->server, i, 0);
		expect_ssn(p->server, p->at_server, p->client, i, 0);
	}
	traffic_arrived(p->client, p->at_client);
	traffic_arrived(p->server, p->at_server);
}

/* Resets until stream is among those of each of these directions, granted. */
static void
await_reset(gsctp_sock s, uint32_t directions, uint16_t stream)
{
	const struct gsctp_stream_reset_event *e;
	struct gsctp_msg *m;
	bool found;
	size_t i;

	while (directions != 0) {
		m = loop_recv_type(s, GSCTP_MSG_STREAM_RESET);
		e = &m->u.stream_reset;
		ck_assert_uint_eq(e->flags & REFUSED, 0);
		found = e->nstreams == 0;
		for (i = 0; i < e->nstreams; i++)
			found = found || e->streams[i] == stream;
		if (found)
			directions &= ~e->flags;
		gsctp_msg_free(m);
	}
}

START_TEST(outgoing_streams_begin_anew_and_others_do_not)
{
	static const uint16_t one[] = { 1 };
	struct loop_pair p = reset_pair(1);

	use_streams(&p);
	ck_assert_int_eq(ask(&p, GSCTP_RESET_OUTGOING, one, 1), 0);
	await_reset(p.client, GSCTP_RESET_OUTGOING, 1);
	await_reset(p.server, GSCTP_RESET_INCOMING, 1);
	expect_ssn(p.client, p.at_client, p.server, 1, 0);
	expect_ssn(p.client, p.at_client, p.server, 0, 1);
	expect_ssn(p.server, p.at_server, p.client, 1, 1);
}
END_TEST

/* The peer resets its own, as it is asked. */
START_TEST(incoming_streams_begin_anew_at_the_peer)
{
	static const uint16_t one[] = { 1 };
	struct loop_pair p = reset_pair(1);

	use_streams(&p);
	ck_assert_int_eq(ask(&p, GSCTP_RESET_INCOMING, one, 1), 0);
	await_reset(p.server, GSCTP_RESET_OUTGOING, 1);
	await_reset(p.client, GSCTP_RESET_INCOMING, 1);
	expect_ssn(p.server, p.at_server, p.client, 1, 0);
	expect_ssn(p.server, p.at_server, p.client, 0, 1);
	expect_ssn(p.client, p.at_client, p.server, 1, 1);
}
END_TEST

START_TEST(both_directions_begin_anew)
{
	static const uint16_t one[] = { 1 };
	struct loop_pair p = reset_pair(1);

	use_streams(&p);
	ck_assert_int_eq(ask(&p, BOTH, one, 1), 0);
	await_reset(p.client, BOTH, 1);
	expect_ssn(p.client, p.at_client, p.server, 1, 0);
	expect_ssn(p.server, p.at_server, p.client, 1, 0);
	expect_ssn(p.client, p.at_client, p.server, 0, 1);
}
END_TEST

START_TEST(no_list_is_every_stream)
{
	struct loop_pair p = reset_pair(1);

	use_streams(&p);
	ck_assert_int_eq(ask(&p, GSCTP_RESET_OUTGOING, NULL, 0), 0);
	await_reset(p.client, GSCTP_RESET_OUTGOING, 1);
	expect_ssn(p.client, p.at_client, p.server, 0, 0);
	expect_ssn(p.client, p.at_client, p.server, 1, 0);
	expect_ssn(p.server, p.at_server, p.client, 0, 1);
}
END_TEST

/* The number of an answer that is no, and the streams as they were. */
static void
check_denied(uint32_t flags)
{
	static const uint16_t one[] = { 1 };
	struct loop_pair p = reset_pair(0);
	struct gsctp_msg *m;

	use_streams(&p);
	ck_assert_int_eq(ask(&p, flags, one, 1), 0);
	m = loop_recv_type(p.client, GSCTP_MSG_STREAM_RESET);
	ck_assert_uint_ne(m->u.stream_reset.flags & REFUSED, 0);
	ck_assert_uint_eq(m->u.stream_reset.flags & BOTH, flags);
	ck_assert_uint_eq(m->u.stream_reset.assoc_id, p.at_client);
	gsctp_msg_free(m);
	expect_ssn(p.client, p.at_client, p.server, 1, 1);
	expect_ssn(p.server, p.at_server, p.client, 1, 1);
	traffic_nothing_waits(p.server);
}

START_TEST(what_the_peer_does_not_allow_is_denied)
{
	check_denied(GSCTP_RESET_OUTGOING);
	check_denied(GSCTP_RESET_INCOMING);
}
END_TEST

static void
await_change(gsctp_sock s, uint16_t in, uint16_t out)
{
	struct gsctp_msg *m = loop_recv_type(s, GSCTP_MSG_STREAM_CHANGE);

	ck_assert_uint_eq(m->u.stream_change.flags, 0);
	ck_assert_uint_eq(m->u.stream_change.instrms, in);
	ck_assert_uint_eq(m->u.stream_change.outstrms, out);
	gsctp_msg_free(m);
}

START_TEST(streams_are_added_in_either_direction)
{
	struct loop_pair p = reset_pair(4);

	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_ADD_STREAMS(.assoc_id = p.at_client, .outstrms = 2)), 0);
	await_change(p.client, 10, 12);
	await_change(p.server, 12, 10);
	expect_ssn(p.client, p.at_client, p.server, 11, 0);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_ADD_STREAMS(.assoc_id = p.at_client, .instrms = 3)), 0);
	await_change(p.server, 12, 13);
	expect_ssn(p.server, p.at_server, p.client, 12, 0);
}
END_TEST

START_TEST(streams_that_the_peer_does_not_allow_are_not_added)
{
	struct loop_pair p = reset_pair(1);
	struct gsctp_msg *m;

	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_ADD_STREAMS(.assoc_id = p.at_client, .outstrms = 2)), 0);
	m = loop_recv_type(p.client, GSCTP_MSG_STREAM_CHANGE);
	ck_assert_uint_ne(m->u.stream_change.flags & REFUSED, 0);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 10, "x", 1),
	    -EINVAL);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

static int
send_on_1(void *arg)
{
	const struct loop_pair *p = arg;

	return gsctp_send(p->client, p->at_client, 1, "after", 5);
}

/* Which waits for the peer's answer. */
START_TEST(a_send_waits_until_its_stream_is_reset)
{
	static const uint16_t one[] = { 1 };
	struct loop_pair p = reset_pair(1);
	struct side side;
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	traffic_set(p.client, (struct gsctp_opt)GSCTP_RTOINFO(
	    .assoc_id = p.at_client, .initial = gsctp_def(100),
	    .min = gsctp_def(100), .max = gsctp_def(200)));
	use_streams(&p);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = p.at_client, .port = port));
	ck_assert_int_eq(ask(&p, GSCTP_RESET_OUTGOING, one, 1), 0);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_SEND_TIMEOUT_MS(0));
	ck_assert_int_eq(send_on_1(&p), -EAGAIN);
	traffic_set(p.client, (struct gsctp_opt)
	    GSCTP_SEND_TIMEOUT_MS(LOOP_MS));
	side_start(&side, send_on_1, &p);
	side_await_sleep(&side);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = p.at_client, .port = loop_udp_port()));
	ck_assert_int_eq(side_join(&side), 0);
	traffic_expect(p.server, p.at_server, "after");
	close(fd);
}
END_TEST

START_TEST(an_association_whose_streams_are_being_reset_can_be_aborted)
{
	struct loop_pair p = reset_pair(1);
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	use_streams(&p);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = p.at_client, .port = port));
	ck_assert_int_eq(ask(&p, GSCTP_RESET_OUTGOING, NULL, 0), 0);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = p.at_client, .port = loop_udp_port()));
	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, "why", 3), 0);
	ck_assert_uint_eq(loop_recv_state(p.client, GSCTP_COMM_LOST),
	    p.at_client);
	ck_assert_uint_eq(loop_recv_state(p.server, GSCTP_COMM_LOST),
	    p.at_server);
	close(fd);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, outgoing_streams_begin_anew_and_others_do_not);
	tcase_add_test(tc, incoming_streams_begin_anew_at_the_peer);
	tcase_add_test(tc, both_directions_begin_anew);
	tcase_add_test(tc, no_list_is_every_stream);
	tcase_add_test(tc, what_the_peer_does_not_allow_is_denied);
	tcase_add_test(tc, streams_are_added_in_either_direction);
	tcase_add_test(tc, streams_that_the_peer_does_not_allow_are_not_added);
	tcase_add_test(tc, a_send_waits_until_its_stream_is_reset);
	tcase_add_test(tc,
	    an_association_whose_streams_are_being_reset_can_be_aborted);
}

int
main(void)
{
	return traffic_run("reset", add_tests);
}
