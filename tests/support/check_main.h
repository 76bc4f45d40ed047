/*
 * check_main: the main() of a test program, one suite each.
 *
 *	int
 *	main(void)
 *	{
 *		return gs_test_main(suite());
 *	}
 *
 * CK_FORK=no and CK_RUN_CASE work as Check says.
 */

#ifndef GS_CHECK_MAIN_H
#define GS_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

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
