/*
 * engine_opt_feature: what is negotiated when an association is set up, and
 * the order in which its streams send (RFC 8260).  Layer 3; see engine_opt.h.
 */

#include "engine_opt_impl.h"

#include <errno.h>
#include <string.h>

#include "engine_sock.h"

#include <usrsctp.h>

/* Pieces of other associations may come between those of a message, and of
 * other streams; that none may is nothing for sockets of several of them. */
#define LEVEL_ASSOCS  1u
#define LEVEL_STREAMS 2u

static int
supported_name(uint32_t id)
{
	switch (id) {
	case GSCTP_OPT_ECN_SUPPORTED:
		return SCTP_ECN_SUPPORTED;
	case GSCTP_OPT_PR_SUPPORTED:
		return SCTP_PR_SUPPORTED;
	case GSCTP_OPT_RECONFIG_SUPPORTED:
		return SCTP_RECONFIG_SUPPORTED;
	case GSCTP_OPT_NRSACK_SUPPORTED:
		return SCTP_NRSACK_SUPPORTED;
	case GSCTP_OPT_PKTDROP_SUPPORTED:
		return SCTP_PKTDROP_SUPPORTED;
	case GSCTP_OPT_ASCONF_SUPPORTED:
		return SCTP_ASCONF_SUPPORTED;
	case GSCTP_OPT_AUTH_SUPPORTED:
		return SCTP_AUTH_SUPPORTED;
	default:
		return GS_ENGINE_INTERLEAVING;
	}
}

/*
 * Marks of congestion do not come through UDP sockets, and the engine's own
 * sequence for them is not initialised.  Reports of packets that were dropped
 * are made by no router, and would have the engine trust what it is told.
 */
static bool
can_be_on(uint32_t id)
{
	return id != GSCTP_OPT_ECN_SUPPORTED &&
	    id != GSCTP_OPT_PKTDROP_SUPPORTED;
}

/*
 * An association has what was negotiated.  Changes of addresses must be
 * authenticated (RFC 5061 4): the engine refuses the one without the other.
 */
int
gs_eopt_set_supported(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	struct sctp_assoc_value v;
	struct gsctp_opt now = *opt;
	int err;

	memset(&v, 0, sizeof(v));
	v.assoc_value = opt->u.assoc_value.assoc_value;
	if (v.assoc_value > 1)
		return -EINVAL;
	if (v.assoc_value == 1 && !can_be_on(opt->id))
		return -EOPNOTSUPP;
	if (is_assoc) {
		err = gs_eopt_get_supported(so, true, &now);
		if (err != 0)
			return err;
		return now.u.assoc_value.assoc_value == v.assoc_value ?
		    0 : -ENOPROTOOPT;
	}
	return gs_eopt_engine_set(so, supported_name(opt->id), &v, sizeof(v));
}

int
gs_eopt_get_supported(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct sctp_assoc_value v;
	int err;

	(void)is_assoc;
	memset(&v, 0, sizeof(v));
	err = gs_eopt_engine_get(so, supported_name(opt->id), &v, sizeof(v));
	if (err == 0)
		opt->u.assoc_value.assoc_value = v.assoc_value;
	return err;
}

/* What INTERLEAVING_SUPPORTED needs cannot go while that is on. */
int
gs_eopt_set_interleave(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	struct gsctp_opt on = GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = 0);
	uint32_t level = opt->u.value;
	int err;

	if (level > LEVEL_STREAMS)
		return -EINVAL;
	if (level < LEVEL_ASSOCS)
		return -EOPNOTSUPP;
	err = gs_eopt_get_supported(so, is_assoc, &on);
	if (err != 0)
		return err;
	if (level != LEVEL_STREAMS && on.u.assoc_value.assoc_value != 0)
		return -EINVAL;
	return gs_eopt_engine_set(so, SCTP_FRAGMENT_INTERLEAVE, &level,
	    sizeof(level));
}

int
gs_eopt_get_interleave(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	uint32_t level = 0;
	int err;

	(void)is_assoc;
	err = gs_eopt_engine_get(so, SCTP_FRAGMENT_INTERLEAVE, &level,
	    sizeof(level));
	if (err == 0)
		opt->u.value = level;
	return err;
}

/*
 * Schedulers.  Those that are left out: first come, first served spoils its
 * list of messages; one packet each in turn sends a lone message only when
 * something else happens; weighted fair queueing there is none.
 */
static const struct {
	uint32_t ours, engines;
} schedulers[] = {
	{ GSCTP_SS_DEFAULT, SCTP_SS_DEFAULT },
	{ GSCTP_SS_RR, SCTP_SS_ROUND_ROBIN },
	{ GSCTP_SS_PRIO, SCTP_SS_PRIORITY },
	{ GSCTP_SS_FB, SCTP_SS_FAIR_BANDWITH },
};

#define NSCHEDULERS (sizeof(schedulers) / sizeof(schedulers[0]))

static int
set_scheduler(struct socket *so, uint32_t engines)
{
	struct sctp_assoc_value v;

	memset(&v, 0, sizeof(v));
	v.assoc_value = engines;
	return gs_eopt_engine_set(so, SCTP_PLUGGABLE_SS, &v, sizeof(v));
}

/* Where messages wait the engine forgets which of them it has begun. */
int
gs_eopt_set_scheduler(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	struct gsctp_opt now = *opt;
	uint32_t v = opt->u.assoc_value.assoc_value;
	size_t i;
	int err;

	if (v > GSCTP_SS_WFQ)
		return -EINVAL;
	err = gs_eopt_get_scheduler(so, is_assoc, &now);
	if (err != 0 || now.u.assoc_value.assoc_value == v)
		return err;
	for (i = 0; i < NSCHEDULERS && schedulers[i].ours != v; i++)
		continue;
	if (i == NSCHEDULERS)
		return -EOPNOTSUPP;
	if (is_assoc && gs_esock_queued(so) > 0)
		return -EBUSY;
	return set_scheduler(so, schedulers[i].engines);
}

int
gs_eopt_get_scheduler(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct sctp_assoc_value v;
	size_t i;
	int err;

	(void)is_assoc;
	memset(&v, 0, sizeof(v));
	err = gs_eopt_engine_get(so, SCTP_PLUGGABLE_SS, &v, sizeof(v));
	if (err != 0)
		return err;
	for (i = 0; i < NSCHEDULERS; i++)
		if (schedulers[i].engines == v.assoc_value)
			opt->u.assoc_value.assoc_value = schedulers[i].ours;
	return 0;
}

/* Has this association's scheduler values, and this stream? */
static int
check_stream_value(struct socket *so, uint16_t stream, bool *has_values)
{
	struct gsctp_opt now = GSCTP_STREAM_SCHEDULER(.assoc_value = 0);
	uint16_t in, out;
	int err;

	gs_esock_streams(so, &in, &out);
	if (stream >= out)
		return -EINVAL;
	err = gs_eopt_get_scheduler(so, true, &now);
	*has_values = now.u.assoc_value.assoc_value == GSCTP_SS_PRIO;
	return err;
}

int
gs_eopt_set_stream_value(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	const struct gsctp_stream_value *in = &opt->u.stream_value;
	struct sctp_stream_value v;
	bool has_values;
	int err;

	err = is_assoc ? check_stream_value(so, in->stream, &has_values) :
			 -EINVAL;
	if (err != 0)
		return err;
	if (!has_values)
		return in->value == 0 ? 0 : -EINVAL;
	memset(&v, 0, sizeof(v));
	v.stream_id = in->stream;
	v.stream_value = in->value;
	return gs_eopt_engine_set(so, SCTP_SS_VALUE, &v, sizeof(v));
}

int
gs_eopt_get_stream_value(struct socket *so, bool is_assoc,
    struct gsctp_opt *opt)
{
	struct gsctp_stream_value *io = &opt->u.stream_value;
	struct sctp_stream_value v;
	bool has_values;
	int err;

	err = is_assoc ? check_stream_value(so, io->stream, &has_values) :
			 -EINVAL;
	if (err != 0)
		return err;
	memset(&v, 0, sizeof(v));
	v.stream_id = io->stream;
	if (has_values)
		err = gs_eopt_engine_get(so, SCTP_SS_VALUE, &v, sizeof(v));
	if (err == 0)
		io->value = v.stream_value;
	return err;
}
