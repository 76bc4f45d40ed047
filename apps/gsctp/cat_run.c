/*
 * cat_run: the loop of "gsctp cat".
 *
 * It waits in poll() for what it can go on with, and for nothing else: for
 * input while somebody takes it, for a peer while there is room for what it
 * says.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cat.h"
#include "cli.h"

/* After a signal, or where the output fails. */
#define STOP_MS 3000

uint64_t
cat_now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

void
cat_set_code(struct cat *c, int code)
{
	if (c->code == 0)
		c->code = code;
}

/*
 * Ends
 */

void
cat_finish(struct cat *c, int within_ms)
{
	uint64_t by = cat_now_ms() + (uint64_t)(within_ms > 0 ? within_ms : 0);
	struct cat_peer *p;

	/* Who has come, and perhaps gone, is heard out. */
	cat_accept(c);
	c->is_over = true;
	cat_stop_listening(c);
	for (p = c->peers; p != NULL; p = p->next) {
		if (p->state == CAT_CONNECTING && !c->opts->listens)
			p->end_by = cat_now_ms();
		else
			cat_peer_eof(c, p);
	}
	if (within_ms != CAT_NEVER && (c->stop_at == 0 || by < c->stop_at))
		c->stop_at = by;
}

static void
abort_all(struct cat *c, const char *reason)
{
	struct cat_peer *p;

	for (p = c->peers; p != NULL; p = p->next) {
		cat_peer_abort(c, p, reason);
		cat_exec_kill(p);
	}
}

void
cat_output_failed(struct cat *c, int err)
{
	if (c->out.fd < 0)
		return;
	cli_warn("standard output: %s", strerror(-err));
	cat_set_code(c, CLI_FAILED);
	cat_out_close(&c->out);
	abort_all(c, "the output cannot be written");
	cat_finish(c, STOP_MS);
}

void
cat_flush(struct cat *c, struct cat_peer *p)
{
	int err = p->out->fd >= 0 ? cat_out_flush(p->out) : 0;

	if (err == 0 && p->state == CAT_ENDED)
		cat_exec_end_input(p);
	if (err == 0 || err == -EAGAIN)
		return;
	if (p->out == &c->out)
		cat_output_failed(c, err);
	else
		cat_out_close(p->out); /* the child does not read any more */
}

static void
say_figures(const struct cat *c)
{
	cli_warn("received %ju messages, %ju bytes; sent %ju messages, %ju "
		 "bytes",
	    (uintmax_t)c->received, (uintmax_t)c->received_bytes,
	    (uintmax_t)c->sent, (uintmax_t)c->sent_bytes);
}

static void
on_signal(struct cat *c)
{
	int sig = cli_signal_read(c->signals);

	if (sig == SIGUSR1) {
		say_figures(c);
	} else if (sig != 0 && c->signal == 0) {
		c->signal = sig;
		cat_finish(c, STOP_MS);
	} else if (sig != 0) {
		abort_all(c, "interrupted");
		c->stop_at = cat_now_ms();
	}
}

/* The input has ended: when do its peers? */
static uint64_t
ends_at(const struct cat *c, const struct cat_source *s)
{
	uint64_t since = s->ended_at;

	if (!s->has_ended || s->fd < 0)
		return UINT64_MAX;
	if (s->is_bad || s != &c->in)
		return since;
	if (c->opts->wait_ms == CAT_NEVER)
		return UINT64_MAX;
	if (c->opts->wait_ms > 0 && c->last_traffic > since)
		since = c->last_traffic;
	return since + (uint64_t)c->opts->wait_ms;
}

static void
end_source(struct cat *c, struct cat_source *s)
{
	struct cat_peer *p;

	for (p = c->peers; p != NULL; p = p->next) {
		if (p->source != s || p->state != CAT_UP)
			continue;
		if (s->is_bad && p->is_mid)
			cat_peer_abort(c, p, "the input is incomplete");
		else
			cat_peer_eof(c, p);
	}
}

/*
 * Time
 */

static bool
is_idle(const struct cat *c, const struct cat_peer *p)
{
	return c->opts->idle_ms > 0 && p->state == CAT_UP && !p->wants_eof &&
	    p->last_traffic + (uint64_t)c->opts->idle_ms <= cat_now_ms();
}

static void
check_peer_time(struct cat *c, struct cat_peer *p)
{
	if (p->end_by != 0 && p->end_by <= cat_now_ms())
		cat_peer_late(c, p);
	if (!is_idle(c, p))
		return;
	cli_warn("%s: nothing came or went for %g s", p->name,
	    c->opts->idle_ms / 1e3);
	if (!c->opts->keeps)
		cat_set_code(c, CLI_NO_PEER);
	cat_peer_eof(c, p);
	p->end_by = cat_now_ms() + STOP_MS;
}

/*
 * How long somebody has to connect: nobody is as idle as can be.  With -k it
 * is each association's own, and the listener stays.
 */
static int
patience_ms(const struct cat_options *o)
{
	bool has_idle = o->idle_ms > 0 && !o->keeps;

	if (has_idle &&
	    (o->connect_ms == CAT_NEVER || o->idle_ms < o->connect_ms))
		return o->idle_ms;
	return o->connect_ms;
}

/* Somebody to connect, while nobody has. */
static bool
is_waiting(const struct cat *c)
{
	return c->opts->listens && !c->had_peer && c->listener_fd >= 0 &&
	    patience_ms(c->opts) != CAT_NEVER;
}

static void
check_time(struct cat *c)
{
	uint64_t now = cat_now_ms();
	struct cat_peer *p;

	for (p = c->peers; p != NULL; p = p->next) {
		check_peer_time(c, p);
		if (ends_at(c, p->source) <= now)
			end_source(c, p->source);
	}
	if (is_waiting(c) &&
	    c->started_at + (uint64_t)patience_ms(c->opts) <= now) {
		cli_warn("nobody has connected in %g s",
		    patience_ms(c->opts) / 1e3);
		cat_set_code(c, CLI_NO_PEER);
		cat_finish(c, 0);
	}
}

static void
earlier(uint64_t *when, uint64_t other)
{
	if (other < *when)
		*when = other;
}

/* For poll(): ms until check_time() has something to do. */
static int
time_left(const struct cat *c)
{
	uint64_t when = UINT64_MAX, now = cat_now_ms();
	const struct cat_peer *p;

	if (c->stop_at != 0)
		earlier(&when, c->stop_at);
	if (is_waiting(c))
		earlier(&when, c->started_at + (uint64_t)patience_ms(c->opts));
	for (p = c->peers; p != NULL; p = p->next) {
		if (p->end_by != 0)
			earlier(&when, p->end_by);
		if (p->state != CAT_UP || p->wants_eof)
			continue;
		earlier(&when, ends_at(c, p->source));
		if (c->opts->idle_ms > 0)
			earlier(&when,
			    p->last_traffic + (uint64_t)c->opts->idle_ms);
	}
	if (when == UINT64_MAX)
		return -1;
	return when <= now	 ? 0 :
	    when - now > 3600000 ? 3600000 :
				   (int)(when - now);
}

/*
 * What to wait for
 */

struct waits {
	struct pollfd *fds;
	size_t cap;
	int n;
	int listener, out;
};

/* Where it is in the array: the signals are at 0, so nothing else is. */
static int
add(struct waits *w, int fd, int events)
{
	struct pollfd *p = &w->fds[w->n];

	if (fd < 0 || events == 0)
		return 0;
	p->fd = fd;
	p->events = (short)events;
	p->revents = 0;
	return w->n++;
}

static bool
came(const struct waits *w, int at, int events)
{
	return at != 0 && (w->fds[at].revents & events) != 0;
}

/* Anything: what there is, an end, an error. */
#define ANY 0x7fff

static void
add_peer(const struct cat *c, struct waits *w, struct cat_peer *p)
{
	int events = 0;

	if (cat_peer_may_receive(c, p))
		events |= POLLIN;
	if (p->is_full && p->state == CAT_UP && p->source->has_part)
		events |= POLLOUT;
	p->at = add(w, p->is_open ? p->fd : -1, events);
	p->out_at =
	    add(w, p->own_out.fd, cat_out_is_empty(&p->own_out) ? 0 : POLLOUT);
	p->child_at = add(w, p->pidfd, POLLIN);
	p->own_source.at = add(w, p->own_source.fd,
	    cat_source_wants_read(c, &p->own_source) ? POLLIN : 0);
}

static int
fill(struct cat *c, struct waits *w)
{
	size_t need = 4 + 4 * c->npeers;
	struct pollfd *grown;
	struct cat_peer *p;

	if (w->cap < need) {
		grown = realloc(w->fds, 2 * need * sizeof(*grown));
		if (grown == NULL)
			return -ENOMEM;
		w->fds = grown;
		w->cap = 2 * need;
	}
	w->n = 0;
	(void)add(w, c->signals, POLLIN);
	w->listener =
	    add(w, c->listener_fd, c->npeers < c->opts->max_peers ? POLLIN : 0);
	w->out = add(w, c->out.fd, cat_out_is_empty(&c->out) ? 0 : POLLOUT);
	c->in.at =
	    add(w, c->in.fd, cat_source_wants_read(c, &c->in) ? POLLIN : 0);
	for (p = c->peers; p != NULL; p = p->next)
		add_peer(c, w, p);
	return 0;
}

/*
 * The loop
 */

/* Descriptors have something; true: there is more to do at once. */
static bool
serve(struct cat *c, const struct waits *w)
{
	struct cat_peer *p;
	bool is_busy;

	if (w->fds[0].revents != 0)
		on_signal(c);
	c->in.is_readable = came(w, c->in.at, ANY);
	for (p = c->peers; p != NULL; p = p->next) {
		if (came(w, p->at, POLLOUT))
			p->is_full = false;
		if (came(w, p->at, POLLIN))
			cat_peer_receive(c, p);
		if (came(w, p->child_at, ANY))
			cat_exec_reap(c, p);
		p->own_source.is_readable = came(w, p->own_source.at, ANY);
	}
	if (came(w, w->listener, ANY))
		cat_accept(c);
	is_busy = cat_source_run(c, &c->in);
	for (p = c->peers; p != NULL; p = p->next) {
		if (p->source == &p->own_source)
			is_busy |= cat_source_run(c, p->source);
		cat_flush(c, p);
	}
	return is_busy;
}

static void
free_ended(struct cat *c)
{
	struct cat_peer *p, *next;

	for (p = c->peers; p != NULL; p = next) {
		next = p->next;
		if (p->state == CAT_ENDED && p->pid == 0)
			cat_peer_free(c, p);
	}
}

static bool
is_done(const struct cat *c)
{
	if (c->stop_at != 0 && c->stop_at <= cat_now_ms())
		return true;
	return c->listener_fd < 0 && c->peers == NULL &&
	    cat_out_is_empty(&c->out);
}

static int
loop(struct cat *c)
{
	struct waits w = { NULL, 0, 0, 0, 0 };
	bool is_busy = false;
	int err = 0;

	while (!is_done(c)) {
		err = fill(c, &w);
		if (err != 0)
			break;
		if (poll(w.fds, (nfds_t)w.n, is_busy ? 0 : time_left(c)) < 0 &&
		    errno != EINTR) {
			err = -errno;
			break;
		}
		is_busy = serve(c, &w);
		if (!cat_out_is_empty(&c->out) && c->peers == NULL) {
			err = cat_out_flush(&c->out);
			if (err != 0 && err != -EAGAIN)
				cat_output_failed(c, err);
			err = 0;
		}
		check_time(c);
		free_ended(c);
	}
	free(w.fds);
	return err;
}

/*
 * All of it
 */

static int
start(struct cat *c, const struct sockaddr_storage *addrs, size_t naddrs)
{
	int code, err;

	c->signals = cli_signals();
	if (c->signals < 0)
		return CLI_FAILED;
	code = net_start(&c->opts->net);
	if (code != 0)
		return code;
	err = cat_out_open(&c->out, STDOUT_FILENO, false);
	if (err != 0)
		return cli_error("standard output", err);
	code = c->opts->listens ? cat_listen(c) : cat_connect(c, addrs, naddrs);
	if (code != 0)
		return code;
	err = cat_source_open(c, &c->in, STDIN_FILENO);
	return err == 0 ? 0 : cli_error("the input", err);
}

static int
exit_code(const struct cat *c)
{
	if (c->opts->is_verbose)
		say_figures(c);
	if (c->signal != 0)
		return cli_signal_code(c->signal);
	if (c->code == 0 && c->received < c->opts->count) {
		cli_warn("%ju messages came, not %ju", (uintmax_t)c->received,
		    (uintmax_t)c->opts->count);
		return CLI_NO_PEER;
	}
	return c->code;
}

int
cat_run(const struct cat_options *opts, struct sockaddr_storage *addrs,
    size_t naddrs)
{
	struct cat c;
	int code, err;

	memset(&c, 0, sizeof(c));
	c.opts = opts;
	c.listener_fd = c.in.fd = c.out.fd = -1;
	c.started_at = c.last_traffic = cat_now_ms();
	code = start(&c, addrs, naddrs);
	if (code == 0) {
		err = loop(&c);
		if (err != 0)
			cat_set_code(&c, cli_error("poll", err));
		code = exit_code(&c);
	}
	abort_all(&c, "the end takes too long");
	while (c.peers != NULL)
		cat_peer_free(&c, c.peers);
	cat_stop_listening(&c);
	(void)gsctp_stack_stop(0); /* whether it runs or not */
	cat_out_close(&c.out);
	cat_source_close(&c.in);
	if (c.signals > 0)
		close(c.signals);
	return code;
}
