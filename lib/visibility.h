/*
 * visibility: what of the library's objects may be seen from outside.
 *
 * They are compiled with -fvisibility=hidden, and this file is put before
 * each of them by the Makefile: what the public header declares is visible,
 * nothing else.  So that header needs no macro on each declaration.
 */

#ifndef GS_VISIBILITY_H
#define GS_VISIBILITY_H

#pragma GCC visibility push(default)
#include <gsctp/gsctp.h>
#pragma GCC visibility pop

#endif
