/*
 * lossy: a UDP relay on loopback between two ports, that loses, doubles and
 * exchanges datagrams at random.
 *
 * Side i sends to relay_port[!i] and is heard there from relay_port[i], so
 * that each takes the relay for its peer.
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

struct lossy {
	pthread_t thread;
	int fd[2];		/* fd[i] stands for side i */
	uint16_t to[2];		/* UDP port of side i */
	int loss;		/* percent; a third of it doubled, exchanged */
	unsigned int rng;
	atomic_bool must_stop;
	struct {
		uint8_t bytes[65536];
		ssize_t len;
	} held[2];		/* overtaken by the next one */
};

static inline int
lossy_chance(struct lossy *l, int permille)
{
	return (int)((unsigned int)rand_r(&l->rng) % 1000) < permille;
}

/* From side i, as from fd[i], to the other side. */
static inline void
lossy_send(struct lossy *l, int i, const void *bytes, ssize_t len)
{
	struct sockaddr_in to;

	memset(&to, 0, sizeof(to));
	to.sin_family = AF_INET;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(l->to[!i]);
	/* A datagram that is not sent is one more that is lost. */
	(void)sendto(l->fd[i], bytes, (size_t)len, MSG_DONTWAIT,
	    (struct sockaddr *)&to, sizeof(to));
}

/* What arrives at fd[i] is for side i, from the other. */
static inline void
lossy_pass(struct lossy *l, int i)
{
	static uint8_t bytes[65536];
	ssize_t len;

	len = recv(l->fd[i], bytes, sizeof(bytes), MSG_DONTWAIT);
	if (len < 0 || lossy_chance(l, l->loss * 10))
		return;
	if (l->held[i].len == 0 && lossy_chance(l, l->loss * 3)) {
		memcpy(l->held[i].bytes, bytes, (size_t)len);
		l->held[i].len = len;
		return;
	}
	lossy_send(l, !i, bytes, len);
	if (lossy_chance(l, l->loss * 3))
		lossy_send(l, !i, bytes, len);
	if (l->held[i].len > 0) {
		lossy_send(l, !i, l->held[i].bytes, l->held[i].len);
		l->held[i].len = 0;
	}
}

static inline void *
lossy_run(void *arg)
{
	struct lossy *l = (struct lossy *)arg;
	struct pollfd p[2];
	int i;

	while (!atomic_load(&l->must_stop)) {
		for (i = 0; i < 2; i++) {
			p[i].fd = l->fd[i];
			p[i].events = POLLIN;
		}
		if (poll(p, 2, 50) <= 0)
			continue;
		for (i = 0; i < 2; i++)
			if (p[i].revents != 0)
				lossy_pass(l, i);
	}
	return NULL;
}

/* relay_port is filled; loss is in percent.  NULL where it cannot start. */
static inline struct lossy *
lossy_start(const uint16_t udp_port[2], uint16_t relay_port[2], int loss,
    unsigned int seed)
{
	struct lossy *l = (struct lossy *)calloc(1, sizeof(*l));
	struct sockaddr_in a;
	socklen_t len;
	int i;

	if (l == NULL)
		return NULL;
	l->loss = loss;
	l->rng = seed;
	for (i = 0; i < 2; i++) {
		l->to[i] = udp_port[i];
		l->fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		memset(&a, 0, sizeof(a));
		a.sin_family = AF_INET;
		a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		len = sizeof(a);
		if (l->fd[i] < 0 ||
		    bind(l->fd[i], (struct sockaddr *)&a, sizeof(a)) != 0 ||
		    getsockname(l->fd[i], (struct sockaddr *)&a, &len) != 0)
			return NULL;
		relay_port[i] = ntohs(a.sin_port);
	}
	if (pthread_create(&l->thread, NULL, lossy_run, l) != 0)
		return NULL;
	return l;
}

static inline void
lossy_stop(struct lossy *l)
{
	if (l == NULL)
		return;
	atomic_store(&l->must_stop, 1);
	pthread_join(l->thread, NULL);
	close(l->fd[0]);
	close(l->fd[1]);
	free(l);
}

#endif
