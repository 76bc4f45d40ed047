/*
 * show: a message of the library as a line, or as a JSON object.
 *
 * Data is told of, not shown: stream, identifier, length; what it is comes
 * from whoever has it.
 */

#ifndef GSCTP_SHOW_H
#define GSCTP_SHOW_H

#include <gsctp/gsctp.h>
#include <jansson.h>
#include <stddef.h>

/* As one line, flushed.  0, or -errno of the write. */
int show_print_json(json_t *taken, FILE *to);

#endif
