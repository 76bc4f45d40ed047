/*
 * wait: what a blocking call waits with.
 *
 * Guarantees
 *  - it waits on the descriptor that all of p's are copies of, so a signal
 *    that is handled ends it with -EINTR; but one whose handler was set with
 *    SA_RESTART does not end a wait that has no limit, as with the kernel's;
 *  - it knows no number of the program's, which may be closed, and another's,
 *    while a call is under way;
 *  - no lock is held.
 */

#ifndef PS_WAIT_H
#define PS_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>

struct psock;

/* Does a call on p block?  flags: MSG_DONTWAIT. */
bool ps_blocks(const struct psock *p, int flags);

/* When a call that begins now has waited long enough; {0, 0} is no limit. */
uint64_t ps_deadline(const struct timeval *limit);

/*
 * Until p is readable.  0: look again; -EINTR; -EAGAIN: the deadline has
 * passed; -EBADF: p's last descriptor was closed meanwhile.
 */
int ps_wait(struct psock *p, uint64_t deadline);

/* The same, until another descriptor is, which the close of p makes so. */
int ps_wait_for(struct psock *p, int fd, uint64_t deadline);

#endif
