/* optname: see optname.h. */

#include "optname.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "optname_table.h"

/* Where the values are in a line of the list. */
#define COLUMN 34
#define WIDTH 80

static char problem[640];

static int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static int
fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(problem, sizeof(problem), fmt, ap);
	va_end(ap);
	return -1;
}

const char *
optname_problem(void)
{
	return problem;
}

/*
 * Names
 */

static const struct optname_row *
find_row(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < optname_nrows; i++)
		if (strlen(optname_rows[i].name) == len &&
		    strncasecmp(optname_rows[i].name, name, len) == 0)
			return &optname_rows[i];
	return NULL;
}

/* The fields of a record that was named alone; false: there is none. */
static bool
fail_fields(const char *name, size_t len)
{
	char list[256] = "";
	size_t used = 0;
	size_t i;

	for (i = 0; i < optname_nrows && used < sizeof(list); i++) {
		if (strncasecmp(optname_rows[i].name, name, len) != 0 ||
		    optname_rows[i].name[len] != '.' ||
		    optname_rows[i].kind == OPTNAME_REFUSED)
			continue;
		used += (size_t)snprintf(list + used, sizeof(list) - used,
		    "%s%s", used > 0 ? ", " : "", optname_rows[i].name);
	}
	if (used > 0)
		(void)fail("a field of it is wanted: %s", list);
	return used > 0;
}

static int
fail_name(const char *name, size_t len)
{
	static const char key[] = ".assoc_id";
	const size_t key_len = sizeof(key) - 1;

	if (fail_fields(name, len))
		return -1;
	if (len > key_len &&
	    strncasecmp(name + len - key_len, key, key_len) == 0)
		return fail("the command knows its association");
	return fail("there is no such option: -o help lists them");
}

static int
fail_value(const struct optname_row *row)
{
	if (row->kind == OPTNAME_REFUSED)
		return fail("%s %s", row->name, row->help);
	if (row->kind == OPTNAME_SWITCH)
		return fail("a value is wanted: %s=on, %s=off", row->name,
		    row->name);
	return fail("a value is wanted: %s=VALUE", row->name);
}

/*
 * Records: which fields of each have been given.
 */

#define GIVEN_MAX 256

static struct {
	const struct gsctp_opt *opt;
	uint32_t id;
	uint32_t fields; /* a bit each, in the order of the table */
} given[GIVEN_MAX];
static size_t ngiven;

static uint32_t
field_bit(const struct optname_row *row)
{
	const struct optname_row *r;
	unsigned int n = 0;

	for (r = optname_rows; r < row; r++)
		n += r->id == row->id;
	return 1u << n;
}

/* What was noted of it, or a new note; NULL: too many. */
static uint32_t *
find_given(const struct gsctp_opt *o, uint32_t id)
{
	size_t i;

	for (i = 0; i < ngiven; i++)
		if (given[i].opt == o)
			break;
	if (i == GIVEN_MAX)
		return NULL;
	if (i == ngiven) {
		given[i].opt = o;
		ngiven++;
		given[i].id = 0;
	}
	if (given[i].id != id) {
		given[i].id = id;
		given[i].fields = 0;
	}
	return &given[i].fields;
}

/* The last of the options that has this id, if it has not that field yet;
 * else the place for a new one. */
static struct gsctp_opt *
find_place(const struct optname_row *row, struct gsctp_opt *opts, size_t n,
    bool *is_new)
{
	uint32_t *fields;
	size_t i;

	*is_new = false;
	for (i = n; i-- > 0;) {
		if (opts[i].id != row->id)
			continue;
		fields = find_given(&opts[i], row->id);
		if (fields != NULL && *fields != 0 &&
		    (*fields & field_bit(row)) == 0)
			return &opts[i];
		break;
	}
	*is_new = true;
	return &opts[n];
}

int
optname_parse(const char *text, struct gsctp_opt *opts, size_t *n, size_t max)
{
	const size_t len = strcspn(text, "=");
	const struct optname_row *row = find_row(text, len);
	struct gsctp_opt *place;
	struct gsctp_opt made;
	const char *why;
	uint32_t *fields;
	bool is_new;

	if (row == NULL)
		return fail_name(text, len);
	if (text[len] == '\0' || row->kind == OPTNAME_REFUSED)
		return fail_value(row);
	place = find_place(row, opts, *n, &is_new);
	if (is_new && *n == max)
		return fail("too many options");
	memset(&made, 0, sizeof(made));
	made.id = row->id;
	if (!is_new)
		made = *place;
	why = optname_read(row, text + len + 1, &made);
	if (why != NULL)
		return fail("%s %s", row->name, why);
	if (is_new) {
		/* An option of an earlier array may have been there. */
		fields = find_given(place, 0);
		if (fields == NULL)
			return fail("too many options");
	}
	fields = find_given(place, row->id);
	*fields |= field_bit(row);
	*place = made;
	*n += is_new;
	return 0;
}

/*
 * What they are of
 */

const char *
optname_of(const struct gsctp_opt *o)
{
	static char name[64];
	size_t i;

	for (i = 0; i < optname_nrows; i++) {
		if (optname_rows[i].id == o->id) {
			(void)snprintf(name, sizeof(name), "%.*s",
			    (int)strcspn(optname_rows[i].name, "."),
			    optname_rows[i].name);
			return name;
		}
	}
	return "unknown";
}

bool
optname_is_for_open(const struct gsctp_opt *o)
{
	return o->id == GSCTP_OPT_IPV6_V6ONLY;
}

bool
optname_is_of_assoc(const struct gsctp_opt *o)
{
	static const struct sockaddr_storage unset;
	const char *addr;
	size_t i;

	for (i = 0; i < optname_nrows; i++) {
		if (optname_rows[i].id != o->id || !optname_rows[i].is_of_assoc)
			continue;
		/* Without an address it is every path's, and to come. */
		addr = (const char *)o + optname_rows[i].at;
		if (optname_rows[i].kind != OPTNAME_ADDR ||
		    memcmp(addr, &unset, sizeof(unset)) != 0)
			return true;
	}
	return false;
}

void
optname_set_assoc(struct gsctp_opt *o, gsctp_assoc_id assoc)
{
	/* Every record that has an assoc_id begins with it. */
	o->u.assoc_value.assoc_id = assoc;
}

/*
 * The list
 */

/* What stands behind NAME=. */
static const char *
placeholder(const struct optname_row *row)
{
	static const char *const names[] = {
		[OPTNAME_SWITCH] = "on|off",
		[OPTNAME_NUMBER] = "N",
		[OPTNAME_MS] = "MS",
		[OPTNAME_SECONDS] = "S",
		[OPTNAME_BYTES] = "BYTES",
		[OPTNAME_WORD] = "WORD",
		[OPTNAME_WORDS] = "A+B",
		[OPTNAME_PPID] = "PPID",
		[OPTNAME_ADDR] = "ADDR",
		[OPTNAME_KEY] = "HEX",
		[OPTNAME_STREAMS] = "N,N",
		[OPTNAME_HMACS] = "A,B",
		[OPTNAME_LINGER] = "on|off|on,S",
	};

	return names[row->kind];
}

/* The words of a row, in lines of their own. */
static void
list_words(FILE *to, const struct optname_word *w)
{
	int at = WIDTH;

	for (; w->name != NULL; w++) {
		if (at + 2 + (int)strlen(w->name) >= WIDTH)
			at = fprintf(to, "\n%*s%s", COLUMN, "", w->name) - 1;
		else
			at += fprintf(to, "  %s", w->name);
	}
}

void
optname_list(FILE *to)
{
	const struct optname_row *r;
	int n;

	for (r = optname_rows; r < optname_rows + optname_nrows; r++) {
		if (r->kind == OPTNAME_REFUSED)
			continue;
		n = fprintf(to, "%s=%s%s", r->name, placeholder(r),
		    r->is_of_assoc ? "*" : "");
		if (n >= COLUMN)
			fprintf(to, "\n%*s%s", COLUMN, "", r->help);
		else
			fprintf(to, "%*s%s", COLUMN - n, "", r->help);
		if (r->words != NULL)
			list_words(to, r->words);
		fputc('\n', to);
	}
	fputs("\n"
	      "* is set when an association is up.  MS and S may have ms, s, "
	      "m or h behind\n"
	      "them, BYTES k, m, g, ki, mi or gi.  [] is the default.\n"
	      "gsctp_opt(3) tells more of each.\n",
	    to);
}
