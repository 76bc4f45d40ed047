/* run_find: where programs are, and the library.  See run.h. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "run.h"

#define NAME "libgsctp-preload.so"

/* What execvp() takes where there is no PATH. */
#define NO_PATH "/bin:/usr/bin"

static int
copy(char *out, size_t len, const char *text)
{
	return snprintf(out, len, "%s", text) < (int)len ? 0 : -ENAMETOOLONG;
}

/* Does text end in end?  It is cut there. */
static bool
cut(char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);

	if (a < b || strcmp(text + a - b, end) != 0)
		return false;
	text[a - b] = '\0';
	return true;
}

/* 0: it is there, and named by LD_PRELOAD. */
static int
take(const char *root, const char *dir, char *out, size_t len)
{
	char path[3 * PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s%s/%s", root, dir, NAME);
	if (access(path, R_OK) != 0)
		return -errno;
	return copy(out, len, path);
}

/*
 * In the tree that was built, beside the program that libtool has put into
 * apps/gsctp/.libs; where it is installed, also if that is below another
 * directory now, as with DESTDIR.
 */
static int
look(char *out, size_t len)
{
	char self[PATH_MAX] = "";
	char *slash;
	ssize_t n;
	int err;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL) {
		*slash = '\0';
		if (cut(self, "/apps/gsctp/.libs") &&
		    take(self, "/preload/.libs", out, len) == 0)
			return 0;
		if (cut(self, GSCTP_BINDIR) &&
		    take(self, GSCTP_PKGLIBDIR, out, len) == 0)
			return 0;
	}
	err = take("", GSCTP_PKGLIBDIR, out, len);
	if (err != 0)
		cli_warn("%s/%s: %s: GSCTP_PRELOAD=FILE says where it is",
		    GSCTP_PKGLIBDIR, NAME, strerror(-err));
	return err;
}

int
run_find_library(char *out, size_t len)
{
	const char *named = getenv("GSCTP_PRELOAD");
	char path[PATH_MAX];

	if (named == NULL || *named == '\0') {
		if (look(out, len) != 0)
			return RUN_REFUSED;
	} else if (realpath(named, path) == NULL || access(path, R_OK) != 0 ||
	    copy(out, len, path) != 0) {
		cli_warn("GSCTP_PRELOAD: %s: %s", named, strerror(errno));
		return RUN_REFUSED;
	}
	/* ld.so(8): these part the names. */
	if (strpbrk(out, " :") != NULL) {
		cli_warn("%s: LD_PRELOAD cannot have a path with a blank or a "
			 "colon",
		    out);
		return RUN_REFUSED;
	}
	return 0;
}

static int
is_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return -errno;
	/* Of a directory x is another right. */
	if (!S_ISREG(st.st_mode) ||
	    faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
		return -EACCES;
	return 0;
}

/* A directory of PATH; an empty one is this one. */
static int
try_directory(const char *dir, size_t dir_len, const char *name, char *out,
    size_t len)
{
	int n;

	n = snprintf(out, len, "%.*s%s%s", (int)dir_len, dir,
	    dir_len > 0 ? "/" : "", name);
	return n < (int)len ? is_executable(out) : -ENAMETOOLONG;
}

int
run_find_program(const char *name, const char *path, char *out, size_t len)
{
	int err, found = -ENOENT;
	size_t n;

	if (*name == '\0')
		return -ENOENT;
	if (strchr(name, '/') != NULL) {
		err = copy(out, len, name);
		return err != 0 ? err : is_executable(out);
	}
	if (path == NULL)
		path = getenv("PATH");
	if (path == NULL)
		path = NO_PATH;
	for (;; path += n + 1) {
		n = strcspn(path, ":");
		err = try_directory(path, n, name, out, len);
		if (err == 0)
			return 0;
		/* One that may not be run is told of if there is no other. */
		if (err == -EACCES)
			found = err;
		if (path[n] == '\0')
			return found;
	}
}
