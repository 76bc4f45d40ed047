/*
 * ping: round trips, one message at a time.
 */

#include "measures.h"

#include <stdlib.h>

#include "check.h"
#include "net.h"

struct ping {
	const struct bench_args *args;
	struct check check;
	uint8_t *data;
	double *took; /* most of them, n filled */
	uint32_t most, n, warm;
	void (*choose)(uint32_t i); /* or NULL */
	uint32_t of;
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
measure_answer(struct bench *b)
{
	struct ping p = { .check = { .len = b->args.size } };
	char done;

	net_each(ping_answer, &p);
	bench_hear(b, &done, 1);
}

void
ping_serve(struct bench *b)
{
	measure_serve(b);
	measure_answer(b);
	net_stop();
}

static void
ping_next(struct ping *p)
{
	bool is_last = p->check.next >= p->warm &&
	    (p->n + 1 == p->most || bench_now() >= p->until);

	check_stamp(p->data, p->args->size, p->check.next, is_last);
	if (p->choose != NULL)
		p->choose((uint32_t)(p->check.next % p->of));
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
measure_pings(struct bench *b, uint32_t most, uint32_t warm,
    void (*choose)(uint32_t i), uint32_t of)
{
	const struct bench_args *a = &b->args;
	struct ping p = {
		.args = a,
		.check = { .len = a->size },
		.data = measure_message(a),
		.took = calloc(most, sizeof(*p.took)),
		.most = most,
		.warm = warm,
		.choose = choose,
		.of = of,
		.other = b->other,
	};
	char done = 0;

	if (p.took == NULL)
		bench_die("no memory");
	p.until = bench_now() + a->seconds + a->warmup;
	ping_next(&p);
	net_each(ping_take, &p);
	bench_tell(b, &done, 1);
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

void
ping_ask(struct bench *b)
{
	measure_ask(b, NET_RECEIVES);
	measure_pings(b, b->args.count, b->args.count / 10 + 1, NULL, 1);
	net_stop();
}
