/*
 * opt_own: the options that the endpoint keeps, and those of the whole
 * stack; the engine knows nothing of them.
 *
 * Each function sets or gets one option of ep, or of its association a where
 * the option has that and a is not NULL.  0 or -errno as gsctp_setopts()
 * says.  The stack's lock is held.  Layer 5.
 */

#ifndef GS_OPT_OWN_H
#define GS_OPT_OWN_H

#include <gsctp/gsctp.h>

#include "endpoint.h"

typedef int gs_opt_set_fn(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o);
typedef int gs_opt_get_fn(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o);

gs_opt_set_fn gs_set_autoclose, gs_set_mapped_v4, gs_set_send_param;
gs_opt_set_fn gs_set_events, gs_set_buffer, gs_set_linger;
gs_opt_set_fn gs_set_reuseaddr, gs_set_priority, gs_set_dontroute;
gs_opt_set_fn gs_set_send_timeout, gs_set_auth, gs_set_active;
gs_opt_set_fn gs_set_exit_on_close, gs_set_send_timeout_close;
gs_opt_set_fn gs_set_ttl, gs_set_recvtos, gs_set_recvttl;

gs_opt_get_fn gs_get_autoclose, gs_get_mapped_v4, gs_get_send_param;
gs_opt_get_fn gs_get_events, gs_get_buffer, gs_get_linger;
gs_opt_get_fn gs_get_reuseaddr, gs_get_priority, gs_get_dontroute;
gs_opt_get_fn gs_get_send_timeout, gs_get_v6only, gs_get_type;
gs_opt_get_fn gs_get_family, gs_get_ip, gs_get_mbox, gs_get_active;
gs_opt_get_fn gs_get_exit_on_close, gs_get_send_timeout_close;
gs_opt_get_fn gs_get_ttl, gs_get_recvtos, gs_get_recvttl;

#endif
