/* name: addresses, and the life of associations (psock.h). */

#include <errno.h>

#include "psock.h"

int ps_bind(struct psock *p, const struct sockaddr *a, socklen_t len) { (void)p; (void)a; (void)len; return -EOPNOTSUPP; }
int ps_connect(struct psock *p, int fd, const struct sockaddr *a, socklen_t len) { (void)p; (void)fd; (void)a; (void)len; return -EOPNOTSUPP; }
int ps_listen(struct psock *p, int b) { (void)p; (void)b; return -EOPNOTSUPP; }
int ps_accept4(struct psock *p, int fd, struct sockaddr *a, socklen_t *len, int flags) { (void)p; (void)fd; (void)a; (void)len; (void)flags; return -EOPNOTSUPP; }
int ps_getsockname(struct psock *p, struct sockaddr *a, socklen_t *len) { (void)p; (void)a; (void)len; return -EOPNOTSUPP; }
int ps_getpeername(struct psock *p, struct sockaddr *a, socklen_t *len) { (void)p; (void)a; (void)len; return -EOPNOTSUPP; }
int ps_shutdown(struct psock *p, int how) { (void)p; (void)how; return -EOPNOTSUPP; }
