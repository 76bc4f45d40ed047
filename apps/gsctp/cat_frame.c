/* cat_frame: see cat_frame.h. */

#include "cat_frame.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cat_hex.h"

#define TEXT_MAX 65536

struct cat_frame {
	struct cat_framing how;
	uint8_t *bytes;
	size_t cap;
	size_t start, end; /* of what is there */
	size_t scanned;	   /* from start: no newline */
	uint32_t left;	   /* SIZE, PREFIX: of the message; 0: none */
	bool is_mid;	   /* a message's first part is gone */
	bool has_ended;	   /* read() said so */

	/* The part that was given. */
	size_t part_len;  /* 0: none */
	size_t part_skip; /* what goes with it, and is not sent */
	bool part_is_last;

	struct cat_hex hex;
	char *text; /* of CAT_HEX: not decoded yet */
	size_t text_start, text_end;

	char problem[128];
};

struct cat_frame *
cat_frame_new(const struct cat_framing *how)
{
	struct cat_frame *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->how = *how;
	if (how->whole_max != 0 && how->whole_max < how->part_max)
		f->how.part_max = how->whole_max;
	f->cap = f->how.part_max + 1;
	f->bytes = malloc(f->cap);
	if (how->mode == CAT_HEX)
		f->text = malloc(TEXT_MAX);
	if (f->bytes == NULL || (how->mode == CAT_HEX && f->text == NULL)) {
		cat_frame_free(f);
		return NULL;
	}
	return f;
}

void
cat_frame_free(struct cat_frame *f)
{
	if (f == NULL)
		return;
	free(f->bytes);
	free(f->text);
	free(f);
}

const char *
cat_frame_problem(const struct cat_frame *f)
{
	return f->problem;
}

static enum cat_frame_state
bad(struct cat_frame *f, const char *what)
{
	(void)snprintf(f->problem, sizeof(f->problem), "%s", what);
	return CAT_FRAME_BAD;
}

/*
 * Reading
 */

static int
read_into(struct cat_frame *f, int fd, void *to, size_t room)
{
	ssize_t n;

	do
		n = read(fd, to, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		f->has_ended = true;
	return (int)n;
}

static void
move_to_front(struct cat_frame *f)
{
	if (f->start == 0)
		return;
	memmove(f->bytes, f->bytes + f->start, f->end - f->start);
	f->end -= f->start;
	f->start = 0;
}

int
cat_frame_read(struct cat_frame *f, int fd)
{
	size_t room;
	int n;

	if (f->how.mode == CAT_HEX) {
		n = read_into(f, fd, f->text, TEXT_MAX);
		f->text_start = 0;
		f->text_end = n > 0 ? (size_t)n : 0;
		return n;
	}
	/* A message that has begun to arrive gets room for all of it. */
	if (f->start == f->end || f->end == f->cap)
		move_to_front(f);
	room = f->cap - f->end;
	if (f->how.mode == CAT_RAW)
		room--;
	n = read_into(f, fd, f->bytes + f->end, room);
	if (n > 0)
		f->end += (size_t)n;
	return n;
}

/*
 * Parts
 */

static enum cat_frame_state
give(struct cat_frame *f, size_t len, size_t skip, bool is_last)
{
	f->part_len = len;
	f->part_skip = skip;
	f->part_is_last = is_last;
	return CAT_FRAME_PART;
}

/* No room, and the message is not complete: a part of it, but for the byte
 * that the last part has at least; or more room. */
static enum cat_frame_state
overflow(struct cat_frame *f)
{
	size_t have = f->end - f->start;
	size_t cap = f->cap * 2;
	uint8_t *grown;

	if (f->how.whole_max == 0)
		return give(f, have - 1, 0, false);
	if (have > f->how.whole_max)
		return bad(f,
		    "a message is longer than the send buffer, and "
		    "what expires goes whole: -o sndbuf=BYTES");
	move_to_front(f);
	if (cap > f->how.whole_max + 1)
		cap = f->how.whole_max + 1;
	grown = realloc(f->bytes, cap);
	if (grown == NULL)
		return bad(f, "no memory for a message");
	f->bytes = grown;
	f->cap = cap;
	return CAT_FRAME_READ;
}

static bool
is_full(const struct cat_frame *f)
{
	return f->end - f->start >= f->cap;
}

static enum cat_frame_state
next_line(struct cat_frame *f)
{
	size_t have, len;
	uint8_t *nl;

	for (;;) {
		have = f->end - f->start;
		nl = memchr(f->bytes + f->start + f->scanned, '\n',
		    have - f->scanned);
		if (nl == NULL)
			break;
		len = (size_t)(nl - (f->bytes + f->start));
		if (!f->how.chomps)
			return give(f, len + 1, 0, true);
		if (len > 0)
			return give(f, len, 1, true);
		/* There are no messages of 0 bytes. */
		f->start++;
		f->scanned = 0;
	}
	f->scanned = have;
	if (f->has_ended)
		return have > 0 ? give(f, have, 0, true) : CAT_FRAME_END;
	return is_full(f) ? overflow(f) : CAT_FRAME_READ;
}

static enum cat_frame_state
next_sized(struct cat_frame *f)
{
	size_t have = f->end - f->start;

	if (have >= f->left)
		return give(f, f->left, 0, true);
	if (!f->has_ended)
		return is_full(f) ? overflow(f) : CAT_FRAME_READ;
	if (f->how.mode == CAT_PREFIX)
		return bad(f, "it ends within a message");
	return have > 0 ? give(f, have, 0, true) : CAT_FRAME_END;
}

static enum cat_frame_state
next_prefixed(struct cat_frame *f)
{
	const uint8_t *p = f->bytes + f->start;
	size_t have = f->end - f->start;

	if (f->left == 0) {
		if (have < 4 && f->has_ended)
			return have == 0 ? CAT_FRAME_END :
					   bad(f, "it ends within a length");
		if (have < 4)
			return CAT_FRAME_READ;
		f->left = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		    (uint32_t)p[2] << 8 | p[3];
		if (f->left == 0)
			return bad(f,
			    "a length of 0: SCTP has no messages "
			    "without data");
		f->start += 4;
	}
	return next_sized(f);
}

static enum cat_frame_state
next_hex(struct cat_frame *f)
{
	enum cat_frame_state state;
	size_t n, got;
	bool is_end;

	for (;;) {
		if (f->text_start == f->text_end && !f->has_ended)
			return CAT_FRAME_READ;
		if (f->end == f->cap)
			move_to_front(f);
		state = is_full(f) ? overflow(f) : CAT_FRAME_READ;
		if (state != CAT_FRAME_READ)
			return state;
		n = f->cap - f->end;
		got = cat_hex_decode(&f->hex, f->text + f->text_start,
		    f->text_end - f->text_start, f->has_ended,
		    f->bytes + f->end, &n, &is_end);
		f->text_start += got;
		f->end += n;
		if (f->hex.problem[0] != '\0')
			return bad(f, f->hex.problem);
		if (is_end && f->end > f->start)
			return give(f, f->end - f->start, 0, true);
		if (f->has_ended && f->text_start == f->text_end)
			return CAT_FRAME_END;
	}
}

static enum cat_frame_state
next(struct cat_frame *f)
{
	size_t have = f->end - f->start;

	switch (f->how.mode) {
	case CAT_LINE:
		return next_line(f);
	case CAT_RAW:
		if (have > 0)
			return give(f, have, 0, true);
		return f->has_ended ? CAT_FRAME_END : CAT_FRAME_READ;
	case CAT_SIZE:
		if (f->left == 0)
			f->left = f->how.size;
		return next_sized(f);
	case CAT_PREFIX:
		return next_prefixed(f);
	case CAT_HEX:
		return next_hex(f);
	}
	return CAT_FRAME_END;
}

enum cat_frame_state
cat_frame_part(struct cat_frame *f, struct cat_part *p)
{
	enum cat_frame_state state = CAT_FRAME_PART;

	if (f->part_len == 0)
		state = next(f);
	if (state != CAT_FRAME_PART)
		return state;
	p->data = f->bytes + f->start;
	p->len = f->part_len;
	p->is_first = !f->is_mid;
	p->is_last = f->part_is_last;
	p->is_all = f->start + f->part_len + f->part_skip == f->end &&
	    f->text_start == f->text_end;
	return CAT_FRAME_PART;
}

void
cat_frame_done(struct cat_frame *f)
{
	f->start += f->part_len + f->part_skip;
	f->scanned = 0;
	if (f->left > 0)
		f->left = f->part_is_last ? 0 : f->left - (uint32_t)f->part_len;
	f->is_mid = !f->part_is_last;
	f->part_len = 0;
	if (f->start == f->end)
		f->start = f->end = 0;
}
