/* opt_stats: what an association has done.  Layer 5; see opt_own.h. */

#include "opt_send.h"

#include <errno.h>

int
gs_get_assoc_stats(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	struct gsctp_assoc_stats *st = &o->u.assoc_stats;
	const struct gs_counter *c = &a->counter;

	(void)ep;
	if (!c->is_started && (a->phase == GS_UP || a->phase == GS_ENDING))
		return -ENOMEM;
	st->in_packets = c->in.packets;
	st->out_packets = c->out.packets;
	st->in_bytes = c->in.bytes;
	st->out_bytes = c->out.bytes;
	st->in_data_chunks = c->in.data;
	st->out_data_chunks = c->out.data;
	st->in_sacks = c->in.sacks;
	st->out_sacks = c->out.sacks;
	st->in_control_chunks = c->in.control;
	st->out_control_chunks = c->out.control;
	st->rtx_data_chunks = c->again;
	st->in_duplicates = c->duplicates;
	st->in_messages = a->in_messages;
	st->out_messages = a->out_messages;
	st->in_octets = a->in_octets;
	st->out_octets = a->out_octets;
	return 0;
}
