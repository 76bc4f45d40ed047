/* driver: see driver.h. */

#include "driver.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "clock.h"
#include "engine.h"
#include "log.h"
#include "wire.h"

/* Packets that the engine gets while the stack's lock is held. */
#define IN_BATCH 64

/*
 * A thread that waits leads only where this many waits followed one another
 * within so long; and who led is not missed for that long.
 */
#define QUICK_ONES 8
#define LEAD_US 200

/* The longest that an answer is waited for awake. */
#define SPIN_US 64

/* Taken from epoll at once. */
#define EVENTS 8

/* Wire sockets at most. */
#define FDS_MAX 256

/*
 * A thread that waits for what packets bring does the driver's work itself,
 * so that it need not be woken by it.  Then the driver is parked: it sleeps,
 * and takes over again when nobody has led for a while.  Guarded by the
 * stack's lock.
 */
struct drv_lead {
	bool is_parked;
	bool is_led;			/* a thread leads now */
	pthread_cond_t *asker;		/* one that waits wants to; or NULL */
	unsigned int quick;		/* waits in a row soon after another */
	pthread_cond_t gone;		/* is_led is false again */
	unsigned int spin_us;		/* of who leads, without the lock */
};

static struct {
	pthread_t thread;
	struct gs_wire *wire;
	int epoll_fd;			/* of whoever drives */
	int park_fd;			/* of the thread, while another does */
	int wake_fd;
	int timer_fd;			/* for less than a millisecond */
	int other_fd;
	void (*other_fn)(void);
	struct drv_lead lead;
	atomic_bool must_stop;
	atomic_uint_fast64_t wakeups;
} drv = { .epoll_fd = -1, .park_fd = -1, .wake_fd = -1, .timer_fd = -1 };

void
gs_driver_wake(void)
{
	uint64_t one = 1;

	/* It can only fail where a wake-up is pending already. */
	if (write(drv.wake_fd, &one, sizeof(one)) < 0)
		return;
}

bool
gs_driver_wake_in(unsigned int us)
{
	struct itimerspec at = { .it_value.tv_nsec = (long)us * 1000 };

	return timerfd_settime(drv.timer_fd, 0, &at, NULL) == 0;
}

uint64_t
gs_driver_wakeups(void)
{
	return atomic_load(&drv.wakeups);
}

/* Of a wake-up or of the timer; that it came is all there is to know. */
static void
clear(int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return;			/* it was set anew meanwhile */
}

/* What one read of the socket gives; others get a chance in between. */
static void
read_packets(int fd)
{
	struct gs_packet pkts[IN_BATCH];
	int n;

	do {
		n = gs_wire_recv(drv.wire, fd, pkts, IN_BATCH);
		if (n < 0) {
			gs_logf(GSCTP_LOG_WARN, "reading from the network: %s",
			    gsctp_strerror(n));
			return;
		}
		if (n == 0)
			return;
		gs_enter();
		gs_engine_receive_locked(pkts, (size_t)n);
		gs_leave();
	} while (gs_wire_is_pending(drv.wire));
}

/*
 * Milliseconds that epoll may sleep until until_ms; the engine is told.
 */
static int
arm(uint64_t until_ms)
{
	uint64_t due, now;

	gs_enter();
	due = gs_engine_due_locked();
	if (due > until_ms)
		due = until_ms;
	now = gs_now_ms();
	if (due <= now)
		gs_engine_arm_locked(0);
	else
		gs_engine_arm_locked(due);
	gs_leave();
	if (due == UINT64_MAX)
		return -1;
	if (due <= now)
		return 0;
	return due - now > 3600000 ? 3600000 : (int)(due - now);
}

static void
disarm(void)
{
	gs_enter();
	gs_engine_arm_locked(0);
	gs_engine_receive_locked(NULL, 0);	/* what was held back */
	gs_leave();
}

/* Look again and again for a while, without going to sleep. */
static int
spin(struct epoll_event *ev, uint64_t until_us)
{
	int n;

	do
		n = epoll_wait(drv.epoll_fd, ev, EVENTS, 0);
	while (n == 0 && gs_now_us() < until_us);
	return n;
}

/*
 * An answer that comes sooner than a thread falls asleep and is woken is
 * waited for awake, as long as the last ones have come so soon.
 */
static int
await_answer(struct epoll_event *ev, int timeout)
{
	struct drv_lead *l = &drv.lead;
	uint64_t start_us = gs_now_us();
	int n = 0;

	if (l->spin_us > 0 && timeout != 0)
		n = spin(ev, start_us + l->spin_us);
	if (n == 0)
		n = epoll_wait(drv.epoll_fd, ev, EVENTS, timeout);
	if (gs_now_us() - start_us > SPIN_US)
		l->spin_us /= 2;
	else if (l->spin_us < SPIN_US)
		l->spin_us += SPIN_US / 4;
	return n;
}

/* Until something has come and is done, or until_ms. */
static void
turn(uint64_t until_ms, bool awaits_answer)
{
	struct epoll_event ev[EVENTS];
	int i, n, timeout;

	timeout = arm(until_ms);
	if (awaits_answer)
		n = await_answer(ev, timeout);
	else
		n = epoll_wait(drv.epoll_fd, ev, EVENTS, timeout);
	if (timeout != 0)
		atomic_fetch_add(&drv.wakeups, 1);
	disarm();
	for (i = 0; i < n; i++) {
		if (ev[i].data.fd == drv.wake_fd ||
		    ev[i].data.fd == drv.timer_fd)
			clear(ev[i].data.fd);
		else if (ev[i].data.fd == drv.other_fd)
			drv.other_fn();
		else
			read_packets(ev[i].data.fd);
	}
}

/* Is it another one's work now? */
static bool
park(void)
{
	struct drv_lead *l = &drv.lead;
	bool is_parked;

	gs_enter();
	if (l->asker != NULL) {
		l->is_parked = true;
		gs_wake_locked(l->asker);
		l->asker = NULL;
		(void)gs_driver_wake_in(LEAD_US);	/* it may have gone */
	} else if (l->is_parked && !l->is_led) {
		l->is_parked = false;
		l->quick = 0;
	}
	is_parked = l->is_parked;
	gs_leave();
	return is_parked;
}

static void *
drive(void *arg)
{
	struct epoll_event ev;

	(void)arg;
	while (!atomic_load(&drv.must_stop)) {
		if (!park()) {
			turn(UINT64_MAX, false);
			continue;
		}
		/* The timer alone is there. */
		if (epoll_wait(drv.park_fd, &ev, 1, -1) > 0) {
			atomic_fetch_add(&drv.wakeups, 1);
			clear(drv.timer_fd);
		}
	}
	return NULL;
}

/* ---- a thread that waits, in the driver's place ---- */

bool
gs_driver_lead_begin(pthread_cond_t *cond, uint64_t since_us)
{
	struct drv_lead *l = &drv.lead;

	if (atomic_load(&drv.must_stop) || l->is_led)
		return false;
	if (l->is_parked) {
		(void)gs_driver_wake_in(0);	/* not now */
		l->is_led = true;
		return true;
	}
	/* One wait is no reason to exchange the roles: that is two wake-ups. */
	l->quick = since_us < LEAD_US ? l->quick + 1 : 0;
	if (l->quick > QUICK_ONES) {
		l->asker = cond;
		gs_driver_wake();
	}
	return false;
}

void
gs_driver_lead(uint64_t until_ms, bool awaits_answer)
{
	turn(until_ms, awaits_answer);
}

void
gs_driver_lead_end(void)
{
	struct drv_lead *l = &drv.lead;

	l->is_led = false;
	if (atomic_load(&drv.must_stop))
		pthread_cond_broadcast(&l->gone);
	(void)gs_driver_wake_in(LEAD_US);
}

static int
watch(int epoll_fd, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events };

	ev.data.fd = fd;
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0)
		return -errno;
	return 0;
}

static int
open_fds(void)
{
	int fds[FDS_MAX];
	size_t i, n;
	int err;

	drv.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	drv.park_fd = epoll_create1(EPOLL_CLOEXEC);
	drv.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	drv.timer_fd = timerfd_create(CLOCK_MONOTONIC,
	    TFD_CLOEXEC | TFD_NONBLOCK);
	if (drv.epoll_fd < 0 || drv.park_fd < 0 || drv.wake_fd < 0 || drv.timer_fd < 0)
		return -errno;
	n = gs_wire_fds(drv.wire, fds, FDS_MAX);
	if (n > FDS_MAX)
		return -EMFILE;
	err = watch(drv.epoll_fd, drv.wake_fd, EPOLLIN);
	if (err == 0)
		err = watch(drv.epoll_fd, drv.timer_fd, EPOLLIN);
	if (err == 0)
		err = watch(drv.park_fd, drv.timer_fd, EPOLLIN);
	for (i = 0; err == 0 && i < n; i++)
		err = watch(drv.epoll_fd, fds[i], EPOLLIN);
	/* Once each: what cannot be taken from there is left. */
	if (err == 0 && drv.other_fd >= 0)
		err = watch(drv.epoll_fd, drv.other_fd, EPOLLIN | EPOLLET);
	return err;
}

static void
close_fds(void)
{
	if (drv.epoll_fd >= 0)
		close(drv.epoll_fd);
	if (drv.park_fd >= 0)
		close(drv.park_fd);
	if (drv.wake_fd >= 0)
		close(drv.wake_fd);
	if (drv.timer_fd >= 0)
		close(drv.timer_fd);
	drv.epoll_fd = drv.park_fd = drv.wake_fd = drv.timer_fd = -1;
}

/* The application's signals are not for this thread. */
static int
start_thread(void)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = -pthread_create(&drv.thread, NULL, drive, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

int
gs_driver_start(struct gs_wire *w, int fd, void (*fn)(void))
{
	int err;

	drv.wire = w;
	drv.other_fd = fd;
	drv.other_fn = fn;
	memset(&drv.lead, 0, sizeof(drv.lead));
	(void)gs_cond_init(&drv.lead.gone);	/* cannot fail on Linux */
	atomic_store(&drv.must_stop, false);
	atomic_store(&drv.wakeups, 0);
	err = open_fds();
	if (err == 0)
		err = start_thread();
	if (err != 0)
		close_fds();
	return err;
}

void
gs_driver_stop(void)
{
	gs_enter();
	atomic_store(&drv.must_stop, true);
	gs_driver_wake();
	(void)gs_driver_wake_in(1);
	gs_leave();
	pthread_join(drv.thread, NULL);
	gs_enter();
	while (drv.lead.is_led)
		(void)gs_wait_locked(&drv.lead.gone, GS_NEVER);
	close_fds();
	gs_leave();
}
