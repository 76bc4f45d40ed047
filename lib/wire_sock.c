/* wire_sock: one socket of the wire.  See wire_impl.h. */

#include "wire_impl.h"

#include <errno.h>
#include <netinet/ip.h>
#include <unistd.h>

#define SOCKET_BUFFER (4 * 1024 * 1024)

static int
set_int(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) == -1)
		return -errno;
	return 0;
}

/*
 * As large as the machine lets us: past the limit with CAP_NET_ADMIN, else
 * up to it.  A smaller buffer only loses more under load, so it is no error.
 */
static void
set_buffers(int fd)
{
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BUFFER) != 0)
		(void)set_int(fd, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER);
	if (set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, SOCKET_BUFFER) != 0)
		(void)set_int(fd, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER);
}

/*
 * Data that has become too long for a hop must be fragmented, not refused;
 * what asks whether it is too long says so (gs_packet.df).
 */
static int
set_options_v4(int fd)
{
	int err;

	err = set_int(fd, IPPROTO_IP, IP_PKTINFO, 1);
	if (err == 0)
		err = set_int(fd, IPPROTO_IP, IP_RECVTOS, 1);
	if (err == 0)
		err = set_int(fd, IPPROTO_IP, IP_RECVTTL, 1);
	if (err == 0)
		err =
		    set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	return err;
}

static int
set_options_v6(int fd)
{
	int err;

	err = set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	if (err == 0)
		err = set_int(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	if (err == 0)
		err = set_int(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	if (err == 0)
		err = set_int(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
		    IPV6_PMTUDISC_DONT);
	return err;
}

/* Where it fails, a packet is fragmented. */
void
gs_wire_set_df(const struct gs_wire_sock *s, bool is_on)
{
	if (s->addr.sa.sa_family == AF_INET || s->takes_v4)
		(void)set_int(s->fd, IPPROTO_IP, IP_MTU_DISCOVER,
		    is_on ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT);
	if (s->addr.sa.sa_family == AF_INET6)
		(void)set_int(s->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
		    is_on ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_DONT);
}

int
gs_wire_sock_prepare(const struct gs_wire_sock *s)
{
	int err = 0;

	if (s->addr.sa.sa_family == AF_INET || s->takes_v4)
		err = set_options_v4(s->fd);
	if (err == 0 && s->addr.sa.sa_family == AF_INET6)
		err = set_options_v6(s->fd);
	if (err == 0)
		set_buffers(s->fd);
	return err;
}

int
gs_wire_sock_open(int type, int protocol, const union gs_addr *addr,
    uint16_t port, struct gs_wire_sock *out)
{
	union gs_addr bound = *addr;
	int fd;
	int err;

	fd = socket(addr->sa.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    protocol);
	if (fd == -1)
		return -errno;

	out->fd = fd;
	out->addr = *addr;
	out->is_wildcard = gs_addr_is_any(addr);
	out->takes_v4 = false;
	out->can_segment = false;
	/* A raw socket has one family alone, and does not know the option. */
	if (addr->sa.sa_family == AF_INET6 && type != SOCK_RAW) {
		err = set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
		if (err != 0)
			goto close_fd;
	}
	err = gs_wire_sock_prepare(out);
	if (err != 0)
		goto close_fd;

	gs_addr_set_port(&bound, port);
	if (bind(fd, &bound.sa, gs_addr_len(&bound)) == -1) {
		err = -errno;
		goto close_fd;
	}
	return 0;

close_fd:
	(void)close(fd); /* nothing was sent or received on it */
	return err;
}

void
gs_wire_close_sockets(struct gs_wire *w)
{
	while (w->nsocks > 0)
		/* Datagrams are not flushed by a close: nothing to learn. */
		(void)close(w->socks[--w->nsocks].fd);
}

/* A machine without one of the families is served by the other. */
bool
gs_wire_is_family_missing(int err)
{
	return err == -EAFNOSUPPORT || err == -EADDRNOTAVAIL ||
	    err == -EPROTONOSUPPORT;
}

int
gs_wire_set_ttl(const struct gs_wire *w, int ttl)
{
	const struct gs_wire_sock *s;
	int err = 0;
	size_t i;

	for (i = 0; err == 0 && i < w->nsocks; i++) {
		s = &w->socks[i];
		if (s->addr.sa.sa_family == AF_INET || s->takes_v4)
			err = set_int(s->fd, IPPROTO_IP, IP_TTL, ttl);
		if (err == 0 && s->addr.sa.sa_family == AF_INET6)
			err = set_int(s->fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS,
			    ttl);
	}
	return err;
}

/* Until it is set it is the system's, and the first socket speaks for all. */
int
gs_wire_get_ttl(const struct gs_wire *w, int *ttl)
{
	const struct gs_wire_sock *s = &w->socks[0];
	bool is_v4 = s->addr.sa.sa_family == AF_INET;
	socklen_t len = sizeof(*ttl);

	if (getsockopt(s->fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6,
	    is_v4 ? IP_TTL : IPV6_UNICAST_HOPS, ttl, &len) == -1)
		return -errno;
	return 0;
}
