/*
 * The kernel's end of kernel_side: see kernel_peer.h.  Nothing but sockets,
 * and the kernel's own header for what is SCTP's.
 */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel_peer.h"

#define must(what)                                                          \
	do {                                                                \
		if (!(what)) {                                              \
			fprintf(stderr, "# peer: %s:%d: not so: %s (%s)\n", \
			    __FILE__, __LINE__, #what, strerror(errno));    \
			_exit(1);                                           \
		}                                                           \
	} while (0)

static int fd = -1;
static sctp_assoc_t assoc; /* the last that came up */
static uint8_t message[PEER_MESSAGE_MAX], wanted[PEER_MESSAGE_MAX];

static void
set(int level, int option, const void *value, size_t len)
{
	must(setsockopt(fd, level, option, value, (socklen_t)len) == 0);
}

static void
subscribe(uint16_t type)
{
	struct sctp_event event = { .se_type = type, .se_on = 1 };

	set(IPPROTO_SCTP, SCTP_EVENT, &event, sizeof(event));
}

/* Addresses as the kernel takes them, one behind the other. */
static size_t
pack(uint8_t *out, const struct peer_cmd *cmd, uint16_t port)
{
	size_t len = 0, size;
	uint32_t i;

	for (i = 0; i < cmd->naddrs; i++) {
		struct sockaddr_storage ss = cmd->addrs[i];

		/* The port is in the same place in both. */
		if (port != 0)
			((struct sockaddr_in *)&ss)->sin_port = htons(port);
		size = ss.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
						  sizeof(struct sockaddr_in);
		memcpy(out + len, &ss, size);
		len += size;
	}
	return len;
}

static void
set_up_socket(int size)
{
	const int on = 1, sndbuf = 4 * 1024 * 1024;
	struct sctp_initmsg init;

	memset(&init, 0, sizeof(init));
	init.sinit_num_ostreams = PEER_OSTREAMS;
	init.sinit_max_instreams = PEER_INSTREAMS;
	set(IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof(init));
	set(IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof(on));
	set(IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof(on));
	set(SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	set(SOL_SOCKET, SO_SNDBUFFORCE, &sndbuf, sizeof(sndbuf));
	subscribe(SCTP_ASSOC_CHANGE);
	subscribe(SCTP_PEER_ADDR_CHANGE);
	subscribe(SCTP_SHUTDOWN_EVENT);
	subscribe(SCTP_SEND_FAILED_EVENT);
	subscribe(SCTP_ADAPTATION_INDICATION);
	subscribe(SCTP_STREAM_RESET_EVENT);
	subscribe(SCTP_STREAM_CHANGE_EVENT);
}

static void
do_open(const struct peer_cmd *cmd, struct peer_reply *reply)
{
	uint8_t packed[sizeof(cmd->addrs)];
	struct peer_cmd rest = *cmd;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int family = cmd->addrs[0].ss_family;

	fd = socket(family,
	    (cmd->is_one_to_one ? SOCK_STREAM : SOCK_SEQPACKET) | SOCK_NONBLOCK,
	    IPPROTO_SCTP);
	must(fd >= 0);
	if (family == AF_INET6) {
		const int on = 1;

		set(IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	set_up_socket((int)cmd->value);
	must(bind(fd, (const struct sockaddr *)&cmd->addrs[0],
		 family == AF_INET6 ? sizeof(struct sockaddr_in6) :
				      sizeof(struct sockaddr_in)) == 0);
	must(getsockname(fd, (struct sockaddr *)&ss, &len) == 0);
	reply->port = ntohs(((struct sockaddr_in *)&ss)->sin_port);
	if (cmd->naddrs < 2)
		return;
	rest.naddrs--;
	memmove(rest.addrs, rest.addrs + 1,
	    rest.naddrs * sizeof(rest.addrs[0]));
	set(IPPROTO_SCTP, SCTP_SOCKOPT_BINDX_ADD, packed,
	    pack(packed, &rest, reply->port));
}

static void
do_accept(const struct peer_cmd *cmd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int accepted;

	must(poll(&p, 1, (int)cmd->value) == 1);
	accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
	must(accepted >= 0);
	close(fd);
	fd = accepted;
}

static int
do_connect(const struct peer_cmd *cmd)
{
	uint8_t packed[sizeof(cmd->addrs)];

	if (setsockopt(fd, IPPROTO_SCTP, SCTP_SOCKOPT_CONNECTX, packed,
		(socklen_t)pack(packed, cmd, 0)) < 0 &&
	    errno != EINPROGRESS)
		return errno;
	return 0;
}

static void
put(struct msghdr *h, int type, const void *data, size_t len)
{
	struct cmsghdr *c =
	    (struct cmsghdr *)(void *)((uint8_t *)h->msg_control +
		h->msg_controllen);

	c->cmsg_level = IPPROTO_SCTP;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	h->msg_controllen += CMSG_SPACE(len);
}

/* flags are the kernel's. */
static int
send_with(const struct peer_cmd *cmd, uint16_t flags, void *data, size_t len)
{
	_Alignas(struct cmsghdr) uint8_t control[256];
	struct sctp_prinfo pr = { (uint16_t)cmd->policy, cmd->value };
	struct iovec iov = { data, len };
	struct sctp_sndinfo info;
	struct msghdr h;

	memset(&info, 0, sizeof(info));
	info.snd_sid = cmd->stream;
	info.snd_flags = flags;
	info.snd_ppid = htonl(cmd->ppid);
	info.snd_assoc_id = assoc;
	memset(control, 0, sizeof(control));
	memset(&h, 0, sizeof(h));
	h.msg_iov = &iov;
	h.msg_iovlen = 1;
	h.msg_control = control;
	put(&h, SCTP_SNDINFO, &info, sizeof(info));
	if (cmd->policy != SCTP_PR_SCTP_NONE)
		put(&h, SCTP_PRINFO, &pr, sizeof(pr));
	return sendmsg(fd, &h, MSG_NOSIGNAL) < 0 ? errno : 0;
}

static int
do_setopt(const struct peer_cmd *cmd)
{
	uint8_t value[PEER_OPTION_MAX];

	must(cmd->len <= sizeof(value));
	memcpy(value, cmd->value_of, sizeof(value));
	if (cmd->of_assoc)
		memcpy(value, &assoc, sizeof(assoc));
	return setsockopt(fd, IPPROTO_SCTP, (int)cmd->option, value,
		   (socklen_t)cmd->len) < 0 ?
	    errno :
	    0;
}

static int
do_getopt(const struct peer_cmd *cmd, struct peer_reply *reply)
{
	socklen_t len = cmd->len;

	must(len <= sizeof(reply->note) && len <= sizeof(cmd->value_of));
	memcpy(reply->note, cmd->value_of, len);
	memcpy(reply->note, &assoc, sizeof(assoc));
	return getsockopt(fd, IPPROTO_SCTP, (int)cmd->option, reply->note,
		   &len) < 0 ?
	    errno :
	    0;
}

static int
do_send(const struct peer_cmd *cmd)
{
	must(cmd->len <= sizeof(message));
	peer_fill(message, cmd->len, cmd->ppid);
	return send_with(cmd, cmd->is_unordered ? SCTP_UNORDERED : 0, message,
	    cmd->len);
}

static void
take_assoc_change(const struct sctp_assoc_change *c, size_t len,
    struct peer_reply *reply)
{
	static const uint32_t whats[] = {
		[SCTP_COMM_UP] = PEER_COMM_UP,
		[SCTP_COMM_LOST] = PEER_COMM_LOST,
		[SCTP_RESTART] = PEER_RESTART,
		[SCTP_SHUTDOWN_COMP] = PEER_SHUTDOWN_COMP,
		[SCTP_CANT_STR_ASSOC] = PEER_CANT_ASSOC,
	};

	must(len >= sizeof(*c));
	must(c->sac_state < sizeof(whats) / sizeof(whats[0]));
	reply->what = whats[c->sac_state];
	/* The kernel gives it as it is in the packet. */
	reply->error = ntohs(c->sac_error);
	reply->outbound = c->sac_outbound_streams;
	reply->inbound = c->sac_inbound_streams;
	if (c->sac_state == SCTP_COMM_UP)
		assoc = c->sac_assoc_id;
	if (c->sac_state == SCTP_COMM_LOST)
		reply->has_reason =
		    memmem(c->sac_info, len - sizeof(*c), PEER_REASON,
			strlen(PEER_REASON)) != NULL;
}

static void
take_note(size_t len, struct peer_reply *reply)
{
	const union sctp_notification *n = (const void *)message;

	must(len >= sizeof(n->sn_header));
	switch (n->sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		take_assoc_change(&n->sn_assoc_change, len, reply);
		break;
	case SCTP_SHUTDOWN_EVENT:
		reply->what = PEER_SHUTDOWN_EVENT;
		break;
	case SCTP_PEER_ADDR_CHANGE:
		reply->what = PEER_ADDR_CHANGE;
		reply->addr_state = (uint32_t)n->sn_paddr_change.spc_state;
		memcpy(&reply->addr, &n->sn_paddr_change.spc_aaddr,
		    sizeof(reply->addr));
		break;
	default:
		reply->what = n->sn_header.sn_type;
		memcpy(reply->note, message,
		    len < sizeof(reply->note) ? len : sizeof(reply->note));
	}
}

static void
take_data(struct msghdr *h, size_t len, struct peer_reply *reply)
{
	struct sctp_rcvinfo info;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c))
		if (c->cmsg_level == IPPROTO_SCTP &&
		    c->cmsg_type == SCTP_RCVINFO)
			break;
	must(c != NULL);
	memcpy(&info, CMSG_DATA(c), sizeof(info));
	reply->what = PEER_DATA;
	reply->stream = info.rcv_sid;
	reply->ssn = info.rcv_ssn;
	reply->is_unordered = (info.rcv_flags & SCTP_UNORDERED) != 0;
	reply->ppid = ntohl(info.rcv_ppid);
	reply->len = (uint32_t)len;
	peer_fill(wanted, len, reply->ppid);
	reply->is_same = memcmp(message, wanted, len) == 0;
}

/* A long message may come in parts. */
static void
do_next(const struct peer_cmd *cmd, struct peer_reply *reply)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	_Alignas(struct cmsghdr) uint8_t control[256];
	struct msghdr h;
	size_t len = 0;

	do {
		struct iovec iov = { message + len, sizeof(message) - len };
		ssize_t n;

		if (poll(&p, 1, (int)cmd->value) == 0) {
			must(len == 0);
			return;
		}
		memset(&h, 0, sizeof(h));
		h.msg_iov = &iov;
		h.msg_iovlen = 1;
		h.msg_control = control;
		h.msg_controllen = sizeof(control);
		n = recvmsg(fd, &h, 0);
		must(n > 0);
		len += (size_t)n;
	} while ((h.msg_flags & MSG_EOR) == 0);

	if ((h.msg_flags & MSG_NOTIFICATION) != 0)
		take_note(len, reply);
	else
		take_data(&h, len, reply);
}

/* The association of it hears of it, if the network lets it. */
static void
do_forget(void)
{
	const struct linger at_once = { 1, 0 };

	set(SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
	fd = -1;
}

static void
obey(const struct peer_cmd *cmd, struct peer_reply *reply)
{
	char reason[] = PEER_REASON;

	switch (cmd->op) {
	case PEER_OPEN:
		do_open(cmd, reply);
		break;
	case PEER_LISTEN:
		reply->err = listen(fd, 5) < 0 ? errno : 0;
		break;
	case PEER_ACCEPT:
		do_accept(cmd);
		break;
	case PEER_CONNECT:
		reply->err = do_connect(cmd);
		break;
	case PEER_SEND:
		reply->err = do_send(cmd);
		break;
	case PEER_NEXT:
		do_next(cmd, reply);
		break;
	case PEER_EOF:
		reply->err = send_with(cmd, SCTP_EOF, NULL, 0);
		break;
	case PEER_ABORT:
		reply->err = send_with(cmd, SCTP_ABORT, reason, strlen(reason));
		break;
	case PEER_FORGET:
		do_forget();
		break;
	case PEER_SETOPT:
		reply->err = do_setopt(cmd);
		break;
	case PEER_GETOPT:
		reply->err = do_getopt(cmd, reply);
		break;
	default:
		must(false);
	}
}

int
main(void)
{
	struct peer_reply reply;
	struct peer_cmd cmd;
	ssize_t n;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((n = read(STDIN_FILENO, &cmd, sizeof(cmd))) > 0) {
		must(n == (ssize_t)sizeof(cmd));
		memset(&reply, 0, sizeof(reply));
		obey(&cmd, &reply);
		must(write(STDOUT_FILENO, &reply, sizeof(reply)) ==
		    (ssize_t)sizeof(reply));
	}
	return 0;
}
