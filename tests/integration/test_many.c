/*
 * test_many: 128 clients of one listener, each association with a socket and
 * a mailbox of its own, and a pool of threads that send back what comes.
 *
 * The clients are in a second process.
 */

#include "check_main.h"
#include "side.h"
#include "stream.h"

#define CLIENTS 128
#define ROUNDS (40 / SIDE_SLOW + 4)
#define LEN 1024
#define THREADS 4

/* Longer than LOOP_MS: there are many. */
#define MANY_MS 100000

/*
 * The second process
 */

struct client {
	gsctp_sock s;
	gsctp_assoc_id id;
	int at;			/* round */
	bool is_over;
};

/* Words that say whose they are, of which round, and where in it. */
static void
fill_block(uint32_t *block, int who, int at)
{
	uint32_t i;

	for (i = 0; i < LEN / 4; i++)
		block[i] = (uint32_t)who << 20 ^ (uint32_t)at << 8 ^ i;
}

static void
say(struct client *c, int who)
{
	uint32_t block[LEN / 4];

	fill_block(block, who, c->at);
	side_must(gsctp_send(c->s, c->id, (uint16_t)(c->at % 10), block,
	    LEN) == 0);
}

/* One message of a client's: the next echo, or the end. */
static void
take(struct client *c, int who, struct gsctp_msg *m)
{
	uint32_t block[LEN / 4];

	if (m->type == GSCTP_MSG_DATA) {
		fill_block(block, who, c->at);
		side_must(m->u.data.len == LEN);
		side_must(memcmp(m->u.data.data, block, LEN) == 0);
		if (++c->at < ROUNDS)
			say(c, who);
		else
			side_must(gsctp_eof(c->s, c->id) == 0);
	} else if (m->type == GSCTP_MSG_ASSOC_CHANGE &&
	    m->u.assoc_change.state != GSCTP_COMM_UP) {
		side_must(m->u.assoc_change.state == GSCTP_SHUTDOWN_COMP);
		side_must(c->at == ROUNDS);
		c->is_over = true;
	}
	gsctp_msg_free(m);
}

static void
begin_clients(struct client *clients, uint16_t udp_port, uint16_t port)
{
	struct sockaddr_storage to = side_addr("127.0.0.1", port);
	const struct gsctp_opt opts[] = {
		GSCTP_IP(side_addr("127.0.0.1", 0)),
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = udp_port),
		GSCTP_NODELAY(true),
	};
	struct gsctp_assoc_change up;
	int i;

	for (i = 0; i < CLIENTS; i++) {
		side_must(gsctp_open(0, opts, 3, &clients[i].s) == 0);
		side_must(gsctp_connect(clients[i].s, traffic_sa(&to),
		    sizeof(to), NULL, 0, LOOP_MS, &up) == 0);
		clients[i].id = up.assoc_id;
	}
	for (i = 0; i < CLIENTS; i++)
		say(&clients[i], i);
}

static int
second_process(void)
{
	static struct client clients[CLIENTS];
	struct pollfd fds[CLIENTS];
	struct gsctp_stack_config cfg;
	struct gsctp_msg *m;
	uint16_t udp_port, port;
	int i, left = CLIENTS;

	alarm(250);
	loop_config(&cfg);
	side_must(gsctp_stack_start(&cfg) == 0);
	side_must(side_read(0, &udp_port) && side_read(0, &port));
	begin_clients(clients, udp_port, port);
	for (i = 0; i < CLIENTS; i++)
		fds[i] = (struct pollfd){ .fd = gsctp_fd(clients[i].s),
			.events = POLLIN };
	while (left > 0) {
		side_must(poll(fds, CLIENTS, MANY_MS) > 0);
		for (i = 0; i < CLIENTS; i++) {
			if ((fds[i].revents & POLLIN) == 0)
				continue;
			side_must(gsctp_recv(clients[i].s, 0, &m) == 0);
			take(&clients[i], i, m);
			if (clients[i].is_over) {
				fds[i].fd = -1;
				left--;
			}
		}
	}
	side_must(gsctp_stack_stop(1000) == 0);
	return 0;
}

/*
 * The server: a worker has an association, a mailbox, and what it counts
 */

struct worker {
	gsctp_sock s;
	gsctp_mbox mb;
	pthread_mutex_t mtx;	/* one thread at a time, or none keeps order */
	bool was_told;		/* comm_up came */
	int echoed;
	bool is_closed;
};

struct pool {
	struct worker workers[CLIENTS];
	atomic_int nworkers;
	atomic_int nclosed;
	atomic_int nwrong;
	atomic_bool is_over;
};

static void
work_on(struct pool *pool, struct worker *w, struct gsctp_msg *m)
{
	if (m->sock.id != w->s.id || w->is_closed)
		atomic_fetch_add(&pool->nwrong, 1);
	if (m->type == GSCTP_MSG_DATA) {
		if (gsctp_send(w->s, 0, m->u.data.info.stream, m->u.data.data,
		    m->u.data.len) != 0)
			atomic_fetch_add(&pool->nwrong, 1);
		w->echoed++;
	} else if (m->type == GSCTP_MSG_ASSOC_CHANGE) {
		w->was_told |= m->u.assoc_change.state == GSCTP_COMM_UP;
	} else if (m->type == GSCTP_MSG_CLOSED) {
		if (m->u.closed.error != 0)
			atomic_fetch_add(&pool->nwrong, 1);
		w->is_closed = true;
		atomic_fetch_add(&pool->nclosed, 1);
	}
	gsctp_msg_free(m);
}

/* Go round the mailboxes while there is somebody. */
static int
pool_thread(void *arg)
{
	struct pool *pool = arg;
	struct gsctp_msg *m;
	bool is_idle;
	int i, n;

	while (!atomic_load(&pool->is_over)) {
		n = atomic_load(&pool->nworkers);
		is_idle = true;
		for (i = 0; i < n; i++) {
			struct worker *w = &pool->workers[i];

			if (pthread_mutex_trylock(&w->mtx) != 0)
				continue;
			while (gsctp_mbox_recv(w->mb, 0, &m) == 0) {
				work_on(pool, w, m);
				is_idle = false;
			}
			pthread_mutex_unlock(&w->mtx);
		}
		if (is_idle)
			loop_nap();
	}
	return 0;
}

/* Hand s, which delivers to from, to a worker of its own. */
static void
hand_over(struct pool *pool, gsctp_sock s, gsctp_mbox from)
{
	int n = atomic_load(&pool->nworkers);
	struct worker *w = &pool->workers[n];

	w->s = s;
	ck_assert_int_eq(pthread_mutex_init(&w->mtx, NULL), 0);
	ck_assert_int_eq(gsctp_mbox_new(&w->mb), 0);
	ck_assert_int_eq(gsctp_controlling_process(s, from, w->mb), 0);
	atomic_store(&pool->nworkers, n + 1);
}

/* Each comm_up in the main mailbox is of one to be peeled off. */
static void
peel_all(struct pool *pool, gsctp_sock listener, gsctp_mbox main_mb)
{
	bool was_told;
	gsctp_sock s;
	struct gsctp_msg *m;

	while (atomic_load(&pool->nworkers) < CLIENTS) {
		ck_assert_int_eq(gsctp_mbox_recv(main_mb, MANY_MS, &m), 0);
		ck_assert_uint_eq(m->sock.id, listener.id);
		was_told = m->type == GSCTP_MSG_ASSOC_CHANGE;
		if (was_told) {
			ck_assert_uint_eq(m->u.assoc_change.state,
			    GSCTP_COMM_UP);
			ck_assert_int_eq(gsctp_peeloff(listener, m->assoc_id,
			    &s), 0);
			pool->workers[atomic_load(&pool->nworkers)].was_told =
			    true;
			hand_over(pool, s, main_mb);
		}
		gsctp_msg_free(m);
	}
}

static void
accept_all(struct pool *pool, gsctp_sock listener, gsctp_mbox main_mb)
{
	gsctp_sock s;

	while (atomic_load(&pool->nworkers) < CLIENTS) {
		ck_assert_int_eq(gsctp_accept(listener, MANY_MS, &s), 0);
		hand_over(pool, s, main_mb);
	}
}

static void
all_is_done(struct pool *pool, gsctp_mbox main_mb)
{
	struct gsctp_msg *m;
	int i;

	ck_assert_int_eq(atomic_load(&pool->nwrong), 0);
	ck_assert_int_eq(atomic_load(&pool->nworkers), CLIENTS);
	for (i = 0; i < CLIENTS; i++) {
		struct worker *w = &pool->workers[i];

		ck_assert(w->was_told && w->is_closed);
		ck_assert_int_eq(w->echoed, ROUNDS);
		ck_assert_int_eq(gsctp_mbox_recv(w->mb, 0, &m), -ETIMEDOUT);
		ck_assert_int_eq(gsctp_close(w->s), 0);
		ck_assert_int_eq(gsctp_mbox_free(w->mb), 0);
		pthread_mutex_destroy(&w->mtx);
	}
	/* Nothing has stayed behind but news of paths. */
	while (gsctp_mbox_recv(main_mb, 0, &m) == 0) {
		ck_assert_uint_eq(m->type, GSCTP_MSG_PADDR_CHANGE);
		gsctp_msg_free(m);
	}
}

/* By comm_up and peeloff (_i 0), or by accept (1). */
START_TEST(every_association_is_handed_to_a_worker_and_all_is_echoed)
{
	static struct pool pool;
	struct side_process other;
	struct side threads[THREADS];
	uint64_t start = loop_now_ms(), end = start + MANY_MS;
	struct gsctp_opt opts[4];
	gsctp_mbox main_mb;
	gsctp_sock listener;
	int i;

	memset(&pool, 0, sizeof(pool));
	ck_assert_int_eq(gsctp_mbox_new(&main_mb), 0);
	opts[0] = (struct gsctp_opt)GSCTP_MBOX(main_mb);
	opts[1] = (struct gsctp_opt)GSCTP_ACTIVE(GSCTP_ACTIVE_TRUE);
	opts[2] = (struct gsctp_opt)GSCTP_NODELAY(true);
	opts[3] = (struct gsctp_opt)GSCTP_TYPE(_i == 0 ? GSCTP_SEQPACKET :
							 GSCTP_STREAM);
	listener = loop_open(opts, 4);
	ck_assert_int_eq(gsctp_listen(listener, CLIENTS), 0);
	side_spawn(&other, "clients");
	ck_assert(side_write(other.to, loop_udp_port()));
	ck_assert(side_write(other.to, (uint16_t)gsctp_port(listener)));
	for (i = 0; i < THREADS; i++)
		side_start(&threads[i], pool_thread, &pool);
	if (_i == 0)
		peel_all(&pool, listener, main_mb);
	else
		accept_all(&pool, listener, main_mb);
	while (atomic_load(&pool.nclosed) < CLIENTS) {
		ck_assert_uint_lt(loop_now_ms(), end);
		loop_nap();
	}
	atomic_store(&pool.is_over, true);
	for (i = 0; i < THREADS; i++)
		(void)side_join(&threads[i]);
	ck_assert_int_eq(side_end(&other), 0);
	all_is_done(&pool, main_mb);
	printf("%s: %d clients, %d rounds of %d bytes each, %d ms\n",
	    _i == 0 ? "peeloff" : "accept", CLIENTS, ROUNDS, LEN,
	    (int)(loop_now_ms() - start));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc,
	    every_association_is_handed_to_a_worker_and_all_is_echoed, 0, 2);
}

int
main(int argc, char **argv)
{
	(void)argv;
	return argc > 1 ? second_process() : traffic_run("many", add);
}
