/*
 * abi_msg: data: parts of messages, flags, ancillary data (abi.h).
 */

#include "abi.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

static char buf[20000];

static const char *
cmsg_text(const struct cmsghdr *h)
{
	static char text[300];
	const char *d = (const char *)CMSG_DATA(h);
	struct sctp_sndrcvinfo s = { 0 };
	struct sctp_rcvinfo r = { 0 };
	struct sctp_nxtinfo n = { 0 };
	size_t len = h->cmsg_len - CMSG_LEN(0);

	text[0] = '\0';
	if (h->cmsg_type == SCTP_SNDRCV && len == sizeof(s)) {
		memcpy(&s, d, sizeof(s));
		(void)snprintf(text, sizeof(text),
		    "stream %u ssn %u flags %x ppid %x context %x ttl %u "
		    "tsn %s cumtsn %s id %s", s.sinfo_stream, s.sinfo_ssn,
		    s.sinfo_flags, s.sinfo_ppid, s.sinfo_context,
		    s.sinfo_timetolive, s.sinfo_tsn ? "some" : "0",
		    s.sinfo_cumtsn ? "some" : "0",
		    s.sinfo_assoc_id ? "some" : "0");
	} else if (h->cmsg_type == SCTP_RCVINFO && len == sizeof(r)) {
		memcpy(&r, d, sizeof(r));
		(void)snprintf(text, sizeof(text),
		    "sid %u ssn %u flags %x ppid %x context %x tsn %s "
		    "cumtsn %s id %s", r.rcv_sid, r.rcv_ssn, r.rcv_flags,
		    r.rcv_ppid, r.rcv_context, r.rcv_tsn ? "some" : "0",
		    r.rcv_cumtsn ? "some" : "0",
		    r.rcv_assoc_id ? "some" : "0");
	} else if (h->cmsg_type == SCTP_NXTINFO && len == sizeof(n)) {
		memcpy(&n, d, sizeof(n));
		(void)snprintf(text, sizeof(text),
		    "sid %u flags %x ppid %x length %u id %s", n.nxt_sid,
		    n.nxt_flags, n.nxt_ppid, n.nxt_length,
		    n.nxt_assoc_id ? "some" : "0");
	}
	return text;
}

static void
show(const char *what, int fd, size_t room, size_t control_room, int flags)
{
	char control[512];
	struct sockaddr_storage from;
	struct iovec v = { buf, room };
	struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &v, .msg_iovlen = 1,
		.msg_control = control_room > 0 ? control : NULL,
		.msg_controllen = control_room };
	struct cmsghdr *h;
	long r;

	memset(&from, 0, sizeof(from));
	abi_before();
	r = recvmsg(fd, &m, flags);
	if (r < 0) {
		say("%s: %s", what, result(r));
		return;
	}
	say("%s: %ld flags %x control %zu name %u %s", what, r,
	    (unsigned int)m.msg_flags, m.msg_controllen, m.msg_namelen,
	    m.msg_namelen > 0 ? text_of(&from) : "");
	for (h = CMSG_FIRSTHDR(&m); h != NULL; h = CMSG_NXTHDR(&m, h))
		say("%s: cmsg %d len %zu %s", what, h->cmsg_type,
		    h->cmsg_len, cmsg_text(h));
}

/* Send with one piece of ancillary data. */
static long
send_cmsg(int fd, const char *text, int level, int type, const void *data,
    size_t len, size_t said_len)
{
	union {
		struct cmsghdr h;
		char room[256];
	} c;
	struct iovec v = { (void *)(uintptr_t)text, strlen(text) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = text[0] ? 1 : 0,
		.msg_control = &c, .msg_controllen = CMSG_SPACE(len) };

	memset(&c, 0, sizeof(c));
	c.h.cmsg_level = level;
	c.h.cmsg_type = type;
	c.h.cmsg_len = said_len;
	memcpy(CMSG_DATA(&c.h), data, len);
	abi_before();
	return sendmsg(fd, &m, MSG_DONTWAIT);
}

static void
send_and(const char *what, const struct ends *e, int type, const void *data,
    size_t len, const char *text)
{
	long r = send_cmsg(e->fd, text, IPPROTO_SCTP, type, data, len,
	    CMSG_LEN(len));

	say("send %s: %s", what, result(r));
	if (r <= 0)
		return;
	await(e->peer, POLLIN);
	show(what, e->peer, sizeof(buf), 512, MSG_DONTWAIT);
}

static int32_t
id_of(const struct ends *e)
{
	return abi_type == SOCK_STREAM ? 0 : assoc_of(e->fd);
}

static void
ask_infos(int fd, bool snd, bool rcv, bool nxt)
{
	struct sctp_event_subscribe ev = { .sctp_data_io_event = snd };
	int r = rcv, n = nxt;

	(void)opt_set(fd, SCTP_EVENTS, &ev, sizeof(ev));
	(void)opt_set(fd, SCTP_RECVRCVINFO, &r, sizeof(r));
	(void)opt_set(fd, SCTP_RECVNXTINFO, &n, sizeof(n));
}

static void
infos(void)
{
	struct ends e = new_ends();
	struct sctp_sndrcvinfo s = { 0 };
	struct sctp_sndinfo i = { 0 };
	struct sctp_prinfo p = { 0 };
	struct sctp_authinfo a = { 0 };
	static const uint16_t flags[] = { 1, 2, 4, 8, 0x20, 0x30,
		0x40, 0x80, 0x100, 0x200, 0x400, 0x1000, 0x8000 };
	static const uint16_t policies[] = { 0, 0x10, 0x20, 0x30, 0x40 };
	struct sctp_initmsg init;
	char what[40];
	size_t k;

	ask_infos(e.peer, true, true, true);
	s.sinfo_stream = 3;
	s.sinfo_ppid = 0x01020304;
	s.sinfo_context = 5;
	s.sinfo_assoc_id = id_of(&e);
	send_and("sndrcv", &e, SCTP_SNDRCV, &s, sizeof(s), "hello");
	send_and("sndrcv again", &e, SCTP_SNDRCV, &s, sizeof(s), "hello");
	s.sinfo_stream = 9;
	send_and("stream 9", &e, SCTP_SNDRCV, &s, sizeof(s), "x");
	s.sinfo_stream = 10;
	send_and("stream 10", &e, SCTP_SNDRCV, &s, sizeof(s), "x");
	s.sinfo_stream = 0;
	s.sinfo_timetolive = 10000;
	send_and("ttl", &e, SCTP_SNDRCV, &s, sizeof(s), "x");
	i.snd_assoc_id = id_of(&e);
	i.snd_sid = 2;
	i.snd_ppid = 7;
	send_and("sndinfo", &e, SCTP_SNDINFO, &i, sizeof(i), "hello");
	for (k = 0; k < sizeof(flags) / sizeof(flags[0]); k++) {
		if (flags[k] == SCTP_ABORT || flags[k] == SCTP_EOF)
			continue;	/* abi_state.c */
		i.snd_flags = flags[k];
		(void)snprintf(what, sizeof(what), "sndinfo %x", flags[k]);
		send_and(what, &e, SCTP_SNDINFO, &i, sizeof(i), "x");
	}
	i.snd_flags = SCTP_EOF;
	send_and("eof with data", &e, SCTP_SNDINFO, &i, sizeof(i), "x");
	i.snd_flags = 0;
	i.snd_assoc_id = 99;
	send_and("another id", &e, SCTP_SNDINFO, &i, sizeof(i), "x");
	i.snd_assoc_id = -1;
	send_and("id -1", &e, SCTP_SNDINFO, &i, sizeof(i), "x");
	i.snd_assoc_id = 2;
	send_and("id 2", &e, SCTP_SNDINFO, &i, sizeof(i), "x");
	for (k = 0; k < sizeof(policies) / sizeof(policies[0]); k++) {
		p.pr_policy = policies[k];
		p.pr_value = 1000;
		(void)snprintf(what, sizeof(what), "prinfo %x", policies[k]);
		if (abi_type == SOCK_STREAM)
			send_and(what, &e, SCTP_PRINFO, &p, sizeof(p), "x");
	}
	if (abi_type == SOCK_STREAM)
		send_and("authinfo", &e, SCTP_AUTHINFO, &a, sizeof(a), "x");
	memset(&init, 0, sizeof(init));
	send_and("cmsg INIT", &e, SCTP_INIT, &init, sizeof(init), "x");
	send_and("sndrcv short", &e, SCTP_SNDRCV, &s, 8, "x");
	send_and("sndinfo short", &e, SCTP_SNDINFO, &i, 8, "x");
	send_and("sndinfo long", &e, SCTP_SNDINFO, &s, sizeof(s), "x");
	send_and("cmsg of receipt", &e, SCTP_RCVINFO, &s, sizeof(s), "x");
	send_and("cmsg unknown", &e, 77, &s, sizeof(s), "x");
	memset(&i, 0, sizeof(i));
	i.snd_assoc_id = id_of(&e);
	i.snd_sid = 7;
	i.snd_flags = SCTP_PR_SCTP_TTL;
	send_and("sndinfo with a ttl of 0", &e, SCTP_SNDINFO, &i, sizeof(i),
	    "x");
	say("cmsg of sockets: %s", result(send_cmsg(e.fd, "x", SOL_SOCKET,
	    SCM_RIGHTS, &s, 4, CMSG_LEN(4))));
	say("cmsg len 0: %s", result(send_cmsg(e.fd, "x", IPPROTO_SCTP,
	    SCTP_SNDINFO, &i, sizeof(i), 0)));
	say("cmsg len 3: %s", result(send_cmsg(e.fd, "x", IPPROTO_SCTP,
	    SCTP_SNDINFO, &i, sizeof(i), 3)));
	say("cmsg len 500: %s", result(send_cmsg(e.fd, "x", IPPROTO_SCTP,
	    SCTP_SNDINFO, &i, sizeof(i), 500)));
	say("poll: %s", polled(e.fd));
	close_ends(&e);
}

/* -- receiving -- */

static void
parts(void)
{
	struct ends e = new_ends();
	int n = -1;

	ask_infos(e.fd, true, false, false);
	(void)send(e.peer, "0123456789", 10, 0);
	(void)send(e.peer, "abc", 3, 0);
	await(e.fd, POLLIN);
	nap(30);
	(void)ioctl(e.fd, FIONREAD, &n);
	say("FIONREAD: %d", n);
	show("peek 4", e.fd, 4, 200, MSG_PEEK | MSG_DONTWAIT);
	show("peek all", e.fd, 100, 200, MSG_PEEK | MSG_DONTWAIT);
	show("part 4", e.fd, 4, 200, MSG_DONTWAIT);
	(void)ioctl(e.fd, FIONREAD, &n);
	say("FIONREAD: %d", n);
	show("peek 3", e.fd, 3, 200, MSG_PEEK | MSG_DONTWAIT);
	show("part 0", e.fd, 0, 200, MSG_DONTWAIT);
	show("part 3", e.fd, 3, 200, MSG_DONTWAIT);
	show("the rest", e.fd, 3, 200, MSG_DONTWAIT);
	show("next", e.fd, 100, 200, MSG_DONTWAIT);
	show("none", e.fd, 100, 200, MSG_DONTWAIT);
	(void)ioctl(e.fd, FIONREAD, &n);
	say("FIONREAD: %d", n);
	(void)send(e.peer, "0123456789", 10, 0);
	await(e.fd, POLLIN);
	show("trunc 4", e.fd, 4, 200, MSG_TRUNC | MSG_DONTWAIT);
	show("waitall", e.fd, 100, 200, MSG_WAITALL | MSG_DONTWAIT);
	(void)send(e.peer, "0123456789", 10, 0);
	await(e.fd, POLLIN);
	show("no control", e.fd, 100, 0, MSG_DONTWAIT);
	(void)send(e.peer, "0123456789", 10, 0);
	await(e.fd, POLLIN);
	show("control 8", e.fd, 100, 8, MSG_DONTWAIT);
	(void)send(e.peer, "0123456789", 10, 0);
	await(e.fd, POLLIN);
	show("control 20", e.fd, 100, 20, MSG_DONTWAIT);
	ask_infos(e.fd, true, true, true);
	(void)send(e.peer, "0123456789", 10, 0);
	await(e.fd, POLLIN);
	show("control 60", e.fd, 100, 60, MSG_DONTWAIT);
	(void)send(e.peer, "0123456789", 10, 0);
	(void)send(e.peer, "abc", 3, 0);
	await(e.fd, POLLIN);
	nap(30);
	show("with next", e.fd, 100, 300, MSG_DONTWAIT);
	show("without next", e.fd, 100, 300, MSG_DONTWAIT);
	close_ends(&e);
}

/* A sender who ends, with data under way. */
static void
ends_of(void)
{
	struct ends e = new_ends();
	int i;

	(void)send(e.peer, "abc", 3, 0);
	(void)close(e.peer);
	await(e.fd, POLLIN);
	nap(30);
	for (i = 0; i < 3; i++)
		show("after data and close", e.fd, 100, 100, MSG_DONTWAIT);
	e.peer = -1;
	close_ends(&e);

	e = new_ends();
	(void)send(e.peer, "abc", 3, 0);
	await(e.fd, POLLIN);
	reset_on_close(e.peer);
	(void)close(e.peer);
	e.peer = -1;
	await_end(e.fd);
	for (i = 0; i < 3; i++)
		show("after data and reset", e.fd, 100, 100, MSG_DONTWAIT);
	show("after data and reset, blocking", e.fd, 100, 100, 0);
	close_ends(&e);

	e = new_ends();
	(void)send(e.peer, "abc", 3, 0);
	await(e.fd, POLLIN);
	(void)shutdown(e.fd, SHUT_RD);
	for (i = 0; i < 3; i++)
		show("after data and shutdown rd", e.fd, 100, 100,
		    MSG_DONTWAIT);
	close_ends(&e);

	/* Close with something unread: an ABORT. */
	e = new_ends();
	(void)send(e.peer, "abc", 3, 0);
	await(e.fd, POLLIN);
	(void)close(e.fd);
	await(e.peer, POLLIN);
	nap(30);
	say("its peer closed with data unread, poll: %s", polled(e.peer));
	for (i = 0; i < 2; i++)
		show("its peer closed with data unread", e.peer, 100, 100,
		    MSG_DONTWAIT);
	e.fd = -1;
	close_ends(&e);
}

static void
vectors(void)
{
	struct ends e = new_ends();
	char text[] = "abcde";
	struct iovec v[3] = { { text, 2 }, { text, 0 }, { text + 2, 3 } };
	struct iovec in[2] = { { buf, 2 }, { buf + 100, 100 } };

	SAY("writev", writev(e.fd, v, 3));
	await(e.peer, POLLIN);
	SAY("readv", readv(e.peer, in, 2));
	say("in it: %.2s %.3s", buf, buf + 100);
	SAY("send MORE", send(e.fd, "x", 1, MSG_MORE));
	SAY("send EOR", send(e.fd, "x", 1, MSG_EOR));
	SAY("send OOB", send(e.fd, "x", 1, MSG_OOB));
	SAY("send DONTROUTE", send(e.fd, "x", 1, MSG_DONTROUTE));
	SAY("send CONFIRM", send(e.fd, "x", 1, MSG_CONFIRM));
	SAY("send FASTOPEN", send(e.fd, "x", 1, MSG_FASTOPEN | MSG_DONTWAIT));
	SAY("send ZEROCOPY", send(e.fd, "x", 1, MSG_ZEROCOPY | MSG_DONTWAIT));
	close_ends(&e);
}

void
abi_messages(void)
{
	infos();
	parts();
	ends_of();
	vectors();
}
