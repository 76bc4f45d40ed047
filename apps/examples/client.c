/*
 * client: the example client of gen_sctp's manual.  It connects with 5
 * outbound streams and sends on stream 0, which succeeds, and on stream 5,
 * which must fail: the streams are 0 to 4.  Then it aborts.
 */

#include "util.h"

#define STREAMS 5
#define TIMEOUT_MS 5000

/* A string literal and how many bytes it is. */
#define TEXT(literal) literal, sizeof(literal) - 1

static int
usage(FILE *to)
{
	fputs("usage: client [-p PORT] ADDR\n"
	      "  -p PORT   the server's SCTP port [2006]\n"
	      "  ADDR      its address, or its name\n",
	    to);
	return to == stdout ? 0 : 2;
}

static int
connect_to(const char *host, uint16_t port, gsctp_sock *s,
    struct gsctp_assoc_change *up)
{
	const struct gsctp_opt opts[] = {
		GSCTP_INITMSG(.num_ostreams = gsctp_def(STREAMS)),
		GSCTP_EVENTS(.sender_dry = gsctp_def(1)),
	};
	struct gsctp_opt family[1];
	union sockaddr_any peer;
	char text[ADDR_STRLEN];
	int err;

	err = gsctp_resolve(host, port, AF_UNSPEC, &peer.ss, 1);
	if (err < 0) {
		return fail("client", "cannot resolve %s: %s", host,
		    error_text(err));
	}
	family[0] = (struct gsctp_opt)GSCTP_FAMILY(
	    peer.ss.ss_family == AF_INET6 ? GSCTP_INET6 : GSCTP_INET);
	err = gsctp_open(0, family, 1, s);
	if (err != 0) {
		return fail("client", "cannot open a socket: %s",
		    error_text(err));
	}
	addr_text(&peer.ss, text);
	printf("connecting to %s\n", text);
	err =
	    gsctp_connect(*s, &peer.sa, sizeof(peer), opts, 2, TIMEOUT_MS, up);
	if (err != 0) {
		return fail("client", "cannot connect to %s: %s", text,
		    error_text(err));
	}
	printf("assoc %u: ", (unsigned int)up->assoc_id);
	print_assoc_change(stdout, up);
	if (up->outbound_streams != STREAMS) {
		return fail("client", "%u outbound streams, not %d",
		    (unsigned int)up->outbound_streams, STREAMS);
	}
	return 0;
}

/* Take the next message, which is an event; is it the association's end? */
static int
next_event(gsctp_sock s, bool *ended)
{
	struct gsctp_msg *msg;
	int err;

	err = gsctp_recv(s, TIMEOUT_MS, &msg);
	if (err != 0) {
		return fail("client", "nothing received: %s", error_text(err));
	}
	printf("assoc %u: ", (unsigned int)msg->assoc_id);
	if (msg->type == GSCTP_MSG_ASSOC_CHANGE)
		print_assoc_change(stdout, &msg->u.assoc_change);
	else
		printf("%s\n", gsctp_msg_type_name(msg->type));
	*ended = is_end(msg);
	gsctp_msg_free(msg);
	return 0;
}

/*
 * Wait until the peer has all that was sent: an abort would throw the rest
 * away.  sender_dry says when to look, the status what is outstanding.
 */
static int
wait_delivered(gsctp_sock s, gsctp_assoc_id assoc)
{
	struct gsctp_opt opt = GSCTP_STATUS(assoc);
	bool ended = false;
	int err;

	while (!ended) {
		err = gsctp_getopts(s, &opt, 1, NULL);
		if (err == 0 && opt.u.status.unackdata == 0 &&
		    opt.u.status.penddata == 0)
			return 0;
		/* An error: it has just ended, and the events say how. */
		if (next_event(s, &ended) != 0)
			return 1;
	}
	return fail("client", "the association ended too early");
}

static int
talk(gsctp_sock s, gsctp_assoc_id assoc)
{
	bool ended = false;
	int err;

	err = gsctp_send(s, assoc, 0, TEXT("Test 0"));
	if (err != 0) {
		return fail("client", "cannot send on stream 0: %s",
		    error_text(err));
	}
	printf("sent \"Test 0\" on stream 0\n");
	if (wait_delivered(s, assoc) != 0)
		return 1;

	err = gsctp_send(s, assoc, 5, TEXT("Test 5"));
	if (err == 0)
		return fail("client", "stream 5 exists, and should not");
	if (err != -EINVAL) {
		return fail("client", "an unexpected error on stream 5: %s",
		    error_text(err));
	}
	printf("cannot send \"Test 5\" on stream 5, as there are 0 to 4: %s\n",
	    error_text(err));

	err = gsctp_abort(s, assoc, TEXT("done"));
	if (err != 0)
		return fail("client", "cannot abort: %s", error_text(err));
	printf("aborted\n");
	while (!ended) {
		if (next_event(s, &ended) != 0)
			return 1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned long port = DEFAULT_PORT;
	struct gsctp_assoc_change up;
	gsctp_sock s;
	int c, status;

	while ((c = getopt(argc, argv, "p:h")) != -1) {
		if (c != 'p' || !parse_number(optarg, 1, UINT16_MAX, &port))
			return usage(c == 'h' ? stdout : stderr);
	}
	if (argc - optind != 1)
		return usage(stderr);
	setvbuf(stdout, NULL, _IOLBF, 0);

	status = connect_to(argv[optind], (uint16_t)port, &s, &up);
	if (status == 0)
		status = talk(s, up.assoc_id);
	(void)gsctp_stack_stop(1000);
	return status;
}
