/* opt: see opt.h; and the options of psock.h. */

#include "opt.h"

#include <errno.h>
#include <stddef.h>

#include "psock.h"

int ps_opt_init(struct psock *p) { (void)p; return 0; }
int ps_opt_inherit(struct psock *p, struct psock *from) { p->wants = from->wants; return 0; }
void ps_opt_free(void *o) { (void)o; }
int ps_setsockopt(struct psock *p, int fd, int level, int name, const void *v, socklen_t n) { (void)p; (void)fd; (void)level; (void)name; (void)v; (void)n; return -ENOPROTOOPT; }
int ps_getsockopt(struct psock *p, int fd, int level, int name, void *v, socklen_t *n) { (void)p; (void)fd; (void)level; (void)name; (void)v; (void)n; return -ENOPROTOOPT; }
