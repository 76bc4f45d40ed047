/* wire_udp: the wire over UDP (RFC 6951).  See wire_impl.h. */

#include "wire_impl.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

#define PORT_ATTEMPTS 32 /* ephemeral ports tried for all sockets */

static int
bound_port(int fd, uint16_t *out)
{
	union gs_addr name;
	socklen_t len = sizeof(name);

	memset(&name, 0, sizeof(name));
	if (getsockname(fd, &name.sa, &len) == -1)
		return -errno;
	*out = gs_addr_port(&name);
	return 0;
}

/* Open a socket an address, all on one port; 0 is any port they all get. */
static int
open_sockets(struct gs_wire *w, const union gs_addr *addrs, size_t n,
    uint16_t port, bool may_miss)
{
	int missing = 0;
	int err;
	size_t i;

	for (i = 0; i < n; i++) {
		err = gs_wire_sock_open(SOCK_DGRAM, IPPROTO_UDP, &addrs[i],
		    port, &w->socks[w->nsocks]);
		if (err != 0 && may_miss && gs_wire_is_family_missing(err)) {
			missing = err;
			continue;
		}
		if (err != 0)
			goto close_all;
		w->nsocks++;
		if (port == 0) {
			err = bound_port(w->socks[0].fd, &port);
			if (err != 0)
				goto close_all;
		}
	}
	w->port = port;
	return w->nsocks > 0 ? 0 : missing;

close_all:
	gs_wire_close_sockets(w);
	return err;
}

/* The kernel picks the first socket's port; the others may find it taken. */
static int
open_ephemeral(struct gs_wire *w, const union gs_addr *addrs, size_t n,
    bool may_miss)
{
	int err = -EADDRINUSE;
	int i;

	for (i = 0; i < PORT_ATTEMPTS && err == -EADDRINUSE; i++)
		err = open_sockets(w, addrs, n, 0, may_miss);
	return err;
}

/*
 * Packets of one flow that came together may be read together.  Not from a
 * socket that is handed in: the caller's is the same one, and what he reads
 * there, while we have it or later, is to be single datagrams.
 */
static void
read_runs(int fd)
{
	int on = 1;

	/* A kernel that does not know it gives them one by one. */
	(void)setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on));
}

static int
open_udp(struct gs_wire *w, const struct gs_wire_config *cfg,
    const union gs_addr *addrs, size_t n, bool may_miss)
{
	size_t i;
	int err;

	if (cfg->port == 0) {
		err = open_ephemeral(w, addrs, n, may_miss);
	} else {
		err = open_sockets(w, addrs, n, cfg->port, may_miss);
		if (err == -EADDRINUSE && cfg->port_mode == GS_PORT_AUTO)
			err = open_ephemeral(w, addrs, n, may_miss);
	}
	for (i = 0; i < w->nsocks && !cfg->is_plain; i++) {
		read_runs(w->socks[i].fd);
		w->socks[i].can_segment = gs_wire_can_segment(w->socks[i].fd);
	}
	return err;
}

const struct gs_wire_ops gs_wire_udp_ops = {
	.open = open_udp,
	.has_ports = true,
};
