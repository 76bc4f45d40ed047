#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* le32toh() */
#endif

#include "crc32c.h"

#include <endian.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>

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

#define NATIVE __attribute__((target("sse4.2")))
#define step8(crc, v) __builtin_ia32_crc32di((crc), (v))
#define step1(crc, v) __builtin_ia32_crc32qi((crc), (v))

static bool
has_native(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("sse4.2") != 0;
}

#elif defined(__aarch64__) && !defined(__AARCH64EB__)

#define NATIVE __attribute__((target("+crc")))
#define step8(crc, v) __builtin_aarch64_crc32cx((uint32_t)(crc), (v))
#define step1(crc, v) __builtin_aarch64_crc32cb((crc), (v))

static bool
has_native(void)
{
	return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
}

#endif

#if defined(NATIVE)

/*
 * The processor begins a step each cycle, and takes three for it: so it works
 * on three lanes of so many bytes at once.  Three of them are most of a packet
 * of 1,500 bytes.
 */
#define LANE 480

/* lane[k][b]: what byte k of a sum is, where it is b, behind a lane of zero
 * bytes.  Written under once. */
static uint32_t lane[4][256];

/* It is linear: the 32 bits are all there is to work out. */
static void
set_up_lane(void)
{
	uint32_t bit, b, crc, i;

	for (bit = 0; bit < 32; bit++) {
		crc = (uint32_t)1 << bit;
		for (i = 0; i < LANE; i++)
			crc = crc >> 8 ^ table[0][crc & 0xff];
		for (b = 0; b < 256; b++)
			if ((b >> bit % 8 & 1) != 0)
				lane[bit / 8][b] ^= crc;
	}
}

static uint32_t
past_lane(uint64_t crc)
{
	return lane[0][crc & 0xff] ^ lane[1][crc >> 8 & 0xff] ^
	    lane[2][crc >> 16 & 0xff] ^ lane[3][crc >> 24 & 0xff];
}

static uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

NATIVE static uint64_t
crc_lanes(uint64_t crc, const uint8_t *p)
{
	uint64_t a = crc, b = 0, c = 0;
	size_t i;

	for (i = 0; i < LANE; i += 8) {
		a = step8(a, load64(p + i));
		b = step8(b, load64(p + LANE + i));
		c = step8(c, load64(p + 2 * LANE + i));
	}
	return c ^ past_lane(b ^ past_lane(a));
}

NATIVE static uint32_t
crc_native(uint32_t start, const uint8_t *p, size_t len)
{
	uint64_t wide = start;
	uint32_t crc;

	for (; len >= 3 * LANE; p += 3 * LANE, len -= 3 * LANE)
		wide = crc_lanes(wide, p);
	for (; len >= 8; p += 8, len -= 8)
		wide = step8(wide, load64(p));
	crc = (uint32_t)wide;
	for (; len > 0; p++, len--)
		crc = step1(crc, *p);
	return crc;
}

static void
choose(void)
{
	set_up_lane();
	if (has_native())
		crc_best = crc_native;
}

#else

static void
choose(void)
{
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
	choose();
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
