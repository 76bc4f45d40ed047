/* bindx: addresses of a socket that is open.  Layer 5. */

#include <errno.h>
#include <stdlib.h>

#include <gsctp/gsctp.h>

#include "endpoint.h"
#include "endpoint_addr.h"
#include "engine.h"
#include "stack.h"
#include "stack_ports.h"

/* One address as the endpoint has its own. */
static int
take_addr(const struct gs_endpoint *ep, const struct sockaddr_storage *in,
    union gs_addr *out)
{
	int err;

	err = gs_addr_from(out, (const struct sockaddr *)in, sizeof(*in));
	if (err != 0)
		return err;
	gs_addr_unmap(out);
	if (gs_addr_is_any(out))
		return -EINVAL;
	if (gs_addr_port(out) != 0 && gs_addr_port(out) != ep->port)
		return -EINVAL;
	if (out->sa.sa_family == AF_INET6 && !ep->v6)
		return -EAFNOSUPPORT;
	if (out->sa.sa_family == AF_INET && ep->v6 && ep->opts.v6only)
		return -EAFNOSUPPORT;
	gs_addr_set_port(out, 0);
	return 0;
}

int
gsctp_bindx(gsctp_sock s, const struct sockaddr_storage *addrs, size_t n,
    int op)
{
	struct gs_endpoint *ep;
	struct gs_ports *ports = NULL;
	union gs_addr *list;
	size_t i;
	int err;

	if (addrs == NULL || n == 0 ||
	    (op != GSCTP_BINDX_ADD && op != GSCTP_BINDX_REM))
		return -EINVAL;
	list = calloc(n, sizeof(*list));
	if (list == NULL)
		return -ENOMEM;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		goto free_list;
	for (i = 0; err == 0 && i < n; i++)
		err = take_addr(ep, &addrs[i], &list[i]);
	if (err == 0)
		err = gs_endpoint_bindx(ep, list, n, op == GSCTP_BINDX_ADD);
	if (err == 0 && gs_ports_lists(ep))
		ports = gs_ports_look_locked();
	gs_leave();
	gs_ports_tell(ports);

free_list:
	free(list);
	return err;
}
