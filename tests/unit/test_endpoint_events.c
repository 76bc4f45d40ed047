/* Subscriptions that the engine refuses: gs_eopt_subscribe() goes through
 * here, by the linker's --wrap. */

#include <errno.h>
#include <string.h>

#include "check_main.h"
#include "engine_opt.h"
#include "opts.h"

#define SOCKETS_MAX 8

/* Guarded by the stack's lock. */
static unsigned int ncalls, refused_call; /* 0: none is */
static struct {
	struct socket *so;
	uint32_t mask;
} told[SOCKETS_MAX];
static size_t ntold;

int __real_gs_eopt_subscribe(struct socket *so, uint32_t old_mask,
    uint32_t mask);
int __wrap_gs_eopt_subscribe(struct socket *so, uint32_t old_mask,
    uint32_t mask);

int
__wrap_gs_eopt_subscribe(struct socket *so, uint32_t old_mask, uint32_t mask)
{
	size_t i;

	if (++ncalls == refused_call)
		return -ENOBUFS;
	for (i = 0; i < ntold && told[i].so != so; i++)
		;
	if (i == ntold && ntold < SOCKETS_MAX)
		ntold++;
	if (i < SOCKETS_MAX) {
		told[i].so = so;
		told[i].mask = mask;
	}
	return __real_gs_eopt_subscribe(so, old_mask, mask);
}

static void
refuse(unsigned int call)
{
	ncalls = 0;
	ntold = 0;
	refused_call = call;
}

static int
ask_for_dry(gsctp_sock s, bool on)
{
	struct gsctp_opt o = GSCTP_EVENTS(.sender_dry = gsctp_def(on));

	return gsctp_setopts(s, &o, 1, NULL);
}

static uint32_t
has_dry(gsctp_sock s)
{
	return opts_get_id(s, GSCTP_OPT_EVENTS, 0).u.events.sender_dry.v;
}

/* The listener and its association: two sockets; the one or the other. */
START_TEST(one_that_is_refused_changes_nothing)
{
	struct loop_pair p = loop_pair(NULL, 0);
	bool was_on = _i >= 2;
	size_t i;

	ck_assert_int_eq(ask_for_dry(p.server, was_on), 0);
	refuse(1 + (unsigned int)_i % 2);
	ck_assert_int_eq(ask_for_dry(p.server, !was_on), -ENOBUFS);
	ck_assert_uint_gt(ncalls, 1);
	ck_assert_uint_eq(has_dry(p.server), was_on);
	ck_assert_uint_eq(ntold, 2);
	for (i = 0; i < ntold; i++)
		ck_assert_uint_eq((told[i].mask & GS_EV_SENDER_DRY) != 0,
		    was_on);
	/* And the next is not taken for what there is already. */
	refuse(0);
	ck_assert_int_eq(ask_for_dry(p.server, !was_on), 0);
	ck_assert_uint_eq(has_dry(p.server), !was_on);
	ck_assert_uint_eq(ncalls, 2);
}
END_TEST

START_TEST(one_that_an_accepted_socket_refuses_leaves_it_where_it_was)
{
	const struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_TYPE(GSCTP_STREAM),
	};
	gsctp_sock listener = loop_open(opts, 2), client = loop_open(opts, 2);
	gsctp_sock s;

	ck_assert_int_eq(gsctp_listen(listener, 1), 0);
	(void)loop_connect(client, listener);
	ck_assert_int_ne(loop_poll(gsctp_fd(listener), POLLIN, LOOP_MS), 0);
	ck_assert_int_eq(ask_for_dry(listener, true), 0);
	refuse(1);
	ck_assert_int_eq(gsctp_accept(listener, LOOP_MS, &s), -ENOBUFS);
	refuse(0);
	ck_assert_int_eq(gsctp_accept(listener, LOOP_MS, &s), 0);
	ck_assert_uint_eq(ncalls, 1);
	ck_assert_uint_eq(has_dry(s), 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("endpoint_events");
	TCase *tc = tcase_create("endpoint_events");

	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_loop_test(tc, one_that_is_refused_changes_nothing, 0, 4);
	tcase_add_test(tc,
	    one_that_an_accepted_socket_refuses_leaves_it_where_it_was);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
