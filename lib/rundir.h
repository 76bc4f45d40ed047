/*
 * rundir: the user's private directory, where his stacks find each other.
 *
 * Guarantees
 *  - a descriptor that is given is of a directory that belongs to the
 *    effective user and in which nobody else has any right, whatever the
 *    path led to and whoever changes the path afterwards;
 *  - nothing but the directory itself is ever made.
 *
 * It is $GSCTP_RUN_DIR; else gsctp in $XDG_RUNTIME_DIR, where that is the
 * user's; else /tmp/gsctp-UID.  A program that runs with somebody else's
 * rights (set-user-ID) looks at no variable.  Layer 0.
 */

#ifndef GS_RUNDIR_H
#define GS_RUNDIR_H

#include <stddef.h>

#define GS_RUNDIR_PATH 1024

/*
 * The directory's descriptor, close-on-exec, or
 *   -ENOENT   GSCTP_RUN_DIR is empty: there shall be none
 *   -EPERM    it belongs to somebody else, or others have rights in it
 *   -ENOTDIR, -EACCES, -EROFS ... as the system says
 * path gets its name (GS_RUNDIR_PATH bytes), for a message; "" for none.
 */
int gs_rundir_open(char *path);

#endif
