/* wire_given: the wire over UDP sockets that the caller has bound.  See
 * wire_impl.h. */

#include "wire_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <string.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "log.h"

/* Not 0 to 2, which a program may open anew for its output. */
#define FIRST_FD 3

static int
refuse(size_t i, const char *what)
{
	gs_logf(GSCTP_LOG_ERROR, "udp_fds[%zu] %s", i, what);
	return -EINVAL;
}

static int
get_int(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	return getsockopt(fd, level, name, &value, &len) == 0 ? value : -1;
}

static bool
is_udp(int fd)
{
	int domain = get_int(fd, SOL_SOCKET, SO_DOMAIN);

	return (domain == AF_INET || domain == AF_INET6) &&
	    get_int(fd, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM &&
	    get_int(fd, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_UDP;
}

/* It would hear of one peer alone. */
static bool
is_connected(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0;
}

static bool
serves_same(const struct gs_wire_sock *a, const struct gs_wire_sock *b)
{
	if (a->addr.sa.sa_family == b->addr.sa.sa_family)
		return gs_addr_same_ip(&a->addr, &b->addr);
	return (a->takes_v4 && b->is_wildcard) ||
	    (b->takes_v4 && a->is_wildcard);
}

/* Look at the socket i; what it is, without a descriptor of ours. */
static int
inspect(const struct gs_wire *w, const struct gs_wire_config *cfg, size_t i,
    struct gs_wire_sock *out)
{
	socklen_t len = sizeof(out->addr);
	int fd = cfg->fds[i];
	uint16_t port;
	size_t j;

	memset(out, 0, sizeof(*out));
	if (!is_udp(fd))
		return refuse(i, "is not a UDP socket");
	if (getsockname(fd, &out->addr.sa, &len) == -1)
		return -errno;
	port = gs_addr_port(&out->addr);
	if (port == 0)
		return refuse(i, "is not bound");
	if (is_connected(fd))
		return refuse(i, "is connected");
	if (gs_addr_is_mapped(&out->addr))
		return refuse(i, "is bound to an IPv4-mapped address");
	if (cfg->port != 0 && port != cfg->port)
		return refuse(i, "is not bound to udp_port");
	if (i > 0 && port != w->port)
		return refuse(i, "has another port than udp_fds[0]");
	out->is_wildcard = gs_addr_is_any(&out->addr);
	out->takes_v4 = out->is_wildcard &&
	    out->addr.sa.sa_family == AF_INET6 &&
	    get_int(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0;
	for (j = 0; j < i; j++)
		if (serves_same(&w->socks[j], out))
			return refuse(i, "has the address of another one");
	return 0;
}

/* For the caller, too, who keeps the socket: what he reads there is to be
 * single datagrams, and what we send there is not to be cut. */
static void
keep_datagrams_apart(int fd)
{
	int off = 0;

	/* A kernel that does not know it does not do it. */
	(void)setsockopt(fd, IPPROTO_UDP, UDP_GRO, &off, sizeof(off));
	(void)setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &off, sizeof(off));
}

static int
adopt(struct gs_wire *w, const struct gs_wire_config *cfg,
    const union gs_addr *addrs, size_t n, bool may_miss)
{
	struct gs_wire_sock sock;
	size_t i;
	int err;

	(void)addrs; /* the sockets have theirs */
	(void)n;
	(void)may_miss;
	if (cfg->nfds > GS_WIRE_SOCKETS)
		return -E2BIG;
	for (i = 0; i < cfg->nfds; i++) {
		err = inspect(w, cfg, i, &sock);
		if (err != 0)
			goto close_all;
		sock.fd = fcntl(cfg->fds[i], F_DUPFD_CLOEXEC, FIRST_FD);
		if (sock.fd == -1) {
			err = -errno;
			goto close_all;
		}
		/* Said of each message, and of no socket. */
		sock.can_segment =
		    !cfg->is_plain && gs_wire_can_segment(sock.fd);
		w->socks[w->nsocks++] = sock;
		w->port = gs_addr_port(&sock.addr);
		keep_datagrams_apart(sock.fd);
		err = gs_wire_sock_prepare(&sock);
		if (err != 0)
			goto close_all;
	}
	return 0;

close_all:
	gs_wire_close_sockets(w);
	return err;
}

const struct gs_wire_ops gs_wire_given_ops = {
	.open = adopt,
	.has_ports = true,
};
