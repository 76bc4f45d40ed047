/* show: see show.h.  The objects; lines are in show.c. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ppid.h"
#include "show.h"
#include "show_text.h"

/* An object that is being made; NULL once there was no memory for a part. */
struct obj {
	json_t *json;
};

static void
put(struct obj *o, const char *key, json_t *taken)
{
	if (o->json == NULL) {
		json_decref(taken);
	} else if (json_object_set_new(o->json, key, taken) != 0) {
		json_decref(o->json);
		o->json = NULL;
	}
}

static void
put_number(struct obj *o, const char *key, uint32_t v)
{
	put(o, key, json_integer((json_int_t)v));
}

static void
put_text(struct obj *o, const char *key, const char *text)
{
	put(o, key, json_string(text));
}

static void
put_bool(struct obj *o, const char *key, bool on)
{
	put(o, key, json_boolean(on));
}

static void
put_hex(struct obj *o, const char *key, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	json_t *json = NULL;
	char *text;
	size_t i;

	text = malloc(2 * len + 1);
	if (text != NULL) {
		for (i = 0; i < len; i++) {
			text[2 * i] = digits[data[i] >> 4];
			text[2 * i + 1] = digits[data[i] & 15];
		}
		json = json_stringn(text, 2 * len);
		free(text);
	}
	put(o, key, json);
}

static void
put_addr(struct obj *o, const char *key, const char *port_key,
    const struct sockaddr_storage *a)
{
	char ip[INET6_ADDRSTRLEN];

	if (!show_ip(a, ip))
		return;
	put_text(o, key, ip);
	put_number(o, port_key, show_port(a));
}

static void
put_error(struct obj *o, uint32_t cause)
{
	put_number(o, "error", cause);
	put_text(o, "error_string", gsctp_error_string(cause));
}

/* "ETIMEDOUT" of -ETIMEDOUT; null of 0. */
static void
put_errno(struct obj *o, const char *key, int err)
{
	const char *name = err != 0 ? strerrorname_np(-err) : NULL;

	put(o, key, name != NULL ? json_string(name) : json_null());
}

static json_t *
cause_json(uint16_t code)
{
	return json_pack("{s:i, s:s}", "cause", code, "error_string",
	    gsctp_error_string(code));
}

/* The causes of an ABORT, the user's words among them if they are text. */
static void
put_abort_causes(struct obj *o, const uint8_t *causes, size_t len)
{
	json_t *list = json_array();
	json_t *words;
	struct show_cause c;
	size_t at = 0;

	while (list != NULL && show_next_cause(causes, len, &at, &c)) {
		if (json_array_append_new(list, cause_json(c.code)) != 0) {
			json_decref(list);
			list = NULL;
		}
		words = c.code == 12 && c.len > 0 ?
		    json_stringn((const char *)c.info, c.len) :
		    NULL;
		if (words != NULL)
			put(o, "reason", words);
	}
	put(o, "causes", list);
	put_hex(o, "causes_hex", causes, len);
}

static void
put_info(struct obj *o, const struct gsctp_sndrcvinfo *info, bool is_received)
{
	put_number(o, "stream", info->stream);
	put_number(o, "ppid", info->ppid);
	put(o, "ppid_name",
	    ppid_name(info->ppid) != NULL ? json_string(ppid_name(info->ppid)) :
					    json_null());
	put_bool(o, "unordered", info->flags & GSCTP_UNORDERED);
	put_number(o, "context", info->context);
	if (is_received) {
		put_number(o, "ssn", info->ssn);
		put_number(o, "tsn", info->tsn);
		put_number(o, "cumtsn", info->cumtsn);
	} else {
		put_number(o, "flags", info->flags);
		put_number(o, "timetolive", info->timetolive);
	}
}

static void
put_data(struct obj *o, const struct gsctp_data *d)
{
	if (d->has_info)
		put_info(o, &d->info, true);
	if (d->has_tos)
		put_number(o, "tos", d->tos);
	if (d->has_ttl)
		put_number(o, "ttl", d->ttl);
	put_bool(o, "complete", d->complete);
	put(o, "len", json_integer((json_int_t)d->len));
}

static void
put_assoc_change(struct obj *o, const struct gsctp_assoc_change *c)
{
	put_text(o, "state", gsctp_assoc_change_name(c->state));
	put_error(o, c->error);
	put_number(o, "outbound_streams", c->outbound_streams);
	put_number(o, "inbound_streams", c->inbound_streams);
	if (c->causes_len > 0)
		put_abort_causes(o, c->causes, c->causes_len);
	if (c->failure != 0)
		put_errno(o, "failure", c->failure);
}

static void
put_paddr_change(struct obj *o, const struct gsctp_paddr_change *c)
{
	put_addr(o, "addr", "addr_port", &c->addr);
	put_text(o, "state", gsctp_paddr_change_name(c->state));
	put_error(o, c->error);
}

static void
put_send_failed(struct obj *o, const struct gsctp_send_failed *f)
{
	put_bool(o, "sent", f->sent);
	put_error(o, f->error);
	put_info(o, &f->info, false);
	put_bool(o, "first", f->first);
	put_bool(o, "last", f->last);
	put(o, "len", json_integer((json_int_t)f->len));
}

static void
put_remote_error(struct obj *o, const struct gsctp_remote_error *e)
{
	json_t *list = json_array();
	size_t i;

	put_error(o, e->error);
	for (i = 0; i < e->ncauses && i < GSCTP_CAUSES_MAX; i++) {
		if (json_array_append_new(list, cause_json(e->causes[i]))) {
			json_decref(list);
			list = NULL;
			break;
		}
	}
	put(o, "causes", list);
	put_hex(o, "data_hex", e->data, e->len);
}

/* RFC 6525's flags: each is a field of its own. */
static void
put_denied(struct obj *o, uint32_t flags)
{
	put_bool(o, "denied", flags & GSCTP_RESET_DENIED);
	put_bool(o, "failed", flags & GSCTP_RESET_FAILED);
}

static void
put_stream_reset(struct obj *o, const struct gsctp_stream_reset_event *e)
{
	json_t *list = json_array();
	size_t i;

	put_bool(o, "incoming", e->flags & GSCTP_RESET_INCOMING);
	put_bool(o, "outgoing", e->flags & GSCTP_RESET_OUTGOING);
	put_denied(o, e->flags);
	for (i = 0; i < e->nstreams; i++) {
		if (json_array_append_new(list, json_integer(e->streams[i]))) {
			json_decref(list);
			list = NULL;
			break;
		}
	}
	put(o, "streams", list);
}

static void
put_authentication(struct obj *o, const struct gsctp_authentication_event *e)
{
	put_number(o, "keynumber", e->keynumber);
	put_text(o, "indication", show_auth_name(e->indication));
}

static void
put_pdapi(struct obj *o, const struct gsctp_pdapi_event *e)
{
	put_text(o, "indication",
	    e->indication == 1 ? "partial_delivery_aborted" : "unknown");
	put_number(o, "stream", e->stream);
	put_number(o, "seq", e->seq);
}

static void
put_closed(struct obj *o, const struct gsctp_closed *c)
{
	put(o, "error", json_integer(c->error));
	put_errno(o, "error_name", c->error);
	put_text(o, "error_string", show_closed_text(c->error));
}

static void
put_record(struct obj *o, const struct gsctp_msg *m)
{
	switch (m->type) {
	case GSCTP_MSG_DATA:
		put_data(o, &m->u.data);
		break;
	case GSCTP_MSG_ASSOC_CHANGE:
		put_assoc_change(o, &m->u.assoc_change);
		break;
	case GSCTP_MSG_PADDR_CHANGE:
		put_paddr_change(o, &m->u.paddr_change);
		break;
	case GSCTP_MSG_SEND_FAILED:
		put_send_failed(o, &m->u.send_failed);
		break;
	case GSCTP_MSG_REMOTE_ERROR:
		put_remote_error(o, &m->u.remote_error);
		break;
	case GSCTP_MSG_PDAPI_EVENT:
		put_pdapi(o, &m->u.pdapi_event);
		break;
	case GSCTP_MSG_ADAPTATION_EVENT:
		put_number(o, "adaptation_ind",
		    m->u.adaptation_event.adaptation_ind);
		break;
	case GSCTP_MSG_AUTHENTICATION_EVENT:
		put_authentication(o, &m->u.authentication_event);
		break;
	case GSCTP_MSG_STREAM_RESET:
		put_stream_reset(o, &m->u.stream_reset);
		break;
	case GSCTP_MSG_ASSOC_RESET:
		put_denied(o, m->u.assoc_reset.flags);
		put_number(o, "local_tsn", m->u.assoc_reset.local_tsn);
		put_number(o, "remote_tsn", m->u.assoc_reset.remote_tsn);
		break;
	case GSCTP_MSG_STREAM_CHANGE:
		put_denied(o, m->u.stream_change.flags);
		put_number(o, "instrms", m->u.stream_change.instrms);
		put_number(o, "outstrms", m->u.stream_change.outstrms);
		break;
	case GSCTP_MSG_CLOSED:
		put_closed(o, &m->u.closed);
		break;
	case GSCTP_MSG_SHUTDOWN_EVENT:
	case GSCTP_MSG_SENDER_DRY:
	case GSCTP_MSG_NOTIFICATIONS_STOPPED:
	case GSCTP_MSG_PASSIVE:
		break;
	default:
		put_number(o, "type_number", m->type);
		break;
	}
}

json_t *
show_json(const struct gsctp_msg *m)
{
	struct obj o = { .json = json_object() };

	put_text(&o, "type", gsctp_msg_type_name(m->type));
	put_number(&o, "assoc_id", m->assoc_id);
	put_addr(&o, "from", "from_port", &m->from);
	put_record(&o, m);
	return o.json;
}

int
show_print_json(json_t *taken, FILE *to)
{
	int err = 0;

	errno = 0;
	if (json_dumpf(taken, to, JSON_COMPACT) != 0 ||
	    fputc('\n', to) == EOF || fflush(to) != 0)
		err = errno != 0 ? -errno : -EIO;
	json_decref(taken);
	return err;
}
