/*
 * perf_garbage: a client that talks to `gsctp perf -s' without knowing how,
 * or knowing it too well.  For each case: the server aborts the association,
 * or answers an error; never does it fall silent.
 *
 *	perf_garbage HOST PORT
 *
 * The server's UDP port is in GSCTP_PEER_UDP_PORT.
 */

#include <gsctp/gsctp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../apps/gsctp/perf.h"

#define LIMIT_MS 20000
#define HUGE_LEN 70000

enum answer {
	ABORTED,
	ERROR,
};

#define PARAMS(more)                                                                \
	"{\"mode\":\"throughput\",\"to_server\":true,\"length\":1000,"              \
	"\"streams\":1,\"associations\":1,\"bytes\":1000,\"interval_ms\":1000" more \
	"}"
#define START(more) \
	"{\"type\":\"start\",\"version\":1,\"parameters\":" PARAMS(more) "}"
#define GO "{\"type\":\"go\"}"
#define END "{\"type\":\"end\",\"bytes\":0,\"messages\":0}"

/* What is sent in place of a text. */
#define DATA "\1data"	    /* a message of data */
#define ALIEN "\1alien"	    /* of another identifier */
#define NESTED "\1nested"   /* brackets that do not end */
#define LONG "\1long"	    /* control of more than its limit */
#define STREAM1 "\1stream1" /* control on a stream of data */
#define NOISE "\1noise"	    /* control of any bytes */

static const struct {
	const char *name;
	const char *send[4];
	enum answer answer;
} cases[] = {
	{ "nothing but text", { "hello" }, ABORTED },
	{ "an empty object", { "{}" }, ABORTED },
	{ "an array", { "[1,2,3]" }, ABORTED },
	{ "null", { "null" }, ABORTED },
	{ "a type that is a number", { "{\"type\":1}" }, ABORTED },
	{ "a type that nobody knows", { "{\"type\":\"reboot\"}" }, ABORTED },
	{ "a name twice", { "{\"type\":\"start\",\"type\":\"go\"}" }, ABORTED },
	{ "half an object", { "{\"type\":\"start\"" }, ABORTED },
	{ "noise", { NOISE }, ABORTED },
	{ "nested without end", { NESTED }, ABORTED },
	{ "control without end", { LONG }, ABORTED },
	{ "control on another stream", { STREAM1 }, ABORTED },
	{ "data before a test", { DATA }, ABORTED },
	{ "another protocol", { ALIEN }, ABORTED },
	{ "another version", { "{\"type\":\"start\",\"version\":99}" }, ERROR },
	{ "no parameters", { "{\"type\":\"start\",\"version\":1}" }, ERROR },
	{ "parameters of a wrong type",
	    { "{\"type\":\"start\",\"version\":1,\"parameters\":[]}" }, ERROR },
	{ "a length of text",
	    { "{\"type\":\"start\",\"version\":1,\"parameters\":"
	      "{\"mode\":\"throughput\",\"to_server\":true,"
	      "\"length\":\"long\",\"streams\":1,\"associations\":1,"
	      "\"bytes\":1,\"interval_ms\":1000}}" },
	    ERROR },
	{ "more associations than there may be",
	    { "{\"type\":\"start\",\"version\":1,\"parameters\":"
	      "{\"mode\":\"throughput\",\"to_server\":true,\"length\":1,"
	      "\"streams\":1,\"associations\":99999999999,\"bytes\":1,"
	      "\"interval_ms\":1000}}" },
	    ERROR },
	{ "time and bytes", { START(",\"time_ms\":5000") }, ERROR },
	{ "a policy that nobody knows",
	    { START(
		",\"partial_reliability\":{\"policy\":\"x\",\"value\":1}") },
	    ERROR },
	{ "a policy that is a number", { START(",\"partial_reliability\":7") },
	    ERROR },
	{ "a token of nobody", { "{\"type\":\"join\",\"token\":\"00\"}" },
	    ABORTED },
	{ "no token", { "{\"type\":\"join\"}" }, ABORTED },
	{ "go before start", { GO }, ABORTED },
	{ "bye within a test", { START(""), "{\"type\":\"bye\"}" }, ABORTED },
	{ "start twice", { START(""), START("") }, ABORTED },
	{ "go twice", { START(""), GO, GO }, ABORTED },
	{ "data before go", { START(""), DATA }, ABORTED },
	{ "data after the end", { START(""), GO, END, DATA }, ABORTED },
	{ "the end twice", { START(""), GO, END, END }, ABORTED },
	{ "silence after go", { START(""), GO }, ABORTED },
	{ "noise after go", { START(""), GO, NOISE }, ABORTED },
};

static int
send_any(gsctp_sock s, gsctp_assoc_id assoc, const char *what)
{
	static char huge[HUGE_LEN];
	struct gsctp_sndrcvinfo info = { .assoc_id = assoc,
		.ppid = PERF_PPID_CONTROL };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)what,
		.iov_len = strlen(what) };
	size_t i;

	if (strcmp(what, DATA) == 0) {
		info.ppid = PERF_PPID_DATA;
		info.stream = 1;
	} else if (strcmp(what, ALIEN) == 0) {
		info.ppid = 46;
	} else if (strcmp(what, STREAM1) == 0) {
		info.stream = 1;
	} else if (strcmp(what, NESTED) == 0 || strcmp(what, LONG) == 0) {
		memset(huge, strcmp(what, LONG) != 0 ? '[' : ' ', sizeof(huge));
		iov.iov_base = huge;
		iov.iov_len = strcmp(what, LONG) == 0 ? sizeof(huge) : 60000;
	} else if (strcmp(what, NOISE) == 0) {
		for (i = 0; i < 5000; i++)
			huge[i] = (char)(i * i * 31 + (i >> 3));
		iov.iov_base = huge;
		iov.iov_len = 5000;
	}
	return gsctp_sendmsg(s, &info, &iov, 1, NULL, 0);
}

/* 1: the answer; 0: go on; with the answer in *out. */
static int
is_answer(const struct gsctp_msg *msg, enum answer *out)
{
	static const char error[] = "\"error\"";
	const struct gsctp_data *d = &msg->u.data;

	if (msg->type == GSCTP_MSG_ASSOC_CHANGE &&
	    msg->u.assoc_change.state == GSCTP_COMM_LOST) {
		*out = ABORTED;
		return 1;
	}
	if (msg->type == GSCTP_MSG_DATA &&
	    memmem(d->data, d->len, error, sizeof(error) - 1) != NULL) {
		*out = ERROR;
		return 1;
	}
	return 0;
}

static int
run_case(gsctp_sock s, const struct sockaddr_storage *peer, size_t i)
{
	struct gsctp_assoc_change up;
	enum answer answer = ABORTED;
	struct gsctp_msg *msg;
	size_t j;
	int err, done = 0;

	err = gsctp_connect(s, (const struct sockaddr *)peer, sizeof(*peer),
	    NULL, 0, LIMIT_MS, &up);
	/* What comes after the abort of what was sent before is -EPIPE. */
	for (j = 0; err == 0 && j < 4 && cases[i].send[j] != NULL; j++) {
		if (send_any(s, up.assoc_id, cases[i].send[j]) != 0)
			break;
	}
	while (err == 0 && !done) {
		err = gsctp_recv(s, LIMIT_MS, &msg);
		if (err != 0)
			break;
		done = msg->assoc_id == up.assoc_id && is_answer(msg, &answer);
		gsctp_msg_free(msg);
	}
	if (err == 0 && answer == ERROR)
		(void)gsctp_abort(s, up.assoc_id, NULL, 0);
	if (err != 0) {
		printf("%s: %s\n", cases[i].name, gsctp_strerror(err));
		return 1;
	}
	printf("%s: %s\n", cases[i].name,
	    answer == ERROR ? "an error" : "aborted");
	return answer != cases[i].answer;
}

int
main(int argc, char **argv)
{
	struct sockaddr_storage peer;
	gsctp_sock s;
	size_t i;
	int failed = 0;

	if (argc != 3 ||
	    gsctp_resolve(argv[1], (uint16_t)atoi(argv[2]), AF_INET, &peer, 1) <
		1 ||
	    gsctp_open(0, NULL, 0, &s) != 0) {
		fprintf(stderr, "perf_garbage: HOST PORT\n");
		return 2;
	}
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (run_case(s, &peer, i) != 0) {
			printf("  is not what was expected\n");
			failed = 1;
		}
		fflush(stdout);
	}
	(void)gsctp_stack_stop(1000);
	return failed;
}
