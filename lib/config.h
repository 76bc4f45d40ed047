/*
 * config: the stack's configuration, from the caller and the environment.
 *
 * Guarantees: what cannot be understood is -EINVAL, never a guess; the
 * result stands alone, whatever becomes of the caller's memory.  Layer 5.
 */

#ifndef GS_CONFIG_H
#define GS_CONFIG_H

#include <gsctp/gsctp.h>

#include "addr.h"
#include "wire.h"

/* IANA's port for SCTP in UDP (RFC 6951). */
#define GS_DEFAULT_UDP_PORT 9899

struct gs_config {
	bool is_raw;
	enum gs_port_mode port_mode;
	uint16_t udp_port;
	uint16_t peer_udp_port;
	bool has_peer_udp_port;		/* it was said, by somebody */
	bool is_plain;			/* packets travel one by one */
	union gs_addr *addrs;		/* owned */
	size_t naddrs;
	int *udp_fds;			/* owned: the list, not the sockets */
	size_t nudp_fds;
	char *capture;			/* owned; NULL: none */
	char *faults;			/* owned; NULL: none */
	void (*log)(void *arg, int level, const char *line);
	void *log_arg;
	int log_level;
};

/* in may be NULL. */
int gs_config_read(const struct gsctp_stack_config *in, struct gs_config *out);
void gs_config_fini(struct gs_config *c);

#endif
