/* Captures: at the start and at run time, and what ends them. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "check_main.h"
#include "pcapng_read.h"
#include "side.h"
#include "tmp.h"
#include "traffic.h"

static char dir[TMP_PATH], path[TMP_PATH_IN], path2[TMP_PATH_IN];
static atomic_int nlines; /* of the log that tell of a capture's trouble */

static void
sink(void *arg, int level, const char *line)
{
	loop_log(arg, level, line);
	if (level <= GSCTP_LOG_WARN && strstr(line, "capture") != NULL)
		atomic_fetch_add(&nlines, 1);
}

static int
start(const char *capture)
{
	struct gsctp_stack_config cfg;

	loop_engine_left = 0;
	loop_config(&cfg);
	cfg.log = sink;
	cfg.capture = capture;
	return gsctp_stack_start(&cfg);
}

/* The stack runs, and captures nothing. */
static void
setup(void)
{
	tmp_dir(dir, "test_capture");
	snprintf(path, sizeof(path), "%s/1", dir);
	snprintf(path2, sizeof(path2), "%s/2", dir);
	atomic_store(&nlines, 0);
	ck_assert_int_eq(start(NULL), 0);
}

static void
teardown(void)
{
	(void)gsctp_stack_stop(0); /* a test may have done it */
	ck_assert_msg(loop_engine_left == 0, "the engine has sockets left");
	(void)unlink(path);
	(void)unlink(path2);
	ck_assert_int_eq(rmdir(dir), 0);
}

/* The file, which must be well-formed, and whole. */
static struct pcapng_read
whole_file(const char *name)
{
	struct pcapng_read r = pcapng_read(name);

	ck_assert_msg(r.error == NULL, "%s: %s", name, r.error);
	ck_assert_uint_eq(r.cut, 0);
	ck_assert_uint_ge(r.nstatistics, 1);
	ck_assert_uint_eq(r.received, r.nrecords);
	return r;
}

static size_t
count(const struct pcapng_read *r, bool is_out)
{
	size_t i, n = 0;

	for (i = 0; i < r->nrecords; i++)
		n += r->records[i].is_out == is_out;
	return n;
}

/* The SCTP packet in an IPv4 or IPv6 packet with UDP. */
static const uint8_t *
sctp_of(const struct pcapng_record *rec, size_t *len)
{
	size_t head = rec->data[0] >> 4 == 4 ? 28 : 48;

	ck_assert_uint_ge(rec->len, head);
	*len = rec->len - head;
	return rec->data + head;
}

/* A stack that talks to itself has each packet out, and then in. */
static void
each_comes_after_it_was_sent(const struct pcapng_read *r)
{
	const struct pcapng_record *rec;
	size_t i, out = 0;

	ck_assert_uint_eq(count(r, true), count(r, false));
	for (i = 0; i < r->nrecords; i++) {
		rec = &r->records[i];
		ck_assert_str_eq(r->names[rec->interface], "lo");
		if (rec->is_out)
			continue;
		/* Of one direction of one path the order is kept. */
		while (out < i && !r->records[out].is_out)
			out++;
		ck_assert_uint_lt(out, i);
		ck_assert_uint_eq(rec->len, r->records[out].len);
		ck_assert_mem_eq(rec->data, r->records[out].data, rec->len);
		out++;
	}
}

static void
talk(const struct loop_pair *p)
{
	int i;

	for (i = 0; i < 20; i++)
		traffic_both_ways(p->client, p->at_client, p->server,
		    p->at_server);
}

/* All that was sent has come, and been acknowledged. */
static void
settle(const struct loop_pair *p)
{
	traffic_arrived(p->client, p->at_client);
	traffic_arrived(p->server, p->at_server);
}

START_TEST(configured_capture_has_every_packet_both_ways)
{
	struct gsctp_stack_info info;
	struct pcapng_read r;
	struct loop_pair p;
	struct stat st;
	char said[64];

	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(start(path), 0);
	p = loop_pair(NULL, 0);
	talk(&p);
	settle(&p);
	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	r = whole_file(path);
	snprintf(said, sizeof(said), "gsctp %s", gsctp_version());
	ck_assert_str_eq(r.writer, said);
	snprintf(said, sizeof(said), "udp.port==%u,sctp", info.udp_port);
	ck_assert_ptr_nonnull(strstr(r.comment, said));
	ck_assert_uint_ge(count(&r, true), info.out_packets);
	ck_assert_uint_ge(count(&r, false), info.in_packets);
	/* The INIT, by its chunk type, and what the stop sends. */
	ck_assert_uint_eq(r.records[0].data[28 + 12], 1);
	ck_assert_uint_eq(r.records[r.nrecords - 1].data[28 + 12], 6);
	pcapng_free(&r);
}
END_TEST

START_TEST(environment_names_the_file)
{
	struct pcapng_read r;

	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(setenv("GSCTP_PCAP", path2, 1), 0);
	ck_assert_int_eq(start(NULL), 0);
	(void)loop_pair(NULL, 0);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	/* What the program says itself comes first. */
	ck_assert_int_eq(start(path), 0);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(unsetenv("GSCTP_PCAP"), 0);
	r = whole_file(path2);
	ck_assert_uint_gt(r.nrecords, 8);
	pcapng_free(&r);
	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.nrecords, 0);
	pcapng_free(&r);
}
END_TEST

START_TEST(start_fails_where_the_file_cannot_be_written)
{
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(start("/nowhere/at/all"), -ENOENT);
	ck_assert_int_eq(start(dir), -EISDIR);
	ck_assert_int_eq(atomic_load(&nlines), 2);
	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	ck_assert(!info.is_running);
}
END_TEST

START_TEST(capture_begins_and_ends_at_run_time)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct pcapng_read r;
	size_t len;

	ck_assert_int_eq(gsctp_stack_capture(path), 0);
	talk(&p);
	settle(&p);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
	r = whole_file(path);
	ck_assert_uint_ge(r.nrecords, 80);
	each_comes_after_it_was_sent(&r);
	len = r.len;
	pcapng_free(&r);

	/* It is over. */
	talk(&p);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
	r = whole_file(path);
	ck_assert_uint_eq(r.len, len);
	pcapng_free(&r);
	ck_assert_int_eq(atomic_load(&nlines), 0);
}
END_TEST

START_TEST(capture_that_replaces_another_misses_no_packet)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_stack_info before, after;
	struct pcapng_read r, r2;

	settle(&p);
	ck_assert_int_eq(gsctp_stack_capture(path), 0);
	ck_assert_int_eq(gsctp_stack_info(&before), 0);
	talk(&p);
	ck_assert_int_eq(gsctp_stack_capture(path2), 0);
	r = whole_file(path);
	talk(&p);
	settle(&p);
	ck_assert_int_eq(gsctp_stack_info(&after), 0);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
	r2 = whole_file(path2);
	ck_assert_uint_ge(r.nrecords, 40);
	ck_assert_uint_ge(r2.nrecords, 40);
	/* Heartbeats may have passed at either end of it. */
	ck_assert_uint_ge(count(&r, true) + count(&r2, true),
	    after.out_packets - before.out_packets);
	ck_assert_uint_ge(count(&r, false) + count(&r2, false),
	    after.in_packets - before.in_packets);
	pcapng_free(&r);
	pcapng_free(&r2);
}
END_TEST

START_TEST(capture_that_cannot_begin_changes_nothing)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct pcapng_read r;

	ck_assert_int_eq(gsctp_stack_capture(path), 0);
	talk(&p);
	ck_assert_int_eq(gsctp_stack_capture("/nowhere/at/all"), -ENOENT);
	ck_assert_int_eq(gsctp_stack_capture(""), -ENOENT);
	ck_assert_int_eq(mkfifo(path2, 0600), 0);
	ck_assert_int_eq(gsctp_stack_capture(path2), -ENXIO);
	ck_assert_int_eq(atomic_load(&nlines), 3);
	talk(&p);
	settle(&p);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
	r = whole_file(path);
	ck_assert_uint_ge(r.nrecords, 160);
	each_comes_after_it_was_sent(&r);
	pcapng_free(&r);
}
END_TEST

START_TEST(capture_without_a_stack_is_enotconn)
{
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(gsctp_stack_capture(path), -ENOTCONN);
	ck_assert_int_eq(gsctp_stack_capture(NULL), -ENOTCONN);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(full_disk_ends_the_capture_with_one_line_and_nothing_else)
{
	struct loop_pair p = loop_pair(NULL, 0);
	uint64_t until = loop_now_ms() + LOOP_MS;

	ck_assert_int_eq(gsctp_stack_capture("/dev/full"), 0);
	while (atomic_load(&nlines) == 0) {
		talk(&p);
		ck_assert_uint_lt(loop_now_ms(), until);
	}
	talk(&p);
	ck_assert_int_eq(gsctp_stack_capture(NULL), -ENOSPC);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
	talk(&p);
	ck_assert_int_eq(atomic_load(&nlines), 1);
	ck_assert_int_eq(gsctp_stack_stop(1000), 0);
}
END_TEST

/* From a socket that is no SCTP's to the stack. */
static void
send_bytes(const char *to, const void *bytes, size_t len)
{
	struct sockaddr_storage ss = loop_addr(to, loop_udp_port());
	int fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sendto(fd, bytes, len, 0, (struct sockaddr *)&ss,
			     ss.ss_family == AF_INET ?
				 sizeof(struct sockaddr_in) :
				 sizeof(struct sockaddr_in6)),
	    (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
}

/* The packets that came with these bytes, to one of these addresses. */
static size_t
count_bytes(const struct pcapng_read *r, const void *bytes, size_t len)
{
	const uint8_t *data;
	size_t i, n = 0, got;

	for (i = 0; i < r->nrecords; i++) {
		data = sctp_of(&r->records[i], &got);
		n += !r->records[i].is_out && got == len &&
		    (len == 0 || memcmp(data, bytes, len) == 0);
	}
	return n;
}

START_TEST(malformed_packets_are_captured_as_they_came)
{
	static const char *const to[] = { "127.0.0.1", "127.0.0.2", "::1" };
	static const char longer[] = "this is no SCTP, and rather long";
	size_t i, n = loop_has_ipv6() ? 3 : 2;
	uint64_t until = loop_now_ms() + LOOP_MS;
	struct gsctp_stack_info info;
	struct pcapng_read r;
	size_t got;

	ck_assert_int_eq(gsctp_stack_capture(path), 0);
	for (i = 0; i < n; i++) {
		send_bytes(to[i], "x", 1);
		send_bytes(to[i], longer, sizeof(longer));
	}
	do {
		usleep(1000);
		ck_assert_int_eq(gsctp_stack_info(&info), 0);
		got = info.in_bad_chunk + info.in_bad_checksum;
		ck_assert_uint_lt(loop_now_ms(), until);
	} while (got < 2 * n);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
	r = whole_file(path);
	ck_assert_uint_eq(r.nrecords, 2 * n);
	ck_assert_uint_eq(count_bytes(&r, "x", 1), n);
	ck_assert_uint_eq(count_bytes(&r, longer, sizeof(longer)), n);
	pcapng_free(&r);
}
END_TEST

/* The packets of one direction that have this text in them. */
static size_t
count_text(const struct pcapng_read *r, bool is_out, const char *text)
{
	size_t i, n = 0;

	for (i = 0; i < r->nrecords; i++)
		n += r->records[i].is_out == is_out &&
		    memmem(r->records[i].data, r->records[i].len, text,
			strlen(text)) != NULL;
	return n;
}

/* What faults double on its way out is on the wire twice; what they double
 * on its way in came once. */
START_TEST(capture_is_of_the_wire_and_not_of_faults)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct pcapng_read r;
	size_t n;

	ck_assert_int_eq(gsctp_stack_capture(path), 0);
	ck_assert_int_eq(gsctp_stack_set_faults("out.duplicate=100%"), 0);
	traffic_send(p.client, p.at_client, 0, "one that leaves");
	traffic_expect(p.server, p.at_server, "one that leaves");
	settle(&p);
	ck_assert_int_eq(gsctp_stack_set_faults("in.duplicate=100%"), 0);
	traffic_send(p.client, p.at_client, 0, "one that comes");
	traffic_expect(p.server, p.at_server, "one that comes");
	settle(&p);
	ck_assert_int_eq(gsctp_stack_set_faults(NULL), 0);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
	r = whole_file(path);
	/* It may have been sent again, where the machine is slow. */
	n = count_text(&r, true, "one that leaves");
	ck_assert_uint_ge(n, 2);
	ck_assert_uint_eq(n % 2, 0);
	ck_assert_uint_eq(count_text(&r, false, "one that leaves"), n);
	n = count_text(&r, true, "one that comes");
	ck_assert_uint_ge(n, 1);
	ck_assert_uint_eq(count_text(&r, false, "one that comes"), n);
	pcapng_free(&r);
}
END_TEST

START_TEST(packets_are_in_the_file_soon)
{
	uint64_t until = loop_now_ms() + LOOP_MS;
	struct loop_pair p = loop_pair(NULL, 0);
	struct pcapng_read r;
	size_t n;

	ck_assert_int_eq(gsctp_stack_capture(path), 0);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	do {
		usleep(5000);
		r = pcapng_read(path);
		ck_assert_ptr_null(r.error);
		n = r.nrecords;
		pcapng_free(&r);
		ck_assert_uint_lt(loop_now_ms(), until);
	} while (n < 4);
}
END_TEST

/*
 * Processes
 */

/* loop_pair() without Check. */
static struct loop_pair
side_loop(void)
{
	struct sockaddr_storage to = side_addr("127.0.0.1", 0);
	struct gsctp_opt opts[] = {
		GSCTP_IP(to),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0),
	};
	struct gsctp_stack_info info;
	struct gsctp_assoc_change up;
	struct loop_pair p;

	side_must(gsctp_stack_info(&info) == 0);
	opts[1].u.udp_encaps.port = info.udp_port;
	side_must(gsctp_open(0, opts, 2, &p.server) == 0);
	side_must(gsctp_open(0, opts, 2, &p.client) == 0);
	side_must(gsctp_listen(p.server, GSCTP_BACKLOG) == 0);
	to = side_addr("127.0.0.1", (uint16_t)gsctp_port(p.server));
	side_must(gsctp_connect(p.client, (struct sockaddr *)&to, sizeof(to),
		      NULL, 0, LOOP_MS, &up) == 0);
	p.at_client = up.assoc_id;
	return p;
}

/* And talk(), one way. */
static void
side_talk(const struct loop_pair *p)
{
	struct gsctp_msg *m;
	uint32_t type;
	int i;

	for (i = 0; i < 20; i++) {
		side_must(
		    gsctp_send(p->client, p->at_client, 0, "there", 5) == 0);
		do {
			side_must(gsctp_recv(p->server, LOOP_MS, &m) == 0);
			type = m->type;
			gsctp_msg_free(m);
		} while (type != GSCTP_MSG_DATA);
	}
}

/*
 * The second process: captures what it says to itself to the file that its
 * input names; until it is killed, or its input ends.  With a limit the file
 * may not grow further.
 */
static int
second_process(const char *how)
{
	struct rlimit lim;
	struct loop_pair p;
	char c;

	alarm(60);
	side_must(read(0, path, sizeof(path)) > 0);
	side_must(start(path) == 0);
	side_must(getrlimit(RLIMIT_FSIZE, &lim) == 0);
	lim.rlim_cur = 20001;
	if (strcmp(how, "limit") == 0)
		side_must(setrlimit(RLIMIT_FSIZE, &lim) == 0);
	p = side_loop();
	side_talk(&p);
	side_must(write(1, "x", 1) == 1);
	if (strcmp(how, "exit") == 0) {
		side_must(read(0, &c, 1) == 0);
		return 0; /* with all of it open */
	}
	while (atomic_load(&nlines) == 0)
		side_talk(&p);
	side_talk(&p);
	side_must(gsctp_stack_capture(NULL) == -EFBIG);
	side_must(gsctp_stack_stop(1000) == 0);
	side_must(atomic_load(&nlines) == 1);
	return 0;
}

/* It has begun. */
static void
spawn(struct side_process *other, const char *how)
{
	char c;

	side_spawn(other, how);
	ck_assert_int_eq(write(other->to, path, sizeof(path)), sizeof(path));
	ck_assert_int_eq(read(other->from, &c, 1), 1);
}

START_TEST(file_that_may_not_grow_ends_with_a_whole_packet)
{
	struct side_process other;
	struct pcapng_read r;

	spawn(&other, "limit");
	ck_assert_int_eq(side_end(&other), 0);
	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.cut, 0);
	ck_assert_uint_gt(r.len, 18000);
	ck_assert_uint_le(r.len, 20001);
	pcapng_free(&r);
}
END_TEST

START_TEST(process_that_is_killed_leaves_a_file_that_can_be_read)
{
	uint64_t until = loop_now_ms() + LOOP_MS;
	struct side_process other;
	struct pcapng_read r;
	size_t n;

	spawn(&other, "endless");
	do {
		usleep(5000);
		r = pcapng_read(path);
		ck_assert_ptr_null(r.error);
		n = r.nrecords;
		pcapng_free(&r);
		ck_assert_uint_lt(loop_now_ms(), until);
	} while (n < 100);
	ck_assert_int_eq(kill(other.pid, SIGKILL), 0);
	ck_assert_int_eq(side_end(&other), 128 + SIGKILL);
	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_ge(r.nrecords, n);
	pcapng_free(&r);
	/* Its lock is gone with it. */
	ck_assert_int_eq(gsctp_stack_capture(path), 0);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
}
END_TEST

START_TEST(exit_completes_the_file)
{
	struct side_process other;
	struct pcapng_read r;

	spawn(&other, "exit");
	ck_assert_int_eq(gsctp_stack_capture(path), -EBUSY);
	ck_assert_int_eq(side_end(&other), 0);
	r = whole_file(path);
	/* The last thing is what the exit tells the peer. */
	ck_assert_uint_ge(r.nrecords, 80);
	pcapng_free(&r);
}
END_TEST

START_TEST(child_of_a_fork_writes_nothing)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct pcapng_read r;
	pid_t pid;

	ck_assert_int_eq(gsctp_stack_capture(path), 0);
	talk(&p);
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(30);
		exit(gsctp_stack_capture(path2) == -ESTALE &&
			    gsctp_stack_capture(NULL) == -ESTALE ?
			0 :
			1);
	}
	ck_assert_int_eq(side_wait(pid), 0);
	talk(&p);
	settle(&p);
	ck_assert_int_eq(gsctp_stack_capture(NULL), 0);
	r = whole_file(path);
	each_comes_after_it_was_sent(&r);
	pcapng_free(&r);
	ck_assert_int_eq(access(path2, F_OK), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("capture");
	TCase *tc = tcase_create("capture");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, TRAFFIC_TIMEOUT_S);
	tcase_add_test(tc, configured_capture_has_every_packet_both_ways);
	tcase_add_test(tc, environment_names_the_file);
	tcase_add_test(tc, start_fails_where_the_file_cannot_be_written);
	tcase_add_test(tc, capture_begins_and_ends_at_run_time);
	tcase_add_test(tc, capture_that_replaces_another_misses_no_packet);
	tcase_add_test(tc, capture_that_cannot_begin_changes_nothing);
	tcase_add_test(tc, capture_without_a_stack_is_enotconn);
	tcase_add_test(tc,
	    full_disk_ends_the_capture_with_one_line_and_nothing_else);
	tcase_add_test(tc, file_that_may_not_grow_ends_with_a_whole_packet);
	tcase_add_test(tc, malformed_packets_are_captured_as_they_came);
	tcase_add_test(tc, capture_is_of_the_wire_and_not_of_faults);
	tcase_add_test(tc, packets_are_in_the_file_soon);
	tcase_add_test(tc,
	    process_that_is_killed_leaves_a_file_that_can_be_read);
	tcase_add_test(tc, exit_completes_the_file);
	tcase_add_test(tc, child_of_a_fork_writes_nothing);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	if (argc == 2)
		return second_process(argv[1]);
	return gs_test_main(suite());
}
