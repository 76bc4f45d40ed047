/* stack_ports: see stack_ports.h. */

#include "stack_ports.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "config.h"
#include "endpoint.h"
#include "engine.h"
#include "hub.h"
#include "hub_find.h"
#include "log.h"
#include "registry.h"
#include "route.h"
#include "rundir.h"
#include "stack.h"
#include "status_server.h"

/* A file system's clock is no coarser. */
#define GRAIN_NS 50000000

struct gs_ports {
	uint64_t number; /* a later one has a larger number */
	struct gs_bound *bounds;
	size_t n, max;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Guarded by it. */
static struct gs_registry reg = { .dir = -1, .lock = -1 };
static uint64_t told; /* number of the last that was told */
static bool has_warned;

/* Ports that others have told of, at whatever address, when the directory was
 * last seen; guarded by lock. */
static struct {
	struct gs_port_set ports;
	bool is_any;
	struct timespec seen;	/* its time of change */
	bool is_known;
} others;

/* Guarded by the stack's lock. */
static struct {
	uint16_t udp_port;
	bool is_limited;
	bool must_look;
	uint64_t last_number;
} st;

static void
warn(const char *what, const char *path, int err)
{
	if (!has_warned)
		gs_logf(GSCTP_LOG_WARN,
		    "other programs of this host do not find this one: "
		    "%s %s: %s",
		    what, path, gsctp_strerror(err));
	has_warned = true;
}

static void
listen_for_status(void)
{
	int err = gs_status_listen(reg.dir, reg.stem);

	/* The stack may be stopping; or nobody can ask, as was said. */
	if (err != 0 && err != -ENOTCONN)
		gs_logf(GSCTP_LOG_WARN, "nobody can ask for the status: %s",
		    gsctp_strerror(err));
}

/* lock is held. */
static void
open_registry(uint16_t udp_port)
{
	char path[GS_RUNDIR_PATH];
	int dir, err;

	dir = gs_rundir_open(path);
	if (dir == -ENOENT)
		return;
	err = dir < 0 ? dir : gs_registry_open(&reg, dir, udp_port);
	/* What stacks that were killed have left goes. */
	if (err == 0)
		(void)gs_registry_each(dir, NULL, NULL);
	if (err != 0)
		warn("the run directory", path, err);
	else
		listen_for_status();
}

static void
write_bounds(const struct gs_bound *bounds, size_t n)
{
	int err = gs_registry_write(&reg, bounds, n);
	uint16_t udp_port;

	if (err == -ENOENT) {
		/* The directory has been removed: a new one, with all that
		 * others look for. */
		udp_port = reg.udp_port;
		gs_registry_close(&reg);
		open_registry(udp_port);
		err = reg.lock != -1 ? gs_registry_write(&reg, bounds, n) : 0;
	}
	if (err != 0)
		warn("writing to", "the run directory", err);
}

int
gs_ports_start(uint16_t udp_port, bool is_limited, bool must_look)
{
	uint64_t before;
	bool is_open;
	int fd;

	gs_enter();
	st.udp_port = udp_port;
	st.is_limited = is_limited;
	st.must_look = must_look && udp_port != 0;
	before = st.last_number;
	gs_leave();
	pthread_mutex_lock(&lock);
	/* What somebody still wants to tell was before the last stop. */
	told = before;
	has_warned = false;
	others.is_known = false;
	fd = gs_status_start();
	if (fd < 0)
		gs_logf(GSCTP_LOG_WARN, "nobody can ask for the status: %s",
		    gsctp_strerror(fd));
	open_registry(udp_port);
	if (reg.lock != -1)
		write_bounds(NULL, 0);
	is_open = reg.lock != -1;
	pthread_mutex_unlock(&lock);
	if (is_open && fd >= 0)
		return fd;
	gs_status_hang_up(); /* nobody was there */
	return -1;
}

void
gs_ports_stop(void)
{
	gs_status_hang_up();
	pthread_mutex_lock(&lock);
	gs_registry_close(&reg);
	pthread_mutex_unlock(&lock);
}

/* Whoever had the lock: the parent's files must be free when it is gone. */
void
gs_ports_in_child(void)
{
	gs_registry_in_child(&reg);
	gs_status_in_child();
}

/*
 * What there is
 */

static bool
add(struct gs_ports *p, const struct gs_bound *b)
{
	struct gs_bound *grown;

	if (p->n == p->max) {
		p->max = p->max * 2 + 16;
		grown = realloc(p->bounds, p->max * sizeof(*grown));
		if (grown == NULL)
			return false;
		p->bounds = grown;
	}
	p->bounds[p->n++] = *b;
	return true;
}

static struct gs_bound
bound_of(const struct gs_endpoint *ep)
{
	struct gs_bound b;

	memset(&b, 0, sizeof(b));
	b.port = ep->port;
	b.is_listening = ep->is_listening;
	b.any4 = !ep->v6 || !ep->opts.v6only;
	b.any6 = ep->v6;
	return b;
}

static bool
has_family(const struct gs_bound *b, const union gs_addr *a)
{
	return a->sa.sa_family == AF_INET6 ? b->any6 : b->any4;
}

/* On the wildcard it has every address of the host, or of the stack. */
static bool
add_endpoint(struct gs_ports *p, const struct gs_endpoint *ep)
{
	const union gs_addr *addrs = ep->addrs;
	size_t i, n = ep->naddrs;
	struct gs_bound b = bound_of(ep);

	if (ep->is_wildcard && !st.is_limited)
		return add(p, &b);
	if (ep->is_wildcard)
		n = gs_engine_addrs_locked(&addrs);
	for (i = 0; i < n; i++) {
		if (!has_family(&b, &addrs[i]))
			continue;
		b.addr = addrs[i];
		if (!add(p, &b))
			return false;
	}
	return true;
}

static void
ports_free(struct gs_ports *p)
{
	if (p != NULL)
		free(p->bounds);
	free(p);
}

bool
gs_ports_lists(const struct gs_endpoint *ep)
{
	return ep->is_listening || ep->has_chosen_port;
}

struct gs_ports *
gs_ports_look_locked(void)
{
	const struct gs_endpoint *ep;
	struct gs_ports *p;

	st.last_number++;
	if (st.udp_port == 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	p->number = st.last_number;
	TAILQ_FOREACH(ep, gs_hub_endpoints(), in_hub)
	{
		/* Without a listener the port is not its own any more. */
		if (ep->so != NULL && gs_ports_lists(ep) &&
		    !add_endpoint(p, ep)) {
			ports_free(p);
			return NULL;
		}
	}
	return p;
}

void
gs_ports_tell(struct gs_ports *p)
{
	int callers_errno = errno;

	if (p == NULL)
		return;
	pthread_mutex_lock(&lock);
	if (reg.lock != -1 && p->number > told) {
		told = p->number;
		write_bounds(p->bounds, p->n);
	}
	pthread_mutex_unlock(&lock);
	ports_free(p);
	gs_log_flush();
	errno = callers_errno;
}

/*
 * Who has it
 */

static unsigned int
rank_of(const struct gs_endpoint *ep, const union gs_addr *target)
{
	struct gs_bound b = bound_of(ep);
	unsigned int rank, best = 0;
	size_t i;

	if (ep->is_wildcard)
		return gs_bound_rank(&b, target);
	for (i = 0; i < ep->naddrs; i++) {
		b.addr = ep->addrs[i];
		rank = gs_bound_rank(&b, target);
		if (rank > best)
			best = rank;
	}
	return best;
}

/* The best that this stack has itself, but for the socket that asks. */
static unsigned int
find_own(const struct gs_endpoint *self, const union gs_addr *target)
{
	unsigned int rank, best = 0;
	struct gs_endpoint *ep;

	ep = gs_find_port(gs_addr_port(target));
	for (; ep != NULL; ep = gs_find_next_port(ep)) {
		if (ep == self || ep->so == NULL)
			continue;
		rank = rank_of(ep, target);
		if (rank > best)
			best = rank;
	}
	return best;
}

/* Those of n targets that may be this host's, into local. */
static size_t
pick_local(const union gs_addr *targets, const bool *is_known, size_t n,
    union gs_addr *local)
{
	size_t i, nlocal = 0;

	for (i = 0; i < n; i++)
		if (is_known[i] || gs_route_is_local(&targets[i]))
			local[nlocal++] = targets[i];
	return nlocal;
}

/* Surely this host's; what is not may have come up since the start. */
static bool
is_known_here(const union gs_addr *a)
{
	return gs_addr_is_loopback(a) || gs_engine_has_addr_locked(a);
}

/* Does what is sent to it, and to this stack's UDP port, come here? */
static bool
is_mine(const union gs_addr *a)
{
	return gs_engine_has_addr_locked(a) ||
	    (!st.is_limited && is_known_here(a));
}

static uint16_t
find_other(const union gs_addr *local, size_t n, unsigned int own)
{
	unsigned int rank = 0;
	uint16_t port = 0;

	pthread_mutex_lock(&lock);
	if (reg.lock != -1)
		rank = gs_registry_find(&reg, local, n, &port);
	pthread_mutex_unlock(&lock);
	return rank > own ? port : 0;
}

bool
gs_ports_others_have(const union gs_addr *addrs, size_t n)
{
	int callers_errno = errno;
	bool found;

	found = find_other(addrs, n, 0) != 0;
	errno = callers_errno;
	return found;
}

/*
 * Ports that nobody asked for
 */

static bool
mark_told(void *arg, const char *stem, const struct gs_map *map,
    int64_t written_ns)
{
	size_t i;

	(void)arg;
	(void)stem;
	(void)written_ns;
	if (map == NULL || map->udp_port == 0 || map->net != reg.net)
		return false;
	for (i = 0; i < map->nbounds; i++)
		gs_port_set_add(&others.ports, map->bounds[i].port);
	others.is_any = others.is_any || map->nbounds > 0;
	return false;
}

/* Is a change still to come that the directory's time would not show? */
static bool
is_fresh(const struct timespec *changed)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - changed->tv_sec) * 1000000000 + now.tv_nsec -
	    changed->tv_nsec < GRAIN_NS;
}

/* lock is held.  Where nothing has changed, it costs one look. */
static void
see_others(void)
{
	struct stat dir;

	if (fstat(reg.dir, &dir) != 0)
		return;
	if (others.is_known && dir.st_mtim.tv_sec == others.seen.tv_sec &&
	    dir.st_mtim.tv_nsec == others.seen.tv_nsec)
		return;
	others.seen = dir.st_mtim;
	others.is_known = !is_fresh(&dir.st_mtim);
	memset(&others.ports, 0, sizeof(others.ports));
	others.is_any = false;
	/* What cannot be read is nobody's. */
	(void)gs_registry_others(&reg, mark_told, NULL);
}

bool
gs_ports_taken(struct gs_port_set *out)
{
	int callers_errno = errno;
	bool is_any = false;

	pthread_mutex_lock(&lock);
	if (reg.lock != -1) {
		see_others();
		is_any = others.is_any;
	}
	if (is_any)
		*out = others.ports;
	pthread_mutex_unlock(&lock);
	errno = callers_errno;
	return is_any;
}

/*
 * Who is at the usual UDP port
 */

/* lock is held. */
static bool
find_usual(void *arg, const char *stem, const struct gs_map *map,
    int64_t written_ns)
{
	bool *is_known = arg;

	(void)stem;
	(void)written_ns;
	*is_known = map != NULL && map->net == reg.net &&
	    map->udp_port == GS_DEFAULT_UDP_PORT;
	return *is_known;
}

/*
 * Nobody that we know of has the SCTP port.  Has somebody whom we do not know
 * the usual UDP port?  Where a stack that we know has it, and perhaps has
 * stopped, or nobody, an INIT to there might not be answered for minutes.
 */
static bool
has_stranger(const union gs_addr *local)
{
	union gs_addr usual = *local;
	bool is_known = false;
	int found;

	gs_addr_set_port(&usual, GS_DEFAULT_UDP_PORT);
	/* To try to bind to it would be in the way of who starts just now. */
	if (!gs_route_has_udp(&usual))
		return false;
	pthread_mutex_lock(&lock);
	if (reg.lock != -1) {
		found = gs_registry_each(reg.dir, find_usual, &is_known);
		is_known = found == 0 && is_known;
	}
	pthread_mutex_unlock(&lock);
	return !is_known;
}

uint16_t
gs_ports_find(gsctp_sock s, const union gs_addr *targets, size_t n)
{
	union gs_addr local[GS_PEER_ADDRS_MAX];
	bool is_known[GS_PEER_ADDRS_MAX];
	uint16_t own_port, port;
	struct gs_endpoint *ep;
	unsigned int rank, own = 0;
	bool is_reached = true;	/* this stack, at all of them */
	int callers_errno;
	size_t i;

	if (n > GS_PEER_ADDRS_MAX || gs_api_endpoint(s, &ep) != 0)
		return 0;
	own_port = st.must_look && !ep->opts.has_encaps ? st.udp_port : 0;
	for (i = 0; own_port != 0 && i < n; i++) {
		is_known[i] = is_known_here(&targets[i]);
		rank = is_known[i] ? find_own(ep, &targets[i]) : 0;
		if (rank > own)
			own = rank;
		is_reached = is_reached && is_mine(&targets[i]);
	}
	gs_leave();
	if (own_port == 0)
		return 0;

	callers_errno = errno;
	n = pick_local(targets, is_known, n, local);
	port = n > 0 ? find_other(local, n, own) : 0;
	if (port == 0 && (own > 0 || (n > 0 && is_reached &&
	    !has_stranger(&local[0]))))
		port = own_port;
	errno = callers_errno;
	return port;
}
