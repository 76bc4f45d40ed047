/*
 * beside: a blocking call on a thread of its own, which is known to wait; and
 * the same program executed again as another process with a role.  For tests
 * under the preload library, which link nothing of gsctp.
 */

#ifndef GS_BESIDE_H
#define GS_BESIDE_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A sanitizer makes everything some ten times slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BESIDE_SLOW 10
#else
#define BESIDE_SLOW 1
#endif

#define BESIDE_MS 30000

extern char **environ;

static inline uint64_t
beside_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/*
 * Threads
 */

/* fn(fd) on a thread: what it returned, and errno. */
struct beside {
	int (*fn)(int fd);
	int fd;
	pthread_t thread;
	atomic_long tid;
	atomic_bool has_ended;
	int result, error;
};

static inline void *
beside_run(void *arg)
{
	struct beside *b = arg;

	atomic_store(&b->tid, syscall(SYS_gettid));
	errno = 0;
	b->result = b->fn(b->fd);
	b->error = errno;
	atomic_store(&b->has_ended, true);
	return NULL;
}

static inline bool
beside_is_asleep(struct beside *b)
{
	char path[64], text[512], *p;
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%ld/stat",
	    atomic_load(&b->tid));
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	p = strrchr(text, ')');
	return p != NULL && p[1] != '\0' && p[2] == 'S';
}

/* Until it waits in its call, as far as anybody can tell. */
static inline void
beside_await_sleep(struct beside *b)
{
	uint64_t end = beside_now_ms() + BESIDE_MS;
	int seen = 0;

	while (seen < 200 && !atomic_load(&b->has_ended)) {
		ck_assert_msg(beside_now_ms() < end, "it never waits");
		seen = beside_is_asleep(b) ? seen + 1 : 0;
		sched_yield();
	}
}

static inline void
beside_start(struct beside *b, int (*fn)(int fd), int fd)
{
	memset(b, 0, sizeof(*b));
	b->fn = fn;
	b->fd = fd;
	ck_assert_int_eq(pthread_create(&b->thread, NULL, beside_run, b), 0);
}

/* The same, and it waits. */
static inline void
beside_begin(struct beside *b, int (*fn)(int fd), int fd)
{
	beside_start(b, fn, fd);
	beside_await_sleep(b);
	ck_assert_msg(!atomic_load(&b->has_ended), "it did not wait: %d, %s",
	    b->result, strerrorname_np(b->error));
}

/* The call's result. */
static inline int
beside_join(struct beside *b)
{
	ck_assert_int_eq(pthread_join(b->thread, NULL), 0);
	return b->result;
}

static inline void
beside_fails(struct beside *b, int error)
{
	ck_assert_int_eq(beside_join(b), -1);
	ck_assert_str_eq(strerrorname_np(b->error), strerrorname_np(error));
}

/*
 * Processes
 */

/* This program with a role and a number: its standard input is to, its output
 * and errors are from and errors. */
struct role {
	pid_t pid;
	int to, from, errors;
};

static inline struct role
role_start(const char *name, int number)
{
	char program[] = "role", digits[16], copy[32];
	char *argv[] = { program, copy, digits, NULL };
	posix_spawn_file_actions_t acts;
	int in[2], out[2], err[2];
	struct role r;

	(void)snprintf(copy, sizeof(copy), "%s", name);
	(void)snprintf(digits, sizeof(digits), "%d", number);
	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(err, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_adddup2(&acts, in[0], 0);
	posix_spawn_file_actions_adddup2(&acts, out[1], 1);
	posix_spawn_file_actions_adddup2(&acts, err[1], 2);
	ck_assert_int_eq(posix_spawn(&r.pid, "/proc/self/exe", &acts, NULL,
	    argv, environ), 0);
	posix_spawn_file_actions_destroy(&acts);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	r.to = in[1];
	r.from = out[0];
	r.errors = err[0];
	return r;
}

/* A number from it, or of it. */
static inline int
role_read(const struct role *r)
{
	int v = -1;

	ck_assert_int_eq(read(r->from, &v, sizeof(v)), sizeof(v));
	return v;
}

static inline void
role_write(int v)
{
	if (write(STDOUT_FILENO, &v, sizeof(v)) != sizeof(v))
		_exit(1);
}

/* In it: until the other says so. */
static inline void
role_wait(void)
{
	char c;

	(void)!read(STDIN_FILENO, &c, 1);
}

static inline void
role_go(const struct role *r)
{
	ck_assert_int_eq(write(r->to, "", 1), 1);
}

/* Its status as of waitpid(); and what it wrote to standard error, which a
 * sanitizer says nothing more to. */
static inline int
role_end(struct role *r, char *said, size_t room)
{
	size_t len = 0;
	ssize_t n;
	int status;

	while (len + 1 < room &&
	    (n = read(r->errors, said + len, room - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	while (waitpid(r->pid, &status, 0) == -1)
		ck_assert_int_eq(errno, EINTR);
	close(r->to);
	close(r->from);
	close(r->errors);
	return status;
}

/* In the other process, where there is no Check. */
#define role_must(what)                                                      \
	do {                                                                 \
		if (!(what)) {                                               \
			(void)dprintf(2, "%s:%d: not so: %s: %s\n",          \
			    __FILE__, __LINE__, #what,                       \
			    strerrorname_np(errno));                         \
			_exit(1);                                            \
		}                                                            \
	} while (0)

/* In it: a one-to-one listener's port, and the listener in *fd. */
static inline int
role_listen(int *fd)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int s = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	socklen_t len = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	role_must(bind(s, (struct sockaddr *)&a, len) == 0);
	role_must(listen(s, 5) == 0);
	role_must(getsockname(s, (struct sockaddr *)&a, &len) == 0);
	if (fd != NULL)
		*fd = s;
	return ntohs(a.sin_port);
}

/* In it: a one-to-one socket, connected there. */
static inline int
role_connect(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int s = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)port);
	role_must(connect(s, (struct sockaddr *)&a, sizeof(a)) == 0);
	return s;
}

#endif
