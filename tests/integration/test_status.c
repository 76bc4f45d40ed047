/* What a stack says of itself, to its own process and to others. */

#include <errno.h>
#include <jansson.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "check_main.h"
#include "loop.h"
#include "side.h"
#include "tmp.h"

#define NOBODY 65534

/* Clients of one server: the text is then longer than any socket takes. */
#define MANY 500

static char base[TMP_PATH];
static char run_dir[TMP_PATH + 256]; /* in it */

static void
make_run_dir(void)
{
	size_t i;

	tmp_dir(base, "test_status");
	strcpy(run_dir, base);
	/* Longer than the address of a socket can be. */
	for (i = 0; i < 3; i++) {
		strcat(run_dir,
		    "/a-directory-with-a-name-that-is-rather-"
		    "long-as-some-are-in-a-build-tree");
		ck_assert_int_eq(mkdir(run_dir, 0700), 0);
	}
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", run_dir, 1), 0);
}

static void
setup(void)
{
	make_run_dir();
	loop_setup();
}

static void
teardown(void)
{
	(void)gsctp_stack_stop(0);
	ck_assert_int_eq(loop_engine_left, 0);
	tmp_remove(base);
}

/*
 * The second process: a server on 127.0.0.1, which reads what comes
 */

static int
second_process(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_IP(side_addr("127.0.0.1", 0)),
	};
	struct gsctp_stack_config cfg;
	struct gsctp_msg *m;
	struct pollfd p[2];
	gsctp_sock s;

	alarm(250);
	loop_config(&cfg);
	side_must(gsctp_stack_start(&cfg) == 0);
	side_must(gsctp_open(0, opts, 1, &s) == 0);
	side_must(gsctp_listen(s, GSCTP_BACKLOG) == 0);
	side_must(side_write(1, (uint16_t)gsctp_port(s)));
	p[0] = (struct pollfd){ .fd = 0, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = gsctp_fd(s), .events = POLLIN };
	while (p[0].revents == 0) {
		side_must(poll(p, 2, -1) >= 0);
		while (gsctp_recv(s, 0, &m) == 0) {
			if (m->type == GSCTP_MSG_DATA)
				side_must(gsctp_send(s, m->assoc_id, 0, "back",
					      4) == 0);
			gsctp_msg_free(m);
		}
	}
	side_must(gsctp_stack_stop(1000) == 0);
	return 0;
}

/*
 * This process
 */

static gsctp_sock
open_socket(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
	};
	gsctp_sock s;

	ck_assert_int_eq(gsctp_open(0, opts, 1, &s), 0);
	return s;
}

static gsctp_assoc_id
connect_to(gsctp_sock s, uint16_t port)
{
	struct sockaddr_storage to = loop_addr("127.0.0.1", port);
	struct gsctp_assoc_change up;

	ck_assert_int_eq(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to),
			     NULL, 0, LOOP_MS, &up),
	    0);
	return up.assoc_id;
}

static json_t *
status(pid_t pid)
{
	json_error_t error;
	char *text = NULL;
	json_t *j;

	ck_assert_int_eq(gsctp_stack_status(pid, LOOP_MS, &text), 0);
	j = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(j != NULL, "%s: %s", error.text, text);
	free(text);
	return j;
}

static json_int_t
number(const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);

	ck_assert_msg(json_is_integer(v), "no number %s", key);
	return json_integer_value(v);
}

static const char *
string(const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);

	ck_assert_msg(json_is_string(v), "no string %s", key);
	return json_string_value(v);
}

static bool
truth(const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);

	ck_assert_msg(json_is_boolean(v), "no boolean %s", key);
	return json_is_true(v);
}

static json_t *
list(const json_t *j, const char *key, size_t n)
{
	json_t *v = json_object_get(j, key);

	ck_assert_msg(json_is_array(v), "no array %s", key);
	ck_assert_uint_eq(json_array_size(v), n);
	return v;
}

/* The element of a list whose key has this number. */
static json_t *
find(const json_t *array, const char *key, json_int_t v)
{
	size_t i;

	for (i = 0; i < json_array_size(array); i++)
		if (number(json_array_get(array, i), key) == v)
			return json_array_get(array, i);
	ck_abort_msg("none has %s %lld", key, (long long)v);
	return NULL;
}

START_TEST(it_tells_of_the_stack)
{
	json_t *j = status(0);
	json_t *counters = json_object_get(j, "counters");
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	ck_assert_str_eq(string(j, "version"), gsctp_version());
	ck_assert_str_eq(string(j, "engine"), info.engine);
	ck_assert_int_eq(number(j, "pid"), getpid());
	ck_assert_ptr_nonnull(strstr(string(j, "program"), "test_status"));
	ck_assert_str_eq(string(j, "encapsulation"), "udp");
	ck_assert_int_eq(number(j, "udp_port"), info.udp_port);
	ck_assert_int_eq(number(j, "peer_udp_port"), 9899);
	ck_assert_int_ge(number(j, "uptime_ms"), 0);
	ck_assert_int_eq(number(counters, "in_packets"), 0);
	ck_assert_int_eq(number(counters, "in_bad_tag"), 0);
	(void)list(j, "sockets", 0);
	(void)list(j, "associations", 0);
	json_decref(j);
}
END_TEST

START_TEST(it_tells_of_every_socket)
{
	const struct gsctp_opt one_to_one[] = {
		GSCTP_TYPE(GSCTP_STREAM),
		GSCTP_IP(loop_addr("127.0.0.1", 0)),
		GSCTP_IP(loop_addr("127.0.0.2", 0)),
	};
	gsctp_sock many, one;
	json_t *j, *socks, *m, *o;
	gsctp_mbox mb;

	ck_assert_int_eq(gsctp_mbox_new(&mb), 0);
	many = open_socket();
	ck_assert_int_eq(gsctp_controlling_process(many, (gsctp_mbox){ 0 }, mb),
	    0);
	ck_assert_int_eq(gsctp_set_active(many, 7), 0);
	ck_assert_int_eq(gsctp_open(0, one_to_one, 3, &one), 0);
	ck_assert_int_eq(gsctp_listen(one, 5), 0);
	j = status(0);
	socks = list(j, "sockets", 2);
	m = find(socks, "port", gsctp_port(many));
	ck_assert_uint_eq(strtoull(string(m, "id"), NULL, 10), many.id);
	ck_assert_str_eq(string(m, "type"), "one-to-many");
	ck_assert_str_eq(string(m, "family"), "inet");
	ck_assert(!truth(m, "wildcard"));
	ck_assert(!truth(m, "listening"));
	ck_assert_str_eq(string(m, "active"), "count");
	ck_assert_int_eq(number(m, "active_left"), 7);
	o = find(socks, "port", gsctp_port(one));
	ck_assert_str_eq(string(o, "type"), "one-to-one");
	ck_assert(truth(o, "listening"));
	ck_assert_int_eq(number(o, "backlog"), 5);
	ck_assert_int_eq(number(o, "pending"), 0);
	ck_assert_str_eq(string(o, "active"), "false");
	ck_assert_str_eq(json_string_value(
			     json_array_get(list(o, "addresses", 2), 1)),
	    "127.0.0.2");
	json_decref(j);
	ck_assert_int_eq(gsctp_mbox_free(mb), 0);
}
END_TEST

START_TEST(it_tells_of_an_association_what_the_options_do)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_opt st = GSCTP_STATUS(p.at_client);
	struct gsctp_opt stats = GSCTP_GET_ASSOC_STATS(p.at_client);
	const struct gsctp_status *s = &st.u.status;
	json_t *j, *a, *path, *counters;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "hello", 5), 0);
	gsctp_msg_free(loop_recv_type(p.server, GSCTP_MSG_DATA));
	/* Its acknowledgement comes within 200 ms. */
	do
		ck_assert_int_eq(gsctp_getopts(p.client, &st, 1, NULL), 0);
	while (s->unackdata > 0);
	ck_assert_int_eq(gsctp_getopts(p.client, &stats, 1, NULL), 0);
	j = status(0);
	a = find(list(j, "associations", 2), "id", p.at_client);
	ck_assert_uint_eq(strtoull(string(a, "socket"), NULL, 10), p.client.id);
	ck_assert_str_eq(string(a, "state"), "established");
	ck_assert_int_eq(number(a, "local_port"), gsctp_port(p.client));
	ck_assert_int_eq(number(a, "peer_port"), gsctp_port(p.server));
	ck_assert_str_eq(string(a, "peer_address"), "127.0.0.1");
	ck_assert_int_eq(number(a, "in_streams"), s->instrms);
	ck_assert_int_eq(number(a, "out_streams"), s->outstrms);
	ck_assert_int_eq(number(a, "peer_window"), s->rwnd);
	ck_assert_int_eq(number(a, "unacked_chunks"), 0);
	ck_assert_int_eq(number(a, "pending_chunks"), 0);
	ck_assert_int_eq(number(a, "receive_held"), 0);
	ck_assert_int_gt(number(a, "send_buffer"), 0);
	ck_assert_int_gt(number(a, "receive_buffer"), 0);
	ck_assert_int_le(number(a, "age_ms"), number(j, "uptime_ms") + 1000);
	(void)list(a, "local_addresses", 1);
	path = json_array_get(list(a, "paths", 1), 0);
	ck_assert_str_eq(string(path, "address"), "127.0.0.1");
	ck_assert_int_eq(number(path, "udp_port"), loop_udp_port());
	ck_assert_str_eq(string(path, "state"), "active");
	ck_assert(truth(path, "primary"));
	ck_assert_int_eq(number(path, "rto_ms"), s->primary.rto);
	ck_assert_int_eq(number(path, "cwnd"), s->primary.cwnd);
	ck_assert_int_eq(number(path, "mtu"), s->primary.mtu);
	counters = json_object_get(a, "counters");
	ck_assert_int_eq(number(counters, "out_messages"), 1);
	ck_assert_int_eq(number(counters, "out_octets"), 5);
	ck_assert_int_ge(number(counters, "out_packets"),
	    (json_int_t)stats.u.assoc_stats.out_packets);
	ck_assert_int_eq(number(json_object_get(a, "timeouts"), "init"), 0);
	json_decref(j);
}
END_TEST

/* What a reader has left is held, and closes the window. */
START_TEST(queues_that_are_not_read_show)
{
	struct loop_pair p = side_pair();
	json_t *j, *a;

	side_fill(p.client, p.at_client);
	j = status(0);
	a = find(list(j, "associations", 2), "id", p.at_client);
	ck_assert_int_gt(number(a, "send_queued"), 0);
	ck_assert_int_gt(number(a, "unacked_chunks") +
		number(a, "pending_chunks"),
	    0);
	ck_assert_int_lt(number(a, "peer_window"), 2 * SIDE_BLOCK);
	a = find(list(j, "associations", 2), "id", p.at_server);
	ck_assert_int_eq(number(a, "receive_held"), SIDE_BLOCK);
	json_decref(j);
}
END_TEST

START_TEST(another_process_tells_of_itself)
{
	struct side_process other;
	pid_t pids[8], few[1];
	json_t *j, *assocs;
	gsctp_sock s[3];
	uint16_t port;
	int i;

	side_spawn(&other, "server");
	ck_assert(side_read(other.from, &port));
	for (i = 0; i < 3; i++) {
		s[i] = open_socket();
		(void)connect_to(s[i], port);
	}
	j = status(other.pid);
	ck_assert_int_eq(number(j, "pid"), other.pid);
	ck_assert_int_ne(number(j, "udp_port"), loop_udp_port());
	assocs = list(j, "associations", 3);
	for (i = 0; i < 3; i++)
		ck_assert_str_eq(string(find(assocs, "peer_port",
					    gsctp_port(s[i])),
				     "state"),
		    "established");
	json_decref(j);
	ck_assert_int_eq(gsctp_stack_list(pids, 8), 2);
	ck_assert(pids[0] == getpid() || pids[1] == getpid());
	ck_assert(pids[0] == other.pid || pids[1] == other.pid);
	ck_assert_int_eq(gsctp_stack_list(NULL, 0), 2);
	ck_assert_int_eq(gsctp_stack_list(few, 1), 2);
	ck_assert_int_eq(side_end(&other), 0);
	ck_assert_int_eq(gsctp_stack_list(pids, 8), 1);
	ck_assert_int_eq(pids[0], getpid());
}
END_TEST

START_TEST(who_is_not_there_is_esrch_and_who_sleeps_a_timeout)
{
	struct side_process other;
	char *text = NULL;
	uint16_t port;
	int status_of;

	side_spawn(&other, "server");
	ck_assert(side_read(other.from, &port));
	ck_assert_int_eq(kill(other.pid, SIGSTOP), 0);
	ck_assert_int_eq(waitpid(other.pid, &status_of, WUNTRACED), other.pid);
	ck_assert_int_eq(gsctp_stack_status(other.pid, 100, &text), -ETIMEDOUT);
	ck_assert_int_eq(gsctp_stack_status(other.pid, 0, &text), -ETIMEDOUT);
	ck_assert_int_eq(kill(other.pid, SIGCONT), 0);
	json_decref(status(other.pid));
	ck_assert_int_eq(kill(other.pid, SIGKILL), 0);
	ck_assert_int_eq(side_end(&other), 128 + SIGKILL);
	ck_assert_int_eq(gsctp_stack_status(other.pid, LOOP_MS, &text), -ESRCH);
	ck_assert_int_eq(gsctp_stack_status(1, LOOP_MS, &text), -ESRCH);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(gsctp_stack_status(0, LOOP_MS, &text), -ESRCH);
	ck_assert_int_eq(gsctp_stack_status(getpid(), LOOP_MS, &text), -ESRCH);
	ck_assert_int_eq(gsctp_stack_list(NULL, 0), 0);
	ck_assert_ptr_null(text);
}
END_TEST

START_TEST(arguments_that_make_no_sense_are_refused)
{
	char *text = NULL;

	ck_assert_int_eq(gsctp_stack_status(0, 0, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_stack_status(-1, 0, &text), -EINVAL);
	ck_assert_int_eq(gsctp_stack_status(0, -2, &text), -EINVAL);
	ck_assert_int_eq(gsctp_stack_list(NULL, 1), -EINVAL);
	errno = 12345;
	ck_assert_int_eq(gsctp_stack_status(0, 0, &text), 0);
	free(text);
	ck_assert_int_eq(gsctp_stack_list(NULL, 0), 1);
	ck_assert_int_eq(gsctp_stack_status(1, 0, &text), -ESRCH);
	ck_assert_int_eq(errno, 12345);
}
END_TEST

START_TEST(without_a_run_directory_only_the_own_process_is_known)
{
	pid_t pid = 0;
	char *text;

	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", "", 1), 0);
	loop_setup();
	json_decref(status(0));
	json_decref(status(getpid()));
	ck_assert_int_eq(gsctp_stack_list(&pid, 1), 1);
	ck_assert_int_eq(pid, getpid());
	ck_assert_int_eq(gsctp_stack_status(1, 0, &text), -ESRCH);
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", run_dir, 1), 0);
}
END_TEST

/* In a child of fork(): 0, or what was wrong. */
static int
ask_as_child(pid_t parent)
{
	char *text = NULL;

	if (gsctp_stack_status(0, 0, &text) != -ESTALE)
		return 1;
	if (gsctp_stack_list(NULL, 0) != 1)
		return 2;
	if (gsctp_stack_status(parent, LOOP_MS, &text) != 0)
		return 3;
	free(text);
	return 0;
}

START_TEST(a_child_of_fork_may_ask_its_parent_and_not_itself)
{
	pid_t parent = getpid(), pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(30);
		_exit(ask_as_child(parent));
	}
	ck_assert_int_eq(side_wait(pid), 0);
	json_decref(status(parent));
}
END_TEST

/*
 * Who asks by hand
 */

static struct sockaddr_un
own_address(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char command[700];
	FILE *f;
	int dir;

	(void)snprintf(command, sizeof(command), "ls '%s' | grep 'sock$'",
	    run_dir);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%80s", command), 1);
	(void)pclose(f);
	/* It stays open until the test ends. */
	dir = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
	ck_assert_int_lt(snprintf(un.sun_path, sizeof(un.sun_path),
			     "/proc/self/fd/%d/%.80s", dir, command),
	    (int)sizeof(un.sun_path));
	return un;
}

static int
call_at(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)un, sizeof(*un)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Bytes until the end. */
static size_t
read_to_end(int fd)
{
	char buf[65536];
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		len += (size_t)n;
	return len;
}

static gsctp_sock many[MANY];

static struct loop_pair
make_many(void)
{
	struct loop_pair p = loop_pair(NULL, 0);
	size_t i;

	for (i = 0; i < MANY; i++) {
		many[i] = loop_open(NULL, 0);
		(void)loop_connect(many[i], p.server);
	}
	return p;
}

START_TEST(a_thousand_associations_are_told_of)
{
	json_t *j, *assocs;
	char *text = NULL;
	pid_t pid;
	size_t i;

	(void)make_many();
	j = status(0);
	assocs = list(j, "associations", 2 * (MANY + 1));
	ck_assert_int_eq(number(j, "associations_left_out"), 0);
	for (i = 0; i < MANY; i++)
		ck_assert_str_eq(string(find(assocs, "local_port",
					    gsctp_port(many[i])),
				     "state"),
		    "established");
	json_decref(j);
	/* And through the socket. */
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(60);
		if (gsctp_stack_status(getppid(), LOOP_MS, &text) != 0)
			_exit(1);
		j = json_loads(text, 0, NULL);
		_exit(json_array_size(json_object_get(j, "associations")) ==
			    2 * (MANY + 1) ?
			0 :
			2);
	}
	ck_assert_int_eq(side_wait(pid), 0);
}
END_TEST

/* As many as there may be, and one more. */
START_TEST(who_asks_and_does_not_read_holds_nobody_up)
{
	const struct gsctp_opt no_delay[] = { GSCTP_NODELAY(true) };
	struct loop_pair p = make_many();
	struct sockaddr_un un = own_address();
	struct gsctp_assoc_change up;
	struct sockaddr_storage to;
	struct gsctp_msg *m;
	uint64_t from;
	gsctp_sock s;
	int fds[4], more;
	size_t i;

	for (i = 0; i < 4; i++) {
		fds[i] = call_at(&un);
		ck_assert_int_ge(fds[i], 0);
		/* It is answered, as far as there is room. */
		ck_assert_int_ne(loop_poll(fds[i], POLLIN, LOOP_MS), 0);
	}
	more = call_at(&un);
	ck_assert_int_ge(more, 0);
	ck_assert_uint_eq(read_to_end(more), 0);
	close(more);

	from = loop_now_ms();
	s = loop_open(no_delay, 1);
	ck_assert_int_eq(gsctp_sockname(p.server, &to), 0);
	ck_assert_int_eq(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to),
			     NULL, 0, LOOP_MS, &up),
	    0);
	for (i = 0; i < 50; i++) {
		ck_assert_int_eq(gsctp_send(s, up.assoc_id, 0, "x", 1), 0);
		m = loop_recv_type(p.server, GSCTP_MSG_DATA);
		ck_assert_uint_eq(m->u.data.len, 1);
		gsctp_msg_free(m);
	}
	/* They are given up after 10 s; it was not that which helped. */
	ck_assert_uint_lt(loop_now_ms() - from, 9000);
	for (i = 0; i < 4; i++) {
		ck_assert_uint_gt(read_to_end(fds[i]), 100000);
		close(fds[i]);
	}
	more = call_at(&un);
	ck_assert_int_ge(more, 0);
	ck_assert_uint_gt(read_to_end(more), 100000);
	close(more);
}
END_TEST

/* All of it, or what is in it. */
static void
remove_run_dir(bool itself)
{
	char command[700];

	(void)snprintf(command, sizeof(command), "rm -r '%s'%s", run_dir,
	    itself ? "" : "/*");
	ck_assert_int_eq(system(command), 0);
}

START_TEST(where_the_status_is_asked_for_comes_back_with_the_next_socket)
{
	struct sockaddr_un un;
	char *text = NULL;
	int i, fd, nfds = side_count_fds();

	/* What has come back comes back again. */
	for (i = 0; i < 2; i++) {
		remove_run_dir(_i == 0);
		ck_assert_int_eq(gsctp_listen(open_socket(), GSCTP_BACKLOG), 0);
		ck_assert_int_eq(side_count_fds(), nfds + i);
		un = own_address(); /* one descriptor more */
		fd = call_at(&un);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
		ck_assert_uint_gt(read_to_end(fd), 0);
		close(fd);
	}
	/* The stack's end is its end. */
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(call_at(&un), -1);
	ck_assert_int_eq(gsctp_stack_status(0, LOOP_MS, &text), -ESRCH);
}
END_TEST

START_TEST(a_stop_does_not_wait_for_who_reads)
{
	struct sockaddr_un un;
	uint64_t from;
	int fd;

	(void)make_many();
	un = own_address();
	fd = call_at(&un);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
	from = loop_now_ms();
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_uint_lt(loop_now_ms() - from, 9000);
	/* It sees the end. */
	(void)read_to_end(fd);
	close(fd);
	ck_assert_int_eq(call_at(&un), -1);
}
END_TEST

/* As a child that may not come back: what it hears, plus 1. */
static int
hear_as_nobody(const struct sockaddr_un *un)
{
	int fd;

	if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		return 100;
	fd = call_at(un);
	if (fd == -1)
		return 0;
	return read_to_end(fd) == 0 ? 1 : 2;
}

START_TEST(another_user_hears_nothing)
{
	struct sockaddr_un un = own_address();
	int i, open_to_all;
	pid_t pid;

	if (geteuid() != 0) {
		printf("not root: cannot become another user\n");
		return;
	}
	for (open_to_all = 0; open_to_all < 2; open_to_all++) {
		/* Even where somebody has opened the way. */
		if (open_to_all) {
			ck_assert_int_eq(chmod(run_dir, 0755), 0);
			ck_assert_int_eq(chmod(un.sun_path, 0777), 0);
		}
		fflush(NULL);
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			alarm(30);
			_exit(hear_as_nobody(&un));
		}
		ck_assert_int_eq(side_wait(pid), open_to_all);
	}
	ck_assert_int_eq(chmod(run_dir, 0700), 0);
	i = call_at(&un);
	ck_assert_int_ge(i, 0);
	ck_assert_uint_gt(read_to_end(i), 100);
	close(i);
}
END_TEST

/* Nobody has asked, so nothing runs but the driver. */
START_TEST(there_is_no_thread_while_nobody_asks)
{
	struct gsctp_stack_info before, after;
	struct sockaddr_un un = own_address();
	int fd;

	fd = call_at(&un);
	ck_assert_uint_gt(read_to_end(fd), 100);
	close(fd);
	ck_assert_int_eq(gsctp_stack_info(&before), 0);
	/* Of nothing that could come. */
	ck_assert_int_eq(poll(NULL, 0, 300), 0);
	ck_assert_int_eq(gsctp_stack_info(&after), 0);
	ck_assert_uint_le(after.wakeups - before.wakeups, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("status");
	TCase *tc = tcase_create("status");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, it_tells_of_the_stack);
	tcase_add_test(tc, it_tells_of_every_socket);
	tcase_add_test(tc, it_tells_of_an_association_what_the_options_do);
	tcase_add_test(tc, queues_that_are_not_read_show);
	tcase_add_test(tc, another_process_tells_of_itself);
	tcase_add_test(tc, who_is_not_there_is_esrch_and_who_sleeps_a_timeout);
	tcase_add_test(tc, arguments_that_make_no_sense_are_refused);
	tcase_add_test(tc,
	    without_a_run_directory_only_the_own_process_is_known);
	tcase_add_test(tc, a_child_of_fork_may_ask_its_parent_and_not_itself);
	tcase_add_test(tc, a_thousand_associations_are_told_of);
	tcase_add_test(tc, who_asks_and_does_not_read_holds_nobody_up);
	tcase_add_loop_test(tc,
	    where_the_status_is_asked_for_comes_back_with_the_next_socket, 0,
	    2);
	tcase_add_test(tc, a_stop_does_not_wait_for_who_reads);
	tcase_add_test(tc, another_user_hears_nothing);
	tcase_add_test(tc, there_is_no_thread_while_nobody_asks);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	(void)argv;
	return argc > 1 ? second_process() : gs_test_main(suite());
}
