/*
 * engine_opt_impl: what the files of engine_opt share.  Layer 3.
 *
 * Locking: as in engine_opt.h.
 */

#ifndef GS_ENGINE_OPT_IMPL_H
#define GS_ENGINE_OPT_IMPL_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct socket;

/*
 * The engine's options at the level of SCTP.  Errors are negative, and
 * what the engine does not know (an address, an association) is -EINVAL.
 * A get fills all len bytes of buf or fails; get_some fills up to room bytes,
 * and returns how many.
 */
int gs_eopt_engine_set(struct socket *so, int name, const void *buf,
    size_t len);
int gs_eopt_engine_get(struct socket *so, int name, void *buf, size_t len);
int gs_eopt_engine_get_some(struct socket *so, int name, void *buf,
    size_t room);

/*
 * Put the value of a field into *v, or leave *v where it is undefined.
 * -EINVAL if it is out of its range, or no field at all.
 */
int gs_field_take(gsctp_field f, uint32_t min, uint32_t max, uint32_t *v);

/* -EINVAL if a field that is only read is defined. */
int gs_field_check_read_only(gsctp_field f);

static inline gsctp_field
gs_field_of(uint32_t v)
{
	return (gsctp_field){ .v = v, .defined = 1 };
}

/*
 * Write an option's address into *out, IPv4-mapped ones as IPv4.  *is_set is
 * false where it stands for every path: no family, or the address 0.
 */
int gs_eopt_address(const struct sockaddr_storage *in,
    struct sockaddr_storage *out, bool *is_set);

/* What the engine takes for every path of an association. */
void gs_eopt_any_address(struct sockaddr_storage *out);

/*
 * The delayed acknowledgement: delay_ms 1 to 500, every freq packets; a
 * freq of 1 is none.  In a set, 0 leaves the value as it is.
 */
int gs_eopt_get_sack(struct socket *so, uint32_t *delay_ms, uint32_t *freq);
int gs_eopt_set_sack(struct socket *so, uint32_t delay_ms, uint32_t freq);

/* Set where messages are delivered in pieces, from the socket's buffer and
 * whether it is an association that interleaves. */
int gs_eopt_set_delivery_point(struct socket *so, bool is_assoc);

#define GS_SACK_DELAY_MAX_MS 500u /* RFC 9260 6.2 */
#define GS_SACK_FREQ	     2u	  /* where it was none before */

/* One row's functions.  opt->id is the row's. */
typedef int gs_eopt_set_fn(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt);
typedef int gs_eopt_get_fn(struct socket *so, bool is_assoc,
    struct gsctp_opt *opt);

/* engine_opt_path.c: what has to do with the paths of an association. */
gs_eopt_set_fn gs_eopt_set_paddrparams;
gs_eopt_get_fn gs_eopt_get_paddrparams;
gs_eopt_set_fn gs_eopt_set_primary;
gs_eopt_get_fn gs_eopt_get_primary;
gs_eopt_set_fn gs_eopt_set_peer_primary;
gs_eopt_get_fn gs_eopt_get_status;
gs_eopt_get_fn gs_eopt_get_paddrinfo;
gs_eopt_set_fn gs_eopt_set_tos;
gs_eopt_get_fn gs_eopt_get_tos;
gs_eopt_set_fn gs_eopt_set_encaps;
gs_eopt_get_fn gs_eopt_get_encaps;

/* engine_opt_ext.c: streams (RFC 6525) and keys (RFC 4895). */
gs_eopt_set_fn gs_eopt_set_reset_streams;
gs_eopt_set_fn gs_eopt_set_add_streams;
gs_eopt_set_fn gs_eopt_set_auth_chunk;
gs_eopt_set_fn gs_eopt_set_auth_key;
gs_eopt_set_fn gs_eopt_set_active_key;
gs_eopt_get_fn gs_eopt_get_active_key;

/* engine_opt_auth.c: the rest of RFC 4895. */
gs_eopt_set_fn gs_eopt_set_hmacs;
gs_eopt_get_fn gs_eopt_get_hmacs;
gs_eopt_set_fn gs_eopt_end_key;
gs_eopt_get_fn gs_eopt_get_auth_chunks;

/* Not in <usrsctp.h>: interleaving (RFC 8260). */
#define GS_ENGINE_INTERLEAVING 0x00001206

/* engine_opt_feature.c: what is negotiated, and stream schedulers. */
gs_eopt_set_fn gs_eopt_set_interleave;
gs_eopt_get_fn gs_eopt_get_interleave;
gs_eopt_set_fn gs_eopt_set_supported;
gs_eopt_get_fn gs_eopt_get_supported;
gs_eopt_set_fn gs_eopt_set_scheduler;
gs_eopt_get_fn gs_eopt_get_scheduler;
gs_eopt_set_fn gs_eopt_set_stream_value;
gs_eopt_get_fn gs_eopt_get_stream_value;

/* Not in <usrsctp.h>: the thresholds of paths (RFC 7829), and the choice of
 * congestion control. */
#define GS_ENGINE_PEER_ADDR_THLDS 0x00000023
#define GS_ENGINE_PLUGGABLE_CC	  0x00001202
struct gs_engine_paddrthlds {
	struct sockaddr_storage address;
	uint32_t assoc_id;
	uint16_t pathmaxrxt;
	uint16_t pathpfthld;
	uint16_t pathcpthld;	/* 0xffff: the engine takes nothing else */
};

/* engine_opt_tune.c: loss, delay and paths. */
gs_eopt_set_fn gs_eopt_set_cc;
gs_eopt_get_fn gs_eopt_get_cc;
gs_eopt_set_fn gs_eopt_set_sack_info;
gs_eopt_get_fn gs_eopt_get_sack_info;
gs_eopt_set_fn gs_eopt_set_thresholds;
gs_eopt_get_fn gs_eopt_get_thresholds;
gs_eopt_get_fn gs_eopt_get_timeouts;

/* engine_opt_send.c: partial reliability (RFC 7496). */
gs_eopt_get_fn gs_eopt_get_prstatus;

#endif
