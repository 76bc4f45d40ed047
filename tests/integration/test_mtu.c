/*
 * test_mtu: what an association's packets are allowed to have, found out
 * over loopback: as it is, and with faults that lose what is longer.
 */

#include <errno.h>
#include <gsctp/gsctp.h>
#include <stdlib.h>
#include <string.h>

#include "../support/check_main.h"
#include "../support/loop.h"
#include "../support/traffic.h"

#define FIRST 1452u
#define LEN 100000u
#define WAIT_MS 60000
#define PAUSE_MS 50

/* Messages of 900 bytes that leave little of a window of 128 KiB. */
#define UNREAD 120

static uint8_t *bytes;

static void
set_up(void)
{
	loop_setup();
	bytes = calloc(1, LEN);
	ck_assert_ptr_nonnull(bytes);
}

static void
tear_down(void)
{
	free(bytes);
	loop_teardown();
}

static uint32_t
mtu_of(gsctp_sock s, gsctp_assoc_id id)
{
	struct gsctp_opt o = GSCTP_STATUS(id);

	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o.u.status.primary.mtu;
}

static uint32_t
flags_of(gsctp_sock s, gsctp_assoc_id id, bool is_path)
{
	struct gsctp_opt o = GSCTP_PEER_ADDR_PARAMS(.assoc_id = id);
	struct gsctp_opt st = GSCTP_STATUS(id);

	ck_assert_int_eq(gsctp_getopts(s, &st, 1, NULL), 0);
	if (is_path)
		o.u.paddrparams.address = st.u.status.primary.address;
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o.u.paddrparams.flags.v &
	    (GSCTP_SPP_PMTUD_ENABLE | GSCTP_SPP_PMTUD_DISABLE);
}

/* One message of this length, from the client, arrives as it was. */
static void
pass(const struct loop_pair *p, size_t len)
{
	struct gsctp_msg *m;

	bytes[0]++;
	bytes[len - 1]++;
	ck_assert_int_eq(gsctp_send(p->client, p->at_client, 0, bytes, len), 0);
	m = loop_recv_type(p->server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->u.data.len, len);
	ck_assert_mem_eq(m->u.data.data, bytes, len);
	gsctp_msg_free(m);
}

/* Messages go through until the MTU is at least this; in between there is
 * nothing to be received, and time for the search. */
static void
pass_until(const struct loop_pair *p, uint32_t mtu)
{
	uint64_t until_ms = loop_now_ms() + WAIT_MS;
	struct gsctp_msg *m;

	for (;;) {
		pass(p, LEN);
		if (mtu_of(p->client, p->at_client) >= mtu)
			return;
		ck_assert_uint_lt(loop_now_ms(), until_ms);
		ck_assert_int_eq(gsctp_recv(p->client, PAUSE_MS, &m),
		    -ETIMEDOUT);
	}
}

START_TEST(long_messages_get_packets_as_long_as_loopback_takes)
{
	struct loop_pair p = loop_pair(NULL, 0);

	ck_assert_uint_eq(mtu_of(p.client, p.at_client), FIRST);
	pass_until(&p, 16000);
	/* A quarter of the peer's window, and of the buffer. */
	ck_assert_uint_le(mtu_of(p.client, p.at_client), 65504);
	ck_assert_uint_eq(flags_of(p.client, p.at_client, true),
	    GSCTP_SPP_PMTUD_ENABLE);
	ck_assert_uint_eq(flags_of(p.client, p.at_client, false),
	    GSCTP_SPP_PMTUD_ENABLE);
	/* Who has sent nothing long has not been asked. */
	ck_assert_uint_eq(mtu_of(p.server, p.at_server), FIRST);
}
END_TEST

START_TEST(small_messages_ask_for_nothing)
{
	struct loop_pair p = loop_pair(NULL, 0);
	int i;

	for (i = 0; i < 50; i++)
		pass(&p, 100);
	ck_assert_uint_eq(mtu_of(p.client, p.at_client), FIRST);
}
END_TEST

START_TEST(a_burst_of_small_messages_is_not_held_back)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;
	int i, round;

	pass_until(&p, 16000);
	for (round = 0; round < 20; round++) {
		for (i = 0; i < 30; i++)
			ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0,
					     bytes, 1000),
			    0);
		for (i = 0; i < 30; i++) {
			m = loop_recv_type(p.server, GSCTP_MSG_DATA);
			ck_assert_uint_eq(m->u.data.len, 1000);
			gsctp_msg_free(m);
		}
	}
}
END_TEST

/* Faults lose what has more than this in IP. */
START_TEST(what_a_black_hole_takes_is_found_and_nothing_is_lost)
{
	struct loop_pair p;

	ck_assert_int_eq(gsctp_stack_set_faults("mtu=10000,seed=1"), 0);
	p = loop_pair(NULL, 0);
	pass_until(&p, FIRST + 1);
	ck_assert_uint_ge(mtu_of(p.client, p.at_client), 9000 - 28);
	ck_assert_uint_le(mtu_of(p.client, p.at_client), 10000 - 28);
	pass(&p, LEN);
}
END_TEST

START_TEST(who_fixes_an_mtu_keeps_it_until_he_gives_it_back)
{
	const struct gsctp_opt fixed[] = {
		GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(1472),
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)),
	};
	struct loop_pair p = loop_pair(fixed, 1);
	struct gsctp_opt o;

	pass(&p, LEN);
	pass(&p, LEN);
	ck_assert_uint_eq(mtu_of(p.client, p.at_client), 1472);
	ck_assert_uint_eq(flags_of(p.client, p.at_client, true),
	    GSCTP_SPP_PMTUD_DISABLE);

	o = (struct gsctp_opt)GSCTP_PEER_ADDR_PARAMS(.assoc_id = p.at_client,
	    .flags = gsctp_def(GSCTP_SPP_PMTUD_ENABLE));
	ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), 0);
	ck_assert_uint_eq(flags_of(p.client, p.at_client, true),
	    GSCTP_SPP_PMTUD_ENABLE);
	pass_until(&p, 16000);

	/* One of an association that is up holds at once. */
	o = (struct gsctp_opt)GSCTP_PEER_ADDR_PARAMS(.assoc_id = p.at_client,
	    .pathmtu = gsctp_def(900),
	    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE));
	ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), 0);
	pass(&p, LEN);
	pass(&p, LEN);
	ck_assert_uint_eq(mtu_of(p.client, p.at_client), 900);

	/* And may be more again. */
	o.u.paddrparams.pathmtu = (gsctp_field)gsctp_def(9000);
	ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), 0);
	pass(&p, LEN);
	ck_assert_uint_eq(mtu_of(p.client, p.at_client), 9000);
	o = (struct gsctp_opt)GSCTP_STATUS(p.at_client);
	ck_assert_int_eq(gsctp_getopts(p.client, &o, 1, NULL), 0);
	ck_assert_uint_gt(o.u.status.fragmentation_point, 8000);
}
END_TEST

START_TEST(a_small_window_gets_small_packets)
{
	const struct gsctp_opt small[] = { GSCTP_RECBUF(20000) };
	struct loop_pair p = loop_pair(small, 1);
	int i;

	for (i = 0; i < 10; i++)
		pass(&p, 15000);
	ck_assert_uint_le(mtu_of(p.client, p.at_client), 20000 / 4);
}
END_TEST

/* Its peer's buffer is almost full when the first long message leaves; once it
 * is not, packets get longer without waiting for the next search. */
START_TEST(a_window_that_opens_later_gets_long_packets)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;
	int i;

	for (i = 0; i < UNREAD; i++)
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
				     900), 0);
	while (traffic_peer_window(p.client, p.at_client) > 4 * 8000)
		loop_nap();
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, 5000), 0);
	for (i = 0; i <= UNREAD; i++) {
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		ck_assert_uint_eq(m->u.data.len, i < UNREAD ? 900 : 5000);
		gsctp_msg_free(m);
	}
	ck_assert_uint_le(mtu_of(p.client, p.at_client), 8000);
	pass_until(&p, 16000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mtu");
	TCase *t = tcase_create("mtu");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, long_messages_get_packets_as_long_as_loopback_takes);
	tcase_add_test(t, small_messages_ask_for_nothing);
	tcase_add_test(t, a_burst_of_small_messages_is_not_held_back);
	tcase_add_test(t, what_a_black_hole_takes_is_found_and_nothing_is_lost);
	tcase_add_test(t, who_fixes_an_mtu_keeps_it_until_he_gives_it_back);
	tcase_add_test(t, a_small_window_gets_small_packets);
	tcase_add_test(t, a_window_that_opens_later_gets_long_packets);
	suite_add_tcase(suite, t);
	return gs_test_main(suite);
}
