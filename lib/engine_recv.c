/*
 * engine_recv: what an engine socket has for its reader; see engine_sock.h.
 * Layer 3.
 */

#include <errno.h>
#include <string.h>

#include "engine_sock.h"

#include <usrsctp.h>

static void
info_from_engine(const struct sctp_rcvinfo *rcv, struct gsctp_sndrcvinfo *info)
{
	memset(info, 0, sizeof(*info));
	info->stream = rcv->rcv_sid;
	info->ssn = rcv->rcv_ssn;
	info->flags = (rcv->rcv_flags & SCTP_UNORDERED) ? GSCTP_UNORDERED : 0;
	info->ppid = ntohl(rcv->rcv_ppid);
	info->context = rcv->rcv_context;
	info->tsn = rcv->rcv_tsn;
	info->cumtsn = rcv->rcv_cumtsn;
}

ssize_t
gs_esock_recv(struct socket *so, void *buf, size_t len,
    struct gs_esock_piece *piece)
{
	struct sctp_rcvinfo rcv;
	socklen_t info_len = sizeof(rcv);
	socklen_t from_len = sizeof(piece->from);
	unsigned int info_type = 0;
	int flags = 0;
	ssize_t n;

	memset(piece, 0, sizeof(*piece));
	memset(&rcv, 0, sizeof(rcv));
	n = usrsctp_recvv(so, buf, len, &piece->from.sa, &from_len, &rcv,
	    &info_len, &info_type, &flags);
	if (n < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	piece->is_note = (flags & MSG_NOTIFICATION) != 0;
	piece->is_last = (flags & MSG_EOR) != 0;
	if (info_type == SCTP_RECVV_RCVINFO)
		info_from_engine(&rcv, &piece->info);
	return n;
}

/* The beginning of a partial delivery's end; see engine_note.c. */
struct cut {
	struct sctp_tlv head;
	uint32_t indication;
	uint16_t stream;
	uint16_t seq;
};

bool
gs_esock_is_cut(struct socket *so, int stream)
{
	struct sctp_rcvinfo rcv;
	socklen_t info_len = sizeof(rcv);
	unsigned int info_type = 0;
	union gs_addr from;
	socklen_t from_len = sizeof(from);
	struct cut cut;
	int flags = MSG_PEEK;

	return usrsctp_recvv(so, &cut, sizeof(cut), &from.sa, &from_len,
	    &rcv, &info_len, &info_type, &flags) == sizeof(cut) &&
	    (flags & MSG_NOTIFICATION) != 0 &&
	    cut.head.sn_type == SCTP_PARTIAL_DELIVERY_EVENT &&
	    (stream == -1 || stream == cut.stream);
}
