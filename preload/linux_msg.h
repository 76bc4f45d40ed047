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

#include "linux_opt.h"

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

/* Flags of the records below, with LX_PR_MASK. */
enum {
	LX_UNORDERED = 0x0001,
	LX_ADDR_OVER = 0x0002,
	LX_ABORT = 0x0004,
	LX_SACK_IMMEDIATELY = 0x0008,
	LX_SENDALL = 0x0040,
	LX_EOF = 0x0200,
	LX_NOTIFICATION = 0x8000,	/* in nxtinfo alone */
};

/* SNDRCV, SNDINFO and INIT are struct lx_sndrcvinfo, lx_sndinfo and
 * lx_initmsg of options.  ppid is as on the wire in all of them. */

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
