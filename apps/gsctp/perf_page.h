/*
 * perf_page: the report, one page of HTML that needs nothing else: the
 * document, and what draws it.
 */

#ifndef GSCTP_PERF_PAGE_H
#define GSCTP_PERF_PAGE_H

#include <jansson.h>

/* Write it; doc is borrowed.  0, or an exit code and a line. */
int perf_page_write(const char *file, const json_t *doc);

#endif
