/*
 * face_name: addresses, associations and options, by libc's names.
 */

#include <sys/socket.h>

#include "face.h"
#include "psock.h"
#include "real.h"
#include "table.h"

PS_FACE int
bind(int fd, const struct sockaddr *a, socklen_t len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->bind(fd, a, len);
	return (int)ps_done(p, ps_bind(p, a, len));
}

PS_FACE int
connect(int fd, const struct sockaddr *a, socklen_t len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->connect(fd, a, len);
	return (int)ps_done(p, ps_connect(p, a, len));
}

PS_FACE int
listen(int fd, int backlog)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->listen(fd, backlog);
	return (int)ps_done(p, ps_listen(p, backlog));
}

PS_FACE int
accept4(int fd, struct sockaddr *a, socklen_t *len, int flags)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->accept4(fd, a, len, flags);
	return (int)ps_done(p, ps_accept4(p, a, len, flags));
}

PS_FACE int
accept(int fd, struct sockaddr *a, socklen_t *len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->accept(fd, a, len);
	return (int)ps_done(p, ps_accept4(p, a, len, 0));
}

PS_FACE int
shutdown(int fd, int how)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->shutdown(fd, how);
	return (int)ps_done(p, ps_shutdown(p, how));
}

PS_FACE int
getsockname(int fd, struct sockaddr *a, socklen_t *len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->getsockname(fd, a, len);
	return (int)ps_done(p, ps_getsockname(p, a, len));
}

PS_FACE int
getpeername(int fd, struct sockaddr *a, socklen_t *len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->getpeername(fd, a, len);
	return (int)ps_done(p, ps_getpeername(p, a, len));
}

PS_FACE int
setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->setsockopt(fd, level, name, value, len);
	return (int)ps_done(p, ps_setsockopt(p, level, name, value, len));
}

PS_FACE int
getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	struct psock *p = ps_get_fd(fd);

	if (p == NULL)
		return ps_real()->getsockopt(fd, level, name, value, len);
	return (int)ps_done(p, ps_getsockopt(p, level, name, value, len));
}
