#include "registry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/check_main.h"
#include "../support/tmp.h"

static char base[TMP_PATH];
static struct gs_registry a, b;
static uint64_t net, pidns;

static int
open_dir(void)
{
	int fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void
setup(void)
{
	tmp_dir(base, "test_registry");
	ck_assert_int_eq(gs_registry_namespaces(&net, &pidns), 0);
	ck_assert_int_eq(gs_registry_open(&a, open_dir(), 1001), 0);
	ck_assert_int_eq(gs_registry_open(&b, open_dir(), 1002), 0);
}

static void
teardown(void)
{
	gs_registry_close(&a);
	gs_registry_close(&b);
	tmp_remove(base);
}

static union gs_addr
addr(const char *ip, uint16_t port)
{
	union gs_addr out;

	memset(&out, 0, sizeof(out));
	ck_assert_int_eq(gs_addr_parse(&out, ip), 0);
	gs_addr_set_port(&out, port);
	return out;
}

/* NULL: the wildcard of both families. */
static struct gs_bound
bound(const char *ip, uint16_t port, bool is_listening)
{
	struct gs_bound out;

	memset(&out, 0, sizeof(out));
	if (ip != NULL)
		out.addr = addr(ip, 0);
	out.any4 = out.any6 = ip == NULL;
	out.port = port;
	out.is_listening = is_listening;
	return out;
}

static void
put(struct gs_registry *r, struct gs_bound x)
{
	ck_assert_int_eq(gs_registry_write(r, &x, 1), 0);
}

/* The UDP port that a finds, or 0. */
static uint16_t
find(const char *ip, uint16_t port)
{
	union gs_addr to = addr(ip, port);
	uint16_t udp_port = 0;
	unsigned int rank = gs_registry_find(&a, &to, 1, &udp_port);

	ck_assert_int_eq(rank != 0, udp_port != 0);
	return udp_port;
}

static size_t
count_files(void)
{
	DIR *d = opendir(base);
	struct dirent *e;
	size_t n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
put_file(const char *name, const char *text, size_t len)
{
	char path[TMP_PATH_IN];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", base, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

/*
 * The text
 */

START_TEST(what_is_printed_is_read_again)
{
	struct gs_bound list[5];
	struct gs_map m = { .net = UINT64_MAX,
		.pidns = 7,
		.pid = 2147483647,
		.udp_port = 65535,
		.bounds = list,
		.nbounds = 5 };
	struct gs_map got;
	size_t i, len;
	char *text;

	list[0] = bound("127.0.0.1", 1, true);
	list[1] = bound("2001:db8::ffff", 65535, false);
	list[2] = bound(NULL, 5001, true);
	list[3] = bound(NULL, 5002, false);
	list[3].any6 = false;
	list[4] = bound(NULL, 5003, false);
	list[4].any4 = false;
	text = gs_map_print(&m, &len);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(strlen(text), len);
	ck_assert_int_eq(gs_map_parse(text, &got), 0);
	free(text);
	ck_assert_uint_eq(got.net, m.net);
	ck_assert_uint_eq(got.pidns, m.pidns);
	ck_assert_int_eq(got.pid, m.pid);
	ck_assert_uint_eq(got.udp_port, m.udp_port);
	ck_assert_uint_eq(got.nbounds, 5);
	for (i = 0; i < 5; i++)
		ck_assert_mem_eq(&got.bounds[i], &list[i], sizeof(list[i]));
	gs_map_fini(&got);
}
END_TEST

START_TEST(more_sockets_than_there_is_room_for_are_left_out)
{
	const size_t n = GS_MAP_BOUNDS + 10;
	struct gs_bound *list = calloc(n, sizeof(*list));
	struct gs_map m = { .net = 1,
		.pidns = 1,
		.pid = 1,
		.udp_port = 1,
		.bounds = list,
		.nbounds = n };
	struct gs_map got;
	size_t i, len;
	char *text;

	ck_assert_ptr_nonnull(list);
	for (i = 0; i < n; i++)
		list[i] = bound("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		    65535, true);
	text = gs_map_print(&m, &len);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_le(len, GS_MAP_BYTES);
	ck_assert_int_eq(gs_map_parse(text, &got), 0);
	ck_assert_uint_eq(got.nbounds, GS_MAP_BOUNDS);
	gs_map_fini(&got);
	free(text);
	free(list);
}
END_TEST

#define HEAD "gsctp 1\nnet 1\npidns 2\npid 3\nudp 4\n"

static int
parse(const char *text)
{
	char *copy = strdup(text);
	struct gs_map m;
	int err;

	ck_assert_ptr_nonnull(copy);
	err = gs_map_parse(copy, &m);
	free(copy);
	if (err == 0)
		gs_map_fini(&m);
	return err;
}

START_TEST(text_that_is_not_right_is_refused_as_a_whole)
{
	static const char *const bad[] = {
		"",
		"\n",
		"end\n",
		"gsctp 2\nend\n",
		"gsctp 1\n",
		HEAD,
		HEAD "end",
		HEAD "end\n\n",
		HEAD "end\nbound any 1 open\n",
		"gsctp 1\npidns 2\npid 3\nudp 4\nend\n",
		"gsctp 1\nnet 1\npid 3\nudp 4\nend\n",
		"gsctp 1\nnet 1\npidns 2\nudp 4\nend\n",
		"gsctp 1\nnet x\npidns 2\npid 3\nudp 4\nend\n",
		"gsctp 1\nnet 18446744073709551616\npidns 2\npid 3\nend\n",
		"gsctp 1\nnet 1\npidns 2\npid 2147483648\nudp 4\nend\n",
		"gsctp 1\nnet 1\npidns 2\npid -3\nudp 4\nend\n",
		"gsctp 1\nnet 1\npidns 2\npid 3\nudp 65536\nend\n",
		"gsctp 1\nnet 1\npidns 2\npid 3\nudp 0\nend\n",
		"gsctp 1\nnet 1\npidns 2\npid 3\nudp 4x\nend\n",
		"gsctp 1\nnet 1\npidns 2\npid 3\nudp\nend\n",
		HEAD "bound\nend\n",
		HEAD "bound any\nend\n",
		HEAD "bound any 5001\nend\n",
		HEAD "bound any 5001 \nend\n",
		HEAD "bound any 0 open\nend\n",
		HEAD "bound any 65536 open\nend\n",
		HEAD "bound any +1 open\nend\n",
		HEAD "bound all 5001 open\nend\n",
		HEAD "bound 1.2.3 5001 open\nend\n",
		HEAD "bound ::g 5001 open\nend\n",
		HEAD "bound any 5001 shut\nend\n",
		HEAD "bound any 5001 open more\nend\n",
	};
	size_t i;

	ck_assert_int_eq(parse(HEAD "end\n"), 0);
	ck_assert_int_eq(parse(HEAD "later unknown words\n\nend\n"), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(parse(bad[i]) == -EINVAL, "taken: %s", bad[i]);
}
END_TEST

START_TEST(more_lines_than_there_may_be_are_refused)
{
	const char line[] = "bound any 5001 open\n";
	const size_t n = GS_MAP_BOUNDS + 1;
	char *text = malloc(sizeof(HEAD) + n * sizeof(line) + 8);
	size_t i;

	ck_assert_ptr_nonnull(text);
	strcpy(text, HEAD);
	for (i = 0; i < n; i++)
		strcpy(text + strlen(HEAD) + i * (sizeof(line) - 1), line);
	strcat(text, "end\n");
	ck_assert_int_eq(parse(text), -EINVAL);
	free(text);
}
END_TEST

/* Every cut, and every byte that is another one. */
START_TEST(no_damage_gives_a_number_out_of_range)
{
	static const char good[] = HEAD "bound 127.0.0.1 5001 listens\n"
					"bound any6 5002 open\nend\n";
	char text[sizeof(good)];
	struct gs_map m;
	size_t i, j;
	int c;

	for (i = 0; i + 1 < sizeof(good); i++) {
		strcpy(text, good);
		text[i] = '\0';
		ck_assert_int_eq(gs_map_parse(text, &m), -EINVAL);
		for (c = 1; c < 256; c++) {
			strcpy(text, good);
			text[i] = (char)c;
			if (gs_map_parse(text, &m) != 0)
				continue;
			ck_assert_int_gt(m.pid, 0);
			for (j = 0; j < m.nbounds; j++)
				ck_assert_uint_ne(m.bounds[j].port, 0);
			gs_map_fini(&m);
		}
	}
}
END_TEST

/*
 * Looking
 */

START_TEST(who_has_the_address_and_port_is_found)
{
	put(&b, bound("127.0.0.1", 5001, true));
	ck_assert_uint_eq(find("127.0.0.1", 5001), 1002);
	ck_assert_uint_eq(find("127.0.0.2", 5001), 0);
	ck_assert_uint_eq(find("127.0.0.1", 5002), 0);
	ck_assert_uint_eq(find("::1", 5001), 0);
	put(&b, bound("::1", 5001, true));
	ck_assert_uint_eq(find("::1", 5001), 1002);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	ck_assert_int_eq(gs_registry_write(&b, NULL, 0), 0);
	ck_assert_uint_eq(find("::1", 5001), 0);
}
END_TEST

START_TEST(a_wildcard_has_the_addresses_of_its_families)
{
	struct gs_bound x = bound(NULL, 5001, true);

	put(&b, x);
	ck_assert_uint_eq(find("10.1.2.3", 5001), 1002);
	ck_assert_uint_eq(find("2001:db8::1", 5001), 1002);
	x.any4 = false;
	put(&b, x);
	ck_assert_uint_eq(find("10.1.2.3", 5001), 0);
	ck_assert_uint_eq(find("2001:db8::1", 5001), 1002);
	x.any4 = true;
	x.any6 = false;
	put(&b, x);
	ck_assert_uint_eq(find("10.1.2.3", 5001), 1002);
	ck_assert_uint_eq(find("2001:db8::1", 5001), 0);
}
END_TEST

START_TEST(the_exact_address_comes_before_the_wildcard)
{
	struct gs_registry c;

	ck_assert_int_eq(gs_registry_open(&c, open_dir(), 1003), 0);
	put(&b, bound("127.0.0.1", 5001, true));
	put(&c, bound(NULL, 5001, true));
	ck_assert_uint_eq(find("127.0.0.1", 5001), 1002);
	ck_assert_uint_eq(find("127.0.0.2", 5001), 1003);
	/* Who does not listen has nothing for a peer. */
	put(&b, bound("127.0.0.1", 5001, false));
	ck_assert_uint_eq(find("127.0.0.1", 5001), 1003);
	gs_registry_close(&c);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 1002);
}
END_TEST

START_TEST(any_of_several_addresses_will_do)
{
	union gs_addr to[2];
	uint16_t port = 0;

	to[0] = addr("127.0.0.1", 5001);
	to[1] = addr("::1", 5001);
	put(&b, bound("::1", 5001, true));
	ck_assert_uint_ne(gs_registry_find(&a, to, 2, &port), 0);
	ck_assert_uint_eq(port, 1002);
}
END_TEST

START_TEST(ones_own_ports_and_those_of_other_networks_are_not_found)
{
	put(&a, bound(NULL, 5001, true));
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	b.net++;
	put(&b, bound(NULL, 5001, true));
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	b.net--;
	put(&b, bound(NULL, 5001, true));
	ck_assert_uint_eq(find("127.0.0.1", 5001), 1002);
}
END_TEST

/*
 * Life
 */

START_TEST(the_files_go_with_the_stack)
{
	put(&b, bound(NULL, 5001, true));
	ck_assert_uint_eq(count_files(), 3);
	gs_registry_close(&b);
	ck_assert_uint_eq(count_files(), 1);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
}
END_TEST

/* A process that has a port, and ends as it is told. */
static pid_t
start_process(int *fd)
{
	int out[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct gs_registry mine;
		struct gs_bound x;

		alarm(60);
		memset(&x, 0, sizeof(x));
		x.any4 = x.is_listening = true;
		x.port = 5001;
		gs_registry_in_child(&a);
		gs_registry_in_child(&b);
		if (gs_registry_open(&mine, open(base, O_RDONLY), 1004) != 0 ||
		    gs_registry_write(&mine, &x, 1) != 0 ||
		    write(out[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(out[1]);
	ck_assert_int_eq(read(out[0], &c, 1), 1);
	*fd = out[0];
	return pid;
}

static void
kill_process(pid_t pid, int fd)
{
	int status;

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	close(fd);
}

START_TEST(a_process_that_was_killed_is_not_found_and_its_files_go)
{
	size_t before = count_files();
	int fd;
	pid_t pid = start_process(&fd);

	ck_assert_uint_eq(find("127.0.0.1", 5001), 1004);
	ck_assert_uint_eq(count_files(), before + 2);
	kill_process(pid, fd);
	ck_assert_uint_eq(count_files(), before + 2);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	ck_assert_uint_eq(count_files(), before);
}
END_TEST

START_TEST(a_pid_that_lives_does_not_make_old_files_live)
{
	char name[64], text[256];
	int n;

	(void)snprintf(name, sizeof(name), "%ld-0123456789abcdef.lock",
	    (long)getpid());
	put_file(name, "", 0);
	n = snprintf(text, sizeof(text),
	    "gsctp 1\nnet %llu\npidns %llu\n"
	    "pid %ld\nudp 1005\nbound any 5001 listens\nend\n",
	    (unsigned long long)net, (unsigned long long)pidns, (long)getpid());
	(void)snprintf(name, sizeof(name), "%ld-0123456789abcdef.map",
	    (long)getpid());
	put_file(name, text, (size_t)n);
	ck_assert_uint_eq(count_files(), 4);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	ck_assert_uint_eq(count_files(), 2);
}
END_TEST

START_TEST(a_child_of_fork_does_not_keep_its_parents_files_alive)
{
	int fd, in[2], status;
	pid_t child, grandchild = 0;
	char c;

	/* Its parent is gone when the grandchild is asked. */
	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct gs_registry mine;
		struct gs_bound x = bound(NULL, 5001, true);

		gs_registry_in_child(&a);
		gs_registry_in_child(&b);
		if (gs_registry_open(&mine, open(base, O_RDONLY), 1006) != 0 ||
		    gs_registry_write(&mine, &x, 1) != 0)
			_exit(1);
		grandchild = fork();
		if (grandchild == 0) {
			alarm(60);
			gs_registry_in_child(&mine);
			fd = in[0];
			close(in[1]);
			_exit(read(fd, &c, 1) == 0 ? 0 : 1);
		}
		_exit(grandchild > 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	/* The grandchild may not have got so far yet. */
	do
		usleep(1000);
	while (find("127.0.0.1", 5001) != 0);
	ck_assert_uint_eq(count_files(), 2);
	close(in[0]);
	close(in[1]);
}
END_TEST

/*
 * What else may be there
 */

START_TEST(hostile_files_neither_harm_nor_hide_the_others)
{
	static const char *const names[] = { "x", ".lock", "1-.lock",
		"1-0123456789abcdeg.lock", "-0123456789abcdef.lock",
		"12345678901-0123456789abcdef.lock",
		"1-0123456789abcdef.lock.lock", "1-0123456789abcdef.map" };
	char path[TMP_PATH_IN];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_file(names[i], "garbage", 7);
	(void)snprintf(path, sizeof(path), "%s/2-0123456789abcdef.lock", base);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	(void)snprintf(path, sizeof(path), "%s/3-0123456789abcdef.lock", base);
	ck_assert_int_eq(symlink("/dev/zero", path), 0);
	(void)snprintf(path, sizeof(path), "%s/4-0123456789abcdef.lock", base);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	put(&b, bound(NULL, 5001, true));
	ck_assert_uint_eq(find("127.0.0.1", 5001), 1002);
}
END_TEST

/* As by what cleans up /tmp: the stack has to begin anew. */
START_TEST(without_its_lock_file_nothing_is_written)
{
	struct gs_bound any = bound(NULL, 5001, true);
	char path[TMP_PATH_IN];

	ck_assert_int_eq(gs_registry_write(&b, &any, 1), 0);
	(void)snprintf(path, sizeof(path), "%s/%s.lock", base, b.stem);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(gs_registry_write(&b, &any, 1), -ENOENT);
}
END_TEST

/* Of one that lives: what is written over it. */
START_TEST(a_map_that_is_garbage_is_as_none)
{
	static const char nul[] = "gsctp 1\nnet 1\0\n";
	char name[64], path[TMP_PATH_IN];
	char *big;

	(void)snprintf(name, sizeof(name), "%s.map", b.stem);
	put_file(name, "garbage\n", 8);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	put_file(name, "", 0);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	put_file(name, nul, sizeof(nul));
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	big = calloc(1, GS_MAP_BYTES + 1);
	ck_assert_ptr_nonnull(big);
	memset(big, '\n', GS_MAP_BYTES + 1);
	put_file(name, big, GS_MAP_BYTES);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	put_file(name, big, GS_MAP_BYTES + 1);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	free(big);
	(void)snprintf(path, sizeof(path), "%s/%s", base, name);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_uint_eq(find("127.0.0.1", 5001), 0);
	put(&b, bound(NULL, 5001, true));
	ck_assert_uint_eq(find("127.0.0.1", 5001), 1002);
}
END_TEST

/* Somebody cleans all the time while others start. */
START_TEST(who_starts_is_never_cleaned_away)
{
	struct gs_registry c;
	int i, status;
	pid_t pid;

	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(60);
		for (;;)
			(void)find("127.0.0.1", 5001);
	}
	for (i = 0; i < 500; i++) {
		ck_assert_int_eq(gs_registry_open(&c, open_dir(), 1007), 0);
		put(&c, bound(NULL, 5001, true));
		ck_assert_uint_eq(find("127.0.0.1", 5001), 1007);
		gs_registry_close(&c);
	}
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WTERMSIG(status), SIGKILL);
	ck_assert_uint_eq(count_files(), 2);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("registry");
	TCase *tc = tcase_create("text");

	tcase_add_test(tc, what_is_printed_is_read_again);
	tcase_add_test(tc, more_sockets_than_there_is_room_for_are_left_out);
	tcase_add_test(tc, text_that_is_not_right_is_refused_as_a_whole);
	tcase_add_test(tc, more_lines_than_there_may_be_are_refused);
	tcase_add_test(tc, no_damage_gives_a_number_out_of_range);
	suite_add_tcase(s, tc);

	tc = tcase_create("files");
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, who_has_the_address_and_port_is_found);
	tcase_add_test(tc, a_wildcard_has_the_addresses_of_its_families);
	tcase_add_test(tc, the_exact_address_comes_before_the_wildcard);
	tcase_add_test(tc, any_of_several_addresses_will_do);
	tcase_add_test(tc,
	    ones_own_ports_and_those_of_other_networks_are_not_found);
	tcase_add_test(tc, the_files_go_with_the_stack);
	tcase_add_test(tc,
	    a_process_that_was_killed_is_not_found_and_its_files_go);
	tcase_add_test(tc, a_pid_that_lives_does_not_make_old_files_live);
	tcase_add_test(tc,
	    a_child_of_fork_does_not_keep_its_parents_files_alive);
	tcase_add_test(tc, hostile_files_neither_harm_nor_hide_the_others);
	tcase_add_test(tc, without_its_lock_file_nothing_is_written);
	tcase_add_test(tc, a_map_that_is_garbage_is_as_none);
	tcase_add_test(tc, who_starts_is_never_cleaned_away);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
