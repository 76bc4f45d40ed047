/*
 * crc32c: SCTP's checksum (RFC 9260 appendix A).
 *
 * Guarantees: the same figure on every machine; by the processor's own
 * instruction where it has one.  Thread-safe.  Layer 2.
 */

#ifndef GS_CRC32C_H
#define GS_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of plain bytes: "123456789" is 0xe3069283. */
uint32_t gs_crc32c(const void *bytes, size_t len);

/* The same without the processor's instruction, to compare with. */
uint32_t gs_crc32c_portable(const void *bytes, size_t len);

/*
 * Of an SCTP packet, its checksum field (bytes 8 to 11) taken as zero; as
 * the field holds it, so memcpy() of the result puts it there.  len >= 12.
 */
uint32_t gs_crc32c_packet(const void *packet, size_t len);

#endif
