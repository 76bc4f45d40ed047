/*
 * cli: what every subcommand says and how it ends.
 *
 * Guarantees: messages are one line on standard error, "gsctp NAME: ...";
 * a number that cannot be understood is said so, with the option it was
 * given to; exit codes are the same everywhere, and stand in gsctp(1).
 */

#ifndef GSCTP_CLI_H
#define GSCTP_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,	 /* this side: a file, a pipe, the system */
	CLI_USAGE = 2,	 /* the command line */
	CLI_REFUSED = 3, /* the peer said no */
	CLI_NO_PEER = 4, /* no answer, no way, or time is up */
	CLI_LOST = 5,	 /* the association broke: abort, or silence */
};

/* The name of the subcommand that runs, "cat"; main.c sets it. */
extern const char *cli_name;

/* One line on standard error. */
void cli_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, and CLI_USAGE, with a hint at --help. */
int cli_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What went wrong with `what', and which exit code that is.  err: a negative
 * errno, as the library gives it. */
int cli_error(const char *what, int err);
int cli_code(int err);

/*
 * Standard output: what was printed goes out.  CLI_OK, or CLI_FAILED where it
 * cannot be written, which is said the first time; a closed pipe is no other
 * failure.  cli_output_failed() is for who has the error, a negative errno.
 */
int cli_flush(void);
int cli_output_failed(int err);

/*
 * Numbers of the command line.  0, or CLI_USAGE and a line that names the
 * option.  A size may have k, m, g (1000) or ki, mi, gi (1024) behind it; a
 * time ms, s (the default), m or h.
 */
int cli_number(const char *option, const char *text, uint64_t min,
    uint64_t max, uint64_t *out);
int cli_size(const char *option, const char *text, uint64_t min, uint64_t max,
    uint64_t *out);
int cli_time_ms(const char *option, const char *text, int *out);

/*
 * SIGINT and SIGTERM (and SIGUSR1) as a descriptor: blocked here, before the
 * library has threads, and read by the subcommand's own loop.  SIGPIPE is
 * ignored, so that a closed pipe is an error of write().
 */
int cli_signals(void);
/* The signal that came, or 0. */
int cli_signal_read(int fd);
/* The exit code of a program that this signal ended: 128 and its number. */
int cli_signal_code(int signal);

/* The subcommands: argv[0] is the name.  They return the exit code. */
int cat_main(int argc, char **argv);
int doctor_main(int argc, char **argv);
int perf_main(int argc, char **argv);
int run_main(int argc, char **argv);
int serve_main(int argc, char **argv);
int status_main(int argc, char **argv);

#endif
