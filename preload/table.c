/* table: see table.h. */

#include "table.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "process.h"
#include "psock.h"

/*
 * Two levels, so that what was handed out is never moved: a page of entries
 * is made when the first SCTP descriptor in it is, and stays.
 */
#define PAGE 1024
#define PAGES 1024

static _Atomic(_Atomic(struct psock *) *) pages[PAGES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static _Atomic(struct psock *) *
entry(int fd)
{
	_Atomic(struct psock *) *page;

	if (fd < 0 || fd >= PAGE * PAGES)
		return NULL;
	page = atomic_load_explicit(&pages[fd / PAGE], memory_order_acquire);
	return page != NULL ? &page[fd % PAGE] : NULL;
}

struct psock *
ps_get_fd(int fd)
{
	_Atomic(struct psock *) *e = entry(fd);
	struct psock *p;

	if (e == NULL || atomic_load_explicit(e, memory_order_acquire) == NULL)
		return NULL;
	(void)pthread_mutex_lock(&lock);
	p = atomic_load_explicit(e, memory_order_relaxed);
	if (p != NULL)
		(void)atomic_fetch_add(&p->refs, 1);
	(void)pthread_mutex_unlock(&lock);
	return p;
}

void
ps_put(struct psock *p)
{
	if (atomic_fetch_sub(&p->refs, 1) == 1)
		ps_free(p);
}

/* The lock is held. */
static _Atomic(struct psock *) *
make_entry(int fd)
{
	_Atomic(struct psock *) *page;

	if (fd < 0 || fd >= PAGE * PAGES)
		return NULL;
	if (entry(fd) == NULL) {
		page = calloc(PAGE, sizeof(*page));
		if (page == NULL)
			return NULL;
		atomic_store_explicit(&pages[fd / PAGE], page,
		    memory_order_release);
	}
	return entry(fd);
}

bool
ps_table_has(int fd)
{
	_Atomic(struct psock *) *e = entry(fd);

	return e != NULL &&
	    atomic_load_explicit(e, memory_order_acquire) != NULL;
}

int
ps_table_next(unsigned int from)
{
	unsigned int fd = from;

	while (fd < PAGE * PAGES) {
		if (entry((int)fd) == NULL)
			fd = (fd / PAGE + 1) * PAGE;
		else if (ps_table_has((int)fd))
			return (int)fd;
		else
			fd++;
	}
	return -1;
}

int
ps_table_swap(int fd, struct psock *p, struct psock **old)
{
	_Atomic(struct psock *) *e;

	(void)pthread_mutex_lock(&lock);
	e = p != NULL ? make_entry(fd) : entry(fd);
	if (e != NULL) {
		if (p != NULL) {
			(void)atomic_fetch_add(&p->refs, 1);
			(void)atomic_fetch_add(&p->fds, 1);
		}
		*old = atomic_exchange_explicit(e, p, memory_order_acq_rel);
	}
	(void)pthread_mutex_unlock(&lock);
	return e != NULL || p == NULL ? 0 : -ENOMEM;
}

void
ps_table_drop(struct psock *old)
{
	if (old == NULL)
		return;
	if (atomic_fetch_sub(&old->fds, 1) == 1)
		ps_close(old);
	ps_put(old);
}

void
ps_table_lock(void)
{
	(void)pthread_mutex_lock(&lock);
}

void
ps_table_unlock(void)
{
	(void)pthread_mutex_unlock(&lock);
}

long
ps_done(struct psock *p, long r)
{
	ps_put(p);
	ps_stay_if_ending();
	if (r >= 0)
		return r;
	errno = (int)-r;
	return -1;
}
