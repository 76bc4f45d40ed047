/*
 * engine_asconf: address reconfiguration (RFC 5061), made safe.
 *
 * The engine speaks the protocol; some things around it are put right here.
 *
 * A retransmission.  When an ASCONF is sent again, the engine gives back its
 * chunk's reference to the old path and takes one to the new.  Where both are
 * the same, it takes none: each time the path loses a reference that others
 * rely on.  It then asks for the next ASCONF with that path, which passes
 * here, and the reference is taken.
 *
 * A path that goes, as its peer has deleted the address.  Data in flight may
 * keep it for long, with a timer.  It is out of the association's list, but
 * still points into it, and the search for another path follows it there; so
 * the pointer is cleared.  And an association does not stop the timer of such
 * a path as it ends, and then loses its socket; so it is stopped here.
 *
 * The iterator.  Addresses of a socket with associations are changed by a
 * thread that we do not start.  A socket of ours has one association, so
 * what the thread would do is done at once.
 *
 * An ASCONF that adds an address.  The engine may send it from that address,
 * and does not find the association of such a packet where its own sockets
 * are many; it would be answered with an ABORT.  So it is sent from another.
 *
 * How many addresses a peer may add: as many as the filter can remember.
 *
 * Guarded by the stack's lock.  Layer 3.
 */

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "engine.h"
#include "engine_abi.h"
#include "engine_impl.h"
#include "engine_mtu.h"
#include "engine_sock.h"
#include "filter_addrs.h"
#include "log.h"

#include <usrsctp.h>

/* The engine's own numbers. */
#define FROM_REMOVE_NET 0x2000000au	/* its last stop of a timer */
#define OUTPUT_FROM_T3 1
#define ADDED_DYNAMICALLY 6

/*
 * A retransmission
 */

/* The path of the ASCONF whose timer runs. */
static void *asconf_net;

int
__wrap_sctp_asconf_timer(void *inp, void *stcb, void *net)
{
	int ended;

	asconf_net = net;
	ended = __real_sctp_asconf_timer(inp, stcb, net);
	asconf_net = NULL;
	return ended;
}

/* What a message would hold of its path, and the message is dropped. */
static void
take_reference(void *stcb, void *net)
{
	void *entry;

	entry = sctp_build_readq_entry(stcb, net, 0, 0, 0, 0, 0, 0, NULL);
	if (entry == NULL)
		gs_logf(GSCTP_LOG_ERROR, "out of memory for a path");
	free(entry);	/* which gives nothing back */
}

void
__wrap_sctp_send_asconf(void *stcb, void *net, int addr_locked)
{
	if (net != NULL && net == asconf_net)
		take_reference(stcb, net);
	__real_sctp_send_asconf(stcb, net, addr_locked);
}

/*
 * A path that goes
 */

struct gone {
	LIST_ENTRY(gone) next;
	void *inp, *stcb, *net;
	void *timer;		/* pending, within net */
};

static LIST_HEAD(, gone) all_gone = LIST_HEAD_INITIALIZER(all_gone);

static void
remember_gone(void *inp, void *stcb, void *net)
{
	struct gone *g;
	void *timer;

	timer = gs_timers_find_within(net, malloc_usable_size(net));
	if (timer == NULL)
		return;
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		return;
	g->inp = inp;
	g->stcb = stcb;
	g->net = net;
	g->timer = timer;
	LIST_INSERT_HEAD(&all_gone, g, next);
}

/* It runs, is stopped, or belongs to something else by now. */
void
gs_asconf_timer_ended(const void *timer)
{
	struct gone *g, *next;

	for (g = LIST_FIRST(&all_gone); g != NULL; g = next) {
		next = LIST_NEXT(g, next);
		if (g->timer == timer) {
			LIST_REMOVE(g, next);
			free(g);
		}
	}
}

/*
 * The engine removes a path: net has left the list, and is still referenced
 * by its caller.  The first thing in it is the link to the next path.
 */
static void
on_remove_net(void *inp, void *stcb, void *net)
{
	void **link = net;

	*link = NULL;
	sctp_move_chunks_from_net(stcb, net);
	remember_gone(inp, stcb, net);
}

void
__wrap_sctp_timer_stop(int type, void *inp, void *stcb, void *net,
    uint32_t from)
{
	__real_sctp_timer_stop(type, inp, stcb, net, from);
	gs_mtu_timer_stopped(type, stcb, net);
	if (from == FROM_REMOVE_NET && type == GS_TIMER_HEARTBEAT)
		on_remove_net(inp, stcb, net);
}

/*
 * One timer serves all of these; the engine stops it for its own type.  It
 * gives the path back, perhaps as the last one to have it, and then still
 * writes to it: so a message has it meanwhile, an empty one, which the engine
 * throws away.
 */
static void
stop_gone(const struct gone *g)
{
	static const int types[] = { GS_TIMER_SEND, GS_TIMER_INIT,
		GS_TIMER_SHUTDOWN, GS_TIMER_COOKIE, GS_TIMER_SHUTDOWN_ACK };
	void *entry;
	size_t i;

	entry = sctp_build_readq_entry(g->stcb, g->net, 0, 0, 0, 0, 0, 0,
	    NULL);
	if (entry == NULL)
		return;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		__real_sctp_timer_stop(types[i], g->inp, g->stcb, g->net, 0);
	sctp_add_to_readq(g->inp, g->stcb, entry, NULL, 1, 1, 0);
}

/* Of one association, or of all of an endpoint. */
static void
stop_all_gone(void *inp, void *stcb)
{
	struct gone *g, copy;

again:
	LIST_FOREACH(g, &all_gone, next) {
		if (stcb != NULL ? g->stcb != stcb : g->inp != inp)
			continue;
		copy = *g;
		LIST_REMOVE(g, next);
		free(g);
		if (gs_timers_is_pending(copy.timer))
			stop_gone(&copy);
		goto again;
	}
}

/* Guarded by the stack's lock. */
static unsigned int ends;

unsigned int
gs_esock_ends(void)
{
	return ends;
}

int
__wrap_sctp_free_assoc(void *inp, void *stcb, int from_inpcbfree, int from)
{
	ends++;
	stop_all_gone(inp, stcb);
	return __real_sctp_free_assoc(inp, stcb, from_inpcbfree, from);
}

void
__wrap_sctp_inpcb_free(void *inp, int immediate, int from)
{
	stop_all_gone(inp, NULL);
	__real_sctp_inpcb_free(inp, immediate, from);
}

/*
 * The iterator
 */

/* The association of the socket whose addresses are changed. */
static uint32_t changing_id;

int
__wrap_sctp_initiate_iterator(gs_inp_fn *inp_begins, gs_assoc_fn *assoc,
    gs_inp_fn *inp_ends, uint32_t flags, uint32_t features, uint32_t state,
    void *arg, uint32_t val, gs_end_fn *end, void *inp, uint8_t no_output)
{
	void *stcb;

	(void)flags;
	(void)features;
	(void)state;
	if (inp == NULL || changing_id == 0)
		return -1;
	stcb = sctp_findassociation_ep_asocid(inp, changing_id, 0);
	if (stcb != NULL &&
	    (inp_begins == NULL || inp_begins(inp, arg, val) == 0)) {
		assoc(inp, stcb, arg, val);
		if (no_output == 0)
			sctp_chunk_output(inp, stcb, OUTPUT_FROM_T3, 0);
	}
	if (inp_ends != NULL)
		(void)inp_ends(inp, arg, val);
	if (end != NULL)
		end(arg, val);
	return 0;
}

int
gs_esock_bindx(struct socket *so, const union gs_addr *addr, bool add)
{
	union gs_addr copy = *addr;
	struct sctp_status st;
	socklen_t len = sizeof(st);
	int r;

	memset(&st, 0, sizeof(st));
	/* A listener has none. */
	(void)usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_STATUS, &st, &len);
	changing_id = st.sstat_assoc_id;
	/* Others of the same endpoint have it, or will. */
	gs_engine_sharing_port = true;
	r = usrsctp_bindx(so, &copy.sa, 1,
	    (int)(add ? SCTP_BINDX_ADD_ADDR : SCTP_BINDX_REM_ADDR));
	gs_engine_sharing_port = false;
	changing_id = 0;
	return r == 0 ? 0 : -errno;
}

/*
 * An address that the peer has not agreed to yet
 */

/* Packets may come to it, as the peer may be ahead of us. */
static bool is_looking_up;

void *
__wrap_sctp_findassociation_addr(struct mbuf *m, int offset,
    struct sockaddr *src, struct sockaddr *dst, struct sctphdr *sh,
    struct sctp_chunkhdr *ch, void **inp, void **net, uint32_t vrf_id)
{
	void *stcb;

	is_looking_up = true;
	stcb = gs_lookup_assoc(m, offset, src, dst, sh, ch, inp, net, vrf_id);
	is_looking_up = false;
	return stcb;
}

/* But none leaves from there, not even the ASCONF that adds it. */
int
__wrap_sctp_is_addr_pending(void *stcb, void *ifa)
{
	return is_looking_up ? __real_sctp_is_addr_pending(stcb, ifa) : 0;
}

/*
 * What a peer's ASCONF does
 */

/* The packet that the engine works on. */
static const struct gs_packet *current;

void
gs_asconf_packet(const struct gs_packet *pkt)
{
	current = pkt;
}

int
__wrap_sctp_add_remote_addr(void *stcb, struct sockaddr *addr, void **net,
    uint16_t port, int set_scope, int from)
{
	bool by_asconf = from == ADDED_DYNAMICALLY && current != NULL;
	union gs_addr a;
	int r;

	if (by_asconf && !gs_filter_has_room(gs_engine_filter_locked(),
	    current))
		return -1;
	r = __real_sctp_add_remote_addr(stcb, addr, net, port, set_scope,
	    from);
	if (r == 0)
		gs_mtu_paths_change(stcb);
	if (r == 0 && by_asconf && gs_addr_from(&a, addr, sizeof(a)) == 0)
		gs_filter_gain_addr(gs_engine_filter_locked(), current, &a);
	return r;
}

int
__wrap_sctp_del_remote_addr(void *stcb, struct sockaddr *addr)
{
	union gs_addr a;
	int r;

	r = __real_sctp_del_remote_addr(stcb, addr);
	if (r == 0)
		gs_mtu_paths_change(stcb);
	if (r == 0 && current != NULL &&
	    gs_addr_from(&a, addr, sizeof(a)) == 0)
		gs_filter_lose_addr(gs_engine_filter_locked(), current, &a);
	return r;
}
