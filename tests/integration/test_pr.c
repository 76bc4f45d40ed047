/* Partial reliability (RFC 3758, RFC 7496): when a message is given up, what
 * goes without saying, and what is counted. */

#include "opts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* DATA chunks are all that a blackhole gets, but for heartbeats. */
static int
count_data(int fd)
{
	uint8_t p[2048];
	ssize_t len;
	int n = 0;

	while ((len = recv(fd, p, sizeof(p), MSG_DONTWAIT)) > 12)
		n += p[12] == 0;
	return n;
}

static struct gsctp_prstatus
assoc_status(gsctp_sock s, gsctp_assoc_id id, uint32_t policy)
{
	struct gsctp_opt o = GSCTP_PR_ASSOC_STATUS(.assoc_id = id,
	    .policy = policy);

	return opts_get(s, o).u.prstatus;
}

static struct gsctp_prstatus
stream_status(gsctp_sock s, gsctp_assoc_id id, uint16_t stream)
{
	struct gsctp_opt o = GSCTP_PR_STREAM_STATUS(.assoc_id = id,
	    .stream = stream);

	return opts_get(s, o).u.prstatus;
}

/* A path that is never given up, however long it is silent. */
static struct loop_pair
patient_pair(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt = gsctp_def(1000)),
	};

	return traffic_brisk_pair(opts, COUNT(opts));
}

/* A message by info into nothing: how often it was sent until it failed. */
static int
send_in_vain(const struct loop_pair *p, struct gsctp_sndrcvinfo info)
{
	struct gsctp_msg *m;
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);
	int n;

	opts_settle(p);
	opts_send_by(p->client, p->at_client, port);
	info.assoc_id = p->at_client;
	ck_assert_int_eq(opts_send(p->client, &info, "in vain"), 0);
	m = loop_recv_type(p->client, GSCTP_MSG_SEND_FAILED);
	ck_assert(m->u.send_failed.sent);
	ck_assert_uint_eq(m->u.send_failed.len, 7);
	gsctp_msg_free(m);
	n = count_data(fd);
	opts_send_by(p->client, p->at_client, loop_udp_port());
	traffic_both_ways(p->client, p->at_client, p->server, p->at_server);
	close(fd);
	return n;
}

START_TEST(rtx_sends_a_message_so_many_times_again)
{
	struct loop_pair p = patient_pair();
	struct gsctp_sndrcvinfo info = {
		.stream = 2,
		.flags = GSCTP_PR_RTX,
	};
	uint32_t i;

	for (i = 0; i < 3; i++) {
		info.timetolive = i;
		ck_assert_int_eq(send_in_vain(&p, info), (int)i + 1);
	}
}
END_TEST

/* The one path has failed, with nothing left to be sent again on it: only a
 * heartbeat finds out that it is good again. */
START_TEST(data_follows_at_once_where_what_was_given_up_failed_the_path)
{
	const struct gsctp_opt opts[] = {
		GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt = gsctp_def(1)),
	};
	struct loop_pair p = traffic_brisk_pair(opts, 1);
	struct gsctp_sndrcvinfo info = {
		.flags = GSCTP_PR_RTX,
		.timetolive = 1,
	};

	(void)send_in_vain(&p, info);
}
END_TEST

START_TEST(a_ttl_flag_says_what_is_meant_without_it)
{
	struct loop_pair p = patient_pair();
	struct gsctp_sndrcvinfo info = {
		.flags = GSCTP_PR_TTL,
		.timetolive = 10,
	};

	ck_assert_int_eq(send_in_vain(&p, info), 1);
	info.flags = 0;
	ck_assert_int_eq(send_in_vain(&p, info), 1);
}
END_TEST

START_TEST(what_was_given_up_is_counted_by_policy_and_by_stream)
{
	struct loop_pair p = patient_pair();
	struct gsctp_sndrcvinfo info = {
		.stream = 3,
		.flags = GSCTP_PR_RTX,
	};

	(void)send_in_vain(&p, info);
	(void)send_in_vain(&p, info);
	info.stream = 4;
	info.flags = 0;
	info.timetolive = 10;
	(void)send_in_vain(&p, info);
	ck_assert_uint_eq(assoc_status(p.client, p.at_client,
	    GSCTP_PR_RTX).abandoned_sent, 2);
	ck_assert_uint_eq(assoc_status(p.client, p.at_client,
	    GSCTP_PR_TTL).abandoned_sent, 1);
	ck_assert_uint_eq(assoc_status(p.client, p.at_client,
	    GSCTP_PR_PRIO).abandoned_sent, 0);
	ck_assert_uint_eq(assoc_status(p.client, p.at_client,
	    0).abandoned_sent, 3);
	ck_assert_uint_eq(assoc_status(p.client, p.at_client,
	    0).abandoned_unsent, 0);
	ck_assert_uint_eq(assoc_status(p.server, p.at_server,
	    0).abandoned_sent, 0);
	ck_assert_uint_eq(stream_status(p.client, p.at_client,
	    3).abandoned_sent, 2);
	ck_assert_uint_eq(stream_status(p.client, p.at_client,
	    4).abandoned_sent, 1);
	ck_assert_uint_eq(stream_status(p.client, p.at_client,
	    0).abandoned_sent, 0);
}
END_TEST

START_TEST(the_counts_need_a_policy_and_a_stream_that_there_are)
{
	static const uint32_t bad[] = { 1, 0x0f, 0x30, 0x80, 0xffffffff };
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt a = GSCTP_PR_ASSOC_STATUS(.assoc_id = p.at_client);
	struct gsctp_opt s = GSCTP_PR_STREAM_STATUS(.assoc_id = p.at_client);
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		a.u.prstatus.policy = s.u.prstatus.policy = bad[i];
		ck_assert_int_eq(opts_try_get(p.client, a), -EINVAL);
		ck_assert_int_eq(opts_try_get(p.client, s), -EINVAL);
	}
	s.u.prstatus.policy = GSCTP_PR_RTX;
	ck_assert_int_eq(opts_try_get(p.client, s), -EOPNOTSUPP);
	s.u.prstatus.policy = 0;
	s.u.prstatus.stream = 9;
	ck_assert_int_eq(opts_try_get(p.client, s), 0);
	s.u.prstatus.stream = 10;
	ck_assert_int_eq(opts_try_get(p.client, s), -EINVAL);
	s.u.prstatus.stream = 65535;
	ck_assert_int_eq(opts_try_get(p.client, s), -EINVAL);
	ck_assert_int_eq(opts_try(p.client, a), -ENOPROTOOPT);
	ck_assert_int_eq(opts_try(p.client, s), -ENOPROTOOPT);
}
END_TEST

START_TEST(a_streams_counts_are_refused_once_streams_may_be_added)
{
	const struct gsctp_opt allow[] = {
		GSCTP_ENABLE_STREAM_RESET(.assoc_value = 4),
		GSCTP_EVENTS(.stream_change = gsctp_def(true)),
	};
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt s = GSCTP_PR_STREAM_STATUS(.assoc_id = p.at_client);

	ck_assert_int_eq(opts_try_get(p.client, s), 0);
	ck_assert_int_eq(opts_try_value(p.client,
	    GSCTP_OPT_ENABLE_STREAM_RESET, p.at_client, 4), 0);
	ck_assert_int_eq(opts_try_get(p.client, s), -EOPNOTSUPP);
	ck_assert_int_eq(opts_try_value(p.client,
	    GSCTP_OPT_ENABLE_STREAM_RESET, p.at_client, 0), 0);
	ck_assert_int_eq(opts_try_get(p.client, s), 0);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_ADD_STREAMS(.assoc_id = p.at_client, .outstrms = 1)), 0);
	ck_assert_int_eq(opts_try_get(p.client, s), -EOPNOTSUPP);

	/* The other side, whose streams the peer may have asked for. */
	p = loop_pair(allow, 2);
	s.u.prstatus.assoc_id = p.at_server;
	ck_assert_int_eq(opts_try_get(p.server, s), -EOPNOTSUPP);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_ADD_STREAMS(.assoc_id = p.at_client, .instrms = 1)), 0);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_STREAM_CHANGE));
	ck_assert_int_eq(opts_try_value(p.server,
	    GSCTP_OPT_ENABLE_STREAM_RESET, p.at_server, 0), 0);
	ck_assert_int_eq(opts_try_get(p.server, s), -EOPNOTSUPP);
}
END_TEST

START_TEST(prio_and_contradictions_are_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client };

	info.flags = GSCTP_PR_PRIO;
	info.timetolive = 1;
	ck_assert_int_eq(opts_send(p.client, &info, "x"), -EOPNOTSUPP);
	info.flags = GSCTP_PR_TTL | GSCTP_PR_RTX;
	ck_assert_int_eq(opts_send(p.client, &info, "x"), -EINVAL);
	info.flags = GSCTP_PR_RTX | GSCTP_PR_PRIO;
	ck_assert_int_eq(opts_send(p.client, &info, "x"), -EINVAL);
	info.flags = GSCTP_PR_TTL;
	info.timetolive = 0;
	ck_assert_int_eq(opts_send(p.client, &info, "x"), -EINVAL);
	info.timetolive = UINT32_MAX;
	ck_assert_int_eq(opts_send(p.client, &info, "long"), 0);
	traffic_expect(p.server, p.at_server, "long");
	info.flags = GSCTP_PR_RTX;
	ck_assert_int_eq(opts_send(p.client, &info, "often"), 0);
	traffic_expect(p.server, p.at_server, "often");
	traffic_nothing_waits(p.server);
}
END_TEST

static int
set_prinfo(gsctp_sock s, gsctp_assoc_id id, uint32_t policy, uint32_t value)
{
	return opts_try(s, (struct gsctp_opt)GSCTP_DEFAULT_PRINFO(
	    .assoc_id = id, .policy = policy, .value = value));
}

static void
check_prinfo(gsctp_sock s, gsctp_assoc_id id, uint32_t policy, uint32_t value)
{
	struct gsctp_default_prinfo p =
	    opts_get_id(s, GSCTP_OPT_DEFAULT_PRINFO, id).u.prinfo;

	ck_assert_uint_eq(p.policy, policy);
	ck_assert_uint_eq(p.value, value);
}

START_TEST(default_prinfo_reads_back_and_is_of_later_associations)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock other = opts_listener(NULL, 0);
	gsctp_assoc_id id, at_other;

	check_prinfo(p.client, 0, 0, 0);
	ck_assert_int_eq(set_prinfo(p.client, 0, GSCTP_PR_RTX, 0), 0);
	check_prinfo(p.client, 0, GSCTP_PR_RTX, 0);
	check_prinfo(p.client, p.at_client, 0, 0);
	id = opts_join(p.client, other, &at_other);
	check_prinfo(p.client, id, GSCTP_PR_RTX, 0);
	ck_assert_int_eq(set_prinfo(p.client, id, GSCTP_PR_RTX, UINT32_MAX), 0);
	check_prinfo(p.client, id, GSCTP_PR_RTX, UINT32_MAX);
	ck_assert_int_eq(set_prinfo(p.client, id, GSCTP_PR_TTL, 1), 0);
	check_prinfo(p.client, id, GSCTP_PR_TTL, 1);
	ck_assert_int_eq(set_prinfo(p.client, id, 0, 1), -EINVAL);
	ck_assert_int_eq(set_prinfo(p.client, id, GSCTP_PR_TTL, 0), -EINVAL);
	ck_assert_int_eq(set_prinfo(p.client, id, GSCTP_PR_PRIO, 0),
	    -EOPNOTSUPP);
	ck_assert_int_eq(set_prinfo(p.client, id,
	    GSCTP_PR_TTL | GSCTP_PR_RTX, 1), -EINVAL);
	ck_assert_int_eq(set_prinfo(p.client, id, GSCTP_UNORDERED, 1),
	    -EINVAL);
	check_prinfo(p.client, id, GSCTP_PR_TTL, 1);
	ck_assert_int_eq(set_prinfo(p.client, id, 0, 0), 0);
	check_prinfo(p.client, id, 0, 0);
}
END_TEST

/* They are two views of one thing. */
START_TEST(default_prinfo_goes_with_default_send_param)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_send_param d;

	traffic_set(p.client, (struct gsctp_opt)GSCTP_DEFAULT_SEND_PARAM(
	    .timetolive = gsctp_def(70),
	    .flags = gsctp_def(GSCTP_UNORDERED)));
	check_prinfo(p.client, 0, GSCTP_PR_TTL, 70);
	ck_assert_int_eq(set_prinfo(p.client, 0, GSCTP_PR_RTX, 4), 0);
	d = opts_get_id(p.client, GSCTP_OPT_DEFAULT_SEND_PARAM,
	    0).u.send_param;
	ck_assert_uint_eq(d.flags.v, GSCTP_UNORDERED | GSCTP_PR_RTX);
	ck_assert_uint_eq(d.timetolive.v, 4);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_DEFAULT_SEND_PARAM(.flags = gsctp_def(GSCTP_PR_PRIO))),
	    -EOPNOTSUPP);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_DEFAULT_SEND_PARAM(.flags = gsctp_def(GSCTP_PR_TTL),
	    .timetolive = gsctp_def(0))), -EINVAL);
	check_prinfo(p.client, 0, GSCTP_PR_RTX, 4);
}
END_TEST

/* The engine's receiver might wait for the rest of it for ever. */
START_TEST(what_is_unordered_and_given_up_fits_a_packet)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client,
		.flags = GSCTP_UNORDERED | GSCTP_PR_RTX };
	uint8_t *bytes = traffic_bytes(3000, 1);
	struct iovec iov = { .iov_base = bytes, .iov_len = 3000 };

	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0),
	    -EOPNOTSUPP);
	info.flags = GSCTP_UNORDERED;
	info.timetolive = 20000;
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0),
	    -EOPNOTSUPP);
	iov.iov_len = 1400;
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0), 0);
	traffic_unstuff(p.server, 1, 1400);
	iov.iov_len = 3000;
	info.timetolive = 0;
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0), 0);
	traffic_unstuff(p.server, 1, 3000);
	info.flags = GSCTP_PR_RTX;
	info.timetolive = 100;
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0), 0);
	traffic_unstuff(p.server, 1, 3000);
	free(bytes);
}
END_TEST

START_TEST(send_gives_up_as_default_prinfo_says)
{
	struct loop_pair p = patient_pair();
	struct gsctp_msg *m;
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	ck_assert_int_eq(set_prinfo(p.client, p.at_client, GSCTP_PR_RTX, 1),
	    0);
	opts_settle(&p);
	opts_send_by(p.client, p.at_client, port);
	traffic_send(p.client, p.at_client, 0, "twice");
	m = loop_recv_type(p.client, GSCTP_MSG_SEND_FAILED);
	ck_assert_uint_eq(m->u.send_failed.len, 5);
	gsctp_msg_free(m);
	ck_assert_int_eq(count_data(fd), 2);
	close(fd);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, rtx_sends_a_message_so_many_times_again);
	tcase_add_test(tc,
	    data_follows_at_once_where_what_was_given_up_failed_the_path);
	tcase_add_test(tc, a_ttl_flag_says_what_is_meant_without_it);
	tcase_add_test(tc,
	    what_was_given_up_is_counted_by_policy_and_by_stream);
	tcase_add_test(tc,
	    the_counts_need_a_policy_and_a_stream_that_there_are);
	tcase_add_test(tc,
	    a_streams_counts_are_refused_once_streams_may_be_added);
	tcase_add_test(tc, prio_and_contradictions_are_refused);
	tcase_add_test(tc,
	    default_prinfo_reads_back_and_is_of_later_associations);
	tcase_add_test(tc, default_prinfo_goes_with_default_send_param);
	tcase_add_test(tc, what_is_unordered_and_given_up_fits_a_packet);
	tcase_add_test(tc, send_gives_up_as_default_prinfo_says);
}

int
main(void)
{
	return traffic_run("pr", add_tests);
}
