/* faults_parse: a specification becomes numbers.  See faults_impl.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "faults_impl.h"
#include "log.h"

/* Numbers are read in millionths. */
#define UNIT 1000000

/* As written before the point: more makes no sense of anything here. */
#define WHOLE_MAX UINT64_C(1000000000000)

#define DELAY_MAX_US (60 * UINT64_C(1000000))
#define RATE_WAIT_US 100000 /* where none is said */
#define OVERTAKERS 3	    /* where none is said */
#define OVERTAKERS_MAX 1000
#define BURST_MAX 1000000

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * A decimal number, in millionths, and where it ends.  The locale has no say
 * in what is a point.
 */
static bool
read_number(const char **text, uint64_t *out)
{
	const char *p = *text;
	uint64_t v = 0, scale = UNIT;

	if (!is_digit(*p))
		return false;
	for (; is_digit(*p); p++) {
		v = v * 10 + (uint64_t)(*p - '0');
		if (v > WHOLE_MAX)
			return false;
	}
	v *= UNIT;
	if (*p == '.') {
		p++;
		if (!is_digit(*p))
			return false;
		for (; is_digit(*p); p++) {
			scale /= 10;
			v += (uint64_t)(*p - '0') * scale;
		}
	}
	*text = p;
	*out = v;
	return true;
}

/* Up to text's '~', or its end, the word is. */
static bool
read_word(const char **text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*text, word, len) != 0 ||
	    ((*text)[len] != '\0' && (*text)[len] != '~'))
		return false;
	*text += len;
	return true;
}

static bool
read_chance(const char **text, uint32_t *out)
{
	uint64_t v;

	if (!read_number(text, &v) || !read_word(text, "%") ||
	    v > GS_FAULTS_CERTAIN)
		return false;
	*out = (uint32_t)v; /* a percent is a million of them */
	return true;
}

static bool
read_time(const char **text, uint64_t max_us, uint64_t *out_us)
{
	uint64_t v;

	if (!read_number(text, &v))
		return false;
	if (read_word(text, "us"))
		v /= UNIT;
	else if (read_word(text, "ms"))
		v /= UNIT / 1000;
	else if (!read_word(text, "s"))
		return false;
	*out_us = v;
	return v <= max_us;
}

/* A whole number, and nothing behind it. */
static bool
read_whole(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (!is_digit(*text))
		return false;
	for (; is_digit(*text); text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (v > (max - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return *text == '\0';
}

/*
 * The faults, each of one direction.
 */

static bool
parse_loss(const char *v, struct gs_faults_spec *s)
{
	return read_chance(&v, &s->loss) && *v == '\0';
}

static bool
parse_burst(const char *v, struct gs_faults_spec *s)
{
	uint64_t len;

	if (!read_chance(&v, &s->burst) || *v++ != '~' ||
	    !read_number(&v, &len) || *v != '\0' || len < UNIT ||
	    len > (uint64_t)BURST_MAX * UNIT)
		return false;
	/* How often it ends, so that the mean length is len. */
	s->burst_end = (uint32_t)((uint64_t)GS_FAULTS_CERTAIN * UNIT / len);
	return true;
}

static bool
parse_duplicate(const char *v, struct gs_faults_spec *s)
{
	return read_chance(&v, &s->duplicate) && *v == '\0';
}

static bool
parse_corrupt(const char *v, struct gs_faults_spec *s)
{
	return read_chance(&v, &s->corrupt) && *v == '\0';
}

static bool
parse_reorder(const char *v, struct gs_faults_spec *s)
{
	uint64_t n = OVERTAKERS;

	if (!read_chance(&v, &s->reorder) ||
	    (*v == '~' && !read_whole(v + 1, OVERTAKERS_MAX, &n)) || n == 0)
		return false;
	s->overtakers = (uint32_t)n;
	return true;
}

static bool
parse_delay(const char *v, struct gs_faults_spec *s)
{
	s->jitter_us = 0;
	if (!read_time(&v, DELAY_MAX_US, &s->delay_us))
		return false;
	if (*v == '~') {
		v++;
		if (!read_time(&v, s->delay_us, &s->jitter_us))
			return false;
	}
	return *v == '\0';
}

static bool
parse_rate(const char *v, struct gs_faults_spec *s)
{
	static const struct {
		const char *name;
		uint64_t bits;
	} units[] = { { "bit", 1 }, { "kbit", 1000 }, { "mbit", 1000000 },
		{ "gbit", 1000000000 } };
	uint64_t n;
	size_t i;

	/* A terabit is more than enough, and does not overflow. */
	if (!read_number(&v, &n) || n > (uint64_t)1000000 * UNIT)
		return false;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (read_word(&v, units[i].name))
			break;
	if (i == sizeof(units) / sizeof(units[0]))
		return false;
	s->rate_bps = units[i].bits < UNIT ? n * units[i].bits / UNIT :
					     n * (units[i].bits / UNIT);
	s->rate_wait_us = RATE_WAIT_US;
	if (*v == '~') {
		v++;
		if (!read_time(&v, DELAY_MAX_US, &s->rate_wait_us))
			return false;
	}
	return *v == '\0' && s->rate_bps > 0;
}

static bool
parse_mtu(const char *v, struct gs_faults_spec *s)
{
	uint64_t n;

	if (!read_whole(v, 65535, &n) || n == 0)
		return false;
	s->mtu = (uint32_t)n;
	return true;
}

static bool
parse_blackhole(const char *v, struct gs_faults_spec *s)
{
	union gs_addr a;

	memset(&a, 0, sizeof(a));
	if (s->nholes == GS_FAULTS_HOLES || gs_addr_parse(&a, v) != 0)
		return false;
	gs_addr_unmap(&a);
	s->holes[s->nholes++] = a;
	return true;
}

static const struct fault {
	const char *name;
	bool (*parse)(const char *value, struct gs_faults_spec *s);
	const char *form; /* how it is written */
} faults[] = {
	{ "loss", parse_loss, "loss=5%" },
	{ "burst", parse_burst, "burst=1%~8 (chance, mean length)" },
	{ "duplicate", parse_duplicate, "duplicate=5%" },
	{ "corrupt", parse_corrupt, "corrupt=0.1%" },
	{ "reorder", parse_reorder, "reorder=5% or reorder=5%~3" },
	{ "delay", parse_delay,
	    "delay=20ms or delay=20ms~5ms, 60s at most, the jitter no more" },
	{ "rate", parse_rate, "rate=10mbit or rate=10mbit~100ms" },
	{ "mtu", parse_mtu, "mtu=1280" },
	{ "blackhole", parse_blackhole,
	    "blackhole=192.0.2.1, 16 of them at most" },
};

#define NFAULTS (sizeof(faults) / sizeof(faults[0]))

static int
refuse(const char *word, const char *why, const char *form)
{
	gs_logf(GSCTP_LOG_ERROR, "faults: cannot understand \"%s\": %s%s", word,
	    why, form);
	return -EINVAL;
}

/* A fault, of the direction that stands before it, or of both. */
static int
parse_fault(const char *word, struct gs_faults_specs *out)
{
	bool has[GS_FAULTS_DIRECTIONS] = { true, true };
	const char *name = word, *value;
	size_t i, len;
	int d;

	if (strncmp(name, "in.", 3) == 0) {
		has[GS_FAULTS_OUT] = false;
		name += 3;
	} else if (strncmp(name, "out.", 4) == 0) {
		has[GS_FAULTS_IN] = false;
		name += 4;
	}
	value = strchr(name, '=');
	if (value == NULL)
		return refuse(word, "a fault is written as ", "loss=5%");
	len = (size_t)(value - name);
	for (i = 0; i < NFAULTS; i++)
		if (strlen(faults[i].name) == len &&
		    memcmp(name, faults[i].name, len) == 0)
			break;
	if (i == NFAULTS)
		return refuse(word, "there is no such fault", "");
	for (d = 0; d < GS_FAULTS_DIRECTIONS; d++)
		if (has[d] && !faults[i].parse(value + 1, &out->dir[d]))
			return refuse(word, "it is written ", faults[i].form);
	return 0;
}

static int
parse_word(const char *word, struct gs_faults_specs *out)
{
	if (strncmp(word, "seed=", 5) != 0)
		return parse_fault(word, out);
	if (!read_whole(word + 5, UINT64_MAX, &out->seed))
		return refuse(word, "it is written ", "seed=7");
	out->has_seed = true;
	return 0;
}

int
gs_faults_parse(const char *text, struct gs_faults_specs *out)
{
	char *copy, *word, *rest;
	int err = 0;

	memset(out, 0, sizeof(*out));
	copy = strdup(text);
	if (copy == NULL)
		return -ENOMEM;
	rest = copy;
	while (err == 0 && (word = strsep(&rest, ",")) != NULL)
		err = parse_word(word, out);
	free(copy);
	return err;
}
