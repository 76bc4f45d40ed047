/* cat: the command line of "gsctp cat". */

#include "cat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "ppid.h"

#define PEERS 128
#define CONNECT_MS 10000

static const char help[] =
    "gsctp cat -l 5001 >copy                     receive a file\n"
    "gsctp cat HOST 5001 <file                   and send it\n"
    "gsctp cat -lk --exec 'sed -u s/^/-/' 5001   a server: a child each\n"
    "gsctp cat -n 1 --hex --ppid diameter HOST 3868 <cer.hex   ask, and wait\n"
    "\n"
    "gsctp cat [options] HOST... PORT    to a peer; several HOSTs: its addresses\n"
    "gsctp cat -l [-k] [options] PORT    from a peer, or -k: many; 0: any port\n"
    "\n"
    "Messages\n"
    "  (none of these)        a line each, with its newline\n"
    "  --chomp                a line each, without it, both ways\n"
    "  --size N               N bytes each\n"
    "  --length-prefix        4 bytes before each, big-endian, are its length\n"
    "  --raw                  as they are read\n"
    "  -x, --hex              a line of hexadecimal digits each\n"
    "  --json                 out: an object for each, and for each event\n"
    "  --stream N  --ppid N|NAME  --unordered  --ttl TIME  --streams OUT[:IN]\n"
    "When\n"
    "  -q, --wait TIME|never  for the peer, after the input's end [0, -l: never]\n"
    "  -n, --count N          end when so many have come\n"
    "  -w, --timeout TIME     for a peer to answer [10], -l: to come [never]\n"
    "  -i, --idle TIME        end when nothing, and nobody, comes or goes\n"
    "And\n"
    "  -e, --exec COMMAND     its input and output are the messages\n"
    "  -m, --max-peers N      of -k, at a time [128]\n"
    "  --events               events, as lines on standard error\n"
    "  -v, --verbose          say what happens\n";

enum {
	OPT_CHOMP = 256,
	OPT_SIZE,
	OPT_LENGTH_PREFIX,
	OPT_RAW,
	OPT_JSON,
	OPT_STREAM,
	OPT_PPID,
	OPT_UNORDERED,
	OPT_TTL,
	OPT_STREAMS,
	OPT_EVENTS,
};

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "listen", no_argument, NULL, 'l' },
	{ "keep-open", no_argument, NULL, 'k' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "chomp", no_argument, NULL, OPT_CHOMP },
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "length-prefix", no_argument, NULL, OPT_LENGTH_PREFIX },
	{ "raw", no_argument, NULL, OPT_RAW },
	{ "hex", no_argument, NULL, 'x' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "stream", required_argument, NULL, OPT_STREAM },
	{ "ppid", required_argument, NULL, OPT_PPID },
	{ "unordered", no_argument, NULL, OPT_UNORDERED },
	{ "ttl", required_argument, NULL, OPT_TTL },
	{ "streams", required_argument, NULL, OPT_STREAMS },
	{ "wait", required_argument, NULL, 'q' },
	{ "count", required_argument, NULL, 'n' },
	{ "timeout", required_argument, NULL, 'w' },
	{ "idle", required_argument, NULL, 'i' },
	{ "exec", required_argument, NULL, 'e' },
	{ "max-peers", required_argument, NULL, 'm' },
	{ "events", no_argument, NULL, OPT_EVENTS },
	NET_LONG,
	{ NULL, 0, NULL, 0 },
};

/* How the messages are told apart: once. */
static int
take_mode(struct cat_options *o, enum cat_mode mode)
{
	if (o->framing.mode != CAT_LINE && o->framing.mode != mode)
		return cli_usage("--size, --length-prefix, --raw and --hex: "
				 "one of them");
	o->framing.mode = mode;
	return 0;
}

static int
take_streams(struct cat_options *o, const char *arg)
{
	const char *colon = strchr(arg, ':');
	char text[16];
	uint64_t n;
	int err;

	(void)snprintf(text, sizeof(text), "%.*s",
	    colon != NULL ? (int)(colon - arg) : 15, arg);
	err = cli_number("--streams", text, 1, UINT16_MAX, &n);
	if (err != 0)
		return err;
	o->out_streams = o->in_streams = (uint32_t)n;
	if (colon == NULL)
		return 0;
	err = cli_number("--streams", colon + 1, 1, UINT16_MAX, &n);
	o->in_streams = (uint32_t)n;
	return err;
}

static int
take_wait(struct cat_options *o, const char *arg)
{
	if (strcmp(arg, "never") != 0)
		return cli_time_ms("--wait", arg, &o->wait_ms);
	o->wait_ms = CAT_NEVER;
	return 0;
}

/* Not 0. */
static int
take_time(const char *option, const char *arg, int *out)
{
	int err = cli_time_ms(option, arg, out);

	if (err == 0 && *out == 0)
		return cli_usage("%s %s: too short", option, arg);
	return err;
}

/* Options with a number. */
static int
take_number(struct cat_options *o, int c, const char *arg)
{
	uint64_t v = 0;
	int err;

	switch (c) {
	case OPT_SIZE:
		err = cli_size("--size", arg, 1, UINT32_MAX, &v);
		o->framing.size = (uint32_t)v;
		return err == 0 ? take_mode(o, CAT_SIZE) : err;
	case OPT_STREAM:
		err = cli_number("--stream", arg, 0, UINT16_MAX - 1, &v);
		o->stream = (uint16_t)v;
		return err;
	case 'n':
		return cli_number("--count", arg, 1, UINT64_MAX, &o->count);
	default:
		err = cli_number("--max-peers", arg, 1, 10000, &v);
		o->max_peers = (size_t)v;
		return err;
	}
}

static int
take_ttl(struct cat_options *o, const char *arg)
{
	int ms, err = take_time("--ttl", arg, &ms);

	o->ttl_ms = err == 0 ? (uint32_t)ms : 0;
	return err;
}

static int
take_ppid(struct cat_options *o, const char *arg)
{
	if (strcmp(arg, "help") == 0) {
		ppid_list(stdout);
		exit(cli_flush());
	}
	if (ppid_parse(arg, &o->ppid) == 0)
		return 0;
	return cli_usage("--ppid %s: neither a number nor a name: --ppid help "
			 "lists them",
	    arg);
}

static int
take_flag(struct cat_options *o, int c)
{
	switch (c) {
	case 'l':
		o->listens = true;
		break;
	case 'k':
		o->keeps = true;
		break;
	case 'v':
		o->is_verbose = true;
		break;
	case 'x':
		return take_mode(o, CAT_HEX);
	case OPT_CHOMP:
		o->framing.chomps = true;
		break;
	case OPT_LENGTH_PREFIX:
		return take_mode(o, CAT_PREFIX);
	case OPT_RAW:
		return take_mode(o, CAT_RAW);
	case OPT_JSON:
		o->is_json = true;
		break;
	case OPT_UNORDERED:
		o->is_unordered = true;
		break;
	case OPT_EVENTS:
		o->shows_events = true;
		break;
	default:
		return cli_usage("what is that?");
	}
	return 0;
}

static int
take(struct cat_options *o, int c, const char *arg)
{
	switch (c) {
	case OPT_SIZE:
	case OPT_STREAM:
	case 'n':
	case 'm':
		return take_number(o, c, arg);
	case OPT_PPID:
		return take_ppid(o, arg);
	case OPT_TTL:
		return take_ttl(o, arg);
	case OPT_STREAMS:
		return take_streams(o, arg);
	case 'q':
		return take_wait(o, arg);
	case 'w':
		return take_time("--timeout", arg, &o->connect_ms);
	case 'i':
		return take_time("--idle", arg, &o->idle_ms);
	case 'e':
		o->exec = arg;
		return 0;
	default:
		return net_is_option(c) ? net_take_option(&o->net, c, arg) :
					  take_flag(o, c);
	}
}

/* What does not go together, and what follows from the rest. */
static int
settle(struct cat_options *o, int argc, char **argv)
{
	bool has_wait = o->wait_ms != CAT_NEVER - 1;

	if (argc < 1)
		return cli_usage(
		    o->listens ? "which PORT?" : "which HOST and PORT?");
	o->hosts = argv;
	o->nhosts = (size_t)argc - 1;
	o->port = argv[argc - 1];
	if (o->listens && o->nhosts > 0)
		return cli_usage("-l takes a PORT alone: --bind ADDR");
	if (!o->listens && o->nhosts == 0)
		return cli_usage("which HOST? Or -l to listen");
	if (o->keeps && !o->listens)
		return cli_usage("-k goes with -l");
	if (o->framing.chomps && o->framing.mode != CAT_LINE)
		return cli_usage("--chomp is for lines");
	if (o->exec != NULL && o->is_json)
		return cli_usage("--exec has the messages, and --json nothing");
	if (o->keeps && has_wait)
		return cli_usage("-k goes on when the input has ended: no "
				 "--wait");
	if (!has_wait)
		o->wait_ms = o->listens || o->count != 0 ? CAT_NEVER : 0;
	if (o->connect_ms == 0)
		o->connect_ms = o->listens ? CAT_NEVER : CONNECT_MS;
	if (o->stream >= 10 && o->out_streams == 0)
		o->out_streams = o->stream + 1u;
	return 0;
}

static int
not_understood(char **argv)
{
	const char *what = argv[optind - 1];
	const struct option *o;

	for (o = options; o->name != NULL; o++)
		if (o->val == optopt && o->has_arg == required_argument)
			return cli_usage("%s: what?", what);
	return cli_usage("%s: there is no such option", what);
}

int
cat_main(int argc, char **argv)
{
	struct sockaddr_storage addrs[NET_ADDRS];
	static struct cat_options o;
	int c, err, n = 0;

	o.wait_ms = CAT_NEVER - 1;
	o.max_peers = PEERS;
	opterr = 0;
	while ((c = getopt_long(argc, argv,
		    NET_SHORT "hlkvxq:n:w:i:e:m:", options, NULL)) != -1) {
		if (c == 'h')
			return net_print_help(help);
		if (c == '?')
			return not_understood(argv);
		err = take(&o, c, optarg);
		if (err != 0)
			return err;
	}
	err = settle(&o, argc - optind, argv + optind);
	if (err != 0)
		return err;
	/* Before the signals: a name server may take its time. */
	if (!o.listens) {
		n = net_resolve(&o.net, o.hosts, o.nhosts, o.port, addrs,
		    NET_ADDRS);
		if (n < 0)
			return -n;
	}
	return cat_run(&o, addrs, (size_t)n);
}
