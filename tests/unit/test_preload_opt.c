/*
 * Numbers and records of options as the preload library has them, against
 * those of <netinet/sctp.h>.
 */

#include <netinet/in.h>
#include <netinet/sctp.h>
#include <stddef.h>

#include "check_main.h"
#include "linux_opt.h"

#define SAME_SIZE(ours, theirs)                                              \
	_Static_assert(sizeof(struct ours) == sizeof(struct theirs), #ours)
#define SAME_PLACE(ours, field, theirs, their_field)                         \
	_Static_assert(offsetof(struct ours, field) ==                       \
		    offsetof(struct theirs, their_field) &&                  \
		sizeof(((struct ours *)0)->field) ==                         \
		    sizeof(((struct theirs *)0)->their_field),               \
	    #ours "." #field)

SAME_SIZE(lx_rtoinfo, sctp_rtoinfo);
SAME_PLACE(lx_rtoinfo, assoc_id, sctp_rtoinfo, srto_assoc_id);
SAME_PLACE(lx_rtoinfo, initial, sctp_rtoinfo, srto_initial);
SAME_PLACE(lx_rtoinfo, max, sctp_rtoinfo, srto_max);
SAME_PLACE(lx_rtoinfo, min, sctp_rtoinfo, srto_min);

SAME_SIZE(lx_assocparams, sctp_assocparams);
SAME_PLACE(lx_assocparams, asocmaxrxt, sctp_assocparams, sasoc_asocmaxrxt);
SAME_PLACE(lx_assocparams, number_peer_destinations, sctp_assocparams,
    sasoc_number_peer_destinations);
SAME_PLACE(lx_assocparams, peer_rwnd, sctp_assocparams, sasoc_peer_rwnd);
SAME_PLACE(lx_assocparams, local_rwnd, sctp_assocparams, sasoc_local_rwnd);
SAME_PLACE(lx_assocparams, cookie_life, sctp_assocparams, sasoc_cookie_life);

SAME_SIZE(lx_initmsg, sctp_initmsg);
SAME_PLACE(lx_initmsg, num_ostreams, sctp_initmsg, sinit_num_ostreams);
SAME_PLACE(lx_initmsg, max_instreams, sctp_initmsg, sinit_max_instreams);
SAME_PLACE(lx_initmsg, max_attempts, sctp_initmsg, sinit_max_attempts);
SAME_PLACE(lx_initmsg, max_init_timeo, sctp_initmsg, sinit_max_init_timeo);

SAME_SIZE(lx_prim, sctp_prim);
SAME_SIZE(lx_prim, sctp_setpeerprim);
SAME_PLACE(lx_prim, addr, sctp_prim, ssp_addr);
SAME_PLACE(lx_prim, addr, sctp_setpeerprim, sspp_addr);

SAME_SIZE(lx_paddrparams, sctp_paddrparams);
SAME_PLACE(lx_paddrparams, address, sctp_paddrparams, spp_address);
SAME_PLACE(lx_paddrparams, hbinterval, sctp_paddrparams, spp_hbinterval);
SAME_PLACE(lx_paddrparams, pathmaxrxt, sctp_paddrparams, spp_pathmaxrxt);
SAME_PLACE(lx_paddrparams, pathmtu, sctp_paddrparams, spp_pathmtu);
SAME_PLACE(lx_paddrparams, sackdelay, sctp_paddrparams, spp_sackdelay);
SAME_PLACE(lx_paddrparams, flags, sctp_paddrparams, spp_flags);
SAME_PLACE(lx_paddrparams, ipv6_flowlabel, sctp_paddrparams,
    spp_ipv6_flowlabel);
SAME_PLACE(lx_paddrparams, dscp, sctp_paddrparams, spp_dscp);

SAME_SIZE(lx_sndrcvinfo, sctp_sndrcvinfo);
SAME_PLACE(lx_sndrcvinfo, stream, sctp_sndrcvinfo, sinfo_stream);
SAME_PLACE(lx_sndrcvinfo, ssn, sctp_sndrcvinfo, sinfo_ssn);
SAME_PLACE(lx_sndrcvinfo, flags, sctp_sndrcvinfo, sinfo_flags);
SAME_PLACE(lx_sndrcvinfo, ppid, sctp_sndrcvinfo, sinfo_ppid);
SAME_PLACE(lx_sndrcvinfo, context, sctp_sndrcvinfo, sinfo_context);
SAME_PLACE(lx_sndrcvinfo, timetolive, sctp_sndrcvinfo, sinfo_timetolive);
SAME_PLACE(lx_sndrcvinfo, tsn, sctp_sndrcvinfo, sinfo_tsn);
SAME_PLACE(lx_sndrcvinfo, cumtsn, sctp_sndrcvinfo, sinfo_cumtsn);
SAME_PLACE(lx_sndrcvinfo, assoc_id, sctp_sndrcvinfo, sinfo_assoc_id);

SAME_SIZE(lx_sndinfo, sctp_sndinfo);
SAME_PLACE(lx_sndinfo, flags, sctp_sndinfo, snd_flags);
SAME_PLACE(lx_sndinfo, ppid, sctp_sndinfo, snd_ppid);
SAME_PLACE(lx_sndinfo, context, sctp_sndinfo, snd_context);
SAME_PLACE(lx_sndinfo, assoc_id, sctp_sndinfo, snd_assoc_id);

SAME_SIZE(lx_default_prinfo, sctp_default_prinfo);
SAME_PLACE(lx_default_prinfo, value, sctp_default_prinfo, pr_value);
SAME_PLACE(lx_default_prinfo, policy, sctp_default_prinfo, pr_policy);

SAME_SIZE(lx_prstatus, sctp_prstatus);
SAME_PLACE(lx_prstatus, sid, sctp_prstatus, sprstat_sid);
SAME_PLACE(lx_prstatus, policy, sctp_prstatus, sprstat_policy);
SAME_PLACE(lx_prstatus, abandoned_unsent, sctp_prstatus,
    sprstat_abandoned_unsent);
SAME_PLACE(lx_prstatus, abandoned_sent, sctp_prstatus,
    sprstat_abandoned_sent);

_Static_assert(LX_EVENTS_MAX == sizeof(struct sctp_event_subscribe),
    "events");
SAME_SIZE(lx_event, sctp_event);
SAME_PLACE(lx_event, type, sctp_event, se_type);
SAME_PLACE(lx_event, on, sctp_event, se_on);

SAME_SIZE(lx_assoc_value, sctp_assoc_value);
SAME_PLACE(lx_assoc_value, value, sctp_assoc_value, assoc_value);
SAME_SIZE(lx_stream_value, sctp_stream_value);
SAME_PLACE(lx_stream_value, stream, sctp_stream_value, stream_id);
SAME_PLACE(lx_stream_value, value, sctp_stream_value, stream_value);
SAME_SIZE(lx_sack_info, sctp_sack_info);
SAME_PLACE(lx_sack_info, delay, sctp_sack_info, sack_delay);
SAME_PLACE(lx_sack_info, freq, sctp_sack_info, sack_freq);

SAME_SIZE(lx_paddrinfo, sctp_paddrinfo);
SAME_PLACE(lx_paddrinfo, address, sctp_paddrinfo, spinfo_address);
SAME_PLACE(lx_paddrinfo, state, sctp_paddrinfo, spinfo_state);
SAME_PLACE(lx_paddrinfo, cwnd, sctp_paddrinfo, spinfo_cwnd);
SAME_PLACE(lx_paddrinfo, srtt, sctp_paddrinfo, spinfo_srtt);
SAME_PLACE(lx_paddrinfo, rto, sctp_paddrinfo, spinfo_rto);
SAME_PLACE(lx_paddrinfo, mtu, sctp_paddrinfo, spinfo_mtu);

SAME_SIZE(lx_status, sctp_status);
SAME_PLACE(lx_status, state, sctp_status, sstat_state);
SAME_PLACE(lx_status, rwnd, sctp_status, sstat_rwnd);
SAME_PLACE(lx_status, unackdata, sctp_status, sstat_unackdata);
SAME_PLACE(lx_status, penddata, sctp_status, sstat_penddata);
SAME_PLACE(lx_status, instrms, sctp_status, sstat_instrms);
SAME_PLACE(lx_status, outstrms, sctp_status, sstat_outstrms);
SAME_PLACE(lx_status, fragmentation_point, sctp_status,
    sstat_fragmentation_point);
SAME_PLACE(lx_status, primary, sctp_status, sstat_primary);

SAME_SIZE(lx_authchunk, sctp_authchunk);
SAME_SIZE(lx_hmacalgo, sctp_hmacalgo);
_Static_assert(offsetof(struct lx_hmacalgo, idents) ==
	offsetof(struct sctp_hmacalgo, shmac_idents), "idents");
SAME_SIZE(lx_authkey, sctp_authkey);
SAME_PLACE(lx_authkey, keynumber, sctp_authkey, sca_keynumber);
SAME_PLACE(lx_authkey, keylength, sctp_authkey, sca_keylength);
_Static_assert(offsetof(struct lx_authkey, key) ==
	offsetof(struct sctp_authkey, sca_key), "key");
SAME_SIZE(lx_authkeyid, sctp_authkeyid);
SAME_PLACE(lx_authkeyid, keynumber, sctp_authkeyid, scact_keynumber);
SAME_SIZE(lx_authchunks, sctp_authchunks);
SAME_PLACE(lx_authchunks, number, sctp_authchunks, gauth_number_of_chunks);
SAME_SIZE(lx_assoc_ids, sctp_assoc_ids);

SAME_SIZE(lx_paddrthlds, sctp_paddrthlds);
SAME_PLACE(lx_paddrthlds, address, sctp_paddrthlds, spt_address);
SAME_PLACE(lx_paddrthlds, pathmaxrxt, sctp_paddrthlds, spt_pathmaxrxt);
SAME_PLACE(lx_paddrthlds, pathpfthld, sctp_paddrthlds, spt_pathpfthld);
SAME_SIZE(lx_paddrthlds_v2, sctp_paddrthlds_v2);
SAME_PLACE(lx_paddrthlds_v2, pathcpthld, sctp_paddrthlds_v2, spt_pathcpthld);

SAME_SIZE(lx_assoc_stats, sctp_assoc_stats);
SAME_PLACE(lx_assoc_stats, obs_rto_ipaddr, sctp_assoc_stats,
    sas_obs_rto_ipaddr);
SAME_PLACE(lx_assoc_stats, maxrto, sctp_assoc_stats, sas_maxrto);
SAME_PLACE(lx_assoc_stats, isacks, sctp_assoc_stats, sas_isacks);
SAME_PLACE(lx_assoc_stats, osacks, sctp_assoc_stats, sas_osacks);
SAME_PLACE(lx_assoc_stats, opackets, sctp_assoc_stats, sas_opackets);
SAME_PLACE(lx_assoc_stats, ipackets, sctp_assoc_stats, sas_ipackets);
SAME_PLACE(lx_assoc_stats, rtxchunks, sctp_assoc_stats, sas_rtxchunks);
SAME_PLACE(lx_assoc_stats, outofseqtsns, sctp_assoc_stats, sas_outofseqtsns);
SAME_PLACE(lx_assoc_stats, idupchunks, sctp_assoc_stats, sas_idupchunks);
SAME_PLACE(lx_assoc_stats, gapcnt, sctp_assoc_stats, sas_gapcnt);
SAME_PLACE(lx_assoc_stats, ouodchunks, sctp_assoc_stats, sas_ouodchunks);
SAME_PLACE(lx_assoc_stats, iuodchunks, sctp_assoc_stats, sas_iuodchunks);
SAME_PLACE(lx_assoc_stats, oodchunks, sctp_assoc_stats, sas_oodchunks);
SAME_PLACE(lx_assoc_stats, iodchunks, sctp_assoc_stats, sas_iodchunks);
SAME_PLACE(lx_assoc_stats, octrlchunks, sctp_assoc_stats, sas_octrlchunks);
SAME_PLACE(lx_assoc_stats, ictrlchunks, sctp_assoc_stats, sas_ictrlchunks);

SAME_SIZE(lx_reset_streams, sctp_reset_streams);
SAME_PLACE(lx_reset_streams, flags, sctp_reset_streams, srs_flags);
SAME_PLACE(lx_reset_streams, number_streams, sctp_reset_streams,
    srs_number_streams);
SAME_SIZE(lx_add_streams, sctp_add_streams);
SAME_PLACE(lx_add_streams, instrms, sctp_add_streams, sas_instrms);
SAME_PLACE(lx_add_streams, outstrms, sctp_add_streams, sas_outstrms);
SAME_SIZE(lx_udpencaps, sctp_udpencaps);
SAME_PLACE(lx_udpencaps, address, sctp_udpencaps, sue_address);
SAME_PLACE(lx_udpencaps, port, sctp_udpencaps, sue_port);
SAME_SIZE(lx_probeinterval, sctp_probeinterval);
SAME_PLACE(lx_probeinterval, address, sctp_probeinterval, spi_address);
SAME_PLACE(lx_probeinterval, interval, sctp_probeinterval, spi_interval);

_Static_assert(sizeof(struct lx_peeloff) == sizeof(sctp_peeloff_arg_t),
    "peeloff");
_Static_assert(sizeof(struct lx_peeloff_flags) ==
	sizeof(sctp_peeloff_flags_arg_t), "peeloff_flags");
SAME_SIZE(lx_getaddrs, sctp_getaddrs);
SAME_PLACE(lx_getaddrs, addr_num, sctp_getaddrs, addr_num);

/* libsctp has its own record for this one. */
SAME_SIZE(lx_connectx3, sctp_getaddrs_old);
SAME_PLACE(lx_connectx3, size, sctp_getaddrs_old, addr_num);
SAME_PLACE(lx_connectx3, addrs, sctp_getaddrs_old, addrs);

#define NUMBER(name)                                                         \
	{                                                                    \
		#name, LX_##name, name                                       \
	}

static const struct {
	const char *name;
	int ours, theirs;
} numbers[] = {
	NUMBER(SCTP_RTOINFO),
	NUMBER(SCTP_ASSOCINFO),
	NUMBER(SCTP_INITMSG),
	NUMBER(SCTP_NODELAY),
	NUMBER(SCTP_AUTOCLOSE),
	NUMBER(SCTP_SET_PEER_PRIMARY_ADDR),
	NUMBER(SCTP_PRIMARY_ADDR),
	NUMBER(SCTP_ADAPTATION_LAYER),
	NUMBER(SCTP_DISABLE_FRAGMENTS),
	NUMBER(SCTP_PEER_ADDR_PARAMS),
	NUMBER(SCTP_DEFAULT_SEND_PARAM),
	NUMBER(SCTP_EVENTS),
	NUMBER(SCTP_I_WANT_MAPPED_V4_ADDR),
	NUMBER(SCTP_MAXSEG),
	NUMBER(SCTP_STATUS),
	NUMBER(SCTP_GET_PEER_ADDR_INFO),
	NUMBER(SCTP_DELAYED_SACK),
	NUMBER(SCTP_CONTEXT),
	NUMBER(SCTP_FRAGMENT_INTERLEAVE),
	NUMBER(SCTP_PARTIAL_DELIVERY_POINT),
	NUMBER(SCTP_MAX_BURST),
	NUMBER(SCTP_AUTH_CHUNK),
	NUMBER(SCTP_HMAC_IDENT),
	NUMBER(SCTP_AUTH_KEY),
	NUMBER(SCTP_AUTH_ACTIVE_KEY),
	NUMBER(SCTP_AUTH_DELETE_KEY),
	NUMBER(SCTP_PEER_AUTH_CHUNKS),
	NUMBER(SCTP_LOCAL_AUTH_CHUNKS),
	NUMBER(SCTP_GET_ASSOC_NUMBER),
	NUMBER(SCTP_GET_ASSOC_ID_LIST),
	NUMBER(SCTP_AUTO_ASCONF),
	NUMBER(SCTP_PEER_ADDR_THLDS),
	NUMBER(SCTP_RECVRCVINFO),
	NUMBER(SCTP_RECVNXTINFO),
	NUMBER(SCTP_DEFAULT_SNDINFO),
	NUMBER(SCTP_AUTH_DEACTIVATE_KEY),
	NUMBER(SCTP_REUSE_PORT),
	NUMBER(SCTP_PEER_ADDR_THLDS_V2),
	NUMBER(SCTP_SOCKOPT_BINDX_ADD),
	NUMBER(SCTP_SOCKOPT_BINDX_REM),
	NUMBER(SCTP_SOCKOPT_PEELOFF),
	NUMBER(SCTP_SOCKOPT_CONNECTX_OLD),
	NUMBER(SCTP_GET_PEER_ADDRS),
	NUMBER(SCTP_GET_LOCAL_ADDRS),
	NUMBER(SCTP_SOCKOPT_CONNECTX),
	NUMBER(SCTP_SOCKOPT_CONNECTX3),
	NUMBER(SCTP_GET_ASSOC_STATS),
	NUMBER(SCTP_PR_SUPPORTED),
	NUMBER(SCTP_DEFAULT_PRINFO),
	NUMBER(SCTP_PR_ASSOC_STATUS),
	NUMBER(SCTP_PR_STREAM_STATUS),
	NUMBER(SCTP_RECONFIG_SUPPORTED),
	NUMBER(SCTP_ENABLE_STREAM_RESET),
	NUMBER(SCTP_RESET_STREAMS),
	NUMBER(SCTP_RESET_ASSOC),
	NUMBER(SCTP_ADD_STREAMS),
	NUMBER(SCTP_SOCKOPT_PEELOFF_FLAGS),
	NUMBER(SCTP_STREAM_SCHEDULER),
	NUMBER(SCTP_STREAM_SCHEDULER_VALUE),
	NUMBER(SCTP_INTERLEAVING_SUPPORTED),
	NUMBER(SCTP_SENDMSG_CONNECT),
	NUMBER(SCTP_EVENT),
	NUMBER(SCTP_ASCONF_SUPPORTED),
	NUMBER(SCTP_AUTH_SUPPORTED),
	NUMBER(SCTP_ECN_SUPPORTED),
	NUMBER(SCTP_EXPOSE_PF_STATE),
	NUMBER(SCTP_REMOTE_UDP_ENCAPS_PORT),
	NUMBER(SCTP_PLPMTUD_PROBE_INTERVAL),
	{ "SOL_SCTP", LX_SOL_SCTP, SOL_SCTP },
	{ "FUTURE", LX_FUTURE_ASSOC, SCTP_FUTURE_ASSOC },
	{ "CURRENT", LX_CURRENT_ASSOC, SCTP_CURRENT_ASSOC },
	{ "ALL", LX_ALL_ASSOC, SCTP_ALL_ASSOC },
	{ "HB_ENABLE", LX_SPP_HB_ENABLE, SPP_HB_ENABLE },
	{ "HB_DISABLE", LX_SPP_HB_DISABLE, SPP_HB_DISABLE },
	{ "HB_DEMAND", LX_SPP_HB_DEMAND, SPP_HB_DEMAND },
	{ "PMTUD_ENABLE", LX_SPP_PMTUD_ENABLE, SPP_PMTUD_ENABLE },
	{ "PMTUD_DISABLE", LX_SPP_PMTUD_DISABLE, SPP_PMTUD_DISABLE },
	{ "SACK_ENABLE", LX_SPP_SACKDELAY_ENABLE, SPP_SACKDELAY_ENABLE },
	{ "SACK_DISABLE", LX_SPP_SACKDELAY_DISABLE, SPP_SACKDELAY_DISABLE },
	{ "HB_TIME", LX_SPP_HB_TIME_IS_ZERO, SPP_HB_TIME_IS_ZERO },
	{ "FLOWLABEL", LX_SPP_IPV6_FLOWLABEL, SPP_IPV6_FLOWLABEL },
	{ "DSCP", LX_SPP_DSCP, SPP_DSCP },
	{ "PR_TTL", LX_PR_TTL, SCTP_PR_SCTP_TTL },
	{ "PR_RTX", LX_PR_RTX, SCTP_PR_SCTP_RTX },
	{ "PR_PRIO", LX_PR_PRIO, SCTP_PR_SCTP_PRIO },
	{ "PR_MASK", LX_PR_MASK, SCTP_PR_SCTP_MASK },
	{ "PR_ALL", LX_PR_ALL, SCTP_PR_SCTP_ALL },
	{ "INACTIVE", LX_PATH_INACTIVE, SCTP_INACTIVE },
	{ "PF", LX_PATH_PF, SCTP_PF },
	{ "ACTIVE", LX_PATH_ACTIVE, SCTP_ACTIVE },
	{ "UNCONFIRMED", LX_PATH_UNCONFIRMED, SCTP_UNCONFIRMED },
	{ "EMPTY", LX_STATE_EMPTY, SCTP_EMPTY },
	{ "CLOSED", LX_STATE_CLOSED, SCTP_CLOSED },
	{ "ESTABLISHED", LX_STATE_ESTABLISHED, SCTP_ESTABLISHED },
	{ "RESET_STREAM", LX_ENABLE_RESET_STREAM,
	    SCTP_ENABLE_RESET_STREAM_REQ },
	{ "RESET_ASSOC", LX_ENABLE_RESET_ASSOC, SCTP_ENABLE_RESET_ASSOC_REQ },
	{ "CHANGE_ASSOC", LX_ENABLE_CHANGE_ASSOC,
	    SCTP_ENABLE_CHANGE_ASSOC_REQ },
	{ "FCFS", LX_SS_FCFS, SCTP_SS_FCFS },
	{ "PRIO", LX_SS_PRIO, SCTP_SS_PRIO },
	{ "RR", LX_SS_RR, SCTP_SS_RR },
};

START_TEST(numbers_are_those_of_the_header)
{
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		ck_assert_msg(numbers[i].ours == numbers[i].theirs,
		    "%s: %d, not %d", numbers[i].name, numbers[i].ours,
		    numbers[i].theirs);
}
END_TEST

START_TEST(the_elder_record_of_paths_ends_where_linux_says)
{
	ck_assert_uint_eq(LX_PADDRPARAMS_OLD,
	    (offsetof(struct sctp_paddrparams, spp_ipv6_flowlabel) + 3) &
		~(size_t)3);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("preload_opt");
	TCase *tc = tcase_create("preload_opt");

	tcase_add_test(tc, numbers_are_those_of_the_header);
	tcase_add_test(tc, the_elder_record_of_paths_ends_where_linux_says);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
