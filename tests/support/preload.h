/*
 * preload: the main() of a test program that runs under the preload library.
 *
 *	int
 *	main(int argc, char **argv)
 *	{
 *		gs_test_preload(argc, argv);
 *		return gs_test_main(suite());
 *	}
 *
 * The program itself knows nothing of gsctp: it calls libc's sockets with
 * IPPROTO_SCTP.  It executes itself anew with LD_PRELOAD; a sanitizer's own
 * library must come before the preload library then, as it wants to be first.
 * PRELOAD_KERNEL=1 leaves all that out, on a host whose kernel has SCTP: the
 * same program then tells what the kernel does.
 */

#ifndef GS_PRELOAD_H
#define GS_PRELOAD_H

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A sanitizer's library that this program has, or "". */
static inline int
gs_test_find_sanitizer(struct dl_phdr_info *info, size_t size, void *arg)
{
	char *found = arg;

	(void)size;
	if (strstr(info->dlpi_name, "/libasan.so") == NULL &&
	    strstr(info->dlpi_name, "/libtsan.so") == NULL)
		return 0;
	(void)snprintf(found, PATH_MAX, "%s", info->dlpi_name);
	return 1;
}

/* Is what happens the kernel's doing? */
static inline bool
gs_test_on_kernel(void)
{
	return getenv("PRELOAD_KERNEL") != NULL;
}

static inline void
gs_test_preload(int argc, char **argv)
{
	const char *dir = getenv("top_builddir");
	char list[2 * PATH_MAX + 64];
	char first[PATH_MAX] = "";
	char lib[PATH_MAX];

	(void)argc;
	if (gs_test_on_kernel() || getenv("GSCTP_TEST_PRELOADED") != NULL)
		return;
	(void)snprintf(list, sizeof(list), "%s/preload/.libs/%s",
	    dir != NULL ? dir : ".", "libgsctp-preload.so");
	if (realpath(list, lib) == NULL) {
		(void)fprintf(stderr, "%s: %s\n", list, strerror(errno));
		exit(EXIT_FAILURE);
	}
	(void)dl_iterate_phdr(gs_test_find_sanitizer, first);
	(void)snprintf(list, sizeof(list), "%s %s", first, lib);
	(void)setenv("LD_PRELOAD", list, 1);
	(void)setenv("GSCTP_TEST_PRELOADED", "1", 1);
	(void)execv("/proc/self/exe", argv);
	(void)fprintf(stderr, "exec: %s\n", strerror(errno));
	exit(EXIT_FAILURE);
}

#endif
