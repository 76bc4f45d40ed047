/*
 * Faults on the wire: when they begin and end, and what they do to the data,
 * which is nothing.  tests/unit/test_faults has each fault by itself.
 *
 *	test_faults [SEED]
 *
 * With a seed it is one of the 50 processes of the test that has so many;
 * GSCTP_TEST_SEED is the first of them.
 */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "side.h"
#include "tmp.h"
#include "traffic.h"

#define SEEDS 50
#define SIDES 10 /* of them at a time */
#define STREAMS 10
#define MESSAGES 1000
#define LEN_MAX 1000000
#define SEED_S 200 /* in which one is through */

/*
 * One seed, in a process of its own
 */

struct message {
	uint16_t stream;
	uint32_t len;
};

static struct {
	unsigned int rng;
	gsctp_sock client, server;
	gsctp_assoc_id id;
	struct message messages[MESSAGES];
	uint32_t sent;
	uint32_t got;
	uint32_t next[STREAMS]; /* the first that the stream lacks */
	uint8_t bytes[LEN_MAX];
} one;

/* Most are small, some are not; with a sanitizer one alone is of 1 MB. */
static uint32_t
choose_len(uint32_t i)
{
	uint32_t kind = (uint32_t)rand_r(&one.rng) % 100;
	uint32_t r = (uint32_t)rand_r(&one.rng);

	if (i == 0)
		return 1;
	if (i == MESSAGES / 2)
		return LEN_MAX;
	if (kind < 60)
		return 1 + r % 100;
	if (kind < 97)
		return 1 + r % 1500;
	return 1 + r % (kind < 99 || SIDE_SLOW > 1 ? 20000 : LEN_MAX);
}

static void
plan(void)
{
	uint32_t i;

	for (i = 0; i < MESSAGES; i++) {
		one.messages[i].len = choose_len(i);
		one.messages[i].stream =
		    (uint16_t)((uint32_t)rand_r(&one.rng) % STREAMS);
	}
}

static uint32_t
next_of(uint16_t stream, uint32_t i)
{
	while (i < MESSAGES && one.messages[i].stream != stream)
		i++;
	return i;
}

static void
send_some(void)
{
	const struct message *m;
	int err;

	for (; one.sent < MESSAGES; one.sent++) {
		m = &one.messages[one.sent];
		traffic_fill(one.bytes, m->len, one.sent);
		err = gsctp_send(one.client, one.id, m->stream, one.bytes,
		    m->len);
		if (err == -EAGAIN)
			return;
		side_must(err == 0);
	}
}

static void
take(const struct gsctp_data *d)
{
	uint16_t stream = d->info.stream;
	uint32_t i;

	side_must(d->complete && stream < STREAMS);
	i = next_of(stream, one.next[stream]);
	side_must(i < MESSAGES && d->len == one.messages[i].len);
	traffic_fill(one.bytes, d->len, i);
	side_must(memcmp(d->data, one.bytes, d->len) == 0);
	one.next[stream] = i + 1;
	one.got++;
}

static void
receive_some(void)
{
	struct gsctp_msg *m;

	while (gsctp_recv(one.server, 0, &m) == 0) {
		if (m->type == GSCTP_MSG_DATA)
			take(&m->u.data);
		else
			side_must(m->type != GSCTP_MSG_ASSOC_CHANGE ||
			    m->u.assoc_change.state == GSCTP_COMM_UP);
		gsctp_msg_free(m);
	}
}

static void
start_stack(const char *seed)
{
	struct gsctp_stack_config cfg;
	char spec[200];

	(void)snprintf(spec, sizeof(spec),
	    "out.loss=10%%,out.reorder=10%%,"
	    "out.duplicate=10%%,out.corrupt=10%%,seed=%s",
	    seed);
	loop_config(&cfg);
	cfg.faults = spec;
	side_must(gsctp_stack_start(&cfg) == 0);
}

static void
open_sockets(void)
{
	struct gsctp_stack_info info;
	struct gsctp_opt opts[] = {
		GSCTP_IP(side_addr("127.0.0.1", 0)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0),
		GSCTP_RTOINFO(.initial = gsctp_def(20), .min = gsctp_def(10),
		    .max = gsctp_def(50)),
		GSCTP_INITMSG(.max_attempts = gsctp_def(1000),
		    .max_init_timeo = gsctp_def(50)),
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(10000)),
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 0),
		GSCTP_SNDBUF(2 * LEN_MAX),
		GSCTP_SEND_TIMEOUT_MS(0),
		/* Many packets are wanted. */
		GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(1472),
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)),
	};
	struct sockaddr_storage to;
	size_t n = sizeof(opts) / sizeof(opts[0]);

	side_must(gsctp_stack_info(&info) == 0);
	opts[1].u.udp_encaps.port = info.udp_port;
	side_must(gsctp_open(0, opts, n, &one.server) == 0);
	side_must(gsctp_open(0, opts, n, &one.client) == 0);
	side_must(gsctp_listen(one.server, GSCTP_BACKLOG) == 0);
	side_must(gsctp_sockname(one.server, &to) == 0);
	side_must(gsctp_connect_init(one.client, (struct sockaddr *)&to,
		      sizeof(to), NULL, 0, &one.id) == 0);
}

static void
await_up(void)
{
	struct gsctp_msg *m;
	bool is_up = false;

	while (!is_up) {
		side_must(gsctp_recv(one.client, -1, &m) == 0);
		is_up = m->type == GSCTP_MSG_ASSOC_CHANGE;
		side_must(!is_up || m->u.assoc_change.state == GSCTP_COMM_UP);
		gsctp_msg_free(m);
	}
}

static int
one_seed(const char *seed)
{
	struct gsctp_stack_info info;
	struct pollfd p[2];

	alarm(SEED_S);
	one.rng = (unsigned int)strtoul(seed, NULL, 10);
	plan();
	start_stack(seed);
	open_sockets();
	await_up();
	p[0] = (struct pollfd){ .fd = gsctp_fd(one.client) };
	p[1] = (struct pollfd){ .fd = gsctp_fd(one.server), .events = POLLIN };
	while (one.got < MESSAGES) {
		send_some();
		receive_some();
		p[0].events = one.sent < MESSAGES ? POLLOUT : 0;
		side_must(one.got == MESSAGES || poll(p, 2, -1) > 0);
	}
	side_must(gsctp_stack_info(&info) == 0);
	side_must(info.in_bad_checksum > 100); /* as a sign of them all */
	side_must(gsctp_stack_stop(0) == 0);
	return 0;
}

START_TEST(all_arrives_in_order_through_all_faults_in_50_seeds)
{
	struct side_process sides[SIDES];
	const char *first = getenv("GSCTP_TEST_SEED");
	unsigned long seed = first != NULL ? strtoul(first, NULL, 10) : 1;
	char text[24];
	int i, status;

	for (i = 0; i < SEEDS + SIDES; i++) {
		if (i >= SIDES) {
			status = side_end(&sides[i % SIDES]);
			ck_assert_msg(status == 0,
			    "test_faults %lu: exit "
			    "status %d",
			    seed + (unsigned long)(i - SIDES), status);
		}
		if (i >= SEEDS)
			continue;
		(void)snprintf(text, sizeof(text), "%lu",
		    seed + (unsigned long)i);
		side_spawn(&sides[i % SIDES], text);
	}
}
END_TEST

/*
 * One stack
 */

static void
set(const char *spec)
{
	ck_assert_int_eq(gsctp_stack_set_faults(spec), 0);
}

/* A pair that is not patient. */
static struct loop_pair
pair(void)
{
	return traffic_brisk_pair(NULL, 0);
}

/* Nothing but events comes within 200 ms. */
static void
expect_silence(gsctp_sock s)
{
	uint64_t until = loop_now_ms() + 200;
	struct gsctp_msg *m;
	uint64_t now;

	while ((now = loop_now_ms()) < until)
		if (gsctp_recv(s, (int)(until - now), &m) == 0) {
			ck_assert_uint_ne(m->type, GSCTP_MSG_DATA);
			gsctp_msg_free(m);
		}
}

START_TEST(faults_are_set_and_taken_back_at_run_time)
{
	static const char *const specs[] = { "loss=100%", "in.loss=100%",
		"out.loss=100%", "corrupt=100%", "burst=100%~1000000",
		"blackhole=127.0.0.1", "in.blackhole=127.0.0.1", "mtu=20" };
	struct loop_pair p = pair();

	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	set(specs[_i]);
	traffic_send(p.client, p.at_client, 0, "late");
	expect_silence(p.server);
	set(_i % 2 == 0 ? NULL : "");
	traffic_expect(p.server, p.at_server, "late");
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(what_is_held_back_goes_on_when_faults_end)
{
	static const char *const specs[] = { "out.delay=60s", "in.delay=60s",
		"delay=60s", "rate=1kbit~60s" };
	struct loop_pair p = pair();
	uint64_t until = loop_now_ms() + 50000;

	set(specs[_i]);
	traffic_send(p.client, p.at_client, 0, "one");
	traffic_send(p.client, p.at_client, 0, "two");
	expect_silence(p.server);
	/* Other faults, or none, in their place. */
	set(_i == 0 ? "seed=1" : NULL);
	traffic_expect(p.server, p.at_server, "one");
	traffic_expect(p.server, p.at_server, "two");
	ck_assert_uint_lt(loop_now_ms(), until);
}
END_TEST

START_TEST(a_delay_delays)
{
	const struct gsctp_opt opts[] = {
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 0),
	};
	struct loop_pair p = loop_pair(opts, 1);
	uint64_t begin;

	/* Out and in again, for each of two messages. */
	set("out.delay=60ms,in.delay=40ms,seed=1");
	begin = loop_now_ms();
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	ck_assert_uint_ge(loop_now_ms() - begin, 198);
	set(NULL);
}
END_TEST

START_TEST(a_link_has_its_rate)
{
	struct loop_pair p = loop_pair(NULL, 0);
	uint8_t *bytes = traffic_bytes(50000, 1);
	uint64_t begin;

	/* 400 kbit with headers: half a second is far too little. */
	set("out.rate=500kbit~60s,seed=1");
	begin = loop_now_ms();
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, 50000), 0);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	ck_assert_uint_ge(loop_now_ms() - begin, 780);
	set(NULL);
	free(bytes);
}
END_TEST

START_TEST(a_path_that_is_a_black_hole_is_left_and_found_again)
{
	const struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("::1", 0)),
		GSCTP_I_WANT_MAPPED_V4_ADDR(false),
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
		    .max = gsctp_def(100)),
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(100),
		    .pathmaxrxt = gsctp_def(2)),
	};
	struct gsctp_msg *m;
	struct loop_pair p;
	uint32_t told = 0;
	int i;

	if (!loop_has_ipv6()) {
		printf("no ::1 here: two paths are left out\n");
		return;
	}
	p = loop_pair(opts, 5);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	ck_assert_int_eq(gsctp_peernames(p.client, p.at_client, NULL, 0), 2);
	for (i = 0; i < 3; i++) {
		static const char *const holes[] = { "blackhole=127.0.0.1",
			"blackhole=::1", "blackhole=127.0.0.1" };
		static const char *const gone[] = { "127.0.0.1", "::1",
			"127.0.0.1" };
		struct sockaddr_storage hole = loop_addr(gone[i], 0);

		set(holes[i]);
		traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
		for (told = 0; told != GSCTP_ADDR_UNREACHABLE;) {
			m = loop_recv_type(p.client, GSCTP_MSG_PADDR_CHANGE);
			if (m->u.paddr_change.addr.ss_family == hole.ss_family)
				told = m->u.paddr_change.state;
			gsctp_msg_free(m);
		}
		traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
		set(NULL);
		while (told != GSCTP_ADDR_AVAILABLE) {
			m = loop_recv_type(p.client, GSCTP_MSG_PADDR_CHANGE);
			if (m->u.paddr_change.addr.ss_family == hole.ss_family)
				told = m->u.paddr_change.state;
			gsctp_msg_free(m);
		}
	}
}
END_TEST

static char logged[512];

static void
keep_line(void *arg, int level, const char *line)
{
	loop_log(arg, level, line);
	if (strncmp(line, "faults", 6) == 0)
		(void)strncpy(logged, line, sizeof(logged) - 1);
}

#define WAITING 200

/* Heartbeats are an hour apart: nothing else finds it in time. */
START_TEST(the_only_path_that_failed_is_found_again_while_data_waits)
{
	static const char *const then[] = { NULL, "loss=20%,seed=3" };
	const struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(50), .max = gsctp_def(100),
		    .min = gsctp_def(50)),
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(200)),
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(3600000),
		    .pathmaxrxt = gsctp_def(2)),
		GSCTP_NODELAY(true),
	};
	struct loop_pair p = loop_pair(opts, 4);
	uint8_t *bytes = traffic_bytes(1000, 1);
	struct gsctp_msg *m;
	uint32_t state;
	int i;

	set("loss=100%");
	for (i = 0; i < WAITING; i++)
		ck_assert_int_eq(
		    gsctp_send(p.client, p.at_client, 0, bytes, 1000), 0);
	do {
		m = loop_recv_type(p.client, GSCTP_MSG_PADDR_CHANGE);
		state = m->u.paddr_change.state;
		gsctp_msg_free(m);
	} while (state != GSCTP_ADDR_UNREACHABLE);
	set(then[_i]);
	for (i = 0; i < WAITING; i++)
		gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	set(NULL);
	free(bytes);
}
END_TEST

START_TEST(a_spec_that_is_refused_changes_nothing)
{
	struct gsctp_stack_config cfg;
	struct loop_pair p;

	loop_teardown();
	loop_config(&cfg);
	cfg.log = keep_line;
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	p = pair();
	set("loss=100%,seed=1");
	ck_assert_str_eq(logged, "faults on the wire: loss=100%,seed=1");
	ck_assert_int_eq(gsctp_stack_set_faults("seed=1,los=5%"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(logged, "\"los=5%\""));
	traffic_send(p.client, p.at_client, 0, "late");
	expect_silence(p.server);
	set("delay=1ms");
	ck_assert_ptr_nonnull(strstr(logged, "delay=1ms,seed="));
	traffic_expect(p.server, p.at_server, "late");
}
END_TEST

START_TEST(a_stack_that_does_not_run_has_no_faults)
{
	loop_teardown();
	ck_assert_int_eq(gsctp_stack_set_faults("loss=5%"), -ENOTCONN);
	ck_assert_int_eq(gsctp_stack_set_faults(NULL), -ENOTCONN);
	ck_assert_int_eq(gsctp_stack_set_faults("loss"), -EINVAL);
	loop_setup();
	set(NULL);
}
END_TEST

/* The attempt hears nothing; without faults it is refused at once. */
static void
expect_start_with_loss(bool has_loss)
{
	struct sockaddr_storage to = loop_addr("127.0.0.1", 1);
	gsctp_sock s = loop_open(NULL, 0);

	ck_assert_int_eq(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to),
			     NULL, 0, has_loss ? 200 : LOOP_MS, NULL),
	    has_loss ? -ETIMEDOUT : -ECONNREFUSED);
	ck_assert_int_eq(gsctp_close(s), 0);
}

START_TEST(a_stack_starts_with_faults_that_end_with_it)
{
	struct gsctp_stack_config cfg;

	expect_start_with_loss(false);
	loop_teardown();
	loop_config(&cfg);
	cfg.faults = "loss=100%";
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	expect_start_with_loss(true);
	loop_teardown();

	setenv("GSCTP_FAULTS", "out.loss=100%", 1);
	cfg.faults = NULL;
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	expect_start_with_loss(true);
	loop_teardown();
	/* What the program says comes first. */
	cfg.faults = "seed=1";
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	expect_start_with_loss(false);
	loop_teardown();

	setenv("GSCTP_FAULTS", "loss=lots", 1);
	cfg.faults = NULL;
	ck_assert_int_eq(gsctp_stack_start(&cfg), -EINVAL);
	unsetenv("GSCTP_FAULTS");
	loop_setup();
	expect_start_with_loss(false);
}
END_TEST

/* Packets in a pcapng file: blocks of type 6. */
static int
count_captured(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint32_t block[2];
	int n = 0;

	ck_assert_ptr_nonnull(f);
	while (fread(block, sizeof(block), 1, f) == 1) {
		n += block[0] == 6;
		ck_assert_int_eq(fseek(f, (long)block[1] - 8, SEEK_CUR), 0);
	}
	fclose(f);
	return n;
}

START_TEST(a_capture_has_what_is_on_the_wire)
{
	static const struct {
		const char *faults;
		bool is_sent;
	} rows[] = { { "out.loss=100%", false }, { "in.loss=100%", true } };
	char path[TMP_PATH];

	close(tmp_file(path, "test_faults"));
	set(rows[_i].faults);
	ck_assert_int_eq(gsctp_stack_capture(path), 0);
	expect_start_with_loss(true);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
	if (rows[_i].is_sent)
		ck_assert_int_ge(count_captured(path), 2);
	else
		ck_assert_int_eq(count_captured(path), 0);
	(void)unlink(path);
}
END_TEST

/* Or a peer would not hear of the end. */
START_TEST(what_is_held_back_leaves_when_the_stack_stops)
{
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);
	struct sockaddr_storage to = loop_addr("127.0.0.1", 1);
	const struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = port),
	};
	gsctp_assoc_id id;
	gsctp_sock s;

	set("delay=60s,seed=1");
	ck_assert_int_eq(gsctp_open(0, opts, 2, &s), 0);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
			     sizeof(to), NULL, 0, &id),
	    0);
	ck_assert_int_eq(loop_poll(fd, POLLIN, 100), 0);
	loop_teardown();
	ck_assert_int_ne(loop_poll(fd, POLLIN, 0), 0);
	close(fd);
	loop_setup();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("faults");
	TCase *seeds = tcase_create("seeds");
	TCase *tc = tcase_create("faults");

	tcase_set_timeout(seeds, 280);
	tcase_add_test(seeds,
	    all_arrives_in_order_through_all_faults_in_50_seeds);
	suite_add_tcase(s, seeds);

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_loop_test(tc, faults_are_set_and_taken_back_at_run_time, 0,
	    8);
	tcase_add_loop_test(tc, what_is_held_back_goes_on_when_faults_end, 0,
	    4);
	tcase_add_test(tc, a_delay_delays);
	tcase_add_test(tc, a_link_has_its_rate);
	tcase_add_test(tc, a_path_that_is_a_black_hole_is_left_and_found_again);
	tcase_add_loop_test(tc,
	    the_only_path_that_failed_is_found_again_while_data_waits, 0, 2);
	tcase_add_test(tc, a_spec_that_is_refused_changes_nothing);
	tcase_add_test(tc, a_stack_that_does_not_run_has_no_faults);
	tcase_add_test(tc, a_stack_starts_with_faults_that_end_with_it);
	tcase_add_loop_test(tc, a_capture_has_what_is_on_the_wire, 0, 2);
	tcase_add_test(tc, what_is_held_back_leaves_when_the_stack_stops);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	return argc > 1 ? one_seed(argv[1]) : gs_test_main(suite());
}
