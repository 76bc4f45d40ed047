/*
 * user: memory that the program points to.
 *
 * Guarantees
 *  - where it is not there, the call answers -EFAULT as the kernel does, and
 *    the program does not die of it.
 */

#ifndef PS_USER_H
#define PS_USER_H

#include <stddef.h>

/* 0 or -EFAULT, and then any part of it may have been copied. */
int ps_copy_in(void *to, const void *from, size_t n);
int ps_copy_out(void *to, const void *from, size_t n);

#endif
