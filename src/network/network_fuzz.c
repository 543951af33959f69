/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of assertions, changes, parties and engine versions on a small model. What is accepted holds together: ways of
   an assertion that is broken begin and end where they say, a changed model can be asked about every pair, and pictures
   of a service that is called like the input are free of bytes that a terminal obeys. */
#include <stdlib.h>

#include "base/buf.h"
#include "network/assertion.h"
#include "network/change.h"
#include "network/draw.h"
#include "network/sketch.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_LINES = 32 };

static const char text[] = "net front\nnet back internal\nnet six ipv6\nnet over overlay\nnet lan macvlan\n"
			   "svc web image=nginx:1 on=front publish=80:80\nsvc api on=front on=back on=six\n"
			   "svc db image=postgres:16 on=back\nsvc side shares=api\nsvc top mode=host\n"
			   "svc far on=over publish=127.0.0.1/81:80\nsvc out on=lan\n";

static void check_assertion(const struct stk_net *net, struct stk_arena *arena, struct stk_str line)
{
	struct stk_net_assertion assertion;
	struct stk_net_breaches breaches = { 0 };
	struct stk_err err = { 0 };
	if (stk_net_assertion_parse(net, arena, line, &assertion, &err) < 0) {
		if (!err.msg[0])
			abort();
		return;
	}
	stk_net_assertion_check(net, arena, &assertion, &breaches);
	for (size_t i = 0; i < breaches.n; i++) {
		const struct stk_net_breach *breach = &breaches.v[i];
		bool required = assertion.verb == STK_NET_REQUIRE;
		if (required != (breach->path.n == 0) ||
		    (!required &&
		     (breach->path.v[0] != breach->from || breach->path.v[breach->path.n - 1] != breach->to)))
			abort();
	}
}

static void ask_everybody(const struct stk_net *net)
{
	for (int32_t from = STK_NET_FROM_INTERNET; from < (int32_t)net->services.n; from++)
		for (int32_t to = 0; to < (int32_t)net->services.n && from != -1; to++) {
			struct stk_net_route route;
			stk_net_connects(net, from, to, 80, STK_NET_TCP, &route);
		}
}

static void check_change(const struct stk_net *net, struct stk_arena *arena, struct stk_str line)
{
	struct stk_net after = stk_net_copy(net, arena);
	struct stk_net_numbers touched = { 0 };
	struct stk_net_differences differences = { 0 };
	struct stk_err err = { 0 };
	if (stk_net_change(&after, line, &touched, &err) < 0)
		return;
	if (!touched.n && stk_str_find(line, S("internal")) == SIZE_MAX)
		abort();
	stk_net_compare(net, &after, &touched, arena, &differences);
	ask_everybody(&after);
}

/* Nothing but line breaks and tabs below the space, nothing that ends the picture early. */
static void check_picture(const struct stk_buf *picture)
{
	for (size_t i = 0; i < picture->n; i++)
		if ((unsigned char)picture->p[i] < ' ' && picture->p[i] != '\n' && picture->p[i] != '\t')
			abort();
}

static void draw(struct stk_net *net, struct stk_str name)
{
	struct stk_str before = net->services.v[0].name;
	STK_BUF svg = stk_buf_new(1 << 22), dot = stk_buf_new(1 << 22), mermaid = stk_buf_new(1 << 22);
	net->services.v[0].name = name;
	net->networks.v[0].label = name;
	stk_net_draw_svg(net, &svg);
	stk_net_draw_dot(net, &dot);
	stk_net_draw_mermaid(net, &mermaid);
	check_picture(&svg);
	check_picture(&dot);
	check_picture(&mermaid);
	net->services.v[0].name = before;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_str rest = { (const char *)data, size };
	struct stk_net net = { .arena = &arena, .engine = stk_net_engine_default(28, 0) };
	sketch(&net, text);
	for (size_t i = 0; i < MOST_LINES && rest.n; i++) {
		struct stk_str line = stk_str_cut(&rest, '\n');
		stk_net_engine_parse(line, &net.engine);
		check_assertion(&net, &arena, line);
		check_change(&net, &arena, line);
		if (i == 0 && line.n < 200)
			draw(&net, line);
	}
	return 0;
}
