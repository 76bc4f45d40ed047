/*
 * engine_opt_auth: algorithms, the end of keys, and which chunks are
 * authenticated (RFC 4895).  Layer 3; see engine_opt.h.
 */

#include "engine_opt_impl.h"

#include <errno.h>
#include <string.h>

#include <usrsctp.h>

#define HMACS_MAX                                                            \
	(sizeof(((struct gsctp_hmac_ident *)0)->idents) / sizeof(uint16_t))

/* struct sctp_hmacalgo with room for its list. */
struct hmacs {
	uint32_t n;
	uint16_t idents[HMACS_MAX];
};

/* <usrsctp.h> leaves the count out. */
struct auth_chunks {
	sctp_assoc_t assoc_id;
	uint32_t n;
	uint8_t chunks[256];
};

/* The engine names no reason; these are what it refuses. */
static int
check_hmacs(const struct gsctp_hmac_ident *in)
{
	bool has_sha1 = false, has_other = false;
	size_t i, j;

	if (in->n == 0 || in->n > HMACS_MAX)
		return -EINVAL;
	for (i = 0; i < in->n; i++) {
		for (j = 0; j < i; j++)
			if (in->idents[j] == in->idents[i])
				return -EINVAL;
		if (in->idents[i] == GSCTP_HMAC_SHA1)
			has_sha1 = true;
		else if (in->idents[i] == GSCTP_HMAC_SHA256)
			has_other = true;
		else
			return -EINVAL;
	}
	if (!has_sha1)
		return -EINVAL;		/* RFC 4895 3.3 */
	return has_other ? -EOPNOTSUPP : 0;
}

int
gs_eopt_set_hmacs(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	const struct gsctp_hmac_ident *in = &opt->u.hmac_ident;
	struct hmacs h;
	int err;

	(void)is_assoc;
	err = check_hmacs(in);
	if (err != 0)
		return err;
	memset(&h, 0, sizeof(h));
	h.n = in->n;
	memcpy(h.idents, in->idents, in->n * sizeof(h.idents[0]));
	return gs_eopt_engine_set(so, SCTP_HMAC_IDENT, &h, sizeof(h));
}

int
gs_eopt_get_hmacs(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gsctp_hmac_ident *out = &opt->u.hmac_ident;
	struct hmacs h;
	int len;

	(void)is_assoc;
	memset(&h, 0, sizeof(h));
	len = gs_eopt_engine_get_some(so, SCTP_HMAC_IDENT, &h, sizeof(h));
	if (len < 0)
		return len;
	out->n = h.n;
	memset(out->idents, 0, sizeof(out->idents));
	memcpy(out->idents, h.idents, h.n * sizeof(h.idents[0]));
	return 0;
}

/*
 * RFC 6458 8.3.4, 8.3.5.  The active key, one that is not there, and for
 * deletion one that a message in the queue was sent with, is -EINVAL.
 */
int
gs_eopt_end_key(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	struct sctp_authkeyid k;

	(void)is_assoc;
	if (opt->u.assoc_value.assoc_value > UINT16_MAX)
		return -EINVAL;
	memset(&k, 0, sizeof(k));
	k.scact_keynumber = (uint16_t)opt->u.assoc_value.assoc_value;
	return gs_eopt_engine_set(so,
	    opt->id == GSCTP_OPT_AUTH_DELETE_KEY ? SCTP_AUTH_DELETE_KEY :
						   SCTP_AUTH_DEACTIVATE_KEY,
	    &k, sizeof(k));
}

int
gs_eopt_get_auth_chunks(struct socket *so, bool is_assoc,
    struct gsctp_opt *opt)
{
	struct gsctp_auth_chunks *out = &opt->u.auth_chunks;
	struct auth_chunks list;
	int len;
	bool of_peer = opt->id == GSCTP_OPT_PEER_AUTH_CHUNKS;

	if (of_peer && !is_assoc)
		return -EINVAL;
	memset(&list, 0, sizeof(list));
	len = gs_eopt_engine_get_some(so,
	    of_peer ? SCTP_PEER_AUTH_CHUNKS : SCTP_LOCAL_AUTH_CHUNKS, &list,
	    sizeof(list));
	if (len < 0)
		return len;
	out->n = list.n;
	memcpy(out->chunks, list.chunks, sizeof(out->chunks));
	return 0;
}
