/* Start and stop of the stack. */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "side.h"

/* Who waits hears of a stop within this. */
#define WAKE_MS (100 * SIDE_SLOW)

/* Chunks of SCTP. */
#define CHUNK_ABORT 6
#define CHUNK_SHUTDOWN 7

static const char *const variables[] = { "GSCTP_UDP_PORT",
	"GSCTP_PEER_UDP_PORT", "GSCTP_UDP_OFFLOAD", "GSCTP_ADDRS",
	"GSCTP_LOG" };

static void
setup(void)
{
	size_t i;

	loop_engine_left = 0;
	for (i = 0; i < 4; i++)
		unsetenv(variables[i]);
}

/* Whatever a test has left. */
static void
teardown(void)
{
	while (gsctp_stack_stop(0) == 0)
		continue;
	setup();
	ck_assert_msg(loop_engine_left == 0, "the engine has sockets left");
}

static int
start_on(uint32_t mode, uint16_t port)
{
	struct gsctp_stack_config cfg;

	loop_config(&cfg);
	cfg.port_mode = mode;
	cfg.udp_port = port;
	return gsctp_stack_start(&cfg);
}

static bool
is_running(void)
{
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	return info.is_running;
}

/* A stop, and how long it took. */
static uint64_t
timed_stop(int timeout_ms)
{
	uint64_t start = loop_now_ms();

	ck_assert_int_eq(gsctp_stack_stop(timeout_ms), 0);
	return loop_now_ms() - start;
}

/*
 * Ports
 */

START_TEST(fixed_port_is_the_one_in_use)
{
	uint16_t port = side_free_udp_port();

	ck_assert_int_eq(start_on(GSCTP_PORT_FIXED, port), 0);
	ck_assert_uint_eq(loop_udp_port(), port);
}
END_TEST

START_TEST(ephemeral_port_is_not_zero_and_not_the_one_given)
{
	uint16_t port = side_free_udp_port();

	ck_assert_int_eq(start_on(GSCTP_PORT_EPHEMERAL, port), 0);
	ck_assert_uint_ne(loop_udp_port(), 0);
	ck_assert_uint_ne(loop_udp_port(), port);
}
END_TEST

START_TEST(auto_port_is_the_one_given_if_it_is_free)
{
	uint16_t port = side_free_udp_port();

	ck_assert_int_eq(start_on(GSCTP_PORT_AUTO, port), 0);
	ck_assert_uint_eq(loop_udp_port(), port);
}
END_TEST

START_TEST(auto_port_is_another_if_the_one_given_is_taken)
{
	uint16_t port = 0;
	int fd = side_udp(&port);

	ck_assert_int_eq(start_on(GSCTP_PORT_AUTO, port), 0);
	ck_assert_uint_ne(loop_udp_port(), port);
	ck_assert_uint_ne(loop_udp_port(), 0);
	close(fd);
}
END_TEST

START_TEST(taken_fixed_port_is_eaddrinuse_from_start)
{
	uint16_t port = 0;
	int fd = side_udp(&port);

	ck_assert_int_eq(start_on(GSCTP_PORT_FIXED, port), -EADDRINUSE);
	ck_assert(!is_running());
	close(fd);
	ck_assert_int_eq(start_on(GSCTP_PORT_FIXED, port), 0);
}
END_TEST

START_TEST(taken_fixed_port_is_eaddrinuse_from_the_open_that_starts_the_stack)
{
	uint16_t port = 0;
	int fd = side_udp(&port);
	gsctp_sock s;
	char text[8];

	(void)snprintf(text, sizeof(text), "%u", port);
	setenv("GSCTP_UDP_PORT", text, 1);
	setenv("GSCTP_ADDRS", "127.0.0.1", 1);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), -EADDRINUSE);
	ck_assert(!is_running());
	close(fd);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), 0);
	ck_assert_uint_eq(loop_udp_port(), port);
}
END_TEST

START_TEST(udp_port_is_free_after_a_stop)
{
	uint16_t port;

	ck_assert_int_eq(start_on(GSCTP_PORT_EPHEMERAL, 0), 0);
	port = loop_udp_port();
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	close(side_udp(&port));
}
END_TEST

/*
 * Counting
 */

START_TEST(as_many_stops_as_starts_end_the_stack)
{
	ck_assert_int_eq(start_on(GSCTP_PORT_EPHEMERAL, 0), 0);
	ck_assert_int_eq(gsctp_stack_start(NULL), 0);
	ck_assert_int_eq(gsctp_stack_start(NULL), 0);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert(is_running());
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert(!is_running());
	ck_assert_int_eq(gsctp_stack_stop(0), -EALREADY);
}
END_TEST

START_TEST(start_with_a_config_while_the_stack_runs_is_ealready)
{
	ck_assert_int_eq(start_on(GSCTP_PORT_EPHEMERAL, 0), 0);
	ck_assert_int_eq(start_on(GSCTP_PORT_EPHEMERAL, 0), -EALREADY);
	/* And is not counted. */
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert(!is_running());
}
END_TEST

START_TEST(open_starts_the_stack_and_close_leaves_it_running)
{
	gsctp_sock s;

	setenv("GSCTP_UDP_PORT", "0", 1);
	setenv("GSCTP_ADDRS", "127.0.0.1", 1);
	ck_assert(!is_running());
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), 0);
	ck_assert(is_running());
	ck_assert_int_eq(gsctp_close(s), 0);
	ck_assert(is_running());
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert(!is_running());
}
END_TEST

START_TEST(stop_with_a_negative_timeout_is_einval)
{
	ck_assert_int_eq(start_on(GSCTP_PORT_EPHEMERAL, 0), 0);
	ck_assert_int_eq(gsctp_stack_stop(-1), -EINVAL);
	ck_assert(is_running());
}
END_TEST

START_TEST(stack_can_be_started_and_stopped_with_associations_up_20_times)
{
	int i;

	for (i = 0; i < 20; i++) {
		struct loop_pair p;

		loop_setup();
		p = loop_pair(NULL, 0);
		ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "a", 1),
		    0);
		if (i % 2 == 0)
			gsctp_msg_free(loop_recv_type(p.server,
			    GSCTP_MSG_DATA));
		ck_assert_int_eq(gsctp_stack_stop(i % 4 < 2 ? 0 : 2000), 0);
		ck_assert_int_eq(loop_engine_left, 0);
	}
}
END_TEST

START_TEST(failed_start_leaves_no_descriptor)
{
	uint16_t port = 0;
	int before, i, fd = side_udp(&port);

	before = side_count_fds();
	for (i = 0; i < 5; i++)
		ck_assert_int_eq(start_on(GSCTP_PORT_FIXED, port),
		    -EADDRINUSE);
	ck_assert_int_eq(side_count_fds(), before);
	close(fd);
}
END_TEST

START_TEST(stop_leaves_no_descriptor)
{
	int before = side_count_fds();
	struct loop_pair p;

	loop_setup();
	p = loop_pair(NULL, 0);
	ck_assert_int_ge(gsctp_fd(p.client), 0);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(side_count_fds(), before);
}
END_TEST

/*
 * Stops and peers
 */

/* A UDP socket between the stack and itself, which can fall silent. */
struct relay {
	int fd;
	uint16_t port, to;
	bool saw[256];		/* types of first chunks */
};

static void
relay_open(struct relay *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = side_udp(&r->port);
	r->to = loop_udp_port();
}

/* Take one packet, and pass it on or not. */
static bool
relay_one(struct relay *r, bool pass, int timeout_ms)
{
	struct sockaddr_storage to = loop_addr("127.0.0.1", r->to);
	uint8_t packet[65536];
	ssize_t n;

	if (loop_poll(r->fd, POLLIN, timeout_ms) == 0)
		return false;
	n = recv(r->fd, packet, sizeof(packet), 0);
	ck_assert_int_gt(n, 12);
	r->saw[packet[12]] = true;
	if (pass)
		ck_assert_int_eq(sendto(r->fd, packet, (size_t)n, 0,
		    (struct sockaddr *)&to, sizeof(struct sockaddr_in)), n);
	return true;
}

/* Two sockets with an association up, through the relay. */
static void
relay_pair(struct relay *r, gsctp_sock *server, gsctp_sock *client)
{
	const struct gsctp_opt opts[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = r->port),
	};
	struct sockaddr_storage addr;
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	uint64_t end = loop_now_ms() + LOOP_MS;
	int up = 0;

	*server = loop_open(opts, 1);
	*client = loop_open(opts, 1);
	ck_assert_int_eq(gsctp_listen(*server, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(gsctp_sockname(*server, &addr), 0);
	ck_assert_int_eq(gsctp_connect_init(*client, (struct sockaddr *)&addr,
	    sizeof(addr), NULL, 0, &id), 0);
	while (up < 2) {
		ck_assert(loop_now_ms() < end);
		(void)relay_one(r, true, 10);
		if (gsctp_recv(up == 0 ? *server : *client, 0, &m) != 0)
			continue;
		if (m->type == GSCTP_MSG_ASSOC_CHANGE) {
			ck_assert_uint_eq(m->u.assoc_change.state,
			    GSCTP_COMM_UP);
			up++;
		}
		gsctp_msg_free(m);
	}
	while (relay_one(r, true, 300))
		continue;
	memset(r->saw, 0, sizeof(r->saw));
}

START_TEST(stop_aborts_a_peer_that_does_not_answer_when_its_time_is_over)
{
	gsctp_sock server, client;
	struct relay r;
	uint64_t took;

	loop_setup();
	relay_open(&r);
	relay_pair(&r, &server, &client);
	took = timed_stop(200);
	ck_assert_uint_ge(took, 190);
	ck_assert_uint_le(took, 1000 * SIDE_SLOW);
	while (relay_one(&r, false, 0))
		continue;
	ck_assert(r.saw[CHUNK_SHUTDOWN]);
	ck_assert(r.saw[CHUNK_ABORT]);
	close(r.fd);
}
END_TEST

START_TEST(stop_with_timeout_0_aborts_at_once)
{
	gsctp_sock server, client;
	struct relay r;

	loop_setup();
	relay_open(&r);
	relay_pair(&r, &server, &client);
	ck_assert_uint_le(timed_stop(0), 500 * SIDE_SLOW);
	while (relay_one(&r, false, 0))
		continue;
	ck_assert(!r.saw[CHUNK_SHUTDOWN]);
	ck_assert(r.saw[CHUNK_ABORT]);
	close(r.fd);
}
END_TEST

START_TEST(stop_does_not_wait_for_an_attempt_that_nobody_answers)
{
	uint16_t port = 0;
	int hole = side_udp(&port);
	const struct gsctp_opt opts[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = port),
	};
	struct sockaddr_storage addr = loop_addr("127.0.0.1", 5);
	gsctp_assoc_id id;
	gsctp_sock s;

	loop_setup();
	s = loop_open(opts, 1);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&addr,
	    sizeof(addr), NULL, 0, &id), 0);
	ck_assert_uint_le(timed_stop(LOOP_MS), 1000 * SIDE_SLOW);
	close(hole);
}
END_TEST

START_TEST(stop_does_not_wait_where_nobody_is_left)
{
	loop_setup();
	(void)loop_open(NULL, 0);
	ck_assert_uint_le(timed_stop(LOOP_MS), 500 * SIDE_SLOW);
}
END_TEST

static int
stop_in_time(void *arg)
{
	(void)arg;
	return gsctp_stack_stop(LOOP_MS);
}

START_TEST(stop_with_time_shuts_associations_down)
{
	gsctp_sock server, client;
	struct relay r;
	struct side stopper;

	loop_setup();
	relay_open(&r);
	relay_pair(&r, &server, &client);
	side_start(&stopper, stop_in_time, NULL);
	while (is_running())
		(void)relay_one(&r, true, 10);
	ck_assert_int_eq(side_join(&stopper), 0);
	ck_assert(r.saw[CHUNK_SHUTDOWN]);
	ck_assert(!r.saw[CHUNK_ABORT]);
	close(r.fd);
}
END_TEST

/*
 * Stops and threads
 */

struct call {
	gsctp_sock s;
	gsctp_assoc_id assoc;
};

static int
wait_recv(void *arg)
{
	struct call *c = arg;
	struct gsctp_msg *m;

	return gsctp_recv(c->s, -1, &m);
}

static int
wait_connect(void *arg)
{
	struct sockaddr_storage addr = loop_addr("127.0.0.1", 5);
	struct call *c = arg;

	return gsctp_connect(c->s, (struct sockaddr *)&addr, sizeof(addr),
	    NULL, 0, -1, NULL);
}

static int
wait_send(void *arg)
{
	static const char block[SIDE_BLOCK];
	struct call *c = arg;

	return gsctp_send(c->s, c->assoc, 0, block, sizeof(block));
}

START_TEST(stop_wakes_whoever_waits_with_ebadf)
{
	const struct gsctp_opt wait[] = { GSCTP_SEND_TIMEOUT_MS(-1) };
	struct side recv_side, connect_side, send_side;
	struct call receiver, connecter, sender;
	struct loop_pair p;
	uint16_t port = 0;
	int hole = side_udp(&port);
	const struct gsctp_opt nobody[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = port),
	};
	uint64_t start;

	loop_setup();
	p = side_pair();
	side_fill(p.client, p.at_client);
	ck_assert_int_eq(gsctp_setopts(p.client, wait, 1, NULL), 0);
	sender.s = p.client;
	sender.assoc = p.at_client;
	receiver.s = loop_open(NULL, 0);
	connecter.s = loop_open(nobody, 1);
	side_start(&recv_side, wait_recv, &receiver);
	side_start(&connect_side, wait_connect, &connecter);
	side_start(&send_side, wait_send, &sender);
	side_await_sleep(&recv_side);
	side_await_sleep(&connect_side);
	side_await_sleep(&send_side);

	start = loop_now_ms();
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(side_join(&recv_side), -EBADF);
	ck_assert_int_eq(side_join(&connect_side), -EBADF);
	ck_assert_int_eq(side_join(&send_side), -EBADF);
	ck_assert_uint_le(recv_side.ended_ms - start, WAKE_MS);
	ck_assert_uint_le(connect_side.ended_ms - start, WAKE_MS);
	ck_assert_uint_le(send_side.ended_ms - start, WAKE_MS);
	close(hole);
}
END_TEST

static atomic_bool openers_done;

/* Open and close, whatever the stack does; the first result that is odd. */
static int
open_and_close(void *arg)
{
	gsctp_sock s;
	int err;

	(void)arg;
	while (!atomic_load(&openers_done)) {
		err = gsctp_open(0, NULL, 0, &s);
		if (err != 0)
			return err;
		err = gsctp_listen(s, GSCTP_BACKLOG);
		if (err == 0)
			err = gsctp_close(s);
		if (err != 0 && err != -EBADF)
			return err;
	}
	return 0;
}

START_TEST(stops_may_come_while_other_threads_open_sockets)
{
	struct side openers[4];
	uint64_t end;
	int i, err;

	setenv("GSCTP_UDP_PORT", "0", 1);
	setenv("GSCTP_ADDRS", "127.0.0.1", 1);
	atomic_store(&openers_done, false);
	for (i = 0; i < 4; i++)
		side_start(&openers[i], open_and_close, NULL);
	end = loop_now_ms() + 1000;
	while (loop_now_ms() < end) {
		err = gsctp_stack_stop(0);
		ck_assert(err == 0 || err == -EALREADY);
	}
	atomic_store(&openers_done, true);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(side_join(&openers[i]), 0);
	(void)gsctp_stack_stop(0);
	ck_assert_int_eq(loop_engine_left, 0);
}
END_TEST

/*
 * Configuration
 */

static void
check_config_is_refused(const struct gsctp_stack_config *cfg)
{
	ck_assert_int_eq(gsctp_stack_start(cfg), -EINVAL);
	ck_assert(!is_running());
}

START_TEST(config_with_a_reserved_byte_set_is_einval)
{
	struct gsctp_stack_config cfg;
	size_t i;

	for (i = 0; i < 8; i++) {
		loop_config(&cfg);
		cfg.reserved[i] = 1;
		check_config_is_refused(&cfg);
		cfg.reserved[i] = UINT32_C(1) << 31;
		check_config_is_refused(&cfg);
	}
}
END_TEST

START_TEST(config_with_a_value_out_of_range_is_einval)
{
	static const char *const word[] = { "localhost" };
	static const char *const null[] = { NULL };
	struct gsctp_stack_config cfg;

	loop_config(&cfg);
	cfg.port_mode = 3;
	check_config_is_refused(&cfg);
	loop_config(&cfg);
	cfg.log_level = -1;
	check_config_is_refused(&cfg);
	cfg.log_level = GSCTP_LOG_DEBUG + 1;
	check_config_is_refused(&cfg);
	loop_config(&cfg);
	cfg.addrs = NULL;
	check_config_is_refused(&cfg);
	loop_config(&cfg);
	cfg.addrs = word;
	cfg.naddrs = 1;
	check_config_is_refused(&cfg);
	cfg.addrs = null;
	check_config_is_refused(&cfg);
}
END_TEST

static const struct {
	const char *name, *value;
} bad_env[] = {
	{ "GSCTP_UDP_PORT", "" },
	{ "GSCTP_UDP_PORT", "automatic" },
	{ "GSCTP_UDP_PORT", "-1" },
	{ "GSCTP_UDP_PORT", " 1" },
	{ "GSCTP_UDP_PORT", "9899x" },
	{ "GSCTP_UDP_PORT", "65536" },
	{ "GSCTP_UDP_PORT", "18446744073709551617" },
	{ "GSCTP_PEER_UDP_PORT", "" },
	{ "GSCTP_PEER_UDP_PORT", "0" },
	{ "GSCTP_PEER_UDP_PORT", "auto" },
	{ "GSCTP_PEER_UDP_PORT", "65536" },
	{ "GSCTP_UDP_OFFLOAD", "maybe" },
	{ "GSCTP_ADDRS", "" },
	{ "GSCTP_ADDRS", "," },
	{ "GSCTP_ADDRS", "localhost" },
	{ "GSCTP_ADDRS", "127.0.0.1,127.0.0" },
	{ "GSCTP_ADDRS", "127.0.0.1 127.0.0.2" },
	{ "GSCTP_LOG", "" },
	{ "GSCTP_LOG", "loud" },
	{ "GSCTP_LOG", "debug " },
};

START_TEST(variable_that_cannot_be_understood_is_einval)
{
	gsctp_sock s;

	setenv("GSCTP_UDP_PORT", "0", 1);
	setenv("GSCTP_ADDRS", "127.0.0.1", 1);
	setenv(bad_env[_i].name, bad_env[_i].value, 1);
	ck_assert_int_eq(gsctp_stack_start(NULL), -EINVAL);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), -EINVAL);
	ck_assert(!is_running());
}
END_TEST

START_TEST(variables_are_what_a_null_config_says)
{
	uint16_t port = side_free_udp_port();
	struct gsctp_stack_info info;
	char text[8];

	(void)snprintf(text, sizeof(text), "%u", port);
	setenv("GSCTP_UDP_PORT", text, 1);
	setenv("GSCTP_PEER_UDP_PORT", "4711", 1);
	setenv("GSCTP_ADDRS", "127.0.0.1", 1);
	ck_assert_int_eq(gsctp_stack_start(NULL), 0);
	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	ck_assert(info.is_running);
	ck_assert_uint_eq(info.udp_port, port);
	ck_assert_uint_eq(info.peer_udp_port, 4711);
	ck_assert_uint_eq(info.sockets, 0);
	ck_assert_uint_eq(info.associations, 0);
}
END_TEST

START_TEST(config_goes_before_the_variables)
{
	struct gsctp_stack_config cfg;
	struct gsctp_stack_info info;
	uint16_t port = side_free_udp_port();

	setenv("GSCTP_UDP_PORT", "1", 1);
	setenv("GSCTP_PEER_UDP_PORT", "4711", 1);
	setenv("GSCTP_ADDRS", "127.0.0.9", 1);
	loop_config(&cfg);
	cfg.port_mode = GSCTP_PORT_FIXED;
	cfg.udp_port = port;
	cfg.peer_udp_port = 4712;
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	ck_assert_uint_eq(info.udp_port, port);
	ck_assert_uint_eq(info.peer_udp_port, 4712);
	(void)loop_open(NULL, 0);
}
END_TEST

START_TEST(address_that_is_not_listed_is_eaddrnotavail)
{
	static const char *const not_listed[] = { "127.0.0.3", "192.0.2.1" };
	struct gsctp_opt six[] = {
		GSCTP_FAMILY(GSCTP_INET6),
		GSCTP_IP(loop_addr("::1", 0)),
	};
	gsctp_sock s;
	size_t i;

	setenv("GSCTP_UDP_PORT", "0", 1);
	setenv("GSCTP_ADDRS", "127.0.0.1,127.0.0.2", 1);
	for (i = 0; i < 2; i++) {
		const struct gsctp_opt ip[] = {
			GSCTP_IP(loop_addr("127.0.0.2", 0)),
			GSCTP_IP(loop_addr(not_listed[i], 0)),
		};

		ck_assert_int_eq(gsctp_open(0, ip, 1, &s), 0);
		ck_assert_int_eq(gsctp_open(0, ip, 2, &s), -EADDRNOTAVAIL);
	}
	ck_assert_int_eq(gsctp_open(0, six, 2, &s), -EADDRNOTAVAIL);
}
END_TEST

START_TEST(wildcard_socket_has_the_listed_addresses_alone)
{
	struct sockaddr_storage a[8];
	gsctp_sock s;

	setenv("GSCTP_UDP_PORT", "0", 1);
	setenv("GSCTP_ADDRS", "127.0.0.2,127.0.0.5", 1);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), 0);
	ck_assert_int_eq(gsctp_socknames(s, 0, a, 8), 2);
	ck_assert_uint_eq(
	    ((struct sockaddr_in *)&a[0])->sin_addr.s_addr +
	    ((struct sockaddr_in *)&a[1])->sin_addr.s_addr,
	    inet_addr("127.0.0.2") + inet_addr("127.0.0.5"));
}
END_TEST

/*
 * Descriptors
 */

struct sockets {
	int raw, udp, other;	/* but for AF_UNIX */
};

static struct sockets
count_sockets(void)
{
	struct sockets n = { 0, 0, 0 };
	int fd, type, domain;
	socklen_t len = sizeof(int);

	for (fd = 0; fd < 1024; fd++) {
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 ||
		    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0)
			continue;
		if (type == SOCK_RAW || domain == AF_PACKET)
			n.raw++;
		else if (domain != AF_UNIX && type == SOCK_DGRAM)
			n.udp++;
		else if (domain != AF_UNIX)
			n.other++;
	}
	return n;
}

START_TEST(stack_has_one_udp_socket_an_address_and_no_other)
{
	struct sockets before = count_sockets(), after;

	loop_setup();
	(void)loop_pair(NULL, 0);
	after = count_sockets();
	ck_assert_int_eq(after.raw, before.raw);
	ck_assert_int_eq(after.udp, before.udp + (loop_has_ipv6() ? 3 : 2));
	ck_assert_int_eq(after.other, before.other);
}
END_TEST

static TCase *
ports(void)
{
	TCase *tc = tcase_create("ports");

	tcase_add_test(tc, fixed_port_is_the_one_in_use);
	tcase_add_test(tc, ephemeral_port_is_not_zero_and_not_the_one_given);
	tcase_add_test(tc, auto_port_is_the_one_given_if_it_is_free);
	tcase_add_test(tc, auto_port_is_another_if_the_one_given_is_taken);
	tcase_add_test(tc, taken_fixed_port_is_eaddrinuse_from_start);
	tcase_add_test(tc,
	    taken_fixed_port_is_eaddrinuse_from_the_open_that_starts_the_stack);
	tcase_add_test(tc, udp_port_is_free_after_a_stop);
	return tc;
}

static TCase *
counting(void)
{
	TCase *tc = tcase_create("counting");

	tcase_add_test(tc, as_many_stops_as_starts_end_the_stack);
	tcase_add_test(tc,
	    start_with_a_config_while_the_stack_runs_is_ealready);
	tcase_add_test(tc, open_starts_the_stack_and_close_leaves_it_running);
	tcase_add_test(tc, stop_with_a_negative_timeout_is_einval);
	tcase_add_test(tc,
	    stack_can_be_started_and_stopped_with_associations_up_20_times);
	tcase_add_test(tc, failed_start_leaves_no_descriptor);
	tcase_add_test(tc, stop_leaves_no_descriptor);
	tcase_add_test(tc, stack_has_one_udp_socket_an_address_and_no_other);
	return tc;
}

static TCase *
stops(void)
{
	TCase *tc = tcase_create("stops");

	tcase_add_test(tc,
	    stop_aborts_a_peer_that_does_not_answer_when_its_time_is_over);
	tcase_add_test(tc, stop_with_timeout_0_aborts_at_once);
	tcase_add_test(tc,
	    stop_does_not_wait_for_an_attempt_that_nobody_answers);
	tcase_add_test(tc, stop_does_not_wait_where_nobody_is_left);
	tcase_add_test(tc, stop_with_time_shuts_associations_down);
	tcase_add_test(tc, stop_wakes_whoever_waits_with_ebadf);
	tcase_add_test(tc, stops_may_come_while_other_threads_open_sockets);
	return tc;
}

static TCase *
configuration(void)
{
	TCase *tc = tcase_create("configuration");

	tcase_add_test(tc, config_with_a_reserved_byte_set_is_einval);
	tcase_add_test(tc, config_with_a_value_out_of_range_is_einval);
	tcase_add_loop_test(tc, variable_that_cannot_be_understood_is_einval, 0,
	    sizeof(bad_env) / sizeof(bad_env[0]));
	tcase_add_test(tc, variables_are_what_a_null_config_says);
	tcase_add_test(tc, config_goes_before_the_variables);
	tcase_add_test(tc, address_that_is_not_listed_is_eaddrnotavail);
	tcase_add_test(tc, wildcard_socket_has_the_listed_addresses_alone);
	return tc;
}

static Suite *
suite(void)
{
	TCase *cases[] = { ports(), counting(), stops(), configuration() };
	Suite *s = suite_create("stack");
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tcase_set_timeout(cases[i], 120);
		tcase_add_checked_fixture(cases[i], setup, teardown);
		suite_add_tcase(s, cases[i]);
	}
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
