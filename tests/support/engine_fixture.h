/*
 * engine_fixture: true engine sockets for the tests of engine_opt.
 *
 * The engine runs over UDP on loopback and is driven from the test's own
 * thread.  setup_endpoint() makes two sockets without an association;
 * setup_association() makes one, from client to server: the client sees two
 * paths, to 127.0.0.1 (the primary) and 127.0.0.2.  Checked fixtures, both.
 */

#ifndef GS_ENGINE_FIXTURE_H
#define GS_ENGINE_FIXTURE_H

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "check_main.h"
#include "clock.h"
#include "engine.h"
#include "engine_opt.h"
#include "engine_sock.h"
#include "wire.h"

#include <usrsctp.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DEADLINE_MS 20000

/* What is the endpoint's until it is set. */
#define DEFAULT_FLAGS                                   \
	(GSCTP_SPP_HB_ENABLE | GSCTP_SPP_PMTUD_ENABLE | \
	    GSCTP_SPP_SACKDELAY_ENABLE)

static struct gs_wire *wire;
static union gs_addr here[2];	       /* 127.0.0.1 and 127.0.0.2, port 0 */
static struct socket *ep;	       /* an endpoint: no association */
static struct socket *other;	       /* another, as fresh */
static struct socket *client, *server; /* of the association */

/*
 * The engine, driven
 */

static inline bool
admit(const struct gs_packet *pkt)
{
	(void)pkt;
	return true;
}

static inline void
settle(bool timers_ran, bool has_news)
{
	(void)timers_ran;
	(void)has_news;
}

static inline void
nothing(void)
{
}

static inline void
upcall(void *arg)
{
	(void)arg;
}

/* Carry packets for up to 10 ms. */
static inline void
pump(void)
{
	struct gs_packet pkt;
	struct pollfd pfd[2];
	int fds[2];
	size_t i, n;

	n = gs_wire_fds(wire, fds, COUNT(fds));
	ck_assert_uint_eq(n, COUNT(fds));
	for (i = 0; i < n; i++) {
		pfd[i].fd = fds[i];
		pfd[i].events = POLLIN;
	}
	(void)poll(pfd, (nfds_t)n, 10);
	for (i = 0; i < n; i++) {
		while (gs_wire_recv(wire, fds[i], &pkt, 1) == 1) {
			gs_enter();
			gs_engine_input_locked(&pkt);
			gs_leave();
		}
	}
	gs_enter();
	gs_leave();
}

static inline struct socket *
new_socket(size_t naddrs)
{
	struct socket *so = NULL;

	ck_assert_int_eq(gs_esock_new(false, &so), 0);
	ck_assert_int_eq(gs_esock_bind(so, here, naddrs, false), 0);
	return so;
}

static inline void
start_engine(void)
{
	struct gs_wire_config wcfg;
	struct gs_engine_config cfg;

	memset(here, 0, sizeof(here));
	ck_assert_int_eq(gs_addr_parse(&here[0], "127.0.0.1"), 0);
	ck_assert_int_eq(gs_addr_parse(&here[1], "127.0.0.2"), 0);
	memset(&wcfg, 0, sizeof(wcfg));
	wcfg.port_mode = GS_PORT_FIXED;
	wcfg.addrs = here;
	wcfg.naddrs = COUNT(here);
	ck_assert_int_eq(gs_wire_open(&wcfg, &wire), 0);

	memset(&cfg, 0, sizeof(cfg));
	cfg.wire = wire;
	cfg.hooks.admit = admit;
	cfg.hooks.settle = settle;
	cfg.hooks.wake = nothing;
	cfg.addrs = here;
	cfg.naddrs = COUNT(here);
	gs_enter();
	gs_esock_init(gs_wire_port(wire), upcall);
	ck_assert_int_eq(gs_engine_start_locked(&cfg), 0);
	gs_leave();
}

static inline void
stop_engine(void)
{
	uint64_t end = gs_now_ms() + DEADLINE_MS;
	int err;

	do {
		pump();
		gs_enter();
		err = gs_engine_stop_locked();
		gs_leave();
	} while (err == -EBUSY && gs_now_ms() < end);
	ck_assert_int_eq(err, 0);
	gs_wire_close(wire);
	wire = NULL;
}

static inline void
setup_endpoint(void)
{
	start_engine();
	gs_enter();
	ep = new_socket(1);
	other = new_socket(1);
	gs_leave();
}

static inline void
teardown_endpoint(void)
{
	gs_enter();
	gs_esock_close(ep);
	gs_esock_close(other);
	gs_leave();
	stop_engine();
}

static inline void
setup_association(void)
{
	uint64_t end;
	struct socket *listener;
	union gs_addr at[2];
	union gs_addr peer;

	start_engine();
	gs_enter();
	listener = new_socket(COUNT(here));
	ck_assert_int_eq(gs_esock_listen(listener, 16), 0);
	ck_assert_int_eq(gs_esock_addrs(listener, false, at, COUNT(at)), 2);
	client = new_socket(COUNT(here));
	peer = here[0];
	gs_addr_set_port(&peer, gs_addr_port(&at[0]));
	ck_assert_int_eq(gs_esock_connect(client, &peer, 1), 0);
	gs_leave();

	server = NULL;
	end = gs_now_ms() + DEADLINE_MS;
	while (server == NULL || gs_esock_state(client) != GSCTP_ESTABLISHED) {
		ck_assert_uint_lt(gs_now_ms(), end);
		pump();
		gs_enter();
		if (server == NULL)
			server = gs_esock_accept(listener);
		gs_leave();
	}
	gs_enter();
	gs_esock_close(listener);
	gs_leave();
}

static inline void
teardown_association(void)
{
	gs_enter();
	gs_esock_close(client);
	gs_esock_close(server);
	gs_leave();
	stop_engine();
}

/*
 * Setting and getting
 */

static inline int
set_on(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	int err;

	gs_enter();
	err = gs_eopt_set(so, is_assoc, opt);
	gs_leave();
	return err;
}

static inline int
get_on(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	int err;

	gs_enter();
	err = gs_eopt_get(so, is_assoc, opt);
	gs_leave();
	return err;
}

/* An initialiser of gsctp.h as an argument. */
#define OPT(...) (&(const struct gsctp_opt)__VA_ARGS__)

#define SET(...) set_on(ep, false, OPT(__VA_ARGS__))
#define SET_ASSOC(...) set_on(client, true, OPT(__VA_ARGS__))

static inline struct gsctp_opt
get(struct socket *so, bool is_assoc, uint32_t id)
{
	struct gsctp_opt opt;

	memset(&opt, 0, sizeof(opt));
	opt.id = id;
	ck_assert_int_eq(get_on(so, is_assoc, &opt), 0);
	ck_assert_uint_eq(opt.id, id);
	return opt;
}

#define GET(id) get(ep, false, GSCTP_OPT_##id).u
#define GET_ASSOC(id) get(client, true, GSCTP_OPT_##id).u

#define ck_field(field, value)                         \
	do {                                           \
		ck_assert_uint_eq((field).defined, 1); \
		ck_assert_uint_eq((field).v, (value)); \
	} while (0)

static inline struct sockaddr_storage
storage(const char *text)
{
	struct sockaddr_storage ss;
	union gs_addr a;

	memset(&ss, 0, sizeof(ss));
	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	memcpy(&ss, &a, gs_addr_len(&a));
	return ss;
}

/* The peer's addresses have its port. */
static inline bool
is_address(const struct sockaddr_storage *ss, const char *text)
{
	struct sockaddr_storage expected = storage(text);
	union gs_addr a, b;

	return gs_addr_from(&a, (const struct sockaddr *)ss, sizeof(*ss)) ==
	    0 &&
	    gs_addr_from(&b, (const struct sockaddr *)&expected,
		sizeof(expected)) == 0 &&
	    gs_addr_same_ip(&a, &b) && gs_addr_port(&a) != 0;
}

static inline uint32_t
delivery_point(struct socket *so)
{
	socklen_t len = sizeof(uint32_t);
	uint32_t v = 0;

	gs_enter();
	ck_assert_int_eq(usrsctp_getsockopt(so, IPPROTO_SCTP,
			     SCTP_PARTIAL_DELIVERY_POINT, &v, &len),
	    0);
	gs_leave();
	return v;
}

static inline TCase *
new_case(Suite *s, const char *name, SFun setup, SFun teardown)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return tc;
}

#endif
