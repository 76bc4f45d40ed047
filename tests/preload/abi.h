/*
 * abi: small scenarios with SCTP sockets, each of which prints what came of
 * it, in a form in which two implementations can be compared: "name: result".
 *
 * Plain libc and <netinet/sctp.h>, nothing of gsctp: the same program runs on
 * a kernel that has SCTP.  What differs from run to run (ports, association
 * ids, TSNs) is left out.
 */

#ifndef GS_ABI_H
#define GS_ABI_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <netinet/sctp.h>

/* What the scenarios of this process are about. */
extern int abi_type;		/* SOCK_STREAM or SOCK_SEQPACKET */
extern int abi_family;

/* A socket under test, of abi_type if nothing else is said; and a one-to-one
 * socket at the other end of its association. */
struct ends {
	int listener, fd, peer;
	struct sockaddr_storage to;	/* where listener is */
};

/* -- abi.c -- */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "3", "-1 EPIPE SIGPIPE": the result of a call just made; errno was 0. */
const char *result(long r);
#define RESULT(call) (abi_before(), result((long)(call)))
#define SAY(name, call) say("%s: %s", name, RESULT(call))
void abi_before(void);

/* "IN OUT HUP": what poll shows, within ms where it is of events. */
const char *polled(int fd);
void await(int fd, short events);
void nap(int ms);
bool on_kernel(void);

socklen_t len_of(const struct sockaddr_storage *a);
struct sockaddr_storage local(int port);	/* loopback, abi_family */
struct sockaddr_storage v4(const char *host, int port);
struct sockaddr_storage name_of(int fd);
/* "127.0.0.1:port": the port only where it is one of a few. */
const char *text_of(const struct sockaddr_storage *a);
int port_of(const struct sockaddr_storage *a);

int new_socket(void);
int new_of(int type);
int new_listener(int type);	/* on loopback */
void nonblocking(int fd);
void limit_recv(int fd, int ms);
void reset_on_close(int fd);
struct ends new_ends(void);	/* connected */
void close_ends(struct ends *e);

/* The association that fd has alone. */
int32_t assoc_of(int fd);
/* Until it has none. */
void await_end(int fd);

int opt_get(int fd, int name, void *value, socklen_t len);
int opt_set(int fd, int name, const void *value, socklen_t len);

/* Hexadecimal; a static buffer each of four times. */
const char *hex(const void *data, size_t len);

/* -- the groups -- */
void abi_states(const char *state);	/* abi_state.c */
extern const char *const abi_state_names[];
void abi_calls(void);			/* abi_call.c */
void abi_addrs(void);
void abi_options(void);			/* abi_opt.c */
void abi_values(void);
void abi_messages(void);		/* abi_msg.c */
void abi_notes(void);			/* abi_note.c */

#endif
