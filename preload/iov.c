/* iov: see iov.h. */

#include "iov.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

int
ps_iov_size(const struct msghdr *m, size_t *size)
{
	const struct iovec *v = m->msg_iov;
	size_t i, total = 0;

	if (m->msg_iovlen > PS_IOV_MAX)
		return -EMSGSIZE;
	if (v == NULL && m->msg_iovlen > 0)
		return -EFAULT;
	for (i = 0; i < m->msg_iovlen; i++) {
		if (v[i].iov_len > SSIZE_MAX - total)
			return -EINVAL;
		if (v[i].iov_base == NULL && v[i].iov_len > 0)
			return -EFAULT;
		total += v[i].iov_len;
	}
	*size = total;
	return 0;
}

void
ps_iov_put(const struct msghdr *m, size_t at, const void *from, size_t len)
{
	const struct iovec *v = m->msg_iov;
	const struct iovec *end = v + m->msg_iovlen;
	const char *p = from;
	size_t n;

	for (; v < end && len > 0; v++) {
		if (at >= v->iov_len) {
			at -= v->iov_len;
			continue;
		}
		n = v->iov_len - at < len ? v->iov_len - at : len;
		memcpy((char *)v->iov_base + at, p, n);
		p += n;
		len -= n;
		at = 0;
	}
}

void
ps_iov_gather(const struct msghdr *m, void *to)
{
	const struct iovec *v = m->msg_iov;
	const struct iovec *end = v + m->msg_iovlen;
	char *p = to;

	for (; v < end; v++) {
		if (v->iov_len > 0)
			memcpy(p, v->iov_base, v->iov_len);
		p += v->iov_len;
	}
}
