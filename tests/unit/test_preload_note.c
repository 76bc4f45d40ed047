/*
 * What the preload library tells a program of Linux, byte for byte: records
 * have the sizes and places of <netinet/sctp.h>, and an event of gsctp becomes
 * the notification that a program of that header reads.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <stddef.h>
#include <string.h>

#include "check_main.h"
#include "note.h"
#include "sinfo.h"

/* -- the records -- */

#define same_size(ours, theirs)                                              \
	_Static_assert(sizeof(struct ours) == sizeof(struct theirs),         \
	    #ours " has another size")
#define same_place(ours, field, theirs, their_field)                         \
	_Static_assert(offsetof(struct ours, field) ==                       \
		offsetof(struct theirs, their_field) &&                      \
	    sizeof(((struct ours *)0)->field) ==                             \
		sizeof(((struct theirs *)0)->their_field),                   \
	    #ours "." #field " is elsewhere")

same_size(lx_sndrcvinfo, sctp_sndrcvinfo);
same_place(lx_sndrcvinfo, stream, sctp_sndrcvinfo, sinfo_stream);
same_place(lx_sndrcvinfo, ssn, sctp_sndrcvinfo, sinfo_ssn);
same_place(lx_sndrcvinfo, flags, sctp_sndrcvinfo, sinfo_flags);
same_place(lx_sndrcvinfo, ppid, sctp_sndrcvinfo, sinfo_ppid);
same_place(lx_sndrcvinfo, context, sctp_sndrcvinfo, sinfo_context);
same_place(lx_sndrcvinfo, timetolive, sctp_sndrcvinfo, sinfo_timetolive);
same_place(lx_sndrcvinfo, tsn, sctp_sndrcvinfo, sinfo_tsn);
same_place(lx_sndrcvinfo, cumtsn, sctp_sndrcvinfo, sinfo_cumtsn);
same_place(lx_sndrcvinfo, assoc_id, sctp_sndrcvinfo, sinfo_assoc_id);

same_size(lx_sndinfo, sctp_sndinfo);
same_place(lx_sndinfo, sid, sctp_sndinfo, snd_sid);
same_place(lx_sndinfo, flags, sctp_sndinfo, snd_flags);
same_place(lx_sndinfo, ppid, sctp_sndinfo, snd_ppid);
same_place(lx_sndinfo, context, sctp_sndinfo, snd_context);
same_place(lx_sndinfo, assoc_id, sctp_sndinfo, snd_assoc_id);

same_size(lx_msg_rcvinfo, sctp_rcvinfo);
same_place(lx_msg_rcvinfo, sid, sctp_rcvinfo, rcv_sid);
same_place(lx_msg_rcvinfo, ssn, sctp_rcvinfo, rcv_ssn);
same_place(lx_msg_rcvinfo, flags, sctp_rcvinfo, rcv_flags);
same_place(lx_msg_rcvinfo, ppid, sctp_rcvinfo, rcv_ppid);
same_place(lx_msg_rcvinfo, tsn, sctp_rcvinfo, rcv_tsn);
same_place(lx_msg_rcvinfo, cumtsn, sctp_rcvinfo, rcv_cumtsn);
same_place(lx_msg_rcvinfo, context, sctp_rcvinfo, rcv_context);
same_place(lx_msg_rcvinfo, assoc_id, sctp_rcvinfo, rcv_assoc_id);

same_size(lx_msg_nxtinfo, sctp_nxtinfo);
same_place(lx_msg_nxtinfo, sid, sctp_nxtinfo, nxt_sid);
same_place(lx_msg_nxtinfo, flags, sctp_nxtinfo, nxt_flags);
same_place(lx_msg_nxtinfo, ppid, sctp_nxtinfo, nxt_ppid);
same_place(lx_msg_nxtinfo, length, sctp_nxtinfo, nxt_length);
same_place(lx_msg_nxtinfo, assoc_id, sctp_nxtinfo, nxt_assoc_id);

same_size(lx_initmsg, sctp_initmsg);
same_place(lx_initmsg, num_ostreams, sctp_initmsg, sinit_num_ostreams);
same_place(lx_initmsg, max_instreams, sctp_initmsg, sinit_max_instreams);
same_place(lx_initmsg, max_attempts, sctp_initmsg, sinit_max_attempts);
same_place(lx_initmsg, max_init_timeo, sctp_initmsg, sinit_max_init_timeo);

same_size(lx_msg_prinfo, sctp_prinfo);
same_place(lx_msg_prinfo, policy, sctp_prinfo, pr_policy);
same_place(lx_msg_prinfo, value, sctp_prinfo, pr_value);
same_size(lx_msg_authinfo, sctp_authinfo);

same_size(lx_assoc_change, sctp_assoc_change);
same_place(lx_assoc_change, state, sctp_assoc_change, sac_state);
same_place(lx_assoc_change, error, sctp_assoc_change, sac_error);
same_place(lx_assoc_change, assoc_id, sctp_assoc_change, sac_assoc_id);
same_size(lx_paddr_change, sctp_paddr_change);
same_place(lx_paddr_change, addr, sctp_paddr_change, spc_aaddr);
same_place(lx_paddr_change, state, sctp_paddr_change, spc_state);
same_place(lx_paddr_change, assoc_id, sctp_paddr_change, spc_assoc_id);
same_size(lx_remote_error, sctp_remote_error);
same_place(lx_remote_error, error, sctp_remote_error, sre_error);
same_place(lx_remote_error, assoc_id, sctp_remote_error, sre_assoc_id);
same_size(lx_send_failed, sctp_send_failed);
same_place(lx_send_failed, error, sctp_send_failed, ssf_error);
same_place(lx_send_failed, assoc_id, sctp_send_failed, ssf_assoc_id);
same_size(lx_send_failed_event, sctp_send_failed_event);
same_place(lx_send_failed_event, assoc_id, sctp_send_failed_event,
    ssf_assoc_id);
same_size(lx_note_plain, sctp_shutdown_event);
same_size(lx_note_plain, sctp_sender_dry_event);
same_size(lx_pdapi, sctp_pdapi_event);
same_place(lx_pdapi, assoc_id, sctp_pdapi_event, pdapi_assoc_id);
same_place(lx_pdapi, stream, sctp_pdapi_event, pdapi_stream);
same_size(lx_adaptation, sctp_adaptation_event);
same_size(lx_auth, sctp_authkey_event);
same_place(lx_auth, assoc_id, sctp_authkey_event, auth_assoc_id);
same_size(lx_stream_reset, sctp_stream_reset_event);
same_place(lx_stream_reset, assoc_id, sctp_stream_reset_event,
    strreset_assoc_id);
same_size(lx_assoc_reset, sctp_assoc_reset_event);
same_size(lx_stream_change, sctp_stream_change_event);
same_place(lx_stream_change, outstrms, sctp_stream_change_event,
    strchange_outstrms);

/* -- the notifications -- */

#define ID 77
#define EVENT_OLD (1u << (SCTP_SEND_FAILED - SCTP_SN_TYPE_BASE))
#define EVENT_NEW (1u << (SCTP_SEND_FAILED_EVENT - SCTP_SN_TYPE_BASE))

/* As the program has it in its buffer. */
static union {
	union sctp_notification note;
	uint8_t bytes[512];
} got;
static size_t got_len;

static struct gsctp_msg
event(uint32_t type)
{
	struct gsctp_msg m;

	memset(&m, 0, sizeof(m));
	m.type = type;
	m.assoc_id = ID;
	return m;
}

/* The i-th notification of m into got. */
static bool
make(const struct gsctp_msg *m, uint32_t events, unsigned int i)
{
	struct ps_note n;

	if (!ps_note_make(m, events, i, &n))
		return false;
	got_len = n.len + n.tail_len;
	ck_assert_uint_le(got_len, sizeof(got));
	memset(&got, 0xee, sizeof(got));
	memcpy(got.bytes, &n.u, n.len);
	if (n.tail_len > 0)
		memcpy(got.bytes + n.len, n.tail, n.tail_len);
	ck_assert_uint_eq(got.note.sn_header.sn_length, got_len);
	return true;
}

/* The one notification of m: of this type, and so long. */
static void
make_one(const struct gsctp_msg *m, uint16_t type, size_t len)
{
	ck_assert(make(m, 0, 0));
	ck_assert_uint_eq(got.note.sn_header.sn_type, type);
	ck_assert_uint_eq(got_len, len);
	ck_assert(!make(m, 0, 1));
	ck_assert(make(m, 0, 0));
}

START_TEST(states_of_an_association_are_counted_from_0)
{
	static const uint16_t theirs[] = {
		[GSCTP_COMM_UP] = SCTP_COMM_UP,
		[GSCTP_COMM_LOST] = SCTP_COMM_LOST,
		[GSCTP_RESTART] = SCTP_RESTART,
		[GSCTP_SHUTDOWN_COMP] = SCTP_SHUTDOWN_COMP,
		[GSCTP_CANT_ASSOC] = SCTP_CANT_STR_ASSOC,
	};
	struct gsctp_msg m = event(GSCTP_MSG_ASSOC_CHANGE);

	m.u.assoc_change.assoc_id = ID;
	for (uint32_t s = GSCTP_COMM_UP; s <= GSCTP_CANT_ASSOC; s++) {
		m.u.assoc_change.state = s;
		make_one(&m, SCTP_ASSOC_CHANGE, 20);
		ck_assert_uint_eq(got.note.sn_assoc_change.sac_state,
		    theirs[s]);
		ck_assert_int_eq(got.note.sn_assoc_change.sac_assoc_id, ID);
		ck_assert_uint_eq(got.note.sn_assoc_change.sac_flags, 0);
	}
}
END_TEST

START_TEST(comm_up_has_the_streams_and_the_end_has_none)
{
	struct gsctp_msg m = event(GSCTP_MSG_ASSOC_CHANGE);

	m.u.assoc_change.state = GSCTP_COMM_UP;
	m.u.assoc_change.outbound_streams = 3;
	m.u.assoc_change.inbound_streams = 5;
	make_one(&m, SCTP_ASSOC_CHANGE, 20);
	ck_assert_uint_eq(got.note.sn_assoc_change.sac_outbound_streams, 3);
	ck_assert_uint_eq(got.note.sn_assoc_change.sac_inbound_streams, 5);
	m.u.assoc_change.state = GSCTP_SHUTDOWN_COMP;
	make_one(&m, SCTP_ASSOC_CHANGE, 20);
	ck_assert_uint_eq(got.note.sn_assoc_change.sac_outbound_streams, 0);
	ck_assert_uint_eq(got.note.sn_assoc_change.sac_inbound_streams, 0);
}
END_TEST

START_TEST(an_abort_has_its_causes_and_the_first_in_the_order_of_the_wire)
{
	static const uint8_t causes[] = { 0, 12, 0, 6, 'n', 'o', 0, 0 };
	struct gsctp_msg m = event(GSCTP_MSG_ASSOC_CHANGE);

	m.u.assoc_change.state = GSCTP_COMM_LOST;
	m.u.assoc_change.error = 12;
	m.u.assoc_change.causes = causes;
	m.u.assoc_change.causes_len = sizeof(causes);
	make_one(&m, SCTP_ASSOC_CHANGE, 28);
	ck_assert_uint_eq(got.note.sn_assoc_change.sac_error, htons(12));
	ck_assert_mem_eq(got.note.sn_assoc_change.sac_info, causes, 8);
}
END_TEST

START_TEST(a_change_of_an_address_is_148_bytes)
{
	static const int theirs[] = {
		[GSCTP_ADDR_AVAILABLE] = SCTP_ADDR_AVAILABLE,
		[GSCTP_ADDR_UNREACHABLE] = SCTP_ADDR_UNREACHABLE,
		[GSCTP_ADDR_REMOVED] = SCTP_ADDR_REMOVED,
		[GSCTP_ADDR_ADDED] = SCTP_ADDR_ADDED,
		[GSCTP_ADDR_MADE_PRIM] = SCTP_ADDR_MADE_PRIM,
		[GSCTP_ADDR_CONFIRMED] = SCTP_ADDR_CONFIRMED,
	};
	struct gsctp_msg m = event(GSCTP_MSG_PADDR_CHANGE);
	struct sockaddr_in *sin;

	sin = (struct sockaddr_in *)&m.u.paddr_change.addr;
	sin->sin_family = AF_INET;
	sin->sin_port = htons(1234);
	m.u.paddr_change.assoc_id = ID;
	for (uint32_t s = GSCTP_ADDR_AVAILABLE; s <= GSCTP_ADDR_CONFIRMED;
	    s++) {
		m.u.paddr_change.state = s;
		make_one(&m, SCTP_PEER_ADDR_CHANGE, 148);
		ck_assert_int_eq(got.note.sn_paddr_change.spc_state,
		    theirs[s]);
		ck_assert_int_eq(got.note.sn_paddr_change.spc_assoc_id, ID);
		ck_assert_mem_eq(&got.note.sn_paddr_change.spc_aaddr, sin,
		    sizeof(*sin));
	}
	ck_assert_int_eq(got.note.sn_paddr_change.spc_error,
	    SCTP_HEARTBEAT_SUCCESS);
}
END_TEST

static struct gsctp_msg
failed_send(void)
{
	struct gsctp_msg m = event(GSCTP_MSG_SEND_FAILED);
	struct gsctp_send_failed *f = &m.u.send_failed;

	f->assoc_id = ID;
	f->sent = true;
	f->error = 1;
	f->info.stream = 4;
	f->info.ppid = 46;
	f->info.context = 0xc0ffee;
	f->info.flags = GSCTP_UNORDERED;
	f->first = f->last = true;
	f->data = (const uint8_t *)"lost";
	f->len = 4;
	return m;
}

START_TEST(a_send_that_failed_has_its_data_and_the_flags_of_its_chunk)
{
	struct gsctp_msg m = failed_send();
	const struct sctp_send_failed *f = &got.note.sn_send_failed;

	make_one(&m, SCTP_SEND_FAILED, 52);
	ck_assert_uint_eq(f->ssf_flags, SCTP_DATA_SENT);
	ck_assert_uint_eq(f->ssf_error, htons(1));
	ck_assert_uint_eq(f->ssf_info.sinfo_stream, 4);
	ck_assert_uint_eq(f->ssf_info.sinfo_ppid, htonl(46));
	ck_assert_uint_eq(f->ssf_info.sinfo_context, 0xc0ffee);
	/* RFC 9260 3.3.1: U, B and E. */
	ck_assert_uint_eq(f->ssf_info.sinfo_flags, 7);
	ck_assert_int_eq(f->ssf_info.sinfo_assoc_id, ID);
	ck_assert_int_eq(f->ssf_assoc_id, ID);
	ck_assert_mem_eq(f->ssf_data, "lost", 4);
	m.u.send_failed.sent = false;
	m.u.send_failed.first = false;
	make_one(&m, SCTP_SEND_FAILED, 52);
	ck_assert_uint_eq(f->ssf_flags, SCTP_DATA_UNSENT);
	ck_assert_uint_eq(f->ssf_info.sinfo_flags, 5);
}
END_TEST

START_TEST(a_send_that_failed_comes_as_it_is_subscribed)
{
	struct gsctp_msg m = failed_send();
	const struct sctp_send_failed_event *e =
	    &got.note.sn_send_failed_event;

	ck_assert(make(&m, EVENT_NEW, 0));
	ck_assert_uint_eq(e->ssf_type, SCTP_SEND_FAILED_EVENT);
	ck_assert_uint_eq(got_len, 36);
	ck_assert_uint_eq(e->ssfe_info.snd_sid, 4);
	ck_assert_uint_eq(e->ssfe_info.snd_flags, 7);
	ck_assert_uint_eq(e->ssfe_info.snd_ppid, htonl(46));
	ck_assert_uint_eq(e->ssfe_info.snd_context, 0xc0ffee);
	ck_assert_int_eq(e->ssfe_info.snd_assoc_id, ID);
	ck_assert_int_eq(e->ssf_assoc_id, ID);
	ck_assert_mem_eq(e->ssf_data, "lost", 4);
	ck_assert(!make(&m, EVENT_NEW, 1));

	ck_assert(make(&m, EVENT_OLD | EVENT_NEW, 0));
	ck_assert_uint_eq(got.note.sn_header.sn_type, SCTP_SEND_FAILED);
	ck_assert(make(&m, EVENT_OLD | EVENT_NEW, 1));
	ck_assert_uint_eq(got.note.sn_header.sn_type,
	    SCTP_SEND_FAILED_EVENT);
	ck_assert(!make(&m, EVENT_OLD | EVENT_NEW, 2));
}
END_TEST

START_TEST(an_error_chunk_is_a_notification_for_each_cause)
{
	/* Stale cookie, with a time; a parameter of 2 bytes, padded. */
	static const uint8_t causes[] = { 0, 3, 0, 8, 0, 0, 1, 2, 0, 8, 0, 6,
		0x80, 0x01, 0, 0 };
	struct gsctp_msg m = event(GSCTP_MSG_REMOTE_ERROR);
	const struct sctp_remote_error *e = &got.note.sn_remote_error;

	m.u.remote_error.assoc_id = ID;
	m.u.remote_error.error = 3;
	m.u.remote_error.data = causes;
	m.u.remote_error.len = sizeof(causes);
	ck_assert(make(&m, 0, 0));
	ck_assert_uint_eq(e->sre_type, SCTP_REMOTE_ERROR);
	ck_assert_uint_eq(got_len, 20);
	ck_assert_uint_eq(e->sre_error, htons(3));
	ck_assert_int_eq(e->sre_assoc_id, ID);
	ck_assert_mem_eq(e->sre_data, causes + 4, 4);
	ck_assert(make(&m, 0, 1));
	ck_assert_uint_eq(got_len, 20);
	ck_assert_uint_eq(e->sre_error, htons(8));
	ck_assert_mem_eq(e->sre_data, causes + 12, 4);
	ck_assert(!make(&m, 0, 2));
}
END_TEST

START_TEST(causes_that_are_cut_off_or_none_are_not_read_past_their_end)
{
	static const uint8_t cut[] = { 0, 8, 0, 9, 1, 2, 3 };
	static const uint8_t bad[] = { 0, 8, 0, 3 };
	struct gsctp_msg m = event(GSCTP_MSG_REMOTE_ERROR);

	m.u.remote_error.error = 8;
	make_one(&m, SCTP_REMOTE_ERROR, 16);
	ck_assert_uint_eq(got.note.sn_remote_error.sre_error, htons(8));
	m.u.remote_error.data = cut;
	m.u.remote_error.len = sizeof(cut);
	make_one(&m, SCTP_REMOTE_ERROR, 16 + 3);
	m.u.remote_error.len = 2;
	make_one(&m, SCTP_REMOTE_ERROR, 16);
	m.u.remote_error.data = bad;
	m.u.remote_error.len = sizeof(bad);
	make_one(&m, SCTP_REMOTE_ERROR, 16);
}
END_TEST

START_TEST(plain_events_have_an_id_alone)
{
	struct gsctp_msg m = event(GSCTP_MSG_SHUTDOWN_EVENT);

	make_one(&m, SCTP_SHUTDOWN_EVENT, 12);
	ck_assert_int_eq(got.note.sn_shutdown_event.sse_assoc_id, ID);
	m = event(GSCTP_MSG_SENDER_DRY);
	make_one(&m, SCTP_SENDER_DRY_EVENT, 12);
	ck_assert_int_eq(got.note.sn_sender_dry_event.sender_dry_assoc_id,
	    ID);
}
END_TEST

START_TEST(partial_delivery_and_adaptation)
{
	struct gsctp_msg m = event(GSCTP_MSG_PDAPI_EVENT);

	m.u.pdapi_event.indication = 1;
	m.u.pdapi_event.stream = 2;
	m.u.pdapi_event.seq = 9;
	m.u.pdapi_event.assoc_id = ID;
	make_one(&m, SCTP_PARTIAL_DELIVERY_EVENT, 24);
	ck_assert_uint_eq(got.note.sn_pdapi_event.pdapi_indication,
	    SCTP_PARTIAL_DELIVERY_ABORTED);
	ck_assert_uint_eq(got.note.sn_pdapi_event.pdapi_stream, 2);
	ck_assert_uint_eq(got.note.sn_pdapi_event.pdapi_seq, 9);
	ck_assert_int_eq(got.note.sn_pdapi_event.pdapi_assoc_id, ID);

	m = event(GSCTP_MSG_ADAPTATION_EVENT);
	m.u.adaptation_event.adaptation_ind = 0xaabbccdd;
	m.u.adaptation_event.assoc_id = ID;
	make_one(&m, SCTP_ADAPTATION_INDICATION, 16);
	ck_assert_uint_eq(got.note.sn_adaptation_event.sai_adaptation_ind,
	    0xaabbccdd);
	ck_assert_int_eq(got.note.sn_adaptation_event.sai_assoc_id, ID);
}
END_TEST

START_TEST(keys_have_the_other_numbers)
{
	static const uint32_t theirs[] = {
		[GSCTP_AUTH_NEW_KEY] = SCTP_AUTH_NEW_KEY,
		[GSCTP_AUTH_NO_AUTH] = SCTP_AUTH_NO_AUTH,
		[GSCTP_AUTH_FREE_KEY] = SCTP_AUTH_FREE_KEY,
	};
	struct gsctp_msg m = event(GSCTP_MSG_AUTHENTICATION_EVENT);

	m.u.authentication_event.keynumber = 6;
	m.u.authentication_event.assoc_id = ID;
	for (uint32_t i = 1; i <= 3; i++) {
		m.u.authentication_event.indication = i;
		make_one(&m, SCTP_AUTHENTICATION_EVENT, 20);
		ck_assert_uint_eq(got.note.sn_authkey_event.auth_keynumber,
		    6);
		ck_assert_uint_eq(got.note.sn_authkey_event.auth_indication,
		    theirs[i]);
		ck_assert_int_eq(got.note.sn_authkey_event.auth_assoc_id, ID);
	}
}
END_TEST

START_TEST(streams_that_are_reset_and_added)
{
	static const uint16_t streams[] = { 1, 7, 2 };
	struct gsctp_msg m = event(GSCTP_MSG_STREAM_RESET);

	m.u.stream_reset.flags = GSCTP_RESET_INCOMING | GSCTP_RESET_DENIED;
	m.u.stream_reset.assoc_id = ID;
	m.u.stream_reset.streams = streams;
	m.u.stream_reset.nstreams = 3;
	make_one(&m, SCTP_STREAM_RESET_EVENT, 18);
	ck_assert_uint_eq(got.note.sn_strreset_event.strreset_flags,
	    SCTP_STREAM_RESET_INCOMING_SSN | SCTP_STREAM_RESET_DENIED);
	ck_assert_int_eq(got.note.sn_strreset_event.strreset_assoc_id, ID);
	ck_assert_mem_eq(got.note.sn_strreset_event.strreset_stream_list,
	    streams, 6);

	m = event(GSCTP_MSG_STREAM_CHANGE);
	m.u.stream_change.flags = GSCTP_RESET_FAILED;
	m.u.stream_change.assoc_id = ID;
	m.u.stream_change.instrms = 12;
	m.u.stream_change.outstrms = 13;
	make_one(&m, SCTP_STREAM_CHANGE_EVENT, 16);
	ck_assert_uint_eq(got.note.sn_strchange_event.strchange_flags,
	    SCTP_STREAM_CHANGE_FAILED);
	ck_assert_uint_eq(got.note.sn_strchange_event.strchange_instrms, 12);
	ck_assert_uint_eq(got.note.sn_strchange_event.strchange_outstrms, 13);
	ck_assert_int_eq(got.note.sn_strchange_event.strchange_assoc_id, ID);

	m = event(GSCTP_MSG_ASSOC_RESET);
	m.u.assoc_reset.assoc_id = ID;
	m.u.assoc_reset.local_tsn = 5;
	m.u.assoc_reset.remote_tsn = 6;
	make_one(&m, SCTP_ASSOC_RESET_EVENT, 20);
	ck_assert_uint_eq(got.note.sn_assocreset_event.assocreset_local_tsn,
	    5);
	ck_assert_uint_eq(got.note.sn_assocreset_event.assocreset_remote_tsn,
	    6);
}
END_TEST

START_TEST(what_linux_has_not_is_not_told)
{
	static const uint32_t types[] = { GSCTP_MSG_NOTIFICATIONS_STOPPED,
		GSCTP_MSG_PASSIVE, GSCTP_MSG_CLOSED, GSCTP_MSG_DATA, 99 };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct gsctp_msg m = event(types[i]);

		ck_assert(!make(&m, ~0u, 0));
	}
}
END_TEST

/* -- what goes with a message -- */

START_TEST(flags_are_those_of_the_header)
{
	uint32_t v = 5;

	ck_assert_uint_eq(ps_flags_in(SCTP_UNORDERED, &v), GSCTP_UNORDERED);
	ck_assert_uint_eq(ps_flags_in(SCTP_ADDR_OVER, &v), GSCTP_ADDR_OVER);
	ck_assert_uint_eq(ps_flags_in(SCTP_ABORT, &v), GSCTP_ABORT);
	ck_assert_uint_eq(ps_flags_in(SCTP_EOF, &v), GSCTP_EOF);
	ck_assert_uint_eq(ps_flags_in(SCTP_SACK_IMMEDIATELY, &v),
	    GSCTP_SACK_IMMEDIATELY);
	ck_assert_uint_eq(ps_flags_in(SCTP_PR_SCTP_TTL, &v), GSCTP_PR_TTL);
	ck_assert_uint_eq(ps_flags_in(SCTP_PR_SCTP_RTX, &v), GSCTP_PR_RTX);
	ck_assert_uint_eq(v, 5);
	ck_assert_uint_eq(ps_flags_out(GSCTP_UNORDERED | GSCTP_PR_RTX |
		GSCTP_SACK_IMMEDIATELY),
	    SCTP_UNORDERED | SCTP_PR_SCTP_RTX | SCTP_SACK_IMMEDIATELY);
	ck_assert_uint_eq(ps_flags_out(GSCTP_PR_TTL), SCTP_PR_SCTP_TTL);
}
END_TEST

START_TEST(a_priority_is_sent_reliably_and_a_time_of_0_is_none)
{
	uint32_t v = 5;

	ck_assert_uint_eq(ps_flags_in(SCTP_PR_SCTP_PRIO, &v), 0);
	ck_assert_uint_eq(v, 0);
	ck_assert_uint_eq(ps_flags_in(SCTP_PR_SCTP_TTL, &v), 0);
}
END_TEST

START_TEST(what_was_received_is_told_in_both_forms)
{
	const struct gsctp_sndrcvinfo i = { .stream = 1,
		.ssn = 2,
		.flags = GSCTP_UNORDERED,
		.ppid = 3,
		.context = 4,
		.tsn = 5,
		.cumtsn = 6,
		.assoc_id = ID };
	union {
		struct lx_sndrcvinfo ours;
		struct sctp_sndrcvinfo theirs;
	} s;
	union {
		struct lx_msg_rcvinfo ours;
		struct sctp_rcvinfo theirs;
	} r;

	ps_sndrcv_out(&i, &s.ours);
	ck_assert_uint_eq(s.theirs.sinfo_stream, 1);
	ck_assert_uint_eq(s.theirs.sinfo_ssn, 2);
	ck_assert_uint_eq(s.theirs.sinfo_flags, SCTP_UNORDERED);
	ck_assert_uint_eq(s.theirs.sinfo_ppid, htonl(3));
	ck_assert_uint_eq(s.theirs.sinfo_context, 4);
	ck_assert_uint_eq(s.theirs.sinfo_tsn, 5);
	ck_assert_uint_eq(s.theirs.sinfo_cumtsn, 6);
	ck_assert_int_eq(s.theirs.sinfo_assoc_id, ID);
	ps_rcvinfo_out(&i, &r.ours);
	ck_assert_uint_eq(r.theirs.rcv_sid, 1);
	ck_assert_uint_eq(r.theirs.rcv_ssn, 2);
	ck_assert_uint_eq(r.theirs.rcv_flags, SCTP_UNORDERED);
	ck_assert_uint_eq(r.theirs.rcv_ppid, htonl(3));
	ck_assert_uint_eq(r.theirs.rcv_context, 4);
	ck_assert_uint_eq(r.theirs.rcv_tsn, 5);
	ck_assert_uint_eq(r.theirs.rcv_cumtsn, 6);
	ck_assert_int_eq(r.theirs.rcv_assoc_id, ID);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("preload_note");
	TCase *tc = tcase_create("notes");

	tcase_add_test(tc, states_of_an_association_are_counted_from_0);
	tcase_add_test(tc, comm_up_has_the_streams_and_the_end_has_none);
	tcase_add_test(tc,
	    an_abort_has_its_causes_and_the_first_in_the_order_of_the_wire);
	tcase_add_test(tc, a_change_of_an_address_is_148_bytes);
	tcase_add_test(tc,
	    a_send_that_failed_has_its_data_and_the_flags_of_its_chunk);
	tcase_add_test(tc, a_send_that_failed_comes_as_it_is_subscribed);
	tcase_add_test(tc, an_error_chunk_is_a_notification_for_each_cause);
	tcase_add_test(tc,
	    causes_that_are_cut_off_or_none_are_not_read_past_their_end);
	tcase_add_test(tc, plain_events_have_an_id_alone);
	tcase_add_test(tc, partial_delivery_and_adaptation);
	tcase_add_test(tc, keys_have_the_other_numbers);
	tcase_add_test(tc, streams_that_are_reset_and_added);
	tcase_add_test(tc, what_linux_has_not_is_not_told);
	suite_add_tcase(s, tc);
	tc = tcase_create("infos");
	tcase_add_test(tc, flags_are_those_of_the_header);
	tcase_add_test(tc,
	    a_priority_is_sent_reliably_and_a_time_of_0_is_none);
	tcase_add_test(tc, what_was_received_is_told_in_both_forms);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
