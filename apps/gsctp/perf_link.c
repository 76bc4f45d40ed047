/* perf_link: see perf_link.h. */

#include "perf_link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Messages read in one go: the other links have their turn then. */
#define READ_MAX 256

int
perf_link_init(struct perf_link *l, gsctp_sock s)
{
	int fd = gsctp_fd(s);

	if (fd < 0)
		return fd;
	memset(l, 0, sizeof(*l));
	l->s = s;
	l->fd = fd;
	l->is_open = true;
	return 0;
}

static void
forget(struct perf_link *l)
{
	while (l->nqueue > 0)
		free(l->queue[--l->nqueue]);
	gsctp_msg_free(l->echo);
	l->echo = NULL;
	l->is_up = false;
}

void
perf_link_close(struct perf_link *l)
{
	forget(l);
	if (l->is_open)
		(void)gsctp_close(l->s);
	l->is_open = false;
}

void
perf_link_abort(struct perf_link *l, const char *reason)
{
	if (l->is_open)
		(void)gsctp_abort(l->s, 0, reason, strlen(reason));
	perf_link_close(l);
}

short
perf_link_events(const struct perf_link *l)
{
	short events = l->is_paused ? 0 : POLLIN;

	if (l->is_blocked)
		events = (short)(events | POLLOUT);
	return events;
}

/*
 * Sending
 */

static int
send_on(struct perf_link *l, const struct gsctp_sndrcvinfo *info,
    const void *data, size_t len)
{
	const struct iovec iov = { .iov_base = (void *)(uintptr_t)data,
		.iov_len = len };
	int err = gsctp_sendmsg(l->s, info, &iov, 1, NULL, 0);

	/* A small message may still fit: there is room when poll() says so. */
	if (err == -EAGAIN)
		l->is_blocked = true;
	return err;
}

static int
send_text(struct perf_link *l, const char *text)
{
	const struct gsctp_sndrcvinfo info = { .ppid = PERF_PPID_CONTROL };

	return send_on(l, &info, text, strlen(text));
}

int
perf_link_control(struct perf_link *l, const char *type, json_t *more)
{
	json_t *o = more != NULL ? more : json_object();
	char *text;
	int err;

	perf_put(o, "type", json_string(type));
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (text == NULL)
		return -ENOMEM;
	err = l->nqueue > 0 ? -EAGAIN : send_text(l, text);
	if (err == -EAGAIN && l->nqueue < PERF_QUEUE_MAX) {
		l->queue[l->nqueue++] = text;
		return 0;
	}
	free(text);
	return err == -EAGAIN ? -ENOBUFS : err;
}

/* The message that waits to be sent back. */
static int
send_echo(struct perf_link *l)
{
	const struct gsctp_data *d = &l->echo->u.data;
	const struct gsctp_sndrcvinfo info = { .stream = d->info.stream,
		.ppid = PERF_PPID_DATA };
	int err = send_on(l, &info, d->data, d->len);

	if (err == -EAGAIN) {
		l->is_paused = true;
		return err;
	}
	l->is_paused = false;
	gsctp_msg_free(l->echo);
	l->echo = NULL;
	return err;
}

int
perf_link_flush(struct perf_link *l)
{
	int err;

	while (l->nqueue > 0) {
		err = send_text(l, l->queue[0]);
		if (err != 0)
			return err;
		free(l->queue[0]);
		l->nqueue--;
		memmove(l->queue, l->queue + 1,
		    l->nqueue * sizeof(l->queue[0]));
	}
	return l->echo != NULL ? send_echo(l) : 0;
}

int
perf_link_data(struct perf_link *l, const struct perf_params *p,
    const void *data, size_t len)
{
	const uint16_t stream = (uint16_t)(l->stream % p->streams + 1);
	const struct gsctp_sndrcvinfo info = {
		.stream = stream,
		.ppid = PERF_PPID_DATA,
		.flags = p->pr_flag | (p->unordered ? GSCTP_UNORDERED : 0),
		.timetolive = p->pr_value,
	};
	int err;

	if (l->nqueue > 0)
		return -EAGAIN;
	err = send_on(l, &info, data, len);
	if (err != 0)
		return err;
	l->stream = stream;
	l->tx_bytes += len;
	l->tx_messages++;
	return 0;
}

int
perf_link_drain(struct perf_link *l)
{
	const struct gsctp_opt dry =
	    GSCTP_EVENTS(.sender_dry = gsctp_def(true));

	/* It comes at once where all is acknowledged already. */
	l->tx = PERF_TX_DRAIN;
	return gsctp_setopts(l->s, &dry, 1, NULL);
}

static int
dry(struct perf_link *l)
{
	if (l->tx != PERF_TX_DRAIN)
		return 0;
	l->tx = PERF_TX_ENDED;
	return perf_link_control(l, "end",
	    json_pack("{s:I, s:I}", "bytes", (json_int_t)l->tx_bytes,
		"messages", (json_int_t)l->tx_messages));
}

/*
 * Reading
 */

static int
read_control(struct perf_link *l, const struct perf_reader *r, void *arg,
    const struct gsctp_data *d)
{
	json_t *o;
	int err;

	if (!d->complete || d->len > PERF_CONTROL_MAX)
		return -EBADMSG;
	o = json_loadb((const char *)d->data, d->len, JSON_REJECT_DUPLICATES,
	    NULL);
	if (!json_is_object(o) || *perf_text(o, "type") == '\0')
		err = -EBADMSG;
	else
		err = r->on_control(arg, l, perf_text(o, "type"), o);
	json_decref(o);
	return err;
}

static int
read_data(struct perf_link *l, const struct perf_reader *r, void *arg,
    struct gsctp_msg **msg)
{
	const struct gsctp_data *d = &(*msg)->u.data;

	if (!d->has_info)
		return -EBADMSG;
	if (d->info.ppid == PERF_PPID_CONTROL && d->info.stream == 0)
		return read_control(l, r, arg, d);
	if (d->info.ppid != PERF_PPID_DATA || d->info.stream == 0)
		return -EBADMSG;
	return r->on_data(arg, l, msg);
}

/* The text of a user initiated abort (RFC 9260 3.3.10.12). */
static void
read_reason(struct perf_link *l, const struct gsctp_assoc_change *c)
{
	size_t i, len = c->causes_len;

	if (len < 4 || c->causes[0] != 0 || c->causes[1] != 12)
		return;
	for (i = 0; i + 4 < len && i < sizeof(l->reason) - 1; i++) {
		l->reason[i] = (char)c->causes[i + 4];
		if (l->reason[i] < ' ' || l->reason[i] > '~')
			break;
	}
	l->reason[i] = '\0';
}

static int
read_change(struct perf_link *l, const struct perf_reader *r, void *arg,
    const struct gsctp_msg *msg)
{
	const struct gsctp_assoc_change *c = &msg->u.assoc_change;

	switch (c->state) {
	case GSCTP_COMM_UP:
		l->up = *c;
		l->up.causes = NULL; /* they are the message's */
		l->peer = msg->from;
		l->is_up = true;
		return r->on_up(arg, l);
	case GSCTP_COMM_LOST:
	case GSCTP_CANT_ASSOC:
	case GSCTP_SHUTDOWN_COMP:
		l->is_up = false;
		l->end_state = c->state;
		l->end_cause = c->error;
		read_reason(l, c);
		/* Otherwise closed follows, and tells more. */
		return c->state == GSCTP_CANT_ASSOC ?
		    r->on_down(arg, l, c->failure) :
		    0;
	default:
		/* A restart: whoever is there now knows nothing of a test. */
		return -EBADMSG;
	}
}

static int
read_one(struct perf_link *l, const struct perf_reader *r, void *arg,
    struct gsctp_msg **msg)
{
	switch ((*msg)->type) {
	case GSCTP_MSG_DATA:
		return read_data(l, r, arg, msg);
	case GSCTP_MSG_ASSOC_CHANGE:
		return read_change(l, r, arg, *msg);
	case GSCTP_MSG_SENDER_DRY:
		return dry(l);
	case GSCTP_MSG_CLOSED:
		return r->on_down(arg, l, (*msg)->u.closed.error);
	default:
		return 0;
	}
}

int
perf_link_read(struct perf_link *l, const struct perf_reader *r, void *arg)
{
	struct gsctp_msg *msg;
	int err = 0;
	int i;

	for (i = 0; i < READ_MAX && err == 0 && !l->is_paused; i++) {
		err = gsctp_recv(l->s, 0, &msg);
		if (err == -ETIMEDOUT)
			return 0;
		if (err != 0)
			return err;
		err = read_one(l, r, arg, &msg);
		gsctp_msg_free(msg);
	}
	return err;
}
