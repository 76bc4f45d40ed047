/*
 * opt: a psock's own options, from its beginning to its end.
 *
 * Guarantees
 *  - what Linux sets by default is set by default;
 *  - an accepted or peeled off socket has what Linux hands on.
 */

#ifndef PS_OPT_H
#define PS_OPT_H

struct psock;

/* A new psock's options.  0 or -ENOMEM. */
int ps_opt_init(struct psock *p);

/* What p, accepted or peeled off from from, has from it; from->lock is held.
 * 0 or -ENOMEM. */
int ps_opt_inherit(struct psock *p, struct psock *from);

/* opts is p->opts, or NULL. */
void ps_opt_free(void *opts);

#endif
