/*
 * optname: the library's options by name, as -o takes them.
 *
 *	-o nodelay=on -o rtoinfo.max=3000 -o initmsg.num_ostreams=20
 *
 * The names are gen_sctp's, in lower case, without sctp_; a record's field
 * comes after a dot, and several of one record become one option.  A field
 * that is given again begins another: two keys are two options.
 *
 * Some options are of an association that is up (primary_addr, add_streams,
 * one path's heartbeats): they cannot go to gsctp_open().
 */

#ifndef GSCTP_OPTNAME_H
#define GSCTP_OPTNAME_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Add NAME=VALUE to the *n options there are, max at most.  0, or -1,
 * optname_problem() says what is wrong with it, and nothing has changed.
 * What an option points to (a key, a list of streams) stays until the
 * program ends.
 */
int optname_parse(const char *text, struct gsctp_opt *opts, size_t *n,
    size_t max);
const char *optname_problem(void);

/* "rtoinfo", of which the option is; "unknown". */
const char *optname_of(const struct gsctp_opt *o);

/* Can gsctp_open() alone set it? */
bool optname_is_for_open(const struct gsctp_opt *o);

/* Is it of an association alone, or of a path?  Then the id goes into it. */
bool optname_is_of_assoc(const struct gsctp_opt *o);
void optname_set_assoc(struct gsctp_opt *o, gsctp_assoc_id assoc);

/* Every name, with what it takes and means, in 80 columns. */
void optname_list(FILE *to);

#endif
