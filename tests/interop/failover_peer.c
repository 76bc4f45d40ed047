/*
 * failover_peer: one of the two processes of failover.sh.
 *
 *	failover_peer [-w] LOCAL1 LOCAL2		the server
 *	failover_peer [-w] LOCAL1 LOCAL2 PEER1 PEER2 INTERFACE1 INTERFACE2 \
 *	    CUT...					the client
 *
 * The two talk over two paths, both ways at once: a message every 10 ms and a
 * burst every 250 ms, each with its number, its time, and bytes that follow
 * from both.  For each CUT the client prints "cut CUT" and reads a line; then
 * the first path, the primary one, is silent.  When it has been told that the
 * path is unreachable it prints "mend CUT", reads a line, and waits until the
 * path is available again and carries the traffic.
 *
 * Each side checks what it was sent (nothing lost, doubled, out of order or
 * changed), how late the latest message came, and how long after the cut or
 * the mending its event came; against the bounds that RFC 9260 8.2 and 8.3
 * give for the parameters below.  Both read the same monotonic clock.
 *
 * -w: bound to the wildcard address, with a stack of every interface's.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PORT 5000

#define RTO_MIN_MS 100u
#define RTO_MAX_MS 400u
#define PATH_MAX_RXT 2u
#define HB_INTERVAL_MS 300u
#define SACK_DELAY_MS 20u

/* What the machine itself may add: two processes share a busy processor, and
 * each timeout ends with the engine's next tick. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLACK_MS 2000u
#else
#define SLACK_MS 400u
#endif

/* A heartbeat is due after its interval and an RTO, which has been backed off
 * to its limit, with half of that as jitter (RFC 9260 8.3). */
#define AVAILABLE_MS (HB_INTERVAL_MS + RTO_MAX_MS + RTO_MAX_MS / 2)

#define STEADY_MS 10
#define BURST_MS 250
#define BURST 40
#define MESSAGE_MAX 1400

/* No phase of it takes this long. */
#define PATIENCE_MS 15000

enum phase { BEFORE, CUT, MENDED, LAST };

struct header {
	uint32_t seq;
	uint32_t len;
	uint64_t sent_us;
	uint64_t phase_us;	/* when the client's phase began */
	uint32_t phase;		/* enum phase */
	uint32_t rto_ms;	/* of the sender's path, before the cut */
	uint32_t is_last;
};

struct figures {
	uint32_t sent, received;
	uint32_t lost, doubled, changed;
	uint64_t unreachable_us, available_us;	/* of this cut */
	unsigned int nunreachable, navailable;
};

/* What came, and when; and when the path was cut. */
#define CAME_MAX 65536
#define CUTS_MAX 16
static struct came {
	uint64_t sent_us, came_us;
	uint32_t rto_ms;
	enum phase phase;	/* it was sent in */
} came[CAME_MAX];
static size_t ncame;
static uint64_t cuts_us[CUTS_MAX];
static size_t ncuts;

static struct {
	const char *name;
	bool is_client;
	gsctp_sock s;
	gsctp_assoc_id id;
	struct sockaddr_storage peer[2];
	enum phase phase, old_phase;
	uint64_t phase_us;
	uint32_t rto_ms;
	bool must_end;		/* send the last one */
	bool sent_last, got_last, has_ended;
	bool is_down;		/* the first path, as we were told */
	struct header next;	/* to send */
	bool has_next;
	uint64_t steady_us, burst_us;
	unsigned int in_burst;
	struct figures f;
} me;

static uint64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

__attribute__((format(printf, 1, 2), noreturn)) static void
die(const char *fmt, ...)
{
	va_list ap;

	printf("%s: ", me.name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	_exit(1);
}

#define must(what)                                                           \
	do {                                                                 \
		int must_err = (what);                                       \
		if (must_err < 0)                                            \
			die("%s: %s", #what, gsctp_strerror(must_err));      \
	} while (0)

static struct sockaddr_storage
address(const char *ip, uint16_t port)
{
	struct sockaddr_storage ss;

	memset(&ss, 0, sizeof(ss));
	if (gsctp_resolve(ip, port, AF_UNSPEC, &ss, 1) != 1)
		die("%s is no address", ip);
	return ss;
}

static bool
same_ip(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return memcmp(&a6->sin6_addr, &b6->sin6_addr, 16) == 0;
}

static void
check(bool is_so, const char *what)
{
	if (!is_so)
		die("%s", what);
}

/* ---- the paths ---- */

static struct gsctp_paddrinfo
path_info(size_t i)
{
	struct gsctp_opt o = GSCTP_GET_PEER_ADDR_INFO(.assoc_id = me.id,
	    .address = me.peer[i]);

	must(gsctp_getopts(me.s, &o, 1, NULL));
	return o.u.paddrinfo;
}

/* What the first path's timeout is while nothing is wrong with it. */
static void
note_rto(void)
{
	if (!me.is_down && me.phase != CUT)
		me.rto_ms = path_info(0).rto;
}

/*
 * The path fails when PATH_MAX_RXT + 1 timeouts have gone by, and each is
 * twice the one before, up to RTO.max (RFC 9260 6.3.3 E2, 8.2): here 100 +
 * 200 + 400 ms, or more where the machine is slow.
 */
static uint32_t
unreachable_ms(uint32_t rto_ms)
{
	uint32_t sum = 0;
	unsigned int i;

	for (i = 0; i <= PATH_MAX_RXT; i++) {
		sum += rto_ms;
		rto_ms = rto_ms * 2 < RTO_MAX_MS ? rto_ms * 2 : RTO_MAX_MS;
	}
	return sum;
}

/* ---- what is sent ---- */

/* Bytes behind a header: they follow from its number. */
static void
fill(uint8_t *p, size_t len, uint32_t seq)
{
	uint32_t x = seq * 2654435761u + 1;
	size_t i;

	for (i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = (uint8_t)(x >> 24);
	}
}

static void
make_next(void)
{
	struct header *h = &me.next;

	memset(h, 0, sizeof(*h));
	h->seq = me.f.sent;
	h->len = 200 + h->seq * 97 % (MESSAGE_MAX - 200);
	h->sent_us = now_us();
	h->phase = me.phase;
	h->phase_us = me.phase_us;
	h->rto_ms = me.rto_ms;
	h->is_last = me.must_end;
	me.has_next = true;
}

/* One message, if there is room. */
static bool
send_next(void)
{
	static uint8_t message[MESSAGE_MAX];
	int err;

	if (!me.has_next)
		make_next();
	memcpy(message, &me.next, sizeof(me.next));
	fill(message + sizeof(me.next), me.next.len - sizeof(me.next),
	    me.next.seq);
	err = gsctp_send(me.s, me.id, 0, message, me.next.len);
	if (err == -EAGAIN)
		return false;
	must(err);
	me.f.sent++;
	me.has_next = false;
	me.sent_last = me.next.is_last != 0;
	return true;
}

/* All that is due; when the next will be. */
static uint64_t
send_due(void)
{
	uint64_t now = now_us();

	if (me.burst_us == 0) {
		me.burst_us = now + BURST_MS * 1000;
		me.steady_us = now;
	}
	if (now >= me.burst_us) {
		me.burst_us = now + BURST_MS * 1000;
		me.in_burst = BURST;
		note_rto();
	}
	while (!me.sent_last && me.in_burst > 0 && send_next())
		me.in_burst--;
	while (!me.sent_last && me.steady_us <= now && send_next())
		me.steady_us += STEADY_MS * 1000;
	if (me.steady_us + 1000000 < now)
		me.steady_us = now;
	return now + STEADY_MS * 1000;
}

/* ---- what comes ---- */

static void
note_cut(uint64_t at_us)
{
	if (ncuts == CUTS_MAX)
		die("too many cuts");
	cuts_us[ncuts++] = at_us;
}

static void
note_came(const struct header *h)
{
	if (ncame == CAME_MAX)
		die("too many messages");
	came[ncame++] = (struct came){ h->sent_us, now_us(), h->rto_ms,
		(enum phase)h->phase };
}

static void
on_data(const uint8_t *data, size_t len)
{
	static uint8_t want[MESSAGE_MAX];
	struct header h;

	if (len < sizeof(h) || len > MESSAGE_MAX) {
		me.f.changed++;
		return;
	}
	memcpy(&h, data, sizeof(h));
	fill(want, len - sizeof(h), h.seq);
	if (h.len != len || h.phase > LAST ||
	    memcmp(data + sizeof(h), want, len - sizeof(h)) != 0) {
		me.f.changed++;
		return;
	}
	/* One stream: what comes is the next, or something is wrong. */
	if (h.seq < me.f.received) {
		me.f.doubled++;
		return;
	}
	me.f.lost += h.seq - me.f.received;
	me.f.received = h.seq + 1;
	/* The server hears late of a phase. */
	if (me.is_client)
		h.phase = h.sent_us < me.phase_us ? me.old_phase : me.phase;
	note_came(&h);
	if (!me.is_client) {
		if (h.phase == CUT && me.phase != CUT)
			note_cut(h.phase_us);
		me.phase = (enum phase)h.phase;
		me.phase_us = h.phase_us;
		me.must_end = h.phase == LAST;
	}
	if (h.is_last)
		me.got_last = true;
}

static void
on_path(const struct gsctp_paddr_change *c)
{
	uint64_t since = now_us() - me.phase_us;
	size_t i = 0;

	while (i < 2 && !same_ip(&c->addr, &me.peer[i]))
		i++;
	if (i == 2)
		die("a path to an address that the peer does not have");
	printf("%s: path %zu: %s\n", me.name, i + 1,
	    gsctp_paddr_change_name(c->state));
	if (c->state != GSCTP_ADDR_UNREACHABLE &&
	    c->state != GSCTP_ADDR_AVAILABLE)
		return;
	if (i != 0)
		die("the path that was not cut is %s",
		    gsctp_paddr_change_name(c->state));
	me.is_down = c->state == GSCTP_ADDR_UNREACHABLE;
	if (me.is_down) {
		me.f.nunreachable++;
		me.f.unreachable_us = since;
	} else {
		me.f.navailable++;
		me.f.available_us = since;
	}
}

static void
on_message(const struct gsctp_msg *m)
{
	switch (m->type) {
	case GSCTP_MSG_DATA:
		if (!m->u.data.complete)
			die("a message in pieces");
		on_data(m->u.data.data, m->u.data.len);
		break;
	case GSCTP_MSG_PADDR_CHANGE:
		on_path(&m->u.paddr_change);
		break;
	case GSCTP_MSG_ASSOC_CHANGE:
		if (m->u.assoc_change.state == GSCTP_COMM_UP) {
			me.id = m->assoc_id;
		} else if (m->u.assoc_change.state == GSCTP_SHUTDOWN_COMP &&
		    me.got_last && me.sent_last) {
			me.has_ended = true;
		} else {
			die("the association: %s, cause %u",
			    gsctp_assoc_change_name(m->u.assoc_change.state),
			    m->u.assoc_change.error);
		}
		break;
	case GSCTP_MSG_SHUTDOWN_EVENT:
		break;
	default:
		die("unexpected: %s", gsctp_msg_type_name(m->type));
	}
}

/* Send and receive for at most a little while. */
static void
turn(bool may_send)
{
	struct gsctp_msg *m;
	struct pollfd p;
	uint64_t until = now_us() + STEADY_MS * 1000, now;

	if (may_send && !me.sent_last)
		until = send_due();
	now = now_us();
	p.fd = gsctp_fd(me.s);
	p.events = POLLIN;
	if (poll(&p, 1, until > now ? (int)((until - now) / 1000) : 0) < 0)
		die("poll");
	while (gsctp_recv(me.s, 0, &m) == 0) {
		on_message(m);
		gsctp_msg_free(m);
	}
}

static void
talk_for(uint64_t ms)
{
	uint64_t end = now_us() + ms * 1000;

	while (now_us() < end)
		turn(true);
}

/* Talk until *what is value. */
static void
talk_until(const bool *what, bool value, uint64_t limit_ms, const char *name)
{
	uint64_t end = now_us() + limit_ms * 1000;

	while (*what != value) {
		if (now_us() > end)
			die("%s: not within %u ms", name,
			    (unsigned int)limit_ms);
		turn(true);
	}
}

/* ---- set-up ---- */

static void
open_socket(char *const local[2], bool is_wildcard)
{
	const char *addrs[2] = { local[0], local[1] };
	struct sockaddr_storage a = address(local[0], 0);
	struct sockaddr_storage b = address(local[1], 0);
	bool v6 = a.ss_family == AF_INET6 || b.ss_family == AF_INET6;
	struct gsctp_stack_config cfg;
	const struct gsctp_opt opts[] = {
		GSCTP_FAMILY(v6 ? GSCTP_INET6 : GSCTP_INET),
		GSCTP_I_WANT_MAPPED_V4_ADDR(false),
		GSCTP_RTOINFO(.initial = gsctp_def(RTO_MIN_MS),
		    .min = gsctp_def(RTO_MIN_MS),
		    .max = gsctp_def(RTO_MAX_MS)),
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(HB_INTERVAL_MS),
		    .pathmaxrxt = gsctp_def(PATH_MAX_RXT),
		    .sackdelay = gsctp_def(SACK_DELAY_MS)),
		GSCTP_NODELAY(true),
		GSCTP_SEND_TIMEOUT_MS(0),
		/* These two are left out for the wildcard. */
		GSCTP_IP(a),
		GSCTP_IP(b),
	};
	size_t n = sizeof(opts) / sizeof(opts[0]) - (is_wildcard ? 2 : 0);

	memset(&cfg, 0, sizeof(cfg));
	if (!is_wildcard) {
		cfg.addrs = addrs;
		cfg.naddrs = 2;
	}
	must(gsctp_stack_start(&cfg));
	must(gsctp_open(me.is_client ? 0 : PORT, opts, n, &me.s));
}

static void
await_up(void)
{
	uint64_t end = now_us() + PATIENCE_MS * 1000;
	struct sockaddr_storage names[3];
	struct gsctp_msg *m;
	int n;

	while (me.id == 0) {
		if (now_us() > end)
			die("no association");
		if (gsctp_recv(me.s, 100, &m) != 0)
			continue;
		on_message(m);
		gsctp_msg_free(m);
	}
	/* The primary one is the first. */
	n = gsctp_peernames(me.s, me.id, names, 3);
	if (n != 2)
		die("the peer has %d addresses", n);
	if (!me.is_client)
		memcpy(me.peer, names, sizeof(me.peer));
	else if (!same_ip(&names[0], &me.peer[0]))
		die("the first address is not the primary one");
}

/* ---- the client ---- */

static uint64_t
packets_out(const char *interface)
{
	unsigned long long out;
	char line[512], *p;
	FILE *f = fopen("/proc/net/dev", "r");

	if (f == NULL)
		die("/proc/net/dev");
	while (fgets(line, sizeof(line), f) != NULL) {
		p = line + strspn(line, " ");
		if (strncmp(p, interface, strlen(interface)) != 0 ||
		    p[strlen(interface)] != ':')
			continue;
		if (sscanf(p + strlen(interface) + 1,
		    "%*u %*u %*u %*u %*u %*u %*u %*u %*u %llu", &out) != 1)
			break;
		fclose(f);
		return out;
	}
	die("no interface %s", interface);
}

/* Talk for a while, longer on a busy machine; what goes over the i-th path must
 * be most of it. */
static void
check_traffic(char *const interface[2], size_t i, const char *when)
{
	uint64_t before[2], n[2];
	int tries = 10;
	size_t j;

	for (j = 0; j < 2; j++)
		before[j] = packets_out(interface[j]);
	do {
		talk_for(700);
		for (j = 0; j < 2; j++)
			n[j] = packets_out(interface[j]) - before[j];
	} while (n[i] < 100 && --tries > 0);
	printf("%s: %s: %llu packets on path 1, %llu on path 2\n", me.name,
	    when, (unsigned long long)n[0], (unsigned long long)n[1]);
	/* Heartbeats go over the other one, and what a busy machine sends
	 * again though it was on its way (RFC 9260 6.4.1). */
	if (n[i] < 100 || n[!i] > n[i] / 3)
		die("%s: the traffic is not on path %zu", when, i + 1);
}

/* The script does it, and answers. */
static void
ask(const char *what, const char *cut)
{
	char line[64];

	printf("%s %s\n", what, cut);
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		die("no answer to %s", what);
}

static void
begin_phase(enum phase phase)
{
	me.old_phase = me.phase;
	me.phase = phase;
	me.phase_us = now_us();
	/* It was to be sent in the old one. */
	me.has_next = false;
	if (phase == CUT)
		note_cut(me.phase_us);
}

static void
fail_over(const char *cut, char *const interface[2])
{
	uint32_t bound_ms;
	uint64_t end;

	note_rto();
	bound_ms = unreachable_ms(me.rto_ms);
	begin_phase(CUT);
	ask("cut", cut);
	talk_until(&me.is_down, true, PATIENCE_MS, "addr_unreachable");
	check_traffic(interface, 1, "path 1 is cut");
	begin_phase(MENDED);
	ask("mend", cut);
	talk_until(&me.is_down, false, PATIENCE_MS, "addr_available");
	/* The server may hear of it later than we do. */
	end = me.phase_us + (AVAILABLE_MS + SLACK_MS) * 1000;
	if (now_us() < end)
		talk_for((end - now_us()) / 1000);
	check_traffic(interface, 0, "path 1 is back");
	printf("%s: %s: unreachable %llu ms after the cut (bound %u), "
	    "available %llu ms after it was mended (bound %u)\n", me.name, cut,
	    (unsigned long long)me.f.unreachable_us / 1000, bound_ms,
	    (unsigned long long)me.f.available_us / 1000, AVAILABLE_MS);
	check(me.f.unreachable_us <= (bound_ms + SLACK_MS) * 1000,
	    "addr_unreachable came too late");
	check(me.f.available_us <= (AVAILABLE_MS + SLACK_MS) * 1000,
	    "addr_available came too late");
}

static void
run_client(char *const peer[2], char *const interface[2], char **cuts)
{
	size_t i;

	for (i = 0; i < 2; i++)
		me.peer[i] = address(peer[i], PORT);
	must(gsctp_connectx_init(me.s, me.peer, 2, NULL, 0, &me.id));
	me.id = 0;
	await_up();
	me.phase_us = now_us();
	/* Addresses that the application names are confirmed (RFC 9260 5.4). */
	for (i = 0; i < 2; i++)
		if (path_info(i).state != GSCTP_PATH_ACTIVE)
			die("path %zu is not active", i + 1);
	note_rto();
	check_traffic(interface, 0, "before");
	for (; *cuts != NULL; cuts++)
		fail_over(*cuts, interface);
	begin_phase(LAST);
	me.must_end = true;
	talk_until(&me.got_last, true, PATIENCE_MS, "the peer's last message");
	talk_until(&me.sent_last, true, PATIENCE_MS, "our last message");
	must(gsctp_eof(me.s, me.id));
	talk_until(&me.has_ended, true, PATIENCE_MS, "shutdown_comp");
}

/* ---- the end ---- */

/* A message that was under way when a cut came was sent over it, too: the
 * path has taken it along, or it waited for room on it. */
static enum phase
phase_of(const struct came *c)
{
	size_t i;

	for (i = 0; i < ncuts; i++)
		if (c->sent_us <= cuts_us[i] && cuts_us[i] < c->came_us)
			return CUT;
	return c->phase;
}

/* How late what was sent in a phase came, and for which RTO. */
static void
find_latest(enum phase phase, uint64_t *late_us, uint32_t *rto_ms)
{
	uint64_t late;
	size_t i;

	*late_us = 0;
	*rto_ms = 0;
	for (i = 0; i < ncame; i++) {
		if (phase_of(&came[i]) != phase)
			continue;
		late = came[i].came_us - came[i].sent_us;
		if (late > *late_us)
			*late_us = late;
		if (came[i].rto_ms > *rto_ms)
			*rto_ms = came[i].rto_ms;
	}
}

static void
conclude(unsigned int cuts)
{
	static const char *const names[] = { "before a cut", "over a cut",
		"after a cut" };
	const struct figures *f = &me.f;
	uint32_t rto_ms, bound_ms;
	uint64_t late_us;
	size_t i;

	printf("%s: %u sent, %u received, %u lost, %u doubled, %u changed\n",
	    me.name, f->sent, f->received, f->lost, f->doubled, f->changed);
	for (i = BEFORE; i < LAST; i++) {
		/* What was under way at the cut goes to the other path at the
		 * first timeout (RFC 9260 6.4.1). */
		find_latest((enum phase)i, &late_us, &rto_ms);
		bound_ms = i == CUT ? unreachable_ms(rto_ms) : rto_ms;
		printf("%s: what was sent %s took %llu ms at most (bound "
		    "%u)\n", me.name, names[i],
		    (unsigned long long)late_us / 1000, bound_ms);
		check(late_us <= (bound_ms + SLACK_MS) * 1000,
		    "a message came too late");
	}
	check(f->lost == 0 && f->doubled == 0 && f->changed == 0,
	    "not what was sent");
	check(f->nunreachable == cuts && f->navailable == cuts,
	    "not one addr_unreachable and one addr_available a cut");
}

int
main(int argc, char **argv)
{
	bool is_wildcard = argc > 1 && strcmp(argv[1], "-w") == 0;
	char **arg = argv + 1 + is_wildcard;
	int n = argc - 1 - is_wildcard;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (n != 2 && n < 7) {
		fprintf(stderr, "usage: failover_peer [-w] LOCAL LOCAL [PEER "
		    "PEER INTERFACE INTERFACE CUT...]\n");
		return 2;
	}
	me.is_client = n > 2;
	me.name = me.is_client ? "client" : "server";
	open_socket(arg, is_wildcard);
	if (me.is_client) {
		run_client(arg + 2, arg + 4, arg + 6);
		conclude((unsigned int)n - 6);
	} else {
		must(gsctp_listen(me.s, true));
		printf("server: listens\n");
		await_up();
		talk_until(&me.has_ended, true, 10 * PATIENCE_MS, "the end");
		conclude(me.f.nunreachable);
	}
	must(gsctp_stack_stop(1000));
	return 0;
}
