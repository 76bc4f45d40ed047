/*
 * Rows of kernel_side: flow control, and RFC 8260 (interleaving).
 */

#include <stdio.h>
#include <string.h>

#include "kernel_side.h"

#define PPID 1000

/*
 * Windows
 */

#define WINDOW (32 * 1024)
#define MESSAGES 200
#define LEN 1000

/* The kernel does not read until its window is closed. */
void
row_window_there(struct link *l)
{
	struct gsctp_opt status;
	uint32_t i;

	l->peer_buffer = WINDOW;
	link_start(l);
	for (i = 0; i < MESSAGES; i++)
		link_send(l, 0, PPID + i, LEN, false);
	status = (struct gsctp_opt)GSCTP_STATUS(l->id);
	do {
		struct sctp_status theirs;

		/* It takes its time over that. */
		memset(&theirs, 0, sizeof(theirs));
		link_peer_get(l, SCTP_STATUS, &theirs, sizeof(theirs));
		must_be(gsctp_getopts(l->s, &status, 1, NULL), 0);
	} while (status.u.status.rwnd >= LEN);
	for (i = 0; i < MESSAGES; i++)
		link_peer_take(l, 0, PPID + i, LEN);
	link_finish(l);
}

void
row_window_here(struct link *l)
{
	const struct gsctp_opt opts[] = { GSCTP_RECBUF(WINDOW) };
	struct sctp_status status;
	uint32_t i;

	link_open(l, opts, 1);
	link_connect(l);
	for (i = 0; i < MESSAGES; i++)
		link_peer_send(l, 0, PPID + i, LEN, false);
	do {
		memset(&status, 0, sizeof(status));
		link_peer_get(l, SCTP_STATUS, &status, sizeof(status));
	} while (status.sstat_rwnd >= LEN);
	for (i = 0; i < MESSAGES; i++)
		link_take(l, 0, PPID + i, LEN);
	link_finish(l);
}

/*
 * Interleaving
 */

static void
start_interleaving(struct link *l)
{
	const struct gsctp_opt opts[] = {
		GSCTP_FRAGMENT_INTERLEAVE(2),
		GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = 1),
	};
	const struct sctp_assoc_value on = { 0, 1 };
	const struct sctp_assoc_value fair = { 0, SCTP_SS_RR };
	const int level = 2;
	struct gsctp_opt supported;

	link_open(l, opts, 2);
	link_peer_set(l, SCTP_FRAGMENT_INTERLEAVE, &level, sizeof(level),
	    false);
	link_peer_set(l, SCTP_INTERLEAVING_SUPPORTED, &on, sizeof(on), false);
	link_peer_set(l, SCTP_STREAM_SCHEDULER, &fair, sizeof(fair), false);
	link_connect(l);
	supported =
	    (struct gsctp_opt)GSCTP_INTERLEAVING_SUPPORTED(.assoc_id = l->id);
	must_be(gsctp_getopts(l->s, &supported, 1, NULL), 0);
	must_be(supported.u.assoc_value.assoc_value, 1);
}

/* Messages that fit a packet. */
void
row_interleaving(struct link *l)
{
	uint32_t i;
	uint16_t n;

	start_interleaving(l);
	for (i = 0; i < 20; i++) {
		n = (uint16_t)(i % PEER_INSTREAMS);
		link_send(l, n, PPID + i, 1000 + i, i % 2 == 1);
		link_peer_take(l, n, PPID + i, 1000 + i);
		link_peer_send(l, n, PPID + i, 1000 + i, i % 2 == 1);
		link_take(l, n, PPID + i, 1000 + i);
	}
	link_finish(l);
}

/*
 * Linux counts the parts of a message from 0 at the second one, and not at
 * the first (RFC 8260 2.1): what it sends is a protocol violation to us.
 */
void
row_interleaving_long(struct link *l)
{
	start_interleaving(l);
	link_peer_send(l, 0, PPID, 10000, false);
	must_be(link_peer_next(l, PEER_COMM_LOST).error, PROTOCOL_VIOLATION);
}
