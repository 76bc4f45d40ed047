/* optname_table: see optname_table.h.  Ranges are those of gsctp_opt(3). */

#include "optname_table.h"

#define ROW(name_, id_, kind_, store_, member_, ...)                           \
	{                                                                      \
		.name = name_, .id = GSCTP_OPT_##id_, .kind = OPTNAME_##kind_, \
		.store = OPTNAME_AS_##store_,                                  \
		.at = offsetof(struct gsctp_opt, u.member_), __VA_ARGS__       \
	}
#define RANGE(min_, max_) .min = (min_), .max = (max_)
#define OF_ASSOC .is_of_assoc = true
#define HELP(text) .help = (text)
#define REFUSED(name_, id_, why) \
	ROW(name_, id_, REFUSED, IT_IS, flag, HELP(why))

/* A switch of a field that is 0 or 1, and of a struct gsctp_assoc_value. */
#define EVENT(field, text) \
	ROW("events." #field, EVENTS, SWITCH, FIELD, events.field, HELP(text))
#define SUPPORT(name_, id_, text)                             \
	ROW(name_ "_supported", id_##_SUPPORTED, SWITCH, U32, \
	    assoc_value.assoc_value, HELP(text))
#define FLAG(name_, id_, text) ROW(name_, id_, SWITCH, BOOL, flag, HELP(text))
/* A number, an address of a path, a field of a record. */
#define VALUE(name_, id_, kind_, ...) \
	ROW(name_, id_, kind_, U32, value, __VA_ARGS__)
#define ASSOC_VALUE(name_, id_, kind_, ...) \
	ROW(name_, id_, kind_, U32, assoc_value.assoc_value, __VA_ARGS__)

#define U32_MAX 4294967295
#define DAY_MS 86400000

static const struct optname_word spp_flags[] = {
	{ "hb_enable", GSCTP_SPP_HB_ENABLE },
	{ "hb_disable", GSCTP_SPP_HB_DISABLE },
	{ "hb_demand", GSCTP_SPP_HB_DEMAND },
	{ "pmtud_enable", GSCTP_SPP_PMTUD_ENABLE },
	{ "pmtud_disable", GSCTP_SPP_PMTUD_DISABLE },
	{ "sackdelay_enable", GSCTP_SPP_SACKDELAY_ENABLE },
	{ "sackdelay_disable", GSCTP_SPP_SACKDELAY_DISABLE },
	{ NULL, 0 },
};

static const struct optname_word send_flags[] = {
	{ "unordered", GSCTP_UNORDERED },
	{ "pr_ttl", GSCTP_PR_TTL },
	{ "pr_rtx", GSCTP_PR_RTX },
	{ "sack_immediately", GSCTP_SACK_IMMEDIATELY },
	{ NULL, 0 },
};

static const struct optname_word policies[] = {
	{ "none", 0 },
	{ "ttl", GSCTP_PR_TTL },
	{ "rtx", GSCTP_PR_RTX },
	{ NULL, 0 },
};

static const struct optname_word active_modes[] = {
	{ "false", GSCTP_ACTIVE_FALSE },
	{ "true", GSCTP_ACTIVE_TRUE },
	{ "once", GSCTP_ACTIVE_ONCE },
	{ NULL, 0 },
};

static const struct optname_word forever[] = {
	{ "forever", (uint32_t)-1 },
	{ NULL, 0 },
};

static const struct optname_word reset_flags[] = {
	{ "incoming", GSCTP_RESET_INCOMING },
	{ "outgoing", GSCTP_RESET_OUTGOING },
	{ NULL, 0 },
};

/* RFC 6525 6.3.1; the engine cannot do 2. */
static const struct optname_word reset_rights[] = {
	{ "reset", 1 },
	{ "add", 4 },
	{ NULL, 0 },
};

/* RFC 9260 3.2 and those of other RFCs, but for what cannot be asked for. */
static const struct optname_word chunks[] = {
	{ "data", 0 },
	{ "sack", 3 },
	{ "heartbeat", 4 },
	{ "heartbeat_ack", 5 },
	{ "abort", 6 },
	{ "shutdown", 7 },
	{ "shutdown_ack", 8 },
	{ "error", 9 },
	{ "cookie_echo", 10 },
	{ "cookie_ack", 11 },
	{ "i_data", 64 },
	{ "asconf_ack", 128 },
	{ "re_config", 130 },
	{ "forward_tsn", 192 },
	{ "asconf", 193 },
	{ "i_forward_tsn", 194 },
	{ NULL, 0 },
};

static const struct optname_word hmacs[] = {
	{ "sha1", GSCTP_HMAC_SHA1 },
	{ NULL, 0 },
};

static const struct optname_word schedulers[] = {
	{ "default", GSCTP_SS_DEFAULT },
	{ "rr", GSCTP_SS_RR },
	{ "prio", GSCTP_SS_PRIO },
	{ "fb", GSCTP_SS_FB },
	{ NULL, 0 },
};

static const struct optname_word ccs[] = {
	{ "standard", GSCTP_CC_STANDARD },
	{ "hstcp", GSCTP_CC_HSTCP },
	{ "htcp", GSCTP_CC_HTCP },
	{ NULL, 0 },
};

static const char is_read[] = "can only be read: gsctp status shows it";
static const char is_address[] = "of this path alone";

/* In alphabetical order, but for the fields of a record. */
const struct optname_row optname_rows[] = {
	ROW("active", ACTIVE, NUMBER, U32, active, RANGE(-32768, 32767),
	    .words = active_modes, HELP("how a mailbox gets messages [false]")),
	VALUE("adaptation_layer", ADAPTATION_LAYER, NUMBER, RANGE(0, U32_MAX),
	    HELP("a number to tell the peer [0]")),
	ROW("add_streams.instrms", ADD_STREAMS, NUMBER, U16,
	    add_streams.instrms, RANGE(0, 65535), OF_ASSOC,
	    HELP("this many more to receive on")),
	ROW("add_streams.outstrms", ADD_STREAMS, NUMBER, U16,
	    add_streams.outstrms, RANGE(0, 65535), OF_ASSOC,
	    HELP("this many more to send on")),
	SUPPORT("asconf", ASCONF, "offer to change addresses [off]"),
	ROW("associnfo.asocmaxrxt", ASSOCINFO, NUMBER, FIELD,
	    assocparams.asocmaxrxt, RANGE(1, 65535),
	    HELP("retransmissions before the end [10]")),
	ROW("associnfo.cookie_life", ASSOCINFO, MS, FIELD,
	    assocparams.cookie_life, RANGE(1000, 3600000),
	    HELP("a cookie is good so long [60000]")),
	REFUSED("associnfo.number_peer_destinations", ASSOCINFO, is_read),
	REFUSED("associnfo.peer_rwnd", ASSOCINFO, is_read),
	REFUSED("associnfo.local_rwnd", ASSOCINFO, is_read),
	ASSOC_VALUE("auth_active_key", AUTH_ACTIVE_KEY, NUMBER, RANGE(0, 65535),
	    HELP("the key to send with [0, the empty one]")),
	VALUE("auth_chunk", AUTH_CHUNK, NUMBER, RANGE(0, 255), .words = chunks,
	    HELP("take these authenticated alone")),
	ASSOC_VALUE("auth_deactivate_key", AUTH_DEACTIVATE_KEY, NUMBER,
	    RANGE(0, 65535), HELP("do not send with this key any more")),
	ASSOC_VALUE("auth_delete_key", AUTH_DELETE_KEY, NUMBER, RANGE(0, 65535),
	    HELP("forget this key")),
	ROW("auth_key.keynumber", AUTH_KEY, NUMBER, U16, authkey.keynumber,
	    RANGE(0, 65535), HELP("number of the key [0]")),
	ROW("auth_key.key", AUTH_KEY, KEY, IT_IS, authkey.key,
	    HELP("its bytes, in hex")),
	SUPPORT("auth", AUTH, "offer authentication [on]"),
	VALUE("autoclose", AUTOCLOSE, SECONDS, RANGE(0, 2147483),
	    HELP("shut down what is idle so long [0: never]")),
	VALUE("buffer", BUFFER, BYTES, RANGE(1024, 2147483648),
	    HELP("longest message in one piece [16mi]")),
	ASSOC_VALUE("context", CONTEXT, NUMBER, RANGE(0, U32_MAX),
	    HELP("what received messages have as context [0]")),
	ROW("default_prinfo.policy", DEFAULT_PRINFO, WORD, U32, prinfo.policy,
	    .words = policies, HELP("when to give a message up [none]")),
	ROW("default_prinfo.value", DEFAULT_PRINFO, NUMBER, U32, prinfo.value,
	    RANGE(0, U32_MAX), HELP("after so many ms, or retransmissions")),
	ROW("default_send_param.stream", DEFAULT_SEND_PARAM, NUMBER, FIELD,
	    send_param.stream, RANGE(0, 65535),
	    HELP("read back, and not used [0]")),
	ROW("default_send_param.flags", DEFAULT_SEND_PARAM, WORDS, FIELD,
	    send_param.flags, .words = send_flags, HELP("of messages [none]")),
	ROW("default_send_param.ppid", DEFAULT_SEND_PARAM, PPID, FIELD,
	    send_param.ppid, HELP("of messages, by name or number [0]")),
	ROW("default_send_param.context", DEFAULT_SEND_PARAM, NUMBER, FIELD,
	    send_param.context, RANGE(0, U32_MAX),
	    HELP("comes back in send_failed [0]")),
	ROW("default_send_param.timetolive", DEFAULT_SEND_PARAM, MS, FIELD,
	    send_param.timetolive, RANGE(0, U32_MAX),
	    HELP("then give up; with pr_rtx: retries [0]")),
	ASSOC_VALUE("delayed_ack_time", DELAYED_ACK_TIME, MS, RANGE(0, 500),
	    HELP("acknowledge so late [200]")),
	ROW("delayed_sack.delay", DELAYED_SACK, MS, FIELD, sack_info.delay,
	    RANGE(1, 500), HELP("acknowledge so late at most [200]")),
	ROW("delayed_sack.freq", DELAYED_SACK, NUMBER, FIELD, sack_info.freq,
	    RANGE(1, 65535), HELP("or after so many packets [2]")),
	FLAG("disable_fragments", DISABLE_FRAGMENTS,
	    "refuse messages longer than a packet [off]"),
	FLAG("dontroute", DONTROUTE, "no gateways, for the program [off]"),
	SUPPORT("ecn", ECN, "off alone: the engine has none"),
	ROW("enable_stream_reset", ENABLE_STREAM_RESET, WORDS, U32,
	    assoc_value.assoc_value, .words = reset_rights,
	    HELP("what the peer may ask for [none]")),
	EVENT(data_io, "what goes with data [on]"),
	EVENT(association, "assoc_change [on]"),
	EVENT(address, "paddr_change [on]"),
	EVENT(send_failure, "send_failed [on]"),
	EVENT(peer_error, "remote_error [on]"),
	EVENT(shutdown, "shutdown_event [on]"),
	EVENT(partial_delivery, "pdapi_event [on]"),
	EVENT(adaptation_layer, "adaptation_event [off]"),
	EVENT(authentication, "authentication_event [off]"),
	EVENT(sender_dry, "sender_dry [off]"),
	EVENT(stream_reset, "stream_reset [off]"),
	EVENT(assoc_reset, "assoc_reset [off]"),
	EVENT(stream_change, "stream_change [off]"),
	FLAG("exit_on_close", EXIT_ON_CLOSE,
	    "one-to-one: done with its association [on]"),
	FLAG("explicit_eor", EXPLICIT_EOR,
	    "messages may be sent in parts [off]"),
	REFUSED("family", FAMILY, "is what -4 and -6 are for"),
	VALUE("fragment_interleave", FRAGMENT_INTERLEAVE, NUMBER, RANGE(1, 2),
	    HELP("2 for interleaving_supported [1]")),
	REFUSED("get_assoc_stats", GET_ASSOC_STATS, is_read),
	REFUSED("get_peer_addr_info", GET_PEER_ADDR_INFO, is_read),
	ROW("hmac_ident", HMAC_IDENT, HMACS, IT_IS, hmac_ident, .words = hmacs,
	    HELP("algorithms, the best one first [sha1]")),
	FLAG("i_want_mapped_v4_addr", I_WANT_MAPPED_V4_ADDR,
	    "IPv4 as ::ffff:192.0.2.1 [on]"),
	ROW("initmsg.num_ostreams", INITMSG, NUMBER, FIELD,
	    initmsg.num_ostreams, RANGE(1, 65535),
	    HELP("streams to send on, asked for [10]")),
	ROW("initmsg.max_instreams", INITMSG, NUMBER, FIELD,
	    initmsg.max_instreams, RANGE(1, 65535),
	    HELP("streams the peer may have [2048]")),
	ROW("initmsg.max_attempts", INITMSG, NUMBER, FIELD,
	    initmsg.max_attempts, RANGE(1, 65535),
	    HELP("INITs sent again [8]")),
	ROW("initmsg.max_init_timeo", INITMSG, MS, FIELD,
	    initmsg.max_init_timeo, RANGE(10, 65535),
	    HELP("longest wait between them [60000]")),
	SUPPORT("interleaving", INTERLEAVING,
	    "long messages do not block others [off]"),
	REFUSED("ip", IP, "is what --bind is for"),
	FLAG("ipv6_v6only", IPV6_V6ONLY, "an IPv6 socket has no IPv4 [off]"),
	ROW("linger", LINGER, LINGER, IT_IS, linger, RANGE(0, 2147483),
	    HELP("closing waits so long; on,0 aborts [off]")),
	ROW("linger.on", LINGER, SWITCH, BOOL, linger.on,
	    HELP("closing waits, or aborts [off]")),
	ROW("linger.seconds", LINGER, SECONDS, U32, linger.seconds,
	    RANGE(0, 2147483), HELP("so long; 0 aborts [0]")),
	REFUSED("local_auth_chunks", LOCAL_AUTH_CHUNKS, is_read),
	ASSOC_VALUE("max_burst", MAX_BURST, NUMBER, RANGE(0, U32_MAX),
	    HELP("packets at once; 0: any number [4]")),
	ASSOC_VALUE("maxseg", MAXSEG, BYTES, RANGE(0, 65464),
	    HELP("of a fragment: 0, or 128 and more [0]")),
	REFUSED("mbox", MBOX, "is for programs"),
	FLAG("nodelay", NODELAY, "send small messages at once [off]"),
	SUPPORT("nrsack", NRSACK, "offer SACKs that cannot be revoked [off]"),
	ROW("peer_addr_params.address", PEER_ADDR_PARAMS, ADDR, IT_IS,
	    paddrparams.address, OF_ASSOC, HELP(is_address)),
	ROW("peer_addr_params.hbinterval", PEER_ADDR_PARAMS, MS, FIELD,
	    paddrparams.hbinterval, RANGE(0, 14400000),
	    HELP("between heartbeats [30000]")),
	ROW("peer_addr_params.pathmaxrxt", PEER_ADDR_PARAMS, NUMBER, FIELD,
	    paddrparams.pathmaxrxt, RANGE(1, 65535),
	    HELP("retransmissions before it is inactive [5]")),
	ROW("peer_addr_params.pathmtu", PEER_ADDR_PARAMS, BYTES, FIELD,
	    paddrparams.pathmtu, RANGE(524, 65504),
	    HELP("longest packet; wants pmtud_disable")),
	ROW("peer_addr_params.sackdelay", PEER_ADDR_PARAMS, MS, FIELD,
	    paddrparams.sackdelay, RANGE(0, 500),
	    HELP("acknowledge so late [200]")),
	ROW("peer_addr_params.flags", PEER_ADDR_PARAMS, WORDS, FIELD,
	    paddrparams.flags, .words = spp_flags,
	    HELP("what is on, and what is sent now")),
	ROW("peer_addr_thlds.address", PEER_ADDR_THLDS, ADDR, IT_IS,
	    paddrthlds.address, OF_ASSOC, HELP(is_address)),
	ROW("peer_addr_thlds.pathmaxrxt", PEER_ADDR_THLDS, NUMBER, FIELD,
	    paddrthlds.pathmaxrxt, RANGE(1, 65535),
	    HELP("errors before it is inactive [5]")),
	ROW("peer_addr_thlds.pathpfthld", PEER_ADDR_THLDS, NUMBER, FIELD,
	    paddrthlds.pathpfthld, RANGE(0, 65535),
	    HELP("errors before it is left [65535: never]")),
	REFUSED("peer_auth_chunks", PEER_AUTH_CHUNKS, is_read),
	SUPPORT("pktdrop", PKTDROP, "off alone: the engine has none"),
	ASSOC_VALUE("pluggable_cc", PLUGGABLE_CC, WORD, .words = ccs,
	    HELP("congestion control [standard]")),
	REFUSED("pr_assoc_status", PR_ASSOC_STATUS, is_read),
	REFUSED("pr_stream_status", PR_STREAM_STATUS, is_read),
	SUPPORT("pr", PR, "offer to give messages up [on]"),
	ROW("primary_addr.addr", PRIMARY_ADDR, ADDR, IT_IS, prim.addr, OF_ASSOC,
	    HELP("the peer's address to send to")),
	VALUE("priority", PRIORITY, NUMBER, RANGE(0, 6),
	    HELP("SO_PRIORITY, for the program [0]")),
	SUPPORT("reconfig", RECONFIG, "offer changes of streams [on]"),
	VALUE("recbuf", RECBUF, BYTES, RANGE(1, 1073741824),
	    HELP("receive buffer, the window [128ki]")),
	FLAG("recvtos", RECVTOS, "messages tell their tos [off]"),
	FLAG("recvttl", RECVTTL, "messages tell their ttl [off]"),
	ROW("remote_udp_encaps_port.address", REMOTE_UDP_ENCAPS_PORT, ADDR,
	    IT_IS, udp_encaps.address, OF_ASSOC, HELP(is_address)),
	ROW("remote_udp_encaps_port.port", REMOTE_UDP_ENCAPS_PORT, NUMBER, U16,
	    udp_encaps.port, RANGE(1, 65535), HELP("the peer's [9899]")),
	REFUSED("reset_assoc", RESET_ASSOC, "is more than the engine can do"),
	ROW("reset_streams.flags", RESET_STREAMS, WORDS, U32,
	    reset_streams.flags, OF_ASSOC, .words = reset_flags,
	    HELP("begin anew, with number 0")),
	ROW("reset_streams.streams", RESET_STREAMS, STREAMS, IT_IS,
	    reset_streams.streams, OF_ASSOC, HELP("these [all]")),
	FLAG("reuseaddr", REUSEADDR, "changes nothing [off]"),
	ROW("rtoinfo.initial", RTOINFO, MS, FIELD, rtoinfo.initial,
	    RANGE(10, DAY_MS), HELP("first retransmission timeout [1000]")),
	ROW("rtoinfo.max", RTOINFO, MS, FIELD, rtoinfo.max, RANGE(10, DAY_MS),
	    HELP("longest of them [60000]")),
	ROW("rtoinfo.min", RTOINFO, MS, FIELD, rtoinfo.min, RANGE(10, DAY_MS),
	    HELP("shortest of them [1000]")),
	FLAG("send_timeout_close", SEND_TIMEOUT_CLOSE,
	    "a send that timed out aborts [off]"),
	ROW("send_timeout_ms", SEND_TIMEOUT_MS, MS, U32, timeout_ms,
	    RANGE(-1, 2147483647), .words = forever,
	    HELP("a send waits so long for room [forever]")),
	ROW("set_peer_primary_addr.addr", SET_PEER_PRIMARY_ADDR, ADDR, IT_IS,
	    prim.addr, OF_ASSOC, HELP("of ours, that the peer should use")),
	VALUE("sndbuf", SNDBUF, BYTES, RANGE(1, 1073741824),
	    HELP("send buffer, the longest message [256ki]")),
	REFUSED("status", STATUS, is_read),
	ASSOC_VALUE("stream_scheduler", STREAM_SCHEDULER, WORD,
	    .words = schedulers, HELP("which stream sends next [default]")),
	ROW("stream_scheduler_value.stream", STREAM_SCHEDULER_VALUE, NUMBER,
	    U16, stream_value.stream, RANGE(0, 65535), OF_ASSOC,
	    HELP("the stream [0]")),
	ROW("stream_scheduler_value.value", STREAM_SCHEDULER_VALUE, NUMBER, U16,
	    stream_value.value, RANGE(0, 65535), OF_ASSOC,
	    HELP("for prio: the lowest goes first [0]")),
	REFUSED("timeouts", TIMEOUTS, is_read),
	VALUE("tos", TOS, NUMBER, RANGE(0, 252),
	    HELP("octet of IP: DSCP times 4 [0]")),
	VALUE("ttl", TTL, NUMBER, RANGE(1, 255),
	    HELP("hops, for the program [the system's]")),
	REFUSED("type", TYPE, "is what the command decides"),
};

const size_t optname_nrows = sizeof(optname_rows) / sizeof(optname_rows[0]);
