/*
 * port_set: a set of SCTP ports.
 *
 * Guarantees
 *  - all zero is the empty one;
 *  - to add one, or to look for it, costs the same however many there are.
 *
 * Locking: the caller's.  Layer 0.
 */

#ifndef GS_PORT_SET_H
#define GS_PORT_SET_H

#include <stdbool.h>
#include <stdint.h>

struct gs_port_set {
	uint8_t bits[65536 / 8];
};

static inline void
gs_port_set_add(struct gs_port_set *s, uint16_t port)
{
	s->bits[port / 8] |= (uint8_t)(1u << port % 8);
}

static inline bool
gs_port_set_has(const struct gs_port_set *s, uint16_t port)
{
	return (s->bits[port / 8] >> port % 8 & 1) != 0;
}

#endif
