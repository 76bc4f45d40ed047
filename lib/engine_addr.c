/*
 * engine_addr: the local addresses that the engine knows.
 *
 * The engine asks getifaddrs() once, when it starts, and advertises what it
 * is told.  It is told what the configuration allows: every address of every
 * interface that is up, or only those listed.  A listed address of
 * 127.0.0.0/8 need not be configured on the loopback interface, as on Linux.
 * Where every address is allowed, so is all of 127.0.0.0/8: one of them is
 * told to the engine when a socket, or a peer, asks for it.
 * An address that no socket of the wire can send from is none of the stack's.
 *
 * Also the other libc calls of the engine that are not its business: time
 * that does not jump, and no threads.  Layer 3.
 */

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "clock.h"
#include "engine.h"
#include "engine_abi.h"
#include "engine_impl.h"

int __real_getifaddrs(struct ifaddrs **out);
void __real_freeifaddrs(struct ifaddrs *list);
int __real_gettimeofday(struct timeval *tv, void *tz);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg);
int __real_pthread_join(pthread_t thread, void **result);
int __wrap_getifaddrs(struct ifaddrs **out);
void __wrap_freeifaddrs(struct ifaddrs *list);
int __wrap_gettimeofday(struct timeval *tv, void *tz);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg);
int __wrap_pthread_join(pthread_t thread, void **result);

/* One address as getifaddrs() would tell it. */
struct entry {
	struct ifaddrs ifa;
	char name[IF_NAMESIZE];
};

/* So many are asked for at most; and by INITs, which anybody of this host can
 * send. */
#define ASKED_MAX 256
#define ASKED_BY_PEERS_MAX 16

/*
 * The engine takes the source of a packet from the interface with index 1
 * first, the loopback.  Sockets that are bound to the wildcard have 127.0.0.1
 * as their source, as on Linux; so what was asked for is on another one.  Its
 * name begins as the loopback's does, which is how the engine knows one.
 */
#define ASKED_INDEX 0x7fffffffu
#define ASKED_NAME "lo-asked"

/* Guarded by the stack's lock. */
static struct entry *entries;
static union gs_addr *addrs;
static size_t naddrs;
static size_t naddrs_max;	/* room for those that are asked for */
static size_t nby_peers;	/* those that were, by peers */

static void
add(const union gs_addr *a, const char *name, unsigned int flags)
{
	struct entry *e = &entries[naddrs];

	memset(e, 0, sizeof(*e));
	addrs[naddrs] = *a;
	gs_addr_set_port(&addrs[naddrs], 0);
	(void)strncpy(e->name, name, sizeof(e->name) - 1);
	e->ifa.ifa_name = e->name;
	e->ifa.ifa_flags = flags;
	e->ifa.ifa_addr = &addrs[naddrs].sa;
	naddrs++;
}

static size_t
count(const struct ifaddrs *list)
{
	size_t n = 0;

	for (; list != NULL; list = list->ifa_next)
		n++;
	return n;
}

static void
add_interfaces(const struct ifaddrs *i, const union gs_addr *only, size_t n)
{
	union gs_addr a;

	for (; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr == NULL || (i->ifa_flags & IFF_UP) == 0)
			continue;
		if (gs_addr_from(&a, i->ifa_addr, sizeof(a)) != 0)
			continue;
		if (gs_addr_is_in(&a, addrs, naddrs) ||
		    (n > 0 && !gs_addr_is_in(&a, only, n)))
			continue;
		if (!gs_engine_can_send(&a))
			continue;
		add(&a, i->ifa_name, i->ifa_flags);
	}
}

/* What was listed and is on no interface. */
static int
add_listed(const union gs_addr *only, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (gs_addr_is_in(&only[i], addrs, naddrs))
			continue;
		if (only[i].sa.sa_family != AF_INET ||
		    !gs_addr_is_loopback(&only[i]) ||
		    !gs_engine_can_send(&only[i]))
			return -EADDRNOTAVAIL;
		add(&only[i], "lo", IFF_UP | IFF_LOOPBACK | IFF_RUNNING);
	}
	return 0;
}

int
gs_engine_addrs_init(const union gs_addr *only, size_t n)
{
	struct ifaddrs *list;
	size_t i, max;
	int err;

	if (__real_getifaddrs(&list) != 0)
		return -errno;
	max = count(list) + n;
	gs_engine_addrs_fini();
	entries = calloc(max + 1, sizeof(*entries));
	addrs = calloc(max + ASKED_MAX, sizeof(*addrs));
	if (entries == NULL || addrs == NULL) {
		err = -ENOMEM;
		goto done;
	}
	add_interfaces(list, only, n);
	err = add_listed(only, n);
	for (i = 0; err == 0 && i + 1 < naddrs; i++)
		entries[i].ifa.ifa_next = &entries[i + 1].ifa;
	naddrs_max = n > 0 ? naddrs : naddrs + ASKED_MAX;
done:
	__real_freeifaddrs(list);
	if (err != 0)
		gs_engine_addrs_fini();
	return err;
}

void
gs_engine_addrs_fini(void)
{
	free(entries);
	free(addrs);
	entries = NULL;
	addrs = NULL;
	naddrs = 0;
	naddrs_max = 0;
	nby_peers = 0;
}

size_t
gs_engine_addrs_locked(const union gs_addr **out)
{
	*out = addrs;
	return naddrs;
}

bool
gs_engine_has_addr_locked(const union gs_addr *a)
{
	return gs_addr_is_in(a, addrs, naddrs);
}

static bool
has_loopback(void)
{
	size_t i;

	for (i = 0; i < naddrs; i++)
		if (addrs[i].sa.sa_family == AF_INET &&
		    gs_addr_is_loopback(&addrs[i]))
			return true;
	return false;
}

bool
gs_engine_get_addr_locked(const union gs_addr *a)
{
	union gs_addr copy = *a;

	if (gs_engine_has_addr_locked(a))
		return true;
	if (a->sa.sa_family != AF_INET || !gs_addr_is_loopback(a) ||
	    naddrs == naddrs_max || !has_loopback())
		return false;
	gs_addr_set_port(&copy, 0);
	if (sctp_add_addr_to_vrf(0, NULL, ASKED_INDEX, 0, ASKED_NAME, NULL,
		&copy.sa, 0, 0) == NULL)
		return false;
	addrs[naddrs++] = copy;
	return true;
}

void
gs_engine_ask_addr_locked(const union gs_addr *a)
{
	if (!gs_engine_has_addr_locked(a) && nby_peers < ASKED_BY_PEERS_MAX &&
	    gs_engine_get_addr_locked(a))
		nby_peers++;
}

/* The sender of an INIT.  What is on this host is told of the loopback's
 * addresses. */
int
__wrap_sctp_is_address_on_local_host(struct sockaddr *addr, uint32_t vrf_id)
{
	union gs_addr a;

	if (gs_addr_from(&a, addr, sizeof(a)) == 0 &&
	    a.sa.sa_family == AF_INET && gs_addr_is_loopback(&a))
		return 1;
	return __real_sctp_is_address_on_local_host(addr, vrf_id);
}

int
__wrap_getifaddrs(struct ifaddrs **out)
{
	if (!gs_engine_in_init)
		return __real_getifaddrs(out);
	*out = naddrs > 0 ? &entries[0].ifa : NULL;
	return 0;
}

void
__wrap_freeifaddrs(struct ifaddrs *list)
{
	if (entries == NULL || list != &entries[0].ifa)
		__real_freeifaddrs(list);
}

/*
 * The engine takes intervals from it: cookies' age, round trips, time to
 * live.  A step of the wall clock must not reach them.
 */
int
__wrap_gettimeofday(struct timeval *tv, void *tz)
{
	uint64_t us = gs_now_us();

	if (tz != NULL)
		return __real_gettimeofday(tv, tz);
	tv->tv_sec = (time_t)(us / 1000000);
	tv->tv_usec = (suseconds_t)(us % 1000000);
	return 0;
}

/* Its iterator thread serves what we do ourselves: it is not started. */
int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg)
{
	if (!gs_engine_in_init)
		return __real_pthread_create(thread, attr, fn, arg);
	*thread = pthread_self();
	return 0;
}

int
__wrap_pthread_join(pthread_t thread, void **result)
{
	if (!gs_engine_in_init)
		return __real_pthread_join(thread, result);
	return 0;
}
