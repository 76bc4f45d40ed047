/*
 * engine_recv: what an engine socket has for its reader; see engine_sock.h.
 * Layer 3.
 */

#include <errno.h>
#include <string.h>

#include "engine_abi.h"
#include "engine_sock.h"

#include <usrsctp.h>

/* More than the engine ever has of one message. */
#define TAKE_MAX INT32_MAX

/* Where the blocks go while gs_esock_take() reads; guarded by the stack's
 * lock. */
static struct mbuf **taken;

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

/* What usrsctp_recvv() says of what it has read: n, or where it fails
 * -errno. */
static ssize_t
receive(struct socket *so, void *buf, size_t len,
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

ssize_t
gs_esock_recv(struct socket *so, void *buf, size_t len,
    struct gs_esock_piece *piece)
{
	ssize_t n = receive(so, buf, len, piece);

	piece->flat = buf;
	return n;
}

/*
 * The engine's reader can be given the blocks that the bytes lie in, as a
 * kernel's file server wants them, in place of a copy: all that it has of the
 * message.  usrsctp_recvv() does not ask for them; here it does.
 */
int
__wrap_sctp_sorecvmsg(struct socket *so, void *uio, struct mbuf **blocks,
    struct sockaddr *from, int from_len, int *flags, void *info,
    int fills_info)
{
	return __real_sctp_sorecvmsg(so, uio,
	    taken != NULL ? taken : blocks, from, from_len, flags, info,
	    fills_info);
}

/* What is returned then is TAKE_MAX, less the bytes. */
ssize_t
gs_esock_take(struct socket *so, struct gs_esock_piece *piece)
{
	struct mbuf *blocks = NULL;
	ssize_t n;

	taken = &blocks;
	n = receive(so, NULL, TAKE_MAX, piece);
	taken = NULL;
	piece->blocks = blocks;
	return blocks != NULL && n >= 0 ? (ssize_t)m_length(blocks, NULL) : n;
}

void
gs_esock_copy(const struct gs_esock_piece *piece, void *to, size_t len)
{
	if (piece->blocks != NULL)
		m_copydata(piece->blocks, 0, (int)len, to);
	else
		memcpy(to, piece->flat, len);
}

void
gs_esock_give_back(struct gs_esock_piece *piece)
{
	if (piece->blocks != NULL)
		m_freem(piece->blocks);
	piece->blocks = NULL;
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
