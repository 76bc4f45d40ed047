/* serve_stats: what a server tells.  See serve.h. */

#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static uint16_t
udp_port(void)
{
	struct gsctp_stack_info info;

	return gsctp_stack_info(&info) == 0 ? info.udp_port : 0;
}

/* Where nobody reads any more, the server ends. */
static void
print_json(struct serve *sv, json_t *taken)
{
	int err = taken != NULL ? show_print_json(taken, stdout) : -ENOMEM;

	if (err != 0)
		sv->code = cli_output_failed(err);
}

void
serve_say_listening(struct serve *sv)
{
	unsigned int port = (unsigned int)gsctp_port(sv->listener);
	unsigned int udp = udp_port();

	if (sv->opt.is_json)
		print_json(sv,
		    json_pack("{ss ss si si}", "type", "listening", "service",
			sv->service->name, "port", (int)port, "udp_port",
			(int)udp));
	else if (udp != 0)
		cli_warn("%s on port %u, UDP port %u", sv->service->name, port,
		    udp);
	else
		cli_warn("%s on port %u, raw IP", sv->service->name, port);
}

void
serve_say_message(struct serve *sv, const struct gsctp_msg *msg)
{
	char line[SHOW_LINE];

	if (!sv->opt.has_events)
		return;
	if (sv->opt.is_json) {
		print_json(sv, show_json(msg));
		return;
	}
	show_line(msg, line, sizeof(line));
	cli_warn("%s", line);
}

void
serve_say_cut(struct serve *sv, gsctp_assoc_id id,
    const struct sockaddr_storage *peer, const char *why)
{
	if (sv->opt.is_json)
		print_json(sv,
		    json_pack("{ss si ss ss}", "type", "aborted", "assoc_id",
			(int)id, "peer", net_addr_text(peer), "reason", why));
	else
		cli_warn("assoc %u, %s: aborted: %s", id, net_addr_text(peer),
		    why);
}

/*
 * Statistics
 */

static void
text_counts(const struct serve_counts *c, char *out, size_t len)
{
	(void)snprintf(out, len,
	    "in %ju messages, %ju bytes; out %ju messages, %ju bytes; "
	    "dropped %ju; held back %ju times, rate limited %ju times",
	    (uintmax_t)c->messages_in, (uintmax_t)c->bytes_in,
	    (uintmax_t)c->messages_out, (uintmax_t)c->bytes_out,
	    (uintmax_t)c->dropped, (uintmax_t)c->held_back,
	    (uintmax_t)c->rate_limited);
}

static const char *
state(const struct serve_assoc *a)
{
	if (a->id == 0)
		return "new";
	if (a->end_by_ms != 0)
		return "ending";
	if (a->is_full)
		return "waits for room";
	return a->wait_until_ms != 0 ? "waits for its rate" : "up";
}

static void
text_assoc(const struct serve *sv, const struct serve_assoc *a)
{
	char counts[256];

	text_counts(&a->counts, counts, sizeof(counts));
	cli_warn("assoc %u, %s: %s; %s for %.1f s, quiet for %.1f s", a->id,
	    net_addr_text(&a->peer), counts, state(a),
	    (double)(sv->now_ms - a->since_ms) / 1000,
	    (double)(sv->now_ms - a->active_ms) / 1000);
}

static void
text_statistics(struct serve *sv, bool with_assocs)
{
	const struct serve_assoc *a;
	char counts[256];

	text_counts(&sv->counts, counts, sizeof(counts));
	cli_warn("%s: %zu associations, %ju at most; accepted %ju, "
		 "refused %ju, ended %ju, lost %ju, aborted %ju; %s",
	    sv->service->name, sv->nassocs, (uintmax_t)sv->most,
	    (uintmax_t)sv->accepted, (uintmax_t)sv->refused,
	    (uintmax_t)sv->ended, (uintmax_t)sv->lost, (uintmax_t)sv->aborted,
	    counts);
	if (!with_assocs)
		return;
	TAILQ_FOREACH(a, &sv->assocs, link)
	text_assoc(sv, a);
}

static void
json_counts(json_t *to, const struct serve_counts *c)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "messages_in", c->messages_in },
		{ "bytes_in", c->bytes_in },
		{ "messages_out", c->messages_out },
		{ "bytes_out", c->bytes_out },
		{ "dropped", c->dropped },
		{ "held_back", c->held_back },
		{ "rate_limited", c->rate_limited },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		(void)json_object_set_new(to, rows[i].name,
		    json_integer((json_int_t)rows[i].value));
}

static json_t *
json_assoc(const struct serve *sv, const struct serve_assoc *a)
{
	json_t *o = json_pack("{sI ss ss sI sI}", "assoc_id", (json_int_t)a->id,
	    "peer", net_addr_text(&a->peer), "state", state(a), "up_ms",
	    (json_int_t)(sv->now_ms - a->since_ms), "quiet_ms",
	    (json_int_t)(sv->now_ms - a->active_ms));

	if (o != NULL)
		json_counts(o, &a->counts);
	return o;
}

static void
json_statistics(struct serve *sv, bool with_assocs)
{
	const struct serve_assoc *a;
	json_t *list = json_array();
	json_t *o;

	o = json_pack("{ss ss sI sI sI sI sI sI sI sI}", "type", "statistics",
	    "service", sv->service->name, "up_ms",
	    (json_int_t)(sv->now_ms - sv->start_ms), "associations",
	    (json_int_t)sv->nassocs, "most", (json_int_t)sv->most, "accepted",
	    (json_int_t)sv->accepted, "refused", (json_int_t)sv->refused,
	    "ended", (json_int_t)sv->ended, "lost", (json_int_t)sv->lost,
	    "aborted", (json_int_t)sv->aborted);
	if (o != NULL)
		json_counts(o, &sv->counts);
	TAILQ_FOREACH(a, &sv->assocs, link)
	(void)json_array_append_new(list, json_assoc(sv, a));
	/* The object takes the list, or frees it. */
	if (with_assocs)
		(void)json_object_set_new(o, "assocs", list);
	else
		json_decref(list);
	print_json(sv, o);
}

void
serve_say_statistics(struct serve *sv, bool with_assocs)
{
	if (sv->opt.is_json)
		json_statistics(sv, with_assocs);
	else
		text_statistics(sv, with_assocs);
}
