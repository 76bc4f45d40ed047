/*
 * perf_count: what a run has counted: the sample of an interval, and the
 * totals.  See perf_run.h.
 */

#include <string.h>

#include "perf_run.h"

struct totals {
	uint64_t rx_bytes, rx_messages, tx_bytes, tx_messages;
	uint64_t rx_ns; /* the last data */
};

static struct totals
total(const struct perf_run *r)
{
	struct totals t = { .rx_ns = 0 };
	const struct perf_link *l;
	unsigned int i;

	for (i = 0; i < r->nlinks; i++) {
		l = r->links[i];
		t.rx_bytes += l->rx_bytes;
		t.rx_messages += l->rx_messages;
		t.tx_bytes += l->tx_bytes;
		t.tx_messages += l->tx_messages;
		if (l->rx_ns > t.rx_ns)
			t.rx_ns = l->rx_ns;
	}
	return t;
}

uint64_t
perf_run_rx(const struct perf_run *r)
{
	return total(r).rx_bytes;
}

uint64_t
perf_run_tx(const struct perf_run *r)
{
	return total(r).tx_bytes;
}

/*
 * Times
 */

static json_t *
microseconds(uint64_t ns)
{
	return json_real((double)ns / 1e3);
}

static json_t *
buckets(const struct perf_hist *h)
{
	json_t *list = json_array();
	json_t *o;
	size_t i;

	for (i = 0; i < PERF_HIST_BUCKETS; i++) {
		if (h->count[i] == 0)
			continue;
		o = json_object();
		perf_put(o, "from_us", microseconds(perf_hist_first(i)));
		perf_put(o, "to_us",
		    json_real(((double)perf_hist_last(i) + 1) / 1e3));
		perf_put(o, "count", json_integer((json_int_t)h->count[i]));
		(void)json_array_append_new(list, o);
	}
	return list;
}

json_t *
perf_times_json(const struct perf_hist *h, bool with_buckets)
{
	static const struct {
		const char *name;
		double percent;
	} points[] = { { "p50_us", 50 }, { "p90_us", 90 }, { "p99_us", 99 },
		{ "p99_9_us", 99.9 } };
	bool is_known = h->total > 0;
	json_t *o = json_object();
	size_t i;

	perf_put(o, "count", json_integer((json_int_t)h->total));
	perf_put(o, "min_us", perf_number(is_known, (double)h->min / 1e3));
	perf_put(o, "mean_us", perf_number(is_known, perf_hist_mean(h) / 1e3));
	for (i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		perf_put(o, points[i].name,
		    perf_number(is_known,
			(double)perf_hist_percentile(h, points[i].percent) /
			    1e3));
	}
	perf_put(o, "max_us", perf_number(is_known, (double)h->max / 1e3));
	if (with_buckets)
		perf_put(o, "histogram", buckets(h));
	return o;
}

/*
 * Samples
 */

uint64_t
perf_run_until_cut(const struct perf_run *r, uint64_t now)
{
	if (!r->is_running)
		return UINT64_MAX;
	return r->next_cut_ns > now ? r->next_cut_ns - now : 0;
}

static json_t *
sample_received(struct perf_run *r, const struct totals *t, uint64_t end)
{
	double seconds = end > r->cut_ns ? perf_seconds(end - r->cut_ns) : 0;
	json_t *o = json_object();

	perf_put(o, "bytes",
	    json_integer((json_int_t)(t->rx_bytes - r->rx_bytes)));
	perf_put(o, "messages",
	    json_integer((json_int_t)(t->rx_messages - r->rx_messages)));
	perf_put(o, "seconds", json_real(seconds));
	r->rx_bytes = t->rx_bytes;
	r->rx_messages = t->rx_messages;
	return o;
}

static json_t *
sample_sent(struct perf_run *r, const struct totals *t)
{
	json_t *o = json_object();
	struct perf_paths paths, path;

	perf_paths_ask(r->links, r->nlinks, &paths);
	/* When all is sent the engine only waits for late SACKs. */
	path = r->is_stopped ? r->paths : paths;
	perf_put(o, "bytes",
	    json_integer((json_int_t)(t->tx_bytes - r->tx_bytes)));
	perf_put(o, "messages",
	    json_integer((json_int_t)(t->tx_messages - r->tx_messages)));
	perf_put(o, "retransmissions",
	    perf_integer(paths.is_known, paths.rtx - r->rtx));
	perf_put(o, "rtt_ms", perf_number(path.is_known, path.rtt_ms));
	perf_put(o, "cwnd", perf_integer(path.is_known, path.cwnd));
	r->tx_bytes = t->tx_bytes;
	r->tx_messages = t->tx_messages;
	if (paths.is_known) {
		r->rtx = paths.rtx;
		r->is_rtx_known = true;
	}
	return o;
}

static bool
is_news(const struct perf_run *r, const struct totals *t)
{
	struct perf_paths paths = { .is_known = false };

	if (r->receives && t->rx_bytes != r->rx_bytes)
		return true;
	if (r->times_now->total > 0)
		return true;
	if (!r->sends)
		return false;
	perf_paths_ask(r->links, r->nlinks, &paths);
	return t->tx_bytes != r->tx_bytes ||
	    (paths.is_known && paths.rtx != r->rtx);
}

json_t *
perf_run_cut(struct perf_run *r, uint64_t now, bool is_last)
{
	const uint64_t interval = r->p.interval_ms * UINT64_C(1000000);
	const struct totals t = total(r);
	uint64_t slot, received = now;
	json_t *o;

	if (!r->is_running || (now < r->next_cut_ns && !is_last))
		return NULL;
	if (is_last && !is_news(r, &t))
		return NULL;
	/* Whoever comes late has one sample, of all the time that has passed;
	 * its number is that of the last interval in it. */
	slot = (now - r->began_ns) / interval;
	if (!is_last && slot > 0)
		slot--;
	if (is_last && t.rx_ns > r->cut_ns)
		received = t.rx_ns;
	o = json_object();
	perf_put(o, "number", json_integer((json_int_t)slot));
	perf_put(o, "start", json_real(perf_seconds(r->cut_ns - r->began_ns)));
	perf_put(o, "end",
	    json_real(
		perf_seconds((r->receives ? received : now) - r->began_ns)));
	if (r->receives && r->p.mode == PERF_THROUGHPUT)
		perf_put(o, "received", sample_received(r, &t, received));
	if (r->sends)
		perf_put(o, "sent", sample_sent(r, &t));
	if (r->asks || r->p.mode == PERF_SETUP)
		perf_put(o, "times", perf_times_json(r->times_now, false));
	perf_hist_clear(r->times_now);
	r->cut_ns = now;
	r->next_cut_ns = r->began_ns + (slot + 2) * interval;
	if (r->next_cut_ns <= now)
		r->next_cut_ns += interval;
	return o;
}

/*
 * Totals
 */

static json_t *
result_sent(const struct perf_run *r, const struct totals *t)
{
	json_t *o = json_object();
	uint64_t abandoned = 0;
	bool is_known;

	is_known = r->p.pr_flag != 0 &&
	    perf_abandoned(r->links, r->nlinks, &abandoned);
	perf_put(o, "bytes", json_integer((json_int_t)t->tx_bytes));
	perf_put(o, "messages", json_integer((json_int_t)t->tx_messages));
	perf_put(o, "abandoned_messages", perf_integer(is_known, abandoned));
	/* Not of what both ends tell each other when the test is over. */
	perf_put(o, "retransmissions", perf_integer(r->is_rtx_known, r->rtx));
	perf_put(o, "rtt_ms", perf_number(r->paths.is_known, r->paths.rtt_ms));
	perf_put(o, "cwnd", perf_integer(r->paths.is_known, r->paths.cwnd));
	return o;
}

static json_t *
result_received(const struct perf_run *r, const struct totals *t)
{
	json_t *o = json_object();
	bool is_known = t->rx_ns > r->began_ns;

	perf_put(o, "bytes", json_integer((json_int_t)t->rx_bytes));
	perf_put(o, "messages", json_integer((json_int_t)t->rx_messages));
	perf_put(o, "seconds",
	    perf_number(is_known, perf_seconds(t->rx_ns - r->began_ns)));
	return o;
}

json_t *
perf_run_result(const struct perf_run *r)
{
	const struct totals t = total(r);
	json_t *o = json_object();
	json_t *each = json_array();
	json_t *facts;
	unsigned int i;

	if (r->facts != NULL && (r->nlinks == 0 || !r->links[0]->is_up))
		facts = json_incref(r->facts);
	else
		facts = r->nlinks > 0 ? perf_facts(r->links[0]) : json_object();
	for (i = 0; i < r->nlinks; i++) {
		(void)json_array_append_new(each,
		    json_pack("{s:I, s:I}", "bytes_sent",
			(json_int_t)r->links[i]->tx_bytes, "bytes_received",
			(json_int_t)r->links[i]->rx_bytes));
	}
	perf_put(facts, "cpu_seconds",
	    perf_number(r->is_running || r->began_ns != 0,
		perf_cpu() - r->cpu_began));
	perf_put(o, "sent", r->sends ? result_sent(r, &t) : json_null());
	perf_put(o, "received",
	    r->receives || r->asks ? result_received(r, &t) : json_null());
	perf_put(o, "associations", each);
	perf_put(o, "side", facts);
	return o;
}
