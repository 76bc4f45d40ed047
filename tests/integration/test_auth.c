/* Authentication (RFC 4895) beyond setting a key: algorithms, the end of
 * keys, and who authenticates what. */

#include "opts.h"
#include "rawpeer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define AUTH 15		/* the chunk's type */

static struct raw_peer peer;	/* of the test that runs */
static const uint8_t secret[] = "of both endpoints";

static int
set_key(gsctp_sock s, gsctp_assoc_id id, uint16_t number, size_t len)
{
	return opts_try(s, (struct gsctp_opt)GSCTP_AUTH_KEY(.assoc_id = id,
	    .keynumber = number, .key = secret, .keylength = len));
}

/* A pair whose data is authenticated with key 3; key 4 is there too. */
static struct loop_pair
keyed_pair(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_AUTH_CHUNK(0),
		GSCTP_AUTH_KEY(.keynumber = 3, .key = secret,
		    .keylength = sizeof(secret)),
		GSCTP_AUTH_KEY(.keynumber = 4, .key = secret, .keylength = 5),
		GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 3),
		GSCTP_EVENTS(.authentication = gsctp_def(1)),
	};

	return loop_pair(opts, COUNT(opts));
}

START_TEST(hmac_ident_reads_back_and_must_have_sha1)
{
	static const struct {
		struct gsctp_hmac_ident h;
		int err;
	} rows[] = {
		{ { 1, { GSCTP_HMAC_SHA1 } }, 0 },
		{ { 0, { GSCTP_HMAC_SHA1 } }, -EINVAL },
		{ { 1, { GSCTP_HMAC_SHA256 } }, -EINVAL },
		{ { 2, { GSCTP_HMAC_SHA256, GSCTP_HMAC_SHA1 } },
		    -EOPNOTSUPP },
		{ { 2, { GSCTP_HMAC_SHA1, GSCTP_HMAC_SHA1 } }, -EINVAL },
		{ { 1, { 0 } }, -EINVAL },
		{ { 2, { GSCTP_HMAC_SHA1, 2 } }, -EINVAL },
		{ { 2, { GSCTP_HMAC_SHA1, 65535 } }, -EINVAL },
		{ { 4, { GSCTP_HMAC_SHA1, 5, 6, 7 } }, -EINVAL },
		{ { 5, { GSCTP_HMAC_SHA1, 5, 6, 7 } }, -EINVAL },
		{ { UINT32_MAX, { GSCTP_HMAC_SHA1 } }, -EINVAL },
	};
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_opt o = { .id = GSCTP_OPT_HMAC_IDENT };
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		o.u.hmac_ident = rows[i].h;
		ck_assert_msg(opts_try(s, o) == rows[i].err, "row %zu", i);
		o = opts_get_id(s, GSCTP_OPT_HMAC_IDENT, 0);
		ck_assert_uint_eq(o.u.hmac_ident.n, 1);
		ck_assert_uint_eq(o.u.hmac_ident.idents[0], GSCTP_HMAC_SHA1);
		ck_assert_uint_eq(o.u.hmac_ident.idents[1], 0);
	}
}
END_TEST

/* The peer likes SHA-256 better: what both have is taken. */
START_TEST(the_algorithm_is_one_that_both_sides_have)
{
	static const uint8_t params[64] = { 0x80, 8, 0, 5, AUTH, 0, 0, 0,
		0x80, 2, 0, 36, [44] = 0x80, 3, 0, 5, 0, 0, 0, 0,
		0x80, 4, 0, 8, 0, GSCTP_HMAC_SHA256, 0, GSCTP_HMAC_SHA1 };
	const struct gsctp_opt opts[] = { GSCTP_AUTH_CHUNK(0),
		GSCTP_HMAC_IDENT(.n = 1, .idents = { GSCTP_HMAC_SHA1 }) };
	gsctp_sock s = opts_listener(opts, 2);
	struct gsctp_msg *m;
	struct raw_chunk c;
	gsctp_assoc_id id;

	raw_open(&peer, "127.0.0.1");
	peer.params = params;
	peer.params_len = 60;
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	m = raw_recv_type(&peer, s, GSCTP_MSG_ASSOC_CHANGE);
	id = m->assoc_id;
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_send(s, id, 0, "signed", 6), 0);
	c = raw_wait(&peer, AUTH);
	ck_assert_uint_eq(raw_get16(c.value + 2), GSCTP_HMAC_SHA1);
	raw_close(&peer);
}
END_TEST

static bool
has_chunk(const struct gsctp_auth_chunks *c, uint8_t type)
{
	uint32_t i;

	for (i = 0; i < c->n; i++)
		if (c->chunks[i] == type)
			return true;
	return false;
}

START_TEST(auth_chunks_tell_what_each_side_asks_for)
{
	const struct gsctp_opt mine[] = { GSCTP_AUTH_CHUNK(0),
		GSCTP_AUTH_CHUNK(255) };
	const struct gsctp_opt theirs[] = { GSCTP_AUTH_CHUNK(6) };
	gsctp_sock client = loop_open(mine, 2);
	gsctp_sock server = opts_listener(theirs, 1);
	gsctp_assoc_id id, at_server;
	struct gsctp_auth_chunks c;

	c = opts_get_id(client, GSCTP_OPT_LOCAL_AUTH_CHUNKS,
	    0).u.auth_chunks;
	ck_assert(has_chunk(&c, 0) && has_chunk(&c, 255));
	ck_assert(!has_chunk(&c, 6));
	id = opts_join(client, server, &at_server);
	c = opts_get_id(client, GSCTP_OPT_LOCAL_AUTH_CHUNKS,
	    id).u.auth_chunks;
	ck_assert(has_chunk(&c, 0) && has_chunk(&c, 255));
	c = opts_get_id(client, GSCTP_OPT_PEER_AUTH_CHUNKS,
	    id).u.auth_chunks;
	ck_assert(has_chunk(&c, 6) && !has_chunk(&c, 0));
	c = opts_get_id(server, GSCTP_OPT_PEER_AUTH_CHUNKS,
	    at_server).u.auth_chunks;
	ck_assert(has_chunk(&c, 0) && has_chunk(&c, 255));
	ck_assert(!has_chunk(&c, 6));
}
END_TEST

START_TEST(there_is_room_for_every_type_of_chunk)
{
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_auth_chunks c;
	uint32_t type;

	for (type = 0; type < 256; type++)
		ck_assert_int_eq(opts_try(s, (struct gsctp_opt)
		    GSCTP_AUTH_CHUNK(type)), type == 1 || type == 2 ||
		    type == 14 || type == AUTH ? -EINVAL : 0);
	c = opts_get_id(s, GSCTP_OPT_LOCAL_AUTH_CHUNKS, 0).u.auth_chunks;
	ck_assert_uint_eq(c.n, 252);
	for (type = 0; type < 256; type++)
		ck_assert_int_eq(has_chunk(&c, (uint8_t)type), type != 1 &&
		    type != 2 && type != 14 && type != AUTH);
}
END_TEST

static const uint32_t enders[] = { GSCTP_OPT_AUTH_DEACTIVATE_KEY,
	GSCTP_OPT_AUTH_DELETE_KEY };

START_TEST(the_active_key_and_one_that_is_not_there_cannot_end)
{
	struct loop_pair p = keyed_pair();
	gsctp_assoc_id ids[] = { 0, p.at_client };
	size_t i, j;

	for (i = 0; i < COUNT(enders); i++)
		for (j = 0; j < COUNT(ids); j++) {
			ck_assert_int_eq(opts_try_value(p.client, enders[i],
			    ids[j], 3), -EINVAL);
			ck_assert_int_eq(opts_try_value(p.client, enders[i],
			    ids[j], 5), -EINVAL);
			ck_assert_int_eq(opts_try_value(p.client, enders[i],
			    ids[j], 65535), -EINVAL);
			ck_assert_int_eq(opts_try_value(p.client, enders[i],
			    ids[j], 65536 + 4), -EINVAL);
			ck_assert_int_eq(opts_try_value(p.client, enders[i],
			    ids[j], UINT32_MAX), -EINVAL);
		}
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(a_deleted_key_is_gone_and_a_deactivated_one_is_not)
{
	struct loop_pair p = keyed_pair();

	ck_assert_int_eq(opts_try_value(p.client,
	    GSCTP_OPT_AUTH_DEACTIVATE_KEY, p.at_client, 4), 0);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client, 4), 0);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client, 3), 0);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	traffic_arrived(p.client, p.at_client);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_DELETE_KEY,
	    p.at_client, 4), 0);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client, 4), -EINVAL);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_DELETE_KEY,
	    p.at_client, 4), -EINVAL);
	ck_assert_uint_eq(opts_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client), 3);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

/* The engine would lose what it refuses: a leak checker sees it. */
START_TEST(a_key_takes_the_place_of_one_that_no_message_needs)
{
	struct loop_pair p = keyed_pair();
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);

	ck_assert_int_eq(opts_try_value(p.client,
	    GSCTP_OPT_AUTH_DEACTIVATE_KEY, p.at_client, 4), 0);
	ck_assert_int_eq(set_key(p.client, p.at_client, 4, 7), 0);
	ck_assert_int_eq(set_key(p.client, p.at_client, 4, 5), 0);
	ck_assert_int_eq(set_key(p.client, p.at_client, 3,
	    sizeof(secret)), 0);
	opts_settle(&p);
	traffic_arrived(p.client, p.at_client);
	opts_send_by(p.client, p.at_client, port);
	traffic_send(p.client, p.at_client, 0, "with key 3");
	ck_assert_int_eq(set_key(p.client, p.at_client, 3, 7), -EBUSY);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client, 4), 0);
	ck_assert_int_eq(set_key(p.client, p.at_client, 3, 7), -EBUSY);
	ck_assert_uint_eq(opts_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client), 4);
	/* A new one can always be set. */
	ck_assert_int_eq(set_key(p.client, p.at_client, 11, 7), 0);
	opts_send_by(p.client, p.at_client, loop_udp_port());
	traffic_expect(p.server, p.at_server, "with key 3");
	close(fd);
}
END_TEST

START_TEST(keys_are_exchanged_while_data_flows)
{
	struct loop_pair p = keyed_pair();
	struct gsctp_msg *m;

	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client, 4), 0);
	/* An answer says that nothing sent with the old one is left. */
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	traffic_arrived(p.client, p.at_client);
	ck_assert_int_eq(opts_try_value(p.client,
	    GSCTP_OPT_AUTH_DEACTIVATE_KEY, p.at_client, 3), 0);
	do {
		m = loop_recv_type(p.client, GSCTP_MSG_AUTHENTICATION_EVENT);
		if (m->u.authentication_event.indication ==
		    GSCTP_AUTH_FREE_KEY)
			break;
		gsctp_msg_free(m);
	} while (true);
	ck_assert_uint_eq(m->u.authentication_event.keynumber, 3);
	gsctp_msg_free(m);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_DELETE_KEY,
	    p.at_client, 3), 0);
	traffic_send(p.client, p.at_client, 0, "with key 4");
	traffic_expect(p.server, p.at_server, "with key 4");
}
END_TEST

/* The server has no key 3 any more, so what is signed with it is not heard. */
START_TEST(what_is_signed_with_a_deleted_key_is_dropped)
{
	struct loop_pair p = keyed_pair();
	struct gsctp_msg *m;

	traffic_set(p.client, (struct gsctp_opt)GSCTP_DEFAULT_PRINFO(
	    .assoc_id = p.at_client, .policy = GSCTP_PR_RTX, .value = 0));
	ck_assert_int_eq(opts_try_value(p.server, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_server, 4), 0);
	ck_assert_int_eq(opts_try_value(p.server, GSCTP_OPT_AUTH_DELETE_KEY,
	    p.at_server, 3), 0);
	traffic_send(p.client, p.at_client, 0, "not heard");
	gsctp_msg_free(loop_recv_type(p.client, GSCTP_MSG_SEND_FAILED));
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client, 4), 0);
	traffic_send(p.client, p.at_client, 0, "heard");
	do {
		m = loop_recv(p.server);
		if (m->type == GSCTP_MSG_DATA)
			break;
		gsctp_msg_free(m);
	} while (true);
	ck_assert_mem_eq(m->u.data.data, "heard", 5);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(a_key_of_the_endpoint_that_ended_is_of_no_later_association)
{
	struct loop_pair p = keyed_pair();
	gsctp_sock other = opts_listener(NULL, 0);
	gsctp_assoc_id id, at_other;
	size_t i;

	for (i = 0; i < COUNT(enders); i++) {
		other = opts_listener(NULL, 0);
		ck_assert_int_eq(set_key(p.client, 0, 4, 5), 0);
		ck_assert_int_eq(opts_try_value(p.client, enders[i], 0, 4), 0);
		ck_assert_int_eq(opts_try_value(p.client,
		    GSCTP_OPT_AUTH_ACTIVE_KEY, 0, 4), -EINVAL);
		id = opts_join(p.client, other, &at_other);
		ck_assert_int_eq(opts_try_value(p.client,
		    GSCTP_OPT_AUTH_ACTIVE_KEY, id, 4), -EINVAL);
		ck_assert_uint_eq(opts_value(p.client,
		    GSCTP_OPT_AUTH_ACTIVE_KEY, id), 3);
	}
	/* That of the association that was up is its own. */
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    p.at_client, 4), 0);
}
END_TEST

START_TEST(the_empty_key_can_be_deleted_and_set_again)
{
	struct loop_pair p = keyed_pair();
	gsctp_sock other = opts_listener(NULL, 0);
	gsctp_assoc_id id, at_other;

	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_DELETE_KEY,
	    0, 0), 0);
	id = opts_join(p.client, other, &at_other);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    id, 0), -EINVAL);
	ck_assert_int_eq(gsctp_close(other), 0);
	(void)loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP);
	ck_assert_int_eq(set_key(p.client, 0, 0, 0), 0);
	other = opts_listener(NULL, 0);
	id = opts_join(p.client, other, &at_other);
	ck_assert_int_eq(opts_try_value(p.client, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    id, 0), 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, hmac_ident_reads_back_and_must_have_sha1);
	tcase_add_test(tc, the_algorithm_is_one_that_both_sides_have);
	tcase_add_test(tc, auth_chunks_tell_what_each_side_asks_for);
	tcase_add_test(tc, there_is_room_for_every_type_of_chunk);
	tcase_add_test(tc,
	    the_active_key_and_one_that_is_not_there_cannot_end);
	tcase_add_test(tc,
	    a_deleted_key_is_gone_and_a_deactivated_one_is_not);
	tcase_add_test(tc,
	    a_key_takes_the_place_of_one_that_no_message_needs);
	tcase_add_test(tc, keys_are_exchanged_while_data_flows);
	tcase_add_test(tc, what_is_signed_with_a_deleted_key_is_dropped);
	tcase_add_test(tc,
	    a_key_of_the_endpoint_that_ended_is_of_no_later_association);
	tcase_add_test(tc, the_empty_key_can_be_deleted_and_set_again);
}

int
main(void)
{
	return traffic_run("auth", add_tests);
}
