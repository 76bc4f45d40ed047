/*
 * Options of SCTP about paths, streams, what is agreed on, and keys: what is
 * set and read back, and what is refused.  With PRELOAD_KERNEL=1, where the
 * kernel has SCTP, the same is the kernel's.
 */

#include "check_main.h"
#include "plain_opt.h"
#include "preload.h"

#define NO_SUCH_ID 12345

/*
 * Paths
 */

static struct sctp_paddrparams
params_of(int fd, sctp_assoc_t id, const char *host, int port)
{
	struct sctp_paddrparams p;

	memset(&p, 0, sizeof(p));
	p.spp_assoc_id = id;
	if (host != NULL)
		put_addr(&p.spp_address, host, port);
	ck_get(fd, SCTP_PEER_ADDR_PARAMS, &p);
	return p;
}

START_TEST(path_parameters_are_taken_as_their_flags_say)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct sctp_paddrparams p;

	memset(&p, 0, sizeof(p));
	/* Without its flag an interval is not looked at. */
	p.spp_hbinterval = 5000;
	p.spp_pathmaxrxt = 3;
	ck_set(fd, SCTP_PEER_ADDR_PARAMS, &p);
	ck_assert_uint_eq(params_of(fd, 0, NULL, 0).spp_hbinterval, 30000);
	ck_assert_uint_eq(params_of(fd, 0, NULL, 0).spp_pathmaxrxt, 3);
	p.spp_flags = SPP_HB_ENABLE;
	ck_set(fd, SCTP_PEER_ADDR_PARAMS, &p);
	ck_assert_uint_eq(params_of(fd, 0, NULL, 0).spp_hbinterval, 5000);
	p.spp_flags = SPP_HB_DISABLE | SPP_SACKDELAY_DISABLE;
	ck_set(fd, SCTP_PEER_ADDR_PARAMS, &p);
	ck_assert_uint_eq(params_of(fd, 0, NULL, 0).spp_flags,
	    SPP_HB_DISABLE | SPP_PMTUD_ENABLE | SPP_SACKDELAY_DISABLE);
	p.spp_flags = SPP_HB_ENABLE | SPP_HB_TIME_IS_ZERO;
	ck_set(fd, SCTP_PEER_ADDR_PARAMS, &p);
	ck_assert_uint_eq(params_of(fd, 0, NULL, 0).spp_hbinterval, 0);
	p.spp_flags = SPP_PMTUD_DISABLE | SPP_SACKDELAY_ENABLE;
	p.spp_pathmtu = 1200;
	p.spp_sackdelay = 120;
	ck_set(fd, SCTP_PEER_ADDR_PARAMS, &p);
	ck_assert_uint_eq(params_of(fd, 0, NULL, 0).spp_pathmtu, 1200);
	ck_assert_uint_eq(params_of(fd, 0, NULL, 0).spp_sackdelay, 120);
	ck_assert_uint_eq(opt_value(fd, SCTP_DELAYED_ACK_TIME, 0), 120);
	close(fd);
}
END_TEST

START_TEST(path_parameters_that_contradict_are_refused)
{
	static const uint32_t bad[] = { SPP_HB, SPP_PMTUD, SPP_SACKDELAY,
		SPP_HB_DEMAND };
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct sctp_paddrparams p;
	size_t i;

	memset(&p, 0, sizeof(p));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		p.spp_flags = bad[i];
		ck_set_fails(fd, SCTP_PEER_ADDR_PARAMS, &p, EINVAL);
	}
	p.spp_flags = SPP_SACKDELAY_ENABLE;
	p.spp_sackdelay = 501;
	ck_set_fails(fd, SCTP_PEER_ADDR_PARAMS, &p, EINVAL);
	p.spp_sackdelay = 0;
	p.spp_pathmtu = 511;
	ck_set_fails(fd, SCTP_PEER_ADDR_PARAMS, &p, EINVAL);
	p.spp_pathmtu = 0;
	p.spp_assoc_id = NO_SUCH_ID;
	ck_set_fails(fd, SCTP_PEER_ADDR_PARAMS, &p, EINVAL);
	ck_get_fails(fd, SCTP_PEER_ADDR_PARAMS, &p, EINVAL);
	p.spp_assoc_id = 0;
	put_addr(&p.spp_address, "127.0.0.1", 9);
	ck_set_fails(fd, SCTP_PEER_ADDR_PARAMS, &p, EINVAL);
	/* The elder record has no flow labels and classes. */
	memset(&p, 0, sizeof(p));
	p.spp_flags = SPP_DSCP;
	ck_fails(setsockopt(fd, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &p, 152),
	    EINVAL);
	close(fd);
}
END_TEST

START_TEST(path_parameters_are_of_one_path_or_of_an_association)
{
	struct many m = new_many(NULL);
	int port = port_of(m.server);
	struct sctp_paddrparams p;

	memset(&p, 0, sizeof(p));
	p.spp_assoc_id = m.client_id;
	put_addr(&p.spp_address, "127.0.0.1", port);
	p.spp_pathmaxrxt = 2;
	p.spp_hbinterval = 7000;
	p.spp_flags = SPP_HB_ENABLE | SPP_HB_DEMAND;
	ck_set(m.client, SCTP_PEER_ADDR_PARAMS, &p);
	p = params_of(m.client, m.client_id, "127.0.0.1", port);
	ck_assert_uint_eq(p.spp_pathmaxrxt, 2);
	ck_assert_uint_eq(p.spp_hbinterval, 7000);
	ck_assert_uint_eq(params_of(m.client, 0, NULL, 0).spp_pathmaxrxt, 5);
	/* A path is known by its address alone, too. */
	p = params_of(m.client, 0, "127.0.0.1", port);
	ck_assert_uint_eq(p.spp_pathmaxrxt, 2);
	put_addr(&p.spp_address, "127.0.0.9", port);
	ck_get_fails(m.client, SCTP_PEER_ADDR_PARAMS, &p, EINVAL);
	close_many(&m);
}
END_TEST

START_TEST(thresholds_are_of_those_to_come_or_of_one)
{
	struct many m = new_many(NULL);
	struct sctp_paddrthlds t;
	struct sctp_paddrthlds_v2 v2;

	memset(&t, 0, sizeof(t));
	t.spt_assoc_id = m.client_id;
	t.spt_pathmaxrxt = 6;
	t.spt_pathpfthld = 2;
	ck_set(m.client, SCTP_PEER_ADDR_THLDS, &t);
	memset(&t, 0, sizeof(t));
	t.spt_assoc_id = m.client_id;
	ck_get(m.client, SCTP_PEER_ADDR_THLDS, &t);
	ck_assert_uint_eq(t.spt_pathmaxrxt, 6);
	ck_assert_uint_eq(t.spt_pathpfthld, 2);
	memset(&v2, 0, sizeof(v2));
	v2.spt_pathmaxrxt = 4;
	v2.spt_pathpfthld = 3;
	v2.spt_pathcpthld = 3;
	ck_set(m.client, SCTP_PEER_ADDR_THLDS_V2, &v2);
	memset(&v2, 0, sizeof(v2));
	ck_get(m.client, SCTP_PEER_ADDR_THLDS_V2, &v2);
	ck_assert_uint_eq(v2.spt_pathmaxrxt, 4);
	ck_assert_uint_eq(v2.spt_pathpfthld, 3);
	ck_assert_uint_eq(v2.spt_pathcpthld, 3);
	v2.spt_pathcpthld = 2;
	ck_set_fails(m.client, SCTP_PEER_ADDR_THLDS_V2, &v2, EINVAL);
	v2.spt_assoc_id = NO_SUCH_ID;
	ck_get_fails(m.client, SCTP_PEER_ADDR_THLDS_V2, &v2, EINVAL);
	close_many(&m);
}
END_TEST

START_TEST(the_primary_path_is_one_of_the_peers)
{
	struct many m = new_many(NULL);
	int port = port_of(m.server);
	struct sockaddr_in a;
	struct sctp_prim p;

	memset(&p, 0, sizeof(p));
	p.ssp_assoc_id = m.client_id;
	ck_get(m.client, SCTP_PRIMARY_ADDR, &p);
	memcpy(&a, (char *)&p + offsetof(struct sctp_prim, ssp_addr),
	    sizeof(a));
	ck_assert_int_eq(a.sin_family, AF_INET);
	ck_assert_int_eq(ntohs(a.sin_port), port);
	ck_set(m.client, SCTP_PRIMARY_ADDR, &p);
	put_addr(&p.ssp_addr, "127.0.0.9", port);
	ck_set_fails(m.client, SCTP_PRIMARY_ADDR, &p, EINVAL);
	p.ssp_assoc_id = NO_SUCH_ID;
	ck_get_fails(m.client, SCTP_PRIMARY_ADDR, &p, EINVAL);
	/* To ask the peer takes what is off by default. */
	ck_set_fails(m.client, SCTP_SET_PEER_PRIMARY_ADDR, &p, EPERM);
	close_many(&m);
}
END_TEST

START_TEST(a_path_tells_how_it_is)
{
	struct many m = new_many(NULL);
	struct sctp_paddrinfo i;

	memset(&i, 0, sizeof(i));
	i.spinfo_assoc_id = m.client_id;
	put_addr(&i.spinfo_address, "127.0.0.1", port_of(m.server));
	ck_get(m.client, SCTP_GET_PEER_ADDR_INFO, &i);
	ck_assert_int_eq(i.spinfo_assoc_id, m.client_id);
	ck_assert_int_eq(i.spinfo_state, SCTP_ACTIVE);
	ck_assert_uint_gt(i.spinfo_cwnd, 0);
	ck_assert_uint_gt(i.spinfo_rto, 0);
	ck_assert_uint_gt(i.spinfo_mtu, 500);
	put_addr(&i.spinfo_address, "127.0.0.1", 9);
	ck_get_fails(m.client, SCTP_GET_PEER_ADDR_INFO, &i, EINVAL);
	close_many(&m);
}
END_TEST

static int
is_mapped(const void *address)
{
	struct sockaddr_in6 a;

	memcpy(&a, address, sizeof(a));
	return a.sin6_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a.sin6_addr);
}

START_TEST(on_an_ipv6_socket_a_path_of_ipv4_is_mapped)
{
	int listener = new_socket(AF_INET6, ONE_TO_ONE);
	int fd = new_socket(AF_INET6, ONE_TO_ONE);
	struct sctp_status s = { .sstat_assoc_id = 0 };
	struct sctp_paddrinfo i;
	struct sctp_prim p;
	int port;

	ck_assert_int_eq(bind_to(listener, "::ffff:127.0.0.1", 0), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	port = port_of(listener);
	ck_assert_int_eq(connect_to(fd, "::ffff:127.0.0.1", port), 0);
	ck_get(fd, SCTP_STATUS, &s);
	ck_assert_int_eq(is_mapped((char *)&s.sstat_primary +
			     offsetof(struct sctp_paddrinfo, spinfo_address)),
	    1);
	memset(&p, 0, sizeof(p));
	ck_get(fd, SCTP_PRIMARY_ADDR, &p);
	ck_assert_int_eq(is_mapped(
			     (char *)&p + offsetof(struct sctp_prim, ssp_addr)),
	    1);
	ck_set(fd, SCTP_PRIMARY_ADDR, &p);
	memset(&i, 0, sizeof(i));
	put_addr(&i.spinfo_address, "::ffff:127.0.0.1", port);
	ck_get(fd, SCTP_GET_PEER_ADDR_INFO, &i);
	ck_assert_int_eq(i.spinfo_state, SCTP_ACTIVE);
	ck_assert_uint_eq(i.spinfo_mtu, s.sstat_primary.spinfo_mtu);
	ck_assert_int_eq(is_mapped((char *)&i +
			     offsetof(struct sctp_paddrinfo, spinfo_address)),
	    1);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(a_udp_port_and_probes_are_read_back)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct sctp_probeinterval v;
	struct sctp_udpencaps e;

	memset(&e, 0, sizeof(e));
	ck_get(fd, SCTP_REMOTE_UDP_ENCAPS_PORT, &e);
	ck_assert_uint_eq(e.sue_port, 0);
	e.sue_port = htons(9899);
	ck_set(fd, SCTP_REMOTE_UDP_ENCAPS_PORT, &e);
	e.sue_port = 0;
	ck_get(fd, SCTP_REMOTE_UDP_ENCAPS_PORT, &e);
	ck_assert_uint_eq(e.sue_port, htons(9899));
	e.sue_assoc_id = NO_SUCH_ID;
	ck_set_fails(fd, SCTP_REMOTE_UDP_ENCAPS_PORT, &e, EINVAL);
	memset(&v, 0, sizeof(v));
	v.spi_interval = 4999;
	ck_set_fails(fd, SCTP_PLPMTUD_PROBE_INTERVAL, &v, EINVAL);
	v.spi_interval = 5000;
	ck_set(fd, SCTP_PLPMTUD_PROBE_INTERVAL, &v);
	v.spi_interval = 0;
	ck_get(fd, SCTP_PLPMTUD_PROBE_INTERVAL, &v);
	ck_assert_uint_eq(v.spi_interval, 5000);
	close(fd);
}
END_TEST

/*
 * What is agreed on
 */

START_TEST(what_is_supported_is_set_for_those_to_come)
{
	static const int names[] = { SCTP_PR_SUPPORTED, SCTP_RECONFIG_SUPPORTED,
		SCTP_ASCONF_SUPPORTED, SCTP_AUTH_SUPPORTED, SCTP_ECN_SUPPORTED,
		SCTP_EXPOSE_PF_STATE };
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		opt_set_value(fd, names[i], 0, 1);
		ck_assert_uint_eq(opt_value(fd, names[i], 0), 1);
		opt_set_value(fd, names[i], 0, 0);
		ck_assert_uint_eq(opt_value(fd, names[i], 0), 0);
		ck_fails(opt_try_value(fd, names[i], NO_SUCH_ID, 1), EINVAL);
	}
	ck_fails(opt_try_value(fd, SCTP_EXPOSE_PF_STATE, 0, 3), EINVAL);
	close(fd);
}
END_TEST

static void
prepare_all(int fd)
{
	opt_set_value(fd, SCTP_AUTH_SUPPORTED, 0, 1);
	opt_set_value(fd, SCTP_ASCONF_SUPPORTED, 0, 1);
	opt_set_value(fd, SCTP_RECONFIG_SUPPORTED, 0, 1);
	opt_set_value(fd, SCTP_ENABLE_STREAM_RESET, 0,
	    SCTP_ENABLE_RESET_STREAM_REQ | SCTP_ENABLE_CHANGE_ASSOC_REQ);
}

START_TEST(what_both_support_an_association_has)
{
	struct many m = new_many(prepare_all);
	struct many none = new_many(NULL);
	static const int names[] = { SCTP_AUTH_SUPPORTED, SCTP_ASCONF_SUPPORTED,
		SCTP_RECONFIG_SUPPORTED };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_uint_eq(opt_value(m.client, names[i], m.client_id),
		    1);
		ck_assert_uint_eq(opt_value(m.server, names[i], m.server_id),
		    1);
		ck_assert_uint_eq(opt_value(none.client, names[i],
				      none.client_id),
		    0);
	}
	ck_assert_uint_eq(opt_value(none.client, SCTP_PR_SUPPORTED,
			      none.client_id),
	    1);
	close_many(&none);
	close_many(&m);
}
END_TEST

START_TEST(interleaving_is_not_allowed_without_its_level)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);

	ck_fails(opt_try_value(fd, SCTP_INTERLEAVING_SUPPORTED, 0, 1), EPERM);
	ck_assert_uint_eq(opt_value(fd, SCTP_INTERLEAVING_SUPPORTED, 0), 0);
	close(fd);
}
END_TEST

/*
 * Streams
 */

START_TEST(streams_are_reset_and_added_where_both_allow_it)
{
	struct many m = new_many(prepare_all);
	struct sctp_status s = { .sstat_assoc_id = m.client_id };
	struct {
		struct sctp_reset_streams r;
		uint16_t list[1];
	} reset;
	struct sctp_add_streams add = { .sas_assoc_id = m.client_id,
		.sas_outstrms = 3 };

	ck_assert_uint_eq(opt_value(m.client, SCTP_ENABLE_STREAM_RESET,
			      m.client_id),
	    5);
	opt_set_value(m.client, SCTP_ENABLE_STREAM_RESET, m.client_id, 7);
	ck_assert_uint_eq(opt_value(m.client, SCTP_ENABLE_STREAM_RESET,
			      m.client_id),
	    7);
	memset(&reset, 0, sizeof(reset));
	reset.r.srs_assoc_id = m.client_id;
	reset.r.srs_number_streams = 1;
	ck_set_fails(m.client, SCTP_RESET_STREAMS, &reset, EINVAL);
	reset.r.srs_flags = SCTP_STREAM_RESET_OUTGOING;
	reset.list[0] = 99;
	ck_set_fails(m.client, SCTP_RESET_STREAMS, &reset, EINVAL);
	reset.list[0] = 1;
	ck_set(m.client, SCTP_RESET_STREAMS, &reset);
	/* When that is answered, streams can be added. */
	while (opt_set(m.client, SCTP_ADD_STREAMS, &add) != 0) {
		ck_assert_int_eq(errno, EINPROGRESS);
		(void)poll(NULL, 0, 10);
	}
	do {
		(void)poll(NULL, 0, 10);
		ck_get(m.client, SCTP_STATUS, &s);
	} while (s.sstat_outstrms != 13);
	add.sas_outstrms = 65535;
	ck_set_fails(m.client, SCTP_ADD_STREAMS, &add, EINVAL);
	close_many(&m);
}
END_TEST

START_TEST(streams_are_not_changed_where_it_is_not_allowed)
{
	struct many m = new_many(NULL);
	struct sctp_reset_streams reset = { .srs_assoc_id = m.client_id,
		.srs_flags = SCTP_STREAM_RESET_OUTGOING };
	struct sctp_add_streams add = { .sas_assoc_id = m.client_id,
		.sas_instrms = 3 };

	ck_set_fails(m.client, SCTP_RESET_STREAMS, &reset, ENOPROTOOPT);
	ck_set_fails(m.client, SCTP_ADD_STREAMS, &add, ENOPROTOOPT);
	ck_set_fails(m.client, SCTP_RESET_ASSOC, &m.client_id, ENOPROTOOPT);
	reset.srs_assoc_id = add.sas_assoc_id = 0;
	ck_set_fails(m.client, SCTP_RESET_STREAMS, &reset, EINVAL);
	ck_set_fails(m.client, SCTP_ADD_STREAMS, &add, EINVAL);
	ck_fails(opt_try_value(m.client, SCTP_ENABLE_STREAM_RESET, 0, 8),
	    EINVAL);
	reset.srs_number_streams = 1;
	ck_set_fails(m.client, SCTP_RESET_STREAMS, &reset, EINVAL);
	close_many(&m);
}
END_TEST

START_TEST(schedulers_are_those_of_linux)
{
	struct many m = new_many(NULL);
	struct sctp_stream_value v = { .assoc_id = m.client_id,
		.stream_id = 2,
		.stream_value = 7 };

	opt_set_value(m.client, SCTP_STREAM_SCHEDULER, 0, SCTP_SS_RR);
	ck_assert_uint_eq(opt_value(m.client, SCTP_STREAM_SCHEDULER, 0),
	    SCTP_SS_RR);
	ck_assert_uint_eq(opt_value(m.client, SCTP_STREAM_SCHEDULER,
			      m.client_id),
	    SCTP_SS_FCFS);
	opt_set_value(m.client, SCTP_STREAM_SCHEDULER, m.client_id,
	    SCTP_SS_PRIO);
	ck_assert_uint_eq(opt_value(m.client, SCTP_STREAM_SCHEDULER,
			      m.client_id),
	    SCTP_SS_PRIO);
	ck_set(m.client, SCTP_STREAM_SCHEDULER_VALUE, &v);
	v.stream_value = 0;
	ck_get(m.client, SCTP_STREAM_SCHEDULER_VALUE, &v);
	ck_assert_uint_eq(v.stream_value, 7);
	v.stream_id = 5000;
	ck_set_fails(m.client, SCTP_STREAM_SCHEDULER_VALUE, &v, EINVAL);
	v.assoc_id = 0;
	ck_set_fails(m.client, SCTP_STREAM_SCHEDULER_VALUE, &v, EINVAL);
	ck_fails(opt_try_value(m.client, SCTP_STREAM_SCHEDULER, 0, 100),
	    EINVAL);
	close_many(&m);
}
END_TEST

/*
 * Keys
 */

struct key {
	struct sctp_authkey k;
	uint8_t bytes[8];
};

static void
make_key(struct key *k, sctp_assoc_t id, uint16_t number)
{
	memset(k, 0, sizeof(*k));
	k->k.sca_assoc_id = id;
	k->k.sca_keynumber = number;
	k->k.sca_keylength = sizeof(k->bytes);
	memcpy(k->bytes, "a secret", sizeof(k->bytes));
}

START_TEST(keys_are_refused_where_nothing_is_authenticated)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct sctp_authkeyid id = { .scact_keynumber = 1 };
	struct sctp_authchunk c = { .sauth_chunk = 0 };
	struct key k;

	make_key(&k, 0, 1);
	ck_set_fails(fd, SCTP_AUTH_KEY, &k, EACCES);
	ck_set_fails(fd, SCTP_AUTH_ACTIVE_KEY, &id, EACCES);
	ck_set_fails(fd, SCTP_AUTH_DELETE_KEY, &id, EACCES);
	ck_set_fails(fd, SCTP_AUTH_DEACTIVATE_KEY, &id, EACCES);
	ck_set_fails(fd, SCTP_AUTH_CHUNK, &c, EACCES);
	ck_get_fails(fd, SCTP_AUTH_ACTIVE_KEY, &id, EACCES);
	close(fd);
}
END_TEST

static void
prepare_key(int fd)
{
	struct sctp_authkeyid id = { .scact_keynumber = 5 };
	struct sctp_authchunk c = { .sauth_chunk = 0 };
	struct key k;

	make_key(&k, 0, 5);
	opt_set_value(fd, SCTP_AUTH_SUPPORTED, 0, 1);
	ck_set(fd, SCTP_AUTH_CHUNK, &c);
	ck_set(fd, SCTP_AUTH_KEY, &k);
	/* Nobody needs it here any more. */
	memset(&k, 0xff, sizeof(k));
	ck_set(fd, SCTP_AUTH_ACTIVE_KEY, &id);
}

static unsigned int
active_key(int fd, sctp_assoc_t id)
{
	struct sctp_authkeyid v = { .scact_assoc_id = id };

	ck_get(fd, SCTP_AUTH_ACTIVE_KEY, &v);
	return v.scact_keynumber;
}

START_TEST(keys_set_before_bind_authenticate_data)
{
	struct many m = new_many(prepare_key);
	struct sctp_authkeyid id = { .scact_assoc_id = m.client_id,
		.scact_keynumber = 5 };
	struct key k;
	char byte = 'x';
	struct at a = at("127.0.0.1", port_of(m.server));

	ck_assert_uint_eq(active_key(m.client, m.client_id), 5);
	ck_assert_uint_eq(active_key(m.client, 0), 5);
	ck_assert_uint_eq(active_key(m.server, m.server_id), 5);
	ck_assert_int_eq(sendto(m.client, &byte, 1, 0, &a.sa, a.len), 1);
	/* The event of the association, and then the data. */
	do {
		ck_assert_int_eq(recv(m.server, &byte, 1, 0), 1);
	} while (byte != 'x');
	/* The active one stays; another comes and goes. */
	ck_set_fails(m.client, SCTP_AUTH_DELETE_KEY, &id, EINVAL);
	make_key(&k, m.client_id, 6);
	ck_set(m.client, SCTP_AUTH_KEY, &k);
	id.scact_keynumber = 6;
	ck_set(m.client, SCTP_AUTH_DELETE_KEY, &id);
	ck_set_fails(m.client, SCTP_AUTH_ACTIVE_KEY, &id, EINVAL);
	close_many(&m);
}
END_TEST

START_TEST(authenticated_chunks_are_listed)
{
	struct many m = new_many(prepare_key);
	struct {
		struct sctp_authchunks c;
		uint8_t room[20];
	} list;
	socklen_t len = sizeof(list);
	static const uint8_t never[] = { 1, 2, 14, 15 };
	struct sctp_authchunk c;
	size_t i;

	memset(&list, 0, sizeof(list));
	list.c.gauth_assoc_id = m.client_id;
	ck_assert_int_eq(getsockopt(m.client, IPPROTO_SCTP,
			     SCTP_PEER_AUTH_CHUNKS, &list, &len),
	    0);
	ck_assert_uint_eq(list.c.gauth_number_of_chunks, 1);
	ck_assert_uint_eq(list.room[0], 0);
	ck_assert_uint_eq(len, sizeof(list.c) + 1);
	len = sizeof(list);
	list.c.gauth_assoc_id = 0;
	ck_assert_int_eq(getsockopt(m.client, IPPROTO_SCTP,
			     SCTP_LOCAL_AUTH_CHUNKS, &list, &len),
	    0);
	ck_assert_uint_eq(list.c.gauth_number_of_chunks, 1);
	len = sizeof(list);
	ck_fails(getsockopt(m.client, IPPROTO_SCTP, SCTP_PEER_AUTH_CHUNKS,
		     &list, &len),
	    EINVAL);
	for (i = 0; i < sizeof(never); i++) {
		c.sauth_chunk = never[i];
		ck_set_fails(m.client, SCTP_AUTH_CHUNK, &c, EINVAL);
	}
	close_many(&m);
}
END_TEST

START_TEST(algorithms_must_have_the_one_that_all_have)
{
	int fd = new_socket(AF_INET, ONE_TO_MANY);
	struct {
		struct sctp_hmacalgo h;
		uint16_t ids[2];
	} v;

	memset(&v, 0, sizeof(v));
	v.h.shmac_num_idents = 1;
	v.ids[0] = SCTP_AUTH_HMAC_ID_SHA1;
	ck_set_fails(fd, SCTP_HMAC_IDENT, &v, EACCES);
	opt_set_value(fd, SCTP_AUTH_SUPPORTED, 0, 1);
	ck_set(fd, SCTP_HMAC_IDENT, &v);
	v.ids[0] = SCTP_AUTH_HMAC_ID_SHA256;
	ck_set_fails(fd, SCTP_HMAC_IDENT, &v, EINVAL);
	v.ids[0] = 2;
	ck_set_fails(fd, SCTP_HMAC_IDENT, &v, EOPNOTSUPP);
	v.h.shmac_num_idents = 0;
	ck_set_fails(fd, SCTP_HMAC_IDENT, &v, EINVAL);
	v.h.shmac_num_idents = 3;
	ck_set_fails(fd, SCTP_HMAC_IDENT, &v, EINVAL);
	close(fd);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("opts_path");
	TCase *tc = tcase_create("paths");

	tcase_add_test(tc, path_parameters_are_taken_as_their_flags_say);
	tcase_add_test(tc, path_parameters_that_contradict_are_refused);
	tcase_add_test(tc,
	    path_parameters_are_of_one_path_or_of_an_association);
	tcase_add_test(tc, thresholds_are_of_those_to_come_or_of_one);
	tcase_add_test(tc, the_primary_path_is_one_of_the_peers);
	tcase_add_test(tc, a_path_tells_how_it_is);
	tcase_add_test(tc, on_an_ipv6_socket_a_path_of_ipv4_is_mapped);
	tcase_add_test(tc, a_udp_port_and_probes_are_read_back);
	suite_add_tcase(s, tc);

	tc = tcase_create("agreed");
	tcase_add_test(tc, what_is_supported_is_set_for_those_to_come);
	tcase_add_test(tc, what_both_support_an_association_has);
	tcase_add_test(tc, interleaving_is_not_allowed_without_its_level);
	suite_add_tcase(s, tc);

	tc = tcase_create("streams");
	tcase_add_test(tc, streams_are_reset_and_added_where_both_allow_it);
	tcase_add_test(tc, streams_are_not_changed_where_it_is_not_allowed);
	tcase_add_test(tc, schedulers_are_those_of_linux);
	suite_add_tcase(s, tc);

	tc = tcase_create("keys");
	tcase_add_test(tc, keys_are_refused_where_nothing_is_authenticated);
	tcase_add_test(tc, keys_set_before_bind_authenticate_data);
	tcase_add_test(tc, authenticated_chunks_are_listed);
	tcase_add_test(tc, algorithms_must_have_the_one_that_all_have);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	gs_test_preload(argc, argv);
	return gs_test_main(suite());
}
