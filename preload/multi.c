/*
 * multi: several addresses, and peeling off (psock.h).
 *
 * Addresses are packed as libsctp has them: one after another, each as long
 * as its family's.
 */

#include <errno.h>
#include <string.h>

#include "name.h"
#include "posix.h"
#include "process.h"
#include "psock.h"
#include "uaddr.h"

#define ADDRS_MAX 64

/* 0, 1 and 2 are the future, the current and all associations. */
#define ID_LAST_RESERVED 2

static bool
is_in(const struct sockaddr_storage *a, const struct sockaddr_storage *list,
    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (ps_addr_same(a, &list[i]))
			return true;
	return false;
}

/* The first one's port is the socket's; others have it too, or none. */
static int
bind_new(struct psock *p, const struct sockaddr_storage *addrs, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if ((ps_addr_port(&addrs[i]) != 0 &&
			ps_addr_port(&addrs[i]) != ps_addr_port(&addrs[0])) ||
		    is_in(&addrs[i], addrs, i))
			return -EINVAL;
	return ps_bind_first(p, addrs, n);
}

static int
check_change(struct psock *p, const struct sockaddr_storage *addrs, size_t n,
    bool must_add)
{
	struct sockaddr_storage own[ADDRS_MAX];
	size_t i, left;
	int nown;

	nown = gs_posix_bound(p->s, own, ADDRS_MAX);
	if (nown < 0)
		return nown;
	left = nown < ADDRS_MAX ? (size_t)nown : ADDRS_MAX;
	for (i = 0; i < n; i++) {
		if (ps_addr_port(&addrs[i]) != 0 &&
		    ps_addr_port(&addrs[i]) != ps_addr_port(&own[0]))
			return -EINVAL;
		if (is_in(&addrs[i], addrs, i))
			return -EINVAL;
	}
	if (!must_add && left <= n)
		return -EBUSY;
	if (!must_add && ps_addr_is_any(&addrs[0]))
		return -EADDRNOTAVAIL;
	for (i = 0; i < n; i++)
		if (is_in(&addrs[i], own, left) == must_add)
			return -EINVAL;
	return 0;
}

static int
change(struct psock *p, const struct sockaddr_storage *addrs, size_t n,
    bool must_add)
{
	int err;

	if (!p->is_bound)
		return must_add ? bind_new(p, addrs, n) : -EBUSY;
	err = check_change(p, addrs, n, must_add);
	if (err == 0)
		err = gsctp_bindx(p->s, addrs, n,
		    must_add ? GSCTP_BINDX_ADD : GSCTP_BINDX_REM);
	return err == -EAFNOSUPPORT ? -EINVAL : err;
}

int
ps_bindx(struct psock *p, const void *addrs, size_t size, bool must_add)
{
	struct sockaddr_storage list[ADDRS_MAX];
	int err, n;

	if (ps_is_forked())
		return ps_forked();
	if (addrs == NULL && size > 0)
		return -EFAULT;
	(void)pthread_mutex_lock(&p->lock);
	n = ps_addr_unpack(p, addrs, size, list, ADDRS_MAX);
	err = n > 0 ? change(p, list, (size_t)n, must_add) : n;
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}

int
ps_connectx(struct psock *p, const void *addrs, size_t size,
    int32_t *id)
{
	struct sockaddr_storage list[ADDRS_MAX];
	int i, n;

	if (ps_is_forked())
		return ps_forked();
	if (addrs == NULL && size > 0)
		return -EFAULT;
	(void)pthread_mutex_lock(&p->lock);
	n = ps_addr_unpack(p, addrs, size, list, ADDRS_MAX);
	(void)pthread_mutex_unlock(&p->lock);
	if (n < 0)
		return n;
	for (i = 1; i < n; i++) {
		if (ps_addr_port(&list[i]) != ps_addr_port(&list[0]))
			return -EINVAL;
		if (is_in(&list[i], list, (size_t)i))
			return -EADDRNOTAVAIL;
	}
	return ps_connect_to(p, list, (size_t)n, id);
}

int
ps_peeloff(struct psock *p, int32_t assoc, int flags)
{
	gsctp_sock s;
	int r;

	if (ps_is_forked())
		return ps_forked();
	(void)pthread_mutex_lock(&p->lock);
	if (p->is_closed)
		r = -EBADF;
	else if (p->is_stream || !p->is_open || assoc <= ID_LAST_RESERVED)
		r = -EINVAL;
	else
		r = gsctp_peeloff(p->s, (gsctp_assoc_id)assoc, &s);
	if (r == 0) {
		r = ps_wrap(p, s, flags & (SOCK_CLOEXEC | SOCK_NONBLOCK));
		if (r < 0)
			(void)gsctp_close(s);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return r;
}

/* How many there are; p->lock is held. */
static int
look(struct psock *p, int32_t assoc, bool of_peer,
    struct sockaddr_storage *list)
{
	gsctp_assoc_id id = (gsctp_assoc_id)assoc;
	int n;

	if (!of_peer && assoc == 0)
		return p->is_bound ? gs_posix_addrs(p->s, list, ADDRS_MAX) : 0;
	if (!p->is_open || (!p->is_stream && assoc <= ID_LAST_RESERVED))
		return -EINVAL;
	n = of_peer ? gsctp_peernames(p->s, id, list, ADDRS_MAX) :
		      gsctp_socknames(p->s, id, list, ADDRS_MAX);
	/* None: it has ended, and something of it waits to be read. */
	return n == 0 || n == -ENOTCONN ? -EINVAL : n;
}

int
ps_getaddrs(struct psock *p, int32_t assoc, bool of_peer, void *buf,
    size_t *size)
{
	struct sockaddr_storage list[ADDRS_MAX];
	size_t used = 0;
	socklen_t len;
	int i, n;

	if (ps_is_forked())
		return ps_forked();
	(void)pthread_mutex_lock(&p->lock);
	n = look(p, assoc, of_peer, list);
	(void)pthread_mutex_unlock(&p->lock);
	if (n > ADDRS_MAX)
		n = ADDRS_MAX;
	for (i = 0; i < n; i++) {
		len = ps_addr_size(list[i].ss_family);
		if (len > *size - used)
			return -ENOMEM;
		memcpy((char *)buf + used, &list[i], len);
		used += len;
	}
	if (n >= 0)
		*size = used;
	return n;
}
