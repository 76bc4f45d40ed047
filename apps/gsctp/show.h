/*
 * show: a message of the library as a line, or as a JSON object.
 *
 * Data is told of, not shown: stream, identifier, length; what it is comes
 * from whoever has it.  Names are gen_sctp's.  Whatever the peer chose to
 * write goes to a terminal as printable ASCII alone.
 */

#ifndef GSCTP_SHOW_H
#define GSCTP_SHOW_H

#include <gsctp/gsctp.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/* Enough for every line but the longest reasons, which are cut. */
#define SHOW_LINE 512

/*
 * The message in a line without its end, of len bytes at most with the
 * closing zero:
 *
 *	assoc 3: comm_up, 10 streams out, 10 in, peer 127.0.0.1:5001
 *	assoc 3: data, 12 bytes on stream 0, ppid diameter
 */
void show_line(const struct gsctp_msg *m, char *out, size_t len);

/*
 * The message as an object, which the caller owns; NULL: no memory.  "type"
 * and "assoc_id" come first, then "from" and "from_port", then the fields of
 * its record.  Data has its length, "len", and no bytes.
 */
json_t *show_json(const struct gsctp_msg *m);

/* As one line, flushed.  0, or -errno of the write. */
int show_print_json(json_t *taken, FILE *to);

#endif
