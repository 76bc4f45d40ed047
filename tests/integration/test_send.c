/* test_send: messages sent, refused, held up and given up. */

#include <errno.h>

#include "check_main.h"
#include "traffic.h"

static int
sendmsg_text(gsctp_sock s, const struct gsctp_sndrcvinfo *info,
    const char *text)
{
	struct iovec iov = { (void *)(uintptr_t)text, strlen(text) };

	return gsctp_sendmsg(s, info, &iov, 1, NULL, 0);
}

/* The next data, which must be this text; the caller frees it. */
static struct gsctp_msg *
expect_text(gsctp_sock s, const char *text)
{
	struct gsctp_msg *m = loop_recv_type(s, GSCTP_MSG_DATA);

	ck_assert_uint_eq(m->u.data.len, strlen(text));
	ck_assert_mem_eq(m->u.data.data, text, strlen(text));
	return m;
}

START_TEST(what_goes_with_a_message_arrives_with_it)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = {
		.stream = 3,
		.ppid = 0x01020304,
		.context = 0x77,
		.assoc_id = p.at_client,
	};
	struct gsctp_msg *m;

	ck_assert_int_eq(sendmsg_text(p.client, &info, "hello"), 0);
	m = expect_text(p.server, "hello");
	ck_assert(m->u.data.complete);
	ck_assert(m->u.data.has_info);
	ck_assert_uint_eq(m->u.data.info.stream, 3);
	ck_assert_uint_eq(m->u.data.info.ppid, 0x01020304);
	ck_assert_uint_eq(m->u.data.info.flags, 0);
	ck_assert_uint_eq(m->u.data.info.ssn, 0);
	ck_assert_uint_eq(m->u.data.info.timetolive, 0);
	ck_assert_uint_eq(m->u.data.info.assoc_id, p.at_server);
	/* Contexts do not travel: this is the receiver's own. */
	ck_assert_uint_eq(m->u.data.info.context, 0);
	ck_assert_uint_eq(m->assoc_id, p.at_server);
	ck_assert_uint_eq(m->sock.id, p.server.id);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(ssn_counts_a_streams_messages_and_tsn_all)
{
	struct loop_pair p = loop_pair(NULL, 0);
	uint32_t tsn = 0, ssn[2] = { 0, 0 };
	struct gsctp_msg *m;
	uint16_t stream;
	int i;

	for (i = 0; i < 20; i++)
		traffic_send(p.client, p.at_client, (uint16_t)(i % 3 == 0),
		    "x");
	for (i = 0; i < 20; i++) {
		m = expect_text(p.server, "x");
		stream = m->u.data.info.stream;
		ck_assert_uint_lt(stream, 2);
		ck_assert_uint_eq(m->u.data.info.ssn, ssn[stream]++);
		if (i > 0)
			ck_assert_uint_eq(m->u.data.info.tsn, tsn + 1);
		tsn = m->u.data.info.tsn;
		gsctp_msg_free(m);
	}
}
END_TEST

START_TEST(an_unordered_message_says_so)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = {
		.flags = GSCTP_UNORDERED,
		.assoc_id = p.at_client,
	};
	struct gsctp_msg *m;

	ck_assert_int_eq(sendmsg_text(p.client, &info, "any time"), 0);
	m = expect_text(p.server, "any time");
	ck_assert_uint_eq(m->u.data.info.flags, GSCTP_UNORDERED);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(the_receivers_context_comes_with_its_messages)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt context =
	    GSCTP_CONTEXT(.assoc_id = p.at_server, .assoc_value = 4242);
	struct gsctp_msg *m;

	traffic_set(p.server, context);
	traffic_send(p.client, p.at_client, 0, "hello");
	m = expect_text(p.server, "hello");
	ck_assert_uint_eq(m->u.data.info.context, 4242);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(a_message_is_from_the_peers_address)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct sockaddr_storage name = traffic_name(p.client);
	struct gsctp_msg *m;

	traffic_send(p.client, p.at_client, 0, "hello");
	m = expect_text(p.server, "hello");
	ck_assert_uint_eq(m->fromlen, sizeof(struct sockaddr_in));
	ck_assert_mem_eq(&m->from, &name, sizeof(struct sockaddr_in));
	gsctp_msg_free(m);
}
END_TEST

START_TEST(send_takes_from_default_send_param_and_sendmsg_does_not)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt param =
	    GSCTP_DEFAULT_SEND_PARAM(.assoc_id = p.at_client,
		.stream = gsctp_def(5), .flags = gsctp_def(GSCTP_UNORDERED),
		.ppid = gsctp_def(46));
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client };
	struct gsctp_msg *m;

	traffic_set(p.client, param);
	traffic_send(p.client, p.at_client, 2, "by default");
	m = expect_text(p.server, "by default");
	ck_assert_uint_eq(m->u.data.info.ppid, 46);
	ck_assert_uint_eq(m->u.data.info.flags, GSCTP_UNORDERED);
	ck_assert_uint_eq(m->u.data.info.stream, 2);
	gsctp_msg_free(m);

	ck_assert_int_eq(sendmsg_text(p.client, &info, "by itself"), 0);
	m = expect_text(p.server, "by itself");
	ck_assert_uint_eq(m->u.data.info.ppid, 0);
	ck_assert_uint_eq(m->u.data.info.flags, 0);
	ck_assert_uint_eq(m->u.data.info.stream, 0);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(an_endpoints_default_send_param_is_its_new_associations)
{
	struct gsctp_opt param =
	    GSCTP_DEFAULT_SEND_PARAM(.ppid = gsctp_def(60));
	struct loop_pair p = loop_pair(&param, 1);
	struct gsctp_msg *m;
	int i;

	param.u.send_param.ppid.v = 61;
	traffic_set(p.client, param);
	for (i = 0; i < 2; i++) {
		traffic_send(i == 0 ? p.client : p.server,
		    i == 0 ? p.at_client : p.at_server, 0, "x");
		m = expect_text(i == 0 ? p.server : p.client, "x");
		ck_assert_uint_eq(m->u.data.info.ppid, 60);
		gsctp_msg_free(m);
	}
}
END_TEST

START_TEST(a_message_is_the_parts_of_iov_in_order)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client };
	char one[] = "one", two[] = " and two", three[] = "!";
	struct iovec iov[] = {
		{ one, 3 },
		{ NULL, 0 },
		{ two, 8 },
		{ three, 1 },
	};

	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, iov, 4, NULL, 0), 0);
	traffic_expect(p.server, p.at_server, "one and two!");
	iov[1].iov_len = 1;
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, iov, 4, NULL, 0),
	    -EINVAL);
}
END_TEST

START_TEST(the_callers_bytes_may_go_when_send_returns)
{
	struct loop_pair p = loop_pair(NULL, 0);
	char text[] = "written over";

	traffic_send(p.client, p.at_client, 0, text);
	memset(text, 'x', sizeof(text));
	traffic_expect(p.server, p.at_server, "written over");
}
END_TEST

/*
 * What is refused.
 */

START_TEST(an_empty_message_is_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = { .assoc_id = p.at_client };
	struct iovec none = { NULL, 0 };

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "", 0), -EINVAL);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, NULL, 5),
	    -EINVAL);
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &none, 1, NULL, 0),
	    -EINVAL);
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, NULL, 0, NULL, 0),
	    -EINVAL);
}
END_TEST

START_TEST(an_association_that_is_not_there_is_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = { .assoc_id = 987654 };
	gsctp_sock never = { 0 };

	ck_assert_int_eq(gsctp_send(p.client, 987654, 0, "x", 1), -EPIPE);
	ck_assert_int_eq(gsctp_send(p.client, 0, 0, "x", 1), -EINVAL);
	ck_assert_int_eq(sendmsg_text(p.client, &info, "x"), -EPIPE);
	/* Another socket's. */
	ck_assert_int_eq(gsctp_send(p.client, p.at_server, 0, "x", 1), -EPIPE);
	ck_assert_int_eq(gsctp_send(never, p.at_client, 0, "x", 1), -EBADF);
}
END_TEST

START_TEST(a_stream_that_is_not_there_is_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 10, "x", 1),
	    -EINVAL);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 65535, "x", 1),
	    -EINVAL);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 9, "x", 1), 0);
	traffic_expect(p.server, p.at_server, "x");
}
END_TEST

START_TEST(unknown_flags_and_fields_of_received_messages_are_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);
	const struct gsctp_sndrcvinfo bad[] = {
		{ .assoc_id = p.at_client, .flags = 0x40000000 },
		{ .assoc_id = p.at_client, .flags = 0x80000000 },
		{ .assoc_id = p.at_client, .ssn = 1 },
		{ .assoc_id = p.at_client, .tsn = 1 },
		{ .assoc_id = p.at_client, .cumtsn = 1 },
		{ .assoc_id = p.at_client, .flags = GSCTP_EOF | GSCTP_ABORT },
		/* No address goes with it. */
		{ .assoc_id = p.at_client, .flags = GSCTP_ADDR_OVER },
	};
	struct sockaddr_storage to = traffic_name(p.server);
	struct gsctp_sndrcvinfo good = { .assoc_id = p.at_client };
	struct iovec iov = { (void *)(uintptr_t) "x", 1 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(sendmsg_text(p.client, &bad[i], "x"), -EINVAL);
	ck_assert_int_eq(gsctp_sendmsg(p.client, NULL, &iov, 1, NULL, 0),
	    -EINVAL);
	/* An address without the flag. */
	ck_assert_int_eq(gsctp_sendmsg(p.client, &good, &iov, 1,
			     traffic_sa(&to), sizeof(to)),
	    -EINVAL);
	traffic_send(p.client, p.at_client, 0, "still good");
	traffic_expect(p.server, p.at_server, "still good");
}
END_TEST

START_TEST(a_message_larger_than_sndbuf_is_refused)
{
	struct gsctp_opt sndbuf = GSCTP_SNDBUF(20000);
	struct loop_pair p = loop_pair(&sndbuf, 1);
	uint8_t *bytes = traffic_bytes(20001, 1);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, 20001),
	    -EMSGSIZE);
	ck_assert_int_eq(gsctp_send(p.server, p.at_server, 0, bytes, 20001),
	    -EMSGSIZE);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, 20000), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.len, 20000);
	ck_assert_mem_eq(m->u.data.data, bytes, 20000);
	gsctp_msg_free(m);
	free(bytes);
}
END_TEST

START_TEST(disable_fragments_refuses_what_does_not_fit_a_packet)
{
	struct gsctp_opt whole = GSCTP_DISABLE_FRAGMENTS(true);
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt status = GSCTP_STATUS(p.at_client);
	uint8_t *bytes = traffic_bytes(5000, 1);
	struct gsctp_msg *m;
	uint32_t fits;

	ck_assert_int_eq(gsctp_getopts(p.client, &status, 1, NULL), 0);
	fits = status.u.status.fragmentation_point;
	ck_assert_uint_gt(fits, 500);
	ck_assert_uint_lt(fits, 4999);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, fits + 1),
	    0);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));

	traffic_set(p.client, whole);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, fits + 1),
	    -EMSGSIZE);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, fits), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.len, fits);
	ck_assert_mem_eq(m->u.data.data, bytes, fits);
	gsctp_msg_free(m);
	free(bytes);
}
END_TEST

/*
 * Flags that end the association.
 */

START_TEST(the_eof_flag_ends_it_and_takes_no_data)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = {
		.flags = GSCTP_EOF,
		.assoc_id = p.at_client,
	};

	ck_assert_int_eq(sendmsg_text(p.client, &info, "data"), -EINVAL);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, NULL, 0, NULL, 0), 0);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_SHUTDOWN_EVENT));
	(void)loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(the_abort_flags_data_is_the_reason)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = {
		.flags = GSCTP_ABORT,
		.assoc_id = p.at_client,
	};
	struct gsctp_msg *m;

	ck_assert_int_eq(sendmsg_text(p.client, &info, "because"), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_LOST);
	ck_assert_uint_eq(m->u.assoc_change.error, 12);
	ck_assert_uint_ge(m->u.assoc_change.causes_len, 11);
	ck_assert_mem_eq(m->u.assoc_change.causes + 4, "because", 7);
	gsctp_msg_free(m);
	(void)loop_recv_state(p.client, GSCTP_COMM_LOST);
}
END_TEST

/*
 * A path of one's own choice.
 */

/* Until the socket has heard that its association's second path works. */
static void
wait_confirmed(gsctp_sock s, const struct sockaddr_storage *addr)
{
	struct gsctp_msg *m;
	bool done = false;

	while (!done) {
		m = loop_recv_type(s, GSCTP_MSG_PADDR_CHANGE);
		done = m->u.paddr_change.state == GSCTP_ADDR_CONFIRMED &&
		    memcmp(&m->u.paddr_change.addr, addr,
			sizeof(struct sockaddr_in)) == 0;
		gsctp_msg_free(m);
	}
}

static bool
has_bytes(const uint8_t *in, size_t len, const char *text)
{
	return memmem(in, len, text, strlen(text)) != NULL;
}

START_TEST(addr_over_sends_to_the_address_given)
{
	struct gsctp_opt two[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("127.0.0.2", 0)),
	};
	gsctp_sock server = loop_open(two, 2), client = loop_open(NULL, 0);
	struct sockaddr_storage to;
	struct gsctp_sndrcvinfo info = { .flags = GSCTP_ADDR_OVER };
	struct gsctp_opt tap = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0);
	char text[] = "over there";
	struct iovec iov = { text, strlen(text) };
	uint8_t packet[2048];
	uint16_t port;
	ssize_t n;
	int fd;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	info.assoc_id = loop_connect(client, server);
	to = loop_addr("127.0.0.2", (uint16_t)gsctp_port(server));
	wait_confirmed(client, &to);

	/* Packets to the second address come by here. */
	fd = traffic_blackhole("127.0.0.2", &port);
	tap.u.udp_encaps.assoc_id = info.assoc_id;
	tap.u.udp_encaps.address = to;
	tap.u.udp_encaps.port = port;
	traffic_set(client, tap);
	ck_assert_int_eq(gsctp_sendmsg(client, &info, &iov, 1, traffic_sa(&to),
			     sizeof(to)),
	    0);
	do {
		ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
		n = recv(fd, packet, sizeof(packet), 0);
		ck_assert_int_gt(n, 0);
	} while (!has_bytes(packet, (size_t)n, text));
	/* It is sent again, to the other. */
	traffic_expect(server, loop_recv_state(server, GSCTP_COMM_UP), text);
	close(fd);
}
END_TEST

START_TEST(addr_over_to_an_address_of_nobody_is_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct sockaddr_storage to =
	    loop_addr("127.0.0.2", (uint16_t)gsctp_port(p.server));
	struct gsctp_sndrcvinfo info = {
		.flags = GSCTP_ADDR_OVER,
		.assoc_id = p.at_client,
	};
	struct iovec iov = { (void *)(uintptr_t) "x", 1 };

	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1,
			     traffic_sa(&to), sizeof(to)),
	    -EINVAL);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

/*
 * No room.
 */

#define LEN 8000

START_TEST(a_full_buffer_refuses_at_once_where_nobody_waits)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	int n = traffic_stuff(p.client, p.at_client, LEN);
	uint64_t start = loop_now_ms();
	uint8_t *bytes = traffic_bytes(LEN, 1);

	ck_assert_int_gt(n, 10);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, LEN),
	    -EAGAIN);
	ck_assert_uint_lt(loop_now_ms() - start, 1000);
	/* What was refused is not sent, and what was not, is. */
	traffic_unstuff(p.server, n, LEN);
	traffic_send(p.client, p.at_client, 0, "next");
	traffic_expect(p.server, p.at_server, "next");
	free(bytes);
}
END_TEST

START_TEST(a_full_buffer_refuses_after_send_timeout)
{
	struct gsctp_opt wait = GSCTP_SEND_TIMEOUT_MS(100);
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	int n = traffic_stuff(p.client, p.at_client, LEN);
	uint8_t *bytes = traffic_bytes(LEN, 1);
	uint64_t start, took;

	traffic_set(p.client, wait);
	start = loop_now_ms();
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, LEN),
	    -ETIMEDOUT);
	took = loop_now_ms() - start;
	ck_assert_uint_ge(took, 100);
	ck_assert_uint_lt(took, 2000);
	traffic_unstuff(p.server, n, LEN);
	traffic_send(p.client, p.at_client, 0, "next");
	traffic_expect(p.server, p.at_server, "next");
	free(bytes);
}
END_TEST

struct job {
	gsctp_sock s;
	gsctp_assoc_id id;
	int err;
};

static void *
send_last(void *arg)
{
	struct job *j = arg;
	uint8_t bytes[LEN];

	traffic_fill(bytes, LEN, 1);
	j->err = gsctp_send(j->s, j->id, 0, bytes, LEN);
	return NULL;
}

START_TEST(a_send_without_limit_waits_until_the_peer_reads)
{
	struct gsctp_opt wait = GSCTP_SEND_TIMEOUT_MS(-1);
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct job j = { .s = p.client, .id = p.at_client, .err = 1 };
	int n = traffic_stuff(p.client, p.at_client, LEN);
	pthread_t t;

	traffic_set(p.client, wait);
	traffic_start(&t, send_last, &j);
	traffic_unstuff(p.server, n + 1, LEN);
	traffic_join(t);
	ck_assert_int_eq(j.err, 0);
}
END_TEST

START_TEST(the_descriptor_is_writable_again_when_there_is_room)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	uint8_t *bytes = traffic_bytes(LEN, 1);
	int n, fd = gsctp_fd(p.client), tries = 0;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(loop_poll(fd, POLLOUT, 0), POLLOUT);
	n = traffic_stuff(p.client, p.at_client, LEN);
	/* A little room may come late; a poll loop would try again. */
	while (loop_poll(fd, POLLOUT, 100) != 0) {
		n += gsctp_send(p.client, p.at_client, 0, bytes, LEN) == 0;
		ck_assert_int_lt(tries++, 100);
	}
	traffic_unstuff(p.server, n, LEN);
	ck_assert_int_eq(loop_poll(fd, POLLOUT, LOOP_MS), POLLOUT);
	free(bytes);
}
END_TEST

START_TEST(one_blocked_association_does_not_hold_up_another)
{
	struct gsctp_opt wait = GSCTP_SEND_TIMEOUT_MS(-1);
	struct gsctp_opt nodelay = GSCTP_NODELAY(true);
	struct loop_pair p = traffic_brisk_pair(&nodelay, 1);
	gsctp_sock other = loop_open(NULL, 0);
	struct job j = { .s = p.client, .id = p.at_client, .err = 1 };
	gsctp_assoc_id to_other, at_other;
	pthread_t t;
	int i, n;

	ck_assert_int_eq(gsctp_listen(other, GSCTP_BACKLOG), 0);
	to_other = loop_connect(p.client, other);
	at_other = loop_recv_state(other, GSCTP_COMM_UP);
	n = traffic_stuff(p.client, p.at_client, LEN);
	traffic_set(p.client, wait);
	traffic_start(&t, send_last, &j);
	for (i = 0; i < 100; i++) {
		traffic_send(p.client, to_other, 0, "through");
		traffic_expect(other, at_other, "through");
	}
	traffic_unstuff(p.server, n + 1, LEN);
	traffic_join(t);
	ck_assert_int_eq(j.err, 0);
}
END_TEST

START_TEST(several_senders_that_wait_all_get_through)
{
	struct gsctp_opt wait = GSCTP_SEND_TIMEOUT_MS(-1);
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct job j[5];
	pthread_t t[5];
	int i, n;

	n = traffic_stuff(p.client, p.at_client, LEN);
	traffic_set(p.client, wait);
	for (i = 0; i < 5; i++) {
		j[i] = (struct job){ p.client, p.at_client, 1 };
		traffic_start(&t[i], send_last, &j[i]);
	}
	traffic_unstuff(p.server, n + 5, LEN);
	for (i = 0; i < 5; i++) {
		traffic_join(t[i]);
		ck_assert_int_eq(j[i].err, 0);
	}
}
END_TEST

START_TEST(senders_that_wait_do_not_take_the_processor)
{
	struct gsctp_opt wait = GSCTP_SEND_TIMEOUT_MS(1000);
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct timespec cpu[2];
	struct job j[3];
	pthread_t t[3];
	int64_t ms;
	int i;

	(void)traffic_stuff(p.client, p.at_client, LEN);
	traffic_set(p.client, wait);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu[0]);
	for (i = 0; i < 3; i++) {
		j[i] = (struct job){ p.client, p.at_client, 1 };
		traffic_start(&t[i], send_last, &j[i]);
	}
	for (i = 0; i < 3; i++) {
		traffic_join(t[i]);
		ck_assert_int_eq(j[i].err, -ETIMEDOUT);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu[1]);
	ms = (cpu[1].tv_sec - cpu[0].tv_sec) * 1000 +
	    (cpu[1].tv_nsec - cpu[0].tv_nsec) / 1000000;
	ck_assert_int_lt(ms, 500);
}
END_TEST

/*
 * Time to live.
 */

static void
send_by(gsctp_sock s, gsctp_assoc_id id, uint16_t udp_port)
{
	struct gsctp_opt opt =
	    GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id, .port = udp_port);

	traffic_set(s, opt);
}

/* The engine looks at the time only when it is to send a message again. */
START_TEST(an_expired_message_comes_back_as_send_failed)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = {
		.stream = 4,
		.ppid = 18,
		.context = 0xabcd,
		.timetolive = 20,
		.assoc_id = p.at_client,
	};
	const struct gsctp_send_failed *f;
	struct gsctp_msg *m;
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	/* What comes from the server yet would show its port again. */
	traffic_arrived(p.client, p.at_client);
	traffic_arrived(p.server, p.at_server);
	send_by(p.client, p.at_client, port);
	ck_assert_int_eq(sendmsg_text(p.client, &info, "too late"), 0);
	m = loop_recv_type(p.client, GSCTP_MSG_SEND_FAILED);
	ck_assert(gsctp_msg_is_error(m));
	f = &m->u.send_failed;
	ck_assert(f->sent);
	ck_assert(f->first);
	ck_assert(f->last);
	ck_assert_uint_eq(f->error, 0);
	ck_assert_uint_eq(f->len, 8);
	ck_assert_mem_eq(f->data, "too late", 8);
	ck_assert_uint_eq(f->info.stream, 4);
	ck_assert_uint_eq(f->info.ppid, 18);
	ck_assert_uint_eq(f->info.context, 0xabcd);
	ck_assert_uint_eq(f->info.assoc_id, p.at_client);
	ck_assert_uint_eq(f->assoc_id, p.at_client);
	gsctp_msg_free(m);

	/* The peer learns to do without it, and the stream goes on. */
	send_by(p.client, p.at_client, loop_udp_port());
	traffic_send(p.client, p.at_client, 4, "in time");
	traffic_expect(p.server, p.at_server, "in time");
	close(fd);
}
END_TEST

START_TEST(without_a_time_to_live_a_message_is_sent_until_it_arrives)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct gsctp_msg *m;
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	traffic_arrived(p.client, p.at_client);
	traffic_arrived(p.server, p.at_server);
	send_by(p.client, p.at_client, port);
	traffic_send(p.client, p.at_client, 0, "patience");
	ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
	ck_assert_int_eq(gsctp_recv(p.server, 200, &m), -ETIMEDOUT);
	send_by(p.client, p.at_client, loop_udp_port());
	traffic_expect(p.server, p.at_server, "patience");
	close(fd);
}
END_TEST

START_TEST(a_message_within_its_time_arrives)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_sndrcvinfo info = {
		.timetolive = 60000,
		.assoc_id = p.at_client,
	};

	ck_assert_int_eq(sendmsg_text(p.client, &info, "soon"), 0);
	traffic_expect(p.server, p.at_server, "soon");
}
END_TEST

START_TEST(unsent_data_of_an_aborted_association_comes_back)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	struct gsctp_msg *m;
	size_t bytes = 0;
	int n;

	(void)loop_drain(p.client);
	n = traffic_stuff(p.client, p.at_client, LEN);
	ck_assert_int_eq(gsctp_abort(p.server, p.at_server, NULL, 0), 0);
	m = loop_recv(p.client);
	while (m->type == GSCTP_MSG_SEND_FAILED) {
		ck_assert_uint_eq(m->assoc_id, p.at_client);
		bytes += m->u.send_failed.len;
		gsctp_msg_free(m);
		m = loop_recv(p.client);
	}
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_LOST);
	gsctp_msg_free(m);
	traffic_nothing_waits(p.client);
	ck_assert_uint_gt(bytes, 0);
	ck_assert_uint_le(bytes, (size_t)n * LEN);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, what_goes_with_a_message_arrives_with_it);
	tcase_add_test(tc, ssn_counts_a_streams_messages_and_tsn_all);
	tcase_add_test(tc, an_unordered_message_says_so);
	tcase_add_test(tc, the_receivers_context_comes_with_its_messages);
	tcase_add_test(tc, a_message_is_from_the_peers_address);
	tcase_add_test(tc,
	    send_takes_from_default_send_param_and_sendmsg_does_not);
	tcase_add_test(tc,
	    an_endpoints_default_send_param_is_its_new_associations);
	tcase_add_test(tc, a_message_is_the_parts_of_iov_in_order);
	tcase_add_test(tc, the_callers_bytes_may_go_when_send_returns);
	tcase_add_test(tc, an_empty_message_is_refused);
	tcase_add_test(tc, an_association_that_is_not_there_is_refused);
	tcase_add_test(tc, a_stream_that_is_not_there_is_refused);
	tcase_add_test(tc,
	    unknown_flags_and_fields_of_received_messages_are_refused);
	tcase_add_test(tc, a_message_larger_than_sndbuf_is_refused);
	tcase_add_test(tc,
	    disable_fragments_refuses_what_does_not_fit_a_packet);
	tcase_add_test(tc, the_eof_flag_ends_it_and_takes_no_data);
	tcase_add_test(tc, the_abort_flags_data_is_the_reason);
	tcase_add_test(tc, addr_over_sends_to_the_address_given);
	tcase_add_test(tc, addr_over_to_an_address_of_nobody_is_refused);
	tcase_add_test(tc, a_full_buffer_refuses_at_once_where_nobody_waits);
	tcase_add_test(tc, a_full_buffer_refuses_after_send_timeout);
	tcase_add_test(tc, a_send_without_limit_waits_until_the_peer_reads);
	tcase_add_test(tc, the_descriptor_is_writable_again_when_there_is_room);
	tcase_add_test(tc, one_blocked_association_does_not_hold_up_another);
	tcase_add_test(tc, several_senders_that_wait_all_get_through);
	tcase_add_test(tc, senders_that_wait_do_not_take_the_processor);
	tcase_add_test(tc, an_expired_message_comes_back_as_send_failed);
	tcase_add_test(tc,
	    without_a_time_to_live_a_message_is_sent_until_it_arrives);
	tcase_add_test(tc, a_message_within_its_time_arrives);
	tcase_add_test(tc, unsent_data_of_an_aborted_association_comes_back);
}

int
main(void)
{
	return traffic_run("send", add);
}
