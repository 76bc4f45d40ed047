/*
 * bench_tcp, bench_udp: what the machine does without SCTP.
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
