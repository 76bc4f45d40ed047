/*
 * sinfo: what goes with a message, from Linux's form to gsctp's and back.
 *
 * Guarantees
 *  - payload protocol identifiers are opaque to a program of Linux, which
 *    has them in the order of the wire: this is where they are turned;
 *  - what this engine cannot give up on (a policy of priorities) is sent
 *    reliably.
 */

#ifndef PS_SINFO_H
#define PS_SINFO_H

#include <gsctp/gsctp.h>

#include "linux_msg.h"

/* Flags, and the policy in them, whose value is *value: both ways. */
uint32_t ps_flags_in(uint16_t flags, uint32_t *value);
uint16_t ps_flags_out(uint32_t flags);

/* Of what was received: what a program of Linux is told with it. */
void ps_sndrcv_out(const struct gsctp_sndrcvinfo *i, struct lx_sndrcvinfo *o);
void ps_rcvinfo_out(const struct gsctp_sndrcvinfo *i,
    struct lx_msg_rcvinfo *o);

#endif
