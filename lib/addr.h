/*
 * addr: IP socket addresses, compared, parsed and printed.
 *
 * Guarantees
 *  - a union gs_addr always holds AF_UNSPEC, AF_INET or AF_INET6;
 *  - nothing here allocates, blocks or resolves a name.
 *
 * Layer 0.
 */

#ifndef GS_ADDR_H
#define GS_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

union gs_addr {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* "[ffff:...%scope]:65535" and its NUL. */
#define GS_ADDR_STRLEN 80

/* Copy sa (len bytes) into *out; -EAFNOSUPPORT or -EINVAL if it is none. */
int gs_addr_from(union gs_addr *out, const struct sockaddr *sa, socklen_t len);

/* Bytes of the address's own sockaddr; 0 for AF_UNSPEC. */
socklen_t gs_addr_len(const union gs_addr *a);

/* Ports are in host order. */
uint16_t gs_addr_port(const union gs_addr *a);
void gs_addr_set_port(union gs_addr *a, uint16_t port);

/* Family and IP address alike, whatever the ports.  ::ffff:a.b.c.d is not
 * a.b.c.d: see gs_addr_unmap().  An IPv6 scope of 0 matches any scope. */
bool gs_addr_same_ip(const union gs_addr *a, const union gs_addr *b);

/* Is one of these n the same, ports aside? */
bool gs_addr_is_in(const union gs_addr *a, const union gs_addr *list, size_t n);
bool gs_addr_equal(const union gs_addr *a, const union gs_addr *b);

bool gs_addr_is_any(const union gs_addr *a);
bool gs_addr_is_loopback(const union gs_addr *a);
bool gs_addr_is_mapped(const union gs_addr *a);

/* ::ffff:a.b.c.d becomes a.b.c.d, in place; others stay as they are. */
void gs_addr_unmap(union gs_addr *a);

/* a.b.c.d becomes ::ffff:a.b.c.d, in place; others stay as they are. */
void gs_addr_map(union gs_addr *a);

/* A numeric address ("127.0.0.1", "::1", "fe80::1%eth0"), port 0.  0 or
 * -EINVAL. */
int gs_addr_parse(union gs_addr *out, const char *text);

/* "127.0.0.1:9899" or "[::1]:9899" into buf (GS_ADDR_STRLEN bytes); buf. */
const char *gs_addr_format(const union gs_addr *a, char *buf);

#endif
