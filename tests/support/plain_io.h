/*
 * plain_io: messages of a program that knows nothing of gsctp, with ancillary
 * data; for the tests of the preload library.
 */

#ifndef GS_PLAIN_IO_H
#define GS_PLAIN_IO_H

#include "plain.h"

/* As <netinet/sctp.h> has them. */
enum {
	CMSG_INIT = 0,
	CMSG_SNDRCV = 1,
	CMSG_SNDINFO = 2,
	CMSG_PRINFO = 5,
	CMSG_AUTHINFO = 6,
	OPT_DEFAULT_SEND_PARAM = 10,
	OPT_EVENTS = 11,
	OPT_PEELOFF = 102,
	UNORDERED = 1,
	ADDR_OVER = 2,
	ABORT = 4,
	SENDALL = 0x40,
	END = 0x200,
};

struct sndinfo {
	uint16_t sid, flags;
	uint32_t ppid, context;
	int32_t assoc_id;
};

struct sndrcv {
	uint16_t stream, ssn, flags;
	uint32_t ppid, context, timetolive, tsn, cumtsn;
	int32_t assoc_id;
};

struct peeloff {
	int32_t assoc_id;
	int sd;
};

struct initmsg {
	uint16_t num_ostreams, max_instreams, max_attempts, max_init_timeo;
};

static inline void
expect(int fd, const char *text)
{
	char got[64];
	ssize_t n = recv(fd, got, sizeof(got), 0);

	ck_assert_int_eq(n, (ssize_t)strlen(text));
	ck_assert_mem_eq(got, text, strlen(text));
}

/* One message with one record of ancillary data. */
static inline ssize_t
send_with(int fd, const struct at *to, const char *text, int type,
    const void *record, size_t len)
{
	union {
		struct cmsghdr h;
		char bytes[256];
	} c;
	struct iovec iov = { (void *)(uintptr_t)text, strlen(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	memset(&c, 0, sizeof(c));
	c.h.cmsg_level = IPPROTO_SCTP;
	c.h.cmsg_type = type;
	c.h.cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(&c.h), record, len);
	m.msg_control = c.bytes;
	m.msg_controllen = CMSG_SPACE(len);
	if (to != NULL) {
		m.msg_name = (void *)(uintptr_t)&to->sa;
		m.msg_namelen = to->len;
	}
	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

/* SCTP_SNDRCV with each message from now on. */
static inline void
ask_for_info(int fd)
{
	unsigned char events[8] = { 1 };

	ck_assert_int_eq(setsockopt(fd, IPPROTO_SCTP, OPT_EVENTS, events,
	    sizeof(events)), 0);
}

static inline void
receive_info(int fd, const char *text, struct sndrcv *info)
{
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(sizeof(*info))];
	} c;
	char got[64];
	struct iovec iov = { got, sizeof(got) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	m.msg_control = c.bytes;
	m.msg_controllen = sizeof(c.bytes);
	ck_assert_int_eq(recvmsg(fd, &m, 0), (ssize_t)strlen(text));
	ck_assert_mem_eq(got, text, strlen(text));
	ck_assert_int_eq(m.msg_flags, MSG_EOR);
	ck_assert_ptr_nonnull(CMSG_FIRSTHDR(&m));
	ck_assert_int_eq(c.h.cmsg_type, CMSG_SNDRCV);
	ck_assert_uint_eq(c.h.cmsg_len, CMSG_LEN(sizeof(*info)));
	memcpy(info, CMSG_DATA(&c.h), sizeof(*info));
}

#endif
