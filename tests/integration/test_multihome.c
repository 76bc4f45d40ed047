/*
 * An association of several addresses: which path a packet takes, when a path
 * fails and comes back, and what each parameter of a path does to it.
 *
 * tests/interop/failover.sh has the same with real paths.
 */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "rawpeer.h"
#include "traffic.h"

#define RTO_MS 50

/* Quick to find that an address does not answer. */
#define QUICK_RTO                                                            \
	GSCTP_RTOINFO(.initial = gsctp_def(RTO_MS),                          \
	    .max = gsctp_def(2 * RTO_MS), .min = gsctp_def(RTO_MS))

/* No test here waits so long for a heartbeat. */
#define NEVER_MS 3600000
#define NO_HEARTBEATS GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(NEVER_MS))

static struct raw_peer peer;	/* of the test that runs */

static gsctp_sock
listener(const struct gsctp_opt *opts, size_t n)
{
	gsctp_sock s = loop_open(opts, n);

	ck_assert_int_eq(gsctp_listen(s, true), 0);
	return s;
}

/* The raw peer of two addresses, connected to s, with both confirmed. */
static gsctp_assoc_id
connect_two(gsctp_sock s)
{
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	bool is_second;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	do {
		struct sockaddr_storage second =
		    loop_addr("127.0.0.3", peer.port);

		m = raw_recv_type(&peer, s, GSCTP_MSG_PADDR_CHANGE);
		id = m->assoc_id;
		is_second = memcmp(&m->u.paddr_change.addr, &second,
		    sizeof(struct sockaddr_in)) == 0;
		ck_assert_uint_eq(m->u.paddr_change.state,
		    GSCTP_ADDR_CONFIRMED);
		gsctp_msg_free(m);
	} while (!is_second);
	return id;
}

/* The parameters of the i-th path of the raw peer. */
static struct gsctp_opt
path(gsctp_assoc_id id, size_t i)
{
	return (struct gsctp_opt)GSCTP_PEER_ADDR_PARAMS(.assoc_id = id,
	    .address = loop_addr(peer.ips[i], peer.port));
}

/* Heartbeats on this path alone: the other ones are for NEVER_MS. */
static void
watch(gsctp_sock s, gsctp_assoc_id id, size_t i, uint32_t pathmaxrxt)
{
	struct gsctp_opt o = path(id, i);

	o.u.paddrparams.hbinterval = (gsctp_field)gsctp_def(RTO_MS);
	o.u.paddrparams.pathmaxrxt = (gsctp_field)gsctp_def(pathmaxrxt);
	o.u.paddrparams.flags = (gsctp_field)gsctp_def(GSCTP_SPP_HB_ENABLE);
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), 0);
}

static uint32_t
path_state(gsctp_sock s, gsctp_assoc_id id, size_t i)
{
	struct gsctp_opt o = GSCTP_GET_PEER_ADDR_INFO(.assoc_id = id,
	    .address = loop_addr(peer.ips[i], peer.port));

	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o.u.paddrinfo.state;
}

/* The next event of the i-th path. */
static void
expect_path(gsctp_sock s, size_t i, uint32_t state)
{
	struct sockaddr_storage want = loop_addr(peer.ips[i], peer.port);
	struct gsctp_msg *m =
	    raw_recv_type(&peer, s, GSCTP_MSG_PADDR_CHANGE);

	ck_assert_str_eq(gsctp_paddr_change_name(m->u.paddr_change.state),
	    gsctp_paddr_change_name(state));
	ck_assert_mem_eq(&m->u.paddr_change.addr, &want,
	    sizeof(struct sockaddr_in));
	gsctp_msg_free(m);
}

static int
send_over(gsctp_sock s, gsctp_assoc_id id, const struct sockaddr_storage *to,
    const char *text)
{
	struct gsctp_sndrcvinfo info = { .flags = GSCTP_ADDR_OVER,
		.assoc_id = id };
	struct iovec iov = { (void *)(uintptr_t)text, strlen(text) };

	return gsctp_sendmsg(s, &info, &iov, 1, traffic_sa(to), sizeof(*to));
}

/* ---- addresses ---- */

START_TEST(an_answer_leaves_from_the_address_that_was_asked)
{
	static const char *const ours[] = { "127.0.0.1", "127.0.0.2" };
	const struct gsctp_opt two[] = {
		GSCTP_IP(loop_addr(ours[0], 0)),
		GSCTP_IP(loop_addr(ours[1], 0)),
	};
	gsctp_sock s = listener(two, 2);
	struct raw_chunk c;
	size_t i;

	for (i = 0; i < 2; i++) {
		raw_open(&peer, "127.0.0.4");
		peer.port = (uint16_t)(5001 + i);
		peer.to_port = (uint16_t)gsctp_port(s);
		ck_assert_int_eq(inet_pton(AF_INET, ours[i],
		    &peer.to.sin_addr), 1);
		raw_new_tag(&peer);
		raw_send_init(&peer);
		c = raw_wait(&peer, RAW_INIT_ACK);
		ck_assert_uint_eq(c.tag, peer.tag);
		ck_assert_mem_eq(&peer.in_from.sin_addr, &peer.to.sin_addr, 4);
		/* Out of the blue. */
		peer.to_port++;
		raw_send_chunk(&peer, 1, RAW_COOKIE_ACK, 0, NULL, 0);
		(void)raw_wait(&peer, RAW_ABORT);
		ck_assert_mem_eq(&peer.in_from.sin_addr, &peer.to.sin_addr, 4);
		raw_close(&peer);
	}
}
END_TEST

/* What goes to ip's path of id goes to a UDP socket of ours; *fd. */
static void
divert(gsctp_sock s, gsctp_assoc_id id, const struct sockaddr_storage *to,
    int *fd)
{
	struct sockaddr_storage at = *to;
	socklen_t len = sizeof(at);
	struct gsctp_opt o;

	((struct sockaddr_in *)&at)->sin_port = 0; /* in IPv6 as well */
	*fd = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(*fd, 0);
	ck_assert_int_eq(bind(*fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(getsockname(*fd, (struct sockaddr *)&at, &len), 0);
	o = (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id,
	    .address = *to,
	    .port = ntohs(((struct sockaddr_in *)&at)->sin_port));
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), 0);
}

/* A packet with this text comes there, and from the same address. */
static void
expect_diverted(int fd, const struct sockaddr_storage *to, const char *text)
{
	struct sockaddr_storage from;
	socklen_t len;
	char b[2048];
	ssize_t n;

	do {
		len = sizeof(from);
		memset(&from, 0, sizeof(from));
		ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
		n = recvfrom(fd, b, sizeof(b), 0, (struct sockaddr *)&from,
		    &len);
		ck_assert_int_gt(n, 12);
		ck_assert_int_eq(from.ss_family, to->ss_family);
	} while (memmem(b, (size_t)n, text, strlen(text)) == NULL);
	if (to->ss_family == AF_INET)
		ck_assert_mem_eq(&((struct sockaddr_in *)&from)->sin_addr,
		    &((const struct sockaddr_in *)to)->sin_addr, 4);
	else
		ck_assert_mem_eq(&((struct sockaddr_in6 *)&from)->sin6_addr,
		    &((const struct sockaddr_in6 *)to)->sin6_addr, 16);
}

START_TEST(one_association_has_paths_of_both_families)
{
	const struct gsctp_opt both[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("::1", 0)),
		GSCTP_I_WANT_MAPPED_V4_ADDR(false),
		GSCTP_NODELAY(true),
	};
	struct sockaddr_storage to[2], names[3];
	gsctp_assoc_id id, at_server;
	gsctp_sock server, client;
	int i, fd;

	if (!loop_has_ipv6())
		return;
	server = listener(both, 4);
	client = loop_open(both, 4);
	to[0] = loop_addr("127.0.0.1", (uint16_t)gsctp_port(server));
	to[1] = loop_addr("::1", (uint16_t)gsctp_port(server));
	ck_assert_int_eq(gsctp_connectx_init(client, to, 2, NULL, 0, &id), 0);
	(void)traffic_next_state(client, id, GSCTP_COMM_UP);
	at_server = loop_recv_state(server, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_peernames(client, id, names, 3), 2);
	ck_assert_mem_eq(&names[0], &to[0], sizeof(struct sockaddr_in));
	ck_assert_mem_eq(&names[1], &to[1], sizeof(struct sockaddr_in6));
	ck_assert_int_eq(gsctp_socknames(client, id, names, 3), 2);
	ck_assert_int_eq(gsctp_peernames(server, at_server, names, 3), 2);
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(send_over(client, id, &to[i], "over"), 0);
		traffic_expect(server, at_server, "over");
	}
	/* That each went its own way: */
	for (i = 0; i < 2; i++) {
		if (i == 0)
			traffic_arrived(client, id);
		divert(client, id, &to[i], &fd);
		ck_assert_int_eq(send_over(client, id, &to[i],
		    i == 0 ? "by IPv4" : "by IPv6"), 0);
		expect_diverted(fd, &to[i], i == 0 ? "by IPv4" : "by IPv6");
		close(fd);
	}
}
END_TEST

START_TEST(a_listening_socket_learns_every_address_of_a_connectx)
{
	const struct gsctp_opt three[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("127.0.0.2", 0)),
		GSCTP_IP(loop_addr("::1", 0)),
	};
	size_t n = loop_has_ipv6() ? 3 : 2, i, j;
	gsctp_sock server = listener(three, n), client = loop_open(three, n);
	struct sockaddr_storage to[3], names[4], own[4];
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_socknames(server, 0, to, 3), (int)n);
	ck_assert_int_eq(gsctp_connectx_init(client, to, n, NULL, 0, &id), 0);
	(void)traffic_next_state(client, id, GSCTP_COMM_UP);
	id = loop_recv_state(server, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_peernames(server, id, names, 4), (int)n);
	ck_assert_int_eq(gsctp_socknames(client, 0, own, 4), (int)n);
	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++)
			if (memcmp(&names[i], &own[j], sizeof(own[j])) == 0)
				break;
		ck_assert_uint_lt(j, n);
	}
}
END_TEST

/* ---- which path ---- */

START_TEST(data_takes_the_primary_path_and_addr_over_another)
{
	/* Nothing is sent again, and nobody given up, on a busy machine. */
	const struct gsctp_opt opts[] = { NO_HEARTBEATS };
	gsctp_sock s = listener(opts, 1);
	gsctp_assoc_id id = connect_two(s);
	struct sockaddr_storage second = loop_addr(peer.ips[1], peer.port);
	struct gsctp_opt prim = GSCTP_PRIMARY_ADDR(.assoc_id = id,
	    .addr = second);
	struct raw_chunk c;
	int i;

	for (i = 0; i < 10; i++) {
		bool is_over = i % 3 == 0;

		ck_assert_int_eq(is_over ? send_over(s, id, &second, "over") :
					   gsctp_send(s, id, 0, "x", 1), 0);
		c = raw_wait(&peer, RAW_DATA);
		ck_assert_int_eq(c.fd, is_over ? 1 : 0);
		raw_answer(&peer, &c);
		traffic_arrived(s, id);
	}
	/* And the other way round. */
	ck_assert_int_eq(gsctp_setopts(s, &prim, 1, NULL), 0);
	expect_path(s, 1, GSCTP_ADDR_MADE_PRIM);
	second = loop_addr(peer.ips[0], peer.port);
	ck_assert_int_eq(gsctp_send(s, id, 0, "x", 1), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_int_eq(c.fd, 1);
	raw_answer(&peer, &c);
	ck_assert_int_eq(send_over(s, id, &second, "over"), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_int_eq(c.fd, 0);
	raw_close(&peer);
}
END_TEST

/* RFC 9260 6.4.1, 8.2, 8.3. */
START_TEST(data_leaves_a_path_that_fails_and_returns_to_it)
{
	const struct gsctp_opt opts[] = { QUICK_RTO, NO_HEARTBEATS };
	gsctp_sock s = listener(opts, 2);
	gsctp_assoc_id id = connect_two(s);
	uint64_t begin = loop_now_ms();
	struct raw_chunk c;
	uint32_t tsn;

	watch(s, id, 0, 2);
	peer.is_mute[0] = true;
	ck_assert_int_eq(gsctp_send(s, id, 0, "first", 5), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_int_eq(c.fd, 0);
	tsn = raw_get32(c.value);
	/* The first timeout sends it on the other path. */
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_int_eq(c.fd, 1);
	ck_assert_uint_eq(raw_get32(c.value), tsn);
	ck_assert_uint_ge(loop_now_ms() - begin, RTO_MS - 10);
	raw_answer(&peer, &c);

	expect_path(s, 0, GSCTP_ADDR_UNREACHABLE);
	ck_assert_uint_eq(path_state(s, id, 0), GSCTP_PATH_INACTIVE);
	ck_assert_uint_eq(path_state(s, id, 1), GSCTP_PATH_ACTIVE);
	/* Three timeouts; a heartbeat's may be among them. */
	ck_assert_uint_ge(loop_now_ms() - begin, 3 * RTO_MS - 30);
	ck_assert_int_eq(gsctp_send(s, id, 0, "second", 6), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_int_eq(c.fd, 1);
	raw_answer(&peer, &c);

	peer.is_mute[0] = false;
	expect_path(s, 0, GSCTP_ADDR_AVAILABLE);
	ck_assert_uint_eq(path_state(s, id, 0), GSCTP_PATH_ACTIVE);
	ck_assert_int_eq(gsctp_send(s, id, 0, "third", 5), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_int_eq(c.fd, 0);
	raw_close(&peer);
}
END_TEST

/* What heartbeats have found out holds for the next message: it does not wait
 * for a timeout of its own. */
START_TEST(a_path_that_failed_unused_gets_no_data)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(RTO_MS),
		    .min = gsctp_def(RTO_MS)),
		NO_HEARTBEATS,
		GSCTP_NODELAY(true),
	};
	gsctp_sock s = listener(opts, 3);
	gsctp_assoc_id id = connect_two(s);
	struct sockaddr_storage first = loop_addr(peer.ips[0], peer.port);
	struct raw_chunk c;
	int n;

	watch(s, id, 0, 2);
	peer.is_mute[0] = true;
	expect_path(s, 0, GSCTP_ADDR_UNREACHABLE);
	raw_pump(&peer);
	for (n = 0; n < 3; n++) {
		ck_assert_int_eq(gsctp_send(s, id, 0, "x", 1), 0);
		do
			ck_assert(raw_next(&peer, 0, &c));
		while (c.type != RAW_DATA);
		ck_assert_int_eq(c.fd, 1);
		raw_answer(&peer, &c);
		traffic_arrived(s, id);
	}
	/* But where it is told to. */
	ck_assert_int_eq(send_over(s, id, &first, "over"), 0);
	do
		ck_assert(raw_next(&peer, 0, &c));
	while (c.type != RAW_DATA);
	ck_assert_int_eq(c.fd, 0);
	raw_close(&peer);
}
END_TEST

/* RFC 9260 5.4: nothing but heartbeats. */
START_TEST(an_address_that_is_not_confirmed_gets_no_data)
{
	const struct gsctp_opt opts[] = { QUICK_RTO,
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(RTO_MS)) };
	gsctp_sock s = listener(opts, 2);
	struct gsctp_opt prim;
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	struct raw_chunk c;
	int sent = 0, heartbeats = 0;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	peer.is_mute[1] = true;
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	id = m->assoc_id;
	gsctp_msg_free(m);
	ck_assert_uint_eq(path_state(s, id, 1), GSCTP_PATH_UNCONFIRMED);
	prim = (struct gsctp_opt)GSCTP_PRIMARY_ADDR(.assoc_id = id,
	    .addr = loop_addr(peer.ips[1], peer.port));
	ck_assert_int_eq(gsctp_setopts(s, &prim, 1, NULL), -EINVAL);
	/* Nor while the other path loses what is sent. */
	peer.is_mute[0] = true;
	ck_assert_int_eq(gsctp_send(s, id, 0, "x", 1), 0);
	while (sent < 4 || heartbeats < 3) {
		ck_assert(raw_next(&peer, LOOP_MS, &c));
		if (c.fd == 1)
			ck_assert_uint_eq(c.type, RAW_HEARTBEAT);
		heartbeats += c.fd == 1;
		sent += c.type == RAW_DATA;
	}
	raw_close(&peer);
}
END_TEST

/* RFC 9260 5.4: each RTO, not each heartbeat interval. */
START_TEST(an_address_is_asked_again_until_it_answers)
{
	const struct gsctp_opt opts[] = { QUICK_RTO, NO_HEARTBEATS };
	gsctp_sock s = listener(opts, 2);
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	struct raw_chunk c;
	int lost = 0;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	peer.is_mute[1] = true;
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	id = m->assoc_id;
	gsctp_msg_free(m);
	/* One less than make it unreachable. */
	while (lost < 4) {
		c = raw_wait(&peer, RAW_HEARTBEAT);
		raw_answer(&peer, &c);
		lost += c.fd == 1;
	}
	peer.is_mute[1] = false;
	do {
		m = raw_recv_type(&peer, s, GSCTP_MSG_PADDR_CHANGE);
		ck_assert_uint_eq(m->u.paddr_change.state,
		    GSCTP_ADDR_CONFIRMED);
		gsctp_msg_free(m);
	} while (path_state(s, id, 1) != GSCTP_PATH_ACTIVE);
	/* One may have been on its way, and then none. */
	while (raw_next(&peer, 10 * RTO_MS, &c)) {
		ck_assert_uint_eq(c.type, RAW_HEARTBEAT);
		ck_assert_int_le(++lost, 5);
		raw_answer(&peer, &c);
	}
	raw_close(&peer);
}
END_TEST

START_TEST(a_heartbeat_ack_that_was_guessed_confirms_nothing)
{
	const struct gsctp_opt opts[] = { QUICK_RTO,
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(RTO_MS)) };
	gsctp_sock s = listener(opts, 2);
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	struct raw_chunk c;
	uint8_t info[256];
	size_t i;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	peer.is_mute[1] = true;
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	id = m->assoc_id;
	gsctp_msg_free(m);
	do {
		c = raw_wait(&peer, RAW_HEARTBEAT);
		raw_answer(&peer, &c);
	} while (c.fd != 1);
	ck_assert_uint_le(c.len, sizeof(info));
	memcpy(info, c.value, c.len);
	/* Behind the parameter's header and two times, each byte is wrong
	 * once: that is where the engine has its nonce. */
	for (i = 12; i < 20; i++) {
		info[i] ^= 1;
		raw_begin(&peer, peer.peer_tag);
		raw_add(&peer.out, RAW_HEARTBEAT_ACK, 0, info, c.len);
		raw_checksum(&peer.out);
		raw_send_as_is(&peer, 1);
		info[i] ^= 1;
	}
	/* What is behind them has been worked on, so they have. */
	raw_send_chunk(&peer, peer.peer_tag, RAW_HEARTBEAT, 0,
	    (const uint8_t[]){ 0, 1, 0, 8, 1, 2, 3, 4 }, 8);
	(void)raw_wait(&peer, RAW_HEARTBEAT_ACK);
	ck_assert_uint_eq(path_state(s, id, 1), GSCTP_PATH_UNCONFIRMED);
	peer.is_mute[1] = false;
	do {
		m = raw_recv_type(&peer, s, GSCTP_MSG_PADDR_CHANGE);
		gsctp_msg_free(m);
	} while (path_state(s, id, 1) != GSCTP_PATH_ACTIVE);
	raw_close(&peer);
}
END_TEST

START_TEST(an_association_is_lost_when_every_path_is)
{
	const struct gsctp_opt opts[] = {
		QUICK_RTO,
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(6)),
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(RTO_MS),
		    .pathmaxrxt = gsctp_def(2)),
	};
	gsctp_sock s = listener(opts, 3);
	bool is_down[2] = { false, false };
	struct gsctp_msg *m;
	int i;

	(void)connect_two(s);
	peer.is_mute[0] = peer.is_mute[1] = true;
	while ((m = raw_recv(&peer, s))->type != GSCTP_MSG_ASSOC_CHANGE) {
		struct sockaddr_storage addr = m->u.paddr_change.addr;

		ck_assert_uint_eq(m->type, GSCTP_MSG_PADDR_CHANGE);
		for (i = 0; i < 2; i++) {
			struct sockaddr_storage a =
			    loop_addr(peer.ips[i], peer.port);

			if (m->u.paddr_change.state ==
			    GSCTP_ADDR_UNREACHABLE &&
			    memcmp(&a, &addr, sizeof(a)) == 0)
				is_down[i] = true;
		}
		gsctp_msg_free(m);
	}
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_LOST);
	gsctp_msg_free(m);
	ck_assert(is_down[0] && is_down[1]);
	raw_close(&peer);
}
END_TEST

/* ---- parameters of a path ---- */

/* The time to the next heartbeat on the second path; the first has none. */
static uint64_t
next_heartbeat(void)
{
	uint64_t begin = loop_now_ms();
	struct raw_chunk c;

	c = raw_wait(&peer, RAW_HEARTBEAT);
	ck_assert_int_eq(c.fd, 1);
	raw_answer(&peer, &c);
	return loop_now_ms() - begin;
}

/* RFC 9260 8.3: the interval, and an RTO with half of it as jitter. */
START_TEST(heartbeats_of_a_path_come_at_its_interval)
{
	static const uint32_t intervals[] = { 300, 100, 0 };
	const struct gsctp_opt opts[] = { QUICK_RTO, NO_HEARTBEATS };
	gsctp_sock s = listener(opts, 2);
	gsctp_assoc_id id = connect_two(s);
	uint64_t took, shortest, longest;
	size_t i;
	int n;

	for (i = 0; i < 3; i++) {
		struct gsctp_opt o = path(id, 1);

		o.u.paddrparams.hbinterval =
		    (gsctp_field)gsctp_def(intervals[i]);
		o.u.paddrparams.flags =
		    (gsctp_field)gsctp_def(GSCTP_SPP_HB_ENABLE |
			GSCTP_SPP_HB_DEMAND);
		ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), 0);
		/* From the one on demand on, and what was under way. */
		(void)next_heartbeat();
		(void)next_heartbeat();
		/* We may read one late: the next has come soon then. */
		shortest = UINT64_MAX;
		longest = 0;
		for (n = 0; n < 4; n++) {
			took = next_heartbeat();
			shortest = took < shortest ? took : shortest;
			longest = took > longest ? took : longest;
		}
		/* A tick is 10 ms. */
		ck_assert_uint_ge(longest + 20, intervals[i] + RTO_MS / 2);
		ck_assert_uint_le(shortest, intervals[i] + 4 * RTO_MS);
	}
	raw_close(&peer);
}
END_TEST

START_TEST(a_path_without_heartbeats_has_none_until_they_are_enabled)
{
	const struct gsctp_opt opts[] = { QUICK_RTO,
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(RTO_MS)) };
	gsctp_sock s = listener(opts, 2);
	gsctp_assoc_id id = connect_two(s);
	struct gsctp_opt off = path(id, 0);
	struct raw_chunk c;
	int n;

	off.u.paddrparams.flags =
	    (gsctp_field)gsctp_def(GSCTP_SPP_HB_DISABLE);
	ck_assert_int_eq(gsctp_setopts(s, &off, 1, NULL), 0);
	raw_pump(&peer);	/* what was sent before */
	for (n = 0; n < 5; n++)
		(void)next_heartbeat();
	off.u.paddrparams.flags = (gsctp_field)gsctp_def(GSCTP_SPP_HB_ENABLE);
	ck_assert_int_eq(gsctp_setopts(s, &off, 1, NULL), 0);
	do {
		c = raw_wait(&peer, RAW_HEARTBEAT);
		raw_answer(&peer, &c);
	} while (c.fd != 0);
	raw_close(&peer);
}
END_TEST

START_TEST(a_heartbeat_on_demand_comes_at_once_on_its_path)
{
	const struct gsctp_opt opts[] = { QUICK_RTO, NO_HEARTBEATS };
	gsctp_sock s = listener(opts, 2);
	gsctp_assoc_id id = connect_two(s);
	struct raw_chunk c;
	size_t i, n;

	raw_pump(&peer);
	for (n = 0; n < 4; n++) {
		struct gsctp_opt o;

		i = n % 2;
		o = path(id, i);
		o.u.paddrparams.flags =
		    (gsctp_field)gsctp_def(GSCTP_SPP_HB_DEMAND);
		ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), 0);
		/* What is sent leaves before the call returns. */
		ck_assert(raw_next(&peer, 0, &c));
		ck_assert_uint_eq(c.type, RAW_HEARTBEAT);
		ck_assert_int_eq(c.fd, (int)i);
		raw_answer(&peer, &c);
		ck_assert(!raw_next(&peer, 0, &c));
	}
	raw_close(&peer);
}
END_TEST

/* A path fails when one heartbeat more than this has had no answer. */
START_TEST(pathmaxrxt_decides_when_a_path_is_unreachable)
{
	const struct gsctp_opt opts[] = { QUICK_RTO, NO_HEARTBEATS };
	const uint32_t max = (uint32_t[]){ 1, 2, 4 }[_i];
	gsctp_sock s = listener(opts, 2);
	gsctp_assoc_id id = connect_two(s);
	uint32_t unanswered = 0;
	struct gsctp_msg *m;
	struct raw_chunk c;

	watch(s, id, 1, max);
	(void)next_heartbeat();
	while (gsctp_recv(s, 0, &m) != 0) {
		ck_assert_msg(unanswered < 20, "the path never fails");
		ck_assert_uint_eq(path_state(s, id, 1), GSCTP_PATH_ACTIVE);
		/* Not answered. */
		do
			ck_assert(raw_next(&peer, LOOP_MS, &c));
		while (c.type != RAW_HEARTBEAT || c.fd != 1);
		unanswered++;
	}
	ck_assert_uint_eq(m->type, GSCTP_MSG_PADDR_CHANGE);
	ck_assert_uint_eq(m->u.paddr_change.state, GSCTP_ADDR_UNREACHABLE);
	gsctp_msg_free(m);
	/* Some may have come while we did not look. */
	while (unanswered < max + 1 && raw_next(&peer, 0, &c))
		unanswered += c.type == RAW_HEARTBEAT && c.fd == 1;
	/* The last one leaves together with the event, and may come later. */
	if (unanswered == max + 1) {
		do
			ck_assert(raw_next(&peer, LOOP_MS, &c));
		while (c.type != RAW_HEARTBEAT || c.fd != 1);
		unanswered++;
	}
	ck_assert_uint_eq(unanswered, max + 2);
	raw_close(&peer);
}
END_TEST

/* The longest packet with DATA on each path, of a message of len bytes. */
static void
packets_of(gsctp_sock s, gsctp_assoc_id id, size_t i, size_t len, size_t max[2])
{
	struct sockaddr_storage to = loop_addr(peer.ips[i], peer.port);
	struct gsctp_sndrcvinfo info = { .flags = GSCTP_ADDR_OVER,
		.assoc_id = id };
	uint8_t *data = traffic_bytes(len, 1);
	struct iovec iov = { data, len };
	struct raw_chunk c;
	size_t got = 0;
	uint32_t cum;

	max[0] = max[1] = 0;
	ck_assert_int_eq(gsctp_sendmsg(s, &info, &iov, 1, traffic_sa(&to),
	    sizeof(to)), 0);
	while (got < len) {
		c = raw_wait(&peer, RAW_DATA);
		if (peer.in.len > max[c.fd])
			max[c.fd] = peer.in.len;
		/* What comes once more, as we were slow, counts once. */
		cum = peer.cum;
		raw_answer(&peer, &c);
		if (peer.cum != cum)
			got += c.len - 12;
	}
	ck_assert_uint_eq(got, len);
	free(data);
	traffic_arrived(s, id);
}

START_TEST(the_mtu_of_a_path_bounds_its_packets)
{
	const struct gsctp_opt opts[] = { QUICK_RTO };
	gsctp_sock s = listener(opts, 1);
	gsctp_assoc_id id = connect_two(s);
	struct gsctp_opt o = path(id, 1), info;
	size_t max[2];

	packets_of(s, id, 1, 6000, max);
	ck_assert_uint_gt(max[1], 1000);
	ck_assert_uint_eq(max[0], 0);
	o.u.paddrparams.pathmtu = (gsctp_field)gsctp_def(700);
	o.u.paddrparams.flags =
	    (gsctp_field)gsctp_def(GSCTP_SPP_PMTUD_DISABLE);
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), 0);
	packets_of(s, id, 1, 6000, max);
	ck_assert_uint_le(max[1], 700);
	ck_assert_uint_gt(max[1], 600);
	info = (struct gsctp_opt)GSCTP_GET_PEER_ADDR_INFO(.assoc_id = id,
	    .address = loop_addr(peer.ips[1], peer.port));
	ck_assert_int_eq(gsctp_getopts(s, &info, 1, NULL), 0);
	ck_assert_uint_eq(info.u.paddrinfo.mtu, 700);
	/* The other one keeps its own, but a message must fit every path:
	 * it may have to go there. */
	info.u.paddrinfo.address = loop_addr(peer.ips[0], peer.port);
	ck_assert_int_eq(gsctp_getopts(s, &info, 1, NULL), 0);
	ck_assert_uint_gt(info.u.paddrinfo.mtu, 1000);
	raw_close(&peer);
}
END_TEST

/* How long it takes until DATA is acknowledged. */
static uint64_t
ack_time(uint16_t ssn)
{
	uint64_t begin = loop_now_ms();

	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, ssn, "x", 1);
	(void)raw_wait(&peer, RAW_SACK);
	return loop_now_ms() - begin;
}

/* The engine has one delay for all paths of an association. */
START_TEST(sackdelay_of_a_path_holds_acknowledgements_back)
{
	gsctp_sock s = listener(NULL, 0);
	struct gsctp_opt o;
	gsctp_assoc_id id;

	id = connect_two(s);
	(void)ack_time(0);	/* the first is at once */
	o = path(id, 0);
	o.u.paddrparams.sackdelay = (gsctp_field)gsctp_def(450);
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), 0);
	ck_assert_uint_ge(ack_time(1), 400);
	o = path(id, 0);
	o.u.paddrparams.flags =
	    (gsctp_field)gsctp_def(GSCTP_SPP_SACKDELAY_DISABLE);
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), 0);
	ck_assert_uint_le(ack_time(2), 400);
	raw_close(&peer);
}
END_TEST

static void
add_paths(Suite *suite)
{
	TCase *t = tcase_create("paths");

	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, TRAFFIC_TIMEOUT_S);
	tcase_add_test(t, an_answer_leaves_from_the_address_that_was_asked);
	tcase_add_test(t, one_association_has_paths_of_both_families);
	tcase_add_test(t,
	    a_listening_socket_learns_every_address_of_a_connectx);
	tcase_add_test(t, data_takes_the_primary_path_and_addr_over_another);
	tcase_add_test(t, data_leaves_a_path_that_fails_and_returns_to_it);
	tcase_add_test(t, a_path_that_failed_unused_gets_no_data);
	tcase_add_test(t, an_address_that_is_not_confirmed_gets_no_data);
	tcase_add_test(t, an_address_is_asked_again_until_it_answers);
	tcase_add_test(t,
	    a_heartbeat_ack_that_was_guessed_confirms_nothing);
	tcase_add_test(t, an_association_is_lost_when_every_path_is);
	suite_add_tcase(suite, t);
}

static void
add_parameters(Suite *suite)
{
	TCase *t = tcase_create("parameters");

	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, TRAFFIC_TIMEOUT_S);
	tcase_add_test(t, heartbeats_of_a_path_come_at_its_interval);
	tcase_add_test(t,
	    a_path_without_heartbeats_has_none_until_they_are_enabled);
	tcase_add_test(t, a_heartbeat_on_demand_comes_at_once_on_its_path);
	tcase_add_loop_test(t,
	    pathmaxrxt_decides_when_a_path_is_unreachable, 0, 3);
	tcase_add_test(t, the_mtu_of_a_path_bounds_its_packets);
	tcase_add_test(t, sackdelay_of_a_path_holds_acknowledgements_back);
	suite_add_tcase(suite, t);
}

int
main(void)
{
	Suite *suite = suite_create("multihome");

	add_paths(suite);
	add_parameters(suite);
	return gs_test_main(suite);
}
