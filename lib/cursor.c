#include "cursor.h"

#include <string.h>

void
gs_cursor_init(struct gs_cursor *c, const void *bytes, size_t len)
{
	c->p = bytes;
	c->left = len;
	c->bad = false;
}

bool
gs_cursor_is_bad(const struct gs_cursor *c)
{
	return c->bad;
}

size_t
gs_cursor_left(const struct gs_cursor *c)
{
	return c->bad ? 0 : c->left;
}

/* The one place that moves a cursor. */
static const uint8_t *
take(struct gs_cursor *c, size_t len)
{
	const uint8_t *p = c->p;

	if (c->bad || len > c->left) {
		c->bad = true;
		return NULL;
	}
	if (len > 0) {
		c->p += len;
		c->left -= len;
	}
	return p;
}

uint8_t
gs_cursor_u8(struct gs_cursor *c)
{
	const uint8_t *p = take(c, 1);

	return p == NULL ? 0 : p[0];
}

uint16_t
gs_cursor_be16(struct gs_cursor *c)
{
	const uint8_t *p = take(c, 2);

	if (p == NULL)
		return 0;
	return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t
gs_cursor_be32(struct gs_cursor *c)
{
	const uint8_t *p = take(c, 4);

	if (p == NULL)
		return 0;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

void
gs_cursor_copy(struct gs_cursor *c, void *out, size_t len)
{
	const uint8_t *p = take(c, len);

	if (len == 0)
		return;
	if (p == NULL)
		memset(out, 0, len);
	else
		memcpy(out, p, len);
}

const uint8_t *
gs_cursor_bytes(struct gs_cursor *c, size_t len)
{
	return take(c, len);
}

void
gs_cursor_skip(struct gs_cursor *c, size_t len)
{
	(void)take(c, len); /* a failure is kept in c->bad */
}

struct gs_cursor
gs_cursor_sub(struct gs_cursor *c, size_t len)
{
	struct gs_cursor sub;
	const uint8_t *p = take(c, len);

	gs_cursor_init(&sub, p, c->bad ? 0 : len);
	sub.bad = c->bad;
	return sub;
}
