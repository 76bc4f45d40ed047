/* doctor_udp: what UDP has here: ports, buffers, offload.  See doctor.h. */

#include "doctor.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the library asks for. */
#define BUFFER_GOOD (4 * 1024 * 1024)

/*
 * Who has a port
 */

/* The inode of a socket of the table that has the port.  false: none. */
static bool
find_inode(const char *table, unsigned int port, unsigned long *inode)
{
	FILE *f = fopen(table, "re");
	char line[512];
	unsigned int local;
	bool found = false;

	if (f == NULL)
		return false;
	/* sl local:port remote:port st tx:rx tr:when retr uid timeout inode */
	while (!found && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line,
			" %*u: %*[0-9A-Fa-f]:%x %*s %*s %*s %*s %*s %*s %*s "
			"%lu",
			&local, inode) == 2)
			found = local == port;
	}
	(void)fclose(f);
	return found;
}

static bool
has_inode(const char *pid, unsigned long inode)
{
	char path[300], target[64], wanted[64];
	struct dirent *e;
	bool found = false;
	ssize_t n;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	(void)snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while (!found && (e = readdir(dir)) != NULL) {
		n = readlinkat(dirfd(dir), e->d_name, target,
		    sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		found = strcmp(target, wanted) == 0;
	}
	(void)closedir(dir);
	return found;
}

void
doctor_udp_owner(unsigned int port, char *out, size_t len)
{
	char path[300], name[64] = "?";
	unsigned long inode;
	struct dirent *e;
	DIR *proc;

	out[0] = '\0';
	if (!find_inode("/proc/net/udp", port, &inode) &&
	    !find_inode("/proc/net/udp6", port, &inode))
		return;
	if (inode == 0) {
		(void)snprintf(out, len, "the kernel");
		return;
	}
	(void)snprintf(out, len, "a process of another user");
	proc = opendir("/proc");
	if (proc == NULL)
		return;
	while ((e = readdir(proc)) != NULL) {
		if (!isdigit((unsigned char)e->d_name[0]) ||
		    !has_inode(e->d_name, inode))
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%s/comm", e->d_name);
		(void)doctor_read_line(path, name, sizeof(name));
		(void)snprintf(out, len, "pid %s (%s)", e->d_name, name);
		break;
	}
	(void)closedir(proc);
}

/*
 * Buffers
 */

/* What a socket gets that asks as the library does; -errno. */
static int
try_buffer(int fd, int force, int plain)
{
	int size = BUFFER_GOOD;
	socklen_t len = sizeof(size);

	if (setsockopt(fd, SOL_SOCKET, force, &size, sizeof(size)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, plain, &size, sizeof(size));
	if (getsockopt(fd, SOL_SOCKET, plain, &size, &len) != 0)
		return -errno;
	return size / 2; /* the kernel's own room is the other half */
}

void
doctor_buffers(struct doctor *d)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int in, out;

	if (fd < 0) {
		doctor_say(d, DOCTOR_PROBLEM, "buffers",
		    "a filter of system calls, or the container, forbids it",
		    "no UDP socket can be had: %s", strerror(errno));
		return;
	}
	in = try_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF);
	out = try_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF);
	(void)close(fd);
	doctor_attach(d,
	    json_pack("{si si si}", "receive", in, "send", out, "wanted",
		BUFFER_GOOD));
	if (in >= BUFFER_GOOD && out >= BUFFER_GOOD)
		doctor_say(d, DOCTOR_OK, "buffers", NULL,
		    "%d KiB each way for the UDP sockets", BUFFER_GOOD / 1024);
	else
		doctor_say(d, DOCTOR_NOTE, "buffers",
		    "for high rates, as root: sysctl -w "
		    "net.core.rmem_max=4194304 net.core.wmem_max=4194304",
		    "%d KiB to receive and %d to send, of 4096: bursts are "
		    "lost sooner",
		    in / 1024, out / 1024);
}

void
doctor_offload(struct doctor *d)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int size = 1200, on = 1;
	bool gso, gro;

	if (fd < 0)
		return; /* said by doctor_buffers() */
	gso =
	    setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) == 0;
	gro = setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) == 0;
	(void)close(fd);
	doctor_attach(d, json_pack("{sb sb}", "gso", gso, "gro", gro));
	doctor_say(d, DOCTOR_OK, "offload", NULL,
	    "UDP GSO %s, UDP GRO %s; this version uses neither",
	    gso ? "is here" : "is not here", gro ? "is here" : "is not here");
}
