/*
 * doctor: what works on this host, and on the way to another.
 *
 * Guarantees
 *  - each thing that is looked at is a line (or an object) with a mark, and
 *    what to do where it is not well;
 *  - whatever is missing, a file of /proc, a route, IPv6, a right, is told
 *    of, and the rest is looked at;
 *  - it changes nothing: above all it does not make the kernel load SCTP;
 *  - it sends to the host that it is asked about alone, and waits for
 *    nothing longer than it says.
 *
 * doctor.c is the command line and the order, doctor_report.c the report,
 * doctor_kernel.c kernel SCTP and rights, doctor_udp.c what UDP has,
 * doctor_local.c the stack, its addresses and directory, doctor_host.c name,
 * routes and path MTU, doctor_peer.c who answers, doctor_probe.c single
 * packets.
 */

#ifndef GSCTP_DOCTOR_H
#define GSCTP_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "net.h"

#define DOCTOR_ADDRS 8

/* IANA's UDP port of SCTP (RFC 6951). */
#define DOCTOR_UDP_PORT 9899

enum doctor_mark {
	DOCTOR_OK,
	DOCTOR_NOTE, /* it works, and could do better, or else */
	DOCTOR_PROBLEM,
};

struct doctor {
	struct net net;
	bool is_json;
	const char *host; /* or NULL */
	uint16_t port;
	bool has_port; /* it was named */
	int timeout_ms;

	/* The host's addresses, with the SCTP port. */
	struct sockaddr_storage addrs[DOCTOR_ADDRS];
	size_t naddrs;
	int resolve_error;
	size_t target;	  /* the first with a route; naddrs: none */
	unsigned int mtu; /* of the route to it */
	uint16_t peer_udp_port;
	bool is_own;	  /* the target is an address of this host */
	bool is_answered; /* by an SCTP stack */

	bool has_kernel_sctp;
	bool is_started;       /* the stack */
	unsigned int udp_port; /* of the stack */
	int signal_fd;
	int signal; /* that came */

	json_t *data; /* for the next line */
	unsigned int notes;
	unsigned int problems;
	int code; /* the output fails: the exit code */
};

/*
 * The report
 */

/* Figures for the next doctor_say(), for --json; NULL is fine. */
void doctor_attach(struct doctor *d, json_t *taken);

/* A line: of what, how it is, and, or NULL, what to do. */
void doctor_say(struct doctor *d, enum doctor_mark mark, const char *check,
    const char *advice, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* How many there were of what, at the end. */
void doctor_say_end(struct doctor *d);

/* "192.0.2.1", static for a call. */
const char *doctor_ip(const struct sockaddr_storage *a);

/*
 * What is looked at
 */

void doctor_kernel_sctp(struct doctor *d);
void doctor_raw_ip(struct doctor *d);
void doctor_sandbox(struct doctor *d);

void doctor_library(struct doctor *d);
void doctor_addresses(struct doctor *d);
void doctor_run_directory(struct doctor *d);

void doctor_buffers(struct doctor *d);
void doctor_offload(struct doctor *d);
/* Who has a UDP port of this host: "pid 71 (gsctp)"; "" where none has. */
void doctor_udp_owner(unsigned int port, char *out, size_t len);

void doctor_resolve(struct doctor *d);
void doctor_name(struct doctor *d);
void doctor_routes(struct doctor *d);
void doctor_path_mtu(struct doctor *d);

void doctor_peer(struct doctor *d);

/* The first line of a file, without its end.  0 or -errno. */
int doctor_read_line(const char *path, char *out, size_t len);
/* The value of "NAME:" in /proc/self/status.  0 or -errno. */
int doctor_status_field(const char *name, char *out, size_t len);

/* Wait until fd is readable or has an error, or now + timeout_ms.  1, 0, or
 * -1: a signal came. */
int doctor_wait(struct doctor *d, int fd, int timeout_ms);

/* Monotonic, in ms. */
uint64_t doctor_now_ms(void);

/*
 * Single packets
 */

enum doctor_answer {
	ANSWER_INIT_ACK,
	ANSWER_ABORT,
	ANSWER_PORT_UNREACHABLE, /* ICMP: nobody has the UDP port */
	ANSWER_UNREACHABLE,	 /* ICMP says something else of the way */
	ANSWER_TOO_BIG,		 /* the way has a smaller MTU */
	ANSWER_SILENCE,
	ANSWER_FAILED, /* the system does not send; a signal */
};

/*
 * Send an INIT in UDP to an SCTP port, padded to a packet of len bytes with
 * IP's header (0: not at all), which may not be fragmented, up to `times'
 * times, and wait for what comes: each SCTP stack answers, and remembers
 * nothing.  *mtu is what the way to it takes as far as the system knows.
 */
enum doctor_answer doctor_probe(struct doctor *d, uint16_t port, size_t len,
    int times, unsigned int *mtu);

/* A UDP socket connected to an address, from --bind; or -errno. */
int doctor_udp_connect(struct doctor *d, const struct sockaddr_storage *to,
    uint16_t udp_port);
/* What the system knows of its way's MTU; 0: nothing. */
unsigned int doctor_udp_mtu(int fd, int family);

#endif
