/*
 * engine_opt_send: what became of messages (RFC 7496).  Layer 3; see
 * engine_opt.h.
 */

#include "engine_opt_impl.h"

#include <errno.h>
#include <string.h>

#include <usrsctp.h>

/* Not in <usrsctp.h>: the sum over the policies. */
#define PR_SCTP_ALL 0x000f

static int
pr_policy(uint32_t policy, uint16_t *out)
{
	switch (policy) {
	case 0:
		*out = PR_SCTP_ALL;
		return 0;
	case GSCTP_PR_TTL:
		*out = SCTP_PR_SCTP_TTL;
		return 0;
	case GSCTP_PR_RTX:
		*out = SCTP_PR_SCTP_RTX;
		return 0;
	case GSCTP_PR_PRIO:
		*out = SCTP_PR_SCTP_BUF;
		return 0;
	default:
		return -EINVAL;
	}
}

/* The engine is built without the counts of a stream by policy. */
int
gs_eopt_get_prstatus(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gsctp_prstatus *io = &opt->u.prstatus;
	bool of_stream = opt->id == GSCTP_OPT_PR_STREAM_STATUS;
	struct sctp_prstatus st;
	int err;

	memset(&st, 0, sizeof(st));
	err = is_assoc ? pr_policy(io->policy, &st.sprstat_policy) : -EINVAL;
	if (err == 0 && of_stream && io->policy != 0)
		err = -EOPNOTSUPP;
	if (err != 0)
		return err;
	st.sprstat_sid = io->stream;
	err = gs_eopt_engine_get(so,
	    of_stream ? SCTP_PR_STREAM_STATUS : SCTP_PR_ASSOC_STATUS, &st,
	    sizeof(st));
	if (err != 0)
		return err;
	io->abandoned_unsent = st.sprstat_abandoned_unsent;
	io->abandoned_sent = st.sprstat_abandoned_sent;
	return 0;
}
