/*
 * recv: messages and notifications that the program takes (psock.h).
 *
 * A message that is larger than the program's buffers, or that it only looks
 * at, is taken from the socket and put back.  Of a notification, which is
 * made anew for each part (note.h), the message remembers how much is gone:
 * struct gsctp_msg has a field for it, which the library leaves alone.
 *
 * Locking: p->reading from the taking to the putting back; p->lock for a look
 * at p's fields within it.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "iov.h"
#include "linux_msg.h"
#include "note.h"
#include "posix.h"
#include "process.h"
#include "psock.h"
#include "sinfo.h"
#include "wait.h"

/* Of the field reserved: the number of the notification, and the bytes of it
 * that are gone. */
#define NOTE_SHIFT 24
#define NOTE_BYTES ((1u << NOTE_SHIFT) - 1)

/* What a call needs to know of p. */
struct view {
	gsctp_sock s;
	bool is_open;
	bool is_listening;
	bool is_read_shut;
	struct ps_wants wants;
};

/* Where the call puts it. */
struct in {
	struct msghdr *m;
	size_t room;
	int flags;
	int out_flags;		/* msg_flags */
	bool is_end;		/* no message, and none to come */
	size_t control_used;
};

static int
look(struct psock *p, struct view *v)
{
	int err = 0;

	(void)pthread_mutex_lock(&p->lock);
	v->s = p->s;
	v->is_open = p->is_open;
	v->is_listening = p->is_listening;
	v->is_read_shut = p->is_read_shut;
	v->wants = p->wants;
	if (p->is_closed)
		err = -EBADF;
	(void)pthread_mutex_unlock(&p->lock);
	return err;
}

/* Ancillary data, as far as there is room: the kernel cuts it off. */
static void
put_control(struct in *in, int type, const void *data, size_t len)
{
	const size_t room = in->m->msg_control == NULL ?
	    0 :
	    in->m->msg_controllen - in->control_used;
	struct cmsghdr h = { .cmsg_level = LX_IPPROTO_SCTP,
		.cmsg_type = type };
	char *to = (char *)in->m->msg_control + in->control_used;
	size_t used = CMSG_SPACE(len);

	h.cmsg_len = CMSG_LEN(len);
	if (room < sizeof(h)) {
		in->out_flags |= MSG_CTRUNC;
		return;
	}
	if (room < h.cmsg_len) {
		in->out_flags |= MSG_CTRUNC;
		h.cmsg_len = room;
	}
	memcpy(to, &h, sizeof(h));
	memcpy(to + CMSG_LEN(0), data, h.cmsg_len - CMSG_LEN(0));
	in->control_used += used < room ? used : room;
}

static void
put_name(struct in *in, const struct gsctp_msg *msg)
{
	struct msghdr *m = in->m;

	if (m->msg_name == NULL)
		return;
	memcpy(m->msg_name, &msg->from,
	    m->msg_namelen < msg->fromlen ? m->msg_namelen : msg->fromlen);
	m->msg_namelen = msg->fromlen;
}

/* What comes after the message that was taken, which is put back later. */
static void
put_nxtinfo(struct in *in, const struct view *v)
{
	struct lx_msg_nxtinfo o;
	struct gsctp_msg *next;
	struct ps_note note;

	/* Not what went wrong: that is for the next call. */
	if (gsctp_recv(v->s, 0, &next) != 0)
		return;
	memset(&o, 0, sizeof(o));
	o.assoc_id = (int32_t)next->assoc_id;
	if (next->type == GSCTP_MSG_DATA) {
		struct lx_msg_rcvinfo r;

		ps_rcvinfo_out(&next->u.data.info, &r);
		o.sid = r.sid;
		o.flags = r.flags;
		o.ppid = r.ppid;
		o.length = (uint32_t)next->u.data.len;
		put_control(in, LX_CMSG_NXTINFO, &o, sizeof(o));
	} else if (ps_note_make(next, v->wants.events,
		       next->reserved >> NOTE_SHIFT, &note)) {
		o.flags = LX_NOTIFICATION;
		o.length = note.u.head.length;
		put_control(in, LX_CMSG_NXTINFO, &o, sizeof(o));
	}
	gs_posix_unread(v->s, next);
}

/* In the kernel's order. */
static void
put_infos(struct in *in, const struct view *v, const struct gsctp_data *d)
{
	struct lx_msg_rcvinfo r;
	struct lx_sndrcvinfo s;

	if (v->wants.nxtinfo)
		put_nxtinfo(in, v);
	if (v->wants.rcvinfo) {
		ps_rcvinfo_out(&d->info, &r);
		put_control(in, LX_CMSG_RCVINFO, &r, sizeof(r));
	}
	if (v->wants.sndrcv) {
		ps_sndrcv_out(&d->info, &s);
		put_control(in, LX_CMSG_SNDRCV, &s, sizeof(s));
	}
}

static ssize_t
give_data(struct in *in, const struct view *v, struct gsctp_msg *msg)
{
	struct gsctp_data *d = &msg->u.data;
	size_t n = d->len < in->room ? d->len : in->room;

	ps_iov_put(in->m, 0, d->data, n);
	put_name(in, msg);
	if (v->wants.sndrcv || v->wants.rcvinfo || v->wants.nxtinfo)
		put_infos(in, v, d);
	if (n == d->len && d->complete)
		in->out_flags |= MSG_EOR;
	if (in->flags & MSG_PEEK) {
		gs_posix_unread(v->s, msg);
	} else if (n < d->len) {
		d->data += n;
		d->len -= n;
		gs_posix_unread(v->s, msg);
	} else {
		gsctp_msg_free(msg);
	}
	return (ssize_t)n;
}

/* len bytes of the note, from the byte at. */
static void
put_note(struct in *in, const struct ps_note *note, size_t at, size_t len)
{
	size_t n = 0;

	if (at < note->len) {
		n = note->len - at < len ? note->len - at : len;
		ps_iov_put(in->m, 0, (const char *)&note->u + at, n);
		at += n;
	}
	if (n < len)
		ps_iov_put(in->m, n,
		    (const char *)note->tail + (at - note->len), len - n);
}

/* -ENOMSG: it is none that the program is told of. */
static ssize_t
give_note(struct in *in, const struct view *v, struct gsctp_msg *msg)
{
	unsigned int i = msg->reserved >> NOTE_SHIFT;
	size_t at = msg->reserved & NOTE_BYTES;
	struct ps_note note, next;
	size_t left, n;

	if (!ps_note_make(msg, v->wants.events, i, &note) ||
	    at > note.u.head.length) {
		gsctp_msg_free(msg);
		return -ENOMSG;
	}
	left = note.u.head.length - at;
	n = left < in->room ? left : in->room;
	put_note(in, &note, at, n);
	put_name(in, msg);
	if (v->wants.nxtinfo)
		put_nxtinfo(in, v);
	in->out_flags |= LX_MSG_NOTIFICATION;
	if (n == left)
		in->out_flags |= MSG_EOR;
	if (in->flags & MSG_PEEK) {
		gs_posix_unread(v->s, msg);
		return (ssize_t)n;
	}
	if (n < left && at + n <= NOTE_BYTES)
		msg->reserved += (uint32_t)n;
	else if (ps_note_make(msg, v->wants.events, i + 1, &next))
		msg->reserved = (i + 1) << NOTE_SHIFT;
	else {
		gsctp_msg_free(msg);
		return (ssize_t)n;
	}
	gs_posix_unread(v->s, msg);
	return (ssize_t)n;
}

/*
 * The next message; p->reading is held.  1; 0: it is the end; -EAGAIN: there
 * is none yet.
 */
static int
take(struct psock *p, struct view *v, struct gsctp_msg **msg)
{
	uint64_t tried = 0;
	int err;

	do {
		err = look(p, v);
		if (err != 0)
			return err;
		if (!v->is_open)
			return v->is_read_shut ? 0 : -EAGAIN;
		if (v->s.id == tried)
			return -EBADF;
		tried = v->s.id;
		err = gs_posix_recv(v->s, msg);
		/* bind() has put another in its place, perhaps. */
	} while (err == -EBADF);
	return err;
}

static ssize_t
receive(struct psock *p, struct in *in)
{
	struct gsctp_msg *msg;
	struct view v;
	ssize_t r;

	do {
		r = take(p, &v, &msg);
		in->is_end = r == 0;
		if (r <= 0)
			return r;
		if (msg->type == GSCTP_MSG_DATA)
			r = give_data(in, &v, msg);
		else
			r = give_note(in, &v, msg);
	} while (r == -ENOMSG);
	return r;
}

static ssize_t
try(struct psock *p, struct in *in)
{
	ssize_t r;

	(void)pthread_mutex_lock(&p->reading);
	r = receive(p, in);
	(void)pthread_mutex_unlock(&p->reading);
	return r;
}

/* Is there a reason to wait?  Without an association, and none to come, the
 * kernel sees none. */
static bool
may_come(struct psock *p)
{
	struct view v;

	if (look(p, &v) != 0 || v.is_listening)
		return true;	/* who waits finds out */
	return v.is_open && gs_posix_assocs(v.s, NULL, 0) != 0;
}

/* The call's results, which an error leaves as they were. */
static void
finish(struct in *in)
{
	struct msghdr *m = in->m;

	m->msg_flags = in->out_flags;
	m->msg_controllen = in->control_used;
	/* The end has no sender. */
	if (in->is_end && m->msg_name != NULL)
		m->msg_namelen = 0;
}

ssize_t
ps_recvmsg(struct psock *p, struct msghdr *m, int flags)
{
	struct in in = { .m = m, .flags = flags };
	uint64_t deadline = 0;
	ssize_t r;
	int err;

	if (ps_is_forked())
		return ps_forked();
	if (flags & MSG_ERRQUEUE)
		return -EAGAIN;
	err = ps_iov_size(m, &in.room);
	if (err != 0)
		return err;
	for (;;) {
		r = try(p, &in);
		if (r != -EAGAIN)
			break;
		if (!ps_blocks(p, flags))
			return -EAGAIN;
		if (!may_come(p)) {
			/* Or it has ended since, which is to be told. */
			r = try(p, &in);
			if (r != -EAGAIN)
				break;
			return -ENOTCONN;
		}
		if (deadline == 0) {
			(void)pthread_mutex_lock(&p->lock);
			deadline = ps_deadline(&p->rcvtimeo);
			(void)pthread_mutex_unlock(&p->lock);
		}
		err = ps_wait(p, deadline);
		if (err != 0)
			return err;
	}
	if (r >= 0)
		finish(&in);
	return r;
}

ssize_t
ps_pending(struct psock *p)
{
	struct gsctp_msg *msg;
	struct ps_note note;
	struct view v;
	size_t n = 0;

	if (ps_is_forked() || look(p, &v) != 0)
		return 0;
	if (p->is_stream && v.is_listening)
		return -ENOTCONN;
	(void)pthread_mutex_lock(&p->reading);
	/* Not what went wrong: that is for a receive. */
	if (v.is_open && gsctp_recv(v.s, 0, &msg) == 0) {
		if (msg->type == GSCTP_MSG_DATA)
			n = msg->u.data.len;
		else if (ps_note_make(msg, v.wants.events,
			     msg->reserved >> NOTE_SHIFT, &note))
			n = note.u.head.length -
			    (msg->reserved & NOTE_BYTES);
		gs_posix_unread(v.s, msg);
	}
	(void)pthread_mutex_unlock(&p->reading);
	return (ssize_t)n;
}
