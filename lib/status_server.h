/*
 * status_server: who asks for the stack's status gets it.
 *
 * Guarantees
 *  - only processes of the same user are answered;
 *  - one who asks and does not read costs a thread and a text for
 *    GS_STATUS_SEND_MS at most, and GS_STATUS_CLIENTS can do so at once: the
 *    next hear nothing, and may ask again.  The driver never waits for them,
 *    and nothing is sent with the stack's lock held;
 *  - while nobody asks there is no thread, and nothing wakes.
 *
 * Locking: one mutex of its own, a leaf; the answers take the stack's lock
 * without it.  Layer 5.
 */

#ifndef GS_STATUS_SERVER_H
#define GS_STATUS_SERVER_H

#include <stdbool.h>

#define GS_STATUS_CLIENTS 4
#define GS_STATUS_SEND_MS 10000

/* Where the socket of a stack is: dir is the run directory. */
#define GS_STATUS_PATH_LEN 108
void gs_status_path(char *path, int dir, const char *stem);

/* A descriptor to be polled for reading, until the end, whatever socket there
 * is; then gs_status_ring(); or -errno.  The lifecycle lock is held, here and
 * at the end. */
int gs_status_start(void);
void gs_status_ring(void);

/* A new socket instead of the one there was.  0, or -errno; -ENOTCONN before
 * the start and after the end. */
int gs_status_listen(int dir, const char *stem);

/* The end.  Answers that are under way are cut off. */
void gs_status_hang_up(void);

/* In a child of fork(): takes no lock. */
void gs_status_in_child(void);

/* Is the other end of a connection a process of the same effective user? */
bool gs_status_is_own_user(int fd);

#endif
