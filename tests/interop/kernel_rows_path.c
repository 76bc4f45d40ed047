/*
 * Rows of kernel_side with two paths, and RFC 5061 (addresses that change).
 */

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "kernel_side.h"

#define PPID 1000

/* Both ends give a path up after one failure, and try it often. */
static void
start_two_paths(struct link *l)
{
	const struct gsctp_opt opts[] = {
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(100),
		    .pathmaxrxt = gsctp_def(1),
		    .flags = gsctp_def(GSCTP_SPP_HB_ENABLE)),
	};
	struct sctp_paddrparams p;

	l->npaths = 2;
	link_open(l, opts, 1);
	memset(&p, 0, sizeof(p));
	p.spp_address.ss_family = (sa_family_t)l->family;
	p.spp_hbinterval = 100;
	p.spp_pathmaxrxt = 1;
	p.spp_flags = SPP_HB_ENABLE;
	link_peer_set(l, SCTP_PEER_ADDR_PARAMS, &p, sizeof(p), false);
	link_connect(l);
	link_await(l, 1, GSCTP_ADDR_CONFIRMED);
	link_peer_await(l, 1, SCTP_ADDR_CONFIRMED);
}

void
row_two_paths(struct link *l)
{
	struct sockaddr_storage names[PEER_ADDRS];

	start_two_paths(l);
	must_be(gsctp_peernames(l->s, l->id, names, PEER_ADDRS), 2);
	must_be(memcmp(&names[0], &l->theirs[0], sizeof(names[0])), 0);
	must_be(memcmp(&names[1], &l->theirs[1], sizeof(names[1])), 0);
	link_echo(l, PPID);
	link_finish(l);
}

/* Data goes on, both ends are told, and the path comes back. */
void
row_cut_path(struct link *l)
{
	uint32_t i;

	start_two_paths(l);
	link_echo(l, PPID);
	link_cut(l, 0);
	for (i = 1; i <= 10; i++) {
		link_send(l, 0, PPID + i, 1000, false);
		link_peer_send(l, 0, PPID + i, 1000, false);
	}
	for (i = 1; i <= 10; i++) {
		link_peer_take(l, 0, PPID + i, 1000);
		link_take(l, 0, PPID + i, 1000);
	}
	link_await(l, 0, GSCTP_ADDR_UNREACHABLE);
	link_peer_await(l, 0, SCTP_ADDR_UNREACHABLE);
	link_heal();
	link_await(l, 0, GSCTP_ADDR_AVAILABLE);
	link_peer_await(l, 0, SCTP_ADDR_AVAILABLE);
	link_cut(l, 1);
	link_echo(l, PPID + 11);
	link_heal();
	link_finish(l);
}

/*
 * Changes of addresses: the second is added, then the first is taken away
 */

static void
start_to_readdress(struct link *l)
{
	const struct gsctp_opt opts[] = {
		GSCTP_AUTH_SUPPORTED(.assoc_value = 1),
		GSCTP_ASCONF_SUPPORTED(.assoc_value = 1),
	};
	const struct sctp_assoc_value on = { 0, 1 };

	l->npaths = 2;
	link_open(l, opts, 2);
	link_peer_set(l, SCTP_AUTH_SUPPORTED, &on, sizeof(on), false);
	link_peer_set(l, SCTP_ASCONF_SUPPORTED, &on, sizeof(on), false);
	link_connect(l);
	link_echo(l, PPID);
}

void
row_readdress_here(struct link *l)
{
	struct sockaddr_storage name;

	l->addrs_here = 1;
	start_to_readdress(l);
	must_be(gsctp_bindx(l->s, &l->ours[1], 1, GSCTP_BINDX_ADD), 0);
	link_peer_await(l, 1, SCTP_ADDR_ADDED);
	link_peer_await(l, 1, SCTP_ADDR_CONFIRMED);
	link_echo(l, PPID + 1);
	must_be(gsctp_bindx(l->s, &l->ours[0], 1, GSCTP_BINDX_REM), 0);
	link_peer_await(l, 0, SCTP_ADDR_REMOVED);
	link_echo(l, PPID + 2);
	must_be(gsctp_socknames(l->s, l->id, &name, 1), 1);
	link_finish(l);
}

static void
peer_bindx(struct link *l, uint32_t op, size_t path)
{
	link_peer_set(l, op, &l->theirs[path],
	    l->family == AF_INET6 ? sizeof(struct sockaddr_in6) :
				    sizeof(struct sockaddr_in),
	    false);
}

void
row_readdress_there(struct link *l)
{
	struct sockaddr_storage name;

	l->addrs_there = 1;
	start_to_readdress(l);
	peer_bindx(l, SCTP_SOCKOPT_BINDX_ADD, 1);
	link_await(l, 1, GSCTP_ADDR_ADDED);
	link_await(l, 1, GSCTP_ADDR_CONFIRMED);
	link_echo(l, PPID + 1);
	peer_bindx(l, SCTP_SOCKOPT_BINDX_REM, 0);
	link_await(l, 0, GSCTP_ADDR_REMOVED);
	link_echo(l, PPID + 2);
	must_be(gsctp_peernames(l->s, l->id, &name, 1), 1);
	link_finish(l);
}

/* Each end tells the other which of its addresses to send to. */
void
row_primary_here(struct link *l)
{
	start_to_readdress(l);
	link_peer_await(l, 1, SCTP_ADDR_CONFIRMED);
	link_set(l,
	    (struct gsctp_opt)GSCTP_SET_PEER_PRIMARY_ADDR(.assoc_id = l->id,
		.addr = l->ours[1]));
	link_peer_await(l, 1, SCTP_ADDR_MADE_PRIM);
	link_echo(l, PPID + 1);
	link_finish(l);
}

void
row_primary_there(struct link *l)
{
	struct sctp_setpeerprim p;

	start_to_readdress(l);
	link_await(l, 1, GSCTP_ADDR_CONFIRMED);
	memset(&p, 0, sizeof(p));
	p.sspp_addr = l->theirs[1];
	link_peer_set(l, SCTP_SET_PEER_PRIMARY_ADDR, &p, sizeof(p), true);
	link_await(l, 1, GSCTP_ADDR_MADE_PRIM);
	link_echo(l, PPID + 1);
	link_finish(l);
}
