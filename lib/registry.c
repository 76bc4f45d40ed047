/* registry: see registry.h. */

#include "registry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names looked at in one go: those of as many stacks. */
#define NAMES_MAX (4 * 4096)

#define LOCK_END ".lock"

/* A name is taken away from who starts only by who cleans: rarely twice. */
#define TRIES 8

static int
make_name(char *out, const char *stem, const char *end)
{
	int n = snprintf(out, GS_STEM_LEN, "%s%s", stem, end);

	return n > 0 && n < GS_STEM_LEN ? 0 : -ENAMETOOLONG;
}

static int
namespace_id(const char *path, uint64_t *out)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return -errno;
	*out = (uint64_t)st.st_ino;
	return 0;
}

int
gs_registry_namespaces(uint64_t *net, uint64_t *pidns)
{
	int err = namespace_id("/proc/thread-self/ns/net", net);

	return err != 0 ? err : namespace_id("/proc/self/ns/pid", pidns);
}

/* 0, -EAGAIN where somebody else has it, or -errno. */
static int
lock_file(int fd)
{
	struct flock fl;

	memset(&fl, 0, sizeof(fl));
	fl.l_type = F_WRLCK;
	fl.l_whence = SEEK_SET;
	if (fcntl(fd, F_OFD_SETLK, &fl) == 0)
		return 0;
	if (errno == EACCES)
		return -EAGAIN;
	return errno == EINVAL || errno == ENOLCK ? -EOPNOTSUPP : -errno;
}

/* Looks, and takes nothing. */
static bool
is_locked(int fd)
{
	struct flock fl;

	memset(&fl, 0, sizeof(fl));
	fl.l_type = F_WRLCK;
	fl.l_whence = SEEK_SET;
	return fcntl(fd, F_OFD_GETLK, &fl) != 0 || fl.l_type != F_UNLCK;
}

/* A new lock file under a name that nobody has had; -EAGAIN: another time. */
static int
make_lock(struct gs_registry *r)
{
	char name[GS_STEM_LEN];
	unsigned long long n;
	struct stat st;
	int err;

	if (getrandom(&n, sizeof(n), 0) != (ssize_t)sizeof(n))
		return -errno;
	(void)snprintf(r->stem, sizeof(r->stem), "%ld-%016llx", (long)r->pid,
	    n);
	err = make_name(name, r->stem, LOCK_END);
	if (err != 0)
		return err;
	r->lock = openat(r->dir, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->lock == -1)
		return errno == EEXIST ? -EAGAIN : -errno;
	err = lock_file(r->lock);
	if (err == 0 && fstat(r->lock, &st) != 0)
		err = -errno;
	if (err == 0 && st.st_nlink > 0)
		return 0;
	/* Somebody took it for one that was left. */
	if (err != 0 && err != -EAGAIN)
		(void)unlinkat(r->dir, name, 0);
	(void)close(r->lock); /* nothing was written */
	r->lock = -1;
	return err != 0 ? err : -EAGAIN;
}

int
gs_registry_open(struct gs_registry *r, int dir, uint16_t udp_port)
{
	int err, i;

	*r = (struct gs_registry){ .dir = dir, .lock = -1,
		.udp_port = udp_port };
	r->pid = getpid();
	err = gs_registry_namespaces(&r->net, &r->pidns);
	for (i = 0; err == 0 && i < TRIES; i++) {
		err = make_lock(r);
		if (err == 0) {
			/* What cleans up by age leaves it alone then; where
			 * that runs just now it does not matter. */
			(void)flock(dir, LOCK_SH | LOCK_NB);
			return 0;
		}
		if (err == -EAGAIN && i + 1 < TRIES)
			err = 0;
	}
	gs_registry_in_child(r);
	return err;
}

/* The lock last: as long as it is there somebody will clean up. */
static void
remove_files(int dir, const char *stem)
{
	static const char *const ends[] = { ".map", ".tmp", ".sock", LOCK_END };
	char name[GS_STEM_LEN];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (make_name(name, stem, ends[i]) == 0)
			(void)unlinkat(dir, name, 0); /* if it is there */
}

void
gs_registry_close(struct gs_registry *r)
{
	if (r->lock != -1)
		remove_files(r->dir, r->stem);
	gs_registry_in_child(r);
}

void
gs_registry_in_child(struct gs_registry *r)
{
	int lock = r->lock, dir = r->dir;

	/* A fork() may come at any time: what is closed is not ours. */
	r->lock = r->dir = -1;
	if (lock != -1)
		(void)close(lock);
	if (dir != -1)
		(void)close(dir);
}

/*
 * The map
 */

static int
write_all(int fd, const char *text, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(fd, text + done, len - done);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

/* A new file: another link to what was there would be written to, too. */
static int
write_tmp(const struct gs_registry *r, const char *tmp, const char *text,
    size_t len)
{
	int err, fd;

	(void)unlinkat(r->dir, tmp, 0); /* if one was left */
	fd = openat(r->dir, tmp,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return -errno;
	err = write_all(fd, text, len);
	if (close(fd) != 0 && err == 0)
		err = -errno;
	return err;
}

int
gs_registry_write(struct gs_registry *r, const struct gs_bound *bounds,
    size_t n)
{
	const struct gs_map m = {
		.net = r->net,
		.pidns = r->pidns,
		.pid = r->pid,
		.udp_port = r->udp_port,
		.bounds = (struct gs_bound *)bounds,
		.nbounds = n,
	};
	char map[GS_STEM_LEN], tmp[GS_STEM_LEN];
	struct stat st;
	size_t len;
	char *text;
	int err;

	/* Nobody would look for the map then. */
	if (fstat(r->lock, &st) != 0 || st.st_nlink == 0)
		return -ENOENT;
	if (make_name(map, r->stem, ".map") != 0 ||
	    make_name(tmp, r->stem, ".tmp") != 0)
		return -ENAMETOOLONG;
	text = gs_map_print(&m, &len);
	if (text == NULL)
		return -ENOMEM;
	err = write_tmp(r, tmp, text, len);
	free(text);
	if (err == 0 && renameat(r->dir, tmp, r->dir, map) != 0)
		err = -errno;
	if (err != 0) {
		/* The old one is not true any more. */
		(void)unlinkat(r->dir, tmp, 0);
		(void)unlinkat(r->dir, map, 0);
	}
	return err;
}

/* A regular file's descriptor, or -errno. */
static int
open_file(int dir, const char *name, int flags, struct stat *st)
{
	int err = 0;
	int fd;

	/* A FIFO is not waited for. */
	fd = openat(dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return -errno;
	if (fstat(fd, st) != 0)
		err = -errno;
	else if (!S_ISREG(st->st_mode))
		err = -EINVAL;
	if (err != 0) {
		(void)close(fd); /* it was only looked at */
		return err;
	}
	return fd;
}

static int
read_text(int fd, char *text, size_t len)
{
	size_t have = 0;
	ssize_t n;

	while (have < len) {
		n = read(fd, text + have, len - have);
		if (n == 0 || (n < 0 && errno != EINTR))
			return -EIO;
		if (n > 0)
			have += (size_t)n;
	}
	/* A NUL within would hide what comes behind it. */
	text[len] = '\0';
	return strlen(text) == len ? 0 : -EINVAL;
}

static int
read_map(int dir, const char *stem, struct gs_map *out, int64_t *written_ns)
{
	char name[GS_STEM_LEN];
	struct stat st;
	char *text;
	int err, fd;

	err = make_name(name, stem, ".map");
	if (err != 0)
		return err;
	fd = open_file(dir, name, O_RDONLY, &st);
	if (fd < 0)
		return fd;
	err = st.st_size > 0 && st.st_size <= GS_MAP_BYTES ? 0 : -EINVAL;
	text = err == 0 ? malloc((size_t)st.st_size + 1) : NULL;
	if (err == 0 && text == NULL)
		err = -ENOMEM;
	if (err == 0)
		err = read_text(fd, text, (size_t)st.st_size);
	(void)close(fd); /* it was only read */
	if (err == 0)
		err = gs_map_parse(text, out);
	free(text);
	*written_ns =
	    (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	return err;
}

/*
 * All of them
 */

/* PID-RANDOM.lock: the stem of it. */
static bool
read_stem(const char *name, char *stem)
{
	size_t digits = strspn(name, "0123456789");
	size_t hex;

	if (digits == 0 || digits > 10 || name[digits] != '-')
		return false;
	hex = strspn(name + digits + 1, "0123456789abcdef");
	if (hex != 16 || strcmp(name + digits + 17, LOCK_END) != 0)
		return false;
	(void)snprintf(stem, GS_STEM_LEN, "%.*s", (int)digits + 17, name);
	return true;
}

/* Does the stack live?  The files of one that does not go. */
static bool
is_alive(int dir, const char *stem)
{
	char name[GS_STEM_LEN];
	struct stat st;
	bool alive;
	int fd;

	if (make_name(name, stem, LOCK_END) != 0)
		return false;
	fd = open_file(dir, name, O_RDWR, &st);
	if (fd < 0)
		return false;
	alive = is_locked(fd);
	if (!alive && lock_file(fd) == 0)
		remove_files(dir, stem);
	(void)close(fd); /* lets go of the lock */
	return alive;
}

static bool
tell(int dir, const char *stem, gs_registry_fn *fn, void *arg)
{
	int64_t written_ns = 0;
	struct gs_map map;
	bool is_enough;

	if (read_map(dir, stem, &map, &written_ns) != 0)
		return fn(arg, stem, NULL, 0);
	is_enough = fn(arg, stem, &map, written_ns);
	gs_map_fini(&map);
	return is_enough;
}

/* All but one, of which nothing is read. */
static int
each(int dir, const char *but, gs_registry_fn *fn, void *arg)
{
	char stem[GS_STEM_LEN];
	struct dirent *e;
	size_t i;
	DIR *d;
	int fd;

	/* With a place in the directory of its own. */
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -errno;
	d = fdopendir(fd);
	if (d == NULL) {
		(void)close(fd); /* nothing was read */
		return -ENOMEM;
	}
	for (i = 0; i < NAMES_MAX && (e = readdir(d)) != NULL; i++)
		if (read_stem(e->d_name, stem) && strcmp(stem, but) != 0 &&
		    is_alive(dir, stem) && fn != NULL &&
		    tell(dir, stem, fn, arg))
			break;
	(void)closedir(d);
	return 0;
}

int
gs_registry_each(int dir, gs_registry_fn *fn, void *arg)
{
	return each(dir, "", fn, arg);
}

int
gs_registry_others(const struct gs_registry *r, gs_registry_fn *fn, void *arg)
{
	return each(r->dir, r->stem, fn, arg);
}

struct search {
	const struct gs_registry *own;
	const union gs_addr *targets;
	size_t ntargets;
	unsigned int rank;
	int64_t written_ns;
	uint16_t udp_port;
};

static unsigned int
rank_of(const struct gs_map *map, const union gs_addr *targets, size_t n)
{
	unsigned int rank, best = 0;
	size_t i, j;

	for (i = 0; i < map->nbounds; i++) {
		for (j = 0; j < n; j++) {
			rank = gs_bound_rank(&map->bounds[i], &targets[j]);
			if (rank > best)
				best = rank;
		}
	}
	return best;
}

/* Of two that are as good, the one that has changed last. */
static bool
look_at(void *arg, const char *stem, const struct gs_map *map,
    int64_t written_ns)
{
	struct search *s = arg;
	unsigned int rank;

	(void)stem;
	if (map == NULL || map->udp_port == 0 || map->net != s->own->net)
		return false;
	rank = rank_of(map, s->targets, s->ntargets);
	if (rank == 0 || rank < s->rank ||
	    (rank == s->rank && written_ns <= s->written_ns))
		return false;
	s->rank = rank;
	s->written_ns = written_ns;
	s->udp_port = map->udp_port;
	return false;
}

unsigned int
gs_registry_find(const struct gs_registry *r, const union gs_addr *targets,
    size_t n, uint16_t *udp_port)
{
	struct search s = { .own = r, .targets = targets, .ntargets = n };

	if (gs_registry_others(r, look_at, &s) == 0 && s.rank > 0)
		*udp_port = s.udp_port;
	return s.rank;
}
