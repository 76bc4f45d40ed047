/*
 * engine_mtu: how long a packet the paths of an association take.
 *
 * Guarantees
 *  - a path begins with an Ethernet's (GS_MTU_FIRST), and gets more when the
 *    peer has answered a packet of that size; an association that sends
 *    nothing long is not searched for, and costs nothing;
 *  - a packet that asks for a size is no data: where it is lost, nothing is
 *    sent again and no path has failed;
 *  - a path that does not take any more what it did gets less;
 *  - who has fixed a path's MTU (GSCTP_SPP_PMTUD_DISABLE) keeps it.
 *
 * What is searched, and when, is pmtu.h's affair.  MTUs are an SCTP packet's,
 * common header and all, without IP and UDP.
 *
 * The caller holds the stack's lock.  Layer 3.
 */

#ifndef GS_ENGINE_MTU_H
#define GS_ENGINE_MTU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "wire.h"

struct socket;

/* What every way takes: with IP and UDP 1200 bytes (RFC 8899 5.1.2). */
#define GS_MTU_BASE 1172u

/* 1500 bytes with IPv6 and UDP.  What a way takes in fragments alone goes
 * through, too. */
#define GS_MTU_FIRST 1452u

/* A fresh socket, whose associations begin so.  0 or -errno. */
int gs_mtu_init_socket(struct socket *so);

/* Before the socket is closed. */
void gs_mtu_end(struct socket *so);

/*
 * Who has chosen the MTU of a path, or with NULL of all that are not known of
 * better?  To the engine all of them are fixed.  mtu: what it says.
 */
bool gs_mtu_is_searched(struct socket *so, const union gs_addr *peer,
    uint32_t mtu);

/* The application has fixed the MTU of a path, or left it to the search; or
 * with NULL all paths'. */
void gs_mtu_chosen(struct socket *so, const union gs_addr *peer, bool is_fixed);

/* What stands in the engine for a path that is searched, and for one of the
 * application's that is to be this long. */
uint32_t gs_mtu_mark(void);
uint32_t gs_mtu_unmarked(uint32_t mtu);

/*
 * May Nagle's algorithm keep back a message of this length?  It waits for as
 * much as a packet takes, or for an acknowledgement, which the peer delays:
 * with an MTU that is seldom filled, for that.  Here it is no longer than an
 * Ethernet's, and a message of several fragments never waits.
 */
bool gs_mtu_may_wait(struct socket *so, size_t len);

/* Around a send on so: long packets of it begin a search. */
void gs_mtu_send_begins(struct socket *so);
void gs_mtu_send_ends(struct socket *so);

/* A packet of an association leaves. */
void gs_mtu_saw(void *stcb, const struct gs_packet *pkt);

/* A packet that the engine has had. */
void gs_mtu_input(const struct gs_packet *pkt);

/* The engine has stopped a timer of this type. */
void gs_mtu_timer_stopped(int type, void *stcb, void *net);

/* Data on a path was not acknowledged in time. */
void gs_mtu_timeout(void *stcb, void *net);

/* The association has other paths. */
void gs_mtu_paths_change(void *stcb);

/* What is due; and when there is more, UINT64_MAX for never. */
void gs_mtu_run(void);
uint64_t gs_mtu_due(void);

#endif
