/* test_open: sockets, their ports, addresses and families. */

#include <errno.h>

#include "check_main.h"
#include "traffic.h"

static uint32_t
open_sockets(void)
{
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	return info.sockets;
}

/* The address is in the list, with this port. */
static bool
has_addr(const struct sockaddr_storage *list, int n, const char *ip, int port)
{
	struct sockaddr_storage want = loop_addr(ip, (uint16_t)port);
	int i;

	for (i = 0; i < n; i++)
		if (memcmp(&list[i], &want,
			want.ss_family == AF_INET ?
			    sizeof(struct sockaddr_in) :
			    sizeof(struct sockaddr_in6)) == 0)
			return true;
	return false;
}

static gsctp_sock
open_at(uint16_t port, const char *ip)
{
	struct gsctp_opt opt = GSCTP_IP(loop_addr(ip, 0));
	gsctp_sock s = { 0 };

	ck_assert_int_eq(loop_try_open(port, &opt, 1, &s), 0);
	return s;
}

static int
try_open_at(uint16_t port, const char *ip)
{
	struct gsctp_opt opt = GSCTP_IP(loop_addr(ip, 0));
	gsctp_sock s = { 0 };

	return loop_try_open(port, &opt, 1, &s);
}

START_TEST(port_0_gives_each_socket_a_port_of_its_own)
{
	gsctp_sock a = loop_open(NULL, 0);
	gsctp_sock b = loop_open(NULL, 0);

	ck_assert_int_ge(gsctp_port(a), 49152);
	ck_assert_int_ge(gsctp_port(b), 49152);
	ck_assert_int_ne(gsctp_port(a), gsctp_port(b));
	ck_assert_uint_ne(a.id, b.id);
}
END_TEST

START_TEST(a_given_port_is_the_one_bound)
{
	gsctp_sock a = loop_open(NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(a);

	ck_assert_int_eq(gsctp_close(a), 0);
	a = open_at(port, "127.0.0.1");
	ck_assert_int_eq(gsctp_port(a), port);
}
END_TEST

START_TEST(the_same_port_twice_is_in_use)
{
	gsctp_sock a = loop_open(NULL, 0), b = { 77 };
	uint16_t port = (uint16_t)gsctp_port(a);

	ck_assert_int_eq(try_open_at(port, "127.0.0.1"), -EADDRINUSE);
	ck_assert_int_eq(loop_try_open(port, NULL, 0, &b), -EADDRINUSE);
	ck_assert_uint_eq(b.id, 77);
	ck_assert_uint_eq(open_sockets(), 1);
}
END_TEST

START_TEST(reuseaddr_does_not_share_a_port)
{
	struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_REUSEADDR(true),
	};
	gsctp_sock a, b;

	ck_assert_int_eq(loop_try_open(0, opts, 2, &a), 0);
	ck_assert_int_eq(loop_try_open((uint16_t)gsctp_port(a), opts, 2, &b),
	    -EADDRINUSE);
}
END_TEST

START_TEST(the_same_port_on_another_address_is_free)
{
	gsctp_sock a = loop_open(NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(a);
	gsctp_sock b = open_at(port, "127.0.0.2");
	gsctp_sock c = loop_open(NULL, 0), d = loop_open(NULL, 0);
	gsctp_assoc_id at_b;

	ck_assert_int_eq(gsctp_port(b), port);
	/* And they are told apart. */
	ck_assert_int_eq(gsctp_listen(a, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(gsctp_listen(b, GSCTP_BACKLOG), 0);
	(void)loop_connect(c, a);
	at_b = loop_connect(d, b);
	(void)loop_recv_state(a, GSCTP_COMM_UP);
	traffic_both_ways(d, at_b, b, loop_recv_state(b, GSCTP_COMM_UP));
	ck_assert_int_eq(gsctp_assocs(a, NULL, 0), 1);
	ck_assert_int_eq(gsctp_assocs(b, NULL, 0), 1);
}
END_TEST

START_TEST(a_wildcard_socket_takes_the_port_on_every_address)
{
	gsctp_sock a;

	ck_assert_int_eq(loop_try_open(0, NULL, 0, &a), 0);
	ck_assert_int_eq(try_open_at((uint16_t)gsctp_port(a), "127.0.0.2"),
	    -EADDRINUSE);
}
END_TEST

START_TEST(a_port_is_free_at_once_after_close)
{
	gsctp_sock a = loop_open(NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(a);
	int i;

	for (i = 0; i < 50; i++) {
		ck_assert_int_eq(gsctp_close(a), 0);
		a = open_at(port, "127.0.0.1");
	}
}
END_TEST

START_TEST(a_port_is_free_while_associations_of_its_old_socket_linger)
{
	struct loop_pair p = traffic_brisk_pair(NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(p.server);
	gsctp_sock again, other = loop_open(NULL, 0);
	gsctp_assoc_id id;
	int n;

	/* The client does not read: the server cannot end it yet. */
	n = traffic_stuff(p.server, p.at_server, 8000);
	ck_assert_int_eq(gsctp_close(p.server), 0);
	again = open_at(port, "127.0.0.1");
	ck_assert_int_eq(gsctp_listen(again, GSCTP_BACKLOG), 0);
	id = loop_connect(other, again);
	traffic_both_ways(other, id, again,
	    loop_recv_state(again, GSCTP_COMM_UP));
	traffic_unstuff(p.client, n, 8000);
	ck_assert_uint_eq(loop_recv_state(p.client, GSCTP_SHUTDOWN_COMP),
	    p.at_client);
	traffic_both_ways(other, id, again, id + 1);
}
END_TEST

/* Of the associations of a socket, the one. */
static gsctp_assoc_id
only_assoc(gsctp_sock s)
{
	gsctp_assoc_id id = 0;

	ck_assert_int_eq(gsctp_assocs(s, &id, 1), 1);
	return id;
}

START_TEST(a_port_of_two_addresses_is_free_while_associations_linger)
{
	struct gsctp_opt two[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("127.0.0.2", 0)),
	};
	gsctp_sock first = loop_open(two, 2);
	gsctp_sock other = loop_open(NULL, 0);
	uint16_t port = (uint16_t)gsctp_port(first);
	gsctp_assoc_id id;
	gsctp_sock again;

	ck_assert_int_eq(gsctp_listen(other, GSCTP_BACKLOG), 0);
	/* The other does not read: it cannot be ended yet. */
	(void)traffic_stuff(first, loop_connect(first, other), 8000);
	ck_assert_int_eq(gsctp_close(first), 0);
	ck_assert_int_eq(gsctp_open(port, two, 2, &again), 0);
	ck_assert_int_eq(gsctp_listen(again, GSCTP_BACKLOG), 0);
	other = loop_open(NULL, 0);
	id = loop_connect(other, again);
	traffic_both_ways(other, id, again,
	    loop_recv_state(again, GSCTP_COMM_UP));
}
END_TEST

static gsctp_sock
open_at_two(void)
{
	struct gsctp_opt two[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("127.0.0.2", 0)),
	};

	return loop_open(two, 2);
}

START_TEST(an_association_with_two_addresses_knows_both)
{
	gsctp_sock server = open_at_two(), client = loop_open(NULL, 0);
	struct sockaddr_storage a[4];
	gsctp_assoc_id id;
	int port = gsctp_port(server), n;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	id = loop_connect(client, server);
	n = gsctp_peernames(client, id, a, 4);
	ck_assert_int_eq(n, 2);
	ck_assert(has_addr(a, 2, "127.0.0.1", port));
	ck_assert(has_addr(a, 2, "127.0.0.2", port));
	n = gsctp_socknames(client, id, a, 4);
	ck_assert_int_eq(n, 1);
	ck_assert(has_addr(a, 1, "127.0.0.1", gsctp_port(client)));

	id = loop_recv_state(server, GSCTP_COMM_UP);
	n = gsctp_socknames(server, id, a, 4);
	ck_assert_int_eq(n, 2);
	ck_assert(has_addr(a, 2, "127.0.0.1", port));
	ck_assert(has_addr(a, 2, "127.0.0.2", port));
	n = gsctp_peernames(server, id, a, 4);
	ck_assert_int_eq(n, 1);
	ck_assert(has_addr(a, 1, "127.0.0.1", gsctp_port(client)));
}
END_TEST

START_TEST(a_socket_with_two_addresses_connects_from_both)
{
	gsctp_sock server = loop_open(NULL, 0), client = open_at_two();
	struct sockaddr_storage a[4];
	int port = gsctp_port(client);
	gsctp_assoc_id id, at_server;

	ck_assert_int_eq(gsctp_listen(client, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	id = loop_connect(client, server);
	ck_assert_int_eq(gsctp_socknames(client, id, a, 4), 2);
	ck_assert(has_addr(a, 2, "127.0.0.1", port));
	ck_assert(has_addr(a, 2, "127.0.0.2", port));
	at_server = loop_recv_state(server, GSCTP_COMM_UP);
	ck_assert_int_eq(gsctp_peernames(server, at_server, a, 4), 2);
	ck_assert(has_addr(a, 2, "127.0.0.1", port));
	ck_assert(has_addr(a, 2, "127.0.0.2", port));
	traffic_both_ways(client, id, server, at_server);
}
END_TEST

START_TEST(more_names_than_room_are_counted_and_not_written)
{
	gsctp_sock s = open_at_two();
	struct sockaddr_storage a[2];

	memset(a, 0x55, sizeof(a));
	ck_assert_int_eq(gsctp_socknames(s, 0, a, 1), 2);
	ck_assert(has_addr(a, 1, "127.0.0.1", gsctp_port(s)));
	ck_assert_int_eq(((uint8_t *)&a[1])[0], 0x55);
	ck_assert_int_eq(gsctp_socknames(s, 0, NULL, 0), 2);
}
END_TEST

START_TEST(the_same_address_twice_counts_once)
{
	struct gsctp_opt two[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
	};
	gsctp_sock s = loop_open(two, 2);

	ck_assert_int_eq(gsctp_socknames(s, 0, NULL, 0), 1);
}
END_TEST

START_TEST(a_bound_socket_is_named_by_its_address)
{
	gsctp_sock s = open_at(0, "127.0.0.2");
	struct sockaddr_storage a[4], name = traffic_name(s);

	ck_assert(has_addr(&name, 1, "127.0.0.2", gsctp_port(s)));
	ck_assert_int_eq(gsctp_socknames(s, 0, a, 4), 1);
	ck_assert(has_addr(a, 1, "127.0.0.2", gsctp_port(s)));
}
END_TEST

START_TEST(a_wildcard_socket_is_named_by_the_wildcard_and_has_every_address)
{
	gsctp_sock s;
	struct sockaddr_storage a[4], name;

	ck_assert_int_eq(loop_try_open(0, NULL, 0, &s), 0);
	name = traffic_name(s);
	ck_assert(has_addr(&name, 1, "0.0.0.0", gsctp_port(s)));
	ck_assert_int_eq(gsctp_socknames(s, 0, a, 4), 2);
	ck_assert(has_addr(a, 2, "127.0.0.1", gsctp_port(s)));
	ck_assert(has_addr(a, 2, "127.0.0.2", gsctp_port(s)));
}
END_TEST

START_TEST(the_any_address_is_a_wildcard)
{
	struct gsctp_opt any = GSCTP_IP(loop_addr("0.0.0.0", 0));
	gsctp_sock s;
	struct sockaddr_storage name;

	ck_assert_int_eq(loop_try_open(0, &any, 1, &s), 0);
	name = traffic_name(s);
	ck_assert(has_addr(&name, 1, "0.0.0.0", gsctp_port(s)));
	ck_assert_int_eq(gsctp_socknames(s, 0, NULL, 0), 2);
}
END_TEST

START_TEST(a_wildcard_socket_talks_on_every_address)
{
	gsctp_sock s, client = loop_open(NULL, 0);
	gsctp_sock client2 = open_at(0, "127.0.0.2");
	struct sockaddr_storage to[2], a[4];
	struct gsctp_assoc_change up;
	int i;

	ck_assert_int_eq(loop_try_open(0, NULL, 0, &s), 0);
	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	to[0] = loop_addr("127.0.0.1", (uint16_t)gsctp_port(s));
	to[1] = loop_addr("127.0.0.2", (uint16_t)gsctp_port(s));
	for (i = 0; i < 2; i++) {
		gsctp_sock c = i == 0 ? client : client2;

		ck_assert_int_eq(gsctp_connect(c, traffic_sa(&to[i]),
				     sizeof(to[i]), NULL, 0, LOOP_MS, &up),
		    0);
		traffic_both_ways(c, up.assoc_id, s,
		    loop_recv_state(s, GSCTP_COMM_UP));
		ck_assert_int_eq(gsctp_peernames(c, up.assoc_id, a, 4), 2);
	}
}
END_TEST

/* The stack begins anew, with every address of the host. */
static void
allow_every_address(void)
{
	const struct gsctp_stack_config cfg = {
		.port_mode = GSCTP_PORT_EPHEMERAL,
	};

	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
}

/* Connect a one-to-one socket: to it, and who came is in *server. */
static gsctp_sock
connect_from(const struct gsctp_opt *ip, size_t n, const char *to,
    gsctp_sock *server)
{
	struct gsctp_opt opts[2] = { GSCTP_TYPE(GSCTP_STREAM) };
	gsctp_sock listener = { 0 }, client = { 0 };
	struct sockaddr_storage peer;

	opts[1] = (struct gsctp_opt)GSCTP_IP(loop_addr(to, 0));
	ck_assert_int_eq(loop_try_open(0, opts, 2, &listener), 0);
	ck_assert_int_eq(gsctp_listen(listener, 1), 0);
	if (n > 0)
		opts[1] = *ip;
	ck_assert_int_eq(loop_try_open(0, opts, 1 + n, &client), 0);
	peer = loop_addr(to, (uint16_t)gsctp_port(listener));
	ck_assert_int_eq(gsctp_connect(client, (struct sockaddr *)&peer,
	    sizeof(peer), NULL, 0, LOOP_MS, NULL), 0);
	ck_assert_int_eq(gsctp_accept(listener, LOOP_MS, server), 0);
	return client;
}

START_TEST(any_of_127_is_local_where_every_address_is_allowed)
{
	const struct gsctp_opt ip = GSCTP_IP(loop_addr("127.0.0.5", 0));
	struct sockaddr_storage addr;
	gsctp_sock client, server;

	allow_every_address();
	client = connect_from(&ip, 1, "127.1.2.3", &server);
	ck_assert_int_eq(gsctp_peernames(server, 0, &addr, 1), 1);
	ck_assert(has_addr(&addr, 1, "127.0.0.5", gsctp_port(client)));
	ck_assert_int_eq(gsctp_peernames(client, 0, &addr, 1), 1);
	ck_assert(has_addr(&addr, 1, "127.1.2.3", gsctp_port(server)));
	/* The wildcard's source is what it was. */
	client = connect_from(NULL, 0, "127.0.0.9", &server);
	ck_assert_int_ge(gsctp_peernames(server, 0, &addr, 1), 1);
	ck_assert(has_addr(&addr, 1, "127.0.0.1", gsctp_port(client)));
}
END_TEST

START_TEST(a_wildcard_listener_has_all_of_127)
{
	struct gsctp_opt opts[1] = { GSCTP_TYPE(GSCTP_STREAM) };
	gsctp_sock listener = { 0 }, client = { 0 }, server;
	struct sockaddr_storage peer;

	allow_every_address();
	ck_assert_int_eq(loop_try_open(0, opts, 1, &listener), 0);
	ck_assert_int_eq(gsctp_listen(listener, 1), 0);
	ck_assert_int_eq(loop_try_open(0, opts, 1, &client), 0);
	peer = loop_addr("127.0.0.2", (uint16_t)gsctp_port(listener));
	ck_assert_int_eq(gsctp_connect(client, (struct sockaddr *)&peer,
	    sizeof(peer), NULL, 0, LOOP_MS, NULL), 0);
	ck_assert_int_eq(gsctp_accept(listener, LOOP_MS, &server), 0);
	ck_assert_int_ge(gsctp_peernames(server, 0, &peer, 1), 1);
	ck_assert(has_addr(&peer, 1, "127.0.0.1", gsctp_port(client)));
}
END_TEST

START_TEST(an_address_that_is_not_local_cannot_be_bound)
{
	ck_assert_int_eq(try_open_at(0, "192.0.2.1"), -EADDRNOTAVAIL);
	/* Local, and not the stack's. */
	ck_assert_int_eq(try_open_at(0, "127.0.0.3"), -EADDRNOTAVAIL);
	ck_assert_uint_eq(open_sockets(), 0);
}
END_TEST

START_TEST(one_bad_address_of_two_fails_the_whole_open)
{
	struct gsctp_opt two[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("192.0.2.1", 0)),
	};
	gsctp_sock s;

	ck_assert_int_eq(loop_try_open(0, two, 2, &s), -EADDRNOTAVAIL);
	ck_assert_uint_eq(open_sockets(), 0);
}
END_TEST

START_TEST(any_and_an_address_exclude_each_other)
{
	struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("0.0.0.0", 0)),
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
	};
	gsctp_sock s;

	ck_assert_int_eq(loop_try_open(0, opts, 2, &s), -EINVAL);
}
END_TEST

START_TEST(an_ipv6_address_on_an_inet_socket_is_refused)
{
	struct gsctp_opt opts[] = {
		GSCTP_FAMILY(GSCTP_INET),
		GSCTP_IP(loop_addr("::1", 0)),
	};
	gsctp_sock s;

	ck_assert_int_eq(loop_try_open(0, opts, 2, &s), -EAFNOSUPPORT);
	ck_assert_uint_eq(open_sockets(), 0);
}
END_TEST

START_TEST(a_socket_is_one_to_many_or_one_to_one)
{
	struct gsctp_opt stream = GSCTP_TYPE(GSCTP_STREAM);
	struct gsctp_opt seqpacket = GSCTP_TYPE(GSCTP_SEQPACKET);
	struct gsctp_opt other = GSCTP_TYPE(7);
	gsctp_sock s;

	ck_assert_int_eq(loop_try_open(0, &other, 1, &s), -EINVAL);
	ck_assert_uint_eq(open_sockets(), 0);
	ck_assert_int_eq(loop_try_open(0, &seqpacket, 1, &s), 0);
	ck_assert_int_eq(gsctp_getopts(s, &other, 1, NULL), 0);
	ck_assert_uint_eq(other.u.value, GSCTP_SEQPACKET);
	ck_assert_int_eq(loop_try_open(0, &stream, 1, &s), 0);
	ck_assert_int_eq(gsctp_getopts(s, &other, 1, NULL), 0);
	ck_assert_uint_eq(other.u.value, GSCTP_STREAM);
}
END_TEST

START_TEST(a_bad_option_opens_nothing)
{
	struct gsctp_opt unknown = { .id = 9999 };
	struct gsctp_opt get_only = GSCTP_STATUS(0);
	struct gsctp_opt out_of_range = GSCTP_RTOINFO(.min = gsctp_def(1));
	struct gsctp_opt odd = GSCTP_NODELAY(true);
	gsctp_sock s = { 77 };

	odd.reserved = 1;
	ck_assert_int_eq(loop_try_open(0, &unknown, 1, &s), -ENOPROTOOPT);
	ck_assert_int_eq(loop_try_open(0, &get_only, 1, &s), -ENOPROTOOPT);
	ck_assert_int_eq(loop_try_open(0, &out_of_range, 1, &s), -EINVAL);
	ck_assert_int_eq(loop_try_open(0, &odd, 1, &s), -EINVAL);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_open(0, NULL, 1, &s), -EINVAL);
	ck_assert_uint_eq(s.id, 77);
	ck_assert_uint_eq(open_sockets(), 0);
}
END_TEST

START_TEST(options_of_open_are_set)
{
	struct gsctp_opt opts[] = {
		GSCTP_NODELAY(true),
		GSCTP_RTOINFO(.max = gsctp_def(3000)),
		GSCTP_SNDBUF(100000),
	};
	gsctp_sock s = loop_open(opts, 3);
	struct gsctp_opt got[] = {
		{ .id = GSCTP_OPT_NODELAY },
		{ .id = GSCTP_OPT_RTOINFO },
		{ .id = GSCTP_OPT_SNDBUF },
	};

	ck_assert_int_eq(gsctp_getopts(s, got, 3, NULL), 0);
	ck_assert(got[0].u.flag);
	ck_assert_uint_eq(got[1].u.rtoinfo.max.v, 3000);
	ck_assert_uint_eq(got[1].u.rtoinfo.initial.v, 1000);
	ck_assert_uint_eq(got[2].u.value, 100000);
}
END_TEST

START_TEST(a_stale_handle_is_known_everywhere)
{
	gsctp_sock s = loop_open(NULL, 0), never = { 0 };
	struct sockaddr_storage a;
	struct gsctp_stat stat;

	ck_assert_int_eq(gsctp_close(s), 0);
	ck_assert_int_eq(gsctp_port(s), -EBADF);
	ck_assert_int_eq(gsctp_sockname(s, &a), -EBADF);
	ck_assert_int_eq(gsctp_socknames(s, 0, &a, 1), -EBADF);
	ck_assert_int_eq(gsctp_peernames(s, 1, &a, 1), -EBADF);
	ck_assert_int_eq(gsctp_assocs(s, NULL, 0), -EBADF);
	ck_assert_int_eq(gsctp_getstat(s, &stat), -EBADF);
	ck_assert_int_eq(gsctp_fd(s), -EBADF);
	ck_assert_int_eq(gsctp_port(never), -EBADF);
}
END_TEST

START_TEST(names_of_an_unknown_association_are_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct sockaddr_storage a;

	ck_assert_int_eq(gsctp_peernames(p.client, 0, &a, 1), -EINVAL);
	ck_assert_int_eq(gsctp_peernames(p.client, 987654, &a, 1), -EINVAL);
	ck_assert_int_eq(gsctp_socknames(p.client, 987654, &a, 1), -EINVAL);
	/* Another socket's. */
	ck_assert_int_eq(gsctp_peernames(p.client, p.at_server, &a, 1),
	    -EINVAL);
	ck_assert_uint_eq(only_assoc(p.client), p.at_client);
	ck_assert_uint_eq(only_assoc(p.server), p.at_server);
}
END_TEST

START_TEST(getstat_counts_messages_and_bytes)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_stat sent, before, got;
	char text[300];
	struct gsctp_msg *m;
	unsigned int data = 0, events = 0;
	bool is_data;

	memset(text, 'x', sizeof(text));
	ck_assert_int_eq(gsctp_getstat(p.server, &before), 0);
	ck_assert_uint_eq(before.recv_cnt, 1); /* comm_up */
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, text, 100), 0);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, text, 300), 0);
	/* What is refused is not counted. */
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, text, 0),
	    -EINVAL);
	while (data < 2) {
		m = loop_recv(p.server);
		is_data = m->type == GSCTP_MSG_DATA;
		data += is_data ? 1 : 0;
		events += is_data ? 0 : 1;
		gsctp_msg_free(m);
	}
	ck_assert_int_eq(gsctp_getstat(p.client, &sent), 0);
	ck_assert_uint_eq(sent.send_cnt, 2);
	ck_assert_uint_eq(sent.send_oct, 400);
	ck_assert_uint_eq(sent.send_max, 300);
	ck_assert_uint_eq(sent.send_avg, 200);
	ck_assert_int_eq(gsctp_getstat(p.server, &got), 0);
	/* Events count, as in gen_sctp. */
	ck_assert_uint_eq(got.recv_cnt - before.recv_cnt, 2 + events);
	ck_assert_uint_eq(got.recv_oct - before.recv_oct, 400);
	ck_assert_uint_eq(got.recv_max, 300);
	ck_assert_uint_eq(got.send_cnt, 0);
	/* 0, 100 and 300 were 0, 50 and 167 from the average of the time. */
	if (events == 0)
		ck_assert_uint_eq(got.recv_dvi, (0 + 50 + 167) / 3);
}
END_TEST

START_TEST(getstat_tells_what_is_not_acknowledged)
{
	struct gsctp_opt opts[] = { GSCTP_SEND_TIMEOUT_MS(0),
		GSCTP_RECBUF(8192), GSCTP_SNDBUF(65536) };
	struct loop_pair p = loop_pair(opts, 3);
	static const char block[8000];
	struct gsctp_stat stat;
	size_t taken = 0;

	ck_assert_int_eq(gsctp_getstat(p.client, &stat), 0);
	ck_assert_uint_eq(stat.send_pend, 0);
	while (gsctp_send(p.client, p.at_client, 0, block, sizeof(block)) == 0)
		taken += sizeof(block);
	ck_assert_int_eq(gsctp_getstat(p.client, &stat), 0);
	/* The peer has taken one window, or two with what is under way. */
	ck_assert_uint_gt(stat.send_pend, taken / 2);
}
END_TEST

/*
 * IPv6
 */

START_TEST(an_inet6_socket_is_named_by_the_ipv6_wildcard)
{
	struct gsctp_opt inet6 = GSCTP_FAMILY(GSCTP_INET6);
	gsctp_sock s = loop_open(&inet6, 1);
	struct sockaddr_storage name = traffic_name(s), a[4];

	ck_assert(has_addr(&name, 1, "::", gsctp_port(s)));
	ck_assert_int_eq(gsctp_socknames(s, 0, a, 4), 3);
	ck_assert(has_addr(a, 3, "::1", gsctp_port(s)));
	ck_assert(has_addr(a, 3, "::ffff:127.0.0.1", gsctp_port(s)));
	ck_assert(has_addr(a, 3, "::ffff:127.0.0.2", gsctp_port(s)));
}
END_TEST

START_TEST(an_ipv6_address_implies_inet6)
{
	struct gsctp_opt ip = GSCTP_IP(loop_addr("::1", 0));
	struct gsctp_opt family = { .id = GSCTP_OPT_FAMILY };
	gsctp_sock s = loop_open(&ip, 1);
	struct sockaddr_storage name = traffic_name(s);

	ck_assert_int_eq(gsctp_getopts(s, &family, 1, NULL), 0);
	ck_assert_uint_eq(family.u.value, GSCTP_INET6);
	ck_assert(has_addr(&name, 1, "::1", gsctp_port(s)));
}
END_TEST

/* An IPv4 client of an inet6 server; where the server says it is from. */
static void
ipv4_client(bool mapped, const char *from)
{
	struct gsctp_opt opts[] = {
		GSCTP_FAMILY(GSCTP_INET6),
		GSCTP_I_WANT_MAPPED_V4_ADDR(mapped),
	};
	gsctp_sock server = loop_open(opts, 2), client = loop_open(NULL, 0);
	struct sockaddr_storage to, a[4];
	struct gsctp_assoc_change up;
	struct gsctp_msg *m;
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	to = loop_addr("127.0.0.1", (uint16_t)gsctp_port(server));
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&to), sizeof(to),
			     NULL, 0, LOOP_MS, &up),
	    0);
	id = loop_recv_state(server, GSCTP_COMM_UP);
	traffic_send(client, up.assoc_id, 0, "v4");
	m = loop_recv_type(server, GSCTP_MSG_DATA);
	ck_assert(has_addr(&m->from, 1, from, gsctp_port(client)));
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_peernames(server, id, a, 4), 1);
	ck_assert(has_addr(a, 1, from, gsctp_port(client)));
	traffic_both_ways(client, up.assoc_id, server, id);
}

START_TEST(an_ipv4_peer_of_an_inet6_socket_has_a_mapped_address)
{
	ipv4_client(true, "::ffff:127.0.0.1");
}
END_TEST

START_TEST(without_i_want_mapped_v4_addr_it_has_an_ipv4_address)
{
	ipv4_client(false, "127.0.0.1");
}
END_TEST

START_TEST(an_inet6_socket_connects_to_a_mapped_address)
{
	struct gsctp_opt inet6 = GSCTP_FAMILY(GSCTP_INET6);
	gsctp_sock client = loop_open(&inet6, 1), server = loop_open(NULL, 0);
	struct sockaddr_storage to;
	struct gsctp_assoc_change up;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	to = loop_addr("::ffff:127.0.0.1", (uint16_t)gsctp_port(server));
	ck_assert_int_eq(gsctp_connect(client, traffic_sa(&to), sizeof(to),
			     NULL, 0, LOOP_MS, &up),
	    0);
	traffic_both_ways(client, up.assoc_id, server,
	    loop_recv_state(server, GSCTP_COMM_UP));
}
END_TEST

START_TEST(two_inet6_sockets_talk_over_ipv6)
{
	struct gsctp_opt ip = GSCTP_IP(loop_addr("::1", 0));
	struct loop_pair p = loop_pair(&ip, 1);
	struct gsctp_msg *m;

	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	traffic_send(p.client, p.at_client, 0, "v6");
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert(has_addr(&m->from, 1, "::1", gsctp_port(p.client)));
	ck_assert_uint_eq(m->fromlen, sizeof(struct sockaddr_in6));
	gsctp_msg_free(m);
}
END_TEST

START_TEST(both_families_can_be_bound_at_once)
{
	struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("::1", 0)),
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
	};
	gsctp_sock server = loop_open(opts, 2), v4 = loop_open(NULL, 0);
	gsctp_sock v6 = loop_open(opts, 1);
	struct sockaddr_storage to[2];
	struct gsctp_assoc_change up;
	int i;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(gsctp_socknames(server, 0, NULL, 0), 2);
	to[0] = loop_addr("127.0.0.1", (uint16_t)gsctp_port(server));
	to[1] = loop_addr("::1", (uint16_t)gsctp_port(server));
	for (i = 0; i < 2; i++) {
		gsctp_sock c = i == 0 ? v4 : v6;

		ck_assert_int_eq(gsctp_connect(c, traffic_sa(&to[i]),
				     sizeof(to[i]), NULL, 0, LOOP_MS, &up),
		    0);
		traffic_both_ways(c, up.assoc_id, server,
		    loop_recv_state(server, GSCTP_COMM_UP));
	}
}
END_TEST

START_TEST(a_v6only_socket_has_no_ipv4)
{
	struct gsctp_opt opts[] = {
		GSCTP_FAMILY(GSCTP_INET6),
		GSCTP_IPV6_V6ONLY(true),
	};
	struct gsctp_opt got = { .id = GSCTP_OPT_IPV6_V6ONLY };
	struct gsctp_opt ip6 = GSCTP_IP(loop_addr("::1", 0));
	gsctp_sock server = loop_open(opts, 2), v4 = loop_open(NULL, 0);
	gsctp_sock v6 = loop_open(&ip6, 1);
	struct sockaddr_storage to, a[4];
	struct gsctp_assoc_change up;

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(gsctp_getopts(server, &got, 1, NULL), 0);
	ck_assert(got.u.flag);
	ck_assert_int_eq(gsctp_socknames(server, 0, a, 4), 1);
	ck_assert(has_addr(a, 1, "::1", gsctp_port(server)));
	to = loop_addr("127.0.0.1", (uint16_t)gsctp_port(server));
	ck_assert_int_eq(gsctp_connect(v4, traffic_sa(&to), sizeof(to), NULL, 0,
			     LOOP_MS, NULL),
	    -ECONNREFUSED);
	ck_assert_int_eq(gsctp_connect(server, traffic_sa(&to), sizeof(to),
			     NULL, 0, LOOP_MS, NULL),
	    -ENETUNREACH);
	to = loop_addr("::1", (uint16_t)gsctp_port(server));
	ck_assert_int_eq(gsctp_connect(v6, traffic_sa(&to), sizeof(to), NULL, 0,
			     LOOP_MS, &up),
	    0);
	ck_assert_int_eq(gsctp_peernames(v6, up.assoc_id, a, 4), 1);
	traffic_both_ways(v6, up.assoc_id, server,
	    loop_recv_state(server, GSCTP_COMM_UP));
}
END_TEST

START_TEST(v6only_and_an_ipv4_address_exclude_each_other)
{
	struct gsctp_opt opts[] = {
		GSCTP_FAMILY(GSCTP_INET6),
		GSCTP_IPV6_V6ONLY(true),
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
	};
	gsctp_sock s;

	ck_assert_int_eq(loop_try_open(0, opts, 3, &s), -EINVAL);
}
END_TEST

static void
add_ipv6(TCase *tc)
{
	tcase_add_test(tc, an_inet6_socket_is_named_by_the_ipv6_wildcard);
	tcase_add_test(tc, an_ipv6_address_implies_inet6);
	tcase_add_test(tc,
	    an_ipv4_peer_of_an_inet6_socket_has_a_mapped_address);
	tcase_add_test(tc,
	    without_i_want_mapped_v4_addr_it_has_an_ipv4_address);
	tcase_add_test(tc, an_inet6_socket_connects_to_a_mapped_address);
	tcase_add_test(tc, two_inet6_sockets_talk_over_ipv6);
	tcase_add_test(tc, both_families_can_be_bound_at_once);
	tcase_add_test(tc, a_v6only_socket_has_no_ipv4);
	tcase_add_test(tc, v6only_and_an_ipv4_address_exclude_each_other);
}

static void
add(TCase *tc)
{
	tcase_add_test(tc, port_0_gives_each_socket_a_port_of_its_own);
	tcase_add_test(tc, a_given_port_is_the_one_bound);
	tcase_add_test(tc, the_same_port_twice_is_in_use);
	tcase_add_test(tc, reuseaddr_does_not_share_a_port);
	tcase_add_test(tc, the_same_port_on_another_address_is_free);
	tcase_add_test(tc, a_wildcard_socket_takes_the_port_on_every_address);
	tcase_add_test(tc, a_port_is_free_at_once_after_close);
	tcase_add_test(tc,
	    a_port_is_free_while_associations_of_its_old_socket_linger);
	tcase_add_test(tc,
	    a_port_of_two_addresses_is_free_while_associations_linger);
	tcase_add_test(tc, an_association_with_two_addresses_knows_both);
	tcase_add_test(tc, a_socket_with_two_addresses_connects_from_both);
	tcase_add_test(tc, more_names_than_room_are_counted_and_not_written);
	tcase_add_test(tc, the_same_address_twice_counts_once);
	tcase_add_test(tc, a_bound_socket_is_named_by_its_address);
	tcase_add_test(tc,
	    a_wildcard_socket_is_named_by_the_wildcard_and_has_every_address);
	tcase_add_test(tc, the_any_address_is_a_wildcard);
	tcase_add_test(tc, a_wildcard_socket_talks_on_every_address);
	tcase_add_test(tc,
	    any_of_127_is_local_where_every_address_is_allowed);
	tcase_add_test(tc, a_wildcard_listener_has_all_of_127);
	tcase_add_test(tc, an_address_that_is_not_local_cannot_be_bound);
	tcase_add_test(tc, one_bad_address_of_two_fails_the_whole_open);
	tcase_add_test(tc, any_and_an_address_exclude_each_other);
	tcase_add_test(tc, an_ipv6_address_on_an_inet_socket_is_refused);
	tcase_add_test(tc, a_socket_is_one_to_many_or_one_to_one);
	tcase_add_test(tc, a_bad_option_opens_nothing);
	tcase_add_test(tc, options_of_open_are_set);
	tcase_add_test(tc, a_stale_handle_is_known_everywhere);
	tcase_add_test(tc, names_of_an_unknown_association_are_refused);
	tcase_add_test(tc, getstat_counts_messages_and_bytes);
	tcase_add_test(tc, getstat_tells_what_is_not_acknowledged);
	if (loop_has_ipv6())
		add_ipv6(tc);
	else
		printf("no ::1 here: the tests with IPv6 are left out\n");
}

int
main(void)
{
	return traffic_run("open", add);
}
