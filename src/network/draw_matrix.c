/* SPDX-License-Identifier: Apache-2.0 */
/* Who reaches whom: a row for who asks, a numbered column for who answers. */
#include "network/draw.h"

#include "base/limits.h"
#include "report/style.h"
#include "text/utf8.h"
#include "base/banned.h"

enum { MOST_ROWS = 80, COLUMN = 4, WIDEST_NAME = 28, FEWEST_COLUMNS = 4 };

enum sign { NONE, SELF, ALL, PORTS, ROUTED };

struct matrix {
	const struct stk_net *net;
	const struct stk_net_groups *groups;
	const struct stk_render_options *how;
	struct stk_buf *out;
	size_t name_width;
};

/* The best of all ways: full reach hides single ports. */
static enum sign sign_of(const struct matrix *m, int32_t from, int32_t to)
{
	STK_ARENA scratch = { 0 };
	struct stk_net_routes routes = { 0 };
	enum sign best = NONE;
	stk_net_routes(m->net, &scratch, from, to, &routes);
	for (size_t i = 0; i < routes.n; i++) {
		enum stk_net_way way = routes.v[i].way;
		enum sign sign = way == STK_NET_WAY_PUBLISHED || routes.v[i].limited ? PORTS
				 : way == STK_NET_WAY_ROUTED			     ? ROUTED
										     : ALL;
		if (best == NONE || sign < best)
			best = sign;
	}
	return best;
}

/* Between two groups, or inside one of several services. */
static enum sign group_sign(const struct matrix *m, int32_t row, size_t column)
{
	const struct stk_net_numbers *to = &m->groups->v[column].members;
	if (row < 0)
		return sign_of(m, row, (int32_t)to->v[0]);
	const struct stk_net_numbers *from = &m->groups->v[row].members;
	if ((size_t)row == column)
		return from->n > 1 ? sign_of(m, (int32_t)from->v[0], (int32_t)from->v[1]) : SELF;
	return sign_of(m, (int32_t)from->v[0], (int32_t)to->v[0]);
}

static void put_sign(const struct matrix *m, int32_t row, size_t column)
{
	static const char *const signs[] = { [NONE] = "·", [SELF] = "╲", [ALL] = "●", [PORTS] = "○", [ROUTED] = "◌" };
	enum sign sign = group_sign(m, row, column);
	const struct stk_net_service *to = &m->net->services.v[m->groups->v[column].members.v[0]];
	bool from_outside = row == STK_NET_FROM_INTERNET || row == STK_NET_FROM_LAN;
	enum stk_style style =
		sign <= SELF ? STK_STYLE_DIM
		: from_outside
			? (to->kind == STK_NET_STORE || to->kind == STK_NET_ADMIN ? STK_STYLE_HIGH : STK_STYLE_MEDIUM)
			: STK_STYLE_ACCENT;
	stk_buf_repeat(m->out, ' ', COLUMN - 1);
	stk_style_text(m->out, m->how, style, stk_str_from(signs[sign]));
}

static void put_row(const struct matrix *m, int32_t row, struct stk_str name, size_t first, size_t last)
{
	if (row >= 0)
		stk_buf_printf(m->out, "  %3d ", (int)row + 1);
	else
		stk_buf_add(m->out, S("      "));
	stk_style_cell(m->out, m->how, row < 0 ? STK_STYLE_DIM : STK_STYLE_NONE, name, m->name_width);
	for (size_t c = first; c < last; c++)
		put_sign(m, row, c);
	stk_buf_byte(m->out, '\n');
}

static void put_block(const struct matrix *m, size_t first, size_t last)
{
	static const struct {
		int32_t party;
		const char *name;
	} outsiders[] = { { STK_NET_FROM_INTERNET, "internet" },
			  { STK_NET_FROM_LAN, "LAN" },
			  { STK_NET_FROM_HOST, "host" } };
	stk_buf_repeat(m->out, ' ', 6 + m->name_width);
	for (size_t c = first; c < last; c++)
		stk_buf_printf(m->out, "%*zu", COLUMN, c + 1);
	stk_buf_byte(m->out, '\n');
	for (size_t i = 0; i < STK_LEN(outsiders); i++)
		put_row(m, outsiders[i].party, stk_str_from(outsiders[i].name), first, last);
	for (size_t r = 0; r < m->groups->n; r++)
		put_row(m, (int32_t)r, m->groups->v[r].name, first, last);
	stk_buf_byte(m->out, '\n');
}

void stk_net_draw_matrix(const struct stk_net *net, const struct stk_net_groups *groups,
			 const struct stk_render_options *options, struct stk_buf *out)
{
	struct matrix m = { net, groups, options, out, 8 };
	if (!groups->n)
		return;
	if (groups->n > MOST_ROWS) {
		stk_buf_printf(out,
			       "%zu services on %zu networks: too many for a matrix here. Ask with --from and --to, or "
			       "take --format json.\n\n",
			       net->services.n, net->networks.n);
		return;
	}
	for (size_t i = 0; i < groups->n; i++) {
		size_t width = stk_utf8_width(groups->v[i].name);
		m.name_width = width > m.name_width ? width : m.name_width;
	}
	m.name_width = m.name_width > WIDEST_NAME ? WIDEST_NAME : m.name_width;
	size_t room = options->width > 6 + m.name_width ? (options->width - 6 - m.name_width) / COLUMN : FEWEST_COLUMNS;
	room = room < FEWEST_COLUMNS ? FEWEST_COLUMNS : room;
	stk_buf_printf(out, "Who reaches whom, engine %u.%u\n", net->engine.major, net->engine.minor);
	stk_style_wrap(out, options, STK_STYLE_DIM, 2, 0,
		       S("● every port, ○ published ports, ◌ routed around, · not at all"));
	/* As many columns as the terminal has room for, then the same rows again with the next
	   ones. */
	for (size_t first = 0; first < groups->n; first += room)
		put_block(&m, first, first + room < groups->n ? first + room : groups->n);
}
