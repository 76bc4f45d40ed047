/*
 * opt_who: which associations an option is about.
 *
 * Locking: p->lock is held.
 */

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "opt_impl.h"
#include "posix.h"
#include "psock.h"

/* That of a one-to-one socket, while it is up; or 0. */
static gsctp_assoc_id
only(struct psock *p)
{
	struct gs_posix_state st;

	if (!p->is_open || gs_posix_state(p->s, &st) != 0 ||
	    st.phase != GS_POSIX_UP)
		return 0;
	return st.assoc;
}

/* All there are, to be freed.  How many, or -ENOMEM. */
static int
list(struct psock *p, gsctp_assoc_id **out)
{
	gsctp_assoc_id *ids;
	int n, max = 64;

	*out = NULL;
	if (!p->is_open)
		return 0;
	for (;;) {
		ids = calloc((size_t)max, sizeof(*ids));
		if (ids == NULL)
			return -ENOMEM;
		n = gsctp_assocs(p->s, ids, (size_t)max);
		if (n <= max)
			break;
		free(ids);
		max = n + 16;
	}
	*out = ids;
	return n;
}

static bool
has(struct psock *p, gsctp_assoc_id id)
{
	gsctp_assoc_id *ids;
	bool found = false;
	int i, n;

	n = list(p, &ids);
	for (i = 0; i < n && !found; i++)
		found = ids[i] == id;
	free(ids);
	return found;
}

int
ps_who(struct psock *p, int32_t id, bool may_be_all, struct ps_who *out)
{
	memset(out, 0, sizeof(*out));
	if (p->is_stream) {
		out->one = only(p);
		out->future = out->one == 0;
		return 0;
	}
	if (may_be_all && (id == LX_CURRENT_ASSOC || id == LX_ALL_ASSOC)) {
		out->current = true;
		out->future = id == LX_ALL_ASSOC;
		return 0;
	}
	out->future = id == LX_FUTURE_ASSOC;
	if (out->future)
		return 0;
	out->one = (gsctp_assoc_id)id;
	return id > LX_ALL_ASSOC && has(p, out->one) ? 0 : -EINVAL;
}

int
ps_who_one(struct psock *p, int32_t id, gsctp_assoc_id *out)
{
	struct ps_who who;
	int err;

	err = ps_who(p, id, false, &who);
	if (err != 0 || who.one == 0)
		return -EINVAL;
	*out = who.one;
	return 0;
}

static int
set_each(struct psock *p, struct gsctp_opt *o, gsctp_assoc_id *id)
{
	gsctp_assoc_id *ids;
	size_t bad;
	int i, n;

	n = list(p, &ids);
	if (n < 0)
		return n;
	for (i = 0; i < n; i++) {
		*id = ids[i];
		/* One that has just ended does not matter. */
		(void)gsctp_setopts(p->s, o, 1, &bad);
	}
	free(ids);
	return 0;
}

int
ps_who_set(struct psock *p, const struct ps_who *who, struct gsctp_opt *o,
    gsctp_assoc_id *id)
{
	size_t bad;
	int err = 0;

	if (who->one != 0) {
		if (id != NULL)
			*id = who->one;
		return gsctp_setopts(p->s, o, 1, &bad);
	}
	if (who->future) {
		if (id != NULL)
			*id = 0;
		err = ps_set(p, o);
		if (err == -ENOTCONN && p->is_stream)
			err = 0;
	}
	if (err == 0 && who->current && id != NULL)
		err = set_each(p, o, id);
	return err;
}

int
ps_opt_address(struct psock *p, const struct sockaddr_storage *a)
{
	union gs_addr u;

	if (gs_addr_from(&u, (const struct sockaddr *)a, sizeof(*a)) != 0)
		return -EINVAL;
	if (u.sa.sa_family == AF_INET6 && p->family == AF_INET)
		return -EINVAL;
	gs_addr_unmap(&u);
	if (u.sa.sa_family == AF_INET && p->family == AF_INET6 && p->v6only)
		return -EINVAL;
	return 0;
}

bool
ps_opt_is_any(const struct sockaddr_storage *a)
{
	union gs_addr u;

	return a->ss_family == AF_UNSPEC ||
	    (gs_addr_from(&u, (const struct sockaddr *)a, sizeof(*a)) == 0 &&
		gs_addr_is_any(&u));
}

/* Is the address one of the peer's? */
static bool
is_of(struct psock *p, gsctp_assoc_id id, const union gs_addr *a)
{
	struct sockaddr_storage peers[64];
	union gs_addr u;
	int i, n;

	n = gsctp_peernames(p->s, id, peers, 64);
	for (i = 0; i < n && i < 64; i++) {
		if (gs_addr_from(&u, (struct sockaddr *)&peers[i],
			sizeof(peers[i])) != 0)
			continue;
		gs_addr_unmap(&u);
		if (gs_addr_same_ip(&u, a) &&
		    gs_addr_port(&u) == gs_addr_port(a))
			return true;
	}
	return false;
}

int
ps_who_path(struct psock *p, int32_t id, const struct sockaddr_storage *a,
    gsctp_assoc_id *out)
{
	gsctp_assoc_id *ids;
	struct ps_who who;
	union gs_addr u;
	int i, n, err;

	err = ps_opt_address(p, a);
	if (err == 0)
		err = ps_who(p, id, false, &who);
	if (err != 0)
		return err;
	(void)gs_addr_from(&u, (const struct sockaddr *)a, sizeof(*a));
	gs_addr_unmap(&u);
	if (who.one != 0) {
		*out = who.one;
		return is_of(p, who.one, &u) ? 0 : -EINVAL;
	}
	err = -EINVAL;
	n = p->is_stream ? 0 : list(p, &ids);
	for (i = 0; i < n && err != 0; i++) {
		if (!is_of(p, ids[i], &u))
			continue;
		*out = ids[i];
		err = 0;
	}
	if (!p->is_stream)
		free(ids);
	return err;
}

int32_t
ps_int(const struct ps_call *c)
{
	int32_t v;

	memcpy(&v, c->v, sizeof(v));
	return v;
}

int
ps_give_int(struct ps_call *c, int32_t v)
{
	memcpy(c->v, &v, sizeof(v));
	return 0;
}
