/* Everything at once: threads call anything on the same sockets and
 * mailboxes, and no result is one that no contract has. */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "rng.h"
#include "side.h"

#define HAMMERS 8
#define HANDLES 12
#define MBOXES 3

/* GSCTP_TEST_STORM_MS: longer. */
#define HAMMER_MS 2000

/* Of so many calls one stops the stack. */
#define STOP_EVERY 20000

struct hammer {
	atomic_uint_fast64_t handles[HANDLES];
	atomic_int ports[HANDLES];
	atomic_uint_fast64_t mboxes[MBOXES];
	uint64_t end_ms;
	atomic_ulong calls, ups, messages, delivered, split, stops;
	/* The first result that no contract has. */
	atomic_int odd_what, odd_err;
};

struct hammerer {
	struct hammer *h;
	uint64_t state;
};

enum what {
	DO_REPLACE,
	DO_CLOSE,
	DO_SEND,
	DO_RECV,
	DO_SETOPTS,
	DO_GETOPTS,
	DO_CONNECT,
	DO_CONNECT_INIT,
	DO_EOF,
	DO_ABORT,
	DO_LISTEN,
	DO_NAMES,
	DO_FD,
	DO_INFO,
	DO_ACCEPT,
	DO_PEELOFF,
	DO_SHUTDOWN,
	DO_SET_ACTIVE,
	DO_GIVE,
	DO_MBOX_REPLACE,
	DO_MBOX_RECV,
	DO_PART,
	DO_BINDX,
	DO_STREAMS,
	DOINGS,
	DO_STOP = DOINGS
};

static gsctp_sock
any_handle(struct hammerer *me)
{
	gsctp_sock s;

	s.id = atomic_load(&me->h->handles[rng_next(&me->state) % HANDLES]);
	return s;
}

/* One of the associations that it has now; 0 for none. */
static gsctp_assoc_id
any_assoc(struct hammerer *me, gsctp_sock s)
{
	gsctp_assoc_id ids[16];
	int n = gsctp_assocs(s, ids, 16);

	if (n <= 0)
		return 0;
	return ids[rng_next(&me->state) % (uint64_t)(n < 16 ? n : 16)];
}

/* Peers are found where the stack is now. */
static void
set_peer_port(gsctp_sock s)
{
	struct gsctp_stack_info info;
	struct gsctp_opt o;

	if (gsctp_stack_info(&info) != 0 || !info.is_running)
		return;
	o = (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .port = info.udp_port);
	(void)gsctp_setopts(s, &o, 1, NULL);
}

/* A new socket in the place of another, which is closed. */
static int
do_replace(struct hammerer *me)
{
	const struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_SEND_TIMEOUT_MS(20),
		GSCTP_TYPE(rng_next(&me->state) % 2),
		GSCTP_EXIT_ON_CLOSE(rng_next(&me->state) % 2),
		GSCTP_SEND_TIMEOUT_CLOSE(rng_next(&me->state) % 4 == 0),
		GSCTP_ENABLE_STREAM_RESET(.assoc_value = 5),
		GSCTP_EXPLICIT_EOR(rng_next(&me->state) % 2),
		GSCTP_ASCONF_SUPPORTED(
		    .assoc_value = rng_next(&me->state) % 2),
	};
	size_t i = rng_next(&me->state) % HANDLES;
	gsctp_sock s, old;
	int err;

	err = gsctp_open(0, opts, sizeof(opts) / sizeof(opts[0]), &s);
	if (err != 0)
		return err;
	set_peer_port(s);
	if (rng_next(&me->state) % 4 != 0)
		(void)gsctp_listen(s, GSCTP_BACKLOG);
	atomic_store(&me->h->ports[i], gsctp_port(s));
	old.id = atomic_exchange(&me->h->handles[i], s.id);
	err = gsctp_close(old);
	return err == -EBADF ? 0 : err;
}

static int
do_connect(struct hammerer *me, gsctp_sock s, bool init)
{
	int port = atomic_load(&me->h->ports[rng_next(&me->state) % HANDLES]);
	struct sockaddr_storage to;
	gsctp_assoc_id id;
	int err;

	if (port <= 0)
		return 0;
	to = loop_addr("127.0.0.1", (uint16_t)port);
	if (init)
		return gsctp_connect_init(s, (struct sockaddr *)&to,
		    sizeof(to), NULL, 0, &id);
	err = gsctp_connect(s, (struct sockaddr *)&to, sizeof(to), NULL, 0, 50,
	    NULL);
	if (err == 0)
		atomic_fetch_add(&me->h->ups, 1);
	return err;
}

static int
do_send(struct hammerer *me, gsctp_sock s)
{
	static const char block[70000];
	uint64_t r = rng_next(&me->state);

	return gsctp_send(s, any_assoc(me, s), (uint16_t)(r % 10), block,
	    r % 8 == 0 ? sizeof(block) : 1 + r % 3000);
}

/* A part of a message, and perhaps not the last. */
static int
do_part(struct hammerer *me, gsctp_sock s)
{
	static char block[3000];
	uint64_t r = rng_next(&me->state);
	struct gsctp_sndrcvinfo info = {
		.assoc_id = any_assoc(me, s),
		.stream = (uint16_t)(r % 4),
		.flags = r % 3 != 0 ? GSCTP_MORE : 0,
	};
	struct iovec iov = { .iov_base = block, .iov_len = 1 + r % 3000 };

	return gsctp_sendmsg(s, &info, &iov, 1, NULL, 0);
}

static int
do_bindx(struct hammerer *me, gsctp_sock s)
{
	uint64_t r = rng_next(&me->state);
	struct sockaddr_storage a =
	    loop_addr(r % 4 == 0 ? "127.0.0.1" : "127.0.0.2", 0);

	return gsctp_bindx(s, &a, 1,
	    r / 4 % 2 == 0 ? GSCTP_BINDX_ADD : GSCTP_BINDX_REM);
}

static int
do_streams(struct hammerer *me, gsctp_sock s)
{
	gsctp_assoc_id id = any_assoc(me, s);
	struct gsctp_opt reset = GSCTP_RESET_STREAMS(.assoc_id = id,
	    .flags = GSCTP_RESET_OUTGOING);
	struct gsctp_opt add = GSCTP_ADD_STREAMS(.assoc_id = id,
	    .instrms = 1, .outstrms = 1);

	return gsctp_setopts(s,
	    rng_next(&me->state) % 2 == 0 ? &reset : &add, 1, NULL);
}

/* The next gsctp_open() starts it again. */
static int
do_stop(struct hammerer *me)
{
	int err = gsctp_stack_stop((int)(rng_next(&me->state) % 2) * 20);

	if (err == 0)
		atomic_fetch_add(&me->h->stops, 1);
	return err;
}

static int
do_recv(struct hammerer *me, gsctp_sock s)
{
	struct gsctp_msg *m;
	int err;

	err = gsctp_recv(s, (int)(rng_next(&me->state) % 3), &m);
	if (err != 0)
		return err;
	atomic_fetch_add(&me->h->messages, 1);
	gsctp_msg_free(m);
	return 0;
}

static int
do_opts(struct hammerer *me, gsctp_sock s, bool set)
{
	gsctp_assoc_id id = any_assoc(me, s);
	struct gsctp_opt opts[] = {
		GSCTP_NODELAY(rng_next(&me->state) % 2 == 0),
		GSCTP_RTOINFO(.assoc_id = id, .min = gsctp_def(100)),
		GSCTP_EVENTS(.sender_dry = gsctp_def(1)),
		GSCTP_DEFAULT_SEND_PARAM(.assoc_id = id,
		    .ppid = gsctp_def(7)),
	};
	struct gsctp_opt ask[] = {
		GSCTP_STATUS(id),
		GSCTP_RTOINFO(.assoc_id = id),
		GSCTP_EVENTS(.sender_dry = { 0, 0 }),
	};

	return set ? gsctp_setopts(s, opts, 4, NULL) :
		     gsctp_getopts(s, ask, 3, NULL);
}

static int
do_names(struct hammerer *me, gsctp_sock s)
{
	struct sockaddr_storage a[4];
	gsctp_assoc_id id = any_assoc(me, s);
	struct gsctp_stat stat;
	int err;

	(void)gsctp_getstat(s, &stat);
	(void)gsctp_sockname(s, &a[0]);
	err = gsctp_socknames(s, id, a, 4);
	if (err >= 0)
		err = gsctp_peernames(s, id, a, 4);
	return err > 0 ? 0 : err;
}

static gsctp_mbox
any_mbox(struct hammerer *me)
{
	gsctp_mbox mb;

	mb.id = atomic_load(&me->h->mboxes[rng_next(&me->state) % MBOXES]);
	return mb;
}

/* What accept and peeloff give takes another's place. */
static int
do_split(struct hammerer *me, gsctp_sock s, bool accept)
{
	size_t i = rng_next(&me->state) % HANDLES;
	gsctp_sock got;
	int err;

	err = accept ?
	    gsctp_accept(s, (int)(rng_next(&me->state) % 3), &got) :
	    gsctp_peeloff(s, any_assoc(me, s), &got);
	if (err != 0)
		return err;
	atomic_fetch_add(&me->h->split, 1);
	got.id = atomic_exchange(&me->h->handles[i], got.id);
	err = gsctp_close(got);
	return err == -EBADF ? 0 : err;
}

static int
do_set_active(struct hammerer *me, gsctp_sock s)
{
	static const int32_t modes[] = { GSCTP_ACTIVE_FALSE, GSCTP_ACTIVE_TRUE,
		GSCTP_ACTIVE_ONCE, -3, 0, 1, 5, 32767 };

	return gsctp_set_active(s, modes[rng_next(&me->state) % 8]);
}

/* To whom it belongs is in its options; it may be another by now. */
static int
do_give(struct hammerer *me, gsctp_sock s)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_MBOX };
	int err;

	err = gsctp_getopts(s, &o, 1, NULL);
	if (err != 0)
		return err;
	return gsctp_controlling_process(s, o.u.mbox, any_mbox(me));
}

static int
do_mbox_replace(struct hammerer *me)
{
	size_t i = rng_next(&me->state) % MBOXES;
	gsctp_mbox mb;
	int err;

	err = gsctp_mbox_new(&mb);
	if (err != 0)
		return err;
	mb.id = atomic_exchange(&me->h->mboxes[i], mb.id);
	err = gsctp_mbox_free(mb);
	return err == -EBADF ? 0 : err;
}

static void
on_message(void *arg, struct gsctp_msg *m)
{
	struct hammerer *me = arg;

	atomic_fetch_add(&me->h->delivered, 1);
	gsctp_msg_free(m);
}

static int
do_mbox_recv(struct hammerer *me)
{
	gsctp_mbox mb = any_mbox(me);
	struct gsctp_msg *m;
	int err;

	switch (rng_next(&me->state) % 3) {
	case 0:
		err = gsctp_mbox_recv(mb, (int)(rng_next(&me->state) % 3),
		    &m);
		if (err == 0)
			on_message(me, m);
		return err;
	case 1:
		err = gsctp_mbox_dispatch(mb, on_message, me, 16);
		break;
	default:
		err = gsctp_mbox_fd(mb);
		break;
	}
	return err > 0 ? 0 : err;
}

static int
hammer_once(struct hammerer *me, enum what what)
{
	gsctp_sock s = any_handle(me);
	struct gsctp_stack_info info;
	int err;

	switch (what) {
	case DO_REPLACE:
		return do_replace(me);
	case DO_CLOSE:
		return rng_next(&me->state) % 8 == 0 ? gsctp_close(s) : 0;
	case DO_SEND:
		return do_send(me, s);
	case DO_RECV:
		return do_recv(me, s);
	case DO_SETOPTS:
		return do_opts(me, s, true);
	case DO_GETOPTS:
		return do_opts(me, s, false);
	case DO_CONNECT:
		return do_connect(me, s, false);
	case DO_CONNECT_INIT:
		return do_connect(me, s, true);
	case DO_EOF:
		return gsctp_eof(s, any_assoc(me, s));
	case DO_ABORT:
		return gsctp_abort(s, any_assoc(me, s), "why", 3);
	case DO_LISTEN:
		return gsctp_listen(s, rng_next(&me->state) % 4 != 0);
	case DO_NAMES:
		return do_names(me, s);
	case DO_FD:
		err = gsctp_fd(s);
		return err > 0 ? 0 : err;
	case DO_ACCEPT:
	case DO_PEELOFF:
		return do_split(me, s, what == DO_ACCEPT);
	case DO_SHUTDOWN:
		return gsctp_shutdown(s, 1 + rng_next(&me->state) % 3);
	case DO_SET_ACTIVE:
		return do_set_active(me, s);
	case DO_GIVE:
		return do_give(me, s);
	case DO_MBOX_REPLACE:
		return do_mbox_replace(me);
	case DO_MBOX_RECV:
		return do_mbox_recv(me);
	case DO_PART:
		return do_part(me, s);
	case DO_BINDX:
		return do_bindx(me, s);
	case DO_STREAMS:
		return do_streams(me, s);
	case DO_STOP:
		return do_stop(me);
	default:
		return gsctp_stack_info(&info);
	}
}

/* Is this a result that such a call may have, on a handle that anybody may
 * close at any time? */
static bool
is_expected(enum what what, int err)
{
	if (err == 0 || err == -EBADF)
		return true;
	switch (what) {
	case DO_SEND:
	case DO_PART:
		return err == -ETIMEDOUT || err == -EPIPE || err == -EBUSY ||
		    err == -ENOTCONN || err == -EINVAL;
	case DO_BINDX:
		return err == -EADDRNOTAVAIL || err == -EADDRINUSE ||
		    err == -EINVAL || err == -ENOTCONN;
	case DO_STREAMS:
		return err == -EBUSY || err == -EALREADY || err == -EINVAL ||
		    err == -ENOTCONN;
	case DO_STOP:
		return err == -EALREADY;
	case DO_RECV:
		return err == -ETIMEDOUT || err == -EINVAL ||
		    err == -ENOTCONN;
	case DO_SETOPTS:
	case DO_GETOPTS:
	case DO_NAMES:
		return err == -EINVAL || err == -ENOTCONN;
	case DO_ACCEPT:
		return err == -EINVAL || err == -ETIMEDOUT;
	case DO_PEELOFF:
	case DO_SET_ACTIVE:
	case DO_LISTEN:
		return err == -EINVAL;
	case DO_SHUTDOWN:
		return err == -ENOTCONN || err == -EOPNOTSUPP ||
		    err == -EBUSY;
	case DO_GIVE:
		return err == -EPERM || err == -EINVAL;
	case DO_MBOX_RECV:
		return err == -ETIMEDOUT;
	case DO_CONNECT:
		/* Its last attempt was given up while the cookie was under
		 * way, and it has bound an address since: the peer refuses
		 * that as new (RFC 9260 5.2.2). */
		if (err == -EADDRINUSE)
			return true;
		/* fall through */
	case DO_CONNECT_INIT:
		return err == -ECONNREFUSED || err == -ETIMEDOUT ||
		    err == -EISCONN || err == -EALREADY ||
		    err == -ECONNABORTED || err == -ENOTCONN ||
		    err == -EINVAL;
	case DO_EOF:
		return err == -EPIPE || err == -ENOTCONN || err == -EBUSY;
	case DO_ABORT:
		return err == -EPIPE || err == -ENOTCONN;
	default:
		return false;
	}
}

static int
hammer_on(void *arg)
{
	struct hammerer *me = arg;
	enum what what;
	int err, none = 0;

	while (loop_now_ms() < me->h->end_ms) {
		what = (enum what)(rng_next(&me->state) % DOINGS);
		if (rng_next(&me->state) % STOP_EVERY == 0)
			what = DO_STOP;
		err = hammer_once(me, what);
		atomic_fetch_add(&me->h->calls, 1);
		if (!is_expected(what, err) &&
		    atomic_compare_exchange_strong(&me->h->odd_err, &none,
		    err))
			atomic_store(&me->h->odd_what, (int)what);
	}
	return 0;
}

static uint64_t
hammer_ms(void)
{
	const char *ms = getenv("GSCTP_TEST_STORM_MS");

	return ms != NULL ? strtoul(ms, NULL, 10) : HAMMER_MS;
}

START_TEST(eight_threads_may_do_anything_on_the_same_handles)
{
	static struct hammer h;
	struct hammerer hammerers[HAMMERS];
	struct side sides[HAMMERS];
	uint64_t state = rng_seed();
	int i;

	memset(&h, 0, sizeof(h));
	h.end_ms = loop_now_ms() + hammer_ms();
	for (i = 0; i < HAMMERS; i++) {
		hammerers[i].h = &h;
		hammerers[i].state = rng_next(&state) | 1;
		side_start(&sides[i], hammer_on, &hammerers[i]);
	}
	for (i = 0; i < HAMMERS; i++)
		(void)side_join(&sides[i]);
	for (i = 0; i < MBOXES; i++)
		(void)gsctp_mbox_free((gsctp_mbox){
		    atomic_load(&h.mboxes[i]) });
	printf("%lu calls, %lu associations, %lu split off, %lu messages "
	    "received, %lu delivered, %lu stops\n", atomic_load(&h.calls),
	    atomic_load(&h.ups), atomic_load(&h.split),
	    atomic_load(&h.messages), atomic_load(&h.delivered),
	    atomic_load(&h.stops));
	/* One more user of it, or the first, for what comes after. */
	ck_assert_int_eq(gsctp_stack_start(NULL), 0);
	while (gsctp_stack_stop(0) == 0)
		;
	loop_setup();
	ck_assert_msg(atomic_load(&h.odd_err) == 0, "call %d: %s",
	    atomic_load(&h.odd_what),
	    gsctp_strerror(atomic_load(&h.odd_err)));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("storm");
	TCase *tc = tcase_create("storm");

	tcase_set_timeout(tc, 120 + (double)hammer_ms() / 100);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_test(tc, eight_threads_may_do_anything_on_the_same_handles);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	/* Where gsctp_open() starts it. */
	(void)setenv("GSCTP_UDP_PORT", "0", 1);
	(void)setenv("GSCTP_ADDRS", "127.0.0.1,127.0.0.2", 1);
	return gs_test_main(suite());
}
