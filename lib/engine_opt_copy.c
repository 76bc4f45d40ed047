/*
 * engine_opt_copy: what an endpoint's associations start with.  Layer 3; see
 * engine_opt.h.
 */

#include "engine_opt.h"

#include <errno.h>
#include <string.h>

#include "engine_opt_impl.h"

#include <usrsctp.h>

/* Room for any of the records below. */
union record {
	struct sctp_rtoinfo rtoinfo;
	struct sctp_assocparams assocparams;
	struct sctp_initmsg initmsg;
	struct sctp_assoc_value assoc_value;
	struct sctp_sack_info sack;
	struct sctp_udpencaps encaps;
	struct gs_engine_paddrthlds thresholds;
	int flag;
};

/* What a get of the engine gives, a set takes. */
static const struct plain {
	int name;
	size_t len;
} plain[] = {
	{ SCTP_RTOINFO, sizeof(struct sctp_rtoinfo) },
	{ SCTP_ASSOCINFO, sizeof(struct sctp_assocparams) },
	{ SCTP_INITMSG, sizeof(struct sctp_initmsg) },
	{ SCTP_NODELAY, sizeof(int) },
	{ SCTP_DISABLE_FRAGMENTS, sizeof(int) },
	{ SCTP_EXPLICIT_EOR, sizeof(int) },
	/* Without an association this is what was set, not the size that
	 * is in effect, and 0 where nothing was. */
	{ SCTP_MAXSEG, sizeof(struct sctp_assoc_value) },
	{ SCTP_DELAYED_SACK, sizeof(struct sctp_sack_info) },
	{ SCTP_MAX_BURST, sizeof(struct sctp_assoc_value) },
	{ SCTP_CONTEXT, sizeof(struct sctp_assoc_value) },
	{ SCTP_ENABLE_STREAM_RESET, sizeof(struct sctp_assoc_value) },
	{ SCTP_REMOTE_UDP_ENCAPS_PORT, sizeof(struct sctp_udpencaps) },
	/* The first allows the second. */
	{ SCTP_FRAGMENT_INTERLEAVE, sizeof(uint32_t) },
	{ GS_ENGINE_INTERLEAVING, sizeof(struct sctp_assoc_value) },
	{ SCTP_PLUGGABLE_SS, sizeof(struct sctp_assoc_value) },
	{ SCTP_PR_SUPPORTED, sizeof(struct sctp_assoc_value) },
	{ SCTP_RECONFIG_SUPPORTED, sizeof(struct sctp_assoc_value) },
	{ SCTP_NRSACK_SUPPORTED, sizeof(struct sctp_assoc_value) },
	{ GS_ENGINE_PLUGGABLE_CC, sizeof(struct sctp_assoc_value) },
	{ GS_ENGINE_PEER_ADDR_THLDS, sizeof(struct gs_engine_paddrthlds) },
	/* In this order: the first is not without the second, which a fresh
	 * socket has. */
	{ SCTP_ASCONF_SUPPORTED, sizeof(struct sctp_assoc_value) },
	{ SCTP_AUTH_SUPPORTED, sizeof(struct sctp_assoc_value) },
};

/* <usrsctp.h> leaves the count out. */
struct auth_chunks {
	sctp_assoc_t assoc_id;
	uint32_t n;
	uint8_t chunks[256];
};

static int
copy_plain(struct socket *from, struct socket *to)
{
	union record r;
	size_t i;
	int err = 0;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]) && err == 0; i++) {
		memset(&r, 0, sizeof(r));
		err = gs_eopt_engine_get(from, plain[i].name, &r, plain[i].len);
		if (err == 0)
			err = gs_eopt_engine_set(to, plain[i].name, &r,
			    plain[i].len);
	}
	return err;
}

static int
copy_paddrparams(struct socket *from, struct socket *to)
{
	struct sctp_paddrparams p;
	int err;

	memset(&p, 0, sizeof(p));
	err = gs_eopt_engine_get(from, SCTP_PEER_ADDR_PARAMS, &p, sizeof(p));
	if (err != 0)
		return err;
	if (p.spp_hbinterval == 0)
		p.spp_flags |= SPP_HB_TIME_IS_ZERO;
	return gs_eopt_engine_set(to, SCTP_PEER_ADDR_PARAMS, &p, sizeof(p));
}

/* To set 0 is to send 0 to every peer, which not to set it is not. */
static int
copy_adaptation(struct socket *from, struct socket *to)
{
	uint32_t v = 0;
	int err;

	err = gs_eopt_engine_get(from, SCTP_ADAPTATION_LAYER, &v, sizeof(v));
	if (err == 0 && v != 0)
		err = gs_eopt_engine_set(to, SCTP_ADAPTATION_LAYER, &v,
		    sizeof(v));
	return err;
}

static int
copy_buffer(struct socket *from, struct socket *to, int name)
{
	socklen_t len = sizeof(int);
	int v = 0;

	if (usrsctp_getsockopt(from, SOL_SOCKET, name, &v, &len) != 0 ||
	    usrsctp_setsockopt(to, SOL_SOCKET, name, &v, sizeof(v)) != 0)
		return -errno;
	return 0;
}

static int
copy_buffers(struct socket *from, struct socket *to)
{
	uint32_t point = 0;
	int err;

	err = copy_buffer(from, to, SO_RCVBUF);
	if (err == 0)
		err = copy_buffer(from, to, SO_SNDBUF);
	if (err == 0)
		err = gs_eopt_engine_get(from, SCTP_PARTIAL_DELIVERY_POINT,
		    &point, sizeof(point));
	if (err == 0)
		err = gs_eopt_engine_set(to, SCTP_PARTIAL_DELIVERY_POINT,
		    &point, sizeof(point));
	return err;
}

static int
copy_auth_chunks(struct socket *from, struct socket *to)
{
	struct auth_chunks list;
	struct sctp_authchunk c;
	socklen_t len = sizeof(list);
	size_t i;
	int err = 0;

	memset(&list, 0, sizeof(list));
	if (usrsctp_getsockopt(from, IPPROTO_SCTP, SCTP_LOCAL_AUTH_CHUNKS,
		&list, &len) != 0)
		return -errno;
	for (i = 0; i < list.n && i < sizeof(list.chunks) && err == 0; i++) {
		c.sauth_chunk = list.chunks[i];
		err = gs_eopt_engine_set(to, SCTP_AUTH_CHUNK, &c, sizeof(c));
	}
	return err;
}

static int
copy_hmacs(struct socket *from, struct socket *to)
{
	struct gsctp_opt hmacs = { .id = GSCTP_OPT_HMAC_IDENT };
	int err;

	err = gs_eopt_get_hmacs(from, false, &hmacs);
	if (err == 0)
		err = gs_eopt_set_hmacs(to, false, &hmacs);
	return err;
}

int
gs_eopt_copy(struct socket *from, struct socket *to)
{
	int err;

	err = copy_plain(from, to);
	if (err == 0)
		err = copy_paddrparams(from, to);
	if (err == 0)
		err = copy_adaptation(from, to);
	if (err == 0)
		err = copy_buffers(from, to);
	if (err == 0)
		err = copy_auth_chunks(from, to);
	if (err == 0)
		err = copy_hmacs(from, to);
	return err;
}

int
gs_eopt_subscribe(struct socket *so, uint32_t old_mask, uint32_t mask)
{
	static const uint16_t types[] = {
		SCTP_ASSOC_CHANGE,
		SCTP_PEER_ADDR_CHANGE,
		SCTP_REMOTE_ERROR,
		SCTP_SEND_FAILED_EVENT,
		SCTP_SHUTDOWN_EVENT,
		SCTP_ADAPTATION_INDICATION,
		SCTP_PARTIAL_DELIVERY_EVENT,
		SCTP_AUTHENTICATION_EVENT,
		SCTP_SENDER_DRY_EVENT,
		SCTP_STREAM_RESET_EVENT,
		SCTP_ASSOC_RESET_EVENT,
		SCTP_STREAM_CHANGE_EVENT,
	};
	const size_t n = sizeof(types) / sizeof(types[0]);
	struct sctp_event ev;
	size_t i;
	int err;

	if ((mask >> n) != 0)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (((old_mask ^ mask) >> i & 1) == 0)
			continue;
		memset(&ev, 0, sizeof(ev));
		ev.se_type = types[i];
		ev.se_on = (uint8_t)(mask >> i & 1);
		err = gs_eopt_engine_set(so, SCTP_EVENT, &ev, sizeof(ev));
		if (err != 0)
			return err;
	}
	return 0;
}
