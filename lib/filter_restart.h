/*
 * filter_restart: an INIT from a peer that has an association already.
 *
 * Guarantees
 *  - a restart has the addresses of the peer, no more and no fewer, and comes
 *    from its UDP port; where our side has asked that peer for streams, or
 *    does not know all of its addresses, nothing is a restart;
 *  - an INIT with an address that the peer does not have, or from another
 *    UDP port, is somebody else's, or a take-over: it is told so by an ABORT
 *    with cause 11, "Restart of an Association with New Addresses" (RFC 9260
 *    5.2.2), and the association is not touched; so is one whose INIT came
 *    before that of the association's peer, and its cookie after his;
 *  - that ABORT is never longer than what it answers, so it makes no flood larger.
 *
 * Locking: the filter's.  Layer 2.
 */

#ifndef GS_FILTER_RESTART_H
#define GS_FILTER_RESTART_H

#include <stddef.h>
#include <stdint.h>

#include "filter.h"
#include "filter_view.h"
#include "tags.h"

/* GS_PASS, GS_DROP_RESTART or GS_REFUSE_RESTART, for an INIT that has one of
 * the addresses of r's peer. */
enum gs_filter_verdict gs_restart_judge(const struct gs_tag_record *r,
    const struct gs_view *v, const struct gs_init *init);

/*
 * Both have sent their INIT, and the other one's cookie came first: has an
 * association the address that this cookie for r comes from, with another UDP
 * port?
 */
bool gs_restart_is_late(const struct gs_tags *t, const struct gs_tag_record *r,
    const struct gs_view *v);

/*
 * The ABORT that answers pkt, which gs_filter_in() refused: into buf, which
 * has pkt->len bytes.  Checksum and all.  Returns its length.
 */
size_t gs_restart_answer(struct gs_filter *f, const struct gs_packet *pkt,
    uint8_t *buf);

#endif
