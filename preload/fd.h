/*
 * fd: descriptors that stand for psocks, made, copied and closed.
 *
 * Guarantees
 *  - a number stands for a psock before the descriptor can be used, and as
 *    long as it can: who uses a number that another thread closes, or just
 *    gets, has the psock, or -EBADF, and never the pair behind it;
 *  - of two threads that close or copy onto the same number, each sees what
 *    the other has done, or nothing of it;
 *  - a child that shares the memory of its parent, vfork()'s, closes and
 *    copies descriptors that are its own alone, and nothing else.
 *
 * Locking: a lock of its own, after those of psocks and before the table's;
 * it is held while the system is asked for descriptors.
 */

#ifndef PS_FD_H
#define PS_FD_H

#include <stdbool.h>

struct psock;

/* The lowest that is free from min on; flags may have O_CLOEXEC.  The
 * descriptor, or -EMFILE, -EINVAL, -ENOMEM. */
int ps_fd_new(struct psock *p, int min, int flags);

/* dup3(): to is p's from now on, whatever it was.  to, or as dup3(). */
int ps_fd_onto(struct psock *p, int to, int flags);

/* dup2(), dup3() of what is no psock, onto what may be one. */
int ps_fd_replace(int from, int to, int flags, bool has_flags);

/* close(), of what may be a psock. */
int ps_fd_close(int fd);

/* Every psock between these numbers, both included. */
void ps_fd_close_range(unsigned int first, unsigned int last);

/* A descriptor of the library's own goes where it takes no low number from
 * the program.  The new number; or fd, if there is none.  -1 is -1. */
int ps_fd_hide(int fd);

/* Around fork(). */
void ps_fd_lock(void);
void ps_fd_unlock(void);

#endif
