/* net: see net.h. */

#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "optname.h"

static const char net_help[] =
    "Network\n"
    "  -4, -6                 IPv4 or IPv6 alone\n"
    "  --bind ADDR            a local address; again for more\n"
    "  -u, --udp-port N       local UDP port: a number, 0 (any), or auto [auto]\n"
    "  --peer-udp-port N      the peer's UDP port [9899, or what is registered]\n"
    "  --raw-ip               SCTP in IP itself: wants CAP_NET_RAW\n"
    "  -o, --option NAME=VALUE  an option of the library: -o help lists them\n"
    "  --pcap FILE            capture every packet\n"
    "  --faults SPEC          loss=5%,reorder=5%,delay=20ms~5ms,seed=7 ...\n";

int
net_print_help(const char *help)
{
	fputs(help, stdout);
	fputs(net_help, stdout);
	return cli_flush();
}

bool
net_is_option(int c)
{
	return c == '4' || c == '6' || c == 'u' || c == 'o' ||
	    (c >= NET_OPT_FIRST && c < NET_OPT_LAST);
}

static int
take_bind(struct net *n, const char *arg)
{
	if (n->nbinds == NET_ADDRS)
		return cli_usage("--bind: more than %d", NET_ADDRS);
	n->binds[n->nbinds++] = arg;
	return 0;
}

static int
take_opt(struct net *n, const char *arg)
{
	int err;

	if (strcmp(arg, "help") == 0) {
		optname_list(stdout);
		exit(cli_flush());
	}
	/* rtoinfo.min and rtoinfo.max are one option. */
	err = optname_parse(arg, n->opts, &n->nopts, NET_OPTS);
	return err == 0 ? 0 : cli_usage("-o %s: %s", arg, optname_problem());
}

int
net_take_option(struct net *n, int c, const char *arg)
{
	uint64_t v;
	int err = 0;

	switch (c) {
	case '4':
		n->family = AF_INET;
		break;
	case '6':
		n->family = AF_INET6;
		break;
	case 'u':
		v = 0;
		if (strcmp(arg, "auto") != 0)
			err = cli_number("-u", arg, 0, UINT16_MAX, &v);
		n->udp_port = arg;
		n->udp_port_number = (uint16_t)v;
		break;
	case 'o':
		return take_opt(n, arg);
	case NET_OPT_BIND:
		return take_bind(n, arg);
	case NET_OPT_PEER_UDP_PORT:
		err = cli_number("--peer-udp-port", arg, 1, UINT16_MAX, &v);
		if (err == 0)
			n->peer_udp_port = (uint16_t)v;
		break;
	case NET_OPT_RAW_IP:
		n->is_raw = true;
		break;
	case NET_OPT_PCAP:
		n->pcap = arg;
		break;
	case NET_OPT_FAULTS:
		n->faults = arg;
		break;
	default:
		break;
	}
	return err;
}

/*
 * What the library logs.  While the stack starts, its last line is why it
 * does not; from then on it is for the user.
 */
static struct {
	bool is_up;
	char last[512];
} said;

static void
on_log(void *arg, int level, const char *line)
{
	(void)arg;
	(void)level;
	if (said.is_up)
		cli_warn("%s", line);
	else
		(void)snprintf(said.last, sizeof(said.last), "%s", line);
}

static int
start_failed(const struct net *n, int err)
{
	if (said.last[0] != '\0')
		cli_warn("%s", said.last);
	if (err == -EADDRINUSE && !n->is_raw)
		cli_warn("another program has the UDP port: -u auto takes "
			 "another one");
	else if (err == -EPERM && n->is_raw)
		cli_warn("--raw-ip wants CAP_NET_RAW: without it, UDP");
	else if (err == -EADDRNOTAVAIL && n->nbinds > 0)
		cli_warn("an address of --bind is not one of this host");
	return cli_error("cannot start", err);
}

/*
 * The addresses of --bind are all that the stack needs: so its UDP port is
 * taken on these alone, and any of 127.0.0.0/8 will do.  Their number; 0, and
 * net_open() says what is wrong, where one is no address.
 */
static size_t
list_binds(const struct net *n, const char **out)
{
	static char texts[NET_ADDRS][INET6_ADDRSTRLEN];
	struct sockaddr_storage a;
	const void *ip;
	size_t i;

	for (i = 0; i < n->nbinds; i++) {
		if (gsctp_resolve(n->binds[i], 0, n->family, &a, 1) <= 0)
			return 0;
		if (a.ss_family == AF_INET6)
			ip = &((const struct sockaddr_in6 *)&a)->sin6_addr;
		else
			ip = &((const struct sockaddr_in *)&a)->sin_addr;
		(void)inet_ntop(a.ss_family, ip, texts[i], sizeof(texts[i]));
		out[i] = texts[i];
	}
	return n->nbinds;
}

static int
start(const struct net *n)
{
	struct gsctp_stack_config cfg = { .log = on_log,
		.log_level = GSCTP_LOG_WARN };
	const char *addrs[NET_ADDRS];
	int err;

	cfg.naddrs = list_binds(n, addrs);
	cfg.addrs = addrs;

	cfg.encapsulation = n->is_raw ? GSCTP_ENCAPS_RAW : GSCTP_ENCAPS_UDP;
	if (n->udp_port != NULL && strcmp(n->udp_port, "auto") != 0) {
		cfg.udp_port = n->udp_port_number;
		cfg.port_mode =
		    cfg.udp_port != 0 ? GSCTP_PORT_FIXED : GSCTP_PORT_EPHEMERAL;
	}
	cfg.peer_udp_port = n->peer_udp_port;
	cfg.capture = n->pcap;
	cfg.faults = n->faults;
	if (getenv("GSCTP_LOG") != NULL)
		cfg.log = NULL; /* the library writes it then */
	err = gsctp_stack_start(&cfg);
	/* The sink is called with a lock held that a start takes. */
	if (err == 0)
		said.is_up = true;
	return err;
}

int
net_start(const struct net *n)
{
	int err;

	if (n->is_raw && (n->udp_port != NULL || n->peer_udp_port != 0))
		return cli_usage("--raw-ip has no UDP port");
	err = start(n);
	return err != 0 ? start_failed(n, err) : 0;
}

int
net_try_start(const struct net *n, char *why, size_t len)
{
	int err = start(n);

	if (err != 0)
		(void)snprintf(why, len, "%s", said.last);
	return err;
}

/*
 * Addresses
 */

const char *
net_addr_text(const struct sockaddr_storage *a)
{
	static char text[INET6_ADDRSTRLEN + 9];
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in *in = (const struct sockaddr_in *)a;
	char ip[INET6_ADDRSTRLEN] = "?";

	if (a->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		(void)inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], ip,
		    sizeof(ip));
		(void)snprintf(text, sizeof(text), "%s:%u", ip,
		    ntohs(in6->sin6_port));
	} else if (a->ss_family == AF_INET6) {
		(void)inet_ntop(AF_INET6, &in6->sin6_addr, ip, sizeof(ip));
		(void)snprintf(text, sizeof(text), "[%s]:%u", ip,
		    ntohs(in6->sin6_port));
	} else {
		(void)inet_ntop(AF_INET, &in->sin_addr, ip, sizeof(ip));
		(void)snprintf(text, sizeof(text), "%s:%u", ip,
		    ntohs(in->sin_port));
	}
	return text;
}

static int
resolve_failed(const char *host, int err)
{
	switch (err) {
	case -ENOENT:
		cli_warn("%s: there is no such host", host);
		return -CLI_NO_PEER;
	case -EAGAIN:
		cli_warn("%s: the name server does not answer", host);
		return -CLI_NO_PEER;
	case -EAFNOSUPPORT:
		cli_warn("%s: has no address of that family", host);
		return -CLI_NO_PEER;
	default:
		return -cli_error(host, err);
	}
}

int
net_resolve(const struct net *n, char *const *hosts, size_t nhosts,
    const char *port, struct sockaddr_storage *out, size_t max)
{
	uint64_t number;
	size_t count = 0;
	size_t i;
	int got;

	if (cli_number("PORT", port, 1, UINT16_MAX, &number) != 0)
		return -CLI_USAGE;
	for (i = 0; i < nhosts; i++) {
		if (count == max)
			return -cli_usage("more than %zu addresses", max);
		got = gsctp_resolve(hosts[i], (uint16_t)number, n->family,
		    out + count, max - count);
		if (got < 0)
			return resolve_failed(hosts[i], got);
		/* Of one host the first; of many, each its first. */
		count++;
	}
	return (int)count;
}

static int
resolve_bind(const struct net *n, const char *text,
    struct sockaddr_storage *out)
{
	int got = gsctp_resolve(text, 0, n->family, out, 1);

	if (got > 0)
		return 0;
	cli_warn("--bind %s: not an address", text);
	return CLI_USAGE;
}

/*
 * Sockets
 */

/* IPv4 alone where nothing asks for IPv6, or there is none. */
static int
choose_family(const struct net *n, int wanted, struct sockaddr_storage *binds)
{
	size_t i;

	if (n->family != 0)
		return n->family;
	for (i = 0; i < n->nbinds; i++)
		if (binds[i].ss_family == AF_INET6)
			return AF_INET6;
	return n->nbinds > 0 ? AF_INET : wanted;
}

/* What -o names is refused. */
static int
opt_failed(const struct gsctp_opt *o, int err)
{
	const char *name = optname_of(o);

	switch (err) {
	case -EINVAL:
	case -ENOPROTOOPT:
		/* Its range was right: the library's rules are more. */
		return cli_usage("-o %s: not allowed here, or not with that "
				 "value: gsctp_opt(3) has the rules",
		    name);
	case -EOPNOTSUPP:
		return cli_usage("-o %s: %s", name, gsctp_strerror(err));
	default:
		cli_warn("-o %s: %s", name, gsctp_strerror(err));
		return cli_code(err);
	}
}

static int
set_opts(const struct net *n, gsctp_sock s)
{
	size_t i;
	int err;

	for (i = 0; i < n->nopts; i++) {
		if (optname_is_of_assoc(&n->opts[i]) ||
		    optname_is_for_open(&n->opts[i]))
			continue;
		err = gsctp_setopts(s, &n->opts[i], 1, NULL);
		if (err != 0)
			return opt_failed(&n->opts[i], err);
	}
	return 0;
}

int
net_open(const struct net *n, uint16_t port, int family,
    const struct gsctp_opt *more, size_t nmore, gsctp_sock *out)
{
	static struct gsctp_opt opts[1 + NET_ADDRS + 2 * NET_OPTS];
	struct sockaddr_storage binds[NET_ADDRS];
	size_t count = 1;
	gsctp_sock s;
	size_t i;
	int err;

	memset(binds, 0, sizeof(binds));
	for (i = 0; i < n->nbinds; i++) {
		err = resolve_bind(n, n->binds[i], &binds[i]);
		if (err != 0)
			return err;
		opts[count++] = (struct gsctp_opt)GSCTP_IP(binds[i]);
	}
	family = choose_family(n, family, binds);
	opts[0] = (struct gsctp_opt)GSCTP_FAMILY(
	    family == AF_INET6 ? GSCTP_INET6 : GSCTP_INET);
	for (i = 0; i < nmore; i++)
		opts[count++] = more[i];
	for (i = 0; i < n->nopts; i++)
		if (optname_is_for_open(&n->opts[i]))
			opts[count++] = n->opts[i];
	err = gsctp_open(port, opts, count, &s);
	if (err == -EAFNOSUPPORT && family == AF_INET6 && n->family == 0 &&
	    n->nbinds == 0)
		return net_open(n, port, AF_INET, more, nmore, out);
	if (err != 0)
		return cli_error("cannot open the socket", err);
	err = set_opts(n, s);
	if (err != 0) {
		(void)gsctp_close(s);
		return err;
	}
	*out = s;
	return 0;
}

int
net_assoc_up(const struct net *n, gsctp_sock s, gsctp_assoc_id assoc)
{
	struct gsctp_opt o;
	size_t i;
	int err;

	for (i = 0; i < n->nopts; i++) {
		if (!optname_is_of_assoc(&n->opts[i]))
			continue;
		o = n->opts[i];
		optname_set_assoc(&o, assoc);
		err = gsctp_setopts(s, &o, 1, NULL);
		if (err != 0)
			return opt_failed(&o, err);
	}
	return 0;
}
