/*
 * Interleaving, schedulers, messages in parts, unordered and abandoned ones,
 * all at random and with loss: what arrives is what was sent, and what was
 * not to be given up arrives, in order where it has one.
 *
 * GSCTP_TEST_SEED takes the place of the seed, which is printed.
 */

#include "opts.h"
#include "side.h"

#define STREAMS 10
#define MESSAGES (300 / SIDE_SLOW + 30)
#define LEN_MAX 12000
#define LOSS 4		/* percent */

/* What a message begins with. */
struct head {
	uint32_t index;		/* of all messages */
	uint32_t ordinal;	/* of those of its stream that are in order */
	uint32_t len;
	uint32_t flags;
};

struct mixture {
	unsigned int rng;
	struct loop_pair p;
	bool interleaves;
	uint32_t sent[STREAMS], got[STREAMS];
	bool must_come[MESSAGES], came[MESSAGES];
	uint8_t bytes[LEN_MAX];
};

static uint32_t
pick(struct mixture *m, uint32_t n)
{
	return (uint32_t)rand_r(&m->rng) % n;
}

/* Each packet leaves once, so that is where it is lost. */
static void
connect_with_loss(struct mixture *m, const struct gsctp_opt *opts, size_t n)
{
	char faults[128];

	(void)snprintf(faults, sizeof(faults), "out.loss=%d%%,"
	    "out.duplicate=%d%%,out.reorder=%d%%,seed=%u", LOSS, LOSS, LOSS,
	    m->rng);
	ck_assert_int_eq(gsctp_stack_set_faults(faults), 0);
	m->p.server = opts_listener(opts, n);
	m->p.client = loop_open(opts, n);
	m->p.at_client = opts_join(m->p.client, m->p.server,
	    &m->p.at_server);
}

static void
open_pair(struct mixture *m, uint32_t scheduler, bool interleaves)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(60), .min = gsctp_def(50),
		    .max = gsctp_def(300)),
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(1000)),
		GSCTP_RECBUF(65536),
		GSCTP_SEND_TIMEOUT_MS(0),
		GSCTP_EXPLICIT_EOR(true),
		GSCTP_STREAM_SCHEDULER(.assoc_value = scheduler),
		GSCTP_FRAGMENT_INTERLEAVE(2),
		GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = interleaves),
	};
	uint16_t i;

	m->interleaves = interleaves;
	connect_with_loss(m, opts, sizeof(opts) / sizeof(opts[0]));
	for (i = 0; scheduler == GSCTP_SS_PRIO && i < STREAMS; i++)
		traffic_set(m->p.client, (struct gsctp_opt)
		    GSCTP_STREAM_SCHEDULER_VALUE(.assoc_id = m->p.at_client,
		    .stream = i, .value = (uint16_t)pick(m, 3)));
}

static void
take(struct mixture *m, const struct gsctp_data *d)
{
	static uint8_t want[LEN_MAX];
	struct head h;

	ck_assert(d->complete);
	ck_assert_uint_ge(d->len, sizeof(h));
	memcpy(&h, d->data, sizeof(h));
	ck_assert_uint_lt(h.index, MESSAGES);
	ck_assert_uint_eq(d->len, h.len);
	traffic_fill(want, h.len, h.index);
	ck_assert_mem_eq(d->data + sizeof(h), want + sizeof(h),
	    h.len - sizeof(h));
	ck_assert(!m->came[h.index]);
	m->came[h.index] = true;
	ck_assert_uint_eq(d->info.flags & GSCTP_UNORDERED,
	    h.flags & GSCTP_UNORDERED);
	if (h.flags & GSCTP_UNORDERED)
		return;
	/* None comes after one that was sent later. */
	ck_assert_uint_ge(h.ordinal, m->got[d->info.stream]);
	m->got[d->info.stream] = h.ordinal + 1;
}

/* Read what is there, waiting so long for the first; how many messages. */
static int
receive(struct mixture *m, int timeout_ms)
{
	struct gsctp_msg *msg;
	int n = 0;

	while (gsctp_recv(m->p.server, timeout_ms, &msg) == 0) {
		ck_assert_uint_ne(msg->type, GSCTP_MSG_ASSOC_CHANGE);
		if (msg->type == GSCTP_MSG_DATA)
			take(m, &msg->u.data);
		gsctp_msg_free(msg);
		timeout_ms = 0;
		n++;
	}
	return n;
}

static void
send_all(struct mixture *m, const struct gsctp_sndrcvinfo *info, size_t at,
    size_t len)
{
	struct iovec iov = { .iov_base = m->bytes + at, .iov_len = len };
	uint64_t until = loop_now_ms() + LOOP_MS;
	int err;

	while ((err = gsctp_sendmsg(m->p.client, info, &iov, 1, NULL, 0)) ==
	    -EAGAIN) {
		ck_assert_uint_lt(loop_now_ms(), until);
		(void)receive(m, 20);
	}
	ck_assert_int_eq(err, 0);
}

static void
send_one(struct mixture *m, uint32_t index)
{
	struct gsctp_sndrcvinfo info = {
		.assoc_id = m->p.at_client,
		.stream = (uint16_t)pick(m, STREAMS),
	};
	struct head h = { .index = index };
	size_t cut;

	h.len = (uint32_t)sizeof(h) + (pick(m, 3) == 0 ?
	    pick(m, LEN_MAX - sizeof(h)) : pick(m, 500));
	if (pick(m, 3) == 0)
		info.flags = GSCTP_UNORDERED;
	/* Fragments that are unordered and given up are refused. */
	if (pick(m, 4) == 0 && (info.flags == 0 || h.len <= 1400))
		info.flags |= GSCTP_PR_RTX;
	if (m->interleaves) {
		info.flags &= ~GSCTP_PR_RTX;
		if (h.len > 1400)
			info.flags = 0;
	}
	h.flags = info.flags;
	m->must_come[index] = (info.flags & GSCTP_PR_RTX) == 0;
	if ((info.flags & GSCTP_UNORDERED) == 0)
		h.ordinal = m->sent[info.stream]++;
	traffic_fill(m->bytes, h.len, index);
	memcpy(m->bytes, &h, sizeof(h));
	cut = m->must_come[index] && pick(m, 3) == 0 ? pick(m, h.len) : 0;
	if (m->interleaves && info.flags != 0)
		cut = 0;
	if (cut > 0) {
		info.flags |= GSCTP_MORE;
		send_all(m, &info, 0, cut);
		info.flags &= ~GSCTP_MORE;
	}
	send_all(m, &info, cut, h.len - cut);
}

static void
run(unsigned int seed, uint32_t scheduler, bool interleaves)
{
	struct mixture *m = calloc(1, sizeof(*m));
	uint64_t until;
	uint32_t i;

	ck_assert_ptr_nonnull(m);
	m->rng = seed;
	open_pair(m, scheduler, interleaves);
	for (i = 0; i < MESSAGES; i++) {
		send_one(m, i);
		if (pick(m, 4) == 0)
			(void)receive(m, 0);
	}
	until = loop_now_ms() + LOOP_MS;
	for (i = 0; i < MESSAGES; i++)
		while (m->must_come[i] && !m->came[i]) {
			ck_assert_msg(loop_now_ms() < until,
			    "seed %u: message %u is missing", seed, i);
			(void)receive(m, 100);
		}
	ck_assert_int_eq(gsctp_abort(m->p.client, m->p.at_client, NULL, 0),
	    0);
	(void)loop_recv_state(m->p.client, GSCTP_COMM_LOST);
	free(m);
}

static unsigned int
seed_of_test(void)
{
	const char *text = getenv("GSCTP_TEST_SEED");
	unsigned int seed = text != NULL ?
	    (unsigned int)strtoul(text, NULL, 0) : (unsigned int)getpid();

	printf("GSCTP_TEST_SEED=%u\n", seed);
	fflush(stdout);
	return seed;
}

static const uint32_t schedulers[] = { GSCTP_SS_DEFAULT, GSCTP_SS_RR,
	GSCTP_SS_PRIO, GSCTP_SS_FB };

START_TEST(a_mixture_arrives_under_every_scheduler)
{
	unsigned int seed = seed_of_test();
	unsigned int i;

	for (i = 0; i < 4; i++)
		run(seed + i, schedulers[i], false);
}
END_TEST

START_TEST(a_mixture_that_interleaves_arrives_too)
{
	unsigned int seed = seed_of_test();
	unsigned int i;

	for (i = 0; i < 4; i++)
		run(seed + i, schedulers[i], true);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, a_mixture_arrives_under_every_scheduler);
	tcase_add_test(tc, a_mixture_that_interleaves_arrives_too);
}

int
main(void)
{
	return traffic_run("mixture", add_tests);
}
