/*
 * engine_opt_ext: the options of RFC 6525 (streams) and RFC 4895 (keys).
 * Layer 3; see engine_opt.h.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* explicit_bzero */
#endif

#include "engine_opt_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine_sock.h"

#include <usrsctp.h>

/* The engine asks the peer to reset no more than these in one request. */
#define RESET_INCOMING_MAX 200u

static int
check_reset(const struct gsctp_reset_streams *in)
{
	const uint32_t known = GSCTP_RESET_INCOMING | GSCTP_RESET_OUTGOING;

	if (in->flags == 0 || (in->flags & ~known) != 0)
		return -EINVAL;
	/* A list of none would be all to the engine. */
	if ((in->streams == NULL) != (in->nstreams == 0))
		return -EINVAL;
	if (in->nstreams > UINT16_MAX)
		return -EINVAL;
	if ((in->flags & GSCTP_RESET_INCOMING) != 0 &&
	    in->nstreams > RESET_INCOMING_MAX)
		return -EINVAL;
	return 0;
}

/*
 * Further errors are the engine's: -EOPNOTSUPP (the peer does not know RFC
 * 6525) and -EALREADY (a request is not answered yet).
 */
int
gs_eopt_set_reset_streams(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	const struct gsctp_reset_streams *in = &opt->u.reset_streams;
	struct sctp_reset_streams *r;
	size_t len;
	int err;

	err = is_assoc ? check_reset(in) : -EINVAL;
	if (err != 0)
		return err;
	len = sizeof(*r) + in->nstreams * sizeof(uint16_t);
	r = calloc(1, len);
	if (r == NULL)
		return -ENOMEM;
	if ((in->flags & GSCTP_RESET_INCOMING) != 0)
		r->srs_flags |= SCTP_STREAM_RESET_INCOMING;
	if ((in->flags & GSCTP_RESET_OUTGOING) != 0)
		r->srs_flags |= SCTP_STREAM_RESET_OUTGOING;
	r->srs_number_streams = (uint16_t)in->nstreams;
	if (in->nstreams > 0)
		memcpy(r->srs_stream_list, in->streams,
		    in->nstreams * sizeof(uint16_t));
	err = gs_eopt_engine_set(so, SCTP_RESET_STREAMS, r, len);
	free(r);
	return err;
}

/* Errors as above, and -EINVAL for more than 65,535 streams in all. */
int
gs_eopt_set_add_streams(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	const struct gsctp_add_streams *in = &opt->u.add_streams;
	struct sctp_add_streams a;

	if (!is_assoc || (in->instrms == 0 && in->outstrms == 0))
		return -EINVAL;
	memset(&a, 0, sizeof(a));
	a.sas_instrms = in->instrms;
	a.sas_outstrms = in->outstrms;
	return gs_eopt_engine_set(so, SCTP_ADD_STREAMS, &a, sizeof(a));
}

/* A chunk type that must not be authenticated is the engine's -EINVAL. */
int
gs_eopt_set_auth_chunk(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	struct sctp_authchunk c;

	(void)is_assoc;
	if (opt->u.value > UINT8_MAX)
		return -EINVAL;
	c.sauth_chunk = (uint8_t)opt->u.value;
	return gs_eopt_engine_set(so, SCTP_AUTH_CHUNK, &c, sizeof(c));
}

/*
 * The engine loses a key that it refuses to put in another's place, bytes and
 * all: one that is deactivated, or that a message in the queue was sent with.
 * So the other goes first; one that cannot, and can be made active, is there.
 * What is left is a deactivated key with such messages.
 */
static int
make_place(struct socket *so, uint16_t number)
{
	struct gsctp_opt gone = GSCTP_AUTH_DELETE_KEY(.assoc_value = number);
	struct gsctp_opt it = GSCTP_AUTH_ACTIVE_KEY(.assoc_value = number);
	struct gsctp_opt active = GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 0);

	if (gs_eopt_end_key(so, true, &gone) == 0 || gs_esock_queued(so) == 0)
		return 0;
	if (gs_eopt_get_active_key(so, true, &active) != 0 ||
	    gs_eopt_set_active_key(so, true, &it) != 0)
		return 0;
	(void)gs_eopt_set_active_key(so, true, &active); /* it was */
	return -EBUSY;
}

int
gs_eopt_set_auth_key(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	const struct gsctp_authkey *in = &opt->u.authkey;
	struct sctp_authkey *k;
	size_t len;
	int err;

	if (in->keylength > UINT16_MAX ||
	    (in->keylength > 0 && in->key == NULL))
		return -EINVAL;
	err = is_assoc ? make_place(so, in->keynumber) : 0;
	if (err != 0)
		return err;
	len = sizeof(*k) + in->keylength;
	k = calloc(1, len);
	if (k == NULL)
		return -ENOMEM;
	k->sca_keynumber = in->keynumber;
	k->sca_keylength = (uint16_t)in->keylength;
	if (in->keylength > 0)
		memcpy(k->sca_key, in->key, in->keylength);
	err = gs_eopt_engine_set(so, SCTP_AUTH_KEY, k, len);
	explicit_bzero(k, len);
	free(k);
	return err;
}

int
gs_eopt_set_active_key(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	struct sctp_authkeyid k;

	(void)is_assoc;
	if (opt->u.assoc_value.assoc_value > UINT16_MAX)
		return -EINVAL;
	memset(&k, 0, sizeof(k));
	k.scact_keynumber = (uint16_t)opt->u.assoc_value.assoc_value;
	return gs_eopt_engine_set(so, SCTP_AUTH_ACTIVE_KEY, &k, sizeof(k));
}

int
gs_eopt_get_active_key(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct sctp_authkeyid k;
	int err;

	(void)is_assoc;
	memset(&k, 0, sizeof(k));
	err = gs_eopt_engine_get(so, SCTP_AUTH_ACTIVE_KEY, &k, sizeof(k));
	if (err == 0)
		opt->u.assoc_value.assoc_value = k.scact_keynumber;
	return err;
}
