/*
 * kernel_side: this library against the kernel's SCTP, feature by feature.
 *
 *	kernel_side clean|lossy [FEATURE]
 *
 * runs inside the machine that kernel_init.sh sets up, which has a namespace
 * "u" for the kernel's side, two paths there, and, where it says lossy, loss
 * on them.  The peer is the program that KERNEL_PEER names.  A line for each
 * feature, direction and family:
 *
 *	ok FEATURE, gsctp connects, IPv4, clean
 *	not ok FEATURE, kernel connects, IPv6, lossy
 *
 * A line that begins with # says what was not so.  Each row is a process of
 * its own.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernel_side.h"

/* A row that takes longer hangs. */
#define ROW_S 20

struct row {
	const char *feature;
	void (*run)(struct link *l);
	bool runs_lossy; /* too: it does not tell lost from cut */
};

static const struct row rows[] = {
	{ "set-up", row_set_up, true },
	{ "data on streams", row_data, true },
	{ "unordered data", row_unordered, true },
	{ "fragmented messages", row_fragmented, true },
	{ "shutdown by gsctp", row_eof_here, true },
	{ "shutdown by the kernel", row_eof_there, true },
	{ "abort by gsctp", row_abort_here, false },
	{ "abort by the kernel", row_abort_there, false },
	{ "one-to-one socket of the kernel", row_one_to_one, true },
	{ "two paths", row_two_paths, true },
	{ "two paths and one is cut", row_cut_path, false },
	{ "lifetime of gsctp's messages", row_expired_here, false },
	{ "lifetime of the kernel's messages", row_expired_there, false },
	{ "streams reset by gsctp", row_reset_here, true },
	{ "streams reset by the kernel", row_reset_there, true },
	{ "reset that gsctp asks for", row_reset_asked_here, true },
	{ "reset that the kernel asks for", row_reset_asked_there, true },
	{ "streams added by gsctp", row_add_here, true },
	{ "streams added by the kernel", row_add_there, true },
	{ "adaptation layer indication", row_adaptation, true },
	{ "authenticated data", row_auth, true },
	{ "wrong key of gsctp", row_wrong_key_here, false },
	{ "wrong key of the kernel", row_wrong_key_there, false },
};

static long
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* In a process of its own; whether it passed. */
static bool
run_apart(const struct row *row, struct link *l)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(ROW_S);
		row->run(l);
		(void)gsctp_stack_stop(0);
		fflush(stdout);
		_exit(0);
	}
	must(waitpid(pid, &status, 0) == pid);
	if (WIFSIGNALED(status))
		printf("# ended by signal %d (%s)\n", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
run_row(const struct row *row, const char *network, int i)
{
	struct link l;
	long from = now_ms();
	bool passed;

	memset(&l, 0, sizeof(l));
	l.kernel_connects = (i & 1) != 0;
	l.family = (i & 2) != 0 ? AF_INET6 : AF_INET;
	l.is_lossy = strcmp(network, "lossy") == 0;
	passed = run_apart(row, &l);
	if (!passed && !l.is_lossy)
		link_heal_all();
	printf("%s %s, %s connects, %s, %s # %ld ms\n",
	    passed ? "ok" : "not ok", row->feature,
	    l.kernel_connects ? "kernel" : "gsctp",
	    l.family == AF_INET6 ? "IPv6" : "IPv4", network, now_ms() - from);
	return passed;
}

int
main(int argc, char **argv)
{
	const struct row *row;
	int i, failed = 0;
	bool lossy;

	if (argc < 2)
		return 2;
	lossy = strcmp(argv[1], "lossy") == 0;
	for (row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++) {
		if (lossy && !row->runs_lossy)
			continue;
		if (argc > 2 && strcmp(argv[2], row->feature) != 0)
			continue;
		for (i = 0; i < 4; i++)
			failed += !run_row(row, argv[1], i);
	}
	return failed == 0 ? 0 : 1;
}
