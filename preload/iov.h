/*
 * iov: the program's buffers of one call.
 *
 * Guarantees
 *  - what the kernel says of buffers that make no sense is said before
 *    anything is taken or sent.
 */

#ifndef PS_IOV_H
#define PS_IOV_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* As many as the kernel takes in one call. */
#define PS_IOV_MAX 1024

/* How much there is in all; 0, -EFAULT, -EINVAL or -EMSGSIZE. */
int ps_iov_size(const struct msghdr *m, size_t *size);

/* Copy len bytes to where at bytes are already, as far as there is room. */
void ps_iov_put(const struct msghdr *m, size_t at, const void *from,
    size_t len);

/* All of it in one block, to, which has room for it. */
void ps_iov_gather(const struct msghdr *m, void *to);

#endif
