/*
 * engine_opt: see engine_opt.h.  The table, and the options that are plain
 * numbers.  Layer 3.
 *
 * In most of its records the engine takes 0 for "leave it as it is".  Here
 * that is what an undefined field says, so a field that is defined as 0 must
 * mean 0, or it is -EINVAL.
 */

#include "engine_opt.h"

#include <errno.h>
#include <string.h>

#include "addr.h"
#include "engine_impl.h"
#include "engine_opt_impl.h"

#include <usrsctp.h>

/* Below its tick of 10 ms the engine's timers overflow. */
#define RTO_MIN_MS 10u

/* A day.  The engine reckons with five times this in 32 bits. */
#define RTO_MAX_MS 86400000u

#define COOKIE_LIFE_MIN_MS 1000u
#define COOKIE_LIFE_MAX_MS 3600000u

/*
 * The user data of a fragment.  Less than the least leaves no room for an
 * AUTH chunk before the DATA chunk; of more than the most the engine forgets
 * that it was set.
 */
#define MAXSEG_MIN 128u
#define MAXSEG_MAX 65464u

/* A buffer below the least is made as large: RFC 9260 3.3.2 asks for a
 * window of 1500 bytes, and the engine says 4096 in any case. */
#define BUFFER_MIN 4096u
#define BUFFER_MAX (1u << 30)

/* The last call's, as gsctp_setopts() says. */
static int
engine_error(void)
{
	switch (errno) {
	case 0:
	case ENOENT:
	case EAFNOSUPPORT:
		return -EINVAL;
	default:
		return -errno;
	}
}

int
gs_eopt_engine_set(struct socket *so, int name, const void *buf, size_t len)
{
	if (usrsctp_setsockopt(so, IPPROTO_SCTP, name, buf, (socklen_t)len) ==
	    0)
		return 0;
	return engine_error();
}

int
gs_eopt_engine_get_some(struct socket *so, int name, void *buf, size_t room)
{
	socklen_t len = (socklen_t)room;

	if (usrsctp_getsockopt(so, IPPROTO_SCTP, name, buf, &len) != 0)
		return engine_error();
	return (int)len;
}

int
gs_eopt_engine_get(struct socket *so, int name, void *buf, size_t len)
{
	int got = gs_eopt_engine_get_some(so, name, buf, len);

	if (got < 0)
		return got;
	return (size_t)got == len ? 0 : -EINVAL;
}

int
gs_field_take(gsctp_field f, uint32_t min, uint32_t max, uint32_t *v)
{
	if (f.defined == 0)
		return f.v == 0 ? 0 : -EINVAL;
	if (f.defined != 1 || f.v < min || f.v > max)
		return -EINVAL;
	*v = f.v;
	return 0;
}

int
gs_field_check_read_only(gsctp_field f)
{
	return f.defined == 0 && f.v == 0 ? 0 : -EINVAL;
}

int
gs_eopt_address(const struct sockaddr_storage *in, struct sockaddr_storage *out,
    bool *is_set)
{
	union gs_addr a;

	memset(out, 0, sizeof(*out));
	*is_set = false;
	if (in->ss_family == AF_UNSPEC)
		return 0;
	if (gs_addr_from(&a, (const struct sockaddr *)in, sizeof(*in)) != 0)
		return -EINVAL;
	gs_addr_unmap(&a);
	if (gs_addr_is_any(&a))
		return 0;
	memcpy(out, &a, gs_addr_len(&a));
	*is_set = true;
	return 0;
}

void
gs_eopt_any_address(struct sockaddr_storage *out)
{
	memset(out, 0, sizeof(*out));
	out->ss_family = AF_INET;
}

/*
 * Records of numbers.
 */

static int
set_rtoinfo(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	const struct gsctp_rtoinfo *in = &opt->u.rtoinfo;
	struct sctp_rtoinfo rto;
	int err;

	(void)is_assoc;
	memset(&rto, 0, sizeof(rto));
	err = gs_eopt_engine_get(so, SCTP_RTOINFO, &rto, sizeof(rto));
	if (err == 0)
		err = gs_field_take(in->initial, RTO_MIN_MS, RTO_MAX_MS,
		    &rto.srto_initial);
	if (err == 0)
		err = gs_field_take(in->max, RTO_MIN_MS, RTO_MAX_MS,
		    &rto.srto_max);
	if (err == 0)
		err = gs_field_take(in->min, RTO_MIN_MS, RTO_MAX_MS,
		    &rto.srto_min);
	if (err != 0)
		return err;
	if (rto.srto_min > rto.srto_initial || rto.srto_initial > rto.srto_max)
		return -EINVAL;
	return gs_eopt_engine_set(so, SCTP_RTOINFO, &rto, sizeof(rto));
}

static int
get_rtoinfo(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gsctp_rtoinfo *out = &opt->u.rtoinfo;
	struct sctp_rtoinfo rto;
	int err;

	(void)is_assoc;
	memset(&rto, 0, sizeof(rto));
	err = gs_eopt_engine_get(so, SCTP_RTOINFO, &rto, sizeof(rto));
	if (err != 0)
		return err;
	out->initial = gs_field_of(rto.srto_initial);
	out->max = gs_field_of(rto.srto_max);
	out->min = gs_field_of(rto.srto_min);
	return 0;
}

static int
set_associnfo(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	const struct gsctp_assocparams *in = &opt->u.assocparams;
	struct sctp_assocparams p;
	uint32_t rxt = 0;
	int err;

	(void)is_assoc;
	memset(&p, 0, sizeof(p));
	err = gs_field_check_read_only(in->number_peer_destinations);
	if (err == 0)
		err = gs_field_check_read_only(in->peer_rwnd);
	if (err == 0)
		err = gs_field_check_read_only(in->local_rwnd);
	if (err == 0)
		err = gs_field_take(in->asocmaxrxt, 1, UINT16_MAX, &rxt);
	if (err == 0)
		err = gs_field_take(in->cookie_life, COOKIE_LIFE_MIN_MS,
		    COOKIE_LIFE_MAX_MS, &p.sasoc_cookie_life);
	if (err != 0)
		return err;
	p.sasoc_asocmaxrxt = (uint16_t)rxt;
	return gs_eopt_engine_set(so, SCTP_ASSOCINFO, &p, sizeof(p));
}

static int
get_associnfo(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gsctp_assocparams *out = &opt->u.assocparams;
	struct sctp_assocparams p;
	int err;

	(void)is_assoc;
	memset(&p, 0, sizeof(p));
	err = gs_eopt_engine_get(so, SCTP_ASSOCINFO, &p, sizeof(p));
	if (err != 0)
		return err;
	out->asocmaxrxt = gs_field_of(p.sasoc_asocmaxrxt);
	out->number_peer_destinations =
	    gs_field_of(p.sasoc_number_peer_destinations);
	out->peer_rwnd = gs_field_of(p.sasoc_peer_rwnd);
	out->local_rwnd = gs_field_of(p.sasoc_local_rwnd);
	out->cookie_life = gs_field_of(p.sasoc_cookie_life);
	return 0;
}

static int
set_initmsg(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	const struct gsctp_initmsg *in = &opt->u.initmsg;
	struct sctp_initmsg init;
	uint32_t out = 0, instreams = 0, attempts = 0, timeo = 0;
	int err;

	(void)is_assoc;
	err = gs_field_take(in->num_ostreams, 1, UINT16_MAX, &out);
	if (err == 0)
		err =
		    gs_field_take(in->max_instreams, 1, UINT16_MAX, &instreams);
	if (err == 0)
		err = gs_field_take(in->max_attempts, 1, UINT16_MAX, &attempts);
	if (err == 0)
		err = gs_field_take(in->max_init_timeo, RTO_MIN_MS, UINT16_MAX,
		    &timeo);
	if (err != 0)
		return err;
	init.sinit_num_ostreams = (uint16_t)out;
	init.sinit_max_instreams = (uint16_t)instreams;
	init.sinit_max_attempts = (uint16_t)attempts;
	init.sinit_max_init_timeo = (uint16_t)timeo;
	return gs_eopt_engine_set(so, SCTP_INITMSG, &init, sizeof(init));
}

static int
get_initmsg(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gsctp_initmsg *out = &opt->u.initmsg;
	struct sctp_initmsg init;
	int err;

	(void)is_assoc;
	memset(&init, 0, sizeof(init));
	err = gs_eopt_engine_get(so, SCTP_INITMSG, &init, sizeof(init));
	if (err != 0)
		return err;
	out->num_ostreams = gs_field_of(init.sinit_num_ostreams);
	out->max_instreams = gs_field_of(init.sinit_max_instreams);
	out->max_attempts = gs_field_of(init.sinit_max_attempts);
	out->max_init_timeo = gs_field_of(init.sinit_max_init_timeo);
	return 0;
}

/*
 * Flags and single numbers.
 */

static int
flag_name(uint32_t id)
{
	switch (id) {
	case GSCTP_OPT_NODELAY:
		return SCTP_NODELAY;
	case GSCTP_OPT_EXPLICIT_EOR:
		return SCTP_EXPLICIT_EOR;
	default:
		return SCTP_DISABLE_FRAGMENTS;
	}
}

static int
set_flag(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	int on = opt->u.flag;

	(void)is_assoc;
	return gs_eopt_engine_set(so, flag_name(opt->id), &on, sizeof(on));
}

static int
get_flag(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	int err, on = 0;

	(void)is_assoc;
	err = gs_eopt_engine_get(so, flag_name(opt->id), &on, sizeof(on));
	if (err == 0)
		opt->u.flag = on != 0;
	return err;
}

/* The options that are a struct sctp_assoc_value there too. */
static int
value_name(uint32_t id)
{
	switch (id) {
	case GSCTP_OPT_MAXSEG:
		return SCTP_MAXSEG;
	case GSCTP_OPT_MAX_BURST:
		return SCTP_MAX_BURST;
	case GSCTP_OPT_ENABLE_STREAM_RESET:
		return SCTP_ENABLE_STREAM_RESET;
	default:
		return SCTP_CONTEXT;
	}
}

static int
set_value(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	struct sctp_assoc_value v;

	(void)is_assoc;
	memset(&v, 0, sizeof(v));
	v.assoc_value = opt->u.assoc_value.assoc_value;
	return gs_eopt_engine_set(so, value_name(opt->id), &v, sizeof(v));
}

static int
get_value(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct sctp_assoc_value v;
	int err;

	(void)is_assoc;
	memset(&v, 0, sizeof(v));
	err = gs_eopt_engine_get(so, value_name(opt->id), &v, sizeof(v));
	if (err == 0)
		opt->u.assoc_value.assoc_value = v.assoc_value;
	return err;
}

/*
 * 0 is "as the path has it".  The engine makes fragments of multiples of 4
 * bytes.  An association reads back the size that is in effect (RFC 6458
 * 8.1.16), the endpoint what was set.
 */
static int
set_maxseg(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	struct gsctp_opt rounded = *opt;
	uint32_t v = opt->u.assoc_value.assoc_value;

	if (v != 0 && (v < MAXSEG_MIN || v > MAXSEG_MAX))
		return -EINVAL;
	rounded.u.assoc_value.assoc_value = v & ~3u;
	return set_value(so, is_assoc, &rounded);
}

/* RFC 6525 6.3.1, without the reset of an association: an answer of the
 * peer's makes the engine use what it has freed. */
static int
set_enable_reset(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	uint32_t v = opt->u.assoc_value.assoc_value;

	if ((v & ~(uint32_t)SCTP_ENABLE_VALUE_MASK) != 0)
		return -EINVAL;
	if ((v & SCTP_ENABLE_RESET_ASSOC_REQ) != 0)
		return -EOPNOTSUPP;
	return set_value(so, is_assoc, opt);
}

static int
set_adaptation(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	struct sctp_setadaptation a = { .ssb_adaptation_ind = opt->u.value };

	(void)is_assoc;
	return gs_eopt_engine_set(so, SCTP_ADAPTATION_LAYER, &a, sizeof(a));
}

static int
get_adaptation(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	uint32_t v = 0;
	int err;

	(void)is_assoc;
	err = gs_eopt_engine_get(so, SCTP_ADAPTATION_LAYER, &v, sizeof(v));
	if (err == 0)
		opt->u.value = v;
	return err;
}

/*
 * The answer to a reset of an association makes this engine use what it has
 * freed.
 */
static int
set_refused(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	(void)so;
	(void)is_assoc;
	(void)opt;
	return -EOPNOTSUPP;
}

/*
 * Delayed acknowledgement.
 */

int
gs_eopt_get_sack(struct socket *so, uint32_t *delay_ms, uint32_t *freq)
{
	struct sctp_sack_info s;
	int err;

	memset(&s, 0, sizeof(s));
	err = gs_eopt_engine_get(so, SCTP_DELAYED_SACK, &s, sizeof(s));
	if (err != 0)
		return err;
	*delay_ms = s.sack_delay;
	*freq = s.sack_freq;
	return 0;
}

int
gs_eopt_set_sack(struct socket *so, uint32_t delay_ms, uint32_t freq)
{
	struct sctp_sack_info s;

	memset(&s, 0, sizeof(s));
	s.sack_delay = delay_ms;
	s.sack_freq = freq;
	return gs_eopt_engine_set(so, SCTP_DELAYED_SACK, &s, sizeof(s));
}

/* 0 is no delay, as the kernel has it: every packet is answered at once. */
static int
set_delayed_ack(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	uint32_t v = opt->u.assoc_value.assoc_value;
	uint32_t delay_ms, freq;
	int err;

	(void)is_assoc;
	if (v > GS_SACK_DELAY_MAX_MS)
		return -EINVAL;
	if (v == 0)
		return gs_eopt_set_sack(so, 0, 1);
	err = gs_eopt_get_sack(so, &delay_ms, &freq);
	if (err != 0)
		return err;
	return gs_eopt_set_sack(so, v, freq == 1 ? GS_SACK_FREQ : 0);
}

static int
get_delayed_ack(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	uint32_t delay_ms, freq;
	int err;

	(void)is_assoc;
	err = gs_eopt_get_sack(so, &delay_ms, &freq);
	if (err == 0)
		opt->u.assoc_value.assoc_value = freq == 1 ? 0 : delay_ms;
	return err;
}

/*
 * Buffers.
 */

static int
set_buffer(struct socket *so, int name, uint32_t bytes)
{
	int v;

	if (bytes == 0 || bytes > BUFFER_MAX)
		return -EINVAL;
	v = (int)(bytes < BUFFER_MIN ? BUFFER_MIN : bytes);
	if (usrsctp_setsockopt(so, SOL_SOCKET, name, &v, sizeof(v)) != 0)
		return -errno;
	return 0;
}

static int
get_buffer(struct socket *so, int name, uint32_t *bytes)
{
	socklen_t len = sizeof(int);
	int v = 0;

	if (usrsctp_getsockopt(so, SOL_SOCKET, name, &v, &len) != 0)
		return -errno;
	*bytes = (uint32_t)v;
	return 0;
}

/*
 * The partial delivery point goes along: it would stay at half of the
 * default buffer, and cut longer messages into pieces.  Where messages
 * interleave, several that are each too short for it would fill the buffer
 * for ever: then all are given away as they come.
 */
int
gs_eopt_set_delivery_point(struct socket *so, bool is_assoc)
{
	struct gsctp_opt on = GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = 0);
	uint32_t point = 0;
	int err = 0;

	if (is_assoc)
		err = gs_eopt_get_supported(so, true, &on);
	if (err == 0)
		err = get_buffer(so, SO_RCVBUF, &point);
	if (err != 0)
		return err;
	if (on.u.assoc_value.assoc_value != 0)
		point = 1;
	return gs_eopt_engine_set(so, SCTP_PARTIAL_DELIVERY_POINT, &point,
	    sizeof(point));
}

bool
gs_eopt_interleaves(struct socket *so)
{
	struct gsctp_opt on = GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = 0);

	return gs_eopt_get_supported(so, true, &on) == 0 &&
	    on.u.assoc_value.assoc_value != 0 &&
	    gs_eopt_set_delivery_point(so, true) == 0;
}

static int
set_recbuf(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	int err;

	err = set_buffer(so, SO_RCVBUF, opt->u.value);
	if (err == 0)
		err = gs_eopt_set_delivery_point(so, is_assoc);
	return err;
}

static int
get_recbuf(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	(void)is_assoc;
	return get_buffer(so, SO_RCVBUF, &opt->u.value);
}

static int
set_sndbuf(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	(void)is_assoc;
	return set_buffer(so, SO_SNDBUF, opt->u.value);
}

static int
get_sndbuf(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	(void)is_assoc;
	return get_buffer(so, SO_SNDBUF, &opt->u.value);
}

/*
 * The table.  An option without set is only read, and the other way round.
 */

static const struct row {
	uint32_t id;
	gs_eopt_set_fn *set;
	gs_eopt_get_fn *get;
} rows[] = {
	{ GSCTP_OPT_RTOINFO, set_rtoinfo, get_rtoinfo },
	{ GSCTP_OPT_ASSOCINFO, set_associnfo, get_associnfo },
	{ GSCTP_OPT_INITMSG, set_initmsg, get_initmsg },
	{ GSCTP_OPT_NODELAY, set_flag, get_flag },
	{ GSCTP_OPT_DISABLE_FRAGMENTS, set_flag, get_flag },
	{ GSCTP_OPT_MAXSEG, set_maxseg, get_value },
	{ GSCTP_OPT_PRIMARY_ADDR, gs_eopt_set_primary, gs_eopt_get_primary },
	{ GSCTP_OPT_SET_PEER_PRIMARY_ADDR, gs_eopt_set_peer_primary, NULL },
	{ GSCTP_OPT_ADAPTATION_LAYER, set_adaptation, get_adaptation },
	{ GSCTP_OPT_PEER_ADDR_PARAMS, gs_eopt_set_paddrparams,
	    gs_eopt_get_paddrparams },
	{ GSCTP_OPT_DELAYED_ACK_TIME, set_delayed_ack, get_delayed_ack },
	{ GSCTP_OPT_STATUS, NULL, gs_eopt_get_status },
	{ GSCTP_OPT_GET_PEER_ADDR_INFO, NULL, gs_eopt_get_paddrinfo },
	{ GSCTP_OPT_RECBUF, set_recbuf, get_recbuf },
	{ GSCTP_OPT_SNDBUF, set_sndbuf, get_sndbuf },
	{ GSCTP_OPT_TOS, gs_eopt_set_tos, gs_eopt_get_tos },
	{ GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT, gs_eopt_set_encaps,
	    gs_eopt_get_encaps },
	{ GSCTP_OPT_ENABLE_STREAM_RESET, set_enable_reset, get_value },
	{ GSCTP_OPT_RESET_STREAMS, gs_eopt_set_reset_streams, NULL },
	{ GSCTP_OPT_ADD_STREAMS, gs_eopt_set_add_streams, NULL },
	{ GSCTP_OPT_AUTH_CHUNK, gs_eopt_set_auth_chunk, NULL },
	{ GSCTP_OPT_AUTH_KEY, gs_eopt_set_auth_key, NULL },
	{ GSCTP_OPT_AUTH_ACTIVE_KEY, gs_eopt_set_active_key,
	    gs_eopt_get_active_key },
	{ GSCTP_OPT_MAX_BURST, set_value, get_value },
	{ GSCTP_OPT_CONTEXT, set_value, get_value },
	{ GSCTP_OPT_PR_STREAM_STATUS, NULL, gs_eopt_get_prstatus },
	{ GSCTP_OPT_PR_ASSOC_STATUS, NULL, gs_eopt_get_prstatus },
	{ GSCTP_OPT_HMAC_IDENT, gs_eopt_set_hmacs, gs_eopt_get_hmacs },
	{ GSCTP_OPT_AUTH_DEACTIVATE_KEY, gs_eopt_end_key, NULL },
	{ GSCTP_OPT_AUTH_DELETE_KEY, gs_eopt_end_key, NULL },
	{ GSCTP_OPT_LOCAL_AUTH_CHUNKS, NULL, gs_eopt_get_auth_chunks },
	{ GSCTP_OPT_PEER_AUTH_CHUNKS, NULL, gs_eopt_get_auth_chunks },
	{ GSCTP_OPT_FRAGMENT_INTERLEAVE, gs_eopt_set_interleave,
	    gs_eopt_get_interleave },
	{ GSCTP_OPT_INTERLEAVING_SUPPORTED, gs_eopt_set_supported,
	    gs_eopt_get_supported },
	{ GSCTP_OPT_STREAM_SCHEDULER, gs_eopt_set_scheduler,
	    gs_eopt_get_scheduler },
	{ GSCTP_OPT_EXPLICIT_EOR, set_flag, get_flag },
	{ GSCTP_OPT_ECN_SUPPORTED, gs_eopt_set_supported,
	    gs_eopt_get_supported },
	{ GSCTP_OPT_PR_SUPPORTED, gs_eopt_set_supported,
	    gs_eopt_get_supported },
	{ GSCTP_OPT_RECONFIG_SUPPORTED, gs_eopt_set_supported,
	    gs_eopt_get_supported },
	{ GSCTP_OPT_NRSACK_SUPPORTED, gs_eopt_set_supported,
	    gs_eopt_get_supported },
	{ GSCTP_OPT_PKTDROP_SUPPORTED, gs_eopt_set_supported,
	    gs_eopt_get_supported },
	{ GSCTP_OPT_PLUGGABLE_CC, gs_eopt_set_cc, gs_eopt_get_cc },
	{ GSCTP_OPT_DELAYED_SACK, gs_eopt_set_sack_info,
	    gs_eopt_get_sack_info },
	{ GSCTP_OPT_PEER_ADDR_THLDS, gs_eopt_set_thresholds,
	    gs_eopt_get_thresholds },
	{ GSCTP_OPT_TIMEOUTS, NULL, gs_eopt_get_timeouts },
	{ GSCTP_OPT_RESET_ASSOC, set_refused, NULL },
	{ GSCTP_OPT_STREAM_SCHEDULER_VALUE, gs_eopt_set_stream_value,
	    gs_eopt_get_stream_value },
	{ GSCTP_OPT_ASCONF_SUPPORTED, gs_eopt_set_supported,
	    gs_eopt_get_supported },
	{ GSCTP_OPT_AUTH_SUPPORTED, gs_eopt_set_supported,
	    gs_eopt_get_supported },
};

static const struct row *
row_of(uint32_t id)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].id == id)
			return &rows[i];
	}
	return NULL;
}

bool
gs_eopt_is_known(uint32_t id)
{
	return row_of(id) != NULL;
}

int
gs_eopt_set(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	const struct row *row = row_of(opt->id);

	if (row == NULL || row->set == NULL)
		return -ENOPROTOOPT;
	if (++gs_engine_opts_set == 0)
		gs_engine_opts_set = 1;
	return row->set(so, is_assoc, opt);
}

int
gs_eopt_get(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	const struct row *row = row_of(opt->id);

	if (row == NULL || row->get == NULL)
		return -ENOPROTOOPT;
	return row->get(so, is_assoc, opt);
}
