/*
 * opt_path: what the options about paths have in common.
 *
 * Locking: p->lock is held.
 */

#ifndef PS_OPT_PATH_H
#define PS_OPT_PATH_H

#include <gsctp/gsctp.h>
#include <stdbool.h>

#include "linux_opt.h"

struct ps_who;
struct psock;

/*
 * Whose path a record is of: an address that is none is every path of who.
 * 0 or -EINVAL.
 */
int ps_path_whose(struct psock *p, int32_t id, const struct sockaddr_storage *a,
    struct ps_who *who, bool *is_path);

/* Bytes of IP's header on the way to it. */
uint32_t ps_path_ip_header(const struct sockaddr_storage *a);

/* All of it but the association's id. */
void ps_path_info(struct lx_paddrinfo *out, const struct gsctp_paddrinfo *in);

#endif
