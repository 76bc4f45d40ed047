/*
 * run_sock: a program that knows no gsctp, for run.sh.
 *
 *	run_sock		socket(), bind() to any port of 127.0.0.1, and
 *				says "socket ERRNO" or "bind ERRNO": a name
 *	run_sock hold		the same, and waits for the end of its input
 *
 * The code is 0 where both did what they should, else 1.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int
say(const char *call, int result)
{
	printf("%s %s\n", call,
	    result < 0 ? strerrorname_np(errno) : "OK");
	fflush(stdout);
	return result < 0;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	char c;
	int fd;

	fd = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	if (fd < 0)
		return say("socket", fd);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (say("bind", bind(fd, (struct sockaddr *)&in, sizeof(in))) != 0)
		return 1;
	if (argc > 1 && strcmp(argv[1], "hold") == 0)
		while (read(STDIN_FILENO, &c, 1) > 0)
			;
	return close(fd) != 0;
}
