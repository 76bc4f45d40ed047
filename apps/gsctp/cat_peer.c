/* cat_peer: one association, from its attempt to its end. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cat.h"
#include "cli.h"
#include "show_text.h"

/* Messages in a row, before others have their turn. */
#define TURN 64
/* A peer that began to end the association has got everything: what is still
 * missing is an answer that it cannot send if it is gone. */
#define SHUT_MS 3000

struct cat_peer *
cat_peer_new(struct cat *c, gsctp_sock s)
{
	struct cat_peer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->sock = s;
	p->is_open = true;
	p->fd = gsctp_fd(s);
	p->state = CAT_CONNECTING;
	p->source = &c->in;
	p->out = &c->out;
	p->own_source.fd = p->own_out.fd = p->pidfd = -1;
	p->last_traffic = cat_now_ms();
	if (p->fd < 0) {
		free(p);
		return NULL;
	}
	p->next = c->peers;
	c->peers = p;
	c->npeers++;
	return p;
}

static void
peer_close(struct cat_peer *p)
{
	if (p->is_open)
		(void)gsctp_close(
		    p->sock); /* there is nothing to do about it */
	p->is_open = false;
	p->state = CAT_ENDED;
	p->end_by = 0;
}

void
cat_peer_free(struct cat *c, struct cat_peer *p)
{
	struct cat_peer **at;

	for (at = &c->peers; *at != p; at = &(*at)->next)
		;
	*at = p->next;
	c->npeers--;
	peer_close(p);
	cat_source_close(&p->own_source);
	cat_out_close(&p->own_out);
	if (p->pidfd >= 0)
		close(p->pidfd);
	free(p);
}

void
cat_peer_eof(struct cat *c, struct cat_peer *p)
{
	(void)c;
	p->wants_eof = true;
	if (p->state != CAT_UP || p->is_mid)
		return;
	/* Or it has ended already, and says so. */
	(void)gsctp_eof(p->sock, 0);
	p->state = CAT_ENDING;
}

void
cat_peer_abort(struct cat *c, struct cat_peer *p, const char *reason)
{
	(void)c;
	if (!p->is_open || p->is_aborted)
		return;
	p->is_aborted = true;
	p->state = CAT_ENDING;
	/* Or it has ended already. */
	(void)gsctp_abort(p->sock, 0, reason, strlen(reason));
}

/*
 * Its beginning
 */

static void
peer_up(struct cat *c, struct cat_peer *p, const struct gsctp_msg *m)
{
	const struct gsctp_assoc_change *up = &m->u.assoc_change;
	int err;

	(void)snprintf(p->name, sizeof(p->name), "%s", net_addr_text(&m->from));
	p->state = CAT_UP;
	p->end_by = 0;
	p->last_traffic = c->last_traffic = cat_now_ms();
	if (c->opts->is_verbose)
		cli_warn("%s: connected, %u streams out, %u in", p->name,
		    up->outbound_streams, up->inbound_streams);
	if (c->opts->stream >= up->outbound_streams) {
		cli_warn("%s: there is no stream %u, but 0 to %u: both sides "
			 "decide, here --streams OUT:IN",
		    p->name, c->opts->stream, up->outbound_streams - 1);
		cat_set_code(c, CLI_REFUSED);
		cat_peer_abort(c, p, "too few streams");
		return;
	}
	err = net_assoc_up(&c->opts->net, p->sock, m->assoc_id);
	if (err != 0) {
		cat_set_code(c, err);
		cat_peer_abort(c, p, "an option cannot be set");
		return;
	}
	if (c->is_over) {
		cat_peer_eof(c, p);
		return;
	}
	if (c->opts->exec != NULL) {
		err = cat_exec_start(c, p);
		if (err == 0)
			return;
		(void)cli_error("--exec", err);
		cat_set_code(c, CLI_FAILED);
		cat_peer_abort(c, p, "cannot start the program");
	}
}

/*
 * Its end
 */

/* A part was written, and until the rest is there nobody else writes. */
static void
set_within(struct cat *c, struct cat_peer *p, bool on)
{
	p->is_within = on;
	if (p->out == &c->out && (on || c->writer == p))
		c->writer = on ? p : NULL;
}

/* What is written of a message whose rest does not come is a line of its own:
 * it must not become the beginning of somebody else's. */
static void
break_off(struct cat *c, struct cat_peer *p)
{
	bool has_lines = !c->opts->is_json &&
	    (c->opts->framing.mode == CAT_HEX || c->opts->framing.chomps);

	if (p->is_within && has_lines && p->out->fd >= 0) {
		if (p->out->held != NULL)
			p->out->has_newline = true;
		else
			(void)cat_out_put(p->out, "\n", 1);
	}
	set_within(c, p, false);
}

static void
add_why(struct cat_peer *p, const char *text)
{
	size_t used = strlen(p->why);

	(void)snprintf(p->why + used, sizeof(p->why) - used, ": %s", text);
}

/* What the peer said of it: the cause, and its words (RFC 9260 3.3.10.12). */
static void
keep_why(struct cat_peer *p, const struct gsctp_assoc_change *ac)
{
	struct show_cause cause;
	char words[160];
	size_t at = 0;
	size_t i;

	if (ac->error != 0)
		add_why(p, gsctp_error_string(ac->error));
	while (show_next_cause(ac->causes, ac->causes_len, &at, &cause)) {
		if (cause.code != 12 || cause.len == 0)
			continue;
		for (i = 0; i < cause.len && i < sizeof(words) - 1; i++)
			words[i] = (char)(cause.info[i] >= ' ' &&
				    cause.info[i] <= '~' ?
				cause.info[i] :
				'.');
		words[i] = '\0';
		add_why(p, words);
	}
}

/* An attempt that came to nothing. */
static int
say_failed(const struct cat *c, const struct cat_peer *p, int err)
{
	struct gsctp_stack_info info;

	if (err == -ECONNREFUSED || err == -ECONNRESET) {
		cli_warn("%s: refused%s", p->name,
		    p->why[0] != '\0' ? p->why : ": nobody listens there");
		return CLI_REFUSED;
	}
	if (err != -ETIMEDOUT)
		return cli_error(p->name, err);
	if (gsctp_stack_info(&info) != 0 || c->opts->net.is_raw)
		cli_warn("%s: no answer", p->name);
	else
		cli_warn("%s: no answer: is it there, and on UDP port %u? "
			 "(--peer-udp-port)",
		    p->name, info.peer_udp_port);
	return CLI_NO_PEER;
}

static int
say_lost(const struct cat_peer *p, int err)
{
	if (err == -ECONNRESET)
		cli_warn("%s: the peer aborted the association%s", p->name,
		    p->why);
	else if (err == -ETIMEDOUT)
		cli_warn("%s: does not answer any more: the association is "
			 "lost",
		    p->name);
	else
		cli_warn("%s: the association is lost%s", p->name,
		    p->why[0] != '\0' ? p->why : ": its peer makes no sense");
	return CLI_LOST;
}

/* Is there input that has not been sent? */
static bool
is_short(const struct cat *c, const struct cat_peer *p)
{
	int waiting = 0;

	if (p->source != &c->in || c->is_over || c->opts->keeps)
		return false;
	if (p->is_short || p->is_mid || c->in.has_part)
		return true;
	return !c->in.has_ended && !isatty(c->in.fd) &&
	    ioctl(c->in.fd, FIONREAD, &waiting) == 0 && waiting > 0;
}

/* It has come to its end; err as in struct gsctp_closed. */
static void
peer_ended(struct cat *c, struct cat_peer *p, int err)
{
	int code = CLI_OK;

	if (p->state == CAT_CONNECTING)
		code = say_failed(c, p, err);
	else if (err != 0 && !p->is_aborted)
		code = say_lost(p, err);
	else if (err == 0 && is_short(c, p)) {
		cli_warn("%s: the peer has ended it before all of the input "
			 "was sent",
		    p->name);
		code = CLI_LOST;
	} else if (err == 0 && c->opts->is_verbose)
		cli_warn("%s: ended", p->name);
	if (p->is_within)
		cli_warn("%s: its last message is not complete", p->name);
	if (p->lost > 0 && c->opts->ttl_ms == 0)
		cli_warn("%s: %ju messages, or parts, may not have arrived",
		    p->name, (uintmax_t)p->lost);
	break_off(c, p);
	if (!c->opts->keeps)
		cat_set_code(c, code);
	peer_close(p);
	cat_source_close(&p->own_source);
	cat_exec_end_input(p);
}

void
cat_peer_late(struct cat *c, struct cat_peer *p)
{
	struct gsctp_opt status = GSCTP_STATUS(0);
	bool is_done;

	p->end_by = 0;
	if (p->state == CAT_CONNECTING) {
		/* Nobody is waiting for it after a signal. */
		if (c->is_over)
			peer_close(p);
		else
			peer_ended(c, p, -ETIMEDOUT);
		return;
	}
	/* What is under way still has to arrive, and does, or the library says
	 * that it does not. */
	is_done = gsctp_getopts(p->sock, &status, 1, NULL) != 0 ||
	    (status.u.status.unackdata == 0 && status.u.status.penddata == 0);
	if (p->is_shut && !is_done) {
		p->end_by = cat_now_ms() + SHUT_MS;
		return;
	}
	cat_peer_abort(c, p, "the end takes too long");
	p->is_aborted = false; /* nothing was said yet */
	peer_ended(c, p, p->is_shut ? 0 : -ETIMEDOUT);
}

/*
 * Messages
 */

static void
on_assoc_change(struct cat *c, struct cat_peer *p, const struct gsctp_msg *m)
{
	switch (m->u.assoc_change.state) {
	case GSCTP_COMM_UP:
		peer_up(c, p, m);
		break;
	case GSCTP_RESTART:
		cli_warn("%s: the peer has started again: what was under way "
			 "is lost",
		    p->name);
		if (!c->opts->keeps)
			cat_set_code(c, CLI_LOST);
		cat_peer_abort(c, p, "restarted");
		break;
	case GSCTP_COMM_LOST:
		keep_why(p, &m->u.assoc_change);
		break;
	case GSCTP_CANT_ASSOC:
		keep_why(p, &m->u.assoc_change);
		peer_ended(c, p, m->u.assoc_change.failure);
		break;
	default:
		break;
	}
}

static void
on_event(struct cat *c, struct cat_peer *p, const struct gsctp_msg *m)
{
	int err = cat_show_event(c, m);

	if (err != 0)
		cat_output_failed(c, err);
	switch (m->type) {
	case GSCTP_MSG_ASSOC_CHANGE:
		on_assoc_change(c, p, m);
		break;
	case GSCTP_MSG_SHUTDOWN_EVENT:
		p->is_shut = true;
		p->end_by = cat_now_ms() + SHUT_MS;
		if (p->state == CAT_UP)
			p->state = CAT_ENDING;
		break;
	case GSCTP_MSG_SEND_FAILED:
		p->lost++;
		break;
	case GSCTP_MSG_PDAPI_EVENT:
		cli_warn("%s: the rest of a message does not come", p->name);
		break_off(c, p);
		break;
	case GSCTP_MSG_CLOSED:
		peer_ended(c, p, m->u.closed.error);
		break;
	default:
		break;
	}
}

static void
on_data(struct cat *c, struct cat_peer *p, struct gsctp_msg *m)
{
	bool is_complete = m->u.data.complete;
	size_t len = m->u.data.len;
	int err;

	/* All that was asked for is there; or the rest of a message whose
	 * beginning could not be written, which is no message. */
	if (p->is_unheard ||
	    (c->opts->count != 0 && c->received >= c->opts->count)) {
		gsctp_msg_free(m);
		return;
	}
	if (p->is_within && p->within_stream != m->u.data.info.stream)
		cli_warn("%s: two messages come in parts that are mixed: "
			 "-o buffer=BYTES",
		    p->name);
	p->within_stream = m->u.data.info.stream;
	set_within(c, p, !is_complete);
	p->last_traffic = c->last_traffic = cat_now_ms();
	c->received += is_complete;
	c->received_bytes += len;
	err = cat_show_data(c, p, m);
	if (err == -EMSGSIZE) {
		cli_warn("%s: a message is too long to tell its length first: "
			 "-o buffer=BYTES",
		    p->name);
		cat_set_code(c, CLI_FAILED);
		cat_peer_abort(c, p, "a message is too long");
		p->is_unheard = true;
	} else if (err != 0) {
		cat_output_failed(c, err);
	}
	if (c->opts->count != 0 && c->received >= c->opts->count)
		cat_finish(c, CAT_NEVER);
}

bool
cat_peer_may_receive(const struct cat *c, const struct cat_peer *p)
{
	if (!p->is_open || !cat_out_has_room(p->out))
		return false;
	/* Somebody's message is half written. */
	return p->out != &c->out || c->writer == NULL || c->writer == p;
}

void
cat_peer_receive(struct cat *c, struct cat_peer *p)
{
	struct gsctp_msg *m;
	int i;

	for (i = 0; i < TURN && cat_peer_may_receive(c, p); i++) {
		if (gsctp_recv(p->sock, 0, &m) != 0)
			return;
		if (m->type == GSCTP_MSG_DATA) {
			on_data(c, p, m);
		} else {
			on_event(c, p, m);
			gsctp_msg_free(m);
		}
		if (!cat_out_has_room(p->out))
			cat_flush(c, p);
	}
}
