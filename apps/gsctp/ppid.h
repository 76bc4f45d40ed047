/*
 * ppid: names of payload protocol identifiers, of IANA's list.
 */

#ifndef GSCTP_PPID_H
#define GSCTP_PPID_H

#include <stdint.h>
#include <stdio.h>

/* A name, "diameter", or a number.  0, or -1 where it is neither. */
int ppid_parse(const char *text, uint32_t *out);

/* The name, or NULL. */
const char *ppid_name(uint32_t ppid);

/* All of them, a line each. */
void ppid_list(FILE *to);

#endif
