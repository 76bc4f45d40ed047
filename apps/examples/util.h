/*
 * util: what the example programs share.  It sees the public header alone.
 */

#ifndef UTIL_H
#define UTIL_H

#include <arpa/inet.h>
#include <errno.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* The port of gen_sctp's manual. */
#define DEFAULT_PORT 2006

#define MAX_ADDRS 16

/* "[ffff:...]:65535" and its NUL. */
#define ADDR_STRLEN (INET6_ADDRSTRLEN + 8)

/* "name: what went wrong" to standard error; returns 1, for exit(). */
static inline int fail(const char *name, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static inline int
fail(const char *name, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return 1;
}

/* What an error means, in the examples' own words where those are better. */
static inline const char *
error_text(int err)
{
	switch (err) {
	case -EINTR:
		return "interrupted";
	case -ENOENT:
		return "no such host";
	default:
		return gsctp_strerror(err);
	}
}

/* A decimal number from min to max in all of text.  False if it is none. */
static inline bool
parse_number(const char *text, unsigned long min, unsigned long max,
    unsigned long *out)
{
	unsigned long v;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return false;
	*out = v;
	return true;
}

union sockaddr_any {
	struct sockaddr_storage ss;
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* "127.0.0.1:2006" or "[::1]:2006" into buf (ADDR_STRLEN bytes); buf. */
static inline const char *
addr_text(const struct sockaddr_storage *ss, char *buf)
{
	const union sockaddr_any a = { .ss = *ss };
	char ip[INET6_ADDRSTRLEN];

	if (ss->ss_family == AF_INET &&
	    inet_ntop(AF_INET, &a.v4.sin_addr, ip, sizeof(ip)) != NULL) {
		snprintf(buf, ADDR_STRLEN, "%s:%u", ip,
		    (unsigned int)ntohs(a.v4.sin_port));
	} else if (ss->ss_family == AF_INET6 &&
	    inet_ntop(AF_INET6, &a.v6.sin6_addr, ip, sizeof(ip)) != NULL) {
		snprintf(buf, ADDR_STRLEN, "[%s]:%u", ip,
		    (unsigned int)ntohs(a.v6.sin6_port));
	} else {
		snprintf(buf, ADDR_STRLEN, "?");
	}
	return buf;
}

/*
 * Open a socket that listens on port and on the n addresses or names of
 * hosts (0: every address), and say so in one line:
 * "listening on port 2006, UDP port 9899".  Returns an exit status.
 */
static inline int
open_listener(const char *name, uint16_t port, char *const *hosts, int n,
    gsctp_sock *s)
{
	struct gsctp_opt opts[MAX_ADDRS + 1];
	struct gsctp_stack_info info;
	struct sockaddr_storage ss;
	bool is_inet6 = false;
	size_t nopts = 0;
	int err, i;

	if (n > MAX_ADDRS)
		return fail(name, "more than %d addresses", MAX_ADDRS);
	for (i = 0; i < n; i++) {
		err = gsctp_resolve(hosts[i], 0, AF_UNSPEC, &ss, 1);
		if (err < 0) {
			return fail(name, "cannot resolve %s: %s", hosts[i],
			    error_text(err));
		}
		is_inet6 = is_inet6 || ss.ss_family == AF_INET6;
		opts[nopts++] = (struct gsctp_opt)GSCTP_IP(ss);
	}
	if (is_inet6) {
		opts[nopts++] = (struct gsctp_opt)GSCTP_FAMILY(GSCTP_INET6);
	}

	err = gsctp_open(port, opts, nopts, s);
	if (err == 0)
		err = gsctp_listen(*s, GSCTP_BACKLOG);
	if (err != 0) {
		return fail(name, "cannot listen on port %u: %s",
		    (unsigned int)port, error_text(err));
	}
	err = gsctp_stack_info(&info);
	if (err != 0)
		return fail(name, "%s", error_text(err));
	if (info.encapsulation == GSCTP_ENCAPS_RAW)
		printf("listening on port %d, over IP\n", gsctp_port(*s));
	else
		printf("listening on port %d, UDP port %u\n", gsctp_port(*s),
		    (unsigned int)info.udp_port);
	fflush(stdout);
	return 0;
}

/*
 * A descriptor that is readable once SIGINT or SIGTERM has come.  Before the
 * stack starts, so that its thread leaves the signals alone too.
 */
static inline int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/*
 * Wait up to timeout_ms until s is ready for events (POLLIN, POLLOUT) or a
 * signal comes.  Returns 0, or
 *   -EINTR      a signal has come
 *   -ETIMEDOUT
 */
static inline int
wait_ready(gsctp_sock s, int signals, short events, int timeout_ms)
{
	struct pollfd p[2] = {
		{ .fd = gsctp_fd(s), .events = events },
		{ .fd = signals, .events = POLLIN },
	};
	int n;

	if (p[0].fd < 0)
		return p[0].fd;
	do
		n = poll(p, 2, timeout_ms);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -errno;
	if (n == 0)
		return -ETIMEDOUT;
	return p[1].revents != 0 ? -EINTR : 0;
}

/* The next message of s, as wait_ready() waits. */
static inline int
next_msg(gsctp_sock s, int signals, int timeout_ms, struct gsctp_msg **msg)
{
	int err;

	do {
		err = wait_ready(s, signals, POLLIN, timeout_ms);
		if (err != 0)
			return err;
		err = gsctp_recv(s, 0, msg);
	} while (err == -ETIMEDOUT);
	return err;
}

/* Has an association come up? */
static inline bool
is_up(const struct gsctp_msg *msg)
{
	return msg->type == GSCTP_MSG_ASSOC_CHANGE &&
	    msg->u.assoc_change.state == GSCTP_COMM_UP;
}

/* Is it the end of an association? */
static inline bool
is_end(const struct gsctp_msg *msg)
{
	if (msg->type != GSCTP_MSG_ASSOC_CHANGE)
		return false;
	switch (msg->u.assoc_change.state) {
	case GSCTP_COMM_LOST:
	case GSCTP_SHUTDOWN_COMP:
	case GSCTP_CANT_ASSOC:
		return true;
	default:
		return false;
	}
}

/* "comm_lost, error 12: User Initiated Abort" and a newline. */
static inline void
print_assoc_change(FILE *to, const struct gsctp_assoc_change *ac)
{
	fputs(gsctp_assoc_change_name(ac->state), to);
	if (ac->state == GSCTP_COMM_UP || ac->state == GSCTP_RESTART) {
		fprintf(to, ", %u out %u in streams",
		    (unsigned int)ac->outbound_streams,
		    (unsigned int)ac->inbound_streams);
	}
	if (ac->error != 0) {
		fprintf(to, ", error %u: %s", (unsigned int)ac->error,
		    gsctp_error_string(ac->error));
	}
	fputc('\n', to);
}

/* The bytes in quotes, up to 60 of them, what is not printable as \xNN. */
static inline void
print_bytes(const uint8_t *data, size_t len)
{
	size_t i, n = len < 60 ? len : 60;

	putchar('"');
	for (i = 0; i < n; i++) {
		if (data[i] == '"' || data[i] == '\\')
			printf("\\%c", data[i]);
		else if (data[i] >= 0x20 && data[i] < 0x7f)
			putchar(data[i]);
		else
			printf("\\x%02x", (unsigned int)data[i]);
	}
	printf(n < len ? "\"...\n" : "\"\n");
}

static inline void
print_data(const struct gsctp_data *d)
{
	printf("data on stream %u, %zu bytes%s: ", (unsigned int)d->info.stream,
	    d->len, d->complete ? "" : " of more");
	print_bytes(d->data, d->len);
}

/* "127.0.0.1:2006 assoc 3: comm_up, 10 out 10 in streams", and a line for
 * anything else that a socket may receive. */
static inline void
print_msg(const struct gsctp_msg *msg)
{
	char text[ADDR_STRLEN];

	printf("%s assoc %u: ", addr_text(&msg->from, text),
	    (unsigned int)msg->assoc_id);
	switch (msg->type) {
	case GSCTP_MSG_DATA:
		print_data(&msg->u.data);
		break;
	case GSCTP_MSG_ASSOC_CHANGE:
		print_assoc_change(stdout, &msg->u.assoc_change);
		break;
	case GSCTP_MSG_PADDR_CHANGE:
		printf("%s %s\n",
		    gsctp_paddr_change_name(msg->u.paddr_change.state),
		    addr_text(&msg->u.paddr_change.addr, text));
		break;
	case GSCTP_MSG_SEND_FAILED:
		printf("send_failed, %zu bytes on stream %u\n",
		    msg->u.send_failed.len,
		    (unsigned int)msg->u.send_failed.info.stream);
		break;
	case GSCTP_MSG_REMOTE_ERROR:
		printf("remote_error, error %u: %s\n",
		    (unsigned int)msg->u.remote_error.error,
		    gsctp_error_string(msg->u.remote_error.error));
		break;
	default:
		printf("%s\n", gsctp_msg_type_name(msg->type));
		break;
	}
	fflush(stdout);
}

#endif
