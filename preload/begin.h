/*
 * begin: an association that a message begins (RFC 6458 3.1.2).
 *
 * Guarantees
 *  - SCTP_INIT and SCTP_DSTADDRV4/6 go for this one attempt, and leave the
 *    socket's options as they were.
 */

#ifndef PS_BEGIN_H
#define PS_BEGIN_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <sys/socket.h>

struct gs_posix_out;
struct ps_control;
struct psock;

/* With out->to; p's socket, which this may open, is in *s then.  0,
 * -EALREADY, -EISCONN, and others as connect(2). */
int ps_begin(struct psock *p, const struct msghdr *m,
    const struct ps_control *c, const struct gs_posix_out *out,
    gsctp_sock *s);

/* Has the socket this association? */
bool ps_has_assoc(gsctp_sock s, gsctp_assoc_id id);

#endif
