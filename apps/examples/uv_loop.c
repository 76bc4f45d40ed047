/*
 * uv_loop: an echo server and a client in one libuv loop, with one mailbox
 * for both.  The client says ten things, hears them back, and shuts down;
 * then the program ends.
 *
 * The sockets deliver four messages at a time and are passive then.  Saying
 * four more each time keeps the flow control: as long as the loop is busy
 * elsewhere, nothing is read, and the peer's window closes.
 */

#include <arpa/inet.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define TALKS 10
#define AT_A_TIME 4
#define LIMIT_MS 10000

struct app {
	uv_loop_t loop;
	uv_poll_t poll;
	uv_timer_t limit;
	gsctp_mbox mb;
	gsctp_sock server, client;
	gsctp_assoc_id assoc; /* the client's */
	int said, echoed, passive, messages, turns;
	int err;
	int is_done;
};

static void
finish(struct app *app, int err)
{
	app->err = err;
	app->is_done = 1;
	/* Before the descriptor is closed, which gsctp_mbox_free() does. */
	(void)uv_poll_stop(&app->poll);
	uv_close((uv_handle_t *)&app->poll, NULL);
	uv_close((uv_handle_t *)&app->limit, NULL);
}

static int
say(struct app *app)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "hello %d", app->said++);

	return gsctp_send(app->client, app->assoc, 0, text, (size_t)len);
}

static int
on_data(struct app *app, const struct gsctp_msg *msg)
{
	const struct gsctp_data *d = &msg->u.data;
	int is_server = msg->sock.id == app->server.id;

	printf("%s has \"%.*s\"\n", is_server ? "server" : "client",
	    (int)d->len, (const char *)d->data);
	if (is_server) {
		return gsctp_send(msg->sock, msg->assoc_id, d->info.stream,
		    d->data, d->len);
	}
	if (++app->echoed < TALKS)
		return say(app);
	return gsctp_eof(app->client, app->assoc);
}

static int
on_assoc_change(struct app *app, const struct gsctp_msg *msg)
{
	uint32_t state = msg->u.assoc_change.state;
	int is_server = msg->sock.id == app->server.id;

	printf("%s: %s\n", is_server ? "server" : "client",
	    gsctp_assoc_change_name(state));
	if (is_server)
		return 0;
	if (state == GSCTP_COMM_UP)
		return say(app);
	finish(app, 0);
	return 0;
}

/* Each message is the callback's own. */
static void
on_message(void *arg, struct gsctp_msg *msg)
{
	struct app *app = arg;
	int err = 0;

	app->messages++;
	switch (msg->type) {
	case GSCTP_MSG_DATA:
		err = on_data(app, msg);
		break;
	case GSCTP_MSG_ASSOC_CHANGE:
		err = on_assoc_change(app, msg);
		break;
	case GSCTP_MSG_PASSIVE:
		app->passive++;
		err = gsctp_set_active(msg->sock, AT_A_TIME);
		break;
	default:
		break;
	}
	gsctp_msg_free(msg);
	if (err != 0 && !app->is_done)
		finish(app, err);
}

/* The descriptor is readable exactly while a message waits. */
static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct app *app = poll->data;
	int n = status;

	(void)events;
	app->turns++;
	if (status == 0)
		n = gsctp_mbox_dispatch(app->mb, on_message, app, 64);
	if (n < 0 && !app->is_done)
		finish(app, n);
}

static void
on_limit(uv_timer_t *timer)
{
	finish(timer->data, UV_ETIMEDOUT);
}

static int
watch(struct app *app)
{
	int fd = gsctp_mbox_fd(app->mb);
	int err = fd < 0 ? fd : uv_poll_init(&app->loop, &app->poll, fd);

	if (err != 0)
		return err;
	app->poll.data = app;
	app->limit.data = app;
	(void)uv_timer_init(&app->loop, &app->limit);
	(void)uv_timer_start(&app->limit, on_limit, LIMIT_MS, 0);
	return uv_poll_start(&app->poll, UV_READABLE, on_readable);
}

/* On loopback, by whichever UDP port is free. */
static int
start_stack(uint16_t *udp_port)
{
	static const char *const addrs[] = { "127.0.0.1" };
	const struct gsctp_stack_config cfg = {
		.port_mode = GSCTP_PORT_EPHEMERAL,
		.addrs = addrs,
		.naddrs = 1,
	};
	struct gsctp_stack_info info;
	int err = gsctp_stack_start(&cfg);

	if (err == 0)
		err = gsctp_stack_info(&info);
	if (err == 0)
		*udp_port = info.udp_port;
	return err;
}

static int
open_sockets(struct app *app, uint16_t udp_port)
{
	const struct gsctp_opt opts[] = {
		GSCTP_MBOX(app->mb),
		GSCTP_ACTIVE(AT_A_TIME),
		GSCTP_SEND_TIMEOUT_MS(0), /* the loop never blocks */
		GSCTP_REMOTE_UDP_ENCAPS_PORT(.port = udp_port),
	};
	const size_t n = sizeof(opts) / sizeof(opts[0]);
	struct sockaddr_in peer = { .sin_family = AF_INET };
	int err;

	err = gsctp_open(0, opts, n, &app->server);
	if (err == 0)
		err = gsctp_listen(app->server, GSCTP_BACKLOG);
	if (err == 0)
		err = gsctp_open(0, opts, n, &app->client);
	if (err != 0)
		return err;
	peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	peer.sin_port = htons((uint16_t)gsctp_port(app->server));
	return gsctp_connect_init(app->client, (struct sockaddr *)&peer,
	    sizeof(peer), NULL, 0, &app->assoc);
}

static int
run(struct app *app)
{
	uint16_t udp_port = 0;
	int err;

	err = start_stack(&udp_port);
	if (err == 0)
		err = gsctp_mbox_new(&app->mb);
	if (err == 0)
		err = watch(app);
	if (err == 0)
		err = open_sockets(app, udp_port);
	if (err != 0)
		return err;
	(void)uv_run(&app->loop, UV_RUN_DEFAULT);
	err = gsctp_mbox_free(app->mb);
	if (err == 0)
		err = uv_loop_close(&app->loop);
	return app->err != 0 ? app->err : err;
}

int
main(void)
{
	static struct app app;
	int err = uv_loop_init(&app.loop);

	if (err == 0)
		err = run(&app);
	if (err != 0) {
		/* libuv's errors are negative errnos too. */
		fprintf(stderr, "uv_loop: %s\n", gsctp_strerror(err));
		return EXIT_FAILURE;
	}
	printf("%d said, %d echoed, %d messages, passive %d times, "
	       "%d turns of the loop\n",
	    app.said, app.echoed, app.messages, app.passive, app.turns);
	(void)gsctp_stack_stop(2000);
	return EXIT_SUCCESS;
}
