/*
 * check: see check.h.
 */

#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LAST (UINT64_C(1) << 63)
#define ODD UINT64_C(0x9e3779b97f4a7c15)

/* The word at place of a message; at 0 it is its number. */
static uint64_t
word(uint64_t number, size_t place)
{
	return place == 0 ? number : (number + place) * ODD;
}

static uint8_t
filler(size_t place)
{
	return (uint8_t)(place * 31 + (place >> 8));
}

void
check_fill(uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = filler(i);
}

void
check_stamp(uint8_t *data, size_t len, uint64_t number, bool is_last)
{
	uint64_t w;
	size_t at;

	number |= is_last ? LAST : 0;
	for (at = 0; at + 16 <= len; at += CHECK_STEP) {
		w = word(number, at);
		memcpy(data + at, &w, sizeof(w));
	}
	w = word(number, len - 8);
	memcpy(data + len - 8, &w, sizeof(w));
}

static bool
has_word(const uint8_t *data, size_t at, uint64_t number)
{
	uint64_t w;

	memcpy(&w, data + at, sizeof(w));
	return w == word(number, at);
}

/* All that is no word. */
static bool
is_filled(const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 8; i < len - 8; i++) {
		if (i % CHECK_STEP < 8 && i - i % CHECK_STEP + 16 <= len)
			continue;
		if (data[i] != filler(i))
			return false;
	}
	return true;
}

bool
check_take(struct check *c, const uint8_t *data, size_t len)
{
	uint64_t number;
	size_t at;

	if (len != c->len || c->is_last) {
		(void)snprintf(c->why, sizeof(c->why),
		    "message %" PRIu64 " has %zu bytes, not %zu%s", c->next,
		    len, c->len,
		    c->is_last ? ", and comes after the last" : "");
		return false;
	}
	memcpy(&number, data, sizeof(number));
	if (c->may_lose && (number & ~LAST) > c->next) {
		c->lost += (number & ~LAST) - c->next;
		c->next = number & ~LAST;
	}
	if ((number & ~LAST) != c->next) {
		(void)snprintf(c->why, sizeof(c->why),
		    "message %" PRIu64 " came, not %" PRIu64, number & ~LAST,
		    c->next);
		return false;
	}
	for (at = 0; at + 16 <= len; at += CHECK_STEP) {
		if (!has_word(data, at, number))
			break;
	}
	if (at + 16 <= len || !has_word(data, len - 8, number) ||
	    (c->next % CHECK_EVERY == 0 && !is_filled(data, len))) {
		(void)snprintf(c->why, sizeof(c->why),
		    "message %" PRIu64 " has other bytes than were sent",
		    c->next);
		return false;
	}
	c->is_last = (number & LAST) != 0;
	c->next++;
	return true;
}
