/*
 * tap_impl: what the tap's files share among themselves.
 *
 *	tap.c		a capture: packets become blocks
 *	tap_file.c	the file, its buffer and the thread that writes it
 *	tap_head.c	the headers that a packet had on the wire
 *	tap_iface.c	on which interface it was, by its local address
 *
 * Layer 2.
 */

#ifndef GS_TAP_IMPL_H
#define GS_TAP_IMPL_H

#include <net/if.h>

#include "tap.h"

/* ---- tap_head.c ---- */

/* An IPv6 header and one of UDP. */
#define GS_TAP_HEAD_MAX 48

/* The headers before pkt->data, with lengths and checksums: their length,
 * 0 where the data has them. */
size_t gs_tap_head(uint8_t head[GS_TAP_HEAD_MAX],
    const struct gs_tap_packet *pkt);

/* ---- tap_iface.c ---- */

struct gs_tap_names;

/* Which interface has which address, now.  It may be empty. */
int gs_tap_names_new(struct gs_tap_names **out);
void gs_tap_names_free(struct gs_tap_names *names);

/*
 * The name of the interface that has this address, "" where none has.  One
 * that is not known yet is looked up in the system, once a second at most,
 * whatever the number of packets; a multicast group's or a broadcast never.
 * What is returned is there until the next call.
 */
const char *gs_tap_names_find(struct gs_tap_names *names,
    const union gs_addr *local);

/* ---- tap_file.c ---- */

struct gs_tap_file;

/*
 * Open path for writing, without looking at what is in it, and without
 * waiting.  mtx is the lock of the _locked functions.  0 or -errno.
 */
int gs_tap_file_open(const char *path, pthread_mutex_t *mtx,
    struct gs_tap_file **out);

/* Make it ours, and empty, and start its thread.  0 or -errno. */
int gs_tap_file_begin(struct gs_tap_file *f);

bool gs_tap_file_is_same(const struct gs_tap_file *a,
    const struct gs_tap_file *b);
const char *gs_tap_file_path(const struct gs_tap_file *f);

/* The error that ended it, negative; or 0. */
int gs_tap_file_error_locked(const struct gs_tap_file *f);

/* Where the next bytes go, and how many there may be. */
uint8_t *gs_tap_file_room_locked(struct gs_tap_file *f, size_t *max);

/* So many have been put there; they are whole blocks. */
void gs_tap_file_put_locked(struct gs_tap_file *f, size_t len);

/* Write what waits, then the len bytes of tail; close, free.  0, or the
 * error that there was.  It waits for the file. */
int gs_tap_file_end(struct gs_tap_file *f, const uint8_t *tail, size_t len);

/* Undo an open where there was no begin. */
void gs_tap_file_abandon(struct gs_tap_file *f);

/* Close it in a child of fork(). */
void gs_tap_file_in_child(struct gs_tap_file *f);

#endif
