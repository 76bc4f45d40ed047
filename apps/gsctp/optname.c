/* optname: see optname.h. */

#include "optname.h"

#include <string.h>

static const char *problem = "";

const char *
optname_problem(void)
{
	return problem;
}

int
optname_parse(const char *text, struct gsctp_opt *opts, size_t *n, size_t max)
{
	if (*n == max) {
		problem = "too many options";
		return -1;
	}
	if (strcmp(text, "nodelay=on") == 0) {
		opts[(*n)++] = (struct gsctp_opt)GSCTP_NODELAY(true);
		return 0;
	}
	problem = "there is no such option: -o help lists them";
	return -1;
}

void
optname_list(FILE *to)
{
	fputs("nodelay=on|off  send at once\n", to);
}
