/* engine_note: the engine's notifications, true ones and lies. */

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check_main.h"
#include "engine_note.h"

#include <usrsctp.h>

#define ASSOC 77u
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A notification under construction; aligned for all of them. */
static union {
	union sctp_notification note;
	struct sctp_tlv head;
	uint8_t bytes[200000];
} in;

/*
 * Decode len bytes of what was built from a block of just that size, so that
 * a sanitizer sees every byte read past it.
 */
static int
decode(size_t len, struct gs_msg **out)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	int err;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, in.bytes, len);
	err = gs_note_decode(copy, len, ASSOC, out);
	free(copy);
	return err;
}

static void
begin(uint16_t type, size_t len)
{
	memset(&in, 0, sizeof(in));
	in.head.sn_type = type;
	in.head.sn_length = (uint32_t)len;
}

static struct gs_msg *
decoded(size_t len, uint32_t type)
{
	struct gs_msg *m = NULL;

	ck_assert_int_eq(decode(len, &m), 0);
	ck_assert_ptr_nonnull(m);
	ck_assert_uint_eq(m->pub.type, type);
	ck_assert_uint_eq(m->pub.assoc_id, ASSOC);
	ck_assert_uint_eq(m->pub.sock.id, 0);
	ck_assert_uint_eq(m->pub.fromlen, 0);
	return m;
}

/* Every type with its fixed length and values that are good. */
static const struct kind {
	uint16_t note;
	bool has_rest;
	size_t len;
	uint32_t type;
} kinds[] = {
	{ SCTP_ASSOC_CHANGE, true, 20, GSCTP_MSG_ASSOC_CHANGE },
	{ SCTP_PEER_ADDR_CHANGE, false, 152, GSCTP_MSG_PADDR_CHANGE },
	{ SCTP_REMOTE_ERROR, true, 16, GSCTP_MSG_REMOTE_ERROR },
	{ SCTP_SEND_FAILED, true, 144, GSCTP_MSG_SEND_FAILED },
	{ SCTP_SHUTDOWN_EVENT, false, 12, GSCTP_MSG_SHUTDOWN_EVENT },
	{ SCTP_ADAPTATION_INDICATION, false, 16, GSCTP_MSG_ADAPTATION_EVENT },
	{ SCTP_PARTIAL_DELIVERY_EVENT, false, 20, GSCTP_MSG_PDAPI_EVENT },
	{ SCTP_AUTHENTICATION_EVENT, false, 20,
	    GSCTP_MSG_AUTHENTICATION_EVENT },
	{ SCTP_STREAM_RESET_EVENT, true, 12, GSCTP_MSG_STREAM_RESET },
	{ SCTP_SENDER_DRY_EVENT, false, 12, GSCTP_MSG_SENDER_DRY },
	{ SCTP_NOTIFICATIONS_STOPPED_EVENT, false, 12,
	    GSCTP_MSG_NOTIFICATIONS_STOPPED },
	{ SCTP_ASSOC_RESET_EVENT, false, 20, GSCTP_MSG_ASSOC_RESET },
	{ SCTP_STREAM_CHANGE_EVENT, false, 16, GSCTP_MSG_STREAM_CHANGE },
	{ SCTP_SEND_FAILED_EVENT, true, 32, GSCTP_MSG_SEND_FAILED },
};

static void
build(const struct kind *k, size_t rest)
{
	struct sockaddr_in *sin;

	begin(k->note, k->len + rest);
	switch (k->note) {
	case SCTP_ASSOC_CHANGE:
		in.note.sn_assoc_change.sac_state = SCTP_COMM_LOST;
		break;
	case SCTP_PEER_ADDR_CHANGE:
		sin = (struct sockaddr_in *)&in.note.sn_paddr_change.spc_aaddr;
		sin->sin_family = AF_INET;
		sin->sin_port = htons(1234);
		sin->sin_addr.s_addr = htonl(0x7f000001);
		in.note.sn_paddr_change.spc_state = SCTP_ADDR_CONFIRMED;
		break;
	case SCTP_SEND_FAILED:
	case SCTP_SEND_FAILED_EVENT:
		in.head.sn_flags = SCTP_DATA_SENT;
		break;
	case SCTP_PARTIAL_DELIVERY_EVENT:
		in.note.sn_pdapi_event.pdapi_indication =
		    SCTP_PARTIAL_DELIVERY_ABORTED;
		break;
	case SCTP_AUTHENTICATION_EVENT:
		in.note.sn_auth_event.auth_indication = SCTP_AUTH_NEW_KEY;
		break;
	default:
		break;
	}
}

/* All that a message points to must be within its block. */
static void
check_within(struct gs_msg *m, const void *p, size_t len)
{
	const uint8_t *from = gs_msg_payload(m);
	const uint8_t *b = p;

	if (b == NULL) {
		ck_assert_uint_eq(len, 0);
		return;
	}
	ck_assert(b >= from);
	ck_assert_uint_le((size_t)(b - from), m->payload_len);
	ck_assert_uint_le(len, m->payload_len - (size_t)(b - from));
}

static void
check_pointers(struct gs_msg *m)
{
	switch (m->pub.type) {
	case GSCTP_MSG_ASSOC_CHANGE:
		check_within(m, m->pub.u.assoc_change.causes,
		    m->pub.u.assoc_change.causes_len);
		break;
	case GSCTP_MSG_REMOTE_ERROR:
		ck_assert_uint_le(m->pub.u.remote_error.ncauses,
		    GSCTP_CAUSES_MAX);
		check_within(m, m->pub.u.remote_error.data,
		    m->pub.u.remote_error.len);
		break;
	case GSCTP_MSG_SEND_FAILED:
		check_within(m, m->pub.u.send_failed.data,
		    m->pub.u.send_failed.len);
		break;
	case GSCTP_MSG_STREAM_RESET:
		check_within(m, m->pub.u.stream_reset.streams,
		    m->pub.u.stream_reset.nstreams * sizeof(uint16_t));
		break;
	default:
		break;
	}
}

START_TEST(every_type_is_decoded_to_its_message)
{
	const struct kind *k = &kinds[_i];

	build(k, 0);
	gs_msg_free(decoded(k->len, k->type));
}
END_TEST

START_TEST(a_notification_that_is_cut_short_makes_no_message)
{
	const struct kind *k = &kinds[_i];
	struct gs_msg *m = NULL;
	size_t len;

	build(k, 0);
	for (len = 0; len < k->len; len++) {
		/* Cut, with the length it had ... */
		in.head.sn_length = (uint32_t)k->len;
		ck_assert_int_eq(decode(len, &m), -EINVAL);
		/* ... and with one that agrees. */
		in.head.sn_length = (uint32_t)len;
		ck_assert_int_eq(decode(len, &m), -EINVAL);
	}
	ck_assert_ptr_null(m);
}
END_TEST

START_TEST(a_length_that_is_not_the_true_one_makes_no_message)
{
	const struct kind *k = &kinds[_i];
	const uint32_t len = (uint32_t)k->len;
	const uint32_t lies[] = { 0, 1, 7, 8, len - 1, len + 1, len * 2, 65535,
		0x7fffffff, 0x80000000u, UINT32_MAX - 7, UINT32_MAX };
	struct gs_msg *m = NULL;
	size_t i;

	build(k, 0);
	for (i = 0; i < COUNT(lies); i++) {
		in.head.sn_length = lies[i];
		ck_assert_int_eq(decode(k->len, &m), -EINVAL);
	}
	ck_assert_ptr_null(m);
}
END_TEST

START_TEST(bytes_after_the_end_are_refused_where_none_belong)
{
	const struct kind *k = &kinds[_i];
	struct gs_msg *m = NULL;

	build(k, 4);
	if (k->has_rest) {
		m = decoded(k->len + 4, k->type);
		check_pointers(m);
		gs_msg_free(m);
	} else {
		ck_assert_int_eq(decode(k->len + 4, &m), -EINVAL);
		ck_assert_ptr_null(m);
	}
}
END_TEST

START_TEST(a_type_that_is_not_known_is_not_supported)
{
	static const uint16_t types[] = { 0, 15, 16, 255, 0x8000, 0xffff };
	struct gs_msg *m = NULL;
	size_t i;

	for (i = 0; i < COUNT(types); i++) {
		begin(types[i], 64);
		ck_assert_int_eq(decode(64, &m), -EOPNOTSUPP);
	}
	ck_assert_ptr_null(m);
}
END_TEST

/*
 * assoc_change
 */

static struct gs_msg *
assoc_change(uint16_t state, const void *info, size_t len)
{
	struct sctp_assoc_change *sac = &in.note.sn_assoc_change;

	begin(SCTP_ASSOC_CHANGE, sizeof(*sac) + len);
	sac->sac_state = state;
	sac->sac_error = 12;
	sac->sac_outbound_streams = 10;
	sac->sac_inbound_streams = 2048;
	sac->sac_assoc_id = 3;
	if (len > 0)
		memcpy(in.bytes + sizeof(*sac), info, len);
	return decoded(sizeof(*sac) + len, GSCTP_MSG_ASSOC_CHANGE);
}

START_TEST(every_state_of_an_association_is_told)
{
	static const uint16_t theirs[] = { SCTP_COMM_UP, SCTP_COMM_LOST,
		SCTP_RESTART, SCTP_SHUTDOWN_COMP, SCTP_CANT_STR_ASSOC };
	static const uint32_t ours[] = { GSCTP_COMM_UP, GSCTP_COMM_LOST,
		GSCTP_RESTART, GSCTP_SHUTDOWN_COMP, GSCTP_CANT_ASSOC };
	size_t i;

	for (i = 0; i < COUNT(theirs); i++) {
		struct gs_msg *m = assoc_change(theirs[i], NULL, 0);
		struct gsctp_assoc_change *c = &m->pub.u.assoc_change;

		ck_assert_uint_eq(c->state, ours[i]);
		ck_assert_uint_eq(c->error, 12);
		ck_assert_uint_eq(c->outbound_streams, 10);
		ck_assert_uint_eq(c->inbound_streams, 2048);
		ck_assert_uint_eq(c->assoc_id, ASSOC);
		ck_assert_ptr_null(c->causes);
		gs_msg_free(m);
	}
}
END_TEST

START_TEST(a_state_that_does_not_exist_makes_no_message)
{
	static const uint16_t states[] = { 0, 6, 0xffff };
	struct gs_msg *m = NULL;
	size_t i;

	for (i = 0; i < COUNT(states); i++) {
		build(&kinds[0], 0);
		in.note.sn_assoc_change.sac_state = states[i];
		ck_assert_int_eq(decode(20, &m), -EINVAL);
	}
	ck_assert_ptr_null(m);
}
END_TEST

/* ABORT with cause 12 and the reason "bye" (RFC 9260 3.3.7). */
static const uint8_t abort_chunk[] = { 6, 0, 0, 11, 0, 12, 0, 7, 'b', 'y',
	'e' };

START_TEST(the_causes_of_an_abort_come_without_the_chunks_header)
{
	static const uint16_t states[] = { SCTP_COMM_LOST,
		SCTP_CANT_STR_ASSOC };
	size_t i;

	for (i = 0; i < COUNT(states); i++) {
		struct gs_msg *m =
		    assoc_change(states[i], abort_chunk, sizeof(abort_chunk));
		struct gsctp_assoc_change *c = &m->pub.u.assoc_change;

		ck_assert_uint_eq(c->causes_len, sizeof(abort_chunk) - 4);
		ck_assert_mem_eq(c->causes, abort_chunk + 4, c->causes_len);
		check_pointers(m);
		gs_msg_free(m);
	}
}
END_TEST

START_TEST(an_abort_without_causes_has_none)
{
	size_t len;

	for (len = 0; len <= 4; len++) {
		struct gs_msg *m =
		    assoc_change(SCTP_COMM_LOST, abort_chunk, len);

		ck_assert_ptr_null(m->pub.u.assoc_change.causes);
		ck_assert_uint_eq(m->pub.u.assoc_change.causes_len, 0);
		gs_msg_free(m);
	}
}
END_TEST

START_TEST(the_features_of_comm_up_are_not_taken_for_causes)
{
	static const uint8_t features[] = { 1, 2, 3, 4, 5, 6 };
	static const uint16_t states[] = { SCTP_COMM_UP, SCTP_RESTART,
		SCTP_SHUTDOWN_COMP };
	size_t i;

	for (i = 0; i < COUNT(states); i++) {
		struct gs_msg *m =
		    assoc_change(states[i], features, sizeof(features));

		ck_assert_ptr_null(m->pub.u.assoc_change.causes);
		ck_assert_uint_eq(m->pub.u.assoc_change.causes_len, 0);
		gs_msg_free(m);
	}
}
END_TEST

/*
 * paddr_change
 */

static void
build_paddr(const void *addr, size_t len, uint32_t state)
{
	struct sctp_paddr_change *spc = &in.note.sn_paddr_change;

	begin(SCTP_PEER_ADDR_CHANGE, sizeof(*spc));
	memcpy(&spc->spc_aaddr, addr, len);
	spc->spc_state = state;
	spc->spc_error = 5;
}

static struct sockaddr_in
ipv4(void)
{
	struct sockaddr_in a;

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons(4739);
	a.sin_addr.s_addr = htonl(0x7f000002);
	return a;
}

START_TEST(every_state_of_a_path_is_told)
{
	static const uint32_t theirs[] = { SCTP_ADDR_AVAILABLE,
		SCTP_ADDR_UNREACHABLE, SCTP_ADDR_REMOVED, SCTP_ADDR_ADDED,
		SCTP_ADDR_MADE_PRIM, SCTP_ADDR_CONFIRMED };
	static const uint32_t ours[] = { GSCTP_ADDR_AVAILABLE,
		GSCTP_ADDR_UNREACHABLE, GSCTP_ADDR_REMOVED, GSCTP_ADDR_ADDED,
		GSCTP_ADDR_MADE_PRIM, GSCTP_ADDR_CONFIRMED };
	struct sockaddr_in a = ipv4();
	size_t i;

	for (i = 0; i < COUNT(theirs); i++) {
		struct gsctp_paddr_change *c;
		struct gs_msg *m;

		build_paddr(&a, sizeof(a), theirs[i]);
		m = decoded(sizeof(struct sctp_paddr_change),
		    GSCTP_MSG_PADDR_CHANGE);
		c = &m->pub.u.paddr_change;
		ck_assert_uint_eq(c->state, ours[i]);
		ck_assert_uint_eq(c->error, 5);
		ck_assert_uint_eq(c->assoc_id, ASSOC);
		ck_assert_mem_eq(&c->addr, &a, sizeof(a));
		gs_msg_free(m);
	}
}
END_TEST

START_TEST(a_path_of_ipv6_keeps_its_address)
{
	struct gs_msg *m;
	struct sockaddr_in6 a;

	memset(&a, 0, sizeof(a));
	a.sin6_family = AF_INET6;
	a.sin6_port = htons(4739);
	a.sin6_addr = in6addr_loopback;
	a.sin6_scope_id = 3;
	build_paddr(&a, sizeof(a), SCTP_ADDR_CONFIRMED);
	m = decoded(sizeof(struct sctp_paddr_change), GSCTP_MSG_PADDR_CHANGE);
	ck_assert_mem_eq(&m->pub.u.paddr_change.addr, &a, sizeof(a));
	gs_msg_free(m);
}
END_TEST

START_TEST(a_mapped_address_of_a_path_is_told_as_ipv4)
{
	struct sockaddr_in expected = ipv4();
	struct gs_msg *m;
	struct sockaddr_in6 a;

	memset(&a, 0, sizeof(a));
	a.sin6_family = AF_INET6;
	a.sin6_port = expected.sin_port;
	a.sin6_addr.s6_addr[10] = 0xff;
	a.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&a.sin6_addr.s6_addr[12], &expected.sin_addr, 4);
	build_paddr(&a, sizeof(a), SCTP_ADDR_CONFIRMED);
	m = decoded(sizeof(struct sctp_paddr_change), GSCTP_MSG_PADDR_CHANGE);
	ck_assert_mem_eq(&m->pub.u.paddr_change.addr, &expected,
	    sizeof(expected));
	gs_msg_free(m);
}
END_TEST

START_TEST(a_path_with_a_wrong_state_or_family_makes_no_message)
{
	static const uint32_t states[] = { 0, 7, 1000, UINT32_MAX };
	static const sa_family_t families[] = { AF_UNSPEC, AF_UNIX, 123,
		0xffff };
	struct sockaddr_in a = ipv4();
	struct gs_msg *m = NULL;
	size_t i;

	for (i = 0; i < COUNT(states); i++) {
		build_paddr(&a, sizeof(a), states[i]);
		ck_assert_int_eq(decode(152, &m), -EINVAL);
	}
	for (i = 0; i < COUNT(families); i++) {
		a.sin_family = families[i];
		build_paddr(&a, sizeof(a), SCTP_ADDR_ADDED);
		ck_assert_int_eq(decode(152, &m), -EINVAL);
	}
	ck_assert_ptr_null(m);
}
END_TEST

/*
 * remote_error
 */

/* The decoded event of an ERROR chunk with these causes. */
static struct gs_msg *
remote_error(const void *causes, size_t len)
{
	struct sctp_remote_error *sre = &in.note.sn_remote_error;
	const size_t total = sizeof(*sre) + 4 + len;
	uint8_t *chunk = in.bytes + sizeof(*sre);
	struct gs_msg *m;

	begin(SCTP_REMOTE_ERROR, total);
	sre->sre_error = 6;
	chunk[0] = 9;
	chunk[2] = (uint8_t)((len + 4) >> 8);
	chunk[3] = (uint8_t)(len + 4);
	if (len > 0)
		memcpy(chunk + 4, causes, len);
	m = decoded(total, GSCTP_MSG_REMOTE_ERROR);
	ck_assert_uint_eq(m->pub.u.remote_error.error, 6);
	ck_assert_uint_eq(m->pub.u.remote_error.assoc_id, ASSOC);
	ck_assert_uint_eq(m->pub.u.remote_error.len, len);
	if (len > 0)
		ck_assert_mem_eq(m->pub.u.remote_error.data, causes, len);
	check_pointers(m);
	return m;
}

static void
check_causes(const void *bytes, size_t len, const uint16_t *causes, size_t n)
{
	struct gs_msg *m = remote_error(bytes, len);
	size_t i;

	ck_assert_uint_eq(m->pub.u.remote_error.ncauses, n);
	for (i = 0; i < n; i++)
		ck_assert_uint_eq(m->pub.u.remote_error.causes[i], causes[i]);
	gs_msg_free(m);
}

START_TEST(the_causes_of_an_error_are_listed_in_order)
{
	static const uint8_t bytes[] = { 0, 6, 0, 5, 0x4f, 0, 0, 0, /* padded */
		0, 9, 0, 8, 1, 2, 3, 4, 1, 5, 0, 4 };
	static const uint16_t causes[] = { 6, 9, 0x105 };

	check_causes(bytes, sizeof(bytes), causes, COUNT(causes));
}
END_TEST

START_TEST(an_error_without_causes_has_none)
{
	struct gs_msg *m = remote_error(NULL, 0);

	ck_assert_uint_eq(m->pub.u.remote_error.ncauses, 0);
	ck_assert_ptr_null(m->pub.u.remote_error.data);
	gs_msg_free(m);
}
END_TEST

START_TEST(a_cause_that_is_cut_short_is_the_last)
{
	static const uint8_t bytes[] = { 0, 1, 0, 8, 0, 0, 0, 0, 0, 6, 0, 200,
		1, 2, 3, 4, 0, 9, 0, 4 };
	static const uint16_t causes[] = { 1, 6 };

	check_causes(bytes, sizeof(bytes), causes, COUNT(causes));
	/* Its length is cut off, too. */
	check_causes(bytes, 11, causes, 1);
}
END_TEST

START_TEST(a_cause_without_length_does_not_loop)
{
	uint8_t bytes[400];
	uint8_t len;
	static const uint16_t causes[] = { 5 };

	for (len = 0; len < 4; len++) {
		memset(bytes, 0, sizeof(bytes));
		bytes[1] = 5;
		bytes[3] = len;
		check_causes(bytes, sizeof(bytes), causes, 1);
	}
}
END_TEST

START_TEST(no_more_causes_than_there_is_room_for_are_listed)
{
	static uint8_t bytes[65535];
	uint16_t causes[GSCTP_CAUSES_MAX];
	size_t i;

	for (i = 0; i + 4 <= sizeof(bytes); i += 4) {
		bytes[i] = (uint8_t)(i >> 10);
		bytes[i + 1] = (uint8_t)(i >> 2);
		bytes[i + 3] = 4;
	}
	for (i = 0; i < GSCTP_CAUSES_MAX; i++)
		causes[i] = (uint16_t)i;
	check_causes(bytes, sizeof(bytes), causes, GSCTP_CAUSES_MAX);
	/* Just as many, and one less. */
	check_causes(bytes, 4 * GSCTP_CAUSES_MAX, causes, GSCTP_CAUSES_MAX);
	check_causes(bytes, 4 * GSCTP_CAUSES_MAX - 1, causes,
	    GSCTP_CAUSES_MAX - 1);
}
END_TEST

/*
 * send_failed
 */

static struct gs_msg *
send_failed(uint16_t flags, uint16_t chunk_flags, const void *data, size_t len)
{
	struct sctp_send_failed_event *e = &in.note.sn_send_failed_event;

	begin(SCTP_SEND_FAILED_EVENT, sizeof(*e) + len);
	e->ssfe_flags = flags;
	e->ssfe_error = 13;
	e->ssfe_info.snd_sid = 4;
	e->ssfe_info.snd_flags = chunk_flags;
	e->ssfe_info.snd_ppid = htonl(46);
	e->ssfe_info.snd_context = 0xabcd;
	if (len > 0)
		memcpy(in.bytes + sizeof(*e), data, len);
	return decoded(sizeof(*e) + len, GSCTP_MSG_SEND_FAILED);
}

START_TEST(a_message_that_was_not_sent_comes_back)
{
	struct gs_msg *m =
	    send_failed(SCTP_DATA_UNSENT, SCTP_DATA_NOT_FRAG, "hello", 5);
	struct gsctp_send_failed *f = &m->pub.u.send_failed;

	ck_assert(!f->sent);
	ck_assert_uint_eq(f->error, 13);
	ck_assert_uint_eq(f->info.stream, 4);
	ck_assert_uint_eq(f->info.flags, 0);
	ck_assert_uint_eq(f->info.ppid, 46);
	ck_assert_uint_eq(f->info.context, 0xabcd);
	ck_assert_uint_eq(f->info.assoc_id, ASSOC);
	ck_assert_uint_eq(f->assoc_id, ASSOC);
	ck_assert_uint_eq(f->len, 5);
	ck_assert_mem_eq(f->data, "hello", 5);
	ck_assert(f->first && f->last);
	check_pointers(m);
	gs_msg_free(m);
}
END_TEST

START_TEST(fragments_say_which_part_they_are)
{
	uint16_t bits;

	for (bits = 0; bits < 16; bits++) {
		struct gs_msg *m = send_failed(SCTP_DATA_SENT, bits, "x", 1);
		struct gsctp_send_failed *f = &m->pub.u.send_failed;

		ck_assert(f->sent);
		ck_assert_int_eq(f->last, (bits & 1) != 0);
		ck_assert_int_eq(f->first, (bits & 2) != 0);
		ck_assert_uint_eq(f->info.flags,
		    (bits & 4) != 0 ? GSCTP_UNORDERED : 0);
		gs_msg_free(m);
	}
}
END_TEST

START_TEST(a_failed_send_without_data_has_none)
{
	struct gs_msg *m = send_failed(SCTP_DATA_SENT, 3, NULL, 0);

	ck_assert_ptr_null(m->pub.u.send_failed.data);
	ck_assert_uint_eq(m->pub.u.send_failed.len, 0);
	gs_msg_free(m);
}
END_TEST

START_TEST(a_failed_send_that_was_neither_sent_nor_not_makes_no_message)
{
	static const uint16_t flags[] = { 0, 3, 4, 0xffff };
	struct gs_msg *m = NULL;
	size_t i;

	for (i = 0; i < COUNT(flags); i++) {
		begin(SCTP_SEND_FAILED_EVENT, 32);
		in.head.sn_flags = flags[i];
		ck_assert_int_eq(decode(32, &m), -EINVAL);
	}
	ck_assert_ptr_null(m);
}
END_TEST

START_TEST(the_old_form_of_a_failed_send_says_the_same)
{
	const uint32_t ppid = htonl(46), context = 9;
	const uint16_t stream = 4, ssn = 5, chunk_flags = 7;
	struct gsctp_send_failed *f;
	struct gs_msg *m;

	begin(SCTP_SEND_FAILED, 144 + 3);
	in.head.sn_flags = SCTP_DATA_SENT;
	memcpy(in.bytes + 12, &stream, 2);
	memcpy(in.bytes + 14, &ssn, 2);
	memcpy(in.bytes + 16, &chunk_flags, 2);
	memcpy(in.bytes + 20, &ppid, 4);
	memcpy(in.bytes + 24, &context, 4);
	memcpy(in.bytes + 144, "abc", 3);
	m = decoded(144 + 3, GSCTP_MSG_SEND_FAILED);
	f = &m->pub.u.send_failed;
	ck_assert(f->sent && f->first && f->last);
	ck_assert_uint_eq(f->info.stream, 4);
	ck_assert_uint_eq(f->info.ssn, 5);
	ck_assert_uint_eq(f->info.ppid, 46);
	ck_assert_uint_eq(f->info.context, 9);
	ck_assert_uint_eq(f->info.flags, GSCTP_UNORDERED);
	ck_assert_uint_eq(f->len, 3);
	ck_assert_mem_eq(f->data, "abc", 3);
	gs_msg_free(m);
}
END_TEST

/*
 * The small ones
 */

START_TEST(an_adaptation_is_told)
{
	struct gs_msg *m;

	begin(SCTP_ADAPTATION_INDICATION, 16);
	in.note.sn_adaptation_event.sai_adaptation_ind = 0x01020304;
	m = decoded(16, GSCTP_MSG_ADAPTATION_EVENT);
	ck_assert_uint_eq(m->pub.u.adaptation_event.adaptation_ind, 0x01020304);
	ck_assert_uint_eq(m->pub.u.adaptation_event.assoc_id, ASSOC);
	gs_msg_free(m);
}
END_TEST

START_TEST(an_aborted_partial_delivery_names_its_message)
{
	/* As the engine writes it, which is not what <usrsctp.h> says. */
	struct {
		struct sctp_tlv head;
		uint32_t indication;
		uint16_t stream, seq;
		sctp_assoc_t assoc_id;
	} *e = (void *)&in;
	struct gs_msg *m = NULL;

	begin(SCTP_PARTIAL_DELIVERY_EVENT, 20);
	e->indication = SCTP_PARTIAL_DELIVERY_ABORTED;
	e->stream = 65535;
	e->seq = 17;
	m = decoded(20, GSCTP_MSG_PDAPI_EVENT);
	ck_assert_uint_eq(m->pub.u.pdapi_event.indication, 1);
	ck_assert_uint_eq(m->pub.u.pdapi_event.stream, 65535);
	ck_assert_uint_eq(m->pub.u.pdapi_event.seq, 17);
	ck_assert_uint_eq(m->pub.u.pdapi_event.assoc_id, ASSOC);
	gs_msg_free(m);

	m = NULL;
	e->indication = 0;
	ck_assert_int_eq(decode(20, &m), -EINVAL);
	ck_assert_ptr_null(m);
}
END_TEST

START_TEST(every_indication_of_a_key_is_told)
{
	static const uint32_t ours[] = { 0, GSCTP_AUTH_NEW_KEY,
		GSCTP_AUTH_NO_AUTH, GSCTP_AUTH_FREE_KEY };
	struct sctp_authkey_event *e = &in.note.sn_auth_event;
	struct gs_msg *m = NULL;
	uint32_t i;

	begin(SCTP_AUTHENTICATION_EVENT, 20);
	e->auth_keynumber = 9;
	for (i = 1; i <= 3; i++) {
		struct gsctp_authentication_event *a;

		e->auth_indication = i;
		m = decoded(20, GSCTP_MSG_AUTHENTICATION_EVENT);
		a = &m->pub.u.authentication_event;
		ck_assert_uint_eq(a->indication, ours[i]);
		ck_assert_uint_eq(a->keynumber, 9);
		ck_assert_uint_eq(a->assoc_id, ASSOC);
		gs_msg_free(m);
	}
	m = NULL;
	e->auth_indication = 0;
	ck_assert_int_eq(decode(20, &m), -EINVAL);
	e->auth_indication = 4;
	ck_assert_int_eq(decode(20, &m), -EINVAL);
	ck_assert_ptr_null(m);
}
END_TEST

START_TEST(a_reset_of_streams_lists_them)
{
	static const uint16_t streams[] = { 1, 5, 65535 };
	struct gsctp_stream_reset_event *r;
	struct gs_msg *m;

	begin(SCTP_STREAM_RESET_EVENT, 12 + sizeof(streams));
	in.head.sn_flags =
	    SCTP_STREAM_RESET_OUTGOING_SSN | SCTP_STREAM_RESET_DENIED;
	memcpy(in.bytes + 12, streams, sizeof(streams));
	m = decoded(12 + sizeof(streams), GSCTP_MSG_STREAM_RESET);
	r = &m->pub.u.stream_reset;
	ck_assert_uint_eq(r->flags, GSCTP_RESET_OUTGOING | GSCTP_RESET_DENIED);
	ck_assert_uint_eq(r->nstreams, 3);
	ck_assert_mem_eq(r->streams, streams, sizeof(streams));
	ck_assert_uint_eq(r->assoc_id, ASSOC);
	gs_msg_free(m);
}
END_TEST

START_TEST(a_reset_of_all_streams_lists_none)
{
	struct gs_msg *m;

	begin(SCTP_STREAM_RESET_EVENT, 12);
	in.head.sn_flags =
	    SCTP_STREAM_RESET_INCOMING_SSN | SCTP_STREAM_RESET_FAILED;
	m = decoded(12, GSCTP_MSG_STREAM_RESET);
	ck_assert_uint_eq(m->pub.u.stream_reset.flags,
	    GSCTP_RESET_INCOMING | GSCTP_RESET_FAILED);
	ck_assert_ptr_null(m->pub.u.stream_reset.streams);
	ck_assert_uint_eq(m->pub.u.stream_reset.nstreams, 0);
	gs_msg_free(m);
}
END_TEST

START_TEST(half_a_stream_makes_no_message)
{
	struct gs_msg *m = NULL;

	begin(SCTP_STREAM_RESET_EVENT, 12 + 3);
	ck_assert_int_eq(decode(12 + 3, &m), -EINVAL);
	ck_assert_ptr_null(m);
}
END_TEST

START_TEST(a_reset_of_the_association_tells_the_tsns)
{
	struct gs_msg *m;

	begin(SCTP_ASSOC_RESET_EVENT, 20);
	in.head.sn_flags = SCTP_ASSOC_RESET_DENIED;
	in.note.sn_assocreset_event.assocreset_local_tsn = 0xfffffff0;
	in.note.sn_assocreset_event.assocreset_remote_tsn = 1;
	m = decoded(20, GSCTP_MSG_ASSOC_RESET);
	ck_assert_uint_eq(m->pub.u.assoc_reset.flags, GSCTP_RESET_DENIED);
	ck_assert_uint_eq(m->pub.u.assoc_reset.local_tsn, 0xfffffff0);
	ck_assert_uint_eq(m->pub.u.assoc_reset.remote_tsn, 1);
	ck_assert_uint_eq(m->pub.u.assoc_reset.assoc_id, ASSOC);
	gs_msg_free(m);
}
END_TEST

START_TEST(a_change_of_streams_tells_how_many)
{
	struct gs_msg *m;

	begin(SCTP_STREAM_CHANGE_EVENT, 16);
	in.head.sn_flags = SCTP_STREAM_CHANGE_FAILED;
	in.note.sn_strchange_event.strchange_instrms = 12;
	in.note.sn_strchange_event.strchange_outstrms = 65535;
	m = decoded(16, GSCTP_MSG_STREAM_CHANGE);
	ck_assert_uint_eq(m->pub.u.stream_change.flags, GSCTP_RESET_FAILED);
	ck_assert_uint_eq(m->pub.u.stream_change.instrms, 12);
	ck_assert_uint_eq(m->pub.u.stream_change.outstrms, 65535);
	ck_assert_uint_eq(m->pub.u.stream_change.assoc_id, ASSOC);
	gs_msg_free(m);
}
END_TEST

/*
 * Anything
 */

static uint64_t rng;

static uint32_t
next_random(void)
{
	rng = rng * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(rng >> 33);
}

static void
randomize(const struct kind *k, size_t len)
{
	size_t i;
	uint32_t mode = next_random() % 4;

	build(k, 0);
	/* The fixed part: as it is, a few bytes changed, or all. */
	for (i = 2; i < k->len; i++) {
		if (mode == 3 || (mode > 0 && next_random() % 16 == 0))
			in.bytes[i] = (uint8_t)next_random();
	}
	/* The rest: small numbers now and then, as of causes. */
	for (; i < len; i++)
		in.bytes[i] =
		    (uint8_t)(next_random() % 3 == 0 ? next_random() :
						       next_random() % 9);
	if (next_random() % 8 != 0)
		in.head.sn_length = (uint32_t)len;
	if (next_random() % 64 == 0)
		in.head.sn_type = (uint16_t)next_random();
}

START_TEST(random_bytes_decode_to_sound_messages_or_none)
{
	const char *env = getenv("GSCTP_TEST_SEED");
	unsigned int i, good = 0;

	rng = env != NULL ? strtoull(env, NULL, 0) : (uint64_t)time(NULL);
	printf("GSCTP_TEST_SEED=%llu\n", (unsigned long long)rng);
	fflush(stdout);
	for (i = 0; i < 50000; i++) {
		const struct kind *k = &kinds[next_random() % COUNT(kinds)];
		size_t len = k->len;
		struct gs_msg *m = NULL;
		int err;

		if (next_random() % 2 == 0)
			len += next_random() % 600;
		else if (next_random() % 4 == 0)
			len = next_random() % (k->len + 1);
		randomize(k, len);
		err = decode(len, &m);
		if (err != 0) {
			ck_assert(err == -EINVAL || err == -EOPNOTSUPP);
			ck_assert_ptr_null(m);
			continue;
		}
		good++;
		ck_assert_uint_eq(m->pub.assoc_id, ASSOC);
		check_pointers(m);
		gs_msg_free(m);
	}
	ck_assert_uint_gt(good, 1000);
}
END_TEST

static TCase *
every_type(void)
{
	TCase *tc = tcase_create("every type");
	const int n = (int)COUNT(kinds);

	tcase_add_loop_test(tc, every_type_is_decoded_to_its_message, 0, n);
	tcase_add_loop_test(tc,
	    a_notification_that_is_cut_short_makes_no_message, 0, n);
	tcase_add_loop_test(tc,
	    a_length_that_is_not_the_true_one_makes_no_message, 0, n);
	tcase_add_loop_test(tc,
	    bytes_after_the_end_are_refused_where_none_belong, 0, n);
	tcase_add_test(tc, a_type_that_is_not_known_is_not_supported);
	tcase_add_test(tc, random_bytes_decode_to_sound_messages_or_none);
	tcase_set_timeout(tc, 60);
	return tc;
}

static TCase *
association_and_paths(void)
{
	TCase *tc = tcase_create("association and paths");

	tcase_add_test(tc, every_state_of_an_association_is_told);
	tcase_add_test(tc, a_state_that_does_not_exist_makes_no_message);
	tcase_add_test(tc,
	    the_causes_of_an_abort_come_without_the_chunks_header);
	tcase_add_test(tc, an_abort_without_causes_has_none);
	tcase_add_test(tc, the_features_of_comm_up_are_not_taken_for_causes);
	tcase_add_test(tc, every_state_of_a_path_is_told);
	tcase_add_test(tc, a_path_of_ipv6_keeps_its_address);
	tcase_add_test(tc, a_mapped_address_of_a_path_is_told_as_ipv4);
	tcase_add_test(tc,
	    a_path_with_a_wrong_state_or_family_makes_no_message);
	return tc;
}

static TCase *
errors(void)
{
	TCase *tc = tcase_create("errors");

	tcase_add_test(tc, the_causes_of_an_error_are_listed_in_order);
	tcase_add_test(tc, an_error_without_causes_has_none);
	tcase_add_test(tc, a_cause_that_is_cut_short_is_the_last);
	tcase_add_test(tc, a_cause_without_length_does_not_loop);
	tcase_add_test(tc, no_more_causes_than_there_is_room_for_are_listed);
	tcase_add_test(tc, a_message_that_was_not_sent_comes_back);
	tcase_add_test(tc, fragments_say_which_part_they_are);
	tcase_add_test(tc, a_failed_send_without_data_has_none);
	tcase_add_test(tc,
	    a_failed_send_that_was_neither_sent_nor_not_makes_no_message);
	tcase_add_test(tc, the_old_form_of_a_failed_send_says_the_same);
	return tc;
}

static TCase *
others(void)
{
	TCase *tc = tcase_create("others");

	tcase_add_test(tc, an_adaptation_is_told);
	tcase_add_test(tc, an_aborted_partial_delivery_names_its_message);
	tcase_add_test(tc, every_indication_of_a_key_is_told);
	tcase_add_test(tc, a_reset_of_streams_lists_them);
	tcase_add_test(tc, a_reset_of_all_streams_lists_none);
	tcase_add_test(tc, half_a_stream_makes_no_message);
	tcase_add_test(tc, a_reset_of_the_association_tells_the_tsns);
	tcase_add_test(tc, a_change_of_streams_tells_how_many);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("engine_note");

	suite_add_tcase(s, every_type());
	suite_add_tcase(s, association_and_paths());
	suite_add_tcase(s, errors());
	suite_add_tcase(s, others());
	return gs_test_main(s);
}
