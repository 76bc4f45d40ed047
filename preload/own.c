/* own: see own.h. */

#include "own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "real.h"

/* The kernel's table of descriptors is as long as the highest one. */
#define FIRST_MAX 4096

/* Two of three are left to the library: a socket of the program takes one of
 * its numbers, and two of those. */
static int
first(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) != 0 ||
	    lim.rlim_cur / 3 > FIRST_MAX)
		return FIRST_MAX;
	return (int)(lim.rlim_cur / 3);
}

/* All that lib/ opens is close-on-exec. */
static int
up(int fd)
{
	int moved, saved = errno;

	if (fd == -1)
		return -1;
	moved = ps_real()->fcntl(fd, F_DUPFD_CLOEXEC, first());
	errno = saved;
	if (moved == -1)
		return fd;
	(void)ps_real()->close(fd);
	return moved;
}

int
__wrap_accept4(int fd, struct sockaddr *a, socklen_t *len, int flags)
{
	return up(ps_real()->accept4(fd, a, len, flags));
}

int
__wrap_epoll_create1(int flags)
{
	return up(ps_real()->epoll_create1(flags));
}

int
__wrap_eventfd(unsigned int n, int flags)
{
	return up(ps_real()->eventfd(n, flags));
}

int
__wrap_open(const char *path, int flags, ...)
{
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return up(ps_real()->open(path, flags, mode));
}

int
__wrap_openat(int dir, const char *path, int flags, ...)
{
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return up(ps_real()->openat(dir, path, flags, mode));
}

int
__wrap_socket(int family, int type, int protocol)
{
	return up(ps_real()->socket(family, type, protocol));
}

int
__wrap_socketpair(int family, int type, int protocol, int fds[2])
{
	int err;

	err = ps_real()->socketpair(family, type, protocol, fds);
	if (err == 0) {
		fds[0] = up(fds[0]);
		fds[1] = up(fds[1]);
	}
	return err;
}

int
__wrap_timerfd_create(int clock, int flags)
{
	return up(ps_real()->timerfd_create(clock, flags));
}
