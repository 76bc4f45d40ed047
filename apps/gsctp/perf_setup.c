/* perf_setup: see perf_setup.h. */

#include "perf_setup.h"

#include <errno.h>
#include <sys/socket.h>

#include "cli.h"

int
perf_setup_init(struct perf_setup *u, const struct perf_cli *cli,
    unsigned int n)
{
	/* As little as goes: what is measured is the handshake. */
	const struct gsctp_opt few = GSCTP_INITMSG(.num_ostreams = gsctp_def(1),
	    .max_instreams = gsctp_def(1));
	int code;

	for (u->n = 0; u->n < n; u->n++) {
		struct perf_slot *slot = &u->slots[u->n];

		code = net_open(&cli->net, 0, u->peers[0].ss_family, &few, 1,
		    &slot->s);
		if (code != 0)
			return code;
		slot->is_busy = false;
		slot->fd = gsctp_fd(slot->s);
		if (slot->fd < 0)
			return cli_error("descriptor", slot->fd);
	}
	return 0;
}

void
perf_setup_fini(struct perf_setup *u)
{
	while (u->n > 0)
		(void)gsctp_close(u->slots[--u->n].s);
}

int
perf_setup_begin(struct perf_setup *u, uint64_t now)
{
	gsctp_assoc_id assoc;
	unsigned int i;
	int err;

	for (i = 0; i < u->n; i++) {
		if (u->slots[i].is_busy)
			continue;
		err = gsctp_connectx_init(u->slots[i].s, u->peers, u->npeers,
		    NULL, 0, &assoc);
		if (err != 0)
			return err;
		u->slots[i].is_busy = true;
		u->slots[i].began_ns = now;
	}
	return 0;
}

/*
 * The server's program is to end it, not this side: the engine there would
 * set up more associations than the program has seen yet, until its backlog
 * is full.
 */
static int
say_bye(const struct perf_slot *slot, gsctp_assoc_id assoc)
{
	static const char bye[] = "{\"type\":\"bye\"}";
	const struct gsctp_sndrcvinfo info = { .ppid = PERF_PPID_CONTROL,
		.assoc_id = assoc };
	const struct iovec iov = { .iov_base = (void *)(uintptr_t)bye,
		.iov_len = sizeof(bye) - 1 };

	return gsctp_sendmsg(slot->s, &info, &iov, 1, NULL, 0);
}

/* One association: from its start to its graceful end. */
static int
take(struct perf_slot *slot, struct perf_run *r, const struct gsctp_msg *msg)
{
	uint64_t now;

	if (msg->type != GSCTP_MSG_ASSOC_CHANGE)
		return 0;
	switch (msg->u.assoc_change.state) {
	case GSCTP_COMM_UP:
		return say_bye(slot, msg->assoc_id);
	case GSCTP_SHUTDOWN_COMP:
		now = perf_now();
		slot->is_busy = false;
		perf_run_time(r, now - slot->began_ns, now);
		return 0;
	case GSCTP_COMM_LOST:
	case GSCTP_CANT_ASSOC:
		slot->is_busy = false;
		r->failures++;
		return 0;
	default:
		return 0;
	}
}

int
perf_setup_read(struct perf_setup *u, unsigned int i, struct perf_run *r)
{
	struct perf_slot *slot = &u->slots[i];
	struct gsctp_msg *msg;
	int err;

	for (;;) {
		err = gsctp_recv(slot->s, 0, &msg);
		if (err == -ETIMEDOUT)
			return 0;
		if (err != 0)
			return err;
		err = take(slot, r, msg);
		gsctp_msg_free(msg);
		/* -EPIPE: it has ended meanwhile, and says so next. */
		if (err != 0 && err != -EPIPE)
			return err;
	}
}

bool
perf_setup_is_idle(const struct perf_setup *u)
{
	unsigned int i;

	for (i = 0; i < u->n; i++)
		if (u->slots[i].is_busy)
			return false;
	return true;
}
