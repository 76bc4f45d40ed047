/*
 * perf_page: see perf_page.h.  The page itself is perf_page.html, which the
 * build makes a string of.
 */

#include "perf_page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const char page[] =
/* Made by the build, so not beside this file. */
#include <perf_page.inc>
    ;

/* Where the document goes. */
static const char mark[] = "@DOCUMENT@";

/* JSON within a script element: "</script>" must not be in it, nor "<!--". */
static void
put_json(FILE *to, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '<')
			fputs("\\u003c", to);
		else
			fputc(*text, to);
	}
}

int
perf_page_write(const char *file, const json_t *doc)
{
	const char *hole = strstr(page, mark);
	char *text = json_dumps(doc, JSON_COMPACT);
	FILE *to;
	int err;

	if (text == NULL)
		return cli_error(file, -ENOMEM);
	errno = 0;
	to = fopen(file, "we");
	if (to == NULL) {
		free(text);
		return cli_error(file, -errno);
	}
	fwrite(page, 1, (size_t)(hole - page), to);
	put_json(to, text);
	fputs(hole + sizeof(mark) - 1, to);
	free(text);
	err = fflush(to) != 0 ? errno : ferror(to) ? EIO : 0;
	if (fclose(to) != 0 && err == 0)
		err = errno;
	return err == 0 ? CLI_OK : cli_error(file, -err);
}
