/*
 * opt_auth: authentication of chunks (RFC 4895).
 *
 * It is off unless AUTH_SUPPORTED was set: -EACCES, as Linux has it.
 *
 * Locking: p->lock is held.
 */

#include <errno.h>
#include <string.h>

#include "opt_impl.h"
#include "psock.h"

#define HMACS_MAX 4u

/* RFC 4895 3.2: these come before there are keys, or have them. */
#define CHUNK_INIT 1u
#define CHUNK_INIT_ACK 2u
#define CHUNK_SHUTDOWN_COMPLETE 14u
#define CHUNK_AUTH 15u

/* Does the association authenticate, or will those to come?  0 or -EACCES. */
static int
check(struct psock *p, const struct ps_who *who)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_AUTH_SUPPORTED };
	int err;

	if (who->one == 0)
		return ps_opts(p)->auth ? 0 : -EACCES;
	o.u.assoc_value.assoc_id = who->one;
	err = ps_get(p, &o);
	if (err != 0)
		return err;
	return o.u.assoc_value.assoc_value != 0 ? 0 : -EACCES;
}

static int
refuse_get(struct ps_call *c)
{
	(void)c;
	return -EOPNOTSUPP;
}

static int
set_chunk(struct ps_call *c)
{
	const struct lx_authchunk *v = c->v;
	struct gsctp_opt o = GSCTP_AUTH_CHUNK(0);
	const struct ps_who who = { .future = true };

	if (!ps_opts(c->p)->auth)
		return -EACCES;
	if (c->len != sizeof(*v))
		return -EINVAL;
	o.u.value = v->chunk;
	switch (v->chunk) {
	case CHUNK_INIT:
	case CHUNK_INIT_ACK:
	case CHUNK_SHUTDOWN_COMPLETE:
	case CHUNK_AUTH:
		return -EINVAL;
	default:
		return ps_who_set(c->p, &who, &o, NULL);
	}
}

/* The engine has SHA-1 alone, which must always be there. */
static int
set_hmacs(struct ps_call *c)
{
	const struct lx_hmacalgo *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_HMAC_IDENT };
	const struct ps_who who = { .future = true };
	size_t room;
	bool has_sha1 = false;
	uint32_t i;

	if (!ps_opts(c->p)->auth)
		return -EACCES;
	if (c->len < sizeof(*v))
		return -EINVAL;
	room = (c->len - sizeof(*v)) / sizeof(v->idents[0]);
	if (v->num_idents == 0 || v->num_idents > HMACS_MAX ||
	    v->num_idents > room)
		return -EINVAL;
	for (i = 0; i < v->num_idents; i++) {
		if (v->idents[i] != GSCTP_HMAC_SHA1 &&
		    v->idents[i] != GSCTP_HMAC_SHA256)
			return -EOPNOTSUPP;
		has_sha1 = has_sha1 || v->idents[i] == GSCTP_HMAC_SHA1;
	}
	if (!has_sha1)
		return -EINVAL;
	o.u.hmac_ident.n = 1;
	o.u.hmac_ident.idents[0] = GSCTP_HMAC_SHA1;
	return ps_who_set(c->p, &who, &o, NULL);
}

static int
get_hmacs(struct ps_call *c)
{
	struct lx_hmacalgo *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_HMAC_IDENT };
	const struct gsctp_hmac_ident *h = &o.u.hmac_ident;
	size_t len;
	int err;

	if (!ps_opts(c->p)->auth)
		return -EACCES;
	err = ps_get(c->p, &o);
	if (err != 0)
		return err;
	len = sizeof(*v) + h->n * sizeof(h->idents[0]);
	if (c->len < len)
		return -EINVAL;
	v->num_idents = h->n;
	memcpy(v->idents, h->idents, h->n * sizeof(h->idents[0]));
	c->len = len;
	return 0;
}

/* -- keys -- */

static int
set_key(struct ps_call *c)
{
	const struct lx_authkey *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_AUTH_KEY };
	struct ps_who who;
	int err;

	if (c->len <= sizeof(*v) || v->keylength > c->len - sizeof(*v))
		return -EINVAL;
	err = ps_who(c->p, v->assoc_id, true, &who);
	if (err == 0)
		err = check(c->p, &who);
	if (err != 0)
		return err;
	o.u.authkey.keynumber = v->keynumber;
	o.u.authkey.key = v->key;
	o.u.authkey.keylength = v->keylength;
	return ps_who_set(c->p, &who, &o, &o.u.authkey.assoc_id);
}

static uint32_t
key_id(int name)
{
	switch (name) {
	case LX_SCTP_AUTH_ACTIVE_KEY:
		return GSCTP_OPT_AUTH_ACTIVE_KEY;
	case LX_SCTP_AUTH_DELETE_KEY:
		return GSCTP_OPT_AUTH_DELETE_KEY;
	default:
		return GSCTP_OPT_AUTH_DEACTIVATE_KEY;
	}
}

static int
set_keyid(struct ps_call *c)
{
	const struct lx_authkeyid *v = c->v;
	struct gsctp_opt o = { .id = key_id(c->name) };
	struct ps_who who;
	int err;

	err = ps_who(c->p, v->assoc_id, true, &who);
	if (err == 0)
		err = check(c->p, &who);
	if (err != 0)
		return err;
	o.u.assoc_value.assoc_value = v->keynumber;
	return ps_who_set(c->p, &who, &o, &o.u.assoc_value.assoc_id);
}

static int
get_keyid(struct ps_call *c)
{
	struct lx_authkeyid *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_AUTH_ACTIVE_KEY };
	struct ps_who who;
	int err;

	err = ps_who(c->p, v->assoc_id, false, &who);
	if (err == 0)
		err = check(c->p, &who);
	if (err != 0)
		return err;
	o.u.assoc_value.assoc_id = who.one;
	err = ps_get(c->p, &o);
	v->keynumber = (uint16_t)o.u.assoc_value.assoc_value;
	return err;
}

/* -- which chunks -- */

static int
give_chunks(struct ps_call *c, const struct gsctp_auth_chunks *from)
{
	struct lx_authchunks *v = c->v;
	size_t room = c->len - sizeof(*v);

	if (room < from->n)
		return -EINVAL;
	v->number = from->n;
	memcpy(v->chunks, from->chunks, from->n);
	c->len = sizeof(*v) + from->n;
	return 0;
}

static int
get_chunks(struct ps_call *c)
{
	const struct lx_authchunks *v = c->v;
	bool of_peer = c->name == LX_SCTP_PEER_AUTH_CHUNKS;
	struct gsctp_opt o = { .id = of_peer ? GSCTP_OPT_PEER_AUTH_CHUNKS :
					       GSCTP_OPT_LOCAL_AUTH_CHUNKS };
	struct ps_who who;
	int err;

	if (c->len < sizeof(*v))
		return -EINVAL;
	err = ps_who(c->p, v->assoc_id, false, &who);
	if (err == 0 && of_peer && who.one == 0)
		err = -EINVAL;
	if (err == 0)
		err = check(c->p, &who);
	if (err != 0)
		return err;
	o.u.auth_chunks.assoc_id = who.one;
	err = ps_get(c->p, &o);
	return err != 0 ? err : give_chunks(c, &o.u.auth_chunks);
}

#define KEYID_LEN sizeof(struct lx_authkeyid)

static const struct ps_opt_row rows[] = {
	{ LX_SCTP_AUTH_CHUNK, 0, 0, 0, set_chunk, refuse_get },
	{ LX_SCTP_HMAC_IDENT, 0, 0, 0, set_hmacs, get_hmacs },
	{ LX_SCTP_AUTH_KEY, 0, 0, 0, set_key, refuse_get },
	{ LX_SCTP_AUTH_ACTIVE_KEY, PS_KEYED | PS_EXACT, KEYID_LEN, KEYID_LEN,
	    set_keyid, get_keyid },
	{ LX_SCTP_AUTH_DELETE_KEY, PS_EXACT, KEYID_LEN, 0, set_keyid,
	    refuse_get },
	{ LX_SCTP_AUTH_DEACTIVATE_KEY, PS_EXACT, KEYID_LEN, 0, set_keyid,
	    refuse_get },
	{ LX_SCTP_PEER_AUTH_CHUNKS, PS_KEYED, 0, 0, NULL, get_chunks },
	{ LX_SCTP_LOCAL_AUTH_CHUNKS, PS_KEYED, 0, 0, NULL, get_chunks },
};

const struct ps_opt_table ps_opt_auth = PS_TABLE(rows);
