#include "pmtu.h"

#include <string.h>

#include "../support/check_main.h"
#include "chunk.h"
#include "pmtu_probe.h"

#define HEAD 28
#define BASE 1172

/*
 * A path that takes packets of up to `takes' bytes, 0 for none; each probe
 * that it takes is answered at once.
 */
struct path {
	struct gs_pmtu p;
	uint16_t takes;
	uint64_t now_ms;
	int asked;
};

static void
set_up(struct path *w, uint16_t most, uint16_t takes)
{
	memset(w, 0, sizeof(*w));
	gs_pmtu_init(&w->p, HEAD, BASE, BASE, most);
	w->takes = takes;
	w->now_ms = 1000;
}

/* Everything that is due by itself, until nothing is. */
static void
run(struct path *w)
{
	uint16_t size;
	int i;

	for (i = 0; i < 1000; i++) {
		while ((size = gs_pmtu_next(&w->p, w->now_ms)) != 0) {
			w->asked++;
			ck_assert_uint_le(size, w->p.most);
			ck_assert_uint_eq(size % 4, 0);
			if (size <= w->takes)
				gs_pmtu_answered(&w->p, size, w->now_ms);
		}
		if (gs_pmtu_due(&w->p) == UINT64_MAX)
			return;
		ck_assert_uint_gt(gs_pmtu_due(&w->p), w->now_ms);
		w->now_ms = gs_pmtu_due(&w->p);
	}
	ck_abort_msg("the search has no end");
}

static void
search(struct path *w)
{
	ck_assert(gs_pmtu_may_begin(&w->p, w->now_ms));
	gs_pmtu_begin(&w->p, w->now_ms);
	run(w);
}

/* What the interface takes, what the path takes, what is found at least. */
static const struct {
	uint16_t most, takes, found;
} paths[] = {
	{ 1472, 1472, 1472 },
	{ 1472, 1372, 1372 },
	{ 1472, 1464, 1432 },
	{ 1472, 1252, 1252 },
	{ 1472, 1200, 1172 },
	{ 1472, 1172, 1172 },
	{ 8972, 8972, 8972 },
	{ 8972, 1472, 1472 },
	{ 8972, 4324, 4324 },
	{ 8972, 7000, 6968 },
	{ 8972, 1300, 1268 },
	{ 65504, 65504, 65504 },
	{ 65504, 8972, 8972 },
	{ 65504, 30000, 29968 },
	{ 1172, 1172, 1172 },
	/* The interface takes less than the base. */
	{ 548, 548, 548 },
};

START_TEST(a_search_finds_what_a_path_takes)
{
	struct path w;

	set_up(&w, paths[_i].most, paths[_i].takes);
	search(&w);
	ck_assert_uint_le(w.p.now, paths[_i].takes);
	ck_assert_uint_ge(w.p.now, paths[_i].found);
	ck_assert_int_le(w.asked, 60);
	ck_assert_int_eq(w.p.phase, GS_PMTU_REST);
	ck_assert_uint_ge(w.p.due_ms, w.now_ms + GS_PMTU_RAISE_MS);
	ck_assert(!gs_pmtu_may_begin(&w.p, w.now_ms));
}
END_TEST

START_TEST(a_path_that_takes_all_is_asked_once)
{
	struct path w;

	set_up(&w, 65504, 65504);
	search(&w);
	ck_assert_int_eq(w.asked, 1);
	ck_assert_uint_eq(w.now_ms, 1000);
}
END_TEST

START_TEST(who_never_answers_is_not_asked_for_long)
{
	struct path w;

	set_up(&w, 65504, 0);
	search(&w);
	ck_assert_uint_eq(w.p.now, BASE);
	ck_assert_int_eq(w.asked, 2 * GS_PMTU_TRIES);
}
END_TEST

/* What it begins with is asked for before there is more. */
START_TEST(a_path_may_begin_with_more_than_the_base)
{
	struct path w;

	set_up(&w, 8972, 8972);
	gs_pmtu_init(&w.p, HEAD, BASE, 1452, 8972);
	ck_assert_uint_eq(w.p.now, 1452);
	search(&w);
	ck_assert_uint_eq(w.p.now, 8972);
	ck_assert_int_eq(w.asked, 3);

	set_up(&w, 8972, 1300);
	gs_pmtu_init(&w.p, HEAD, BASE, 1452, 8972);
	search(&w);
	ck_assert_uint_ge(w.p.now, 1252);
	ck_assert_uint_le(w.p.now, 1300);

	/* Who does not answer keeps it. */
	set_up(&w, 8972, 0);
	gs_pmtu_init(&w.p, HEAD, BASE, 1452, 8972);
	search(&w);
	ck_assert_uint_eq(w.p.now, 1452);
	ck_assert_int_eq(w.asked, GS_PMTU_TRIES);

	gs_pmtu_init(&w.p, HEAD, BASE, 1452, 1272);
	ck_assert_uint_eq(w.p.now, 1272);
}
END_TEST

START_TEST(a_size_is_asked_for_three_times_a_second_apart)
{
	struct path w;
	uint64_t now;
	int i;

	set_up(&w, 1472, 0);
	gs_pmtu_begin(&w.p, 1000);
	for (i = 0, now = 1000; i < GS_PMTU_TRIES; i++) {
		ck_assert_uint_eq(gs_pmtu_next(&w.p, now), 1472);
		ck_assert_uint_eq(gs_pmtu_next(&w.p, now), 0);
		ck_assert_uint_eq(gs_pmtu_due(&w.p), now + GS_PMTU_WAIT_MS);
		now += GS_PMTU_WAIT_MS;
		ck_assert_uint_eq(gs_pmtu_next(&w.p, now - 1), 0);
	}
	ck_assert_uint_eq(gs_pmtu_next(&w.p, now), BASE);
	/* An answer that comes too late is none to what is asked now. */
	gs_pmtu_answered(&w.p, 1472, now);
	ck_assert_uint_eq(w.p.now, BASE);
}
END_TEST

START_TEST(a_search_begins_again_after_ten_minutes)
{
	struct path w;

	set_up(&w, 8972, 1472);
	search(&w);
	ck_assert_uint_eq(w.p.now, 1472);
	w.takes = 8972;
	w.now_ms = w.p.due_ms;
	search(&w);
	ck_assert_uint_eq(w.p.now, 8972);
	/* And finds out that it takes less now. */
	w.takes = 1372;
	w.now_ms = w.p.due_ms;
	search(&w);
	ck_assert_uint_eq(w.p.now, 1372);
}
END_TEST

START_TEST(timeouts_of_data_find_a_black_hole)
{
	struct path w;
	int i;

	set_up(&w, 8972, 8972);
	search(&w);
	w.takes = 1472;
	for (i = 1; i < GS_PMTU_TIMEOUTS; i++) {
		gs_pmtu_timeout(&w.p, w.now_ms);
		ck_assert_uint_eq(gs_pmtu_due(&w.p), UINT64_MAX);
	}
	gs_pmtu_timeout(&w.p, w.now_ms);
	run(&w);
	ck_assert_uint_eq(w.p.now, 1472);
}
END_TEST

START_TEST(a_path_that_is_down_keeps_its_mtu)
{
	struct path w;
	int i;

	set_up(&w, 8972, 8972);
	search(&w);
	w.takes = 0;
	for (i = 0; i < 10 * GS_PMTU_TIMEOUTS; i++)
		gs_pmtu_timeout(&w.p, w.now_ms);
	run(&w);
	ck_assert_uint_eq(w.p.now, 8972);
}
END_TEST

START_TEST(loss_that_is_no_black_hole_changes_nothing)
{
	struct path w;
	int i;

	set_up(&w, 8972, 8972);
	search(&w);
	for (i = 0; i < 10; i++) {
		gs_pmtu_timeout(&w.p, w.now_ms);
		run(&w);
		ck_assert_uint_eq(w.p.now, 8972);
	}
}
END_TEST

START_TEST(what_the_system_says_is_believed_at_once)
{
	struct path w;

	set_up(&w, 8972, 8972);
	search(&w);
	gs_pmtu_limit(&w.p, 1372);
	ck_assert_uint_eq(w.p.now, 1372);
	ck_assert(!gs_pmtu_may_begin(&w.p, w.now_ms));
	/* More is asked for first, and soon. */
	gs_pmtu_limit(&w.p, 8972);
	ck_assert_uint_eq(w.p.now, 1372);
	search(&w);
	ck_assert_uint_eq(w.p.now, 8972);

	/* While what is in use is asked for. */
	set_up(&w, 8972, 1272);
	gs_pmtu_init(&w.p, HEAD, BASE, 1452, 8972);
	gs_pmtu_begin(&w.p, w.now_ms);
	ck_assert_uint_eq(gs_pmtu_next(&w.p, w.now_ms), BASE);
	gs_pmtu_answered(&w.p, BASE, w.now_ms);
	ck_assert_uint_eq(gs_pmtu_next(&w.p, w.now_ms), 1452);
	gs_pmtu_limit(&w.p, 1272);
	run(&w);
	ck_assert_uint_eq(w.p.now, 1272);

	/* While more is. */
	set_up(&w, 8972, 1472);
	gs_pmtu_begin(&w.p, w.now_ms);
	ck_assert_uint_eq(gs_pmtu_next(&w.p, w.now_ms), 8972);
	gs_pmtu_limit(&w.p, 1472);
	run(&w);
	ck_assert_uint_eq(w.p.now, 1472);
	ck_assert_uint_eq(w.now_ms, 1000);
}
END_TEST

/*
 * Probes
 */

static uint8_t packet[65504];
static const uint8_t head[GS_PMTU_HEAD] = { 1, 2, 3, 4, 5, 6, 7, 8 };

START_TEST(a_probe_is_a_heartbeat_and_padding)
{
	static const uint16_t sizes[] = { GS_PMTU_PROBE_MIN, 1172, 1472,
		65504 };
	struct gs_chunk chunk;
	struct gs_cursor c;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		gs_pmtu_probe_write(packet, sizes[i], head, 42);
		ck_assert_mem_eq(packet, head, sizeof(head));
		gs_cursor_init(&c, packet, sizes[i]);
		gs_cursor_skip(&c, GS_COMMON_HEADER);
		ck_assert(gs_chunks_are_valid(c));
		ck_assert(gs_chunk_next(&c, &chunk));
		ck_assert_uint_eq(chunk.type, GS_CHUNK_HEARTBEAT);
		ck_assert(gs_chunk_next(&c, &chunk));
		ck_assert_uint_eq(chunk.type, 0x84);
		ck_assert(!gs_chunk_next(&c, &chunk));
		ck_assert(!gs_cursor_is_bad(&c));
	}
}
END_TEST

START_TEST(an_answer_has_the_size_and_the_nonce)
{
	uint16_t size = 0;
	uint64_t nonce = 0;

	gs_pmtu_probe_write(packet, 1472, head, 0x0123456789abcdef);
	ck_assert(!gs_pmtu_probe_read(packet, 1472, &size, &nonce));
	packet[GS_COMMON_HEADER] = GS_CHUNK_HEARTBEAT_ACK;
	/* The heartbeat alone is answered. */
	ck_assert(gs_pmtu_probe_read(packet, 12 + 44, &size, &nonce));
	ck_assert_uint_eq(size, 1472);
	ck_assert_uint_eq(nonce, 0x0123456789abcdef);
	/* Cut short, or of another length, it is none. */
	ck_assert(!gs_pmtu_probe_read(packet, 12 + 43, &size, &nonce));
	packet[GS_COMMON_HEADER + 3] = 40;
	ck_assert(!gs_pmtu_probe_read(packet, 12 + 44, &size, &nonce));
}
END_TEST

START_TEST(an_answer_is_found_behind_other_chunks)
{
	uint8_t both[GS_COMMON_HEADER + 16 + 44] = { 0 };
	uint64_t nonce = 0;
	uint16_t size = 0;

	gs_pmtu_probe_write(packet, 1172, head, 7);
	both[GS_COMMON_HEADER] = GS_CHUNK_SACK;
	both[GS_COMMON_HEADER + 3] = 16;
	memcpy(both + GS_COMMON_HEADER + 16, packet + GS_COMMON_HEADER, 44);
	both[GS_COMMON_HEADER + 16] = GS_CHUNK_HEARTBEAT_ACK;
	ck_assert(gs_pmtu_probe_read(both, sizeof(both), &size, &nonce));
	ck_assert_uint_eq(size, 1172);
	ck_assert_uint_eq(nonce, 7);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pmtu");
	TCase *tc = tcase_create("search");

	tcase_add_loop_test(tc, a_search_finds_what_a_path_takes, 0,
	    (int)(sizeof(paths) / sizeof(paths[0])));
	tcase_add_test(tc, a_path_that_takes_all_is_asked_once);
	tcase_add_test(tc, who_never_answers_is_not_asked_for_long);
	tcase_add_test(tc, a_path_may_begin_with_more_than_the_base);
	tcase_add_test(tc, a_size_is_asked_for_three_times_a_second_apart);
	tcase_add_test(tc, a_search_begins_again_after_ten_minutes);
	tcase_add_test(tc, timeouts_of_data_find_a_black_hole);
	tcase_add_test(tc, a_path_that_is_down_keeps_its_mtu);
	tcase_add_test(tc, loss_that_is_no_black_hole_changes_nothing);
	tcase_add_test(tc, what_the_system_says_is_believed_at_once);
	suite_add_tcase(suite, tc);
	tc = tcase_create("probe");
	tcase_add_test(tc, a_probe_is_a_heartbeat_and_padding);
	tcase_add_test(tc, an_answer_has_the_size_and_the_nonce);
	tcase_add_test(tc, an_answer_is_found_behind_other_chunks);
	suite_add_tcase(suite, tc);
	return gs_test_main(suite);
}
