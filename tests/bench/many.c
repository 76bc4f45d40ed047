/*
 * many: associations set up a second, the memory of one, round trips on one
 * after another, and what a process does that has nothing to do.
 */

#include "measures.h"

#include <malloc.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net.h"

/* Until what has just begun is over: threads, heartbeats, delayed SACKs. */
#define SETTLE_S 0.3

static void
sleep_s(double s)
{
	struct timespec ts = {
		.tv_sec = (time_t)s,
		.tv_nsec = (long)((s - (double)(time_t)s) * 1e9),
	};

	(void)nanosleep(&ts, NULL);
}

/* -- set-up -----------------------------------------------------------------*/

void
setup_serve(struct bench *b)
{
	char done = 0;

	measure_open(b, NET_LISTENS | NET_RECEIVES);
	net_count_up(&b->shared->want);
	bench_tell(b, &done, 1);
	bench_hear(b, &done, 1);
}

void
setup_ask(struct bench *b)
{
	double from, took, cpu_ask, cpu_serve;
	struct net_at at;
	uint32_t n;
	char done;

	atomic_store(&b->shared->want, UINT32_MAX);
	bench_hear(b, &at, sizeof(at));
	(void)net_start(&b->args);
	/* The first ones, of whatever. */
	cpu_ask = bench_cpu(0);
	cpu_serve = bench_cpu(b->other);
	from = bench_now();
	n = net_churn(&at, b->args.count, b->args.seconds);
	took = bench_now() - from;
	cpu_ask = bench_cpu(0) - cpu_ask;
	cpu_serve = bench_cpu(b->other) - cpu_serve;
	/* It has seen each of them, or it fails. */
	atomic_store(&b->shared->want, n);
	bench_hear(b, &done, 1);
	bench_tell(b, &done, 1);
	bench_put("seconds", took);
	bench_put("setups", n);
	bench_put("setups_s", n / took);
	bench_put("cpu_us_setup", (cpu_ask + cpu_serve) / n * 1e6);
}

/* -- memory -----------------------------------------------------------------*/

struct memory {
	double heap, rss;
};

static struct memory
memory_now(void)
{
	struct memory now;
	struct mallinfo2 m;
	unsigned long size, resident;
	FILE *f;

	(void)malloc_trim(0);
	m = mallinfo2();
	now.heap = (double)m.uordblks + (double)m.hblkhd;
	f = fopen("/proc/self/statm", "re");
	if (f == NULL || fscanf(f, "%lu %lu", &size, &resident) != 2)
		bench_die("/proc/self/statm cannot be read");
	(void)fclose(f);
	now.rss = (double)resident * (double)sysconf(_SC_PAGESIZE);
	return now;
}

/* What there is more of than before, for each of n. */
static void
grown(struct memory before, double n, double *figures)
{
	struct memory now = memory_now();

	figures[0] = (now.heap - before.heap) / n;
	figures[1] = (now.rss - before.rss) / n;
}

void
memory_serve(struct bench *b)
{
	unsigned int does = NET_LISTENS | NET_RECEIVES;
	struct memory before;
	struct net_at at;
	char done = 0;

	if (b->args.other_way)
		does = NET_LISTENS | NET_ACCEPTS;
	atomic_store(&b->shared->want, b->args.count);
	at.udp_port = net_start(&b->args);
	at.port = net_open(does);
	sleep_s(SETTLE_S);
	before = memory_now();
	bench_tell(b, &at, sizeof(at));
	net_count_up(&b->shared->want);
	bench_tell(b, &done, 1);
	/* When the other one has settled. */
	bench_hear(b, &done, 1);
	grown(before, b->args.count, b->shared->figures);
	bench_tell(b, &done, 1);
	bench_hear(b, &done, 1);
}

void
memory_ask(struct bench *b)
{
	const double *served = b->shared->figures;
	struct memory before;
	struct net_at at;
	double asked[2], from;
	char done;

	bench_hear(b, &at, sizeof(at));
	(void)net_start(&b->args);
	sleep_s(SETTLE_S);
	before = memory_now();
	from = bench_now();
	net_hold(&at, b->args.count);
	bench_hear(b, &done, 1);
	bench_put("seconds", bench_now() - from);
	sleep_s(SETTLE_S);
	bench_tell(b, &done, 1);
	bench_hear(b, &done, 1);
	grown(before, b->args.count, asked);
	bench_tell(b, &done, 1);
	bench_put("heap_assoc", served[0]);
	bench_put("rss_assoc", served[1]);
	bench_put("heap_socket", asked[0]);
	bench_put("rss_socket", asked[1]);
}

/* -- a crowd ----------------------------------------------------------------*/

/* Besides one for each. */
#define CROWD_TRIPS 30000

void
crowd_serve(struct bench *b)
{
	char done = 0;

	atomic_store(&b->shared->want, b->args.count);
	measure_open(b, NET_LISTENS | NET_RECEIVES);
	net_count_up(&b->shared->want);
	bench_tell(b, &done, 1);
	measure_answer(b);
}

void
crowd_ask(struct bench *b)
{
	uint32_t n = b->args.count;
	struct net_at at;
	char done;

	bench_hear(b, &at, sizeof(at));
	(void)net_start(&b->args);
	net_hold(&at, n);
	bench_hear(b, &done, 1);
	measure_pings(b, CROWD_TRIPS + n, n, net_choose, n);
}

/* -- idle -------------------------------------------------------------------*/

/* How often any thread of this process has stopped to run. */
static double
switches(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_nvcsw + (double)u.ru_nivcsw;
}

static void
sit(struct bench *b, double *figures)
{
	double from, before, cpu;

	sleep_s(SETTLE_S);
	from = bench_now();
	before = switches();
	cpu = bench_cpu(0);
	sleep_s(b->args.seconds);
	figures[1] = (bench_cpu(0) - cpu) / (bench_now() - from);
	/* One of them is this sleep. */
	figures[0] = (switches() - before - 1) / (bench_now() - from);
}

void
idle_serve(struct bench *b)
{
	char done = 0;

	measure_open(b, NET_LISTENS | NET_RECEIVES);
	net_accept();
	sit(b, b->shared->figures);
	bench_tell(b, &done, 1);
	bench_hear(b, &done, 1);
}

void
idle_ask(struct bench *b)
{
	const double *served = b->shared->figures;
	struct net_at at;
	double asked[2];
	char done;

	bench_hear(b, &at, sizeof(at));
	(void)net_start(&b->args);
	(void)net_open(NET_RECEIVES);
	net_connect(&at);
	sit(b, asked);
	bench_hear(b, &done, 1);
	bench_tell(b, &done, 1);
	bench_put("wakeups_s", (served[0] + asked[0]) / 2);
	bench_put("cpu_ms_s", (served[1] + asked[1]) / 2 * 1e3);
}
