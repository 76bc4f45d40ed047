/* json: see json.h. */

#include "json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
gs_json_init(struct gs_json *j, size_t max)
{
	memset(j, 0, sizeof(*j));
	j->max = max;
}

void
gs_json_fini(struct gs_json *j)
{
	free(j->text);
	gs_json_init(j, 0);
}

/* Room for n more bytes, and for a newline and a NUL. */
static bool
make_room(struct gs_json *j, size_t n)
{
	size_t need = j->len + n + 2;
	size_t room = j->room;
	char *grown;

	if (j->err != 0)
		return false;
	if (n > j->max || need > j->max) {
		j->err = -E2BIG;
		return false;
	}
	if (need <= room)
		return true;
	while (room < need)
		room = room * 2 + 256;
	grown = realloc(j->text, room);
	if (grown == NULL) {
		j->err = -ENOMEM;
		return false;
	}
	j->text = grown;
	j->room = room;
	return true;
}

static void
put(struct gs_json *j, const char *bytes, size_t n)
{
	if (!make_room(j, n))
		return;
	memcpy(j->text + j->len, bytes, n);
	j->len += n;
}

static void
put_text(struct gs_json *j, const char *text)
{
	put(j, text, strlen(text));
}

/*
 * Bytes of the UTF-8 character that p begins with; 0 where it is none: cut
 * short, longer than it need be, half of a pair, or past U+10FFFF.
 */
static size_t
utf8_len(const unsigned char *p)
{
	uint32_t c = *p;
	size_t i, n;

	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	c &= 0x7fu >> n;
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if ((n == 3 && c < 0x800) || (n == 4 && c < 0x10000) || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return n;
}

static void
put_escaped(struct gs_json *j, unsigned char c)
{
	char text[8];

	(void)snprintf(text, sizeof(text),
	    c == '"' || c == '\\' ? "\\%c" : "\\u%04x", c);
	put_text(j, text);
}

static void
put_string(struct gs_json *j, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n;

	put_text(j, "\"");
	while (*p != '\0' && j->err == 0) {
		n = utf8_len(p);
		if (n == 0)
			put_text(j, "\xef\xbf\xbd");
		else if (*p < 0x20 || *p == 0x7f || *p == '"' || *p == '\\')
			put_escaped(j, *p);
		else
			put(j, (const char *)p, n);
		p += n > 0 ? n : 1;
	}
	put_text(j, "\"");
}

/* What comes before a value. */
static void
begin(struct gs_json *j, const char *key)
{
	if (j->has_one[j->depth])
		put_text(j, j->depth > 0 ? "," : "\n");
	j->has_one[j->depth] = true;
	if (key == NULL)
		return;
	put_string(j, key);
	put_text(j, ":");
}

static void
go_down(struct gs_json *j, const char *key, const char *bracket)
{
	begin(j, key);
	put_text(j, bracket);
	if (j->depth == GS_JSON_DEPTH) {
		j->err = -EINVAL;
		return;
	}
	j->has_one[++j->depth] = false;
}

static void
go_up(struct gs_json *j, const char *bracket)
{
	put_text(j, bracket);
	if (j->depth == 0)
		j->err = -EINVAL;
	else
		j->depth--;
}

void
gs_json_object(struct gs_json *j, const char *key)
{
	go_down(j, key, "{");
}

void
gs_json_end_object(struct gs_json *j)
{
	go_up(j, "}");
}

void
gs_json_array(struct gs_json *j, const char *key)
{
	go_down(j, key, "[");
}

void
gs_json_end_array(struct gs_json *j)
{
	go_up(j, "]");
}

void
gs_json_number(struct gs_json *j, const char *key, uint64_t v)
{
	char text[24];

	begin(j, key);
	(void)snprintf(text, sizeof(text), "%" PRIu64, v);
	put_text(j, text);
}

void
gs_json_bool(struct gs_json *j, const char *key, bool v)
{
	begin(j, key);
	put_text(j, v ? "true" : "false");
}

void
gs_json_null(struct gs_json *j, const char *key)
{
	begin(j, key);
	put_text(j, "null");
}

void
gs_json_string(struct gs_json *j, const char *key, const char *v)
{
	begin(j, key);
	put_string(j, v);
}

size_t
gs_json_len(const struct gs_json *j)
{
	return j->len;
}

int
gs_json_take(struct gs_json *j, char **text, size_t *len)
{
	int err;

	if (j->err == 0 && j->depth != 0)
		j->err = -EINVAL;
	put_text(j, "\n");
	err = j->err;
	if (err == 0) {
		j->text[j->len] = '\0';
		*text = j->text;
		if (len != NULL)
			*len = j->len;
		j->text = NULL;
	}
	gs_json_fini(j);
	return err;
}
