/* doctor_peer: is something answering SCTP there?  See doctor.h. */

#include "doctor.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* For the end of the association that came up: an event ends the wait, and
 * this only a peer that has gone at that very moment.  Less, and a busy host's
 * server would see an association lost. */
#define END_MS 15000

static void
attach(struct doctor *d, const char *outcome)
{
	doctor_attach(d,
	    json_pack("{ss ss si si}", "outcome", outcome, "address",
		doctor_ip(&d->addrs[d->target]), "port", (int)d->port,
		"udp_port", (int)d->peer_udp_port));
}

/*
 * An association
 */

/* The event that says how the attempt went; NULL: none in time. */
static struct gsctp_msg *
wait_change(struct doctor *d, gsctp_sock s, int timeout_ms)
{
	uint64_t until = doctor_now_ms() + (uint64_t)timeout_ms;
	struct gsctp_msg *msg;
	uint64_t now = doctor_now_ms();

	do {
		if (doctor_wait(d, gsctp_fd(s),
			until > now ? (int)(until - now) : 0) < 0)
			return NULL;
		while (gsctp_recv(s, 0, &msg) == 0) {
			if (msg->type == GSCTP_MSG_ASSOC_CHANGE)
				return msg;
			gsctp_msg_free(msg);
		}
		now = doctor_now_ms();
	} while (now < until);
	return NULL;
}

/* From which UDP port it has answered: the registry, or it, may know
 * another. */
static void
learn_udp_port(struct doctor *d, gsctp_sock s, gsctp_assoc_id id)
{
	struct gsctp_opt o = GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id,
	    .address = d->addrs[d->target]);

	if (!d->net.is_raw && gsctp_getopts(s, &o, 1, NULL) == 0 &&
	    o.u.udp_encaps.port != 0)
		d->peer_udp_port = o.u.udp_encaps.port;
}

static void
say_up(struct doctor *d, gsctp_sock s, const struct gsctp_msg *msg, uint64_t ms)
{
	const struct gsctp_assoc_change *c = &msg->u.assoc_change;

	d->is_answered = true;
	learn_udp_port(d, s, c->assoc_id);
	attach(d, "comm_up");
	doctor_say(d, DOCTOR_OK, "peer", NULL,
	    "an association with port %u came up in %ju ms: %u streams out, "
	    "%u in%s",
	    d->port, (uintmax_t)ms, c->outbound_streams, c->inbound_streams,
	    d->peer_udp_port != DOCTOR_UDP_PORT && !d->net.is_raw ?
		"; its UDP port is not 9899" :
		"");
	if (gsctp_eof(s, c->assoc_id) == 0)
		gsctp_msg_free(wait_change(d, s, END_MS));
}

/* Nobody but this program itself. */
static void
say_nobody(struct doctor *d)
{
	attach(d, "nobody");
	doctor_say(d, DOCTOR_PROBLEM, "peer",
	    "start the server; or it has another UDP port, which it tells: "
	    "--peer-udp-port",
	    "no other program of this host has UDP port %u", d->peer_udp_port);
}

/*
 * Without an answer to the stack: what does the wire say?
 */

static enum doctor_answer
probe(struct doctor *d)
{
	unsigned int mtu;

	return doctor_probe(d, d->port, 0, 2, &mtu);
}

static void
say_probed(struct doctor *d, enum doctor_answer answer)
{
	unsigned int port = d->peer_udp_port;

	switch (answer) {
	case ANSWER_INIT_ACK:
	case ANSWER_ABORT:
		d->is_answered = true;
		attach(d, "no_handshake");
		doctor_say(d, DOCTOR_PROBLEM, "peer",
		    "a firewall between may let only some packets pass; or "
		    "wait longer: --timeout",
		    "SCTP in UDP port %u answers, but no association comes "
		    "up",
		    port);
		break;
	case ANSWER_PORT_UNREACHABLE:
		attach(d, "port_unreachable");
		doctor_say(d, DOCTOR_PROBLEM, "peer",
		    "start the server; or it has another UDP port, which it "
		    "tells: --peer-udp-port. A Linux kernel: sysctl -w "
		    "net.sctp.udp_port=9899",
		    "the host is there, but nobody has its UDP port %u", port);
		break;
	case ANSWER_UNREACHABLE:
		attach(d, "unreachable");
		doctor_say(d, DOCTOR_PROBLEM, "peer",
		    "see the address, the route and firewalls",
		    "a router or the host says that there is no way to UDP "
		    "port %u of %s",
		    port, doctor_ip(&d->addrs[d->target]));
		break;
	case ANSWER_FAILED:
		if (d->signal != 0)
			return;
		attach(d, "not_sent");
		doctor_say(d, DOCTOR_PROBLEM, "peer", "see local firewalls",
		    "nothing can be sent there");
		break;
	default:
		attach(d, "silence");
		doctor_say(d, DOCTOR_PROBLEM, "peer",
		    "a firewall drops UDP there or on the way, or the host "
		    "is not there: try ping, and let UDP port 9899 pass",
		    "silence: nothing at all comes back from UDP port %u of "
		    "%s",
		    port, doctor_ip(&d->addrs[d->target]));
		break;
	}
}

static void
say_silence(struct doctor *d, int err)
{
	if (d->signal != 0)
		return;
	if (err != -ETIMEDOUT) {
		attach(d, "no_association");
		doctor_say(d, DOCTOR_PROBLEM, "peer", NULL,
		    "no association can be begun: %s", gsctp_strerror(err));
	} else if (d->net.is_raw) {
		attach(d, "silence");
		doctor_say(d, DOCTOR_PROBLEM, "peer",
		    "a firewall drops IP protocol 132, or nobody speaks it "
		    "there: UDP passes more often; or it is gsctp, which "
		    "does not answer for ports that nobody has",
		    "silence: nothing comes back");
	} else {
		say_probed(d, probe(d));
	}
}

static void
say_refused(struct doctor *d)
{
	if (d->is_own && d->udp_port != 0 && d->peer_udp_port == d->udp_port) {
		say_nobody(d);
		return;
	}
	/* For a port of this host that nobody has the stack answers itself. */
	if (d->is_own && !d->net.is_raw &&
	    probe(d) == ANSWER_PORT_UNREACHABLE) {
		say_probed(d, ANSWER_PORT_UNREACHABLE);
		return;
	}
	d->is_answered = true;
	attach(d, "abort");
	if (d->has_port)
		doctor_say(d, DOCTOR_PROBLEM, "peer",
		    "start the server, or see which port it has",
		    "SCTP is there, but refuses port %u: nobody listens, or "
		    "he does not want us",
		    d->port);
	else
		doctor_say(d, DOCTOR_OK, "peer", NULL,
		    "SCTP is there (nobody listens on port %u; name the "
		    "PORT that you need)",
		    d->port);
}

void
doctor_peer(struct doctor *d)
{
	struct sockaddr_storage *to;
	uint64_t begin = doctor_now_ms();
	struct gsctp_msg *msg;
	gsctp_assoc_id id;
	gsctp_sock s;
	int err;

	if (!d->is_started || d->target == d->naddrs)
		return;
	to = &d->addrs[d->target];
	if (net_open(&d->net, 0, to->ss_family, NULL, 0, &s) != 0)
		return; /* said by doctor_addresses() */
	err = gsctp_connect_init(s, (struct sockaddr *)to,
	    to->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
					sizeof(struct sockaddr_in),
	    NULL, 0, &id);
	msg = err == 0 ? wait_change(d, s, d->timeout_ms) : NULL;
	if (msg == NULL)
		say_silence(d, err != 0 ? err : -ETIMEDOUT);
	else if (msg->u.assoc_change.state == GSCTP_COMM_UP)
		say_up(d, s, msg, doctor_now_ms() - begin);
	else if (msg->u.assoc_change.failure == -ECONNREFUSED)
		say_refused(d);
	else
		say_silence(d, msg->u.assoc_change.failure);
	gsctp_msg_free(msg);
	(void)gsctp_close(s);
}
