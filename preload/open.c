/*
 * open: the socket of gsctp behind a psock.
 *
 * One of gsctp is bound from its beginning, one of Linux when somebody says
 * so.  So a psock opens one, bound to anything, when an option must be kept
 * or asked; what is set is written down; and bind() opens another one and
 * sets it all again.
 *
 * Locking: p->lock is held.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* explicit_bzero */
#endif

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "posix.h"
#include "process.h"
#include "psock.h"
#include "start.h"

/* Options before bind() that are remembered: far more than there are. */
#define JOURNAL_MAX 4096

#define ADDRS_MAX 64

/* Linux binds to as many as it is told, gsctp opens with what it is told. */
static size_t
open_opts(const struct psock *p, const struct sockaddr_storage *addrs,
    size_t n, struct gsctp_opt *o)
{
	size_t i, k = 0;

	o[k++] = (struct gsctp_opt)GSCTP_TYPE(
	    p->is_stream ? GSCTP_STREAM : GSCTP_SEQPACKET);
	o[k++] = (struct gsctp_opt)GSCTP_FAMILY(
	    p->family == AF_INET6 ? GSCTP_INET6 : GSCTP_INET);
	o[k++] = (struct gsctp_opt)GSCTP_REUSEADDR(p->reuseaddr);
	if (p->family == AF_INET6)
		o[k++] = (struct gsctp_opt)GSCTP_IPV6_V6ONLY(p->v6only);
	for (i = 0; i < n; i++) {
		memset(&o[k], 0, sizeof(o[k]));
		o[k].id = GSCTP_OPT_IP;
		o[k++].u.addr = addrs[i];
	}
	return k;
}

/* What every socket behind a psock is: it never waits by itself, and no
 * event comes that nobody asked for. */
static const struct gsctp_opt always[] = {
	GSCTP_SEND_TIMEOUT_MS(0),
	GSCTP_EXIT_ON_CLOSE(false),
	GSCTP_EVENTS(.association = gsctp_def(0), .address = gsctp_def(0),
	    .send_failure = gsctp_def(0), .peer_error = gsctp_def(0),
	    .shutdown = gsctp_def(0), .partial_delivery = gsctp_def(0)),
	/* RFC 9260 16 and Linux's sysctl net.sctp; the same as in opt.c. */
	GSCTP_RTOINFO(.initial = gsctp_def(3000), .min = gsctp_def(1000),
	    .max = gsctp_def(60000)),
	GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(10),
	    .cookie_life = gsctp_def(60000)),
	GSCTP_INITMSG(.num_ostreams = gsctp_def(10),
	    .max_instreams = gsctp_def(65535), .max_attempts = gsctp_def(8),
	    .max_init_timeo = gsctp_def(60000)),
	GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(30000),
	    .pathmaxrxt = gsctp_def(5)),
	GSCTP_DELAYED_SACK(.delay = gsctp_def(200), .freq = gsctp_def(2)),
	GSCTP_MAX_BURST(.assoc_value = 4),
	GSCTP_I_WANT_MAPPED_V4_ADDR(true),
	/* The first needs the second. */
	GSCTP_ASCONF_SUPPORTED(.assoc_value = 0),
	GSCTP_AUTH_SUPPORTED(.assoc_value = 0),
	GSCTP_RECONFIG_SUPPORTED(.assoc_value = 0),
	GSCTP_NRSACK_SUPPORTED(.assoc_value = 0),
	GSCTP_PR_SUPPORTED(.assoc_value = 1),
};

static uint16_t
port_of(const struct sockaddr_storage *a)
{
	uint16_t port;

	/* At the same place in both families. */
	memcpy(&port, (const char *)a + 2, sizeof(port));
	return (uint16_t)(port >> 8 | port << 8);
}

int
ps_open_at(struct psock *p, const struct sockaddr_storage *addrs, size_t n)
{
	struct gsctp_opt o[ADDRS_MAX + 8];
	gsctp_sock s;
	size_t k, bad;
	int err;

	if (ps_is_forked())
		return ps_forked();
	if (p->is_closed)
		return -EBADF;
	if (n > ADDRS_MAX)
		return -EINVAL;
	err = ps_start();
	if (err != 0)
		return err;
	ps_watch_signals();
	k = open_opts(p, addrs, n, o);
	err = gsctp_open(n > 0 ? port_of(&addrs[0]) : 0, o, k, &s);
	if (err != 0)
		return err;
	err = gsctp_setopts(s, always, sizeof(always) / sizeof(always[0]),
	    &bad);
	if (err == 0 && p->njournal > 0)
		err = gsctp_setopts(s, p->journal, p->njournal, &bad);
	if (err != 0) {
		(void)gsctp_close(s);
		return err;
	}
	if (p->is_open)
		(void)gs_posix_close(p->s);
	p->s = s;
	p->is_open = true;
	return gs_posix_attach(s, p->ready);
}

int
ps_open(struct psock *p)
{
	if (ps_is_forked())
		return ps_forked();
	if (p->is_closed)
		return -EBADF;
	return p->is_open ? 0 : ps_open_at(p, NULL, 0);
}

int
ps_autobind(struct psock *p)
{
	int err;

	err = ps_open(p);
	if (err != 0 || p->is_bound)
		return err;
	p->is_bound = true;
	ps_forget_journal(p);
	return 0;
}

/* The one option whose value is elsewhere, and which an endpoint has. */
static void
free_key(struct gsctp_opt *o)
{
	uint8_t *key;

	if (o->id != GSCTP_OPT_AUTH_KEY)
		return;
	key = (uint8_t *)(uintptr_t)o->u.authkey.key;
	explicit_bzero(key, o->u.authkey.keylength);
	free(key);
}

static int
copy_key(struct gsctp_opt *o)
{
	uint8_t *key;

	if (o->id != GSCTP_OPT_AUTH_KEY)
		return 0;
	key = malloc(o->u.authkey.keylength + 1);
	if (key == NULL)
		return -ENOMEM;
	if (o->u.authkey.keylength > 0)
		memcpy(key, o->u.authkey.key, o->u.authkey.keylength);
	o->u.authkey.key = key;
	return 0;
}

void
ps_forget_journal(struct psock *p)
{
	size_t i;

	for (i = 0; i < p->njournal; i++)
		free_key(&p->journal[i]);
	free(p->journal);
	p->journal = NULL;
	p->njournal = 0;
}

static int
write_down(struct psock *p, const struct gsctp_opt *o)
{
	struct gsctp_opt *more;
	int err;

	if (p->is_bound)
		return 0;
	if (p->njournal == JOURNAL_MAX)
		return -ENOBUFS;
	more = realloc(p->journal, (p->njournal + 1) * sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	p->journal = more;
	more[p->njournal] = *o;
	err = copy_key(&more[p->njournal]);
	if (err == 0)
		p->njournal++;
	return err;
}

int
ps_set(struct psock *p, const struct gsctp_opt *o)
{
	size_t bad;
	int err;

	err = ps_open(p);
	if (err == 0)
		err = gsctp_setopts(p->s, o, 1, &bad);
	if (err == 0)
		err = write_down(p, o);
	return err;
}

int
ps_get(struct psock *p, struct gsctp_opt *o)
{
	size_t bad;
	int err;

	err = ps_open(p);
	return err != 0 ? err : gsctp_getopts(p->s, o, 1, &bad);
}
