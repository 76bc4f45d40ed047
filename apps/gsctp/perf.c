/*
 * perf: how fast is it?  The command line; perf.h has the protocol.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "perf_cli.h"

static const char help[] =
    "Usage: gsctp perf -s [OPTIONS]           serve tests\n"
    "       gsctp perf -c HOST [OPTIONS]      run one\n"
    "\n"
    "  gsctp perf -s                          in one terminal, and in another\n"
    "  gsctp perf -c 127.0.0.1                how much goes through, for 10 s\n"
    "  gsctp perf -c HOST -R -P 4 -t 30       from the server, 4 associations\n"
    "  gsctp perf -c HOST --latency --report page.html\n"
    "  gsctp perf -c HOST --setup -P 8        associations a second\n"
    "\n"
    "  -p, --port N           SCTP port of the server [5201]; -s: 0 is any\n"
    "  -t, --time TIME        how long [10]: 5, 500ms, 2m\n"
    "  -n, --bytes SIZE       how much, in place of how long: 100m\n"
    "  -l, --length SIZE      of a message [16384; with --latency 64]\n"
    "  -P, --associations N   at once [1]       --streams N   of each [1]\n"
    "  -R, --reverse          the server sends  --bidir       both do\n"
    "  -b, --rate RATE        bits a second, in all, each way: 10m\n"
    "      --unordered        messages need not come in order\n"
    "      --pr ttl:MS|rtx:N|prio:N  what is late may be given up\n"
    "  -i, --interval TIME    a line each [1]\n"
    "      --latency          round trips       --setup       set-ups\n"
    "      --json             one object, when it is over\n"
    "      --report FILE      a page with charts\n"
    "      --idle TIME        silence that ends a test [30]\n"
    "  -1, --one-off          -s: end after one test\n"
    "\n";

enum own_option {
	OPT_STREAMS = 0x100,
	OPT_BIDIR,
	OPT_UNORDERED,
	OPT_PR,
	OPT_LATENCY,
	OPT_SETUP,
	OPT_JSON,
	OPT_REPORT,
	OPT_IDLE,
	OPT_HELP,
};

static const char shorts[] = "sc:p:t:n:l:P:Rb:i:1h" NET_SHORT;
static const struct option longs[] = {
	{ "server", no_argument, NULL, 's' },
	{ "client", required_argument, NULL, 'c' },
	{ "port", required_argument, NULL, 'p' },
	{ "time", required_argument, NULL, 't' },
	{ "bytes", required_argument, NULL, 'n' },
	{ "length", required_argument, NULL, 'l' },
	{ "associations", required_argument, NULL, 'P' },
	{ "streams", required_argument, NULL, OPT_STREAMS },
	{ "reverse", no_argument, NULL, 'R' },
	{ "bidir", no_argument, NULL, OPT_BIDIR },
	{ "rate", required_argument, NULL, 'b' },
	{ "unordered", no_argument, NULL, OPT_UNORDERED },
	{ "pr", required_argument, NULL, OPT_PR },
	{ "interval", required_argument, NULL, 'i' },
	{ "latency", no_argument, NULL, OPT_LATENCY },
	{ "setup", no_argument, NULL, OPT_SETUP },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "report", required_argument, NULL, OPT_REPORT },
	{ "idle", required_argument, NULL, OPT_IDLE },
	{ "one-off", no_argument, NULL, '1' },
	{ "help", no_argument, NULL, 'h' },
	NET_LONG,
	{ NULL, 0, NULL, 0 },
};

/* What was given, and not what is the default. */
struct given {
	const char *host;
	bool is_reverse, is_bidir, is_latency, is_setup;
	bool is_client_option; /* one that has no meaning with -s */
};

static int
take_pr(struct perf_params *p, const char *arg)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} policies[] = {
		{ "ttl:", GSCTP_PR_TTL },
		{ "rtx:", GSCTP_PR_RTX },
		{ "prio:", GSCTP_PR_PRIO },
	};
	uint64_t v;
	size_t i;
	int err;

	for (i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		if (strncmp(arg, policies[i].name, strlen(policies[i].name)))
			continue;
		err = cli_number("--pr", arg + strlen(policies[i].name),
		    policies[i].flag == GSCTP_PR_TTL ? 1 : 0, UINT32_MAX, &v);
		if (err != 0)
			return err;
		if (policies[i].flag == GSCTP_PR_PRIO)
			return cli_usage("--pr prio: the engine has no "
					 "priorities: ttl:MS or rtx:N");
		p->pr_flag = policies[i].flag;
		p->pr_value = (uint32_t)v;
		return 0;
	}
	return cli_usage("--pr %s: not ttl:MS, rtx:N or prio:N", arg);
}

static int
take_time(const char *option, const char *arg, uint32_t min, uint32_t *out)
{
	int ms;
	int err = cli_time_ms(option, arg, &ms);

	if (err != 0)
		return err;
	if ((uint32_t)ms < min || ms > PERF_TIME_MAX_MS)
		return cli_usage("%s %s: not from %g s to a day", option, arg,
		    min / 1e3);
	*out = (uint32_t)ms;
	return 0;
}

static int
take_number(const char *option, const char *arg, uint16_t max, uint16_t *out)
{
	uint64_t v;
	int err = cli_number(option, arg, 1, max, &v);

	if (err == 0)
		*out = (uint16_t)v;
	return err;
}

/* Those that describe a test. */
static int
take_param(struct perf_params *p, int c, const char *arg)
{
	uint64_t v;
	int err;

	switch (c) {
	case 't':
		return take_time("-t", arg, 1, &p->time_ms);
	case 'i':
		return take_time("-i", arg, PERF_INTERVAL_MIN_MS,
		    &p->interval_ms);
	case 'n':
		return cli_size("-n", arg, 1, INT64_MAX, &p->bytes);
	case 'b':
		return cli_size("-b", arg, 1, INT64_MAX, &p->rate);
	case 'l':
		err = cli_size("-l", arg, 1, PERF_LENGTH_MAX, &v);
		if (err == 0)
			p->length = (uint32_t)v;
		return err;
	case 'P':
		return take_number("-P", arg, PERF_ASSOCS_MAX, &p->assocs);
	case OPT_STREAMS:
		return take_number("--streams", arg, PERF_STREAMS_MAX,
		    &p->streams);
	case OPT_UNORDERED:
		p->unordered = true;
		return 0;
	default:
		return take_pr(p, arg);
	}
}

/* The rest.  0 or an exit code. */
static int
take_other(struct perf_cli *cli, struct given *g, int c, const char *arg)
{
	uint32_t ms = 0;
	uint64_t v;
	int err = 0;

	switch (c) {
	case 's':
		cli->is_server = true;
		break;
	case 'c':
		g->host = arg;
		break;
	case 'p':
		cli->port = arg;
		return cli_number("-p", arg, 0, UINT16_MAX, &v);
	case 'R':
		g->is_reverse = true;
		break;
	case OPT_BIDIR:
		g->is_bidir = true;
		break;
	case OPT_LATENCY:
		g->is_latency = true;
		break;
	case OPT_SETUP:
		g->is_setup = true;
		break;
	case OPT_JSON:
		cli->is_json = true;
		break;
	case OPT_REPORT:
		cli->report = arg;
		break;
	case OPT_IDLE:
		err = take_time("--idle", arg, 2000, &ms);
		if (err == 0)
			cli->idle_ns = ms * UINT64_C(1000000);
		break;
	case '1':
		cli->is_one_off = true;
		break;
	default:
		return net_is_option(c) ? net_take_option(&cli->net, c, arg) :
					  cli_usage("what is that?");
	}
	return err;
}

static bool
is_param(int c)
{
	switch (c) {
	case 't':
	case 'i':
	case 'n':
	case 'b':
	case 'l':
	case 'P':
	case OPT_STREAMS:
	case OPT_UNORDERED:
	case OPT_PR:
		return true;
	default:
		return false;
	}
}

static bool
is_of_client(int c)
{
	return is_param(c) || c == 'R' || c == OPT_BIDIR || c == OPT_LATENCY ||
	    c == OPT_SETUP || c == OPT_REPORT;
}

/* What goes together. */
static int
complete(struct perf_cli *cli, const struct given *g)
{
	struct perf_params *p = &cli->p;
	const char *problem;

	if (cli->is_server && (g->host != NULL || g->is_client_option))
		return cli_usage("-s takes what a test is from its client");
	if (!cli->is_server && cli->nhosts == 0)
		return cli_usage("-s, or -c HOST");
	if (cli->is_server)
		return cli->nhosts == 0 ? 0 :
					  cli_usage("-s takes no host: --bind");
	if (g->is_reverse + g->is_bidir + g->is_latency + g->is_setup > 1)
		return cli_usage("one of -R, --bidir, --latency, --setup");
	if (p->time_ms != 0 && p->bytes != 0)
		return cli_usage("-t or -n, not both");
	if (g->is_setup && (p->bytes != 0 || p->rate != 0 || p->pr_flag != 0))
		return cli_usage("--setup sends nothing: -t and -P alone");
	if (g->is_latency && p->pr_flag != 0)
		return cli_usage("--latency waits for each answer: no --pr");
	p->mode = g->is_latency ? PERF_LATENCY :
	    g->is_setup		? PERF_SETUP :
				  PERF_THROUGHPUT;
	p->to_client = g->is_reverse || g->is_bidir;
	p->to_server = p->mode == PERF_THROUGHPUT && !g->is_reverse;
	if (p->length == 0)
		p->length = p->mode == PERF_THROUGHPUT ? 16384 : 64;
	if (p->time_ms == 0 && p->bytes == 0)
		p->time_ms = 10000;
	problem = perf_params_check(p);
	return problem == NULL ? 0 : cli_usage("%s", problem);
}

/*
 * HOST of -c and whatever follows the options: the addresses of one server.
 */
static int
take_hosts(struct perf_cli *cli, const char *host, char **rest, int n)
{
	static char *hosts[NET_ADDRS];

	if (host != NULL)
		hosts[cli->nhosts++] = (char *)(uintptr_t)host;
	while (n-- > 0) {
		if (cli->nhosts == NET_ADDRS)
			return cli_usage("more than %d addresses", NET_ADDRS);
		hosts[cli->nhosts++] = *rest++;
	}
	cli->hosts = hosts;
	return 0;
}

size_t
perf_socket_opts(const struct perf_params *p, struct gsctp_opt *opts)
{
	const uint32_t streams =
	    p->mode == PERF_SETUP ? 1 : p->streams + UINT32_C(1);
	const uint32_t room = 2 * (p->length + UINT32_C(1024));
	size_t n = 0;

	opts[n++] = (struct gsctp_opt)GSCTP_TYPE(GSCTP_STREAM);
	opts[n++] = (struct gsctp_opt)GSCTP_SEND_TIMEOUT_MS(0);
	opts[n++] =
	    (struct gsctp_opt)GSCTP_INITMSG(.num_ostreams = gsctp_def(streams),
		.max_instreams = gsctp_def(streams));
	/* A message has to fit. */
	if (room > 262144)
		opts[n++] = (struct gsctp_opt)GSCTP_SNDBUF(room);
	/* A question must not wait for the answer before it. */
	if (p->mode == PERF_LATENCY)
		opts[n++] = (struct gsctp_opt)GSCTP_NODELAY(true);
	return n;
}

int
perf_main(int argc, char **argv)
{
	static struct perf_cli cli = { .port = PERF_SERVER_PORT_TEXT,
		.idle_ns = UINT64_C(30000000000) };
	struct given g = { .host = NULL };
	int c, err = 0;

	cli.p.streams = cli.p.assocs = 1;
	cli.p.interval_ms = 1000;
	while (err == 0 &&
	    (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (c == 'h')
			return net_print_help(help);
		g.is_client_option = g.is_client_option || is_of_client(c);
		if (c == '?')
			err = cli_usage("see what is above");
		else if (is_param(c))
			err = take_param(&cli.p, c, optarg);
		else
			err = take_other(&cli, &g, c, optarg);
	}
	if (err == 0)
		err = take_hosts(&cli, g.host, argv + optind, argc - optind);
	if (err == 0)
		err = complete(&cli, &g);
	if (err != 0)
		return err;
	return cli.is_server ? perf_server(&cli) : perf_client(&cli);
}
