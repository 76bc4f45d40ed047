/*
 * stress: the proof that the design holds.
 *
 * Two processes, each with a stack of its own, and eight threads in each.
 * A thread has a listening socket, connects from it to its counterpart in
 * the other process, which does the same whenever it likes, and then sends,
 * receives, hands associations to other threads, aborts, finishes and closes,
 * all at random.  A second part connects both sides at the same moment, again
 * and again, and wants exactly one association each time.
 *
 *	stress [-t SECONDS] [-r ROUNDS] [-n THREADS] [-l LOSS_PERCENT] [-s SEED]
 *
 * It fails on any wrong message, on an association that is there twice, and
 * where the engine has a socket left at the end.  Memory errors are for the
 * sanitizers and valgrind to find.
 */

#include <errno.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 16
#define HANDED_MAX 64
#define MESSAGE_MAX 4000

/* A handshake under loss may need several of INIT's timeouts. */
#define CONNECT_MS 20000

/* What both processes see. */
struct shared {
	pthread_barrier_t all;		/* the two sides and the parent */
	pthread_barrier_t sides;	/* the two sides */
	pthread_barrier_t pair[THREADS_MAX];
	uint16_t udp_port[2];
	uint16_t port[2][THREADS_MAX];
};

/* What the threads of one process share. */
static struct {
	struct shared *sh;
	int side;
	unsigned int seed;
	int threads;
	uint64_t end_ms;
	int rounds;
	int loss;	/* percent */

	pthread_mutex_t mtx;
	struct {
		gsctp_sock s;
		gsctp_assoc_id id;
	} handed[HANDED_MAX];
	size_t nhanded;

	atomic_ulong connects, refused, accepted, sent, received, aborts,
	    finishes, closes, handovers, both;
} me = { .mtx = PTHREAD_MUTEX_INITIALIZER };

struct worker {
	pthread_t thread;
	int index;
	unsigned int rng;
	gsctp_sock s;
	struct sockaddr_storage peer;
};

__attribute__((format(printf, 1, 2))) static void
fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)fprintf(stderr, "stress: side %d: ", me.side);
	(void)vfprintf(stderr, fmt, ap);
	(void)fputc('\n', stderr);
	va_end(ap);
	/* The other threads wait at barriers: there is no way on. */
	_exit(1);
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void
on_log(void *arg, int level, const char *line)
{
	(void)arg;
	if (strstr(line, "sockets left") != NULL)
		fail("%s", line);
	if (level <= GSCTP_LOG_WARN)
		(void)fprintf(stderr, "stress: side %d: %s\n", me.side, line);
}

static int
start_stack(void)
{
	static const char *const addrs[] = { "127.0.0.1" };
	struct gsctp_stack_config cfg;
	char faults[128];

	/* Of each way one side has charge: that which sends. */
	(void)snprintf(faults, sizeof(faults), "out.loss=%d%%,"
	    "out.duplicate=%d%%,out.reorder=%d%%,seed=%u", me.loss,
	    me.loss / 3, me.loss / 3, me.seed + (unsigned int)me.side);
	memset(&cfg, 0, sizeof(cfg));
	cfg.port_mode = GSCTP_PORT_EPHEMERAL;
	cfg.addrs = addrs;
	cfg.naddrs = 1;
	cfg.log = on_log;
	cfg.log_level = GSCTP_LOG_WARN;
	cfg.faults = me.loss > 0 ? faults : NULL;
	return gsctp_stack_start(&cfg);
}

static struct sockaddr_storage
loopback(uint16_t port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *sin = (struct sockaddr_in *)&ss;

	memset(&ss, 0, sizeof(ss));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin->sin_port = htons(port);
	return ss;
}

/* A listening socket on the thread's port, its peers in the other process. */
static int
open_socket(struct worker *w)
{
	const struct gsctp_opt opts[] = {
		GSCTP_IP(loopback(0)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(
		    .port = me.sh->udp_port[!me.side]),
		GSCTP_RTOINFO(.initial = gsctp_def(100),
		    .min = gsctp_def(50), .max = gsctp_def(1000)),
		GSCTP_SEND_TIMEOUT_MS(2000),
	};
	uint16_t port = me.sh->port[me.side][w->index];
	int err;

	err = gsctp_open(port, opts, sizeof(opts) / sizeof(opts[0]), &w->s);
	if (err != 0) {
		fail("open port %u: %s", port, gsctp_strerror(err));
		return err;
	}
	me.sh->port[me.side][w->index] = (uint16_t)gsctp_port(w->s);
	return gsctp_listen(w->s, GSCTP_BACKLOG);
}

/* A message says in each byte how long it is, so that a wrong one shows. */
static void
check_data(const struct gsctp_data *d)
{
	size_t i;

	for (i = 0; i < d->len; i++)
		if (d->data[i] != (uint8_t)d->len) {
			fail("byte %zu of %zu is wrong", i, d->len);
			return;
		}
	atomic_fetch_add(&me.received, 1);
}

static void
read_all(struct worker *w)
{
	struct gsctp_msg *m;

	while (gsctp_recv(w->s, 0, &m) == 0) {
		if (m->type == GSCTP_MSG_DATA)
			check_data(&m->u.data);
		else if (m->type == GSCTP_MSG_ASSOC_CHANGE &&
		    m->u.assoc_change.state == GSCTP_COMM_UP)
			atomic_fetch_add(&me.accepted, 1);
		gsctp_msg_free(m);
	}
}

static int
random_of(struct worker *w, int n)
{
	return (int)((unsigned int)rand_r(&w->rng) % (unsigned int)n);
}

static void
send_some(struct worker *w, gsctp_sock s, gsctp_assoc_id id)
{
	uint8_t bytes[MESSAGE_MAX];
	struct gsctp_sndrcvinfo info;
	struct iovec iov;
	int i, n = 1 + random_of(w, 8);

	for (i = 0; i < n; i++) {
		memset(&info, 0, sizeof(info));
		info.assoc_id = id;
		info.stream = (uint16_t)random_of(w, 5);
		info.flags = random_of(w, 3) == 0 ? GSCTP_UNORDERED : 0;
		iov.iov_base = bytes;
		iov.iov_len = 1 + (size_t)random_of(w, MESSAGE_MAX);
		memset(bytes, (uint8_t)iov.iov_len, iov.iov_len);
		if (gsctp_sendmsg(s, &info, &iov, 1, NULL, 0) != 0)
			return;		/* it has ended meanwhile */
		atomic_fetch_add(&me.sent, 1);
	}
}

/* Let another thread go on with it. */
static void
hand_over(gsctp_sock s, gsctp_assoc_id id)
{
	pthread_mutex_lock(&me.mtx);
	if (me.nhanded < HANDED_MAX) {
		me.handed[me.nhanded].s = s;
		me.handed[me.nhanded++].id = id;
		atomic_fetch_add(&me.handovers, 1);
	}
	pthread_mutex_unlock(&me.mtx);
}

static void
end_somehow(struct worker *w, gsctp_sock s, gsctp_assoc_id id)
{
	switch (random_of(w, 3)) {
	case 0:
		if (gsctp_abort(s, id, "enough", 6) == 0)
			atomic_fetch_add(&me.aborts, 1);
		break;
	case 1:
		if (gsctp_eof(s, id) == 0)
			atomic_fetch_add(&me.finishes, 1);
		break;
	default:
		break;			/* the peer, or a close, ends it */
	}
}

/* What somebody else has handed over; its socket may be gone. */
static void
take_over(struct worker *w)
{
	gsctp_sock s = { 0 };
	gsctp_assoc_id id = 0;

	pthread_mutex_lock(&me.mtx);
	if (me.nhanded > 0) {
		s = me.handed[--me.nhanded].s;
		id = me.handed[me.nhanded].id;
	}
	pthread_mutex_unlock(&me.mtx);
	if (id == 0)
		return;
	send_some(w, s, id);
	end_somehow(w, s, id);
}

static bool
is_expected(int err)
{
	switch (err) {
	case 0:
	case -EISCONN:		/* the peer was first */
	case -EALREADY:
	case -ECONNREFUSED:	/* its socket is being opened again */
	case -ECONNABORTED:
	case -ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

static void
one_turn(struct worker *w)
{
	struct gsctp_assoc_change up;
	gsctp_assoc_id ids[64];
	int err, i, n;

	err = gsctp_connect(w->s, (struct sockaddr *)&w->peer,
	    sizeof(w->peer), NULL, 0, 2000, &up);
	if (!is_expected(err))
		fail("connect: %s", gsctp_strerror(err));
	if (err == 0)
		atomic_fetch_add(&me.connects, 1);
	else
		atomic_fetch_add(&me.refused, 1);
	read_all(w);
	n = gsctp_assocs(w->s, ids, 64);
	for (i = 0; i < n && i < 64; i++) {
		send_some(w, w->s, ids[i]);
		if (random_of(w, 4) == 0)
			hand_over(w->s, ids[i]);
		else
			end_somehow(w, w->s, ids[i]);
	}
	take_over(w);
	read_all(w);
	if (random_of(w, 5) == 0) {
		err = gsctp_close(w->s);
		if (err != 0)
			fail("close: %s", gsctp_strerror(err));
		atomic_fetch_add(&me.closes, 1);
		(void)open_socket(w);
	}
}

/* Wait until the socket has n associations; messages are thrown away. */
static bool
await_assocs(struct worker *w, int n, int timeout_ms)
{
	uint64_t end = now_ms() + (uint64_t)timeout_ms;
	struct gsctp_msg *m;

	while (gsctp_assocs(w->s, NULL, 0) != n) {
		if (now_ms() >= end)
			return false;
		if (gsctp_recv(w->s, 20, &m) == 0)
			gsctp_msg_free(m);
	}
	return true;
}

/* The one message of a round, from the peer. */
static bool
await_data(struct worker *w, gsctp_assoc_id id)
{
	uint64_t end = now_ms() + CONNECT_MS;
	struct gsctp_msg *m;
	bool got;

	while (now_ms() < end) {
		if (gsctp_recv(w->s, 100, &m) != 0)
			continue;
		got = m->type == GSCTP_MSG_DATA;
		if (got)
			check_data(&m->u.data);
		if (got && m->assoc_id != id)
			fail("data of association %u, not %u", m->assoc_id,
			    id);
		gsctp_msg_free(m);
		if (got)
			return true;
	}
	return false;
}

static void
one_collision(struct worker *w, int round)
{
	struct gsctp_assoc_change up;
	gsctp_assoc_id ids[4];
	int err, n;

	pthread_barrier_wait(&me.sh->pair[w->index]);
	err = gsctp_connect(w->s, (struct sockaddr *)&w->peer,
	    sizeof(w->peer), NULL, 0, CONNECT_MS, &up);
	/* The peer's may have come up before we began. */
	if (err != 0 && err != -EISCONN)
		fail("round %d: connect: %s", round, gsctp_strerror(err));
	n = gsctp_assocs(w->s, ids, 4);
	if (n != 1)
		fail("round %d: %d associations", round, n);
	if (n >= 1 && err == 0 && ids[0] != up.assoc_id)
		fail("round %d: association %u, but connect said %u", round,
		    ids[0], up.assoc_id);
	atomic_fetch_add(&me.both, err == 0);
	err = n >= 1 ? gsctp_send(w->s, ids[0], 0, "\001", 1) : 0;
	if (err != 0)
		fail("round %d: send: %s", round, gsctp_strerror(err));
	if (n >= 1 && !await_data(w, ids[0]))
		fail("round %d: no data came", round);

	pthread_barrier_wait(&me.sh->pair[w->index]);
	n = gsctp_assocs(w->s, ids, 4);
	if (n != 1)
		fail("round %d: %d associations in the end", round, n);
	pthread_barrier_wait(&me.sh->pair[w->index]);
	/* An ABORT that is lost is not sent again. */
	if (me.side == round % 2 && n >= 1)
		(void)(me.loss > 0 ? gsctp_eof(w->s, ids[0]) :
				  gsctp_abort(w->s, ids[0], NULL, 0));
	if (!await_assocs(w, 0, CONNECT_MS))
		fail("round %d: an association stays", round);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	int i;

	while (now_ms() < me.end_ms)
		one_turn(w);
	/* Both are done with the first part; start the second from nothing. */
	pthread_barrier_wait(&me.sh->pair[w->index]);
	(void)gsctp_close(w->s);
	(void)open_socket(w);
	pthread_barrier_wait(&me.sh->pair[w->index]);
	(void)await_assocs(w, 0, CONNECT_MS);
	pthread_barrier_wait(&me.sh->pair[w->index]);
	for (i = w->index; i < me.rounds; i += me.threads)
		one_collision(w, i);
	return NULL;
}

static void
report(void)
{
	(void)printf("side %d: %lu connects (%lu answered otherwise), %lu "
	    "accepted, %lu sent, %lu received, %lu handed over, %lu aborted, "
	    "%lu finished, %lu sockets closed; %d collisions, %lu answered by "
	    "the call itself\n", me.side, atomic_load(&me.connects),
	    atomic_load(&me.refused), atomic_load(&me.accepted),
	    atomic_load(&me.sent), atomic_load(&me.received),
	    atomic_load(&me.handovers), atomic_load(&me.aborts),
	    atomic_load(&me.finishes), atomic_load(&me.closes), me.rounds,
	    atomic_load(&me.both));
	(void)fflush(stdout);
}

/* One process from its start to its end. */
static int
side(struct shared *sh, int which, int seconds)
{
	struct worker workers[THREADS_MAX];
	struct gsctp_stack_info info;
	int err, i;

	me.sh = sh;
	me.side = which;
	err = start_stack();
	if (err != 0) {
		fail("start: %s", gsctp_strerror(err));
		return 1;
	}
	(void)gsctp_stack_info(&info);
	sh->udp_port[which] = info.udp_port;
	pthread_barrier_wait(&sh->all);
	memset(workers, 0, sizeof(workers));
	for (i = 0; i < me.threads; i++) {
		workers[i].index = i;
		workers[i].rng = me.seed + (unsigned int)(which * 100 + i);
		if (open_socket(&workers[i]) != 0)
			return 1;
	}
	pthread_barrier_wait(&sh->all);
	me.end_ms = now_ms() + (uint64_t)seconds * 1000;
	for (i = 0; i < me.threads; i++) {
		workers[i].peer = loopback(sh->port[!which][i]);
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	for (i = 0; i < me.threads; i++)
		pthread_join(workers[i].thread, NULL);
	report();
	pthread_barrier_wait(&sh->sides);
	err = gsctp_stack_stop(2000);
	if (err != 0)
		fail("stop: %s", gsctp_strerror(err));
	return 0;
}

static void
init_barrier(pthread_barrier_t *b, unsigned int n)
{
	pthread_barrierattr_t attr;

	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(b, &attr, n);
	pthread_barrierattr_destroy(&attr);
}

static struct shared *
make_shared(void)
{
	struct shared *sh;
	int i;

	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		return NULL;
	init_barrier(&sh->all, 3);
	init_barrier(&sh->sides, 2);
	for (i = 0; i < THREADS_MAX; i++)
		init_barrier(&sh->pair[i], 2);
	return sh;
}

/* A side that dies leaves the other at a barrier: end that too. */
static int
wait_for(pid_t *pids)
{
	int status, result = 0, i, left = 2;
	pid_t pid;

	while (left > 0) {
		pid = wait(&status);
		if (pid < 0)
			return 1;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
			left--;
			continue;
		}
		(void)fprintf(stderr, "stress: process %d ended with %s %d\n",
		    (int)pid, WIFSIGNALED(status) ? "signal" : "status",
		    WIFSIGNALED(status) ? WTERMSIG(status) :
					  WEXITSTATUS(status));
		result = 1;
		left--;
		for (i = 0; i < 2; i++)
			if (pids[i] != pid && left > 0)
				(void)kill(pids[i], SIGKILL);
	}
	return result;
}

static int
run(int seconds)
{
	struct shared *sh = make_shared();
	pid_t pids[2];
	int i;

	if (sh == NULL)
		return 1;
	for (i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			exit(side(sh, i, seconds));
	}
	pthread_barrier_wait(&sh->all);
	pthread_barrier_wait(&sh->all);
	return wait_for(pids);
}

int
main(int argc, char **argv)
{
	const char *seed = getenv("GSCTP_TEST_SEED");
	int seconds = 3, c;

	me.threads = 8;
	me.rounds = 400;
	me.seed = seed != NULL ? (unsigned int)atoi(seed) :
				 (unsigned int)now_ms();
	while ((c = getopt(argc, argv, "t:r:n:l:s:")) != -1) {
		switch (c) {
		case 't':
			seconds = atoi(optarg);
			break;
		case 'r':
			me.rounds = atoi(optarg);
			break;
		case 'n':
			me.threads = atoi(optarg);
			break;
		case 'l':
			me.loss = atoi(optarg);
			break;
		case 's':
			me.seed = (unsigned int)atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (me.threads < 1 || me.threads > THREADS_MAX)
		return 2;
	(void)printf("seed %u (GSCTP_TEST_SEED), %d s, %d rounds, %d threads, "
	    "%d %% loss\n", me.seed, seconds, me.rounds, me.threads,
	    me.loss);
	(void)fflush(stdout);
	c = run(seconds);
	(void)printf("%s\n", c == 0 ? "ok" : "FAILED");
	return c;
}
