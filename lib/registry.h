/*
 * registry: which stack of this user, on this host, has which SCTP port.
 *
 * A stack has files in the run directory (rundir.h), with names of their own
 * that are never used again, PID-RANDOM:
 *
 *	.lock	empty, locked as long as the stack lives
 *	.map	what it has (registry_map.h), replaced as a whole
 *	.tmp	the next .map, not complete
 *	.sock	where it tells its status
 *
 * Guarantees
 *  - a stack is found only while its process lives, however that ends, and
 *    whatever process has got its id since;
 *  - a reader sees a whole .map, or none;
 *  - files of those that are gone go with the next look, and never those of
 *    one that is just starting;
 *  - whatever the files contain, a look takes bounded memory and time, and
 *    gives numbers within their ranges.
 *
 * The lock is one of the open file description (F_OFD_SETLK).  A process's
 * own record locks would vanish with the first descriptor of the file that
 * is closed here, and say nothing to a second copy of this library in the
 * same process; flock() cannot be looked at without being taken, and would
 * get into the way of a stack that is starting.  A child of fork() inherits
 * the description: gs_registry_in_child() gives its copy up, and exec()
 * closes it.  Who removes files holds their lock meanwhile; who starts locks
 * first and then looks whether the file is still there.
 *
 * Locking: the caller's, one for each struct; the files need none.  Layer 2.
 */

#ifndef GS_REGISTRY_H
#define GS_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "addr.h"
#include "registry_map.h"

/* "2147483647-0123456789abcdef.lock" and its NUL. */
#define GS_STEM_LEN 40

struct gs_registry {
	int dir, lock;
	uint64_t net, pidns; /* this process's namespaces */
	pid_t pid;
	uint16_t udp_port;
	char stem[GS_STEM_LEN];
};

/* Take part: dir is taken, also where it fails.  udp_port 0: raw IP.
 * 0, or -errno; -EOPNOTSUPP where the file system has no such locks. */
int gs_registry_open(struct gs_registry *r, int dir, uint16_t udp_port);

/* The files go, and the descriptors. */
void gs_registry_close(struct gs_registry *r);

/* In a child of fork(): the descriptors alone.  Takes no lock. */
void gs_registry_in_child(struct gs_registry *r);

/* These are its ports now.  0, or -errno: then it has none for others;
 * -ENOENT where somebody has removed the directory, or the lock file. */
int gs_registry_write(struct gs_registry *r, const struct gs_bound *bounds,
    size_t n);

/* The best that somebody else than r in this network namespace has for one
 * of n targets: its rank (gs_bound_rank()) and UDP port; 0 where nobody. */
unsigned int gs_registry_find(const struct gs_registry *r,
    const union gs_addr *targets, size_t n, uint16_t *udp_port);

/*
 * Every stack that lives, r's too; fn may be told of 4096 at most.  map is
 * NULL for one that has not written any.  Stops when fn returns true.
 */
typedef bool gs_registry_fn(void *arg, const char *stem,
    const struct gs_map *map, int64_t written_ns);
int gs_registry_each(int dir, gs_registry_fn *fn, void *arg);

/* The same, but for r itself. */
int gs_registry_others(const struct gs_registry *r, gs_registry_fn *fn,
    void *arg);

/* The namespace ids of this thread's process: 0, or -errno. */
int gs_registry_namespaces(uint64_t *net, uint64_t *pidns);

#endif
