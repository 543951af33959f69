/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "cli/network_engine.h"
#include "network/route.h"

static const char networks_reply[] =
	"[{\"Name\":\"bridge\",\"Driver\":\"bridge\",\"Options\":{\"com.docker.network.bridge.default_bridge\":"
	"\"true\","
	"\"com.docker.network.bridge.enable_icc\":\"false\",\"com.docker.network.bridge.host_binding_ipv4\":\"0.0.0."
	"0\"}},"
	"{\"Name\":\"host\",\"Driver\":\"host\"},{\"Name\":\"shop_back\",\"Driver\":\"bridge\",\"Internal\":true},"
	"{\"Name\":\"shop_front\",\"Driver\":\"bridge\"}]";

static const char *const container_replies[] = {
	"{\"Id\":\"aaaaaaaaaaaaaaaa\",\"Name\":\"/"
	"shop-web-1\",\"Config\":{\"Image\":\"nginx\",\"Hostname\":\"aaaaaaaaaaaa\","
	"\"Labels\":{\"com.docker.compose.service\":\"web\"},\"ExposedPorts\":{\"80/"
	"tcp\":{}}},\"HostConfig\":{\"NetworkMode\":\"shop_front\","
	"\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"\"}]}},\"NetworkSettings\":{\"Ports\":{\"80/"
	"tcp\":[{\"HostIp\":\"0.0.0.0\","
	"\"HostPort\":\"49153\"},{\"HostIp\":\"::\",\"HostPort\":\"49153\"}]},\"Networks\":{\"shop_front\":{"
	"\"Aliases\":[\"web\"]},"
	"\"shop_back\":{\"Aliases\":null}}}}",
	"{\"Id\":\"bbbbbbbbbbbbbbbb\",\"Name\":\"/"
	"shop-db-1\",\"Config\":{\"Image\":\"postgres\"},\"HostConfig\":{\"NetworkMode\":\"shop_back\"},"
	"\"NetworkSettings\":{\"Networks\":{\"shop_back\":{}}}}",
	"{\"Id\":\"cccccccccccccccc\",\"Name\":\"/helper\",\"Config\":{\"Image\":\"busybox\"},"
	"\"HostConfig\":{\"NetworkMode\":\"container:aaaaaaaaaaaaaaaa\"},\"NetworkSettings\":{\"Networks\":{}}}",
	"{\"Id\":\"dddddddddddddddd\",\"Name\":\"/"
	"stray\",\"Config\":{\"Image\":\"busybox\"},\"HostConfig\":{\"NetworkMode\":\"container:gone\"}}",
	"{\"Id\":\"eeeeeeeeeeeeeeee\",\"Name\":\"/linked\",\"Config\":{},\"HostConfig\":{\"NetworkMode\":\"default\","
	"\"Links\":[\"/old:/linked/database\"]},\"NetworkSettings\":{\"Networks\":{\"bridge\":{}}}}",
};

static struct stk_net read_replies(struct stk_arena *a)
{
	struct stk_json *networks, *container;
	const struct stk_json *containers[STK_LEN(container_replies)];
	struct stk_net net = { .arena = a, .engine = stk_net_engine_default(28, 0) };
	assert_int_equal(stk_json_parse(a, stk_str_from(networks_reply), &networks, NULL), 0);
	for (size_t i = 0; i < STK_LEN(container_replies); i++) {
		assert_int_equal(stk_json_parse(a, stk_str_from(container_replies[i]), &container, NULL), 0);
		containers[i] = container;
	}
	stk_network_from_replies(networks, containers, STK_LEN(containers), &net);
	return net;
}

CASE(containers_become_services)
{
	STK_ARENA a = { 0 };
	struct stk_net net = read_replies(&a);
	assert_int_equal(net.services.n, STK_LEN(container_replies));
	assert_str(net.services.v[0].name, "shop-web-1");
	assert_true(stk_strs_has(&net.services.v[0].names, S("web")));
	assert_int_equal(net.services.v[0].ports.n, 1);
	assert_int_equal(net.services.v[0].ports.v[0].host_first, 49153);
	assert_int_equal(net.services.v[2].mode, STK_NET_SHARED);
	assert_int_equal(net.services.v[2].home, 0);
	assert_int_equal(net.services.v[3].mode, STK_NET_FOREIGN);
	assert_str(net.services.v[4].links.v[0].alias, "database");
	assert_true(net.engine.no_icc);
	assert_int_equal(net.engine.default_ip.n, 0);
}

CASE(and_reach_each_other_as_the_engine_connects_them)
{
	STK_ARENA a = { 0 };
	struct stk_net net = read_replies(&a);
	struct stk_net_route route;
	assert_true(stk_net_connects(&net, 0, 1, 5432, STK_NET_TCP, &route));
	assert_true(stk_net_connects(&net, 2, 1, 5432, STK_NET_TCP, &route));
	assert_true(stk_net_connects(&net, STK_NET_FROM_INTERNET, 0, 80, STK_NET_TCP, &route));
	assert_false(stk_net_connects(&net, STK_NET_FROM_INTERNET, 1, 0, STK_NET_TCP, &route));
	assert_true(stk_net_connects(&net, 4, 0, 80, STK_NET_TCP, &route));
	assert_false(stk_net_connects(&net, 3, 1, 0, STK_NET_TCP, &route));
}
