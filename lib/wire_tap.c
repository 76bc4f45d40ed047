/* wire_tap: what the wire tells the tap.  See wire_impl.h. */

#include "wire_impl.h"

#include <errno.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

/* ---- start and stop ---- */

int
gs_wire_capture(struct gs_wire *w, const char *path)
{
	char about[128];

	if (path == NULL)
		return gs_tap_stop(&w->tap);
	if (w->ops->has_ports)
		(void)snprintf(about, sizeof(about),
		    "SCTP in UDP, port %u (tshark -d udp.port==%u,sctp)",
		    w->port, w->port);
	else
		(void)snprintf(about, sizeof(about), "SCTP in IP");
	return gs_tap_start(&w->tap, path, about);
}

void
gs_wire_in_child(struct gs_wire *w)
{
	gs_tap_in_child(&w->tap);
}

/* ---- in ---- */

/* One that the wire drops, as far as it is known where it came from and
 * went to. */
static bool
guess(const struct gs_wire *w, const struct gs_wire_sock *s,
    const struct mmsghdr *msg, struct gs_wire_datagram *d)
{
	const struct msghdr *hdr = &msg->msg_hdr;
	struct gs_packet *pkt = &d->pkt;

	/* How long it was is not known. */
	if ((hdr->msg_flags & MSG_TRUNC) != 0)
		return false;
	if (gs_addr_from(&pkt->src, hdr->msg_name, hdr->msg_namelen) != 0)
		return false;
	gs_addr_unmap(&pkt->src);
	if (pkt->dst.sa.sa_family != pkt->src.sa.sa_family) {
		if (s->addr.sa.sa_family != pkt->src.sa.sa_family)
			memset(&pkt->dst, 0, sizeof(pkt->dst));
		else
			pkt->dst = s->addr;
		pkt->dst.sa.sa_family = pkt->src.sa.sa_family;
	}
	gs_addr_set_port(&pkt->dst, w->port);
	if (pkt->data == NULL) {
		pkt->data = hdr->msg_iov->iov_base;
		pkt->len = d->each = msg->msg_len;
	}
	return true;
}

static const struct gs_wire_sock *
socket_of(const struct gs_wire *w, int fd)
{
	size_t i;

	for (i = 0; i + 1 < w->nsocks; i++)
		if (w->socks[i].fd == fd)
			break;
	return &w->socks[i];
}

static void
put_in_locked(struct gs_wire *w, const struct gs_packet *pkt, uint64_t now_ns)
{
	struct gs_tap_packet seen;

	memset(&seen, 0, sizeof(seen));
	seen.src = pkt->src;
	seen.dst = pkt->dst;
	seen.has_udp = w->ops->has_ports;
	/* Of IPv4 a raw socket gives all. */
	seen.has_header =
	    w->ops->unwrap != NULL && pkt->src.sa.sa_family == AF_INET;
	seen.tos = pkt->tos;
	seen.ttl = pkt->ttl;
	seen.data = pkt->data;
	seen.len = pkt->len;
	gs_tap_put_locked(&w->tap, &seen, now_ns);
}

void
gs_wire_tap_in(struct gs_wire *w, int fd, size_t n)
{
	const struct gs_wire_sock *s = socket_of(w, fd);
	uint64_t now_ns;
	size_t i;

	if (!gs_tap_begin(&w->tap, &now_ns))
		return;
	for (i = 0; i < n; i++) {
		struct gs_wire_datagram d = w->in.datagram[i];
		size_t offset = 0;

		if (!d.is_good && !guess(w, s, &w->in.msg[i], &d))
			continue;
		do {
			struct gs_packet pkt = gs_wire_cut(&d, &offset);

			put_in_locked(w, &pkt, now_ns);
		} while (offset < d.pkt.len);
	}
	gs_tap_end(&w->tap);
}

/* ---- out ---- */

static uint8_t
get_u8(const struct gs_wire_sock *s, bool is_v4, int name4, int name6)
{
	socklen_t len = sizeof(int);
	int value = 0;

	/* Not known, then. */
	if (getsockopt(s->fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6,
		is_v4 ? name4 : name6, &value, &len) != 0)
		return 0;
	return (uint8_t)value;
}

void
gs_wire_tap_out(struct gs_wire *w, const struct gs_wire_sock *s, size_t first,
    size_t n, uint64_t now_ns)
{
	int callers_errno = errno;
	struct gs_tap_packet seen;
	uint8_t ttl[2] = { 0 }, tos[2] = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		const struct gs_packet *pkt = w->out.pkt[first + i];
		bool is_v4 = pkt->src.sa.sa_family == AF_INET;

		/* All have the socket's, but for a TOS of their own. */
		if (ttl[is_v4] == 0) {
			ttl[is_v4] =
			    get_u8(s, is_v4, IP_TTL, IPV6_UNICAST_HOPS);
			tos[is_v4] = get_u8(s, is_v4, IP_TOS, IPV6_TCLASS);
		}
		memset(&seen, 0, sizeof(seen));
		seen.src = pkt->src;
		seen.dst = pkt->dst;
		gs_addr_set_port(&seen.src, w->port);
		seen.is_out = true;
		seen.has_udp = w->ops->has_ports;
		seen.tos = pkt->tos != 0 ? pkt->tos : tos[is_v4];
		seen.ttl = ttl[is_v4];
		seen.data = pkt->data;
		seen.len = pkt->len;
		gs_tap_put_locked(&w->tap, &seen, now_ns);
	}
	gs_tap_end(&w->tap);
	errno = callers_errno;
}
