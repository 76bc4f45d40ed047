/*
 * name: addresses, and how associations begin (psock.h).
 *
 * What comes first where several things are wrong, and with which errno, is
 * as the kernel has it.
 */

#include "name.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"
#include "posix.h"
#include "process.h"
#include "psock.h"
#include "ready.h"
#include "start.h"
#include "uaddr.h"
#include "wait.h"

/* Linux's sysctl net.core.somaxconn. */
#define BACKLOG_MAX 4096

/* Local addresses of a socket. */
#define ADDRS_MAX 64

/* gsctp knows some things better than the kernel. */
static int
as_kernel(int err)
{
	return err == -EAFNOSUPPORT ? -EINVAL : err;
}

/* The socket that has the options so far may have just this port, of those
 * that nobody asked for. */
static void
free_port(struct psock *p, uint16_t port)
{
	if (!p->is_open || port == 0 || gsctp_port(p->s) != port)
		return;
	(void)gs_posix_close(p->s);
	p->is_open = false;
}

int
ps_bind_first(struct psock *p, const struct sockaddr_storage *addrs, size_t n)
{
	int err;

	if (p->is_closed)
		return -EBADF;
	if (ps_is_forked())
		return ps_forked();
	free_port(p, ps_addr_port(&addrs[0]));
	err = ps_start();
	if (err == 0)
		err = gs_posix_check_port(addrs, n, p->v6only);
	if (err == 0)
		err = ps_open_at(p, addrs, n);
	if (err == 0)
		err = gs_posix_keep_port(p->s);
	if (err == 0)
		err = ps_autobind(p);
	return as_kernel(err);
}

int
ps_bind(struct psock *p, const struct sockaddr *a, socklen_t len)
{
	struct sockaddr_storage ss;
	int err;

	if (ps_is_forked())
		return ps_forked();
	err = ps_addr_copy(&ss, a, len);
	if (err != 0)
		return err;
	(void)pthread_mutex_lock(&p->lock);
	err = p->is_bound ? -EINVAL : ps_addr_check(p, &ss, len);
	if (err == 0)
		err = ps_bind_first(p, &ss, 1);
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}

/* p->lock is held. */
static enum gs_posix_phase
get_state(struct psock *p, struct gs_posix_state *st)
{
	if (p->is_stream && p->is_open && gs_posix_state(p->s, st) == 0)
		return st->phase;
	return GS_POSIX_NONE;
}

/* p->lock is held.  t is NULL where nobody waits for the outcome. */
static int
begin(struct psock *p, const struct sockaddr_storage *addrs, size_t n,
    gsctp_assoc_id *id, struct gs_posix_attempt **t)
{
	struct gs_posix_state st;
	enum gs_posix_phase phase;
	int err;

	phase = get_state(p, &st);
	if ((p->is_stream && p->is_listening) || phase == GS_POSIX_UP ||
	    phase == GS_POSIX_ENDED)
		return -EISCONN;
	err = ps_autobind(p);
	if (err != 0)
		return err;
	if (p->is_stream) {
		p->error = 0;
		(void)gs_posix_take_error(p->s);
	}
	err = t != NULL ? gs_posix_connect(p->s, addrs, n, id, t) :
			  gsctp_connectx_init(p->s, addrs, n, NULL, 0, id);
	if (err == 0 && p->is_stream)
		p->was_connected = true;
	return as_kernel(err);
}

/* Until it is known how it came out. */
static int
wait_outcome(struct psock *p, struct gs_posix_attempt *t, uint64_t deadline)
{
	int err, outcome;

	gs_posix_outcome_move(t, ps_fd_hide);
	err = ps_wait_for(p, gs_posix_outcome_fd(t), deadline);
	outcome = gs_posix_outcome(t);
	if (outcome == -EINPROGRESS)
		return err == 0 || err == -EAGAIN ? outcome : err;
	return outcome == -ECONNABORTED ? -ECONNREFUSED : outcome;
}

int
ps_connect_to(struct psock *p, const struct sockaddr_storage *addrs,
    size_t n, int32_t *id)
{
	bool blocks = ps_blocks(p, 0);
	struct gs_posix_attempt *t;
	gsctp_assoc_id assoc = 0;
	struct timeval limit;
	int err;

	if (ps_is_forked())
		return ps_forked();
	(void)pthread_mutex_lock(&p->lock);
	limit = p->sndtimeo;
	err = begin(p, addrs, n, &assoc, blocks ? &t : NULL);
	(void)pthread_mutex_unlock(&p->lock);
	if (err != 0)
		return err;
	*id = (int32_t)assoc;
	return blocks ? wait_outcome(p, t, ps_deadline(&limit)) :
			-EINPROGRESS;
}

int
ps_connect(struct psock *p, const struct sockaddr *a, socklen_t len)
{
	struct sockaddr_storage ss;
	int32_t id;
	int err;

	if (ps_is_forked())
		return ps_forked();
	err = ps_addr_copy(&ss, a, len);
	if (err != 0)
		return err;
	if (len >= sizeof(sa_family_t) && ss.ss_family == AF_UNSPEC)
		return -EOPNOTSUPP;
	(void)pthread_mutex_lock(&p->lock);
	err = ps_addr_check(p, &ss, len);
	(void)pthread_mutex_unlock(&p->lock);
	return err == 0 ? ps_connect_to(p, &ss, 1, &id) : err;
}

/* p->lock is held. */
static int
do_listen(struct psock *p, int backlog)
{
	/* The kernel lets one more wait. */
	int more = backlog > 0 && p->is_stream;
	int err;

	if (backlog == 0 && !p->is_listening)
		return -EINVAL;
	err = ps_autobind(p);
	if (err == 0)
		err = gsctp_listen(p->s, backlog + more);
	if (err == 0)
		p->is_listening = backlog > 0;
	return err;
}

int
ps_listen(struct psock *p, int backlog)
{
	int err;

	if (backlog < 0 || backlog > BACKLOG_MAX)
		backlog = BACKLOG_MAX;
	if (ps_is_forked())
		return ps_forked();
	(void)pthread_mutex_lock(&p->lock);
	err = do_listen(p, backlog);
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}

/* p->lock is held.  A descriptor, or -EAGAIN. */
static int
try_accept(struct psock *p, int flags, struct sockaddr_storage *peer)
{
	struct gs_posix_state st;
	gsctp_sock s;
	int err;

	if (p->is_closed)
		return -EBADF;
	if (p->is_peeled)
		return -EOPNOTSUPP;
	if (!p->is_open || !p->is_listening)
		return -EINVAL;
	err = gsctp_accept(p->s, 0, &s);
	if (err != 0)
		return err == -ETIMEDOUT ? -EAGAIN : err;
	/* It cannot fail: nobody else has it. */
	memset(&st, 0, sizeof(st));
	(void)gs_posix_state(s, &st);
	*peer = st.peer;
	err = ps_wrap(p, s, flags);
	if (err < 0 && gs_posix_unaccept(p->s, s) != 0)
		(void)gsctp_close(s);
	return err;
}

static int
wait_accept(struct psock *p, int flags, struct sockaddr_storage *peer)
{
	bool blocks = ps_blocks(p, 0);
	uint64_t deadline = 0;
	int r, err;

	(void)pthread_mutex_lock(&p->lock);
	if (blocks)
		deadline = ps_deadline(&p->rcvtimeo);
	for (;;) {
		r = try_accept(p, flags, peer);
		if (r != -EAGAIN || !blocks)
			break;
		(void)pthread_mutex_unlock(&p->lock);
		err = ps_wait(p, deadline);
		if (err != 0)
			return err;
		(void)pthread_mutex_lock(&p->lock);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return r;
}

int
ps_accept4(struct psock *p, struct sockaddr *a, socklen_t *len,
    int flags)
{
	struct sockaddr_storage peer;
	int new, err;

	if ((flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) != 0)
		return -EINVAL;
	if (!p->is_stream)
		return -EOPNOTSUPP;
	if (ps_is_forked())
		return ps_forked();
	new = wait_accept(p, flags, &peer);
	if (new < 0 || a == NULL)
		return new;
	err = ps_addr_give(&peer, a, len);
	if (err == 0)
		return new;
	(void)close(new);
	return err;
}

/* Of several, the one that was added last. */
static int
bound_name(struct psock *p, struct sockaddr_storage *name)
{
	struct sockaddr_storage all[ADDRS_MAX];
	int n;

	n = gs_posix_bound(p->s, all, ADDRS_MAX);
	if (n <= 0)
		return n;
	*name = all[(n < ADDRS_MAX ? n : ADDRS_MAX) - 1];
	return n;
}

/* With a peer, and more than one address that it may be: the one that the
 * system has towards it, if the association has that. */
static void
pick_source(struct psock *p, const struct sockaddr_storage *peer,
    struct sockaddr_storage *name)
{
	struct sockaddr_storage own[ADDRS_MAX], source;
	int i, n;

	n = gsctp_socknames(p->s, 0, own, ADDRS_MAX);
	if (n <= 0)
		return;
	*name = own[0];
	if (ps_addr_source(peer, &source) != 0)
		return;
	for (i = 0; i < n && i < ADDRS_MAX; i++)
		if (ps_addr_same(&own[i], &source))
			*name = own[i];
}

/* A one-to-many socket has the last that it has connected to. */
static bool
has_peer(struct psock *p, struct gs_posix_state *st)
{
	enum gs_posix_phase phase;

	if (!p->is_stream)
		return gs_posix_state(p->s, st) == 0 &&
		    ps_addr_size(st->peer.ss_family) != 0;
	phase = get_state(p, st);
	return phase == GS_POSIX_UP || phase == GS_POSIX_ENDED;
}

/* p->lock is held. */
static int
get_name(struct psock *p, struct sockaddr_storage *name)
{
	struct gs_posix_state st;
	int n;

	memset(name, 0, sizeof(*name));
	name->ss_family = (sa_family_t)p->family;
	if (!p->is_bound)
		return 0;
	n = bound_name(p, name);
	if (n < 0)
		return n;
	if ((n > 1 || ps_addr_is_any(name)) && has_peer(p, &st))
		pick_source(p, &st.peer, name);
	return 0;
}

int
ps_getsockname(struct psock *p, struct sockaddr *a, socklen_t *len)
{
	struct sockaddr_storage ss;
	int err;

	if (ps_is_forked())
		return ps_forked();
	(void)pthread_mutex_lock(&p->lock);
	err = get_name(p, &ss);
	(void)pthread_mutex_unlock(&p->lock);
	return err == 0 ? ps_addr_give(&ss, a, len) : err;
}

int
ps_getpeername(struct psock *p, struct sockaddr *a, socklen_t *len)
{
	struct gs_posix_state st;
	enum gs_posix_phase phase;

	if (ps_is_forked())
		return ps_forked();
	(void)pthread_mutex_lock(&p->lock);
	phase = get_state(p, &st);
	(void)pthread_mutex_unlock(&p->lock);
	if (phase != GS_POSIX_UP && phase != GS_POSIX_ENDED)
		return -ENOTCONN;
	return ps_addr_give(&st.peer, a, len);
}

static int
shut_down(struct psock *p, int how)
{
	struct gs_posix_state st;
	enum gs_posix_phase phase;
	int err = 0;

	if (p->is_listening)
		return how == SHUT_WR ? 0 : -EOPNOTSUPP;
	phase = get_state(p, &st);
	if (how != SHUT_RD)
		p->is_write_shut = true;
	if (how != SHUT_WR) {
		p->is_read_shut = true;
		if (p->is_open)
			(void)gs_posix_shut_read(p->s);
	}
	if (p->is_read_shut || (phase == GS_POSIX_ENDED && st.has_closed))
		gs_ready_hang_up(p->ready, p->is_write_shut);
	/* Which says so, and is shut all the same. */
	if (phase != GS_POSIX_UP && phase != GS_POSIX_ENDED)
		return -ENOTCONN;
	/* The kernel does nothing of that with what was peeled off. */
	if (how != SHUT_RD && !p->is_peeled)
		err = gsctp_shutdown(p->s, GSCTP_SHUT_WRITE);
	/* It is ending already, or has. */
	return err == -ENOTCONN ? 0 : err;
}

int
ps_shutdown(struct psock *p, int how)
{
	int err;

	if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
		return -EINVAL;
	if (ps_is_forked())
		return ps_forked();
	(void)pthread_mutex_lock(&p->lock);
	err = shut_down(p, how);
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}
