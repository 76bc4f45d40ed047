/* start: see start.h. */

#include "start.h"

#include <errno.h>
#include <gsctp/gsctp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "real.h"

#define LINE_MAX_LEN 1024

/* Held while it starts. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool has_started;
static bool has_said; /* guarded by lock */
static _Thread_local bool is_starting;
static char why[512]; /* of the thread that starts */

/* Neither stdio, which is the program's, nor its write(). */
__attribute__((format(printf, 1, 2))) static void
say(const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list ap;
	size_t len;

	(void)snprintf(line, sizeof(line), "gsctp: ");
	len = strlen(line);
	va_start(ap, fmt);
	(void)vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	va_end(ap);
	len = strlen(line);
	line[len++] = '\n';
	(void)!ps_real()->write(STDERR_FILENO, line, len);
}

/* While it starts, the last line is why it does not. */
static void
on_log(void *arg, int level, const char *line)
{
	(void)arg;
	(void)level;
	if (is_starting)
		(void)snprintf(why, sizeof(why), "%s", line);
}

static int
start(const char *capture)
{
	struct gsctp_stack_config cfg = { .log = on_log,
		.log_level = GSCTP_LOG_WARN,
		.capture = capture };

	if (getenv("GSCTP_LOG") != NULL)
		cfg.log = NULL; /* the library writes it, or says -EINVAL */
	return gsctp_stack_start(&cfg);
}

static void
say_failed(int err)
{
	if (has_said)
		return;
	has_said = true;
	if (why[0] != '\0')
		say("SCTP cannot start: %s: %s", gsctp_strerror(err), why);
	else if (err == -EINVAL)
		say("SCTP cannot start: one of the variables GSCTP_... "
		    "cannot be understood");
	else
		say("SCTP cannot start: %s", gsctp_strerror(err));
}

static int
start_first(void)
{
	int err;

	err = start(NULL);
	if (err == -EBUSY) {
		say("another process captures to GSCTP_PCAP: this one, %ld, "
		    "is not captured; %%p in the name is for a file each",
		    (long)getpid());
		err = start("");
	}
	return err;
}

int
ps_start(void)
{
	int callers_errno = errno;
	int err = 0;

	if (atomic_load(&has_started))
		return 0;
	(void)pthread_mutex_lock(&lock);
	if (!atomic_load(&has_started)) {
		why[0] = '\0';
		is_starting = true;
		err = start_first();
		is_starting = false;
		if (err == -EALREADY) /* by a library of the program */
			err = 0;
		if (err == 0)
			atomic_store(&has_started, true);
		else
			say_failed(err);
	}
	(void)pthread_mutex_unlock(&lock);
	errno = callers_errno;
	return err;
}
