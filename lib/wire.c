/* wire: see wire.h. */

#include "wire_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t
counted(const atomic_uint_least64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* ---- opening ---- */

/* The addresses to bind: the caller's, or each family's wildcard. */
static int
list_addrs(const struct gs_wire_config *cfg, union gs_addr *addrs, size_t *n)
{
	size_t i;

	memset(addrs, 0, GS_WIRE_SOCKETS * sizeof(*addrs));
	if (cfg->naddrs == 0) {
		addrs[0].sa.sa_family = AF_INET;
		addrs[1].sa.sa_family = AF_INET6;
		*n = 2;
		return 0;
	}
	if (cfg->naddrs > GS_WIRE_SOCKETS)
		return -E2BIG;
	for (i = 0; i < cfg->naddrs; i++) {
		addrs[i] = cfg->addrs[i];
		gs_addr_unmap(&addrs[i]);
		if (gs_addr_len(&addrs[i]) == 0)
			return -EAFNOSUPPORT;
	}
	*n = cfg->naddrs;
	return 0;
}

static const struct gs_wire_ops *
choose_ops(const struct gs_wire_config *cfg)
{
	if (cfg->is_raw)
		return &gs_wire_raw_ops;
	return cfg->nfds > 0 ? &gs_wire_given_ops : &gs_wire_udp_ops;
}

int
gs_wire_open(const struct gs_wire_config *cfg, struct gs_wire **out)
{
	union gs_addr addrs[GS_WIRE_SOCKETS];
	struct gs_wire *w;
	size_t n;
	int err;

	err = list_addrs(cfg, addrs, &n);
	if (err != 0)
		return err;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return -ENOMEM;
	err = gs_wire_in_init(&w->in);
	if (err != 0)
		goto free_w;
	w->ops = choose_ops(cfg);
	err = w->ops->open(w, cfg, addrs, n, cfg->naddrs == 0);
	if (err != 0)
		goto fini_in;
	gs_tap_init(&w->tap);
	*out = w;
	return 0;

fini_in:
	gs_wire_in_fini(&w->in);
free_w:
	free(w);
	return err;
}

void
gs_wire_close(struct gs_wire *w)
{
	if (w == NULL)
		return;
	gs_wire_close_sockets(w);
	gs_tap_fini(&w->tap);
	gs_wire_in_fini(&w->in);
	free(w);
}

uint16_t
gs_wire_port(const struct gs_wire *w)
{
	return w->port;
}

bool
gs_wire_is_raw(const struct gs_wire *w)
{
	return !w->ops->has_ports;
}

size_t
gs_wire_fds(const struct gs_wire *w, int *fds, size_t max)
{
	size_t i;

	for (i = 0; i < w->nsocks && i < max; i++)
		fds[i] = w->socks[i].fd;
	return w->nsocks;
}

size_t
gs_wire_addrs(const struct gs_wire *w, union gs_addr *out, size_t max)
{
	size_t i;

	for (i = 0; i < w->nsocks; i++)
		if (w->socks[i].is_wildcard)
			return 0;
	for (i = 0; i < w->nsocks && i < max; i++)
		out[i] = w->socks[i].addr;
	return w->nsocks;
}

void
gs_wire_get_stats(const struct gs_wire *w, struct gs_wire_stats *out)
{
	out->in_packets = counted(&w->in_packets);
	out->in_bytes = counted(&w->in_bytes);
	out->in_dropped = counted(&w->in_dropped);
	out->out_packets = counted(&w->out_packets);
	out->out_bytes = counted(&w->out_bytes);
	out->out_dropped = counted(&w->out_dropped);
}
