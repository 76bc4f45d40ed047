/* show: see show.h. */

#include "show.h"

#include <errno.h>
#include <stdio.h>

int
show_print_json(json_t *taken, FILE *to)
{
	int err = 0;

	if (json_dumpf(taken, to, JSON_COMPACT) != 0 ||
	    fputc('\n', to) == EOF || fflush(to) != 0)
		err = errno != 0 ? -errno : -EIO;
	json_decref(taken);
	return err;
}
