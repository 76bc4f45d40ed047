/*
 * stack: one stack a process, from its start to its end.
 *
 * Guarantees
 *  - gs_api_enter() takes the stack's lock, or says why the call cannot go
 *    on: after fork() nothing of the stack is touched;
 *  - start, stop and a program's exit do not run into one another.
 *
 * Lock order: stack.c's lifecycle lock, then the stack's lock.  Layer 5.
 */

#ifndef GS_STACK_H
#define GS_STACK_H

#include <gsctp/gsctp.h>

/* 0, or -ESTALE after fork(). */
int gs_stack_check(void);

/* 0 with the stack's lock held, or -ESTALE without it. */
int gs_api_enter(void);

/* The same, with the stack running: it is started from the environment if it
 * does not run.  0, or without the lock -ESTALE or why it does not start. */
int gs_stack_enter(void);

/* Does it run?  Then since when, in milliseconds; out may be NULL. */
bool gs_stack_uptime_locked(uint64_t *out);

/* fn is called as the process exits, before the stack ends. */
void gs_stack_before_exit(void (*fn)(void));

struct gs_endpoint;

/* The lock, and the endpoint of a handle; -EBADF or -ESTALE without it. */
int gs_api_endpoint(gsctp_sock s, struct gs_endpoint **out);

/* An option of SOL_SOCKET on all the stack's UDP sockets; lock held. */
int gs_stack_set_sockopt(int name, int value);
int gs_stack_get_sockopt(int name, int *value);

/* The TTL, or hop limit, of all that leaves; lock held. */
int gs_stack_set_ttl(int ttl);
int gs_stack_get_ttl(int *ttl);

#endif
