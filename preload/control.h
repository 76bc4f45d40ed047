/*
 * control: the ancillary data of a message that is sent (RFC 6458 5.3).
 *
 * Guarantees
 *  - a record that is not whole, not known, or has flags that are not, is
 *    -EINVAL before anything is done, as the kernel has it;
 *  - of two of a kind the last one counts.
 */

#ifndef PS_CONTROL_H
#define PS_CONTROL_H

#include <stdbool.h>
#include <sys/socket.h>

#include "linux_msg.h"

#define PS_DSTADDRS_MAX 63

struct ps_control {
	bool has_init, has_sndrcv, has_sndinfo, has_prinfo, has_authinfo;
	bool has_dstaddrs;	/* ps_control_dstaddrs() */
	struct lx_initmsg init;
	struct lx_sndrcvinfo info;	/* of either of the two */
	struct lx_msg_prinfo prinfo;
	struct lx_msg_authinfo authinfo;
};

/* 0 or -EINVAL. */
int ps_control_read(const struct msghdr *m, struct ps_control *c);

/*
 * More addresses of a peer, with this port (as on the wire), behind the *n
 * that addrs has; it has room for PS_DSTADDRS_MAX more.  0 or -EINVAL.
 */
int ps_control_dstaddrs(const struct msghdr *m, uint16_t port,
    struct sockaddr_storage *addrs, size_t *n);

#endif
