#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
from_v4(union gs_addr *out, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_in v4;

	if (len < sizeof(v4))
		return -EINVAL;
	memcpy(&v4, sa, sizeof(v4));
	memset(out, 0, sizeof(*out));
	out->v4.sin_family = AF_INET;
	out->v4.sin_port = v4.sin_port;
	out->v4.sin_addr = v4.sin_addr;
	return 0;
}

static int
from_v6(union gs_addr *out, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_in6 v6;

	if (len < sizeof(v6))
		return -EINVAL;
	memcpy(&v6, sa, sizeof(v6));
	memset(out, 0, sizeof(*out));
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = v6.sin6_port;
	out->v6.sin6_addr = v6.sin6_addr;
	out->v6.sin6_scope_id = v6.sin6_scope_id;
	return 0;
}

int
gs_addr_from(union gs_addr *out, const struct sockaddr *sa, socklen_t len)
{
	sa_family_t family;

	if (sa == NULL || len < offsetof(struct sockaddr, sa_data))
		return -EINVAL;
	memcpy(&family, (const char *)sa + offsetof(struct sockaddr, sa_family),
	    sizeof(family));

	switch (family) {
	case AF_INET:
		return from_v4(out, sa, len);
	case AF_INET6:
		return from_v6(out, sa, len);
	default:
		return -EAFNOSUPPORT;
	}
}

socklen_t
gs_addr_len(const union gs_addr *a)
{
	switch (a->sa.sa_family) {
	case AF_INET:
		return sizeof(a->v4);
	case AF_INET6:
		return sizeof(a->v6);
	default:
		return 0;
	}
}

uint16_t
gs_addr_port(const union gs_addr *a)
{
	switch (a->sa.sa_family) {
	case AF_INET:
		return ntohs(a->v4.sin_port);
	case AF_INET6:
		return ntohs(a->v6.sin6_port);
	default:
		return 0;
	}
}

void
gs_addr_set_port(union gs_addr *a, uint16_t port)
{
	switch (a->sa.sa_family) {
	case AF_INET:
		a->v4.sin_port = htons(port);
		break;
	case AF_INET6:
		a->v6.sin6_port = htons(port);
		break;
	default:
		break;
	}
}

/* Zero is "not said": an address parameter on the wire has no scope. */
static bool
same_scope(uint32_t a, uint32_t b)
{
	return a == b || a == 0 || b == 0;
}

bool
gs_addr_same_ip(const union gs_addr *a, const union gs_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;

	switch (a->sa.sa_family) {
	case AF_INET:
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	case AF_INET6:
		return IN6_ARE_ADDR_EQUAL(&a->v6.sin6_addr, &b->v6.sin6_addr) &&
		    same_scope(a->v6.sin6_scope_id, b->v6.sin6_scope_id);
	default:
		return true;
	}
}

bool
gs_addr_is_in(const union gs_addr *a, const union gs_addr *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (gs_addr_same_ip(a, &list[i]))
			return true;
	return false;
}

bool
gs_addr_equal(const union gs_addr *a, const union gs_addr *b)
{
	return gs_addr_same_ip(a, b) && gs_addr_port(a) == gs_addr_port(b);
}

bool
gs_addr_is_any(const union gs_addr *a)
{
	switch (a->sa.sa_family) {
	case AF_INET:
		return a->v4.sin_addr.s_addr == htonl(INADDR_ANY);
	case AF_INET6:
		return IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr);
	default:
		return false;
	}
}

bool
gs_addr_is_loopback(const union gs_addr *a)
{
	switch (a->sa.sa_family) {
	case AF_INET:
		return ntohl(a->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
	default:
		return false;
	}
}

bool
gs_addr_is_mapped(const union gs_addr *a)
{
	return a->sa.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_V4MAPPED(&a->v6.sin6_addr);
}

void
gs_addr_unmap(union gs_addr *a)
{
	union gs_addr v4;

	if (!gs_addr_is_mapped(a))
		return;
	memset(&v4, 0, sizeof(v4));
	v4.v4.sin_family = AF_INET;
	v4.v4.sin_port = a->v6.sin6_port;
	memcpy(&v4.v4.sin_addr, &a->v6.sin6_addr.s6_addr[12],
	    sizeof(v4.v4.sin_addr));
	*a = v4;
}

/* The zone of "fe80::1%eth0" or "fe80::1%2" (RFC 4007 11.2); 0 if none. */
static uint32_t
parse_zone(const char *zone)
{
	unsigned long index;
	char *end;

	if (*zone < '0' || *zone > '9')
		return if_nametoindex(zone);
	errno = 0;
	index = strtoul(zone, &end, 10);
	if (*end != '\0' || errno != 0 || index > UINT32_MAX)
		return 0;
	return (uint32_t)index;
}

static int
parse_v6(union gs_addr *a, const char *text)
{
	char bare[INET6_ADDRSTRLEN];
	const char *zone;
	size_t len;

	zone = strchr(text, '%');
	len = zone == NULL ? strlen(text) : (size_t)(zone - text);
	if (len >= sizeof(bare))
		return -EINVAL;
	memcpy(bare, text, len);
	bare[len] = '\0';

	a->v6.sin6_family = AF_INET6;
	if (inet_pton(AF_INET6, bare, &a->v6.sin6_addr) != 1)
		return -EINVAL;
	if (zone == NULL)
		return 0;
	a->v6.sin6_scope_id = parse_zone(zone + 1);
	return a->v6.sin6_scope_id == 0 ? -EINVAL : 0;
}

int
gs_addr_parse(union gs_addr *out, const char *text)
{
	union gs_addr a;
	int saved = errno;
	int err = 0;

	memset(&a, 0, sizeof(a));
	if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1) {
		a.v4.sin_family = AF_INET;
	} else {
		memset(&a, 0, sizeof(a));
		err = parse_v6(&a, text);
	}
	errno = saved;
	if (err == 0)
		*out = a;
	return err;
}

static void
format_v6(const union gs_addr *a, char *buf)
{
	char ip[INET6_ADDRSTRLEN];

	/* Cannot fail: the family and the room are right. */
	(void)inet_ntop(AF_INET6, &a->v6.sin6_addr, ip, sizeof(ip));
	if (a->v6.sin6_scope_id != 0)
		(void)snprintf(buf, GS_ADDR_STRLEN, "[%s%%%" PRIu32 "]:%u", ip,
		    a->v6.sin6_scope_id, (unsigned int)gs_addr_port(a));
	else
		(void)snprintf(buf, GS_ADDR_STRLEN, "[%s]:%u", ip,
		    (unsigned int)gs_addr_port(a));
}

const char *
gs_addr_format(const union gs_addr *a, char *buf)
{
	char ip[INET_ADDRSTRLEN];

	switch (a->sa.sa_family) {
	case AF_INET:
		(void)inet_ntop(AF_INET, &a->v4.sin_addr, ip, sizeof(ip));
		(void)snprintf(buf, GS_ADDR_STRLEN, "%s:%u", ip,
		    (unsigned int)gs_addr_port(a));
		break;
	case AF_INET6:
		format_v6(a, buf);
		break;
	default:
		(void)snprintf(buf, GS_ADDR_STRLEN, "unspecified");
		break;
	}
	return buf;
}

void
gs_addr_map(union gs_addr *a)
{
	struct sockaddr_in v4 = a->v4;

	if (a->sa.sa_family != AF_INET)
		return;
	memset(&a->v6, 0, sizeof(a->v6));
	a->v6.sin6_family = AF_INET6;
	a->v6.sin6_port = v4.sin_port;
	a->v6.sin6_addr.s6_addr[10] = 0xff;
	a->v6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&a->v6.sin6_addr.s6_addr[12], &v4.sin_addr, 4);
}
