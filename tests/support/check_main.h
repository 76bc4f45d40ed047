/*
 * check_main: the main() of a test program, one suite each.
 *
 *	int
 *	main(void)
 *	{
 *		return gs_test_main(suite());
 *	}
 *
 * CK_FORK=no and CK_RUN_CASE work as Check says.  A test that names no limit
 * may take a minute: Check's 4 seconds are few where a sanitizer and others
 * share the processor.
 */

#ifndef GS_CHECK_MAIN_H
#define GS_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

/* Before main(), where test cases are made. */
__attribute__((constructor)) static void
gs_test_limit(void)
{
	(void)setenv("CK_DEFAULT_TIMEOUT", "60", 0);
}

/* Run all of s; the exit status. */
static inline int
gs_test_main(Suite *s)
{
	SRunner *runner = srunner_create(s);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
