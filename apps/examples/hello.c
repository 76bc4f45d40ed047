#include <gsctp/gsctp.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	const char *host = argc > 1 ? argv[1] : "127.0.0.1";
	struct gsctp_assoc_change up;
	struct sockaddr_storage peer;
	gsctp_sock s;
	int err;

	err = gsctp_resolve(host, 2006, AF_INET, &peer, 1);
	if (err > 0)
		err = gsctp_open(0, NULL, 0, &s);
	if (err == 0)
		err = gsctp_connect(s, (const struct sockaddr *)&peer,
		    sizeof(peer), NULL, 0, 5000, &up);
	if (err == 0)
		err = gsctp_send(s, up.assoc_id, 0, "hello, world", 12);
	if (err != 0)
		fprintf(stderr, "hello: %s\n", gsctp_strerror(err));
	gsctp_stack_stop(5000); /* delivers it, and shuts down */
	return err != 0;
}
