/* status_table: see status_table.h. */

#include "status_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 8
#define CELL 96
#define AGE 48

/* Rows of one table; a row may be a line of its own below the one before. */
struct row {
	char cells[COLUMNS_MAX][CELL];
	size_t n;
	bool is_line;
};

struct table {
	struct row *rows;
	size_t n, max;
	bool has_failed;
};

static struct row *
add_row(struct table *t)
{
	struct row *grown;

	if (t->n == t->max) {
		t->max = t->max * 2 + 16;
		grown = realloc(t->rows, t->max * sizeof(*grown));
		if (grown == NULL) {
			t->has_failed = true;
			t->max = t->n;
			return NULL;
		}
		t->rows = grown;
	}
	memset(&t->rows[t->n], 0, sizeof(t->rows[0]));
	return &t->rows[t->n++];
}

static void add_cell(struct row *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add_cell(struct row *r, const char *fmt, ...)
{
	va_list ap;

	if (r == NULL || r->n == COLUMNS_MAX)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(r->cells[r->n], CELL, fmt, ap);
	va_end(ap);
	r->n++;
}

static void
print_safe(const char *s, FILE *to)
{
	for (; *s != '\0'; s++)
		fputc(*s >= 0x20 && *s < 0x7f ? *s : '?', to);
}

static void
print_row(const struct row *r, const int *widths, FILE *to)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		print_safe(r->cells[i], to);
		if (i + 1 < r->n)
			fprintf(to, "%*s",
			    widths[i] - (int)strlen(r->cells[i]) + 2, "");
	}
	fputc('\n', to);
}

/* Lines below rows have columns of their own. */
static void
measure(const struct table *t, int widths[2][COLUMNS_MAX])
{
	const struct row *r;
	size_t i, k;
	int len;

	for (i = 0; i < t->n; i++) {
		r = &t->rows[i];
		for (k = 0; k < r->n; k++) {
			len = (int)strlen(r->cells[k]);
			if (widths[r->is_line][k] < len)
				widths[r->is_line][k] = len;
		}
	}
}

static void
print_table(const struct table *t, FILE *to)
{
	int widths[2][COLUMNS_MAX] = { { 0 }, { 0 } };
	size_t i;

	measure(t, widths);
	for (i = 0; i < t->n; i++)
		print_row(&t->rows[i], widths[t->rows[i].is_line], to);
}

/*
 * Values of the object: what is not there is 0, or "-"
 */

static int64_t
number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

static const char *
string(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s != NULL ? s : "-";
}

static bool
truth(const json_t *j, const char *key)
{
	return json_is_true(json_object_get(j, key));
}

/* "[::1]:5001" into buf (CELL bytes); buf. */
static const char *
endpoint(const char *host, int64_t port, char *buf)
{
	(void)snprintf(buf, CELL,
	    strchr(host, ':') != NULL ? "[%.50s]:%" PRId64 : "%.50s:%" PRId64,
	    host, port);
	return buf;
}

/* "4.2s", "3m05s", "2h10m", "3d04h" into buf (AGE bytes); buf. */
static const char *
age(int64_t ms, char *buf)
{
	int64_t s = ms / 1000;

	if (s < 60)
		(void)snprintf(buf, AGE, "%" PRId64 ".%" PRId64 "s", s,
		    ms % 1000 / 100);
	else if (s < 3600)
		(void)snprintf(buf, AGE, "%" PRId64 "m%02" PRId64 "s", s / 60,
		    s % 60);
	else if (s < 86400)
		(void)snprintf(buf, AGE, "%" PRId64 "h%02" PRId64 "m", s / 3600,
		    s / 60 % 60);
	else
		(void)snprintf(buf, AGE, "%" PRId64 "d%02" PRId64 "h",
		    s / 86400 % 100000, s / 3600 % 24);
	return buf;
}

/*
 * The parts
 */

static void
print_head(const json_t *j, FILE *to)
{
	const json_t *c = json_object_get(j, "counters");
	char up[AGE];

	print_safe(string(j, "program"), to);
	fprintf(to, "[%" PRId64 "]: gsctp ", number(j, "pid"));
	print_safe(string(j, "version"), to);
	if (strcmp(string(j, "encapsulation"), "raw") == 0)
		fputs(", over IP", to);
	else
		fprintf(to, ", UDP port %" PRId64, number(j, "udp_port"));
	fprintf(to, ", up %s\n", age(number(j, "uptime_ms"), up));
	fprintf(to,
	    "packets: %" PRId64 " in, %" PRId64 " out; dropped: "
	    "%" PRId64 " in, %" PRId64 " out\n",
	    number(c, "in_packets"), number(c, "out_packets"),
	    number(c, "in_bad_checksum") + number(c, "in_bad_chunk") +
		number(c, "in_bad_init") + number(c, "in_bad_tag") +
		number(c, "in_bad_restart"),
	    number(c, "out_dropped"));
}

/* "127.0.0.1:5001", and " +1" where there is another one. */
static void
add_endpoint(struct row *r, const char *host, int64_t port, size_t n)
{
	char text[CELL];

	(void)endpoint(host, port, text);
	if (n > 1)
		add_cell(r, "%.64s +%zu", text, n - 1);
	else
		add_cell(r, "%s", text);
}

static void
add_socket(struct table *t, const json_t *s)
{
	const json_t *addrs = json_object_get(s, "addresses");
	const char *host = json_string_value(json_array_get(addrs, 0));
	struct row *r = add_row(t);

	add_cell(r, "%.40s", string(s, "type"));
	add_cell(r, "%s",
	    truth(s, "listening")    ? "listens" :
		truth(s, "accepted") ? "accepted" :
				       "open");
	if (truth(s, "wildcard") || host == NULL)
		host = "*";
	add_endpoint(r, host, number(s, "port"), json_array_size(addrs));
	add_cell(r, "%" PRId64, number(s, "associations"));
	add_cell(r, "%" PRId64, number(s, "in_messages"));
	add_cell(r, "%" PRId64, number(s, "out_messages"));
	add_cell(r, "%.40s", string(s, "active"));
}

static void
add_sockets(struct table *t, const json_t *socks)
{
	struct row *r = add_row(t);
	size_t i;

	add_cell(r, "SOCKET");
	add_cell(r, "STATE");
	add_cell(r, "LOCAL");
	add_cell(r, "ASSOCS");
	add_cell(r, "IN-MSG");
	add_cell(r, "OUT-MSG");
	add_cell(r, "ACTIVE");
	for (i = 0; i < json_array_size(socks); i++)
		add_socket(t, json_array_get(socks, i));
}

/* The path that is in use. */
static const json_t *
primary_of(const json_t *paths)
{
	size_t i;

	for (i = 0; i < json_array_size(paths); i++)
		if (truth(json_array_get(paths, i), "primary"))
			return json_array_get(paths, i);
	return json_array_get(paths, 0);
}

/* One of its own that is the peer's too, on loopback; else the first. */
static const char *
local_of(const json_t *a)
{
	const json_t *local = json_object_get(a, "local_addresses");
	const char *peer = string(a, "peer_address");
	const char *host;
	size_t i;

	for (i = 0; i < json_array_size(local); i++) {
		host = json_string_value(json_array_get(local, i));
		if (host != NULL && strcmp(host, peer) == 0)
			return host;
	}
	host = json_string_value(json_array_get(local, 0));
	return host != NULL ? host : "*";
}

static void
add_path(struct table *t, const json_t *p)
{
	struct row *r = add_row(t);
	char text[CELL];

	if (r != NULL)
		r->is_line = true;
	add_cell(r, "   %s", truth(p, "primary") ? "* " : "  ");
	add_cell(r, "%s",
	    endpoint(string(p, "address"), number(p, "udp_port"), text));
	add_cell(r, "%.20s", string(p, "state"));
	add_cell(r, "rtt %" PRId64 "ms", number(p, "srtt_ms"));
	add_cell(r, "rto %" PRId64 "ms", number(p, "rto_ms"));
	add_cell(r, "cwnd %" PRId64, number(p, "cwnd"));
	add_cell(r, "mtu %" PRId64, number(p, "mtu"));
}

static void
add_assoc(struct table *t, const json_t *a, bool has_paths)
{
	const json_t *paths = json_object_get(a, "paths");
	const json_t *local = json_object_get(a, "local_addresses");
	const json_t *c = json_object_get(a, "counters");
	const json_t *first = primary_of(paths);
	struct row *r = add_row(t);
	char old[AGE];
	size_t i;

	add_cell(r, "%" PRId64, number(a, "id"));
	add_cell(r, "%.20s", string(a, "state"));
	add_cell(r, "%" PRId64,
	    number(a, "receive_held") + number(a, "receive_incomplete"));
	add_cell(r, "%" PRId64, number(a, "send_queued"));
	add_endpoint(r, local_of(a), number(a, "local_port"),
	    json_array_size(local));
	add_endpoint(r, string(a, "peer_address"), number(a, "peer_port"),
	    json_array_size(paths));
	add_cell(r, "%s", age(number(a, "age_ms"), old));
	add_cell(r,
	    "rtt:%" PRId64 " rto:%" PRId64 " cwnd:%" PRId64 " mtu:%" PRId64
	    " in:%" PRId64 " out:%" PRId64 " rtx:%" PRId64,
	    number(first, "srtt_ms"), number(first, "rto_ms"),
	    number(first, "cwnd"), number(first, "mtu"), number(c, "in_octets"),
	    number(c, "out_octets"), number(c, "rtx_data_chunks"));
	if (!has_paths)
		return;
	for (i = 0; i < json_array_size(paths); i++)
		add_path(t, json_array_get(paths, i));
}

static void
add_assocs(struct table *t, const json_t *assocs, bool has_paths)
{
	struct row *r = add_row(t);
	size_t i;

	add_cell(r, "ASSOC");
	add_cell(r, "STATE");
	add_cell(r, "RECV-Q");
	add_cell(r, "SEND-Q");
	add_cell(r, "LOCAL");
	add_cell(r, "PEER");
	add_cell(r, "AGE");
	add_cell(r, "PATH, BYTES, SENT AGAIN");
	for (i = 0; i < json_array_size(assocs); i++)
		add_assoc(t, json_array_get(assocs, i), has_paths);
}

static int
print_part(struct table *t, FILE *to)
{
	int err = t->has_failed ? -ENOMEM : 0;

	if (err == 0)
		print_table(t, to);
	free(t->rows);
	return err;
}

static void
print_left_out(const json_t *j, const char *key, const char *what, FILE *to)
{
	if (number(j, key) > 0)
		fprintf(to, "%" PRId64 " %s more\n", number(j, key), what);
}

int
status_table_print(const json_t *j, bool has_paths, FILE *to)
{
	const json_t *socks = json_object_get(j, "sockets");
	const json_t *assocs = json_object_get(j, "associations");
	struct table t = { .n = 0 }, u = { .n = 0 };
	int err;

	if (!json_is_array(socks) || !json_is_array(assocs))
		return -EPROTO;
	print_head(j, to);
	add_sockets(&t, socks);
	err = print_part(&t, to);
	print_left_out(j, "sockets_left_out", "sockets", to);
	if (err == 0 && json_array_size(assocs) > 0) {
		add_assocs(&u, assocs, has_paths);
		err = print_part(&u, to);
	}
	print_left_out(j, "associations_left_out", "associations", to);
	return err;
}
