/*
 * opt_kept: options of SOL_SOCKET, IPPROTO_IP and IPPROTO_IPV6.
 *
 * Nobody knows them as the kernel does: their defaults, limits, privileges,
 * sizes and errors.  So the kernel is asked, with a socket of another
 * protocol that is made for the question, has what was set before, and is
 * closed at once.  What was set is kept in the order in which it was.
 *
 * Locking: p->lock is held.
 */

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "opt_impl.h"
#include "psock.h"
#include "real.h"

/* The longest of those that programs set; others are forgotten. */
#define VALUE_MAX 40

struct ps_kept {
	int level, name;
	socklen_t len;
	bool is_null; /* which some take for 0 */
	unsigned char value[VALUE_MAX];
};

/* A socket of the kernel's that has what p has.  One of UDP has the same
 * buffers as one of SCTP, and one of TCP others. */
static int
ask(const struct psock *p)
{
	const struct ps_opts *o = p->opts;
	size_t i;
	int fd;

	fd = ps_real()->socket(p->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -errno;
	for (i = 0; i < o->nkept; i++)
		(void)ps_real()->setsockopt(fd, o->kept[i].level,
		    o->kept[i].name,
		    o->kept[i].is_null ? NULL : o->kept[i].value,
		    o->kept[i].len);
	return fd;
}

/* The place of what is set now: that of its last value, or a new one. */
static struct ps_kept *
place(struct ps_opts *o, int level, int name)
{
	struct ps_kept *more;
	size_t i;

	for (i = 0; i < o->nkept; i++)
		if (o->kept[i].level == level && o->kept[i].name == name)
			break;
	if (i < o->nkept) {
		memmove(&o->kept[i], &o->kept[i + 1],
		    (o->nkept - i - 1) * sizeof(*o->kept));
		return &o->kept[o->nkept - 1];
	}
	more = realloc(o->kept, (o->nkept + 1) * sizeof(*more));
	if (more == NULL)
		return NULL;
	o->kept = more;
	return &o->kept[o->nkept++];
}

int
ps_kept_set(struct psock *p, int level, int name, const void *value,
    socklen_t len)
{
	struct ps_kept *k;
	int fd, err = 0;

	fd = ask(p);
	if (fd < 0)
		return fd;
	if (ps_real()->setsockopt(fd, level, name, value, len) == -1)
		err = -errno;
	(void)ps_real()->close(fd);
	if (err != 0 || len > VALUE_MAX)
		return err;
	k = place(p->opts, level, name);
	if (k == NULL)
		return -ENOMEM;
	k->level = level;
	k->name = name;
	k->len = len;
	k->is_null = value == NULL;
	if (value != NULL)
		memcpy(k->value, value, len);
	return 0;
}

int
ps_kept_get(struct psock *p, int level, int name, void *value, socklen_t *len)
{
	int fd, err = 0;

	fd = ask(p);
	if (fd < 0)
		return fd;
	if (ps_real()->getsockopt(fd, level, name, value, len) == -1)
		err = -errno;
	(void)ps_real()->close(fd);
	return err;
}

bool
ps_kept_has(const struct ps_opts *o, int level, int name)
{
	size_t i;

	for (i = 0; i < o->nkept; i++)
		if (o->kept[i].level == level && o->kept[i].name == name)
			return true;
	return false;
}

/* What Linux copies from a listener, or whom it is peeled off from: little
 * of IPv4, and all of IPv6. */
static bool
is_handed_on(const struct ps_kept *k)
{
	switch (k->level) {
	case SOL_SOCKET:
		return k->name != SO_PRIORITY && k->name != SO_RCVLOWAT &&
		    k->name != SO_REUSEPORT && k->name != SO_MARK;
	case IPPROTO_IP:
		return k->name == IP_TTL || k->name == IP_MTU_DISCOVER;
	default:
		return true;
	}
}

int
ps_kept_copy(struct ps_opts *to, const struct ps_opts *from)
{
	size_t i;

	if (from->nkept == 0)
		return 0;
	to->kept = calloc(from->nkept, sizeof(*to->kept));
	if (to->kept == NULL)
		return -ENOMEM;
	for (i = 0; i < from->nkept; i++)
		if (is_handed_on(&from->kept[i]))
			to->kept[to->nkept++] = from->kept[i];
	return 0;
}

void
ps_kept_free(struct ps_opts *o)
{
	free(o->kept);
}
