/*
 * net_usrsctp: net.h on plain libusrsctp, with its own threads and sockets.
 */

#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <usrsctp.h>

const char net_name[] = "usrsctp";

/* More than any message. */
#define ROOM (2 * 1024 * 1024)

static struct socket *so;
static sctp_assoc_t assoc;
static uint8_t room[ROOM];

static void
must(int result, const char *what)
{
	if (result < 0)
		bench_die("%s: %s", what, strerror(errno));
}

static struct sockaddr_in
loopback(uint16_t port)
{
	struct sockaddr_in in;

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_port = htons(port);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return in;
}

static void
set(int level, int option, const void *value, size_t len, const char *what)
{
	must(usrsctp_setsockopt(so, level, option, value, (socklen_t)len),
	    what);
}

static void
set_options(const struct bench_args *a)
{
	const int size = NET_BUFFER;
	struct sctp_event event;
	struct sctp_paddrparams path;

	set(SOL_SOCKET, SO_SNDBUF, &size, sizeof(size), "SO_SNDBUF");
	set(SOL_SOCKET, SO_RCVBUF, &size, sizeof(size), "SO_RCVBUF");
	/* Messages come whole. */
	set(IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, &size, sizeof(size),
	    "SCTP_PARTIAL_DELIVERY_POINT");
	memset(&event, 0, sizeof(event));
	event.se_assoc_id = SCTP_FUTURE_ASSOC;
	event.se_type = SCTP_ASSOC_CHANGE;
	event.se_on = 1;
	set(IPPROTO_SCTP, SCTP_EVENT, &event, sizeof(event), "SCTP_EVENT");
	/* The common header is not counted here. */
	memset(&path, 0, sizeof(path));
	path.spp_assoc_id = SCTP_FUTURE_ASSOC;
	path.spp_flags = SPP_PMTUD_DISABLE;
	path.spp_pathmtu = a->mtu - NET_UDP_IP - 12;
	set(IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof(path),
	    "SCTP_PEER_ADDR_PARAMS");
}

void
net_start(const struct bench_args *a, bool is_listener, struct net_at *at)
{
	struct sockaddr_in here = loopback(0);
	struct sockaddr *got;

	at->udp_port = bench_free_udp_port();
	usrsctp_init(at->udp_port, NULL, NULL);
	/* Or it ends with the first packet whose addresses are the same. */
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	so = usrsctp_socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP, NULL, NULL,
	    0, NULL);
	if (so == NULL)
		bench_die("usrsctp_socket: %s", strerror(errno));
	set_options(a);
	must(usrsctp_bind(so, (struct sockaddr *)&here, sizeof(here)),
	    "usrsctp_bind");
	if (usrsctp_getladdrs(so, 0, &got) != 1)
		bench_die("usrsctp_getladdrs: %s", strerror(errno));
	at->port = ntohs(((struct sockaddr_in *)(void *)got)->sin_port);
	usrsctp_freeladdrs(got);
	if (is_listener)
		must(usrsctp_listen(so, 1), "usrsctp_listen");
}

/* Data, or false for a change of an association. */
static bool
take(size_t *len)
{
	const union sctp_notification *note = (const void *)room;
	int flags;
	ssize_t n;

	*len = 0;
	do {
		struct sctp_rcvinfo info;
		socklen_t infolen = sizeof(info);
		unsigned int type = 0;

		flags = 0;
		n = usrsctp_recvv(so, room + *len, sizeof(room) - *len, NULL,
		    NULL, &info, &infolen, &type, &flags);
		if (n <= 0)
			bench_die("usrsctp_recvv: %s", strerror(errno));
		*len += (size_t)n;
	} while ((flags & MSG_EOR) == 0);
	if ((flags & MSG_NOTIFICATION) == 0)
		return true;
	if (note->sn_header.sn_type != SCTP_ASSOC_CHANGE)
		bench_die("an event that was not asked for");
	assoc = note->sn_assoc_change.sac_state == SCTP_COMM_UP ?
	    note->sn_assoc_change.sac_assoc_id :
	    0;
	return false;
}

void
net_connect(const struct net_at *to)
{
	struct sockaddr_in peer = loopback(to->port);
	struct sctp_udpencaps encaps;

	memset(&encaps, 0, sizeof(encaps));
	encaps.sue_address.ss_family = AF_INET;
	encaps.sue_port = htons(to->udp_port);
	set(IPPROTO_SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps, sizeof(encaps),
	    "SCTP_REMOTE_UDP_ENCAPS_PORT");
	if (usrsctp_connect(so, (struct sockaddr *)&peer, sizeof(peer)) != 0 &&
	    errno != EINPROGRESS)
		bench_die("usrsctp_connect: %s", strerror(errno));
	net_accept();
}

void
net_accept(void)
{
	size_t len;

	if (take(&len) || assoc == 0)
		bench_die("no association came up");
}

uint32_t
net_fragment(void)
{
	struct sctp_status status;
	socklen_t len = sizeof(status);

	memset(&status, 0, sizeof(status));
	status.sstat_assoc_id = assoc;
	must(usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_STATUS, &status, &len),
	    "SCTP_STATUS");
	return status.sstat_fragmentation_point;
}

void
net_send(const void *data, size_t len)
{
	struct sctp_sndinfo info;

	memset(&info, 0, sizeof(info));
	info.snd_assoc_id = assoc;
	if (usrsctp_sendv(so, data, len, NULL, 0, &info, sizeof(info),
		SCTP_SENDV_SNDINFO, 0) != (ssize_t)len)
		bench_die("usrsctp_sendv: %s", strerror(errno));
}

bool
net_recv(const uint8_t **data, size_t *len)
{
	while (!take(len)) {
		if (assoc == 0)
			return false;
	}
	*data = room;
	return true;
}

/* It may crash where an association ends while its threads look at it: the
 * other side sees that this process has ended, and the figures are there. */
void
net_stop(void)
{
}
