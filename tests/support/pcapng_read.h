/*
 * pcapng_read: a capture file of this machine, taken apart.
 *
 * Without Check, so that it may run anywhere: what is wrong is in error.
 */

#ifndef GS_TEST_PCAPNG_READ_H
#define GS_TEST_PCAPNG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCAPNG_IFACES 64

struct pcapng_record {
	uint32_t interface;
	uint64_t time_ns;
	bool is_out;
	uint64_t lost;	     /* before it */
	const uint8_t *data; /* from the IP header on */
	size_t len;
};

struct pcapng_read {
	const char *error; /* NULL: the file is well-formed */
	uint8_t *bytes;
	size_t len;
	size_t cut; /* bytes at the end that are no whole block */
	char writer[64], comment[256];
	struct pcapng_record *records;
	size_t nrecords;
	char names[PCAPNG_IFACES][64];
	size_t nifaces;
	size_t nstatistics; /* and what they say, all together */
	uint64_t received, dropped;
};

static inline uint32_t
pcapng_u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t
pcapng_u64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The option of this code among those from p to end: its value, or NULL. */
static inline const uint8_t *
pcapng_option(struct pcapng_read *r, const uint8_t *p, const uint8_t *end,
    uint16_t code, size_t *len)
{
	const uint8_t *found = NULL;
	uint16_t what, n;

	while (end - p >= 4) {
		memcpy(&what, p, 2);
		memcpy(&n, p + 2, 2);
		p += 4;
		if (what == 0)
			break;
		if (end - p < (n + 3) / 4 * 4) {
			r->error = "an option is longer than its block";
			return NULL;
		}
		if (what == code && found == NULL) {
			found = p;
			*len = n;
		}
		p += (n + 3) / 4 * 4;
	}
	if (p != end)
		r->error = "options do not end with their block";
	return found;
}

static inline void
pcapng_text(struct pcapng_read *r, const uint8_t *p, const uint8_t *end,
    uint16_t code, char *out, size_t max)
{
	size_t len = 0;
	const uint8_t *text = pcapng_option(r, p, end, code, &len);

	snprintf(out, max, "%.*s", (int)len,
	    text != NULL ? (const char *)text : "");
}

static inline uint64_t
pcapng_number(struct pcapng_read *r, const uint8_t *p, const uint8_t *end,
    uint16_t code)
{
	size_t len = 0;
	const uint8_t *v = pcapng_option(r, p, end, code, &len);

	return v == NULL ? 0 : len == 4 ? pcapng_u32(v) : pcapng_u64(v);
}

static inline void
pcapng_packet(struct pcapng_read *r, const uint8_t *p, const uint8_t *end)
{
	struct pcapng_record *rec = &r->records[r->nrecords++];
	const uint8_t *options;

	rec->interface = pcapng_u32(p);
	rec->time_ns = (uint64_t)pcapng_u32(p + 4) << 32 | pcapng_u32(p + 8);
	rec->len = pcapng_u32(p + 12);
	rec->data = p + 20;
	options = rec->data + (rec->len + 3) / 4 * 4;
	if (rec->len > (size_t)(end - rec->data) || options > end) {
		r->error = "a packet is longer than its block";
		return;
	}
	if (rec->len != pcapng_u32(p + 16))
		r->error = "a packet was cut";
	if (rec->interface >= r->nifaces)
		r->error = "a packet of no interface";
	rec->is_out = (pcapng_number(r, options, end, 2) & 3) == 2;
	rec->lost = pcapng_number(r, options, end, 4);
}

static inline void
pcapng_block(struct pcapng_read *r, const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len - 4;
	size_t n;

	switch (pcapng_u32(p)) {
	case 0x0a0d0d0a:
		pcapng_text(r, p + 24, end, 4, r->writer, sizeof(r->writer));
		pcapng_text(r, p + 24, end, 1, r->comment, sizeof(r->comment));
		break;
	case 1:
		n = r->nifaces++;
		if (r->nifaces == PCAPNG_IFACES)
			r->error = "too many interfaces";
		else
			pcapng_text(r, p + 16, end, 2, r->names[n],
			    sizeof(r->names[n]));
		break;
	case 5:
		r->nstatistics++;
		r->received += pcapng_number(r, p + 20, end, 4);
		r->dropped += pcapng_number(r, p + 20, end, 5);
		break;
	case 6:
		pcapng_packet(r, p + 8, end);
		break;
	default:
		r->error = "an unknown block";
	}
}

/* Take r->bytes apart. */
static inline void
pcapng_parse(struct pcapng_read *r)
{
	size_t at = 0, len;

	r->records = calloc(r->len / 32 + 1, sizeof(*r->records));
	while (r->error == NULL && r->len - at >= 12) {
		len = pcapng_u32(r->bytes + at + 4);
		if (len < 12 || len % 4 != 0)
			r->error = "a length that cannot be";
		else if (len > r->len - at)
			break;
		else if (pcapng_u32(r->bytes + at + len - 4) != len)
			r->error = "two lengths that are not the same";
		else if (at == 0 && pcapng_u32(r->bytes) != 0x0a0d0d0a)
			r->error = "no section";
		else
			pcapng_block(r, r->bytes + at, len);
		at += len;
	}
	if (r->error == NULL)
		r->cut = r->len - at;
}

/* All of the open file f. */
static inline struct pcapng_read
pcapng_read_stream(FILE *f)
{
	struct pcapng_read r;
	size_t max = 1 << 16, n;

	memset(&r, 0, sizeof(r));
	r.bytes = malloc(max);
	while ((n = fread(r.bytes + r.len, 1, max - r.len, f)) > 0) {
		r.len += n;
		if (r.len == max)
			r.bytes = realloc(r.bytes, max *= 2);
	}
	pcapng_parse(&r);
	return r;
}

static inline struct pcapng_read
pcapng_read(const char *path)
{
	FILE *f = fopen(path, "re");
	struct pcapng_read r;

	if (f == NULL) {
		memset(&r, 0, sizeof(r));
		r.error = "no such file";
		return r;
	}
	r = pcapng_read_stream(f);
	fclose(f);
	return r;
}

static inline void
pcapng_free(struct pcapng_read *r)
{
	free(r->bytes);
	free(r->records);
	r->bytes = NULL;
	r->records = NULL;
}

#endif
