/*
 * face_io: bytes in and out, by libc's names: each is one of ps_sendmsg()
 * and ps_recvmsg().
 */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "face.h"
#include "psock.h"
#include "real.h"
#include "table.h"

static ssize_t
out(struct psock *p, int fd, const void *buf, size_t len, int flags,
    const struct sockaddr *to, socklen_t tolen)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)buf,
		.iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	m.msg_name = (void *)(uintptr_t)to;
	m.msg_namelen = to != NULL ? tolen : 0;
	return ps_done(p, ps_sendmsg(p, fd, &m, flags));
}

static ssize_t
in(struct psock *p, int fd, void *buf, size_t len, int flags)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	return ps_done(p, ps_recvmsg(p, fd, &m, flags));
}

PS_FACE ssize_t
send(int fd, const void *buf, size_t len, int flags)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->send(fd, buf, len, flags);
	return out(p, fd, buf, len, flags, NULL, 0);
}

PS_FACE ssize_t
sendto(int fd, const void *buf, size_t len, int flags,
    const struct sockaddr *to, socklen_t tolen)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->sendto(fd, buf, len, flags, to, tolen);
	return out(p, fd, buf, len, flags, to, tolen);
}

PS_FACE ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->sendmsg(fd, m, flags);
	return ps_done(p, ps_sendmsg(p, fd, m, flags));
}

PS_FACE ssize_t
write(int fd, const void *buf, size_t len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->write(fd, buf, len);
	return out(p, fd, buf, len, 0, NULL, 0);
}

PS_FACE ssize_t
recv(int fd, void *buf, size_t len, int flags)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->recv(fd, buf, len, flags);
	return in(p, fd, buf, len, flags);
}

PS_FACE ssize_t
recvmsg(int fd, struct msghdr *m, int flags)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->recvmsg(fd, m, flags);
	return ps_done(p, ps_recvmsg(p, fd, m, flags));
}

PS_FACE ssize_t
read(int fd, void *buf, size_t len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->read(fd, buf, len);
	return in(p, fd, buf, len, 0);
}
