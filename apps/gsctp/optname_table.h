/* optname_table: what there is to set, by name.  For optname*.c alone. */

#ifndef GSCTP_OPTNAME_TABLE_H
#define GSCTP_OPTNAME_TABLE_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a value is written. */
enum optname_kind {
	OPTNAME_SWITCH,	 /* on, off */
	OPTNAME_NUMBER,	 /* or one of the words */
	OPTNAME_MS,	 /* a time; a number alone is ms; or a word */
	OPTNAME_SECONDS, /* a time; a number alone is seconds */
	OPTNAME_BYTES,	 /* a number with k, m, g, ki, mi, gi */
	OPTNAME_WORD,	 /* one of the words */
	OPTNAME_WORDS,	 /* some of them, with + between; or none */
	OPTNAME_PPID,
	OPTNAME_ADDR,
	OPTNAME_KEY,	 /* hex digits */
	OPTNAME_STREAMS, /* numbers with commas between, or all */
	OPTNAME_HMACS,	 /* words with commas between */
	OPTNAME_LINGER,	 /* on, off, or on,SECONDS */
	OPTNAME_REFUSED, /* help says why */
};

/* What it becomes. */
enum optname_store {
	OPTNAME_AS_U32, /* int32_t too */
	OPTNAME_AS_U16,
	OPTNAME_AS_BOOL,
	OPTNAME_AS_FIELD, /* gsctp_field */
	OPTNAME_AS_IT_IS, /* the kind knows */
};

struct optname_word {
	const char *name;
	uint32_t value;
};

struct optname_row {
	const char *name;
	uint32_t id;
	enum optname_kind kind;
	enum optname_store store;
	size_t at; /* in struct gsctp_opt */
	bool is_of_assoc;
	int64_t min, max; /* of numbers, times in the row's own unit */
	const struct optname_word *words; /* up to one without a name */
	const char *help;
};

extern const struct optname_row optname_rows[];
extern const size_t optname_nrows;

/*
 * Put the value into the record, where the row says.  NULL, or what is wrong
 * with it: static, for a call.
 */
const char *optname_read(const struct optname_row *row, const char *text,
    struct gsctp_opt *o);

#endif
