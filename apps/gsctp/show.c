/* show: see show.h.  The lines; objects are in show_json.c. */

#include "show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "ppid.h"
#include "show_text.h"

struct line {
	char *out;
	size_t len;
	size_t used; /* without the zero; below len */
};

static void add(struct line *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->out + l->used, l->len - l->used, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= l->len - l->used)
		l->used = l->len - 1;
	else
		l->used += (size_t)n;
}

static void
add_cause(struct line *l, uint32_t cause)
{
	if (cause != 0 &&
	    strcmp(gsctp_error_string(cause), "unknown_error") == 0)
		add(l, ", cause %" PRIu32, cause);
	else if (cause != 0)
		add(l, ", %s", gsctp_error_string(cause));
}

/* What the peer wrote. */
static void
add_quoted(struct line *l, const uint8_t *text, size_t len)
{
	size_t i;

	add(l, "\"");
	for (i = 0; i < len; i++)
		add(l, "%c", text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '.');
	add(l, "\"");
}

/* "User Initiated Abort" comes with the user's words (RFC 9260 3.3.10.12). */
static void
add_reason(struct line *l, const uint8_t *causes, size_t len)
{
	struct show_cause c;
	size_t at = 0;

	while (show_next_cause(causes, len, &at, &c)) {
		if (c.code == 12 && c.len > 0) {
			add(l, ": ");
			add_quoted(l, c.info, c.len);
		}
	}
}

static void
add_ppid(struct line *l, uint32_t ppid)
{
	const char *name = ppid_name(ppid);

	if (ppid != 0 && name != NULL)
		add(l, ", ppid %s", name);
	else if (ppid != 0)
		add(l, ", ppid %" PRIu32, ppid);
}

static void
add_bytes(struct line *l, size_t len)
{
	add(l, ", %zu byte%s", len, len == 1 ? "" : "s");
}

static void
show_data(struct line *l, const struct gsctp_data *d)
{
	add_bytes(l, d->len);
	if (d->has_info) {
		add(l, " on stream %u", d->info.stream);
		add_ppid(l, d->info.ppid);
		if (d->info.flags & GSCTP_UNORDERED)
			add(l, ", unordered");
		if (d->info.context != 0)
			add(l, ", context %" PRIu32, d->info.context);
	}
	if (d->has_tos)
		add(l, ", tos 0x%02x", d->tos);
	if (d->has_ttl)
		add(l, ", ttl %u", d->ttl);
	if (!d->complete)
		add(l, ", more of it to come");
}

static void
add_peer(struct line *l, const struct gsctp_msg *m)
{
	char ip[INET6_ADDRSTRLEN];

	if (!show_ip(&m->from, ip))
		return;
	add(l,
	    m->from.ss_family == AF_INET6 ? ", peer [%s]:%u" : ", peer %s:%u",
	    ip, show_port(&m->from));
}

static void
show_assoc_change(struct line *l, const struct gsctp_msg *m)
{
	const struct gsctp_assoc_change *c = &m->u.assoc_change;

	add(l, "%s", gsctp_assoc_change_name(c->state));
	if (c->state == GSCTP_COMM_UP || c->state == GSCTP_RESTART)
		add(l, ", %u streams out, %u in", c->outbound_streams,
		    c->inbound_streams);
	add_cause(l, c->error);
	add_reason(l, c->causes, c->causes_len);
	if (c->failure == -ECONNREFUSED)
		add(l, ", refused");
	else if (c->failure == -EADDRINUSE)
		add(l, ", another program has this port");
	else if (c->failure == -ETIMEDOUT)
		add(l, ", no answer");
	add_peer(l, m);
}

static void
show_paddr_change(struct line *l, const struct gsctp_paddr_change *c)
{
	char ip[INET6_ADDRSTRLEN];

	add(l, "%s", gsctp_paddr_change_name(c->state));
	if (show_ip(&c->addr, ip))
		add(l, ", %s", ip);
	add_cause(l, c->error);
}

static void
show_send_failed(struct line *l, const struct gsctp_send_failed *f)
{
	add_bytes(l, f->len);
	add(l, " on stream %u", f->info.stream);
	add_ppid(l, f->info.ppid);
	if (!f->first || !f->last)
		add(l, ", a part of a message");
	add(l, f->sent ? ", may have arrived" : ", never sent");
	if (f->info.context != 0)
		add(l, ", context %" PRIu32, f->info.context);
	add_cause(l, f->error);
}

static void
show_remote_error(struct line *l, const struct gsctp_remote_error *e)
{
	size_t i;

	if (e->ncauses == 0)
		add_cause(l, e->error);
	for (i = 0; i < e->ncauses && i < GSCTP_CAUSES_MAX; i++)
		add_cause(l, e->causes[i]);
}

static void
add_reset_flags(struct line *l, uint32_t flags)
{
	if (flags & GSCTP_RESET_INCOMING)
		add(l, ", incoming");
	if (flags & GSCTP_RESET_OUTGOING)
		add(l, ", outgoing");
	if (flags & GSCTP_RESET_DENIED)
		add(l, ", denied");
	if (flags & GSCTP_RESET_FAILED)
		add(l, ", failed");
}

static void
show_stream_reset(struct line *l, const struct gsctp_stream_reset_event *e)
{
	size_t i;

	add_reset_flags(l, e->flags);
	add(l,
	    e->nstreams == 0	 ? ", all streams" :
		e->nstreams == 1 ? ", stream" :
				   ", streams");
	for (i = 0; i < e->nstreams; i++)
		add(l, " %u", e->streams[i]);
}

static void
show_pdapi(struct line *l, const struct gsctp_pdapi_event *e)
{
	add(l, ", %s on stream %u, sequence %" PRIu32,
	    e->indication == 1 ? "partial_delivery_aborted" : "unknown",
	    e->stream, e->seq);
}

/* What follows the name of the event's type. */
static void
show_event(struct line *l, const struct gsctp_msg *m)
{
	switch (m->type) {
	case GSCTP_MSG_DATA:
		show_data(l, &m->u.data);
		break;
	case GSCTP_MSG_SEND_FAILED:
		show_send_failed(l, &m->u.send_failed);
		break;
	case GSCTP_MSG_REMOTE_ERROR:
		show_remote_error(l, &m->u.remote_error);
		break;
	case GSCTP_MSG_SHUTDOWN_EVENT:
		add(l, ", the peer ends it");
		break;
	case GSCTP_MSG_PDAPI_EVENT:
		show_pdapi(l, &m->u.pdapi_event);
		break;
	case GSCTP_MSG_ADAPTATION_EVENT:
		add(l, ", indication %" PRIu32,
		    m->u.adaptation_event.adaptation_ind);
		break;
	case GSCTP_MSG_AUTHENTICATION_EVENT:
		add(l, ", %s, key %u",
		    show_auth_name(m->u.authentication_event.indication),
		    m->u.authentication_event.keynumber);
		break;
	case GSCTP_MSG_SENDER_DRY:
		add(l, ", all that was sent has arrived");
		break;
	case GSCTP_MSG_STREAM_RESET:
		show_stream_reset(l, &m->u.stream_reset);
		break;
	case GSCTP_MSG_ASSOC_RESET:
		add_reset_flags(l, m->u.assoc_reset.flags);
		add(l, ", local tsn %" PRIu32 ", remote tsn %" PRIu32,
		    m->u.assoc_reset.local_tsn, m->u.assoc_reset.remote_tsn);
		break;
	case GSCTP_MSG_STREAM_CHANGE:
		add_reset_flags(l, m->u.stream_change.flags);
		add(l, ", %u streams out, %u in", m->u.stream_change.outstrms,
		    m->u.stream_change.instrms);
		break;
	case GSCTP_MSG_CLOSED:
		add(l, ", %s", show_closed_text(m->u.closed.error));
		break;
	default:
		break;
	}
}

static bool
is_known(uint32_t type)
{
	return strcmp(gsctp_msg_type_name(type), "unknown") != 0;
}

void
show_line(const struct gsctp_msg *m, char *out, size_t len)
{
	struct line l = { .out = out, .len = len };

	if (len == 0)
		return;
	out[0] = '\0';
	if (m->assoc_id != 0)
		add(&l, "assoc %" PRIu32 ": ", m->assoc_id);
	else
		add(&l, "socket: ");
	if (m->type == GSCTP_MSG_ASSOC_CHANGE) {
		show_assoc_change(&l, m);
	} else if (m->type == GSCTP_MSG_PADDR_CHANGE) {
		show_paddr_change(&l, &m->u.paddr_change);
	} else if (is_known(m->type)) {
		add(&l, "%s", gsctp_msg_type_name(m->type));
		show_event(&l, m);
	} else {
		add(&l, "a message of type %" PRIu32, m->type);
	}
}
