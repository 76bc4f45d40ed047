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
#include "iov.h"
#include "psock.h"
#include "real.h"
#include "table.h"

/* <bits/> declare them where _FORTIFY_SOURCE is on. */
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *, size_t, size_t, int, struct sockaddr *,
    socklen_t *);
ssize_t __read_chk(int, void *, size_t, size_t);

static ssize_t
out(struct psock *p, const void *buf, size_t len, int flags,
    const struct sockaddr *to, socklen_t tolen)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)buf,
		.iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	m.msg_name = (void *)(uintptr_t)to;
	m.msg_namelen = to != NULL ? tolen : 0;
	return ps_done(p, ps_sendmsg(p, &m, flags));
}

static ssize_t
in(struct psock *p, void *buf, size_t len, int flags)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	return ps_done(p, ps_recvmsg(p, &m, flags));
}

static ssize_t
in_from(struct psock *p, void *buf, size_t len, int flags,
    struct sockaddr *from, socklen_t *fromlen)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (from != NULL) {
		if (fromlen == NULL)
			return ps_done(p, -EFAULT);
		m.msg_name = from;
		m.msg_namelen = *fromlen;
	}
	n = ps_recvmsg(p, &m, flags);
	if (n >= 0 && from != NULL)
		*fromlen = m.msg_namelen;
	return ps_done(p, n);
}

PS_FACE ssize_t
send(int fd, const void *buf, size_t len, int flags)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->send(fd, buf, len, flags);
	return out(p, buf, len, flags, NULL, 0);
}

PS_FACE ssize_t
sendto(int fd, const void *buf, size_t len, int flags,
    const struct sockaddr *to, socklen_t tolen)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->sendto(fd, buf, len, flags, to, tolen);
	if (to != NULL && tolen > sizeof(struct sockaddr_storage))
		return ps_done(p, -EINVAL);
	return out(p, buf, len, flags, to, tolen);
}

PS_FACE ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->sendmsg(fd, m, flags);
	if (m == NULL)
		return ps_done(p, -EFAULT);
	return ps_done(p, ps_sendmsg(p, m, flags));
}

PS_FACE ssize_t
write(int fd, const void *buf, size_t len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->write(fd, buf, len);
	return out(p, buf, len, 0, NULL, 0);
}

/* Of nothing at all, it is no message: so files have it. */
PS_FACE ssize_t
writev(int fd, const struct iovec *iov, int n)
{
	struct msghdr m = { .msg_iov = (struct iovec *)(uintptr_t)iov };
	struct psock *p = ps_get_fd(fd);
	size_t size;
	int err;

	if (p == NULL)
		return ps_real()->writev(fd, iov, n);
	if (n < 0 || n > PS_IOV_MAX)
		return ps_done(p, -EINVAL);
	m.msg_iovlen = (size_t)n;
	err = ps_iov_size(&m, &size);
	if (err == 0 && size == 0)
		return ps_done(p, 0);
	return ps_done(p, ps_sendmsg(p, &m, 0));
}

PS_FACE ssize_t
recv(int fd, void *buf, size_t len, int flags)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->recv(fd, buf, len, flags);
	return in(p, buf, len, flags);
}

PS_FACE ssize_t
recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
    socklen_t *fromlen)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->recvfrom(fd, buf, len, flags, from,
		    fromlen);
	return in_from(p, buf, len, flags, from, fromlen);
}

PS_FACE ssize_t
recvmsg(int fd, struct msghdr *m, int flags)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->recvmsg(fd, m, flags);
	if (m == NULL)
		return ps_done(p, -EFAULT);
	return ps_done(p, ps_recvmsg(p, m, flags));
}

/* Nothing is asked for, and nothing is waited for: so files have it. */
PS_FACE ssize_t
read(int fd, void *buf, size_t len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->read(fd, buf, len);
	return len > 0 ? in(p, buf, len, 0) : ps_done(p, 0);
}

PS_FACE ssize_t
readv(int fd, const struct iovec *iov, int n)
{
	struct msghdr m = { .msg_iov = (struct iovec *)(uintptr_t)iov };
	struct psock *p = ps_get_fd(fd);
	size_t size;
	int err;

	if (p == NULL)
		return ps_real()->readv(fd, iov, n);
	if (n < 0 || n > PS_IOV_MAX)
		return ps_done(p, -EINVAL);
	m.msg_iovlen = (size_t)n;
	err = ps_iov_size(&m, &size);
	if (err != 0 || size == 0)
		return ps_done(p, err);
	return ps_done(p, ps_recvmsg(p, &m, 0));
}

/* What _FORTIFY_SOURCE makes of the above: libc's own end the program where
 * the buffer is too small. */

PS_FACE ssize_t
__recv_chk(int fd, void *buf, size_t len, size_t size, int flags)
{
	struct psock *p = len <= size ? ps_get_fd(fd) : NULL;

	if (p == NULL)
		return ps_real()->recv_chk(fd, buf, len, size, flags);
	return in(p, buf, len, flags);
}

PS_FACE ssize_t
__recvfrom_chk(int fd, void *buf, size_t len, size_t size, int flags,
    struct sockaddr *from, socklen_t *fromlen)
{
	struct psock *p = len <= size ? ps_get_fd(fd) : NULL;

	if (p == NULL)
		return ps_real()->recvfrom_chk(fd, buf, len, size, flags,
		    from, fromlen);
	return in_from(p, buf, len, flags, from, fromlen);
}

PS_FACE ssize_t
__read_chk(int fd, void *buf, size_t len, size_t size)
{
	struct psock *p = len <= size ? ps_get_fd(fd) : NULL;

	if (p == NULL)
		return ps_real()->read_chk(fd, buf, len, size);
	return len > 0 ? in(p, buf, len, 0) : ps_done(p, 0);
}
