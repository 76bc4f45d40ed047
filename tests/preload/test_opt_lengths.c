/*
 * Every option of SCTP with every length that a program may pass, its
 * defaults, and pointers to nothing, on sockets that are not bound.  With
 * PRELOAD_KERNEL=1, where the kernel has SCTP, the same is the kernel's.
 */

#include <netinet/in.h>
#include <netinet/sctp.h>
#include <stdbool.h>
#include <stdio.h>

#include "check_main.h"
#include "plain.h"
#include "preload.h"

#define BOTH 0
#define LEN_MAX 160

/*
 * From which length on it is taken, or refused with what; a get says another
 * length than it was given after a slash.
 */
static const struct lengths {
	int name, type;
	const char *set, *get;
} lengths[] = {
	{ SCTP_RTOINFO, BOTH, "0:EINVAL 16:ok 17:EINVAL",
	    "0:EINVAL 16:ok 17:ok/16" },
	{ SCTP_ASSOCINFO, BOTH, "0:EINVAL 20:ok 21:EINVAL",
	    "0:EINVAL 20:ok 21:ok/20" },
	{ SCTP_INITMSG, BOTH, "0:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_NODELAY, BOTH, "0:EINVAL 4:ok", "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_AUTOCLOSE, ONE_TO_MANY, "0:EINVAL 4:ok 5:EINVAL",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_AUTOCLOSE, ONE_TO_ONE, "0:EOPNOTSUPP", "0:EOPNOTSUPP" },
	{ SCTP_SET_PEER_PRIMARY_ADDR, BOTH, "0:EPERM", "0:ENOPROTOOPT" },
	{ SCTP_PRIMARY_ADDR, BOTH, "0:EINVAL", "0:EINVAL" },
	{ SCTP_ADAPTATION_LAYER, BOTH, "0:EINVAL 4:ok 5:EINVAL",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_DISABLE_FRAGMENTS, BOTH, "0:EINVAL 4:ok",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_PEER_ADDR_PARAMS, BOTH,
	    "0:EINVAL 152:ok 153:EINVAL 156:ok 157:EINVAL",
	    "0:EINVAL 152:ok 153:ok/152 156:ok 157:ok/156" },
	{ SCTP_DEFAULT_SEND_PARAM, BOTH, "0:EINVAL 32:ok 33:EINVAL",
	    "0:EINVAL 32:ok 33:ok/32" },
	{ SCTP_EVENTS, BOTH, "0:ok 15:EINVAL", "0:EINVAL 1:ok 15:ok/14" },
	{ SCTP_I_WANT_MAPPED_V4_ADDR, BOTH, "0:EINVAL 4:ok",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_MAXSEG, BOTH, "0:EINVAL 4:ok 5:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 4:ok 5:EINVAL 8:ok 9:ok/8" },
	{ SCTP_STATUS, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_GET_PEER_ADDR_INFO, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_DELAYED_SACK, BOTH, "0:EINVAL 8:ok 9:EINVAL 12:ok 13:EINVAL",
	    "0:EINVAL 8:ok 9:EINVAL 12:ok 13:ok/12" },
	{ SCTP_CONTEXT, BOTH, "0:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_FRAGMENT_INTERLEAVE, BOTH, "0:EINVAL 4:ok 5:EINVAL",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_PARTIAL_DELIVERY_POINT, BOTH, "0:EINVAL 4:ok 5:EINVAL",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_MAX_BURST, BOTH, "0:EINVAL 4:ok 5:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 4:ok 5:EINVAL 8:ok" },
	{ SCTP_AUTH_CHUNK, BOTH, "0:EACCES", "0:EOPNOTSUPP" },
	{ SCTP_HMAC_IDENT, BOTH, "0:EACCES", "0:EACCES" },
	{ SCTP_AUTH_KEY, BOTH, "0:EINVAL 9:EACCES", "0:EOPNOTSUPP" },
	{ SCTP_AUTH_ACTIVE_KEY, BOTH, "0:EINVAL 8:EACCES 9:EINVAL",
	    "0:EINVAL 8:EACCES" },
	{ SCTP_AUTH_DELETE_KEY, BOTH, "0:EINVAL 8:EACCES 9:EINVAL",
	    "0:EOPNOTSUPP" },
	{ SCTP_PEER_AUTH_CHUNKS, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_LOCAL_AUTH_CHUNKS, BOTH, "0:ENOPROTOOPT", "0:EINVAL 8:EACCES" },
	{ SCTP_GET_ASSOC_NUMBER, ONE_TO_MANY, "0:ENOPROTOOPT",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_GET_ASSOC_NUMBER, ONE_TO_ONE, "0:ENOPROTOOPT", "0:EOPNOTSUPP" },
	{ SCTP_GET_ASSOC_ID_LIST, ONE_TO_MANY, "0:ENOPROTOOPT",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_GET_ASSOC_ID_LIST, ONE_TO_ONE, "0:ENOPROTOOPT", "0:EOPNOTSUPP" },
	{ SCTP_AUTO_ASCONF, BOTH, "0:EINVAL 4:ok", "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_PEER_ADDR_THLDS, BOTH, "0:EINVAL 144:ok",
	    "0:EINVAL 144:ok 145:ok/144" },
	{ SCTP_RECVRCVINFO, BOTH, "0:EINVAL 4:ok", "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_RECVNXTINFO, BOTH, "0:EINVAL 4:ok", "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_DEFAULT_SNDINFO, BOTH, "0:EINVAL 16:ok 17:EINVAL",
	    "0:EINVAL 16:ok 17:ok/16" },
	{ SCTP_AUTH_DEACTIVATE_KEY, BOTH, "0:EINVAL 8:EACCES 9:EINVAL",
	    "0:EOPNOTSUPP" },
	{ SCTP_REUSE_PORT, ONE_TO_MANY, "0:EOPNOTSUPP",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_REUSE_PORT, ONE_TO_ONE, "0:EINVAL 4:ok",
	    "0:EINVAL 4:ok 5:ok/4" },
	{ SCTP_PEER_ADDR_THLDS_V2, BOTH, "0:EINVAL 144:ok",
	    "0:EINVAL 144:ok 145:ok/144" },
	{ SCTP_SOCKOPT_BINDX_ADD, BOTH, "0:EINVAL", "0:ENOPROTOOPT" },
	{ SCTP_SOCKOPT_BINDX_REM, BOTH, "0:EINVAL", "0:ENOPROTOOPT" },
	{ SCTP_SOCKOPT_PEELOFF, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_SOCKOPT_CONNECTX_OLD, BOTH, "0:EINVAL", "0:ENOPROTOOPT" },
	{ SCTP_GET_PEER_ADDRS, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_GET_LOCAL_ADDRS, BOTH, "0:ENOPROTOOPT", "0:EINVAL 8:ok/0" },
	{ SCTP_SOCKOPT_CONNECTX, BOTH, "0:EINVAL", "0:ENOPROTOOPT" },
	{ SCTP_SOCKOPT_CONNECTX3, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_GET_ASSOC_STATS, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_PR_SUPPORTED, BOTH, "0:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_DEFAULT_PRINFO, BOTH, "0:EINVAL 12:ok 13:EINVAL",
	    "0:EINVAL 12:ok 13:ok/12" },
	{ SCTP_PR_ASSOC_STATUS, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_PR_STREAM_STATUS, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_RECONFIG_SUPPORTED, BOTH, "0:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_ENABLE_STREAM_RESET, BOTH, "0:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_RESET_STREAMS, BOTH, "0:EINVAL", "0:ENOPROTOOPT" },
	{ SCTP_RESET_ASSOC, BOTH, "0:EINVAL", "0:ENOPROTOOPT" },
	{ SCTP_ADD_STREAMS, BOTH, "0:EINVAL", "0:ENOPROTOOPT" },
	{ SCTP_SOCKOPT_PEELOFF_FLAGS, BOTH, "0:ENOPROTOOPT", "0:EINVAL" },
	{ SCTP_STREAM_SCHEDULER, BOTH, "0:EINVAL 8:ok",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_STREAM_SCHEDULER_VALUE, ONE_TO_MANY, "0:EINVAL", "0:EINVAL" },
	{ SCTP_STREAM_SCHEDULER_VALUE, ONE_TO_ONE, "0:EINVAL 8:ok",
	    "0:EINVAL" },
	{ SCTP_INTERLEAVING_SUPPORTED, BOTH, "0:EINVAL 8:EPERM",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_SENDMSG_CONNECT, BOTH, "0:ENOPROTOOPT", "0:ENOPROTOOPT" },
	{ SCTP_EVENT, BOTH, "0:EINVAL", "0:EINVAL" },
	{ SCTP_ASCONF_SUPPORTED, BOTH, "0:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_AUTH_SUPPORTED, BOTH, "0:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_ECN_SUPPORTED, BOTH, "0:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_EXPOSE_PF_STATE, BOTH, "0:EINVAL 8:ok 9:EINVAL",
	    "0:EINVAL 8:ok 9:ok/8" },
	{ SCTP_REMOTE_UDP_ENCAPS_PORT, BOTH, "0:EINVAL 144:ok 145:EINVAL",
	    "0:EINVAL 144:ok 145:ok/144" },
	{ SCTP_PLPMTUD_PROBE_INTERVAL, BOTH, "0:EINVAL 144:ok 145:EINVAL",
	    "0:EINVAL 144:ok 145:ok/144" },
};
#define NLENGTHS (sizeof(lengths) / sizeof(lengths[0]))

struct text {
	char all[256], last[32];
};

static void
say(struct text *t, int len, const char *what)
{
	size_t n = strlen(t->all);

	if (strcmp(what, t->last) == 0)
		return;
	(void)snprintf(t->last, sizeof(t->last), "%s", what);
	(void)snprintf(t->all + n, sizeof(t->all) - n, "%s%d:%s",
	    n > 0 ? " " : "", len, what);
}

static const char *
try_set(int fd, int name, int len)
{
	unsigned char value[LEN_MAX];

	memset(value, 0, sizeof(value));
	if (setsockopt(fd, IPPROTO_SCTP, name, value, (socklen_t)len) == 0)
		return "ok";
	return strerrorname_np(errno);
}

static const char *
try_get(int fd, int name, int len)
{
	unsigned char value[LEN_MAX + 1];
	socklen_t got = (socklen_t)len;
	static char said[32];
	int i;

	memset(value, 0xa5, sizeof(value));
	memset(value, 0, (size_t)len);
	if (getsockopt(fd, IPPROTO_SCTP, name, value, &got) != 0)
		return strerrorname_np(errno);
	/* Nothing is written past what the program has. */
	for (i = len; i <= LEN_MAX; i++)
		ck_assert_int_eq(value[i], 0xa5);
	if ((int)got == len)
		return "ok";
	(void)snprintf(said, sizeof(said), "ok/%d", (int)got);
	return said;
}

static void
check_lengths(const struct lengths *l, int type)
{
	struct text set = { "", "" }, get = { "", "" };
	int fd = new_socket(AF_INET, type);
	int i;

	for (i = 0; i < LEN_MAX; i++) {
		say(&get, i, try_get(fd, l->name, i));
		say(&set, i, try_set(fd, l->name, i));
	}
	ck_assert_msg(strcmp(set.all, l->set) == 0, "set %d: %s, not %s",
	    l->name, set.all, l->set);
	ck_assert_msg(strcmp(get.all, l->get) == 0, "get %d: %s, not %s",
	    l->name, get.all, l->get);
	close(fd);
}

START_TEST(each_option_takes_the_lengths_that_linux_takes)
{
	const struct lengths *l = &lengths[_i];

	if (l->type == BOTH || l->type == ONE_TO_ONE)
		check_lengths(l, ONE_TO_ONE);
	if (l->type == BOTH || l->type == ONE_TO_MANY)
		check_lengths(l, ONE_TO_MANY);
}
END_TEST

START_TEST(what_is_no_option_is_said_to_be_none)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	int names[] = { 38, 39, 99, 103, 106, 134, 1000, -1 };
	int value = 0;
	socklen_t len;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		len = sizeof(value);
		ck_fails(setsockopt(fd, IPPROTO_SCTP, names[i], &value,
			     sizeof(value)),
		    ENOPROTOOPT);
		ck_fails(getsockopt(fd, IPPROTO_SCTP, names[i], &value, &len),
		    ENOPROTOOPT);
	}
	close(fd);
}
END_TEST

START_TEST(a_pointer_to_nothing_is_efault)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	char *nowhere = (char *)16;
	socklen_t len = sizeof(int);
	int value = 1;

	ck_fails(setsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, NULL, 4), EFAULT);
	ck_fails(setsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, nowhere, 4),
	    EFAULT);
	ck_fails(getsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, NULL, &len),
	    EFAULT);
	ck_fails(getsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, nowhere, &len),
	    EFAULT);
	ck_fails(getsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, &value, NULL),
	    EFAULT);
	/* It was not set, and can be. */
	len = sizeof(value);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, &value,
			     &len),
	    0);
	ck_assert_int_eq(value, 0);
	close(fd);
}
END_TEST

START_TEST(a_negative_length_is_einval)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	socklen_t len = (socklen_t)-1;
	int value = 1;

	ck_fails(setsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, &value, len),
	    EINVAL);
	ck_fails(getsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, &value, &len),
	    EINVAL);
	close(fd);
}
END_TEST

/*
 * Defaults
 */

static void
read_one(int fd, int name, void *value, socklen_t len)
{
	socklen_t got = len;

	ck_assert_int_eq(getsockopt(fd, IPPROTO_SCTP, name, value, &got), 0);
	ck_assert_uint_eq(got, len);
}

static int
int_of(int fd, int name)
{
	int v = -1;

	read_one(fd, name, &v, sizeof(v));
	return v;
}

static uint32_t
value_of(int fd, int name)
{
	struct sctp_assoc_value v = { 0, 99 };
	socklen_t got = sizeof(v);

	ck_assert_int_eq(getsockopt(fd, IPPROTO_SCTP, name, &v, &got), 0);
	return v.assoc_value;
}

static void
check_timing(int fd)
{
	struct sctp_assocparams a = { 0 };
	struct sctp_sack_info s = { 0 };
	struct sctp_rtoinfo r = { 0 };
	struct sctp_initmsg i;

	read_one(fd, SCTP_RTOINFO, &r, sizeof(r));
	ck_assert_uint_eq(r.srto_initial, 3000);
	ck_assert_uint_eq(r.srto_max, 60000);
	ck_assert_uint_eq(r.srto_min, 1000);
	read_one(fd, SCTP_ASSOCINFO, &a, sizeof(a));
	ck_assert_uint_eq(a.sasoc_asocmaxrxt, 10);
	ck_assert_uint_eq(a.sasoc_number_peer_destinations, 0);
	ck_assert_uint_eq(a.sasoc_peer_rwnd, 0);
	ck_assert_uint_eq(a.sasoc_local_rwnd, 0);
	ck_assert_uint_eq(a.sasoc_cookie_life, 60000);
	read_one(fd, SCTP_INITMSG, &i, sizeof(i));
	ck_assert_uint_eq(i.sinit_num_ostreams, 10);
	ck_assert_uint_eq(i.sinit_max_instreams, 65535);
	ck_assert_uint_eq(i.sinit_max_attempts, 8);
	ck_assert_uint_eq(i.sinit_max_init_timeo, 60000);
	read_one(fd, SCTP_DELAYED_SACK, &s, sizeof(s));
	ck_assert_uint_eq(s.sack_delay, 200);
	ck_assert_uint_eq(s.sack_freq, 2);
}

static void
check_paths(int fd)
{
	struct sctp_paddrparams p;
	struct sctp_paddrthlds_v2 t;

	memset(&p, 0, sizeof(p));
	read_one(fd, SCTP_PEER_ADDR_PARAMS, &p, sizeof(p));
	ck_assert_uint_eq(p.spp_hbinterval, 30000);
	ck_assert_uint_eq(p.spp_pathmaxrxt, 5);
	ck_assert_uint_eq(p.spp_pathmtu, 0);
	ck_assert_uint_eq(p.spp_sackdelay, 200);
	ck_assert_uint_eq(p.spp_flags,
	    SPP_HB_ENABLE | SPP_PMTUD_ENABLE | SPP_SACKDELAY_ENABLE);
	ck_assert_uint_eq(p.spp_ipv6_flowlabel, 0);
	ck_assert_uint_eq(p.spp_dscp, 0);
	memset(&t, 0, sizeof(t));
	read_one(fd, SCTP_PEER_ADDR_THLDS_V2, &t, sizeof(t));
	ck_assert_uint_eq(t.spt_pathmaxrxt, 5);
	ck_assert_uint_eq(t.spt_pathpfthld, 0);
	ck_assert_uint_eq(t.spt_pathcpthld, 65535);
}

static void
check_numbers(int fd)
{
	static const int zero[] = { SCTP_NODELAY, SCTP_ADAPTATION_LAYER,
		SCTP_DISABLE_FRAGMENTS, SCTP_FRAGMENT_INTERLEAVE,
		SCTP_PARTIAL_DELIVERY_POINT, SCTP_AUTO_ASCONF, SCTP_RECVRCVINFO,
		SCTP_RECVNXTINFO, SCTP_REUSE_PORT };
	static const int zero_values[] = { SCTP_MAXSEG, SCTP_CONTEXT,
		SCTP_RECONFIG_SUPPORTED, SCTP_ENABLE_STREAM_RESET,
		SCTP_STREAM_SCHEDULER, SCTP_INTERLEAVING_SUPPORTED,
		SCTP_ASCONF_SUPPORTED, SCTP_AUTH_SUPPORTED,
		SCTP_EXPOSE_PF_STATE };
	size_t i;

	for (i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		ck_assert_int_eq(int_of(fd, zero[i]), 0);
	for (i = 0; i < sizeof(zero_values) / sizeof(zero_values[0]); i++)
		ck_assert_uint_eq(value_of(fd, zero_values[i]), 0);
	ck_assert_int_eq(int_of(fd, SCTP_I_WANT_MAPPED_V4_ADDR), 1);
	ck_assert_uint_eq(value_of(fd, SCTP_MAX_BURST), 4);
	ck_assert_uint_eq(value_of(fd, SCTP_PR_SUPPORTED), 1);
	ck_assert_uint_eq(value_of(fd, SCTP_ECN_SUPPORTED), 1);
}

static void
check_messages(int fd)
{
	struct sctp_event_subscribe e;
	struct sctp_sndrcvinfo s, no_info;
	struct sctp_default_prinfo p;
	const unsigned char *on = (const unsigned char *)&e;
	size_t i;

	memset(&s, 0, sizeof(s));
	memset(&no_info, 0, sizeof(no_info));
	read_one(fd, SCTP_DEFAULT_SEND_PARAM, &s, sizeof(s));
	ck_assert_mem_eq(&s, &no_info, sizeof(s));
	memset(&p, 0, sizeof(p));
	read_one(fd, SCTP_DEFAULT_PRINFO, &p, sizeof(p));
	ck_assert_uint_eq(p.pr_policy, SCTP_PR_SCTP_NONE);
	ck_assert_uint_eq(p.pr_value, 0);
	read_one(fd, SCTP_EVENTS, &e, sizeof(e));
	for (i = 0; i < sizeof(e); i++)
		ck_assert_uint_eq(on[i], 0);
}

static void
check_defaults(int fd)
{
	check_timing(fd);
	check_paths(fd);
	check_numbers(fd);
	check_messages(fd);
}

START_TEST(the_defaults_are_those_of_linux)
{
	static const int types[] = { ONE_TO_ONE, ONE_TO_MANY };
	int fd;

	fd = new_socket(AF_INET, types[_i]);
	check_defaults(fd);
	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 0), 0);
	check_defaults(fd);
	ck_assert_int_eq(listen(fd, 1), 0);
	check_defaults(fd);
	close(fd);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("opt_lengths");
	TCase *tc = tcase_create("opt_lengths");

	tcase_add_loop_test(tc, each_option_takes_the_lengths_that_linux_takes,
	    0, NLENGTHS);
	tcase_add_test(tc, what_is_no_option_is_said_to_be_none);
	tcase_add_test(tc, a_pointer_to_nothing_is_efault);
	tcase_add_test(tc, a_negative_length_is_einval);
	tcase_add_loop_test(tc, the_defaults_are_those_of_linux, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
