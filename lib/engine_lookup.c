/*
 * engine_lookup: the engine's search for the association of a packet.
 *
 * By its tag it finds it at once.  What has none that it knows, an INIT, a
 * cookie, or an answer that reflects a tag, it looks for by addresses, among
 * the sockets that share their ports.  It files such a socket by its port, and
 * looks for it by its port or'ed with the peer's: so no packet without the
 * right tag would find it, not an INIT when both sides connect at once or the
 * peer restarts, nor an ABORT that reflects the peer's tag.  With one place
 * for all of them it is found.  That is a walk past every association, some
 * five times for each that is set up.
 *
 * The filter knows them by their addresses, and is asked first.  Where it says
 * that a packet is nobody's, that place is empty while the engine works on
 * it; where it knows whose it is, the engine looks by that one's tag.
 *
 * Each of the engine's sockets has two tables of its associations as well, of
 * 2.3 kB.  With one association they have one place.
 *
 * All guarded by the stack's lock.  Layer 3.
 */

#include <string.h>

#include "engine.h"
#include "engine_abi.h"
#include "engine_impl.h"
#include "filter_whose.h"

#include <usrsctp.h>

/* The table is the third that the engine makes as it starts, of the same size
 * as the second. */
#define SHARING 3

static struct {
	unsigned int made;	/* tables, since the engine began to start */
	int size;
	void *table;		/* of one place */
	unsigned long *mask;
	void **at;		/* where the engine keeps the table's address;
				 * NULL: it is not known */
	void *empty;		/* a table of one place too */
	bool has_tag;
	uint32_t tag;
} look;

void
gs_lookup_reset(void)
{
	memset(&look, 0, sizeof(look));
}

void *
__wrap_sctp_hashinit_flags(int elements, void *type, unsigned long *mask,
    int flags)
{
	void *table;

	if (!gs_engine_in_init)
		return __real_sctp_hashinit_flags(1, type, mask, flags);
	if (++look.made < SHARING)
		look.size = elements;
	if (look.made != SHARING || elements != look.size)
		return __real_sctp_hashinit_flags(elements, type, mask, flags);
	table = __real_sctp_hashinit_flags(1, type, mask, flags);
	look.table = table;
	look.mask = mask;
	return table;
}

/* Its address stands before its mask. */
void
gs_lookup_look(void)
{
	void **at;

	if (look.table == NULL || *look.mask != 0)
		return;
	at = (void **)(void *)((char *)look.mask - sizeof(*at));
	if (*at == look.table)
		look.at = at;
}

static void
show(void)
{
	if (look.at != NULL)
		*look.at = look.table;
}

void
gs_lookup_begin(const struct gs_packet *pkt)
{
	struct gs_filter *f = gs_engine_filter_locked();

	if (gs_filter_was_known(f))
		return;
	switch (gs_filter_whose(f, pkt, &look.tag)) {
	case GS_WHOSE_UNSURE:
		break;
	case GS_WHOSE_NOBODYS:
		if (look.at != NULL)
			*look.at = &look.empty;
		break;
	case GS_WHOSE_TAGS:
		look.has_tag = true;
		break;
	}
}

void
gs_lookup_end(void)
{
	look.has_tag = false;
	show();
}

/* What a listener accepts is filed. */
void
__wrap_sctp_move_pcb_and_assoc(void *old, void *new, void *stcb)
{
	show();
	__real_sctp_move_pcb_and_assoc(old, new, stcb);
}

/*
 * As if the packet had this tag.  Where there is no such association, the
 * engine goes on to look for a listener, and would keep a reference to it for
 * its caller: nobody listens on port 0.
 */
static void *
find_by_tag(struct mbuf *m, int offset, struct sockaddr *src,
    struct sockaddr *dst, struct sctphdr *sh, struct sctp_chunkhdr *ch,
    void **inp, void **net, uint32_t vrf_id)
{
	struct sctp_common_header head;
	union gs_addr to;

	if (gs_addr_from(&to, dst, sizeof(to)) != 0)
		return NULL;
	gs_addr_set_port(&to, 0);
	memcpy(&head, sh, sizeof(head));
	head.verification_tag = htonl(look.tag);
	return __real_sctp_findassociation_addr(m, offset, src, &to.sa,
	    (struct sctphdr *)(void *)&head, ch, inp, net, vrf_id);
}

void *
gs_lookup_assoc(struct mbuf *m, int offset, struct sockaddr *src,
    struct sockaddr *dst, struct sctphdr *sh, struct sctp_chunkhdr *ch,
    void **inp, void **net, uint32_t vrf_id)
{
	void *stcb;

	if (look.has_tag) {
		stcb = find_by_tag(m, offset, src, dst, sh, ch, inp, net,
		    vrf_id);
		if (stcb != NULL)
			return stcb;
	}
	return __real_sctp_findassociation_addr(m, offset, src, dst, sh, ch,
	    inp, net, vrf_id);
}
