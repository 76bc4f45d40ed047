/*
 * wait: what a blocking call waits with.
 *
 * Guarantees
 *  - it waits on the program's own descriptor, so a signal that is handled
 *    ends it with -EINTR; but one whose handler was set with SA_RESTART does
 *    not end a wait for POLLIN that has no limit, as with the kernel's;
 *  - no lock is held.
 */

#ifndef PS_WAIT_H
#define PS_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>

struct psock;

/* Does a call on fd block?  flags: MSG_DONTWAIT. */
bool ps_blocks(int fd, int flags);

/* When a call that begins now has waited long enough; {0, 0} is no limit. */
uint64_t ps_deadline(const struct timeval *limit);

/*
 * Until p is readable (POLLIN) or writable (POLLOUT).  0: look again;
 * -EINTR; -EAGAIN: the deadline has passed; -EBADF: p's last descriptor was
 * closed meanwhile.  The number of fd, which the program called with, may be
 * another file's by then; what is waited on is p's own end, which lives as
 * long as p, and is the same to the kernel.
 */
int ps_wait(struct psock *p, int fd, short events, uint64_t deadline);

/* The same with a descriptor that is none of the program's. */
int ps_wait_on(struct psock *p, int fd, short events, uint64_t deadline);

#endif
