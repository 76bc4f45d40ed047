/* perf_print: see perf_print.h. */

#include "perf_print.h"

#include <inttypes.h>
#include <string.h>

#define TEXT 32

/*
 * Figures
 */

static const char *
scaled(const json_t *v, const char *const *units, char *buf)
{
	double n = json_number_value(v);
	size_t i = 0;

	if (!json_is_number(v))
		return "-";
	while (n >= 1000 && units[i + 1] != NULL) {
		n /= 1000;
		i++;
	}
	(void)snprintf(buf, TEXT, n >= 100 || i == 0 ? "%.0f %s" : "%.1f %s", n,
	    units[i]);
	return buf;
}

const char *
perf_text_rate(const json_t *v, char *buf)
{
	static const char *const units[] = { "bit/s", "kbit/s", "Mbit/s",
		"Gbit/s", "Tbit/s", NULL };

	return scaled(v, units, buf);
}

const char *
perf_text_bytes(const json_t *v, char *buf)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
		NULL };

	return scaled(v, units, buf);
}

/* A number with a unit; digits behind the point. */
static const char *
plain(const json_t *v, int digits, const char *unit, char *buf)
{
	if (!json_is_number(v))
		return "-";
	(void)snprintf(buf, TEXT, "%.*f%s", digits, json_number_value(v), unit);
	return buf;
}

/* Microseconds, as what reads best. */
static const char *
micros(const json_t *v, char *buf)
{
	double us = json_number_value(v);

	if (!json_is_number(v))
		return "-";
	if (us < 1000)
		(void)snprintf(buf, TEXT, "%.0f us", us);
	else if (us < 1e6)
		(void)snprintf(buf, TEXT, "%.2f ms", us / 1e3);
	else
		(void)snprintf(buf, TEXT, "%.2f s", us / 1e6);
	return buf;
}

/* The path's smoothed time, which the engine keeps in whole milliseconds. */
static const char *
rtt(const json_t *v, char *buf)
{
	if (json_is_number(v) && json_number_value(v) < 1)
		return "< 1 ms";
	return plain(v, 0, " ms", buf);
}

static const json_t *
in(const json_t *o, const char *name)
{
	return json_object_get(o, name);
}

/*
 * The start
 */

const char *
perf_text_params(const struct perf_params *p, char *buf, size_t len)
{
	const char *way = "";
	char until[64], extra[128] = "";
	size_t used = 0;

	if (p->mode == PERF_THROUGHPUT)
		way = !p->to_client ? ", to the server" :
		    p->to_server    ? ", both ways" :
				      ", to the client";
	if (p->time_ms != 0)
		(void)snprintf(until, sizeof(until), "%g s",
		    (double)p->time_ms / 1e3);
	else
		(void)snprintf(until, sizeof(until), "%" PRIu64 " bytes",
		    p->bytes);
	if (p->rate != 0)
		used = (size_t)snprintf(extra, sizeof(extra), ", %g Mbit/s",
		    (double)p->rate / 1e6);
	if (p->unordered)
		used += (size_t)snprintf(extra + used, sizeof(extra) - used,
		    ", unordered");
	if (p->pr_flag != 0)
		(void)snprintf(extra + used, sizeof(extra) - used,
		    ", partial reliability %s:%" PRIu32,
		    perf_pr_name(p->pr_flag), p->pr_value);
	if (p->mode == PERF_SETUP)
		(void)snprintf(buf, len, "set-up, %s, %u at once", until,
		    p->assocs);
	else
		(void)snprintf(buf, len,
		    "%s%s, %s, messages of %" PRIu32 " bytes, "
		    "%u stream%s, %u association%s%s",
		    perf_mode_name(p->mode), way, until, p->length, p->streams,
		    p->streams == 1 ? "" : "s", p->assocs,
		    p->assocs == 1 ? "" : "s", extra);
	return buf;
}

void
perf_print_start(FILE *to, const struct perf_params *p, const char *where)
{
	char text[512];

	fprintf(to, "%s: %s\n\n", where,
	    perf_text_params(p, text, sizeof(text)));
	if (p->mode == PERF_THROUGHPUT)
		fprintf(to, "%13s %2s %9s %13s %10s %7s %9s\n", "seconds", "",
		    "received", "goodput", "sent again", "rtt", "cwnd");
	else if (p->mode == PERF_LATENCY)
		fprintf(to, "%13s %11s %9s %9s %9s %9s\n", "seconds",
		    "round trips", "p50", "p99", "max", "rtt");
	else
		fprintf(to, "%13s %12s %9s %9s %9s\n", "seconds",
		    "associations", "p50", "p99", "max");
}

/*
 * Intervals
 */

static void
print_direction(FILE *to, const json_t *interval, const char *arrow,
    const json_t *d)
{
	char a[TEXT], b[TEXT], c[TEXT], e[TEXT], f[TEXT];

	fprintf(to, "%6.1f-%6.1f %2s %9s %13s %10s %7s %9s",
	    json_number_value(in(interval, "start")),
	    json_number_value(in(interval, "end")), arrow,
	    perf_text_bytes(in(d, "bytes"), a),
	    perf_text_rate(in(d, "bits_per_second"), b),
	    plain(in(d, "retransmissions"), 0, "", c), rtt(in(d, "rtt_ms"), e),
	    perf_text_bytes(in(d, "cwnd"), f));
}

static void
print_times(FILE *to, const json_t *interval, const json_t *times)
{
	char a[TEXT], b[TEXT], c[TEXT], d[TEXT];

	fprintf(to, "%6.1f-%6.1f %11s %9s %9s %9s",
	    json_number_value(in(interval, "start")),
	    json_number_value(in(interval, "end")),
	    plain(in(times, "count"), 0, "", a), micros(in(times, "p50_us"), b),
	    micros(in(times, "p99_us"), c), micros(in(times, "max_us"), d));
}

void
perf_print_interval(FILE *to, const struct perf_params *p,
    const json_t *interval, double done)
{
	char buf[TEXT];

	if (p->mode == PERF_LATENCY) {
		print_times(to, interval, in(interval, "latency"));
		fprintf(to, " %9s",
		    rtt(in(in(interval, "to_server"), "rtt_ms"), buf));
	} else if (p->mode == PERF_SETUP) {
		print_times(to, interval, in(interval, "setup"));
	} else if (p->to_server) {
		print_direction(to, interval, "->", in(interval, "to_server"));
		if (p->to_client)
			fputc('\n', to);
	}
	if (p->mode == PERF_THROUGHPUT && p->to_client)
		print_direction(to, interval, "<-", in(interval, "to_client"));
	fprintf(to, "  %3.0f %%\n", done * 100);
}

/*
 * The summary
 */

static void
end_direction(FILE *to, const char *name, const json_t *d)
{
	char a[TEXT], b[TEXT], c[TEXT], e[TEXT];

	if (!json_is_object(d))
		return;
	fprintf(to, "%s: %s received in %s, %s", name,
	    perf_text_bytes(in(d, "bytes_received"), a),
	    plain(in(d, "seconds"), 2, " s", b),
	    perf_text_rate(in(d, "bits_per_second"), c));
	fprintf(to, "; %s chunks sent again",
	    plain(in(d, "retransmissions"), 0, "", e));
	fputc('\n', to);
	fprintf(to, "  messages: %s sent, %s received, %s lost",
	    plain(in(d, "messages_sent"), 0, "", a),
	    plain(in(d, "messages_received"), 0, "", b),
	    plain(in(d, "messages_lost"), 0, "", c));
	if (json_is_number(in(d, "messages_abandoned")))
		fprintf(to, " (%s given up by the sender)",
		    plain(in(d, "messages_abandoned"), 0, "", e));
	fputc('\n', to);
}

static void
end_times(FILE *to, const char *what, const json_t *t)
{
	static const char *const names[] = { "min_us", "p50_us", "p90_us",
		"p99_us", "p99_9_us", "max_us" };
	static const char *const titles[] = { "min", "p50", "p90", "p99",
		"p99.9", "max" };
	char buf[TEXT];
	size_t i;

	fprintf(to, "%s: ", what);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		fprintf(to, "%s%s %s", i == 0 ? "" : ", ", titles[i],
		    micros(in(t, names[i]), buf));
	fputc('\n', to);
}

/* Ranges of a factor of two, a bar each. */
static void
end_histogram(FILE *to, const json_t *t)
{
	const json_t *list = in(t, "histogram");
	double total = json_number_value(in(t, "count"));
	double from, sum = 0, to_us = 0;
	size_t i, n = json_array_size(list);
	int bar;

	for (i = 0; i < n; i++) {
		from =
		    json_number_value(in(json_array_get(list, i), "from_us"));
		if (to_us <= 0) {
			for (to_us = 1; to_us <= from; to_us *= 2)
				;
			sum = 0;
		}
		sum += json_number_value(in(json_array_get(list, i), "count"));
		if (i + 1 < n &&
		    json_number_value(
			in(json_array_get(list, i + 1), "from_us")) < to_us)
			continue;
		bar = total > 0 ? (int)(sum / total * 40 + 0.5) : 0;
		fprintf(to, "  < %8.0f us %10.0f %6.2f %% %.*s\n", to_us, sum,
		    sum / total * 100, bar,
		    "########################################");
		to_us = 0;
	}
}

static void
row(FILE *to, const char *name, const char *client, const char *server)
{
	fprintf(to, "  %-22s %14s %14s\n", name, client, server);
}

static const char *
sack(const json_t *side, char *buf)
{
	if (!json_is_number(in(side, "sack_delay_ms")))
		return "-";
	(void)snprintf(buf, TEXT, "%.0f ms or %.0f",
	    json_number_value(in(side, "sack_delay_ms")),
	    json_number_value(in(side, "sack_frequency")));
	return buf;
}

static const char *
carrier(const json_t *side, char *buf)
{
	const char *name = perf_text(side, "encapsulation");

	if (strcmp(name, "udp") != 0)
		return *name != '\0' ? "IP" : "-";
	(void)snprintf(buf, TEXT, "UDP %.0f",
	    json_number_value(in(side, "udp_port")));
	return buf;
}

static const char *
yes_no(const json_t *v)
{
	if (!json_is_boolean(v))
		return "-";
	return json_is_true(v) ? "on" : "off";
}

/* What decides the figure, of both ends. */
static void
end_sides(FILE *to, const json_t *a, const json_t *b)
{
	char x[TEXT], y[TEXT];

	fputc('\n', to);
	row(to, "what decides it", "client", "server");
	row(to, "encapsulation", carrier(a, x), carrier(b, y));
	row(to, "path MTU", plain(in(a, "path_mtu"), 0, " B", x),
	    plain(in(b, "path_mtu"), 0, " B", y));
	row(to, "send buffer", plain(in(a, "send_buffer"), 0, " B", x),
	    plain(in(b, "send_buffer"), 0, " B", y));
	row(to, "receive buffer", plain(in(a, "receive_buffer"), 0, " B", x),
	    plain(in(b, "receive_buffer"), 0, " B", y));
	row(to, "SACK after, packets", sack(a, x), sack(b, y));
	row(to, "nodelay", yes_no(in(a, "nodelay")), yes_no(in(b, "nodelay")));
	row(to, "CPU", plain(in(a, "cpu_seconds"), 2, " s", x),
	    plain(in(b, "cpu_seconds"), 2, " s", y));
	if (!json_is_number(in(a, "cpu_seconds_per_gb")) &&
	    !json_is_number(in(b, "cpu_seconds_per_gb")))
		return;
	row(to, "CPU for a GB", plain(in(a, "cpu_seconds_per_gb"), 2, " s", x),
	    plain(in(b, "cpu_seconds_per_gb"), 2, " s", y));
}

void
perf_print_end(FILE *to, const struct perf_params *p, const json_t *doc)
{
	const json_t *end = in(doc, "end");
	const json_t *setup = in(end, "setup");
	const json_t *latency = in(end, "latency");
	char a[TEXT], b[TEXT], c[TEXT];

	fputc('\n', to);
	if (json_is_object(latency)) {
		fprintf(to, "%s round trips of %" PRIu32 " bytes in %s\n",
		    plain(in(latency, "count"), 0, "", a), p->length,
		    plain(in(end, "seconds"), 2, " s", b));
		end_times(to, "round trip", latency);
		end_histogram(to, latency);
	} else if (json_is_object(setup)) {
		fprintf(to, "%s associations set up and ended in %s, %s",
		    plain(in(setup, "count"), 0, "", a),
		    plain(in(end, "seconds"), 2, " s", b),
		    plain(in(setup, "per_second"), 1, " a second", c));
		fprintf(to, "; %s failed\n",
		    plain(in(setup, "failures"), 0, "", a));
		end_times(to, "set-up", setup);
	} else {
		end_direction(to, "to the server", in(end, "to_server"));
		end_direction(to, "to the client", in(end, "to_client"));
	}
	end_sides(to, in(end, "client"), in(end, "server"));
	if (json_is_string(in(end, "problem")))
		fprintf(to, "\nnot complete: %s\n", perf_text(end, "problem"));
}
