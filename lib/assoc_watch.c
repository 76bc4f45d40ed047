/* assoc_watch: see assoc_watch.h. */

#include "assoc_watch.h"

#include <errno.h>
#include <stddef.h>

#include "assoc.h"
#include "assoc_attempt.h"
#include "ready.h"

void
gs_watch_begin(struct gs_watch *w, struct gs_assoc *a)
{
	w->a = a;
	w->outcome = -EINPROGRESS;
	a->attempt->watch = w;
}

void
gs_watch_end(struct gs_watch *w)
{
	if (w->a != NULL)
		w->a->attempt->watch = NULL;
	w->a = NULL;
}

void
gs_watch_tell(struct gs_assoc *a, int outcome)
{
	struct gs_watch *w = a->attempt != NULL ? a->attempt->watch : NULL;

	if (w == NULL)
		return;
	gs_watch_end(w);
	w->outcome = outcome;
	/* It fails without memory alone, and tells at the next time limit. */
	(void)gs_ready_set_readable(w->r, true);
}
