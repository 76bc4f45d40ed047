/* A window that stays closed.  What is tested is time itself: this one takes
 * some. */

#include <errno.h>

#include "check_main.h"
#include "side.h"
#include "traffic.h"

#define LEN 1000

/* How long nobody reads: some fifty probes, and more of them unacknowledged
 * than asocmaxrxt allows within a second. */
#define CLOSED_MS 6000

static struct loop_pair
small_pair(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_RECBUF(8192),
		GSCTP_RTOINFO(.initial = gsctp_def(50), .min = gsctp_def(50),
		    .max = gsctp_def(100)),
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(8)),
		GSCTP_SEND_TIMEOUT_MS(0),
	};

	return loop_pair(opts, sizeof(opts) / sizeof(opts[0]));
}

START_TEST(a_receiver_that_does_not_read_keeps_its_association)
{
	struct loop_pair p = small_pair();
	uint64_t until = loop_now_ms() + CLOSED_MS;
	uint8_t *bytes = traffic_bytes(LEN, 1);
	struct gsctp_msg *m;
	int err, n = 0;

	while ((err = gsctp_send(p.client, p.at_client, 0, bytes, LEN)) == 0)
		n++;
	ck_assert_int_eq(err, -EAGAIN);
	free(bytes);
	while (loop_now_ms() < until)
		if (gsctp_recv(p.client, 100, &m) == 0) {
			ck_assert_str_eq(gsctp_msg_type_name(m->type),
			    "paddr_change");
			ck_assert_uint_ne(m->u.paddr_change.state,
			    GSCTP_ADDR_UNREACHABLE);
			gsctp_msg_free(m);
		}
	traffic_unstuff(p.server, n, LEN);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

static int
send_one(void *arg)
{
	const struct loop_pair *p = arg;
	static const char bytes[LEN];

	return gsctp_send(p->client, p->at_client, 0, bytes, LEN);
}

START_TEST(a_larger_send_buffer_is_room_for_who_waits)
{
	const struct gsctp_opt small[] = { GSCTP_SNDBUF(20000),
		GSCTP_SEND_TIMEOUT_MS(0) };
	struct loop_pair p = loop_pair(small, 2);
	uint16_t port;
	int fd = traffic_blackhole("127.0.0.1", &port);
	struct side side;

	/* Nothing is acknowledged any more. */
	traffic_set(p.client, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = p.at_client, .port = port));
	while (send_one(&p) == 0)
		;
	ck_assert_int_eq(loop_poll(gsctp_fd(p.client), POLLOUT, 0), 0);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_SEND_TIMEOUT_MS(10000));
	side_start(&side, send_one, &p);
	side_await_sleep(&side);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_SNDBUF(200000));
	ck_assert_int_ne(loop_poll(gsctp_fd(p.client), POLLOUT, 0), 0);
	ck_assert_int_eq(side_join(&side), 0);
	close(fd);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc,
	    a_receiver_that_does_not_read_keeps_its_association);
	tcase_add_test(tc, a_larger_send_buffer_is_room_for_who_waits);
}

int
main(void)
{
	return traffic_run("window", add);
}
