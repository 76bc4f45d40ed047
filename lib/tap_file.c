/*
 * tap_file: the file of a capture, its buffer and its thread.  See
 * tap_impl.h.
 *
 * Whoever has packets puts them into one half of the buffer; a thread takes
 * it, leaves the other half, and writes without a lock.  It does so
 * WRITE_MS after the first of them, or when the half is half full.  Writes
 * are of whole blocks; after an error what is left of one is cut off.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "clock.h"
#include "log.h"
#include "pcapng.h"
#include "tap_impl.h"

/* What waits is in the file after this. */
#define WRITE_MS 100

/* At the end a FIFO's reader that takes nothing is waited for so long. */
#define READER_MS 1000
#define READER_STEP_MS 50

/* Not 0 to 2, which a program may open anew for its output. */
#define FIRST_FD 3

struct gs_tap_file {
	/* Fixed once gs_tap_file_begin() has returned. */
	char *path;
	struct stat st;
	pthread_mutex_t *mtx; /* the tap's */
	pthread_t thread;

	atomic_int fd; /* -1 in a child of fork() */
	atomic_bool is_ending;

	pthread_cond_t cond; /* the thread waits for something to do */

	/* Guarded by mtx. */
	int error;	     /* negative; nothing more is written */
	uint8_t *half;	     /* GS_TAP_BUFFER bytes; NULL after an error */
	size_t len;	     /* in it */
	bool is_asleep;	     /* the thread, until there is something */
	const uint8_t *tail; /* the last blocks, at the end */
	size_t tail_len;

	/* Of the thread. */
	uint8_t *other;
	off_t size; /* of the file: whole blocks */
};

/* ---- opening ---- */

static int
move_up(int fd)
{
	int moved, err;

	if (fd >= FIRST_FD)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD);
	err = -errno;
	(void)close(fd); /* nothing was written */
	return moved == -1 ? err : moved;
}

static int
open_path(const char *path)
{
	int fd;

	do {
		/* Of a FIFO or a terminal nothing is waited for, ever. */
		fd = open(path,
		    O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		    S_IRUSR | S_IWUSR);
	} while (fd == -1 && errno == EINTR);
	return fd == -1 ? -errno : move_up(fd);
}

int
gs_tap_file_open(const char *path, pthread_mutex_t *mtx,
    struct gs_tap_file **out)
{
	struct gs_tap_file *f;
	int fd, err;

	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return -ENOMEM;
	f->mtx = mtx;
	f->path = strdup(path);
	err = f->path != NULL ? open_path(path) : -ENOMEM;
	if (err < 0)
		goto free_f;
	fd = err;
	atomic_init(&f->fd, fd);
	err = fstat(fd, &f->st) != 0 ? -errno : gs_cond_init(&f->cond);
	if (err != 0)
		goto close_fd;
	*out = f;
	return 0;

close_fd:
	(void)close(fd); /* nothing was written */
free_f:
	free(f->path);
	free(f);
	return err;
}

static void
free_file(struct gs_tap_file *f)
{
	pthread_cond_destroy(&f->cond);
	free(f->half);
	free(f->other);
	free(f->path);
	free(f);
}

void
gs_tap_file_abandon(struct gs_tap_file *f)
{
	(void)close(atomic_load(&f->fd)); /* nothing was written */
	free_file(f);
}

bool
gs_tap_file_is_same(const struct gs_tap_file *a, const struct gs_tap_file *b)
{
	return a->st.st_dev == b->st.st_dev && a->st.st_ino == b->st.st_ino;
}

const char *
gs_tap_file_path(const struct gs_tap_file *f)
{
	return f->path;
}

/* Two captures in one file would be none. */
static int
make_ours(const struct gs_tap_file *f)
{
	int fd = atomic_load(&f->fd);

	if (!S_ISREG(f->st.st_mode) && !S_ISFIFO(f->st.st_mode))
		return 0;
	/* Some file systems have no locks; nothing is lost without. */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return -EBUSY;
	if (S_ISREG(f->st.st_mode) && ftruncate(fd, 0) != 0)
		return -errno;
	return 0;
}

static void *run(void *arg);

/* The application's signals are not for this thread; what its writes may
 * raise (SIGPIPE, SIGXFSZ) is for nobody. */
static int
start_thread(struct gs_tap_file *f)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = -pthread_create(&f->thread, NULL, run, f);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

int
gs_tap_file_begin(struct gs_tap_file *f)
{
	int err;

	f->half = malloc(GS_TAP_BUFFER);
	f->other = malloc(GS_TAP_BUFFER);
	if (f->half == NULL || f->other == NULL)
		return -ENOMEM;
	err = make_ours(f);
	return err != 0 ? err : start_thread(f);
}

/* ---- the buffer ---- */

int
gs_tap_file_error_locked(const struct gs_tap_file *f)
{
	return f->error;
}

uint8_t *
gs_tap_file_room_locked(struct gs_tap_file *f, size_t *max)
{
	*max = f->error == 0 ? GS_TAP_BUFFER - f->len : 0;
	return *max > 0 ? f->half + f->len : NULL;
}

void
gs_tap_file_put_locked(struct gs_tap_file *f, size_t len)
{
	bool was_short = f->len < GS_TAP_BUFFER / 2;

	f->len += len;
	if (f->is_asleep || (was_short && f->len >= GS_TAP_BUFFER / 2)) {
		f->is_asleep = false;
		pthread_cond_signal(&f->cond);
	}
}

/* ---- the thread ---- */

/* A FIFO is full.  0, or -ETIMEDOUT at the end of the capture. */
static int
wait_for_reader(const struct gs_tap_file *f)
{
	struct pollfd p = { .fd = atomic_load(&f->fd), .events = POLLOUT };
	uint64_t until = GS_NEVER;

	for (;;) {
		if (poll(&p, 1, READER_STEP_MS) > 0)
			return 0;
		if (!atomic_load(&f->is_ending))
			continue;
		if (until == GS_NEVER)
			until = gs_now_ms() + READER_MS;
		else if (gs_now_ms() >= until)
			return -ETIMEDOUT;
	}
}

/* These are whole blocks, and so is what is left of them after an error, if
 * the file can be cut. */
static int
write_blocks(struct gs_tap_file *f, const uint8_t *buf, size_t len)
{
	int fd = atomic_load(&f->fd);
	size_t done = 0;
	ssize_t n;
	int err = 0;

	while (err == 0 && done < len) {
		n = write(fd, buf + done, len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			err = wait_for_reader(f);
		else if (errno != EINTR)
			err = -errno;
	}
	if (err != 0)
		done = gs_pcapng_whole(buf, done);
	f->size += (off_t)done;
	/* Where that fails, too, there is nothing more to be done. */
	if (err != 0 && S_ISREG(f->st.st_mode) && ftruncate(fd, f->size) != 0)
		gs_logf(GSCTP_LOG_DEBUG, "capture: %s is not cut", f->path);
	return err;
}

static void
log_error(const struct gs_tap_file *f, int err)
{
	gs_logf(GSCTP_LOG_ERROR, "capture: writing %s: %s: it ends here",
	    f->path, gsctp_strerror(err));
}

static void
fail_locked(struct gs_tap_file *f, int err)
{
	f->error = err;
	f->len = 0;
	free(f->half);
	f->half = NULL;
}

/* The bytes to write, when it is time to; 0 at the end. */
static size_t
wait_for_work_locked(struct gs_tap_file *f)
{
	uint64_t until;

	while (f->len == 0 && !atomic_load(&f->is_ending)) {
		f->is_asleep = true;
		(void)gs_cond_wait_until(&f->cond, f->mtx, GS_NEVER);
	}
	f->is_asleep = false;
	until = gs_now_ms() + WRITE_MS;
	while (f->len < GS_TAP_BUFFER / 2 && !atomic_load(&f->is_ending))
		if (gs_cond_wait_until(&f->cond, f->mtx, until) != 0)
			break;
	return f->len;
}

static void *
run(void *arg)
{
	struct gs_tap_file *f = arg;
	const uint8_t *tail;
	uint8_t *full;
	size_t len, tail_len;
	int err = 0;

	pthread_mutex_lock(f->mtx);
	while (err == 0 && (len = wait_for_work_locked(f)) > 0) {
		full = f->half;
		f->half = f->other;
		f->other = full;
		f->len = 0;
		pthread_mutex_unlock(f->mtx);
		err = write_blocks(f, full, len);
		pthread_mutex_lock(f->mtx);
	}
	/* Set for good before the end was asked for. */
	tail = f->tail;
	tail_len = f->tail_len;
	if (err == 0) {
		/* Another capture may have begun, whose packets want the
		 * lock. */
		pthread_mutex_unlock(f->mtx);
		err = write_blocks(f, tail, tail_len);
		pthread_mutex_lock(f->mtx);
	}
	if (err != 0)
		fail_locked(f, err);
	pthread_mutex_unlock(f->mtx);
	if (err != 0) {
		log_error(f, err);
		gs_log_flush();
	}
	return NULL;
}

/* ---- the end ---- */

int
gs_tap_file_end(struct gs_tap_file *f, const uint8_t *tail, size_t len)
{
	int err;

	pthread_mutex_lock(f->mtx);
	f->tail = tail;
	f->tail_len = len;
	atomic_store(&f->is_ending, true);
	pthread_cond_signal(&f->cond);
	pthread_mutex_unlock(f->mtx);
	pthread_join(f->thread, NULL);
	err = f->error;
	/* A child of fork() may have the file, too: then it is not locked. */
	(void)flock(atomic_load(&f->fd), LOCK_UN);
	/* Some file systems say only now that there was no room. */
	if (close(atomic_exchange(&f->fd, -1)) != 0 && err == 0) {
		err = -errno;
		log_error(f, err);
	}
	free_file(f);
	return err;
}

void
gs_tap_file_in_child(struct gs_tap_file *f)
{
	int fd = atomic_exchange(&f->fd, -1);

	if (fd >= 0)
		(void)close(fd); /* the parent's is open */
}
