/*
 * test_wire_mtu: packets that leave together, over devices and routes that
 * take that, or do not: a wire each in two network namespaces, and a veth
 * between them.
 */

#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/check_main.h"
#include "../support/netns.h"
#include "kernel_sctp.h"

#define PACKETS 200
#define STEP 50 /* that a receive buffer of the usual size has room for */
#define ATTEMPTS 100
#define ATTEMPT_MS 100
#define WAIT_MS 5000

static int ns_near, ns_far;
static size_t nruns, nrefused; /* messages that were runs */

int __real_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags);

/* The linker's --wrap has the library call it. */
int
__wrap_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags)
{
	int sent = __real_sendmmsg(fd, msgs, n, flags);
	int error = errno;
	int i;

	for (i = 0; i < sent; i++)
		nruns += msgs[i].msg_hdr.msg_iovlen > 1;
	if (sent == -1 && msgs[0].msg_hdr.msg_iovlen > 1)
		nrefused++;
	errno = error;
	return sent;
}

static union gs_addr
addr(const char *text, uint16_t port)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	gs_addr_set_port(&a, port);
	return a;
}

static struct gs_wire *
open_in(int ns, const char *ip)
{
	union gs_addr a = addr(ip, 0);
	struct gs_wire_config cfg = { .addrs = &a, .naddrs = 1 };
	struct gs_wire *w;

	ck_assert_int_eq(setns(ns, CLONE_NEWNET), 0);
	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	ck_assert_int_eq(setns(ns_near, CLONE_NEWNET), 0);
	return w;
}

static int
fd_of(const struct gs_wire *w)
{
	int fd = -1;

	ck_assert_uint_eq(gs_wire_fds(w, &fd, 1), 1);
	return fd;
}

static bool
is_readable(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) == 1;
}

static uint8_t bytes[PACKETS][1500];

static struct gs_packet
packet(const char *src, const char *dst, uint16_t port, size_t i, size_t len)
{
	struct gs_packet pkt;

	memset(&pkt, 0, sizeof(pkt));
	memset(bytes[i], (int)i, sizeof(bytes[i]));
	pkt.src = addr(src, 0);
	pkt.dst = addr(dst, port);
	pkt.data = bytes[i];
	pkt.len = len;
	return pkt;
}

/* Until a packet has arrived: the addresses are not ready at once, and then
 * the neighbour is asked for. */
static void
warm_up(struct gs_wire *a, const char *src, struct gs_wire *b,
    const char *dst)
{
	struct gs_packet pkt = packet(src, dst, gs_wire_port(b), 0, 1);
	int i, got = 0;

	for (i = 0; i < ATTEMPTS && got == 0; i++) {
		gs_wire_send(a, &pkt, 1);
		if (is_readable(fd_of(b), ATTEMPT_MS))
			got = gs_wire_recv(b, fd_of(b), &pkt, 1);
		pkt = packet(src, dst, gs_wire_port(b), 0, 1);
	}
	ck_assert_int_eq(got, 1);
	/* Those before it, which came late. */
	while (gs_wire_is_pending(b) || is_readable(fd_of(b), 0))
		ck_assert_int_ge(gs_wire_recv(b, fd_of(b), &pkt, 1), 0);
}

/* As many packets, the last one shorter: all arrive, in order. */
static void
carry(struct gs_wire *a, const char *src, struct gs_wire *b, const char *dst,
    size_t len)
{
	static struct gs_packet pkts[STEP];
	size_t i, done = 0;
	int got;

	while (done < PACKETS) {
		for (i = 0; i < STEP; i++)
			pkts[i] = packet(src, dst, gs_wire_port(b), done + i,
			    i + 1 < STEP ? len : 20);
		gs_wire_send(a, pkts, STEP);
		for (i = 0; i < STEP; i += (size_t)got) {
			size_t k;

			ck_assert(gs_wire_is_pending(b) ||
			    is_readable(fd_of(b), WAIT_MS));
			got = gs_wire_recv(b, fd_of(b), pkts, STEP - i);
			for (k = 0; k < (size_t)got; k++, done++) {
				ck_assert_uint_eq(pkts[k].len,
				    i + k + 1 < STEP ? len : 20);
				ck_assert_mem_eq(pkts[k].data, bytes[done],
				    pkts[k].len);
			}
		}
	}
}

static void
set_mtu(int mtu)
{
	char command[64];
	int i;

	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(setns(i == 0 ? ns_far : ns_near,
				     CLONE_NEWNET),
		    0);
		snprintf(command, sizeof(command), "ip link set v mtu %d",
		    mtu);
		ck_assert_int_eq(system(command), 0);
	}
}

/* false: there is no such switch. */
static bool
set_checksums(bool on)
{
	struct ethtool_value value = { .cmd = ETHTOOL_STXCSUM, .data = on };
	struct ifreq ifr;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok;

	memset(&ifr, 0, sizeof(ifr));
	strcpy(ifr.ifr_name, "v");
	ifr.ifr_data = (char *)&value;
	ok = ioctl(fd, SIOCETHTOOL, &ifr) == 0;
	close(fd);
	return ok;
}

static const struct {
	const char *near, *far;
	size_t len;
	int mtu;
	bool is_run; /* it fits, with its headers */
} rows[] = {
	{ "10.77.0.1", "10.77.0.2", 1000, 1500, true },
	{ "10.77.0.1", "10.77.0.2", 1472, 1500, true },
	{ "10.77.0.1", "10.77.0.2", 1473, 1500, false },
	{ "10.77.0.1", "10.77.0.2", 1400, 1280, false },
	{ "fd77::1", "fd77::2", 1000, 1500, true },
	{ "fd77::1", "fd77::2", 1452, 1500, true },
	{ "fd77::1", "fd77::2", 1453, 1500, false },
	{ "fd77::1", "fd77::2", 1400, 1280, false },
};
#define ROWS (int)(sizeof(rows) / sizeof(rows[0]))

START_TEST(packets_arrive_whatever_the_mtu)
{
	struct gs_wire *a, *b;
	size_t refused;

	set_mtu(rows[_i].mtu);
	a = open_in(ns_near, rows[_i].near);
	b = open_in(ns_far, rows[_i].far);
	warm_up(a, rows[_i].near, b, rows[_i].far);
	nruns = nrefused = 0;
	carry(a, rows[_i].near, b, rows[_i].far, rows[_i].len);
	ck_assert_int_eq(nrefused == 0, rows[_i].is_run);
	ck_assert_int_eq(nruns > 0, rows[_i].is_run);
	/* And it has learnt from that. */
	refused = nrefused;
	carry(a, rows[_i].near, b, rows[_i].far, rows[_i].len);
	ck_assert_uint_eq(nrefused, refused);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

/* Older kernels refuse a run there, newer ones do not. */
START_TEST(packets_arrive_where_the_device_computes_no_checksums)
{
	struct gs_wire *a, *b;

	set_mtu(1500);
	ck_assert(set_checksums(false));
	a = open_in(ns_near, rows[_i].near);
	b = open_in(ns_far, rows[_i].far);
	warm_up(a, rows[_i].near, b, rows[_i].far);
	carry(a, rows[_i].near, b, rows[_i].far, 1000);
	gs_wire_close(a);
	gs_wire_close(b);
	ck_assert(set_checksums(true));
}
END_TEST

/* Who finds its route's MTU smaller while it sends. */
START_TEST(an_mtu_that_changes_loses_nothing)
{
	struct gs_wire *a, *b;

	set_mtu(1500);
	a = open_in(ns_near, rows[0].near);
	b = open_in(ns_far, rows[0].far);
	warm_up(a, rows[0].near, b, rows[0].far);
	nruns = nrefused = 0;
	carry(a, rows[0].near, b, rows[0].far, 1400);
	ck_assert_uint_eq(nrefused, 0);
	set_mtu(1300);
	carry(a, rows[0].near, b, rows[0].far, 1400);
	ck_assert_uint_gt(nrefused, 0);
	nruns = 0;
	carry(a, rows[0].near, b, rows[0].far, 1200);
	ck_assert_uint_gt(nruns, 0);
	gs_wire_close(a);
	gs_wire_close(b);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire_mtu");
	TCase *tc = tcase_create("wire_mtu");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, packets_arrive_whatever_the_mtu, 0, ROWS);
	tcase_add_loop_test(tc,
	    packets_arrive_where_the_device_computes_no_checksums, 0, ROWS);
	tcase_add_test(tc, an_mtu_that_changes_loses_nothing);
	suite_add_tcase(s, tc);
	return s;
}

static int
this_namespace(void)
{
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

static bool
run(const char *command)
{
	if (system(command) == 0)
		return true;
	printf("test_wire_mtu: \"%s\" fails: skipped\n", command);
	return false;
}

/* The namespace that we are in, another one, and what is between them. */
static int
make_link(void)
{
	char command[160];

	ns_near = this_namespace();
	if (unshare(CLONE_NEWNET) != 0)
		return NETNS_SKIPPED;
	ns_far = this_namespace();
	snprintf(command, sizeof(command),
	    "ip link add v type veth peer name v netns /proc/%d/fd/%d",
	    (int)getpid(), ns_near);
	if (!run(command) || !run("ip addr add 10.77.0.2/24 dev v") ||
	    !run("ip addr add fd77::2/64 dev v nodad") ||
	    !run("ip link set v up"))
		return NETNS_SKIPPED;
	if (setns(ns_near, CLONE_NEWNET) != 0 ||
	    !run("ip addr add 10.77.0.1/24 dev v") ||
	    !run("ip addr add fd77::1/64 dev v nodad") ||
	    !run("ip link set v up"))
		return NETNS_SKIPPED;
	return 0;
}

int
main(void)
{
	int err;

	if (gs_kernel_has_sctp(GS_PROTOCOLS) != 0) {
		printf("test_wire_mtu: this kernel has SCTP, so that there "
		       "are no runs: skipped\n");
		return NETNS_SKIPPED;
	}
	err = netns_enter("test_wire_mtu", NULL, 0);
	if (err == 0)
		err = make_link();
	return err != 0 ? err : gs_test_main(suite());
}
