/*
 * linux_msg: what goes with a message, as the Linux kernel's SCTP has it:
 * flags and ancillary data, of lksctp-tools 1.0.19 and RFC 6458 5.3.
 *
 * Guarantees
 *  - sizes and places of fields are the kernel's on this machine: a test
 *    compares each with <netinet/sctp.h>.
 */

#ifndef PS_LINUX_MSG_H
#define PS_LINUX_MSG_H

#include <stdint.h>

#define LX_IPPROTO_SCTP 132

/* In msg_flags: it is not data. */
#define LX_MSG_NOTIFICATION 0x8000

/* Types of ancillary data of the level IPPROTO_SCTP. */
enum {
	LX_CMSG_INIT = 0,
	LX_CMSG_SNDRCV = 1,
	LX_CMSG_SNDINFO = 2,
	LX_CMSG_RCVINFO = 3,
	LX_CMSG_NXTINFO = 4,
	LX_CMSG_PRINFO = 5,
	LX_CMSG_AUTHINFO = 6,
	LX_CMSG_DSTADDRV4 = 7,
	LX_CMSG_DSTADDRV6 = 8,
};

/* Flags of the records below. */
enum {
	LX_UNORDERED = 0x0001,
	LX_ADDR_OVER = 0x0002,
	LX_ABORT = 0x0004,
	LX_SACK_IMMEDIATELY = 0x0008,
	LX_PR_POLICY = 0x0030,		/* a field of: */
	LX_POLICY_TTL = 0x0010,
	LX_POLICY_RTX = 0x0020,
	LX_POLICY_PRIO = 0x0030,
	LX_SENDALL = 0x0040,
	LX_EOF = 0x0200,
	LX_NOTIFICATION = 0x8000,	/* in nxtinfo alone */
};

/* ppid is as on the wire in all of them. */

/* SNDRCV, as struct lx_sndrcvinfo of an option. */
struct lx_msg_sndrcv {
	uint16_t stream, ssn, flags;
	uint32_t ppid, context, timetolive, tsn, cumtsn;
	int32_t assoc_id;
};

/* SNDINFO */
struct lx_msg_sndinfo {
	uint16_t sid, flags;
	uint32_t ppid, context;
	int32_t assoc_id;
};

/* RCVINFO */
struct lx_msg_rcvinfo {
	uint16_t sid, ssn, flags;
	uint32_t ppid, tsn, cumtsn, context;
	int32_t assoc_id;
};

/* NXTINFO */
struct lx_msg_nxtinfo {
	uint16_t sid, flags;
	uint32_t ppid, length;
	int32_t assoc_id;
};

/* INIT: 0 is what the socket has. */
struct lx_msg_init {
	uint16_t num_ostreams, max_instreams, max_attempts;
	uint16_t max_init_timeo;	/* ms */
};

/* PRINFO */
struct lx_msg_prinfo {
	uint16_t policy;
	uint32_t value;
};

/* AUTHINFO */
struct lx_msg_authinfo {
	uint16_t keynumber;
};

#endif
