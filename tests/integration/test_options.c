/* Every option of gsctp.h, set and read through the API: its rules, its
 * limits and whom it reaches.  What it does is in test_option_effects.c. */

#include <errno.h>

#include "check_main.h"
#include "loop.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* No association has it. */
#define NO_ID 0xfffffff0u

/* What each option allows, as gsctp.h says. */
#define SET 1u
#define GET 2u
#define OPEN 4u			/* to be set in gsctp_open() alone */
#define ID 8u			/* names an association, */
#define NEED 16u		/* and must */

struct row {
	uint32_t id;
	unsigned int allows;
};

static const struct row rows[] = {
	{ GSCTP_OPT_RTOINFO, SET | GET | ID },
	{ GSCTP_OPT_ASSOCINFO, SET | GET | ID },
	{ GSCTP_OPT_INITMSG, SET | GET },
	{ GSCTP_OPT_AUTOCLOSE, SET | GET },
	{ GSCTP_OPT_NODELAY, SET | GET },
	{ GSCTP_OPT_DISABLE_FRAGMENTS, SET | GET },
	{ GSCTP_OPT_I_WANT_MAPPED_V4_ADDR, SET | GET },
	{ GSCTP_OPT_MAXSEG, SET | GET | ID },
	{ GSCTP_OPT_PRIMARY_ADDR, SET | GET | ID | NEED },
	{ GSCTP_OPT_SET_PEER_PRIMARY_ADDR, SET | ID | NEED },
	{ GSCTP_OPT_ADAPTATION_LAYER, SET | GET },
	{ GSCTP_OPT_PEER_ADDR_PARAMS, SET | GET | ID },
	{ GSCTP_OPT_DEFAULT_SEND_PARAM, SET | GET | ID },
	{ GSCTP_OPT_EVENTS, SET | GET },
	{ GSCTP_OPT_DELAYED_ACK_TIME, SET | GET | ID },
	{ GSCTP_OPT_STATUS, GET | ID | NEED },
	{ GSCTP_OPT_GET_PEER_ADDR_INFO, GET | ID | NEED },
	{ GSCTP_OPT_RECBUF, SET | GET },
	{ GSCTP_OPT_SNDBUF, SET | GET },
	{ GSCTP_OPT_BUFFER, SET | GET },
	{ GSCTP_OPT_LINGER, SET | GET },
	{ GSCTP_OPT_REUSEADDR, SET | GET },
	{ GSCTP_OPT_TOS, SET | GET },
	{ GSCTP_OPT_PRIORITY, SET | GET },
	{ GSCTP_OPT_DONTROUTE, SET | GET },
	{ GSCTP_OPT_TTL, SET | GET },
	{ GSCTP_OPT_RECVTOS, SET | GET },
	{ GSCTP_OPT_RECVTTL, SET | GET },
	{ GSCTP_OPT_IPV6_V6ONLY, GET | OPEN },
	{ GSCTP_OPT_SEND_TIMEOUT_MS, SET | GET },
	{ GSCTP_OPT_ACTIVE, SET | GET },
	{ GSCTP_OPT_EXIT_ON_CLOSE, SET | GET },
	{ GSCTP_OPT_SEND_TIMEOUT_CLOSE, SET | GET },
	{ GSCTP_OPT_MBOX, GET | OPEN },
	{ GSCTP_OPT_TYPE, GET | OPEN },
	{ GSCTP_OPT_FAMILY, GET | OPEN },
	{ GSCTP_OPT_IP, GET | OPEN },
	{ GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT, SET | GET | ID },
	{ GSCTP_OPT_ENABLE_STREAM_RESET, SET | GET | ID },
	{ GSCTP_OPT_RESET_STREAMS, SET | ID | NEED },
	{ GSCTP_OPT_ADD_STREAMS, SET | ID | NEED },
	{ GSCTP_OPT_AUTH_CHUNK, SET },
	{ GSCTP_OPT_AUTH_KEY, SET | ID },
	{ GSCTP_OPT_AUTH_ACTIVE_KEY, SET | GET | ID },
	{ GSCTP_OPT_MAX_BURST, SET | GET | ID },
	{ GSCTP_OPT_CONTEXT, SET | GET | ID },
	{ GSCTP_OPT_DEFAULT_PRINFO, SET | GET | ID },
	{ GSCTP_OPT_PR_STREAM_STATUS, GET | ID | NEED },
	{ GSCTP_OPT_PR_ASSOC_STATUS, GET | ID | NEED },
	{ GSCTP_OPT_HMAC_IDENT, SET | GET },
	{ GSCTP_OPT_AUTH_DEACTIVATE_KEY, SET | ID },
	{ GSCTP_OPT_AUTH_DELETE_KEY, SET | ID },
	{ GSCTP_OPT_LOCAL_AUTH_CHUNKS, GET | ID },
	{ GSCTP_OPT_PEER_AUTH_CHUNKS, GET | ID | NEED },
	{ GSCTP_OPT_FRAGMENT_INTERLEAVE, SET | GET },
	{ GSCTP_OPT_INTERLEAVING_SUPPORTED, SET | GET | ID },
	{ GSCTP_OPT_STREAM_SCHEDULER, SET | GET | ID },
	{ GSCTP_OPT_STREAM_SCHEDULER_VALUE, SET | GET | ID | NEED },
	{ GSCTP_OPT_EXPLICIT_EOR, SET | GET },
	{ GSCTP_OPT_ECN_SUPPORTED, SET | GET | ID },
	{ GSCTP_OPT_PR_SUPPORTED, SET | GET | ID },
	{ GSCTP_OPT_RECONFIG_SUPPORTED, SET | GET | ID },
	{ GSCTP_OPT_NRSACK_SUPPORTED, SET | GET | ID },
	{ GSCTP_OPT_PKTDROP_SUPPORTED, SET | GET | ID },
	{ GSCTP_OPT_PLUGGABLE_CC, SET | GET | ID },
	{ GSCTP_OPT_DELAYED_SACK, SET | GET | ID },
	{ GSCTP_OPT_PEER_ADDR_THLDS, SET | GET | ID },
	{ GSCTP_OPT_TIMEOUTS, GET | ID | NEED },
	{ GSCTP_OPT_RESET_ASSOC, SET | ID | NEED },
	{ GSCTP_OPT_GET_ASSOC_STATS, GET | ID | NEED },
	{ GSCTP_OPT_ASCONF_SUPPORTED, SET | GET | ID },
	{ GSCTP_OPT_AUTH_SUPPORTED, SET | GET | ID },
};

/* Every record that has an assoc_id begins with it. */
static struct gsctp_opt
opt_of(uint32_t id, gsctp_assoc_id assoc)
{
	struct gsctp_opt o;

	memset(&o, 0, sizeof(o));
	o.id = id;
	o.u.rtoinfo.assoc_id = assoc;
	return o;
}

static void
set(gsctp_sock s, struct gsctp_opt o)
{
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), 0);
}

/* The option, read; o has the keys. */
static struct gsctp_opt
get(gsctp_sock s, struct gsctp_opt o)
{
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	return o;
}

static struct gsctp_opt
get_id(gsctp_sock s, uint32_t id, gsctp_assoc_id assoc)
{
	return get(s, opt_of(id, assoc));
}

static gsctp_sock
listener(const struct gsctp_opt *opts, size_t n)
{
	gsctp_sock s = loop_open(opts, n);

	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	return s;
}

/* ---- the rules ---- */

START_TEST(an_unknown_option_is_refused_by_its_index)
{
	static const uint32_t ids[] = { 0, 18, 31, 52, 63, 200, 1000,
		0x80000000u, 0xffffffffu };
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_opt o[3];
	size_t bad, i;

	for (i = 0; i < COUNT(ids); i++) {
		o[0] = (struct gsctp_opt)GSCTP_NODELAY(true);
		o[1] = opt_of(ids[i], 0);
		o[2] = (struct gsctp_opt)GSCTP_NODELAY(false);
		bad = 99;
		ck_assert_int_eq(gsctp_setopts(s, o, 3, &bad), -ENOPROTOOPT);
		ck_assert_uint_eq(bad, 1);
		ck_assert(get_id(s, GSCTP_OPT_NODELAY, 0).u.flag);
		bad = 99;
		ck_assert_int_eq(gsctp_getopts(s, o, 3, &bad), -ENOPROTOOPT);
		ck_assert_uint_eq(bad, 1);
		ck_assert_int_eq(gsctp_getopts(s, o, 3, NULL), -ENOPROTOOPT);
		ck_assert_int_eq(gsctp_open(0, &o[1], 1, &s), -ENOPROTOOPT);
	}
}
END_TEST

START_TEST(what_came_before_the_bad_option_stays_set)
{
	gsctp_sock s = loop_open(NULL, 0);
	const struct gsctp_opt o[] = {
		GSCTP_AUTOCLOSE(7),
		GSCTP_RTOINFO(.min = gsctp_def(0)),
		GSCTP_AUTOCLOSE(8),
	};
	size_t bad = 99;

	ck_assert_int_eq(gsctp_setopts(s, o, 3, &bad), -EINVAL);
	ck_assert_uint_eq(bad, 1);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_AUTOCLOSE, 0).u.value, 7);
}
END_TEST

START_TEST(no_options_at_all_are_fine_and_null_is_not)
{
	gsctp_sock s = loop_open(NULL, 0);
	gsctp_sock none = { 0 };
	struct gsctp_opt o = GSCTP_NODELAY(true);

	ck_assert_int_eq(gsctp_setopts(s, NULL, 0, NULL), 0);
	ck_assert_int_eq(gsctp_getopts(s, NULL, 0, NULL), 0);
	ck_assert_int_eq(gsctp_setopts(s, NULL, 1, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_getopts(s, NULL, 1, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_setopts(none, &o, 1, NULL), -EBADF);
	ck_assert_int_eq(gsctp_getopts(none, &o, 1, NULL), -EBADF);
	ck_assert_int_eq(gsctp_close(s), 0);
	ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL), -EBADF);
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), -EBADF);
}
END_TEST

START_TEST(a_reserved_field_must_be_zero)
{
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_opt o;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		o = opt_of(rows[i].id, 0);
		o.reserved = 1;
		if (rows[i].allows & SET)
			ck_assert_int_eq(gsctp_setopts(s, &o, 1, NULL),
			    -EINVAL);
		if (rows[i].allows & GET)
			ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL),
			    -EINVAL);
	}
}
END_TEST

START_TEST(an_option_that_is_only_read_or_set_says_so)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt o;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		o = opt_of(rows[i].id,
		    rows[i].allows & ID ? p.at_client : 0);
		if ((rows[i].allows & SET) == 0)
			ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL),
			    -ENOPROTOOPT);
		if ((rows[i].allows & GET) == 0)
			ck_assert_int_eq(gsctp_getopts(p.client, &o, 1, NULL),
			    -ENOPROTOOPT);
	}
}
END_TEST

START_TEST(an_association_that_is_not_the_sockets_is_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_assoc_id ids[3] = { NO_ID, p.at_server, 0xffffffffu };
	struct gsctp_opt o;
	size_t bad, i, j;

	for (i = 0; i < COUNT(rows); i++) {
		if ((rows[i].allows & ID) == 0)
			continue;
		for (j = 0; j < COUNT(ids); j++) {
			o = opt_of(rows[i].id, ids[j]);
			bad = 99;
			ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, &bad),
			    rows[i].allows & SET ? -EINVAL : -ENOPROTOOPT);
			ck_assert_uint_eq(bad, 0);
			ck_assert_int_eq(gsctp_getopts(p.client, &o, 1, &bad),
			    rows[i].allows & GET ? -EINVAL : -ENOPROTOOPT);
		}
		if ((rows[i].allows & NEED) == 0)
			continue;
		o = opt_of(rows[i].id, 0);
		if (rows[i].allows & SET)
			ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL),
			    -EINVAL);
		if (rows[i].allows & GET)
			ck_assert_int_eq(gsctp_getopts(p.client, &o, 1, NULL),
			    -EINVAL);
	}
}
END_TEST

START_TEST(an_association_that_has_ended_is_refused)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt o;
	size_t i;

	ck_assert_int_eq(gsctp_abort(p.client, p.at_client, NULL, 0), 0);
	(void)loop_recv_state(p.client, GSCTP_COMM_LOST);
	for (i = 0; i < COUNT(rows); i++) {
		if ((rows[i].allows & ID) == 0)
			continue;
		o = opt_of(rows[i].id, p.at_client);
		if (rows[i].allows & SET)
			ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL),
			    -EINVAL);
		if (rows[i].allows & GET)
			ck_assert_int_eq(gsctp_getopts(p.client, &o, 1, NULL),
			    -EINVAL);
	}
}
END_TEST

/* All that can be read, of an endpoint or of an association; how many. */
static size_t
all_readable(struct gsctp_opt *o, gsctp_assoc_id assoc,
    const struct sockaddr_storage *addr)
{
	size_t i, n = 0;

	for (i = 0; i < COUNT(rows); i++) {
		if ((rows[i].allows & GET) == 0)
			continue;
		if ((rows[i].allows & NEED) && assoc == 0)
			continue;
		o[n] = opt_of(rows[i].id, rows[i].allows & ID ? assoc : 0);
		if (rows[i].id == GSCTP_OPT_GET_PEER_ADDR_INFO)
			o[n].u.paddrinfo.address = *addr;
		n++;
	}
	return n;
}

/* Set what was read; the read-only fields of associnfo must be left out. */
static void
set_again(gsctp_sock s, struct gsctp_opt *o, size_t n)
{
	static const gsctp_field undefined;
	size_t i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; rows[j].id != o[i].id; j++)
			continue;
		if ((rows[j].allows & SET) == 0)
			continue;
		o[i].u.assocparams.number_peer_destinations =
		    o[i].id == GSCTP_OPT_ASSOCINFO ? undefined :
		    o[i].u.assocparams.number_peer_destinations;
		if (o[i].id == GSCTP_OPT_ASSOCINFO) {
			o[i].u.assocparams.peer_rwnd = undefined;
			o[i].u.assocparams.local_rwnd = undefined;
		}
		ck_assert_msg(gsctp_setopts(s, &o[i], 1, NULL) == 0,
		    "option %u cannot be set to what was read", o[i].id);
	}
}

START_TEST(everything_is_read_in_one_call_and_can_be_set_again)
{
	static struct gsctp_opt before[64], after[64];
	struct loop_pair p = loop_pair(NULL, 0);
	struct sockaddr_storage addr;
	gsctp_assoc_id ids[] = { 0, p.at_client };
	size_t i, j, n;

	ck_assert_int_eq(gsctp_sockname(p.server, &addr), 0);
	for (i = 0; i < COUNT(ids); i++) {
		n = all_readable(before, ids[i], &addr);
		ck_assert_uint_ge(n, i == 0 ? 30 : 33);
		ck_assert_int_eq(gsctp_getopts(p.client, before, n, NULL), 0);
		memcpy(after, before, sizeof(after));
		set_again(p.client, after, n);
		(void)all_readable(after, ids[i], &addr);
		ck_assert_int_eq(gsctp_getopts(p.client, after, n, NULL), 0);
		for (j = 0; j < n; j++)
			ck_assert_msg(memcmp(&before[j], &after[j],
			    sizeof(after[j])) == 0 ||
			    before[j].id == GSCTP_OPT_GET_ASSOC_STATS,
			    "option %u changed", before[j].id);
	}
}
END_TEST

/* Those that gen_sctp does not have. */
static void
keeps_later_records(gsctp_sock s, gsctp_assoc_id id)
{
	struct gsctp_opt o;

	set(s, (struct gsctp_opt)GSCTP_DELAYED_SACK(.assoc_id = id,
	    .delay = gsctp_def(111), .freq = gsctp_def(5)));
	set(s, (struct gsctp_opt)GSCTP_DELAYED_SACK(.assoc_id = id,
	    .freq = gsctp_def(7)));
	o = get_id(s, GSCTP_OPT_DELAYED_SACK, id);
	ck_assert_uint_eq(o.u.sack_info.delay.v, 111);
	ck_assert_uint_eq(o.u.sack_info.freq.v, 7);
	set(s, (struct gsctp_opt)GSCTP_DELAYED_SACK(.assoc_id = id,
	    .delay = gsctp_def(112)));
	o = get_id(s, GSCTP_OPT_DELAYED_SACK, id);
	ck_assert_uint_eq(o.u.sack_info.delay.v, 112);
	ck_assert_uint_eq(o.u.sack_info.freq.v, 7);

	set(s, (struct gsctp_opt)GSCTP_PEER_ADDR_THLDS(.assoc_id = id,
	    .pathmaxrxt = gsctp_def(8), .pathpfthld = gsctp_def(2)));
	set(s, (struct gsctp_opt)GSCTP_PEER_ADDR_THLDS(.assoc_id = id,
	    .pathpfthld = gsctp_def(3)));
	set(s, (struct gsctp_opt)GSCTP_PEER_ADDR_THLDS(.assoc_id = id,
	    .pathmaxrxt = gsctp_def(9)));
	o = get_id(s, GSCTP_OPT_PEER_ADDR_THLDS, id);
	ck_assert_uint_eq(o.u.paddrthlds.pathmaxrxt.v, 9);
	ck_assert_uint_eq(o.u.paddrthlds.pathpfthld.v, 3);
}

START_TEST(an_undefined_field_keeps_its_value)
{
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_assoc_id ids[] = { 0, p.at_client };
	struct gsctp_opt o;
	size_t i;

	for (i = 0; i < COUNT(ids); i++) {
		gsctp_assoc_id id = ids[i];

		set(p.client, (struct gsctp_opt)GSCTP_RTOINFO(.assoc_id = id,
		    .initial = gsctp_def(2000), .max = gsctp_def(9000),
		    .min = gsctp_def(500)));
		set(p.client, (struct gsctp_opt)GSCTP_RTOINFO(.assoc_id = id,
		    .max = gsctp_def(8000)));
		o = get_id(p.client, GSCTP_OPT_RTOINFO, id);
		ck_assert_uint_eq(o.u.rtoinfo.initial.v, 2000);
		ck_assert_uint_eq(o.u.rtoinfo.max.v, 8000);
		ck_assert_uint_eq(o.u.rtoinfo.min.v, 500);
		ck_assert_uint_eq(o.u.rtoinfo.min.defined, 1);

		set(p.client, (struct gsctp_opt)GSCTP_ASSOCINFO(.assoc_id = id,
		    .asocmaxrxt = gsctp_def(3)));
		set(p.client, (struct gsctp_opt)GSCTP_ASSOCINFO(.assoc_id = id,
		    .cookie_life = gsctp_def(5000)));
		o = get_id(p.client, GSCTP_OPT_ASSOCINFO, id);
		ck_assert_uint_eq(o.u.assocparams.asocmaxrxt.v, 3);
		ck_assert_uint_eq(o.u.assocparams.cookie_life.v, 5000);

		set(p.client, (struct gsctp_opt)GSCTP_PEER_ADDR_PARAMS(
		    .assoc_id = id, .hbinterval = gsctp_def(1234),
		    .pathmaxrxt = gsctp_def(4), .sackdelay = gsctp_def(123)));
		set(p.client, (struct gsctp_opt)GSCTP_PEER_ADDR_PARAMS(
		    .assoc_id = id, .pathmaxrxt = gsctp_def(6)));
		o = get_id(p.client, GSCTP_OPT_PEER_ADDR_PARAMS, id);
		ck_assert_uint_eq(o.u.paddrparams.hbinterval.v, 1234);
		ck_assert_uint_eq(o.u.paddrparams.pathmaxrxt.v, 6);
		ck_assert_uint_eq(o.u.paddrparams.sackdelay.v, 123);

		set(p.client, (struct gsctp_opt)GSCTP_DEFAULT_SEND_PARAM(
		    .assoc_id = id, .stream = gsctp_def(4),
		    .ppid = gsctp_def(9), .timetolive = gsctp_def(11)));
		set(p.client, (struct gsctp_opt)GSCTP_DEFAULT_SEND_PARAM(
		    .assoc_id = id, .context = gsctp_def(13)));
		o = get_id(p.client, GSCTP_OPT_DEFAULT_SEND_PARAM, id);
		ck_assert_uint_eq(o.u.send_param.stream.v, 4);
		ck_assert_uint_eq(o.u.send_param.ppid.v, 9);
		ck_assert_uint_eq(o.u.send_param.timetolive.v, 11);
		ck_assert_uint_eq(o.u.send_param.context.v, 13);
		ck_assert_uint_eq(o.u.send_param.flags.v, 0);
		keeps_later_records(p.client, id);
	}
	set(p.client, (struct gsctp_opt)GSCTP_INITMSG(
	    .num_ostreams = gsctp_def(3), .max_attempts = gsctp_def(5)));
	set(p.client, (struct gsctp_opt)GSCTP_INITMSG(
	    .max_instreams = gsctp_def(77)));
	o = get_id(p.client, GSCTP_OPT_INITMSG, 0);
	ck_assert_uint_eq(o.u.initmsg.num_ostreams.v, 3);
	ck_assert_uint_eq(o.u.initmsg.max_instreams.v, 77);
	ck_assert_uint_eq(o.u.initmsg.max_attempts.v, 5);
	ck_assert_uint_eq(o.u.initmsg.max_init_timeo.v, 60000);
}
END_TEST

/* Where the fields of each record are. */
struct fields {
	uint32_t id;
	size_t at, n;
};

#define FIELDS(name, member, first, last)                                    \
	{                                                                    \
		GSCTP_OPT_##name, offsetof(struct gsctp_opt, u.member.first),\
		    (offsetof(struct gsctp_opt, u.member.last) -             \
		    offsetof(struct gsctp_opt, u.member.first)) /            \
		    sizeof(gsctp_field) + 1                                  \
	}

static const struct fields fields[] = {
	FIELDS(RTOINFO, rtoinfo, initial, min),
	FIELDS(ASSOCINFO, assocparams, asocmaxrxt, cookie_life),
	FIELDS(INITMSG, initmsg, num_ostreams, max_init_timeo),
	FIELDS(PEER_ADDR_PARAMS, paddrparams, hbinterval, flags),
	FIELDS(DEFAULT_SEND_PARAM, send_param, stream, timetolive),
	FIELDS(EVENTS, events, data_io, stream_change),
	FIELDS(DELAYED_SACK, sack_info, delay, freq),
	FIELDS(PEER_ADDR_THLDS, paddrthlds, pathmaxrxt, pathpfthld),
};

START_TEST(a_field_that_is_neither_defined_nor_not_is_refused)
{
	static const gsctp_field bad[] = { { 1, 0 }, { 0, 2 }, { 1, 2 },
		{ 0xffffffffu, 0 }, { 0, 0xffffffffu } };
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_opt before, o;
	size_t i, j, k, index;

	for (i = 0; i < COUNT(fields); i++)
		for (j = 0; j < fields[i].n; j++)
			for (k = 0; k < COUNT(bad); k++) {
				before = get_id(s, fields[i].id, 0);
				o = opt_of(fields[i].id, 0);
				memcpy((char *)&o + fields[i].at +
				    j * sizeof(bad[k]), &bad[k],
				    sizeof(bad[k]));
				index = 99;
				ck_assert_msg(gsctp_setopts(s, &o, 1,
				    &index) == -EINVAL,
				    "option %u, field %zu, kind %zu",
				    fields[i].id, j, k);
				ck_assert_uint_eq(index, 0);
				o = get_id(s, fields[i].id, 0);
				ck_assert_mem_eq(&o, &before, sizeof(o));
			}
}
END_TEST

START_TEST(nothing_defined_changes_nothing)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt before, o;
	size_t i;

	for (i = 0; i < COUNT(fields); i++) {
		before = get_id(p.client, fields[i].id, 0);
		set(p.client, opt_of(fields[i].id, 0));
		o = get_id(p.client, fields[i].id, 0);
		ck_assert_mem_eq(&o, &before, sizeof(o));
		if (fields[i].id == GSCTP_OPT_INITMSG ||
		    fields[i].id == GSCTP_OPT_EVENTS)
			continue;
		before = get_id(p.client, fields[i].id, p.at_client);
		set(p.client, opt_of(fields[i].id, p.at_client));
		o = get_id(p.client, fields[i].id, p.at_client);
		ck_assert_mem_eq(&o, &before, sizeof(o));
	}
}
END_TEST

/* ---- limits ---- */

struct limit {
	struct gsctp_opt o;
	int err;
};

#define MAX 0xffffffffu

static const struct limit limits[] = {
	{ GSCTP_RTOINFO(.initial = gsctp_def(0)), -EINVAL },
	{ GSCTP_RTOINFO(.initial = gsctp_def(10), .min = gsctp_def(10)), 0 },
	{ GSCTP_RTOINFO(.min = gsctp_def(9)), -EINVAL },
	{ GSCTP_RTOINFO(.min = gsctp_def(10)), 0 },
	{ GSCTP_RTOINFO(.min = gsctp_def(60001)), -EINVAL },
	{ GSCTP_RTOINFO(.min = gsctp_def(10), .initial = gsctp_def(10),
	    .max = gsctp_def(10)), 0 },
	{ GSCTP_RTOINFO(.max = gsctp_def(86400000),
	    .initial = gsctp_def(86400000), .min = gsctp_def(86400000)), 0 },
	{ GSCTP_RTOINFO(.max = gsctp_def(86400001)), -EINVAL },
	{ GSCTP_RTOINFO(.max = gsctp_def(MAX)), -EINVAL },
	{ GSCTP_RTOINFO(.initial = gsctp_def(MAX)), -EINVAL },

	{ GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(0)), -EINVAL },
	{ GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(1)), 0 },
	{ GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(65535)), 0 },
	{ GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(65536)), -EINVAL },
	{ GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(MAX)), -EINVAL },
	{ GSCTP_ASSOCINFO(.cookie_life = gsctp_def(0)), -EINVAL },
	{ GSCTP_ASSOCINFO(.cookie_life = gsctp_def(999)), -EINVAL },
	{ GSCTP_ASSOCINFO(.cookie_life = gsctp_def(1000)), 0 },
	{ GSCTP_ASSOCINFO(.cookie_life = gsctp_def(3600000)), 0 },
	{ GSCTP_ASSOCINFO(.cookie_life = gsctp_def(3600001)), -EINVAL },
	{ GSCTP_ASSOCINFO(.peer_rwnd = gsctp_def(0)), -EINVAL },
	{ GSCTP_ASSOCINFO(.local_rwnd = gsctp_def(1)), -EINVAL },
	{ GSCTP_ASSOCINFO(.number_peer_destinations = gsctp_def(1)),
	    -EINVAL },

	{ GSCTP_INITMSG(.num_ostreams = gsctp_def(0)), -EINVAL },
	{ GSCTP_INITMSG(.num_ostreams = gsctp_def(1)), 0 },
	{ GSCTP_INITMSG(.num_ostreams = gsctp_def(65535)), 0 },
	{ GSCTP_INITMSG(.num_ostreams = gsctp_def(65536)), -EINVAL },
	{ GSCTP_INITMSG(.max_instreams = gsctp_def(0)), -EINVAL },
	{ GSCTP_INITMSG(.max_instreams = gsctp_def(1)), 0 },
	{ GSCTP_INITMSG(.max_instreams = gsctp_def(65535)), 0 },
	{ GSCTP_INITMSG(.max_instreams = gsctp_def(MAX)), -EINVAL },
	{ GSCTP_INITMSG(.max_attempts = gsctp_def(0)), -EINVAL },
	{ GSCTP_INITMSG(.max_attempts = gsctp_def(1)), 0 },
	{ GSCTP_INITMSG(.max_attempts = gsctp_def(65535)), 0 },
	{ GSCTP_INITMSG(.max_attempts = gsctp_def(65536)), -EINVAL },
	{ GSCTP_INITMSG(.max_init_timeo = gsctp_def(9)), -EINVAL },
	{ GSCTP_INITMSG(.max_init_timeo = gsctp_def(10)), 0 },
	{ GSCTP_INITMSG(.max_init_timeo = gsctp_def(65535)), 0 },
	{ GSCTP_INITMSG(.max_init_timeo = gsctp_def(65536)), -EINVAL },

	{ GSCTP_AUTOCLOSE(0), 0 },
	{ GSCTP_AUTOCLOSE(1), 0 },
	{ GSCTP_AUTOCLOSE(INT32_MAX / 1000), 0 },
	{ GSCTP_AUTOCLOSE(INT32_MAX / 1000 + 1), -EINVAL },
	{ GSCTP_AUTOCLOSE(MAX), -EINVAL },

	{ GSCTP_MAXSEG(.assoc_value = 0), 0 },
	{ GSCTP_MAXSEG(.assoc_value = 1), -EINVAL },
	{ GSCTP_MAXSEG(.assoc_value = 127), -EINVAL },
	{ GSCTP_MAXSEG(.assoc_value = 128), 0 },
	{ GSCTP_MAXSEG(.assoc_value = 65464), 0 },
	{ GSCTP_MAXSEG(.assoc_value = 65465), -EINVAL },
	{ GSCTP_MAXSEG(.assoc_value = MAX), -EINVAL },

	{ GSCTP_ADAPTATION_LAYER(0), 0 },
	{ GSCTP_ADAPTATION_LAYER(1), 0 },
	{ GSCTP_ADAPTATION_LAYER(MAX), 0 },

	{ GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(0)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(1)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(14400000)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(14400001)),
	    -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(MAX)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt = gsctp_def(0)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt = gsctp_def(1)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt = gsctp_def(65535)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt = gsctp_def(65536)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.sackdelay = gsctp_def(0)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.sackdelay = gsctp_def(500)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.sackdelay = gsctp_def(501)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.sackdelay = gsctp_def(0),
	    .flags = gsctp_def(GSCTP_SPP_SACKDELAY_ENABLE)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(1200)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(523),
	    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(524),
	    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(65504),
	    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(65505),
	    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(MAX),
	    .flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(0)), 0 },
	{ GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(0x80)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(MAX)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(3)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(0x18)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(0x60)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(
	    .flags = gsctp_def(GSCTP_SPP_HB_DEMAND)), -EINVAL },
	{ GSCTP_PEER_ADDR_PARAMS(
	    .flags = gsctp_def(GSCTP_SPP_HB_DISABLE)), 0 },

	{ GSCTP_DEFAULT_SEND_PARAM(.stream = gsctp_def(65535)), 0 },
	{ GSCTP_DEFAULT_SEND_PARAM(.stream = gsctp_def(65536)), -EINVAL },
	{ GSCTP_DEFAULT_SEND_PARAM(.flags = gsctp_def(GSCTP_UNORDERED)), 0 },
	{ GSCTP_DEFAULT_SEND_PARAM(.flags = gsctp_def(GSCTP_EOF)), -EINVAL },
	{ GSCTP_DEFAULT_SEND_PARAM(.flags = gsctp_def(MAX)), -EINVAL },
	{ GSCTP_DEFAULT_SEND_PARAM(.ppid = gsctp_def(MAX),
	    .context = gsctp_def(MAX), .timetolive = gsctp_def(MAX)), 0 },

	{ GSCTP_EVENTS(.data_io = gsctp_def(2)), -EINVAL },
	{ GSCTP_EVENTS(.association = gsctp_def(MAX)), -EINVAL },
	{ GSCTP_EVENTS(.stream_change = gsctp_def(2)), -EINVAL },

	{ GSCTP_DELAYED_ACK_TIME(.assoc_value = 0), 0 },
	{ GSCTP_DELAYED_ACK_TIME(.assoc_value = 1), 0 },
	{ GSCTP_DELAYED_ACK_TIME(.assoc_value = 500), 0 },
	{ GSCTP_DELAYED_ACK_TIME(.assoc_value = 501), -EINVAL },
	{ GSCTP_DELAYED_ACK_TIME(.assoc_value = MAX), -EINVAL },

	{ GSCTP_RECBUF(0), -EINVAL },
	{ GSCTP_RECBUF(1), 0 },
	{ GSCTP_RECBUF(1u << 30), 0 },
	{ GSCTP_RECBUF((1u << 30) + 1), -EINVAL },
	{ GSCTP_RECBUF(MAX), -EINVAL },
	{ GSCTP_SNDBUF(0), -EINVAL },
	{ GSCTP_SNDBUF(1), 0 },
	{ GSCTP_SNDBUF(1u << 30), 0 },
	{ GSCTP_SNDBUF((1u << 30) + 1), -EINVAL },
	{ GSCTP_SNDBUF(MAX), -EINVAL },
	{ GSCTP_BUFFER(0), -EINVAL },
	{ GSCTP_BUFFER(1023), -EINVAL },
	{ GSCTP_BUFFER(1024), 0 },
	{ GSCTP_BUFFER(1u << 31), 0 },
	{ GSCTP_BUFFER((1u << 31) + 1), -EINVAL },
	{ GSCTP_BUFFER(MAX), -EINVAL },

	{ GSCTP_LINGER(false, 0), 0 },
	{ GSCTP_LINGER(true, INT32_MAX / 1000), 0 },
	{ GSCTP_LINGER(true, INT32_MAX / 1000 + 1), -EINVAL },
	{ GSCTP_LINGER(true, MAX), -EINVAL },
	{ GSCTP_LINGER(true, 0), 0 },

	{ GSCTP_TOS(0), 0 },
	{ GSCTP_TOS(1), -EINVAL },
	{ GSCTP_TOS(4), 0 },
	{ GSCTP_TOS(252), 0 },
	{ GSCTP_TOS(255), -EINVAL },
	{ GSCTP_TOS(256), -EINVAL },
	{ GSCTP_TOS(MAX), -EINVAL },
	{ GSCTP_PRIORITY(6), 0 },
	{ GSCTP_PRIORITY(7), -EINVAL },
	{ GSCTP_PRIORITY(MAX), -EINVAL },
	{ GSCTP_PRIORITY(0), 0 },
	{ GSCTP_TTL(0), -EINVAL },
	{ GSCTP_TTL(1), 0 },
	{ GSCTP_TTL(255), 0 },
	{ GSCTP_TTL(256), -EINVAL },
	{ GSCTP_TTL(MAX), -EINVAL },
	{ GSCTP_TTL(64), 0 },

	{ GSCTP_SEND_TIMEOUT_MS(0), 0 },
	{ GSCTP_SEND_TIMEOUT_MS(1), 0 },
	{ GSCTP_SEND_TIMEOUT_MS(INT32_MAX), 0 },
	{ GSCTP_SEND_TIMEOUT_MS(-2), -EINVAL },
	{ GSCTP_SEND_TIMEOUT_MS(INT32_MIN), -EINVAL },
	{ GSCTP_SEND_TIMEOUT_MS(-1), 0 },

	{ GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 0), -EINVAL },

	{ GSCTP_ENABLE_STREAM_RESET(.assoc_value = 0), 0 },
	{ GSCTP_ENABLE_STREAM_RESET(.assoc_value = 1), 0 },
	{ GSCTP_ENABLE_STREAM_RESET(.assoc_value = 2), -EOPNOTSUPP },
	{ GSCTP_ENABLE_STREAM_RESET(.assoc_value = 5), 0 },
	{ GSCTP_ENABLE_STREAM_RESET(.assoc_value = 8), -EINVAL },
	{ GSCTP_ENABLE_STREAM_RESET(.assoc_value = MAX), -EINVAL },

	{ GSCTP_AUTH_CHUNK(0), 0 },
	{ GSCTP_AUTH_CHUNK(1), -EINVAL },	/* INIT */
	{ GSCTP_AUTH_CHUNK(2), -EINVAL },	/* INIT ACK */
	{ GSCTP_AUTH_CHUNK(14), -EINVAL },	/* SHUTDOWN COMPLETE */
	{ GSCTP_AUTH_CHUNK(15), -EINVAL },	/* AUTH */
	{ GSCTP_AUTH_CHUNK(255), 0 },
	{ GSCTP_AUTH_CHUNK(256), -EINVAL },
	{ GSCTP_AUTH_CHUNK(MAX), -EINVAL },
	{ GSCTP_AUTH_KEY(.keynumber = 65535, .key = NULL, .keylength = 1),
	    -EINVAL },
	{ GSCTP_AUTH_KEY(.keynumber = 65535, .key = (const uint8_t *)"k",
	    .keylength = 65536), -EINVAL },
	{ GSCTP_AUTH_KEY(.keynumber = 65535, .key = (const uint8_t *)"k",
	    .keylength = 1), 0 },
	{ GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 0), 0 },
	{ GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 1), -EINVAL },
	{ GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 65535), 0 },
	{ GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 65536), -EINVAL },
	{ GSCTP_AUTH_ACTIVE_KEY(.assoc_value = MAX), -EINVAL },

	{ GSCTP_MAX_BURST(.assoc_value = 0), 0 },
	{ GSCTP_MAX_BURST(.assoc_value = 1), 0 },
	{ GSCTP_MAX_BURST(.assoc_value = MAX), 0 },
	{ GSCTP_CONTEXT(.assoc_value = 0), 0 },
	{ GSCTP_CONTEXT(.assoc_value = 1), 0 },
	{ GSCTP_CONTEXT(.assoc_value = MAX), 0 },

	{ GSCTP_ASCONF_SUPPORTED(.assoc_value = 0), 0 },
	{ GSCTP_ASCONF_SUPPORTED(.assoc_value = 1), 0 },
	{ GSCTP_ASCONF_SUPPORTED(.assoc_value = 2), -EINVAL },
	{ GSCTP_ASCONF_SUPPORTED(.assoc_value = MAX), -EINVAL },
	{ GSCTP_AUTH_SUPPORTED(.assoc_value = 1), 0 },
	{ GSCTP_AUTH_SUPPORTED(.assoc_value = 2), -EINVAL },
	{ GSCTP_AUTH_SUPPORTED(.assoc_value = MAX), -EINVAL },
};

START_TEST(every_limit_of_an_endpoint_holds)
{
	gsctp_sock s;
	size_t i;
	int err;

	for (i = 0; i < COUNT(limits); i++) {
		/* A key must be there before it is active. */
		if (limits[i].o.id != GSCTP_OPT_AUTH_ACTIVE_KEY)
			s = loop_open(NULL, 0);
		err = gsctp_setopts(s, &limits[i].o, 1, NULL);
		ck_assert_msg(err == limits[i].err,
		    "limit %zu, option %u: %d, not %d", i, limits[i].o.id,
		    err, limits[i].err);
		if (i + 1 == COUNT(limits) || limits[i + 1].o.id !=
		    GSCTP_OPT_AUTH_ACTIVE_KEY)
			ck_assert_int_eq(gsctp_close(s), 0);
	}
}
END_TEST

START_TEST(every_limit_of_an_association_holds)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt o;
	size_t i, j;
	int err;

	for (i = 0; i < COUNT(limits); i++) {
		for (j = 0; rows[j].id != limits[i].o.id; j++)
			continue;
		if ((rows[j].allows & ID) == 0)
			continue;
		/* Of an association it is settled. */
		if (limits[i].o.id == GSCTP_OPT_ASCONF_SUPPORTED &&
		    limits[i].o.u.assoc_value.assoc_value == 1)
			continue;
		if (limits[i].o.id == GSCTP_OPT_RTOINFO) {
			set(p.client, (struct gsctp_opt)GSCTP_RTOINFO(
			    .assoc_id = p.at_client, .min = gsctp_def(1000),
			    .initial = gsctp_def(1000),
			    .max = gsctp_def(60000)));
		}
		if (limits[i].o.id == GSCTP_OPT_PEER_ADDR_PARAMS)
			set(p.client, (struct gsctp_opt)
			    GSCTP_PEER_ADDR_PARAMS(.assoc_id = p.at_client,
			    .flags = gsctp_def(GSCTP_SPP_PMTUD_ENABLE)));
		o = limits[i].o;
		o.u.rtoinfo.assoc_id = p.at_client;
		err = gsctp_setopts(p.client, &o, 1, NULL);
		ck_assert_msg(err == limits[i].err,
		    "limit %zu, option %u: %d, not %d", i, o.id, err,
		    limits[i].err);
	}
	/* And it is none the worse for it. */
	set(p.client, (struct gsctp_opt)GSCTP_AUTH_ACTIVE_KEY(
	    .assoc_id = p.at_client, .assoc_value = 0));
	set(p.client, (struct gsctp_opt)GSCTP_RTOINFO(
	    .assoc_id = p.at_client, .min = gsctp_def(100),
	    .initial = gsctp_def(100), .max = gsctp_def(60000)));
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
}
END_TEST

/* Between two sockets that both have the option. */
START_TEST(data_flows_at_every_limit)
{
	static uint8_t data[3000];
	struct gsctp_msg *m;
	struct loop_pair p;
	size_t i;

	for (i = 0; i < COUNT(limits); i++) {
		if (limits[i].err != 0 ||
		    limits[i].o.id == GSCTP_OPT_AUTH_ACTIVE_KEY ||
		    limits[i].o.id == GSCTP_OPT_LINGER)
			continue;
		p = loop_pair(&limits[i].o, 1);
		memset(data, (int)i, sizeof(data));
		ck_assert_msg(gsctp_send(p.client, p.at_client, 0, data,
		    sizeof(data)) == 0, "limit %zu", i);
		size_t got = 0;
		bool is_complete = false;

		while (!is_complete) {
			m = loop_recv_type(p.server, GSCTP_MSG_DATA);
			ck_assert_uint_le(got + m->u.data.len, sizeof(data));
			ck_assert_mem_eq(m->u.data.data, data + got,
			    m->u.data.len);
			got += m->u.data.len;
			is_complete = m->u.data.complete;
			gsctp_msg_free(m);
		}
		ck_assert_uint_eq(got, sizeof(data));
		ck_assert_int_eq(gsctp_close(p.client), 0);
		ck_assert_int_eq(gsctp_close(p.server), 0);
	}
}
END_TEST

/* ---- whom an option reaches ---- */

static const struct gsctp_opt inherited[] = {
	GSCTP_RTOINFO(.initial = gsctp_def(700), .max = gsctp_def(7000),
	    .min = gsctp_def(70)),
	GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(7),
	    .cookie_life = gsctp_def(7777)),
	GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(70000),
	    .pathmaxrxt = gsctp_def(3), .sackdelay = gsctp_def(77)),
	GSCTP_DEFAULT_SEND_PARAM(.stream = gsctp_def(1),
	    .flags = gsctp_def(GSCTP_UNORDERED), .ppid = gsctp_def(77),
	    .context = gsctp_def(777), .timetolive = gsctp_def(70000)),
	GSCTP_MAXSEG(.assoc_value = 600),
	GSCTP_ENABLE_STREAM_RESET(.assoc_value = 4),
	GSCTP_MAX_BURST(.assoc_value = 17),
	GSCTP_CONTEXT(.assoc_value = 71),
};

static void
check_inherited(gsctp_sock s, gsctp_assoc_id id)
{
	struct gsctp_opt o;

	o = get_id(s, GSCTP_OPT_RTOINFO, id);
	ck_assert_uint_eq(o.u.rtoinfo.initial.v, 700);
	ck_assert_uint_eq(o.u.rtoinfo.max.v, 7000);
	ck_assert_uint_eq(o.u.rtoinfo.min.v, 70);
	o = get_id(s, GSCTP_OPT_ASSOCINFO, id);
	ck_assert_uint_eq(o.u.assocparams.asocmaxrxt.v, 7);
	ck_assert_uint_eq(o.u.assocparams.cookie_life.v, 7777);
	o = get_id(s, GSCTP_OPT_PEER_ADDR_PARAMS, id);
	ck_assert_uint_eq(o.u.paddrparams.hbinterval.v, 70000);
	ck_assert_uint_eq(o.u.paddrparams.pathmaxrxt.v, 3);
	ck_assert_uint_eq(o.u.paddrparams.sackdelay.v, 77);
	o = get_id(s, GSCTP_OPT_DELAYED_ACK_TIME, id);
	ck_assert_uint_eq(o.u.assoc_value.assoc_value, 77);
	o = get_id(s, GSCTP_OPT_DEFAULT_SEND_PARAM, id);
	ck_assert_uint_eq(o.u.send_param.flags.v, GSCTP_UNORDERED);
	ck_assert_uint_eq(o.u.send_param.ppid.v, 77);
	ck_assert_uint_eq(o.u.send_param.context.v, 777);
	ck_assert_uint_eq(o.u.send_param.timetolive.v, 70000);
	o = get_id(s, GSCTP_OPT_MAXSEG, id);
	ck_assert_uint_ge(o.u.assoc_value.assoc_value, 590);
	ck_assert_uint_le(o.u.assoc_value.assoc_value, 600);
	o = get_id(s, GSCTP_OPT_ENABLE_STREAM_RESET, id);
	ck_assert_uint_eq(o.u.assoc_value.assoc_value, 4);
	o = get_id(s, GSCTP_OPT_MAX_BURST, id);
	ck_assert_uint_eq(o.u.assoc_value.assoc_value, 17);
	o = get_id(s, GSCTP_OPT_CONTEXT, id);
	ck_assert_uint_eq(o.u.assoc_value.assoc_value, 71);
}

START_TEST(later_associations_have_what_the_endpoint_has)
{
	struct loop_pair p = loop_pair(inherited, COUNT(inherited));

	check_inherited(p.client, p.at_client);	/* outgoing */
	check_inherited(p.server, p.at_server);	/* accepted */
}
END_TEST

START_TEST(an_association_that_is_up_keeps_what_it_has)
{
	struct loop_pair p = loop_pair(inherited, COUNT(inherited));
	gsctp_sock others[2] = { p.server, p.client };
	gsctp_assoc_id ids[2] = { p.at_server, p.at_client };
	const struct gsctp_opt changed[] = {
		GSCTP_RTOINFO(.initial = gsctp_def(5000),
		    .max = gsctp_def(50000), .min = gsctp_def(500)),
		GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(5)),
		GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(50000),
		    .pathmaxrxt = gsctp_def(5), .sackdelay = gsctp_def(55)),
		GSCTP_DEFAULT_SEND_PARAM(.ppid = gsctp_def(5)),
		GSCTP_MAXSEG(.assoc_value = 500),
		GSCTP_ENABLE_STREAM_RESET(.assoc_value = 5),
		GSCTP_MAX_BURST(.assoc_value = 5),
		GSCTP_CONTEXT(.assoc_value = 5),
	};
	size_t i;

	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(gsctp_setopts(others[i], changed,
		    COUNT(changed), NULL), 0);
		check_inherited(others[i], ids[i]);
		ck_assert_uint_eq(get_id(others[i], GSCTP_OPT_RTOINFO,
		    0).u.rtoinfo.initial.v, 5000);
		ck_assert_uint_eq(get_id(others[i], GSCTP_OPT_CONTEXT,
		    0).u.assoc_value.assoc_value, 5);
	}
}
END_TEST

START_TEST(an_option_of_one_association_is_not_the_endpoints)
{
	struct loop_pair p = loop_pair(inherited, COUNT(inherited));
	gsctp_sock third = listener(NULL, 0);
	gsctp_assoc_id other = loop_connect(p.client, third);
	struct gsctp_opt o;
	size_t i;

	for (i = 0; i < COUNT(inherited); i++) {
		o = opt_of(inherited[i].id, p.at_client);
		switch (o.id) {
		case GSCTP_OPT_RTOINFO:
			o.u.rtoinfo.max = (gsctp_field)gsctp_def(9000);
			break;
		case GSCTP_OPT_ASSOCINFO:
			o.u.assocparams.asocmaxrxt =
			    (gsctp_field)gsctp_def(9);
			break;
		case GSCTP_OPT_PEER_ADDR_PARAMS:
			o.u.paddrparams.hbinterval =
			    (gsctp_field)gsctp_def(9000);
			o.u.paddrparams.sackdelay =
			    (gsctp_field)gsctp_def(99);
			break;
		case GSCTP_OPT_DEFAULT_SEND_PARAM:
			o.u.send_param.ppid = (gsctp_field)gsctp_def(9);
			break;
		case GSCTP_OPT_MAXSEG:
			o.u.assoc_value.assoc_value = 400;
			break;
		case GSCTP_OPT_ENABLE_STREAM_RESET:
			o.u.assoc_value.assoc_value = 1;
			break;
		default:
			o.u.assoc_value.assoc_value = 9;
			break;
		}
		set(p.client, o);
	}
	check_inherited(p.client, other);
	ck_assert_uint_eq(get_id(p.client, GSCTP_OPT_RTOINFO,
	    p.at_client).u.rtoinfo.max.v, 9000);
	ck_assert_uint_eq(get_id(p.client, GSCTP_OPT_RTOINFO,
	    0).u.rtoinfo.max.v, 7000);
	ck_assert_uint_eq(get_id(p.client, GSCTP_OPT_CONTEXT,
	    p.at_client).u.assoc_value.assoc_value, 9);
	ck_assert_uint_eq(get_id(p.client, GSCTP_OPT_CONTEXT,
	    0).u.assoc_value.assoc_value, 71);
	ck_assert_uint_eq(get_id(p.client, GSCTP_OPT_DEFAULT_SEND_PARAM,
	    0).u.send_param.ppid.v, 77);
}
END_TEST

START_TEST(connect_sets_its_options_for_good)
{
	gsctp_sock server = listener(NULL, 0);
	gsctp_sock client = loop_open(NULL, 0);
	const struct gsctp_opt opts[] = {
		GSCTP_INITMSG(.num_ostreams = gsctp_def(5)),
		GSCTP_RTOINFO(.max = gsctp_def(4321)),
	};
	const struct gsctp_opt bad[] = { GSCTP_TOS(1) };
	struct sockaddr_storage addr;
	struct gsctp_assoc_change up;

	ck_assert_int_eq(gsctp_sockname(server, &addr), 0);
	ck_assert_int_eq(gsctp_connect(client, (struct sockaddr *)&addr,
	    sizeof(addr), bad, 1, LOOP_MS, &up), -EINVAL);
	ck_assert_int_eq(gsctp_connect(client, (struct sockaddr *)&addr,
	    sizeof(addr), opts, 2, LOOP_MS, &up), 0);
	ck_assert_uint_eq(up.outbound_streams, 5);
	ck_assert_uint_eq(get_id(client, GSCTP_OPT_RTOINFO,
	    up.assoc_id).u.rtoinfo.max.v, 4321);
	ck_assert_uint_eq(get_id(client, GSCTP_OPT_RTOINFO,
	    0).u.rtoinfo.max.v, 4321);
	ck_assert_uint_eq(get_id(client, GSCTP_OPT_INITMSG,
	    0).u.initmsg.num_ostreams.v, 5);
}
END_TEST

START_TEST(the_defaults_are_those_of_the_header)
{
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_opt o;

	o = get_id(s, GSCTP_OPT_RTOINFO, 0);
	ck_assert_uint_eq(o.u.rtoinfo.initial.v, 1000);
	ck_assert_uint_eq(o.u.rtoinfo.max.v, 60000);
	ck_assert_uint_eq(o.u.rtoinfo.min.v, 1000);
	o = get_id(s, GSCTP_OPT_ASSOCINFO, 0);
	ck_assert_uint_eq(o.u.assocparams.asocmaxrxt.v, 10);
	ck_assert_uint_eq(o.u.assocparams.cookie_life.v, 60000);
	o = get_id(s, GSCTP_OPT_INITMSG, 0);
	ck_assert_uint_eq(o.u.initmsg.num_ostreams.v, 10);
	ck_assert_uint_eq(o.u.initmsg.max_instreams.v, 2048);
	ck_assert_uint_eq(o.u.initmsg.max_attempts.v, 8);
	ck_assert_uint_eq(o.u.initmsg.max_init_timeo.v, 60000);
	o = get_id(s, GSCTP_OPT_PEER_ADDR_PARAMS, 0);
	ck_assert_uint_eq(o.u.paddrparams.hbinterval.v, 30000);
	ck_assert_uint_eq(o.u.paddrparams.pathmaxrxt.v, 5);
	ck_assert_uint_eq(o.u.paddrparams.sackdelay.v, 200);
	ck_assert_uint_eq(o.u.paddrparams.flags.v, GSCTP_SPP_HB_ENABLE |
	    GSCTP_SPP_PMTUD_ENABLE | GSCTP_SPP_SACKDELAY_ENABLE);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_AUTOCLOSE, 0).u.value, 0);
	ck_assert(!get_id(s, GSCTP_OPT_NODELAY, 0).u.flag);
	ck_assert(!get_id(s, GSCTP_OPT_DISABLE_FRAGMENTS, 0).u.flag);
	ck_assert(get_id(s, GSCTP_OPT_I_WANT_MAPPED_V4_ADDR, 0).u.flag);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_MAXSEG,
	    0).u.assoc_value.assoc_value, 0);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_TOS, 0).u.value, 0);
	ck_assert(!get_id(s, GSCTP_OPT_LINGER, 0).u.linger.on);
	ck_assert(!get_id(s, GSCTP_OPT_REUSEADDR, 0).u.flag);
	ck_assert_int_eq(get_id(s, GSCTP_OPT_SEND_TIMEOUT_MS,
	    0).u.timeout_ms, -1);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_ENABLE_STREAM_RESET,
	    0).u.assoc_value.assoc_value, 0);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_AUTH_ACTIVE_KEY,
	    0).u.assoc_value.assoc_value, 0);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_TYPE, 0).u.value,
	    GSCTP_SEQPACKET);
	ck_assert_uint_eq(get_id(s, GSCTP_OPT_FAMILY, 0).u.value, GSCTP_INET);
}
END_TEST

START_TEST(what_open_alone_takes_is_checked_there)
{
	const struct limit bad[] = {
		{ GSCTP_MBOX(((gsctp_mbox){ 12345 })), -EINVAL },
		{ GSCTP_TYPE(2), -EINVAL },
		{ GSCTP_TYPE(MAX), -EINVAL },
		{ GSCTP_FAMILY(2), -EINVAL },
		{ GSCTP_FAMILY(MAX), -EINVAL },
		{ { .id = GSCTP_OPT_IP }, -EAFNOSUPPORT },
		{ GSCTP_IP(loop_addr("192.0.2.1", 0)), -EADDRNOTAVAIL },
	};
	gsctp_sock s = { 77 };
	struct sockaddr_storage addr;
	struct gsctp_opt o;
	size_t i;
	int err;

	for (i = 0; i < COUNT(bad); i++) {
		err = gsctp_open(0, &bad[i].o, 1, &s);
		/* An address of no family is no address. */
		if (bad[i].o.id == GSCTP_OPT_IP && err == -EINVAL)
			err = bad[i].err;
		ck_assert_msg(err == bad[i].err, "%zu: %d, not %d", i, err,
		    bad[i].err);
		ck_assert_uint_eq(s.id, 77);
	}
	s = loop_open(NULL, 0);
	o = get_id(s, GSCTP_OPT_IP, 0);
	addr = loop_addr("127.0.0.1", (uint16_t)gsctp_port(s));
	ck_assert_mem_eq(&o.u.addr, &addr, sizeof(addr));
}
END_TEST

START_TEST(reset_and_add_streams_check_what_they_are_asked)
{
	static const uint16_t list[300];
	struct loop_pair p = loop_pair(NULL, 0);
	gsctp_assoc_id id = p.at_client;
	const struct gsctp_opt bad[] = {
		GSCTP_RESET_STREAMS(.assoc_id = id),
		GSCTP_RESET_STREAMS(.assoc_id = id, .flags = 4),
		GSCTP_RESET_STREAMS(.assoc_id = id, .flags = MAX),
		GSCTP_RESET_STREAMS(.assoc_id = id,
		    .flags = GSCTP_RESET_OUTGOING, .streams = list),
		GSCTP_RESET_STREAMS(.assoc_id = id,
		    .flags = GSCTP_RESET_OUTGOING, .nstreams = 1),
		GSCTP_RESET_STREAMS(.assoc_id = id,
		    .flags = GSCTP_RESET_INCOMING, .streams = list,
		    .nstreams = 201),
		GSCTP_RESET_STREAMS(.assoc_id = id,
		    .flags = GSCTP_RESET_OUTGOING, .streams = list,
		    .nstreams = 65536),
		GSCTP_RESET_STREAMS(.assoc_id = id,
		    .flags = GSCTP_RESET_OUTGOING,
		    .streams = (const uint16_t[]){ 10 }, .nstreams = 1),
		GSCTP_ADD_STREAMS(.assoc_id = id),
		GSCTP_ADD_STREAMS(.assoc_id = id, .outstrms = 65535),
		GSCTP_ADD_STREAMS(.assoc_id = id, .instrms = 65535),
	};
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		ck_assert_msg(gsctp_setopts(p.client, &bad[i], 1, NULL) ==
		    -EINVAL, "%zu", i);
	ck_assert_int_eq(gsctp_send(p.client, id, 0, "x", 1), 0);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("options");
	TCase *t;

	t = tcase_create("rules");
	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, an_unknown_option_is_refused_by_its_index);
	tcase_add_test(t, what_came_before_the_bad_option_stays_set);
	tcase_add_test(t, no_options_at_all_are_fine_and_null_is_not);
	tcase_add_test(t, a_reserved_field_must_be_zero);
	tcase_add_test(t, an_option_that_is_only_read_or_set_says_so);
	tcase_add_test(t, an_association_that_is_not_the_sockets_is_refused);
	tcase_add_test(t, an_association_that_has_ended_is_refused);
	tcase_add_test(t,
	    everything_is_read_in_one_call_and_can_be_set_again);
	tcase_add_test(t, an_undefined_field_keeps_its_value);
	tcase_add_test(t,
	    a_field_that_is_neither_defined_nor_not_is_refused);
	tcase_add_test(t, nothing_defined_changes_nothing);
	tcase_add_test(t, the_defaults_are_those_of_the_header);
	suite_add_tcase(s, t);

	t = tcase_create("limits");
	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, every_limit_of_an_endpoint_holds);
	tcase_add_test(t, every_limit_of_an_association_holds);
	tcase_add_test(t, data_flows_at_every_limit);
	tcase_add_test(t, what_open_alone_takes_is_checked_there);
	tcase_add_test(t, reset_and_add_streams_check_what_they_are_asked);
	suite_add_tcase(s, t);

	t = tcase_create("reach");
	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, later_associations_have_what_the_endpoint_has);
	tcase_add_test(t, an_association_that_is_up_keeps_what_it_has);
	tcase_add_test(t, an_option_of_one_association_is_not_the_endpoints);
	tcase_add_test(t, connect_sets_its_options_for_good);
	suite_add_tcase(s, t);

	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
