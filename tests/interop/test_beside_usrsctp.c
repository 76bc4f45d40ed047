/*
 * A program that uses usrsctp for itself, beside this library: each has an
 * engine of its own, and they can talk to each other.
 */

#include <errno.h>
#include <stdarg.h>
#include <usrsctp.h>

#include "check_main.h"
#include "loop.h"
#include "side.h"

static uint16_t theirs;		/* their UDP port */

static void
setup(void)
{
	theirs = side_free_udp_port();
	usrsctp_init(theirs, NULL, NULL);
	usrsctp_sysctl_set_sctp_blackhole(2);
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	loop_setup();
}

/* Their threads and sockets go when they may. */
static void
teardown(void)
{
	uint64_t end = loop_now_ms() + LOOP_MS;

	loop_teardown();
	while (usrsctp_finish() != 0) {
		ck_assert(loop_now_ms() < end);
		(void)poll(NULL, 0, 10);
	}
}

static struct socket *
their_socket(uint16_t peer_udp_port, uint16_t *port)
{
	struct sctp_udpencaps encaps;
	struct sockaddr_storage addr = loop_addr("127.0.0.1", 0);
	struct sockaddr *got;
	struct socket *so;

	so = usrsctp_socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0,
	    NULL);
	ck_assert_ptr_nonnull(so);
	memset(&encaps, 0, sizeof(encaps));
	encaps.sue_address.ss_family = AF_INET;
	encaps.sue_port = htons(peer_udp_port);
	ck_assert_int_eq(usrsctp_setsockopt(so, IPPROTO_SCTP,
	    SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps, sizeof(encaps)), 0);
	ck_assert_int_eq(usrsctp_bind(so, (struct sockaddr *)&addr,
	    sizeof(struct sockaddr_in)), 0);
	ck_assert_int_eq(usrsctp_getladdrs(so, 0, &got), 1);
	*port = ntohs(((struct sockaddr_in *)(void *)got)->sin_port);
	usrsctp_freeladdrs(got);
	return so;
}

static int
their_accept(void *arg)
{
	struct socket **so = arg;

	*so = usrsctp_accept(*so, NULL, NULL);
	return *so != NULL ? 0 : -errno;
}

static void
their_send(struct socket *so, const char *text)
{
	ck_assert_int_eq(usrsctp_sendv(so, text, strlen(text), NULL, 0, NULL,
	    0, SCTP_SENDV_NOINFO, 0), (ssize_t)strlen(text));
}

/* A blocking read. */
static void
their_recv(struct socket *so, const char *text)
{
	unsigned int type = 0;
	socklen_t len = 0;
	char got[64];
	int flags = 0;
	ssize_t n;

	n = usrsctp_recvv(so, got, sizeof(got), NULL, NULL, NULL, &len, &type,
	    &flags);
	ck_assert_int_eq(n, (ssize_t)strlen(text));
	ck_assert_mem_eq(got, text, (size_t)n);
}

static void
our_recv(gsctp_sock s, const char *text)
{
	struct gsctp_msg *m = loop_recv_type(s, GSCTP_MSG_DATA);

	ck_assert_uint_eq(m->u.data.len, strlen(text));
	ck_assert_mem_eq(m->u.data.data, text, m->u.data.len);
	gsctp_msg_free(m);
}

/* One association of theirs, on which nobody else has a say. */
static void
their_pair(struct socket *pair[2])
{
	uint16_t port, unused;
	struct socket *listener = their_socket(theirs, &port), *accepted;
	struct sockaddr_storage to = loop_addr("127.0.0.1", port);
	struct side side;

	ck_assert_int_eq(usrsctp_listen(listener, 1), 0);
	accepted = listener;
	side_start(&side, their_accept, &accepted);
	pair[1] = their_socket(theirs, &unused);
	ck_assert_int_eq(usrsctp_connect(pair[1], (struct sockaddr *)&to,
	    sizeof(struct sockaddr_in)), 0);
	ck_assert_int_eq(side_join(&side), 0);
	pair[0] = accepted;
	usrsctp_close(listener);
}

START_TEST(both_engines_work_side_by_side)
{
	struct loop_pair ours = loop_pair(NULL, 0);
	struct socket *pair[2];
	int i;

	ck_assert_uint_ne(theirs, loop_udp_port());
	their_pair(pair);
	for (i = 0; i < 50; i++) {
		their_send(pair[1], "theirs");
		ck_assert_int_eq(gsctp_send(ours.client, ours.at_client, 0,
		    "ours", 4), 0);
		their_recv(pair[0], "theirs");
		our_recv(ours.server, "ours");
	}
	usrsctp_close(pair[0]);
	usrsctp_close(pair[1]);
}
END_TEST

START_TEST(engines_of_one_process_can_talk_to_each_other)
{
	struct gsctp_opt encaps[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = theirs),
	};
	gsctp_sock s = loop_open(encaps, 1);
	struct gsctp_assoc_change up;
	uint16_t port;
	struct socket *listener = their_socket(loop_udp_port(), &port), *so;
	struct sockaddr_storage to = loop_addr("127.0.0.1", port);
	struct side side;

	ck_assert_int_eq(usrsctp_listen(listener, 1), 0);
	so = listener;
	side_start(&side, their_accept, &so);
	ck_assert_int_eq(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to),
	    NULL, 0, LOOP_MS, &up), 0);
	ck_assert_int_eq(side_join(&side), 0);
	ck_assert_int_eq(gsctp_send(s, up.assoc_id, 0, "to them", 7), 0);
	their_recv(so, "to them");
	their_send(so, "to us");
	our_recv(s, "to us");
	usrsctp_close(listener);
	usrsctp_close(so);
	(void)loop_recv_state(s, GSCTP_SHUTDOWN_COMP);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("beside_usrsctp");
	TCase *tc = tcase_create("beside_usrsctp");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, both_engines_work_side_by_side);
	tcase_add_test(tc, engines_of_one_process_can_talk_to_each_other);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
