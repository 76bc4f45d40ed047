/* Faults: how they are written, and what they do to a line of packets. */

#include "faults.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "../support/check_main.h"
#include "crc32c.h"
#include "faults_impl.h"
#include "log.h"

#define OUT GS_FAULTS_OUT
#define IN GS_FAULTS_IN

/* Packets of which a share is measured. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MANY 25000
#else
#define MANY 100000
#endif
#define LEN 100
#define SECOND UINT64_C(1000000)
#define NEVER UINT64_MAX

static char logged[GS_LOG_LINE];

static void
keep_line(void *arg, int level, const char *line)
{
	(void)arg;
	(void)level;
	(void)strncpy(logged, line, sizeof(logged) - 1);
}

static void
setup(void)
{
	logged[0] = '\0';
	gs_log_set(keep_line, NULL, GSCTP_LOG_INFO);
}

static void
teardown(void)
{
	gs_log_set(NULL, NULL, 0);
}

static union gs_addr
addr(const char *text)
{
	union gs_addr a;

	memset(&a, 0, sizeof(a));
	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	return a;
}

static struct gs_faults *
faults(const char *spec)
{
	struct gs_faults *f = NULL;

	ck_assert_msg(gs_faults_new(spec, &f) == 0, "%s", spec);
	return f;
}

/* Packet number i, between two addresses, over UDP. */
static struct gs_packet
packet(uint32_t i, size_t len, const char *from, const char *to)
{
	struct gs_packet pkt = { .len = len };
	uint32_t crc;

	pkt.src = addr(from);
	pkt.dst = addr(to);
	gs_addr_set_port(&pkt.src, 1);
	gs_addr_set_port(&pkt.dst, 2);
	pkt.data = calloc(1, len);
	ck_assert_ptr_nonnull(pkt.data);
	memcpy(pkt.data + 12, &i, sizeof(i));
	crc = gs_crc32c_packet(pkt.data, len);
	memcpy(pkt.data + 8, &crc, sizeof(crc));
	return pkt;
}

static void
put(struct gs_faults *f, enum gs_faults_direction d, uint32_t i,
    uint64_t now_us)
{
	struct gs_packet pkt = packet(i, LEN, "192.0.2.1", "192.0.2.2");

	gs_faults_put(f, d, &pkt, now_us);
}

static bool
is_intact(const struct gs_packet *pkt)
{
	uint32_t crc = gs_crc32c_packet(pkt->data, pkt->len);

	return memcmp(pkt->data + 8, &crc, sizeof(crc)) == 0;
}

/* The next one's number, -1 where none is due. */
static int64_t
take(struct gs_faults *f, enum gs_faults_direction d, uint64_t now_us)
{
	struct gs_packet pkt;
	uint32_t i;

	if (!gs_faults_take(f, d, now_us, &pkt))
		return -1;
	ck_assert_uint_eq(pkt.len, LEN);
	memcpy(&i, pkt.data + 12, sizeof(i));
	free(pkt.data);
	return i;
}

static struct gs_faults_count
counts(const struct gs_faults *f, enum gs_faults_direction d)
{
	struct gs_faults_stats stats;

	gs_faults_get_stats(f, &stats);
	return stats.count[d];
}

/* How it is written */

static const char *const good[] = {
	"loss=5%",
	"loss=0%",
	"loss=100%",
	"loss=0.001%",
	"loss=99.999999%",
	"loss=5.25%,reorder=5%,delay=20ms~5ms,seed=7",
	"burst=1%~8",
	"burst=0.5%~2.5",
	"burst=1%~1",
	"duplicate=1%",
	"corrupt=0.1%",
	"reorder=5%~1",
	"reorder=5%~1000",
	"delay=0ms",
	"delay=1.5ms",
	"delay=200us",
	"delay=1s~1s",
	"delay=60s",
	"rate=10mbit",
	"rate=1.5mbit",
	"rate=500kbit~20ms",
	"rate=8bit",
	"rate=1gbit",
	"mtu=1",
	"mtu=65535",
	"blackhole=192.0.2.1",
	"blackhole=2001:db8::1",
	"blackhole=192.0.2.1,blackhole=192.0.2.2",
	"seed=0",
	"seed=18446744073709551615",
	"seed=1",
	"in.loss=5%",
	"out.loss=5%,in.delay=1ms",
	"in.blackhole=192.0.2.1",
	"loss=5%,in.loss=0%",
};

START_TEST(what_is_written_well_is_understood)
{
	gs_faults_free(faults(good[_i]));
}
END_TEST

/* The word that is wrong comes second here, behind one that is not. */
static const char *const bad[] = {
	"",
	"loss",
	"loss=",
	"loss=5",
	"loss=%",
	"loss=5%%",
	"loss=-5%",
	"loss=+5%",
	"loss=100.1%",
	"loss=1000000000000000%",
	"loss=5 %",
	" loss=5%",
	"loss=.5%",
	"loss=5.%",
	"loss=5,5%",
	"loss=0x5%",
	"loss=nan%",
	"loss=5%~2",
	"LOSS=5%",
	"los=5%",
	"losses=5%",
	"=5%",
	"burst=1%",
	"burst=1%~",
	"burst=1%~0",
	"burst=1%~0.5",
	"burst=1%~8%",
	"reorder=5%~0",
	"reorder=5%~1.5",
	"reorder=5%~1001",
	"delay=20",
	"delay=ms",
	"delay=20m",
	"delay=20ms~",
	"delay=61s",
	"delay=5ms~20ms",
	"delay=20ms~5",
	"delay=-1ms",
	"delay=5ms~1ms~1ms",
	"rate=10",
	"rate=0mbit",
	"rate=10Mbit",
	"rate=10mbit~",
	"rate=10mbit~5",
	"rate=mbit",
	"rate=1000001gbit",
	"mtu=0",
	"mtu=65536",
	"mtu=1.5",
	"mtu=-1",
	"mtu=",
	"blackhole=",
	"blackhole=host",
	"blackhole=192.0.2",
	"blackhole=[::1]",
	"seed=",
	"seed=-1",
	"seed=1.5",
	"seed=0x7",
	"seed=18446744073709551616",
	"in.seed=7",
	"in.",
	"in.out.loss=5%",
	"up.loss=5%",
};

START_TEST(what_is_not_is_refused_and_the_log_says_which_word)
{
	struct gs_faults *f = NULL;
	char spec[200], word[100];

	(void)snprintf(spec, sizeof(spec), "loss=1%%,%s", bad[_i]);
	ck_assert_int_eq(gs_faults_new(spec, &f), -EINVAL);
	ck_assert_ptr_null(f);
	gs_log_flush();
	/* Of "loss=5,5%" it is the first half. */
	(void)snprintf(word, sizeof(word), "\"%.*s\"",
	    (int)strcspn(bad[_i], ","), bad[_i]);
	ck_assert_msg(strstr(logged, word) != NULL, "%s: %s", bad[_i], logged);
}
END_TEST

START_TEST(numbers_are_what_was_written)
{
	struct gs_faults_specs s;
	const struct gs_faults_spec *d = &s.dir[OUT];

	ck_assert_int_eq(
	    gs_faults_parse(
		"loss=5.25%,burst=1%~8,"
		"duplicate=100%,corrupt=0.000001%,reorder=3%~7,delay=20ms~1.5ms,"
		"rate=2.5mbit~30ms,mtu=1280,blackhole=192.0.2.1,seed=99",
		&s),
	    0);
	ck_assert_uint_eq(d->loss, 5250000);
	ck_assert_uint_eq(d->burst, 1000000);
	ck_assert_uint_eq(d->burst_end, GS_FAULTS_CERTAIN / 8);
	ck_assert_uint_eq(d->duplicate, GS_FAULTS_CERTAIN);
	ck_assert_uint_eq(d->corrupt, 1);
	ck_assert_uint_eq(d->reorder, 3000000);
	ck_assert_uint_eq(d->overtakers, 7);
	ck_assert_uint_eq(d->delay_us, 20000);
	ck_assert_uint_eq(d->jitter_us, 1500);
	ck_assert_uint_eq(d->rate_bps, 2500000);
	ck_assert_uint_eq(d->rate_wait_us, 30000);
	ck_assert_uint_eq(d->mtu, 1280);
	ck_assert_uint_eq(d->nholes, 1);
	ck_assert_uint_eq(s.seed, 99);
	ck_assert_mem_eq(&s.dir[IN], &s.dir[OUT], sizeof(s.dir[IN]));
}
END_TEST

START_TEST(a_direction_has_what_is_said_of_it_last)
{
	struct gs_faults_specs s;

	ck_assert_int_eq(gs_faults_parse("loss=5%,in.loss=1%,out.mtu=9,"
					 "delay=2ms~1ms,out.delay=3ms",
			     &s),
	    0);
	ck_assert_uint_eq(s.dir[IN].loss, 1000000);
	ck_assert_uint_eq(s.dir[OUT].loss, 5000000);
	ck_assert_uint_eq(s.dir[IN].mtu, 0);
	ck_assert_uint_eq(s.dir[OUT].mtu, 9);
	ck_assert_uint_eq(s.dir[IN].jitter_us, 1000);
	ck_assert_uint_eq(s.dir[OUT].delay_us, 3000);
	ck_assert_uint_eq(s.dir[OUT].jitter_us, 0);
}
END_TEST

START_TEST(sixteen_addresses_may_be_black_holes)
{
	char spec[1000] = "seed=1";
	struct gs_faults *f;
	int i;

	for (i = 0; i < 16; i++)
		(void)snprintf(spec + strlen(spec), sizeof(spec) - strlen(spec),
		    ",blackhole=192.0.2.%d", i);
	gs_faults_free(faults(spec));
	(void)strcat(spec, ",blackhole=192.0.2.99");
	ck_assert_int_eq(gs_faults_new(spec, &f), -EINVAL);
}
END_TEST

START_TEST(a_seed_that_is_chosen_is_logged_and_repeats_it)
{
	struct gs_faults *a = faults("loss=50%"), *b;
	struct gs_faults_stats stats;
	char spec[100];
	uint32_t i;

	gs_log_flush();
	gs_faults_get_stats(a, &stats);
	(void)snprintf(spec, sizeof(spec), "loss=50%%,seed=%" PRIu64,
	    stats.seed);
	ck_assert_msg(strstr(logged, spec) != NULL, "%s", logged);
	b = faults(spec);
	for (i = 0; i < 1000; i++) {
		put(a, IN, i, 0);
		put(b, IN, i, 0);
		ck_assert_int_eq(take(a, IN, 0), take(b, IN, 0));
	}
	gs_faults_free(a);
	gs_faults_free(b);
}
END_TEST

/* What they do */

START_TEST(without_a_fault_everything_passes_at_once_in_order)
{
	struct gs_faults *f = faults("seed=1");
	uint32_t i;

	for (i = 0; i < 1000; i++)
		put(f, OUT, i, 5);
	ck_assert_uint_eq(gs_faults_due_us(f), 5);
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(take(f, OUT, 5), i);
	ck_assert_int_eq(take(f, OUT, NEVER), -1);
	ck_assert_uint_eq(gs_faults_due_us(f), NEVER);
	ck_assert_uint_eq(counts(f, OUT).packets, 1000);
	ck_assert_uint_eq(counts(f, OUT).delayed, 0);
	gs_faults_free(f);
}
END_TEST

/* a is within so many of n. */
#define ck_about(a, n, within)                        \
	ck_assert_msg((double)(a) > (n) - (within) && \
		(double)(a) < (n) + (within),         \
	    "%g instead of %g", (double)(a), (double)(n))

/* Six standard deviations of how often p happens in MANY. */
static double
spread(double p)
{
	double variance = MANY * p * (1 - p), root = 1;
	int i;

	for (i = 0; i < 60; i++)
		root = (root + variance / root) / 2;
	return 6 * root;
}

/* MANY go out; what comes of them, with these intact, and in order. */
static struct gs_faults_count
run_many(const char *spec, uint32_t *came, uint32_t *broken, uint32_t *late)
{
	struct gs_faults *f = faults(spec);
	struct gs_faults_count c;
	struct gs_packet pkt;
	uint32_t i, n, last = 0;

	*came = *broken = *late = 0;
	for (i = 0; i < MANY; i++) {
		put(f, OUT, i, i);
		while (gs_faults_take(f, OUT, i, &pkt)) {
			memcpy(&n, pkt.data + 12, sizeof(n));
			*came += 1;
			if (!is_intact(&pkt))
				*broken += 1;
			else if (n < last)
				*late += 1;
			else
				last = n;
			free(pkt.data);
		}
	}
	c = counts(f, OUT);
	ck_assert_uint_eq(c.packets, MANY);
	ck_assert_uint_eq(counts(f, IN).packets, 0);
	gs_faults_free(f);
	return c;
}

START_TEST(as_many_are_lost_as_was_said)
{
	static const double shares[] = { 0.001, 0.05, 0.5, 1 };
	static const char *const specs[] = { "loss=0.1%,seed=1",
		"loss=5%,seed=2", "loss=50%,seed=3", "loss=100%,seed=4" };
	uint32_t came, broken, late;
	struct gs_faults_count c;

	c = run_many(specs[_i], &came, &broken, &late);
	ck_about(c.lost, shares[_i] * MANY, spread(shares[_i]) + 1);
	ck_assert_uint_eq(came, MANY - c.lost);
	ck_assert_uint_eq(broken + late, 0);
}
END_TEST

START_TEST(as_many_come_twice_as_was_said)
{
	uint32_t came, broken, late;
	struct gs_faults_count c;

	c = run_many("duplicate=10%,seed=1", &came, &broken, &late);
	ck_about(c.duplicated, 0.1 * MANY, spread(0.1));
	ck_assert_uint_eq(came, MANY + c.duplicated);
	ck_assert_uint_eq(broken + late, 0);
}
END_TEST

START_TEST(as_many_are_corrupted_as_was_said_and_the_checksum_tells)
{
	uint32_t came, broken, late;
	struct gs_faults_count c;

	c = run_many("corrupt=10%,seed=1", &came, &broken, &late);
	ck_about(c.corrupted, 0.1 * MANY, spread(0.1));
	ck_assert_uint_eq(came, MANY);
	ck_assert_uint_eq(broken, c.corrupted);
	ck_assert_uint_eq(late, 0);
}
END_TEST

START_TEST(of_two_that_are_alike_one_alone_is_corrupted)
{
	uint32_t came, broken, late;
	struct gs_faults_count c;

	c = run_many("duplicate=100%,corrupt=100%,seed=1", &came, &broken,
	    &late);
	ck_assert_uint_eq(c.duplicated, MANY);
	ck_assert_uint_eq(came, 2 * MANY);
	ck_assert_uint_eq(broken, MANY);
}
END_TEST

START_TEST(as_many_are_overtaken_as_was_said)
{
	uint32_t came, broken, late;
	struct gs_faults_count c;

	c = run_many("reorder=5%~1,seed=1", &came, &broken, &late);
	ck_about(c.reordered, 0.05 * MANY, spread(0.05));
	/* Two in a row keep their order between them. */
	ck_about(late, (double)c.reordered, 0.1 * (double)c.reordered);
	ck_assert_uint_ge(came, MANY - 2);
}
END_TEST

START_TEST(bursts_are_as_frequent_and_as_long_as_was_said)
{
	struct gs_faults *f = faults("burst=1%~8,seed=1");
	uint32_t i, bursts = 0, lost = 0;
	bool was_lost = false, is_lost;

	for (i = 0; i < MANY; i++) {
		put(f, OUT, i, i);
		is_lost = take(f, OUT, i) == -1;
		lost += is_lost;
		bursts += is_lost && !was_lost;
		was_lost = is_lost;
	}
	ck_assert_uint_eq(lost, counts(f, OUT).lost);
	/* One begins with 1 % of those that are in none. */
	ck_about(bursts, 0.01 * (MANY - lost), 0.2 * 0.01 * MANY);
	ck_about((double)lost / bursts, 8, 1);
	gs_faults_free(f);
}
END_TEST

START_TEST(the_overtaken_let_as_many_go_first_as_was_said)
{
	struct gs_faults *f = faults("reorder=100%~3,seed=1");
	uint32_t i;

	/* Nobody passes where all step aside: then they wait 50 ms. */
	for (i = 0; i < 3; i++)
		put(f, OUT, i, 0);
	ck_assert_int_eq(take(f, OUT, 0), -1);
	ck_assert_uint_eq(gs_faults_due_us(f), 50000);
	ck_assert_int_eq(take(f, OUT, 49999), -1);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(take(f, OUT, 50000), i);
	gs_faults_free(f);

	/* Of a line of ten, with one that steps aside, at most three pass. */
	f = faults("reorder=5%~3,seed=5");
	for (i = 0; counts(f, OUT).reordered == 0; i++) {
		ck_assert_uint_lt(i, 1000);
		put(f, OUT, i, 0);
	}
	while (take(f, OUT, 0) != -1)
		continue;
	put(f, OUT, i, 0);
	put(f, OUT, i + 1, 0);
	put(f, OUT, i + 2, 0);
	ck_assert_int_eq(take(f, OUT, 0), i);
	for (i = 0; i < 3; i++)
		ck_assert_int_ne(take(f, OUT, 0), -1);
	ck_assert_int_eq(take(f, OUT, 0), -1);
	gs_faults_free(f);
}
END_TEST

START_TEST(each_takes_the_delay_longer_and_order_is_kept)
{
	struct gs_faults *f = faults("delay=20ms~5ms,seed=1");
	uint64_t due, least = NEVER, most = 0, sum = 0;
	int64_t i;

	/* So far apart that none waits for the one before. */
	for (i = 0; i < 10000; i++) {
		put(f, OUT, (uint32_t)i, (uint64_t)i * SECOND);
		due = gs_faults_due_us(f) - (uint64_t)i * SECOND;
		ck_assert_int_eq(take(f, OUT, (uint64_t)i * SECOND + due - 1),
		    -1);
		ck_assert_int_eq(take(f, OUT, (uint64_t)i * SECOND + due), i);
		least = due < least ? due : least;
		most = due > most ? due : most;
		sum += due;
	}
	ck_assert_uint_ge(least, 15000);
	ck_assert_uint_lt(least, 15100);
	ck_assert_uint_le(most, 25000);
	ck_assert_uint_gt(most, 24900);
	ck_about((double)sum / 10000, 20000, 200);
	ck_assert_uint_eq(counts(f, OUT).delayed, 10000);

	for (i = 0; i < 1000; i++)
		put(f, OUT, (uint32_t)i, 10001 * SECOND);
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(take(f, OUT, 10002 * SECOND), i);
	gs_faults_free(f);
}
END_TEST

START_TEST(a_link_takes_its_time_and_drops_what_would_wait_too_long)
{
	/* 128 bytes with the headers of UDP and IPv4: 1.024 ms each. */
	struct gs_faults *f = faults("rate=1mbit~10ms,seed=1");
	uint64_t at = 0;
	uint32_t i;

	for (i = 0; i < 100; i++)
		put(f, OUT, i, 0);
	/* The eleventh waits 10.24 ms, which is too long. */
	ck_assert_uint_eq(counts(f, OUT).rate_dropped, 90);
	for (i = 0; i < 10; i++) {
		at += 1024;
		ck_assert_int_eq(take(f, OUT, at - 1), -1);
		ck_assert_int_eq(take(f, OUT, at), i);
	}
	ck_assert_int_eq(take(f, OUT, NEVER), -1);

	/* An idle link saves nothing up. */
	for (i = 0; i < 2; i++)
		put(f, OUT, i, SECOND);
	ck_assert_int_eq(take(f, OUT, SECOND + 1024), 0);
	ck_assert_int_eq(take(f, OUT, SECOND + 1024), -1);
	ck_assert_int_eq(take(f, OUT, SECOND + 2048), 1);
	gs_faults_free(f);
}
END_TEST

START_TEST(what_is_longer_than_the_mtu_is_dropped)
{
	static const struct {
		const char *from, *to;
		size_t headers;
	} rows[] = { { "192.0.2.1", "192.0.2.2", 28 },
		{ "2001:db8::1", "2001:db8::2", 48 } };
	struct gs_faults *f = faults("mtu=1280,seed=1");
	struct gs_packet pkt;
	size_t i;

	for (i = 0; i < 2; i++) {
		pkt =
		    packet(0, 1280 - rows[i].headers, rows[i].from, rows[i].to);
		gs_faults_put(f, OUT, &pkt, 0);
		ck_assert(gs_faults_take(f, OUT, 0, &pkt));
		free(pkt.data);
		pkt =
		    packet(0, 1281 - rows[i].headers, rows[i].from, rows[i].to);
		gs_faults_put(f, OUT, &pkt, 0);
		ck_assert(!gs_faults_take(f, OUT, NEVER, &pkt));
	}
	ck_assert_uint_eq(counts(f, OUT).too_long, 2);

	/* Over raw IP there is no UDP header. */
	pkt = packet(0, 1260, "192.0.2.1", "192.0.2.2");
	gs_addr_set_port(&pkt.src, 0);
	gs_addr_set_port(&pkt.dst, 0);
	gs_faults_put(f, OUT, &pkt, 0);
	ck_assert(gs_faults_take(f, OUT, 0, &pkt));
	free(pkt.data);
	gs_faults_free(f);
}
END_TEST

START_TEST(a_black_hole_takes_what_is_from_it_and_to_it)
{
	static const struct {
		const char *from, *to;
		bool passes;
	} rows[] = { { "192.0.2.1", "192.0.2.2", true },
		{ "192.0.2.9", "192.0.2.2", false },
		{ "192.0.2.1", "192.0.2.9", false },
		{ "2001:db8::9", "2001:db8::2", false },
		{ "2001:db8::1", "2001:db8::2", true } };
	struct gs_faults *f =
	    faults("in.blackhole=192.0.2.9,in.blackhole=2001:db8::9,seed=1");
	struct gs_packet pkt;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pkt = packet(0, LEN, rows[i].from, rows[i].to);
		gs_faults_put(f, IN, &pkt, 0);
		ck_assert_int_eq(take(f, IN, 0), rows[i].passes ? 0 : -1);
		/* The other direction has none. */
		pkt = packet(0, LEN, rows[i].from, rows[i].to);
		gs_faults_put(f, OUT, &pkt, 0);
		ck_assert_int_eq(take(f, OUT, 0), 0);
	}
	ck_assert_uint_eq(counts(f, IN).blackholed, 3);
	ck_assert_uint_eq(counts(f, OUT).blackholed, 0);
	gs_faults_free(f);
}
END_TEST

/* Reproducible */

#define FEW 5000

/* Which of FEW are lost, each alone. */
static void
lose(const char *spec, enum gs_faults_direction d, bool *lost)
{
	struct gs_faults *f = faults(spec);
	struct gs_packet pkt;
	uint64_t before;
	uint32_t i;

	for (i = 0; i < FEW; i++) {
		before = counts(f, d).lost;
		put(f, d, i, i * SECOND);
		lost[i] = counts(f, d).lost > before;
		while (gs_faults_take(f, d, NEVER, &pkt))
			free(pkt.data);
	}
	gs_faults_free(f);
}

START_TEST(the_same_seed_loses_the_same_whatever_else_goes_wrong)
{
	static const char *const others[] = { "loss=10%,seed=7",
		"seed=7,delay=5ms,loss=10%", "loss=10%,duplicate=50%,seed=7",
		"loss=10%,corrupt=50%,reorder=20%,rate=1mbit,seed=7",
		"in.loss=3%,out.loss=10%,seed=7", "out.loss=10%,seed=7" };
	static bool want[FEW], lost[FEW];
	size_t i;

	lose("loss=10%,seed=7", OUT, want);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		lose(others[i], OUT, lost);
		ck_assert_mem_eq(lost, want, sizeof(want));
	}
	/* A higher loss loses the same and more. */
	lose("loss=20%,seed=7", OUT, lost);
	for (i = 0; i < FEW; i++)
		ck_assert(lost[i] || !want[i]);
}
END_TEST

START_TEST(another_seed_or_direction_loses_others)
{
	static bool want[FEW], lost[FEW];

	lose("loss=10%,seed=7", OUT, want);
	lose("loss=10%,seed=8", OUT, lost);
	ck_assert_mem_ne(lost, want, sizeof(want));
	lose("loss=10%,seed=7", IN, lost);
	ck_assert_mem_ne(lost, want, sizeof(want));
}
END_TEST

/* Splitmix64, eight numbers a packet: worked out by another program. */
START_TEST(a_seed_always_means_the_same)
{
	static const uint32_t want[] = { 120, 262, 309, 468, 507, 523, 537,
		543 };
	static bool lost[FEW];
	uint32_t i, n = 0;

	lose("loss=1%,seed=7", OUT, lost);
	for (i = 0; i < FEW && n < sizeof(want) / sizeof(want[0]); i++)
		if (lost[i])
			ck_assert_uint_eq(i, want[n++]);
	ck_assert_uint_eq(n, sizeof(want) / sizeof(want[0]));
}
END_TEST

/* Bounds */

START_TEST(what_is_held_back_is_bounded)
{
	enum {
		BIG = 65000,
		N = 1000
	};
	struct gs_faults *f = faults("delay=60s,seed=1");
	struct gs_faults_stats stats;
	struct gs_packet pkt;
	uint64_t held;
	uint32_t i;

	for (i = 0; i < N; i++) {
		pkt = packet(i, BIG, "192.0.2.1", "192.0.2.2");
		gs_faults_put(f, OUT, &pkt, 0);
	}
	gs_faults_get_stats(f, &stats);
	held = stats.held;
	ck_assert_uint_le(held * BIG, 32 << 20);
	ck_assert_uint_gt((held + 2) * BIG, 32 << 20);
	ck_assert_uint_eq(stats.count[OUT].no_room, N - held);

	/* The other direction has room of its own; room comes back. */
	put(f, IN, 0, 0);
	ck_assert_int_eq(take(f, IN, NEVER), 0);
	ck_assert(gs_faults_take(f, OUT, NEVER, &pkt));
	free(pkt.data);
	put(f, OUT, 0, 0);
	gs_faults_get_stats(f, &stats);
	ck_assert_uint_eq(stats.held, held);
	ck_assert_uint_eq(stats.count[OUT].no_room, N - held);
	gs_faults_free(f); /* with all that it holds */
}
END_TEST

START_TEST(a_packet_of_any_length_passes)
{
	struct gs_faults *f = faults("corrupt=100%,duplicate=100%,seed=1");
	struct gs_packet pkt;
	size_t len, n = 0;

	for (len = 0; len < 40; len++) {
		pkt = packet(0, 40, "192.0.2.1", "192.0.2.2");
		pkt.len = len;
		gs_faults_put(f, IN, &pkt, 0);
		for (; gs_faults_take(f, IN, 0, &pkt); n++) {
			ck_assert_uint_eq(pkt.len, len);
			free(pkt.data);
		}
	}
	ck_assert_uint_ge(n, 79);
	ck_assert_uint_eq(counts(f, IN).corrupted, 39);
	gs_faults_free(f);
}
END_TEST

static void
add_parser(TCase *tc)
{
	tcase_add_loop_test(tc, what_is_written_well_is_understood, 0,
	    sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(tc,
	    what_is_not_is_refused_and_the_log_says_which_word, 0,
	    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tc, numbers_are_what_was_written);
	tcase_add_test(tc, a_direction_has_what_is_said_of_it_last);
	tcase_add_test(tc, sixteen_addresses_may_be_black_holes);
	tcase_add_test(tc, a_seed_that_is_chosen_is_logged_and_repeats_it);
}

static void
add_faults(TCase *tc)
{
	tcase_add_test(tc, without_a_fault_everything_passes_at_once_in_order);
	tcase_add_loop_test(tc, as_many_are_lost_as_was_said, 0, 4);
	tcase_add_test(tc, as_many_come_twice_as_was_said);
	tcase_add_test(tc,
	    as_many_are_corrupted_as_was_said_and_the_checksum_tells);
	tcase_add_test(tc, of_two_that_are_alike_one_alone_is_corrupted);
	tcase_add_test(tc, as_many_are_overtaken_as_was_said);
	tcase_add_test(tc, bursts_are_as_frequent_and_as_long_as_was_said);
	tcase_add_test(tc, the_overtaken_let_as_many_go_first_as_was_said);
	tcase_add_test(tc, each_takes_the_delay_longer_and_order_is_kept);
	tcase_add_test(tc,
	    a_link_takes_its_time_and_drops_what_would_wait_too_long);
	tcase_add_test(tc, what_is_longer_than_the_mtu_is_dropped);
	tcase_add_test(tc, a_black_hole_takes_what_is_from_it_and_to_it);
	tcase_add_test(tc,
	    the_same_seed_loses_the_same_whatever_else_goes_wrong);
	tcase_add_test(tc, another_seed_or_direction_loses_others);
	tcase_add_test(tc, a_seed_always_means_the_same);
	tcase_add_test(tc, what_is_held_back_is_bounded);
	tcase_add_test(tc, a_packet_of_any_length_passes);
}

int
main(void)
{
	Suite *suite = suite_create("faults");
	TCase *parser = tcase_create("parser");
	TCase *what = tcase_create("faults");

	tcase_add_checked_fixture(parser, setup, teardown);
	tcase_add_checked_fixture(what, setup, teardown);
	tcase_set_timeout(what, 60);
	add_parser(parser);
	add_faults(what);
	suite_add_tcase(suite, parser);
	suite_add_tcase(suite, what);
	return gs_test_main(suite);
}
