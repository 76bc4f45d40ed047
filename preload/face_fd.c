/*
 * face_fd: descriptors: made, copied, closed, asked.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "face.h"
#include "fd.h"
#include "process.h"
#include "psock.h"
#include "real.h"
#include "table.h"

#define TYPE_FLAGS (SOCK_CLOEXEC | SOCK_NONBLOCK)

/* Is it SCTP that is asked for?  SOCK_SEQPACKET has no other protocol. */
static bool
is_ours(int family, int type, int protocol)
{
	type &= ~TYPE_FLAGS;
	if (family != AF_INET && family != AF_INET6)
		return false;
	if (protocol == 0)
		return type == SOCK_SEQPACKET;
	return protocol == IPPROTO_SCTP &&
	    (type == SOCK_SEQPACKET || type == SOCK_STREAM);
}

PS_FACE int
socket(int family, int type, int protocol)
{
	int fd;

	if (!is_ours(family, type, protocol))
		return ps_real()->socket(family, type, protocol);
	fd = ps_socket(family, (type & ~TYPE_FLAGS) == SOCK_STREAM,
	    type & TYPE_FLAGS);
	if (fd >= 0)
		return fd;
	errno = -fd;
	return -1;
}

/* What libc's would return. */
static int
result(int r)
{
	if (r >= 0)
		return r;
	errno = -r;
	return -1;
}

PS_FACE int
close(int fd)
{
	return result(ps_fd_close(fd));
}

/* libc's own do not call close(). */
PS_FACE int
close_range(unsigned int first, unsigned int last, int flags)
{
	if (first <= last && flags == 0)
		ps_fd_close_range(first, last);
	return ps_real()->close_range(first, last, flags);
}

PS_FACE void
closefrom(int first)
{
	ps_fd_close_range(first > 0 ? (unsigned int)first : 0, INT_MAX);
	ps_real()->closefrom(first);
}

/* One that a copy is made of, here; libc's do it for all others. */
static struct psock *
to_copy(int fd)
{
	return ps_table_has(fd) && !ps_is_vforked() ? ps_get_fd(fd) : NULL;
}

PS_FACE int
dup(int fd)
{
	struct psock *p = to_copy(fd);

	if (p == NULL)
		return ps_real()->dup(fd);
	return (int)ps_done(p, ps_fd_new(p, 0, 0));
}

PS_FACE int
dup2(int fd, int to)
{
	struct psock *p = fd != to ? to_copy(fd) : NULL;

	if (p == NULL)
		return fd != to ? result(ps_fd_replace(fd, to, 0, false)) :
				  ps_real()->dup2(fd, to);
	return (int)ps_done(p, ps_fd_onto(p, to, 0));
}

PS_FACE int
dup3(int fd, int to, int flags)
{
	bool is_valid = fd != to && (flags & ~O_CLOEXEC) == 0;
	struct psock *p = is_valid ? to_copy(fd) : NULL;

	if (!is_valid)
		return ps_real()->dup3(fd, to, flags);
	if (p == NULL)
		return result(ps_fd_replace(fd, to, flags, true));
	return (int)ps_done(p, ps_fd_onto(p, to, flags));
}

static int
do_fcntl(int (*fn)(int, int, ...), int fd, int cmd, void *arg)
{
	struct psock *p = NULL;

	if (cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC)
		p = to_copy(fd);
	if (p == NULL)
		return fn(fd, cmd, arg);
	return (int)ps_done(p, ps_fd_new(p, (int)(intptr_t)arg,
	    cmd == F_DUPFD_CLOEXEC ? O_CLOEXEC : 0));
}

PS_FACE int
fcntl(int fd, int cmd, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	return do_fcntl(ps_real()->fcntl, fd, cmd, arg);
}

PS_FACE int
fcntl64(int fd, int cmd, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	return do_fcntl(ps_real()->fcntl64, fd, cmd, arg);
}

PS_FACE int
ioctl(int fd, unsigned long request, ...)
{
	struct psock *p;
	va_list ap;
	void *arg;
	ssize_t n;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request != FIONREAD && request != TIOCOUTQ &&
	    request != SIOCATMARK)
		return ps_real()->ioctl(fd, request, arg);
	p = ps_get_fd(fd);
	if (p == NULL)
		return ps_real()->ioctl(fd, request, arg);
	if (ps_is_forked())
		return (int)ps_done(p, ps_forked());
	n = ps_pending(p);
	/* Linux's SCTP knows the one of them. */
	if (n >= 0 && request != FIONREAD)
		n = -ENOTTY;
	if (n >= 0 && arg == NULL)
		n = -EFAULT;
	if (n >= 0)
		*(int *)arg = (int)n;
	return (int)ps_done(p, n < 0 ? n : 0);
}
