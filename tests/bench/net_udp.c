/*
 * net_udp: net.h on the kernel's UDP, as far as the reference needs it: a
 * datagram a message, one system call each, and what is lost is lost.  The
 * other way is BATCH datagrams a system call, out (UDP_SEGMENT) and in
 * (UDP_GRO); only for a flow.
 */

#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

const char net_name[] = "udp";
const bool net_may_lose = true;

static const struct bench_args *args;
static int s = -1;
static uint8_t room[65536];
static size_t room_len;

#define BATCH 40

static void
must(bool is_fine, const char *what)
{
	if (!is_fine)
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

uint16_t
net_start(const struct bench_args *a)
{
	args = a;
	return 0;
}

static void
set_batch(void)
{
	const int len = (int)args->size, on = 1;

	if (args->size * BATCH > sizeof(room))
		bench_die("%d messages do not go into one", BATCH);
	must(setsockopt(s, IPPROTO_UDP, UDP_SEGMENT, &len, sizeof(len)) == 0 &&
		setsockopt(s, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) == 0,
	    "UDP_SEGMENT");
}

uint16_t
net_open(unsigned int does)
{
	const struct timeval limit = { .tv_sec = NET_WAIT_MS / 1000 };
	const int size = NET_BUFFER;
	struct sockaddr_in here = loopback(0);
	socklen_t len = sizeof(here);

	(void)does;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	must(s != -1 &&
		setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
		    0 &&
		setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) ==
		    0 &&
		bind(s, (struct sockaddr *)&here, len) == 0 &&
		getsockname(s, (struct sockaddr *)&here, &len) == 0,
	    "socket");
	if (args->other_way)
		set_batch();
	return ntohs(here.sin_port);
}

/* The first datagram says where the other one is. */
void
net_connect(const struct net_at *to)
{
	struct sockaddr_in peer = loopback(to->port);

	must(connect(s, (struct sockaddr *)&peer, sizeof(peer)) == 0 &&
		send(s, "", 1, 0) == 1,
	    "connect");
}

void
net_accept(void)
{
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	char first;

	must(recvfrom(s, &first, 1, 0, (struct sockaddr *)&peer, &len) == 1 &&
		connect(s, (struct sockaddr *)&peer, len) == 0,
	    "the first datagram");
}

uint32_t
net_fragment(void)
{
	return args->mtu - NET_UDP_IP;
}

void
net_send(const void *data, size_t len)
{
	if (!args->other_way) {
		must(send(s, data, len, 0) == (ssize_t)len, "send");
		return;
	}
	memcpy(room + room_len, data, len);
	room_len += len;
	if (room_len < BATCH * len)
		return;
	must(send(s, room, room_len, 0) == (ssize_t)room_len, "send");
	room_len = 0;
}

void
net_each(bool (*take)(void *arg, const uint8_t *data, size_t len), void *arg)
{
	const size_t step = args->other_way ? args->size : sizeof(room);
	size_t at, len;
	ssize_t n;

	for (;;) {
		n = recv(s, room, sizeof(room), 0);
		must(n > 0, "recv");
		for (at = 0; at < (size_t)n; at += step) {
			len = (size_t)n - at < step ? (size_t)n - at : step;
			if (!take(arg, room + at, len))
				return;
		}
	}
}

void
net_stop(void)
{
	(void)close(s);
}
