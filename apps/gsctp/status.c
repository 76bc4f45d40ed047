/*
 * gsctp status: what the stacks of this user have and do, as ss(8) has it for
 * the kernel's sockets.
 */

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "cli.h"
#include "status_table.h"

/* How long a stack has to answer. */
#define ANSWER_MS 5000

#define PIDS_MAX 256

static const char help[] =
    "gsctp status: associations, paths and queues of running programs\n"
    "\n"
    "  gsctp status                  every program of yours that uses gsctp\n"
    "  gsctp status 1234             the one with this process id\n"
    "  gsctp status -w 2             again every two seconds\n"
    "  gsctp status --json | jq .associations[].paths[].srtt_ms\n"
    "\n"
    "usage: gsctp status [OPTION]... [PID]...\n"
    "  -j, --json             the text that the program gives, a line each:\n"
    "                         gsctp_stack_status(3) has its fields\n"
    "  -p, --paths            a line for each path of an association too\n"
    "  -w, --watch TIME       again and again, so much later each time\n"
    "  -h, --help\n"
    "\n"
    "Exit codes: 0; 1 where there is no such program; 4 where one does not\n"
    "answer.\n";

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "paths", no_argument, NULL, 'p' },
	{ "watch", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct args {
	bool is_json;
	bool has_paths;
	int watch_ms;	      /* 0: once */
	pid_t pids[PIDS_MAX]; /* none: all */
	size_t npids;
};

static int
take_pids(struct args *a, int argc, char **argv)
{
	uint64_t v;
	int err, i;

	for (i = 0; i < argc; i++) {
		if (a->npids == PIDS_MAX)
			return cli_usage("more than %d process ids", PIDS_MAX);
		err = cli_number("PID", argv[i], 1, INT32_MAX, &v);
		if (err != 0)
			return err;
		a->pids[a->npids++] = (pid_t)v;
	}
	return 0;
}

/* 0, an exit code, or -1 where all is done. */
static int
read_args(struct args *a, int argc, char **argv)
{
	int c, err;

	while ((c = getopt_long(argc, argv, "jpw:h", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			a->is_json = true;
			break;
		case 'p':
			a->has_paths = true;
			break;
		case 'w':
			err = cli_time_ms("-w", optarg, &a->watch_ms);
			if (err != 0)
				return err;
			if (a->watch_ms < 1)
				return cli_usage("-w %s: no time at all",
				    optarg);
			break;
		case 'h':
			fputs(help, stdout);
			return cli_flush() == CLI_OK ? -1 : CLI_FAILED;
		default:
			return cli_usage("that is not an option of it");
		}
	}
	return take_pids(a, argc - optind, argv + optind);
}

static int
print_text(const struct args *a, pid_t pid, const char *text)
{
	json_error_t error;
	json_t *j;
	int err;

	if (a->is_json)
		return fputs(text, stdout) < 0 ? cli_flush() : CLI_OK;
	j = json_loads(text, 0, &error);
	if (j == NULL) {
		cli_warn("process %ld gives no JSON: %s", (long)pid,
		    error.text);
		return CLI_FAILED;
	}
	err = status_table_print(j, a->has_paths, stdout);
	json_decref(j);
	if (err == -EPROTO)
		cli_warn("process %ld: that is not a status", (long)pid);
	else if (err != 0)
		cli_warn("%s", strerror(-err));
	return err != 0 ? CLI_FAILED : CLI_OK;
}

/* was_named: by the user, so that its end is worth a line. */
static int
show_one(const struct args *a, pid_t pid, bool was_named)
{
	char *text;
	int err;

	err = gsctp_stack_status(pid, ANSWER_MS, &text);
	if (err == -ESRCH || err == -ECONNRESET) {
		if (!was_named)
			return CLI_OK;
		cli_warn("no gsctp program of yours has the process id %ld",
		    (long)pid);
		return CLI_FAILED;
	}
	if (err == -ETIMEDOUT) {
		cli_warn("process %ld does not answer", (long)pid);
		return CLI_NO_PEER;
	}
	if (err != 0)
		return cli_error("cannot ask", err);
	err = print_text(a, pid, text);
	free(text);
	return err;
}

static int
compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return x < y ? -1 : x > y;
}

/* Every one, or those that were named; the worst of the exit codes. */
static int
show_all(const struct args *a)
{
	bool was_named = a->npids > 0;
	pid_t pids[PIDS_MAX];
	int code = CLI_OK;
	int i, n, one;

	if (was_named) {
		n = (int)a->npids;
		memcpy(pids, a->pids, a->npids * sizeof(*pids));
	} else {
		n = gsctp_stack_list(pids, PIDS_MAX);
		if (n == -EPERM) {
			cli_warn("the run directory is not yours alone: see "
				 "FILES in gsctp(7)");
			return CLI_FAILED;
		}
		if (n < 0)
			return cli_error("cannot look for programs", n);
		if (n == 0) {
			cli_warn("no gsctp program of yours runs");
			return CLI_FAILED;
		}
		if (n > PIDS_MAX)
			n = PIDS_MAX;
		qsort(pids, (size_t)n, sizeof(*pids), compare);
	}
	for (i = 0; i < n; i++) {
		if (i > 0 && !a->is_json)
			putchar('\n');
		one = show_one(a, pids[i], was_named);
		if (one > code)
			code = one;
	}
	return cli_flush() != CLI_OK ? CLI_FAILED : code;
}

/* Until a signal comes, or nobody is there any more. */
static int
watch(const struct args *a)
{
	struct pollfd p = { .events = POLLIN };
	int code, sig;

	p.fd = cli_signals();
	if (p.fd < 0)
		return cli_error("signals", p.fd);
	for (;;) {
		code = show_all(a);
		if (code != CLI_OK)
			return code;
		if (poll(&p, 1, a->watch_ms) > 0) {
			sig = cli_signal_read(p.fd);
			if (sig != 0)
				return cli_signal_code(sig);
		}
		if (!a->is_json)
			putchar('\n');
	}
}

int
status_main(int argc, char **argv)
{
	struct args a = { .npids = 0 };
	int code;

	code = read_args(&a, argc, argv);
	if (code != 0)
		return code < 0 ? CLI_OK : code;
	return a.watch_ms > 0 ? watch(&a) : show_all(&a);
}
