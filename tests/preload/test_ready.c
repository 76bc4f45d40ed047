/*
 * Readiness: what poll, select and epoll show of SCTP sockets, and that it is
 * what a call then finds; that no edge is lost; that nothing spins.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/time.h>

#include "beside.h"
#include "check_main.h"
#include "plain.h"
#include "preload.h"

/* As <netinet/sctp.h> has them. */
enum { NODELAY = 3, EVENTS = 11, PEELOFF = 102, MSG_NOTE = 0x8000 };

static struct pair p;

static void
up(void)
{
	p = new_pair("127.0.0.1");
}

static void
down(void)
{
	close_pair(&p);
}

/*
 * What is shown
 */

#define R 1
#define W 2

static int
poll_shows(int fd)
{
	int r = poll_for(fd, POLLIN | POLLOUT, 0);

	return (r & POLLIN ? R : 0) | (r & POLLOUT ? W : 0);
}

static int
select_shows(int fd)
{
	struct timeval none = { 0, 0 };
	fd_set in, out;

	FD_ZERO(&in);
	FD_ZERO(&out);
	ck_assert_int_lt(fd, FD_SETSIZE);
	FD_SET(fd, &in);
	FD_SET(fd, &out);
	ck_assert_int_ge(select(fd + 1, &in, &out, NULL, &none), 0);
	return (FD_ISSET(fd, &in) ? R : 0) | (FD_ISSET(fd, &out) ? W : 0);
}

static int
epoll_add(int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.fd = fd };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	ck_assert_int_ge(ep, 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	return ep;
}

/* What one wait of at most this time tells. */
static int
epoll_tells(int ep, int ms)
{
	struct epoll_event ev = { .events = 0 };
	int n = epoll_wait(ep, &ev, 1, ms);

	ck_assert_int_ge(n, 0);
	return (ev.events & EPOLLIN ? R : 0) | (ev.events & EPOLLOUT ? W : 0);
}

#define EDGES_MAX 3

/* All three ways, the level twice. */
static int
shows(int fd)
{
	int ep = epoll_add(fd, EPOLLIN | EPOLLOUT);
	int et = epoll_add(fd, EPOLLIN | EPOLLOUT | EPOLLET);
	int more, n = 0, is = poll_shows(fd);

	ck_assert_int_eq(select_shows(fd), is);
	ck_assert_int_eq(epoll_tells(ep, 0), is);
	ck_assert_int_eq(epoll_tells(ep, 0), is);
	/* What is so already is an edge, once; and what may just have come,
	 * an acknowledgement or an event, a few times at most. */
	ck_assert_int_eq(epoll_tells(et, 0), is);
	while ((more = epoll_tells(et, 0)) != 0) {
		ck_assert_int_eq(more, is);
		ck_assert_int_lt(n++, EDGES_MAX);
	}
	close(ep);
	close(et);
	return is;
}

static ssize_t
receive(int fd, void *buf, size_t len, int flags, int *out_flags)
{
	struct iovec iov = { buf, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(fd, &m, flags | MSG_DONTWAIT);

	if (out_flags != NULL)
		*out_flags = m.msg_flags;
	return n;
}

/* It is readable exactly where a call would not wait. */
static int
agrees(int fd)
{
	int is = (shows(fd) & R) != 0;
	char c;
	ssize_t n = receive(fd, &c, 1, MSG_PEEK, NULL);

	ck_assert_int_eq(is, n != -1 || errno != EAGAIN);
	return is;
}

static void
await(int fd, short event)
{
	ck_assert_int_eq(poll_for(fd, event, LONG_MS) & event, event);
}

static void
put(int fd, const char *text)
{
	ck_assert_int_eq(send(fd, text, strlen(text), 0), (ssize_t)strlen(text));
}

static void
take(int fd, const char *text)
{
	char buf[64];
	ssize_t n;

	await(fd, POLLIN);
	n = receive(fd, buf, sizeof(buf), 0, NULL);
	ck_assert_int_eq(n, (ssize_t)strlen(text));
	ck_assert_mem_eq(buf, text, strlen(text));
}

static void
take_end(int fd)
{
	char c;

	await(fd, POLLIN);
	ck_assert_int_eq(receive(fd, &c, 1, 0, NULL), 0);
}

/* Until it takes no more, now. */
#define LARGE 20000

static int
fill(int fd)
{
	static const char large[LARGE];
	int n = 0;

	while (send(fd, large, LARGE, MSG_DONTWAIT) == LARGE)
		n++;
	ck_assert_int_eq(errno, EAGAIN);
	return n;
}

/* What comes goes out of the peer's buffer, but not out of the sender's at
 * once: until nothing moves. */
static int
fill_up(int fd)
{
	int n = 0, more;

	do {
		more = fill(fd);
		n += more;
	} while (more > 0 || poll_for(fd, POLLOUT, 300) != 0);
	return n;
}

static void
drain(int fd, int n)
{
	char buf[LARGE];

	while (n-- > 0) {
		await(fd, POLLIN);
		ck_assert_int_eq(receive(fd, buf, LARGE, 0, NULL), LARGE);
	}
}

/*
 * States
 */

START_TEST(one_to_one_shows_each_of_the_four_states)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE), n;

	ck_assert_int_eq(shows(fd) & R, 0);
	ck_assert_int_eq(shows(fd) & W, 0);
	close(fd);

	ck_assert_int_eq(shows(p.client), W);
	put(p.server, "one");
	await(p.client, POLLIN);
	ck_assert_int_eq(shows(p.client), R | W);
	n = fill_up(p.client);
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(shows(p.client), R);
	take(p.client, "one");
	ck_assert_int_eq(shows(p.client), 0);
	ck_assert_int_eq(fill(p.client), 0);
	drain(p.server, n);
	await(p.client, POLLOUT);
	ck_assert_int_eq(shows(p.client), W);
	ck_assert_int_eq(send(p.client, "x", 1, MSG_DONTWAIT), 1);
}
END_TEST

/* A socket with peers, and the peer. */
static int
many_with(int *peer)
{
	int many = listener_at("127.0.0.1", ONE_TO_MANY);

	*peer = new_socket(AF_INET, ONE_TO_ONE);
	ck_assert_int_eq(connect_to(*peer, "127.0.0.1", port_of(many)), 0);
	return many;
}

static struct at
where(int fd)
{
	struct at a;

	a.len = sizeof(a.v6);
	ck_assert_int_eq(getsockname(fd, &a.sa, &a.len), 0);
	return a;
}

START_TEST(one_to_many_shows_each_of_the_four_states)
{
	static const char large[LARGE];
	int many = listener_at("127.0.0.1", ONE_TO_MANY), n = 0;
	int peer = listener_at("127.0.0.1", ONE_TO_MANY);
	struct at to = where(peer), back = where(many);
	char c;

	ck_assert_int_eq(shows(many), W);
	ck_assert_int_eq(sendto(many, "one", 3, 0, &to.sa, to.len), 3);
	await(peer, POLLIN);
	ck_assert_int_eq(shows(peer), R | W);
	ck_assert_int_eq(sendto(peer, "two", 3, 0, &back.sa, back.len), 3);
	take(peer, "one");
	ck_assert_int_eq(agrees(peer), 0);
	await(many, POLLIN);
	ck_assert_int_eq(shows(many), R | W);
	do
		while (sendto(many, large, LARGE, MSG_DONTWAIT, &to.sa,
			   to.len) == LARGE)
			n++;
	while (poll_for(many, POLLOUT, 300) != 0);
	ck_assert_int_eq(shows(many), R);
	take(many, "two");
	ck_assert_int_eq(shows(many), 0);
	ck_assert_int_eq(receive(many, &c, 1, 0, NULL), -1);
	drain(peer, n);
	await(many, POLLOUT);
	ck_assert_int_eq(shows(many), W);
	close(many);
	close(peer);
}
END_TEST

START_TEST(a_listener_is_readable_where_accept_does_not_wait)
{
	int fds[3], i, fd;

	set_nonblocking(p.listener);
	ck_assert_int_eq(shows(p.listener), 0);
	ck_fails(accept(p.listener, NULL, NULL), EAGAIN);
	for (i = 0; i < 3; i++) {
		fds[i] = new_socket(AF_INET, ONE_TO_ONE);
		ck_assert_int_eq(connect_to(fds[i], "127.0.0.1",
		    port_of(p.listener)), 0);
	}
	for (i = 0; i < 3; i++) {
		await(p.listener, POLLIN);
		ck_assert_int_eq(shows(p.listener), R);
		fd = accept(p.listener, NULL, NULL);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(agrees(fd), 0);
		close(fd);
	}
	ck_assert_int_eq(shows(p.listener), 0);
	ck_fails(accept(p.listener, NULL, NULL), EAGAIN);
	for (i = 0; i < 3; i++)
		close(fds[i]);
}
END_TEST

START_TEST(copies_show_the_same)
{
	int copy = dup(p.client), high = dup2(p.client, 100);
	int ep = epoll_add(copy, EPOLLIN);

	ck_assert_int_eq(shows(copy), W);
	put(p.server, "one");
	await(copy, POLLIN);
	ck_assert_int_eq(shows(p.client), R | W);
	ck_assert_int_eq(shows(high), R | W);
	take(high, "one");
	ck_assert_int_eq(shows(copy), W);
	/* The one that epoll was given goes, and the socket does not. */
	close(copy);
	put(p.server, "two");
	await(high, POLLIN);
	ck_assert_int_eq(epoll_tells(ep, 0), R);
	take(p.client, "two");
	ck_assert_int_eq(epoll_tells(ep, 0), 0);
	close(high);
	close(ep);
}
END_TEST

/*
 * Edges
 */

START_TEST(each_arrival_is_an_edge)
{
	int ep = epoll_add(p.server, EPOLLIN | EPOLLET);
	int i, on = 1;

	ck_assert_int_eq(setsockopt(p.client, IPPROTO_SCTP, NODELAY, &on,
	    sizeof(on)), 0);
	ck_assert_int_eq(epoll_tells(ep, 0), 0);
	for (i = 0; i < 200; i++) {
		put(p.client, "x");
		ck_assert_int_eq(epoll_tells(ep, LONG_MS), R);
	}
	for (i = 0; i < 200; i++)
		take(p.server, "x");
	ck_assert_int_eq(agrees(p.server), 0);
	ck_assert_int_eq(epoll_tells(ep, 0), 0);
	put(p.client, "x");
	ck_assert_int_eq(epoll_tells(ep, LONG_MS), R);
	close(ep);
}
END_TEST

START_TEST(room_is_an_edge)
{
	int ep = epoll_add(p.client, EPOLLOUT | EPOLLET);
	int n;

	ck_assert_int_eq(epoll_tells(ep, 0), W);
	ck_assert_int_eq(epoll_tells(ep, 0), 0);
	n = fill_up(p.client);
	(void)epoll_tells(ep, 0);
	ck_assert_int_eq(epoll_tells(ep, 0), 0);
	drain(p.server, n);
	ck_assert_int_eq(epoll_tells(ep, LONG_MS), W);
	ck_assert_int_ge(fill(p.client), 1);
	close(ep);
}
END_TEST

START_TEST(one_shot_is_one_until_it_is_armed_again)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLONESHOT };
	int ep = epoll_add(p.server, ev.events);

	put(p.client, "one");
	ck_assert_int_eq(epoll_tells(ep, LONG_MS), R);
	put(p.client, "two");
	take(p.server, "one");
	take(p.server, "two");
	put(p.client, "three");
	await(p.server, POLLIN);
	ck_assert_int_eq(epoll_tells(ep, 0), 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_MOD, p.server, &ev), 0);
	ck_assert_int_eq(epoll_tells(ep, 0), R);
	close(ep);
}
END_TEST

START_TEST(a_listener_has_an_edge_for_each)
{
	int ep = epoll_add(p.listener, EPOLLIN | EPOLLET);
	int fds[5], i;

	for (i = 0; i < 5; i++) {
		fds[i] = new_socket(AF_INET, ONE_TO_ONE);
		ck_assert_int_eq(connect_to(fds[i], "127.0.0.1",
		    port_of(p.listener)), 0);
		ck_assert_int_eq(epoll_tells(ep, LONG_MS), R);
	}
	for (i = 0; i < 5; i++) {
		close(accept(p.listener, NULL, NULL));
		close(fds[i]);
	}
	ck_assert_int_eq(shows(p.listener), 0);
	close(ep);
}
END_TEST

START_TEST(the_end_of_an_attempt_is_an_edge)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int ep = epoll_add(fd, EPOLLIN | EPOLLOUT | EPOLLET);
	struct epoll_event ev;

	(void)epoll_wait(ep, &ev, 1, 0);
	set_nonblocking(fd);
	ck_fails(connect_to(fd, "127.0.0.1", port_of(p.listener)),
	    EINPROGRESS);
	ck_assert_int_eq(epoll_tells(ep, LONG_MS), W);
	ck_assert_int_eq(agrees(fd), 0);
	close(fd);
	close(ep);
}
END_TEST

/*
 * Readable exactly where recv would not wait
 */

START_TEST(what_nobody_asked_for_is_not_shown)
{
	int peer, many = many_with(&peer);

	/* An association came up; and ends. */
	put(peer, "one");
	take(many, "one");
	ck_assert_int_eq(agrees(many), 0);
	close(peer);
	while (poll_for(many, POLLIN, 300) != 0)
		ck_assert_int_eq(agrees(many), 1);
	ck_assert_int_eq(agrees(many), 0);
	close(many);
}
END_TEST

START_TEST(what_was_asked_for_is_shown)
{
	/* Data and associations. */
	const unsigned char on[2] = { 1, 1 };
	const unsigned char off[2] = { 1, 0 };
	int many = listener_at("127.0.0.1", ONE_TO_MANY);
	int peer = new_socket(AF_INET, ONE_TO_ONE), flags;
	char buf[256];

	ck_assert_int_eq(setsockopt(many, IPPROTO_SCTP, EVENTS, on,
	    sizeof(on)), 0);
	ck_assert_int_eq(agrees(many), 0);
	ck_assert_int_eq(connect_to(peer, "127.0.0.1", port_of(many)), 0);
	await(many, POLLIN);
	ck_assert_int_eq(agrees(many), 1);
	/* In two parts. */
	ck_assert_int_eq(receive(many, buf, 8, 0, &flags), 8);
	ck_assert_int_eq(flags & (MSG_NOTE | MSG_EOR), MSG_NOTE);
	ck_assert_int_eq(agrees(many), 1);
	ck_assert_int_gt(receive(many, buf, sizeof(buf), 0, &flags), 0);
	ck_assert_int_eq(flags & (MSG_NOTE | MSG_EOR), MSG_NOTE | MSG_EOR);
	ck_assert_int_eq(agrees(many), 0);
	/* What waits when it is asked for no more is there, or is not. */
	close(peer);
	await(many, POLLIN);
	ck_assert_int_eq(setsockopt(many, IPPROTO_SCTP, EVENTS, off,
	    sizeof(off)), 0);
	while (agrees(many))
		ck_assert_int_gt(receive(many, buf, sizeof(buf), 0, NULL), 0);
	close(many);
}
END_TEST

START_TEST(parts_and_looks_leave_it_readable)
{
	int ep = epoll_add(p.server, EPOLLIN | EPOLLET);
	char buf[16];
	int n;

	put(p.client, "abcdef");
	await(p.server, POLLIN);
	ck_assert_int_eq(agrees(p.server), 1);
	ck_assert_int_eq(receive(p.server, buf, 16, MSG_PEEK, NULL), 6);
	ck_assert_int_eq(agrees(p.server), 1);
	ck_assert_int_eq(receive(p.server, buf, 2, 0, NULL), 2);
	ck_assert_int_eq(agrees(p.server), 1);
	ck_assert_int_eq(ioctl(p.server, FIONREAD, &n), 0);
	ck_assert_int_eq(n, 4);
	ck_assert_int_eq(agrees(p.server), 1);
	ck_assert_int_eq(receive(p.server, buf, 16, 0, NULL), 4);
	ck_assert_int_eq(agrees(p.server), 0);
	ck_assert_int_eq(ioctl(p.server, FIONREAD, &n), 0);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(agrees(p.server), 0);
	close(ep);
}
END_TEST

struct peeloff {
	int32_t id;
	int fd;
};

START_TEST(peeled_off_it_takes_its_messages_along)
{
	struct {
		struct cmsghdr h;
		uint8_t bytes[64];
	} c;
	struct iovec iov = { &c, 0 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &c, .msg_controllen = sizeof(c) };
	const unsigned char on[1] = { 1 };
	struct peeloff arg;
	socklen_t len = sizeof(arg);
	int peer, many = many_with(&peer);
	char byte;

	ck_assert_int_eq(setsockopt(many, IPPROTO_SCTP, EVENTS, on,
	    sizeof(on)), 0);
	put(peer, "a");
	await(many, POLLIN);
	iov.iov_base = &byte;
	iov.iov_len = 1;
	ck_assert_int_eq(recvmsg(many, &m, 0), 1);
	/* sinfo_assoc_id is the last of struct sctp_sndrcvinfo. */
	memcpy(&arg.id, (char *)CMSG_DATA(&c.h) + 28, sizeof(arg.id));
	put(peer, "b");
	await(many, POLLIN);
	ck_assert_int_ge(getsockopt(many, IPPROTO_SCTP, PEELOFF, &arg, &len),
	    0);
	ck_assert_int_eq(agrees(many), 0);
	ck_assert_int_eq(agrees(arg.fd), 1);
	take(arg.fd, "b");
	ck_assert_int_eq(agrees(arg.fd), 0);
	put(peer, "c");
	take(arg.fd, "c");
	close(peer);
	take_end(arg.fd);
	ck_assert_int_eq(agrees(arg.fd), 1);
	close(arg.fd);
	close(many);
}
END_TEST

START_TEST(the_end_stays)
{
	int i;

	put(p.client, "last");
	ck_assert_int_eq(close(p.client), 0);
	take(p.server, "last");
	await(p.server, POLLIN);
	for (i = 0; i < 5; i++) {
		take_end(p.server);
		ck_assert_int_eq(agrees(p.server), 1);
	}
	p.client = new_socket(AF_INET, ONE_TO_ONE);
}
END_TEST

START_TEST(shut_for_writing_it_is_readable_to_the_end)
{
	ck_assert_int_eq(shutdown(p.client, SHUT_WR), 0);
	take_end(p.server);
	ck_assert_int_eq(agrees(p.server), 1);
	await(p.client, POLLIN);
	ck_assert_int_eq(agrees(p.client), 1);
	take_end(p.client);
}
END_TEST

static void
abort_client(void)
{
	struct linger l = { .l_onoff = 1, .l_linger = 0 };

	ck_assert_int_eq(setsockopt(p.client, SOL_SOCKET, SO_LINGER, &l,
	    sizeof(l)), 0);
	ck_assert_int_eq(close(p.client), 0);
	p.client = new_socket(AF_INET, ONE_TO_ONE);
}

START_TEST(an_error_that_waits_is_shown_until_it_is_told)
{
	socklen_t len = sizeof(int);
	int err = 0;
	char c;

	ck_assert_int_eq(agrees(p.server), 0);
	abort_client();
	ck_assert_int_ne(poll_for(p.server, POLLIN, LONG_MS), 0);
	/* By SO_ERROR, or by a call: once. */
	if (_i == 0) {
		ck_assert_int_eq(getsockopt(p.server, SOL_SOCKET, SO_ERROR,
		    &err, &len), 0);
		ck_assert_int_eq(err, ECONNRESET);
	} else {
		ck_fails(receive(p.server, &c, 1, 0, NULL), ECONNRESET);
	}
	if (!gs_test_on_kernel())
		ck_assert_int_eq(agrees(p.server), 1);
	ck_assert_int_eq(getsockopt(p.server, SOL_SOCKET, SO_ERROR, &err,
	    &len), 0);
	ck_assert_int_eq(err, 0);
}
END_TEST

START_TEST(a_refusal_is_shown_until_it_is_told)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int gone = new_socket(AF_INET, ONE_TO_ONE), port, err;
	socklen_t len = sizeof(err);

	ck_assert_int_eq(bind_to(gone, "127.0.0.1", 0), 0);
	port = port_of(gone);
	close(gone);
	set_nonblocking(fd);
	ck_assert_int_eq(shows(fd), 0);
	ck_fails(connect_to(fd, "127.0.0.1", port), EINPROGRESS);
	ck_assert_int_ne(poll_for(fd, POLLIN | POLLOUT, LONG_MS), 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len), 0);
	ck_assert_int_eq(err, ECONNREFUSED);
	ck_assert_int_eq(shows(fd), 0);
	ck_assert_int_eq(agrees(fd), 0);
	close(fd);
}
END_TEST

/*
 * A million messages
 */

#define STREAMED (600000 / BESIDE_SLOW / BESIDE_SLOW)
#define PLAYED (200000 / BESIDE_SLOW / BESIDE_SLOW)

static atomic_int failed;

/* Each has its number, so that one that is lost is not another. */
static int
stream(int fd)
{
	uint32_t i;

	for (i = 0; i < STREAMED; i++)
		if (send(fd, &i, sizeof(i), 0) != sizeof(i))
			return -1;
	return 0;
}

/* Edges alone are waited for; after each, everything is read. */
static uint32_t
read_by_edges(int ep, int fd, uint32_t next, uint32_t end)
{
	uint32_t got;
	ssize_t n;

	while (next < end) {
		ck_assert_int_eq(epoll_tells(ep, LONG_MS), R);
		while ((n = receive(fd, &got, sizeof(got), 0, NULL)) > 0) {
			ck_assert_int_eq(n, sizeof(got));
			ck_assert_uint_eq(got, next++);
		}
		ck_assert_int_eq(errno, EAGAIN);
	}
	return next;
}

START_TEST(no_edge_is_lost_in_a_stream)
{
	int ep = epoll_add(p.server, EPOLLIN | EPOLLET);
	struct beside b;

	beside_start(&b, stream, p.client);
	(void)read_by_edges(ep, p.server, 0, STREAMED);
	ck_assert_int_eq(beside_join(&b), 0);
	close(ep);
}
END_TEST

/* Both ways at once, by edges of one descriptor, on both sides. */
static int
sent_and_read(int fd, uint32_t count)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	uint32_t out = 0, in = 0, got;
	int ep = epoll_create1(0);

	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) != 0)
		return -1;
	while (in < count || out < count) {
		if (epoll_wait(ep, &ev, 1, LONG_MS) != 1)
			return -2;
		while (receive(fd, &got, sizeof(got), 0, NULL) > 0)
			if (got != in++)
				return -3;
		while (out < count && send(fd, &out, sizeof(out),
			   MSG_DONTWAIT) == sizeof(out))
			out++;
		if (out < count && errno != EAGAIN)
			return -4;
	}
	close(ep);
	return 0;
}

static int
both_ways(int fd)
{
	return sent_and_read(fd, PLAYED);
}

START_TEST(no_edge_is_lost_both_ways)
{
	struct beside b;

	beside_start(&b, both_ways, p.client);
	ck_assert_int_eq(both_ways(p.server), 0);
	ck_assert_int_eq(beside_join(&b), 0);
}
END_TEST

/* One message an edge, and the next comes when this one is answered. */
static int
answer(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	int ep = epoll_create1(0);
	uint32_t i, got;

	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) != 0)
		return -1;
	for (i = 0; i < PLAYED / 2; i++) {
		if (epoll_wait(ep, &ev, 1, LONG_MS) != 1)
			return -2;
		if (receive(fd, &got, sizeof(got), 0, NULL) !=
		    sizeof(got) || got != i)
			return -3;
		if (send(fd, &got, sizeof(got), 0) != sizeof(got))
			return -4;
	}
	close(ep);
	return 0;
}

START_TEST(no_edge_is_lost_where_each_is_one_message)
{
	int ep = epoll_add(p.client, EPOLLIN | EPOLLET);
	struct beside b;
	uint32_t i, got;

	beside_start(&b, answer, p.server);
	for (i = 0; i < PLAYED / 2; i++) {
		ck_assert_int_eq(send(p.client, &i, sizeof(i), 0), sizeof(i));
		ck_assert_int_eq(epoll_tells(ep, LONG_MS), R);
		ck_assert_int_eq(receive(p.client, &got, sizeof(got), 0,
		    NULL), sizeof(got));
		ck_assert_uint_eq(got, i);
	}
	ck_assert_int_eq(beside_join(&b), 0);
	close(ep);
}
END_TEST

/* Several threads, copies of one descriptor, one shot each. */
#define TAKERS 3

static int shared_ep;
static atomic_uint taken;

static void *
take_shared(void *arg)
{
	struct epoll_event ev;
	uint32_t got;

	(void)arg;
	while (atomic_load(&taken) < PLAYED) {
		if (epoll_wait(shared_ep, &ev, 1, 100) != 1)
			continue;
		while (receive(ev.data.fd, &got, sizeof(got), 0, NULL) > 0)
			atomic_fetch_add(&taken, 1);
		ev.events = EPOLLIN | EPOLLET | EPOLLONESHOT;
		if (epoll_ctl(shared_ep, EPOLL_CTL_MOD, ev.data.fd, &ev) != 0)
			atomic_fetch_add(&failed, 1);
	}
	return NULL;
}

START_TEST(several_threads_read_copies_by_edges)
{
	pthread_t t[TAKERS];
	int copy = dup(p.server);
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET | EPOLLONESHOT,
		.data.fd = copy };
	uint32_t i;

	atomic_store(&taken, 0);
	atomic_store(&failed, 0);
	shared_ep = epoll_add(p.server, ev.events);
	ck_assert_int_eq(epoll_ctl(shared_ep, EPOLL_CTL_ADD, copy, &ev), 0);
	for (i = 0; i < TAKERS; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, take_shared,
		    NULL), 0);
	for (i = 0; i < PLAYED; i++)
		ck_assert_int_eq(send(p.client, &i, sizeof(i), 0), sizeof(i));
	for (i = 0; i < TAKERS; i++)
		ck_assert_int_eq(pthread_join(t[i], NULL), 0);
	ck_assert_uint_eq(atomic_load(&taken), PLAYED);
	ck_assert_int_eq(atomic_load(&failed), 0);
	close(copy);
	close(shared_ep);
}
END_TEST

/*
 * Nothing spins
 */

static uint64_t
cpu_ms(void)
{
	struct rusage u;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &u), 0);
	return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 +
	    (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

static int
wait_recv(int fd)
{
	char c;

	return (int)recv(fd, &c, 1, 0);
}

static int
wait_accept(int fd)
{
	return accept(fd, NULL, NULL);
}

static int
wait_poll(int fd)
{
	return poll_for(fd, POLLIN, LONG_MS);
}

static int
wait_epoll(int ep)
{
	return epoll_tells(ep, LONG_MS);
}

#define IDLE_MS 2000
#define IDLE_CPU_MS (10 * BESIDE_SLOW)

START_TEST(who_waits_costs_nothing)
{
	int ep = epoll_add(p.server, EPOLLIN);
	struct beside in_recv, in_accept, in_poll, in_epoll;
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	uint64_t before;

	beside_begin(&in_recv, wait_recv, p.client);
	beside_begin(&in_accept, wait_accept, p.listener);
	beside_begin(&in_poll, wait_poll, p.server);
	beside_begin(&in_epoll, wait_epoll, ep);
	before = cpu_ms();
	(void)poll(NULL, 0, IDLE_MS);
	ck_assert_uint_le(cpu_ms() - before, IDLE_CPU_MS);

	put(p.client, "x");
	ck_assert_int_eq(beside_join(&in_poll), POLLIN);
	ck_assert_int_eq(beside_join(&in_epoll), R);
	put(p.server, "x");
	ck_assert_int_eq(beside_join(&in_recv), 1);
	ck_assert_int_eq(connect_to(fd, "127.0.0.1", port_of(p.listener)), 0);
	close(beside_join(&in_accept));
	close(fd);
	close(ep);
}
END_TEST

START_TEST(a_loop_with_nothing_to_do_does_not_turn)
{
	int ep = epoll_add(p.server, EPOLLIN);
	struct epoll_event ev = { .events = EPOLLIN };
	uint64_t end;
	int i, turns = 0;

	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, p.client, &ev), 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, p.listener, &ev), 0);
	for (i = 0; i < 1000; i++) {
		put(p.client, "x");
		take(p.server, "x");
		put(p.server, "y");
		take(p.client, "y");
	}
	end = beside_now_ms() + IDLE_MS;
	while (beside_now_ms() < end) {
		ck_assert_int_eq(epoll_wait(ep, &ev, 1, IDLE_MS), 0);
		turns++;
	}
	ck_assert_int_le(turns, 2);
	close(ep);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ready");
	TCase *tc = tcase_create("states");

	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, one_to_one_shows_each_of_the_four_states);
	tcase_add_test(tc, one_to_many_shows_each_of_the_four_states);
	tcase_add_test(tc, a_listener_is_readable_where_accept_does_not_wait);
	tcase_add_test(tc, copies_show_the_same);
	suite_add_tcase(s, tc);

	tc = tcase_create("edges");
	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, each_arrival_is_an_edge);
	tcase_add_test(tc, room_is_an_edge);
	tcase_add_test(tc, one_shot_is_one_until_it_is_armed_again);
	tcase_add_test(tc, a_listener_has_an_edge_for_each);
	tcase_add_test(tc, the_end_of_an_attempt_is_an_edge);
	suite_add_tcase(s, tc);

	tc = tcase_create("agrees");
	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, what_nobody_asked_for_is_not_shown);
	tcase_add_test(tc, what_was_asked_for_is_shown);
	tcase_add_test(tc, parts_and_looks_leave_it_readable);
	tcase_add_test(tc, peeled_off_it_takes_its_messages_along);
	tcase_add_test(tc, the_end_stays);
	tcase_add_test(tc, shut_for_writing_it_is_readable_to_the_end);
	tcase_add_loop_test(tc, an_error_that_waits_is_shown_until_it_is_told,
	    0, 2);
	tcase_add_test(tc, a_refusal_is_shown_until_it_is_told);
	suite_add_tcase(s, tc);

	tc = tcase_create("million");
	tcase_set_timeout(tc, 240);
	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, no_edge_is_lost_in_a_stream);
	tcase_add_test(tc, no_edge_is_lost_both_ways);
	tcase_add_test(tc, no_edge_is_lost_where_each_is_one_message);
	tcase_add_test(tc, several_threads_read_copies_by_edges);
	suite_add_tcase(s, tc);

	tc = tcase_create("idle");
	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, who_waits_costs_nothing);
	tcase_add_test(tc, a_loop_with_nothing_to_do_does_not_turn);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
