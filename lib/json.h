/*
 * json: writes JSON text, and nothing that is not.
 *
 * Guarantees
 *  - the text is valid UTF-8 whatever strings were given: what is not UTF-8
 *    becomes U+FFFD, and control characters are escaped;
 *  - it is no longer than max; where memory or room is short, or objects and
 *    arrays are not ended as they were begun, gs_json_take() says so, and
 *    until then nobody has to look.
 *
 * In an object each value has a key, in an array none (NULL).  Layer 0.
 */

#ifndef GS_JSON_H
#define GS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Objects and arrays within each other. */
#define GS_JSON_DEPTH 16

struct gs_json {
	char *text;
	size_t len, room, max;
	int err;
	unsigned int depth;
	bool has_one[GS_JSON_DEPTH + 1]; /* a value, on each level */
};

void gs_json_init(struct gs_json *j, size_t max);
void gs_json_fini(struct gs_json *j);

void gs_json_object(struct gs_json *j, const char *key);
void gs_json_end_object(struct gs_json *j);
void gs_json_array(struct gs_json *j, const char *key);
void gs_json_end_array(struct gs_json *j);

void gs_json_number(struct gs_json *j, const char *key, uint64_t v);
void gs_json_bool(struct gs_json *j, const char *key, bool v);
void gs_json_null(struct gs_json *j, const char *key);
void gs_json_string(struct gs_json *j, const char *key, const char *v);

/* So far. */
size_t gs_json_len(const struct gs_json *j);

/* The text, malloc'd, with a newline and a NUL at its end: 0, -ENOMEM,
 * -E2BIG or -EINVAL.  *len, which may be NULL, is without the NUL. */
int gs_json_take(struct gs_json *j, char **text, size_t *len);

#endif
