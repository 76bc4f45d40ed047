/*
 * engine_tx: packets that wait to leave.
 *
 * A locked section gathers what it produced, and it is sent when the section
 * ends, without the stack's lock: tx_lock is taken before that is let go, so
 * that packets of two sections are not exchanged on their way out.
 *
 * A section that was one of a burst of sends may leave its packets to the
 * next one (gs_engine_cork_locked()); they wait CORK_US at most, a full batch
 * does not, and any other section takes them along.  Layer 3.
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "engine.h"
#include "engine_impl.h"

/* Packets that wait for the end of a locked section. */
#define OUT_BATCH 64

/* What one system call takes: more would not make it cheaper. */
#define CORK_PACKETS 40
#define CORK_BYTES 60000

/* How long they wait for the next of a burst; the driver sends them then. */
#define CORK_US 100

static pthread_mutex_t tx_lock = PTHREAD_MUTEX_INITIALIZER;

/* Guarded by the stack's lock. */
static struct {
	struct gs_wire *wire;
	struct gs_faults *faults;	/* NULL: none */
	struct gs_packet out[OUT_BATCH];
	size_t n;
	size_t bytes;
	bool may_wait;			/* this section's */
	uint64_t since_us;		/* they wait; 0: they do not */
} tx;

void
gs_tx_start(struct gs_wire *wire, struct gs_faults *faults)
{
	tx.wire = wire;
	tx.faults = faults;
	tx.n = tx.bytes = 0;
	tx.may_wait = false;
	tx.since_us = 0;
}

/* Hand them to the wire; tx_lock is held. */
static void
send_batch(struct gs_wire *wire, struct gs_packet *pkts, size_t n)
{
	size_t i;

	gs_wire_send(wire, pkts, n);
	for (i = 0; i < n; i++)
		free(pkts[i].data);
}

static void
forget(void)
{
	tx.n = tx.bytes = 0;
	tx.since_us = 0;
}

static void
send_locked(void)
{
	if (tx.n == 0)
		return;
	pthread_mutex_lock(&tx_lock);
	send_batch(tx.wire, tx.out, tx.n);
	pthread_mutex_unlock(&tx_lock);
	forget();
}

/* The batch meets the faults; what is due of it, and of what was held back,
 * is sent.  until_us is now, or UINT64_MAX: nothing stays. */
static void
send_faulty_locked(uint64_t until_us)
{
	uint64_t now_us = gs_now_us();
	size_t i;

	for (i = 0; i < tx.n; i++)
		gs_faults_put(tx.faults, GS_FAULTS_OUT, &tx.out[i], now_us);
	forget();
	if (until_us < now_us)
		until_us = now_us;
	while (gs_faults_take(tx.faults, GS_FAULTS_OUT, until_us,
	    &tx.out[tx.n]))
		if (++tx.n == OUT_BATCH)
			send_locked();
	send_locked();
}

void
gs_tx_flush_locked(void)
{
	tx.may_wait = false;
	if (tx.faults != NULL)
		send_faulty_locked(0);
	else
		send_locked();
}

void
gs_tx_flush_all_locked(void)
{
	gs_tx_flush_locked();
	if (tx.faults != NULL)
		send_faulty_locked(UINT64_MAX);
}

void
gs_tx_set_faults_locked(struct gs_faults *f)
{
	gs_tx_flush_all_locked();
	tx.faults = f;
}

struct gs_packet *
gs_tx_put_locked(const struct gs_packet *pkt)
{
	if (tx.n == OUT_BATCH)
		gs_tx_flush_locked();
	tx.out[tx.n] = *pkt;
	tx.bytes += pkt->len;
	return &tx.out[tx.n++];
}

void
gs_engine_cork_locked(void)
{
	tx.may_wait = tx.faults == NULL;
}

/* Do they wait for the next section? */
static bool
wait_for_more(void)
{
	uint64_t now_us;

	if (!tx.may_wait)
		return false;
	tx.may_wait = false;
	if (tx.n >= CORK_PACKETS || tx.bytes >= CORK_BYTES)
		return false;
	now_us = gs_now_us();
	if (tx.since_us != 0)
		return now_us - tx.since_us < CORK_US;
	if (!gs_engine_wake_in_locked(CORK_US))
		return false;
	tx.since_us = now_us;
	return true;
}

void
gs_tx_leave(pthread_mutex_t *stack_lock)
{
	struct gs_packet out[OUT_BATCH];
	struct gs_wire *wire = tx.wire;
	size_t n = tx.n;

	if (n == 0 || wait_for_more()) {
		tx.may_wait = false;
		pthread_mutex_unlock(stack_lock);
		return;
	}
	memcpy(out, tx.out, n * sizeof(out[0]));
	forget();
	pthread_mutex_lock(&tx_lock);
	pthread_mutex_unlock(stack_lock);
	send_batch(wire, out, n);
	pthread_mutex_unlock(&tx_lock);
}

void
gs_tx_stop_locked(void)
{
	/* Whoever left before may still be sending on the wire. */
	pthread_mutex_lock(&tx_lock);
	pthread_mutex_unlock(&tx_lock);
	gs_tx_start(NULL, NULL);
}
