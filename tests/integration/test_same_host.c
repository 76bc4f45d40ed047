/*
 * Programs on one host find each other's UDP ports.  The second process of
 * each test is this program again; it says when it is ready, and ends when
 * its standard input does.
 */

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "check_main.h"
#include "loop.h"
#include "side.h"
#include "tmp.h"

static char run_dir[TMP_PATH];
static int log_warned;

static void
note_log(void *arg, int level, const char *line)
{
	if (level == GSCTP_LOG_WARN && strstr(line, "run directory") != NULL)
		log_warned++;
	loop_log(arg, level, line);
}

static int
start_stack(uint16_t peer_udp_port)
{
	struct gsctp_stack_config cfg;

	loop_config(&cfg);
	cfg.log = note_log;
	cfg.peer_udp_port = peer_udp_port;
	log_warned = 0;
	return gsctp_stack_start(&cfg);
}

static void
setup(void)
{
	tmp_dir(run_dir, "test_same_host");
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", run_dir, 1), 0);
	ck_assert_int_eq(unsetenv("GSCTP_PEER_UDP_PORT"), 0);
	loop_engine_left = 0;
}

static void
teardown(void)
{
	/* Some have done so. */
	(void)gsctp_stack_stop(0);
	ck_assert_int_eq(loop_engine_left, 0);
	tmp_remove(run_dir);
}

/*
 * The second process: "IP PORT" listens there until its input ends; "many" has
 * MANY ports all over the range of those that sockets get.
 */

#define MANY 1024
#define RANGE_FIRST 49152
#define MANY_STEP ((65536 - RANGE_FIRST) / MANY)

static bool
is_one_of_many(int port)
{
	return port >= RANGE_FIRST && (port - RANGE_FIRST) % MANY_STEP == 0;
}

static int
have_many(void)
{
	const struct gsctp_opt ip = GSCTP_IP(side_addr("127.0.0.1", 0));
	gsctp_sock s;
	char byte;
	int i;

	alarm(120);
	side_must(start_stack(0) == 0);
	for (i = 0; i < MANY; i++)
		side_must(gsctp_open((uint16_t)(RANGE_FIRST + i * MANY_STEP),
			      &ip, 1, &s) == 0);
	side_must(side_write(1, 0));
	side_must(read(0, &byte, 1) == 0);
	side_must(gsctp_stack_stop(1000) == 0);
	return 0;
}

static void
discard(gsctp_sock s)
{
	struct gsctp_msg *m;

	while (gsctp_recv(s, 0, &m) == 0)
		gsctp_msg_free(m);
}

static int
second_process(const char *mode)
{
	char ip[64];
	unsigned int port;
	struct gsctp_opt opts[2];
	struct sockaddr_storage ss;
	struct gsctp_stack_info info;
	struct pollfd p[2];
	gsctp_sock s;

	alarm(120);
	side_must(sscanf(mode, "%63s %u", ip, &port) == 2);
	ss = side_addr(ip, 0);
	opts[0] = (struct gsctp_opt)GSCTP_FAMILY(
	    ss.ss_family == AF_INET6 ? GSCTP_INET6 : GSCTP_INET);
	opts[1] = (struct gsctp_opt)GSCTP_IP(ss);
	side_must(start_stack(0) == 0);
	side_must(gsctp_open((uint16_t)port, opts, 2, &s) == 0);
	side_must(gsctp_listen(s, GSCTP_BACKLOG) == 0);
	side_must(gsctp_stack_info(&info) == 0);
	side_must(side_write(1, (uint16_t)gsctp_port(s)));
	side_must(side_write(1, info.udp_port));
	p[0] = (struct pollfd){ .fd = 0, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = gsctp_fd(s), .events = POLLIN };
	while (p[0].revents == 0) {
		side_must(poll(p, 2, -1) >= 0);
		discard(s);
	}
	side_must(gsctp_stack_stop(1000) == 0);
	return 0;
}

struct server {
	struct side_process process;
	uint16_t port, udp_port;
};

static struct server
serve(const char *ip, uint16_t port)
{
	struct server out;
	char mode[80];

	(void)snprintf(mode, sizeof(mode), "%s %u", ip, port);
	side_spawn(&out.process, mode);
	ck_assert(side_read(out.process.from, &out.port));
	ck_assert(side_read(out.process.from, &out.udp_port));
	return out;
}

static void
end(struct server *s)
{
	ck_assert_int_eq(side_end(&s->process), 0);
}

static void
kill_it(struct server *s)
{
	ck_assert_int_eq(kill(s->process.pid, SIGKILL), 0);
	ck_assert_int_eq(side_end(&s->process), 128 + SIGKILL);
}

/*
 * This process
 */

static gsctp_sock
open_socket(const char *ip, uint16_t port)
{
	const struct gsctp_opt opts[] = {
		GSCTP_FAMILY(strchr(ip, ':') ? GSCTP_INET6 : GSCTP_INET),
		GSCTP_IP(loop_addr(ip, 0)),
	};
	gsctp_sock s;

	ck_assert_int_eq(gsctp_open(port, opts, 2, &s), 0);
	return s;
}

static int
try_connect(gsctp_sock s, const char *ip, uint16_t port, int timeout_ms,
    struct gsctp_assoc_change *up)
{
	struct sockaddr_storage to = loop_addr(ip, port);

	return gsctp_connect(s, (struct sockaddr *)&to, sizeof(to), NULL, 0,
	    timeout_ms, up);
}

/* The UDP port that the peer is reached at. */
static uint16_t
connected_port(gsctp_sock s, const char *ip, uint16_t port)
{
	struct gsctp_assoc_change up;
	struct gsctp_opt o;

	ck_assert_int_eq(try_connect(s, ip, port, LOOP_MS, &up), 0);
	o = (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id =
							       up.assoc_id);
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	ck_assert_int_eq(gsctp_abort(s, up.assoc_id, NULL, 0), 0);
	(void)loop_recv_state(s, GSCTP_COMM_LOST);
	return o.u.udp_encaps.port;
}

static int
count_files(void)
{
	DIR *d = opendir(run_dir);
	struct dirent *e;
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static const char *const ips[] = { "127.0.0.1", "::1", "127.0.0.2" };

START_TEST(a_server_is_found_without_being_told_its_udp_port)
{
	struct server server;

	if (_i == 1 && !loop_has_ipv6()) {
		printf("no ::1 here: IPv6 is left out\n");
		return;
	}
	server = serve(ips[_i], 0);
	ck_assert_int_eq(start_stack(0), 0);
	ck_assert_uint_eq(connected_port(open_socket(ips[_i], 0), ips[_i],
			      server.port),
	    server.udp_port);
	end(&server);
}
END_TEST

START_TEST(each_of_several_servers_is_found)
{
	struct server one = serve("127.0.0.1", 0);
	struct server two = serve("127.0.0.1", 0);
	gsctp_sock s;

	ck_assert_uint_ne(one.udp_port, two.udp_port);
	ck_assert_int_eq(start_stack(0), 0);
	s = open_socket("127.0.0.1", 0);
	ck_assert_uint_eq(connected_port(s, "127.0.0.1", one.port),
	    one.udp_port);
	ck_assert_uint_eq(connected_port(s, "127.0.0.1", two.port),
	    two.udp_port);
	end(&one);
	end(&two);
}
END_TEST

START_TEST(a_server_in_the_same_process_is_found)
{
	gsctp_sock server, s;

	ck_assert_int_eq(start_stack(0), 0);
	server = open_socket("127.0.0.1", 0);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	s = open_socket("127.0.0.2", 0);
	ck_assert_uint_eq(connected_port(s, "127.0.0.1",
			      (uint16_t)gsctp_port(server)),
	    loop_udp_port());
}
END_TEST

/* A wildcard of both families: with IPv4 alone nobody could have ::1. */
START_TEST(the_exact_address_comes_before_the_wildcard)
{
	struct server all = serve("0.0.0.0", 0);
	struct server one;
	gsctp_sock s;

	one = serve("127.0.0.2", all.port);
	ck_assert_int_eq(start_stack(0), 0);
	s = open_socket("127.0.0.1", 0);
	ck_assert_uint_eq(connected_port(s, "127.0.0.1", all.port),
	    all.udp_port);
	ck_assert_uint_eq(connected_port(s, "127.0.0.2", all.port),
	    one.udp_port);
	end(&one);
	ck_assert_uint_eq(connected_port(s, "127.0.0.2", all.port),
	    all.udp_port);
	end(&all);
}
END_TEST

START_TEST(a_new_server_takes_the_place_of_one_that_was_killed)
{
	struct server old = serve("127.0.0.1", 0), new;
	gsctp_sock s;
	int before;

	ck_assert_int_eq(start_stack(0), 0);
	s = open_socket("127.0.0.1", 0);
	before = count_files();
	ck_assert_uint_eq(connected_port(s, "127.0.0.1", old.port),
	    old.udp_port);
	kill_it(&old);
	ck_assert_int_eq(count_files(), before);
	new = serve("127.0.0.1", old.port);
	ck_assert_uint_eq(connected_port(s, "127.0.0.1", new.port),
	    new.udp_port);
	/* Those of the old one are gone. */
	ck_assert_int_eq(count_files(), before);
	end(&new);
}
END_TEST

START_TEST(nothing_is_left_when_all_have_ended)
{
	struct server server = serve("127.0.0.1", 0);

	ck_assert_int_eq(start_stack(0), 0);
	ck_assert_int_gt(count_files(), 0);
	end(&server);
	ck_assert_int_eq(gsctp_stack_stop(0), 0);
	ck_assert_int_eq(count_files(), 0);
}
END_TEST

/* A UDP socket takes the INIT, and never answers. */
static void
ck_init_arrives(int fd)
{
	uint8_t packet[2048];

	ck_assert_int_ne(loop_poll(fd, POLLIN, LOOP_MS), 0);
	ck_assert_int_gt(recv(fd, packet, sizeof(packet), MSG_DONTWAIT), 12);
	ck_assert_uint_eq(packet[12], 1);
}

START_TEST(a_udp_port_that_the_application_names_is_used)
{
	struct server server = serve("127.0.0.1", 0);
	uint16_t udp_port = 0;
	int fd = side_udp(&udp_port);
	const struct gsctp_opt named[] = {
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = udp_port),
	};
	struct sockaddr_storage to = loop_addr("127.0.0.1", server.port);
	gsctp_assoc_id id;
	gsctp_sock s;

	/* By the configuration. */
	if (_i == 0)
		ck_assert_int_eq(start_stack(udp_port), 0);
	/* By the environment. */
	if (_i == 1) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%u", udp_port);
		ck_assert_int_eq(setenv("GSCTP_PEER_UDP_PORT", text, 1), 0);
		ck_assert_int_eq(start_stack(0), 0);
		ck_assert_int_eq(unsetenv("GSCTP_PEER_UDP_PORT"), 0);
	}
	if (_i >= 2)
		ck_assert_int_eq(start_stack(0), 0);
	s = open_socket("127.0.0.1", 0);
	/* Before, and with, the connect. */
	if (_i == 2)
		ck_assert_int_eq(gsctp_setopts(s, named, 1, NULL), 0);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
			     sizeof(to), named, _i == 3 ? 1 : 0, &id),
	    0);
	ck_init_arrives(fd);
	close(fd);
	end(&server);
}
END_TEST

START_TEST(several_addresses_of_one_peer_have_its_port)
{
	struct server server = serve("127.0.0.1", 0);
	const struct sockaddr_storage to[] = {
		loop_addr("127.0.0.2", server.port),
		loop_addr("127.0.0.1", server.port),
	};
	struct gsctp_opt o;
	gsctp_assoc_id id;
	gsctp_sock s;

	ck_assert_int_eq(start_stack(0), 0);
	s = open_socket("127.0.0.1", 0);
	ck_assert_int_eq(gsctp_connectx_init(s, to, 2, NULL, 0, &id), 0);
	o = (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id,
	    .address = to[0]);
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.udp_encaps.port, server.udp_port);
	o.u.udp_encaps.address = to[1];
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.udp_encaps.port, server.udp_port);
	end(&server);
}
END_TEST

/* The map of this stack, the only one: lines that say "bound". */
static int
count_bound(const char *expect)
{
	char path[TMP_PATH + 256], line[128];
	struct dirent *e;
	FILE *f = NULL;
	DIR *d = opendir(run_dir);
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while (f == NULL && (e = readdir(d)) != NULL) {
		if (strstr(e->d_name, ".map") == NULL)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", run_dir, e->d_name);
		f = fopen(path, "r");
	}
	closedir(d);
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		n += strncmp(line, expect, strlen(expect)) == 0;
	(void)fclose(f);
	return n;
}

START_TEST(what_is_bound_or_closed_is_seen_when_the_call_returns)
{
	const struct sockaddr_storage more[] = { loop_addr("127.0.0.2", 0) };
	char first[64], second[64];
	gsctp_sock s, chosen;
	uint16_t port;

	ck_assert_int_eq(start_stack(0), 0);
	s = open_socket("127.0.0.1", 0);
	port = (uint16_t)gsctp_port(s);
	(void)snprintf(first, sizeof(first), "bound 127.0.0.1 %u ", port);
	(void)snprintf(second, sizeof(second), "bound 127.0.0.2 %u listens",
	    port);
	/* As a client has it: nobody's business. */
	ck_assert_int_eq(count_bound("bound "), 0);
	ck_assert_int_eq(gsctp_listen(s, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(count_bound(first), 1);
	ck_assert_int_eq(gsctp_bindx(s, more, 1, GSCTP_BINDX_ADD), 0);
	ck_assert_int_eq(count_bound(first), 1);
	ck_assert_int_eq(count_bound(second), 1);
	ck_assert_int_eq(gsctp_bindx(s, more, 1, GSCTP_BINDX_REM), 0);
	ck_assert_int_eq(count_bound(second), 0);
	ck_assert_int_eq(gsctp_close(s), 0);
	ck_assert_int_eq(count_bound("bound "), 0);
	/* A port of the application's choice, and free again. */
	chosen = open_socket("127.0.0.1", port);
	(void)snprintf(first, sizeof(first), "bound 127.0.0.1 %u open", port);
	ck_assert_int_eq(count_bound(first), 1);
	ck_assert_int_eq(gsctp_close(chosen), 0);
	ck_assert_int_eq(count_bound("bound "), 0);
}
END_TEST

/* In a child of fork() nothing may be touched, and its end removes nothing. */
START_TEST(a_child_of_fork_neither_removes_nor_keeps_the_files)
{
	struct server server = serve("127.0.0.1", 0);
	gsctp_sock s;
	pid_t pid;

	ck_assert_int_eq(start_stack(0), 0);
	s = open_socket("127.0.0.1", 0);
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(60);
#ifdef __SANITIZE_ADDRESS__
		/* Its search for leaks may hang where threads are missing. */
		_exit(0);
#endif
		exit(0);
	}
	ck_assert_int_eq(side_wait(pid), 0);
	ck_assert_int_eq(count_files(), 6);
	ck_assert_uint_eq(connected_port(s, "127.0.0.1", server.port),
	    server.udp_port);
	end(&server);
}
END_TEST

START_TEST(without_a_directory_the_stack_runs_alone_and_says_so_once)
{
	struct gsctp_assoc_change up;
	gsctp_sock s, server;
	char path[TMP_PATH_IN];

	(void)snprintf(path, sizeof(path), "%s/no/such", run_dir);
	if (_i == 1) {
		/* Others may write there. */
		ck_assert_int_eq(chmod(run_dir, 0777), 0);
		strcpy(path, run_dir);
	}
	if (_i == 2)
		path[0] = '\0';
	ck_assert_int_eq(setenv("GSCTP_RUN_DIR", path, 1), 0);
	ck_assert_int_eq(start_stack(0), 0);
	server = open_socket("127.0.0.1", 0);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	s = open_socket("127.0.0.1", 0);
	/* Its own sockets it knows all the same. */
	ck_assert_int_eq(try_connect(s, "127.0.0.1",
			     (uint16_t)gsctp_port(server), LOOP_MS, &up),
	    0);
	ck_assert_int_eq(log_warned, _i == 2 ? 0 : 1);
	ck_assert_int_eq(count_files(), 0);
}
END_TEST

START_TEST(a_directory_that_is_removed_comes_back_with_the_next_socket)
{
	struct server server;

	ck_assert_int_eq(start_stack(0), 0);
	tmp_remove(run_dir);
	ck_assert_int_eq(gsctp_listen(open_socket("127.0.0.1", 0),
			     GSCTP_BACKLOG),
	    0);
	ck_assert_int_eq(count_files(), 3);
	server = serve("127.0.0.1", 0);
	ck_assert_uint_eq(connected_port(open_socket("127.0.0.1", 0),
			      "127.0.0.1", server.port),
	    server.udp_port);
	end(&server);
}
END_TEST

START_TEST(a_socket_gets_no_port_that_another_program_has)
{
	struct side_process other;
	gsctp_sock s[200];
	uint16_t ready;
	int i;

	side_spawn(&other, "many");
	ck_assert(side_read(other.from, &ready));
	ck_assert_int_eq(start_stack(0), 0);
	for (i = 0; i < 200; i++) {
		s[i] = open_socket("127.0.0.1", 0);
		ck_assert(!is_one_of_many(gsctp_port(s[i])));
	}
	/* One is had by its name all the same; and none when it has gone. */
	(void)open_socket("127.0.0.1", RANGE_FIRST);
	ck_assert_int_eq(side_end(&other), 0);
	for (i = 0; i < 200; i++)
		ck_assert_int_eq(gsctp_close(s[i]), 0);
	for (i = 0; i < 5000; i++) {
		s[0] = open_socket("127.0.0.1", 0);
		if (is_one_of_many(gsctp_port(s[0])))
			break;
		ck_assert_int_eq(gsctp_close(s[0]), 0);
	}
	ck_assert_int_lt(i, 5000);
}
END_TEST

/* 203.0.113.7 is an address that this host does not have. */
START_TEST(a_port_here_is_not_taken_for_that_of_another_host)
{
	struct gsctp_stack_config cfg;
	struct sockaddr_storage to;
	gsctp_assoc_id id;
	struct gsctp_opt o;
	gsctp_sock s, server;
	int err;

	loop_config(&cfg);
	cfg.addrs = NULL;
	cfg.naddrs = 0;
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &server), 0);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	ck_assert_int_eq(gsctp_open(0, NULL, 0, &s), 0);
	to = loop_addr("203.0.113.7", (uint16_t)gsctp_port(server));
	err = gsctp_connect_init(s, (struct sockaddr *)&to, sizeof(to), NULL, 0,
	    &id);
	if (err == -ENETUNREACH || err == -EHOSTUNREACH) {
		printf("no way to other hosts from here: left out\n");
		return;
	}
	ck_assert_int_eq(err, 0);
	o = (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id);
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.udp_encaps.port, 9899);
	/* But here it is this stack's. */
	to = loop_addr("127.0.0.1", (uint16_t)gsctp_port(server));
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
			     sizeof(to), NULL, 0, &id),
	    0);
	o = (struct gsctp_opt)GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id);
	ck_assert_int_eq(gsctp_getopts(s, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.udp_encaps.port, loop_udp_port());
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("same_host");
	TCase *tc = tcase_create("same_host");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc,
	    a_server_is_found_without_being_told_its_udp_port, 0, 3);
	tcase_add_test(tc, each_of_several_servers_is_found);
	tcase_add_test(tc, a_server_in_the_same_process_is_found);
	tcase_add_test(tc, the_exact_address_comes_before_the_wildcard);
	tcase_add_test(tc, a_new_server_takes_the_place_of_one_that_was_killed);
	tcase_add_test(tc, nothing_is_left_when_all_have_ended);
	tcase_add_loop_test(tc, a_udp_port_that_the_application_names_is_used,
	    0, 4);
	tcase_add_test(tc, several_addresses_of_one_peer_have_its_port);
	tcase_add_test(tc,
	    what_is_bound_or_closed_is_seen_when_the_call_returns);
	tcase_add_test(tc, a_child_of_fork_neither_removes_nor_keeps_the_files);
	tcase_add_loop_test(tc,
	    without_a_directory_the_stack_runs_alone_and_says_so_once, 0, 3);
	tcase_add_test(tc,
	    a_directory_that_is_removed_comes_back_with_the_next_socket);
	tcase_add_test(tc, a_port_here_is_not_taken_for_that_of_another_host);
	tcase_add_test(tc, a_socket_gets_no_port_that_another_program_has);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "many") == 0)
		return have_many();
	return argc > 1 ? second_process(argv[1]) : gs_test_main(suite());
}
