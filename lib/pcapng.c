/* pcapng: see pcapng.h. */

#include "pcapng.h"

#include <string.h>

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
};
#define BLOCK_SECTION 0x0a0d0d0au
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

enum {
	OPT_END = 0,
	OPT_COMMENT = 1,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	EPB_FLAGS = 2,
	EPB_DROPCOUNT = 4,
	ISB_STARTTIME = 2,
	ISB_ENDTIME = 3,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5,
	ISB_USRDELIV = 8,
};

/* Bits 0 and 1 of epb_flags. */
enum {
	INBOUND = 1,
	OUTBOUND = 2
};

/* 10 to the power of minus this, in seconds. */
#define NANOSECONDS 9

/* Type and length before, and the length once more behind. */
#define BLOCK_MIN 12

struct block {
	uint8_t *p;
	size_t len, max;
	bool is_full;
};

static void
put(struct block *b, const void *bytes, size_t len)
{
	if (b->is_full || b->max - b->len < len) {
		b->is_full = true;
		return;
	}
	if (len > 0)
		memcpy(b->p + b->len, bytes, len);
	b->len += len;
}

static void
put_u16(struct block *b, uint16_t v)
{
	put(b, &v, sizeof(v));
}

static void
put_u32(struct block *b, uint32_t v)
{
	put(b, &v, sizeof(v));
}

static void
put_u64(struct block *b, uint64_t v)
{
	put(b, &v, sizeof(v));
}

/* A time is two words, the more significant one first, in any byte order. */
static void
put_time(struct block *b, uint64_t ns)
{
	put_u32(b, (uint32_t)(ns >> 32));
	put_u32(b, (uint32_t)ns);
}

static void
pad(struct block *b)
{
	static const uint8_t zero[4];

	put(b, zero, (4 - b->len % 4) % 4);
}

static void
put_option(struct block *b, uint16_t code, const void *value, size_t len)
{
	put_u16(b, code);
	put_u16(b, (uint16_t)len);
	put(b, value, len);
	pad(b);
}

static void
put_text(struct block *b, uint16_t code, const char *text)
{
	if (text != NULL)
		put_option(b, code, text, strnlen(text, UINT16_MAX));
}

static void
put_time_option(struct block *b, uint16_t code, uint64_t ns)
{
	put_u16(b, code);
	put_u16(b, 8);
	put_time(b, ns);
}

static void
put_count(struct block *b, uint16_t code, uint64_t n)
{
	put_option(b, code, &n, sizeof(n));
}

static struct block
begin(uint8_t *buf, size_t max, uint32_t type)
{
	struct block b = { .p = buf, .max = max };

	put_u32(&b, type);
	put_u32(&b, 0); /* its length, when that is known */
	return b;
}

static size_t
end(struct block *b)
{
	uint32_t len;

	put_u32(b, OPT_END); /* and the length of that option, 0 */
	put_u32(b, 0);
	if (b->is_full)
		return 0;
	len = (uint32_t)b->len;
	memcpy(b->p + 4, &len, sizeof(len));
	memcpy(b->p + b->len - sizeof(len), &len, sizeof(len));
	return b->len;
}

size_t
gs_pcapng_section(uint8_t *buf, size_t max, const char *writer,
    const char *comment)
{
	struct block b = begin(buf, max, BLOCK_SECTION);

	put_u32(&b, BYTE_ORDER_MAGIC);
	put_u16(&b, 1); /* version 1.0 */
	put_u16(&b, 0);
	put_u64(&b, UINT64_MAX); /* the section's length is not known */
	put_text(&b, OPT_COMMENT, comment);
	put_text(&b, SHB_USERAPPL, writer);
	return end(&b);
}

size_t
gs_pcapng_interface(uint8_t *buf, size_t max, const char *name,
    const char *description)
{
	static const uint8_t resolution = NANOSECONDS;
	struct block b = begin(buf, max, BLOCK_INTERFACE);

	put_u16(&b, GS_PCAPNG_LINK_RAW);
	put_u16(&b, 0);
	put_u32(&b, 0); /* packets are not cut */
	put_text(&b, IF_NAME, name);
	put_text(&b, IF_DESCRIPTION, description);
	put_option(&b, IF_TSRESOL, &resolution, sizeof(resolution));
	return end(&b);
}

size_t
gs_pcapng_packet(uint8_t *buf, size_t max, const struct gs_pcapng_packet *pkt)
{
	struct block b = begin(buf, max, BLOCK_PACKET);
	uint32_t len = (uint32_t)(pkt->head_len + pkt->data_len);
	uint32_t flags = pkt->is_out ? OUTBOUND : INBOUND;

	put_u32(&b, pkt->interface);
	put_time(&b, pkt->time_ns);
	put_u32(&b, len); /* in the file, and on the wire */
	put_u32(&b, len);
	put(&b, pkt->head, pkt->head_len);
	put(&b, pkt->data, pkt->data_len);
	pad(&b);
	put_option(&b, EPB_FLAGS, &flags, sizeof(flags));
	if (pkt->lost > 0)
		put_count(&b, EPB_DROPCOUNT, pkt->lost);
	return end(&b);
}

size_t
gs_pcapng_statistics(uint8_t *buf, size_t max,
    const struct gs_pcapng_statistics *st)
{
	struct block b = begin(buf, max, BLOCK_STATISTICS);

	put_u32(&b, st->interface);
	put_time(&b, st->end_ns);
	put_time_option(&b, ISB_STARTTIME, st->begin_ns);
	put_time_option(&b, ISB_ENDTIME, st->end_ns);
	put_count(&b, ISB_IFRECV, st->packets);
	put_count(&b, ISB_IFDROP, st->lost);
	put_count(&b, ISB_USRDELIV, st->packets - st->lost);
	return end(&b);
}

size_t
gs_pcapng_whole(const uint8_t *buf, size_t len)
{
	size_t whole = 0;
	uint32_t block;

	while (len - whole >= BLOCK_MIN) {
		memcpy(&block, buf + whole + 4, sizeof(block));
		if (block < BLOCK_MIN || block > len - whole)
			break;
		whole += block;
	}
	return whole;
}
