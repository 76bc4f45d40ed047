/* engine_opt: keys, copies and events; streams and what the engine tells. */

#include "engine_fixture.h"
#include "engine_note.h"

/*
 * Keys
 */

START_TEST(chunks_that_cannot_be_authenticated_are_refused)
{
	/* INIT, INIT ACK, SHUTDOWN COMPLETE, AUTH: RFC 4895 3.2 */
	static const uint32_t bad[] = { 1, 2, 14, 15, 256, UINT32_MAX };
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		ck_assert_int_eq(SET(GSCTP_AUTH_CHUNK(bad[i])), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_AUTH_CHUNK(0)), 0);
	ck_assert_int_eq(SET(GSCTP_AUTH_CHUNK(255)), 0);
	ck_assert_int_eq(SET(GSCTP_AUTH_CHUNK(0)), 0);
}
END_TEST

START_TEST(a_key_must_be_there_to_be_active)
{
	static const uint8_t key[] = "secret";

	ck_assert_uint_eq(GET(AUTH_ACTIVE_KEY).assoc_value.assoc_value, 0);
	ck_assert_int_eq(SET(GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 5)), -EINVAL);
	ck_assert_int_eq(SET(GSCTP_AUTH_KEY(.keynumber = 5, .key = key,
			     .keylength = sizeof(key))),
	    0);
	ck_assert_int_eq(SET(GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 5)), 0);
	ck_assert_uint_eq(GET(AUTH_ACTIVE_KEY).assoc_value.assoc_value, 5);
	ck_assert_int_eq(SET(GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 65536)),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 65541)),
	    -EINVAL);
	ck_assert_uint_eq(GET(AUTH_ACTIVE_KEY).assoc_value.assoc_value, 5);
}
END_TEST

START_TEST(a_key_has_up_to_65535_bytes)
{
	uint8_t *key = calloc(1, 65536);

	ck_assert_ptr_nonnull(key);
	ck_assert_int_eq(SET(GSCTP_AUTH_KEY(.keynumber = 65535, .key = key,
			     .keylength = 65535)),
	    0);
	ck_assert_int_eq(SET(GSCTP_AUTH_KEY(.keynumber = 1, .key = key,
			     .keylength = 65536)),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_AUTH_KEY(.keynumber = 1, .key = NULL,
			     .keylength = 1)),
	    -EINVAL);
	ck_assert_int_eq(SET(GSCTP_AUTH_KEY(.keynumber = 1, .key = NULL,
			     .keylength = 0)),
	    0);
	free(key);
}
END_TEST

/*
 * Copying and events
 */

/* Both sockets give the same for this option. */
static void
check_same(uint32_t id)
{
	struct gsctp_opt a = get(ep, false, id);
	struct gsctp_opt b = get(other, false, id);

	ck_assert_mem_eq(&a, &b, sizeof(a));
}

static int
copy(void)
{
	int err;

	gs_enter();
	err = gs_eopt_copy(ep, other);
	gs_leave();
	return err;
}

static const uint32_t copied[] = { GSCTP_OPT_RTOINFO, GSCTP_OPT_INITMSG,
	GSCTP_OPT_ASSOCINFO, GSCTP_OPT_NODELAY, GSCTP_OPT_DISABLE_FRAGMENTS,
	GSCTP_OPT_MAXSEG, GSCTP_OPT_ADAPTATION_LAYER,
	GSCTP_OPT_PEER_ADDR_PARAMS, GSCTP_OPT_DELAYED_ACK_TIME,
	GSCTP_OPT_RECBUF, GSCTP_OPT_SNDBUF, GSCTP_OPT_TOS,
	GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT, GSCTP_OPT_ENABLE_STREAM_RESET,
	GSCTP_OPT_MAX_BURST, GSCTP_OPT_CONTEXT, GSCTP_OPT_HMAC_IDENT,
	GSCTP_OPT_FRAGMENT_INTERLEAVE, GSCTP_OPT_INTERLEAVING_SUPPORTED,
	GSCTP_OPT_STREAM_SCHEDULER, GSCTP_OPT_EXPLICIT_EOR,
	GSCTP_OPT_PR_SUPPORTED, GSCTP_OPT_RECONFIG_SUPPORTED,
	GSCTP_OPT_NRSACK_SUPPORTED, GSCTP_OPT_PLUGGABLE_CC,
	GSCTP_OPT_DELAYED_SACK, GSCTP_OPT_PEER_ADDR_THLDS };

static void
set_all(void)
{
	ck_assert_int_eq(SET(GSCTP_RTOINFO(.initial = gsctp_def(300),
			     .min = gsctp_def(100), .max = gsctp_def(2000))),
	    0);
	ck_assert_int_eq(SET(GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(4),
			     .cookie_life = gsctp_def(5000))),
	    0);
	ck_assert_int_eq(SET(GSCTP_INITMSG(.num_ostreams = gsctp_def(3),
			     .max_instreams = gsctp_def(4),
			     .max_attempts = gsctp_def(5),
			     .max_init_timeo = gsctp_def(600))),
	    0);
	ck_assert_int_eq(SET(GSCTP_NODELAY(true)), 0);
	ck_assert_int_eq(SET(GSCTP_DISABLE_FRAGMENTS(true)), 0);
	ck_assert_int_eq(SET(GSCTP_MAXSEG(.assoc_value = 500)), 0);
	ck_assert_int_eq(SET(GSCTP_ADAPTATION_LAYER(42)), 0);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(0),
			     .pathmaxrxt = gsctp_def(2),
			     .pathmtu = gsctp_def(900),
			     .sackdelay = gsctp_def(70),
			     .flags = gsctp_def(GSCTP_SPP_HB_DISABLE |
				 GSCTP_SPP_PMTUD_DISABLE |
				 GSCTP_SPP_SACKDELAY_DISABLE))),
	    0);
	ck_assert_int_eq(SET(GSCTP_RECBUF(300000)), 0);
	ck_assert_int_eq(SET(GSCTP_SNDBUF(400000)), 0);
	ck_assert_int_eq(SET(GSCTP_TOS(0xb8)), 0);
	ck_assert_int_eq(SET(GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 1234)), 0);
	ck_assert_int_eq(SET(GSCTP_ENABLE_STREAM_RESET(.assoc_value = 5)), 0);
	ck_assert_int_eq(SET(GSCTP_MAX_BURST(.assoc_value = 17)), 0);
	ck_assert_int_eq(SET(GSCTP_CONTEXT(.assoc_value = 99)), 0);
	ck_assert_int_eq(SET(GSCTP_AUTH_CHUNK(0)), 0);
	ck_assert_int_eq(SET(GSCTP_FRAGMENT_INTERLEAVE(2)), 0);
	ck_assert_int_eq(SET(GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = 1)),
	    0);
	ck_assert_int_eq(SET(GSCTP_STREAM_SCHEDULER(
			     .assoc_value = GSCTP_SS_PRIO)),
	    0);
	ck_assert_int_eq(SET(GSCTP_EXPLICIT_EOR(true)), 0);
	ck_assert_int_eq(SET(GSCTP_PR_SUPPORTED(.assoc_value = 0)), 0);
	ck_assert_int_eq(SET(GSCTP_RECONFIG_SUPPORTED(.assoc_value = 0)), 0);
	ck_assert_int_eq(SET(GSCTP_NRSACK_SUPPORTED(.assoc_value = 1)), 0);
	ck_assert_int_eq(SET(GSCTP_PLUGGABLE_CC(
			     .assoc_value = GSCTP_CC_HSTCP)),
	    0);
	ck_assert_int_eq(SET(GSCTP_DELAYED_SACK(.freq = gsctp_def(7))), 0);
	ck_assert_int_eq(SET(GSCTP_PEER_ADDR_THLDS(
			     .pathpfthld = gsctp_def(1))),
	    0);
}

static bool
authenticates_data(struct socket *so)
{
	struct {
		uint32_t id, n;
		uint8_t chunks[256];
	} list;
	socklen_t len = sizeof(list);

	memset(&list, 0, sizeof(list));
	gs_enter();
	ck_assert_int_eq(usrsctp_getsockopt(so, IPPROTO_SCTP,
			     SCTP_LOCAL_AUTH_CHUNKS, &list, &len),
	    0);
	gs_leave();
	return memchr(list.chunks, 0, list.n) != NULL;
}

START_TEST(a_copy_has_every_option_that_was_set)
{
	size_t i;

	set_all();
	ck_assert_int_eq(copy(), 0);
	for (i = 0; i < COUNT(copied); i++)
		check_same(copied[i]);
	ck_assert_uint_eq(delivery_point(other), 300000);
	ck_assert(authenticates_data(other));
	/* It did not pass because nothing was set. */
	ck_assert_uint_eq(get(other, false, GSCTP_OPT_TOS).u.value, 0xb8);
	ck_assert_uint_eq(get(other, false, GSCTP_OPT_MAXSEG)
			      .u.assoc_value.assoc_value,
	    500);
}
END_TEST

START_TEST(a_listener_can_be_copied)
{
	size_t i;

	gs_enter();
	ck_assert_int_eq(gs_esock_listen(ep, 16), 0);
	gs_leave();
	set_all();
	ck_assert_int_eq(copy(), 0);
	for (i = 0; i < COUNT(copied); i++)
		check_same(copied[i]);
}
END_TEST

START_TEST(a_copy_of_a_fresh_socket_is_one)
{
	size_t i;

	ck_assert_int_eq(copy(), 0);
	for (i = 0; i < COUNT(copied); i++)
		check_same(copied[i]);
	ck_assert_uint_eq(delivery_point(other), delivery_point(ep));
	ck_assert(!authenticates_data(other));
}
END_TEST

static bool
is_subscribed(uint16_t type)
{
	struct sctp_event ev;
	socklen_t len = sizeof(ev);

	memset(&ev, 0, sizeof(ev));
	ev.se_type = type;
	gs_enter();
	ck_assert_int_eq(usrsctp_getsockopt(ep, IPPROTO_SCTP, SCTP_EVENT, &ev,
			     &len),
	    0);
	gs_leave();
	return ev.se_on != 0;
}

START_TEST(each_event_is_switched_by_its_own_bit)
{
	static const uint16_t types[] = { SCTP_ASSOC_CHANGE,
		SCTP_PEER_ADDR_CHANGE, SCTP_REMOTE_ERROR,
		SCTP_SEND_FAILED_EVENT, SCTP_SHUTDOWN_EVENT,
		SCTP_ADAPTATION_INDICATION, SCTP_PARTIAL_DELIVERY_EVENT,
		SCTP_AUTHENTICATION_EVENT, SCTP_SENDER_DRY_EVENT,
		SCTP_STREAM_RESET_EVENT, SCTP_ASSOC_RESET_EVENT,
		SCTP_STREAM_CHANGE_EVENT };
	uint32_t mask, old = 0;
	size_t i, j;

	for (i = 0; i < COUNT(types); i++) {
		mask = 1u << i;
		gs_enter();
		ck_assert_int_eq(gs_eopt_subscribe(ep, old, mask), 0);
		gs_leave();
		for (j = 0; j < COUNT(types); j++)
			ck_assert_int_eq(is_subscribed(types[j]), i == j);
		old = mask;
	}
}
END_TEST

START_TEST(only_what_differs_between_the_masks_is_switched)
{
	gs_enter();
	ck_assert_int_eq(gs_eopt_subscribe(ep, GS_EV_ASSOC | GS_EV_PADDR,
			     GS_EV_ASSOC | GS_EV_SHUTDOWN),
	    0);
	ck_assert_int_eq(gs_eopt_subscribe(ep, 0, 0x1000), -EINVAL);
	gs_leave();
	/* It was said to be on already. */
	ck_assert(!is_subscribed(SCTP_ASSOC_CHANGE));
	ck_assert(is_subscribed(SCTP_SHUTDOWN_EVENT));
}
END_TEST

/*
 * Streams
 */

START_TEST(a_reset_that_makes_no_sense_is_refused)
{
	static const uint16_t streams[1] = { 0 };
	static const uint16_t far[1] = { 10 };
	static uint16_t many[201];

	ck_assert_int_eq(SET_ASSOC(GSCTP_RESET_STREAMS(.flags = 0)), -EINVAL);
	ck_assert_int_eq(SET_ASSOC(GSCTP_RESET_STREAMS(.flags = 4)), -EINVAL);
	ck_assert_int_eq(SET_ASSOC(
			     GSCTP_RESET_STREAMS(.flags = GSCTP_RESET_OUTGOING,
				 .nstreams = 1)),
	    -EINVAL);
	ck_assert_int_eq(SET_ASSOC(
			     GSCTP_RESET_STREAMS(.flags = GSCTP_RESET_OUTGOING,
				 .streams = streams, .nstreams = 0)),
	    -EINVAL);
	ck_assert_int_eq(SET_ASSOC(
			     GSCTP_RESET_STREAMS(.flags = GSCTP_RESET_OUTGOING,
				 .streams = streams, .nstreams = 65536)),
	    -EINVAL);
	ck_assert_int_eq(SET_ASSOC(
			     GSCTP_RESET_STREAMS(.flags = GSCTP_RESET_OUTGOING,
				 .streams = far, .nstreams = 1)),
	    -EINVAL);
	ck_assert_int_eq(SET_ASSOC(
			     GSCTP_RESET_STREAMS(.flags = GSCTP_RESET_INCOMING,
				 .streams = many, .nstreams = COUNT(many))),
	    -EINVAL);
	ck_assert_int_eq(SET_ASSOC(GSCTP_ADD_STREAMS(.assoc_id = 0)), -EINVAL);
	ck_assert_int_eq(SET_ASSOC(GSCTP_ADD_STREAMS(.outstrms = 65535)),
	    -EINVAL);
}
END_TEST

/* Read from so until a notification of this type comes; its message. */
static struct gs_msg *
next_note(struct socket *so, uint32_t type)
{
	uint64_t end = gs_now_ms() + DEADLINE_MS;
	struct gs_esock_piece piece;
	struct gs_msg *m;
	uint8_t buf[4096];
	ssize_t n;

	for (;;) {
		ck_assert_uint_lt(gs_now_ms(), end);
		pump();
		gs_enter();
		n = gs_esock_recv(so, buf, sizeof(buf), &piece);
		gs_leave();
		if (n <= 0)
			continue;
		ck_assert(piece.is_note && piece.is_last);
		m = NULL;
		ck_assert_int_eq(gs_note_decode(buf, (size_t)n, 5, &m), 0);
		if (m->pub.type == type)
			return m;
		gs_msg_free(m);
	}
}

static void
allow_changes(void)
{
	ck_assert_int_eq(set_on(server, true,
			     OPT(GSCTP_ENABLE_STREAM_RESET(.assoc_value = 5))),
	    0);
	gs_enter();
	ck_assert_int_eq(gs_eopt_subscribe(client, 0,
			     GS_EV_STREAM_RESET | GS_EV_STREAM_CHANGE),
	    0);
	gs_leave();
}

START_TEST(streams_that_are_reset_are_told)
{
	static const uint16_t streams[] = { 3, 7 };
	struct gs_msg *m;

	allow_changes();
	ck_assert_int_eq(SET_ASSOC(
			     GSCTP_RESET_STREAMS(.flags = GSCTP_RESET_OUTGOING,
				 .streams = streams, .nstreams = 2)),
	    0);
	m = next_note(client, GSCTP_MSG_STREAM_RESET);
	ck_assert_uint_eq(m->pub.u.stream_reset.flags, GSCTP_RESET_OUTGOING);
	ck_assert_uint_eq(m->pub.u.stream_reset.nstreams, 2);
	ck_assert_mem_eq(m->pub.u.stream_reset.streams, streams,
	    sizeof(streams));
	gs_msg_free(m);
}
END_TEST

START_TEST(streams_that_are_added_are_told)
{
	struct gs_msg *m;

	allow_changes();
	ck_assert_int_eq(SET_ASSOC(GSCTP_ADD_STREAMS(.outstrms = 5)), 0);
	ck_assert_int_eq(SET_ASSOC(GSCTP_ADD_STREAMS(.outstrms = 5)),
	    -EALREADY);
	m = next_note(client, GSCTP_MSG_STREAM_CHANGE);
	ck_assert_uint_eq(m->pub.u.stream_change.flags, 0);
	ck_assert_uint_eq(m->pub.u.stream_change.outstrms, 15);
	gs_msg_free(m);
	ck_assert_uint_eq(GET_ASSOC(STATUS).status.outstrms, 15);
}
END_TEST

/*
 * What the engine's own notifications decode to
 */

START_TEST(an_abort_of_the_peer_is_told_with_its_reason)
{
	static const uint8_t causes[] = { 0, 12, 0, 9, 'h', 'e', 'l', 'l',
		'o' };
	struct gsctp_assoc_change *c;
	struct gs_msg *m;

	gs_enter();
	ck_assert_int_eq(gs_eopt_subscribe(client, 0, GS_EV_ASSOC), 0);
	ck_assert_int_eq(gs_esock_abort(server, "hello", 5), 0);
	gs_leave();
	m = next_note(client, GSCTP_MSG_ASSOC_CHANGE);
	c = &m->pub.u.assoc_change;
	ck_assert_uint_eq(c->state, GSCTP_COMM_LOST);
	ck_assert_uint_eq(c->error, 12);
	ck_assert_uint_eq(c->causes_len, sizeof(causes));
	ck_assert_mem_eq(c->causes, causes, sizeof(causes));
	gs_msg_free(m);
}
END_TEST

/*
 * More than the peer's window: chunks that were sent, chunks that were not,
 * and messages that never became chunks.  The engine drops what has no room
 * in the receive buffer.
 */
START_TEST(messages_that_were_not_sent_come_back_whole)
{
	static uint8_t data[30000];
	struct gsctp_sndrcvinfo info;
	size_t sent = 0, back = 0, firsts = 0, lasts = 0;
	struct gs_esock_traits traits = { 0 };
	struct gs_esock_piece piece;
	static uint8_t buf[200000];
	struct gs_msg *m;
	ssize_t n;

	memset(&info, 0, sizeof(info));
	info.stream = 2;
	info.ppid = 60;
	info.context = 0x1234;
	ck_assert_int_eq(SET_ASSOC(GSCTP_RECBUF(1 << 20)), 0);
	gs_enter();
	ck_assert_int_eq(gs_eopt_subscribe(client, 0, GS_EV_SEND_FAILED), 0);
	while (gs_esock_send(client, &traits, &info, data, sizeof(data),
	    NULL) == 0)
		sent += sizeof(data);
	ck_assert_uint_gt(sent, 100000);
	ck_assert_int_eq(gs_esock_abort(client, NULL, 0), 0);
	while ((n = gs_esock_recv(client, buf, sizeof(buf), &piece)) > 0) {
		struct gsctp_send_failed *f;

		ck_assert(piece.is_note && piece.is_last);
		m = NULL;
		ck_assert_int_eq(gs_note_decode(buf, (size_t)n, 5, &m), 0);
		ck_assert_uint_eq(m->pub.type, GSCTP_MSG_SEND_FAILED);
		f = &m->pub.u.send_failed;
		ck_assert_uint_eq(f->info.stream, 2);
		ck_assert_uint_eq(f->info.ppid, 60);
		ck_assert_uint_eq(f->info.context, 0x1234);
		back += f->len;
		firsts += f->first;
		lasts += f->last;
		gs_msg_free(m);
	}
	gs_leave();
	ck_assert_uint_eq(back, sent);
	ck_assert_uint_eq(firsts, sent / sizeof(data));
	ck_assert_uint_eq(lasts, sent / sizeof(data));
}
END_TEST

static void
add_endpoint(TCase *tc)
{
	tcase_add_test(tc, chunks_that_cannot_be_authenticated_are_refused);
	tcase_add_test(tc, a_key_must_be_there_to_be_active);
	tcase_add_test(tc, a_key_has_up_to_65535_bytes);
	tcase_add_test(tc, a_copy_has_every_option_that_was_set);
	tcase_add_test(tc, a_listener_can_be_copied);
	tcase_add_test(tc, a_copy_of_a_fresh_socket_is_one);
	tcase_add_test(tc, each_event_is_switched_by_its_own_bit);
	tcase_add_test(tc, only_what_differs_between_the_masks_is_switched);
}

static void
add_association(TCase *tc)
{
	tcase_add_test(tc, a_reset_that_makes_no_sense_is_refused);
	tcase_add_test(tc, streams_that_are_reset_are_told);
	tcase_add_test(tc, streams_that_are_added_are_told);
	tcase_add_test(tc, an_abort_of_the_peer_is_told_with_its_reason);
	tcase_add_test(tc, messages_that_were_not_sent_come_back_whole);
}

int
main(void)
{
	Suite *s = suite_create("engine_opt_ext");

	add_endpoint(
	    new_case(s, "endpoint", setup_endpoint, teardown_endpoint));
	add_association(new_case(s, "association", setup_association,
	    teardown_association));
	return gs_test_main(s);
}
