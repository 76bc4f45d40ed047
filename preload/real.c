/* real: see real.h. */

#include "real.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static struct ps_real real;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The pointers of struct ps_real, in its order. */
static const char *const names[] = {
	"socket", "bind", "listen", "accept", "accept4", "connect",
	"shutdown", "getsockname", "getpeername", "getsockopt", "setsockopt",
	"send", "sendto", "sendmsg", "sendmmsg", "recv", "recvfrom",
	"recvmsg", "recvmmsg", "__recv_chk", "__recvfrom_chk", "read",
	"__read_chk", "readv", "write", "writev", "sendfile", "sendfile64",
	"splice", "close", "close_range", "closefrom", "dup", "dup2", "dup3",
	"fcntl", "fcntl64", "ioctl", "epoll_create1", "eventfd", "open",
	"openat", "socketpair", "timerfd_create",
};

_Static_assert(sizeof(real) == sizeof(names), "one name a function");

static void
find_all(void)
{
	char *to = (char *)&real;
	void *fn;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fn = dlsym(RTLD_NEXT, names[i]);
		memcpy(to + i * sizeof(fn), &fn, sizeof(fn));
	}
}

const struct ps_real *
ps_real(void)
{
	(void)pthread_once(&once, find_all);
	return &real;
}
