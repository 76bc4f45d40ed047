/*
 * perf_client: the client's loop.
 *
 * Guarantees: it waits in poll() alone; each step ends within its limit, and
 * a test when the server has been silent for too long; SIGINT or SIGTERM ends
 * the test early, with the summary of what was measured, and a second one at
 * once.
 */

#include "perf_client.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "perf_page.h"
#include "perf_print.h"
#include "show.h"

#define NS UINT64_C(1000000000)
/* After a signal, the server has this long for its part of the result. */
#define SIGNAL_NS (3 * NS)
#define NFDS (1 + 2 * PERF_ASSOCS_MAX)

static bool
is_quiet(const struct perf_client *c)
{
	return c->cli->is_json;
}

/* A line for each interval that is complete. */
static void
show_intervals(struct perf_client *c, bool is_end)
{
	const struct perf_params *p = &c->run.p;
	const json_t *interval;
	uint64_t moved;
	double done;

	while ((interval = perf_doc_next(&c->doc, is_end)) != NULL) {
		if (is_quiet(c))
			continue;
		moved = p->to_client && !p->to_server ? perf_run_rx(&c->run) :
							perf_run_tx(&c->run);
		done = p->bytes != 0 ?
		    (double)moved / (double)p->bytes :
		    json_number_value(json_object_get(interval, "end")) * 1e3 /
			p->time_ms;
		perf_print_interval(stdout, p, interval, done > 1 ? 1 : done);
		if (cli_flush() != CLI_OK)
			perf_client_over(c, CLI_FAILED,
			    "ended, as its figures cannot be written");
	}
}

/*
 * Limits of time
 */

static void
check_limits(struct perf_client *c, uint64_t now)
{
	bool is_test = c->step == PERF_RUNNING || c->step == PERF_FINISHING;

	if (c->signal != 0 && now - c->signal_ns >= SIGNAL_NS)
		perf_client_over(c, 0,
		    "interrupted, and the server has not "
		    "told its part");
	else if (!is_test && now - c->step_ns >= PERF_STEP_NS)
		perf_client_over(c, CLI_NO_PEER,
		    "no answer in %g s: is \"gsctp perf -s\" there, and at "
		    "this UDP port?",
		    perf_seconds(PERF_STEP_NS));
	else if (is_test && now - c->heard_ns >= c->cli->idle_ns)
		perf_client_over(c, CLI_LOST,
		    "the server is gone: not a word for %g s",
		    perf_seconds(c->cli->idle_ns));
}

/* Until the next of them. */
static uint64_t
until_limit(const struct perf_client *c, uint64_t now)
{
	bool is_test = c->step == PERF_RUNNING || c->step == PERF_FINISHING;
	uint64_t at =
	    is_test ? c->heard_ns + c->cli->idle_ns : c->step_ns + PERF_STEP_NS;

	if (c->signal != 0 && c->signal_ns + SIGNAL_NS < at)
		at = c->signal_ns + SIGNAL_NS;
	if (c->step == PERF_RUNNING && c->alive_ns < at)
		at = c->alive_ns;
	return at > now ? at - now : 0;
}

/*
 * Signals
 */

static void
on_signal(struct perf_client *c, int fd)
{
	int sig = cli_signal_read(fd);

	if (sig != SIGINT && sig != SIGTERM)
		return;
	if (c->signal != 0 || c->step != PERF_RUNNING) {
		c->signal = sig;
		perf_client_over(c, 0, "interrupted");
		return;
	}
	c->signal = sig;
	c->signal_ns = perf_now();
	if (perf_run_stop(&c->run) != 0 ||
	    perf_link_control(&c->links[0], "stop", NULL) != 0)
		perf_client_over(c, 0, "interrupted");
}

/*
 * The loop
 */

static void
failed(struct perf_client *c, int err)
{
	if (err == -EBADMSG)
		perf_client_over(c, CLI_LOST,
		    "the server does not speak this protocol");
	else if (err == -EMSGSIZE)
		perf_client_over(c, CLI_FAILED,
		    "a message does not fit the send buffer: -o sndbuf=N");
	else if (err == -EOPNOTSUPP)
		perf_client_over(c, CLI_FAILED,
		    "the engine cannot send that: --pr prio, or unordered "
		    "messages with --pr that are longer than a packet");
	else if (err != -ECANCELED)
		perf_client_over(c, cli_code(err), "%s", gsctp_strerror(err));
}

/* Send and begin what there is.  In *wait, until there is more. */
static int
work(struct perf_client *c, uint64_t now, uint64_t *wait)
{
	uint64_t next;
	unsigned int i;
	int err = 0;

	*wait = UINT64_MAX;
	for (i = 0; i < c->nlinks && err == 0; i++) {
		if (!c->links[i].is_blocked)
			err = perf_link_flush(&c->links[i]);
		if (err == -EAGAIN)
			err = 0;
	}
	if (err == 0)
		err = perf_run_send(&c->run, now, wait);
	if (err == 0 && c->step == PERF_RUNNING && !c->run.is_stopped)
		err = perf_setup_begin(&c->setup, now);
	if (err == 0)
		err = perf_client_advance(c, now);
	if (c->step == PERF_RUNNING)
		perf_doc_own(&c->doc, perf_run_cut(&c->run, now, false));
	show_intervals(c, false);
	next = perf_run_until_cut(&c->run, now);
	if (c->step == PERF_RUNNING && next < *wait)
		*wait = next;
	next = until_limit(c, now);
	if (next < *wait)
		*wait = next;
	return err;
}

static nfds_t
gather(const struct perf_client *c, int signals, struct pollfd *fds)
{
	nfds_t n = 0;
	unsigned int i;

	fds[n++] = (struct pollfd){ .fd = signals, .events = POLLIN };
	for (i = 0; i < c->nlinks; i++)
		fds[n++] = (struct pollfd){ .fd = c->links[i].fd,
			.events = perf_link_events(&c->links[i]) };
	for (i = 0; i < c->setup.n; i++)
		fds[n++] = (struct pollfd){ .fd = c->setup.slots[i].fd,
			.events = POLLIN };
	return n;
}

static int
serve(struct perf_client *c, const struct pollfd *fds)
{
	const unsigned int nlinks = c->nlinks;
	const unsigned int nslots = c->setup.n;
	unsigned int i;
	int err = 0;

	if (fds[0].revents != 0)
		on_signal(c, fds[0].fd);
	for (i = 0; i < nlinks && err == 0; i++) {
		if (fds[1 + i].revents & POLLOUT)
			c->links[i].is_blocked = false;
		if (fds[1 + i].revents & POLLIN)
			err = perf_link_read(&c->links[i], &perf_client_reader,
			    c);
	}
	for (i = 0; i < nslots && err == 0; i++) {
		if (fds[1 + nlinks + i].revents != 0)
			err = perf_setup_read(&c->setup, i, &c->run);
	}
	return err;
}

static void
loop(struct perf_client *c, int signals)
{
	static struct pollfd fds[NFDS];
	struct timespec ts;
	uint64_t now, wait;
	nfds_t n;
	int err;

	while (c->step != PERF_OVER) {
		now = perf_now();
		check_limits(c, now);
		err = work(c, now, &wait);
		if (err != 0) {
			failed(c, err);
			break;
		}
		if (c->step == PERF_OVER)
			break;
		n = gather(c, signals, fds);
		ts.tv_sec = (time_t)(wait / NS);
		ts.tv_nsec = (long)(wait % NS);
		if (ppoll(fds, n, &ts, NULL) > 0)
			err = serve(c, fds);
		if (err != 0)
			failed(c, err);
	}
}

/*
 * The result
 */

static json_t *
document(struct perf_client *c)
{
	const bool has_times = c->run.asks || c->run.p.mode == PERF_SETUP;
	struct perf_totals t = { .theirs = c->theirs };
	json_t *own = perf_run_result(&c->run);
	json_t *doc;

	if (c->over_ns == 0 && c->run.is_running) {
		c->over_ns = perf_now();
		perf_doc_own(&c->doc, perf_run_cut(&c->run, c->over_ns, true));
	}
	show_intervals(c, true);
	t.own = own;
	t.failures = c->run.failures;
	if (c->run.is_running)
		t.seconds = perf_seconds(c->over_ns - c->run.began_ns);
	/* The last answer ends a latency test, and not what came after it. */
	if (has_times && c->run.times_ns > c->run.began_ns)
		t.seconds = perf_seconds(c->run.times_ns - c->run.began_ns);
	if (has_times)
		t.times = perf_times_json(c->run.times, true);
	if (c->signal != 0)
		t.problem = *c->problem != '\0' ? c->problem : "interrupted";
	else if (c->code != 0)
		t.problem = c->problem;
	doc = perf_doc_make(&c->doc, &t, c->where);
	json_decref(own);
	return doc;
}

static int
print_result(struct perf_client *c)
{
	json_t *doc = document(c);
	int code = CLI_OK;
	int err;

	if (c->cli->report != NULL)
		code = perf_page_write(c->cli->report, doc);
	if (!c->cli->is_json) {
		perf_print_end(stdout, &c->run.p, doc);
		json_decref(doc);
		if (cli_flush() != CLI_OK)
			code = CLI_FAILED;
	} else {
		err = show_print_json(doc, stdout);
		if (err != 0)
			code = cli_output_failed(err);
	}
	return code;
}

static int
finish(struct perf_client *c)
{
	int code = CLI_OK;

	if (c->run.is_running || c->cli->is_json)
		code = print_result(c);
	if (c->signal != 0)
		return cli_signal_code(c->signal);
	if (c->code != CLI_OK)
		cli_warn("%s: %s", c->where, c->problem);
	return c->code != CLI_OK ? c->code : code;
}

/*
 * Start and end
 */

static int
begin(struct perf_client *c)
{
	const struct perf_cli *cli = c->cli;
	int n, code;

	n = net_resolve(&cli->net, cli->hosts, cli->nhosts, cli->port, c->peers,
	    NET_ADDRS);
	if (n < 0)
		return -n;
	c->npeers = (size_t)n;
	(void)snprintf(c->where, sizeof(c->where), "%s",
	    net_addr_text(&c->peers[0]));
	code = net_start(&cli->net);
	if (code != 0)
		return code;
	c->setup.peers = c->peers;
	c->setup.npeers = c->npeers;
	if (cli->p.mode == PERF_SETUP)
		code = perf_setup_init(&c->setup, cli, cli->p.assocs);
	if (code == 0)
		code = perf_client_connect(c, 0);
	if (code != 0 || is_quiet(c))
		return code;
	perf_print_start(stdout, &cli->p, c->where);
	return cli_flush();
}

int
perf_client(const struct perf_cli *cli)
{
	struct perf_client *c = calloc(1, sizeof(*c));
	int signals = cli_signals();
	int code = CLI_FAILED;
	unsigned int i;

	if (c == NULL || signals < 0)
		goto out;
	c->cli = cli;
	if (perf_run_init(&c->run, &cli->p, false) != 0 ||
	    perf_doc_init(&c->doc, &cli->p) != 0) {
		code = cli_error("memory", -ENOMEM);
		goto out;
	}
	c->step_ns = perf_now();
	code = begin(c);
	if (code == 0) {
		loop(c, signals);
		code = finish(c);
	}
	for (i = 0; i < c->nlinks; i++)
		perf_link_close(&c->links[i]);
	perf_setup_fini(&c->setup);
	(void)gsctp_stack_stop(c->code == CLI_OK && c->theirs ? 2000 : 0);
	json_decref(c->theirs);
	perf_doc_fini(&c->doc);
	perf_run_fini(&c->run);
out:
	free(c);
	if (signals >= 0)
		(void)close(signals);
	return code;
}
