/*
 * send_defaults: what a message is sent with that says nothing else.
 *
 * Locking: the stack's lock guards those of endpoints and associations.
 * Layer 4.
 */

#ifndef GS_SEND_DEFAULTS_H
#define GS_SEND_DEFAULTS_H

#include <gsctp/gsctp.h>
#include <stdint.h>

/* As in struct gsctp_sndrcvinfo. */
struct gs_send_defaults {
	uint32_t flags;
	uint32_t ppid;
	uint32_t context;
	uint32_t timetolive;
	uint16_t stream;
};

#endif
