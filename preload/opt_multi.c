/*
 * opt_multi: what libsctp's functions do by options: sctp_bindx(),
 * sctp_connectx(), sctp_peeloff(), sctp_getpaddrs() and sctp_getladdrs().
 *
 * Locking: none is held; what they call takes p->lock.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "opt_impl.h"
#include "psock.h"
#include "user.h"

/* More addresses than an association can have. */
#define ADDRS_SIZE_MAX 65536

static int
set_bindx(struct ps_call *c)
{
	return ps_bindx(c->p, c->v, c->len,
	    c->name == LX_SCTP_SOCKOPT_BINDX_ADD);
}

/* In its second form it returns the association's id. */
static int
set_connectx(struct ps_call *c)
{
	int32_t id = 0;
	int err;

	if (c->len == 0)
		return -EINVAL;
	err = ps_connectx(c->p, c->v, c->len, &id);
	if (err != 0)
		return err;
	return c->name == LX_SCTP_SOCKOPT_CONNECTX ? id : 0;
}

/* In its third the addresses are elsewhere, and the id comes back also while
 * the attempt goes on. */
static int
get_connectx(struct ps_call *c)
{
	struct lx_connectx3 v;
	int32_t id = 0;
	void *addrs;
	int err;

	memcpy(&v, c->v, sizeof(v));
	if (v.size <= 0 || v.size > ADDRS_SIZE_MAX)
		return -EINVAL;
	addrs = malloc((size_t)v.size);
	if (addrs == NULL)
		return -ENOMEM;
	err = ps_copy_in(addrs, v.addrs, (size_t)v.size);
	if (err == 0)
		err = ps_connectx(c->p, addrs, (size_t)v.size, &id);
	free(addrs);
	memcpy(c->v, &id, sizeof(id));
	c->len = sizeof(id);
	return err;
}

/* They return the new descriptor, and have it in the record. */
static int
get_peeloff(struct ps_call *c)
{
	struct lx_peeloff *v = c->v;

	if (c->p->is_stream)
		return -EINVAL;
	v->sd = ps_peeloff(c->p, v->assoc_id, 0);
	return v->sd;
}

static int
get_peeloff_flags(struct ps_call *c)
{
	struct lx_peeloff_flags *v = c->v;

	if (c->p->is_stream)
		return -EINVAL;
	v->arg.sd = ps_peeloff(c->p, v->arg.assoc_id,
	    (int)v->flags & (SOCK_CLOEXEC | SOCK_NONBLOCK));
	return v->arg.sd;
}

/* Of local ones Linux says the length without what comes before them. */
static int
get_addrs(struct ps_call *c)
{
	struct lx_getaddrs *v = c->v;
	bool of_peer = c->name == LX_SCTP_GET_PEER_ADDRS;
	size_t size;
	int n;

	if (c->len < sizeof(*v))
		return -EINVAL;
	size = c->len - sizeof(*v);
	n = ps_getaddrs(c->p, v->assoc_id, of_peer, v->addrs, &size);
	if (n < 0)
		return n;
	v->addr_num = (uint32_t)n;
	c->len = sizeof(*v) + size;
	if (!of_peer)
		c->told = size;
	return 0;
}

static const struct ps_opt_row rows[] = {
	{ LX_SCTP_SOCKOPT_BINDX_ADD, PS_UNLOCKED, 1, 0, set_bindx, NULL },
	{ LX_SCTP_SOCKOPT_BINDX_REM, PS_UNLOCKED, 1, 0, set_bindx, NULL },
	{ LX_SCTP_SOCKOPT_CONNECTX_OLD, PS_UNLOCKED, 1, 0, set_connectx, NULL },
	{ LX_SCTP_SOCKOPT_CONNECTX, PS_UNLOCKED, 1, 0, set_connectx, NULL },
	{ LX_SCTP_SOCKOPT_CONNECTX3, PS_UNLOCKED | PS_KEYED, 0,
	    sizeof(struct lx_connectx3), NULL, get_connectx },
	{ LX_SCTP_SOCKOPT_PEELOFF, PS_UNLOCKED | PS_KEYED, 0,
	    sizeof(struct lx_peeloff), NULL, get_peeloff },
	{ LX_SCTP_SOCKOPT_PEELOFF_FLAGS, PS_UNLOCKED | PS_KEYED, 0,
	    sizeof(struct lx_peeloff_flags), NULL, get_peeloff_flags },
	{ LX_SCTP_GET_PEER_ADDRS, PS_UNLOCKED | PS_KEYED, 0, 0, NULL,
	    get_addrs },
	{ LX_SCTP_GET_LOCAL_ADDRS, PS_UNLOCKED | PS_KEYED, 0, 0, NULL,
	    get_addrs },
};

const struct ps_opt_table ps_opt_multi = PS_TABLE(rows);
