/* doctor_kernel: the kernel's own SCTP, and what this process may do.  See
 * doctor.h. */

#include "doctor.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CAP_NET_RAW_BIT 13

int
doctor_read_line(const char *path, char *out, size_t len)
{
	FILE *f = fopen(path, "re");
	int err = 0;

	if (f == NULL)
		return -errno;
	if (fgets(out, (int)len, f) == NULL)
		err = ferror(f) != 0 ? -EIO : -ENODATA;
	else
		out[strcspn(out, "\n")] = '\0';
	(void)fclose(f);
	return err;
}

/* A line of the file that begins with prefix, and what is behind it.  0,
 * -ENOENT where there is none, or why the file cannot be read. */
static int
find_line(const char *path, const char *prefix, char *out, size_t len)
{
	FILE *f = fopen(path, "re");
	char line[1024];
	int err = -ENODATA;

	if (f == NULL)
		return -errno;
	while (err != 0 && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, prefix, strlen(prefix)) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		(void)snprintf(out, len, "%s", line + strlen(prefix));
		err = 0;
	}
	(void)fclose(f);
	return err;
}

int
doctor_status_field(const char *name, char *out, size_t len)
{
	char prefix[32], rest[256];
	int err;

	(void)snprintf(prefix, sizeof(prefix), "%s:", name);
	err = find_line("/proc/self/status", prefix, rest, sizeof(rest));
	if (err == 0)
		(void)snprintf(out, len, "%s", rest + strspn(rest, " \t"));
	return err;
}

/*
 * Kernel SCTP
 */

/* 1 it has, 0 it has not, or negative: nothing tells. */
static int
is_loaded(void)
{
	char rest[64];
	int protocols, modules;

	protocols =
	    find_line("/proc/net/protocols", "SCTP ", rest, sizeof(rest));
	modules = find_line("/proc/modules", "sctp ", rest, sizeof(rest));
	if (protocols == 0 || modules == 0 ||
	    access("/proc/net/sctp", F_OK) == 0 ||
	    access("/sys/module/sctp", F_OK) == 0)
		return 1;
	return protocols == -ENODATA || modules == -ENODATA ? 0 : -ENOENT;
}

/* Is there a module that modprobe could load? */
static bool
is_loadable(void)
{
	static const char *const endings[] = { "", ".xz", ".zst", ".gz" };
	struct utsname un;
	char path[512];
	size_t i;

	if (uname(&un) != 0)
		return false;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		(void)snprintf(path, sizeof(path),
		    "/lib/modules/%s/kernel/net/sctp/sctp.ko%s", un.release,
		    endings[i]);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* May this process have a socket of it?  Asked only of SCTP that is loaded:
 * where it is not, the call would load it. */
static int
try_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);

	if (fd < 0)
		return -errno;
	(void)close(fd);
	return 0;
}

static void
say_loaded(struct doctor *d)
{
	char udp[32] = "0";
	int err = try_socket();

	(void)doctor_read_line("/proc/sys/net/sctp/udp_port", udp, sizeof(udp));
	doctor_say(d, d->net.is_raw ? DOCTOR_PROBLEM : DOCTOR_NOTE,
	    "kernel SCTP",
	    "nothing in UDP; for --raw-ip unload it: rmmod sctp, as root",
	    "loaded, %s, UDP port %s: it answers SCTP in IP, so --raw-ip "
	    "cannot be used",
	    err == 0 ? "and programs may use it" : "not for this process",
	    strcmp(udp, "0") == 0 ? "none" : udp);
}

void
doctor_kernel_sctp(struct doctor *d)
{
	int loaded = is_loaded();
	bool loadable = loaded != 1 && is_loadable();

	d->has_kernel_sctp = loaded == 1;
	doctor_attach(d,
	    json_pack("{sb sb}", "loaded", loaded == 1, "loadable", loadable));
	if (loaded == 1)
		say_loaded(d);
	else if (loaded < 0)
		doctor_say(d, DOCTOR_NOTE, "kernel SCTP", "mount /proc, to see",
		    "/proc and /sys do not tell");
	else if (loadable)
		doctor_say(d, DOCTOR_OK, "kernel SCTP", NULL,
		    "not loaded (modprobe sctp could): gsctp needs none");
	else
		doctor_say(d, DOCTOR_OK, "kernel SCTP", NULL,
		    "none, and no module: gsctp needs none");
}

/*
 * Rights
 */

static bool
has_capability(unsigned int bit)
{
	char text[64];

	if (doctor_status_field("CapEff", text, sizeof(text)) != 0)
		return false;
	return (strtoull(text, NULL, 16) >> bit & 1) != 0;
}

static int
try_raw(void)
{
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_SCTP);

	if (fd < 0)
		return -errno;
	(void)close(fd);
	return 0;
}

void
doctor_raw_ip(struct doctor *d)
{
	bool has = has_capability(CAP_NET_RAW_BIT);
	int err = try_raw();
	enum doctor_mark bad = d->net.is_raw ? DOCTOR_PROBLEM : DOCTOR_NOTE;

	doctor_attach(d,
	    json_pack("{sb sb}", "capability", has, "socket", err == 0));
	if (err == 0 && d->has_kernel_sctp)
		doctor_say(d, bad, "raw IP", "rmmod sctp, as root",
		    "this process may, but the kernel has SCTP");
	else if (err == 0)
		doctor_say(d, DOCTOR_OK, "raw IP", NULL,
		    "this process may send SCTP in IP: --raw-ip");
	else if (has)
		doctor_say(d, bad, "raw IP",
		    "a filter of system calls, or the container, forbids it; "
		    "in UDP nothing is needed",
		    "CAP_NET_RAW is here, but no raw socket: %s",
		    strerror(-err));
	else
		doctor_say(d, bad, "raw IP",
		    "only for peers that know no UDP: as root, or setcap "
		    "cap_net_raw+ep on the program",
		    "not without CAP_NET_RAW: %s", strerror(-err));
}

/* Others than the first user namespace map less than all. */
static bool
is_in_userns(void)
{
	unsigned long inside, outside, count;
	char line[128];

	if (doctor_read_line("/proc/self/uid_map", line, sizeof(line)) != 0)
		return false;
	return sscanf(line, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
	    (inside != 0 || outside != 0 || count != 4294967295UL);
}

void
doctor_sandbox(struct doctor *d)
{
	char seccomp[16] = "?", privs[16] = "?";
	bool userns = is_in_userns();

	(void)doctor_status_field("Seccomp", seccomp, sizeof(seccomp));
	(void)doctor_status_field("NoNewPrivs", privs, sizeof(privs));
	doctor_attach(d,
	    json_pack("{si ss ss sb}", "uid", (int)geteuid(), "seccomp",
		seccomp, "no_new_privs", privs, "user_namespace", userns));
	doctor_say(d, DOCTOR_OK, "this process", NULL, "uid %u%s%s%s",
	    (unsigned int)geteuid(), userns ? ", in a user namespace" : "",
	    seccomp[0] == '2' ? ", with a filter of system calls" : "",
	    privs[0] == '1' ? ", sudo and setcap do nothing for it" : "");
}
