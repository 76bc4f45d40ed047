/*
 * opt_impl: what the files of options share.
 *
 * Each option of Linux is a row of a table: what the kernel checks before it
 * looks at the value, and a function for each way.  What the associations to
 * come start with is kept here, as getsockopt() shows it; the nearest that
 * the engine can do is set there.  What an association has is asked of it.
 *
 * Locking: p->lock is held, unless the row says otherwise.
 */

#ifndef PS_OPT_IMPL_H
#define PS_OPT_IMPL_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux_opt.h"

struct psock;
struct ps_kept;

struct ps_opts {
	/* For associations to come. */
	struct lx_rtoinfo rto;
	struct lx_assocparams assoc;
	struct lx_initmsg init;
	struct lx_paddrparams path;
	struct lx_sack_info sack;
	struct lx_sndrcvinfo send;
	struct lx_paddrthlds_v2 thlds;
	uint32_t context, max_burst, maxseg, adaptation;
	uint32_t scheduler, enable_reset, pf_exposed, probe_interval;
	uint16_t encaps_port; /* as on the wire */
	bool pr, reconfig, interleaving, asconf, auth, ecn;

	/* Of the socket. */
	uint32_t autoclose, pd_point;
	uint32_t reset_allowed; /* LX_ENABLE_RESET_ASSOC or 0 */
	bool nodelay, no_fragments, mapped, frag_interleave;
	bool auto_asconf, reuse_port;

	/* Other levels': opt_kept.c. */
	struct ps_kept *kept;
	size_t nkept;
};

struct ps_opts *ps_opts(struct psock *p);

/* One call of the program. */
struct ps_call {
	struct psock *p;
	int name;
	/*
	 * A copy of the program's memory.  A get finds in it what it gave,
	 * where the row has KEYED; its room is len, or more.
	 */
	void *v;
	size_t len;  /* a get leaves what is to be given */
	size_t told; /* and here, if its optlen is to be another */
};
#define PS_TOLD_LEN SIZE_MAX
typedef int ps_opt_fn(struct ps_call *c);

#define PS_EXACT 1u    /* a set of another size is -EINVAL */
#define PS_KEYED 2u    /* a get reads first */
#define PS_MANY 4u     /* one-to-one: -EOPNOTSUPP */
#define PS_UNLOCKED 8u /* the functions take p->lock */

struct ps_opt_row {
	int name;
	unsigned int flags;
	size_t set_len, get_len; /* at least; 0: the functions look */
	ps_opt_fn *set, *get;	 /* NULL: -ENOPROTOOPT */
};

struct ps_opt_table {
	const struct ps_opt_row *rows;
	size_t n;
};
#define PS_TABLE(rows_)                                   \
	{                                                 \
		rows_, sizeof(rows_) / sizeof((rows_)[0]) \
	}

extern const struct ps_opt_table ps_opt_sock;	/* opt_sock.c */
extern const struct ps_opt_table ps_opt_assoc;	/* opt_assoc.c */
extern const struct ps_opt_table ps_opt_params; /* opt_params.c */
extern const struct ps_opt_table ps_opt_path;	/* opt_path.c */
extern const struct ps_opt_table ps_opt_send;	/* opt_send.c */
extern const struct ps_opt_table ps_opt_stream; /* opt_stream.c */
extern const struct ps_opt_table ps_opt_auth;	/* opt_auth.c */
extern const struct ps_opt_table ps_opt_event;	/* opt_event.c */
extern const struct ps_opt_table ps_opt_multi;	/* opt_multi.c */

/* -- opt_who.c -- */

/* Which values an option is about. */
struct ps_who {
	bool future;	    /* those of associations to come */
	bool current;	    /* of each that there is */
	gsctp_assoc_id one; /* of this one; 0: none */
};

/*
 * What id says: on a one-to-one socket nothing, it is about its association
 * if that is up.  may_be_all: LX_CURRENT_ASSOC and LX_ALL_ASSOC are taken.
 * 0 or -EINVAL.
 */
int ps_who(struct psock *p, int32_t id, bool may_be_all, struct ps_who *out);

/* The association that id says, or -EINVAL. */
int ps_who_one(struct psock *p, int32_t id, gsctp_assoc_id *out);

/*
 * Set o for each of who; id is where in o its assoc_id is, NULL: nowhere.
 * What a one-to-one socket can no longer have, as its association has ended,
 * is no error.
 */
int ps_who_set(struct psock *p, const struct ps_who *who, struct gsctp_opt *o,
    gsctp_assoc_id *id);

/* Its length, or -EINVAL for what is not of this socket's families. */
int ps_opt_address(struct psock *p, const struct sockaddr_storage *a);

/* Is it no address at all: of every path? */
bool ps_opt_is_any(const struct sockaddr_storage *a);

/* The association that a path is of; id may be LX_FUTURE_ASSOC on a
 * one-to-many socket.  0 or -EINVAL. */
int ps_who_path(struct psock *p, int32_t id, const struct sockaddr_storage *a,
    gsctp_assoc_id *out);

/* A field that is defined. */
static inline gsctp_field
ps_field(uint32_t v)
{
	return (gsctp_field)gsctp_def(v);
}

static inline uint32_t
ps_clamp(uint32_t v, uint32_t min, uint32_t max)
{
	return v < min ? min : v > max ? max : v;
}

/* An int of the program's. */
int32_t ps_int(const struct ps_call *c);
int ps_give_int(struct ps_call *c, int32_t v);

/* -- opt_kept.c: options of other levels, which the kernel knows itself -- */
int ps_kept_set(struct psock *p, int level, int name, const void *value,
    socklen_t len);
int ps_kept_get(struct psock *p, int level, int name, void *value,
    socklen_t *len);
bool ps_kept_has(const struct ps_opts *o, int level, int name);

/* What Linux hands on to an accepted or peeled off socket. */
int ps_kept_copy(struct ps_opts *to, const struct ps_opts *from);
void ps_kept_free(struct ps_opts *o);

/* -- opt_socket.c, opt_ip.c -- */
int ps_setsockopt_socket(struct psock *p, int name, const void *value,
    socklen_t len);
int ps_getsockopt_socket(struct psock *p, int name, void *value,
    socklen_t *len);
int ps_setsockopt_ip(struct psock *p, int level, int name, const void *value,
    socklen_t len);
/* What of from's is not p's any more, which the library has handed on. */
int ps_opt_ip_forget(struct psock *p, const struct psock *from);
int ps_getsockopt_ip(struct psock *p, int level, int name, void *value,
    socklen_t *len);

#endif
