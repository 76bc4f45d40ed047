/*
 * clock: monotonic time, deadlines, and waiting until one.
 *
 * Guarantees
 *  - time never goes backwards, and setting the host's clock moves no
 *    deadline;
 *  - no deadline overflows, whatever the timeout;
 *  - UINT64_MAX is the deadline that never comes.
 *
 * Layer 0.
 */

#ifndef GS_CLOCK_H
#define GS_CLOCK_H

#include <pthread.h>
#include <stdint.h>

#define GS_NEVER UINT64_MAX

/* CLOCK_MONOTONIC. */
uint64_t gs_now_ms(void);
uint64_t gs_now_us(void);

/* timeout_ms from now; GS_NEVER for -1. */
uint64_t gs_deadline_ms(int timeout_ms);

/* Milliseconds until deadline_ms, as poll() wants them: 0 if it has passed,
 * -1 for GS_NEVER, at most INT_MAX. */
int gs_until_ms(uint64_t deadline_ms);

/* A condition variable for gs_cond_wait_until().  0 or negative errno. */
int gs_cond_init(pthread_cond_t *cond);

/*
 * Wait for cond, which gs_cond_init() made, with mtx held.
 *
 * Returns 0 when woken, for a reason or for none, and -ETIMEDOUT when
 * deadline_ms (of gs_now_ms()) has passed.
 */
int gs_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mtx,
    uint64_t deadline_ms);

#endif
