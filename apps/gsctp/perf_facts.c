/* perf_facts: see perf_facts.h. */

#include "perf_facts.h"

#include <sys/resource.h>

static bool
ask(const struct perf_link *l, struct gsctp_opt *opt)
{
	return l->is_open && gsctp_getopts(l->s, opt, 1, NULL) == 0;
}

void
perf_paths_ask(struct perf_link *const *links, unsigned int n,
    struct perf_paths *out)
{
	struct perf_paths sum = { .is_known = n > 0 };
	struct gsctp_opt status, stats;
	unsigned int i;

	for (i = 0; i < n && sum.is_known; i++) {
		status = (struct gsctp_opt)GSCTP_STATUS(0);
		stats = (struct gsctp_opt)GSCTP_GET_ASSOC_STATS(0);
		sum.is_known = ask(links[i], &status) && ask(links[i], &stats);
		sum.rtx += stats.u.assoc_stats.rtx_data_chunks;
		sum.cwnd += status.u.status.primary.cwnd;
		sum.rtt_ms += (double)status.u.status.primary.srtt / n;
	}
	*out = sum;
}

bool
perf_abandoned(struct perf_link *const *links, unsigned int n, uint64_t *out)
{
	struct gsctp_opt opt;
	unsigned int i;

	*out = 0;
	for (i = 0; i < n; i++) {
		opt = (struct gsctp_opt)GSCTP_PR_ASSOC_STATUS(.assoc_id = 0);
		if (!ask(links[i], &opt))
			return false;
		*out += opt.u.prstatus.abandoned_unsent +
		    opt.u.prstatus.abandoned_sent;
	}
	return true;
}

static void
put_path(json_t *o, const struct perf_link *l)
{
	struct gsctp_opt opt = GSCTP_STATUS(0);
	bool is_known = ask(l, &opt);
	const struct gsctp_status *st = &opt.u.status;

	perf_put(o, "path_mtu", perf_integer(is_known, st->primary.mtu));
	perf_put(o, "fragmentation_point",
	    perf_integer(is_known, st->fragmentation_point));
	perf_put(o, "streams_out", perf_integer(is_known, st->outstrms));
	perf_put(o, "streams_in", perf_integer(is_known, st->instrms));
}

static void
put_options(json_t *o, const struct perf_link *l)
{
	struct gsctp_opt sndbuf = GSCTP_SNDBUF(0);
	struct gsctp_opt recbuf = GSCTP_RECBUF(0);
	struct gsctp_opt nodelay = GSCTP_NODELAY(false);
	struct gsctp_opt sack = GSCTP_DELAYED_SACK(.assoc_id = 0);
	bool is_known;

	is_known = ask(l, &sndbuf);
	perf_put(o, "send_buffer", perf_integer(is_known, sndbuf.u.value));
	is_known = ask(l, &recbuf);
	perf_put(o, "receive_buffer", perf_integer(is_known, recbuf.u.value));
	is_known = ask(l, &sack);
	perf_put(o, "sack_delay_ms",
	    perf_integer(is_known, sack.u.sack_info.delay.v));
	perf_put(o, "sack_frequency",
	    perf_integer(is_known, sack.u.sack_info.freq.v));
	is_known = ask(l, &nodelay);
	perf_put(o, "nodelay",
	    is_known ? json_boolean(nodelay.u.flag) : json_null());
}

json_t *
perf_facts(const struct perf_link *l)
{
	struct gsctp_stack_info info;
	json_t *o = json_object();
	bool is_udp;

	put_path(o, l);
	put_options(o, l);
	if (gsctp_stack_info(&info) == 0) {
		is_udp = info.encapsulation == GSCTP_ENCAPS_UDP;
		perf_put(o, "encapsulation",
		    json_string(is_udp ? "udp" : "ip"));
		perf_put(o, "udp_port", perf_integer(is_udp, info.udp_port));
		perf_put(o, "version", json_string(info.version));
		perf_put(o, "engine", json_string(info.engine));
	}
	return o;
}

double
perf_cpu(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}
