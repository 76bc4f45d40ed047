/* optname: options of the library by name: what is understood, what is
 * refused and how.  What the library makes of each is in
 * tests/tool/test_option_names.c. */

#include <arpa/inet.h>
#include <check.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "optname.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MAX 16

static struct gsctp_opt opts[MAX];
static size_t nopts;

static void
setup(void)
{
	memset(opts, 0, sizeof(opts));
	nopts = 0;
}

/* The option that text becomes alone. */
static const struct gsctp_opt *
parsed(const char *text)
{
	nopts = 0;
	ck_assert_msg(optname_parse(text, opts, &nopts, MAX) == 0, "%s: %s",
	    text, optname_problem());
	ck_assert_uint_eq(nopts, 1);
	return &opts[0];
}

/* Refused, nothing changed, and the problem has these words. */
static void
refused(const char *text, const char *words)
{
	const struct gsctp_opt before = opts[0];
	const size_t n = nopts;

	ck_assert_msg(optname_parse(text, opts, &nopts, MAX) == -1,
	    "%s is understood", text);
	ck_assert_msg(strstr(optname_problem(), words) != NULL,
	    "%s: \"%s\" has no \"%s\"", text, optname_problem(), words);
	ck_assert_uint_eq(nopts, n);
	ck_assert_int_eq(memcmp(&before, &opts[0], sizeof(before)), 0);
}

static void
field_is(gsctp_field f, uint32_t v)
{
	ck_assert_uint_eq(f.defined, 1);
	ck_assert_uint_eq(f.v, v);
}

START_TEST(a_name_sets_one_field_and_leaves_the_others_undefined)
{
	const struct gsctp_opt want = GSCTP_RTOINFO(.max = gsctp_def(3000));

	ck_assert_int_eq(memcmp(parsed("rtoinfo.max=3000"), &want,
			     sizeof(want)),
	    0);
}
END_TEST

START_TEST(fields_of_a_record_become_one_option)
{
	static const char *const texts[] = { "rtoinfo.max=3000", "nodelay=on",
		"rtoinfo.min=100", "RtoInfo.Initial=200" };
	size_t i;

	for (i = 0; i < COUNT(texts); i++)
		ck_assert_int_eq(optname_parse(texts[i], opts, &nopts, MAX), 0);
	ck_assert_uint_eq(nopts, 2);
	ck_assert_uint_eq(opts[0].id, GSCTP_OPT_RTOINFO);
	field_is(opts[0].u.rtoinfo.max, 3000);
	field_is(opts[0].u.rtoinfo.min, 100);
	field_is(opts[0].u.rtoinfo.initial, 200);
	ck_assert_uint_eq(opts[1].id, GSCTP_OPT_NODELAY);
}
END_TEST

START_TEST(a_field_that_is_given_again_begins_another_option)
{
	static const char *const texts[] = { "auth_key.keynumber=0",
		"auth_key.key=a0B1", "auth_key.keynumber=2",
		"auth_key.key=ffffff" };
	size_t i;

	for (i = 0; i < COUNT(texts); i++)
		ck_assert_int_eq(optname_parse(texts[i], opts, &nopts, MAX), 0);
	ck_assert_uint_eq(nopts, 2);
	ck_assert_uint_eq(opts[0].u.authkey.keynumber, 0);
	ck_assert_uint_eq(opts[0].u.authkey.keylength, 2);
	ck_assert_int_eq(memcmp(opts[0].u.authkey.key, "\xa0\xb1", 2), 0);
	ck_assert_uint_eq(opts[1].u.authkey.keynumber, 2);
	ck_assert_uint_eq(opts[1].u.authkey.keylength, 3);
	ck_assert_int_eq(memcmp(opts[1].u.authkey.key, "\xff\xff\xff", 3), 0);
}
END_TEST

START_TEST(an_array_that_is_used_anew_has_nothing_of_the_old)
{
	const struct gsctp_opt want = GSCTP_RTOINFO(.min = gsctp_def(20));

	(void)parsed("rtoinfo.max=3000");
	(void)parsed("rtoinfo.min=20");
	ck_assert_int_eq(memcmp(&opts[0], &want, sizeof(want)), 0);
}
END_TEST

START_TEST(an_option_of_the_callers_own_is_left_alone)
{
	const struct gsctp_opt own = GSCTP_RTOINFO(.min = gsctp_def(20));
	static struct gsctp_opt array[4];
	size_t n = 1;

	array[0] = own;
	ck_assert_int_eq(optname_parse("rtoinfo.max=30", array, &n, 4), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(memcmp(&array[0], &own, sizeof(own)), 0);
	field_is(array[1].u.rtoinfo.max, 30);
}
END_TEST

START_TEST(no_more_are_taken_than_there_is_room)
{
	static struct gsctp_opt array[2];
	size_t n = 0;

	ck_assert_int_eq(optname_parse("nodelay=on", array, &n, 2), 0);
	ck_assert_int_eq(optname_parse("rtoinfo.max=30", array, &n, 2), 0);
	ck_assert_int_eq(optname_parse("tos=8", array, &n, 2), -1);
	ck_assert_ptr_nonnull(strstr(optname_problem(), "too many"));
	/* What becomes part of another needs none. */
	ck_assert_int_eq(optname_parse("rtoinfo.min=30", array, &n, 2), 0);
	ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(switches_are_on_and_off)
{
	static const char *const on[] = { "on", "ON", "yes", "true", "1" };
	static const char *const off[] = { "off", "no", "false", "0" };
	char text[32];
	size_t i;

	for (i = 0; i < COUNT(on); i++) {
		(void)snprintf(text, sizeof(text), "nodelay=%s", on[i]);
		ck_assert(parsed(text)->u.flag);
		(void)snprintf(text, sizeof(text), "events.sender_dry=%s",
		    on[i]);
		field_is(parsed(text)->u.events.sender_dry, 1);
	}
	for (i = 0; i < COUNT(off); i++) {
		(void)snprintf(text, sizeof(text), "nodelay=%s", off[i]);
		ck_assert(!parsed(text)->u.flag);
		(void)snprintf(text, sizeof(text), "pr_supported=%s", off[i]);
		ck_assert_uint_eq(parsed(text)->u.assoc_value.assoc_value, 0);
	}
	refused("nodelay=", "on or off");
	refused("nodelay=2", "on or off");
	refused("nodelay", "nodelay=on");
}
END_TEST

START_TEST(times_have_units)
{
	static const struct {
		const char *text;
		uint32_t ms;
	} rows[] = { { "3000", 3000 }, { "3000ms", 3000 }, { "3s", 3000 },
		{ "1.5s", 1500 }, { "0.25m", 15000 }, { "2h", 7200000 },
		{ "10", 10 }, { "86400000", 86400000 }, { "24H", 86400000 },
		{ "0x10", 16 } };
	static const char *const bad[] = { "9", "86400001", "25h", "0.5",
		"1.0005s", "-1", "inf", "nan", " 5", "5 s", "5x", "s", "1e99",
		"99999999999999999999999999" };
	char text[64];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		(void)snprintf(text, sizeof(text), "rtoinfo.max=%s",
		    rows[i].text);
		field_is(parsed(text)->u.rtoinfo.max, rows[i].ms);
	}
	for (i = 0; i < COUNT(bad); i++) {
		(void)snprintf(text, sizeof(text), "rtoinfo.max=%s", bad[i]);
		refused(text, "from 10 to 86400000 ms");
	}
	ck_assert_uint_eq(parsed("autoclose=5m")->u.value, 300);
	ck_assert_uint_eq(parsed("autoclose=2000ms")->u.value, 2);
	refused("autoclose=1500ms", "seconds");
}
END_TEST

START_TEST(sizes_have_units)
{
	ck_assert_uint_eq(parsed("sndbuf=4096")->u.value, 4096);
	ck_assert_uint_eq(parsed("sndbuf=64k")->u.value, 64000);
	ck_assert_uint_eq(parsed("sndbuf=64Ki")->u.value, 65536);
	ck_assert_uint_eq(parsed("recbuf=1gi")->u.value, 1073741824);
	ck_assert_uint_eq(parsed("buffer=2gi")->u.value, 2147483648u);
	refused("sndbuf=2gi", "from 1 to 1073741824 bytes");
	refused("sndbuf=1kb", "bytes");
	refused("sndbuf=0", "from 1");
}
END_TEST

START_TEST(numbers_keep_to_their_range)
{
	field_is(parsed("initmsg.num_ostreams=20")->u.initmsg.num_ostreams, 20);
	field_is(parsed("initmsg.num_ostreams=65535")->u.initmsg.num_ostreams,
	    65535);
	ck_assert_uint_eq(parsed("context=4294967295")
			      ->u.assoc_value.assoc_value,
	    UINT32_MAX);
	ck_assert_uint_eq(parsed("remote_udp_encaps_port.port=65535")
			      ->u.udp_encaps.port,
	    65535);
	refused("initmsg.num_ostreams=0", "from 1 to 65535");
	refused("initmsg.num_ostreams=65536", "from 1 to 65535");
	refused("initmsg.num_ostreams=1s", "from 1 to 65535");
	refused("context=4294967296", "from 0 to 4294967295");
	refused("remote_udp_encaps_port.port=0", "from 1");
}
END_TEST

START_TEST(a_timeout_may_be_without_limit)
{
	ck_assert_int_eq(parsed("send_timeout_ms=-1")->u.timeout_ms, -1);
	ck_assert_int_eq(parsed("send_timeout_ms=forever")->u.timeout_ms, -1);
	ck_assert_int_eq(parsed("send_timeout_ms=2s")->u.timeout_ms, 2000);
	refused("send_timeout_ms=-2", "forever");
}
END_TEST

START_TEST(modes_and_schedulers_have_names)
{
	ck_assert_uint_eq(parsed("stream_scheduler=rr")
			      ->u.assoc_value.assoc_value,
	    GSCTP_SS_RR);
	ck_assert_uint_eq(parsed("stream_scheduler=PRIO")
			      ->u.assoc_value.assoc_value,
	    GSCTP_SS_PRIO);
	ck_assert_uint_eq(parsed("pluggable_cc=htcp")
			      ->u.assoc_value.assoc_value,
	    GSCTP_CC_HTCP);
	ck_assert_int_eq(parsed("active=once")->u.active, GSCTP_ACTIVE_ONCE);
	ck_assert_int_eq(parsed("active=true")->u.active, GSCTP_ACTIVE_TRUE);
	ck_assert_int_eq(parsed("active=-5")->u.active, -5);
	ck_assert_uint_eq(parsed("auth_chunk=re_config")->u.value, 130);
	ck_assert_uint_eq(parsed("auth_chunk=0")->u.value, 0);
	ck_assert_uint_eq(parsed("default_prinfo.policy=rtx")->u.prinfo.policy,
	    GSCTP_PR_RTX);
	ck_assert_uint_eq(parsed("hmac_ident=sha1")->u.hmac_ident.n, 1);
	ck_assert_uint_eq(opts[0].u.hmac_ident.idents[0], GSCTP_HMAC_SHA1);
	refused("stream_scheduler=wfq", "default, rr, prio, fb");
	refused("stream_scheduler=", "default, rr, prio, fb");
	refused("active=32768", "once");
	refused("hmac_ident=sha1,", "sha1");
	refused("hmac_ident=sha1,sha1,sha1,sha1,sha1", "sha1");
}
END_TEST

START_TEST(flags_are_added)
{
	field_is(parsed("peer_addr_params.flags=hb_enable+PMTUD_disable")
		     ->u.paddrparams.flags,
	    GSCTP_SPP_HB_ENABLE | GSCTP_SPP_PMTUD_DISABLE);
	field_is(parsed("default_send_param.flags=none")->u.send_param.flags,
	    0);
	ck_assert_uint_eq(parsed("enable_stream_reset=reset+add")
			      ->u.assoc_value.assoc_value,
	    5);
	ck_assert_uint_eq(parsed("reset_streams.flags=incoming")
			      ->u.reset_streams.flags,
	    GSCTP_RESET_INCOMING);
	refused("peer_addr_params.flags=hb_enable+", "hb_demand");
	refused("peer_addr_params.flags=+hb_enable", "hb_demand");
	refused("peer_addr_params.flags=hb_enable,pmtud_disable", "with +");
	refused("peer_addr_params.flags=hb", "hb_demand");
	refused("peer_addr_params.flags=", "hb_demand");
}
END_TEST

START_TEST(protocols_have_names_or_numbers)
{
	field_is(parsed("default_send_param.ppid=diameter")->u.send_param.ppid,
	    46);
	field_is(parsed("default_send_param.ppid=46")->u.send_param.ppid, 46);
	refused("default_send_param.ppid=nothing", "diameter");
}
END_TEST

START_TEST(addresses_are_text)
{
	const struct sockaddr_in6 *in6;
	const struct sockaddr_in *in;

	in = (const struct sockaddr_in *)&parsed("primary_addr.addr=192.0.2.1")
		 ->u.prim.addr;
	ck_assert_int_eq(in->sin_family, AF_INET);
	ck_assert_uint_eq(in->sin_port, 0);
	ck_assert_uint_eq(ntohl(in->sin_addr.s_addr), 0xc0000201u);
	in6 =
	    (const struct sockaddr_in6 *)&parsed("peer_addr_params.address=::1")
		->u.paddrparams.address;
	ck_assert_int_eq(in6->sin6_family, AF_INET6);
	ck_assert(IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr));
	refused("primary_addr.addr=localhost", "192.0.2.1");
	refused("primary_addr.addr=192.0.2.1:80", "192.0.2.1");
	refused("primary_addr.addr=", "192.0.2.1");
}
END_TEST

START_TEST(keys_are_hex)
{
	refused("auth_key.key=", "hex");
	refused("auth_key.key=abc", "hex");
	refused("auth_key.key=0x12", "hex");
	refused("auth_key.key=0g", "hex");
	refused("auth_key.key=@0", "hex");
}
END_TEST

START_TEST(streams_are_listed)
{
	static const uint16_t want[] = { 1, 65535, 3 };
	const struct gsctp_opt *o = parsed("reset_streams.streams=1,65535,3");

	ck_assert_uint_eq(o->u.reset_streams.nstreams, 3);
	ck_assert_int_eq(memcmp(o->u.reset_streams.streams, want, sizeof(want)),
	    0);
	o = parsed("reset_streams.streams=all");
	ck_assert_uint_eq(o->u.reset_streams.nstreams, 0);
	ck_assert_ptr_null(o->u.reset_streams.streams);
	refused("reset_streams.streams=", "all");
	refused("reset_streams.streams=1,", "all");
	refused("reset_streams.streams=1,,2", "all");
	refused("reset_streams.streams=1-3", "all");
	refused("reset_streams.streams=65536", "65535");
}
END_TEST

START_TEST(linger_is_a_switch_with_a_time)
{
	ck_assert(parsed("linger=on,2")->u.linger.on);
	ck_assert_uint_eq(opts[0].u.linger.seconds, 2);
	ck_assert(parsed("linger=on")->u.linger.on);
	ck_assert_uint_eq(opts[0].u.linger.seconds, 0);
	ck_assert(!parsed("linger=off")->u.linger.on);
	ck_assert_uint_eq(parsed("linger=on,1m")->u.linger.seconds, 60);
	(void)parsed("linger.seconds=3");
	ck_assert_int_eq(optname_parse("linger.on=yes", opts, &nopts, MAX), 0);
	ck_assert_uint_eq(nopts, 1);
	ck_assert(opts[0].u.linger.on);
	ck_assert_uint_eq(opts[0].u.linger.seconds, 3);
	refused("linger=off,2", "on,SECONDS");
	refused("linger=on,", "on,SECONDS");
	refused("linger=2", "on,SECONDS");
	refused("linger=on,2147484", "2147483");
}
END_TEST

START_TEST(what_cannot_be_set_is_refused_with_the_reason)
{
	refused("status=1", "only be read");
	refused("timeouts=1", "only be read");
	refused("get_assoc_stats=1", "only be read");
	refused("associnfo.peer_rwnd=1", "only be read");
	refused("mbox=1", "programs");
	refused("type=stream", "command");
	refused("family=inet6", "-6");
	refused("ip=127.0.0.1", "--bind");
	refused("reset_assoc=1", "engine");
	refused("rtoinfo.assoc_id=1", "association");
}
END_TEST

START_TEST(what_is_no_name_is_refused_with_help)
{
	refused("", "-o help");
	refused("=", "-o help");
	refused("nodelays=on", "-o help");
	refused("nodela=on", "-o help");
	refused("nodelay =on", "-o help");
	refused("rtoinfo.maximum=1", "-o help");
	refused("rtoinfo.=1", "-o help");
	refused("rtoinfo=3000", "rtoinfo.initial, rtoinfo.max, rtoinfo.min");
	refused("associnfo=3", "associnfo.asocmaxrxt, associnfo.cookie_life");
	refused("rtoinfo.max", "rtoinfo.max=VALUE");
}
END_TEST

START_TEST(options_of_an_association_are_known)
{
	static const char *const of_assoc[] = { "primary_addr.addr=127.0.0.1",
		"add_streams.outstrms=1", "reset_streams.streams=1",
		"stream_scheduler_value.value=1",
		"peer_addr_params.address=127.0.0.1" };
	static const char *const of_socket[] = { "nodelay=on",
		"rtoinfo.max=3000", "peer_addr_params.hbinterval=1s",
		"remote_udp_encaps_port.port=9900", "ipv6_v6only=on" };
	struct gsctp_opt o;
	size_t i;

	for (i = 0; i < COUNT(of_assoc); i++) {
		o = *parsed(of_assoc[i]);
		ck_assert_msg(optname_is_of_assoc(&o), "%s", of_assoc[i]);
		optname_set_assoc(&o, 77);
		ck_assert_uint_eq(o.u.prim.assoc_id, 77);
	}
	for (i = 0; i < COUNT(of_socket); i++) {
		o = *parsed(of_socket[i]);
		ck_assert_msg(!optname_is_of_assoc(&o), "%s", of_socket[i]);
		ck_assert_int_eq(optname_is_for_open(&o), i == 4);
	}
	/* With the address it is the path's. */
	(void)parsed("peer_addr_params.hbinterval=1s");
	ck_assert_int_eq(optname_parse("peer_addr_params.address=::1", opts,
			     &nopts, MAX),
	    0);
	ck_assert_uint_eq(nopts, 1);
	ck_assert(optname_is_of_assoc(&opts[0]));
	ck_assert_str_eq(optname_of(&opts[0]), "peer_addr_params");
}
END_TEST

START_TEST(the_list_fits_80_columns)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	char *line, *save = NULL;
	int lines = 0;

	ck_assert_ptr_nonnull(f);
	optname_list(f);
	fclose(f);
	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save), lines++)
		ck_assert_msg(strlen(line) < 80, "%s", line);
	free(text);
	ck_assert_int_gt(lines, 90);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("optname");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc,
	    a_name_sets_one_field_and_leaves_the_others_undefined);
	tcase_add_test(tc, fields_of_a_record_become_one_option);
	tcase_add_test(tc, a_field_that_is_given_again_begins_another_option);
	tcase_add_test(tc, an_array_that_is_used_anew_has_nothing_of_the_old);
	tcase_add_test(tc, an_option_of_the_callers_own_is_left_alone);
	tcase_add_test(tc, no_more_are_taken_than_there_is_room);
	tcase_add_test(tc, switches_are_on_and_off);
	tcase_add_test(tc, times_have_units);
	tcase_add_test(tc, sizes_have_units);
	tcase_add_test(tc, numbers_keep_to_their_range);
	tcase_add_test(tc, a_timeout_may_be_without_limit);
	tcase_add_test(tc, modes_and_schedulers_have_names);
	tcase_add_test(tc, flags_are_added);
	tcase_add_test(tc, protocols_have_names_or_numbers);
	tcase_add_test(tc, addresses_are_text);
	tcase_add_test(tc, keys_are_hex);
	tcase_add_test(tc, streams_are_listed);
	tcase_add_test(tc, linger_is_a_switch_with_a_time);
	tcase_add_test(tc, what_cannot_be_set_is_refused_with_the_reason);
	tcase_add_test(tc, what_is_no_name_is_refused_with_help);
	tcase_add_test(tc, options_of_an_association_are_known);
	tcase_add_test(tc, the_list_fits_80_columns);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
