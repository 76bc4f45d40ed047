/*
 * cursor: reads bytes from outside, and never past their end.
 *
 * Guarantees
 *  - a read past the end yields 0, moves nothing, and makes the cursor bad
 *    for good, so a parser may check once, at its end;
 *  - no alignment is asked of the bytes.
 *
 * Layer 0.
 */

#ifndef GS_CURSOR_H
#define GS_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gs_cursor {
	const uint8_t *p;
	size_t left;
	bool bad;
};

void gs_cursor_init(struct gs_cursor *c, const void *bytes, size_t len);
bool gs_cursor_is_bad(const struct gs_cursor *c);

/* Bytes not yet read; 0 of a bad cursor, so that loops over it end. */
size_t gs_cursor_left(const struct gs_cursor *c);

/* Network byte order in, host order out. */
uint8_t gs_cursor_u8(struct gs_cursor *c);
uint16_t gs_cursor_be16(struct gs_cursor *c);
uint32_t gs_cursor_be32(struct gs_cursor *c);

/* The next len bytes copied to out; out is all zeros if they are not there. */
void gs_cursor_copy(struct gs_cursor *c, void *out, size_t len);

/* The next len bytes where they lie (borrowed), or NULL. */
const uint8_t *gs_cursor_bytes(struct gs_cursor *c, size_t len);
void gs_cursor_skip(struct gs_cursor *c, size_t len);

/* A cursor over the next len bytes; both go bad if they are not there. */
struct gs_cursor gs_cursor_sub(struct gs_cursor *c, size_t len);

#endif
