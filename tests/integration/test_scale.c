/*
 * test_scale: 10,000 associations of one socket, with 10,000 sockets.  What
 * one of them costs does not depend on the others, timers find their own, and
 * in the end nothing is left.
 */

#include <dirent.h>
#include <malloc.h>
#include <sys/resource.h>

#include "check_main.h"
#include "side.h"
#include "traffic.h"

#define MANY (10000 / SIDE_SLOW)
#define ACCEPTED (2000 / SIDE_SLOW)

/* Ping-pongs of which the time is taken, and how often. */
#define ROUND 100
#define ROUNDS 15

/* Many would be measured at 1.5 on a quiet machine: tests/bench. */
#define WORST_RATIO 3

/* Far more than are looked at for each timer that runs. */
#define TIMED 200

#define SCALE_MS 100000

/* ck_assert() itself costs more than a message. */
#define must(what)                                                           \
	do {                                                                 \
		if (!(what))                                                 \
			ck_abort_msg("not so: %s", #what);                   \
	} while (0)

struct end {
	gsctp_sock s;
	gsctp_assoc_id id;
};

struct scale {
	gsctp_sock listener;
	struct sockaddr_storage at;
	bool is_stream;
	int n;
	struct end *clients, *servers;
};

static double
cpu_now(void)
{
	struct rusage r;

	must(getrusage(RUSAGE_SELF, &r) == 0);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	    (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static int
count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

/* One at the listener has come up. */
static struct end
arrive(struct scale *sc)
{
	struct gsctp_msg *m;
	struct end e = { .s = sc->listener };

	if (sc->is_stream) {
		must(gsctp_accept(sc->listener, SCALE_MS, &e.s) == 0);
		return e;
	}
	do {
		must(gsctp_recv(sc->listener, SCALE_MS, &m) == 0);
		if (m->type == GSCTP_MSG_ASSOC_CHANGE) {
			must(m->u.assoc_change.state == GSCTP_COMM_UP);
			e.id = m->assoc_id;
		}
		gsctp_msg_free(m);
	} while (e.id == 0);
	return e;
}

static void
begin(struct scale *sc, bool is_stream, int n)
{
	const struct gsctp_opt opts[] = {
		GSCTP_TYPE(is_stream ? GSCTP_STREAM : GSCTP_SEQPACKET),
		GSCTP_NODELAY(true),
	};

	memset(sc, 0, sizeof(*sc));
	sc->is_stream = is_stream;
	sc->clients = calloc((size_t)n, sizeof(*sc->clients));
	sc->servers = calloc((size_t)n, sizeof(*sc->servers));
	ck_assert(sc->clients != NULL && sc->servers != NULL);
	sc->listener = loop_open(opts, 2);
	ck_assert_int_eq(gsctp_listen(sc->listener, GSCTP_BACKLOG), 0);
	sc->at = traffic_name(sc->listener);
}

static void
grow(struct scale *sc, int n)
{
	struct sockaddr_storage here = loop_addr("127.0.0.1", 0);
	const struct gsctp_opt opts[] = {
		GSCTP_IP(here),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = loop_udp_port()),
		GSCTP_NODELAY(true),
	};
	struct gsctp_assoc_change up;

	for (; sc->n < n; sc->n++) {
		struct end *c = &sc->clients[sc->n];

		must(gsctp_open(0, opts, 3, &c->s) == 0);
		must(gsctp_connect(c->s, traffic_sa(&sc->at), sizeof(sc->at),
		    NULL, 0, SCALE_MS, &up) == 0);
		c->id = up.assoc_id;
		sc->servers[sc->n] = arrive(sc);
	}
}

/* One message, which must be the next data there. */
static void
say(const struct end *from, const struct end *to, uint32_t what)
{
	struct gsctp_msg *m;
	bool is_data;

	must(gsctp_send(from->s, from->id, 0, &what, sizeof(what)) == 0);
	do {
		must(gsctp_recv(to->s, SCALE_MS, &m) == 0);
		is_data = m->type == GSCTP_MSG_DATA;
		must(!is_data || (m->u.data.len == sizeof(what) &&
		    memcmp(m->u.data.data, &what, sizeof(what)) == 0));
		must(!is_data || to->id == 0 || m->assoc_id == to->id);
		gsctp_msg_free(m);
	} while (!is_data);
}

static void
say_both_ways(const struct scale *sc, int i)
{
	say(&sc->clients[i], &sc->servers[i], (uint32_t)i);
	say(&sc->servers[i], &sc->clients[i], ~(uint32_t)i);
}

/* CPU seconds of a message; the least of many rounds, as others run too. */
static double
cost(const struct scale *sc)
{
	double from, took, least = 1e9;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		from = cpu_now();
		for (i = 0; i < ROUND; i++)
			say_both_ways(sc, (round * ROUND + i) * 97 % sc->n);
		took = cpu_now() - from;
		if (took < least)
			least = took;
	}
	return least / ROUND / 2;
}

static void
wait_until_gone(void)
{
	uint64_t end = loop_now_ms() + SCALE_MS;
	struct gsctp_stack_info info;

	do {
		ck_assert_int_eq(gsctp_stack_info(&info), 0);
		must(loop_now_ms() < end);
		loop_nap();
	} while (info.associations > 0);
}

/* Each was ended by its client, in good order. */
static void
hear_ends(const struct scale *sc)
{
	struct gsctp_msg *m;
	int n = 0;

	while (n < sc->n) {
		must(gsctp_recv(sc->listener, SCALE_MS, &m) == 0);
		if (m->type == GSCTP_MSG_ASSOC_CHANGE) {
			must(m->u.assoc_change.state == GSCTP_SHUTDOWN_COMP);
			n++;
		}
		gsctp_msg_free(m);
	}
}

static void
end(struct scale *sc)
{
	int i;

	for (i = 0; i < sc->n; i++) {
		(void)loop_drain(sc->clients[i].s);
		must(gsctp_close(sc->clients[i].s) == 0);
	}
	if (!sc->is_stream)
		hear_ends(sc);
	for (i = 0; sc->is_stream && i < sc->n; i++)
		must(gsctp_close(sc->servers[i].s) == 0);
	ck_assert_int_eq(gsctp_close(sc->listener), 0);
	free(sc->clients);
	free(sc->servers);
}

/* The listener's associations are its own (_i 0), or accepted (1). */
START_TEST(a_message_costs_the_same_with_many_associations_and_sockets)
{
	int n = _i == 0 ? MANY : ACCEPTED;
	struct gsctp_stack_info info;
	struct mallinfo2 before, after;
	double alone, among, setup;
	struct scale sc;
	int fds, i;

	fds = count_fds();
	before = mallinfo2();
	begin(&sc, _i == 1, n);
	grow(&sc, 1);
	alone = cost(&sc);
	setup = cpu_now();
	grow(&sc, n);
	setup = (cpu_now() - setup) / (n - 1);
	for (i = 0; i < n; i++)
		say_both_ways(&sc, i);
	among = cost(&sc);
	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	ck_assert_int_eq((int)info.associations, 2 * n);
	ck_assert_int_eq((int)info.sockets, 1 + n + (_i == 1 ? n : 0));
	/* Readiness descriptors are made when they are asked for. */
	ck_assert_int_eq(count_fds(), fds);
	printf("%d: set-up %.1f us of CPU, both ends; a message %.2f us, "
	    "%.2f times that of one association\n", n, setup * 1e6,
	    among * 1e6, among / alone);
	fflush(stdout);
	ck_assert_msg(among < WORST_RATIO * alone, "%.2f us, with one %.2f",
	    among * 1e6, alone * 1e6);
	end(&sc);
	wait_until_gone();
	ck_assert_int_eq(count_fds(), fds);
	after = mallinfo2();
	printf("%d: %ld kB of memory are left\n", n,
	    ((long)after.uordblks - (long)before.uordblks) / 1024);
	fflush(stdout);
	/* Tables have grown, and the engine remembers tags for a while. */
	ck_assert_int_lt((long)after.uordblks - (long)before.uordblks,
	    1024L * 1024);
}
END_TEST

/* Timers of the engine, and times of ours, among associations that have
 * neither. */
START_TEST(among_many_a_timer_finds_its_own)
{
	const struct gsctp_opt quick[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(100), .min = gsctp_def(100),
		    .max = gsctp_def(100)),
		GSCTP_INITMSG(.max_attempts = gsctp_def(2)),
	};
	const struct gsctp_opt autoclose = GSCTP_AUTOCLOSE(1);
	uint64_t limit = loop_now_ms() + SCALE_MS / 4;
	struct sockaddr_storage nowhere;
	gsctp_assoc_id ids[TIMED];
	struct scale sc, timed;
	gsctp_sock s;
	int i, fd;
	uint16_t port;

	begin(&sc, false, TIMED);
	grow(&sc, TIMED);
	/* Attempts that nobody answers. */
	fd = traffic_blackhole("127.0.0.1", &port);
	s = loop_open(quick, 2);
	ck_assert_int_eq(gsctp_setopts(s, &(struct gsctp_opt)
	    GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = port), 1, NULL), 0);
	for (i = 0; i < TIMED; i++) {
		nowhere = loop_addr("127.0.0.1", (uint16_t)(1000 + i));
		ck_assert_int_eq(gsctp_connect_init(s, traffic_sa(&nowhere),
		    sizeof(nowhere), NULL, 0, &ids[i]), 0);
	}
	for (i = 0; i < TIMED; i++)
		(void)loop_recv_state(s, GSCTP_CANT_ASSOC);
	/* And associations that are idle. */
	begin(&timed, false, TIMED);
	grow(&timed, TIMED);
	ck_assert_int_eq(gsctp_setopts(timed.listener, &autoclose, 1, NULL),
	    0);
	hear_ends(&timed);
	for (i = 0; i < TIMED; i++)
		ck_assert_int_eq(gsctp_close(timed.clients[i].s), 0);
	ck_assert_uint_lt(loop_now_ms(), limit);
	close(fd);
	ck_assert_int_eq(gsctp_close(s), 0);
	timed.n = 0;			/* they have ended */
	end(&timed);
	end(&sc);
	wait_until_gone();
}
END_TEST

/* The second process has sockets, and is killed. */
static int
second_process(void)
{
	struct gsctp_stack_config cfg;
	struct sockaddr_storage to;
	uint16_t udp_port, port;
	gsctp_sock s;
	int i;

	alarm(100);
	loop_config(&cfg);
	side_must(gsctp_stack_start(&cfg) == 0);
	side_must(side_read(0, &udp_port) && side_read(0, &port));
	to = side_addr("127.0.0.1", port);
	for (i = 0; i < TIMED; i++) {
		const struct gsctp_opt opts[] = {
			GSCTP_IP(side_addr("127.0.0.1", 0)),
			GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = udp_port),
		};

		side_must(gsctp_open(0, opts, 2, &s) == 0);
		side_must(gsctp_connect(s, traffic_sa(&to), sizeof(to), NULL,
		    0, LOOP_MS, NULL) == 0);
	}
	for (;;)
		(void)pause();
}

START_TEST(many_peers_that_have_gone_are_all_missed)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(100), .min = gsctp_def(100),
		    .max = gsctp_def(200)),
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(3)),
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(300),
		    .pathmaxrxt = gsctp_def(2)),
	};
	struct side_process other;
	struct gsctp_msg *m;
	gsctp_sock s = loop_open(opts, 3);
	int up = 0, lost = 0, failed = 0;

	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	side_spawn(&other, "clients");
	ck_assert(side_write(other.to, loop_udp_port()));
	ck_assert(side_write(other.to, (uint16_t)gsctp_port(s)));
	while (lost < TIMED) {
		must(gsctp_recv(s, SCALE_MS, &m) == 0);
		if (m->type == GSCTP_MSG_PADDR_CHANGE)
			failed += m->u.paddr_change.state ==
			    GSCTP_ADDR_UNREACHABLE;
		if (m->type == GSCTP_MSG_ASSOC_CHANGE) {
			up += m->u.assoc_change.state == GSCTP_COMM_UP;
			lost += m->u.assoc_change.state == GSCTP_COMM_LOST;
		}
		gsctp_msg_free(m);
		if (up == TIMED) {
			up++;
			ck_assert_int_eq(kill(other.pid, SIGKILL), 0);
		}
	}
	ck_assert_int_eq(side_end(&other), 128 + SIGKILL);
	ck_assert_int_eq(failed, TIMED);
	wait_until_gone();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc,
	    a_message_costs_the_same_with_many_associations_and_sockets, 0,
	    2);
	tcase_add_test(tc, among_many_a_timer_finds_its_own);
	tcase_add_test(tc, many_peers_that_have_gone_are_all_missed);
}

int
main(int argc, char **argv)
{
	(void)argv;
	return argc > 1 ? second_process() : traffic_run("scale", add);
}
