/* optname_value: values of options, read from text. */

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "optname_table.h"
#include "ppid.h"

#define STREAMS_MAX 65535
#define KEY_MAX 65535

static const char *wrong(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* What is wrong, as optname_read() returns it. */
static const char *
wrong(const char *fmt, ...)
{
	static char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return text;
}

/* What options point to: never freed, and always to be found. */
struct kept {
	struct kept *next;
	max_align_t bytes[];
};

static void *
keep_new(size_t len)
{
	static struct kept *first;
	struct kept *k = malloc(sizeof(*k) + len);

	if (k == NULL)
		return NULL;
	k->next = first;
	first = k;
	return k->bytes;
}

static void
store(const struct optname_row *row, uint32_t v, struct gsctp_opt *o)
{
	char *at = (char *)o + row->at;
	const gsctp_field field = gsctp_def(v);
	const uint16_t half = (uint16_t)v;
	const bool on = v != 0;

	switch (row->store) {
	case OPTNAME_AS_U32:
		memcpy(at, &v, sizeof(v));
		break;
	case OPTNAME_AS_U16:
		memcpy(at, &half, sizeof(half));
		break;
	case OPTNAME_AS_BOOL:
		memcpy(at, &on, sizeof(on));
		break;
	case OPTNAME_AS_FIELD:
		memcpy(at, &field, sizeof(field));
		break;
	case OPTNAME_AS_IT_IS:
		break;
	}
}

/*
 * Words
 */

/* "a, b, c" of the row's words. */
static const char *
words_of(const struct optname_row *row)
{
	static char text[256];
	size_t used = 0;
	size_t i;

	text[0] = '\0';
	for (i = 0; row->words[i].name != NULL && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%s%s", i > 0 ? ", " : "", row->words[i].name);
	return text;
}

static bool
find_word(const struct optname_row *row, const char *text, size_t len,
    uint32_t *out)
{
	size_t i;

	for (i = 0; row->words != NULL && row->words[i].name != NULL; i++) {
		if (strlen(row->words[i].name) == len &&
		    strncasecmp(text, row->words[i].name, len) == 0) {
			*out = row->words[i].value;
			return true;
		}
	}
	return false;
}

static const char *
read_word(const struct optname_row *row, const char *text, struct gsctp_opt *o)
{
	uint32_t v;

	if (!find_word(row, text, strlen(text), &v))
		return wrong("is one of %s", words_of(row));
	store(row, v, o);
	return NULL;
}

static const char *
read_words(const struct optname_row *row, const char *text, struct gsctp_opt *o)
{
	uint32_t sum = 0;
	uint32_t v;
	size_t len;

	if (strcasecmp(text, "none") == 0) {
		store(row, 0, o);
		return NULL;
	}
	for (;; text += len + 1) {
		len = strcspn(text, "+");
		if (!find_word(row, text, len, &v))
			return wrong("is none, or with + between them some of "
				     "%s",
			    words_of(row));
		sum |= v;
		if (text[len] == '\0')
			break;
	}
	store(row, sum, o);
	return NULL;
}

static const char *
read_hmacs(const struct optname_row *row, const char *text, struct gsctp_opt *o)
{
	struct gsctp_hmac_ident *h = &o->u.hmac_ident;
	uint32_t v;
	size_t len;

	memset(h, 0, sizeof(*h));
	for (;; text += len + 1) {
		len = strcspn(text, ",");
		if (!find_word(row, text, len, &v) ||
		    h->n == sizeof(h->idents) / sizeof(h->idents[0]))
			return wrong("is, with commas between them, some of "
				     "%s",
			    words_of(row));
		h->idents[h->n++] = (uint16_t)v;
		if (text[len] == '\0')
			return NULL;
	}
}

/* on and off, as people write them.  false: neither. */
static bool
is_switch(const char *text, size_t len, bool *on)
{
	static const char *const words[] = { "off", "on", "false", "true", "no",
		"yes", "0", "1" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i]) == len &&
		    strncasecmp(text, words[i], len) == 0) {
			*on = i % 2 == 1;
			return true;
		}
	}
	return false;
}

static const char *
read_switch(const struct optname_row *row, const char *text,
    struct gsctp_opt *o)
{
	bool on;

	if (!is_switch(text, strlen(text), &on))
		return wrong("is on or off");
	store(row, on, o);
	return NULL;
}

/*
 * Numbers
 */

struct unit {
	const char *name;
	double scale;
};

static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };
static const struct unit bytes_units[] = { { "", 1 }, { "k", 1e3 },
	{ "m", 1e6 }, { "g", 1e9 }, { "ki", 1 << 10 }, { "mi", 1 << 20 },
	{ "gi", 1 << 30 }, { NULL, 0 } };
static const struct unit ms_units[] = { { "", 1 }, { "ms", 1 }, { "s", 1e3 },
	{ "m", 60e3 }, { "h", 3600e3 }, { NULL, 0 } };
static const struct unit seconds_units[] = { { "", 1 }, { "ms", 1e-3 },
	{ "s", 1 }, { "m", 60 }, { "h", 3600 }, { NULL, 0 } };

/* The range in words, and how such a number is written. */
static const char *
wrong_number(const struct optname_row *row)
{
	static const char *const forms[] = {
		[OPTNAME_MS] = " ms: 3000, 3s, 1.5m",
		[OPTNAME_SECONDS] = " seconds: 30, 5m",
		[OPTNAME_BYTES] = " bytes: 65536, 64ki, 1m",
		[OPTNAME_LINGER] = "",
		[OPTNAME_NUMBER] = "",
	};

	if (row->words != NULL)
		return wrong("is %s, or from %jd to %jd%s", words_of(row),
		    (intmax_t)row->min, (intmax_t)row->max, forms[row->kind]);
	return wrong("is from %jd to %jd%s", (intmax_t)row->min,
	    (intmax_t)row->max, forms[row->kind]);
}

/* A number, whole once its unit is counted in, from min to max. */
static bool
read_scaled(const struct optname_row *row, const char *text,
    const struct unit *units, int64_t *out)
{
	const char *digits = text + (*text == '-');
	double v, off;
	char *end;

	/* Not what strtod() takes besides: inf, nan, spaces. */
	if (*digits < '0' || *digits > '9')
		return false;
	v = strtod(text, &end);
	for (; units->name != NULL; units++) {
		if (strcasecmp(end, units->name) != 0)
			continue;
		v *= units->scale;
		if (v < (double)row->min || v > (double)row->max)
			return false;
		*out = (int64_t)(v < 0 ? v - 0.5 : v + 0.5);
		off = v - (double)*out;
		return off > -1e-6 && off < 1e-6;
	}
	return false;
}

static const char *
read_number(const struct optname_row *row, const char *text,
    const struct unit *units, struct gsctp_opt *o)
{
	uint32_t word;
	int64_t v;

	if (find_word(row, text, strlen(text), &word)) {
		store(row, word, o);
		return NULL;
	}
	if (!read_scaled(row, text, units, &v))
		return wrong_number(row);
	store(row, (uint32_t)v, o);
	return NULL;
}

static const char *
read_linger(const struct optname_row *row, const char *text,
    struct gsctp_opt *o)
{
	size_t len = strcspn(text, ",");
	int64_t seconds = 0;
	bool on;

	if (!is_switch(text, len, &on))
		return wrong("is off, on, or on,SECONDS");
	if (text[len] == ',' &&
	    (!on || !read_scaled(row, text + len + 1, seconds_units, &seconds)))
		return wrong("is off, on, or on,SECONDS, up to %jd",
		    (intmax_t)row->max);
	o->u.linger.on = on;
	o->u.linger.seconds = (uint32_t)seconds;
	return NULL;
}

/*
 * The rest
 */

static const char *
read_ppid(const struct optname_row *row, const char *text, struct gsctp_opt *o)
{
	uint32_t v;

	if (ppid_parse(text, &v) != 0)
		return wrong("is a number, or a name as diameter or m3ua");
	store(row, v, o);
	return NULL;
}

static const char *
read_addr(const struct optname_row *row, const char *text, struct gsctp_opt *o)
{
	struct sockaddr_storage a;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a;
	struct sockaddr_in *in = (struct sockaddr_in *)&a;

	memset(&a, 0, sizeof(a));
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		a.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
		a.ss_family = AF_INET6;
	else
		return wrong("is an address: 192.0.2.1, 2001:db8::1");
	memcpy((char *)o + row->at, &a, sizeof(a));
	return NULL;
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

static const char *
read_key(const char *text, struct gsctp_opt *o)
{
	size_t len = strlen(text);
	uint8_t *key;
	size_t i;
	int v;

	if (len == 0 || len % 2 != 0 || len / 2 > KEY_MAX)
		return wrong("is hex digits, two a byte");
	key = keep_new(len / 2);
	if (key == NULL)
		return gsctp_strerror(-ENOMEM);
	for (i = 0; i < len; i++) {
		v = hex_digit(text[i]);
		if (v < 0)
			return wrong("is hex digits, two a byte");
		key[i / 2] = (uint8_t)(i % 2 == 0 ? v << 4 : key[i / 2] | v);
	}
	o->u.authkey.key = key;
	o->u.authkey.keylength = len / 2;
	return NULL;
}

static const char *
read_streams(const char *text, struct gsctp_opt *o)
{
	uint16_t *streams;
	unsigned long v;
	size_t n = 1;
	size_t i;
	char *end;

	if (strcasecmp(text, "all") == 0) {
		o->u.reset_streams.streams = NULL;
		o->u.reset_streams.nstreams = 0;
		return NULL;
	}
	for (i = 0; text[i] != '\0'; i++)
		n += text[i] == ',';
	if (n > STREAMS_MAX)
		return wrong("has more than %d streams", STREAMS_MAX);
	streams = keep_new(n * sizeof(*streams));
	if (streams == NULL)
		return gsctp_strerror(-ENOMEM);
	for (i = 0; i < n; i++, text = end + 1) {
		v = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) :
						   ULONG_MAX;
		if (v > 65535 || *end != (i + 1 < n ? ',' : '\0'))
			return wrong("is all, or streams with commas between, "
				     "each from 0 to 65535");
		streams[i] = (uint16_t)v;
	}
	o->u.reset_streams.streams = streams;
	o->u.reset_streams.nstreams = n;
	return NULL;
}

const char *
optname_read(const struct optname_row *row, const char *text,
    struct gsctp_opt *o)
{
	switch (row->kind) {
	case OPTNAME_SWITCH:
		return read_switch(row, text, o);
	case OPTNAME_NUMBER:
		return read_number(row, text, no_units, o);
	case OPTNAME_MS:
		return read_number(row, text, ms_units, o);
	case OPTNAME_SECONDS:
		return read_number(row, text, seconds_units, o);
	case OPTNAME_BYTES:
		return read_number(row, text, bytes_units, o);
	case OPTNAME_WORD:
		return read_word(row, text, o);
	case OPTNAME_WORDS:
		return read_words(row, text, o);
	case OPTNAME_PPID:
		return read_ppid(row, text, o);
	case OPTNAME_ADDR:
		return read_addr(row, text, o);
	case OPTNAME_KEY:
		return read_key(text, o);
	case OPTNAME_STREAMS:
		return read_streams(text, o);
	case OPTNAME_HMACS:
		return read_hmacs(row, text, o);
	case OPTNAME_LINGER:
		return read_linger(row, text, o);
	case OPTNAME_REFUSED:
		break;
	}
	return row->help;
}
