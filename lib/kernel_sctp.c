/* kernel_sctp: see kernel_sctp.h. */

#include "kernel_sctp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "textfile.h"

/* A line begins with the protocol's name: "SCTP", "SCTPv6". */
static bool
names_sctp(const char *line)
{
	size_t len = strcspn(line, " \t\n");

	return (len == 4 && memcmp(line, "SCTP", 4) == 0) ||
	    (len == 6 && memcmp(line, "SCTPv6", 6) == 0);
}

int
gs_kernel_has_sctp(const char *path)
{
	FILE *f = gs_textfile_open(path);
	bool is_line_start = true;
	char line[256];
	int has = 0;

	if (f == NULL)
		return -errno;
	while (has == 0 && fgets(line, sizeof(line), f) != NULL) {
		if (is_line_start && names_sctp(line))
			has = 1;
		is_line_start = strchr(line, '\n') != NULL;
	}
	if (has == 0 && ferror(f) != 0)
		has = -EIO;
	(void)fclose(f); /* it was only read */
	return has;
}
