#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#endif

#include "source.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint32_t
mtu_of(int fd, sa_family_t family)
{
	bool is_v4 = family == AF_INET;
	socklen_t len = sizeof(int);
	int mtu = 0;

	if (getsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6,
	    is_v4 ? IP_MTU : IPV6_MTU, &mtu, &len) == -1 || mtu < 0)
		return 0;
	return (uint32_t)mtu;
}

/*
 * A UDP socket that is connected has the source that the route has, and its
 * MTU.  Nothing is sent, and any port will do.  A new socket each time: one
 * that had an address keeps it.
 */
static bool
ask_system(const union gs_addr *dst, union gs_addr *src, uint32_t *mtu)
{
	union gs_addr to = *dst, name;
	socklen_t len = sizeof(name);
	bool found;
	int fd;

	fd = socket(to.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
	if (fd == -1)
		return false;
	gs_addr_set_port(&to, 9);
	memset(&name, 0, sizeof(name));
	found = connect(fd, &to.sa, gs_addr_len(&to)) == 0 &&
	    getsockname(fd, &name.sa, &len) == 0 && !gs_addr_is_any(&name);
	*mtu = found ? mtu_of(fd, to.sa.sa_family) : 0;
	(void)close(fd); /* nothing was sent */
	if (!found)
		return false;
	*src = name;
	gs_addr_set_port(src, 0);
	return true;
}

void
gs_source_init(struct gs_source *s)
{
	memset(s, 0, sizeof(*s));
	s->ask = ask_system;
	s->left = GS_SOURCE_BURST;
}

/* Who makes two meet has them asked for more often: no harm. */
static size_t
slot(const union gs_addr *dst)
{
	const uint8_t *p = (const uint8_t *)&dst->v4.sin_addr;
	size_t i, n = sizeof(dst->v4.sin_addr);
	uint32_t h = 2166136261u;

	if (dst->sa.sa_family == AF_INET6) {
		p = dst->v6.sin6_addr.s6_addr;
		n = sizeof(dst->v6.sin6_addr);
	}
	for (i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619u;
	return (h ^ h >> 16) % GS_SOURCE_DSTS;
}

/* Asking takes some 10 us. */
static bool
may_ask(struct gs_source *s, uint64_t now_ms)
{
	uint64_t past = now_ms - s->counted_ms;

	s->counted_ms = now_ms;
	s->left = past < GS_SOURCE_BURST ?
	    s->left + past * GS_SOURCE_PER_MS : GS_SOURCE_BURST;
	if (s->left > GS_SOURCE_BURST)
		s->left = GS_SOURCE_BURST;
	if (s->left == 0)
		return false;
	s->left--;
	return true;
}

static void
ask(struct gs_source *s, struct gs_source_dst *d, const union gs_addr *dst,
    uint64_t now_ms)
{
	uint32_t mtu = 0;

	if (!gs_addr_same_ip(&d->dst, dst)) {
		d->dst = *dst;
		d->has_src = false;
	}
	d->asked_ms = now_ms;
	if (s->ask(dst, &d->src, &mtu)) {
		d->has_src = true;
		d->mtu = mtu;
	}
}

/* What is known of dst, or NULL. */
static const struct gs_source_dst *
look_up(struct gs_source *s, const union gs_addr *dst, uint64_t now_ms)
{
	struct gs_source_dst *d = &s->dsts[slot(dst)];

	if ((!gs_addr_same_ip(&d->dst, dst) ||
	    now_ms - d->asked_ms >= GS_SOURCE_MS) && may_ask(s, now_ms))
		ask(s, d, dst, now_ms);
	return gs_addr_same_ip(&d->dst, dst) && d->has_src ? d : NULL;
}

bool
gs_source_find(struct gs_source *s, const union gs_addr *dst, uint64_t now_ms,
    union gs_addr *src)
{
	const struct gs_source_dst *d;

	if (gs_addr_len(dst) == 0 || gs_addr_is_loopback(dst))
		return false;
	d = look_up(s, dst, now_ms);
	if (d == NULL)
		return false;
	*src = d->src;
	return true;
}

/* Towards itself an address is its own source, and towards another's never.
 * All of 127.0.0.0/8 has 127.0.0.1. */
uint32_t
gs_source_mtu(struct gs_source *s, const union gs_addr *dst, uint64_t now_ms,
    bool *is_local)
{
	const struct gs_source_dst *d;

	if (gs_addr_len(dst) == 0)
		return 0;
	d = look_up(s, dst, now_ms);
	if (d == NULL)
		return 0;
	*is_local = gs_addr_is_loopback(dst) || gs_addr_same_ip(&d->src, dst);
	return d->mtu;
}
