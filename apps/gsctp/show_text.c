/* show_text: see show_text.h. */

#include "show_text.h"

#include <arpa/inet.h>
#include <errno.h>

bool
show_ip(const struct sockaddr_storage *a, char out[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in *in = (const struct sockaddr_in *)a;

	if (a->ss_family == AF_INET)
		return inet_ntop(AF_INET, &in->sin_addr, out,
			   INET6_ADDRSTRLEN) != NULL;
	if (a->ss_family == AF_INET6)
		return inet_ntop(AF_INET6, &in6->sin6_addr, out,
			   INET6_ADDRSTRLEN) != NULL;
	return false;
}

uint16_t
show_port(const struct sockaddr_storage *a)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in *in = (const struct sockaddr_in *)a;

	return ntohs(a->ss_family == AF_INET6 ? in6->sin6_port : in->sin_port);
}

const char *
show_auth_name(uint32_t indication)
{
	switch (indication) {
	case GSCTP_AUTH_NEW_KEY:
		return "new_key";
	case GSCTP_AUTH_NO_AUTH:
		return "no_auth";
	case GSCTP_AUTH_FREE_KEY:
		return "free_key";
	default:
		return "unknown";
	}
}

const char *
show_closed_text(int err)
{
	switch (err) {
	case 0:
		return "gracefully";
	case -ECONNRESET:
		return "the peer aborted it";
	case -ETIMEDOUT:
		return "the peer does not answer";
	case -ECONNABORTED:
		return "it was aborted here";
	case -ENOMEM:
		return "it was aborted here, for want of memory";
	case -EPIPE:
		return "it was aborted here, in the middle of a message";
	default:
		return gsctp_strerror(err);
	}
}

bool
show_next_cause(const uint8_t *causes, size_t len, size_t *at,
    struct show_cause *out)
{
	size_t size;

	if (causes == NULL || *at > len || len - *at < 4)
		return false;
	out->code = (uint16_t)(causes[*at] << 8 | causes[*at + 1]);
	size = (size_t)(causes[*at + 2] << 8 | causes[*at + 3]);
	if (size < 4 || size > len - *at)
		return false;
	out->info = causes + *at + 4;
	out->len = size - 4;
	*at += (size + 3) / 4 * 4;
	return true;
}
