/* fd: see fd.h. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_PATH, dup3 */
#endif

#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#include "process.h"
#include "psock.h"
#include "ready.h"
#include "real.h"
#include "table.h"

/* Above what most programs have, and what a table of descriptors is small
 * for. */
#define HIDDEN_MIN 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/*
 * A descriptor that reads, writes and polls as one that is closed: it stands
 * in a number that is not yet, or no longer, a psock's.  -1: there is none,
 * and others may see the pair for a moment.  Guarded by lock.
 */
static int blank = -1;

static int
get_blank(void)
{
	if (blank == -1)
		blank = ps_fd_hide(open("/dev/null", O_PATH | O_CLOEXEC));
	return blank;
}

/* Where the library's own begin: half of what there may be is the program's,
 * and all that select() knows where there is that much. */
static int
hidden_min(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur / 2 >= HIDDEN_MIN)
		return HIDDEN_MIN;
	return (int)(limit.rlim_cur / 2);
}

int
ps_fd_hide(int fd)
{
	int high;

	if (fd == -1)
		return -1;
	high = ps_real()->fcntl(fd, F_DUPFD_CLOEXEC, hidden_min());
	if (high == -1)
		return fd;
	(void)ps_real()->close(fd);
	return high;
}

/* What the table had where something else is now; to be dropped when the
 * lock is no longer held. */
struct left {
	struct psock *other;
	struct psock *same;
};

static void
drop(struct left *l)
{
	ps_table_drop(l->other);
	ps_table_drop(l->same);
}

/* fd has nothing that can be used, and stands for p from now on.  The lock is
 * held. */
static int
show(struct psock *p, int fd, int flags, struct left *l)
{
	int err;

	err = ps_table_swap(fd, p, &l->other);
	if (err == 0 &&
	    ps_real()->dup3(gs_ready_fd(p->ready), fd, flags) == -1) {
		err = -errno;
		(void)ps_table_swap(fd, NULL, &l->same);
	}
	if (err == 0)
		return fd;
	(void)ps_real()->close(fd);
	return err;
}

int
ps_fd_new(struct psock *p, int min, int flags)
{
	struct left l = { NULL, NULL };
	int from, r;

	(void)pthread_mutex_lock(&lock);
	from = get_blank();
	if (from == -1)
		from = gs_ready_fd(p->ready);
	r = ps_real()->fcntl(from, F_DUPFD, min);
	r = r == -1 ? -errno : show(p, r, flags & O_CLOEXEC, &l);
	(void)pthread_mutex_unlock(&lock);
	drop(&l);
	return r;
}

int
ps_fd_onto(struct psock *p, int to, int flags)
{
	struct left l = { NULL, NULL };
	int from, r;

	(void)pthread_mutex_lock(&lock);
	from = get_blank();
	if (from == -1)
		from = gs_ready_fd(p->ready);
	/* What to was stays until the table says what it is. */
	if (ps_real()->dup3(from, to, 0) == -1)
		r = -errno;
	else
		r = show(p, to, flags, &l);
	(void)pthread_mutex_unlock(&lock);
	drop(&l);
	return r;
}

static int
copy(int from, int to, int flags, bool has_flags)
{
	int r;

	r = has_flags ? ps_real()->dup3(from, to, flags) :
			ps_real()->dup2(from, to);
	return r == -1 ? -errno : r;
}

int
ps_fd_replace(int from, int to, int flags, bool has_flags)
{
	struct psock *old = NULL;
	int r;

	if (!ps_table_has(to) || ps_is_vforked())
		return copy(from, to, flags, has_flags);
	(void)pthread_mutex_lock(&lock);
	r = copy(from, to, flags, has_flags);
	if (r >= 0)
		(void)ps_table_swap(to, NULL, &old);
	(void)pthread_mutex_unlock(&lock);
	ps_table_drop(old);
	return r;
}

int
ps_fd_close(int fd)
{
	struct psock *old = NULL;
	int from, r;

	if (!ps_table_has(fd) || ps_is_vforked())
		return ps_real()->close(fd) == -1 ? -errno : 0;
	(void)pthread_mutex_lock(&lock);
	from = get_blank();
	/* Not where another thread was first, and it is something else. */
	if (from != -1 && ps_table_has(fd))
		(void)ps_real()->dup3(from, fd, O_CLOEXEC);
	(void)ps_table_swap(fd, NULL, &old);
	r = ps_real()->close(fd) == -1 ? -errno : 0;
	(void)pthread_mutex_unlock(&lock);
	ps_table_drop(old);
	return r;
}

void
ps_fd_close_range(unsigned int first, unsigned int last)
{
	int fd;

	if (ps_is_vforked())
		return;
	for (fd = ps_table_next(first); fd != -1 && (unsigned int)fd <= last;
	     fd = ps_table_next((unsigned int)fd + 1))
		(void)ps_fd_close(fd);
}

void
ps_fd_lock(void)
{
	(void)pthread_mutex_lock(&lock);
	ps_table_lock();
}

void
ps_fd_unlock(void)
{
	ps_table_unlock();
	(void)pthread_mutex_unlock(&lock);
}
