/* serve_loop: the server: who comes, what happens, and the end.  See
 * serve.h. */

#include "serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

/* The default of the library: less is no help. */
#define SNDBUF_MIN 262144

#define EVENTS_A_TURN 64
#define ACCEPTS_A_TURN 64

/* A peer that comes when there are max_assocs is accepted, to be told why it
 * cannot stay; more of them at once just get an ABORT. */
#define BACKLOG_MORE 64

/* Each association has two descriptors, and the rest of us some. */
#define FDS_EACH 2
#define FDS_MORE 64

/* Where there is no place for who comes, so many are looked at for one. */
#define LOOKS 256

/* For the library, when every association has ended. */
#define STOP_MS 1000

static uint64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

void
serve_check_by(struct serve *sv, uint64_t ms)
{
	if (ms < sv->check_ms)
		sv->check_ms = ms;
}

/*
 * Begin
 */

static void
raise_descriptors(const struct serve *sv)
{
	uint64_t need = sv->opt.max_assocs * FDS_EACH + FDS_MORE;
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0 || rl.rlim_cur >= need)
		return;
	rl.rlim_cur = need < rl.rlim_max ? (rlim_t)need : rl.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &rl);
	if (rl.rlim_cur < need)
		cli_warn("descriptors for some %ju associations only: "
			 "ulimit -n %ju gives more",
		    (uintmax_t)(rl.rlim_cur > FDS_MORE ?
			    (rl.rlim_cur - FDS_MORE) / FDS_EACH :
			    0),
		    (uintmax_t)need);
}

/* What -o can change, and what it cannot as the server relies on it. */
static int
open_listener(struct serve *sv)
{
	const struct serve_options *o = &sv->opt;
	uint64_t sndbuf = o->max_message;
	const struct gsctp_opt more[] = {
		GSCTP_TYPE(GSCTP_STREAM),
		GSCTP_NODELAY(true),
		GSCTP_I_WANT_MAPPED_V4_ADDR(false),
		GSCTP_SNDBUF(
		    (uint32_t)(sndbuf > SNDBUF_MIN ? sndbuf : SNDBUF_MIN)),
		/* As many streams to the peer as it has to us. */
		GSCTP_INITMSG(.num_ostreams = gsctp_def(256),
		    .max_instreams = gsctp_def(256)),
	};
	const struct gsctp_opt fixed[] = {
		GSCTP_BUFFER(
		    (uint32_t)(o->max_message > 1024 ? o->max_message : 1024)),
		GSCTP_SEND_TIMEOUT_MS(0),
		GSCTP_EXIT_ON_CLOSE(false),
		GSCTP_EVENTS(.data_io = gsctp_def(true),
		    .association = gsctp_def(true)),
	};
	int err;

	err = net_open(&o->net, o->port, AF_INET6, more,
	    sizeof(more) / sizeof(more[0]), &sv->listener);
	if (err != 0)
		return err;
	err = gsctp_setopts(sv->listener, fixed,
	    sizeof(fixed) / sizeof(fixed[0]), NULL);
	if (err == 0)
		err = gsctp_listen(sv->listener,
		    (int)o->max_assocs + BACKLOG_MORE);
	if (err != 0)
		return cli_error("cannot listen", err);
	sv->is_listening = true;
	return 0;
}

static int
watch(struct serve *sv, int fd, void *what)
{
	struct epoll_event ev = { .events = EPOLLIN };

	if (fd < 0)
		return cli_error("cannot wait", fd);
	ev.data.ptr = what;
	if (epoll_ctl(sv->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0)
		return cli_error("cannot wait", -errno);
	return 0;
}

static int
begin(struct serve *sv)
{
	int err;

	raise_descriptors(sv);
	sv->signal_fd = cli_signals();
	if (sv->signal_fd < 0)
		return CLI_FAILED;
	sv->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (sv->epoll_fd < 0)
		return cli_error("cannot wait", -errno);
	err = net_start(&sv->opt.net);
	if (err == 0)
		err = open_listener(sv);
	if (err == 0)
		err = watch(sv, gsctp_fd(sv->listener), &sv->listener);
	if (err == 0)
		err = watch(sv, sv->signal_fd, &sv->signal_fd);
	return err;
}

/*
 * Who comes
 */

/* It hears why; whoever it is, its comm_up tells. */
static void
refuse(struct serve *sv, gsctp_sock sock, const char *why)
{
	struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
	struct gsctp_msg *msg;
	gsctp_assoc_id id = 0;

	if (gsctp_recv(sock, 0, &msg) == 0) {
		peer = msg->from;
		id = msg->assoc_id;
		gsctp_msg_free(msg);
	}
	sv->refused++;
	(void)gsctp_abort(sock, id, why, strlen(why));
	(void)gsctp_close(sock);
	serve_say_cut(sv, id, &peer, why);
}

static void
settle(struct serve *sv, struct serve_assoc *a)
{
	if (a->is_done)
		serve_assoc_free(sv, a);
	else
		serve_assoc_watch(sv, a);
}

/* Is there a place for another one?  Some may be taken by who has ended. */
static bool
has_place(struct serve *sv)
{
	struct serve_assoc *a;
	size_t n;

	if (sv->opt.rate == 0)
		return sv->nassocs < sv->opt.max_assocs;
	for (n = 0; n < LOOKS && sv->nassocs >= sv->opt.max_assocs; n++) {
		/* The next one who comes has others looked at. */
		a = TAILQ_FIRST(&sv->assocs);
		TAILQ_REMOVE(&sv->assocs, a, link);
		TAILQ_INSERT_TAIL(&sv->assocs, a, link);
		serve_assoc_hurry(sv, a);
		settle(sv, a);
	}
	return sv->nassocs < sv->opt.max_assocs;
}

static void
take_arrivals(struct serve *sv)
{
	struct serve_assoc *a;
	gsctp_sock sock;
	int n;

	for (n = 0; n < ACCEPTS_A_TURN; n++) {
		if (gsctp_accept(sv->listener, 0, &sock) != 0)
			return;
		if (!has_place(sv)) {
			refuse(sv, sock, "too many associations");
			continue;
		}
		a = serve_assoc_new(sv, sock);
		if (a != NULL)
			sv->accepted++;
		else
			refuse(sv, sock,
			    "no descriptor for another "
			    "association");
	}
}

/*
 * The end
 */

static void
end(struct serve *sv, int signal)
{
	struct serve_assoc *a;

	if (sv->end_by_ms != 0) {
		sv->signal = signal;
		return;
	}
	sv->end_by_ms = sv->now_ms + (uint64_t)sv->opt.grace_ms;
	serve_check_by(sv, sv->end_by_ms);
	(void)gsctp_close(sv->listener);
	sv->is_listening = false;
	TAILQ_FOREACH(a, &sv->assocs, link)
	{
		serve_assoc_finish(sv, a);
		serve_assoc_watch(sv, a);
	}
}

static void
take_signal(struct serve *sv)
{
	int signal = cli_signal_read(sv->signal_fd);

	if (signal == SIGUSR1)
		serve_say_statistics(sv, true);
	else if (signal != 0)
		end(sv, signal);
}

/* Is there nothing more to do? */
static bool
is_over(const struct serve *sv)
{
	if (sv->code != 0 || sv->signal != 0)
		return true;
	return sv->end_by_ms != 0 && sv->nassocs == 0;
}

static int
finish(struct serve *sv)
{
	const char *why =
	    sv->signal != 0 ? "the server is stopped" : "the server ends";
	struct serve_assoc *a, *next;

	for (a = TAILQ_FIRST(&sv->assocs); a != NULL; a = next) {
		next = TAILQ_NEXT(a, link);
		serve_assoc_cut(sv, a, "%s", why);
		serve_assoc_free(sv, a);
	}
	serve_say_statistics(sv, false);
	if (sv->is_listening)
		(void)gsctp_close(sv->listener);
	(void)gsctp_stack_stop(STOP_MS);
	if (sv->code != 0)
		return sv->code;
	return sv->signal != 0 ? cli_signal_code(sv->signal) : CLI_OK;
}

/*
 * What happens
 */

static void
check_all(struct serve *sv)
{
	struct serve_assoc *a, *next;

	if (sv->now_ms < sv->check_ms)
		return;
	sv->check_ms = UINT64_MAX;
	for (a = TAILQ_FIRST(&sv->assocs); a != NULL; a = next) {
		next = TAILQ_NEXT(a, link);
		serve_assoc_check(sv, a);
		settle(sv, a);
	}
}

static int
wait_ms(const struct serve *sv)
{
	uint64_t now = clock_ms();

	if (sv->check_ms == UINT64_MAX)
		return -1;
	if (sv->check_ms <= now)
		return 0;
	return sv->check_ms - now > 3600000 ? 3600000 :
					      (int)(sv->check_ms - now);
}

static void
turn(struct serve *sv)
{
	struct epoll_event evs[EVENTS_A_TURN];
	struct serve_assoc *a;
	bool has_signal = false;
	bool has_arrivals = false;
	int i, n;

	n = epoll_wait(sv->epoll_fd, evs, EVENTS_A_TURN, wait_ms(sv));
	sv->now_ms = clock_ms();
	for (i = 0; i < n; i++) {
		if (evs[i].data.ptr == &sv->signal_fd) {
			has_signal = true;
		} else if (evs[i].data.ptr == &sv->listener) {
			has_arrivals = true;
		} else {
			a = evs[i].data.ptr;
			serve_assoc_ready(sv, a, evs[i].events);
			settle(sv, a);
		}
	}
	/* Those who end make room for those who come. */
	if (has_arrivals && sv->is_listening)
		take_arrivals(sv);
	if (has_signal)
		take_signal(sv);
	check_all(sv);
}

int
serve_run(struct serve *sv)
{
	int err;

	TAILQ_INIT(&sv->assocs);
	sv->check_ms = UINT64_MAX;
	sv->start_ms = sv->now_ms = clock_ms();
	err = begin(sv);
	if (err != 0)
		return err;
	serve_say_listening(sv);
	while (!is_over(sv))
		turn(sv);
	return finish(sv);
}
