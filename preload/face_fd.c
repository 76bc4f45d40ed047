/*
 * face_fd: descriptors: made, copied, closed, asked.
 */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "face.h"
#include "posix.h"
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

PS_FACE int
close(int fd)
{
	(void)ps_table_clear(fd);
	return ps_real()->close(fd);
}

/* to, if it is one, is a copy of fd. */
static int
copied(int fd, int to)
{
	struct psock *p;
	int err;

	if (to == -1)
		return -1;
	p = ps_get_fd(fd);
	if (p == NULL)
		return to;
	err = ps_table_set(to, p);
	ps_put(p);
	if (err == 0)
		return to;
	(void)ps_real()->close(to);
	errno = -err;
	return -1;
}

PS_FACE int
dup(int fd)
{
	return copied(fd, ps_real()->dup(fd));
}

/* What to stood for is closed by this, unless it is fd itself, or fails. */
static int
onto(int fd, int to, int flags, bool has_flags)
{
	int new;

	new = has_flags ? ps_real()->dup3(fd, to, flags) :
			  ps_real()->dup2(fd, to);
	if (new == -1 || new == fd)
		return new;
	(void)ps_table_clear(to);
	return copied(fd, new);
}

PS_FACE int
dup2(int fd, int to)
{
	return onto(fd, to, 0, false);
}

PS_FACE int
dup3(int fd, int to, int flags)
{
	return onto(fd, to, flags, true);
}

static int
do_fcntl(int (*fn)(int, int, ...), int fd, int cmd, void *arg)
{
	int r;

	r = fn(fd, cmd, arg);
	return cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC ? copied(fd, r) : r;
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

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request != FIONREAD && request != TIOCOUTQ)
		return ps_real()->ioctl(fd, request, arg);
	p = ps_get_fd(fd);
	if (p == NULL)
		return ps_real()->ioctl(fd, request, arg);
	if (arg == NULL)
		return (int)ps_done(p, -EFAULT);
	if (request == FIONREAD)
		*(int *)arg = (int)ps_pending(p);
	else
		*(int *)arg = (int)ps_outq(p);
	return (int)ps_done(p, 0);
}
