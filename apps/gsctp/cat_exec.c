/*
 * cat_exec: a child at an association, as "sh -c": what it reads are the
 * peer's messages, what it writes goes to the peer.
 *
 * It is a process group of its own, so that a pipeline ends as a whole; it
 * has no descriptor of this program but standard error.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cat.h"
#include "cli.h"

/* The environment, with where the peer is. */
static char **
environment(const char *name)
{
	static char peer[96];
	size_t n = 0, k = 0;
	char **env;
	size_t i;

	(void)snprintf(peer, sizeof(peer), "GSCTP_PEER=%s", name);
	while (environ[n] != NULL)
		n++;
	env = calloc(n + 2, sizeof(*env));
	if (env == NULL)
		return NULL;
	for (i = 0; i < n; i++)
		if (strncmp(environ[i], "GSCTP_PEER=", 11) != 0)
			env[k++] = environ[i];
	env[k] = peer;
	return env;
}

/* Nothing of ours is set in it: neither signals that are blocked or ignored,
 * nor where else it should write. */
static int
set_up(posix_spawnattr_t *attr, posix_spawn_file_actions_t *files, int in,
    int out)
{
	sigset_t none, pipe_signal;
	int err;

	sigemptyset(&none);
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	err = posix_spawnattr_setflags(attr,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
		POSIX_SPAWN_SETPGROUP);
	if (err == 0)
		err = posix_spawnattr_setsigmask(attr, &none);
	if (err == 0)
		err = posix_spawnattr_setsigdefault(attr, &pipe_signal);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(files, in, 0);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(files, out, 1);
	return -err;
}

/* posix_spawn() runs nothing in the child but the new program: the stack has
 * threads, and is not the child's. */
static int
spawn(const char *command, const char *name, int in, int out, pid_t *pid)
{
	char *const argv[] = { (char *)(uintptr_t) "sh",
		(char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	char **env;
	int err;

	err = -posix_spawnattr_init(&attr);
	if (err != 0)
		return err;
	err = -posix_spawn_file_actions_init(&files);
	if (err != 0)
		goto destroy_attr;
	env = environment(name);
	err = env != NULL ? set_up(&attr, &files, in, out) : -ENOMEM;
	if (err == 0)
		err = -posix_spawn(pid, "/bin/sh", &files, &attr, argv, env);
	free(env);
	(void)posix_spawn_file_actions_destroy(&files);
destroy_attr:
	(void)posix_spawnattr_destroy(&attr);
	return err;
}

/* The child runs: what it has to do with is the peer's. */
static int
attach(struct cat *c, struct cat_peer *p, int from, int to)
{
	int err;

	p->pidfd = pidfd_open(p->pid, 0);
	if (p->pidfd < 0)
		return -errno;
	err = cat_out_open(&p->own_out, to, true);
	if (err != 0)
		return err;
	err = cat_source_open(c, &p->own_source, from);
	if (err != 0)
		return err;
	p->source = &p->own_source;
	p->out = &p->own_out;
	return 0;
}

int
cat_exec_start(struct cat *c, struct cat_peer *p)
{
	int to[2], from[2];
	int err;

	if (pipe2(to, O_CLOEXEC) != 0)
		return -errno;
	if (pipe2(from, O_CLOEXEC) != 0) {
		err = -errno;
		close(to[0]);
		close(to[1]);
		return err;
	}
	err = spawn(c->opts->exec, p->name, to[0], from[1], &p->pid);
	close(to[0]);
	close(from[1]);
	if (err != 0) {
		close(to[1]);
		close(from[0]);
		p->pid = 0;
		return err;
	}
	p->has_child = true;
	err = attach(c, p, from[0], to[1]);
	if (err != 0)
		cat_exec_kill(p);
	return err;
}

void
cat_exec_end_input(struct cat_peer *p)
{
	if (p->out == &p->own_out && cat_out_is_empty(&p->own_out))
		cat_out_close(&p->own_out);
}

void
cat_exec_reap(struct cat *c, struct cat_peer *p)
{
	int status;

	if (waitpid(p->pid, &status, WNOHANG) != p->pid)
		return;
	close(p->pidfd);
	p->pidfd = -1;
	p->pid = 0;
	cat_out_close(&p->own_out);
	if (WIFSIGNALED(status)) {
		/* Nobody reads what it writes. */
		if (WTERMSIG(status) == SIGPIPE && p->state == CAT_ENDED)
			return;
		cli_warn("%s: --exec was ended by signal %d", p->name,
		    WTERMSIG(status));
	} else if (WEXITSTATUS(status) != 0 || c->opts->is_verbose) {
		cli_warn("%s: --exec has ended with status %d", p->name,
		    WEXITSTATUS(status));
	}
	if (status != 0 && !c->opts->keeps)
		cat_set_code(c, CLI_FAILED);
}

void
cat_exec_kill(struct cat_peer *p)
{
	if (p->pid > 0)
		(void)kill(-p->pid, SIGTERM); /* or it has just ended */
}
