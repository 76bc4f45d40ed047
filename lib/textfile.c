/* textfile: see textfile.h. */

#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

FILE *
gs_textfile_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	FILE *f;

	if (fd < 0)
		return NULL;
	f = fdopen(fd, "r");
	if (f == NULL) {
		(void)close(fd);
		errno = ENOMEM;
	}
	return f;
}
