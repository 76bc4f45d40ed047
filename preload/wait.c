/* wait: see wait.h. */

#include "wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "clock.h"
#include "psock.h"
#include "ready.h"
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

/* poll() never goes on after a signal; a look at what waits to be read does,
 * where the kernel's own receive would have.  A descriptor that does not
 * block is waited for by poll() all the same. */
static int
look(struct pollfd *pfd)
{
	char byte;

	if (ps_real()->recv(pfd->fd, &byte, 1, MSG_PEEK) >= 0)
		return 1;
	return errno == EAGAIN ? poll(pfd, 1, -1) : -1;
}

int
ps_wait_on(struct psock *p, int fd, short events, uint64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int n;

	if (events == POLLIN && deadline == GS_NEVER)
		n = look(&pfd);
	else
		n = poll(&pfd, 1, gs_until_ms(deadline));
	if (n == -1)
		return -errno;
	if (n == 0)
		return -EAGAIN;
	return atomic_load(&p->fds) > 0 ? 0 : -EBADF;
}

int
ps_wait(struct psock *p, int fd, short events, uint64_t deadline)
{
	(void)fd;
	return ps_wait_on(p, gs_ready_fd(p->ready), events, deadline);
}
