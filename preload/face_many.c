/*
 * face_many: several messages in one call, and files and pipes into and out
 * of a socket.
 *
 * The kernel moves a file a page at a time, and each page that comes to a
 * socket of SCTP is a message: so it is here.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "face.h"
#include "iov.h"
#include "psock.h"
#include "real.h"
#include "table.h"

#define PAGE 4096

/* One of several: what went before counts, and an error is for the next
 * call. */
static int
so_far(unsigned int n, ssize_t r)
{
	return n > 0 ? (int)n : (int)r;
}

PS_FACE int
sendmmsg(int fd, struct mmsghdr *v, unsigned int n, int flags)
{
	struct psock *p = ps_get_fd(fd);
	unsigned int i;
	ssize_t r = 0;

	if (p == NULL)
		return ps_real()->sendmmsg(fd, v, n, flags);
	if (n > PS_IOV_MAX)
		n = PS_IOV_MAX;
	if (v == NULL && n > 0)
		return (int)ps_done(p, -EFAULT);
	for (i = 0; i < n; i++) {
		r = ps_sendmsg(p, &v[i].msg_hdr, flags);
		if (r < 0)
			break;
		v[i].msg_len = (unsigned int)r;
	}
	return (int)ps_done(p, so_far(i, r));
}

/* The limit of recvmmsg(): looked at after each message, alone. */
static uint64_t
until(const struct timespec *limit)
{
	if (limit == NULL)
		return GS_NEVER;
	return gs_now_ms() + (uint64_t)limit->tv_sec * 1000 +
	    (uint64_t)limit->tv_nsec / 1000000;
}

static void
set_rest(struct timespec *limit, uint64_t deadline)
{
	int ms;

	if (limit == NULL)
		return;
	ms = gs_until_ms(deadline);
	limit->tv_sec = ms / 1000;
	limit->tv_nsec = (long)(ms % 1000) * 1000000;
}

PS_FACE int
recvmmsg(int fd, struct mmsghdr *v, unsigned int n, int flags,
    struct timespec *limit)
{
	struct psock *p = ps_get_fd(fd);
	uint64_t deadline;
	unsigned int i;
	ssize_t r = 0;

	if (p == NULL)
		return ps_real()->recvmmsg(fd, v, n, flags, limit);
	if (limit != NULL && (limit->tv_sec < 0 || limit->tv_nsec < 0 ||
	    limit->tv_nsec >= 1000000000))
		return (int)ps_done(p, -EINVAL);
	if (v == NULL && n > 0)
		return (int)ps_done(p, -EFAULT);
	if (n > PS_IOV_MAX)
		n = PS_IOV_MAX;
	deadline = until(limit);
	for (i = 0; i < n; i++) {
		r = ps_recvmsg(p, &v[i].msg_hdr,
		    flags & ~MSG_WAITFORONE);
		if (r < 0)
			break;
		v[i].msg_len = (unsigned int)r;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		if (limit != NULL && gs_now_ms() >= deadline) {
			i++;
			break;
		}
	}
	set_rest(limit, deadline);
	return (int)ps_done(p, so_far(i, r));
}

static ssize_t
send_page(struct psock *p, const void *page, size_t len, int flags)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)page,
		.iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	return ps_sendmsg(p, &m, flags);
}

/* From the file at *at, which moves by what was sent. */
static ssize_t
send_file(struct psock *p, int in, off64_t *at, size_t len)
{
	char page[PAGE];
	size_t done = 0;
	ssize_t n, r;

	while (done < len) {
		n = pread64(in, page, len - done < PAGE ? len - done : PAGE,
		    *at);
		if (n == -1)
			r = errno == ESPIPE ? -EINVAL : -errno;
		else
			r = n > 0 ? send_page(p, page, (size_t)n, 0) : 0;
		if (r <= 0)
			return done > 0 ? (ssize_t)done : r;
		*at += r;
		done += (size_t)r;
	}
	return (ssize_t)done;
}

/* offset NULL: from where the file stands, and it stands there then. */
static ssize_t
do_sendfile(struct psock *p, int in, off64_t *offset, size_t len)
{
	off64_t at;
	ssize_t r;

	at = offset != NULL ? *offset : lseek64(in, 0, SEEK_CUR);
	if (at < 0)
		return offset != NULL || errno == ESPIPE ? -EINVAL : -errno;
	r = send_file(p, in, &at, len);
	if (r <= 0)
		return r;
	if (offset != NULL)
		*offset = at;
	else
		(void)lseek64(in, at, SEEK_SET);
	return r;
}

PS_FACE ssize_t
sendfile64(int out, int in, off64_t *offset, size_t len)
{
	struct psock *p = ps_get_fd(out);

	if (p == NULL)
		return ps_real()->sendfile64(out, in, offset, len);
	return ps_done(p, do_sendfile(p, in, offset, len));
}

PS_FACE ssize_t
sendfile(int out, int in, off_t *offset, size_t len)
{
	struct psock *p = ps_get_fd(out);
	off64_t at;
	ssize_t r;

	if (p == NULL)
		return ps_real()->sendfile(out, in, offset, len);
	if (offset == NULL)
		return ps_done(p, do_sendfile(p, in, NULL, len));
	at = *offset;
	r = do_sendfile(p, in, &at, len);
	if (r >= 0)
		*offset = (off_t)at;
	return ps_done(p, r);
}

/* Take what was sent out of the pipe. */
static void
discard(int pipe_fd, size_t len)
{
	char page[PAGE];
	ssize_t n;

	while (len > 0) {
		n = ps_real()->read(pipe_fd, page, len < PAGE ? len : PAGE);
		if (n <= 0 && errno != EINTR)
			return;
		if (n > 0)
			len -= (size_t)n;
	}
}

/*
 * A page of the pipe, which has it until it is sent: what the socket does not
 * take stays there.  0 is the pipe's end.
 */
static ssize_t
splice_page(struct psock *p, int in, size_t len, unsigned int flags)
{
	char page[PAGE];
	int copy[2];
	ssize_t n;

	if (pipe2(copy, O_CLOEXEC) == -1)
		return -errno;
	n = tee(in, copy[1], len < PAGE ? len : PAGE,
	    flags & SPLICE_F_NONBLOCK);
	if (n == -1)
		n = -errno;
	if (n > 0)
		n = ps_real()->read(copy[0], page, (size_t)n);
	(void)ps_real()->close(copy[0]);
	(void)ps_real()->close(copy[1]);
	if (n > 0)
		n = send_page(p, page, (size_t)n,
		    flags & SPLICE_F_NONBLOCK ? MSG_DONTWAIT : 0);
	if (n > 0)
		discard(in, (size_t)n);
	return n;
}

static ssize_t
splice_in(struct psock *p, int in, size_t len, unsigned int flags)
{
	size_t done = 0;
	ssize_t r;

	while (done < len) {
		/* After the first, only what is there. */
		r = splice_page(p, in, len - done,
		    done > 0 ? flags | SPLICE_F_NONBLOCK : flags);
		if (r <= 0)
			return done > 0 ? (ssize_t)done : r;
		done += (size_t)r;
	}
	return (ssize_t)done;
}

/* A message, or a part of one, of as much as the pipe surely takes. */
static ssize_t
splice_out(struct psock *p, int out, size_t len, unsigned int flags)
{
	struct pollfd pfd = { .fd = out, .events = POLLOUT };
	bool waits = (flags & SPLICE_F_NONBLOCK) == 0;
	char page[PAGE];
	struct iovec iov = { .iov_base = page };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	n = poll(&pfd, 1, waits ? -1 : 0);
	if (n == -1)
		return -errno;
	if (n == 0)
		return -EAGAIN;
	iov.iov_len = len < PAGE ? len : PAGE;
	n = ps_recvmsg(p, &m, waits ? 0 : MSG_DONTWAIT);
	if (n <= 0)
		return n;
	n = ps_real()->write(out, page, (size_t)n);
	return n == -1 ? -errno : n;
}

PS_FACE ssize_t
splice(int in, off64_t *in_at, int out, off64_t *out_at, size_t len,
    unsigned int flags)
{
	struct psock *from = ps_get_fd(in);
	struct psock *to = ps_get_fd(out);
	int other = from != NULL ? out : in;
	int size;
	ssize_t r;

	if (from == NULL && to == NULL)
		return ps_real()->splice(in, in_at, out, out_at, len, flags);
	if (from != NULL && to != NULL)
		r = -EINVAL;
	else if (in_at != NULL || out_at != NULL)
		r = -ESPIPE;
	else if (ps_real()->fcntl(other, F_GETPIPE_SZ, &size) == -1)
		r = errno == EBADF ? -EBADF : -EINVAL;
	else if (len == 0)
		r = 0;
	else if (to != NULL)
		r = splice_in(to, in, len, flags);
	else
		r = splice_out(from, out, len, flags);
	if (from != NULL && to != NULL)
		ps_put(from);
	return ps_done(to != NULL ? to : from, r);
}
