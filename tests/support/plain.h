/*
 * plain: libc's sockets with SCTP, as a program that knows nothing of gsctp
 * calls them, each in one line; for the tests of the preload library.
 */

#ifndef GS_PLAIN_H
#define GS_PLAIN_H

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* It fails with this errno. */
#define ck_fails(call, error)                                                \
	do {                                                                 \
		errno = 0;                                                   \
		ck_assert_int_eq((call), -1);                                \
		ck_assert_str_eq(strerrorname_np(errno),                     \
		    strerrorname_np(error));                                 \
	} while (0)

#define ONE_TO_ONE SOCK_STREAM
#define ONE_TO_MANY SOCK_SEQPACKET

static inline int
new_socket(int family, int type)
{
	int fd = socket(family, type, IPPROTO_SCTP);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* An address of IPv4, or of IPv6 where it has a colon. */
struct at {
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t len;
};

static inline struct at
at(const char *host, int port)
{
	struct at a;

	memset(&a, 0, sizeof(a));
	if (strchr(host, ':') != NULL) {
		a.len = sizeof(a.v6);
		a.v6.sin6_family = AF_INET6;
		a.v6.sin6_port = htons((uint16_t)port);
		ck_assert_int_eq(inet_pton(AF_INET6, host, &a.v6.sin6_addr),
		    1);
		return a;
	}
	a.len = sizeof(a.v4);
	a.v4.sin_family = AF_INET;
	a.v4.sin_port = htons((uint16_t)port);
	ck_assert_int_eq(inet_pton(AF_INET, host, &a.v4.sin_addr), 1);
	return a;
}

static inline int
bind_to(int fd, const char *host, int port)
{
	struct at a = at(host, port);

	return bind(fd, &a.sa, a.len);
}

static inline int
connect_to(int fd, const char *host, int port)
{
	struct at a = at(host, port);

	return connect(fd, &a.sa, a.len);
}

static inline int
port_of(int fd)
{
	struct at a;

	a.len = sizeof(a.v6);
	ck_assert_int_eq(getsockname(fd, &a.sa, &a.len), 0);
	return ntohs(a.v4.sin_port);	/* at the same place in both */
}

/* "127.0.0.1", of an address with this port; or something else. */
static inline const char *
host_of(const struct at *a)
{
	static char text[INET6_ADDRSTRLEN];
	const void *bytes = a->sa.sa_family == AF_INET6 ?
	    (const void *)&a->v6.sin6_addr : (const void *)&a->v4.sin_addr;

	ck_assert_int_eq(a->len, a->sa.sa_family == AF_INET6 ?
	    sizeof(a->v6) : sizeof(a->v4));
	return inet_ntop(a->sa.sa_family, bytes, text, sizeof(text));
}

static inline const char *
name_of(int fd)
{
	static struct at a;

	a.len = sizeof(a.v6);
	ck_assert_int_eq(getsockname(fd, &a.sa, &a.len), 0);
	return host_of(&a);
}

static inline const char *
peer_of(int fd)
{
	static struct at a;

	a.len = sizeof(a.v6);
	ck_assert_int_eq(getpeername(fd, &a.sa, &a.len), 0);
	return host_of(&a);
}

static inline int
listener_at(const char *host, int type)
{
	int fd = new_socket(strchr(host, ':') != NULL ? AF_INET6 : AF_INET,
	    type);

	ck_assert_int_eq(bind_to(fd, host, 0), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	return fd;
}

static inline void
set_nonblocking(int fd)
{
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK), 0);
}

/* What poll() shows of events within the time; more than a test takes. */
#define LONG_MS 30000

static inline int
poll_for(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	ck_assert_int_ge(poll(&p, 1, ms), 0);
	return p.revents;
}

static inline int
is_readable(int fd)
{
	return (poll_for(fd, POLLIN, 0) & POLLIN) != 0;
}

static inline int
is_writable(int fd)
{
	return (poll_for(fd, POLLOUT, 0) & POLLOUT) != 0;
}

/* Two one-to-one sockets with an association. */
struct pair {
	int listener;
	int client, server;
};

static inline struct pair
new_pair(const char *host)
{
	struct pair p;

	p.listener = listener_at(host, ONE_TO_ONE);
	p.client = new_socket(strchr(host, ':') != NULL ? AF_INET6 : AF_INET,
	    ONE_TO_ONE);
	ck_assert_int_eq(connect_to(p.client, host, port_of(p.listener)), 0);
	p.server = accept(p.listener, NULL, NULL);
	ck_assert_int_ge(p.server, 0);
	return p;
}

static inline void
close_pair(const struct pair *p)
{
	ck_assert_int_eq(close(p->client), 0);
	ck_assert_int_eq(close(p->server), 0);
	ck_assert_int_eq(close(p->listener), 0);
}

#endif
