/*
 * test_slow_reader: a sender that is faster than its reader by far.
 *
 * A second process sends as fast as it may.  The reader, passive, takes one
 * message a second for ten seconds, and then all.  Nothing may be lost, and
 * neither process may hold more than its buffers.
 */

#include "check_main.h"
#include "side.h"
#include "stream.h"

#define LEN 32768
#define SLOW_SECONDS 10

/* 1 GB, or what GSCTP_TEST_BYTES says. */
#define BYTES (1000000000ull / (SIDE_SLOW > 1 ? 25 : 1))

/* What a process may take beyond what it had before; a sanitizer keeps what
 * was freed, and has no such bound. */
#define BOUND_KB (SIDE_SLOW > 1 ? 1000000 : 16384)

static uint64_t
messages(void)
{
	const char *s = getenv("GSCTP_TEST_BYTES");
	uint64_t bytes = s != NULL ? strtoull(s, NULL, 10) : BYTES;

	return bytes / LEN + SLOW_SECONDS + 1;
}

/* Bytes that no other message has: the pattern begins somewhere else. */
static uint8_t pattern[2 * LEN];

static const uint8_t *
block_of(uint64_t n)
{
	return pattern + n * 4099 % LEN;
}

static int
second_process(void)
{
	struct gsctp_stack_config cfg;
	const struct sockaddr_storage any = side_addr("127.0.0.1", 0);
	struct gsctp_opt opts[] = {
		GSCTP_IP(any),
		GSCTP_TYPE(GSCTP_STREAM),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0),
	};
	struct sockaddr_storage to;
	uint16_t udp_port, port;
	uint64_t i, n = messages();
	gsctp_sock s;

	alarm(280);
	traffic_fill(pattern, sizeof(pattern), 7);
	loop_config(&cfg);
	side_must(gsctp_stack_start(&cfg) == 0);
	side_must(side_read(0, &udp_port) && side_read(0, &port));
	opts[2].u.udp_encaps.port = udp_port;
	to = side_addr("127.0.0.1", port);
	side_must(gsctp_open(0, opts, 3, &s) == 0);
	side_must(gsctp_connect(s, traffic_sa(&to), sizeof(to), NULL, 0,
	    LOOP_MS, NULL) == 0);
	for (i = 0; i < n; i++)
		side_must(gsctp_send(s, 0, 0, block_of(i), LEN) == 0);
	/* The other side looks at what this process takes, and says so. */
	side_must(side_read(0, &port));
	side_must(gsctp_close(s) == 0);
	side_must(gsctp_stack_stop(LOOP_MS) == 0);
	return 0;
}

/* A line of /proc/PID/status, kB. */
static long
memory_kb(pid_t pid, const char *what)
{
	char path[64], line[256];
	long kb = -1;
	size_t len = strlen(what);
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (kb < 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, what, len) == 0 && line[len] == ':')
			kb = strtol(line + len + 1, NULL, 10);
	fclose(f);
	ck_assert_int_ge(kb, 0);
	return kb;
}

static void
read_one(gsctp_sock s, uint64_t n)
{
	struct gsctp_msg *m = loop_recv_type(s, GSCTP_MSG_DATA);

	ck_assert(m->u.data.complete);
	ck_assert_uint_eq(m->u.data.len, LEN);
	/* All of it is printed where ck_assert_mem_eq() fails. */
	ck_assert_msg(memcmp(m->u.data.data, block_of(n), LEN) == 0,
	    "message %llu is not itself", (unsigned long long)n);
	gsctp_msg_free(m);
}

/* What both have taken beyond what they had before. */
static void
memory_is_bounded(pid_t pid, long mine, long others)
{
	mine = memory_kb(getpid(), "VmHWM") - mine;
	others = memory_kb(pid, "VmHWM") - others;
	printf("memory: reader %ld kB, sender %ld kB, bound %d kB\n", mine,
	    others, BOUND_KB);
	ck_assert_int_le(mine, BOUND_KB);
	ck_assert_int_le(others, BOUND_KB);
}

START_TEST(a_slow_reader_bounds_the_memory_of_both_and_loses_nothing)
{
	gsctp_sock listener = stream_listen(1, NULL, 0), s;
	uint64_t i, start, n = messages();
	struct side_process other;
	long mine, others;
	struct gsctp_msg *m;

	traffic_fill(pattern, sizeof(pattern), 7);
	side_spawn(&other, "sender");
	ck_assert(side_write(other.to, loop_udp_port()));
	ck_assert(side_write(other.to, (uint16_t)gsctp_port(listener)));
	s = stream_accept(listener);
	mine = memory_kb(getpid(), "VmRSS");
	others = memory_kb(other.pid, "VmRSS");
	for (i = 0; i < SLOW_SECONDS; i++) {
		read_one(s, i);
		/* It says nothing, and is there. */
		ck_assert_int_eq(loop_poll(other.from, POLLIN, 1000), 0);
	}
	memory_is_bounded(other.pid, mine, others);
	start = loop_now_ms();
	for (; i < n; i++)
		read_one(s, i);
	printf("%llu bytes in %llu ms after %d s\n",
	    (unsigned long long)(n * LEN),
	    (unsigned long long)(loop_now_ms() - start), SLOW_SECONDS);
	memory_is_bounded(other.pid, mine, others);
	ck_assert(side_write(other.to, 0));
	do {
		m = stream_next(s);
		ck_assert_uint_ne(m->type, GSCTP_MSG_DATA);
		i = m->type;
		gsctp_msg_free(m);
	} while (i != GSCTP_MSG_CLOSED);
	ck_assert_int_eq(side_end(&other), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("slow_reader");
	TCase *tc = tcase_create("slow_reader");

	tcase_set_timeout(tc, 280);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_test(tc,
	    a_slow_reader_bounds_the_memory_of_both_and_loses_nothing);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	(void)argv;
	return argc > 1 ? second_process() : gs_test_main(suite());
}
