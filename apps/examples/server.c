/*
 * server: the example server of gen_sctp's manual.  It prints each thing
 * that it receives, data and events, one line each, until SIGINT or SIGTERM.
 */

#include "util.h"

static int
usage(FILE *to)
{
	fputs("usage: server [-g] [-p PORT] [-n COUNT] [ADDR...]\n"
	      "  -g        greet each peer: \"Test 0\" on stream 0, and\n"
	      "            \"Test 5\" on stream 5\n"
	      "  -p PORT   the SCTP port; 0 takes a free one [2006]\n"
	      "  -n COUNT  stop after so many associations have ended\n"
	      "  ADDR      listen on these addresses [every one]\n",
	    to);
	return to == stdout ? 0 : 2;
}

/* To an association that has just come up: there is room.  One that has gone
 * again is none of the others' business. */
static void
greet(gsctp_sock s, gsctp_assoc_id assoc)
{
	int err;

	err = gsctp_send(s, assoc, 0, "Test 0", 6);
	if (err == 0)
		err = gsctp_send(s, assoc, 5, "Test 5", 6);
	if (err != 0) {
		(void)fail("server", "cannot greet assoc %u: %s",
		    (unsigned int)assoc, error_text(err));
	}
}

static int
serve(gsctp_sock s, int signals, unsigned long count, bool must_greet)
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
		if (must_greet && is_up(msg))
			greet(s, msg->assoc_id);
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
	bool must_greet = false;
	int c, signals, status;
	gsctp_sock s;

	while ((c = getopt(argc, argv, "gp:n:h")) != -1) {
		bool is_good = false;

		if (c == 'g')
			is_good = must_greet = true;
		else if (c == 'p')
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
		status = serve(s, signals, count, must_greet);
	/* What still runs is shut down, or after 2 s aborted. */
	(void)gsctp_stack_stop(2000);
	return status;
}
