/*
 * log: lines for the log sink, queued where they arise and delivered later.
 *
 * Guarantees
 *  - gs_logf() never calls the sink, so any lock may be held around it;
 *  - the sink is called by gs_log_flush() alone, without a lock of this
 *    module, one line at a time, in the order in which lines were queued;
 *  - a flush leaves nothing queued, or another thread's flush is at it;
 *  - when the queue is full the oldest lines go, and a line says how many;
 *  - once gs_log_set() has returned, the sink that was set before is not
 *    running and is not called again, nor does the new one get its lines;
 *  - a line is printable: control characters within become '?'.
 *
 * Locking: one mutex of its own, a leaf.  The caller of gs_log_flush() and
 * gs_log_set() must hold no lock that the sink could want.
 *
 * Layer 0.
 */

#ifndef GS_LOG_H
#define GS_LOG_H

#include <stdbool.h>

/* A line and its NUL; longer ones are cut and end with "...". */
#define GS_LOG_LINE 512

/* Lines that wait, at most. */
#define GS_LOG_QUEUE 128

/* Levels are those of enum gsctp_log_level; fn NULL ends logging.  Lines
 * that wait are discarded: flush first.  Not from within a sink. */
void gs_log_set(void (*fn)(void *arg, int level, const char *line), void *arg,
    int max_level);

/* Would a line of this level be kept?  For what is costly to print. */
bool gs_log_wants(int level);

void gs_logf(int level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

void gs_log_flush(void);

#endif
