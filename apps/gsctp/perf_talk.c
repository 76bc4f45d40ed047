/*
 * perf_talk: the client's part of the protocol, step by step.
 *
 * Guarantees: each step has a limit of time; whatever the server says that
 * does not fit its step ends the test, with a line that tells what it was.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "perf_client.h"

void
perf_client_over(struct perf_client *c, int code, const char *fmt, ...)
{
	va_list ap;

	if (c->step == PERF_OVER)
		return;
	c->step = PERF_OVER;
	c->code = code;
	va_start(ap, fmt);
	(void)vsnprintf(c->problem, sizeof(c->problem), fmt, ap);
	va_end(ap);
}

static void
enter(struct perf_client *c, enum perf_step step)
{
	c->step = step;
	c->step_ns = perf_now();
}

int
perf_client_connect(struct perf_client *c, unsigned int i)
{
	struct gsctp_opt opts[8];
	gsctp_assoc_id assoc;
	gsctp_sock s;
	int err;

	err = net_open(&c->cli->net, 0, c->peers[0].ss_family, opts,
	    perf_socket_opts(&c->cli->p, opts), &s);
	if (err != 0)
		return err;
	err = perf_link_init(&c->links[i], s);
	if (err == 0)
		c->nlinks = i + 1;
	if (err == 0)
		err = gsctp_connectx_init(s, c->peers, c->npeers, NULL, 0,
		    &assoc);
	return err == 0 ? 0 : cli_error(c->where, err);
}

/*
 * What the server says
 */

static int
on_up(void *arg, struct perf_link *l)
{
	struct perf_client *c = arg;
	unsigned int want =
	    c->cli->p.mode == PERF_SETUP ? 1 : c->cli->p.streams + 1u;
	json_t *o;

	if (l->up.outbound_streams < want || l->up.inbound_streams < want) {
		perf_client_over(c, CLI_REFUSED,
		    "the server has %u streams, and the test wants %u with "
		    "the one for control",
		    l->up.outbound_streams, want);
		return -ECANCELED;
	}
	c->heard_ns = perf_now();
	if (l != &c->links[0])
		return perf_link_control(l, "join",
		    json_pack("{s:s}", "token", c->token));
	enter(c, PERF_ASKING);
	o = json_object();
	perf_put(o, "version", json_integer(PERF_VERSION));
	perf_put(o, "parameters", perf_params_json(&c->cli->p));
	return perf_link_control(l, "start", o);
}

static int
on_ready(struct perf_client *c, const json_t *o)
{
	unsigned int i;

	(void)snprintf(c->token, sizeof(c->token), "%s", perf_text(o, "token"));
	enter(c, PERF_JOINING);
	c->njoined = 1;
	for (i = 1; i < c->run.p.assocs && c->run.p.mode != PERF_SETUP; i++) {
		if (perf_client_connect(c, i) != 0) {
			perf_client_over(c, CLI_FAILED,
			    "cannot open association %u", i + 1);
			return -ECANCELED;
		}
	}
	return 0;
}

static int
on_refusal(struct perf_client *c, const json_t *o)
{
	const char *text = perf_text(o, "message");
	char words[151];
	size_t i;

	/* For a terminal, and for JSON: what a stranger says. */
	for (i = 0; i < sizeof(words) - 1 && text[i] != '\0'; i++)
		words[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
	words[i] = '\0';
	perf_client_over(c, CLI_REFUSED, "the server says: %s", words);
	return -ECANCELED;
}

static int
on_result(struct perf_client *c, const json_t *o)
{
	if (json_is_object(json_object_get(o, "last")))
		(void)perf_doc_theirs(&c->doc, json_object_get(o, "last"));
	c->theirs = json_deep_copy(json_object_get(o, "result"));
	perf_client_over(c, CLI_OK, "%s", "");
	return -ECANCELED;
}

static int
on_control(void *arg, struct perf_link *l, const char *type, json_t *o)
{
	struct perf_client *c = arg;
	bool is_first = l == &c->links[0];
	bool is_test = c->step == PERF_RUNNING || c->step == PERF_FINISHING;

	c->heard_ns = perf_now();
	if (is_first && strcmp(type, "error") == 0)
		return on_refusal(c, o);
	if (is_first && strcmp(type, "ready") == 0 && c->step == PERF_ASKING)
		return on_ready(c, o);
	if (!is_first && strcmp(type, "joined") == 0 &&
	    c->step == PERF_JOINING) {
		c->njoined++;
		return 0;
	}
	if (is_first && strcmp(type, "alive") == 0 && is_test)
		return 0;
	if (is_first && strcmp(type, "interval") == 0 && is_test)
		return perf_doc_theirs(&c->doc, json_object_get(o, "interval"));
	if (strcmp(type, "end") == 0 && is_test && !l->rx_ended) {
		l->rx_ended = true;
		return 0;
	}
	if (is_first && strcmp(type, "result") == 0 &&
	    c->step == PERF_FINISHING)
		return on_result(c, o);
	return -EBADMSG;
}

static int
on_data(void *arg, struct perf_link *l, struct gsctp_msg **msg)
{
	struct perf_client *c = arg;

	c->heard_ns = perf_now();
	return perf_run_data(&c->run, l, msg);
}

/* How an association that was there has ended. */
static const char *
why_lost(const struct perf_link *l, int error)
{
	if (*l->reason != '\0')
		return l->reason;
	if (l->end_cause != 0)
		return gsctp_error_string(l->end_cause);
	return error == -ETIMEDOUT ? "no answer to what was sent" :
				     "the server has aborted it";
}

static int
on_down(void *arg, struct perf_link *l, int error)
{
	struct perf_client *c = arg;

	if (error == -ECONNREFUSED)
		perf_client_over(c, CLI_REFUSED,
		    c->step == PERF_CONNECTING ?
			"refused: is \"gsctp perf -s\" there?" :
			"the server takes no further association");
	else if (l->end_state == GSCTP_CANT_ASSOC)
		perf_client_over(c, CLI_NO_PEER,
		    c->step == PERF_CONNECTING ?
			"no answer: is \"gsctp perf -s\" there, and at this "
			"UDP port?" :
			"no answer to a further association");
	else if (l->end_state == GSCTP_SHUTDOWN_COMP)
		perf_client_over(c, CLI_LOST, "the server has ended the test");
	else
		perf_client_over(c, CLI_LOST,
		    "the server is gone: the association was lost: %s",
		    why_lost(l, error));
	return -ECANCELED;
}

const struct perf_reader perf_client_reader = {
	.on_up = on_up,
	.on_control = on_control,
	.on_data = on_data,
	.on_down = on_down,
};

/*
 * What it is told
 */

static int
go(struct perf_client *c, uint64_t now)
{
	unsigned int i;

	for (i = 0; i < c->nlinks; i++)
		c->run.links[i] = &c->links[i];
	c->run.nlinks = c->nlinks;
	perf_run_go(&c->run, now);
	c->heard_ns = c->alive_ns = now;
	enter(c, PERF_RUNNING);
	return perf_link_control(&c->links[0], "go", NULL);
}

/* Has all been sent and received? */
static bool
is_through(const struct perf_client *c)
{
	if (c->run.p.mode == PERF_SETUP)
		return c->run.is_stopped && perf_setup_is_idle(&c->setup);
	return perf_run_has_sent(&c->run) && perf_run_has_received(&c->run);
}

int
perf_client_advance(struct perf_client *c, uint64_t now)
{
	if (c->step == PERF_JOINING &&
	    c->njoined == (c->run.p.mode == PERF_SETUP ? 1u : c->run.p.assocs))
		return go(c, now);
	if (c->step == PERF_RUNNING && is_through(c)) {
		c->over_ns = now;
		perf_doc_own(&c->doc, perf_run_cut(&c->run, now, true));
		enter(c, PERF_FINISHING);
		return perf_link_control(&c->links[0], "finish", NULL);
	}
	if (c->step == PERF_RUNNING && now >= c->alive_ns) {
		/* Less than any silence that is let pass. */
		c->alive_ns = now + UINT64_C(1000000000);
		if (c->links[0].nqueue == 0)
			return perf_link_control(&c->links[0], "alive", NULL);
	}
	return 0;
}
