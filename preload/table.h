/*
 * table: which descriptors are SCTP sockets.
 *
 * Guarantees
 *  - a descriptor that is not one costs a look into an array, without a lock;
 *  - a psock that was got stays until it is put back, whatever other threads
 *    close meanwhile.
 *
 * Locking: a lock of its own, the innermost of preload/.
 */

#ifndef PS_TABLE_H
#define PS_TABLE_H

#include <stdbool.h>

struct psock;

/* The psock of fd, to be put back; NULL: not one of ours. */
struct psock *ps_get_fd(int fd);
void ps_put(struct psock *p);

/* Does fd stand for one? */
bool ps_table_has(int fd);

/* The first from this number on that does; -1: none. */
int ps_table_next(unsigned int from);

/* fd stands for p from now on, or for none where p is NULL.  What it stood
 * for is *old, to be dropped.  0 or -ENOMEM, which NULL never is. */
int ps_table_swap(int fd, struct psock *p, struct psock **old);

/* One descriptor less; the last one closes the psock.  NULL is fine. */
void ps_table_drop(struct psock *old);

/* Around fork(). */
void ps_table_lock(void);
void ps_table_unlock(void);

/*
 * The end of an interposed call: puts p back, and returns r, or for an error
 * -1 with errno set.  It stays where the program ends: process.h.
 */
long ps_done(struct psock *p, long r);

#endif
