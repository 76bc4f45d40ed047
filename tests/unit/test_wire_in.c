/* test_wire_in: what recvmmsg() may give, and the packets it becomes. */

#include "wire.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#include "../support/check_main.h"
#include "../support/pcapng_read.h"
#include "../support/tmp.h"
#include "wire_impl.h"

#define HEADERS 28 /* of IPv4 and UDP */
#define FROM "127.0.0.7"
#define FROM_PORT 4711
#define AT "127.0.0.1"

/* A datagram that the system has; the linker's --wrap has the library ask
 * us for them. */
struct waiting {
	size_t len;
	int flags; /* of the message */
	bool has_no_dst;
	bool has_each, is_each_last; /* UDP_GRO, and where it stands */
	int each;
	int error; /* instead of a datagram */
};

static struct waiting queue[64];
static size_t nqueue, nread;
static unsigned int asked; /* for so many, by the last call */

int __wrap_recvmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags,
    struct timespec *timeout);

static union gs_addr
addr(const char *text, uint16_t port)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	gs_addr_set_port(&a, port);
	return a;
}

static void
put_control(struct msghdr *hdr, size_t *used, int level, int type,
    const void *value, size_t len)
{
	struct cmsghdr *cmsg =
	    (struct cmsghdr *)(void *)((char *)hdr->msg_control + *used);

	ck_assert_uint_le(*used + CMSG_SPACE(len), hdr->msg_controllen);
	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), value, len);
	*used += CMSG_SPACE(len);
}

/* Byte k of the datagram number i. */
static uint8_t
byte_of(size_t i, size_t k)
{
	return (uint8_t)(i * 31 + k * 7 + k / 256);
}

static void
give(struct mmsghdr *msg, size_t i)
{
	const struct waiting *d = &queue[i];
	struct msghdr *hdr = &msg->msg_hdr;
	union gs_addr from = addr(FROM, FROM_PORT);
	uint8_t *bytes = hdr->msg_iov[0].iov_base;
	struct in_pktinfo info;
	uint8_t tos = 0x40;
	size_t used = 0;
	size_t k;
	int ttl = 9;

	ck_assert_uint_eq(hdr->msg_iovlen, 1);
	ck_assert_uint_le(d->len, hdr->msg_iov[0].iov_len);
	for (k = 0; k < d->len; k++)
		bytes[k] = byte_of(i, k);
	ck_assert_uint_ge(hdr->msg_namelen, sizeof(from.v4));
	memcpy(hdr->msg_name, &from.v4, sizeof(from.v4));
	hdr->msg_namelen = sizeof(from.v4);
	memset(hdr->msg_control, 0, hdr->msg_controllen);
	memset(&info, 0, sizeof(info));
	info.ipi_addr = info.ipi_spec_dst = addr(AT, 0).v4.sin_addr;
	if (d->has_each && !d->is_each_last)
		put_control(hdr, &used, IPPROTO_UDP, UDP_GRO, &d->each,
		    sizeof(d->each));
	if (!d->has_no_dst)
		put_control(hdr, &used, IPPROTO_IP, IP_PKTINFO, &info,
		    sizeof(info));
	put_control(hdr, &used, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	put_control(hdr, &used, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	if (d->has_each && d->is_each_last)
		put_control(hdr, &used, IPPROTO_UDP, UDP_GRO, &d->each,
		    sizeof(d->each));
	hdr->msg_controllen = used;
	hdr->msg_flags = d->flags;
	msg->msg_len = (unsigned int)d->len;
}

int
__wrap_recvmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags,
    struct timespec *timeout)
{
	unsigned int got;

	(void)fd;
	(void)timeout;
	ck_assert_int_ne(flags & MSG_DONTWAIT, 0);
	asked = n;
	for (got = 0; got < n && nread < nqueue; got++, nread++) {
		if (queue[nread].error != 0)
			break;
		give(&msgs[got], nread);
	}
	if (got > 0)
		return (int)got;
	errno = nread < nqueue ? queue[nread++].error : EAGAIN;
	return -1;
}

static struct gs_wire *wire;

static void
setup(void)
{
	union gs_addr a = addr(AT, 0);
	struct gs_wire_config cfg = { .addrs = &a, .naddrs = 1 };

	memset(queue, 0, sizeof(queue));
	nqueue = nread = 0;
	ck_assert_int_eq(gs_wire_open(&cfg, &wire), 0);
}

static void
teardown(void)
{
	gs_wire_close(wire);
}

static struct waiting *
enqueue(size_t len)
{
	ck_assert_uint_lt(nqueue, 64);
	queue[nqueue].len = len;
	return &queue[nqueue++];
}

/* Packets of each bytes, len in all. */
static struct waiting *
enqueue_run(size_t len, int each)
{
	struct waiting *d = enqueue(len);

	d->has_each = true;
	d->each = each;
	return d;
}

static int
fd_of_wire(void)
{
	int fd = -1;

	ck_assert_uint_eq(gs_wire_fds(wire, &fd, 1), 1);
	return fd;
}

/* The next packet: len bytes of the datagram number i, from byte first on. */
static void
must_get(size_t i, size_t first, size_t len)
{
	union gs_addr src = addr(FROM, FROM_PORT);
	union gs_addr dst = addr(AT, gs_wire_port(wire));
	struct gs_packet pkt;
	size_t k;

	memset(&pkt, 0xff, sizeof(pkt));
	ck_assert_int_eq(gs_wire_recv(wire, fd_of_wire(), &pkt, 1), 1);
	ck_assert_uint_eq(pkt.len, len);
	for (k = 0; k < len; k++)
		ck_assert_uint_eq(pkt.data[k], byte_of(i, first + k));
	ck_assert(gs_addr_equal(&pkt.src, &src));
	ck_assert(gs_addr_equal(&pkt.dst, &dst));
	ck_assert_uint_eq(pkt.tos, 0x40);
	ck_assert_uint_eq(pkt.ttl, 9);
	ck_assert(!pkt.df);
}

static void
must_be_empty(void)
{
	struct gs_packet pkt;

	ck_assert_int_eq(gs_wire_recv(wire, fd_of_wire(), &pkt, 1), 0);
	ck_assert(!gs_wire_is_pending(wire));
}

static void
must_have_counted(uint64_t packets, uint64_t bytes, uint64_t dropped)
{
	struct gs_wire_stats stats;

	gs_wire_get_stats(wire, &stats);
	ck_assert_uint_eq(stats.in_packets, packets);
	ck_assert_uint_eq(stats.in_bytes, bytes);
	ck_assert_uint_eq(stats.in_dropped, dropped);
}

START_TEST(a_datagram_is_a_packet)
{
	enqueue(100);
	enqueue(0);
	enqueue(65507);
	must_get(0, 0, 100);
	must_get(1, 0, 0);
	must_get(2, 0, 65507);
	must_be_empty();
	must_have_counted(3, 65607, 0);
}
END_TEST

START_TEST(one_that_is_cut_short_is_dropped_and_counted)
{
	enqueue(100);
	enqueue(101)->flags = MSG_TRUNC;
	enqueue(102);
	enqueue(103)->flags = MSG_CTRUNC;
	enqueue(104);
	must_get(0, 0, 100);
	must_get(2, 0, 102);
	must_get(4, 0, 104);
	must_be_empty();
	must_have_counted(3, 306, 2);
}
END_TEST

START_TEST(one_that_is_not_to_an_address_is_dropped_and_counted)
{
	enqueue(100)->has_no_dst = true;
	enqueue(101);
	must_get(1, 0, 101);
	must_be_empty();
	must_have_counted(1, 101, 1);
}
END_TEST

START_TEST(a_flood_of_bad_ones_does_not_hold_the_reader)
{
	size_t i;

	for (i = 0; i < 64; i++) {
		enqueue(100)->error = i % 2 == 0 ? ECONNREFUSED : 0;
		queue[i].has_no_dst = true;
	}
	must_be_empty();
	ck_assert_uint_lt(nread, 64);
}
END_TEST

START_TEST(an_error_of_the_socket_is_told)
{
	struct gs_packet pkt;

	enqueue(0)->error = ENOTSOCK;
	ck_assert_int_eq(gs_wire_recv(wire, fd_of_wire(), &pkt, 1), -ENOTSOCK);
}
END_TEST

START_TEST(more_than_are_asked_for_wait_in_order)
{
	struct gs_packet pkts[3];
	size_t i;
	int got;

	for (i = 0; i < 60; i++)
		enqueue(i);
	for (i = 0; i < 60; i += (size_t)got) {
		got = gs_wire_recv(wire, fd_of_wire(), pkts, 3);
		ck_assert_int_gt(got, 0);
		ck_assert_int_le(got, 3);
		ck_assert_uint_eq(pkts[0].len, i);
		ck_assert_uint_eq(pkts[got - 1].len, i + (size_t)got - 1);
	}
	must_be_empty();
	must_have_counted(60, 59 * 30, 0);
}
END_TEST

START_TEST(a_run_is_cut_into_its_packets)
{
	enqueue(50);
	enqueue_run(3000, 1000);
	enqueue_run(2001, 1000);
	enqueue_run(999, 998)->is_each_last = true;
	enqueue(51);
	must_get(0, 0, 50);
	must_get(1, 0, 1000);
	must_get(1, 1000, 1000);
	must_get(1, 2000, 1000);
	must_get(2, 0, 1000);
	must_get(2, 1000, 1000);
	must_get(2, 2000, 1);
	must_get(3, 0, 998);
	must_get(3, 998, 1);
	must_get(4, 0, 51);
	must_be_empty();
	must_have_counted(10, 50 + 3000 + 2001 + 999 + 51, 0);
}
END_TEST

START_TEST(a_size_that_is_none_leaves_the_datagram_whole)
{
	enqueue_run(100, 0);
	enqueue_run(101, -1);
	enqueue_run(102, 102);
	enqueue_run(103, 104);
	enqueue_run(104, INT_MAX);
	enqueue_run(105, INT_MIN);
	enqueue_run(0, 0);
	enqueue_run(0, 10);
	must_get(0, 0, 100);
	must_get(1, 0, 101);
	must_get(2, 0, 102);
	must_get(3, 0, 103);
	must_get(4, 0, 104);
	must_get(5, 0, 105);
	must_get(6, 0, 0);
	must_get(7, 0, 0);
	must_be_empty();
	must_have_counted(8, 615, 0);
}
END_TEST

START_TEST(a_run_of_the_smallest_packets_is_handed_up_whole)
{
	size_t i;

	enqueue_run(65507, 1);
	enqueue(7);
	for (i = 0; i < 65507; i++)
		must_get(0, i, 1);
	must_get(1, 0, 7);
	must_be_empty();
	must_have_counted(65508, 65514, 0);
}
END_TEST

START_TEST(each_packet_of_a_bad_run_is_counted)
{
	enqueue_run(3001, 1000)->has_no_dst = true;
	enqueue(7);
	must_get(1, 0, 7);
	must_be_empty();
	must_have_counted(1, 7, 4);
}
END_TEST

START_TEST(a_run_goes_on_where_the_last_call_ended)
{
	struct gs_packet pkts[64];
	size_t i;

	enqueue_run(100 * 100, 100);
	enqueue_run(100 * 20, 100);
	ck_assert_int_eq(gs_wire_recv(wire, fd_of_wire(), pkts, 64), 64);
	ck_assert(gs_wire_is_pending(wire));
	ck_assert_int_eq(gs_wire_recv(wire, fd_of_wire(), pkts, 64), 56);
	ck_assert(!gs_wire_is_pending(wire));
	for (i = 0; i < 56; i++) {
		ck_assert_uint_eq(pkts[i].len, 100);
		ck_assert_uint_eq(pkts[i].data[0],
		    i < 36 ? byte_of(0, (64 + i) * 100) :
			     byte_of(1, (i - 36) * 100));
	}
	must_be_empty();
}
END_TEST

START_TEST(the_capture_has_each_packet_of_a_run)
{
	static const size_t want[] = { 1000, 1000, 500, 200, 1 };
	char dir[TMP_PATH], path[TMP_PATH_IN];
	struct pcapng_read r;
	size_t i, k;

	tmp_dir(dir, "test_wire_in");
	snprintf(path, sizeof(path), "%s/file", dir);
	ck_assert_int_eq(gs_wire_capture(wire, path), 0);
	enqueue_run(2500, 1000);
	enqueue_run(201, 200)->has_no_dst = true;
	must_get(0, 0, 1000);
	must_get(0, 1000, 1000);
	must_get(0, 2000, 500);
	must_be_empty();
	ck_assert_int_eq(gs_wire_capture(wire, NULL), 0);
	r = pcapng_read(path);
	ck_assert_ptr_null(r.error);
	ck_assert_uint_eq(r.nrecords, 5);
	for (i = 0; i < 5; i++) {
		ck_assert_uint_eq(r.records[i].len, HEADERS + want[i]);
		for (k = 0; k < want[i]; k++)
			ck_assert_uint_eq(r.records[i].data[HEADERS + k],
			    i < 3 ? byte_of(0, 1000 * i + k) :
				    byte_of(1, 200 * (i - 3) + k));
	}
	pcapng_free(&r);
	tmp_remove(dir);
}
END_TEST

/* Few large ones: their memory is used again while the processor has it. */
START_TEST(many_are_asked_for_where_many_small_ones_wait)
{
	struct gs_packet pkts[64];
	size_t i, k;

	for (i = 0; i < 24; i++)
		enqueue(1500);
	ck_assert_int_eq(gs_wire_recv(wire, fd_of_wire(), pkts, 64), 4);
	ck_assert_uint_eq(asked, 4);
	ck_assert_int_eq(gs_wire_recv(wire, fd_of_wire(), pkts, 64), 16);
	ck_assert_uint_eq(asked, 16);
	ck_assert_int_eq(gs_wire_recv(wire, fd_of_wire(), pkts, 64), 4);
	ck_assert_uint_eq(asked, 16);
	for (i = 0; i < 12; i++)
		enqueue_run(60000, 60000 / ((int)i + 1));
	for (i = 0, k = 0; i < 12; i += 4) {
		ck_assert_int_gt(gs_wire_recv(wire, fd_of_wire(), pkts, 64),
		    0);
		while (gs_wire_is_pending(wire) && k++ < 100)
			(void)gs_wire_recv(wire, fd_of_wire(), pkts, 64);
		ck_assert_uint_eq(asked, 4);
	}
	must_be_empty();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire_in");
	TCase *tc = tcase_create("wire_in");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_datagram_is_a_packet);
	tcase_add_test(tc, one_that_is_cut_short_is_dropped_and_counted);
	tcase_add_test(tc,
	    one_that_is_not_to_an_address_is_dropped_and_counted);
	tcase_add_test(tc, a_flood_of_bad_ones_does_not_hold_the_reader);
	tcase_add_test(tc, an_error_of_the_socket_is_told);
	tcase_add_test(tc, more_than_are_asked_for_wait_in_order);
	tcase_add_test(tc, a_run_is_cut_into_its_packets);
	tcase_add_test(tc, a_size_that_is_none_leaves_the_datagram_whole);
	tcase_add_test(tc, a_run_of_the_smallest_packets_is_handed_up_whole);
	tcase_add_test(tc, each_packet_of_a_bad_run_is_counted);
	tcase_add_test(tc, a_run_goes_on_where_the_last_call_ended);
	tcase_add_test(tc, many_are_asked_for_where_many_small_ones_wait);
	tcase_add_test(tc, the_capture_has_each_packet_of_a_run);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
