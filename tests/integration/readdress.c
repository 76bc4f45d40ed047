/*
 * readdress: associations whose addresses change all the time, over a network
 * that loses packets.
 *
 *	readdress [-t seconds] [-l loss]
 *
 * Pairs of sockets, one side or both with one address or two, send each other
 * numbered messages, while addresses are added and removed and the peer's
 * primary address is set, at random.  Then an association is ended by a
 * shutdown, when all has arrived, or by an abort, and the next one begins.
 *
 * It fails where a message is missing, or comes twice or out of order, where
 * an association is lost, where nothing moves any more, or where the engine
 * has sockets left in the end.  GSCTP_TEST_SEED repeats a run.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NADDRS 6
#define PAIRS 4
#define ROUND_MS 4000	/* of changes; then all has to arrive */
#define STUCK_MS 60000
#define LEN 300

struct end {
	gsctp_sock s;
	gsctp_assoc_id id;	/* 0: not up yet */
	bool is_over;
	uint32_t sent, got;
	int first;		/* of its three addresses */
};

struct pair {
	struct end end[2];	/* listens, connects */
	bool is_ending;
	uint64_t begun_ms, moved_ms;
};

static struct {
	unsigned int rng;
	uint16_t udp_port;
	bool engine_left;
	unsigned long rounds, messages, adds, removes, primaries;
	unsigned long told[8];	/* paddr_change by state */
} run;

static void fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

static void
fail(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "readdress: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static unsigned int
pick(unsigned int n)
{
	return (unsigned int)rand_r(&run.rng) % n;
}

static struct sockaddr_storage
addr(int i, uint16_t port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;

	memset(&ss, 0, sizeof(ss));
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)i);
	in->sin_port = htons(port);
	return ss;
}

static void
on_log(void *arg, int level, const char *line)
{
	(void)arg;
	if (strstr(line, "sockets left") != NULL)
		run.engine_left = true;
	if (getenv("GSCTP_TEST_LOG") != NULL)
		fprintf(stderr, "%d %s\n", level, line);
}

/*
 * Associations
 */

static void
open_end(struct end *e, int first, unsigned int naddrs)
{
	struct gsctp_opt opts[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = run.udp_port),
		GSCTP_ASCONF_SUPPORTED(.assoc_value = true),
		GSCTP_SEND_TIMEOUT_MS(0),
		GSCTP_RTOINFO(.initial = gsctp_def(100),
		    .min = gsctp_def(50), .max = gsctp_def(400)),
		GSCTP_INITMSG(.max_attempts = gsctp_def(1000),
		    .max_init_timeo = gsctp_def(200)),
		/* Whatever is lost, no association is. */
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(60000)),
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(500),
		    .flags = gsctp_def(GSCTP_SPP_HB_ENABLE)),
		GSCTP_IP(addr(first, 0)),
		GSCTP_IP(addr(first + 1, 0)),
	};
	int err;

	memset(e, 0, sizeof(*e));
	e->first = first;
	err = gsctp_open(0, opts, 7 + naddrs, &e->s);
	if (err != 0)
		fail("open: %s", gsctp_strerror(err));
}

static void
begin(struct pair *p)
{
	struct sockaddr_storage to;
	gsctp_assoc_id id;
	int err;

	memset(p, 0, sizeof(*p));
	open_end(&p->end[0], 0, 1 + pick(2));
	open_end(&p->end[1], 3, 1 + pick(2));
	err = gsctp_listen(p->end[0].s, true);
	if (err == 0)
		err = gsctp_sockname(p->end[0].s, &to);
	if (err == 0)
		err = gsctp_connect_init(p->end[1].s, (struct sockaddr *)&to,
		    sizeof(to), NULL, 0, &id);
	if (err != 0)
		fail("connect: %s", gsctp_strerror(err));
	p->begun_ms = p->moved_ms = now_ms();
	run.rounds++;
}

static bool
is_up(const struct pair *p)
{
	return p->end[0].id != 0 && p->end[1].id != 0;
}

/*
 * Data
 */

static void
send_some(struct pair *p, int i)
{
	struct end *e = &p->end[i];
	uint8_t bytes[LEN];
	unsigned int n = pick(3);
	int err;

	while (n-- > 0) {
		memset(bytes, (int)e->sent, sizeof(bytes));
		memcpy(bytes, &e->sent, sizeof(e->sent));
		err = gsctp_send(e->s, e->id, 0, bytes, sizeof(bytes));
		if (err == -EAGAIN)
			return;
		if (err != 0)
			fail("send: %s", gsctp_strerror(err));
		e->sent++;
		run.messages++;
	}
}

static void
on_data(struct pair *p, int i, const struct gsctp_msg *m)
{
	struct end *e = &p->end[i];
	uint32_t seq;

	if (m->u.data.len != LEN)
		fail("a message of %zu bytes", m->u.data.len);
	memcpy(&seq, m->u.data.data, sizeof(seq));
	if (seq != e->got)
		fail("message %u where %u should be", seq, e->got);
	if (((const uint8_t *)m->u.data.data)[LEN - 1] != (uint8_t)seq)
		fail("message %u is not what was sent", seq);
	e->got++;
}

static void
on_change(struct pair *p, int i, const struct gsctp_msg *m)
{
	struct end *e = &p->end[i];

	switch (m->u.assoc_change.state) {
	case GSCTP_COMM_UP:
		e->id = m->assoc_id;
		break;
	case GSCTP_SHUTDOWN_COMP:
		e->is_over = true;
		break;
	case GSCTP_COMM_LOST:
		if (p->is_ending) {
			e->is_over = true;
			break;
		}
		/* FALLTHROUGH */
	default:
		fail("an association %s, %u at %d after %u sent and %u got",
		    gsctp_assoc_change_name(m->u.assoc_change.state),
		    m->u.assoc_change.error, i, e->sent, e->got);
	}
}

static bool
receive(struct pair *p, int i)
{
	struct gsctp_msg *m;

	if (gsctp_recv(p->end[i].s, 0, &m) != 0)
		return false;
	if (m->type == GSCTP_MSG_DATA)
		on_data(p, i, m);
	else if (m->type == GSCTP_MSG_ASSOC_CHANGE)
		on_change(p, i, m);
	else if (m->type == GSCTP_MSG_PADDR_CHANGE &&
	    m->u.paddr_change.state < 8)
		run.told[m->u.paddr_change.state]++;
	gsctp_msg_free(m);
	p->moved_ms = now_ms();
	return true;
}

/*
 * Changes
 */

/* Does the association send from this address? */
static bool
sends_from(const struct end *e, const struct sockaddr_storage *ss)
{
	struct sockaddr_storage own[8];
	int i, n;

	n = gsctp_socknames(e->s, e->id, own, 8);
	for (i = 0; i < n && i < 8; i++)
		if (((const struct sockaddr_in *)&own[i])->sin_addr.s_addr ==
		    ((const struct sockaddr_in *)ss)->sin_addr.s_addr)
			return true;
	return false;
}

static void
set_primary(struct end *e)
{
	struct gsctp_opt o = GSCTP_SET_PEER_PRIMARY_ADDR(.assoc_id = e->id);
	struct sockaddr_storage ss[8];
	int n, err;

	n = gsctp_socknames(e->s, e->id, ss, 8);
	if (n <= 0)
		fail("socknames: %d", n);
	o.u.prim.addr = ss[pick((unsigned int)n)];
	err = gsctp_setopts(e->s, &o, 1, NULL);
	/* What is being removed may have gone in between. */
	if (err == -EINVAL && !sends_from(e, &o.u.prim.addr))
		return;
	if (err != 0)
		fail("set_peer_primary_addr: %s", gsctp_strerror(err));
	run.primaries++;
}

static void
change(struct end *e)
{
	struct sockaddr_storage ss = addr(e->first + (int)pick(3), 0);
	bool add = pick(2) == 0;
	int err;

	if (pick(4) == 0) {
		set_primary(e);
		return;
	}
	err = gsctp_bindx(e->s, &ss, 1,
	    add ? GSCTP_BINDX_ADD : GSCTP_BINDX_REM);
	/* Not there, or the last one; to add: by chance a socket that is
	 * younger has the same port, and this address. */
	if (err != 0 && (add ? err != -EADDRINUSE :
	    err != -EADDRNOTAVAIL && err != -EINVAL))
		fail("bindx: %s", gsctp_strerror(err));
	if (err == 0 && add)
		run.adds++;
	else if (err == 0)
		run.removes++;
}

/*
 * The end of a round
 */

static bool
has_all(const struct pair *p)
{
	return p->end[0].got == p->end[1].sent &&
	    p->end[1].got == p->end[0].sent;
}

static void
end_round(struct pair *p)
{
	struct end *e = &p->end[pick(2)];
	bool must_abort = pick(2) == 0;
	int err;

	/* An abort comes at any time, a shutdown when all is there. */
	if (!must_abort && !has_all(p))
		return;
	p->is_ending = true;
	err = must_abort ? gsctp_abort(e->s, e->id, NULL, 0) :
			   gsctp_eof(e->s, e->id);
	if (err != 0)
		fail("%s: %s", must_abort ? "abort" : "eof",
		    gsctp_strerror(err));
}

/* An ABORT that is lost is found out only by who sends. */
static bool
is_over(const struct pair *p)
{
	return p->is_ending && (p->end[0].is_over || p->end[1].is_over);
}

static void
close_pair(struct pair *p)
{
	if (gsctp_close(p->end[0].s) != 0 || gsctp_close(p->end[1].s) != 0)
		fail("close");
}

static void
step(struct pair *p)
{
	uint64_t now;
	int i;

	for (i = 0; i < 2; i++)
		while (receive(p, i))
			continue;
	now = now_ms();
	if (now - p->moved_ms > STUCK_MS)
		fail("nothing moves: sent %u and %u, got %u and %u",
		    p->end[0].sent, p->end[1].sent, p->end[1].got,
		    p->end[0].got);
	if (is_over(p)) {
		close_pair(p);
		begin(p);
		return;
	}
	if (!is_up(p) || p->is_ending)
		return;
	if (now - p->begun_ms > ROUND_MS) {
		end_round(p);
		return;
	}
	for (i = 0; i < 2; i++) {
		send_some(p, i);
		if (pick(4) == 0)
			change(&p->end[i]);
	}
}

static void
wait_a_little(struct pair *pairs)
{
	struct pollfd fds[PAIRS * 2];
	int i;

	for (i = 0; i < PAIRS * 2; i++) {
		fds[i].fd = gsctp_fd(pairs[i / 2].end[i % 2].s);
		fds[i].events = POLLIN;
	}
	(void)poll(fds, PAIRS * 2, 10);
}

static void
run_for(int seconds)
{
	uint64_t until = now_ms() + (uint64_t)seconds * 1000;
	struct pair pairs[PAIRS];
	int i;

	for (i = 0; i < PAIRS; i++)
		begin(&pairs[i]);
	while (now_ms() < until) {
		for (i = 0; i < PAIRS; i++)
			step(&pairs[i]);
		wait_a_little(pairs);
	}
	for (i = 0; i < PAIRS; i++)
		close_pair(&pairs[i]);
}

/* Each packet leaves once, so that is where it is lost. */
static void
start_stack(int loss)
{
	static const char *const addrs[NADDRS] = { "127.0.0.1", "127.0.0.2",
		"127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6" };
	struct gsctp_stack_config cfg;
	struct gsctp_stack_info info;
	char faults[128];

	(void)snprintf(faults, sizeof(faults), "out.loss=%d%%,"
	    "out.duplicate=%d%%,out.reorder=%d%%,seed=%u", loss, loss / 3,
	    loss / 3, run.rng);
	memset(&cfg, 0, sizeof(cfg));
	cfg.port_mode = GSCTP_PORT_EPHEMERAL;
	cfg.addrs = addrs;
	cfg.naddrs = NADDRS;
	cfg.log = on_log;
	cfg.log_level = GSCTP_LOG_DEBUG;
	cfg.faults = faults;
	if (gsctp_stack_start(&cfg) != 0 || gsctp_stack_info(&info) != 0)
		fail("the stack does not start");
	run.udp_port = info.udp_port;
}

int
main(int argc, char **argv)
{
	int c, seconds = 5, loss = 20;
	const char *seed = getenv("GSCTP_TEST_SEED");

	while ((c = getopt(argc, argv, "t:l:")) != -1) {
		if (c == 't')
			seconds = atoi(optarg);
		else if (c == 'l')
			loss = atoi(optarg);
		else
			return 2;
	}
	run.rng = seed != NULL ? (unsigned int)strtoul(seed, NULL, 0) :
				 (unsigned int)now_ms();
	printf("readdress: GSCTP_TEST_SEED=%u\n", run.rng);
	fflush(stdout);

	start_stack(loss);
	run_for(seconds);
	/* What is still ending is aborted. */
	if (gsctp_stack_stop(2000) != 0)
		fail("the stack does not stop");
	printf("readdress: %lu associations, %lu messages, %lu added, "
	    "%lu removed, %lu made primary; peers heard %lu, %lu, %lu\n",
	    run.rounds, run.messages, run.adds, run.removes, run.primaries,
	    run.told[GSCTP_ADDR_ADDED], run.told[GSCTP_ADDR_REMOVED],
	    run.told[GSCTP_ADDR_MADE_PRIM]);
	if (run.engine_left)
		fail("the engine has sockets left");
	return 0;
}
