/*
 * mbox: the queues that applications read messages from.
 *
 * Guarantees
 *  - messages of one socket leave in the order they were put;
 *  - the descriptor is readable exactly while a message waits (level
 *    triggered), so a poll loop needs no other state;
 *  - gs_mbox_move() and gs_mbox_take_sock() keep both promises;
 *  - a mailbox is named by an id; one that was freed is never found again.
 *
 * Locking: one lock for all mailboxes guards every field.  It is a leaf:
 * nothing is called out while it is held.  Layer 1; knows nothing of the
 * engine.
 */

#ifndef GS_MBOX_H
#define GS_MBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "msg.h"

/* 0, -EMFILE or -ENOMEM. */
int gs_mbox_new(uint64_t *id);

/* Whoever waits in it is told -EBADF.  What is queued goes to *left, which
 * is empty before.  0 or -EBADF. */
int gs_mbox_free(uint64_t id, struct gs_msgq *left);

bool gs_mbox_exists(uint64_t id);

/* The descriptor, borrowed; -EBADF, -EMFILE or -ENOMEM. */
int gs_mbox_fd(uint64_t id);

/* The mailbox must exist; it takes m, or all of q, which is empty then. */
void gs_mbox_put(uint64_t id, struct gs_msg *m);
void gs_mbox_put_all(uint64_t id, struct gs_msgq *q);

/* The next message, by a time of gs_now_ms().  0, -ETIMEDOUT or -EBADF. */
int gs_mbox_get(uint64_t id, uint64_t deadline_ms, struct gs_msg **out);

/* All messages of the socket sock, in order, out of one that exists: into
 * *out, or behind what another has. */
void gs_mbox_take_sock(uint64_t id, uint64_t sock, struct gs_msgq *out);
void gs_mbox_move(uint64_t from, uint64_t to, uint64_t sock);

/* The messages of one association of sock are now those of new_sock. */
void gs_mbox_retag(uint64_t id, uint64_t sock, gsctp_assoc_id assoc,
    uint64_t new_sock);

#endif
