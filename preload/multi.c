/* multi: several addresses, and peeling off (psock.h). */

#include <errno.h>

#include "psock.h"

int ps_bindx(struct psock *p, const void *a, size_t n, bool add) { (void)p; (void)a; (void)n; (void)add; return -EOPNOTSUPP; }
int ps_connectx(struct psock *p, int fd, const void *a, size_t n, int32_t *id) { (void)p; (void)fd; (void)a; (void)n; (void)id; return -EOPNOTSUPP; }
int ps_peeloff(struct psock *p, int32_t a, int flags) { (void)p; (void)a; (void)flags; return -EOPNOTSUPP; }
int ps_getaddrs(struct psock *p, int32_t a, bool peer, void *buf, size_t *n) { (void)p; (void)a; (void)peer; (void)buf; (void)n; return -EOPNOTSUPP; }
