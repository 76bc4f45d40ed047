/*
 * cat_out: bytes on their way to a descriptor.
 *
 * Guarantees
 *  - a write never blocks, but to a regular file; of a pipe that others have
 *    too, nothing is changed for them;
 *  - what waits is bounded, as long as nothing is put where there is no room:
 *    long messages wait as they came, without a copy, and short ones are
 *    written together.
 */

#ifndef GSCTP_CAT_OUT_H
#define GSCTP_CAT_OUT_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cat_out {
	int fd; /* -1: closed; nothing waits then */
	int kind;
	bool is_mine; /* fd is to be closed */
	uint8_t *bytes;
	size_t cap, start, end;
	/* A message whose data goes behind those bytes; and one byte more. */
	struct gsctp_msg *held;
	size_t held_done;
	bool has_newline;
};

/* is_mine: fd is taken, and closed with it.  0, or -errno. */
int cat_out_open(struct cat_out *o, int fd, bool is_mine);
/* What waits is lost. */
void cat_out_close(struct cat_out *o);

/* May another message be put here? */
bool cat_out_has_room(const struct cat_out *o);
/* Nothing waits. */
bool cat_out_is_empty(const struct cat_out *o);

/* len bytes that are to be filled; NULL: no memory. */
uint8_t *cat_out_room(struct cat_out *o, size_t len);
/* 0, or -ENOMEM. */
int cat_out_put(struct cat_out *o, const void *data, size_t len);
/* The data of m, which is taken, and a newline.  0, or -ENOMEM. */
int cat_out_take(struct cat_out *o, struct gsctp_msg *m, bool has_newline);

/* Write: 0, all of it; -EAGAIN, not yet, and poll() for POLLOUT tells when;
 * or another -errno. */
int cat_out_flush(struct cat_out *o);

#endif
