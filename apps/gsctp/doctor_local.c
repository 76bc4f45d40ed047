/* doctor_local: the stack of this host: its UDP port, its addresses, and the
 * directory where programs find each other.  See doctor.h. */

#include "doctor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define ADDRS_MAX 64

/*
 * The stack and its UDP port
 */

/* The UDP port that is asked for. */
static unsigned int
wanted_port(const struct doctor *d)
{
	const char *text = d->net.udp_port;

	if (text != NULL && strcmp(text, "auto") != 0)
		return d->net.udp_port_number;
	if (text == NULL)
		text = getenv("GSCTP_UDP_PORT");
	if (text == NULL || strcmp(text, "auto") == 0)
		return DOCTOR_UDP_PORT;
	return (unsigned int)strtoul(text, NULL, 10);
}

static void
say_port(struct doctor *d, unsigned int port)
{
	unsigned int wanted = wanted_port(d);
	char owner[128];

	doctor_attach(d, json_pack("{si}", "udp_port", (int)port));
	if (port == 0) {
		doctor_say(d, DOCTOR_OK, "UDP port", NULL,
		    "none: this is raw IP");
		return;
	}
	if (port == wanted || wanted == 0) {
		doctor_say(d, DOCTOR_OK, "UDP port", NULL, "%u is free", port);
		return;
	}
	doctor_udp_owner(wanted, owner, sizeof(owner));
	doctor_say(d, DOCTOR_NOTE, "UDP port",
	    "clients on this host find a server anyway; on others they "
	    "say --peer-udp-port, with the port that the server tells",
	    "%u is taken%s%s: a program gets another one, now %u", wanted,
	    owner[0] != '\0' ? " by " : "", owner, port);
}

static void
say_not_started(struct doctor *d, int err, const char *why)
{
	char owner[128] = "";

	if (err == -EADDRINUSE && !d->net.is_raw)
		doctor_udp_owner(wanted_port(d), owner, sizeof(owner));
	doctor_say(d, DOCTOR_PROBLEM, "stack",
	    err == -EADDRINUSE && !d->net.is_raw ?
		"-u auto takes another port" :
		NULL,
	    "does not start: %s%s%s%s%s", gsctp_strerror(err),
	    why[0] != '\0' ? "; " : "", why,
	    owner[0] != '\0' ? "; the UDP port has " : "", owner);
}

void
doctor_library(struct doctor *d)
{
	struct gsctp_stack_info info;
	char why[512];
	int err;

	err = net_try_start(&d->net, why, sizeof(why));
	if (err != 0) {
		say_not_started(d, err, why);
		return;
	}
	d->is_started = true;
	memset(&info, 0, sizeof(info));
	(void)gsctp_stack_info(&info);
	doctor_attach(d,
	    json_pack("{ss ss}", "version", info.version, "engine",
		info.engine));
	doctor_say(d, DOCTOR_OK, "stack", NULL, "gsctp %s, %s, starts",
	    info.version, info.engine);
	d->udp_port = info.udp_port;
	say_port(d, info.udp_port);
}

/*
 * Addresses
 */

static bool
is_same_ip(const struct sockaddr *a, const struct sockaddr_storage *b)
{
	if (a == NULL || a->sa_family != b->ss_family)
		return false;
	if (a->sa_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
		    ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
		   &((const struct sockaddr_in6 *)b)->sin6_addr,
		   sizeof(struct in6_addr)) == 0;
}

static const struct ifaddrs *
find_interface(const struct ifaddrs *list, const struct sockaddr_storage *a)
{
	while (list != NULL && !is_same_ip(list->ifa_addr, a))
		list = list->ifa_next;
	return list;
}

static bool
is_loopback(const struct sockaddr_storage *a)
{
	if (a->ss_family == AF_INET)
		return ntohl(
			   ((const struct sockaddr_in *)a)->sin_addr.s_addr) >>
		    24 ==
		    127;
	return IN6_IS_ADDR_LOOPBACK(
	    &((const struct sockaddr_in6 *)a)->sin6_addr);
}

/* Of a bridge that leads to containers of this host alone, by its name. */
static bool
is_bridge(const char *name)
{
	static const char *const names[] = { "docker", "br-", "virbr", "cni",
		"podman", "lxcbr", "lxdbr", "flannel", "cali", "vxlan" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* What there is among the addresses. */
struct found {
	size_t v4, v6, outside;
	char text[700];
	char bridges[200];
	json_t *list;
};

static void
append(char *text, size_t size, const char *more)
{
	size_t len = strlen(text);

	(void)snprintf(text + len, size - len, "%s%s", len > 0 ? ", " : "",
	    more);
}

static void
add_address(struct found *f, const struct ifaddrs *list,
    const struct sockaddr_storage *a)
{
	const struct ifaddrs *i = find_interface(list, a);
	const char *name = i != NULL ? i->ifa_name : "?";
	bool is_quiet = i != NULL && (i->ifa_flags & IFF_RUNNING) == 0;
	char text[128];

	(void)snprintf(text, sizeof(text), "%s (%s%s)", doctor_ip(a), name,
	    is_quiet ? ", no carrier" : "");
	append(f->text, sizeof(f->text), text);
	if (a->ss_family == AF_INET)
		f->v4++;
	else
		f->v6++;
	if (!is_loopback(a))
		f->outside++;
	if (is_bridge(name))
		append(f->bridges, sizeof(f->bridges), doctor_ip(a));
	(void)json_array_append_new(f->list,
	    json_pack("{ss ss sb}", "address", doctor_ip(a), "interface", name,
		"running", !is_quiet));
}

static void
say_addresses(struct doctor *d, struct found *f)
{
	doctor_attach(d, json_pack("{sO}", "addresses", f->list));
	if (f->v4 + f->v6 == 0)
		doctor_say(d, DOCTOR_PROBLEM, "addresses",
		    "bring an interface up: ip link set lo up is enough for "
		    "programs of this host",
		    "none: no interface is up");
	else if (f->outside == 0)
		doctor_say(d, DOCTOR_NOTE, "addresses",
		    "for peers elsewhere an interface has to be up, with an "
		    "address that is not its link's alone",
		    "%s: this host alone", f->text);
	else
		doctor_say(d, DOCTOR_OK, "addresses", NULL,
		    "peers are told of %s", f->text);
	if (f->bridges[0] != '\0')
		doctor_say(d, DOCTOR_NOTE, "addresses",
		    "peers elsewhere try them in vain: --bind or GSCTP_ADDRS "
		    "with the address to use",
		    "%s: of a bridge to containers, as its name says",
		    f->bridges);
	if (f->v4 > 0 && f->v6 == 0 && d->net.family != AF_INET)
		doctor_say(d, DOCTOR_OK, "IPv6", NULL,
		    "no address, so IPv4 alone");
	if (f->v6 > 0 && f->v4 == 0 && d->net.family != AF_INET6)
		doctor_say(d, DOCTOR_NOTE, "IPv4", NULL,
		    "no address, so IPv6 alone");
}

void
doctor_addresses(struct doctor *d)
{
	struct sockaddr_storage addrs[ADDRS_MAX];
	struct found f = { .v4 = 0 };
	const struct gsctp_opt plain[] = { GSCTP_I_WANT_MAPPED_V4_ADDR(false) };
	struct ifaddrs *list = NULL;
	gsctp_sock s;
	int i, n;

	if (!d->is_started)
		return;
	if (net_open(&d->net, 0, AF_INET6, plain, 1, &s) != 0) {
		doctor_say(d, DOCTOR_PROBLEM, "addresses",
		    "see the line on standard error", "no socket opens");
		return;
	}
	n = gsctp_socknames(s, 0, addrs, ADDRS_MAX);
	(void)gsctp_close(s);
	if (getifaddrs(&list) != 0)
		list = NULL;
	f.list = json_array();
	for (i = 0; i < n && i < ADDRS_MAX; i++)
		add_address(&f, list, &addrs[i]);
	if (list != NULL)
		freeifaddrs(list);
	say_addresses(d, &f);
	json_decref(f.list);
}

/*
 * The run directory
 */

/* Where it is, by the library's rules.  false: there shall be none. */
static bool
run_directory(char *path, size_t len)
{
	const char *dir = getenv("GSCTP_RUN_DIR");
	const char *base = getenv("XDG_RUNTIME_DIR");
	struct stat st;

	if (dir != NULL) {
		(void)snprintf(path, len, "%s", dir);
		return *dir != '\0';
	}
	if (base != NULL && *base == '/' && stat(base, &st) == 0 &&
	    S_ISDIR(st.st_mode) && st.st_uid == geteuid())
		(void)snprintf(path, len, "%s/gsctp", base);
	else
		(void)snprintf(path, len, "/tmp/gsctp-%u",
		    (unsigned int)geteuid());
	return true;
}

/* What is wrong with it, or NULL. */
static const char *
fault_of(const char *path)
{
	char parent[1024];
	struct stat st;
	char *slash;

	if (lstat(path, &st) == 0) {
		if (!S_ISDIR(st.st_mode))
			return "it is no directory";
		if (st.st_uid != geteuid())
			return "it belongs to somebody else";
		if ((st.st_mode & 077) != 0)
			return "others have rights in it";
		if (access(path, W_OK | X_OK) != 0)
			return "it cannot be written";
		return NULL;
	}
	if (errno != ENOENT)
		return strerror(errno);
	(void)snprintf(parent, sizeof(parent), "%s", path);
	slash = strrchr(parent, '/');
	if (slash == NULL)
		(void)snprintf(parent, sizeof(parent), ".");
	else
		slash[slash == parent] = '\0';
	return access(parent, W_OK | X_OK) != 0 ? "it cannot be made" : NULL;
}

void
doctor_run_directory(struct doctor *d)
{
	const char *fault;
	char path[1024];

	if (!run_directory(path, sizeof(path))) {
		doctor_say(d, DOCTOR_NOTE, "run directory",
		    "unset GSCTP_RUN_DIR, or clients say --peer-udp-port",
		    "none, as GSCTP_RUN_DIR is empty: programs of this host "
		    "do not find each other");
		return;
	}
	fault = fault_of(path);
	doctor_attach(d, json_pack("{ss}", "path", path));
	if (fault == NULL)
		doctor_say(d, DOCTOR_OK, "run directory", NULL,
		    "%s: programs of yours find each other's UDP ports", path);
	else
		doctor_say(d, DOCTOR_NOTE, "run directory",
		    "GSCTP_RUN_DIR can name another, of yours and with mode "
		    "0700; without one clients say --peer-udp-port",
		    "%s: %s: programs of this host do not find each other",
		    path, fault);
}
