/*
 * The two ends that every row of kernel_side has: see kernel_side.h.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kernel_side.h"

/* The namespace of the kernel's side, made by kernel_init.sh. */
#define PEER_NETNS "/run/netns/u"

void
link_fail(const char *file, int line, const char *what)
{
	printf("# %s:%d: not so: %s\n", file, line, what);
	fflush(stdout);
	_exit(1);
}

void
link_must_be(const char *file, int line, const char *what, long long is,
    long long should)
{
	if (is == should)
		return;
	printf("# %s:%d: %s is %lld, and should be %lld\n", file, line, what,
	    is, should);
	fflush(stdout);
	_exit(1);
}

static const struct sockaddr *
sa(const struct sockaddr_storage *ss)
{
	return (const struct sockaddr *)ss;
}

/* The port is in the same place in both families. */
static void
set_port(struct sockaddr_storage *ss, uint16_t port)
{
	((struct sockaddr_in *)ss)->sin_port = htons(port);
}

/* Address end (1: ours, 2: the kernel's) of a path, as kernel_init.sh has
 * them. */
static struct sockaddr_storage
address(int family, size_t path, int end)
{
	struct sockaddr_storage ss;
	char text[64];
	void *to;

	memset(&ss, 0, sizeof(ss));
	ss.ss_family = (sa_family_t)family;
	if (family == AF_INET6) {
		(void)snprintf(text, sizeof(text), "fd99:%zu::%d", path, end);
		to = &((struct sockaddr_in6 *)&ss)->sin6_addr;
	} else {
		(void)snprintf(text, sizeof(text), "10.99.%zu.%d", path, end);
		to = &((struct sockaddr_in *)&ss)->sin_addr;
	}
	must(inet_pton(family, text, to) == 1);
	return ss;
}

/*
 * The peer
 */

static void
become_peer(int in, int out)
{
	const char *program = getenv("KERNEL_PEER");
	int netns = open(PEER_NETNS, O_RDONLY | O_CLOEXEC);

	must(program != NULL);
	must(netns >= 0 && setns(netns, CLONE_NEWNET) == 0);
	must(dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0);
	execl(program, program, (char *)NULL);
	must(!"the peer cannot be run");
}

static void
start_peer(struct link *l)
{
	int in[2], out[2];

	must(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	l->peer = fork();
	must(l->peer >= 0);
	if (l->peer == 0)
		become_peer(in[0], out[1]);
	close(in[0]);
	close(out[1]);
	l->to_peer = in[1];
	l->from_peer = out[0];
}

struct peer_reply
link_ask(struct link *l, const struct peer_cmd *cmd)
{
	struct peer_reply reply;

	must(write(l->to_peer, cmd, sizeof(*cmd)) == (ssize_t)sizeof(*cmd));
	must(read(l->from_peer, &reply, sizeof(reply)) ==
	    (ssize_t)sizeof(reply));
	return reply;
}

/* The path that has this address of ours or theirs. */
static size_t
path_of(const struct sockaddr_storage *addrs,
    const struct sockaddr_storage *addr)
{
	const struct sockaddr_in6 *a6, *b6 = (const void *)addr;
	const struct sockaddr_in *a4, *b4 = (const void *)addr;
	size_t i;

	for (i = 0; i < PEER_ADDRS; i++) {
		a6 = (const void *)&addrs[i];
		a4 = (const void *)&addrs[i];
		if (addrs[i].ss_family != addr->ss_family)
			continue;
		if (addr->ss_family == AF_INET6 ?
			IN6_ARE_ADDR_EQUAL(&a6->sin6_addr, &b6->sin6_addr) :
			a4->sin_addr.s_addr == b4->sin_addr.s_addr)
			return i;
	}
	must(!"the address of a path");
}

static struct peer_reply
peer_next(struct link *l)
{
	struct peer_reply reply = ask(l, .op = PEER_NEXT, .value = LINK_MS);

	if (reply.what == PEER_ADDR_CHANGE)
		l->peer_seen[path_of(l->ours, &reply.addr)] |= 1u
		    << reply.addr_state;
	return reply;
}

struct peer_reply
link_peer_next(struct link *l, uint32_t what)
{
	struct peer_reply reply;

	do {
		reply = peer_next(l);
	} while (reply.what == PEER_ADDR_CHANGE);
	must_be(reply.what, what);
	return reply;
}

void
link_peer_await(struct link *l, size_t path, uint32_t state)
{
	while ((l->peer_seen[path] & 1u << state) == 0)
		must_be(peer_next(l).what, PEER_ADDR_CHANGE);
}

int
link_peer_try(struct link *l, uint32_t option, const void *value, size_t len,
    bool of_assoc)
{
	struct peer_cmd cmd = { .op = PEER_SETOPT };

	must(len <= sizeof(cmd.value_of));
	cmd.option = option;
	cmd.len = (uint32_t)len;
	cmd.of_assoc = of_assoc;
	memcpy(cmd.value_of, value, len);
	return link_ask(l, &cmd).err;
}

void
link_peer_get(struct link *l, uint32_t option, void *value, size_t len)
{
	struct peer_cmd cmd = { .op = PEER_GETOPT };
	struct peer_reply reply;

	must(len <= sizeof(cmd.value_of) && len <= sizeof(reply.note));
	cmd.option = option;
	cmd.len = (uint32_t)len;
	memcpy(cmd.value_of, value, len);
	reply = link_ask(l, &cmd);
	must_be(reply.err, 0);
	memcpy(value, reply.note, len);
}

void
link_peer_set(struct link *l, uint32_t option, const void *value, size_t len,
    bool of_assoc)
{
	must_be(link_peer_try(l, option, value, len, of_assoc), 0);
}

/*
 * This library's socket
 */

static int
next_msg(struct link *l, int timeout_ms, struct gsctp_msg **m)
{
	const struct gsctp_paddr_change *c;
	int err = gsctp_recv(l->s, timeout_ms, m);

	if (err == 0 && (*m)->type == GSCTP_MSG_PADDR_CHANGE) {
		c = &(*m)->u.paddr_change;
		l->seen[path_of(l->theirs, &c->addr)] |= 1u << c->state;
	}
	return err;
}

static void
tell(const struct gsctp_msg *m)
{
	printf("# %s has come", gsctp_msg_type_name(m->type));
	if (m->type == GSCTP_MSG_ASSOC_CHANGE)
		printf(": %s, cause %u",
		    gsctp_assoc_change_name(m->u.assoc_change.state),
		    m->u.assoc_change.error);
	printf("\n");
}

struct gsctp_msg *
link_next(struct link *l, uint32_t type)
{
	struct gsctp_msg *m;

	for (;;) {
		must_be(next_msg(l, LINK_MS, &m), 0);
		if (m->type != GSCTP_MSG_PADDR_CHANGE)
			break;
		gsctp_msg_free(m);
	}
	if (m->type != type)
		tell(m);
	must_be(m->type, type);
	return m;
}

uint16_t
link_next_state(struct link *l, uint32_t state)
{
	struct gsctp_msg *m = link_next(l, GSCTP_MSG_ASSOC_CHANGE);
	uint16_t cause = m->u.assoc_change.error;

	must_be(m->u.assoc_change.state, state);
	must_be(m->assoc_id, l->id);
	gsctp_msg_free(m);
	return cause;
}

void
link_nothing_waits(struct link *l)
{
	struct gsctp_msg *m;

	while (next_msg(l, 0, &m) == 0) {
		if (m->type != GSCTP_MSG_PADDR_CHANGE)
			tell(m);
		must_be(m->type, GSCTP_MSG_PADDR_CHANGE);
		gsctp_msg_free(m);
	}
}

void
link_await(struct link *l, size_t path, uint32_t state)
{
	struct gsctp_msg *m;

	while ((l->seen[path] & 1u << state) == 0) {
		must_be(next_msg(l, LINK_MS, &m), 0);
		if (m->type != GSCTP_MSG_PADDR_CHANGE)
			tell(m);
		must_be(m->type, GSCTP_MSG_PADDR_CHANGE);
		gsctp_msg_free(m);
	}
}

void
link_set(struct link *l, struct gsctp_opt opt)
{
	must_be(gsctp_setopts(l->s, &opt, 1, NULL), 0);
}

/*
 * Both
 */

void
link_open_peer(struct link *l)
{
	struct peer_cmd cmd = { .op = PEER_OPEN };
	struct peer_reply reply;
	size_t i;

	cmd.value = l->peer_buffer != 0 ? l->peer_buffer : 4u << 20;
	cmd.naddrs = (uint32_t)l->addrs_there;
	cmd.is_one_to_one = l->peer_is_one_to_one;
	memcpy(cmd.addrs, l->theirs, sizeof(cmd.addrs));
	reply = link_ask(l, &cmd);
	must_be(reply.err, 0);
	for (i = 0; i < l->npaths; i++)
		set_port(&l->theirs[i], reply.port);
	if (!l->kernel_connects)
		order(l, .op = PEER_LISTEN);
}

void
link_open_here(struct link *l, const struct gsctp_opt *opts, size_t n)
{
	struct gsctp_opt all[16] = {
		GSCTP_FAMILY(l->family == AF_INET6 ? GSCTP_INET6 : GSCTP_INET),
		GSCTP_INITMSG(.num_ostreams = gsctp_def(LINK_OSTREAMS)),
		GSCTP_NODELAY(true),
		/* What is lost is soon sent again. */
		GSCTP_RTOINFO(.initial = gsctp_def(200), .min = gsctp_def(100),
		    .max = gsctp_def(1000)),
	};
	size_t i, count = 4;

	for (i = 0; i < l->addrs_here; i++) {
		const struct gsctp_opt ip = GSCTP_IP(l->ours[i]);

		all[count++] = ip;
	}
	must(count + n <= sizeof(all) / sizeof(all[0]));
	if (n > 0)
		memcpy(&all[count], opts, n * sizeof(*opts));
	must_be(gsctp_open(l->port, all, count + n, &l->s), 0);
	l->port = (uint16_t)gsctp_port(l->s);
	if (l->kernel_connects)
		must_be(gsctp_listen(l->s, true), 0);
}

void
link_open(struct link *l, const struct gsctp_opt *opts, size_t n)
{
	size_t i;

	if (l->npaths == 0)
		l->npaths = 1;
	if (l->addrs_here == 0)
		l->addrs_here = l->npaths;
	if (l->addrs_there == 0)
		l->addrs_there = l->npaths;
	for (i = 0; i < l->npaths; i++) {
		l->ours[i] = address(l->family, i, 1);
		l->theirs[i] = address(l->family, i, 2);
	}
	/* Before the stack has threads. */
	start_peer(l);
	link_open_peer(l);
	link_open_here(l, opts, n);
}

void
link_peer_connect(struct link *l)
{
	struct peer_cmd cmd = { .op = PEER_CONNECT, .naddrs = 1 };

	cmd.addrs[0] = l->ours[0];
	set_port(&cmd.addrs[0], l->port);
	must_be(link_ask(l, &cmd).err, 0);
}

static void
connect_peer(struct link *l)
{
	struct gsctp_msg *m;

	link_peer_connect(l);
	m = link_next(l, GSCTP_MSG_ASSOC_CHANGE);
	l->up = m->u.assoc_change;
	gsctp_msg_free(m);
}

void
link_connect(struct link *l)
{
	if (l->kernel_connects)
		connect_peer(l);
	else
		must_be(gsctp_connect(l->s, sa(&l->theirs[0]),
			    sizeof(l->theirs[0]), NULL, 0, LINK_MS, &l->up),
		    0);
	must_be(l->up.state, GSCTP_COMM_UP);
	l->id = l->up.assoc_id;
	if (l->peer_is_one_to_one && !l->kernel_connects)
		order(l, .op = PEER_ACCEPT, .value = LINK_MS);
	l->peer_up = link_peer_next(l, PEER_COMM_UP);
}

void
link_start(struct link *l)
{
	link_open(l, NULL, 0);
	link_connect(l);
}

void
link_finish(struct link *l)
{
	must_be(gsctp_eof(l->s, l->id), 0);
	must_be(link_next_state(l, GSCTP_SHUTDOWN_COMP), 0);
	(void)link_peer_next(l, PEER_SHUTDOWN_EVENT);
	/* What a one-to-one socket says is that, or nothing more. */
	if (!l->peer_is_one_to_one)
		(void)link_peer_next(l, PEER_SHUTDOWN_COMP);
	link_nothing_waits(l);
}

void
link_echo(struct link *l, uint32_t ppid)
{
	link_send(l, 0, ppid, 100, false);
	link_peer_take(l, 0, ppid, 100);
	link_peer_send(l, 0, ppid, 100, false);
	link_take(l, 0, ppid, 100);
}

void
link_send(struct link *l, uint16_t stream, uint32_t ppid, uint32_t len,
    bool unordered)
{
	static uint8_t bytes[PEER_MESSAGE_MAX];
	const struct gsctp_sndrcvinfo info = {
		.assoc_id = l->id,
		.stream = stream,
		.flags = unordered ? GSCTP_UNORDERED : 0,
		.ppid = ppid,
	};
	const struct iovec iov = { bytes, len };

	must(len <= sizeof(bytes));
	peer_fill(bytes, len, ppid);
	must_be(gsctp_sendmsg(l->s, &info, &iov, 1, NULL, 0), 0);
}

void
link_peer_send(struct link *l, uint16_t stream, uint32_t ppid, uint32_t len,
    bool unordered)
{
	order(l, .op = PEER_SEND, .stream = stream, .ppid = ppid, .len = len,
	    .is_unordered = unordered);
}

void
link_take(struct link *l, uint16_t stream, uint32_t ppid, uint32_t len)
{
	struct gsctp_msg *m = link_next(l, GSCTP_MSG_DATA);
	static uint8_t bytes[PEER_MESSAGE_MAX];
	const struct gsctp_data *d = &m->u.data;

	must_be(m->assoc_id, l->id);
	must(d->complete);
	must_be(d->info.ppid, ppid);
	must_be(d->info.stream, stream);
	must_be(d->len, len);
	peer_fill(bytes, len, ppid);
	must(memcmp(d->data, bytes, len) == 0);
	gsctp_msg_free(m);
}

void
link_peer_take(struct link *l, uint16_t stream, uint32_t ppid, uint32_t len)
{
	struct peer_reply r = link_peer_next(l, PEER_DATA);

	must_be(r.ppid, ppid);
	must_be(r.stream, stream);
	must_be(r.len, len);
	must(r.is_same);
}

/*
 * The network
 */

/* Of the path that has this address at the kernel's side. */
void
link_cut(struct link *l, size_t path)
{
	const struct sockaddr_storage *a = &l->theirs[path];
	char spec[128] = "blackhole=";
	size_t len = strlen(spec);
	const void *ip = &((const struct sockaddr_in *)a)->sin_addr;

	if (a->ss_family == AF_INET6)
		ip = &((const struct sockaddr_in6 *)a)->sin6_addr;
	must(inet_ntop(a->ss_family, ip, spec + len,
	    (socklen_t)(sizeof(spec) - len)) != NULL);
	must_be(gsctp_stack_set_faults(spec), 0);
	l->seen[path] = 0;
	l->peer_seen[path] = 0;
}

void
link_heal(void)
{
	int err = gsctp_stack_set_faults(NULL);

	/* They end with the stack. */
	must(err == 0 || err == -ENOTCONN);
}
