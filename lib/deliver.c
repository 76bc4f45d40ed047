/* deliver: see deliver.h. */

#include "deliver.h"

#include <errno.h>

static void
stop(struct gs_deliver *d)
{
	d->mode = GS_PASSIVE;
	d->left = 0;
}

static int
add(struct gs_deliver *d, int32_t n, bool *says_passive)
{
	int32_t sum;

	if (n < INT16_MIN || n > INT16_MAX)
		return -EINVAL;
	sum = d->left + n;
	if (sum < INT16_MIN || sum > INT16_MAX)
		return -EINVAL;
	*says_passive = sum <= 0;
	if (sum <= 0) {
		stop(d);
	} else {
		d->mode = GS_COUNTED;
		d->left = sum;
	}
	return 0;
}

int
gs_deliver_set(struct gs_deliver *d, int32_t mode, bool *says_passive)
{
	*says_passive = false;
	switch (mode) {
	case GSCTP_ACTIVE_FALSE:
		stop(d);
		return 0;
	case GSCTP_ACTIVE_TRUE:
		stop(d);
		d->mode = GS_ACTIVE;
		return 0;
	case GSCTP_ACTIVE_ONCE:
		stop(d);
		d->mode = GS_ONCE;
		return 0;
	default:
		return add(d, mode, says_passive);
	}
}

int32_t
gs_deliver_get(const struct gs_deliver *d)
{
	switch (d->mode) {
	case GS_ACTIVE:
		return GSCTP_ACTIVE_TRUE;
	case GS_ONCE:
		return GSCTP_ACTIVE_ONCE;
	case GS_COUNTED:
		return d->left;
	default:
		return GSCTP_ACTIVE_FALSE;
	}
}

bool
gs_deliver_is_active(const struct gs_deliver *d)
{
	return d->mode != GS_PASSIVE;
}

bool
gs_deliver_item(struct gs_deliver *d)
{
	if (d->mode == GS_ONCE)
		stop(d);
	if (d->mode != GS_COUNTED || --d->left > 0)
		return false;
	stop(d);
	return true;
}
