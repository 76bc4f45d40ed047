/* filter_whose: see filter_whose.h. */

#include "filter_whose.h"

#include <string.h>

#include "chunk.h"
#include "filter_view.h"
#include "tags.h"

/* What is asked about: all records but this one, which is of the handshake
 * that the packet belongs to. */
struct search {
	const struct gs_tags *tags;
	const struct gs_view *v;
	const struct gs_tag_record *but;
};

static const struct gs_tag_record *
first_of(const struct search *s, const union gs_addr *addr,
    const struct gs_tag_record *other)
{
	const struct gs_tag_addr *a;

	a = gs_tags_first_addr(s->tags, s->v->local_port, s->v->peer_port,
	    addr);
	for (; a != NULL; a = gs_tags_next_addr(a))
		if (a->rec != s->but && a->rec != other)
			return a->rec;
	return NULL;
}

static bool
is_free(const struct search *s, const union gs_addr *addr)
{
	return first_of(s, addr, NULL) == NULL;
}

/* The one association that the source belongs to; of two, the engine says. */
static enum gs_whose
of_source(const struct search *s, uint32_t *tag)
{
	const union gs_addr *src = &s->v->pkt->src;
	const struct gs_tag_record *r = first_of(s, src, NULL);

	if (r == NULL)
		return GS_WHOSE_NOBODYS;
	if (first_of(s, src, r) != NULL)
		return GS_WHOSE_UNSURE;
	*tag = r->local_tag;
	return GS_WHOSE_TAGS;
}

/* Nobody has the source; what of the addresses that an INIT names? */
static enum gs_whose
of_init(const struct search *s)
{
	struct gs_init init = gs_init_read(&s->v->first);
	struct gs_addr_walk w = gs_addr_walk(s->v, &init);
	union gs_addr addr;

	while (gs_addr_walk_next(&w, &addr))
		if (!is_free(s, &addr))
			return GS_WHOSE_UNSURE;
	return GS_WHOSE_NOBODYS;
}

/* The same of those that the cookie's INIT has named. */
static enum gs_whose
of_cookie(const struct search *s)
{
	const struct gs_tag_addr *a;

	for (a = s->but->addrs; a != NULL; a = a->next)
		if (!is_free(s, &a->addr))
			return GS_WHOSE_UNSURE;
	return GS_WHOSE_NOBODYS;
}

enum gs_whose
gs_filter_whose(struct gs_filter *f, const struct gs_packet *pkt,
    uint32_t *tag)
{
	struct search s = { .tags = gs_filter_tags(f) };
	enum gs_whose whose;
	union gs_addr none;
	struct gs_view v;
	bool has_cookie;

	if (s.tags->is_partial || !gs_view_in(&v, pkt) ||
	    gs_view_has(&v, GS_CHUNK_ASCONF))
		return GS_WHOSE_UNSURE;
	s.v = &v;
	has_cookie = gs_view_has(&v, GS_CHUNK_COOKIE_ECHO);
	if (has_cookie) {
		s.but = gs_tags_find(s.tags, v.local_port, v.peer_port, v.tag);
		/* Only one that has just come back is of a handshake, and of
		 * no association. */
		if (s.but == NULL || s.but->state != GS_TAG_ECHOED)
			return GS_WHOSE_UNSURE;
	}
	memset(&none, 0, sizeof(none));
	if (!is_free(&s, &none))
		return GS_WHOSE_UNSURE;
	whose = of_source(&s, tag);
	if (whose != GS_WHOSE_NOBODYS)
		return whose;
	if (has_cookie)
		return of_cookie(&s);
	return v.first.type == GS_CHUNK_INIT ? of_init(&s) : whose;
}
