/*
 * net_tcp: net.h on the kernel's TCP, as far as the reference needs it.  All
 * messages have the length that is asked for: nothing else frames them.
 */

#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char net_name[] = "tcp";
const bool net_may_lose = false;

static const struct bench_args *args;
static int listener = -1, conn = -1;

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

uint16_t
net_open(unsigned int does)
{
	struct sockaddr_in here = loopback(0);
	socklen_t len = sizeof(here);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(s != -1, "socket");
	if ((does & NET_LISTENS) == 0) {
		conn = s;
		return 0;
	}
	listener = s;
	must(bind(s, (struct sockaddr *)&here, len) == 0 && listen(s, 1) == 0 &&
		getsockname(s, (struct sockaddr *)&here, &len) == 0,
	    "listen");
	return ntohs(here.sin_port);
}

static void
set_nodelay(void)
{
	const int on = 1;

	must(setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0,
	    "TCP_NODELAY");
}

void
net_connect(const struct net_at *to)
{
	struct sockaddr_in peer = loopback(to->port);

	must(connect(conn, (struct sockaddr *)&peer, sizeof(peer)) == 0,
	    "connect");
	set_nodelay();
}

void
net_accept(void)
{
	conn = accept(listener, NULL, NULL);
	must(conn != -1, "accept");
	set_nodelay();
}

uint32_t
net_fragment(void)
{
	socklen_t len = sizeof(int);
	int mss;

	must(getsockopt(conn, IPPROTO_TCP, TCP_MAXSEG, &mss, &len) == 0,
	    "TCP_MAXSEG");
	return (uint32_t)mss;
}

void
net_send(const void *data, size_t len)
{
	ssize_t n;

	for (; len > 0; len -= (size_t)n) {
		n = send(conn, data, len, MSG_NOSIGNAL);
		must(n > 0, "send");
		data = (const uint8_t *)data + n;
	}
}

void
net_each(bool (*take)(void *arg, const uint8_t *data, size_t len), void *arg)
{
	/* As many as fit: short ones do not cost a system call each. */
	const size_t room = args->size > 65536 ? args->size : 65536;
	uint8_t *buf = malloc(room);
	size_t len = 0, at;
	bool goes_on = true;
	ssize_t n;

	must(buf != NULL, "malloc");
	while (goes_on) {
		n = recv(conn, buf + len, room - len, 0);
		must(n > 0, "recv");
		len += (size_t)n;
		for (at = 0; goes_on && at + args->size <= len;
		     at += args->size)
			goes_on = take(arg, buf + at, args->size);
		len -= at;
		memmove(buf, buf + at, len);
	}
	free(buf);
}

void
net_stop(void)
{
	(void)close(conn);
}
