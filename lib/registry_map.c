/* registry_map: see registry_map.h. */

#include "registry_map.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

/* The longest line: "bound ", an address, a port, "listens". */
#define LINE_MAX_LEN 80

unsigned int
gs_bound_rank(const struct gs_bound *b, const union gs_addr *target)
{
	unsigned int listens = b->is_listening ? 2 : 0;

	if (b->port != gs_addr_port(target))
		return 0;
	if (b->addr.sa.sa_family != AF_UNSPEC)
		return gs_addr_same_ip(&b->addr, target) ? 2 + listens : 0;
	if (target->sa.sa_family == AF_INET6 ? b->any6 : b->any4)
		return 1 + listens;
	return 0;
}

/* Without scope: nobody connects to an address of a link. */
static const char *
host_text(const struct gs_bound *b, char *buf)
{
	const void *bytes = &b->addr.v4.sin_addr;

	if (b->addr.sa.sa_family == AF_UNSPEC)
		return !b->any6 ? "any4" : !b->any4 ? "any6" : "any";
	if (b->addr.sa.sa_family == AF_INET6)
		bytes = &b->addr.v6.sin6_addr;
	/* It cannot fail: the buffer is long enough. */
	return inet_ntop(b->addr.sa.sa_family, bytes, buf, INET6_ADDRSTRLEN);
}

char *
gs_map_print(const struct gs_map *m, size_t *len)
{
	size_t i, n = m->nbounds < GS_MAP_BOUNDS ? m->nbounds : GS_MAP_BOUNDS;
	size_t room = (n + 1) * LINE_MAX_LEN + 256;
	char host[INET6_ADDRSTRLEN];
	char *text;
	size_t at;

	text = malloc(room);
	if (text == NULL)
		return NULL;
	at = (size_t)snprintf(text, room,
	    "gsctp 1\nnet %" PRIu64 "\npidns %" PRIu64 "\npid %ld\n", m->net,
	    m->pidns, (long)m->pid);
	if (m->udp_port != 0)
		at += (size_t)snprintf(text + at, room - at, "udp %u\n",
		    m->udp_port);
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, room - at, "bound %s %u %s\n",
		    host_text(&m->bounds[i], host), m->bounds[i].port,
		    m->bounds[i].is_listening ? "listens" : "open");
	at += (size_t)snprintf(text + at, room - at, "end\n");
	*len = at;
	return text;
}

/* A number from 1 to max in all of word. */
static bool
read_number(const char *word, uint64_t max, uint64_t *out)
{
	unsigned long long v;
	char *end;

	if (word == NULL || *word < '0' || *word > '9')
		return false;
	errno = 0;
	v = strtoull(word, &end, 10);
	if (errno != 0 || *end != '\0' || v == 0 || v > max)
		return false;
	*out = v;
	return true;
}

static bool
read_host(const char *word, struct gs_bound *b)
{
	if (word == NULL)
		return false;
	b->any4 = strcmp(word, "any") == 0 || strcmp(word, "any4") == 0;
	b->any6 = strcmp(word, "any") == 0 || strcmp(word, "any6") == 0;
	return b->any4 || b->any6 || gs_addr_parse(&b->addr, word) == 0;
}

static bool
read_bound(char **rest, struct gs_bound *b)
{
	const char *word;
	uint64_t port;

	memset(b, 0, sizeof(*b));
	if (!read_host(strsep(rest, " "), b) ||
	    !read_number(strsep(rest, " "), UINT16_MAX, &port))
		return false;
	b->port = (uint16_t)port;
	word = strsep(rest, " ");
	if (word == NULL || *rest != NULL)
		return false;
	b->is_listening = strcmp(word, "listens") == 0;
	return b->is_listening || strcmp(word, "open") == 0;
}

static bool
add_bound(char **rest, struct gs_map *m)
{
	return m->nbounds < GS_MAP_BOUNDS &&
	    read_bound(rest, &m->bounds[m->nbounds++]);
}

/* One line without its end.  False where it makes no sense. */
static bool
read_line(char *line, struct gs_map *m)
{
	const char *key = strsep(&line, " ");
	uint64_t v = 0;

	if (strcmp(key, "bound") == 0)
		return add_bound(&line, m);
	if (strcmp(key, "net") == 0)
		return read_number(line, UINT64_MAX, &m->net);
	if (strcmp(key, "pidns") == 0)
		return read_number(line, UINT64_MAX, &m->pidns);
	if (strcmp(key, "pid") == 0) {
		if (!read_number(line, INT_MAX, &v))
			return false;
		m->pid = (pid_t)v;
	} else if (strcmp(key, "udp") == 0) {
		if (!read_number(line, UINT16_MAX, &v))
			return false;
		m->udp_port = (uint16_t)v;
	}
	return true;
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

/* All is there, and nothing comes after "end". */
static bool
read_all(char *text, struct gs_map *m)
{
	char *line = strsep(&text, "\n");

	if (strcmp(line, "gsctp 1") != 0)
		return false;
	while (text != NULL) {
		line = strsep(&text, "\n");
		if (strcmp(line, "end") == 0)
			return text != NULL && *text == '\0' && m->net != 0 &&
			    m->pidns != 0 && m->pid != 0;
		if (!read_line(line, m))
			return false;
	}
	return false;
}

int
gs_map_parse(char *text, struct gs_map *out)
{
	size_t n = count_lines(text);

	memset(out, 0, sizeof(*out));
	if (n > GS_MAP_BOUNDS + 64)
		return -EINVAL;
	out->bounds = calloc(n + 1, sizeof(*out->bounds));
	if (out->bounds == NULL)
		return -ENOMEM;
	if (read_all(text, out))
		return 0;
	gs_map_fini(out);
	return -EINVAL;
}

void
gs_map_fini(struct gs_map *m)
{
	free(m->bounds);
	m->bounds = NULL;
	m->nbounds = 0;
}
