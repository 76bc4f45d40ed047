#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/check_main.h"

#define WAIT_MS 5000
#define PACKETS 200

/* Everything is the same whether runs of packets travel together or not. */
static bool is_plain;

static void
setup(void)
{
	is_plain = false;
}

static void
setup_plain(void)
{
	is_plain = true;
}

static union gs_addr
addr(const char *text, uint16_t port)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	gs_addr_set_port(&a, port);
	return a;
}

static bool
has_ipv6(void)
{
	union gs_addr a = addr("::1", 0);
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok;

	if (fd == -1)
		return false;
	ok = bind(fd, &a.sa, gs_addr_len(&a)) == 0;
	close(fd);
	return ok;
}

/* A wire on one loopback address. */
static struct gs_wire *
open_on(const char *text)
{
	union gs_addr a = addr(text, 0);
	struct gs_wire_config cfg = { .addrs = &a, .naddrs = 1,
		.is_plain = is_plain };
	struct gs_wire *w;

	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	return w;
}

/* A plain UDP socket on a loopback address. */
static int
plain_socket(const char *text, uint16_t *port)
{
	union gs_addr a = addr(text, *port);
	socklen_t len = sizeof(a);
	int fd;

	fd = socket(a.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, &a.sa, gs_addr_len(&a)), 0);
	ck_assert_int_eq(getsockname(fd, &a.sa, &len), 0);
	*port = gs_addr_port(&a);
	return fd;
}

static bool
is_readable(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) == 1;
}

/* Wait for one packet on any descriptor of w, unless one was read already. */
static void
recv_one(struct gs_wire *w, struct gs_packet *pkt)
{
	struct pollfd p[8];
	int fds[8];
	size_t n = gs_wire_fds(w, fds, 8);
	size_t i;

	if (gs_wire_is_pending(w)) {
		ck_assert_int_eq(gs_wire_recv(w, fds[0], pkt, 1), 1);
		return;
	}
	for (i = 0; i < n; i++) {
		p[i].fd = fds[i];
		p[i].events = POLLIN;
	}
	ck_assert_int_eq(poll(p, n, WAIT_MS), 1);
	for (i = 0; i < n; i++) {
		if ((p[i].revents & POLLIN) == 0)
			continue;
		ck_assert_int_eq(gs_wire_recv(w, fds[i], pkt, 1), 1);
	}
}

static int
first_fd(const struct gs_wire *w)
{
	int fd = -1;

	ck_assert_uint_ge(gs_wire_fds(w, &fd, 1), 1);
	return fd;
}

static void
send_text(struct gs_wire *w, const char *src, const char *dst, uint16_t port,
    const char *text, uint8_t tos)
{
	uint8_t bytes[64];
	struct gs_packet pkt;

	memset(&pkt, 0, sizeof(pkt));
	pkt.src = addr(src, gs_wire_port(w));
	pkt.dst = addr(dst, port);
	pkt.tos = tos;
	pkt.len = strlen(text);
	memcpy(bytes, text, pkt.len);
	pkt.data = bytes;
	gs_wire_send(w, &pkt, 1);
}

START_TEST(a_packet_arrives_with_its_addresses_ports_and_tos)
{
	struct gs_wire *a = open_on("127.0.0.1");
	struct gs_wire *b = open_on("127.0.0.2");
	union gs_addr want;
	struct gs_packet pkt;

	send_text(a, "127.0.0.1", "127.0.0.2", gs_wire_port(b), "hello", 0x8a);
	recv_one(b, &pkt);
	ck_assert_uint_eq(pkt.len, 5);
	ck_assert_mem_eq(pkt.data, "hello", 5);
	ck_assert_uint_eq(pkt.tos, 0x8a);
	want = addr("127.0.0.1", gs_wire_port(a));
	ck_assert(gs_addr_equal(&pkt.src, &want));
	want = addr("127.0.0.2", gs_wire_port(b));
	ck_assert(gs_addr_equal(&pkt.dst, &want));
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(ipv6_carries_packets_as_ipv4_does)
{
	struct gs_wire *a, *b;
	union gs_addr want;
	struct gs_packet pkt;

	if (!has_ipv6())
		return;
	a = open_on("::1");
	b = open_on("::1");
	send_text(a, "::1", "::1", gs_wire_port(b), "six", 0x2);
	recv_one(b, &pkt);
	ck_assert_uint_eq(pkt.len, 3);
	ck_assert_uint_eq(pkt.tos, 0x2);
	want = addr("::1", gs_wire_port(a));
	ck_assert(gs_addr_equal(&pkt.src, &want));
	want = addr("::1", gs_wire_port(b));
	ck_assert(gs_addr_equal(&pkt.dst, &want));
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(a_wildcard_wire_sends_from_the_named_source)
{
	struct gs_wire_config cfg = { .port_mode = GS_PORT_FIXED,
		.is_plain = is_plain };
	struct gs_wire *b = open_on("127.0.0.1");
	struct gs_packet pkt;
	union gs_addr want;
	struct gs_wire *a;

	ck_assert_int_eq(gs_wire_open(&cfg, &a), 0);
	send_text(a, "127.9.8.7", "127.0.0.1", gs_wire_port(b), "x", 0);
	recv_one(b, &pkt);
	want = addr("127.9.8.7", gs_wire_port(a));
	ck_assert(gs_addr_equal(&pkt.src, &want));
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(a_wildcard_wire_knows_the_destination_of_a_packet)
{
	struct gs_wire_config cfg = { .port_mode = GS_PORT_FIXED,
		.is_plain = is_plain };
	struct gs_wire *b = open_on("127.0.0.1");
	struct gs_packet pkt;
	union gs_addr want;
	struct gs_wire *a;

	ck_assert_int_eq(gs_wire_open(&cfg, &a), 0);
	send_text(b, "127.0.0.1", "127.1.2.3", gs_wire_port(a), "x", 0);
	recv_one(a, &pkt);
	want = addr("127.1.2.3", gs_wire_port(a));
	ck_assert(gs_addr_equal(&pkt.dst, &want));
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(a_wildcard_wire_has_both_families_on_one_port)
{
	struct gs_wire_config cfg = { .port_mode = GS_PORT_FIXED,
		.is_plain = is_plain };
	struct gs_packet pkt;
	struct gs_wire *a, *b;
	int fds[4];

	ck_assert_int_eq(gs_wire_open(&cfg, &a), 0);
	if (!has_ipv6()) {
		ck_assert_uint_eq(gs_wire_fds(a, fds, 4), 1);
		gs_wire_close(a);
		return;
	}
	ck_assert_uint_eq(gs_wire_fds(a, fds, 4), 2);
	b = open_on("::1");
	send_text(b, "::1", "::1", gs_wire_port(a), "six", 0);
	recv_one(a, &pkt);
	ck_assert_int_eq(pkt.src.sa.sa_family, AF_INET6);
	send_text(a, "::1", "::1", gs_wire_port(b), "back", 0x40);
	recv_one(b, &pkt);
	ck_assert_uint_eq(pkt.len, 4);
	ck_assert_uint_eq(pkt.tos, 0x40);
	gs_wire_close(b);
	gs_wire_close(a);
}
END_TEST

START_TEST(a_source_that_is_not_ours_sends_nothing)
{
	struct gs_wire *a = open_on("127.0.0.1");
	struct gs_wire *b = open_on("127.0.0.2");
	struct gs_wire_stats stats;

	send_text(a, "127.0.0.3", "127.0.0.2", gs_wire_port(b), "x", 0);
	send_text(a, "::1", "::1", gs_wire_port(b), "x", 0);
	send_text(a, "127.0.0.1", "127.0.0.2", 0, "x", 0);
	send_text(a, "127.0.0.1", "::1", gs_wire_port(b), "x", 0);
	ck_assert(!is_readable(first_fd(b), 0));
	gs_wire_get_stats(a, &stats);
	ck_assert_uint_eq(stats.out_packets, 0);
	ck_assert_uint_eq(stats.out_dropped, 4);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(a_source_that_no_interface_has_is_dropped_on_a_wildcard_wire)
{
	struct gs_wire_config cfg = { .port_mode = GS_PORT_FIXED,
		.is_plain = is_plain };
	struct gs_wire_stats stats;
	struct gs_wire *a;

	ck_assert_int_eq(gs_wire_open(&cfg, &a), 0);
	send_text(a, "203.0.113.77", "127.0.0.1", gs_wire_port(a), "x", 0);
	gs_wire_get_stats(a, &stats);
	ck_assert_uint_eq(stats.out_dropped, 1);
	ck_assert(!is_readable(first_fd(a), 0));
	gs_wire_close(a);
}
END_TEST

START_TEST(a_fixed_port_that_is_taken_is_eaddrinuse)
{
	union gs_addr a = addr("127.0.0.1", 0);
	struct gs_wire_config cfg = { .addrs = &a, .naddrs = 1 };
	struct gs_wire *w = NULL;
	int fd = plain_socket("127.0.0.1", &cfg.port);

	ck_assert_int_eq(gs_wire_open(&cfg, &w), -EADDRINUSE);
	ck_assert_ptr_null(w);
	/* On the wildcard too. */
	cfg.naddrs = 0;
	ck_assert_int_eq(gs_wire_open(&cfg, &w), -EADDRINUSE);
	close(fd);
}
END_TEST

START_TEST(an_auto_port_is_the_one_asked_for_or_another_if_it_is_taken)
{
	union gs_addr a[2];
	struct gs_wire_config cfg = { .port_mode = GS_PORT_AUTO, .addrs = a };
	struct gs_wire *w;
	int fds[2];
	int fd;

	a[0] = addr("127.0.0.1", 0);
	a[1] = addr("127.0.0.2", 0);
	cfg.naddrs = 2;
	/* Taken on the second address only. */
	fd = plain_socket("127.0.0.2", &cfg.port);
	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	ck_assert_uint_ne(gs_wire_port(w), cfg.port);
	ck_assert_uint_eq(gs_wire_fds(w, fds, 2), 2);
	gs_wire_close(w);
	close(fd);
	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	ck_assert_uint_eq(gs_wire_port(w), cfg.port);
	gs_wire_close(w);
}
END_TEST

START_TEST(all_sockets_have_the_same_port)
{
	union gs_addr a[3];
	struct gs_wire_config cfg = { .addrs = a, .naddrs = 3 };
	struct gs_wire *w;
	union gs_addr name;
	int fds[3];
	size_t i;

	for (i = 0; i < 3; i++) {
		a[i] = addr("127.0.0.1", 0);
		a[i].v4.sin_addr.s_addr = htonl(0x7f000001 + (uint32_t)i);
	}
	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	ck_assert_uint_eq(gs_wire_fds(w, fds, 3), 3);
	ck_assert_uint_ne(gs_wire_port(w), 0);
	for (i = 0; i < 3; i++) {
		socklen_t len = sizeof(name);

		ck_assert_int_eq(getsockname(fds[i], &name.sa, &len), 0);
		ck_assert_uint_eq(gs_addr_port(&name), gs_wire_port(w));
		ck_assert(gs_addr_same_ip(&name, &a[i]));
	}
	gs_wire_close(w);
}
END_TEST

START_TEST(a_socket_of_its_own_reads_runs_unless_it_is_plain)
{
	struct gs_wire *w = open_on("127.0.0.1");
	socklen_t len = sizeof(int);
	int value = -1;

	/* A kernel that has no such thing is served as ever. */
	if (getsockopt(first_fd(w), IPPROTO_UDP, UDP_GRO, &value, &len) == 0)
		ck_assert_int_eq(value, is_plain ? 0 : 1);
	else
		ck_assert_int_eq(errno, ENOPROTOOPT);
	gs_wire_close(w);
}
END_TEST

START_TEST(sockets_are_close_on_exec_and_non_blocking)
{
	struct gs_wire *w = open_on("127.0.0.1");
	int fd = first_fd(w);

	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	gs_wire_close(w);
	gs_wire_close(NULL);
}
END_TEST

START_TEST(an_empty_socket_yields_0_at_once)
{
	struct gs_wire *w = open_on("127.0.0.1");
	struct gs_packet pkt;

	ck_assert_int_eq(gs_wire_recv(w, first_fd(w), &pkt, 1), 0);
	ck_assert_int_eq(gs_wire_recv(w, first_fd(w), &pkt, 0), 0);
	ck_assert_int_eq(gs_wire_recv(w, -1, &pkt, 1), -EBADF);
	gs_wire_close(w);
}
END_TEST

START_TEST(packets_that_were_read_wait_until_they_are_asked_for)
{
	struct gs_wire *a = open_on("127.0.0.1");
	struct gs_wire *b = open_on("127.0.0.2");
	static const char *const text[] = { "one", "two", "three" };
	struct gs_packet pkts[3];
	int i;

	for (i = 0; i < 3; i++)
		send_text(a, "127.0.0.1", "127.0.0.2", gs_wire_port(b),
		    text[i], 0);
	ck_assert(is_readable(first_fd(b), WAIT_MS));
	ck_assert(!gs_wire_is_pending(b));
	ck_assert_int_eq(gs_wire_recv(b, first_fd(b), pkts, 2), 2);
	ck_assert_mem_eq(pkts[0].data, "one", 3);
	ck_assert_mem_eq(pkts[1].data, "two", 3);
	/* The third is not in the socket any more, nor lost. */
	ck_assert(!is_readable(first_fd(b), 0));
	ck_assert(gs_wire_is_pending(b));
	ck_assert_int_eq(gs_wire_recv(b, first_fd(b), pkts, 0), 0);
	ck_assert_int_eq(gs_wire_recv(b, first_fd(b), pkts, 3), 1);
	ck_assert_uint_eq(pkts[0].len, 5);
	ck_assert_mem_eq(pkts[0].data, "three", 5);
	ck_assert(!gs_wire_is_pending(b));
	ck_assert_int_eq(gs_wire_recv(b, first_fd(b), pkts, 3), 0);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(the_longest_datagram_passes_whole)
{
	struct gs_wire *a = open_on("127.0.0.1");
	struct gs_wire *b = open_on("127.0.0.1");
	uint8_t *bytes = calloc(1, 65507);
	struct gs_packet pkt;

	ck_assert_ptr_nonnull(bytes);
	bytes[65506] = 0x5a;
	memset(&pkt, 0, sizeof(pkt));
	pkt.src = addr("127.0.0.1", 0);
	pkt.dst = addr("127.0.0.1", gs_wire_port(b));
	pkt.data = bytes;
	pkt.len = 65507;
	gs_wire_send(a, &pkt, 1);
	recv_one(b, &pkt);
	ck_assert_uint_eq(pkt.len, 65507);
	ck_assert_uint_eq(pkt.data[65506], 0x5a);
	free(bytes);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

static uint8_t stream[PACKETS][1500];

struct flow {
	struct gs_wire *from, *to;
	union gs_addr src, dst;
	int fd; /* of the receiver */
	size_t (*length)(size_t);
};

/* Packet i of PACKETS. */
static struct gs_packet
packet_of(const struct flow *f, size_t i)
{
	struct gs_packet pkt;

	memset(&pkt, 0, sizeof(pkt));
	memset(stream[i], (int)(i * 7), sizeof(stream[i]));
	pkt.src = f->src;
	pkt.dst = f->dst;
	pkt.tos = i < PACKETS / 2 ? 0 : 0x28;
	pkt.data = stream[i];
	pkt.len = f->length(i);
	return pkt;
}

static void
must_be(const struct flow *f, const struct gs_packet *got, size_t i)
{
	struct gs_packet want = packet_of(f, i);

	ck_assert_uint_eq(got->len, want.len);
	ck_assert_mem_eq(got->data, want.data, want.len);
	ck_assert(gs_addr_equal(&got->src, &want.src));
	ck_assert(gs_addr_equal(&got->dst, &want.dst));
	ck_assert_uint_eq(got->tos, want.tos);
}

/* Packets from first to end go and come. */
static void
carry_some(const struct flow *f, size_t first, size_t end)
{
	static struct gs_packet pkts[PACKETS];
	size_t i;
	int got;

	for (i = first; i < end; i++)
		pkts[i - first] = packet_of(f, i);
	gs_wire_send(f->from, pkts, end - first);
	while (first < end) {
		ck_assert(gs_wire_is_pending(f->to) ||
		    is_readable(f->fd, WAIT_MS));
		got = gs_wire_recv(f->to, f->fd, pkts, PACKETS);
		ck_assert_int_gt(got, 0);
		for (i = 0; i < (size_t)got; i++) {
			ck_assert_uint_lt(first, end);
			must_be(f, &pkts[i], first++);
		}
	}
}

/* What is sent from a arrives at b, whatever the length of each packet. */
static void
carry(struct gs_wire *a, const char *src, struct gs_wire *b, const char *dst,
    size_t (*length)(size_t))
{
	/* No more than a receive buffer of the usual size has room for. */
	size_t step = length(0) == 1 ? PACKETS : 50;
	struct flow f = { .from = a, .to = b, .length = length };
	struct gs_wire_stats out, in;
	size_t i, sum = 0;
	int fds[2];

	f.src = addr(src, gs_wire_port(a));
	f.dst = addr(dst, gs_wire_port(b));
	/* A wildcard's first socket is IPv4's. */
	f.fd = fds[gs_wire_fds(b, fds, 2) == 2 &&
	    f.dst.sa.sa_family == AF_INET6];
	for (i = 0; i < PACKETS; i += step)
		carry_some(&f, i, i + step);
	for (i = 0; i < PACKETS; i++)
		sum += length(i);
	gs_wire_get_stats(a, &out);
	ck_assert_uint_eq(out.out_packets, PACKETS);
	ck_assert_uint_eq(out.out_bytes, sum);
	ck_assert_uint_eq(out.out_dropped, 0);
	gs_wire_get_stats(b, &in);
	ck_assert_uint_eq(in.in_packets, PACKETS);
	ck_assert_uint_eq(in.in_bytes, sum);
	ck_assert_uint_eq(in.in_dropped, 0);
}

static size_t
smallest(size_t i)
{
	(void)i;
	return 1;
}

static size_t
largest(size_t i)
{
	(void)i;
	return 1500;
}

static size_t
mixed(size_t i)
{
	return i % 9 == 8 ? 1 + i : i % 40 > 30 ? 100 : 1452;
}

static const struct {
	const char *ip;
	size_t (*length)(size_t);
} kinds[] = {
	{ "127.0.0.1", smallest },
	{ "127.0.0.1", largest },
	{ "127.0.0.1", mixed },
	{ "::1", smallest },
	{ "::1", largest },
	{ "::1", mixed },
};
#define KINDS (int)(sizeof(kinds) / sizeof(kinds[0]))

START_TEST(a_long_run_arrives_complete_and_in_order)
{
	struct gs_wire *a, *b;

	if (kinds[_i].ip[0] == ':' && !has_ipv6())
		return;
	a = open_on(kinds[_i].ip);
	b = open_on(kinds[_i].ip);
	carry(a, kinds[_i].ip, b, kinds[_i].ip, kinds[_i].length);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(one_end_may_know_of_runs_and_the_other_not)
{
	struct gs_wire *a, *b;

	if (kinds[_i].ip[0] == ':' && !has_ipv6())
		return;
	a = open_on(kinds[_i].ip);
	is_plain = !is_plain;
	b = open_on(kinds[_i].ip);
	carry(a, kinds[_i].ip, b, kinds[_i].ip, kinds[_i].length);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(a_long_run_leaves_a_wildcard_wire_from_its_source)
{
	struct gs_wire_config cfg = { .is_plain = is_plain };
	const char *src = kinds[_i].ip[0] == ':' ? "::1" : "127.3.2.1";
	struct gs_wire *a, *b;

	if (kinds[_i].ip[0] == ':' && !has_ipv6())
		return;
	ck_assert_int_eq(gs_wire_open(&cfg, &a), 0);
	ck_assert_int_eq(gs_wire_open(&cfg, &b), 0);
	carry(a, src, b, kinds[_i].ip, kinds[_i].length);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(packets_from_two_addresses_leave_from_their_own)
{
	union gs_addr addrs[2];
	struct gs_wire_config cfg = { .addrs = addrs, .naddrs = 2,
		.is_plain = is_plain };
	struct gs_wire *b = open_on("127.0.0.9");
	struct gs_packet pkts[4];
	struct gs_packet pkt;
	struct gs_wire *a;
	uint8_t byte = 1;
	size_t i;

	addrs[0] = addr("127.0.0.1", 0);
	addrs[1] = addr("127.0.0.2", 0);
	ck_assert_int_eq(gs_wire_open(&cfg, &a), 0);
	memset(pkts, 0, sizeof(pkts));
	for (i = 0; i < 4; i++) {
		pkts[i].src = addrs[i % 2];
		pkts[i].dst = addr("127.0.0.9", gs_wire_port(b));
		pkts[i].data = &byte;
		pkts[i].len = 1;
	}
	gs_wire_send(a, pkts, 4);
	for (i = 0; i < 4; i++) {
		recv_one(b, &pkt);
		ck_assert(gs_addr_same_ip(&pkt.src, &addrs[i % 2]));
	}
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(a_refused_datagram_does_not_stop_the_next)
{
	struct gs_wire *a = open_on("127.0.0.1");
	struct gs_wire *b = open_on("127.0.0.2");
	uint16_t closed = 0;
	struct gs_packet pkt;
	int i;

	/* A port where nobody listens answers with an ICMP message. */
	close(plain_socket("127.0.0.3", &closed));
	for (i = 0; i < 3; i++)
		send_text(a, "127.0.0.1", "127.0.0.3", closed, "lost", 0);
	ck_assert_int_eq(gs_wire_recv(a, first_fd(a), &pkt, 1), 0);
	send_text(a, "127.0.0.1", "127.0.0.2", gs_wire_port(b), "ok", 0);
	recv_one(b, &pkt);
	ck_assert_uint_eq(pkt.len, 2);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

START_TEST(an_empty_datagram_is_a_packet_of_0_bytes)
{
	struct gs_wire *w = open_on("127.0.0.1");
	union gs_addr to = addr("127.0.0.1", gs_wire_port(w));
	uint16_t port = 0;
	int fd = plain_socket("127.0.0.1", &port);
	struct gs_packet pkt;

	ck_assert_int_eq(sendto(fd, "", 0, 0, &to.sa, gs_addr_len(&to)), 0);
	recv_one(w, &pkt);
	ck_assert_uint_eq(pkt.len, 0);
	close(fd);
	gs_wire_close(w);
}
END_TEST

START_TEST(addresses_that_cannot_be_are_refused)
{
	static union gs_addr many[65];
	struct gs_wire_config cfg = { .addrs = many, .naddrs = 65 };
	struct gs_wire *w = NULL;

	many[0].sa.sa_family = AF_UNSPEC;
	ck_assert_int_eq(gs_wire_open(&cfg, &w), -E2BIG);
	cfg.naddrs = 1; /* AF_UNSPEC */
	ck_assert_int_eq(gs_wire_open(&cfg, &w), -EAFNOSUPPORT);
	many[0] = addr("203.0.113.77", 0); /* no interface has it */
	ck_assert_int_eq(gs_wire_open(&cfg, &w), -EADDRNOTAVAIL);
	ck_assert_ptr_null(w);
}
END_TEST

static TCase *
cases(const char *name, void (*fixture)(void))
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, fixture, NULL);
	tcase_add_test(tc, a_packet_arrives_with_its_addresses_ports_and_tos);
	tcase_add_test(tc, ipv6_carries_packets_as_ipv4_does);
	tcase_add_test(tc, a_wildcard_wire_sends_from_the_named_source);
	tcase_add_test(tc, a_wildcard_wire_knows_the_destination_of_a_packet);
	tcase_add_test(tc, a_wildcard_wire_has_both_families_on_one_port);
	tcase_add_test(tc, a_source_that_is_not_ours_sends_nothing);
	tcase_add_test(tc,
	    a_source_that_no_interface_has_is_dropped_on_a_wildcard_wire);
	tcase_add_test(tc, a_fixed_port_that_is_taken_is_eaddrinuse);
	tcase_add_test(tc,
	    an_auto_port_is_the_one_asked_for_or_another_if_it_is_taken);
	tcase_add_test(tc, all_sockets_have_the_same_port);
	tcase_add_test(tc, a_socket_of_its_own_reads_runs_unless_it_is_plain);
	tcase_add_test(tc, sockets_are_close_on_exec_and_non_blocking);
	tcase_add_test(tc, an_empty_socket_yields_0_at_once);
	tcase_add_test(tc,
	    packets_that_were_read_wait_until_they_are_asked_for);
	tcase_add_test(tc, the_longest_datagram_passes_whole);
	tcase_add_loop_test(tc, a_long_run_arrives_complete_and_in_order, 0,
	    KINDS);
	tcase_add_loop_test(tc, one_end_may_know_of_runs_and_the_other_not, 0,
	    KINDS);
	tcase_add_loop_test(tc,
	    a_long_run_leaves_a_wildcard_wire_from_its_source, 0, KINDS);
	tcase_add_test(tc, packets_from_two_addresses_leave_from_their_own);
	tcase_add_test(tc, a_refused_datagram_does_not_stop_the_next);
	tcase_add_test(tc, an_empty_datagram_is_a_packet_of_0_bytes);
	tcase_add_test(tc, addresses_that_cannot_be_are_refused);
	return tc;
}

static Suite *
suite(void)
{
	Suite *s = suite_create("wire");

	suite_add_tcase(s, cases("runs", setup));
	suite_add_tcase(s, cases("plain", setup_plain));
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
