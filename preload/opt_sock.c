/*
 * opt_sock: options that are one number of a socket's.
 *
 * Locking: p->lock is held.
 */

#include <errno.h>
#include <string.h>

#include "opt_impl.h"
#include "psock.h"

/* What a user message that comes whole has at most, and the least that the
 * library takes for it. */
#define WHOLE_MAX (16u * 1024 * 1024)
#define WHOLE_MIN 1024u

/* The library reckons with ms in 32 bits. */
#define AUTOCLOSE_MAX ((uint32_t)INT32_MAX / 1000)

/* -- flags -- */

struct flag {
	int name;
	uint32_t id; /* GSCTP_OPT_... */
	size_t at;   /* in struct ps_opts */
};

static const struct flag flags[] = {
	{ LX_SCTP_NODELAY, GSCTP_OPT_NODELAY,
	    offsetof(struct ps_opts, nodelay) },
	{ LX_SCTP_DISABLE_FRAGMENTS, GSCTP_OPT_DISABLE_FRAGMENTS,
	    offsetof(struct ps_opts, no_fragments) },
	{ LX_SCTP_I_WANT_MAPPED_V4_ADDR, GSCTP_OPT_I_WANT_MAPPED_V4_ADDR,
	    offsetof(struct ps_opts, mapped) },
};

static const struct flag *
flag_of(int name)
{
	const struct flag *f = flags;

	while (f->name != name)
		f++;
	return f;
}

static int
set_flag(struct ps_call *c)
{
	const struct flag *f = flag_of(c->name);
	struct gsctp_opt o = { .id = f->id, .u = { .flag = ps_int(c) != 0 } };
	const struct ps_who who = { .future = true };
	int err;

	err = ps_who_set(c->p, &who, &o, NULL);
	if (err == 0)
		memcpy((char *)ps_opts(c->p) + f->at, &o.u.flag,
		    sizeof(o.u.flag));
	return err;
}

static int
get_flag(struct ps_call *c)
{
	bool on;

	memcpy(&on, (char *)ps_opts(c->p) + flag_of(c->name)->at, sizeof(on));
	return ps_give_int(c, on);
}

/* -- numbers -- */

static int
set_autoclose(struct ps_call *c)
{
	uint32_t v = (uint32_t)ps_int(c);
	struct gsctp_opt o = GSCTP_AUTOCLOSE(ps_clamp(v, 0, AUTOCLOSE_MAX));
	int err;

	err = ps_set(c->p, &o);
	if (err == 0)
		ps_opts(c->p)->autoclose = v;
	return err;
}

static int
get_autoclose(struct ps_call *c)
{
	return ps_give_int(c, (int32_t)ps_opts(c->p)->autoclose);
}

static int
set_adaptation(struct ps_call *c)
{
	struct gsctp_opt o = GSCTP_ADAPTATION_LAYER((uint32_t)ps_int(c));
	const struct ps_who who = { .future = true };
	int err;

	err = ps_who_set(c->p, &who, &o, NULL);
	if (err == 0)
		ps_opts(c->p)->adaptation = o.u.value;
	return err;
}

static int
get_adaptation(struct ps_call *c)
{
	return ps_give_int(c, (int32_t)ps_opts(c->p)->adaptation);
}

/*
 * Here pieces of messages may always come between those of others: of other
 * associations with 1, which programs ask for, of no others with 0.  What is
 * read whole, as nearly all is, knows no difference.
 */
static int
set_interleave(struct ps_call *c)
{
	ps_opts(c->p)->frag_interleave = ps_int(c) != 0;
	if (!ps_opts(c->p)->frag_interleave)
		ps_opts(c->p)->interleaving = false;
	return 0;
}

static int
get_interleave(struct ps_call *c)
{
	return ps_give_int(c, ps_opts(c->p)->frag_interleave);
}

/* A message that is longer comes in pieces. */
static int
set_pd_point(struct ps_call *c)
{
	uint32_t v = (uint32_t)ps_int(c);
	struct gsctp_opt o = GSCTP_BUFFER(
	    v == 0 ? WHOLE_MAX : ps_clamp(v, WHOLE_MIN, WHOLE_MAX));
	socklen_t len = sizeof(int);
	int err, rcvbuf = 0;

	err = ps_kept_get(c->p, SOL_SOCKET, SO_RCVBUF, &rcvbuf, &len);
	if (err != 0)
		return err;
	if (v > (uint32_t)rcvbuf / 2)
		return -EINVAL;
	err = ps_set(c->p, &o);
	if (err == 0)
		ps_opts(c->p)->pd_point = v;
	return err;
}

static int
get_pd_point(struct ps_call *c)
{
	return ps_give_int(c, (int32_t)ps_opts(c->p)->pd_point);
}

/* Addresses of the host that come and go are not told to peers. */
static int
set_auto_asconf(struct ps_call *c)
{
	struct sockaddr_storage name = { .ss_family = AF_UNSPEC };
	bool on = ps_int(c) != 0;

	if (on &&
	    (!c->p->is_bound || gsctp_sockname(c->p->s, &name) != 0 ||
		!ps_opt_is_any(&name)))
		return -EINVAL;
	ps_opts(c->p)->auto_asconf = on;
	return 0;
}

static int
get_auto_asconf(struct ps_call *c)
{
	return ps_give_int(c, ps_opts(c->p)->auto_asconf);
}

/* Two sockets on one port: the library has none. */
static int
set_reuse_port(struct ps_call *c)
{
	if (!c->p->is_stream)
		return -EOPNOTSUPP;
	if (c->p->is_bound)
		return -EFAULT;
	if (c->len < sizeof(int32_t))
		return -EINVAL;
	ps_opts(c->p)->reuse_port = ps_int(c) != 0;
	return 0;
}

static int
get_reuse_port(struct ps_call *c)
{
	return ps_give_int(c, ps_opts(c->p)->reuse_port);
}

#define INT sizeof(int32_t)

static const struct ps_opt_row rows[] = {
	{ LX_SCTP_NODELAY, 0, INT, INT, set_flag, get_flag },
	{ LX_SCTP_DISABLE_FRAGMENTS, 0, INT, INT, set_flag, get_flag },
	{ LX_SCTP_I_WANT_MAPPED_V4_ADDR, 0, INT, INT, set_flag, get_flag },
	{ LX_SCTP_AUTO_ASCONF, 0, INT, INT, set_auto_asconf, get_auto_asconf },
	{ LX_SCTP_AUTOCLOSE, PS_MANY | PS_EXACT, INT, INT, set_autoclose,
	    get_autoclose },
	{ LX_SCTP_ADAPTATION_LAYER, PS_EXACT, INT, INT, set_adaptation,
	    get_adaptation },
	{ LX_SCTP_FRAGMENT_INTERLEAVE, PS_EXACT, INT, INT, set_interleave,
	    get_interleave },
	{ LX_SCTP_PARTIAL_DELIVERY_POINT, PS_EXACT, INT, INT, set_pd_point,
	    get_pd_point },
	{ LX_SCTP_REUSE_PORT, 0, 0, INT, set_reuse_port, get_reuse_port },
};

const struct ps_opt_table ps_opt_sock = PS_TABLE(rows);
