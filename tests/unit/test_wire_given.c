/* test_wire_given: the wire over sockets that somebody else has bound. */

#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <gsctp/gsctp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/check_main.h"
#include "log.h"

#define WAIT_MS 5000

static char last_line[GS_LOG_LINE];

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
addr(const char *text, uint16_t port)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	gs_addr_set_port(&a, port);
	return a;
}

/* Bound to text, and a port that is 0 for any; v6only where it is IPv6. */
static int
bound(const char *text, uint16_t *port, int v6only)
{
	union gs_addr a = addr(text, *port);
	socklen_t len = sizeof(a);
	int one = 1;
	int fd;

	fd = socket(a.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)), 0);
	if (a.sa.sa_family == AF_INET6)
		ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY,
				     &v6only, sizeof(v6only)),
		    0);
	ck_assert_int_eq(bind(fd, &a.sa, gs_addr_len(&a)), 0);
	ck_assert_int_eq(getsockname(fd, &a.sa, &len), 0);
	*port = gs_addr_port(&a);
	return fd;
}

static bool
has_ipv6(void)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;

	if (fd != -1)
		close(fd);
	return ok;
}

static struct gs_wire *
adopt(const int *fds, size_t n)
{
	struct gs_wire_config cfg = { .fds = fds, .nfds = n };
	struct gs_wire *w;

	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	return w;
}

static void
refused(const int *fds, size_t n, const char *why)
{
	struct gs_wire_config cfg = { .fds = fds, .nfds = n };
	struct gs_wire *w = NULL;

	ck_assert_int_eq(gs_wire_open(&cfg, &w), -EINVAL);
	ck_assert_ptr_null(w);
	gs_log_flush();
	ck_assert_str_eq(last_line, why);
}

static void
send_hi(struct gs_wire *w, const char *src, const char *dst, uint16_t port,
    uint8_t tos)
{
	uint8_t bytes[2] = { 'h', 'i' };
	struct gs_packet pkt;

	memset(&pkt, 0, sizeof(pkt));
	pkt.src = addr(src, gs_wire_port(w));
	pkt.dst = addr(dst, port);
	pkt.tos = tos;
	pkt.data = bytes;
	pkt.len = sizeof(bytes);
	gs_wire_send(w, &pkt, 1);
}

/* "hi" from src to dst, as a wire with one socket gets it. */
static void
must_get(struct gs_wire *w, const char *src, uint16_t port, const char *dst,
    uint8_t tos)
{
	union gs_addr want_src = addr(src, port);
	union gs_addr want_dst = addr(dst, gs_wire_port(w));
	struct pollfd p = { .events = POLLIN };
	struct gs_packet pkt;

	ck_assert_uint_eq(gs_wire_fds(w, &p.fd, 1), 1);
	if (!gs_wire_is_pending(w))
		ck_assert_int_eq(poll(&p, 1, WAIT_MS), 1);
	ck_assert_int_eq(gs_wire_recv(w, p.fd, &pkt, 1), 1);
	ck_assert_uint_eq(pkt.len, 2);
	ck_assert(gs_addr_equal(&pkt.src, &want_src));
	ck_assert(gs_addr_equal(&pkt.dst, &want_dst));
	ck_assert_uint_eq(pkt.tos, tos);
}

START_TEST(a_socket_of_the_caller_carries_packets_both_ways)
{
	uint16_t pa = 0, pb = 0;
	int fa = bound("127.0.0.1", &pa, 0), fb = bound("0.0.0.0", &pb, 0);
	struct gs_wire *a = adopt(&fa, 1), *b = adopt(&fb, 1);

	ck_assert_uint_eq(gs_wire_port(a), pa);
	send_hi(a, "127.0.0.1", "127.0.0.3", pb, 0x28);
	must_get(b, "127.0.0.1", pa, "127.0.0.3", 0x28);
	send_hi(b, "127.0.0.3", "127.0.0.1", pa, 0xb8);
	must_get(a, "127.0.0.3", pb, "127.0.0.1", 0xb8);
	gs_wire_close(a);
	gs_wire_close(b);
	close(fa);
	close(fb);
}
END_TEST

START_TEST(an_ipv6_socket_that_takes_ipv4_carries_both)
{
	uint16_t pa = 0, pb = 0;
	int fa = bound("::", &pa, 0), fb = bound("127.0.0.2", &pb, 0);
	struct gs_wire *a = adopt(&fa, 1), *b = adopt(&fb, 1);
	union gs_addr v4 = addr("127.0.0.1", 0), v6 = addr("::1", 0);

	ck_assert(gs_wire_has_source(a, &v4));
	ck_assert(gs_wire_has_source(a, &v6));
	send_hi(a, "127.0.0.4", "127.0.0.2", pb, 0x28);
	must_get(b, "127.0.0.4", pa, "127.0.0.2", 0x28);
	send_hi(b, "127.0.0.2", "127.0.0.4", pa, 0xb8);
	must_get(a, "127.0.0.2", pb, "127.0.0.4", 0xb8);
	send_hi(a, "::1", "::1", pa, 0x28);
	must_get(a, "::1", pa, "::1", 0x28);
	gs_wire_close(a);
	gs_wire_close(b);
	close(fa);
	close(fb);
}
END_TEST

static void
switch_on(int fd, int level, int name)
{
	int one = 1;

	ck_assert_int_eq(setsockopt(fd, level, name, &one, sizeof(one)), 0);
}

/* What else he has asked for comes along, and is in nobody's way. */
START_TEST(options_of_the_caller_lose_no_datagram)
{
	uint16_t pa = 0, pb = 0;
	int fa = bound("127.0.0.1", &pa, 0), fb = bound("0.0.0.0", &pb, 0);
	struct gs_wire *a, *b;

	switch_on(fb, SOL_SOCKET, SO_TIMESTAMP);
	switch_on(fb, SOL_SOCKET, SO_RXQ_OVFL);
	switch_on(fb, IPPROTO_IP, IP_RECVTTL);
	switch_on(fb, IPPROTO_IP, IP_RECVORIGDSTADDR);
	a = adopt(&fa, 1);
	b = adopt(&fb, 1);
	send_hi(a, "127.0.0.1", "127.0.0.3", pb, 0x28);
	must_get(b, "127.0.0.1", pa, "127.0.0.3", 0x28);
	gs_wire_close(a);
	gs_wire_close(b);
	close(fa);
	close(fb);
}
END_TEST

/* Where he has it, the kernel may make one datagram of several. */
START_TEST(datagrams_are_not_put_together)
{
	uint16_t pa = 0, pb = 0;
	int fa = bound("127.0.0.1", &pa, 0), fb = bound("127.0.0.2", &pb, 0);
	union gs_addr to = addr("127.0.0.2", pb);
	int size = 2;
	struct gs_wire *b;

	if (setsockopt(fb, IPPROTO_UDP, UDP_GRO, &size, sizeof(size)) != 0 ||
	    setsockopt(fa, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) != 0)
		goto close_both;	/* a kernel before 5.0 */
	b = adopt(&fb, 1);
	ck_assert_int_eq(sendto(fa, "hihi", 4, 0, &to.sa, gs_addr_len(&to)),
	    4);
	must_get(b, "127.0.0.1", pa, "127.0.0.2", 0);
	must_get(b, "127.0.0.1", pa, "127.0.0.2", 0);
	gs_wire_close(b);
close_both:
	close(fa);
	close(fb);
}
END_TEST

START_TEST(the_callers_descriptor_is_his_own)
{
	uint16_t port = 0;
	int fd = bound("127.0.0.1", &port, 0);
	int before = fcntl(fd, F_GETFL);
	struct gs_wire *w = adopt(&fd, 1);
	union gs_addr name;
	socklen_t len = sizeof(name);
	int mine;

	ck_assert_uint_eq(gs_wire_fds(w, &mine, 1), 1);
	ck_assert_int_ne(mine, fd);
	ck_assert_int_ne(fcntl(mine, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFL), before);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	gs_wire_close(w);
	ck_assert_int_lt(fcntl(mine, F_GETFD), 0);
	ck_assert_int_eq(getsockname(fd, &name.sa, &len), 0);
	ck_assert_uint_eq(gs_addr_port(&name), port);
	close(fd);
}
END_TEST

START_TEST(a_socket_that_blocks_is_not_waited_for)
{
	uint16_t port = 0;
	int fd = bound("127.0.0.1", &port, 0);
	struct gs_wire *w = adopt(&fd, 1);
	struct gs_packet pkt;
	int mine;

	ck_assert_uint_eq(gs_wire_fds(w, &mine, 1), 1);
	ck_assert_int_eq(gs_wire_recv(w, mine, &pkt, 1), 0);
	gs_wire_close(w);
	close(fd);
}
END_TEST

START_TEST(what_is_no_udp_socket_is_refused)
{
	int fds[4] = { open("/dev/null", O_RDONLY | O_CLOEXEC),
		socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0),
		socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), -1 };
	size_t i;

	for (i = 0; i < 4; i++) {
		refused(&fds[i], 1, "udp_fds[0] is not a UDP socket");
		if (fds[i] >= 0)
			close(fds[i]);
	}
	refused(&fds[0], 1, "udp_fds[0] is not a UDP socket"); /* closed */
}
END_TEST

START_TEST(a_socket_without_a_port_of_its_own_is_refused)
{
	uint16_t port = 0;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	union gs_addr peer = addr("127.0.0.1", 9);

	refused(&fd, 1, "udp_fds[0] is not bound");
	close(fd);
	fd = bound("127.0.0.1", &port, 0);
	ck_assert_int_eq(connect(fd, &peer.sa, gs_addr_len(&peer)), 0);
	refused(&fd, 1, "udp_fds[0] is connected");
	close(fd);
}
END_TEST

START_TEST(sockets_that_do_not_fit_together_are_refused)
{
	uint16_t port = 0, other = 0;
	int fds[3];
	struct gs_wire_config cfg = { .fds = fds, .nfds = 1 };
	struct gs_wire *w;

	fds[0] = bound("127.0.0.1", &port, 0);
	fds[1] = bound("127.0.0.2", &other, 0);
	ck_assert_uint_ne(port, other);
	refused(fds, 2, "udp_fds[1] has another port than udp_fds[0]");
	close(fds[1]);
	fds[1] = bound("127.0.0.2", &port, 0);
	fds[2] = bound("127.0.0.1", &port, 0);
	refused(fds, 3, "udp_fds[2] has the address of another one");
	gs_wire_close(adopt(fds, 2));
	cfg.port = (uint16_t)(port ^ 1);
	ck_assert_int_eq(gs_wire_open(&cfg, &w), -EINVAL);
	gs_log_flush();
	ck_assert_str_eq(last_line, "udp_fds[0] is not bound to udp_port");
	cfg.port = port;
	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	gs_wire_close(w);
	close(fds[0]);
	close(fds[1]);
	close(fds[2]);
}
END_TEST

START_TEST(two_that_take_ipv4_are_refused)
{
	uint16_t port = 0;
	int fds[2];

	fds[0] = bound("0.0.0.0", &port, 0);
	fds[1] = bound("::", &port, 1);
	gs_wire_close(adopt(fds, 2));
	close(fds[1]);
	fds[1] = bound("::", &port, 0);
	refused(fds, 2, "udp_fds[1] has the address of another one");
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(a_refusal_leaves_no_descriptor)
{
	uint16_t port = 0;
	int fds[2] = { bound("127.0.0.1", &port, 0), -1 };
	int next = dup(fds[0]);

	close(next);
	refused(fds, 2, "udp_fds[1] is not a UDP socket");
	ck_assert_int_eq(dup(fds[0]), next);
	close(next);
	close(fds[0]);
}
END_TEST

START_TEST(its_addresses_are_those_that_it_can_send_from)
{
	uint16_t port = 0;
	int fds[2] = { bound("127.0.0.1", &port, 0),
		bound("127.0.0.2", &port, 0) };
	struct gs_wire *w = adopt(fds, 2);
	union gs_addr a[2], ours = addr("127.0.0.2", 0);
	union gs_addr other = addr("127.0.0.3", 0), v6 = addr("::1", 0);

	ck_assert_uint_eq(gs_wire_addrs(w, a, 2), 2);
	ck_assert(gs_addr_same_ip(&a[1], &ours));
	ck_assert(gs_wire_has_source(w, &ours));
	ck_assert(!gs_wire_has_source(w, &other));
	ck_assert(!gs_wire_has_source(w, &v6));
	gs_wire_close(w);
	close(fds[0]);
	close(fds[1]);
	port = 0;
	fds[0] = bound("0.0.0.0", &port, 0);
	w = adopt(fds, 1);
	ck_assert_uint_eq(gs_wire_addrs(w, a, 2), 0);
	ck_assert(gs_wire_has_source(w, &other));
	ck_assert(!gs_wire_has_source(w, &v6));
	gs_wire_close(w);
	close(fds[0]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire_given");
	TCase *tc = tcase_create("wire_given");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_socket_of_the_caller_carries_packets_both_ways);
	tcase_add_test(tc, options_of_the_caller_lose_no_datagram);
	tcase_add_test(tc, datagrams_are_not_put_together);
	tcase_add_test(tc, the_callers_descriptor_is_his_own);
	tcase_add_test(tc, a_socket_that_blocks_is_not_waited_for);
	tcase_add_test(tc, what_is_no_udp_socket_is_refused);
	tcase_add_test(tc, a_socket_without_a_port_of_its_own_is_refused);
	tcase_add_test(tc, sockets_that_do_not_fit_together_are_refused);
	tcase_add_test(tc, a_refusal_leaves_no_descriptor);
	tcase_add_test(tc, its_addresses_are_those_that_it_can_send_from);
	if (has_ipv6()) {
		tcase_add_test(tc, an_ipv6_socket_that_takes_ipv4_carries_both);
		tcase_add_test(tc, two_that_take_ipv4_are_refused);
	}
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
