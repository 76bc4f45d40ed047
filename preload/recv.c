/* recv: messages and notifications that the program takes (psock.h). */

#include <errno.h>

#include "psock.h"

ssize_t ps_recvmsg(struct psock *p, int fd, struct msghdr *m, int flags) { (void)p; (void)fd; (void)m; (void)flags; return -EOPNOTSUPP; }
