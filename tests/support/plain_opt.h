/*
 * plain_opt: options of SCTP, as a program that knows nothing of gsctp sets
 * and gets them, each in one line; beside plain.h.
 */

#ifndef GS_PLAIN_OPT_H
#define GS_PLAIN_OPT_H

#include <netinet/in.h>
#include <netinet/sctp.h>

#include "plain.h"

#define opt_set(fd, name, v) setsockopt(fd, IPPROTO_SCTP, name, v, sizeof(*(v)))
#define ck_set(fd, name, v) ck_assert_int_eq(opt_set(fd, name, v), 0)
#define ck_set_fails(fd, name, v, error) ck_fails(opt_set(fd, name, v), error)
#define ck_get(fd, name, v) opt_get(fd, name, v, sizeof(*(v)))
#define ck_get_fails(fd, name, v, error)                                       \
	do {                                                                   \
		socklen_t len_ = sizeof(*(v));                                 \
		ck_fails(getsockopt(fd, IPPROTO_SCTP, name, v, &len_), error); \
	} while (0)

static inline void
opt_get(int fd, int name, void *v, socklen_t len)
{
	socklen_t got = len;

	ck_assert_msg(getsockopt(fd, IPPROTO_SCTP, name, v, &got) == 0,
	    "get %d: %s", name, strerror(errno));
	ck_assert_uint_eq(got, len);
}

static inline int
opt_int(int fd, int name)
{
	int v = -1;

	ck_get(fd, name, &v);
	return v;
}

static inline void
opt_set_int(int fd, int name, int v)
{
	ck_assert_msg(opt_set(fd, name, &v) == 0, "set %d: %s", name,
	    strerror(errno));
}

/* Of a struct sctp_assoc_value. */
static inline uint32_t
opt_value(int fd, int name, sctp_assoc_t id)
{
	struct sctp_assoc_value v = { .assoc_id = id, .assoc_value = 0 };
	socklen_t len = sizeof(v);

	ck_assert_msg(getsockopt(fd, IPPROTO_SCTP, name, &v, &len) == 0,
	    "get %d: %s", name, strerror(errno));
	return v.assoc_value;
}

static inline int
opt_try_value(int fd, int name, sctp_assoc_t id, uint32_t value)
{
	struct sctp_assoc_value v = { .assoc_id = id, .assoc_value = value };

	return opt_set(fd, name, &v);
}

static inline void
opt_set_value(int fd, int name, sctp_assoc_t id, uint32_t value)
{
	ck_assert_msg(opt_try_value(fd, name, id, value) == 0, "set %d: %s",
	    name, strerror(errno));
}

/* Two one-to-many sockets with an association, and its id on each side. */
struct many {
	int client, server;
	sctp_assoc_t client_id, server_id;
};

static inline sctp_assoc_t
only_id(int fd)
{
	struct {
		struct sctp_assoc_ids ids;
		sctp_assoc_t id;
	} v;
	socklen_t len = sizeof(v);

	memset(&v, 0, sizeof(v));
	ck_assert_int_eq(getsockopt(fd, IPPROTO_SCTP, SCTP_GET_ASSOC_ID_LIST,
			     &v, &len),
	    0);
	ck_assert_uint_eq(v.ids.gaids_number_of_ids, 1);
	return v.id;
}

/* The server hears of it by an event, which is left where it is. */
static inline struct many
new_many(void (*prepare)(int fd))
{
	struct sctp_event_subscribe events;
	struct many m;

	memset(&events, 0, sizeof(events));
	m.server = new_socket(AF_INET, ONE_TO_MANY);
	m.client = new_socket(AF_INET, ONE_TO_MANY);
	if (prepare != NULL) {
		prepare(m.server);
		prepare(m.client);
	}
	events.sctp_association_event = 1;
	ck_set(m.server, SCTP_EVENTS, &events);
	ck_assert_int_eq(bind_to(m.server, "127.0.0.1", 0), 0);
	ck_assert_int_eq(listen(m.server, 1), 0);
	ck_assert_int_eq(connect_to(m.client, "127.0.0.1", port_of(m.server)),
	    0);
	ck_assert_int_eq(poll_for(m.server, POLLIN, LONG_MS) & POLLIN, POLLIN);
	m.client_id = only_id(m.client);
	m.server_id = only_id(m.server);
	return m;
}

static inline void
close_many(const struct many *m)
{
	ck_assert_int_eq(close(m->client), 0);
	ck_assert_int_eq(close(m->server), 0);
}

/* The peer's address, as the kernel wants it in records. */
static inline void
put_addr(void *to, const char *host, int port)
{
	struct at a = at(host, port);

	memset(to, 0, sizeof(struct sockaddr_storage));
	memcpy(to, &a.sa, a.len);
}

#endif
