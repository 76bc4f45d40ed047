/*
 * linux_note: notifications as the Linux kernel's SCTP writes them, of
 * lksctp-tools 1.0.19 and RFC 6458 6.
 *
 * Guarantees
 *  - sizes and places of fields are the kernel's on this machine: a test
 *    compares each with <netinet/sctp.h>.
 */

#ifndef PS_LINUX_NOTE_H
#define PS_LINUX_NOTE_H

#include <stdint.h>
#include <sys/socket.h>

/* Types.  A socket's subscriptions are a bit each, from the first one on. */
enum {
	LX_NOTE_BASE = 0x8000,		/* data_io: not a notification */
	LX_NOTE_ASSOC_CHANGE = 0x8001,
	LX_NOTE_PADDR_CHANGE = 0x8002,
	LX_NOTE_SEND_FAILED = 0x8003,
	LX_NOTE_REMOTE_ERROR = 0x8004,
	LX_NOTE_SHUTDOWN = 0x8005,
	LX_NOTE_PDAPI = 0x8006,
	LX_NOTE_ADAPTATION = 0x8007,
	LX_NOTE_AUTH = 0x8008,
	LX_NOTE_SENDER_DRY = 0x8009,
	LX_NOTE_STREAM_RESET = 0x800a,
	LX_NOTE_ASSOC_RESET = 0x800b,
	LX_NOTE_STREAM_CHANGE = 0x800c,
	LX_NOTE_SEND_FAILED_EVENT = 0x800d,
};
#define LX_NOTE_BIT(type) (1u << ((type) - LX_NOTE_BASE))

/* What each begins with. */
struct lx_note_head {
	uint16_t type, flags;
	uint32_t length;		/* of all of it */
};

enum {
	LX_COMM_UP = 0,
	LX_COMM_LOST = 1,
	LX_RESTART = 2,
	LX_SHUTDOWN_COMP = 3,
	LX_CANT_STR_ASSOC = 4,
};

struct lx_assoc_change {
	struct lx_note_head head;
	uint16_t state;
	uint16_t error;			/* a cause, as on the wire */
	uint16_t outbound_streams, inbound_streams;
	int32_t assoc_id;
	uint8_t info[];			/* of an ABORT: its causes */
};

enum {
	LX_ADDR_AVAILABLE = 0,
	LX_ADDR_UNREACHABLE = 1,
	LX_ADDR_REMOVED = 2,
	LX_ADDR_ADDED = 3,
	LX_ADDR_MADE_PRIM = 4,
	LX_ADDR_CONFIRMED = 5,
};

/* Of a change of an address. */
enum {
	LX_WHY_FAILED_THRESHOLD = 0,
	LX_WHY_HEARTBEAT_SUCCESS = 2,
};

struct lx_paddr_change {
	struct lx_note_head head;
	struct sockaddr_storage addr;
	int32_t state;
	int32_t error;			/* LX_WHY_... */
	int32_t assoc_id;
} __attribute__((packed, aligned(4)));

struct lx_remote_error {
	struct lx_note_head head;
	uint16_t error;			/* a cause, as on the wire */
	int32_t assoc_id;
	uint8_t data[];			/* what is in it, padded to 4 */
};

/* In flags of the next two, and in those of their info: of a DATA chunk. */
enum { LX_DATA_UNSENT = 0, LX_DATA_SENT = 1 };
enum { LX_DATA_LAST = 1, LX_DATA_FIRST = 2, LX_DATA_UNORDERED = 4 };

struct lx_send_failed {
	struct lx_note_head head;
	uint32_t error;
	uint16_t stream, ssn, flags;	/* struct lx_sndrcvinfo */
	uint32_t ppid, context, timetolive, tsn, cumtsn;
	int32_t info_assoc_id;
	int32_t assoc_id;
	uint8_t data[];
};

struct lx_send_failed_event {
	struct lx_note_head head;
	uint32_t error;
	uint16_t sid, flags;		/* struct lx_sndinfo */
	uint32_t ppid, context;
	int32_t info_assoc_id;
	int32_t assoc_id;
	uint8_t data[];
};

/* SHUTDOWN, SENDER_DRY */
struct lx_note_plain {
	struct lx_note_head head;
	int32_t assoc_id;
};

enum { LX_PDAPI_ABORTED = 0 };

struct lx_pdapi {
	struct lx_note_head head;
	uint32_t indication;
	int32_t assoc_id;
	uint32_t stream, seq;
};

struct lx_adaptation {
	struct lx_note_head head;
	uint32_t ind;
	int32_t assoc_id;
};

enum { LX_AUTH_NEW_KEY = 0, LX_AUTH_FREE_KEY = 1, LX_AUTH_NO_AUTH = 2 };

struct lx_auth {
	struct lx_note_head head;
	uint16_t keynumber, altkeynumber;
	uint32_t indication;
	int32_t assoc_id;
};

/* In flags of the next three. */
enum {
	LX_RESET_INCOMING = 1,
	LX_RESET_OUTGOING = 2,
	LX_RESET_DENIED = 4,
	LX_RESET_FAILED = 8,
};

struct lx_stream_reset {
	struct lx_note_head head;
	int32_t assoc_id;
	uint16_t streams[];		/* none: all of them */
};

struct lx_assoc_reset {
	struct lx_note_head head;
	int32_t assoc_id;
	uint32_t local_tsn, remote_tsn;
};

struct lx_stream_change {
	struct lx_note_head head;
	int32_t assoc_id;
	uint16_t instrms, outstrms;
};

#endif
