/* test_wire_out: which packets leave together, and what becomes of them where
 * the system does not take that. */

#include "wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../support/check_main.h"
#include "../support/pcapng_read.h"
#include "../support/tmp.h"
#include "clock.h"
#include "wire_impl.h"

#define PACKETS 300
#define HEADERS 28 /* of IPv4 and UDP */
#define ALL SIZE_MAX

/* What the linker's --wrap has the library call: a system that keeps what is
 * sent. */
static struct {
	size_t npackets;
	int each; /* -1: not said */
	int tos;
	uint16_t port; /* of the destination */
	size_t bytes;
} sent[PACKETS];
static size_t nsent;
static uint32_t numbers[PACKETS]; /* of the packets, in order */
static size_t lengths[PACKETS];
static size_t nnumbers;
static size_t ncalls;

static size_t takes;	  /* messages a call */
static size_t room;	  /* messages until it is full */
static int run_error;	  /* of messages that are runs of */
static size_t run_length; /* packets that are as long as this, or longer */
static int errors[8];	  /* of the calls that come next */
static size_t nerrors, ierror;
static uint64_t later_ms;
static int has_sctp; /* the kernel, of its own */

int __wrap_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags);
uint64_t __real_gs_now_ms(void);
uint64_t __wrap_gs_now_ms(void);

int __wrap_gs_kernel_has_sctp(const char *protocols);

int
__wrap_gs_kernel_has_sctp(const char *protocols)
{
	ck_assert_str_eq(protocols, "/proc/net/protocols");
	return has_sctp;
}

uint64_t
__wrap_gs_now_ms(void)
{
	return __real_gs_now_ms() + later_ms;
}

/* As the kernel does. */
static void
read_controls(struct msghdr *hdr, int *each, int *tos)
{
	struct cmsghdr *cmsg;
	uint16_t size;

	*each = -1;
	*tos = 0;
	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg != NULL;
	     cmsg = CMSG_NXTHDR(hdr, cmsg)) {
		if (cmsg->cmsg_level == IPPROTO_UDP &&
		    cmsg->cmsg_type == UDP_SEGMENT) {
			ck_assert_uint_eq(cmsg->cmsg_len,
			    CMSG_LEN(sizeof(size)));
			memcpy(&size, CMSG_DATA(cmsg), sizeof(size));
			*each = size;
		}
		if (cmsg->cmsg_level == IPPROTO_IP &&
		    cmsg->cmsg_type == IP_TOS)
			memcpy(tos, CMSG_DATA(cmsg), sizeof(*tos));
	}
}

static void
keep_packet(const struct iovec *iov)
{
	ck_assert_uint_lt(nnumbers, PACKETS);
	memcpy(&numbers[nnumbers], iov->iov_base, sizeof(numbers[0]));
	lengths[nnumbers++] = iov->iov_len;
}

/* 0, or the error of this message. */
static int
take(struct mmsghdr *msg)
{
	struct msghdr *hdr = &msg->msg_hdr;
	const union gs_addr *dst = hdr->msg_name;
	size_t i, bytes = 0;
	int each, tos;

	read_controls(hdr, &each, &tos);
	ck_assert_uint_ge(hdr->msg_iovlen, 1);
	ck_assert_int_eq(each > 0, hdr->msg_iovlen > 1);
	if (each > 0 && run_error != 0 && (size_t)each >= run_length)
		return run_error;
	for (i = 0; i < hdr->msg_iovlen; i++) {
		bytes += hdr->msg_iov[i].iov_len;
		/* The kernel cuts where each says, whatever the parts. */
		if (each > 0 && i + 1 < hdr->msg_iovlen)
			ck_assert_uint_eq(hdr->msg_iov[i].iov_len,
			    (size_t)each);
		else if (each > 0)
			ck_assert_uint_le(hdr->msg_iov[i].iov_len,
			    (size_t)each);
		keep_packet(&hdr->msg_iov[i]);
	}
	ck_assert_uint_le(bytes, 65507);
	ck_assert_uint_le(hdr->msg_iovlen, 64);
	ck_assert_uint_lt(nsent, PACKETS);
	sent[nsent].npackets = hdr->msg_iovlen;
	sent[nsent].each = each;
	sent[nsent].tos = tos;
	sent[nsent].port = gs_addr_port(dst);
	sent[nsent++].bytes = bytes;
	msg->msg_len = (unsigned int)bytes;
	return 0;
}

int
__wrap_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags)
{
	unsigned int i;
	int error = 0;

	(void)fd;
	ck_assert_int_ne(flags & MSG_DONTWAIT, 0);
	ncalls++;
	if (ierror < nerrors) {
		errno = errors[ierror++];
		return -1;
	}
	for (i = 0; i < n && i < takes && error == 0; i++) {
		if (room == 0)
			error = EAGAIN;
		else
			error = take(&msgs[i]);
		if (error != 0)
			break;
		room -= room != ALL;
	}
	if (i > 0)
		return (int)i;
	errno = error;
	return -1;
}

static union gs_addr
addr(const char *text, uint16_t port)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	gs_addr_set_port(&a, port);
	return a;
}

static struct gs_wire *wire;

static struct gs_wire *
open_wire(bool is_plain)
{
	union gs_addr here[2] = { addr("127.0.0.1", 0), addr("127.0.0.2", 0) };
	struct gs_wire_config cfg = { .addrs = here,
		.naddrs = 2,
		.is_plain = is_plain };
	struct gs_wire *w;

	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	return w;
}

static void
setup(void)
{
	nsent = nnumbers = ncalls = nerrors = ierror = 0;
	takes = room = ALL;
	run_error = 0;
	run_length = 0;
	later_ms = 0;
	has_sctp = 0;
	wire = open_wire(false);
}

static void
teardown(void)
{
	gs_wire_close(wire);
}

static struct gs_packet out[PACKETS];
static uint8_t bytes[PACKETS][1600];
static size_t nout;

/* The next packet to send: what it says first is its number. */
static struct gs_packet *
add(size_t len)
{
	struct gs_packet *pkt = &out[nout];
	uint32_t number = (uint32_t)nout;

	ck_assert_uint_lt(nout, PACKETS);
	ck_assert_uint_le(len, sizeof(bytes[0]));
	ck_assert_uint_ge(len, sizeof(number));
	memset(pkt, 0, sizeof(*pkt));
	memcpy(bytes[nout], &number, sizeof(number));
	pkt->src = addr("127.0.0.1", 0);
	pkt->dst = addr("127.0.0.9", 9899);
	pkt->len = len;
	pkt->data = bytes[nout++];
	return pkt;
}

static void
add_many(size_t n, size_t len)
{
	while (n-- > 0)
		add(len);
}

static void
send_out(void)
{
	gs_wire_send(wire, out, nout);
	nout = 0;
}

static void
must_have_sent(const size_t *npackets, size_t n)
{
	size_t i;

	for (i = 0; i < nsent && i < n; i++)
		ck_assert_uint_eq(sent[i].npackets, npackets[i]);
	ck_assert_uint_eq(nsent, n);
}

#define MUST_HAVE_SENT(...)                                    \
	must_have_sent((const size_t[]){ __VA_ARGS__ },        \
	    sizeof((const size_t[]){ __VA_ARGS__ }) / sizeof(size_t))

/* All that was to be sent, once and in order. */
static void
must_be_whole(size_t n)
{
	struct gs_wire_stats stats;
	uint64_t sum = 0;
	size_t i;

	ck_assert_uint_eq(nnumbers, n);
	for (i = 0; i < n; i++) {
		ck_assert_uint_eq(numbers[i], i);
		sum += lengths[i];
	}
	gs_wire_get_stats(wire, &stats);
	ck_assert_uint_eq(stats.out_packets, n);
	ck_assert_uint_eq(stats.out_bytes, sum);
	ck_assert_uint_eq(stats.out_dropped, 0);
}

static void
forget(void)
{
	nsent = nnumbers = ncalls = 0;
}

START_TEST(packets_of_one_length_leave_as_one_message)
{
	add_many(10, 1000);
	send_out();
	MUST_HAVE_SENT(10);
	ck_assert_int_eq(sent[0].each, 1000);
	ck_assert_uint_eq(ncalls, 1);
	must_be_whole(10);
}
END_TEST

START_TEST(one_packet_is_a_message_as_ever)
{
	add(1000);
	send_out();
	MUST_HAVE_SENT(1);
	ck_assert_int_eq(sent[0].each, -1);
	must_be_whole(1);
}
END_TEST

START_TEST(a_shorter_packet_ends_a_run_and_a_longer_one_begins_one)
{
	add_many(3, 1000);
	add(400);
	add(400);
	add(200);
	add(1000);
	add(1001);
	add(1000);
	add(1000);
	send_out();
	/* 1000 1000 1000 400 | 400 200 | 1000 | 1001 1000 | 1000 */
	MUST_HAVE_SENT(4, 2, 1, 2, 1);
	ck_assert_int_eq(sent[0].each, 1000);
	ck_assert_int_eq(sent[1].each, 400);
	ck_assert_int_eq(sent[3].each, 1001);
	ck_assert_uint_eq(ncalls, 1);
	must_be_whole(10);
}
END_TEST

START_TEST(a_run_is_of_one_flow)
{
	add(500);
	add(500)->dst = addr("127.0.0.8", 9899);
	add(500)->dst = addr("127.0.0.8", 9900);
	add(500)->dst = addr("127.0.0.8", 9900);
	add(500)->tos = 0x10;
	add(500)->tos = 0x10;
	add(500)->tos = 0x12;
	add(500);
	add(500)->df = true;
	add(500)->df = true;
	send_out();
	/* What must not be fragmented is sent alone, whatever is around it. */
	MUST_HAVE_SENT(1, 1, 2, 2, 1, 1, 1, 1);
	ck_assert_int_eq(sent[3].tos, 0x10);
	ck_assert_int_eq(sent[4].tos, 0x12);
	ck_assert_int_eq(sent[5].tos, 0);
	ck_assert_uint_eq(sent[1].port, 9899);
	ck_assert_uint_eq(sent[2].port, 9900);
	ck_assert_uint_eq(ncalls, 3);
	must_be_whole(10);
}
END_TEST

START_TEST(each_source_has_its_own_runs_in_order)
{
	size_t i;

	for (i = 0; i < 12; i++)
		if (add(500) != NULL && i / 3 % 2 == 1)
			out[i].src = addr("127.0.0.2", 0);
	send_out();
	MUST_HAVE_SENT(3, 3, 3, 3);
	ck_assert_uint_eq(ncalls, 4); /* two sockets */
	must_be_whole(12);
}
END_TEST

START_TEST(a_packet_that_cannot_leave_is_dropped_alone)
{
	struct gs_wire_stats stats;

	add_many(2, 500);
	add(500)->src = addr("127.0.0.3", 0); /* not ours */
	add(500)->dst = addr("127.0.0.9", 0);
	add(500)->len = 0;
	add_many(2, 500);
	send_out();
	MUST_HAVE_SENT(4);
	ck_assert_uint_eq(numbers[1], 1);
	ck_assert_uint_eq(numbers[2], 5);
	gs_wire_get_stats(wire, &stats);
	ck_assert_uint_eq(stats.out_packets, 4);
	ck_assert_uint_eq(stats.out_dropped, 3);
}
END_TEST

START_TEST(a_run_has_64_packets_and_an_ip_packet_of_bytes_at_most)
{
	add_many(150, 100);
	add_many(100, 1452);
	send_out();
	/* 45 times 1452 is 65340. */
	MUST_HAVE_SENT(64, 64, 22, 45, 45, 10);
	must_be_whole(250);
}
END_TEST

START_TEST(three_hundred_packets_of_any_length_are_whole)
{
	size_t i;

	srand(1);
	for (i = 0; i < PACKETS; i++)
		add(i % 7 == 0 ? (size_t)rand() % 1500 + 4 : 1200);
	send_out();
	must_be_whole(PACKETS);
	ck_assert_uint_lt(nsent, PACKETS / 2);
}
END_TEST

START_TEST(a_plain_wire_sends_one_by_one)
{
	gs_wire_close(wire);
	wire = open_wire(true);
	add_many(10, 1000);
	send_out();
	MUST_HAVE_SENT(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
	ck_assert_uint_eq(ncalls, 1);
	must_be_whole(10);
}
END_TEST

/* Its SCTP in UDP does not survive one. */
START_TEST(a_kernel_with_sctp_gets_no_runs)
{
	static const int answers[] = { 1, -EACCES, 0, 1, 0 };
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		has_sctp = answers[i];
		later_ms += 1000;
		forget();
		add_many(3, 1000);
		send_out();
		ck_assert_uint_eq(nnumbers, 3);
		ck_assert_uint_eq(nsent, has_sctp == 0 ? 1 : 3);
	}
}
END_TEST

START_TEST(a_batch_that_is_taken_in_parts_is_sent_once)
{
	size_t i;

	takes = 1;
	for (i = 0; i < 40; i++)
		add(i % 4 == 0 ? 900 : 800);
	send_out();
	must_be_whole(40);
	forget();
}
END_TEST

/* What a run is refused with: is a shorter one tried? */
static const struct {
	int error;
	bool is_shorter_tried;
} refusals[] = {
	{ EINVAL, true },
	{ EMSGSIZE, true },
	{ EIO, false },
	{ EOPNOTSUPP, false },
	{ ENOPROTOOPT, false },
};

START_TEST(a_run_that_is_refused_leaves_one_by_one_and_whole)
{
	size_t i;

	run_error = refusals[_i].error;
	run_length = 1000;
	add(400);
	add_many(5, 1000);
	add(300);
	add_many(3, 500); /* the next run, which EINVAL does not refuse */
	send_out();
	MUST_HAVE_SENT(1, 1, 1, 1, 1, 1, 1, 3);
	for (i = 0; i < 7; i++)
		ck_assert_int_eq(sent[i].each, -1);
	must_be_whole(10);
}
END_TEST

START_TEST(a_refusal_is_remembered_for_that_peer_and_a_while)
{
	size_t first, i;

	run_error = refusals[_i].error;
	run_length = 1000;
	add_many(5, 1000);
	send_out();
	ck_assert_uint_eq(nsent, 5);
	first = ncalls;
	ck_assert_uint_gt(first, 1);
	forget();

	/* Nor is a longer one tried, or one to another port. */
	add_many(5, 1000);
	add_many(5, 1400);
	for (i = 0; i < 5; i++)
		add(1000)->dst = addr("127.0.0.9", 9900);
	send_out();
	ck_assert_uint_eq(nsent, 15);
	ck_assert_uint_eq(ncalls, 1);
	forget();

	add_many(5, 999);
	send_out();
	ck_assert_uint_eq(nsent, refusals[_i].is_shorter_tried ? 1 : 5);
	ck_assert_uint_eq(ncalls, 1);
	forget();

	/* Another peer's route is another one. */
	run_error = 0;
	for (i = 0; i < 5; i++)
		add(1000)->dst = addr("127.0.0.8", 9899);
	send_out();
	MUST_HAVE_SENT(5);
	forget();

	later_ms += 60000;
	add_many(5, 1000);
	send_out();
	MUST_HAVE_SENT(5);
}
END_TEST

START_TEST(a_second_refusal_does_not_undo_the_first)
{
	run_error = EINVAL;
	run_length = 500;
	add_many(5, 500);
	send_out();
	forget();
	add_many(3, 400);
	send_out();
	MUST_HAVE_SENT(3);
	forget();
	run_length = 400;
	add_many(3, 400);
	send_out();
	forget();
	add_many(3, 400);
	add_many(3, 500);
	add_many(3, 399);
	send_out();
	MUST_HAVE_SENT(1, 1, 1, 1, 1, 1, 3);
	ck_assert_uint_eq(ncalls, 1);
}
END_TEST

START_TEST(an_older_datagrams_error_refuses_no_run)
{
	static const int older[] = { ECONNREFUSED, EHOSTUNREACH, EMSGSIZE,
		ENOPROTOOPT };
	size_t i;

	for (i = 0; i < 4; i++) {
		errors[0] = older[i];
		nerrors = 1;
		ierror = 0;
		forget();
		add_many(5, 1000);
		send_out();
		MUST_HAVE_SENT(5);
		ck_assert_uint_eq(ncalls, 2);
	}
}
END_TEST

START_TEST(a_call_that_is_interrupted_is_made_again)
{
	errors[0] = errors[1] = errors[2] = EINTR;
	nerrors = 3;
	add_many(5, 1000);
	send_out();
	MUST_HAVE_SENT(5);
	must_be_whole(5);
}
END_TEST

START_TEST(a_full_socket_loses_the_rest_and_counts_it)
{
	struct gs_wire_stats stats;

	room = 2;
	add_many(5, 1000);
	add_many(4, 1100);
	add_many(3, 1200);
	add(1300);
	send_out();
	MUST_HAVE_SENT(5, 4);
	gs_wire_get_stats(wire, &stats);
	ck_assert_uint_eq(stats.out_packets, 9);
	ck_assert_uint_eq(stats.out_dropped, 4);
}
END_TEST

START_TEST(one_that_is_full_while_a_run_is_apart_loses_the_rest_too)
{
	struct gs_wire_stats stats;

	run_error = EIO;
	room = 3;
	add_many(5, 1000);
	add_many(4, 1100);
	send_out();
	MUST_HAVE_SENT(1, 1, 1);
	gs_wire_get_stats(wire, &stats);
	ck_assert_uint_eq(stats.out_packets, 3);
	ck_assert_uint_eq(stats.out_dropped, 6);
}
END_TEST

START_TEST(packets_that_nobody_takes_are_counted_each)
{
	struct gs_wire_stats stats;
	size_t i;

	/* The run twice, then its packets twice each. */
	for (i = 0; i < 8; i++)
		errors[i] = EPERM;
	nerrors = 8;
	add_many(3, 1000);
	send_out();
	gs_wire_get_stats(wire, &stats);
	ck_assert_uint_eq(stats.out_packets, 0);
	ck_assert_uint_eq(stats.out_dropped, 3);
	/* That it was a run was not the reason. */
	add_many(3, 1000);
	send_out();
	MUST_HAVE_SENT(3);
}
END_TEST

START_TEST(the_capture_has_each_packet_that_left_once)
{
	char dir[TMP_PATH], path[TMP_PATH_IN];
	struct pcapng_read r;
	uint32_t number;
	size_t i;

	tmp_dir(dir, "test_wire_out");
	snprintf(path, sizeof(path), "%s/file", dir);
	ck_assert_int_eq(gs_wire_capture(wire, path), 0);
	run_error = EINVAL;
	run_length = 1000;
	add_many(4, 900);
	add(20);
	add_many(5, 1000);
	add(30);
	add_many(3, 800);
	room = 1 + 6 + 0; /* the last run does not leave */
	send_out();
	ck_assert_int_eq(gs_wire_capture(wire, NULL), 0);
	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.nrecords, 11);
	for (i = 0; i < r.nrecords; i++) {
		ck_assert(r.records[i].is_out);
		ck_assert_uint_eq(r.records[i].len, HEADERS + lengths[i]);
		memcpy(&number, r.records[i].data + HEADERS, sizeof(number));
		ck_assert_uint_eq(number, i);
	}
	pcapng_free(&r);
	tmp_remove(dir);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire_out");
	TCase *tc = tcase_create("wire_out");
	int n = sizeof(refusals) / sizeof(refusals[0]);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, packets_of_one_length_leave_as_one_message);
	tcase_add_test(tc, one_packet_is_a_message_as_ever);
	tcase_add_test(tc,
	    a_shorter_packet_ends_a_run_and_a_longer_one_begins_one);
	tcase_add_test(tc, a_run_is_of_one_flow);
	tcase_add_test(tc, each_source_has_its_own_runs_in_order);
	tcase_add_test(tc, a_packet_that_cannot_leave_is_dropped_alone);
	tcase_add_test(tc,
	    a_run_has_64_packets_and_an_ip_packet_of_bytes_at_most);
	tcase_add_test(tc, three_hundred_packets_of_any_length_are_whole);
	tcase_add_test(tc, a_plain_wire_sends_one_by_one);
	tcase_add_test(tc, a_kernel_with_sctp_gets_no_runs);
	tcase_add_test(tc, a_batch_that_is_taken_in_parts_is_sent_once);
	tcase_add_loop_test(tc,
	    a_run_that_is_refused_leaves_one_by_one_and_whole, 0, n);
	tcase_add_loop_test(tc,
	    a_refusal_is_remembered_for_that_peer_and_a_while, 0, n);
	tcase_add_test(tc, a_second_refusal_does_not_undo_the_first);
	tcase_add_test(tc, an_older_datagrams_error_refuses_no_run);
	tcase_add_test(tc, a_call_that_is_interrupted_is_made_again);
	tcase_add_test(tc, a_full_socket_loses_the_rest_and_counts_it);
	tcase_add_test(tc,
	    one_that_is_full_while_a_run_is_apart_loses_the_rest_too);
	tcase_add_test(tc, packets_that_nobody_takes_are_counted_each);
	tcase_add_test(tc, the_capture_has_each_packet_that_left_once);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
