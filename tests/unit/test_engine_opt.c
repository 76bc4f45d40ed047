/* engine_opt: the table, and the options that are numbers. */

#include "engine_fixture.h"

/*
 * The table
 */

START_TEST(the_engine_keeps_its_options_and_no_others)
{
	static const uint32_t ours[] = { GSCTP_OPT_RTOINFO, GSCTP_OPT_ASSOCINFO,
		GSCTP_OPT_INITMSG, GSCTP_OPT_NODELAY,
		GSCTP_OPT_DISABLE_FRAGMENTS, GSCTP_OPT_MAXSEG,
		GSCTP_OPT_PRIMARY_ADDR, GSCTP_OPT_SET_PEER_PRIMARY_ADDR,
		GSCTP_OPT_ADAPTATION_LAYER, GSCTP_OPT_PEER_ADDR_PARAMS,
		GSCTP_OPT_DELAYED_ACK_TIME, GSCTP_OPT_STATUS,
		GSCTP_OPT_GET_PEER_ADDR_INFO, GSCTP_OPT_RECBUF,
		GSCTP_OPT_SNDBUF, GSCTP_OPT_TOS,
		GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT, GSCTP_OPT_ENABLE_STREAM_RESET,
		GSCTP_OPT_RESET_STREAMS, GSCTP_OPT_ADD_STREAMS,
		GSCTP_OPT_AUTH_CHUNK, GSCTP_OPT_AUTH_KEY,
		GSCTP_OPT_AUTH_ACTIVE_KEY, GSCTP_OPT_MAX_BURST,
		GSCTP_OPT_CONTEXT,
		GSCTP_OPT_PR_STREAM_STATUS, GSCTP_OPT_PR_ASSOC_STATUS,
		GSCTP_OPT_HMAC_IDENT, GSCTP_OPT_AUTH_DEACTIVATE_KEY,
		GSCTP_OPT_AUTH_DELETE_KEY, GSCTP_OPT_LOCAL_AUTH_CHUNKS,
		GSCTP_OPT_PEER_AUTH_CHUNKS,
		GSCTP_OPT_FRAGMENT_INTERLEAVE,
		GSCTP_OPT_INTERLEAVING_SUPPORTED,
		GSCTP_OPT_STREAM_SCHEDULER,
		GSCTP_OPT_STREAM_SCHEDULER_VALUE,
		GSCTP_OPT_EXPLICIT_EOR,
		GSCTP_OPT_ECN_SUPPORTED,
		GSCTP_OPT_PR_SUPPORTED,
		GSCTP_OPT_RECONFIG_SUPPORTED,
		GSCTP_OPT_NRSACK_SUPPORTED,
		GSCTP_OPT_PKTDROP_SUPPORTED,
		GSCTP_OPT_PLUGGABLE_CC,
		GSCTP_OPT_DELAYED_SACK,
		GSCTP_OPT_PEER_ADDR_THLDS,
		GSCTP_OPT_TIMEOUTS, GSCTP_OPT_RESET_ASSOC,
		GSCTP_OPT_ASCONF_SUPPORTED, GSCTP_OPT_AUTH_SUPPORTED };
	struct gsctp_opt opt;
	uint32_t id;
	size_t i;

	for (id = 0; id < 200; id++) {
		bool known = false;

		for (i = 0; i < COUNT(ours); i++)
			known = known || ours[i] == id;
		ck_assert_int_eq(gs_eopt_is_known(id), known);
		if (known)
			continue;
		memset(&opt, 0, sizeof(opt));
		opt.id = id;
		ck_assert_int_eq(set_on(ep, false, &opt), -ENOPROTOOPT);
		ck_assert_int_eq(get_on(ep, false, &opt), -ENOPROTOOPT);
	}
}
END_TEST

START_TEST(what_is_only_read_cannot_be_set)
{
	ck_assert_int_eq(SET(GSCTP_STATUS(0)), -ENOPROTOOPT);
	ck_assert_int_eq(SET(GSCTP_GET_PEER_ADDR_INFO(.assoc_id = 0)),
	    -ENOPROTOOPT);
}
END_TEST

START_TEST(what_is_only_set_cannot_be_read)
{
	static const uint32_t ids[] = { GSCTP_OPT_SET_PEER_PRIMARY_ADDR,
		GSCTP_OPT_RESET_STREAMS, GSCTP_OPT_ADD_STREAMS,
		GSCTP_OPT_AUTH_CHUNK, GSCTP_OPT_AUTH_KEY };
	struct gsctp_opt opt;
	size_t i;

	for (i = 0; i < COUNT(ids); i++) {
		memset(&opt, 0, sizeof(opt));
		opt.id = ids[i];
		ck_assert_int_eq(get_on(ep, false, &opt), -ENOPROTOOPT);
	}
}
END_TEST

START_TEST(what_is_offered_to_peers_can_be_switched)
{
	ck_assert_uint_eq(GET(ASCONF_SUPPORTED).assoc_value.assoc_value, 0);
	ck_assert_uint_eq(GET(AUTH_SUPPORTED).assoc_value.assoc_value, 1);
	ck_assert_int_eq(SET(GSCTP_ASCONF_SUPPORTED(.assoc_value = 2)),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASCONF_SUPPORTED(.assoc_value = 1)), 0);
	ck_assert_uint_eq(GET(ASCONF_SUPPORTED).assoc_value.assoc_value, 1);
	/* Changes of addresses are authenticated (RFC 5061 4). */
	ck_assert_int_eq(SET(GSCTP_AUTH_SUPPORTED(.assoc_value = 0)),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASCONF_SUPPORTED(.assoc_value = 0)), 0);
	ck_assert_int_eq(SET(GSCTP_AUTH_SUPPORTED(.assoc_value = 0)), 0);
	ck_assert_int_eq(SET(GSCTP_ASCONF_SUPPORTED(.assoc_value = 1)),
	    -EINVAL);
}
END_TEST

/* Options of the endpoint want no association, and the others do. */
START_TEST(options_of_an_association_are_invalid_without_one)
{
	static const uint32_t get_ids[] = { GSCTP_OPT_STATUS,
		GSCTP_OPT_PRIMARY_ADDR, GSCTP_OPT_GET_PEER_ADDR_INFO };
	struct sockaddr_storage a = storage("127.0.0.1");
	struct gsctp_opt opt;
	size_t i;

	for (i = 0; i < COUNT(get_ids); i++) {
		memset(&opt, 0, sizeof(opt));
		opt.id = get_ids[i];
		ck_assert_int_eq(get_on(ep, false, &opt), -EINVAL);
	}
	ck_assert_int_eq(SET(GSCTP_PRIMARY_ADDR(.addr = a)), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_SET_PEER_PRIMARY_ADDR(.addr = a)),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.address = a)), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_REMOTE_UDP_ENCAPS_PORT(.address = a,
			     .port = 1)),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RESET_STREAMS(.flags =
						     GSCTP_RESET_OUTGOING)),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ADD_STREAMS(.outstrms = 1)), -EINVAL);
}
END_TEST

/*
 * Records of numbers
 */

START_TEST(a_field_must_be_defined_to_have_a_value)
{
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.max = { 3000, 0 })), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.max = { 3000, 2 })), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_INITMSG(.num_ostreams = { 5, 0 })), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.asocmaxrxt = { 0, 2 })), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.peer_rwnd = { 1, 0 })), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.flags = { 1, 0 })),
	    -EINVAL);
	ck_field(GET(RTOINFO).rtoinfo.max, 60000);
}
END_TEST

START_TEST(timeouts_are_read_as_they_were_set)
{
	struct gsctp_rtoinfo r = GET(RTOINFO).rtoinfo;

	ck_field(r.initial, 1000);
	ck_field(r.min, 1000);
	ck_field(r.max, 60000);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.initial = gsctp_def(50),
			     .min = gsctp_def(10), .max = gsctp_def(86400000))),
	    0);
	r = GET(RTOINFO).rtoinfo;
	ck_field(r.initial, 50);
	ck_field(r.min, 10);
	ck_field(r.max, 86400000);
}
END_TEST

START_TEST(an_undefined_timeout_stays_as_it_is)
{
	struct gsctp_rtoinfo r;

	ck_assert_int_eq(SET(GSCTP_RTOINFO(.max = gsctp_def(3000))), 0);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.min = gsctp_def(20))), 0);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.assoc_id = 0)), 0);
	r = GET(RTOINFO).rtoinfo;
	ck_field(r.initial, 1000);
	ck_field(r.min, 20);
	ck_field(r.max, 3000);
}
END_TEST

START_TEST(timeouts_out_of_order_or_range_are_refused)
{
	struct gsctp_rtoinfo r;

	/* The others are 1000, 1000 and 60000. */
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.max = gsctp_def(999))), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.min = gsctp_def(1001))), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.initial = gsctp_def(60001))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.min = gsctp_def(0))), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.min = gsctp_def(9))), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.max = gsctp_def(0))), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.initial = gsctp_def(0))), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.max = gsctp_def(86400001))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.max = gsctp_def(UINT32_MAX))),
	    -EINVAL);
	r = GET(RTOINFO).rtoinfo;
	ck_field(r.initial, 1000);
	ck_field(r.min, 1000);
	ck_field(r.max, 60000);
}
END_TEST

START_TEST(associnfo_is_read_as_it_was_set)
{
	struct gsctp_assocparams p = GET(ASSOCINFO).assocparams;

	ck_field(p.asocmaxrxt, 10);
	ck_field(p.cookie_life, 60000);
	ck_field(p.number_peer_destinations, 0);
	ck_field(p.peer_rwnd, 0);
	ck_assert_uint_eq(p.local_rwnd.defined, 1);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(65535))),
	    0);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.cookie_life =
						 gsctp_def(3600000))),
	    0);
	p = GET(ASSOCINFO).assocparams;
	ck_field(p.asocmaxrxt, 65535);
	ck_field(p.cookie_life, 3600000);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(1),
			     .cookie_life = gsctp_def(1000))),
	    0);
	p = GET(ASSOCINFO).assocparams;
	ck_field(p.asocmaxrxt, 1);
	ck_field(p.cookie_life, 1000);
}
END_TEST

START_TEST(associnfo_out_of_range_is_refused)
{
	struct gsctp_assocparams p;

	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(0))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(65536))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.cookie_life = gsctp_def(0))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.cookie_life = gsctp_def(999))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.cookie_life =
						 gsctp_def(3600001))),
	    -EINVAL);
	/* One bad field, and none is set. */
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(3),
			     .cookie_life = gsctp_def(1))),
	    -EINVAL);
	p = GET(ASSOCINFO).assocparams;
	ck_field(p.asocmaxrxt, 10);
	ck_field(p.cookie_life, 60000);
}
END_TEST

START_TEST(what_associnfo_only_tells_cannot_be_set)
{
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.number_peer_destinations =
						 gsctp_def(0))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.peer_rwnd = gsctp_def(0))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.local_rwnd = gsctp_def(1))),
	    -EINVAL);
}
END_TEST

START_TEST(initmsg_is_read_as_it_was_set)
{
	struct gsctp_initmsg i = GET(INITMSG).initmsg;

	ck_field(i.num_ostreams, 10);
	ck_field(i.max_instreams, 2048);
	ck_field(i.max_attempts, 8);
	ck_field(i.max_init_timeo, 60000);
	ck_assert_int_eq(SET(GSCTP_INITMSG(.num_ostreams = gsctp_def(1),
			     .max_instreams = gsctp_def(65535))),
	    0);
	ck_assert_int_eq(SET(GSCTP_INITMSG(.max_attempts = gsctp_def(1),
			     .max_init_timeo = gsctp_def(10))),
	    0);
	i = GET(INITMSG).initmsg;
	ck_field(i.num_ostreams, 1);
	ck_field(i.max_instreams, 65535);
	ck_field(i.max_attempts, 1);
	ck_field(i.max_init_timeo, 10);
}
END_TEST

START_TEST(initmsg_out_of_range_is_refused)
{
	static const uint32_t bad[] = { 0, 65536, UINT32_MAX };
	size_t k;

	for (k = 0; k < COUNT(bad); k++) {
		const uint32_t v = bad[k];

		ck_assert_int_eq(SET(GSCTP_INITMSG(.num_ostreams =
						       gsctp_def(v))),
		    -EINVAL);
		ck_assert_int_eq(SET(GSCTP_INITMSG(.max_instreams =
						       gsctp_def(v))),
		    -EINVAL);
		ck_assert_int_eq(SET(GSCTP_INITMSG(.max_attempts =
						       gsctp_def(v))),
		    -EINVAL);
		ck_assert_int_eq(SET(GSCTP_INITMSG(.max_init_timeo =
						       gsctp_def(v))),
		    -EINVAL);
	}
	ck_assert_int_eq(SET(GSCTP_INITMSG(.max_init_timeo = gsctp_def(9))),
	    -EINVAL);
	ck_field(GET(INITMSG).initmsg.num_ostreams, 10);
}
END_TEST

/*
 * Flags and single numbers
 */

START_TEST(flags_can_be_turned_on_and_off)
{
	ck_assert(!GET(NODELAY).flag);
	ck_assert_int_eq(SET(GSCTP_NODELAY(true)), 0);
	ck_assert(GET(NODELAY).flag);
	ck_assert(!GET(DISABLE_FRAGMENTS).flag);
	ck_assert_int_eq(SET(GSCTP_DISABLE_FRAGMENTS(true)), 0);
	ck_assert_int_eq(SET(GSCTP_NODELAY(false)), 0);
	ck_assert(!GET(NODELAY).flag);
	ck_assert(GET(DISABLE_FRAGMENTS).flag);
	ck_assert_int_eq(SET(GSCTP_DISABLE_FRAGMENTS(false)), 0);
	ck_assert(!GET(DISABLE_FRAGMENTS).flag);
}
END_TEST

START_TEST(a_fragment_size_is_a_multiple_of_4_or_none)
{
	static const struct {
		uint32_t set, got;
	} good[] = { { 128, 128 }, { 131, 128 }, { 1001, 1000 },
		{ 65464, 65464 }, { 0, 0 } };
	static const uint32_t bad[] = { 1, 127, 65465, UINT32_MAX };
	size_t i;

	ck_assert_uint_eq(GET(MAXSEG).assoc_value.assoc_value, 0);
	for (i = 0; i < COUNT(good); i++) {
		ck_assert_int_eq(SET(GSCTP_MAXSEG(.assoc_value = good[i].set)),
		    0);
		ck_assert_uint_eq(GET(MAXSEG).assoc_value.assoc_value,
		    good[i].got);
	}
	for (i = 0; i < COUNT(bad); i++)
		ck_assert_int_eq(SET(GSCTP_MAXSEG(.assoc_value = bad[i])),
		    -EINVAL);
	ck_assert_uint_eq(GET(MAXSEG).assoc_value.assoc_value, 0);
}
END_TEST

START_TEST(any_burst_and_context_will_do)
{
	static const uint32_t values[] = { 0, 1, 65536, UINT32_MAX };
	size_t i;

	for (i = 0; i < COUNT(values); i++) {
		ck_assert_int_eq(SET(GSCTP_MAX_BURST(.assoc_value = values[i])),
		    0);
		ck_assert_uint_eq(GET(MAX_BURST).assoc_value.assoc_value,
		    values[i]);
		ck_assert_int_eq(SET(GSCTP_CONTEXT(.assoc_value = values[i])),
		    0);
		ck_assert_uint_eq(GET(CONTEXT).assoc_value.assoc_value,
		    values[i]);
	}
}
END_TEST

START_TEST(any_adaptation_will_do)
{
	static const uint32_t values[] = { 1, 0x01020304, UINT32_MAX, 0 };
	size_t i;

	ck_assert_uint_eq(GET(ADAPTATION_LAYER).value, 0);
	for (i = 0; i < COUNT(values); i++) {
		ck_assert_int_eq(SET(GSCTP_ADAPTATION_LAYER(values[i])), 0);
		ck_assert_uint_eq(GET(ADAPTATION_LAYER).value, values[i]);
	}
}
END_TEST

START_TEST(a_reset_of_streams_can_be_allowed_but_not_of_associations)
{
	static const uint32_t good[] = { 1, 4, 5, 0 };
	static const uint32_t unsupported[] = { 2, 3, 6, 7 };
	static const uint32_t bad[] = { 8, 9, 0x80000000u, UINT32_MAX };
	size_t i;

	for (i = 0; i < COUNT(good); i++) {
		ck_assert_int_eq(SET(GSCTP_ENABLE_STREAM_RESET(.assoc_value =
								   good[i])),
		    0);
		ck_assert_uint_eq(GET(ENABLE_STREAM_RESET)
				      .assoc_value.assoc_value,
		    good[i]);
	}
	for (i = 0; i < COUNT(unsupported); i++)
		ck_assert_int_eq(SET(GSCTP_ENABLE_STREAM_RESET(
					 .assoc_value = unsupported[i])),
		    -EOPNOTSUPP);
	for (i = 0; i < COUNT(bad); i++)
		ck_assert_int_eq(SET(GSCTP_ENABLE_STREAM_RESET(.assoc_value =
								   bad[i])),
		    -EINVAL);
	ck_assert_uint_eq(GET(ENABLE_STREAM_RESET).assoc_value.assoc_value, 0);
}
END_TEST

START_TEST(a_delay_of_0_turns_delayed_acknowledgement_off)
{
	ck_assert_uint_eq(GET(DELAYED_ACK_TIME).assoc_value.assoc_value, 200);
	ck_assert_int_eq(SET(GSCTP_DELAYED_ACK_TIME(.assoc_value = 0)), 0);
	ck_assert_uint_eq(GET(DELAYED_ACK_TIME).assoc_value.assoc_value, 0);
	ck_assert_uint_eq(GET(PEER_ADDR_PARAMS).paddrparams.flags.v &
		(GSCTP_SPP_SACKDELAY_ENABLE | GSCTP_SPP_SACKDELAY_DISABLE),
	    GSCTP_SPP_SACKDELAY_DISABLE);
	ck_assert_int_eq(SET(GSCTP_DELAYED_ACK_TIME(.assoc_value = 1)), 0);
	ck_assert_uint_eq(GET(DELAYED_ACK_TIME).assoc_value.assoc_value, 1);
	ck_assert_int_eq(SET(GSCTP_DELAYED_ACK_TIME(.assoc_value = 500)), 0);
	ck_assert_uint_eq(GET(DELAYED_ACK_TIME).assoc_value.assoc_value, 500);
	ck_assert_int_eq(SET(GSCTP_DELAYED_ACK_TIME(.assoc_value = 501)),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_DELAYED_ACK_TIME(.assoc_value = UINT32_MAX)),
	    -EINVAL);
	ck_assert_uint_eq(GET(DELAYED_ACK_TIME).assoc_value.assoc_value, 500);
}
END_TEST

/*
 * Buffers
 */

START_TEST(the_delivery_point_follows_the_receive_buffer)
{
	static const uint32_t sizes[] = { 1 << 20, 4096, 200000, 1u << 30 };
	size_t i;

	for (i = 0; i < COUNT(sizes); i++) {
		ck_assert_int_eq(SET(GSCTP_RECBUF(sizes[i])), 0);
		ck_assert_uint_eq(GET(RECBUF).value, sizes[i]);
		ck_assert_uint_eq(delivery_point(ep), sizes[i]);
	}
}
END_TEST

START_TEST(a_buffer_is_never_smaller_than_4096)
{
	ck_assert_int_eq(SET(GSCTP_RECBUF(1)), 0);
	ck_assert_uint_eq(GET(RECBUF).value, 4096);
	ck_assert_int_eq(SET(GSCTP_SNDBUF(4095)), 0);
	ck_assert_uint_eq(GET(SNDBUF).value, 4096);
}
END_TEST

START_TEST(a_send_buffer_is_read_as_it_was_set)
{
	ck_assert_int_eq(SET(GSCTP_SNDBUF(1u << 30)), 0);
	ck_assert_uint_eq(GET(SNDBUF).value, 1u << 30);
}
END_TEST

START_TEST(a_buffer_of_nothing_or_too_much_is_refused)
{
	static const uint32_t bad[] = { 0, (1u << 30) + 1, 0x80000000u,
		UINT32_MAX };
	uint32_t in = GET(RECBUF).value, out = GET(SNDBUF).value;
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		ck_assert_int_eq(SET(GSCTP_RECBUF(bad[i])), -EINVAL);
		ck_assert_int_eq(SET(GSCTP_SNDBUF(bad[i])), -EINVAL);
	}
	ck_assert_uint_eq(GET(RECBUF).value, in);
	ck_assert_uint_eq(GET(SNDBUF).value, out);
}
END_TEST

static void
add_table(TCase *tc)
{
	tcase_add_test(tc, the_engine_keeps_its_options_and_no_others);
	tcase_add_test(tc, what_is_only_read_cannot_be_set);
	tcase_add_test(tc, what_is_only_set_cannot_be_read);
	tcase_add_test(tc, what_is_offered_to_peers_can_be_switched);
	tcase_add_test(tc, options_of_an_association_are_invalid_without_one);
}

static void
add_values(TCase *tc)
{
	tcase_add_test(tc, a_field_must_be_defined_to_have_a_value);
	tcase_add_test(tc, timeouts_are_read_as_they_were_set);
	tcase_add_test(tc, an_undefined_timeout_stays_as_it_is);
	tcase_add_test(tc, timeouts_out_of_order_or_range_are_refused);
	tcase_add_test(tc, associnfo_is_read_as_it_was_set);
	tcase_add_test(tc, associnfo_out_of_range_is_refused);
	tcase_add_test(tc, what_associnfo_only_tells_cannot_be_set);
	tcase_add_test(tc, initmsg_is_read_as_it_was_set);
	tcase_add_test(tc, initmsg_out_of_range_is_refused);
	tcase_add_test(tc, flags_can_be_turned_on_and_off);
	tcase_add_test(tc, a_fragment_size_is_a_multiple_of_4_or_none);
	tcase_add_test(tc, any_burst_and_context_will_do);
	tcase_add_test(tc, any_adaptation_will_do);
	tcase_add_test(tc,
	    a_reset_of_streams_can_be_allowed_but_not_of_associations);
	tcase_add_test(tc, a_delay_of_0_turns_delayed_acknowledgement_off);
	tcase_add_test(tc, the_delivery_point_follows_the_receive_buffer);
	tcase_add_test(tc, a_buffer_is_never_smaller_than_4096);
	tcase_add_test(tc, a_send_buffer_is_read_as_it_was_set);
	tcase_add_test(tc, a_buffer_of_nothing_or_too_much_is_refused);
}

int
main(void)
{
	Suite *s = suite_create("engine_opt");

	add_table(new_case(s, "table", setup_endpoint, teardown_endpoint));
	add_values(new_case(s, "values", setup_endpoint, teardown_endpoint));
	return gs_test_main(s);
}
