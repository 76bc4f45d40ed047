/*
 * opt_ip: options of IPPROTO_IP and IPPROTO_IPV6.
 *
 * As with SOL_SOCKET the kernel checks and keeps them; here is what the
 * library can do of them.
 *
 * Locking: p->lock is taken.
 */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "opt_impl.h"
#include "posix.h"
#include "psock.h"
#include "user.h"

#define IP_HEADER_LEN 20u
#define IP6_HEADER_LEN 40u

static int
kept_int(struct psock *p, int level, int name)
{
	socklen_t len = sizeof(int);
	int v = 0;

	(void)ps_kept_get(p, level, name, &v, &len);
	return v;
}

static int
apply(struct psock *p, uint32_t id, uint32_t value)
{
	struct gsctp_opt o = { .id = id, .u = { .value = value } };
	const struct ps_who who = { .future = true };

	return ps_who_set(p, &who, &o, NULL);
}

static int
apply_flag(struct psock *p, uint32_t id, bool on)
{
	struct gsctp_opt o = { .id = id, .u = { .flag = on } };
	const struct ps_who who = { .future = true };

	return ps_who_set(p, &who, &o, NULL);
}

/* The bits of ECN are the network's. */
static int
apply_ip(struct psock *p, int name)
{
	uint32_t v = (uint32_t)kept_int(p, IPPROTO_IP, name);

	switch (name) {
	case IP_TOS:
		return apply(p, GSCTP_OPT_TOS, v & 0xfc);
	case IP_TTL:
		return apply(p, GSCTP_OPT_TTL, ps_clamp(v, 1, UINT8_MAX));
	case IP_RECVTOS:
		return apply_flag(p, GSCTP_OPT_RECVTOS, v != 0);
	case IP_RECVTTL:
		return apply_flag(p, GSCTP_OPT_RECVTTL, v != 0);
	default:
		return 0;
	}
}

static int
apply_ip6(struct psock *p, int name)
{
	uint32_t v = (uint32_t)kept_int(p, IPPROTO_IPV6, name);

	switch (name) {
	case IPV6_V6ONLY:
		p->v6only = v != 0;
		return 0;
	case IPV6_TCLASS:
		return apply(p, GSCTP_OPT_TOS, v & 0xfc);
	case IPV6_UNICAST_HOPS:
		return apply(p, GSCTP_OPT_TTL, ps_clamp(v, 1, UINT8_MAX));
	case IPV6_RECVTCLASS:
		return apply_flag(p, GSCTP_OPT_RECVTOS, v != 0);
	case IPV6_RECVHOPLIMIT:
		return apply_flag(p, GSCTP_OPT_RECVTTL, v != 0);
	default:
		return 0;
	}
}

static int
set_locked(struct psock *p, int level, int name, const void *value,
    socklen_t len)
{
	int err;

	/* What is bound already has chosen. */
	if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY && p->is_bound)
		return -EINVAL;
	err = ps_kept_set(p, level, name, value, len);
	if (err != 0)
		return err;
	return level == IPPROTO_IP ? apply_ip(p, name) : apply_ip6(p, name);
}

int
ps_setsockopt_ip(struct psock *p, int level, int name, const void *value,
    socklen_t len)
{
	int err;

	(void)pthread_mutex_lock(&p->lock);
	err = set_locked(p, level, name, value, len);
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}

int
ps_opt_ip_forget(struct psock *p, const struct psock *from)
{
	int err = 0;

	if (ps_kept_has(from->opts, IPPROTO_IP, IP_TOS))
		err = apply(p, GSCTP_OPT_TOS, 0);
	if (err == 0 && ps_kept_has(from->opts, IPPROTO_IP, IP_RECVTOS))
		err = apply_flag(p, GSCTP_OPT_RECVTOS, false);
	if (err == 0 && ps_kept_has(from->opts, IPPROTO_IP, IP_RECVTTL))
		err = apply_flag(p, GSCTP_OPT_RECVTTL, false);
	return err;
}

/* The path of a one-to-one socket's association. */
static int
get_mtu(struct psock *p, uint32_t *mtu)
{
	struct gsctp_opt o = GSCTP_STATUS(0);
	struct ps_who who;
	int err;

	err = ps_who(p, LX_FUTURE_ASSOC, false, &who);
	if (err == 0 && who.one == 0)
		err = -ENOTCONN;
	if (err == 0)
		err = ps_get(p, &o);
	if (err != 0)
		return err;
	*mtu = o.u.status.primary.mtu +
	    (o.u.status.primary.address.ss_family == AF_INET6 ? IP6_HEADER_LEN :
								IP_HEADER_LEN);
	return 0;
}

static int
give_mtu(struct psock *p, void *value, socklen_t *lenp)
{
	uint32_t mtu = 0;
	socklen_t len;
	int err;

	err = get_mtu(p, &mtu);
	if (err == 0)
		err = ps_copy_in(&len, lenp, sizeof(len));
	if (err != 0)
		return err;
	if (len > INT32_MAX)
		return -EINVAL;
	if (len > sizeof(mtu))
		len = sizeof(mtu);
	err = ps_copy_out(value, &mtu, len);
	return err != 0 ? err : ps_copy_out(lenp, &len, sizeof(len));
}

int
ps_getsockopt_ip(struct psock *p, int level, int name, void *value,
    socklen_t *len)
{
	int err;

	(void)pthread_mutex_lock(&p->lock);
	if ((level == IPPROTO_IP && name == IP_MTU) ||
	    (level == IPPROTO_IPV6 && name == IPV6_MTU))
		err = give_mtu(p, value, len);
	else
		err = ps_kept_get(p, level, name, value, len);
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}
