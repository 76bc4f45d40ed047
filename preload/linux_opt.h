/*
 * linux_opt: socket options as the Linux kernel's SCTP has them: their
 * numbers and what is passed, of lksctp-tools 1.0.19 and RFC 6458 8.
 *
 * Guarantees
 *  - sizes and places of fields are the kernel's on this machine: tests
 *    compare each with <netinet/sctp.h>.
 */

#ifndef PS_LINUX_OPT_H
#define PS_LINUX_OPT_H

#include <stdint.h>
#include <sys/socket.h>

#define LX_SOL_SCTP 132

/* Ids that are not one association's. */
#define LX_FUTURE_ASSOC 0
#define LX_CURRENT_ASSOC 1
#define LX_ALL_ASSOC 2

enum {
	LX_SCTP_RTOINFO = 0,
	LX_SCTP_ASSOCINFO = 1,
	LX_SCTP_INITMSG = 2,
	LX_SCTP_NODELAY = 3,
	LX_SCTP_AUTOCLOSE = 4,
	LX_SCTP_SET_PEER_PRIMARY_ADDR = 5,
	LX_SCTP_PRIMARY_ADDR = 6,
	LX_SCTP_ADAPTATION_LAYER = 7,
	LX_SCTP_DISABLE_FRAGMENTS = 8,
	LX_SCTP_PEER_ADDR_PARAMS = 9,
	LX_SCTP_DEFAULT_SEND_PARAM = 10,
	LX_SCTP_EVENTS = 11,
	LX_SCTP_I_WANT_MAPPED_V4_ADDR = 12,
	LX_SCTP_MAXSEG = 13,
	LX_SCTP_STATUS = 14,
	LX_SCTP_GET_PEER_ADDR_INFO = 15,
	LX_SCTP_DELAYED_SACK = 16,
	LX_SCTP_CONTEXT = 17,
	LX_SCTP_FRAGMENT_INTERLEAVE = 18,
	LX_SCTP_PARTIAL_DELIVERY_POINT = 19,
	LX_SCTP_MAX_BURST = 20,
	LX_SCTP_AUTH_CHUNK = 21,
	LX_SCTP_HMAC_IDENT = 22,
	LX_SCTP_AUTH_KEY = 23,
	LX_SCTP_AUTH_ACTIVE_KEY = 24,
	LX_SCTP_AUTH_DELETE_KEY = 25,
	LX_SCTP_PEER_AUTH_CHUNKS = 26,
	LX_SCTP_LOCAL_AUTH_CHUNKS = 27,
	LX_SCTP_GET_ASSOC_NUMBER = 28,
	LX_SCTP_GET_ASSOC_ID_LIST = 29,
	LX_SCTP_AUTO_ASCONF = 30,
	LX_SCTP_PEER_ADDR_THLDS = 31,
	LX_SCTP_RECVRCVINFO = 32,
	LX_SCTP_RECVNXTINFO = 33,
	LX_SCTP_DEFAULT_SNDINFO = 34,
	LX_SCTP_AUTH_DEACTIVATE_KEY = 35,
	LX_SCTP_REUSE_PORT = 36,
	LX_SCTP_PEER_ADDR_THLDS_V2 = 37,

	LX_SCTP_SOCKOPT_BINDX_ADD = 100,
	LX_SCTP_SOCKOPT_BINDX_REM = 101,
	LX_SCTP_SOCKOPT_PEELOFF = 102,
	LX_SCTP_SOCKOPT_CONNECTX_OLD = 107,
	LX_SCTP_GET_PEER_ADDRS = 108,
	LX_SCTP_GET_LOCAL_ADDRS = 109,
	LX_SCTP_SOCKOPT_CONNECTX = 110,
	LX_SCTP_SOCKOPT_CONNECTX3 = 111,
	LX_SCTP_GET_ASSOC_STATS = 112,
	LX_SCTP_PR_SUPPORTED = 113,
	LX_SCTP_DEFAULT_PRINFO = 114,
	LX_SCTP_PR_ASSOC_STATUS = 115,
	LX_SCTP_PR_STREAM_STATUS = 116,
	LX_SCTP_RECONFIG_SUPPORTED = 117,
	LX_SCTP_ENABLE_STREAM_RESET = 118,
	LX_SCTP_RESET_STREAMS = 119,
	LX_SCTP_RESET_ASSOC = 120,
	LX_SCTP_ADD_STREAMS = 121,
	LX_SCTP_SOCKOPT_PEELOFF_FLAGS = 122,
	LX_SCTP_STREAM_SCHEDULER = 123,
	LX_SCTP_STREAM_SCHEDULER_VALUE = 124,
	LX_SCTP_INTERLEAVING_SUPPORTED = 125,
	LX_SCTP_SENDMSG_CONNECT = 126,
	LX_SCTP_EVENT = 127,
	LX_SCTP_ASCONF_SUPPORTED = 128,
	LX_SCTP_AUTH_SUPPORTED = 129,
	LX_SCTP_ECN_SUPPORTED = 130,
	LX_SCTP_EXPOSE_PF_STATE = 131,
	LX_SCTP_REMOTE_UDP_ENCAPS_PORT = 132,
	LX_SCTP_PLPMTUD_PROBE_INTERVAL = 133,
};

/* Some records are packed, and begin where a multiple of 4 does. */
#define LX_PACKED __attribute__((packed, aligned(4)))

struct lx_rtoinfo {
	int32_t assoc_id;
	uint32_t initial, max, min;	/* ms; set: 0 leaves it */
};

struct lx_assocparams {
	int32_t assoc_id;
	uint16_t asocmaxrxt;
	uint16_t number_peer_destinations;
	uint32_t peer_rwnd, local_rwnd;
	uint32_t cookie_life;		/* ms */
};

struct lx_initmsg {
	uint16_t num_ostreams, max_instreams;
	uint16_t max_attempts;
	uint16_t max_init_timeo;	/* ms */
};

/* SET_PEER_PRIMARY_ADDR, PRIMARY_ADDR */
struct lx_prim {
	int32_t assoc_id;
	struct sockaddr_storage addr;
} LX_PACKED;

enum {
	LX_SPP_HB_ENABLE = 0x001,
	LX_SPP_HB_DISABLE = 0x002,
	LX_SPP_HB_DEMAND = 0x004,
	LX_SPP_PMTUD_ENABLE = 0x008,
	LX_SPP_PMTUD_DISABLE = 0x010,
	LX_SPP_SACKDELAY_ENABLE = 0x020,
	LX_SPP_SACKDELAY_DISABLE = 0x040,
	LX_SPP_HB_TIME_IS_ZERO = 0x080,
	LX_SPP_IPV6_FLOWLABEL = 0x100,
	LX_SPP_DSCP = 0x200,
};

struct lx_paddrparams {
	int32_t assoc_id;
	struct sockaddr_storage address;
	uint32_t hbinterval;		/* ms */
	uint16_t pathmaxrxt;
	uint32_t pathmtu;
	uint32_t sackdelay;		/* ms */
	uint32_t flags;			/* LX_SPP_... */
	uint32_t ipv6_flowlabel;
	uint8_t dscp;
} LX_PACKED;

/* As it was before flow labels. */
#define LX_PADDRPARAMS_OLD 152

/* What goes with a message: DEFAULT_SEND_PARAM, DEFAULT_SNDINFO and
 * ancillary data. */
struct lx_sndrcvinfo {
	uint16_t stream, ssn, flags;
	uint32_t ppid;			/* as on the wire */
	uint32_t context, timetolive, tsn, cumtsn;
	int32_t assoc_id;
};

struct lx_sndinfo {
	uint16_t sid, flags;
	uint32_t ppid, context;
	int32_t assoc_id;
};

#define LX_PR_NONE 0x0000
#define LX_PR_TTL 0x0010
#define LX_PR_RTX 0x0020
#define LX_PR_PRIO 0x0030
#define LX_PR_MASK 0x0030
#define LX_PR_ALL 0x0080

struct lx_default_prinfo {
	int32_t assoc_id;
	uint32_t value;
	uint16_t policy;
};

struct lx_prstatus {
	int32_t assoc_id;
	uint16_t sid, policy;
	uint64_t abandoned_unsent, abandoned_sent;
};

/* EVENTS: a byte for each type of event, from data_io on. */
#define LX_EVENTS_MAX 14

struct lx_event {
	int32_t assoc_id;
	uint16_t type;			/* 0x8000 ... */
	uint8_t on;
};

struct lx_assoc_value {
	int32_t assoc_id;
	uint32_t value;
};

struct lx_stream_value {
	int32_t assoc_id;
	uint16_t stream, value;
};

struct lx_sack_info {
	int32_t assoc_id;
	uint32_t delay, freq;
};

struct lx_paddrinfo {
	int32_t assoc_id;
	struct sockaddr_storage address;
	int32_t state;			/* LX_PATH_... */
	uint32_t cwnd, srtt, rto, mtu;
} LX_PACKED;

enum {
	LX_PATH_INACTIVE = 0,
	LX_PATH_PF = 1,
	LX_PATH_ACTIVE = 2,
	LX_PATH_UNCONFIRMED = 3,
};

struct lx_status {
	int32_t assoc_id;
	int32_t state;			/* LX_STATE_... */
	uint32_t rwnd;
	uint16_t unackdata, penddata, instrms, outstrms;
	uint32_t fragmentation_point;
	struct lx_paddrinfo primary;
};

/* The others follow as in RFC 9260 4. */
enum {
	LX_STATE_EMPTY = 0,
	LX_STATE_CLOSED = 1,
	LX_STATE_ESTABLISHED = 4,
};

struct lx_authchunk {
	uint8_t chunk;
};

struct lx_hmacalgo {
	uint32_t num_idents;
	uint16_t idents[];
};

struct lx_authkey {
	int32_t assoc_id;
	uint16_t keynumber, keylength;
	uint8_t key[];
};

struct lx_authkeyid {
	int32_t assoc_id;
	uint16_t keynumber;
};

struct lx_authchunks {
	int32_t assoc_id;
	uint32_t number;
	uint8_t chunks[];
};

struct lx_assoc_ids {
	uint32_t number;
	int32_t ids[];
};

struct lx_paddrthlds {
	int32_t assoc_id;
	struct sockaddr_storage address;
	uint16_t pathmaxrxt, pathpfthld;
};

/* Of the same size as the one before: what was padding has a meaning. */
struct lx_paddrthlds_v2 {
	int32_t assoc_id;
	struct sockaddr_storage address;
	uint16_t pathmaxrxt, pathpfthld, pathcpthld;
};

/* Counts since the association came up, but for maxrto: since last asked. */
struct lx_assoc_stats {
	int32_t assoc_id;
	struct sockaddr_storage obs_rto_ipaddr;
	uint64_t maxrto;
	uint64_t isacks, osacks, opackets, ipackets;
	uint64_t rtxchunks, outofseqtsns, idupchunks, gapcnt;
	uint64_t ouodchunks, iuodchunks, oodchunks, iodchunks;
	uint64_t octrlchunks, ictrlchunks;
};

struct lx_reset_streams {
	int32_t assoc_id;
	uint16_t flags;			/* 1 incoming, 2 outgoing */
	uint16_t number_streams;	/* 0: all */
	uint16_t stream_list[];
};

struct lx_add_streams {
	int32_t assoc_id;
	uint16_t instrms, outstrms;
};

/* ENABLE_STREAM_RESET */
#define LX_ENABLE_RESET_STREAM 0x01
#define LX_ENABLE_RESET_ASSOC 0x02
#define LX_ENABLE_CHANGE_ASSOC 0x04

/* STREAM_SCHEDULER */
enum { LX_SS_FCFS = 0, LX_SS_PRIO = 1, LX_SS_RR = 2 };

struct lx_udpencaps {
	int32_t assoc_id;
	struct sockaddr_storage address;
	uint16_t port;			/* as on the wire */
};

struct lx_probeinterval {
	int32_t assoc_id;
	struct sockaddr_storage address;
	uint32_t interval;		/* ms */
};

struct lx_peeloff {
	int32_t assoc_id;
	int32_t sd;
};

struct lx_peeloff_flags {
	struct lx_peeloff arg;
	uint32_t flags;
};

struct lx_getaddrs {
	int32_t assoc_id;
	uint32_t addr_num;
	uint8_t addrs[];
};

/* SOCKOPT_CONNECTX3 */
struct lx_connectx3 {
	int32_t assoc_id;
	int32_t size;
	const void *addrs;
};

#endif
