/* endpoint_auth: see endpoint_auth.h. */

#include "endpoint_auth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine_opt.h"

struct gs_auth_key {
	struct gs_auth_key *next;
	uint16_t number;
	size_t len;
	uint8_t bytes[];
};

static void
key_free(struct gs_auth_key *k)
{
	explicit_bzero(k->bytes, k->len);
	free(k);
}

static struct gs_auth_key *
key_new(const struct gsctp_authkey *from)
{
	struct gs_auth_key *k;

	k = malloc(sizeof(*k) + from->keylength);
	if (k == NULL)
		return NULL;
	k->next = NULL;
	k->number = from->keynumber;
	k->len = from->keylength;
	if (k->len > 0)
		memcpy(k->bytes, from->key, k->len);
	return k;
}

/* A key with a number that is there takes its place. */
static int
remember_key(struct gs_endpoint_auth *auth, const struct gsctp_authkey *from)
{
	struct gs_auth_key *k = key_new(from);
	struct gs_auth_key **at, *old;

	if (k == NULL)
		return -ENOMEM;
	for (at = &auth->keys; *at != NULL; at = &(*at)->next) {
		if ((*at)->number != k->number)
			continue;
		old = *at;
		k->next = old->next;
		*at = k;
		key_free(old);
		return 0;
	}
	*at = k;
	return 0;
}

static void
forget_key(struct gs_endpoint_auth *auth, uint16_t number)
{
	struct gs_auth_key **at, *k;

	for (at = &auth->keys; (k = *at) != NULL; at = &k->next) {
		if (k->number != number)
			continue;
		*at = k->next;
		key_free(k);
		return;
	}
}

int
gs_auth_remember(struct gs_endpoint_auth *auth, const struct gsctp_opt *opt)
{
	uint16_t number;
	int err;

	if (opt->id == GSCTP_OPT_AUTH_KEY) {
		err = remember_key(auth, &opt->u.authkey);
		if (err == 0 && opt->u.authkey.keynumber == 0)
			auth->no_key_0 = false;
		return err;
	}
	number = (uint16_t)opt->u.assoc_value.assoc_value;
	if (opt->id == GSCTP_OPT_AUTH_ACTIVE_KEY) {
		auth->has_active = true;
		auth->active = number;
		return 0;
	}
	forget_key(auth, number);
	if (number == 0)
		auth->no_key_0 = true;
	return 0;
}

int
gs_auth_apply(const struct gs_endpoint_auth *auth, struct socket *so)
{
	struct gsctp_opt active = GSCTP_AUTH_ACTIVE_KEY(
	    .assoc_value = auth->active);
	struct gsctp_opt no_0 = GSCTP_AUTH_DELETE_KEY(.assoc_value = 0);
	const struct gs_auth_key *k;
	int err = 0;

	for (k = auth->keys; err == 0 && k != NULL; k = k->next) {
		struct gsctp_opt key = GSCTP_AUTH_KEY(.keynumber = k->number,
		    .key = k->bytes, .keylength = k->len);

		err = gs_eopt_set(so, false, &key);
	}
	if (err == 0 && auth->has_active)
		err = gs_eopt_set(so, false, &active);
	/* Each socket has it; it cannot go while it is the active one. */
	if (err == 0 && auth->no_key_0)
		err = gs_eopt_set(so, false, &no_0);
	return err;
}

void
gs_auth_fini(struct gs_endpoint_auth *auth)
{
	struct gs_auth_key *k;

	while ((k = auth->keys) != NULL) {
		auth->keys = k->next;
		key_free(k);
	}
}
