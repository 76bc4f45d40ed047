/*
 * run_check: can the SCTP of a program be caught?  See run.h.
 *
 * What LD_PRELOAD can do is told by what the kernel and ld.so(8) make of the
 * program's file; and of a script's interpreter, and of the program that
 * env(1) finds for a script.  What a program that begins others does then is
 * theirs.
 */

#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cli.h"
#include "run.h"

/* What execvp() takes for a file that the kernel does not know. */
#define SHELL "/bin/sh"

/* Scripts of scripts of ..., as the kernel has it. */
#define SCRIPTS_MAX 5

#define WORDS_MAX 256

struct look {
	struct run_check *out;
	const struct run_file *preloaded;
	char linker[PATH_MAX];	    /* the dynamic linker of this program */
	char path[PATH_MAX];	    /* what is looked at */
	char *words[WORDS_MAX + 1]; /* its argv, from argv[0] on */
	struct run_file file;
};

__attribute__((format(printf, 3, 4))) static void
say(struct look *l, enum run_verdict verdict, const char *fmt, ...)
{
	struct run_check *c = l->out;
	struct run_step *step;
	va_list ap;

	if (verdict > c->verdict)
		c->verdict = verdict;
	if (c->nsteps == RUN_STEPS)
		return;
	step = &c->steps[c->nsteps++];
	(void)snprintf(step->path, sizeof(step->path), "%s", l->path);
	step->verdict = verdict;
	va_start(ap, fmt);
	(void)vsnprintf(step->text, sizeof(step->text), fmt, ap);
	va_end(ap);
}

/* It is not there, or is nothing that runs. */
static bool
fail(struct look *l, int err, const char *text)
{
	say(l, RUN_NOT_CAUGHT, "%s%s%s", text, *text != '\0' ? ": " : "",
	    strerror(-err));
	l->out->error = err;
	return false;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void
set_words(struct look *l, char *const *words)
{
	size_t n = 0;

	while (words[n] != NULL && n < WORDS_MAX) {
		l->words[n] = words[n];
		n++;
	}
	l->words[n] = NULL;
}

/*
 * Rights: where a program gets more of them than its user has, ld.so(8) takes
 * no library from elsewhere (AT_SECURE).  NULL: it does not.
 */
static const char *
more_rights(const char *path)
{
	struct statvfs fs;
	struct stat st;

	if (stat(path, &st) != 0 || statvfs(path, &fs) != 0 ||
	    (fs.f_flag & ST_NOSUID) != 0)
		return NULL;
	/* Those of a file are nothing new to root. */
	if (getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0)
		return "has capabilities of its own (getcap(8))";
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return NULL;
	if ((st.st_mode & S_ISUID) != 0 && st.st_uid != getuid())
		return "is set-user-ID";
	if ((st.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
	    st.st_gid != getgid())
		return "is set-group-ID";
	return NULL;
}

static bool
is_same_machine(struct look *l)
{
	const struct run_file *f = &l->file, *ours = l->preloaded;
	const char *bits[] = { "?", "32-bit", "64-bit" };
	char theirs[64];

	if (f->byte_order != ours->byte_order) {
		say(l, RUN_NOT_CAUGHT,
		    "is for a machine of another byte order");
		return false;
	}
	if (f->machine == ours->machine && f->elf_class == ours->elf_class)
		return true;
	(void)snprintf(theirs, sizeof(theirs), "%s %s",
	    bits[f->elf_class < 3 ? f->elf_class : 0], run_machine_name(f));
	say(l, RUN_NOT_CAUGHT, "is a %s program, and the library is %s %s",
	    theirs, bits[ours->elf_class < 3 ? ours->elf_class : 0],
	    run_machine_name(ours));
	return false;
}

static bool
is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	    x.st_ino == y.st_ino;
}

/* true, and said so: ld.so(8) does not listen to its user. */
static bool
has_more_rights(struct look *l)
{
	const char *rights = more_rights(l->path);

	if (rights != NULL)
		say(l, RUN_NOT_CAUGHT,
		    "%s, so it takes no library from its user", rights);
	return rights != NULL;
}

static void
look_at_linker(struct look *l)
{
	const struct run_file *f = &l->file;

	if (is_same_file(l->path, l->linker))
		say(l, RUN_UNSURE,
		    "is the dynamic linker itself: what it "
		    "runs is not looked at");
	else if (f->interp[0] == '\0')
		say(l, RUN_NOT_CAUGHT,
		    "is a static %sprogram: it has no libc whose functions "
		    "could be replaced",
		    f->is_go ? "Go " : "");
	else if (strcmp(base_name(f->interp), base_name(l->linker)) != 0)
		say(l, RUN_NOT_CAUGHT,
		    "is of another libc (%s, not %s): the library is of this "
		    "one",
		    base_name(f->interp), base_name(l->linker));
	else if (has_more_rights(l))
		return;
	else if (f->is_go)
		say(l, RUN_UNSURE,
		    "is a Go program: what Go sends does not go through libc, "
		    "and is not caught");
	else
		say(l, RUN_CAUGHT, "is a dynamic program (%s)",
		    base_name(f->interp));
}

/* Those of env(1) that matter.  true: there is a program behind it. */
static bool
look_at_env(struct look *l)
{
	struct run_env env;
	char name[PATH_MAX];
	int err;

	if (strcmp(base_name(l->words[0]), "env") != 0)
		return false;
	run_env_read(l->words + 1, &env);
	if (env.problem != NULL) {
		say(l, RUN_NOT_CAUGHT, "%s", env.problem);
		return false;
	}
	if (env.is_unclear) {
		say(l, RUN_UNSURE,
		    "which program it begins with these "
		    "arguments is not looked at");
		return false;
	}
	if (env.command == NULL)
		return false;
	(void)snprintf(name, sizeof(name), "%s", env.command);
	err = run_find_program(name, env.path, l->path, sizeof(l->path));
	if (err != 0) {
		(void)snprintf(l->path, sizeof(l->path), "%s", name);
		return fail(l, err, "");
	}
	/* Its words matter where it is env again: nobody does that. */
	l->words[0] = l->path;
	l->words[1] = NULL;
	return true;
}

/* Its interpreter is next. */
static bool
look_at_script(struct look *l)
{
	static char interp[PATH_MAX], arg[sizeof(l->file.arg)];
	char *words[] = { interp, arg, l->path, NULL };

	say(l, RUN_CAUGHT, "is a script of %s%s%s", l->file.interp,
	    l->file.arg[0] != '\0' ? " " : "", l->file.arg);
	(void)snprintf(interp, sizeof(interp), "%s", l->file.interp);
	(void)snprintf(arg, sizeof(arg), "%s", l->file.arg);
	if (arg[0] == '\0')
		words[1] = words[2], words[2] = NULL;
	set_words(l, words);
	(void)snprintf(l->path, sizeof(l->path), "%s", interp);
	return true;
}

/* One file.  true: there is another one to look at. */
static bool
look_at_file(struct look *l)
{
	static char shell[] = SHELL;
	int err;

	err = run_file_read(l->path, &l->file);
	if (err == -EACCES || err == -EPERM) {
		if (!has_more_rights(l))
			say(l, RUN_UNSURE, "cannot be read, so not looked at");
		return false;
	}
	if (err != 0)
		return fail(l, err, "");
	switch (l->file.kind) {
	case RUN_SCRIPT:
		return look_at_script(l);
	case RUN_OTHER:
		say(l, RUN_CAUGHT, "is a text without #!, which is one of %s",
		    SHELL);
		l->words[0] = shell;
		l->words[1] = NULL;
		(void)snprintf(l->path, sizeof(l->path), "%s", SHELL);
		return true;
	case RUN_ELF:
	default:
		if (!is_same_machine(l))
			return false;
		if (!l->file.is_program)
			return fail(l, -ENOEXEC, "is no program");
		look_at_linker(l);
		return l->out->verdict == RUN_CAUGHT && look_at_env(l);
	}
}

static void
look_at_all(struct look *l)
{
	unsigned int scripts = 0;

	while (look_at_file(l)) {
		if (l->file.kind == RUN_SCRIPT && ++scripts > SCRIPTS_MAX) {
			(void)fail(l, -ELOOP, "");
			return;
		}
		if (access(l->path, X_OK) != 0) {
			(void)fail(l, -errno, "");
			return;
		}
	}
}

int
run_check(const char *library, char *const *argv, struct run_check *out)
{
	static struct look l;
	static struct run_file ours;
	int err;

	memset(out, 0, sizeof(*out));
	memset(&l, 0, sizeof(l));
	err = run_file_read(library, &ours);
	if (err != 0 || ours.kind != RUN_ELF || !ours.is_program) {
		cli_warn("%s: is no library", library);
		return RUN_REFUSED;
	}
	/* Ours is what the library's libc has. */
	if (run_file_read("/proc/self/exe", &l.file) == 0)
		(void)snprintf(l.linker, sizeof(l.linker), "%s", l.file.interp);
	l.out = out;
	l.preloaded = &ours;
	set_words(&l, argv);
	err = run_find_program(argv[0], NULL, l.path, sizeof(l.path));
	if (err != 0) {
		(void)snprintf(l.path, sizeof(l.path), "%s", argv[0]);
		(void)fail(&l, err, "");
		return 0;
	}
	look_at_all(&l);
	return 0;
}
