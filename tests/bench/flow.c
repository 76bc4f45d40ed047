/*
 * flow: messages from the parent to the child, as fast as they go, for a
 * time.
 */

#include "measures.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net.h"

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

	measure_serve(b);
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
	uint8_t *data = measure_message(a);
	uint64_t i, number;
	char done;

	measure_ask(b, 0);
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
