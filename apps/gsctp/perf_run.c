/* perf_run: see perf_run.h. */

#include "perf_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is sent in one go: reading has its turn then. */
#define SEND_MESSAGES 256
#define SEND_BYTES (512 * 1024)

int
perf_run_init(struct perf_run *r, const struct perf_params *p, bool is_server)
{
	size_t i;

	memset(r, 0, sizeof(*r));
	r->p = *p;
	r->asks = !is_server && p->mode == PERF_LATENCY;
	if (p->mode == PERF_THROUGHPUT) {
		r->sends = is_server ? p->to_client : p->to_server;
		r->receives = is_server ? p->to_server : p->to_client;
	} else if (p->mode == PERF_LATENCY) {
		r->sends = !is_server;
		r->receives = is_server;
	}
	r->left = p->bytes != 0 ? p->bytes : UINT64_MAX;
	r->payload = malloc(p->length);
	r->times = calloc(1, sizeof(*r->times));
	r->times_now = calloc(1, sizeof(*r->times_now));
	if (r->payload == NULL || r->times == NULL || r->times_now == NULL) {
		perf_run_fini(r);
		return -ENOMEM;
	}
	for (i = 0; i < p->length; i++)
		r->payload[i] = (unsigned char)(i * 167 + (i >> 8));
	return 0;
}

void
perf_run_fini(struct perf_run *r)
{
	json_decref(r->facts);
	r->facts = NULL;
	free(r->payload);
	free(r->times);
	free(r->times_now);
	r->payload = NULL;
	r->times = r->times_now = NULL;
}

void
perf_run_go(struct perf_run *r, uint64_t now)
{
	unsigned int i;

	r->is_running = true;
	r->began_ns = r->cut_ns = now;
	r->next_cut_ns = now + r->p.interval_ms * UINT64_C(1000000);
	r->cpu_began = perf_cpu();
	json_decref(r->facts);
	r->facts = perf_facts(r->links[0]);
	perf_rate_init(&r->rate, r->p.rate, now);
	for (i = 0; i < r->nlinks; i++)
		r->links[i]->tx = r->sends ? PERF_TX_DATA : PERF_TX_NONE;
}

/*
 * Sending
 */

static uint64_t
time_left(const struct perf_run *r, uint64_t now)
{
	uint64_t end = r->began_ns + r->p.time_ms * UINT64_C(1000000);

	if (r->p.time_ms == 0)
		return UINT64_MAX;
	return end > now ? end - now : 0;
}

int
perf_run_stop(struct perf_run *r)
{
	unsigned int i;
	int err = 0;

	if (r->is_stopped)
		return 0;
	r->is_stopped = true;
	perf_paths_ask(r->links, r->nlinks, &r->paths);
	for (i = 0; r->sends && i < r->nlinks && err == 0; i++) {
		/* One that waits for its answer drains when it is there. */
		if (!r->asks || r->links[i]->ping_ns == 0)
			err = perf_link_drain(r->links[i]);
		if (err == -EPIPE)
			err = 0; /* as in send_in_turn() */
	}
	return err;
}

static int
send_one(struct perf_run *r, struct perf_link *l, uint64_t now)
{
	size_t len = r->p.length < r->left ? r->p.length : (size_t)r->left;
	uint64_t asked = r->asks ? perf_now() : 0;
	int err = perf_link_data(l, &r->p, r->payload, len);

	if (err != 0)
		return err;
	if (r->p.bytes != 0)
		r->left -= len;
	perf_rate_sent(&r->rate, len, now);
	l->ping_ns = asked;
	return 0;
}

/* Each link in turn, until none of them takes any more. */
static int
send_in_turn(struct perf_run *r, uint64_t now, uint64_t *wait)
{
	unsigned int idle = 0, messages = 0;
	uint64_t bytes = 0;
	struct perf_link *l;
	int err;

	while (idle < r->nlinks && r->left > 0) {
		*wait = perf_rate_wait(&r->rate, now);
		if (*wait > 0)
			return 0;
		if (messages++ == SEND_MESSAGES || bytes >= SEND_BYTES)
			return 0; /* *wait is 0 */
		l = r->links[r->turn++ % r->nlinks];
		if (l->is_blocked || (r->asks && l->ping_ns != 0)) {
			idle++;
			continue;
		}
		err = send_one(r, l, now);
		/* -EPIPE: it has ended meanwhile, and says so next. */
		l->is_blocked |= err == -EPIPE;
		if (err != 0 && err != -EAGAIN && err != -EPIPE)
			return err;
		idle = err == 0 ? 0 : idle + 1;
		bytes += r->p.length;
	}
	*wait = UINT64_MAX;
	return r->left == 0 ? perf_run_stop(r) : 0;
}

int
perf_run_send(struct perf_run *r, uint64_t now, uint64_t *wait)
{
	uint64_t end;
	int err;

	*wait = UINT64_MAX;
	if (!r->is_running || r->is_stopped)
		return 0;
	end = time_left(r, now);
	if (end == 0)
		return perf_run_stop(r);
	err = r->sends ? send_in_turn(r, now, wait) : 0;
	if (*wait > end)
		*wait = end;
	return err;
}

/*
 * Receiving
 */

void
perf_run_time(struct perf_run *r, uint64_t ns, uint64_t now)
{
	perf_hist_add(r->times, ns);
	perf_hist_add(r->times_now, ns);
	r->times_ns = now;
}

/* A message to be sent back: the link keeps it until there is room. */
static int
echo(struct perf_link *l, struct gsctp_msg **msg)
{
	int err;

	l->echo = *msg;
	*msg = NULL;
	err = perf_link_flush(l);
	if (err == -EAGAIN) {
		l->is_paused = true;
		return 0;
	}
	return err;
}

int
perf_run_data(struct perf_run *r, struct perf_link *l, struct gsctp_msg **msg)
{
	const struct gsctp_data *d = &(*msg)->u.data;
	uint64_t now;

	if (!r->is_running || (!r->receives && !r->asks) || l->rx_ended)
		return -EBADMSG;
	now = perf_now();
	l->rx_bytes += d->len;
	l->rx_messages += d->complete ? 1 : 0;
	l->rx_ns = now;
	if (r->p.mode == PERF_LATENCY && !r->asks)
		return echo(l, msg);
	if (!r->asks || !d->complete)
		return 0;
	if (l->ping_ns == 0)
		return -EBADMSG;
	perf_run_time(r, now - l->ping_ns, now);
	l->ping_ns = 0;
	return r->is_stopped ? perf_link_drain(l) : 0;
}

bool
perf_run_has_sent(const struct perf_run *r)
{
	unsigned int i;

	for (i = 0; r->sends && i < r->nlinks; i++)
		if (r->links[i]->tx != PERF_TX_ENDED)
			return false;
	return r->is_stopped || !r->sends;
}

bool
perf_run_has_received(const struct perf_run *r)
{
	unsigned int i;

	for (i = 0; r->receives && i < r->nlinks; i++)
		if (!r->links[i]->rx_ended)
			return false;
	return true;
}
