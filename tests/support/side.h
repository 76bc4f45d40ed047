/*
 * side: what a test has beside its own thread and its own stack: threads that
 * wait in a call, UDP sockets of its own, and the same program run again as a
 * second process.
 */

#ifndef GS_TEST_SIDE_H
#define GS_TEST_SIDE_H

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop.h"

/* A sanitizer makes everything some ten times slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIDE_SLOW 10
#else
#define SIDE_SLOW 1
#endif

/*
 * Threads
 */

/* A call on a thread of its own; read result and ended_ms after the join. */
struct side {
	int (*fn)(void *arg);
	void *arg;
	pthread_t thread;
	atomic_long tid;
	int result;
	uint64_t ended_ms;
	atomic_bool has_ended;
};

static inline void *
side_run(void *arg)
{
	struct side *s = arg;

	atomic_store(&s->tid, syscall(SYS_gettid));
	s->result = s->fn(s->arg);
	s->ended_ms = loop_now_ms();
	atomic_store(&s->has_ended, true);
	return NULL;
}

static inline void
side_start(struct side *s, int (*fn)(void *arg), void *arg)
{
	memset(s, 0, sizeof(*s));
	s->fn = fn;
	s->arg = arg;
	ck_assert_int_eq(pthread_create(&s->thread, NULL, side_run, s), 0);
}

/* Is the thread asleep in the kernel now? */
static inline bool
side_is_asleep(struct side *s)
{
	char path[64], text[512], *p;
	size_t n;
	FILE *f;

	if (atomic_load(&s->tid) == 0)
		return false;
	(void)snprintf(path, sizeof(path), "/proc/self/task/%ld/stat",
	    atomic_load(&s->tid));
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	p = strrchr(text, ')');
	return p != NULL && p[1] != '\0' && p[2] == 'S';
}

/* Until the thread waits in its call, as far as anybody can tell; or has
 * waited as long as it may. */
static inline void
side_await_sleep(struct side *s)
{
	uint64_t end = loop_now_ms() + LOOP_MS;
	int seen = 0;

	while (seen < 100 && !atomic_load(&s->has_ended)) {
		ck_assert_msg(loop_now_ms() < end, "the thread never waits");
		seen = side_is_asleep(s) ? seen + 1 : 0;
		sched_yield();
	}
}

/* The call's result. */
static inline int
side_join(struct side *s)
{
	ck_assert_int_eq(pthread_join(s->thread, NULL), 0);
	return s->result;
}

/*
 * UDP sockets
 */

/* A UDP socket on 127.0.0.1; *port is its port, 0 before for any. */
static inline int
side_udp(uint16_t *port)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons(*port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

/* A UDP port that was free just now. */
static inline uint16_t
side_free_udp_port(void)
{
	uint16_t port = 0;

	close(side_udp(&port));
	return port;
}

/* Open descriptors of this process. */
static inline int
side_count_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			n++;
	return n;
}

/*
 * Filling
 */

/* A pair that is full soon, and is told of little. */
static inline struct loop_pair
side_pair(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RECBUF(16384),
		GSCTP_SNDBUF(32768),
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 10),
		GSCTP_EVENTS(.address = gsctp_def(false)),
	};

	return loop_pair(opts, 4);
}

/* What side_fill() sends: smaller messages may find room where it does not. */
#define SIDE_BLOCK 8192

/*
 * Send on s, one of a side_pair(), until the association takes no more, and
 * would not for as long as nobody reads at its other end.
 */
static inline void
side_fill(gsctp_sock s, gsctp_assoc_id assoc)
{
	const struct gsctp_opt no_wait[] = { GSCTP_SEND_TIMEOUT_MS(0) };
	static const char block[SIDE_BLOCK];
	int fd = gsctp_fd(s);
	int err;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(gsctp_setopts(s, no_wait, 1, NULL), 0);
	do {
		while ((err = gsctp_send(s, assoc, 0, block,
		    sizeof(block))) == 0)
			continue;
		ck_assert_int_eq(err, -EAGAIN);
		/* The last acknowledgements come within this. */
	} while (loop_poll(fd, POLLOUT, 400) != 0);
}

/*
 * Processes
 */

/* This program, run again with one argument. */
struct side_process {
	pid_t pid;
	int to, from;		/* its standard input and output */
};

static inline void
side_spawn(struct side_process *p, const char *mode)
{
	int in[2], out[2];

	fflush(NULL);
	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	p->pid = fork();
	ck_assert_int_ge(p->pid, 0);
	if (p->pid == 0) {
		if (dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1)
			execl("/proc/self/exe", "side", mode, (char *)NULL);
		_exit(126);
	}
	close(in[0]);
	close(out[1]);
	p->to = in[1];
	p->from = out[0];
}

/*
 * loop_addr() for IPv4 and IPv6, without Check: a ck_assert that holds fails
 * where no test runs.
 */
static inline struct sockaddr_storage
side_addr(const char *ip, uint16_t port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&ss;

	memset(&ss, 0, sizeof(ss));
	if (inet_pton(AF_INET, ip, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
	} else if (inet_pton(AF_INET6, ip, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
	}
	return ss;
}

/* Numbers go between the two as they are. */
static inline bool
side_write(int fd, uint16_t v)
{
	return write(fd, &v, sizeof(v)) == (ssize_t)sizeof(v);
}

static inline bool
side_read(int fd, uint16_t *v)
{
	return read(fd, v, sizeof(*v)) == (ssize_t)sizeof(*v);
}

/* Its exit status; 128 and more for a signal.  Its alarm() bounds the wait. */
static inline int
side_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		ck_assert_int_eq(errno, EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

static inline int
side_end(struct side_process *p)
{
	int status;

	close(p->to);
	status = side_wait(p->pid);
	close(p->from);
	return status;
}

/* In the second process, where there is no Check. */
#define side_must(what)                                                      \
	do {                                                                 \
		if (!(what)) {                                               \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,     \
			    __LINE__, #what);                                \
			_exit(1);                                            \
		}                                                            \
	} while (0)

#endif
