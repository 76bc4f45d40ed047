/*
 * Rows of kernel_side: how an association may begin, and begin again.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_side.h"

#define PPID 1000

static int
connect_here(struct link *l)
{
	return gsctp_connect(l->s, (const struct sockaddr *)&l->theirs[0],
	    sizeof(l->theirs[0]), NULL, 0, LINK_MS, &l->up);
}

/* Nobody listens at the other end. */
void
row_refused(struct link *l)
{
	link_open(l, NULL, 0);
	if (l->kernel_connects) {
		must_be(gsctp_listen(l->s, false), 0);
		link_peer_connect(l);
		(void)link_peer_next(l, PEER_CANT_ASSOC);
	} else {
		/* The one socket that is there is gone. */
		order(l, .op = PEER_FORGET);
		must_be(connect_here(l), -ECONNREFUSED);
	}
	link_nothing_waits(l);
	must_be(gsctp_assocs(l->s, NULL, 0), 0);
}

/* A kernel that listens takes the port from the packets; one that connects
 * has to be told. */
void
row_udp_port(struct link *l)
{
	struct sctp_udpencaps encaps;
	struct gsctp_stack_info info;

	must_be(setenv("GSCTP_UDP_PORT", "0", 1), 0);
	link_open(l, NULL, 0);
	must_be(gsctp_stack_info(&info), 0);
	must(info.udp_port != 9899);
	if (l->kernel_connects) {
		memset(&encaps, 0, sizeof(encaps));
		encaps.sue_address.ss_family = (sa_family_t)l->family;
		encaps.sue_port =
		    (uint16_t)(info.udp_port << 8 | info.udp_port >> 8);
		link_peer_set(l, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps,
		    sizeof(encaps), false);
	}
	link_connect(l);
	link_echo(l, PPID);
	link_finish(l);
}

/* Both have sent an INIT that was lost, and send it again: there is one
 * association, whoever wins. */
void
row_collision(struct link *l)
{
	gsctp_assoc_id id;

	link_open(l, NULL, 0);
	must_be(gsctp_listen(l->s, true), 0);
	if (l->kernel_connects)
		order(l, .op = PEER_LISTEN);
	link_cut(l, 0);
	if (l->kernel_connects)
		link_peer_connect(l);
	must_be(gsctp_connect_init(l->s, (const struct sockaddr *)&l->theirs[0],
		    sizeof(l->theirs[0]), NULL, 0, &id),
	    0);
	if (!l->kernel_connects)
		link_peer_connect(l);
	link_heal();
	l->id = id;
	must_be(link_next_state(l, GSCTP_COMM_UP), 0);
	(void)link_peer_next(l, PEER_COMM_UP);
	link_echo(l, PPID);
	must_be(gsctp_assocs(l->s, NULL, 0), 1);
	link_finish(l);
	must_be(gsctp_assocs(l->s, NULL, 0), 0);
}

/*
 * An end that has forgotten all comes back with its addresses and its port
 * (RFC 9260 5.2.4.1)
 */

/* Streams that were used begin anew. */
void
row_restart_here(struct link *l)
{
	link_start(l);
	link_echo(l, PPID);
	link_cut(l, 0);
	must_be(gsctp_stack_stop(0), 0);
	link_heal();
	l->kernel_connects = false;
	link_open_here(l, NULL, 0);
	must_be(connect_here(l), 0);
	l->id = l->up.assoc_id;
	(void)link_peer_next(l, PEER_RESTART);
	link_echo(l, PPID + 1);
	link_finish(l);
}

static uint64_t
packets_read(void)
{
	struct gsctp_stack_info info;

	must_be(gsctp_stack_info(&info), 0);
	return info.in_packets;
}

/* Its ABORT has to be read before it can be lost. */
static void
forget(struct link *l)
{
	uint64_t before = packets_read();

	order(l, .op = PEER_FORGET);
	while (packets_read() == before)
		(void)usleep(1000);
}

void
row_restart_there(struct link *l)
{
	gsctp_assoc_id id;

	link_start(l);
	id = l->id;
	must_be(gsctp_listen(l->s, true), 0);
	link_echo(l, PPID);
	link_cut(l, 0);
	forget(l);
	link_heal();
	link_open_peer(l);
	link_peer_connect(l);
	(void)link_peer_next(l, PEER_COMM_UP);
	must_be(link_next_state(l, GSCTP_RESTART), 0);
	must_be(gsctp_assocs(l->s, &l->id, 1), 1);
	must_be(l->id, id);
	link_echo(l, PPID + 1);
	link_finish(l);
}
