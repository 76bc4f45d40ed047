/* sinfo: see sinfo.h. */

#include "sinfo.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

static const struct {
	uint16_t linux_;
	uint32_t ours;
} flags_of[] = {
	{ LX_UNORDERED, GSCTP_UNORDERED },
	{ LX_ADDR_OVER, GSCTP_ADDR_OVER },
	{ LX_ABORT, GSCTP_ABORT },
	{ LX_SACK_IMMEDIATELY, GSCTP_SACK_IMMEDIATELY },
	{ LX_EOF, GSCTP_EOF },
};

#define NFLAGS (sizeof(flags_of) / sizeof(flags_of[0]))

uint32_t
ps_flags_in(uint16_t flags, uint32_t *value)
{
	uint32_t out = 0;
	size_t i;

	for (i = 0; i < NFLAGS; i++)
		if (flags & flags_of[i].linux_)
			out |= flags_of[i].ours;
	switch (flags & LX_PR_MASK) {
	case LX_PR_TTL:
		/* A time of 0 is no limit, there. */
		if (*value != 0)
			out |= GSCTP_PR_TTL;
		break;
	case LX_PR_RTX:
		out |= GSCTP_PR_RTX;
		break;
	case LX_PR_PRIO:
		*value = 0;
		break;
	default:
		break;
	}
	return out;
}

uint16_t
ps_flags_out(uint32_t flags)
{
	uint16_t out = 0;
	size_t i;

	for (i = 0; i < NFLAGS; i++)
		if (flags & flags_of[i].ours)
			out |= flags_of[i].linux_;
	if (flags & GSCTP_PR_TTL)
		out |= LX_PR_TTL;
	else if (flags & GSCTP_PR_RTX)
		out |= LX_PR_RTX;
	return out;
}

/* Of the flags, it tells of this one; and the TSN that all before have come
 * to is of use, and there, with what is unordered. */
static uint16_t
received_flags(const struct gsctp_sndrcvinfo *i)
{
	return i->flags & GSCTP_UNORDERED ? LX_UNORDERED : 0;
}

static uint32_t
received_cumtsn(const struct gsctp_sndrcvinfo *i)
{
	return i->flags & GSCTP_UNORDERED ? i->cumtsn : 0;
}

void
ps_sndrcv_out(const struct gsctp_sndrcvinfo *i, struct lx_sndrcvinfo *o)
{
	memset(o, 0, sizeof(*o));
	o->stream = i->stream;
	o->ssn = i->ssn;
	o->flags = received_flags(i);
	o->ppid = htonl(i->ppid);
	o->context = i->context;
	o->tsn = i->tsn;
	o->cumtsn = received_cumtsn(i);
	o->assoc_id = (int32_t)i->assoc_id;
}

void
ps_rcvinfo_out(const struct gsctp_sndrcvinfo *i, struct lx_msg_rcvinfo *o)
{
	memset(o, 0, sizeof(*o));
	o->sid = i->stream;
	o->ssn = i->ssn;
	o->flags = received_flags(i);
	o->ppid = htonl(i->ppid);
	o->context = i->context;
	o->tsn = i->tsn;
	o->cumtsn = received_cumtsn(i);
	o->assoc_id = (int32_t)i->assoc_id;
}
