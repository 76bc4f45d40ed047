/*
 * usrsctp_peer: a peer that knows nothing of this library, and how the test
 * tells it what to do.
 *
 * It is written against libusrsctp's public API, which brings its own threads,
 * its own UDP port and its own idea of everything.  It runs in a process of
 * its own: it reads struct peer_cmd from its standard input, and answers each
 * with a struct peer_reply on its standard output.  It ends when its input
 * does, and after PEER_LIFE_S in any case.
 */

#ifndef GS_TEST_USRSCTP_PEER_H
#define GS_TEST_USRSCTP_PEER_H

#include <stddef.h>
#include <stdint.h>

#define PEER_LIFE_S 110

/*
 * Exit status where usrsctp_finish() does not succeed in 5 s: something of the
 * peer's socket is left, though it is closed and its associations are over.
 */
#define PEER_UNFINISHED 3

/* The streams that the peer asks for, and takes. */
#define PEER_OSTREAMS 7
#define PEER_INSTREAMS 5

#define PEER_MESSAGE_MAX (256 * 1024)

enum peer_op {
	/* On 127.0.0.1; ports that are 0 are chosen.  Listens if flags. */
	PEER_START = 1,
	PEER_CONNECT,		/* to udp_port and port; does not wait */
	PEER_SEND,		/* len bytes from seed */
	PEER_NEXT,		/* data or an event; waits for it */
	PEER_EOF,
	PEER_ABORT,		/* with the reason PEER_REASON */
	PEER_COUNT,		/* what each reply tells */
};

#define PEER_REASON "that will do"

struct peer_cmd {
	uint32_t op;
	uint16_t udp_port;
	uint16_t port;
	uint16_t stream;
	uint16_t flags;		/* START: listen; SEND: unordered */
	uint32_t ppid;
	uint32_t len;
	uint32_t seed;
};

/* What PEER_NEXT found: by libusrsctp's names. */
enum peer_what {
	PEER_DATA = 1,
	PEER_COMM_UP,
	PEER_COMM_LOST,
	PEER_RESTART,
	PEER_SHUTDOWN_COMP,
	PEER_CANT_ASSOC,
	PEER_SHUTDOWN_EVENT,
};

struct peer_reply {
	int32_t err;		/* 0, or the errno of the call */
	uint32_t what;
	uint32_t assocs;	/* that it has now */
	uint32_t collisions;	/* that it has seen */
	uint16_t udp_port;	/* START */
	uint16_t port;
	uint16_t stream;	/* DATA */
	uint16_t is_unordered;
	uint32_t ppid;
	uint32_t len;
	uint32_t sum;		/* of the bytes */
	uint16_t error;		/* of an assoc_change */
	uint16_t outbound, inbound;
	uint16_t has_reason;	/* COMM_LOST: its ABORT has PEER_REASON */
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

/* FNV-1a. */
static inline uint32_t
peer_sum(const uint8_t *p, size_t len)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

/* The peer's process, from its start to its end; the exit status. */
int peer_main(void);

#endif
