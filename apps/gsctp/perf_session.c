/* perf_session: see perf_session.h. */

#include "perf_session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cli.h"
#include "net.h"
#include "perf_print.h"
#include "show.h"

#define NS UINT64_C(1000000000)

static struct perf_peer *
peer_of(struct perf_link *l)
{
	return (struct perf_peer *)l;
}

static struct perf_link *
control_of(const struct perf_session *s)
{
	return s->run.links[0];
}

/*
 * What is said of a test
 */

void
perf_host_printed(struct perf_host *h, int code)
{
	if (code != CLI_OK)
		h->code = code;
}

static void
say(struct perf_host *h, const struct perf_session *s, const char *what)
{
	if (!h->cli->is_json) {
		printf("%u %s: %s\n", s->number,
		    net_addr_text(&control_of(s)->peer), what);
		perf_host_printed(h, cli_flush());
	}
}

static void
say_end(struct perf_host *h, const struct perf_session *s,
    const json_t *result, const char *problem)
{
	const json_t *in = json_object_get(result, "received");
	const json_t *out = json_object_get(result, "sent");
	char a[32], b[32], line[200];
	json_t *o;
	int err;

	if (h->cli->is_json) {
		o = json_object();
		perf_put(o, "test", json_integer(s->number));
		perf_put(o, "client",
		    json_string(net_addr_text(&control_of(s)->peer)));
		perf_put(o, "parameters", perf_params_json(&s->run.p));
		perf_put(o, "result", json_deep_copy(result));
		perf_put(o, "problem",
		    problem != NULL ? json_string(problem) : json_null());
		err = show_print_json(o, stdout);
		if (err != 0)
			perf_host_printed(h, cli_output_failed(err));
		return;
	}
	(void)snprintf(line, sizeof(line), "%s%s; %s received, %s sent",
	    problem != NULL ? "not complete: " : "done",
	    problem != NULL ? problem : "",
	    perf_text_bytes(json_object_get(in, "bytes"), a),
	    perf_text_bytes(json_object_get(out, "bytes"), b));
	say(h, s, line);
}

/*
 * Ends
 */

static void
remove_session(struct perf_host *h, struct perf_session *s)
{
	size_t i;

	for (i = 0; i < h->nsessions && h->sessions[i] != s; i++)
		;
	h->sessions[i] = h->sessions[--h->nsessions];
	perf_run_fini(&s->run);
	free(s);
	h->nfinished++;
}

static json_t *
result_of(const struct perf_session *s)
{
	json_t *result = perf_run_result(&s->run);

	/* The time of a process that did something else too. */
	if (s->is_shared)
		perf_put(json_object_get(result, "side"), "cpu_seconds",
		    json_null());
	return result;
}

/* The session cannot go on: its associations are aborted. */
static void
fail_session(struct perf_host *h, struct perf_session *s, const char *why)
{
	json_t *result = result_of(s);
	unsigned int i;

	say_end(h, s, result, why);
	json_decref(result);
	for (i = 0; i < s->run.nlinks; i++) {
		peer_of(s->run.links[i])->session = NULL;
		peer_of(s->run.links[i])->is_dead = true;
		perf_link_abort(s->run.links[i], why);
	}
	remove_session(h, s);
}

/* This peer cannot go on, and with it its session. */
static void
fail_peer(struct perf_host *h, struct perf_peer *peer, const char *why)
{
	if (peer->session != NULL) {
		fail_session(h, peer->session, why);
		return;
	}
	if (!peer->is_dead && !h->cli->is_json) {
		printf("- %s: %s\n", net_addr_text(&peer->link.peer), why);
		perf_host_printed(h, cli_flush());
	}
	peer->is_dead = true;
	perf_link_abort(&peer->link, why);
}

/* All is measured: tell the client, who ends the associations. */
static int
finish_session(struct perf_host *h, struct perf_session *s, uint64_t now)
{
	json_t *o = json_object();
	json_t *last = perf_run_cut(&s->run, now, true);
	json_t *result = result_of(s);
	struct perf_link *l = control_of(s);
	unsigned int i;

	if (last != NULL && s->run.p.mode == PERF_THROUGHPUT)
		perf_put(o, "last", last);
	else
		json_decref(last);
	perf_put(o, "result", json_incref(result));
	say_end(h, s, result, NULL);
	json_decref(result);
	for (i = 0; i < s->run.nlinks; i++) {
		peer_of(s->run.links[i])->session = NULL;
		peer_of(s->run.links[i])->since_ns = now;
	}
	remove_session(h, s);
	return perf_link_control(l, "result", o);
}

/*
 * What clients say
 */

/* No test for this one; it hears why. */
static int
refuse(struct perf_peer *peer, const char *why)
{
	return perf_link_control(&peer->link, "error",
	    json_pack("{s:s}", "message", why));
}

static void
make_token(char *token, size_t len)
{
	unsigned char bytes[16] = { 0 };
	size_t i;

	/* Without it a stranger could only join a test, and be counted. */
	(void)getrandom(bytes, sizeof(bytes), 0);
	for (i = 0; i < sizeof(bytes) && 2 * i + 2 < len; i++)
		(void)snprintf(token + 2 * i, 3, "%02x", bytes[i]);
}

/* What the options of its own link have to be. */
static int
prepare_link(const struct perf_link *l, const struct perf_params *p)
{
	const uint32_t room = 2 * (p->length + UINT32_C(1024));
	struct gsctp_opt opts[2] = { GSCTP_SNDBUF(0), GSCTP_NODELAY(true) };
	int err;

	err = gsctp_getopts(l->s, &opts[0], 1, NULL);
	if (err == 0 && opts[0].u.value < room) {
		opts[0].u.value = room;
		err = gsctp_setopts(l->s, &opts[0], 1, NULL);
	}
	if (err == 0 && p->mode == PERF_LATENCY)
		err = gsctp_setopts(l->s, &opts[1], 1, NULL);
	return err;
}

static int
on_start(struct perf_host *h, struct perf_peer *peer, const json_t *o)
{
	struct perf_session *s;
	struct perf_params p;
	const char *problem;
	char text[512];
	int err;

	if (perf_get(o, "version", 0) != PERF_VERSION)
		return refuse(peer, "another version of gsctp perf");
	problem = perf_params_read(json_object_get(o, "parameters"), &p);
	if (problem != NULL)
		return refuse(peer, problem);
	if (h->nsessions == PERF_SESSIONS_MAX)
		return refuse(peer, "too many tests at once");
	s = calloc(1, sizeof(*s));
	if (s == NULL || perf_run_init(&s->run, &p, true) != 0) {
		free(s);
		return refuse(peer, "no memory");
	}
	make_token(s->token, sizeof(s->token));
	s->number = ++h->ntests;
	s->since_ns = s->heard_ns = perf_now();
	s->run.links[0] = &peer->link;
	s->run.nlinks = 1;
	h->sessions[h->nsessions++] = s;
	peer->session = s;
	say(h, s, perf_text_params(&p, text, sizeof(text)));
	err = prepare_link(&peer->link, &p);
	if (err != 0)
		return err;
	return perf_link_control(&peer->link, "ready",
	    json_pack("{s:s}", "token", s->token));
}

static int
on_join(struct perf_host *h, struct perf_peer *peer, const json_t *o)
{
	const char *token = perf_text(o, "token");
	struct perf_session *s = NULL;
	size_t i;
	int err;

	for (i = 0; i < h->nsessions && s == NULL; i++)
		if (strcmp(h->sessions[i]->token, token) == 0)
			s = h->sessions[i];
	if (s == NULL || s->is_going || s->run.p.mode == PERF_SETUP ||
	    s->run.nlinks == s->run.p.assocs)
		return -EBADMSG;
	err = prepare_link(&peer->link, &s->run.p);
	if (err != 0)
		return err;
	s->run.links[s->run.nlinks++] = &peer->link;
	s->heard_ns = perf_now();
	peer->session = s;
	/* Its data may be here before "go" is, on another association. */
	peer->link.is_paused = true;
	return perf_link_control(&peer->link, "joined", NULL);
}

/* All of its associations are there. */
static bool
is_whole(const struct perf_session *s)
{
	return s->run.p.mode == PERF_SETUP || s->run.nlinks == s->run.p.assocs;
}

static void
begin(struct perf_host *h, struct perf_session *s)
{
	uint64_t now = perf_now();
	size_t i;

	for (i = 0; i < h->nsessions; i++) {
		if (h->sessions[i] != s && h->sessions[i]->is_going)
			h->sessions[i]->is_shared = s->is_shared = true;
	}
	for (i = 0; i < s->run.nlinks; i++)
		s->run.links[i]->is_paused = false;
	s->is_going = true;
	s->alive_ns = now;
	perf_run_go(&s->run, now);
}

static int
on_go(struct perf_host *h, struct perf_session *s)
{
	if (s->has_go || !is_whole(s))
		return -EBADMSG;
	s->has_go = true;
	if (!s->is_going)
		begin(h, s);
	return 0;
}

static int
on_session_control(struct perf_host *h, struct perf_session *s,
    struct perf_link *l, const char *type)
{
	bool is_first = l == control_of(s);

	s->heard_ns = perf_now();
	if (is_first && strcmp(type, "go") == 0)
		return on_go(h, s);
	if (!s->is_going)
		return -EBADMSG;
	if (strcmp(type, "end") == 0 && s->run.receives && !l->rx_ended) {
		l->rx_ended = true;
		return 0;
	}
	if (is_first && strcmp(type, "alive") == 0)
		return 0;
	if (is_first && strcmp(type, "stop") == 0)
		return perf_run_stop(&s->run);
	if (is_first && strcmp(type, "finish") == 0 && !s->is_asked) {
		s->is_asked = true;
		return 0;
	}
	return -EBADMSG;
}

static int
on_control(void *arg, struct perf_link *l, const char *type, json_t *o)
{
	struct perf_host *h = arg;
	struct perf_peer *peer = peer_of(l);

	if (peer->session != NULL)
		return on_session_control(h, peer->session, l, type);
	if (strcmp(type, "start") == 0)
		return on_start(h, peer, o);
	if (strcmp(type, "join") == 0)
		return on_join(h, peer, o);
	if (strcmp(type, "bye") == 0)
		return gsctp_eof(l->s, 0);
	return -EBADMSG;
}

static int
on_data(void *arg, struct perf_link *l, struct gsctp_msg **msg)
{
	struct perf_session *s = peer_of(l)->session;

	if (s == NULL)
		return -EBADMSG;
	/* A packet with "go" that was lost does not hold up other streams. */
	if (!s->is_going && s->run.receives && is_whole(s))
		begin(arg, s);
	s->heard_ns = perf_now();
	return perf_run_data(&s->run, l, msg);
}

static int
on_up(void *arg, struct perf_link *l)
{
	(void)arg;
	(void)l;
	return 0;
}

static int
on_down(void *arg, struct perf_link *l, int error)
{
	struct perf_host *h = arg;
	struct perf_peer *peer = peer_of(l);

	(void)error;
	if (peer->session != NULL)
		fail_session(h, peer->session,
		    l->end_state == GSCTP_SHUTDOWN_COMP ?
			"the client has left" :
			"the client is gone: the association was lost");
	peer->is_dead = true;
	return -ECANCELED;
}

static const struct perf_reader reader = {
	.on_up = on_up,
	.on_control = on_control,
	.on_data = on_data,
	.on_down = on_down,
};

/*
 * Turns of the loop
 */

static const char *
reason(int err)
{
	switch (err) {
	case -EBADMSG:
		return "not the protocol of gsctp perf";
	case -EOPNOTSUPP:
		return "the engine cannot send that: unordered messages that "
		       "may be given up are not longer than a packet";
	case -EINVAL:
		return "the association has too few streams";
	default:
		return gsctp_strerror(err);
	}
}

static void
check(struct perf_host *h, struct perf_peer *peer, int err)
{
	if (err != 0 && err != -EAGAIN && err != -ECANCELED && !peer->is_dead)
		fail_peer(h, peer, reason(err));
}

void
perf_host_accept(struct perf_host *h, gsctp_sock s, uint64_t now)
{
	struct perf_peer *peer = NULL;

	if (h->npeers < PERF_PEERS_MAX)
		peer = calloc(1, sizeof(*peer));
	if (peer == NULL || perf_link_init(&peer->link, s) != 0) {
		(void)gsctp_abort(s, 0, "too many", 8);
		(void)gsctp_close(s);
		free(peer);
		return;
	}
	peer->since_ns = now;
	h->peers[h->npeers++] = peer;
}

void
perf_host_ready(struct perf_host *h, struct perf_peer *peer, bool is_writable)
{
	int err = 0;

	if (peer->is_dead)
		return;
	if (is_writable) {
		peer->link.is_blocked = false;
		err = perf_link_flush(&peer->link);
	}
	if (err == 0 || err == -EAGAIN)
		err = perf_link_read(&peer->link, &reader, h);
	check(h, peer, err);
}

static void
sooner(uint64_t *wait, uint64_t other)
{
	if (other < *wait)
		*wait = other;
}

static uint64_t
left(uint64_t since, uint64_t limit, uint64_t now)
{
	return since + limit > now ? since + limit - now : 0;
}

/* Samples for the client, and words that this end is there. */
static int
report(struct perf_session *s, uint64_t now)
{
	struct perf_link *l = control_of(s);
	json_t *sample;

	/* What waits for room goes first; a later sample has this time, too. */
	if (l->nqueue > 0)
		return 0;
	sample = perf_run_cut(&s->run, now, false);
	if (sample != NULL && s->run.p.mode == PERF_THROUGHPUT) {
		s->alive_ns = now + NS;
		return perf_link_control(l, "interval",
		    json_pack("{s:o}", "interval", sample));
	}
	json_decref(sample);
	if (now < s->alive_ns)
		return 0;
	s->alive_ns = now + NS;
	return perf_link_control(l, "alive", NULL);
}

/* One session.  true: it is still there. */
static bool
work_session(struct perf_host *h, struct perf_session *s, uint64_t now,
    uint64_t *wait)
{
	struct perf_peer *first = peer_of(control_of(s));
	uint64_t limit = s->is_going ? h->cli->idle_ns : PERF_STEP_NS;
	uint64_t next = UINT64_MAX;
	int err = 0;

	if (left(s->heard_ns, limit, now) == 0) {
		fail_session(h, s, "the client is gone: not a word of it");
		return false;
	}
	sooner(wait, left(s->heard_ns, limit, now));
	if (!s->is_going)
		return true;
	err = perf_run_send(&s->run, now, &next);
	sooner(wait, next);
	if (err == 0)
		err = report(s, now);
	if (err == 0 && s->is_asked && perf_run_has_received(&s->run)) {
		check(h, first, finish_session(h, s, now));
		return false;
	}
	if (err != 0) {
		fail_session(h, s, reason(err));
		return false;
	}
	if (control_of(s)->nqueue == 0) {
		sooner(wait, perf_run_until_cut(&s->run, now));
		sooner(wait, left(s->alive_ns, 0, now));
	}
	return true;
}

static void
sweep(struct perf_host *h)
{
	size_t i = 0;

	while (i < h->npeers) {
		if (!h->peers[i]->is_dead) {
			i++;
			continue;
		}
		perf_link_close(&h->peers[i]->link);
		free(h->peers[i]);
		h->peers[i] = h->peers[--h->npeers];
	}
}

void
perf_host_work(struct perf_host *h, uint64_t now, uint64_t *wait)
{
	struct perf_peer *peer;
	size_t i = 0;

	*wait = UINT64_MAX;
	while (i < h->nsessions) {
		if (work_session(h, h->sessions[i], now, wait))
			i++;
	}
	for (i = 0; i < h->npeers; i++) {
		peer = h->peers[i];
		if (peer->session != NULL || peer->is_dead)
			continue;
		if (left(peer->since_ns, PERF_STEP_NS, now) == 0)
			fail_peer(h, peer, "silent for too long");
		else
			sooner(wait, left(peer->since_ns, PERF_STEP_NS, now));
	}
	sweep(h);
}

void
perf_host_fini(struct perf_host *h)
{
	size_t i;

	while (h->nsessions > 0)
		fail_session(h, h->sessions[0], "the server ends");
	for (i = 0; i < h->npeers; i++)
		h->peers[i]->is_dead = true;
	sweep(h);
}
