/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdicts measured on real engines, where they stand beside the checkout: ../shared/cases/network_truth.json. The
 * laboratory they were measured in is rebuilt here; rows[] says for each probe, known by the hash of its name, what it
 * was aimed at.
 */
#include "test.h"

#include "network/reach.h"
#include "network/sketch.h"
#include "text/json.h"
#include "io/file.h"
#include "base/limits.h"

static const char laboratory[] =
	"net A\nnet B\nnet I internal\nnet bridge default\nnet N no-icc\nnet C\nnet Q\nnet V ipv6\nnet W ipv6\nnet M "
	"macvlan\n"
	"net MI macvlan internal\nnet U gateway=nat-unprotected\nnet R gateway=routed\nnet X internal "
	"gateway=isolated\n"
	"net K no-masquerade\nnet HB binding=127.0.0.1\nnet O overlay\nnet O2 overlay\nnet O4 overlay internal\n"
	"net docker_gwbridge no-icc\n"
	"svc a1 on=A expose=80 expose=8888\nsvc a2 on=A+alias-a2\nsvc ab on=A on=B\nsvc pv on=A on=B\nsvc e1 on=A\nsvc "
	"up on=A publish=8096:80\n"
	"svc b1 on=B publish=8080:80\nsvc b2 on=B publish=127.0.0.1/8081:80\nsvc b3 on=B publish=10.77.0.1/8082:80\n"
	"svc b4 on=B publish=0.0.0.0/8083:80\nsvc b5 on=B publish=::/8084:80\nsvc b6 on=B publish=32773:80\nsvc b7 "
	"on=B\n"
	"svc d1 on=bridge expose=80\nsvc d2 on=bridge\nsvc d3 on=bridge link=d1:link-d1\nsvc d5 on=bridge "
	"link=d2:link-d2\n"
	"svc dp on=bridge publish=8095:80\n"
	"svc i1 on=I\nsvc i2 on=I\nsvc i3 on=I publish=8090:80\nsvc ib on=B on=I publish=8091:80\n"
	"svc n1 on=N\nsvc n2 on=N publish=8092:80\nsvc h1 mode=host\nsvc hp mode=host publish=8094:80\nsvc z1 "
	"mode=none expose=80\n"
	"svc s1 shares=a1\nsvc hb on=HB publish=8093:80\n"
	"svc c1 on=C\nsvc c2 on=C+alias-c2 publish=8070:80/udp\nsvc c4 on=C link=c2:link-c2\nsvc c5 on=C "
	"publish=8072:80\nsvc q1 on=Q\n"
	"svc v1 on=V\nsvc v2 on=V\nsvc w1 on=W publish=8060:80\nsvc w2 on=W\nsvc w3 on=W publish=127.0.0.1/8061:80\n"
	"svc m1 on=M\nsvc m2 on=M\nsvc mp on=M publish=8071:80\nsvc cm on=C on=M\nsvc mi on=MI\n"
	"svc u1 on=U publish=8073:80\nsvc r1 on=R publish=8074:80\nsvc x1 on=X\nsvc x2 on=X\nsvc k1 on=K\nsvc k2 on=K "
	"publish=8097:80\n"
	"svc o1 on=O on=docker_gwbridge\nsvc o2 on=O on=docker_gwbridge\nsvc op on=O publish=8077:80\nsvc o3 "
	"on=O2\nsvc o4 on=O4\nsvc o5 on=O4\n"
	"listen all 0.0.0.0 7000\nlisten local 127.0.0.1 7001\n";

/* n: a name; a: and 6: SERVICE@NETWORK; g own gateway, g: of a network, d docker0, h and h6 the host, l and l6
   loopback, L the host's loopback over the wire, N neighbour, I and I6 internet, M metadata. Conditions: F INPUT drops,
   U DOCKER-USER drops, R return route. */
static const struct {
	uint64_t probe;
	const char *target, *conditions;
} rows[] = {
	{ 0xbc418681cfd5704d, "n:a2", "" },
	{ 0x3fad6fe653cbea6f, "a:a2@A", "" },
	{ 0x15a024a798b59ce6, "a:a2@A", "" },
	{ 0x080b5db95da51cfa, "n:alias-a2", "" },
	{ 0x6845f6e78c0881e3, "a:a2@A", "" },
	{ 0x36cc0bdd2059039a, "a:a2@A", "" },
	{ 0x07f18e711fae314a, "a:b7@B", "" },
	{ 0xca5bddd3c15dd605, "a:b1@B", "" },
	{ 0xa35e0e455abe6978, "n:b7", "" },
	{ 0x3c62cd206feaec2c, "a:b7@B", "" },
	{ 0x4321377b52857bf0, "a:d1@bridge", "" },
	{ 0xf749a069b947e8ae, "a:a1@A", "" },
	{ 0x365db14cead1dd87, "a:b7@B", "" },
	{ 0x365a274ceacebd32, "a:a1@A", "" },
	{ 0x358ed08bcf3abaae, "a:ab@A", "" },
	{ 0x737c06e054bd4be0, "a:ab@B", "" },
	{ 0x82c3c45b346f79d4, "g", "" },
	{ 0x5d53a661ef087d3f, "g:B", "" },
	{ 0x58baae4aef9fa7d2, "d", "" },
	{ 0xaacfb81a9d57409b, "h", "" },
	{ 0x31ddbc191a700cc8, "g", "" },
	{ 0x6e4d59a3fff4dc77, "h", "" },
	{ 0xc960a483fb645020, "l", "" },
	{ 0xdbb47371309a845f, "h", "" },
	{ 0xf1e77f4195f75fbc, "g", "" },
	{ 0xf1d2a9b118d56aad, "g", "" },
	{ 0x812c57db9564723f, "g", "" },
	{ 0x7bc6df60c306eadd, "g", "" },
	{ 0xd5c738c44b06c95e, "d", "" },
	{ 0x5f9deeb912406452, "g", "" },
	{ 0xbdd0630a91213e85, "n:i2", "" },
	{ 0x9943841e22c7a459, "I", "" },
	{ 0x5653cb7436e9fb13, "M", "" },
	{ 0xc9b2e5a6d42786f8, "a:b7@B", "" },
	{ 0x06b0b98f64484c14, "g", "" },
	{ 0x1cfdf5f2a89c0aec, "h", "" },
	{ 0xd2cd062d55866f44, "g", "" },
	{ 0xfa41669673a4ad79, "h", "" },
	{ 0x0e9d7178d225f218, "g", "" },
	{ 0x104d794b5e05c77f, "a:i1@I", "" },
	{ 0xfed3b4b67ec5fd2a, "a:i1@I", "" },
	{ 0x48eb13f3d1c8329f, "a:i1@I", "" },
	{ 0x1da5b3277f82cf3f, "a:i1@I", "" },
	{ 0x8346d17444073ae9, "I", "" },
	{ 0x9fcb6bd7b6aca71d, "a:ib@I", "" },
	{ 0x8f7f13aea08f5fe5, "l", "" },
	{ 0x78823c017d1507c0, "h", "" },
	{ 0x7ad60191d30a5265, "l", "" },
	{ 0x8fe2873c62782a72, "h", "" },
	{ 0x84a29ceffa7c4f6a, "g", "" },
	{ 0x1d960444b7ad9f7f, "g", "" },
	{ 0xf7c0e28b5b9dbc1d, "a:n2@N", "" },
	{ 0x524dbebcb7e70a87, "n:n2", "" },
	{ 0x2a5519b89478f1f9, "a:n2@N", "" },
	{ 0x9819512ed19056fd, "a:n2@N", "" },
	{ 0x2e60eea4b9b3f846, "g", "" },
	{ 0xd7b14bfdb21ceb0e, "I", "" },
	{ 0x5556ea94cc128bef, "h", "" },
	{ 0x368b2c8914a932c7, "a:d1@bridge", "" },
	{ 0x07e17f5660c1bb55, "n:d1", "" },
	{ 0x92e662233dfb868b, "n:link-d1", "" },
	{ 0xff84fd13d3da203c, "n:d1", "" },
	{ 0xc06ed238013a6a6e, "l", "" },
	{ 0xc7ef3067309484f9, "h", "" },
	{ 0xff25f1226441a2cc, "l6", "" },
	{ 0x6948d59a196c30d8, "l", "" },
	{ 0x77108beb98b8df4f, "h", "" },
	{ 0x743e30a346b902a2, "l6", "" },
	{ 0xa36876bac24994a9, "l", "" },
	{ 0x7ae6d9acc3b89e0c, "h", "" },
	{ 0x66f11f03a683533f, "l6", "" },
	{ 0x673c4d7813521c1b, "l", "" },
	{ 0x2a2e91ad84e3f160, "h", "" },
	{ 0x98e3151fa2f9f865, "l6", "" },
	{ 0xb9b9644ea204759d, "l", "" },
	{ 0x88d66939a59aa8fc, "h", "" },
	{ 0xae98302760b1769b, "l6", "" },
	{ 0xfcc94097ad313576, "l", "" },
	{ 0xa758cfe386951b9f, "h", "" },
	{ 0xd8421026bc4716ec, "l6", "" },
	{ 0xb87ec2985515f673, "l", "" },
	{ 0x9fd9d3597cfe93fc, "h", "" },
	{ 0x97f378dc99965da1, "l6", "" },
	{ 0xb9a0fad74afb244c, "a:b7@B", "" },
	{ 0x645ae3fab8aec49e, "a:b7@B", "" },
	{ 0xcfe0aeb24166f08c, "h", "" },
	{ 0x3dd592e9c36d185e, "h", "" },
	{ 0xff33391bd140e1d1, "h", "" },
	{ 0x23ef5e94ed5060a9, "h", "" },
	{ 0x6c297a19156d40c9, "h", "" },
	{ 0x94299f0aa0d66822, "h", "" },
	{ 0x51d8e0cbe1195459, "h", "" },
	{ 0x37dd1f54ec058c96, "h", "" },
	{ 0x04b2253dbba0171a, "h", "" },
	{ 0x37e4c3f5b68f3fe0, "h", "" },
	{ 0xcce5337d72be9469, "h6", "" },
	{ 0x53f8485e5d027034, "h6", "" },
	{ 0xd2897334d36a8576, "h6", "" },
	{ 0x6e1aba9a07e8a3cb, "h6", "" },
	{ 0x30b1a4b8e4728a1d, "a:b1@B", "" },
	{ 0x6145e06ba5ae35c7, "a:b1@B", "" },
	{ 0xce087c148886cb07, "a:b2@B", "" },
	{ 0xdd6c639f5ebbfa23, "a:b7@B", "" },
	{ 0x2cc39ec38af974b1, "a:i1@I", "" },
	{ 0x5a33f61899aa1e75, "a:i3@I", "" },
	{ 0x622eb2dc9247f719, "a:hb@HB", "" },
	{ 0x0c62f74fc2a82956, "a:d1@bridge", "" },
	{ 0x4f6e90d9875e8742, "a:b7@B", "" },
	{ 0x5580f44efaa2a10d, "L", "" },
	{ 0x72e566d66865b71f, "L", "" },
	{ 0x3d13dd63b3494951, "I", "" },
	{ 0x019ceecf4e2627f1, "M", "" },
	{ 0x26416b4008e1b1c4, "M", "" },
	{ 0x2cd7bc38aff65aa8, "M", "" },
	{ 0xef675fcfa67b42cc, "l", "" },
	{ 0x0b0b35580f912eee, "N", "" },
	{ 0xea424c4594f0c26c, "g", "" },
	{ 0xd06d178a9844f2cb, "g", "" },
	{ 0x5ff72b3fd77ce670, "h", "" },
	{ 0xb590825f18e31145, "g:B", "" },
	{ 0x626f4ff74a328e9f, "d", "" },
	{ 0x99a6332be66671b4, "d", "" },
	{ 0x9526f83272592e06, "d", "" },
	{ 0xd336922eb7b8dba7, "a:a1@A", "" },
	{ 0xcf81d556f5f9bee5, "a:i1@I", "" },
	{ 0xbad3fec8848d3b15, "l", "" },
	{ 0x23e1f2e7d567c829, "n:a1", "" },
	{ 0xf627f702b7741636, "l", "" },
	{ 0xa505b60331587024, "l", "" },
	{ 0xb43a4d9fea515f8a, "n:a1", "" },
	{ 0xe88aac3185b5a753, "n:s1", "" },
	{ 0x9b278ed0eca511c3, "n:a2", "" },
	{ 0x4c8ff5e9d45e89ae, "h", "F" },
	{ 0x0dbdda3b7011c391, "h6", "F" },
	{ 0x625588d03a80c823, "h", "F" },
	{ 0x58cd3fd8b95f6ade, "g", "F" },
	{ 0x3cf6899a16049c70, "g", "F" },
	{ 0xdf6fdd6b53b4d705, "n:a2", "F" },
	{ 0xc124dc7800f27e1a, "g", "F" },
	{ 0xf1083a0c0dbd2e0f, "h", "FU" },
	{ 0xd0f93b48b76534cb, "6:v2@V", "" },
	{ 0xafc91242389b90ae, "6:w2@W", "" },
	{ 0xe5d86cdd1d369672, "6:w1@W", "" },
	{ 0x7303e52f489052b5, "6:w1@W", "" },
	{ 0x21e3bc547b224034, "h6", "" },
	{ 0x2ed6d1a4563c4cfa, "l6", "" },
	{ 0x65146024735a7884, "6:w1@W", "" },
	{ 0x1dc006f1b8a46d3e, "6:w1@W", "" },
	{ 0x48763ad8b0dc403e, "6:w2@W", "" },
	{ 0xd70cf6e952ec3379, "6:w3@W", "" },
	{ 0x132df99487f8b15b, "I6", "" },
	{ 0x8e5c039459b82cc6, "h6", "" },
	{ 0x488a718c49777e52, "n:alias-c2", "" },
	{ 0xcdb6724a6e5e276e, "n:link-c2", "" },
	{ 0x26cfbf74c2325ec2, "n:link-c2", "" },
	{ 0x12490d17335bde45, "h", "" },
	{ 0xf781c548c72ca489, "h", "" },
	{ 0xddc0374f33660f54, "g", "" },
	{ 0x8973c1e9e5818340, "g", "" },
	{ 0xf55c2b0d9134dfcd, "a:m1@M", "" },
	{ 0x774661598698a310, "h", "" },
	{ 0xccbfc522da22551d, "a:m1@M", "" },
	{ 0x075bb7d4fcd4f510, "n:m2", "" },
	{ 0x657ad49ff32e4af5, "N", "" },
	{ 0xf0eb213db90b7d65, "h", "" },
	{ 0x75d995e4fcaaae9d, "I", "" },
	{ 0x8c0e9889f0e3681f, "M", "" },
	{ 0x7ff1bff404cad20e, "a:m1@M", "" },
	{ 0xb4213a265b9b109d, "a:c1@C", "" },
	{ 0xc763c8aa8ffc4c4e, "a:cm@M", "" },
	{ 0x7854bf175d2aa608, "a:m1@M", "FU" },
	{ 0x7e98df1310d4cc0d, "N", "" },
	{ 0x7a70c838a5955a69, "a:u1@U", "" },
	{ 0xc02e8d4d1bd53ea8, "a:u1@U", "" },
	{ 0x863c738f46440aee, "a:u1@U", "" },
	{ 0xfbe55c0f20f9c7f3, "a:r1@R", "" },
	{ 0xec8e2881acbae2e6, "a:r1@R", "" },
	{ 0x022a8fa4302dab1e, "h", "" },
	{ 0xa93c191ee710a8f2, "a:r1@R", "" },
	{ 0x2ea68f59d307d83b, "a:r1@R", "" },
	{ 0x2e9512c0f87deeac, "a:r1@R", "" },
	{ 0x245f44136424f4e5, "a:x2@X", "" },
	{ 0xa2fc1064411b1ba8, "g", "" },
	{ 0x0204b4b3d3b8d3e1, "a:x1@X", "" },
	{ 0xc89f8656cd9eb7d7, "a:b1@B", "" },
	{ 0x2f9f2b58c12c3df5, "a:b2@B", "" },
	{ 0x3bac60613ff419bc, "n:o2", "" },
	{ 0x51581949b81218bc, "a:o3@O2", "" },
	{ 0xdf4a5f4ec8339bbd, "I", "" },
	{ 0x96a12d01deb9b8bf, "M", "" },
	{ 0x0b1cedd3f96a2e25, "h", "" },
	{ 0x535c1ea47e9940a8, "I", "" },
	{ 0x288efcadb138d8dd, "n:o5", "" },
	{ 0xf54318f4c618a0cb, "a:o1@O", "" },
	{ 0xb0dca868ce6535c9, "a:o2@docker_gwbridge", "" },
	{ 0x29cda2f9d8afd793, "a:o1@docker_gwbridge", "" },
	{ 0x2ad12385009810a2, "g", "" },
	{ 0x944866869bbf02e5, "g", "" },
	{ 0xdf0279459000cfe3, "a:d1@bridge", "" },
	{ 0x31c4743ac2d0a947, "n:d1", "" },
	{ 0x8558b2714e1ba279, "n:d1", "" },
	{ 0x6674d45c26f57d60, "n:link-d2", "" },
	{ 0xf94962633e7fb7fc, "a:d3@bridge", "" },
	{ 0x6df67b474ba1ed98, "a:a2@A", "" },
	{ 0xedb53e8426fc29e5, "h", "" },
	{ 0x3924e75611ccf193, "l", "" },
	{ 0xe800e78c607b4390, "h", "" },
	{ 0xe2851d5cf659e333, "l", "" },
	{ 0x89c1c4b0096a7521, "I", "" },
	{ 0x9644be7a4800b571, "I", "R" },
	{ 0x1996313c1d89468f, "h", "" },
	{ 0xba7657d35384ca81, "a:b7@B", "" },
	{ 0xf1f0c2c99c5fbdc3, "a:b7@B", "" },
	{ 0xf74f861a96b24860, "I", "" },
	{ 0x9be5de9d56ef8095, "h", "" },
};

static struct stk_net_target parse_target(const struct stk_net *net, const char *text)
{
	static const struct {
		const char *text;
		enum stk_net_target_kind kind;
	} words[] = {
		{ "g", STK_NET_TO_OWN_GATEWAY },   { "d", STK_NET_TO_DOCKER0 },	  { "h", STK_NET_TO_HOST },
		{ "h6", STK_NET_TO_HOST6 },	   { "l", STK_NET_TO_LOOPBACK },  { "l6", STK_NET_TO_LOOPBACK6 },
		{ "L", STK_NET_TO_HOST_LOOPBACK }, { "N", STK_NET_TO_NEIGHBOUR }, { "I", STK_NET_TO_INTERNET },
		{ "I6", STK_NET_TO_INTERNET6 },	   { "M", STK_NET_TO_METADATA },
	};
	struct stk_str rest = stk_str_from(text), kind = stk_str_cut(&rest, ':'), service;
	for (size_t i = 0; i < STK_LEN(words) && !rest.n; i++)
		if (stk_str_is(kind, words[i].text))
			return (struct stk_net_target){ .kind = words[i].kind };
	if (stk_str_is(kind, "n"))
		return (struct stk_net_target){ .kind = STK_NET_TO_NAME, .name = rest };
	if (stk_str_is(kind, "g"))
		return (struct stk_net_target){ .kind = STK_NET_TO_GATEWAY };
	service = stk_str_cut(&rest, '@');
	for (uint32_t i = 0; i < net->networks.n; i++)
		if (stk_str_eq(net->networks.v[i].name, rest))
			return (struct stk_net_target){ .kind = kind.p[0] == '6' ? STK_NET_TO_ADDRESS6
										 : STK_NET_TO_ADDRESS,
							.network = i,
							.service = (uint32_t)stk_net_service_find(net, service) };
	fail_msg("unknown target %s", text);
	return (struct stk_net_target){ 0 };
}

/* "28.5.2/DROP/noproxy" */
static struct stk_net_engine parse_engine(struct stk_str text, const char *conditions)
{
	struct stk_net_engine engine;
	assert_true(stk_net_engine_parse(stk_str_cut(&text, '/'), &engine));
	engine.forward_accept = stk_str_is(stk_str_cut(&text, '/'), "ACCEPT");
	engine.no_userland_proxy = stk_str_is(text, "noproxy");
	if (stk_str_starts(text, S("icc=false"))) {
		engine.no_icc = true;
		engine.default_ip = S("127.0.0.1");
	}
	engine.input_drop = strchr(conditions, 'F') != NULL;
	engine.docker_user_drop = strchr(conditions, 'U') != NULL;
	engine.return_route = strchr(conditions, 'R') != NULL;
	return engine;
}

static size_t row_of(struct stk_arena *a, const struct stk_json *probe)
{
	struct stk_str group = stk_json_str(probe, "group"), name = stk_json_str(probe, "probe");
	uint64_t hash = stk_str_hash(stk_arena_printf(a, STK_FMT "|" STK_FMT, STK_ARG(group), STK_ARG(name)));
	for (size_t i = 0; i < STK_LEN(rows); i++)
		if (rows[i].probe == hash)
			return i;
	return SIZE_MAX;
}

static int32_t asker(const struct stk_net *net, struct stk_str name)
{
	return stk_str_is(name, "host")	 ? STK_NET_FROM_HOST
	       : stk_str_is(name, "lan") ? STK_NET_FROM_LAN
					 : stk_net_service_find(net, name);
}

static size_t check_probe(struct stk_arena *a, struct stk_net *net, const struct stk_json *probe, size_t *wrong)
{
	size_t row = row_of(a, probe);
	enum stk_net_protocol protocol;
	const struct stk_json *verdicts = stk_json_list(probe, "reach");
	if (row == SIZE_MAX)
		return 0;
	struct stk_net_target target = parse_target(net, rows[row].target);
	assert_true(stk_net_protocol_parse(stk_json_str(probe, "proto"), &protocol));
	for (size_t i = 0; i < verdicts->n; i++) {
		net->engine = parse_engine(verdicts->items[i].key, rows[row].conditions);
		/* A port that the engine chose is a text there. */
		uint64_t number = (uint64_t)stk_json_int(probe, "port");
		stk_str_u64(stk_json_str(probe, "port"), 10, &number);
		bool got = stk_net_reaches(net, asker(net, stk_json_str(probe, "src")), &target, (uint16_t)number,
					   protocol);
		if (got == (verdicts->items[i].type == STK_JSON_TRUE))
			continue;
		++*wrong;
		print_error(STK_FMT " " STK_FMT ": not %d\n", STK_ARG(verdicts->items[i].key),
			    STK_ARG(stk_json_str(probe, "probe")), got);
	}
	return verdicts->n;
}

CASE(agrees_with_what_was_measured)
{
	STK_ARENA a = { 0 };
	struct stk_err err;
	struct stk_str text;
	struct stk_json *document;
	const char *path = test_shared("cases/network_truth.json");
	if (!path) {
		test_skip("../shared/cases is not beside this checkout");
		return;
	}
	assert_int_equal(stk_file_read(&a, path, STK_MIB(16), &text, &err), 0);
	assert_int_equal(stk_json_parse(&a, text, &document, &err), 0);
	struct stk_net net = { .arena = &a };
	sketch(&net, laboratory);
	const struct stk_json *probes = stk_json_list(document, "probes");
	size_t checked = 0, wrong = 0;
	for (size_t i = 0; i < probes->n; i++)
		checked += check_probe(&a, &net, &probes->items[i], &wrong);
	print_message("%zu verdicts checked, %zu differ\n", checked, wrong);
	assert_true(checked >= 500);
	assert_int_equal(wrong, 0);
}
