/* cat_hex: see cat_hex.h. */

#include "cat_hex.h"

#include <stdio.h>

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ':';
}

static void
complain(struct cat_hex *h, const char *what, char c)
{
	(void)snprintf(h->problem, sizeof(h->problem), "line %lu: %s",
	    h->line + 1, what);
	if (c >= ' ' && c <= '~')
		(void)snprintf(h->problem, sizeof(h->problem),
		    "line %lu: %s: '%c'", h->line + 1, what, c);
}

/* A line is complete; the digits come in pairs. */
static void
end_line(struct cat_hex *h)
{
	if (h->high != 0)
		complain(h, "an odd number of digits", 0);
	h->line++;
	h->is_comment = false;
}

size_t
cat_hex_decode(struct cat_hex *h, const char *text, size_t len, bool is_last,
    uint8_t *out, size_t *n, bool *is_end)
{
	size_t max = *n;
	size_t i;
	int d;

	*n = 0;
	*is_end = false;
	for (i = 0; i < len && *n < max; i++) {
		if (text[i] == '\n') {
			end_line(h);
			*is_end = true;
			return i + 1;
		}
		if (text[i] == '#')
			h->is_comment = true;
		if (h->is_comment || is_blank(text[i]))
			continue;
		d = digit(text[i]);
		if (d < 0) {
			complain(h, "not hexadecimal", text[i]);
			return i;
		}
		if (h->high != 0)
			out[(*n)++] = (uint8_t)((h->high - 16) << 4 | d);
		h->high = h->high != 0 ? 0 : 16 + d;
	}
	if (is_last && i == len) {
		end_line(h);
		*is_end = true;
	}
	return i;
}

void
cat_hex_encode(const uint8_t *data, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
}
