/* send: messages that the program sends (psock.h). */

#include <errno.h>

#include "psock.h"

ssize_t ps_sendmsg(struct psock *p, int fd, const struct msghdr *m, int flags) { (void)p; (void)fd; (void)m; (void)flags; return -EOPNOTSUPP; }
