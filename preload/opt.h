/*
 * opt: a psock's own options, from its beginning to its end.
 *
 * Guarantees
 *  - what Linux sets by default is set by default;
 *  - an accepted or peeled off socket has what Linux hands on.
 */

#ifndef PS_OPT_H
#define PS_OPT_H

#include <gsctp/gsctp.h>

struct lx_sndrcvinfo;
struct psock;

/* A new psock's options.  0 or -ENOMEM. */
int ps_opt_init(struct psock *p);

/* What p, accepted or peeled off from from, has from it.  0 or -ENOMEM. */
int ps_opt_inherit(struct psock *p, struct psock *from);

/* opts is p->opts, or NULL. */
void ps_opt_free(void *opts);

/*
 * What is sent with a message that says nothing itself, by DEFAULT_SEND_PARAM,
 * DEFAULT_SNDINFO and DEFAULT_PRINFO: of an association, or of those to come
 * (assoc 0).  flags has UNORDERED and the policy of PR-SCTP.  p->lock is
 * held.  0, or an error where there is no such association.
 */
int ps_default_send(struct psock *p, gsctp_assoc_id assoc,
    struct lx_sndrcvinfo *out);

#endif
