/*
 * chunk: an SCTP packet's header, chunks and parameters, read and checked.
 *
 * Guarantees
 *  - nothing is read past the packet, a chunk or a parameter;
 *  - the work is linear in the packet's length, and nothing recurses;
 *  - no state is kept: what a check says depends on the bytes alone.
 *
 * Layer 2.
 */

#ifndef GS_CHUNK_H
#define GS_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "cursor.h"

#define GS_COMMON_HEADER 12

enum gs_chunk_type {
	GS_CHUNK_DATA = 0,
	GS_CHUNK_INIT = 1,
	GS_CHUNK_INIT_ACK = 2,
	GS_CHUNK_SACK = 3,
	GS_CHUNK_HEARTBEAT = 4,
	GS_CHUNK_HEARTBEAT_ACK = 5,
	GS_CHUNK_ABORT = 6,
	GS_CHUNK_SHUTDOWN = 7,
	GS_CHUNK_SHUTDOWN_ACK = 8,
	GS_CHUNK_ERROR = 9,
	GS_CHUNK_COOKIE_ECHO = 10,
	GS_CHUNK_COOKIE_ACK = 11,
	GS_CHUNK_ECNE = 12,
	GS_CHUNK_CWR = 13,
	GS_CHUNK_SHUTDOWN_COMPLETE = 14,
	GS_CHUNK_AUTH = 15,
	GS_CHUNK_NR_SACK = 16,
	GS_CHUNK_I_DATA = 0x40,
	GS_CHUNK_ASCONF_ACK = 0x80,
	GS_CHUNK_PKTDROP = 0x81,
	GS_CHUNK_RE_CONFIG = 0x82,
	GS_CHUNK_FORWARD_TSN = 0xc0,
	GS_CHUNK_ASCONF = 0xc1,
	GS_CHUNK_I_FORWARD_TSN = 0xc2,
};

/* Of ABORT and SHUTDOWN COMPLETE: the tag is the receiver's peer's. */
#define GS_CHUNK_FLAG_T 0x01

enum gs_param_type {
	GS_PARAM_IPV4 = 5,
	GS_PARAM_IPV6 = 6,
	GS_PARAM_STATE_COOKIE = 7,
	GS_PARAM_RECONFIG_RESPONSE = 16,
	GS_PARAM_RANDOM = 0x8002,
	GS_PARAM_CHUNK_LIST = 0x8003,
	GS_PARAM_HMAC_LIST = 0x8004,
	GS_PARAM_SUPPORTED_EXT = 0x8008,
	GS_PARAM_ADD_IP = 0xc001,
	GS_PARAM_DELETE_IP = 0xc002,
	GS_PARAM_SET_PRIMARY = 0xc004,
};

struct gs_common_header {
	uint16_t src_port, dst_port; /* host order */
	uint32_t tag;
};

struct gs_chunk {
	uint8_t type;
	uint8_t flags;
	size_t len;		/* its length field */
	struct gs_cursor value; /* past the chunk header */
};

struct gs_param {
	uint16_t type;
	size_t len;
	struct gs_cursor value;
};

/* INIT and INIT ACK alike. */
struct gs_init {
	uint32_t initiate_tag;
	uint32_t a_rwnd;
	uint16_t out_streams, in_streams;
	struct gs_cursor params;
};

/* c stands behind the header afterwards; check c for being bad. */
struct gs_common_header gs_common_header_read(struct gs_cursor *c);

/*
 * The next chunk or parameter; false at the end and where there is none
 * whole, and c is bad then unless it was empty.  Padding is skipped; that of
 * the last may be missing.
 */
bool gs_chunk_next(struct gs_cursor *c, struct gs_chunk *out);
bool gs_param_next(struct gs_cursor *c, struct gs_param *out);

/* All parameters (or error causes) lie whole within c; not empty is not
 * asked. */
bool gs_params_are_whole(struct gs_cursor c);

/* The address of an IPv4 or IPv6 address parameter, port 0; or false. */
bool gs_param_addr(const struct gs_param *p, union gs_addr *out);

struct gs_init gs_init_read(const struct gs_chunk *chunk);

/* The mandatory fields have values that the engine takes without aborting,
 * and address parameters have their length (RFC 9260 3.3.2, 3.3.3). */
bool gs_init_is_valid(const struct gs_init *init);
bool gs_init_has_cookie(const struct gs_init *init);

/* Whether the engine would find the AUTH parameters good: where it would
 * not, it aborts the association that the INIT seems to be from. */
bool gs_init_auth_is_valid(const struct gs_init *init);

/* Every chunk of the packet (c: past the common header) is whole and has
 * the shape of its type, and they may stand together. */
bool gs_chunks_are_valid(struct gs_cursor c);

#endif
