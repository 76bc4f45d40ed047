/* status_server: see status_server.h. */

#include "status_server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "status.h"

/* Who waits to be accepted. */
#define BACKLOG 16

/* Guarded by lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int ready; /* an epoll of fd; -1: nobody may ask */
	int fd;	   /* listens, or -1 */
	struct client {
		bool is_used; /* thread is to be joined */
		bool is_done; /* and that does not take long */
		pthread_t thread;
		int fd; /* -1: closed */
	} clients[GS_STATUS_CLIENTS];
} srv = { .ready = -1, .fd = -1 };

/* sun_path is short, and a directory's name need not be. */
void
gs_status_path(char *path, int dir, const char *stem)
{
	(void)snprintf(path, GS_STATUS_PATH_LEN, "/proc/self/fd/%d/%s.sock",
	    dir, stem);
}

int
gs_status_start(void)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd == -1)
		return -errno;
	pthread_mutex_lock(&lock);
	srv.ready = fd;
	pthread_mutex_unlock(&lock);
	return fd;
}

static bool
is_started(void)
{
	bool is;

	pthread_mutex_lock(&lock);
	is = srv.ready != -1;
	pthread_mutex_unlock(&lock);
	return is;
}

/* Instead of what there was, whose name is gone. */
static int
replace(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int err = 0;

	pthread_mutex_lock(&lock);
	if (srv.ready == -1)
		err = -ENOTCONN;
	else if (epoll_ctl(srv.ready, EPOLL_CTL_ADD, fd, &ev) != 0)
		err = -errno;
	if (err == 0 && srv.fd != -1) {
		/* A child of fork() that is not yet at it may have it, too. */
		(void)epoll_ctl(srv.ready, EPOLL_CTL_DEL, srv.fd, NULL);
		(void)close(srv.fd); /* who waits there hears nothing */
	}
	if (err == 0)
		srv.fd = fd;
	pthread_mutex_unlock(&lock);
	return err;
}

int
gs_status_listen(int dir, const char *stem)
{
	struct sockaddr_un un;
	int err, fd;

	if (!is_started())
		return -ENOTCONN;
	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	gs_status_path(un.sun_path, dir, stem);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -errno;
	if (bind(fd, (struct sockaddr *)&un, sizeof(un)) != 0 ||
	    listen(fd, BACKLOG) != 0)
		err = -errno;
	else
		err = replace(fd);
	if (err != 0)
		(void)close(fd); /* nothing came yet */
	return err;
}

/* Until all is sent, the time is over, or the other side or a stop ends it. */
static void
send_all(int fd, const char *text, size_t len)
{
	uint64_t deadline = gs_now_ms() + GS_STATUS_SEND_MS;
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = send(fd, text + done, len - done,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			return;
		else if (gs_now_ms() >= deadline ||
		    (poll(&p, 1, gs_until_ms(deadline)) == -1 &&
			errno != EINTR))
			return;
	}
}

static void *
answer(void *arg)
{
	struct client *c = arg;
	char *text;
	size_t len;
	int fd;

	pthread_mutex_lock(&lock);
	fd = c->fd;
	pthread_mutex_unlock(&lock);
	if (gs_status_make(&text, &len) == 0) {
		send_all(fd, text, len);
		free(text);
	}
	pthread_mutex_lock(&lock);
	c->fd = -1;
	c->is_done = true;
	/* The other side sees the end, or a cut, although a child of fork()
	 * may have the descriptor, too. */
	(void)shutdown(fd, SHUT_RDWR);
	(void)close(fd);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* A place for one who asks, or NULL.  lock is held. */
static struct client *
find_place(void)
{
	struct client *c;
	size_t i;

	for (i = 0; i < GS_STATUS_CLIENTS; i++) {
		c = &srv.clients[i];
		if (c->is_used && c->is_done) {
			pthread_join(c->thread, NULL);
			c->is_used = false;
		}
		if (!c->is_used)
			return c;
	}
	return NULL;
}

bool
gs_status_is_own_user(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	    cred.uid == geteuid();
}

/* lock is held.  All signals are blocked here, and so in the thread. */
static void
serve(int fd)
{
	struct client *c = gs_status_is_own_user(fd) ? find_place() : NULL;

	if (c == NULL) {
		(void)close(fd); /* it hears nothing */
		return;
	}
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->is_used = pthread_create(&c->thread, NULL, answer, c) == 0;
	if (!c->is_used)
		(void)close(fd); /* the same */
}

void
gs_status_ring(void)
{
	int fd;

	pthread_mutex_lock(&lock);
	while (srv.fd != -1 &&
	    (fd = accept4(srv.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) !=
		-1)
		serve(fd);
	pthread_mutex_unlock(&lock);
}

void
gs_status_hang_up(void)
{
	struct client *c;
	size_t i;

	pthread_mutex_lock(&lock);
	if (srv.fd != -1)
		(void)close(srv.fd); /* who waits there hears nothing */
	if (srv.ready != -1)
		(void)close(srv.ready); /* the same */
	srv.fd = srv.ready = -1;
	for (i = 0; i < GS_STATUS_CLIENTS; i++) {
		c = &srv.clients[i];
		/* What is in its buffer still arrives. */
		if (c->is_used && c->fd != -1)
			(void)shutdown(c->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&lock);
	/* Nobody takes a place any more. */
	for (i = 0; i < GS_STATUS_CLIENTS; i++) {
		c = &srv.clients[i];
		if (c->is_used)
			pthread_join(c->thread, NULL);
		c->is_used = false;
	}
}

/* Who asks the parent must see the parent's end. */
void
gs_status_in_child(void)
{
	size_t i;

	if (srv.fd != -1)
		(void)close(srv.fd);
	if (srv.ready != -1)
		(void)close(srv.ready);
	for (i = 0; i < GS_STATUS_CLIENTS; i++)
		if (srv.clients[i].is_used && srv.clients[i].fd != -1)
			(void)close(srv.clients[i].fd);
}
