/* test_tap: captures to files that are full, slow or not there, and the
 * headers that packets get. */

#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gsctp/gsctp.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/check_main.h"
#include "../support/pcapng_read.h"
#include "../support/tmp.h"
#include "clock.h"
#include "log.h"
#include "tap_impl.h"

/* Longer than anything takes that works. */
#define WAIT_MS 20000
#define TIMEOUT_S 60

static char dir[TMP_PATH], path[TMP_PATH_IN];
static struct gs_tap tap;
static uint8_t bytes[65535];
static atomic_int nlines; /* of the log, at level error */
static char last_line[GS_LOG_LINE];

/* The linker's --wrap has the library call these.  An address that the system
 * tells of is read by gs_addr_from(). */
static atomic_uint ntold;
static atomic_uint_fast64_t later_ms;

int __real_gs_addr_from(union gs_addr *out, const struct sockaddr *sa,
    socklen_t len);
int __wrap_gs_addr_from(union gs_addr *out, const struct sockaddr *sa,
    socklen_t len);
uint64_t __real_gs_now_ms(void);
uint64_t __wrap_gs_now_ms(void);

int
__wrap_gs_addr_from(union gs_addr *out, const struct sockaddr *sa,
    socklen_t len)
{
	atomic_fetch_add(&ntold, 1);
	return __real_gs_addr_from(out, sa, len);
}

uint64_t
__wrap_gs_now_ms(void)
{
	return __real_gs_now_ms() + atomic_load(&later_ms);
}

static void
sink(void *arg, int level, const char *line)
{
	(void)arg;
	if (level != GSCTP_LOG_ERROR)
		return;
	snprintf(last_line, sizeof(last_line), "%s", line);
	atomic_fetch_add(&nlines, 1);
}

static void
setup(void)
{
	size_t i;

	tmp_dir(dir, "test_tap");
	snprintf(path, sizeof(path), "%s/file", dir);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	atomic_store(&nlines, 0);
	gs_log_set(sink, NULL, GSCTP_LOG_ERROR);
	gs_tap_init(&tap);
}

static void
teardown(void)
{
	gs_tap_fini(&tap);
	gs_log_set(NULL, NULL, 0);
	(void)unlink(path); /* there may be none */
	ck_assert_int_eq(rmdir(dir), 0);
}

static union gs_addr
addr(const char *text, uint16_t port)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	gs_addr_set_port(&a, port);
	return a;
}

static struct gs_tap_packet
packet(const char *src, const char *dst, size_t len)
{
	struct gs_tap_packet pkt = {
		.src = addr(src, 1000),
		.dst = addr(dst, 2000),
		.is_out = true,
		.has_udp = true,
		.data = bytes,
		.len = len,
	};

	return pkt;
}

static void
put(const struct gs_tap_packet *pkt)
{
	uint64_t now_ns;

	if (!gs_tap_begin(&tap, &now_ns))
		return;
	gs_tap_put_locked(&tap, pkt, now_ns);
	gs_tap_end(&tap);
}

static void
put_n(int n, size_t len)
{
	struct gs_tap_packet pkt = packet("127.0.0.1", "127.0.0.2", len);

	while (n-- > 0)
		put(&pkt);
}

static bool
is_on(void)
{
	uint64_t now_ns;

	if (!gs_tap_begin(&tap, &now_ns))
		return false;
	gs_tap_end(&tap);
	return true;
}

/* The capture ends by itself. */
static void
await_off(void)
{
	uint64_t until = gs_now_ms() + WAIT_MS;

	while (is_on()) {
		ck_assert_uint_lt(gs_now_ms(), until);
		usleep(1000);
	}
}

/*
 * Headers
 */

static uint32_t
add_words(uint32_t sum, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 == 0 ? (uint32_t)p[i] << 8 : p[i];
	return sum;
}

/* RFC 1071: with the checksum in it the sum is all ones. */
static void
is_good_sum(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	ck_assert_uint_eq(sum, 0xffff);
}

static uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

START_TEST(ipv4_and_udp_headers_have_good_lengths_and_checksums)
{
	static const size_t lens[] = { 1, 2, 12, 13, 1452, 65507 };
	struct gs_tap_packet pkt;
	uint8_t head[GS_TAP_HEAD_MAX];
	uint32_t sum;
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		pkt = packet("192.0.2.1", "198.51.100.7", lens[i]);
		pkt.tos = 0xb9;
		pkt.ttl = 17;
		ck_assert_uint_eq(gs_tap_head(head, &pkt), 28);
		ck_assert_uint_eq(head[0], 0x45);
		ck_assert_uint_eq(head[1], 0xb9);
		ck_assert_uint_eq(be16(head + 2), 28 + lens[i]);
		ck_assert_uint_eq(head[8], 17);
		ck_assert_uint_eq(head[9], 17);
		ck_assert_mem_eq(head + 12, "\xc0\0\2\1", 4);
		ck_assert_mem_eq(head + 16, "\xc6\x33\x64\7", 4);
		is_good_sum(add_words(0, head, 20));
		ck_assert_uint_eq(be16(head + 20), 1000);
		ck_assert_uint_eq(be16(head + 22), 2000);
		ck_assert_uint_eq(be16(head + 24), 8 + lens[i]);
		sum = 17 + be16(head + 24);
		sum = add_words(sum, head + 12, 16); /* addresses, UDP */
		is_good_sum(add_words(sum, bytes, lens[i]));
	}
}
END_TEST

START_TEST(ipv6_and_udp_headers_have_good_lengths_and_checksums)
{
	static const size_t lens[] = { 1, 2, 12, 13, 1452, 65527 };
	struct gs_tap_packet pkt;
	uint8_t head[GS_TAP_HEAD_MAX];
	uint32_t sum;
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		pkt = packet("2001:db8::1", "2001:db8::2", lens[i]);
		pkt.tos = 0xb9;
		pkt.ttl = 17;
		ck_assert_uint_eq(gs_tap_head(head, &pkt), 48);
		ck_assert_mem_eq(head, "\x6b\x90\0\0", 4);
		ck_assert_uint_eq(be16(head + 4), 8 + lens[i]);
		ck_assert_uint_eq(head[6], 17);
		ck_assert_uint_eq(head[7], 17);
		ck_assert_mem_eq(head + 8, &pkt.src.v6.sin6_addr, 16);
		ck_assert_mem_eq(head + 24, &pkt.dst.v6.sin6_addr, 16);
		ck_assert_uint_eq(be16(head + 44), 8 + lens[i]);
		sum = 17 + be16(head + 44);
		sum = add_words(sum, head + 8, 40); /* addresses, UDP */
		is_good_sum(add_words(sum, bytes, lens[i]));
	}
}
END_TEST

/* 0 would say that there is none (RFC 768). */
START_TEST(udp_checksum_is_never_0)
{
	struct gs_tap_packet pkt = packet("0.0.0.0", "0.0.0.0", 2);
	static uint8_t two[2];
	uint8_t head[GS_TAP_HEAD_MAX];
	uint16_t rest;

	gs_addr_set_port(&pkt.src, 0);
	gs_addr_set_port(&pkt.dst, 0);
	rest = (uint16_t) ~(17 + 10 + 10);
	two[0] = (uint8_t)(rest >> 8);
	two[1] = (uint8_t)rest;
	pkt.data = two;
	ck_assert_uint_eq(gs_tap_head(head, &pkt), 28);
	ck_assert_uint_eq(be16(head + 26), 0xffff);
}
END_TEST

START_TEST(over_raw_ip_there_is_no_udp_and_the_ttl_is_a_guess)
{
	struct gs_tap_packet pkt = packet("192.0.2.1", "192.0.2.2", 100);
	uint8_t head[GS_TAP_HEAD_MAX];

	pkt.has_udp = false;
	ck_assert_uint_eq(gs_tap_head(head, &pkt), 20);
	ck_assert_uint_eq(be16(head + 2), 120);
	ck_assert_uint_eq(head[8], 64);
	ck_assert_uint_eq(head[9], 132);
	is_good_sum(add_words(0, head, 20));

	pkt = packet("2001:db8::1", "2001:db8::2", 100);
	pkt.has_udp = false;
	ck_assert_uint_eq(gs_tap_head(head, &pkt), 40);
	ck_assert_uint_eq(be16(head + 4), 100);
	ck_assert_uint_eq(head[6], 132);

	pkt.has_header = true;
	ck_assert_uint_eq(gs_tap_head(head, &pkt), 0);
}
END_TEST

/*
 * Files
 */

START_TEST(capture_is_what_was_put_in_order_with_time_and_direction)
{
	struct gs_tap_packet pkt = packet("127.0.0.1", "127.0.0.2", 1);
	struct timespec before, after;
	struct pcapng_read r;
	struct stat st;
	uint64_t last = 0;
	size_t i;

	clock_gettime(CLOCK_REALTIME, &before);
	ck_assert(!is_on());
	ck_assert_int_eq(gs_tap_start(&tap, path, "what it is about"), 0);
	ck_assert(is_on());
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	for (i = 0; i < 1000; i++) {
		pkt.len = i + 1;
		pkt.is_out = i % 3 == 0;
		put(&pkt);
	}
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
	clock_gettime(CLOCK_REALTIME, &after);
	ck_assert(!is_on());

	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.cut, 0);
	ck_assert_ptr_nonnull(strstr(r.comment, "what it is about"));
	ck_assert_uint_eq(r.nrecords, 1000);
	ck_assert_uint_eq(r.nstatistics, 1);
	ck_assert_uint_eq(r.received, 1000);
	ck_assert_uint_eq(r.dropped, 0);
	ck_assert_str_eq(r.names[0], "lo");
	for (i = 0; i < 1000; i++) {
		ck_assert_uint_eq(r.records[i].len, 28 + i + 1);
		ck_assert_mem_eq(r.records[i].data + 28, bytes, i + 1);
		ck_assert_int_eq(r.records[i].is_out, i % 3 == 0);
		ck_assert_uint_ge(r.records[i].time_ns / 1000000000,
		    (uint64_t)before.tv_sec);
		ck_assert_uint_le(r.records[i].time_ns / 1000000000,
		    (uint64_t)after.tv_sec);
		ck_assert_uint_ge(r.records[i].time_ns, last);
		last = r.records[i].time_ns;
	}
	pcapng_free(&r);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
	ck_assert_int_eq(atomic_load(&nlines), 0);
}
END_TEST

START_TEST(packets_of_an_address_that_nobody_has_have_an_interface_too)
{
	struct gs_tap_packet known = packet("127.0.0.9", "192.0.2.1", 10);
	struct gs_tap_packet unknown = packet("203.0.113.99", "127.0.0.1", 10);
	struct pcapng_read r;

	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put(&known);
	put(&unknown);
	put(&known);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.nifaces, 2);
	ck_assert_str_eq(r.names[0], "lo");
	ck_assert_str_eq(r.names[1], "");
	ck_assert_uint_eq(r.nrecords, 3);
	ck_assert_uint_eq(r.records[0].interface, 0);
	ck_assert_uint_eq(r.records[1].interface, 1);
	ck_assert_uint_eq(r.records[2].interface, 0);
	ck_assert_uint_eq(r.nstatistics, 2);
	pcapng_free(&r);
}
END_TEST

START_TEST(what_was_in_the_file_is_replaced)
{
	struct pcapng_read r;

	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put_n(100, 1000);
	/* The same file, anew. */
	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put_n(3, 10);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.nrecords, 3);
	pcapng_free(&r);
}
END_TEST

START_TEST(second_capture_to_a_file_is_refused_and_harms_nothing)
{
	struct gs_tap other;
	struct pcapng_read r;

	gs_tap_init(&other);
	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put_n(1, 10);
	ck_assert_int_eq(gs_tap_start(&other, path, ""), -EBUSY);
	gs_log_flush();
	ck_assert_int_eq(atomic_load(&nlines), 1);
	put_n(1, 10);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.nrecords, 2);
	pcapng_free(&r);
	ck_assert_int_eq(gs_tap_start(&other, path, ""), 0);
	gs_tap_fini(&other);
}
END_TEST

START_TEST(file_that_cannot_be_opened_leaves_what_runs)
{
	struct pcapng_read r;

	ck_assert_int_eq(gs_tap_start(&tap, "/nowhere/at/all", ""), -ENOENT);
	ck_assert_int_eq(gs_tap_start(&tap, dir, ""), -EISDIR);
	ck_assert(!is_on());
	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put_n(1, 10);
	ck_assert_int_eq(gs_tap_start(&tap, "/nowhere/at/all", ""), -ENOENT);
	put_n(1, 10);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
	r = pcapng_read(path);
	ck_assert_uint_eq(r.nrecords, 2);
	pcapng_free(&r);
	gs_log_flush();
	ck_assert_int_eq(atomic_load(&nlines), 3);
	ck_assert_ptr_nonnull(strstr(last_line, "/nowhere/at/all"));
}
END_TEST

START_TEST(what_was_put_is_in_the_file_soon)
{
	uint64_t until = gs_now_ms() + WAIT_MS;
	struct pcapng_read r;
	size_t n;

	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put_n(5, 100);
	do {
		usleep(5000);
		r = pcapng_read(path);
		n = r.nrecords;
		ck_assert_ptr_null(r.error);
		pcapng_free(&r);
		ck_assert_uint_lt(gs_now_ms(), until);
	} while (n < 5);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
}
END_TEST

/*
 * Files that are full
 */

START_TEST(device_that_is_full_ends_the_capture_with_one_line)
{
	ck_assert_int_eq(gs_tap_start(&tap, "/dev/full", ""), 0);
	put_n(10, 100);
	await_off();
	put_n(10, 100);
	ck_assert_int_eq(gs_tap_stop(&tap), -ENOSPC);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
	ck_assert_int_eq(atomic_load(&nlines), 1);
	ck_assert_ptr_nonnull(strstr(last_line, "/dev/full"));
	/* And another one may begin. */
	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
}
END_TEST

START_TEST(file_that_may_not_grow_is_cut_after_its_last_block)
{
	struct rlimit old, lim;
	struct pcapng_read r;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	lim = old;
	lim.rlim_cur = 100001;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &lim), 0);
	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put_n(200, 1000);
	await_off();
	ck_assert_int_eq(gs_tap_stop(&tap), -EFBIG);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	ck_assert_int_eq(atomic_load(&nlines), 1);

	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.cut, 0);
	/* As many as there was room for: one more would not have fitted. */
	ck_assert_uint_gt(r.nrecords, 0);
	ck_assert_uint_le(r.len, 100001);
	ck_assert_uint_gt(r.len + r.len / r.nrecords, 100001);
	pcapng_free(&r);
}
END_TEST

/*
 * FIFOs
 */

static int
open_fifo(void)
{
	int fd;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(fifo_that_nobody_reads_is_refused_at_once)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(gs_tap_start(&tap, path, ""), -ENXIO);
	gs_log_flush();
	ck_assert_int_eq(atomic_load(&nlines), 1);
}
END_TEST

START_TEST(fifo_whose_reader_goes_ends_the_capture)
{
	int fd = open_fifo();

	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put_n(1, 100);
	ck_assert_int_eq(close(fd), 0);
	put_n(100, 1000);
	await_off();
	ck_assert_int_eq(gs_tap_stop(&tap), -EPIPE);
	ck_assert_int_eq(atomic_load(&nlines), 1);
}
END_TEST

START_TEST(fifo_whose_reader_sleeps_holds_up_nobody_for_long)
{
	int fd = open_fifo();

	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put_n(2000, 1000);
	ck_assert_int_eq(gs_tap_stop(&tap), -ETIMEDOUT);
	ck_assert_int_eq(atomic_load(&nlines), 1);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

/* What is there to read; false at its end. */
static bool
read_some(int fd, struct pcapng_read *r)
{
	static const size_t step = 65536;
	ssize_t n;

	do {
		r->bytes = realloc(r->bytes, r->len + step);
		n = read(fd, r->bytes + r->len, step);
		r->len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	return n < 0;
}

/* Has a packet of this length been read? */
static bool
has_read(const struct pcapng_read *so_far, size_t len)
{
	struct pcapng_read r = *so_far;
	bool has = false;
	size_t i;

	pcapng_parse(&r);
	for (i = 0; i < r.nrecords; i++)
		has |= r.records[i].len == len;
	free(r.records);
	return has;
}

static void *
stop(void *arg)
{
	*(int *)arg = gs_tap_stop(&tap);
	return NULL;
}

START_TEST(what_a_slow_reader_makes_us_lose_is_counted)
{
	uint64_t until, lost = 0;
	size_t i, n = 3 * GS_TAP_BUFFER / 60000;
	struct pcapng_read r;
	int fd = open_fifo();
	pthread_t thread;
	int err = 1;

	memset(&r, 0, sizeof(r));
	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	/* More than the buffer and the pipe can have. */
	put_n((int)n, 60000);
	/* When one of these is read all before it was, and there is room. */
	until = gs_now_ms() + WAIT_MS;
	while (!has_read(&r, 28 + 10)) {
		put_n(1, 10);
		n++;
		usleep(1000);
		ck_assert(read_some(fd, &r));
		ck_assert_uint_lt(gs_now_ms(), until);
	}
	put_n(1, 11);
	n++;
	ck_assert_int_eq(pthread_create(&thread, NULL, stop, &err), 0);
	while (read_some(fd, &r))
		usleep(1000);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(err, 0);
	ck_assert_int_eq(close(fd), 0);

	pcapng_parse(&r);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.cut, 0);
	ck_assert_uint_eq(r.records[r.nrecords - 1].len, 28 + 11);
	for (i = 0; i < r.nrecords; i++)
		lost += r.records[i].lost;
	ck_assert_uint_gt(lost, 0);
	ck_assert_uint_eq(lost, n - r.nrecords);
	ck_assert_uint_eq(r.nstatistics, 1);
	ck_assert_uint_eq(r.dropped, lost);
	ck_assert_uint_eq(r.received, n);
	pcapng_free(&r);
}
END_TEST

/*
 * Threads and processes
 */

static void *
put_many(void *arg)
{
	int i;

	for (i = 0; i < 2000; i++)
		put_n(1, *(size_t *)arg);
	return NULL;
}

START_TEST(no_packet_is_lost_between_one_file_and_the_next)
{
	static size_t lens[2] = { 100, 200 };
	char paths[8][TMP_PATH_IN];
	struct pcapng_read r;
	size_t total = 0;
	pthread_t t[2];
	int i;

	for (i = 0; i < 8; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/%d", dir, i);
	ck_assert_int_eq(gs_tap_start(&tap, paths[0], ""), 0);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, put_many,
				     &lens[i]),
		    0);
	for (i = 1; i < 8; i++)
		ck_assert_int_eq(gs_tap_start(&tap, paths[i], ""), 0);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_join(t[i], NULL), 0);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
	for (i = 0; i < 8; i++) {
		r = pcapng_read(paths[i]);
		ck_assert_ptr_null(r.error);
		ck_assert_uint_eq(r.cut, 0);
		ck_assert_uint_eq(r.received, r.nrecords);
		total += r.nrecords;
		pcapng_free(&r);
		ck_assert_int_eq(unlink(paths[i]), 0);
	}
	ck_assert_uint_eq(total, 4000);
}
END_TEST

START_TEST(child_of_a_fork_lets_go_of_the_file)
{
	struct gs_tap other;
	struct pcapng_read r;
	int ready[2], status;
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_eq(gs_tap_start(&tap, path, ""), 0);
	put_n(1, 100);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(TIMEOUT_S);
		gs_tap_in_child(&tap);
		(void)close(ready[0]);
		status = write(ready[1], "x", 1) == 1 ? 0 : 1;
		pause();
		_exit(status);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ck_assert_int_eq(gs_tap_stop(&tap), 0);
	/* The child, which lives, does not hold its lock. */
	gs_tap_init(&other);
	ck_assert_int_eq(gs_tap_start(&other, path, ""), 0);
	gs_tap_fini(&other);
	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	pcapng_free(&r);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	(void)close(ready[0]);
	(void)close(ready[1]);
}
END_TEST

/*
 * How often the system is asked
 */

static void
find_often(struct gs_tap_names *names, const char *text, const char *expect)
{
	union gs_addr a = addr(text, 5001);
	int i;

	for (i = 0; i < 1000; i++)
		ck_assert_str_eq(gs_tap_names_find(names, &a), expect);
}

START_TEST(an_unknown_address_is_asked_for_once_a_second)
{
	struct gs_tap_names *names;
	unsigned int each;

	atomic_store(&ntold, 0);
	ck_assert_int_eq(gs_tap_names_new(&names), 0);
	each = atomic_load(&ntold);
	ck_assert_uint_gt(each, 0);
	/* Far from any second that ends meanwhile. */
	atomic_fetch_add(&later_ms, 1000000);
	find_often(names, "127.0.0.1", "lo");
	find_often(names, "224.0.0.1", "");
	find_often(names, "255.255.255.255", "");
	find_often(names, "0.0.0.0", "");
	find_often(names, "ff02::1", "");
	find_often(names, "::", "");
	ck_assert_uint_eq(atomic_load(&ntold), each);
	/* As often as seconds pass meanwhile, not with each packet. */
	find_often(names, "192.0.2.255", "");
	ck_assert_uint_gt(atomic_load(&ntold), each);
	ck_assert_uint_lt(atomic_load(&ntold), 100 * each);
	gs_tap_names_free(names);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("tap");
	TCase *tc = tcase_create("tap");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, TIMEOUT_S);
	tcase_add_test(tc,
	    ipv4_and_udp_headers_have_good_lengths_and_checksums);
	tcase_add_test(tc,
	    ipv6_and_udp_headers_have_good_lengths_and_checksums);
	tcase_add_test(tc, udp_checksum_is_never_0);
	tcase_add_test(tc, over_raw_ip_there_is_no_udp_and_the_ttl_is_a_guess);
	tcase_add_test(tc,
	    capture_is_what_was_put_in_order_with_time_and_direction);
	tcase_add_test(tc,
	    packets_of_an_address_that_nobody_has_have_an_interface_too);
	tcase_add_test(tc, what_was_in_the_file_is_replaced);
	tcase_add_test(tc,
	    second_capture_to_a_file_is_refused_and_harms_nothing);
	tcase_add_test(tc, file_that_cannot_be_opened_leaves_what_runs);
	tcase_add_test(tc, what_was_put_is_in_the_file_soon);
	tcase_add_test(tc, device_that_is_full_ends_the_capture_with_one_line);
	tcase_add_test(tc, file_that_may_not_grow_is_cut_after_its_last_block);
	tcase_add_test(tc, fifo_that_nobody_reads_is_refused_at_once);
	tcase_add_test(tc, fifo_whose_reader_goes_ends_the_capture);
	tcase_add_test(tc, fifo_whose_reader_sleeps_holds_up_nobody_for_long);
	tcase_add_test(tc, what_a_slow_reader_makes_us_lose_is_counted);
	tcase_add_test(tc, an_unknown_address_is_asked_for_once_a_second);
	tcase_add_test(tc, no_packet_is_lost_between_one_file_and_the_next);
	tcase_add_test(tc, child_of_a_fork_lets_go_of_the_file);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
