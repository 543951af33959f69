/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences of segmentation: see assertion.h. A sentence is read from the outside in: the verb
 * before the colon, the arrow, then both sides, of which only the right one may name a port.
 */
#include "network/assertion.h"

#include <stdlib.h>

#include "text/glob.h"
#include "text/nearest.h"
#include "base/banned.h"

static const struct {
	const char *name;
	int32_t party;
} special[] = {
	{ "internet", STK_NET_FROM_INTERNET }, { "outside", STK_NET_FROM_INTERNET },	  { "lan", STK_NET_FROM_LAN },
	{ "host", STK_NET_FROM_HOST },	       { "metadata", STK_NET_TO_METADATA_PARTY },
};

/* "api.backend": the services whose name and one of whose networks match. */
static bool on_named_network(const struct stk_net *net, const struct stk_net_service *service, struct stk_str text)
{
	size_t dot = stk_str_rfind_byte(text, '.');
	if (dot == SIZE_MAX || !stk_glob_match(stk_str_slice(text, 0, dot), service->name))
		return false;
	struct stk_str wanted = stk_str_slice(text, dot + 1, text.n);
	for (size_t i = 0; i < service->endpoints.n; i++) {
		const struct stk_net_network *network = &net->networks.v[service->endpoints.v[i].network];
		if (stk_glob_match(wanted, network->label) || stk_glob_match(wanted, network->name))
			return true;
	}
	return false;
}

static int unknown_party(const struct stk_net *net, struct stk_arena *arena, struct stk_str text, struct stk_err *err)
{
	struct stk_strs names = { 0 };
	for (size_t i = 0; i < net->services.n; i++)
		*STK_PUSH(arena, &names) = net->services.v[i].name;
	struct stk_str best = stk_nearest(text, &names);
	stk_fail(err, STK_ENOTFOUND, "\"" STK_FMT "\" names no service", STK_ARG(text));
	return best.n ? stk_hint(err, "Did you mean \"" STK_FMT "\"?", STK_ARG(best))
		      : stk_hint(err, "Parties are services, SERVICE.NETWORK, internet, lan, host and metadata; \"*\" "
				      "stands for any text.");
}

int stk_net_parties_parse(const struct stk_net *net, struct stk_arena *arena, struct stk_str text,
			  struct stk_net_parties *out, struct stk_err *err)
{
	size_t before = out->n;
	/* A service wins over a word of ours: one may well be called "host". */
	int32_t exact = stk_net_service_find(net, text);
	if (exact >= 0) {
		*STK_PUSH(arena, out) = exact;
		return 0;
	}
	for (size_t i = 0; i < STK_LEN(special); i++)
		if (stk_str_is(text, special[i].name)) {
			*STK_PUSH(arena, out) = special[i].party;
			return 0;
		}
	for (uint32_t i = 0; i < net->services.n; i++)
		if (stk_glob_match(text, net->services.v[i].name) || on_named_network(net, &net->services.v[i], text))
			*STK_PUSH(arena, out) = (int32_t)i;
	return out->n > before ? 0 : unknown_party(net, arena, text, err);
}

bool stk_net_port_parse(struct stk_str *text, uint16_t *port, enum stk_net_protocol *protocol)
{
	uint64_t number;
	size_t colon = stk_str_rfind_byte(*text, ':');
	*port = 0;
	*protocol = STK_NET_TCP;
	if (colon == SIZE_MAX)
		return true;
	struct stk_str rest = stk_str_slice(*text, colon + 1, text->n), digits = stk_str_cut(&rest, '/');
	if (!stk_str_u64(digits, 10, &number) || !number || number > 65535 ||
	    (rest.n && !stk_net_protocol_parse(rest, protocol)))
		return false;
	*port = (uint16_t)number;
	*text = stk_str_slice(*text, 0, colon);
	return true;
}

static int bad_form(struct stk_err *err, struct stk_str text, const char *what)
{
	stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\": %s", STK_ARG(stk_str_slice(text, 0, 120)), what);
	return stk_hint(err, "Write \"deny: web -> db\", \"deny: internet ->> db\", \"allow only: api -> db:5432\" or "
			     "\"require: web -> api\".");
}

/* Parties with commas between them; a side that is nothing but commas names nobody. */
static int parse_side(const struct stk_net *net, struct stk_arena *arena, struct stk_str side,
		      struct stk_net_parties *out, struct stk_err *err)
{
	while (side.n) {
		struct stk_str party = stk_str_trim(stk_str_cut(&side, ','));
		if (party.n && stk_net_parties_parse(net, arena, party, out, err) < 0)
			return -1;
	}
	return 0;
}

static bool parse_verb(struct stk_str text, enum stk_net_verb *verb)
{
	static const char *const verbs[] = { "deny", "allow only", "require" };
	for (size_t i = 0; i < STK_LEN(verbs); i++)
		if (stk_str_is(text, verbs[i])) {
			*verb = (enum stk_net_verb)i;
			return true;
		}
	return false;
}

/* Everything but the parties, whose text is left in *left and *right. */
static int parse_form(struct stk_str text, struct stk_net_assertion *out, struct stk_str *left, struct stk_str *right,
		      struct stk_err *err)
{
	struct stk_str rest = text, verb = stk_str_trim(stk_str_cut(&rest, ':'));
	size_t arrow = stk_str_find(rest, S("->"));
	*out = (struct stk_net_assertion){ .text = stk_str_trim(text) };
	if (!parse_verb(verb, &out->verb))
		return bad_form(err, text, "starts with no verb");
	if (arrow == SIZE_MAX)
		return bad_form(err, text, "has no \"->\"");
	*left = stk_str_trim(stk_str_slice(rest, 0, arrow));
	*right = stk_str_slice(rest, arrow + 2, rest.n);
	out->through_others = right->n && right->p[0] == '>';
	*right = stk_str_trim(stk_str_slice(*right, out->through_others, right->n));
	if (!left->n || !right->n)
		return bad_form(err, text, "has nobody on one side of the arrow");
	if (!stk_net_port_parse(right, &out->port, &out->protocol))
		return bad_form(err, text, "ends with no port from 1 to 65535");
	return 0;
}

int stk_net_assertion_form(struct stk_str text, struct stk_err *err)
{
	struct stk_net_assertion ignored;
	struct stk_str left, right;
	return parse_form(text, &ignored, &left, &right, err);
}

int stk_net_assertion_parse(const struct stk_net *net, struct stk_arena *arena, struct stk_str text,
			    struct stk_net_assertion *out, struct stk_err *err)
{
	struct stk_str left, right;
	if (parse_form(text, out, &left, &right, err) < 0)
		return -1;
	if (parse_side(net, arena, left, &out->from, err) < 0 || parse_side(net, arena, right, &out->to, err) < 0)
		return stk_within(err, "\"" STK_FMT "\"", STK_ARG(stk_str_slice(text, 0, 120)));
	return 0;
}

static bool has_party(const struct stk_net_parties *parties, int32_t party)
{
	for (size_t i = 0; i < parties->n; i++)
		if (parties->v[i] == party)
			return true;
	return false;
}

/* One step, or a chain: what "->" and "->>" ask for. */
static bool find_path(const struct stk_net *net, struct stk_arena *arena, const struct stk_net_assertion *a,
		      int32_t from, int32_t to, struct stk_net_path *path)
{
	struct stk_net_route route;
	if (a->through_others)
		return stk_net_shortest(net, arena, from, to, a->port, a->protocol, path);
	if (!stk_net_connects(net, from, to, a->port, a->protocol, &route))
		return false;
	*STK_PUSH(arena, path) = from;
	*STK_PUSH(arena, path) = to;
	return true;
}

/* "deny" and "allow only" are broken by a connection, "require" by there being none. */
static void check_pair(const struct stk_net *net, struct stk_arena *arena, const struct stk_net_assertion *a,
		       int32_t from, int32_t to, struct stk_net_breaches *out)
{
	struct stk_net_path path = { 0 };
	/* Globs on both sides meet themselves; nobody is kept from itself. */
	if (from == to)
		return;
	bool connected = find_path(net, arena, a, from, to, &path);
	if (connected != (a->verb == STK_NET_REQUIRE))
		*STK_PUSH(arena, out) = (struct stk_net_breach){ from, to, path };
}

/* Everybody who is not named and not the target itself. The host reaches its containers always. */
static void check_others(const struct stk_net *net, struct stk_arena *arena, const struct stk_net_assertion *a,
			 int32_t to, struct stk_net_breaches *out)
{
	static const int32_t outsiders[] = { STK_NET_FROM_INTERNET, STK_NET_FROM_LAN };
	for (size_t i = 0; i < STK_LEN(outsiders); i++)
		if (!has_party(&a->from, outsiders[i]))
			check_pair(net, arena, a, outsiders[i], to, out);
	for (uint32_t i = 0; i < net->services.n; i++)
		if (!has_party(&a->from, (int32_t)i) && !has_party(&a->to, (int32_t)i))
			check_pair(net, arena, a, (int32_t)i, to, out);
}

/* Shortest first, since the shortest way explains most; then by number, for a fixed order. */
static int shorter(const void *a, const void *b)
{
	const struct stk_net_breach *x = a, *y = b;
	if (x->path.n != y->path.n)
		return x->path.n < y->path.n ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

void stk_net_assertion_check(const struct stk_net *net, struct stk_arena *arena, const struct stk_net_assertion *a,
			     struct stk_net_breaches *out)
{
	for (size_t t = 0; t < a->to.n; t++) {
		if (a->verb == STK_NET_ALLOW_ONLY) {
			check_others(net, arena, a, a->to.v[t], out);
			continue;
		}
		for (size_t f = 0; f < a->from.n; f++)
			check_pair(net, arena, a, a->from.v[f], a->to.v[t], out);
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), shorter);
}
