/* user: see user.h. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* process_vm_readv */
#endif

#include "user.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* The kernel looks at the addresses of this process as of another's.  Where
 * it will not, they are taken as they are. */
static int
result(ssize_t got, size_t n)
{
	if (got == -1)
		return errno == EFAULT ? -EFAULT : 1;
	return (size_t)got == n ? 0 : -EFAULT;
}

int
ps_copy_in(void *to, const void *from, size_t n)
{
	struct iovec ours = { .iov_base = to, .iov_len = n };
	struct iovec theirs = { .iov_base = (void *)(uintptr_t)from,
		.iov_len = n };
	int r;

	if (n == 0)
		return 0;
	if (from == NULL)
		return -EFAULT;
	r = result(process_vm_readv(getpid(), &ours, 1, &theirs, 1, 0), n);
	if (r <= 0)
		return r;
	memcpy(to, from, n);
	return 0;
}

int
ps_copy_out(void *to, const void *from, size_t n)
{
	struct iovec ours = { .iov_base = (void *)(uintptr_t)from,
		.iov_len = n };
	struct iovec theirs = { .iov_base = to, .iov_len = n };
	int r;

	if (n == 0)
		return 0;
	if (to == NULL)
		return -EFAULT;
	r = result(process_vm_writev(getpid(), &ours, 1, &theirs, 1, 0), n);
	if (r <= 0)
		return r;
	memcpy(to, from, n);
	return 0;
}
