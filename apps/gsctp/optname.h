/*
 * optname: the library's options by name, as -o takes them.
 *
 *	-o nodelay=on -o rtoinfo.max=3000 -o initmsg.num_ostreams=20
 *
 * The names are gen_sctp's, in lower case, without sctp_; a record's field
 * comes after a dot, and several of one record become one option.
 */

#ifndef GSCTP_OPTNAME_H
#define GSCTP_OPTNAME_H

#include <gsctp/gsctp.h>
#include <stddef.h>
#include <stdio.h>

/* Add NAME=VALUE to the *n options there are, max at most.  0, or -1 and
 * optname_problem() says what is wrong with it. */
int optname_parse(const char *text, struct gsctp_opt *opts, size_t *n,
    size_t max);
const char *optname_problem(void);

/* Every name, with what it takes and means, a line each. */
void optname_list(FILE *to);

#endif
