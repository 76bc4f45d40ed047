/* No memory for a message: its association ends, and that is said. */

#include <errno.h>

#include "check_main.h"
#include "traffic.h"

/* A message of this length has no memory on arrival, nor have so many messages
 * without data after that. */
#define LEN 5000
#define WITHOUT 3

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);

static unsigned int failed;	/* guarded by the stack's lock */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CAN_FAIL 0	/* the allocator is the sanitizer's */
#else
#define CAN_FAIL 1

static unsigned int must_fail;	/* the same */

/* Where there is no data in it. */
static bool
is_message(size_t size)
{
	return size >= sizeof(struct gsctp_msg) &&
	    size < sizeof(struct gsctp_msg) + 64;
}

/* The library's too. */
__attribute__((visibility("default"))) void *
malloc(size_t size)
{
	if (size <= LEN || size >= LEN + 1000)
		return __libc_malloc(size);
	must_fail = WITHOUT;
	failed++;
	return NULL;
}

__attribute__((visibility("default"))) void *
calloc(size_t n, size_t size)
{
	if (must_fail > 0 && is_message(n * size)) {
		must_fail--;
		failed++;
		return NULL;
	}
	return __libc_calloc(n, size);
}
#endif

START_TEST(without_memory_for_a_message_the_end_is_still_told)
{
	struct loop_pair p = loop_pair(NULL, 0);
	uint8_t *bytes = traffic_bytes(LEN, 1);
	struct gsctp_msg *m;

	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes, LEN), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->assoc_id, p.at_server);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_LOST);
	ck_assert_uint_eq(m->u.assoc_change.error, 4);
	gsctp_msg_free(m);
	ck_assert_uint_eq(failed, 1 + WITHOUT);
	(void)loop_recv_state(p.client, GSCTP_COMM_LOST);
	ck_assert_int_eq(gsctp_assocs(p.server, NULL, 0), 0);
	free(bytes);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc,
	    without_memory_for_a_message_the_end_is_still_told);
}

int
main(void)
{
	if (!CAN_FAIL) {
		printf("no allocation can be made to fail here\n");
		return 77;
	}
	return traffic_run("nomem", add);
}
