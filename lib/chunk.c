#include "chunk.h"

#include <string.h>

#define CHUNK_HEADER 4
#define PARAM_HEADER 4

/* The engine's: less than SCTP_SMALL_CHUNK_STORE, past which its walks of
 * one INIT disagree. */
#define AUTH_PARAM_MAX 256
#define RANDOM_LEN 36 /* 32 bytes, RFC 4895 3.1 */
#define HMAC_SHA1 1

#define RWND_MIN 1500
/* SCTP_LARGEST_INIT_ACCEPTED: a longer INIT aborts the association. */
#define INIT_MAX (65535 - 2048)

struct gs_common_header
gs_common_header_read(struct gs_cursor *c)
{
	struct gs_common_header h;

	h.src_port = gs_cursor_be16(c);
	h.dst_port = gs_cursor_be16(c);
	h.tag = gs_cursor_be32(c);
	gs_cursor_skip(c, 4); /* the checksum */
	return h;
}

static void
skip_padding(struct gs_cursor *c, size_t len)
{
	size_t padding = (4 - len % 4) % 4;
	size_t left = gs_cursor_left(c);

	gs_cursor_skip(c, padding < left ? padding : left);
}

bool
gs_chunk_next(struct gs_cursor *c, struct gs_chunk *out)
{
	if (gs_cursor_left(c) == 0)
		return false;
	out->type = gs_cursor_u8(c);
	out->flags = gs_cursor_u8(c);
	out->len = gs_cursor_be16(c);
	if (out->len < CHUNK_HEADER)
		c->bad = true;
	else
		out->value = gs_cursor_sub(c, out->len - CHUNK_HEADER);
	if (gs_cursor_is_bad(c))
		return false;
	skip_padding(c, out->len);
	return true;
}

bool
gs_param_next(struct gs_cursor *c, struct gs_param *out)
{
	if (gs_cursor_left(c) == 0)
		return false;
	out->type = gs_cursor_be16(c);
	out->len = gs_cursor_be16(c);
	if (out->len < PARAM_HEADER)
		c->bad = true;
	else
		out->value = gs_cursor_sub(c, out->len - PARAM_HEADER);
	if (gs_cursor_is_bad(c))
		return false;
	skip_padding(c, out->len);
	return true;
}

bool
gs_params_are_whole(struct gs_cursor c)
{
	struct gs_param p;

	while (gs_param_next(&c, &p))
		continue;
	return !gs_cursor_is_bad(&c);
}

bool
gs_param_addr(const struct gs_param *p, union gs_addr *out)
{
	struct gs_cursor value = p->value;
	union gs_addr a;

	memset(&a, 0, sizeof(a));
	if (p->type == GS_PARAM_IPV4 && gs_cursor_left(&value) == 4) {
		a.v4.sin_family = AF_INET;
		gs_cursor_copy(&value, &a.v4.sin_addr, 4);
	} else if (p->type == GS_PARAM_IPV6 && gs_cursor_left(&value) == 16) {
		a.v6.sin6_family = AF_INET6;
		gs_cursor_copy(&value, &a.v6.sin6_addr, 16);
	} else {
		return false;
	}
	*out = a;
	return true;
}

/* ---- INIT and INIT ACK ---- */

struct gs_init
gs_init_read(const struct gs_chunk *chunk)
{
	struct gs_cursor c = chunk->value;
	struct gs_init init;

	init.initiate_tag = gs_cursor_be32(&c);
	init.a_rwnd = gs_cursor_be32(&c);
	init.out_streams = gs_cursor_be16(&c);
	init.in_streams = gs_cursor_be16(&c);
	gs_cursor_skip(&c, 4); /* the initial TSN */
	init.params = c;
	return init;
}

bool
gs_init_is_valid(const struct gs_init *init)
{
	struct gs_cursor c = init->params;
	union gs_addr addr;
	struct gs_param p;

	if (init->initiate_tag == 0 || init->a_rwnd < RWND_MIN ||
	    init->out_streams == 0 || init->in_streams == 0)
		return false;
	if (gs_cursor_left(&c) > INIT_MAX - 20)
		return false;
	while (gs_param_next(&c, &p)) {
		if ((p.type == GS_PARAM_IPV4 || p.type == GS_PARAM_IPV6) &&
		    !gs_param_addr(&p, &addr))
			return false;
	}
	return !gs_cursor_is_bad(&c);
}

bool
gs_init_has_cookie(const struct gs_init *init)
{
	struct gs_cursor c = init->params;
	struct gs_param p;

	while (gs_param_next(&c, &p))
		if (p.type == GS_PARAM_STATE_COOKIE && p.len > PARAM_HEADER)
			return true;
	return false;
}

/* What an INIT says of AUTH (RFC 4895 3) and ASCONF (RFC 5061 4.2.7). */
struct auth_params {
	bool random, hmacs, chunk_list;
	bool auth, asconf; /* supported */
	bool auths_asconf, auths_asconf_ack;
};

static bool
has_sha1(struct gs_cursor c)
{
	while (gs_cursor_left(&c) >= 2)
		if (gs_cursor_be16(&c) == HMAC_SHA1)
			return true;
	return false;
}

static void
read_chunk_list(struct gs_cursor c, struct auth_params *a)
{
	while (gs_cursor_left(&c) > 0) {
		uint8_t type = gs_cursor_u8(&c);

		a->chunk_list = true;
		a->auths_asconf |= type == GS_CHUNK_ASCONF;
		a->auths_asconf_ack |= type == GS_CHUNK_ASCONF_ACK;
	}
}

static void
read_extensions(struct gs_cursor c, struct auth_params *a)
{
	while (gs_cursor_left(&c) > 0) {
		uint8_t type = gs_cursor_u8(&c);

		a->auth |= type == GS_CHUNK_AUTH;
		a->asconf |=
		    type == GS_CHUNK_ASCONF || type == GS_CHUNK_ASCONF_ACK;
	}
}

static bool
read_auth_param(const struct gs_param *p, struct auth_params *a)
{
	switch (p->type) {
	case GS_PARAM_RANDOM:
		a->random = true;
		return p->len == RANDOM_LEN;
	case GS_PARAM_HMAC_LIST:
		a->hmacs = true;
		return p->len <= AUTH_PARAM_MAX && has_sha1(p->value);
	case GS_PARAM_CHUNK_LIST:
		read_chunk_list(p->value, a);
		return p->len <= AUTH_PARAM_MAX;
	case GS_PARAM_SUPPORTED_EXT:
		read_extensions(p->value, a);
		return p->len <= AUTH_PARAM_MAX;
	default:
		return true;
	}
}

bool
gs_init_auth_is_valid(const struct gs_init *init)
{
	struct gs_cursor c = init->params;
	struct auth_params a;
	struct gs_param p;
	bool has_auth;

	memset(&a, 0, sizeof(a));
	while (gs_param_next(&c, &p))
		if (!read_auth_param(&p, &a))
			return false;
	has_auth = a.auth && a.random && a.hmacs;
	if (a.chunk_list && !has_auth)
		return false;
	if (a.asconf && !(has_auth && a.auths_asconf && a.auths_asconf_ack))
		return false;
	return true;
}

/* ---- the shape of each chunk ---- */

/* Gap ack blocks and duplicate TSNs are four bytes each (RFC 9260 3.3.4). */
static bool
is_sack_valid(struct gs_cursor c)
{
	size_t n;

	gs_cursor_skip(&c, 8);
	n = gs_cursor_be16(&c);
	n += gs_cursor_be16(&c);
	return n * 4 <= gs_cursor_left(&c);
}

static bool
is_nr_sack_valid(struct gs_cursor c)
{
	size_t n;

	gs_cursor_skip(&c, 8);
	n = gs_cursor_be16(&c);
	n += gs_cursor_be16(&c);
	n += gs_cursor_be16(&c);
	gs_cursor_skip(&c, 2);
	return !gs_cursor_is_bad(&c) && n * 4 <= gs_cursor_left(&c);
}

/* The shortest of each request and response, RFC 6525 4. */
static size_t
reconfig_min(uint16_t type)
{
	switch (type) {
	case 13: /* outgoing SSN reset */
		return 16;
	case 14: /* incoming SSN reset */
	case 15: /* SSN/TSN reset */
		return 8;
	case 16: /* response */
	case 17: /* add outgoing streams */
	case 18: /* add incoming streams */
		return 12;
	default:
		return PARAM_HEADER;
	}
}

static bool
is_reconfig_valid(struct gs_cursor c)
{
	struct gs_param p;

	while (gs_param_next(&c, &p))
		if (p.len < reconfig_min(p.type))
			return false;
	return !gs_cursor_is_bad(&c);
}

/* Correlation id, then what the request is about (RFC 5061 4.2). */
static bool
is_asconf_param_valid(const struct gs_param *p)
{
	struct gs_cursor c = p->value;
	union gs_addr addr;
	struct gs_param inner;

	gs_cursor_skip(&c, 4);
	if (gs_cursor_is_bad(&c))
		return false;
	if (p->type < GS_PARAM_ADD_IP || p->type > GS_PARAM_SET_PRIMARY)
		return true;
	if (p->type == 0xc003) /* error cause indication */
		return gs_params_are_whole(c);
	return gs_param_next(&c, &inner) && gs_param_addr(&inner, &addr);
}

static bool
is_asconf_valid(struct gs_cursor c)
{
	union gs_addr lookup;
	struct gs_param p;

	gs_cursor_skip(&c, 4); /* the serial number */
	if (!gs_param_next(&c, &p) || !gs_param_addr(&p, &lookup))
		return false;
	while (gs_param_next(&c, &p))
		if (!is_asconf_param_valid(&p))
			return false;
	return !gs_cursor_is_bad(&c);
}

static bool
is_asconf_ack_valid(struct gs_cursor c)
{
	struct gs_param p;

	gs_cursor_skip(&c, 4); /* the serial number */
	while (gs_param_next(&c, &p))
		if (p.len < PARAM_HEADER + 4)
			return false;
	return !gs_cursor_is_bad(&c);
}

static bool
is_init_shape_valid(struct gs_cursor c)
{
	gs_cursor_skip(&c, 16);
	return gs_params_are_whole(c);
}

struct shape {
	uint8_t type;
	uint16_t min, max; /* of the length field */
	bool (*is_valid)(struct gs_cursor value);
};

#define ANY UINT16_MAX

static const struct shape shapes[] = {
	{ GS_CHUNK_DATA, 17, ANY, NULL },
	{ GS_CHUNK_INIT, 20, ANY, is_init_shape_valid },
	{ GS_CHUNK_INIT_ACK, 20, ANY, is_init_shape_valid },
	{ GS_CHUNK_SACK, 16, ANY, is_sack_valid },
	{ GS_CHUNK_HEARTBEAT, 8, ANY, gs_params_are_whole },
	{ GS_CHUNK_HEARTBEAT_ACK, 8, ANY, gs_params_are_whole },
	{ GS_CHUNK_ABORT, 4, ANY, NULL },
	{ GS_CHUNK_SHUTDOWN, 8, 8, NULL },
	{ GS_CHUNK_SHUTDOWN_ACK, 4, ANY, NULL },
	{ GS_CHUNK_ERROR, 4, ANY, gs_params_are_whole },
	{ GS_CHUNK_COOKIE_ECHO, 5, ANY, NULL },
	{ GS_CHUNK_COOKIE_ACK, 4, ANY, NULL },
	{ GS_CHUNK_ECNE, 8, ANY, NULL },
	{ GS_CHUNK_CWR, 8, ANY, NULL },
	{ GS_CHUNK_SHUTDOWN_COMPLETE, 4, ANY, NULL },
	{ GS_CHUNK_AUTH, 8, ANY, NULL },
	{ GS_CHUNK_NR_SACK, 20, ANY, is_nr_sack_valid },
	{ GS_CHUNK_I_DATA, 21, ANY, NULL },
	{ GS_CHUNK_ASCONF_ACK, 8, ANY, is_asconf_ack_valid },
	{ GS_CHUNK_PKTDROP, 16, ANY, NULL },
	{ GS_CHUNK_RE_CONFIG, 12, ANY, is_reconfig_valid },
	{ GS_CHUNK_FORWARD_TSN, 8, ANY, NULL },
	{ GS_CHUNK_ASCONF, 16, ANY, is_asconf_valid },
	{ GS_CHUNK_I_FORWARD_TSN, 8, ANY, NULL },
};

static bool
is_chunk_valid(const struct gs_chunk *chunk)
{
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *s = &shapes[i];

		if (s->type != chunk->type)
			continue;
		return chunk->len >= s->min && chunk->len <= s->max &&
		    (s->is_valid == NULL || s->is_valid(chunk->value));
	}
	return true; /* a type that we do not know: RFC 9260 3.2 says what */
}

static bool
stands_alone(uint8_t type)
{
	return type == GS_CHUNK_INIT || type == GS_CHUNK_INIT_ACK ||
	    type == GS_CHUNK_SHUTDOWN_COMPLETE;
}

bool
gs_chunks_are_valid(struct gs_cursor c)
{
	bool only_auth = true; /* so far */
	bool alone = false;
	struct gs_chunk chunk;
	size_t n = 0;

	while (gs_chunk_next(&c, &chunk)) {
		n++;
		if (!is_chunk_valid(&chunk))
			return false;
		/* Only AUTH may stand before it (RFC 4895 6.2). */
		if (chunk.type == GS_CHUNK_COOKIE_ECHO && !only_auth)
			return false;
		only_auth &= chunk.type == GS_CHUNK_AUTH;
		alone |= stands_alone(chunk.type);
	}
	return n > 0 && (!alone || n == 1) && !gs_cursor_is_bad(&c);
}
