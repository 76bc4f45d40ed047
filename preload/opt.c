/* opt: see opt.h; and the calls of psock.h, which find an option's row. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* explicit_bzero */
#endif

#include "opt.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "opt_impl.h"
#include "process.h"
#include "psock.h"
#include "user.h"

/* A value: an authentication key of 65535 bytes, lists of addresses. */
#define VALUE_MAX (1u << 20)

/* Room for a get even if the program has less: its row says so then. */
#define VALUE_ROOM 512u

static const struct ps_opt_table *const tables[] = {
	&ps_opt_sock,
	&ps_opt_assoc,
	&ps_opt_params,
	&ps_opt_path,
	&ps_opt_send,
	&ps_opt_stream,
	&ps_opt_auth,
	&ps_opt_event,
	&ps_opt_multi,
};

struct ps_opts *
ps_opts(struct psock *p)
{
	return p->opts;
}

/* Linux's defaults: its sysctls net.sctp, as they are after a start. */
static const struct ps_opts defaults = {
	.rto = { .initial = 3000, .max = 60000, .min = 1000 },
	.assoc = { .asocmaxrxt = 10, .cookie_life = 60000 },
	.init = { .num_ostreams = 10,
	    .max_instreams = 65535,
	    .max_attempts = 8,
	    .max_init_timeo = 60000 },
	.path = { .hbinterval = 30000,
	    .pathmaxrxt = 5,
	    .sackdelay = 200,
	    .flags = LX_SPP_HB_ENABLE | LX_SPP_PMTUD_ENABLE |
		LX_SPP_SACKDELAY_ENABLE },
	.sack = { .delay = 200, .freq = 2 },
	.thlds = { .pathmaxrxt = 5, .pathpfthld = 0, .pathcpthld = 65535 },
	.max_burst = 4,
	.pr = true,
	.ecn = true,
	.mapped = true,
};

int
ps_opt_init(struct psock *p)
{
	struct ps_opts *o;

	o = malloc(sizeof(*o));
	if (o == NULL)
		return -ENOMEM;
	*o = defaults;
	p->opts = o;
	return 0;
}

int
ps_opt_inherit(struct psock *p, struct psock *from)
{
	struct ps_opts *o;
	int err;

	err = ps_opt_init(p);
	if (err != 0)
		return err;
	o = p->opts;
	*o = *(const struct ps_opts *)from->opts;
	o->kept = NULL;
	o->nkept = 0;
	o->autoclose = 0;
	p->rcvtimeo = from->rcvtimeo;
	p->sndtimeo = from->sndtimeo;
	p->wants = from->wants;
	p->reuseaddr = from->reuseaddr;
	p->v6only = from->v6only;
	p->sndbuf = from->sndbuf;
	p->rcvbuf = from->rcvbuf;
	err = ps_kept_copy(o, from->opts);
	return err != 0 ? err : ps_opt_ip_forget(p, from);
}

void
ps_opt_free(void *opts)
{
	struct ps_opts *o = opts;

	if (o == NULL)
		return;
	ps_kept_free(o);
	free(o);
}

static const struct ps_opt_row *
find_row(int name)
{
	size_t i, j;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (j = 0; j < tables[i]->n; j++)
			if (tables[i]->rows[j].name == name)
				return &tables[i]->rows[j];
	return NULL;
}

static int
run(const struct ps_opt_row *row, ps_opt_fn *fn, struct ps_call *c)
{
	int r;

	if (row->flags & PS_UNLOCKED)
		return fn(c);
	(void)pthread_mutex_lock(&c->p->lock);
	r = fn(c);
	(void)pthread_mutex_unlock(&c->p->lock);
	return r;
}

static int
set_row(const struct ps_opt_row *row, struct ps_call *c)
{
	if (row == NULL || row->set == NULL)
		return -ENOPROTOOPT;
	if ((row->flags & PS_MANY) && c->p->is_stream)
		return -EOPNOTSUPP;
	if (c->len < row->set_len ||
	    ((row->flags & PS_EXACT) && c->len != row->set_len))
		return -EINVAL;
	return run(row, row->set, c);
}

static int
set_sctp(struct psock *p, int name, const void *value, socklen_t len)
{
	struct ps_call c = { .p = p, .name = name, .len = len };
	int r;

	if (len > VALUE_MAX)
		return -ENOMEM;
	c.v = calloc(1, len + 1u);
	if (c.v == NULL)
		return -ENOMEM;
	r = ps_copy_in(c.v, value, len);
	if (r == 0)
		r = set_row(find_row(name), &c);
	/* It may have been a key. */
	explicit_bzero(c.v, len);
	free(c.v);
	return r;
}

int
ps_setsockopt(struct psock *p, int level, int name, const void *value,
    socklen_t len)
{
	if (ps_is_forked())
		return ps_forked();
	if (ps_is_forked())
		return ps_forked();
	if (len > INT32_MAX)
		return -EINVAL;
	switch (level) {
	case LX_SOL_SCTP:
		return set_sctp(p, name, value, len);
	case SOL_SOCKET:
		return ps_setsockopt_socket(p, name, value, len);
	case IPPROTO_IPV6:
		if (p->family != AF_INET6)
			return -ENOPROTOOPT;
		return ps_setsockopt_ip(p, level, name, value, len);
	case IPPROTO_IP:
		return ps_setsockopt_ip(p, level, name, value, len);
	default:
		return -ENOPROTOOPT;
	}
}

static int
get_row(const struct ps_opt_row *row, struct ps_call *c, const void *value)
{
	size_t n;
	int err;

	if (row == NULL || row->get == NULL)
		return -ENOPROTOOPT;
	if ((row->flags & PS_MANY) && c->p->is_stream)
		return -EOPNOTSUPP;
	if (c->len < row->get_len)
		return -EINVAL;
	if (row->get_len > 0)
		c->len = row->get_len;
	if (row->flags & PS_KEYED) {
		n = c->len < VALUE_ROOM ? c->len : VALUE_ROOM;
		err = ps_copy_in(c->v, value, n);
		if (err != 0)
			return err;
	}
	return run(row, row->get, c);
}

static int
get_sctp(struct psock *p, int name, void *value, socklen_t *lenp)
{
	struct ps_call c = { .p = p, .name = name, .told = PS_TOLD_LEN };
	socklen_t len;
	int r;

	r = ps_copy_in(&len, lenp, sizeof(len));
	if (r != 0)
		return r;
	if (len > INT32_MAX)
		return -EINVAL;
	c.len = len < VALUE_MAX ? len : VALUE_MAX;
	c.v = calloc(1, c.len + VALUE_ROOM);
	if (c.v == NULL)
		return -ENOMEM;
	r = get_row(find_row(name), &c, value);
	len = (socklen_t)(c.told == PS_TOLD_LEN ? c.len : c.told);
	/* Some of them return a number, or begin what goes on. */
	if ((r >= 0 || r == -EINPROGRESS) &&
	    (ps_copy_out(lenp, &len, sizeof(len)) != 0 ||
		ps_copy_out(value, c.v, c.len) != 0))
		r = -EFAULT;
	free(c.v);
	return r;
}

int
ps_getsockopt(struct psock *p, int level, int name, void *value, socklen_t *len)
{
	if (ps_is_forked())
		return ps_forked();
	switch (level) {
	case LX_SOL_SCTP:
		return get_sctp(p, name, value, len);
	case SOL_SOCKET:
		return ps_getsockopt_socket(p, name, value, len);
	case IPPROTO_IPV6:
		if (p->family != AF_INET6)
			return -EOPNOTSUPP;
		return ps_getsockopt_ip(p, level, name, value, len);
	case IPPROTO_IP:
		return ps_getsockopt_ip(p, level, name, value, len);
	default:
		return p->family == AF_INET6 ? -ENOPROTOOPT : -EOPNOTSUPP;
	}
}
