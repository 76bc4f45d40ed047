/* names: what the command knows by name, for options.sh and ppid.sh.
 *
 *	names options		the list of -o help
 *	names ppids		that of protocols
 *	names NAME=VALUE	0, or 1 and what is wrong with it
 */

#include <stdio.h>
#include <string.h>

#include "optname.h"
#include "ppid.h"

int
main(int argc, char **argv)
{
	struct gsctp_opt o;
	size_t n = 0;

	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "options") == 0) {
		optname_list(stdout);
	} else if (strcmp(argv[1], "ppids") == 0) {
		ppid_list(stdout);
	} else if (optname_parse(argv[1], &o, &n, 1) != 0) {
		puts(optname_problem());
		return 1;
	}
	return fflush(stdout) == 0 ? 0 : 2;
}
