/*
 * kernel_side: this library against the kernel's SCTP, feature by feature.
 *
 *	kernel_side clean|lossy [FEATURE]
 *
 * runs inside the machine that kernel_init.sh sets up, which has a namespace
 * "u" for the kernel's side, two paths there, and, where it says lossy, faults
 * in GSCTP_FAULTS.  The peer is the program that KERNEL_PEER names.  A line for
 * each feature, direction and family:
 *
 *	ok FEATURE, gsctp connects, IPv4, clean
 *	not ok FEATURE, kernel connects, IPv6, lossy
 *
 * "differs" behind that is what is known not to work between them, and passes
 * where it does not.  A line that begins with # says what was not so.  Each row is a process of
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

/* It runs with loss too: it does not tell lost from cut. */
#define LOSSY 1u
/* It passes where the two do not understand each other, as is known. */
#define DIFFERS 2u

struct row {
	const char *feature;
	void (*run)(struct link *l);
	unsigned int flags;
};

static const struct row rows[] = {
	{ "set-up", row_set_up, LOSSY },
	{ "refusal", row_refused, LOSSY },
	{ "another UDP port of gsctp", row_udp_port, 0 },
	{ "both connect at once", row_collision, 0 },
	{ "restart of gsctp", row_restart_here, 0 },
	{ "restart of the kernel's side", row_restart_there, 0 },
	{ "data on streams", row_data, LOSSY },
	{ "unordered data", row_unordered, LOSSY },
	{ "fragmented messages", row_fragmented, LOSSY },
	{ "window that the kernel closes", row_window_there, LOSSY },
	{ "window that gsctp closes", row_window_here, LOSSY },
	{ "interleaving", row_interleaving, LOSSY },
	{ "interleaving of long messages", row_interleaving_long, DIFFERS },
	{ "shutdown by gsctp", row_eof_here, LOSSY },
	{ "shutdown by the kernel", row_eof_there, LOSSY },
	{ "abort by gsctp", row_abort_here, 0 },
	{ "abort by the kernel", row_abort_there, 0 },
	{ "one-to-one socket of the kernel", row_one_to_one, LOSSY },
	{ "two paths", row_two_paths, LOSSY },
	{ "two paths and one is cut", row_cut_path, 0 },
	{ "addresses that gsctp changes", row_readdress_here, LOSSY },
	{ "addresses that the kernel changes", row_readdress_there, LOSSY },
	{ "primary address that gsctp sets", row_primary_here, LOSSY },
	{ "primary address that the kernel sets", row_primary_there, LOSSY },
	{ "lifetime of gsctp's messages", row_expired_here, 0 },
	{ "lifetime of the kernel's messages", row_expired_there, 0 },
	{ "retransmissions of gsctp's messages", row_limited_here, 0 },
	{ "retransmissions of the kernel's messages", row_limited_there, 0 },
	{ "streams reset by gsctp", row_reset_here, LOSSY },
	{ "streams reset by the kernel", row_reset_there, LOSSY },
	{ "reset that gsctp asks for", row_reset_asked_here, LOSSY },
	{ "reset that the kernel asks for", row_reset_asked_there, LOSSY },
	{ "streams added by gsctp", row_add_here, LOSSY },
	{ "streams added by the kernel", row_add_there, LOSSY },
	{ "adaptation layer indication", row_adaptation, LOSSY },
	{ "authenticated data", row_auth, LOSSY },
	{ "wrong key of gsctp", row_wrong_key_here, 0 },
	{ "wrong key of the kernel", row_wrong_key_there, 0 },
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
	passed = run_apart(row, &l);
	printf("%s %s, %s connects, %s, %s%s # %ld ms\n",
	    passed ? "ok" : "not ok", row->feature,
	    l.kernel_connects ? "kernel" : "gsctp",
	    l.family == AF_INET6 ? "IPv6" : "IPv4", network,
	    passed && (row->flags & DIFFERS) != 0 ? ", differs" : "",
	    now_ms() - from);
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
		if (lossy && (row->flags & LOSSY) == 0)
			continue;
		if (argc > 2 && strcmp(argv[2], row->feature) != 0)
			continue;
		/* Where there is loss, one way for each family. */
		for (i = 0; i < 4; i += lossy ? 3 : 1)
			failed += !run_row(row, argv[1], i);
	}
	return failed == 0 ? 0 : 1;
}
