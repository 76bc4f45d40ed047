/*
 * tmp: where tests make files: in $TMPDIR, or in /tmp where that is not set,
 * is no absolute name, or is so long that TMP_PATH bytes would not do.
 *
 * Such a name is no address of an AF_UNIX socket, which has 108 bytes: these
 * are reached by a descriptor of the directory, /proc/self/fd/N/NAME.
 */

#ifndef GS_TEST_TMP_H
#define GS_TEST_TMP_H

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for a name that tmp_dir() or tmp_file() makes, and for one in it. */
#define TMP_PATH 256
#define TMP_PATH_IN (TMP_PATH + 128)

/* TMPDIR/NAME-XXXXXX. */
static inline void
tmp_template(char path[TMP_PATH], const char *name)
{
	const char *dir = getenv("TMPDIR");
	int n;

	if (dir == NULL || *dir != '/' || strlen(dir) > TMP_PATH / 2)
		dir = "/tmp";
	n = snprintf(path, TMP_PATH, "%s/%s-XXXXXX", dir, name);
	ck_assert_int_lt(n, TMP_PATH);
}

/* A new directory, for its user alone. */
static inline void
tmp_dir(char path[TMP_PATH], const char *name)
{
	tmp_template(path, name);
	ck_assert_ptr_nonnull(mkdtemp(path));
}

/* A new file, open for writing. */
static inline int
tmp_file(char path[TMP_PATH], const char *name)
{
	int fd;

	tmp_template(path, name);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static inline int
tmp_remove_one(const char *path, const struct stat *st, int type,
    struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

/* A directory, with what is in it. */
static inline void
tmp_remove(const char *path)
{
	ck_assert_int_eq(nftw(path, tmp_remove_one, 16, FTW_DEPTH | FTW_PHYS),
	    0);
}

#endif
