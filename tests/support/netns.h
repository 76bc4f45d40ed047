/*
 * netns: a network namespace of the test's own, with lo and nothing else.
 *
 *	int
 *	main(void)
 *	{
 *		int err = netns_enter("test_x", commands, n);
 *
 *		return err != 0 ? err : gs_test_main(suite());
 *	}
 *
 * From main() alone, before there is a thread.
 */

#ifndef GS_TEST_NETNS_H
#define GS_TEST_NETNS_H

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NETNS_SKIPPED 77

/* Enter it, bring lo up, and run n commands of the shell in it.  0, or 77
 * where that is not possible here; it has said why. */
static inline int
netns_enter(const char *test, const char *const *commands, size_t n)
{
	size_t i;

	/* Root keeps its user namespace: a sanitizer may run a thread. */
	if (unshare(geteuid() == 0 ? CLONE_NEWNET :
				     CLONE_NEWUSER | CLONE_NEWNET) != 0) {
		printf("%s: no namespaces here: %s: skipped\n", test,
		    strerror(errno));
		return NETNS_SKIPPED;
	}
	if (system("ip link set lo up") != 0) {
		printf("%s: \"ip\" fails: skipped\n", test);
		return NETNS_SKIPPED;
	}
	for (i = 0; i < n; i++) {
		if (system(commands[i]) != 0) {
			printf("%s: \"%s\" fails: skipped\n", test,
			    commands[i]);
			return NETNS_SKIPPED;
		}
	}
	return 0;
}

#endif
