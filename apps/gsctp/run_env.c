/*
 * run_env: what env(1) makes of its command line, as "#!/usr/bin/env -S" has
 * it in a script's first line.  See run.h.
 *
 * It is asked two things: which program comes of it, and does LD_PRELOAD get
 * there?  Options are GNU's and busybox's.
 */

#include <stdio.h>
#include <string.h>

#include "run.h"

#define WORDS_MAX 64

/* Of -S: the words that it is parted into, and a place for them. */
struct split {
	char text[2][512];
	size_t used;
	char *words[WORDS_MAX + 1];
};

/* Does word begin so?  Its rest, or NULL. */
static const char *
after(const char *word, const char *beginning)
{
	size_t len = strlen(beginning);

	return strncmp(word, beginning, len) == 0 ? word + len : NULL;
}

/*
 * text stands for its words, and the others come behind them.  What -S does
 * with quotes, backslashes and variables is not tried.
 */
static char *const *
split_words(const char *text, char *const *others, struct split *s,
    struct run_env *out)
{
	static char *const none[] = { NULL };
	char *buf, *word, *rest;
	size_t n = 0;

	if (s->used == 2 || strlen(text) >= sizeof(s->text[0]) ||
	    strpbrk(text, "\\\"'$#") != NULL) {
		out->is_unclear = true;
		return none;
	}
	/* The words may be of the other buffer. */
	buf = strcpy(s->text[s->used++], text);
	for (rest = buf; (word = strsep(&rest, " \t")) != NULL;)
		if (*word != '\0' && n < WORDS_MAX)
			s->words[n++] = word;
	while (*others != NULL && n < WORDS_MAX)
		s->words[n++] = *others++;
	s->words[n] = NULL;
	return s->words;
}

static void
unset(const char *name, struct run_env *out)
{
	if (strcmp(name, "LD_PRELOAD") == 0)
		out->problem = "env -u takes LD_PRELOAD away";
	else if (strcmp(name, "PATH") == 0)
		out->is_unclear = true;
}

/* NAME=VALUE. */
static void
set(const char *word, struct run_env *out)
{
	const char *value;

	if (after(word, "LD_PRELOAD=") != NULL)
		out->problem = "env sets another LD_PRELOAD";
	value = after(word, "PATH=");
	if (value != NULL)
		out->path = value;
}

/* "-iuNAME": letters, of which the last may take what is behind it, or the
 * next word.  The words that are left. */
static char *const *
take_letters(const char *letter, char *const *words, struct split *s,
    struct run_env *out)
{
	const char *value;

	for (; *letter != '\0'; letter++) {
		switch (*letter) {
		case 'i':
			out->problem = "env -i takes LD_PRELOAD away";
			break;
		case '0':
		case 'v':
			break;
		case 'u':
		case 'C':
		case 'S':
			value = letter[1] != '\0' ? letter + 1 : *words++;
			if (value == NULL) {
				out->is_unclear = true;
				return words - 1;
			}
			if (*letter == 'S')
				return split_words(value, words, s, out);
			if (*letter == 'C')
				out->is_unclear = true;
			else
				unset(value, out);
			return words;
		default:
			out->is_unclear = true;
			return words;
		}
	}
	return words;
}

static char *const *
take_long(const char *name, char *const *words, struct split *s,
    struct run_env *out)
{
	const char *value;

	if (strcmp(name, "ignore-environment") == 0) {
		out->problem = "env -i takes LD_PRELOAD away";
	} else if ((value = after(name, "split-string=")) != NULL) {
		return split_words(value, words, s, out);
	} else if ((value = after(name, "unset=")) != NULL) {
		unset(value, out);
	} else if (strcmp(name, "debug") != 0 && strcmp(name, "null") != 0 &&
	    after(name, "block-signal") == NULL &&
	    after(name, "default-signal") == NULL &&
	    after(name, "ignore-signal") == NULL &&
	    strcmp(name, "list-signal-handling") != 0) {
		out->is_unclear = true;
	}
	return words;
}

void
run_env_read(char *const *words, struct run_env *out)
{
	static struct split s;
	const char *word;

	memset(out, 0, sizeof(*out));
	s.used = 0;
	while (!out->is_unclear && (word = *words) != NULL) {
		if (*word != '-')
			break;
		words++;
		if (strcmp(word, "--") == 0)
			break;
		if (strcmp(word, "-") == 0)
			out->problem = "env -i takes LD_PRELOAD away";
		else if (word[1] == '-')
			words = take_long(word + 2, words, &s, out);
		else
			words = take_letters(word + 1, words, &s, out);
	}
	for (; *words != NULL && strchr(*words, '=') != NULL; words++)
		set(*words, out);
	if (!out->is_unclear)
		out->command = *words;
}
