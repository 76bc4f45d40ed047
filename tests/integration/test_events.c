/* The events of gsctp.h, each made to happen, and who is told of them. */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "rawpeer.h"

/* Everything there is. */
#define EVENTS_ALL                                                           \
	GSCTP_EVENTS(.data_io = gsctp_def(1), .association = gsctp_def(1),   \
	    .address = gsctp_def(1), .send_failure = gsctp_def(1),           \
	    .peer_error = gsctp_def(1), .shutdown = gsctp_def(1),            \
	    .partial_delivery = gsctp_def(1),                                \
	    .adaptation_layer = gsctp_def(1),                                \
	    .authentication = gsctp_def(1), .sender_dry = gsctp_def(1),      \
	    .stream_reset = gsctp_def(1), .assoc_reset = gsctp_def(1),       \
	    .stream_change = gsctp_def(1))

/* Quick to find that an address does not answer. */
#define QUICK_RTO                                                            \
	GSCTP_RTOINFO(.initial = gsctp_def(50), .max = gsctp_def(100),       \
	    .min = gsctp_def(50))
#define QUICK_PATHS                                                          \
	GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(50),                  \
	    .pathmaxrxt = gsctp_def(1))

static struct raw_peer peer;	/* of the test that runs */

static gsctp_sock
listener(const struct gsctp_opt *opts, size_t n)
{
	gsctp_sock s = loop_open(opts, n);

	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	return s;
}

/* The raw peer is connected to s, and the comm_up has been read. */
static gsctp_assoc_id
connect_raw(gsctp_sock s)
{
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
	id = m->assoc_id;
	gsctp_msg_free(m);
	return id;
}

/*
 * The next message that is not a paddr_change: the engine says addr_confirmed
 * of a peer's first address too, when it likes.
 */
static struct gsctp_msg *
recv_next(gsctp_sock s)
{
	struct gsctp_msg *m;

	while ((m = raw_recv(&peer, s))->type == GSCTP_MSG_PADDR_CHANGE)
		gsctp_msg_free(m);
	return m;
}

static struct gsctp_msg *
recv_change(gsctp_sock s, uint32_t state)
{
	struct gsctp_msg *m = loop_recv_type(s, GSCTP_MSG_ASSOC_CHANGE);

	ck_assert_uint_eq(m->u.assoc_change.state, state);
	ck_assert_uint_eq(m->u.assoc_change.assoc_id, m->assoc_id);
	return m;
}

static void
set_events(gsctp_sock s, struct gsctp_opt events)
{
	ck_assert_int_eq(gsctp_setopts(s, &events, 1, NULL), 0);
}

/* ---- assoc_change ---- */

START_TEST(comm_up_tells_both_sides_the_streams)
{
	const struct gsctp_opt few[] = {
		GSCTP_INITMSG(.num_ostreams = gsctp_def(3)),
	};
	const struct gsctp_opt many[] = {
		GSCTP_INITMSG(.num_ostreams = gsctp_def(7)),
	};
	gsctp_sock server = listener(few, 1);
	gsctp_sock client = loop_open(many, 1);
	struct sockaddr_storage addr;
	struct gsctp_assoc_change up;
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_sockname(server, &addr), 0);
	ck_assert_int_eq(gsctp_connect(client, (struct sockaddr *)&addr,
	    sizeof(addr), NULL, 0, LOOP_MS, &up), 0);
	ck_assert_uint_eq(up.state, GSCTP_COMM_UP);
	ck_assert_uint_eq(up.error, 0);
	ck_assert_uint_eq(up.outbound_streams, 7);
	ck_assert_uint_eq(up.inbound_streams, 3);
	ck_assert_ptr_null(up.causes);

	m = recv_change(server, GSCTP_COMM_UP);
	ck_assert_uint_eq(m->u.assoc_change.outbound_streams, 3);
	ck_assert_uint_eq(m->u.assoc_change.inbound_streams, 7);
	ck_assert_ptr_null(m->u.assoc_change.causes);
	ck_assert_uint_eq(m->sock.id, server.id);
	ck_assert_uint_eq(((struct sockaddr_in *)&m->from)->sin_port,
	    htons((uint16_t)gsctp_port(client)));
	ck_assert(!gsctp_msg_is_error(m));
	gsctp_msg_free(m);
}
END_TEST

START_TEST(comm_lost_carries_the_reason_of_the_abort)
{
	static const uint8_t causes[] = { 0, 12, 0, 8, 'w', 'h', 'y', '!' };
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, "why!", 4), 0);
	m = recv_change(p.server, GSCTP_COMM_LOST);
	ck_assert_uint_eq(m->assoc_id, p.at_server);
	ck_assert_uint_eq(m->u.assoc_change.error, 12);
	ck_assert_uint_eq(m->u.assoc_change.causes_len, sizeof(causes));
	ck_assert_mem_eq(m->u.assoc_change.causes, causes, sizeof(causes));
	ck_assert_str_eq(gsctp_error_string(m->u.assoc_change.error),
	    "User Initiated Abort");
	gsctp_msg_free(m);

	m = recv_change(p.client, GSCTP_COMM_LOST);
	ck_assert_uint_eq(m->assoc_id, p.at_client);
	ck_assert_uint_eq(m->u.assoc_change.error, 12);
	ck_assert_uint_eq(m->u.assoc_change.causes_len, 0);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(comm_lost_carries_all_causes_in_order)
{
	static const uint8_t causes[] = { 0, 13, 0, 4, 0, 12, 0, 5, 'x', 0, 0,
		0 };
	gsctp_sock s = listener(NULL, 0);
	struct gsctp_msg *m;

	raw_open(&peer, "127.0.0.1");
	(void)connect_raw(s);
	raw_abort(&peer, causes, sizeof(causes));
	m = recv_change(s, GSCTP_COMM_LOST);
	ck_assert_uint_eq(m->u.assoc_change.error, 13);
	ck_assert_uint_eq(m->u.assoc_change.causes_len, sizeof(causes));
	ck_assert_mem_eq(m->u.assoc_change.causes, causes, sizeof(causes));
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(comm_lost_comes_when_the_peer_is_silent)
{
	const struct gsctp_opt opts[] = {
		QUICK_RTO,
		QUICK_PATHS,
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(2)),
	};
	gsctp_sock s = listener(opts, 3);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	ck_assert_int_eq(gsctp_send(s, id, 0, "x", 1), 0);
	m = recv_change(s, GSCTP_COMM_LOST);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(m->u.assoc_change.causes_len, 0);
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(shutdown_comp_comes_last_on_both_sides)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "end", 3), 0);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	gsctp_msg_free(m);
	m = loop_recv(p.server);
	ck_assert_uint_eq(m->type, GSCTP_MSG_SHUTDOWN_EVENT);
	ck_assert_uint_eq(m->assoc_id, p.at_server);
	ck_assert(!gsctp_msg_is_error(m));
	gsctp_msg_free(m);
	m = recv_change(p.server, GSCTP_SHUTDOWN_COMP);
	ck_assert_uint_eq(m->assoc_id, p.at_server);
	ck_assert_uint_eq(m->u.assoc_change.error, 0);
	gsctp_msg_free(m);

	m = recv_change(p.client, GSCTP_SHUTDOWN_COMP);
	ck_assert_uint_eq(m->assoc_id, p.at_client);
	gsctp_msg_free(m);
	ck_assert_int_eq(loop_drain(p.client), 0);
	ck_assert_int_eq(loop_drain(p.server), 0);
}
END_TEST

START_TEST(cant_assoc_has_the_id_of_its_attempt)
{
	gsctp_sock nobody = loop_open(NULL, 0);
	gsctp_sock client = loop_open(NULL, 0);
	struct sockaddr_storage addr;
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_sockname(nobody, &addr), 0);
	ck_assert_int_eq(gsctp_connect_init(client, (struct sockaddr *)&addr,
	    sizeof(addr), NULL, 0, &id), 0);
	m = recv_change(client, GSCTP_CANT_ASSOC);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_int_eq(m->u.assoc_change.failure, -ECONNREFUSED);
	ck_assert(!gsctp_msg_is_error(m));
	gsctp_msg_free(m);
	ck_assert_int_eq(loop_drain(client), 0);
}
END_TEST

START_TEST(cant_assoc_tells_silence_from_refusal)
{
	struct gsctp_opt hasty[] = {
		GSCTP_INITMSG(.max_attempts = gsctp_def(1)),
		GSCTP_RTOINFO(.initial = gsctp_def(100), .min = gsctp_def(50)),
	};
	struct sockaddr_storage to;
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	gsctp_sock s;

	/* It answers nothing of itself. */
	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, hasty, 2);
	to = loop_addr("127.0.0.1", peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, &id), 0);
	m = recv_change(s, GSCTP_CANT_ASSOC);
	ck_assert_int_eq(m->u.assoc_change.failure, -ETIMEDOUT);
	gsctp_msg_free(m);

	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, &id), 0);
	ck_assert_int_eq(gsctp_abort(s, id, NULL, 0), 0);
	m = recv_change(s, GSCTP_CANT_ASSOC);
	ck_assert_int_eq(m->u.assoc_change.failure, -ECONNABORTED);
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(cant_assoc_carries_the_causes_of_the_peer)
{
	static const uint8_t causes[] = { 0, 4, 0, 4 };
	struct sockaddr_storage to;
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, NULL, 0);
	to = loop_addr("127.0.0.1", peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, &id), 0);
	raw_wait_init(&peer);
	raw_abort(&peer, causes, sizeof(causes));
	m = recv_change(s, GSCTP_CANT_ASSOC);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(m->u.assoc_change.error, 4);
	ck_assert_uint_eq(m->u.assoc_change.causes_len, sizeof(causes));
	ck_assert_mem_eq(m->u.assoc_change.causes, causes, sizeof(causes));
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(restart_keeps_the_association_and_its_id)
{
	gsctp_sock s = listener(NULL, 0);
	gsctp_assoc_id id, ids[2];
	struct gsctp_msg *m;
	struct raw_chunk c;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = recv_change(s, GSCTP_RESTART);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(m->u.assoc_change.outbound_streams, 10);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_assocs(s, ids, 2), 1);
	ck_assert_uint_eq(ids[0], id);

	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 0, "again", 5);
	m = raw_recv_type(&peer, s, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_mem_eq(m->u.data.data, "again", 5);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_send(s, id, 0, "yes", 3), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_uint_eq(c.tag, peer.tag);
	ck_assert_mem_eq(c.value + 12, "yes", 3);
	raw_close(&peer);
}
END_TEST

START_TEST(a_peer_that_we_connected_to_can_restart)
{
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, NULL, 0);
	id = raw_accept_from(&peer, s);
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_RESTART);
	ck_assert_uint_eq(m->assoc_id, id);
	gsctp_msg_free(m);
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 0, "again", 5);
	m = raw_recv_type(&peer, s, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->assoc_id, id);
	gsctp_msg_free(m);
	/* An ABORT that reflects its tag: RFC 9260 8.5.1 B. */
	raw_send_chunk(&peer, peer.tag, RAW_ABORT, 1, NULL, 0);
	gsctp_msg_free(recv_change(s, GSCTP_COMM_LOST));
	raw_close(&peer);
}
END_TEST

/* ---- paddr_change ---- */

static bool
is_addr(const struct sockaddr_storage *ss, const char *ip, uint16_t port)
{
	struct sockaddr_storage want = loop_addr(ip, port);

	return memcmp(ss, &want, sizeof(want)) == 0;
}

/* The next paddr_change of this state, which is of the second address. */
static struct gsctp_msg *
recv_paddr(gsctp_sock s, uint32_t state)
{
	struct gsctp_msg *m;

	for (;;) {
		m = raw_recv_type(&peer, s, GSCTP_MSG_PADDR_CHANGE);
		if (m->u.paddr_change.state == state &&
		    is_addr(&m->u.paddr_change.addr, "127.0.0.3", peer.port))
			return m;
		gsctp_msg_free(m);
	}
}

START_TEST(addr_confirmed_comes_when_a_second_address_answers)
{
	const struct gsctp_opt opts[] = { QUICK_RTO };
	gsctp_sock s = listener(opts, 1);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	id = connect_raw(s);
	m = recv_paddr(s, GSCTP_ADDR_CONFIRMED);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(m->u.paddr_change.assoc_id, id);
	ck_assert(!gsctp_msg_is_error(m));
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(addr_unreachable_and_addr_available_follow_the_heartbeats)
{
	const struct gsctp_opt opts[] = { QUICK_RTO, QUICK_PATHS };
	struct gsctp_opt info;
	gsctp_sock s = listener(opts, 2);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	id = connect_raw(s);
	gsctp_msg_free(recv_paddr(s, GSCTP_ADDR_CONFIRMED));
	peer.is_mute[1] = true;
	m = recv_paddr(s, GSCTP_ADDR_UNREACHABLE);
	ck_assert_uint_eq(m->assoc_id, id);
	gsctp_msg_free(m);
	info = (struct gsctp_opt)GSCTP_GET_PEER_ADDR_INFO(.assoc_id = id,
	    .address = loop_addr("127.0.0.3", peer.port));
	ck_assert_int_eq(gsctp_getopts(s, &info, 1, NULL), 0);
	ck_assert_uint_eq(info.u.paddrinfo.state, GSCTP_PATH_INACTIVE);

	peer.is_mute[1] = false;
	m = recv_paddr(s, GSCTP_ADDR_AVAILABLE);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_getopts(s, &info, 1, NULL), 0);
	ck_assert_uint_eq(info.u.paddrinfo.state, GSCTP_PATH_ACTIVE);
	raw_close(&peer);
}
END_TEST

START_TEST(addr_made_prim_comes_when_the_primary_address_is_set)
{
	const struct gsctp_opt opts[] = { QUICK_RTO };
	gsctp_sock s = listener(opts, 1);
	struct gsctp_opt prim;
	struct gsctp_msg *m;
	struct raw_chunk c;
	gsctp_assoc_id id;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	id = connect_raw(s);
	gsctp_msg_free(recv_paddr(s, GSCTP_ADDR_CONFIRMED));
	prim = (struct gsctp_opt)GSCTP_PRIMARY_ADDR(.assoc_id = id,
	    .addr = loop_addr("127.0.0.3", peer.port));
	ck_assert_int_eq(gsctp_setopts(s, &prim, 1, NULL), 0);
	m = recv_paddr(s, GSCTP_ADDR_MADE_PRIM);
	ck_assert_uint_eq(m->assoc_id, id);
	gsctp_msg_free(m);

	memset(&prim.u.prim.addr, 0, sizeof(prim.u.prim.addr));
	ck_assert_int_eq(gsctp_getopts(s, &prim, 1, NULL), 0);
	ck_assert(is_addr(&prim.u.prim.addr, "127.0.0.3", peer.port));
	ck_assert_int_eq(gsctp_send(s, id, 0, "x", 1), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_int_eq(c.fd, 1);
	raw_close(&peer);
}
END_TEST

/* ---- send_failed ---- */

START_TEST(send_failed_gives_back_what_was_sent)
{
	const struct iovec iov = { (void *)(uintptr_t)"hello", 5 };
	struct gsctp_sndrcvinfo info = { .stream = 2, .ppid = 0x01020304,
		.context = 77, .flags = GSCTP_UNORDERED };
	gsctp_sock s = listener(NULL, 0);
	const struct gsctp_send_failed *f;
	struct gsctp_msg *m;

	raw_open(&peer, "127.0.0.1");
	info.assoc_id = connect_raw(s);
	ck_assert_int_eq(gsctp_sendmsg(s, &info, &iov, 1, NULL, 0), 0);
	(void)raw_wait(&peer, RAW_DATA);
	raw_abort(&peer, NULL, 0);
	m = loop_recv_type(s, GSCTP_MSG_SEND_FAILED);
	f = &m->u.send_failed;
	ck_assert(gsctp_msg_is_error(m));
	ck_assert_uint_eq(m->assoc_id, info.assoc_id);
	ck_assert_uint_eq(f->assoc_id, info.assoc_id);
	ck_assert(f->sent);
	ck_assert_uint_eq(f->len, 5);
	ck_assert_mem_eq(f->data, "hello", 5);
	ck_assert(f->first && f->last);
	ck_assert_uint_eq(f->info.stream, 2);
	ck_assert_uint_eq(f->info.ppid, 0x01020304);
	ck_assert_uint_eq(f->info.context, 77);
	ck_assert_uint_eq(f->info.flags, GSCTP_UNORDERED);
	ck_assert_uint_eq(f->info.assoc_id, info.assoc_id);
	gsctp_msg_free(m);
	gsctp_msg_free(recv_change(s, GSCTP_COMM_LOST));
	raw_close(&peer);
}
END_TEST

START_TEST(send_failed_says_what_was_never_sent)
{
	gsctp_sock s = listener(NULL, 0);
	uint8_t data[1400];
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	int i, sent = 0, unsent = 0;

	memset(data, 'd', sizeof(data));
	raw_open(&peer, "127.0.0.1");
	peer.rwnd = 1500;
	id = connect_raw(s);
	for (i = 0; i < 10; i++)
		ck_assert_int_eq(gsctp_send(s, id, 0, data, sizeof(data)), 0);
	(void)raw_wait(&peer, RAW_DATA);
	raw_abort(&peer, NULL, 0);
	for (i = 0; i < 10; i++) {
		m = recv_next(s);
		ck_assert_uint_eq(m->type, GSCTP_MSG_SEND_FAILED);
		ck_assert_uint_eq(m->u.send_failed.len, sizeof(data));
		ck_assert_mem_eq(m->u.send_failed.data, data, sizeof(data));
		if (m->u.send_failed.sent)
			sent++;
		else
			unsent++;
		gsctp_msg_free(m);
	}
	ck_assert_int_ge(sent, 1);
	ck_assert_int_ge(unsent, 5);
	gsctp_msg_free(recv_change(s, GSCTP_COMM_LOST));
	raw_close(&peer);
}
END_TEST

/* ---- remote_error ---- */

START_TEST(remote_error_lists_the_causes_of_the_peer)
{
	static const uint8_t causes[] = {
		0, 1, 0, 8, 0, 9, 0, 0,		/* invalid stream 9 */
		0, 13, 0, 6, 'h', 'i', 0, 0,	/* protocol violation */
		0, 9, 0, 8, 1, 2, 3, 4,		/* no user data */
	};
	gsctp_sock s = listener(NULL, 0);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	raw_error(&peer, causes, sizeof(causes));
	m = recv_next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_REMOTE_ERROR);
	ck_assert(gsctp_msg_is_error(m));
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(m->u.remote_error.assoc_id, id);
	ck_assert_uint_eq(m->u.remote_error.error, 1);
	ck_assert_uint_eq(m->u.remote_error.ncauses, 3);
	ck_assert_uint_eq(m->u.remote_error.causes[0], 1);
	ck_assert_uint_eq(m->u.remote_error.causes[1], 13);
	ck_assert_uint_eq(m->u.remote_error.causes[2], 9);
	ck_assert_uint_eq(m->u.remote_error.len, sizeof(causes));
	ck_assert_mem_eq(m->u.remote_error.data, causes, sizeof(causes));
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(remote_error_bounds_the_causes_it_lists)
{
	gsctp_sock s = listener(NULL, 0);
	static uint8_t causes[60000];
	struct gsctp_msg *m;
	size_t i;

	for (i = 0; i < sizeof(causes); i += 4) {
		raw_put16(causes + i, 13);
		raw_put16(causes + i + 2, 4);
	}
	raw_open(&peer, "127.0.0.1");
	(void)connect_raw(s);
	raw_error(&peer, causes, sizeof(causes));
	m = recv_next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_REMOTE_ERROR);
	ck_assert_uint_eq(m->u.remote_error.error, 13);
	ck_assert_uint_eq(m->u.remote_error.ncauses, GSCTP_CAUSES_MAX);
	ck_assert_uint_le(m->u.remote_error.len, sizeof(causes));
	ck_assert_mem_eq(m->u.remote_error.data, causes,
	    m->u.remote_error.len);
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

/* ---- shutdown_event, pdapi_event ---- */

START_TEST(shutdown_event_comes_when_the_peer_shuts_down)
{
	gsctp_sock s = listener(NULL, 0);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	raw_shutdown(&peer);
	m = recv_next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_SHUTDOWN_EVENT);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_int_eq(gsctp_send(s, id, 0, "x", 1), -EPIPE);
	gsctp_msg_free(m);
	gsctp_msg_free(recv_change(s, GSCTP_SHUTDOWN_COMP));
	raw_close(&peer);
}
END_TEST

/* The begin of a message in 1000-byte fragments that does not end, longer
 * than half of the receive buffer; what the bound of 1024 lets through is
 * read. */
static size_t
begin_message(gsctp_sock s, gsctp_assoc_id id)
{
	uint8_t data[1000];
	struct gsctp_msg *m;
	size_t got = 0;
	int i;

	memset(data, 'p', sizeof(data));
	for (i = 0; i < 6; i++)
		raw_data(&peer, i == 0 ? RAW_FIRST : 0, 0, 0, data,
		    sizeof(data));
	do {
		m = recv_next(s);
		ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
		ck_assert_uint_eq(m->assoc_id, id);
		ck_assert(!m->u.data.complete);
		ck_assert_uint_le(m->u.data.len, 1024);
		got += m->u.data.len;
		gsctp_msg_free(m);
	} while (got < 2048);
	return got;
}

START_TEST(pdapi_event_ends_a_message_whose_association_is_aborted)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RECBUF(8192),
		GSCTP_BUFFER(1024),
	};
	gsctp_sock s = listener(opts, 2);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	ck_assert_uint_gt(begin_message(s, id), 0);
	raw_abort(&peer, NULL, 0);
	for (;;) {
		m = recv_next(s);
		if (m->type != GSCTP_MSG_DATA)
			break;
		ck_assert(!m->u.data.complete);
		gsctp_msg_free(m);
	}
	ck_assert_uint_eq(m->type, GSCTP_MSG_PDAPI_EVENT);
	ck_assert(gsctp_msg_is_error(m));
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(m->u.pdapi_event.assoc_id, id);
	ck_assert_uint_eq(m->u.pdapi_event.indication, 1);
	ck_assert_uint_eq(m->u.pdapi_event.stream, 0);
	gsctp_msg_free(m);
	gsctp_msg_free(recv_change(s, GSCTP_COMM_LOST));
	raw_close(&peer);
}
END_TEST

/* FORWARD TSN (RFC 3758): the sender gives the rest of the message up. */
START_TEST(pdapi_event_ends_a_message_that_its_sender_gives_up)
{
	static const uint8_t forward_tsn[] = { 0xc0, 0, 0, 4 };
	const struct gsctp_opt opts[] = {
		GSCTP_RECBUF(8192),
		GSCTP_BUFFER(1024),
	};
	gsctp_sock s = listener(opts, 2);
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	uint8_t v[8];

	raw_open(&peer, "127.0.0.1");
	peer.params = forward_tsn;
	peer.params_len = sizeof(forward_tsn);
	id = connect_raw(s);
	ck_assert_uint_gt(begin_message(s, id), 0);
	peer.tsn++;			/* of the last fragment: never sent */
	raw_put32(v, peer.tsn - 1);
	raw_put16(v + 4, 0);		/* stream 0 */
	raw_put16(v + 6, 0);		/* up to SSN 0 */
	raw_send_chunk(&peer, peer.peer_tag, 192, 0, v, sizeof(v));
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 1, "next", 4);
	for (;;) {
		m = recv_next(s);
		if (m->type != GSCTP_MSG_DATA)
			break;
		ck_assert(!m->u.data.complete);
		gsctp_msg_free(m);
	}
	ck_assert_uint_eq(m->type, GSCTP_MSG_PDAPI_EVENT);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(m->u.pdapi_event.stream, 0);
	gsctp_msg_free(m);
	m = recv_next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
	ck_assert(m->u.data.complete);
	ck_assert_uint_eq(m->u.data.len, 4);
	ck_assert_mem_eq(m->u.data.data, "next", 4);
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

/* The engine calls the last piece that it has the last one. */
START_TEST(a_message_that_was_cut_off_is_never_called_complete)
{
	const struct gsctp_opt opts[] = { GSCTP_RECBUF(8192) };
	gsctp_sock s = listener(opts, 1);
	uint8_t data[1000];
	struct gsctp_msg *m;
	int i;

	memset(data, 'p', sizeof(data));
	raw_open(&peer, "127.0.0.1");
	(void)connect_raw(s);
	/* All of it is within the bound, and some is in the engine still. */
	for (i = 0; i < 6; i++)
		raw_data(&peer, i == 0 ? RAW_FIRST : 0, 0, 0, data,
		    sizeof(data));
	raw_pump(&peer);
	raw_abort(&peer, NULL, 0);
	m = recv_next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_PDAPI_EVENT);
	gsctp_msg_free(m);
	gsctp_msg_free(recv_change(s, GSCTP_COMM_LOST));
	raw_close(&peer);
}
END_TEST

/* ---- those that are off until asked for ---- */

START_TEST(adaptation_event_tells_what_the_peer_set)
{
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.adaptation_layer = gsctp_def(1)),
		GSCTP_ADAPTATION_LAYER(0x12345678),
	};
	const struct gsctp_opt other[] = {
		GSCTP_EVENTS(.adaptation_layer = gsctp_def(1)),
		GSCTP_ADAPTATION_LAYER(0xfedcba98),
	};
	gsctp_sock server = listener(opts, 2);
	gsctp_sock client = loop_open(other, 2);
	gsctp_assoc_id id = loop_connect(client, server);
	struct gsctp_msg *m;

	m = loop_recv_type(server, GSCTP_MSG_ADAPTATION_EVENT);
	ck_assert_uint_eq(m->u.adaptation_event.adaptation_ind, 0xfedcba98);
	ck_assert_uint_eq(m->u.adaptation_event.assoc_id, m->assoc_id);
	gsctp_msg_free(m);
	m = loop_recv_type(client, GSCTP_MSG_ADAPTATION_EVENT);
	ck_assert_uint_eq(m->u.adaptation_event.adaptation_ind, 0x12345678);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert(!gsctp_msg_is_error(m));
	gsctp_msg_free(m);
}
END_TEST

/* The parameter as RFC 5061 4.2.6 has it, not as we write it. */
START_TEST(adaptation_event_reads_the_parameter_of_an_init)
{
	static const uint8_t param[] = { 0xc0, 6, 0, 8, 1, 2, 3, 4 };
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.adaptation_layer = gsctp_def(1)),
	};
	gsctp_sock s = listener(opts, 1);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	peer.params = param;
	peer.params_len = sizeof(param);
	id = connect_raw(s);
	m = loop_recv_type(s, GSCTP_MSG_ADAPTATION_EVENT);
	ck_assert_uint_eq(m->u.adaptation_event.adaptation_ind, 0x01020304);
	ck_assert_uint_eq(m->assoc_id, id);
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(authentication_event_says_that_the_peer_has_none)
{
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.authentication = gsctp_def(1)),
	};
	gsctp_sock s = listener(opts, 1);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	m = loop_recv_type(s, GSCTP_MSG_AUTHENTICATION_EVENT);
	ck_assert_uint_eq(m->u.authentication_event.indication,
	    GSCTP_AUTH_NO_AUTH);
	ck_assert_uint_eq(m->u.authentication_event.assoc_id, id);
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(authentication_event_tells_of_a_new_key)
{
	static const uint8_t secret[] = "a secret of both";
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.authentication = gsctp_def(1)),
		GSCTP_AUTH_CHUNK(0),	/* DATA */
		GSCTP_AUTH_KEY(.keynumber = 7, .key = secret,
		    .keylength = sizeof(secret)),
	};
	struct gsctp_opt active;
	struct loop_pair p = loop_pair(opts, 3);
	struct gsctp_msg *m;

	active = (struct gsctp_opt)GSCTP_AUTH_KEY(.assoc_id = p.at_client,
	    .keynumber = 7, .key = secret, .keylength = sizeof(secret));
	ck_assert_int_eq(gsctp_setopts(p.client, &active, 1, NULL), 0);
	active = (struct gsctp_opt)GSCTP_AUTH_KEY(.assoc_id = p.at_server,
	    .keynumber = 7, .key = secret, .keylength = sizeof(secret));
	ck_assert_int_eq(gsctp_setopts(p.server, &active, 1, NULL), 0);
	active = (struct gsctp_opt)GSCTP_AUTH_ACTIVE_KEY(
	    .assoc_id = p.at_client, .assoc_value = 7);
	ck_assert_int_eq(gsctp_setopts(p.client, &active, 1, NULL), 0);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_AUTHENTICATION_EVENT);
	ck_assert_uint_eq(m->u.authentication_event.indication,
	    GSCTP_AUTH_NEW_KEY);
	ck_assert_uint_eq(m->u.authentication_event.keynumber, 7);
	ck_assert_uint_eq(m->u.authentication_event.assoc_id, p.at_server);
	gsctp_msg_free(m);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_mem_eq(m->u.data.data, "x", 1);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(sender_dry_comes_when_all_data_is_acknowledged)
{
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.sender_dry = gsctp_def(1)),
	};
	gsctp_sock s = listener(opts, 1);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	peer.never_sacks = true;
	id = connect_raw(s);
	raw_pump(&peer);
	(void)loop_drain(s);	/* an association without data is dry too */
	ck_assert_int_eq(gsctp_send(s, id, 0, "x", 1), 0);
	raw_answer(&peer, (struct raw_chunk[]){ raw_wait(&peer, RAW_DATA) });
	ck_assert_int_eq(loop_drain(s), 0);
	raw_sack(&peer);
	m = recv_next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_SENDER_DRY);
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert(!gsctp_msg_is_error(m));
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

/* Both sides may reset streams (1) and add them (4). */
static struct loop_pair
reset_pair(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.stream_reset = gsctp_def(1),
		    .stream_change = gsctp_def(1)),
		GSCTP_ENABLE_STREAM_RESET(.assoc_value = 5),
	};

	return loop_pair(opts, 2);
}

/* Events with these flags until both streams have been named: the one that
 * has data on its way is reset when that is acknowledged. */
static void
recv_resets(gsctp_sock s, gsctp_assoc_id id, uint32_t flags)
{
	const struct gsctp_stream_reset_event *e;
	struct gsctp_msg *m;
	bool seen[16] = { false };
	size_t i, n = 0;

	while (n < 2) {
		m = loop_recv_type(s, GSCTP_MSG_STREAM_RESET);
		e = &m->u.stream_reset;
		ck_assert_uint_eq(m->assoc_id, id);
		ck_assert_uint_eq(e->assoc_id, id);
		ck_assert_uint_eq(e->flags, flags);
		ck_assert_uint_ge(e->nstreams, 1);
		for (i = 0; i < e->nstreams; i++, n++) {
			ck_assert_uint_lt(e->streams[i], 16);
			ck_assert(!seen[e->streams[i]]);
			seen[e->streams[i]] = true;
		}
		gsctp_msg_free(m);
	}
	ck_assert(seen[3] && seen[5]);
}

START_TEST(stream_reset_names_the_streams_on_both_sides)
{
	static const uint16_t streams[] = { 3, 5 };
	struct loop_pair p = reset_pair();
	struct gsctp_opt reset;
	struct gsctp_msg *m;

	/* So that there is something to reset. */
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 3, "a", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.ssn, 0);
	gsctp_msg_free(m);
	reset = (struct gsctp_opt)GSCTP_RESET_STREAMS(.assoc_id = p.at_client,
	    .flags = GSCTP_RESET_OUTGOING, .streams = streams, .nstreams = 2);
	ck_assert_int_eq(gsctp_setopts(p.client, &reset, 1, NULL), 0);
	recv_resets(p.server, p.at_server, GSCTP_RESET_INCOMING);
	recv_resets(p.client, p.at_client, GSCTP_RESET_OUTGOING);

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 3, "b", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.ssn, 0);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(stream_reset_is_denied_by_a_peer_that_does_not_allow_it)
{
	const struct gsctp_opt events[] = {
		GSCTP_EVENTS(.stream_reset = gsctp_def(1)),
	};
	struct loop_pair p = loop_pair(events, 1);
	struct gsctp_opt reset;
	struct gsctp_msg *m;

	reset = (struct gsctp_opt)GSCTP_RESET_STREAMS(.assoc_id = p.at_client,
	    .flags = GSCTP_RESET_OUTGOING);
	ck_assert_int_eq(gsctp_setopts(p.client, &reset, 1, NULL), 0);
	m = loop_recv_type(p.client, GSCTP_MSG_STREAM_RESET);
	ck_assert_uint_ne(m->u.stream_reset.flags &
	    (GSCTP_RESET_DENIED | GSCTP_RESET_FAILED), 0);
	ck_assert_uint_ne(m->u.stream_reset.flags & GSCTP_RESET_OUTGOING, 0);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(stream_change_tells_how_many_streams_there_are_now)
{
	struct loop_pair p = reset_pair();
	struct gsctp_opt add;
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 14, "x", 1),
	    -EINVAL);
	add = (struct gsctp_opt)GSCTP_ADD_STREAMS(.assoc_id = p.at_client,
	    .outstrms = 5);
	ck_assert_int_eq(gsctp_setopts(p.client, &add, 1, NULL), 0);
	m = loop_recv_type(p.client, GSCTP_MSG_STREAM_CHANGE);
	ck_assert_uint_eq(m->u.stream_change.assoc_id, p.at_client);
	ck_assert_uint_eq(m->u.stream_change.flags, 0);
	ck_assert_uint_eq(m->u.stream_change.outstrms, 15);
	ck_assert_uint_eq(m->u.stream_change.instrms, 10);
	gsctp_msg_free(m);
	m = loop_recv_type(p.server, GSCTP_MSG_STREAM_CHANGE);
	ck_assert_uint_eq(m->u.stream_change.assoc_id, p.at_server);
	ck_assert_uint_eq(m->u.stream_change.instrms, 15);
	ck_assert_uint_eq(m->u.stream_change.outstrms, 10);
	gsctp_msg_free(m);

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 14, "x", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.stream, 14);
	gsctp_msg_free(m);
}
END_TEST

/* ---- subscription ---- */

START_TEST(defaults_are_those_of_gen_sctp)
{
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_opt o = { .id = GSCTP_OPT_EVENTS };
	const struct gsctp_event_subscribe *e = &o.u.events;

	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	ck_assert_uint_eq(e->data_io.v, 1);
	ck_assert_uint_eq(e->association.v, 1);
	ck_assert_uint_eq(e->address.v, 1);
	ck_assert_uint_eq(e->send_failure.v, 1);
	ck_assert_uint_eq(e->peer_error.v, 1);
	ck_assert_uint_eq(e->shutdown.v, 1);
	ck_assert_uint_eq(e->partial_delivery.v, 1);
	ck_assert_uint_eq(e->adaptation_layer.v, 0);
	ck_assert_uint_eq(e->authentication.v, 0);
	ck_assert_uint_eq(e->sender_dry.v, 0);
	ck_assert_uint_eq(e->stream_reset.v, 0);
	ck_assert_uint_eq(e->assoc_reset.v, 0);
	ck_assert_uint_eq(e->stream_change.v, 0);
	ck_assert_uint_eq(e->stream_change.defined, 1);
}
END_TEST

START_TEST(a_partial_set_leaves_the_other_events_as_they_were)
{
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_opt o = { .id = GSCTP_OPT_EVENTS };
	struct gsctp_opt before = { .id = GSCTP_OPT_EVENTS };

	set_events(s, (struct gsctp_opt)GSCTP_EVENTS(
	    .address = gsctp_def(0), .sender_dry = gsctp_def(1)));
	ck_assert_int_eq(gsctp_getopts(s, &before, 1, NULL), 0);
	ck_assert_uint_eq(before.u.events.address.v, 0);
	ck_assert_uint_eq(before.u.events.sender_dry.v, 1);
	ck_assert_uint_eq(before.u.events.association.v, 1);
	set_events(s, (struct gsctp_opt)GSCTP_EVENTS(
	    .shutdown = gsctp_def(0)));
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.events.shutdown.v, 0);
	before.u.events.shutdown.v = 0;
	ck_assert_mem_eq(&o.u.events, &before.u.events,
	    sizeof(o.u.events));
}
END_TEST

START_TEST(a_bad_field_changes_no_event)
{
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_opt o = GSCTP_EVENTS(.address = gsctp_def(0),
	    .stream_change = gsctp_def(2));
	size_t bad = 99;

	ck_assert_int_eq(gsctp_setopts(s, &o, 1, &bad), -EINVAL);
	ck_assert_uint_eq(bad, 0);
	memset(&o.u, 0, sizeof(o.u));
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.events.address.v, 1);
	ck_assert_uint_eq(o.u.events.stream_change.v, 0);
}
END_TEST

START_TEST(connect_works_without_association_events)
{
	const struct gsctp_opt off[] = {
		GSCTP_EVENTS(.association = gsctp_def(0),
		    .address = gsctp_def(0)),
	};
	gsctp_sock server = listener(off, 1);
	gsctp_sock client = loop_open(off, 1);
	gsctp_assoc_id at_client, at_server;
	struct gsctp_msg *m;

	at_client = loop_connect(client, server);
	ck_assert_int_eq(gsctp_send(client, at_client, 0, "x", 1), 0);
	m = loop_recv(server);
	ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
	at_server = m->assoc_id;
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_eof(server, at_server), 0);
	m = loop_recv(client);
	ck_assert_uint_eq(m->type, GSCTP_MSG_SHUTDOWN_EVENT);
	gsctp_msg_free(m);
	while (gsctp_assocs(server, NULL, 0) > 0)
		ck_assert_int_eq(gsctp_recv(server, 1, &m), -ETIMEDOUT);
	ck_assert_int_eq(loop_drain(client), 0);
}
END_TEST

/* All four kinds that a peer can cause at will; then data, in order. */
START_TEST(an_event_that_is_off_is_not_delivered)
{
	static const uint8_t causes[] = { 0, 1, 0, 8, 0, 9, 0, 0 };
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.peer_error = gsctp_def(0),
		    .address = gsctp_def(0), .send_failure = gsctp_def(0)),
		QUICK_RTO,
	};
	gsctp_sock s = listener(opts, 2);
	struct gsctp_msg *m;
	struct gsctp_opt info;
	gsctp_assoc_id id;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	id = connect_raw(s);
	/* Until the second address is confirmed, which nobody says. */
	info = (struct gsctp_opt)GSCTP_GET_PEER_ADDR_INFO(.assoc_id = id,
	    .address = loop_addr("127.0.0.3", peer.port));
	do {
		raw_error(&peer, causes, sizeof(causes));
		raw_data(&peer, RAW_FIRST | RAW_LAST | RAW_UNORDERED, 0, 0,
		    "x", 1);
		m = raw_recv(&peer, s);
		ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
		gsctp_msg_free(m);
		ck_assert_int_eq(gsctp_getopts(s, &info, 1, NULL), 0);
	} while (info.u.paddrinfo.state != GSCTP_PATH_ACTIVE);

	peer.is_mute[0] = peer.is_mute[1] = true;
	ck_assert_int_eq(gsctp_send(s, id, 0, "lost", 4), 0);
	(void)raw_wait(&peer, RAW_DATA);
	raw_abort(&peer, NULL, 0);
	m = loop_recv(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_LOST);
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(shutdown_and_pdapi_events_can_be_off)
{
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.shutdown = gsctp_def(0),
		    .partial_delivery = gsctp_def(0)),
		GSCTP_RECBUF(8192),
		GSCTP_BUFFER(1024),
	};
	gsctp_sock s = listener(opts, 3);
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	(void)connect_raw(s);
	raw_shutdown(&peer);
	m = recv_next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_SHUTDOWN_COMP);
	gsctp_msg_free(m);
	raw_close(&peer);

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	ck_assert_uint_gt(begin_message(s, id), 0);
	raw_abort(&peer, NULL, 0);
	do {
		m = recv_next(s);
		ck_assert_uint_ne(m->type, GSCTP_MSG_PDAPI_EVENT);
		gsctp_msg_free(m);
	} while (gsctp_assocs(s, NULL, 0) > 0);
	raw_close(&peer);
}
END_TEST

START_TEST(a_subscription_reaches_associations_that_are_up)
{
	static const uint8_t causes[] = { 0, 1, 0, 8, 0, 9, 0, 0 };
	const struct gsctp_opt opts[] = {
		GSCTP_EVENTS(.peer_error = gsctp_def(0)),
	};
	gsctp_sock s = listener(opts, 1);
	struct gsctp_msg *m;

	raw_open(&peer, "127.0.0.1");
	(void)connect_raw(s);
	set_events(s, (struct gsctp_opt)GSCTP_EVENTS(
	    .peer_error = gsctp_def(1), .sender_dry = gsctp_def(1)));
	/* RFC 6458 6.1.9: it is dry already. */
	m = recv_next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_SENDER_DRY);
	gsctp_msg_free(m);
	raw_error(&peer, causes, sizeof(causes));
	m = recv_next(s);
	ck_assert_uint_eq(m->type, GSCTP_MSG_REMOTE_ERROR);
	gsctp_msg_free(m);
	raw_close(&peer);
}
END_TEST

START_TEST(a_message_has_no_info_while_data_io_is_off)
{
	static const struct gsctp_sndrcvinfo none;
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 4, "a", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert(m->u.data.has_info);
	ck_assert_uint_eq(m->u.data.info.stream, 4);
	ck_assert_uint_eq(m->u.data.info.assoc_id, p.at_server);
	gsctp_msg_free(m);

	set_events(p.server, (struct gsctp_opt)GSCTP_EVENTS(
	    .data_io = gsctp_def(0)));
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 4, "b", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert(!m->u.data.has_info);
	ck_assert_mem_eq(&m->u.data.info, &none, sizeof(none));
	ck_assert_uint_eq(m->assoc_id, p.at_server);
	ck_assert_mem_eq(m->u.data.data, "b", 1);
	gsctp_msg_free(m);

	set_events(p.server, (struct gsctp_opt)GSCTP_EVENTS(
	    .data_io = gsctp_def(1)));
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 4, "c", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert(m->u.data.has_info);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(everything_can_be_subscribed_at_once)
{
	const struct gsctp_opt opts[] = { EVENTS_ALL };
	struct loop_pair p = loop_pair(opts, 1);
	struct gsctp_opt o = { .id = GSCTP_OPT_EVENTS };
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_getopts(p.client, &o, 1, NULL), 0);
	ck_assert_mem_eq(&o.u.events, &opts[0].u.events, sizeof(o.u.events));
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_mem_eq(m->u.data.data, "x", 1);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_eof(p.client, p.at_client), 0);
	(void)loop_recv_state(p.server, GSCTP_SHUTDOWN_COMP);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
}
END_TEST

START_TEST(three_types_are_errors_in_gen_sctp)
{
	struct gsctp_msg m;
	uint32_t type;

	memset(&m, 0, sizeof(m));
	for (type = 0; type < 20; type++) {
		m.type = type;
		ck_assert_int_eq(gsctp_msg_is_error(&m),
		    type == GSCTP_MSG_SEND_FAILED ||
		    type == GSCTP_MSG_REMOTE_ERROR ||
		    type == GSCTP_MSG_PDAPI_EVENT);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("events");
	TCase *t;

	t = tcase_create("assoc_change");
	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, comm_up_tells_both_sides_the_streams);
	tcase_add_test(t, comm_lost_carries_the_reason_of_the_abort);
	tcase_add_test(t, comm_lost_carries_all_causes_in_order);
	tcase_add_test(t, comm_lost_comes_when_the_peer_is_silent);
	tcase_add_test(t, shutdown_comp_comes_last_on_both_sides);
	tcase_add_test(t, cant_assoc_has_the_id_of_its_attempt);
	tcase_add_test(t, cant_assoc_tells_silence_from_refusal);
	tcase_add_test(t, cant_assoc_carries_the_causes_of_the_peer);
	tcase_add_test(t, restart_keeps_the_association_and_its_id);
	tcase_add_test(t, a_peer_that_we_connected_to_can_restart);
	suite_add_tcase(s, t);

	t = tcase_create("others");
	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, addr_confirmed_comes_when_a_second_address_answers);
	tcase_add_test(t,
	    addr_unreachable_and_addr_available_follow_the_heartbeats);
	tcase_add_test(t,
	    addr_made_prim_comes_when_the_primary_address_is_set);
	tcase_add_test(t, send_failed_gives_back_what_was_sent);
	tcase_add_test(t, send_failed_says_what_was_never_sent);
	tcase_add_test(t, remote_error_lists_the_causes_of_the_peer);
	tcase_add_test(t, remote_error_bounds_the_causes_it_lists);
	tcase_add_test(t, shutdown_event_comes_when_the_peer_shuts_down);
	tcase_add_test(t,
	    pdapi_event_ends_a_message_whose_association_is_aborted);
	tcase_add_test(t, pdapi_event_ends_a_message_that_its_sender_gives_up);
	tcase_add_test(t, a_message_that_was_cut_off_is_never_called_complete);
	tcase_add_test(t, adaptation_event_tells_what_the_peer_set);
	tcase_add_test(t, adaptation_event_reads_the_parameter_of_an_init);
	tcase_add_test(t, authentication_event_says_that_the_peer_has_none);
	tcase_add_test(t, authentication_event_tells_of_a_new_key);
	tcase_add_test(t, sender_dry_comes_when_all_data_is_acknowledged);
	tcase_add_test(t, stream_reset_names_the_streams_on_both_sides);
	tcase_add_test(t,
	    stream_reset_is_denied_by_a_peer_that_does_not_allow_it);
	tcase_add_test(t, stream_change_tells_how_many_streams_there_are_now);
	suite_add_tcase(s, t);

	t = tcase_create("subscription");
	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, defaults_are_those_of_gen_sctp);
	tcase_add_test(t, a_partial_set_leaves_the_other_events_as_they_were);
	tcase_add_test(t, a_bad_field_changes_no_event);
	tcase_add_test(t, connect_works_without_association_events);
	tcase_add_test(t, an_event_that_is_off_is_not_delivered);
	tcase_add_test(t, shutdown_and_pdapi_events_can_be_off);
	tcase_add_test(t, a_subscription_reaches_associations_that_are_up);
	tcase_add_test(t, a_message_has_no_info_while_data_io_is_off);
	tcase_add_test(t, everything_can_be_subscribed_at_once);
	tcase_add_test(t, three_types_are_errors_in_gen_sctp);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
