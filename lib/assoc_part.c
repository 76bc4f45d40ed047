/* assoc_part: see assoc_part.h. */

#include "assoc_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint.h"
#include "engine_opt.h"

/* A message that is not the one in a->data. */
struct begun {
	struct begun *next;
	uint64_t key;
	struct gs_part data;
	struct gs_arrival arrival;
	bool in_parts;
};

struct gs_mixed {
	uint64_t key;			/* which message a->data is of */
	struct begun *others;
	size_t len;			/* bytes that those hold */
};

/* Ordered and unordered messages of a stream are counted each for itself. */
static uint64_t
key_of(uint16_t stream, uint16_t ssn, bool unordered)
{
	return (uint64_t)unordered << 32 | (uint32_t)stream << 16 | ssn;
}

void
gs_part_learn(struct gs_assoc *a)
{
	a->interleaves = gs_eopt_interleaves(a->so);
}

/* Put away what a->data holds, if it holds anything. */
static int
put_away(struct gs_assoc *a)
{
	struct gs_mixed *x = a->mixed;
	struct begun *b;

	if (a->data.len == 0 && !a->in_parts)
		return 0;
	b = malloc(sizeof(*b));
	if (b == NULL)
		return -ENOMEM;
	b->next = x->others;
	b->key = x->key;
	b->data = a->data;
	b->arrival = a->arrival;
	b->in_parts = a->in_parts;
	x->others = b;
	x->len += b->data.len;
	memset(&a->data, 0, sizeof(a->data));
	a->in_parts = false;
	return 0;
}

/* a->data is empty: make it the message with this key, which may be new. */
static void
take_up(struct gs_assoc *a, uint64_t key)
{
	struct gs_mixed *x = a->mixed;
	struct begun **at, *b;

	x->key = key;
	for (at = &x->others; (b = *at) != NULL; at = &b->next)
		if (b->key == key)
			break;
	if (b == NULL)
		return;
	*at = b->next;
	x->len -= b->data.len;
	gs_msg_free(a->data.msg);
	a->data = b->data;
	a->arrival = b->arrival;
	a->in_parts = b->in_parts;
	free(b);
}

int
gs_part_turn_to(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info)
{
	uint64_t key = key_of(info->stream, info->ssn,
	    (info->flags & GSCTP_UNORDERED) != 0);
	int err;

	if (!a->interleaves)
		return 0;
	if (a->mixed == NULL)
		a->mixed = calloc(1, sizeof(*a->mixed));
	if (a->mixed == NULL)
		return -ENOMEM;
	if (key == a->mixed->key)
		return 0;
	err = put_away(a);
	if (err == 0)
		take_up(a, key);
	return err;
}

static bool
has_begun(const struct gs_assoc *a, uint64_t key)
{
	const struct begun *b;

	for (b = a->mixed->others; b != NULL; b = b->next)
		if (b->key == key)
			return true;
	return key == a->mixed->key && (a->data.len > 0 || a->in_parts);
}

/* The event does not say whether the message was unordered. */
void
gs_part_turn_to_ended(struct gs_assoc *a, const struct gsctp_pdapi_event *e)
{
	uint64_t key = key_of(e->stream, (uint16_t)e->seq, false);

	if (a->mixed == NULL)
		return;
	if (!has_begun(a, key))
		key = key_of(e->stream, (uint16_t)e->seq, true);
	/* Without memory it is the wrong message that ends, and then the
	 * association, by the next piece. */
	if (key != a->mixed->key && put_away(a) == 0)
		take_up(a, key);
}

bool
gs_part_has_others(const struct gs_assoc *a)
{
	return a->mixed != NULL && a->mixed->others != NULL;
}

size_t
gs_part_len(const struct gs_assoc *a)
{
	return a->data.len + (a->mixed != NULL ? a->mixed->len : 0);
}

void
gs_part_clear_others(struct gs_assoc *a)
{
	struct begun *b;

	if (a->mixed == NULL)
		return;
	while ((b = a->mixed->others) != NULL) {
		a->mixed->others = b->next;
		gs_msg_free(b->data.msg);
		free(b);
	}
	free(a->mixed);
	a->mixed = NULL;
}

#define GIVEN_UP (GSCTP_PR_TTL | GSCTP_PR_RTX)

static bool
is_given_up(const struct gsctp_sndrcvinfo *info)
{
	return info->timetolive != 0 || (info->flags & GIVEN_UP) != 0;
}

/*
 * Where messages interleave, the engine's receiver may keep back what comes
 * behind a message that was given up, or behind an unordered one that it
 * delivered in pieces.  Where they do not, one that is both, and in
 * fragments, it may wait for, or take for a violation.
 */
static int
check_engine(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info,
    size_t len)
{
	if (a->interleaves && is_given_up(info))
		return -EOPNOTSUPP;
	if ((info->flags & GSCTP_UNORDERED) == 0 ||
	    (!a->interleaves && !is_given_up(info)))
		return 0;
	return (info->flags & GSCTP_MORE) == 0 &&
	    gs_esock_is_one_fragment(a->so, len) ? 0 : -EOPNOTSUPP;
}

/* Of an association whose socket is closed it is not known any more; what was
 * sent before it came up may be in parts. */
static bool
may_be_in_parts(const struct gs_assoc *a)
{
	return a->ep == NULL || a->ep->opts.explicit_eor;
}

/*
 * With EXPLICIT_EOR the engine takes as much as there is room for.
 *
 * A message that it has begun to send it sends to its end before others, by
 * most schedulers.  Where those others fill the send buffer, it waits for
 * what there is no room for, and there would never be.
 */
static int
send_part(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info,
    const void *data, size_t len, const union gs_addr *to)
{
	if (!may_be_in_parts(a))
		return gs_esock_send(a->so, &a->traits, info, data, len, to);
	if (a->more_comes && gs_esock_is_idle(a->so))
		return gs_esock_send_over(a->so, &a->traits, info, data, len,
		    to);
	if (!gs_esock_has_room(a->so, len))
		return -EAGAIN;
	return gs_esock_send(a->so, &a->traits, info, data, len, to);
}

int
gs_part_send(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info,
    const void *data, size_t len, const union gs_addr *to)
{
	bool more = (info->flags & GSCTP_MORE) != 0;
	int err;

	if (more && (!may_be_in_parts(a) || is_given_up(info)))
		return -EINVAL;
	if (a->more_comes && info->stream != a->more_stream)
		return -EBUSY;
	err = check_engine(a, info, len);
	if (err != 0)
		return err;
	err = send_part(a, info, data, len, to);
	if (err != 0)
		return err;
	a->out_messages += !more;
	a->out_octets += len;
	a->more_comes = more;
	a->more_stream = info->stream;
	return 0;
}
