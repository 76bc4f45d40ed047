#include "filter.h"
#include "filter_addrs.h"

#include <arpa/inet.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/check_main.h"
#include "chunk.h"
#include "crc32c.h"

/*
 * We are at US port 5000; the peer at PEER (and PEER2) port 6000, in UDP
 * port 9899; the attacker sends from wherever it likes.
 */
#define US "10.0.0.1"
#define PEER "10.0.0.2"
#define PEER2 "10.0.1.2"
#define STRANGER "192.0.2.66"
#define LPORT 5000
#define PPORT 6000
#define UDP 9899

#define OUR_TAG 0x11111111u
#define THEIR_TAG 0x22222222u
#define WRONG_TAG 0x66666666u
#define HALF_OPENS 8

/* A packet that is being written. */
struct draft {
	struct gs_packet pkt;
	uint8_t bytes[1024];
};

static struct gs_filter *f;
static uint64_t now_ms;

static void
set_up(void)
{
	now_ms = 1000000;
	ck_assert_int_eq(gs_filter_new(HALF_OPENS, &f), 0);
}

static void
tear_down(void)
{
	gs_filter_free(f);
}

/* ---- writing packets ---- */

static union gs_addr
addr(const char *text)
{
	union gs_addr a;

	if (gs_addr_parse(&a, text) != 0)
		abort();
	gs_addr_set_port(&a, UDP);
	return a;
}

static void
put(struct draft *d, const void *bytes, size_t len)
{
	/* Not ck_assert, which writes to its parent at each call. */
	if (len > sizeof(d->bytes) - d->pkt.len)
		abort();
	memcpy(d->bytes + d->pkt.len, bytes, len);
	d->pkt.len += len;
}

static void
put8(struct draft *d, unsigned int v)
{
	uint8_t b = (uint8_t)v;

	put(d, &b, 1);
}

static void
put16(struct draft *d, unsigned int v)
{
	uint16_t b = htons((uint16_t)v);

	put(d, &b, sizeof(b));
}

static void
put32(struct draft *d, uint32_t v)
{
	v = htonl(v);
	put(d, &v, sizeof(v));
}

static void
pad(struct draft *d)
{
	while (d->pkt.len % 4 != 0)
		put8(d, 0);
}

static void
begin(struct draft *d, const char *src, const char *dst, unsigned int sport,
    unsigned int dport, uint32_t tag)
{
	memset(d, 0, sizeof(*d));
	d->pkt.data = d->bytes;
	d->pkt.src = addr(src);
	d->pkt.dst = addr(dst);
	put16(d, sport);
	put16(d, dport);
	put32(d, tag);
	put32(d, 0);
}

static void
begin_in(struct draft *d, const char *src, uint32_t tag)
{
	begin(d, src, US, PPORT, LPORT, tag);
}

static void
begin_out(struct draft *d, const char *dst, uint32_t tag)
{
	begin(d, US, dst, LPORT, PPORT, tag);
}

/* A chunk whose value is len bytes of zeros. */
static void
put_chunk(struct draft *d, unsigned int type, unsigned int flags, size_t len)
{
	size_t i;

	put8(d, type);
	put8(d, flags);
	put16(d, (unsigned int)(len + 4));
	for (i = 0; i < len; i++)
		put8(d, 0);
	pad(d);
}

/* Where a chunk of unknown length begins; end_chunk() fills the length in. */
static size_t
open_chunk(struct draft *d, unsigned int type)
{
	put8(d, type);
	put8(d, 0);
	put16(d, 0);
	return d->pkt.len - 4;
}

static void
end_chunk(struct draft *d, size_t at)
{
	uint16_t len = htons((uint16_t)(d->pkt.len - at));

	memcpy(d->bytes + at + 2, &len, 2);
	pad(d);
}

static size_t
open_init(struct draft *d, unsigned int type, uint32_t tag, uint32_t rwnd,
    unsigned int out, unsigned int in)
{
	size_t at = open_chunk(d, type);

	put32(d, tag);
	put32(d, rwnd);
	put16(d, out);
	put16(d, in);
	put32(d, 1);
	return at;
}

static void
put_addr_param(struct draft *d, const char *text)
{
	union gs_addr a = addr(text);

	if (a.sa.sa_family == AF_INET) {
		put16(d, GS_PARAM_IPV4);
		put16(d, 8);
		put(d, &a.v4.sin_addr, 4);
	} else {
		put16(d, GS_PARAM_IPV6);
		put16(d, 20);
		put(d, &a.v6.sin6_addr, 16);
	}
}

static void
put_cookie_param(struct draft *d)
{
	put16(d, GS_PARAM_STATE_COOKIE);
	put16(d, 12);
	put32(d, 0xc00c1e);
	put32(d, 0xc00c1e);
}

static void
seal(struct draft *d)
{
	uint32_t crc = gs_crc32c_packet(d->bytes, d->pkt.len);

	memcpy(d->bytes + 8, &crc, sizeof(crc));
}

/*
 * From a block of exactly its size, so that a sanitizer sees a read past the
 * packet's end.
 */
static enum gs_filter_verdict
in_raw(const struct draft *d)
{
	struct gs_packet pkt = d->pkt;
	enum gs_filter_verdict verdict;

	pkt.data = malloc(pkt.len > 0 ? pkt.len : 1);
	if (pkt.data == NULL)
		abort();
	memcpy(pkt.data, d->bytes, pkt.len);
	verdict = gs_filter_in(f, &pkt, now_ms);
	free(pkt.data);
	return verdict;
}

static enum gs_filter_verdict
in(struct draft *d)
{
	seal(d);
	return in_raw(d);
}

static void
out(struct draft *d)
{
	seal(d);
	gs_filter_out(f, &d->pkt, now_ms);
}

/* ---- whole handshakes ---- */

/* An INIT from src, and two more addresses of the peer if not NULL. */
static enum gs_filter_verdict
init_in(const char *src, uint32_t tag, const char *more, const char *more2)
{
	struct draft d;
	size_t at;

	begin_in(&d, src, 0);
	at = open_init(&d, GS_CHUNK_INIT, tag, 65536, 10, 10);
	if (more != NULL)
		put_addr_param(&d, more);
	if (more2 != NULL)
		put_addr_param(&d, more2);
	end_chunk(&d, at);
	return in(&d);
}

static enum gs_filter_verdict
init_ack_in(const char *src, uint32_t tag, uint32_t initiate_tag,
    const char *more)
{
	struct draft d;
	size_t at;

	begin_in(&d, src, tag);
	at = open_init(&d, GS_CHUNK_INIT_ACK, initiate_tag, 65536, 10, 10);
	if (more != NULL)
		put_addr_param(&d, more);
	put_cookie_param(&d);
	end_chunk(&d, at);
	return in(&d);
}

static void
init_out(const char *dst, uint32_t tag)
{
	struct draft d;
	size_t at;

	begin_out(&d, dst, 0);
	at = open_init(&d, GS_CHUNK_INIT, tag, 65536, 10, 10);
	end_chunk(&d, at);
	out(&d);
}

static void
init_ack_out(const char *dst, uint32_t peer_tag, uint32_t tag)
{
	struct draft d;
	size_t at;

	begin_out(&d, dst, peer_tag);
	at = open_init(&d, GS_CHUNK_INIT_ACK, tag, 65536, 10, 10);
	put_cookie_param(&d);
	end_chunk(&d, at);
	out(&d);
}

/* A packet of one chunk with a value of len zeros. */
static enum gs_filter_verdict
chunk_in(const char *src, uint32_t tag, unsigned int type, unsigned int flags,
    size_t len)
{
	struct draft d;

	begin_in(&d, src, tag);
	put_chunk(&d, type, flags, len);
	return in(&d);
}

static enum gs_filter_verdict
data_in(const char *src, uint32_t tag)
{
	return chunk_in(src, tag, GS_CHUNK_DATA, 3, 13);
}

static enum gs_filter_verdict
cookie_in(const char *src, uint32_t tag)
{
	return chunk_in(src, tag, GS_CHUNK_COOKIE_ECHO, 0, 100);
}

/* An association that the peer, of PEER and PEER2, began. */
static void
establish(void)
{
	ck_assert_int_eq(init_in(PEER, THEIR_TAG, PEER, PEER2), GS_PASS);
	init_ack_out(PEER, THEIR_TAG, OUR_TAG);
	ck_assert_int_eq(cookie_in(PEER, OUR_TAG), GS_PASS);
	gs_filter_confirm(f, LPORT, PPORT, OUR_TAG, THEIR_TAG);
}

/* One that we began. */
static void
establish_ours(void)
{
	init_out(PEER, OUR_TAG);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, PEER2), GS_PASS);
	gs_filter_confirm(f, LPORT, PPORT, OUR_TAG, THEIR_TAG);
}

/* ---- shape ---- */

START_TEST(a_packet_without_room_for_a_chunk_is_dropped_as_short)
{
	struct draft d;
	size_t len;

	begin_in(&d, PEER, OUR_TAG);
	put_chunk(&d, GS_CHUNK_COOKIE_ACK, 0, 0);
	for (len = 0; len < 16; len++) {
		d.pkt.len = len;
		ck_assert_int_eq(in_raw(&d), GS_DROP_SHORT);
	}
	ck_assert_uint_eq(gs_filter_count(f, GS_DROP_SHORT), 16);
}
END_TEST

START_TEST(a_checksum_that_is_wrong_or_zero_or_of_another_length_is_dropped)
{
	struct draft d;

	begin_in(&d, PEER, OUR_TAG);
	put_chunk(&d, GS_CHUNK_DATA, 3, 20);
	ck_assert_int_eq(in_raw(&d), GS_DROP_CHECKSUM); /* zero */
	seal(&d);
	d.bytes[20] ^= 1;
	ck_assert_int_eq(in_raw(&d), GS_DROP_CHECKSUM);
	d.bytes[20] ^= 1;
	d.pkt.len += 4;
	ck_assert_int_eq(in_raw(&d), GS_DROP_CHECKSUM);
	d.pkt.len -= 4;
	ck_assert_int_eq(in_raw(&d), GS_PASS);
	/* A packet from ourselves has to have one as well. */
	d.pkt.src = d.pkt.dst;
	d.bytes[20] ^= 1;
	ck_assert_int_eq(in_raw(&d), GS_DROP_CHECKSUM);
}
END_TEST

START_TEST(port_0_is_dropped)
{
	struct draft d;

	begin(&d, PEER, US, 0, LPORT, 1);
	put_chunk(&d, GS_CHUNK_COOKIE_ACK, 0, 0);
	ck_assert_int_eq(in(&d), GS_DROP_CHUNK);
	begin(&d, PEER, US, PPORT, 0, 1);
	put_chunk(&d, GS_CHUNK_COOKIE_ACK, 0, 0);
	ck_assert_int_eq(in(&d), GS_DROP_CHUNK);
}
END_TEST

/* Each type and the shortest that its chunk may be, as RFCs have it. */
static const struct {
	uint8_t type;
	size_t min;
} types[] = {
	{ 0, 17 },
	{ 3, 16 },
	{ 4, 8 },
	{ 5, 8 },
	{ 6, 4 },
	{ 7, 8 },
	{ 8, 4 },
	{ 9, 4 },
	{ 10, 5 },
	{ 11, 4 },
	{ 12, 8 },
	{ 13, 8 },
	{ 14, 4 },
	{ 15, 8 },
	{ 16, 20 },
	{ 0x40, 21 },
	{ 0x80, 8 },
	{ 0x81, 16 },
	{ 0x82, 12 },
	{ 0x84, 4 },
	{ 0xc0, 8 },
	{ 0xc2, 8 },
	{ 0xfe, 4 },
};

static enum gs_filter_verdict
claim(uint8_t type, size_t claimed, size_t room)
{
	struct draft d;
	size_t i;

	begin_in(&d, STRANGER, WRONG_TAG);
	put8(&d, type);
	put8(&d, 0);
	put16(&d, (unsigned int)claimed);
	for (i = 4; i < room; i++)
		put8(&d, 0);
	return in(&d);
}

START_TEST(every_chunk_truncated_at_every_length_is_dropped)
{
	size_t i, len;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		for (len = 4; len < types[i].min; len++)
			ck_assert_msg(claim(types[i].type, len, 24) ==
				GS_DROP_CHUNK,
			    "type %u, %zu bytes", types[i].type, len);
		/* It says more than there is. */
		for (len = 4; len < 40; len++)
			ck_assert_msg(claim(types[i].type, len + 1, len) ==
				GS_DROP_CHUNK,
			    "type %u, %zu of %zu bytes", types[i].type, len,
			    len + 1);
	}
}
END_TEST

START_TEST(a_chunk_length_below_4_is_dropped)
{
	size_t i, len;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		for (len = 0; len < 4; len++)
			ck_assert_int_eq(claim(types[i].type, len, 32),
			    GS_DROP_CHUNK);
	ck_assert_int_eq(claim(0, UINT16_MAX, 32), GS_DROP_CHUNK);
}
END_TEST

START_TEST(the_last_chunks_padding_may_be_missing)
{
	struct draft d;

	begin_in(&d, STRANGER, WRONG_TAG);
	put_chunk(&d, GS_CHUNK_DATA, 3, 13);
	d.pkt.len -= 3;
	ck_assert_int_eq(in(&d), GS_PASS);
	/* But a piece of a chunk header is none. */
	begin_in(&d, STRANGER, WRONG_TAG);
	put_chunk(&d, GS_CHUNK_DATA, 3, 16);
	put8(&d, 0);
	ck_assert_int_eq(in(&d), GS_DROP_CHUNK);
}
END_TEST

static enum gs_filter_verdict
sack(unsigned int gaps, unsigned int dups, size_t room)
{
	struct draft d;
	size_t at, i;

	begin_in(&d, STRANGER, WRONG_TAG);
	at = open_chunk(&d, GS_CHUNK_SACK);
	put32(&d, 1);
	put32(&d, 65536);
	put16(&d, gaps);
	put16(&d, dups);
	for (i = 0; i < room; i++)
		put8(&d, 0);
	end_chunk(&d, at);
	return in(&d);
}

START_TEST(a_sack_that_counts_more_blocks_than_it_has_is_dropped)
{
	ck_assert_int_eq(sack(0, 0, 0), GS_PASS);
	ck_assert_int_eq(sack(2, 1, 12), GS_PASS);
	ck_assert_int_eq(sack(2, 2, 12), GS_DROP_CHUNK);
	ck_assert_int_eq(sack(2, 1, 11), GS_DROP_CHUNK);
	ck_assert_int_eq(sack(65535, 65535, 0), GS_DROP_CHUNK);
	ck_assert_int_eq(sack(0, 16384, 0), GS_DROP_CHUNK);
}
END_TEST

START_TEST(what_must_stand_alone_is_dropped_in_company)
{
	static const uint8_t alone[] = { GS_CHUNK_INIT, GS_CHUNK_INIT_ACK,
		GS_CHUNK_SHUTDOWN_COMPLETE };
	struct draft d;
	size_t i, at;
	int before;

	for (i = 0; i < sizeof(alone); i++) {
		for (before = 0; before < 2; before++) {
			begin_in(&d, STRANGER, 0);
			if (before)
				put_chunk(&d, GS_CHUNK_COOKIE_ACK, 0, 0);
			at = open_init(&d, alone[i], 1, 65536, 1, 1);
			put_cookie_param(&d);
			end_chunk(&d, at);
			if (!before)
				put_chunk(&d, GS_CHUNK_COOKIE_ACK, 0, 0);
			ck_assert_int_eq(in(&d), GS_DROP_CHUNK);
		}
	}
}
END_TEST

START_TEST(a_cookie_comes_first_or_behind_auth_only)
{
	struct draft d;

	begin_in(&d, STRANGER, WRONG_TAG);
	put_chunk(&d, GS_CHUNK_AUTH, 0, 24);
	put_chunk(&d, GS_CHUNK_COOKIE_ECHO, 0, 20);
	put_chunk(&d, GS_CHUNK_DATA, 3, 20);
	ck_assert_int_eq(in(&d), GS_PASS);
	begin_in(&d, STRANGER, WRONG_TAG);
	put_chunk(&d, GS_CHUNK_DATA, 3, 20);
	put_chunk(&d, GS_CHUNK_COOKIE_ECHO, 0, 20);
	ck_assert_int_eq(in(&d), GS_DROP_CHUNK);
	begin_in(&d, STRANGER, WRONG_TAG);
	put_chunk(&d, GS_CHUNK_COOKIE_ECHO, 0, 20);
	put_chunk(&d, GS_CHUNK_COOKIE_ECHO, 0, 20);
	ck_assert_int_eq(in(&d), GS_DROP_CHUNK);
}
END_TEST

/* A chunk of this type with the head, then a parameter that says len. */
static enum gs_filter_verdict
param(unsigned int chunk, const char *lookup, unsigned int type,
    unsigned int len, size_t room)
{
	struct draft d;
	size_t at, i;

	begin_in(&d, PEER, OUR_TAG);
	at = open_chunk(&d, chunk);
	if (chunk != GS_CHUNK_RE_CONFIG && chunk != GS_CHUNK_ERROR)
		put32(&d, 1);
	if (lookup != NULL)
		put_addr_param(&d, lookup);
	put16(&d, type);
	put16(&d, len);
	for (i = 4; i < room; i++)
		put8(&d, 0);
	end_chunk(&d, at);
	return in(&d);
}

START_TEST(parameters_of_reconfig_asconf_and_errors_lie_within_their_chunk)
{
	unsigned int len;

	establish();
	ck_assert_int_eq(param(GS_CHUNK_RE_CONFIG, NULL, 13, 16, 16), GS_PASS);
	ck_assert_int_eq(param(GS_CHUNK_ASCONF_ACK, NULL, 0xc005, 8, 8),
	    GS_PASS);
	ck_assert_int_eq(param(GS_CHUNK_ERROR, NULL, 3, 8, 8), GS_PASS);
	ck_assert_int_eq(param(GS_CHUNK_ASCONF, PEER, 0xc007, 8, 8), GS_PASS);
	for (len = 0; len < 70; len++) {
		if (len != 16)
			ck_assert_int_eq(param(GS_CHUNK_RE_CONFIG, NULL, 13,
					     len, 16),
			    GS_DROP_CHUNK);
		if (len != 8)
			ck_assert_int_eq(param(GS_CHUNK_ASCONF_ACK, NULL,
					     0xc005, len, 8),
			    GS_DROP_CHUNK);
		if (len != 8)
			ck_assert_int_eq(param(GS_CHUNK_ASCONF, PEER, 0xc007,
					     len, 8),
			    GS_DROP_CHUNK);
		if (len < 4 || len > 8)
			ck_assert_int_eq(param(GS_CHUNK_ERROR, NULL, 3, len, 8),
			    GS_DROP_CHUNK);
	}
	/* An ASCONF has to begin with an address. */
	ck_assert_int_eq(param(GS_CHUNK_ASCONF, NULL, 0xc001, 16, 16),
	    GS_DROP_CHUNK);
	/* And an address to add has to be one. */
	ck_assert_int_eq(param(GS_CHUNK_ASCONF, PEER, 0xc001, 16, 16),
	    GS_DROP_CHUNK);
}
END_TEST

/* ---- INIT ---- */

static enum gs_filter_verdict
init_with(uint32_t vtag, uint32_t tag, uint32_t rwnd, unsigned int os,
    unsigned int is)
{
	struct draft d;
	size_t at;

	begin_in(&d, PEER, vtag);
	at = open_init(&d, GS_CHUNK_INIT, tag, rwnd, os, is);
	end_chunk(&d, at);
	return in(&d);
}

START_TEST(an_init_with_a_field_the_engine_aborts_for_is_dropped)
{
	establish();
	ck_assert_int_eq(init_with(0, 0, 65536, 1, 1), GS_DROP_INIT);
	ck_assert_int_eq(init_with(0, 1, 1499, 1, 1), GS_DROP_INIT);
	ck_assert_int_eq(init_with(0, 1, 0, 1, 1), GS_DROP_INIT);
	ck_assert_int_eq(init_with(0, 1, 65536, 0, 1), GS_DROP_INIT);
	ck_assert_int_eq(init_with(0, 1, 65536, 1, 0), GS_DROP_INIT);
	ck_assert_int_eq(init_with(OUR_TAG, 1, 65536, 1, 1), GS_DROP_TAG);
	ck_assert_uint_eq(gs_filter_count(f, GS_DROP_INIT), 5);
	gs_filter_forget(f, LPORT, PPORT, OUR_TAG);
	ck_assert_int_eq(init_with(0, 1, 1500, 1, 1), GS_PASS);
}
END_TEST

START_TEST(an_init_truncated_at_every_length_is_dropped)
{
	struct draft whole, d;
	size_t at, len;

	begin_in(&whole, PEER, 0);
	at = open_init(&whole, GS_CHUNK_INIT, 1, 65536, 1, 1);
	put_addr_param(&whole, PEER);
	put_addr_param(&whole, "2001:db8::2");
	end_chunk(&whole, at);
	ck_assert_int_eq(in(&whole), GS_PASS);
	for (len = 16; len < whole.pkt.len; len++) {
		enum gs_filter_verdict verdict;

		/* The packet ends, but the chunk says that it does not. */
		d = whole;
		d.pkt.data = d.bytes;
		d.pkt.len = len;
		ck_assert_int_ne(in(&d), GS_PASS);
		/* The chunk ends there, as it says. */
		d.bytes[at + 2] = 0;
		d.bytes[at + 3] = (uint8_t)(len - at);
		verdict = in(&d);
		if (len - at == 20 || len - at == 28)
			ck_assert_int_eq(verdict, GS_PASS);
		else
			ck_assert_int_eq(verdict, GS_DROP_INIT);
	}
}
END_TEST

START_TEST(an_init_parameter_with_a_lying_length_is_dropped)
{
	static const unsigned int kinds[] = { GS_PARAM_IPV4, GS_PARAM_IPV6,
		0x8008, 0xc000, 9, 11 };
	struct draft d;
	size_t at, i;
	unsigned int len;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		for (len = 0; len < 4; len++) {
			begin_in(&d, PEER, 0);
			at = open_init(&d, GS_CHUNK_INIT, 1, 65536, 1, 1);
			put16(&d, kinds[i]);
			put16(&d, len);
			end_chunk(&d, at);
			ck_assert_int_eq(in(&d), GS_DROP_INIT);
		}
		for (len = 21; len < 65536; len += 1021) {
			begin_in(&d, PEER, 0);
			at = open_init(&d, GS_CHUNK_INIT, 1, 65536, 1, 1);
			put16(&d, kinds[i]);
			put16(&d, len);
			put32(&d, 0);
			put32(&d, 0);
			put32(&d, 0);
			put32(&d, 0);
			end_chunk(&d, at);
			ck_assert_int_eq(in(&d), GS_DROP_INIT);
		}
	}
}
END_TEST

START_TEST(bad_auth_parameters_do_not_reach_a_known_association)
{
	struct draft d;
	size_t at;

	establish();
	begin_in(&d, PEER, 0);
	at = open_init(&d, GS_CHUNK_INIT, 1, 65536, 1, 1);
	put_addr_param(&d, PEER2);
	put16(&d, GS_PARAM_RANDOM);
	put16(&d, 8);
	put32(&d, 0);
	end_chunk(&d, at);
	ck_assert_int_eq(in(&d), GS_DROP_INIT);

	begin_in(&d, PEER, 0);
	at = open_init(&d, GS_CHUNK_INIT, 1, 65536, 1, 1);
	put_addr_param(&d, PEER2);
	put16(&d, GS_PARAM_SUPPORTED_EXT);
	put16(&d, 5);
	put8(&d, GS_CHUNK_ASCONF);
	pad(&d);
	end_chunk(&d, at);
	ck_assert_int_eq(in(&d), GS_DROP_INIT);
	/* Of anybody else the engine says what it thinks of it. */
	gs_filter_forget(f, LPORT, PPORT, OUR_TAG);
	ck_assert_int_eq(in(&d), GS_PASS);
}
END_TEST

/* ---- tags ---- */

START_TEST(out_of_the_blue_packets_of_unknown_ports_pass)
{
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_PASS);
	ck_assert_int_eq(chunk_in(PEER, WRONG_TAG, GS_CHUNK_ABORT, 0, 0),
	    GS_PASS);
	ck_assert_int_eq(cookie_in(PEER, WRONG_TAG), GS_PASS);
	ck_assert_uint_eq(gs_filter_count(f, GS_PASS), 3);
}
END_TEST

START_TEST(only_the_right_tag_reaches_an_association_that_the_peer_began)
{
	establish();
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
	ck_assert_int_eq(data_in(PEER2, OUR_TAG), GS_PASS);
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(PEER2, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(PEER, THEIR_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(PEER, 0), GS_DROP_TAG);
}
END_TEST

START_TEST(only_the_right_tag_reaches_an_association_that_we_began)
{
	establish_ours();
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
	ck_assert_int_eq(data_in(PEER2, OUR_TAG), GS_PASS);
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(PEER2, WRONG_TAG), GS_DROP_TAG);
}
END_TEST

START_TEST(no_chunk_with_a_wrong_tag_ends_an_association)
{
	static const uint8_t ends[] = { GS_CHUNK_ABORT, GS_CHUNK_SHUTDOWN_ACK,
		GS_CHUNK_SHUTDOWN_COMPLETE, GS_CHUNK_ERROR, GS_CHUNK_COOKIE_ACK,
		GS_CHUNK_COOKIE_ECHO, GS_CHUNK_SHUTDOWN };
	unsigned int flags;
	size_t i;

	establish();
	for (i = 0; i < sizeof(ends); i++)
		for (flags = 0; flags < 2; flags++) {
			size_t len = ends[i] == GS_CHUNK_ERROR ? 0 : 4;

			ck_assert_int_eq(chunk_in(PEER, WRONG_TAG, ends[i],
					     flags, len),
			    GS_DROP_TAG);
			ck_assert_int_eq(chunk_in(PEER, 0, ends[i], flags, len),
			    GS_DROP_TAG);
		}
}
END_TEST

START_TEST(the_t_bit_asks_for_the_peers_tag)
{
	static const uint8_t ends[] = { GS_CHUNK_ABORT,
		GS_CHUNK_SHUTDOWN_COMPLETE };
	size_t i;

	establish();
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(chunk_in(PEER, OUR_TAG, ends[i], 0, 0),
		    GS_PASS);
		ck_assert_int_eq(chunk_in(PEER, OUR_TAG, ends[i], 1, 0),
		    GS_DROP_TAG);
		ck_assert_int_eq(chunk_in(PEER, THEIR_TAG, ends[i], 1, 0),
		    GS_PASS);
		ck_assert_int_eq(chunk_in(PEER, THEIR_TAG, ends[i], 0, 0),
		    GS_DROP_TAG);
	}
	/* It means nothing on others, nor where another chunk is first. */
	ck_assert_int_eq(chunk_in(PEER, THEIR_TAG, GS_CHUNK_DATA, 3, 20),
	    GS_DROP_TAG);
	ck_assert_int_eq(chunk_in(PEER, THEIR_TAG, GS_CHUNK_PKTDROP, 1, 20),
	    GS_DROP_TAG);
}
END_TEST

START_TEST(an_abort_of_our_init_has_our_tag_and_not_0)
{
	init_out(PEER, OUR_TAG);
	ck_assert_int_eq(chunk_in(PEER, OUR_TAG, GS_CHUNK_ABORT, 0, 0),
	    GS_PASS);
	ck_assert_int_eq(chunk_in(PEER, 0, GS_CHUNK_ABORT, 1, 0), GS_DROP_TAG);
	ck_assert_int_eq(chunk_in(PEER, WRONG_TAG, GS_CHUNK_ABORT, 0, 0),
	    GS_DROP_TAG);
}
END_TEST

START_TEST(an_init_ack_needs_our_tag_and_a_cookie)
{
	struct draft d;
	size_t at;

	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, NULL),
	    GS_DROP_TAG);
	init_out(PEER, OUR_TAG);
	ck_assert_int_eq(init_ack_in(PEER, WRONG_TAG, THEIR_TAG, NULL),
	    GS_DROP_TAG);
	ck_assert_int_eq(init_ack_in(PEER, 0, THEIR_TAG, NULL), GS_DROP_TAG);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, 0, NULL), GS_DROP_INIT);
	begin_in(&d, PEER, OUR_TAG);
	at = open_init(&d, GS_CHUNK_INIT_ACK, THEIR_TAG, 65536, 1, 1);
	end_chunk(&d, at);
	ck_assert_int_eq(in(&d), GS_DROP_INIT);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, NULL), GS_PASS);
}
END_TEST

START_TEST(the_first_init_ack_counts_until_our_cookie_says_otherwise)
{
	struct draft d;

	init_out(PEER, OUR_TAG);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, NULL), GS_PASS);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, 0x3333, NULL), GS_PASS);
	ck_assert_int_eq(chunk_in(PEER, 0x3333, GS_CHUNK_ABORT, 1, 0),
	    GS_DROP_TAG);
	begin_out(&d, PEER, 0x3333);
	put_chunk(&d, GS_CHUNK_COOKIE_ECHO, 0, 20);
	out(&d);
	ck_assert_int_eq(chunk_in(PEER, 0x3333, GS_CHUNK_ABORT, 1, 0), GS_PASS);
}
END_TEST

START_TEST(a_right_tag_is_proof_from_an_unlisted_address)
{
	establish();
	ck_assert_int_eq(data_in(STRANGER, OUR_TAG), GS_PASS);
	/* With a wrong one it is out of the blue: no association is found. */
	ck_assert_int_eq(data_in(STRANGER, WRONG_TAG), GS_PASS);
}
END_TEST

START_TEST(the_tag_of_one_peer_does_not_open_anothers_association)
{
	establish();
	/* A second peer of the same ports has an association of its own. */
	ck_assert_int_eq(init_in(STRANGER, 0x77, NULL, NULL), GS_PASS);
	init_ack_out(STRANGER, 0x77, 0x88);
	/* Its tag, before and after its cookie, forged as from the first. */
	ck_assert_int_eq(cookie_in(PEER, 0x88), GS_DROP_TAG);
	ck_assert_int_eq(cookie_in(STRANGER, 0x88), GS_PASS);
	gs_filter_confirm(f, LPORT, PPORT, 0x88, 0x77);
	ck_assert_int_eq(data_in(STRANGER, 0x88), GS_PASS);
	ck_assert_int_eq(data_in(PEER, 0x88), GS_DROP_TAG);
	ck_assert_int_eq(data_in(STRANGER, OUR_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
}
END_TEST

START_TEST(an_asconf_needs_a_known_tag_from_wherever_it_comes)
{
	struct draft d;
	size_t at;
	int auth;

	establish();
	for (auth = 0; auth < 2; auth++) {
		begin_in(&d, STRANGER, WRONG_TAG);
		if (auth)
			put_chunk(&d, GS_CHUNK_AUTH, 0, 24);
		at = open_chunk(&d, GS_CHUNK_ASCONF);
		put32(&d, 1);
		put_addr_param(&d, PEER);
		end_chunk(&d, at);
		ck_assert_int_eq(in(&d), GS_DROP_TAG);
	}
}
END_TEST

/* It may be forged, refused, or come twice. */
START_TEST(an_asconf_alone_makes_no_address_a_peers)
{
	union gs_addr added = addr("10.0.9.2");
	struct draft d;
	size_t at;

	establish();
	ck_assert_int_eq(data_in("10.0.9.2", WRONG_TAG), GS_PASS);
	begin_in(&d, PEER, OUR_TAG);
	at = open_chunk(&d, GS_CHUNK_ASCONF);
	put32(&d, 1);
	put_addr_param(&d, PEER);
	put16(&d, GS_PARAM_ADD_IP);
	put16(&d, 16);
	put32(&d, 1);
	put_addr_param(&d, "10.0.9.2");
	end_chunk(&d, at);
	ck_assert_int_eq(in(&d), GS_PASS);
	ck_assert_int_eq(data_in("10.0.9.2", WRONG_TAG), GS_PASS);
	/* The engine has taken it. */
	gs_filter_gain_addr(f, &d.pkt, &added);
	ck_assert_int_eq(data_in("10.0.9.2", WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in("10.0.9.2", OUR_TAG), GS_PASS);
	/* And has let go of it. */
	gs_filter_lose_addr(f, &d.pkt, &added);
	ck_assert_int_eq(in(&d), GS_PASS);
	ck_assert_int_eq(data_in("10.0.9.2", OUR_TAG), GS_DROP_TAG);
}
END_TEST

START_TEST(what_comes_late_from_an_address_that_was_lost_is_dropped)
{
	union gs_addr gone = addr("10.0.9.2");
	struct draft d;

	establish();
	ck_assert_int_eq(data_in("10.0.9.2", OUR_TAG), GS_PASS);
	begin_in(&d, PEER, OUR_TAG);
	put_chunk(&d, GS_CHUNK_ASCONF, 0, 4);
	gs_filter_lose_addr(f, &d.pkt, &gone);
	ck_assert_int_eq(data_in("10.0.9.2", OUR_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
}
END_TEST

START_TEST(after_forget_its_packets_are_out_of_the_blue)
{
	establish();
	gs_filter_forget(f, LPORT, PPORT, OUR_TAG);
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_PASS);
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
	gs_filter_forget(f, LPORT, PPORT, OUR_TAG); /* again: nothing */
}
END_TEST

START_TEST(a_confirmed_association_is_kept_however_long_it_is_silent)
{
	establish();
	now_ms += UINT64_C(365) * 24 * 3600 * 1000;
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
}
END_TEST

START_TEST(an_association_confirmed_unseen_learns_its_address_from_its_tag)
{
	gs_filter_confirm(f, LPORT, PPORT, OUR_TAG, THEIR_TAG);
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(STRANGER, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(chunk_in(PEER, THEIR_TAG, GS_CHUNK_ABORT, 1, 0),
	    GS_PASS);
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
	/* From here on it is the peer's alone. */
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(STRANGER, WRONG_TAG), GS_PASS);
	ck_assert_int_eq(init_in(STRANGER, 5, NULL, NULL), GS_PASS);
}
END_TEST

/* ---- restarts and collisions ---- */

START_TEST(a_restart_with_the_same_addresses_passes_to_its_end)
{
	establish();
	ck_assert_int_eq(init_in(PEER2, 0x55, PEER, PEER2), GS_PASS);
	init_ack_out(PEER2, 0x55, 0x44);
	/* Both live until the cookie decides. */
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
	ck_assert_int_eq(cookie_in(PEER2, 0x44), GS_PASS);
	gs_filter_forget(f, LPORT, PPORT, OUR_TAG);
	gs_filter_confirm(f, LPORT, PPORT, 0x44, 0x55);
	ck_assert_int_eq(data_in(PEER, 0x44), GS_PASS);
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_DROP_TAG);
	ck_assert_int_eq(chunk_in(PEER, 0x55, GS_CHUNK_ABORT, 1, 0), GS_PASS);
}
END_TEST

START_TEST(a_restart_learns_its_addresses_though_its_answer_goes_elsewhere)
{
	establish();
	ck_assert_int_eq(init_in(PEER2, 0x55, PEER, PEER2), GS_PASS);
	init_ack_out(PEER, 0x55, 0x44); /* the old primary path */
	ck_assert_int_eq(cookie_in(PEER2, 0x44), GS_PASS);
	gs_filter_forget(f, LPORT, PPORT, OUR_TAG);
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(PEER2, WRONG_TAG), GS_DROP_TAG);
}
END_TEST

START_TEST(a_restart_with_other_addresses_is_dropped)
{
	establish();
	/* Fewer, more, others; and from an address that is unknown. */
	ck_assert_int_eq(init_in(PEER, 0x55, NULL, NULL), GS_DROP_RESTART);
	ck_assert_int_eq(init_in(PEER, 0x55, PEER2, STRANGER),
	    GS_REFUSE_RESTART);
	ck_assert_int_eq(init_in(PEER, 0x55, STRANGER, NULL),
	    GS_REFUSE_RESTART);
	ck_assert_int_eq(init_in(STRANGER, 0x55, PEER, PEER2),
	    GS_REFUSE_RESTART);
	ck_assert_int_eq(init_in(STRANGER, 0x55, PEER2, NULL),
	    GS_REFUSE_RESTART);
	ck_assert_uint_eq(gs_filter_count(f, GS_DROP_RESTART), 1);
	ck_assert_uint_eq(gs_filter_count(f, GS_REFUSE_RESTART), 4);
	/* Who has nothing to do with it is welcome. */
	ck_assert_int_eq(init_in(STRANGER, 0x55, NULL, NULL), GS_PASS);
}
END_TEST

START_TEST(a_restart_from_another_udp_port_is_dropped)
{
	struct draft d;
	size_t at;

	establish();
	begin_in(&d, PEER, 0);
	gs_addr_set_port(&d.pkt.src, 666);
	at = open_init(&d, GS_CHUNK_INIT, 0x55, 65536, 1, 1);
	put_addr_param(&d, PEER2);
	end_chunk(&d, at);
	ck_assert_int_eq(in(&d), GS_REFUSE_RESTART);
	gs_addr_set_port(&d.pkt.src, UDP);
	ck_assert_int_eq(in(&d), GS_PASS);
}
END_TEST

/* The engine would free our request and use it when an answer comes. */
START_TEST(who_was_asked_for_streams_does_not_restart)
{
	struct draft d;
	int type;

	establish();
	for (type = 16; type <= 17; type++) { /* a response; a request */
		ck_assert_int_eq(init_in(PEER, 0x55, PEER, PEER2), GS_PASS);
		begin_out(&d, PEER, THEIR_TAG);
		put_chunk(&d, GS_CHUNK_SACK, 0, 12);
		put16(&d, (unsigned int)GS_CHUNK_RE_CONFIG << 8);
		put16(&d, 16);
		put16(&d, (unsigned int)type);
		put16(&d, 12);
		put32(&d, 1);
		put32(&d, 1);
		out(&d);
	}
	ck_assert_int_eq(init_in(PEER, 0x55, PEER, PEER2), GS_DROP_RESTART);
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
}
END_TEST

START_TEST(a_udp_port_moves_with_the_right_tag_only)
{
	struct draft d, init;
	size_t at;

	establish();
	begin_in(&init, PEER, 0);
	at = open_init(&init, GS_CHUNK_INIT, 0x55, 65536, 1, 1);
	put_addr_param(&init, PEER2);
	end_chunk(&init, at);
	gs_addr_set_port(&init.pkt.src, 777);
	/* The thief. */
	begin_in(&d, PEER, WRONG_TAG);
	gs_addr_set_port(&d.pkt.src, 777);
	put_chunk(&d, GS_CHUNK_DATA, 3, 20);
	ck_assert_int_eq(in(&d), GS_DROP_TAG);
	ck_assert_int_eq(in(&init), GS_REFUSE_RESTART);
	/* The owner behind a NAT that changed its mind. */
	begin_in(&d, PEER, OUR_TAG);
	gs_addr_set_port(&d.pkt.src, 777);
	put_chunk(&d, GS_CHUNK_DATA, 3, 20);
	ck_assert_int_eq(in(&d), GS_PASS);
	ck_assert_int_eq(in(&init), GS_PASS);
}
END_TEST

START_TEST(when_both_connect_at_once_both_ways_pass)
{
	init_out(PEER, OUR_TAG);
	ck_assert_int_eq(init_in(PEER, THEIR_TAG, PEER2, NULL), GS_PASS);
	init_ack_out(PEER, THEIR_TAG, OUR_TAG);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, PEER2), GS_PASS);
	ck_assert_int_eq(cookie_in(PEER, OUR_TAG), GS_PASS);
	gs_filter_confirm(f, LPORT, PPORT, OUR_TAG, THEIR_TAG);
	ck_assert_int_eq(data_in(PEER2, OUR_TAG), GS_PASS);
	ck_assert_int_eq(data_in(PEER2, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(chunk_in(PEER, THEIR_TAG, GS_CHUNK_ABORT, 1, 0),
	    GS_PASS);
}
END_TEST

START_TEST(a_late_shutdown_ack_passes_while_we_connect)
{
	struct draft d;

	init_out(PEER, OUR_TAG);
	ck_assert_int_eq(chunk_in(PEER, WRONG_TAG, GS_CHUNK_SHUTDOWN_ACK, 0, 0),
	    GS_PASS);
	begin_in(&d, PEER, WRONG_TAG);
	gs_addr_set_port(&d.pkt.src, 666);
	put_chunk(&d, GS_CHUNK_SHUTDOWN_ACK, 0, 0);
	ck_assert_int_eq(in(&d), GS_DROP_TAG);
	gs_filter_confirm(f, LPORT, PPORT, OUR_TAG, THEIR_TAG);
	ck_assert_int_eq(chunk_in(PEER, WRONG_TAG, GS_CHUNK_SHUTDOWN_ACK, 0, 0),
	    GS_DROP_TAG);
}
END_TEST

/* ---- half-open handshakes ---- */

START_TEST(a_forged_init_binds_nobodys_address)
{
	ck_assert_int_eq(init_in(PEER, THEIR_TAG, PEER2, NULL), GS_PASS);
	init_ack_out(PEER, THEIR_TAG, OUR_TAG);
	/* No cookie came: the true owner of the address is not shut out. */
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_PASS);
	ck_assert_int_eq(init_in(PEER, 0x99, NULL, NULL), GS_PASS);
	init_ack_out(PEER, 0x99, 0xaa);
	ck_assert_int_eq(cookie_in(PEER, 0xaa), GS_PASS);
	gs_filter_confirm(f, LPORT, PPORT, 0xaa, 0x99);
	ck_assert_int_eq(data_in(PEER, 0xaa), GS_PASS);
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_DROP_TAG);
	ck_assert_int_eq(data_in(PEER2, WRONG_TAG), GS_PASS);
}
END_TEST

START_TEST(our_attempt_expires_65_s_after_its_last_init)
{
	init_out(PEER, OUR_TAG);
	now_ms += 60000;
	init_out(PEER, OUR_TAG); /* retransmitted */
	now_ms += 65000;
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_DROP_TAG);
	now_ms += 1;
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_PASS);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, NULL),
	    GS_DROP_TAG);
}
END_TEST

START_TEST(a_flood_of_inits_does_not_end_our_attempt_nor_an_association)
{
	char src[32];
	int i;

	init_out(STRANGER, 0xabc);
	establish();
	for (i = 0; i < 100 * HALF_OPENS; i++) {
		(void)snprintf(src, sizeof(src), "10.9.%d.%d", i / 250,
		    i % 250 + 1);
		ck_assert_int_eq(init_in(src, (uint32_t)i + 1, NULL, NULL),
		    GS_PASS);
		init_ack_out(src, (uint32_t)i + 1, (uint32_t)i + 0x1000);
	}
	ck_assert_int_eq(init_ack_in(STRANGER, 0xabc, 0xdef, NULL), GS_PASS);
	ck_assert_int_eq(data_in(PEER, OUR_TAG), GS_PASS);
	ck_assert_int_eq(data_in(PEER, WRONG_TAG), GS_DROP_TAG);
	/* A client whose handshake was driven out gets in by its cookie. */
	ck_assert_int_eq(cookie_in("10.9.0.1", 0x1000), GS_PASS);
}
END_TEST

START_TEST(the_oldest_of_our_attempts_is_forgotten_first)
{
	uint32_t i;

	for (i = 0; i <= HALF_OPENS; i++)
		init_out(PEER, 100 + i);
	ck_assert_int_eq(init_ack_in(PEER, 100, THEIR_TAG, NULL), GS_DROP_TAG);
	for (i = 1; i <= HALF_OPENS; i++)
		ck_assert_int_eq(init_ack_in(PEER, 100 + i, THEIR_TAG, NULL),
		    GS_PASS);
}
END_TEST

/* Nothing is allocated that mallinfo2() knows of under a sanitizer. */
START_TEST(addresses_of_a_flood_of_inits_take_bounded_memory)
{
	struct gs_filter *small = f;
	struct draft d;
	size_t at, before;
	uint32_t i, j;

	ck_assert_int_eq(gs_filter_new(4096, &f), 0);
	before = mallinfo2().uordblks;
	for (i = 0; i < 20000; i++) {
		begin_in(&d, STRANGER, 0);
		at = open_init(&d, GS_CHUNK_INIT, i + 1, 65536, 1, 1);
		for (j = 0; j < 31; j++) {
			put16(&d, GS_PARAM_IPV4);
			put16(&d, 8);
			put32(&d, 0x0a000000u + i * 31 + j);
		}
		end_chunk(&d, at);
		if (in(&d) != GS_PASS)
			abort();
	}
	ck_assert_uint_lt(mallinfo2().uordblks - before, 4096 * 300);
	gs_filter_free(f);
	f = small;
}
END_TEST

START_TEST(more_addresses_than_are_kept_make_no_restart)
{
	struct draft d;
	size_t at;
	int i;

	begin_in(&d, PEER, 0);
	at = open_init(&d, GS_CHUNK_INIT, THEIR_TAG, 65536, 1, 1);
	for (i = 1; i < 100; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "10.7.7.%d", i);
		put_addr_param(&d, text);
	}
	end_chunk(&d, at);
	ck_assert_int_eq(in(&d), GS_PASS);
	init_ack_out(PEER, THEIR_TAG, OUR_TAG);
	ck_assert_int_eq(cookie_in(PEER, OUR_TAG), GS_PASS);
	gs_filter_confirm(f, LPORT, PPORT, OUR_TAG, THEIR_TAG);
	ck_assert_int_eq(in(&d), GS_DROP_RESTART);
}
END_TEST

/* ---- many ---- */

START_TEST(a_hundred_thousand_associations_of_one_port_pair_stay_apart)
{
	enum {
		MANY = 100000
	};
	size_t right = 0, wrong = 0;
	struct draft d;
	uint32_t i;

	for (i = 0; i < MANY; i++) {
		size_t at;

		begin_out(&d, PEER, 0);
		d.pkt.dst.v4.sin_addr.s_addr = htonl(0x0b000000 + i);
		at = open_init(&d, GS_CHUNK_INIT, i + 1, 65536, 1, 1);
		end_chunk(&d, at);
		gs_filter_out(f, &d.pkt, now_ms);
		gs_filter_confirm(f, LPORT, PPORT, i + 1, i + MANY + 1);
	}
	for (i = 0; i < MANY; i++) {
		begin_in(&d, PEER, i + 1);
		d.pkt.src.v4.sin_addr.s_addr = htonl(0x0b000000 + i);
		put_chunk(&d, GS_CHUNK_COOKIE_ACK, 0, 0);
		right += in(&d) == GS_PASS;
		d.pkt.src.v4.sin_addr.s_addr =
		    htonl(0x0b000000 + (i + 1) % MANY);
		wrong += in(&d) == GS_DROP_TAG;
	}
	ck_assert_uint_eq(right, MANY);
	ck_assert_uint_eq(wrong, MANY);
}
END_TEST

/* Packets of random damage, for the sanitizers. */
START_TEST(no_mutation_of_a_packet_reads_past_its_end)
{
	const char *env = getenv("GS_TEST_SEED");
	unsigned long seed = env != NULL ? strtoul(env, NULL, 0) : 20261121;
	uint32_t x = (uint32_t)seed | 1;
	struct gs_handshake h;
	struct draft d;
	size_t at;
	int i, k;

	(void)printf("GS_TEST_SEED=%lu\n", seed);
	establish();
	for (i = 0; i < 10000; i++) {
		begin_in(&d, PEER, i % 2 == 0 ? 0 : OUR_TAG);
		at = open_init(&d, i % 4 < 2 ? 1 : (unsigned int)i % 256, 0x55,
		    65536, 1, 1);
		put_addr_param(&d, PEER2);
		put_cookie_param(&d);
		end_chunk(&d, at);
		put_chunk(&d, GS_CHUNK_ASCONF, 0, 40);
		for (k = 0; k < 4; k++) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			d.bytes[12 + x % (d.pkt.len - 12)] = (uint8_t)(x >> 24);
		}
		d.pkt.len -= x % 60;
		(void)in(&d);
		(void)gs_handshake_read(&d.pkt, &h);
		gs_filter_out(f, &d.pkt, now_ms);
	}
	/* What came of it cannot be said, but nothing crashed. */
	ck_assert_uint_gt(gs_filter_count(f, GS_DROP_CHUNK), 0);
}
END_TEST

/* ---- gs_handshake_read ---- */

START_TEST(a_handshake_is_read_as_it_stands_in_the_packet)
{
	struct gs_handshake h;
	union gs_addr want;
	struct draft d;
	size_t at;

	begin_in(&d, PEER, 0);
	at = open_init(&d, GS_CHUNK_INIT, 0x55, 65536, 1, 1);
	put_addr_param(&d, PEER);
	put_addr_param(&d, "2001:db8::2");
	end_chunk(&d, at);
	seal(&d);
	gs_handshake_read(&d.pkt, &h);
	ck_assert_uint_eq(h.chunk, 1);
	ck_assert_uint_eq(h.src_port, PPORT);
	ck_assert_uint_eq(h.dst_port, LPORT);
	ck_assert_uint_eq(h.tag, 0);
	ck_assert_uint_eq(h.initiate_tag, 0x55);
	ck_assert_uint_eq(h.naddrs, 2);
	ck_assert(gs_addr_equal(&h.addrs[0], &d.pkt.src));
	want = addr("2001:db8::2");
	ck_assert(gs_addr_equal(&h.addrs[1], &want));

	begin_in(&d, PEER, OUR_TAG);
	put_chunk(&d, GS_CHUNK_AUTH, 0, 24);
	put_chunk(&d, GS_CHUNK_COOKIE_ECHO, 0, 24);
	gs_handshake_read(&d.pkt, &h);
	ck_assert_uint_eq(h.chunk, 10);
	ck_assert_uint_eq(h.tag, OUR_TAG);
	ck_assert_uint_eq(h.naddrs, 1);

	begin_in(&d, PEER, OUR_TAG);
	put_chunk(&d, GS_CHUNK_DATA, 3, 24);
	gs_handshake_read(&d.pkt, &h);
	ck_assert_uint_eq(h.chunk, 0);
	d.pkt.len = 3;
	gs_handshake_read(&d.pkt, &h);
	ck_assert_uint_eq(h.chunk, 0);
}
END_TEST

/* ---- what a peer knows of us ---- */

#define US2 "10.0.1.1"
#define US3 "fd00::1"

static void
put_our_init(struct draft *d, unsigned int type, const char *dst, uint32_t tag)
{
	size_t at;

	begin_out(d, dst, tag);
	at = open_init(d, type, OUR_TAG, 65536, 10, 10);
	put_addr_param(d, US);
	put_addr_param(d, US2);
	put_cookie_param(d);
	end_chunk(d, at);
	out(d);
}

/* May a packet of the association with dst leave from there? */
static bool
knows(const char *dst, uint32_t tag, const char *local)
{
	union gs_addr a = addr(local);
	struct draft d;

	begin_out(&d, dst, tag);
	put_chunk(&d, GS_CHUNK_DATA, 3, 13);
	out(&d);
	return gs_filter_knows_local(f, &d.pkt, &a);
}

/* Are there several that it may leave from? */
static bool
has_choice(const char *dst, uint32_t tag)
{
	struct draft d;

	begin_out(&d, dst, tag);
	put_chunk(&d, GS_CHUNK_DATA, 3, 13);
	return gs_filter_has_choice(f, &d.pkt);
}

START_TEST(a_peer_knows_the_addresses_of_our_init)
{
	union gs_addr a = addr(US2), a3 = addr(US3);
	struct draft d;

	put_our_init(&d, GS_CHUNK_INIT, PEER, 0);
	ck_assert(gs_filter_knows_local(f, &d.pkt, &a));
	ck_assert(!gs_filter_knows_local(f, &d.pkt, &a3));
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, PEER2),
	    GS_PASS);
	ck_assert(knows(PEER, THEIR_TAG, US));
	ck_assert(knows(PEER2, THEIR_TAG, US2));
	ck_assert(!knows(PEER, THEIR_TAG, US3));
	ck_assert(gs_filter_has_choice(f, &d.pkt));
	ck_assert(has_choice(PEER2, THEIR_TAG));
	ck_assert(!has_choice(PEER, WRONG_TAG));
	/* Of another association, with other tags, nothing is known. */
	ck_assert(!knows(PEER, WRONG_TAG, US2));
	ck_assert(!knows(STRANGER, THEIR_TAG, US2));
}
END_TEST

START_TEST(a_peer_knows_the_addresses_of_our_init_ack)
{
	struct draft d;

	ck_assert_int_eq(init_in(PEER, THEIR_TAG, PEER2, NULL), GS_PASS);
	put_our_init(&d, GS_CHUNK_INIT_ACK, PEER, THEIR_TAG);
	ck_assert_int_eq(cookie_in(PEER, OUR_TAG), GS_PASS);
	ck_assert(knows(PEER2, THEIR_TAG, US2));
	ck_assert(!knows(PEER2, THEIR_TAG, US3));
	gs_filter_confirm(f, LPORT, PPORT, OUR_TAG, THEIR_TAG);
	ck_assert(knows(PEER, THEIR_TAG, US2));
	gs_filter_forget(f, LPORT, PPORT, OUR_TAG);
	ck_assert(!knows(PEER, THEIR_TAG, US2));
}
END_TEST

START_TEST(without_a_list_a_peer_knows_where_the_init_came_from)
{
	init_out(PEER, OUR_TAG);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, NULL), GS_PASS);
	ck_assert(knows(PEER, THEIR_TAG, US));
	ck_assert(!knows(PEER, THEIR_TAG, US2));
}
END_TEST

START_TEST(an_address_taken_away_is_known_no_more)
{
	struct draft d;
	size_t at;

	put_our_init(&d, GS_CHUNK_INIT, PEER, 0);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, NULL), GS_PASS);
	ck_assert(knows(PEER, THEIR_TAG, US2));
	ck_assert(has_choice(PEER, THEIR_TAG));
	begin_out(&d, PEER, THEIR_TAG);
	at = open_chunk(&d, GS_CHUNK_ASCONF);
	put32(&d, 1);
	put_addr_param(&d, US);
	put16(&d, GS_PARAM_DELETE_IP);
	put16(&d, 16);
	put32(&d, 7);
	put_addr_param(&d, US2);
	end_chunk(&d, at);
	out(&d);
	ck_assert(!knows(PEER, THEIR_TAG, US2));
	ck_assert(knows(PEER, THEIR_TAG, US));
	ck_assert(!has_choice(PEER, THEIR_TAG));
}
END_TEST

START_TEST(more_local_addresses_than_are_remembered_do_no_harm)
{
	char text[32];
	struct draft d;
	size_t at;
	int i;

	begin_out(&d, PEER, 0);
	at = open_init(&d, GS_CHUNK_INIT, OUR_TAG, 65536, 10, 10);
	for (i = 1; i <= 100; i++) {
		snprintf(text, sizeof(text), "10.1.0.%d", i);
		put_addr_param(&d, text);
	}
	end_chunk(&d, at);
	out(&d);
	ck_assert_int_eq(init_ack_in(PEER, OUR_TAG, THEIR_TAG, NULL), GS_PASS);
	/* The first is the source itself. */
	ck_assert(knows(PEER, THEIR_TAG, "10.1.0.63"));
	ck_assert(!knows(PEER, THEIR_TAG, "10.1.0.64"));
	ck_assert(!knows(PEER, THEIR_TAG, "10.1.0.100"));
}
END_TEST

static void
add_locals(Suite *s)
{
	TCase *tc = tcase_create("locals");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_peer_knows_the_addresses_of_our_init);
	tcase_add_test(tc, a_peer_knows_the_addresses_of_our_init_ack);
	tcase_add_test(tc,
	    without_a_list_a_peer_knows_where_the_init_came_from);
	tcase_add_test(tc, an_address_taken_away_is_known_no_more);
	tcase_add_test(tc,
	    more_local_addresses_than_are_remembered_do_no_harm);
	suite_add_tcase(s, tc);
}

static void
add_shape(Suite *s)
{
	TCase *tc = tcase_create("shape");

	tcase_set_timeout(tc, 60); /* sanitizers are slow */
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc,
	    a_packet_without_room_for_a_chunk_is_dropped_as_short);
	tcase_add_test(tc,
	    a_checksum_that_is_wrong_or_zero_or_of_another_length_is_dropped);
	tcase_add_test(tc, port_0_is_dropped);
	tcase_add_test(tc, every_chunk_truncated_at_every_length_is_dropped);
	tcase_add_test(tc, a_chunk_length_below_4_is_dropped);
	tcase_add_test(tc, the_last_chunks_padding_may_be_missing);
	tcase_add_test(tc,
	    a_sack_that_counts_more_blocks_than_it_has_is_dropped);
	tcase_add_test(tc, what_must_stand_alone_is_dropped_in_company);
	tcase_add_test(tc, a_cookie_comes_first_or_behind_auth_only);
	tcase_add_test(tc,
	    parameters_of_reconfig_asconf_and_errors_lie_within_their_chunk);
	tcase_add_test(tc,
	    an_init_with_a_field_the_engine_aborts_for_is_dropped);
	tcase_add_test(tc, an_init_truncated_at_every_length_is_dropped);
	tcase_add_test(tc, an_init_parameter_with_a_lying_length_is_dropped);
	tcase_add_test(tc,
	    bad_auth_parameters_do_not_reach_a_known_association);
	tcase_add_test(tc, no_mutation_of_a_packet_reads_past_its_end);
	tcase_add_test(tc, a_handshake_is_read_as_it_stands_in_the_packet);
	suite_add_tcase(s, tc);
}

static void
add_tags(Suite *s)
{
	TCase *tc = tcase_create("tags");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, out_of_the_blue_packets_of_unknown_ports_pass);
	tcase_add_test(tc,
	    only_the_right_tag_reaches_an_association_that_the_peer_began);
	tcase_add_test(tc,
	    only_the_right_tag_reaches_an_association_that_we_began);
	tcase_add_test(tc, no_chunk_with_a_wrong_tag_ends_an_association);
	tcase_add_test(tc, the_t_bit_asks_for_the_peers_tag);
	tcase_add_test(tc, an_abort_of_our_init_has_our_tag_and_not_0);
	tcase_add_test(tc, an_init_ack_needs_our_tag_and_a_cookie);
	tcase_add_test(tc,
	    the_first_init_ack_counts_until_our_cookie_says_otherwise);
	tcase_add_test(tc, a_right_tag_is_proof_from_an_unlisted_address);
	tcase_add_test(tc,
	    the_tag_of_one_peer_does_not_open_anothers_association);
	tcase_add_test(tc, an_asconf_needs_a_known_tag_from_wherever_it_comes);
	tcase_add_test(tc, an_asconf_alone_makes_no_address_a_peers);
	tcase_add_test(tc,
	    what_comes_late_from_an_address_that_was_lost_is_dropped);
	tcase_add_test(tc, after_forget_its_packets_are_out_of_the_blue);
	tcase_add_test(tc,
	    a_confirmed_association_is_kept_however_long_it_is_silent);
	tcase_add_test(tc,
	    an_association_confirmed_unseen_learns_its_address_from_its_tag);
	suite_add_tcase(s, tc);
}

static void
add_handshakes(Suite *s)
{
	TCase *tc = tcase_create("handshakes");

	tcase_set_timeout(tc, 60); /* sanitizers are slow */
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_restart_with_the_same_addresses_passes_to_its_end);
	tcase_add_test(tc,
	    a_restart_learns_its_addresses_though_its_answer_goes_elsewhere);
	tcase_add_test(tc, a_restart_with_other_addresses_is_dropped);
	tcase_add_test(tc, a_restart_from_another_udp_port_is_dropped);
	tcase_add_test(tc, who_was_asked_for_streams_does_not_restart);
	tcase_add_test(tc, a_udp_port_moves_with_the_right_tag_only);
	tcase_add_test(tc, when_both_connect_at_once_both_ways_pass);
	tcase_add_test(tc, a_late_shutdown_ack_passes_while_we_connect);
	tcase_add_test(tc, a_forged_init_binds_nobodys_address);
	tcase_add_test(tc, our_attempt_expires_65_s_after_its_last_init);
	tcase_add_test(tc,
	    a_flood_of_inits_does_not_end_our_attempt_nor_an_association);
	tcase_add_test(tc, the_oldest_of_our_attempts_is_forgotten_first);
	tcase_add_test(tc,
	    addresses_of_a_flood_of_inits_take_bounded_memory);
	tcase_add_test(tc, more_addresses_than_are_kept_make_no_restart);
	tcase_add_test(tc,
	    a_hundred_thousand_associations_of_one_port_pair_stay_apart);
	suite_add_tcase(s, tc);
}

static Suite *
suite(void)
{
	Suite *s = suite_create("filter");

	add_shape(s);
	add_locals(s);
	add_tags(s);
	add_handshakes(s);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
