/*
 * start: the stack, for a program that does not know that it has one.
 *
 * Guarantees
 *  - where it cannot start, a line on standard error says why, once; what
 *    the call that needed it says is an errno alone;
 *  - a capture that another process writes to does not keep a program from
 *    its sockets: it is not captured, and a line says so.
 */

#ifndef PS_START_H
#define PS_START_H

/* Have it run.  0, or a negative errno.  Any thread. */
int ps_start(void);

#endif
