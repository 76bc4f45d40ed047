/* engine_sock: see engine_sock.h.  Layer 3. */

#include "engine_sock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine_abi.h"
#include "engine_impl.h"
#include "engine_mtu.h"

#include <usrsctp.h>

/* Not in <usrsctp.h>; the engine answers to them. */
#define OPT_SNDBUF_USE 0x1101
#define OPT_NONCE_VALUES 0x1105

/* An I-DATA chunk's header is so much longer than a DATA chunk's. */
#define I_DATA_MORE 4

/* No fragment is smaller. */
#define FRAGMENT_MIN 64

/* struct sctp_sockstat, the answer to the first. */
struct sndbuf_use {
	sctp_assoc_t assoc_id;
	uint32_t queued;
	uint32_t unread;
};

bool gs_engine_sharing_port;

/* Guarded by the stack's lock. */
unsigned int gs_engine_opts_set = 1;
static uint16_t default_peer_port;
static void (*upcall_fn)(void *arg);

void
gs_esock_init(uint16_t peer_udp_port, void (*upcall)(void *arg))
{
	default_peer_port = peer_udp_port;
	upcall_fn = upcall;
}

static int
set_int(struct socket *so, int name, int value)
{
	if (usrsctp_setsockopt(so, IPPROTO_SCTP, name, &value,
	    sizeof(value)) != 0)
		return -errno;
	return 0;
}

/* -1 where there is none. */
static int
get_int(struct socket *so, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	if (usrsctp_getsockopt(so, level, name, &value, &len) != 0)
		return -1;
	return value;
}

static int
set_encaps_port(struct socket *so, uint16_t port)
{
	struct sctp_udpencaps e;

	memset(&e, 0, sizeof(e));
	e.sue_address.ss_family = AF_UNSPEC;
	e.sue_port = htons(port);
	if (usrsctp_setsockopt(so, IPPROTO_SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT,
	    &e, sizeof(e)) != 0)
		return -errno;
	return 0;
}

/*
 * A message to an address of the caller's choice (SCTP_ADDR_OVER) that waits
 * alone sends the engine's stream scheduler round for ever
 * (sctp_ss_functions.c:sctp_ss_default_select, in later releases too), unless
 * this knob says that it need not look at addresses there.  Its other
 * meaning, to send on all paths at once, is read only where a socket is made.
 */
static struct socket *
new_socket(bool v6)
{
	struct socket *so;

	(void)usrsctp_sysctl_set_sctp_cmt_on_off(0);
	so = usrsctp_socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, IPPROTO_SCTP,
	    NULL, NULL, 0, NULL);
	(void)usrsctp_sysctl_set_sctp_cmt_on_off(1);
	return so;
}

int
gs_esock_new(bool v6, struct socket **out)
{
	struct socket *so;
	int err;

	so = new_socket(v6);
	if (so == NULL)
		return -errno;
	if (usrsctp_set_non_blocking(so, 1) != 0) {
		err = -errno;
		goto close;
	}
	err = set_int(so, SCTP_REUSE_PORT, 1);
	if (err == 0)
		err = set_int(so, SCTP_RECVRCVINFO, 1);
	if (err == 0)
		err = set_encaps_port(so, default_peer_port);
	if (err == 0)
		err = gs_mtu_init_socket(so);
	if (err != 0)
		goto close;
	*out = so;
	return 0;

close:
	usrsctp_close(so);
	return err;
}

void
gs_esock_close(struct socket *so)
{
	struct linger l = { .l_onoff = 1, .l_linger = 0 };

	gs_mtu_end(so);
	(void)usrsctp_set_upcall(so, NULL, NULL);
	/* It cannot fail on a socket; without it the engine would keep the
	 * association when the socket is gone. */
	(void)usrsctp_setsockopt(so, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	usrsctp_close(so);
}

/* The engine reads a whole sockaddr_in6 whatever the family. */
static int
bind_first(struct socket *so, const union gs_addr *a)
{
	union gs_addr copy = *a;

	if (usrsctp_bind(so, &copy.sa, gs_addr_len(a)) != 0)
		return -errno;
	return 0;
}

static int
bind_more(struct socket *so, const union gs_addr *a, bool share)
{
	union gs_addr copy = *a;
	int r;

	gs_engine_sharing_port = share;
	r = usrsctp_bindx(so, &copy.sa, 1, (int)SCTP_BINDX_ADD_ADDR);
	gs_engine_sharing_port = false;
	return r == 0 ? 0 : -errno;
}

int
gs_esock_bind(struct socket *so, const union gs_addr *addrs, size_t n,
    bool share)
{
	size_t i;
	int err;

	err = bind_first(so, &addrs[0]);
	for (i = 1; err == 0 && i < n; i++)
		err = bind_more(so, &addrs[i], share);
	return err;
}

/*
 * Adding a second address asks whether another endpoint has it.  The
 * listener that an outgoing association shares its port with does.
 */
void *
__wrap_sctp_pcb_findep(struct sockaddr *name, int find_tcp_pool,
    int have_lock, uint32_t vrf_id)
{
	if (gs_engine_sharing_port)
		return NULL;
	return __real_sctp_pcb_findep(name, find_tcp_pool, have_lock, vrf_id);
}

int
gs_esock_listen(struct socket *so, int backlog)
{
	return usrsctp_listen(so, backlog) == 0 ? 0 : -errno;
}

struct socket *
gs_esock_accept(struct socket *listener)
{
	struct socket *so = NULL;
	int err;

	/* Where the association is gone already there is an error and a
	 * socket: its notifications tell.  An error of the listener's own
	 * comes once, before the sockets that wait. */
	err = user_accept(listener, NULL, NULL, &so);
	if (so == NULL && err != 0 && err != EWOULDBLOCK)
		(void)user_accept(listener, NULL, NULL, &so);
	if (so != NULL)
		(void)usrsctp_set_non_blocking(so, 1);
	return so;
}

int
gs_esock_connect(struct socket *so, const union gs_addr *addrs, size_t n)
{
	/* Packed one after the other, with room to read past the last. */
	union gs_addr packed[65];
	char *p = (char *)packed;
	size_t i;
	sctp_assoc_t id;

	if (n == 0 || n > 64)
		return -EINVAL;
	memset(packed, 0, sizeof(packed));
	for (i = 0; i < n; i++) {
		memcpy(p, &addrs[i], gs_addr_len(&addrs[i]));
		p += gs_addr_len(&addrs[i]);
	}
	if (usrsctp_connectx(so, &packed[0].sa, (int)n, &id) == 0 ||
	    errno == EINPROGRESS)
		return 0;
	return -errno;
}

int
gs_esock_events(struct socket *so)
{
	int ev = usrsctp_get_events(so);

	return ((ev & SCTP_EVENT_READ) ? GS_READABLE : 0) |
	    ((ev & SCTP_EVENT_WRITE) ? GS_WRITABLE : 0) |
	    ((ev & SCTP_EVENT_ERROR) ? GS_FAILED : 0);
}

static void
on_upcall(struct socket *so, void *arg, int flags)
{
	(void)so;
	(void)flags;
	if (arg != NULL)
		upcall_fn(arg);
}

void
gs_esock_set_owner(struct socket *so, void *arg)
{
	(void)usrsctp_set_upcall(so, on_upcall, arg);
}

static void
info_to_engine(const struct gsctp_sndrcvinfo *info, struct sctp_sendv_spa *spa)
{
	memset(spa, 0, sizeof(*spa));
	spa->sendv_flags = SCTP_SEND_SNDINFO_VALID;
	spa->sendv_sndinfo.snd_sid = info->stream;
	spa->sendv_sndinfo.snd_ppid = htonl(info->ppid);
	spa->sendv_sndinfo.snd_context = info->context;
	if (info->flags & GSCTP_UNORDERED)
		spa->sendv_sndinfo.snd_flags |= SCTP_UNORDERED;
	if (info->flags & GSCTP_ADDR_OVER)
		spa->sendv_sndinfo.snd_flags |= SCTP_ADDR_OVER;
	if (info->flags & GSCTP_SACK_IMMEDIATELY)
		spa->sendv_sndinfo.snd_flags |= SCTP_SACK_IMMEDIATELY;
	/* Without SCTP_EXPLICIT_EOR it is not looked at. */
	if ((info->flags & GSCTP_MORE) == 0)
		spa->sendv_sndinfo.snd_flags |= SCTP_EOR;
	if ((info->flags & GSCTP_PR_RTX) != 0 || info->timetolive != 0) {
		spa->sendv_flags |= SCTP_SEND_PRINFO_VALID;
		spa->sendv_prinfo.pr_policy = (info->flags & GSCTP_PR_RTX) ?
		    SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
		spa->sendv_prinfo.pr_value = info->timetolive;
	}
}

/* What a send's errno means to the application. */
static int
send_error(int e)
{
	switch (e) {
	case EWOULDBLOCK:
		return -EAGAIN;
	case ENOTCONN:
	case ECONNRESET:
	case ECONNREFUSED:
	case ECONNABORTED:
	case ETIMEDOUT:
	case ENOENT:
	case EPIPE:
		return -EPIPE;
	default:
		return -e;
	}
}

/*
 * Nagle's algorithm keeps back a small message while another one is on its
 * way.  The engine keeps back the end of a message of several fragments too,
 * and where there are two of them, the peer has nothing to acknowledge until
 * its timer is over.  So nodelay is on while one is sent; false: it was, or
 * there is no need.
 */
static bool
hurry(struct socket *so, struct gs_esock_traits *t, size_t len)
{
	int on = 1;

	gs_esock_refresh(so, t);
	if (t->has_nodelay || gs_mtu_may_wait(so, len))
		return false;
	return usrsctp_setsockopt(so, IPPROTO_SCTP, SCTP_NODELAY, &on,
		   sizeof(on)) == 0;
}

static void
hurry_no_more(struct socket *so)
{
	int off = 0;

	(void)usrsctp_setsockopt(so, IPPROTO_SCTP, SCTP_NODELAY, &off,
	    sizeof(off));
}

int
gs_esock_send(struct socket *so, struct gs_esock_traits *t,
    const struct gsctp_sndrcvinfo *info, const void *data, size_t len,
    const union gs_addr *to)
{
	struct sctp_sendv_spa spa;
	union gs_addr copy;
	bool hurries;
	int err = 0;

	info_to_engine(info, &spa);
	if (to != NULL) {
		copy = *to;
	} else if (gs_engine_other_path(so, &copy)) {
		spa.sendv_sndinfo.snd_flags |= SCTP_ADDR_OVER;
		to = &copy;
	}
	hurries = hurry(so, t, len);
	gs_mtu_send_begins(so);
	if (usrsctp_sendv(so, data, len, to != NULL ? &copy.sa : NULL,
	    to != NULL ? 1 : 0, &spa, sizeof(spa), SCTP_SENDV_SPA, 0) < 0)
		err = send_error(errno);
	gs_mtu_send_ends(so);
	if (hurries)
		hurry_no_more(so);
	return err;
}

int
gs_esock_shutdown(struct socket *so)
{
	return usrsctp_shutdown(so, SHUT_WR) == 0 ? 0 : -errno;
}


static int
get_status(struct socket *so, struct sctp_status *st)
{
	socklen_t len = sizeof(*st);

	memset(st, 0, sizeof(*st));
	if (usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_STATUS, st, &len) != 0)
		return -errno;
	return 0;
}

enum gsctp_assoc_state
gs_state_from_engine(int32_t state)
{
	switch (state) {
	case SCTP_COOKIE_WAIT:
		return GSCTP_COOKIE_WAIT;
	case SCTP_COOKIE_ECHOED:
		return GSCTP_COOKIE_ECHOED;
	case SCTP_ESTABLISHED:
		return GSCTP_ESTABLISHED;
	case SCTP_SHUTDOWN_PENDING:
		return GSCTP_SHUTDOWN_PENDING;
	case SCTP_SHUTDOWN_SENT:
		return GSCTP_SHUTDOWN_SENT;
	case SCTP_SHUTDOWN_RECEIVED:
		return GSCTP_SHUTDOWN_RECEIVED;
	case SCTP_SHUTDOWN_ACK_SENT:
		return GSCTP_SHUTDOWN_ACK_SENT;
	default:
		return GSCTP_CLOSED;
	}
}

enum gsctp_assoc_state
gs_esock_state(struct socket *so)
{
	struct sctp_status st;

	if (get_status(so, &st) != 0)
		return GSCTP_CLOSED;
	return gs_state_from_engine(st.sstat_state);
}

void
gs_esock_streams(struct socket *so, uint16_t *in, uint16_t *out)
{
	struct sctp_status st;

	(void)get_status(so, &st);	/* zeroes where there is none */
	*in = st.sstat_instrms;
	*out = st.sstat_outstrms;
}

int
gs_esock_tags(struct socket *so, uint32_t *local, uint32_t *peer)
{
	struct sctp_get_nonce_values v;
	socklen_t len = sizeof(v);

	memset(&v, 0, sizeof(v));
	if (usrsctp_getsockopt(so, IPPROTO_SCTP, OPT_NONCE_VALUES, &v,
	    &len) != 0)
		return -ENOTCONN;
	*local = v.gn_local_tag;
	*peer = v.gn_peers_tag;
	return 0;
}

int
gs_esock_error(struct socket *so)
{
	int e = 0;
	socklen_t len = sizeof(e);

	if (usrsctp_getsockopt(so, SOL_SOCKET, SO_ERROR, &e, &len) != 0)
		return 0;
	return -e;
}

int
gs_esock_addrs(struct socket *so, bool peer, union gs_addr *addrs, size_t max)
{
	struct sockaddr *list = NULL;
	const char *p;
	union gs_addr a;
	int i, n;

	n = peer ? usrsctp_getpaddrs(so, 0, &list) :
		   usrsctp_getladdrs(so, 0, &list);
	if (n < 0)
		return -ENOTCONN;
	p = (const char *)list;
	for (i = 0; i < n; i++) {
		memset(&a, 0, sizeof(a));
		if (((const struct sockaddr *)(const void *)p)->sa_family ==
		    AF_INET)
			memcpy(&a.v4, p, sizeof(a.v4));
		else
			memcpy(&a.v6, p, sizeof(a.v6));
		if ((size_t)i < max)
			addrs[i] = a;
		p += gs_addr_len(&a);
	}
	if (list != NULL) {
		if (peer)
			usrsctp_freepaddrs(list);
		else
			usrsctp_freeladdrs(list);
	}
	return n;
}

static size_t
sndbuf(struct socket *so)
{
	int v = get_int(so, SOL_SOCKET, SO_SNDBUF);

	return v > 0 ? (size_t)v : 0;
}

void
gs_esock_refresh(struct socket *so, struct gs_esock_traits *t)
{
	int rcvbuf;

	if (t->seen == gs_engine_opts_set)
		return;
	t->seen = gs_engine_opts_set;
	t->sndbuf = (uint32_t)sndbuf(so);
	rcvbuf = get_int(so, SOL_SOCKET, SO_RCVBUF);
	t->rcvbuf = rcvbuf > 0 ? (uint32_t)rcvbuf : 0;
	t->has_nodelay = get_int(so, IPPROTO_SCTP, SCTP_NODELAY) > 0;
	t->is_whole = get_int(so, IPPROTO_SCTP, SCTP_DISABLE_FRAGMENTS) > 0;
}

/* The engine's fragmentation point; 0 where it does not say. */
static size_t
fragment_max(struct socket *so)
{
	struct sctp_assoc_value v;
	socklen_t len = sizeof(v);

	memset(&v, 0, sizeof(v));
	if (usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_MAXSEG, &v, &len) != 0)
		return 0;
	return v.assoc_value;
}

/* The engine compares with the path's MTU, headers and all. */
bool
gs_esock_fits(struct socket *so, struct gs_esock_traits *t, size_t len)
{
	size_t max;

	gs_esock_refresh(so, t);
	if (len > t->sndbuf)
		return false;
	if (len <= FRAGMENT_MIN || !t->is_whole)
		return true;
	max = fragment_max(so);
	return max == 0 || len <= max;
}

static int
try_abort(struct socket *so, const void *reason, size_t len)
{
	struct sctp_sndinfo info;

	memset(&info, 0, sizeof(info));
	info.snd_flags = SCTP_ABORT;
	/* The engine wants a pointer even for no bytes. */
	if (usrsctp_sendv(so, len > 0 ? reason : "", len, NULL, 0, &info,
	    sizeof(info), SCTP_SENDV_SNDINFO, 0) < 0)
		return send_error(errno);
	return 0;
}

/* The engine wants room for the reason too, which it does not use. */
int
gs_esock_abort(struct socket *so, const void *reason, size_t len)
{
	int err = try_abort(so, reason, len);
	int room;

	if (err != -EAGAIN)
		return err;
	room = (int)(sndbuf(so) + len + 1);
	if (usrsctp_setsockopt(so, SOL_SOCKET, SO_SNDBUF, &room,
	    sizeof(room)) != 0)
		return err;
	return try_abort(so, reason, len);
}

static struct sndbuf_use
get_use(struct socket *so)
{
	struct sndbuf_use use;
	socklen_t len = sizeof(use);

	memset(&use, 0, sizeof(use));
	if (usrsctp_getsockopt(so, IPPROTO_SCTP, OPT_SNDBUF_USE, &use,
	    &len) != 0)
		memset(&use, 0, sizeof(use));
	return use;
}

size_t
gs_esock_queued(struct socket *so)
{
	return get_use(so).queued;
}

size_t
gs_esock_incomplete(struct socket *so)
{
	return get_use(so).unread;
}

bool
gs_esock_has_room(struct socket *so, size_t len)
{
	size_t queued = gs_esock_queued(so);

	return queued == 0 || queued + len <= sndbuf(so);
}

bool
gs_esock_is_idle(struct socket *so)
{
	struct sctp_status st;

	return get_status(so, &st) == 0 && st.sstat_unackdata == 0;
}

int
gs_esock_send_over(struct socket *so, struct gs_esock_traits *t,
    const struct gsctp_sndrcvinfo *info, const void *data, size_t len,
    const union gs_addr *to)
{
	uint32_t chunks = usrsctp_sysctl_get_sctp_max_chunks_on_queue();
	int before = (int)sndbuf(so);
	int room = (int)(2 * (gs_esock_queued(so) + len)) + 65536;
	int err;

	if (usrsctp_setsockopt(so, SOL_SOCKET, SO_SNDBUF, &room,
	    sizeof(room)) != 0)
		return -EAGAIN;
	(void)usrsctp_sysctl_set_sctp_max_chunks_on_queue(UINT32_MAX / 2);
	err = gs_esock_send(so, t, info, data, len, to);
	(void)usrsctp_sysctl_set_sctp_max_chunks_on_queue(chunks);
	(void)usrsctp_setsockopt(so, SOL_SOCKET, SO_SNDBUF, &before,
	    sizeof(before));
	return err;
}

bool
gs_esock_is_one_fragment(struct socket *so, size_t len)
{
	return len <= FRAGMENT_MIN || len + I_DATA_MORE <= fragment_max(so);
}
