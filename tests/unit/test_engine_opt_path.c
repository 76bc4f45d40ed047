/* engine_opt: paths, of an endpoint and of an association. */

#include "engine_fixture.h"

/*
 * Paths, of the endpoint
 */

START_TEST(paths_start_with_what_the_header_says)
{
	struct gsctp_paddrparams p = GET(PEER_ADDR_PARAMS).paddrparams;

	ck_field(p.hbinterval, 30000);
	ck_field(p.pathmaxrxt, 5);
	ck_field(p.pathmtu, 0);
	ck_field(p.sackdelay, 200);
	ck_field(p.flags, DEFAULT_FLAGS);
}
END_TEST

START_TEST(what_paths_say_can_be_set_again)
{
	struct gsctp_opt opt = get(ep, false, GSCTP_OPT_PEER_ADDR_PARAMS);
	struct gsctp_opt again;

	ck_assert_int_eq(set_on(ep, false, &opt), 0);
	again = get(ep, false, GSCTP_OPT_PEER_ADDR_PARAMS);
	ck_assert_mem_eq(&again, &opt, sizeof(opt));

	/* And with everything off. */
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(0),
			     .pathmtu = gsctp_def(1000),
			     .flags = gsctp_def(GSCTP_SPP_HB_DISABLE |
				 GSCTP_SPP_PMTUD_DISABLE |
				 GSCTP_SPP_SACKDELAY_DISABLE))),
	    0);
	opt = get(ep, false, GSCTP_OPT_PEER_ADDR_PARAMS);
	ck_assert_int_eq(set_on(ep, false, &opt), 0);
	again = get(ep, false, GSCTP_OPT_PEER_ADDR_PARAMS);
	ck_assert_mem_eq(&again, &opt, sizeof(opt));
	ck_field(opt.u.paddrparams.flags,
	    GSCTP_SPP_HB_DISABLE | GSCTP_SPP_PMTUD_DISABLE |
		GSCTP_SPP_SACKDELAY_DISABLE);
	ck_field(opt.u.paddrparams.hbinterval, 0);
	ck_field(opt.u.paddrparams.pathmtu, 1000);
}
END_TEST

START_TEST(an_undefined_field_of_paths_stays_as_it_is)
{
	struct gsctp_paddrparams p;

	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.hbinterval =
							gsctp_def(7000))),
	    0);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt =
							gsctp_def(9))),
	    0);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.sackdelay =
							gsctp_def(50))),
	    0);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(
							GSCTP_SPP_HB_DISABLE))),
	    0);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.assoc_id = 0)), 0);
	p = GET(PEER_ADDR_PARAMS).paddrparams;
	ck_field(p.hbinterval, 7000);
	ck_field(p.pathmaxrxt, 9);
	ck_field(p.sackdelay, 50);
	ck_field(p.flags,
	    GSCTP_SPP_HB_DISABLE | GSCTP_SPP_PMTUD_ENABLE |
		GSCTP_SPP_SACKDELAY_ENABLE);
}
END_TEST

START_TEST(flags_that_contradict_each_other_are_refused)
{
	static const uint32_t bad[] = { GSCTP_SPP_HB_ENABLE |
		    GSCTP_SPP_HB_DISABLE,
		GSCTP_SPP_PMTUD_ENABLE | GSCTP_SPP_PMTUD_DISABLE,
		GSCTP_SPP_SACKDELAY_ENABLE | GSCTP_SPP_SACKDELAY_DISABLE, 0x7f,
		0x80, 0x100, 0x200, UINT32_MAX,
		/* An endpoint has no path to ask for a heartbeat. */
		GSCTP_SPP_HB_DEMAND };
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt =
								gsctp_def(9),
				     .flags = gsctp_def(bad[i]))),
		    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.sackdelay = gsctp_def(0),
			     .flags = gsctp_def(GSCTP_SPP_SACKDELAY_ENABLE))),
	    -EINVAL);
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.pathmaxrxt, 5);
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.flags, DEFAULT_FLAGS);
}
END_TEST

START_TEST(fields_of_paths_out_of_range_are_refused)
{
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.hbinterval =
							gsctp_def(14400001))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.hbinterval =
							gsctp_def(UINT32_MAX))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt =
							gsctp_def(0))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt =
							gsctp_def(65536))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.sackdelay =
							gsctp_def(501))),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.hbinterval =
							gsctp_def(14400000),
			     .pathmaxrxt = gsctp_def(65535),
			     .sackdelay = gsctp_def(500))),
	    0);
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.hbinterval, 14400000);
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.pathmaxrxt, 65535);
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.sackdelay, 500);
}
END_TEST

START_TEST(an_mtu_is_fixed_by_ending_its_discovery)
{
	static const uint32_t bad[] = { 0, 1, 523, 65505, UINT32_MAX };
	static const uint32_t good[] = { 524, 1472, 65504 };
	struct gsctp_paddrparams p;
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.pathmtu =
								gsctp_def(
								    bad[i]),
				     .flags =
					 gsctp_def(GSCTP_SPP_PMTUD_DISABLE))),
		    -EINVAL);
	for (i = 0; i < COUNT(good); i++) {
		ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.pathmtu =
								gsctp_def(
								    good[i]),
				     .flags =
					 gsctp_def(GSCTP_SPP_PMTUD_DISABLE))),
		    0);
		ck_field(GET(PEER_ADDR_PARAMS).paddrparams.pathmtu, good[i]);
	}
	/* Once fixed it needs no flag, and discovery forgets it. */
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.pathmtu =
							gsctp_def(1200))),
	    0);
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.pathmtu, 1200);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(
				 .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE))),
	    0);
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.pathmtu, 1200);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(
				 .flags = gsctp_def(GSCTP_SPP_PMTUD_ENABLE))),
	    0);
	p = GET(PEER_ADDR_PARAMS).paddrparams;
	ck_field(p.pathmtu, 0);
	ck_field(p.flags, DEFAULT_FLAGS);
}
END_TEST

START_TEST(an_mtu_without_effect_is_refused)
{
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.pathmtu =
							gsctp_def(1200))),
	    -EINVAL);
	/* None is known that could be kept. */
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(
				 .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE))),
	    -EINVAL);
}
END_TEST

START_TEST(a_sackdelay_can_be_turned_off_and_on)
{
	struct gsctp_paddrparams p;

	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.sackdelay = gsctp_def(0),
			     .flags = gsctp_def(GSCTP_SPP_SACKDELAY_DISABLE))),
	    0);
	p = GET(PEER_ADDR_PARAMS).paddrparams;
	ck_assert_uint_ne(p.flags.v & GSCTP_SPP_SACKDELAY_DISABLE, 0);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.sackdelay = gsctp_def(100),
			     .flags = gsctp_def(GSCTP_SPP_SACKDELAY_ENABLE))),
	    0);
	p = GET(PEER_ADDR_PARAMS).paddrparams;
	ck_field(p.flags, DEFAULT_FLAGS);
	ck_field(p.sackdelay, 100);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.sackdelay = gsctp_def(0))),
	    0);
	p = GET(PEER_ADDR_PARAMS).paddrparams;
	ck_assert_uint_ne(p.flags.v & GSCTP_SPP_SACKDELAY_DISABLE, 0);
}
END_TEST

START_TEST(tos_is_read_as_it_was_set)
{
	static const uint32_t bad[] = { 1, 2, 3, 0x11, 253, 256, 260,
		UINT32_MAX };
	uint32_t v;
	size_t i;

	ck_assert_uint_eq(GET(TOS).value, 0);
	for (v = 252; v > 0; v -= 4) {
		ck_assert_int_eq(SET(GSCTP_TOS(v)), 0);
		ck_assert_uint_eq(GET(TOS).value, v);
	}
	for (i = 0; i < COUNT(bad); i++)
		ck_assert_int_eq(SET(GSCTP_TOS(bad[i])), -EINVAL);
	ck_assert_uint_eq(GET(TOS).value, 4);
	ck_assert_int_eq(SET(GSCTP_TOS(0)), 0);
	ck_assert_uint_eq(GET(TOS).value, 0);
	/* Nothing else of the paths has changed. */
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.flags, DEFAULT_FLAGS);
}
END_TEST

START_TEST(an_encapsulation_port_is_read_as_it_was_set)
{
	static const uint16_t ports[] = { 1, 9899, 65535 };
	size_t i;

	for (i = 0; i < COUNT(ports); i++) {
		ck_assert_int_eq(SET(GSCTP_REMOTE_UDP_ENCAPS_PORT(
					 .port = ports[i])),
		    0);
		ck_assert_uint_eq(GET(REMOTE_UDP_ENCAPS_PORT).udp_encaps.port,
		    ports[i]);
	}
	ck_assert_int_eq(SET(GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0)), -EINVAL);
	ck_assert_uint_eq(GET(REMOTE_UDP_ENCAPS_PORT).udp_encaps.port, 65535);
}
END_TEST

START_TEST(the_wildcard_address_is_every_path)
{
	struct gsctp_opt opt =
	    GSCTP_PEER_ADDR_PARAMS(.address = storage("0.0.0.0"),
		.pathmaxrxt = gsctp_def(7));

	ck_assert_int_eq(set_on(ep, false, &opt), 0);
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.pathmaxrxt, 7);
	opt.u.paddrparams.address = storage("::");
	opt.u.paddrparams.pathmaxrxt.v = 8;
	ck_assert_int_eq(set_on(ep, false, &opt), 0);
	ck_field(GET(PEER_ADDR_PARAMS).paddrparams.pathmaxrxt, 8);
	opt.u.paddrparams.address.ss_family = AF_UNIX;
	ck_assert_int_eq(set_on(ep, false, &opt), -EINVAL);
}
END_TEST

/*
 * An association
 */

START_TEST(an_association_tells_its_status)
{
	struct gsctp_status s = GET_ASSOC(STATUS).status;

	ck_assert_uint_eq(s.state, GSCTP_ESTABLISHED);
	ck_assert_uint_gt(s.rwnd, 1500);
	ck_assert_uint_eq(s.instrms, 10);
	ck_assert_uint_eq(s.outstrms, 10);
	ck_assert_uint_gt(s.fragmentation_point, 500);
	ck_assert(is_address(&s.primary.address, "127.0.0.1"));
	ck_assert_uint_eq(s.primary.state, GSCTP_PATH_ACTIVE);
	ck_assert_uint_gt(s.primary.cwnd, 0);
	ck_assert_uint_eq(s.primary.mtu, 1200 - 20 - 8);
}
END_TEST

START_TEST(an_association_tells_of_its_peer)
{
	struct gsctp_assocparams p = GET_ASSOC(ASSOCINFO).assocparams;

	ck_field(p.number_peer_destinations, 2);
	ck_assert_uint_gt(p.peer_rwnd.v, 1500);
	ck_assert_uint_gt(p.local_rwnd.v, 1500);
}
END_TEST

START_TEST(an_association_has_options_of_its_own)
{
	ck_assert_int_eq(SET_ASSOC(GSCTP_RTOINFO(.max = gsctp_def(2000))), 0);
	ck_field(GET_ASSOC(RTOINFO).rtoinfo.max, 2000);
	ck_assert_int_eq(SET_ASSOC(GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(3))),
	    0);
	ck_field(GET_ASSOC(ASSOCINFO).assocparams.asocmaxrxt, 3);
	ck_assert_int_eq(SET_ASSOC(GSCTP_CONTEXT(.assoc_value = 5)), 0);
	ck_assert_uint_eq(GET_ASSOC(CONTEXT).assoc_value.assoc_value, 5);
	ck_assert_int_eq(SET_ASSOC(GSCTP_MAX_BURST(.assoc_value = 6)), 0);
	ck_assert_uint_eq(GET_ASSOC(MAX_BURST).assoc_value.assoc_value, 6);
	ck_assert_int_eq(SET_ASSOC(GSCTP_DELAYED_ACK_TIME(.assoc_value = 0)),
	    0);
	ck_assert_uint_eq(GET_ASSOC(DELAYED_ACK_TIME).assoc_value.assoc_value,
	    0);
	ck_assert_int_eq(SET_ASSOC(GSCTP_MAXSEG(.assoc_value = 300)), 0);
	ck_assert_uint_eq(GET_ASSOC(MAXSEG).assoc_value.assoc_value, 300);
	ck_assert_uint_eq(GET_ASSOC(STATUS).status.fragmentation_point, 300);
	ck_assert_int_eq(SET_ASSOC(GSCTP_MAXSEG(.assoc_value = 0)), 0);
	ck_assert_uint_eq(GET_ASSOC(MAXSEG).assoc_value.assoc_value,
	    1200 - 20 - 8 - 12 - 16);
}
END_TEST

/* The parameters of one path, or of all for NULL. */
static struct gsctp_paddrparams
path(const char *text)
{
	struct gsctp_opt opt;

	memset(&opt, 0, sizeof(opt));
	opt.id = GSCTP_OPT_PEER_ADDR_PARAMS;
	if (text != NULL)
		opt.u.paddrparams.address = storage(text);
	ck_assert_int_eq(get_on(client, true, &opt), 0);
	return opt.u.paddrparams;
}

START_TEST(a_path_has_parameters_of_its_own)
{
	struct gsctp_opt opt =
	    GSCTP_PEER_ADDR_PARAMS(.address = storage("127.0.0.2"),
		.hbinterval = gsctp_def(9000), .pathmaxrxt = gsctp_def(3),
		.pathmtu = gsctp_def(1000),
		.flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE));
	struct gsctp_paddrparams p;

	ck_assert_int_eq(set_on(client, true, &opt), 0);
	p = path("127.0.0.2");
	ck_field(p.hbinterval, 9000);
	ck_field(p.pathmaxrxt, 3);
	ck_field(p.pathmtu, 1000);
	ck_field(p.flags,
	    GSCTP_SPP_HB_ENABLE | GSCTP_SPP_PMTUD_DISABLE |
		GSCTP_SPP_SACKDELAY_ENABLE);
	p = path("127.0.0.1");
	ck_field(p.hbinterval, 30000);
	ck_field(p.pathmaxrxt, 5);
	ck_field(p.pathmtu, 1200 - 20 - 8);
	ck_field(p.flags, DEFAULT_FLAGS);
}
END_TEST

START_TEST(no_address_is_every_path)
{
	static const char *const paths[] = { "127.0.0.1", "127.0.0.2", NULL };
	struct gsctp_paddrparams p;
	size_t i;

	ck_assert_int_eq(SET_ASSOC(GSCTP_PEER_ADDR_PARAMS(.hbinterval =
							      gsctp_def(9000),
			     .pathmaxrxt = gsctp_def(3),
			     .pathmtu = gsctp_def(1000),
			     .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE |
				 GSCTP_SPP_HB_DISABLE))),
	    0);
	for (i = 0; i < COUNT(paths); i++) {
		p = path(paths[i]);
		ck_field(p.hbinterval, 9000);
		ck_field(p.pathmaxrxt, 3);
		ck_field(p.pathmtu, 1000);
		ck_field(p.flags,
		    GSCTP_SPP_HB_DISABLE | GSCTP_SPP_PMTUD_DISABLE |
			GSCTP_SPP_SACKDELAY_ENABLE);
	}
}
END_TEST

START_TEST(an_interval_does_not_turn_heartbeats_on)
{
	const uint32_t hb = GSCTP_SPP_HB_ENABLE | GSCTP_SPP_HB_DISABLE;

	ck_assert_int_eq(SET_ASSOC(
			     GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(
							GSCTP_SPP_HB_DISABLE))),
	    0);
	ck_assert_int_eq(SET_ASSOC(GSCTP_PEER_ADDR_PARAMS(.hbinterval =
							      gsctp_def(8000))),
	    0);
	ck_field(path(NULL).hbinterval, 8000);
	ck_field(path("127.0.0.1").hbinterval, 8000);
	ck_assert_uint_eq(path(NULL).flags.v & hb, GSCTP_SPP_HB_DISABLE);
	ck_assert_uint_eq(path("127.0.0.1").flags.v & hb, GSCTP_SPP_HB_DISABLE);
	ck_assert_int_eq(SET_ASSOC(
			     GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(0),
				 .flags = gsctp_def(GSCTP_SPP_HB_ENABLE))),
	    0);
	ck_field(path(NULL).hbinterval, 0);
	ck_assert_uint_eq(path("127.0.0.2").flags.v & hb, GSCTP_SPP_HB_ENABLE);
}
END_TEST

START_TEST(an_mtu_can_be_kept_as_it_is)
{
	ck_assert_int_eq(SET_ASSOC(GSCTP_PEER_ADDR_PARAMS(
				 .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE))),
	    0);
	ck_field(path(NULL).pathmtu, 1200 - 20 - 8);
	ck_assert_uint_ne(path(NULL).flags.v & GSCTP_SPP_PMTUD_DISABLE, 0);
	ck_assert_uint_eq(GET_ASSOC(STATUS).status.primary.mtu, 1200 - 20 - 8);
}
END_TEST

START_TEST(what_a_path_says_can_be_set_again)
{
	struct gsctp_opt opt, again;

	memset(&opt, 0, sizeof(opt));
	opt.id = GSCTP_OPT_PEER_ADDR_PARAMS;
	opt.u.paddrparams.address = storage("127.0.0.2");
	ck_assert_int_eq(get_on(client, true, &opt), 0);
	ck_assert_int_eq(set_on(client, true, &opt), 0);
	again = opt;
	ck_assert_int_eq(get_on(client, true, &again), 0);
	ck_assert_mem_eq(&again, &opt, sizeof(opt));
}
END_TEST

START_TEST(a_heartbeat_can_be_asked_for_on_one_path_alone)
{
	struct gsctp_opt opt =
	    GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(GSCTP_SPP_HB_DEMAND));

	ck_assert_int_eq(set_on(client, true, &opt), -EINVAL);
	opt.u.paddrparams.address = storage("127.0.0.2");
	ck_assert_int_eq(set_on(client, true, &opt), 0);
}
END_TEST

START_TEST(an_address_that_is_no_path_is_invalid)
{
	static const char *const bad[] = { "127.0.0.3", "::1",
		"::ffff:127.0.0.3" };
	struct gsctp_opt opt;
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		struct sockaddr_storage a = storage(bad[i]);
		struct gsctp_opt params = GSCTP_PEER_ADDR_PARAMS(.address = a,
		    .pathmaxrxt = gsctp_def(3), .sackdelay = gsctp_def(10));
		struct gsctp_opt prim = GSCTP_PRIMARY_ADDR(.addr = a);
		struct gsctp_opt encaps =
		    GSCTP_REMOTE_UDP_ENCAPS_PORT(.address = a, .port = 5);

		ck_assert_int_eq(set_on(client, true, &params), -EINVAL);
		ck_assert_int_eq(get_on(client, true, &params), -EINVAL);
		ck_assert_int_eq(set_on(client, true, &prim), -EINVAL);
		ck_assert_int_eq(set_on(client, true, &encaps), -EINVAL);
		ck_assert_int_eq(get_on(client, true, &encaps), -EINVAL);
		memset(&opt, 0, sizeof(opt));
		opt.id = GSCTP_OPT_GET_PEER_ADDR_INFO;
		opt.u.paddrinfo.address = a;
		ck_assert_int_eq(get_on(client, true, &opt), -EINVAL);
	}
	/* And nothing of it was set. */
	ck_field(path(NULL).sackdelay, 200);
}
END_TEST

START_TEST(a_mapped_address_is_the_ipv4_path)
{
	struct gsctp_opt opt =
	    GSCTP_PEER_ADDR_PARAMS(.address = storage("::ffff:127.0.0.2"),
		.pathmaxrxt = gsctp_def(9));

	ck_assert_int_eq(set_on(client, true, &opt), 0);
	ck_field(path("127.0.0.2").pathmaxrxt, 9);
	ck_field(path("127.0.0.1").pathmaxrxt, 5);
}
END_TEST

static void
paddrinfo(const char *text, struct gsctp_paddrinfo *out)
{
	struct gsctp_opt opt;

	memset(&opt, 0, sizeof(opt));
	opt.id = GSCTP_OPT_GET_PEER_ADDR_INFO;
	opt.u.paddrinfo.address = storage(text);
	ck_assert_int_eq(get_on(client, true, &opt), 0);
	*out = opt.u.paddrinfo;
}

/* The second path is confirmed by a heartbeat (RFC 9260 5.4). */
static void
wait_until_confirmed(void)
{
	uint64_t end = gs_now_ms() + DEADLINE_MS;
	struct gsctp_paddrinfo p;

	do {
		ck_assert_uint_lt(gs_now_ms(), end);
		pump();
		paddrinfo("127.0.0.2", &p);
	} while (p.state != GSCTP_PATH_ACTIVE);
}

START_TEST(the_primary_path_can_be_changed)
{
	struct gsctp_opt opt = GSCTP_PRIMARY_ADDR(.addr = storage("127.0.0.2"));
	struct gsctp_prim p = GET_ASSOC(PRIMARY_ADDR).prim;
	struct gsctp_paddrinfo info;

	ck_assert(is_address(&p.addr, "127.0.0.1"));
	wait_until_confirmed();
	ck_assert_int_eq(set_on(client, true, &opt), 0);
	p = GET_ASSOC(PRIMARY_ADDR).prim;
	ck_assert(is_address(&p.addr, "127.0.0.2"));
	paddrinfo("127.0.0.2", &info);
	ck_assert_uint_eq(info.mtu, 1200 - 20 - 8);
	ck_assert_uint_gt(info.cwnd, 0);
	ck_assert_uint_ge(info.rto, 1000);
}
END_TEST

static uint16_t
encaps_port(const char *text)
{
	struct gsctp_opt opt;

	memset(&opt, 0, sizeof(opt));
	opt.id = GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT;
	if (text != NULL)
		opt.u.udp_encaps.address = storage(text);
	ck_assert_int_eq(get_on(client, true, &opt), 0);
	return opt.u.udp_encaps.port;
}

START_TEST(an_encapsulation_port_is_of_one_path_or_of_all)
{
	struct gsctp_opt opt =
	    GSCTP_REMOTE_UDP_ENCAPS_PORT(.address = storage("127.0.0.2"),
		.port = 7);

	ck_assert_uint_eq(encaps_port(NULL), gs_wire_port(wire));
	ck_assert_int_eq(set_on(client, true, &opt), 0);
	ck_assert_uint_eq(encaps_port("127.0.0.2"), 7);
	ck_assert_uint_eq(encaps_port("127.0.0.1"), gs_wire_port(wire));
	ck_assert_int_eq(SET_ASSOC(GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 8)), 0);
	ck_assert_uint_eq(encaps_port("127.0.0.2"), 8);
	ck_assert_uint_eq(encaps_port("127.0.0.1"), 8);
	ck_assert_uint_eq(encaps_port(NULL), 8);
}
END_TEST

START_TEST(tos_is_of_every_path)
{
	ck_assert_uint_eq(GET_ASSOC(TOS).value, 0);
	ck_assert_int_eq(SET_ASSOC(GSCTP_TOS(0xb8)), 0);
	ck_assert_uint_eq(GET_ASSOC(TOS).value, 0xb8);
}
END_TEST

static void
add_endpoint(TCase *tc)
{
	tcase_add_test(tc, paths_start_with_what_the_header_says);
	tcase_add_test(tc, what_paths_say_can_be_set_again);
	tcase_add_test(tc, an_undefined_field_of_paths_stays_as_it_is);
	tcase_add_test(tc, flags_that_contradict_each_other_are_refused);
	tcase_add_test(tc, fields_of_paths_out_of_range_are_refused);
	tcase_add_test(tc, an_mtu_is_fixed_by_ending_its_discovery);
	tcase_add_test(tc, an_mtu_without_effect_is_refused);
	tcase_add_test(tc, a_sackdelay_can_be_turned_off_and_on);
	tcase_add_test(tc, tos_is_read_as_it_was_set);
	tcase_add_test(tc, an_encapsulation_port_is_read_as_it_was_set);
	tcase_add_test(tc, the_wildcard_address_is_every_path);
}

static void
add_association(TCase *tc)
{
	tcase_add_test(tc, an_association_tells_its_status);
	tcase_add_test(tc, an_association_tells_of_its_peer);
	tcase_add_test(tc, an_association_has_options_of_its_own);
	tcase_add_test(tc, a_path_has_parameters_of_its_own);
	tcase_add_test(tc, no_address_is_every_path);
	tcase_add_test(tc, an_interval_does_not_turn_heartbeats_on);
	tcase_add_test(tc, an_mtu_can_be_kept_as_it_is);
	tcase_add_test(tc, what_a_path_says_can_be_set_again);
	tcase_add_test(tc, a_heartbeat_can_be_asked_for_on_one_path_alone);
	tcase_add_test(tc, an_address_that_is_no_path_is_invalid);
	tcase_add_test(tc, a_mapped_address_is_the_ipv4_path);
	tcase_add_test(tc, the_primary_path_can_be_changed);
	tcase_add_test(tc, an_encapsulation_port_is_of_one_path_or_of_all);
	tcase_add_test(tc, tos_is_of_every_path);
}

int
main(void)
{
	Suite *s = suite_create("engine_opt_path");

	add_endpoint(
	    new_case(s, "endpoint", setup_endpoint, teardown_endpoint));
	add_association(new_case(s, "association", setup_association,
	    teardown_association));
	return gs_test_main(s);
}
