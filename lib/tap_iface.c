/* tap_iface: which interface has an address.  See tap_impl.h. */

#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "tap_impl.h"

/* Addresses come and go; those that nobody has are not asked for more often
 * than this. */
#define AGAIN_MS 1000

struct name {
	union gs_addr addr;
	char name[IF_NAMESIZE];
};

struct gs_tap_names {
	struct name *list;
	size_t n;
	char loopback[IF_NAMESIZE];
	uint64_t asked_ms;
};

static void
copy_name(char *to, const char *name)
{
	memset(to, 0, IF_NAMESIZE);
	memcpy(to, name, strnlen(name, IF_NAMESIZE - 1));
}

/* Ask the system.  What was known stays where that fails. */
static int
read_names(struct gs_tap_names *names)
{
	struct ifaddrs *all, *i;
	struct name *list;
	size_t n = 0;

	names->asked_ms = gs_now_ms();
	if (getifaddrs(&all) != 0)
		return -errno;
	for (i = all; i != NULL; i = i->ifa_next)
		n++;
	list = calloc(n + 1, sizeof(*list));
	if (list == NULL) {
		freeifaddrs(all);
		return -ENOMEM;
	}
	n = 0;
	for (i = all; i != NULL; i = i->ifa_next) {
		if ((i->ifa_flags & IFF_LOOPBACK) != 0)
			copy_name(names->loopback, i->ifa_name);
		if (gs_addr_from(&list[n].addr, i->ifa_addr,
			sizeof(struct sockaddr_in6)) != 0)
			continue;
		copy_name(list[n++].name, i->ifa_name);
	}
	freeifaddrs(all);
	free(names->list);
	names->list = list;
	names->n = n;
	return 0;
}

int
gs_tap_names_new(struct gs_tap_names **out)
{
	struct gs_tap_names *names = calloc(1, sizeof(*names));

	if (names == NULL)
		return -ENOMEM;
	/* Without names the packets are captured all the same. */
	(void)read_names(names);
	*out = names;
	return 0;
}

void
gs_tap_names_free(struct gs_tap_names *names)
{
	if (names == NULL)
		return;
	free(names->list);
	free(names);
}

static const char *
look_up(const struct gs_tap_names *names, const union gs_addr *local)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (gs_addr_same_ip(&names->list[i].addr, local))
			return names->list[i].name;
	/* All of 127.0.0.0/8 is the loopback's. */
	return gs_addr_is_loopback(local) ? names->loopback : "";
}

/* No interface has such a one, however often the system is asked. */
static bool
is_nobodys(const union gs_addr *a)
{
	if (a->sa.sa_family == AF_INET6)
		return gs_addr_is_any(a) ||
		    IN6_IS_ADDR_MULTICAST(&a->v6.sin6_addr);
	return gs_addr_is_any(a) ||
	    IN_MULTICAST(ntohl(a->v4.sin_addr.s_addr)) ||
	    a->v4.sin_addr.s_addr == htonl(INADDR_BROADCAST);
}

const char *
gs_tap_names_find(struct gs_tap_names *names, const union gs_addr *local)
{
	const char *name = look_up(names, local);

	if (*name != '\0' || is_nobodys(local) ||
	    gs_now_ms() - names->asked_ms < AGAIN_MS)
		return name;
	(void)read_names(names);
	return look_up(names, local);
}
