/*
 * waiter: a thread that waits as a system call does.
 *
 * A wait on a condition variable sees nothing of signals; a call of the
 * kernel's that waits ends with -EINTR when one was handled, or goes on where
 * the handler was set so (SA_RESTART).
 *
 * Guarantees
 *  - a waiter that is woken is out of its list, and stays woken until it is
 *    put into one again;
 *  - a wait with no limit goes on after a handler with SA_RESTART, one with
 *    a limit does not, as with SO_SNDTIMEO (signal(7)).
 *
 * The list is guarded by its owner's lock; gs_waiter_wait() wants none held.
 * Layer 0.
 */

#ifndef GS_WAITER_H
#define GS_WAITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct gs_waiter {
	_Atomic uint32_t is_woken;
	bool is_in;
	LIST_ENTRY(gs_waiter) link;
};
LIST_HEAD(gs_waiter_list, gs_waiter);

/* {0} is a waiter that is in none. */
void gs_waiter_put(struct gs_waiter_list *l, struct gs_waiter *w);
void gs_waiter_drop(struct gs_waiter *w);

/* Wake all of them. */
void gs_waiter_wake(struct gs_waiter_list *l);

/* Until it is woken: 0, -EINTR, or -EAGAIN when deadline_ms has passed. */
int gs_waiter_wait(struct gs_waiter *w, uint64_t deadline_ms);

#endif
