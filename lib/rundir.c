/* rundir: see rundir.h. */

#include "rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* root that has kept the variable of a user must not make something there
 * that the user cannot use. */
static bool
is_own_dir(const char *path)
{
	struct stat st;

	return path != NULL && *path == '/' && stat(path, &st) == 0 &&
	    S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

static int
find_path(char *path)
{
	const char *wanted = secure_getenv("GSCTP_RUN_DIR");
	const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
	int n;

	if (wanted != NULL)
		n = snprintf(path, GS_RUNDIR_PATH, "%s", wanted);
	else if (is_own_dir(runtime))
		n = snprintf(path, GS_RUNDIR_PATH, "%s/gsctp", runtime);
	else
		n = snprintf(path, GS_RUNDIR_PATH, "/tmp/gsctp-%lu",
		    (unsigned long)geteuid());
	if (n < 0 || n >= GS_RUNDIR_PATH)
		return -ENAMETOOLONG;
	if (n == 0)
		return -ENOENT;
	/* A symbolic link with a slash behind it would be followed. */
	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	return 0;
}

static int
check_private(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return -EPERM;
	return 0;
}

int
gs_rundir_open(char *path)
{
	int made, err, fd;

	err = find_path(path);
	if (err != 0) {
		*path = '\0';
		return err;
	}
	made = mkdir(path, 0700) == 0 ? 0 : -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1) {
		err = -errno;
		/* -ENOENT has another meaning here. */
		if (err == -ENOENT)
			err = made == 0 || made == -ENOENT ? -ENOTDIR : made;
		return err;
	}
	err = check_private(fd);
	if (err != 0) {
		(void)close(fd); /* it was only looked at */
		return err;
	}
	return fd;
}
