/*
 * Messages of a program that calls libc's sockets: sent, received, in parts,
 * with ancillary data, and those that begin an association, with the kernel's
 * errno.  With PRELOAD_KERNEL=1, where the kernel has SCTP, the same is the
 * kernel's.
 */

#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include "check_main.h"
#include "plain_io.h"
#include "preload.h"

static struct pair p;
static char buf[300000];

static void
up(void)
{
	p = new_pair("127.0.0.1");
}

static void
down(void)
{
	close_pair(&p);
}

/*
 * One message after another
 */

START_TEST(a_message_arrives_whole_by_every_call)
{
	struct iovec out[2] = { { (void *)(uintptr_t)"ab", 2 },
		{ (void *)(uintptr_t)"cde", 3 } };
	struct iovec in[3] = { { buf, 1 }, { buf + 10, 0 }, { buf + 20, 9 } };
	struct msghdr m = { .msg_iov = out, .msg_iovlen = 2 };

	ck_assert_int_eq(send(p.client, "one", 3, 0), 3);
	ck_assert_int_eq(write(p.client, "two", 3), 3);
	ck_assert_int_eq(sendto(p.client, "three", 5, 0, NULL, 0), 5);
	ck_assert_int_eq(sendmsg(p.client, &m, 0), 5);
	ck_assert_int_eq(writev(p.client, out, 2), 5);
	expect(p.server, "one");
	ck_assert_int_eq(read(p.server, buf, sizeof(buf)), 3);
	ck_assert_mem_eq(buf, "two", 3);
	ck_assert_int_eq(recvfrom(p.server, buf, sizeof(buf), 0, NULL, NULL),
	    5);
	ck_assert_mem_eq(buf, "three", 5);
	ck_assert_int_eq(readv(p.server, in, 3), 5);
	ck_assert_int_eq(buf[0], 'a');
	ck_assert_mem_eq(buf + 20, "bcde", 4);
	m.msg_iov = in;
	m.msg_iovlen = 3;
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 5);
	ck_assert_int_eq(m.msg_flags & MSG_EOR, MSG_EOR);
	ck_assert_mem_eq(buf + 20, "bcde", 4);
}
END_TEST

START_TEST(a_message_is_read_in_parts_and_the_last_one_ends_it)
{
	struct iovec iov = { buf, 4 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	ck_assert_int_eq(send(p.client, "abcdefghij", 10, 0), 10);
	ck_assert_int_eq(send(p.client, "next", 4, 0), 4);
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 4);
	ck_assert_int_eq(m.msg_flags & (MSG_EOR | MSG_TRUNC), 0);
	ck_assert_mem_eq(buf, "abcd", 4);
	ck_assert(is_readable(p.server));
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 4);
	ck_assert_int_eq(m.msg_flags & MSG_EOR, 0);
	ck_assert_mem_eq(buf, "efgh", 4);
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 2);
	ck_assert_int_eq(m.msg_flags & MSG_EOR, MSG_EOR);
	ck_assert_mem_eq(buf, "ij", 2);
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 4);
	ck_assert_int_eq(m.msg_flags & MSG_EOR, MSG_EOR);
	ck_assert_mem_eq(buf, "next", 4);
	ck_assert(!is_readable(p.server));
}
END_TEST

START_TEST(peek_leaves_the_message)
{
	ck_assert_int_eq(send(p.client, "abcdef", 6, 0), 6);
	ck_assert_int_eq(recv(p.server, buf, 3, MSG_PEEK), 3);
	ck_assert_mem_eq(buf, "abc", 3);
	ck_assert_int_eq(recv(p.server, buf, 3, 0), 3);
	ck_assert_int_eq(recv(p.server, buf, 9, MSG_PEEK), 3);
	ck_assert_mem_eq(buf, "def", 3);
	ck_assert(is_readable(p.server));
	expect(p.server, "def");
	ck_assert(!is_readable(p.server));
}
END_TEST

START_TEST(fionread_is_the_next_message)
{
	int n = -1;

	ck_fails(ioctl(p.listener, FIONREAD, &n), ENOTCONN);
	ck_assert_int_eq(ioctl(p.server, FIONREAD, &n), 0);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(send(p.client, "abcdef", 6, 0), 6);
	ck_assert_int_eq(send(p.client, "gh", 2, 0), 2);
	ck_assert(poll_for(p.server, POLLIN, LONG_MS) & POLLIN);
	ck_assert_int_eq(ioctl(p.server, FIONREAD, &n), 0);
	ck_assert_int_eq(n, 6);
	ck_assert_int_eq(recv(p.server, buf, 4, 0), 4);
	ck_assert_int_eq(ioctl(p.server, FIONREAD, &n), 0);
	ck_assert_int_eq(n, 2);
	expect(p.server, "ef");
}
END_TEST

START_TEST(a_large_message_arrives_whole)
{
	char *big = malloc(100000);
	size_t done = 0;
	ssize_t n;

	ck_assert_ptr_nonnull(big);
	for (size_t i = 0; i < 100000; i++)
		big[i] = (char)(i * 7 + i / 256);
	ck_assert_int_eq(send(p.client, big, 100000, 0), 100000);
	while (done < 100000) {
		n = recv(p.server, buf + done, sizeof(buf) - done, 0);
		ck_assert_int_gt(n, 0);
		done += (size_t)n;
	}
	ck_assert_uint_eq(done, 100000);
	ck_assert_mem_eq(buf, big, 100000);
	free(big);
}
END_TEST

START_TEST(several_messages_in_one_call)
{
	struct iovec iov[3] = { { buf, 1 }, { buf + 1, 2 }, { buf + 3, 3 } };
	struct iovec room[3] = { { buf + 100, 50 }, { buf + 200, 50 },
		{ buf + 300, 50 } };
	struct mmsghdr v[4];

	memcpy(buf, "abbccc", 6);
	memset(v, 0, sizeof(v));
	for (int i = 0; i < 3; i++) {
		v[i].msg_hdr.msg_iov = &iov[i];
		v[i].msg_hdr.msg_iovlen = 1;
	}
	ck_assert_int_eq(sendmmsg(p.client, v, 3, 0), 3);
	ck_assert_uint_eq(v[2].msg_len, 3);
	for (int i = 0; i < 3; i++)
		v[i].msg_hdr.msg_iov = &room[i];
	ck_assert_int_eq(recvmmsg(p.server, v, 3, 0, NULL), 3);
	ck_assert_uint_eq(v[0].msg_len, 1);
	ck_assert_uint_eq(v[1].msg_len, 2);
	ck_assert_mem_eq(buf + 300, "ccc", 3);
	/* With one there, it does not wait for more. */
	ck_assert_int_eq(send(p.client, "x", 1, 0), 1);
	ck_assert_int_eq(recvmmsg(p.server, v, 3, MSG_WAITFORONE, NULL), 1);
	ck_fails(recvmmsg(p.server, v, 3, MSG_DONTWAIT, NULL), EAGAIN);
	/* An error after the first is not told. */
	iov[1].iov_len = 0;
	v[0].msg_hdr.msg_iov = &iov[0];
	v[1].msg_hdr.msg_iov = &iov[1];
	ck_assert_int_eq(sendmmsg(p.client, v, 2, 0), 1);
	ck_fails(sendmmsg(p.client, v + 1, 1, 0), EINVAL);
}
END_TEST

START_TEST(the_sender_has_the_peers_address)
{
	struct at from = { .len = sizeof(from.v6) };
	struct at cut = { .len = 4 };

	ck_assert_int_eq(send(p.client, "abc", 3, 0), 3);
	ck_assert_int_eq(recvfrom(p.server, buf, 1, 0, &from.sa, &from.len),
	    1);
	ck_assert_str_eq(host_of(&from), "127.0.0.1");
	ck_assert_int_eq(ntohs(from.v4.sin_port), port_of(p.client));
	ck_assert_int_eq(recvfrom(p.server, buf, 9, 0, &cut.sa, &cut.len), 2);
	ck_assert_int_eq(cut.len, sizeof(cut.v4));
	ck_assert_int_eq(cut.v4.sin_port, from.v4.sin_port);
	ck_assert_int_eq(cut.v4.sin_addr.s_addr, 0);
}
END_TEST

START_TEST(what_a_send_does_not_say_is_by_default)
{
	struct sndrcv d = { .stream = 3, .ppid = htonl(46), .context = 9 };
	struct sndinfo i = { .sid = 1, .ppid = htonl(47) };
	struct sndrcv got;

	ask_for_info(p.server);
	ck_assert_int_eq(setsockopt(p.client, IPPROTO_SCTP,
	    OPT_DEFAULT_SEND_PARAM, &d, sizeof(d)), 0);
	ck_assert_int_eq(send(p.client, "plain", 5, 0), 5);
	receive_info(p.server, "plain", &got);
	ck_assert_uint_eq(got.stream, 3);
	ck_assert_uint_eq(ntohl(got.ppid), 46);
	ck_assert_uint_eq(got.flags, 0);
	ck_assert_int_eq(send_with(p.client, NULL, "said", CMSG_SNDINFO, &i,
	    sizeof(i)), 4);
	receive_info(p.server, "said", &got);
	ck_assert_uint_eq(got.stream, 1);
	ck_assert_uint_eq(ntohl(got.ppid), 47);
	i.flags = UNORDERED;
	ck_assert_int_eq(send_with(p.client, NULL, "loose", CMSG_SNDINFO, &i,
	    sizeof(i)), 5);
	receive_info(p.server, "loose", &got);
	ck_assert_uint_eq(got.flags, UNORDERED);
}
END_TEST

START_TEST(ancillary_data_is_cut_off_where_there_is_no_room)
{
	struct iovec iov = { buf, 9 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union {
		struct cmsghdr h;
		char bytes[64];
	} c;

	ask_for_info(p.server);
	ck_assert_int_eq(send(p.client, "one", 3, 0), 3);
	ck_assert_int_eq(send(p.client, "two", 3, 0), 3);
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 3);
	ck_assert_int_eq(m.msg_flags, MSG_EOR | MSG_CTRUNC);
	ck_assert_uint_eq(m.msg_controllen, 0);
	m.msg_control = c.bytes;
	m.msg_controllen = 20;
	ck_assert_int_eq(recvmsg(p.server, &m, 0), 3);
	ck_assert_int_eq(m.msg_flags, MSG_EOR | MSG_CTRUNC);
	ck_assert_uint_eq(m.msg_controllen, 20);
	ck_assert_uint_eq(c.h.cmsg_len, 20);
}
END_TEST

START_TEST(a_read_of_nothing_does_not_wait)
{
	ck_assert_int_eq(read(p.server, buf, 0), 0);
	ck_assert_int_eq(readv(p.server, NULL, 0), 0);
}
END_TEST

/*
 * What is wrong
 */

START_TEST(what_makes_no_sense_is_refused)
{
	struct iovec iov = { NULL, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	volatile int parts = 1025;

	ck_fails(send(p.client, buf, 0, 0), EINVAL);
	ck_fails(write(p.client, buf, 0), EINVAL);
	iov.iov_len = 0;
	ck_assert_int_eq(writev(p.client, &iov, 1), 0);
	iov.iov_len = 1;
	ck_fails(send(p.client, buf, 213000, 0), EMSGSIZE);
	ck_fails(send(p.client, NULL, 1, 0), EFAULT);
	ck_fails(sendmsg(p.client, &m, 0), EFAULT);
	ck_assert_int_eq(send(p.server, "x", 1, 0), 1);
	ck_fails(recv(p.client, NULL, 1, 0), EFAULT);
	m.msg_iovlen = 1025;
	ck_fails(sendmsg(p.client, &m, 0), EMSGSIZE);
	/* The compiler would not have it in plain figures. */
	ck_fails(writev(p.client, &iov, parts), EINVAL);
	parts = -1;
	ck_fails(writev(p.client, &iov, parts), EINVAL);
	ck_fails(recv(p.client, buf, 1, MSG_ERRQUEUE | MSG_DONTWAIT), EAGAIN);
}
END_TEST

START_TEST(a_socket_without_an_association)
{
	int one = new_socket(AF_INET, ONE_TO_ONE);
	int many = new_socket(AF_INET, ONE_TO_MANY);

	ck_fails(send(one, "x", 1, MSG_NOSIGNAL), EPIPE);
	ck_fails(send(many, "x", 1, MSG_NOSIGNAL), EPIPE);
	ck_fails(send(many, NULL, 1, MSG_NOSIGNAL), EPIPE);
	ck_fails(recv(one, buf, 1, 0), ENOTCONN);
	ck_fails(recv(many, buf, 1, 0), ENOTCONN);
	ck_fails(recv(one, buf, 1, MSG_DONTWAIT), EAGAIN);
	ck_fails(recv(many, buf, 1, MSG_DONTWAIT), EAGAIN);
	ck_fails(recv(p.listener, buf, 1, 0), ENOTCONN);
	ck_fails(send(p.listener, "x", 1, MSG_NOSIGNAL), EPIPE);
	close(one);
	close(many);
}
END_TEST

START_TEST(ancillary_data_that_is_not_right_is_refused)
{
	struct sndinfo i = { .sid = 0 };
	char more[64] = { 0 };

	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, &i,
	    sizeof(i) - 4), EINVAL);
	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, more,
	    sizeof(i) + 4), EINVAL);
	ck_fails(send_with(p.client, NULL, "x", 99, more, 8), EINVAL);
	ck_fails(send_with(p.client, NULL, "x", 4, more, 16), EINVAL);
	i.flags = 0x1000;
	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = END;
	ck_fails(send_with(p.client, NULL, "", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = ABORT;
	ck_fails(send_with(p.client, NULL, "", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = ADDR_OVER;
	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = 0;
	i.sid = 9999;
	ck_fails(send_with(p.client, NULL, "x", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.sid = 1;
	i.flags = UNORDERED;
	ck_assert_int_eq(send_with(p.client, NULL, "right", CMSG_SNDINFO, &i,
	    sizeof(i)), 5);
	expect(p.server, "right");
}
END_TEST

/*
 * One-to-many
 */

START_TEST(a_message_begins_an_association)
{
	int server = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(server));
	struct at from = { .len = sizeof(from.v6) };

	ck_assert_int_eq(sendto(client, "first", 5, 0, &to.sa, to.len), 5);
	ck_assert_int_eq(sendto(client, "second", 6, 0, &to.sa, to.len), 6);
	ck_assert_int_eq(recvfrom(server, buf, 99, 0, &from.sa, &from.len),
	    5);
	ck_assert_mem_eq(buf, "first", 5);
	ck_assert_int_eq(ntohs(from.v4.sin_port), port_of(client));
	expect(server, "second");
	ck_assert_int_eq(sendto(server, "back", 4, 0, &from.sa, from.len), 4);
	expect(client, "back");
	close(client);
	close(server);
}
END_TEST

START_TEST(a_message_that_does_not_wait_begins_one_too)
{
	int server = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(server));

	set_nonblocking(client);
	ck_assert_int_eq(sendto(client, "first", 5, 0, &to.sa, to.len), 5);
	ck_assert_int_eq(sendto(client, "second", 6, 0, &to.sa, to.len), 6);
	expect(server, "first");
	expect(server, "second");
	close(client);
	close(server);
}
END_TEST

START_TEST(a_one_to_one_socket_can_begin_so_as_well)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	struct at to = at("127.0.0.1", port_of(p.listener));
	struct at other = at("127.0.0.1", port_of(p.client));
	int server;

	ck_assert_int_eq(sendto(fd, "first", 5, 0, &to.sa, to.len), 5);
	server = accept(p.listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	expect(server, "first");
	ck_assert_int_eq(sendto(fd, "more", 4, 0, &to.sa, to.len), 4);
	expect(server, "more");
	ck_assert_int_eq(send(fd, "still", 5, 0), 5);
	expect(server, "still");
	ck_fails(sendto(fd, "x", 1, 0, &other.sa, other.len), EADDRNOTAVAIL);
	close(fd);
	close(server);
}
END_TEST

START_TEST(nobody_there_is_not_this_calls_to_tell)
{
	int client = new_socket(AF_INET, ONE_TO_MANY);
	int gone = listener_at("127.0.0.1", ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(gone));

	close(gone);
	ck_assert_int_eq(sendto(client, "x", 1, 0, &to.sa, to.len), 1);
	close(client);
}
END_TEST

START_TEST(an_address_that_is_none_is_refused)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", 9);
	struct at v6 = at("::1", 9);

	ck_fails(sendto(fd, "x", 1, 0, &to.sa, to.len - 1), EINVAL);
	ck_fails(sendto(fd, "x", 1, 0, &v6.sa, v6.len), EINVAL);
	ck_fails(sendto(fd, "x", 1, 0, &to.sa, (socklen_t)-1), EINVAL);
	to.sa.sa_family = AF_UNIX;
	ck_fails(sendto(fd, "x", 1, 0, &to.sa, to.len), EINVAL);
	close(fd);
}
END_TEST

START_TEST(flags_end_an_association_of_one_to_many)
{
	int server = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(server));
	struct sndinfo i = { .flags = END };

	/* That is no way to begin one. */
	ck_fails(send_with(client, &to, "", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	i.flags = ABORT;
	ck_fails(send_with(client, &to, "", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	ck_assert_int_eq(sendto(client, "x", 1, 0, &to.sa, to.len), 1);
	expect(server, "x");
	i.flags = END;
	ck_fails(send_with(client, &to, "data", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	ck_assert_int_eq(send_with(client, &to, "", CMSG_SNDINFO, &i,
	    sizeof(i)), 0);
	/* To all that there are, which is none or one that ends. */
	i.flags = SENDALL;
	ck_assert_int_ge(send_with(client, NULL, "y", CMSG_SNDINFO, &i,
	    sizeof(i)), 0);
	close(client);
	close(server);
}
END_TEST

/* Its association's id, with a message that has this text. */
static int32_t
id_of(int fd, const char *text)
{
	struct sndrcv info;
	int32_t id = 0;

	receive_info(fd, text, &info);
	id = info.assoc_id;
	ck_assert_int_gt(id, 2);
	return id;
}

START_TEST(a_peeled_off_socket_has_one_peer_and_its_end)
{
	int server = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(server));
	struct at from = at("127.0.0.1", 0);
	struct at other = at("127.0.0.1", 9);
	struct peeloff peel = { 0, 0 };
	struct sndinfo i = { .flags = END };
	socklen_t len = sizeof(peel);

	ask_for_info(server);
	ck_assert_int_eq(sendto(client, "first", 5, 0, &to.sa, to.len), 5);
	from = at("127.0.0.1", port_of(client));
	peel.assoc_id = id_of(server, "first");
	peel.sd = getsockopt(server, IPPROTO_SCTP, OPT_PEELOFF, &peel, &len);
	ck_assert_int_ge(peel.sd, 0);
	/* A name says nothing there, and here it is not ours any more. */
	ck_assert_int_eq(sendto(peel.sd, "named", 5, 0, &other.sa,
	    other.len), 5);
	expect(client, "named");
	ck_fails(sendto(server, "x", 1, 0, &from.sa, from.len),
	    EADDRNOTAVAIL);
	ck_assert_int_eq(send_with(peel.sd, NULL, "", CMSG_SNDINFO, &i,
	    sizeof(i)), 0);
	ck_assert_int_eq(close(peel.sd), 0);
	close(client);
	close(server);
}
END_TEST

START_TEST(sendall_is_one_message_for_each)
{
	int a = listener_at("127.0.0.1", ONE_TO_MANY);
	int b = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to_a = at("127.0.0.1", port_of(a));
	struct at to_b = at("127.0.0.1", port_of(b));
	struct sndinfo i = { .flags = SENDALL };

	ck_assert_int_eq(sendto(client, "a", 1, 0, &to_a.sa, to_a.len), 1);
	ck_assert_int_eq(sendto(client, "b", 1, 0, &to_b.sa, to_b.len), 1);
	expect(a, "a");
	expect(b, "b");
	ck_assert_int_eq(send_with(client, NULL, "all", CMSG_SNDINFO, &i,
	    sizeof(i)), 3);
	expect(a, "all");
	expect(b, "all");
	close(client);
	close(a);
	close(b);
}
END_TEST

START_TEST(init_goes_for_the_one_attempt)
{
	int server = listener_at("127.0.0.1", ONE_TO_MANY);
	int client = new_socket(AF_INET, ONE_TO_MANY);
	struct at to = at("127.0.0.1", port_of(server));
	struct initmsg init = { .num_ostreams = 3 };
	struct sndinfo i = { .sid = 2 };
	struct iovec iov = { (void *)(uintptr_t)"on 2", 4 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(sizeof(init)) + CMSG_SPACE(sizeof(i))];
	} c;
	struct cmsghdr *h;

	memset(&c, 0, sizeof(c));
	m.msg_control = c.bytes;
	m.msg_controllen = sizeof(c.bytes);
	m.msg_name = &to.sa;
	m.msg_namelen = to.len;
	h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = IPPROTO_SCTP;
	h->cmsg_type = CMSG_INIT;
	h->cmsg_len = CMSG_LEN(sizeof(init));
	memcpy(CMSG_DATA(h), &init, sizeof(init));
	h = CMSG_NXTHDR(&m, h);
	h->cmsg_level = IPPROTO_SCTP;
	h->cmsg_type = CMSG_SNDINFO;
	h->cmsg_len = CMSG_LEN(sizeof(i));
	memcpy(CMSG_DATA(h), &i, sizeof(i));
	ck_assert_int_eq(sendmsg(client, &m, 0), 4);
	expect(server, "on 2");
	i.sid = 3;
	ck_fails(send_with(client, &to, "x", CMSG_SNDINFO, &i, sizeof(i)),
	    EINVAL);
	close(client);
	close(server);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("preload_io");
	TCase *tc = tcase_create("messages");

	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_message_arrives_whole_by_every_call);
	tcase_add_test(tc,
	    a_message_is_read_in_parts_and_the_last_one_ends_it);
	tcase_add_test(tc, peek_leaves_the_message);
	tcase_add_test(tc, fionread_is_the_next_message);
	tcase_add_test(tc, a_large_message_arrives_whole);
	tcase_add_test(tc, several_messages_in_one_call);
	tcase_add_test(tc, the_sender_has_the_peers_address);
	tcase_add_test(tc, what_a_send_does_not_say_is_by_default);
	tcase_add_test(tc,
	    ancillary_data_is_cut_off_where_there_is_no_room);
	tcase_add_test(tc, a_read_of_nothing_does_not_wait);
	tcase_add_test(tc, what_makes_no_sense_is_refused);
	tcase_add_test(tc, a_socket_without_an_association);
	tcase_add_test(tc, ancillary_data_that_is_not_right_is_refused);
	suite_add_tcase(s, tc);

	tc = tcase_create("begun by a message");
	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_message_begins_an_association);
	tcase_add_test(tc, a_message_that_does_not_wait_begins_one_too);
	tcase_add_test(tc, a_one_to_one_socket_can_begin_so_as_well);
	tcase_add_test(tc, nobody_there_is_not_this_calls_to_tell);
	tcase_add_test(tc, an_address_that_is_none_is_refused);
	tcase_add_test(tc, flags_end_an_association_of_one_to_many);
	tcase_add_test(tc, a_peeled_off_socket_has_one_peer_and_its_end);
	tcase_add_test(tc, sendall_is_one_message_for_each);
	tcase_add_test(tc, init_goes_for_the_one_attempt);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
