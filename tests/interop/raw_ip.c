/*
 * raw_ip: the program that raw_ip.sh runs on either side, over raw IP.
 *
 *	raw_ip serve MODE ADDR...	listen on ADDR, say "port N", echo what
 *					one association sends, until it ends
 *	raw_ip client PORT ADDR...	connect to all ADDR, have a message of
 *					each of many sizes echoed by way of each
 *					address, end gracefully
 *	raw_ip refused PORT ADDR	be refused
 *	raw_ip unheard PORT ADDR	hear nothing
 *	raw_ip start			say what starting the stack returns
 *
 * MODE is "listen", or "bound" for a socket that does not listen.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#define WAIT_MS 20000
#define SILENCE_MS 700
#define ADDRS_MAX 8
#define SIZE_MAX_SENT 30000

static const size_t sizes[] = { 1, 100, 1200, 1300, 1452, 1453, 2000, 9000,
	SIZE_MAX_SENT };
#define NSIZES (sizeof(sizes) / sizeof(sizes[0]))

static void
log_line(void *arg, int level, const char *line)
{
	(void)arg;
	if (level <= GSCTP_LOG_WARN)
		fprintf(stderr, "raw_ip: log: %s\n", line);
}

static int
start(void)
{
	const struct gsctp_stack_config cfg = {
		.encapsulation = GSCTP_ENCAPS_RAW,
		.log = log_line,
		.log_level = GSCTP_LOG_WARN,
	};

	return gsctp_stack_start(&cfg);
}

/* The result of a call that must succeed. */
static int
must(int result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "raw_ip: %s: %s\n", what, gsctp_strerror(result));
	exit(1);
}

static void
fail(const char *what)
{
	fprintf(stderr, "raw_ip: %s\n", what);
	exit(1);
}

static size_t
read_addrs(char **texts, int n, uint16_t port, struct sockaddr_storage *out)
{
	int i;

	if (n < 1 || n > ADDRS_MAX)
		fail("too few or too many addresses");
	for (i = 0; i < n; i++)
		must(gsctp_resolve(texts[i], port, AF_UNSPEC, &out[i], 1),
		    texts[i]);
	return (size_t)n;
}

static gsctp_sock
open_on(const struct sockaddr_storage *addrs, size_t n)
{
	struct gsctp_opt opts[ADDRS_MAX + 2];
	bool is_inet6 = n == 0;
	gsctp_sock s = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		opts[i] = (struct gsctp_opt)GSCTP_IP(addrs[i]);
		is_inet6 = is_inet6 || addrs[i].ss_family == AF_INET6;
	}
	opts[n++] = (struct gsctp_opt)GSCTP_NODELAY(true);
	if (is_inet6)
		opts[n++] = (struct gsctp_opt)GSCTP_FAMILY(GSCTP_INET6);
	must(gsctp_open(0, opts, n, &s), "open");
	return s;
}

static struct gsctp_msg *
next_msg(gsctp_sock s)
{
	struct gsctp_msg *m = NULL;

	must(gsctp_recv(s, WAIT_MS, &m), "recv");
	return m;
}

/* The next message of this type; what comes before it is thrown away. */
static struct gsctp_msg *
next_of(gsctp_sock s, uint32_t type)
{
	struct gsctp_msg *m = next_msg(s);

	while (m->type != type) {
		if (m->type == GSCTP_MSG_ASSOC_CHANGE &&
		    m->u.assoc_change.state != GSCTP_COMM_UP)
			fail("the association has ended");
		gsctp_msg_free(m);
		m = next_msg(s);
	}
	return m;
}

/* True for a graceful end, false for any other message. */
static bool
is_end(const struct gsctp_msg *m)
{
	if (m->type != GSCTP_MSG_ASSOC_CHANGE ||
	    m->u.assoc_change.state == GSCTP_COMM_UP)
		return false;
	if (m->u.assoc_change.state != GSCTP_SHUTDOWN_COMP)
		fail("the end is not graceful");
	return true;
}

static int
serve(char **argv, int argc)
{
	struct sockaddr_storage addrs[ADDRS_MAX];
	struct gsctp_msg *m;
	bool over = false;
	gsctp_sock s;
	char c;

	s = open_on(addrs, read_addrs(argv + 1, argc - 1, 0, addrs));
	if (strcmp(argv[0], "bound") == 0) {
		printf("port %d\n", gsctp_port(s));
		fflush(stdout);
		return read(0, &c, 1) == 0 ? 0 : 1; /* until it is let go */
	}
	must(gsctp_listen(s, true), "listen");
	printf("port %d\n", gsctp_port(s));
	fflush(stdout);
	while (!over) {
		m = next_msg(s);
		if (m->type == GSCTP_MSG_DATA)
			must(gsctp_send(s, m->assoc_id, 0, m->u.data.data,
				 m->u.data.len), "send back");
		over = is_end(m);
		gsctp_msg_free(m);
	}
	puts("the server's end is graceful");
	return 0;
}

static void
fill(uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 31 + len);
}

/* One message by way of this address of the peer, and back. */
static void
exchange(gsctp_sock s, gsctp_assoc_id id, size_t len,
    const struct sockaddr_storage *by)
{
	static uint8_t bytes[SIZE_MAX_SENT];
	const struct gsctp_sndrcvinfo info = { .assoc_id = id,
		.flags = GSCTP_ADDR_OVER };
	struct iovec iov = { .iov_base = bytes, .iov_len = len };
	struct gsctp_msg *m;

	fill(bytes, len);
	must(gsctp_sendmsg(s, &info, &iov, 1, (const struct sockaddr *)by,
		 sizeof(*by)), "send");
	m = next_of(s, GSCTP_MSG_DATA);
	if (m->u.data.len != len || memcmp(m->u.data.data, bytes, len) != 0)
		fail("the echo is not what was sent");
	gsctp_msg_free(m);
}

static int
client(char **argv, int argc)
{
	struct sockaddr_storage addrs[ADDRS_MAX], peers[ADDRS_MAX];
	gsctp_assoc_id id = 0;
	struct gsctp_msg *m;
	bool over = false;
	gsctp_sock s;
	size_t i, n;
	int k, npeers;

	n = read_addrs(argv + 1, argc - 1, (uint16_t)atoi(argv[0]), addrs);
	s = open_on(NULL, 0);
	must(gsctp_connectx_init(s, addrs, n, NULL, 0, &id), "connect");
	m = next_of(s, GSCTP_MSG_ASSOC_CHANGE);
	if (m->u.assoc_change.state != GSCTP_COMM_UP)
		fail("no association");
	gsctp_msg_free(m);
	npeers = must(gsctp_peernames(s, id, peers, ADDRS_MAX), "peernames");
	for (i = 0; i < NSIZES; i++)
		for (k = 0; k < npeers; k++)
			exchange(s, id, sizes[i], &peers[k]);
	must(gsctp_eof(s, id), "eof");
	while (!over) {
		m = next_msg(s);
		over = is_end(m);
		gsctp_msg_free(m);
	}
	printf("the client's end is graceful; the peer had %d addresses\n",
	    npeers);
	return 0;
}

static int
try_connect(char **argv, int timeout_ms)
{
	struct sockaddr_storage addr;
	gsctp_sock s;

	read_addrs(argv + 1, 1, (uint16_t)atoi(argv[0]), &addr);
	s = open_on(NULL, 0);
	return gsctp_connect(s, (const struct sockaddr *)&addr, sizeof(addr),
	    NULL, 0, timeout_ms, NULL);
}

static int
expect(int got, int want)
{
	printf("%s\n", gsctp_strerror(got));
	return got == want ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	int err = start();
	int status = 2;

	if (strcmp(verb, "start") == 0) {
		printf("%d\n", err);
		status = 0;
	}
	if (err == 0 && argc > 3) {
		if (strcmp(verb, "serve") == 0)
			status = serve(argv + 2, argc - 2);
		else if (strcmp(verb, "client") == 0)
			status = client(argv + 2, argc - 2);
		else if (strcmp(verb, "refused") == 0)
			status = expect(try_connect(argv + 2, WAIT_MS),
			    -ECONNREFUSED);
		else if (strcmp(verb, "unheard") == 0)
			status = expect(try_connect(argv + 2, SILENCE_MS),
			    -ETIMEDOUT);
	}
	if (err == 0)
		(void)gsctp_stack_stop(WAIT_MS); /* it runs */
	return status;
}
