/*
 * opt_send: how messages are sent, when they are given up, and what is
 * counted of that.
 *
 * The functions are rows of opt.c's table: see opt_own.h.  The stack's lock
 * is held.  Layer 5.
 */

#ifndef GS_OPT_SEND_H
#define GS_OPT_SEND_H

#include <gsctp/gsctp.h>

#include "opt_own.h"

/* When a message is given up. */
#define GS_PR_FLAGS (GSCTP_PR_TTL | GSCTP_PR_RTX | GSCTP_PR_PRIO)

/* Flags that default_send_param may have; a message may have them too. */
#define GS_DEFAULT_FLAGS                                                     \
	(GSCTP_UNORDERED | GS_PR_FLAGS | GSCTP_SACK_IMMEDIATELY)

/* Do flags and timetolive go together?  0, -EINVAL, or -EOPNOTSUPP for a
 * policy that the engine cannot do.  Needs no lock. */
int gs_check_send(uint32_t flags, uint32_t timetolive);

gs_opt_set_fn gs_set_prinfo, gs_set_streams, gs_set_explicit_eor;
gs_opt_get_fn gs_get_prinfo, gs_get_pr_stream;

/* opt_stats.c */
gs_opt_get_fn gs_get_assoc_stats;

#endif
