/* driver: see driver.h. */

#include "driver.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "clock.h"
#include "engine.h"
#include "log.h"
#include "wire.h"

/* Packets that the engine gets while the stack's lock is held. */
#define IN_BATCH 64

/* Wire sockets at most. */
#define FDS_MAX 256

static struct {
	pthread_t thread;
	struct gs_wire *wire;
	int epoll_fd;
	int wake_fd;
	int other_fd;
	void (*other_fn)(void);
	atomic_bool must_stop;
	atomic_uint_fast64_t wakeups;
} drv = { .epoll_fd = -1, .wake_fd = -1 };

void
gs_driver_wake(void)
{
	uint64_t one = 1;

	/* It can only fail where a wake-up is pending already. */
	if (write(drv.wake_fd, &one, sizeof(one)) < 0)
		return;
}

uint64_t
gs_driver_wakeups(void)
{
	return atomic_load(&drv.wakeups);
}

static void
clear_wake(void)
{
	uint64_t n;

	if (read(drv.wake_fd, &n, sizeof(n)) < 0)
		return;			/* another wake-up has read it */
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

/* Milliseconds that epoll may sleep; the engine is told. */
static int
arm(void)
{
	uint64_t due, now;

	gs_enter();
	due = gs_engine_due_locked();
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

static void *
drive(void *arg)
{
	struct epoll_event ev[8];
	int i, n, timeout;

	(void)arg;
	while (!atomic_load(&drv.must_stop)) {
		timeout = arm();
		n = epoll_wait(drv.epoll_fd, ev, 8, timeout);
		if (timeout != 0)
			atomic_fetch_add(&drv.wakeups, 1);
		disarm();
		for (i = 0; i < n; i++) {
			if (ev[i].data.fd == drv.wake_fd)
				clear_wake();
			else if (ev[i].data.fd == drv.other_fd)
				drv.other_fn();
			else
				read_packets(ev[i].data.fd);
		}
	}
	return NULL;
}

static int
watch(int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events };

	ev.data.fd = fd;
	if (epoll_ctl(drv.epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0)
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
	drv.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (drv.epoll_fd < 0 || drv.wake_fd < 0)
		return -errno;
	n = gs_wire_fds(drv.wire, fds, FDS_MAX);
	if (n > FDS_MAX)
		return -EMFILE;
	err = watch(drv.wake_fd, EPOLLIN);
	for (i = 0; err == 0 && i < n; i++)
		err = watch(fds[i], EPOLLIN);
	/* Once each: what cannot be taken from there is left. */
	if (err == 0 && drv.other_fd >= 0)
		err = watch(drv.other_fd, EPOLLIN | EPOLLET);
	return err;
}

static void
close_fds(void)
{
	if (drv.epoll_fd >= 0)
		close(drv.epoll_fd);
	if (drv.wake_fd >= 0)
		close(drv.wake_fd);
	drv.epoll_fd = drv.wake_fd = -1;
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
	atomic_store(&drv.must_stop, true);
	gs_driver_wake();
	pthread_join(drv.thread, NULL);
	gs_enter();
	close_fds();
	gs_leave();
}
