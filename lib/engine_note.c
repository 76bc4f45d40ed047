/*
 * engine_note: see engine_note.h.  Layer 3.
 *
 * What the engine writes, beyond what <usrsctp.h> says of it:
 *  - causes are in host order (sac_error, sre_error, ssfe_error), but the
 *    payload protocol identifier is as it goes on the wire;
 *  - sac_info of comm_lost and cant_assoc, and sre_data, are a whole chunk
 *    of the peer with its header of 4 bytes, cut off after 512 bytes; the
 *    sac_info of comm_up and restart is a list of features;
 *  - the flags of a message that was not sent are those of a DATA chunk
 *    (RFC 9260 3.3.1).  What never became a chunk says LAST_FRAG if its
 *    beginning was taken, NOT_FRAG else, and not if it was unordered.
 */

#include "engine_note.h"

#include <errno.h>
#include <string.h>

#include "addr.h"
#include "cursor.h"

#include <usrsctp.h>

/* Flags of a DATA chunk; <usrsctp.h> has only some of them. */
#define CHUNK_LAST 0x01u
#define CHUNK_FIRST 0x02u
#define CHUNK_UNORDERED 0x04u

#define CHUNK_HEADER_LEN 4
#define CAUSE_HEADER_LEN 4

/* The event of the old SCTP_SEND_FAILED, which <usrsctp.h> leaves out. */
struct old_send_failed {
	uint16_t type;
	uint16_t flags;
	uint32_t length;
	uint32_t error;
	uint16_t stream;
	uint16_t ssn;
	uint16_t info_flags;
	uint32_t ppid;
	uint32_t context;
	uint32_t timetolive;
	uint32_t tsn;
	uint32_t cumtsn;
	uint32_t info_assoc_id;
	uint16_t keynumber;
	uint16_t keynumber_valid;
	uint8_t pad[92];
	uint32_t assoc_id;
};
_Static_assert(sizeof(struct old_send_failed) == 144, "as the engine has it");

/* <usrsctp.h> has 32 bits for stream and seq; the engine writes 16. */
struct partial_delivery {
	uint16_t type;
	uint16_t flags;
	uint32_t length;
	uint32_t indication;
	uint16_t stream;
	uint16_t seq;
	sctp_assoc_t assoc_id;
};
_Static_assert(sizeof(struct partial_delivery) == 20, "as the engine has it");

/* SCTP_NOTIFICATIONS_STOPPED_EVENT: a header and an association. */
struct notifications_stopped {
	uint16_t type;
	uint16_t flags;
	uint32_t length;
	sctp_assoc_t assoc_id;
};

/* The fixed part of any notification. */
union fixed {
	struct sctp_assoc_change assoc_change;
	struct sctp_paddr_change paddr_change;
	struct sctp_remote_error remote_error;
	struct old_send_failed old_send_failed;
	struct sctp_shutdown_event shutdown;
	struct sctp_adaptation_event adaptation;
	struct partial_delivery pdapi;
	struct sctp_authkey_event auth;
	struct sctp_stream_reset_event stream_reset;
	struct sctp_sender_dry_event sender_dry;
	struct sctp_assoc_reset_event assoc_reset;
	struct sctp_stream_change_event stream_change;
	struct sctp_send_failed_event send_failed;
};

/*
 * Fill m from the fixed part; what came after it (len bytes) is m's payload
 * already.  0 or -EINVAL.
 */
typedef int decode_fn(const union fixed *f, struct gs_msg *m);

/*
 * The bytes after the header of the chunk in m's payload.
 */
static void
chunk_value(struct gs_msg *m, const uint8_t **value, size_t *len)
{
	if (m->payload_len <= CHUNK_HEADER_LEN)
		return;
	*value = gs_msg_payload(m) + CHUNK_HEADER_LEN;
	*len = m->payload_len - CHUNK_HEADER_LEN;
}

static int
decode_assoc_change(const union fixed *f, struct gs_msg *m)
{
	const struct sctp_assoc_change *sac = &f->assoc_change;
	struct gsctp_assoc_change *out = &m->pub.u.assoc_change;

	switch (sac->sac_state) {
	case SCTP_COMM_UP:
		out->state = GSCTP_COMM_UP;
		break;
	case SCTP_COMM_LOST:
		out->state = GSCTP_COMM_LOST;
		chunk_value(m, &out->causes, &out->causes_len);
		break;
	case SCTP_RESTART:
		out->state = GSCTP_RESTART;
		break;
	case SCTP_SHUTDOWN_COMP:
		out->state = GSCTP_SHUTDOWN_COMP;
		break;
	case SCTP_CANT_STR_ASSOC:
		out->state = GSCTP_CANT_ASSOC;
		chunk_value(m, &out->causes, &out->causes_len);
		break;
	default:
		return -EINVAL;
	}
	out->error = sac->sac_error;
	out->outbound_streams = sac->sac_outbound_streams;
	out->inbound_streams = sac->sac_inbound_streams;
	out->assoc_id = m->pub.assoc_id;
	return 0;
}

static int
decode_paddr_change(const union fixed *f, struct gs_msg *m)
{
	static const uint32_t states[] = {
		[SCTP_ADDR_AVAILABLE] = GSCTP_ADDR_AVAILABLE,
		[SCTP_ADDR_UNREACHABLE] = GSCTP_ADDR_UNREACHABLE,
		[SCTP_ADDR_REMOVED] = GSCTP_ADDR_REMOVED,
		[SCTP_ADDR_ADDED] = GSCTP_ADDR_ADDED,
		[SCTP_ADDR_MADE_PRIM] = GSCTP_ADDR_MADE_PRIM,
		[SCTP_ADDR_CONFIRMED] = GSCTP_ADDR_CONFIRMED,
	};
	const struct sctp_paddr_change *spc = &f->paddr_change;
	struct gsctp_paddr_change *out = &m->pub.u.paddr_change;
	union gs_addr a;

	if (spc->spc_state >= sizeof(states) / sizeof(states[0]) ||
	    states[spc->spc_state] == 0)
		return -EINVAL;
	if (gs_addr_from(&a, (const struct sockaddr *)&spc->spc_aaddr,
		sizeof(spc->spc_aaddr)) != 0)
		return -EINVAL;
	gs_addr_unmap(&a);
	memcpy(&out->addr, &a, gs_addr_len(&a));
	out->state = states[spc->spc_state];
	out->error = spc->spc_error;
	out->assoc_id = m->pub.assoc_id;
	return 0;
}

/*
 * The codes of the causes in the chunk's value.  A cause that is cut short
 * still has its code; one whose length cannot be is the last.
 */
static void
list_causes(struct gsctp_remote_error *e)
{
	struct gs_cursor c;
	size_t len, padded;
	uint16_t code;

	gs_cursor_init(&c, e->data, e->len);
	while (gs_cursor_left(&c) >= CAUSE_HEADER_LEN &&
	    e->ncauses < GSCTP_CAUSES_MAX) {
		code = gs_cursor_be16(&c);
		len = gs_cursor_be16(&c);
		e->causes[e->ncauses++] = code;
		if (len < CAUSE_HEADER_LEN)
			break;
		padded = ((len + 3) & ~(size_t)3) - CAUSE_HEADER_LEN;
		if (padded > gs_cursor_left(&c))
			break;
		gs_cursor_skip(&c, padded);
	}
}

static int
decode_remote_error(const union fixed *f, struct gs_msg *m)
{
	struct gsctp_remote_error *out = &m->pub.u.remote_error;

	out->error = f->remote_error.sre_error;
	out->assoc_id = m->pub.assoc_id;
	chunk_value(m, &out->data, &out->len);
	if (out->data != NULL)
		list_causes(out);
	return 0;
}

/* What both forms of a failed send have in common. */
static int
fill_send_failed(struct gs_msg *m, uint16_t flags, uint32_t error,
    uint32_t chunk_flags)
{
	struct gsctp_send_failed *out = &m->pub.u.send_failed;

	if (flags != SCTP_DATA_SENT && flags != SCTP_DATA_UNSENT)
		return -EINVAL;
	out->sent = flags == SCTP_DATA_SENT;
	out->error = error;
	out->assoc_id = m->pub.assoc_id;
	out->info.assoc_id = m->pub.assoc_id;
	if ((chunk_flags & (CHUNK_UNORDERED | SCTP_UNORDERED)) != 0)
		out->info.flags = GSCTP_UNORDERED;
	out->first = (chunk_flags & CHUNK_FIRST) != 0;
	out->last = (chunk_flags & CHUNK_LAST) != 0;
	if (m->payload_len > 0) {
		out->data = gs_msg_payload(m);
		out->len = m->payload_len;
	}
	return 0;
}

static int
decode_send_failed(const union fixed *f, struct gs_msg *m)
{
	const struct sctp_send_failed_event *e = &f->send_failed;
	struct gsctp_sndrcvinfo *info = &m->pub.u.send_failed.info;

	info->stream = e->ssfe_info.snd_sid;
	info->ppid = ntohl(e->ssfe_info.snd_ppid);
	info->context = e->ssfe_info.snd_context;
	return fill_send_failed(m, e->ssfe_flags, e->ssfe_error,
	    e->ssfe_info.snd_flags);
}

static int
decode_old_send_failed(const union fixed *f, struct gs_msg *m)
{
	const struct old_send_failed *e = &f->old_send_failed;
	struct gsctp_sndrcvinfo *info = &m->pub.u.send_failed.info;

	info->stream = e->stream;
	info->ssn = e->ssn;
	info->ppid = ntohl(e->ppid);
	info->context = e->context;
	return fill_send_failed(m, e->flags, e->error, e->info_flags);
}

static int
decode_nothing(const union fixed *f, struct gs_msg *m)
{
	(void)f;
	(void)m;
	return 0;
}

static int
decode_adaptation(const union fixed *f, struct gs_msg *m)
{
	struct gsctp_adaptation_event *out = &m->pub.u.adaptation_event;

	out->adaptation_ind = f->adaptation.sai_adaptation_ind;
	out->assoc_id = m->pub.assoc_id;
	return 0;
}

static int
decode_pdapi(const union fixed *f, struct gs_msg *m)
{
	struct gsctp_pdapi_event *out = &m->pub.u.pdapi_event;

	if (f->pdapi.indication != SCTP_PARTIAL_DELIVERY_ABORTED)
		return -EINVAL;
	out->indication = 1;
	out->stream = f->pdapi.stream;
	out->seq = f->pdapi.seq;
	out->assoc_id = m->pub.assoc_id;
	return 0;
}

static int
decode_auth(const union fixed *f, struct gs_msg *m)
{
	struct gsctp_authentication_event *out = &m->pub.u.authentication_event;

	switch (f->auth.auth_indication) {
	case SCTP_AUTH_NEW_KEY:
		out->indication = GSCTP_AUTH_NEW_KEY;
		break;
	case SCTP_AUTH_NO_AUTH:
		out->indication = GSCTP_AUTH_NO_AUTH;
		break;
	case SCTP_AUTH_FREE_KEY:
		out->indication = GSCTP_AUTH_FREE_KEY;
		break;
	default:
		return -EINVAL;
	}
	out->keynumber = f->auth.auth_keynumber;
	out->assoc_id = m->pub.assoc_id;
	return 0;
}

static int
decode_stream_reset(const union fixed *f, struct gs_msg *m)
{
	const struct sctp_stream_reset_event *e = &f->stream_reset;
	struct gsctp_stream_reset_event *out = &m->pub.u.stream_reset;

	if (m->payload_len % sizeof(uint16_t) != 0)
		return -EINVAL;
	if ((e->strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0)
		out->flags |= GSCTP_RESET_INCOMING;
	if ((e->strreset_flags & SCTP_STREAM_RESET_OUTGOING_SSN) != 0)
		out->flags |= GSCTP_RESET_OUTGOING;
	if ((e->strreset_flags & SCTP_STREAM_RESET_DENIED) != 0)
		out->flags |= GSCTP_RESET_DENIED;
	if ((e->strreset_flags & SCTP_STREAM_RESET_FAILED) != 0)
		out->flags |= GSCTP_RESET_FAILED;
	out->assoc_id = m->pub.assoc_id;
	out->nstreams = m->payload_len / sizeof(uint16_t);
	if (out->nstreams > 0)
		out->streams =
		    (const uint16_t *)(const void *)gs_msg_payload(m);
	return 0;
}

/* SCTP_ASSOC_RESET_... and SCTP_STREAM_CHANGE_... are the same numbers. */
static uint32_t
outcome_flags(uint16_t flags)
{
	return ((flags & SCTP_ASSOC_RESET_DENIED) != 0 ? GSCTP_RESET_DENIED :
							 0) |
	    ((flags & SCTP_ASSOC_RESET_FAILED) != 0 ? GSCTP_RESET_FAILED : 0);
}

static int
decode_assoc_reset(const union fixed *f, struct gs_msg *m)
{
	struct gsctp_assoc_reset_event *out = &m->pub.u.assoc_reset;

	out->flags = outcome_flags(f->assoc_reset.assocreset_flags);
	out->assoc_id = m->pub.assoc_id;
	out->local_tsn = f->assoc_reset.assocreset_local_tsn;
	out->remote_tsn = f->assoc_reset.assocreset_remote_tsn;
	return 0;
}

static int
decode_stream_change(const union fixed *f, struct gs_msg *m)
{
	struct gsctp_stream_change_event *out = &m->pub.u.stream_change;

	out->flags = outcome_flags(f->stream_change.strchange_flags);
	out->assoc_id = m->pub.assoc_id;
	out->instrms = f->stream_change.strchange_instrms;
	out->outstrms = f->stream_change.strchange_outstrms;
	return 0;
}

static const struct row {
	uint16_t note; /* of the engine */
	bool has_rest; /* something follows the fixed part */
	uint32_t type; /* GSCTP_MSG_... */
	size_t fixed_len;
	decode_fn *decode;
} rows[] = {
	{ SCTP_ASSOC_CHANGE, true, GSCTP_MSG_ASSOC_CHANGE,
	    sizeof(struct sctp_assoc_change), decode_assoc_change },
	{ SCTP_PEER_ADDR_CHANGE, false, GSCTP_MSG_PADDR_CHANGE,
	    sizeof(struct sctp_paddr_change), decode_paddr_change },
	{ SCTP_REMOTE_ERROR, true, GSCTP_MSG_REMOTE_ERROR,
	    sizeof(struct sctp_remote_error), decode_remote_error },
	{ SCTP_SEND_FAILED, true, GSCTP_MSG_SEND_FAILED,
	    sizeof(struct old_send_failed), decode_old_send_failed },
	{ SCTP_SHUTDOWN_EVENT, false, GSCTP_MSG_SHUTDOWN_EVENT,
	    sizeof(struct sctp_shutdown_event), decode_nothing },
	{ SCTP_ADAPTATION_INDICATION, false, GSCTP_MSG_ADAPTATION_EVENT,
	    sizeof(struct sctp_adaptation_event), decode_adaptation },
	{ SCTP_PARTIAL_DELIVERY_EVENT, false, GSCTP_MSG_PDAPI_EVENT,
	    sizeof(struct partial_delivery), decode_pdapi },
	{ SCTP_AUTHENTICATION_EVENT, false, GSCTP_MSG_AUTHENTICATION_EVENT,
	    sizeof(struct sctp_authkey_event), decode_auth },
	{ SCTP_STREAM_RESET_EVENT, true, GSCTP_MSG_STREAM_RESET,
	    sizeof(struct sctp_stream_reset_event), decode_stream_reset },
	{ SCTP_SENDER_DRY_EVENT, false, GSCTP_MSG_SENDER_DRY,
	    sizeof(struct sctp_sender_dry_event), decode_nothing },
	{ SCTP_NOTIFICATIONS_STOPPED_EVENT, false,
	    GSCTP_MSG_NOTIFICATIONS_STOPPED,
	    sizeof(struct notifications_stopped), decode_nothing },
	{ SCTP_ASSOC_RESET_EVENT, false, GSCTP_MSG_ASSOC_RESET,
	    sizeof(struct sctp_assoc_reset_event), decode_assoc_reset },
	{ SCTP_STREAM_CHANGE_EVENT, false, GSCTP_MSG_STREAM_CHANGE,
	    sizeof(struct sctp_stream_change_event), decode_stream_change },
	{ SCTP_SEND_FAILED_EVENT, true, GSCTP_MSG_SEND_FAILED,
	    sizeof(struct sctp_send_failed_event), decode_send_failed },
};

static const struct row *
row_of(uint16_t note)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].note == note)
			return &rows[i];
	}
	return NULL;
}

int
gs_note_decode(const void *bytes, size_t len, gsctp_assoc_id assoc,
    struct gs_msg **out)
{
	struct sctp_tlv head;
	const struct row *row;
	struct gs_msg *m;
	union fixed f;
	size_t rest;
	int err;

	if (len < sizeof(head))
		return -EINVAL;
	memcpy(&head, bytes, sizeof(head));
	if (head.sn_length != len)
		return -EINVAL;
	row = row_of(head.sn_type);
	if (row == NULL)
		return -EOPNOTSUPP;
	if (len < row->fixed_len || (len > row->fixed_len && !row->has_rest))
		return -EINVAL;

	rest = len - row->fixed_len;
	m = gs_msg_new(row->type, assoc, rest);
	if (m == NULL)
		return -ENOMEM;
	memset(&f, 0, sizeof(f));
	memcpy(&f, bytes, row->fixed_len);
	if (rest > 0)
		memcpy(gs_msg_payload(m),
		    (const uint8_t *)bytes + row->fixed_len, rest);
	err = row->decode(&f, m);
	if (err != 0) {
		gs_msg_free(m);
		return err;
	}
	*out = m;
	return 0;
}
