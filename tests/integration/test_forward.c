/*
 * A peer that gives an ordered message up (FORWARD TSN, RFC 3758) has not
 * given up what is unordered on that stream, whatever number that has.
 */

#include "check_main.h"
#include "loop.h"
#include "rawpeer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define STREAM 3
#define WHOLE (RAW_FIRST | RAW_LAST)
#define FRAGMENT 1000

static struct raw_peer peer;
static gsctp_sock server;

/* The next message but for what is told of paths. */
static struct gsctp_msg *
next(uint32_t type)
{
	struct gsctp_msg *m;

	while ((m = raw_recv(&peer, server))->type == GSCTP_MSG_PADDR_CHANGE)
		gsctp_msg_free(m);
	ck_assert_str_eq(gsctp_msg_type_name(m->type),
	    gsctp_msg_type_name(type));
	return m;
}

/* One that is unordered has no number. */
static void
next_data(size_t len)
{
	struct gsctp_msg *m = next(GSCTP_MSG_DATA);

	ck_assert(m->u.data.complete);
	ck_assert(m->u.data.has_info);
	if (m->u.data.info.flags & GSCTP_UNORDERED)
		ck_assert_uint_eq(m->u.data.info.ssn, 0);
	ck_assert_uint_eq(m->u.data.len, len);
	gsctp_msg_free(m);
}

/* A message that waits to be read: what comes behind it stays with the
 * engine. */
static void
setup(void)
{
	static const uint8_t forward_tsn[] = { 0xc0, 0, 0, 4 };
	const struct gsctp_opt opts[] = { GSCTP_RECBUF(8192) };

	loop_setup();
	server = loop_open(opts, COUNT(opts));
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	raw_open(&peer, "127.0.0.1");
	peer.params = forward_tsn;
	peer.params_len = sizeof(forward_tsn);
	raw_connect(&peer, (uint16_t)gsctp_port(server));
	gsctp_msg_free(next(GSCTP_MSG_ASSOC_CHANGE));
	raw_data(&peer, WHOLE, 0, 0, "first", 5);
}

static void
teardown(void)
{
	raw_close(&peer);
	loop_teardown();
}

/* So many fragments of a message, from its first one or up to its last. */
static void
fragments(uint8_t flags, uint16_t ssn, int n)
{
	uint8_t bytes[FRAGMENT];
	int i;

	memset(bytes, 'f', sizeof(bytes));
	for (i = 0; i < n; i++)
		raw_data(&peer, (flags & RAW_UNORDERED) |
		    (i == 0 ? flags & RAW_FIRST : 0) |
		    (i == n - 1 ? flags & RAW_LAST : 0), STREAM, ssn, bytes,
		    sizeof(bytes));
}

/* Up to this TSN all is given up that has not come; of what is in order, the
 * message ssn. */
static void
give_up(uint32_t tsn, uint16_t ssn)
{
	uint8_t v[8];

	raw_put32(v, tsn);
	raw_put16(v + 4, STREAM);
	raw_put16(v + 6, ssn);
	raw_send_chunk(&peer, peer.peer_tag, 0xc0, 0, v, sizeof(v));
}

/* One more message, and all is acknowledged, so worked on. */
static void
send_last(uint16_t ssn)
{
	struct raw_chunk c;

	raw_data(&peer, WHOLE, STREAM, ssn, "next", 4);
	do
		c = raw_wait(&peer, RAW_SACK);
	while (raw_get32(c.value) != peer.tsn - 1);
}

START_TEST(an_unordered_message_is_not_given_up_with_an_ordered_one)
{
	fragments(RAW_UNORDERED | WHOLE, 0, 3);
	give_up(peer.tsn++, 0);
	send_last(1);
	next_data(5);
	next_data(3 * FRAGMENT);
	next_data(4);
}
END_TEST

START_TEST(an_unordered_message_in_delivery_is_not_given_up_either)
{
	uint32_t lost = peer.tsn++;

	fragments(RAW_UNORDERED | RAW_FIRST, 0, 5);
	give_up(lost, 0);
	fragments(RAW_UNORDERED | RAW_LAST, 0, 1);
	send_last(1);
	next_data(5);
	next_data(6 * FRAGMENT);
	next_data(4);
}
END_TEST

/* What is given up is in delivery, behind an unordered message. */
static void
check_given_up(uint16_t ssn)
{
	raw_data(&peer, RAW_UNORDERED | WHOLE, STREAM, 0, "unordered", 9);
	fragments(RAW_FIRST, ssn, 5);
	give_up(peer.tsn++, ssn);
	send_last((uint16_t)(ssn + 1));
	next_data(5);
	next_data(9);
	gsctp_msg_free(next(GSCTP_MSG_PDAPI_EVENT));
	next_data(4);
}

START_TEST(an_ordered_message_is_given_up_behind_an_unordered_one)
{
	check_given_up(0);
}
END_TEST

START_TEST(so_it_is_when_the_numbers_of_messages_are_large)
{
	static const uint16_t ssns[] = { 0x4000, 0x9000, 0xffff };
	uint32_t i;

	for (i = 0x3fff; i < ssns[_i]; i += 0x4000)
		give_up(peer.tsn++, (uint16_t)i);
	give_up(peer.tsn++, (uint16_t)(ssns[_i] - 1));
	check_given_up(ssns[_i]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("forward");
	TCase *t;

	t = tcase_create("forward");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t,
	    an_unordered_message_is_not_given_up_with_an_ordered_one);
	tcase_add_test(t,
	    an_unordered_message_in_delivery_is_not_given_up_either);
	tcase_add_test(t,
	    an_ordered_message_is_given_up_behind_an_unordered_one);
	tcase_add_loop_test(t,
	    so_it_is_when_the_numbers_of_messages_are_large, 0, 3);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
