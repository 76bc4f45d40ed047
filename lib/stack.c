/* stack: see stack.h. */

#include "stack.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "config.h"
#include "driver.h"
#include "endpoint.h"
#include "engine.h"
#include "hub.h"
#include "log.h"
#include "raw_ports.h"
#include "stack_ports.h"
#include "status_server.h"

/* A program that exits waits for its peers for as long as they take what was
 * sent, and this long where nothing moves: a lost SHUTDOWN is sent again after
 * a second. */
#define EXIT_MS 2000

/* How often it looks whether anything has. */
#define LOOK_MS 50

/* The engine frees what a last timer holds within this. */
#define FINISH_MS 2000

/* Wire sockets at most. */
#define FDS_MAX 256

/* Serialises start and stop; taken before the stack's lock. */
static pthread_mutex_t lifecycle = PTHREAD_MUTEX_INITIALIZER;

/* Written with both locks held, read with either; but wire is written with
 * the first alone, and only while is_running is false. */
static struct {
	bool is_running;
	bool is_stopping;	/* its sockets are closed, and no new ones */
	unsigned int users;
	struct gs_wire *wire;
	uint16_t peer_udp_port;
	uint64_t started_ms;
} st;

/* Set in a child of fork(), for good. */
static atomic_bool is_child;

static void
in_child(void)
{
	int fds[FDS_MAX];
	size_t i, n;

	atomic_store(&is_child, true);
	gs_ports_in_child();
	if (st.wire == NULL)
		return;
	gs_wire_in_child(st.wire);
	/* The parent's port must be free when the parent is gone. */
	n = gs_wire_fds(st.wire, fds, FDS_MAX);
	for (i = 0; i < n && i < FDS_MAX; i++)
		(void)close(fds[i]);
}

static void
once(void)
{
	(void)pthread_atfork(NULL, NULL, in_child);	/* or no memory */
}

int
gs_stack_check(void)
{
	return atomic_load_explicit(&is_child, memory_order_relaxed) ?
	    -ESTALE : 0;
}

int
gs_api_enter(void)
{
	int err = gs_stack_check();

	if (err == 0)
		gs_enter();
	return err;
}

int
gs_api_endpoint(gsctp_sock s, struct gs_endpoint **out)
{
	int err = gs_api_enter();

	if (err != 0)
		return err;
	*out = gs_endpoint_find(s);
	if (*out == NULL) {
		gs_leave();
		return -EBADF;
	}
	return 0;
}

static int
start_engine(const struct gs_config *cfg, int status_fd)
{
	union gs_addr bound[FDS_MAX];
	struct gs_engine_config ec;
	int err;

	memset(&ec, 0, sizeof(ec));
	if (cfg->faults != NULL) {
		err = gs_faults_new(cfg->faults, &ec.faults);
		if (err != 0)
			return err;
	}
	ec.wire = st.wire;
	ec.addrs = cfg->addrs;
	ec.naddrs = cfg->naddrs;
	if (ec.naddrs == 0) {
		ec.addrs = bound;
		ec.naddrs = gs_wire_addrs(st.wire, bound, FDS_MAX);
	}
	gs_hub_hooks(&ec.hooks, cfg->peer_udp_port);
	if (cfg->is_raw)
		ec.hooks.is_ours = gs_raw_is_ours;

	gs_enter();
	err = gs_engine_start_locked(&ec);
	if (err != 0) {
		gs_faults_free(ec.faults);
	} else {
		err = gs_driver_start(st.wire, status_fd, gs_status_ring);
		if (err != 0)
			(void)gs_engine_stop_locked();	/* nothing in it */
	}
	if (err == 0) {
		st.is_running = true;
		st.users = 1;
		st.peer_udp_port = cfg->peer_udp_port;
		st.started_ms = gs_now_ms();
	}
	gs_leave();
	return err;
}

static int
start_on_wire(const struct gs_config *cfg)
{
	int status_fd, err = 0;

	if (cfg->capture != NULL)
		err = gs_wire_capture(st.wire, cfg->capture);
	if (err != 0)
		return err;
	status_fd = gs_ports_start(gs_wire_port(st.wire),
	    cfg->naddrs > 0 || cfg->nudp_fds > 0, !cfg->has_peer_udp_port);
	err = start_engine(cfg, status_fd);
	if (err != 0)
		gs_ports_stop();
	return err;
}

/* What is still to be said; the caller's sink is not called after that. */
static void
end_log(void)
{
	gs_log_flush();
	gs_log_set(NULL, NULL, 0);
}

/* The lifecycle lock is held. */
static int
start(const struct gsctp_stack_config *in)
{
	static pthread_once_t one = PTHREAD_ONCE_INIT;
	struct gs_wire_config wc;
	struct gs_config cfg;
	int err;

	pthread_once(&one, once);
	err = gs_hub_init();
	if (err == 0)
		err = gs_config_read(in, &cfg);
	if (err != 0)
		return err;
	gs_log_set(cfg.log, cfg.log_arg, cfg.log_level);
	memset(&wc, 0, sizeof(wc));
	wc.is_raw = cfg.is_raw;
	wc.port_mode = cfg.port_mode;
	wc.port = cfg.udp_port;
	wc.addrs = cfg.addrs;
	wc.naddrs = cfg.naddrs;
	wc.fds = cfg.udp_fds;
	wc.nfds = cfg.nudp_fds;
	wc.is_plain = cfg.is_plain;
	err = gs_wire_open(&wc, &st.wire);
	if (err == 0) {
		err = start_on_wire(&cfg);
		if (err != 0) {
			gs_wire_close(st.wire);
			st.wire = NULL;
		}
	}
	if (err == 0 && cfg.is_raw)
		gs_logf(GSCTP_LOG_INFO, "the stack runs over raw IP");
	else if (err == 0)
		gs_logf(GSCTP_LOG_INFO, "the stack runs on UDP port %u",
		    gs_wire_port(st.wire));
	if (err != 0)
		end_log();
	else
		gs_log_flush();
	gs_config_fini(&cfg);
	return err;
}

int
gsctp_stack_start(const struct gsctp_stack_config *cfg)
{
	int callers_errno = errno;
	int err = 0;

	if (atomic_load(&is_child))
		return -ESTALE;
	pthread_mutex_lock(&lifecycle);
	if (!st.is_running) {
		err = start(cfg);
	} else if (cfg != NULL) {
		err = -EALREADY;
	} else {
		gs_enter();
		st.users++;
		gs_leave();
	}
	pthread_mutex_unlock(&lifecycle);
	errno = callers_errno;
	return err;
}

static int
ensure(void)
{
	int callers_errno = errno;
	int err = 0;

	if (atomic_load(&is_child))
		return -ESTALE;
	pthread_mutex_lock(&lifecycle);
	if (!st.is_running)
		err = start(NULL);
	pthread_mutex_unlock(&lifecycle);
	errno = callers_errno;
	return err;
}

int
gs_stack_enter(void)
{
	int err;

	for (;;) {
		err = ensure();
		if (err == 0)
			err = gs_api_enter();
		if (err != 0)
			return err;
		if (st.is_running && !st.is_stopping)
			return 0;
		/* A stop came between; ensure() waits for its end. */
		gs_leave();
	}
}

bool
gs_stack_uptime_locked(uint64_t *out)
{
	if (!st.is_running)
		return false;
	if (out != NULL)
		*out = gs_now_ms() - st.started_ms;
	return true;
}

int
gs_stack_set_sockopt(int name, int value)
{
	int fds[FDS_MAX];
	size_t i, n;

	n = gs_wire_fds(st.wire, fds, FDS_MAX);
	for (i = 0; i < n && i < FDS_MAX; i++)
		if (setsockopt(fds[i], SOL_SOCKET, name, &value,
		    sizeof(value)) != 0)
			return -errno;
	return 0;
}

int
gs_stack_get_sockopt(int name, int *value)
{
	socklen_t len = sizeof(*value);
	int fd;

	if (gs_wire_fds(st.wire, &fd, 1) == 0 ||
	    getsockopt(fd, SOL_SOCKET, name, value, &len) != 0)
		return -ENOTSUP;
	return 0;
}

int
gs_stack_set_ttl(int ttl)
{
	return gs_wire_set_ttl(st.wire, ttl);
}

int
gs_stack_get_ttl(int *ttl)
{
	return gs_wire_get_ttl(st.wire, ttl);
}

/* What peers have not taken yet, in bytes and associations: it moves while it
 * is another number each time. */
static size_t
left_to_end(void)
{
	size_t left = gs_hub_norphans();
	struct gs_assoc *a;

	TAILQ_FOREACH(a, gs_hub_orphans(), in_ep)
		if (a->so != NULL)
			left += gs_esock_queued(a->so);
	return left;
}

/* Until all have ended: for timeout_ms. */
static void
await_ends(int timeout_ms)
{
	uint64_t deadline = gs_deadline_ms(timeout_ms);

	while (gs_hub_norphans() > 0)
		if (gs_wait_locked(gs_hub_orphan_cond(), deadline) != 0)
			return;
}

/* The same, for as long as it takes, up to timeout_ms in which nothing
 * moves. */
static void
await_rest(int timeout_ms)
{
	uint64_t deadline = gs_deadline_ms(timeout_ms), look_ms;
	size_t left = left_to_end(), was_left;

	while (gs_hub_norphans() > 0 && gs_now_ms() < deadline) {
		look_ms = gs_now_ms() + LOOK_MS;
		while (gs_hub_norphans() > 0 && gs_now_ms() < look_ms)
			(void)gs_wait_locked(gs_hub_orphan_cond(), look_ms);
		was_left = left;
		left = left_to_end();
		if (left != was_left)
			deadline = gs_deadline_ms(timeout_ms);
	}
}

/* Everybody's sockets are closed; whoever is left is aborted in the end. */
static void
close_all(int timeout_ms, bool while_it_moves)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;

	while ((ep = TAILQ_FIRST(gs_hub_endpoints())) != NULL)
		gs_endpoint_close(ep, timeout_ms == 0);
	if (while_it_moves)
		await_rest(timeout_ms);
	else
		await_ends(timeout_ms);
	while ((a = TAILQ_FIRST(gs_hub_orphans())) != NULL)
		gs_assoc_destroy(a);
}

/* The engine keeps a closed socket while one of its timers is to run. */
static void
finish_engine(void)
{
	uint64_t deadline = gs_now_ms() + FINISH_MS;
	pthread_cond_t nobody;
	int err;

	(void)gs_cond_init(&nobody);	/* cannot fail on Linux */
	gs_enter();
	while ((err = gs_engine_stop_locked()) != 0 && gs_now_ms() < deadline)
		(void)gs_wait_locked(&nobody, gs_now_ms() + 10);
	if (err != 0) {
		gs_logf(GSCTP_LOG_ERROR, "the engine has sockets left");
		gs_engine_abandon_locked();
	}
	gs_leave();
	pthread_cond_destroy(&nobody);
}

/* The lifecycle lock is held. */
static void
stop(int timeout_ms, bool while_it_moves)
{
	struct gs_wire *wire = st.wire;

	gs_ports_stop();
	gs_enter();
	st.is_stopping = true;
	close_all(timeout_ms, while_it_moves);
	st.is_running = false;
	st.is_stopping = false;
	st.users = 0;
	gs_leave();
	gs_driver_stop();
	finish_engine();
	/* A fork() may come at any time: in_child() must not find it freed. */
	st.wire = NULL;
	gs_wire_close(wire);
	end_log();
}

int
gsctp_stack_stop(int timeout_ms)
{
	int callers_errno = errno;
	int err = 0;

	if (atomic_load(&is_child))
		return -ESTALE;
	if (timeout_ms < 0)
		return -EINVAL;
	pthread_mutex_lock(&lifecycle);
	if (!st.is_running)
		err = -EALREADY;
	else if (st.users > 1)
		st.users--;
	else
		stop(timeout_ms, false);
	pthread_mutex_unlock(&lifecycle);
	errno = callers_errno;
	return err;
}

int
gsctp_stack_capture(const char *path)
{
	int callers_errno = errno;
	int err = -ENOTCONN;

	if (atomic_load(&is_child))
		return -ESTALE;
	pthread_mutex_lock(&lifecycle);
	if (st.is_running)
		err = gs_wire_capture(st.wire, path);
	pthread_mutex_unlock(&lifecycle);
	gs_log_flush();
	errno = callers_errno;
	return err;
}

static void (*_Atomic before_exit)(void);

void
gs_stack_before_exit(void (*fn)(void))
{
	atomic_store(&before_exit, fn);
}

/* Peers of a program that ends hear of it. */
__attribute__((destructor)) static void
at_exit(void)
{
	void (*fn)(void) = atomic_load(&before_exit);

	if (atomic_load(&is_child))
		return;
	if (fn != NULL)
		fn();
	pthread_mutex_lock(&lifecycle);
	if (st.is_running)
		stop(EXIT_MS, true);
	pthread_mutex_unlock(&lifecycle);
}

static void
fill_running(struct gsctp_stack_info *info)
{
	struct gs_filter *f = gs_engine_filter_locked();
	struct gs_wire_stats ws;

	gs_wire_get_stats(st.wire, &ws);
	info->is_running = true;
	info->encapsulation = gs_wire_is_raw(st.wire) ? GSCTP_ENCAPS_RAW :
							GSCTP_ENCAPS_UDP;
	info->udp_port = gs_wire_port(st.wire);
	info->peer_udp_port = st.peer_udp_port;
	info->sockets = (uint32_t)gs_endpoint_count();
	info->associations = (uint32_t)gs_hub_nassocs();
	info->in_packets = ws.in_packets;
	info->out_packets = ws.out_packets;
	info->out_dropped = ws.out_dropped;
	info->in_bad_checksum = gs_filter_count(f, GS_DROP_CHECKSUM);
	info->in_bad_chunk = gs_filter_count(f, GS_DROP_SHORT) +
	    gs_filter_count(f, GS_DROP_CHUNK);
	info->in_bad_init = gs_filter_count(f, GS_DROP_INIT);
	info->in_bad_tag = gs_filter_count(f, GS_DROP_TAG);
	info->in_bad_restart = gs_filter_count(f, GS_DROP_RESTART) +
	    gs_filter_count(f, GS_REFUSE_RESTART);
	info->wakeups = gs_driver_wakeups();
}

int
gsctp_stack_info(struct gsctp_stack_info *info)
{
	int err;

	err = gs_api_enter();
	if (err != 0)
		return err;
	memset(info, 0, sizeof(*info));
	(void)strncpy(info->version, gsctp_version(),
	    sizeof(info->version) - 1);
	(void)strncpy(info->engine, "usrsctp 0.9.5.0",
	    sizeof(info->engine) - 1);
	if (st.is_running)
		fill_running(info);
	gs_leave();
	return 0;
}
