/*
 * Rows of kernel_side: RFC 3758 (partial reliability), RFC 6525 (streams), RFC
 * 5061's indication, RFC 4895 (authentication).
 */

#include <stdio.h>
#include <string.h>

#include "kernel_side.h"

#define PPID 1000

/*
 * Partial reliability
 */

/* All of them are sent at once; none is in parts. */
#define EXPIRING 3
#define EXPIRING_LEN 600

/* flags and value: of gsctp's messages. */
static void
expire_here(struct link *l, uint32_t flags, uint32_t value)
{
	struct gsctp_sndrcvinfo info = { .flags = flags, .timetolive = value };
	static uint8_t bytes[EXPIRING_LEN];
	const struct iovec iov = { bytes, sizeof(bytes) };
	struct gsctp_msg *m;
	uint16_t i;

	link_start(l);
	link_echo(l, PPID);
	link_cut(l, 0);
	info.assoc_id = l->id;
	for (i = 0; i < EXPIRING; i++) {
		info.stream = i;
		info.context = i;
		must_be(gsctp_sendmsg(l->s, &info, &iov, 1, NULL, 0), 0);
	}
	for (i = 0; i < EXPIRING; i++) {
		m = link_next(l, GSCTP_MSG_SEND_FAILED);
		must_be(m->u.send_failed.info.context, i);
		gsctp_msg_free(m);
	}
	link_heal();
	/* In the same streams, after what never came. */
	for (i = 0; i < EXPIRING; i++) {
		link_send(l, i, PPID + i, 3000, false);
		link_peer_take(l, i, PPID + i, 3000);
	}
	link_echo(l, PPID);
	link_finish(l);
}

/* The kernel says nothing of those that it has sent, but counts them. */
static uint64_t
peer_abandoned(struct link *l, uint16_t policy)
{
	struct sctp_prstatus status = { .sprstat_policy = policy };

	link_peer_get(l, SCTP_PR_ASSOC_STATUS, &status, sizeof(status));
	return status.sprstat_abandoned_sent;
}

static void
expire_there(struct link *l, uint16_t policy, uint32_t value)
{
	uint16_t i;

	link_start(l);
	link_echo(l, PPID);
	link_cut(l, 0);
	for (i = 0; i < EXPIRING; i++)
		order(l, .op = PEER_SEND, .stream = i, .len = EXPIRING_LEN,
		    .ppid = PPID + 100, .policy = policy, .value = value);
	while (peer_abandoned(l, policy) < EXPIRING)
		must_be(ask(l, .op = PEER_NEXT, .value = 10).what,
		    PEER_NOTHING);
	link_heal();
	for (i = 0; i < EXPIRING; i++) {
		link_peer_send(l, i, PPID + i, 3000, false);
		link_take(l, i, PPID + i, 3000);
	}
	link_echo(l, PPID);
	link_finish(l);
}

void
row_expired_here(struct link *l)
{
	expire_here(l, 0, 50);
}

void
row_expired_there(struct link *l)
{
	expire_there(l, SCTP_PR_SCTP_TTL, 50);
}

void
row_limited_here(struct link *l)
{
	expire_here(l, GSCTP_PR_RTX, 1);
}

void
row_limited_there(struct link *l)
{
	expire_there(l, SCTP_PR_SCTP_RTX, 1);
}

/*
 * Streams
 */

#define ALLOWED (SCTP_ENABLE_RESET_STREAM_REQ | SCTP_ENABLE_CHANGE_ASSOC_REQ)

/* Either end may ask for changes of streams. */
static void
start_with_streams(struct link *l)
{
	const struct gsctp_opt opts[] = {
		GSCTP_ENABLE_STREAM_RESET(.assoc_value = ALLOWED),
		GSCTP_EVENTS(.stream_reset = gsctp_def(true),
		    .stream_change = gsctp_def(true)),
	};
	const struct sctp_assoc_value on = { 0, 1 }, allowed = { 0, ALLOWED };

	link_open(l, opts, 2);
	link_peer_set(l, SCTP_RECONFIG_SUPPORTED, &on, sizeof(on), false);
	link_peer_set(l, SCTP_ENABLE_STREAM_RESET, &allowed, sizeof(allowed),
	    false);
	link_connect(l);
}

/* A message on streams 0 to 2, each way: the sequence number is the same on
 * all but stream 1. */
static void
send_three(struct link *l, uint32_t ppid, uint16_t ssn_1, uint16_t ssn,
    bool by_kernel)
{
	struct peer_reply r;
	struct gsctp_msg *m;
	uint16_t i;

	for (i = 0; i < 3; i++) {
		if (by_kernel) {
			link_peer_send(l, i, ppid, 10, false);
			m = link_next(l, GSCTP_MSG_DATA);
			must_be(m->u.data.info.stream, i);
			must_be(m->u.data.info.ssn, i == 1 ? ssn_1 : ssn);
			gsctp_msg_free(m);
		} else {
			link_send(l, i, ppid, 10, false);
			r = link_peer_next(l, PEER_DATA);
			must_be(r.stream, i);
			must_be(r.ssn, i == 1 ? ssn_1 : ssn);
		}
	}
}

/* gsctp is told of a reset of stream 1. */
static void
take_reset(struct link *l, uint32_t flags)
{
	struct gsctp_msg *m = link_next(l, GSCTP_MSG_STREAM_RESET);

	must_be(m->u.stream_reset.flags, flags);
	must_be(m->u.stream_reset.nstreams, 1);
	must_be(m->u.stream_reset.streams[0], 1);
	gsctp_msg_free(m);
}

/* And the kernel. */
static void
peer_take_reset(struct link *l, uint32_t flags)
{
	struct peer_reply r = link_peer_next(l, SCTP_STREAM_RESET_EVENT);
	struct sctp_stream_reset_event e;
	uint16_t stream;

	memcpy(&e, r.note, sizeof(e));
	must_be(e.strreset_flags, flags);
	must_be(e.strreset_length, sizeof(e) + sizeof(stream));
	memcpy(&stream, r.note + sizeof(e), sizeof(stream));
	must_be(stream, 1);
}

static void
ask_for_reset(struct link *l, uint32_t flags)
{
	static const uint16_t streams[] = { 1 };

	link_set(l,
	    (struct gsctp_opt)GSCTP_RESET_STREAMS(.assoc_id = l->id,
		.flags = flags, .streams = streams, .nstreams = 1));
}

static void
peer_ask_for_reset(struct link *l, uint16_t flags)
{
	struct {
		struct sctp_reset_streams head;
		uint16_t stream;
	} r = { { 0, flags, 1 }, 1 };

	link_peer_set(l, SCTP_RESET_STREAMS, &r,
	    sizeof(r.head) + sizeof(r.stream), true);
}

void
row_reset_here(struct link *l)
{
	start_with_streams(l);
	send_three(l, PPID, 0, 0, false);
	ask_for_reset(l, GSCTP_RESET_OUTGOING);
	take_reset(l, GSCTP_RESET_OUTGOING);
	peer_take_reset(l, SCTP_STREAM_RESET_INCOMING_SSN);
	send_three(l, PPID, 0, 1, false);
	link_finish(l);
}

void
row_reset_there(struct link *l)
{
	start_with_streams(l);
	send_three(l, PPID, 0, 0, true);
	peer_ask_for_reset(l, SCTP_STREAM_RESET_OUTGOING);
	take_reset(l, GSCTP_RESET_INCOMING);
	peer_take_reset(l, SCTP_STREAM_RESET_OUTGOING_SSN);
	send_three(l, PPID, 0, 1, true);
	link_finish(l);
}

/* gsctp asks the kernel to reset what it sends. */
void
row_reset_asked_here(struct link *l)
{
	start_with_streams(l);
	send_three(l, PPID, 0, 0, true);
	ask_for_reset(l, GSCTP_RESET_INCOMING);
	take_reset(l, GSCTP_RESET_INCOMING);
	peer_take_reset(l, SCTP_STREAM_RESET_OUTGOING_SSN);
	send_three(l, PPID, 0, 1, true);
	link_finish(l);
}

void
row_reset_asked_there(struct link *l)
{
	start_with_streams(l);
	send_three(l, PPID, 0, 0, false);
	peer_ask_for_reset(l, SCTP_STREAM_RESET_INCOMING);
	take_reset(l, GSCTP_RESET_OUTGOING);
	peer_take_reset(l, SCTP_STREAM_RESET_INCOMING_SSN);
	send_three(l, PPID, 0, 1, false);
	link_finish(l);
}

/* Both are told how many there are now. */
static void
take_change(struct link *l, int more_in, int more_out)
{
	struct gsctp_msg *m = link_next(l, GSCTP_MSG_STREAM_CHANGE);
	struct sctp_stream_change_event e;
	struct peer_reply r;

	must_be(m->u.stream_change.flags, 0);
	must_be(m->u.stream_change.instrms, PEER_OSTREAMS + more_in);
	must_be(m->u.stream_change.outstrms, PEER_INSTREAMS + more_out);
	gsctp_msg_free(m);
	r = link_peer_next(l, SCTP_STREAM_CHANGE_EVENT);
	memcpy(&e, r.note, sizeof(e));
	must_be(e.strchange_flags, 0);
}

static void
use_more(struct link *l, uint16_t more_in, uint16_t more_out)
{
	const uint16_t last_in = PEER_OSTREAMS + more_in - 1;
	const uint16_t last_out = PEER_INSTREAMS + more_out - 1;

	link_send(l, last_out, PPID, 10, false);
	link_peer_take(l, last_out, PPID, 10);
	link_peer_send(l, last_in, PPID, 10, false);
	link_take(l, last_in, PPID, 10);
}

void
row_add_here(struct link *l)
{
	start_with_streams(l);
	link_set(l,
	    (struct gsctp_opt)GSCTP_ADD_STREAMS(.assoc_id = l->id,
		.outstrms = 3));
	take_change(l, 0, 3);
	use_more(l, 0, 3);
	link_set(l,
	    (struct gsctp_opt)GSCTP_ADD_STREAMS(.assoc_id = l->id,
		.instrms = 2));
	take_change(l, 2, 3);
	use_more(l, 2, 3);
	link_finish(l);
}

void
row_add_there(struct link *l)
{
	struct sctp_add_streams add = { .sas_outstrms = 3 };

	start_with_streams(l);
	link_peer_set(l, SCTP_ADD_STREAMS, &add, sizeof(add), true);
	take_change(l, 3, 0);
	use_more(l, 3, 0);
	add = (struct sctp_add_streams){ .sas_instrms = 2 };
	link_peer_set(l, SCTP_ADD_STREAMS, &add, sizeof(add), true);
	take_change(l, 3, 2);
	use_more(l, 3, 2);
	link_finish(l);
}

/*
 * The adaptation layer indication
 */

void
row_adaptation(struct link *l)
{
	const struct gsctp_opt opts[] = {
		GSCTP_ADAPTATION_LAYER(0x12345678),
		GSCTP_EVENTS(.adaptation_layer = gsctp_def(true)),
	};
	const struct sctp_setadaptation theirs = { 0x9abcdef0 };
	struct sctp_adaptation_event e;
	struct peer_reply r;
	struct gsctp_msg *m;

	link_open(l, opts, 2);
	link_peer_set(l, SCTP_ADAPTATION_LAYER, &theirs, sizeof(theirs), false);
	link_connect(l);
	m = link_next(l, GSCTP_MSG_ADAPTATION_EVENT);
	must_be(m->u.adaptation_event.adaptation_ind, 0x9abcdef0u);
	gsctp_msg_free(m);
	r = link_peer_next(l, SCTP_ADAPTATION_INDICATION);
	memcpy(&e, r.note, sizeof(e));
	must_be(e.sai_adaptation_ind, 0x12345678);
	link_echo(l, PPID);
	link_finish(l);
}

/*
 * Authentication
 */

#define CHUNK_DATA 0

static void
set_key(struct link *l, uint16_t number, const char *key)
{
	link_set(l,
	    (struct gsctp_opt)GSCTP_AUTH_KEY(.assoc_id = l->id,
		.keynumber = number, .key = (const uint8_t *)key,
		.keylength = strlen(key)));
}

static void
use_key(struct link *l, uint16_t number)
{
	link_set(l,
	    (struct gsctp_opt)GSCTP_AUTH_ACTIVE_KEY(.assoc_id = l->id,
		.assoc_value = number));
}

static void
peer_set_key(struct link *l, uint16_t number, const char *key)
{
	uint8_t value[64];
	struct sctp_authkey k = { .sca_keynumber = number };

	k.sca_keylength = (uint16_t)strlen(key);
	memcpy(value, &k, sizeof(k));
	memcpy(value + sizeof(k), key, strlen(key));
	link_peer_set(l, SCTP_AUTH_KEY, value, sizeof(k) + strlen(key), true);
}

static void
peer_use_key(struct link *l, uint16_t number)
{
	const struct sctp_authkeyid k = { .scact_keynumber = number };

	link_peer_set(l, SCTP_AUTH_ACTIVE_KEY, &k, sizeof(k), true);
}

/* Both ends take data that is authenticated alone. */
static void
start_with_auth(struct link *l)
{
	const struct gsctp_opt opts[] = {
		GSCTP_AUTH_CHUNK(CHUNK_DATA),
		/* For what is not taken. */
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(2)),
	};
	const struct sctp_assocparams few = { .sasoc_asocmaxrxt = 2 };
	const struct sctp_authchunk data = { CHUNK_DATA };
	const struct sctp_assoc_value on = { 0, 1 };

	link_open(l, opts, 2);
	link_peer_set(l, SCTP_AUTH_SUPPORTED, &on, sizeof(on), false);
	link_peer_set(l, SCTP_AUTH_CHUNK, &data, sizeof(data), false);
	link_peer_set(l, SCTP_ASSOCINFO, &few, sizeof(few), false);
	link_connect(l);
}

void
row_auth(struct link *l)
{
	start_with_auth(l);
	/* With the key that is empty. */
	link_echo(l, PPID);
	set_key(l, 1, "a secret");
	peer_set_key(l, 1, "a secret");
	use_key(l, 1);
	peer_use_key(l, 1);
	link_echo(l, PPID + 1);
	link_send(l, 0, PPID + 2, 100000, false);
	link_peer_take(l, 0, PPID + 2, 100000);
	link_peer_send(l, 0, PPID + 2, 100000, false);
	link_take(l, 0, PPID + 2, 100000);
	link_finish(l);
}

/* What is sent with it is never taken, until the sender gives up. */
void
row_wrong_key_here(struct link *l)
{
	start_with_auth(l);
	link_echo(l, PPID);
	set_key(l, 1, "a secret");
	peer_set_key(l, 1, "another");
	use_key(l, 1);
	link_send(l, 0, PPID + 1, 100, false);
	gsctp_msg_free(link_next(l, GSCTP_MSG_SEND_FAILED));
	(void)link_next_state(l, GSCTP_COMM_LOST);
	(void)link_peer_next(l, PEER_COMM_LOST);
}

void
row_wrong_key_there(struct link *l)
{
	start_with_auth(l);
	link_echo(l, PPID);
	set_key(l, 1, "a secret");
	peer_set_key(l, 1, "another");
	peer_use_key(l, 1);
	link_peer_send(l, 0, PPID + 1, 100, false);
	(void)link_peer_next(l, PEER_COMM_LOST);
	/* It says that it gives up. */
	must_be(link_next_state(l, GSCTP_COMM_LOST), PROTOCOL_VIOLATION);
}
