/* Every name that -o takes, with a value that is allowed: it becomes the
 * option that the header's initialiser makes, the library takes it, and it
 * reads back, of a socket or of an association. */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "net.h"
#include "optname.h"
#include "optname_table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MAX 8

/* How what was set is found again. */
enum how {
	READ,
	READ_FLAGS, /* these bits, and others */
	READ_IP,    /* an address, with a port */
	NOT_READ,   /* it can be set alone */
};

struct row {
	const char *text;
	struct gsctp_opt want;
	enum how how;
	const char *first[3]; /* what must be set before, or with it */
	const char *found;    /* the name that reads it; NULL: its own */
	uint32_t event;	      /* which tells the outcome */
};

static const struct row rows[] = {
	{ .text = "active=false", .want = GSCTP_ACTIVE(GSCTP_ACTIVE_FALSE) },
	{ .text = "adaptation_layer=77", .want = GSCTP_ADAPTATION_LAYER(77) },
	{ .text = "asconf_supported=on",
	    .want = GSCTP_ASCONF_SUPPORTED(.assoc_value = 1) },
	{ .text = "associnfo.asocmaxrxt=7",
	    .want = GSCTP_ASSOCINFO(.asocmaxrxt = gsctp_def(7)) },
	{ .text = "associnfo.cookie_life=5s",
	    .want = GSCTP_ASSOCINFO(.cookie_life = gsctp_def(5000)) },
	{ .text = "auth_active_key=3",
	    .want = GSCTP_AUTH_ACTIVE_KEY(.assoc_value = 3),
	    .first = { "auth_key.keynumber=3", "auth_key.key=0102" } },
	{ .text = "auth_chunk=data",
	    .want = GSCTP_AUTH_CHUNK(0),
	    .how = NOT_READ },
	{ .text = "auth_deactivate_key=3",
	    .want = GSCTP_AUTH_DEACTIVATE_KEY(.assoc_value = 3),
	    .how = NOT_READ,
	    .first = { "auth_key.keynumber=3", "auth_key.key=0102" } },
	{ .text = "auth_delete_key=3",
	    .want = GSCTP_AUTH_DELETE_KEY(.assoc_value = 3),
	    .how = NOT_READ,
	    .first = { "auth_key.keynumber=3", "auth_key.key=0102" } },
	{ .text = "auth_key.keynumber=3",
	    .want = GSCTP_AUTH_KEY(.keynumber = 3),
	    .how = NOT_READ },
	{ .text = "auth_supported=off",
	    .want = GSCTP_AUTH_SUPPORTED(.assoc_value = 0) },
	{ .text = "autoclose=5m", .want = GSCTP_AUTOCLOSE(300) },
	{ .text = "buffer=1mi", .want = GSCTP_BUFFER(1048576) },
	{ .text = "context=99", .want = GSCTP_CONTEXT(.assoc_value = 99) },
	{ .text = "default_prinfo.policy=rtx",
	    .want = GSCTP_DEFAULT_PRINFO(.policy = GSCTP_PR_RTX) },
	{ .text = "default_prinfo.value=4",
	    .want = GSCTP_DEFAULT_PRINFO(.policy = GSCTP_PR_RTX, .value = 4),
	    .first = { "default_prinfo.policy=rtx" } },
	{ .text = "default_send_param.stream=2",
	    .want = GSCTP_DEFAULT_SEND_PARAM(.stream = gsctp_def(2)) },
	{ .text = "default_send_param.flags=unordered+sack_immediately",
	    .want =
		GSCTP_DEFAULT_SEND_PARAM(.flags = gsctp_def(GSCTP_UNORDERED |
					     GSCTP_SACK_IMMEDIATELY)) },
	{ .text = "default_send_param.ppid=diameter",
	    .want = GSCTP_DEFAULT_SEND_PARAM(.ppid = gsctp_def(46)) },
	{ .text = "default_send_param.context=5",
	    .want = GSCTP_DEFAULT_SEND_PARAM(.context = gsctp_def(5)) },
	{ .text = "default_send_param.timetolive=2s",
	    .want = GSCTP_DEFAULT_SEND_PARAM(.timetolive = gsctp_def(2000)) },
	{ .text = "delayed_ack_time=150",
	    .want = GSCTP_DELAYED_ACK_TIME(.assoc_value = 150) },
	{ .text = "delayed_sack.delay=151",
	    .want = GSCTP_DELAYED_SACK(.delay = gsctp_def(151)) },
	{ .text = "delayed_sack.freq=4",
	    .want = GSCTP_DELAYED_SACK(.freq = gsctp_def(4)) },
	{ .text = "disable_fragments=on",
	    .want = GSCTP_DISABLE_FRAGMENTS(true) },
	{ .text = "dontroute=off", .want = GSCTP_DONTROUTE(false) },
	{ .text = "ecn_supported=off",
	    .want = GSCTP_ECN_SUPPORTED(.assoc_value = 0) },
	{ .text = "enable_stream_reset=reset+add",
	    .want = GSCTP_ENABLE_STREAM_RESET(.assoc_value = 5) },
	{ .text = "events.data_io=off",
	    .want = GSCTP_EVENTS(.data_io = gsctp_def(0)) },
	{ .text = "events.association=off",
	    .want = GSCTP_EVENTS(.association = gsctp_def(0)) },
	{ .text = "events.address=off",
	    .want = GSCTP_EVENTS(.address = gsctp_def(0)) },
	{ .text = "events.send_failure=off",
	    .want = GSCTP_EVENTS(.send_failure = gsctp_def(0)) },
	{ .text = "events.peer_error=off",
	    .want = GSCTP_EVENTS(.peer_error = gsctp_def(0)) },
	{ .text = "events.shutdown=off",
	    .want = GSCTP_EVENTS(.shutdown = gsctp_def(0)) },
	{ .text = "events.partial_delivery=off",
	    .want = GSCTP_EVENTS(.partial_delivery = gsctp_def(0)) },
	{ .text = "events.adaptation_layer=on",
	    .want = GSCTP_EVENTS(.adaptation_layer = gsctp_def(1)) },
	{ .text = "events.authentication=on",
	    .want = GSCTP_EVENTS(.authentication = gsctp_def(1)) },
	{ .text = "events.sender_dry=on",
	    .want = GSCTP_EVENTS(.sender_dry = gsctp_def(1)) },
	{ .text = "events.stream_reset=on",
	    .want = GSCTP_EVENTS(.stream_reset = gsctp_def(1)) },
	{ .text = "events.assoc_reset=on",
	    .want = GSCTP_EVENTS(.assoc_reset = gsctp_def(1)) },
	{ .text = "events.stream_change=on",
	    .want = GSCTP_EVENTS(.stream_change = gsctp_def(1)) },
	{ .text = "exit_on_close=off", .want = GSCTP_EXIT_ON_CLOSE(false) },
	{ .text = "explicit_eor=on", .want = GSCTP_EXPLICIT_EOR(true) },
	{ .text = "fragment_interleave=2",
	    .want = GSCTP_FRAGMENT_INTERLEAVE(2) },
	{ .text = "hmac_ident=sha1",
	    .want = GSCTP_HMAC_IDENT(.n = 1, .idents = { GSCTP_HMAC_SHA1 }) },
	{ .text = "i_want_mapped_v4_addr=off",
	    .want = GSCTP_I_WANT_MAPPED_V4_ADDR(false) },
	{ .text = "initmsg.num_ostreams=20",
	    .want = GSCTP_INITMSG(.num_ostreams = gsctp_def(20)) },
	{ .text = "initmsg.max_instreams=21",
	    .want = GSCTP_INITMSG(.max_instreams = gsctp_def(21)) },
	{ .text = "initmsg.max_attempts=3",
	    .want = GSCTP_INITMSG(.max_attempts = gsctp_def(3)) },
	{ .text = "initmsg.max_init_timeo=4s",
	    .want = GSCTP_INITMSG(.max_init_timeo = gsctp_def(4000)) },
	{ .text = "interleaving_supported=on",
	    .want = GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = 1),
	    .first = { "fragment_interleave=2" } },
	{ .text = "ipv6_v6only=on", .want = GSCTP_IPV6_V6ONLY(true) },
	{ .text = "linger=on,2", .want = GSCTP_LINGER(true, 2) },
	{ .text = "linger.on=on", .want = GSCTP_LINGER(true, 0) },
	{ .text = "linger.seconds=3",
	    .want = GSCTP_LINGER(true, 3),
	    .first = { "linger.on=on" } },
	{ .text = "max_burst=9", .want = GSCTP_MAX_BURST(.assoc_value = 9) },
	{ .text = "maxseg=1k", .want = GSCTP_MAXSEG(.assoc_value = 1000) },
	{ .text = "nodelay=on", .want = GSCTP_NODELAY(true) },
	{ .text = "nrsack_supported=on",
	    .want = GSCTP_NRSACK_SUPPORTED(.assoc_value = 1) },
	{ .text = "peer_addr_params.hbinterval=7s",
	    .want = GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(7000)) },
	{ .text = "peer_addr_params.pathmaxrxt=3",
	    .want = GSCTP_PEER_ADDR_PARAMS(.pathmaxrxt = gsctp_def(3)) },
	{ .text = "peer_addr_params.pathmtu=1200",
	    .want = GSCTP_PEER_ADDR_PARAMS(.pathmtu = gsctp_def(1200),
		.flags = gsctp_def(GSCTP_SPP_PMTUD_DISABLE)),
	    .first = { "peer_addr_params.flags=pmtud_disable" } },
	{ .text = "peer_addr_params.sackdelay=160",
	    .want = GSCTP_PEER_ADDR_PARAMS(.sackdelay = gsctp_def(160)) },
	{ .text = "peer_addr_params.flags=hb_disable+sackdelay_disable",
	    .want =
		GSCTP_PEER_ADDR_PARAMS(.flags = gsctp_def(GSCTP_SPP_HB_DISABLE |
					   GSCTP_SPP_SACKDELAY_DISABLE)),
	    .how = READ_FLAGS },
	{ .text = "peer_addr_thlds.pathmaxrxt=4",
	    .want = GSCTP_PEER_ADDR_THLDS(.pathmaxrxt = gsctp_def(4)) },
	{ .text = "peer_addr_thlds.pathpfthld=2",
	    .want = GSCTP_PEER_ADDR_THLDS(.pathpfthld = gsctp_def(2)) },
	{ .text = "pktdrop_supported=off",
	    .want = GSCTP_PKTDROP_SUPPORTED(.assoc_value = 0) },
	{ .text = "pluggable_cc=htcp",
	    .want = GSCTP_PLUGGABLE_CC(.assoc_value = GSCTP_CC_HTCP) },
	{ .text = "pr_supported=off",
	    .want = GSCTP_PR_SUPPORTED(.assoc_value = 0) },
	{ .text = "priority=3", .want = GSCTP_PRIORITY(3) },
	{ .text = "reconfig_supported=off",
	    .want = GSCTP_RECONFIG_SUPPORTED(.assoc_value = 0) },
	{ .text = "recbuf=64ki", .want = GSCTP_RECBUF(65536) },
	{ .text = "recvtos=on", .want = GSCTP_RECVTOS(true) },
	{ .text = "recvttl=on", .want = GSCTP_RECVTTL(true) },
	{ .text = "remote_udp_encaps_port.port=9900",
	    .want = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 9900) },
	{ .text = "reuseaddr=on", .want = GSCTP_REUSEADDR(true) },
	{ .text = "rtoinfo.initial=1.5s",
	    .want = GSCTP_RTOINFO(.initial = gsctp_def(1500)) },
	{ .text = "rtoinfo.max=3000",
	    .want = GSCTP_RTOINFO(.max = gsctp_def(3000)) },
	{ .text = "rtoinfo.min=100ms",
	    .want = GSCTP_RTOINFO(.min = gsctp_def(100)) },
	{ .text = "send_timeout_close=on",
	    .want = GSCTP_SEND_TIMEOUT_CLOSE(true) },
	{ .text = "send_timeout_ms=2s", .want = GSCTP_SEND_TIMEOUT_MS(2000) },
	{ .text = "sndbuf=1mi", .want = GSCTP_SNDBUF(1048576) },
	{ .text = "stream_scheduler=prio",
	    .want = GSCTP_STREAM_SCHEDULER(.assoc_value = GSCTP_SS_PRIO) },
	{ .text = "tos=0xb8", .want = GSCTP_TOS(0xb8) },
	{ .text = "ttl=9", .want = GSCTP_TTL(9) },

	/* What points somewhere has rows of its own below; and these are of
	 * an association. */
	{ .text = "add_streams.instrms=2",
	    .want = GSCTP_ADD_STREAMS(.instrms = 2),
	    .how = NOT_READ,
	    .event = GSCTP_MSG_STREAM_CHANGE },
	{ .text = "add_streams.outstrms=3",
	    .want = GSCTP_ADD_STREAMS(.outstrms = 3),
	    .how = NOT_READ,
	    .event = GSCTP_MSG_STREAM_CHANGE },
	{ .text = "reset_streams.flags=outgoing",
	    .want = GSCTP_RESET_STREAMS(.flags = GSCTP_RESET_OUTGOING),
	    .how = NOT_READ,
	    .event = GSCTP_MSG_STREAM_RESET },
	{ .text = "stream_scheduler_value.stream=3",
	    .want = GSCTP_STREAM_SCHEDULER_VALUE(.stream = 3, .value = 7),
	    .first = { "stream_scheduler=prio",
		"stream_scheduler_value.value=7" },
	    .found = "stream_scheduler_value.value" },
	{ .text = "stream_scheduler_value.value=8",
	    .want = GSCTP_STREAM_SCHEDULER_VALUE(.value = 8),
	    .first = { "stream_scheduler=prio" } },
};

/* Addresses are no constants.  They are of an association. */
static struct row addr_rows[] = {
	{ .text = "peer_addr_params.address=127.0.0.1",
	    .want = GSCTP_PEER_ADDR_PARAMS(.hbinterval = gsctp_def(7000)),
	    .first = { "peer_addr_params.hbinterval=7s" },
	    .found = "peer_addr_params.hbinterval" },
	{ .text = "peer_addr_thlds.address=127.0.0.1",
	    .want = GSCTP_PEER_ADDR_THLDS(.pathmaxrxt = gsctp_def(4)),
	    .first = { "peer_addr_thlds.pathmaxrxt=4" },
	    .found = "peer_addr_thlds.pathmaxrxt" },
	{ .text = "primary_addr.addr=127.0.0.1",
	    .want = GSCTP_PRIMARY_ADDR(.assoc_id = 0),
	    .how = READ_IP },
	{ .text = "remote_udp_encaps_port.address=127.0.0.1",
	    .want = GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = 9900),
	    .first = { "remote_udp_encaps_port.port=9900" },
	    .found = "remote_udp_encaps_port.port" },
	{ .text = "set_peer_primary_addr.addr=127.0.0.1",
	    .want = GSCTP_SET_PEER_PRIMARY_ADDR(.assoc_id = 0),
	    .how = NOT_READ },
};

static const struct optname_row *
row_of(const char *text)
{
	const size_t len = strcspn(text, "=");
	size_t i;

	for (i = 0; i < optname_nrows; i++)
		if (strlen(optname_rows[i].name) == len &&
		    strncmp(optname_rows[i].name, text, len) == 0)
			return &optname_rows[i];
	ck_abort_msg("%s: there is no such name", text);
	return NULL;
}

/* The row's options; it is the last. */
static size_t
parse(const struct row *r, struct gsctp_opt *o)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < COUNT(r->first) && r->first[i] != NULL; i++)
		ck_assert_msg(optname_parse(r->first[i], o, &n, MAX) == 0,
		    "%s: %s", r->first[i], optname_problem());
	ck_assert_msg(optname_parse(r->text, o, &n, MAX) == 0, "%s: %s",
	    r->text, optname_problem());
	return n;
}

/* What r has set, read of the association, or of the socket (0). */
static void
read_back(gsctp_sock s, const struct row *r, const struct gsctp_opt *set,
    gsctp_assoc_id assoc)
{
	const struct optname_row *row =
	    row_of(r->found != NULL ? r->found : r->text);
	static const size_t sizes[] = { [OPTNAME_AS_U32] = 4,
		[OPTNAME_AS_U16] = 2,
		[OPTNAME_AS_BOOL] = sizeof(bool),
		[OPTNAME_AS_FIELD] = sizeof(gsctp_field),
		[OPTNAME_AS_IT_IS] = 0 };
	struct gsctp_opt got = *set;
	size_t len = sizes[row->store];
	char *at = (char *)&got + row->at;
	const char *want = (const char *)set + row->at;
	gsctp_field a, b;

	if (row->kind == OPTNAME_LINGER)
		len = sizeof(struct gsctp_linger);
	else if (row->kind == OPTNAME_HMACS)
		len = sizeof(struct gsctp_hmac_ident);
	else if (row->kind == OPTNAME_ADDR)
		len = sizeof(struct sockaddr_storage);
	ck_assert_uint_gt(len, 0);
	/* Keys stay; what is asked for goes. */
	memset(at, 0xee, len);
	if (assoc != 0)
		optname_set_assoc(&got, assoc);
	ck_assert_msg(gsctp_getopts(s, &got, 1, NULL) == 0, "%s cannot be read",
	    r->text);
	if (r->how == READ_FLAGS) {
		memcpy(&a, at, sizeof(a));
		memcpy(&b, want, sizeof(b));
		ck_assert_msg((a.v & b.v) == b.v, "%s reads as 0x%x", r->text,
		    a.v);
		return;
	}
	if (r->how == READ_IP) {
		at += offsetof(struct sockaddr_in, sin_addr);
		want += offsetof(struct sockaddr_in, sin_addr);
		len = sizeof(struct in_addr);
	}
	ck_assert_msg(memcmp(at, want, len) == 0, "%s reads as something else",
	    r->text);
}

START_TEST(every_name_has_a_row_here)
{
	size_t i, j;
	bool found;

	for (i = 0; i < optname_nrows; i++) {
		found = optname_rows[i].kind == OPTNAME_REFUSED ||
		    optname_rows[i].kind == OPTNAME_KEY ||
		    optname_rows[i].kind == OPTNAME_STREAMS;
		for (j = 0; j < COUNT(rows); j++)
			found |= row_of(rows[j].text) == &optname_rows[i];
		for (j = 0; j < COUNT(addr_rows); j++)
			found |= row_of(addr_rows[j].text) == &optname_rows[i];
		ck_assert_msg(found, "%s", optname_rows[i].name);
	}
}
END_TEST

START_TEST(a_name_makes_what_the_initialiser_makes)
{
	struct gsctp_opt o[MAX];
	size_t i, n;

	for (i = 0; i < COUNT(rows); i++) {
		n = parse(&rows[i], o);
		ck_assert_msg(memcmp(&o[n - 1], &rows[i].want, sizeof(*o)) == 0,
		    "%s", rows[i].text);
		ck_assert_uint_eq(o[n - 1].id, row_of(rows[i].text)->id);
	}
}
END_TEST

START_TEST(what_is_of_a_socket_is_set_and_reads_back)
{
	struct gsctp_opt o[MAX];
	gsctp_sock s;
	size_t i, n;

	for (i = 0; i < COUNT(rows); i++) {
		n = parse(&rows[i], o);
		if (optname_is_of_assoc(&o[n - 1]) ||
		    optname_is_for_open(&o[n - 1]))
			continue;
		s = loop_open(NULL, 0);
		ck_assert_msg(gsctp_setopts(s, o, n, NULL) == 0, "%s",
		    rows[i].text);
		if (rows[i].how != NOT_READ)
			read_back(s, &rows[i], &o[n - 1], 0);
		ck_assert_int_eq(gsctp_close(s), 0);
	}
}
END_TEST

START_TEST(what_is_of_a_socket_can_be_given_to_open)
{
	struct gsctp_opt o[MAX + 1];
	gsctp_sock s;
	size_t i, n;

	for (i = 0; i < COUNT(rows); i++) {
		n = parse(&rows[i], o);
		if (optname_is_of_assoc(&o[n - 1]))
			continue;
		if (optname_is_for_open(&o[n - 1])) {
			if (!loop_has_ipv6())
				continue;
			o[n++] = (struct gsctp_opt)GSCTP_FAMILY(GSCTP_INET6);
		}
		ck_assert_msg(gsctp_open(0, o, n, &s) == 0, "%s", rows[i].text);
		n -= o[n - 1].id == GSCTP_OPT_FAMILY;
		if (rows[i].how != NOT_READ)
			read_back(s, &rows[i], &o[n - 1], 0);
		ck_assert_int_eq(gsctp_close(s), 0);
	}
}
END_TEST

START_TEST(a_mailbox_makes_a_socket_active)
{
	static const struct row modes[] = {
		{ .text = "active=once",
		    .want = GSCTP_ACTIVE(GSCTP_ACTIVE_ONCE) },
		{ .text = "active=true",
		    .want = GSCTP_ACTIVE(GSCTP_ACTIVE_TRUE) },
		{ .text = "active=10", .want = GSCTP_ACTIVE(10) },
	};
	struct gsctp_opt o[MAX];
	struct gsctp_opt mbox;
	gsctp_mbox mb;
	gsctp_sock s;
	size_t i;

	ck_assert_int_eq(gsctp_mbox_new(&mb), 0);
	mbox = (struct gsctp_opt)GSCTP_MBOX(mb);
	for (i = 0; i < COUNT(modes); i++) {
		s = loop_open(&mbox, 1);
		ck_assert_uint_eq(parse(&modes[i], o), 1);
		ck_assert_int_eq(gsctp_setopts(s, o, 1, NULL), 0);
		read_back(s, &modes[i], o, 0);
	}
}
END_TEST

START_TEST(keys_and_chunks_are_the_sockets)
{
	static const struct row rows_of_key[] = {
		{ .text = "auth_key.key=0102",
		    .first = { "auth_key.keynumber=3" } },
		{ .text = "auth_active_key=3" },
		{ .text = "auth_chunk=data" },
		{ .text = "auth_active_key=0" },
		{ .text = "auth_delete_key=3" },
	};
	struct gsctp_opt o[MAX];
	struct gsctp_opt got = GSCTP_LOCAL_AUTH_CHUNKS(0);
	gsctp_sock s = loop_open(NULL, 0);
	size_t i;

	for (i = 0; i < COUNT(rows_of_key); i++) {
		ck_assert_uint_eq(parse(&rows_of_key[i], o), 1);
		ck_assert_msg(gsctp_setopts(s, o, 1, NULL) == 0, "%s",
		    rows_of_key[i].text);
	}
	/* It is gone. */
	ck_assert_uint_eq(parse(&rows_of_key[1], o), 1);
	ck_assert_int_eq(gsctp_setopts(s, o, 1, NULL), -EINVAL);
	ck_assert_int_eq(gsctp_getopts(s, &got, 1, NULL), 0);
	ck_assert_ptr_nonnull(
	    memchr(got.u.auth_chunks.chunks, 0, got.u.auth_chunks.n));
}
END_TEST

/* -o for a client here. */
static void
take(struct net *n, const char *text)
{
	ck_assert_msg(net_take_option(n, 'o', text) == 0, "%s", text);
}

/* A client by net_open() with the row's options, on loopback. */
static gsctp_sock
open_client(struct net *n, const struct row *r)
{
	static char port[64];
	gsctp_sock s = { 0 };
	size_t i;

	memset(n, 0, sizeof(*n));
	n->binds[n->nbinds++] = "127.0.0.1";
	(void)snprintf(port, sizeof(port), "remote_udp_encaps_port.port=%u",
	    loop_udp_port());
	take(n, port);
	take(n, "asconf_supported=on");
	take(n, "enable_stream_reset=reset+add");
	for (i = 0; i < COUNT(r->first) && r->first[i] != NULL; i++)
		take(n, r->first[i]);
	take(n, r->text);
	ck_assert_msg(net_open(n, 0, AF_INET, NULL, 0, &s) == 0, "%s", r->text);
	return s;
}

/* The peer is told, and has not denied it. */
static void
event_comes(gsctp_sock peer, const struct row *r)
{
	struct gsctp_msg *m = loop_recv_type(peer, r->event);
	const uint32_t flags = r->event == GSCTP_MSG_STREAM_RESET ?
	    m->u.stream_reset.flags :
	    m->u.stream_change.flags;

	ck_assert_msg((flags & (GSCTP_RESET_DENIED | GSCTP_RESET_FAILED)) == 0,
	    "%s", r->text);
	if (strcmp(r->text, "add_streams.instrms=2") == 0)
		ck_assert_uint_eq(m->u.stream_change.outstrms, 12);
	if (strcmp(r->text, "add_streams.outstrms=3") == 0)
		ck_assert_uint_eq(m->u.stream_change.instrms, 13);
	if (strcmp(r->text, "reset_streams.streams=1,2") == 0)
		ck_assert_uint_eq(m->u.stream_reset.nstreams, 2);
	gsctp_msg_free(m);
}

static void
try_on_assoc(const struct row *r)
{
	const struct gsctp_opt server_opts[] = {
		GSCTP_ASCONF_SUPPORTED(.assoc_value = 1),
		GSCTP_ENABLE_STREAM_RESET(.assoc_value = 5),
		GSCTP_EVENTS(.stream_reset = gsctp_def(1),
		    .stream_change = gsctp_def(1)),
	};
	struct gsctp_opt o[MAX];
	gsctp_sock server = loop_open(server_opts, COUNT(server_opts));
	gsctp_assoc_id at_server, id;
	struct net n;
	gsctp_sock client;
	size_t count = parse(r, o);

	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	client = open_client(&n, r);
	id = loop_connect(client, server);
	at_server = loop_recv_state(server, GSCTP_COMM_UP);
	ck_assert_uint_ne(at_server, 0);
	ck_assert_msg(net_assoc_up(&n, client, id) == 0, "%s", r->text);
	if (r->how != NOT_READ)
		read_back(client, r, &o[count - 1], id);
	if (r->event != 0)
		event_comes(server, r);
	ck_assert_int_eq(gsctp_abort(client, id, NULL, 0), 0);
	ck_assert_int_eq(gsctp_close(client), 0);
	ck_assert_int_eq(gsctp_close(server), 0);
}

START_TEST(what_is_of_an_association_is_set_when_it_is_up)
{
	static const struct row streams = { .text = "reset_streams.streams=1,2",
		.how = NOT_READ,
		.first = { "reset_streams.flags=outgoing" },
		.event = GSCTP_MSG_STREAM_RESET };
	struct gsctp_opt o[MAX];
	size_t i, n;
	int tried = 0;

	for (i = 0; i < COUNT(rows); i++) {
		n = parse(&rows[i], o);
		if (optname_is_of_assoc(&o[n - 1])) {
			try_on_assoc(&rows[i]);
			tried++;
		}
	}
	try_on_assoc(&streams);
	ck_assert_int_eq(tried, 5);
}
END_TEST

START_TEST(what_is_of_a_path_is_set_when_it_is_up)
{
	struct gsctp_opt o[MAX];
	size_t i, n;

	for (i = 0; i < COUNT(addr_rows); i++) {
		n = parse(&addr_rows[i], o);
		ck_assert_uint_eq(n, 1);
		ck_assert_uint_eq(o[0].id, addr_rows[i].want.id);
		ck_assert(optname_is_of_assoc(&o[0]));
		try_on_assoc(&addr_rows[i]);
	}
}
END_TEST

START_TEST(what_the_library_refuses_is_the_command_lines_fault)
{
	static const struct row bad[] = {
		{ .text = "rtoinfo.min=5s" }, /* more than initial */
		{ .text = "ecn_supported=on" },
		{ .text = "peer_addr_params.pathmtu=1200" },
	};
	struct net n;
	gsctp_sock s = { 0 };
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		memset(&n, 0, sizeof(n));
		take(&n, bad[i].text);
		ck_assert_msg(net_open(&n, 0, AF_INET, NULL, 0, &s) == 2, "%s",
		    bad[i].text);
		ck_assert_uint_eq(s.id, 0);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("option_names");
	TCase *tc = tcase_create("table");

	tcase_add_test(tc, every_name_has_a_row_here);
	tcase_add_test(tc, a_name_makes_what_the_initialiser_makes);
	suite_add_tcase(s, tc);

	tc = tcase_create("library");
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, loop_setup, loop_teardown);
	tcase_add_test(tc, what_is_of_a_socket_is_set_and_reads_back);
	tcase_add_test(tc, what_is_of_a_socket_can_be_given_to_open);
	tcase_add_test(tc, a_mailbox_makes_a_socket_active);
	tcase_add_test(tc, keys_and_chunks_are_the_sockets);
	tcase_add_test(tc, what_is_of_an_association_is_set_when_it_is_up);
	tcase_add_test(tc, what_is_of_a_path_is_set_when_it_is_up);
	tcase_add_test(tc, what_the_library_refuses_is_the_command_lines_fault);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
