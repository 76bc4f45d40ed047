/*
 * pcapng: the blocks of a capture file, as Wireshark and others read them
 * (draft-ietf-opsawg-pcapng).
 *
 * Guarantees
 *  - a function prints one whole block into memory of the caller's, or
 *    nothing: the block's length, a multiple of 4, or 0 where it does not
 *    fit;
 *  - the blocks of a file in a row are the file: one section, in the byte
 *    order of this machine; no block says anything of where it stands;
 *  - nothing here allocates, or knows of files.
 *
 * Layer 2.
 */

#ifndef GS_PCAPNG_H
#define GS_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The packet begins with its IP header, of either version. */
#define GS_PCAPNG_LINK_RAW 101

/* A packet's block is at most this much longer than the packet. */
#define GS_PCAPNG_PACKET_MORE 72

/* What an interface's two blocks need at most, with texts of this length. */
#define GS_PCAPNG_TEXT 64
#define GS_PCAPNG_INTERFACE_MAX (40 + 2 * GS_PCAPNG_TEXT)
#define GS_PCAPNG_STATISTICS_MAX 96

/* The first block: who writes it, and whatever is to be said. */
size_t gs_pcapng_section(uint8_t *buf, size_t max, const char *writer,
    const char *comment);

/* An interface; packets name it by its number, from 0 on in the order of
 * these blocks.  What is NULL is left out. */
size_t gs_pcapng_interface(uint8_t *buf, size_t max, const char *name,
    const char *description);

/* Times are in nanoseconds since 1970. */
struct gs_pcapng_packet {
	uint32_t interface;
	uint64_t time_ns;
	bool is_out;
	uint64_t lost; /* on this interface, between the last one and this */
	/* The bytes are these two in a row. */
	const uint8_t *head, *data;
	size_t head_len, data_len;
};
size_t gs_pcapng_packet(uint8_t *buf, size_t max,
    const struct gs_pcapng_packet *pkt);

struct gs_pcapng_statistics {
	uint32_t interface;
	uint64_t begin_ns, end_ns;
	uint64_t packets; /* that passed, with those lost */
	uint64_t lost;	  /* of which are not in the file */
};
size_t gs_pcapng_statistics(uint8_t *buf, size_t max,
    const struct gs_pcapng_statistics *st);

/* How many of these bytes, which begin with a block, are whole blocks. */
size_t gs_pcapng_whole(const uint8_t *buf, size_t len);

#endif
