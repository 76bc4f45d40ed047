/*
 * abi: the runner, and what the groups share (abi.h).
 *
 * Each group runs in a process of its own, several at a time, so that one
 * which hangs or crashes says so and takes no other with it.  With a word as
 * argument, only the groups whose name begins with it run.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif

#include "abi.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS_AT_ONCE 16
#define JOB_LIMIT_S 200
#define AWAIT_MS 15000

/* A nap's pieces: each ends late on a busy machine, as what it waits for. */
#define PIECE_MS 10

int abi_type = SOCK_STREAM;
int abi_family = AF_INET;
static volatile sig_atomic_t pipes;

/* The group's name, which each line begins with. */
static const char *prefix = "";

void
say(const char *format, ...)
{
	va_list ap;

	printf("%s ", prefix);
	va_start(ap, format);
	(void)vprintf(format, ap);
	va_end(ap);
	printf("\n");
	(void)fflush(stdout);
}

static void
on_pipe(int sig)
{
	(void)sig;
	pipes++;
}

void
abi_before(void)
{
	pipes = 0;
	errno = 0;
}

const char *
result(long r)
{
	static char text[8][64];
	static int i;
	char *t = text[i++ & 7];
	const char *name = strerrorname_np(errno);

	if (r >= 0)
		(void)snprintf(t, 64, "%ld%s", r, pipes ? " SIGPIPE" : "");
	else
		(void)snprintf(t, 64, "%s%s", name != NULL ? name : "-1",
		    pipes ? " SIGPIPE" : "");
	return t;
}

const char *
polled(int fd)
{
	static char text[4][64];
	static int i;
	char *t = text[i++ & 3];
	struct pollfd p = { .fd = fd,
		.events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP };

	(void)poll(&p, 1, 0);
	(void)snprintf(t, 64, "%s%s%s%s%s%s%s",
	    p.revents & POLLIN ? "IN " : "", p.revents & POLLOUT ? "OUT " : "",
	    p.revents & POLLPRI ? "PRI " : "",
	    p.revents & POLLERR ? "ERR " : "",
	    p.revents & POLLHUP ? "HUP " : "",
	    p.revents & POLLRDHUP ? "RDHUP " : "",
	    p.revents & POLLNVAL ? "NVAL " : "");
	if (t[0] == '\0')
		return "-";
	t[strlen(t) - 1] = '\0';
	return t;
}

void
await(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	(void)poll(&p, 1, AWAIT_MS);
}

void
nap(int ms)
{
	struct timespec t;

	for (; ms > 0; ms -= PIECE_MS) {
		t = (struct timespec){ .tv_nsec =
		    (ms < PIECE_MS ? ms : PIECE_MS) * 1000000L };
		(void)nanosleep(&t, NULL);
	}
}

bool
on_kernel(void)
{
	return getenv("PRELOAD_KERNEL") != NULL;
}

socklen_t
len_of(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
					  sizeof(struct sockaddr_in);
}

int
port_of(const struct sockaddr_storage *a)
{
	return ntohs(((const struct sockaddr_in *)(const void *)a)->sin_port);
}

struct sockaddr_storage
v4(const char *host, int port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *a = (void *)&ss;

	memset(&ss, 0, sizeof(ss));
	a->sin_family = AF_INET;
	a->sin_port = htons((uint16_t)port);
	(void)inet_pton(AF_INET, host, &a->sin_addr);
	return ss;
}

struct sockaddr_storage
local(int port)
{
	struct sockaddr_storage ss = v4("127.0.0.1", port);
	struct sockaddr_in6 *a = (void *)&ss;

	if (abi_family == AF_INET)
		return ss;
	memset(&ss, 0, sizeof(ss));
	a->sin6_family = AF_INET6;
	a->sin6_port = htons((uint16_t)port);
	a->sin6_addr = in6addr_loopback;
	return ss;
}

struct sockaddr_storage
name_of(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	memset(&ss, 0, sizeof(ss));
	(void)getsockname(fd, (struct sockaddr *)&ss, &len);
	return ss;
}

const char *
text_of(const struct sockaddr_storage *a)
{
	static char text[4][80];
	static int i;
	char *t = text[i++ & 3];
	char host[INET6_ADDRSTRLEN] = "?";

	if (a->ss_family == AF_INET6)
		(void)inet_ntop(AF_INET6,
		    &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr,
		    host, sizeof(host));
	else if (a->ss_family == AF_INET)
		(void)inet_ntop(AF_INET,
		    &((const struct sockaddr_in *)(const void *)a)->sin_addr,
		    host, sizeof(host));
	(void)snprintf(t, 80, "%s:%s", host, port_of(a) == 0 ? "0" : "port");
	return t;
}

int
new_of(int type)
{
	return socket(abi_family, type, IPPROTO_SCTP);
}

int
new_socket(void)
{
	return new_of(abi_type);
}

int
new_listener(int type)
{
	struct sockaddr_storage a = local(0);
	int fd = new_of(type);

	if (bind(fd, (struct sockaddr *)&a, len_of(&a)) != 0 ||
	    listen(fd, 5) != 0)
		say("cannot listen: %s", strerrorname_np(errno));
	return fd;
}

void
nonblocking(int fd)
{
	(void)fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
}

void
limit_recv(int fd, int ms)
{
	struct timeval t = { .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
}

void
reset_on_close(int fd)
{
	struct linger l = { .l_onoff = 1 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

struct ends
new_ends(void)
{
	struct ends e;

	e.listener = new_listener(SOCK_STREAM);
	e.to = name_of(e.listener);
	e.fd = new_socket();
	if (connect(e.fd, (struct sockaddr *)&e.to, len_of(&e.to)) != 0)
		say("cannot connect: %s", strerrorname_np(errno));
	e.peer = accept(e.listener, NULL, NULL);
	limit_recv(e.fd, 3000);
	limit_recv(e.peer, 3000);
	return e;
}

void
close_ends(struct ends *e)
{
	(void)close(e->fd);
	if (e->peer >= 0)
		(void)close(e->peer);
	if (e->listener >= 0)
		(void)close(e->listener);
}

int
opt_get(int fd, int name, void *value, socklen_t len)
{
	return getsockopt(fd, IPPROTO_SCTP, name, value, &len);
}

int
opt_set(int fd, int name, const void *value, socklen_t len)
{
	return setsockopt(fd, IPPROTO_SCTP, name, value, len);
}

/* Has it one?  An attempt may not have an id yet. */
static bool
has_assoc(int fd, int32_t *id)
{
	struct {
		uint32_t n;
		int32_t ids[8];
	} list = { 0 };
	struct sctp_status st = { 0 };

	*id = 0;
	if (opt_get(fd, SCTP_GET_ASSOC_ID_LIST, &list, sizeof(list)) == 0) {
		*id = list.ids[0];
		return list.n > 0;
	}
	if (opt_get(fd, SCTP_STATUS, &st, sizeof(st)) != 0)
		return false;
	*id = st.sstat_assoc_id;
	return true;
}

int32_t
assoc_of(int fd)
{
	int32_t id;

	return has_assoc(fd, &id) ? id : 0;
}

void
await_end(int fd)
{
	int32_t id;
	int i;

	for (i = 0; i < AWAIT_MS / 2 && has_assoc(fd, &id); i++)
		nap(2);
}

const char *
hex(const void *data, size_t len)
{
	static char text[4][1200];
	static int i;
	char *t = text[i++ & 3];
	const unsigned char *d = data;
	size_t k;

	t[0] = '\0';
	for (k = 0; k < len && k < 590; k++)
		(void)snprintf(t + 2 * k, 3, "%02x", d[k]);
	return t;
}

/* -- the runner -- */

struct job {
	char name[48];
	void (*run)(void);
	const char *state;
	int type, family;
	FILE *out;
	pid_t pid;
};

static struct job jobs[128];
static int njobs;

static void
add(const char *name, void (*run)(void), const char *state, int type,
    int family)
{
	struct job *j = &jobs[njobs++];

	(void)snprintf(j->name, sizeof(j->name), "%s/%c%c", name,
	    type == SOCK_STREAM ? '1' : 'm', family == AF_INET ? '4' : '6');
	j->run = run;
	j->state = state;
	j->type = type;
	j->family = family;
}

static void
add_kinds(const char *name, void (*run)(void), const char *state)
{
	add(name, run, state, SOCK_STREAM, AF_INET);
	add(name, run, state, SOCK_SEQPACKET, AF_INET);
	add(name, run, state, SOCK_STREAM, AF_INET6);
	add(name, run, state, SOCK_SEQPACKET, AF_INET6);
}

static void
in_child(const struct job *j)
{
	struct sigaction sa = { .sa_handler = on_pipe };

	(void)dup2(fileno(j->out), STDOUT_FILENO);
	(void)sigaction(SIGPIPE, &sa, NULL);
	(void)alarm(JOB_LIMIT_S);
	prefix = j->name;
	abi_type = j->type;
	abi_family = j->family;
	if (j->state != NULL)
		abi_states(j->state);
	else
		j->run();
	exit(EXIT_SUCCESS);
}

static void
start(struct job *j)
{
	int fd = memfd_create("abi", 0);

	j->out = fd < 0 ? NULL : fdopen(fd, "w+");
	if (j->out == NULL) {
		perror("memfd_create");
		exit(EXIT_FAILURE);
	}
	(void)fflush(stdout);
	j->pid = fork();
	if (j->pid == 0)
		in_child(j);
}

static void
reap(void)
{
	int status, i;
	pid_t pid = wait(&status);

	for (i = 0; i < njobs; i++)
		if (jobs[i].pid == pid)
			break;
	if (i == njobs || status == 0)
		return;
	(void)fseek(jobs[i].out, 0, SEEK_END);
	(void)fprintf(jobs[i].out, "%s ended: status %x\n", jobs[i].name,
	    (unsigned int)status);
	(void)fflush(jobs[i].out);
}

static void
show(struct job *j)
{
	char buf[4096];
	size_t n;

	rewind(j->out);
	while ((n = fread(buf, 1, sizeof(buf), j->out)) > 0)
		(void)fwrite(buf, 1, n, stdout);
	(void)fclose(j->out);
}

/*
 * Of programs that are not the kernel, one has the port that all are asked
 * at: it is alive as long as this one.
 */
static void
keep_port(void)
{
	int ready[2], life[2], fd;
	char c = 0;

	if (on_kernel() || pipe(ready) != 0 || pipe(life) != 0)
		return;
	if (fork() == 0) {
		struct sockaddr_storage a = v4("127.0.0.1", 0);

		fd = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
		(void)bind(fd, (struct sockaddr *)&a, len_of(&a));
		(void)close(life[1]);
		(void)!write(ready[1], &c, 1);
		(void)!read(life[0], &c, 1);
		exit(EXIT_SUCCESS);
	}
	(void)!read(ready[0], &c, 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	(void)close(life[0]);
}

int
main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : "";
	int i, running = 0;

	keep_port();
	for (i = 0; abi_state_names[i] != NULL; i++)
		add_kinds(abi_state_names[i], NULL, abi_state_names[i]);
	add_kinds("call", abi_calls, NULL);
	add_kinds("addr", abi_addrs, NULL);
	add_kinds("option", abi_options, NULL);
	add_kinds("value", abi_values, NULL);
	add_kinds("message", abi_messages, NULL);
	add_kinds("note", abi_notes, NULL);
	for (i = 0; i < njobs; i++) {
		if (strncmp(jobs[i].name, only, strlen(only)) != 0)
			continue;
		if (running == JOBS_AT_ONCE) {
			reap();
			running--;
		}
		start(&jobs[i]);
		running++;
	}
	for (; running > 0; running--)
		reap();
	for (i = 0; i < njobs; i++)
		if (jobs[i].out != NULL)
			show(&jobs[i]);
	return EXIT_SUCCESS;
}
