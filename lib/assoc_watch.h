/*
 * assoc_watch: somebody outside waits for the outcome of an attempt.
 *
 * Guarantees
 *  - the outcome is told once, in a descriptor that is readable then, however
 *    the attempt ends: it comes up, fails, or its socket is closed;
 *  - the event that tells the application of it comes all the same.
 *
 * Locking: the stack's lock guards every field.  Layer 4.
 */

#ifndef GS_ASSOC_WATCH_H
#define GS_ASSOC_WATCH_H

struct gs_assoc;
struct gs_ready;

struct gs_watch {
	struct gs_ready *r;	/* the caller's */
	struct gs_assoc *a;	/* NULL: known */
	int outcome;		/* 0 or negative errno; -EINPROGRESS */
};

/* a has nobody who watches it yet, and its outcome is not known. */
void gs_watch_begin(struct gs_watch *w, struct gs_assoc *a);
void gs_watch_end(struct gs_watch *w);

/* The outcome of a, if somebody still wants to know. */
void gs_watch_tell(struct gs_assoc *a, int outcome);

#endif
