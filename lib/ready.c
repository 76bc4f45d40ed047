#include "ready.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

/* Enough to fill the send buffer that SNDBUF asks for in a few calls. */
#define FILLER 4096
#define SNDBUF 2048

struct gs_ready {
	int user; /* the application's end */
	int ours;
	bool is_readable;
	bool is_writable;
};

int
gs_ready_new(struct gs_ready **out)
{
	struct gs_ready *r;
	int err, fds[2], sndbuf = SNDBUF;

	r = malloc(sizeof(*r));
	if (r == NULL)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		fds) == -1) {
		err = -errno;
		goto free_r;
	}
	r->user = fds[0];
	r->ours = fds[1];
	r->is_readable = false;
	r->is_writable = true;
	/* A larger buffer works as well: it takes more filler. */
	(void)setsockopt(r->user, SOL_SOCKET, SO_SNDBUF, &sndbuf,
	    sizeof(sndbuf));
	*out = r;
	return 0;

free_r:
	free(r);
	return err;
}

void
gs_ready_free(struct gs_ready *r)
{
	if (r == NULL)
		return;
	(void)close(r->user);
	(void)close(r->ours);
	free(r);
}

int
gs_ready_fd(const struct gs_ready *r)
{
	return r->user;
}

/* Read what waits in fd.  A short read is the end of it. */
static int
drain(int fd)
{
	char buf[FILLER];
	ssize_t n;

	for (;;) {
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n == (ssize_t)sizeof(buf))
			continue;
		if (n >= 0 || errno == EAGAIN)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

/* Write to fd until it takes no more. */
static int
fill(int fd)
{
	static const char zeros[FILLER];
	ssize_t n;

	for (;;) {
		n = send(fd, zeros, sizeof(zeros), MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n >= 0)
			continue;
		if (errno == EAGAIN)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

/* One byte into fd.  1; 0: its buffer is full. */
static int
put_byte(int fd)
{
	ssize_t n;

	do
		n = send(fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	if (n == 1)
		return 1;
	return errno == EAGAIN ? 0 : -errno;
}

void
gs_ready_move(struct gs_ready *r, int (*move)(int fd))
{
	r->user = move(r->user);
	r->ours = move(r->ours);
	/* What others have done to the old numbers. */
	if (!r->is_readable)
		(void)drain(r->user);
	if (r->is_writable)
		(void)drain(r->ours);
}

int
gs_ready_set_readable(struct gs_ready *r, bool on)
{
	int err;

	if (r->is_readable == on)
		return 0;
	/* A full buffer holds one already. */
	err = on ? put_byte(r->ours) : drain(r->user);
	if (err > 0)
		err = 0;
	if (err == 0)
		r->is_readable = on;
	return err;
}

int
gs_ready_set_writable(struct gs_ready *r, bool on)
{
	int err;

	if (r->is_writable == on)
		return 0;
	err = on ? drain(r->ours) : fill(r->user);
	if (err == 0)
		r->is_writable = on;
	return err;
}

void
gs_ready_hang_up(struct gs_ready *r, bool is_all)
{
	(void)shutdown(r->ours, is_all ? SHUT_RDWR : SHUT_WR);
}

void
gs_ready_edge(struct gs_ready *r)
{
	if (r->is_readable && put_byte(r->ours) == 0 && drain(r->user) == 0)
		(void)put_byte(r->ours);
}
