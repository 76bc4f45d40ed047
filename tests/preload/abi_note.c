/*
 * abi_note: which notifications come, in which order, and what is in them,
 * when all are asked for (abi.h).
 */

#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static union {
	union sctp_notification n;
	unsigned char bytes[4000];
} in;

static void
subscribe(int fd)
{
	struct sctp_event_subscribe ev;

	memset(&ev, 1, sizeof(ev));
	(void)opt_set(fd, SCTP_EVENTS, &ev, sizeof(ev));
}

/* Its id is the association's, or 0. */
static const char *
id_text(int32_t id)
{
	return id == 0 ? "0" : "some";
}

static void
show_change(const char *what)
{
	const struct sctp_assoc_change *c = &in.n.sn_assoc_change;
	static const char *const states[] = { "UP", "LOST", "RESTART",
		"SHUTDOWN", "CANT" };

	say("%s: ASSOC_CHANGE %s flags %x len %u error %x streams %u %u id "
	    "%s info %s", what, c->sac_state < 5 ? states[c->sac_state] : "?",
	    c->sac_flags, c->sac_length, c->sac_error,
	    c->sac_outbound_streams, c->sac_inbound_streams,
	    id_text(c->sac_assoc_id), hex(c->sac_info,
	    c->sac_length > sizeof(*c) && c->sac_length < 500 ?
	    c->sac_length - sizeof(*c) : 0));
}

static void
show_paddr(const char *what)
{
	struct sctp_paddr_change c;
	struct sockaddr_storage addr;

	memcpy(&c, &in, sizeof(c));
	memcpy(&addr, (const char *)&c +
	    offsetof(struct sctp_paddr_change, spc_aaddr), sizeof(addr));
	say("%s: PADDR_CHANGE flags %x len %u state %d error %d %s id %s",
	    what, c.spc_flags, c.spc_length, c.spc_state, c.spc_error,
	    text_of(&addr), id_text(c.spc_assoc_id));
}

static void
show_failed(const char *what)
{
	const struct sctp_send_failed *f = &in.n.sn_send_failed;
	struct sctp_send_failed_event *g = (void *)&in;

	if (in.n.sn_header.sn_type == SCTP_SEND_FAILED)
		say("%s: SEND_FAILED flags %x len %u error %x stream %u "
		    "flags %x ppid %x context %x id %s data %s", what,
		    f->ssf_flags, f->ssf_length, f->ssf_error,
		    f->ssf_info.sinfo_stream, f->ssf_info.sinfo_flags,
		    f->ssf_info.sinfo_ppid, f->ssf_info.sinfo_context,
		    id_text(f->ssf_assoc_id), hex(f->ssf_data,
		    f->ssf_length - sizeof(*f)));
	else
		say("%s: SEND_FAILED_EVENT flags %x len %u error %x sid %u "
		    "flags %x ppid %x context %x id %s data %s", what,
		    g->ssf_flags, g->ssf_length, g->ssf_error,
		    g->ssfe_info.snd_sid, g->ssfe_info.snd_flags,
		    g->ssfe_info.snd_ppid, g->ssfe_info.snd_context,
		    id_text(g->ssf_assoc_id), hex(g->ssf_data,
		    g->ssf_length - sizeof(*g)));
}

static void
show_note(const char *what)
{
	const union sctp_notification *n = &in.n;

	switch (n->sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		show_change(what);
		break;
	case SCTP_PEER_ADDR_CHANGE:
		show_paddr(what);
		break;
	case SCTP_SEND_FAILED:
	case SCTP_SEND_FAILED_EVENT:
		show_failed(what);
		break;
	case SCTP_SHUTDOWN_EVENT:
		say("%s: SHUTDOWN flags %x len %u id %s", what,
		    n->sn_shutdown_event.sse_flags,
		    n->sn_shutdown_event.sse_length,
		    id_text(n->sn_shutdown_event.sse_assoc_id));
		break;
	case SCTP_SENDER_DRY_EVENT:
		say("%s: SENDER_DRY len %u id %s", what,
		    n->sn_sender_dry_event.sender_dry_length, id_text(
		    n->sn_sender_dry_event.sender_dry_assoc_id));
		break;
	case SCTP_AUTHENTICATION_INDICATION:
		say("%s: AUTH flags %x len %u key %u alt %u ind %u id %s",
		    what, n->sn_authkey_event.auth_flags,
		    n->sn_authkey_event.auth_length,
		    n->sn_authkey_event.auth_keynumber,
		    n->sn_authkey_event.auth_altkeynumber,
		    n->sn_authkey_event.auth_indication,
		    id_text(n->sn_authkey_event.auth_assoc_id));
		break;
	case SCTP_ADAPTATION_INDICATION:
		say("%s: ADAPTATION len %u ind %x id %s", what,
		    n->sn_adaptation_event.sai_length,
		    n->sn_adaptation_event.sai_adaptation_ind,
		    id_text(n->sn_adaptation_event.sai_assoc_id));
		break;
	default:
		say("%s: type %x flags %x len %u", what,
		    n->sn_header.sn_type, n->sn_header.sn_flags,
		    n->sn_header.sn_length);
	}
}

/* All that come, until there are none for a while. */
static void
drain(const char *what, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct sockaddr_storage from;
	struct iovec v = { &in, sizeof(in) };
	int i, wait = 1000;
	ssize_t r;

	if (fd < 0)
		return;
	for (i = 0; i < 12; i++) {
		struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
			.msg_name = &from, .msg_namelen = sizeof(from) };

		(void)poll(&p, 1, wait);
		wait = 80;
		abi_before();
		memset(&from, 0, sizeof(from));
		memset(&in, 0, 200);
		r = recvmsg(fd, &m, MSG_DONTWAIT);
		if (r < 0) {
			say("%s: %s", what, result(r));
			return;
		}
		if (!(m.msg_flags & MSG_NOTIFICATION)) {
			say("%s: data %zd flags %x from %u", what, r,
			    (unsigned int)m.msg_flags, m.msg_namelen);
			if (r == 0)
				return;
			continue;
		}
		if (m.msg_flags != (MSG_NOTIFICATION | MSG_EOR) ||
		    (size_t)r != in.n.sn_header.sn_length)
			say("%s: %zd flags %x", what, r,
			    (unsigned int)m.msg_flags);
		say("%s: name %u %s", what, m.msg_namelen, text_of(&from));
		show_note(what);
	}
}

static long
send_flags(int fd, int32_t id, uint16_t flags, const char *text)
{
	struct {
		struct cmsghdr h;
		struct sctp_sndrcvinfo info;
	} c;
	struct iovec v = { (void *)(uintptr_t)text, strlen(text) };
	struct msghdr m = { .msg_control = &c, .msg_controllen = sizeof(c),
		.msg_iov = &v, .msg_iovlen = text[0] != '\0' };

	memset(&c, 0, sizeof(c));
	c.h.cmsg_level = IPPROTO_SCTP;
	c.h.cmsg_type = SCTP_SNDRCV;
	c.h.cmsg_len = CMSG_LEN(sizeof(c.info));
	c.info.sinfo_flags = flags;
	c.info.sinfo_assoc_id = id;
	c.info.sinfo_ppid = 0x11223344;
	c.info.sinfo_context = 0x77;
	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

/* Both ends of abi_type, and all that is told from the beginning on. */
struct both {
	int a, listener, b;	/* b is listener for one-to-many */
};

static struct both
begin(void)
{
	struct both t;
	struct sockaddr_storage to;

	t.listener = new_listener(abi_type);
	subscribe(t.listener);
	to = name_of(t.listener);
	t.a = new_socket();
	subscribe(t.a);
	SAY("connect", connect(t.a, (struct sockaddr *)&to, len_of(&to)));
	t.b = t.listener;
	if (abi_type == SOCK_STREAM)
		t.b = accept(t.listener, NULL, NULL);
	return t;
}

static void
finish(struct both *t)
{
	if (t->b != t->listener)
		(void)close(t->b);
	(void)close(t->listener);
	(void)close(t->a);
}

static void
first_part(struct both *t, const char *what)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s, begin a", what);
	drain(text, t->a);
	(void)snprintf(text, sizeof(text), "%s, begin b", what);
	drain(text, t->b);
}

static void
data_and_shutdown(void)
{
	struct both t = begin();

	first_part(&t, "data");
	SAY("send", send_flags(t.a, assoc_of(t.a), 0, "hello"));
	drain("data b", t.b);
	drain("data a", t.a);
	if (abi_type == SOCK_STREAM)
		SAY("shutdown", shutdown(t.a, SHUT_WR));
	else
		SAY("eof", send_flags(t.a, assoc_of(t.a), SCTP_EOF, ""));
	drain("shutdown b", t.b);
	drain("shutdown a", t.a);
	finish(&t);
}

static void
aborts(void)
{
	struct both t = begin();

	first_part(&t, "abort");
	if (abi_type == SOCK_STREAM) {
		reset_on_close(t.a);
		SAY("close", close(t.a));
		t.a = -1;
	} else {
		SAY("abort", send_flags(t.a, assoc_of(t.a), SCTP_ABORT,
		    "why not"));
	}
	drain("abort b", t.b);
	drain("abort a", t.a);
	finish(&t);
}

static void
closes(void)
{
	struct both t = begin();

	first_part(&t, "close");
	SAY("close", close(t.a));
	t.a = -1;
	drain("close b", t.b);
	finish(&t);
	t = begin();
	first_part(&t, "close of b");
	SAY("close", close(t.b));
	drain("close of b, a", t.a);
	(void)close(t.a);
	if (t.listener != t.b)
		(void)close(t.listener);
}

static void
peels(void)
{
	struct both t = begin();
	sctp_peeloff_arg_t arg = { 0, 0 };
	socklen_t len = sizeof(arg);

	if (abi_type == SOCK_STREAM) {
		finish(&t);
		return;
	}
	first_part(&t, "peel");
	SAY("send", send_flags(t.a, assoc_of(t.a), 0, "hello"));
	await(t.b, POLLIN);
	nap(50);
	arg.associd = assoc_of(t.b);
	(void)getsockopt(t.b, IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF, &arg, &len);
	drain("peeled", arg.sd);
	drain("from which it was peeled", t.b);
	SAY("eof", send_flags(t.a, assoc_of(t.a), SCTP_EOF, ""));
	drain("peeled, shutdown", arg.sd);
	drain("peeled, shutdown, by a", t.a);
	drain("peeled, shutdown, old", t.b);
	(void)close(arg.sd);
	finish(&t);
}

static void
refused(void)
{
	int fd = new_socket(), other = new_of(SOCK_STREAM);
	struct sockaddr_storage a = local(0);

	(void)bind(other, (struct sockaddr *)&a, len_of(&a));
	a = name_of(other);
	subscribe(fd);
	SAY("connect refused", connect(fd, (struct sockaddr *)&a,
	    len_of(&a)));
	drain("connect refused", fd);
	SAY("sendto refused", sendto(fd, "hello", 5, MSG_NOSIGNAL,
	    (struct sockaddr *)&a, len_of(&a)));
	drain("sendto refused", fd);
	(void)close(fd);
	(void)close(other);
}

/* Read in parts, and with too little room. */
static void
in_parts(void)
{
	struct both t = begin();
	char buf[100];
	struct iovec v = { buf, 10 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	ssize_t r;
	int i;

	await(t.b, POLLIN);
	for (i = 0; i < 4; i++) {
		abi_before();
		r = recvmsg(t.b, &m, MSG_DONTWAIT);
		say("10 bytes: %s flags %x", result(r),
		    r < 0 ? 0 : (unsigned int)m.msg_flags);
	}
	finish(&t);
}

void
abi_notes(void)
{
	data_and_shutdown();
	aborts();
	closes();
	peels();
	refused();
	in_parts();
}
