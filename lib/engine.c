/* engine: the lock, start and stop, time.  See engine.h. */

#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "clock.h"
#include "counter.h"
#include "cursor.h"
#include "engine_abi.h"
#include "engine_impl.h"
#include "engine_mtu.h"
#include "faults.h"
#include "filter_restart.h"
#include "log.h"
#include "source.h"

#include <usrsctp.h>

/* Packets that it gets at once from a thread that leads. */
#define LEAD_BATCH 64

/* The engine's own ticks are this coarse; so is what we hand it. */
#define TICK_MS 10

/* RFC 9260 16: five times RTO.Max, which is 60 s. */
#define SHUTDOWN_GUARD_S 300

/* Messages and fragments that may wait in an association, either way. */
#define CHUNKS_MAX 2048

/* Handshakes remembered that never completed; see filter.h. */
#define HALF_OPEN_MAX 65536

static pthread_mutex_t big_lock = PTHREAD_MUTEX_INITIALIZER;

bool gs_engine_in_init;

/* A thread that does the driver's work while it waits. */
struct leader {
	pthread_cond_t *cond;
	pthread_t thread;
	bool is_woken;
};

/* All of it guarded by big_lock. */
static struct {
	bool initialised;	/* usrsctp_init_nothreads() was called */
	bool running;
	bool timers_ran;	/* since the last settle */
	bool has_news;		/* the same: somebody has, of an association */
	bool is_ticking;	/* they run now */
	struct gs_wire *wire;
	struct gs_faults *faults;	/* NULL: none */
	struct gs_filter *filter;
	struct gs_source source;
	const struct gs_packet *input;	/* the engine works on it */
	struct gs_engine_hooks hooks;
	uint64_t now_ms;	/* what the engine was last told */
	uint64_t entered_ms;	/* gs_engine_now_ms_locked() */
	uint32_t ticks;		/* the same, as the engine counts */
	uint64_t armed_ms;	/* the driver sleeps until then */
	uint64_t alarm_ms;
	uint64_t looked_ms;	/* at all, for a restart */
	struct leader *leader;	/* or NULL */
	bool has_asked;		/* and what follows is the answer */
	uint64_t waited_us;	/* a thread stopped to, the last time */
} eng;

/*
 * The engine knows no routes, and takes one of the association's addresses
 * for all its paths: then both fail with the first.  A packet leaves from
 * the address that the system's route to its destination has, if the peer
 * has been told that it is ours.
 */
static void
choose_source(struct gs_packet *pkt)
{
	union gs_addr src;

	if (gs_addr_is_loopback(&pkt->dst) ||
	    !gs_filter_has_choice(eng.filter, pkt) ||
	    !gs_source_find(&eng.source, &pkt->dst, eng.now_ms, &src) ||
	    gs_addr_same_ip(&src, &pkt->src) ||
	    !gs_filter_knows_local(eng.filter, pkt, &src))
		return;
	gs_addr_set_port(&src, gs_addr_port(&pkt->src));
	pkt->src = src;
}

/*
 * What is no association's answers the packet that has just come in, and
 * leaves from the address that this was sent to: the engine takes another
 * for its INIT ACK.
 */
static void
restore_source(struct gs_packet *pkt)
{
	const struct gs_packet *in = eng.input;

	if (in == NULL || !gs_addr_same_ip(&in->src, &pkt->dst))
		return;
	pkt->src = in->dst;
}

void
gs_engine_emit(const struct gs_packet *pkt, bool of_assoc)
{
	struct gs_packet *mine;

	gs_filter_out(eng.filter, pkt, eng.now_ms);
	gs_counter_out(pkt);
	mine = gs_tx_put_locked(pkt);
	if (of_assoc)
		choose_source(mine);
	else
		restore_source(mine);
}

uint16_t
gs_engine_udp_port(void)
{
	return gs_wire_port(eng.wire);
}

uint64_t
gs_engine_now_ms_locked(void)
{
	return eng.entered_ms;
}

bool
gs_engine_is_raw(void)
{
	return gs_wire_is_raw(eng.wire);
}

bool
gs_engine_can_send(const union gs_addr *a)
{
	return eng.wire == NULL || gs_wire_has_source(eng.wire, a);
}

uint32_t
gs_engine_route_mtu(const union gs_addr *dst, bool *is_local)
{
	return gs_source_mtu(&eng.source, dst, eng.now_ms, is_local);
}

/* The engine sets errno at every turn; the API does not. */
static _Thread_local int callers_errno;

void
gs_enter(void)
{
	callers_errno = errno;
	pthread_mutex_lock(&big_lock);
	if (eng.running)
		gs_engine_tick_locked();
}

static void
settle_locked(void)
{
	bool ran = eng.timers_ran, has_news = eng.has_news;

	if (!eng.running)
		return;
	eng.timers_ran = eng.has_news = false;
	if (eng.entered_ms >= eng.alarm_ms) {
		eng.alarm_ms = UINT64_MAX;
		ran = true;
	}
	eng.hooks.settle(ran || has_news, has_news);
	if (eng.entered_ms >= gs_mtu_due())
		gs_mtu_run();
	/* The driver is to know when the next one that is held back is due. */
	if (eng.faults != NULL)
		gs_tx_flush_locked();
	if (gs_engine_due_locked() < eng.armed_ms) {
		eng.armed_ms = 0;
		eng.hooks.wake();
	}
}

void
gs_leave(void)
{
	settle_locked();
	gs_tx_leave(&big_lock);
	gs_log_flush();
	errno = callers_errno;
}

bool
gs_engine_wake_in_locked(unsigned int us)
{
	return eng.hooks.wake_in != NULL && eng.hooks.wake_in(us);
}

void
gs_wake_locked(pthread_cond_t *cond)
{
	struct leader *l = eng.leader;

	pthread_cond_broadcast(cond);
	if (l == NULL || l->cond != cond || l->is_woken)
		return;
	l->is_woken = true;
	if (!pthread_equal(l->thread, pthread_self()))
		eng.hooks.wake();
}

void
gs_engine_asked_locked(void)
{
	eng.has_asked = true;
}

/* One turn in the driver's place: sleep until something has come, at most
 * until then, and let the engine have it. */
static void
turn_locked(uint64_t until_ms, bool awaits_answer)
{
	struct gs_packet pkts[LEAD_BATCH];
	uint64_t due_ms = gs_engine_due_locked();
	size_t n;

	if (due_ms < until_ms)
		until_ms = due_ms;
	gs_engine_arm_locked(until_ms);
	gs_tx_leave(&big_lock);
	gs_log_flush();
	n = eng.hooks.lead(until_ms, awaits_answer, pkts, LEAD_BATCH);
	pthread_mutex_lock(&big_lock);
	gs_engine_arm_locked(0);
	gs_engine_tick_locked();
	gs_engine_receive_locked(pkts, n);
	settle_locked();
}

/* Wait for cond, and move packets meanwhile. */
static int
lead_locked(pthread_cond_t *cond, uint64_t deadline_ms)
{
	struct leader me = { .cond = cond, .thread = pthread_self() };
	bool awaits_answer = eng.has_asked;

	eng.leader = &me;
	eng.has_asked = false;
	do
		turn_locked(deadline_ms, awaits_answer);
	while ((!me.is_woken && gs_now_ms() < deadline_ms) ||
	    eng.hooks.lead_has_more());
	eng.leader = NULL;
	eng.hooks.lead_end();
	return me.is_woken ? 0 : -ETIMEDOUT;
}

static int
sleep_locked(pthread_cond_t *cond, uint64_t deadline_ms)
{
	int err;

	gs_tx_flush_locked();
	err = gs_cond_wait_until(cond, &big_lock, deadline_ms);
	if (eng.hooks.lead_cancel != NULL)
		eng.hooks.lead_cancel(cond);
	if (eng.running)
		gs_engine_tick_locked();
	return err;
}

int
gs_wait_locked(pthread_cond_t *cond, uint64_t deadline_ms)
{
	int err;

	settle_locked();
	if (eng.hooks.lead_begin != NULL &&
	    eng.hooks.lead_begin(cond, gs_now_us() - eng.waited_us))
		err = lead_locked(cond, deadline_ms);
	else
		err = sleep_locked(cond, deadline_ms);
	eng.waited_us = gs_now_us();
	return err;
}

/* The engine's defaults that are not ours; init resets them all. */
static void
set_defaults(void)
{
	/* Or checking ends with the first loopback packet. */
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	/* RFC 9260 16: RTO.Initial is 1 s. */
	usrsctp_sysctl_set_sctp_rto_initial_default(1000);
	/* Of its own it gives up after sending a chunk 30 times, which probes
	 * of a closed window soon are; that way it also loses the socket.
	 * asocmaxrxt is the limit (RFC 9260 8.1). */
	usrsctp_sysctl_set_sctp_max_retran_chunk(0);
	/* Else it is five times the association's own, and counts while data
	 * is still being sent: a small one would cut that off. */
	usrsctp_sysctl_set_sctp_shutdown_guard_time_default(SHUTDOWN_GUARD_S);
	/* A full listener says so, RFC 9260 5.1. */
	usrsctp_sysctl_set_sctp_abort_if_one_2_one_hits_limit(1);
	/* ECN bits do not reach the engine through UDP reliably. */
	usrsctp_sysctl_set_sctp_ecn_enable(0);
	/* Off where it is not asked for (doc/engine.md); and it is the
	 * application that changes addresses, nobody else. */
	usrsctp_sysctl_set_sctp_auto_asconf(0);
	usrsctp_sysctl_set_sctp_asconf_enable(0);
	/* What is longer than two of its small blocks is copied into a large
	 * one; each block of a message costs more than its bytes do. */
	usrsctp_sysctl_set_sctp_mbuf_threshold_count(2);
	/* Of its own it takes 512 messages, sent or not read, which small
	 * ones are before they fill a buffer; what comes then is dropped. */
	usrsctp_sysctl_set_sctp_max_chunks_on_queue(CHUNKS_MAX);
}

int
gs_engine_start_locked(const struct gs_engine_config *cfg)
{
	int err;

	if (eng.running)
		return -EALREADY;
	err = gs_filter_new(HALF_OPEN_MAX, &eng.filter);
	if (err != 0)
		return err;
	eng.wire = cfg->wire;
	err = gs_engine_addrs_init(cfg->addrs, cfg->naddrs);
	if (err != 0)
		goto free_filter;

	eng.hooks = cfg->hooks;
	gs_source_init(&eng.source);
	eng.armed_ms = 0;
	eng.alarm_ms = UINT64_MAX;
	eng.timers_ran = eng.has_news = false;
	eng.now_ms = eng.entered_ms = gs_now_ms();
	if (!eng.initialised) {
		gs_timers_reset();
		eng.ticks = 0;
		gs_lookup_reset();
		gs_engine_in_init = true;
		usrsctp_init_nothreads(gs_wire_port(cfg->wire), NULL, NULL);
		gs_engine_in_init = false;
		gs_timers_look();
		gs_lookup_look();
		eng.initialised = true;
	}
	usrsctp_sysctl_set_sctp_udp_tunneling_port(gs_wire_port(cfg->wire));
	set_defaults();
	eng.faults = cfg->faults;
	gs_tx_start(cfg->wire, cfg->faults);
	eng.running = true;
	return 0;

free_filter:
	eng.wire = NULL;
	gs_filter_free(eng.filter);
	eng.filter = NULL;
	return err;
}

int
gs_engine_stop_locked(void)
{
	int err;

	gs_engine_tick_locked();
	/* Peers are to hear of the end. */
	gs_tx_flush_all_locked();
	gs_engine_in_init = true;
	err = usrsctp_finish();
	gs_engine_in_init = false;
	if (err != 0)
		return -EBUSY;
	eng.initialised = false;
	gs_engine_abandon_locked();
	return 0;
}

void
gs_engine_abandon_locked(void)
{
	eng.running = false;
	eng.wire = NULL;
	gs_tx_stop_locked();
	gs_engine_addrs_fini();
	gs_faults_free(eng.faults);
	eng.faults = NULL;
	gs_filter_free(eng.filter);
	eng.filter = NULL;
}

static void
log_drop(enum gs_filter_verdict v, const struct gs_packet *pkt)
{
	struct gs_cursor c;
	char from[GS_ADDR_STRLEN];
	uint32_t tag;

	if (!gs_log_wants(GSCTP_LOG_DEBUG))
		return;
	gs_cursor_init(&c, pkt->data, pkt->len);
	gs_cursor_skip(&c, 4);
	tag = gs_cursor_be32(&c);
	gs_cursor_skip(&c, 4);
	gs_logf(GSCTP_LOG_DEBUG,
	    "dropped a packet of %zu bytes from %s, tag %08x, chunk %u: %s",
	    pkt->len, gs_addr_format(&pkt->src, from), tag, gs_cursor_u8(&c),
	    v == GS_DROP_CHECKSUM  ? "checksum" :
	    v == GS_DROP_TAG	   ? "verification tag" :
	    v == GS_DROP_RESTART   ? "restart with other addresses" :
	    v == GS_REFUSE_RESTART ? "restart by somebody else, refused" :
				     "malformed");
}

/*
 * One packet for one.  Over raw IP the sender may mean another process of
 * this host, whose port it is by now: that one answers.
 */
static void
refuse_restart(const struct gs_packet *pkt)
{
	struct gs_packet answer;

	if (gs_engine_is_raw())
		return;
	memset(&answer, 0, sizeof(answer));
	answer.data = malloc(pkt->len);
	if (answer.data == NULL)
		return;			/* as if it were lost */
	answer.len = gs_restart_answer(eng.filter, pkt, answer.data);
	answer.src = pkt->dst;
	answer.dst = pkt->src;
	gs_engine_emit(&answer, false);
}

static enum gs_filter_verdict
filter_in(const struct gs_packet *pkt)
{
	enum gs_filter_verdict v;
	bool look;

	v = gs_filter_in(eng.filter, pkt, eng.now_ms);
	if (v != GS_REFUSE_RESTART)
		return v;
	/* A packet just before it may have ended the association that it
	 * would restart, and the filter has not heard; or a timer, of which
	 * nobody was told.  Who sends many of them does not make us look at
	 * all associations for each. */
	look = eng.now_ms - eng.looked_ms >= TICK_MS;
	if (look)
		eng.looked_ms = eng.now_ms;
	eng.hooks.settle(look, look);
	return gs_filter_in_again(eng.filter, pkt, eng.now_ms);
}

void
gs_engine_input_locked(const struct gs_packet *pkt)
{
	enum gs_filter_verdict v;

	if (eng.hooks.is_ours != NULL && !eng.hooks.is_ours(pkt))
		return;
	v = filter_in(pkt);
	if (v != GS_PASS) {
		log_drop(v, pkt);
		if (v == GS_REFUSE_RESTART)
			refuse_restart(pkt);
		return;
	}
	gs_counter_in(pkt);
	if (!eng.hooks.admit(pkt))
		return;
	eng.input = pkt;
	gs_engine_feed(pkt);
	eng.input = NULL;
	gs_mtu_input(pkt);
}

static void
input_faulty_locked(struct gs_faults *f, uint64_t until_us)
{
	struct gs_packet pkt;

	while (gs_faults_take(f, GS_FAULTS_IN, until_us, &pkt)) {
		gs_engine_input_locked(&pkt);
		free(pkt.data);
	}
}

/* The caller's bytes are his. */
static void
put_copy_locked(const struct gs_packet *pkt, uint64_t now_us)
{
	struct gs_packet mine = *pkt;

	if (eng.hooks.is_ours != NULL && !eng.hooks.is_ours(pkt))
		return;
	mine.data = malloc(pkt->len);
	if (mine.data == NULL)
		return;
	memcpy(mine.data, pkt->data, pkt->len);
	gs_faults_put(eng.faults, GS_FAULTS_IN, &mine, now_us);
}

void
gs_engine_receive_locked(const struct gs_packet *pkts, size_t n)
{
	uint64_t now_us;
	size_t i;

	if (eng.faults == NULL) {
		for (i = 0; i < n; i++)
			gs_engine_input_locked(&pkts[i]);
		return;
	}
	now_us = gs_now_us();
	for (i = 0; i < n; i++)
		put_copy_locked(&pkts[i], now_us);
	input_faulty_locked(eng.faults, now_us);
}

int
gs_engine_set_faults_locked(struct gs_faults *f)
{
	struct gs_faults *old = eng.faults;

	if (!eng.running)
		return -ENOTCONN;
	gs_tx_set_faults_locked(f);
	eng.faults = f;
	if (old != NULL)
		input_faulty_locked(old, UINT64_MAX);
	gs_faults_free(old);
	return 0;
}

bool
gs_engine_faults_locked(struct gs_faults_stats *out)
{
	if (eng.faults == NULL)
		return false;
	gs_faults_get_stats(eng.faults, out);
	return true;
}

void
gs_engine_tick_locked(void)
{
	uint64_t now = gs_now_ms();
	uint64_t elapsed = now - eng.now_ms;
	uint32_t next;

	eng.entered_ms = now;
	if (elapsed == 0)
		return;
	if (elapsed < TICK_MS && (!gs_timers_next(&next) ||
	    (int32_t)(next - (eng.ticks + (uint32_t)elapsed)) > 0))
		return;
	eng.now_ms = now;
	eng.ticks += (uint32_t)elapsed;
	if (gs_timers_next(&next) && (int32_t)(next - eng.ticks) <= 0)
		eng.timers_ran = true;
	gs_timers_set_now(eng.ticks);
	eng.is_ticking = true;
	usrsctp_handle_timers((uint32_t)elapsed);
	gs_timers_run(eng.ticks);
	eng.is_ticking = false;
}

void
gs_engine_has_news(void)
{
	eng.has_news = true;
}

bool
gs_engine_is_ticking_locked(void)
{
	return eng.is_ticking;
}

uint64_t
gs_engine_due_locked(void)
{
	uint64_t due = eng.alarm_ms;
	uint64_t at;
	uint32_t next;
	int32_t left;

	if (gs_timers_next(&next)) {
		left = (int32_t)(next - eng.ticks);
		at = eng.now_ms + (left > 0 ? (uint64_t)left : 0);
		if (at < due)
			due = at;
	}
	if (gs_mtu_due() < due)
		due = gs_mtu_due();
	if (eng.faults != NULL) {
		at = gs_faults_due_us(eng.faults);
		at = at / 1000 + (at % 1000 != 0);
		if (at < due)
			due = at;
	}
	return due;
}

void
gs_engine_arm_locked(uint64_t until_ms)
{
	eng.armed_ms = until_ms;
}

void
gs_engine_alarm_locked(uint64_t at_ms)
{
	if (at_ms < eng.alarm_ms)
		eng.alarm_ms = at_ms;
}

struct gs_filter *
gs_engine_filter_locked(void)
{
	return eng.filter;
}
