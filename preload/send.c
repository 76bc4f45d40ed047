/*
 * send: messages that the program sends (psock.h).
 *
 * One call is one message: what MSG_EOR and MSG_MORE say changes nothing, as
 * with the kernel, where SCTP_EXPLICIT_EOR is not.
 */

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "begin.h"
#include "clock.h"
#include "control.h"
#include "iov.h"
#include "posix.h"
#include "process.h"
#include "psock.h"
#include "sinfo.h"
#include "wait.h"
#include "waiter.h"

/* sysctl net.core.wmem_default, which bounds a message. */
#define SNDBUF_DEFAULT 212992

/* Parts of a message are put together on the stack, up to here. */
#define SMALL 8192

#define ABORT_MAX 1024		/* bytes of a reason */

/* A call: what is sent, and how. */
struct call {
	struct psock *p;
	int flags;
	const struct msghdr *m;
	struct ps_control c;
	bool has_control;
	struct gs_posix_out out;
};

/* Before the first look at the message; s is p's socket. */
static int
look(struct psock *p, gsctp_sock *s, size_t *limit)
{
	int err = 0;

	(void)pthread_mutex_lock(&p->lock);
	*s = p->s;
	*limit = p->sndbuf > 0 ? (size_t)p->sndbuf : SNDBUF_DEFAULT;
	if (p->is_closed)
		err = -EBADF;
	else if (p->is_stream && p->is_listening)
		err = -EPIPE;
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}

/* What goes with the message, from ancillary data or by default. */
static void
choose_info(struct call *k)
{
	const struct ps_control *c = &k->c;
	struct gs_posix_out *o = &k->out;
	uint16_t flags = c->info.flags;
	uint32_t value = c->info.timetolive;

	o->takes_defaults = true;
	o->takes_policy = true;
	if (!k->has_control)
		return;
	o->takes_defaults = !c->has_sndrcv && !c->has_sndinfo;
	o->takes_policy = !c->has_sndrcv && !c->has_prinfo &&
	    !(flags & LX_PR_MASK);
	if (c->has_prinfo) {
		flags = (uint16_t)((flags & ~LX_PR_MASK) |
		    c->prinfo.policy);
		value = c->prinfo.value;
	}
	o->info.flags = ps_flags_in(flags, &value) &
	    ~(uint32_t)(GSCTP_ABORT | GSCTP_EOF);
	o->info.timetolive = value;
	o->info.stream = c->info.stream;
	o->info.ppid = ntohl(c->info.ppid);
	o->info.context = c->info.context;
	o->info.assoc_id = (gsctp_assoc_id)c->info.assoc_id;
}

/* The address, if it says something on this socket. */
static int
choose_name(struct call *k)
{
	const struct msghdr *m = k->m;
	const struct sockaddr *to = m->msg_name;

	/* No length is no address, as with the kernel. */
	if (to == NULL || m->msg_namelen == 0 || k->p->is_peeled)
		return 0;
	if (m->msg_namelen > INT32_MAX ||
	    m->msg_namelen < sizeof(struct sockaddr_in) ||
	    (to->sa_family != AF_INET && to->sa_family != AF_INET6) ||
	    (to->sa_family == AF_INET6 &&
	    (k->p->family != AF_INET6 ||
	    m->msg_namelen < sizeof(struct sockaddr_in6))))
		return -EINVAL;
	k->out.to = to;
	k->out.tolen = m->msg_namelen < sizeof(struct sockaddr_storage) ?
	    m->msg_namelen : sizeof(struct sockaddr_storage);
	return 0;
}

/* The rules of what goes together, in the kernel's order. */
static int
check(const struct call *k, size_t limit)
{
	unsigned int flags = k->c.info.flags;
	size_t len = k->out.len;

	if (len > limit)
		return -EMSGSIZE;
	if (k->p->is_stream && !k->p->is_peeled &&
	    (flags & (LX_EOF | LX_ABORT)))
		return -EINVAL;
	if ((flags & LX_EOF) && len > 0)
		return -EINVAL;
	if (!(flags & (LX_EOF | LX_ABORT)) && len == 0)
		return -EINVAL;
	if ((flags & LX_ADDR_OVER) &&
	    (k->m->msg_name == NULL || k->m->msg_namelen == 0))
		return -EINVAL;
	return 0;
}

/*
 * The engine signs with the association's active key alone.  Where nothing is
 * signed the kernel does not look at the number either.
 */
static int
check_key(const struct call *k, gsctp_sock s)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_AUTH_SUPPORTED };
	size_t bad;

	if (!k->c.has_authinfo || k->c.authinfo.keynumber == 0)
		return 0;
	if (gsctp_getopts(s, &o, 1, &bad) != 0)
		return 0;
	return o.u.assoc_value.assoc_value != 0 ? -EINVAL : 0;
}

static uint64_t
deadline_of(struct psock *p)
{
	uint64_t deadline;

	(void)pthread_mutex_lock(&p->lock);
	deadline = ps_deadline(&p->sndtimeo);
	(void)pthread_mutex_unlock(&p->lock);
	return deadline;
}

/* What this engine cannot do with a message that may be given up, it does
 * with one that may not. */
static int
try(gsctp_sock s, struct gs_posix_out *o, struct gs_waiter *w)
{
	int err;

	err = gs_posix_send(s, o, w);
	if (err != -EOPNOTSUPP || o->takes_defaults)
		return err;
	o->info.flags &= ~(GSCTP_PR_TTL | GSCTP_PR_RTX);
	o->info.timetolive = 0;
	o->takes_policy = false;
	return gs_posix_send(s, o, w);
}

/* With room: now, or when there is some. */
static int
send_when(struct call *k, gsctp_sock s)
{
	struct gs_waiter w = { 0 };
	uint64_t deadline;
	int err;

	err = try(s, &k->out, NULL);
	if (err != -EAGAIN || !ps_blocks(k->p, k->flags))
		return err;
	deadline = deadline_of(k->p);
	for (;;) {
		err = try(s, &k->out, &w);
		if (err == -EAGAIN)
			err = gs_waiter_wait(&w, deadline);
		else
			break;
		if (err != 0)
			break;
	}
	gs_posix_unwait(&w);
	/* Linux tells one who waited in another way. */
	return err == -ESHUTDOWN ? -EPIPE : err;
}

/*
 * The kernel lets who sends to a new peer wait until its association is up;
 * and if it does not come up, or a signal comes before, that is not this
 * call's to tell: the message was taken.
 */
static void
wait_up(struct call *k, gsctp_sock s)
{
	struct gs_waiter w = { 0 };
	uint64_t deadline;

	if (!ps_blocks(k->p, k->flags))
		return;
	deadline = deadline_of(k->p);
	while (gs_posix_wait_up(s, k->out.to, k->out.tolen, &w) == 1)
		if (gs_waiter_wait(&w, deadline) != 0)
			break;
	gs_posix_unwait(&w);
}

/* One-to-one, it has had its association. */
static bool
has_ended(const struct psock *p, gsctp_sock s)
{
	struct gs_posix_state st;

	return p->is_stream && gs_posix_state(s, &st) == 0 &&
	    st.phase == GS_POSIX_ENDED;
}

/* To a peer that may be new. */
static int
send_to(struct call *k, gsctp_sock s)
{
	bool is_new = false;
	int err;

	err = send_when(k, s);
	if (err == -ENOENT && has_ended(k->p, s))
		return -EADDRNOTAVAIL;
	if (err == -ENOENT || err == -EBADF) {
		err = ps_begin(k->p, k->m, &k->c, &k->out, &s);
		is_new = err == 0;
		/* Another thread was first. */
		if (err == -EALREADY || err == -EISCONN)
			err = 0;
		if (err == 0)
			err = send_when(k, s);
		/* It has been refused already: the message was taken, as
		 * it would be a moment before. */
		if (err == -ENOENT)
			err = is_new ? 0 : -EADDRNOTAVAIL;
	}
	if (err == 0 && is_new)
		wait_up(k, s);
	return err;
}

/* SCTP_EOF, SCTP_ABORT, to one association. */
static void
end(const struct call *k, gsctp_sock s, gsctp_assoc_id id)
{
	size_t len = k->out.len < ABORT_MAX ? k->out.len : ABORT_MAX;

	/* One that is ending already is no error. */
	if (k->c.info.flags & LX_EOF)
		(void)gsctp_eof(s, id);
	else
		(void)gsctp_abort(s, id, k->out.data, len);
}

static int
end_one(const struct call *k, gsctp_sock s)
{
	gsctp_assoc_id id = k->out.info.assoc_id;
	gsctp_assoc_id ids[1];
	int err = 0;

	if (k->out.to != NULL)
		err = gs_posix_peer(s, k->out.to, k->out.tolen, &id);
	else if (k->p->is_peeled)
		err = gs_posix_assocs(s, ids, 1) > 0 ? 0 : -EPIPE;
	if (err == -ENOENT || (err == -EBADF && k->out.to != NULL))
		return -EINVAL;		/* not a way to begin one */
	if (err == 0 && k->out.to == NULL && !k->p->is_peeled &&
	    !ps_has_assoc(s, id))
		err = -EPIPE;
	if (err == 0)
		end(k, s, id);
	return err;
}

/* SCTP_SENDALL: to each that there is; those that are not up are left out. */
static int
send_all(struct call *k, gsctp_sock s)
{
	gsctp_assoc_id *ids;
	bool is_sent = false;
	int i, n, err = 0;

	n = gs_posix_assocs(s, NULL, 0);
	if (n <= 0) {
		k->out.len = 0;
		return 0;
	}
	ids = calloc((size_t)n, sizeof(*ids));
	if (ids == NULL)
		return -ENOMEM;
	i = gs_posix_assocs(s, ids, (size_t)n);
	n = i < n ? i : n;
	k->out.to = NULL;
	for (i = 0; err == 0 && i < n; i++) {
		k->out.info.assoc_id = ids[i];
		if (k->c.info.flags & (LX_EOF | LX_ABORT))
			end(k, s, ids[i]);
		else
			err = send_when(k, s);
		is_sent = is_sent || err == 0;
		if (err == -EPIPE || err == -ESHUTDOWN)
			err = 0;
	}
	free(ids);
	if (!is_sent)
		k->out.len = 0;	/* which is what the call returns */
	return err;
}

static int
dispatch(struct call *k, gsctp_sock s)
{
	unsigned int flags = k->c.info.flags;
	int err;

	if ((flags & LX_SENDALL) && !k->p->is_stream && !k->p->is_peeled)
		return send_all(k, s);
	if (flags & (LX_EOF | LX_ABORT))
		return end_one(k, s);
	if (k->out.to != NULL)
		return send_to(k, s);
	err = send_when(k, s);
	/* A socket that nothing was done with yet. */
	return err == -EBADF && s.id == 0 ? -EPIPE : err;
}

/* With the parts of the message in one. */
static int
gather(struct call *k, gsctp_sock s)
{
	uint8_t small[SMALL];
	uint8_t *large = NULL;
	int err;

	if (k->out.len > sizeof(small)) {
		large = malloc(k->out.len);
		if (large == NULL)
			return -ENOBUFS;
	}
	k->out.data = large != NULL ? large : small;
	ps_iov_gather(k->m, large != NULL ? large : small);
	err = dispatch(k, s);
	free(large);
	return err;
}

/* With nobody to send to, the kernel does not come to look at buffers. */
static bool
is_alone(const struct call *k)
{
	size_t limit;
	gsctp_sock s;

	return k->m->msg_name == NULL && look(k->p, &s, &limit) == 0 &&
	    (s.id == 0 || gsctp_assocs(s, NULL, 0) == 0);
}

static ssize_t
run(struct call *k)
{
	const struct msghdr *m = k->m;
	size_t limit;
	gsctp_sock s;
	int err;

	err = ps_iov_size(m, &k->out.len);
	if (err == -EFAULT && is_alone(k))
		return -EPIPE;
	if (err == 0)
		err = look(k->p, &s, &limit);
	if (m->msg_control == NULL && m->msg_controllen > 0)
		return -EFAULT;
	k->has_control = m->msg_controllen > 0;
	if (err == 0 && k->has_control)
		err = ps_control_read(m, &k->c);
	else
		memset(&k->c, 0, sizeof(k->c));
	if (err == 0)
		err = check(k, limit);
	if (err == 0)
		err = choose_name(k);
	if (err == 0)
		err = check_key(k, s);
	if (err != 0)
		return err;
	choose_info(k);
	if (m->msg_iovlen > 1) {
		err = gather(k, s);
	} else {
		if (m->msg_iovlen == 1)
			k->out.data = m->msg_iov[0].iov_base;
		err = dispatch(k, s);
	}
	if (err != 0)
		return err;
	/* The call that ends an association has sent nothing. */
	return k->c.info.flags & (LX_EOF | LX_ABORT) ? 0 :
						       (ssize_t)k->out.len;
}

ssize_t
ps_sendmsg(struct psock *p, const struct msghdr *m, int flags)
{
	struct call k;
	ssize_t r;

	if (ps_is_forked())
		return ps_forked();
	k.p = p;
	k.flags = flags;
	k.m = m;
	memset(&k.out, 0, sizeof(k.out));
	r = run(&k);
	if (r == -EPIPE && !(flags & MSG_NOSIGNAL))
		(void)raise(SIGPIPE);
	return r;
}
