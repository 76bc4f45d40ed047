/* process: see process.h. */

#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "fd.h"
#include "posix.h"
#include "real.h"

/* What the end of a program may cost, when a signal ends it. */
#define STOP_MS 1000

static const int fatal[] = { SIGHUP, SIGINT, SIGTERM };

static atomic_bool has_stack;
static atomic_bool is_forked;
static atomic_bool has_said;
static atomic_bool is_ending;
static pthread_t ender;	 /* who ends it; written before is_ending */
static atomic_int owner; /* the process whose memory this is; 0: not asked */
static pthread_once_t forks_once = PTHREAD_ONCE_INIT;
static pthread_once_t signals_once = PTHREAD_ONCE_INIT;

/* Written by the handler, read by the thread. */
static int wake_fd = -1;
static atomic_int signo;

static void
in_child(void)
{
	ps_fd_unlock();
	atomic_store(&owner, (int)getpid());
	if (atomic_load(&has_stack))
		atomic_store(&is_forked, true);
}

bool
ps_is_forked(void)
{
	return atomic_load_explicit(&is_forked, memory_order_relaxed);
}

bool
ps_is_vforked(void)
{
	int pid = atomic_load(&owner);

	return pid != 0 && pid != (int)getpid();
}

int
ps_forked(void)
{
	static const char line[] = "gsctp: SCTP sockets cannot be used by "
				   "the child of a fork\n";

	if (!atomic_exchange(&has_said, true))
		(void)!ps_real()->write(STDERR_FILENO, line,
		    sizeof(line) - 1);
	return -EBADF;
}

static void
watch_forks(void)
{
	atomic_store(&owner, (int)getpid());
	(void)pthread_atfork(ps_fd_lock, ps_fd_unlock, in_child);
}

void
ps_watch_forks(void)
{
	(void)pthread_once(&forks_once, watch_forks);
}

void
ps_stay_if_ending(void)
{
	if (!atomic_load_explicit(&is_ending, memory_order_acquire) ||
	    pthread_equal(ender, pthread_self()))
		return;
	for (;;)
		(void)pause();
}

/* A signal and an exit may come at once: the first has it, and true. */
static bool
begin_end(void)
{
	static atomic_flag is_begun = ATOMIC_FLAG_INIT;

	if (atomic_flag_test_and_set(&is_begun))
		return false;
	ender = pthread_self();
	atomic_store(&is_ending, true);
	return true;
}

static void
begin_exit(void)
{
	(void)begin_end();
}

/* Async-signal-safe. */
static void
on_signal(int sig)
{
	uint64_t one = 1;
	int saved = errno;

	atomic_store(&signo, sig);
	if (ps_is_forked() || ps_is_vforked()) {
		(void)signal(sig, SIG_DFL);
		(void)raise(sig);
	} else {
		(void)!ps_real()->write(wake_fd, &one, sizeof(one));
	}
	errno = saved;
}

/* Ends the program as the signal would have.  Not with kill(): it may be
 * that every other thread blocks it now. */
static void
die(int sig)
{
	struct sigaction dfl;
	sigset_t set;

	memset(&dfl, 0, sizeof(dfl));
	dfl.sa_handler = SIG_DFL;
	(void)sigaction(sig, &dfl, NULL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, sig);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	(void)raise(sig);
}

/* Not by poll(), which is the library's own. */
static void
nap_ms(int ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L };

	(void)nanosleep(&t, NULL);
}

static void *
end_thread(void *arg)
{
	uint64_t n;
	int sig;

	(void)arg;
	while (ps_real()->read(wake_fd, &n, sizeof(n)) == -1)
		if (errno != EINTR)
			return NULL;
	sig = atomic_load(&signo);
	/* An exit waits for as long as peers take what was sent; a signal cuts
	 * that short. */
	if (begin_end())
		(void)gsctp_stack_stop(STOP_MS);
	else
		nap_ms(STOP_MS);
	die(sig);
	return NULL;
}

static int
start_thread(void)
{
	sigset_t all, old;
	pthread_t t;
	int err;

	wake_fd = ps_fd_hide(eventfd(0, EFD_CLOEXEC));
	if (wake_fd == -1)
		return -errno;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&t, NULL, end_thread, NULL);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err == 0)
		(void)pthread_detach(t);
	return -err;
}

/* Those that the program has left as they were. */
static void
watch_signals(void)
{
	struct sigaction old, ours;
	size_t i;

	gs_posix_before_exit(begin_exit);
	if (start_thread() != 0)
		return;
	memset(&ours, 0, sizeof(ours));
	ours.sa_handler = on_signal;
	ours.sa_flags = SA_RESTART;
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (sigaction(fatal[i], NULL, &old) == 0 &&
		    !(old.sa_flags & SA_SIGINFO) && old.sa_handler == SIG_DFL)
			(void)sigaction(fatal[i], &ours, NULL);
}

void
ps_watch_signals(void)
{
	atomic_store(&has_stack, true);
	(void)pthread_once(&signals_once, watch_signals);
}
