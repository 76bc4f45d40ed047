/*
 * run: a program whose SCTP sockets are gsctp's.
 *
 * Guarantees
 *  - what cannot be caught is not run in silence: a static program, one with
 *    more rights than its user, one of another libc or machine is refused,
 *    and said why;
 *  - what the options and the variables say is tried before the program
 *    begins, so that a mistake in them is not the program's error;
 *  - nothing is between the program and its user then: it has this process,
 *    with its id, descriptors and signals.
 *
 * run.c is the command line and exec, run_find.c where programs and the
 * library are, run_elf.c what a file of machine code says of itself,
 * run_env.c env(1)'s command line, run_check.c whether a program can be
 * caught, run_try.c the environment.
 */

#ifndef GSCTP_RUN_H
#define GSCTP_RUN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* As env(1) and timeout(1) have it: all else is the program's. */
enum run_exit {
	RUN_REFUSED = 125, /* not begun: by us */
	RUN_NOT_EXECUTABLE = 126,
	RUN_NOT_FOUND = 127,
};

/*
 * Where things are
 */

/* The library, by its absolute path.  0, or an exit code and a line. */
int run_find_library(char *out, size_t len);

/* The program that execvp() would take for this name, with this PATH or, if
 * that is NULL, the environment's.  0, -ENOENT or -EACCES. */
int run_find_program(const char *name, const char *path, char *out, size_t len);

/*
 * What a file is
 */

enum run_kind {
	RUN_OTHER,  /* neither of these: a text, perhaps */
	RUN_SCRIPT, /* "#!" */
	RUN_ELF,
};

struct run_file {
	enum run_kind kind;
	char interp[PATH_MAX]; /* of a script, or the dynamic linker; or "" */
	char arg[256];	       /* of a script: what is behind it, or "" */
	unsigned int machine;  /* EM_ of ELF, and so for all below */
	int elf_class, byte_order;
	bool is_program; /* no object file, no core */
	bool is_go;
};

/* Read what is at the beginning of it.  0 or a negative errno, -ENOEXEC
 * where it is ELF that makes no sense. */
int run_file_read(const char *path, struct run_file *out);

/* "x86-64"; static for a call where it has no name. */
const char *run_machine_name(const struct run_file *f);

/*
 * What env(1) makes of its arguments
 */

struct run_env {
	const char *command; /* or NULL: it prints the environment */
	const char *path;    /* PATH, where it is set */
	const char *problem; /* the library is lost, or NULL */
	bool is_unclear;     /* what it does is more than is understood */
};

/* words are its argv[1] and so on, a NULL behind them.  What out points at is
 * theirs, or static for a call. */
void run_env_read(char *const *words, struct run_env *out);

/*
 * Can it be caught?
 */

enum run_verdict {
	RUN_CAUGHT,
	RUN_UNSURE, /* it may be, or a part of what it does is */
	RUN_NOT_CAUGHT,
};

#define RUN_STEPS 12

struct run_step {
	char path[PATH_MAX];
	enum run_verdict verdict;
	char text[512];
};

struct run_check {
	struct run_step steps[RUN_STEPS]; /* the file, its interpreter */
	size_t nsteps;
	enum run_verdict verdict; /* the worst of them */
	int error; /* it cannot be run at all: -ENOENT, -EACCES, ... */
};

/* Look at the program and what it is begun by.  library is the path of ours.
 * 0, or an exit code and a line. */
int run_check(const char *library, char *const *argv, struct run_check *out);

/*
 * The environment
 */

struct run_args {
	const char *udp_port;
	const char *peer_udp_port;
	const char *addrs;
	const char *pcap;
	const char *faults;
	const char *log;
	bool is_raw;
	bool is_check;
	bool is_json;
	bool is_forced;
};

/* Set the variables, and see whether the stack starts with them.  0, or an
 * exit code and a line. */
int run_set_environment(const struct run_args *a, const char *library);

#endif
