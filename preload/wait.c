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
ps_blocks(const struct psock *p, int flags)
{
	if (flags & MSG_DONTWAIT)
		return false;
	return (ps_real()->fcntl(gs_ready_fd(p->ready), F_GETFL) &
	    O_NONBLOCK) == 0;
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
look(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char byte;

	if (ps_real()->recv(fd, &byte, 1, MSG_PEEK) >= 0)
		return 1;
	return errno == EAGAIN ? poll(&pfd, 1, -1) : -1;
}

static int
wait_readable(int fd, uint64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int n;

	n = deadline == GS_NEVER ? look(fd) :
				   poll(&pfd, 1, gs_until_ms(deadline));
	if (n == -1)
		return -errno;
	return n > 0 ? 0 : -EAGAIN;
}

int
ps_wait_for(struct psock *p, int fd, uint64_t deadline)
{
	int err = 0;

	/* ps_close() looks at these in the other order. */
	(void)atomic_fetch_add(&p->waiting, 1);
	if (atomic_load(&p->fds) > 0)
		err = wait_readable(fd, deadline);
	if (atomic_load(&p->fds) == 0)
		err = -EBADF;
	(void)atomic_fetch_sub(&p->waiting, 1);
	return err;
}

int
ps_wait(struct psock *p, uint64_t deadline)
{
	return ps_wait_for(p, gs_ready_fd(p->ready), deadline);
}
