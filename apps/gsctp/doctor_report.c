/* doctor_report: the lines and objects of the report.  See doctor.h. */

#include "doctor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "show.h"

/* The columns of a line: the mark, of what, and the rest. */
#define TEXT_COLUMN 24
#define COLUMNS 79

static const char *const marks[] = { "ok", "note", "problem" };

void
doctor_attach(struct doctor *d, json_t *taken)
{
	json_decref(d->data);
	d->data = taken;
}

/* The words of text from the text's column on; the line has so much. */
static void
print_words(const char *text, size_t column)
{
	size_t len, used = column;

	while (*text != '\0') {
		len = strcspn(text, " ");
		if (used > TEXT_COLUMN && used + 1 + len > COLUMNS) {
			printf("\n%*s", TEXT_COLUMN, "");
			used = TEXT_COLUMN;
		} else if (used > TEXT_COLUMN) {
			putchar(' ');
			used++;
		}
		printf("%.*s", (int)len, text);
		used += len;
		text += len + strspn(text + len, " ");
	}
	putchar('\n');
}

static void
print_text(struct doctor *d, enum doctor_mark mark, const char *check,
    const char *text, const char *advice)
{
	printf("%-8s %-*s", marks[mark], TEXT_COLUMN - 9, check);
	print_words(text, TEXT_COLUMN);
	if (advice != NULL) {
		printf("%*s", TEXT_COLUMN, "> ");
		print_words(advice, TEXT_COLUMN);
	}
	if (cli_flush() != CLI_OK)
		d->code = CLI_FAILED;
}

static void
print_object(struct doctor *d, enum doctor_mark mark, const char *check,
    const char *text, const char *advice)
{
	json_t *o = json_pack("{ss ss ss ss}", "type", "check", "check", check,
	    "mark", marks[mark], "text", text);
	int err;

	if (o != NULL && advice != NULL)
		(void)json_object_set_new(o, "advice", json_string(advice));
	if (o != NULL && d->data != NULL)
		(void)json_object_set(o, "data", d->data);
	err = o != NULL ? show_print_json(o, stdout) : -ENOMEM;
	if (err != 0)
		d->code = cli_output_failed(err);
}

void
doctor_say(struct doctor *d, enum doctor_mark mark, const char *check,
    const char *advice, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->notes += mark == DOCTOR_NOTE;
	d->problems += mark == DOCTOR_PROBLEM;
	if (d->is_json)
		print_object(d, mark, check, text, advice);
	else
		print_text(d, mark, check, text, advice);
	doctor_attach(d, NULL);
}

void
doctor_say_end(struct doctor *d)
{
	json_t *o;
	int err;

	if (!d->is_json) {
		printf("\n%u problem%s, %u note%s\n", d->problems,
		    d->problems == 1 ? "" : "s", d->notes,
		    d->notes == 1 ? "" : "s");
		if (cli_flush() != CLI_OK)
			d->code = CLI_FAILED;
		return;
	}
	o = json_pack("{ss si si}", "type", "end", "problems", (int)d->problems,
	    "notes", (int)d->notes);
	err = o != NULL ? show_print_json(o, stdout) : -ENOMEM;
	if (err != 0)
		d->code = cli_output_failed(err);
}

const char *
doctor_ip(const struct sockaddr_storage *a)
{
	static char text[INET6_ADDRSTRLEN];
	const void *ip = &((const struct sockaddr_in *)a)->sin_addr;

	if (a->ss_family == AF_INET6)
		ip = &((const struct sockaddr_in6 *)a)->sin6_addr;
	if (inet_ntop(a->ss_family, ip, text, sizeof(text)) == NULL)
		return "?";
	return text;
}
