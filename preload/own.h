/*
 * own: descriptors that the library opens for itself.
 *
 * Guarantees
 *  - they are out of the way of the program's own, which get the lowest
 *    numbers that are free, as POSIX says and programs rely on, and stay
 *    small enough for select();
 *  - where there is no room higher up, they are as the system gives them.
 *
 * The calls of lib/ that open one come here by the linker: -Wl,--wrap=NAME,
 * of which Makefile.am has the list.  None of them is a call of the program,
 * and they are libc's own: what stands before libc to watch the program's, as
 * ThreadSanitizer does, sees neither that a number was taken nor, when it is
 * the program's again, that it was given back.
 */

#ifndef PS_OWN_H
#define PS_OWN_H

#include <sys/socket.h>

int __wrap_accept4(int fd, struct sockaddr *a, socklen_t *len, int flags);
int __wrap_epoll_create1(int flags);
int __wrap_eventfd(unsigned int n, int flags);
int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int dir, const char *path, int flags, ...);
int __wrap_socket(int family, int type, int protocol);
int __wrap_socketpair(int family, int type, int protocol, int fds[2]);
int __wrap_timerfd_create(int clock, int flags);

#endif
