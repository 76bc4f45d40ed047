/* perf_doc: see perf_doc.h. */

#include "perf_doc.h"

#include <errno.h>
#include <string.h>

int
perf_doc_init(struct perf_doc *d, const struct perf_params *p)
{
	memset(d, 0, sizeof(*d));
	d->p = *p;
	d->own = json_array();
	d->theirs = json_array();
	d->intervals = json_array();
	if (d->own == NULL || d->theirs == NULL || d->intervals == NULL)
		return -ENOMEM;
	return 0;
}

void
perf_doc_fini(struct perf_doc *d)
{
	json_decref(d->own);
	json_decref(d->theirs);
	json_decref(d->intervals);
}

/*
 * Intervals
 */

static const char *const path_names[] = { "bytes", "messages",
	"retransmissions", "rtt_ms", "cwnd", NULL };
static const char *const count_names[] = { "bytes", "messages", "seconds",
	NULL };

void
perf_doc_own(struct perf_doc *d, json_t *sample)
{
	if (sample != NULL)
		(void)json_array_append_new(d->own, sample);
}

int
perf_doc_theirs(struct perf_doc *d, const json_t *sample)
{
	static const char *const names[] = { "number", "start", "end", NULL };
	const json_t *received = json_object_get(sample, "received");
	const json_t *sent = json_object_get(sample, "sent");
	json_t *copy;

	if (++d->ntheirs > PERF_INTERVALS_MAX + 2)
		return -EBADMSG;
	copy = perf_pick(sample, names);
	if (json_is_object(received))
		perf_put(copy, "received", perf_pick(received, count_names));
	if (json_is_object(sent))
		perf_put(copy, "sent", perf_pick(sent, path_names));
	(void)json_array_append_new(d->theirs, copy);
	return 0;
}

/* value of o, or null; a new reference. */
static json_t *
value(const json_t *o, const char *name)
{
	json_t *v = json_object_get(o, name);

	return json_is_number(v) ? json_incref(v) : json_null();
}

static json_t *
rate(const json_t *received)
{
	const json_t *bytes = json_object_get(received, "bytes");
	double seconds =
	    json_number_value(json_object_get(received, "seconds"));

	if (!json_is_number(bytes) || !(seconds > 0))
		return json_null();
	return json_real(json_number_value(bytes) * 8 / seconds);
}

/* One direction of an interval: what came, at one end, and the state of the
 * path, at the other. */
static json_t *
direction(const json_t *receiver, const json_t *sender)
{
	const json_t *received = json_object_get(receiver, "received");
	const json_t *sent = json_object_get(sender, "sent");
	json_t *o;

	if (received == NULL && sent == NULL)
		return json_null();
	o = json_object();
	perf_put(o, "bytes", value(received, "bytes"));
	perf_put(o, "messages", value(received, "messages"));
	perf_put(o, "seconds", value(received, "seconds"));
	perf_put(o, "bits_per_second", rate(received));
	perf_put(o, "bytes_sent", value(sent, "bytes"));
	perf_put(o, "messages_sent", value(sent, "messages"));
	perf_put(o, "retransmissions", value(sent, "retransmissions"));
	perf_put(o, "rtt_ms", value(sent, "rtt_ms"));
	perf_put(o, "cwnd", value(sent, "cwnd"));
	return o;
}

static json_t *
times_of(const json_t *own, bool is_wanted)
{
	json_t *times = json_object_get(own, "times");

	return is_wanted && times != NULL ? json_incref(times) : json_null();
}

static json_t *
merge(const struct perf_doc *d, const json_t *own, const json_t *theirs)
{
	/* The receiver's clock, where there is one receiver. */
	bool is_theirs = d->p.to_server && !d->p.to_client;
	const json_t *frame = own;
	json_t *o = json_object();

	if (own == NULL || (is_theirs && theirs != NULL))
		frame = theirs;
	perf_put(o, "number", value(frame, "number"));
	perf_put(o, "start", value(frame, "start"));
	perf_put(o, "end", value(frame, "end"));
	perf_put(o, "to_server", direction(theirs, own));
	perf_put(o, "to_client", direction(own, theirs));
	perf_put(o, "latency", times_of(own, d->p.mode == PERF_LATENCY));
	perf_put(o, "setup", times_of(own, d->p.mode == PERF_SETUP));
	return o;
}

static uint64_t
number_of(const json_t *sample)
{
	return sample == NULL ? UINT64_MAX :
				perf_get(sample, "number", UINT64_MAX - 1);
}

const json_t *
perf_doc_next(struct perf_doc *d, bool is_end)
{
	json_t *own = json_array_get(d->own, d->iown);
	json_t *theirs = json_array_get(d->theirs, d->itheirs);
	uint64_t mine = number_of(own), other = number_of(theirs);
	json_t *merged;

	if (own == NULL && (theirs == NULL || !is_end))
		return NULL;
	if (theirs == NULL && !is_end && d->p.mode == PERF_THROUGHPUT &&
	    json_array_size(d->own) - d->iown < 3)
		return NULL;
	merged =
	    merge(d, mine <= other ? own : NULL, other <= mine ? theirs : NULL);
	(void)json_array_append_new(d->intervals, merged);
	d->iown += mine <= other;
	d->itheirs += other <= mine;
	return merged;
}

/* All of them, now that all have come. */
static void
merge_all(struct perf_doc *d)
{
	(void)json_array_clear(d->intervals);
	d->iown = d->itheirs = 0;
	while (perf_doc_next(d, true) != NULL)
		;
}

/*
 * The end
 */

static json_t *
difference(const json_t *sent, const json_t *received)
{
	const json_t *a = json_object_get(sent, "messages");
	const json_t *b = json_object_get(received, "messages");

	if (!json_is_integer(a) || !json_is_integer(b))
		return json_null();
	return json_integer(json_integer_value(a) - json_integer_value(b));
}

static json_t *
total_direction(const json_t *receiver, const json_t *sender)
{
	const json_t *received = json_object_get(receiver, "received");
	const json_t *sent = json_object_get(sender, "sent");
	json_t *o;

	if (!json_is_object(received) && !json_is_object(sent))
		return json_null();
	o = json_object();
	perf_put(o, "bytes_sent", value(sent, "bytes"));
	perf_put(o, "messages_sent", value(sent, "messages"));
	perf_put(o, "bytes_received", value(received, "bytes"));
	perf_put(o, "messages_received", value(received, "messages"));
	perf_put(o, "messages_lost", difference(sent, received));
	perf_put(o, "messages_abandoned", value(sent, "abandoned_messages"));
	perf_put(o, "seconds", value(received, "seconds"));
	perf_put(o, "bits_per_second", rate(received));
	perf_put(o, "retransmissions", value(sent, "retransmissions"));
	perf_put(o, "rtt_ms", value(sent, "rtt_ms"));
	perf_put(o, "cwnd", value(sent, "cwnd"));
	return o;
}

/* Text of the peer: of printable ASCII, and not much. */
static json_t *
short_text(const json_t *o, const char *name)
{
	const char *text = perf_text(o, name);
	char copy[64];
	size_t i;

	if (*text == '\0')
		return json_null();
	for (i = 0; i < sizeof(copy) - 1 && text[i] != '\0'; i++)
		copy[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
	copy[i] = '\0';
	return json_string(copy);
}

static json_t *
side(const json_t *result, double gigabytes)
{
	static const char *const names[] = { "cpu_seconds", "path_mtu",
		"fragmentation_point", "send_buffer", "receive_buffer",
		"sack_delay_ms", "sack_frequency", "streams_out", "streams_in",
		"udp_port", NULL };
	const json_t *from = json_object_get(result, "side");
	const json_t *cpu;
	json_t *o;

	if (!json_is_object(from))
		return json_null();
	o = perf_pick(from, names);
	cpu = json_object_get(o, "cpu_seconds");
	perf_put(o, "cpu_seconds_per_gb",
	    perf_number(json_is_number(cpu) && gigabytes > 0,
		json_number_value(cpu) / gigabytes));
	perf_put(o, "nodelay",
	    json_is_boolean(json_object_get(from, "nodelay")) ?
		json_incref(json_object_get(from, "nodelay")) :
		json_null());
	perf_put(o, "encapsulation", short_text(from, "encapsulation"));
	perf_put(o, "version", short_text(from, "version"));
	perf_put(o, "engine", short_text(from, "engine"));
	return o;
}

static double
bytes_of(const json_t *result, const char *name)
{
	return json_number_value(
	    json_object_get(json_object_get(result, name), "bytes"));
}

static json_t *
associations(const json_t *own, const json_t *theirs)
{
	const json_t *a = json_object_get(own, "associations");
	const json_t *b = json_object_get(theirs, "associations");
	json_t *list = json_array();
	json_t *o;
	size_t i;

	for (i = 0; i < json_array_size(a); i++) {
		o = json_object();
		perf_put(o, "to_server_bytes",
		    value(json_array_get(b, i), "bytes_received"));
		perf_put(o, "to_client_bytes",
		    value(json_array_get(a, i), "bytes_received"));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
setup(const struct perf_totals *t)
{
	const json_t *count = json_object_get(t->times, "count");
	json_t *o = json_copy(t->times);

	perf_put(o, "failures", json_integer((json_int_t)t->failures));
	perf_put(o, "per_second",
	    perf_number(t->seconds > 0, json_number_value(count) / t->seconds));
	return o;
}

/* What the server told of, where it did not come to its result. */
static json_t *
sum_received(const struct perf_doc *d)
{
	double bytes = 0, messages = 0, seconds = 0;
	const json_t *interval, *way;
	size_t i;

	json_array_foreach(d->intervals, i, interval)
	{
		way = json_object_get(interval, "to_server");
		bytes += json_number_value(json_object_get(way, "bytes"));
		messages += json_number_value(json_object_get(way, "messages"));
		seconds += json_number_value(json_object_get(way, "seconds"));
	}
	if (!(seconds > 0))
		return json_null();
	return json_pack("{s:I, s:I, s:f}", "bytes", (json_int_t)bytes,
	    "messages", (json_int_t)messages, "seconds", seconds);
}

static json_t *
end_to_server(const struct perf_doc *d, const struct perf_totals *t)
{
	json_t *told, *o;

	if (t->theirs != NULL || d->p.mode != PERF_THROUGHPUT)
		return total_direction(t->theirs, t->own);
	told = json_pack("{s:o}", "received", sum_received(d));
	o = total_direction(told, t->own);
	/* More may have come, of which nobody told. */
	if (json_is_object(o))
		perf_put(o, "messages_lost", json_null());
	json_decref(told);
	return o;
}

/*
 * The receiver's clock goes on until it hears that all has come, and that is
 * no time of the test: what is behind the last data is taken from the last
 * intervals.
 */
static void
trim(struct perf_doc *d, const char *way, const json_t *total)
{
	const json_t *known = json_object_get(total, "seconds");
	const bool is_both = d->p.to_server && d->p.to_client;
	double left = json_number_value(known);
	double seconds, start;
	json_t *interval, *o;
	size_t i;

	if (!json_is_number(known))
		return;
	json_array_foreach(d->intervals, i, interval)
	{
		o = json_object_get(interval, way);
		seconds = json_number_value(json_object_get(o, "seconds"));
		if (seconds > left) {
			seconds = left;
			perf_put(o, "seconds", json_real(seconds));
			perf_put(o, "bits_per_second", rate(o));
			start = json_number_value(
			    json_object_get(interval, "start"));
			if (!is_both)
				perf_put(interval, "end",
				    json_real(start + seconds));
		}
		left -= seconds;
	}
}

static json_t *
end(const struct perf_doc *d, const struct perf_totals *t)
{
	json_t *o = json_object();
	double gb = 0;

	/* Small messages one by one are not what a GB costs. */
	if (d->p.mode == PERF_THROUGHPUT)
		gb = (bytes_of(t->own, "received") +
			 bytes_of(t->theirs, "received")) /
		    1e9;
	perf_put(o, "is_complete", json_boolean(t->problem == NULL));
	perf_put(o, "problem",
	    t->problem != NULL ? json_string(t->problem) : json_null());
	perf_put(o, "seconds", perf_number(t->seconds > 0, t->seconds));
	perf_put(o, "to_server", end_to_server(d, t));
	perf_put(o, "to_client", total_direction(t->own, t->theirs));
	perf_put(o, "latency",
	    d->p.mode == PERF_LATENCY && t->times != NULL ?
		json_incref(t->times) :
		json_null());
	perf_put(o, "setup",
	    d->p.mode == PERF_SETUP && t->times != NULL ? setup(t) :
							  json_null());
	perf_put(o, "associations", associations(t->own, t->theirs));
	perf_put(o, "client", side(t->own, gb));
	perf_put(o, "server", side(t->theirs, gb));
	json_decref(t->times);
	return o;
}

json_t *
perf_doc_make(struct perf_doc *d, const struct perf_totals *t,
    const char *where)
{
	json_t *o = json_object();
	json_t *start = json_object();
	json_t *totals;
	char text[32];
	time_t now = time(NULL);
	struct tm tm;

	merge_all(d);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ",
	    gmtime_r(&now, &tm));
	perf_put(start, "server", json_string(where));
	perf_put(start, "ended_at", json_string(text));
	perf_put(start, "parameters", perf_params_json(&d->p));
	perf_put(o, "gsctp_perf", json_integer(PERF_VERSION));
	totals = end(d, t);
	trim(d, "to_server", json_object_get(totals, "to_server"));
	trim(d, "to_client", json_object_get(totals, "to_client"));
	perf_put(o, "start", start);
	perf_put(o, "intervals", json_incref(d->intervals));
	perf_put(o, "end", totals);
	return o;
}
