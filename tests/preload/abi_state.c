/*
 * abi_state: every call, in every state of a socket, twice; and what poll
 * shows before and after (abi.h).
 */

#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* What lies in wait for what a call begins. */
#define SETTLE_MS 40
#define BEGIN_MS 250

/* What has begun may need so many looks more on a busy machine. */
#define PATIENCE 1000

/* Linux's numbers, in what status() returns. */
#define COOKIE_WAIT 2
#define COOKIE_ECHOED 3
#define STATE_UNIT 1000000

const char *const abi_state_names[] = { "fresh", "bound", "listening",
	"waiting", "connecting", "connected", "accepted", "peeled", "inbox",
	"part", "shut", "peershut", "eofread", "ended", "aborted",
	"resetread", "refused", "refusedread", "shutread", NULL };

static char buf[2000];
static const int one = 1;

/* -- states -- */

/* Somebody who is there, and does not answer. */
static struct sockaddr_storage silent;
static pid_t silent_pid;

/*
 * For a kernel, 127.128.0.0/9 has been made a network where packets vanish;
 * otherwise it is a process that is stopped.
 */
static void
make_silent(void)
{
	struct sockaddr_storage a;
	int ends[2], fd, port;

	if (on_kernel()) {
		silent = v4("127.200.0.1", 9);
	} else {
		if (pipe(ends) != 0)
			exit(EXIT_FAILURE);
		silent_pid = fork();
		if (silent_pid == 0) {
			a = v4("127.0.0.1", 0);
			fd = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
			(void)bind(fd, (struct sockaddr *)&a, len_of(&a));
			(void)listen(fd, 5);
			a = name_of(fd);
			port = port_of(&a);
			(void)!write(ends[1], &port, sizeof(port));
			(void)raise(SIGSTOP);
			_exit(0);
		}
		(void)!read(ends[0], &port, sizeof(port));
		(void)waitpid(silent_pid, NULL, WUNTRACED);
		(void)close(ends[0]);
		(void)close(ends[1]);
		silent = v4("127.0.0.1", port);
	}
	if (abi_family == AF_INET6) {
		struct sockaddr_in6 *to = (void *)&silent;
		struct sockaddr_in from;

		memcpy(&from, &silent, sizeof(from));
		memset(&silent, 0, sizeof(silent));
		to->sin6_family = AF_INET6;
		to->sin6_port = from.sin_port;
		to->sin6_addr.s6_addr[10] = 0xff;
		to->sin6_addr.s6_addr[11] = 0xff;
		memcpy(&to->sin6_addr.s6_addr[12], &from.sin_addr, 4);
	}
}

static struct ends
alone(void)
{
	struct ends e = { -1, new_socket(), -1, { 0 } };

	e.to = local(9);
	return e;
}

static struct ends
make_refused(void)
{
	struct ends e = alone();
	int fd = new_of(SOCK_STREAM);
	struct sockaddr_storage a = local(0);

	(void)bind(fd, (struct sockaddr *)&a, len_of(&a));
	e.to = name_of(fd);
	nonblocking(e.fd);
	(void)connect(e.fd, (struct sockaddr *)&e.to, len_of(&e.to));
	if (abi_type == SOCK_STREAM)
		await(e.fd, POLLIN);
	else
		await_end(e.fd);
	(void)fcntl(e.fd, F_SETFL, O_RDWR);
	(void)close(fd);
	return e;
}

static void
end_it(int fd)
{
	struct {
		struct cmsghdr h;
		struct sctp_sndinfo info;
	} c;
	struct msghdr m = { .msg_control = &c, .msg_controllen = sizeof(c) };

	if (abi_type == SOCK_STREAM) {
		(void)shutdown(fd, SHUT_WR);
		return;
	}
	memset(&c, 0, sizeof(c));
	c.h.cmsg_level = IPPROTO_SCTP;
	c.h.cmsg_type = SCTP_SNDINFO;
	c.h.cmsg_len = CMSG_LEN(sizeof(c.info));
	c.info.snd_flags = SCTP_EOF;
	c.info.snd_assoc_id = assoc_of(fd);
	(void)sendmsg(fd, &m, 0);
}

static int
peel(int fd)
{
	struct {
		sctp_peeloff_arg_t arg;
		unsigned int flags;
	} v;
	socklen_t len = sizeof(v.arg);

	memset(&v, 0, sizeof(v));
	v.arg.associd = assoc_of(fd);
	return getsockopt(fd, IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF, &v.arg,
	    &len) < 0 ? -1 : v.arg.sd;
}

static bool
make(const char *state, struct ends *e)
{
#define IS(name) (strcmp(state, name) == 0)
	struct sockaddr_storage a = local(0);
	int fd;

	if (IS("fresh") || IS("bound") || IS("listening")) {
		*e = alone();
		if (!IS("fresh"))
			(void)bind(e->fd, (struct sockaddr *)&a, len_of(&a));
		if (IS("listening"))
			(void)listen(e->fd, 5);
		return true;
	}
	if (IS("waiting")) {	/* somebody, to be accepted */
		*e = alone();
		(void)bind(e->fd, (struct sockaddr *)&a, len_of(&a));
		(void)listen(e->fd, 5);
		e->to = name_of(e->fd);
		e->peer = new_of(SOCK_STREAM);
		(void)connect(e->peer, (struct sockaddr *)&e->to,
		    len_of(&e->to));
		if (abi_type == SOCK_STREAM)
			await(e->fd, POLLIN);
		return true;
	}
	if (IS("connecting")) {
		*e = alone();
		e->to = silent;
		nonblocking(e->fd);
		(void)connect(e->fd, (struct sockaddr *)&silent,
		    len_of(&silent));
		(void)fcntl(e->fd, F_SETFL, O_RDWR);
		return true;
	}
	if (IS("refused") || IS("refusedread")) {
		*e = make_refused();
		if (IS("refusedread"))
			(void)recv(e->fd, buf, 1, MSG_DONTWAIT);
		return true;
	}
	*e = new_ends();
	if (IS("accepted")) {
		if (abi_type != SOCK_STREAM)
			return false;
		fd = e->fd;
		e->fd = e->peer;
		e->peer = fd;
	} else if (IS("peeled")) {
		if (abi_type == SOCK_STREAM)
			return false;
		fd = peel(e->fd);
		(void)close(e->fd);
		e->fd = fd;
	} else if (IS("inbox") || IS("part")) {
		(void)send(e->peer, "hello", 5, 0);
		await(e->fd, POLLIN);
		if (IS("part"))
			(void)recv(e->fd, buf, 2, 0);
	} else if (IS("shut")) {
		/* Its peer does not read, so that it cannot end yet. */
		(void)fcntl(e->peer, F_SETFL, O_RDWR | O_NONBLOCK);
		(void)send(e->peer, "hello", 5, 0);
		await(e->fd, POLLIN);
		end_it(e->fd);
		await(e->peer, POLLIN);
		await_end(e->fd);
	} else if (IS("peershut") || IS("eofread")) {
		(void)shutdown(e->peer, SHUT_WR);
		if (abi_type == SOCK_STREAM)
			await(e->fd, POLLIN);
		await_end(e->fd);
		if (IS("eofread") && abi_type == SOCK_STREAM)
			(void)recv(e->fd, buf, 1, 0);
	} else if (IS("ended")) {
		end_it(e->fd);
		await(e->peer, POLLIN);
		await_end(e->fd);
	} else if (IS("aborted") || IS("resetread")) {
		reset_on_close(e->peer);
		(void)close(e->peer);
		e->peer = -1;
		await_end(e->fd);
		if (IS("resetread"))
			(void)recv(e->fd, buf, 1, MSG_DONTWAIT);
	} else if (IS("shutread")) {
		(void)shutdown(e->fd, SHUT_RD);
	}
	return true;
}

/* -- calls -- */

static long
send_with(struct ends *e, uint16_t flags, const char *text)
{
	struct {
		struct cmsghdr h;
		struct sctp_sndinfo info;
	} c;
	struct iovec v = { (void *)(uintptr_t)text,
		text != NULL ? strlen(text) : 0 };
	struct msghdr m = { .msg_control = &c, .msg_controllen = sizeof(c),
		.msg_iov = &v, .msg_iovlen = text != NULL ? 1 : 0 };
	int32_t id = assoc_of(e->fd);

	memset(&c, 0, sizeof(c));
	c.h.cmsg_level = IPPROTO_SCTP;
	c.h.cmsg_type = SCTP_SNDINFO;
	c.h.cmsg_len = CMSG_LEN(sizeof(c.info));
	c.info.snd_flags = flags;
	c.info.snd_assoc_id = id;
	abi_before();
	return sendmsg(e->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static long
send_plain(struct ends *e)
{
	if (abi_type == SOCK_STREAM)
		return send(e->fd, "x", 1, MSG_DONTWAIT);
	return sendto(e->fd, "x", 1, MSG_DONTWAIT,
	    (struct sockaddr *)&e->to, len_of(&e->to));
}

static long
connect_to(struct ends *e, struct sockaddr_storage a)
{
	long r;

	nonblocking(e->fd);
	abi_before();
	r = connect(e->fd, (struct sockaddr *)&a, len_of(&a));
	if (r != 0) {
		int err = errno;

		(void)fcntl(e->fd, F_SETFL, O_RDWR);
		errno = err;
	} else {
		(void)fcntl(e->fd, F_SETFL, O_RDWR);
	}
	return r;
}

static long
accept_nb(struct ends *e)
{
	long r;

	limit_recv(e->fd, 50);
	abi_before();
	r = accept(e->fd, NULL, NULL);
	if (r < 0)
		return r;
	(void)close((int)r);
	return 0;
}

static long
so_error(int fd)
{
	int value = -1;
	socklen_t len = sizeof(value);
	long r = getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &len);

	return r < 0 ? r : value;
}

static long
status(struct ends *e)
{
	struct sctp_status st;

	memset(&st, 0, sizeof(st));
	st.sstat_assoc_id = abi_type == SOCK_STREAM ? 0 : assoc_of(e->fd);
	abi_before();
	if (opt_get(e->fd, SCTP_STATUS, &st, sizeof(st)) < 0)
		return -1;
	return st.sstat_state * STATE_UNIT + st.sstat_unackdata * 10000 +
	    st.sstat_penddata * 1000;
}

static long
count_addrs(struct ends *e, int name)
{
	static union {
		struct sctp_getaddrs g;
		char room[4096];
	} v;
	socklen_t len = sizeof(v);

	memset(&v, 0, sizeof(v));
	v.g.assoc_id = abi_type == SOCK_STREAM ? 0 : assoc_of(e->fd);
	abi_before();
	if (getsockopt(e->fd, IPPROTO_SCTP, name, &v, &len) < 0)
		return -1;
	return (long)v.g.addr_num * 1000 + len;
}

static long
ask(int fd, unsigned long what)
{
	int n = -1;

	return ioctl(fd, what, &n) < 0 ? -1 : n;
}

static long
peeloff(struct ends *e)
{
	sctp_peeloff_arg_t arg = { assoc_of(e->fd), 0 };
	socklen_t len = sizeof(arg);

	abi_before();
	if (getsockopt(e->fd, IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF, &arg,
	    &len) < 0)
		return -1;
	(void)close(arg.sd);
	return 0;
}

static long
recv_blocking(struct ends *e, size_t room)
{
	limit_recv(e->fd, 30);
	abi_before();
	return recv(e->fd, buf, room, 0);
}

static long
get_sock(struct ends *e)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	memset(&ss, 0, sizeof(ss));
	return getsockname(e->fd, (struct sockaddr *)&ss, &len) < 0 ?
	    -1 : (long)(ss.ss_family * 1000 + len);
}

static long
get_peer(struct ends *e)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	return getpeername(e->fd, (struct sockaddr *)&ss, &len) < 0 ?
	    -1 : (long)len;
}

static long
bind_any(struct ends *e)
{
	struct sockaddr_storage a = local(0);

	return bind(e->fd, (struct sockaddr *)&a, len_of(&a));
}

static long
connectx(struct ends *e, int name)
{
	long r;
	int err;

	nonblocking(e->fd);
	abi_before();
	r = opt_set(e->fd, name, &e->to, len_of(&e->to));
	err = errno;
	(void)fcntl(e->fd, F_SETFL, O_RDWR);
	errno = err;
	return r > 0 ? 1 : r;
}

static long
bindx(struct ends *e, int name, const char *host)
{
	struct sockaddr_storage a = v4(host, 0);

	return opt_set(e->fd, name, &a, len_of(&a));
}

static long
recv_flags(struct ends *e, int flags)
{
	return recv(e->fd, buf, 100, flags | MSG_DONTWAIT);
}

static long
send_parts(struct ends *e)
{
	char text[] = "abcde";
	struct iovec v[2] = { { text, 2 }, { text + 2, 3 } };

	return writev(e->fd, v, 2);
}

/* Does something come of it, a while later? */
enum { QUIET, STIRS, BEGINS };

#define CALLS(X)                                                             \
	X("bind", STIRS, bind_any(e))                                        \
	X("bindx", STIRS, bindx(e, SCTP_SOCKOPT_BINDX_ADD, "127.0.0.1"))     \
	X("bindx rem", STIRS, bindx(e, SCTP_SOCKOPT_BINDX_REM, "127.0.0.1")) \
	X("listen", STIRS, listen(e->fd, 3))                                 \
	X("listen 0", STIRS, listen(e->fd, 0))                               \
	X("accept", STIRS, accept_nb(e))                                     \
	X("connect", BEGINS, connect_to(e, e->to))                            \
	X("connect other", BEGINS, connect_to(e, silent))                     \
	X("connect self", BEGINS, connect_to(e, name_of(e->fd)))              \
	X("connectx", BEGINS, connectx(e, SCTP_SOCKOPT_CONNECTX))             \
	X("connectx old", BEGINS, connectx(e, SCTP_SOCKOPT_CONNECTX_OLD))     \
	X("peeloff", STIRS, peeloff(e))                                      \
	X("send", STIRS, send_plain(e))                                      \
	X("send nosignal", STIRS,                                            \
	    send(e->fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT))                \
	X("send signal", STIRS, send(e->fd, "x", 1, MSG_DONTWAIT))           \
	X("send empty", STIRS, send(e->fd, "", 0, MSG_DONTWAIT))             \
	X("write", STIRS, write(e->fd, "x", 1))                              \
	X("writev", STIRS, send_parts(e))                                     \
	X("sendto", BEGINS, sendto(e->fd, "x", 1, MSG_DONTWAIT,               \
	    (struct sockaddr *)&e->to, len_of(&e->to)))                      \
	X("sendto other", BEGINS, sendto(e->fd, "x", 1,                       \
	    MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&silent,         \
	    len_of(&silent)))                                                \
	X("sndinfo", STIRS, send_with(e, 0, "x"))                            \
	X("sndinfo eof", STIRS, send_with(e, SCTP_EOF, NULL))                \
	X("sndinfo abort", STIRS, send_with(e, SCTP_ABORT, "why"))           \
	X("sndinfo all", STIRS, send_with(e, SCTP_SENDALL, "x"))             \
	X("sndinfo over", STIRS, send_with(e, SCTP_ADDR_OVER, "x"))          \
	X("recv", QUIET, recv_flags(e, 0))                                   \
	X("recv peek", QUIET, recv_flags(e, MSG_PEEK))                       \
	X("recv trunc", QUIET, recv(e->fd, buf, 3,                           \
	    MSG_DONTWAIT | MSG_TRUNC))                                       \
	X("recv oob", QUIET, recv_flags(e, MSG_OOB))                         \
	X("recv errqueue", QUIET, recv_flags(e, MSG_ERRQUEUE))               \
	X("recv waitall", QUIET, recv_flags(e, MSG_WAITALL))                 \
	X("recv 3", QUIET, recv(e->fd, buf, 3, MSG_DONTWAIT))                \
	X("recv nothing", QUIET, recv(e->fd, buf, 0, MSG_DONTWAIT))          \
	X("recv blocking", QUIET, recv_blocking(e, 100))                     \
	X("read nothing", QUIET, read(e->fd, buf, 0))                        \
	X("shutdown rd", STIRS, shutdown(e->fd, SHUT_RD))                    \
	X("shutdown wr", STIRS, shutdown(e->fd, SHUT_WR))                    \
	X("shutdown rdwr", STIRS, shutdown(e->fd, SHUT_RDWR))                \
	X("shutdown 3", QUIET, shutdown(e->fd, 3))                           \
	X("getsockname", QUIET, get_sock(e))                                 \
	X("getpeername", QUIET, get_peer(e))                                 \
	X("SO_ERROR", QUIET, so_error(e->fd))                                \
	X("SCTP_STATUS", QUIET, status(e))                                   \
	X("peer addrs", QUIET, count_addrs(e, SCTP_GET_PEER_ADDRS))          \
	X("local addrs", QUIET, count_addrs(e, SCTP_GET_LOCAL_ADDRS))        \
	X("FIONREAD", QUIET, ask(e->fd, FIONREAD))                           \
	X("TIOCOUTQ", QUIET, ask(e->fd, TIOCOUTQ))                           \
	X("SIOCATMARK", QUIET, ask(e->fd, 0x8905))                           \
	X("nodelay", QUIET, opt_set(e->fd, SCTP_NODELAY, &one, sizeof(one)))


static long
do_call(int i, struct ends *e, const char **name, int *how)
{
	int k = 0;

#define X(what, stirs, call)                                                 \
	if (k++ == i) {                                                      \
		*name = what;                                                \
		*how = stirs;                                                \
		return e != NULL ? (call) : 0;                               \
	}
	CALLS(X)
#undef X
	*name = NULL;
	return 0;
}

/* Is an attempt without an answer?  A kernel does not say of all, and has the
 * answer at once. */
static bool
is_under_way(struct ends *e)
{
	long s = status(e);

	return s == COOKIE_WAIT * STATE_UNIT || s == COOKIE_ECHOED * STATE_UNIT;
}

/* Nobody answers where it goes to the silent one. */
static void
settle(int how, struct ends *e, const char *name)
{
	bool is_answered = strstr(name, "other") == NULL &&
	    memcmp(&e->to, &silent, sizeof(silent)) != 0;
	int i;

	if (how == STIRS)
		nap(SETTLE_MS);
	if (how != BEGINS)
		return;
	nap(BEGIN_MS);
	for (i = 0; i < PATIENCE && is_answered && is_under_way(e); i++)
		nap(10);
}

static void
try(const char *state, int i, const char *name, int how)
{
	char first[64], second[64];
	struct ends e;

	if (!make(state, &e))
		return;
	if (i < 0) {
		say("poll: %s", polled(e.fd));
		close_ends(&e);
		return;
	}
	abi_before();
	(void)snprintf(first, sizeof(first), "%s",
	    result(do_call(i, &e, &name, &how)));
	settle(how, &e, name);
	abi_before();
	(void)snprintf(second, sizeof(second), "%s",
	    result(do_call(i, &e, &name, &how)));
	settle(how, &e, name);
	say("%s: %s, %s", name, first, second);
	say("%s, poll: %s", name, polled(e.fd));
	close_ends(&e);
}

void
abi_states(const char *state)
{
	const char *name;
	int i, how;

	make_silent();
	try(state, -1, NULL, 0);
	for (i = 0;; i++) {
		(void)do_call(i, NULL, &name, &how);
		if (name == NULL)
			break;
		try(state, i, name, how);
	}
	if (silent_pid > 0)
		(void)kill(silent_pid, SIGKILL);
}
