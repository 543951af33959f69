/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/buf.h"
#include "network/change.h"
#include "network/draw.h"
#include "network/rules.h"
#include "network/sketch.h"
#include "text/json.h"

static const char shop[] = "net front\nnet back internal\n"
			   "svc web image=nginx:1 on=front publish=80:80\n"
			   "svc api image=team/api on=front on=back\n"
			   "svc db image=postgres:16 on=back\n"
			   "svc side image=busybox shares=api\n";

static struct stk_net model(struct stk_arena *a, const char *text)
{
	struct stk_net net = { .arena = a, .engine = stk_net_engine_default(28, 0) };
	sketch(&net, text);
	return net;
}

static int32_t service(const struct stk_net *net, const char *name)
{
	int32_t number = stk_net_service_find(net, stk_str_from(name));
	assert_true(number >= 0);
	return number;
}

static bool connects(const struct stk_net *net, int32_t from, int32_t to, uint16_t port)
{
	struct stk_net_route route;
	return stk_net_connects(net, from, to, port, STK_NET_TCP, &route);
}

CASE(engine_versions)
{
	struct stk_net_engine engine;
	assert_true(stk_net_engine_parse(S("20.10.24"), &engine));
	assert_int_equal(engine.major, 20);
	assert_int_equal(engine.minor, 10);
	assert_false(engine.ip6tables);
	assert_true(stk_net_engine_parse(S("28"), &engine));
	assert_true(engine.ip6tables);
	assert_false(stk_net_engine_parse(S("new"), &engine));
	assert_false(stk_net_engine_parse(S(""), &engine));
}

/* Measured on 20.10 and 28: the host's IPv6 address is another way to a port published on it. */
CASE(ports_of_the_hosts_ipv6_address_turn_round)
{
	STK_ARENA a = { 0 };
	struct stk_net net =
		model(&a, "net V ipv6\nnet W ipv6\nnet P\nsvc a on=V\nsvc b on=W publish=::/80:80\nsvc c on=P\n");
	int32_t to = service(&net, "b");
	const struct stk_net_port *port = &net.services.v[to].ports.v[0];
	assert_true(stk_net_hairpins(&net, (uint32_t)service(&net, "a"), (uint32_t)to, port));
	assert_false(stk_net_hairpins(&net, (uint32_t)service(&net, "c"), (uint32_t)to, port));
}

/* Measured on 20.10 and 28.5: what stands on one IPv6 address of the host is no port for those who have only IPv4. */
CASE(one_ipv6_address_of_the_host)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(&a, "net P\nnet Q\nnet V ipv6\nsvc lan6 on=P publish=fd77::1/80:80\n"
				       "svc own6 on=P publish=::1/81:80\nsvc all6 on=P publish=2001:db8::1/82:80\n"
				       "svc four on=Q\nsvc six on=V\n");
	int32_t lan6 = service(&net, "lan6"), own6 = service(&net, "own6"), all6 = service(&net, "all6");
	assert_false(connects(&net, service(&net, "four"), lan6, 80));
	assert_true(connects(&net, service(&net, "six"), lan6, 80));
	assert_true(connects(&net, STK_NET_FROM_LAN, lan6, 80));
	assert_false(connects(&net, STK_NET_FROM_INTERNET, lan6, 80));
	assert_true(connects(&net, STK_NET_FROM_INTERNET, all6, 80));
	assert_false(connects(&net, STK_NET_FROM_LAN, own6, 80));
	assert_false(connects(&net, service(&net, "six"), own6, 80));
	assert_true(connects(&net, STK_NET_FROM_HOST, own6, 80));
	net.engine.no_userland_proxy = true;
	assert_false(connects(&net, STK_NET_FROM_LAN, lan6, 80));
}

/* Measured: an overlay network's containers have an address on docker_gwbridge, which the host reaches, and before
 * engine 28 neighbours where a port is published, on 127.0.0.1 too. */
CASE(overlay_containers_stand_on_a_bridge_too)
{
	STK_ARENA a = { 0 };
	struct stk_net net =
		model(&a, "net O overlay\nnet I overlay internal\nsvc open on=O\n"
			  "svc local on=O publish=127.0.0.1/81:80\nsvc shut on=I\nnet B\nsvc other on=B\n");
	assert_true(connects(&net, STK_NET_FROM_HOST, service(&net, "open"), 9000));
	assert_false(connects(&net, STK_NET_FROM_HOST, service(&net, "shut"), 0));
	assert_false(connects(&net, service(&net, "other"), service(&net, "open"), 0));
	assert_false(connects(&net, STK_NET_FROM_LAN, service(&net, "local"), 80));
	net.engine = stk_net_engine_default(20, 10);
	assert_true(connects(&net, STK_NET_FROM_LAN, service(&net, "local"), 80));
	assert_false(connects(&net, STK_NET_FROM_LAN, service(&net, "local"), 81));
	assert_false(connects(&net, STK_NET_FROM_LAN, service(&net, "open"), 0));
}

/* The way on goes through one with IPv6, although one without was asked first. */
CASE(paths_over_ipv6_come_after_those_over_ipv4)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(&a, "net P\nnet Q\nnet V ipv6\nsvc begin on=P\nsvc four on=P publish=80:80\n"
				       "svc six on=P on=V\nsvc aim on=Q publish=fd77::1/81:80\n");
	struct stk_net_path path = { 0 };
	assert_true(stk_net_shortest(&net, &a, service(&net, "begin"), service(&net, "aim"), 80, STK_NET_TCP, &path));
	assert_int_equal(path.n, 3);
	assert_int_equal(path.v[1], service(&net, "six"));
}

CASE(one_step_and_many)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(&a, shop);
	int32_t web = service(&net, "web"), api = service(&net, "api"), db = service(&net, "db"),
		side = service(&net, "side");
	struct stk_net_path path = { 0 };
	assert_true(connects(&net, web, api, 0));
	assert_false(connects(&net, web, db, 0));
	assert_true(connects(&net, side, db, 5432));
	assert_true(connects(&net, side, api, 0));
	assert_true(connects(&net, STK_NET_FROM_INTERNET, web, 80));
	assert_false(connects(&net, STK_NET_FROM_INTERNET, web, 81));
	assert_false(connects(&net, STK_NET_FROM_INTERNET, api, 0));
	assert_true(connects(&net, STK_NET_FROM_HOST, db, 5432));
	assert_true(stk_net_shortest(&net, &a, STK_NET_FROM_INTERNET, db, 5432, STK_NET_TCP, &path));
	assert_int_equal(path.n, 4);
	assert_int_equal(path.v[1], web);
	assert_int_equal(path.v[2], api);
	assert_int_equal(path.v[3], db);
	path.n = 0;
	assert_false(stk_net_shortest(&net, &a, db, STK_NET_FROM_LAN, 0, STK_NET_TCP, &path) && path.n == 2);
}

CASE(ports_that_stand_on_one_side)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(
		&a, "net n\nnet m\nsvc local on=n publish=127.0.0.1/81:80\nsvc lan on=n publish=192.168.1.5/82:80\n"
		    "svc six on=n publish=::/83:80\nsvc other on=m\n");
	assert_false(connects(&net, STK_NET_FROM_LAN, service(&net, "local"), 0));
	assert_true(connects(&net, STK_NET_FROM_HOST, service(&net, "local"), 80));
	assert_true(connects(&net, STK_NET_FROM_LAN, service(&net, "lan"), 80));
	assert_false(connects(&net, STK_NET_FROM_INTERNET, service(&net, "lan"), 80));
	assert_true(connects(&net, STK_NET_FROM_INTERNET, service(&net, "six"), 80));
	assert_true(connects(&net, service(&net, "other"), service(&net, "lan"), 80));
	assert_false(connects(&net, service(&net, "other"), service(&net, "local"), 80));
}

static size_t breaches(const struct stk_net *net, const char *sentence)
{
	STK_ARENA a = { 0 };
	struct stk_err err;
	struct stk_net_assertion assertion;
	struct stk_net_breaches list = { 0 };
	if (stk_net_assertion_parse(net, &a, stk_str_from(sentence), &assertion, &err) < 0)
		fail_msg("%s: %s", sentence, err.msg);
	stk_net_assertion_check(net, &a, &assertion, &list);
	return list.n;
}

CASE(assertions)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(&a, shop);
	static const struct {
		const char *sentence;
		size_t breaches;
	} t[] = {
		{ "deny: web -> db", 0 },
		{ "deny: web -> api", 1 },
		{ "deny: web ->> db", 1 },
		{ "deny: internet -> *.back", 0 },
		{ "deny: internet -> *.front", 1 },
		{ "deny: internet -> web:443", 0 },
		{ "allow only: api, side -> db", 0 },
		{ "allow only: api -> db:5432", 1 },
		{ "allow only: lan -> web:80", 2 + 1 },
		{ "require: api -> db:5432", 0 },
		{ "require: web -> db", 1 },
		{ "deny: db -> internet", 0 },
		{ "deny: api -> metadata", 1 },
		{ "deny: * -> db", 2 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (breaches(&net, t[i].sentence) != t[i].breaches)
			fail_msg("%s: %zu", t[i].sentence, breaches(&net, t[i].sentence));
}

CASE(assertions_that_make_no_sense)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(&a, shop);
	static const struct {
		const char *sentence;
		enum stk_errc code;
	} t[] = {
		{ "forbid: web -> db", STK_EFORMAT },
		{ "deny: web db", STK_EFORMAT },
		{ "deny: web ->", STK_EFORMAT },
		{ "deny: web -> db:0", STK_EFORMAT },
		{ "deny: web -> dbx", STK_ENOTFOUND },
		{ "deny: web -> *.cellar", STK_ENOTFOUND },
		{ "", STK_EFORMAT },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_err err = { 0 };
		struct stk_net_assertion assertion;
		assert_int_equal(stk_net_assertion_parse(&net, &a, stk_str_from(t[i].sentence), &assertion, &err), -1);
		assert_int_equal(err.code, t[i].code);
		assert_true(err.hint[0]);
	}
}

CASE(changes_close_and_open)
{
	STK_ARENA a = { 0 };
	struct stk_err err;
	struct stk_net before = model(&a, shop), after = stk_net_copy(&before, &a);
	struct stk_net_numbers touched = { 0 };
	struct stk_net_differences list = { 0 };
	assert_int_equal(stk_net_change(&after, S("remove back from api"), &touched, &err), 0);
	assert_int_equal(stk_net_change(&after, S("publish db 127.0.0.1:5432:5432"), &touched, &err), 0);
	stk_net_compare(&before, &after, &touched, &a, &list);
	assert_false(connects(&after, service(&after, "api"), service(&after, "db"), 0));
	assert_true(connects(&before, service(&before, "api"), service(&before, "db"), 0));
	assert_int_equal(list.n, 4); /* api and side, both ways */
	for (size_t i = 0; i < list.n; i++)
		assert_false(list.v[i].appears);
	assert_int_equal(stk_net_change(&after, S("add db to front"), &touched, &err), 0);
	assert_true(connects(&after, service(&after, "web"), service(&after, "db"), 0));
	assert_int_equal(stk_net_change(&after, S("unpublish web"), &touched, &err), 0);
	assert_false(connects(&after, STK_NET_FROM_INTERNET, service(&after, "web"), 0));
	assert_int_equal(stk_net_change(&after, S("remove web"), &touched, &err), 0);
	assert_false(connects(&after, service(&after, "web"), service(&after, "db"), 0));
	assert_int_equal(stk_net_change(&after, S("turn web around"), &touched, &err), -1);
	assert_int_equal(stk_net_change(&after, S("add nowhere to web"), &touched, &err), -1);
}

static size_t fired(const char *text, const char *id, uint32_t major, uint32_t minor)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(&a, text);
	struct stk_report report = stk_report_new(&a);
	size_t n = 0;
	net.engine = stk_net_engine_default(major, minor);
	stk_net_prepare(&net);
	stk_net_judge(&net, &report, stk_report_target(&report, S("x"), "network"));
	for (size_t i = 0; i < report.findings.n; i++)
		n += stk_str_is(report.findings.v[i].id, id);
	return n;
}

CASE(rules_fire_where_they_should)
{
	static const struct {
		const char *text, *id;
		size_t n;
	} t[] = {
		{ "net n\nsvc db image=postgres on=n publish=5432:5432\n", "NET-001", 1 },
		{ "net n\nsvc db image=postgres on=n publish=127.0.0.1/5432:5432\n", "NET-001", 0 },
		{ "net n\nsvc db image=own/thing on=n publish=6379:6379\n", "NET-001", 1 },
		{ "net n\nsvc db image=registry:5000/team/mysql@sha256:0 on=n publish=1:1\n", "NET-001", 1 },
		{ "net n internal\nsvc db image=postgres on=n publish=5432:5432\n", "NET-001", 0 },
		{ "net n\nsvc ui image=adminer on=n publish=8080:8080\n", "NET-002", 1 },
		{ "net n\nsvc ui image=adminer on=n\n", "NET-002", 0 },
		{ "net n\nsvc w image=nginx on=n publish=80:80\nsvc a image=a on=n\nsvc d image=redis on=n\n",
		  "NET-003", 1 },
		{ "net n\nnet m\nsvc w image=nginx on=n publish=80:80\nsvc a image=a on=n on=m\nsvc d image=redis "
		  "on=m\n",
		  "NET-003", 0 },
		{ "net n\nnet m internal\nsvc w image=w on=n on=m publish=80:80\nsvc d image=redis on=m\n", "NET-004",
		  1 },
		{ "net n\nnet m internal\nsvc w image=w on=n publish=80:80\nsvc d image=redis on=m\n", "NET-004", 0 },
		{ "net n internal\nsvc a on=n publish=1:1\nsvc b mode=host publish=2:2\nsvc c mode=none publish=3:3\n",
		  "NET-005", 3 },
		{ "net n\nsvc a on=n publish=1:1\n", "NET-005", 0 },
		{ "net n\nsvc a on=n publish=127.0.0.1/1:1\n", "NET-006", 0 },
		{ "net n ipv6\nsvc a on=n\n", "NET-007", 0 },
		{ "net n macvlan\nsvc a on=n\n", "NET-008", 1 },
		{ "net n macvlan internal\nsvc a on=n\n", "NET-008", 0 },
		{ "net n\nsvc db on=n\nsvc x on=n+db\n", "NET-009", 1 },
		{ "net n\nnet m\nsvc db on=n\nsvc x on=m+db\n", "NET-009", 0 },
		{ "net n no-icc\nsvc a on=n publish=1:1\n", "NET-010", 1 },
		{ "net n no-icc\nsvc a on=n publish=127.0.0.1/1:1\n", "NET-010", 0 },
		{ "net n\nsvc d image=redis on=n\n", "NET-011", 1 },
		{ "net n internal\nsvc d image=redis on=n\n", "NET-011", 0 },
		{ "net n internal\nsvc d on=n\nsvc h mode=host\n", "NET-012", 1 },
		{ "net n internal gateway=isolated\nsvc d on=n\nsvc h mode=host\n", "NET-012", 0 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (fired(t[i].text, t[i].id, 28, 0) != t[i].n)
			fail_msg("%s %s: %zu", t[i].id, t[i].text, fired(t[i].text, t[i].id, 28, 0));
	assert_int_equal(fired("net n\nsvc a on=n publish=127.0.0.1/1:1\n", "NET-006", 20, 10), 1);
	assert_int_equal(fired("net n ipv6\nsvc a on=n\n", "NET-007", 26, 1), 1);
}

CASE(an_assertion_that_fails_shows_the_path)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(&a, shop);
	struct stk_report report = stk_report_new(&a);
	struct stk_net_place place = { S(".strake.yaml"), 7, 3 };
	stk_report_target(&report, S("x"), "network");
	stk_net_assert(&net, &report, 0, S("deny: internet ->> db"), &place);
	assert_int_equal(report.findings.n, 1);
	assert_str(report.findings.v[0].id, "NET-901");
	assert_int_equal(report.findings.v[0].location.line, 7);
	assert_int_equal(report.findings.v[0].evidence.n, 3);
	stk_net_assert(&net, &report, 0, S("deny: nobody -> db"), &place);
	assert_str(report.findings.v[1].id, "NET-902");
}

CASE(names_cannot_break_out_of_pictures)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(&a, "net \"><script>\nsvc \"]<b>\\ image=&x on=\"><script> publish=1:1\n");
	STK_BUF svg = stk_buf_new(1 << 20), dot = stk_buf_new(1 << 20), mermaid = stk_buf_new(1 << 20),
		json = stk_buf_new(1 << 20);
	struct stk_json *document;
	stk_net_draw_svg(&net, &svg);
	stk_net_draw_dot(&net, &dot);
	stk_net_draw_mermaid(&net, &mermaid);
	stk_net_draw_json(&net, NULL, &json);
	assert_false(stk_str_contains(stk_buf_str(&svg), S("<script>")));
	assert_true(stk_str_contains(stk_buf_str(&dot), S("\\\"]<b>\\\\")));
	assert_false(stk_str_contains(stk_buf_str(&mermaid), S("<script>")));
	assert_int_equal(stk_json_parse(&a, stk_buf_str(&json), &document, NULL), 0);
}

CASE(circles_of_shared_namespaces_end)
{
	STK_ARENA a = { 0 };
	struct stk_net net = model(&a, "net n\nsvc a on=n\nsvc b shares=a\nsvc c shares=b\n");
	struct stk_net_path path = { 0 };
	net.services.v[0].mode = STK_NET_SHARED;
	net.services.v[0].shares = 2;
	stk_net_prepare(&net);
	assert_int_equal(net.services.v[0].mode, STK_NET_FOREIGN);
	stk_net_shortest(&net, &a, 0, 2, 0, STK_NET_TCP, &path);
}

/* What a mistake in a change says: the name that was meant, or the names that there are. */
CASE(changes_that_make_no_sense)
{
	static const struct {
		const char *sentence, *message, *hint;
	} t[] = {
		{ "remove bak from api", "\"bak\" is no network here", "Did you mean \"back\"?" },
		{ "remove back from ap", "\"ap\" is no service here", "Did you mean \"api\"?" },
		{ "internal x", "\"x\" is no network here", "There are: front, back." },
		{ "unpublish web 81", "\"web\" publishes no port 81", "" },
		{ "unpublish db", "\"db\" publishes no port", "" },
		{ "publish web 99999:80", "\"99999:80\" is no [IP:]HOST:PORT[/PROTOCOL]", "" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA a = { 0 };
		struct stk_net net = model(&a, shop);
		struct stk_net_numbers touched = { 0 };
		struct stk_err err = { 0 };
		assert_int_equal(stk_net_change(&net, stk_str_from(t[i].sentence), &touched, &err), -1);
		assert_string_equal(err.msg, t[i].message);
		assert_string_equal(err.hint, t[i].hint);
	}
}

/* How bad an open data store is depends on who gets there and on whether it asks for a password. */
CASE(severity_by_who_gets_there)
{
	static const struct {
		const char *text;
		enum stk_severity severity;
	} t[] = {
		{ "net n\nsvc db image=postgres on=n publish=5432:5432\n", STK_SEV_HIGH },
		{ "net n\nsvc db image=postgres on=n publish=192.168.1.5/5432:5432\n", STK_SEV_MEDIUM },
		{ "net n\nsvc db image=redis on=n publish=6379:6379\n", STK_SEV_CRITICAL },
		{ "net n\nsvc db image=redis on=n publish=fd00::5/6379:6379\n", STK_SEV_HIGH },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA a = { 0 };
		struct stk_net net = model(&a, t[i].text);
		struct stk_report report = stk_report_new(&a);
		stk_report_target(&report, S("x"), "network");
		stk_net_judge(&net, &report, 0);
		for (size_t k = 0; k < report.findings.n; k++)
			if (stk_str_is(report.findings.v[k].id, "NET-001") &&
			    report.findings.v[k].severity != t[i].severity)
				fail_msg("%s: %s", t[i].text, stk_severity_name(report.findings.v[k].severity));
		assert_int_equal(fired(t[i].text, "NET-001", 28, 0), 1);
	}
}

/* Two names that begin alike stay apart where they are cut, and the widest row has its room. */
CASE(cards_keep_the_ends_of_names)
{
	STK_ARENA a = { 0 };
	struct stk_net net =
		model(&a, "net n no-icc\n"
			  "svc a-project-with-a-long-name-and-a-service-called-frontend-1 on=n publish=80:80\n"
			  "svc a-project-with-a-long-name-and-a-service-called-backend-1 on=n\n");
	STK_BUF svg = stk_buf_new(1 << 20);
	stk_net_draw_svg(&net, &svg);
	assert_true(stk_str_contains(stk_buf_str(&svg), S("frontend-1</text>")));
	assert_true(stk_str_contains(stk_buf_str(&svg), S("backend-1</text>")));
	assert_true(stk_str_contains(stk_buf_str(&svg), S("…")));
	assert_true(stk_str_contains(stk_buf_str(&svg), S("Reached from the internet: a-project")));
	assert_true(stk_str_contains(stk_buf_str(&svg), S("only published ports are reached")));
	assert_true(stk_str_contains(stk_buf_str(&svg), S("2 services on 1 network<")));
}
