/*
 * Options of SCTP that are set, and read back, on sockets that are not bound,
 * bound, listening, connected and accepted, of both styles; and what is
 * refused.  With PRELOAD_KERNEL=1, where the kernel has SCTP, the same is
 * the kernel's.
 */

#include "check_main.h"
#include "plain_opt.h"
#include "preload.h"

#define NO_SUCH_ID 12345

/* An option survives what may come between it and an association. */
static int
bound(int type, void (*set)(int fd))
{
	int fd = new_socket(AF_INET, type);

	set(fd);
	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 0), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

/*
 * Timing
 */

static void
set_rto(int fd)
{
	struct sctp_rtoinfo r = { .srto_initial = 500,
		.srto_max = 2000,
		.srto_min = 100 };

	ck_set(fd, SCTP_RTOINFO, &r);
}

static void
check_rto(int fd, sctp_assoc_t id, uint32_t initial, uint32_t max, uint32_t min)
{
	struct sctp_rtoinfo r = { .srto_assoc_id = id };

	ck_get(fd, SCTP_RTOINFO, &r);
	ck_assert_int_eq(r.srto_assoc_id, id);
	ck_assert_uint_eq(r.srto_initial, initial);
	ck_assert_uint_eq(r.srto_max, max);
	ck_assert_uint_eq(r.srto_min, min);
}

START_TEST(rtoinfo_is_kept_through_bind_and_listen)
{
	struct sctp_rtoinfo r = { .srto_max = 3000 };
	int fd = bound(ONE_TO_MANY, set_rto);

	check_rto(fd, 0, 500, 2000, 100);
	/* 0 leaves a value as it is. */
	ck_set(fd, SCTP_RTOINFO, &r);
	check_rto(fd, 0, 500, 3000, 100);
	/* The least is never more than the most. */
	r.srto_max = 50;
	ck_set_fails(fd, SCTP_RTOINFO, &r, EINVAL);
	r.srto_assoc_id = NO_SUCH_ID;
	r.srto_max = 0;
	ck_set_fails(fd, SCTP_RTOINFO, &r, EINVAL);
	ck_get_fails(fd, SCTP_RTOINFO, &r, EINVAL);
	check_rto(fd, 0, 500, 3000, 100);
	close(fd);
}
END_TEST

START_TEST(rtoinfo_of_an_association_is_its_own)
{
	struct many m = new_many(set_rto);
	struct sctp_rtoinfo r = { .srto_assoc_id = m.client_id,
		.srto_initial = 700 };

	ck_set(m.client, SCTP_RTOINFO, &r);
	check_rto(m.client, m.client_id, 700, 2000, 100);
	check_rto(m.client, 0, 500, 2000, 100);
	check_rto(m.server, m.server_id, 500, 2000, 100);
	close_many(&m);
}
END_TEST

START_TEST(on_a_one_to_one_socket_an_id_says_nothing)
{
	struct pair p = new_pair("127.0.0.1");
	struct sctp_rtoinfo r = { .srto_assoc_id = NO_SUCH_ID,
		.srto_max = 4000 };

	ck_set(p.client, SCTP_RTOINFO, &r);
	check_rto(p.client, 0, 3000, 4000, 1000);
	check_rto(p.client, 77, 3000, 4000, 1000);
	check_rto(p.server, 0, 3000, 60000, 1000);
	close_pair(&p);
}
END_TEST

static void
set_assoc(int fd)
{
	struct sctp_assocparams a = { .sasoc_asocmaxrxt = 7,
		.sasoc_cookie_life = 30000 };

	ck_set(fd, SCTP_ASSOCINFO, &a);
}

START_TEST(associnfo_is_of_those_to_come_or_of_one)
{
	struct many m = new_many(set_assoc);
	struct sctp_assocparams a = { .sasoc_assoc_id = m.client_id };

	ck_get(m.client, SCTP_ASSOCINFO, &a);
	ck_assert_uint_eq(a.sasoc_asocmaxrxt, 7);
	ck_assert_uint_eq(a.sasoc_cookie_life, 30000);
	ck_assert_uint_eq(a.sasoc_number_peer_destinations, 1);
	ck_assert_uint_gt(a.sasoc_peer_rwnd, 0);
	ck_assert_uint_gt(a.sasoc_local_rwnd, 0);
	/* What is only read is not looked at in a set. */
	a.sasoc_asocmaxrxt = 4;
	ck_set(m.client, SCTP_ASSOCINFO, &a);
	ck_get(m.client, SCTP_ASSOCINFO, &a);
	ck_assert_uint_eq(a.sasoc_asocmaxrxt, 4);
	a.sasoc_assoc_id = 0;
	ck_get(m.client, SCTP_ASSOCINFO, &a);
	ck_assert_uint_eq(a.sasoc_asocmaxrxt, 7);
	ck_assert_uint_eq(a.sasoc_number_peer_destinations, 0);
	a.sasoc_assoc_id = NO_SUCH_ID;
	ck_get_fails(m.client, SCTP_ASSOCINFO, &a, EINVAL);
	ck_set_fails(m.client, SCTP_ASSOCINFO, &a, EINVAL);
	close_many(&m);
}
END_TEST

static void
set_init(int fd)
{
	struct sctp_initmsg i = { .sinit_num_ostreams = 30,
		.sinit_max_instreams = 20,
		.sinit_max_init_timeo = 5000 };

	ck_set(fd, SCTP_INITMSG, &i);
}

START_TEST(initmsg_says_how_many_streams_there_are)
{
	struct many m = new_many(set_init);
	struct sctp_status s = { .sstat_assoc_id = m.client_id };
	struct sctp_initmsg i;

	ck_get(m.client, SCTP_INITMSG, &i);
	ck_assert_uint_eq(i.sinit_num_ostreams, 30);
	ck_assert_uint_eq(i.sinit_max_instreams, 20);
	ck_assert_uint_eq(i.sinit_max_attempts, 8);
	ck_assert_uint_eq(i.sinit_max_init_timeo, 5000);
	/* Each sends on as many as the other allows. */
	ck_get(m.client, SCTP_STATUS, &s);
	ck_assert_uint_eq(s.sstat_outstrms, 20);
	ck_assert_uint_eq(s.sstat_instrms, 20);
	close_many(&m);
}
END_TEST

static void
check_sack(int fd, sctp_assoc_t id, uint32_t delay, uint32_t freq)
{
	struct sctp_sack_info s = { .sack_assoc_id = id };

	ck_get(fd, SCTP_DELAYED_SACK, &s);
	ck_assert_uint_eq(s.sack_delay, delay);
	ck_assert_uint_eq(s.sack_freq, freq);
}

START_TEST(delayed_sack_is_taken_in_both_its_forms)
{
	struct sctp_sack_info s = { .sack_delay = 100, .sack_freq = 3 };
	int fd = new_socket(AF_INET, ONE_TO_MANY);

	ck_set(fd, SCTP_DELAYED_SACK, &s);
	check_sack(fd, 0, 100, 3);
	/* The elder form is a delay alone, and 0 is none. */
	opt_set_value(fd, SCTP_DELAYED_ACK_TIME, 0, 50);
	check_sack(fd, 0, 50, 3);
	ck_assert_uint_eq(opt_value(fd, SCTP_DELAYED_ACK_TIME, 0), 50);
	opt_set_value(fd, SCTP_DELAYED_ACK_TIME, 0, 0);
	check_sack(fd, 0, 0, 1);
	s.sack_delay = s.sack_freq = 0;
	ck_set(fd, SCTP_DELAYED_SACK, &s);
	check_sack(fd, 0, 0, 1);
	s.sack_delay = 501;
	ck_set_fails(fd, SCTP_DELAYED_SACK, &s, EINVAL);
	close(fd);
}
END_TEST

START_TEST(delayed_sack_is_of_all_of_one_or_of_those_to_come)
{
	struct many m = new_many(NULL);
	struct sctp_sack_info s = { .sack_assoc_id = m.client_id,
		.sack_delay = 40 };

	ck_set(m.client, SCTP_DELAYED_SACK, &s);
	check_sack(m.client, m.client_id, 40, 2);
	check_sack(m.client, 0, 200, 2);
	s.sack_assoc_id = SCTP_CURRENT_ASSOC;
	s.sack_delay = 60;
	ck_set(m.client, SCTP_DELAYED_SACK, &s);
	check_sack(m.client, m.client_id, 60, 2);
	check_sack(m.client, 0, 200, 2);
	s.sack_assoc_id = SCTP_ALL_ASSOC;
	s.sack_delay = 80;
	ck_set(m.client, SCTP_DELAYED_SACK, &s);
	check_sack(m.client, m.client_id, 80, 2);
	check_sack(m.client, 0, 80, 2);
	ck_get_fails(m.client, SCTP_DELAYED_SACK,
	    (&(struct sctp_sack_info){ .sack_assoc_id = SCTP_ALL_ASSOC }),
	    EINVAL);
	close_many(&m);
}
END_TEST

/*
 * Values of each association
 */

START_TEST(context_and_burst_are_of_all_of_one_or_of_those_to_come)
{
	static const int names[] = { SCTP_CONTEXT, SCTP_MAX_BURST };
	struct many m = new_many(NULL);
	int name = names[_i];

	opt_set_value(m.client, name, m.client_id, 11);
	ck_assert_uint_eq(opt_value(m.client, name, m.client_id), 11);
	opt_set_value(m.client, name, SCTP_CURRENT_ASSOC, 12);
	ck_assert_uint_eq(opt_value(m.client, name, m.client_id), 12);
	opt_set_value(m.client, name, SCTP_FUTURE_ASSOC, 13);
	ck_assert_uint_eq(opt_value(m.client, name, m.client_id), 12);
	ck_assert_uint_eq(opt_value(m.client, name, 0), 13);
	opt_set_value(m.client, name, SCTP_ALL_ASSOC, 14);
	ck_assert_uint_eq(opt_value(m.client, name, m.client_id), 14);
	ck_assert_uint_eq(opt_value(m.client, name, 0), 14);
	ck_fails(opt_try_value(m.client, name, NO_SUCH_ID, 1), EINVAL);
	close_many(&m);
}
END_TEST

START_TEST(maxseg_has_limits_and_an_elder_form)
{
	struct many m = new_many(NULL);
	int v = 1000;

	ck_set(m.client, SCTP_MAXSEG, &v);
	ck_assert_int_eq(opt_int(m.client, SCTP_MAXSEG), 1000);
	ck_assert_uint_eq(opt_value(m.client, SCTP_MAXSEG, 0), 1000);
	ck_fails(opt_try_value(m.client, SCTP_MAXSEG, 0, 463), EINVAL);
	opt_set_value(m.client, SCTP_MAXSEG, 0, 464);
	ck_fails(opt_try_value(m.client, SCTP_MAXSEG, 0, 65517), EINVAL);
	opt_set_value(m.client, SCTP_MAXSEG, 0, 65516);
	opt_set_value(m.client, SCTP_MAXSEG, 0, 0);
	/* Of an association it is what goes into a packet. */
	ck_assert_uint_gt(opt_value(m.client, SCTP_MAXSEG, m.client_id), 464);
	opt_set_value(m.client, SCTP_MAXSEG, m.client_id, 500);
	ck_assert_uint_eq(opt_value(m.client, SCTP_MAXSEG, m.client_id), 500);
	close_many(&m);
}
END_TEST

START_TEST(flags_and_numbers_are_read_back)
{
	static const int flags[] = { SCTP_NODELAY, SCTP_DISABLE_FRAGMENTS,
		SCTP_I_WANT_MAPPED_V4_ADDR, SCTP_FRAGMENT_INTERLEAVE,
		SCTP_RECVRCVINFO, SCTP_RECVNXTINFO };
	struct pair p = new_pair("127.0.0.1");
	int many = new_socket(AF_INET, ONE_TO_MANY);
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		opt_set_int(p.client, flags[i], 5);
		ck_assert_int_eq(opt_int(p.client, flags[i]), 1);
		opt_set_int(p.client, flags[i], 0);
		ck_assert_int_eq(opt_int(p.client, flags[i]), 0);
		opt_set_int(many, flags[i], 1);
		ck_assert_int_eq(opt_int(many, flags[i]), 1);
	}
	opt_set_int(many, SCTP_AUTOCLOSE, 30);
	ck_assert_int_eq(opt_int(many, SCTP_AUTOCLOSE), 30);
	opt_set_int(many, SCTP_ADAPTATION_LAYER, 0x1234);
	ck_assert_int_eq(opt_int(many, SCTP_ADAPTATION_LAYER), 0x1234);
	opt_set_int(many, SCTP_PARTIAL_DELIVERY_POINT, 5000);
	ck_assert_int_eq(opt_int(many, SCTP_PARTIAL_DELIVERY_POINT), 5000);
	ck_fails(setsockopt(many, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT,
		     &(int){ 1 << 30 }, sizeof(int)),
	    EINVAL);
	close(many);
	close_pair(&p);
}
END_TEST

START_TEST(reuse_port_is_of_one_to_one_sockets_before_bind)
{
	int fd = new_socket(AF_INET, ONE_TO_ONE);
	int on = 1;

	ck_set(fd, SCTP_REUSE_PORT, &on);
	ck_assert_int_eq(opt_int(fd, SCTP_REUSE_PORT), 1);
	ck_assert_int_eq(bind_to(fd, "127.0.0.1", 0), 0);
	ck_set_fails(fd, SCTP_REUSE_PORT, &on, EFAULT);
	close(fd);
}
END_TEST

/* On a socket that has every address, as is only then of use. */
START_TEST(auto_asconf_is_of_sockets_that_are_bound_to_any)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	int other = new_socket(AF_INET, ONE_TO_MANY);
	int on = 1;

	ck_set_fails(fd, SCTP_AUTO_ASCONF, &on, EINVAL);
	ck_assert_int_eq(bind_to(fd, "0.0.0.0", 0), 0);
	ck_set(fd, SCTP_AUTO_ASCONF, &on);
	ck_assert_int_eq(opt_int(fd, SCTP_AUTO_ASCONF), 1);
	ck_assert_int_eq(bind_to(other, "127.0.0.1", 0), 0);
	ck_set_fails(other, SCTP_AUTO_ASCONF, &on, EINVAL);
	close(other);
	close(fd);
}
END_TEST

/*
 * What messages are sent with
 */

START_TEST(send_defaults_are_seen_by_both_options)
{
	struct sctp_sndrcvinfo s = { .sinfo_stream = 3,
		.sinfo_flags = SCTP_UNORDERED,
		.sinfo_ppid = htonl(46),
		.sinfo_context = 9,
		.sinfo_timetolive = 1000 };
	struct sctp_sndinfo i = { .snd_assoc_id = 0 };
	int fd = bound(ONE_TO_MANY, set_rto);

	ck_set(fd, SCTP_DEFAULT_SEND_PARAM, &s);
	ck_get(fd, SCTP_DEFAULT_SNDINFO, &i);
	ck_assert_uint_eq(i.snd_sid, 3);
	ck_assert_uint_eq(i.snd_flags, SCTP_UNORDERED);
	ck_assert_uint_eq(i.snd_ppid, htonl(46));
	ck_assert_uint_eq(i.snd_context, 9);
	i.snd_sid = 4;
	i.snd_flags = 0;
	i.snd_ppid = htonl(60);
	ck_set(fd, SCTP_DEFAULT_SNDINFO, &i);
	memset(&s, 0, sizeof(s));
	ck_get(fd, SCTP_DEFAULT_SEND_PARAM, &s);
	ck_assert_uint_eq(s.sinfo_stream, 4);
	ck_assert_uint_eq(s.sinfo_flags, 0);
	ck_assert_uint_eq(s.sinfo_ppid, htonl(60));
	ck_assert_uint_eq(s.sinfo_context, 9);
	/* A lifetime is not SNDINFO's. */
	ck_assert_uint_eq(s.sinfo_timetolive, 1000);
	s.sinfo_flags = 0x10;
	ck_set_fails(fd, SCTP_DEFAULT_SEND_PARAM, &s, EINVAL);
	i.snd_flags = SCTP_SACK_IMMEDIATELY;
	ck_set_fails(fd, SCTP_DEFAULT_SNDINFO, &i, EINVAL);
	close(fd);
}
END_TEST

START_TEST(send_defaults_of_an_association_are_its_own)
{
	struct many m = new_many(NULL);
	struct sctp_sndinfo i = { .snd_sid = 2, .snd_assoc_id = m.client_id };

	ck_set(m.client, SCTP_DEFAULT_SNDINFO, &i);
	i.snd_sid = 0;
	ck_get(m.client, SCTP_DEFAULT_SNDINFO, &i);
	ck_assert_uint_eq(i.snd_sid, 2);
	i.snd_assoc_id = 0;
	ck_get(m.client, SCTP_DEFAULT_SNDINFO, &i);
	ck_assert_uint_eq(i.snd_sid, 0);
	i.snd_assoc_id = SCTP_ALL_ASSOC;
	i.snd_sid = 5;
	ck_set(m.client, SCTP_DEFAULT_SNDINFO, &i);
	i.snd_assoc_id = m.client_id;
	ck_get(m.client, SCTP_DEFAULT_SNDINFO, &i);
	ck_assert_uint_eq(i.snd_sid, 5);
	i.snd_assoc_id = NO_SUCH_ID;
	ck_set_fails(m.client, SCTP_DEFAULT_SNDINFO, &i, EINVAL);
	ck_get_fails(m.client, SCTP_DEFAULT_SNDINFO, &i, EINVAL);
	close_many(&m);
}
END_TEST

static void
check_prinfo(int fd, sctp_assoc_t id, uint32_t policy, uint32_t value)
{
	struct sctp_default_prinfo p = { .pr_assoc_id = id };

	ck_get(fd, SCTP_DEFAULT_PRINFO, &p);
	ck_assert_uint_eq(p.pr_policy, policy);
	ck_assert_uint_eq(p.pr_value, value);
}

START_TEST(default_prinfo_is_a_policy_and_its_value)
{
	struct many m = new_many(NULL);
	struct sctp_default_prinfo p = { .pr_policy = SCTP_PR_SCTP_TTL,
		.pr_value = 300 };

	ck_set(m.client, SCTP_DEFAULT_PRINFO, &p);
	check_prinfo(m.client, 0, SCTP_PR_SCTP_TTL, 300);
	check_prinfo(m.client, m.client_id, SCTP_PR_SCTP_NONE, 0);
	p.pr_assoc_id = m.client_id;
	p.pr_policy = SCTP_PR_SCTP_RTX;
	p.pr_value = 2;
	ck_set(m.client, SCTP_DEFAULT_PRINFO, &p);
	check_prinfo(m.client, m.client_id, SCTP_PR_SCTP_RTX, 2);
	p.pr_policy = SCTP_PR_SCTP_NONE;
	ck_set(m.client, SCTP_DEFAULT_PRINFO, &p);
	check_prinfo(m.client, m.client_id, SCTP_PR_SCTP_NONE, 0);
	p.pr_policy = 0x40;
	ck_set_fails(m.client, SCTP_DEFAULT_PRINFO, &p, EINVAL);
	close_many(&m);
}
END_TEST

START_TEST(counts_of_messages_given_up_are_asked_by_policy)
{
	struct many m = new_many(NULL);
	struct sctp_prstatus s = { .sprstat_assoc_id = m.client_id,
		.sprstat_policy = SCTP_PR_SCTP_TTL,
		.sprstat_abandoned_sent = 99 };

	ck_get(m.client, SCTP_PR_ASSOC_STATUS, &s);
	ck_assert_uint_eq(s.sprstat_abandoned_sent, 0);
	ck_assert_uint_eq(s.sprstat_abandoned_unsent, 0);
	s.sprstat_policy = SCTP_PR_SCTP_ALL;
	ck_get(m.client, SCTP_PR_ASSOC_STATUS, &s);
	ck_get(m.client, SCTP_PR_STREAM_STATUS, &s);
	ck_assert_uint_eq(s.sprstat_abandoned_sent, 0);
	s.sprstat_policy = 0;
	ck_get_fails(m.client, SCTP_PR_ASSOC_STATUS, &s, EINVAL);
	s.sprstat_policy = SCTP_PR_SCTP_ALL | SCTP_PR_SCTP_TTL;
	ck_get_fails(m.client, SCTP_PR_ASSOC_STATUS, &s, EINVAL);
	s.sprstat_policy = SCTP_PR_SCTP_ALL;
	s.sprstat_sid = 5000;
	ck_get_fails(m.client, SCTP_PR_STREAM_STATUS, &s, EINVAL);
	s.sprstat_assoc_id = 0;
	ck_get_fails(m.client, SCTP_PR_ASSOC_STATUS, &s, EINVAL);
	close_many(&m);
}
END_TEST

/*
 * Events
 */

START_TEST(events_may_be_a_shorter_record)
{
	struct sctp_event_subscribe e;
	struct sctp_event one = { .se_type = SCTP_SENDER_DRY_EVENT };
	int fd = new_socket(AF_INET, ONE_TO_MANY);

	memset(&e, 0, sizeof(e));
	e.sctp_sender_dry_event = 1;
	ck_set(fd, SCTP_EVENTS, &e);
	/* The first five, and the others stay. */
	memset(&e, 0, sizeof(e));
	e.sctp_data_io_event = 1;
	e.sctp_association_event = 7;
	ck_assert_int_eq(setsockopt(fd, IPPROTO_SCTP, SCTP_EVENTS, &e, 5), 0);
	ck_get(fd, SCTP_EVENTS, &e);
	ck_assert_uint_eq(e.sctp_data_io_event, 1);
	ck_assert_uint_eq(e.sctp_association_event, 1);
	ck_assert_uint_eq(e.sctp_address_event, 0);
	ck_assert_uint_eq(e.sctp_sender_dry_event, 1);
	ck_get(fd, SCTP_EVENT, &one);
	ck_assert_uint_eq(one.se_on, 1);
	close(fd);
}
END_TEST

START_TEST(event_is_one_of_the_same)
{
	struct sctp_event_subscribe e;
	struct sctp_event one = { .se_type = SCTP_SEND_FAILED_EVENT,
		.se_on = 1 };
	int fd = new_socket(AF_INET, ONE_TO_MANY);

	ck_set(fd, SCTP_EVENT, &one);
	ck_get(fd, SCTP_EVENTS, &e);
	ck_assert_uint_eq(e.sctp_send_failure_event_event, 1);
	ck_assert_uint_eq(e.sctp_send_failure_event, 0);
	one.se_on = 0;
	ck_set(fd, SCTP_EVENT, &one);
	ck_get(fd, SCTP_EVENTS, &e);
	ck_assert_uint_eq(e.sctp_send_failure_event_event, 0);
	one.se_type = SCTP_SEND_FAILED_EVENT + 1;
	ck_set_fails(fd, SCTP_EVENT, &one, EINVAL);
	ck_get_fails(fd, SCTP_EVENT, &one, EINVAL);
	one.se_type = 0x7fff;
	ck_set_fails(fd, SCTP_EVENT, &one, EINVAL);
	one.se_type = SCTP_ASSOC_CHANGE;
	one.se_assoc_id = NO_SUCH_ID;
	ck_set_fails(fd, SCTP_EVENT, &one, EINVAL);
	close(fd);
}
END_TEST

/* Only what was asked for makes a socket readable. */
START_TEST(an_event_that_nobody_asked_for_is_not_seen)
{
	struct many m = new_many(NULL);

	ck_assert_int_eq(is_readable(m.client), 0);
	ck_assert_int_eq(is_readable(m.server), 1);
	close_many(&m);
}
END_TEST

/*
 * What there is
 */

START_TEST(status_is_of_an_association_that_is_there)
{
	struct many m = new_many(NULL);
	struct pair p = new_pair("127.0.0.1");
	struct sctp_status s = { .sstat_assoc_id = m.client_id };
	struct sockaddr_in primary;

	ck_get(m.client, SCTP_STATUS, &s);
	ck_assert_int_eq(s.sstat_assoc_id, m.client_id);
	ck_assert_int_eq(s.sstat_state, SCTP_ESTABLISHED);
	ck_assert_uint_eq(s.sstat_unackdata, 0);
	ck_assert_uint_eq(s.sstat_penddata, 0);
	ck_assert_uint_eq(s.sstat_outstrms, 10);
	ck_assert_uint_eq(s.sstat_instrms, 10);
	ck_assert_uint_gt(s.sstat_rwnd, 0);
	ck_assert_uint_gt(s.sstat_fragmentation_point, 400);
	ck_assert_int_eq(s.sstat_primary.spinfo_assoc_id, m.client_id);
	ck_assert_int_eq(s.sstat_primary.spinfo_state, SCTP_ACTIVE);
	ck_assert_uint_gt(s.sstat_primary.spinfo_cwnd, 0);
	ck_assert_uint_gt(s.sstat_primary.spinfo_mtu, 500);
	memcpy(&primary,
	    (char *)&s.sstat_primary +
		offsetof(struct sctp_paddrinfo, spinfo_address),
	    sizeof(primary));
	ck_assert_int_eq(ntohs(primary.sin_port), port_of(m.server));
	s.sstat_assoc_id = 0;
	ck_get_fails(m.client, SCTP_STATUS, &s, EINVAL);
	s.sstat_assoc_id = NO_SUCH_ID;
	ck_get_fails(m.client, SCTP_STATUS, &s, EINVAL);
	ck_get_fails(p.listener, SCTP_STATUS, &s, EINVAL);
	ck_get(p.client, SCTP_STATUS, &s);
	ck_assert_int_eq(s.sstat_state, SCTP_ESTABLISHED);
	close_pair(&p);
	close_many(&m);
}
END_TEST

START_TEST(associations_are_counted_and_listed)
{
	struct many m = new_many(NULL);
	uint32_t list[2] = { 0, 0 };
	socklen_t len = sizeof(list);

	ck_assert_int_eq(opt_int(m.client, SCTP_GET_ASSOC_NUMBER), 1);
	ck_assert_int_eq(getsockopt(m.client, IPPROTO_SCTP,
			     SCTP_GET_ASSOC_ID_LIST, list, &len),
	    0);
	ck_assert_uint_eq(list[0], 1);
	ck_assert_int_eq((int)list[1], m.client_id);
	/* Ids are not those that mean several. */
	ck_assert_int_gt(m.client_id, SCTP_ALL_ASSOC);
	ck_assert_int_gt(m.server_id, SCTP_ALL_ASSOC);
	len = sizeof(list[0]);
	ck_fails(getsockopt(m.client, IPPROTO_SCTP, SCTP_GET_ASSOC_ID_LIST,
		     list, &len),
	    EINVAL);
	close_many(&m);
}
END_TEST

START_TEST(statistics_count_packets_and_chunks)
{
	struct pair p = new_pair("127.0.0.1");
	struct sctp_assoc_stats s;
	char byte = 'x';

	ck_assert_int_eq(send(p.client, &byte, 1, 0), 1);
	ck_assert_int_eq(poll_for(p.server, POLLIN, LONG_MS) & POLLIN, POLLIN);
	memset(&s, 0, sizeof(s));
	ck_get(p.client, SCTP_GET_ASSOC_STATS, &s);
	ck_assert_uint_ge(s.sas_opackets, 1);
	ck_assert_uint_eq(s.sas_oodchunks + s.sas_ouodchunks, 1);
	ck_assert_uint_eq(s.sas_rtxchunks, 0);
	ck_get_fails(p.listener, SCTP_GET_ASSOC_STATS, &s, EINVAL);
	close_pair(&p);
}
END_TEST

/*
 * After the end
 */

START_TEST(what_was_set_is_there_after_the_association)
{
	struct pair p = new_pair("127.0.0.1");
	struct sctp_status s = { .sstat_assoc_id = 0 };
	struct sctp_event_subscribe e;
	union sctp_notification n;

	set_init(p.client);
	opt_set_int(p.client, SCTP_NODELAY, 1);
	/* The peer's SHUTDOWN is an end to recv(), too: the association's is
	 * SCTP_SHUTDOWN_COMP. */
	memset(&e, 0, sizeof(e));
	e.sctp_association_event = 1;
	ck_set(p.client, SCTP_EVENTS, &e);
	ck_assert_int_eq(close(p.server), 0);
	ck_assert_int_eq(recv(p.client, &n, sizeof(n), 0),
	    sizeof(n.sn_assoc_change));
	ck_assert_int_eq(n.sn_assoc_change.sac_state, SCTP_SHUTDOWN_COMP);
	ck_assert_int_eq(recv(p.client, &n, sizeof(n), 0), 0);
	ck_assert_int_eq(opt_int(p.client, SCTP_NODELAY), 1);
	opt_set_int(p.client, SCTP_NODELAY, 0);
	ck_assert_int_eq(opt_int(p.client, SCTP_NODELAY), 0);
	set_init(p.client);
	set_rto(p.client);
	ck_get_fails(p.client, SCTP_STATUS, &s, EINVAL);
	close(p.client);
	close(p.listener);
}
END_TEST

START_TEST(an_accepted_socket_has_its_listeners_options)
{
	struct sctp_event_subscribe e;
	int listener = new_socket(AF_INET, ONE_TO_ONE);
	int client = new_socket(AF_INET, ONE_TO_ONE);
	int server, on = 1;

	set_rto(listener);
	set_init(listener);
	ck_set(listener, SCTP_NODELAY, &on);
	ck_set(listener, SCTP_RECVRCVINFO, &on);
	memset(&e, 0, sizeof(e));
	e.sctp_data_io_event = 1;
	e.sctp_shutdown_event = 1;
	ck_set(listener, SCTP_EVENTS, &e);
	ck_assert_int_eq(bind_to(listener, "127.0.0.1", 0), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(connect_to(client, "127.0.0.1", port_of(listener)), 0);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	check_rto(server, 0, 500, 2000, 100);
	ck_assert_int_eq(opt_int(server, SCTP_NODELAY), 1);
	ck_assert_int_eq(opt_int(server, SCTP_RECVRCVINFO), 1);
	memset(&e, 0, sizeof(e));
	ck_get(server, SCTP_EVENTS, &e);
	ck_assert_uint_eq(e.sctp_data_io_event, 1);
	ck_assert_uint_eq(e.sctp_shutdown_event, 1);
	ck_assert_uint_eq(e.sctp_association_event, 0);
	close(client);
	close(server);
	close(listener);
}
END_TEST

static void
set_several(int fd)
{
	set_rto(fd);
	opt_set_int(fd, SCTP_NODELAY, 1);
	opt_set_int(fd, SCTP_AUTOCLOSE, 100);
	opt_set_value(fd, SCTP_CONTEXT, 0, 8);
}

START_TEST(a_peeled_off_socket_has_the_options_of_the_first)
{
	struct many m = new_many(set_several);
	sctp_peeloff_arg_t arg = { .associd = m.client_id };
	struct sctp_event_subscribe e;
	socklen_t len = sizeof(arg);

	memset(&e, 0, sizeof(e));
	e.sctp_shutdown_event = 1;
	ck_set(m.client, SCTP_EVENTS, &e);
	ck_assert_int_gt(getsockopt(m.client, IPPROTO_SCTP,
			     SCTP_SOCKOPT_PEELOFF, &arg, &len),
	    0);
	memset(&e, 0, sizeof(e));
	ck_get(arg.sd, SCTP_EVENTS, &e);
	ck_assert_uint_eq(e.sctp_shutdown_event, 1);
	check_rto(arg.sd, 0, 500, 2000, 100);
	ck_assert_int_eq(opt_int(arg.sd, SCTP_NODELAY), 1);
	ck_assert_uint_eq(opt_value(arg.sd, SCTP_CONTEXT, 0), 8);
	close(arg.sd);
	close_many(&m);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("opts");
	TCase *tc = tcase_create("timing");

	tcase_add_test(tc, rtoinfo_is_kept_through_bind_and_listen);
	tcase_add_test(tc, rtoinfo_of_an_association_is_its_own);
	tcase_add_test(tc, on_a_one_to_one_socket_an_id_says_nothing);
	tcase_add_test(tc, associnfo_is_of_those_to_come_or_of_one);
	tcase_add_test(tc, initmsg_says_how_many_streams_there_are);
	tcase_add_test(tc, delayed_sack_is_taken_in_both_its_forms);
	tcase_add_test(tc, delayed_sack_is_of_all_of_one_or_of_those_to_come);
	suite_add_tcase(s, tc);

	tc = tcase_create("values");
	tcase_add_loop_test(tc,
	    context_and_burst_are_of_all_of_one_or_of_those_to_come, 0, 2);
	tcase_add_test(tc, maxseg_has_limits_and_an_elder_form);
	tcase_add_test(tc, flags_and_numbers_are_read_back);
	tcase_add_test(tc, reuse_port_is_of_one_to_one_sockets_before_bind);
	tcase_add_test(tc, auto_asconf_is_of_sockets_that_are_bound_to_any);
	suite_add_tcase(s, tc);

	tc = tcase_create("messages");
	tcase_add_test(tc, send_defaults_are_seen_by_both_options);
	tcase_add_test(tc, send_defaults_of_an_association_are_its_own);
	tcase_add_test(tc, default_prinfo_is_a_policy_and_its_value);
	tcase_add_test(tc, counts_of_messages_given_up_are_asked_by_policy);
	suite_add_tcase(s, tc);

	tc = tcase_create("events");
	tcase_add_test(tc, events_may_be_a_shorter_record);
	tcase_add_test(tc, event_is_one_of_the_same);
	tcase_add_test(tc, an_event_that_nobody_asked_for_is_not_seen);
	suite_add_tcase(s, tc);

	tc = tcase_create("what there is");
	tcase_add_test(tc, status_is_of_an_association_that_is_there);
	tcase_add_test(tc, associations_are_counted_and_listed);
	tcase_add_test(tc, statistics_count_packets_and_chunks);
	tcase_add_test(tc, what_was_set_is_there_after_the_association);
	tcase_add_test(tc, an_accepted_socket_has_its_listeners_options);
	tcase_add_test(tc, a_peeled_off_socket_has_the_options_of_the_first);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
