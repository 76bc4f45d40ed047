/* tap: see tap.h. */

#include "tap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "log.h"
#include "pcapng.h"
#include "tap_impl.h"

/* Interfaces told apart; the packets of more are put down to one without a
 * name. */
#define IFACES 32

/* Longer than what the first block says. */
#define SECTION_MAX 1024

struct iface {
	char name[IF_NAMESIZE]; /* "": those without one */
	uint64_t packets, lost;
	uint64_t lost_since; /* the last one that is in the file */
};

/* Guarded by the tap's lock, but while nobody else has it. */
struct gs_capture {
	struct gs_tap_file *file;
	struct gs_tap_names *names;
	uint64_t begin_ns;
	struct iface ifaces[IFACES];
	size_t nifaces;
	size_t ndescribed;   /* of them are in the file */
	union gs_addr local; /* of the last packet, and its interface */
	size_t iface;
};

static uint64_t
wall_clock_ns(void)
{
	struct timespec ts = { .tv_sec = 0 };

	/* It cannot fail with this clock. */
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

void
gs_tap_init(struct gs_tap *tap)
{
	atomic_init(&tap->is_on, false);
	/* It cannot fail without attributes. */
	(void)pthread_mutex_init(&tap->mtx, NULL);
	tap->capture = NULL;
}

void
gs_tap_fini(struct gs_tap *tap)
{
	(void)gs_tap_stop(tap); /* what went wrong is in the log */
	pthread_mutex_destroy(&tap->mtx);
}

/* ---- packets ---- */

bool
gs_tap_begin(struct gs_tap *tap, uint64_t *now_ns)
{
	bool is_on;

	if (!atomic_load_explicit(&tap->is_on, memory_order_relaxed))
		return false;
	pthread_mutex_lock(&tap->mtx);
	is_on = tap->capture != NULL &&
	    gs_tap_file_error_locked(tap->capture->file) == 0;
	if (!is_on) {
		atomic_store_explicit(&tap->is_on, false, memory_order_relaxed);
		pthread_mutex_unlock(&tap->mtx);
		return false;
	}
	*now_ns = wall_clock_ns();
	return true;
}

void
gs_tap_end(struct gs_tap *tap)
{
	pthread_mutex_unlock(&tap->mtx);
}

/* Its place, or the one after the last. */
static size_t
look_up_iface(const struct gs_capture *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nifaces; i++)
		if (strcmp(c->ifaces[i].name, name) == 0)
			break;
	return i;
}

static size_t
add_iface(struct gs_capture *c, const char *name)
{
	size_t i = look_up_iface(c, name);

	/* The last place is for those that have no name, or find none. */
	if (i >= IFACES - 1) {
		name = "";
		i = look_up_iface(c, name);
	}
	if (i == c->nifaces) {
		(void)snprintf(c->ifaces[i].name, IF_NAMESIZE, "%s", name);
		c->nifaces++;
	}
	return i;
}

static size_t
find_iface(struct gs_capture *c, const union gs_addr *local)
{
	if (c->nifaces == 0 || !gs_addr_same_ip(&c->local, local)) {
		c->iface = add_iface(c, gs_tap_names_find(c->names, local));
		c->local = *local;
	}
	return c->iface;
}

/* Describe the interfaces up to the one of the packet, and put it: the bytes
 * that it took, or 0. */
static size_t
print(const struct gs_capture *c, uint8_t *buf, size_t max,
    const struct gs_pcapng_packet *pkt)
{
	size_t i, n, len = 0;

	for (i = c->ndescribed; i <= pkt->interface; i++) {
		const char *name = c->ifaces[i].name;
		bool has_name = *name != '\0';

		n = gs_pcapng_interface(buf + len, max - len,
		    has_name ? name : NULL,
		    has_name ? NULL : "no interface has the address");
		if (n == 0)
			return 0;
		len += n;
	}
	n = gs_pcapng_packet(buf + len, max - len, pkt);
	return n != 0 ? len + n : 0;
}

void
gs_tap_put_locked(struct gs_tap *tap, const struct gs_tap_packet *pkt,
    uint64_t now_ns)
{
	struct gs_capture *c = tap->capture;
	size_t i = find_iface(c, pkt->is_out ? &pkt->src : &pkt->dst);
	struct iface *iface = &c->ifaces[i];
	struct gs_pcapng_packet out;
	uint8_t head[GS_TAP_HEAD_MAX];
	size_t max, len = 0;
	uint8_t *room;

	memset(&out, 0, sizeof(out));
	out.interface = (uint32_t)i;
	out.time_ns = now_ns;
	out.is_out = pkt->is_out;
	out.lost = iface->lost_since;
	out.head = head;
	out.head_len = gs_tap_head(head, pkt);
	out.data = pkt->data;
	out.data_len = pkt->len;

	iface->packets++;
	room = gs_tap_file_room_locked(c->file, &max);
	if (room != NULL)
		len = print(c, room, max, &out);
	if (len == 0) {
		iface->lost++;
		iface->lost_since++;
		return;
	}
	iface->lost_since = 0;
	if (c->ndescribed <= i)
		c->ndescribed = i + 1;
	gs_tap_file_put_locked(c->file, len);
}

/* ---- start and stop ---- */

static void
put_section(struct gs_capture *c, const char *about)
{
	char writer[64], comment[256];
	size_t i, max;
	uint8_t *room;

	(void)snprintf(writer, sizeof(writer), "gsctp %s", gsctp_version());
	(void)snprintf(comment, sizeof(comment), "%.64s, process %ld: %s",
	    program_invocation_short_name, (long)getpid(), about);
	/* Text of a capture file is UTF-8, and a name may be anything. */
	for (i = 0; comment[i] != '\0'; i++)
		if (comment[i] < ' ' || comment[i] > '~')
			comment[i] = '?';
	room = gs_tap_file_room_locked(c->file, &max);
	gs_tap_file_put_locked(c->file,
	    gs_pcapng_section(room, SECTION_MAX, writer, comment));
}

/* What became of each interface's packets; and how many were lost. */
static size_t
print_statistics(const struct gs_capture *c, uint8_t *buf, size_t max,
    uint64_t *lost)
{
	struct gs_pcapng_statistics st;
	size_t i, len = 0;

	*lost = 0;
	for (i = 0; i < c->nifaces; i++) {
		*lost += c->ifaces[i].lost;
		if (i >= c->ndescribed)
			continue;
		st.interface = (uint32_t)i;
		st.begin_ns = c->begin_ns;
		st.end_ns = wall_clock_ns();
		st.packets = c->ifaces[i].packets;
		st.lost = c->ifaces[i].lost;
		len += gs_pcapng_statistics(buf + len, max - len, &st);
	}
	return len;
}

/* Nobody has c any more. */
static int
end_capture(struct gs_capture *c)
{
	uint8_t tail[IFACES * GS_PCAPNG_STATISTICS_MAX];
	uint64_t lost;
	size_t len;
	int err;

	len = print_statistics(c, tail, sizeof(tail), &lost);
	if (lost > 0)
		gs_logf(GSCTP_LOG_WARN,
		    "capture: %s lacks %llu packets: it was too slow",
		    gs_tap_file_path(c->file), (unsigned long long)lost);
	err = gs_tap_file_end(c->file, tail, len);
	gs_tap_names_free(c->names);
	free(c);
	return err;
}

/* From now on packets go to c, which may be NULL; what they went to. */
static struct gs_capture *
exchange(struct gs_tap *tap, struct gs_capture *c)
{
	struct gs_capture *old;

	pthread_mutex_lock(&tap->mtx);
	old = tap->capture;
	tap->capture = c;
	atomic_store_explicit(&tap->is_on, c != NULL, memory_order_relaxed);
	pthread_mutex_unlock(&tap->mtx);
	return old;
}

int
gs_tap_stop(struct gs_tap *tap)
{
	struct gs_capture *c = exchange(tap, NULL);

	return c != NULL ? end_capture(c) : 0;
}

static int
begin_capture(struct gs_tap *tap, struct gs_capture *c, const char *path,
    const char *about)
{
	int err;

	err = gs_tap_names_new(&c->names);
	if (err != 0)
		return err;
	err = gs_tap_file_open(path, &tap->mtx, &c->file);
	if (err != 0)
		goto free_names;
	if (tap->capture != NULL &&
	    gs_tap_file_is_same(tap->capture->file, c->file))
		(void)gs_tap_stop(tap); /* it is begun anew */
	err = gs_tap_file_begin(c->file);
	if (err != 0)
		goto abandon;
	c->begin_ns = wall_clock_ns();
	pthread_mutex_lock(&tap->mtx);
	put_section(c, about);
	pthread_mutex_unlock(&tap->mtx);
	return 0;

abandon:
	gs_tap_file_abandon(c->file);
free_names:
	gs_tap_names_free(c->names);
	return err;
}

static void
explain(const char *path, int err)
{
	const char *why = gsctp_strerror(err);

	if (err == -EBUSY)
		why = "another capture is being written to it";
	else if (err == -ENXIO)
		why = "nobody reads from it";
	gs_logf(GSCTP_LOG_ERROR, "capture: cannot write to %s: %s", path, why);
}

int
gs_tap_start(struct gs_tap *tap, const char *path, const char *about)
{
	struct gs_capture *c;
	int err;

	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return -ENOMEM;
	err = begin_capture(tap, c, path, about);
	if (err != 0) {
		explain(path, err);
		free(c);
		return err;
	}
	gs_logf(GSCTP_LOG_INFO, "capture: to %s", path);
	c = exchange(tap, c);
	if (c != NULL)
		(void)end_capture(c); /* what went wrong is in the log */
	return 0;
}

void
gs_tap_in_child(struct gs_tap *tap)
{
	/* No lock: whoever held it is not in this process. */
	if (tap->capture != NULL)
		gs_tap_file_in_child(tap->capture->file);
}
