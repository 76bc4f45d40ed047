/*
 * The peer of test_usrsctp_peer, on libusrsctp alone.  See usrsctp_peer.h.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <usrsctp.h>

#include "usrsctp_peer.h"

/* Looks, 10 ms apart, whether all has gone that was closed: a timer or two of a
 * second, and a busy machine. */
#define FINISH_TRIES 2000

/* There is no Check in this process. */
#define must(what)                                                           \
	do {                                                                 \
		if (!(what)) {                                               \
			fprintf(stderr, "peer: %s:%d: not so: %s (%s)\n",    \
			    __FILE__, __LINE__, #what, strerror(errno));     \
			_exit(1);                                            \
		}                                                            \
	} while (0)

static struct socket *so;
static sctp_assoc_t assoc;	/* the last that came up */
static uint8_t message[PEER_MESSAGE_MAX];

static struct sockaddr_in
loopback(uint16_t port)
{
	struct sockaddr_in a;

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons(port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* usrsctp_init() does not tell whether it got its port: one that is free. */
static uint16_t
free_udp_port(void)
{
	struct sockaddr_in a = loopback(0);
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	must(fd >= 0);
	must(bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	must(getsockname(fd, (struct sockaddr *)&a, &len) == 0);
	close(fd);
	return ntohs(a.sin_port);
}

static void
set(int level, int option, const void *value, size_t len)
{
	must(usrsctp_setsockopt(so, level, option, value, (socklen_t)len) ==
	    0);
}

static void
subscribe(uint16_t type)
{
	struct sctp_event event;

	memset(&event, 0, sizeof(event));
	event.se_assoc_id = SCTP_FUTURE_ASSOC;
	event.se_type = type;
	event.se_on = 1;
	set(IPPROTO_SCTP, SCTP_EVENT, &event, sizeof(event));
}

static void
start(const struct peer_cmd *cmd, struct peer_reply *reply)
{
	struct sockaddr_in here = loopback(cmd->port);
	struct sctp_initmsg init;
	struct sockaddr *got;
	const int on = 1, size = 1024 * 1024;

	reply->udp_port = cmd->udp_port != 0 ? cmd->udp_port :
					       free_udp_port();
	usrsctp_init(reply->udp_port, NULL, NULL);
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	so = usrsctp_socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP, NULL, NULL,
	    0, NULL);
	must(so != NULL);
	memset(&init, 0, sizeof(init));
	init.sinit_num_ostreams = PEER_OSTREAMS;
	init.sinit_max_instreams = PEER_INSTREAMS;
	set(IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof(init));
	set(IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof(on));
	set(IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof(on));
	set(SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	set(SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	subscribe(SCTP_ASSOC_CHANGE);
	subscribe(SCTP_SHUTDOWN_EVENT);
	must(usrsctp_bind(so, (struct sockaddr *)&here, sizeof(here)) == 0);
	must(usrsctp_getladdrs(so, 0, &got) == 1);
	reply->port = ntohs(((struct sockaddr_in *)(void *)got)->sin_port);
	usrsctp_freeladdrs(got);
	if (cmd->flags != 0)
		must(usrsctp_listen(so, 1) == 0);
}

static void
start_connect(const struct peer_cmd *cmd, struct peer_reply *reply)
{
	struct sockaddr_in to = loopback(cmd->port);
	struct sctp_udpencaps encaps;

	memset(&encaps, 0, sizeof(encaps));
	encaps.sue_address.ss_family = AF_INET;
	encaps.sue_port = htons(cmd->udp_port);
	set(IPPROTO_SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps,
	    sizeof(encaps));
	if (usrsctp_connect(so, (struct sockaddr *)&to, sizeof(to)) != 0 &&
	    errno != EINPROGRESS)
		reply->err = errno;
}

static int
send_with(const struct peer_cmd *cmd, uint16_t flags, const void *data,
    size_t len)
{
	struct sctp_sndinfo info;

	memset(&info, 0, sizeof(info));
	info.snd_sid = cmd->stream;
	info.snd_flags = flags;
	info.snd_ppid = htonl(cmd->ppid);
	info.snd_assoc_id = assoc;
	if (usrsctp_sendv(so, data, len, NULL, 0, &info, sizeof(info),
	    SCTP_SENDV_SNDINFO, 0) < 0)
		return errno;
	return 0;
}

static void
take_assoc_change(const struct sctp_assoc_change *sac, struct peer_reply *reply)
{
	static const uint32_t whats[] = {
		[SCTP_COMM_UP] = PEER_COMM_UP,
		[SCTP_COMM_LOST] = PEER_COMM_LOST,
		[SCTP_RESTART] = PEER_RESTART,
		[SCTP_SHUTDOWN_COMP] = PEER_SHUTDOWN_COMP,
		[SCTP_CANT_STR_ASSOC] = PEER_CANT_ASSOC,
	};

	must(sac->sac_state < sizeof(whats) / sizeof(whats[0]));
	reply->what = whats[sac->sac_state];
	reply->error = sac->sac_error;
	reply->outbound = sac->sac_outbound_streams;
	reply->inbound = sac->sac_inbound_streams;
	if (sac->sac_state == SCTP_COMM_UP)
		assoc = sac->sac_assoc_id;
	if (sac->sac_state == SCTP_COMM_LOST &&
	    sac->sac_length > sizeof(*sac))
		reply->has_reason = memmem(sac->sac_info,
		    sac->sac_length - sizeof(*sac), PEER_REASON,
		    strlen(PEER_REASON)) != NULL;
}

/* Wait for a message; what is longer than libusrsctp gives out comes in
 * parts. */
static void
next(struct peer_reply *reply)
{
	const union sctp_notification *note;
	struct sctp_rcvinfo info;
	size_t len = 0;
	int flags;

	memset(&info, 0, sizeof(info));
	do {
		socklen_t infolen = sizeof(info);
		unsigned int type = 0;
		ssize_t n;

		flags = 0;
		n = usrsctp_recvv(so, message + len, sizeof(message) - len,
		    NULL, NULL, &info, &infolen, &type, &flags);
		must(n > 0);
		must((flags & MSG_NOTIFICATION) != 0 ||
		    type == SCTP_RECVV_RCVINFO);
		len += (size_t)n;
	} while ((flags & MSG_EOR) == 0);

	if ((flags & MSG_NOTIFICATION) == 0) {
		reply->what = PEER_DATA;
		reply->stream = info.rcv_sid;
		reply->is_unordered = (info.rcv_flags & SCTP_UNORDERED) != 0;
		reply->ppid = ntohl(info.rcv_ppid);
		reply->len = (uint32_t)len;
		reply->sum = peer_sum(message, len);
		return;
	}
	note = (const union sctp_notification *)(const void *)message;
	if (note->sn_header.sn_type == SCTP_SHUTDOWN_EVENT)
		reply->what = PEER_SHUTDOWN_EVENT;
	else
		take_assoc_change(&note->sn_assoc_change, reply);
}

static void
obey(const struct peer_cmd *cmd, struct peer_reply *reply)
{
	switch (cmd->op) {
	case PEER_START:
		start(cmd, reply);
		break;
	case PEER_CONNECT:
		start_connect(cmd, reply);
		break;
	case PEER_SEND:
		must(cmd->len <= sizeof(message));
		peer_fill(message, cmd->len, cmd->seed);
		reply->err = send_with(cmd, cmd->flags != 0 ?
		    SCTP_UNORDERED : 0, message, cmd->len);
		break;
	case PEER_NEXT:
		next(reply);
		break;
	case PEER_EOF:
		/* NULL is an error to it, even here. */
		reply->err = send_with(cmd, SCTP_EOF, "", 0);
		break;
	case PEER_ABORT:
		reply->err = send_with(cmd, SCTP_ABORT, PEER_REASON,
		    strlen(PEER_REASON));
		break;
	case PEER_COUNT:
		break;
	default:
		must(!"a command");
	}
}

static void
count(struct peer_reply *reply)
{
	struct sctpstat stat;
	socklen_t len = sizeof(reply->assocs);

	must(usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_GET_ASSOC_NUMBER,
	    &reply->assocs, &len) == 0);
	usrsctp_get_stat(&stat);
	reply->collisions = stat.sctps_collisionestab;
}

int
peer_main(void)
{
	struct peer_cmd cmd;
	struct peer_reply reply;
	int tries;

	/* Whatever happens to the test: this is not left behind. */
	(void)alarm(PEER_LIFE_S);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(0, &cmd, sizeof(cmd)) == (ssize_t)sizeof(cmd)) {
		memset(&reply, 0, sizeof(reply));
		obey(&cmd, &reply);
		count(&reply);
		must(write(1, &reply, sizeof(reply)) ==
		    (ssize_t)sizeof(reply));
	}
	if (so == NULL)
		return 0;
	usrsctp_close(so);
	/* Their threads and sockets go when they may. */
	for (tries = 0; usrsctp_finish() != 0; tries++) {
		if (tries == FINISH_TRIES)
			return PEER_UNFINISHED;
		(void)poll(NULL, 0, 10);
	}
	return 0;
}
