/*
 * calls: every function of the library that takes a socket, each with
 * arguments that make sense but for the socket.
 */

#ifndef GS_TEST_CALLS_H
#define GS_TEST_CALLS_H

#include <arpa/inet.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <string.h>

struct gs_call {
	const char *name;
	int (*fn)(gsctp_sock s);
};

static inline struct sockaddr_storage
call_peer(void)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;

	memset(&ss, 0, sizeof(ss));
	in->sin_family = AF_INET;
	in->sin_port = htons(5);
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return ss;
}

static inline int
call_setopts(gsctp_sock s)
{
	const struct gsctp_opt opts[] = { GSCTP_NODELAY(true) };

	return gsctp_setopts(s, opts, 1, NULL);
}

static inline int
call_setopts_none(gsctp_sock s)
{
	return gsctp_setopts(s, NULL, 0, NULL);
}

static inline int
call_getopts(gsctp_sock s)
{
	struct gsctp_opt opts[] = { GSCTP_NODELAY(false) };

	return gsctp_getopts(s, opts, 1, NULL);
}

static inline int
call_close(gsctp_sock s)
{
	return gsctp_close(s);
}

static inline int
call_listen_on(gsctp_sock s)
{
	return gsctp_listen(s, GSCTP_BACKLOG);
}

static inline int
call_listen_off(gsctp_sock s)
{
	return gsctp_listen(s, 0);
}

static inline int
call_fd(gsctp_sock s)
{
	return gsctp_fd(s);
}

static inline int
call_bindx(gsctp_sock s)
{
	struct sockaddr_storage a = call_peer();

	((struct sockaddr_in *)&a)->sin_port = 0;
	return gsctp_bindx(s, &a, 1, GSCTP_BINDX_ADD);
}

static inline int
call_port(gsctp_sock s)
{
	return gsctp_port(s);
}

static inline int
call_socknames(gsctp_sock s)
{
	struct sockaddr_storage a[4];

	return gsctp_socknames(s, 0, a, 4);
}

static inline int
call_sockname(gsctp_sock s)
{
	struct sockaddr_storage a;

	return gsctp_sockname(s, &a);
}

static inline int
call_peernames(gsctp_sock s)
{
	struct sockaddr_storage a[4];

	return gsctp_peernames(s, 1, a, 4);
}

static inline int
call_assocs(gsctp_sock s)
{
	gsctp_assoc_id ids[4];

	return gsctp_assocs(s, ids, 4);
}

static inline int
call_getstat(gsctp_sock s)
{
	struct gsctp_stat stat;

	return gsctp_getstat(s, &stat);
}

static inline int
call_connect(gsctp_sock s)
{
	struct sockaddr_storage a = call_peer();
	struct gsctp_assoc_change c;

	return gsctp_connect(s, (struct sockaddr *)&a, sizeof(a), NULL, 0, 0,
	    &c);
}

static inline int
call_connect_for_ever(gsctp_sock s)
{
	struct sockaddr_storage a = call_peer();

	return gsctp_connect(s, (struct sockaddr *)&a, sizeof(a), NULL, 0, -1,
	    NULL);
}

static inline int
call_connect_init(gsctp_sock s)
{
	struct sockaddr_storage a = call_peer();
	gsctp_assoc_id id;

	return gsctp_connect_init(s, (struct sockaddr *)&a, sizeof(a), NULL,
	    0, &id);
}

static inline int
call_connectx_init(gsctp_sock s)
{
	struct sockaddr_storage a = call_peer();
	gsctp_assoc_id id;

	return gsctp_connectx_init(s, &a, 1, NULL, 0, &id);
}

static inline int
call_eof(gsctp_sock s)
{
	return gsctp_eof(s, 1);
}

static inline int
call_abort(gsctp_sock s)
{
	return gsctp_abort(s, 1, "why", 3);
}

static inline int
call_send(gsctp_sock s)
{
	return gsctp_send(s, 1, 0, "x", 1);
}

static inline int
call_sendmsg_flags(gsctp_sock s, uint32_t flags, size_t len)
{
	char byte = 'x';
	struct iovec iov = { .iov_base = &byte, .iov_len = len };
	struct gsctp_sndrcvinfo info;

	memset(&info, 0, sizeof(info));
	info.flags = flags;
	info.assoc_id = 1;
	return gsctp_sendmsg(s, &info, &iov, 1, NULL, 0);
}

static inline int
call_sendmsg(gsctp_sock s)
{
	return call_sendmsg_flags(s, 0, 1);
}

static inline int
call_sendmsg_eof(gsctp_sock s)
{
	return call_sendmsg_flags(s, GSCTP_EOF, 0);
}

static inline int
call_sendmsg_abort(gsctp_sock s)
{
	return call_sendmsg_flags(s, GSCTP_ABORT, 1);
}

static inline int
call_recv(gsctp_sock s)
{
	struct gsctp_msg *m;

	return gsctp_recv(s, 0, &m);
}

static inline int
call_recv_for_ever(gsctp_sock s)
{
	struct gsctp_msg *m;

	return gsctp_recv(s, -1, &m);
}

static inline int
call_accept(gsctp_sock s)
{
	gsctp_sock got;

	return gsctp_accept(s, 0, &got);
}

static inline int
call_peeloff(gsctp_sock s)
{
	gsctp_sock got;

	return gsctp_peeloff(s, 1, &got);
}

static inline int
call_shutdown(gsctp_sock s)
{
	return gsctp_shutdown(s, GSCTP_SHUT_WRITE);
}

static inline int
call_set_active(gsctp_sock s)
{
	return gsctp_set_active(s, GSCTP_ACTIVE_FALSE);
}

static inline int
call_controlling_process(gsctp_sock s)
{
	gsctp_mbox none = { 0 };

	return gsctp_controlling_process(s, none, none);
}

/* close comes last: a live socket outlives the calls before it. */
static const struct gs_call gs_calls[] = {
	{ "setopts", call_setopts },
	{ "setopts, none", call_setopts_none },
	{ "getopts", call_getopts },
	{ "listen, on", call_listen_on },
	{ "listen, off", call_listen_off },
	{ "fd", call_fd },
	{ "bindx", call_bindx },
	{ "port", call_port },
	{ "socknames", call_socknames },
	{ "sockname", call_sockname },
	{ "peernames", call_peernames },
	{ "assocs", call_assocs },
	{ "getstat", call_getstat },
	{ "connect", call_connect },
	{ "connect, for ever", call_connect_for_ever },
	{ "connect_init", call_connect_init },
	{ "connectx_init", call_connectx_init },
	{ "eof", call_eof },
	{ "abort", call_abort },
	{ "send", call_send },
	{ "sendmsg", call_sendmsg },
	{ "sendmsg, eof", call_sendmsg_eof },
	{ "sendmsg, abort", call_sendmsg_abort },
	{ "accept", call_accept },
	{ "peeloff", call_peeloff },
	{ "shutdown", call_shutdown },
	{ "set_active", call_set_active },
	{ "controlling_process", call_controlling_process },
	{ "recv", call_recv },
	{ "recv, for ever", call_recv_for_ever },
	{ "close", call_close },
};

#define GS_NCALLS (sizeof(gs_calls) / sizeof(gs_calls[0]))

#endif
