#include "log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <gsctp/gsctp.h>

struct line {
	int level;
	char text[GS_LOG_LINE];
};

/* All but max_level are guarded by mtx. */
static struct {
	pthread_mutex_t mtx;
	pthread_cond_t called; /* a call of the sink has returned */
	atomic_int max_level;  /* -1: nobody listens */
	void (*fn)(void *arg, int level, const char *line);
	void *arg;
	bool is_flushing;
	bool is_calling;
	uint64_t calls;
	uint64_t dropped; /* since the sink was last told */
	size_t first, count;
	struct line ring[GS_LOG_QUEUE];
} g = {
	.mtx = PTHREAD_MUTEX_INITIALIZER,
	.called = PTHREAD_COND_INITIALIZER,
	.max_level = -1,
};

void
gs_log_set(void (*fn)(void *arg, int level, const char *line), void *arg,
    int max_level)
{
	uint64_t calls;

	pthread_mutex_lock(&g.mtx);
	g.fn = fn;
	g.arg = arg;
	atomic_store(&g.max_level, fn != NULL ? max_level : -1);
	g.first = 0;
	g.count = 0;
	g.dropped = 0;
	calls = g.calls;
	while (g.is_calling && g.calls == calls)
		pthread_cond_wait(&g.called, &g.mtx);
	pthread_mutex_unlock(&g.mtx);
}

bool
gs_log_wants(int level)
{
	return level <=
	    atomic_load_explicit(&g.max_level, memory_order_relaxed);
}

/* Print into line; returns the bytes of it that count. */
static size_t print(struct line *line, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static size_t
print(struct line *line, const char *fmt, va_list ap)
{
	size_t i, len;
	int n;

	n = vsnprintf(line->text, sizeof(line->text), fmt, ap);
	if (n < 0)
		n = snprintf(line->text, sizeof(line->text), "%s", fmt);
	len = n > 0 ? (size_t)n : 0;
	if (len >= sizeof(line->text)) {
		len = sizeof(line->text) - 1;
		memcpy(&line->text[len - 3], "...", 3);
	} else if (len > 0 && line->text[len - 1] == '\n') {
		len--;
	}
	line->text[len] = '\0';
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line->text[i];

		if (c < 0x20 || c == 0x7f)
			line->text[i] = '?';
	}
	return len;
}

void
gs_logf(int level, const char *fmt, ...)
{
	struct line line, *to;
	va_list ap;
	size_t len;

	if (!gs_log_wants(level))
		return;
	line.level = level;
	va_start(ap, fmt);
	len = print(&line, fmt, ap);
	va_end(ap);

	pthread_mutex_lock(&g.mtx);
	if (g.fn == NULL || !gs_log_wants(level)) {
		pthread_mutex_unlock(&g.mtx);
		return;
	}
	if (g.count == GS_LOG_QUEUE) {
		g.first = (g.first + 1) % GS_LOG_QUEUE;
		g.count--;
		g.dropped++;
	}
	to = &g.ring[(g.first + g.count) % GS_LOG_QUEUE];
	to->level = line.level;
	memcpy(to->text, line.text, len + 1);
	g.count++;
	pthread_mutex_unlock(&g.mtx);
}

/* The next thing to say, into *line.  False if there is nothing. */
static bool
take_locked(struct line *line)
{
	const struct line *from;
	int max_level;

	if (g.fn == NULL)
		return false;
	if (g.dropped > 0) {
		max_level = atomic_load(&g.max_level);
		line->level =
		    max_level < GSCTP_LOG_WARN ? max_level : GSCTP_LOG_WARN;
		snprintf(line->text, sizeof(line->text),
		    "%llu log lines were dropped",
		    (unsigned long long)g.dropped);
		g.dropped = 0;
		return true;
	}
	if (g.count == 0)
		return false;
	from = &g.ring[g.first];
	line->level = from->level;
	memcpy(line->text, from->text, strlen(from->text) + 1);
	g.first = (g.first + 1) % GS_LOG_QUEUE;
	g.count--;
	return true;
}

void
gs_log_flush(void)
{
	void (*fn)(void *arg, int level, const char *line);
	struct line line;
	void *arg;

	if (!gs_log_wants(GSCTP_LOG_ERROR))
		return;

	pthread_mutex_lock(&g.mtx);
	if (g.is_flushing) {
		/* Whoever does it takes what has come since, too. */
		pthread_mutex_unlock(&g.mtx);
		return;
	}
	g.is_flushing = true;
	while (take_locked(&line)) {
		fn = g.fn;
		arg = g.arg;
		g.is_calling = true;
		pthread_mutex_unlock(&g.mtx);
		fn(arg, line.level, line.text);
		pthread_mutex_lock(&g.mtx);
		g.is_calling = false;
		g.calls++;
		pthread_cond_broadcast(&g.called);
	}
	g.is_flushing = false;
	pthread_mutex_unlock(&g.mtx);
}
