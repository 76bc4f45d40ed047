/*
 * What libsctp asks for by options: several addresses, several peers, and
 * associations that are peeled off.  The numbers and records are those of
 * Linux's <netinet/sctp.h>, written anew.
 */

#include <stdlib.h>

#include "check_main.h"
#include "plain.h"
#include "preload.h"

#define BINDX_ADD 100
#define BINDX_REM 101
#define PEELOFF 102
#define CONNECTX_OLD 107
#define PEER_ADDRS 108
#define LOCAL_ADDRS 109
#define CONNECTX 110
#define CONNECTX3 111
#define PEELOFF_FLAGS 122

#define ROOM 8

/* Addresses of IPv4, packed. */
struct list {
	struct sockaddr_in v4[ROOM];
	socklen_t size;
};

static struct list
list_of(const char *first, int port1, const char *second, int port2)
{
	struct list l;

	memset(&l, 0, sizeof(l));
	l.v4[0] = at(first, port1).v4;
	l.size = sizeof(l.v4[0]);
	if (second == NULL)
		return l;
	l.v4[1] = at(second, port2).v4;
	l.size += sizeof(l.v4[1]);
	return l;
}

static int
set(int fd, int name, const struct list *l)
{
	return setsockopt(fd, IPPROTO_SCTP, name, l->v4, l->size);
}

static int
bindx(int fd, int name, const char *host, int port)
{
	struct list l = list_of(host, port, NULL, 0);

	return set(fd, name, &l);
}

/* SCTP_GET_PEER_ADDRS and _LOCAL_ADDRS, with room for so many bytes. */
struct addrs {
	int32_t assoc;
	uint32_t n;
	char bytes[1024];
};

static int
get_addrs(int fd, int name, int32_t assoc, struct addrs *a, size_t room)
{
	socklen_t len = (socklen_t)(offsetof(struct addrs, bytes) + room);

	memset(a, 0, sizeof(*a));
	a->assoc = assoc;
	return getsockopt(fd, IPPROTO_SCTP, name, a, &len);
}

/* Is this one of them, all of which are IPv4? */
static bool
has(const struct addrs *a, const char *host, int port)
{
	struct at want = at(host, port);
	uint32_t i;

	for (i = 0; i < a->n; i++)
		if (memcmp(a->bytes + i * sizeof(want.v4), &want.v4,
			8) == 0)
			return true;
	return false;
}

static int
count_local(int fd)
{
	struct addrs a;

	ck_assert_int_eq(get_addrs(fd, LOCAL_ADDRS, 0, &a,
	    sizeof(a.bytes)), 0);
	return (int)a.n;
}

/*
 * bindx
 */

START_TEST(bindx_gives_one_port_to_several_addresses)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	int port;
	struct addrs a;

	ck_assert_int_eq(count_local(fd), 0);
	ck_assert_int_eq(bindx(fd, BINDX_ADD, "127.0.0.1", 0), 0);
	port = port_of(fd);
	ck_assert_int_gt(port, 0);
	ck_assert_int_eq(bindx(fd, BINDX_ADD, "127.0.0.2", 0), 0);
	ck_assert_int_eq(bindx(fd, BINDX_ADD, "127.0.0.3", port), 0);
	ck_assert_int_eq(port_of(fd), port);
	ck_assert_str_eq(name_of(fd), "127.0.0.3");
	ck_assert_int_eq(get_addrs(fd, LOCAL_ADDRS, 0, &a, sizeof(a.bytes)),
	    0);
	ck_assert_uint_eq(a.n, 3);
	ck_assert(has(&a, "127.0.0.1", port));
	ck_assert(has(&a, "127.0.0.2", port));
	ck_assert(has(&a, "127.0.0.3", port));
	ck_fails(bind_to(fd, "127.0.0.4", 0), EINVAL);
	close(fd);
}
END_TEST

START_TEST(bindx_takes_all_at_once)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	struct list l = list_of("127.0.0.1", 0, "127.0.0.2", 0);

	ck_assert_int_eq(set(fd, BINDX_ADD, &l), 0);
	ck_assert_int_eq(count_local(fd), 2);
	close(fd);
}
END_TEST

START_TEST(bindx_refuses_what_cannot_be)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int other = new_socket(AF_INET, ONE_TO_ONE);
	int wild = new_socket(AF_INET, ONE_TO_ONE);
	struct list l = list_of("127.0.0.1", 0, "127.0.0.2", 9);
	int port;

	ck_fails(set(other, BINDX_ADD, &l), EINVAL);
	ck_assert_int_eq(bindx(fd, BINDX_ADD, "127.0.0.1", 0), 0);
	port = port_of(fd);
	ck_fails(bindx(fd, BINDX_ADD, "127.0.0.1", 0), EINVAL);
	ck_fails(bindx(fd, BINDX_ADD, "127.0.0.2", port + 1), EINVAL);
	ck_fails(bindx(fd, BINDX_ADD, "192.0.2.99", 0), EADDRNOTAVAIL);
	ck_fails(bindx(fd, BINDX_ADD, "0.0.0.0", 0), EINVAL);
	ck_assert_int_eq(bindx(wild, BINDX_ADD, "0.0.0.0", 0), 0);
	ck_fails(bindx(wild, BINDX_ADD, "127.0.0.1", 0), EINVAL);
	ck_fails(bindx(wild, BINDX_REM, "127.0.0.1", 0), EBUSY);
	l.size = 10;
	ck_fails(set(fd, BINDX_ADD, &l), EINVAL);
	l.size = 0;
	ck_fails(set(fd, BINDX_ADD, &l), EINVAL);
	ck_fails(setsockopt(fd, IPPROTO_SCTP, BINDX_ADD, NULL, 16), EFAULT);
	ck_fails(bindx(new_socket(AF_INET, ONE_TO_ONE), BINDX_ADD,
	    "127.0.0.1", port), EADDRINUSE);
	ck_assert_int_eq(count_local(fd), 1);
	close(fd);
	close(other);
	close(wild);
}
END_TEST

START_TEST(bindx_takes_addresses_away_but_for_one)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	struct list both = list_of("127.0.0.1", 0, "127.0.0.2", 0);

	ck_fails(bindx(fd, BINDX_REM, "127.0.0.1", 0), EBUSY);
	ck_assert_int_eq(set(fd, BINDX_ADD, &both), 0);
	ck_fails(set(fd, BINDX_REM, &both), EBUSY);
	ck_assert_int_eq(count_local(fd), 2);
	ck_fails(bindx(fd, BINDX_REM, "127.0.0.9", 0), EINVAL);
	ck_fails(bindx(fd, BINDX_REM, "0.0.0.0", 0), EADDRNOTAVAIL);
	ck_fails(bindx(fd, BINDX_REM, "127.0.0.2", port_of(fd) + 1), EINVAL);
	ck_assert_int_eq(bindx(fd, BINDX_REM, "127.0.0.2", port_of(fd)), 0);
	ck_assert_int_eq(count_local(fd), 1);
	ck_fails(bindx(fd, BINDX_REM, "127.0.0.1", 0), EBUSY);
	close(fd);
}
END_TEST

/*
 * connectx
 */

/* A one-to-many listener with two addresses. */
static int
listener_with_two(void)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct list l = list_of("127.0.0.1", 0, "127.0.0.2", 0);

	ck_assert_int_eq(set(fd, BINDX_ADD, &l), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	return fd;
}

static int32_t
connectx(int fd, int listener)
{
	struct list l = list_of("127.0.0.1", port_of(listener), NULL, 0);
	int id = set(fd, CONNECTX, &l);

	ck_assert_int_gt(id, 2);
	return id;
}

START_TEST(connectx_knows_all_addresses_of_the_peer)
{
	int listener = listener_with_two();
	int port = port_of(listener);
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct list l = list_of("127.0.0.1", port, "127.0.0.2", port);
	struct addrs a;
	int id;

	id = set(fd, CONNECTX, &l);
	ck_assert_int_gt(id, 2);
	ck_assert_int_eq(get_addrs(fd, PEER_ADDRS, id, &a, sizeof(a.bytes)),
	    0);
	ck_assert_uint_eq(a.n, 2);
	ck_assert(has(&a, "127.0.0.1", port));
	ck_assert(has(&a, "127.0.0.2", port));
	ck_fails(set(fd, CONNECTX, &l), EISCONN);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(connectx_has_three_versions)
{
	int listener = listener_with_two();
	struct list l = list_of("127.0.0.1", port_of(listener), NULL, 0);
	int fds[3], id, i;
	struct {
		int32_t id;
		int size;
		struct sockaddr *addrs;
	} v3 = { 0, (int)l.size, (struct sockaddr *)l.v4 };
	socklen_t len = sizeof(v3);

	for (i = 0; i < 3; i++)
		fds[i] = new_socket(AF_INET, ONE_TO_MANY);
	ck_assert_int_eq(set(fds[0], CONNECTX_OLD, &l), 0);
	id = set(fds[1], CONNECTX, &l);
	ck_assert_int_gt(id, 2);
	/* The last one tells it also where it does not wait. */
	set_nonblocking(fds[2]);
	ck_fails(getsockopt(fds[2], IPPROTO_SCTP, CONNECTX3, &v3, &len),
	    EINPROGRESS);
	ck_assert_int_gt(v3.id, 2);
	ck_assert_int_ne(v3.id, id);
	for (i = 0; i < 3; i++)
		close(fds[i]);
	close(listener);
}
END_TEST

START_TEST(connectx_refuses_what_cannot_be)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	struct list l = list_of("127.0.0.1", 9, "127.0.0.2", 10);

	ck_fails(set(fd, CONNECTX, &l), EINVAL);
	l.v4[1].sin_port = 0;
	ck_fails(set(fd, CONNECTX, &l), EINVAL);
	l.size = 1;
	ck_fails(set(fd, CONNECTX, &l), EINVAL);
	l.size = 0;
	ck_fails(set(fd, CONNECTX, &l), EINVAL);
	close(fd);
}
END_TEST

/*
 * Lists of addresses
 */

START_TEST(lists_of_addresses_want_an_association_and_room)
{
	int listener = listener_with_two();
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	int one = new_socket(AF_INET, ONE_TO_ONE);
	int32_t id = connectx(fd, listener);
	struct addrs a;

	ck_fails(get_addrs(fd, PEER_ADDRS, 0, &a, 64), EINVAL);
	ck_fails(get_addrs(fd, PEER_ADDRS, 1, &a, 64), EINVAL);
	ck_fails(get_addrs(fd, PEER_ADDRS, id + 999, &a, 64), EINVAL);
	ck_fails(get_addrs(fd, LOCAL_ADDRS, id + 999, &a, 64), EINVAL);
	ck_fails(get_addrs(fd, PEER_ADDRS, id, &a, 31), ENOMEM);
	ck_assert_int_eq(get_addrs(fd, PEER_ADDRS, id, &a, 32), 0);
	ck_assert_uint_eq(a.n, 2);
	ck_assert_int_eq(get_addrs(fd, LOCAL_ADDRS, id, &a, 1000), 0);
	ck_assert(has(&a, "127.0.0.1", port_of(fd)));
	/* One-to-one, whatever the id. */
	ck_fails(get_addrs(one, PEER_ADDRS, 0, &a, 64), EINVAL);
	ck_assert_int_eq(connect_to(one, "127.0.0.1", port_of(listener)), 0);
	ck_assert_int_eq(get_addrs(one, PEER_ADDRS, 0, &a, 64), 0);
	ck_assert(has(&a, "127.0.0.1", port_of(listener)));
	ck_assert_int_eq(get_addrs(one, PEER_ADDRS, 99, &a, 64), 0);
	close(fd);
	close(one);
	close(listener);
}
END_TEST

START_TEST(the_wildcard_has_every_address)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	struct addrs a;

	ck_assert_int_eq(bind_to(fd, "0.0.0.0", 0), 0);
	ck_assert_int_eq(get_addrs(fd, LOCAL_ADDRS, 0, &a, sizeof(a.bytes)),
	    0);
	ck_assert(has(&a, "127.0.0.1", port_of(fd)));
	ck_assert(!has(&a, "0.0.0.0", port_of(fd)));
	close(fd);
}
END_TEST

START_TEST(on_an_ipv6_socket_addresses_are_ipv6s)
{
	int listener = listener_at("127.0.0.1", ONE_TO_MANY);
	int fd = new_socket(AF_INET6, ONE_TO_ONE);
	struct sockaddr_in6 v6;
	struct addrs a;
	struct at want = at("::ffff:127.0.0.1", port_of(listener));

	ck_assert_int_eq(connect_to(fd, "127.0.0.1", port_of(listener)), 0);
	ck_assert_int_eq(get_addrs(fd, PEER_ADDRS, 0, &a, 28), 0);
	ck_assert_uint_eq(a.n, 1);
	memcpy(&v6, a.bytes, sizeof(v6));
	ck_assert_int_eq(v6.sin6_family, AF_INET6);
	ck_assert_int_eq(v6.sin6_port, want.v6.sin6_port);
	ck_assert_mem_eq(&v6.sin6_addr, &want.v6.sin6_addr, 16);
	close(fd);
	close(listener);
}
END_TEST

/*
 * peeloff
 */

static int
peeloff(int fd, int32_t assoc)
{
	struct {
		int32_t assoc;
		int fd;
	} v = { assoc, -2 };
	socklen_t len = sizeof(v);
	int r = getsockopt(fd, IPPROTO_SCTP, PEELOFF, &v, &len);

	if (r >= 0)
		ck_assert_int_eq(r, v.fd);
	return r;
}

static int
peeloff_flags(int fd, int32_t assoc, unsigned int flags)
{
	struct {
		int32_t assoc;
		int fd;
		unsigned int flags;
	} v = { assoc, -2, flags };
	socklen_t len = sizeof(v);

	return getsockopt(fd, IPPROTO_SCTP, PEELOFF_FLAGS, &v, &len);
}

START_TEST(a_peeled_off_association_is_a_socket_of_its_own)
{
	int listener = listener_with_two();
	int port = port_of(listener);
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	int32_t id = connectx(fd, listener);
	struct addrs a;
	int new;

	new = peeloff(fd, id);
	ck_assert_int_ge(new, 0);
	ck_assert_str_eq(peer_of(new), "127.0.0.1");
	ck_assert_int_eq(port_of(new), port_of(fd));
	ck_assert_int_eq(is_writable(new), 1);
	ck_assert_int_eq(is_readable(new), 0);
	ck_assert_int_eq(fcntl(new, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(new, F_GETFD), 0);
	ck_assert_int_eq(get_addrs(new, PEER_ADDRS, id, &a, 64), 0);
	ck_assert(has(&a, "127.0.0.1", port));

	ck_fails(peeloff(fd, id), EINVAL);
	ck_fails(get_addrs(fd, PEER_ADDRS, id, &a, 64), EINVAL);
	ck_fails(connect_to(fd, "127.0.0.1", port), EADDRNOTAVAIL);
	ck_fails(connect_to(new, "127.0.0.1", port), EISCONN);
	ck_fails(listen(new, 5), EINVAL);
	ck_fails(accept(new, NULL, NULL), EOPNOTSUPP);
	ck_fails(peeloff(new, id), EINVAL);
	/* It lives without the one that it came from. */
	close(fd);
	ck_assert_str_eq(peer_of(new), "127.0.0.1");
	ck_assert_int_eq(is_readable(new), 0);
	close(new);
	close(listener);
}
END_TEST

START_TEST(peeloff_has_flags)
{
	int listener = listener_with_two();
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	int new;

	new = peeloff_flags(fd, connectx(fd, listener),
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	ck_assert_int_ge(new, 0);
	ck_assert_int_ne(fcntl(new, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(new, F_GETFD), FD_CLOEXEC);
	close(new);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(peeloff_refuses_what_cannot_be)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct pair p = new_pair("127.0.0.1");

	ck_fails(peeloff(fd, 0), EINVAL);
	ck_fails(peeloff(fd, 1), EINVAL);
	ck_fails(peeloff(fd, 999), EINVAL);
	ck_fails(peeloff(p.client, 3), EINVAL);
	close_pair(&p);
	close(fd);
}
END_TEST

START_TEST(ids_are_unique_in_the_process)
{
	int listener = listener_with_two();
	int32_t ids[8];
	int fds[8], i, j;

	for (i = 0; i < 8; i++) {
		fds[i] = new_socket(AF_INET, ONE_TO_MANY);
		ids[i] = connectx(fds[i], listener);
		for (j = 0; j < i; j++)
			ck_assert_int_ne(ids[i], ids[j]);
	}
	for (i = 0; i < 8; i++)
		close(fds[i]);
	close(listener);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("multi");
	TCase *tc;

	tc = tcase_create("bindx");
	tcase_add_test(tc, bindx_gives_one_port_to_several_addresses);
	tcase_add_test(tc, bindx_takes_all_at_once);
	tcase_add_test(tc, bindx_refuses_what_cannot_be);
	tcase_add_test(tc, bindx_takes_addresses_away_but_for_one);
	suite_add_tcase(s, tc);

	tc = tcase_create("connectx");
	tcase_add_test(tc, connectx_knows_all_addresses_of_the_peer);
	tcase_add_test(tc, connectx_has_three_versions);
	tcase_add_test(tc, connectx_refuses_what_cannot_be);
	suite_add_tcase(s, tc);

	tc = tcase_create("lists");
	tcase_add_test(tc, lists_of_addresses_want_an_association_and_room);
	tcase_add_test(tc, the_wildcard_has_every_address);
	tcase_add_test(tc, on_an_ipv6_socket_addresses_are_ipv6s);
	suite_add_tcase(s, tc);

	tc = tcase_create("peeloff");
	tcase_add_test(tc, a_peeled_off_association_is_a_socket_of_its_own);
	tcase_add_test(tc, peeloff_has_flags);
	tcase_add_test(tc, peeloff_refuses_what_cannot_be);
	tcase_add_test(tc, ids_are_unique_in_the_process);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
