/*
 * flow: messages from the parent to the child, as fast as they go, for a
 * time; and round trips, one message at a time.
 */

#include "measures.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net.h"

/* The message to send, of the length that is asked for. */
static uint8_t *
new_message(const struct bench_args *a)
{
	uint8_t *data = malloc(a->size);

	if (data == NULL)
		bench_die("no memory");
	check_fill(data, a->size);
	return data;
}

static void
begin_serving(struct bench *b)
{
	struct net_at at;

	at.udp_port = net_start(&b->args);
	at.port = net_open(NET_LISTENS | NET_RECEIVES);
	bench_tell(b, &at, sizeof(at));
	net_accept();
}

static void
begin_asking(struct bench *b, unsigned int does)
{
	struct net_at at;

	bench_hear(b, &at, sizeof(at));
	(void)net_start(&b->args);
	(void)net_open(does);
	net_connect(&at);
	bench_put("fragment", net_fragment());
}

/* -- flow -------------------------------------------------------------------*/

/* The receiver's. */
struct flow {
	struct bench *b;
	struct check check;
	struct bench_window window;
	bool is_over;
};

static bool
flow_take(void *arg, const uint8_t *data, size_t len)
{
	struct flow *f = arg;

	if (!check_take(&f->check, data, len))
		bench_die("%s", f->check.why);
	if (!f->is_over && bench_mark(f->b, &f->window, len, 1)) {
		f->is_over = true;
		atomic_store(&f->b->shared->stop, true);
	}
	return !f->check.is_last;
}

void
flow_serve(struct bench *b)
{
	struct flow f = {
		.b = b,
		.check = { .len = b->args.size, .may_lose = net_may_lose },
	};
	char done = 0;

	begin_serving(b);
	net_each(flow_take, &f);
	if (!f.is_over)
		bench_die("the last message came too early");
	b->shared->lost = (double)f.check.lost / (double)f.check.next;
	bench_tell(b, &done, 1);
	bench_hear(b, &done, 1);
	net_stop();
}

/* What goes wrong if asked for, to see that it is noticed. */
static uint64_t
number_of(const struct bench_args *a, uint64_t i, uint8_t *data)
{
	const uint64_t at = 1000;

	if (a->fault == NULL)
		return i;
	if (strcmp(a->fault, "lose") == 0)
		return i < at ? i : i + 1;
	if (strcmp(a->fault, "swap") == 0)
		return i == at ? i + 1 : i == at + 1 ? i - 1 : i;
	if (strcmp(a->fault, "flip") != 0)
		bench_die("%s: no such fault", a->fault);
	if (i == at)
		data[a->size / 2 + 9] ^= 1;
	return i;
}

void
flow_ask(struct bench *b)
{
	const struct bench_args *a = &b->args;
	uint8_t *data = new_message(a);
	uint64_t i, number;
	char done;

	begin_asking(b, 0);
	for (i = 0;
	     !atomic_load_explicit(&b->shared->stop, memory_order_relaxed);
	     i++) {
		number = number_of(a, i, data);
		check_stamp(data, a->size, number, false);
		net_send(data, a->size);
	}
	check_stamp(data, a->size, number_of(a, i, data), true);
	do {
		net_send(data, a->size);
	} while (net_may_lose && !bench_is_told(b));
	bench_hear(b, &done, 1);
	bench_tell(b, &done, 1);
	net_stop();
	free(data);
	bench_put_window(b);
	if (net_may_lose)
		bench_put("lost", b->shared->lost);
}

/* -- round trips ------------------------------------------------------------*/

struct ping {
	const struct bench_args *args;
	struct check check;
	uint8_t *data;
	double *took; /* args->count of them, n filled */
	uint32_t n, warm;
	double from, until;
	double cpu; /* of both, since the first that counts */
	int other;
};

static bool
ping_answer(void *arg, const uint8_t *data, size_t len)
{
	struct ping *p = arg;

	if (!check_take(&p->check, data, len))
		bench_die("%s", p->check.why);
	net_send(data, len);
	return !p->check.is_last;
}

void
ping_serve(struct bench *b)
{
	struct ping p = { .check = { .len = b->args.size } };
	char done;

	begin_serving(b);
	net_each(ping_answer, &p);
	bench_hear(b, &done, 1);
	net_stop();
}

static void
ping_next(struct ping *p)
{
	bool is_last = p->check.next >= p->warm &&
	    (p->n + 1 == p->args->count || bench_now() >= p->until);

	check_stamp(p->data, p->args->size, p->check.next, is_last);
	p->from = bench_now();
	net_send(p->data, p->args->size);
}

static double
cpu_of_both(const struct ping *p)
{
	return bench_cpu(0) + bench_cpu(p->other);
}

static bool
ping_take(void *arg, const uint8_t *data, size_t len)
{
	struct ping *p = arg;
	double now = bench_now();

	if (!check_take(&p->check, data, len))
		bench_die("%s", p->check.why);
	if (p->check.next > p->warm)
		p->took[p->n++] = now - p->from;
	if (p->check.next == p->warm)
		p->cpu = cpu_of_both(p);
	if (p->check.is_last) {
		p->cpu = cpu_of_both(p) - p->cpu;
		return false;
	}
	ping_next(p);
	return true;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
ping_ask(struct bench *b)
{
	const struct bench_args *a = &b->args;
	struct ping p = {
		.args = a,
		.check = { .len = a->size },
		.data = new_message(a),
		.took = calloc(a->count, sizeof(*p.took)),
		.warm = a->count / 10 + 1,
		.other = b->other,
	};
	char done = 0;

	if (p.took == NULL)
		bench_die("no memory");
	begin_asking(b, NET_RECEIVES);
	p.until = bench_now() + a->seconds + a->warmup;
	ping_next(&p);
	net_each(ping_take, &p);
	bench_tell(b, &done, 1);
	net_stop();
	if (p.n == 0)
		bench_die("no round trip in time");
	qsort(p.took, p.n, sizeof(*p.took), compare);
	bench_put("trips", p.n);
	bench_put("min_us", p.took[0] * 1e6);
	bench_put("p50_us", p.took[p.n / 2] * 1e6);
	bench_put("p99_us", p.took[(size_t)p.n * 99 / 100] * 1e6);
	bench_put("cpu_us_trip", p.cpu / p.n * 1e6);
	free(p.took);
	free(p.data);
}
