/* doctor: gsctp doctor, its command line and the order of what is looked at.
 * See doctor.h. */

#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define TIMEOUT_MS 3000
#define STOP_MS 3000

static const char help[] =
    "gsctp doctor                      what works on this host\n"
    "gsctp doctor example.org          and on the way to another\n"
    "gsctp doctor 192.0.2.1 3868       does somebody listen on SCTP port 3868?\n"
    "gsctp doctor --json >report       for programs\n"
    "\n"
    "Usage: gsctp doctor [OPTIONS] [HOST [PORT]]\n"
    "Each line is ok, a note (it works, but) or a problem, with what to do.\n"
    "The exit code is 0 where there is no problem, 1 where there is.\n"
    "\n"
    "  --timeout TIME         how long to wait for an association [3s]\n"
    "  --json                 an object a line\n"
    "\n";

enum {
	OPT_TIMEOUT = 256,
	OPT_JSON,
};

static const struct option longs[] = {
	NET_LONG,
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int
take_option(struct doctor *d, int c, const char *arg)
{
	switch (c) {
	case OPT_TIMEOUT:
		return cli_time_ms("--timeout", arg, &d->timeout_ms);
	case OPT_JSON:
		d->is_json = true;
		return 0;
	default:
		/* getopt_long() has said what is wrong. */
		return net_is_option(c) ? net_take_option(&d->net, c, arg) :
					  cli_usage("see the help");
	}
}

/* Where peers are: as the stack has it. */
static uint16_t
peer_udp_port(const struct doctor *d)
{
	const char *text = getenv("GSCTP_PEER_UDP_PORT");

	if (d->net.peer_udp_port != 0)
		return d->net.peer_udp_port;
	return text != NULL ? (uint16_t)strtoul(text, NULL, 10) :
			      DOCTOR_UDP_PORT;
}

static int
take_arguments(struct doctor *d, int argc, char **argv)
{
	uint64_t port;
	int err;

	if (argc > 2)
		return cli_usage("%s: there is one too many", argv[2]);
	if (argc > 0)
		d->host = argv[0];
	if (argc > 1) {
		err = cli_number("PORT", argv[1], 1, UINT16_MAX, &port);
		if (err != 0)
			return err;
		d->port = (uint16_t)port;
		d->has_port = true;
	}
	if (d->net.is_raw &&
	    (d->net.udp_port != NULL || d->net.peer_udp_port != 0))
		return cli_usage("--raw-ip has no UDP port");
	d->peer_udp_port = peer_udp_port(d);
	return 0;
}

/* In the order in which one thing explains the next. */
static void
examine_host(struct doctor *d)
{
	doctor_library(d);
	doctor_addresses(d);
	doctor_kernel_sctp(d);
	doctor_raw_ip(d);
	doctor_sandbox(d);
	doctor_run_directory(d);
	doctor_buffers(d);
	doctor_offload(d);
}

static void
examine_peer(struct doctor *d)
{
	doctor_name(d);
	doctor_routes(d);
	if (d->signal == 0)
		doctor_peer(d);
	if (d->signal == 0 && !d->net.is_raw)
		doctor_path_mtu(d);
}

static int
examine(struct doctor *d)
{
	if (d->host != NULL)
		doctor_resolve(d);
	d->signal_fd = cli_signals();
	if (d->signal_fd < 0)
		return CLI_FAILED;
	examine_host(d);
	if (d->host != NULL)
		examine_peer(d);
	if (d->signal == 0)
		doctor_say_end(d);
	if (d->is_started)
		(void)gsctp_stack_stop(STOP_MS);
	if (d->signal != 0)
		return cli_signal_code(d->signal);
	if (d->code != 0)
		return d->code;
	return d->problems > 0 ? CLI_FAILED : CLI_OK;
}

int
doctor_main(int argc, char **argv)
{
	static struct doctor d = { .port = 7, .timeout_ms = TIMEOUT_MS };
	int c, err;

	while (
	    (c = getopt_long(argc, argv, "h" NET_SHORT, longs, NULL)) != -1) {
		if (c == 'h')
			return net_print_help(help);
		err = take_option(&d, c, optarg);
		if (err != 0)
			return err;
	}
	err = take_arguments(&d, argc - optind, argv + optind);
	return err != 0 ? err : examine(&d);
}
