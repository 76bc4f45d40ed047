/*
 * opts: options, set and read in one line each.
 */

#ifndef GS_TEST_OPTS_H
#define GS_TEST_OPTS_H

#include <errno.h>

#include "traffic.h"

/* Every record that has an assoc_id begins with it. */
static inline struct gsctp_opt
opts_of(uint32_t id, gsctp_assoc_id assoc)
{
	struct gsctp_opt o;

	memset(&o, 0, sizeof(o));
	o.id = id;
	o.u.rtoinfo.assoc_id = assoc;
	return o;
}

/* The option, read; o has the keys. */
static inline struct gsctp_opt
opts_get(gsctp_sock s, struct gsctp_opt o)
{
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o;
}

static inline struct gsctp_opt
opts_get_id(gsctp_sock s, uint32_t id, gsctp_assoc_id assoc)
{
	return opts_get(s, opts_of(id, assoc));
}

/* The number of an option that is a struct gsctp_assoc_value. */
static inline uint32_t
opts_value(gsctp_sock s, uint32_t id, gsctp_assoc_id assoc)
{
	return opts_get_id(s, id, assoc).u.assoc_value.assoc_value;
}

static inline int
opts_try(gsctp_sock s, struct gsctp_opt o)
{
	return gsctp_setopts(s, &o, 1, NULL);
}

static inline int
opts_try_value(gsctp_sock s, uint32_t id, gsctp_assoc_id assoc, uint32_t v)
{
	struct gsctp_opt o = opts_of(id, assoc);

	o.u.assoc_value.assoc_value = v;
	return opts_try(s, o);
}

static inline int
opts_try_get(gsctp_sock s, struct gsctp_opt o)
{
	return gsctp_getopts(s, &o, 1, NULL);
}

static inline gsctp_sock
opts_listener(const struct gsctp_opt *opts, size_t n)
{
	gsctp_sock s = loop_open(opts, n);

	ck_assert_int_eq(gsctp_listen(s, true), 0);
	return s;
}

/* A client of a listener that exists; *at_server is its end there. */
static inline gsctp_assoc_id
opts_join(gsctp_sock client, gsctp_sock server, gsctp_assoc_id *at_server)
{
	gsctp_assoc_id id = loop_connect(client, server);

	*at_server = loop_recv_state(server, GSCTP_COMM_UP);
	return id;
}

/* Send text by info; the result. */
static inline int
opts_send(gsctp_sock s, const struct gsctp_sndrcvinfo *info, const char *text)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)text,
		.iov_len = strlen(text) };

	return gsctp_sendmsg(s, info, &iov, 1, NULL, 0);
}

/* Both ways, and all acknowledged: a packet of the peer's that came later
 * would tell of its UDP port again. */
static inline void
opts_settle(const struct loop_pair *p)
{
	traffic_both_ways(p->client, p->at_client, p->server, p->at_server);
	traffic_arrived(p->client, p->at_client);
	traffic_arrived(p->server, p->at_server);
}

/* From now on what s sends on the association goes to this UDP port. */
static inline void
opts_send_by(gsctp_sock s, gsctp_assoc_id id, uint16_t udp_port)
{
	traffic_set(s, (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(
	    .assoc_id = id, .port = udp_port));
}

#endif
