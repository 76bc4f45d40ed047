/*
 * net_gsctp: net.h on gsctp: one thread, gsctp_send() and gsctp_recv().
 */

#include "net.h"

#include <arpa/inet.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

const char net_name[] = "gsctp";

static gsctp_sock sock;
static gsctp_assoc_id assoc;
static struct gsctp_msg *taken;

static void
must(int err, const char *what)
{
	if (err < 0)
		bench_die("%s: %s", what, gsctp_strerror(err));
}

static struct sockaddr_storage
loopback(uint16_t port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&ss;

	memset(&ss, 0, sizeof(ss));
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return ss;
}

void
net_start(const struct bench_args *a, bool is_listener, struct net_at *at)
{
	static const char *const addrs[] = { "127.0.0.1" };
	const struct gsctp_stack_config cfg = {
		.port_mode = GSCTP_PORT_EPHEMERAL,
		.addrs = addrs,
		.naddrs = 1,
	};
	const struct gsctp_opt opts[] = {
		GSCTP_IP(loopback(0)),
		GSCTP_SNDBUF(NET_BUFFER),
		GSCTP_RECBUF(NET_BUFFER),
		GSCTP_PEER_ADDR_PARAMS(.pathmtu =
					   gsctp_def(a->mtu - NET_UDP_IP),
		    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)),
	};
	struct gsctp_stack_info info;

	/* Nothing but what is set here. */
	(void)unsetenv("GSCTP_PCAP");
	(void)unsetenv("GSCTP_FAULTS");
	(void)setenv("GSCTP_RUN_DIR", "", 1);
	must(gsctp_stack_start(&cfg), "gsctp_stack_start");
	must(gsctp_open(0, opts, sizeof(opts) / sizeof(opts[0]), &sock),
	    "gsctp_open");
	if (is_listener)
		must(gsctp_listen(sock, GSCTP_BACKLOG), "gsctp_listen");
	must(gsctp_stack_info(&info), "gsctp_stack_info");
	at->udp_port = info.udp_port;
	at->port = (uint16_t)gsctp_port(sock);
}

void
net_connect(const struct net_at *to)
{
	const struct gsctp_opt opts[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = to->udp_port),
	};
	struct sockaddr_storage peer = loopback(to->port);
	struct gsctp_assoc_change up;

	must(gsctp_connect(sock, (struct sockaddr *)&peer,
		 sizeof(struct sockaddr_in), opts, 1, NET_WAIT_MS, &up),
	    "gsctp_connect");
	assoc = up.assoc_id;
}

void
net_accept(void)
{
	struct gsctp_msg *m;

	do {
		must(gsctp_recv(sock, NET_WAIT_MS, &m), "comm_up");
		if (m->type == GSCTP_MSG_ASSOC_CHANGE &&
		    m->u.assoc_change.state == GSCTP_COMM_UP)
			assoc = m->assoc_id;
		gsctp_msg_free(m);
	} while (assoc == 0);
}

uint32_t
net_fragment(void)
{
	struct gsctp_opt opt = GSCTP_STATUS(assoc);

	must(gsctp_getopts(sock, &opt, 1, NULL), "status");
	return opt.u.status.fragmentation_point;
}

void
net_send(const void *data, size_t len)
{
	must(gsctp_send(sock, assoc, 0, data, len), "gsctp_send");
}

bool
net_recv(const uint8_t **data, size_t *len)
{
	for (;;) {
		gsctp_msg_free(taken);
		taken = NULL;
		must(gsctp_recv(sock, NET_WAIT_MS, &taken), "gsctp_recv");
		if (taken->type == GSCTP_MSG_DATA)
			break;
		if (taken->type == GSCTP_MSG_ASSOC_CHANGE &&
		    taken->u.assoc_change.state != GSCTP_COMM_UP)
			return false;
	}
	*data = taken->u.data.data;
	*len = taken->u.data.len;
	return true;
}

void
net_stop(void)
{
	gsctp_msg_free(taken);
	taken = NULL;
	must(gsctp_stack_stop(0), "gsctp_stack_stop");
}
