/*
 * gsctp: SCTP for programs on hosts whose kernel has none.
 *
 * The surface of Erlang's gen_sctp in C.  The whole association state
 * machine runs in this process; packets travel in UDP (RFC 6951), or in IP
 * as they are.
 *
 * Rules that hold everywhere
 *  - A function that can fail returns an int: 0 or a count on success, a
 *    negative errno on failure.  errno itself is neither set nor read.
 *  - Out-parameters come last and are written only on success.
 *  - Every function may be called from any thread, unless it says
 *    otherwise; none is safe in a signal handler, or may be cancelled.
 *    The log sink is the only function of the application that is called
 *    from another thread than its own: whichever has something to say.
 *  - A handle is a plain value.  A stale one is -EBADF, always.
 *  - On a one-to-one socket (GSCTP_STREAM) an assoc_id is not looked at: it
 *    is its one association.
 *  - A child of fork() must not use the stack that its parent has, or
 *    had: every call answers -ESTALE there.  A program that it executes
 *    may start its own.
 *  - Times are in milliseconds where a name ends in _ms; a timeout_ms of 0
 *    does not wait and -1 waits without limit; less is -EINVAL.
 *  - Ports, payload protocol identifiers and causes are in host order,
 *    but for the ports within a struct sockaddr.
 *
 * The man pages gsctp(7), gsctp_open(3), gsctp_connect(3), gsctp_accept(3),
 * gsctp_send(3), gsctp_recv(3), gsctp_mbox_new(3) and gsctp_opt(3) say the
 * same at more length.
 */

#ifndef GSCTP_GSCTP_H
#define GSCTP_GSCTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <gsctp/stack.h>
#include <gsctp/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Handles
 */

/* A socket, by value.  {0} is never one. */
typedef struct gsctp_sock {
	uint64_t id;
} gsctp_sock;

/* An association, unique in the process; 0 is the endpoint. */
typedef uint32_t gsctp_assoc_id;

/* A mailbox, by value: what an Erlang process is to gen_sctp.  {0} is none. */
typedef struct gsctp_mbox {
	uint64_t id;
} gsctp_mbox;

/*
 * Options
 *
 * An array of struct gsctp_opt, made with the initialisers below, in the
 * shape of Erlang's option lists:
 *
 *	const struct gsctp_opt opts[] = {
 *		GSCTP_NODELAY(true),
 *		GSCTP_RTOINFO(.max = gsctp_def(3000)),
 *	};
 *
 * A field of type gsctp_field that is left out is "undefined" and keeps
 * the value it has.  Keys (assoc_id, addr) are plain.  assoc_id 0 is the
 * endpoint: the value for future associations.
 */

/* A field of a record that may be undefined. */
typedef struct gsctp_field {
	uint32_t v;
	uint32_t defined;	/* 0 or 1; v must be 0 where it is 0 */
} gsctp_field;

/* A defined field: .max = gsctp_def(3000). */
#define gsctp_def(value)                                                     \
	{                                                                    \
		(uint32_t)(value), 1                                         \
	}

enum gsctp_opt_id {
	/* gen_sctp's own */
	GSCTP_OPT_RTOINFO = 1,
	GSCTP_OPT_ASSOCINFO = 2,
	GSCTP_OPT_INITMSG = 3,
	GSCTP_OPT_AUTOCLOSE = 4,
	GSCTP_OPT_NODELAY = 5,
	GSCTP_OPT_DISABLE_FRAGMENTS = 6,
	GSCTP_OPT_I_WANT_MAPPED_V4_ADDR = 7,
	GSCTP_OPT_MAXSEG = 8,
	GSCTP_OPT_PRIMARY_ADDR = 9,
	GSCTP_OPT_SET_PEER_PRIMARY_ADDR = 10,
	GSCTP_OPT_ADAPTATION_LAYER = 11,
	GSCTP_OPT_PEER_ADDR_PARAMS = 12,
	GSCTP_OPT_DEFAULT_SEND_PARAM = 13,
	GSCTP_OPT_EVENTS = 14,
	GSCTP_OPT_DELAYED_ACK_TIME = 15,
	GSCTP_OPT_STATUS = 16,
	GSCTP_OPT_GET_PEER_ADDR_INFO = 17,

	/* inet's */
	GSCTP_OPT_RECBUF = 32,
	GSCTP_OPT_SNDBUF = 33,
	GSCTP_OPT_BUFFER = 34,
	GSCTP_OPT_LINGER = 35,
	GSCTP_OPT_REUSEADDR = 36,
	GSCTP_OPT_TOS = 37,
	GSCTP_OPT_PRIORITY = 38,	/* of the whole stack */
	GSCTP_OPT_DONTROUTE = 39,	/* of the whole stack */
	GSCTP_OPT_IPV6_V6ONLY = 40,
	GSCTP_OPT_SEND_TIMEOUT_MS = 41,
	GSCTP_OPT_ACTIVE = 42,
	GSCTP_OPT_EXIT_ON_CLOSE = 43,
	GSCTP_OPT_SEND_TIMEOUT_CLOSE = 44,
	GSCTP_OPT_TTL = 45,		/* of the whole stack */
	GSCTP_OPT_RECVTOS = 46,		/* recvtclass too */
	GSCTP_OPT_RECVTTL = 47,

	/* open only */
	GSCTP_OPT_TYPE = 48,
	GSCTP_OPT_FAMILY = 49,
	GSCTP_OPT_IP = 50,
	GSCTP_OPT_MBOX = 51,

	/* beyond gen_sctp: RFC 6951, RFC 6458, RFC 6525 */
	GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT = 64,
	GSCTP_OPT_ENABLE_STREAM_RESET = 65,
	GSCTP_OPT_RESET_STREAMS = 66,
	GSCTP_OPT_ADD_STREAMS = 67,
	GSCTP_OPT_AUTH_CHUNK = 68,
	GSCTP_OPT_AUTH_KEY = 69,
	GSCTP_OPT_AUTH_ACTIVE_KEY = 70,
	GSCTP_OPT_MAX_BURST = 71,
	GSCTP_OPT_CONTEXT = 72,
	GSCTP_OPT_DEFAULT_PRINFO = 73,
	GSCTP_OPT_PR_STREAM_STATUS = 74,
	GSCTP_OPT_PR_ASSOC_STATUS = 75,
	GSCTP_OPT_HMAC_IDENT = 76,
	GSCTP_OPT_AUTH_DEACTIVATE_KEY = 77,
	GSCTP_OPT_AUTH_DELETE_KEY = 78,
	GSCTP_OPT_LOCAL_AUTH_CHUNKS = 79,
	GSCTP_OPT_PEER_AUTH_CHUNKS = 82,
	GSCTP_OPT_FRAGMENT_INTERLEAVE = 83,
	GSCTP_OPT_INTERLEAVING_SUPPORTED = 84,
	GSCTP_OPT_STREAM_SCHEDULER = 85,
	GSCTP_OPT_STREAM_SCHEDULER_VALUE = 86,
	GSCTP_OPT_EXPLICIT_EOR = 87,
	GSCTP_OPT_ECN_SUPPORTED = 88,
	GSCTP_OPT_PR_SUPPORTED = 89,
	GSCTP_OPT_RECONFIG_SUPPORTED = 90,
	GSCTP_OPT_NRSACK_SUPPORTED = 91,
	GSCTP_OPT_PKTDROP_SUPPORTED = 92,
	GSCTP_OPT_PLUGGABLE_CC = 93,
	GSCTP_OPT_DELAYED_SACK = 94,
	GSCTP_OPT_PEER_ADDR_THLDS = 95,
	GSCTP_OPT_TIMEOUTS = 96,
	GSCTP_OPT_RESET_ASSOC = 97,	/* -EOPNOTSUPP */
	GSCTP_OPT_GET_ASSOC_STATS = 98,
	GSCTP_OPT_ASCONF_SUPPORTED = 80,	/* RFC 5061 */
	GSCTP_OPT_AUTH_SUPPORTED = 81,		/* RFC 4895 */
};

/* sctp_rtoinfo: retransmission timeouts (RFC 9260 6.3.1), ms. */
struct gsctp_rtoinfo {
	gsctp_assoc_id assoc_id;
	gsctp_field initial;	/* default 1000 */
	gsctp_field max;	/* default 60000 */
	gsctp_field min;	/* default 1000; at least 10 */
};

/* sctp_associnfo (record sctp_assocparams). */
struct gsctp_assocparams {
	gsctp_assoc_id assoc_id;
	gsctp_field asocmaxrxt;	/* retransmissions before the end; 10 */
	gsctp_field number_peer_destinations;	/* read only */
	gsctp_field peer_rwnd;			/* bytes; read only */
	gsctp_field local_rwnd;			/* bytes; read only */
	gsctp_field cookie_life;	/* ms; 60000; 1000 to 3600000 */
};

/* sctp_initmsg: how associations are set up. */
struct gsctp_initmsg {
	gsctp_field num_ostreams;	/* asked for; 10 */
	gsctp_field max_instreams;	/* allowed to the peer; 2048 */
	gsctp_field max_attempts;	/* INITs sent again; 8 */
	gsctp_field max_init_timeo;	/* ms, limit of INIT's timeout; 60000 */
};

/* sctp_primary_addr and sctp_set_peer_primary_addr. */
struct gsctp_prim {
	gsctp_assoc_id assoc_id;
	struct sockaddr_storage addr;
};

/* Flags of gsctp_paddrparams. */
#define GSCTP_SPP_HB_ENABLE 0x01u
#define GSCTP_SPP_HB_DISABLE 0x02u
#define GSCTP_SPP_HB_DEMAND 0x04u
#define GSCTP_SPP_PMTUD_ENABLE 0x08u
#define GSCTP_SPP_PMTUD_DISABLE 0x10u
#define GSCTP_SPP_SACKDELAY_ENABLE 0x20u
#define GSCTP_SPP_SACKDELAY_DISABLE 0x40u

/* sctp_peer_addr_params: a path's heartbeat, MTU and limits. */
struct gsctp_paddrparams {
	gsctp_assoc_id assoc_id;
	struct sockaddr_storage address;	/* unset: every path */
	gsctp_field hbinterval;			/* ms; 30000 */
	gsctp_field pathmaxrxt;			/* 5 */
	gsctp_field pathmtu;			/* bytes, without IP and UDP */
	gsctp_field sackdelay;			/* ms; 200; at most 500 */
	gsctp_field flags;			/* GSCTP_SPP_... */
};

/* Flags of gsctp_sndrcvinfo. */
#define GSCTP_UNORDERED 0x01u
#define GSCTP_ADDR_OVER 0x02u
#define GSCTP_ABORT 0x04u
#define GSCTP_EOF 0x08u

/*
 * What timetolive is (RFC 3758, RFC 7496), one of them at most: ms, as it is
 * without a flag, but not 0 with it; how often to send again, 0 is never; a
 * priority, which this engine cannot do (-EOPNOTSUPP).
 */
#define GSCTP_PR_TTL 0x10u
#define GSCTP_PR_RTX 0x20u
#define GSCTP_PR_PRIO 0x40u

#define GSCTP_SACK_IMMEDIATELY 0x80u /* RFC 7053 */

/*
 * More of this message comes, with the association's next sends on this
 * stream, up to one without this flag.  Needs GSCTP_EXPLICIT_EOR, and a
 * message that is not given up.  Until then -EBUSY for sends on other
 * streams, gsctp_eof(), a shutdown of writing, and changes of streams.
 */
#define GSCTP_MORE 0x100u

/* sctp_sndrcvinfo: what goes with a message. */
struct gsctp_sndrcvinfo {
	uint16_t stream;
	uint16_t ssn;		/* received only; 0 when sending */
	uint32_t flags;		/* GSCTP_UNORDERED ... */
	uint32_t ppid;		/* host order for the user */
	uint32_t context;	/* comes back in send_failed */
	/*
	 * ms; 0: for ever (RFC 3758).  Looked at when the message would be
	 * sent again: one that was never sent does not expire.
	 */
	uint32_t timetolive;
	uint32_t tsn;		/* received only; 0 when sending */
	uint32_t cumtsn;	/* received only; 0 when sending */
	gsctp_assoc_id assoc_id;
};

/* sctp_default_send_param: what gsctp_send() sends with, but for the stream,
 * which is read back and not used. */
struct gsctp_send_param {
	gsctp_assoc_id assoc_id;
	gsctp_field stream;
	gsctp_field flags;	/* UNORDERED, PR_..., SACK_IMMEDIATELY */
	gsctp_field ppid;
	gsctp_field context;
	gsctp_field timetolive;	/* as flags say */
};

/* RFC 6458 8.1.32: policy and value are flags and timetolive of the above. */
struct gsctp_default_prinfo {
	gsctp_assoc_id assoc_id;
	uint32_t policy;	/* GSCTP_PR_..., or 0 with a value of 0 */
	uint32_t value;
};

/* RFC 7496 4.3, 4.4: messages given up; read only. */
struct gsctp_prstatus {
	gsctp_assoc_id assoc_id;
	uint16_t stream;	/* of pr_stream_status */
	uint32_t policy;	/* GSCTP_PR_...; 0: all, and all a stream has */
	uint64_t abandoned_unsent;
	uint64_t abandoned_sent;
};

/* sctp_events (record sctp_event_subscribe): booleans. */
struct gsctp_event_subscribe {
	gsctp_field data_io;		/* messages carry sndrcvinfo; true */
	gsctp_field association;	/* true */
	gsctp_field address;		/* true */
	gsctp_field send_failure;	/* true */
	gsctp_field peer_error;		/* true */
	gsctp_field shutdown;		/* true */
	gsctp_field partial_delivery;	/* true */
	gsctp_field adaptation_layer;	/* false */
	gsctp_field authentication;	/* false */
	gsctp_field sender_dry;		/* false; this and the next: 6458 */
	gsctp_field stream_reset;	/* false */
	gsctp_field assoc_reset;	/* false */
	gsctp_field stream_change;	/* false */
};

/* A value of an association: autoclose, maxseg, delayed_ack_time ... */
struct gsctp_assoc_value {
	gsctp_assoc_id assoc_id;
	uint32_t assoc_value;
};

/* State of a path. */
enum gsctp_path_state {
	GSCTP_PATH_INACTIVE = 0,
	GSCTP_PATH_ACTIVE = 1,
	GSCTP_PATH_UNCONFIRMED = 2,
};

/* sctp_get_peer_addr_info (record sctp_paddrinfo): read only. */
struct gsctp_paddrinfo {
	gsctp_assoc_id assoc_id;
	struct sockaddr_storage address;
	uint32_t state;		/* enum gsctp_path_state */
	uint32_t cwnd;		/* bytes */
	uint32_t srtt;		/* ms */
	uint32_t rto;		/* ms */
	uint32_t mtu;		/* bytes, without IP and UDP */
};

/* State of an association (RFC 9260 4). */
enum gsctp_assoc_state {
	GSCTP_CLOSED = 0,
	GSCTP_COOKIE_WAIT = 1,
	GSCTP_COOKIE_ECHOED = 2,
	GSCTP_ESTABLISHED = 3,
	GSCTP_SHUTDOWN_PENDING = 4,
	GSCTP_SHUTDOWN_SENT = 5,
	GSCTP_SHUTDOWN_RECEIVED = 6,
	GSCTP_SHUTDOWN_ACK_SENT = 7,
};

/* sctp_status: read only. */
struct gsctp_status {
	gsctp_assoc_id assoc_id;
	uint32_t state;			/* enum gsctp_assoc_state */
	uint32_t rwnd;			/* the peer's window, bytes */
	uint16_t unackdata;		/* chunks */
	uint16_t penddata;		/* chunks */
	uint16_t instrms;
	uint16_t outstrms;
	uint32_t fragmentation_point;	/* bytes */
	struct gsctp_paddrinfo primary;
};

/* linger: on with 0 s aborts; on with more waits that long in close. */
struct gsctp_linger {
	bool on;
	uint32_t seconds;
};

/* RFC 6951 6.1: the UDP port of a peer, or of one of its addresses.  Over raw
 * IP it is 0, and another one is -EOPNOTSUPP. */
struct gsctp_udp_encaps {
	gsctp_assoc_id assoc_id;
	struct sockaddr_storage address;	/* unset: every path */
	uint16_t port;				/* host order */
};

/* RFC 6525 6.3.2; streams is only read during the call. */
#define GSCTP_RESET_INCOMING 0x01u
#define GSCTP_RESET_OUTGOING 0x02u
struct gsctp_reset_streams {
	gsctp_assoc_id assoc_id;
	uint32_t flags;
	const uint16_t *streams;	/* NULL: all */
	size_t nstreams;
};

/* RFC 6525 6.3.4: this many more; outstrms while nothing waits (-EBUSY). */
struct gsctp_add_streams {
	gsctp_assoc_id assoc_id;
	uint16_t instrms;
	uint16_t outstrms;
};

/* RFC 6458 8.3.3; key is only read during the call. */
struct gsctp_authkey {
	gsctp_assoc_id assoc_id;
	uint16_t keynumber;
	const uint8_t *key;
	size_t keylength;
};

/*
 * active: how messages come.  A number, of 16 bits, is added to the count
 * of messages that still go to the mailbox.
 */
#define GSCTP_ACTIVE_FALSE 0x10000	/* passive: gsctp_recv() takes them */
#define GSCTP_ACTIVE_TRUE 0x10001	/* all of them: no flow control */
#define GSCTP_ACTIVE_ONCE 0x10002	/* one, then passive */

/* RFC 6458 8.1.17: algorithms, the best one first; SHA-1 must be there. */
#define GSCTP_HMAC_SHA1 1u
#define GSCTP_HMAC_SHA256 3u	/* this engine has none: -EOPNOTSUPP */
struct gsctp_hmac_ident {
	uint32_t n;		/* 1 to 4 */
	uint16_t idents[4];	/* GSCTP_HMAC_... */
};

/* RFC 6458 8.2.3, 8.2.4: types of chunks; read only. */
struct gsctp_auth_chunks {
	gsctp_assoc_id assoc_id;
	uint32_t n;
	uint8_t chunks[256];
};

/* RFC 8260 3: which stream sends next. */
enum gsctp_stream_scheduler {
	GSCTP_SS_DEFAULT = 0,	/* in turn, as they began to wait */
	GSCTP_SS_FCFS = 1,	/* -EOPNOTSUPP, as RR_PKT and WFQ */
	GSCTP_SS_RR = 2,	/* in turn, by their numbers */
	GSCTP_SS_RR_PKT = 3,
	GSCTP_SS_PRIO = 4,	/* lower values first */
	GSCTP_SS_FB = 5,	/* the same bandwidth for each */
	GSCTP_SS_WFQ = 6,
};

/* RFC 8260 4.3.3: of a stream, for GSCTP_SS_PRIO; else 0. */
struct gsctp_stream_value {
	gsctp_assoc_id assoc_id;
	uint16_t stream;
	uint16_t value;
};

/* Of pluggable_cc. */
enum gsctp_cc {
	GSCTP_CC_STANDARD = 0,	/* RFC 9260 7 */
	GSCTP_CC_HSTCP = 1,	/* RFC 3649 */
	GSCTP_CC_HTCP = 2,
};

/* RFC 6458 8.1.19: delayed_ack_time with a frequency. */
struct gsctp_sack_info {
	gsctp_assoc_id assoc_id;
	gsctp_field delay;	/* ms, 1 to 500 */
	gsctp_field freq;	/* packets, 1 (no delay) to 65535 */
};

/* RFC 7829 7.2: errors after which a path is left for another, at first for
 * a while; address unset: every path. */
struct gsctp_paddrthlds {
	gsctp_assoc_id assoc_id;
	struct sockaddr_storage address;
	gsctp_field pathmaxrxt;	/* inactive; as in peer_addr_params */
	gsctp_field pathpfthld;	/* potentially failed; 65535: never */
};

/* What an association did since it came up; read only. */
struct gsctp_assoc_stats {
	gsctp_assoc_id assoc_id;
	uint64_t in_packets, out_packets;	/* of SCTP */
	uint64_t in_bytes, out_bytes;		/* of them, without IP, UDP */
	uint64_t in_data_chunks, out_data_chunks;	/* each time */
	uint64_t in_sacks, out_sacks;
	uint64_t in_control_chunks, out_control_chunks;	/* all others */
	uint64_t rtx_data_chunks;	/* of out_data_chunks, sent again */
	uint64_t in_duplicates;		/* that our SACKs tell of */
	uint64_t in_messages, out_messages;	/* delivered; taken */
	uint64_t in_octets, out_octets;		/* of them and their parts */
};

/* How often each timer has run out; read only. */
struct gsctp_timeouts {
	gsctp_assoc_id assoc_id;
	uint32_t init, data, sack, shutdown, heartbeat, cookie, shutdownack;
};

enum gsctp_type {
	GSCTP_SEQPACKET = 0,	/* one-to-many */
	GSCTP_STREAM = 1,	/* one-to-one */
};

enum gsctp_family {
	GSCTP_INET = 0,
	GSCTP_INET6 = 1,
};

/* One option.  The size is part of the interface. */
struct gsctp_opt {
	uint32_t id;		/* enum gsctp_opt_id */
	uint32_t reserved;	/* 0 */
	union {
		bool flag;
		uint32_t value;
		int32_t timeout_ms;
		int32_t active;		/* GSCTP_ACTIVE_..., or a number */
		gsctp_mbox mbox;
		struct gsctp_rtoinfo rtoinfo;
		struct gsctp_assocparams assocparams;
		struct gsctp_initmsg initmsg;
		struct gsctp_prim prim;
		struct gsctp_paddrparams paddrparams;
		struct gsctp_send_param send_param;
		struct gsctp_event_subscribe events;
		struct gsctp_assoc_value assoc_value;
		struct gsctp_status status;
		struct gsctp_paddrinfo paddrinfo;
		struct gsctp_linger linger;
		struct gsctp_udp_encaps udp_encaps;
		struct gsctp_reset_streams reset_streams;
		struct gsctp_add_streams add_streams;
		struct gsctp_authkey authkey;
		struct gsctp_hmac_ident hmac_ident;
		struct gsctp_stream_value stream_value;
		struct gsctp_sack_info sack_info;
		struct gsctp_paddrthlds paddrthlds;
		struct gsctp_timeouts timeouts;
		struct gsctp_assoc_stats assoc_stats;
		struct gsctp_auth_chunks auth_chunks;
		struct gsctp_default_prinfo prinfo;
		struct gsctp_prstatus prstatus;
		struct sockaddr_storage addr;
		uint64_t room[40];
	} u;
};
#ifndef __cplusplus
_Static_assert(sizeof(struct gsctp_opt) == 328, "frozen");
#endif

/* clang-format off */
#define GSCTP_OPT_(name, member, ...) \
	{ .id = GSCTP_OPT_##name, .u = { .member = __VA_ARGS__ } }

#define GSCTP_RTOINFO(...)	GSCTP_OPT_(RTOINFO, rtoinfo, { __VA_ARGS__ })
#define GSCTP_ASSOCINFO(...)	GSCTP_OPT_(ASSOCINFO, assocparams, { __VA_ARGS__ })
#define GSCTP_INITMSG(...)	GSCTP_OPT_(INITMSG, initmsg, { __VA_ARGS__ })
#define GSCTP_AUTOCLOSE(s)	GSCTP_OPT_(AUTOCLOSE, value, (s))
#define GSCTP_NODELAY(on)	GSCTP_OPT_(NODELAY, flag, (on))
#define GSCTP_DISABLE_FRAGMENTS(on) GSCTP_OPT_(DISABLE_FRAGMENTS, flag, (on))
#define GSCTP_I_WANT_MAPPED_V4_ADDR(on) GSCTP_OPT_(I_WANT_MAPPED_V4_ADDR, flag, (on))
#define GSCTP_MAXSEG(...)	GSCTP_OPT_(MAXSEG, assoc_value, { __VA_ARGS__ })
#define GSCTP_PRIMARY_ADDR(...)	GSCTP_OPT_(PRIMARY_ADDR, prim, { __VA_ARGS__ })
#define GSCTP_SET_PEER_PRIMARY_ADDR(...) GSCTP_OPT_(SET_PEER_PRIMARY_ADDR, prim, { __VA_ARGS__ })
#define GSCTP_ADAPTATION_LAYER(ind) GSCTP_OPT_(ADAPTATION_LAYER, value, (ind))
#define GSCTP_PEER_ADDR_PARAMS(...) GSCTP_OPT_(PEER_ADDR_PARAMS, paddrparams, { __VA_ARGS__ })
#define GSCTP_DEFAULT_SEND_PARAM(...) GSCTP_OPT_(DEFAULT_SEND_PARAM, send_param, { __VA_ARGS__ })
#define GSCTP_EVENTS(...)	GSCTP_OPT_(EVENTS, events, { __VA_ARGS__ })
#define GSCTP_DELAYED_ACK_TIME(...) GSCTP_OPT_(DELAYED_ACK_TIME, assoc_value, { __VA_ARGS__ })
#define GSCTP_STATUS(id_)	GSCTP_OPT_(STATUS, status, { .assoc_id = (id_) })
#define GSCTP_GET_PEER_ADDR_INFO(...) GSCTP_OPT_(GET_PEER_ADDR_INFO, paddrinfo, { __VA_ARGS__ })
#define GSCTP_RECBUF(bytes)	GSCTP_OPT_(RECBUF, value, (bytes))
#define GSCTP_SNDBUF(bytes)	GSCTP_OPT_(SNDBUF, value, (bytes))
#define GSCTP_BUFFER(bytes)	GSCTP_OPT_(BUFFER, value, (bytes))
#define GSCTP_LINGER(on_, s_)	GSCTP_OPT_(LINGER, linger, { .on = (on_), .seconds = (s_) })
#define GSCTP_REUSEADDR(on)	GSCTP_OPT_(REUSEADDR, flag, (on))
#define GSCTP_TOS(tos)		GSCTP_OPT_(TOS, value, (tos))
#define GSCTP_PRIORITY(prio)	GSCTP_OPT_(PRIORITY, value, (prio))
#define GSCTP_DONTROUTE(on)	GSCTP_OPT_(DONTROUTE, flag, (on))
#define GSCTP_TTL(hops)		GSCTP_OPT_(TTL, value, (hops))
#define GSCTP_RECVTOS(on)	GSCTP_OPT_(RECVTOS, flag, (on))
#define GSCTP_RECVTTL(on)	GSCTP_OPT_(RECVTTL, flag, (on))
#define GSCTP_IPV6_V6ONLY(on)	GSCTP_OPT_(IPV6_V6ONLY, flag, (on))
#define GSCTP_SEND_TIMEOUT_MS(ms) GSCTP_OPT_(SEND_TIMEOUT_MS, timeout_ms, (ms))
#define GSCTP_ACTIVE(mode)	GSCTP_OPT_(ACTIVE, active, (mode))
#define GSCTP_EXIT_ON_CLOSE(on)	GSCTP_OPT_(EXIT_ON_CLOSE, flag, (on))
#define GSCTP_SEND_TIMEOUT_CLOSE(on) GSCTP_OPT_(SEND_TIMEOUT_CLOSE, flag, (on))
#define GSCTP_MBOX(mb)		GSCTP_OPT_(MBOX, mbox, (mb))
#define GSCTP_TYPE(type)	GSCTP_OPT_(TYPE, value, (type))
#define GSCTP_FAMILY(family)	GSCTP_OPT_(FAMILY, value, (family))
#define GSCTP_IP(ss)		GSCTP_OPT_(IP, addr, (ss))
#define GSCTP_REMOTE_UDP_ENCAPS_PORT(...) GSCTP_OPT_(REMOTE_UDP_ENCAPS_PORT, udp_encaps, { __VA_ARGS__ })
#define GSCTP_ENABLE_STREAM_RESET(...) GSCTP_OPT_(ENABLE_STREAM_RESET, assoc_value, { __VA_ARGS__ })
#define GSCTP_RESET_STREAMS(...) GSCTP_OPT_(RESET_STREAMS, reset_streams, { __VA_ARGS__ })
#define GSCTP_ADD_STREAMS(...)	GSCTP_OPT_(ADD_STREAMS, add_streams, { __VA_ARGS__ })
#define GSCTP_AUTH_CHUNK(type)	GSCTP_OPT_(AUTH_CHUNK, value, (type))
#define GSCTP_AUTH_KEY(...)	GSCTP_OPT_(AUTH_KEY, authkey, { __VA_ARGS__ })
#define GSCTP_AUTH_ACTIVE_KEY(...) GSCTP_OPT_(AUTH_ACTIVE_KEY, assoc_value, { __VA_ARGS__ })
#define GSCTP_MAX_BURST(...)	GSCTP_OPT_(MAX_BURST, assoc_value, { __VA_ARGS__ })
#define GSCTP_CONTEXT(...)	GSCTP_OPT_(CONTEXT, assoc_value, { __VA_ARGS__ })
#define GSCTP_DEFAULT_PRINFO(...) GSCTP_OPT_(DEFAULT_PRINFO, prinfo, { __VA_ARGS__ })
#define GSCTP_PR_STREAM_STATUS(...) GSCTP_OPT_(PR_STREAM_STATUS, prstatus, { __VA_ARGS__ })
#define GSCTP_PR_ASSOC_STATUS(...) GSCTP_OPT_(PR_ASSOC_STATUS, prstatus, { __VA_ARGS__ })
#define GSCTP_HMAC_IDENT(...)	GSCTP_OPT_(HMAC_IDENT, hmac_ident, { __VA_ARGS__ })
#define GSCTP_AUTH_DEACTIVATE_KEY(...) GSCTP_OPT_(AUTH_DEACTIVATE_KEY, assoc_value, { __VA_ARGS__ })
#define GSCTP_AUTH_DELETE_KEY(...) GSCTP_OPT_(AUTH_DELETE_KEY, assoc_value, { __VA_ARGS__ })
#define GSCTP_LOCAL_AUTH_CHUNKS(id_) GSCTP_OPT_(LOCAL_AUTH_CHUNKS, auth_chunks, { .assoc_id = (id_) })
#define GSCTP_FRAGMENT_INTERLEAVE(level) GSCTP_OPT_(FRAGMENT_INTERLEAVE, value, (level))
#define GSCTP_INTERLEAVING_SUPPORTED(...) GSCTP_OPT_(INTERLEAVING_SUPPORTED, assoc_value, { __VA_ARGS__ })
#define GSCTP_STREAM_SCHEDULER(...) GSCTP_OPT_(STREAM_SCHEDULER, assoc_value, { __VA_ARGS__ })
#define GSCTP_STREAM_SCHEDULER_VALUE(...) GSCTP_OPT_(STREAM_SCHEDULER_VALUE, stream_value, { __VA_ARGS__ })
#define GSCTP_EXPLICIT_EOR(on)	GSCTP_OPT_(EXPLICIT_EOR, flag, (on))
#define GSCTP_ECN_SUPPORTED(...) GSCTP_OPT_(ECN_SUPPORTED, assoc_value, { __VA_ARGS__ })
#define GSCTP_PR_SUPPORTED(...) GSCTP_OPT_(PR_SUPPORTED, assoc_value, { __VA_ARGS__ })
#define GSCTP_RECONFIG_SUPPORTED(...) GSCTP_OPT_(RECONFIG_SUPPORTED, assoc_value, { __VA_ARGS__ })
#define GSCTP_NRSACK_SUPPORTED(...) GSCTP_OPT_(NRSACK_SUPPORTED, assoc_value, { __VA_ARGS__ })
#define GSCTP_PKTDROP_SUPPORTED(...) GSCTP_OPT_(PKTDROP_SUPPORTED, assoc_value, { __VA_ARGS__ })
#define GSCTP_PLUGGABLE_CC(...)	GSCTP_OPT_(PLUGGABLE_CC, assoc_value, { __VA_ARGS__ })
#define GSCTP_DELAYED_SACK(...)	GSCTP_OPT_(DELAYED_SACK, sack_info, { __VA_ARGS__ })
#define GSCTP_PEER_ADDR_THLDS(...) GSCTP_OPT_(PEER_ADDR_THLDS, paddrthlds, { __VA_ARGS__ })
#define GSCTP_TIMEOUTS(id_)	GSCTP_OPT_(TIMEOUTS, timeouts, { .assoc_id = (id_) })
#define GSCTP_RESET_ASSOC(id_)	GSCTP_OPT_(RESET_ASSOC, assoc_value, { .assoc_id = (id_) })
#define GSCTP_GET_ASSOC_STATS(id_) GSCTP_OPT_(GET_ASSOC_STATS, assoc_stats, { .assoc_id = (id_) })
#define GSCTP_PEER_AUTH_CHUNKS(id_) GSCTP_OPT_(PEER_AUTH_CHUNKS, auth_chunks, { .assoc_id = (id_) })
#define GSCTP_ASCONF_SUPPORTED(...) GSCTP_OPT_(ASCONF_SUPPORTED, assoc_value, { __VA_ARGS__ })
#define GSCTP_AUTH_SUPPORTED(...) GSCTP_OPT_(AUTH_SUPPORTED, assoc_value, { __VA_ARGS__ })
/* clang-format on */

/*
 * Set n options, in order, up to the first that fails; what came before it
 * stays set.  opts is only read during the call.
 *
 * Threads: any.  Does not block.
 *
 * Returns 0, or
 *   -EINVAL      a value out of its range, a field with a value that is
 *                not marked defined, an assoc_id that is not this socket's
 *   -ENOPROTOOPT no such option, or it cannot be set (any more)
 *   -EOPNOTSUPP  the engine does it wrongly (reset of associations), or not
 *                at all, or the peer cannot do it
 *   -EALREADY, -EBUSY  the peer has not answered the last such request, or
 *                what was sent must be acknowledged, or complete, first
 *   -ENOTCONN    a one-to-one socket without the association it is of
 *   -EBADF, -ENOMEM, -ESTALE
 * and then the index of the option at fault is in *bad, if bad is not NULL
 * (the one out-parameter that is written on failure).
 */
int gsctp_setopts(gsctp_sock s, const struct gsctp_opt *opts, size_t n,
    size_t *bad);

/*
 * Read n options.  The caller sets id and the keys (assoc_id, address)
 * of each; every other field is filled, and marked defined.
 *
 * Returns as gsctp_setopts().  Elements before the one at fault are filled.
 */
int gsctp_getopts(gsctp_sock s, struct gsctp_opt *opts, size_t n,
    size_t *bad);

/*
 * Messages
 */

enum gsctp_msg_type {
	GSCTP_MSG_DATA = 1,
	GSCTP_MSG_ASSOC_CHANGE = 2,
	GSCTP_MSG_PADDR_CHANGE = 3,
	GSCTP_MSG_SEND_FAILED = 4,		/* an error, in gen_sctp */
	GSCTP_MSG_REMOTE_ERROR = 5,		/* an error, in gen_sctp */
	GSCTP_MSG_SHUTDOWN_EVENT = 6,
	GSCTP_MSG_PDAPI_EVENT = 7,		/* an error, in gen_sctp */
	GSCTP_MSG_ADAPTATION_EVENT = 8,
	GSCTP_MSG_AUTHENTICATION_EVENT = 9,
	GSCTP_MSG_SENDER_DRY = 10,
	GSCTP_MSG_STREAM_RESET = 11,
	GSCTP_MSG_ASSOC_RESET = 12,
	GSCTP_MSG_STREAM_CHANGE = 13,
	GSCTP_MSG_NOTIFICATIONS_STOPPED = 14,
	GSCTP_MSG_PASSIVE = 15,		/* the socket is passive from here on */
	GSCTP_MSG_CLOSED = 16,		/* a one-to-one socket's association */
};

enum gsctp_assoc_change_state {
	GSCTP_COMM_UP = 1,
	GSCTP_COMM_LOST = 2,
	GSCTP_RESTART = 3,
	GSCTP_SHUTDOWN_COMP = 4,
	GSCTP_CANT_ASSOC = 5,
};

/* sctp_assoc_change. */
struct gsctp_assoc_change {
	uint32_t state;			/* enum gsctp_assoc_change_state */
	uint16_t error;			/* SCTP cause, host order; 0 none */
	uint16_t outbound_streams;
	uint16_t inbound_streams;
	gsctp_assoc_id assoc_id;
	/*
	 * comm_lost and cant_assoc by the peer: the causes of its ABORT
	 * chunk, as they came (RFC 9260 3.3.10).  Part of the message.
	 */
	const uint8_t *causes;
	size_t causes_len;
	/*
	 * cant_assoc: what gsctp_connect() would have returned.  -ECONNREFUSED:
	 * the peer said no; -EADDRINUSE: he has an association with another
	 * program that has this socket's port; -ETIMEDOUT: no answer, or no
	 * way; -ECONNABORTED: it was given up here.  Otherwise 0.
	 */
	int failure;
};

enum gsctp_paddr_state {
	GSCTP_ADDR_AVAILABLE = 1,
	GSCTP_ADDR_UNREACHABLE = 2,
	GSCTP_ADDR_REMOVED = 3,
	GSCTP_ADDR_ADDED = 4,
	GSCTP_ADDR_MADE_PRIM = 5,
	GSCTP_ADDR_CONFIRMED = 6,
};

/* sctp_paddr_change. */
struct gsctp_paddr_change {
	struct sockaddr_storage addr;
	uint32_t state;			/* enum gsctp_paddr_state */
	uint32_t error;
	gsctp_assoc_id assoc_id;
};

/* sctp_send_failed: a message, or a fragment of one, that was not sent. */
struct gsctp_send_failed {
	bool sent;			/* may have reached the peer */
	uint32_t error;			/* SCTP cause, host order; 0 none */
	struct gsctp_sndrcvinfo info;	/* as it was sent */
	gsctp_assoc_id assoc_id;
	const uint8_t *data;		/* part of the message */
	size_t len;
	bool first, last;		/* fragment; both: the whole */
};

/* At most this many causes of an ERROR chunk are decoded. */
#define GSCTP_CAUSES_MAX 32

/* sctp_remote_error: an ERROR chunk of the peer. */
struct gsctp_remote_error {
	uint16_t error;			/* the first cause, host order */
	gsctp_assoc_id assoc_id;
	uint16_t causes[GSCTP_CAUSES_MAX];	/* cause codes, in order */
	size_t ncauses;
	const uint8_t *data;		/* the chunk's causes, as they came */
	size_t len;
};

/* sctp_pdapi_event: the message in delivery will never be complete. */
struct gsctp_pdapi_event {
	uint32_t indication;		/* 1: partial_delivery_aborted */
	uint16_t stream;
	uint32_t seq;
	gsctp_assoc_id assoc_id;
};

/* sctp_adaptation_event. */
struct gsctp_adaptation_event {
	uint32_t adaptation_ind;
	gsctp_assoc_id assoc_id;
};

enum gsctp_auth_indication {
	GSCTP_AUTH_NEW_KEY = 1,
	GSCTP_AUTH_NO_AUTH = 2,
	GSCTP_AUTH_FREE_KEY = 3,
};

/* RFC 6458 6.1.8. */
struct gsctp_authentication_event {
	uint16_t keynumber;
	uint32_t indication;		/* enum gsctp_auth_indication */
	gsctp_assoc_id assoc_id;
};

/* Flags of the events of RFC 6525 6.1. */
#define GSCTP_RESET_DENIED 0x04u
#define GSCTP_RESET_FAILED 0x08u

/* RFC 6525 6.1.1. */
struct gsctp_stream_reset_event {
	uint32_t flags;		/* GSCTP_RESET_INCOMING ... _FAILED */
	gsctp_assoc_id assoc_id;
	const uint16_t *streams;	/* part of the message; none: all */
	size_t nstreams;
};

/* RFC 6525 6.1.2. */
struct gsctp_assoc_reset_event {
	uint32_t flags;
	gsctp_assoc_id assoc_id;
	uint32_t local_tsn;
	uint32_t remote_tsn;
};

/* RFC 6525 6.1.3: the streams there are now. */
struct gsctp_stream_change_event {
	uint32_t flags;
	gsctp_assoc_id assoc_id;
	uint16_t instrms;
	uint16_t outstrms;
};

/* The last message of a one-to-one socket's association. */
struct gsctp_closed {
	int error;	/* 0 it ended gracefully; -ECONNRESET the peer
			 * aborted it; -ETIMEDOUT; -ECONNABORTED this side;
			 * -ENOMEM, -EPIPE this side too, for want of memory
			 * or in the middle of a message */
};

/* A user message, or a piece of one. */
struct gsctp_data {
	const uint8_t *data;		/* part of the message */
	size_t len;
	/*
	 * Where a user message is larger than the socket's buffer bound
	 * (GSCTP_BUFFER), it comes in pieces: complete is true on the last,
	 * and pieces of other associations may come between, or of other
	 * streams too with GSCTP_INTERLEAVING_SUPPORTED.
	 */
	bool complete;
	bool has_info;			/* data_io is subscribed */
	bool has_tos;			/* GSCTP_RECVTOS */
	bool has_ttl;			/* GSCTP_RECVTTL */
	/*
	 * Of the packet that the message, or its first fragment, came in: the
	 * octet of IPv4, or the traffic class, with the bits of ECN; the TTL,
	 * or the hop limit.  What came before the option was set does not
	 * have them, nor what waited for its reader while more than 1024
	 * chunks of data came.
	 */
	uint8_t tos;
	uint8_t ttl;
	struct gsctp_sndrcvinfo info;
};

/*
 * A message: data or an event.  Allocated by the library, owned by whoever
 * took it, freed with gsctp_msg_free().  Ignore the types that you do not
 * know.  All pointers within point into the same block.
 *
 * Ordering: messages of one association arrive in the order in which they
 * happened; comm_up, cant_assoc or the first restart comes first, and after
 * comm_lost, shutdown_comp or cant_assoc nothing more of it follows, but
 * closed on a one-to-one socket, after which nothing follows.
 */
struct gsctp_msg {
	uint32_t type;			/* enum gsctp_msg_type */
	uint32_t reserved;
	gsctp_sock sock;
	gsctp_assoc_id assoc_id;
	socklen_t fromlen;
	struct sockaddr_storage from;	/* the peer's (primary) address */
	union {
		struct gsctp_data data;
		struct gsctp_assoc_change assoc_change;
		struct gsctp_paddr_change paddr_change;
		struct gsctp_send_failed send_failed;
		struct gsctp_remote_error remote_error;
		struct gsctp_pdapi_event pdapi_event;
		struct gsctp_adaptation_event adaptation_event;
		struct gsctp_authentication_event authentication_event;
		struct gsctp_stream_reset_event stream_reset;
		struct gsctp_assoc_reset_event assoc_reset;
		struct gsctp_stream_change_event stream_change;
		struct gsctp_closed closed;
		uint64_t room[32];
	} u;
};
#ifndef __cplusplus
_Static_assert(sizeof(struct gsctp_msg) == 408, "frozen");
#endif

/* Free a message.  NULL is fine. */
void gsctp_msg_free(struct gsctp_msg *msg);

/* Is it one that gen_sctp:recv/1 returns as an error? */
bool gsctp_msg_is_error(const struct gsctp_msg *msg);

/*
 * Sockets
 */

/*
 * Open a socket, bound to port (host order; 0: an ephemeral one, if possible
 * one which no other program that is found as gsctp(7) says has named or
 * listens on by now) on every local address, or on those given by GSCTP_IP.
 * Starts the stack if it does not run.  Options not named have their defaults: seqpacket, inet,
 * the events of gen_sctp.  opts is only read during the call.
 *
 * Threads: any.  Does not block.
 *
 * Returns 0, or
 *   -EADDRINUSE     the port is taken; or the stack does not start, as with
 *                   -EPERM: gsctp_stack_start() tells more
 *   -EADDRNOTAVAIL  an address is not this host's, or not the stack's
 *   -EAFNOSUPPORT   an IPv6 address on an inet socket
 *   -EINVAL, -ENOPROTOOPT  an option; gsctp_setopts() tells more
 *   -ENOMEM, -EMFILE, -ESTALE
 */
int gsctp_open(uint16_t port, const struct gsctp_opt *opts, size_t nopts,
    gsctp_sock *s);

/*
 * Close a socket.  Its associations are shut down in the background, and
 * their unsent data is sent first; where data that has arrived was not
 * read, or linger is on with 0 seconds, they are aborted instead.  The port
 * is free at once.
 *
 * Threads: any; calls that wait on s in other threads return -EBADF.
 * Blocks: up to linger's seconds where it is on, else not at all.
 *
 * Returns 0, -EBADF or -ESTALE.
 */
int gsctp_close(gsctp_sock s);

/* gen_sctp: listen(S, true). */
#define GSCTP_BACKLOG 5

/*
 * Let peers set up associations, or answer them with ABORT (backlog 0).
 * Associations that are up stay.
 *
 * On a one-to-one socket up to backlog associations wait for gsctp_accept();
 * further peers are answered with ABORT.  It is good for accepting alone
 * then.  On a one-to-many socket any backlog but 0 is the same: its
 * associations announce themselves with comm_up.
 *
 * Returns 0, or -EINVAL (backlog negative; a one-to-one socket that has, or
 * had, an association), -EBADF, -ESTALE.
 */
int gsctp_listen(gsctp_sock s, int backlog);

/*
 * Take the next association of a listening one-to-one socket, as a socket
 * of its own: comm_up is its first message.  It has the listener's options
 * but autoclose, its mailbox and its active mode (with the number).
 *
 * Threads: any; several that wait are served in the order they came, each
 * with its own limit.  Blocks: up to timeout_ms.
 *
 * Returns 0, or
 *   -ETIMEDOUT  nobody came in time
 *   -EINVAL     the socket does not listen, or timeout_ms
 *   -EBADF      it is closed, or was while this call waited
 *   -ENOMEM, -ESTALE
 */
int gsctp_accept(gsctp_sock s, int timeout_ms, gsctp_sock *accepted);

/*
 * Make an association of a one-to-many socket a one-to-one socket of its
 * own.  What is queued of it moves along, in order, in the socket or in its
 * mailbox; the new socket has the old one's options but autoclose, its
 * mailbox and its active mode (with the number).  The old one answers -EPIPE
 * for it from then on, also to whoever waits there to send.
 *
 * Threads: any.  Does not block.
 *
 * Returns 0, or -EINVAL (no such association, it is not up yet, or a
 * one-to-one socket), -EMFILE, -ENOMEM, -EBADF, -ESTALE.
 */
int gsctp_peeloff(gsctp_sock s, gsctp_assoc_id assoc, gsctp_sock *peeled);

enum gsctp_shutdown_how {
	GSCTP_SHUT_READ = 1,
	GSCTP_SHUT_WRITE = 2,
	GSCTP_SHUT_BOTH = 3,
};

/*
 * RFC 6458 4.1.7, for a one-to-one socket.  Write ends the association
 * gracefully: what was sent is delivered first, further sends are -EPIPE,
 * and messages arrive until closed does.  Read throws away the data that
 * waits and that will come; events still arrive.
 *
 * Does not block.  Returns 0, -ENOTCONN (there is no association that is or
 * was up; write: or it is ending), -EBUSY (write: GSCTP_MORE; nothing is
 * shut then), -EINVAL (how), -EOPNOTSUPP (a one-to-many socket), -EBADF,
 * -ESTALE.
 */
int gsctp_shutdown(gsctp_sock s, enum gsctp_shutdown_how how);

/*
 * A descriptor for poll, select and epoll: readable while a message waits,
 * or an association to accept; writable while no association of the socket
 * has refused a send for want of room.  Level-triggered.  Borrowed: it
 * belongs to the socket and is closed with it.  Do nothing with it but wait.
 *
 * Returns the descriptor, -EBADF, -EMFILE, -ENOMEM or -ESTALE.
 */
int gsctp_fd(gsctp_sock s);

/* The local port, host order; or -EBADF, -ESTALE.  An ephemeral one may change
 * until an association is up: see gsctp_connect(). */
int gsctp_port(gsctp_sock s);

#define GSCTP_BINDX_ADD 1
#define GSCTP_BINDX_REM 2

/*
 * Add local addresses to the socket, or take some away (RFC 6458 9.1).  All
 * of them, or none.  addrs is only read during the call; ports are 0 or the
 * socket's.  An address that is there already may be added again.
 *
 * Later associations have the addresses that the socket then has.  Those
 * that are up change with it where both sides know dynamic address
 * reconfiguration (RFC 5061: GSCTP_ASCONF_SUPPORTED); the peer is told, and
 * hears of each change by a paddr_change event, addr_added or addr_removed.
 * gsctp_socknames() of such an association has a new address when the peer
 * has agreed; until then an old one is not given up if it is the last.  The
 * other associations stay as they are.
 *
 * Threads: any.  Does not block.
 *
 * Returns 0, or
 *   -EADDRNOTAVAIL  to add: not an address of the stack; to remove: not one
 *		     of the socket
 *   -EADDRINUSE     to add: another socket has it, with this port
 *   -EAFNOSUPPORT   an IPv6 address for an inet socket, an IPv4 address for
 *		     one of IPv6 alone, or neither
 *   -EINVAL	     a socket that is bound to the wildcard address, or such
 *		     an address; another port; none would be left; n is 0,
 *		     addrs NULL, op unknown
 *   -ENOTCONN	     a one-to-one socket whose association has ended
 *   -EBADF, -ENOMEM, -ESTALE
 */
int gsctp_bindx(gsctp_sock s, const struct sockaddr_storage *addrs, size_t n,
    int op);

/*
 * Local addresses of the socket (assoc 0) or of one association, each with
 * its port.  A wildcard socket has every address of the stack.  addrs gets
 * up to max of them.
 *
 * Returns how many there are, which may be more than max; or -EINVAL (no
 * such association), -EBADF, -ESTALE.
 */
int gsctp_socknames(gsctp_sock s, gsctp_assoc_id assoc,
    struct sockaddr_storage *addrs, size_t max);

/* The first of them, or the wildcard address if it is bound so.  0, -EBADF
 * or -ESTALE. */
int gsctp_sockname(gsctp_sock s, struct sockaddr_storage *addr);

/* The peer's addresses, the primary one first.  Returns as
 * gsctp_socknames(); assoc 0 is -EINVAL on a one-to-many socket, and no
 * association -ENOTCONN on a one-to-one socket. */
int gsctp_peernames(gsctp_sock s, gsctp_assoc_id assoc,
    struct sockaddr_storage *addrs, size_t max);

/* The associations of the socket: how many there are; ids gets up to max. */
int gsctp_assocs(gsctp_sock s, gsctp_assoc_id *ids, size_t max);

/*
 * inet:getstat/1, bytes and messages, events among what is received.
 * recv_dvi is the mean deviation from the average there was; send_pend is
 * not acknowledged yet, with some bytes a message for the engine.
 */
struct gsctp_stat {
	uint64_t recv_oct, recv_cnt, recv_max, recv_avg, recv_dvi;
	uint64_t send_oct, send_cnt, send_max, send_avg, send_pend;
};
int gsctp_getstat(gsctp_sock s, struct gsctp_stat *stat);

/*
 * Resolve a host name, or a numeric address, to socket addresses with the
 * given port (host order).  family is AF_UNSPEC, AF_INET or AF_INET6.
 *
 * Blocks: as long as the system's resolver does.
 *
 * Returns how many there are, which may be more than max; or -ENOENT (no
 * such name), -EAGAIN (the name server does not answer), -EAFNOSUPPORT,
 * -EINVAL, -ENOMEM.
 */
int gsctp_resolve(const char *host, uint16_t port, int family,
    struct sockaddr_storage *addrs, size_t max);

/*
 * Associations
 */

/*
 * Set up an association with the peer at addr and wait until it is up.
 *
 * opts is applied first, as by gsctp_setopts(): fields left undefined keep
 * the value the socket has now, and what is set stays set.  addr and opts
 * are only read during the call.  Messages of other associations stay
 * queued, in order.  If the peer connects at the same moment, there is one
 * association, and this call returns it.
 *
 * Another program of this host may have the socket's port too, and an
 * association with that peer, which then refuses this one with cause 11 (RFC
 * 9260 3.3.10.11).  A socket that named no port (gsctp_open() with 0), does
 * not listen and has no other association gets another port then, up to ten
 * times within the time there is; gsctp_port() and gsctp_sockname() tell it.
 *
 * Threads: any.  Blocks: up to timeout_ms.
 *
 * Returns 0, with the association in out if that is not NULL; or
 *   -ECONNREFUSED  the peer answered no; gsctp_recv() tells no more of it
 *   -EADDRINUSE    the peer knows the socket's port as another program's, or
 *                  as one of an earlier run, or attempt, with other addresses,
 *                  that it has not given up yet, and the port stays
 *   -ETIMEDOUT     no answer in time, or none to any INIT: the attempt is
 *                  aborted and leaves no event behind
 *   -EISCONN       there is one with this peer already; or with any, on a
 *                  one-to-one socket
 *   -EALREADY      there is an attempt with this peer already
 *   -EAFNOSUPPORT  an IPv6 peer of an inet socket
 *   -ENETUNREACH, -EHOSTUNREACH  the system has no route to the peer, or one
 *                  that refuses; nothing was sent
 *   -ENETUNREACH   an IPv4 peer of a socket that is IPv6 only, and a
 *                  link-local one (fe80::/10), too
 *   -ECONNABORTED  another thread aborted the attempt
 *   -ENOTCONN      a one-to-one socket whose association has ended
 *   -EINVAL, -ENOPROTOOPT  an option, the address or its port 0; or a
 *                  one-to-one socket that listens
 *   -EBADF         the socket is closed, or was while this call waited
 *   -ENOMEM, -ESTALE
 */
int gsctp_connect(gsctp_sock s, const struct sockaddr *addr,
    socklen_t addrlen, const struct gsctp_opt *opts, size_t nopts,
    int timeout_ms, struct gsctp_assoc_change *out);

/*
 * Start to set up an association, and return its id at once.  The outcome
 * is an assoc_change with that id: comm_up or cant_assoc, whose error is 11
 * where gsctp_connect() returns -EADDRINUSE.  The port may change as there.
 *
 * Threads: any.  Does not block.  Errors as gsctp_connect().
 */
int gsctp_connect_init(gsctp_sock s, const struct sockaddr *addr,
    socklen_t addrlen, const struct gsctp_opt *opts, size_t nopts,
    gsctp_assoc_id *assoc);

/*
 * The same, with up to 64 addresses of one peer; their ports must be equal,
 * or 0 but for one.  A route to one of them is enough.
 */
int gsctp_connectx_init(gsctp_sock s, const struct sockaddr_storage *addrs,
    size_t naddrs, const struct gsctp_opt *opts, size_t nopts,
    gsctp_assoc_id *assoc);

/*
 * End an association gracefully (RFC 9260 9.2): what was sent is delivered
 * first, then shutdown_comp arrives.  The socket stays open.
 *
 * Does not block.  Returns 0, -EPIPE (no such association, or it is ending),
 * -ENOTCONN (a one-to-one socket without one), -EBUSY (GSCTP_MORE), -EBADF,
 * -ESTALE.
 */
int gsctp_eof(gsctp_sock s, gsctp_assoc_id assoc);

/*
 * End an association at once (RFC 9260 9.1): the peer gets an ABORT with
 * cause 12 and the reason (len bytes, may be NULL with 0; at most 1024, of
 * which a peer that runs this engine sees some 500), this side a comm_lost.
 * Unsent data is lost.
 *
 * Does not block.  Returns 0, -EMSGSIZE, -EPIPE, -ENOTCONN (as gsctp_eof()),
 * -EBADF, -ESTALE.
 */
int gsctp_abort(gsctp_sock s, gsctp_assoc_id assoc, const void *reason,
    size_t len);

/*
 * Data
 */

/*
 * Send one message on a stream, with the association's default_send_param.
 * data is copied.  All of it is taken, or nothing.
 *
 * Threads: any.  Blocks: where the association's send buffer is full, up
 * to the socket's send_timeout_ms (-1, the default: until there is room; 0:
 * not at all).  Other associations' senders are not held up.
 *
 * Returns 0, or
 *   -EAGAIN    no room, and send_timeout_ms is 0
 *   -ETIMEDOUT no room within send_timeout_ms; nothing was sent.  Where
 *              send_timeout_close is on, the association is aborted
 *   -EINVAL    no such stream; an empty message; a flag that does not go
 *              with data; an id of 0
 *   -EMSGSIZE  larger than sndbuf; or than the path's fragmentation point
 *              and disable_fragments is on
 *   -EBUSY     a message on another stream is not complete (GSCTP_MORE)
 *   -EOPNOTSUPP GSCTP_PR_PRIO; what would be given up, and is unordered and
 *              longer than a packet; on an association that interleaves,
 *              either of these
 *   -EPIPE     no such association, or it is ending
 *   -ENOTCONN  the association is not up yet; or a one-to-one socket has
 *              none
 *   -EBADF, -ENOMEM, -ESTALE
 */
int gsctp_send(gsctp_sock s, gsctp_assoc_id assoc, uint16_t stream,
    const void *data, size_t len);

/*
 * Send one message with info alone: nothing is taken from
 * default_send_param.  The message is the n parts of iov, in order.
 * GSCTP_ADDR_OVER sends to the address to (NULL else).  GSCTP_EOF (no data)
 * and GSCTP_ABORT (data is the reason) act as gsctp_eof() and gsctp_abort().
 *
 * Threads, blocking and errors as gsctp_send(); -EINVAL too for an unknown
 * flag, or ssn, tsn or cumtsn not 0.
 */
int gsctp_sendmsg(gsctp_sock s, const struct gsctp_sndrcvinfo *info,
    const struct iovec *iov, size_t n, const struct sockaddr *to,
    socklen_t tolen);

/*
 * Take the next message of a passive socket: data or an event.  A user
 * message is whole, whatever its size, up to the socket's GSCTP_BUFFER bound.
 *
 * Threads: any; several may wait, and each message goes to one.
 * Blocks: up to timeout_ms.
 *
 * Returns 0 with the caller's message in *msg, or
 *   -ETIMEDOUT  nothing arrived in time; nothing is lost
 *   -EBADF      the socket is closed, or was while this call waited
 *   -EINVAL     the socket is active, or became so; timeout_ms
 *   -ENOTCONN   a one-to-one socket without an association (any more)
 *   -ESTALE
 *
 * Where there is no memory for what arrives, its association is aborted and
 * ends with a comm_lost, cause 4: rather that than a message lost.
 */
int gsctp_recv(gsctp_sock s, int timeout_ms, struct gsctp_msg **msg);

/*
 * Mailboxes
 *
 * The queue that active sockets put their messages into: any number of
 * sockets, any number of readers.  A socket has one mailbox or none, its
 * "controlling process".
 */

/* Returns 0, -EMFILE, -ENOMEM or -ESTALE. */
int gsctp_mbox_new(gsctp_mbox *mb);

/*
 * Free a mailbox.  Its sockets stay open, without a mailbox and passive;
 * their messages that were not taken go back to them, in order.  Those of
 * sockets that are closed are freed.
 *
 * Threads: any; calls that wait in it return -EBADF.
 * Returns 0, -EBADF or -ESTALE.
 */
int gsctp_mbox_free(gsctp_mbox mb);

/*
 * A descriptor for poll, select and epoll, readable exactly while a message
 * waits (level-triggered).  Borrowed: closed with the mailbox.
 *
 * Returns the descriptor, -EBADF, -EMFILE, -ENOMEM or -ESTALE.
 */
int gsctp_mbox_fd(gsctp_mbox mb);

/*
 * Take the next message; its sock says whose it is.
 *
 * Threads: any; several may wait.  Blocks: up to timeout_ms.
 *
 * Returns 0 with the caller's message in *msg, -ETIMEDOUT, -EBADF (freed),
 * -EINVAL or -ESTALE.
 */
int gsctp_mbox_recv(gsctp_mbox mb, int timeout_ms, struct gsctp_msg **msg);

/*
 * Call fn, on this thread and with no lock held, with each message that
 * waits, up to max of them.  fn owns the message, and may call anything.
 *
 * Does not block.  Returns how many there were, or -EINVAL (fn NULL, max
 * below 1), -EBADF, -ESTALE.
 */
int gsctp_mbox_dispatch(gsctp_mbox mb,
    void (*fn)(void *arg, struct gsctp_msg *msg), void *arg, int max);

/*
 * How the socket's messages come: GSCTP_ACTIVE_FALSE (the default) leaves
 * them in the socket, and in the engine, so that the peer's window closes;
 * _TRUE puts them all into the mailbox, without any flow control; _ONCE
 * puts the next one there.  A number is added to a count of those that still
 * go there, data and events alike.  Where the count gets to 0 or below, the
 * socket is passive, and a message "passive" says so.  Whoever waits in
 * gsctp_recv() is answered -EINVAL.  Reads back with GSCTP_OPT_ACTIVE.
 *
 * Returns 0, or -EINVAL (no such mode; the count would leave 16 bits, and
 * stays; no mailbox), -ENOMEM, -EBADF, -ESTALE.
 */
int gsctp_set_active(gsctp_sock s, int32_t mode);

/*
 * Give the socket to another mailbox: all messages of it that wait in from
 * move to to, in order, and later ones go there.  {0} is no mailbox, and
 * makes the socket passive: the messages go back to it.
 *
 * Returns 0, or -EPERM (from is not the socket's mailbox), -EINVAL (to is
 * not a mailbox, or was freed: nothing has moved), -EBADF, -ESTALE.
 */
int gsctp_controlling_process(gsctp_sock s, gsctp_mbox from, gsctp_mbox to);

/*
 * Text
 */

/* gen_sctp:error_string/1: an SCTP cause's name; "unknown_error" for one
 * that IANA does not list.  Static. */
const char *gsctp_error_string(uint32_t cause);

/* What a negative errno of this library means.  Static. */
const char *gsctp_strerror(int err);

/* "assoc_change", "comm_up", "addr_confirmed" ...: gen_sctp's names.
 * "unknown" for others.  Static. */
const char *gsctp_msg_type_name(uint32_t type);
const char *gsctp_assoc_change_name(uint32_t state);
const char *gsctp_paddr_change_name(uint32_t state);
const char *gsctp_assoc_state_name(uint32_t state);

/* This library's version, "0.1.0".  Static. */
const char *gsctp_version(void);

#ifdef __cplusplus
}
#endif

#endif
