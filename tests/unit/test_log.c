#include <gsctp/gsctp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "check_main.h"
#include "log.h"

enum {
	KEEP = 4096
};

/* What a sink was given. */
struct kept {
	int n;
	int level[KEEP];
	char text[KEEP][64];
	size_t len;   /* of the last, all of it */
	char tail[4]; /* its last three bytes */
};

static struct kept kept, other;

static void
keep(void *arg, int level, const char *line)
{
	struct kept *k = arg;

	if (k->n == KEEP)
		return;
	k->level[k->n] = level;
	k->len = strlen(line);
	snprintf(k->text[k->n], sizeof(k->text[0]), "%.63s", line);
	if (k->len >= 3)
		snprintf(k->tail, sizeof(k->tail), "%s", line + k->len - 3);
	k->n++;
}

static void
up(void)
{
	memset(&kept, 0, sizeof(kept));
	memset(&other, 0, sizeof(other));
	gs_log_set(keep, &kept, GSCTP_LOG_INFO);
}

static void
down(void)
{
	gs_log_set(NULL, NULL, 0);
}

START_TEST(nothing_reaches_the_sink_before_a_flush)
{
	gs_logf(GSCTP_LOG_INFO, "one");
	ck_assert_int_eq(kept.n, 0);
	gs_log_flush();
	ck_assert_int_eq(kept.n, 1);
	ck_assert_str_eq(kept.text[0], "one");
	gs_log_flush();
	ck_assert_int_eq(kept.n, 1);
}
END_TEST

START_TEST(lines_arrive_in_order_with_their_levels)
{
	int i;

	for (i = 0; i < 100; i++)
		gs_logf(i % 3, "line %d", i);
	gs_log_flush();
	ck_assert_int_eq(kept.n, 100);
	for (i = 0; i < 100; i++) {
		char want[64];

		snprintf(want, sizeof(want), "line %d", i);
		ck_assert_str_eq(kept.text[i], want);
		ck_assert_int_eq(kept.level[i], i % 3);
	}
}
END_TEST

START_TEST(levels_above_the_limit_are_not_kept)
{
	gs_logf(GSCTP_LOG_DEBUG, "no");
	gs_logf(GSCTP_LOG_INFO, "yes");
	gs_log_flush();
	ck_assert_int_eq(kept.n, 1);
	ck_assert_str_eq(kept.text[0], "yes");
	ck_assert(gs_log_wants(GSCTP_LOG_INFO));
	ck_assert(!gs_log_wants(GSCTP_LOG_DEBUG));
}
END_TEST

START_TEST(without_a_sink_nothing_is_kept)
{
	gs_log_set(NULL, NULL, GSCTP_LOG_DEBUG);
	ck_assert(!gs_log_wants(GSCTP_LOG_ERROR));
	gs_logf(GSCTP_LOG_ERROR, "no");
	gs_log_flush();
	gs_log_set(keep, &kept, GSCTP_LOG_DEBUG);
	gs_log_flush();
	ck_assert_int_eq(kept.n, 0);
}
END_TEST

START_TEST(a_new_sink_does_not_get_the_old_one_s_lines)
{
	gs_logf(GSCTP_LOG_INFO, "for the first");
	gs_log_set(keep, &other, GSCTP_LOG_INFO);
	gs_logf(GSCTP_LOG_INFO, "for the second");
	gs_log_flush();
	ck_assert_int_eq(kept.n, 0);
	ck_assert_int_eq(other.n, 1);
	ck_assert_str_eq(other.text[0], "for the second");
}
END_TEST

START_TEST(a_full_queue_loses_the_oldest_and_tells_how_many)
{
	char want[64];
	int i;

	for (i = 0; i < GS_LOG_QUEUE + 5; i++)
		gs_logf(GSCTP_LOG_INFO, "line %d", i);
	gs_log_flush();
	ck_assert_int_eq(kept.n, GS_LOG_QUEUE + 1);
	ck_assert_str_eq(kept.text[0], "5 log lines were dropped");
	ck_assert_int_eq(kept.level[0], GSCTP_LOG_WARN);
	ck_assert_str_eq(kept.text[1], "line 5");
	snprintf(want, sizeof(want), "line %d", GS_LOG_QUEUE + 4);
	ck_assert_str_eq(kept.text[GS_LOG_QUEUE], want);
	gs_logf(GSCTP_LOG_INFO, "later");
	gs_log_flush();
	ck_assert_int_eq(kept.n, GS_LOG_QUEUE + 2);
}
END_TEST

START_TEST(what_was_dropped_is_told_within_the_level_that_was_asked_for)
{
	int i;

	gs_log_set(keep, &kept, GSCTP_LOG_ERROR);
	for (i = 0; i < GS_LOG_QUEUE + 1; i++)
		gs_logf(GSCTP_LOG_ERROR, "line %d", i);
	gs_log_flush();
	ck_assert_int_eq(kept.level[0], GSCTP_LOG_ERROR);
	ck_assert_str_eq(kept.text[0], "1 log lines were dropped");
}
END_TEST

START_TEST(a_long_line_is_cut_and_ends_with_dots)
{
	char text[GS_LOG_LINE + 100];

	memset(text, 'a', sizeof(text));
	text[GS_LOG_LINE - 1] = '\0';
	gs_logf(GSCTP_LOG_INFO, "%s", text);
	gs_log_flush();
	ck_assert_uint_eq(kept.len, GS_LOG_LINE - 1);
	ck_assert_str_eq(kept.tail, "aaa");
	text[GS_LOG_LINE - 1] = 'a';
	text[sizeof(text) - 1] = '\0';
	gs_logf(GSCTP_LOG_INFO, "%s", text);
	gs_log_flush();
	ck_assert_uint_eq(kept.len, GS_LOG_LINE - 1);
	ck_assert_str_eq(kept.tail, "...");
}
END_TEST

START_TEST(one_call_is_one_printable_line)
{
	gs_logf(GSCTP_LOG_INFO, "a\nb\x1b[31m\r\x7f%s", "\xc3\xa9\n");
	gs_logf(GSCTP_LOG_INFO, "%s", "");
	gs_log_flush();
	ck_assert_int_eq(kept.n, 2);
	ck_assert_str_eq(kept.text[0], "a?b?[31m??\xc3\xa9");
	ck_assert_str_eq(kept.text[1], "");
}
END_TEST

/* A sink that holds on until it is let go. */
static sem_t entered, go;
static atomic_int inside, most;

static void
slow(void *arg, int level, const char *line)
{
	int n = atomic_fetch_add(&inside, 1) + 1;

	if (n > atomic_load(&most))
		atomic_store(&most, n);
	sem_post(&entered);
	while (sem_wait(&go) == -1)
		;
	keep(arg, level, line);
	atomic_fetch_sub(&inside, 1);
}

static void *
flush(void *arg)
{
	(void)arg;
	gs_log_flush();
	return NULL;
}

START_TEST(while_one_thread_flushes_others_log_and_flush_without_waiting)
{
	pthread_t thread;

	sem_init(&entered, 0, 0);
	sem_init(&go, 0, 0);
	gs_log_set(slow, &kept, GSCTP_LOG_INFO);
	gs_logf(GSCTP_LOG_INFO, "one");
	ck_assert_int_eq(pthread_create(&thread, NULL, flush, NULL), 0);
	while (sem_wait(&entered) == -1)
		;
	/* The sink is in its first line; neither call waits for it. */
	gs_logf(GSCTP_LOG_INFO, "two");
	gs_log_flush();
	sem_post(&go);
	sem_post(&go);
	pthread_join(thread, NULL);
	ck_assert_int_eq(kept.n, 2);
	ck_assert_str_eq(kept.text[1], "two");
}
END_TEST

static atomic_int has_set;

static void *
unset(void *arg)
{
	(void)arg;
	gs_log_set(NULL, NULL, 0);
	atomic_store(&has_set, 1);
	return NULL;
}

START_TEST(a_sink_that_was_replaced_has_returned)
{
	pthread_t flusher, setter;

	sem_init(&entered, 0, 0);
	sem_init(&go, 0, 0);
	atomic_store(&has_set, 0);
	gs_log_set(slow, &kept, GSCTP_LOG_INFO);
	gs_logf(GSCTP_LOG_INFO, "one");
	ck_assert_int_eq(pthread_create(&flusher, NULL, flush, NULL), 0);
	while (sem_wait(&entered) == -1)
		;
	ck_assert_int_eq(pthread_create(&setter, NULL, unset, NULL), 0);
	/* The setter has made its change once nothing is wanted any more. */
	while (gs_log_wants(GSCTP_LOG_ERROR))
		;
	ck_assert_int_eq(atomic_load(&has_set), 0);
	ck_assert_int_eq(atomic_load(&inside), 1);
	sem_post(&go);
	pthread_join(setter, NULL);
	ck_assert_int_eq(atomic_load(&inside), 0);
	pthread_join(flusher, NULL);
	ck_assert_int_eq(kept.n, 1);
}
END_TEST

enum {
	THREADS = 4,
	LINES = 800
};

static void
count(void *arg, int level, const char *line)
{
	int n = atomic_fetch_add(&inside, 1) + 1;

	if (n > atomic_load(&most))
		atomic_store(&most, n);
	keep(arg, level, line);
	atomic_fetch_sub(&inside, 1);
}

static void *
log_many(void *arg)
{
	int i, who = *(const int *)arg;

	for (i = 0; i < LINES; i++) {
		gs_logf(GSCTP_LOG_INFO, "%d %d", who, i);
		gs_log_flush();
	}
	return NULL;
}

START_TEST(many_threads_keep_each_its_order_and_the_sink_runs_once_at_a_time)
{
	static const int who[THREADS] = { 0, 1, 2, 3 };
	int i, last[THREADS] = { -1, -1, -1, -1 }, line, n, seen = 0, t;
	unsigned long long dropped = 0, some;
	pthread_t threads[THREADS];

	atomic_store(&inside, 0);
	atomic_store(&most, 0);
	gs_log_set(count, &kept, GSCTP_LOG_INFO);
	for (i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_create(&threads[i], NULL, log_many,
				     (void *)(uintptr_t)&who[i]),
		    0);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&most), 1);
	for (i = 0; i < kept.n; i++) {
		n = sscanf(kept.text[i], "%d %d", &t, &line);
		if (n != 2) {
			ck_assert_int_eq(sscanf(kept.text[i],
					     "%llu log lines were dropped",
					     &some),
			    1);
			dropped += some;
			continue;
		}
		ck_assert_int_gt(line, last[t]);
		last[t] = line;
		seen++;
	}
	ck_assert_uint_eq((unsigned long long)seen + dropped,
	    (unsigned long long)THREADS * LINES);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("log");
	TCase *tc = tcase_create("one thread");

	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, nothing_reaches_the_sink_before_a_flush);
	tcase_add_test(tc, lines_arrive_in_order_with_their_levels);
	tcase_add_test(tc, levels_above_the_limit_are_not_kept);
	tcase_add_test(tc, without_a_sink_nothing_is_kept);
	tcase_add_test(tc, a_new_sink_does_not_get_the_old_one_s_lines);
	tcase_add_test(tc, a_full_queue_loses_the_oldest_and_tells_how_many);
	tcase_add_test(tc,
	    what_was_dropped_is_told_within_the_level_that_was_asked_for);
	tcase_add_test(tc, a_long_line_is_cut_and_ends_with_dots);
	tcase_add_test(tc, one_call_is_one_printable_line);
	suite_add_tcase(s, tc);

	tc = tcase_create("threads");
	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc,
	    while_one_thread_flushes_others_log_and_flush_without_waiting);
	tcase_add_test(tc, a_sink_that_was_replaced_has_returned);
	tcase_add_test(tc,
	    many_threads_keep_each_its_order_and_the_sink_runs_once_at_a_time);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
