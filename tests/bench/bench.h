/*
 * bench: what the programs of the benchmark share.
 *
 * A program is one side's library behind net.h, or the reference, and this.
 * It takes one measure a run, between two processes: it forks before any
 * library has started, the child serves and the parent asks.  The result is
 * one line of JSON on standard output.  Whatever goes wrong in either
 * process, a message lost or out of place too, ends both with a line on
 * standard error and status 1; so does a limit of time.
 */

#ifndef BENCH_H
#define BENCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <time.h>

#define BENCH_LIFE_S 120 /* the limit, if none is given */

/* What is asked for on the command line. */
struct bench_args {
	const char *measure;
	size_t size; /* bytes a message */
	double seconds;
	double warmup;	     /* seconds, before them */
	uint32_t count;	     /* round trips, or associations */
	uint32_t mtu;	     /* IP's, of the path; 0: what the library finds */
	unsigned int life_s; /* the longest it may take */
	bool other_way;	     /* to receive: see net_*.c */
	const char *fault;   /* what the sender does wrong, or NULL */
};

/* Where one process tells the other; both have it mapped. */
struct bench_shared {
	atomic_bool stop;
	atomic_uint want; /* associations to see */
	uint64_t bytes, messages;
	double seconds;
	double cpu_ask_s, cpu_serve_s;
	double lost; /* share of the messages */
	double figures[2];
};

/* What a process knows. */
struct bench {
	struct bench_args args;
	struct bench_shared *shared;
	int link; /* a socket to the other process */
	bool is_child;
	int other; /* its process id */
};

/* A measure: both halves, and what the parent prints. */
struct bench_measure {
	const char *name;
	size_t size; /* if none is asked for */
	uint32_t count;
	void (*serve)(struct bench *b);
	void (*ask)(struct bench *b);
};

/* Take the arguments, fork, run the measure that is asked for. */
int bench_main(int argc, char **argv, const char *program,
    const struct bench_measure *measures, size_t n);

/* Say why on standard error, and end this process with 1. */
noreturn void bench_die(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

double bench_now(void);	   /* seconds, monotonic */
double bench_cpu(int pid); /* seconds; 0 is this process */

/* To the other process, and from it: it blocks. */
void bench_tell(struct bench *b, const void *data, size_t len);
void bench_hear(struct bench *b, void *data, size_t len);
/* Would bench_hear() return within 10 ms? */
bool bench_is_told(struct bench *b);

/* Take part of the line of JSON: name and value. */
void bench_put(const char *name, double value);

/* A UDP port of 127.0.0.1 that is free now, for who must name one. */
uint16_t bench_free_udp_port(void);

/*
 * A time that is cut out of a run: from warmup after the first bench_mark()
 * to seconds later.  Each call says that so many bytes and messages have
 * arrived; true: it is over, and the shared figures are filled.
 */
struct bench_window {
	double begin, end;
	double cpu_ask, cpu_serve;
	uint64_t bytes, messages;
	unsigned int skipped;
	bool is_open;
};
bool bench_mark(struct bench *b, struct bench_window *w, uint64_t bytes,
    uint64_t messages);
/* The parent: print what the child has found. */
void bench_put_window(struct bench *b);

#endif
