/*
 * kernel_peer: the kernel's SCTP as a peer, and how the test tells it what to
 * do.
 *
 * It is a process in a network namespace of its own, written against the
 * kernel's sockets alone.  It reads struct peer_cmd from its standard input,
 * and answers each with a struct peer_reply on its standard output.  It has
 * one one-to-many socket, and ends when its input does.
 */

#ifndef GS_TEST_KERNEL_PEER_H
#define GS_TEST_KERNEL_PEER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* The kernel's own; needs what is above. */
#include <linux/sctp.h>

/* The streams that the peer asks for, and takes. */
#define PEER_OSTREAMS 7
#define PEER_INSTREAMS 5

#define PEER_MESSAGE_MAX (128 * 1024)
#define PEER_ADDRS 2
#define PEER_OPTION_MAX 192
#define PEER_NOTE_MAX 192

/* What it gives as the reason of an ABORT, and looks for in one. */
#define PEER_REASON "that will do"

enum peer_op {
	PEER_OPEN = 1, /* bound to addrs; port 0 is any; value: its buffer */
	PEER_LISTEN,
	PEER_ACCEPT,  /* go on with that: waits up to value ms */
	PEER_CONNECT, /* to addrs; does not wait */
	PEER_SEND,    /* len bytes that ppid tells */
	PEER_NEXT,    /* data or an event: waits up to value ms */
	PEER_EOF,
	PEER_ABORT,
	PEER_FORGET, /* abort what there is, and have no socket */
	PEER_SETOPT, /* option, to the len bytes of value_of */
	PEER_GETOPT, /* the same of the association, into note */
};

struct peer_cmd {
	uint32_t op;
	uint32_t value;
	uint32_t ppid;
	uint32_t len;
	uint16_t stream;
	uint16_t is_unordered;
	uint32_t policy;	/* of a message: SCTP_PR_SCTP_..., and value */
	uint16_t is_one_to_one; /* OPEN */
	uint32_t option;	/* of level IPPROTO_SCTP */
	uint32_t of_assoc;	/* it begins with an id: the association's */
	uint8_t value_of[PEER_OPTION_MAX];
	uint32_t naddrs;
	struct sockaddr_storage addrs[PEER_ADDRS];
};

/* What PEER_NEXT found: this, or the type of a notification. */
enum peer_what {
	PEER_NOTHING = 0, /* in time */
	PEER_DATA,
	PEER_COMM_UP,
	PEER_COMM_LOST,
	PEER_RESTART,
	PEER_SHUTDOWN_COMP,
	PEER_CANT_ASSOC,
	PEER_SHUTDOWN_EVENT,
	PEER_ADDR_CHANGE,
};

struct peer_reply {
	int32_t err; /* 0, or the errno of the call */
	uint32_t what;
	uint16_t port;	 /* OPEN */
	uint16_t stream; /* DATA */
	uint16_t ssn;
	uint16_t is_unordered;
	uint16_t is_same; /* each byte is what its ppid tells */
	uint32_t ppid;
	uint32_t len;
	uint16_t error; /* of an assoc_change: the cause */
	uint16_t outbound, inbound;
	uint16_t has_reason; /* COMM_LOST: its ABORT has PEER_REASON */
	uint32_t addr_state; /* ADDR_CHANGE: enum sctp_spc_state */
	struct sockaddr_storage addr;
	uint8_t note[PEER_NOTE_MAX]; /* its beginning; GETOPT: the value */
};

/* Bytes that depend on seed, and on where they are. */
static inline void
peer_fill(uint8_t *p, size_t len, uint32_t seed)
{
	uint32_t x = seed * 2654435761u + 1;
	size_t i;

	for (i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = (uint8_t)(x >> 24);
	}
}

#endif
