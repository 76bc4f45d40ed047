/*
 * net_gsctp: net.h on gsctp, with one thread: gsctp_send() and gsctp_recv();
 * the other way is a mailbox that gets all that comes.
 */

#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

const char net_name[] = "gsctp";
const bool net_may_lose = false;

static const struct bench_args *args;
static gsctp_sock sock;
static gsctp_assoc_id assoc;
static gsctp_mbox mbox;
static bool is_active; /* what is received comes there */

/* What net_hold() has. */
static struct held {
	gsctp_sock sock;
	gsctp_assoc_id assoc;
} *held;

static void
must(int err, const char *what)
{
	if (err < 0)
		bench_die("%s: %s", what, gsctp_strerror(err));
}

static struct sockaddr_storage
loopback(uint16_t port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&ss;

	memset(&ss, 0, sizeof(ss));
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return ss;
}

uint16_t
net_start(const struct bench_args *a)
{
	static const char *const addrs[] = { "127.0.0.1" };
	const struct gsctp_stack_config cfg = {
		.port_mode = GSCTP_PORT_EPHEMERAL,
		.addrs = addrs,
		.naddrs = 1,
	};
	struct gsctp_stack_info info;

	/* Nothing but what is set here. */
	(void)unsetenv("GSCTP_PCAP");
	(void)unsetenv("GSCTP_FAULTS");
	(void)setenv("GSCTP_RUN_DIR", "", 1);
	args = a;
	must(gsctp_stack_start(&cfg), "gsctp_stack_start");
	must(gsctp_mbox_new(&mbox), "gsctp_mbox_new");
	must(gsctp_stack_info(&info), "gsctp_stack_info");
	return info.udp_port;
}

/* A socket, with the mailbox or without. */
static gsctp_sock
new_sock(uint16_t port, bool with_mbox)
{
	struct gsctp_opt opts[6] = {
		GSCTP_IP(loopback(0)),
		GSCTP_SNDBUF(NET_BUFFER),
		GSCTP_RECBUF(NET_BUFFER),
	};
	size_t n = 3;
	gsctp_sock s;

	if (args->mtu != 0)
		opts[n++] = (struct gsctp_opt)GSCTP_PEER_ADDR_PARAMS(
			.pathmtu = gsctp_def(args->mtu - NET_UDP_IP),
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE));
	if (with_mbox) {
		opts[n++] = (struct gsctp_opt)GSCTP_MBOX(mbox);
		opts[n++] = (struct gsctp_opt)GSCTP_ACTIVE(GSCTP_ACTIVE_TRUE);
	}
	must(gsctp_open(port, opts, n, &s), "gsctp_open");
	return s;
}

uint16_t
net_open(unsigned int does)
{
	is_active = args->other_way && (does & NET_RECEIVES) != 0;
	sock = new_sock(0, is_active);
	if ((does & NET_LISTENS) != 0)
		must(gsctp_listen(sock, GSCTP_BACKLOG), "gsctp_listen");
	return (uint16_t)gsctp_port(sock);
}

/* Begin an association, from whatever socket. */
static gsctp_assoc_id
begin(gsctp_sock s, const struct net_at *to)
{
	const struct gsctp_opt opts[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = to->udp_port),
	};
	struct sockaddr_storage peer = loopback(to->port);
	gsctp_assoc_id id;

	must(gsctp_connect_init(s, (struct sockaddr *)&peer,
		 sizeof(struct sockaddr_in), opts, 1, &id),
	    "gsctp_connect_init");
	return id;
}

static int
next(int timeout_ms, struct gsctp_msg **m)
{
	return is_active ? gsctp_mbox_recv(mbox, timeout_ms, m) :
			   gsctp_recv(sock, timeout_ms, m);
}

static bool
is_change(const struct gsctp_msg *m, uint32_t state)
{
	return m->type == GSCTP_MSG_ASSOC_CHANGE &&
	    m->u.assoc_change.state == state;
}

void
net_connect(const struct net_at *to)
{
	(void)begin(sock, to);
	net_accept();
}

void
net_accept(void)
{
	struct gsctp_msg *m;

	while (assoc == 0) {
		must(next(NET_WAIT_MS, &m), "comm_up");
		if (is_change(m, GSCTP_COMM_UP))
			assoc = m->assoc_id;
		else if (m->type == GSCTP_MSG_ASSOC_CHANGE)
			bench_die("no association came up");
		gsctp_msg_free(m);
	}
}

uint32_t
net_fragment(void)
{
	struct gsctp_opt opt = GSCTP_STATUS(assoc);

	must(gsctp_getopts(sock, &opt, 1, NULL), "status");
	return opt.u.status.fragmentation_point;
}

void
net_send(const void *data, size_t len)
{
	must(gsctp_send(sock, assoc, 0, data, len), "gsctp_send");
}

void
net_each(bool (*take)(void *arg, const uint8_t *data, size_t len), void *arg)
{
	struct gsctp_msg *m;
	bool goes_on = true;

	while (goes_on) {
		must(next(NET_WAIT_MS, &m), "gsctp_recv");
		if (m->type == GSCTP_MSG_DATA) {
			sock = m->sock;
			assoc = m->assoc_id;
			goes_on = take(arg, m->u.data.data, m->u.data.len);
		} else if (m->type == GSCTP_MSG_ASSOC_CHANGE)
			bench_die("the association has ended");
		gsctp_msg_free(m);
	}
}

void
net_stop(void)
{
	must(gsctp_stack_stop(0), "gsctp_stack_stop");
}

/* -- many associations ------------------------------------------------------*/

/* How often to look at want, where nothing happens. */
#define LOOK_MS 20

void
net_count_up(const atomic_uint *want)
{
	double until = bench_now() + BENCH_LIFE_S / 2;
	struct gsctp_msg *m;
	unsigned int n = 0;
	int err;

	while (n < atomic_load(want)) {
		err = next(LOOK_MS, &m);
		if (err == -ETIMEDOUT && bench_now() < until)
			continue;
		must(err, "comm_up of each association");
		n += is_change(m, GSCTP_COMM_UP);
		gsctp_msg_free(m);
	}
}

/* The next association of any socket that is up. */
static struct gsctp_msg *
next_up(void)
{
	struct gsctp_msg *m;

	for (;;) {
		must(gsctp_mbox_recv(mbox, NET_WAIT_MS, &m), "comm_up");
		if (is_change(m, GSCTP_COMM_UP))
			return m;
		if (is_change(m, GSCTP_CANT_ASSOC))
			bench_die("no association came up");
		gsctp_msg_free(m);
	}
}

/* On one socket there is no need of a mailbox. */
static uint32_t
churn_one(const struct net_at *to, double seconds)
{
	const struct gsctp_opt opts[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = to->udp_port),
	};
	double until = bench_now() + seconds;
	struct sockaddr_storage peer = loopback(to->port);
	struct gsctp_assoc_change up;
	struct gsctp_msg *m;
	uint32_t ups = 0;

	sock = new_sock(NET_FIRST_PORT, false);
	do {
		must(gsctp_connect(sock, (struct sockaddr *)&peer,
			 sizeof(struct sockaddr_in), opts, 1, NET_WAIT_MS, &up),
		    "gsctp_connect");
		must(gsctp_abort(sock, up.assoc_id, NULL, 0), "gsctp_abort");
		ups++;
		do {
			must(gsctp_recv(sock, NET_WAIT_MS, &m), "comm_lost");
			up.state = is_change(m, GSCTP_COMM_LOST) ? 0 : 1;
			gsctp_msg_free(m);
		} while (up.state != 0);
	} while (bench_now() < until);
	return ups;
}

uint32_t
net_churn(const struct net_at *to, uint32_t n, double seconds)
{
	double until = bench_now() + seconds;
	uint32_t i, ups = 0, open = n;
	struct gsctp_msg *m;

	if (n == 1)
		return churn_one(to, seconds);
	for (i = 0; i < n; i++)
		(void)begin(new_sock((uint16_t)(NET_FIRST_PORT + i), true), to);
	while (open > 0) {
		m = next_up();
		must(gsctp_abort(m->sock, m->assoc_id, NULL, 0), "gsctp_abort");
		ups++;
		if (bench_now() < until)
			(void)begin(m->sock, to);
		else
			open--;
		gsctp_msg_free(m);
	}
	return ups;
}

void
net_hold(const struct net_at *to, uint32_t n)
{
	uint32_t begun = 0, up;

	is_active = true;
	held = calloc(n, sizeof(*held));
	if (held == NULL)
		bench_die("no memory");
	for (up = 0; up < n; up++) {
		for (; begun < n && begun < up + NET_AT_ONCE; begun++) {
			uint16_t port = (uint16_t)(NET_FIRST_PORT + begun);
			gsctp_sock s = new_sock(port, true);

			held[begun] = (struct held){ s, begin(s, to) };
		}
		gsctp_msg_free(next_up());
	}
}

void
net_choose(uint32_t i)
{
	sock = held[i].sock;
	assoc = held[i].assoc;
}
