/* test_wire_raw: the wire over raw IP, in a network namespace of its own. */

#include "wire.h"

#include <gsctp/gsctp.h>
#include <poll.h>

#include "../support/check_main.h"
#include "../support/netns.h"
#include "../support/tmp.h"
#include "log.h"
#include "wire_impl.h"

#define WAIT_MS 5000

static char last_line[GS_LOG_LINE];
static uint8_t bytes[GS_PACKET_MAX];

static void
keep_line(void *arg, int level, const char *line)
{
	(void)arg;
	(void)level;
	strcpy(last_line, line);
}

static void
setup(void)
{
	last_line[0] = '\0';
	gs_log_set(keep_line, NULL, GSCTP_LOG_DEBUG);
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

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	return a;
}

static struct gs_wire *
open_on(const char *text)
{
	struct gs_wire_config cfg = { .is_raw = true };
	union gs_addr a;
	struct gs_wire *w;

	if (text != NULL) {
		a = addr(text);
		cfg.addrs = &a;
		cfg.naddrs = 1;
	}
	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	return w;
}

static void
send_len(struct gs_wire *w, const char *src, const char *dst, size_t len,
    uint8_t tos)
{
	struct gs_packet pkt;
	size_t i;

	memset(&pkt, 0, sizeof(pkt));
	pkt.src = addr(src);
	pkt.dst = addr(dst);
	pkt.tos = tos;
	pkt.data = bytes;
	pkt.len = len;
	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 7);
	gs_wire_send(w, &pkt, 1);
}

/* The packet of send_len() that waits on fd number i of w. */
static void
must_get(struct gs_wire *w, size_t i, const char *src, const char *dst,
    size_t len, uint8_t tos)
{
	union gs_addr want_src = addr(src), want_dst = addr(dst);
	struct gs_packet pkt;
	struct pollfd p;
	int fds[2];

	ck_assert_uint_gt(gs_wire_fds(w, fds, 2), i);
	p.fd = fds[i];
	p.events = POLLIN;
	if (!gs_wire_is_pending(w))
		ck_assert_int_eq(poll(&p, 1, WAIT_MS), 1);
	ck_assert_int_eq(gs_wire_recv(w, p.fd, &pkt, 1), 1);
	ck_assert_uint_eq(pkt.len, len);
	ck_assert_mem_eq(pkt.data, bytes, len);
	ck_assert(gs_addr_equal(&pkt.src, &want_src));
	ck_assert(gs_addr_equal(&pkt.dst, &want_dst));
	ck_assert_uint_eq(pkt.tos, tos);
}

START_TEST(a_packet_arrives_without_its_ip_header)
{
	struct gs_wire *a = open_on("127.0.0.1"), *b = open_on("127.0.0.2");

	send_len(a, "127.0.0.1", "127.0.0.2", 100, 0x8a);
	must_get(b, 0, "127.0.0.1", "127.0.0.2", 100, 0x8a);
	send_len(a, "127.0.0.1", "127.0.0.2", 1, 0);
	must_get(b, 0, "127.0.0.1", "127.0.0.2", 1, 0);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(ipv6_carries_packets_as_ipv4_does)
{
	struct gs_wire *w = open_on("::1");

	send_len(w, "::1", "::1", 100, 0x8a);
	must_get(w, 0, "::1", "::1", 100, 0x8a);
	gs_wire_close(w);
}
END_TEST

START_TEST(a_wildcard_wire_names_the_source_and_knows_the_destination)
{
	struct gs_wire *w = open_on(NULL);
	int fds[2];

	ck_assert_uint_eq(gs_wire_fds(w, fds, 2), 2);
	send_len(w, "127.0.0.3", "127.0.0.4", 20, 0);
	must_get(w, 0, "127.0.0.3", "127.0.0.4", 20, 0);
	send_len(w, "::1", "::1", 20, 0);
	must_get(w, 1, "::1", "::1", 20, 0);
	gs_wire_close(w);
}
END_TEST

START_TEST(a_packet_longer_than_the_mtu_arrives_whole)
{
	struct gs_wire *w = open_on(NULL);

	/* lo has an MTU of 1300 here. */
	send_len(w, "127.0.0.3", "127.0.0.4", 1480, 0);
	must_get(w, 0, "127.0.0.3", "127.0.0.4", 1480, 0);
	send_len(w, "::1", "::1", 1460, 0);
	must_get(w, 1, "::1", "::1", 1460, 0);
	gs_wire_close(w);
}
END_TEST

START_TEST(there_are_no_ports)
{
	struct gs_wire *w = open_on("127.0.0.1");
	struct gs_wire_stats before, after;
	struct gs_packet pkt;

	ck_assert(gs_wire_is_raw(w));
	ck_assert_uint_eq(gs_wire_port(w), 0);
	gs_wire_get_stats(w, &before);
	memset(&pkt, 0, sizeof(pkt));
	pkt.src = addr("127.0.0.1");
	pkt.dst = addr("127.0.0.1");
	gs_addr_set_port(&pkt.dst, 9899);
	pkt.data = bytes;
	pkt.len = 20;
	gs_wire_send(w, &pkt, 1);
	gs_wire_get_stats(w, &after);
	ck_assert_uint_eq(after.out_packets, before.out_packets);
	ck_assert_uint_eq(after.out_dropped, before.out_dropped + 1);
	gs_wire_close(w);
}
END_TEST

START_TEST(two_wires_share_an_address)
{
	struct gs_wire *a = open_on("127.0.0.1"), *b = open_on("127.0.0.1");

	send_len(a, "127.0.0.1", "127.0.0.1", 30, 0);
	must_get(a, 0, "127.0.0.1", "127.0.0.1", 30, 0);
	must_get(b, 0, "127.0.0.1", "127.0.0.1", 30, 0);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(a_kernel_with_sctp_is_refused_and_the_cure_named)
{
	char path[TMP_PATH];
	static const char row[] = "SCTP      1464      0\n";
	int fd = tmp_file(path, "test_wire_raw");

	ck_assert_int_eq(write(fd, row, strlen(row)), (ssize_t)strlen(row));
	close(fd);
	ck_assert_int_eq(gs_wire_raw_check(path), -EADDRINUSE);
	unlink(path);
	gs_log_flush();
	ck_assert_ptr_nonnull(strstr(last_line, "kernel has SCTP"));
	ck_assert_ptr_nonnull(strstr(last_line, "rmmod sctp"));
	ck_assert_ptr_nonnull(strstr(last_line, "GSCTP_ENCAPSULATION=udp"));
}
END_TEST

START_TEST(where_the_kernel_cannot_be_asked_there_is_a_warning)
{
	ck_assert_int_eq(gs_wire_raw_check("/nonexistent"), 0);
	gs_log_flush();
	ck_assert_ptr_nonnull(strstr(last_line, "cannot read /nonexistent"));
}
END_TEST

static Suite *
suite(bool has_ipv6)
{
	Suite *s = suite_create("wire_raw");
	TCase *tc = tcase_create("wire_raw");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_packet_arrives_without_its_ip_header);
	if (has_ipv6) {
		tcase_add_test(tc, ipv6_carries_packets_as_ipv4_does);
		tcase_add_test(tc,
		    a_wildcard_wire_names_the_source_and_knows_the_destination);
		tcase_add_test(tc, a_packet_longer_than_the_mtu_arrives_whole);
	}
	tcase_add_test(tc, there_are_no_ports);
	tcase_add_test(tc, two_wires_share_an_address);
	tcase_add_test(tc, a_kernel_with_sctp_is_refused_and_the_cure_named);
	tcase_add_test(tc,
	    where_the_kernel_cannot_be_asked_there_is_a_warning);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	static const char *const commands[] = { "ip link set lo mtu 1300" };
	struct gs_wire_config cfg = { .is_raw = true };
	struct gs_wire *w;
	int err = netns_enter("test_wire_raw", commands, 1);
	int fds[2];
	bool has_ipv6;

	if (err != 0)
		return err;
	err = gs_wire_open(&cfg, &w);
	if (err != 0) {
		printf("test_wire_raw: no raw sockets here: %s: skipped\n",
		    gsctp_strerror(err));
		return NETNS_SKIPPED;
	}
	has_ipv6 = gs_wire_fds(w, fds, 2) == 2;
	gs_wire_close(w);
	return gs_test_main(suite(has_ipv6));
}
