/*
 * uaddr: addresses as the program gives and takes them.
 *
 * Guarantees
 *  - what is too short, too long or of another family is refused as the
 *    kernel does, before anything is done;
 *  - an address that is given back is cut to the program's room, and its
 *    whole length told.
 */

#ifndef PS_UADDR_H
#define PS_UADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct psock;

/* Bytes of an address of this family; 0 for others. */
socklen_t ps_addr_size(sa_family_t family);

/* Copy a, of len bytes, as the kernel does before it looks at it: -EINVAL
 * for a len that no address has, -EFAULT. */
int ps_addr_copy(struct sockaddr_storage *out, const struct sockaddr *a,
    socklen_t len);

/* May p have such an address?  0 or -EINVAL. */
int ps_addr_check(const struct psock *p, const struct sockaddr_storage *a,
    socklen_t len);

/* Give a back: 0, -EFAULT, or -EINVAL for a negative *len. */
int ps_addr_give(const struct sockaddr_storage *a, struct sockaddr *out,
    socklen_t *len);

bool ps_addr_is_any(const struct sockaddr_storage *a);

/* The same IP address, whatever the port; a mapped one is another. */
bool ps_addr_same(const struct sockaddr_storage *a,
    const struct sockaddr_storage *b);

/* The address that the system sends from to this peer: 0, -errno. */
int ps_addr_source(const struct sockaddr_storage *peer,
    struct sockaddr_storage *out);

/* Host order. */
uint16_t ps_addr_port(const struct sockaddr_storage *a);

/* Take packed addresses apart: how many, up to max, or -EINVAL. */
int ps_addr_unpack(const struct psock *p, const void *packed, size_t size,
    struct sockaddr_storage *out, size_t max);

#endif
