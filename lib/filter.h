/*
 * filter: which packets may reach the engine.
 *
 * Guarantees, for every packet that gs_filter_in() passes
 *  - its checksum is right, on every path;
 *  - its chunks lie whole within it, each at least as long as its type
 *    needs; INIT, INIT ACK and SHUTDOWN COMPLETE alone in their packet; the
 *    parameters of INIT, INIT ACK, ASCONF, RE-CONFIG and the causes of ERROR
 *    lie whole within their chunk (RFC 9260 3.2, 3.3);
 *  - INIT: verification tag 0, initiate tag and both stream counts not 0,
 *    a_rwnd at least 1500, no parameter the engine loops on, and towards a
 *    known association no AUTH parameter that it aborts for;
 *  - INIT ACK: the tag of an INIT of ours, and a state cookie;
 *  - where the ports are those of a known association, its verification
 *    tag is one of that association's, so that nobody off the path can end
 *    the association or move its UDP port (RFC 9260 8.5, RFC 6951 5.4);
 *    A peer is known by its ports and its addresses: a packet from another
 *    address, where the engine finds no association, is out of the blue;
 *  - an INIT from a known peer has the addresses of that peer, no more and
 *    no fewer, and comes from the same UDP port, and our side has not asked
 *    it for streams: else it is no restart (filter_restart.h);
 *  - out of the blue packets pass: the engine answers them with ABORT, as
 *    RFC 9260 8.4 asks (but an ASCONF or INIT ACK is dropped);
 *  - each packet dropped is counted, by reason.
 *
 * It learns the tags from the handshakes that pass it both ways, and its
 * memory is bounded: handshakes that do not complete are forgotten after
 * 65 s, or oldest first.  A forged INIT shuts nobody out: a handshake that
 * another began binds its addresses only when its cookie comes back.
 *
 * Locking: the caller serialises all calls on one filter.  Layer 2; knows
 * no engine.
 */

#ifndef GS_FILTER_H
#define GS_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

enum gs_filter_verdict {
	GS_PASS,
	GS_DROP_SHORT, /* no room for a common header and a chunk */
	GS_DROP_CHECKSUM,
	GS_DROP_CHUNK,	 /* a chunk's length or shape */
	GS_DROP_INIT,	 /* a malformed INIT or INIT ACK */
	GS_DROP_TAG,	 /* a wrong verification tag */
	GS_DROP_RESTART, /* an INIT from a known peer that is no restart */
	GS_REFUSE_RESTART, /* the same; its sender is to be told */
	GS_VERDICTS
};

struct gs_filter;
struct gs_tags;

/* half_open_max bounds the handshakes remembered that are not confirmed: as
 * many of our own, and as many of others. */
int gs_filter_new(size_t half_open_max, struct gs_filter **out);
void gs_filter_free(struct gs_filter *f);

/* now_ms is a monotonic clock's. */
enum gs_filter_verdict gs_filter_in(struct gs_filter *f,
    const struct gs_packet *pkt, uint64_t now_ms);

/* The same for one that was GS_REFUSE_RESTART just now, as the association may
 * have been forgotten since: this verdict counts in place of that one. */
enum gs_filter_verdict gs_filter_in_again(struct gs_filter *f,
    const struct gs_packet *pkt, uint64_t now_ms);

/* Has the packet that came in last, and passed, the tag of an association, and
 * comes from an address of its peer's? */
bool gs_filter_was_known(const struct gs_filter *f);

/* Look at a packet that leaves, to learn tags. */
void gs_filter_out(struct gs_filter *f, const struct gs_packet *pkt,
    uint64_t now_ms);

/*
 * Has the peer of this packet that leaves, and that gs_filter_out() has seen,
 * been told of the local address addr?  Ports are ignored.  False too where
 * the packet's association is not known, or its addresses are not.
 */
bool gs_filter_knows_local(const struct gs_filter *f,
    const struct gs_packet *pkt, const union gs_addr *addr);

/* Has it been told of more than one, of its own family? */
bool gs_filter_has_choice(const struct gs_filter *f,
    const struct gs_packet *pkt);

/* The peer of the association with these ports and own tag has agreed to one
 * more (RFC 5061). */
void gs_filter_learn_local(struct gs_filter *f, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, const union gs_addr *addr);

/*
 * The association with these ports (host order) and own tag is up: it is
 * kept until gs_filter_forget(), however long it is silent.  Forget it as
 * soon as it is over: till then its peer cannot begin another one with other
 * addresses or from another UDP port.  After a restart, forget the old tag
 * and confirm the new one.
 */
void gs_filter_confirm(struct gs_filter *f, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, uint32_t peer_tag);
void gs_filter_forget(struct gs_filter *f, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag);

/* Nobody listens on this port any more, or with other secrets: handshakes
 * that others began there will not complete. */
void gs_filter_forget_offers(struct gs_filter *f, uint16_t local_port);

/* What it remembers; for filter_addrs.c. */
struct gs_tags *gs_filter_tags(struct gs_filter *f);

uint64_t gs_filter_count(const struct gs_filter *f, enum gs_filter_verdict v);

/*
 * What the boundary needs to know of an INIT or COOKIE ECHO that passed, to
 * decide a collision (both sides connecting at once).
 */
struct gs_handshake {
	uint8_t chunk;		     /* 1 INIT, 10 COOKIE ECHO, 0 neither */
	uint16_t src_port, dst_port; /* SCTP's, host order */
	uint32_t tag;		     /* the packet's verification tag */
	uint32_t initiate_tag;	     /* of an INIT */
	union gs_addr addrs[32];     /* source, then INIT's address params */
	size_t naddrs;
};
void gs_handshake_read(const struct gs_packet *pkt, struct gs_handshake *out);

#endif
