/*
 * net: the options that every subcommand has for the stack and its sockets,
 * and what they make of them.
 *
 * Their names and meanings are the same everywhere; net_print_help() prints
 * them.
 */

#ifndef GSCTP_NET_H
#define GSCTP_NET_H

#include <getopt.h>
#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_ADDRS 64
#define NET_OPTS 128

struct net {
	int family;		/* AF_INET (-4), AF_INET6 (-6), or 0 */
	const char *binds[NET_ADDRS];	/* --bind ADDR, more than once */
	size_t nbinds;
	const char *udp_port;	/* -u, --udp-port: N or auto */
	uint16_t udp_port_number;	/* N */
	uint16_t peer_udp_port;	/* --peer-udp-port; 0: 9899, or the registry's */
	bool is_raw;		/* --raw-ip */
	const char *pcap;	/* --pcap FILE */
	const char *faults;	/* --faults SPEC */
	struct gsctp_opt opts[NET_OPTS];	/* -o NAME=VALUE */
	size_t nopts;
};

/* Values of struct option for getopt_long(), above every character. */
enum net_option {
	NET_OPT_FIRST = 0x1000,
	NET_OPT_BIND = NET_OPT_FIRST,
	NET_OPT_PEER_UDP_PORT,
	NET_OPT_RAW_IP,
	NET_OPT_PCAP,
	NET_OPT_FAULTS,
	NET_OPT_LAST
};

/* Part of a getopt_long() string, and entries of its table. */
#define NET_SHORT "46u:o:"
#define NET_LONG                                                             \
	{ "bind", required_argument, NULL, NET_OPT_BIND },                   \
	{ "udp-port", required_argument, NULL, 'u' },                        \
	{ "peer-udp-port", required_argument, NULL, NET_OPT_PEER_UDP_PORT }, \
	{ "raw-ip", no_argument, NULL, NET_OPT_RAW_IP },                     \
	{ "pcap", required_argument, NULL, NET_OPT_PCAP },                   \
	{ "faults", required_argument, NULL, NET_OPT_FAULTS },               \
	{ "option", required_argument, NULL, 'o' }

/* Is c, from getopt_long(), one of those? */
bool net_is_option(int c);
/* Take it.  0, or CLI_USAGE and a line. */
int net_take_option(struct net *n, int c, const char *arg);
/* Print a command's help, and behind it the lines that tell of them: the exit
 * code. */
int net_print_help(const char *help);

/* Start the stack.  0, or an exit code and a line. */
int net_start(const struct net *n);
/* The same, and nothing is said: 0, or a negative errno and in why what the
 * library has said of it last, or "". */
int net_try_start(const struct net *n, char *why, size_t len);

/*
 * A socket on an SCTP port (0: any), bound to --bind or, where none is given,
 * to every address; with nmore options (NET_OPTS at most), and those of -o
 * behind them.  family is what -4, -6 and --bind leave open: AF_INET6 takes
 * IPv4 peers as well, and becomes AF_INET where there is no IPv6.  0, or an
 * exit code and a line.
 */
int net_open(const struct net *n, uint16_t port, int family,
    const struct gsctp_opt *more, size_t nmore, gsctp_sock *out);

/* Set those of -o that are of an association, or of a path, once it is up:
 * net_open() cannot.  0, or an exit code and a line. */
int net_assoc_up(const struct net *n, gsctp_sock s, gsctp_assoc_id assoc);

/* The address of each of the hosts, which are one peer, with the SCTP port.
 * The count, or minus an exit code and a line. */
int net_resolve(const struct net *n, char *const *hosts, size_t nhosts,
    const char *port, struct sockaddr_storage *out, size_t max);

/* "127.0.0.1:5001", "[::1]:5001"; static for a call. */
const char *net_addr_text(const struct sockaddr_storage *a);

#endif
