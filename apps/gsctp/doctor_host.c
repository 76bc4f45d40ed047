/* doctor_host: the way to a host: its name, routes, path MTU.  See
 * doctor.h. */

#include "doctor.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The largest packet that gsctp sends, and what it need not go below. */
#define PACKET_MAX 1500
#define V4_MIN 576
#define V6_MIN 1280

/* An SCTP port that nobody has, so that the answer is a short ABORT: an INIT
 * ACK has the INIT in its cookie, and may be too long for the way back. */
#define NOBODY 1

/* What keeps packets below a size, for -o. */
#define PATHMTU                                       \
	"-o peer_addr_params.flags=pmtud_disable -o " \
	"peer_addr_params.pathmtu=%u"

/* A router that says that a packet is too long names what would not be; each
 * one on the way may. */
#define ROUTERS_MAX 8

/*
 * The name
 */

/* Before anything else, as it may take as long as the resolver does, and no
 * signal is held back yet. */
void
doctor_resolve(struct doctor *d)
{
	int n = gsctp_resolve(d->host, d->port, d->net.family, d->addrs,
	    DOCTOR_ADDRS);

	d->resolve_error = n < 0 ? n : 0;
	if (n > 0)
		d->naddrs = n < DOCTOR_ADDRS ? (size_t)n : DOCTOR_ADDRS;
	d->target = d->naddrs;
}

void
doctor_name(struct doctor *d)
{
	char text[DOCTOR_ADDRS * 48] = "";
	json_t *list = json_array();
	size_t i, len;

	if (d->naddrs == 0) {
		json_decref(list);
		doctor_say(d, DOCTOR_PROBLEM, "name",
		    d->resolve_error == -EAGAIN ?
			"see /etc/resolv.conf, or give an address" :
			"see how it is written, or give an address",
		    "%s: %s", d->host,
		    d->resolve_error == -EAGAIN ?
			"the name server does not answer" :
			d->resolve_error == -ENOENT ?
			"there is no such host" :
			gsctp_strerror(d->resolve_error));
		return;
	}
	for (i = 0; i < d->naddrs; i++) {
		len = strlen(text);
		(void)snprintf(text + len, sizeof(text) - len, "%s%s",
		    i > 0 ? ", " : "", doctor_ip(&d->addrs[i]));
		(void)json_array_append_new(list,
		    json_string(doctor_ip(&d->addrs[i])));
	}
	doctor_attach(d, json_pack("{so}", "addresses", list));
	doctor_say(d, DOCTOR_OK, "name", NULL, "%s is %s", d->host, text);
}

/*
 * Routes
 */

static void
say_no_route(struct doctor *d, const struct sockaddr_storage *a, int err)
{
	bool is_only = d->naddrs == 1;

	doctor_attach(d, json_pack("{ss}", "address", doctor_ip(a)));
	doctor_say(d, is_only ? DOCTOR_PROBLEM : DOCTOR_NOTE, "route",
	    is_only ? "see ip route, or the address" : NULL, "none to %s: %s",
	    doctor_ip(a), strerror(-err));
}

static void
say_route(struct doctor *d, const struct sockaddr_storage *a, int fd)
{
	struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(from);
	unsigned int mtu = doctor_udp_mtu(fd, a->ss_family);
	char source[64];

	if (getsockname(fd, (struct sockaddr *)&from, &len) != 0)
		from.ss_family = AF_UNSPEC;
	(void)snprintf(source, sizeof(source), "%s", doctor_ip(&from));
	doctor_attach(d,
	    json_pack("{ss ss si}", "address", doctor_ip(a), "source", source,
		"mtu", (int)mtu));
	doctor_say(d, DOCTOR_OK, "route", NULL,
	    "to %s from %s, whose link takes %u bytes", doctor_ip(a), source,
	    mtu);
	if (d->target != d->naddrs)
		return;
	d->mtu = mtu;
	d->is_own = strcmp(source, doctor_ip(a)) == 0;
}

void
doctor_routes(struct doctor *d)
{
	size_t i;
	int fd;

	for (i = 0; i < d->naddrs; i++) {
		fd = doctor_udp_connect(d, &d->addrs[i], d->peer_udp_port);
		if (fd < 0) {
			say_no_route(d, &d->addrs[i], fd);
			continue;
		}
		say_route(d, &d->addrs[i], fd);
		(void)close(fd);
		if (d->target == d->naddrs)
			d->target = i;
	}
	if (d->naddrs > 1 && d->target == d->naddrs)
		doctor_say(d, DOCTOR_PROBLEM, "route",
		    "see ip route and ip -6 route", "none to any address of %s",
		    d->host);
}

/*
 * Path MTU
 */

static bool
came_through(enum doctor_answer a)
{
	return a == ANSWER_INIT_ACK || a == ANSWER_ABORT ||
	    a == ANSWER_PORT_UNREACHABLE;
}

/*
 * Packets of this size, or of what routers say instead, as long as they do.
 * *size is what the last one had.
 */
static enum doctor_answer
go_down(struct doctor *d, unsigned int *size)
{
	enum doctor_answer answer = ANSWER_SILENCE;
	unsigned int mtu;
	int i;

	for (i = 0; i < ROUTERS_MAX; i++) {
		answer = doctor_probe(d, NOBODY, *size, 2, &mtu);
		if (answer != ANSWER_TOO_BIG)
			return answer;
		if (mtu == 0 || mtu >= *size)
			return ANSWER_SILENCE;
		*size = mtu;
	}
	return answer;
}

/* Between a size that comes through and one that does not. */
static unsigned int
bisect(struct doctor *d, unsigned int good, unsigned int bad)
{
	unsigned int mtu, middle;

	while (bad - good > 16 && d->signal == 0) {
		middle = (good + bad) / 2;
		if (came_through(doctor_probe(d, NOBODY, middle, 2, &mtu)))
			good = middle;
		else
			bad = middle;
	}
	return good & ~3u;
}

static void
say_black_hole(struct doctor *d, unsigned int size)
{
	bool v6 = d->addrs[d->target].ss_family == AF_INET6;
	unsigned int good = v6 ? V6_MIN : V4_MIN;
	unsigned int headers = v6 ? 48 : 28;
	unsigned int mtu;
	char advice[160];

	if (!came_through(doctor_probe(d, NOBODY, good, 2, &mtu))) {
		doctor_say(d, DOCTOR_NOTE, "path MTU", NULL,
		    "small packets are answered, larger ones are not: no "
		    "size can be told");
		return;
	}
	good = bisect(d, good, size);
	if (d->signal != 0)
		return;
	(void)snprintf(advice, sizeof(advice),
	    "let ICMP through on the way; or " PATHMTU
	    " keeps packets below that",
	    (good - headers) & ~3u);
	doctor_attach(d,
	    json_pack("{si sb}", "mtu", (int)good, "answered", true));
	doctor_say(d, DOCTOR_PROBLEM, "path MTU", advice,
	    "%u bytes: longer packets vanish, and nobody on the way says so",
	    good);
}

static void
say_mtu(struct doctor *d, unsigned int size, bool is_sure)
{
	unsigned int headers =
	    d->addrs[d->target].ss_family == AF_INET6 ? 48 : 28;
	char advice[200];

	doctor_attach(d,
	    json_pack("{si sb}", "mtu", (int)size, "answered", is_sure));
	if (size >= PACKET_MAX) {
		doctor_say(d, DOCTOR_OK, "path MTU", NULL,
		    is_sure ? "packets of %u bytes come through" :
			      "%u bytes can leave; nobody answers that could "
			      "tell whether they arrive",
		    size);
		return;
	}
	(void)snprintf(advice, sizeof(advice),
	    PATHMTU " sends no longer ones; without it they go in fragments, "
		    "which some firewalls drop",
	    (size - headers) & ~3u);
	doctor_say(d, DOCTOR_NOTE, "path MTU", advice,
	    is_sure ? "%u bytes; longer packets do not come through whole" :
		      "%u bytes at most, as far as anybody says",
	    size);
}

void
doctor_path_mtu(struct doctor *d)
{
	unsigned int size = d->mtu;
	enum doctor_answer answer;

	/* Of another host, or of another program of this one. */
	if (d->target == d->naddrs || size == 0 ||
	    (d->is_own && d->peer_udp_port == d->udp_port))
		return;
	if (size > PACKET_MAX)
		size = PACKET_MAX;
	answer = go_down(d, &size);
	if (d->signal != 0)
		return;
	if (came_through(answer))
		say_mtu(d, size, true);
	else if (answer == ANSWER_SILENCE && d->is_answered)
		say_black_hole(d, size);
	else
		say_mtu(d, size, false);
}
