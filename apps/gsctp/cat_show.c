/* cat_show: messages and events, as they are written. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cat.h"
#include "cat_hex.h"
#include "cli.h"
#include "show.h"
#include "show_text.h"

/*
 * Data
 */

static int
put_hex(struct cat_out *o, const struct gsctp_data *d)
{
	size_t len = 2 * d->len + d->complete;
	uint8_t *to = cat_out_room(o, len);

	if (to == NULL)
		return -ENOMEM;
	cat_hex_encode(d->data, d->len, (char *)to);
	if (d->complete)
		to[len - 1] = '\n';
	return 0;
}

static int
put_length(struct cat_out *o, const struct gsctp_data *d)
{
	const uint8_t bytes[4] = {
		(uint8_t)(d->len >> 24),
		(uint8_t)(d->len >> 16),
		(uint8_t)(d->len >> 8),
		(uint8_t)d->len,
	};

	if (!d->complete)
		return -EMSGSIZE;
	return cat_out_put(o, bytes, sizeof(bytes));
}

/* A line of JSON; taken. */
static int
put_json(struct cat_out *o, json_t *taken)
{
	size_t len = json_dumpb(taken, NULL, 0, JSON_COMPACT);
	uint8_t *to = len > 0 ? cat_out_room(o, len + 1) : NULL;

	if (to != NULL) {
		(void)json_dumpb(taken, (char *)to, len, JSON_COMPACT);
		to[len] = '\n';
	}
	json_decref(taken);
	return to != NULL ? 0 : -ENOMEM;
}

/* Text where it is UTF-8, unless all is to be hexadecimal. */
static int
add_payload(json_t *o, const struct gsctp_data *d, bool is_hex)
{
	json_t *text = NULL;
	char *hex;

	if (!is_hex)
		text = json_stringn((const char *)d->data, d->len);
	if (text != NULL)
		return json_object_set_new(o, "text", text);
	hex = malloc(2 * d->len + 1);
	if (hex == NULL)
		return -1;
	cat_hex_encode(d->data, d->len, hex);
	text = json_stringn_nocheck(hex, 2 * d->len);
	free(hex);
	return json_object_set_new(o, "hex", text);
}

static int
put_json_data(struct cat *c, struct cat_out *o, const struct gsctp_msg *m)
{
	json_t *json = show_json(m);

	if (json == NULL)
		return -ENOMEM;
	if (add_payload(json, &m->u.data, c->opts->framing.mode == CAT_HEX) !=
	    0) {
		json_decref(json);
		return -ENOMEM;
	}
	return put_json(o, json);
}

int
cat_show_data(struct cat *c, struct cat_peer *p, struct gsctp_msg *m)
{
	const struct gsctp_data *d = &m->u.data;
	bool has_newline = c->opts->framing.chomps && d->complete;
	int err;

	if (p->out->fd < 0) {
		gsctp_msg_free(m);
		return 0;
	}
	if (c->opts->is_json)
		err = put_json_data(c, p->out, m);
	else if (c->opts->framing.mode == CAT_HEX)
		err = put_hex(p->out, d);
	else if (c->opts->framing.mode == CAT_PREFIX)
		err = put_length(p->out, d);
	else
		return cat_out_take(p->out, m, has_newline);
	if (err == 0 && !c->opts->is_json &&
	    c->opts->framing.mode == CAT_PREFIX)
		return cat_out_take(p->out, m, false);
	gsctp_msg_free(m);
	return err;
}

/*
 * Events
 */

int
cat_show_event(struct cat *c, const struct gsctp_msg *m)
{
	char line[512];
	json_t *json;

	/* Of a socket, which is nobody's business here. */
	if (m->type == GSCTP_MSG_CLOSED)
		return 0;
	if (c->opts->shows_events) {
		show_line(m, line, sizeof(line));
		cli_warn("%s", line);
	}
	if (!c->opts->is_json || c->out.fd < 0)
		return 0;
	json = show_json(m);
	return json != NULL ? put_json(&c->out, json) : -ENOMEM;
}

int
cat_show_listening(struct cat *c)
{
	struct gsctp_stack_info info;
	char ip[INET6_ADDRSTRLEN] = "?";
	struct sockaddr_storage at;
	const char *addr = "?";
	char udp[32] = "";
	json_t *json;

	if (gsctp_stack_info(&info) != 0)
		memset(&info, 0, sizeof(info));
	if (gsctp_sockname(c->listener, &at) == 0) {
		addr = net_addr_text(&at);
		(void)show_ip(&at, ip);
	}
	if (info.udp_port != 0)
		(void)snprintf(udp, sizeof(udp), ", UDP port %u",
		    info.udp_port);
	/* A port that nobody can know is said, always. */
	if (c->opts->is_verbose || c->opts->shows_events ||
	    strcmp(c->opts->port, "0") == 0)
		cli_warn("listening on %s%s", addr, udp);
	else if (info.udp_port != 0 && info.udp_port != 9899 &&
	    c->opts->net.udp_port == NULL)
		cli_warn("listening%s: another program has 9899, and peers on "
			 "other hosts want --peer-udp-port %u",
		    udp, info.udp_port);
	if (!c->opts->is_json)
		return 0;
	json = json_pack("{s:s, s:s, s:i, s:i}", "type", "listening", "address",
	    ip, "port", gsctp_port(c->listener), "udp_port",
	    (int)info.udp_port);
	return json != NULL ? put_json(&c->out, json) : -ENOMEM;
}
