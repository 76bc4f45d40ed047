/* Two processes of one host, each with a stack and a UDP port of its own. */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "side.h"

#define MESSAGES 200
#define MESSAGE_MAX 20000

static const char *const ips[] = { "127.0.0.1", "::1" };

static size_t
length_of(int i)
{
	return 1 + (size_t)i * 97 % MESSAGE_MAX;
}

/*
 * The second process: listen, send back what comes, and then do the same the
 * other way round.
 */

static void
start_stack(uint16_t *udp_port)
{
	struct gsctp_stack_config cfg;
	struct gsctp_stack_info info;

	loop_config(&cfg);
	side_must(gsctp_stack_start(&cfg) == 0);
	side_must(gsctp_stack_info(&info) == 0);
	*udp_port = info.udp_port;
}

/* Send everything back until the association ends. */
static void
echo(gsctp_sock s)
{
	struct gsctp_msg *m;
	bool is_over = false;

	while (!is_over) {
		side_must(gsctp_recv(s, LOOP_MS, &m) == 0);
		if (m->type == GSCTP_MSG_DATA)
			side_must(gsctp_send(s, m->assoc_id,
			    m->u.data.info.stream, m->u.data.data,
			    m->u.data.len) == 0);
		else if (m->type == GSCTP_MSG_ASSOC_CHANGE)
			is_over = m->u.assoc_change.state ==
			    GSCTP_SHUTDOWN_COMP;
		gsctp_msg_free(m);
	}
}

static int
second_process(const char *ip)
{
	struct sockaddr_storage to = side_addr(ip, 0);
	const struct gsctp_opt opts[] = {
		GSCTP_FAMILY(to.ss_family == AF_INET6 ? GSCTP_INET6 :
							GSCTP_INET),
		GSCTP_IP(to),
	};
	struct gsctp_opt encaps[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0),
	};
	uint16_t udp_port, port;
	gsctp_sock s;

	alarm(60);
	start_stack(&udp_port);
	side_must(gsctp_open(0, opts, 2, &s) == 0);
	side_must(gsctp_listen(s, GSCTP_BACKLOG) == 0);
	side_must(side_write(1, udp_port));
	side_must(side_write(1, (uint16_t)gsctp_port(s)));
	echo(s);

	side_must(side_read(0, &udp_port) && side_read(0, &port));
	encaps[0].u.udp_encaps.port = udp_port;
	to = side_addr(ip, port);
	side_must(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to), encaps,
	    1, LOOP_MS, NULL) == 0);
	echo(s);
	side_must(gsctp_stack_stop(1000) == 0);
	return 0;
}

/* Send and get back. */
static void
exchange(gsctp_sock s, gsctp_assoc_id id)
{
	static uint8_t out[MESSAGE_MAX];
	struct gsctp_msg *m;
	int i, sent = 0;

	for (i = 0; i < MESSAGES; i++) {
		for (; sent < MESSAGES && sent < i + 4; sent++) {
			memset(out, sent, length_of(sent));
			ck_assert_int_eq(gsctp_send(s, id, 1, out,
			    length_of(sent)), 0);
		}
		m = loop_recv_type(s, GSCTP_MSG_DATA);
		memset(out, i, length_of(i));
		ck_assert_uint_eq(m->assoc_id, id);
		ck_assert_uint_eq(m->u.data.len, length_of(i));
		ck_assert_mem_eq(m->u.data.data, out, length_of(i));
		gsctp_msg_free(m);
	}
}

START_TEST(two_processes_exchange_data_whichever_connects)
{
	struct side_process other;
	struct sockaddr_storage to;
	gsctp_assoc_id id;
	gsctp_sock s;
	uint16_t udp_port, port;
	struct gsctp_assoc_change up;

	if (_i == 1 && !loop_has_ipv6()) {
		printf("no ::1 here: IPv6 is left out\n");
		return;
	}
	side_spawn(&other, ips[_i]);
	ck_assert(side_read(other.from, &udp_port));
	ck_assert(side_read(other.from, &port));
	ck_assert_uint_ne(udp_port, loop_udp_port());
	to = loop_addr(ips[_i], port);
	{
		const struct gsctp_opt opts[] = {
			GSCTP_FAMILY(_i == 1 ? GSCTP_INET6 : GSCTP_INET),
			GSCTP_IP(loop_addr(ips[_i], 0)),
			GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = udp_port),
		};

		ck_assert_int_eq(gsctp_open(0, opts, 3, &s), 0);
	}
	ck_assert_int_eq(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to),
	    NULL, 0, LOOP_MS, &up), 0);
	exchange(s, up.assoc_id);
	ck_assert_int_eq(gsctp_eof(s, up.assoc_id), 0);
	ck_assert_uint_eq(loop_recv_state(s, GSCTP_SHUTDOWN_COMP),
	    up.assoc_id);

	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	ck_assert(side_write(other.to, loop_udp_port()));
	ck_assert(side_write(other.to, (uint16_t)gsctp_port(s)));
	id = loop_recv_state(s, GSCTP_COMM_UP);
	exchange(s, id);
	ck_assert_int_eq(gsctp_eof(s, id), 0);
	ck_assert_uint_eq(loop_recv_state(s, GSCTP_SHUTDOWN_COMP), id);
	ck_assert_int_eq(side_end(&other), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("two_processes");
	TCase *tc = tcase_create("two_processes");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_loop_test(tc, two_processes_exchange_data_whichever_connects,
	    0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	return argc > 1 ? second_process(argv[1]) : gs_test_main(suite());
}
