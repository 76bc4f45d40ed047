/*
 * cat_frame: where messages begin and end in the bytes of a descriptor.
 *
 * Guarantees
 *  - a message that is longer than what is kept comes in parts, of which the
 *    last is marked, and has at least a byte: no message is too long, and the
 *    memory is bounded;
 *  - where a message has to be whole, it is, or there is an error;
 *  - a part stays where it is until cat_frame_done().
 */

#ifndef GSCTP_CAT_FRAME_H
#define GSCTP_CAT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cat_mode {
	CAT_LINE,   /* with its newline, or without (chomps) */
	CAT_RAW,    /* what read() gives */
	CAT_SIZE,   /* so many bytes each */
	CAT_PREFIX, /* 4 bytes, big-endian: the length */
	CAT_HEX,    /* a line of digits each */
};

struct cat_framing {
	enum cat_mode mode;
	bool chomps;
	uint32_t size;	  /* of CAT_SIZE */
	size_t part_max;  /* bytes of a part, 4 at least */
	size_t whole_max; /* not 0: messages are whole, and so long */
};

struct cat_part {
	const uint8_t *data;
	size_t len;
	bool is_first, is_last;
	bool is_all; /* nothing that was read is behind it */
};

enum cat_frame_state {
	CAT_FRAME_PART, /* there is one */
	CAT_FRAME_READ, /* more has to be read first */
	CAT_FRAME_END,	/* nothing comes any more */
	CAT_FRAME_BAD,	/* nor here: cat_frame_problem() says why */
};

struct cat_frame;

/* NULL: no memory.  how is copied. */
struct cat_frame *cat_frame_new(const struct cat_framing *how);
void cat_frame_free(struct cat_frame *f);

/* After CAT_FRAME_READ: one read().  How many bytes, 0 at the end, or a
 * negative errno; -EAGAIN is for a descriptor that does not block. */
int cat_frame_read(struct cat_frame *f, int fd);

/* The part that is next: the same one, until it is done with. */
enum cat_frame_state cat_frame_part(struct cat_frame *f, struct cat_part *p);
void cat_frame_done(struct cat_frame *f);

/* "line 3: not hexadecimal: \"x\"".  Static. */
const char *cat_frame_problem(const struct cat_frame *f);

#endif
