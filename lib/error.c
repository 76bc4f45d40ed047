/*
 * error: the names and texts of what the API hands out as numbers.
 *
 * Guarantees
 *  - every number has a text; it is static, and never NULL.
 *
 * Layer 0.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrordesc_np */
#endif

#include <errno.h>
#include <gsctp/gsctp.h>
#include <limits.h>
#include <string.h>

struct text {
	int number;
	const char *text;
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* 0 to 13 are worded as gen_sctp:error_string/1 has them.  14 is of
 * draft-tuexen-tsvwg-sctp-udp-encaps-cons: the kernel's SCTP sends it. */
static const struct text causes[] = {
	{ 0, "ok" },
	{ 1, "Invalid Stream Identifier" },
	{ 2, "Missing Mandatory Parameter" },
	{ 3, "Stale Cookie Error" },
	{ 4, "Out of Resource" },
	{ 5, "Unresolvable Address" },
	{ 6, "Unrecognized Chunk Type" },
	{ 7, "Invalid Mandatory Parameter" },
	{ 8, "Unrecognized Parameters" },
	{ 9, "No User Data" },
	{ 10, "Cookie Received While Shutting Down" },
	{ 11, "Restart of an Association with New Addresses" },
	{ 12, "User Initiated Abort" },
	{ 13, "Protocol Violation" },
	{ 14, "Restart of an Association with New Encapsulation Port" },
	/* RFC 5061 4.3 */
	{ 0xA0, "Request to Delete Last Remaining IP Address" },
	{ 0xA1, "Operation Refused Due to Resource Shortage" },
	{ 0xA2, "Request to Delete Source IP Address" },
	{ 0xA3, "Association Aborted Due to Illegal ASCONF-ACK" },
	{ 0xA4, "Request Refused - No Authorization" },
	/* RFC 4895 4 */
	{ 0x105, "Unsupported HMAC Identifier" },
};

static const struct text errors[] = {
	{ 0, "success" },
	{ E2BIG, "too many addresses" },
	{ EADDRINUSE, "the port is in use" },
	{ EADDRNOTAVAIL, "not an address of this host or of the stack" },
	{ EAFNOSUPPORT, "the address is not of the socket's family" },
	{ EAGAIN, "not possible now: try again later" },
	{ EALREADY, "already under way" },
	{ EBADF, "the socket is closed" },
	{ EBUSY, "the last request is not answered yet" },
	{ ECONNABORTED, "the attempt was aborted here" },
	{ ECONNREFUSED, "the peer refused the association" },
	{ EHOSTUNREACH, "a route to the peer refuses" },
	{ EINVAL, "an argument makes no sense" },
	{ EISCONN, "there is an association with this peer already" },
	{ EMFILE, "too many open descriptors" },
	{ EMSGSIZE, "the message is too long" },
	{ ENETUNREACH, "there is no route to the peer" },
	{ ENOENT, "no such name" },
	{ ENOMEM, "out of memory" },
	{ ENOPROTOOPT, "no such option, or it cannot be set or read here" },
	{ ENOTCONN, "the association is not up" },
	{ EOPNOTSUPP, "not supported" },
	{ EPERM, "not permitted: not the socket's mailbox; or no CAP_NET_RAW, "
	    "for raw IP" },
	{ EPIPE, "no such association, or it is ending" },
	{ ESTALE, "the stack belongs to the process before the fork" },
	{ ETIMEDOUT, "nothing happened in time" },
};

static const char *const msg_types[] = {
	[GSCTP_MSG_DATA] = "data",
	[GSCTP_MSG_ASSOC_CHANGE] = "assoc_change",
	[GSCTP_MSG_PADDR_CHANGE] = "paddr_change",
	[GSCTP_MSG_SEND_FAILED] = "send_failed",
	[GSCTP_MSG_REMOTE_ERROR] = "remote_error",
	[GSCTP_MSG_SHUTDOWN_EVENT] = "shutdown_event",
	[GSCTP_MSG_PDAPI_EVENT] = "pdapi_event",
	[GSCTP_MSG_ADAPTATION_EVENT] = "adaptation_event",
	[GSCTP_MSG_AUTHENTICATION_EVENT] = "authentication_event",
	[GSCTP_MSG_SENDER_DRY] = "sender_dry",
	[GSCTP_MSG_STREAM_RESET] = "stream_reset",
	[GSCTP_MSG_ASSOC_RESET] = "assoc_reset",
	[GSCTP_MSG_STREAM_CHANGE] = "stream_change",
	[GSCTP_MSG_NOTIFICATIONS_STOPPED] = "notifications_stopped",
	[GSCTP_MSG_PASSIVE] = "passive",
	[GSCTP_MSG_CLOSED] = "closed",
};

static const char *const assoc_changes[] = {
	[GSCTP_COMM_UP] = "comm_up",
	[GSCTP_COMM_LOST] = "comm_lost",
	[GSCTP_RESTART] = "restart",
	[GSCTP_SHUTDOWN_COMP] = "shutdown_comp",
	[GSCTP_CANT_ASSOC] = "cant_assoc",
};

static const char *const paddr_changes[] = {
	[GSCTP_ADDR_AVAILABLE] = "addr_available",
	[GSCTP_ADDR_UNREACHABLE] = "addr_unreachable",
	[GSCTP_ADDR_REMOVED] = "addr_removed",
	[GSCTP_ADDR_ADDED] = "addr_added",
	[GSCTP_ADDR_MADE_PRIM] = "addr_made_prim",
	[GSCTP_ADDR_CONFIRMED] = "addr_confirmed",
};

static const char *const assoc_states[] = {
	[GSCTP_CLOSED] = "closed",
	[GSCTP_COOKIE_WAIT] = "cookie_wait",
	[GSCTP_COOKIE_ECHOED] = "cookie_echoed",
	[GSCTP_ESTABLISHED] = "established",
	[GSCTP_SHUTDOWN_PENDING] = "shutdown_pending",
	[GSCTP_SHUTDOWN_SENT] = "shutdown_sent",
	[GSCTP_SHUTDOWN_RECEIVED] = "shutdown_received",
	[GSCTP_SHUTDOWN_ACK_SENT] = "shutdown_ack_sent",
};

/* The text of number, or NULL. */
static const char *
text_of(const struct text *table, size_t n, int number)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (table[i].number == number)
			return table[i].text;
	}
	return NULL;
}

static const char *
name_of(const char *const *table, size_t n, uint32_t number)
{
	if (number >= n || table[number] == NULL)
		return "unknown";
	return table[number];
}

const char *
gsctp_error_string(uint32_t cause)
{
	const char *s = NULL;

	if (cause <= INT_MAX)
		s = text_of(causes, COUNT(causes), (int)cause);
	return s != NULL ? s : "unknown_error";
}

const char *
gsctp_strerror(int err)
{
	const char *s = NULL;

	/* A positive number is no error of ours, but a count. */
	if (err <= 0 && err > INT_MIN) {
		s = text_of(errors, COUNT(errors), -err);
		if (s == NULL)
			s = strerrordesc_np(-err);
	}
	return s != NULL ? s : "unknown error";
}

const char *
gsctp_msg_type_name(uint32_t type)
{
	return name_of(msg_types, COUNT(msg_types), type);
}

const char *
gsctp_assoc_change_name(uint32_t state)
{
	return name_of(assoc_changes, COUNT(assoc_changes), state);
}

const char *
gsctp_paddr_change_name(uint32_t state)
{
	return name_of(paddr_changes, COUNT(paddr_changes), state);
}

const char *
gsctp_assoc_state_name(uint32_t state)
{
	return name_of(assoc_states, COUNT(assoc_states), state);
}

const char *
gsctp_version(void)
{
	return GSCTP_VERSION;
}
