/* serve: gsctp serve, its command line.  See serve.h. */

#include "serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* The library's largest send buffer. */
#define MESSAGE_MAX 1073741824u
#define ASSOCS_MAX 65535
#define RATE_MAX 100000000000u

static const char help[] =
    "gsctp serve echo                  what comes goes back: SCTP port 7\n"
    "gsctp serve discard 5001          what comes is counted: port 9, or 5001\n"
    "gsctp serve chargen --rate 1m     lines without end: port 19\n"
    "gsctp serve daytime               the time in one message: port 13\n"
    "\n"
    "Usage: gsctp serve [OPTIONS] echo|discard|chargen|daytime [PORT]\n"
    "SCTP ports are no ports of the system: none needs a privilege; 0 is any.\n"
    "\n"
    "Limits\n"
    "  --max-assocs N         associations at once; more are refused [256]\n"
    "  --max-message SIZE     a longer one ends its association [1mi]\n"
    "  --rate SIZE            bytes a second of each association [no limit]\n"
    "  --idle TIME            ends what is quiet for so long [no limit]\n"
    "  --grace TIME           for what ends; then it is aborted [5s]\n"
    "\n"
    "What it says\n"
    "  --events               every event of an association\n"
    "  --json                 on standard output, an object a line\n"
    "  SIGUSR1                statistics, with every association\n"
    "  SIGTERM, SIGINT        shut down and end with 0; again: at once\n"
    "\n";

enum {
	OPT_MAX_ASSOCS = 256,
	OPT_MAX_MESSAGE,
	OPT_RATE,
	OPT_IDLE,
	OPT_GRACE,
	OPT_EVENTS,
	OPT_JSON,
};

static const struct option longs[] = {
	NET_LONG,
	{ "max-assocs", required_argument, NULL, OPT_MAX_ASSOCS },
	{ "max-message", required_argument, NULL, OPT_MAX_MESSAGE },
	{ "rate", required_argument, NULL, OPT_RATE },
	{ "idle", required_argument, NULL, OPT_IDLE },
	{ "grace", required_argument, NULL, OPT_GRACE },
	{ "events", no_argument, NULL, OPT_EVENTS },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int
take_option(struct serve_options *o, int c, const char *arg)
{
	switch (c) {
	case OPT_MAX_ASSOCS:
		return cli_number("--max-assocs", arg, 1, ASSOCS_MAX,
		    &o->max_assocs);
	case OPT_MAX_MESSAGE:
		return cli_size("--max-message", arg, 1, MESSAGE_MAX,
		    &o->max_message);
	case OPT_RATE:
		return cli_size("--rate", arg, 0, RATE_MAX, &o->rate);
	case OPT_IDLE:
		return cli_time_ms("--idle", arg, &o->idle_ms);
	case OPT_GRACE:
		return cli_time_ms("--grace", arg, &o->grace_ms);
	case OPT_EVENTS:
		o->has_events = true;
		return 0;
	case OPT_JSON:
		o->is_json = true;
		return 0;
	default:
		/* getopt_long() has said what is wrong. */
		return net_is_option(c) ? net_take_option(&o->net, c, arg) :
					  cli_usage("see the help");
	}
}

static int
take_arguments(struct serve *sv, int argc, char **argv)
{
	uint64_t port;
	int err;

	if (argc < 1)
		return cli_usage("which service: echo, discard, chargen or "
				 "daytime?");
	if (argc > 2)
		return cli_usage("%s: there is one too many", argv[2]);
	sv->service = serve_service_find(argv[0]);
	if (sv->service == NULL)
		return cli_usage("%s: not echo, discard, chargen or daytime",
		    argv[0]);
	port = sv->service->port;
	if (argc == 2) {
		err = cli_number("PORT", argv[1], 0, UINT16_MAX, &port);
		if (err != 0)
			return err;
	}
	sv->opt.port = (uint16_t)port;
	return 0;
}

int
serve_main(int argc, char **argv)
{
	static struct serve sv = {
		.opt = { .max_assocs = 256,
		    .max_message = 1048576,
		    .grace_ms = 5000 },
	};
	int c, err;

	while (
	    (c = getopt_long(argc, argv, "h" NET_SHORT, longs, NULL)) != -1) {
		if (c == 'h')
			return net_print_help(help);
		err = take_option(&sv.opt, c, optarg);
		if (err != 0)
			return err;
	}
	err = take_arguments(&sv, argc - optind, argv + optind);
	return err != 0 ? err : serve_run(&sv);
}
