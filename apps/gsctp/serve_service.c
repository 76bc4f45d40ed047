/* serve_service: what each of the services does.  See serve.h. */

#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/*
 * echo: what comes goes back, with its stream, identifier and order.
 */

static void
send_back(struct serve *sv, struct serve_assoc *a)
{
	const struct gsctp_data *d;
	struct gsctp_sndrcvinfo info;

	if (a->held == NULL)
		return;
	d = &a->held->u.data;
	memset(&info, 0, sizeof(info));
	info.stream = d->info.stream;
	info.ppid = d->info.ppid;
	info.flags = d->info.flags & GSCTP_UNORDERED;
	switch (serve_assoc_send(sv, a, &info, d->data, d->len)) {
	case 0:
		break;
	case -EAGAIN:
		return;
	default:
		a->counts.dropped++;
		sv->counts.dropped++;
		break;
	}
	gsctp_msg_free(a->held);
	a->held = NULL;
}

static void
echo(struct serve *sv, struct serve_assoc *a, struct gsctp_msg *msg)
{
	serve_assoc_spend(sv, a, msg->u.data.len);
	a->held = msg;
	send_back(sv, a);
}

/*
 * discard: what comes is counted.
 */

static void
discard(struct serve *sv, struct serve_assoc *a, struct gsctp_msg *msg)
{
	serve_assoc_spend(sv, a, msg->u.data.len);
	gsctp_msg_free(msg);
}

/* What does not matter to the service. */
static void
ignore(struct serve *sv, struct serve_assoc *a, struct gsctp_msg *msg)
{
	(void)sv;
	(void)a;
	gsctp_msg_free(msg);
}

/*
 * chargen: RFC 864's pattern, a line a message: 72 of the 95 characters that
 * print, each line begins with the next one.
 */

#define FIRST ' '
#define PRINTABLE 95
#define LINE 72
#define LINES_A_TURN 64

static void
generate(struct serve *sv, struct serve_assoc *a)
{
	struct gsctp_sndrcvinfo info;
	char line[LINE + 2];
	unsigned int i, n;

	memset(&info, 0, sizeof(info));
	for (n = 0; n < LINES_A_TURN && serve_assoc_may(a); n++) {
		for (i = 0; i < LINE; i++)
			line[i] = (char)(FIRST + (a->line + i) % PRINTABLE);
		line[LINE] = '\r';
		line[LINE + 1] = '\n';
		if (serve_assoc_send(sv, a, &info, line, sizeof(line)) != 0)
			return;
		a->line = (a->line + 1) % PRINTABLE;
		serve_assoc_spend(sv, a, sizeof(line));
	}
}

/*
 * daytime: one message, and the end.
 */

static void
tell_time(struct serve *sv, struct serve_assoc *a)
{
	struct gsctp_sndrcvinfo info;
	struct tm tm;
	char text[128];
	time_t now = time(NULL);
	size_t len = 0;

	memset(&info, 0, sizeof(info));
	if (localtime_r(&now, &tm) != NULL)
		len = strftime(text, sizeof(text),
		    "%A, %B %d, %Y %H:%M:%S %Z\r\n", &tm);
	if (len > 0)
		(void)serve_assoc_send(sv, a, &info, text, len);
	serve_assoc_finish(sv, a);
}

const struct serve_service *
serve_service_find(const char *name)
{
	static const struct serve_service services[] = {
		{ "chargen", 19, generate, ignore, generate },
		{ "daytime", 13, tell_time, ignore, NULL },
		{ "discard", 9, NULL, discard, NULL },
		{ "echo", 7, NULL, echo, send_back },
	};
	size_t i;

	for (i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (strcmp(services[i].name, name) == 0)
			return &services[i];
	return NULL;
}
