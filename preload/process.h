/*
 * process: fork, exit and signals.
 *
 * Guarantees
 *  - the child of a fork touches nothing of its parent's stack: its SCTP
 *    descriptors answer -EBADF, with one line on standard error, and can be
 *    closed; its other descriptors are as ever;
 *  - where SIGTERM, SIGINT or SIGHUP would end the program, its peers hear
 *    of it first;
 *  - an exit is seen by the library's own handler (lib/stack.c).
 */

#ifndef PS_PROCESS_H
#define PS_PROCESS_H

#include <stdbool.h>

/* Is this the child of a fork, with a parent that had SCTP sockets? */
bool ps_is_forked(void);

/* Says so once on standard error.  Returns -EBADF. */
int ps_forked(void);

/* There is a socket now: signals that end the program are watched. */
void ps_watch_signals(void);

#endif
