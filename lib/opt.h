/*
 * opt: options, found in one table and handed to who keeps them.
 *
 * Guarantees
 *  - every option has one row, which says whether it can be set, read, or
 *    given to gsctp_open() alone, and whom it is for;
 *  - what a row does not allow is refused before anything is done.
 *
 * The stack's lock is held, but for the two functions on a config.  Layer 5.
 */

#ifndef GS_OPT_H
#define GS_OPT_H

#include <gsctp/gsctp.h>

#include "endpoint.h"

/* What open needs to know first: type, family, addresses. */
int gs_opt_open_config(const struct gsctp_opt *opts, size_t n,
    struct gs_endpoint_config *cfg);
void gs_opt_free_config(struct gs_endpoint_config *cfg);

/* is_open: those of gs_opt_open_config() are passed over.  *bad, if bad is
 * not NULL, is the index of the first that failed. */
int gs_opt_set_all(struct gs_endpoint *ep, const struct gsctp_opt *opts,
    size_t n, bool is_open, size_t *bad);

#endif
