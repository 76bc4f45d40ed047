/* wire_raw: the wire over raw sockets, SCTP as IP's protocol 132.  See
 * wire_impl.h. */

#include "wire_impl.h"

#include <errno.h>
#include <netinet/ip.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "kernel_sctp.h"
#include "log.h"

/*
 * The kernel's SCTP would answer every packet as well, and with an ABORT
 * where it knows nothing of the association.
 */
int
gs_wire_raw_check(const char *protocols)
{
	int has = gs_kernel_has_sctp(protocols);

	if (has < 0)
		gs_logf(GSCTP_LOG_WARN,
		    "raw IP: cannot read %s: if this kernel has SCTP, it will "
		    "abort the associations of this stack",
		    protocols);
	if (has <= 0)
		return 0;
	gs_logf(GSCTP_LOG_ERROR,
	    "raw IP: this kernel has SCTP of its own, which would abort the "
	    "associations of this stack: unload it (rmmod sctp), or use UDP "
	    "(GSCTP_ENCAPSULATION=udp)");
	return -EADDRINUSE;
}

static void
explain(int err)
{
	if (err == -EPERM || err == -EACCES)
		gs_logf(GSCTP_LOG_ERROR,
		    "raw IP: this process may not make raw sockets: it needs "
		    "the capability CAP_NET_RAW");
}

static int
open_raw(struct gs_wire *w, const struct gs_wire_config *cfg,
    const union gs_addr *addrs, size_t n, bool may_miss)
{
	int missing = 0;
	int err;
	size_t i;

	(void)cfg; /* there is no port */
	err = gs_wire_raw_check(GS_PROTOCOLS);
	if (err != 0)
		return err;
	for (i = 0; i < n; i++) {
		err = gs_wire_sock_open(SOCK_RAW, IPPROTO_SCTP, &addrs[i], 0,
		    &w->socks[w->nsocks]);
		if (err != 0 && may_miss && gs_wire_is_family_missing(err)) {
			missing = err;
			continue;
		}
		if (err != 0)
			goto close_all;
		w->nsocks++;
	}
	return w->nsocks > 0 ? 0 : missing;

close_all:
	explain(err);
	gs_wire_close_sockets(w);
	return err == -EACCES ? -EPERM : err;
}

/* A raw socket of IPv4 gives the IP header too; one of IPv6 does not. */
static bool
strip_header(struct gs_wire_datagram *d)
{
	struct gs_packet *pkt = &d->pkt;
	size_t len;

	if (pkt->src.sa.sa_family != AF_INET)
		return true;
	if (pkt->len < sizeof(struct ip))
		return false;
	len = (size_t)(pkt->data[0] & 0x0f) * 4;
	if (len < sizeof(struct ip) || len > pkt->len)
		return false;
	pkt->len -= len;
	pkt->data += len;
	d->each = pkt->len;
	return true;
}

const struct gs_wire_ops gs_wire_raw_ops = {
	.open = open_raw,
	.unwrap = strip_header,
	.has_ports = false,
};
