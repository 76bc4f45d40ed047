/* stack_faults: faults on the wire of a running stack.  Layer 5. */

#include "stack.h"

#include <errno.h>
#include <stddef.h>

#include "engine.h"
#include "faults.h"
#include "log.h"

int
gsctp_stack_set_faults(const char *spec)
{
	struct gs_faults *f = NULL;
	int callers_errno = errno;
	int err;

	err = gs_stack_check();
	if (err != 0)
		return err;
	if (spec != NULL && *spec != '\0') {
		err = gs_faults_new(spec, &f);
		if (err != 0) {
			gs_log_flush(); /* which word it was */
			errno = callers_errno;
			return err;
		}
	}
	gs_enter();
	err = gs_engine_set_faults_locked(f);
	if (err != 0)
		gs_faults_free(f);
	gs_leave();
	errno = callers_errno;
	return err;
}
