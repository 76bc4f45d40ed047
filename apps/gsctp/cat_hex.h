/*
 * cat_hex: bytes as lines of hexadecimal digits, and back.
 *
 * In: a message a line; blanks between the digits, and what is behind a '#',
 * mean nothing, nor do lines without digits.  Out: lower case, no blanks.
 */

#ifndef GSCTP_CAT_HEX_H
#define GSCTP_CAT_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero at the start. */
struct cat_hex {
	unsigned long line; /* from 0 */
	int high;	    /* 16 + the first digit of two; or 0 */
	bool is_comment;
	char problem[96]; /* "": none */
};

/*
 * Decode text up to the end of a line; is_last: nothing comes behind it, so
 * its end is the line's.  At most *n bytes, then how many there were; is_end
 * where the line has ended.  Returns how much of the text is done with.
 */
size_t cat_hex_decode(struct cat_hex *h, const char *text, size_t len,
    bool is_last, uint8_t *out, size_t *n, bool *is_end);

/* 2 * len digits to out, without a NUL. */
void cat_hex_encode(const uint8_t *data, size_t len, char *out);

#endif
