/*
 * Rows of kernel_side: setting up, data, the end.
 */

#include <stdlib.h>
#include <string.h>

#include "kernel_side.h"

#define MESSAGES 60
#define PPID 1000
#define BIG 100000

void
row_set_up(struct link *l)
{
	struct gsctp_opt status;
	struct sockaddr_storage name;

	link_start(l);
	must_be(l->up.error, 0);
	must_be(l->up.outbound_streams, PEER_INSTREAMS);
	must_be(l->up.inbound_streams, PEER_OSTREAMS);
	must_be(l->peer_up.outbound, PEER_OSTREAMS);
	must_be(l->peer_up.inbound, PEER_INSTREAMS);
	must_be(gsctp_assocs(l->s, NULL, 0), 1);
	must_be(gsctp_peernames(l->s, l->id, &name, 1), 1);
	must_be(memcmp(&name, &l->theirs[0], sizeof(name)), 0);
	status = (struct gsctp_opt)GSCTP_STATUS(l->id);
	must_be(gsctp_getopts(l->s, &status, 1, NULL), 0);
	must_be(status.u.status.state, GSCTP_ESTABLISHED);
	link_echo(l, PPID);
	link_finish(l);
	must_be(gsctp_assocs(l->s, NULL, 0), 0);
}

/*
 * An exchange: some messages, each of which its ppid tells all about.
 */

struct exchange {
	uint32_t n;
	uint32_t (*len)(uint32_t i);
	bool (*is_unordered)(uint32_t i);
};

/* What has arrived of one at one end. */
struct arrived {
	bool has[MESSAGES];
	uint32_t last[LINK_OSTREAMS]; /* ordered ones, by stream: i + 1 */
};

static void
check_arrived(struct arrived *a, const struct exchange *x, uint32_t i,
    uint32_t stream, bool unordered)
{
	must(i < x->n);
	must(!a->has[i]);
	a->has[i] = true;
	must_be(unordered, x->is_unordered(i));
	if (unordered)
		return;
	must(stream < LINK_OSTREAMS);
	must(a->last[stream] < i + 1);
	a->last[stream] = i + 1;
}

static void
peer_take_all(struct link *l, const struct exchange *x)
{
	struct arrived a = { .has = { false } };
	struct peer_reply r;
	uint32_t i;

	for (i = 0; i < x->n; i++) {
		r = link_peer_next(l, PEER_DATA);
		check_arrived(&a, x, r.ppid - PPID, r.stream, r.is_unordered);
		must_be(r.stream, (r.ppid - PPID) % PEER_INSTREAMS);
		must_be(r.len, x->len(r.ppid - PPID));
		must(r.is_same);
	}
}

static void
take_all(struct link *l, const struct exchange *x)
{
	static uint8_t bytes[PEER_MESSAGE_MAX];
	struct arrived a = { .has = { false } };
	const struct gsctp_data *d;
	struct gsctp_msg *m;
	uint32_t i;

	for (i = 0; i < x->n; i++) {
		m = link_next(l, GSCTP_MSG_DATA);
		must_be(m->assoc_id, l->id);
		d = &m->u.data;
		must(d->complete);
		check_arrived(&a, x, d->info.ppid - PPID, d->info.stream,
		    (d->info.flags & GSCTP_UNORDERED) != 0);
		must_be(d->info.stream, (d->info.ppid - PPID) % PEER_OSTREAMS);
		must_be(d->len, x->len(d->info.ppid - PPID));
		peer_fill(bytes, d->len, d->info.ppid);
		must(memcmp(d->data, bytes, d->len) == 0);
		gsctp_msg_free(m);
	}
}

static void
send_one(struct link *l, const struct exchange *x, uint32_t i)
{
	link_send(l, (uint16_t)(i % PEER_INSTREAMS), PPID + i, x->len(i),
	    x->is_unordered(i));
}

static void
peer_send_one(struct link *l, const struct exchange *x, uint32_t i)
{
	link_peer_send(l, (uint16_t)(i % PEER_OSTREAMS), PPID + i, x->len(i),
	    x->is_unordered(i));
}

/* One way, the other way, and both at once. */
static void
run_exchange(struct link *l, const struct exchange *x)
{
	uint32_t i;

	link_start(l);
	for (i = 0; i < x->n; i++)
		send_one(l, x, i);
	peer_take_all(l, x);
	for (i = 0; i < x->n; i++)
		peer_send_one(l, x, i);
	take_all(l, x);
	for (i = 0; i < x->n; i++) {
		send_one(l, x, i);
		peer_send_one(l, x, i);
	}
	peer_take_all(l, x);
	take_all(l, x);
	link_finish(l);
}

static uint32_t
short_len(uint32_t i)
{
	return 1 + i * 37;
}

static uint32_t
long_len(uint32_t i)
{
	return BIG - i * 7919;
}

static bool
never(uint32_t i)
{
	(void)i;
	return false;
}

static bool
each_second(uint32_t i)
{
	return i % 2 == 0;
}

void
row_data(struct link *l)
{
	const struct exchange x = { MESSAGES, short_len, never };

	run_exchange(l, &x);
}

void
row_unordered(struct link *l)
{
	const struct exchange x = { MESSAGES, short_len, each_second };

	run_exchange(l, &x);
}

void
row_fragmented(struct link *l)
{
	const struct exchange x = { 5, long_len, each_second };

	run_exchange(l, &x);
}

/*
 * The end
 */

void
row_eof_here(struct link *l)
{
	const struct exchange x = { MESSAGES, short_len, never };
	uint32_t i;

	link_start(l);
	for (i = 0; i < x.n; i++)
		send_one(l, &x, i);
	must_be(gsctp_eof(l->s, l->id), 0);
	peer_take_all(l, &x);
	(void)link_peer_next(l, PEER_SHUTDOWN_EVENT);
	must_be(link_peer_next(l, PEER_SHUTDOWN_COMP).error, 0);
	must_be(link_next_state(l, GSCTP_SHUTDOWN_COMP), 0);
	link_nothing_waits(l);
	must_be(gsctp_assocs(l->s, NULL, 0), 0);
}

void
row_eof_there(struct link *l)
{
	const struct exchange x = { MESSAGES, short_len, never };
	struct gsctp_msg *m;
	uint32_t i;

	link_start(l);
	for (i = 0; i < x.n; i++)
		peer_send_one(l, &x, i);
	order(l, .op = PEER_EOF);
	take_all(l, &x);
	m = link_next(l, GSCTP_MSG_SHUTDOWN_EVENT);
	must_be(m->assoc_id, l->id);
	gsctp_msg_free(m);
	must_be(link_next_state(l, GSCTP_SHUTDOWN_COMP), 0);
	must_be(link_peer_next(l, PEER_SHUTDOWN_COMP).error, 0);
	link_nothing_waits(l);
	must_be(gsctp_assocs(l->s, NULL, 0), 0);
}

void
row_abort_here(struct link *l)
{
	struct peer_reply r;

	link_start(l);
	must_be(gsctp_abort(l->s, l->id, PEER_REASON, strlen(PEER_REASON)), 0);
	must_be(link_next_state(l, GSCTP_COMM_LOST), USER_INITIATED_ABORT);
	r = link_peer_next(l, PEER_COMM_LOST);
	must_be(r.error, USER_INITIATED_ABORT);
	must(r.has_reason);
	link_nothing_waits(l);
	must_be(gsctp_assocs(l->s, NULL, 0), 0);
}

void
row_abort_there(struct link *l)
{
	const struct gsctp_assoc_change *c;
	struct gsctp_msg *m;

	link_start(l);
	order(l, .op = PEER_ABORT);
	m = link_next(l, GSCTP_MSG_ASSOC_CHANGE);
	must_be(m->assoc_id, l->id);
	c = &m->u.assoc_change;
	must_be(c->state, GSCTP_COMM_LOST);
	must_be(c->error, USER_INITIATED_ABORT);
	must_be(c->causes_len, 4 + strlen(PEER_REASON));
	must(memcmp(c->causes + 4, PEER_REASON, strlen(PEER_REASON)) == 0);
	gsctp_msg_free(m);
	(void)link_peer_next(l, PEER_COMM_LOST);
	link_nothing_waits(l);
	must_be(gsctp_assocs(l->s, NULL, 0), 0);
}

/* The same with the other kind of the kernel's sockets. */
void
row_one_to_one(struct link *l)
{
	const struct exchange x = { MESSAGES, short_len, never };

	l->peer_is_one_to_one = true;
	run_exchange(l, &x);
}
