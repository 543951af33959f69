/* SPDX-License-Identifier: Apache-2.0 */
/* What the pictures have in common: see draw.h. */
#include "network/draw.h"

#include "base/banned.h"

void stk_net_picture_groups(const struct stk_net *net, struct stk_arena *arena, struct stk_net_groups *out)
{
	stk_net_group(net, arena, net->services.n <= STK_NET_PICTURE_SERVICES, out);
}

void stk_net_network_text(struct stk_buf *out, const struct stk_net_network *network)
{
	stk_buf_add(out,
		    stk_str_from(network->is_default			   ? "default bridge"
				 : network->driver == STK_NET_OTHER_DRIVER ? "other driver"
									   : stk_net_driver_name(network->driver)));
	stk_buf_add(out, stk_str_from(network->internal ? ", internal" : ""));
	stk_buf_add(out, stk_str_from(network->external ? ", external" : ""));
	stk_buf_add(out, stk_str_from(network->ipv6 ? ", IPv6" : ""));
	stk_buf_add(out, stk_str_from(network->no_icc ? ", icc off" : ""));
	if (network->gateway4 != STK_NET_NAT)
		stk_buf_printf(out, ", %s", stk_net_gateway_name(network->gateway4));
}

int stk_net_exposure(const struct stk_net *net, uint32_t service, const struct stk_net_port *port)
{
	if (stk_net_published_to(net, STK_NET_FROM_INTERNET, service, port))
		return 2;
	return stk_net_published_to(net, STK_NET_FROM_LAN, service, port);
}

void stk_net_mode_text(struct stk_buf *out, const struct stk_net *net, const struct stk_net_service *service)
{
	switch (service->mode) {
	case STK_NET_HOST:
		stk_buf_add(out, S("host network"));
		return;
	case STK_NET_NONE:
		stk_buf_add(out, S("no network"));
		return;
	case STK_NET_SHARED:
		stk_buf_printf(out, "network of " STK_FMT, STK_ARG(net->services.v[service->home].name));
		return;
	case STK_NET_FOREIGN:
		stk_buf_printf(out, "network of " STK_FMT, STK_ARG(service->shares_name));
		return;
	case STK_NET_ATTACHED:
		return;
	}
}
