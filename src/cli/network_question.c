/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `strake network --from A --to B`: who is meant by a name, and the answer in words or as JSON.
 * Without one of the sides, everybody is asked for it.
 */
#include "cli/network_question.h"

#include "base/limits.h"
#include "network/assertion.h"
#include "report/style.h"
#include "text/json.h"
#include "text/utf8.h"
#include "base/banned.h"

struct question {
	const struct stk_net *net;
	struct stk_arena *arena;
	struct stk_net_parties from, to;
	uint16_t port;
	enum stk_net_protocol protocol;
	bool everybody; /* one side was left open: pairs that do not connect are left out */
	struct stk_buf *out;
	struct stk_json_writer *json;
	size_t answers;
};

static void everybody(struct question *q, struct stk_net_parties *out)
{
	static const int32_t outsiders[] = { STK_NET_FROM_INTERNET, STK_NET_FROM_LAN, STK_NET_FROM_HOST };
	for (size_t i = 0; i < STK_LEN(outsiders); i++)
		*STK_PUSH(q->arena, out) = outsiders[i];
	for (size_t i = 0; i < q->net->services.n; i++)
		*STK_PUSH(q->arena, out) = (int32_t)i;
}

static void path_text(struct question *q, const struct stk_net_path *path)
{
	for (size_t i = 0; i < path->n; i++) {
		stk_buf_add(q->out, i ? S(" -> ") : S(""));
		stk_utf8_printable(q->out, stk_net_party_name(q->net, path->v[i]));
	}
}

static void say_ways(struct question *q, const struct stk_net_routes *routes)
{
	for (size_t i = 0; i < routes->n; i++) {
		stk_buf_add(q->out, S("    "));
		STK_BUF text = stk_buf_new(STK_KIB(64));
		stk_net_route_text(&text, q->net, &routes->v[i]);
		stk_utf8_printable(q->out, stk_buf_str(&text));
		stk_buf_byte(q->out, '\n');
	}
}

static void say(struct question *q, int32_t from, int32_t to, const struct stk_net_routes *routes,
		const struct stk_net_path *path)
{
	stk_utf8_printable(q->out, stk_net_party_name(q->net, from));
	stk_buf_add(q->out, routes->n ? S(" reaches ") : S(" does not reach "));
	stk_utf8_printable(q->out, stk_net_party_name(q->net, to));
	if (q->port)
		stk_buf_printf(q->out, " on port %u/%s", q->port, stk_net_protocol_name(q->protocol));
	stk_buf_byte(q->out, '\n');
	say_ways(q, routes);
	if (!routes->n && path->n) {
		stk_buf_add(q->out, S("    but gets there through others: "));
		path_text(q, path);
		stk_buf_byte(q->out, '\n');
	}
}

static void write(struct question *q, int32_t from, int32_t to, const struct stk_net_routes *routes,
		  const struct stk_net_path *path)
{
	stk_json_begin_object(q->json);
	stk_json_put_str(q->json, "from", stk_net_party_name(q->net, from));
	stk_json_put_str(q->json, "to", stk_net_party_name(q->net, to));
	if (q->port)
		stk_json_put_int(q->json, "port", q->port);
	stk_json_put_bool(q->json, "reaches", routes->n > 0);
	stk_json_key(q->json, "ways");
	stk_json_begin_array(q->json);
	for (size_t i = 0; i < routes->n; i++) {
		STK_BUF text = stk_buf_new(STK_KIB(64));
		stk_net_route_text(&text, q->net, &routes->v[i]);
		stk_json_write_str(q->json, stk_buf_str(&text));
	}
	stk_json_end_array(q->json);
	stk_json_key(q->json, "path");
	stk_json_begin_array(q->json);
	for (size_t i = 0; i < path->n; i++)
		stk_json_write_str(q->json, stk_net_party_name(q->net, path->v[i]));
	stk_json_end_array(q->json);
	stk_json_end_object(q->json);
}

static void ask(struct question *q, int32_t from, int32_t to)
{
	STK_ARENA scratch = { 0 };
	struct stk_net_routes all = { 0 }, routes = { 0 };
	struct stk_net_path path = { 0 };
	if (from == to || (from < 0 && to < 0))
		return;
	stk_net_routes(q->net, &scratch, from, to, &all);
	for (size_t i = 0; i < all.n; i++)
		if (stk_net_route_carries(q->net, &all.v[i], to, q->port, q->protocol))
			*STK_PUSH(&scratch, &routes) = all.v[i];
	if (!routes.n && q->everybody)
		return;
	if (!q->everybody || routes.n)
		stk_net_shortest(q->net, &scratch, from, to, q->port, q->protocol, &path);
	q->answers++;
	if (q->json)
		write(q, from, to, &routes, &path);
	else
		say(q, from, to, &routes, &path);
}

static int read_question(struct question *q, const char *from, const char *to, struct stk_err *err)
{
	struct stk_str target = stk_str_from(to);
	if (!stk_net_port_parse(&target, &q->port, &q->protocol))
		return stk_fail(err, STK_EFORMAT, "--to: \"%s\" ends with no port from 1 to 65535", to);
	/* Asked about everybody, only ways are printed; asked about two, "does not reach" is an
	   answer as well. */
	q->everybody = !from || !to;
	if (from ? stk_net_parties_parse(q->net, q->arena, stk_str_from(from), &q->from, err) < 0 : false)
		return stk_within(err, "--from");
	if (to ? stk_net_parties_parse(q->net, q->arena, target, &q->to, err) < 0 : false)
		return stk_within(err, "--to");
	if (!from)
		everybody(q, &q->from);
	if (!to)
		everybody(q, &q->to);
	return 0;
}

int stk_network_answer(const struct stk_net *net, struct stk_arena *arena, const char *from, const char *to, bool json,
		       struct stk_buf *out, struct stk_err *err)
{
	struct stk_json_writer writer = stk_json_writer(out, 2);
	struct question q = { .net = net, .arena = arena, .out = out, .json = json ? &writer : NULL };
	if (read_question(&q, from, to, err) < 0)
		return -1;
	if (json)
		stk_json_begin_array(&writer);
	for (size_t f = 0; f < q.from.n; f++)
		for (size_t t = 0; t < q.to.n; t++)
			ask(&q, q.from.v[f], q.to.v[t]);
	if (json) {
		stk_json_end_array(&writer);
		stk_buf_byte(out, '\n');
	} else if (!q.answers) {
		stk_buf_add(out, S("no way\n"));
	}
	return 0;
}

void stk_network_print_changes(const struct stk_net *before, const struct stk_net *after,
			       const struct stk_net_numbers *touched, bool color, struct stk_buf *out)
{
	STK_ARENA scratch = { 0 };
	struct stk_net_differences list = { 0 };
	struct stk_render_options how = { .color = color, .width = 100 };
	stk_net_compare(before, after, touched, &scratch, &list);
	if (!list.n)
		stk_buf_add(out, S("Nothing opens, nothing closes.\n"));
	for (size_t i = 0; i < list.n; i++) {
		const struct stk_net_difference *d = &list.v[i];
		const struct stk_net *net = d->appears ? after : before;
		STK_BUF text = stk_buf_new(STK_KIB(64));
		stk_buf_printf(&text, "%c " STK_FMT " -> " STK_FMT ": ", d->appears ? '+' : '-',
			       STK_ARG(stk_net_party_name(net, d->from)), STK_ARG(stk_net_party_name(net, d->to)));
		stk_net_route_text(&text, net, &d->route);
		stk_style_text(out, &how, d->appears ? STK_STYLE_MEDIUM : STK_STYLE_GOOD, stk_buf_str(&text));
		stk_buf_byte(out, '\n');
	}
	stk_buf_byte(out, '\n');
}
