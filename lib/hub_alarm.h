/*
 * hub_alarm: associations that are to be looked at when a time has come.
 *
 * Guarantees
 *  - one whose time has come is marked at the next settling, and its alarm is
 *    off; who still wants one sets it again;
 *  - the driver wakes for the first of them;
 *  - others are not looked at, however many there are; where memory was short
 *    all of them are.
 *
 * Locking: the stack's lock guards everything here.  Layer 4.
 */

#ifndef GS_HUB_ALARM_H
#define GS_HUB_ALARM_H

#include <stdbool.h>
#include <stdint.h>

struct gs_assoc;

/* Not later than at_ms (gs_now_ms()); the earliest that was asked for. */
void gs_alarm_set(struct gs_assoc *a, uint64_t at_ms);
void gs_alarm_clear(struct gs_assoc *a);

/* Mark those whose time has come.  False: it may be anybody's. */
bool gs_alarm_run(void);

#endif
