/*
 * engine_link: makes the engine's archive fit for a shared library.
 *
 * The archive is compiled for programs (-fPIE) and refers to libc's
 * in6addr_any in a way that a shared object cannot.  A hidden definition of
 * our own resolves it.  Layer 3.
 */

#include <netinet/in.h>

#undef in6addr_any
extern const struct in6_addr in6addr_any
    __attribute__((visibility("hidden")));
const struct in6_addr in6addr_any = IN6ADDR_ANY_INIT;
