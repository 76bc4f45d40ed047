/*
 * engine_opt_tune: congestion control, acknowledgements, thresholds of paths,
 * and what the timers counted.  Layer 3; see engine_opt.h.
 */

#include "engine_opt_impl.h"

#include <errno.h>
#include <string.h>

#include <usrsctp.h>

/* On an association it begins anew, with a first window. */
int
gs_eopt_set_cc(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	struct gsctp_opt now = *opt;
	struct sctp_assoc_value v;
	int err;

	if (opt->u.assoc_value.assoc_value > GSCTP_CC_HTCP)
		return -EINVAL;
	err = gs_eopt_get_cc(so, is_assoc, &now);
	if (err != 0 || now.u.assoc_value.assoc_value ==
	    opt->u.assoc_value.assoc_value)
		return err;
	memset(&v, 0, sizeof(v));
	v.assoc_value = opt->u.assoc_value.assoc_value;
	return gs_eopt_engine_set(so, GS_ENGINE_PLUGGABLE_CC, &v, sizeof(v));
}

int
gs_eopt_get_cc(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct sctp_assoc_value v;
	int err;

	(void)is_assoc;
	memset(&v, 0, sizeof(v));
	err = gs_eopt_engine_get(so, GS_ENGINE_PLUGGABLE_CC, &v, sizeof(v));
	if (err == 0)
		opt->u.assoc_value.assoc_value = v.assoc_value;
	return err;
}

int
gs_eopt_set_sack_info(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	const struct gsctp_sack_info *in = &opt->u.sack_info;
	uint32_t delay_ms = 0, freq = 0;
	int err;

	(void)is_assoc;
	err = gs_field_take(in->delay, 1, GS_SACK_DELAY_MAX_MS, &delay_ms);
	if (err == 0)
		err = gs_field_take(in->freq, 1, UINT16_MAX, &freq);
	if (err != 0 || (delay_ms == 0 && freq == 0))
		return err;
	return gs_eopt_set_sack(so, delay_ms, freq);
}

int
gs_eopt_get_sack_info(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	uint32_t delay_ms, freq;
	int err;

	(void)is_assoc;
	err = gs_eopt_get_sack(so, &delay_ms, &freq);
	if (err != 0)
		return err;
	opt->u.sack_info.delay = gs_field_of(delay_ms);
	opt->u.sack_info.freq = gs_field_of(freq);
	return 0;
}

/* Read those of a path, or of all to come. */
static int
get_thresholds(struct socket *so, bool is_assoc,
    const struct sockaddr_storage *address, struct gs_engine_paddrthlds *t)
{
	bool is_set;
	int err;

	memset(t, 0, sizeof(*t));
	err = gs_eopt_address(address, &t->address, &is_set);
	if (err != 0)
		return err;
	if (!is_assoc && is_set)
		return -EINVAL;
	if (!is_set)
		gs_eopt_any_address(&t->address);
	return gs_eopt_engine_get(so, GS_ENGINE_PEER_ADDR_THLDS, t,
	    sizeof(*t));
}

int
gs_eopt_set_thresholds(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	const struct gsctp_paddrthlds *in = &opt->u.paddrthlds;
	struct gs_engine_paddrthlds t;
	uint32_t max, pf;
	int err;

	err = get_thresholds(so, is_assoc, &in->address, &t);
	if (err != 0)
		return err;
	max = t.pathmaxrxt;
	pf = t.pathpfthld;
	err = gs_field_take(in->pathmaxrxt, 1, UINT16_MAX, &max);
	if (err == 0)
		err = gs_field_take(in->pathpfthld, 0, UINT16_MAX, &pf);
	if (err != 0)
		return err;
	t.pathmaxrxt = (uint16_t)max;
	t.pathpfthld = (uint16_t)pf;
	t.pathcpthld = UINT16_MAX;
	return gs_eopt_engine_set(so, GS_ENGINE_PEER_ADDR_THLDS, &t,
	    sizeof(t));
}

int
gs_eopt_get_thresholds(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gs_engine_paddrthlds t;
	int err;

	err = get_thresholds(so, is_assoc, &opt->u.paddrthlds.address, &t);
	if (err != 0)
		return err;
	opt->u.paddrthlds.pathmaxrxt = gs_field_of(t.pathmaxrxt);
	opt->u.paddrthlds.pathpfthld = gs_field_of(t.pathpfthld);
	return 0;
}

int
gs_eopt_get_timeouts(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gsctp_timeouts *out = &opt->u.timeouts;
	struct sctp_timeouts t;
	int err;

	memset(&t, 0, sizeof(t));
	err = is_assoc ? gs_eopt_engine_get(so, SCTP_TIMEOUTS, &t, sizeof(t)) :
			 -EINVAL;
	if (err != 0)
		return err;
	out->init = t.stimo_init;
	out->data = t.stimo_data;
	out->sack = t.stimo_sack;
	out->shutdown = t.stimo_shutdown;
	out->heartbeat = t.stimo_heartbeat;
	out->cookie = t.stimo_cookie;
	out->shutdownack = t.stimo_shutdownack;
	return 0;
}
