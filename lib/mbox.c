/* mbox: see mbox.h. */

#include "mbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "clock.h"
#include "handle.h"
#include "ready.h"

struct mbox {
	struct gs_msgq queue;
	pthread_cond_t cond;
	unsigned int nwaiting;
	bool is_freed;			/* the last that waits lets go of it */
	struct gs_ready *fd;		/* NULL until asked for */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct gs_handles handles = GS_HANDLES_INIT;

static void
destroy(struct mbox *mb)
{
	pthread_cond_destroy(&mb->cond);
	gs_ready_free(mb->fd);
	free(mb);
}

/* Wake who waits, and show the descriptor what is there. */
static void
update(struct mbox *mb)
{
	if (mb->nwaiting > 0 && mb->queue.count > 0)
		pthread_cond_broadcast(&mb->cond);
	if (mb->fd != NULL)
		(void)gs_ready_set_readable(mb->fd, mb->queue.count > 0);
}

int
gs_mbox_new(uint64_t *id)
{
	struct mbox *mb;
	int err;

	mb = calloc(1, sizeof(*mb));
	if (mb == NULL)
		return -ENOMEM;
	err = gs_cond_init(&mb->cond);
	if (err != 0) {
		free(mb);
		return err;
	}
	pthread_mutex_lock(&lock);
	err = gs_handle_new(&handles, mb, id);
	pthread_mutex_unlock(&lock);
	if (err != 0)
		destroy(mb);
	return err;
}

int
gs_mbox_free(uint64_t id, struct gs_msgq *left)
{
	struct mbox *mb;
	bool is_idle = false;

	pthread_mutex_lock(&lock);
	mb = gs_handle_del(&handles, id);
	if (mb != NULL) {
		*left = mb->queue;
		mb->is_freed = true;
		is_idle = mb->nwaiting == 0;
		if (!is_idle)
			pthread_cond_broadcast(&mb->cond);
	}
	pthread_mutex_unlock(&lock);
	if (is_idle)
		destroy(mb);
	return mb != NULL ? 0 : -EBADF;
}

bool
gs_mbox_exists(uint64_t id)
{
	bool exists;

	pthread_mutex_lock(&lock);
	exists = gs_handle_get(&handles, id) != NULL;
	pthread_mutex_unlock(&lock);
	return exists;
}

int
gs_mbox_fd(uint64_t id)
{
	struct mbox *mb;
	int err = 0;

	pthread_mutex_lock(&lock);
	mb = gs_handle_get(&handles, id);
	if (mb == NULL)
		err = -EBADF;
	else if (mb->fd == NULL)
		err = gs_ready_new(&mb->fd);
	if (err == 0) {
		update(mb);
		err = gs_ready_fd(mb->fd);
	}
	pthread_mutex_unlock(&lock);
	return err;
}

void
gs_mbox_put_all(uint64_t id, struct gs_msgq *q)
{
	struct mbox *mb;

	pthread_mutex_lock(&lock);
	mb = gs_handle_get(&handles, id);
	gs_msgq_append(&mb->queue, q);
	update(mb);
	pthread_mutex_unlock(&lock);
}

void
gs_mbox_put(uint64_t id, struct gs_msg *m)
{
	struct gs_msgq one = { NULL, NULL, 0 };

	gs_msgq_put(&one, m);
	gs_mbox_put_all(id, &one);
}

/* The lock is held.  False: it was freed, and is gone. */
static bool
wait_for_message(struct mbox *mb, uint64_t deadline_ms, int *err)
{
	mb->nwaiting++;
	*err = gs_cond_wait_until(&mb->cond, &lock, deadline_ms);
	mb->nwaiting--;
	if (!mb->is_freed)
		return true;
	if (mb->nwaiting == 0)
		destroy(mb);
	return false;
}

int
gs_mbox_get(uint64_t id, uint64_t deadline_ms, struct gs_msg **out)
{
	struct gs_msg *m = NULL;
	struct mbox *mb;
	int err = 0;

	pthread_mutex_lock(&lock);
	mb = gs_handle_get(&handles, id);
	while (mb != NULL && (m = gs_msgq_get(&mb->queue)) == NULL && err == 0)
		if (!wait_for_message(mb, deadline_ms, &err))
			mb = NULL;
	if (mb == NULL)
		err = -EBADF;
	else if (m != NULL)
		update(mb);
	pthread_mutex_unlock(&lock);
	if (m == NULL)
		return err;
	*out = m;
	return 0;
}

void
gs_mbox_take_sock(uint64_t id, uint64_t sock, struct gs_msgq *out)
{
	struct mbox *mb;

	pthread_mutex_lock(&lock);
	mb = gs_handle_get(&handles, id);
	gs_msgq_split(&mb->queue, sock, out);
	update(mb);
	pthread_mutex_unlock(&lock);
}

void
gs_mbox_move(uint64_t from, uint64_t to, uint64_t sock)
{
	struct mbox *a, *b;

	if (from == to)
		return;
	pthread_mutex_lock(&lock);
	a = gs_handle_get(&handles, from);
	b = gs_handle_get(&handles, to);
	gs_msgq_split(&a->queue, sock, &b->queue);
	update(a);
	update(b);
	pthread_mutex_unlock(&lock);
}

void
gs_mbox_retag(uint64_t id, uint64_t sock, gsctp_assoc_id assoc,
    uint64_t new_sock)
{
	struct mbox *mb;
	struct gs_msg *m;

	pthread_mutex_lock(&lock);
	mb = gs_handle_get(&handles, id);
	for (m = mb->queue.head; m != NULL; m = m->next)
		if (m->pub.sock.id == sock && m->pub.assoc_id == assoc)
			m->pub.sock.id = new_sock;
	pthread_mutex_unlock(&lock);
}
