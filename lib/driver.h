/*
 * driver: the thread that moves packets in and time on.
 *
 * Guarantees
 *  - it sleeps until a packet arrives or the next timer is due, and for
 *    ever where there is neither;
 *  - it holds the stack's lock only while it hands packets over.
 *
 * Layer 3.
 */

#ifndef GS_DRIVER_H
#define GS_DRIVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct gs_packet;
struct gs_wire;

/*
 * The engine is running and the stack's lock is held; w is borrowed until
 * gs_driver_stop().  fd, unless it is negative, is watched too: fn is called,
 * without a lock, for each time that something came there; it may be closed
 * at any time.
 */
int gs_driver_start(struct gs_wire *w, int fd, void (*fn)(void));

/* Ends the thread.  The stack's lock must not be held. */
void gs_driver_stop(void);

/* Work has come up that is due before the time it was armed for.  The
 * stack's lock is held. */
void gs_driver_wake(void);

/* The same, in us microseconds, less than a second, or not any more with 0; a
 * later call counts in its place.  False: it cannot. */
bool gs_driver_wake_in(unsigned int us);

/* A thread that waits on cond in the driver's place: hooks of engine.h. */
bool gs_driver_lead_begin(pthread_cond_t *cond, uint64_t since_us);
void gs_driver_lead_cancel(const pthread_cond_t *cond);
size_t gs_driver_lead(uint64_t until_ms, bool awaits_answer,
    struct gs_packet *pkts, size_t n);
bool gs_driver_lead_has_more(void);
void gs_driver_lead_end(void);

/* How often it woke since it was started. */
uint64_t gs_driver_wakeups(void);

#endif
