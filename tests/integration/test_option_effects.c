/* What each option does to the packets, and what it tells.  Its rules and
 * limits are in test_options.c. */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "rawpeer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct raw_peer peer;	/* of the test that runs */

/* Every record that has an assoc_id begins with it. */
static struct gsctp_opt
opt_of(uint32_t id, gsctp_assoc_id assoc)
{
	struct gsctp_opt o;

	memset(&o, 0, sizeof(o));
	o.id = id;
	o.u.rtoinfo.assoc_id = assoc;
	return o;
}

static void
set(gsctp_sock s, struct gsctp_opt o)
{
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), 0);
}

/* The option, read; o has the keys. */
static struct gsctp_opt
get(gsctp_sock s, struct gsctp_opt o)
{
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o;
}

static struct gsctp_opt
get_id(gsctp_sock s, uint32_t id, gsctp_assoc_id assoc)
{
	return get(s, opt_of(id, assoc));
}

static gsctp_sock
listener(const struct gsctp_opt *opts, size_t n)
{
	gsctp_sock s = loop_open(opts, n);

	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	return s;
}

static gsctp_assoc_id
connect_raw(gsctp_sock s)
{
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	id = m->assoc_id;
	gsctp_msg_free(m);
	return id;
}

START_TEST(initmsg_decides_the_streams_and_the_attempts)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(20), .min = gsctp_def(20),
		    .max = gsctp_def(1000)),
		GSCTP_INITMSG(.num_ostreams = gsctp_def(21),
		    .max_instreams = gsctp_def(12),
		    .max_attempts = gsctp_def(3),
		    .max_init_timeo = gsctp_def(40)),
	};
	struct sockaddr_storage to;
	struct raw_chunk c;
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	gsctp_sock s;
	int inits = 0;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, opts, 2);
	to = loop_addr("127.0.0.1", peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, &id), 0);
	m = loop_recv_type(s, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_CANT_ASSOC);
	ck_assert_uint_eq(m->assoc_id, id);
	gsctp_msg_free(m);
	while (raw_next(&peer, 0, &c)) {
		if (c.type != RAW_INIT)
			continue;
		ck_assert_uint_eq(raw_get16(c.value + 8), 21);
		ck_assert_uint_eq(raw_get16(c.value + 10), 12);
		inits++;
	}
	ck_assert_int_eq(inits, 4);	/* one, and three more */
	raw_close(&peer);
}
END_TEST

START_TEST(initmsg_bounds_what_a_peer_may_ask_for)
{
	const struct gsctp_opt few[] = {
		GSCTP_INITMSG(.max_instreams = gsctp_def(4)),
	};
	gsctp_sock server = listener(few, 1);
	gsctp_sock client = loop_open(NULL, 0);
	struct sockaddr_storage addr;
	struct gsctp_assoc_change up;

	ck_assert_int_eq(gsctp_sockname(server, &addr), 0);
	ck_assert_int_eq(gsctp_connect(client, (struct sockaddr *)&addr,
	    sizeof(addr), NULL, 0, LOOP_MS, &up), 0);
	ck_assert_uint_eq(up.outbound_streams, 4);
	ck_assert_uint_eq(up.inbound_streams, 10);
}
END_TEST

START_TEST(autoclose_ends_an_idle_association)
{
	const struct gsctp_opt opts[] = { GSCTP_AUTOCLOSE(1) };
	gsctp_sock server = listener(NULL, 0);
	gsctp_sock client = loop_open(opts, 1);
	uint64_t begin = loop_now_ms();
	gsctp_assoc_id id = loop_connect(client, server);

	ck_assert_uint_eq(loop_recv_state(client, GSCTP_SHUTDOWN_COMP), id);
	ck_assert_uint_ge(loop_now_ms() - begin, 990);
	(void)loop_recv_state(server, GSCTP_SHUTDOWN_COMP);
}
END_TEST

/* DATA chunks that wait at the peer now: how many. */
static int
count_data(void)
{
	struct raw_chunk c;
	int n = 0;

	while (raw_next(&peer, 0, &c))
		n += c.type == RAW_DATA;
	return n;
}

/* Set on the endpoint, it changes the association that is up. */
START_TEST(nodelay_sends_a_small_message_at_once)
{
	gsctp_sock s = listener(NULL, 0);
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	peer.never_sacks = true;
	id = connect_raw(s);
	ck_assert(!get_id(s, GSCTP_OPT_NODELAY, 0).u.flag);
	ck_assert_int_eq(gsctp_send(s, id, 0, "a", 1), 0);
	(void)raw_wait(&peer, RAW_DATA);
	/* What is sent leaves before the call returns. */
	ck_assert_int_eq(gsctp_send(s, id, 0, "b", 1), 0);
	ck_assert_int_eq(count_data(), 0);
	set(s, (struct gsctp_opt)GSCTP_NODELAY(true));
	ck_assert(get_id(s, GSCTP_OPT_NODELAY, 0).u.flag);
	ck_assert_int_eq(gsctp_send(s, id, 0, "c", 1), 0);
	ck_assert_int_eq(count_data(), 2);
	ck_assert_int_eq(gsctp_send(s, id, 0, "d", 1), 0);
	ck_assert_int_eq(count_data(), 1);
	raw_close(&peer);
}
END_TEST

/* Only a message of its own waits for what is on its way. */
START_TEST(the_end_of_a_long_message_is_sent_at_once)
{
	static const uint8_t data[1600];
	gsctp_sock s = listener(NULL, 0);
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	peer.never_sacks = true;
	id = connect_raw(s);
	ck_assert_int_eq(gsctp_send(s, id, 0, data, sizeof(data)), 0);
	(void)raw_wait(&peer, RAW_DATA);
	ck_assert_int_eq(count_data(), 1);
	ck_assert(!get_id(s, GSCTP_OPT_NODELAY, 0).u.flag);
	ck_assert_int_eq(gsctp_send(s, id, 0, "b", 1), 0);
	ck_assert_int_eq(count_data(), 0);
	raw_close(&peer);
}
END_TEST

START_TEST(disable_fragments_refuses_what_is_too_long_for_a_packet)
{
	static const uint8_t data[5000];
	/* Or the search finds one that it fits in. */
	const struct gsctp_opt opts[] = {
		GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(1472),
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)),
	};
	struct loop_pair p = loop_pair(opts, 1);
	uint32_t point = get_id(p.client, GSCTP_OPT_STATUS,
	    p.at_client).u.status.fragmentation_point;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, data,
	    sizeof(data)), 0);
	set(p.client, (struct gsctp_opt)GSCTP_DISABLE_FRAGMENTS(true));
	ck_assert(get_id(p.client, GSCTP_OPT_DISABLE_FRAGMENTS, 0).u.flag);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, data,
	    sizeof(data)), -EMSGSIZE);
	ck_assert_uint_lt(point, sizeof(data));
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, data, point),
	    0);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, data,
	    point + 1), -EMSGSIZE);
	set(p.client, (struct gsctp_opt)GSCTP_DISABLE_FRAGMENTS(false));
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, data,
	    sizeof(data)), 0);
}
END_TEST

START_TEST(maxseg_bounds_every_fragment)
{
	static const uint8_t data[1000];
	const struct gsctp_opt opts[] = { GSCTP_MAXSEG(.assoc_value = 200) };
	gsctp_sock s = listener(opts, 1);
	gsctp_assoc_id id;
	struct raw_chunk c;
	size_t got = 0, longest = 0;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_MAXSEG,
	    0).u.assoc_value.assoc_value, 200);
	ck_assert_int_eq(gsctp_send(s, id, 0, data, sizeof(data)), 0);
	while (got < sizeof(data)) {
		c = raw_wait(&peer, RAW_DATA);
		ck_assert_uint_gt(c.len, 12);
		ck_assert_uint_le(c.len - 12, 200);
		if (c.len - 12 > longest)
			longest = c.len - 12;
		got += c.len - 12;
		raw_answer(&peer, &c);
	}
	ck_assert_uint_eq(got, sizeof(data));
	ck_assert_uint_ge(longest, 180);
	raw_close(&peer);
}
END_TEST

START_TEST(set_peer_primary_addr_wants_a_peer_that_knows_of_it)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt o = GSCTP_SET_PEER_PRIMARY_ADDR(
	    .assoc_id = p.at_client);

	ck_assert_int_eq(gsctp_sockname(p.client, &o.u.prim.addr), 0);
	ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), -EOPNOTSUPP);
}
END_TEST

START_TEST(primary_addr_must_be_an_address_of_the_peer)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt o = GSCTP_PRIMARY_ADDR(.assoc_id = p.at_client);
	struct sockaddr_storage addr;

	ck_assert_int_eq(gsctp_sockname(p.server, &addr), 0);
	o = get(p.client, o);
	ck_assert_mem_eq(&o.u.prim.addr, &addr, sizeof(struct sockaddr_in));
	set(p.client, o);
	o.u.prim.addr = loop_addr("127.0.0.2",
	    (uint16_t)gsctp_port(p.server));
	ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), -EINVAL);
	memset(&o.u.prim.addr, 0, sizeof(o.u.prim.addr));
	ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), -EINVAL);
}
END_TEST

START_TEST(primary_addr_comes_first_among_the_peers_names)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50)),
	};
	gsctp_sock s = listener(opts, 1);
	struct sockaddr_storage names[4], second;
	struct gsctp_opt o;
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	id = connect_raw(s);
	second = loop_addr("127.0.0.3", peer.port);
	o = (struct gsctp_opt)GSCTP_PRIMARY_ADDR(.assoc_id = id,
	    .addr = second);
	do {
		m = raw_recv_type(&peer, s, GSCTP_MSG_PADDR_CHANGE);
		gsctp_msg_free(m);
	} while (gsctp_setopts(s, &o, 1, NULL) != 0);
	ck_assert_int_eq(gsctp_peernames(s, id, names, 4), 2);
	ck_assert_mem_eq(&names[0], &second, sizeof(second));
	o = get_id(s, GSCTP_OPT_STATUS, id);
	ck_assert_mem_eq(&o.u.status.primary.address, &second,
	    sizeof(struct sockaddr_in));
	raw_close(&peer);
}
END_TEST

/* The adaptation event is in test_events.c. */
START_TEST(adaptation_layer_goes_out_in_the_init)
{
	const struct gsctp_opt opts[] = { GSCTP_ADAPTATION_LAYER(0xa1b2c3d4) };
	struct sockaddr_storage to;
	struct raw_chunk c;
	gsctp_assoc_id id;
	gsctp_sock s;
	size_t at, len;
	bool found = false;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, opts, 1);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_ADAPTATION_LAYER, 0).u.value,
	    0xa1b2c3d4);
	to = loop_addr("127.0.0.1", peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, &id), 0);
	c = raw_wait(&peer, RAW_INIT);
	for (at = 16; at + 8 <= c.len; at += (len + 3) & ~(size_t)3) {
		len = raw_get16(c.value + at + 2);
		ck_assert_uint_ge(len, 4);
		if (raw_get16(c.value + at) == 0xc006) {
			ck_assert_uint_eq(raw_get32(c.value + at + 4),
			    0xa1b2c3d4);
			found = true;
		}
	}
	ck_assert(found);
	raw_close(&peer);
}
END_TEST

START_TEST(a_heartbeat_is_sent_on_demand)
{
	gsctp_sock s = listener(NULL, 0);
	struct gsctp_opt o;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	o = (struct gsctp_opt)GSCTP_PEER_ADDR_PARAMS(.assoc_id = id,
	    .address = loop_addr("127.0.0.1", peer.port),
	    .flags = gsctp_def(GSCTP_SPP_HB_DEMAND));
	set(s, o);
	(void)raw_wait(&peer, RAW_HEARTBEAT);
	o.u.paddrparams.address = loop_addr("127.0.0.9", peer.port);
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), -EINVAL);
	raw_close(&peer);
}
END_TEST

START_TEST(a_path_keeps_its_own_parameters)
{
	gsctp_sock s = listener(NULL, 0);
	struct gsctp_opt o, path[2];
	gsctp_assoc_id id;
	size_t i;

	raw_open2(&peer, "127.0.0.1", "127.0.0.3");
	id = connect_raw(s);
	for (i = 0; i < 2; i++)
		path[i] = (struct gsctp_opt)GSCTP_PEER_ADDR_PARAMS(
		    .assoc_id = id,
		    .address = loop_addr(peer.ips[i], peer.port));
	o = path[1];
	o.u.paddrparams.hbinterval = (gsctp_field)gsctp_def(5000);
	o.u.paddrparams.pathmaxrxt = (gsctp_field)gsctp_def(2);
	set(s, o);
	path[0] = get(s, path[0]);
	path[1] = get(s, path[1]);
	ck_assert_uint_eq(path[0].u.paddrparams.hbinterval.v, 30000);
	ck_assert_uint_eq(path[0].u.paddrparams.pathmaxrxt.v, 5);
	ck_assert_uint_eq(path[1].u.paddrparams.hbinterval.v, 5000);
	ck_assert_uint_eq(path[1].u.paddrparams.pathmaxrxt.v, 2);
	raw_close(&peer);
}
END_TEST

START_TEST(a_fixed_path_mtu_bounds_the_packets)
{
	static const uint8_t data[3000];
	const struct gsctp_opt opts[] = {
		GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(600),
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)),
	};
	gsctp_sock s = listener(opts, 1);
	struct gsctp_opt o;
	struct raw_chunk c;
	gsctp_assoc_id id;
	size_t got = 0;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	o = get_id(s, GSCTP_OPT_STATUS, id);
	ck_assert_uint_eq(o.u.status.primary.mtu, 600);
	ck_assert_uint_le(o.u.status.fragmentation_point, 600 - 12 - 16);
	ck_assert_int_eq(gsctp_send(s, id, 0, data, sizeof(data)), 0);
	while (got < sizeof(data)) {
		c = raw_wait(&peer, RAW_DATA);
		ck_assert_uint_le(peer.in.len, 600);
		got += c.len - 12;
		raw_answer(&peer, &c);
	}
	raw_close(&peer);
}
END_TEST

START_TEST(default_send_param_is_what_send_sends_with)
{
	const struct gsctp_opt opts[] = {
		GSCTP_DEFAULT_SEND_PARAM(.ppid = gsctp_def(0x11223344),
		    .flags = gsctp_def(GSCTP_UNORDERED)),
	};
	struct gsctp_sndrcvinfo info = { .stream = 1 };
	const struct iovec iov = { (void *)(uintptr_t)"b", 1 };
	struct loop_pair p = loop_pair(opts, 1);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 5, "a", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.stream, 5);
	ck_assert_uint_eq(m->u.data.info.ppid, 0x11223344);
	ck_assert_uint_eq(m->u.data.info.flags, GSCTP_UNORDERED);
	gsctp_msg_free(m);
	/* sendmsg takes nothing from it. */
	info.assoc_id = p.at_client;
	ck_assert_int_eq(gsctp_sendmsg(p.client, &info, &iov, 1, NULL, 0), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.ppid, 0);
	ck_assert_uint_eq(m->u.data.info.flags, 0);
	gsctp_msg_free(m);
}
END_TEST

/* DATA, then HEARTBEAT: which of the two is answered first? */
static uint8_t
first_answer(uint16_t ssn)
{
	static const uint8_t info[] = { 0, 1, 0, 8, 1, 2, 3, 4 };
	struct raw_chunk c;

	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, ssn, "x", 1);
	raw_send_chunk(&peer, peer.peer_tag, RAW_HEARTBEAT, 0, info,
	    sizeof(info));
	do
		ck_assert(raw_next(&peer, LOOP_MS, &c));
	while (c.type != RAW_SACK && c.type != RAW_HEARTBEAT_ACK);
	return c.type;
}

START_TEST(delayed_ack_time_holds_an_acknowledgement_back)
{
	const struct gsctp_opt opts[] = {
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 500),
	};
	gsctp_sock s = listener(opts, 1);
	gsctp_assoc_id id;
	uint64_t begin;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	/* The first packet of an association is acknowledged at once. */
	ck_assert_uint_eq(first_answer(0), RAW_SACK);
	(void)raw_wait(&peer, RAW_HEARTBEAT_ACK);
	ck_assert_uint_eq(first_answer(1), RAW_HEARTBEAT_ACK);
	(void)raw_wait(&peer, RAW_SACK);
	begin = loop_now_ms();
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 2, "y", 1);
	(void)raw_wait(&peer, RAW_SACK);
	ck_assert_uint_ge(loop_now_ms() - begin, 450);

	set(s, (struct gsctp_opt)GSCTP_DELAYED_ACK_TIME(.assoc_id = id,
	    .assoc_value = 0));
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_DELAYED_ACK_TIME,
	    id).u.assoc_value.assoc_value, 0);
	ck_assert_uint_eq(first_answer(3), RAW_SACK);
	raw_close(&peer);
}
END_TEST

START_TEST(status_tells_the_state_of_an_association)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct sockaddr_storage addr;
	const struct gsctp_status *st;
	struct gsctp_opt o;

	ck_assert_int_eq(gsctp_sockname(p.server, &addr), 0);
	o = get_id(p.client, GSCTP_OPT_STATUS, p.at_client);
	st = &o.u.status;
	ck_assert_uint_eq(st->assoc_id, p.at_client);
	ck_assert_uint_eq(st->state, GSCTP_ESTABLISHED);
	ck_assert_str_eq(gsctp_assoc_state_name(st->state), "established");
	ck_assert_uint_ge(st->rwnd, 65536);
	ck_assert_uint_eq(st->unackdata, 0);
	ck_assert_uint_eq(st->penddata, 0);
	ck_assert_uint_eq(st->instrms, 10);
	ck_assert_uint_eq(st->outstrms, 10);
	ck_assert_uint_ge(st->fragmentation_point, 500);
	ck_assert_uint_le(st->fragmentation_point, 1500);
	ck_assert_uint_eq(st->primary.assoc_id, p.at_client);
	ck_assert_mem_eq(&st->primary.address, &addr,
	    sizeof(struct sockaddr_in));
	ck_assert_uint_eq(st->primary.state, GSCTP_PATH_ACTIVE);
	ck_assert_uint_ge(st->primary.cwnd, 1000);
	ck_assert_uint_ge(st->primary.mtu, 500);
	ck_assert_uint_le(st->primary.mtu, 1500);
	ck_assert_uint_ge(st->primary.rto, 1000);
	ck_assert_uint_le(st->primary.rto, 60000);
}
END_TEST

START_TEST(status_follows_an_association_to_its_end)
{
	struct sockaddr_storage to;
	struct raw_chunk c;
	gsctp_assoc_id id;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, NULL, 0);
	to = loop_addr("127.0.0.1", peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, &id), 0);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_STATUS, id).u.status.state,
	    GSCTP_COOKIE_WAIT);
	raw_wait_init(&peer);
	raw_accept(&peer);
	gsctp_msg_free(raw_recv(&peer, s));
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_STATUS, id).u.status.state,
	    GSCTP_ESTABLISHED);
	peer.never_sacks = true;
	ck_assert_int_eq(gsctp_send(s, id, 0, "x", 1), 0);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_STATUS, id).u.status.unackdata,
	    1);
	ck_assert_int_eq(gsctp_eof(s, id), 0);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_STATUS, id).u.status.state,
	    GSCTP_SHUTDOWN_PENDING);
	c = raw_wait(&peer, RAW_DATA);
	raw_answer(&peer, &c);
	raw_sack(&peer);
	(void)raw_wait(&peer, RAW_SHUTDOWN);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_STATUS, id).u.status.state,
	    GSCTP_SHUTDOWN_SENT);
	raw_close(&peer);
}
END_TEST

START_TEST(get_peer_addr_info_tells_of_a_path)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt o = GSCTP_GET_PEER_ADDR_INFO(
	    .assoc_id = p.at_client);
	const struct gsctp_paddrinfo *i = &o.u.paddrinfo;
	struct gsctp_msg *m;

	/* So that there is a round-trip time. */
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_getopts(p.client, &o, 1, NULL), -EINVAL);
	o.u.paddrinfo.address = loop_addr("127.0.0.2",
	    (uint16_t)gsctp_port(p.server));
	ck_assert_int_eq(gsctp_getopts(p.client, &o, 1, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_sockname(p.server, &o.u.paddrinfo.address), 0);
	o = get(p.client, o);
	ck_assert_uint_eq(i->assoc_id, p.at_client);
	ck_assert_uint_eq(i->state, GSCTP_PATH_ACTIVE);
	ck_assert_uint_ge(i->cwnd, 1000);
	ck_assert_uint_ge(i->rto, 1000);
	ck_assert_uint_le(i->rto, 60000);
	ck_assert_uint_le(i->srtt, LOOP_MS);
	ck_assert_uint_ge(i->mtu, 500);
	ck_assert_uint_le(i->mtu, 1500);
}
END_TEST

START_TEST(the_udp_port_of_a_peer_is_learnt_from_its_packets)
{
	gsctp_sock s = listener(NULL, 0);
	struct gsctp_opt o;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	ck_assert_uint_ne(peer.udp_port, loop_udp_port());
	id = connect_raw(s);
	o = get_id(s, GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT, id);
	ck_assert_uint_eq(o.u.udp_encaps.port, peer.udp_port);
	o.u.udp_encaps.address = loop_addr("127.0.0.1", peer.port);
	o.u.udp_encaps.port = 0;
	o = get(s, o);
	ck_assert_uint_eq(o.u.udp_encaps.port, peer.udp_port);
	/* The endpoint's own is what it was opened with. */
	o = get_id(s, GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT, 0);
	ck_assert_uint_eq(o.u.udp_encaps.port, loop_udp_port());
	raw_close(&peer);
}
END_TEST

START_TEST(the_udp_port_of_a_peer_can_be_set)
{
	gsctp_sock s = listener(NULL, 0);
	struct gsctp_opt o;
	struct raw_peer *moved = calloc(1, sizeof(*moved));
	gsctp_assoc_id id;
	struct raw_chunk c;

	ck_assert_ptr_nonnull(moved);
	raw_open(&peer, "127.0.0.1");
	raw_open(moved, "127.0.0.1");
	id = connect_raw(s);
	o = (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id,
	    .port = moved->udp_port);
	set(s, o);
	ck_assert_int_eq(gsctp_send(s, id, 0, "here", 4), 0);
	c = raw_wait(moved, RAW_DATA);
	ck_assert_mem_eq(c.value + 12, "here", 4);
	o.u.udp_encaps.address = loop_addr("127.0.0.1", peer.port);
	o.u.udp_encaps.port = peer.udp_port;
	set(s, o);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT,
	    id).u.udp_encaps.port, peer.udp_port);
	o.u.udp_encaps.address = loop_addr("127.0.0.8", peer.port);
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), -EINVAL);
	raw_close(moved);
	raw_close(&peer);
	free(moved);
}
END_TEST

/* Set on the endpoint, it changes the association that is up. */
START_TEST(tos_reaches_the_udp_packets)
{
	gsctp_sock s = listener(NULL, 0);
	gsctp_assoc_id id;
	struct raw_chunk c;

	raw_open(&peer, "127.0.0.1");
	id = connect_raw(s);
	ck_assert_int_eq(gsctp_send(s, id, 0, "a", 1), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_uint_eq(c.tos, 0);
	raw_answer(&peer, &c);
	set(s, (struct gsctp_opt)GSCTP_TOS(0xb8));
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_TOS, 0).u.value, 0xb8);
	ck_assert_int_eq(gsctp_send(s, id, 0, "b", 1), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_uint_eq(c.tos, 0xb8);
	raw_answer(&peer, &c);
	/* And a later association's. */
	raw_close(&peer);
	raw_open(&peer, "127.0.0.1");
	peer.port = 5002;
	id = connect_raw(s);
	ck_assert_int_eq(gsctp_send(s, id, 0, "c", 1), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_uint_eq(c.tos, 0xb8);
	raw_close(&peer);
}
END_TEST

/* All sockets share the stack's UDP sockets. */
START_TEST(priority_and_dontroute_are_the_whole_stacks)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_uint_eq(get_id(p.client, GSCTP_OPT_PRIORITY, 0).u.value, 0);
	ck_assert(!get_id(p.client, GSCTP_OPT_DONTROUTE, 0).u.flag);
	set(p.client, (struct gsctp_opt)GSCTP_PRIORITY(5));
	set(p.client, (struct gsctp_opt)GSCTP_DONTROUTE(true));
	ck_assert_uint_eq(get_id(p.server, GSCTP_OPT_PRIORITY, 0).u.value, 5);
	ck_assert(get_id(p.server, GSCTP_OPT_DONTROUTE, 0).u.flag);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	set(p.client, (struct gsctp_opt)GSCTP_DONTROUTE(false));
	ck_assert(!get_id(p.server, GSCTP_OPT_DONTROUTE, 0).u.flag);
}
END_TEST

START_TEST(sndbuf_bounds_a_message)
{
	static const uint8_t data[20001];
	struct loop_pair p = loop_pair(NULL, 0);

	set(p.client, (struct gsctp_opt)GSCTP_SNDBUF(20000));
	ck_assert_uint_eq(get_id(p.client, GSCTP_OPT_SNDBUF, 0).u.value,
	    20000);
	/* The association was up already. */
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, data, 20001),
	    -EMSGSIZE);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, data, 20000),
	    0);
}
END_TEST

START_TEST(recbuf_is_the_window_that_a_peer_sees)
{
	const struct gsctp_opt opts[] = { GSCTP_RECBUF(50000) };
	gsctp_sock server = listener(opts, 1);
	gsctp_sock client = loop_open(NULL, 0);
	gsctp_assoc_id id = loop_connect(client, server);
	struct gsctp_opt o;

	ck_assert_uint_eq(get_id(server, GSCTP_OPT_RECBUF, 0).u.value, 50000);
	o = get_id(client, GSCTP_OPT_ASSOCINFO, id);
	ck_assert_uint_ge(o.u.assocparams.peer_rwnd.v, 40000);
	ck_assert_uint_le(o.u.assocparams.peer_rwnd.v, 50000);
	ck_assert_uint_eq(o.u.assocparams.number_peer_destinations.v, 1);
	o = get_id(server, GSCTP_OPT_RECBUF, 0);
	set(server, (struct gsctp_opt)GSCTP_RECBUF(1));
	ck_assert_uint_eq(get_id(server, GSCTP_OPT_RECBUF, 0).u.value, 4096);
}
END_TEST

START_TEST(a_message_longer_than_recbuf_arrives_whole)
{
	static uint8_t data[100000];
	const struct gsctp_opt opts[] = {
		GSCTP_RECBUF(16384),
		GSCTP_RTOINFO(.min = gsctp_def(50), .initial = gsctp_def(50)),
	};
	struct loop_pair p = loop_pair(opts, 2);
	struct gsctp_msg *m;
	size_t i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 >> 3);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, data,
	    sizeof(data)), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert(m->u.data.complete);
	ck_assert_uint_eq(m->u.data.len, sizeof(data));
	ck_assert_mem_eq(m->u.data.data, data, sizeof(data));
	gsctp_msg_free(m);
}
END_TEST

START_TEST(context_comes_with_what_is_received)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;

	set(p.server, (struct gsctp_opt)GSCTP_CONTEXT(
	    .assoc_id = p.at_server, .assoc_value = 0xc0ffee));
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.info.context, 0xc0ffee);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(auth_chunk_makes_data_be_authenticated)
{
	/* RFC 4895 3: AUTH is supported, RANDOM, CHUNKS (DATA), HMAC-ALGO
	 * (SHA-1). */
	static const uint8_t params[60] = { 0x80, 8, 0, 5, 15, 0, 0, 0,
		0x80, 2, 0, 36, [44] = 0x80, 3, 0, 5, 0, 0, 0, 0,
		0x80, 4, 0, 6, 0, 1, 0, 0 };
	const struct gsctp_opt opts[] = { GSCTP_AUTH_CHUNK(0) };
	gsctp_sock s = listener(opts, 1);
	gsctp_assoc_id id;
	struct gsctp_msg *m;
	struct raw_chunk c;

	raw_open(&peer, "127.0.0.1");
	peer.params = params;
	peer.params_len = sizeof(params);
	id = connect_raw(s);
	/* Ours is signed ... */
	ck_assert_int_eq(gsctp_send(s, id, 0, "signed", 6), 0);
	(void)raw_wait(&peer, 15);
	ck_assert(raw_next(&peer, 0, &c));
	ck_assert_uint_eq(c.type, RAW_DATA);
	ck_assert_mem_eq(c.value + 12, "signed", 6);
	raw_answer(&peer, &c);
	/* ... and what is not is not heard. */
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 0, "unsigned", 8);
	raw_send_chunk(&peer, peer.peer_tag, RAW_HEARTBEAT, 0,
	    (const uint8_t[]){ 0, 1, 0, 8, 1, 2, 3, 4 }, 8);
	(void)raw_wait(&peer, RAW_HEARTBEAT_ACK);
	while (gsctp_recv(s, 0, &m) == 0) {
		ck_assert_uint_ne(m->type, GSCTP_MSG_DATA);
		gsctp_msg_free(m);
	}
	raw_close(&peer);
}
END_TEST

START_TEST(keys_of_an_endpoint_are_its_later_associations)
{
	static const uint8_t secret[] = "of both endpoints";
	const struct gsctp_opt opts[] = {
		GSCTP_AUTH_CHUNK(0),
		GSCTP_AUTH_KEY(.keynumber = 3, .key = secret,
		    .keylength = sizeof(secret)),
		GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 3),
		GSCTP_EVENTS(.authentication = gsctp_def(1)),
	};
	struct loop_pair p = loop_pair(opts, COUNT(opts));
	struct gsctp_msg *m;

	ck_assert_uint_eq(get_id(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client).u.assoc_value.assoc_value, 3);
	ck_assert_uint_eq(get_id(p.server, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_server).u.assoc_value.assoc_value, 3);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_mem_eq(m->u.data.data, "x", 1);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_send(p.server, p.at_server, 0, "y", 1), 0);
	m = loop_recv_type(p.client, GSCTP_MSG_DATA);
	ck_assert_mem_eq(m->u.data.data, "y", 1);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(reuseaddr_linger_and_buffer_read_back)
{
	const struct gsctp_opt opts[] = {
		GSCTP_REUSEADDR(true),
		GSCTP_LINGER(true, 3),
		GSCTP_BUFFER(5000),
		GSCTP_SEND_TIMEOUT_MS(123),
	};
	gsctp_sock s = loop_open(opts, 4);
	struct gsctp_opt o;

	ck_assert(get_id(s, GSCTP_OPT_REUSEADDR, 0).u.flag);
	o = get_id(s, GSCTP_OPT_LINGER, 0);
	ck_assert(o.u.linger.on);
	ck_assert_uint_eq(o.u.linger.seconds, 3);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_BUFFER, 0).u.value, 5000);
	ck_assert_int_eq(get_id(s, GSCTP_OPT_SEND_TIMEOUT_MS,
	    0).u.timeout_ms, 123);
	/* It is no licence to take an open socket's port. */
	struct gsctp_opt same[2] = { opts[0],
		GSCTP_IP(loop_addr("127.0.0.1", 0)) };
	gsctp_sock other;

	ck_assert_int_eq(loop_try_open((uint16_t)gsctp_port(s), same, 2,
	    &other), -EADDRINUSE);
}
END_TEST

START_TEST(mapped_v4_addresses_come_as_they_are_wanted)
{
	struct sockaddr_storage addr;
	struct gsctp_opt opts[2] = {
		GSCTP_FAMILY(GSCTP_INET6),
		GSCTP_I_WANT_MAPPED_V4_ADDR(true),
	};
	gsctp_sock server, client;
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	if (!loop_has_ipv6())
		return;
	ck_assert_int_eq(loop_try_open(0, opts, 2, &server), 0);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	ck_assert(!get_id(server, GSCTP_OPT_IPV6_V6ONLY, 0).u.flag);
	client = loop_open(NULL, 0);
	addr = loop_addr("127.0.0.1", (uint16_t)gsctp_port(server));
	ck_assert_int_eq(gsctp_connect(client, (struct sockaddr *)&addr,
	    sizeof(addr), NULL, 0, LOOP_MS, NULL), 0);
	m = loop_recv_type(server, GSCTP_MSG_ASSOC_CHANGE);
	id = m->assoc_id;
	ck_assert_int_eq(m->from.ss_family, AF_INET6);
	ck_assert(IN6_IS_ADDR_V4MAPPED(
	    &((struct sockaddr_in6 *)&m->from)->sin6_addr));
	gsctp_msg_free(m);
	set(server, (struct gsctp_opt)GSCTP_I_WANT_MAPPED_V4_ADDR(false));
	ck_assert_int_eq(gsctp_peernames(server, id, &addr, 1), 1);
	ck_assert_int_eq(addr.ss_family, AF_INET);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("option_effects");
	TCase *t;

	t = tcase_create("each");
	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, initmsg_decides_the_streams_and_the_attempts);
	tcase_add_test(t, initmsg_bounds_what_a_peer_may_ask_for);
	tcase_add_test(t, autoclose_ends_an_idle_association);
	tcase_add_test(t, nodelay_sends_a_small_message_at_once);
	tcase_add_test(t, the_end_of_a_long_message_is_sent_at_once);
	tcase_add_test(t,
	    disable_fragments_refuses_what_is_too_long_for_a_packet);
	tcase_add_test(t, maxseg_bounds_every_fragment);
	tcase_add_test(t,
	    set_peer_primary_addr_wants_a_peer_that_knows_of_it);
	tcase_add_test(t, primary_addr_must_be_an_address_of_the_peer);
	tcase_add_test(t, primary_addr_comes_first_among_the_peers_names);
	tcase_add_test(t, adaptation_layer_goes_out_in_the_init);
	tcase_add_test(t, a_heartbeat_is_sent_on_demand);
	tcase_add_test(t, a_path_keeps_its_own_parameters);
	tcase_add_test(t, a_fixed_path_mtu_bounds_the_packets);
	tcase_add_test(t, default_send_param_is_what_send_sends_with);
	tcase_add_test(t, delayed_ack_time_holds_an_acknowledgement_back);
	tcase_add_test(t, status_tells_the_state_of_an_association);
	tcase_add_test(t, status_follows_an_association_to_its_end);
	tcase_add_test(t, get_peer_addr_info_tells_of_a_path);
	tcase_add_test(t, the_udp_port_of_a_peer_is_learnt_from_its_packets);
	tcase_add_test(t, the_udp_port_of_a_peer_can_be_set);
	tcase_add_test(t, tos_reaches_the_udp_packets);
	tcase_add_test(t, priority_and_dontroute_are_the_whole_stacks);
	tcase_add_test(t, sndbuf_bounds_a_message);
	tcase_add_test(t, recbuf_is_the_window_that_a_peer_sees);
	tcase_add_test(t, a_message_longer_than_recbuf_arrives_whole);
	tcase_add_test(t, context_comes_with_what_is_received);
	tcase_add_test(t, auth_chunk_makes_data_be_authenticated);
	tcase_add_test(t, keys_of_an_endpoint_are_its_later_associations);
	tcase_add_test(t, reuseaddr_linger_and_buffer_read_back);
	tcase_add_test(t, mapped_v4_addresses_come_as_they_are_wanted);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
