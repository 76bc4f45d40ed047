/*
 * note: an event of gsctp as a notification of Linux.
 *
 * Guarantees
 *  - what is made is byte for byte what the kernel writes (linux_note.h);
 *  - nothing is allocated: a note points into its message, and is made
 *    again for each part that is read of it.
 */

#ifndef PS_NOTE_H
#define PS_NOTE_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux_note.h"

struct ps_note {
	union {
		struct lx_note_head head;
		struct lx_assoc_change assoc_change;
		struct lx_paddr_change paddr_change;
		struct lx_remote_error remote_error;
		struct lx_send_failed send_failed;
		struct lx_send_failed_event send_failed_event;
		struct lx_note_plain plain;
		struct lx_pdapi pdapi;
		struct lx_adaptation adaptation;
		struct lx_auth auth;
		struct lx_stream_reset stream_reset;
		struct lx_assoc_reset assoc_reset;
		struct lx_stream_change stream_change;
	} u;
	size_t len;		/* of what of u is used */
	const void *tail;	/* comes after it */
	size_t tail_len;
};

/*
 * One event can be several notifications: a cause each of an ERROR, and both
 * forms of a send that failed where both are subscribed (events, a bit a
 * type).  Make the i-th, from 0; false: there is none.
 */
bool ps_note_make(const struct gsctp_msg *m, uint32_t events, unsigned int i,
    struct ps_note *n);

#endif
