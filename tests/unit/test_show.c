/* show: messages as lines, and as JSON objects. */

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <gsctp/gsctp.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "show.h"

static struct sockaddr_storage
addr(const char *ip, uint16_t port)
{
	struct sockaddr_storage a;
	struct sockaddr_in *in = (struct sockaddr_in *)&a;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a;

	memset(&a, 0, sizeof(a));
	if (inet_pton(AF_INET, ip, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, ip, &in6->sin6_addr), 1);
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
	}
	return a;
}

/* Of association 7, with nobody. */
static struct gsctp_msg
msg(uint32_t type)
{
	struct gsctp_msg m;

	memset(&m, 0, sizeof(m));
	m.type = type;
	m.assoc_id = 7;
	return m;
}

static void
line_is(const struct gsctp_msg *m, const char *want)
{
	char line[SHOW_LINE];

	show_line(m, line, sizeof(line));
	ck_assert_str_eq(line, want);
}

/* want is JSON, with ' for ", and type and assoc_id left out. */
static void
json_is(const struct gsctp_msg *m, const char *want)
{
	json_t *got = show_json(m);
	json_t *wanted;
	json_error_t e;
	char text[1024];
	char *dump;
	size_t i;

	(void)snprintf(text, sizeof(text), "{'type': '%s', 'assoc_id': %u%s%s}",
	    gsctp_msg_type_name(m->type), m->assoc_id,
	    *want != '\0' ? ", " : "", want);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == '\'')
			text[i] = '"';
	wanted = json_loads(text, JSON_REJECT_DUPLICATES, &e);
	ck_assert_msg(wanted != NULL, "the test's JSON: %s: %s", e.text, text);
	dump = json_dumps(got, JSON_COMPACT);
	ck_assert_msg(json_equal(got, wanted), "%s\nand not\n%s", dump, text);
	free(dump);
	json_decref(wanted);
	json_decref(got);
}

START_TEST(data_is_told_of_with_its_stream_protocol_and_length)
{
	struct gsctp_msg m = msg(GSCTP_MSG_DATA);

	m.from = addr("127.0.0.1", 5001);
	m.u.data = (struct gsctp_data){ .len = 12,
		.complete = true,
		.has_info = true,
		.info = { .stream = 3,
		    .ssn = 9,
		    .ppid = 46,
		    .tsn = 4000000000u,
		    .cumtsn = 3999999999u } };
	line_is(&m, "assoc 7: data, 12 bytes on stream 3, ppid diameter");
	json_is(&m,
	    "'from': '127.0.0.1', 'from_port': 5001, 'stream': 3, "
	    "'ppid': 46, 'ppid_name': 'diameter', 'unordered': false, "
	    "'context': 0, 'ssn': 9, 'tsn': 4000000000, "
	    "'cumtsn': 3999999999, 'complete': true, 'len': 12");
}
END_TEST

START_TEST(data_has_a_number_where_its_protocol_has_no_name)
{
	struct gsctp_msg m = msg(GSCTP_MSG_DATA);

	m.u.data = (struct gsctp_data){ .len = 1,
		.complete = true,
		.has_info = true,
		.info = { .ppid = 4294967295u,
		    .flags = GSCTP_UNORDERED,
		    .context = 5 } };
	line_is(&m,
	    "assoc 7: data, 1 byte on stream 0, ppid 4294967295, "
	    "unordered, context 5");
	json_is(&m,
	    "'stream': 0, 'ppid': 4294967295, 'ppid_name': null, "
	    "'unordered': true, 'context': 5, 'ssn': 0, 'tsn': 0, "
	    "'cumtsn': 0, 'complete': true, 'len': 1");
}
END_TEST

START_TEST(a_piece_of_data_says_that_more_comes)
{
	struct gsctp_msg m = msg(GSCTP_MSG_DATA);

	m.u.data = (struct gsctp_data){ .len = 65536,
		.has_tos = true,
		.has_ttl = true,
		.tos = 0xb8,
		.ttl = 64 };
	line_is(&m,
	    "assoc 7: data, 65536 bytes, tos 0xb8, ttl 64, more of it "
	    "to come");
	json_is(&m, "'tos': 184, 'ttl': 64, 'complete': false, 'len': 65536");
}
END_TEST

START_TEST(an_association_comes_up_with_its_streams_and_peer)
{
	struct gsctp_msg m = msg(GSCTP_MSG_ASSOC_CHANGE);

	m.from = addr("127.0.0.1", 5001);
	m.u.assoc_change = (struct gsctp_assoc_change){ .state = GSCTP_COMM_UP,
		.outbound_streams = 10,
		.inbound_streams = 2048 };
	line_is(&m,
	    "assoc 7: comm_up, 10 streams out, 2048 in, "
	    "peer 127.0.0.1:5001");
	json_is(&m,
	    "'from': '127.0.0.1', 'from_port': 5001, "
	    "'state': 'comm_up', 'error': 0, 'error_string': 'ok', "
	    "'outbound_streams': 10, 'inbound_streams': 2048");
	m.u.assoc_change.state = GSCTP_RESTART;
	m.from = addr("2001:db8::1", 80);
	line_is(&m,
	    "assoc 7: restart, 10 streams out, 2048 in, "
	    "peer [2001:db8::1]:80");
}
END_TEST

/* RFC 9260 3.3.10.12, after a cause of another kind. */
static const uint8_t abort_causes[] = { 0, 13, 0, 4, 0, 12, 0, 9, 'g', 'o', 033,
	'"', '!', 0, 0, 0 };

START_TEST(an_abort_comes_with_the_peers_words)
{
	struct gsctp_msg m = msg(GSCTP_MSG_ASSOC_CHANGE);

	m.u.assoc_change =
	    (struct gsctp_assoc_change){ .state = GSCTP_COMM_LOST,
		    .error = 13,
		    .causes = abort_causes,
		    .causes_len = sizeof(abort_causes) };
	line_is(&m, "assoc 7: comm_lost, Protocol Violation: \"go.\"!\"");
	json_is(&m,
	    "'state': 'comm_lost', 'error': 13, "
	    "'error_string': 'Protocol Violation', "
	    "'outbound_streams': 0, 'inbound_streams': 0, "
	    "'causes': [{'cause': 13, 'error_string': 'Protocol Violation'}, "
	    "{'cause': 12, 'error_string': 'User Initiated Abort'}], "
	    "'reason': 'go\\u001b\\u0022!', "
	    "'causes_hex': '000d0004000c0009676f1b2221000000'");
}
END_TEST

START_TEST(causes_that_are_no_causes_are_bytes)
{
	static const uint8_t bad[][8] = {
		{ 0, 12, 0, 3, 'a', 'b', 'c', 'd' }, /* shorter than 4 */
		{ 0, 12, 0, 9, 'a', 'b', 'c', 'd' }, /* longer than all */
		{ 0, 12, 0xff, 0xff, 'a', 'b', 'c', 'd' },
	};
	struct gsctp_msg m = msg(GSCTP_MSG_ASSOC_CHANGE);
	json_t *json;
	size_t i, len;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (len = 1; len <= sizeof(bad[0]); len++) {
			m.u.assoc_change =
			    (struct gsctp_assoc_change){ .state =
							     GSCTP_CANT_ASSOC,
				    .error = 12,
				    .causes = bad[i],
				    .causes_len = len };
			line_is(&m,
			    "assoc 7: cant_assoc, User Initiated "
			    "Abort");
			json = show_json(&m);
			ck_assert_uint_eq(json_array_size(
					      json_object_get(json, "causes")),
			    0);
			ck_assert_ptr_null(json_object_get(json, "reason"));
			ck_assert_uint_eq(json_string_length(
					      json_object_get(json,
						  "causes_hex")),
			    2 * len);
			json_decref(json);
		}
	}
}
END_TEST

START_TEST(words_that_are_no_text_are_left_to_the_bytes)
{
	static const uint8_t causes[] = { 0, 12, 0, 6, 0xff, 0xfe, 0, 0 };
	struct gsctp_msg m = msg(GSCTP_MSG_ASSOC_CHANGE);
	json_t *json;

	m.u.assoc_change =
	    (struct gsctp_assoc_change){ .state = GSCTP_COMM_LOST,
		    .error = 12,
		    .causes = causes,
		    .causes_len = sizeof(causes) };
	line_is(&m, "assoc 7: comm_lost, User Initiated Abort: \"..\"");
	json = show_json(&m);
	ck_assert_ptr_nonnull(json);
	ck_assert_ptr_null(json_object_get(json, "reason"));
	ck_assert_str_eq(json_string_value(json_object_get(json, "causes_hex")),
	    "000c0006fffe0000");
	json_decref(json);
}
END_TEST

START_TEST(a_path_is_told_of_by_its_address)
{
	struct gsctp_msg m = msg(GSCTP_MSG_PADDR_CHANGE);

	m.u.paddr_change =
	    (struct gsctp_paddr_change){ .addr = addr("192.0.2.1", 5001),
		    .state = GSCTP_ADDR_CONFIRMED };
	line_is(&m, "assoc 7: addr_confirmed, 192.0.2.1");
	json_is(&m,
	    "'addr': '192.0.2.1', 'addr_port': 5001, "
	    "'state': 'addr_confirmed', 'error': 0, "
	    "'error_string': 'ok'");
	m.u.paddr_change.addr = addr("fe80::1", 0);
	m.u.paddr_change.state = GSCTP_ADDR_UNREACHABLE;
	m.u.paddr_change.error = 5;
	line_is(&m, "assoc 7: addr_unreachable, fe80::1, Unresolvable Address");
}
END_TEST

START_TEST(what_was_not_sent_is_told_of)
{
	struct gsctp_msg m = msg(GSCTP_MSG_SEND_FAILED);

	m.u.send_failed = (struct gsctp_send_failed){ .error = 9,
		.len = 100,
		.info = { .stream = 2,
		    .ppid = 60,
		    .context = 77,
		    .flags = GSCTP_PR_TTL,
		    .timetolive = 300 },
		.first = true,
		.last = true };
	line_is(&m,
	    "assoc 7: send_failed, 100 bytes on stream 2, ppid ngap, "
	    "never sent, context 77, No User Data");
	json_is(&m,
	    "'sent': false, 'error': 9, "
	    "'error_string': 'No User Data', 'stream': 2, 'ppid': 60, "
	    "'ppid_name': 'ngap', 'unordered': false, 'context': 77, "
	    "'flags': 16, 'timetolive': 300, 'first': true, "
	    "'last': true, 'len': 100");
	m.u.send_failed =
	    (struct gsctp_send_failed){ .sent = true, .len = 1, .last = true };
	line_is(&m,
	    "assoc 7: send_failed, 1 byte on stream 0, a part of a "
	    "message, may have arrived");
}
END_TEST

START_TEST(an_error_of_the_peer_has_all_its_causes)
{
	static const uint8_t data[] = { 0, 1, 0, 8, 0, 5, 0, 0 };
	struct gsctp_msg m = msg(GSCTP_MSG_REMOTE_ERROR);

	m.u.remote_error = (struct gsctp_remote_error){ .error = 1,
		.causes = { 1, 0x105, 3000 },
		.ncauses = 3,
		.data = data,
		.len = sizeof(data) };
	line_is(&m,
	    "assoc 7: remote_error, Invalid Stream Identifier, "
	    "Unsupported HMAC Identifier, cause 3000");
	json_is(&m,
	    "'error': 1, 'error_string': 'Invalid Stream Identifier', "
	    "'causes': [{'cause': 1, "
	    "'error_string': 'Invalid Stream Identifier'}, "
	    "{'cause': 261, 'error_string': 'Unsupported HMAC Identifier'}, "
	    "{'cause': 3000, 'error_string': 'unknown_error'}], "
	    "'data_hex': '0001000800050000'");
	m.u.remote_error.ncauses = 0;
	line_is(&m, "assoc 7: remote_error, Invalid Stream Identifier");
}
END_TEST

START_TEST(events_without_fields_have_a_line)
{
	struct gsctp_msg m = msg(GSCTP_MSG_SHUTDOWN_EVENT);

	line_is(&m, "assoc 7: shutdown_event, the peer ends it");
	json_is(&m, "");
	m = msg(GSCTP_MSG_SENDER_DRY);
	line_is(&m, "assoc 7: sender_dry, all that was sent has arrived");
	json_is(&m, "");
	m = msg(GSCTP_MSG_NOTIFICATIONS_STOPPED);
	line_is(&m, "assoc 7: notifications_stopped");
	json_is(&m, "");
	m = msg(GSCTP_MSG_PASSIVE);
	m.assoc_id = 0;
	line_is(&m, "socket: passive");
	json_is(&m, "");
}
END_TEST

START_TEST(a_delivery_that_ends_names_its_stream)
{
	struct gsctp_msg m = msg(GSCTP_MSG_PDAPI_EVENT);

	m.u.pdapi_event = (struct gsctp_pdapi_event){ .indication = 1,
		.stream = 4,
		.seq = 70000 };
	line_is(&m,
	    "assoc 7: pdapi_event, partial_delivery_aborted on stream "
	    "4, sequence 70000");
	json_is(&m,
	    "'indication': 'partial_delivery_aborted', 'stream': 4, "
	    "'seq': 70000");
}
END_TEST

START_TEST(the_adaptation_layer_is_a_number)
{
	struct gsctp_msg m = msg(GSCTP_MSG_ADAPTATION_EVENT);

	m.u.adaptation_event.adaptation_ind = 4294967295u;
	line_is(&m, "assoc 7: adaptation_event, indication 4294967295");
	json_is(&m, "'adaptation_ind': 4294967295");
}
END_TEST

START_TEST(keys_are_told_of_by_number_and_what_happened)
{
	static const char *const names[] = { "unknown", "new_key", "no_auth",
		"free_key", "unknown" };
	struct gsctp_msg m = msg(GSCTP_MSG_AUTHENTICATION_EVENT);
	char want[128];
	uint32_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		m.u.authentication_event.keynumber = 65535;
		m.u.authentication_event.indication = i;
		(void)snprintf(want, sizeof(want),
		    "assoc 7: authentication_event, %s, key 65535", names[i]);
		line_is(&m, want);
		(void)snprintf(want, sizeof(want),
		    "'keynumber': 65535, 'indication': '%s'", names[i]);
		json_is(&m, want);
	}
}
END_TEST

START_TEST(streams_that_were_reset_are_listed)
{
	static const uint16_t streams[] = { 1, 65535 };
	struct gsctp_msg m = msg(GSCTP_MSG_STREAM_RESET);

	m.u.stream_reset =
	    (struct gsctp_stream_reset_event){ .flags = GSCTP_RESET_INCOMING,
		    .streams = streams,
		    .nstreams = 2 };
	line_is(&m, "assoc 7: stream_reset, incoming, streams 1 65535");
	json_is(&m,
	    "'incoming': true, 'outgoing': false, 'denied': false, "
	    "'failed': false, 'streams': [1, 65535]");
	m.u.stream_reset.nstreams = 1;
	line_is(&m, "assoc 7: stream_reset, incoming, stream 1");
	m.u.stream_reset = (struct gsctp_stream_reset_event){
		.flags = GSCTP_RESET_OUTGOING | GSCTP_RESET_DENIED
	};
	line_is(&m, "assoc 7: stream_reset, outgoing, denied, all streams");
	json_is(&m,
	    "'incoming': false, 'outgoing': true, 'denied': true, "
	    "'failed': false, 'streams': []");
}
END_TEST

START_TEST(an_association_that_was_reset_has_its_numbers)
{
	struct gsctp_msg m = msg(GSCTP_MSG_ASSOC_RESET);

	m.u.assoc_reset =
	    (struct gsctp_assoc_reset_event){ .flags = GSCTP_RESET_FAILED,
		    .local_tsn = 1,
		    .remote_tsn = 4294967295u };
	line_is(&m,
	    "assoc 7: assoc_reset, failed, local tsn 1, remote tsn "
	    "4294967295");
	json_is(&m,
	    "'denied': false, 'failed': true, 'local_tsn': 1, "
	    "'remote_tsn': 4294967295");
}
END_TEST

START_TEST(a_change_of_streams_says_how_many_there_are)
{
	struct gsctp_msg m = msg(GSCTP_MSG_STREAM_CHANGE);

	m.u.stream_change =
	    (struct gsctp_stream_change_event){ .instrms = 12, .outstrms = 10 };
	line_is(&m, "assoc 7: stream_change, 10 streams out, 12 in");
	json_is(&m,
	    "'denied': false, 'failed': false, 'instrms': 12, "
	    "'outstrms': 10");
}
END_TEST

START_TEST(the_end_of_a_one_to_one_socket_says_why)
{
	struct gsctp_msg m = msg(GSCTP_MSG_CLOSED);

	line_is(&m, "assoc 7: closed, gracefully");
	json_is(&m,
	    "'error': 0, 'error_name': null, "
	    "'error_string': 'gracefully'");
	m.u.closed.error = -ECONNRESET;
	line_is(&m, "assoc 7: closed, the peer aborted it");
	m.u.closed.error = -ETIMEDOUT;
	line_is(&m, "assoc 7: closed, the peer does not answer");
	json_is(&m,
	    "'error': -110, 'error_name': 'ETIMEDOUT', "
	    "'error_string': 'the peer does not answer'");
	m.u.closed.error = -ECONNABORTED;
	line_is(&m, "assoc 7: closed, it was aborted here");
	m.u.closed.error = -ENOMEM;
	line_is(&m, "assoc 7: closed, it was aborted here, for want of memory");
	m.u.closed.error = -EPIPE;
	line_is(&m,
	    "assoc 7: closed, it was aborted here, in the middle of a "
	    "message");
}
END_TEST

START_TEST(a_type_of_a_later_library_is_a_number)
{
	struct gsctp_msg m = msg(GSCTP_MSG_CLOSED + 1);

	ck_assert_str_eq(gsctp_msg_type_name(m.type), "unknown");
	line_is(&m, "assoc 7: a message of type 17");
	json_is(&m, "'type_number': 17");
}
END_TEST

START_TEST(every_type_of_the_library_is_shown_by_its_name)
{
	struct gsctp_msg m;
	char line[SHOW_LINE];
	json_t *json;
	uint32_t type;

	for (type = GSCTP_MSG_DATA; type <= GSCTP_MSG_CLOSED; type++) {
		m = msg(type);
		show_line(&m, line, sizeof(line));
		ck_assert_ptr_null(strstr(line, "message of type"));
		json = show_json(&m);
		ck_assert_str_eq(json_string_value(
				     json_object_get(json, "type")),
		    gsctp_msg_type_name(type));
		ck_assert_ptr_null(json_object_get(json, "type_number"));
		json_decref(json);
	}
}
END_TEST

START_TEST(a_line_is_cut_where_its_room_ends)
{
	static const char whole[] =
	    "assoc 7: comm_lost, Protocol Violation: \"go.\"!\"";
	struct gsctp_msg m = msg(GSCTP_MSG_ASSOC_CHANGE);
	char *line;
	size_t len;

	m.u.assoc_change =
	    (struct gsctp_assoc_change){ .state = GSCTP_COMM_LOST,
		    .error = 13,
		    .causes = abort_causes,
		    .causes_len = sizeof(abort_causes) };
	for (len = 1; len <= sizeof(whole); len++) {
		line = malloc(len); /* ASan sees what is behind it */
		ck_assert_ptr_nonnull(line);
		show_line(&m, line, len);
		ck_assert_uint_eq(strlen(line), len - 1);
		ck_assert_int_eq(memcmp(line, whole, len - 1), 0);
		free(line);
	}
}
END_TEST

/* Of jansson's allocations, those that still succeed. */
static int left;

static void *
some_memory(size_t len)
{
	return left-- > 0 ? malloc(len) : NULL;
}

START_TEST(without_memory_there_is_no_object)
{
	struct gsctp_msg m = msg(GSCTP_MSG_ASSOC_CHANGE);
	json_malloc_t old_malloc;
	json_free_t old_free;
	json_t *json = NULL;
	int n;

	m.from = addr("127.0.0.1", 5001);
	m.u.assoc_change =
	    (struct gsctp_assoc_change){ .state = GSCTP_COMM_LOST,
		    .error = 13,
		    .causes = abort_causes,
		    .causes_len = sizeof(abort_causes) };
	json_get_alloc_funcs(&old_malloc, &old_free);
	json_set_alloc_funcs(some_memory, free);
	for (n = 0; json == NULL && n < 1000; n++) {
		left = n;
		json = show_json(&m);
	}
	left = 1000;
	ck_assert_ptr_nonnull(json);
	ck_assert_int_gt(n, 20);
	ck_assert_ptr_nonnull(json_object_get(json, "causes_hex"));
	ck_assert_ptr_nonnull(json_object_get(json, "reason"));
	json_decref(json);
	json_set_alloc_funcs(old_malloc, old_free);
}
END_TEST

START_TEST(an_object_is_printed_in_a_line)
{
	struct gsctp_msg m = msg(GSCTP_MSG_SENDER_DRY);
	char text[64] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(show_print_json(show_json(&m), f), 0);
	fclose(f);
	ck_assert_str_eq(text, "{\"type\":\"sender_dry\",\"assoc_id\":7}\n");
}
END_TEST

START_TEST(what_cannot_be_written_is_an_error)
{
	struct gsctp_msg m = msg(GSCTP_MSG_SENDER_DRY);
	FILE *f = fopen("/dev/full", "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(show_print_json(show_json(&m), f), -ENOSPC);
	fclose(f);
	ck_assert_int_lt(show_print_json(NULL, stdout), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("show");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, data_is_told_of_with_its_stream_protocol_and_length);
	tcase_add_test(tc, data_has_a_number_where_its_protocol_has_no_name);
	tcase_add_test(tc, a_piece_of_data_says_that_more_comes);
	tcase_add_test(tc, an_association_comes_up_with_its_streams_and_peer);
	tcase_add_test(tc, an_abort_comes_with_the_peers_words);
	tcase_add_test(tc, causes_that_are_no_causes_are_bytes);
	tcase_add_test(tc, words_that_are_no_text_are_left_to_the_bytes);
	tcase_add_test(tc, a_path_is_told_of_by_its_address);
	tcase_add_test(tc, what_was_not_sent_is_told_of);
	tcase_add_test(tc, an_error_of_the_peer_has_all_its_causes);
	tcase_add_test(tc, events_without_fields_have_a_line);
	tcase_add_test(tc, a_delivery_that_ends_names_its_stream);
	tcase_add_test(tc, the_adaptation_layer_is_a_number);
	tcase_add_test(tc, keys_are_told_of_by_number_and_what_happened);
	tcase_add_test(tc, streams_that_were_reset_are_listed);
	tcase_add_test(tc, an_association_that_was_reset_has_its_numbers);
	tcase_add_test(tc, a_change_of_streams_says_how_many_there_are);
	tcase_add_test(tc, the_end_of_a_one_to_one_socket_says_why);
	tcase_add_test(tc, a_type_of_a_later_library_is_a_number);
	tcase_add_test(tc, every_type_of_the_library_is_shown_by_its_name);
	tcase_add_test(tc, a_line_is_cut_where_its_room_ends);
	tcase_add_test(tc, without_memory_there_is_no_object);
	tcase_add_test(tc, an_object_is_printed_in_a_line);
	tcase_add_test(tc, what_cannot_be_written_is_an_error);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
