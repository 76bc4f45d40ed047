/* cat_out: see cat_out.h. */

#include "cat_out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind {
	KIND_FILE,   /* does not block, or nobody can help it */
	KIND_OWN,    /* is set not to block */
	KIND_SOCKET, /* each write says so */
	KIND_PIPE,   /* takes PIPE_BUF where poll() says that it takes any */
};

/* Bytes that wait, before there is no room. */
#define ROOM 131072
/* Data that is copied. */
#define SHORT 8192
/* A file may be slow: so much at a time. */
#define FILE_MAX 1048576

/*
 * A pipe or terminal that does not block: opened anew, as O_NONBLOCK belongs
 * to whatever else has the same open file.
 */
static int
open_anew(int fd)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int
choose_kind(struct cat_out *o)
{
	struct stat st;
	int anew;

	if (fstat(o->fd, &st) != 0)
		return -errno;
	o->kind = KIND_FILE;
	if (S_ISSOCK(st.st_mode))
		o->kind = KIND_SOCKET;
	if (!S_ISFIFO(st.st_mode) && !isatty(o->fd))
		return 0;
	o->kind = KIND_PIPE;
	anew = open_anew(o->fd);
	if (anew < 0)
		return 0;
	if (o->is_mine)
		close(o->fd);
	o->fd = anew;
	o->is_mine = true;
	o->kind = KIND_OWN;
	return 0;
}

int
cat_out_open(struct cat_out *o, int fd, bool is_mine)
{
	int err;

	memset(o, 0, sizeof(*o));
	o->fd = fd;
	o->is_mine = is_mine;
	err = choose_kind(o);
	if (err != 0)
		cat_out_close(o);
	return err;
}

void
cat_out_close(struct cat_out *o)
{
	if (o->is_mine && o->fd >= 0)
		close(o->fd);
	gsctp_msg_free(o->held);
	free(o->bytes);
	memset(o, 0, sizeof(*o));
	o->fd = -1;
}

bool
cat_out_has_room(const struct cat_out *o)
{
	return o->held == NULL && o->end - o->start < ROOM;
}

bool
cat_out_is_empty(const struct cat_out *o)
{
	return o->held == NULL && o->end == o->start;
}

uint8_t *
cat_out_room(struct cat_out *o, size_t len)
{
	size_t cap = o->cap > 0 ? o->cap : 2 * ROOM;
	uint8_t *grown;

	if (o->cap - o->end < len && o->start > 0) {
		memmove(o->bytes, o->bytes + o->start, o->end - o->start);
		o->end -= o->start;
		o->start = 0;
	}
	while (cap - o->end < len && cap <= SIZE_MAX / 2)
		cap *= 2;
	if (cap - o->end < len)
		return NULL;
	if (cap > o->cap) {
		grown = realloc(o->bytes, cap);
		if (grown == NULL)
			return NULL;
		o->bytes = grown;
		o->cap = cap;
	}
	o->end += len;
	return o->bytes + o->end - len;
}

int
cat_out_put(struct cat_out *o, const void *data, size_t len)
{
	uint8_t *to = cat_out_room(o, len);

	if (to == NULL)
		return -ENOMEM;
	memcpy(to, data, len);
	return 0;
}

int
cat_out_take(struct cat_out *o, struct gsctp_msg *m, bool has_newline)
{
	int err;

	if (m->u.data.len > SHORT && o->held == NULL) {
		o->held = m;
		o->held_done = 0;
		o->has_newline = has_newline;
		return 0;
	}
	err = cat_out_put(o, m->u.data.data, m->u.data.len);
	if (err == 0 && has_newline)
		err = cat_out_put(o, "\n", 1);
	gsctp_msg_free(m);
	return err;
}

/* One write.  How much, or -errno. */
static ssize_t
write_some(const struct cat_out *o, const uint8_t *data, size_t len)
{
	struct pollfd p = { .fd = o->fd, .events = POLLOUT };
	ssize_t n;

	if (o->kind == KIND_SOCKET) {
		n = send(o->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		return n < 0 ? -errno : n;
	}
	if (o->kind == KIND_PIPE) {
		if (poll(&p, 1, 0) == 0)
			return -EAGAIN;
		if (len > PIPE_BUF)
			len = PIPE_BUF;
	}
	if (len > FILE_MAX)
		len = FILE_MAX;
	n = write(o->fd, data, len);
	return n < 0 ? -errno : n;
}

static int
write_all(const struct cat_out *o, const uint8_t *data, size_t len,
    size_t *done)
{
	ssize_t n;

	while (*done < len) {
		n = write_some(o, data + *done, len - *done);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		*done += (size_t)n;
	}
	return 0;
}

int
cat_out_flush(struct cat_out *o)
{
	int err;

	err = write_all(o, o->bytes, o->end, &o->start);
	if (err != 0)
		return err;
	o->start = o->end = 0;
	if (o->held == NULL)
		return 0;
	err = write_all(o, o->held->u.data.data, o->held->u.data.len,
	    &o->held_done);
	if (err != 0)
		return err;
	gsctp_msg_free(o->held);
	o->held = NULL;
	if (!o->has_newline)
		return 0;
	err = cat_out_put(o, "\n", 1);
	return err != 0 ? err : write_all(o, o->bytes, o->end, &o->start);
}
