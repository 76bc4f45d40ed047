/*
 * net_usrsctp: net.h on plain libusrsctp, with its own threads and sockets.
 *
 * A socket that receives does so by its receive callback, on the engine's
 * thread; the other way is usrsctp_recvv(), which waits for it.  Sends wait
 * for room, which they do not on a socket with a callback: one that only
 * sends has none.
 */

#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <usrsctp.h>

const char net_name[] = "usrsctp";
const bool net_may_lose = false;

/* More than any message. */
#define ROOM (2 * 1024 * 1024)

static const struct bench_args *args;
static struct socket *so;
static bool by_callback; /* what is received comes so */
static bool accepts;	 /* so gives each association a socket of its own */
static uint8_t room[ROOM];

/* What the callbacks tell. */
struct up {
	struct socket *so;
	sctp_assoc_t id;
};
static struct {
	pthread_mutex_t mtx;
	pthread_cond_t cond;
	sctp_assoc_t assoc; /* the one of so, or 0 */
	bool (*take)(void *arg, const uint8_t *data, size_t len);
	void *arg;
	unsigned int ups; /* how many came up */
	struct up *queue; /* of them, queue_len in a ring, or NULL */
	size_t queue_len, queue_at;
} told = {
	.mtx = PTHREAD_MUTEX_INITIALIZER,
	.cond = PTHREAD_COND_INITIALIZER,
};

static void
must(int result, const char *what)
{
	if (result < 0)
		bench_die("%s: %s", what, strerror(errno));
}

static struct sockaddr_in
loopback(uint16_t port)
{
	struct sockaddr_in in;

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_port = htons(port);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return in;
}

static void
set(struct socket *s, int level, int option, const void *value, size_t len,
    const char *what)
{
	must(usrsctp_setsockopt(s, level, option, value, (socklen_t)len), what);
}

uint16_t
net_start(const struct bench_args *a)
{
	uint16_t udp_port = bench_free_udp_port();

	args = a;
	usrsctp_init(udp_port, NULL, NULL);
	/* Or it ends with the first packet whose addresses are the same. */
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	return udp_port;
}

/* -- what comes -------------------------------------------------------------*/

static void
take_change(struct socket *s, const union sctp_notification *note)
{
	const struct sctp_assoc_change *sac = &note->sn_assoc_change;
	bool is_up = sac->sac_state == SCTP_COMM_UP;

	if (note->sn_header.sn_type != SCTP_ASSOC_CHANGE)
		bench_die("an event that was not asked for");
	if (sac->sac_state == SCTP_CANT_STR_ASSOC)
		bench_die("no association came up");
	if (s == so)
		told.assoc = is_up ? sac->sac_assoc_id : 0;
	if (!is_up)
		return;
	if (told.queue != NULL)
		told.queue[told.ups % told.queue_len] =
		    (struct up){ s, sac->sac_assoc_id };
	told.ups++;
}

/* From the engine's threads; the data is ours. */
static int
on_arrival(struct socket *s, union sctp_sockstore addr, void *data, size_t len,
    struct sctp_rcvinfo info, int flags, void *ulp_info)
{
	(void)addr;
	(void)ulp_info;
	if (data == NULL)
		return 1;
	if ((flags & MSG_EOR) == 0)
		bench_die("a message in pieces");
	(void)pthread_mutex_lock(&told.mtx);
	if ((flags & MSG_NOTIFICATION) != 0) {
		take_change(s, data);
		(void)pthread_cond_broadcast(&told.cond);
	} else {
		while (told.take == NULL)
			(void)pthread_cond_wait(&told.cond, &told.mtx);
		so = s;
		told.assoc = info.rcv_assoc_id;
		if (!told.take(told.arg, data, len)) {
			told.take = NULL;
			(void)pthread_cond_broadcast(&told.cond);
		}
	}
	(void)pthread_mutex_unlock(&told.mtx);
	free(data);
	return 1;
}

/* Wait for news, with told.mtx, but not for ever. */
static void
wait_locked(const char *what)
{
	struct timespec end;

	(void)clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += NET_WAIT_MS / 1000;
	if (pthread_cond_timedwait(&told.cond, &told.mtx, &end) != 0)
		bench_die("%s: none in time", what);
}

/* Wait for what comes on so: data, or false for a change. */
static bool
receive(size_t *len)
{
	struct sctp_rcvinfo info;
	int flags;
	ssize_t n;

	*len = 0;
	do {
		socklen_t infolen = sizeof(info);
		unsigned int type = 0;

		flags = 0;
		n = usrsctp_recvv(so, room + *len, sizeof(room) - *len, NULL,
		    NULL, &info, &infolen, &type, &flags);
		if (n <= 0)
			bench_die("usrsctp_recvv: %s", strerror(errno));
		*len += (size_t)n;
	} while ((flags & MSG_EOR) == 0);
	if ((flags & MSG_NOTIFICATION) == 0)
		return true;
	take_change(so, (const void *)room);
	return false;
}

/* -- one association --------------------------------------------------------*/

static void
set_options(struct socket *s)
{
	const int size = NET_BUFFER;
	struct sctp_event event;
	struct sctp_paddrparams path;

	set(s, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size), "SO_SNDBUF");
	set(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size), "SO_RCVBUF");
	/* Messages come whole. */
	set(s, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, &size, sizeof(size),
	    "SCTP_PARTIAL_DELIVERY_POINT");
	memset(&event, 0, sizeof(event));
	event.se_assoc_id = SCTP_FUTURE_ASSOC;
	event.se_type = SCTP_ASSOC_CHANGE;
	/* Of those nobody would read them. */
	event.se_on = !accepts;
	set(s, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof(event), "SCTP_EVENT");
	if (args->mtu == 0)
		return;
	/* The common header is not counted here. */
	memset(&path, 0, sizeof(path));
	path.spp_assoc_id = SCTP_FUTURE_ASSOC;
	path.spp_flags = SPP_PMTUD_DISABLE;
	path.spp_pathmtu = args->mtu - NET_UDP_IP - 12;
	set(s, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof(path),
	    "SCTP_PEER_ADDR_PARAMS");
}

static struct socket *
new_socket(uint16_t port, bool with_callback)
{
	struct sockaddr_in here = loopback(port);
	struct socket *s;

	s = usrsctp_socket(AF_INET, accepts ? SOCK_STREAM : SOCK_SEQPACKET,
	    IPPROTO_SCTP,
	    with_callback ? on_arrival : NULL, NULL, 0, NULL);
	if (s == NULL)
		bench_die("usrsctp_socket: %s", strerror(errno));
	set_options(s);
	must(usrsctp_bind(s, (struct sockaddr *)&here, sizeof(here)),
	    "usrsctp_bind");
	return s;
}

uint16_t
net_open(unsigned int does)
{
	struct sockaddr *got;
	uint16_t port;

	accepts = (does & NET_ACCEPTS) != 0;
	by_callback = !args->other_way && (does & NET_RECEIVES) != 0;
	so = new_socket(0, by_callback);
	if (usrsctp_getladdrs(so, 0, &got) != 1)
		bench_die("usrsctp_getladdrs: %s", strerror(errno));
	port = ntohs(((struct sockaddr_in *)(void *)got)->sin_port);
	usrsctp_freeladdrs(got);
	if ((does & NET_LISTENS) != 0)
		must(usrsctp_listen(so, NET_AT_ONCE), "usrsctp_listen");
	return port;
}

/* Begin an association, from whatever socket. */
static void
begin(struct socket *s, const struct net_at *to)
{
	struct sockaddr_in peer = loopback(to->port);

	if (usrsctp_connect(s, (struct sockaddr *)&peer, sizeof(peer)) != 0 &&
	    errno != EINPROGRESS)
		bench_die("usrsctp_connect: %s", strerror(errno));
}

static void
set_peer(struct socket *s, const struct net_at *to)
{
	struct sctp_udpencaps encaps;

	memset(&encaps, 0, sizeof(encaps));
	encaps.sue_address.ss_family = AF_INET;
	encaps.sue_port = htons(to->udp_port);
	set(s, IPPROTO_SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps,
	    sizeof(encaps), "SCTP_REMOTE_UDP_ENCAPS_PORT");
}

void
net_connect(const struct net_at *to)
{
	set_peer(so, to);
	begin(so, to);
	net_accept();
}

void
net_accept(void)
{
	size_t len;

	if (!by_callback) {
		if (receive(&len) || told.assoc == 0)
			bench_die("no association came up");
		return;
	}
	(void)pthread_mutex_lock(&told.mtx);
	while (told.assoc == 0)
		wait_locked("an association");
	(void)pthread_mutex_unlock(&told.mtx);
}

uint32_t
net_fragment(void)
{
	struct sctp_status status;
	socklen_t len = sizeof(status);

	memset(&status, 0, sizeof(status));
	status.sstat_assoc_id = told.assoc;
	must(usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_STATUS, &status, &len),
	    "SCTP_STATUS");
	return status.sstat_fragmentation_point;
}

static void
send_on(struct socket *s, sctp_assoc_t id, uint16_t flags, const void *data,
    size_t len)
{
	struct sctp_sndinfo info;

	memset(&info, 0, sizeof(info));
	info.snd_assoc_id = id;
	info.snd_flags = flags;
	if (usrsctp_sendv(s, data, len, NULL, 0, &info, sizeof(info),
		SCTP_SENDV_SNDINFO, 0) < 0)
		bench_die("usrsctp_sendv: %s", strerror(errno));
}

void
net_send(const void *data, size_t len)
{
	send_on(so, told.assoc, 0, data, len);
}

void
net_each(bool (*take)(void *arg, const uint8_t *data, size_t len), void *arg)
{
	size_t len;

	if (!by_callback) {
		do {
			if (!receive(&len))
				bench_die("the association has ended");
		} while (take(arg, room, len));
		return;
	}
	(void)pthread_mutex_lock(&told.mtx);
	told.take = take;
	told.arg = arg;
	(void)pthread_cond_broadcast(&told.cond);
	while (told.take != NULL) {
		if (told.assoc == 0)
			bench_die("the association has ended");
		(void)pthread_cond_wait(&told.cond, &told.mtx);
	}
	(void)pthread_mutex_unlock(&told.mtx);
}

/* The process ends now, and its library with it: to close a socket while its
 * threads are in it may crash. */
void
net_stop(void)
{
}

/* -- many associations ------------------------------------------------------*/

/* They are kept. */
static void
accept_up(const atomic_uint *want)
{
	unsigned int n;

	for (n = 0; n < atomic_load(want); n++)
		if (usrsctp_accept(so, NULL, NULL) == NULL)
			bench_die("usrsctp_accept: %s", strerror(errno));
}

void
net_count_up(const atomic_uint *want)
{
	struct timespec pause = { .tv_nsec = 20000000 };
	double until = bench_now() + BENCH_LIFE_S / 2;

	if (accepts) {
		accept_up(want);
		return;
	}
	/* The callback counts; this thread only waits for the end. */
	for (;;) {
		unsigned int n;

		(void)pthread_mutex_lock(&told.mtx);
		n = told.ups;
		(void)pthread_mutex_unlock(&told.mtx);
		if (n >= atomic_load(want))
			return;
		if (bench_now() > until)
			bench_die("not all associations came up");
		(void)nanosleep(&pause, NULL);
	}
}

static void
expect_ups(size_t n)
{
	told.queue_len = n;
	told.queue = calloc(n, sizeof(*told.queue));
	if (told.queue == NULL)
		bench_die("no memory");
}

/* The next association of any socket that is up. */
static struct up
next_up(void)
{
	struct up up;

	(void)pthread_mutex_lock(&told.mtx);
	while (told.queue_at == told.ups)
		wait_locked("an association");
	up = told.queue[told.queue_at++ % told.queue_len];
	(void)pthread_mutex_unlock(&told.mtx);
	return up;
}

uint32_t
net_churn(const struct net_at *to, uint32_t n, double seconds)
{
	double until = bench_now() + seconds;
	uint32_t i, ups = 0, open = n;
	struct socket *s;
	struct up up;

	expect_ups(n);
	for (i = 0; i < n; i++) {
		s = new_socket((uint16_t)(NET_FIRST_PORT + i), true);
		set_peer(s, to);
		begin(s, to);
	}
	while (open > 0) {
		up = next_up();
		send_on(up.so, up.id, SCTP_ABORT, "", 0);
		ups++;
		if (bench_now() < until)
			begin(up.so, to);
		else
			open--;
	}
	return ups;
}

void
net_hold(const struct net_at *to, uint32_t n)
{
	uint32_t begun = 0, up;
	struct socket *s;

	by_callback = true;
	expect_ups(n);
	for (up = 0; up < n; up++) {
		for (; begun < n && begun < up + NET_AT_ONCE; begun++) {
			s = new_socket((uint16_t)(NET_FIRST_PORT + begun),
			    true);
			set_peer(s, to);
			begin(s, to);
		}
		(void)next_up();
	}
}

void
net_choose(uint32_t i)
{
	so = told.queue[i].so;
	told.assoc = told.queue[i].id;
}
