/*
 * rawpeer: an SCTP peer made by hand, over a UDP socket of its own.
 *
 * It does what a test says, and nothing else: its handshake is four packets
 * that the test sends, and it answers DATA and HEARTBEAT only while the test
 * lets raw_pump() or a function that waits do it.  So a test can have what
 * no decent stack sends.  All of it runs in the test's own thread.
 *
 *	struct raw_peer peer;
 *
 *	raw_open(&peer, "127.0.0.1");
 *	raw_connect(&peer, (uint16_t)gsctp_port(server));
 *	raw_error(&peer, causes, sizeof(causes));
 *	m = raw_recv_type(&peer, server, GSCTP_MSG_REMOTE_ERROR);
 *	raw_close(&peer);
 */

#ifndef GS_TEST_RAWPEER_H
#define GS_TEST_RAWPEER_H

#include <stdint.h>
#include <sys/uio.h>
#include <unistd.h>

#include "loop.h"

enum raw_chunk_type {
	RAW_DATA = 0,
	RAW_INIT = 1,
	RAW_INIT_ACK = 2,
	RAW_SACK = 3,
	RAW_HEARTBEAT = 4,
	RAW_HEARTBEAT_ACK = 5,
	RAW_ABORT = 6,
	RAW_SHUTDOWN = 7,
	RAW_SHUTDOWN_ACK = 8,
	RAW_ERROR = 9,
	RAW_COOKIE_ECHO = 10,
	RAW_COOKIE_ACK = 11,
	RAW_SHUTDOWN_COMPLETE = 14,
};

/* Flags of a DATA chunk. */
#define RAW_LAST 0x01u
#define RAW_FIRST 0x02u
#define RAW_UNORDERED 0x04u

#define RAW_FDS_MAX 2

/* A packet on its way out, or the one that came in last. */
struct raw_packet {
	uint8_t b[65536];
	size_t len;
};

/* A chunk of it; value points into the packet. */
struct raw_chunk {
	uint8_t type, flags;
	uint32_t tag;		/* the packet's */
	const uint8_t *value;
	size_t len;		/* of value */
	int fd;			/* it came in there */
	uint8_t tos, ttl;
};

struct raw_peer {
	int fds[RAW_FDS_MAX];	/* one for each of its addresses */
	size_t nfds;
	bool is_mute[RAW_FDS_MAX];	/* raw_pump() answers nothing there */
	char ips[RAW_FDS_MAX][16];
	uint16_t udp_port;
	struct sockaddr_in to;	/* the stack's UDP socket */
	uint16_t port, to_port;	/* SCTP's */
	uint32_t tag, peer_tag;
	uint32_t tsn;		/* of our next DATA */
	uint32_t cum;		/* the last one of the other side's in order */
	uint32_t rwnd;		/* what we say that we have room for */
	bool never_sacks;
	const uint8_t *params;	/* more of our INIT or INIT ACK */
	size_t params_len;
	struct raw_packet out, in;
	size_t in_at;		/* the next chunk */
	uint8_t in_tos, in_ttl;
	int in_fd;
	struct sockaddr_in in_from;	/* where it came from */
};

static inline void
raw_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
raw_put32(uint8_t *p, uint32_t v)
{
	raw_put16(p, v >> 16);
	raw_put16(p + 2, v);
}

static inline uint16_t
raw_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
raw_get32(const uint8_t *p)
{
	return (uint32_t)raw_get16(p) << 16 | raw_get16(p + 2);
}

/* RFC 9260 appendix A, bit by bit: independent of the library's. */
static inline void
raw_checksum(struct raw_packet *p)
{
	uint32_t crc = 0xffffffff;
	size_t i;
	int bit;

	memset(p->b + 8, 0, 4);
	for (i = 0; i < p->len; i++) {
		crc ^= p->b[i];
		for (bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0x82f63b78 & (0 - (crc & 1)));
	}
	crc = ~crc;
	for (i = 0; i < 4; i++)
		p->b[8 + i] = (uint8_t)(crc >> (8 * i));
}

/* A packet of ours, without a chunk yet. */
static inline void
raw_begin_as(struct raw_packet *p, uint16_t from, uint16_t to, uint32_t tag)
{
	memset(p->b, 0, 12);
	raw_put16(p->b, from);
	raw_put16(p->b + 2, to);
	raw_put32(p->b + 4, tag);
	p->len = 12;
}

static inline void
raw_begin(struct raw_peer *r, uint32_t tag)
{
	raw_begin_as(&r->out, r->port, r->to_port, tag);
}

/* One more chunk; value may be NULL with 0. */
static inline void
raw_add(struct raw_packet *p, uint8_t type, uint8_t flags, const void *value,
    size_t len)
{
	ck_assert_uint_le(p->len + 4 + len + 4, sizeof(p->b));
	p->b[p->len] = type;
	p->b[p->len + 1] = flags;
	raw_put16(p->b + p->len + 2, (uint32_t)len + 4);
	if (len > 0)
		memcpy(p->b + p->len + 4, value, len);
	p->len += 4 + len;
	while (p->len % 4 != 0)
		p->b[p->len++] = 0;
}

/* As it is, checksum and all, from the peer's i-th address. */
static inline void
raw_send_as_is(struct raw_peer *r, size_t i)
{
	ck_assert_int_eq(sendto(r->fds[i], r->out.b, r->out.len, 0,
	    (struct sockaddr *)&r->to, sizeof(r->to)), (ssize_t)r->out.len);
}

static inline void
raw_send(struct raw_peer *r)
{
	raw_checksum(&r->out);
	raw_send_as_is(r, 0);
}

/* A packet of one chunk. */
static inline void
raw_send_chunk(struct raw_peer *r, uint32_t tag, uint8_t type, uint8_t flags,
    const void *value, size_t len)
{
	raw_begin(r, tag);
	raw_add(&r->out, type, flags, value, len);
	raw_send(r);
}

/* A UDP socket on ip, and on the same port for each address of a peer; -1
 * where somebody has that port there. */
static inline int
raw_udp(const char *ip, uint16_t *port)
{
	struct sockaddr_storage ss = loop_addr(ip, *port);
	socklen_t len = sizeof(struct sockaddr_in);
	int on = 1, fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on,
	    sizeof(on)), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &on,
	    sizeof(on)), 0);
	if (bind(fd, (struct sockaddr *)&ss, len) != 0) {
		close(fd);
		return -1;
	}
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	*port = ntohs(((struct sockaddr_in *)&ss)->sin_port);
	return fd;
}

static inline void
raw_close(struct raw_peer *r)
{
	while (r->nfds > 0)
		close(r->fds[--r->nfds]);
}

static inline void
raw_open2(struct raw_peer *r, const char *ip, const char *ip2)
{
	int tries;

	memset(r, 0, sizeof(*r));
	r->port = 5001;
	r->rwnd = 100000;
	r->to.sin_family = AF_INET;
	r->to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r->to.sin_port = htons(loop_udp_port());
	for (tries = 0; tries < 50; tries++) {
		r->udp_port = 0;
		r->fds[0] = raw_udp(ip, &r->udp_port);
		ck_assert_int_ge(r->fds[0], 0);
		r->nfds = 1;
		if (ip2 == NULL)
			break;
		r->fds[1] = raw_udp(ip2, &r->udp_port);
		if (r->fds[1] >= 0) {
			r->nfds = 2;
			break;
		}
		raw_close(r);
	}
	ck_assert_uint_eq(r->nfds, ip2 != NULL ? 2 : 1);
	strcpy(r->ips[0], ip);
	strcpy(r->ips[1], ip2 != NULL ? ip2 : "");
}

/* A peer at ip and a UDP port of its own; its SCTP port is 5001. */
static inline void
raw_open(struct raw_peer *r, const char *ip)
{
	raw_open2(r, ip, NULL);
}

/* ---- what comes in ---- */

static inline bool
raw_read_packet(struct raw_peer *r, int timeout_ms)
{
	struct pollfd p[RAW_FDS_MAX];
	char control[64];
	struct iovec iov = { r->in.b, sizeof(r->in.b) };
	struct msghdr h = { .msg_name = &r->in_from,
		.msg_namelen = sizeof(r->in_from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int ttl = 0;
	ssize_t n;
	size_t i;

	for (i = 0; i < r->nfds; i++)
		p[i] = (struct pollfd){ .fd = r->fds[i], .events = POLLIN };
	if (poll(p, (nfds_t)r->nfds, timeout_ms) <= 0)
		return false;
	for (i = 0; p[i].revents == 0; i++)
		continue;
	n = recvmsg(r->fds[i], &h, 0);
	ck_assert_int_ge(n, 12);
	r->in.len = (size_t)n;
	r->in_at = 12;
	r->in_fd = (int)i;
	r->in_tos = 0;
	for (c = CMSG_FIRSTHDR(&h); c != NULL; c = CMSG_NXTHDR(&h, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
			r->in_tos = *CMSG_DATA(c);
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL)
			memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
	}
	r->in_ttl = (uint8_t)ttl;
	return true;
}

/* The next chunk that came in, from packet to packet. */
static inline bool
raw_next(struct raw_peer *r, int timeout_ms, struct raw_chunk *c)
{
	const uint8_t *p;
	size_t len;

	while (r->in_at + 4 > r->in.len)
		if (!raw_read_packet(r, timeout_ms))
			return false;
	p = r->in.b + r->in_at;
	len = raw_get16(p + 2);
	ck_assert_uint_ge(len, 4);
	ck_assert_uint_le(r->in_at + len, r->in.len);
	c->type = p[0];
	c->flags = p[1];
	c->tag = raw_get32(r->in.b + 4);
	c->value = p + 4;
	c->len = len - 4;
	c->fd = r->in_fd;
	c->tos = r->in_tos;
	c->ttl = r->in_ttl;
	r->in_at += (len + 3) & ~(size_t)3;
	return true;
}

static inline void
raw_sack(struct raw_peer *r)
{
	uint8_t v[12] = { 0 };

	raw_put32(v, r->cum);
	raw_put32(v + 4, r->rwnd);
	raw_send_chunk(r, r->peer_tag, RAW_SACK, 0, v, sizeof(v));
}

/* DATA and HEARTBEAT, as a decent peer answers them. */
static inline void
raw_answer(struct raw_peer *r, const struct raw_chunk *c)
{
	if (r->is_mute[c->fd])
		return;
	if (c->type == RAW_DATA && c->len >= 12) {
		if (raw_get32(c->value) == r->cum + 1)
			r->cum++;
		if (!r->never_sacks)
			raw_sack(r);
	} else if (c->type == RAW_HEARTBEAT) {
		raw_begin(r, r->peer_tag);
		raw_add(&r->out, RAW_HEARTBEAT_ACK, 0, c->value, c->len);
		raw_checksum(&r->out);
		raw_send_as_is(r, (size_t)c->fd);
	}
}

/* What is there now is answered. */
static inline void
raw_pump(struct raw_peer *r)
{
	struct raw_chunk c;

	while (raw_next(r, 0, &c))
		raw_answer(r, &c);
}

/* The next chunk of this type must come; the others are answered. */
static inline struct raw_chunk
raw_wait(struct raw_peer *r, uint8_t type)
{
	struct raw_chunk c;

	for (;;) {
		ck_assert_msg(raw_next(r, LOOP_MS, &c),
		    "no chunk of type %d came", type);
		if (c.type == type)
			return c;
		raw_answer(r, &c);
	}
}

/* The socket's next message must come; what comes in is answered. */
static inline struct gsctp_msg *
raw_recv(struct raw_peer *r, gsctp_sock s)
{
	struct pollfd p[RAW_FDS_MAX + 1];
	uint64_t end = loop_now_ms() + LOOP_MS;
	struct gsctp_msg *m;
	size_t i;

	for (;;) {
		raw_pump(r);
		if (gsctp_recv(s, 0, &m) == 0)
			return m;
		ck_assert_msg(loop_now_ms() < end, "no message came");
		for (i = 0; i < r->nfds; i++)
			p[i] = (struct pollfd){ .fd = r->fds[i],
				.events = POLLIN };
		p[i] = (struct pollfd){ .fd = gsctp_fd(s), .events = POLLIN };
		ck_assert_int_ge(poll(p, (nfds_t)(r->nfds + 1), LOOP_MS), 0);
	}
}

static inline struct gsctp_msg *
raw_recv_type(struct raw_peer *r, gsctp_sock s, uint32_t type)
{
	struct gsctp_msg *m;

	for (;;) {
		m = raw_recv(r, s);
		if (m->type == type)
			return m;
		gsctp_msg_free(m);
	}
}

/* ---- handshakes ---- */

/* The parameters of INIT and INIT ACK; v has room for 1024 bytes more. */
static inline size_t
raw_init_value(const struct raw_peer *r, uint8_t *v)
{
	struct in_addr a;
	size_t i, len = 16;

	raw_put32(v, r->tag);
	raw_put32(v + 4, r->rwnd);
	raw_put16(v + 8, 10);
	raw_put16(v + 10, 10);
	raw_put32(v + 12, r->tsn);
	for (i = 0; r->nfds > 1 && i < r->nfds; i++) {
		raw_put16(v + len, 5);
		raw_put16(v + len + 2, 8);
		ck_assert_int_eq(inet_pton(AF_INET, r->ips[i], &a), 1);
		memcpy(v + len + 4, &a, 4);
		len += 8;
	}
	if (r->params_len > 0)
		memcpy(v + len, r->params, r->params_len);
	return len + r->params_len;
}

/* What the other side says in its INIT or INIT ACK. */
static inline void
raw_learn(struct raw_peer *r, const struct raw_chunk *c)
{
	ck_assert_uint_ge(c->len, 16);
	r->peer_tag = raw_get32(c->value);
	r->cum = raw_get32(c->value + 12) - 1;
}

/* A tag that this process has not used yet. */
static inline void
raw_new_tag(struct raw_peer *r)
{
	static uint32_t last = 0x52415700;

	r->tag = ++last * 2654435761u | 1;
	r->tsn = r->tag ^ 0x5a5a5a5a;
}

static inline void
raw_send_init(struct raw_peer *r)
{
	uint8_t v[2048];
	size_t len = raw_init_value(r, v);

	raw_send_chunk(r, 0, RAW_INIT, 0, v, len);
}

/* The state cookie of an INIT ACK. */
static inline void
raw_find_cookie(const struct raw_chunk *c, const uint8_t **cookie, size_t *len)
{
	size_t at, n;

	for (at = 16; at + 4 <= c->len; at += (n + 3) & ~(size_t)3) {
		n = raw_get16(c->value + at + 2);
		ck_assert_uint_ge(n, 4);
		ck_assert_uint_le(at + n, c->len);
		if (raw_get16(c->value + at) == 7) {
			*cookie = c->value + at + 4;
			*len = n - 4;
			return;
		}
	}
	ck_abort_msg("an INIT ACK without a cookie");
}

/*
 * Set up an association with the listening socket on port, or restart the one
 * that there is, with a new tag; its comm_up is left to the test.
 */
static inline void
raw_connect(struct raw_peer *r, uint16_t port)
{
	const uint8_t *cookie = NULL;
	struct raw_chunk c;
	size_t len = 0;

	r->to_port = port;
	raw_new_tag(r);
	raw_send_init(r);
	do
		c = raw_wait(r, RAW_INIT_ACK);
	while (c.tag != r->tag);
	raw_learn(r, &c);
	raw_find_cookie(&c, &cookie, &len);
	raw_send_chunk(r, r->peer_tag, RAW_COOKIE_ECHO, 0, cookie, len);
	(void)raw_wait(r, RAW_COOKIE_ACK);
}

/* Wait for an INIT, and take over its ports and tag. */
static inline void
raw_wait_init(struct raw_peer *r)
{
	struct raw_chunk c = raw_wait(r, RAW_INIT);

	r->to_port = raw_get16(r->in.b);
	r->port = raw_get16(r->in.b + 2);
	raw_learn(r, &c);
}

/* Answer the INIT that raw_wait_init() saw, up to COOKIE ACK. */
static inline void
raw_accept(struct raw_peer *r)
{
	static const uint8_t cookie[8] = { 0, 7, 0, 8, 'r', 'a', 'w', '!' };
	uint8_t v[2048];
	size_t len;

	raw_new_tag(r);
	len = raw_init_value(r, v);
	memcpy(v + len, cookie, sizeof(cookie));
	raw_send_chunk(r, r->peer_tag, RAW_INIT_ACK, 0, v,
	    len + sizeof(cookie));
	(void)raw_wait(r, RAW_COOKIE_ECHO);
	raw_send_chunk(r, r->peer_tag, RAW_COOKIE_ACK, 0, NULL, 0);
}

/* An inet socket on 127.0.0.1 whose peers have r's UDP port. */
static inline gsctp_sock
raw_open_sock(const struct raw_peer *r, const struct gsctp_opt *opts, size_t n)
{
	struct gsctp_opt all[32];
	struct gsctp_opt encaps = GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .port = r->udp_port);

	ck_assert_uint_lt(n, 32);
	if (n > 0)
		memcpy(all, opts, n * sizeof(*opts));
	all[n] = encaps;
	return loop_open(all, n + 1);
}

/* s, which raw_open_sock() opened, connected to r. */
static inline gsctp_assoc_id
raw_accept_from(struct raw_peer *r, gsctp_sock s)
{
	struct sockaddr_storage to = loop_addr(r->ips[0], r->port);
	struct gsctp_msg *m;
	gsctp_assoc_id id, up;

	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
	    sizeof(to), NULL, 0, &id), 0);
	raw_wait_init(r);
	raw_accept(r);
	m = raw_recv_type(r, s, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
	up = m->assoc_id;
	gsctp_msg_free(m);
	ck_assert_uint_eq(up, id);
	return id;
}

/* ---- what a peer may do ---- */

static inline void
raw_data(struct raw_peer *r, uint8_t flags, uint16_t stream, uint16_t ssn,
    const void *data, size_t len)
{
	uint8_t v[2048];

	ck_assert_uint_le(len, sizeof(v) - 12);
	raw_put32(v, r->tsn++);
	raw_put16(v + 4, stream);
	raw_put16(v + 6, ssn);
	raw_put32(v + 8, 0);
	memcpy(v + 12, data, len);
	raw_send_chunk(r, r->peer_tag, RAW_DATA, flags, v, len + 12);
}

static inline void
raw_error(struct raw_peer *r, const void *causes, size_t len)
{
	raw_send_chunk(r, r->peer_tag, RAW_ERROR, 0, causes, len);
}

static inline void
raw_abort(struct raw_peer *r, const void *causes, size_t len)
{
	raw_send_chunk(r, r->peer_tag, RAW_ABORT, 0, causes, len);
}

static inline void
raw_shutdown(struct raw_peer *r)
{
	uint8_t v[4];

	raw_put32(v, r->cum);
	raw_send_chunk(r, r->peer_tag, RAW_SHUTDOWN, 0, v, sizeof(v));
	(void)raw_wait(r, RAW_SHUTDOWN_ACK);
	raw_send_chunk(r, r->peer_tag, RAW_SHUTDOWN_COMPLETE, 0, NULL, 0);
}

#endif
