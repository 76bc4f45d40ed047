#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/check_main.h"

#define DEFAULT_PORT 9899

static const char *const variables[] = { "GSCTP_UDP_PORT",
	"GSCTP_PEER_UDP_PORT", "GSCTP_UDP_OFFLOAD", "GSCTP_ADDRS", "GSCTP_LOG",
	"GSCTP_ENCAPSULATION", "GSCTP_FAULTS", "GSCTP_PCAP" };

static struct gsctp_stack_config in;
static struct gs_config out;

static void
clear_environment(void)
{
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		ck_assert_int_eq(unsetenv(variables[i]), 0);
}

static void
setup(void)
{
	clear_environment();
	memset(&in, 0, sizeof(in));
	/* What is not written must not be taken for an answer. */
	memset(&out, 0xa5, sizeof(out));
}

static void
teardown(void)
{
	clear_environment();
}

static void
set(const char *name, const char *value)
{
	ck_assert_int_eq(setenv(name, value, 1), 0);
}

static void
a_sink(void *arg, int level, const char *line)
{
	(void)arg;
	(void)level;
	(void)line;
}

/* It is refused, and leaves nothing behind. */
#define ck_refused()                                                  \
	do {                                                          \
		memset(&out, 0xa5, sizeof(out));                      \
		ck_assert_int_eq(gs_config_read(&in, &out), -EINVAL); \
		ck_assert_ptr_null(out.addrs);                        \
		ck_assert_uint_eq(out.naddrs, 0);                     \
	} while (0)

#define ck_read() ck_assert_int_eq(gs_config_read(&in, &out), 0)

#define ck_port(mode, port)                                   \
	do {                                                  \
		ck_read();                                    \
		ck_assert_int_eq((int)out.port_mode, (mode)); \
		ck_assert_uint_eq(out.udp_port, (port));      \
		gs_config_fini(&out);                         \
	} while (0)

static void
ck_addr(size_t i, const char *text)
{
	char buf[GS_ADDR_STRLEN];

	ck_assert_uint_lt(i, out.naddrs);
	ck_assert_str_eq(gs_addr_format(&out.addrs[i], buf), text);
}

static void
ck_all_default(void)
{
	ck_assert_int_eq((int)out.port_mode, GS_PORT_AUTO);
	ck_assert_uint_eq(out.udp_port, DEFAULT_PORT);
	ck_assert_uint_eq(out.peer_udp_port, DEFAULT_PORT);
	ck_assert_ptr_null(out.addrs);
	ck_assert_uint_eq(out.naddrs, 0);
	ck_assert(out.log == NULL);
	ck_assert_ptr_null(out.log_arg);
	ck_assert_int_eq(out.log_level, GSCTP_LOG_ERROR);
	gs_config_fini(&out);
}

START_TEST(no_configuration_is_one_of_zeros_and_both_are_the_defaults)
{
	ck_assert_int_eq(gs_config_read(NULL, &out), 0);
	ck_all_default();
	memset(&out, 0xa5, sizeof(out));
	ck_read();
	ck_all_default();
}
END_TEST

/* ---- ports ---- */

START_TEST(each_port_mode_takes_the_port_as_it_should)
{
	in.port_mode = GSCTP_PORT_AUTO;
	in.udp_port = 1234;
	ck_port(GS_PORT_AUTO, 1234);
	in.udp_port = 65535;
	ck_port(GS_PORT_AUTO, 65535);
	in.port_mode = GSCTP_PORT_FIXED;
	in.udp_port = 1;
	ck_port(GS_PORT_FIXED, 1);
	in.udp_port = 0;
	ck_port(GS_PORT_FIXED, DEFAULT_PORT);
	in.port_mode = GSCTP_PORT_EPHEMERAL;
	ck_port(GS_PORT_FIXED, 0);
	in.udp_port = 1234; /* not looked at */
	ck_port(GS_PORT_FIXED, 0);
}
END_TEST

START_TEST(descriptors_bring_their_port)
{
	static int fds[65] = { 7, 8 };

	setenv("GSCTP_UDP_PORT", "nonsense", 1); /* not looked at */
	in.udp_fds = fds;
	in.nudp_fds = 2;
	ck_read();
	ck_assert_uint_eq(out.udp_port, 0);
	ck_assert_uint_eq(out.nudp_fds, 2);
	fds[0] = 9; /* a copy */
	ck_assert_int_eq(out.udp_fds[0], 7);
	ck_assert_int_eq(out.udp_fds[1], 8);
	gs_config_fini(&out);
	ck_assert_ptr_null(out.udp_fds);
	in.udp_port = 1234;
	ck_port(GS_PORT_AUTO, 1234);
	in.port_mode = GSCTP_PORT_FIXED;
	in.udp_port = 0; /* theirs */
	ck_port(GS_PORT_FIXED, 0);
	in.port_mode = GSCTP_PORT_EPHEMERAL;
	ck_refused();
	in.port_mode = GSCTP_PORT_AUTO;
	in.udp_fds = NULL;
	ck_refused();
	in.udp_fds = fds;
	in.nudp_fds = 65;
	ck_assert_int_eq(gs_config_read(&in, &out), -E2BIG);
}
END_TEST

START_TEST(raw_ip_has_nothing_of_udp)
{
	in.encapsulation = GSCTP_ENCAPS_RAW;
	ck_read();
	ck_assert(out.is_raw);
	ck_assert_uint_eq(out.udp_port, 0);
	ck_assert_uint_eq(out.peer_udp_port, 0);
	gs_config_fini(&out);
	in.udp_port = 9899;
	ck_refused();
	in.udp_port = 0;
	in.peer_udp_port = 9899;
	ck_refused();
	in.peer_udp_port = 0;
	in.port_mode = GSCTP_PORT_FIXED;
	ck_refused();
	in.port_mode = 0;
	in.encapsulation = 2;
	ck_refused();
}
END_TEST

START_TEST(the_environment_says_raw_unless_the_program_says_udp)
{
	setenv("GSCTP_ENCAPSULATION", "raw", 1);
	ck_read();
	ck_assert(out.is_raw);
	gs_config_fini(&out);
	in.udp_port = 1234;
	ck_read();
	ck_assert(!out.is_raw);
	gs_config_fini(&out);
	in.udp_port = 0;
	setenv("GSCTP_ENCAPSULATION", "Raw", 1);
	ck_refused();
	setenv("GSCTP_ENCAPSULATION", "udp", 1);
	ck_read();
	ck_assert(!out.is_raw);
	gs_config_fini(&out);
}
END_TEST

START_TEST(a_port_mode_that_is_none_is_refused)
{
	in.port_mode = GSCTP_PORT_EPHEMERAL + 1;
	ck_refused();
	in.port_mode = UINT32_MAX;
	ck_refused();
}
END_TEST

START_TEST(the_port_variable_fixes_the_port)
{
	set("GSCTP_UDP_PORT", "auto");
	ck_port(GS_PORT_AUTO, DEFAULT_PORT);
	set("GSCTP_UDP_PORT", "1234");
	ck_port(GS_PORT_FIXED, 1234);
	set("GSCTP_UDP_PORT", "65535");
	ck_port(GS_PORT_FIXED, 65535);
	set("GSCTP_UDP_PORT", "0");
	ck_port(GS_PORT_FIXED, 0);
	set("GSCTP_UDP_PORT", "0010"); /* decimal */
	ck_port(GS_PORT_FIXED, 10);
	ck_assert_int_eq(gs_config_read(NULL, &out), 0);
	ck_assert_uint_eq(out.udp_port, 10);
}
END_TEST

static const char *const no_ports[] = { "", " ", "-1", "+1", " 1", "1 ",
	"65536", "4294967297", "99999999999999999999999999", "0x10", "1.5",
	"12a", "Auto", "automatic", "any", "1,2" };

START_TEST(a_port_variable_that_is_no_port_is_refused)
{
	set("GSCTP_UDP_PORT", no_ports[_i]);
	ck_refused();
	ck_assert_int_eq(unsetenv("GSCTP_UDP_PORT"), 0);
	set("GSCTP_PEER_UDP_PORT", no_ports[_i]);
	ck_refused();
}
END_TEST

START_TEST(what_the_caller_says_of_the_port_goes_before_the_variable)
{
	set("GSCTP_UDP_PORT", "1234");
	in.udp_port = 5;
	ck_port(GS_PORT_AUTO, 5);
	in.port_mode = GSCTP_PORT_FIXED;
	ck_port(GS_PORT_FIXED, 5);
	in.udp_port = 0;
	ck_port(GS_PORT_FIXED, DEFAULT_PORT);
	in.port_mode = GSCTP_PORT_EPHEMERAL;
	ck_port(GS_PORT_FIXED, 0);

	/* Then it is not even read. */
	set("GSCTP_UDP_PORT", "nonsense");
	ck_port(GS_PORT_FIXED, 0);
	in.port_mode = GSCTP_PORT_AUTO;
	ck_refused();
	in.udp_port = 5;
	ck_port(GS_PORT_AUTO, 5);
}
END_TEST

START_TEST(the_peers_port_is_the_callers_then_the_variables_then_9899)
{
	ck_read();
	ck_assert_uint_eq(out.peer_udp_port, DEFAULT_PORT);
	ck_assert(!out.has_peer_udp_port);
	set("GSCTP_PEER_UDP_PORT", "1234");
	ck_read();
	ck_assert_uint_eq(out.peer_udp_port, 1234);
	ck_assert(out.has_peer_udp_port);
	ck_assert_uint_eq(out.udp_port, DEFAULT_PORT); /* another thing */
	in.peer_udp_port = 77;
	ck_read();
	ck_assert_uint_eq(out.peer_udp_port, 77);
	set("GSCTP_PEER_UDP_PORT", "nonsense");
	ck_read();
	ck_assert_uint_eq(out.peer_udp_port, 77);
}
END_TEST

START_TEST(a_peer_has_neither_port_0_nor_auto)
{
	set("GSCTP_PEER_UDP_PORT", "0");
	ck_refused();
	set("GSCTP_PEER_UDP_PORT", "auto");
	ck_refused();
}
END_TEST

START_TEST(packets_travel_one_by_one_where_that_is_said)
{
	static const char *const bad[] = { "", "Off", "0", "no", "on ", "offf" };
	size_t i;

	ck_read();
	ck_assert(!out.is_plain);
	set("GSCTP_UDP_OFFLOAD", "off");
	ck_read();
	ck_assert(out.is_plain);
	set("GSCTP_UDP_OFFLOAD", "on");
	ck_read();
	ck_assert(!out.is_plain);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set("GSCTP_UDP_OFFLOAD", bad[i]);
		ck_refused();
	}
}
END_TEST

/* ---- addresses ---- */

START_TEST(the_callers_addresses_are_copied_in_order)
{
	char first[] = "127.0.0.1", second[] = "::1";
	const char *list[] = { first, second, "192.0.2.7" };

	in.addrs = list;
	in.naddrs = 3;
	ck_read();
	/* It stands alone, whatever becomes of the caller's memory. */
	memset(first, 'x', sizeof(first));
	memset(second, 'x', sizeof(second));
	memset(list, 0, sizeof(list));
	ck_assert_uint_eq(out.naddrs, 3);
	ck_addr(0, "127.0.0.1:0");
	ck_addr(1, "[::1]:0");
	ck_addr(2, "192.0.2.7:0");
	gs_config_fini(&out);
}
END_TEST

START_TEST(a_list_of_addresses_with_one_that_is_none_is_refused)
{
	static const char *const bad[] = { "", "localhost", "127.0.0.1:5",
		"127.0.0.256", "127.1", " 127.0.0.1", "127.0.0.1,::1", "[::1]",
		"::1%", NULL };
	const char *list[3] = { "127.0.0.1", NULL, "::1" };
	size_t i;

	in.addrs = list;
	in.naddrs = 3;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		list[1] = bad[i];
		ck_refused();
	}
	in.addrs = NULL;
	ck_refused();
}
END_TEST

START_TEST(a_list_without_length_is_no_list)
{
	const char *list[] = { "nonsense" };

	in.addrs = list;
	ck_read();
	ck_assert_uint_eq(out.naddrs, 0);
	set("GSCTP_ADDRS", "127.0.0.9");
	ck_read();
	ck_assert_uint_eq(out.naddrs, 1);
	ck_addr(0, "127.0.0.9:0");
	gs_config_fini(&out);
}
END_TEST

START_TEST(the_address_variable_is_a_list_with_commas)
{
	set("GSCTP_ADDRS", "127.0.0.1");
	ck_read();
	ck_assert_uint_eq(out.naddrs, 1);
	ck_addr(0, "127.0.0.1:0");
	gs_config_fini(&out);

	set("GSCTP_ADDRS", "::1,127.0.0.2,2001:db8::5");
	ck_read();
	ck_assert_uint_eq(out.naddrs, 3);
	ck_addr(0, "[::1]:0");
	ck_addr(1, "127.0.0.2:0");
	ck_addr(2, "[2001:db8::5]:0");
	/* The variable itself is left as it was. */
	ck_assert_str_eq(getenv("GSCTP_ADDRS"), "::1,127.0.0.2,2001:db8::5");
	gs_config_fini(&out);
}
END_TEST

static const char *const no_lists[] = { "", ",", ",,", " ", "localhost",
	"127.0.0.1,localhost", "127.0.0.1, ::1", "127.0.0.1;::1",
	"127.0.0.1 ::1", "127.0.0.1:9899", "[::1]", "127.0.0.0/8", "all" };

START_TEST(an_address_variable_that_is_no_list_is_refused)
{
	set("GSCTP_ADDRS", no_lists[_i]);
	ck_refused();
}
END_TEST

START_TEST(what_the_caller_says_of_addresses_goes_before_the_variable)
{
	const char *list[] = { "127.0.0.3" };

	in.addrs = list;
	in.naddrs = 1;
	set("GSCTP_ADDRS", "127.0.0.1,127.0.0.2");
	ck_read();
	ck_assert_uint_eq(out.naddrs, 1);
	ck_addr(0, "127.0.0.3:0");
	gs_config_fini(&out);
	set("GSCTP_ADDRS", "nonsense");
	ck_read();
	ck_assert_uint_eq(out.naddrs, 1);
	gs_config_fini(&out);
}
END_TEST

/* ---- the log ---- */

START_TEST(the_callers_sink_is_taken_with_its_level)
{
	int arg, level;

	in.log = a_sink;
	in.log_arg = &arg;
	for (level = GSCTP_LOG_ERROR; level <= GSCTP_LOG_DEBUG; level++) {
		in.log_level = level;
		ck_read();
		ck_assert(out.log == a_sink);
		ck_assert_ptr_eq(out.log_arg, &arg);
		ck_assert_int_eq(out.log_level, level);
	}
}
END_TEST

START_TEST(a_level_that_is_none_is_refused_with_or_without_a_sink)
{
	in.log_level = -1;
	ck_refused();
	in.log_level = GSCTP_LOG_DEBUG + 1;
	ck_refused();
	in.log = a_sink;
	ck_refused();
	set("GSCTP_LOG", "debug");
	in.log = NULL;
	ck_refused();
}
END_TEST

static const char *const levels[] = { "error", "warn", "info", "debug" };

/* What the sink of out writes to standard error. */
static void
ck_writes(int level, const char *expected)
{
	char text[128];
	FILE *f = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t len;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ne(saved, -1);
	ck_assert_int_ne(dup2(fileno(f), STDERR_FILENO), -1);
	out.log(out.log_arg, level, "a line");
	fflush(stderr);
	ck_assert_int_ne(dup2(saved, STDERR_FILENO), -1);
	close(saved);
	rewind(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = '\0';
	fclose(f);
	ck_assert_str_eq(text, expected);
}

START_TEST(the_log_variable_is_a_level_and_its_sink_standard_error)
{
	char expected[64];
	int i;

	for (i = 0; i < 4; i++) {
		set("GSCTP_LOG", levels[i]);
		/* It comes with its own level. */
		in.log_level = GSCTP_LOG_DEBUG - i;
		ck_read();
		ck_assert(out.log != NULL);
		ck_assert_int_eq(out.log_level, i);
		snprintf(expected, sizeof(expected), "gsctp: %s: a line\n",
		    levels[i]);
		ck_writes(i, expected);
	}
}
END_TEST

START_TEST(a_log_variable_that_is_no_level_is_refused)
{
	static const char *const bad[] = { "", "Error", "errors", "err", "0",
		"3", "trace", " info", "info " };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set("GSCTP_LOG", bad[i]);
		ck_refused();
	}
}
END_TEST

START_TEST(the_callers_sink_goes_before_the_variable)
{
	in.log = a_sink;
	in.log_level = GSCTP_LOG_INFO;
	set("GSCTP_LOG", "debug");
	ck_read();
	ck_assert(out.log == a_sink);
	ck_assert_int_eq(out.log_level, GSCTP_LOG_INFO);
	set("GSCTP_LOG", "nonsense");
	ck_read();
	ck_assert(out.log == a_sink);
}
END_TEST

/* ---- the whole ---- */

START_TEST(a_reserved_field_that_is_set_is_refused)
{
	size_t i;

	for (i = 0; i < sizeof(in.reserved) / sizeof(in.reserved[0]); i++) {
		in.reserved[i] = UINT32_C(1) << 31;
		ck_refused();
		in.reserved[i] = 0;
	}
	ck_read();
}
END_TEST

/* The leak check of the sanitizer stands behind this one. */
START_TEST(an_error_after_the_addresses_frees_them)
{
	const char *list[] = { "127.0.0.1", "::1" };

	in.addrs = list;
	in.naddrs = 2;
	in.log_level = 99;
	ck_refused();
	in.log_level = 0;
	set("GSCTP_LOG", "nonsense");
	ck_refused();
	in.naddrs = 0;
	set("GSCTP_ADDRS", "127.0.0.1,::1");
	ck_refused();
}
END_TEST

START_TEST(what_has_been_freed_may_be_freed_again)
{
	set("GSCTP_ADDRS", "127.0.0.1,::1");
	ck_read();
	gs_config_fini(&out);
	ck_assert_ptr_null(out.addrs);
	ck_assert_uint_eq(out.naddrs, 0);
	gs_config_fini(&out);
}
END_TEST

static void
ck_capture(const char *variable, const char *expected)
{
	set("GSCTP_PCAP", variable);
	ck_read();
	ck_assert_pstr_eq(out.capture, expected);
	gs_config_fini(&out);
}

START_TEST(the_capture_variable_may_have_the_process_id_in_it)
{
	char expected[64];

	ck_capture("", NULL);
	ck_capture("a.pcapng", "a.pcapng");
	ck_capture("100%", "100%");
	ck_capture("%d%%p%%%", "%d%p%%");
	(void)snprintf(expected, sizeof(expected), "%ld/%ldp-%ld.pcapng",
	    (long)getpid(), (long)getpid(), (long)getpid());
	ck_capture("%p/%pp-%p.pcapng", expected);
	(void)snprintf(expected, sizeof(expected), "%%%ld", (long)getpid());
	ck_capture("%%%p", expected);
}
END_TEST

START_TEST(the_callers_capture_is_taken_as_it_is_before_the_variable)
{
	set("GSCTP_PCAP", "x-%p");
	in.capture = "a-%p%%";
	ck_read();
	ck_assert_str_eq(out.capture, "a-%p%%");
	gs_config_fini(&out);
	in.capture = "";
	ck_read();
	ck_assert_ptr_null(out.capture);
	gs_config_fini(&out);
}
END_TEST

START_TEST(all_variables_are_read_together)
{
	set("GSCTP_UDP_PORT", "1001");
	set("GSCTP_PEER_UDP_PORT", "1002");
	set("GSCTP_ADDRS", "127.0.0.4");
	set("GSCTP_LOG", "warn");
	ck_assert_int_eq(gs_config_read(NULL, &out), 0);
	ck_assert_int_eq((int)out.port_mode, GS_PORT_FIXED);
	ck_assert_uint_eq(out.udp_port, 1001);
	ck_assert_uint_eq(out.peer_udp_port, 1002);
	ck_assert_uint_eq(out.naddrs, 1);
	ck_addr(0, "127.0.0.4:0");
	ck_assert_int_eq(out.log_level, GSCTP_LOG_WARN);
	gs_config_fini(&out);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static Suite *
suite(void)
{
	Suite *s = suite_create("config");
	TCase *tc = tcase_create("config");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc,
	    no_configuration_is_one_of_zeros_and_both_are_the_defaults);
	tcase_add_test(tc, each_port_mode_takes_the_port_as_it_should);
	tcase_add_test(tc, descriptors_bring_their_port);
	tcase_add_test(tc, raw_ip_has_nothing_of_udp);
	tcase_add_test(tc,
	    the_environment_says_raw_unless_the_program_says_udp);
	tcase_add_test(tc, a_port_mode_that_is_none_is_refused);
	tcase_add_test(tc, the_port_variable_fixes_the_port);
	tcase_add_loop_test(tc, a_port_variable_that_is_no_port_is_refused, 0,
	    COUNT(no_ports));
	tcase_add_test(tc,
	    what_the_caller_says_of_the_port_goes_before_the_variable);
	tcase_add_test(tc,
	    the_peers_port_is_the_callers_then_the_variables_then_9899);
	tcase_add_test(tc, a_peer_has_neither_port_0_nor_auto);
	tcase_add_test(tc, packets_travel_one_by_one_where_that_is_said);
	tcase_add_test(tc, the_callers_addresses_are_copied_in_order);
	tcase_add_test(tc,
	    a_list_of_addresses_with_one_that_is_none_is_refused);
	tcase_add_test(tc, a_list_without_length_is_no_list);
	tcase_add_test(tc, the_address_variable_is_a_list_with_commas);
	tcase_add_loop_test(tc, an_address_variable_that_is_no_list_is_refused,
	    0, COUNT(no_lists));
	tcase_add_test(tc,
	    what_the_caller_says_of_addresses_goes_before_the_variable);
	tcase_add_test(tc, the_callers_sink_is_taken_with_its_level);
	tcase_add_test(tc,
	    a_level_that_is_none_is_refused_with_or_without_a_sink);
	tcase_add_test(tc,
	    the_log_variable_is_a_level_and_its_sink_standard_error);
	tcase_add_test(tc, a_log_variable_that_is_no_level_is_refused);
	tcase_add_test(tc, the_callers_sink_goes_before_the_variable);
	tcase_add_test(tc, a_reserved_field_that_is_set_is_refused);
	tcase_add_test(tc, an_error_after_the_addresses_frees_them);
	tcase_add_test(tc, what_has_been_freed_may_be_freed_again);
	tcase_add_test(tc, the_capture_variable_may_have_the_process_id_in_it);
	tcase_add_test(tc,
	    the_callers_capture_is_taken_as_it_is_before_the_variable);
	tcase_add_test(tc, all_variables_are_read_together);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
