/* What is negotiated, and what of loss, delay and paths can be set. */

#include "opts.h"
#include "rawpeer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define RECONFIG 130		/* types of chunks */
#define I_DATA 64
#define NR_SACK 16
#define FORWARD_TSN 192

static struct raw_peer peer;	/* of the test that runs */

/* The value of a parameter in an INIT, or NULL. */
static const uint8_t *
find_param(const struct raw_chunk *init, uint16_t type, size_t *len)
{
	size_t at = 16;

	while (at + 4 <= init->len) {
		*len = raw_get16(init->value + at + 2);
		ck_assert_uint_ge(*len, 4);
		if (raw_get16(init->value + at) == type)
			return init->value + at + 4;
		at += (*len + 3) & ~(size_t)3;
	}
	return NULL;
}

/* Does an INIT with these options say that this chunk is understood? */
static bool
init_has(const struct gsctp_opt *opts, size_t n, uint8_t chunk)
{
	struct sockaddr_storage to;
	const uint8_t *list;
	gsctp_assoc_id id;
	struct raw_chunk c;
	size_t len;
	bool has;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, opts, n);
	to = loop_addr("127.0.0.1", peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, &id), 0);
	c = raw_wait(&peer, RAW_INIT);
	list = find_param(&c, 0x8008, &len);
	ck_assert_ptr_nonnull(list);
	has = memchr(list, chunk, len - 4) != NULL;
	if (chunk == FORWARD_TSN)
		ck_assert_int_eq(find_param(&c, 0xc000, &len) != NULL, has);
	ck_assert_int_eq(gsctp_close(s), 0);
	raw_close(&peer);
	return has;
}

static const struct {
	uint32_t id;
	uint8_t chunk;
	uint32_t by_default;
} switches[] = {
	{ GSCTP_OPT_PR_SUPPORTED, FORWARD_TSN, 1 },
	{ GSCTP_OPT_RECONFIG_SUPPORTED, RECONFIG, 1 },
	{ GSCTP_OPT_NRSACK_SUPPORTED, NR_SACK, 0 },
};

START_TEST(a_switch_is_told_to_the_peer)
{
	struct gsctp_opt o[2];
	size_t i;
	uint32_t v;

	for (i = 0; i < COUNT(switches); i++)
		for (v = 0; v < 2; v++) {
			o[0] = opts_of(switches[i].id, 0);
			o[0].u.assoc_value.assoc_value = v;
			ck_assert_int_eq(init_has(o, 1, switches[i].chunk),
			    v);
		}
	o[0] = (struct gsctp_opt)GSCTP_FRAGMENT_INTERLEAVE(2);
	o[1] = (struct gsctp_opt)GSCTP_INTERLEAVING_SUPPORTED(
	    .assoc_value = 1);
	ck_assert(init_has(o, 2, I_DATA));
	ck_assert(!init_has(o, 1, I_DATA));
}
END_TEST

START_TEST(what_both_sides_have_is_an_associations)
{
	struct gsctp_opt on, off;
	struct loop_pair p;
	gsctp_sock other;
	gsctp_assoc_id id, at_other;
	size_t i;

	for (i = 0; i < COUNT(switches); i++) {
		on = off = opts_of(switches[i].id, 0);
		on.u.assoc_value.assoc_value = 1;
		p = loop_pair(&on, 1);
		ck_assert_uint_eq(opts_value(p.client, on.id, p.at_client),
		    1);
		ck_assert_uint_eq(opts_value(p.server, on.id, p.at_server),
		    1);
		traffic_both_ways(p.client, p.at_client, p.server,
		    p.at_server);
		other = opts_listener(&off, 1);
		id = opts_join(p.client, other, &at_other);
		ck_assert_uint_eq(opts_value(p.client, on.id, id), 0);
		ck_assert_uint_eq(opts_value(other, on.id, at_other), 0);
		traffic_both_ways(p.client, id, other, at_other);
		ck_assert_int_eq(opts_try_value(p.client, on.id, id, 1),
		    -ENOPROTOOPT);
	}
}
END_TEST

START_TEST(switches_are_0_or_1_and_some_0_alone)
{
	gsctp_sock s = loop_open(NULL, 0);
	static const uint32_t off[] = { GSCTP_OPT_ECN_SUPPORTED,
		GSCTP_OPT_PKTDROP_SUPPORTED };
	size_t i;

	for (i = 0; i < COUNT(switches); i++) {
		ck_assert_uint_eq(opts_value(s, switches[i].id, 0),
		    switches[i].by_default);
		ck_assert_int_eq(opts_try_value(s, switches[i].id, 0, 2),
		    -EINVAL);
		ck_assert_int_eq(opts_try_value(s, switches[i].id, 0,
		    UINT32_MAX), -EINVAL);
		ck_assert_int_eq(opts_try_value(s, switches[i].id, 0, 1), 0);
		ck_assert_uint_eq(opts_value(s, switches[i].id, 0), 1);
		ck_assert_int_eq(opts_try_value(s, switches[i].id, 0, 0), 0);
		ck_assert_uint_eq(opts_value(s, switches[i].id, 0), 0);
	}
	for (i = 0; i < COUNT(off); i++) {
		ck_assert_uint_eq(opts_value(s, off[i], 0), 0);
		ck_assert_int_eq(opts_try_value(s, off[i], 0, 0), 0);
		ck_assert_int_eq(opts_try_value(s, off[i], 0, 1),
		    -EOPNOTSUPP);
		ck_assert_int_eq(opts_try_value(s, off[i], 0, 2), -EINVAL);
	}
}
END_TEST

START_TEST(without_reconfig_streams_cannot_be_changed)
{
	const struct gsctp_opt off[] = {
		GSCTP_RECONFIG_SUPPORTED(.assoc_value = 0),
	};
	struct loop_pair p = loop_pair(off, 1);

	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_ADD_STREAMS(.assoc_id = p.at_client, .outstrms = 1)),
	    -EOPNOTSUPP);
}
END_TEST

START_TEST(resetting_an_association_is_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_RESET_ASSOC(p.at_client)), -EOPNOTSUPP);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

static uint32_t
cwnd_of(gsctp_sock s, gsctp_assoc_id id)
{
	return opts_get_id(s, GSCTP_OPT_STATUS, id).u.status.primary.cwnd;
}

/* Another congestion control begins with a first window. */
START_TEST(every_congestion_control_carries_data)
{
	static const uint32_t all[] = { GSCTP_CC_HSTCP, GSCTP_CC_HTCP,
		GSCTP_CC_STANDARD };
	/* A path that takes more has another first window. */
	const struct gsctp_opt opts[] = {
		GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(1472),
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)),
	};
	struct loop_pair p = loop_pair(opts, 1);
	uint32_t first = cwnd_of(p.client, p.at_client);
	uint8_t *bytes = traffic_bytes(100000, 1);
	size_t i;
	int j;

	for (i = 0; i < COUNT(all); i++) {
		for (j = 0; j < 5; j++) {
			ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0,
			    bytes, 100000), 0);
			traffic_unstuff(p.server, 1, 100000);
		}
		traffic_arrived(p.client, p.at_client);
		ck_assert_uint_gt(cwnd_of(p.client, p.at_client), first);
		ck_assert_int_eq(opts_try_value(p.client,
		    GSCTP_OPT_PLUGGABLE_CC, p.at_client, all[i]), 0);
		ck_assert_uint_eq(opts_value(p.client,
		    GSCTP_OPT_PLUGGABLE_CC, p.at_client), all[i]);
		ck_assert_uint_le(cwnd_of(p.client, p.at_client), first);
	}
	free(bytes);
}
END_TEST

START_TEST(congestion_control_reads_back_and_is_of_later_associations)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_sock other = opts_listener(NULL, 0);
	gsctp_assoc_id id, at_other;

	ck_assert_uint_eq(opts_value(p.client, GSCTP_OPT_PLUGGABLE_CC, 0),
	    GSCTP_CC_STANDARD);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_PLUGGABLE_CC, 0,
	    GSCTP_CC_HTCP), 0);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_PLUGGABLE_CC, 0,
	    GSCTP_CC_HTCP + 1), -EINVAL);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_PLUGGABLE_CC, 0,
	    UINT32_MAX), -EINVAL);
	ck_assert_uint_eq(opts_value(p.client, GSCTP_OPT_PLUGGABLE_CC, 0),
	    GSCTP_CC_HTCP);
	ck_assert_uint_eq(opts_value(p.client, GSCTP_OPT_PLUGGABLE_CC,
	    p.at_client), GSCTP_CC_STANDARD);
	id = opts_join(p.client, other, &at_other);
	ck_assert_uint_eq(opts_value(p.client, GSCTP_OPT_PLUGGABLE_CC, id),
	    GSCTP_CC_HTCP);
}
END_TEST

START_TEST(delayed_sack_has_a_delay_and_a_frequency)
{
	static const struct {
		struct gsctp_opt o;
		int err;
	} rows[] = {
		{ GSCTP_DELAYED_SACK(.freq = gsctp_def(0)), -EINVAL },
		{ GSCTP_DELAYED_SACK(.freq = gsctp_def(65536)), -EINVAL },
		{ GSCTP_DELAYED_SACK(.delay = gsctp_def(0)), -EINVAL },
		{ GSCTP_DELAYED_SACK(.delay = gsctp_def(501)), -EINVAL },
		{ GSCTP_DELAYED_SACK(.delay = { 5, 0 }), -EINVAL },
		{ GSCTP_DELAYED_SACK(.freq = { 1, 2 }), -EINVAL },
		{ GSCTP_DELAYED_SACK(.delay = gsctp_def(500)), 0 },
		{ GSCTP_DELAYED_SACK(.freq = gsctp_def(65535)), 0 },
		{ GSCTP_DELAYED_SACK(.assoc_id = 0), 0 },
	};
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_sack_info i;
	size_t k;

	i = opts_get_id(s, GSCTP_OPT_DELAYED_SACK, 0).u.sack_info;
	ck_assert_uint_eq(i.delay.v, 200);
	ck_assert_uint_eq(i.freq.v, 2);
	for (k = 0; k < COUNT(rows); k++)
		ck_assert_msg(opts_try(s, rows[k].o) == rows[k].err,
		    "row %zu", k);
	i = opts_get_id(s, GSCTP_OPT_DELAYED_SACK, 0).u.sack_info;
	ck_assert_uint_eq(i.delay.v, 500);
	ck_assert_uint_eq(i.freq.v, 65535);
}
END_TEST

/* SACKs that are there when a heartbeat, sent after the data, is answered. */
static int
count_sacks(void)
{
	struct raw_chunk c;
	int n = 0;

	raw_send_chunk(&peer, peer.peer_tag, RAW_HEARTBEAT, 0,
	    (const uint8_t[]){ 0, 1, 0, 8, 1, 2, 3, 4 }, 8);
	do {
		ck_assert(raw_next(&peer, LOOP_MS, &c));
		n += c.type == RAW_SACK;
	} while (c.type != RAW_HEARTBEAT_ACK);
	return n;
}

START_TEST(every_freqth_packet_is_acknowledged_at_once)
{
	const struct gsctp_opt opts[] = { GSCTP_DELAYED_SACK(
	    .delay = gsctp_def(500), .freq = gsctp_def(4)) };
	gsctp_sock s = opts_listener(opts, 1);
	uint16_t ssn;

	raw_open(&peer, "127.0.0.1");
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	gsctp_msg_free(raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE));
	/* The first is acknowledged at once, as RFC 9260 5.1 has it. */
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 0, "x", 1);
	(void)raw_wait(&peer, RAW_SACK);
	for (ssn = 1; ssn <= 4; ssn++)
		raw_data(&peer, RAW_FIRST | RAW_LAST, 0, ssn, "x", 1);
	ck_assert_int_eq(count_sacks(), 1);
	raw_close(&peer);
}
END_TEST

/* Chunks of this type among what came to a blackhole. */
static int
count_chunks(int fd, uint8_t type)
{
	uint8_t p[2048];
	ssize_t len;
	int n = 0;

	while ((len = recv(fd, p, sizeof(p), MSG_DONTWAIT)) > 12)
		n += p[12] == type;
	return n;
}

/* Heartbeats until the path is given up, and DATA chunks. */
static int
lose_path(uint32_t max, uint32_t pf, int *datas)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct gsctp_msg *m;
	uint8_t buf[2048];
	ssize_t len;
	uint16_t port;
	int hbs = 0, fd = traffic_blackhole("127.0.0.1", &port);

	opts_settle(&p);
	ck_assert_int_eq(opts_try(p.client, (struct gsctp_opt)
	    GSCTP_PEER_ADDR_THLDS(.assoc_id = p.at_client,
	    .pathmaxrxt = gsctp_def(max), .pathpfthld = gsctp_def(pf))), 0);
	opts_send_by(p.client, p.at_client, port);
	traffic_send(p.client, p.at_client, 0, "in vain");
	do {
		m = loop_recv_type(p.client, GSCTP_MSG_PADDR_CHANGE);
		if (m->u.paddr_change.state == GSCTP_ADDR_UNREACHABLE)
			break;
		gsctp_msg_free(m);
	} while (true);
	gsctp_msg_free(m);
	*datas = 0;
	while ((len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 12) {
		*datas += buf[12] == 0;
		hbs += buf[12] == RAW_HEARTBEAT;
	}
	close(fd);
	return hbs;
}

START_TEST(thresholds_say_when_a_path_is_lost_and_when_doubted)
{
	int few, many, doubted, trusted;

	(void)lose_path(1, 65535, &few);
	(void)lose_path(4, 65535, &many);
	ck_assert_int_ge(many, few + 2);
	/* Doubted, it is probed at once; else when it is given up, with data
	 * that waits. */
	trusted = lose_path(3, 65535, &many);
	ck_assert_int_le(trusted, 1);
	doubted = lose_path(3, 0, &many);
	ck_assert_int_ge(doubted, trusted + 1);
}
END_TEST

START_TEST(thresholds_read_back_by_path)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt o = GSCTP_PEER_ADDR_THLDS(.assoc_id = 0);
	struct gsctp_paddrthlds t;

	t = opts_get(p.client, o).u.paddrthlds;
	ck_assert_uint_eq(t.pathmaxrxt.v, 5);
	ck_assert_uint_eq(t.pathpfthld.v, 65535);
	o.u.paddrthlds.pathmaxrxt = (gsctp_field)gsctp_def(0);
	ck_assert_int_eq(opts_try(p.client, o), -EINVAL);
	o.u.paddrthlds.pathmaxrxt = (gsctp_field)gsctp_def(65536);
	ck_assert_int_eq(opts_try(p.client, o), -EINVAL);
	o.u.paddrthlds.pathmaxrxt = (gsctp_field)gsctp_def(65535);
	o.u.paddrthlds.pathpfthld = (gsctp_field)gsctp_def(65536);
	ck_assert_int_eq(opts_try(p.client, o), -EINVAL);
	o.u.paddrthlds.pathpfthld = (gsctp_field)gsctp_def(0);
	ck_assert_int_eq(opts_try(p.client, o), 0);
	t = opts_get(p.client, o).u.paddrthlds;
	ck_assert_uint_eq(t.pathmaxrxt.v, 65535);
	ck_assert_uint_eq(t.pathpfthld.v, 0);
	o.u.paddrthlds.address = traffic_name(p.server);
	ck_assert_int_eq(opts_try(p.client, o), -EINVAL);
	o.u.paddrthlds.assoc_id = p.at_client;
	o.u.paddrthlds.pathmaxrxt = (gsctp_field)gsctp_def(2);
	ck_assert_int_eq(opts_try(p.client, o), 0);
	t = opts_get(p.client, o).u.paddrthlds;
	ck_assert_uint_eq(t.pathmaxrxt.v, 2);
	o.u.paddrthlds.address = loop_addr("127.0.0.2", 9);
	ck_assert_int_eq(opts_try(p.client, o), -EINVAL);
	ck_assert_int_eq(opts_try_get(p.client, o), -EINVAL);
}
END_TEST

START_TEST(timeouts_count_what_was_sent_in_vain)
{
	uint64_t until = loop_now_ms() + LOOP_MS;
	struct gsctp_timeouts t;
	struct loop_pair p;
	uint16_t port;
	int i, n, fd = traffic_blackhole("127.0.0.1", &port);

	/* Its timers are short: on a busy machine one may run out. */
	for (i = 0; i < 10; i++) {
		p = traffic_brisk_pair(NULL, 0);
		opts_settle(&p);
		t = opts_get_id(p.client, GSCTP_OPT_TIMEOUTS,
		    p.at_client).u.timeouts;
		if (t.data == 0 && t.init == 0)
			break;
	}
	ck_assert_uint_eq(t.data, 0);
	ck_assert_uint_eq(t.init, 0);
	opts_send_by(p.client, p.at_client, port);
	traffic_send(p.client, p.at_client, 0, "again and again");
	for (n = 0; n < 3; ) {
		ck_assert_uint_lt(loop_now_ms(), until);
		ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
		n += count_chunks(fd, 0);
	}
	t = opts_get_id(p.client, GSCTP_OPT_TIMEOUTS,
	    p.at_client).u.timeouts;
	ck_assert_uint_ge(t.data, 2);
	ck_assert_uint_eq(t.shutdown, 0);
	close(fd);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, a_switch_is_told_to_the_peer);
	tcase_add_test(tc, what_both_sides_have_is_an_associations);
	tcase_add_test(tc, switches_are_0_or_1_and_some_0_alone);
	tcase_add_test(tc, without_reconfig_streams_cannot_be_changed);
	tcase_add_test(tc, resetting_an_association_is_refused);
	tcase_add_test(tc, every_congestion_control_carries_data);
	tcase_add_test(tc,
	    congestion_control_reads_back_and_is_of_later_associations);
	tcase_add_test(tc, delayed_sack_has_a_delay_and_a_frequency);
	tcase_add_test(tc, every_freqth_packet_is_acknowledged_at_once);
	tcase_add_test(tc,
	    thresholds_say_when_a_path_is_lost_and_when_doubted);
	tcase_add_test(tc, thresholds_read_back_by_path);
	tcase_add_test(tc, timeouts_count_what_was_sent_in_vain);
}

int
main(void)
{
	return traffic_run("tune", add_tests);
}
