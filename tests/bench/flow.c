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

/* The next one, or else. */
static void
must_take(struct check *c, const uint8_t **data, size_t *len)
{
	if (!net_recv(data, len))
		bench_die("the association ended after %llu messages",
		    (unsigned long long)c->next);
	if (!check_take(c, *data, *len))
		bench_die("%s", c->why);
}

static void
begin_serving(struct bench *b)
{
	struct net_at at;

	net_start(&b->args, true, &at);
	bench_tell(b, &at, sizeof(at));
	net_accept();
}

static void
begin_asking(struct bench *b)
{
	struct net_at at, mine;

	bench_hear(b, &at, sizeof(at));
	net_start(&b->args, false, &mine);
	net_connect(&at);
	bench_put("fragment", net_fragment());
}

/* -- flow -------------------------------------------------------------------*/

void
flow_serve(struct bench *b)
{
	struct check c = { .len = b->args.size };
	struct bench_window w = { .begin = 0 };
	const uint8_t *data;
	size_t len;
	bool is_over = false;
	char done = 0;

	begin_serving(b);
	while (!c.is_last) {
		must_take(&c, &data, &len);
		if (!is_over && bench_mark(b, &w, len, 1)) {
			is_over = true;
			atomic_store(&b->shared->stop, true);
		}
	}
	if (!is_over)
		bench_die("the last message came too early");
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

	begin_asking(b);
	for (i = 0;
	     !atomic_load_explicit(&b->shared->stop, memory_order_relaxed);
	     i++) {
		number = number_of(a, i, data);
		check_stamp(data, a->size, number, false);
		net_send(data, a->size);
	}
	check_stamp(data, a->size, number_of(a, i, data), true);
	net_send(data, a->size);
	bench_hear(b, &done, 1);
	bench_tell(b, &done, 1);
	net_stop();
	free(data);
	bench_put_window(b);
}

/* -- round trips ------------------------------------------------------------*/

void
ping_serve(struct bench *b)
{
	struct check c = { .len = b->args.size };
	const uint8_t *data;
	size_t len;
	char done = 0;

	begin_serving(b);
	while (!c.is_last) {
		must_take(&c, &data, &len);
		net_send(data, len);
	}
	bench_hear(b, &done, 1);
	net_stop();
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
	uint8_t *data = new_message(a);
	double *took = calloc(a->count, sizeof(*took));
	double from, until;
	struct check c = { .len = a->size };
	const uint8_t *answer;
	const uint32_t warm = a->count / 10;
	uint32_t n = 0;
	uint64_t i = 0;
	size_t len;
	char done = 0;

	if (took == NULL)
		bench_die("no memory");
	begin_asking(b);
	until = bench_now() + a->seconds + a->warmup;
	while (!c.is_last) {
		check_stamp(data, a->size, i,
		    n + 1 == a->count || bench_now() >= until);
		from = bench_now();
		net_send(data, a->size);
		must_take(&c, &answer, &len);
		if (i++ >= warm)
			took[n++] = bench_now() - from;
	}
	bench_tell(b, &done, 1);
	net_stop();
	if (n == 0)
		bench_die("no round trip in time");
	qsort(took, n, sizeof(*took), compare);
	bench_put("trips", n);
	bench_put("min_us", took[0] * 1e6);
	bench_put("p50_us", took[n / 2] * 1e6);
	bench_put("p99_us", took[(size_t)n * 99 / 100] * 1e6);
	free(took);
	free(data);
}
