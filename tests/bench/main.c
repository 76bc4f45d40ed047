/*
 * bench_gsctp, bench_usrsctp: the measures of one library, whichever net.h
 * this is linked with.
 */

#include "measures.h"
#include "net.h"

static const struct bench_measure measures[] = {
	{ "flow", 65536, 0, flow_serve, flow_ask },
	{ "ping", 100, 3000, ping_serve, ping_ask },
	{ "crowd", 100, 1, crowd_serve, crowd_ask },
	{ "setup", 0, 1, setup_serve, setup_ask },
	{ "memory", 0, 1, memory_serve, memory_ask },
	{ "idle", 0, 0, idle_serve, idle_ask },
};

int
main(int argc, char **argv)
{
	return bench_main(argc, argv, net_name, measures,
	    sizeof(measures) / sizeof(measures[0]));
}
