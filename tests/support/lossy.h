/*
 * lossy: a UDP relay on loopback between two ports, that loses, doubles and
 * exchanges datagrams at random.
 *
 * Side i sends to relay_port[!i] and is heard there from relay_port[i], so
 * that each takes the relay for its peer.  With several addresses there is a
 * relay at each, on the same ports: what is sent to an address is for the
 * same address of the other side.
 */

#ifndef GS_TEST_LOSSY_H
#define GS_TEST_LOSSY_H

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

#define LOSSY_ADDRS 2

struct lossy {
	pthread_t thread;
	const char *const *ips;
	int nips;
	int fd[LOSSY_ADDRS][2];	/* fd[a][i] stands for side i */
	uint16_t to[2];		/* UDP port of side i */
	int loss;		/* percent; a third of it doubled, exchanged */
	unsigned int rng;
	atomic_bool must_stop;
	atomic_uint passed[LOSSY_ADDRS];	/* datagrams, at each address */
	struct {
		uint8_t bytes[65536];
		ssize_t len;
	} held[LOSSY_ADDRS][2];	/* overtaken by the next one */
};

static inline int
lossy_chance(struct lossy *l, int permille)
{
	return (int)((unsigned int)rand_r(&l->rng) % 1000) < permille;
}

static inline struct sockaddr_in
lossy_addr(const struct lossy *l, int a, uint16_t port)
{
	struct sockaddr_in in;

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_port = htons(port);
	(void)inet_pton(AF_INET, l->ips[a], &in.sin_addr);
	return in;
}

/* From side i, as from fd[a][i], to the other side. */
static inline void
lossy_send(struct lossy *l, int a, int i, const void *bytes, ssize_t len)
{
	struct sockaddr_in to = lossy_addr(l, a, l->to[!i]);

	/* A datagram that is not sent is one more that is lost. */
	(void)sendto(l->fd[a][i], bytes, (size_t)len, MSG_DONTWAIT,
	    (struct sockaddr *)&to, sizeof(to));
}

/* What arrives at fd[a][i] is for side i, from the other. */
static inline void
lossy_pass(struct lossy *l, int a, int i)
{
	static uint8_t bytes[65536];
	ssize_t len;

	len = recv(l->fd[a][i], bytes, sizeof(bytes), MSG_DONTWAIT);
	if (len < 0 || lossy_chance(l, l->loss * 10))
		return;
	if (l->held[a][i].len == 0 && lossy_chance(l, l->loss * 3)) {
		memcpy(l->held[a][i].bytes, bytes, (size_t)len);
		l->held[a][i].len = len;
		return;
	}
	atomic_fetch_add(&l->passed[a], 1);
	lossy_send(l, a, !i, bytes, len);
	if (lossy_chance(l, l->loss * 3))
		lossy_send(l, a, !i, bytes, len);
	if (l->held[a][i].len > 0) {
		lossy_send(l, a, !i, l->held[a][i].bytes, l->held[a][i].len);
		l->held[a][i].len = 0;
	}
}

static inline void *
lossy_run(void *arg)
{
	struct lossy *l = (struct lossy *)arg;
	struct pollfd p[2 * LOSSY_ADDRS];
	int i;

	while (!atomic_load(&l->must_stop)) {
		for (i = 0; i < 2 * l->nips; i++) {
			p[i].fd = l->fd[i / 2][i % 2];
			p[i].events = POLLIN;
		}
		if (poll(p, (nfds_t)(2 * l->nips), 50) <= 0)
			continue;
		for (i = 0; i < 2 * l->nips; i++)
			if (p[i].revents != 0)
				lossy_pass(l, i / 2, i % 2);
	}
	return NULL;
}

/* A socket at each address for side i, on one port: it, or 0. */
static inline uint16_t
lossy_bind(struct lossy *l, int i)
{
	struct sockaddr_in in;
	uint16_t port = 0;
	socklen_t len;
	int a;

	for (a = 0; a < l->nips; a++) {
		l->fd[a][i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		in = lossy_addr(l, a, port);
		len = sizeof(in);
		if (l->fd[a][i] < 0 ||
		    bind(l->fd[a][i], (struct sockaddr *)&in, len) != 0 ||
		    getsockname(l->fd[a][i], (struct sockaddr *)&in, &len) !=
		    0) {
			/* The port is somebody's at this address. */
			for (; a >= 0; a--)
				close(l->fd[a][i]);
			return 0;
		}
		port = ntohs(in.sin_port);
	}
	return port;
}

/*
 * relay_port is filled; loss is in percent; ips (at most LOSSY_ADDRS) must
 * outlive it.  NULL where it cannot start.
 */
static inline struct lossy *
lossy_start_at(const char *const *ips, int nips, const uint16_t udp_port[2],
    uint16_t relay_port[2], int loss, unsigned int seed)
{
	struct lossy *l = (struct lossy *)calloc(1, sizeof(*l));
	int i, tries;

	if (l == NULL)
		return NULL;
	l->ips = ips;
	l->nips = nips;
	l->loss = loss;
	l->rng = seed;
	for (i = 0; i < 2; i++) {
		l->to[i] = udp_port[i];
		relay_port[i] = 0;
		for (tries = 0; tries < 50 && relay_port[i] == 0; tries++)
			relay_port[i] = lossy_bind(l, i);
		if (relay_port[i] == 0)
			return NULL;
	}
	if (pthread_create(&l->thread, NULL, lossy_run, l) != 0)
		return NULL;
	return l;
}

/* The same at 127.0.0.1. */
static inline struct lossy *
lossy_start(const uint16_t udp_port[2], uint16_t relay_port[2], int loss,
    unsigned int seed)
{
	static const char *const ips[] = { "127.0.0.1" };

	return lossy_start_at(ips, 1, udp_port, relay_port, loss, seed);
}

static inline void
lossy_stop(struct lossy *l)
{
	int i;

	if (l == NULL)
		return;
	atomic_store(&l->must_stop, 1);
	pthread_join(l->thread, NULL);
	for (i = 0; i < 2 * l->nips; i++)
		close(l->fd[i / 2][i % 2]);
	free(l);
}

#endif
