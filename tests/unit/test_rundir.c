#include "rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/check_main.h"
#include "../support/tmp.h"

#define NOBODY 65534

static char base[TMP_PATH];	 /* a fresh directory, 0700 */
static char wanted[TMP_PATH_IN]; /* does not exist in it */
static char path[GS_RUNDIR_PATH];

static void
setup(void)
{
	tmp_dir(base, "test_rundir");
	(void)snprintf(wanted, sizeof(wanted), "%s/run", base);
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", wanted, 1), 0);
	ck_assert_int_eq(unsetenv("XDG_RUNTIME_DIR"), 0);
}

static void
teardown(void)
{
	tmp_remove(base);
	ck_assert_int_eq(unsetenv("GSCTP_RUN_DIR"), 0);
}

static mode_t
mode_of(const char *name)
{
	struct stat st;

	ck_assert_int_eq(lstat(name, &st), 0);
	return st.st_mode & 07777;
}

/* It opens, and is the one with this name. */
static void
ck_opens(const char *name)
{
	struct stat a, b;
	int fd = gs_rundir_open(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_str_eq(path, name);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fstat(fd, &a), 0);
	ck_assert_int_eq(stat(name, &b), 0);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
	close(fd);
}

START_TEST(a_directory_that_is_missing_is_made_for_its_user_alone)
{
	mode_t mask = umask(0);

	ck_opens(wanted);
	ck_assert_uint_eq(mode_of(wanted), 0700);
	(void)umask(mask);
	ck_opens(wanted);
}
END_TEST

START_TEST(a_directory_in_which_others_have_rights_is_refused)
{
	static const mode_t modes[] = { 0777, 01777, 0770, 0755, 0710, 0701 };
	size_t i;

	ck_assert_int_eq(mkdir(wanted, 0700), 0);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ck_assert_int_eq(chmod(wanted, modes[i]), 0);
		ck_assert_int_eq(gs_rundir_open(path), -EPERM);
		ck_assert_uint_eq(mode_of(wanted), modes[i]);
	}
	ck_assert_int_eq(chmod(wanted, 0700), 0);
	ck_opens(wanted);
}
END_TEST

START_TEST(a_directory_of_another_user_is_refused)
{
	if (geteuid() != 0) {
		printf("not root: no directory of another user\n");
		return;
	}
	ck_assert_int_eq(mkdir(wanted, 0700), 0);
	ck_assert_int_eq(chown(wanted, NOBODY, NOBODY), 0);
	ck_assert_int_eq(gs_rundir_open(path), -EPERM);
	ck_assert_int_eq(chown(wanted, 0, NOBODY), 0);
	ck_opens(wanted);
}
END_TEST

START_TEST(a_symbolic_link_is_refused_whatever_it_leads_to)
{
	char target[TMP_PATH_IN];

	(void)snprintf(target, sizeof(target), "%s/target", base);
	ck_assert_int_eq(mkdir(target, 0700), 0);
	ck_assert_int_eq(symlink(target, wanted), 0);
	ck_assert_int_lt(gs_rundir_open(path), 0);
	/* A slash would have the link followed. */
	strcat(wanted, "//");
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", wanted, 1), 0);
	ck_assert_int_lt(gs_rundir_open(path), 0);
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", target, 1), 0);
	ck_opens(target);
}
END_TEST

START_TEST(what_cannot_be_had_is_an_error_and_not_that_none_is_wanted)
{
	int fd = open(wanted, O_WRONLY | O_CREAT | O_EXCL, 0600);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(gs_rundir_open(path), -ENOTDIR);
	/* Below a file; below what is not there. */
	strcat(wanted, "/x");
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", wanted, 1), 0);
	ck_assert_int_eq(gs_rundir_open(path), -ENOTDIR);
	(void)snprintf(wanted, sizeof(wanted), "%s/no/where", base);
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", wanted, 1), 0);
	ck_assert_int_eq(gs_rundir_open(path), -ENOTDIR);
}
END_TEST

START_TEST(an_empty_variable_wants_none)
{
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", "", 1), 0);
	ck_assert_int_eq(gs_rundir_open(path), -ENOENT);
	ck_assert_str_eq(path, "");
}
END_TEST

START_TEST(a_path_that_is_too_long_is_refused)
{
	char *text = malloc(GS_RUNDIR_PATH + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', GS_RUNDIR_PATH);
	text[GS_RUNDIR_PATH] = '\0';
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", text, 1), 0);
	free(text);
	ck_assert_int_eq(gs_rundir_open(path), -ENAMETOOLONG);
}
END_TEST

START_TEST(without_the_variable_it_is_in_the_users_runtime_directory)
{
	(void)snprintf(wanted, sizeof(wanted), "%s/gsctp", base);
	ck_assert_int_eq(unsetenv("GSCTP_RUN_DIR"), 0);
	ck_assert_int_eq(setenv("XDG_RUNTIME_DIR", base, 1), 0);
	ck_opens(wanted);
	ck_assert_uint_eq(mode_of(wanted), 0700);
}
END_TEST

/* As a child, which may leave the uid it has. */
static int
open_as_nobody(void)
{
	char expect[64];
	int fd;

	if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		return 1;
	fd = gs_rundir_open(path);
	(void)snprintf(expect, sizeof(expect), "/tmp/gsctp-%d", NOBODY);
	if (strcmp(path, expect) != 0)
		return 2;
	return fd >= 0 || fd == -EPERM ? 0 : 3;
}

START_TEST(the_runtime_directory_of_somebody_else_is_not_taken)
{
	bool had = access("/tmp/gsctp-65534", F_OK) == 0;
	int status;
	pid_t pid;

	if (geteuid() != 0) {
		printf("not root: cannot become another user\n");
		return;
	}
	ck_assert_int_eq(unsetenv("GSCTP_RUN_DIR"), 0);
	ck_assert_int_eq(setenv("XDG_RUNTIME_DIR", base, 1), 0);
	ck_assert_int_eq(chmod(base, 0777), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(open_as_nobody());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	if (!had)
		(void)rmdir("/tmp/gsctp-65534");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("rundir");
	TCase *tc = tcase_create("rundir");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc,
	    a_directory_that_is_missing_is_made_for_its_user_alone);
	tcase_add_test(tc, a_directory_in_which_others_have_rights_is_refused);
	tcase_add_test(tc, a_directory_of_another_user_is_refused);
	tcase_add_test(tc, a_symbolic_link_is_refused_whatever_it_leads_to);
	tcase_add_test(tc,
	    what_cannot_be_had_is_an_error_and_not_that_none_is_wanted);
	tcase_add_test(tc, an_empty_variable_wants_none);
	tcase_add_test(tc, a_path_that_is_too_long_is_refused);
	tcase_add_test(tc,
	    without_the_variable_it_is_in_the_users_runtime_directory);
	tcase_add_test(tc, the_runtime_directory_of_somebody_else_is_not_taken);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
