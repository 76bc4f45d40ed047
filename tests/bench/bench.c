/*
 * bench: arguments, the two processes, time, and the line of JSON.
 */

#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *program_name = "bench";

void
bench_die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", program_name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	/* Its threads may be anywhere: nothing is cleaned up. */
	_exit(1);
}

double
bench_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

double
bench_cpu(int pid)
{
	clockid_t id;
	struct timespec ts;

	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &ts) != 0)
		bench_die("the CPU time of process %d: %s", pid,
		    strerror(errno));
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void
bench_tell(struct bench *b, const void *data, size_t len)
{
	if (send(b->link, data, len, MSG_NOSIGNAL) != (ssize_t)len)
		bench_die("the other process does not listen");
}

void
bench_hear(struct bench *b, void *data, size_t len)
{
	ssize_t n;

	do {
		n = recv(b->link, data, len, MSG_WAITALL);
	} while (n == -1 && errno == EINTR);
	if (n != (ssize_t)len)
		bench_die("the other process has ended");
}

bool
bench_is_told(struct bench *b)
{
	struct pollfd p = { .fd = b->link, .events = POLLIN };

	return poll(&p, 1, 10) == 1;
}

uint16_t
bench_free_udp_port(void)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		bench_die("no free UDP port: %s", strerror(errno));
	(void)close(fd);
	return ntohs(a.sin_port);
}

/* -- a window of time -------------------------------------------------------*/

/* How often to look at the clock: it costs as much as a short message. */
#define SHORT_BYTES 1024
#define SHORT_SKIP 16

bool
bench_mark(struct bench *b, struct bench_window *w, uint64_t bytes,
    uint64_t messages)
{
	struct bench_shared *s = b->shared;
	double now;

	w->bytes += bytes;
	w->messages += messages;
	if (bytes < SHORT_BYTES && w->begin != 0 &&
	    ++w->skipped % SHORT_SKIP != 0)
		return false;
	now = bench_now();
	if (w->begin == 0)
		w->begin = now + b->args.warmup;
	if (!w->is_open && now >= w->begin) {
		w->is_open = true;
		w->begin = now;
		w->bytes = w->messages = 0;
		w->cpu_ask = bench_cpu(b->other);
		w->cpu_serve = bench_cpu(0);
	}
	if (!w->is_open || now - w->begin < b->args.seconds)
		return false;
	w->end = now;
	s->seconds = w->end - w->begin;
	s->bytes = w->bytes;
	s->messages = w->messages;
	s->cpu_ask_s = bench_cpu(b->other) - w->cpu_ask;
	s->cpu_serve_s = bench_cpu(0) - w->cpu_serve;
	return true;
}

void
bench_put_window(struct bench *b)
{
	const struct bench_shared *s = b->shared;
	double gb = (double)s->bytes / 1e9;

	if (gb <= 0 || s->seconds <= 0)
		bench_die("nothing arrived");
	bench_put("seconds", s->seconds);
	bench_put("mb_s", gb * 1e3 / s->seconds);
	bench_put("messages_s", (double)s->messages / s->seconds);
	bench_put("cpu_s_gb", (s->cpu_ask_s + s->cpu_serve_s) / gb);
	bench_put("cpu_send_s_gb", s->cpu_ask_s / gb);
	bench_put("cpu_receive_s_gb", s->cpu_serve_s / gb);
}

/* -- the line ---------------------------------------------------------------*/

static char line[2048];
static size_t line_len;

__attribute__((format(printf, 1, 2))) static void
add(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line + line_len, sizeof(line) - line_len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line) - line_len)
		bench_die("more figures than there is room for");
	line_len += (size_t)n;
}

void
bench_put(const char *name, double value)
{
	add(",\"%s\":%.9g", name, value);
}

static void
begin_line(const struct bench_args *a)
{
	add("{\"program\":\"%s\",\"measure\":\"%s\"", program_name, a->measure);
	if (a->size != 0)
		bench_put("size", (double)a->size);
	if (a->count != 0)
		bench_put("count", a->count);
	bench_put("mtu", a->mtu);
}

/* -- the two processes ------------------------------------------------------*/

static volatile sig_atomic_t child_pid;

/* One that has failed is not waited for. */
static void
on_child(int sig)
{
	static const char text[] = "bench: the serving process failed\n";
	int status;

	(void)sig;
	if (child_pid == 0 || waitpid((pid_t)child_pid, &status, WNOHANG) <= 0)
		return;
	child_pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

/* Whatever it waits for does not come. */
static void
on_alarm(int sig)
{
	static const char text[] = "bench: no end in time\n";

	(void)sig;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

static void
wait_for_child(void)
{
	sigset_t chld, old;

	(void)sigemptyset(&chld);
	(void)sigaddset(&chld, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &chld, &old);
	while (child_pid != 0)
		(void)sigsuspend(&old);
}

static int
run(struct bench *b, const struct bench_measure *m)
{
	struct sigaction act;
	int ends[2];
	pid_t pid, parent = getpid();

	b->shared = mmap(NULL, sizeof(*b->shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (b->shared == MAP_FAILED ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		bench_die("%s", strerror(errno));
	memset(&act, 0, sizeof(act));
	act.sa_handler = on_child;
	act.sa_flags = SA_RESTART;
	(void)sigaction(SIGCHLD, &act, NULL);
	pid = fork();
	if (pid == -1)
		bench_die("fork: %s", strerror(errno));
	(void)signal(SIGALRM, on_alarm);
	(void)alarm(b->args.life_s);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		(void)signal(SIGCHLD, SIG_DFL);
		(void)close(ends[0]);
		b->link = ends[1];
		b->is_child = true;
		b->other = parent;
		m->serve(b);
		/* What was to be ended has been: no exit handlers. */
		_exit(0);
	}
	(void)close(ends[1]);
	child_pid = pid;
	/* It may have ended before that was known. */
	on_child(0);
	b->link = ends[0];
	b->other = pid;
	begin_line(&b->args);
	m->ask(b);
	wait_for_child();
	add("}\n");
	fputs(line, stdout);
	if (fflush(stdout) != 0)
		bench_die("standard output: %s", strerror(errno));
	_exit(0);
}

/* -- arguments --------------------------------------------------------------*/

static int
usage(const struct bench_measure *measures, size_t n)
{
	size_t i;

	fprintf(stderr,
	    "usage: %s [-s SECONDS] [-w WARMUP] [-l BYTES] [-n COUNT]\n"
	    "       [-m MTU] [-c] [-f lose|swap|flip] [-t LIMIT] MEASURE\n"
	    "MEASURE is one of",
	    program_name);
	for (i = 0; i < n; i++)
		fprintf(stderr, " %s", measures[i].name);
	fputc('\n', stderr);
	return 2;
}

static double
number(const char *text, double min, double max)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end != '\0' || !(v >= min && v <= max))
		bench_die("%s: not a number from %g to %g", text, min, max);
	return v;
}

int
bench_main(int argc, char **argv, const char *program,
    const struct bench_measure *measures, size_t n)
{
	struct bench b = { .args = {
			       .seconds = 2,
			       .warmup = 0.2,
			       .mtu = 1500,
			   } };
	struct bench_args *a = &b.args;
	size_t i;
	int c;

	program_name = program;
	while ((c = getopt(argc, argv, "s:w:l:n:m:f:t:c")) != -1) {
		if (c == 's')
			a->seconds = number(optarg, 0.01, 60);
		else if (c == 'w')
			a->warmup = number(optarg, 0, 10);
		else if (c == 'l')
			a->size = (size_t)number(optarg, 16, 1 << 20);
		else if (c == 'n')
			a->count = (uint32_t)number(optarg, 1, 1e6);
		else if (c == 'm')
			a->mtu = (uint32_t)number(optarg, 0, 65535);
		else if (c == 'c')
			a->other_way = true;
		else if (c == 't')
			a->life_s = (unsigned int)number(optarg, 1, 3600);
		else if (c == 'f')
			a->fault = optarg;
		else
			return usage(measures, n);
	}
	if (optind + 1 != argc)
		return usage(measures, n);
	a->measure = argv[optind];
	for (i = 0; i < n; i++) {
		if (strcmp(a->measure, measures[i].name) != 0)
			continue;
		a->size = a->size != 0 ? a->size : measures[i].size;
		a->count = a->count != 0 ? a->count : measures[i].count;
		return run(&b, &measures[i]);
	}
	return usage(measures, n);
}
