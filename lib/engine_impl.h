/*
 * engine_impl: what the engine's files share among themselves.  Layer 3.
 */

#ifndef GS_ENGINE_IMPL_H
#define GS_ENGINE_IMPL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gsctp/gsctp.h>

#include "addr.h"
#include "wire.h"

struct gs_faults;
struct gs_filter;
struct mbuf;
struct sctp_chunkhdr;
struct sctphdr;
struct socket;

/* engine.c: a packet that leaves; takes pkt->data (malloc'd).  of_assoc: its
 * source may be another of the association's addresses. */
void gs_engine_emit(const struct gs_packet *pkt, bool of_assoc);
uint16_t gs_engine_udp_port(void);
bool gs_engine_is_raw(void);	/* no UDP: the port is 0 */

/* engine.c: an association has changed, which will have no upcall. */
void gs_engine_has_news(void);

/* engine.c: can packets leave from this address?  Every one, before there is
 * a wire. */
bool gs_engine_can_send(const union gs_addr *a);

/* engine.c: the driver is to make a section in us; false: there is none. */
bool gs_engine_wake_in_locked(unsigned int us);

/*
 * engine_tx.c: packets that wait for the end of a locked section.  What is
 * put takes pkt->data (malloc'd); it may be changed until the section ends.
 */
void gs_tx_start(struct gs_wire *wire, struct gs_faults *faults);
void gs_tx_stop_locked(void);
struct gs_packet *gs_tx_put_locked(const struct gs_packet *pkt);
/* Send them now, by way of the faults if there are any; _all: and what those
 * hold back. */
void gs_tx_flush_locked(void);
void gs_tx_flush_all_locked(void);
/* What the old ones hold back is sent; they are the caller's. */
void gs_tx_set_faults_locked(struct gs_faults *f);
/* Let go of the lock, and send, or leave them to the next section. */
void gs_tx_leave(pthread_mutex_t *stack_lock);

/* engine.c: the longest IP packet that leaves for dst in one piece, 0 where
 * that is not known.  *is_local: dst is this host. */
uint32_t gs_engine_route_mtu(const union gs_addr *dst, bool *is_local);

/* engine_input.c */
void gs_engine_feed(const struct gs_packet *pkt);

/* engine_timer.c: the engine's timers. */
void gs_timers_reset(void);
void gs_timers_look(void);	/* the engine has begun: what are they like? */
void gs_timers_set_now(uint32_t ticks);
/* What is due; after usrsctp_handle_timers(), which sets the engine's clock
 * and runs those that it keeps itself. */
void gs_timers_run(uint32_t ticks);
bool gs_timers_next(uint32_t *ticks);	/* false: none pending */
/* false: the engine may have it all the same. */
bool gs_timers_is_pending(const void *timer);
/* A pending timer within these bytes, or NULL. */
void *gs_timers_find_within(const void *bytes, size_t len);

/* engine_asconf.c: this timer is not pending any more, or is another one. */
void gs_asconf_timer_ended(const void *timer);
/* The packet that the engine works on; NULL: none. */
void gs_asconf_packet(const struct gs_packet *pkt);

/* engine_addr.c: the addresses that getifaddrs() tells the engine. */
int gs_engine_addrs_init(const union gs_addr *only, size_t n);
void gs_engine_addrs_fini(void);

/* engine_verify.c: an address that has not been confirmed. */
bool gs_verify_awaits(const void *net);

/* engine_failover.c: another path of the association, where the primary one
 * is known to have failed; false where there is none, or no need.  Called for
 * each message: a heartbeat leaves for a path that nothing else tries. */
#define GS_FAILOVER_ADDRS 64
bool gs_engine_other_path(struct socket *so, union gs_addr *out);

/* engine_sock.c: counts the options that gs_eopt_set() has set; never 0. */
extern unsigned int gs_engine_opts_set;

/* engine_sock.c: while set, no other endpoint is seen to be bound. */
extern bool gs_engine_sharing_port;

/* engine_sock.c: of the engine's struct sctp_status. */
enum gsctp_assoc_state gs_state_from_engine(int32_t state);

/* engine_lookup.c: before the engine begins, and after; around its work on a
 * packet, which the filter has passed; what the engine calls then. */
void gs_lookup_reset(void);
void gs_lookup_look(void);
void gs_lookup_begin(const struct gs_packet *pkt);
void gs_lookup_end(void);
void *gs_lookup_assoc(struct mbuf *m, int offset, struct sockaddr *src,
    struct sockaddr *dst, struct sctphdr *sh, struct sctp_chunkhdr *ch,
    void **inp, void **net, uint32_t vrf_id);

/* True while usrsctp_init_nothreads() or usrsctp_finish() runs, so that
 * the wrapped libc calls know whom they serve. */
extern bool gs_engine_in_init;

#endif
