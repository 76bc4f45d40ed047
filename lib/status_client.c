/* status_client: the status of this stack, or of another one of this user.
 * Layer 5. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "clock.h"
#include "engine.h"
#include "registry.h"
#include "rundir.h"
#include "stack.h"
#include "status.h"
#include "status_server.h"

/* One that is busy is asked again after so long. */
#define AGAIN_MS 20

/* Stacks of one process: as many as it has copies of this library. */
#define STEMS_MAX 8

/*
 * Which stacks there are
 */

struct stems {
	pid_t pid;
	uint64_t pidns;
	char stems[STEMS_MAX][GS_STEM_LEN];
	size_t n;
};

static bool
add_stem(void *arg, const char *stem, const struct gs_map *map,
    int64_t written_ns)
{
	struct stems *s = arg;

	(void)written_ns;
	if (map != NULL && map->pid == s->pid && map->pidns == s->pidns)
		(void)strncpy(s->stems[s->n++], stem, GS_STEM_LEN - 1);
	return s->n == STEMS_MAX;
}

struct pids {
	pid_t *pids;
	size_t n, max;
	uint64_t pidns;
	bool has_own;
	pid_t own;
};

static bool
add_pid(void *arg, const char *stem, const struct gs_map *map,
    int64_t written_ns)
{
	struct pids *p = arg;

	(void)stem;
	(void)written_ns;
	if (map == NULL || map->pidns != p->pidns)
		return false;
	/* Two copies of this library in one process are one. */
	if (map->pid == p->own && p->has_own)
		return false;
	if (map->pid == p->own)
		p->has_own = true;
	if (p->n < p->max)
		p->pids[p->n] = map->pid;
	p->n++;
	return false;
}

static bool
runs_here(void)
{
	bool runs;

	if (gs_api_enter() != 0)
		return false;
	runs = gs_stack_uptime_locked(NULL);
	gs_leave();
	return runs;
}

/* The run directory, and which process ids mean the same here. */
static int
open_dir(uint64_t *pidns)
{
	char path[GS_RUNDIR_PATH];
	uint64_t net;
	int dir, err;

	dir = gs_rundir_open(path);
	if (dir < 0)
		return dir;
	err = gs_registry_namespaces(&net, pidns);
	if (err == 0)
		return dir;
	(void)close(dir); /* it was not read */
	return err;
}

int
gsctp_stack_list(pid_t *pids, size_t max)
{
	struct pids p = { .pids = pids, .max = max, .own = getpid() };
	int callers_errno = errno;
	int dir, err = 0;

	if (pids == NULL && max > 0)
		return -EINVAL;
	dir = open_dir(&p.pidns);
	if (dir >= 0) {
		err = gs_registry_each(dir, add_pid, &p);
		(void)close(dir); /* it was only read */
	} else if (dir != -ENOENT) {
		err = dir;
	}
	if (!p.has_own && runs_here()) {
		if (p.n < max)
			pids[p.n] = p.own;
		p.n++;
		err = 0;
	}
	errno = callers_errno;
	return err != 0 ? err : (int)p.n;
}

/*
 * Asking one
 */

static int
wait_for(int fd, short events, uint64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do
		n = poll(&p, 1, gs_until_ms(deadline));
	while (n == -1 && errno == EINTR && gs_now_ms() < deadline);
	if (n == -1)
		return errno == EINTR ? -ETIMEDOUT : -errno;
	return n > 0 ? 0 : -ETIMEDOUT;
}

/* A descriptor, -EAGAIN where too many ask at once, or -ESRCH. */
static int
call(int dir, const char *stem)
{
	struct sockaddr_un un;
	int err, fd;

	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	gs_status_path(un.sun_path, dir, stem);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -errno;
	err = connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0 ? 0 : -errno;
	if (err == 0 && gs_status_is_own_user(fd))
		return fd;
	if (err != -EAGAIN)
		err = -ESRCH;
	(void)close(fd); /* nothing was said */
	return err;
}

/* Some bytes behind those that there are; 0 at the end. */
static ssize_t
read_some(int fd, char **text, size_t *room, size_t len, uint64_t deadline)
{
	ssize_t n;
	char *grown;
	int err;

	if (*room - len < 2) {
		if (*room > GS_STATUS_BYTES)
			return -E2BIG;
		grown = realloc(*text, *room * 2 + 4096);
		if (grown == NULL)
			return -ENOMEM;
		*text = grown;
		*room = *room * 2 + 4096;
	}
	for (;;) {
		err = wait_for(fd, POLLIN, deadline);
		if (err != 0)
			return err;
		n = recv(fd, *text + len, *room - len - 1, MSG_DONTWAIT);
		if (n >= 0)
			return n;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
}

/* To its end.  -EAGAIN for nothing, -ECONNRESET for half of it. */
static int
read_answer(int fd, uint64_t deadline, char **out)
{
	size_t len = 0, room = 0;
	char *text = NULL;
	ssize_t n;

	while ((n = read_some(fd, &text, &room, len, deadline)) > 0)
		len += (size_t)n;
	if (n == -ECONNRESET && len == 0)
		n = 0;
	if (n == 0 && len > 0 && text[len - 1] == '\n') {
		text[len] = '\0';
		*out = text;
		return 0;
	}
	free(text);
	return n < 0 ? (int)n : len == 0 ? -EAGAIN : -ECONNRESET;
}

static int
ask(int dir, const char *stem, uint64_t deadline, char **out)
{
	int fd = call(dir, stem);
	int err;

	if (fd < 0)
		return fd;
	err = read_answer(fd, deadline, out);
	(void)close(fd); /* it was only read */
	return err;
}

/* Again and again while it is busy; it may end meanwhile. */
static int
ask_patiently(int dir, const char *stem, uint64_t deadline, char **out)
{
	uint64_t next;
	int err;

	for (;;) {
		err = ask(dir, stem, deadline, out);
		if (err != -EAGAIN)
			return err;
		next = gs_now_ms() + AGAIN_MS;
		if (next > deadline)
			return -ETIMEDOUT;
		(void)poll(NULL, 0, AGAIN_MS);
	}
}

static int
ask_other(pid_t pid, uint64_t deadline, char **out)
{
	struct stems s;
	int dir, err;
	size_t i;

	memset(&s, 0, sizeof(s));
	s.pid = pid;
	dir = open_dir(&s.pidns);
	if (dir == -ENOENT)
		return -ESRCH;
	if (dir < 0)
		return dir;
	err = gs_registry_each(dir, add_stem, &s);
	if (err == 0)
		err = -ESRCH;
	for (i = 0; i < s.n && err == -ESRCH; i++)
		err = ask_patiently(dir, s.stems[i], deadline, out);
	(void)close(dir); /* it was only read */
	return err;
}

int
gsctp_stack_status(pid_t pid, int timeout_ms, char **json)
{
	uint64_t deadline;
	int callers_errno = errno;
	int err = -ESRCH;

	if (pid < 0 || timeout_ms < -1 || json == NULL)
		return -EINVAL;
	deadline = gs_deadline_ms(timeout_ms);
	if (pid == 0 || pid == getpid())
		err = gs_status_make(json, NULL);
	if (pid != 0 && err == -ESRCH)
		err = ask_other(pid, deadline, json);
	errno = callers_errno;
	return err;
}
