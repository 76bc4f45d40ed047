/*
 * Four threads do whatever there is to do with the same few descriptors, and
 * close them under each other's hands: nothing breaks, no descriptor is lost,
 * and sockets still work when it is over.  GSCTP_TEST_SEED repeats it.
 */

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_main.h"
#include "plain.h"
#include "preload.h"
#include "rng.h"

#define SLOTS 24
#define THREADS 4
#define STEPS 4000

/* To ThreadSanitizer it is a race to close what another thread uses. */
#ifdef __SANITIZE_THREAD__
#define IS_RACE true
#else
#define IS_RACE false
#endif

#define PEELOFF 102
#define PEER_ADDRS 108

static atomic_int slots[SLOTS];

/* What was there is closed; others may just be calling with it. */
static void
put(unsigned int slot, int fd)
{
	int old = atomic_exchange(&slots[slot % SLOTS], fd);

	if (old >= 0)
		(void)close(old);
}

static struct sockaddr_in
some_addr(unsigned int r)
{
	struct sockaddr_in a;

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK + r % 3);
	return a;
}

static void
try_connect(int fd, int to, unsigned int r)
{
	struct sockaddr_in a = some_addr(r), name;
	socklen_t len = sizeof(name);

	if (getsockname(to, (struct sockaddr *)&name, &len) != 0 ||
	    name.sin_port == 0)
		return;
	a.sin_port = name.sin_port;
	(void)connect(fd, (struct sockaddr *)&a, sizeof(a));
}

static void
try_names(int fd, unsigned int r)
{
	struct sockaddr_in a = some_addr(r);
	socklen_t len = sizeof(a);
	uint32_t list[64] = { 3 + r % 64 };

	(void)setsockopt(fd, IPPROTO_SCTP, 100 + (int)(r & 1), &a, sizeof(a));
	(void)getpeername(fd, (struct sockaddr *)&a, &len);
	len = sizeof(a);
	(void)getsockname(fd, (struct sockaddr *)&a, &len);
	len = sizeof(list);
	(void)getsockopt(fd, IPPROTO_SCTP, PEER_ADDRS + (int)(r & 1), list,
	    &len);
}

static void
try_peeloff(int fd, unsigned int slot, unsigned int r)
{
	int v[2] = { 3 + (int)(r % 64), -1 };
	socklen_t len = sizeof(v);

	if (getsockopt(fd, IPPROTO_SCTP, PEELOFF, v, &len) >= 0)
		put(slot, v[1]);
}

static void
step(unsigned int what, unsigned int slot, unsigned int r)
{
	int fd = atomic_load(&slots[slot % SLOTS]);
	struct sockaddr_in a = some_addr(r);
	char bytes[3000] = { 0 };
	int new;

	switch (what % 12) {
	case 0:
	case 1:
		put(slot, socket(AF_INET, SOCK_NONBLOCK |
		    (r & 1 ? ONE_TO_ONE : ONE_TO_MANY), IPPROTO_SCTP));
		break;
	case 2:
		(void)bind(fd, (struct sockaddr *)&a, sizeof(a));
		break;
	case 3:
	case 4:
		(void)listen(fd, (int)(r % 4));
		break;
	case 5:
	case 6:
		try_connect(fd, atomic_load(&slots[r % SLOTS]), r / SLOTS);
		break;
	case 7:
		new = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
		if (new >= 0)
			put(r, new);
		break;
	case 8:
		try_names(fd, r);
		break;
	case 9:
		(void)shutdown(fd, (int)(r % 3));
		break;
	case 10:
		(void)send(fd, bytes, 1 + r % sizeof(bytes),
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		break;
	default:
		try_peeloff(fd, slot, r);
	}
}

static void *
run(void *arg)
{
	uint64_t *state = arg;
	uint64_t v;
	int i;

	for (i = 0; i < STEPS; i++) {
		v = rng_next(state);
		step((unsigned int)(v >> 48), (unsigned int)(v >> 32) & 0xffff,
		    (unsigned int)v / 2);
	}
	return NULL;
}

static int
count_fds_now(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

/* Those that stay: the stack has one for a moment now and then. */
static int
count_fds(void)
{
	int i, n, least = count_fds_now();

	for (i = 0; i < 50; i++) {
		(void)poll(NULL, 0, 10);
		n = count_fds_now();
		if (n < least)
			least = n;
	}
	return least;
}

START_TEST(threads_that_close_each_others_sockets_break_nothing)
{
	uint64_t seeds[THREADS], seed = rng_seed();
	pthread_t threads[THREADS];
	struct pair p = new_pair("127.0.0.1");
	int i, before;

	/* The stack has its own by now. */
	close_pair(&p);
	before = count_fds();
	for (i = 0; i < SLOTS; i++)
		atomic_store(&slots[i], -1);
	for (i = 0; i < THREADS; i++) {
		seeds[i] = seed + 2 * (uint64_t)i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run,
		    &seeds[i]), 0);
	}
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	for (i = 0; i < SLOTS; i++)
		put((unsigned int)i, -1);
	ck_assert_int_eq(count_fds(), before);
	p = new_pair("127.0.0.1");
	ck_assert_int_eq(is_writable(p.client), 1);
	close_pair(&p);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("storm");
	TCase *tc = tcase_create("storm");

	tcase_set_timeout(tc, 240);
	tcase_add_test(tc,
	    threads_that_close_each_others_sockets_break_nothing);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	if (IS_RACE) {
		printf("storm: to close what another thread uses is a race "
		       "on a descriptor, and meant: skipped\n");
		return 77;
	}
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
