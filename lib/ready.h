/*
 * ready: the descriptor that an application waits on.
 *
 * Guarantees
 *  - poll, select and epoll show POLLIN exactly while it is set readable
 *    and POLLOUT exactly while it is set writable, each on its own;
 *  - a new one is writable and not readable;
 *  - setting the state that it has costs no system call;
 *  - an application that reads from it or writes to it spoils only the
 *    state of the moment: the next change puts it right;
 *  - nothing here blocks, whatever the application does to O_NONBLOCK;
 *  - close-on-exec, both ends.
 *
 * It is one end of a pair of stream sockets: a byte that waits in it is
 * "readable", filler that waits in the other end is "not writable".  An
 * eventfd has no state "neither".
 *
 * Not locked: the caller does that.  Layer 0.
 */

#ifndef GS_READY_H
#define GS_READY_H

#include <stdbool.h>

struct gs_ready;

/* 0, -ENOMEM, -EMFILE, -ENFILE ...: as the system says. */
int gs_ready_new(struct gs_ready **out);

/* NULL is fine.  The descriptor is closed. */
void gs_ready_free(struct gs_ready *r);

/* Have other numbers for both ends: each goes through move, which closes it,
 * and returns what is used in its place, or the same. */
void gs_ready_move(struct gs_ready *r, int (*move)(int fd));

/* The application's end; borrowed. */
int gs_ready_fd(const struct gs_ready *r);

/* 0; or a negative errno where the system is out of memory: then the state
 * has not changed, and the next call tries again. */
int gs_ready_set_readable(struct gs_ready *r, bool on);
int gs_ready_set_writable(struct gs_ready *r, bool on);

/* Nothing more is to be read, for ever: it shows POLLIN and POLLRDHUP; and
 * where nothing is to be written either, POLLOUT and POLLHUP too.  May be
 * called without the caller's lock. */
void gs_ready_hang_up(struct gs_ready *r, bool is_all);

/* More has come to what is readable already: an edge, for epoll's EPOLLET.
 * Where the state is another one it does nothing. */
void gs_ready_edge(struct gs_ready *r);

#endif
