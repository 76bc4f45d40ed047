/* test_ttl: the TTL, or hop limit, of the packets that leave. */

#include <errno.h>

#include "check_main.h"
#include "opts.h"
#include "rawpeer.h"

static struct raw_peer peer;

static gsctp_assoc_id
connect_raw(gsctp_sock s)
{
	raw_open(&peer, "127.0.0.1");
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	return loop_recv_state(s, GSCTP_COMM_UP);
}

/* The TTL of the next message that s sends to the raw peer. */
static uint8_t
ttl_of_data(gsctp_sock s, gsctp_assoc_id id)
{
	struct raw_chunk c;

	ck_assert_int_eq(gsctp_send(s, id, 0, "x", 1), 0);
	c = raw_wait(&peer, RAW_DATA);
	raw_answer(&peer, &c);
	return c.ttl;
}

static uint32_t
ttl_now(gsctp_sock s)
{
	return opts_get_id(s, GSCTP_OPT_TTL, 0).u.value;
}

/* All sockets share the stack's UDP sockets. */
START_TEST(ttl_is_that_of_all_packets_that_leave)
{
	static const uint32_t good[] = { 1, 2, 127, 254, 255 };
	gsctp_sock s = opts_listener(NULL, 0), other = loop_open(NULL, 0);
	gsctp_assoc_id id = connect_raw(s);
	size_t i;

	/* Until it is set, it is what the system has. */
	ck_assert_uint_eq(ttl_of_data(s, id), ttl_now(s));
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		traffic_set(other, (struct gsctp_opt)GSCTP_TTL(good[i]));
		ck_assert_uint_eq(ttl_now(s), good[i]);
		ck_assert_uint_eq(ttl_of_data(s, id), good[i]);
	}
	raw_close(&peer);
}
END_TEST

START_TEST(a_ttl_past_its_limits_changes_nothing)
{
	static const uint32_t bad[] = { 0, 256, 257, INT32_MAX,
		UINT32_MAX - 1, UINT32_MAX };
	gsctp_sock s = opts_listener(NULL, 0);
	gsctp_assoc_id id = connect_raw(s);
	size_t i;

	traffic_set(s, (struct gsctp_opt)GSCTP_TTL(99));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(opts_try(s, (struct gsctp_opt)GSCTP_TTL(
				     bad[i])), -EINVAL);
		ck_assert_uint_eq(ttl_now(s), 99);
	}
	ck_assert_uint_eq(ttl_of_data(s, id), 99);
	raw_close(&peer);
}
END_TEST

START_TEST(ttl_at_open_is_in_effect_from_the_first_packet_on)
{
	const struct gsctp_opt opts[] = { GSCTP_TTL(33) };
	struct sockaddr_storage to;
	struct raw_chunk c;
	gsctp_assoc_id id;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, opts, 1);
	to = loop_addr("127.0.0.1", peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
			     sizeof(to), NULL, 0, &id), 0);
	c = raw_wait(&peer, RAW_INIT);
	ck_assert_uint_eq(c.ttl, 33);
	raw_close(&peer);
}
END_TEST

/* A UDP socket on ::1 that tells the hop limit. */
static int
udp_v6(uint16_t *port)
{
	struct sockaddr_storage ss = loop_addr("::1", 0);
	socklen_t len = sizeof(struct sockaddr_in6);
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&ss, len), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on,
			     sizeof(on)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	*port = ntohs(((struct sockaddr_in6 *)&ss)->sin6_port);
	return fd;
}

static int
hop_limit_of_next(int fd)
{
	char bytes[2048], control[128];
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int hops = -1;

	ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
	ck_assert_int_ge(recvmsg(fd, &h, 0), 12);
	for (c = CMSG_FIRSTHDR(&h); c != NULL; c = CMSG_NXTHDR(&h, c))
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_HOPLIMIT)
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
	return hops;
}

/* Set on a socket of IPv4, as it is the stack's. */
START_TEST(over_ipv6_ttl_is_the_hop_limit)
{
	uint16_t port;
	int fd = udp_v6(&port);
	struct sockaddr_storage to = loop_addr("::1", 5001);
	struct gsctp_opt opts[] = {
		GSCTP_FAMILY(GSCTP_INET6),
		GSCTP_IP(loop_addr("::1", 0)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = port),
	};
	gsctp_sock v4 = loop_open(NULL, 0), s = loop_open(opts, 3);
	gsctp_assoc_id id;

	traffic_set(v4, (struct gsctp_opt)GSCTP_TTL(44));
	ck_assert_uint_eq(ttl_now(s), 44);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
			     sizeof(to), NULL, 0, &id), 0);
	ck_assert_int_eq(hop_limit_of_next(fd), 44);
	close(fd);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ttl");
	TCase *t = tcase_create("ttl");

	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_add_test(t, ttl_is_that_of_all_packets_that_leave);
	tcase_add_test(t, a_ttl_past_its_limits_changes_nothing);
	tcase_add_test(t, ttl_at_open_is_in_effect_from_the_first_packet_on);
	if (loop_has_ipv6())
		tcase_add_test(t, over_ipv6_ttl_is_the_hop_limit);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
