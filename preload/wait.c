/* wait: see wait.h. */

#include "wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "clock.h"
#include "psock.h"
#include "real.h"

bool
ps_blocks(int fd, int flags)
{
	if (flags & MSG_DONTWAIT)
		return false;
	return (ps_real()->fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

uint64_t
ps_deadline(const struct timeval *limit)
{
	if (limit->tv_sec == 0 && limit->tv_usec == 0)
		return GS_NEVER;
	return gs_now_ms() + (uint64_t)limit->tv_sec * 1000 +
	    ((uint64_t)limit->tv_usec + 999) / 1000;
}

/*
 * What poll() waits for with POLLIN, and without a limit: but a signal whose
 * handler was set with SA_RESTART does not end it, as of the call that the
 * program has made.
 */
static int
wait_byte(int fd)
{
	char byte;

	if (ps_real()->recv(fd, &byte, 1, MSG_PEEK) == -1)
		return -errno;
	return 0;
}

int
ps_wait(struct psock *p, int fd, short events, uint64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int n;

	if (events == POLLIN && deadline == GS_NEVER) {
		n = wait_byte(fd);
		if (n != 0)
			return n;
	} else {
		n = poll(&pfd, 1, gs_until_ms(deadline));
		if (n == -1)
			return -errno;
		if (n == 0)
			return -EAGAIN;
	}
	return atomic_load(&p->fds) > 0 ? 0 : -EBADF;
}
