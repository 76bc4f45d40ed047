#include "waiter.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

void
gs_waiter_put(struct gs_waiter_list *l, struct gs_waiter *w)
{
	gs_waiter_drop(w);
	atomic_store(&w->is_woken, 0);
	LIST_INSERT_HEAD(l, w, link);
	w->is_in = true;
}

void
gs_waiter_drop(struct gs_waiter *w)
{
	if (w->is_in)
		LIST_REMOVE(w, link);
	w->is_in = false;
}

void
gs_waiter_wake(struct gs_waiter_list *l)
{
	struct gs_waiter *w;

	while ((w = LIST_FIRST(l)) != NULL) {
		gs_waiter_drop(w);
		atomic_store(&w->is_woken, 1);
		/* Its owner has to take the lock before the watch goes. */
		(void)syscall(SYS_futex, &w->is_woken, FUTEX_WAKE_PRIVATE, 1,
		    NULL, NULL, 0);
	}
}

int
gs_waiter_wait(struct gs_waiter *w, uint64_t deadline_ms)
{
	struct timespec at, *limit = NULL;
	long r;

	if (deadline_ms != GS_NEVER) {
		at.tv_sec = (time_t)(deadline_ms / 1000);
		at.tv_nsec = (long)(deadline_ms % 1000) * 1000000;
		limit = &at;
	}
	while (atomic_load(&w->is_woken) == 0) {
		r = syscall(SYS_futex, &w->is_woken, FUTEX_WAIT_BITSET_PRIVATE,
		    0, limit, NULL, FUTEX_BITSET_MATCH_ANY);
		if (r == -1 && errno == ETIMEDOUT)
			return -EAGAIN;
		if (r == -1 && errno == EINTR)
			return -EINTR;
	}
	return 0;
}
