/*
 * perf_params: the parameters of a test as JSON, read from a peer that may
 * send anything.
 */

#include <gsctp/gsctp.h>
#include <string.h>

#include "perf.h"

static const char *const modes[] = {
	[PERF_THROUGHPUT] = "throughput",
	[PERF_LATENCY] = "latency",
	[PERF_SETUP] = "setup",
};

static const struct {
	const char *name;
	uint32_t flag;
} policies[] = {
	{ "ttl", GSCTP_PR_TTL },
	{ "rtx", GSCTP_PR_RTX },
	{ "prio", GSCTP_PR_PRIO },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *
perf_mode_name(uint32_t mode)
{
	return mode < COUNT(modes) ? modes[mode] : "unknown";
}

const char *
perf_pr_name(uint32_t flag)
{
	size_t i;

	for (i = 0; i < COUNT(policies); i++)
		if (policies[i].flag == flag)
			return policies[i].name;
	return NULL;
}

/*
 * JSON
 */

void
perf_put(json_t *o, const char *name, json_t *taken)
{
	(void)json_object_set_new(o, name, taken);
}

json_t *
perf_number(bool is_known, double value)
{
	return is_known ? json_real(value) : json_null();
}

json_t *
perf_integer(bool is_known, uint64_t value)
{
	return is_known ? json_integer((json_int_t)value) : json_null();
}

uint64_t
perf_get(const json_t *o, const char *name, uint64_t fallback)
{
	const json_t *v = json_object_get(o, name);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return fallback;
	return (uint64_t)json_integer_value(v);
}

const char *
perf_text(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text != NULL ? text : "";
}

json_t *
perf_pick(const json_t *o, const char *const *names)
{
	json_t *copy = json_object();
	json_t *v;

	for (; *names != NULL; names++) {
		v = json_object_get(o, *names);
		perf_put(copy, *names,
		    json_is_number(v) ? json_copy(v) : json_null());
	}
	return copy;
}

/*
 * Parameters
 */

json_t *
perf_params_json(const struct perf_params *p)
{
	json_t *o = json_object();
	json_t *pr = json_null();

	if (p->pr_flag != 0) {
		pr = json_pack("{s:s, s:I}", "policy", perf_pr_name(p->pr_flag),
		    "value", (json_int_t)p->pr_value);
	}
	perf_put(o, "mode", json_string(perf_mode_name(p->mode)));
	perf_put(o, "to_server", json_boolean(p->to_server));
	perf_put(o, "to_client", json_boolean(p->to_client));
	perf_put(o, "length", json_integer(p->length));
	perf_put(o, "streams", json_integer(p->streams));
	perf_put(o, "associations", json_integer(p->assocs));
	perf_put(o, "time_ms", perf_integer(p->time_ms != 0, p->time_ms));
	perf_put(o, "bytes", perf_integer(p->bytes != 0, p->bytes));
	perf_put(o, "target_bits_per_second",
	    perf_integer(p->rate != 0, p->rate));
	perf_put(o, "unordered", json_boolean(p->unordered));
	perf_put(o, "partial_reliability", pr);
	perf_put(o, "interval_ms", json_integer(p->interval_ms));
	return o;
}

const char *
perf_params_check(const struct perf_params *p)
{
	if (p->mode > PERF_SETUP)
		return "no such mode";
	if (p->length < 1 || p->length > PERF_LENGTH_MAX)
		return "a length that is not from 1 to 1048576";
	if (p->streams < 1 || p->streams > PERF_STREAMS_MAX)
		return "streams that are not from 1 to 256";
	if (p->assocs < 1 || p->assocs > PERF_ASSOCS_MAX)
		return "associations that are not from 1 to 128";
	if (p->time_ms > PERF_TIME_MAX_MS)
		return "more time than a day";
	if ((p->time_ms == 0) == (p->bytes == 0))
		return "neither a time nor a number of bytes, or both";
	if (p->interval_ms < PERF_INTERVAL_MIN_MS ||
	    p->interval_ms > PERF_TIME_MAX_MS)
		return "an interval that is not from 0.1 s to a day";
	if (p->time_ms / p->interval_ms > PERF_INTERVALS_MAX)
		return "more than 100000 intervals";
	if (p->rate > INT64_MAX || p->bytes > INT64_MAX)
		return "a number that is too large";
	if (p->mode == PERF_THROUGHPUT && !p->to_server && !p->to_client)
		return "no direction";
	return NULL;
}

/* A number of at most max; anything else is one more, which no check lets
 * pass. */
static uint32_t
get_up_to(const json_t *o, const char *name, uint32_t max)
{
	uint64_t v = perf_get(o, name, 0);

	return v > max ? max + 1 : (uint32_t)v;
}

static const char *
read_pr(const json_t *o, struct perf_params *p)
{
	const char *name = perf_text(o, "policy");
	uint64_t value = perf_get(o, "value", UINT64_MAX);
	size_t i;

	if (o == NULL || json_is_null(o))
		return NULL;
	if (value > UINT32_MAX)
		return "partial reliability without a value";
	for (i = 0; i < COUNT(policies); i++) {
		if (strcmp(policies[i].name, name) != 0)
			continue;
		p->pr_flag = policies[i].flag;
		p->pr_value = (uint32_t)value;
		return NULL;
	}
	return "a policy of partial reliability that is not known";
}

const char *
perf_params_read(const json_t *o, struct perf_params *p)
{
	const char *mode = perf_text(o, "mode");
	const char *problem;

	memset(p, 0, sizeof(*p));
	if (!json_is_object(o))
		return "no parameters";
	while (p->mode < COUNT(modes) && strcmp(modes[p->mode], mode) != 0)
		p->mode++;
	p->to_server = json_is_true(json_object_get(o, "to_server"));
	p->to_client = json_is_true(json_object_get(o, "to_client"));
	p->length = get_up_to(o, "length", PERF_LENGTH_MAX);
	p->streams = (uint16_t)get_up_to(o, "streams", PERF_STREAMS_MAX);
	p->assocs = (uint16_t)get_up_to(o, "associations", PERF_ASSOCS_MAX);
	p->time_ms = get_up_to(o, "time_ms", PERF_TIME_MAX_MS);
	p->bytes = perf_get(o, "bytes", 0);
	p->rate = perf_get(o, "target_bits_per_second", 0);
	p->unordered = json_is_true(json_object_get(o, "unordered"));
	p->interval_ms = get_up_to(o, "interval_ms", PERF_TIME_MAX_MS);
	problem = read_pr(json_object_get(o, "partial_reliability"), p);
	return problem != NULL ? problem : perf_params_check(p);
}
