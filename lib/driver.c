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
 * within so long; who led is not missed for LEAD_US.  Each look whether it is
 * takes a processor away from somebody, perhaps from who is to answer.
 */
#define QUICK_ONES 8
#define QUICK_US 200
#define LEAD_US 1000

/* An answer is waited for awake for so long, resting so often between looks;
 * and after that was in vain, so many are not. */
#define SPIN_US 50
#define PAUSES 16
#define SLEEPS_MIN 4
#define SLEEPS_MAX 4096

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
	atomic_bool is_timed;		/* the timer will tell the driver */
	uint64_t last_us;		/* a thread led, then */
	unsigned int quick;		/* waits in a row soon after another */
	pthread_cond_t gone;		/* is_led is false again */
	/* Of who leads, without the lock: waits to sleep for, and how many
	 * when it was in vain again. */
	unsigned int sleeps, sleeps_next;
};

/* Another thread of the same core gets on better so. */
#if defined(__x86_64__) || defined(__i386__)
#define relax() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define relax() __asm__ volatile("yield")
#else
#define relax() (void)0
#endif

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

/*
 * For the driver, where it is parked.  It is noted first: where this thread is
 * held up in between, the timer may be over, and that noted, before it goes on.
 */
static void
set_timer(unsigned int us)
{
	atomic_store(&drv.lead.is_timed, true);
	if (!gs_driver_wake_in(us))
		atomic_store(&drv.lead.is_timed, false);
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

/*
 * Whoever leads may see it in place of the driver, which then does not.  Both
 * look afterwards whether it is to be set anew, so that none is missed.
 */
static void
clear_timer(void)
{
	clear(drv.timer_fd);
	atomic_store(&drv.lead.is_timed, false);
}

/* How many of n packets of the socket; of none, of those read before. */
static size_t
read_some(int fd, struct gs_packet *pkts, size_t n)
{
	int got = gs_wire_recv(drv.wire, fd, pkts, n);

	if (got >= 0)
		return (size_t)got;
	gs_logf(GSCTP_LOG_WARN, "reading from the network: %s",
	    gsctp_strerror(got));
	return 0;
}

/* What one read of the socket gives; others get a chance in between. */
static void
read_packets(int fd)
{
	struct gs_packet pkts[IN_BATCH];
	size_t n;

	do {
		n = read_some(fd, pkts, IN_BATCH);
		if (n == 0)
			return;
		gs_enter();
		gs_engine_receive_locked(pkts, n);
		gs_leave();
	} while (gs_wire_is_pending(drv.wire));
}

/* Milliseconds that epoll may sleep. */
static int
until(uint64_t due_ms)
{
	uint64_t now = gs_now_ms();

	if (due_ms == UINT64_MAX)
		return -1;
	if (due_ms <= now)
		return 0;
	return due_ms - now > 3600000 ? 3600000 : (int)(due_ms - now);
}

/* The same, of the engine; it is told. */
static int
arm(void)
{
	uint64_t due_ms;
	int timeout;

	gs_enter();
	due_ms = gs_engine_due_locked();
	timeout = until(due_ms);
	gs_engine_arm_locked(timeout == 0 ? 0 : due_ms);
	gs_leave();
	return timeout;
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
spin(struct epoll_event *ev)
{
	uint64_t until_us = gs_now_us() + SPIN_US;
	int i, n;

	for (;;) {
		n = epoll_wait(drv.epoll_fd, ev, EVENTS, 0);
		if (n != 0 || gs_now_us() >= until_us)
			return n;
		for (i = 0; i < PAUSES; i++)
			relax();
	}
}

/*
 * An answer that comes sooner than a thread falls asleep and is woken is
 * waited for awake.  Where it did not come then, as on one processor, which
 * whoever answers needs, the next many are not.
 */
static int
await_answer(struct epoll_event *ev, int timeout)
{
	struct drv_lead *l = &drv.lead;
	int n;

	if (timeout == 0 || l->sleeps > 0) {
		l->sleeps -= l->sleeps > 0;
		return epoll_wait(drv.epoll_fd, ev, EVENTS, timeout);
	}
	n = spin(ev);
	if (n != 0) {
		l->sleeps_next = 0;
		return n;
	}
	l->sleeps_next = l->sleeps_next == 0 ? SLEEPS_MIN : l->sleeps_next * 2;
	if (l->sleeps_next > SLEEPS_MAX)
		l->sleeps_next = SLEEPS_MAX;
	l->sleeps = l->sleeps_next;
	return epoll_wait(drv.epoll_fd, ev, EVENTS, timeout);
}

/* What came that is no packet; the socket of those, or -1. */
static int
sort_out(const struct epoll_event *ev)
{
	int fd = ev->data.fd;

	if (fd == drv.timer_fd)
		clear_timer();
	else if (fd == drv.wake_fd)
		clear(fd);
	else if (fd == drv.other_fd)
		drv.other_fn();
	else
		return fd;
	return -1;
}

/* Until something has come and is done. */
static void
turn(void)
{
	struct epoll_event ev[EVENTS];
	int i, n, fd, timeout;

	timeout = arm();
	n = epoll_wait(drv.epoll_fd, ev, EVENTS, timeout);
	if (timeout != 0)
		atomic_fetch_add(&drv.wakeups, 1);
	disarm();
	for (i = 0; i < n; i++) {
		fd = sort_out(&ev[i]);
		if (fd >= 0)
			read_packets(fd);
	}
}

/* Is it another one's work now?  The timer that says when it may not be is
 * not set anew for each wait, but when it is over. */
static bool
park(void)
{
	struct drv_lead *l = &drv.lead;
	uint64_t idle_us;
	bool is_parked;

	gs_enter();
	idle_us = gs_now_us() - l->last_us;
	if (l->asker != NULL) {
		l->is_parked = true;
		gs_wake_locked(l->asker);
		l->asker = NULL;
		set_timer(LEAD_US);	/* it may have gone */
	} else if (l->is_parked && !l->is_led) {
		if (idle_us < LEAD_US) {
			set_timer(LEAD_US - (unsigned int)idle_us);
		} else {
			l->is_parked = false;
			l->quick = 0;
		}
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
			turn();
			continue;
		}
		/* The timer alone is there. */
		if (epoll_wait(drv.park_fd, &ev, 1, -1) > 0) {
			atomic_fetch_add(&drv.wakeups, 1);
			clear_timer();
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
		l->is_led = true;
		return true;
	}
	/* One wait is no reason to exchange the roles: that is two wake-ups. */
	l->quick = since_us < QUICK_US ? l->quick + 1 : 0;
	if (l->quick > QUICK_ONES) {
		l->asker = cond;
		gs_driver_wake();
	}
	return false;
}

void
gs_driver_lead_cancel(const pthread_cond_t *cond)
{
	if (drv.lead.asker == cond)
		drv.lead.asker = NULL;
}

size_t
gs_driver_lead(uint64_t until_ms, bool awaits_answer, struct gs_packet *pkts,
    size_t n)
{
	struct epoll_event ev[EVENTS];
	int timeout = until(until_ms);
	int i, got, other, fd = -1;

	if (gs_wire_is_pending(drv.wire))
		return read_some(-1, pkts, n);
	if (awaits_answer)
		got = await_answer(ev, timeout);
	else
		got = epoll_wait(drv.epoll_fd, ev, EVENTS, timeout);
	if (timeout != 0)
		atomic_fetch_add(&drv.wakeups, 1);
	/* One socket a turn, as what it gave stays until the next read: the
	 * others are there again then.  What is no socket may not be. */
	for (i = 0; i < got; i++) {
		other = sort_out(&ev[i]);
		if (fd < 0)
			fd = other;
	}
	return fd >= 0 ? read_some(fd, pkts, n) : 0;
}

bool
gs_driver_lead_has_more(void)
{
	return gs_wire_is_pending(drv.wire);
}

void
gs_driver_lead_end(void)
{
	struct drv_lead *l = &drv.lead;

	l->is_led = false;
	l->last_us = gs_now_us();
	if (atomic_load(&drv.must_stop))
		pthread_cond_broadcast(&l->gone);
	if (!atomic_load(&l->is_timed))
		set_timer(LEAD_US);
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
