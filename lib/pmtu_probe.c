/*
 * pmtu_probe: see pmtu_probe.h.
 *
 * The engine ignores an answer that is not as long as its own heartbeats,
 * and with it the rest of the packet; of one that is, it ignores an unknown
 * family alone.  So these are as long.
 */

#include "pmtu_probe.h"

#include <string.h>

#include "chunk.h"
#include "crc32c.h"

#define CHECKSUM_OFFSET 8
#define CHUNK_PAD 0x84
#define PARAM_HEARTBEAT_INFO 1
#define CHUNK_HEAD 4
#define HEARTBEAT_LEN 44

/* Within the information: the size, the nonce, and what the engine takes for
 * the family of an address, 0. */
#define INFO_SIZE 4
#define INFO_NONCE 12

static void
put_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

void
gs_pmtu_probe_write(uint8_t *out, uint16_t size,
    const uint8_t head[GS_PMTU_HEAD], uint64_t nonce)
{
	uint8_t *p = out + GS_COMMON_HEADER;
	uint32_t crc;

	memset(out, 0, size);
	memcpy(out, head, GS_PMTU_HEAD);
	p[0] = GS_CHUNK_HEARTBEAT;
	put_be16(p + 2, HEARTBEAT_LEN);
	put_be16(p + 4, PARAM_HEARTBEAT_INFO);
	put_be16(p + 6, HEARTBEAT_LEN - CHUNK_HEAD);
	put_be16(p + 4 + INFO_SIZE, size);
	memcpy(p + 4 + INFO_NONCE, &nonce, sizeof(nonce));
	p += HEARTBEAT_LEN;
	p[0] = CHUNK_PAD;
	put_be16(p + 2,
	    (uint16_t)(size - GS_COMMON_HEADER - HEARTBEAT_LEN));
	crc = gs_crc32c_packet(out, size);
	memcpy(out + CHECKSUM_OFFSET, &crc, sizeof(crc));
}

static bool
read_answer(struct gs_cursor c, uint16_t *size, uint64_t *nonce)
{
	(void)gs_cursor_be32(&c);	/* the parameter's type and length */
	*size = gs_cursor_be16(&c);
	gs_cursor_skip(&c, INFO_NONCE - INFO_SIZE - 2);
	gs_cursor_copy(&c, nonce, sizeof(*nonce));
	return !gs_cursor_is_bad(&c);
}

bool
gs_pmtu_probe_read(const uint8_t *packet, size_t len, uint16_t *size,
    uint64_t *nonce)
{
	struct gs_chunk chunk;
	struct gs_cursor c;

	gs_cursor_init(&c, packet, len);
	gs_cursor_skip(&c, GS_COMMON_HEADER);
	while (gs_chunk_next(&c, &chunk))
		if (chunk.type == GS_CHUNK_HEARTBEAT_ACK &&
		    chunk.len == HEARTBEAT_LEN &&
		    read_answer(chunk.value, size, nonce))
			return true;
	return false;
}
