/* cat_listen: sockets: the one that listens, the one that connects, and what
 * both are set to. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cat.h"
#include "cli.h"

/* Room for what is sent and received: a long fat pipe, and messages that are
 * a fraction of it. */
#define BUFFER (1024 * 1024)
/* Messages that are put together. */
#define WHOLE_MAX (64 * 1024 * 1024)
/* Those of all peers together, of which each may keep one that does not end:
 * no more than that, while it is not less than this each. */
#define WHOLE_ALL (512 * 1024 * 1024)
#define WHOLE_MIN (64 * 1024)

/* How long a message may become before it is given out. */
static uint32_t
buffer_of(const struct cat_options *o)
{
	size_t peers = o->keeps ? o->max_peers : 1;
	size_t each = WHOLE_ALL / peers;

	if (!o->is_json && o->framing.mode != CAT_PREFIX)
		return BUFFER;
	if (each < WHOLE_MIN)
		return WHOLE_MIN;
	return (uint32_t)(each < WHOLE_MAX ? each : WHOLE_MAX);
}

int
cat_open_options(const struct cat_options *o, struct gsctp_opt *out)
{
	int n = 0;

	out[n++] = (struct gsctp_opt)GSCTP_TYPE(GSCTP_STREAM);
	out[n++] = (struct gsctp_opt)GSCTP_EXPLICIT_EOR(true);
	out[n++] = (struct gsctp_opt)GSCTP_SEND_TIMEOUT_MS(0);
	out[n++] = (struct gsctp_opt)GSCTP_SNDBUF(BUFFER);
	out[n++] = (struct gsctp_opt)GSCTP_RECBUF(BUFFER);
	out[n++] = (struct gsctp_opt)GSCTP_BUFFER(buffer_of(o));
	out[n++] = (struct gsctp_opt)GSCTP_NODELAY(true);
	out[n++] = (struct gsctp_opt)GSCTP_I_WANT_MAPPED_V4_ADDR(false);
	if (o->out_streams != 0)
		out[n++] =
		    (struct gsctp_opt)GSCTP_INITMSG(.num_ostreams = gsctp_def(
							o->out_streams));
	if (o->in_streams != 0)
		out[n++] =
		    (struct gsctp_opt)GSCTP_INITMSG(.max_instreams = gsctp_def(
							o->in_streams));
	if (o->shows_events || o->is_json)
		out[n++] = (struct gsctp_opt)GSCTP_EVENTS(.adaptation_layer =
							      gsctp_def(1),
		    .authentication = gsctp_def(1),
		    .stream_reset = gsctp_def(1), .assoc_reset = gsctp_def(1),
		    .stream_change = gsctp_def(1));
	return n;
}

static int
open_socket(struct cat *c, uint16_t port, int family, gsctp_sock *s)
{
	struct gsctp_opt more[16], sndbuf = GSCTP_SNDBUF(0);
	int n = cat_open_options(c->opts, more);
	int code, err;

	code = net_open(&c->opts->net, port, family, more, (size_t)n, s);
	if (code != 0)
		return code;
	/* -o may have set another one. */
	err = gsctp_getopts(*s, &sndbuf, 1, NULL);
	if (err != 0)
		return cli_error("the send buffer", err);
	c->framing = c->opts->framing;
	c->framing.part_max = sndbuf.u.value / 4;
	if (c->opts->ttl_ms != 0)
		c->framing.whole_max = sndbuf.u.value;
	return 0;
}

int
cat_listen(struct cat *c)
{
	uint64_t port;
	int code, err;

	code = cli_number("PORT", c->opts->port, 0, UINT16_MAX, &port);
	if (code == 0)
		code = open_socket(c, (uint16_t)port, AF_INET6, &c->listener);
	if (code != 0)
		return code;
	err = gsctp_listen(c->listener, c->opts->keeps ? GSCTP_BACKLOG : 1);
	c->listener_fd = err == 0 ? gsctp_fd(c->listener) : -1;
	if (err != 0 || c->listener_fd < 0)
		return cli_error("cannot listen",
		    err != 0 ? err : c->listener_fd);
	err = cat_show_listening(c);
	return err == 0 ? 0 : cli_error("standard output", err);
}

void
cat_stop_listening(struct cat *c)
{
	if (c->listener_fd < 0)
		return;
	c->listener_fd = -1;
	(void)gsctp_close(c->listener);
}

void
cat_accept(struct cat *c)
{
	gsctp_sock s;

	while (c->listener_fd >= 0 && c->npeers < c->opts->max_peers &&
	    gsctp_accept(c->listener, 0, &s) == 0) {
		if (cat_peer_new(c, s) == NULL) {
			(void)gsctp_close(s);
			(void)cli_error("a peer", -ENOMEM);
			return;
		}
		c->had_peer = true;
		if (!c->opts->keeps)
			cat_stop_listening(c);
	}
}

int
cat_connect(struct cat *c, const struct sockaddr_storage *addrs, size_t naddrs)
{
	int family = AF_INET;
	gsctp_assoc_id assoc;
	struct cat_peer *p;
	gsctp_sock s;
	size_t i;
	int err;

	for (i = 0; i < naddrs; i++)
		if (addrs[i].ss_family == AF_INET6)
			family = AF_INET6;
	err = open_socket(c, 0, family, &s);
	if (err != 0)
		return err;
	p = cat_peer_new(c, s);
	if (p == NULL)
		return cli_error("a peer", -ENOMEM);
	(void)snprintf(p->name, sizeof(p->name), "%s",
	    net_addr_text(&addrs[0]));
	if (c->opts->connect_ms != CAT_NEVER)
		p->end_by = cat_now_ms() + (uint64_t)c->opts->connect_ms;
	err = gsctp_connectx_init(s, addrs, naddrs, NULL, 0, &assoc);
	return err == 0 ? 0 : cli_error(p->name, err);
}
