#include "chunk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/check_main.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Bytes in memory of just their size, where a read past them is seen. */
static uint8_t *held;
static size_t held_len;

static struct gs_cursor
hold(const void *bytes, size_t len)
{
	struct gs_cursor c;

	free(held);
	held = malloc(len > 0 ? len : 1);
	ck_assert_ptr_nonnull(held);
	if (len > 0)
		memcpy(held, bytes, len);
	held_len = len;
	gs_cursor_init(&c, held, len);
	return c;
}

static void
teardown(void)
{
	free(held);
	held = NULL;
}

/* A packet, an INIT's parameters and the like, as they are put together. */
static uint8_t made[70000];
static size_t made_len;

static void
setup(void)
{
	made_len = 0;
}

static void
put(const void *bytes, size_t len)
{
	ck_assert_uint_le(made_len + len, sizeof(made));
	if (len > 0)
		memcpy(&made[made_len], bytes, len);
	made_len += len;
}

static void
put_zeros(size_t len)
{
	ck_assert_uint_le(made_len + len, sizeof(made));
	memset(&made[made_len], 0, len);
	made_len += len;
}

static void
put16(unsigned int v)
{
	const uint8_t b[] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(b, sizeof(b));
}

static void
put32(uint32_t v)
{
	put16(v >> 16);
	put16(v & 0xffff);
}

/* A whole chunk, padded. */
static void
put_chunk(unsigned int type, const void *value, size_t len)
{
	put16(type << 8);
	put16((unsigned int)len + 4);
	put(value, len);
	put_zeros((4 - len % 4) % 4);
}

static void
put_param(unsigned int type, const void *value, size_t len)
{
	put16(type);
	put16((unsigned int)len + 4);
	put(value, len);
	put_zeros((4 - len % 4) % 4);
}

static struct gs_cursor
take_made(void)
{
	struct gs_cursor c = hold(made, made_len);

	made_len = 0;
	return c;
}

static bool
chunks_are_valid(void)
{
	return gs_chunks_are_valid(take_made());
}

/* ---- walking ---- */

START_TEST(the_common_header_is_read_and_passed)
{
	static const uint8_t bytes[] = { 0x12, 0x34, 0xab, 0xcd, 0xde, 0xad,
		0xbe, 0xef, 9, 9, 9, 9, 42 };
	struct gs_cursor c = hold(bytes, sizeof(bytes));
	struct gs_common_header h = gs_common_header_read(&c);

	ck_assert_uint_eq(h.src_port, 0x1234);
	ck_assert_uint_eq(h.dst_port, 0xabcd);
	ck_assert_uint_eq(h.tag, 0xdeadbeef);
	ck_assert(!gs_cursor_is_bad(&c));
	ck_assert_uint_eq(gs_cursor_left(&c), 1);
	ck_assert_uint_eq(gs_cursor_u8(&c), 42);
}
END_TEST

START_TEST(a_common_header_that_is_cut_short_makes_the_cursor_bad)
{
	uint8_t bytes[GS_COMMON_HEADER] = { 0 };
	struct gs_cursor c;
	size_t len;

	for (len = 0; len < sizeof(bytes); len++) {
		c = hold(bytes, len);
		(void)gs_common_header_read(&c);
		ck_assert(gs_cursor_is_bad(&c));
	}
}
END_TEST

START_TEST(chunks_come_in_order_without_their_padding)
{
	static const uint8_t bytes[] = { 3, 0xa5, 0, 5, 77, 0, 0, 0, /* */
		200, 1, 0, 4,					     /* */
		6, 2, 0, 6, 8, 9 /* its padding is missing */ };
	struct gs_cursor c = hold(bytes, sizeof(bytes));
	struct gs_chunk k;

	ck_assert(gs_chunk_next(&c, &k));
	ck_assert_uint_eq(k.type, 3);
	ck_assert_uint_eq(k.flags, 0xa5);
	ck_assert_uint_eq(k.len, 5);
	ck_assert_uint_eq(gs_cursor_left(&k.value), 1);
	ck_assert_uint_eq(gs_cursor_u8(&k.value), 77);
	ck_assert(gs_chunk_next(&c, &k));
	ck_assert_uint_eq(k.type, 200);
	ck_assert_uint_eq(k.flags, 1);
	ck_assert_uint_eq(k.len, 4);
	ck_assert_uint_eq(gs_cursor_left(&k.value), 0);
	ck_assert(gs_chunk_next(&c, &k));
	ck_assert_uint_eq(k.type, 6);
	ck_assert_uint_eq(gs_cursor_be16(&k.value), 0x0809);
	ck_assert(!gs_chunk_next(&c, &k));
	ck_assert(!gs_cursor_is_bad(&c));
}
END_TEST

START_TEST(parameters_come_in_order_without_their_padding)
{
	static const uint8_t bytes[] = { 0x80, 2, 0, 7, 1, 2, 3, 0, /* */
		0xc0, 1, 0, 4,					    /* */
		0, 7, 0, 5, 9 };
	struct gs_cursor c = hold(bytes, sizeof(bytes));
	struct gs_param p;

	ck_assert(gs_param_next(&c, &p));
	ck_assert_uint_eq(p.type, GS_PARAM_RANDOM);
	ck_assert_uint_eq(p.len, 7);
	ck_assert_uint_eq(gs_cursor_left(&p.value), 3);
	ck_assert(gs_param_next(&c, &p));
	ck_assert_uint_eq(p.type, GS_PARAM_ADD_IP);
	ck_assert_uint_eq(gs_cursor_left(&p.value), 0);
	ck_assert(gs_param_next(&c, &p));
	ck_assert_uint_eq(p.type, GS_PARAM_STATE_COOKIE);
	ck_assert_uint_eq(gs_cursor_u8(&p.value), 9);
	ck_assert(!gs_param_next(&c, &p));
	ck_assert(!gs_cursor_is_bad(&c));
}
END_TEST

/* Chunks and parameters have their length at the same place. */
static void
ck_not_whole(const uint8_t *bytes, size_t len)
{
	struct gs_cursor c;
	struct gs_chunk k;
	struct gs_param p;

	c = hold(bytes, len);
	ck_assert(!gs_chunk_next(&c, &k));
	ck_assert(gs_cursor_is_bad(&c));
	ck_assert(!gs_chunk_next(&c, &k)); /* and stays so */
	c = hold(bytes, len);
	ck_assert(!gs_param_next(&c, &p));
	ck_assert(gs_cursor_is_bad(&c));
	ck_assert(!gs_param_next(&c, &p));
	ck_assert(!gs_params_are_whole(hold(bytes, len)));
	ck_assert(!gs_chunks_are_valid(hold(bytes, len)));
}

START_TEST(what_is_not_whole_is_no_chunk_and_no_parameter)
{
	uint8_t bytes[8] = { 0xff, 0xff, 0, 0, 0, 0, 0, 0 };
	size_t len;

	for (len = 1; len < 4; len++) /* not even a header */
		ck_not_whole(bytes, len);
	for (len = 0; len < 4; len++) { /* shorter than its header */
		bytes[3] = (uint8_t)len;
		ck_not_whole(bytes, sizeof(bytes));
	}
	bytes[3] = 9; /* longer than what is there */
	ck_not_whole(bytes, sizeof(bytes));
	bytes[2] = bytes[3] = 0xff;
	ck_not_whole(bytes, sizeof(bytes));
	bytes[2] = 0;
	bytes[3] = 8;
	ck_assert(gs_params_are_whole(hold(bytes, sizeof(bytes))));
	ck_assert(gs_chunks_are_valid(hold(bytes, sizeof(bytes))));
}
END_TEST

START_TEST(nothing_holds_whole_parameters_but_no_chunk)
{
	ck_assert(gs_params_are_whole(hold(NULL, 0)));
	ck_assert(!gs_chunks_are_valid(hold(NULL, 0)));
}
END_TEST

START_TEST(a_broken_parameter_behind_good_ones_is_noticed)
{
	put_param(1, "ab", 2);
	put_param(2, "abcd", 4);
	ck_assert(gs_params_are_whole(take_made()));
	put_param(1, "ab", 2);
	put_param(2, "abcd", 4);
	put16(3);
	ck_assert(!gs_params_are_whole(take_made()));
}
END_TEST

static bool
read_addr(unsigned int type, size_t len, union gs_addr *out)
{
	static const uint8_t ip[20] = { 192, 0, 2, 7, 5, 6, 7, 8, 9, 10, 11, 12,
		13, 14, 15, 16, 17, 18, 19, 20 };
	struct gs_cursor c;
	struct gs_param p;

	put_param(type, ip, len);
	c = take_made();
	ck_assert(gs_param_next(&c, &p));
	return gs_param_addr(&p, out);
}

START_TEST(an_address_parameter_has_the_length_of_its_kind)
{
	char buf[GS_ADDR_STRLEN];
	union gs_addr a;
	size_t len;

	ck_assert(read_addr(GS_PARAM_IPV4, 4, &a));
	ck_assert_str_eq(gs_addr_format(&a, buf), "192.0.2.7:0");
	ck_assert(read_addr(GS_PARAM_IPV6, 16, &a));
	ck_assert_str_eq(gs_addr_format(&a, buf),
	    "[c000:207:506:708:90a:b0c:d0e:f10]:0");
	ck_assert_uint_eq(a.v6.sin6_scope_id, 0);
	memset(&a, 0x55, sizeof(a));
	for (len = 0; len <= 20; len++) {
		ck_assert(!read_addr(GS_PARAM_STATE_COOKIE, len, &a));
		if (len != 4)
			ck_assert(!read_addr(GS_PARAM_IPV4, len, &a));
		if (len != 16)
			ck_assert(!read_addr(GS_PARAM_IPV6, len, &a));
	}
	ck_assert_uint_eq(a.v4.sin_port, 0x5555); /* not written */
}
END_TEST

/* ---- INIT ---- */

struct fields {
	uint32_t tag, a_rwnd;
	unsigned int out, in;
};

static const struct fields good = { 1, 1500, 1, 1 };

/* The INIT of these fields, and of the parameters made so far. */
static struct gs_init
init_of(const struct fields *f)
{
	static uint8_t params[sizeof(made)];
	size_t len = made_len;
	struct gs_chunk k;
	struct gs_cursor c;

	memcpy(params, made, len);
	made_len = 0;
	put32(f->tag);
	put32(f->a_rwnd);
	put16(f->out);
	put16(f->in);
	put32(0x01020304);
	put(params, len);
	k.type = GS_CHUNK_INIT;
	k.flags = 0;
	k.len = made_len + 4;
	c = take_made();
	k.value = c;
	return gs_init_read(&k);
}

static bool
fields_are_valid(const struct fields *f)
{
	struct gs_init init = init_of(f);

	return gs_init_is_valid(&init);
}

static bool
params_are_valid(void)
{
	return fields_are_valid(&good);
}

START_TEST(an_inits_fields_are_read)
{
	static const struct fields f = { 0xdeadbeef, 0x10203040, 0x1234,
		0xabcd };
	struct gs_init init;

	put_param(GS_PARAM_STATE_COOKIE, "cookie", 6);
	init = init_of(&f);
	ck_assert_uint_eq(init.initiate_tag, f.tag);
	ck_assert_uint_eq(init.a_rwnd, f.a_rwnd);
	ck_assert_uint_eq(init.out_streams, f.out);
	ck_assert_uint_eq(init.in_streams, f.in);
	ck_assert_uint_eq(gs_cursor_left(&init.params), 12);
	ck_assert(gs_init_is_valid(&init));
}
END_TEST

START_TEST(an_init_that_is_cut_short_is_not_valid)
{
	struct gs_chunk k = { .type = GS_CHUNK_INIT };
	uint8_t bytes[16];
	struct gs_init init;
	size_t len;

	memset(bytes, 0xff, sizeof(bytes));
	for (len = 0; len < sizeof(bytes); len++) {
		k.value = hold(bytes, len);
		init = gs_init_read(&k);
		ck_assert(!gs_init_is_valid(&init));
		ck_assert(!gs_init_has_cookie(&init));
	}
	k.value = hold(bytes, sizeof(bytes));
	init = gs_init_read(&k);
	ck_assert(gs_init_is_valid(&init));
}
END_TEST

START_TEST(each_mandatory_field_of_an_init_has_its_bound)
{
	struct fields f = good;

	ck_assert(fields_are_valid(&f));
	f.tag = 0;
	ck_assert(!fields_are_valid(&f));
	f = good;
	f.a_rwnd = 1499; /* RFC 9260 3.3.2 */
	ck_assert(!fields_are_valid(&f));
	f = good;
	f.out = 0;
	ck_assert(!fields_are_valid(&f));
	f = good;
	f.in = 0;
	ck_assert(!fields_are_valid(&f));
}
END_TEST

START_TEST(
    the_parameters_of_an_init_are_whole_and_its_addresses_have_their_size)
{
	uint8_t ip[20] = { 0 };

	put_param(GS_PARAM_IPV4, ip, 4);
	put_param(GS_PARAM_IPV6, ip, 16);
	put_param(0x1234, ip, 3);
	ck_assert(params_are_valid());
	put_param(GS_PARAM_IPV4, ip, 5);
	ck_assert(!params_are_valid());
	put_param(GS_PARAM_IPV4, ip, 0);
	ck_assert(!params_are_valid());
	put_param(GS_PARAM_IPV6, ip, 4);
	ck_assert(!params_are_valid());
	put_param(GS_PARAM_IPV4, ip, 4);
	put_param(GS_PARAM_IPV6, ip, 20);
	ck_assert(!params_are_valid());
	put_param(GS_PARAM_IPV4, ip, 4);
	put16(0x1234);
	ck_assert(!params_are_valid());
}
END_TEST

START_TEST(an_init_that_is_longer_than_the_engine_takes_is_not_valid)
{
	/* The chunk's length: 20, the parameter's 4, and its value. */
	put16(0x1234);
	put16(63487 - 20);
	put_zeros(63487 - 24);
	ck_assert(params_are_valid());
	put16(0x1234);
	put16(63488 - 20);
	put_zeros(63488 - 24);
	ck_assert(!params_are_valid());
}
END_TEST

static bool
params_have_cookie(void)
{
	struct gs_init init = init_of(&good);

	return gs_init_has_cookie(&init);
}

START_TEST(a_cookie_is_found_where_it_stands_and_is_not_empty)
{
	ck_assert(!params_have_cookie());
	put_param(GS_PARAM_STATE_COOKIE, "", 0);
	ck_assert(!params_have_cookie());
	put_param(GS_PARAM_IPV4, "abcd", 4);
	ck_assert(!params_have_cookie());
	put_param(GS_PARAM_IPV4, "abcd", 4);
	put_param(GS_PARAM_STATE_COOKIE, "x", 1);
	ck_assert(params_have_cookie());
	put_param(GS_PARAM_STATE_COOKIE, "", 0);
	put_param(GS_PARAM_STATE_COOKIE, "x", 1);
	ck_assert(params_have_cookie());
}
END_TEST

/* ---- INIT: AUTH ---- */

static const uint8_t random32[33];
static const uint8_t sha1[] = { 0, 1 };
static const uint8_t sha256_sha1[] = { 0, 3, 0, 1 };
static const uint8_t both_asconf[] = { 0x80, 0xc1 };
static const uint8_t ext_auth[] = { GS_CHUNK_AUTH, 0xc0 };
static const uint8_t ext_all[] = { 0xc0, GS_CHUNK_AUTH, 0xc1, 0x80 };

static bool
auth_is_valid(void)
{
	struct gs_init init = init_of(&good);

	return gs_init_auth_is_valid(&init);
}

/* What a peer of good faith says, up to the chunks it wants signed. */
static void
put_auth(void)
{
	put_param(GS_PARAM_SUPPORTED_EXT, ext_all, sizeof(ext_all));
	put_param(GS_PARAM_RANDOM, random32, 32);
	put_param(GS_PARAM_HMAC_LIST, sha256_sha1, sizeof(sha256_sha1));
}

START_TEST(auth_as_peers_offer_it_is_valid_and_so_is_none)
{
	ck_assert(auth_is_valid());
	put_auth();
	put_param(GS_PARAM_CHUNK_LIST, both_asconf, sizeof(both_asconf));
	ck_assert(auth_is_valid());
	put_param(GS_PARAM_SUPPORTED_EXT, ext_auth, sizeof(ext_auth));
	put_param(GS_PARAM_RANDOM, random32, 32);
	put_param(GS_PARAM_HMAC_LIST, sha1, sizeof(sha1));
	ck_assert(auth_is_valid()); /* it wants nothing signed */
	put_param(GS_PARAM_SUPPORTED_EXT, "\xc0\x82", 2);
	ck_assert(auth_is_valid());
}
END_TEST

START_TEST(the_random_parameter_has_32_bytes)
{
	put_param(GS_PARAM_RANDOM, random32, 32);
	ck_assert(auth_is_valid());
	put_param(GS_PARAM_RANDOM, random32, 31);
	ck_assert(!auth_is_valid());
	put_param(GS_PARAM_RANDOM, random32, 33);
	ck_assert(!auth_is_valid());
	put_param(GS_PARAM_RANDOM, random32, 32);
	put_param(GS_PARAM_RANDOM, random32, 0);
	ck_assert(!auth_is_valid());
}
END_TEST

START_TEST(the_hmac_list_has_sha1_in_it)
{
	put_param(GS_PARAM_HMAC_LIST, sha256_sha1, 4);
	ck_assert(auth_is_valid());
	put_param(GS_PARAM_HMAC_LIST, sha256_sha1, 2);
	ck_assert(!auth_is_valid());
	put_param(GS_PARAM_HMAC_LIST, "", 0);
	ck_assert(!auth_is_valid());
	put_param(GS_PARAM_HMAC_LIST, "\0\3\0", 3); /* cut within the 1 */
	ck_assert(!auth_is_valid());
	put_param(GS_PARAM_HMAC_LIST, "\1\0", 2);
	ck_assert(!auth_is_valid());
}
END_TEST

START_TEST(an_auth_parameter_is_not_longer_than_the_engine_stores)
{
	static const uint16_t types[] = { GS_PARAM_HMAC_LIST,
		GS_PARAM_CHUNK_LIST, GS_PARAM_SUPPORTED_EXT };
	uint8_t value[253] = { 0, 1 }; /* SHA-1, or DATA and INIT */
	size_t i, len;

	for (i = 0; i < COUNT(types); i++) {
		for (len = 252; len <= 253; len++) {
			put_param(GS_PARAM_SUPPORTED_EXT, ext_auth,
			    sizeof(ext_auth));
			put_param(GS_PARAM_RANDOM, random32, 32);
			put_param(GS_PARAM_HMAC_LIST, sha1, sizeof(sha1));
			put_param(types[i], value, len);
			ck_assert(auth_is_valid() == (len == 252));
		}
	}
}
END_TEST

START_TEST(a_chunk_list_needs_all_of_auth)
{
	int without;

	for (without = 0; without <= 3; without++) {
		if (without != 1)
			put_param(GS_PARAM_SUPPORTED_EXT, ext_auth,
			    sizeof(ext_auth));
		if (without != 2)
			put_param(GS_PARAM_RANDOM, random32, 32);
		if (without != 3)
			put_param(GS_PARAM_HMAC_LIST, sha1, sizeof(sha1));
		put_param(GS_PARAM_CHUNK_LIST, "\0", 1);
		ck_assert(auth_is_valid() == (without == 0));
	}
	put_param(GS_PARAM_CHUNK_LIST, "", 0); /* lists nothing */
	ck_assert(auth_is_valid());
}
END_TEST

START_TEST(address_changes_need_both_their_chunks_signed)
{
	static const uint8_t asconf[] = { 0xc1 }, ack[] = { 0x80 };

	put_auth();
	put_param(GS_PARAM_CHUNK_LIST, asconf, 1);
	ck_assert(!auth_is_valid());
	put_auth();
	put_param(GS_PARAM_CHUNK_LIST, ack, 1);
	ck_assert(!auth_is_valid());
	put_auth();
	ck_assert(!auth_is_valid());
	put_param(GS_PARAM_SUPPORTED_EXT, asconf, 1);
	ck_assert(!auth_is_valid());
	put_param(GS_PARAM_SUPPORTED_EXT, ack, 1);
	ck_assert(!auth_is_valid());
	put_auth();
	put_param(GS_PARAM_CHUNK_LIST, asconf, 1);
	put_param(GS_PARAM_CHUNK_LIST, ack, 1); /* in two parts */
	ck_assert(auth_is_valid());
}
END_TEST

/* ---- the shape of each chunk ---- */

/* The shortest good chunk of each type. */
static const struct shortest {
	uint8_t type;
	uint16_t len;
	uint8_t value[20];
	size_t value_len; /* of value; zeros follow */
} shortest[] = {
	{ GS_CHUNK_DATA, 17, { 0 }, 0 },
	{ GS_CHUNK_INIT, 20, { 0 }, 0 },
	{ GS_CHUNK_INIT_ACK, 20, { 0 }, 0 },
	{ GS_CHUNK_SACK, 16, { 0 }, 0 },
	{ GS_CHUNK_HEARTBEAT, 8, { 0, 1, 0, 4 }, 4 },
	{ GS_CHUNK_HEARTBEAT_ACK, 8, { 0, 1, 0, 4 }, 4 },
	{ GS_CHUNK_ABORT, 4, { 0 }, 0 },
	{ GS_CHUNK_SHUTDOWN, 8, { 0 }, 0 },
	{ GS_CHUNK_SHUTDOWN_ACK, 4, { 0 }, 0 },
	{ GS_CHUNK_ERROR, 4, { 0 }, 0 },
	{ GS_CHUNK_COOKIE_ECHO, 5, { 0 }, 0 },
	{ GS_CHUNK_COOKIE_ACK, 4, { 0 }, 0 },
	{ GS_CHUNK_ECNE, 8, { 0 }, 0 },
	{ GS_CHUNK_CWR, 8, { 0 }, 0 },
	{ GS_CHUNK_SHUTDOWN_COMPLETE, 4, { 0 }, 0 },
	{ GS_CHUNK_AUTH, 8, { 0 }, 0 },
	{ GS_CHUNK_NR_SACK, 20, { 0 }, 0 },
	{ GS_CHUNK_I_DATA, 21, { 0 }, 0 },
	{ GS_CHUNK_ASCONF_ACK, 8, { 0 }, 0 },
	{ GS_CHUNK_PKTDROP, 16, { 0 }, 0 },
	{ GS_CHUNK_RE_CONFIG, 12, { 0, 15, 0, 8 }, 4 },
	{ GS_CHUNK_FORWARD_TSN, 8, { 0 }, 0 },
	{ GS_CHUNK_ASCONF, 16, { 0, 0, 0, 0, 0, 5, 0, 8 }, 8 },
	{ GS_CHUNK_I_FORWARD_TSN, 8, { 0 }, 0 },
};

START_TEST(each_chunk_has_its_shortest_length)
{
	const struct shortest *s = &shortest[_i];
	uint8_t value[24] = { 0 };
	size_t len;

	memcpy(value, s->value, s->value_len);
	for (len = 0; len + 4 < s->len; len++) {
		put_chunk(s->type, value, len);
		ck_assert_msg(!chunks_are_valid(), "type %u, length %zu",
		    s->type, len + 4);
	}
	put_chunk(s->type, value, s->len - 4u);
	ck_assert_msg(chunks_are_valid(), "type %u", s->type);
}
END_TEST

START_TEST(a_shutdown_is_not_longer_than_it_is)
{
	uint8_t value[8] = { 0 };

	put_chunk(GS_CHUNK_SHUTDOWN, value, 4);
	ck_assert(chunks_are_valid());
	put_chunk(GS_CHUNK_SHUTDOWN, value, 5);
	ck_assert(!chunks_are_valid());
	put_chunk(GS_CHUNK_SHUTDOWN, value, 8);
	ck_assert(!chunks_are_valid());
}
END_TEST

START_TEST(a_chunk_of_a_type_that_nobody_knows_is_let_through)
{
	unsigned int type;
	size_t i;

	for (type = 0; type < 256; type++) {
		for (i = 0; i < COUNT(shortest); i++)
			if (shortest[i].type == type)
				break;
		if (i < COUNT(shortest))
			continue;
		put_chunk(type, "", 0);
		ck_assert_msg(chunks_are_valid(), "type %u", type);
		put_chunk(type, "abcde", 5);
		ck_assert_msg(chunks_are_valid(), "type %u", type);
	}
}
END_TEST

static bool
sack_is_valid(unsigned int gaps, unsigned int dups, size_t room)
{
	uint8_t value[64] = { 0 };

	value[8] = (uint8_t)(gaps >> 8);
	value[9] = (uint8_t)gaps;
	value[10] = (uint8_t)(dups >> 8);
	value[11] = (uint8_t)dups;
	put_chunk(GS_CHUNK_SACK, value, 12 + room);
	return chunks_are_valid();
}

START_TEST(a_sack_has_the_blocks_that_it_counts)
{
	ck_assert(sack_is_valid(1, 0, 4));
	ck_assert(sack_is_valid(0, 1, 4));
	ck_assert(sack_is_valid(2, 3, 20));
	ck_assert(sack_is_valid(0, 0, 4)); /* more is no harm */
	ck_assert(!sack_is_valid(1, 0, 0));
	ck_assert(!sack_is_valid(1, 0, 3));
	ck_assert(!sack_is_valid(0, 1, 3));
	ck_assert(!sack_is_valid(2, 3, 19));
	ck_assert(!sack_is_valid(0xffff, 0xffff, 20));
	ck_assert(!sack_is_valid(0x4000, 0, 0)); /* 65536 bytes */
	ck_assert(!sack_is_valid(0x8000, 0x8000, 0));
}
END_TEST

static bool
nr_sack_is_valid(unsigned int gaps, unsigned int nr_gaps, unsigned int dups,
    size_t room)
{
	uint8_t value[64] = { 0 };

	value[8] = (uint8_t)(gaps >> 8);
	value[9] = (uint8_t)gaps;
	value[10] = (uint8_t)(nr_gaps >> 8);
	value[11] = (uint8_t)nr_gaps;
	value[12] = (uint8_t)(dups >> 8);
	value[13] = (uint8_t)dups;
	put_chunk(GS_CHUNK_NR_SACK, value, 16 + room);
	return chunks_are_valid();
}

START_TEST(an_nr_sack_has_the_blocks_that_it_counts)
{
	ck_assert(nr_sack_is_valid(1, 0, 0, 4));
	ck_assert(nr_sack_is_valid(0, 1, 0, 4));
	ck_assert(nr_sack_is_valid(0, 0, 1, 4));
	ck_assert(nr_sack_is_valid(1, 2, 3, 24));
	ck_assert(!nr_sack_is_valid(1, 0, 0, 0));
	ck_assert(!nr_sack_is_valid(0, 1, 0, 3));
	ck_assert(!nr_sack_is_valid(0, 0, 1, 3));
	ck_assert(!nr_sack_is_valid(1, 2, 3, 23));
	ck_assert(!nr_sack_is_valid(0xffff, 0xffff, 0xffff, 24));
}
END_TEST

START_TEST(what_a_heartbeat_and_an_error_carry_is_whole)
{
	static const uint8_t whole[] = { 0, 1, 0, 8, 1, 2, 3, 4, 0, 2, 0, 4 };
	static const uint8_t broken[] = { 0, 1, 0, 8, 1, 2, 3, 4, 0, 2, 0, 5 };
	static const uint8_t types[] = { GS_CHUNK_HEARTBEAT,
		GS_CHUNK_HEARTBEAT_ACK, GS_CHUNK_ERROR };
	size_t i;

	for (i = 0; i < COUNT(types); i++) {
		put_chunk(types[i], whole, sizeof(whole));
		ck_assert(chunks_are_valid());
		put_chunk(types[i], broken, sizeof(broken));
		ck_assert(!chunks_are_valid());
	}
}
END_TEST

START_TEST(the_parameters_of_an_init_chunk_are_whole)
{
	uint8_t value[24] = { 0 };

	value[19] = 8; /* a parameter of type 0 */
	put_chunk(GS_CHUNK_INIT, value, 24);
	ck_assert(chunks_are_valid());
	value[19] = 9;
	put_chunk(GS_CHUNK_INIT, value, 24);
	ck_assert(!chunks_are_valid());
	put_chunk(GS_CHUNK_INIT_ACK, value, 24);
	ck_assert(!chunks_are_valid());
}
END_TEST

START_TEST(each_request_of_a_reconfig_has_its_shortest_length)
{
	/* RFC 6525 4: type and shortest length; 12 is nothing known. */
	static const struct {
		uint8_t type, min;
	} rows[] = { { 12, 4 }, { 13, 16 }, { 14, 8 }, { 15, 8 }, { 16, 12 },
		{ 17, 12 }, { 18, 12 }, { 19, 4 } };
	uint8_t value[40] = { 0, 15, 0, 8 }; /* one before, of 8 bytes */
	size_t i;
	uint8_t len;

	for (i = 0; i < COUNT(rows); i++) {
		for (len = 4; len <= 16; len++) {
			value[9] = rows[i].type;
			value[11] = len;
			put_chunk(GS_CHUNK_RE_CONFIG, value, 8u + len);
			ck_assert_msg(chunks_are_valid() ==
				(len >= rows[i].min),
			    "type %u, length %u", rows[i].type, len);
		}
	}
}
END_TEST

/* A serial number, the address to look up, and one request. */
static bool
asconf_is_valid(unsigned int type, const void *value, size_t len)
{
	static uint8_t whole[128];
	size_t whole_len;

	put32(1);
	put_param(GS_PARAM_IPV4, "\177\0\0\1", 4);
	put_param(type, value, len);
	whole_len = made_len;
	memcpy(whole, made, whole_len);
	made_len = 0;
	put_chunk(GS_CHUNK_ASCONF, whole, whole_len);
	return chunks_are_valid();
}

START_TEST(an_asconf_begins_with_an_address)
{
	static const uint8_t v6[24] = { 0, 0, 0, 1, 0, 6, 0, 20 };
	static const uint8_t cookie[12] = { 0, 0, 0, 1, 0, 7, 0, 8 };
	static const uint8_t cut[12] = { 0, 0, 0, 1, 0, 5, 0, 7 };

	put_chunk(GS_CHUNK_ASCONF, v6, sizeof(v6));
	ck_assert(chunks_are_valid());
	put_chunk(GS_CHUNK_ASCONF, cookie, sizeof(cookie));
	ck_assert(!chunks_are_valid());
	put_chunk(GS_CHUNK_ASCONF, cut, sizeof(cut));
	ck_assert(!chunks_are_valid());
}
END_TEST

START_TEST(each_request_of_an_asconf_has_its_id_and_its_address)
{
	static const uint8_t v4[12] = { 0, 0, 0, 9, 0, 5, 0, 8 };
	static const uint8_t v6[24] = { 0, 0, 0, 9, 0, 6, 0, 20 };
	static const uint8_t odd[12] = { 0, 0, 0, 9, 0, 7, 0, 8 };
	static const uint8_t cut[12] = { 0, 0, 0, 9, 0, 5, 0, 9 };
	static const unsigned int types[] = { 0xc001, 0xc002, 0xc004 };
	size_t i;

	for (i = 0; i < COUNT(types); i++) {
		ck_assert(asconf_is_valid(types[i], v4, sizeof(v4)));
		ck_assert(asconf_is_valid(types[i], v6, sizeof(v6)));
		ck_assert(!asconf_is_valid(types[i], odd, sizeof(odd)));
		ck_assert(!asconf_is_valid(types[i], cut, sizeof(cut)));
		ck_assert(!asconf_is_valid(types[i], v4, 8));
		ck_assert(!asconf_is_valid(types[i], v4, 4));
		ck_assert(!asconf_is_valid(types[i], v4, 3));
		ck_assert(!asconf_is_valid(types[i], v4, 0));
	}
	/* Error causes, whatever they are of. */
	ck_assert(asconf_is_valid(0xc003, v4, 4));
	ck_assert(asconf_is_valid(0xc003, odd, sizeof(odd)));
	ck_assert(!asconf_is_valid(0xc003, cut, sizeof(cut)));
	/* Nothing known: it has an id. */
	ck_assert(asconf_is_valid(0xc005, cut, sizeof(cut)));
	ck_assert(asconf_is_valid(0xc000, v4, 4));
	ck_assert(!asconf_is_valid(0xc005, v4, 3));
}
END_TEST

START_TEST(each_answer_of_an_asconf_ack_has_its_id)
{
	uint8_t value[12] = { 0, 0, 0, 1, 0xc0, 5, 0, 8 };

	put_chunk(GS_CHUNK_ASCONF_ACK, value, 12);
	ck_assert(chunks_are_valid());
	value[7] = 7;
	put_chunk(GS_CHUNK_ASCONF_ACK, value, 12);
	ck_assert(!chunks_are_valid());
	value[7] = 9;
	put_chunk(GS_CHUNK_ASCONF_ACK, value, 12);
	ck_assert(!chunks_are_valid());
}
END_TEST

/* ---- together ---- */

static void
put_shortest(uint8_t type)
{
	const struct shortest *s = shortest;
	uint8_t value[24] = { 0 };

	while (s->type != type)
		s++;
	memcpy(value, s->value, s->value_len);
	put_chunk(type, value, s->len - 4u);
}

START_TEST(init_init_ack_and_shutdown_complete_stand_alone)
{
	static const uint8_t alone[] = { GS_CHUNK_INIT, GS_CHUNK_INIT_ACK,
		GS_CHUNK_SHUTDOWN_COMPLETE };
	size_t i;

	for (i = 0; i < COUNT(alone); i++) {
		put_shortest(alone[i]);
		ck_assert(chunks_are_valid());
		put_shortest(alone[i]);
		put_shortest(GS_CHUNK_DATA);
		ck_assert(!chunks_are_valid());
		put_shortest(GS_CHUNK_ERROR);
		put_shortest(alone[i]);
		ck_assert(!chunks_are_valid());
		put_shortest(alone[i]);
		put_shortest(alone[i]);
		ck_assert(!chunks_are_valid());
	}
}
END_TEST

START_TEST(before_a_cookie_echo_stands_nothing_but_auth)
{
	put_shortest(GS_CHUNK_COOKIE_ECHO);
	put_shortest(GS_CHUNK_DATA);
	ck_assert(chunks_are_valid());
	put_shortest(GS_CHUNK_AUTH);
	put_shortest(GS_CHUNK_COOKIE_ECHO);
	put_shortest(GS_CHUNK_AUTH);
	put_shortest(GS_CHUNK_DATA);
	ck_assert(chunks_are_valid());
	put_shortest(GS_CHUNK_DATA);
	put_shortest(GS_CHUNK_COOKIE_ECHO);
	ck_assert(!chunks_are_valid());
	put_chunk(0xfe, "", 0);
	put_shortest(GS_CHUNK_COOKIE_ECHO);
	ck_assert(!chunks_are_valid());
	put_shortest(GS_CHUNK_COOKIE_ECHO);
	put_shortest(GS_CHUNK_COOKIE_ECHO);
	ck_assert(!chunks_are_valid());
}
END_TEST

START_TEST(one_bad_chunk_among_good_ones_makes_the_packet_bad)
{
	put_shortest(GS_CHUNK_SACK);
	put_shortest(GS_CHUNK_DATA);
	put_shortest(GS_CHUNK_HEARTBEAT);
	ck_assert(chunks_are_valid());
	put_shortest(GS_CHUNK_SACK);
	put_chunk(GS_CHUNK_DATA, "", 0);
	put_shortest(GS_CHUNK_HEARTBEAT);
	ck_assert(!chunks_are_valid());
	put_shortest(GS_CHUNK_SACK);
	put_zeros(1); /* no chunk behind it */
	ck_assert(!chunks_are_valid());
}
END_TEST

START_TEST(as_many_chunks_as_a_packet_holds_are_walked)
{
	size_t n;

	for (n = 0; n < 65536 / 4; n++)
		put_chunk(GS_CHUNK_COOKIE_ACK, "", 0);
	ck_assert(chunks_are_valid());
}
END_TEST

/* The sanitizer looks for reads outside; here: what is valid is covered. */
START_TEST(random_packets_are_read_within_their_bounds)
{
	const char *text = getenv("GSCTP_TEST_SEED");
	unsigned int seed = text != NULL ? (unsigned int)atoi(text) : 4711;
	unsigned int valid = 0;
	int i;

	printf("chunk: GSCTP_TEST_SEED=%u\n", seed);
	fflush(stdout); /* a failure in a fork would lose it */
	for (i = 0; i < 30000; i++) {
		size_t n = 1 + (size_t)rand_r(&seed) % 3;
		struct gs_cursor c;
		struct gs_chunk k;
		struct gs_init init;
		size_t total = 0;
		size_t flips;

		while (n-- > 0)
			put_shortest(
			    shortest[(size_t)rand_r(&seed) % COUNT(shortest)]
				.type);
		put_zeros((size_t)rand_r(&seed) % 8);
		for (flips = (size_t)rand_r(&seed) % 4; flips > 0; flips--)
			made[(size_t)rand_r(&seed) % made_len] =
			    (uint8_t)(rand_r(&seed) % 24);
		if (rand_r(&seed) % 4 == 0)
			made_len = (size_t)rand_r(&seed) % (made_len + 1);
		c = take_made();
		if (gs_chunk_next(&(struct gs_cursor){ c.p, c.left, false },
			&k)) {
			init = gs_init_read(&k);
			(void)gs_init_is_valid(&init);
			(void)gs_init_has_cookie(&init);
			(void)gs_init_auth_is_valid(&init);
		}
		if (!gs_chunks_are_valid(c))
			continue;
		valid++;
		while (gs_chunk_next(&c, &k))
			total += (k.len + 3) / 4 * 4;
		ck_assert(!gs_cursor_is_bad(&c));
		ck_assert_uint_ge(total, held_len);
		ck_assert_uint_lt(total, held_len + 4);
	}
	printf("chunk: %u of 30000 valid\n", valid);
	ck_assert_uint_gt(valid, 1000);
}
END_TEST

static TCase *
new_case(Suite *s, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return tc;
}

static Suite *
suite(void)
{
	Suite *s = suite_create("chunk");
	TCase *tc = new_case(s, "walk");

	tcase_add_test(tc, the_common_header_is_read_and_passed);
	tcase_add_test(tc,
	    a_common_header_that_is_cut_short_makes_the_cursor_bad);
	tcase_add_test(tc, chunks_come_in_order_without_their_padding);
	tcase_add_test(tc, parameters_come_in_order_without_their_padding);
	tcase_add_test(tc, what_is_not_whole_is_no_chunk_and_no_parameter);
	tcase_add_test(tc, nothing_holds_whole_parameters_but_no_chunk);
	tcase_add_test(tc, a_broken_parameter_behind_good_ones_is_noticed);
	tcase_add_test(tc, an_address_parameter_has_the_length_of_its_kind);

	tc = new_case(s, "init");
	tcase_add_test(tc, an_inits_fields_are_read);
	tcase_add_test(tc, an_init_that_is_cut_short_is_not_valid);
	tcase_add_test(tc, each_mandatory_field_of_an_init_has_its_bound);
	tcase_add_test(tc,
	    the_parameters_of_an_init_are_whole_and_its_addresses_have_their_size);
	tcase_add_test(tc,
	    an_init_that_is_longer_than_the_engine_takes_is_not_valid);
	tcase_add_test(tc, a_cookie_is_found_where_it_stands_and_is_not_empty);

	tc = new_case(s, "auth");
	tcase_add_test(tc, auth_as_peers_offer_it_is_valid_and_so_is_none);
	tcase_add_test(tc, the_random_parameter_has_32_bytes);
	tcase_add_test(tc, the_hmac_list_has_sha1_in_it);
	tcase_add_test(tc,
	    an_auth_parameter_is_not_longer_than_the_engine_stores);
	tcase_add_test(tc, a_chunk_list_needs_all_of_auth);
	tcase_add_test(tc, address_changes_need_both_their_chunks_signed);

	tc = new_case(s, "shape");
	tcase_add_loop_test(tc, each_chunk_has_its_shortest_length, 0,
	    (int)COUNT(shortest));
	tcase_add_test(tc, a_shutdown_is_not_longer_than_it_is);
	tcase_add_test(tc, a_chunk_of_a_type_that_nobody_knows_is_let_through);
	tcase_add_test(tc, a_sack_has_the_blocks_that_it_counts);
	tcase_add_test(tc, an_nr_sack_has_the_blocks_that_it_counts);
	tcase_add_test(tc, what_a_heartbeat_and_an_error_carry_is_whole);
	tcase_add_test(tc, the_parameters_of_an_init_chunk_are_whole);
	tcase_add_test(tc, each_request_of_a_reconfig_has_its_shortest_length);
	tcase_add_test(tc, an_asconf_begins_with_an_address);
	tcase_add_test(tc,
	    each_request_of_an_asconf_has_its_id_and_its_address);
	tcase_add_test(tc, each_answer_of_an_asconf_ack_has_its_id);

	tc = new_case(s, "together");
	tcase_add_test(tc, init_init_ack_and_shutdown_complete_stand_alone);
	tcase_add_test(tc, before_a_cookie_echo_stands_nothing_but_auth);
	tcase_add_test(tc, one_bad_chunk_among_good_ones_makes_the_packet_bad);
	tcase_add_test(tc, as_many_chunks_as_a_packet_holds_are_walked);
	tcase_add_test(tc, random_packets_are_read_within_their_bounds);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
