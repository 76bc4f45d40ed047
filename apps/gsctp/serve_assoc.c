/* serve_assoc: one association of a server.  See serve.h. */

#include "serve.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* What one association may do before the next one has its turn. */
#define MESSAGES_A_TURN 32
#define BYTES_A_TURN (256 * 1024)

/* The rate allows as much at once as it does in this time, and a wait for it
 * is not shorter. */
#define BURST_MS 100
#define WAIT_MS 10
#define HOUR_MS 3600000

/*
 * Made and freed
 */

struct serve_assoc *
serve_assoc_new(struct serve *sv, gsctp_sock sock)
{
	struct serve_assoc *a = calloc(1, sizeof(*a));
	struct epoll_event ev = { .events = EPOLLIN };

	if (a == NULL)
		return NULL;
	a->sock = sock;
	a->fd = gsctp_fd(sock);
	ev.data.ptr = a;
	if (a->fd < 0 ||
	    epoll_ctl(sv->epoll_fd, EPOLL_CTL_ADD, a->fd, &ev) != 0) {
		free(a);
		return NULL;
	}
	a->watched = EPOLLIN;
	a->since_ms = a->active_ms = a->credit_ms = sv->now_ms;
	TAILQ_INSERT_TAIL(&sv->assocs, a, link);
	sv->nassocs++;
	if (sv->nassocs > sv->most)
		sv->most = sv->nassocs;
	if (sv->opt.idle_ms > 0)
		serve_check_by(sv, sv->now_ms + (uint64_t)sv->opt.idle_ms);
	return a;
}

void
serve_assoc_free(struct serve *sv, struct serve_assoc *a)
{
	TAILQ_REMOVE(&sv->assocs, a, link);
	sv->nassocs--;
	gsctp_msg_free(a->held);
	/* Its descriptor leaves epoll with it. */
	(void)gsctp_close(a->sock);
	free(a);
}

/*
 * The rate: bytes are spent, even below nothing, and then it waits until
 * they have come in again.
 */

static void
earn(struct serve *sv, struct serve_assoc *a)
{
	int64_t rate = (int64_t)sv->opt.rate;
	int64_t ms = (int64_t)(sv->now_ms - a->credit_ms);

	/* More than that is not kept. */
	if (ms > HOUR_MS)
		ms = HOUR_MS;
	a->credit += rate * ms;
	if (a->credit > rate * BURST_MS)
		a->credit = rate * BURST_MS;
	a->credit_ms = sv->now_ms;
}

void
serve_assoc_spend(struct serve *sv, struct serve_assoc *a, size_t len)
{
	uint64_t wait;

	if (sv->opt.rate == 0 || a->is_gone)
		return;
	earn(sv, a);
	a->credit -= (int64_t)len * 1000;
	if (a->credit >= 0)
		return;
	wait = (uint64_t)-a->credit / sv->opt.rate + 1;
	if (wait < WAIT_MS)
		wait = WAIT_MS;
	a->wait_until_ms = sv->now_ms + wait;
	a->counts.rate_limited++;
	sv->counts.rate_limited++;
	serve_check_by(sv, a->wait_until_ms);
}

bool
serve_assoc_may(const struct serve_assoc *a)
{
	return !a->is_full && !a->is_mute && a->wait_until_ms == 0 &&
	    a->end_by_ms == 0 && !a->is_done;
}

/*
 * The end
 */

void
serve_assoc_finish(struct serve *sv, struct serve_assoc *a)
{
	if (a->end_by_ms != 0 || a->is_done)
		return;
	if (a->held != NULL) {
		a->counts.dropped++;
		sv->counts.dropped++;
		gsctp_msg_free(a->held);
		a->held = NULL;
	}
	a->is_full = false;
	a->wait_until_ms = 0;
	a->end_by_ms = sv->now_ms + (uint64_t)sv->opt.grace_ms;
	/* Where it ends already, or has ended, messages tell so. */
	(void)gsctp_shutdown(a->sock, GSCTP_SHUT_WRITE);
	serve_check_by(sv, a->end_by_ms);
}

void
serve_assoc_cut(struct serve *sv, struct serve_assoc *a, const char *fmt, ...)
{
	char why[200];
	va_list ap;
	int n;

	if (a->is_done)
		return;
	va_start(ap, fmt);
	n = vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (n < 0 || n >= (int)sizeof(why))
		n = (int)sizeof(why) - 1;
	(void)gsctp_abort(a->sock, a->id, why, (size_t)n);
	if (!a->is_over)
		sv->aborted++;
	a->is_over = true;
	a->is_done = true;
	serve_say_cut(sv, a->id, &a->peer, why);
}

/*
 * Out
 */

int
serve_assoc_send(struct serve *sv, struct serve_assoc *a,
    const struct gsctp_sndrcvinfo *info, const void *data, size_t len)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data,
		.iov_len = len };
	int err = gsctp_sendmsg(a->sock, info, &iov, 1, NULL, 0);

	switch (err) {
	case 0:
		a->is_full = false;
		a->active_ms = sv->now_ms;
		a->counts.messages_out++;
		a->counts.bytes_out += len;
		sv->counts.messages_out++;
		sv->counts.bytes_out += len;
		break;
	case -EAGAIN:
		if (!a->is_full) {
			a->counts.held_back++;
			sv->counts.held_back++;
		}
		a->is_full = true;
		break;
	case -EPIPE:
	case -ENOTCONN:
		/* It is ending: what waits to be read tells how. */
		a->is_full = false;
		a->is_mute = true;
		break;
	case -EINVAL:
		serve_assoc_cut(sv, a, "there is no stream %u to you",
		    info->stream);
		break;
	default:
		serve_assoc_cut(sv, a, "%zu bytes cannot be sent: %s", len,
		    gsctp_strerror(err));
		break;
	}
	return err;
}

/*
 * In
 */

static void
over(struct serve_assoc *a, uint64_t *count)
{
	if (!a->is_over)
		(*count)++;
	a->is_over = true;
}

static void
take_change(struct serve *sv, struct serve_assoc *a,
    const struct gsctp_msg *msg)
{
	switch (msg->u.assoc_change.state) {
	case GSCTP_COMM_UP:
		a->id = msg->u.assoc_change.assoc_id;
		a->peer = msg->from;
		/* It has said what cannot be set; the peer is not to blame. */
		(void)net_assoc_up(&sv->opt.net, a->sock, a->id);
		if (a->end_by_ms == 0 && sv->service->start != NULL)
			sv->service->start(sv, a);
		break;
	case GSCTP_RESTART:
		a->is_mute = false;
		break;
	case GSCTP_SHUTDOWN_COMP:
		over(a, &sv->ended);
		break;
	case GSCTP_COMM_LOST:
	case GSCTP_CANT_ASSOC:
		over(a, &sv->lost);
		break;
	default:
		break;
	}
}

static void
take_data(struct serve *sv, struct serve_assoc *a, struct gsctp_msg *msg)
{
	const struct gsctp_data *d = &msg->u.data;

	if (!d->complete || d->len > sv->opt.max_message) {
		gsctp_msg_free(msg);
		serve_assoc_cut(sv, a, "a message is longer than %ju bytes",
		    (uintmax_t)sv->opt.max_message);
		return;
	}
	a->active_ms = sv->now_ms;
	a->counts.messages_in++;
	a->counts.bytes_in += d->len;
	sv->counts.messages_in++;
	sv->counts.bytes_in += d->len;
	if (a->end_by_ms != 0) {
		a->counts.dropped++;
		sv->counts.dropped++;
		gsctp_msg_free(msg);
		return;
	}
	sv->service->take(sv, a, msg);
}

/* May the next message be taken? */
static bool
may_read(const struct serve_assoc *a)
{
	if (a->end_by_ms != 0)
		return !a->is_done;
	/* What is full for chargen is no reason not to hear of its end. */
	return !a->is_done && a->held == NULL && a->wait_until_ms == 0;
}

/* true: there may be more. */
static bool
read_some(struct serve *sv, struct serve_assoc *a)
{
	struct gsctp_msg *msg;
	size_t bytes = 0;
	int n, err;

	for (n = 0; n < MESSAGES_A_TURN && bytes < BYTES_A_TURN; n++) {
		if (!may_read(a))
			return false;
		err = gsctp_recv(a->sock, 0, &msg);
		if (err == -ETIMEDOUT)
			return false;
		if (err != 0) {
			over(a, &sv->lost);
			a->is_done = true;
			return false;
		}
		if (msg->type == GSCTP_MSG_DATA) {
			bytes += msg->u.data.len;
			take_data(sv, a, msg);
			continue;
		}
		serve_say_message(sv, msg);
		if (msg->type == GSCTP_MSG_ASSOC_CHANGE)
			take_change(sv, a, msg);
		else if (msg->type == GSCTP_MSG_CLOSED)
			a->is_done = true;
		gsctp_msg_free(msg);
	}
	return true;
}

/*
 * When
 */

void
serve_assoc_ready(struct serve *sv, struct serve_assoc *a, uint32_t events)
{
	bool has_room = !a->is_full || (events & EPOLLOUT) != 0;

	if (has_room && a->id != 0 && a->end_by_ms == 0 && !a->is_done &&
	    a->wait_until_ms == 0 && sv->service->send != NULL) {
		a->is_full = false;
		sv->service->send(sv, a);
	}
	(void)read_some(sv, a); /* the loop comes back */
}

void
serve_assoc_hurry(struct serve *sv, struct serve_assoc *a)
{
	struct gsctp_opt status = GSCTP_STATUS(a->id);

	/* The engine forgets an association with its end; its messages, and
	 * that it has ended, wait here to be read. */
	if (a->wait_until_ms == 0 ||
	    gsctp_getopts(a->sock, &status, 1, NULL) == 0)
		return;
	a->is_gone = true;
	a->wait_until_ms = 0;
	/* What waits to be echoed cannot be. */
	if (a->held != NULL)
		sv->service->send(sv, a);
	while (read_some(sv, a))
		;
}

void
serve_assoc_check(struct serve *sv, struct serve_assoc *a)
{
	uint64_t idle_ms = (uint64_t)sv->opt.idle_ms;

	/* To wait for its rate is not to be idle. */
	if (a->wait_until_ms != 0) {
		a->active_ms = sv->now_ms;
		if (sv->now_ms >= a->wait_until_ms)
			a->wait_until_ms = 0;
	}
	if (a->end_by_ms != 0) {
		if (sv->now_ms >= a->end_by_ms)
			serve_assoc_cut(sv, a, "it does not end");
	} else if (idle_ms > 0 && sv->now_ms >= a->active_ms + idle_ms) {
		serve_assoc_finish(sv, a);
	}
	if (a->wait_until_ms != 0)
		serve_check_by(sv, a->wait_until_ms);
	if (a->end_by_ms != 0)
		serve_check_by(sv, a->end_by_ms);
	else if (idle_ms > 0)
		serve_check_by(sv, a->active_ms + idle_ms);
}

void
serve_assoc_watch(struct serve *sv, struct serve_assoc *a)
{
	struct epoll_event ev = { .events = 0 };

	ev.data.ptr = a;
	if (may_read(a))
		ev.events |= EPOLLIN;
	/* chargen has always something to send. */
	if (a->end_by_ms == 0 && a->wait_until_ms == 0 && !a->is_mute &&
	    (a->is_full ||
		(a->id != 0 && sv->service->start != NULL &&
		    sv->service->send != NULL)))
		ev.events |= EPOLLOUT;
	if (ev.events != a->watched &&
	    epoll_ctl(sv->epoll_fd, EPOLL_CTL_MOD, a->fd, &ev) == 0)
		a->watched = ev.events;
}
