/* process: see process.h. */

#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "real.h"

/* What the end of a program may cost, when a signal ends it. */
#define STOP_MS 1000

static const int fatal[] = { SIGHUP, SIGINT, SIGTERM };

static atomic_bool has_stack;
static atomic_bool is_forked;
static atomic_bool has_said;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Written by the handler, read by the thread. */
static int wake_fd = -1;
static atomic_int signo;

static void
in_child(void)
{
	if (atomic_load(&has_stack))
		atomic_store(&is_forked, true);
}

bool
ps_is_forked(void)
{
	return atomic_load_explicit(&is_forked, memory_order_relaxed);
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

/* Async-signal-safe. */
static void
on_signal(int sig)
{
	uint64_t one = 1;
	int saved = errno;

	atomic_store(&signo, sig);
	if (ps_is_forked()) {
		(void)signal(sig, SIG_DFL);
		(void)raise(sig);
	} else
		(void)!ps_real()->write(wake_fd, &one, sizeof(one));
	errno = saved;
}

/* Ends the program as the signal would have. */
static void *
end_thread(void *arg)
{
	struct sigaction dfl;
	uint64_t n;
	int sig;

	(void)arg;
	while (ps_real()->read(wake_fd, &n, sizeof(n)) == -1)
		if (errno != EINTR)
			return NULL;
	sig = atomic_load(&signo);
	(void)gsctp_stack_stop(STOP_MS);
	memset(&dfl, 0, sizeof(dfl));
	dfl.sa_handler = SIG_DFL;
	(void)sigaction(sig, &dfl, NULL);
	(void)kill(getpid(), sig);
	return NULL;
}

static int
start_thread(void)
{
	sigset_t all, old;
	pthread_t t;
	int err;

	wake_fd = eventfd(0, EFD_CLOEXEC);
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
watch(void)
{
	struct sigaction old, ours;
	size_t i;

	atomic_store(&has_stack, true);
	(void)pthread_atfork(NULL, NULL, in_child);
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
	(void)pthread_once(&once, watch);
}
