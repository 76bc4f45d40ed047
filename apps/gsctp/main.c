/*
 * gsctp: SCTP for the shell.  One command, a file or a few a subcommand, on
 * the public header alone.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "cli.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "cat", cat_main },
	{ "doctor", doctor_main },
	{ "perf", perf_main },
	{ "run", run_main },
	{ "serve", serve_main },
	{ "status", status_main },
	{ NULL, NULL },
};

static const char help[] =
    "gsctp: SCTP where the kernel has none, in UDP, without root\n"
    "\n"
    "  gsctp cat -l 5001              in one terminal, and in another\n"
    "  gsctp cat 127.0.0.1 5001       what is typed here comes out there\n"
    "  gsctp doctor example.org       what works here, and on the way there\n"
    "\n"
    "Commands\n"
    "  cat      netcat: standard input to a peer, a peer to standard output\n"
    "  doctor   what works here and on the way to a host, and what to do\n"
    "  perf     how much goes through, how fast: throughput, latency\n"
    "  run      a program that knows no gsctp: its SCTP sockets are gsctp's\n"
    "  serve    echo, discard, chargen, daytime: small servers\n"
    "  status   what running programs have: associations, paths, queues\n"
    "\n"
    "gsctp COMMAND --help tells of each; gsctp --version of this program.\n";

static int
print(const char *text)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return CLI_OK;
	fprintf(stderr, "gsctp: standard output: %s\n", strerror(errno));
	return CLI_FAILED;
}

/*
 * A standard descriptor that is closed would be the library's next socket: it
 * becomes one that cannot be read, or written.
 */
static void
fill_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd == 0 || fd == STDERR_FILENO);
	if (fd == STDOUT_FILENO) {
		close(fd);
		fd = open("/dev/null", O_RDONLY);
		fill_descriptors();
	} else if (fd > STDERR_FILENO) {
		close(fd);
	}
}

int
main(int argc, char **argv)
{
	size_t i;

	fill_descriptors();
	if (argc < 2) {
		fputs(help, stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return print(help);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("gsctp %s\n", gsctp_version());
		return print("");
	}
	for (i = 0; commands[i].name != NULL; i++) {
		if (strcmp(argv[1], commands[i].name) == 0) {
			cli_name = commands[i].name;
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	fprintf(stderr,
	    "gsctp: there is no command \"%s\": gsctp --help has "
	    "those that there are\n",
	    argv[1]);
	return CLI_USAGE;
}
