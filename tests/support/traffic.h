/*
 * traffic: what the integration tests say to each other over loop.h's sockets,
 * and peers that do not answer.
 */

#ifndef GS_TEST_TRAFFIC_H
#define GS_TEST_TRAFFIC_H

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "loop.h"

/* Each test may take this long under valgrind; Check's own 4 s are few. */
#define TRAFFIC_TIMEOUT_S 120

static inline const struct sockaddr *
traffic_sa(const struct sockaddr_storage *ss)
{
	return (const struct sockaddr *)ss;
}

static inline struct sockaddr_storage
traffic_name(gsctp_sock s)
{
	struct sockaddr_storage ss;

	ck_assert_int_eq(gsctp_sockname(s, &ss), 0);
	return ss;
}

/* Bytes that depend on seed, and on where they are. */
static inline void
traffic_fill(uint8_t *p, size_t len, uint32_t seed)
{
	uint32_t x = seed * 2654435761u + 1;
	size_t i;

	for (i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = (uint8_t)(x >> 24);
	}
}

static inline uint8_t *
traffic_bytes(size_t len, uint32_t seed)
{
	uint8_t *p = malloc(len > 0 ? len : 1);

	ck_assert_ptr_nonnull(p);
	traffic_fill(p, len, seed);
	return p;
}

static inline void
traffic_send(gsctp_sock s, gsctp_assoc_id id, uint16_t stream, const char *text)
{
	ck_assert_int_eq(gsctp_send(s, id, stream, text, strlen(text)), 0);
}

/* The next data, whatever events come before it, is this text. */
static inline void
traffic_expect(gsctp_sock s, gsctp_assoc_id id, const char *text)
{
	struct gsctp_msg *m = loop_recv_type(s, GSCTP_MSG_DATA);

	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert(m->u.data.complete);
	ck_assert_uint_eq(m->u.data.len, strlen(text));
	ck_assert_mem_eq(m->u.data.data, text, strlen(text));
	gsctp_msg_free(m);
}

/* The very next message is an assoc_change of id to this state; its cause. */
static inline uint16_t
traffic_next_state(gsctp_sock s, gsctp_assoc_id id, uint32_t state)
{
	struct gsctp_msg *m = loop_recv(s);
	uint16_t cause;

	ck_assert_str_eq(gsctp_msg_type_name(m->type), "assoc_change");
	ck_assert_str_eq(gsctp_assoc_change_name(m->u.assoc_change.state),
	    gsctp_assoc_change_name(state));
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(m->u.assoc_change.assoc_id, id);
	cause = m->u.assoc_change.error;
	gsctp_msg_free(m);
	return cause;
}

static inline void
traffic_nothing_waits(gsctp_sock s)
{
	struct gsctp_msg *m = NULL;

	ck_assert_int_eq(gsctp_recv(s, 0, &m), -ETIMEDOUT);
	ck_assert_ptr_null(m);
}

/* Both directions of an association carry a message. */
static inline void
traffic_both_ways(gsctp_sock a, gsctp_assoc_id at_a, gsctp_sock b,
    gsctp_assoc_id at_b)
{
	traffic_send(a, at_a, 0, "there");
	traffic_expect(b, at_b, "there");
	traffic_send(b, at_b, 0, "and back");
	traffic_expect(a, at_a, "and back");
}

/* Until the peer's stack has all that was sent. */
static inline void
traffic_arrived(gsctp_sock s, gsctp_assoc_id id)
{
	uint64_t until = loop_now_ms() + LOOP_MS;
	struct gsctp_opt status = GSCTP_STATUS(id);

	do {
		ck_assert_int_eq(gsctp_getopts(s, &status, 1, NULL), 0);
		ck_assert_uint_lt(loop_now_ms(), until);
		if (status.u.status.unackdata > 0)
			loop_nap();
	} while (status.u.status.unackdata > 0);
}

/* A UDP socket that never answers; its port. */
static inline int
traffic_blackhole(const char *ip, uint16_t *port)
{
	struct sockaddr_storage ss = loop_addr(ip, 0);
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;
	socklen_t len = sizeof(*in);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)in, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)in, &len), 0);
	*port = ntohs(in->sin_port);
	return fd;
}

static inline void
traffic_start(pthread_t *t, void *(*fn)(void *), void *arg)
{
	ck_assert_int_eq(pthread_create(t, NULL, fn, arg), 0);
}

static inline void
traffic_join(pthread_t t)
{
	ck_assert_int_eq(pthread_join(t, NULL), 0);
}

static inline void
traffic_set(gsctp_sock s, struct gsctp_opt opt)
{
	ck_assert_int_eq(gsctp_setopts(s, &opt, 1, NULL), 0);
}

/* How much the peer has room for, as far as s knows. */
static inline uint32_t
traffic_peer_window(gsctp_sock s, gsctp_assoc_id id)
{
	struct gsctp_opt o = GSCTP_STATUS(id);

	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o.u.status.rwnd;
}

/*
 * A pair whose sender soon finds out that a window is closed, and what little
 * still goes in then: it takes 50 ms where it would take 1 s.
 */
static inline struct loop_pair
traffic_brisk_pair(const struct gsctp_opt *opts, size_t n)
{
	struct gsctp_opt all[16] = {
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
		    .max = gsctp_def(300)),
		/* The engine counts each probe of a closed window as a
		 * failure, although it is answered. */
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(65535)),
		GSCTP_DELAYED_ACK_TIME(.assoc_value = 0),
	};

	ck_assert(n < 13);
	if (n > 0)
		memcpy(&all[3], opts, n * sizeof(*opts));
	return loop_pair(all, n + 3);
}

/*
 * Send messages of len bytes until one is refused for want of room; how many
 * were taken.  The pair is a brisk one, and the peer must not read.
 * send_timeout_ms is 0 afterwards.
 */
static inline int
traffic_stuff(gsctp_sock s, gsctp_assoc_id id, size_t len)
{
	struct gsctp_opt at_once = GSCTP_SEND_TIMEOUT_MS(0);
	struct gsctp_opt soon = GSCTP_SEND_TIMEOUT_MS(1000);
	uint8_t *p = traffic_bytes(len, 1);
	int err, n = 0;

	/* As long as the peer's window opens there is room once more. */
	do {
		traffic_set(s, soon);
		while ((err = gsctp_send(s, id, 0, p, len)) == 0)
			n++;
		ck_assert_int_eq(err, -ETIMEDOUT);
		traffic_set(s, at_once);
		err = gsctp_send(s, id, 0, p, len);
		n += err == 0;
	} while (err == 0);
	ck_assert_int_eq(err, -EAGAIN);
	free(p);
	return n;
}

/* Read n data messages of len bytes each, all alike. */
static inline void
traffic_unstuff(gsctp_sock s, int n, size_t len)
{
	uint8_t *p = traffic_bytes(len, 1);
	struct gsctp_msg *m;
	int i;

	for (i = 0; i < n; i++) {
		m = loop_recv_type(s, GSCTP_MSG_DATA);
		ck_assert_uint_eq(m->u.data.len, len);
		ck_assert_mem_eq(m->u.data.data, p, len);
		gsctp_msg_free(m);
	}
	free(p);
}

static inline int
traffic_run(const char *name, void (*add)(TCase *tc))
{
	Suite *s = suite_create(name);
	TCase *tc = tcase_create("loop");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_set_timeout(tc, TRAFFIC_TIMEOUT_S);
	add(tc);
	suite_add_tcase(s, tc);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
