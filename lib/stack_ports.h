/*
 * stack_ports: programs of one host find each other's UDP ports.
 *
 * Guarantees
 *  - when a call that opens, binds, listens or closes has returned, the
 *    other stacks of this user on this host see it so; but a socket that
 *    neither listens nor has a port of the application's choice, or of
 *    bind()'s, as clients have, is nobody's business and is written to no file;
 *  - a connect to an address of this host goes to the UDP port of whoever
 *    has the SCTP port there, this process or another, unless the
 *    application has said which; where nobody has it, and no stranger is at
 *    the usual UDP port, to this stack, which refuses at once;
 *  - no file is touched with the stack's lock held, nor for a destination
 *    that is not this host's;
 *  - where there is no directory for it a stack runs as ever, alone.
 *
 * Lock order: stack.c's lifecycle lock, `lock' of this module; the stack's
 * lock is neither taken under it nor held around it.  Layer 5.
 */

#ifndef GS_STACK_PORTS_H
#define GS_STACK_PORTS_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "port_set.h"

struct gs_ports; /* what the stack has at a moment */

/*
 * The stack starts, or has stopped; the lifecycle lock is held.  udp_port 0:
 * over raw IP.  is_limited: it has not every address of the host.
 * must_look: the application has not said where peers are.  A descriptor for
 * gs_status_ring(), or -1.
 */
int gs_ports_start(uint16_t udp_port, bool is_limited, bool must_look);
void gs_ports_stop(void);

/* In a child of fork(). */
void gs_ports_in_child(void);

struct gs_endpoint;

/* Is it something for others, or was it, if it has had its association?  The
 * stack's lock is held. */
bool gs_ports_lists(const struct gs_endpoint *ep);

/*
 * After a change of such: what there is, with the stack's lock held; and
 * without it, tell the others, unless something newer has been told.  NULL,
 * over raw IP or without memory, is nothing.  Takes p.
 */
struct gs_ports *gs_ports_look_locked(void);
void gs_ports_tell(struct gs_ports *p);

/*
 * Has another stack of this user on this host one of n addresses, which have
 * a port each?  The stack's lock is not held.
 */
bool gs_ports_others_have(const union gs_addr *addrs, size_t n);

/*
 * The ports that others have told of, at whatever address: none of them is for
 * a socket that names none.  False: there are none, and out is as it was.
 * Costs little while nobody opens or closes anything.  The stack's lock is not
 * held.
 */
bool gs_ports_taken(struct gs_port_set *out);

/*
 * The UDP port for a connect of s to n targets, 0 for the usual one.  The
 * stack's lock is not held.
 */
uint16_t gs_ports_find(gsctp_sock s, const union gs_addr *targets, size_t n);

#endif
