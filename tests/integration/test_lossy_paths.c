/*
 * What two paths that both lose packets do to the data: nothing.
 *
 * Two sockets of one stack talk through a relay that loses, doubles and
 * exchanges packets on both paths.  Each sends messages of all sizes on
 * several streams, and some unordered; each must get every one, once, as it
 * was sent, and the ordered ones of a stream in order.
 *
 * GSCTP_TEST_SECONDS is how long they go on sending (5); GSCTP_TEST_SEED
 * chooses what is lost.
 */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "lossy.h"
#include "traffic.h"

#define STREAMS 4
#define MESSAGES 200000		/* more than are ever sent */
#define LOSS 10			/* percent */

struct header {
	uint32_t number;	/* among all of this side */
	uint32_t in_stream;	/* among the ordered ones of the stream */
	uint32_t len;
	uint32_t is_unordered;
};

struct end {
	gsctp_sock s;
	gsctp_assoc_id id;
	unsigned int rng;
	struct header next;
	bool has_next;
	uint16_t stream;
	uint32_t sent, sent_in[STREAMS];
	uint32_t got, got_in[STREAMS];
	bool has[MESSAGES];	/* come */
};

static struct end ends[2];

static unsigned int
env_number(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? (unsigned int)strtoul(text, NULL, 0) : otherwise;
}

/* Send as long as there is room. */
static void
send_some(struct end *e)
{
	static uint8_t bytes[70000];
	struct gsctp_sndrcvinfo info;
	struct iovec iov;
	int err;

	for (;;) {
		if (!e->has_next) {
			e->stream = (uint16_t)(rand_r(&e->rng) % STREAMS);
			e->next.number = e->sent;
			e->next.is_unordered = rand_r(&e->rng) % 8 == 0;
			e->next.in_stream = e->sent_in[e->stream];
			e->next.len = (uint32_t)(sizeof(e->next) +
			    (unsigned int)rand_r(&e->rng) %
			    (rand_r(&e->rng) % 16 == 0 ? 60000 : 3000));
			e->has_next = true;
		}
		memset(&info, 0, sizeof(info));
		info.assoc_id = e->id;
		info.stream = e->stream;
		info.flags = e->next.is_unordered ? GSCTP_UNORDERED : 0;
		memcpy(bytes, &e->next, sizeof(e->next));
		traffic_fill(bytes + sizeof(e->next),
		    e->next.len - sizeof(e->next), e->next.number);
		iov = (struct iovec){ bytes, e->next.len };
		err = gsctp_sendmsg(e->s, &info, &iov, 1, NULL, 0);
		if (err == -EAGAIN)
			return;
		ck_assert_int_eq(err, 0);
		e->has_next = false;
		e->sent++;
		ck_assert_uint_lt(e->sent, MESSAGES);
		if (!e->next.is_unordered)
			e->sent_in[e->stream]++;
	}
}

static void
take(struct end *e, const struct gsctp_data *d)
{
	static uint8_t want[70000];
	struct header h;

	ck_assert(d->complete);
	ck_assert_uint_ge(d->len, sizeof(h));
	memcpy(&h, d->data, sizeof(h));
	ck_assert_uint_eq(d->len, h.len);
	ck_assert_uint_lt(h.number, MESSAGES);
	ck_assert_msg(!e->has[h.number], "message %u came twice", h.number);
	e->has[h.number] = true;
	e->got++;
	ck_assert_uint_lt(d->info.stream, STREAMS);
	if (!h.is_unordered)
		ck_assert_uint_eq(h.in_stream, e->got_in[d->info.stream]++);
	traffic_fill(want, h.len - sizeof(h), h.number);
	ck_assert_mem_eq(d->data + sizeof(h), want, h.len - sizeof(h));
}

static void
receive_some(struct end *e)
{
	struct gsctp_msg *m;

	while (gsctp_recv(e->s, 0, &m) == 0) {
		if (m->type == GSCTP_MSG_DATA)
			take(e, &m->u.data);
		else
			ck_assert_uint_eq(m->type, GSCTP_MSG_PADDR_CHANGE);
		gsctp_msg_free(m);
	}
}

static void
await(bool may_send)
{
	struct pollfd p[2];
	int i;

	for (i = 0; i < 2; i++)
		p[i] = (struct pollfd){ .fd = gsctp_fd(ends[i].s),
			.events = may_send ? POLLIN | POLLOUT : POLLIN };
	ck_assert_int_ge(poll(p, 2, 100), 0);
}

static void
open_ends(const uint16_t relay_port[2])
{
	struct sockaddr_storage to[2];
	struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("127.0.0.2", 0)),
		GSCTP_RTOINFO(.initial = gsctp_def(100),
		    .min = gsctp_def(50), .max = gsctp_def(500)),
		/* A path may fail now and then, but not all of them. */
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(200),
		    .pathmaxrxt = gsctp_def(4)),
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(100)),
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 20),
		GSCTP_SEND_TIMEOUT_MS(0),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = relay_port[0]),
	};
	size_t n = sizeof(opts) / sizeof(opts[0]);
	int i;

	memset(ends, 0, sizeof(ends));
	for (i = 0; i < 2; i++) {
		opts[n - 1].u.udp_encaps.port = relay_port[!i];
		ck_assert_int_eq(gsctp_open(0, opts, n, &ends[i].s), 0);
	}
	ck_assert_int_eq(gsctp_listen(ends[1].s, true), 0);
	ck_assert_int_eq(gsctp_socknames(ends[1].s, 0, to, 2), 2);
	ck_assert_int_eq(gsctp_connectx_init(ends[0].s, to, 2, NULL, 0,
	    &ends[0].id), 0);
	ck_assert_uint_eq(loop_recv_state(ends[0].s, GSCTP_COMM_UP),
	    ends[0].id);
	ends[1].id = loop_recv_state(ends[1].s, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_peernames(ends[1].s, ends[1].id, NULL, 0), 2);
}

START_TEST(nothing_is_lost_doubled_or_changed_on_two_lossy_paths)
{
	static const char *const ips[] = { "127.0.0.1", "127.0.0.2" };
	const unsigned int seed = env_number("GSCTP_TEST_SEED", 1);
	const unsigned int seconds = env_number("GSCTP_TEST_SECONDS", 5);
	uint16_t udp_port[2], relay_port[2];
	uint64_t end;
	struct lossy *l;
	int i;

	udp_port[0] = udp_port[1] = loop_udp_port();
	l = lossy_start_at(ips, 2, udp_port, relay_port, LOSS, seed);
	ck_assert_ptr_nonnull(l);
	open_ends(relay_port);
	ends[0].rng = seed;
	ends[1].rng = ~seed;
	end = loop_now_ms() + seconds * 1000;
	while (loop_now_ms() < end) {
		for (i = 0; i < 2; i++) {
			send_some(&ends[i]);
			receive_some(&ends[i]);
		}
		await(true);
	}
	end = loop_now_ms() + 60000;
	while (ends[0].got < ends[1].sent || ends[1].got < ends[0].sent) {
		ck_assert_msg(loop_now_ms() < end,
		    "seed %u: %u of %u and %u of %u messages came", seed,
		    ends[1].got, ends[0].sent, ends[0].got, ends[1].sent);
		for (i = 0; i < 2; i++)
			receive_some(&ends[i]);
		await(false);
	}
	printf("seed %u, %u s, %d %% loss: %u and %u messages, all there; "
	    "%u packets on one path, %u on the other\n", seed, seconds, LOSS,
	    ends[0].sent, ends[1].sent, atomic_load(&l->passed[0]),
	    atomic_load(&l->passed[1]));
	ck_assert_uint_gt(atomic_load(&l->passed[0]), 50);
	ck_assert_uint_gt(atomic_load(&l->passed[1]), 50);
	ck_assert_uint_gt(ends[0].sent, 20);
	ck_assert_uint_gt(ends[1].sent, 20);
	lossy_stop(l);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("lossy_paths");
	TCase *t = tcase_create("two");

	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, 200);
	tcase_add_test(t,
	    nothing_is_lost_doubled_or_changed_on_two_lossy_paths);
	suite_add_tcase(suite, t);
	return gs_test_main(suite);
}
