/*
 * process: fork, exit and signals.
 *
 * Guarantees
 *  - the child of a fork touches nothing of its parent's stack: its SCTP
 *    descriptors answer -EBADF, with one line on standard error, and can be
 *    closed; its other descriptors are as ever.  Where the parent had
 *    sockets, but no stack yet, the child may have its own;
 *  - where SIGTERM, SIGINT or SIGHUP would end the program, its peers hear
 *    of it first, and the program sees nothing of that;
 *  - an exit is seen by the library's own handler (lib/stack.c).
 */

#ifndef PS_PROCESS_H
#define PS_PROCESS_H

#include <stdbool.h>

/* Is this the child of a fork, with a parent that had a stack? */
bool ps_is_forked(void);

/* Is this the child of a vfork, whose memory is its parent's? */
bool ps_is_vforked(void);

/* Says so once on standard error.  Returns -EBADF. */
int ps_forked(void);

/* There is a socket: forks are watched. */
void ps_watch_forks(void);

/* There is a stack: signals that end the program are watched. */
void ps_watch_signals(void);

/* Does not return while the program ends: what calls say then is no business
 * of the program, which the kernel would have ended in them. */
void ps_stay_if_ending(void);

#endif
