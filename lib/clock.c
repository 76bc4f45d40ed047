#include "clock.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

/* Past this a deadline is none: 68 years, and a 32-bit time_t holds it. */
#define FAR_MS ((uint64_t)INT32_MAX * 1000)

static void
now(struct timespec *ts)
{
	/* CLOCK_MONOTONIC and a good pointer: it cannot fail. */
	(void)clock_gettime(CLOCK_MONOTONIC, ts);
}

uint64_t
gs_now_ms(void)
{
	struct timespec ts;

	now(&ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

uint64_t
gs_now_us(void)
{
	struct timespec ts;

	now(&ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t
gs_deadline_ms(int timeout_ms)
{
	if (timeout_ms < 0)
		return GS_NEVER;
	return gs_now_ms() + (uint64_t)timeout_ms;
}

int
gs_until_ms(uint64_t deadline_ms)
{
	uint64_t t;

	if (deadline_ms == GS_NEVER)
		return -1;
	t = gs_now_ms();
	if (deadline_ms <= t)
		return 0;
	if (deadline_ms - t > INT_MAX)
		return INT_MAX;
	return (int)(deadline_ms - t);
}

int
gs_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	int err;

	err = -pthread_condattr_init(&attr);
	if (err != 0)
		return err;
	err = -pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (err == 0)
		err = -pthread_cond_init(cond, &attr);
	/* It holds nothing; glibc's cannot fail. */
	(void)pthread_condattr_destroy(&attr);
	return err;
}

int
gs_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mtx,
    uint64_t deadline_ms)
{
	struct timespec ts;

	if (deadline_ms > FAR_MS) {
		/* It fails only where mtx is not held. */
		(void)pthread_cond_wait(cond, mtx);
		return 0;
	}
	ts.tv_sec = (time_t)(deadline_ms / 1000);
	ts.tv_nsec = (long)(deadline_ms % 1000) * 1000000;
	if (pthread_cond_timedwait(cond, mtx, &ts) == ETIMEDOUT)
		return -ETIMEDOUT;
	return 0;
}
