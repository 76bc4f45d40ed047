/* uaddr: see uaddr.h. */

#include "uaddr.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "psock.h"
#include "real.h"

socklen_t
ps_addr_size(sa_family_t family)
{
	switch (family) {
	case AF_INET:
		return sizeof(struct sockaddr_in);
	case AF_INET6:
		return sizeof(struct sockaddr_in6);
	default:
		return 0;
	}
}

int
ps_addr_copy(struct sockaddr_storage *out, const struct sockaddr *a,
    socklen_t len)
{
	memset(out, 0, sizeof(*out));
	if (len > sizeof(*out))
		return -EINVAL;
	if (len > 0 && a == NULL)
		return -EFAULT;
	if (len > 0)
		memcpy(out, a, len);
	return 0;
}

static bool
is_mapped(const struct sockaddr_storage *a)
{
	struct sockaddr_in6 v6;

	memcpy(&v6, a, sizeof(v6));
	return IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
}

int
ps_addr_check(const struct psock *p, const struct sockaddr_storage *a,
    socklen_t len)
{
	socklen_t size = ps_addr_size(a->ss_family);
	bool is_v4;

	if (len < sizeof(sa_family_t) || size == 0 || len < size)
		return -EINVAL;
	is_v4 = a->ss_family == AF_INET || is_mapped(a);
	if (p->family == AF_INET && a->ss_family == AF_INET6)
		return -EINVAL;
	if (p->family == AF_INET6 && p->v6only && is_v4)
		return -EINVAL;
	return 0;
}

int
ps_addr_give(const struct sockaddr_storage *a, struct sockaddr *out,
    socklen_t *len)
{
	socklen_t size = ps_addr_size(a->ss_family);

	if (len == NULL)
		return -EFAULT;
	if ((int)*len < 0)
		return -EINVAL;
	if (*len > 0 && out == NULL)
		return -EFAULT;
	if (*len > 0)
		memcpy(out, a, *len < size ? *len : size);
	*len = size;
	return 0;
}

bool
ps_addr_is_any(const struct sockaddr_storage *a)
{
	static const struct sockaddr_storage zero;
	size_t at = a->ss_family == AF_INET6 ?
	    offsetof(struct sockaddr_in6, sin6_addr) :
	    offsetof(struct sockaddr_in, sin_addr);
	size_t len = a->ss_family == AF_INET6 ? sizeof(struct in6_addr) :
						sizeof(struct in_addr);

	return memcmp((const char *)a + at, &zero, len) == 0;
}

/* One of IPv4 as it is mapped into IPv6. */
static void
as_v6(const struct sockaddr_storage *a, struct in6_addr *out)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (a->ss_family == AF_INET6) {
		memcpy(&v6, a, sizeof(v6));
		*out = v6.sin6_addr;
		return;
	}
	memcpy(&v4, a, sizeof(v4));
	memset(out, 0, sizeof(*out));
	out->s6_addr[10] = 0xff;
	out->s6_addr[11] = 0xff;
	memcpy(&out->s6_addr[12], &v4.sin_addr, sizeof(v4.sin_addr));
}

bool
ps_addr_same(const struct sockaddr_storage *a,
    const struct sockaddr_storage *b)
{
	struct in6_addr x, y;

	as_v6(a, &x);
	as_v6(b, &y);
	return memcmp(&x, &y, sizeof(x)) == 0;
}

/* A UDP socket that is connected has it; nothing is sent. */
int
ps_addr_source(const struct sockaddr_storage *peer,
    struct sockaddr_storage *out)
{
	socklen_t len = sizeof(*out);
	int fd, err = 0;

	fd = ps_real()->socket(peer->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -errno;
	memset(out, 0, sizeof(*out));
	if (ps_real()->connect(fd, (const struct sockaddr *)peer,
		ps_addr_size(peer->ss_family)) == -1 ||
	    ps_real()->getsockname(fd, (struct sockaddr *)out, &len) == -1)
		err = -errno;
	(void)ps_real()->close(fd);
	return err;
}

uint16_t
ps_addr_port(const struct sockaddr_storage *a)
{
	uint16_t port;

	/* At the same place in both families. */
	memcpy(&port, (const char *)a + 2, sizeof(port));
	return ntohs(port);
}

int
ps_addr_unpack(const struct psock *p, const void *packed, size_t size,
    struct sockaddr_storage *out, size_t max)
{
	const char *at = packed;
	sa_family_t family;
	socklen_t len;
	size_t n;

	for (n = 0; size > 0; n++) {
		if (n == max || size < sizeof(family))
			return -EINVAL;
		memcpy(&family, at, sizeof(family));
		len = ps_addr_size(family);
		if (len == 0 || len > size)
			return -EINVAL;
		memset(&out[n], 0, sizeof(out[n]));
		memcpy(&out[n], at, len);
		if (ps_addr_check(p, &out[n], len) != 0)
			return -EINVAL;
		at += len;
		size -= len;
	}
	return n > 0 ? (int)n : -EINVAL;
}
