/*
 * assoc: one association, from its attempt to its end.
 *
 * Guarantees
 *  - an association is one engine socket, or none while its attempt has
 *    yielded to the peer's (collision.h);
 *  - at most one message is taken out of the engine ahead of its reader, so
 *    that the peer's window closes when nobody reads;
 *  - messages come out in the engine's order, whole, up to the endpoint's
 *    buffer bound; after the end's message nothing follows;
 *  - it is freed only when no thread holds it.
 *
 * Locking: the stack's lock guards every field.  Layer 4.
 */

#ifndef GS_ASSOC_H
#define GS_ASSOC_H

#include <gsctp/gsctp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "addr.h"
#include "assoc_burst.h"
#include "counter.h"
#include "engine_sock.h"
#include "htab.h"
#include "msg.h"
#include "send_defaults.h"
#include "waiter.h"

struct gs_attempt;
struct gs_locals;
struct gs_endpoint;
struct gs_mixed;

/* What an engine socket's upcall says it belongs to. */
enum gs_owner_kind { GS_OWNER_ASSOC, GS_OWNER_ENDPOINT };
struct gs_owner {
	enum gs_owner_kind kind;
	bool is_dirty;
	bool by_timer;			/* its last upcall */
	bool has_news;			/* there was one */
	TAILQ_ENTRY(gs_owner) dirty;
};

/* When it is to be looked at: hub_alarm.h. */
struct gs_alarm {
	uint64_t at_ms;
	size_t place;			/* in the heap; 0: off */
};

enum gs_assoc_phase {
	GS_CONNECTING,		/* our attempt is under way */
	GS_YIELDED,		/* the peer's attempt will answer ours, or
				 * an old association must end first */
	GS_ARRIVING,		/* accepted, comm_up not read yet */
	GS_UP,
	GS_ENDING,		/* shutting down, by either side */
	GS_ENDED,		/* the engine has no association any more */
};

#define GS_PEER_ADDRS_MAX 64

/* A thread that waits for something of an association; on its stack. */
struct gs_sleeper {
	pthread_cond_t cond;
	LIST_ENTRY(gs_sleeper) link;
};
LIST_HEAD(gs_sleeper_list, gs_sleeper);

/* The pieces so far of something longer. */
struct gs_part {
	struct gs_msg *msg;		/* they are its payload, or NULL */
	size_t len;
};

/* There may be many, and each has what is here: what few have is in structs of
 * their own, and small fields stand together. */
struct gs_assoc {
	struct gs_owner owner;		/* first: the upcall's arg */
	gsctp_assoc_id id;
	enum gs_assoc_phase phase;
	struct gs_endpoint *ep;		/* NULL: orphan, ends by itself */
	struct socket *so;		/* NULL while yielded */
	struct gs_esock_traits traits;	/* its */

	struct gs_attempt *attempt;	/* NULL: the peer's, not ours */
	struct gs_locals *locals;	/* NULL: to what the endpoint is;
					 * endpoint_addr.h */
	/* An attempt's first target; later the peer's primary address. */
	union gs_addr primary;
	uint32_t local_tag;		/* as the filter was told; 0 not */
	unsigned int ends;		/* gs_esock_ends(), seen */

	uint16_t local_port;
	uint16_t in_streams, out_streams;
	uint16_t first_out_streams;	/* when it came up */
	bool asked_for_streams;		/* to send on; opt_send.c */
	bool was_up;
	bool aborted_here;
	bool is_dead;			/* free when nobody holds it */
	unsigned int nholds;
	int end_error;			/* as struct gsctp_closed has it */
	int end_failure;		/* cant_assoc: -errno; or 0 */

	/* Sending. */
	struct gs_send_defaults default_send;
	struct gs_burst burst;
	struct gs_early *early;		/* to send once up: assoc_early.h */
	size_t full_at;			/* is_full with this much queued */
	size_t full_len;		/* of the least that was refused */
	uint64_t retry_at_ms;		/* or for another reason; 0 not */
	uint64_t room_at_ms;		/* there is a little; 0 not */
	bool is_full;			/* a send was refused for room */
	bool eof_wanted;		/* once up, and early gone */
	bool more_comes;		/* of a message (GSCTP_MORE) */
	bool saw_data;			/* while draining an orphan */
	uint16_t more_stream;		/* which more comes on */

	/* Receiving. */
	bool interleaves;		/* messages (RFC 8260) */
	bool in_parts;			/* data's beginning was delivered */
	struct gs_part data;		/* a message that is not complete */
	struct gs_arrival arrival;	/* of data's first piece */
	struct gs_mixed *mixed;		/* others, or NULL: assoc_part.h */
	struct gs_part note;		/* the same of a notification */
	struct gs_msg *head;		/* complete, not read yet */
	struct gs_msgq made;		/* come after it: not of the engine */

	struct gs_alarm alarm;
	uint64_t end_at_ms;		/* the peer has shut down, and it is
					 * shown then, or once it can
					 * be; 0 not: posix.h */
	uint64_t last_traffic_ms;	/* for autoclose */
	uint64_t born_ms;

	struct gs_counter counter;	/* of packets */
	uint64_t in_messages, out_messages;
	uint64_t in_octets, out_octets;

	/* All its paths may have failed: when to ask next, or 0. */
	uint64_t probe_at_ms;
	size_t probe_queued;		/* what was queued then */
	unsigned int failures;		/* gs_path_failures(), seen */
	bool has_life;			/* some of that was acknowledged */

	/* The end that is to be told after what is not read. */
	bool owes_end;
	uint16_t end_cause;

	struct gs_sleeper_list sleepers; /* senders, connect */
	struct gs_waiter_list waiters;	/* the same: posix.h */

	TAILQ_ENTRY(gs_assoc) ready;	/* endpoint: head is set */
	TAILQ_ENTRY(gs_assoc) in_ep;	/* endpoint, or the orphans */
	TAILQ_ENTRY(gs_assoc) in_hub;
	struct gs_htab_node by_id;	/* hub_find.h */
};
TAILQ_HEAD(gs_assoc_list, gs_assoc);

/* One of ep, in this phase, without a socket.  NULL: no memory. */
struct gs_assoc *gs_assoc_new(struct gs_endpoint *ep,
    enum gs_assoc_phase phase);

/* An engine socket like the endpoint's listener, options, addresses, port and
 * all. */
int gs_assoc_new_socket(struct gs_endpoint *ep, struct socket **out);

/* Give so, which a listener accepted, to a (new, or yielded). */
int gs_assoc_adopt(struct gs_endpoint *ep, struct socket *so,
    struct gs_assoc **out);

/*
 * Something may have happened to it: take what the engine has until a
 * message waits in a->head, wake who waits, and free it where it has ended
 * and nothing is left to read.
 */
void gs_assoc_touch(struct gs_assoc *a);

/* The message that waits; the next one takes its place. */
struct gs_msg *gs_assoc_take(struct gs_assoc *a);

/* Is this one of the peer's addresses, with its port? */
bool gs_assoc_has_peer(const struct gs_assoc *a, const union gs_addr *peer);

/* Is there an association in the engine (up, coming up, or ending)? */
bool gs_assoc_is_alive(const struct gs_assoc *a);

int gs_assoc_send(struct gs_assoc *a, const struct gsctp_sndrcvinfo *info,
    const void *data, size_t len, const union gs_addr *to);
/* There may be room now that nothing has left the queue for. */
void gs_assoc_more_room(struct gs_assoc *a);
int gs_assoc_eof(struct gs_assoc *a);
int gs_assoc_abort(struct gs_assoc *a, const void *reason, size_t len);

/* To another endpoint, with all that is queued. */
void gs_assoc_move(struct gs_assoc *a, struct gs_endpoint *to);

/* The application lets go of it: finish in the background, or abort. */
void gs_assoc_orphan(struct gs_assoc *a, bool must_abort);

/* End it now, saying nothing to the application; an ABORT tells the peer. */
void gs_assoc_destroy(struct gs_assoc *a);

/* Whoever waits for it looks again. */
void gs_assoc_wake(struct gs_assoc *a);

/* Between these it is not freed, though it may be dead. */
void gs_assoc_hold(struct gs_assoc *a);
void gs_assoc_unhold(struct gs_assoc *a);

/* Whoever holds it: until gs_assoc_wake().  As gs_wait_locked(). */
int gs_assoc_wait(struct gs_assoc *a, uint64_t deadline_ms);

#endif
