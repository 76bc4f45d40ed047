/*
 * engine_abi: the engine's private functions that the boundary calls or
 * replaces, as usrsctp 0.9.5.0 has them.
 *
 * <usrsctp.h> does not declare these.  configure refuses an archive of
 * another version, or one that lacks a name used here.  mbuf and the
 * protocol headers stay opaque.  Where a private layout is used, it is that of
 * an argument (struct gs_uio), or it is looked at first, and we do without
 * where it is another.
 *
 * A __real_ name is the engine's own function behind one that the linker's
 * --wrap hands to us.  Layer 3.
 */

#ifndef GS_ENGINE_ABI_H
#define GS_ENGINE_ABI_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

struct mbuf;
struct socket;
struct sctphdr;
struct sctp_chunkhdr;

/* What m_uiotombuf() copies from; the engine knows it as struct uio. */
struct gs_uio {
	struct iovec *iov;
	int iovcnt;
	off_t offset;
	ssize_t resid;		/* bytes to go */
	unsigned int segflg;
	unsigned int rw;
};
#define GS_UIO_SYSSPACE 1
#define GS_UIO_WRITE 1		/* from iov into the engine */
#define GS_M_PKTHDR 2

/* Memory of packets. */
struct mbuf *m_uiotombuf(struct gs_uio *uio, int how, int len, int align,
    int flags);
void m_copyback(struct mbuf *m, int off, int len, char *data);
char *sctp_m_getptr(struct mbuf *m, int off, int len, uint8_t *buf);
unsigned int m_length(struct mbuf *m, struct mbuf **last);
void m_copydata(const struct mbuf *m, int off, int len, char *out);
void m_freem(struct mbuf *m);

/* A packet in; it sets *mm to NULL where it has kept the memory. */
void sctp_common_input_processing(struct mbuf **mm, int iphlen, int offset,
    int length, struct sockaddr *src, struct sockaddr *dst,
    struct sctphdr *sh, struct sctp_chunkhdr *ch, uint8_t compute_crc,
    uint8_t ecn_bits, uint32_t vrf_id, uint16_t udp_port);

/* One more local address; the interface is made, if there is none with this
 * index. */
void *sctp_add_addr_to_vrf(uint32_t vrf_id, void *ifn, uint32_t ifn_index,
    uint32_t ifn_type, const char *ifn_name, void *ifa,
    struct sockaddr *addr, uint32_t ifa_flags, int dynamic);

/* usrsctp_accept() loses the socket where it cannot tell the peer's
 * address; this is what it calls. */
int user_accept(struct socket *head, struct sockaddr **name,
    socklen_t *namelen, struct socket **out);

/* Reading.  With blocks the bytes are not copied, but given away in them. */
int __real_sctp_sorecvmsg(struct socket *so, void *uio, struct mbuf **blocks,
    struct sockaddr *from, int from_len, int *flags, void *info,
    int fills_info);

/* What a timer is for.  Those of data, INIT, SHUTDOWN, COOKIE and SHUTDOWN
 * ACK are one timer of a path. */
enum gs_timer_type {
	GS_TIMER_SEND = 1,
	GS_TIMER_INIT = 2,
	GS_TIMER_SHUTDOWN = 4,
	GS_TIMER_HEARTBEAT = 5,
	GS_TIMER_COOKIE = 6,
	GS_TIMER_PATHMTURAISE = 8,
	GS_TIMER_SHUTDOWN_ACK = 9,
};
void __real_sctp_timer_start(int type, void *inp, void *stcb, void *net);
void __real_sctp_timer_stop(int type, void *inp, void *stcb, void *net,
    uint32_t from);

/* How they look; gs_timers_look() finds out whether it is so. */
struct gs_engine_timer {
	void *link, *link_at;	/* of the engine's list */
	uint32_t time;
	void *arg;
	void (*fn)(void *arg);
	int flags;
};
int __real_sctp_os_timer_start(void *timer, uint32_t ticks,
    void (*fn)(void *), void *arg);
int __real_sctp_os_timer_stop(void *timer);

/* Which endpoint is bound to an address? */
void *__real_sctp_pcb_findep(struct sockaddr *name, int find_tcp_pool,
    int have_lock, uint32_t vrf_id);

/* A SACK without blocks, for an association that waits for one; and any. */
void __real_sctp_express_handle_sack(void *stcb, uint32_t cum_ack,
    uint32_t window, int *aborted, int ecn_echo);
void sctp_handle_sack(struct mbuf *m, int blocks_at, int dups_at, void *stcb,
    uint16_t blocks, uint16_t nr_blocks, uint16_t dups, int *aborted,
    uint8_t flags, uint32_t cum_ack, uint32_t window, int ecn_echo);

/* The DATA chunks of a packet; a FORWARD TSN or I-FORWARD-TSN. */
int __real_sctp_process_data(struct mbuf **mm, int iphlen, int *offset,
    int length, void *inp, void *stcb, void *net, uint32_t *high_tsn);
void __real_sctp_handle_forward_tsn(void *stcb, void *chunk, int *aborted,
    struct mbuf *m, int offset);

/* An association's messages are cut for this MTU from now on, IP's headers
 * and all; what is queued and longer may be cut by IP. */
void sctp_pathmtu_adjustment(void *stcb, uint16_t mtu);

/* Data that is sent again, heartbeats, and random numbers. */
int __real_sctp_t3rxt_timer(void *inp, void *stcb, void *net);
int __real_sctp_heartbeat_timer(void *inp, void *stcb, void *net);
void __real_sctp_send_hb(void *stcb, void *net, int so_locked);
uint32_t __real_sctp_select_initial_TSN(void *pcb);
void __real_read_random(void *out, size_t len);
uint32_t __real_sctp_hmac(uint16_t algo, uint8_t *key, uint32_t key_len,
    uint8_t *text, uint32_t text_len, uint8_t *digest);
uint32_t __real_sctp_hmac_m(uint16_t algo, uint8_t *key, uint32_t key_len,
    struct mbuf *m, uint32_t offset, uint8_t *digest, uint32_t trailer);

/* What it tells the application. */
void __real_sctp_ulp_notify(uint32_t notification, void *stcb, uint32_t error,
    void *data, int so_locked);

/* It gives up a message that is not to be sent any more (RFC 3758). */
int __real_sctp_release_pr_sctp_chunk(void *stcb, void *chunk,
    uint8_t was_sent, int so_locked);
int __wrap_sctp_release_pr_sctp_chunk(void *stcb, void *chunk,
    uint8_t was_sent, int so_locked);

/* Its hash tables. */
void *__real_sctp_hashinit_flags(int elements, void *type,
    unsigned long *mask, int flags);

/* Paths (struct sctp_nets) of associations (struct sctp_tcb), and their
 * ASCONFs. */
typedef int gs_inp_fn(void *inp, void *arg, uint32_t val);
typedef void gs_assoc_fn(void *inp, void *stcb, void *arg, uint32_t val);
typedef void gs_end_fn(void *arg, uint32_t val);
int __real_sctp_asconf_timer(void *inp, void *stcb, void *net);
void __real_sctp_send_asconf(void *stcb, void *net, int addr_locked);
void *sctp_build_readq_entry(void *stcb, void *net, uint32_t tsn,
    uint32_t ppid, uint32_t context, uint16_t sid, uint32_t mid,
    uint8_t flags, struct mbuf *m);
void sctp_add_to_readq(void *inp, void *stcb, void *entry, void *sb, int end,
    int lock_held, int so_locked);
void sctp_move_chunks_from_net(void *stcb, void *net);
void *sctp_findassociation_ep_asocid(void *inp, uint32_t id, int want_lock);
void sctp_chunk_output(void *inp, void *stcb, int from, int so_locked);
int __real_sctp_free_assoc(void *inp, void *stcb, int from_inpcbfree,
    int from);
void __real_sctp_inpcb_free(void *inp, int immediate, int from);
int __real_sctp_add_remote_addr(void *stcb, struct sockaddr *addr,
    void **net, uint16_t port, int set_scope, int from);
int __real_sctp_del_remote_addr(void *stcb, struct sockaddr *addr);
int __real_sctp_is_addr_pending(void *stcb, void *ifa);
int __real_sctp_is_address_on_local_host(struct sockaddr *addr,
    uint32_t vrf_id);
void __real_sctp_move_pcb_and_assoc(void *old, void *new, void *stcb);
void *__real_sctp_findassociation_addr(struct mbuf *m, int offset,
    struct sockaddr *src, struct sockaddr *dst, struct sctphdr *sh,
    struct sctp_chunkhdr *ch, void **inp, void **net, uint32_t vrf_id);

/* Ours, which the engine calls in place of its own. */
int __wrap_sctp_asconf_timer(void *inp, void *stcb, void *net);
void __wrap_sctp_send_asconf(void *stcb, void *net, int addr_locked);
void __wrap_sctp_timer_start(int type, void *inp, void *stcb, void *net);
void __wrap_sctp_timer_stop(int type, void *inp, void *stcb, void *net,
    uint32_t from);
int __wrap_sctp_free_assoc(void *inp, void *stcb, int from_inpcbfree,
    int from);
void __wrap_sctp_inpcb_free(void *inp, int immediate, int from);
int __wrap_sctp_add_remote_addr(void *stcb, struct sockaddr *addr,
    void **net, uint16_t port, int set_scope, int from);
int __wrap_sctp_del_remote_addr(void *stcb, struct sockaddr *addr);
int __wrap_sctp_is_addr_pending(void *stcb, void *ifa);
int __wrap_sctp_is_address_on_local_host(struct sockaddr *addr,
    uint32_t vrf_id);
void __wrap_sctp_move_pcb_and_assoc(void *old, void *new, void *stcb);
void *__wrap_sctp_findassociation_addr(struct mbuf *m, int offset,
    struct sockaddr *src, struct sockaddr *dst, struct sctphdr *sh,
    struct sctp_chunkhdr *ch, void **inp, void **net, uint32_t vrf_id);
int __wrap_sctp_initiate_iterator(gs_inp_fn *inp_begins, gs_assoc_fn *assoc,
    gs_inp_fn *inp_ends, uint32_t flags, uint32_t features, uint32_t state,
    void *arg, uint32_t val, gs_end_fn *end, void *inp, uint8_t no_output);
void *__wrap_sctp_hashinit_flags(int elements, void *type,
    unsigned long *mask, int flags);
void __wrap_sctp_userspace_ip_output(int *result, struct mbuf *m, void *ro,
    void *stcb, uint32_t vrf_id);
void __wrap_sctp_userspace_ip6_output(int *result, struct mbuf *m, void *ro,
    void *stcb, uint32_t vrf_id);
uint32_t __wrap_sctp_calculate_cksum(struct mbuf *m, uint32_t offset);
int __wrap_sctp_sorecvmsg(struct socket *so, void *uio, struct mbuf **blocks,
    struct sockaddr *from, int from_len, int *flags, void *info,
    int fills_info);
int __wrap_sctp_os_timer_start(void *timer, uint32_t ticks,
    void (*fn)(void *), void *arg);
int __wrap_sctp_os_timer_stop(void *timer);
void *__wrap_sctp_pcb_findep(struct sockaddr *name, int find_tcp_pool,
    int have_lock, uint32_t vrf_id);
void __wrap_sctp_ulp_notify(uint32_t notification, void *stcb, uint32_t error,
    void *data, int so_locked);
void __wrap_sctp_express_handle_sack(void *stcb, uint32_t cum_ack,
    uint32_t window, int *aborted, int ecn_echo);
int __wrap_sctp_process_data(struct mbuf **mm, int iphlen, int *offset,
    int length, void *inp, void *stcb, void *net, uint32_t *high_tsn);
void __wrap_sctp_handle_forward_tsn(void *stcb, void *chunk, int *aborted,
    struct mbuf *m, int offset);
int __wrap_sctp_t3rxt_timer(void *inp, void *stcb, void *net);
int __wrap_sctp_heartbeat_timer(void *inp, void *stcb, void *net);
void __wrap_sctp_send_hb(void *stcb, void *net, int so_locked);
uint32_t __wrap_sctp_select_initial_TSN(void *pcb);
void __wrap_read_random(void *out, size_t len);
uint32_t __wrap_sctp_hmac(uint16_t algo, uint8_t *key, uint32_t key_len,
    uint8_t *text, uint32_t text_len, uint8_t *digest);
uint32_t __wrap_sctp_hmac_m(uint16_t algo, uint8_t *key, uint32_t key_len,
    struct mbuf *m, uint32_t offset, uint8_t *digest, uint32_t trailer);

#endif
