/*
 * opt_socket: options of SOL_SOCKET.
 *
 * The kernel checks and keeps them (opt_kept.c); what the library can do of
 * them is done, and what is about the socket itself is answered here.
 *
 * Locking: p->lock is taken.
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "linux_opt.h"
#include "opt_impl.h"
#include "posix.h"
#include "psock.h"
#include "user.h"

/* Of what the engine takes. */
#define PRIORITY_MAX 6
#define LINGER_MAX ((uint32_t)INT32_MAX / 1000)

/* What an engine's buffer has at least, for which the kernel reckons more
 * than the data in it. */
#define BUFFER_MAX (1u << 30)

/* An int that the kernel has now. */
static int
kept_int(struct psock *p, int name)
{
	socklen_t len = sizeof(int);
	int v = 0;

	(void)ps_kept_get(p, SOL_SOCKET, name, &v, &len);
	return v;
}

static int
kept_time(struct psock *p, int name, struct timeval *tv)
{
	socklen_t len = sizeof(*tv);

	return ps_kept_get(p, SOL_SOCKET, name, tv, &len);
}

static int
apply(struct psock *p, struct gsctp_opt *o)
{
	const struct ps_who who = { .future = true };

	return ps_who_set(p, &who, o, NULL);
}

/* The kernel has made it twice as much, and counts its own records too. */
static int
apply_sndbuf(struct psock *p)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_SNDBUF };

	p->sndbuf = kept_int(p, SO_SNDBUF);
	o.u.value = ps_clamp((uint32_t)p->sndbuf, 1, BUFFER_MAX);
	return apply(p, &o);
}

/* Half of it is the window that a peer is told of. */
static int
apply_rcvbuf(struct psock *p)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_RECBUF };

	p->rcvbuf = kept_int(p, SO_RCVBUF);
	o.u.value = ps_clamp((uint32_t)p->rcvbuf / 2, 1, BUFFER_MAX);
	return apply(p, &o);
}

static int
apply_linger(struct psock *p)
{
	struct gsctp_opt o = GSCTP_LINGER(false, 0);
	socklen_t len = sizeof(struct linger);
	struct linger l = { 0, 0 };

	(void)ps_kept_get(p, SOL_SOCKET, SO_LINGER, &l, &len);
	o.u.linger.on = l.l_onoff != 0;
	o.u.linger.seconds = ps_clamp((uint32_t)l.l_linger, 0, LINGER_MAX);
	return apply(p, &o);
}

static int
apply_priority(struct psock *p)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_PRIORITY };

	o.u.value =
	    ps_clamp((uint32_t)kept_int(p, SO_PRIORITY), 0, PRIORITY_MAX);
	return apply(p, &o);
}

static int
apply_set(struct psock *p, int name)
{
	switch (name) {
	case SO_REUSEADDR:
		p->reuseaddr = kept_int(p, name) != 0;
		return 0;
	case SO_REUSEPORT:
		p->reuseport = kept_int(p, name) != 0;
		return 0;
	case SO_RCVTIMEO:
	case SO_RCVTIMEO_NEW:
		return kept_time(p, SO_RCVTIMEO, &p->rcvtimeo);
	case SO_SNDTIMEO:
	case SO_SNDTIMEO_NEW:
		return kept_time(p, SO_SNDTIMEO, &p->sndtimeo);
	case SO_SNDBUF:
	case SO_SNDBUFFORCE:
		return apply_sndbuf(p);
	case SO_RCVBUF:
	case SO_RCVBUFFORCE:
		return apply_rcvbuf(p);
	case SO_LINGER:
		return apply_linger(p);
	case SO_PRIORITY:
		return apply_priority(p);
	default:
		return 0;
	}
}

/* Those that would choose what is read, and what SCTP has not. */
static bool
is_refused(int name, int *err)
{
	switch (name) {
	case SO_PEEK_OFF:
	case SO_ZEROCOPY:
		*err = -EOPNOTSUPP;
		return true;
	case SO_ATTACH_FILTER:
	case SO_ATTACH_BPF:
	case SO_ATTACH_REUSEPORT_CBPF:
	case SO_ATTACH_REUSEPORT_EBPF:
	case SO_LOCK_FILTER:
		*err = -ENOPROTOOPT;
		return true;
	default:
		return false;
	}
}

int
ps_setsockopt_socket(struct psock *p, int name, const void *value,
    socklen_t len)
{
	int err;

	if (is_refused(name, &err))
		return len < sizeof(int) ? -EINVAL : err;
	(void)pthread_mutex_lock(&p->lock);
	err = ps_kept_set(p, SOL_SOCKET, name, value, len);
	if (err == 0)
		err = apply_set(p, name);
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}

/* Whatever the psock or the library knows of; it is told once. */
static int
take_error(struct psock *p)
{
	int err = p->error;

	if (err != 0) {
		p->error = 0;
		return err;
	}
	if (!p->is_open)
		return 0;
	err = gs_posix_take_error(p->s);
	return err < 0 ? -err : 0;
}

/* The options about the socket itself. */
static bool
own(struct psock *p, int name, int *v)
{
	switch (name) {
	case SO_TYPE:
		*v = p->is_stream ? SOCK_STREAM : SOCK_SEQPACKET;
		return true;
	case SO_PROTOCOL:
		*v = LX_SOL_SCTP;
		return true;
	case SO_DOMAIN:
		*v = p->family;
		return true;
	case SO_ACCEPTCONN:
		*v = p->is_listening;
		return true;
	case SO_ERROR:
		*v = take_error(p);
		return true;
	default:
		return false;
	}
}

/* As the kernel gives an int to whoever has less room for it. */
static int
give(void *value, socklen_t *lenp, int v)
{
	socklen_t len;
	int err;

	err = ps_copy_in(&len, lenp, sizeof(len));
	if (err != 0)
		return err;
	if (len > INT32_MAX)
		return -EINVAL;
	if (len > sizeof(v))
		len = sizeof(v);
	err = ps_copy_out(value, &v, len);
	return err != 0 ? err : ps_copy_out(lenp, &len, sizeof(len));
}

/* SO_PEERNAME is getpeername() for who knows how long a name is. */
static int
get_peername(struct psock *p, void *value, socklen_t *lenp)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss), room;
	int err;

	err = ps_copy_in(&room, lenp, sizeof(room));
	if (err == 0)
		err = ps_getpeername(p, (struct sockaddr *)&ss, &len);
	if (err != 0)
		return err;
	if (len < room)
		return -EINVAL;
	err = ps_copy_out(value, &ss, room);
	return err != 0 ? err : ps_copy_out(lenp, &room, sizeof(room));
}

int
ps_getsockopt_socket(struct psock *p, int name, void *value, socklen_t *len)
{
	int err, v;

	if (name == SO_PEERNAME)
		return get_peername(p, value, len);
	if (is_refused(name, &err) && name == SO_PEEK_OFF)
		return err;
	(void)pthread_mutex_lock(&p->lock);
	if (own(p, name, &v))
		err = give(value, len, v);
	else
		err = ps_kept_get(p, SOL_SOCKET, name, value, len);
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}
