/* show_text: the words that show.c and show_json.c have in common. */

#ifndef GSCTP_SHOW_TEXT_H
#define GSCTP_SHOW_TEXT_H

#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The address without its port; false: there is none. */
bool show_ip(const struct sockaddr_storage *a, char out[INET6_ADDRSTRLEN]);
uint16_t show_port(const struct sockaddr_storage *a);

/* "new_key" ...; "unknown". */
const char *show_auth_name(uint32_t indication);

/* Why a one-to-one socket's association has ended. */
const char *show_closed_text(int err);

/* One cause of an ERROR or ABORT chunk (RFC 9260 3.3.10). */
struct show_cause {
	uint16_t code;
	const uint8_t *info;
	size_t len;
};

/* Take the next of the causes that begin at *at.  false: there is no other
 * whole one. */
bool show_next_cause(const uint8_t *causes, size_t len, size_t *at,
    struct show_cause *out);

#endif
