/*
 * run_try: the environment of a program, and whether the stack starts with
 * it.  See run.h.
 *
 * The stack starts in this process for a moment, with what the program will
 * find in the environment, so that every mistake that it would have found is
 * told here, in the words of the option.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <gsctp/gsctp.h>

#include "cli.h"
#include "run.h"

static const char *const levels[] = { "error", "warn", "info", "debug" };

/* What the library reads. */
static const char *const variables[] = { "GSCTP_UDP_PORT",
	"GSCTP_PEER_UDP_PORT", "GSCTP_UDP_OFFLOAD", "GSCTP_ADDRS",
	"GSCTP_ENCAPSULATION", "GSCTP_PCAP", "GSCTP_FAULTS", "GSCTP_LOG" };

static char why[512];

static void
on_log(void *arg, int level, const char *line)
{
	(void)arg;
	(void)level;
	(void)snprintf(why, sizeof(why), "%s", line);
}

static int
set(const char *name, const char *value)
{
	if (value == NULL || setenv(name, value, 1) == 0)
		return 0;
	cli_warn("%s: %s", name, strerror(errno));
	return RUN_REFUSED;
}

/*
 * What a value may be
 */

static int
check_addrs(const char *text)
{
	unsigned char ip[sizeof(struct in6_addr)];
	char word[INET6_ADDRSTRLEN];
	size_t n;

	for (;; text += n + 1) {
		n = strcspn(text, ",");
		(void)snprintf(word, sizeof(word), "%.*s", (int)n, text);
		if (n >= sizeof(word) ||
		    (inet_pton(AF_INET, word, ip) != 1 &&
			inet_pton(AF_INET6, word, ip) != 1))
			return cli_usage("--addrs: \"%.*s\" is no numeric "
					 "address",
			    (int)n, text);
		if (text[n] == '\0')
			return 0;
	}
}

static int
check_log(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(text, levels[i]) == 0)
			return 0;
	return cli_usage("--log %s: not error, warn, info or debug", text);
}

static int
check_values(const struct run_args *a)
{
	uint64_t v;
	int err = 0;

	if (a->udp_port != NULL && strcmp(a->udp_port, "auto") != 0)
		err = cli_number("-u", a->udp_port, 0, UINT16_MAX, &v);
	if (err == 0 && a->peer_udp_port != NULL)
		err = cli_number("--peer-udp-port", a->peer_udp_port, 1,
		    UINT16_MAX, &v);
	if (err == 0 && a->is_raw &&
	    (a->udp_port != NULL || a->peer_udp_port != NULL))
		err = cli_usage("--raw-ip has no UDP port");
	if (err == 0 && a->addrs != NULL)
		err = check_addrs(a->addrs);
	if (err == 0 && a->log != NULL)
		err = check_log(a->log);
	if (err == 0 && a->pcap != NULL && a->pcap[0] == '\0')
		err = cli_usage("--pcap wants the name of a file");
	return err;
}

/*
 * The variables
 */

/* The program may go to another directory before it has a socket.  In that
 * one's name a percent sign is one. */
static int
set_pcap(const char *file)
{
	char dir[PATH_MAX], path[3 * PATH_MAX];
	char *to = path;
	const char *from;

	if (file == NULL || file[0] == '/')
		return set("GSCTP_PCAP", file);
	if (strlen(file) >= PATH_MAX - 1)
		return cli_usage("--pcap: the name is too long");
	if (getcwd(dir, sizeof(dir)) == NULL) {
		cli_warn("--pcap %s: %s", file, strerror(errno));
		return RUN_REFUSED;
	}
	for (from = dir; *from != '\0'; from++) {
		if (*from == '%')
			*to++ = '%';
		*to++ = *from;
	}
	(void)snprintf(to, PATH_MAX, "/%s", file);
	return set("GSCTP_PCAP", path);
}

/* In front of what is there, and only once. */
static int
set_preload(const char *library)
{
	const char *old = getenv("LD_PRELOAD");
	char *list, *word, *rest, *copy;
	int err;

	if (old == NULL)
		old = "";
	copy = strdup(old);
	list = malloc(strlen(library) + strlen(old) + 2);
	if (copy == NULL || list == NULL) {
		free(copy);
		free(list);
		return cli_error(library, -ENOMEM);
	}
	strcpy(list, library);
	for (rest = copy; (word = strsep(&rest, " :")) != NULL;) {
		if (*word == '\0' || strcmp(word, library) == 0)
			continue;
		strcat(list, ":");
		strcat(list, word);
	}
	err = set("LD_PRELOAD", list);
	free(copy);
	free(list);
	return err;
}

/*
 * Does it start?
 */

static int
start_failed(int err)
{
	const char *port = getenv("GSCTP_UDP_PORT");
	const char *addrs = getenv("GSCTP_ADDRS");

	if (why[0] != '\0')
		cli_warn("%s", why);
	if (err == -EADDRINUSE && port != NULL)
		cli_warn("another program has UDP port %s: -u auto takes "
			 "another one",
		    port);
	else if (err == -EADDRNOTAVAIL && addrs != NULL)
		cli_warn("%s: not all of these addresses are this host's",
		    addrs);
	else if (err == -EINVAL && why[0] == '\0')
		cli_warn("one of the variables GSCTP_... in the environment "
			 "cannot be understood");
	cli_warn("SCTP cannot start: %s", gsctp_strerror(err));
	return RUN_REFUSED;
}

/* A port that may be any is not taken, not even for a moment: another program
 * might look for it then.  Nothing is captured yet. */
static int
try_start(void)
{
	struct gsctp_stack_config cfg = { .log = on_log,
		.log_level = GSCTP_LOG_WARN,
		.capture = "" };
	const char *port = getenv("GSCTP_UDP_PORT");
	int err;

	if (getenv("GSCTP_ENCAPSULATION") == NULL &&
	    (port == NULL || strcmp(port, "auto") == 0))
		cfg.port_mode = GSCTP_PORT_EPHEMERAL;
	err = gsctp_stack_start(&cfg);
	if (err != 0)
		return start_failed(err);
	(void)gsctp_stack_stop(0);
	return 0;
}

/* Can there be such a file?  None is made: the program may have no SCTP, and
 * %p stands for the id of each. */
static int
try_pcap(void)
{
	const char *path = getenv("GSCTP_PCAP");
	char dir[PATH_MAX];
	const char *slash;
	bool is_taken;
	int fd;

	if (path == NULL || *path == '\0')
		return 0;
	fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0) {
		/* As the library has it: two captures are two files. */
		is_taken =
		    flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
		(void)close(fd);
		if (!is_taken)
			return 0;
		errno = EBUSY;
	}
	slash = strrchr(path, '/');
	if (errno == ENOENT) {
		(void)snprintf(dir, sizeof(dir), "%.*s",
		    slash == NULL ? 1 : (int)(slash - path) + 1,
		    slash == NULL ? "." : path);
		if (strchr(dir, '%') != NULL || access(dir, W_OK | X_OK) == 0)
			return 0;
	}
	if (errno == EBUSY)
		cli_warn("another process captures to %s", path);
	else
		cli_warn("cannot capture to %s: %s", path, strerror(errno));
	return RUN_REFUSED;
}

int
run_set_environment(const struct run_args *a, const char *library)
{
	size_t i;
	int err;

	err = check_values(a);
	if (err == 0)
		err = set("GSCTP_UDP_PORT", a->udp_port);
	if (err == 0)
		err = set("GSCTP_PEER_UDP_PORT", a->peer_udp_port);
	if (err == 0)
		err = set("GSCTP_ADDRS", a->addrs);
	if (err == 0)
		err = set("GSCTP_ENCAPSULATION", a->is_raw ? "raw" : NULL);
	if (err == 0)
		err = set("GSCTP_FAULTS", a->faults);
	if (err == 0)
		err = set_pcap(a->pcap);
	for (i = 0; err == 0 && i < sizeof(variables) / sizeof(*variables); i++)
		if (getenv(variables[i]) != NULL)
			break;
	if (err == 0 && i < sizeof(variables) / sizeof(*variables))
		err = try_start();
	if (err == 0)
		err = try_pcap();
	/* Not for the trial. */
	if (err == 0)
		err = set("GSCTP_LOG", a->log);
	return err == 0 ? set_preload(library) : err;
}
