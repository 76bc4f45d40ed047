/* route: see route.h. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#endif

#include "route.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "textfile.h"

/* UDP's connect() looks a route up, and sends nothing. */
#define ANY_PORT 9

/* How long a route is taken to be there still. */
#define MOMENT_MS 100

/* The last one that was. */
static _Thread_local union gs_addr routed;
static _Thread_local uint64_t routed_until_ms;

/* What the system says of a route; the rest says nothing about it. */
static int
verdict(int error)
{
	switch (error) {
	case ENETUNREACH:
	case EHOSTUNREACH:
		return -error;
	case EACCES: /* a route of type prohibit; a broadcast address */
		return -EHOSTUNREACH;
	default:
		return 0;
	}
}

static int
try_from(const union gs_addr *to, const union gs_addr *from)
{
	union gs_addr source;
	int err = 0;
	int fd;

	fd = socket(to->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return errno == EAFNOSUPPORT ? -ENETUNREACH : 0;
	if (from != NULL) {
		source = *from;
		gs_addr_set_port(&source, 0);
		if (bind(fd, &source.sa, gs_addr_len(&source)) == -1) {
			err = -ENETUNREACH; /* no way from there */
			goto close_fd;
		}
	}
	if (connect(fd, &to->sa, gs_addr_len(to)) == -1)
		err = verdict(errno);
close_fd:
	(void)close(fd); /* nothing was sent on it */
	return err;
}

/* Where a route was found a moment ago there is one: many connect to the same
 * place, and three system calls each are a tenth of that. */
static bool
had_route(const union gs_addr *to)
{
	return gs_now_ms() < routed_until_ms && gs_addr_same_ip(&routed, to);
}

int
gs_route_check(const union gs_addr *to, const union gs_addr *from, size_t n)
{
	union gs_addr target = *to;
	size_t i;
	int err;

	if (had_route(to))
		return 0;
	gs_addr_set_port(&target, ANY_PORT);
	err = try_from(&target, NULL);
	if (err == 0) {
		routed = target;
		routed_until_ms = gs_now_ms() + MOMENT_MS;
	}
	for (i = 0; err != 0 && i < n; i++)
		if (from[i].sa.sa_family == target.sa.sa_family &&
		    try_from(&target, &from[i]) == 0)
			err = 0;
	return err;
}

/* Towards itself an address is its own source, and towards another's never. */
bool
gs_route_is_local(const union gs_addr *a)
{
	union gs_addr target = *a, source;
	socklen_t len = sizeof(source);
	bool is_local;
	int fd;

	/* All of 127.0.0.0/8, where each has 127.0.0.1 as its source. */
	if (gs_addr_is_loopback(a))
		return true;
	fd = socket(a->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	gs_addr_set_port(&target, ANY_PORT);
	memset(&source, 0, sizeof(source));
	is_local = connect(fd, &target.sa, gs_addr_len(&target)) == 0 &&
	    getsockname(fd, &source.sa, &len) == 0 &&
	    gs_addr_same_ip(&source, &target);
	(void)close(fd); /* nothing was sent on it */
	return is_local;
}

/* The local address of a line of /proc/net/udp or udp6: its words are printed
 * as this machine has numbers, its port as people do. */
static bool
read_bound(const char *line, sa_family_t family, union gs_addr *out)
{
	uint32_t w[4] = { 0 };
	uint16_t port;
	int n;

	memset(out, 0, sizeof(*out));
	out->sa.sa_family = family;
	if (family == AF_INET) {
		n = sscanf(line, " %*u: %8" SCNx32 ":%4" SCNx16, &w[0], &port);
		memcpy(&out->v4.sin_addr, w, sizeof(out->v4.sin_addr));
		n += 3;
	} else {
		n = sscanf(line,
		    " %*u: %8" SCNx32 "%8" SCNx32 "%8" SCNx32 "%8" SCNx32
		    ":%4" SCNx16,
		    &w[0], &w[1], &w[2], &w[3], &port);
		memcpy(&out->v6.sin6_addr, w, sizeof(out->v6.sin6_addr));
	}
	if (n != 5)
		return false;
	gs_addr_unmap(out);
	gs_addr_set_port(out, port);
	return true;
}

/* 1, 0, or -errno.  The wildcard of IPv6 may stand for all of IPv4. */
static int
has_bound(const char *path, sa_family_t family, const union gs_addr *a)
{
	union gs_addr bound;
	char *line = NULL;
	size_t size = 0;
	int found = 0;
	FILE *f;

	f = gs_textfile_open(path);
	if (f == NULL)
		return -errno;
	while (found == 0 && getline(&line, &size, f) != -1)
		found = read_bound(line, family, &bound) &&
		    gs_addr_port(&bound) == gs_addr_port(a) &&
		    (gs_addr_is_any(&bound) || gs_addr_same_ip(&bound, a));
	if (found == 0 && ferror(f))
		found = -EIO;
	free(line);
	(void)fclose(f); /* it was only read */
	return found;
}

bool
gs_route_has_udp(const union gs_addr *a)
{
	int found;

	if (a->sa.sa_family == AF_INET &&
	    has_bound("/proc/thread-self/net/udp", AF_INET, a) != 0)
		return true;
	found = has_bound("/proc/thread-self/net/udp6", AF_INET6, a);
	/* A system without IPv6 has no such file. */
	return found != 0 &&
	    !(found == -ENOENT && a->sa.sa_family == AF_INET);
}
