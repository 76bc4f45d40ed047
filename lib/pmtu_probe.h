/*
 * pmtu_probe: a packet that asks whether a path takes packets of its size,
 * and the answer to it.
 *
 * It is a HEARTBEAT, which the peer answers, and a chunk of padding (RFC
 * 4820), which a peer that does not know it skips.  No state.  Layer 2.
 */

#ifndef GS_PMTU_PROBE_H
#define GS_PMTU_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Less does not hold both chunks; sizes are multiples of 4. */
#define GS_PMTU_PROBE_MIN 60u

/* The first bytes of a packet: ports and verification tag. */
#define GS_PMTU_HEAD 8

/* Write size bytes to out, the checksum included. */
void gs_pmtu_probe_write(uint8_t *out, uint16_t size,
    const uint8_t head[GS_PMTU_HEAD], uint64_t nonce);

/* Is there an answer to one in this packet? */
bool gs_pmtu_probe_read(const uint8_t *packet, size_t len, uint16_t *size,
    uint64_t *nonce);

#endif
