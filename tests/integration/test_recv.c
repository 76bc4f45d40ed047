/* test_recv: messages received: whole, in order, and only as fast as they are
 * read. */

#include <errno.h>
#include <malloc.h>

#include "check_main.h"
#include "traffic.h"

#define KB 1024u
#define MB (1024u * 1024u)

/* Sends one message, or numbered ones, from a thread. */
struct sender {
	gsctp_sock s;
	gsctp_assoc_id id;
	const uint8_t *bytes;
	size_t len;
	uint32_t count;
	uint16_t streams;
	int err;
};

static void *
send_one(void *arg)
{
	struct sender *w = arg;

	w->err = gsctp_send(w->s, w->id, 0, w->bytes, w->len);
	return NULL;
}

/* Each message is its number, on one stream after the other. */
static void *
send_numbers(void *arg)
{
	struct sender *w = arg;
	uint32_t i;

	for (i = 0; w->err == 0 && i < w->count; i++)
		w->err = gsctp_send(w->s, w->id, (uint16_t)(i % w->streams), &i,
		    sizeof(i));
	return NULL;
}

static uint32_t
number_in(const struct gsctp_msg *m)
{
	uint32_t n;

	ck_assert_uint_eq(m->u.data.len, sizeof(n));
	memcpy(&n, m->u.data.data, sizeof(n));
	return n;
}

static void
check_bytes(const struct gsctp_msg *m, const uint8_t *bytes, size_t len)
{
	ck_assert_uint_eq(m->u.data.len, len);
	ck_assert(memcmp(m->u.data.data, bytes, len) == 0);
}

/*
 * Waiting.
 */

START_TEST(a_timeout_of_0_polls)
{
	gsctp_sock s = loop_open(NULL, 0);
	uint64_t start = loop_now_ms();
	struct gsctp_msg *m = (struct gsctp_msg *)&start;
	int i;

	for (i = 0; i < 100; i++)
		ck_assert_int_eq(gsctp_recv(s, 0, &m), -ETIMEDOUT);
	ck_assert_uint_lt(loop_now_ms() - start, 1000);
	ck_assert_ptr_eq(m, &start);
}
END_TEST

START_TEST(a_timeout_waits_as_long_as_it_says)
{
	gsctp_sock s = loop_open(NULL, 0);
	uint64_t start = loop_now_ms(), took;
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_recv(s, 50, &m), -ETIMEDOUT);
	took = loop_now_ms() - start;
	ck_assert_uint_ge(took, 50);
	ck_assert_uint_lt(took, 1000);
}
END_TEST

START_TEST(nonsense_is_refused)
{
	gsctp_sock s = loop_open(NULL, 0), never = { 0 };
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_recv(s, -2, &m), -EINVAL);
	ck_assert_int_eq(gsctp_recv(s, 0, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_recv(never, 0, &m), -EBADF);
	gsctp_msg_free(NULL);
}
END_TEST

struct receiver {
	gsctp_sock s;
	int err;
	uint32_t n;
	uint64_t sum;
};

static void *
receive_one(void *arg)
{
	struct receiver *r = arg;
	struct gsctp_msg *m;

	r->err = gsctp_recv(r->s, -1, &m);
	if (r->err == 0)
		gsctp_msg_free(m);
	return NULL;
}

START_TEST(close_ends_a_recv_that_waits)
{
	struct receiver r = { .s = loop_open(NULL, 0) };
	pthread_t t[3];
	struct receiver all[3] = { r, r, r };
	int i;

	for (i = 0; i < 3; i++)
		traffic_start(&t[i], receive_one, &all[i]);
	ck_assert_int_eq(gsctp_close(r.s), 0);
	for (i = 0; i < 3; i++) {
		traffic_join(t[i]);
		ck_assert_int_eq(all[i].err, -EBADF);
	}
}
END_TEST

START_TEST(a_message_outlives_its_socket)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	traffic_send(p.client, p.at_client, 0, "kept");
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	ck_assert_uint_eq(m->sock.id, p.server.id);
	ck_assert_int_eq(gsctp_port(m->sock), -EBADF);
	ck_assert_mem_eq(m->u.data.data, "kept", 4);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(without_data_io_a_message_has_no_info)
{
	struct gsctp_opt events = GSCTP_EVENTS(.data_io = gsctp_def(0));
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	traffic_set(p.server, events);
	traffic_send(p.client, p.at_client, 0, "bare");
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert(!m->u.data.has_info);
	ck_assert_uint_eq(m->assoc_id, p.at_server);
	gsctp_msg_free(m);
}
END_TEST

/*
 * Sizes.
 */

START_TEST(a_message_of_any_size_arrives_whole)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 100, 255, 256,
		257, 1000, 1023, 1024, 1203, 1204, 1205, 1443, 1444, 1445, 1446,
		1447, 1448, 1471, 1472, 1473, 1500, 2047, 2048, 2887, 2888,
		2889, 4095, 4096, 4097, 8192, 10000, 16384, 32767, 32768, 40000,
		65534, 65535, 65536, 65537, 65540, 70000, 90000, 99999,
		100000 };
	const size_t n = sizeof(sizes) / sizeof(sizes[0]);
	struct loop_pair p = loop_pair(NULL, 0);
	uint8_t *bytes;
	struct gsctp_msg *m;
	size_t i;

	for (i = 0; i < n; i++) {
		bytes = traffic_bytes(sizes[i], (uint32_t)i);
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
				     sizes[i]),
		    0);
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		ck_assert(m->u.data.complete);
		check_bytes(m, bytes, sizes[i]);
		gsctp_msg_free(m);
		free(bytes);
	}
}
END_TEST

/* With these options 10 MB arrive, as one. */
static void
ten_megabytes(const struct gsctp_opt *opts, size_t nopts)
{
	struct loop_pair p = loop_pair(opts, nopts);
	uint8_t *bytes = traffic_bytes(10 * MB, 10);
	struct sender w = { .s = p.client,
		.id = p.at_client,
		.bytes = bytes,
		.len = 10 * MB };
	struct gsctp_msg *m;
	pthread_t t;

	traffic_start(&t, send_one, &w);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	traffic_join(t);
	ck_assert_int_eq(w.err, 0);
	ck_assert(m->u.data.complete);
	check_bytes(m, bytes, 10 * MB);
	ck_assert_uint_eq(m->u.data.info.stream, 0);
	gsctp_msg_free(m);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	free(bytes);
}

START_TEST(ten_megabytes_arrive_as_one_message)
{
	struct gsctp_opt opts[] = {
		GSCTP_SNDBUF(12 * MB),
	};

	ten_megabytes(opts, 1);
}
END_TEST

START_TEST(ten_megabytes_arrive_through_a_large_window)
{
	struct gsctp_opt opts[] = {
		GSCTP_SNDBUF(12 * MB),
		GSCTP_RECBUF(12 * MB),
		GSCTP_BUFFER(12 * MB),
	};

	ten_megabytes(opts, 3);
}
END_TEST

START_TEST(a_message_larger_than_the_window_arrives_whole)
{
	struct gsctp_opt opts[] = {
		GSCTP_RECBUF(16 * KB),
		GSCTP_SNDBUF(256 * KB),
	};
	struct loop_pair p = loop_pair(opts, 2);
	uint8_t *bytes = traffic_bytes(100000, 5);
	struct sender w = { .s = p.client,
		.id = p.at_client,
		.bytes = bytes,
		.len = 100000 };
	struct gsctp_msg *m;
	pthread_t t;

	traffic_start(&t, send_one, &w);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	traffic_join(t);
	ck_assert_int_eq(w.err, 0);
	ck_assert(m->u.data.complete);
	check_bytes(m, bytes, 100000);
	gsctp_msg_free(m);
	free(bytes);
}
END_TEST

START_TEST(a_recv_that_times_out_within_a_message_loses_nothing)
{
	struct gsctp_opt opts[] = {
		GSCTP_SNDBUF(4 * MB),
		/* With longer packets it does not take long enough. */
		GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(1472),
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)),
	};
	struct loop_pair p = loop_pair(opts, 2);
	uint8_t *bytes = traffic_bytes(3 * MB, 3);
	struct sender w = { .s = p.client,
		.id = p.at_client,
		.bytes = bytes,
		.len = 3 * MB };
	uint64_t until = loop_now_ms() + LOOP_MS;
	struct gsctp_msg *m;
	int err, timeouts = 0;
	pthread_t t;

	(void)loop_drain(p.server);
	traffic_start(&t, send_one, &w);
	for (;;) {
		err = gsctp_recv(p.server, 1, &m);
		if (err == 0 && m->type == GSCTP_MSG_DATA)
			break;
		ck_assert(err == 0 || err == -ETIMEDOUT);
		if (err == 0)
			gsctp_msg_free(m);
		else
			timeouts++;
		ck_assert_uint_lt(loop_now_ms(), until);
	}
	traffic_join(t);
	ck_assert_int_eq(w.err, 0);
	ck_assert_int_gt(timeouts, 0);
	ck_assert(m->u.data.complete);
	check_bytes(m, bytes, 3 * MB);
	gsctp_msg_free(m);
	free(bytes);
}
END_TEST

/*
 * The bound.
 */

/* Reads one message in pieces; how many. */
static int
read_pieces(gsctp_sock s, const uint8_t *bytes, size_t len, size_t bound)
{
	struct gsctp_msg *m;
	size_t got = 0;
	bool complete;
	int n = 0;

	do {
		m = loop_recv_type(s, GSCTP_MSG_DATA);
		ck_assert_uint_le(m->u.data.len, bound);
		ck_assert_uint_le(m->u.data.len, len - got);
		ck_assert(
		    memcmp(m->u.data.data, bytes + got, m->u.data.len) == 0);
		got += m->u.data.len;
		complete = m->u.data.complete;
		ck_assert_uint_eq(m->u.data.info.ppid, 99);
		gsctp_msg_free(m);
		n++;
	} while (!complete);
	ck_assert_uint_eq(got, len);
	return n;
}

START_TEST(past_the_buffer_bound_a_message_comes_in_pieces)
{
	static const size_t sizes[] = { 5000, 8192, 20000, 100000, 200000 };
	struct gsctp_opt opts[] = {
		GSCTP_BUFFER(4096),
		GSCTP_DEFAULT_SEND_PARAM(.ppid = gsctp_def(99)),
	};
	struct loop_pair p = loop_pair(opts, 2);
	uint8_t *bytes = traffic_bytes(200000, 7);
	struct sender w = { .s = p.client, .id = p.at_client, .bytes = bytes };
	pthread_t t;
	size_t i;
	int n;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		w.len = sizes[i];
		traffic_start(&t, send_one, &w);
		n = read_pieces(p.server, bytes, sizes[i], 4096);
		ck_assert_int_ge(n, (int)((sizes[i] + 4095) / 4096));
		traffic_join(t);
		ck_assert_int_eq(w.err, 0);
	}
	free(bytes);
}
END_TEST

START_TEST(up_to_the_buffer_bound_a_message_is_whole)
{
	struct gsctp_opt opts[] = {
		GSCTP_BUFFER(4096),
		GSCTP_DEFAULT_SEND_PARAM(.ppid = gsctp_def(99)),
	};
	struct loop_pair p = loop_pair(opts, 2);
	uint8_t *bytes = traffic_bytes(4096, 7);
	size_t len;

	for (len = 4090; len <= 4096; len++) {
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
				     len),
		    0);
		ck_assert_int_eq(read_pieces(p.server, bytes, len, 4096), 1);
	}
	free(bytes);
}
END_TEST

START_TEST(pieces_of_two_associations_may_mix_and_stay_apart)
{
	const size_t len = 60000;
	struct gsctp_opt bound = GSCTP_BUFFER(4096);
	struct loop_pair p = loop_pair(&bound, 1);
	gsctp_sock other = loop_open(NULL, 0);
	uint8_t *bytes[2] = { traffic_bytes(len, 1), traffic_bytes(len, 2) };
	size_t got[2] = { 0, 0 };
	gsctp_assoc_id to_server, at_server;
	struct gsctp_msg *m;
	int k;

	to_server = loop_connect(other, p.server);
	at_server = loop_recv_state(p.server, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes[0], len),
	    0);
	ck_assert_int_eq(gsctp_send(other, to_server, 0, bytes[1], len), 0);
	while (got[0] < len || got[1] < len) {
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		k = m->assoc_id == at_server ? 1 : 0;
		ck_assert_uint_le(got[k] + m->u.data.len, len);
		ck_assert(memcmp(m->u.data.data, bytes[k] + got[k],
			      m->u.data.len) == 0);
		got[k] += m->u.data.len;
		ck_assert(m->u.data.complete == (got[k] == len));
		gsctp_msg_free(m);
	}
	free(bytes[0]);
	free(bytes[1]);
}
END_TEST

/*
 * Flow control.
 */

START_TEST(when_nobody_reads_the_peer_must_wait)
{
	const size_t len = 4000;
	struct gsctp_opt opts[] = {
		GSCTP_SNDBUF(64 * KB),
		GSCTP_RECBUF(64 * KB),
	};
	struct loop_pair p = traffic_brisk_pair(opts, 2);
	int n = traffic_stuff(p.client, p.at_client, len);

	/* Two buffers, and what is on its way. */
	ck_assert_uint_gt((size_t)n * len, 64 * KB);
	ck_assert_uint_lt((size_t)n * len, 3 * 64 * KB);
	traffic_unstuff(p.server, n, len);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(a_window_that_stays_closed_is_probed_for_ever)
{
	const size_t len = 4000;
	struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.max = gsctp_def(50)),
	};
	struct loop_pair p = traffic_brisk_pair(opts, 1);
	int n = traffic_stuff(p.client, p.at_client, len);
	uint64_t until = loop_now_ms() + 3000;
	struct gsctp_msg *m;

	/* 60 times; by itself the engine gives up after 30. */
	while (loop_now_ms() < until)
		if (gsctp_recv(p.client, 100, &m) == 0) {
			ck_assert_uint_eq(m->type, GSCTP_MSG_PADDR_CHANGE);
			gsctp_msg_free(m);
		}
	traffic_unstuff(p.server, n, len);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(unread_messages_take_no_more_memory_than_the_buffers)
{
	struct gsctp_opt opts[] = {
		GSCTP_SNDBUF(64 * KB),
		GSCTP_RECBUF(64 * KB),
		GSCTP_SEND_TIMEOUT_MS(0),
	};
	struct loop_pair p = traffic_brisk_pair(opts, 3);
	uint8_t *bytes = traffic_bytes(50, 1);
	size_t before, after;
	int i, n;

	before = mallinfo2().uordblks;
	n = traffic_stuff(p.client, p.at_client, 50);
	/* However often somebody tries. */
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
				     50),
		    -EAGAIN);
	after = mallinfo2().uordblks;
	ck_assert_msg(after < before + 8 * MB, "%zu bytes", after - before);
	traffic_unstuff(p.server, n, 50);
	free(bytes);
}
END_TEST

START_TEST(a_reader_that_is_slow_loses_nothing)
{
	struct gsctp_opt opts[] = {
		GSCTP_SNDBUF(32 * KB),
		GSCTP_RECBUF(16 * KB),
	};
	struct loop_pair p = loop_pair(opts, 2);
	uint8_t *bytes = traffic_bytes(20000, 4);
	struct sender w = { .s = p.client,
		.id = p.at_client,
		.bytes = bytes,
		.len = 20000 };
	struct gsctp_msg *m;
	pthread_t t;
	int i;

	for (i = 0; i < 20; i++) {
		traffic_start(&t, send_one, &w);
		/* Let the window fill up before each is read. */
		(void)loop_poll(gsctp_fd(p.client), POLLIN, 10);
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		check_bytes(m, bytes, 20000);
		gsctp_msg_free(m);
		traffic_join(t);
		ck_assert_int_eq(w.err, 0);
	}
	free(bytes);
}
END_TEST

/*
 * Order and numbers.
 */

START_TEST(each_stream_keeps_its_order)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct sender w = { .s = p.client,
		.id = p.at_client,
		.count = 4000,
		.streams = 4 };
	uint32_t next[4] = { 0, 1, 2, 3 }, i;
	struct gsctp_msg *m;
	uint16_t stream;
	pthread_t t;

	traffic_start(&t, send_numbers, &w);
	for (i = 0; i < w.count; i++) {
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		stream = m->u.data.info.stream;
		ck_assert_uint_lt(stream, 4);
		ck_assert_uint_eq(number_in(m), next[stream]);
		ck_assert_uint_eq(m->u.data.info.ssn, next[stream] / 4);
		next[stream] += 4;
		gsctp_msg_free(m);
	}
	traffic_join(t);
	ck_assert_int_eq(w.err, 0);
}
END_TEST

START_TEST(twenty_thousand_small_messages_arrive_in_order)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct sender w = { .s = p.client,
		.id = p.at_client,
		.count = 20000,
		.streams = 1 };
	struct gsctp_msg *m;
	pthread_t t;
	uint32_t i;

	traffic_start(&t, send_numbers, &w);
	for (i = 0; i < w.count; i++) {
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		ck_assert_uint_eq(number_in(m), i);
		gsctp_msg_free(m);
	}
	traffic_join(t);
	ck_assert_int_eq(w.err, 0);
}
END_TEST

START_TEST(both_directions_carry_messages_at_once)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct sender w[2] = {
		{ .s = p.client,
		    .id = p.at_client,
		    .count = 5000,
		    .streams = 1 },
		{ .s = p.server,
		    .id = p.at_server,
		    .count = 5000,
		    .streams = 1 },
	};
	struct gsctp_msg *m;
	pthread_t t[2];
	uint32_t i;
	int k;

	for (k = 0; k < 2; k++)
		traffic_start(&t[k], send_numbers, &w[k]);
	for (i = 0; i < 5000; i++) {
		for (k = 0; k < 2; k++) {
			m = loop_recv_type(k == 0 ? p.server : p.client,
			    GSCTP_MSG_DATA);
			ck_assert_uint_eq(number_in(m), i);
			gsctp_msg_free(m);
		}
	}
	for (k = 0; k < 2; k++) {
		traffic_join(t[k]);
		ck_assert_int_eq(w[k].err, 0);
	}
}
END_TEST

static void *
receive_numbers(void *arg)
{
	struct receiver *r = arg;
	struct gsctp_msg *m;
	uint32_t n;

	/* Until there is the end of the association, or of the time. */
	while ((r->err = gsctp_recv(r->s, LOOP_MS, &m)) == 0) {
		if (m->type == GSCTP_MSG_DATA) {
			memcpy(&n, m->u.data.data, sizeof(n));
			r->sum += n;
			r->n++;
		}
		gsctp_msg_free(m);
	}
	return NULL;
}

START_TEST(each_message_goes_to_one_of_several_receivers)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct sender w = { .s = p.client,
		.id = p.at_client,
		.count = 4000,
		.streams = 1 };
	struct receiver r[4];
	pthread_t t[4];
	uint64_t sum = 0;
	uint32_t n = 0;
	int i;

	for (i = 0; i < 4; i++) {
		memset(&r[i], 0, sizeof(r[i]));
		r[i].s = p.server;
		traffic_start(&t[i], receive_numbers, &r[i]);
	}
	(void)send_numbers(&w);
	ck_assert_int_eq(w.err, 0);
	/* All is read when the peer's half is over. */
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
	while (gsctp_assocs(p.server, NULL, 0) > 0)
		(void)loop_poll(gsctp_fd(p.client), POLLIN, 1);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	for (i = 0; i < 4; i++) {
		traffic_join(t[i]);
		ck_assert_int_eq(r[i].err, -EBADF);
		n += r[i].n;
		sum += r[i].sum;
	}
	ck_assert_uint_eq(n, 4000);
	ck_assert_uint_eq(sum, 4000ull * 3999 / 2);
}
END_TEST

START_TEST(one_talkative_association_does_not_starve_another)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	gsctp_sock other = loop_open(NULL, 0);
	gsctp_assoc_id to_server, at_server;
	struct gsctp_msg *m;
	int before = 0, n;

	to_server = loop_connect(other, p.server);
	at_server = loop_recv_state(p.server, GSCTP_COMM_UP);
	n = traffic_stuff(p.client, p.at_client, 1000);
	traffic_send(other, to_server, 0, "me too");
	traffic_arrived(other, to_server);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	while (m->assoc_id != at_server) {
		before++;
		gsctp_msg_free(m);
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	}
	gsctp_msg_free(m);
	ck_assert_int_lt(before, 5);
	ck_assert_int_gt(n, 50);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_timeout_of_0_polls);
	tcase_add_test(tc, a_timeout_waits_as_long_as_it_says);
	tcase_add_test(tc, nonsense_is_refused);
	tcase_add_test(tc, close_ends_a_recv_that_waits);
	tcase_add_test(tc, a_message_outlives_its_socket);
	tcase_add_test(tc, without_data_io_a_message_has_no_info);
	tcase_add_test(tc, a_message_of_any_size_arrives_whole);
	tcase_add_test(tc, ten_megabytes_arrive_as_one_message);
	tcase_add_test(tc, ten_megabytes_arrive_through_a_large_window);
	tcase_add_test(tc, a_message_larger_than_the_window_arrives_whole);
	tcase_add_test(tc,
	    a_recv_that_times_out_within_a_message_loses_nothing);
	tcase_add_test(tc, past_the_buffer_bound_a_message_comes_in_pieces);
	tcase_add_test(tc, up_to_the_buffer_bound_a_message_is_whole);
	tcase_add_test(tc, pieces_of_two_associations_may_mix_and_stay_apart);
	tcase_add_test(tc, when_nobody_reads_the_peer_must_wait);
	tcase_add_test(tc, a_window_that_stays_closed_is_probed_for_ever);
	tcase_add_test(tc,
	    unread_messages_take_no_more_memory_than_the_buffers);
	tcase_add_test(tc, a_reader_that_is_slow_loses_nothing);
	tcase_add_test(tc, each_stream_keeps_its_order);
	tcase_add_test(tc, twenty_thousand_small_messages_arrive_in_order);
	tcase_add_test(tc, both_directions_carry_messages_at_once);
	tcase_add_test(tc, each_message_goes_to_one_of_several_receivers);
	tcase_add_test(tc, one_talkative_association_does_not_starve_another);
}

int
main(void)
{
	return traffic_run("recv", add);
}
