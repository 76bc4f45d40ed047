/*
 * bench_gsctp, bench_usrsctp: the measures of one library, whichever net.h
 * this is linked with.
 */

#include "measures.h"
#include "net.h"

static const struct bench_measure measures[] = {
	{ "flow", 65536, 0, flow_serve, flow_ask },
	{ "ping", 100, 3000, ping_serve, ping_ask },
};

int
main(int argc, char **argv)
{
	return bench_main(argc, argv, net_name, measures,
	    sizeof(measures) / sizeof(measures[0]));
}
