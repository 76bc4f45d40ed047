#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* le32toh() */
#endif

#include "crc32c.h"

#include <endian.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

typedef uint32_t crc_fn(uint32_t crc, const uint8_t *p, size_t len);

/* The polynomial 0x1edc6f41, its bits reversed. */
#define POLYNOMIAL 0x82f63b78u

static crc_fn crc_portable;

static pthread_once_t once = PTHREAD_ONCE_INIT;
/* table[k][b]: byte b followed by k zero bytes.  Written under once. */
static uint32_t table[8][256];
static crc_fn *crc_best = crc_portable;

static uint32_t
load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/* Eight bytes a step, a table look-up for each ("slicing by 8"). */
static uint32_t
crc_portable(uint32_t crc, const uint8_t *p, size_t len)
{
	for (; len >= 8; p += 8, len -= 8) {
		uint32_t lo = load32(p) ^ crc;
		uint32_t hi = load32(p + 4);

		crc = table[7][lo & 0xff] ^ table[6][lo >> 8 & 0xff] ^
		    table[5][lo >> 16 & 0xff] ^ table[4][lo >> 24] ^
		    table[3][hi & 0xff] ^ table[2][hi >> 8 & 0xff] ^
		    table[1][hi >> 16 & 0xff] ^ table[0][hi >> 24];
	}
	for (; len > 0; p++, len--)
		crc = crc >> 8 ^ table[0][(crc ^ *p) & 0xff];
	return crc;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) static uint32_t
crc_native(uint32_t crc, const uint8_t *p, size_t len)
{
	uint64_t crc64 = crc;

	for (; len >= 8; p += 8, len -= 8) {
		uint64_t v;

		memcpy(&v, p, sizeof(v));
		crc64 = __builtin_ia32_crc32di(crc64, v);
	}
	crc = (uint32_t)crc64;
	for (; len > 0; p++, len--)
		crc = __builtin_ia32_crc32qi(crc, *p);
	return crc;
}

static bool
has_native(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("sse4.2") != 0;
}

#else

static uint32_t
crc_native(uint32_t crc, const uint8_t *p, size_t len)
{
	return crc_portable(crc, p, len);
}

static bool
has_native(void)
{
	return false;
}

#endif

static void
set_up(void)
{
	uint32_t b, k, bit;

	for (b = 0; b < 256; b++) {
		uint32_t crc = b;

		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
		table[0][b] = crc;
	}
	for (k = 1; k < 8; k++)
		for (b = 0; b < 256; b++)
			table[k][b] = table[k - 1][b] >> 8 ^
			    table[0][table[k - 1][b] & 0xff];
	if (has_native())
		crc_best = crc_native;
}

static void
ensure_set_up(void)
{
	/* Fails for a bad argument only, and these are good. */
	(void)pthread_once(&once, set_up);
}

uint32_t
gs_crc32c(const void *bytes, size_t len)
{
	ensure_set_up();
	return ~crc_best(~0u, bytes, len);
}

uint32_t
gs_crc32c_portable(const void *bytes, size_t len)
{
	ensure_set_up();
	return ~crc_portable(~0u, bytes, len);
}

uint32_t
gs_crc32c_packet(const void *packet, size_t len)
{
	static const uint8_t zero[4];
	const uint8_t *p = packet;
	uint32_t crc = ~0u;

	ensure_set_up();
	crc = crc_best(crc, p, 8);
	crc = crc_best(crc, zero, sizeof(zero));
	crc = crc_best(crc, p + 12, len - 12);
	return htole32(~crc);
}
