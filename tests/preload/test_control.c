/*
 * Ancillary data that chooses addresses and keys.  With PRELOAD_KERNEL=1,
 * where the kernel has SCTP, the same is the kernel's.
 */

#include "check_main.h"
#include "plain_opt.h"
#include "preload.h"

/* One byte to this port, with one record. */
static ssize_t
send_with(int fd, int port, int type, const void *data, size_t len)
{
	struct at to = at("127.0.0.1", port);
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(64)];
	} control;
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct msghdr m = { .msg_name = &to.sa,
		.msg_namelen = to.len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(len) };

	memset(&control, 0, sizeof(control));
	control.head.cmsg_level = IPPROTO_SCTP;
	control.head.cmsg_type = type;
	control.head.cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(&control.head), data, len);
	return sendmsg(fd, &m, 0);
}

/* How many addresses the peer has. */
static uint32_t
npeers(int fd)
{
	union {
		struct sctp_getaddrs head;
		char room[1024];
	} l;
	socklen_t len = sizeof(l);

	memset(&l, 0, sizeof(l));
	l.head.assoc_id = only_id(fd);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_SCTP, SCTP_GET_PEER_ADDRS, &l,
			     &len),
	    0);
	return l.head.addr_num;
}

START_TEST(a_message_begins_an_association_with_more_addresses)
{
	int server = new_socket(AF_INET, ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at first = at("127.0.0.1", 0), second;
	struct in_addr more;
	int port;
	char byte;

	ck_set(server, SCTP_SOCKOPT_BINDX_ADD, &first.v4);
	port = port_of(server);
	second = at("127.0.0.2", port);
	ck_set(server, SCTP_SOCKOPT_BINDX_ADD, &second.v4);
	ck_assert_int_eq(listen(server, 1), 0);
	more = second.v4.sin_addr;
	ck_assert_int_eq(send_with(client, port, SCTP_DSTADDRV4, &more,
			     sizeof(more)),
	    1);
	ck_assert_int_eq(recv(server, &byte, 1, 0), 1);
	ck_assert_uint_eq(npeers(client), 2);
	close(client);
	close(server);
}
END_TEST

START_TEST(an_address_of_another_size_is_refused)
{
	struct many m = new_many(NULL);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	char bytes[32] = { 0 };

	ck_fails(send_with(client, port_of(m.server), SCTP_DSTADDRV4, bytes, 3),
	    EINVAL);
	ck_fails(send_with(client, port_of(m.server), SCTP_DSTADDRV6, bytes, 4),
	    EINVAL);
	close(client);
	close_many(&m);
}
END_TEST

static void
with_keys(int fd)
{
	struct sctp_authchunk c = { .sauth_chunk = 0 };

	opt_set_value(fd, SCTP_AUTH_SUPPORTED, 0, 1);
	ck_set(fd, SCTP_AUTH_CHUNK, &c);
}

START_TEST(a_key_that_there_is_not_is_refused_where_data_is_signed)
{
	struct many signs = new_many(with_keys);
	struct many plain = new_many(NULL);
	struct sctp_authinfo a = { .auth_keynumber = 9 };

	ck_fails(send_with(signs.client, port_of(signs.server), SCTP_AUTHINFO,
		     &a, sizeof(a)),
	    EINVAL);
	ck_assert_int_eq(send_with(plain.client, port_of(plain.server),
			     SCTP_AUTHINFO, &a, sizeof(a)),
	    1);
	a.auth_keynumber = 0;
	ck_assert_int_eq(send_with(signs.client, port_of(signs.server),
			     SCTP_AUTHINFO, &a, sizeof(a)),
	    1);
	close_many(&plain);
	close_many(&signs);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("control");
	TCase *tc = tcase_create("control");

	tcase_add_test(tc, a_message_begins_an_association_with_more_addresses);
	tcase_add_test(tc, an_address_of_another_size_is_refused);
	tcase_add_test(tc,
	    a_key_that_there_is_not_is_refused_where_data_is_signed);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
