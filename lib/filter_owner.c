/* filter_owner: see filter_owner.h. */

#include "filter_owner.h"

#include <errno.h>
#include <string.h>

#include "tags.h"

void
gs_filter_set_owner(struct gs_filter *f, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, uint32_t owner)
{
	struct gs_tag_record *r;

	r = gs_tags_find(gs_filter_tags(f), local_port, peer_port, local_tag);
	if (r != NULL)
		r->owner = owner;
}

int
gs_filter_owners(struct gs_filter *f, uint16_t local_port,
    const union gs_addr *peer, uint32_t *owners, int max)
{
	const struct gs_tags *t = gs_filter_tags(f);
	uint16_t peer_port = gs_addr_port(peer);
	const struct gs_tag_addr *a;
	union gs_addr none;
	int n = 0;

	memset(&none, 0, sizeof(none));
	if (t->is_partial ||
	    gs_tags_first_addr(t, local_port, peer_port, &none) != NULL)
		return -EAGAIN;
	a = gs_tags_first_addr(t, local_port, peer_port, peer);
	for (; a != NULL; a = gs_tags_next_addr(a)) {
		if (a->rec->owner == 0)
			continue;
		if (n == max)
			return -EAGAIN;
		owners[n++] = a->rec->owner;
	}
	return n;
}
