/*
 * server: the example server of gen_sctp's manual.  It prints each thing
 * that it receives, data and events, one line each, until SIGINT or SIGTERM.
 */

#include "util.h"

static int
usage(FILE *to)
{
	fputs("usage: server [-p PORT] [-n COUNT] [ADDR...]\n"
	      "  -p PORT   the SCTP port; 0 takes a free one [2006]\n"
	      "  -n COUNT  stop after so many associations have ended\n"
	      "  ADDR      listen on these addresses [every one]\n",
	    to);
	return to == stdout ? 0 : 2;
}

/* The bytes in quotes, up to 60 of them, what is not printable as \xNN. */
static void
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

static void
print_data(const struct gsctp_data *d)
{
	printf("data on stream %u, %zu bytes%s: ", (unsigned int)d->info.stream,
	    d->len, d->complete ? "" : " of more");
	print_bytes(d->data, d->len);
}

static void
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

static int
serve(gsctp_sock s, int signals, unsigned long count)
{
	unsigned long ended = 0;
	struct gsctp_msg *msg;
	int err;

	while (count == 0 || ended < count) {
		err = next_msg(s, signals, -1, &msg);
		if (err == -EINTR) {
			printf("stopping\n");
			return 0;
		}
		if (err != 0) {
			return fail("server", "cannot receive: %s",
			    error_text(err));
		}
		print_msg(msg);
		if (is_end(msg))
			ended++;
		gsctp_msg_free(msg);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned long count = 0, port = DEFAULT_PORT;
	int c, signals, status;
	gsctp_sock s;

	while ((c = getopt(argc, argv, "p:n:h")) != -1) {
		bool is_good = false;

		if (c == 'p')
			is_good = parse_number(optarg, 0, UINT16_MAX, &port);
		else if (c == 'n')
			is_good = parse_number(optarg, 1, UINT32_MAX, &count);
		if (!is_good)
			return usage(c == 'h' ? stdout : stderr);
	}
	signals = open_signals();
	if (signals == -1)
		return fail("server", "signals: %s", strerror(errno));

	status = open_listener("server", (uint16_t)port, argv + optind,
	    argc - optind, &s);
	if (status == 0)
		status = serve(s, signals, count);
	/* What still runs is shut down, or after 2 s aborted. */
	(void)gsctp_stack_stop(2000);
	return status;
}
