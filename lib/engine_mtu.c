/*
 * engine_mtu: see engine_mtu.h.
 *
 * To the engine every way has 1500 bytes; where it discovers MTUs itself, it
 * lowers a path that has more to that with each packet, and does nothing
 * else.  So its discovery is off for all paths, with an MTU that nobody else
 * sets where the search has the choice: the mark.  The engine's fragments are
 * multiples of 4, so that it is one more than others have makes no difference.
 *
 * The engine cuts messages by the smallest MTU of the association's paths,
 * which it only ever lowers; a path that gets more does not change it.  So
 * it is told by a function of its own, which wants the association: that is
 * seen as packets leave, or a path's timer is stopped.
 *
 * All paths are searched when the first long packet leaves: one that keeps
 * what it has would keep all of them at that.
 *
 * No size is more than a quarter of the peer's window, nor of the buffer: with
 * less than three fragments on their way a sender waits for
 * acknowledgements, which the peer delays.  The window is the largest that was
 * seen: what is not read yet takes from it.  Layer 3.
 */

#include "engine_mtu.h"

#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/random.h>

#include "clock.h"
#include "engine.h"
#include "engine_abi.h"
#include "engine_impl.h"
#include "engine_opt_impl.h"
#include "engine_sock.h"
#include "pmtu.h"
#include "pmtu_probe.h"

#include <usrsctp.h>

/* The longest packet of IPv4, and the longest that the engine takes. */
#define IP_LEN_MAX 65535u
#define MTU_MAX 65504u

/* The engine's MTUs are without the common header; but inside it counts all
 * of IP. */
#define COMMON_LEN 12u

/* An Ethernet's MTU in IP, and what data it takes. */
#define ETHERNET_LEN 1500u
#define ETHERNET_DATA 1440u

/* What comes to a fragment, as the engine reckons: the headers of IPv6, SCTP
 * and I-DATA, and 4 to be clear of it. */
#define FRAGMENT_HEAD (40u + 12u + 20u + 4u)

/* A packet as long as that makes it worth to search for more. */
#define LONG_LEN 1000u

/* How long a window that was too small is left alone. */
#define WINDOW_MS 1000

#define PATHS_MAX 64
#define WINDOW_PARTS 4
#define BUCKETS 256

/* Who decides a path's MTU. */
enum choice {
	AS_ALL, /* as the association's */
	FIXED,	/* the application */
	SEARCHED,
};

struct path {
	union gs_addr addr;
	enum choice choice;
	bool is_probed; /* probe has begun at least once */
	uint16_t mtu;	/* set last; 0: none here */
	void *net;	/* the engine's path; NULL: not seen */
	struct gs_pmtu probe;
};

/* Of a socket: its `ulpinfo'. */
struct mtus {
	LIST_ENTRY(mtus) by_stcb, searching;
	struct socket *so;
	void *stcb;	   /* NULL: not seen, and in no list */
	bool is_searching; /* in that list */
	bool is_long;	   /* more than an Ethernet's, on every path */
	size_t waiting;	   /* bytes sent since one did not wait */
	uint64_t again_ms; /* a long packet then begins another search */
	uint64_t nonce;
	uint32_t window; /* no size is more than this part of it */
	uint8_t head[GS_PMTU_HEAD];
	uint8_t tos;
	union gs_addr src; /* of the packet that began it */
	size_t npaths;
	struct path *paths;
};

LIST_HEAD(mtus_list, mtus);

static struct mtus_list by_stcb[BUCKETS];
static struct mtus_list searching = LIST_HEAD_INITIALIZER(searching);
static uint64_t due_ms = UINT64_MAX;

/* The socket that sends, and is to be searched for; the packet that says so. */
static struct socket *watched;
static struct {
	void *stcb;
	struct gs_packet pkt;
	uint8_t head[GS_PMTU_HEAD];
} seen;

/* What the engine stopped a timer of. */
static void *stopped_stcb, *stopped_net;

uint32_t
gs_mtu_mark(void)
{
	return GS_MTU_FIRST - COMMON_LEN + 1;
}

uint32_t
gs_mtu_unmarked(uint32_t mtu)
{
	return mtu == gs_mtu_mark() ? mtu - 1 : mtu;
}

void
gs_mtu_timer_stopped(int type, void *stcb, void *net)
{
	if (type != GS_TIMER_PATHMTURAISE)
		return;
	stopped_stcb = stcb;
	stopped_net = net;
}

/*
 * Sizes
 */

static uint32_t
ip_len(const union gs_addr *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(struct ip6_hdr) :
					     sizeof(struct ip);
}

static uint32_t
head_len(const union gs_addr *a)
{
	return ip_len(a) +
	    (gs_engine_is_raw() ? 0 : (uint32_t)sizeof(struct udphdr));
}

/* What an IP packet of so many bytes leaves to SCTP. */
static uint32_t
mtu_in_ip(const union gs_addr *a, uint32_t len)
{
	uint32_t head = head_len(a);

	if (a->sa.sa_family == AF_INET && len > IP_LEN_MAX)
		len = IP_LEN_MAX;
	if (len <= head)
		return 0;
	len = (len - head) & ~3u;
	return len < MTU_MAX ? len : MTU_MAX;
}

/* The most that may be asked for.  Where the system does not know, it is an
 * Ethernet's. */
static uint16_t
most_of(const struct mtus *m, const struct path *path)
{
	bool is_local;
	uint32_t mtu;

	mtu =
	    mtu_in_ip(&path->addr, gs_engine_route_mtu(&path->addr, &is_local));
	if (mtu == 0)
		mtu = mtu_in_ip(&path->addr, ETHERNET_LEN);
	if (mtu > m->window)
		mtu = m->window;
	return (uint16_t)mtu;
}

/* A part of what may be on its way to the peer. */
static uint32_t
window_of(struct socket *so)
{
	struct sctp_status st;
	socklen_t len = sizeof(int);
	uint32_t room;
	int sndbuf = 0;

	memset(&st, 0, sizeof(st));
	if (gs_eopt_engine_get(so, SCTP_STATUS, &st, sizeof(st)) != 0 ||
	    usrsctp_getsockopt(so, SOL_SOCKET, SO_SNDBUF, &sndbuf, &len) != 0)
		return GS_MTU_FIRST;
	room = st.sstat_rwnd;
	if ((uint32_t)sndbuf < room)
		room = (uint32_t)sndbuf;
	room = room / WINDOW_PARTS & ~3u;
	return room > GS_MTU_FIRST ? room : GS_MTU_FIRST;
}

/*
 * The engine's options
 */

/* Of a path; NULL: of the association. */
static bool
get_params(struct socket *so, const union gs_addr *peer,
    struct sctp_paddrparams *p)
{
	memset(p, 0, sizeof(*p));
	if (peer != NULL)
		memcpy(&p->spp_address, peer, sizeof(*peer));
	else
		gs_eopt_any_address(&p->spp_address);
	return gs_eopt_engine_get(so, SCTP_PEER_ADDR_PARAMS, p, sizeof(*p)) ==
	    0;
}

/*
 * The engine stops a timer where its discovery ends, and starts it where it
 * begins, but not the first time: then it still holds it for ended.
 */
static bool
set_mtu(struct socket *so, struct path *path, uint32_t mtu)
{
	static const uint32_t flags[] = { SPP_PMTUD_ENABLE, SPP_PMTUD_ENABLE,
		SPP_PMTUD_DISABLE };
	struct sctp_paddrparams p;
	size_t i;

	memset(&p, 0, sizeof(p));
	memcpy(&p.spp_address, &path->addr, sizeof(path->addr));
	p.spp_pathmtu = mtu - COMMON_LEN;
	stopped_net = NULL;
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		p.spp_flags = flags[i];
		if (gs_eopt_engine_set(so, SCTP_PEER_ADDR_PARAMS, &p,
			sizeof(p)) != 0)
			return false;
	}
	path->net = stopped_net;
	return path->net != NULL;
}

/*
 * Messages are cut by the smallest of the paths' from now on, where that is
 * more than before; where it is less, the engine knows.  Told what it knows,
 * it would send again what is on its way.
 */
static void
set_smallest(struct mtus *m)
{
	uint32_t least = IP_LEN_MAX, mtu;
	struct sctp_paddrparams p;
	struct sctp_status st;
	size_t i;

	for (i = 0; i < m->npaths; i++) {
		if (!get_params(m->so, &m->paths[i].addr, &p))
			return;
		mtu = p.spp_pathmtu + COMMON_LEN + ip_len(&m->paths[i].addr);
		if (mtu < least)
			least = mtu;
	}
	m->is_long = least > ETHERNET_LEN;
	memset(&st, 0, sizeof(st));
	if (gs_eopt_engine_get(m->so, SCTP_STATUS, &st, sizeof(st)) == 0 &&
	    least >= st.sstat_fragmentation_point + FRAGMENT_HEAD)
		sctp_pathmtu_adjustment(stopped_stcb, (uint16_t)least);
}

/* With less than two packets in the window each waits for the acknowledgement
 * of the one before, which the peer delays. */
static void
widen_window(struct socket *so)
{
	struct sctp_assoc_value v;
	struct sctp_status st;

	memset(&st, 0, sizeof(st));
	memset(&v, 0, sizeof(v));
	if (gs_eopt_engine_get(so, SCTP_STATUS, &st, sizeof(st)) != 0 ||
	    st.sstat_primary.spinfo_cwnd >= 2 * st.sstat_primary.spinfo_mtu ||
	    gs_eopt_engine_get(so, GS_ENGINE_PLUGGABLE_CC, &v, sizeof(v)) != 0)
		return;
	/* It begins anew; or it grows as it would have. */
	(void)gs_eopt_engine_set(so, GS_ENGINE_PLUGGABLE_CC, &v, sizeof(v));
}

/* Is it for the search to choose? */
static bool
is_ours(const struct mtus *m, const struct path *path)
{
	struct sctp_paddrparams p;

	if (path->choice != AS_ALL)
		return path->choice == SEARCHED;
	return get_params(m->so, NULL, &p) && p.spp_pathmtu == gs_mtu_mark();
}

/*
 * What is known of a socket
 */

static struct mtus *
get_mtus(struct socket *so)
{
	void *m = NULL;

	(void)usrsctp_get_ulpinfo(so, &m); /* NULL where there is none */
	return m;
}

static struct path *
find_path(const struct mtus *m, const union gs_addr *peer)
{
	size_t i;

	for (i = 0; m != NULL && i < m->npaths; i++)
		if (gs_addr_same_ip(&m->paths[i].addr, peer))
			return &m->paths[i];
	return NULL;
}

/* The paths that it has now, with what is known of them. */
static bool
look_at_paths(struct mtus *m)
{
	union gs_addr addrs[PATHS_MAX];
	const struct path *old;
	struct path *paths;
	size_t i, n;
	int count;

	count = gs_esock_addrs(m->so, true, addrs, PATHS_MAX);
	if (count <= 0)
		return false;
	n = count < PATHS_MAX ? (size_t)count : PATHS_MAX;
	paths = calloc(n, sizeof(*paths));
	if (paths == NULL)
		return false;
	for (i = 0; i < n; i++) {
		old = find_path(m, &addrs[i]);
		if (old != NULL)
			paths[i] = *old;
		paths[i].addr = addrs[i];
	}
	free(m->paths);
	m->paths = paths;
	m->npaths = n;
	return true;
}

static struct mtus *
make_mtus(struct socket *so)
{
	struct mtus *m = get_mtus(so);

	if (m == NULL) {
		m = calloc(1, sizeof(*m));
		if (m == NULL)
			return NULL;
		m->so = so;
		/* Who guesses it can make a path's MTU too large, if he knows
		 * the tag as well. */
		if (getrandom(&m->nonce, sizeof(m->nonce), GRND_NONBLOCK) !=
		    (ssize_t)sizeof(m->nonce))
			m->nonce = (uint64_t)(uintptr_t)m ^ gs_now_ms();
		if (usrsctp_set_ulpinfo(so, m) == 0) {
			free(m);
			return NULL;
		}
	}
	return look_at_paths(m) ? m : NULL;
}

static struct mtus_list *
bucket(const void *stcb)
{
	return &by_stcb[((uintptr_t)stcb >> 6) % BUCKETS];
}

/* The latest: an older one of the same place is of an association that has
 * ended. */
static struct mtus *
find_stcb(const void *stcb)
{
	struct mtus *m;

	LIST_FOREACH(m, bucket(stcb), by_stcb)
	if (m->stcb == stcb)
		return m;
	return NULL;
}

static void
set_stcb(struct mtus *m, void *stcb)
{
	if (m->stcb != NULL)
		LIST_REMOVE(m, by_stcb);
	m->stcb = stcb;
	if (stcb != NULL)
		LIST_INSERT_HEAD(bucket(stcb), m, by_stcb);
}

static void
set_searching(struct mtus *m, bool is_on)
{
	if (is_on && !m->is_searching)
		LIST_INSERT_HEAD(&searching, m, searching);
	if (!is_on && m->is_searching)
		LIST_REMOVE(m, searching);
	m->is_searching = is_on;
}

int
gs_mtu_init_socket(struct socket *so)
{
	struct sctp_paddrparams p;

	memset(&p, 0, sizeof(p));
	p.spp_flags = SPP_PMTUD_DISABLE;
	p.spp_pathmtu = gs_mtu_mark();
	return gs_eopt_engine_set(so, SCTP_PEER_ADDR_PARAMS, &p, sizeof(p));
}

void
gs_mtu_end(struct socket *so)
{
	struct mtus *m = get_mtus(so);

	if (m == NULL)
		return;
	set_searching(m, false);
	set_stcb(m, NULL);
	(void)usrsctp_set_ulpinfo(so, NULL); /* the socket is there */
	free(m->paths);
	free(m);
}

/*
 * The search
 */

static bool
source_of(const struct mtus *m, const union gs_addr *dst, union gs_addr *src)
{
	union gs_addr addrs[PATHS_MAX];
	int i, n;

	if (m->src.sa.sa_family == dst->sa.sa_family) {
		*src = m->src;
		return true;
	}
	n = gs_esock_addrs(m->so, false, addrs, PATHS_MAX);
	for (i = 0; i < n && i < PATHS_MAX; i++) {
		if (addrs[i].sa.sa_family != dst->sa.sa_family)
			continue;
		*src = addrs[i];
		gs_addr_set_port(src, gs_engine_udp_port());
		return true;
	}
	return false;
}

/* Where a packet for the path goes to; the engine follows the peer. */
static void
set_udp_port(struct socket *so, union gs_addr *dst)
{
	struct sctp_udpencaps e;

	memset(&e, 0, sizeof(e));
	memcpy(&e.sue_address, dst, sizeof(*dst));
	if (gs_eopt_engine_get(so, SCTP_REMOTE_UDP_ENCAPS_PORT, &e,
		sizeof(e)) != 0)
		e.sue_port = 0;
	gs_addr_set_port(dst, ntohs(e.sue_port));
}

static void
ask(const struct mtus *m, const struct path *path, uint16_t size)
{
	struct gs_packet pkt;

	memset(&pkt, 0, sizeof(pkt));
	pkt.dst = path->addr;
	set_udp_port(m->so, &pkt.dst);
	if (size < GS_PMTU_PROBE_MIN || !source_of(m, &pkt.dst, &pkt.src))
		return;
	pkt.data = malloc(size);
	if (pkt.data == NULL)
		return; /* as if it were lost */
	pkt.len = size;
	pkt.tos = m->tos;
	pkt.df = true;
	gs_pmtu_probe_write(pkt.data, size, m->head, m->nonce);
	gs_engine_emit(&pkt, true);
}

/* What a path is to have; 0: what it has. */
static uint16_t
wanted(const struct mtus *m, const struct path *path)
{
	const struct gs_pmtu *p = &path->probe;

	if (!is_ours(m, path))
		return 0;
	if (path->is_probed)
		return p->now;
	return p->most < GS_MTU_FIRST ? p->most : 0;
}

/* What has been found out is used. */
static void
apply(struct mtus *m)
{
	bool has_changed = false;
	struct path *path;
	uint16_t mtu;
	size_t i;

	for (i = 0; i < m->npaths; i++) {
		path = &m->paths[i];
		mtu = wanted(m, path);
		if (mtu == 0 || mtu == path->mtu || mtu <= COMMON_LEN)
			continue;
		path->mtu = mtu;
		has_changed |= set_mtu(m->so, path, mtu);
	}
	if (!has_changed)
		return;
	set_smallest(m);
	widen_window(m->so);
}

/* When a path at rest is to be looked at.  One that might have more with a
 * larger window soon. */
static uint64_t
rests_until(const struct mtus *m, const struct path *path, uint64_t now_ms)
{
	return path->probe.most >= m->window ? now_ms + WINDOW_MS :
					       path->probe.due_ms;
}

static void
run(struct mtus *m, uint64_t now_ms)
{
	uint64_t next_ms = UINT64_MAX, again_ms = UINT64_MAX, until_ms;
	struct path *path;
	uint16_t size;
	size_t i;

	for (i = 0; i < m->npaths; i++) {
		path = &m->paths[i];
		if (!path->is_probed)
			continue;
		gs_pmtu_limit(&path->probe, most_of(m, path));
		while ((size = gs_pmtu_next(&path->probe, now_ms)) != 0)
			ask(m, path, size);
		if (gs_pmtu_due(&path->probe) < next_ms)
			next_ms = gs_pmtu_due(&path->probe);
		if (path->probe.phase != GS_PMTU_REST)
			continue;
		until_ms = rests_until(m, path, now_ms);
		if (until_ms < again_ms)
			again_ms = until_ms;
	}
	apply(m);
	set_searching(m, next_ms != UINT64_MAX);
	m->again_ms = m->is_searching ? UINT64_MAX : again_ms;
	if (next_ms < due_ms)
		due_ms = next_ms;
}

void
gs_mtu_run(void)
{
	uint64_t now_ms = gs_now_ms();
	struct mtus *m, *next;

	due_ms = UINT64_MAX;
	for (m = LIST_FIRST(&searching); m != NULL; m = next) {
		next = LIST_NEXT(m, searching);
		run(m, now_ms);
	}
}

uint64_t
gs_mtu_due(void)
{
	return due_ms;
}

/* Who is not confirmed gets no more than heartbeats (RFC 9260 5.4). */
static bool
is_active(struct socket *so, const union gs_addr *peer)
{
	struct sctp_paddrinfo info;

	memset(&info, 0, sizeof(info));
	memcpy(&info.spinfo_address, peer, sizeof(*peer));
	return gs_eopt_engine_get(so, SCTP_GET_PEER_ADDR_INFO, &info,
		   sizeof(info)) == 0 &&
	    info.spinfo_state == SCTP_ACTIVE;
}

static void
begin(struct mtus *m, struct path *path, uint64_t now_ms)
{
	uint16_t most = most_of(m, path);

	if (path->mtu == 0)
		path->mtu = GS_MTU_FIRST;
	if (!is_active(m->so, &path->addr)) {
		path->probe.most = most;
		return;
	}
	if (!path->is_probed)
		gs_pmtu_init(&path->probe, (uint16_t)head_len(&path->addr),
		    GS_MTU_BASE, GS_MTU_FIRST, most);
	else
		gs_pmtu_limit(&path->probe, most);
	path->is_probed = true;
	if (gs_pmtu_may_begin(&path->probe, now_ms))
		gs_pmtu_begin(&path->probe, now_ms);
}

static void
start(struct socket *so)
{
	struct mtus *m = make_mtus(so);
	uint32_t window = window_of(so);
	uint64_t now_ms = gs_now_ms();
	size_t i;

	if (m == NULL)
		return;
	set_stcb(m, seen.stcb);
	memcpy(m->head, seen.head, sizeof(m->head));
	m->tos = seen.pkt.tos;
	m->src = seen.pkt.src;
	if (window > m->window)
		m->window = window;
	for (i = 0; i < m->npaths; i++)
		if (is_ours(m, &m->paths[i]))
			begin(m, &m->paths[i], now_ms);
	run(m, now_ms);
}

void
gs_mtu_send_begins(struct socket *so)
{
	const struct mtus *m = get_mtus(so);

	seen.stcb = NULL;
	watched =
	    m == NULL || gs_engine_now_ms_locked() >= m->again_ms ? so : NULL;
}

void
gs_mtu_saw(void *stcb, const struct gs_packet *pkt)
{
	if (watched == NULL || pkt->len < LONG_LEN || seen.stcb != NULL)
		return;
	seen.stcb = stcb;
	seen.pkt = *pkt;
	memcpy(seen.head, pkt->data, sizeof(seen.head));
}

void
gs_mtu_send_ends(struct socket *so)
{
	if (watched == so && seen.stcb != NULL)
		start(so);
	watched = NULL;
}

void
gs_mtu_input(const struct gs_packet *pkt)
{
	struct mtus *m;
	struct path *path;
	uint64_t nonce;
	uint16_t size;

	if (LIST_EMPTY(&searching) ||
	    !gs_pmtu_probe_read(pkt->data, pkt->len, &size, &nonce))
		return;
	LIST_FOREACH(m, &searching, searching)
	{
		path = find_path(m, &pkt->src);
		if (m->nonce != nonce || path == NULL || !path->is_probed)
			continue;
		gs_pmtu_answered(&path->probe, size, gs_now_ms());
		run(m, gs_now_ms());
		return;
	}
}

void
gs_mtu_timeout(void *stcb, void *net)
{
	struct mtus *m = find_stcb(stcb);
	size_t i;

	for (i = 0; m != NULL && i < m->npaths; i++) {
		if (m->paths[i].net != net || !m->paths[i].is_probed)
			continue;
		gs_pmtu_timeout(&m->paths[i].probe, gs_now_ms());
		/* The engine runs: when it has done. */
		set_searching(m, true);
		due_ms = 0;
	}
}

void
gs_mtu_paths_change(void *stcb)
{
	struct mtus *m = find_stcb(stcb);

	if (m != NULL)
		m->again_ms = 0;
}

/*
 * The application
 */

bool
gs_mtu_is_searched(struct socket *so, const union gs_addr *peer, uint32_t mtu)
{
	struct sctp_paddrparams p;
	const struct path *path;

	if (peer == NULL)
		return mtu == gs_mtu_mark();
	path = find_path(get_mtus(so), peer);
	if (path != NULL && path->choice != AS_ALL)
		return path->choice == SEARCHED;
	return get_params(so, NULL, &p) && p.spp_pathmtu == gs_mtu_mark();
}

void
gs_mtu_chosen(struct socket *so, const union gs_addr *peer, bool is_fixed)
{
	struct sctp_paddrparams p;
	struct mtus *m = make_mtus(so);
	bool has_changed = false;
	struct path *path;
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->npaths; i++) {
		path = &m->paths[i];
		if (peer != NULL && !gs_addr_same_ip(&path->addr, peer))
			continue;
		path->choice = peer == NULL ? AS_ALL :
		    is_fixed		    ? FIXED :
					      SEARCHED;
		path->is_probed = false;
		path->mtu = 0;
		/* It may be more than before. */
		if (is_fixed && get_params(so, &path->addr, &p))
			has_changed |=
			    set_mtu(so, path, p.spp_pathmtu + COMMON_LEN);
	}
	if (has_changed)
		set_smallest(m);
	m->again_ms = 0;
	run(m, gs_now_ms());
	m->again_ms = 0;
}

/* What waits may have gone with an acknowledgement: then less is enough. */
bool
gs_mtu_may_wait(struct socket *so, size_t len)
{
	struct mtus *m = get_mtus(so);

	if (!gs_esock_is_one_fragment(so, len))
		return false;
	if (m == NULL || !m->is_long)
		return true;
	m->waiting += len;
	if (m->waiting < ETHERNET_DATA)
		return true;
	m->waiting = 0;
	return false;
}
