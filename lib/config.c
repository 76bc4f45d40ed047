/* config: see config.h. */

#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_PORT GS_DEFAULT_UDP_PORT

#define FDS_MAX 64

static int
parse_port(const char *text, uint16_t *out)
{
	unsigned long v;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	v = strtoul(text, &end, 10);
	if (*end != '\0' || v > 65535)
		return -EINVAL;
	*out = (uint16_t)v;
	return 0;
}

static bool
is_zero(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static int
read_port_env(struct gs_config *out)
{
	const char *text = getenv("GSCTP_UDP_PORT");

	if (text == NULL || strcmp(text, "auto") == 0)
		return 0;
	out->port_mode = GS_PORT_FIXED;
	return parse_port(text, &out->udp_port);
}

/* Theirs is the port; one that is named must be the same. */
static int
read_fds(const struct gsctp_stack_config *in, struct gs_config *out)
{
	if (in->udp_fds == NULL || in->port_mode == GSCTP_PORT_EPHEMERAL)
		return -EINVAL;
	if (in->nudp_fds > FDS_MAX)
		return -E2BIG;
	out->udp_fds = calloc(in->nudp_fds, sizeof(*out->udp_fds));
	if (out->udp_fds == NULL)
		return -ENOMEM;
	memcpy(out->udp_fds, in->udp_fds,
	    in->nudp_fds * sizeof(*out->udp_fds));
	out->nudp_fds = in->nudp_fds;
	out->udp_port = in->udp_port;
	return 0;
}

static int
read_ports(const struct gsctp_stack_config *in, struct gs_config *out)
{
	const char *text;
	int err = 0;

	out->port_mode = GS_PORT_AUTO;
	out->udp_port = in->udp_port != 0 ? in->udp_port : DEFAULT_PORT;
	switch (in->port_mode) {
	case GSCTP_PORT_AUTO:
		if (in->udp_port == 0 && in->nudp_fds == 0)
			err = read_port_env(out);
		break;
	case GSCTP_PORT_FIXED:
		out->port_mode = GS_PORT_FIXED;
		break;
	case GSCTP_PORT_EPHEMERAL:
		out->port_mode = GS_PORT_FIXED;
		out->udp_port = 0;
		break;
	default:
		return -EINVAL;
	}
	if (err == 0 && in->nudp_fds > 0)
		err = read_fds(in, out);
	if (err != 0)
		return err;

	out->peer_udp_port = in->peer_udp_port;
	text = getenv("GSCTP_PEER_UDP_PORT");
	if (in->peer_udp_port == 0 && text != NULL) {
		err = parse_port(text, &out->peer_udp_port);
		if (err == 0 && out->peer_udp_port == 0)
			err = -EINVAL;
	}
	out->has_peer_udp_port = out->peer_udp_port != 0;
	if (err == 0 && !out->has_peer_udp_port)
		out->peer_udp_port = DEFAULT_PORT;
	return err;
}

/* Something that over raw IP makes no sense. */
static bool
names_udp(const struct gsctp_stack_config *in)
{
	return in->port_mode != 0 || in->udp_port != 0 ||
	    in->peer_udp_port != 0 || in->nudp_fds != 0;
}

static int
read_encapsulation(const struct gsctp_stack_config *in, struct gs_config *out)
{
	const char *text = getenv("GSCTP_ENCAPSULATION");

	if (in->encapsulation == GSCTP_ENCAPS_RAW) {
		out->is_raw = true;
		return names_udp(in) ? -EINVAL : 0;
	}
	if (in->encapsulation != GSCTP_ENCAPS_UDP)
		return -EINVAL;
	if (names_udp(in) || text == NULL || strcmp(text, "udp") == 0)
		return 0;
	out->is_raw = true;
	return strcmp(text, "raw") == 0 ? 0 : -EINVAL;
}

static int
read_offload(struct gs_config *out)
{
	const char *text = getenv("GSCTP_UDP_OFFLOAD");

	if (text == NULL || strcmp(text, "on") == 0)
		return 0;
	out->is_plain = true;
	return strcmp(text, "off") == 0 ? 0 : -EINVAL;
}

/* There are no ports over raw IP. */
static void
clear_ports(struct gs_config *out)
{
	out->port_mode = GS_PORT_FIXED;
	out->udp_port = 0;
	out->peer_udp_port = 0;
	out->has_peer_udp_port = false;
}

static int
add_addr(struct gs_config *out, const char *text)
{
	union gs_addr *grown;

	grown = realloc(out->addrs, (out->naddrs + 1) * sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	out->addrs = grown;
	memset(&grown[out->naddrs], 0, sizeof(*grown));
	if (gs_addr_parse(&grown[out->naddrs], text) != 0)
		return -EINVAL;
	out->naddrs++;
	return 0;
}

static int
read_addrs_env(struct gs_config *out)
{
	const char *text = getenv("GSCTP_ADDRS");
	char *copy, *word, *rest;
	int err = 0;

	if (text == NULL)
		return 0;
	copy = strdup(text);
	if (copy == NULL)
		return -ENOMEM;
	/* An empty word is no address either. */
	rest = copy;
	while (err == 0 && (word = strsep(&rest, ",")) != NULL)
		err = add_addr(out, word);
	free(copy);
	return err;
}

static int
read_addrs(const struct gsctp_stack_config *in, struct gs_config *out)
{
	size_t i;
	int err = 0;

	if (in->naddrs == 0)
		return read_addrs_env(out);
	if (in->addrs == NULL)
		return -EINVAL;
	for (i = 0; err == 0 && i < in->naddrs; i++)
		err = in->addrs[i] != NULL ? add_addr(out, in->addrs[i]) :
					     -EINVAL;
	return err;
}

static void
log_to_stderr(void *arg, int level, const char *line)
{
	static const char *const names[] = { "error", "warn", "info",
		"debug" };

	(void)arg;
	(void)fprintf(stderr, "gsctp: %s: %s\n", names[level & 3], line);
}

static int
read_log(const struct gsctp_stack_config *in, struct gs_config *out)
{
	static const char *const names[] = { "error", "warn", "info",
		"debug" };
	const char *text = getenv("GSCTP_LOG");
	int i;

	out->log = in->log;
	out->log_arg = in->log_arg;
	out->log_level = in->log_level;
	if (in->log_level < GSCTP_LOG_ERROR || in->log_level > GSCTP_LOG_DEBUG)
		return -EINVAL;
	if (in->log != NULL || text == NULL)
		return 0;
	for (i = 0; i < 4; i++) {
		if (strcmp(text, names[i]) == 0) {
			out->log = log_to_stderr;
			out->log_level = i;
			return 0;
		}
	}
	return -EINVAL;
}

/*
 * The caller's, or the environment's; an empty one is none.  A program that
 * runs with more rights than its user does not write to a file of the user's
 * choice.
 */
static int
read_text(const char *text, const char *variable, char **out)
{
	if (text == NULL)
		text = secure_getenv(variable);
	if (text == NULL || *text == '\0')
		return 0;
	*out = strdup(text);
	return *out != NULL ? 0 : -ENOMEM;
}

/*
 * Several processes have one environment, and want a file each: %p is the
 * process's id, and %% is %.
 */
static int
expand(char **text)
{
	const char *from = *text;
	char id[24];
	char *grown, *to;

	(void)snprintf(id, sizeof(id), "%ld", (long)getpid());
	/* Each character an id is more than there can be. */
	grown = malloc(strlen(from) * strlen(id) + 1);
	if (grown == NULL)
		return -ENOMEM;
	to = grown;
	while (*from != '\0') {
		if (strncmp(from, "%p", 2) == 0) {
			to = stpcpy(to, id);
			from += 2;
		} else {
			*to++ = *from;
			from += strncmp(from, "%%", 2) == 0 ? 2 : 1;
		}
	}
	*to = '\0';
	free(*text);
	*text = grown;
	return 0;
}

static int
read_capture(const struct gsctp_stack_config *in, struct gs_config *out)
{
	int err = read_text(in->capture, "GSCTP_PCAP", &out->capture);

	/* A program can make a name itself. */
	if (err == 0 && in->capture == NULL && out->capture != NULL)
		err = expand(&out->capture);
	return err;
}

int
gs_config_read(const struct gsctp_stack_config *in, struct gs_config *out)
{
	static const struct gsctp_stack_config zero;
	int err;

	memset(out, 0, sizeof(*out));
	if (in == NULL)
		in = &zero;
	if (!is_zero(in->reserved, sizeof(in->reserved)))
		return -EINVAL;
	err = read_encapsulation(in, out);
	if (err == 0)
		err = read_ports(in, out);
	if (err == 0 && out->is_raw)
		clear_ports(out);
	if (err == 0)
		err = read_offload(out);
	if (err == 0)
		err = read_addrs(in, out);
	if (err == 0)
		err = read_log(in, out);
	if (err == 0)
		err = read_capture(in, out);
	if (err == 0)
		err = read_text(in->faults, "GSCTP_FAULTS", &out->faults);
	if (err != 0)
		gs_config_fini(out);
	return err;
}

void
gs_config_fini(struct gs_config *c)
{
	free(c->addrs);
	c->addrs = NULL;
	c->naddrs = 0;
	free(c->udp_fds);
	c->udp_fds = NULL;
	c->nudp_fds = 0;
	free(c->capture);
	c->capture = NULL;
	free(c->faults);
	c->faults = NULL;
}
