/*
 * opt_path: what SCTP_STATUS and SCTP_GET_PEER_ADDR_INFO have in common.
 */

#ifndef PS_OPT_PATH_H
#define PS_OPT_PATH_H

#include <gsctp/gsctp.h>

#include "linux_opt.h"

/* All of it but the association's id. */
void ps_path_info(struct lx_paddrinfo *out, const struct gsctp_paddrinfo *in);

#endif
