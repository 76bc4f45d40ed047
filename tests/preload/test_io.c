/*
 * Messages of a program that calls libc's sockets: sent, received, in parts,
 * with ancillary data, waiting and not, with the kernel's errno.  With
 * PRELOAD_KERNEL=1, where the kernel has SCTP, the same is the kernel's.
 */

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "check_main.h"
#include "plain.h"
#include "preload.h"

/* As <netinet/sctp.h> has them. */
enum {
	CMSG_INIT = 0,
	CMSG_SNDRCV = 1,
	CMSG_SNDINFO = 2,
	CMSG_PRINFO = 5,
	CMSG_AUTHINFO = 6,
	UNORDERED = 1,
	ADDR_OVER = 2,
	ABORT = 4,
	SENDALL = 0x40,
	END = 0x200,
};

struct sndinfo {
	uint16_t sid, flags;
	uint32_t ppid, context;
	int32_t assoc_id;
};

struct initmsg {
	uint16_t num_ostreams, max_instreams, max_attempts, max_init_timeo;
};

static struct pair p;
static char buf[300000];

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

/* Both ends blocking, and the next call of fd waits at most so long. */
static void
limit(int fd, int option, int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, option, &tv, sizeof(tv)),
	    0);
}

static void
expect(int fd, const char *text)
{
	char got[64];
	ssize_t n = recv(fd, got, sizeof(got), 0);

	ck_assert_int_eq(n, (ssize_t)strlen(text));
	ck_assert_mem_eq(got, text, strlen(text));
}

/* One message with one record of ancillary data. */
static ssize_t
send_with(int fd, const struct at *to, const char *text, int type,
    const void *record, size_t len)
{
	union {
		struct cmsghdr h;
		char bytes[256];
	} c;
	struct iovec iov = { (void *)(uintptr_t)text, strlen(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	memset(&c, 0, sizeof(c));
	c.h.cmsg_level = IPPROTO_SCTP;
	c.h.cmsg_type = type;
	c.h.cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(&c.h), record, len);
	m.msg_control = c.bytes;
	m.msg_controllen = CMSG_SPACE(len);
	if (to != NULL) {
		m.msg_name = (void *)(uintptr_t)&to->sa;
		m.msg_namelen = to->len;
	}
	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

/*
 * One message after another
 */

START_TEST(a_message_arrives_whole_by_every_call)
{
	struct iovec out[2] = { { (void *)(uintptr_t)"ab", 2 },
		{ (void *)(uintptr_t)"cde", 3 } };
	struct iovec in[3] = { { buf, 1 }, { buf + 10, 0 }, { buf + 20, 9 } };
	struct msghdr m = { .msg_iov = out, .msg_iovlen = 2 };

	ck_assert_int_eq(send(p.client, "one", 3, 0), 3);
	ck_assert_int_eq(write(p.client, "two", 3), 3);
	ck_assert_int_eq(sendto(p.client, "three", 5, 0, NULL, 0), 5);
	ck_assert_int_eq(sendmsg(p.client, &m, 0), 5);
	ck_assert_int_eq(writev(p.client, out, 2), 5);
	expect(p.server, "one");
	ck_assert_int_eq(read(p.server, buf, sizeof(buf)), 3);
	ck_assert_mem_eq(buf, "two", 3);
	ck_assert_int_eq(recvfrom(p.server, buf, sizeof(buf), 0, NULL, NULL),
	    5);
	ck_assert_mem_eq(buf, "three", 5);
	ck_assert_int_eq(readv(p.server, in, 3), 5);
	ck_assert_int_eq(buf[0], 'a');
	ck_assert_mem_eq(buf + 20, "bcde", 4);
	m.msg_iov = in;
	m.msg_iovlen = 3;
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 5);
	ck_assert_int_eq(m.msg_flags & MSG_EOR, MSG_EOR);
	ck_assert_mem_eq(buf + 20, "bcde", 4);
}
END_TEST

START_TEST(a_message_is_read_in_parts_and_the_last_one_ends_it)
{
	struct iovec iov = { buf, 4 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	ck_assert_int_eq(send(p.client, "abcdefghij", 10, 0), 10);
	ck_assert_int_eq(send(p.client, "next", 4, 0), 4);
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 4);
	ck_assert_int_eq(m.msg_flags & (MSG_EOR | MSG_TRUNC), 0);
	ck_assert_mem_eq(buf, "abcd", 4);
	ck_assert(is_readable(p.server));
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 4);
	ck_assert_int_eq(m.msg_flags & MSG_EOR, 0);
	ck_assert_mem_eq(buf, "efgh", 4);
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 2);
	ck_assert_int_eq(m.msg_flags & MSG_EOR, MSG_EOR);
	ck_assert_mem_eq(buf, "ij", 2);
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 4);
	ck_assert_int_eq(m.msg_flags & MSG_EOR, MSG_EOR);
	ck_assert_mem_eq(buf, "next", 4);
	ck_assert(!is_readable(p.server));
}
END_TEST

START_TEST(peek_leaves_the_message)
{
	ck_assert_int_eq(send(p.client, "abcdef", 6, 0), 6);
	ck_assert_int_eq(recv(p.server, buf, 3, MSG_PEEK), 3);
	ck_assert_mem_eq(buf, "abc", 3);
	ck_assert_int_eq(recv(p.server, buf, 3, 0), 3);
	ck_assert_int_eq(recv(p.server, buf, 9, MSG_PEEK), 3);
	ck_assert_mem_eq(buf, "def", 3);
	ck_assert(is_readable(p.server));
	expect(p.server, "def");
	ck_assert(!is_readable(p.server));
}
END_TEST

START_TEST(fionread_is_the_next_message)
{
	int n = -1;

	ck_assert_int_eq(ioctl(p.server, FIONREAD, &n), 0);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(send(p.client, "abcdef", 6, 0), 6);
	ck_assert_int_eq(send(p.client, "gh", 2, 0), 2);
	ck_assert(poll_for(p.server, POLLIN, LONG_MS) & POLLIN);
	ck_assert_int_eq(ioctl(p.server, FIONREAD, &n), 0);
	ck_assert_int_eq(n, 6);
	ck_assert_int_eq(recv(p.server, buf, 4, 0), 4);
	ck_assert_int_eq(ioctl(p.server, FIONREAD, &n), 0);
	ck_assert_int_eq(n, 2);
	expect(p.server, "ef");
}
END_TEST

START_TEST(a_large_message_arrives_whole)
{
	char *big = malloc(100000);
	size_t done = 0;
	ssize_t n;

	ck_assert_ptr_nonnull(big);
	for (size_t i = 0; i < 100000; i++)
		big[i] = (char)(i * 7 + i / 256);
	ck_assert_int_eq(send(p.client, big, 100000, 0), 100000);
	while (done < 100000) {
		n = recv(p.server, buf + done, sizeof(buf) - done, 0);
		ck_assert_int_gt(n, 0);
		done += (size_t)n;
	}
	ck_assert_uint_eq(done, 100000);
	ck_assert_mem_eq(buf, big, 100000);
	free(big);
}
END_TEST

START_TEST(several_messages_in_one_call)
{
	struct iovec iov[3] = { { buf, 1 }, { buf + 1, 2 }, { buf + 3, 3 } };
	struct iovec room[3] = { { buf + 100, 50 }, { buf + 200, 50 },
		{ buf + 300, 50 } };
	struct mmsghdr v[4];

	memcpy(buf, "abbccc", 6);
	memset(v, 0, sizeof(v));
	for (int i = 0; i < 3; i++) {
		v[i].msg_hdr.msg_iov = &iov[i];
		v[i].msg_hdr.msg_iovlen = 1;
	}
	ck_assert_int_eq(sendmmsg(p.client, v, 3, 0), 3);
	ck_assert_uint_eq(v[2].msg_len, 3);
	for (int i = 0; i < 3; i++)
		v[i].msg_hdr.msg_iov = &room[i];
	ck_assert_int_eq(recvmmsg(p.server, v, 3, 0, NULL), 3);
	ck_assert_uint_eq(v[0].msg_len, 1);
	ck_assert_uint_eq(v[1].msg_len, 2);
	ck_assert_mem_eq(buf + 300, "ccc", 3);
	/* With one there, it does not wait for more. */
	ck_assert_int_eq(send(p.client, "x", 1, 0), 1);
	ck_assert_int_eq(recvmmsg(p.server, v, 3, MSG_WAITFORONE, NULL), 1);
	ck_fails(recvmmsg(p.server, v, 3, MSG_DONTWAIT, NULL), EAGAIN);
	/* An error after the first is not told. */
	iov[1].iov_len = 0;
	v[0].msg_hdr.msg_iov = &iov[0];
	v[1].msg_hdr.msg_iov = &iov[1];
	ck_assert_int_eq(sendmmsg(p.client, v, 2, 0), 1);
	ck_fails(sendmmsg(p.client, v + 1, 1, 0), EINVAL);
}
END_TEST

START_TEST(the_sender_has_the_peers_address)
{
	struct at from = { .len = sizeof(from.v6) };
	struct at cut = { .len = 4 };

	ck_assert_int_eq(send(p.client, "abc", 3, 0), 3);
	ck_assert_int_eq(recvfrom(p.server, buf, 1, 0, &from.sa, &from.len),
	    1);
	ck_assert_str_eq(host_of(&from), "127.0.0.1");
	ck_assert_int_eq(ntohs(from.v4.sin_port), port_of(p.client));
	ck_assert_int_eq(recvfrom(p.server, buf, 9, 0, &cut.sa, &cut.len), 2);
	ck_assert_int_eq(cut.len, sizeof(cut.v4));
	ck_assert_int_eq(cut.v4.sin_port, from.v4.sin_port);
	ck_assert_int_eq(cut.v4.sin_addr.s_addr, 0);
}
END_TEST

START_TEST(a_read_of_nothing_does_not_wait)
{
	ck_assert_int_eq(read(p.server, buf, 0), 0);
	ck_assert_int_eq(readv(p.server, NULL, 0), 0);
}
END_TEST

/*
 * What is wrong
 */

START_TEST(what_makes_no_sense_is_refused)
{
	struct iovec iov = { NULL, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	volatile int parts = 1025;

	ck_fails(send(p.client, buf, 0, 0), EINVAL);
	ck_fails(write(p.client, buf, 0), EINVAL);
	ck_fails(send(p.client, buf, 213000, 0), EMSGSIZE);
	ck_fails(send(p.client, NULL, 1, 0), EFAULT);
	ck_fails(sendmsg(p.client, &m, 0), EFAULT);
	ck_assert_int_eq(send(p.server, "x", 1, 0), 1);
	ck_fails(recv(p.client, NULL, 1, 0), EFAULT);
	m.msg_iovlen = 1025;
	ck_fails(sendmsg(p.client, &m, 0), EMSGSIZE);
	/* The compiler would not have it in plain figures. */
	ck_fails(writev(p.client, &iov, parts), EINVAL);
	parts = -1;
	ck_fails(writev(p.client, &iov, parts), EINVAL);
	ck_fails(recv(p.client, buf, 1, MSG_ERRQUEUE | MSG_DONTWAIT), EAGAIN);
}
END_TEST

START_TEST(a_socket_without_an_association)
{
	int one = new_socket(AF_INET, ONE_TO_ONE);
	int many = new_socket(AF_INET, ONE_TO_MANY);

	ck_fails(send(one, "x", 1, MSG_NOSIGNAL), EPIPE);
	ck_fails(send(many, "x", 1, MSG_NOSIGNAL), EPIPE);
	ck_fails(recv(one, buf, 1, 0), ENOTCONN);
	ck_fails(recv(many, buf, 1, 0), ENOTCONN);
	ck_fails(recv(one, buf, 1, MSG_DONTWAIT), EAGAIN);
	ck_fails(recv(many, buf, 1, MSG_DONTWAIT), EAGAIN);
	ck_fails(recv(p.listener, buf, 1, 0), ENOTCONN);
	ck_fails(send(p.listener, "x", 1, MSG_NOSIGNAL), EPIPE);
	close(one);
	close(many);
}
END_TEST

static atomic_int signals;

static void
on_signal(int sig)
{
	(void)sig;
	(void)atomic_fetch_add(&signals, 1);
}

static void
handle(int sig, int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sa.sa_flags = flags;
	ck_assert_int_eq(sigaction(sig, &sa, NULL), 0);
	atomic_store(&signals, 0);
}

START_TEST(a_broken_pipe_is_a_signal_unless_it_shall_not_be)
{
	int one = new_socket(AF_INET, ONE_TO_ONE);

	handle(SIGPIPE, 0);
	ck_fails(send(one, "x", 1, MSG_NOSIGNAL), EPIPE);
	ck_assert_int_eq(atomic_load(&signals), 0);
	ck_fails(send(one, "x", 1, 0), EPIPE);
	ck_assert_int_eq(atomic_load(&signals), 1);
	ck_fails(write(one, "x", 1), EPIPE);
	ck_assert_int_eq(atomic_load(&signals), 2);
	close(one);
}
END_TEST

START_TEST(ancillary_data_that_is_not_right_is_refused)
{
	struct sndinfo i = { .sid = 0 };
	char more[64] = { 0 };

	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, &i,
	    sizeof(i) - 4), EINVAL);
	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, more,
	    sizeof(i) + 4), EINVAL);
	ck_fails(send_with(p.client, NULL, "x", 99, more, 8), EINVAL);
	ck_fails(send_with(p.client, NULL, "x", 4, more, 16), EINVAL);
	i.flags = 0x1000;
	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = END;
	ck_fails(send_with(p.client, NULL, "", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = ABORT;
	ck_fails(send_with(p.client, NULL, "", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = ADDR_OVER;
	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = 0;
	i.sid = 9999;
	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.sid = 1;
	i.flags = UNORDERED;
	ck_assert_int_eq(send_with(p.client, NULL, "right", CMSG_SNDINFO, &i,
	    sizeof(i)), 5);
	expect(p.server, "right");
}
END_TEST

/*
 * Waiting
 */

START_TEST(a_call_that_shall_not_wait_does_not)
{
	ck_fails(recv(p.server, buf, 1, MSG_DONTWAIT), EAGAIN);
	set_nonblocking(p.server);
	ck_fails(recv(p.server, buf, 1, 0), EAGAIN);
	ck_fails(read(p.server, buf, 1), EAGAIN);
}
END_TEST

START_TEST(a_receive_that_is_limited_ends)
{
	limit(p.server, SO_RCVTIMEO, 50);
	ck_fails(recv(p.server, buf, 1, 0), EAGAIN);
	ck_assert_int_eq(send(p.client, "x", 1, 0), 1);
	expect(p.server, "x");
}
END_TEST

static size_t
fill(int fd)
{
	size_t n = 0;

	while (send(fd, buf, 10000, MSG_DONTWAIT) == 10000)
		n++;
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_uint_gt(n, 0);
	return n;
}

START_TEST(a_send_that_is_limited_ends)
{
	(void)fill(p.client);
	limit(p.client, SO_SNDTIMEO, 50);
	/* Some room may come: as long as the peer's side takes it. */
	while (send(p.client, buf, 10000, 0) == 10000)
		;
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

static void *
drain(void *arg)
{
	size_t left = *(size_t *)arg;
	char got[4096];
	ssize_t n;

	while (left > 0) {
		n = recv(p.server, got, sizeof(got), 0);
		if (n <= 0)
			break;
		left -= (size_t)n;
	}
	*(size_t *)arg = left;
	return NULL;
}

START_TEST(a_send_waits_for_room_and_a_writable_socket_has_some)
{
	size_t left = (fill(p.client) + 1) * 10000;
	pthread_t t;

	ck_assert(!is_writable(p.client));
	ck_assert_int_eq(pthread_create(&t, NULL, drain, &left), 0);
	ck_assert_int_eq(send(p.client, buf, 10000, 0), 10000);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	ck_assert_uint_eq(left, 0);
	ck_assert(poll_for(p.client, POLLOUT, LONG_MS) & POLLOUT);
}
END_TEST

/* Interrupts its maker again and again; or three times, and then sends. */
struct interrupter {
	pthread_t maker;
	int send_to;		/* or -1 */
	atomic_bool is_over;
};

static void *
interrupt(void *arg)
{
	struct interrupter *i = arg;
	int n;

	for (n = 0; !atomic_load(&i->is_over); n++) {
		if (i->send_to >= 0 && n == 3)
			break;
		(void)usleep(5000);
		(void)pthread_kill(i->maker, SIGUSR1);
	}
	if (i->send_to >= 0)
		(void)send(i->send_to, "after", 5, 0);
	return NULL;
}

START_TEST(a_signal_ends_a_wait)
{
	struct interrupter i = { .maker = pthread_self(), .send_to = -1 };
	pthread_t t;

	handle(SIGUSR1, 0);
	ck_assert_int_eq(pthread_create(&t, NULL, interrupt, &i), 0);
	ck_fails(recv(p.server, buf, 1, 0), EINTR);
	atomic_store(&i.is_over, true);
	ck_assert_int_eq(pthread_join(t, NULL), 0);

	(void)fill(p.client);
	atomic_store(&i.is_over, false);
	handle(SIGUSR1, 0);
	ck_assert_int_eq(pthread_create(&t, NULL, interrupt, &i), 0);
	while (send(p.client, buf, 10000, 0) == 10000)
		;
	ck_assert_int_eq(errno, EINTR);
	atomic_store(&i.is_over, true);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
}
END_TEST

START_TEST(a_signal_with_sa_restart_does_not_end_a_wait)
{
	struct interrupter i = { .maker = pthread_self(),
		.send_to = p.client };
	pthread_t t;

	handle(SIGUSR1, SA_RESTART);
	ck_assert_int_eq(pthread_create(&t, NULL, interrupt, &i), 0);
	expect(p.server, "after");
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	ck_assert_int_ge(atomic_load(&signals), 1);
}
END_TEST

START_TEST(a_limited_wait_ends_with_any_signal)
{
	struct interrupter i = { .maker = pthread_self(), .send_to = -1 };
	pthread_t t;

	handle(SIGUSR1, SA_RESTART);
	limit(p.server, SO_RCVTIMEO, LONG_MS);
	ck_assert_int_eq(pthread_create(&t, NULL, interrupt, &i), 0);
	ck_fails(recv(p.server, buf, 1, 0), EINTR);
	atomic_store(&i.is_over, true);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
}
END_TEST

static int
watch_edges(int fd)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };
	int ep = epoll_create1(0);

	ck_assert_int_ge(ep, 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e), 0);
	return ep;
}

static int
edges(int ep, int ms)
{
	struct epoll_event e;
	int n = epoll_wait(ep, &e, 1, ms);

	ck_assert_int_ge(n, 0);
	return n;
}

START_TEST(what_comes_behind_an_unread_message_is_an_edge)
{
	int ep = watch_edges(p.server);

	ck_assert_int_eq(send(p.client, "one", 3, 0), 3);
	ck_assert_int_eq(edges(ep, LONG_MS), 1);
	ck_assert_int_eq(edges(ep, 0), 0);
	ck_assert_int_eq(send(p.client, "two", 3, 0), 3);
	ck_assert_int_eq(edges(ep, LONG_MS), 1);
	expect(p.server, "one");
	expect(p.server, "two");
	ck_assert(!is_readable(p.server));
	ck_assert_int_eq(send(p.client, "three", 5, 0), 5);
	ck_assert_int_eq(edges(ep, LONG_MS), 1);
	expect(p.server, "three");
	close(ep);
}
END_TEST

#define MANY 20000

static void *
send_many(void *arg)
{
	int fd = *(int *)arg;

	for (uint32_t i = 0; i < MANY; i++)
		if (send(fd, &i, sizeof(i), 0) != sizeof(i))
			break;
	return NULL;
}

START_TEST(no_message_is_missed_by_who_waits_for_edges)
{
	int ep = watch_edges(p.server);
	uint32_t i, n = 0;
	pthread_t t;

	ck_assert_int_eq(pthread_create(&t, NULL, send_many, &p.client), 0);
	while (n < MANY) {
		ck_assert_int_eq(edges(ep, LONG_MS), 1);
		while (recv(p.server, &i, sizeof(i), MSG_DONTWAIT) ==
		    sizeof(i))
			ck_assert_uint_eq(i, n++);
		ck_assert_int_eq(errno, EAGAIN);
	}
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	close(ep);
}
END_TEST

/*
 * The end
 */

START_TEST(the_end_comes_after_the_last_message_and_stays)
{
	struct at from = { .len = sizeof(from.v6) };
	struct iovec iov = { buf, 9 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	ck_assert_int_eq(send(p.client, "last", 4, 0), 4);
	ck_assert_int_eq(close(p.client), 0);
	expect(p.server, "last");
	m.msg_name = &from.sa;
	m.msg_namelen = from.len;
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 0);
	ck_assert_int_eq(m.msg_flags, 0);
	ck_assert_int_eq(m.msg_namelen, 0);
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
	ck_assert_int_eq(read(p.server, buf, 9), 0);
	ck_assert(is_readable(p.server));
	p.client = dup(p.listener);
}
END_TEST

START_TEST(an_abort_is_told_once)
{
	struct linger hard = { .l_onoff = 1 };

	ck_assert_int_eq(setsockopt(p.client, SOL_SOCKET, SO_LINGER, &hard,
	    sizeof(hard)), 0);
	ck_assert_int_eq(close(p.client), 0);
	ck_fails(recv(p.server, buf, 9, 0), ECONNRESET);
	ck_fails(send(p.server, "x", 1, MSG_NOSIGNAL), EPIPE);
	p.client = dup(p.listener);
}
END_TEST

START_TEST(an_abort_is_told_to_who_sends_first)
{
	struct linger hard = { .l_onoff = 1 };

	ck_assert_int_eq(setsockopt(p.client, SOL_SOCKET, SO_LINGER, &hard,
	    sizeof(hard)), 0);
	ck_assert_int_eq(close(p.client), 0);
	ck_assert(poll_for(p.server, POLLIN, LONG_MS) != 0);
	ck_fails(send(p.server, "x", 1, MSG_NOSIGNAL), ECONNRESET);
	ck_fails(send(p.server, "x", 1, MSG_NOSIGNAL), EPIPE);
	p.client = dup(p.listener);
}
END_TEST

START_TEST(the_peers_shutdown_is_the_end_although_data_waits_for_it)
{
	(void)fill(p.server);
	ck_assert_int_eq(shutdown(p.client, SHUT_WR), 0);
	ck_assert(poll_for(p.server, POLLIN, LONG_MS) & POLLIN);
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
	ck_fails(send(p.server, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT),
	    ESHUTDOWN);
	ck_fails(send(p.client, "x", 1, MSG_NOSIGNAL), ESHUTDOWN);
	ck_assert_int_gt(recv(p.client, buf, sizeof(buf), 0), 0);
}
END_TEST

START_TEST(reading_that_is_shut_has_what_came_before)
{
	ck_assert_int_eq(send(p.client, "one", 3, 0), 3);
	ck_assert_int_eq(send(p.client, "two", 3, 0), 3);
	expect(p.server, "one");
	ck_assert_int_eq(recv(p.server, buf, 9, MSG_PEEK), 3);
	ck_assert_int_eq(shutdown(p.server, SHUT_RD), 0);
	expect(p.server, "two");
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
	ck_assert_int_eq(send(p.client, "three", 5, 0), 5);
	ck_assert_int_eq(send(p.server, "back", 4, 0), 4);
	expect(p.client, "back");
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
}
END_TEST

static void *
close_later(void *arg)
{
	(void)usleep(30000);
	(void)close(*(int *)arg);
	return NULL;
}

START_TEST(a_close_by_the_peer_ends_a_wait)
{
	pthread_t t;

	ck_assert_int_eq(pthread_create(&t, NULL, close_later, &p.client), 0);
	ck_assert_int_eq(recv(p.server, buf, 9, 0), 0);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	p.client = dup(p.listener);
}
END_TEST

/*
 * One-to-many
 */

START_TEST(a_message_begins_an_association)
{
	int server = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(server));
	struct at from = { .len = sizeof(from.v6) };

	ck_assert_int_eq(sendto(client, "first", 5, 0, &to.sa, to.len), 5);
	ck_assert_int_eq(sendto(client, "second", 6, 0, &to.sa, to.len), 6);
	ck_assert_int_eq(recvfrom(server, buf, 99, 0, &from.sa, &from.len),
	    5);
	ck_assert_mem_eq(buf, "first", 5);
	ck_assert_int_eq(ntohs(from.v4.sin_port), port_of(client));
	expect(server, "second");
	ck_assert_int_eq(sendto(server, "back", 4, 0, &from.sa, from.len), 4);
	expect(client, "back");
	close(client);
	close(server);
}
END_TEST

START_TEST(a_message_that_does_not_wait_begins_one_too)
{
	int server = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(server));

	set_nonblocking(client);
	ck_assert_int_eq(sendto(client, "first", 5, 0, &to.sa, to.len), 5);
	ck_assert_int_eq(sendto(client, "second", 6, 0, &to.sa, to.len), 6);
	expect(server, "first");
	expect(server, "second");
	close(client);
	close(server);
}
END_TEST

START_TEST(a_one_to_one_socket_can_begin_so_as_well)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	struct at to = at("127.0.0.1", port_of(p.listener));
	struct at other = at("127.0.0.1", port_of(p.client));
	int server;

	ck_assert_int_eq(sendto(fd, "first", 5, 0, &to.sa, to.len), 5);
	server = accept(p.listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	expect(server, "first");
	ck_assert_int_eq(sendto(fd, "more", 4, 0, &to.sa, to.len), 4);
	expect(server, "more");
	ck_assert_int_eq(send(fd, "still", 5, 0), 5);
	expect(server, "still");
	ck_fails(sendto(fd, "x", 1, 0, &other.sa, other.len), EADDRNOTAVAIL);
	close(fd);
	close(server);
}
END_TEST

START_TEST(nobody_there_is_not_this_calls_to_tell)
{
	int client = new_socket(AF_INET, ONE_TO_MANY);
	int gone = listener_at("127.0.0.1", ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(gone));

	close(gone);
	ck_assert_int_eq(sendto(client, "x", 1, 0, &to.sa, to.len), 1);
	close(client);
}
END_TEST

START_TEST(an_address_that_is_none_is_refused)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", 9);
	struct at v6 = at("::1", 9);

	ck_fails(sendto(fd, "x", 1, 0, &to.sa, to.len - 1), EINVAL);
	ck_fails(sendto(fd, "x", 1, 0, &v6.sa, v6.len), EINVAL);
	to.sa.sa_family = AF_UNIX;
	ck_fails(sendto(fd, "x", 1, 0, &to.sa, to.len), EINVAL);
	close(fd);
}
END_TEST

START_TEST(flags_end_an_association_of_one_to_many)
{
	int server = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(server));
	struct sndinfo i = { .flags = END };

	/* That is no way to begin one. */
	ck_fails(send_with(client, &to, "", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = ABORT;
	ck_fails(send_with(client, &to, "", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	ck_assert_int_eq(sendto(client, "x", 1, 0, &to.sa, to.len), 1);
	expect(server, "x");
	i.flags = END;
	ck_fails(send_with(client, &to, "data", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	ck_assert_int_eq(send_with(client, &to, "", CMSG_SNDINFO, &i,
	    sizeof(i)), 0);
	/* To all that there are, which is none or one that ends. */
	i.flags = SENDALL;
	ck_assert_int_ge(send_with(client, NULL, "y", CMSG_SNDINFO, &i,
	    sizeof(i)), 0);
	close(client);
	close(server);
}
END_TEST

START_TEST(sendall_is_one_message_for_each)
{
	int a = listener_at("127.0.0.1", ONE_TO_MANY);
	int b = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to_a = at("127.0.0.1", port_of(a));
	struct at to_b = at("127.0.0.1", port_of(b));
	struct sndinfo i = { .flags = SENDALL };

	ck_assert_int_eq(sendto(client, "a", 1, 0, &to_a.sa, to_a.len), 1);
	ck_assert_int_eq(sendto(client, "b", 1, 0, &to_b.sa, to_b.len), 1);
	expect(a, "a");
	expect(b, "b");
	ck_assert_int_eq(send_with(client, NULL, "all", CMSG_SNDINFO, &i,
	    sizeof(i)), 3);
	expect(a, "all");
	expect(b, "all");
	close(client);
	close(a);
	close(b);
}
END_TEST

START_TEST(init_goes_for_the_one_attempt)
{
	int server = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(server));
	struct initmsg init = { .num_ostreams = 3 };
	struct sndinfo i = { .sid = 2 };
	struct iovec iov = { (void *)(uintptr_t)"on 2", 4 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(sizeof(init)) + CMSG_SPACE(sizeof(i))];
	} c;
	struct cmsghdr *h;

	memset(&c, 0, sizeof(c));
	m.msg_control = c.bytes;
	m.msg_controllen = sizeof(c.bytes);
	m.msg_name = &to.sa;
	m.msg_namelen = to.len;
	h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = IPPROTO_SCTP;
	h->cmsg_type = CMSG_INIT;
	h->cmsg_len = CMSG_LEN(sizeof(init));
	memcpy(CMSG_DATA(h), &init, sizeof(init));
	h = CMSG_NXTHDR(&m, h);
	h->cmsg_level = IPPROTO_SCTP;
	h->cmsg_type = CMSG_SNDINFO;
	h->cmsg_len = CMSG_LEN(sizeof(i));
	memcpy(CMSG_DATA(h), &i, sizeof(i));
	ck_assert_int_eq(sendmsg(client, &m, 0), 4);
	expect(server, "on 2");
	i.sid = 3;
	ck_fails(send_with(client, &to, "x", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	close(client);
	close(server);
}
END_TEST

/*
 * Files and pipes
 */

START_TEST(sendfile_moves_the_file_and_its_offset)
{
	FILE *f = tmpfile();
	off_t at = 2;
	size_t done = 0;
	ssize_t n;

	ck_assert_ptr_nonnull(f);
	for (size_t i = 0; i < 10000; i++)
		ck_assert_int_ne(fputc((int)(i % 251), f), EOF);
	ck_assert_int_eq(fflush(f), 0);
	ck_assert_int_eq(lseek(fileno(f), 0, SEEK_SET), 0);
	ck_assert_int_eq(sendfile(p.client, fileno(f), &at, 3), 3);
	ck_assert_int_eq(at, 5);
	ck_assert_int_eq(lseek(fileno(f), 0, SEEK_CUR), 0);
	ck_assert_int_eq(recv(p.server, buf, sizeof(buf), 0), 3);
	ck_assert_int_eq(buf[0], 2);
	n = sendfile(p.client, fileno(f), NULL, 20000);
	ck_assert_int_eq(n, 10000);
	ck_assert_int_eq(lseek(fileno(f), 0, SEEK_CUR), 10000);
	while (done < 10000) {
		n = recv(p.server, buf + done, sizeof(buf) - done, 0);
		ck_assert_int_gt(n, 0);
		done += (size_t)n;
	}
	for (size_t i = 0; i < 10000; i++)
		ck_assert_int_eq((unsigned char)buf[i], (int)(i % 251));
	ck_assert_int_eq(sendfile(p.client, fileno(f), NULL, 1), 0);
	ck_assert_int_eq(fclose(f), 0);
}
END_TEST

START_TEST(splice_moves_a_pipe_into_a_socket_and_out_of_one)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], "through", 7), 7);
	ck_assert_int_eq(splice(fds[0], NULL, p.client, NULL, 100, 0), 7);
	expect(p.server, "through");
	ck_fails(splice(fds[0], NULL, p.client, NULL, 100,
	    SPLICE_F_NONBLOCK), EAGAIN);
	ck_assert_int_eq(send(p.client, "back", 4, 0), 4);
	ck_assert_int_eq(splice(p.server, NULL, fds[1], NULL, 100, 0), 4);
	ck_assert_int_eq(read(fds[0], buf, 9), 4);
	ck_assert_mem_eq(buf, "back", 4);
	close(fds[1]);
	ck_assert_int_eq(splice(fds[0], NULL, p.client, NULL, 100, 0), 0);
	close(fds[0]);
}
END_TEST

START_TEST(what_a_full_socket_does_not_take_stays_in_the_pipe)
{
	int fds[2], n = -1;

	(void)fill(p.client);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], buf, 3000), 3000);
	set_nonblocking(p.client);
	ck_fails(splice(fds[0], NULL, p.client, NULL, 3000, 0), EAGAIN);
	ck_assert_int_eq(ioctl(fds[0], FIONREAD, &n), 0);
	ck_assert_int_eq(n, 3000);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("preload_io");
	TCase *tc = tcase_create("messages");

	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_message_arrives_whole_by_every_call);
	tcase_add_test(tc,
	    a_message_is_read_in_parts_and_the_last_one_ends_it);
	tcase_add_test(tc, peek_leaves_the_message);
	tcase_add_test(tc, fionread_is_the_next_message);
	tcase_add_test(tc, a_large_message_arrives_whole);
	tcase_add_test(tc, several_messages_in_one_call);
	tcase_add_test(tc, the_sender_has_the_peers_address);
	tcase_add_test(tc, a_read_of_nothing_does_not_wait);
	tcase_add_test(tc, what_makes_no_sense_is_refused);
	tcase_add_test(tc, a_socket_without_an_association);
	tcase_add_test(tc,
	    a_broken_pipe_is_a_signal_unless_it_shall_not_be);
	tcase_add_test(tc, ancillary_data_that_is_not_right_is_refused);
	suite_add_tcase(s, tc);

	tc = tcase_create("waiting");
	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_call_that_shall_not_wait_does_not);
	tcase_add_test(tc, a_receive_that_is_limited_ends);
	tcase_add_test(tc, a_send_that_is_limited_ends);
	tcase_add_test(tc,
	    a_send_waits_for_room_and_a_writable_socket_has_some);
	tcase_add_test(tc, a_signal_ends_a_wait);
	tcase_add_test(tc, a_signal_with_sa_restart_does_not_end_a_wait);
	tcase_add_test(tc, a_limited_wait_ends_with_any_signal);
	tcase_add_test(tc,
	    what_comes_behind_an_unread_message_is_an_edge);
	tcase_add_test(tc, no_message_is_missed_by_who_waits_for_edges);
	suite_add_tcase(s, tc);

	tc = tcase_create("the end");
	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc,
	    the_end_comes_after_the_last_message_and_stays);
	tcase_add_test(tc,
	    the_peers_shutdown_is_the_end_although_data_waits_for_it);
	tcase_add_test(tc, reading_that_is_shut_has_what_came_before);
	tcase_add_test(tc, an_abort_is_told_once);
	tcase_add_test(tc, an_abort_is_told_to_who_sends_first);
	tcase_add_test(tc, a_close_by_the_peer_ends_a_wait);
	suite_add_tcase(s, tc);

	tc = tcase_create("begun by a message");
	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_message_begins_an_association);
	tcase_add_test(tc, a_message_that_does_not_wait_begins_one_too);
	tcase_add_test(tc, a_one_to_one_socket_can_begin_so_as_well);
	tcase_add_test(tc, nobody_there_is_not_this_calls_to_tell);
	tcase_add_test(tc, an_address_that_is_none_is_refused);
	tcase_add_test(tc, flags_end_an_association_of_one_to_many);
	tcase_add_test(tc, sendall_is_one_message_for_each);
	tcase_add_test(tc, init_goes_for_the_one_attempt);
	suite_add_tcase(s, tc);

	tc = tcase_create("files");
	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, sendfile_moves_the_file_and_its_offset);
	tcase_add_test(tc,
	    splice_moves_a_pipe_into_a_socket_and_out_of_one);
	tcase_add_test(tc,
	    what_a_full_socket_does_not_take_stays_in_the_pipe);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
