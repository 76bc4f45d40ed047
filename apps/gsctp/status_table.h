/*
 * status_table: the status of a stack in columns, for people.
 *
 * Guarantees: whatever the object holds, nothing but printable characters is
 * printed; one that is not a status is -EPROTO.
 */

#ifndef GSCTP_STATUS_TABLE_H
#define GSCTP_STATUS_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* 0, -EPROTO or -ENOMEM; whether `to' has taken it, it tells itself. */
int status_table_print(const json_t *status, bool has_paths, FILE *to);

#endif
