/*
 * connect_init: the third example of gen_sctp's manual.  One socket begins
 * associations with two servers at once, and all that happens comes to one
 * mailbox.  It prints each thing, and ends when nothing has happened for a
 * while.
 */

#include <getopt.h>

#include "util.h"

#define STREAMS 5
#define IDLE_MS 5000

/* A server: its address, and the UDP port of its stack, 0 if not told. */
struct peer {
	union sockaddr_any addr;
	unsigned long udp_port;
};

static int
usage(FILE *to)
{
	fputs("usage: connect_init HOST1 PORT1 HOST2 PORT2 [--idle-ms N]\n"
	      "  HOST         a server's address, or its name\n"
	      "  PORT         its SCTP port, or PORT/UDP with its UDP port:\n"
	      "               for both or for none\n"
	      "  --idle-ms N  stop when nothing came for so long [5000]\n",
	    to);
	return to == stdout ? 0 : 2;
}

/* "2006" or "2006/9899". */
static bool
parse_ports(const char *text, unsigned long *port, unsigned long *udp_port)
{
	const char *slash = strchr(text, '/');
	char first[8];

	*udp_port = 0;
	if (slash == NULL)
		return parse_number(text, 1, UINT16_MAX, port);
	if ((size_t)(slash - text) >= sizeof(first))
		return false;
	memcpy(first, text, (size_t)(slash - text));
	first[slash - text] = '\0';
	return parse_number(first, 1, UINT16_MAX, port) &&
	    parse_number(slash + 1, 1, UINT16_MAX, udp_port);
}

/* An exit status. */
static int
find_peer(const char *host, const char *ports, struct peer *p)
{
	unsigned long port;
	int err;

	if (!parse_ports(ports, &port, &p->udp_port))
		return usage(stderr);
	err = gsctp_resolve(host, (uint16_t)port, AF_UNSPEC, &p->addr.ss, 1);
	if (err < 0) {
		return fail("connect_init", "cannot resolve %s: %s", host,
		    error_text(err));
	}
	return 0;
}

/* A socket for both peers, whose messages all go to mb. */
static int
open_socket(const struct peer *peers, gsctp_mbox mb, gsctp_sock *s)
{
	bool is_inet6 = peers[0].addr.ss.ss_family == AF_INET6 ||
	    peers[1].addr.ss.ss_family == AF_INET6;
	const struct gsctp_opt opts[] = {
		GSCTP_FAMILY(is_inet6 ? GSCTP_INET6 : GSCTP_INET),
		GSCTP_MBOX(mb),
		GSCTP_ACTIVE(GSCTP_ACTIVE_TRUE),
		GSCTP_INITMSG(.num_ostreams = gsctp_def(STREAMS)),
	};

	return gsctp_open(0, opts, sizeof(opts) / sizeof(opts[0]), s);
}

/* Begin the association; how it goes on is told by messages with its id. */
static int
begin(gsctp_sock s, const struct peer *p)
{
	const struct gsctp_opt opts[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = (uint16_t)p->udp_port),
	};
	char text[ADDR_STRLEN];
	gsctp_assoc_id assoc;
	int err;

	/* Without a UDP port it is looked for on this host, else 9899. */
	err = gsctp_connect_init(s, &p->addr.sa, sizeof(p->addr), opts,
	    p->udp_port != 0 ? 1 : 0, &assoc);
	addr_text(&p->addr.ss, text);
	if (err != 0) {
		return fail("connect_init", "cannot connect to %s: %s", text,
		    error_text(err));
	}
	printf("connecting to %s, assoc %u\n", text, (unsigned int)assoc);
	return 0;
}

/* Until nothing has come for idle_ms. */
static int
print_all(gsctp_mbox mb, int idle_ms)
{
	struct gsctp_msg *msg;
	int err;

	while ((err = gsctp_mbox_recv(mb, idle_ms, &msg)) == 0) {
		print_msg(msg);
		gsctp_msg_free(msg);
	}
	if (err != -ETIMEDOUT) {
		return fail("connect_init", "cannot receive: %s",
		    error_text(err));
	}
	printf("nothing for %d ms\n", idle_ms);
	return 0;
}

static int
run(const struct peer *peers, int idle_ms)
{
	gsctp_mbox mb;
	gsctp_sock s;
	int err, status;

	err = gsctp_mbox_new(&mb);
	if (err != 0) {
		return fail("connect_init", "cannot make a mailbox: %s",
		    error_text(err));
	}
	err = open_socket(peers, mb, &s);
	if (err != 0) {
		return fail("connect_init", "cannot open a socket: %s",
		    error_text(err));
	}
	status = begin(s, &peers[0]);
	if (status == 0)
		status = begin(s, &peers[1]);
	if (status == 0)
		status = print_all(mb, idle_ms);
	/* Both are shut down, or after a second aborted. */
	(void)gsctp_stack_stop(1000);
	(void)gsctp_mbox_free(mb);
	return status;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "idle-ms", required_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	unsigned long idle_ms = IDLE_MS;
	struct peer peers[2];
	int c, i, status = 0;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c != 'i' || !parse_number(optarg, 1, INT32_MAX, &idle_ms))
			return usage(c == 'h' ? stdout : stderr);
	}
	if (argc - optind != 4)
		return usage(stderr);
	setvbuf(stdout, NULL, _IOLBF, 0);

	for (i = 0; status == 0 && i < 2; i++)
		status = find_peer(argv[optind + 2 * i],
		    argv[optind + 2 * i + 1], &peers[i]);
	/* As an option of connect it stays for the next. */
	if (status == 0 && (peers[0].udp_port == 0) != (peers[1].udp_port == 0))
		return usage(stderr);
	return status == 0 ? run(peers, (int)idle_ms) : status;
}
