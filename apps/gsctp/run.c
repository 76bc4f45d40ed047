/* run: gsctp run, its command line and exec.  See run.h. */

#include "run.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "show.h"

static const char help[] =
    "gsctp run ncat --sctp -l 5001            a program that knows no gsctp\n"
    "gsctp run --pcap %p.pcapng ./server -v   what it sends, for Wireshark\n"
    "gsctp run --faults loss=5% sh test.sh    on a bad network\n"
    "gsctp run --check ./server               can its SCTP be caught?\n"
    "\n"
    "Usage: gsctp run [OPTIONS] PROGRAM ARGUMENT...\n"
    "The SCTP sockets of the program, and of those that it starts, are gsctp's.\n"
    "\n"
    "  -u, --udp-port N       local UDP port: a number, 0 (any), or auto [auto]\n"
    "  --peer-udp-port N      the peer's UDP port [9899, or what is registered]\n"
    "  --addrs ADDR,ADDR      the local addresses to use, numeric [every one]\n"
    "  --raw-ip               SCTP in IP itself: wants CAP_NET_RAW\n"
    "  --pcap FILE            capture every packet; %p is the process's id\n"
    "  --faults SPEC          loss=5%,reorder=5%,delay=20ms~5ms,seed=7 ...\n"
    "  --log error|warn|info|debug  what happens, to standard error\n"
    "  --force                run what cannot be caught: what it starts may be\n"
    "  --check                run nothing: can it be caught, and why; 0 or 1\n"
    "  --json                 the same as an object\n"
    "\n"
    "The exit code is the program's; 125 where gsctp run refuses, 126 where\n"
    "it cannot be run, 127 where there is none.\n";

enum {
	OPT_PEER_UDP_PORT = 256,
	OPT_ADDRS,
	OPT_RAW_IP,
	OPT_PCAP,
	OPT_FAULTS,
	OPT_LOG,
	OPT_FORCE,
	OPT_CHECK,
	OPT_JSON,
};

static const struct option longs[] = {
	{ "udp-port", required_argument, NULL, 'u' },
	{ "peer-udp-port", required_argument, NULL, OPT_PEER_UDP_PORT },
	{ "addrs", required_argument, NULL, OPT_ADDRS },
	{ "raw-ip", no_argument, NULL, OPT_RAW_IP },
	{ "pcap", required_argument, NULL, OPT_PCAP },
	{ "faults", required_argument, NULL, OPT_FAULTS },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int
take_option(struct run_args *a, int c, const char *arg)
{
	switch (c) {
	case 'u':
		a->udp_port = arg;
		break;
	case OPT_PEER_UDP_PORT:
		a->peer_udp_port = arg;
		break;
	case OPT_ADDRS:
		a->addrs = arg;
		break;
	case OPT_RAW_IP:
		a->is_raw = true;
		break;
	case OPT_PCAP:
		a->pcap = arg;
		break;
	case OPT_FAULTS:
		a->faults = arg;
		break;
	case OPT_LOG:
		a->log = arg;
		break;
	case OPT_FORCE:
		a->is_forced = true;
		break;
	case OPT_CHECK:
		a->is_check = true;
		break;
	case OPT_JSON:
		a->is_json = true;
		break;
	default:
		/* getopt_long() has said what is wrong. */
		return cli_usage("see the help");
	}
	return 0;
}

/*
 * --check
 */

static const char *const verdicts[] = { "caught", "unsure", "not caught" };

static int
print_json(const struct run_check *c, const char *library)
{
	json_t *steps = json_array(), *o;
	size_t i;
	int err;

	for (i = 0; i < c->nsteps; i++)
		(void)json_array_append_new(steps,
		    json_pack("{ss ss ss}", "path", c->steps[i].path, "verdict",
			verdicts[c->steps[i].verdict], "text",
			c->steps[i].text));
	o = json_pack("{ss ss sb ss so}", "type", "check", "verdict",
	    verdicts[c->verdict], "caught", c->verdict == RUN_CAUGHT, "library",
	    library, "steps", steps);
	err = o != NULL ? show_print_json(o, stdout) : -ENOMEM;
	return err != 0 ? cli_error("standard output", err) : CLI_OK;
}

/* yes /usr/bin/ncat: is a dynamic program (ld-linux-x86-64.so.2) */
static int
print_text(const struct run_check *c)
{
	static const char *const marks[] = { "yes", "perhaps", "no" };
	size_t i;

	for (i = 0; i < c->nsteps; i++)
		printf("%-8s%s: %s\n", marks[c->steps[i].verdict],
		    c->steps[i].path, c->steps[i].text);
	return fflush(stdout) != 0 ? cli_error("standard output", -errno) :
				     CLI_OK;
}

static int
print_check(const struct run_args *a, const struct run_check *c,
    const char *library)
{
	int code;

	code = a->is_json ? print_json(c, library) : print_text(c);
	if (code == CLI_OK && c->verdict != RUN_CAUGHT)
		code = CLI_FAILED;
	return code;
}

/*
 * The program
 */

static int
code_of(int err)
{
	return err == -ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE;
}

/* 0: it may be run. */
static int
judge(const struct run_args *a, const struct run_check *c)
{
	size_t i;

	for (i = 0; i < c->nsteps; i++)
		if (c->steps[i].verdict != RUN_CAUGHT)
			cli_warn("%s: %s", c->steps[i].path, c->steps[i].text);
	if (c->error != 0)
		return code_of(c->error);
	if (c->verdict != RUN_NOT_CAUGHT || a->is_forced)
		return 0;
	cli_warn("it would not be caught: --force runs it all the same, as "
		 "what it starts may be");
	return RUN_REFUSED;
}

static int
run(const struct run_args *a, char **argv)
{
	static struct run_check c;
	char library[PATH_MAX];
	int err;

	err = run_find_library(library, sizeof(library));
	if (err == 0)
		err = run_check(library, argv, &c);
	if (err != 0)
		return err;
	if (a->is_check)
		return print_check(a, &c, library);
	err = judge(a, &c);
	if (err == 0)
		err = run_set_environment(a, library);
	if (err != 0)
		return err;
	(void)execvp(argv[0], argv);
	err = -errno;
	cli_warn("%s: %s", argv[0], strerror(-err));
	return code_of(err);
}

int
run_main(int argc, char **argv)
{
	static struct run_args a;
	int c;

	/* "+": what is behind the program is its own. */
	while ((c = getopt_long(argc, argv, "+hu:", longs, NULL)) != -1) {
		if (c == 'h')
			return fputs(help, stdout) < 0 || fflush(stdout) != 0 ?
			    CLI_FAILED :
			    CLI_OK;
		if (take_option(&a, c, optarg) != 0)
			return RUN_REFUSED;
	}
	if (optind == argc) {
		(void)cli_usage("which program?");
		return RUN_REFUSED;
	}
	if (a.is_json && !a.is_check) {
		(void)cli_usage("--json goes with --check");
		return RUN_REFUSED;
	}
	c = run(&a, argv + optind);
	/* 1 and 2 are the program's, but for the answer of --check. */
	return c != 0 && c < RUN_REFUSED && !a.is_check ? RUN_REFUSED : c;
}
