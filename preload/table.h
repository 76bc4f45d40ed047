/*
 * table: which descriptors are SCTP sockets.
 *
 * Guarantees
 *  - a descriptor that is not one costs a look into an array, without a lock;
 *  - a psock that was got stays until it is put back, whatever other threads
 *    close meanwhile;
 *  - where two threads close one descriptor, one of them has closed it.
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

/* fd, which is open, stands for p from now on.  0 or -ENOMEM. */
int ps_table_set(int fd, struct psock *p);

/* It no longer does; the last one closes the psock.  Is done before the
 * descriptor itself is closed, as its number may be another's then.  Returns
 * whether it stood for one. */
bool ps_table_clear(int fd);

/*
 * The end of an interposed call: puts p back, and returns r, or for an error
 * -1 with errno set.
 */
long ps_done(struct psock *p, long r);

#endif
