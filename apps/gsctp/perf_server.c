/*
 * perf_server: the server's loop.
 *
 * Guarantees: it waits in poll() alone, and serves many clients at once;
 * SIGINT and SIGTERM end it, and so does an output that cannot be written,
 * and its clients hear of it.
 */

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "perf_session.h"
#include "show.h"

#define NS UINT64_C(1000000000)
#define BACKLOG 512
#define NFDS (2 + PERF_PEERS_MAX)

/* A client may ask for as many streams as there may be. */
static int
open_listener(const struct perf_cli *cli, gsctp_sock *out)
{
	const struct gsctp_opt opts[] = {
		GSCTP_TYPE(GSCTP_STREAM),
		GSCTP_SEND_TIMEOUT_MS(0),
		GSCTP_INITMSG(.num_ostreams = gsctp_def(PERF_STREAMS_MAX + 1)),
	};
	uint64_t port;
	int err;

	err = cli_number("-p", cli->port, 0, UINT16_MAX, &port);
	if (err == 0)
		err = net_open(&cli->net, (uint16_t)port, AF_INET6, opts, 3,
		    out);
	if (err != 0)
		return err;
	err = gsctp_listen(*out, BACKLOG);
	return err == 0 ? 0 : cli_error("listen", err);
}

static void
announce(struct perf_host *h, gsctp_sock s)
{
	struct gsctp_stack_info info = { .udp_port = 0 };
	json_t *o;
	int err;

	(void)gsctp_stack_info(&info);
	if (h->cli->is_json) {
		o = json_object();
		perf_put(o, "listening", json_integer(gsctp_port(s)));
		perf_put(o, "udp_port",
		    perf_integer(info.udp_port != 0, info.udp_port));
		err = show_print_json(o, stdout);
		if (err != 0)
			perf_host_printed(h, cli_output_failed(err));
		return;
	}
	if (info.udp_port != 0)
		printf("listening on port %d, UDP port %u\n", gsctp_port(s),
		    info.udp_port);
	else
		printf("listening on port %d\n", gsctp_port(s));
	perf_host_printed(h, cli_flush());
}

static void
accept_all(struct perf_host *h, uint64_t now)
{
	gsctp_sock s;

	while (gsctp_accept(h->listener, 0, &s) == 0)
		perf_host_accept(h, s, now);
}

static nfds_t
gather(const struct perf_host *h, int signals, struct pollfd *fds)
{
	nfds_t n = 0;
	size_t i;

	fds[n++] = (struct pollfd){ .fd = signals, .events = POLLIN };
	fds[n++] =
	    (struct pollfd){ .fd = gsctp_fd(h->listener), .events = POLLIN };
	for (i = 0; i < h->npeers; i++)
		fds[n++] = (struct pollfd){ .fd = h->peers[i]->link.fd,
			.events = perf_link_events(&h->peers[i]->link) };
	return n;
}

/* The signal that ended it, or 0.  Where nobody reads what it says, it ends
 * as well. */
static int
loop(struct perf_host *h, int signals)
{
	static struct pollfd fds[NFDS];
	struct timespec ts;
	uint64_t wait;
	size_t i, n;
	int sig;

	for (;;) {
		perf_host_work(h, perf_now(), &wait);
		if (h->code != CLI_OK)
			return 0;
		if (h->cli->is_one_off && h->nfinished > 0 && h->npeers == 0)
			return 0;
		n = h->npeers;
		ts.tv_sec = (time_t)(wait / NS);
		ts.tv_nsec = (long)(wait % NS);
		if (ppoll(fds, gather(h, signals, fds),
			wait == UINT64_MAX ? NULL : &ts, NULL) <= 0)
			continue;
		sig = fds[0].revents != 0 ? cli_signal_read(signals) : 0;
		if (sig == SIGINT || sig == SIGTERM)
			return sig;
		/* The peers are swept by the work alone: they are in their
		 * places still. */
		for (i = 0; i < n; i++) {
			if (fds[2 + i].revents != 0)
				perf_host_ready(h, h->peers[i],
				    (fds[2 + i].revents & POLLOUT) != 0);
		}
		if (fds[1].revents != 0)
			accept_all(h, perf_now());
	}
}

int
perf_server(const struct perf_cli *cli)
{
	struct perf_host *h = calloc(1, sizeof(*h));
	int signals = cli_signals();
	int code = CLI_FAILED;

	if (h == NULL || signals < 0)
		goto out;
	h->cli = cli;
	code = net_start(&cli->net);
	if (code != 0)
		goto out;
	code = open_listener(cli, &h->listener);
	if (code == 0) {
		announce(h, h->listener);
		code = loop(h, signals);
		code = code != 0 ? cli_signal_code(code) : CLI_OK;
		perf_host_fini(h);
		if (h->code != CLI_OK)
			code = h->code;
		(void)gsctp_close(h->listener);
	}
	(void)gsctp_stack_stop(1000);
out:
	free(h);
	if (signals >= 0)
		(void)close(signals);
	return code;
}
