/* cli: see cli.h. */

#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

const char *cli_name = "gsctp";

static void
say(const char *fmt, va_list ap)
{
	char line[1024];

	(void)vsnprintf(line, sizeof(line), fmt, ap);
	fprintf(stderr, "gsctp %s: %s\n", cli_name, line);
}

void
cli_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

int
cli_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	fprintf(stderr, "gsctp %s --help tells more\n", cli_name);
	return CLI_USAGE;
}

int
cli_code(int err)
{
	switch (err) {
	case 0:
		return CLI_OK;
	case -ECONNREFUSED:
		return CLI_REFUSED;
	case -ETIMEDOUT:
	case -EHOSTUNREACH:
	case -ENETUNREACH:
		return CLI_NO_PEER;
	case -ECONNRESET:
	case -ECONNABORTED:
	case -ENOTCONN:
	case -EPIPE:
		return CLI_LOST;
	default:
		return CLI_FAILED;
	}
}

int
cli_error(const char *what, int err)
{
	cli_warn("%s: %s", what, gsctp_strerror(err));
	return cli_code(err);
}

/*
 * Standard output
 */

int
cli_output_failed(int err)
{
	static bool is_said;

	if (!is_said)
		cli_warn("standard output: %s", strerror(-err));
	is_said = true;
	return CLI_FAILED;
}

int
cli_flush(void)
{
	errno = 0;
	if (fflush(stdout) != 0)
		return cli_output_failed(-errno);
	/* Whatever was wrong with it, it was lines ago. */
	return ferror(stdout) ? cli_output_failed(-EIO) : CLI_OK;
}

/*
 * Numbers
 */

/* The digits of text; what is behind them in *end.  false: there are none, or
 * too many. */
static bool
digits(const char *text, uint64_t *out, const char **end)
{
	char *e;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &e, strncasecmp(text, "0x", 2) == 0 ? 16 : 10);
	*end = e;
	return errno == 0;
}

int
cli_number(const char *option, const char *text, uint64_t min, uint64_t max,
    uint64_t *out)
{
	const char *end;
	uint64_t v;

	if (!digits(text, &v, &end) || *end != '\0')
		return cli_usage("%s %s: not a number", option, text);
	if (v < min || v > max)
		return cli_usage("%s %s: not from %ju to %ju", option, text,
		    (uintmax_t)min, (uintmax_t)max);
	*out = v;
	return 0;
}

static bool
scale_of(const char *text, uint64_t *out)
{
	static const struct {
		const char *name;
		uint64_t scale;
	} names[] = {
		{ "", 1 },
		{ "k", 1000 },
		{ "m", 1000 * 1000 },
		{ "g", 1000 * 1000 * 1000 },
		{ "ki", 1024 },
		{ "mi", 1024 * 1024 },
		{ "gi", 1024 * 1024 * 1024 },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(text, names[i].name) == 0) {
			*out = names[i].scale;
			return true;
		}
	}
	return false;
}

int
cli_size(const char *option, const char *text, uint64_t min, uint64_t max,
    uint64_t *out)
{
	const char *end;
	uint64_t v, scale;

	if (!digits(text, &v, &end) || !scale_of(end, &scale))
		return cli_usage("%s %s: not a size: 1000, 64ki, 1m, 2g",
		    option, text);
	if (v > max / scale || v * scale < min)
		return cli_usage("%s %s: not from %ju to %ju", option, text,
		    (uintmax_t)min, (uintmax_t)max);
	*out = v * scale;
	return 0;
}

int
cli_time_ms(const char *option, const char *text, int *out)
{
	static const struct {
		const char *name;
		double ms;
	} names[] = { { "", 1e3 }, { "ms", 1 }, { "s", 1e3 }, { "m", 60e3 },
		{ "h", 3600e3 } };
	char *end;
	double v;
	size_t i;

	v = strtod(text, &end);
	if (end != text && text[0] != '-') {
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			if (strcmp(end, names[i].name) != 0)
				continue;
			/* Neither is true of what is not a number. */
			if (v >= 0 && v * names[i].ms <= 2147483647.0) {
				*out = (int)(v * names[i].ms);
				return 0;
			}
		}
	}
	return cli_usage("%s %s: not a time: 5, 1.5s, 200ms, 10m", option,
	    text);
}

/*
 * Signals
 */

int
cli_signals(void)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	/* Ignored, as some supervisors leave it, a child's end is not told. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		(void)cli_error("signals", -errno);
	return fd;
}

int
cli_signal_read(int fd)
{
	struct signalfd_siginfo si;

	if (read(fd, &si, sizeof(si)) != (ssize_t)sizeof(si))
		return 0;
	return (int)si.ssi_signo;
}

int
cli_signal_code(int signal)
{
	return 128 + signal;
}
