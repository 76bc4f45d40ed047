/*
 * loop: sockets of one stack that talk to each other over loopback.
 *
 * The stack takes an ephemeral UDP port on 127.0.0.1, 127.0.0.2 and ::1, and
 * each socket opened here takes that port for its peers', so that a test needs
 * one process, no fixed port and no other interface.  Use loop_setup() and
 * loop_teardown() as a checked fixture.
 */

#ifndef GS_TEST_LOOP_H
#define GS_TEST_LOOP_H

#include <arpa/inet.h>
#include <check.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Longer than anything takes that works, valgrind included. */
#define LOOP_MS 20000

static int loop_engine_left;	/* the engine had sockets left at the end */

static inline void
loop_log(void *arg, int level, const char *line)
{
	(void)arg;
	if (strstr(line, "sockets left") != NULL)
		loop_engine_left = 1;
	if (getenv("GSCTP_TEST_LOG") != NULL)
		fprintf(stderr, "%d %s\n", level, line);
}

static inline int
loop_has_ipv6(void)
{
	FILE *f = fopen("/proc/net/if_inet6", "r");
	char word[64];
	int has = 0;

	if (f == NULL)
		return 0;
	while (fscanf(f, "%63s%*[^\n]", word) == 1)
		if (strcmp(word, "00000000000000000000000000000001") == 0)
			has = 1;
	fclose(f);
	return has;
}

static inline void
loop_config(struct gsctp_stack_config *cfg)
{
	static const char *const addrs[] = { "127.0.0.1", "127.0.0.2", "::1" };

	memset(cfg, 0, sizeof(*cfg));
	cfg->port_mode = GSCTP_PORT_EPHEMERAL;
	cfg->addrs = addrs;
	cfg->naddrs = loop_has_ipv6() ? 3 : 2;
	cfg->log = loop_log;
	cfg->log_level = GSCTP_LOG_DEBUG;
}

static inline void
loop_setup(void)
{
	struct gsctp_stack_config cfg;

	loop_engine_left = 0;
	loop_config(&cfg);
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
}

static inline void
loop_teardown(void)
{
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_msg(loop_engine_left == 0, "the engine has sockets left");
}

static inline uint16_t
loop_udp_port(void)
{
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	return info.udp_port;
}

static inline struct sockaddr_storage
loop_addr(const char *ip, uint16_t port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&ss;

	memset(&ss, 0, sizeof(ss));
	if (inet_pton(AF_INET, ip, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, ip, &v6->sin6_addr), 1);
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
	}
	return ss;
}

/* gsctp_open() with a peer UDP port of our own; opts come after it. */
static inline int
loop_try_open(uint16_t port, const struct gsctp_opt *opts, size_t n,
    gsctp_sock *s)
{
	struct gsctp_opt all[32];
	struct gsctp_opt encaps = GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .port = loop_udp_port());

	ck_assert(n < 32);
	all[0] = encaps;	/* over raw IP 0, which it is */
	if (n > 0)
		memcpy(&all[1], opts, n * sizeof(*opts));
	return gsctp_open(port, all, n + 1, s);
}

/* On 127.0.0.1 unless opts name another address (GSCTP_IP) or family. */
static inline gsctp_sock
loop_open(const struct gsctp_opt *opts, size_t n)
{
	struct gsctp_opt all[32];
	struct gsctp_opt ip = GSCTP_IP(loop_addr("127.0.0.1", 0));
	gsctp_sock s = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		if (opts[i].id == GSCTP_OPT_IP ||
		    opts[i].id == GSCTP_OPT_FAMILY)
			break;
	if (i < n) {
		ck_assert_int_eq(loop_try_open(0, opts, n, &s), 0);
		return s;
	}
	all[0] = ip;
	if (n > 0)
		memcpy(&all[1], opts, n * sizeof(*opts));
	ck_assert_int_eq(loop_try_open(0, all, n + 1, &s), 0);
	return s;
}

/* The next message; it must come.  The caller frees it. */
static inline struct gsctp_msg *
loop_recv(gsctp_sock s)
{
	struct gsctp_msg *m = NULL;

	ck_assert_int_eq(gsctp_recv(s, LOOP_MS, &m), 0);
	ck_assert_ptr_nonnull(m);
	return m;
}

/* Throw away what comes before a message of this type; return that one. */
static inline struct gsctp_msg *
loop_recv_type(gsctp_sock s, uint32_t type)
{
	struct gsctp_msg *m;

	for (;;) {
		m = loop_recv(s);
		if (m->type == type)
			return m;
		gsctp_msg_free(m);
	}
}

/* The same for an assoc_change with this state; its association. */
static inline gsctp_assoc_id
loop_recv_state(gsctp_sock s, uint32_t state)
{
	struct gsctp_msg *m;
	gsctp_assoc_id id;
	uint32_t got;

	do {
		m = loop_recv_type(s, GSCTP_MSG_ASSOC_CHANGE);
		id = m->assoc_id;
		got = m->u.assoc_change.state;
		gsctp_msg_free(m);
	} while (got != state);
	return id;
}

/* Read what is there now, and throw it away: how many. */
static inline int
loop_drain(gsctp_sock s)
{
	struct gsctp_msg *m;
	int n = 0;

	while (gsctp_recv(s, 0, &m) == 0) {
		gsctp_msg_free(m);
		n++;
	}
	return n;
}

/* from, connected to the listening socket to on 127.0.0.1. */
static inline gsctp_assoc_id
loop_connect(gsctp_sock from, gsctp_sock to)
{
	struct sockaddr_storage addr;
	struct gsctp_assoc_change up;

	ck_assert_int_eq(gsctp_sockname(to, &addr), 0);
	ck_assert_int_eq(gsctp_connect(from, (struct sockaddr *)&addr,
	    sizeof(addr), NULL, 0, LOOP_MS, &up), 0);
	ck_assert_uint_eq(up.state, GSCTP_COMM_UP);
	return up.assoc_id;
}

/* Two sockets with one association, and nothing but what the set-up itself
 * leaves in their queues read: the listener's comm_up is. */
struct loop_pair {
	gsctp_sock server, client;
	gsctp_assoc_id at_server, at_client;
};

static inline struct loop_pair
loop_pair(const struct gsctp_opt *opts, size_t n)
{
	struct loop_pair p;

	p.server = loop_open(opts, n);
	p.client = loop_open(opts, n);
	ck_assert_int_eq(gsctp_listen(p.server, GSCTP_BACKLOG), 0);
	p.at_client = loop_connect(p.client, p.server);
	p.at_server = loop_recv_state(p.server, GSCTP_COMM_UP);
	return p;
}

/* poll() on one descriptor: the events, 0 after timeout_ms. */
static inline int
loop_poll(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = poll(&p, 1, timeout_ms);

	ck_assert_int_ge(n, 0);
	return n > 0 ? p.revents : 0;
}

/* Between two looks at what has no descriptor to wait for. */
static inline void
loop_nap(void)
{
	(void)poll(NULL, 0, 1);
}

static inline uint64_t
loop_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

#endif
