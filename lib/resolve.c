/*
 * resolve: gsctp_resolve().  Layer 5; needs no stack.
 */

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "addr.h"

static int
error_of(int eai, int system_errno)
{
	switch (eai) {
	case EAI_AGAIN:
		return -EAGAIN;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_FAMILY:
	case EAI_ADDRFAMILY:
		return -EAFNOSUPPORT;
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_FAIL:
	case EAI_IDN_ENCODE:
		return -ENOENT;
	case EAI_SYSTEM:
		/* No resolver configuration, no descriptors ...: an answer
		 * might be had later. */
		return system_errno == ENOMEM ? -ENOMEM : -EAGAIN;
	default:
		return -EINVAL;
	}
}

/* Is it an IP address that none before it in list is equal to? */
static bool
is_new(const struct addrinfo *list, const struct addrinfo *ai)
{
	union gs_addr a, b;

	if (gs_addr_from(&a, ai->ai_addr, ai->ai_addrlen) != 0)
		return false;
	for (; list != ai; list = list->ai_next) {
		if (gs_addr_from(&b, list->ai_addr, list->ai_addrlen) == 0 &&
		    gs_addr_equal(&a, &b))
			return false;
	}
	return true;
}

static void
store(struct sockaddr_storage *out, const struct addrinfo *ai, uint16_t port)
{
	union gs_addr a;

	/* is_new() has looked at it. */
	(void)gs_addr_from(&a, ai->ai_addr, ai->ai_addrlen);
	gs_addr_set_port(&a, port);
	memset(out, 0, sizeof(*out));
	memcpy(out, &a, gs_addr_len(&a));
}

static int
resolve(const char *host, uint16_t port, int family,
    struct sockaddr_storage *addrs, size_t max)
{
	const struct addrinfo hints = {
		.ai_family = family,
		.ai_socktype = SOCK_STREAM, /* each address once */
	};
	struct addrinfo *ai, *list;
	size_t n = 0;
	int eai;

	if (host == NULL || (addrs == NULL && max > 0))
		return -EINVAL;
	if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6)
		return -EAFNOSUPPORT;

	eai = getaddrinfo(host, NULL, &hints, &list);
	if (eai != 0)
		return error_of(eai, errno);
	for (ai = list; ai != NULL && n < INT_MAX; ai = ai->ai_next) {
		if (!is_new(list, ai))
			continue;
		if (n < max)
			store(&addrs[n], ai, port);
		n++;
	}
	freeaddrinfo(list);
	return n > 0 ? (int)n : -ENOENT;
}

int
gsctp_resolve(const char *host, uint16_t port, int family,
    struct sockaddr_storage *addrs, size_t max)
{
	int callers_errno = errno;
	int n;

	n = resolve(host, port, family, addrs, max);
	errno = callers_errno;
	return n;
}
