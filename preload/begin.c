/* begin: see begin.h. */

#include "begin.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "control.h"
#include "posix.h"
#include "psock.h"
#include "uaddr.h"

/* The stream of the message must be one of those that are asked for. */
static int
check_stream(const struct ps_control *c, const struct gs_posix_out *out,
    const struct gsctp_opt *had)
{
	uint32_t n = had->u.initmsg.num_ostreams.v;

	if (c->has_init && c->init.num_ostreams != 0)
		n = c->init.num_ostreams;
	return out->takes_defaults || out->info.stream < n ? 0 : -EINVAL;
}

static void
replace(gsctp_field *f, uint16_t by)
{
	if (by != 0)
		f->v = by;
}

/* The peer's addresses: the message's, and those of ancillary data. */
static int
targets(const struct msghdr *m, const struct ps_control *c,
    const struct gs_posix_out *out, struct sockaddr_storage *addrs, size_t *n)
{
	uint16_t port;

	memset(&addrs[0], 0, sizeof(addrs[0]));
	memcpy(&addrs[0], out->to, out->tolen < sizeof(addrs[0]) ?
	    out->tolen : sizeof(addrs[0]));
	*n = 1;
	if (!c->has_dstaddrs)
		return 0;
	/* At the same place in both families. */
	memcpy(&port, (const char *)&addrs[0] +
	    offsetof(struct sockaddr_in, sin_port), sizeof(port));
	return ps_control_dstaddrs(m, port, addrs, n);
}

/* p->lock is held. */
static int
begin(struct psock *p, const struct ps_control *c,
    const struct gs_posix_out *out, const struct sockaddr_storage *addrs,
    size_t n)
{
	struct gsctp_opt had = { .id = GSCTP_OPT_INITMSG };
	struct gsctp_opt with;
	gsctp_assoc_id id;
	size_t bad;
	int err;

	err = ps_autobind(p);
	if (err == 0)
		err = gsctp_getopts(p->s, &had, 1, &bad);
	if (err == 0)
		err = check_stream(c, out, &had);
	if (err != 0)
		return err;
	with = had;
	if (c->has_init) {
		replace(&with.u.initmsg.num_ostreams, c->init.num_ostreams);
		replace(&with.u.initmsg.max_instreams, c->init.max_instreams);
		replace(&with.u.initmsg.max_attempts, c->init.max_attempts);
		replace(&with.u.initmsg.max_init_timeo,
		    c->init.max_init_timeo);
	}
	err = gsctp_connectx_init(p->s, addrs, n, &with,
	    c->has_init ? 1 : 0, &id);
	if (c->has_init)
		(void)gsctp_setopts(p->s, &had, 1, &bad);
	if (err == 0)
		p->was_connected = true;
	return err;
}

int
ps_begin(struct psock *p, const struct msghdr *m, const struct ps_control *c,
    const struct gs_posix_out *out, gsctp_sock *s)
{
	struct sockaddr_storage addrs[1 + PS_DSTADDRS_MAX];
	size_t n;
	int err;

	err = targets(m, c, out, addrs, &n);
	if (err != 0)
		return err;
	(void)pthread_mutex_lock(&p->lock);
	err = ps_addr_check(p, &addrs[0], out->tolen);
	if (err == 0)
		err = begin(p, c, out, addrs, n);
	*s = p->s;
	(void)pthread_mutex_unlock(&p->lock);
	switch (err) {
	case -EAFNOSUPPORT:
		return -EINVAL;
	case -ENOTCONN:
		return -EADDRNOTAVAIL;	/* one-to-one: it had one */
	default:
		return err;
	}
}

bool
ps_has_assoc(gsctp_sock s, gsctp_assoc_id id)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_STATUS };
	size_t bad;

	o.u.status.assoc_id = id;
	return id != 0 && gsctp_getopts(s, &o, 1, &bad) == 0;
}
