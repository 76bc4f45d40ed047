/* control: see control.h. */

#include "control.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

/* Flags that a send may have. */
#define SEND_FLAGS                                                           \
	(LX_UNORDERED | LX_ADDR_OVER | LX_ABORT | LX_SACK_IMMEDIATELY |      \
	    LX_PR_MASK | LX_SENDALL | LX_EOF)

struct walk {
	const char *at;
	size_t left;
};

/* The next record: 1, 0 at the end, or -EINVAL where it is cut off. */
static int
next(struct walk *w, struct cmsghdr *h, const char **data, size_t *len)
{
	size_t step;

	if (w->left < sizeof(*h))
		return 0;
	memcpy(h, w->at, sizeof(*h));
	if (h->cmsg_len < sizeof(*h) || h->cmsg_len > w->left)
		return -EINVAL;
	*data = w->at + CMSG_LEN(0);
	*len = h->cmsg_len - CMSG_LEN(0);
	step = CMSG_ALIGN(h->cmsg_len);
	if (step > w->left)
		step = w->left;
	w->at += step;
	w->left -= step;
	return 1;
}

static void
begin(struct walk *w, const struct msghdr *m)
{
	w->at = m->msg_control;
	w->left = m->msg_control != NULL ? m->msg_controllen : 0;
}

/* Of exactly this size. */
static int
copy(void *to, size_t size, const char *data, size_t len)
{
	if (len != size)
		return -EINVAL;
	memcpy(to, data, size);
	return 0;
}

static int
read_sndrcv(struct ps_control *c, const char *data, size_t len)
{
	c->has_sndrcv = true;
	if (copy(&c->info, sizeof(c->info), data, len) != 0)
		return -EINVAL;
	return c->info.flags & ~SEND_FLAGS ? -EINVAL : 0;
}

static int
read_sndinfo(struct ps_control *c, const char *data, size_t len)
{
	struct lx_sndinfo i;

	if (copy(&i, sizeof(i), data, len) != 0)
		return -EINVAL;
	c->has_sndinfo = true;
	memset(&c->info, 0, sizeof(c->info));
	c->info.stream = i.sid;
	c->info.flags = i.flags;
	c->info.ppid = i.ppid;
	c->info.context = i.context;
	c->info.assoc_id = i.assoc_id;
	return i.flags & ~SEND_FLAGS ? -EINVAL : 0;
}

static int
read_prinfo(struct ps_control *c, const char *data, size_t len)
{
	c->has_prinfo = true;
	if (copy(&c->prinfo, sizeof(c->prinfo), data, len) != 0)
		return -EINVAL;
	if (c->prinfo.policy & ~LX_PR_MASK)
		return -EINVAL;
	if (c->prinfo.policy == 0)
		c->prinfo.value = 0;
	return 0;
}

static int
read_one(struct ps_control *c, int type, const char *data, size_t len)
{
	switch (type) {
	case LX_CMSG_INIT:
		c->has_init = true;
		return copy(&c->init, sizeof(c->init), data, len);
	case LX_CMSG_SNDRCV:
		return read_sndrcv(c, data, len);
	case LX_CMSG_SNDINFO:
		return read_sndinfo(c, data, len);
	case LX_CMSG_PRINFO:
		return read_prinfo(c, data, len);
	case LX_CMSG_AUTHINFO:
		c->has_authinfo = true;
		return copy(&c->authinfo, sizeof(c->authinfo), data, len);
	case LX_CMSG_DSTADDRV4:
	case LX_CMSG_DSTADDRV6:
		c->has_dstaddrs = true;
		return 0;
	default:
		return -EINVAL;
	}
}

int
ps_control_read(const struct msghdr *m, struct ps_control *c)
{
	struct cmsghdr h;
	const char *data;
	struct walk w;
	size_t len;
	int r;

	memset(c, 0, sizeof(*c));
	begin(&w, m);
	while ((r = next(&w, &h, &data, &len)) > 0) {
		if (h.cmsg_level != LX_IPPROTO_SCTP)
			continue;
		r = read_one(c, h.cmsg_type, data, len);
		if (r != 0)
			return r;
	}
	return r;
}

static int
read_dstaddr(int type, const char *data, size_t len, uint16_t port,
    struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *v4 = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (type == LX_CMSG_DSTADDRV4) {
		if (len < sizeof(v4->sin_addr))
			return -EINVAL;
		v4->sin_family = AF_INET;
		v4->sin_port = port;
		memcpy(&v4->sin_addr, data, sizeof(v4->sin_addr));
		return 0;
	}
	if (len < sizeof(v6->sin6_addr))
		return -EINVAL;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = port;
	memcpy(&v6->sin6_addr, data, sizeof(v6->sin6_addr));
	return 0;
}

int
ps_control_dstaddrs(const struct msghdr *m, uint16_t port,
    struct sockaddr_storage *addrs, size_t *n)
{
	struct cmsghdr h;
	const char *data;
	size_t len, k = 0;
	struct walk w;
	int r;

	begin(&w, m);
	while ((r = next(&w, &h, &data, &len)) > 0) {
		if (h.cmsg_level != LX_IPPROTO_SCTP ||
		    (h.cmsg_type != LX_CMSG_DSTADDRV4 &&
		    h.cmsg_type != LX_CMSG_DSTADDRV6))
			continue;
		if (k++ == PS_DSTADDRS_MAX)
			return -EINVAL;
		r = read_dstaddr(h.cmsg_type, data, len, port, &addrs[*n]);
		if (r != 0)
			return r;
		(*n)++;
	}
	return r;
}
