/*
 * doctor_probe: single packets.  See doctor.h.
 *
 * The packet is an INIT, with a padding parameter (RFC 4820) of the length
 * that is wanted: whoever speaks SCTP answers it, by INIT ACK or ABORT, and
 * keeps nothing (RFC 9260 5.1.3), and no association comes of it.
 */

#include "doctor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define COMMON 12
#define INIT 20
#define TYPE_INIT 1
#define TYPE_INIT_ACK 2
#define TYPE_ABORT 6
#define PARAM_PAD 0x8005

#define UDP_HEADER 8
#define TRY_MS 700

struct packet {
	uint8_t bytes[2048];
	size_t len;
	uint16_t source;
	uint16_t dest;
	uint32_t tag;
};

uint64_t
doctor_now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

int
doctor_wait(struct doctor *d, int fd, int timeout_ms)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = d->signal_fd, .events = POLLIN },
	};
	int signal;

	if (d->signal != 0)
		return -1;
	(void)poll(fds, 2, timeout_ms > 0 ? timeout_ms : 0);
	if (fds[1].revents != 0) {
		signal = cli_signal_read(d->signal_fd);
		if (signal == SIGINT || signal == SIGTERM) {
			d->signal = signal;
			return -1;
		}
	}
	return fds[0].revents != 0;
}

/*
 * The packet
 */

/* CRC32c (RFC 9260 appendix A), bit by bit: there are but a few packets. */
static uint32_t
crc32c(const uint8_t *p, size_t len)
{
	uint32_t crc = 0xffffffff;
	int bit;

	while (len-- > 0) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static uint32_t
get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t
get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

/* The checksum of a packet whose field for it is 0; in its byte order. */
static void
put_checksum(uint8_t *p, size_t len)
{
	uint32_t crc = crc32c(p, len);

	p[8] = (uint8_t)crc;
	p[9] = (uint8_t)(crc >> 8);
	p[10] = (uint8_t)(crc >> 16);
	p[11] = (uint8_t)(crc >> 24);
}

/* len: of the SCTP packet, a multiple of 4. */
static void
make_init(struct packet *p, uint16_t dest, size_t len)
{
	uint32_t random[3] = { 1, 2, 3 };
	uint8_t *b = p->bytes;

	/* Good ones are nice to have, and all are as good here. */
	(void)getrandom(random, sizeof(random), GRND_NONBLOCK);
	if (len < COMMON + INIT + 4)
		len = COMMON + INIT;
	memset(p, 0, sizeof(*p));
	p->len = len;
	p->source = (uint16_t)(49152 + random[0] % 16384);
	p->dest = dest;
	p->tag = random[1] | 1;
	put16(b, p->source);
	put16(b + 2, dest);
	b += COMMON;
	b[0] = TYPE_INIT;
	put16(b + 2, (uint32_t)(len - COMMON));
	put32(b + 4, p->tag);
	put32(b + 8, 65536); /* the window */
	put16(b + 12, 1);
	put16(b + 14, 1);
	put32(b + 16, random[2]);
	if (len > COMMON + INIT) {
		put16(b + INIT, PARAM_PAD);
		put16(b + INIT + 2, (uint32_t)(len - COMMON - INIT));
	}
	put_checksum(p->bytes, len);
}

/* Is it an answer to p?  ANSWER_SILENCE: no. */
static enum doctor_answer
read_answer(const struct packet *p, uint8_t *b, size_t len)
{
	uint8_t sum[4];
	uint32_t tag;

	if (len < COMMON + 4 || get16(b) != p->dest ||
	    get16(b + 2) != p->source)
		return ANSWER_SILENCE;
	memcpy(sum, b + 8, sizeof(sum));
	memset(b + 8, 0, sizeof(sum));
	put_checksum(b, len);
	if (memcmp(sum, b + 8, sizeof(sum)) != 0)
		return ANSWER_SILENCE;
	tag = get32(b + 4);
	if (b[COMMON] == TYPE_INIT_ACK && tag == p->tag)
		return ANSWER_INIT_ACK;
	/* With the T bit the tag is that of our packet, which is 0. */
	if (b[COMMON] == TYPE_ABORT &&
	    (tag == p->tag || ((b[COMMON + 1] & 1) != 0 && tag == 0)))
		return ANSWER_ABORT;
	return ANSWER_SILENCE;
}

/*
 * The socket
 */

static void
set_udp_port(struct sockaddr_storage *a, uint16_t port)
{
	if (a->ss_family == AF_INET6)
		((struct sockaddr_in6 *)a)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)a)->sin_port = htons(port);
}

static socklen_t
length_of(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
					  sizeof(struct sockaddr_in);
}

/* To the first of --bind that fits. */
static int
bind_to(int fd, const struct net *n, int family)
{
	struct sockaddr_storage a;
	size_t i;

	for (i = 0; i < n->nbinds; i++) {
		if (gsctp_resolve(n->binds[i], 0, family, &a, 1) > 0)
			return bind(fd, (struct sockaddr *)&a, length_of(&a)) ==
				0 ?
			    0 :
			    -errno;
	}
	return 0;
}

/* Not to be fragmented; what ICMP says of it is read from the socket. */
static void
set_options(int fd, int family)
{
	int v4 = IP_PMTUDISC_DO, v6 = IPV6_PMTUDISC_DO, on = 1;

	if (family == AF_INET6) {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6,
		    sizeof(v6));
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on,
		    sizeof(on));
	} else {
		(void)setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &v4,
		    sizeof(v4));
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	}
}

int
doctor_udp_connect(struct doctor *d, const struct sockaddr_storage *to,
    uint16_t udp_port)
{
	struct sockaddr_storage a = *to;
	int err, fd;

	fd = socket(a.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	set_options(fd, a.ss_family);
	set_udp_port(&a, udp_port);
	err = bind_to(fd, &d->net, a.ss_family);
	if (err == 0 && connect(fd, (struct sockaddr *)&a, length_of(&a)) != 0)
		err = -errno;
	if (err != 0) {
		(void)close(fd);
		return err;
	}
	return fd;
}

unsigned int
doctor_udp_mtu(int fd, int family)
{
	bool v6 = family == AF_INET6;
	int mtu = 0;
	socklen_t len = sizeof(mtu);

	if (getsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
		v6 ? IPV6_MTU : IP_MTU, &mtu, &len) != 0 ||
	    mtu < 0)
		return 0;
	return (unsigned int)mtu;
}

/*
 * Send and wait
 */

static enum doctor_answer
answer_of(int error)
{
	switch (error) {
	case 0:
	case EAGAIN:
	case EINTR:
		return ANSWER_SILENCE;
	case ECONNREFUSED:
		return ANSWER_PORT_UNREACHABLE;
	case EMSGSIZE:
		return ANSWER_TOO_BIG;
	default:
		return ANSWER_UNREACHABLE;
	}
}

/* What the queue of errors has: the last one, with whom it came from. */
static enum doctor_answer
read_error(int fd)
{
	enum doctor_answer answer = ANSWER_SILENCE;
	const struct sock_extended_err *e;
	struct cmsghdr *c;
	uint8_t data[64];
	union {
		uint8_t bytes[512];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr m;

	for (;;) {
		memset(&m, 0, sizeof(m));
		m.msg_iov = &iov;
		m.msg_iovlen = 1;
		m.msg_control = control.bytes;
		m.msg_controllen = sizeof(control.bytes);
		if (recvmsg(fd, &m, MSG_ERRQUEUE) < 0)
			return answer;
		for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
			if (!(c->cmsg_level == IPPROTO_IP &&
				c->cmsg_type == IP_RECVERR) &&
			    !(c->cmsg_level == IPPROTO_IPV6 &&
				c->cmsg_type == IPV6_RECVERR))
				continue;
			e = (const void *)CMSG_DATA(c);
			answer = answer_of((int)e->ee_errno);
		}
	}
}

static enum doctor_answer
wait_answer(struct doctor *d, int fd, const struct packet *p, int timeout_ms)
{
	uint64_t until = doctor_now_ms() + (uint64_t)timeout_ms;
	enum doctor_answer answer;
	uint8_t in[4096];
	uint64_t now;
	ssize_t n;

	while ((now = doctor_now_ms()) < until) {
		switch (doctor_wait(d, fd, (int)(until - now))) {
		case -1:
			return ANSWER_FAILED;
		case 0:
			continue;
		default:
			break;
		}
		answer = read_error(fd);
		if (answer != ANSWER_SILENCE)
			return answer;
		n = recv(fd, in, sizeof(in), MSG_DONTWAIT);
		answer =
		    n >= 0 ? read_answer(p, in, (size_t)n) : answer_of(errno);
		if (answer != ANSWER_SILENCE)
			return answer;
	}
	return ANSWER_SILENCE;
}

static enum doctor_answer
send_and_wait(struct doctor *d, int fd, const struct packet *p, int times)
{
	enum doctor_answer answer = ANSWER_SILENCE;
	int i;

	for (i = 0; i < times && answer == ANSWER_SILENCE; i++) {
		if (send(fd, p->bytes, p->len, 0) < 0 && errno != EAGAIN) {
			answer = answer_of(errno);
			/* It has the same in its queue. */
			(void)read_error(fd);
			return answer;
		}
		answer = wait_answer(d, fd, p, TRY_MS);
	}
	return answer;
}

enum doctor_answer
doctor_probe(struct doctor *d, uint16_t port, size_t len, int times,
    unsigned int *mtu)
{
	const struct sockaddr_storage *to = &d->addrs[d->target];
	size_t headers = UDP_HEADER + (to->ss_family == AF_INET6 ? 40u : 20u);
	enum doctor_answer answer;
	struct packet p;
	int fd;

	*mtu = 0;
	fd = doctor_udp_connect(d, to, d->peer_udp_port);
	if (fd < 0)
		return ANSWER_FAILED;
	len = len > headers ? (len - headers) & ~(size_t)3 : 0;
	if (len > sizeof(p.bytes))
		len = sizeof(p.bytes);
	make_init(&p, port, len);
	answer = send_and_wait(d, fd, &p, times);
	*mtu = doctor_udp_mtu(fd, to->ss_family);
	(void)close(fd);
	return answer;
}
