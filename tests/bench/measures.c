/* measures: see measures.h. */

#include "measures.h"

#include <stdlib.h>

#include "check.h"
#include "net.h"

uint8_t *
measure_message(const struct bench_args *a)
{
	uint8_t *data = malloc(a->size);

	if (data == NULL)
		bench_die("no memory");
	check_fill(data, a->size);
	return data;
}

void
measure_open(struct bench *b, unsigned int does)
{
	struct net_at at;

	at.udp_port = net_start(&b->args);
	at.port = net_open(does);
	bench_tell(b, &at, sizeof(at));
}

void
measure_serve(struct bench *b)
{
	measure_open(b, NET_LISTENS | NET_RECEIVES);
	net_accept();
}

void
measure_ask(struct bench *b, unsigned int does)
{
	struct net_at at;

	bench_hear(b, &at, sizeof(at));
	(void)net_start(&b->args);
	(void)net_open(does);
	net_connect(&at);
	bench_put("fragment", net_fragment());
}
