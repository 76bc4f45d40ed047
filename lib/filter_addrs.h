/*
 * filter_addrs: addresses of associations that change (RFC 5061).
 *
 * Guarantees
 *  - an address that a peer adds is its own once the engine has taken it, and
 *    no longer when the engine has let go of it;
 *  - a local address that an association has given up stands for another one
 *    of its own in packets that come to it: the peer sends to it until it has
 *    heard of the change, and the engine would answer with an ABORT.
 *
 * Locking: the filter's.  Layer 2.
 */

#ifndef GS_FILTER_ADDRS_H
#define GS_FILTER_ADDRS_H

#include <stdbool.h>
#include <stdint.h>

#include "filter.h"

/* Of a packet that has passed: can one more address of its sender be known? */
bool gs_filter_has_room(struct gs_filter *f, const struct gs_packet *pkt);

/* Its sender has addr too, with the UDP port that it came from. */
void gs_filter_gain_addr(struct gs_filter *f, const struct gs_packet *pkt,
    const union gs_addr *addr);

/* Its sender does not have addr any more. */
void gs_filter_lose_addr(struct gs_filter *f, const struct gs_packet *pkt,
    const union gs_addr *addr);

/* Of the association with these ports and this tag of ours, from now stands
 * for to; what stood for from does too.  -ENOENT, -ENOMEM. */
int gs_filter_retire(struct gs_filter *f, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, const union gs_addr *from,
    const union gs_addr *to);

/* It has addr again. */
void gs_filter_unretire(struct gs_filter *f, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, const union gs_addr *addr);

/*
 * Where dst is such an address, the one that it stands for; an INIT goes
 * where it was sent.  false: what came there is not for the engine, as the
 * peer answers something old that came from there.
 */
bool gs_filter_redirect(struct gs_filter *f, const struct gs_packet *pkt,
    union gs_addr *dst);

#endif
