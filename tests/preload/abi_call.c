/*
 * abi_call: arguments that are wrong, and addresses that are taken or not
 * there (abi.h).
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, POLLRDHUP */
#endif

#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

/* What is wrong here is meant. */
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wnonnull"
#pragma GCC diagnostic ignored "-Wstringop-overflow"

static char buf[300000];
static struct sockaddr *const no_addr;

/* A descriptor, or why there is none. */
static const char *
made(int fd)
{
	const char *r;

	if (fd < 0)
		return result(fd);
	r = result(0);
	(void)close(fd);
	return r;
}
#define MADE(name, call) (abi_before(), say("%s: %s", name, made(call)))

static void
sockets(void)
{
	static const int types[] = { 0, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW,
		SOCK_RDM, SOCK_SEQPACKET, 6, 77 };
	char name[64];
	size_t i;
	int pair[2];

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		(void)snprintf(name, sizeof(name), "socket type %d",
		    types[i]);
		if (types[i] != SOCK_RAW)
			MADE(name, new_of(types[i]));
	}
	MADE("socket flags", new_of(abi_type | SOCK_NONBLOCK | SOCK_CLOEXEC));
	MADE("socket bad flags", new_of(abi_type | 0x10000));
	MADE("socket negative type", new_of(-1));
	MADE("socket protocol 0", socket(abi_family, SOCK_SEQPACKET, 0));
	MADE("socket AF_UNIX", socket(AF_UNIX, abi_type, IPPROTO_SCTP));
	MADE("socket AF_UNSPEC", socket(AF_UNSPEC, abi_type, IPPROTO_SCTP));
	MADE("socket AF 99", socket(99, abi_type, IPPROTO_SCTP));
	SAY("socketpair", socketpair(abi_family, abi_type, IPPROTO_SCTP,
	    pair));
}

/* Each call with this descriptor. */
static void
descriptor(const char *what, int fd)
{
	struct sockaddr_storage a = local(0);
	struct sockaddr *sa = (struct sockaddr *)&a;
	struct msghdr m = { 0 };
	socklen_t len = sizeof(a);
	int v = 0;

#define TRY(call) say("%s %s: %s", what, #call, RESULT(call))
	TRY(bind(fd, sa, len_of(&a)));
	TRY(listen(fd, 1));
	TRY(accept(fd, NULL, NULL));
	TRY(accept4(fd, NULL, NULL, 0));
	TRY(connect(fd, sa, len_of(&a)));
	TRY(shutdown(fd, SHUT_WR));
	TRY(shutdown(fd, 9));
	TRY(getsockname(fd, sa, &len));
	TRY(getpeername(fd, sa, &len));
	TRY(getsockopt(fd, SOL_SOCKET, SO_ERROR, &v, &len));
	TRY(getsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, &v, &len));
	TRY(setsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, &v, sizeof(v)));
	TRY(send(fd, "x", 1, 0));
	TRY(sendto(fd, "x", 1, 0, sa, len_of(&a)));
	TRY(sendmsg(fd, &m, 0));
	TRY(recv(fd, buf, 1, MSG_DONTWAIT));
	TRY(recvfrom(fd, buf, 1, MSG_DONTWAIT, NULL, NULL));
	TRY(recvmsg(fd, &m, MSG_DONTWAIT));
#undef TRY
}

static void
bad_pointers(void)
{
	struct ends e = new_ends();
	struct sockaddr_storage a = e.to;
	struct sockaddr *sa = (struct sockaddr *)&a;
	struct msghdr m = { 0 };
	struct iovec v = { NULL, 5 };
	socklen_t len = sizeof(a);
	int fd = new_socket();

	SAY("bind NULL", bind(fd, no_addr, len_of(&a)));
	SAY("bind NULL 0", bind(fd, no_addr, 0));
	SAY("bind len 0", bind(fd, sa, 0));
	SAY("bind len 2", bind(fd, sa, 2));
	SAY("bind len 15", bind(fd, sa, 15));
	SAY("bind len 24", bind(fd, sa, 24));
	SAY("bind len 27", bind(fd, sa, 27));
	SAY("bind len 129", bind(fd, sa, 129));
	SAY("bind len -1", bind(fd, sa, (socklen_t)-1));
	SAY("connect NULL", connect(fd, no_addr, len_of(&a)));
	SAY("connect NULL 0", connect(fd, no_addr, 0));
	SAY("connect len 0", connect(fd, sa, 0));
	SAY("connect len 1", connect(fd, sa, 1));
	SAY("connect len 2", connect(fd, sa, 2));
	SAY("connect len 15", connect(fd, sa, 15));
	SAY("connect len 27", connect(fd, sa, 27));
	SAY("connect len -1", connect(fd, sa, (socklen_t)-1));
	SAY("getsockname NULL", getsockname(e.fd, no_addr, &len));
	SAY("getsockname NULL len", getsockname(e.fd, sa, NULL));
	len = (socklen_t)-1;
	SAY("getsockname len -1", getsockname(e.fd, sa, &len));
	len = 0;
	SAY("getsockname len 0", getsockname(e.fd, sa, &len));
	say("its length: %u", len);
	len = 4;
	SAY("getsockname len 4", getsockname(e.fd, sa, &len));
	say("its length: %u", len);
	len = sizeof(a);
	SAY("getpeername NULL", getpeername(e.fd, no_addr, &len));
	SAY("getpeername NULL len", getpeername(e.fd, sa, NULL));
	len = (socklen_t)-1;
	SAY("getpeername len -1", getpeername(e.fd, sa, &len));
	a = e.to;
	SAY("send NULL", send(e.fd, NULL, 5, MSG_DONTWAIT));
	SAY("send NULL 0", send(e.fd, NULL, 0, MSG_DONTWAIT));
	SAY("write NULL", write(e.fd, NULL, 5));
	SAY("write NULL 0", write(e.fd, NULL, 0));
	SAY("writev NULL", writev(e.fd, NULL, 1));
	SAY("writev NULL 0", writev(e.fd, NULL, 0));
	SAY("writev -1", writev(e.fd, &v, -1));
	SAY("writev 1025", writev(e.fd, (struct iovec *)(void *)buf, 1025));
	SAY("writev base NULL", writev(e.fd, &v, 1));
	SAY("sendto NULL", sendto(e.fd, "x", 1, 0, no_addr, 16));
	SAY("sendto len -1", sendto(e.fd, "x", 1, 0, sa, (socklen_t)-1));
	SAY("sendto len 3", sendto(e.fd, "x", 1, 0, sa, 3));
	SAY("sendmsg NULL", sendmsg(e.fd, NULL, 0));
	SAY("sendmsg nothing", sendmsg(e.fd, &m, 0));
	m.msg_iovlen = 1;
	SAY("sendmsg iov NULL", sendmsg(e.fd, &m, 0));
	m.msg_iovlen = 2000;
	m.msg_iov = (struct iovec *)(void *)buf;
	SAY("sendmsg iovlen 2000", sendmsg(e.fd, &m, 0));
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	SAY("sendmsg base NULL", sendmsg(e.fd, &m, 0));
	v = (struct iovec) { buf, 1 };
	m.msg_namelen = 16;
	SAY("sendmsg name NULL", sendmsg(e.fd, &m, MSG_DONTWAIT));
	m.msg_namelen = 0;
	m.msg_name = &a;
	SAY("sendmsg namelen 0", sendmsg(e.fd, &m, MSG_DONTWAIT));
	m.msg_namelen = 3;
	SAY("sendmsg namelen 3", sendmsg(e.fd, &m, MSG_DONTWAIT));
	m.msg_namelen = 1000;
	SAY("sendmsg namelen 1000", sendmsg(e.fd, &m, MSG_DONTWAIT));
	m.msg_name = NULL;
	m.msg_namelen = 0;
	m.msg_controllen = 10;
	SAY("sendmsg control NULL", sendmsg(e.fd, &m, MSG_DONTWAIT));
	memset(&m, 0, sizeof(m));
	SAY("recvmsg NULL", recvmsg(e.fd, NULL, MSG_DONTWAIT));
	(void)send(e.peer, "hello", 5, 0);
	await(e.fd, POLLIN);
	SAY("recv NULL", recv(e.fd, NULL, 5, MSG_DONTWAIT));
	SAY("recv after it", recv(e.fd, buf, 5, MSG_DONTWAIT));
	(void)send(e.peer, "hello", 5, 0);
	await(e.fd, POLLIN);
	SAY("readv NULL", readv(e.fd, NULL, 1));
	SAY("recvfrom len NULL", recvfrom(e.fd, buf, 1, MSG_DONTWAIT, sa,
	    NULL));
	SAY("recvmsg empty", recvmsg(e.fd, &m, MSG_DONTWAIT));
	say("its flags: %x", (unsigned int)m.msg_flags);
	SAY("recv unknown flags", recv(e.fd, buf, 2, MSG_DONTWAIT |
	    0x1000000));
	SAY("send unknown flags", send(e.fd, buf, 2, MSG_DONTWAIT |
	    0x1000000));
	SAY("ioctl unknown", ioctl(e.fd, 0x1234, buf));
	SAY("ioctl FIONREAD NULL", ioctl(e.fd, FIONREAD, NULL));
	SAY("lseek", lseek(e.fd, 0, SEEK_SET));
	SAY("pread", pread(e.fd, buf, 1, 0));
	SAY("pwrite", pwrite(e.fd, buf, 1, 0));
	SAY("fsync", fsync(e.fd));
	SAY("ftruncate", ftruncate(e.fd, 0));
	close_ends(&e);
}

static void
accepts(void)
{
	struct ends e = new_ends();
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	struct sockaddr *sa = (struct sockaddr *)&a;
	int i, fd = -1, more[6];

	for (i = 0; i < 6; i++) {
		more[i] = new_of(SOCK_STREAM);
		(void)connect(more[i], (struct sockaddr *)&e.to,
		    len_of(&e.to));
	}
	nonblocking(e.listener);
	MADE("accept4 bad flags", accept4(e.listener, NULL, NULL, 1));
	MADE("accept NULL length", accept(e.listener, sa, NULL));
	MADE("accept NULL address", accept(e.listener, no_addr, &len));
	len = 5;
	memset(&a, 0, sizeof(a));
	MADE("accept short", accept(e.listener, sa, &len));
	say("its length %u family %d", len, a.ss_family);
	len = (socklen_t)-1;
	MADE("accept length -1", accept(e.listener, sa, &len));
	len = sizeof(a);
	fd = accept4(e.listener, sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	say("accepted: %s %s flags %x %x", text_of(&a), fd < 0 ? "-" : "fd",
	    (unsigned int)fcntl(fd, F_GETFL), (unsigned int)fcntl(fd,
	    F_GETFD));
	(void)close(fd);
	for (i = 0; i < 7; i++) {
		fd = accept(e.listener, NULL, NULL);
		if (fd < 0)
			break;
		(void)close(fd);
	}
	say("more to accept: %d, then %s", i, result(-1));
	for (i = 0; i < 6; i++)
		(void)close(more[i]);
	close_ends(&e);
}

static void
dups(void)
{
	struct ends e = new_ends();
	int fd = dup(e.fd);

	SAY("close", close(e.fd));
	SAY("send by the copy", send(fd, "x", 1, MSG_DONTWAIT));
	SAY("recv there", recv(e.peer, buf, 9, 0));
	descriptor("closed", e.fd);
	say("poll of closed: %s", polled(e.fd));
	SAY("close again", close(e.fd));
	e.fd = dup2(e.listener, fd);
	SAY("accept on what dup2 made", (nonblocking(fd), accept(fd, NULL,
	    NULL)));
	await(e.peer, POLLIN);
	SAY("end is seen", recv(e.peer, buf, 9, MSG_DONTWAIT));
	close_ends(&e);
}

/* A message too long, and a full buffer. */
static void
sizes(void)
{
	struct ends e = new_ends();
	int size = 20000, i, n = 0;
	long r = 0;

	SAY("send 212992", send(e.fd, buf, 212992, MSG_DONTWAIT));
	SAY("send 212993", send(e.fd, buf, 212993, MSG_DONTWAIT));
	close_ends(&e);
	e = new_ends();
	(void)setsockopt(e.fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	SAY("send 40000", send(e.fd, buf, 40000, MSG_DONTWAIT));
	SAY("send 40001", send(e.fd, buf, 40001, MSG_DONTWAIT));
	for (i = 0; i < 10000 && r >= 0; i++) {
		errno = 0;
		r = send(e.fd, buf, 1000, MSG_DONTWAIT);
		n++;
	}
	say("send until full: %s", result(r));
	say("poll when full: %s", polled(e.fd));
	close_ends(&e);
}

void
abi_calls(void)
{
	int pipe_fds[2];

	sockets();
	if (pipe(pipe_fds) == 0) {
		descriptor("pipe", pipe_fds[0]);
		(void)close(pipe_fds[0]);
		(void)close(pipe_fds[1]);
	}
	descriptor("none", -1);
	descriptor("high", 900);
	bad_pointers();
	accepts();
	dups();
	sizes();
}

/* -- addresses -- */

static const char *
bound(const char *how, int fd, struct sockaddr_storage a)
{
	static char text[128];
	const char *r = RESULT(bind(fd, (struct sockaddr *)&a, len_of(&a)));
	struct sockaddr_storage name = name_of(fd);

	(void)snprintf(text, sizeof(text), "%s, now %s", r, text_of(&name));
	say("bind %s: %s", how, text);
	return text;
}

static struct sockaddr_storage
v6(const struct in6_addr *addr, int port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in6 *a = (void *)&ss;

	memset(&ss, 0, sizeof(ss));
	a->sin6_family = AF_INET6;
	a->sin6_port = htons((uint16_t)port);
	a->sin6_addr = *addr;
	return ss;
}

static int
free_port(void)
{
	int fd = new_listener(SOCK_STREAM);
	struct sockaddr_storage a = name_of(fd);

	(void)close(fd);
	return port_of(&a);
}

/* Two sockets at one port: every way of it. */
static void
taken(bool reuse1, bool reuse2, bool listens, int type2,
    struct sockaddr_storage a, struct sockaddr_storage b, const char *what)
{
	int fd = new_socket(), other = new_of(type2), on = 1;
	struct sockaddr_storage name;
	char text[100];
	uint16_t port;

	if (reuse1)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
		    sizeof(on));
	if (reuse2)
		(void)setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &on,
		    sizeof(on));
	(void)bind(fd, (struct sockaddr *)&a, len_of(&a));
	if (listens)
		(void)listen(fd, 2);
	name = name_of(fd);
	port = htons((uint16_t)port_of(&name));
	memcpy((char *)&b + 2, &port, sizeof(port));
	(void)snprintf(text, sizeof(text), "taken %s %s%s%s%s", what,
	    reuse1 ? "R" : "-", reuse2 ? "R" : "-", listens ? "L" : "-",
	    type2 == abi_type ? "" : " other type");
	say("%s: %s", text,
	    RESULT(bind(other, (struct sockaddr *)&b, len_of(&b))));
	if (reuse1 && reuse2)
		say("%s, listen: %s", text, RESULT(listen(other, 2)));
	(void)close(fd);
	(void)close(other);
}

static void
all_taken(void)
{
	struct sockaddr_storage any = abi_family == AF_INET6 ?
	    v6(&in6addr_any, 0) : v4("0.0.0.0", 0);
	int i;

	for (i = 0; i < 8; i++) {
		bool r1 = i & 1, r2 = i & 2, l = i & 4;

		taken(r1, r2, l, abi_type, local(0), local(0), "same");
		taken(r1, r2, l, abi_type, any, local(0), "any");
		taken(r1, r2, l, abi_type, local(0), any, "by any");
		taken(r1, r2, l, abi_type == SOCK_STREAM ? SOCK_SEQPACKET :
		    SOCK_STREAM, local(0), local(0), "same");
	}
	taken(false, false, true, abi_type, v4("127.0.0.1", 0),
	    v4("127.0.0.2", 0), "other address");
}

static void
to_odd(void)
{
	static const char *const hosts[] = { "224.0.0.1", "255.255.255.255",
		"0.0.0.0", "192.0.2.1", "127.255.255.255", "240.0.0.1" };
	char what[64];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct sockaddr_storage a = v4(hosts[i], 0);

		fd = new_socket();
		(void)snprintf(what, sizeof(what), "%s", hosts[i]);
		(void)bound(what, fd, a);
		(void)close(fd);
		/* An implementation that is a process talks to the network
		 * itself: to where nothing is, only here. */
		if (strncmp(hosts[i], "192", 3) == 0 ||
		    strncmp(hosts[i], "127", 3) == 0)
			continue;
		fd = new_socket();
		nonblocking(fd);
		a = v4(hosts[i], 9);
		say("connect %s: %s", what, RESULT(connect(fd,
		    (struct sockaddr *)&a, len_of(&a))));
		say("sendto %s: %s", what, RESULT(sendto(fd, "x", 1,
		    MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&a,
		    len_of(&a))));
		(void)close(fd);
	}
}

static void
families(void)
{
	struct sockaddr_storage a = v4("127.0.0.1", 0);
	struct in6_addr mapped = { .s6_addr = { [10] = 0xff, [11] = 0xff,
		[12] = 127, [15] = 1 } };
	int on = 1, fd;

	fd = new_socket();
	(void)bound("v4", fd, a);
	(void)close(fd);
	fd = new_socket();
	(void)bound("v6", fd, v6(&in6addr_loopback, 0));
	(void)close(fd);
	fd = new_socket();
	(void)bound("mapped", fd, v6(&mapped, 0));
	(void)close(fd);
	fd = new_socket();
	a.ss_family = AF_UNSPEC;
	(void)bound("unspec", fd, a);
	SAY("connect unspec", connect(fd, (struct sockaddr *)&a, 16));
	a.ss_family = AF_UNIX;
	(void)bound("unix", fd, a);
	SAY("connect unix", connect(fd, (struct sockaddr *)&a, 16));
	SAY("sendto unix", sendto(fd, "x", 1, MSG_DONTWAIT,
	    (struct sockaddr *)&a, 16));
	a = abi_family == AF_INET ? v6(&in6addr_loopback, 9) :
	    v4("127.0.0.1", 9);
	SAY("connect other family", connect(fd, (struct sockaddr *)&a,
	    len_of(&a)));
	(void)close(fd);
	if (abi_family != AF_INET6)
		return;
	fd = new_socket();
	SAY("v6only", setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
	    sizeof(on)));
	(void)bound("v6only v4", fd, v4("127.0.0.1", 0));
	(void)bound("v6only mapped", fd, v6(&mapped, 0));
	a = v4("127.0.0.1", 9);
	SAY("v6only connect v4", connect(fd, (struct sockaddr *)&a, 16));
	a = v6(&mapped, 9);
	SAY("v6only connect mapped", connect(fd, (struct sockaddr *)&a, 28));
	(void)close(fd);
}

static void
bindxs(void)
{
	struct sockaddr_storage a = v4("127.0.0.1", 0), b, c;
	char two[56];
	int fd = new_socket();

#define BX(what, how, addr)                                                  \
	say("bindx %s: %s", what,                                            \
	    RESULT(opt_set(fd, SCTP_SOCKOPT_BINDX_##how, &(addr),            \
		len_of(&(addr)))))
	BX("rem unbound", REM, a);
	BX("add", ADD, a);
	BX("add again", ADD, a);
	b = v4("127.0.0.2", 0);
	BX("add another", ADD, b);
	c = name_of(fd);
	say("named %s", text_of(&c));
	b = v4("127.0.0.3", port_of(&c));
	BX("add with port", ADD, b);
	b = v4("127.0.0.4", port_of(&c) + 1);
	BX("add with other port", ADD, b);
	b = v4("192.0.2.1", 0);
	BX("add foreign", ADD, b);
	b = v4("0.0.0.0", 0);
	BX("add any", ADD, b);
	b = v4("224.0.0.1", 0);
	BX("add multicast", ADD, b);
	b = v6(&in6addr_loopback, 0);
	BX("add v6", ADD, b);
	BX("rem any", REM, b);
	b = v4("127.0.0.9", 0);
	BX("rem unknown", REM, b);
	b = v4("127.0.0.2", 0);
	BX("rem", REM, b);
	b = v4("127.0.0.3", 0);
	BX("rem another", REM, b);
	BX("rem last", REM, a);
	SAY("bindx add 0", opt_set(fd, SCTP_SOCKOPT_BINDX_ADD, &a, 0));
	SAY("bindx add NULL", opt_set(fd, SCTP_SOCKOPT_BINDX_ADD, NULL, 16));
	SAY("bindx add short", opt_set(fd, SCTP_SOCKOPT_BINDX_ADD, &a, 10));
	SAY("bindx add -1", opt_set(fd, SCTP_SOCKOPT_BINDX_ADD, &a,
	    (socklen_t)-1));
	(void)close(fd);

	fd = new_socket();
	b = v4("192.0.2.7", 0);
	memcpy(two, &a, 16);
	memcpy(two + 16, &b, 16);
	SAY("bindx add one foreign", opt_set(fd, SCTP_SOCKOPT_BINDX_ADD, two,
	    32));
	c = name_of(fd);
	say("named %s", text_of(&c));
	(void)close(fd);
#undef BX
}

static void
connectxs(void)
{
	struct ends e = new_ends();
	struct sockaddr_storage b = e.to;
	socklen_t one = len_of(&e.to), len;
	struct sctp_getaddrs_old {
		int assoc_id;
		int addr_num;
		struct sockaddr *addrs;
	} old = { 0, (int)one, (struct sockaddr *)&e.to };
	char two[56];
	int fd, i;
	static const int names[] = { SCTP_SOCKOPT_CONNECTX_OLD,
		SCTP_SOCKOPT_CONNECTX };

	for (i = 0; i < 2; i++) {
		const char *n = i ? "connectx" : "connectx old";

#define CX(what, ptr, len)                                                   \
	fd = new_socket();                                                   \
	abi_before();                                                        \
	{                                                                    \
		int r_ = opt_set(fd, names[i], ptr, len);                    \
		say("%s %s: %s", n, what, result(r_ > 0 ? 1 : r_));          \
	}                                                                    \
	(void)close(fd)
		CX("one", &e.to, one);
		CX("nothing", &e.to, 0);
		CX("short", &e.to, 10);
		CX("one byte", &e.to, 1);
		CX("NULL", NULL, one);
		CX("-1", &e.to, (socklen_t)-1);
		memcpy(two, &e.to, one);
		memcpy(two + one, &e.to, one);
		CX("twice", two, 2 * one);
		CX("and a bit", two, one + 8);
		memset((char *)&b + 2, 1, 2);
		memcpy(two + one, &b, one);
		CX("two ports", two, 2 * one);
		b = v4("224.0.0.1", 9);
		CX("multicast", &b, 16);
		b = v4("0.0.0.0", 0);
		CX("any, port 0", &b, 16);
		b = e.to;
	}
	fd = new_socket();
	len = sizeof(old);
	SAY("connectx3", getsockopt(fd, IPPROTO_SCTP, SCTP_SOCKOPT_CONNECTX3,
	    &old, &len));
	say("connectx3 len %u, id %s", len, old.assoc_id == assoc_of(fd) ?
	    "of the association" : "another");
	SAY("connectx3 again", getsockopt(fd, IPPROTO_SCTP,
	    SCTP_SOCKOPT_CONNECTX3, &old, &len));
	len = 4;
	SAY("connectx3 short", getsockopt(fd, IPPROTO_SCTP,
	    SCTP_SOCKOPT_CONNECTX3, &old, &len));
	(void)close(fd);
	close_ends(&e);
}

static void
refusals(void)
{
	struct sockaddr_storage a = local(free_port());
	struct sockaddr *sa = (struct sockaddr *)&a;
	int fd = new_socket();

	SAY("connect refused", connect(fd, sa, len_of(&a)));
	say("poll: %s", polled(fd));
	SAY("connect refused again", connect(fd, sa, len_of(&a)));
	SAY("recv", recv(fd, buf, 1, MSG_DONTWAIT));
	SAY("connect refused then", connect(fd, sa, len_of(&a)));
	(void)close(fd);
	fd = new_socket();
	nonblocking(fd);
	SAY("nonblocking connect", connect(fd, sa, len_of(&a)));
	await(fd, POLLIN | POLLOUT);
	if (abi_type != SOCK_STREAM)
		await_end(fd);
	nap(20);
	say("poll: %s", polled(fd));
	SAY("nonblocking connect again", connect(fd, sa, len_of(&a)));
	(void)close(fd);
	fd = new_socket();
	a = local(0);
	SAY("connect port 0", connect(fd, sa, len_of(&a)));
	SAY("sendto port 0", sendto(fd, "x", 1, MSG_NOSIGNAL, sa, len_of(&a)));
	(void)close(fd);
}

void
abi_addrs(void)
{
	struct sockaddr_storage a;
	int fd = new_socket();

	a = name_of(fd);
	say("name of a new one: %s, family %d", text_of(&a),
	    a.ss_family == abi_family);
	(void)bound("loopback", fd, local(0));
	(void)bound("again", fd, local(0));
	(void)close(fd);
	to_odd();
	families();
	all_taken();
	bindxs();
	connectxs();
	refusals();
}
