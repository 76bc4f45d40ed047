/* What an association has done, as it counts. */

#include "opts.h"
#include "rawpeer.h"

static struct raw_peer peer;	/* of the test that runs */

static struct gsctp_assoc_stats
stats(gsctp_sock s, gsctp_assoc_id id)
{
	return opts_get_id(s, GSCTP_OPT_GET_ASSOC_STATS, id).u.assoc_stats;
}

START_TEST(both_ends_count_the_same)
{
	const struct gsctp_opt opts[] = {
		GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(1472),
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)),
	};
	struct loop_pair p = loop_pair(opts, 1);
	uint8_t *bytes = traffic_bytes(50000, 1);
	struct gsctp_assoc_stats c0, s0, c, s;
	int i;

	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	traffic_arrived(p.client, p.at_client);
	traffic_arrived(p.server, p.at_server);
	c0 = stats(p.client, p.at_client);
	s0 = stats(p.server, p.at_server);
	ck_assert_uint_eq(c0.out_messages, 1);
	ck_assert_uint_eq(c0.in_messages, 1);
	ck_assert_uint_eq(c0.out_octets, strlen("there"));
	ck_assert_uint_eq(c0.in_octets, strlen("and back"));
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
		    50000), 0);
	traffic_unstuff(p.server, 3, 50000);
	traffic_arrived(p.client, p.at_client);
	c = stats(p.client, p.at_client);
	s = stats(p.server, p.at_server);
	ck_assert_uint_eq(c.out_messages - c0.out_messages, 3);
	ck_assert_uint_eq(c.out_octets - c0.out_octets, 150000);
	ck_assert_uint_eq(s.in_messages - s0.in_messages, 3);
	ck_assert_uint_eq(s.in_octets - s0.in_octets, 150000);
	ck_assert_uint_ge(c.out_packets - c0.out_packets, 150000 / 1472);
	ck_assert_uint_gt(c.out_bytes - c0.out_bytes, 150000);
	ck_assert_uint_gt(s.in_bytes - s0.in_bytes, 150000);
	/* A loopback may lose some, which are sent again. */
	ck_assert_uint_le(s.in_data_chunks - s0.in_data_chunks,
	    c.out_data_chunks - c0.out_data_chunks);
	ck_assert_uint_ge(s.in_data_chunks - s0.in_data_chunks,
	    c.out_data_chunks - c0.out_data_chunks - c.rtx_data_chunks);
	ck_assert_uint_gt(s.out_sacks, s0.out_sacks);
	ck_assert_uint_gt(c.in_sacks, c0.in_sacks);
	ck_assert_uint_eq(c.in_messages, c0.in_messages);
	free(bytes);
}
END_TEST

START_TEST(what_is_sent_again_is_counted)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client,
		.flags = GSCTP_PR_RTX, .timetolive = 3 };
	struct gsctp_assoc_stats before, st;
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	opts_settle(&p);
	before = stats(p.client, p.at_client);
	opts_send_by(p.client, p.at_client, port);
	ck_assert_int_eq(opts_send(p.client, &info, "in vain"), 0);
	gsctp_msg_free(loop_recv_type(p.client, GSCTP_MSG_SEND_FAILED));
	st = stats(p.client, p.at_client);
	ck_assert_uint_eq(st.rtx_data_chunks - before.rtx_data_chunks, 3);
	ck_assert_uint_eq(st.out_data_chunks - before.out_data_chunks, 4);
	ck_assert_uint_eq(st.out_messages - before.out_messages, 1);
	close(fd);
}
END_TEST

START_TEST(what_comes_twice_is_counted)
{
	gsctp_sock s = opts_listener(NULL, 0);
	struct gsctp_assoc_stats st;
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	id = m->assoc_id;
	gsctp_msg_free(m);
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 0, "x", 1);
	(void)raw_wait(&peer, RAW_SACK);
	peer.tsn--;
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 0, "x", 1);
	(void)raw_wait(&peer, RAW_SACK);
	st = stats(s, id);
	ck_assert_uint_eq(st.in_duplicates, 1);
	ck_assert_uint_eq(st.in_data_chunks, 2);
	m = raw_recv_type(&peer, s, GSCTP_MSG_DATA);
	gsctp_msg_free(m);
	ck_assert_uint_eq(stats(s, id).in_messages, 1);
	raw_close(&peer);
}
END_TEST

START_TEST(an_association_counts_for_itself_alone)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock other = opts_listener(NULL, 0);
	gsctp_assoc_id id, at_other;
	struct gsctp_assoc_stats st;

	id = opts_join(p.client, other, &at_other);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	st = stats(p.client, id);
	ck_assert_uint_eq(st.out_messages, 0);
	ck_assert_uint_eq(st.out_data_chunks, 0);
	ck_assert_uint_eq(st.in_data_chunks, 0);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_GET_ASSOC_STATS(id)), -ENOPROTOOPT);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, both_ends_count_the_same);
	tcase_add_test(tc, what_is_sent_again_is_counted);
	tcase_add_test(tc, what_comes_twice_is_counted);
	tcase_add_test(tc, an_association_counts_for_itself_alone);
}

int
main(void)
{
	return traffic_run("stats", add_tests);
}
