/* psock: see psock.h. */

#include "psock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fd.h"
#include "opt.h"
#include "posix.h"
#include "process.h"
#include "ready.h"
#include "real.h"
#include "table.h"

static struct psock *
psock_new(int family, bool is_stream)
{
	struct psock *p;

	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	if (gs_ready_new(&p->ready) != 0) {
		free(p);
		return NULL;
	}
	gs_ready_move(p->ready, ps_fd_hide);
	p->family = family;
	p->is_stream = is_stream;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_mutex_init(&p->reading, NULL);
	atomic_init(&p->refs, 1);
	atomic_init(&p->fds, 0);
	atomic_init(&p->waiting, 0);
	/* As one of the kernel's, which has no association: poll() waits. */
	if (is_stream)
		(void)gs_ready_set_writable(p->ready, false);
	return p;
}

void
ps_free(struct psock *p)
{
	if (p->is_open && !ps_is_forked())
		(void)gs_posix_close(p->s);
	gs_ready_free(p->ready);
	ps_opt_free(p->opts);
	ps_forget_journal(p);
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_mutex_destroy(&p->reading);
	free(p);
}

void
ps_close(struct psock *p)
{
	gsctp_sock s;
	bool was_open;

	if (ps_is_forked())
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->is_closed = true;
	s = p->s;
	was_open = p->is_open;
	p->is_open = false;
	if (was_open)
		(void)gs_posix_detach(s);
	/* A call that waits in another thread looks again; nobody else is
	 * to see a change of what is closed. */
	if (atomic_load(&p->waiting) > 0) {
		(void)gs_ready_set_readable(p->ready, true);
		(void)gs_ready_set_writable(p->ready, true);
	}
	(void)pthread_mutex_unlock(&p->lock);
	/* This waits where SO_LINGER says so. */
	if (was_open)
		(void)gsctp_close(s);
}

/* The program's descriptor: the lowest that is free, as it would be. */
static int
give_fd(struct psock *p, int flags)
{
	if (ps_real()->fcntl(gs_ready_fd(p->ready), F_SETFL,
		O_RDWR | (flags & SOCK_NONBLOCK ? O_NONBLOCK : 0)) == -1)
		return -errno;
	return ps_fd_new(p, 0, flags & SOCK_CLOEXEC ? O_CLOEXEC : 0);
}

static int
no_descriptor(void)
{
	return errno == EMFILE || errno == ENFILE ? -errno : -ENOMEM;
}

int
ps_socket(int family, bool is_stream, int flags)
{
	struct psock *p;
	int fd;

	if (ps_is_forked())
		return ps_forked();
	ps_watch_forks();
	p = psock_new(family, is_stream);
	if (p == NULL)
		return no_descriptor();
	fd = ps_opt_init(p);
	if (fd == 0)
		fd = give_fd(p, flags);
	ps_put(p);
	return fd;
}

int
ps_wrap(struct psock *from, gsctp_sock s, int flags)
{
	struct psock *p;
	int err, fd;

	p = psock_new(from->family, true);
	if (p == NULL)
		return no_descriptor();
	p->is_peeled = !from->is_stream;
	p->is_bound = true;
	p->was_connected = true;
	err = ps_opt_inherit(p, from);
	if (err == 0)
		err = gs_posix_attach(s, p->ready);
	if (err == 0) {
		p->s = s;
		p->is_open = true;
		fd = give_fd(p, flags);
		if (fd >= 0) {
			ps_put(p);
			return fd;
		}
		p->is_open = false;
		err = fd;
	}
	(void)gs_posix_detach(s);
	ps_put(p);
	return err;
}
