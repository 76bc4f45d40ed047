/*
 * Clients of gsctp serve, for serve.sh: on the public header alone, in one
 * thread, each association a one-to-one socket.
 *
 *	serve_load echo PORT ASSOCS MESSAGES SIZE
 *	    MESSAGES of 8 to SIZE bytes on each of ASSOCS; each must come
 *	    back once, as it was: bytes, stream, identifier, order
 *	serve_load flood PORT ASSOCS SIZE
 *	    send and never read, until nothing is taken any more; say so, and
 *	    wait until standard input ends
 *	serve_load open PORT ASSOCS
 *	    be up, say so, and wait until standard input ends
 *	serve_load leave PORT ASSOCS
 *	    be up, say so, read nothing, and shut them down when a line is
 *	    read; then wait until standard input ends
 *	serve_load read PORT MESSAGES
 *	    print so many messages, or all until the end
 *	serve_load send PORT SIZE STREAM
 *	    one message, and then what comes, until the end
 *
 * The server's UDP port is GSCTP_PEER_UDP_PORT, the seed GSCTP_TEST_SEED.
 * Exit codes: 0, 1 where it is not so, 3 where the server refuses.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsctp/gsctp.h>

#define STREAMS 10
#define LIMIT_MS 120000
/* Nothing was taken for so long: nothing will be. */
#define STUCK_MS 1000

struct conn {
	gsctp_sock sock;
	bool is_up;
	bool is_over;
	uint32_t index; /* of the next message to send */
	uint32_t got;
	uint32_t last[STREAMS]; /* ordered: the last index, and 1 */
	bool *seen;
	uint64_t bytes;
};

static struct conn *conns;
static struct pollfd *fds;
static size_t nconns;
static uint64_t seed = 1;

static void die(const char *fmt, ...) __attribute__((noreturn))
__attribute__((format(printf, 1, 2)));

static void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "serve_load: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(1);
}

static void
check(const char *what, int err)
{
	if (err < 0)
		die("%s: %s", what, gsctp_strerror(err));
}

/*
 * Associations
 */

static void
connect_all(uint16_t port, size_t n)
{
	struct sockaddr_in peer = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct gsctp_opt opts[] = {
		GSCTP_TYPE(GSCTP_STREAM),
		GSCTP_SNDBUF(4 << 20),
		GSCTP_SEND_TIMEOUT_MS(0),
		GSCTP_INITMSG(.num_ostreams = gsctp_def(STREAMS)),
	};
	gsctp_assoc_id id;
	size_t i;

	conns = calloc(n, sizeof(*conns));
	fds = calloc(n, sizeof(*fds));
	if (conns == NULL || fds == NULL)
		die("no memory");
	nconns = n;
	for (i = 0; i < n; i++) {
		check("open", gsctp_open(0, opts, 4, &conns[i].sock));
		check("connect",
		    gsctp_connect_init(conns[i].sock, (struct sockaddr *)&peer,
			sizeof(peer), NULL, 0, &id));
		fds[i].fd = gsctp_fd(conns[i].sock);
		fds[i].events = POLLIN;
		check("fd", fds[i].fd);
	}
}

/* Why the peer has aborted: the reason of RFC 9260 3.3.10.12. */
static void
print_reason(const struct gsctp_assoc_change *c)
{
	size_t len;

	if (c->causes_len < 4 || c->causes[0] != 0 || c->causes[1] != 12)
		return;
	len = ((size_t)c->causes[2] << 8 | c->causes[3]) - 4;
	if (len <= c->causes_len - 4)
		printf("reason: %.*s\n", (int)len, (const char *)c->causes + 4);
}

static void
take_change(struct conn *c, const struct gsctp_assoc_change *change)
{
	switch (change->state) {
	case GSCTP_COMM_UP:
		c->is_up = true;
		break;
	case GSCTP_SHUTDOWN_COMP:
		printf("end: graceful\n");
		break;
	default:
		printf("end: %s\n", gsctp_assoc_change_name(change->state));
		print_reason(change);
		break;
	}
}

/* The next data; NULL: there is none now. */
static struct gsctp_msg *
next_data(struct conn *c)
{
	struct gsctp_msg *msg;
	int err;

	while (!c->is_over) {
		err = gsctp_recv(c->sock, 0, &msg);
		if (err == -ETIMEDOUT)
			return NULL;
		if (err == -ENOTCONN) {
			c->is_over = true;
			return NULL;
		}
		check("recv", err);
		if (msg->type == GSCTP_MSG_DATA)
			return msg;
		if (msg->type == GSCTP_MSG_ASSOC_CHANGE)
			take_change(c, &msg->u.assoc_change);
		if (msg->type == GSCTP_MSG_CLOSED) {
			c->is_over = true;
			if (!c->is_up)
				exit(3);
		}
		gsctp_msg_free(msg);
	}
	return NULL;
}

static void
wait_any(int timeout_ms)
{
	if (poll(fds, nconns, timeout_ms) == 0 && timeout_ms == LIMIT_MS)
		die("nothing happens");
}

static void
wait_until_up(void)
{
	size_t i, up;

	for (;;) {
		for (i = 0, up = 0; i < nconns; i++) {
			if (!conns[i].is_up)
				gsctp_msg_free(next_data(&conns[i]));
			if (conns[i].is_over)
				exit(3);
			up += conns[i].is_up;
			fds[i].events = conns[i].is_up ? 0 : POLLIN;
		}
		if (up == nconns)
			return;
		wait_any(LIMIT_MS);
	}
}

static void
wait_for_stdin(void)
{
	fflush(stdout);
	while (getchar() != EOF)
		;
}

/*
 * echo
 */

static uint32_t
mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)(x >> 32);
}

/* Message `index' of association i: what it is follows from the seed. */
static size_t
make_message(size_t i, uint32_t index, size_t max,
    struct gsctp_sndrcvinfo *info, uint8_t *data)
{
	uint64_t key = seed << 40 ^ (uint64_t)i << 24 ^ index;
	uint32_t what = mix(key);
	size_t len = 8 + mix(key ^ 1u << 30) % (max - 7);
	size_t k;

	/* Most are short, one in eight is as long as they get. */
	if (what % 8 == 0)
		len = max;
	else if (len > 2000)
		len = 8 + len % 2000;
	memset(info, 0, sizeof(*info));
	info->stream = (uint16_t)(what >> 8) % STREAMS;
	info->ppid = mix(key ^ 1u << 31);
	info->flags = (what >> 4) % 4 == 0 ? GSCTP_UNORDERED : 0;
	memcpy(data, &index, 4);
	for (k = 4; k < len; k++)
		data[k] = (uint8_t)(mix(key + k / 4) >> k % 4 * 8);
	return len;
}

static void
check_echo(size_t i, uint32_t messages, size_t max, const struct gsctp_data *d,
    uint8_t *room)
{
	struct conn *c = &conns[i];
	struct gsctp_sndrcvinfo info;
	uint32_t index;
	size_t len;

	if (d->len < 8 || !d->complete)
		die("%zu bytes came, complete %d", d->len, d->complete);
	memcpy(&index, d->data, 4);
	if (index >= c->index || index >= messages || c->seen[index])
		die("message %u came, and should not", index);
	c->seen[index] = true;
	len = make_message(i, index, max, &info, room);
	if (len != d->len || memcmp(room, d->data, len) != 0)
		die("message %u has changed: %zu bytes, were %zu", index,
		    d->len, len);
	if (d->info.stream != info.stream || d->info.ppid != info.ppid ||
	    (d->info.flags & GSCTP_UNORDERED) != info.flags)
		die("message %u: stream %u, ppid %u, flags %#x", index,
		    d->info.stream, d->info.ppid, d->info.flags);
	if (info.flags == 0) {
		if (index + 1 <= c->last[info.stream])
			die("message %u is out of order", index);
		c->last[info.stream] = index + 1;
	}
	c->got++;
	c->bytes += len;
}

/* Send what there is room for, and check what came.  true: all done. */
static bool
echo_turn(size_t i, uint32_t messages, size_t max, uint8_t *room)
{
	struct conn *c = &conns[i];
	struct gsctp_sndrcvinfo info;
	struct gsctp_msg *msg;
	struct iovec iov = { .iov_base = room };
	int err = 0;

	fds[i].events = POLLIN;
	while (c->index < messages && err == 0) {
		iov.iov_len = make_message(i, c->index, max, &info, room);
		err = gsctp_sendmsg(c->sock, &info, &iov, 1, NULL, 0);
		if (err == 0)
			c->index++;
		else if (err == -EAGAIN)
			fds[i].events = POLLIN | POLLOUT;
		else
			check("send", err);
	}
	while ((msg = next_data(c)) != NULL) {
		check_echo(i, messages, max, &msg->u.data, room);
		gsctp_msg_free(msg);
	}
	if (c->is_over && c->got < messages)
		die("association %zu ended after %u of %u", i, c->got,
		    messages);
	if (c->got == messages)
		fds[i].events = 0;
	return c->got == messages;
}

static int
echo(uint16_t port, size_t n, uint32_t messages, size_t max)
{
	uint8_t *room = malloc(max);
	uint64_t bytes = 0;
	size_t i, done;

	if (room == NULL || max < 8)
		die("SIZE");
	connect_all(port, n);
	for (i = 0; i < n; i++) {
		conns[i].seen = calloc(messages, sizeof(bool));
		if (conns[i].seen == NULL)
			die("no memory");
	}
	wait_until_up();
	for (;;) {
		for (i = 0, done = 0; i < n; i++) {
			if (conns[i].got < messages)
				echo_turn(i, messages, max, room);
			done += conns[i].got == messages;
		}
		if (done == n)
			break;
		wait_any(LIMIT_MS);
	}
	for (i = 0; i < n; i++) {
		bytes += conns[i].bytes;
		free(conns[i].seen);
	}
	printf("echoed %ju messages, %ju bytes on %zu associations\n",
	    (uintmax_t)n * messages, (uintmax_t)bytes, n);
	wait_for_stdin();
	free(room);
	return 0;
}

/*
 * The others
 */

static int
flood(uint16_t port, size_t n, size_t len)
{
	uint8_t *data = calloc(1, len);
	uint64_t taken = 0;
	size_t i;
	bool progress = true;

	if (data == NULL)
		die("no memory");
	connect_all(port, n);
	wait_until_up();
	for (i = 0; i < n; i++)
		fds[i].events = POLLOUT;
	while (progress) {
		progress = poll(fds, nconns, STUCK_MS) > 0;
		for (i = 0; i < n; i++) {
			if (fds[i].revents == 0)
				continue;
			while (gsctp_send(conns[i].sock, 0, 0, data, len) == 0)
				taken += len;
		}
	}
	printf("stuck after %ju bytes\n", (uintmax_t)taken);
	wait_for_stdin();
	free(data);
	return 0;
}

static int
stay_open(uint16_t port, size_t n, bool is_leaving)
{
	size_t i;

	connect_all(port, n);
	wait_until_up();
	printf("up\n");
	fflush(stdout);
	if (is_leaving)
		(void)getchar();
	for (i = 0; is_leaving && i < n; i++)
		check("eof", gsctp_eof(conns[i].sock, 0));
	wait_for_stdin();
	return 0;
}

/* Until the end, or so many. */
static void
print_data(uint64_t most)
{
	struct gsctp_msg *msg;
	uint64_t n = 0;

	fds[0].events = POLLIN;
	while (n < most && !conns[0].is_over) {
		msg = next_data(&conns[0]);
		if (msg == NULL) {
			if (!conns[0].is_over)
				wait_any(LIMIT_MS);
			continue;
		}
		fwrite(msg->u.data.data, 1, msg->u.data.len, stdout);
		gsctp_msg_free(msg);
		n++;
	}
}

static int
send_one(uint16_t port, size_t len, uint16_t stream)
{
	uint8_t *data = calloc(1, len);

	if (data == NULL)
		die("no memory");
	connect_all(port, 1);
	wait_until_up();
	check("send", gsctp_send(conns[0].sock, 0, stream, data, len));
	print_data(1);
	free(data);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *text = getenv("GSCTP_TEST_SEED");
	unsigned long a[4] = { 0 };
	int i, code = 2;

	if (text != NULL)
		seed = strtoull(text, NULL, 0);
	for (i = 2; i < argc && i < 6; i++)
		a[i - 2] = strtoul(argv[i], NULL, 0);
	if (argc == 6 && strcmp(argv[1], "echo") == 0)
		code = echo((uint16_t)a[0], a[1], (uint32_t)a[2], a[3]);
	else if (argc == 5 && strcmp(argv[1], "flood") == 0)
		code = flood((uint16_t)a[0], a[1], a[2]);
	else if (argc == 4 && strcmp(argv[1], "open") == 0)
		code = stay_open((uint16_t)a[0], a[1], false);
	else if (argc == 4 && strcmp(argv[1], "leave") == 0)
		code = stay_open((uint16_t)a[0], a[1], true);
	else if (argc == 5 && strcmp(argv[1], "send") == 0)
		code = send_one((uint16_t)a[0], a[1], (uint16_t)a[2]);
	else if (argc == 4 && strcmp(argv[1], "read") == 0) {
		connect_all((uint16_t)a[0], 1);
		print_data(a[1]);
		code = 0;
	} else {
		fprintf(stderr, "serve_load: what?\n");
	}
	if (gsctp_stack_stop(5000) != 0)
		code = 1;
	free(conns);
	free(fds);
	return code;
}
