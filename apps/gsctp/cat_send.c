/*
 * cat_send: what a source has goes to its peers, message by message.
 *
 * Guarantees
 *  - nothing is read while there is nobody who can take it;
 *  - each peer gets whole messages: one that comes while a long message is on
 *    its way to others begins with the next;
 *  - the slowest peer decides when the next part is read;
 *  - where nothing is there to follow, the peer is asked to acknowledge at
 *    once: it may be the last, and the end waits for that.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cat.h"
#include "cli.h"

/* Parts in a row, before others have their turn. */
#define TURN 64

int
cat_source_open(struct cat *c, struct cat_source *s, int fd)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->frame = cat_frame_new(&c->framing);
	return s->frame != NULL ? 0 : -ENOMEM;
}

void
cat_source_close(struct cat_source *s)
{
	cat_frame_free(s->frame);
	s->frame = NULL;
	if (s->fd > STDERR_FILENO)
		close(s->fd);
	s->fd = -1;
	s->has_part = false;
	s->has_ended = true;
}

/* Would it take a part, now or later? */
static bool
is_interested(const struct cat_source *s, const struct cat_peer *p)
{
	return p->source == s && p->state == CAT_UP &&
	    (!p->wants_eof || p->is_mid);
}

static bool
has_audience(const struct cat *c, const struct cat_source *s)
{
	const struct cat_peer *p;

	for (p = c->peers; p != NULL; p = p->next)
		if (is_interested(s, p))
			return true;
	return false;
}

bool
cat_source_wants_read(const struct cat *c, const struct cat_source *s)
{
	return s->fd >= 0 && !s->has_ended && !s->has_part &&
	    has_audience(c, s);
}

static void
source_ends(struct cat_source *s)
{
	s->has_ended = true;
	s->ended_at = cat_now_ms();
}

static void
source_is_bad(struct cat *c, struct cat_source *s, const char *problem)
{
	cli_warn("%s: %s", s == &c->in ? "the input" : "--exec", problem);
	cat_set_code(c, CLI_FAILED);
	s->is_bad = true;
	source_ends(s);
}

/* Get the next part, reading at most once.  false: there is none now. */
static bool
next_part(struct cat *c, struct cat_source *s)
{
	int n;

	while (!s->has_ended && has_audience(c, s)) {
		switch (cat_frame_part(s->frame, &s->part)) {
		case CAT_FRAME_PART:
			s->has_part = true;
			s->is_taken = false;
			s->number++;
			return true;
		case CAT_FRAME_READ:
			if (!s->is_readable)
				return false;
			s->is_readable = false;
			n = cat_frame_read(s->frame, s->fd);
			if (n < 0 && n != -EAGAIN)
				source_is_bad(c, s, strerror(-n));
			break;
		case CAT_FRAME_END:
			source_ends(s);
			break;
		case CAT_FRAME_BAD:
			source_is_bad(c, s, cat_frame_problem(s->frame));
			break;
		}
	}
	return false;
}

static bool
is_target(const struct cat_source *s, const struct cat_peer *p)
{
	return is_interested(s, p) && p->sent != s->number &&
	    p->is_mid != s->part.is_first;
}

static void
send_failed(struct cat *c, struct cat_peer *p, int err)
{
	if (err == -EPIPE || err == -ENOTCONN) {
		/* It ends; why comes with its last message. */
		p->state = CAT_ENDING;
		p->is_short = true;
		return;
	}
	if (err == -EMSGSIZE)
		cli_warn("%s: a message of %zu bytes is too long for it",
		    p->name, p->source->part.len);
	else
		(void)cli_error(p->name, err);
	cat_set_code(c, CLI_FAILED);
	cat_peer_abort(c, p, "cannot send");
}

static void
send_part(struct cat *c, struct cat_peer *p)
{
	const struct cat_part *part = &p->source->part;
	const struct iovec iov = { .iov_base = (void *)(uintptr_t)part->data,
		.iov_len = part->len };
	const struct gsctp_sndrcvinfo info = {
		.stream = c->opts->stream,
		.ppid = c->opts->ppid,
		.timetolive = c->opts->ttl_ms,
		.flags = (c->opts->is_unordered ? GSCTP_UNORDERED : 0) |
		    (part->is_last ? 0 : GSCTP_MORE) |
		    (part->is_all ? GSCTP_SACK_IMMEDIATELY : 0) |
		    (c->opts->ttl_ms != 0 ? GSCTP_PR_TTL : 0),
	};
	int err;

	err = gsctp_sendmsg(p->sock, &info, &iov, 1, NULL, 0);
	p->is_full = err == -EAGAIN;
	if (err == -EAGAIN)
		return;
	if (err != 0) {
		send_failed(c, p, err);
		return;
	}
	p->sent = p->source->number;
	p->is_mid = !part->is_last;
	p->source->is_taken = true;
	p->last_traffic = c->last_traffic = cat_now_ms();
	c->sent += part->is_last;
	c->sent_bytes += part->len;
	if (p->wants_eof && !p->is_mid)
		cat_peer_eof(c, p);
}

/* Send the part to whoever has not got it.  false: it is not done with. */
static bool
give_part(struct cat *c, struct cat_source *s)
{
	bool is_waited_for = false;
	struct cat_peer *p;

	for (p = c->peers; p != NULL; p = p->next) {
		if (!is_target(s, p))
			continue;
		if (!p->is_full)
			send_part(c, p);
		is_waited_for = is_waited_for || is_target(s, p);
	}
	/* What nobody has got is for whoever comes. */
	if (is_waited_for || (s->part.is_first && !s->is_taken))
		return false;
	cat_frame_done(s->frame);
	s->has_part = false;
	return true;
}

bool
cat_source_run(struct cat *c, struct cat_source *s)
{
	int i;

	if (s->fd < 0)
		return false;
	for (i = 0; i < TURN; i++) {
		if (!s->has_part && !next_part(c, s))
			return false;
		if (!give_part(c, s))
			return false;
	}
	return true;
}
