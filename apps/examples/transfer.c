/*
 * transfer: send a file over several streams, and write it out at the other
 * end, byte for byte.
 *
 * A chunk of the file is a message of CHUNK_PPID: its offset, then its
 * bytes.  Chunks take turns on the streams, so one that is lost holds up
 * only its own stream, and they arrive in any order; the receiver writes
 * each where it belongs.  One message of END_PPID says how long the file is
 * and what the chunks' checksums add up to.  Then the sender shuts the
 * association down: after shutdown_comp both know that all is there.
 * Numbers are 8 bytes each, big-endian.
 */

#include <fcntl.h>
#include <inttypes.h>
#include <time.h>

#include "util.h"

static int
usage(FILE *to)
{
	fputs(
	    "usage: transfer -l [-p PORT] [-o OUT] [ADDR...]  receive a file\n"
	    "       transfer [-p PORT] ADDR FILE              send it\n"
	    "  -p PORT   the receiver's SCTP port [2006]; 0 takes a free one\n"
	    "  -o OUT    write it here [nowhere: only check it]\n"
	    "  ADDR      the receiver's address or name\n",
	    to);
	return to == stdout ? 0 : 2;
}

#define CHUNK_PPID 1
#define END_PPID 2
#define CHUNK_LEN 16384
#define STREAMS 8
#define CONNECT_TIMEOUT_MS 10000

static void
put64(uint8_t *p, uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

static uint64_t
get64(const uint8_t *p)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

/* FNV-1a of a chunk and its offset. */
static uint64_t
chunk_sum(uint64_t offset, const uint8_t *data, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ offset;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ data[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void
print_rate(const char *done, uint64_t bytes, uint64_t us)
{
	printf("%s %" PRIu64 " bytes in %.3f s, %.1f MB/s\n", done, bytes,
	    (double)us / 1e6, us > 0 ? (double)bytes / (double)us : 0.0);
}

/* -- sending ----------------------------------------------------------------*/

struct sender {
	gsctp_sock s;
	gsctp_assoc_id assoc;
	int signals;
	uint16_t streams;
	uint16_t next_stream;
	uint64_t len; /* sent so far */
	uint64_t sum;
};

/* Say why the association is no more, if msg tells. */
static int
report_end(const char *doing, const struct gsctp_msg *msg)
{
	fprintf(stderr, "transfer: %s: ", doing);
	print_assoc_change(stderr, &msg->u.assoc_change);
	return 1;
}

/* Read messages until the association ends; did it end well? */
static int
wait_end(const struct sender *tx, const char *doing)
{
	struct gsctp_msg *msg;
	int err, status;

	for (;;) {
		err = next_msg(tx->s, tx->signals, -1, &msg);
		if (err != 0) {
			return fail("transfer", "%s: %s", doing,
			    error_text(err));
		}
		if (is_end(msg) && msg->assoc_id == tx->assoc)
			break;
		gsctp_msg_free(msg);
	}
	status = 0;
	if (msg->u.assoc_change.state != GSCTP_SHUTDOWN_COMP)
		status = report_end(doing, msg);
	gsctp_msg_free(msg);
	return status;
}

/* Send one message on the next stream; wait for room where there is none. */
static int
send_one(struct sender *tx, uint32_t ppid, const uint8_t *head,
    const uint8_t *data, size_t len)
{
	const struct gsctp_sndrcvinfo info = {
		.stream = tx->next_stream,
		.ppid = ppid,
		.assoc_id = tx->assoc,
	};
	const struct iovec iov[2] = {
		{ .iov_base = (void *)(uintptr_t)head, .iov_len = 8 },
		{ .iov_base = (void *)(uintptr_t)data, .iov_len = len },
	};
	int err;

	for (;;) {
		err = gsctp_sendmsg(tx->s, &info, iov, 2, NULL, 0);
		if (err != -EAGAIN)
			break;
		err = wait_ready(tx->s, tx->signals, POLLOUT, -1);
		if (err != 0)
			break;
	}
	if (err == -EPIPE) {
		(void)wait_end(tx, "sending");
		return fail("transfer", "the receiver has gone");
	}
	if (err != 0)
		return fail("transfer", "sending: %s", error_text(err));
	tx->next_stream = (uint16_t)((tx->next_stream + 1) % tx->streams);
	return 0;
}

/* Read until buf is full or the file ends. */
static ssize_t
read_chunk(int fd, uint8_t *buf, size_t len)
{
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = read(fd, buf + got, len - got);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static int
send_all(struct sender *tx, int fd, const char *file)
{
	uint8_t data[CHUNK_LEN], head[8], sum[8];
	ssize_t n;

	for (;;) {
		n = read_chunk(fd, data, sizeof(data));
		if (n == -1) {
			return fail("transfer", "%s: %s", file,
			    strerror(errno));
		}
		if (n == 0)
			break;
		put64(head, tx->len);
		if (send_one(tx, CHUNK_PPID, head, data, (size_t)n) != 0)
			return 1;
		tx->sum += chunk_sum(tx->len, data, (size_t)n);
		tx->len += (uint64_t)n;
	}
	put64(head, tx->len);
	put64(sum, tx->sum);
	return send_one(tx, END_PPID, head, sum, sizeof(sum));
}

static int
connect_to(struct sender *tx, const char *host, uint16_t port)
{
	const struct gsctp_opt opts[] = {
		GSCTP_INITMSG(.num_ostreams = gsctp_def(STREAMS)),
		GSCTP_SEND_TIMEOUT_MS(0), /* poll() waits instead */
	};
	struct gsctp_assoc_change up;
	struct gsctp_opt family[1];
	union sockaddr_any peer;
	char text[ADDR_STRLEN];
	int err;

	err = gsctp_resolve(host, port, AF_UNSPEC, &peer.ss, 1);
	if (err < 0) {
		return fail("transfer", "cannot resolve %s: %s", host,
		    error_text(err));
	}
	family[0] = (struct gsctp_opt)GSCTP_FAMILY(
	    peer.ss.ss_family == AF_INET6 ? GSCTP_INET6 : GSCTP_INET);
	err = gsctp_open(0, family, 1, &tx->s);
	if (err != 0) {
		return fail("transfer", "cannot open a socket: %s",
		    error_text(err));
	}
	err = gsctp_connect(tx->s, &peer.sa, sizeof(peer), opts, 2,
	    CONNECT_TIMEOUT_MS, &up);
	if (err != 0) {
		return fail("transfer", "cannot connect to %s: %s",
		    addr_text(&peer.ss, text), error_text(err));
	}
	tx->assoc = up.assoc_id;
	tx->streams = up.outbound_streams;
	return 0;
}

static int
send_file(const char *host, uint16_t port, const char *file, int signals)
{
	struct sender tx = { .signals = signals };
	uint64_t began;
	int err, fd, status;

	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return fail("transfer", "%s: %s", file, strerror(errno));
	status = connect_to(&tx, host, port);
	if (status != 0)
		goto close_fd;

	began = now_us();
	status = send_all(&tx, fd, file);
	if (status != 0) {
		/* Or the receiver would take a part for the whole. */
		(void)gsctp_abort(tx.s, tx.assoc, NULL, 0);
		goto close_fd;
	}
	err = gsctp_eof(tx.s, tx.assoc);
	status = wait_end(&tx, "finishing");
	if (err != 0 && status == 0)
		status = fail("transfer", "eof: %s", error_text(err));
	if (status == 0)
		print_rate("sent", tx.len, now_us() - began);

close_fd:
	(void)close(fd);
	return status;
}

/* -- receiving --------------------------------------------------------------*/

struct receiver {
	gsctp_sock s;
	gsctp_assoc_id assoc; /* the first; others are refused */
	int fd;		      /* -1: nowhere */
	const char *file;
	uint64_t began;
	uint64_t len; /* received so far */
	uint64_t sum;
	bool has_end;
	uint64_t want_len; /* once has_end */
	uint64_t want_sum;
};

static int
write_at(int fd, uint64_t offset, const uint8_t *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = pwrite(fd, data, len, (off_t)offset);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -errno;
		data += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

static int
take_chunk(struct receiver *rx, const struct gsctp_data *d)
{
	const uint8_t *data = d->data + 8;
	size_t len = d->len - 8;
	uint64_t offset = get64(d->data);
	int err;

	if (offset > (uint64_t)INT64_MAX - len)
		return fail("transfer", "a chunk beyond any file");
	if (rx->fd != -1) {
		err = write_at(rx->fd, offset, data, len);
		if (err != 0) {
			return fail("transfer", "%s: %s", rx->file,
			    strerror(-err));
		}
	}
	rx->sum += chunk_sum(offset, data, len);
	rx->len += len;
	return 0;
}

static int
take_data(struct receiver *rx, const struct gsctp_data *d)
{
	if (!d->complete || d->len < 8)
		return fail("transfer", "a message of another protocol");
	if (d->info.ppid == CHUNK_PPID)
		return take_chunk(rx, d);
	if (d->info.ppid != END_PPID || d->len != 16 || rx->has_end)
		return fail("transfer", "a message of another protocol");
	rx->has_end = true;
	rx->want_len = get64(d->data);
	rx->want_sum = get64(d->data + 8);
	return 0;
}

/* The association has ended: is all there? */
static int
finish(const struct receiver *rx, const struct gsctp_msg *msg)
{
	if (msg->u.assoc_change.state != GSCTP_SHUTDOWN_COMP)
		return report_end("receiving", msg);
	if (!rx->has_end) {
		return fail("transfer",
		    "%" PRIu64 " bytes came, and the end did not", rx->len);
	}
	if (rx->len != rx->want_len) {
		return fail("transfer", "%" PRIu64 " bytes came of %" PRIu64,
		    rx->len, rx->want_len);
	}
	if (rx->sum != rx->want_sum)
		return fail("transfer", "the checksum is wrong");
	print_rate("took", rx->len, now_us() - rx->began);
	printf("received %" PRIu64 " bytes\n", rx->len);
	return 0;
}

/* Handle one message.  True when it was the last, with the exit status. */
static bool
take(struct receiver *rx, const struct gsctp_msg *msg, int *status)
{
	static const char busy[] = "one file at a time";

	if (rx->assoc == 0) {
		rx->assoc = msg->assoc_id;
		rx->began = now_us();
		(void)gsctp_listen(rx->s, 0);
	} else if (msg->assoc_id != rx->assoc) {
		/* It came just before listening ended. */
		(void)gsctp_abort(rx->s, msg->assoc_id, busy, sizeof(busy) - 1);
		return false;
	}
	if (is_end(msg)) {
		*status = finish(rx, msg);
		return true;
	}
	if (msg->type == GSCTP_MSG_DATA && take_data(rx, &msg->u.data) != 0) {
		(void)gsctp_abort(rx->s, rx->assoc, NULL, 0);
		*status = 1;
		return true;
	}
	return false;
}

static int
receive(struct receiver *rx, int signals)
{
	struct gsctp_msg *msg;
	bool is_done = false;
	int err, status = 1;

	while (!is_done) {
		err = next_msg(rx->s, signals, -1, &msg);
		if (err != 0) {
			if (rx->assoc != 0)
				(void)gsctp_abort(rx->s, rx->assoc, NULL, 0);
			return fail("transfer", "receiving: %s",
			    error_text(err));
		}
		is_done = take(rx, msg, &status);
		gsctp_msg_free(msg);
	}
	return status;
}

static int
receive_file(uint16_t port, char *const *hosts, int n, const char *file,
    int signals)
{
	struct receiver rx = { .fd = -1, .file = file };
	int status;

	if (file != NULL) {
		rx.fd =
		    open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (rx.fd == -1) {
			return fail("transfer", "%s: %s", file,
			    strerror(errno));
		}
	}
	status = open_listener("transfer", port, hosts, n, &rx.s);
	if (status == 0)
		status = receive(&rx, signals);
	if (rx.fd != -1 && close(rx.fd) == -1 && status == 0)
		status = fail("transfer", "%s: %s", file, strerror(errno));
	return status;
}

int
main(int argc, char **argv)
{
	unsigned long port = DEFAULT_PORT;
	bool is_good = true, is_receiver = false;
	const char *out = NULL;
	int c, n, signals, status;

	while (is_good && (c = getopt(argc, argv, "lp:o:h")) != -1) {
		if (c == 'l')
			is_receiver = true;
		else if (c == 'o')
			out = optarg;
		else if (c == 'p')
			is_good = parse_number(optarg, 0, UINT16_MAX, &port);
		else if (c == 'h')
			return usage(stdout);
		else
			is_good = false;
	}
	n = argc - optind;
	if (!is_good || (!is_receiver && (n != 2 || out != NULL)))
		return usage(stderr);
	signals = open_signals();
	if (signals == -1)
		return fail("transfer", "signals: %s", strerror(errno));

	if (is_receiver) {
		status = receive_file((uint16_t)port, argv + optind, n, out,
		    signals);
	} else {
		status = send_file(argv[optind], (uint16_t)port,
		    argv[optind + 1], signals);
	}
	(void)gsctp_stack_stop(2000);
	return status;
}
