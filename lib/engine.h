/*
 * engine: usrsctp, driven by us.
 *
 * Guarantees
 *  - one lock, the stack's, serialises everything in the engine and in the
 *    layers above it; no engine call is made without it;
 *  - the engine does no I/O, starts no thread, and sees only the time and
 *    the addresses that it is given;
 *  - what a locked section produced is sent when it ends, in order; in a
 *    burst of sends, a little later and together;
 *  - gs_leave() calls the hook `settle' first, so that what packets and
 *    timers changed is seen by the layer above before anybody else runs.
 *
 * Locking: see doc/threads.md.  A function whose name ends in _locked, and
 * every function of engine_sock.h and engine_opt.h, wants the lock held.
 * Layer 3.
 */

#ifndef GS_ENGINE_H
#define GS_ENGINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "faults.h"
#include "filter.h"
#include "wire.h"

/* What the layer above does at the boundary; all with the lock held. */
struct gs_engine_hooks {
	/*
	 * Is it for this stack at all, or for somebody who shares its
	 * addresses?  Nothing of it is checked yet.  NULL: every one is.
	 */
	bool (*is_ours)(const struct gs_packet *pkt);
	/* May this packet reach the engine?  It has passed the filter. */
	bool (*admit)(const struct gs_packet *pkt);
	/* The end of a locked section, or within one, between two packets.
	 * timers_ran: so may the alarm have.  has_news: one that has had no
	 * upcall may have changed. */
	void (*settle)(bool timers_ran, bool has_news);
	/* The driver should wake: its sleep was armed for too late. */
	void (*wake)(void);
	/*
	 * The thread that waits, since_us after the last one stopped to, may
	 * be the driver from now on, until lead_end().  Where it may not yet,
	 * it is told by cond when it may; it cancels when it waits no more.
	 * Without the lock it makes turns: each sleeps until something has
	 * come, or until this time, and gives up to n packets that the engine
	 * is to have, and that are there until the next turn; are there more
	 * already?  NULL: it may not.
	 */
	bool (*lead_begin)(pthread_cond_t *cond, uint64_t since_us);
	void (*lead_end)(void);
	void (*lead_cancel)(const pthread_cond_t *cond);
	size_t (*lead)(uint64_t until_ms, bool awaits_answer,
	    struct gs_packet *pkts, size_t n);
	bool (*lead_has_more)(void);
	/* It should wake in us microseconds.  False: it cannot. */
	bool (*wake_in)(unsigned int us);
};

struct gs_engine_config {
	struct gs_wire *wire;		/* borrowed until gs_engine_stop() */
	struct gs_engine_hooks hooks;
	/* Numeric addresses that may be used; none: every interface's. */
	const union gs_addr *addrs;
	size_t naddrs;
	struct gs_faults *faults;	/* taken if it starts; NULL: none */
};

/* The stack's lock.  gs_leave() settles, sends, and wakes the driver. */
void gs_enter(void);
void gs_leave(void);

/*
 * As gs_leave(), sleep on cond until a time of gs_now_ms(), gs_enter().  The
 * thread may do the driver's work meanwhile.  0, also for no reason, or
 * -ETIMEDOUT.
 */
int gs_wait_locked(pthread_cond_t *cond, uint64_t deadline_ms);

/* Wake whoever waits there. */
void gs_wake_locked(pthread_cond_t *cond);

int gs_engine_start_locked(const struct gs_engine_config *cfg);

/* 0, or -EBUSY while engine sockets are left: then try again. */
int gs_engine_stop_locked(void);

/*
 * Stop, whatever is left in the engine.  It stays where it is, without time
 * or packets, and the next start goes on with it.
 */
void gs_engine_abandon_locked(void);

/* One packet from the wire.  Filtered, admitted, or dropped and counted. */
void gs_engine_input_locked(const struct gs_packet *pkt);

/*
 * This section has sent one of many messages in a row: its packets may wait
 * for those of the next, a tenth of a millisecond at most.  Any section that
 * does not say so sends them, and one that waits.
 */
void gs_engine_cork_locked(void);

/* It has sent one by itself, and who waits next waits for the answer. */
void gs_engine_asked_locked(void);

/*
 * What was read from the wire, in order, by way of the faults if there are
 * any; and what these have held back, and is due now.  n may be 0.
 */
void gs_engine_receive_locked(const struct gs_packet *pkts, size_t n);

/*
 * Other faults, or with NULL none.  f is taken where the result is 0; it is
 * -ENOTCONN where the engine does not run.  What the old ones have held back
 * goes on its way, at once and in order.
 */
int gs_engine_set_faults_locked(struct gs_faults *f);

/* What they have done; false: there are none. */
bool gs_engine_faults_locked(struct gs_faults_stats *out);

/* Let the engine's timers see what time it is. */
void gs_engine_tick_locked(void);

/* Is an upcall from one of them, rather than from a packet or a call? */
bool gs_engine_is_ticking_locked(void);

/* gs_now_ms() as the lock was taken, or a wait with it was over: to look at the
 * clock costs more than much of what is timed. */
uint64_t gs_engine_now_ms_locked(void);

/* When the next timer is due (gs_now_ms()); UINT64_MAX for never. */
uint64_t gs_engine_due_locked(void);

/* The driver sleeps until then; earlier work calls hooks.wake. */
void gs_engine_arm_locked(uint64_t until_ms);

/* The layer above wants to be settled at this time as well. */
void gs_engine_alarm_locked(uint64_t at_ms);

struct gs_filter *gs_engine_filter_locked(void);

/* The stack's own addresses: those the engine knows.  Borrowed. */
size_t gs_engine_addrs_locked(const union gs_addr **out);
bool gs_engine_has_addr_locked(const union gs_addr *a);

/* The same, for a socket that is to be bound to it, or to connect there: any
 * of 127.0.0.0/8 is had then, unless the configuration has a list. */
bool gs_engine_get_addr_locked(const union gs_addr *a);

/* The same, for a peer who asks there.  A few are had so, and no more: an INIT
 * costs its sender nothing, and what is had stays. */
void gs_engine_ask_addr_locked(const union gs_addr *a);

#endif
