/*
 * lossy_paths: a UDP relay between the addresses of one stack, that loses,
 * doubles and exchanges datagrams at random.
 *
 * The stack has 127.0.0.1 to 127.0.0.n with its UDP port, and takes the
 * relay's port for its peers': what goes to 127.0.0.k is forwarded to the
 * stack there, and comes from where it came from.
 */

#ifndef GS_TEST_LOSSY_PATHS_H
#define GS_TEST_LOSSY_PATHS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOSSY_PATHS_MAX 8

struct lossy_paths {
	pthread_t thread;
	int n;
	int fd[LOSSY_PATHS_MAX];	/* fd[i] is 127.0.0.(i + 1) */
	uint16_t port;			/* of the relay */
	uint16_t to;			/* of the stack */
	int loss;			/* percent */
	unsigned int rng;
	atomic_bool must_stop;
	struct {
		uint8_t bytes[65536];
		ssize_t len;
		int from, to;
	} held;				/* overtaken by the next one */
};

static inline struct sockaddr_in
lossy_paths_addr(int i, uint16_t port)
{
	struct sockaddr_in a;

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)i);
	a.sin_port = htons(port);
	return a;
}

static inline int
lossy_paths_chance(struct lossy_paths *l, int permille)
{
	return (int)((unsigned int)rand_r(&l->rng) % 1000) < permille;
}

static inline void
lossy_paths_send(struct lossy_paths *l, int from, int to, const void *bytes,
    ssize_t len)
{
	struct sockaddr_in a = lossy_paths_addr(to, l->to);

	/* A datagram that is not sent is one more that is lost. */
	(void)sendto(l->fd[from], bytes, (size_t)len, MSG_DONTWAIT,
	    (struct sockaddr *)&a, sizeof(a));
}

static inline void
lossy_paths_pass(struct lossy_paths *l, int to)
{
	static uint8_t bytes[65536];
	struct sockaddr_in a;
	socklen_t alen = sizeof(a);
	ssize_t len;
	int from;

	len = recvfrom(l->fd[to], bytes, sizeof(bytes), MSG_DONTWAIT,
	    (struct sockaddr *)&a, &alen);
	if (len < 0 || lossy_paths_chance(l, l->loss * 10))
		return;
	from = (int)(ntohl(a.sin_addr.s_addr) - INADDR_LOOPBACK);
	if (from < 0 || from >= l->n)
		return;
	if (l->held.len == 0 && lossy_paths_chance(l, l->loss * 3)) {
		memcpy(l->held.bytes, bytes, (size_t)len);
		l->held.len = len;
		l->held.from = from;
		l->held.to = to;
		return;
	}
	lossy_paths_send(l, from, to, bytes, len);
	if (lossy_paths_chance(l, l->loss * 3))
		lossy_paths_send(l, from, to, bytes, len);
	if (l->held.len > 0) {
		lossy_paths_send(l, l->held.from, l->held.to, l->held.bytes,
		    l->held.len);
		l->held.len = 0;
	}
}

static inline void *
lossy_paths_run(void *arg)
{
	struct lossy_paths *l = (struct lossy_paths *)arg;
	struct pollfd p[LOSSY_PATHS_MAX];
	int i;

	while (!atomic_load(&l->must_stop)) {
		for (i = 0; i < l->n; i++) {
			p[i].fd = l->fd[i];
			p[i].events = POLLIN;
		}
		if (poll(p, (nfds_t)l->n, 50) <= 0)
			continue;
		for (i = 0; i < l->n; i++)
			if (p[i].revents != 0)
				lossy_paths_pass(l, i);
	}
	return NULL;
}

/* One port on all addresses; -1 where another has it somewhere. */
static inline int
lossy_paths_bind(struct lossy_paths *l)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int i;

	l->port = 0;
	for (i = 0; i < l->n; i++)
		l->fd[i] = -1;
	for (i = 0; i < l->n; i++) {
		l->fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		a = lossy_paths_addr(i, l->port);
		if (l->fd[i] < 0 ||
		    bind(l->fd[i], (struct sockaddr *)&a, sizeof(a)) != 0 ||
		    getsockname(l->fd[i], (struct sockaddr *)&a, &len) != 0)
			break;
		l->port = ntohs(a.sin_port);
	}
	if (i == l->n)
		return 0;
	for (i = 0; i < l->n; i++)
		if (l->fd[i] >= 0)
			close(l->fd[i]);
	return -1;
}

/* NULL where it cannot start. */
static inline struct lossy_paths *
lossy_paths_start(int n, uint16_t stack_port, int loss, unsigned int seed)
{
	struct lossy_paths *l =
	    (struct lossy_paths *)calloc(1, sizeof(*l));
	int tries = 100;

	if (l == NULL)
		return NULL;
	l->n = n;
	l->to = stack_port;
	l->loss = loss;
	l->rng = seed;
	while (lossy_paths_bind(l) != 0)
		if (--tries == 0)
			return NULL;
	if (pthread_create(&l->thread, NULL, lossy_paths_run, l) != 0)
		return NULL;
	return l;
}

static inline void
lossy_paths_stop(struct lossy_paths *l)
{
	int i;

	atomic_store(&l->must_stop, 1);
	pthread_join(l->thread, NULL);
	for (i = 0; i < l->n; i++)
		close(l->fd[i]);
	free(l);
}

#endif
