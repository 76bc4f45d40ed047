/* status: see status.h. */

#include "status.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "assoc_part.h"
#include "clock.h"
#include "endpoint.h"
#include "engine.h"
#include "engine_opt.h"
#include "hub.h"
#include "json.h"
#include "opt_send.h"
#include "stack.h"

/* Sockets, or associations, a section with the lock. */
#define BATCH 32

/* The longest of one: 64 paths and 64 local addresses. */
#define ONE_BYTES (32u * 1024)

/* All that there were when it began. */
struct lists {
	uint64_t *socks;
	gsctp_assoc_id *assocs;
	size_t nsocks, nassocs;
};

static void
put_addr(struct gs_json *j, const char *key, const union gs_addr *a)
{
	const void *bytes = &a->v4.sin_addr;
	char text[INET6_ADDRSTRLEN];

	if (a->sa.sa_family == AF_INET6)
		bytes = &a->v6.sin6_addr;
	if (inet_ntop(a->sa.sa_family, bytes, text, sizeof(text)) == NULL)
		gs_json_null(j, key);
	else
		gs_json_string(j, key, text);
}

static void
put_addrs(struct gs_json *j, const char *key, const union gs_addr *a, size_t n)
{
	size_t i;

	gs_json_array(j, key);
	for (i = 0; i < n; i++)
		put_addr(j, NULL, &a[i]);
	gs_json_end_array(j);
}

/* A handle is too large for what reads numbers as floating point. */
static void
put_handle(struct gs_json *j, const char *key, uint64_t id)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	gs_json_string(j, key, text);
}

/*
 * The stack
 */

static void
put_stack(struct gs_json *j, const struct gsctp_stack_info *info,
    uint64_t uptime_ms)
{
	gs_json_string(j, "version", info->version);
	gs_json_string(j, "engine", info->engine);
	gs_json_number(j, "pid", (uint64_t)getpid());
	gs_json_string(j, "program", program_invocation_short_name);
	gs_json_string(j, "encapsulation",
	    info->encapsulation == GSCTP_ENCAPS_RAW ? "raw" : "udp");
	gs_json_number(j, "udp_port", info->udp_port);
	gs_json_number(j, "peer_udp_port", info->peer_udp_port);
	gs_json_number(j, "uptime_ms", uptime_ms);
	gs_json_object(j, "counters");
	gs_json_number(j, "in_packets", info->in_packets);
	gs_json_number(j, "out_packets", info->out_packets);
	gs_json_number(j, "out_dropped", info->out_dropped);
	gs_json_number(j, "in_bad_checksum", info->in_bad_checksum);
	gs_json_number(j, "in_bad_chunk", info->in_bad_chunk);
	gs_json_number(j, "in_bad_init", info->in_bad_init);
	gs_json_number(j, "in_bad_tag", info->in_bad_tag);
	gs_json_number(j, "in_bad_restart", info->in_bad_restart);
	gs_json_number(j, "wakeups", info->wakeups);
	gs_json_end_object(j);
}

static void
put_faults_of(struct gs_json *j, const char *key,
    const struct gs_faults_count *c)
{
	gs_json_object(j, key);
	gs_json_number(j, "packets", c->packets);
	gs_json_number(j, "lost", c->lost);
	gs_json_number(j, "blackholed", c->blackholed);
	gs_json_number(j, "too_long", c->too_long);
	gs_json_number(j, "duplicated", c->duplicated);
	gs_json_number(j, "corrupted", c->corrupted);
	gs_json_number(j, "reordered", c->reordered);
	gs_json_number(j, "delayed", c->delayed);
	gs_json_number(j, "rate_dropped", c->rate_dropped);
	gs_json_number(j, "no_room", c->no_room);
	gs_json_end_object(j);
}

static void
put_faults(struct gs_json *j)
{
	struct gs_faults_stats stats;
	bool has_some;

	if (gs_api_enter() != 0)
		return;
	has_some = gs_engine_faults_locked(&stats);
	gs_leave();
	if (!has_some) {
		gs_json_null(j, "faults");
		return;
	}
	gs_json_object(j, "faults");
	gs_json_number(j, "seed", stats.seed);
	gs_json_number(j, "held", stats.held);
	put_faults_of(j, "out", &stats.count[GS_FAULTS_OUT]);
	put_faults_of(j, "in", &stats.count[GS_FAULTS_IN]);
	gs_json_end_object(j);
}

/*
 * A socket
 */

static void
put_mode(struct gs_json *j, const struct gs_endpoint *ep)
{
	int32_t mode = gs_deliver_get(&ep->delivery.mode);

	switch (mode) {
	case GSCTP_ACTIVE_FALSE:
		gs_json_string(j, "active", "false");
		break;
	case GSCTP_ACTIVE_TRUE:
		gs_json_string(j, "active", "true");
		break;
	case GSCTP_ACTIVE_ONCE:
		gs_json_string(j, "active", "once");
		break;
	default:
		gs_json_string(j, "active", "count");
		gs_json_number(j, "active_left", (uint64_t)mode);
		break;
	}
}

static void
put_socket(struct gs_json *j, const struct gs_endpoint *ep)
{
	gs_json_object(j, NULL);
	put_handle(j, "id", ep->id);
	gs_json_string(j, "type",
	    ep->stream.is_on ? "one-to-one" : "one-to-many");
	gs_json_string(j, "family", ep->v6 ? "inet6" : "inet");
	gs_json_number(j, "port", ep->port);
	gs_json_bool(j, "wildcard", ep->is_wildcard);
	put_addrs(j, "addresses", ep->addrs, ep->is_wildcard ? 0 : ep->naddrs);
	gs_json_bool(j, "listening", ep->is_listening);
	if (ep->stream.is_on) {
		gs_json_number(j, "backlog", ep->stream.backlog);
		gs_json_number(j, "pending", ep->stream.npending);
	}
	gs_json_bool(j, "accepted", ep->is_child);
	put_mode(j, ep);
	gs_json_number(j, "associations", ep->nassocs);
	gs_json_bool(j, "readable", gs_endpoint_is_readable(ep));
	gs_json_number(j, "in_messages", ep->stat.recv_cnt);
	gs_json_number(j, "in_octets", ep->stat.recv_oct);
	gs_json_number(j, "out_messages", ep->stat.send_cnt);
	gs_json_number(j, "out_octets", ep->stat.send_oct);
	gs_json_end_object(j);
}

/*
 * An association
 */

static const char *
path_state(uint32_t state)
{
	return state == GSCTP_PATH_ACTIVE ? "active" :
	    state == GSCTP_PATH_INACTIVE  ? "inactive" :
					    "unconfirmed";
}

static uint16_t
udp_port_of(struct gs_assoc *a, const struct sockaddr_storage *ss)
{
	struct gsctp_opt o = GSCTP_REMOTE_UDP_ENCAPS_PORT(.address = *ss);

	return gs_eopt_get(a->so, true, &o) == 0 ? o.u.udp_encaps.port : 0;
}

static void
put_path(struct gs_json *j, struct gs_assoc *a, const union gs_addr *peer,
    const struct gsctp_status *st)
{
	struct gsctp_opt o = GSCTP_GET_PEER_ADDR_INFO(.assoc_id = a->id);
	const struct gsctp_paddrinfo *p = &o.u.paddrinfo;
	union gs_addr primary;

	memcpy(&o.u.paddrinfo.address, peer, gs_addr_len(peer));
	if (gs_eopt_get(a->so, true, &o) != 0)
		return;
	memset(&primary, 0, sizeof(primary));
	(void)gs_addr_from(&primary,
	    (const struct sockaddr *)&st->primary.address,
	    sizeof(st->primary.address));
	gs_addr_unmap(&primary);
	gs_json_object(j, NULL);
	put_addr(j, "address", peer);
	gs_json_number(j, "udp_port", udp_port_of(a, &p->address));
	gs_json_string(j, "state", path_state(p->state));
	gs_json_bool(j, "primary", gs_addr_same_ip(peer, &primary));
	gs_json_number(j, "srtt_ms", p->srtt);
	gs_json_number(j, "rto_ms", p->rto);
	gs_json_number(j, "cwnd", p->cwnd);
	gs_json_number(j, "mtu", p->mtu);
	gs_json_end_object(j);
}

static void
put_paths(struct gs_json *j, struct gs_assoc *a, const struct gsctp_status *st)
{
	union gs_addr peers[GS_PEER_ADDRS_MAX];
	int i, n = gs_esock_addrs(a->so, true, peers, GS_PEER_ADDRS_MAX);

	gs_json_array(j, "paths");
	for (i = 0; i < n && i < GS_PEER_ADDRS_MAX; i++)
		put_path(j, a, &peers[i], st);
	gs_json_end_array(j);
}

static void
put_local(struct gs_json *j, struct gs_assoc *a)
{
	union gs_addr addrs[GS_PEER_ADDRS_MAX];
	int n = gs_esock_addrs(a->so, false, addrs, GS_PEER_ADDRS_MAX);

	if (n > GS_PEER_ADDRS_MAX)
		n = GS_PEER_ADDRS_MAX;
	put_addrs(j, "local_addresses", addrs, n > 0 ? (size_t)n : 0);
}

static uint32_t
buffer_size(struct gs_assoc *a, uint32_t id)
{
	struct gsctp_opt o;

	memset(&o, 0, sizeof(o));
	o.id = id;
	return gs_eopt_get(a->so, true, &o) == 0 ? o.u.value : 0;
}

/* What a reader has not got yet, outside of the engine. */
static size_t
held(const struct gs_assoc *a)
{
	const struct gs_msg *m = a->head;
	size_t n = gs_part_len(a);

	return m != NULL && m->pub.type == GSCTP_MSG_DATA ?
	    n + m->pub.u.data.len :
	    n;
}

static void
put_queues(struct gs_json *j, struct gs_assoc *a, const struct gsctp_status *st)
{
	gs_json_number(j, "peer_window", st->rwnd);
	gs_json_number(j, "unacked_chunks", st->unackdata);
	gs_json_number(j, "pending_chunks", st->penddata);
	gs_json_number(j, "send_queued", gs_esock_queued(a->so));
	gs_json_number(j, "send_buffer", buffer_size(a, GSCTP_OPT_SNDBUF));
	gs_json_number(j, "receive_held", held(a));
	gs_json_number(j, "receive_incomplete", gs_esock_incomplete(a->so));
	gs_json_number(j, "receive_buffer", buffer_size(a, GSCTP_OPT_RECBUF));
	gs_json_number(j, "fragmentation_point", st->fragmentation_point);
}

static void
put_counters(struct gs_json *j, struct gs_assoc *a)
{
	struct gsctp_opt o = GSCTP_GET_ASSOC_STATS(a->id);
	const struct gsctp_assoc_stats *s = &o.u.assoc_stats;

	if (a->ep == NULL || gs_get_assoc_stats(a->ep, a, &o) != 0)
		return;
	gs_json_object(j, "counters");
	gs_json_number(j, "in_packets", s->in_packets);
	gs_json_number(j, "out_packets", s->out_packets);
	gs_json_number(j, "in_bytes", s->in_bytes);
	gs_json_number(j, "out_bytes", s->out_bytes);
	gs_json_number(j, "in_data_chunks", s->in_data_chunks);
	gs_json_number(j, "out_data_chunks", s->out_data_chunks);
	gs_json_number(j, "in_sacks", s->in_sacks);
	gs_json_number(j, "out_sacks", s->out_sacks);
	gs_json_number(j, "in_control_chunks", s->in_control_chunks);
	gs_json_number(j, "out_control_chunks", s->out_control_chunks);
	gs_json_number(j, "rtx_data_chunks", s->rtx_data_chunks);
	gs_json_number(j, "in_duplicates", s->in_duplicates);
	gs_json_number(j, "in_messages", s->in_messages);
	gs_json_number(j, "out_messages", s->out_messages);
	gs_json_number(j, "in_octets", s->in_octets);
	gs_json_number(j, "out_octets", s->out_octets);
	gs_json_end_object(j);
}

static void
put_timeouts(struct gs_json *j, struct gs_assoc *a)
{
	struct gsctp_opt o = GSCTP_TIMEOUTS(a->id);
	const struct gsctp_timeouts *t = &o.u.timeouts;

	if (gs_eopt_get(a->so, true, &o) != 0)
		return;
	gs_json_object(j, "timeouts");
	gs_json_number(j, "init", t->init);
	gs_json_number(j, "cookie", t->cookie);
	gs_json_number(j, "data", t->data);
	gs_json_number(j, "sack", t->sack);
	gs_json_number(j, "heartbeat", t->heartbeat);
	gs_json_number(j, "shutdown", t->shutdown);
	gs_json_number(j, "shutdownack", t->shutdownack);
	gs_json_end_object(j);
}

/* Its engine socket is there. */
static void
put_engine(struct gs_json *j, struct gs_assoc *a)
{
	struct gsctp_opt o = GSCTP_STATUS(a->id);
	const struct gsctp_status *st = &o.u.status;

	put_local(j, a);
	if (gs_eopt_get(a->so, true, &o) != 0)
		return;
	gs_json_number(j, "in_streams", st->instrms);
	gs_json_number(j, "out_streams", st->outstrms);
	put_queues(j, a, st);
	put_paths(j, a, st);
	put_timeouts(j, a);
}

static void
put_assoc(struct gs_json *j, struct gs_assoc *a)
{
	gs_json_object(j, NULL);
	gs_json_number(j, "id", a->id);
	if (a->ep != NULL)
		put_handle(j, "socket", a->ep->id);
	else
		gs_json_null(j, "socket");
	gs_json_string(j, "state",
	    a->phase == GS_YIELDED ?
		"yielded" :
		gsctp_assoc_state_name(
		    a->so != NULL ? gs_esock_state(a->so) : GSCTP_CLOSED));
	gs_json_number(j, "age_ms", gs_now_ms() - a->born_ms);
	gs_json_number(j, "local_port", a->local_port);
	gs_json_number(j, "peer_port", gs_addr_port(&a->primary));
	put_addr(j, "peer_address", &a->primary);
	if (a->so != NULL)
		put_engine(j, a);
	put_counters(j, a);
	gs_json_end_object(j);
}

/*
 * All of it
 */

static void
lists_fini(struct lists *l)
{
	free(l->socks);
	free(l->assocs);
}

static void
list_assocs(struct lists *l, const struct gs_assoc_list *from, size_t max)
{
	const struct gs_assoc *a;

	TAILQ_FOREACH(a, from, in_ep)
	if (l->nassocs < max)
		l->assocs[l->nassocs++] = a->id;
}

/* The lock is held. */
static int
list_all(struct lists *l)
{
	size_t nsocks = 0, nassocs = gs_hub_nassocs();
	const struct gs_endpoint *ep;

	TAILQ_FOREACH(ep, gs_hub_endpoints(), in_hub)
	nsocks++;
	l->socks = calloc(nsocks + 1, sizeof(*l->socks));
	l->assocs = calloc(nassocs + 1, sizeof(*l->assocs));
	if (l->socks == NULL || l->assocs == NULL)
		return -ENOMEM;
	TAILQ_FOREACH(ep, gs_hub_endpoints(), in_hub)
	{
		l->socks[l->nsocks++] = ep->id;
		list_assocs(l, &ep->assocs, nassocs);
	}
	list_assocs(l, gs_hub_orphans(), nassocs);
	return 0;
}

static bool
is_full(const struct gs_json *j)
{
	return gs_json_len(j) > GS_STATUS_BYTES - ONE_BYTES;
}

static void
put_socket_id(struct gs_json *j, const struct lists *l, size_t i)
{
	struct gs_endpoint *ep = gs_endpoint_find((gsctp_sock){ l->socks[i] });

	if (ep != NULL)
		put_socket(j, ep);
}

static void
put_assoc_id(struct gs_json *j, const struct lists *l, size_t i)
{
	struct gs_assoc *a = gs_hub_find_assoc(l->assocs[i]);

	if (a != NULL)
		put_assoc(j, a);
}

/*
 * Those of n that are still there, a few at a time; how many are left out
 * stands in *left.  0, or -ESRCH where the stack has stopped meanwhile.
 */
static int
put_list(struct gs_json *j, const struct lists *l, size_t n,
    void (*put_one)(struct gs_json *j, const struct lists *l, size_t i),
    size_t *left)
{
	size_t i = 0, end;
	int err;

	while (i < n && !is_full(j)) {
		err = gs_api_enter();
		if (err != 0)
			return err;
		end = n - i < BATCH ? n : i + BATCH;
		err = gs_stack_uptime_locked(NULL) ? 0 : -ESRCH;
		for (; err == 0 && i < end && !is_full(j); i++)
			put_one(j, l, i);
		gs_leave();
		if (err != 0)
			return err;
		/* A mutex is not fair: who waits for it gets it now. */
		if (i < n)
			(void)poll(NULL, 0, 1);
	}
	*left = n - i;
	return 0;
}

static int
put_all(struct gs_json *j, const struct lists *l,
    const struct gsctp_stack_info *info, uint64_t uptime_ms)
{
	size_t left = 0;
	int err;

	gs_json_object(j, NULL);
	put_stack(j, info, uptime_ms);
	put_faults(j);
	gs_json_array(j, "sockets");
	err = put_list(j, l, l->nsocks, put_socket_id, &left);
	gs_json_end_array(j);
	gs_json_number(j, "sockets_left_out", left);
	gs_json_array(j, "associations");
	if (err == 0)
		err = put_list(j, l, l->nassocs, put_assoc_id, &left);
	gs_json_end_array(j);
	gs_json_number(j, "associations_left_out", left);
	gs_json_end_object(j);
	return err;
}

int
gs_status_make(char **text, size_t *len)
{
	struct lists l = { NULL, NULL, 0, 0 };
	struct gsctp_stack_info info;
	uint64_t uptime_ms = 0;
	struct gs_json j;
	int err;

	err = gsctp_stack_info(&info);
	if (err == 0)
		err = gs_api_enter();
	if (err != 0)
		return err;
	err = gs_stack_uptime_locked(&uptime_ms) ? list_all(&l) : -ESRCH;
	gs_leave();
	gs_json_init(&j, GS_STATUS_BYTES);
	if (err == 0)
		err = put_all(&j, &l, &info, uptime_ms);
	if (err == 0)
		err = gs_json_take(&j, text, len);
	gs_json_fini(&j);
	lists_fini(&l);
	return err;
}
